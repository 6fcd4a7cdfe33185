/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Settings: settings.def lists every one (name, type, default, help). Sources in rising order:
 * default, file (KEY=VALUE lines), environment SCHALTER_<NAME>, command line --name.
 */
#pragma once
#include "base/buf.h"

struct conf {
#define SETTING_STR(name, fallback, help) str name;
#define SETTING_INT(name, fallback, least, most, help) int64_t name;
#define SETTING_BOOL(name, fallback, help) bool name;
#include "base/settings.def"
#undef SETTING_STR
#undef SETTING_INT
#undef SETTING_BOOL
};

void conf_defaults(struct conf *c);
/*
 * ERR_PARSE (a file that cannot be read: its own code) with a message in ret_why that names the
 * setting, the source and what is allowed. Names may be written with - for _, in capitals, and with
 * SCHALTER_ in front, so that a file also serves systemd. An unknown name is an error in a file and
 * on the command line; in the environment it is somebody else's.
 */
MUST_USE int conf_load_file(struct arena *a, struct conf *c, const char *path, str *ret_why);
MUST_USE int conf_load_env(struct arena *a, struct conf *c, char **env, str *ret_why);
MUST_USE int conf_set(struct arena *a, struct conf *c, str name, str value, str *ret_why);
/* Whether there is such a setting, and whether it is one of yes and no: "--demo" alone means true. */
bool conf_known(struct arena *a, str name, bool *ret_switch);
void conf_help(struct buf *b);			/* all settings with their defaults, for --help and docs */
