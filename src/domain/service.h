/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The facts of service.yaml, typed: what a service is, who decides, which clocks run, what a town may set.
 *
 *	TRY(service_read(a, service_node, params_node, &findings, &service));
 */
#pragma once
#include "domain/form.h"

enum trust_level { TRUST_NONE, TRUST_ACCOUNT, TRUST_SUBSTANTIAL, TRUST_HIGH };	/* ordered: higher satisfies lower */
enum service_online { SERVICE_ONLINE_FULL, SERVICE_ONLINE_PARTLY, SERVICE_ONLINE_INFO };
enum service_place { PLACE_OF_RESIDENCE, PLACE_OF_BUSINESS, PLACE_OF_OBJECT, PLACE_OF_EVENT, PLACE_OF_SCHOOL };
enum service_audience { AUDIENCE_PERSON = 1, AUDIENCE_FIRM = 2 };

struct service_clocks {			/* legal clocks; domain/known.h */
	int32_t known_after_days;	/* after posting */
	int32_t fetched_known_days;	/* after the first retrieval; 0: on the same day */
	int32_t offered_known_days;	/* after it was laid ready, fetched or not; 0: does not run */
	int32_t fetch_days;		/* the offer ends; 0: never */
	int32_t answer_days, remedy_months;
	int32_t pay_days;		/* after the decision is made known; 0: the decision says it */
};
struct service_param {
	str id;
	enum field_type type;
	str standard;			/* canonical default of the package */
	str value;			/* canonical, as this town has set it; equals standard if it has not */
};
struct service {
	str id, version;
	struct date valid_from;
	struct date valid_to;		/* year 0: open */
	const str *leika;		size_t leikas;
	str ozg;			/* may be empty */
	str topic;
	unsigned audience;		/* bits of enum service_audience */
	str responsible;		/* key of a rule in places/rules.csv: place_rule_by_key() */
	enum service_place place_of;
	str place_of_key;		/* "residence" ...: part of text keys */
	enum trust_level trust;
	enum service_online online;
	int32_t duration_days;		/* working days; 0: none promised */
	const str *legal;		size_t legals;
	int32_t retention_years;
	bool german_only;		/* languages: [de]: there are no English texts, pages show the German ones, marked as such */
	bool four_eyes;
	bool attachments_to_clerk;
	bool fee_note;			/* text "fee_note" says what is not certain */
	bool fee_at_once;		/* due with the submission; else the decision sets it and only then it is to be paid */
	struct service_clocks clocks;
	const struct service_param *param;	size_t params;
	const str *need;		size_t needs;		/* texts need.<id> */
	const str *guarded;		size_t guardeds;	/* `protected`: parts that no overlay may change (overlay.h) */
	const str *confirm;		size_t confirms;	/* texts confirm.<id>: what each town has to confirm */
	const str *decision;		size_t decisions;	/* templates: documents/<id>.md, texts document.<id>.title */
	const str *reason;		size_t reasons;		/* text blocks for the clerk: decision.reason.<id>, in order */
};

/* params: the town's values by id, or NULL. Findings name file and line; ERR_PARSE when there is an error among them. */
MUST_USE int service_read(struct arena *a, const struct node *service, const struct node *params, struct findings *f,
			  const struct service **ret);
