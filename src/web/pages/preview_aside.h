/* SPDX-License-Identifier: EUPL-1.2 */
/* The author's column of schalter preview. Only where rq->house->preview is set. */
#pragma once
#include "domain/form_trace.h"
#include "usecase/preview.h"
#include "web/pages/citizen.h"

/* The column for a draft; here: the page that is shown, NULL: none of the form's. */
struct author_view *preview_column(struct req *rq, const struct draft *d, const struct page *here, uint16_t row);
/* Without a draft: findings only. */
struct author_view *preview_plain(struct req *rq);
