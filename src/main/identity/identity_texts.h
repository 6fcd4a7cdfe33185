/* SPDX-License-Identifier: EUPL-1.2 */
/* The pages and texts of this folder, put into the program by tools/embed-files. */
#pragma once
#include <stddef.h>

extern const char embedded_page[], embedded_notice[], embedded_style[], embedded_texts[];
extern const size_t embedded_page_n, embedded_notice_n, embedded_style_n, embedded_texts_n;
