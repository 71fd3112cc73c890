#include "recover/read.h"

#include "conf/dir.h"
#include "model/near.h"
#include "recover/works.h"

#include <stdio.h>
#include <stdlib.h>

enum { BYTES_MAX = 64 << 20, NEAR_BUDGET = 1000000 };

void ward_reader_begin(struct ward_reader *l, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_arena *keep)
{
	*l = (struct ward_reader){.m = m,
		.lim = lim,
		.diag = diag,
		.keep = keep,
		.near_budget = NEAR_BUDGET,
		.n_error = diag->n_error};
	ward_arena_init(&l->scratch, mem, BYTES_MAX);
}

enum ward_err ward_reader_end(struct ward_reader *l)
{
	ward_arena_fini(&l->scratch);
	if (l->nomem)
		return WARD_ERR_NOMEM;
	return l->diag->n_error > l->n_error ? WARD_ERR_CONFIG : WARD_OK;
}

void ward_reader_bad(struct ward_reader *l, const struct ward_conf *at, const char *what,
	struct ward_str name, const char *mend)
{
	ward_conf_bad(at, what, name, mend, l->diag);
}

bool ward_reader_own(const struct ward_reader *l, const struct ward_conf *c)
{
	for (size_t f = l->n_shared; f < l->n_file; f++)
		if (ward_str_eq(l->file[f]->file, c->file))
			return true;
	return false;
}

void ward_reader_text(
	struct ward_reader *l, const struct ward_content_text *text, const char *const *known)
{
	const struct ward_conf *docs;

	if (l->n_file == WARD_READER_FILES) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, text->file, 0,
			WARD_TEXT("more than %d files\njoin some of them"), WARD_READER_FILES);
		return;
	}
	enum ward_err err =
		ward_conf_yaml(&l->scratch, l->lim, text->file, text->bytes, l->diag, &docs);

	l->nomem = l->nomem || err == WARD_ERR_NOMEM;
	if (err)
		return;
	for (const struct ward_conf *doc = docs->child; doc; doc = doc->next) {
		if (doc->kind == WARD_CONF_MAP)
			ward_conf_only(doc, known, l->diag);
		else if (doc->kind != WARD_CONF_NULL)
			ward_reader_bad(l, doc, WARD_TEXT("not a map: '{name}'"), text->file,
				WARD_TEXT("write lists by name"));
	}
	l->file[l->n_file++] = docs;
}

struct of_dir {
	struct ward_reader *l;
	const char *const *known;
};

static void add_file(void *ctx, struct ward_str path, struct ward_slice bytes)
{
	const struct of_dir *to = ctx;
	struct ward_content_text text = {path, bytes};

	ward_reader_text(to->l, &text, to->known);
}

void ward_reader_dir(
	struct ward_reader *l, const char *dir, bool required, const char *const *known)
{
	struct of_dir to = {l, known};
	const struct ward_conf_dir d = {l->lim, l->diag, &l->scratch, add_file, &to};

	l->nomem = l->nomem || ward_conf_dir(&d, dir, required) != WARD_OK;
}

void ward_reader_each(struct ward_reader *l, const char *key,
	void (*read)(struct ward_reader *, const struct ward_conf *, void *), void *ctx)
{
	for (size_t f = 0; f < l->n_file; f++) {
		for (const struct ward_conf *doc = l->file[f]->child; doc; doc = doc->next) {
			const struct ward_conf *list = ward_conf_get(doc, key);

			if (!list)
				continue;
			if (list->kind != WARD_CONF_SEQ)
				ward_reader_bad(l, list, WARD_TEXT("no list: '{name}'"),
					ward_str_z(key), WARD_TEXT("write a list of maps"));
			for (const struct ward_conf *c = list->kind == WARD_CONF_SEQ ? list->child
										     : NULL;
				c; c = c->next) {
				if (c->kind == WARD_CONF_MAP)
					read(l, c, ctx);
				else
					ward_reader_bad(l, c, WARD_TEXT("not a map in '{name}'"),
						ward_str_z(key), WARD_TEXT("write {id: …}"));
			}
		}
	}
}

void ward_reader_span(struct ward_reader *l, const struct ward_conf *c, const char *key,
	bool required, ward_ns *ret)
{
	if (!ward_conf_duration(c, key, required, l->diag, ret) || *ret <= WARD_WORK_LONGEST)
		return;
	ward_reader_bad(l, ward_conf_get(c, key), WARD_TEXT("longer than a year: '{name}'"),
		ward_str_z(key), WARD_TEXT("write at most 366d"));
	*ret = WARD_WORK_LONGEST;
}

struct ward_str ward_reader_keep(struct ward_reader *l, struct ward_str s)
{
	struct ward_str k = ward_arena_str(l->keep, s);

	l->nomem = l->nomem || !k.p;
	return k.p ? k : WARD_STR("");
}

struct ward_str ward_reader_str(struct ward_reader *l, const struct ward_conf *map, const char *key)
{
	struct ward_str s = WARD_STR("");

	(void)ward_conf_str(map, key, true, l->diag, &s);
	return ward_reader_keep(l, s);
}

uint32_t ward_reader_class_id(struct ward_reader *l, const struct ward_conf *at, struct ward_str id)
{
	const struct ward_ontology *o = ward_model_ontology(l->m);
	uint32_t i = ward_ontology_find(o, id);

	if (i != WARD_NONE)
		return i;
	struct ward_near near = ward_near_start(id, &l->near_budget);

	for (uint32_t k = 0; k < ward_ontology_n(o); k++)
		ward_near_offer(&near, ward_ontology_class(o, k)->id);
	ward_near_unknown(&near, at, "class", l->diag);
	return WARD_NONE;
}

uint32_t ward_reader_class(
	struct ward_reader *l, const struct ward_conf *map, const char *key, bool required)
{
	struct ward_str id;

	if (!ward_conf_str(map, key, required, l->diag, &id))
		return WARD_NONE;
	return ward_reader_class_id(l, ward_conf_get(map, key), id);
}

static void unknown_threat(struct ward_reader *l, const struct ward_conf *at, struct ward_str code)
{
	const struct ward_threats *t = ward_model_threats(l->m);
	struct ward_near near = ward_near_start(code, &l->near_budget);

	for (uint32_t k = 0; k < ward_threats_n(t); k++)
		ward_near_offer(&near, ward_threats_at(t, k)->code);
	ward_near_unknown(&near, at, "threat", l->diag);
}

uint32_t ward_reader_threat(
	struct ward_reader *l, const struct ward_conf *map, const char *key, bool required)
{
	struct ward_str code;

	if (!ward_conf_str(map, key, required, l->diag, &code))
		return WARD_NONE;
	uint32_t i = ward_threats_find(ward_model_threats(l->m), code);

	if (i == WARD_NONE)
		unknown_threat(l, ward_conf_get(map, key), code);
	return i;
}

size_t ward_reader_words(struct ward_reader *l, const struct ward_conf *map, const char *key,
	const struct ward_conf *ret[WARD_READER_LIST])
{
	const struct ward_conf *c = ward_conf_get(map, key), *one = c;
	size_t n = 0;

	if (!c)
		return 0;
	if (c->kind == WARD_CONF_SEQ)
		one = c->child;
	for (; one; one = c->kind == WARD_CONF_SEQ ? one->next : NULL) {
		if (one->kind != WARD_CONF_SCALAR || n == WARD_READER_LIST) {
			ward_diag_addf(l->diag, WARD_DIAG_ERROR, one->file, one->line,
				WARD_TEXT("'%s' is no list of at most %d words\nwrite %s: [a, b]"),
				key, WARD_READER_LIST, key);
			return 0;
		}
		ret[n++] = one;
	}
	return n;
}

/* Is it that code, or of that family ("bms.*")? */
static bool meant(struct ward_str word, struct ward_str code)
{
	if (!ward_str_ends(word, WARD_STR(".*")))
		return ward_str_eq(word, code);
	return ward_str_eq(ward_str_sub(word, 0, word.len - 2), ward_str_cut(&code, '.'));
}

const uint32_t *ward_reader_threats(
	struct ward_reader *l, const struct ward_conf *map, const char *key, size_t *ret_n)
{
	const struct ward_threats *t = ward_model_threats(l->m);
	const struct ward_conf *word[WARD_READER_LIST];
	size_t n = ward_reader_words(l, map, key, word), n_met[WARD_READER_LIST] = {0};
	uint32_t *list;

	*ret_n = 0;
	if (!n)
		return NULL;
	list = ward_arena_array(l->keep, ward_threats_n(t) + 1, sizeof(*list));
	if (!list) {
		l->nomem = true;
		return NULL;
	}
	for (uint32_t i = 0; i < ward_threats_n(t); i++) {
		bool met = false;

		for (size_t k = 0; k < n; k++)
			if (meant(word[k]->text, ward_threats_at(t, i)->code)) {
				met = true;
				n_met[k]++;
			}
		if (met)
			list[(*ret_n)++] = i;
	}
	for (size_t k = 0; k < n; k++)
		if (!n_met[k])
			unknown_threat(l, word[k], word[k]->text);
	return list;
}

unsigned ward_reader_word(struct ward_reader *l, const struct ward_conf *map, const char *key,
	const char *const *word, unsigned n)
{
	struct ward_str s;

	if (!ward_conf_str(map, key, false, l->diag, &s))
		return n;
	struct ward_near near = ward_near_start(s, &l->near_budget);

	for (unsigned i = 0; i < n; i++) {
		if (ward_str_eqz(s, word[i]))
			return i;
		ward_near_offer(&near, ward_str_z(word[i]));
	}
	ward_near_unknown(&near, ward_conf_get(map, key), key, l->diag);
	return n;
}
