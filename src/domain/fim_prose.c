/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules in prose: shown to the author as open tasks; where their shape is regular, with a proposal. */
#include "domain/fim_impl.h"

void fim_prose(struct fim_plan *p)
{
	for (size_t i = 0; i < p->spots; i++) {
		const struct fim_spot *s = p->spot[i];

		for (size_t k = 0; k < s->x->rules; k++)
			fim_task(p, s, &s->x->rule[k], "rule", s->x->rule[k].text, STR_EMPTY, false);
	}
}
