/* SPDX-License-Identifier: EUPL-1.2 */
/* schalter export fim: a package as an official schema, or one of its recorded cases in the official terms. */
#include "domain/fim_data.h"
#include "domain/fim_export.h"
#include "main/tools.h"

static int put_case(struct run *r, const struct package *p, str number, str as)
{
	struct findings f = findings_new(r->arena);
	const struct journey *j;
	int64_t n;

	if (str_to_i64(number, &n) < 0 || n < 1 || n > (int64_t)node_count(p->cases))
		return command_fail(r, "--case: the package has %zu recorded cases", node_count(p->cases));
	if (!p->compiled->fim_schema.n)
		return command_fail(r, "the package was not made from an official schema");
	j = package_case(r->arena, p, p->cases->item[n - 1], NULL, &f);
	if (!j || j->problems)
		return command_fail(r, "the recorded case %lld is not complete", (long long)n);
	if (str_eq(as, S("xml"))) {
		fim_data_xml(&r->out, j);
	} else {
		fim_data_json(&r->out, j);
		buf_putc(&r->out, '\n');
	}
	return EXIT_DONE;
}

int tool_export_fim(struct run *r)
{
	struct findings f = findings_new(r->arena);
	const struct package *p;
	str as = command_option(r, S("as"));
	int rc = package_load(r->arena, r->arg[0], &f, &p);

	if (as.n && !str_eq(as, S("xml")) && !str_eq(as, S("json")))
		return command_fail(r, "--as is json or xml");
	if (rc < 0) {
		findings_print(&r->err, &f);
		return command_fail(r, "%.*s: %s", STR_FMT(r->arg[0]), err_text(rc));
	}
	if (command_option(r, S("case")).n)
		return put_case(r, p, command_option(r, S("case")), as);
	f = findings_new(r->arena);
	/* the same package gives the same bytes: its day is the one from which it holds */
	xdf_write(&r->out, fim_export(r->arena, p, &f), p->id, str_fmt(r->arena, "%.*sT00:00:00Z", STR_FMT(date_iso(r->arena, p->facts->valid_from))));
	findings_print(&r->err, &f);
	return EXIT_DONE;
}
