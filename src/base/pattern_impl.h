/* SPDX-License-Identifier: EUPL-1.2 */
/* A compiled pattern: steps that follow one another, with splits and jumps. */
#pragma once
#include "base/pattern.h"

enum step_kind { STEP_CHAR, STEP_CLASS, STEP_SPLIT, STEP_JUMP, STEP_BEGIN, STEP_END, STEP_DONE };

struct pattern_range {
	uint32_t from, to;
};
struct pattern_class {
	const struct pattern_range *range;
	size_t ranges;
	bool negated;
};
struct pattern_step {
	enum step_kind kind;
	uint32_t a, b;			/* CHAR: code point; CLASS: index; SPLIT: both ways; JUMP: where */
};
struct pattern {
	struct pattern_step *step;
	uint32_t steps;
	struct pattern_class *class;
	uint32_t classes, classes_cap;
};
