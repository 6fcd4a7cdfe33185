/* SPDX-License-Identifier: EUPL-1.2 */
/* A schema that is read becomes a form that compiles, or says why not; what is refused says where and why. Rules run along. */
#include "base/node.h"
#include "domain/fim.h"
#include "fuzz.h"

static const char rules[] = "{\"bearer\":\"G1\",\"target\":\"F2\",\"effect\":[\"required\"],\"condition\":{\"equal\":[{\"identifier\":\"F1\"},true]},\"message\":\"m\"}\n"
			    "{\"bearer\":\"S1\",\"target\":\"G1\",\"effect\":[\"forbidden\"],\"condition\":{\"not_equal\":[{\"identifier\":\"F1\"},\"001\"]},\"message\":\"m\"}\n"
			    "{\"bearer\":\"S1\",\"target\":null,\"effect\":[\"validation\"],\"condition\":{\"xor\":[{\"not\":{\"is_empty\":{\"identifier\":\"G1\"}}},{\"identifier\":\"F1\"}]},\"message\":\"m\"}";

static void import(struct arena *a, const struct xdf_document *d)
{
	const struct node *rule[3];
	struct fim_source s = { .lang = LANG_DE, .rule = rule };
	struct findings f = findings_new(a);
	struct fim_result *r;
	struct node_error e;
	str rest = str_c(rules), line;
	struct buf b = buf_new(a, 4096);

	while (str_split(&rest, '\n', &line)) {
		struct node *n;

		FUZZ_CHECK(node_parse_json(a, line, &n, &e) == 0);
		rule[s.rules++] = n;
	}
	xdf_write(&b, d->root, S("x"), S("2026-01-01T00:00:00Z"));
	if (fim_import(a, d, S("x.xml"), &s, &f, &r) < 0)
		FUZZ_CHECK(f.errors > 0);
	else
		FUZZ_CHECK(r->files >= 7 && r->id.n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(65536);
	struct xdf_notes notes = xdf_notes_new(a);
	struct xdf_document *d;

	if (xdf_read(a, str_n(data, size), &notes, &d) < 0)
		FUZZ_CHECK(notes.n > 0);
	else if (d->fields + d->groups < 300)
		import(a, d);
	arena_free(a);
	return 0;
}
