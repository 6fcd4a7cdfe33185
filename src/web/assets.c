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

/* A coding that is named is accepted, unless its quality is 0, 0., 0.0 ... */
static bool refused(str parameter)
{
	str p = str_trim(parameter);

	if (!str_has_prefix(p, S("q=0")))
		return false;
	for (size_t i = 3; i < p.n; i++)
		if (p.p[i] != '.' && p.p[i] != '0')
			return false;
	return true;
}

static bool accepts(str header, str coding)
{
	str part, name, parameter;

	while (str_split(&header, ',', &part)) {
		if (!str_cut(part, ';', &name, &parameter)) {
			name = part;
			parameter = STR_EMPTY;
		}
		if (str_eq_ci(str_trim(name), coding))
			return !refused(parameter);
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
