/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Codes with a form of their own: postcode, e-mail address, phone number, IBAN, Steuer-ID, number plate, vehicle identification number, and the letters of names.
 * People type them in many ways; one canonical form comes out.
 */
#pragma once
#include "domain/form.h"

/* For the field types above. ERR_PARSE: not of this kind. */
MUST_USE int field_code_parse(struct arena *a, enum field_type type, str raw, str *ret_canonical);
