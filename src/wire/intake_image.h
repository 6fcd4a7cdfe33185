/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * intake_image: JPEG and PNG to pixels and back; the one file that knows libjpeg and libpng. Meant to run inside the sandbox.
 *
 *	enum intake_verdict v;
 *	TRY(image_decode(a, INTAKE_JPEG, bytes, &m, &v));
 *	str jpeg; TRY(image_encode(a, INTAKE_JPEG, &m, &jpeg));
 */
#pragma once
#include "wire/bitmap.h"
#include "wire/intake.h"

/* The size is read and judged before any pixel is. Transparent parts are laid on white; EXIF orientation is made real; 16 bits, palettes,
 * greys and CMYK become RGB. A bad picture is a verdict. ERR_INVALID: type is no picture type. */
MUST_USE int image_decode(struct arena *a, enum intake_type type, str bytes, struct bitmap *ret, enum intake_verdict *ret_verdict);
/* Pixels only, no metadata. ERR_LIMIT: more than INTAKE_RESULT_MAX / 2. */
MUST_USE int image_encode(struct arena *a, enum intake_type type, const struct bitmap *m, str *ret);
