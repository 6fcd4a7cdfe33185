/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/conf.h"

#include "base/file.h"
#include "base/utf8.h"

#define FILE_MAX ((size_t)1 << 20)

enum kind { KIND_STR, KIND_INT, KIND_BOOL };

static const struct setting {
	enum kind kind;
	str name;
	size_t offset;
	const char *fallback; /* as text, for the help */
	int64_t least, most;
	const char *help;
} settings[] = {
#define SETTING_STR(name, fallback, help) \
	{KIND_STR, STR_INIT(#name), offsetof(struct conf, name), fallback, 0, 0, help},
#define SETTING_INT(name, fallback, least, most, help) \
	{KIND_INT, STR_INIT(#name), offsetof(struct conf, name), #fallback, least, most, help},
#define SETTING_BOOL(name, fallback, help) \
	{KIND_BOOL, STR_INIT(#name), offsetof(struct conf, name), #fallback, 0, 0, help},
#include "base/settings.def"
#undef SETTING_STR
#undef SETTING_INT
#undef SETTING_BOOL
};
#define SETTINGS_N (sizeof settings / sizeof *settings)

void conf_defaults(struct conf *c)
{
#define SETTING_STR(name, fallback, help)              c->name = S(fallback);
#define SETTING_INT(name, fallback, least, most, help) c->name = fallback;
#define SETTING_BOOL(name, fallback, help)             c->name = fallback;
#include "base/settings.def"
#undef SETTING_STR
#undef SETTING_INT
#undef SETTING_BOOL
}

/* "SCHALTER_KEY_BACKUP_DAYS", "key-backup-days" -> key_backup_days */
static const struct setting *find(struct arena *a, str name)
{
	name = str_replace(a, str_lower_ascii(a, name), S("-"), S("_"));
	if (str_has_prefix(name, S("schalter_")))
		name = str_sub(name, 9, name.n);
	for (size_t i = 0; i < SETTINGS_N; i++)
		if (str_eq(settings[i].name, name))
			return &settings[i];
	return NULL;
}

static bool read_bool(str v, bool *ret)
{
	static const str yes[] = {STR_INIT("true"), STR_INIT("yes"), STR_INIT("on"), STR_INIT("1")};
	static const str no[] = {STR_INIT("false"), STR_INIT("no"), STR_INIT("off"), STR_INIT("0")};
	for (size_t i = 0; i < 4; i++)
		if (str_eq_ci(v, yes[i]) || str_eq_ci(v, no[i])) {
			*ret = str_eq_ci(v, yes[i]);
			return true;
		}
	return false;
}

static bool is_printable(str v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] < ' ' || v.p[i] == 0x7f)
			return false;
	return utf8_valid(v);
}

static int store(struct arena *a, struct conf *c, const struct setting *s, str value, str *ret_why)
{
	char *field = (char *)c + s->offset;
	int64_t number;
	if (!is_printable(value)) {
		*ret_why = str_fmt(a, "%.*s: control characters are not allowed", STR_FMT(s->name));
		return ERR_PARSE;
	}
	if (s->kind == KIND_STR) {
		*(str *)(void *)field = str_dup(a, value);
		return 0;
	}
	value = str_trim(value);
	if (s->kind == KIND_BOOL) {
		if (read_bool(value, (bool *)field))
			return 0;
		*ret_why = str_fmt(a, "%.*s: must be true or false, not \"%.*s\"", STR_FMT(s->name),
			STR_FMT(value));
		return ERR_PARSE;
	}
	if (str_to_i64(value, &number) == 0 && number >= s->least && number <= s->most) {
		*(int64_t *)(void *)field = number;
		return 0;
	}
	*ret_why = str_fmt(a, "%.*s: must be a number from %lld to %lld, not \"%.*s\"",
		STR_FMT(s->name), (long long)s->least, (long long)s->most, STR_FMT(value));
	return ERR_PARSE;
}

int conf_set(struct arena *a, struct conf *c, str name, str value, str *ret_why)
{
	const struct setting *s = find(a, name);
	if (s)
		return store(a, c, s, value, ret_why);
	*ret_why = str_fmt(a, "%.*s: there is no such setting (--help lists all)", STR_FMT(name));
	return ERR_PARSE;
}

bool conf_known(struct arena *a, str name, bool *ret_switch)
{
	const struct setting *s = find(a, name);

	*ret_switch = s && s->kind == KIND_BOOL;
	return s != NULL;
}

static str unquoted(str v)
{
	bool quoted = v.n >= 2 && (*v.p == '"' || *v.p == '\'') && v.p[v.n - 1] == *v.p;
	return quoted ? str_sub(v, 1, v.n - 1) : v;
}

static int set_line(struct arena *a, struct conf *c, str line, str *ret_why)
{
	str name, value;
	line = str_trim(line);
	if (line.n == 0 || *line.p == '#')
		return 0;
	if (!str_cut(line, '=', &name, &value)) {
		*ret_why = S("expected NAME=VALUE");
		return ERR_PARSE;
	}
	return conf_set(a, c, str_trim(name), unquoted(str_trim(value)), ret_why);
}

int conf_load_file(struct arena *a, struct conf *c, const char *path, str *ret_why)
{
	str text, line, why = STR_EMPTY;
	int rc = file_read(a, path, FILE_MAX, &text);
	if (rc != 0) {
		*ret_why = str_fmt(a, "%s: %s", path, err_text(rc));
		return rc;
	}
	for (int number = 1; str_split(&text, '\n', &line); number++) {
		rc = set_line(a, c, line, &why);
		if (rc != 0) {
			*ret_why = str_fmt(a, "%s:%d: %.*s", path, number, STR_FMT(why));
			return rc;
		}
	}
	return 0;
}

int conf_load_env(struct arena *a, struct conf *c, char **env, str *ret_why)
{
	str name, value, why = STR_EMPTY;
	for (; *env; env++) {
		if (!str_has_prefix(str_c(*env), S("SCHALTER_")) ||
			!str_cut(str_c(*env), '=', &name, &value))
			continue;
		const struct setting *s = find(a, name);
		int rc = s ? store(a, c, s, value, &why) : 0;
		if (rc != 0) {
			*ret_why =
				str_fmt(a, "environment: %.*s: %.*s", STR_FMT(name), STR_FMT(why));
			return rc;
		}
	}
	return 0;
}

void conf_help(struct buf *b)
{
	for (size_t i = 0; i < SETTINGS_N; i++) {
		const struct setting *s = &settings[i];
		size_t start = b->n;
		buf_put(b, S("  --"));
		for (size_t k = 0; k < s->name.n; k++)
			buf_putc(b, s->name.p[k] == '_' ? '-' : s->name.p[k]);
		buf_fmt(b, "=%s", s->fallback);
		do
			buf_putc(b, ' ');
		while (b->n - start < 34 && !b->failed);
		buf_put(b, str_c(s->help));
		if (s->kind == KIND_INT)
			buf_fmt(b, " (%lld to %lld)", (long long)s->least, (long long)s->most);
		buf_putc(b, '\n');
	}
}
