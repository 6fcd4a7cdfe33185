/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the authors' pages that write. */
#pragma once
#include "usecase/authoring.h"
#include "web/pages/author.h"

/* What a part is, for people: "Hinweis zur Frage „Wie heißt der Hund?“". key: with or without its language. */
str author_what(struct req *rq, const struct definition *d, str key);
/* Where a part is seen: preview of its page. */
str author_preview_of(struct req *rq, const struct definition *d, str key);
/* The part's key without its language, as addresses name it. */
str author_address(struct req *rq, str key);
void author_diff_rows(struct req *rq, const struct definition *d, const struct part_diff *v, size_t n, bool link, const struct author_diff_view **ret);
