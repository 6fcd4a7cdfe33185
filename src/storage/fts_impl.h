/* SPDX-License-Identifier: EUPL-1.2 */
/* Between fts.c (index and search) and fts_words.c (words, stems, vocabulary). */
#pragma once
#include "base/buf.h"
#include "storage/fts.h"

#define WORD_MAX 64		/* bytes of a word that are looked at */

struct fts_word {
	str text;		/* folded: ae for ä */
	str stem;
	uint32_t docs;		/* in how many documents */
	uint32_t last_doc;
	bool title;		/* stands in a title or among synonyms */
	struct fts_word *next;	/* of the same length */
};

/* Words, and apart from them stems, by their text. */
struct fts_vocabulary {
	struct arena *arena;
	struct fts_word **table;
	size_t cap, n;
	struct fts_word *by_length[WORD_MAX + 1];
};

struct fts_stemmer;
struct fts_stemmer *fts_stemmer_new(void);
void fts_stemmer_free(struct fts_stemmer *s);
/* The stem of a lower-case word with its umlauts, without accents: "anträge" -> "antrag". Valid until the next call. */
str fts_stem(struct fts_stemmer *s, str word);

/* Cuts the next word off; false at the end. The text is lower case. */
bool fts_word_next(str *rest, str *ret_word);
struct fts_word *fts_vocabulary_find(const struct fts_vocabulary *v, str text);
struct fts_word *fts_vocabulary_add(struct fts_vocabulary *v, str text);
/* ae, oe, ue typed for ä, ö, ü: the word as it was meant, or empty if there is none of them. */
str fts_umlauts(struct arena *a, str word);
/* One letter too many, missing, wrong, or two swapped; bytes of folded words. */
bool fts_one_typo(str a, str b);
/* At most so many of them. */
bool fts_typos(str a, str b, int most);
#define FTS_LONG_WORD 11	/* from here on two typos are forgiven: long compounds are where they happen */
