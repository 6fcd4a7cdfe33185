/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Full-text search in German over some thousand short texts (the catalogue), in memory. Words are stemmed (Anträge finds Antrag), umlauts
 * may be typed as ae or a, parts of a compound are found ("pass" in Kinderreisepass), a compound finds its parts
 * (Hundesteueranmeldung finds "Hundesteuer anmelden"), and a word that nobody wrote finds the ones a typo away.
 * Built once by one thread, then searched by any number of threads.
 *
 *	TRY(fts_open(&f));
 *	fts_add(f, 7, S("Hundesteuer anmelden"), S("Hund, Welpe"), S("Wer einen Hund hält ..."));
 *	TRY(fts_ready(f));
 *	TRY(fts_search(f, arena, S("huntesteuer"), 20, &hits, &n));
 */
#pragma once
#include "base/str.h"

struct fts;
struct fts_hit {
	int64_t id;
	int rank;		/* best first; >= FTS_TITLE: all words in title or synonyms, >= FTS_PART: as parts, >= FTS_TEXT: in the text */
};
enum { FTS_ANY = 0, FTS_TEXT = 2000, FTS_PART = 4000, FTS_TITLE = 6000 };

MUST_USE int fts_open(struct fts **ret);
void fts_close(struct fts *f);				/* accepts NULL */
/* synonyms: words and phrases that find it like its title. An error shows at fts_ready. */
void fts_add(struct fts *f, int64_t id, str title, str synonyms, str body);
MUST_USE int fts_ready(struct fts *f);			/* ends building */
/* typed: anything. No hit is no error. Hits are in ret_n <= max, best first. */
MUST_USE int fts_search(struct fts *f, struct arena *a, str typed, size_t max, struct fts_hit **ret, size_t *ret_n);
