/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/assets.h"

const struct asset *asset_find(str url)
{
	for (size_t i = 0; i < asset_count; i++)
		if (str_eq(asset_table[i].url, url))
			return &asset_table[i];
	return NULL;
}

const struct asset *asset_by_name(str name)
{
	for (size_t i = 0; i < asset_count; i++)
		if (str_eq(asset_table[i].name, name))
			return &asset_table[i];
	return NULL;
}

/* "br;q=0" and "br;q=0.000" refuse; everything else that names the coding accepts it. */
static bool accepts(str header, str coding)
{
	str part, name, q;

	while (str_split(&header, ',', &part)) {
		if (!str_cut(part, ';', &name, &q)) {
			name = part;
			q = STR_EMPTY;
		}
		if (!str_eq_ci(str_trim(name), coding))
			continue;
		q = str_trim(q);
		return !str_eq(q, S("q=0")) && !str_has_prefix(q, S("q=0.0"));
	}
	return false;
}

str asset_body(const struct asset *a, str accept_encoding, str *ret_encoding)
{
	if (a->br.n && accepts(accept_encoding, S("br"))) {
		*ret_encoding = S("br");
		return a->br;
	}
	if (a->gz.n && accepts(accept_encoding, S("gzip"))) {
		*ret_encoding = S("gzip");
		return a->gz;
	}
	*ret_encoding = STR_EMPTY;
	return a->body;
}
