/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * FIM: an official form schema (wire/xdf.h) becomes a service package that works at once. Pure: what is read and what is written lies in memory;
 * the command "import fim" reads and writes the files. How each part is carried over: docs/importing-fim.md.
 *
 *	struct fim_source source = { .lang = LANG_DE, .list = lists, .lists = n };
 *	TRY(fim_import(a, document, S("S1_xdf3.xml"), &source, &findings, &ret));	// ERR_PARSE: findings say why it cannot be imported
 *	for (size_t i = 0; i < ret->files; i++) write(ret->file[i].path, ret->file[i].text);
 */
#pragma once
#include "domain/findings.h"
#include "domain/text.h"
#include "wire/genericode.h"
#include "wire/xdf.h"

struct node;

struct fim_list {			/* a code list that is at hand */
	str uri, version, version_uri;
	const struct genericode_entry *entry;
	size_t entries;
	str file;
};
/* What an import reads beside the schema. */
struct fim_source {
	enum lang lang;			/* of the findings */
	const struct fim_list *list;	size_t lists;
	const struct node *const *rule;	size_t rules;	/* machine-translated rules: {bearer, target, effect, condition, message} */
	/* the package as it was imported before, and as it is now; NULL: none */
	const struct fim_package *base, *mine;
	str id;				/* of the package that is there; empty: made from title and id of the schema */
};
struct fim_file {
	str path;			/* "form.yaml", "texts/de.yaml", "../lists/staat.yaml" */
	str text;
};
/* The parts of a package as trees. */
struct fim_package {
	const struct node *service, *form, *texts, *tasks;	/* texts: MAP language -> MAP key -> text */
};
struct fim_result {
	str id;				/* folder of the package */
	struct fim_file *file;
	size_t files;
	size_t fields, groups, pages, rules, proposals, tasks, lists;
	struct fim_package package;
};
/* Folder of the package that becomes of a schema: from its title and id, the same for every version. */
str fim_package_id(struct arena *a, const struct xdf_document *d);
MUST_USE int fim_import(struct arena *a, const struct xdf_document *d, str name, const struct fim_source *s, struct findings *f, struct fim_result **ret);

/* Tells the notes of the reader in the author's language; errors when the file could not be read. */
void fim_tell_notes(struct findings *f, enum lang lang, str name, const struct xdf_notes *notes, bool failed);
