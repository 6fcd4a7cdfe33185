/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A grant: this actor may do this to this case. Made by case_authorize() (usecase/access.c) and nowhere else; every function of case_store.h
 * takes one, so a query without a check does not compile. tools/check-words refuses other places that write the member "made".
 */
#pragma once
#include "domain/case.h"

enum case_permission {
	CASE_READ,	/* applicant, clerk, software: what the applicant has sent and been told */
	CASE_ANSWER,	/* applicant: messages, documents, consent, withdrawal */
	CASE_WORK,	/* clerk: everything but release and hand-over to others' cases */
	CASE_RELEASE,	/* lead: second pair of eyes */
	CASE_DELIVER,	/* software: files and status of cases of its own destination */
	CASE_SYSTEM,	/* jobs */
};
struct grant {
	enum case_permission permission;
	enum actor_kind who;
	int64_t actor_id;		/* account, clerk or destination; 0 */
	struct case_row row;		/* as read when the check was made */
	bool made;
};
