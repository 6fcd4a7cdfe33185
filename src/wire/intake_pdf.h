/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * intake_pdf: counts and renders the pages of an uploaded PDF. The one file that knows Poppler; it is linked into schalter-intake alone
 * (GPL, see NOTICE.md) and runs inside the sandbox.
 *
 *	struct intake_result r = { 0 };
 *	TRY(pdf_look(a, bytes, &r));       // verdict, pages, w, h, previews
 */
#pragma once
#include "wire/intake.h"

MUST_USE int pdf_look(struct arena *a, str bytes, struct intake_result *ret);
