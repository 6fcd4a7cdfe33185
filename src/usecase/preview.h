/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One package under its author's eyes (schalter preview): read again at each save, checked, and served at once if it holds together; else
 * the last good one goes on. Drafts follow the newest version. What the author fills in can be recorded as a case in cases.yaml.
 *
 *	TRY(preview_watch(app, S("services/hundesteuer-anmeldung"), &fd));	// before the sandbox closes
 *	TRY(preview_open(app, house, dir, fd, &house->preview));
 */
#pragma once
#include "usecase/drafts.h"

struct preview;
/* An inotify descriptor on the package and what it shares with others. ERR_NOTFOUND: no such folder. */
MUST_USE int preview_watch(struct arena *a, str dir, int *ret_fd);
/* Reads and checks the package; a thread of its own does so again after each change. Takes the descriptor over. */
MUST_USE int preview_open(struct arena *a, struct house *h, str dir, int fd, struct preview **ret);
void preview_close(struct preview *p);		/* accepts NULL */

struct preview_state {
	int64_t generation;		/* rises with each change that was read */
	bool broken;			/* the last save cannot be served: an older one is, or none */
	bool served;			/* there is one to serve */
	str dir, id;
	struct findings findings;	/* of the last save: all that `schalter check` says */
	size_t cases;
	const str *case_name;
};
int64_t preview_generation(struct preview *p);
void preview_state(struct preview *p, struct arena *a, struct preview_state *ret);

/* The answers of a recorded case become those of the draft, in one unit. ERR_NOTFOUND: no such case. */
MUST_USE int preview_take_case(struct ctx *c, struct draft *d, size_t number);
/* Appends what is filled in to cases.yaml. ERR_INVALID: it would not be read back as what it is (findings say why); ERR_EXISTS: name taken. */
MUST_USE int preview_record(struct ctx *c, const struct draft *d, str name, struct findings *f);
/* Where the first recorded case takes place, or any place that has an authority for it. */
const struct place *preview_place(struct ctx *c);
