/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines of the ledger, for its own page and for the page of a case. */
#pragma once
#include "usecase/ledger.h"
#include "web/pages.h"

/* The button "send again" is there for leads, where something was given up. */
struct delivery_view *delivery_lines(struct req *rq, const struct ledger_line *line, size_t n);
