/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a town says about itself: contact, bank account, data protection officer ... (tenant.settings, JSON). What is not known is empty.
 *
 *	struct tenant_settings t;
 *	TRY(tenant_settings_get(c, tenant, &t));	// cached in the process; strings live in c->arena
 *	if (t.bank.iban.n) ...
 */
#pragma once
#include "usecase/ctx.h"

struct tenant_settings {
	struct {
		str phone, email, web, hours, street, postcode, town;
	} contact;
	struct {
		str name, iban, bic;		/* name: receiver of the account; empty: the authority */
	} bank;
	struct {
		str name, email, phone;
	} officer;				/* data protection officer */
	struct {
		str name, web;
	} supervision;				/* legal supervision (Impressum) */
	str represented_by, vat_id;
};
/* An unknown tenant has empty settings. Other processes see a change after TENANT_SETTINGS_SECONDS. */
#define TENANT_SETTINGS_SECONDS 60
MUST_USE int tenant_settings_get(struct ctx *c, tenant_id tenant, struct tenant_settings *ret);
/* Writes them (a unit is handed over; the tenant's row must be there); the cache of this process follows after the commit by tenant_settings_forget. */
MUST_USE int tenant_settings_set(struct ctx *c, tenant_id tenant, const struct tenant_settings *s);
void tenant_settings_forget(tenant_id tenant);
/* The same facts as JSON and back, for tools that make tenants. */
str tenant_settings_json(struct arena *a, const struct tenant_settings *s);
MUST_USE int tenant_settings_parse(struct arena *a, str json, struct tenant_settings *ret);
