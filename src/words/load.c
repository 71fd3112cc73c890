/* A language's file, read and checked. */
#include "conf/conf.h"
#include "words/priv.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARENA_BYTES_MAX = 16 << 20, PATH_BYTES = 4096, LANGS_MAX = 64 };

struct load {
	struct ward_lang *l;
	struct ward_diag *diag;
	enum ward_err err; /* NOMEM */
};

bool ward_lang_is_code(struct ward_str code)
{
	for (size_t i = 0; i < code.len; i++)
		if (code.p[i] < 'a' || code.p[i] > 'z')
			return false;
	return code.len >= 2 && code.len <= WARD_WORDS_CODE_MAX;
}

/* "text 'in {time}' …": the key is cut, it may be long. */
static void bad(struct load *in, const struct ward_conf *c, const char *what)
{
	ward_diag_addf(in->diag, WARD_DIAG_ERROR, c->file, c->line, "the text '%.*s' %s",
		WARD_STR_ARG(ward_str_sub(c->key, 0, 80)), what);
}

static struct ward_str keep(struct load *in, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(&in->l->arena, s);

	if (copy.p)
		return copy;
	in->err = WARD_ERR_NOMEM;
	return WARD_STR("");
}

/* Is each slot of a in b? */
static bool slots_in(struct ward_str a, struct ward_str b, struct ward_str *ret_lacks)
{
	struct ward_str literal, slot;
	size_t n = 0;

	while (ward_words_next(&a, &literal, &slot)) {
		struct ward_str other = {NULL, 0}, rest = b;

		if (!slot.len)
			break;
		if (++n > WARD_WORDS_SLOTS_MAX) {
			*ret_lacks = slot;
			return false;
		}
		while (!ward_str_eq(slot, other) && ward_words_next(&rest, &literal, &other))
			;
		if (!ward_str_eq(slot, other)) {
			*ret_lacks = slot;
			return false;
		}
	}
	return true;
}

static bool has_control(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

/* One form of the text with this key. */
static struct ward_str form(struct load *in, const struct ward_conf *c, struct ward_str key)
{
	struct ward_str lacks;

	if (c->kind != WARD_CONF_SCALAR || !c->text.len)
		bad(in, c,
			"has no translation\nwrite one, or leave the line out: it is then "
			"given in English");
	else if (c->text.len > WARD_WORDS_BYTES_MAX)
		bad(in, c, "is translated by more than 1024 bytes\nsay it shorter");
	else if (has_control(c->text))
		bad(in, c, "has a control character in its translation\nwrite it in one line");
	else if (!slots_in(key, c->text, &lacks))
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, c->file, c->line,
			"the translation lacks the slot {%.*s} of '%.*s'\nwrite {%.*s} where it "
			"belongs",
			WARD_STR_ARG(lacks), WARD_STR_ARG(ward_str_sub(key, 0, 80)),
			WARD_STR_ARG(lacks));
	else if (!slots_in(c->text, key, &lacks))
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, c->file, c->line,
			"the translation has a slot {%.*s}, which '%.*s' has not\ntake it out, or "
			"correct its name",
			WARD_STR_ARG(lacks), WARD_STR_ARG(ward_str_sub(key, 0, 80)));
	else
		return keep(in, c->text);
	return WARD_STR("");
}

/* "in {time}": "fra {time}", or of one that counts {one: …, other: …}. */
static void read_text(struct load *in, const struct ward_conf *c)
{
	static const char *const known[] = {"one", "other", NULL};
	struct ward_lang *l = in->l;
	struct forms f = {{NULL, 0}, {NULL, 0}};
	uint32_t at;
	enum ward_err err;

	if (!c->key.len || c->key.len > WARD_WORDS_BYTES_MAX) {
		bad(in, c, "is no text of 1 to 1024 bytes\nwrite the English text as the key");
		return;
	}
	if (c->kind == WARD_CONF_MAP) {
		const struct ward_conf *one = ward_conf_get(c, "one");
		const struct ward_conf *other = ward_conf_get(c, "other");

		ward_conf_only(c, known, in->diag);
		if (!one || !other) {
			bad(in, c, "lacks a form\nwrite {one: …, other: …}");
			return;
		}
		f.one = form(in, one, c->key);
		f.others = form(in, other, c->key);
	} else {
		f.others = form(in, c, c->key);
	}
	err = ward_mem_more(
		l->mem, &l->forms, l->key.n, &l->cap, sizeof(*l->forms), WARD_WORDS_TEXTS_MAX + 1);
	if (!err)
		err = ward_intern_put(&l->key, c->key, &at);
	if (err == WARD_ERR_LIMIT)
		bad(in, c,
			"is one too many: a language has at most 16384\ntake out what is not used");
	else if (err)
		in->err = err;
	else
		l->forms[at] = f;
}

/* A mark of numbers: at most one character. */
static struct ward_str mark(
	struct load *in, const struct ward_conf *c, const char *key, struct ward_str otherwise)
{
	struct ward_str s = otherwise;

	(void)ward_conf_str(c, key, true, in->diag, &s);
	if (s.len > 4 || has_control(s)) {
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, c->file, c->line,
			"'%s' is more than a character\nwrite one, as \",\"", key);
		s = otherwise;
	}
	return keep(in, s);
}

static void read_head(struct load *in, const struct ward_conf *c)
{
	struct ward_str code = WARD_STR(""), name;

	if (ward_conf_str(c, "language", true, in->diag, &code) && !ward_lang_is_code(code))
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, c->file, c->line,
			"'%.*s' is no code of a language\nwrite its two letters of ISO 639, as it",
			WARD_STR_ARG(ward_str_sub(code, 0, 40)));
	(void)ward_conf_str(c, "name", true, in->diag, &name);
	in->l->code = keep(in, ward_str_sub(code, 0, WARD_WORDS_CODE_MAX));
	in->l->decimal = mark(in, c, "decimal", WARD_STR("."));
	in->l->group = mark(in, c, "group", WARD_STR(","));
	(void)ward_conf_bool(c, "zero_is_one", false, in->diag, &in->l->zero_is_one);
}

static void read_tree(struct load *in, const struct ward_conf *docs, struct ward_str file)
{
	static const char *const known[] = {
		"language", "name", "decimal", "group", "zero_is_one", "texts", NULL};
	const struct ward_conf *c = docs->child;
	const struct ward_conf *texts = ward_conf_get(c, "texts");

	if (docs->n_child != 1 || c->kind != WARD_CONF_MAP) {
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, 1,
			"a language is one map\nwrite language, name, decimal, group and texts");
		return;
	}
	ward_conf_only(c, known, in->diag);
	read_head(in, c);
	if (!texts || texts->kind != WARD_CONF_MAP) {
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, c->file, texts ? texts->line : c->line,
			"'texts' is no map\nwrite each English text with its translation");
		return;
	}
	for (const struct ward_conf *t = texts->child; t && !in->err; t = t->next)
		read_text(in, t);
}

enum ward_err ward_lang_read(struct ward_slice text, struct ward_str file,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_lang **ret)
{
	struct load in = {.diag = diag};
	size_t n_error = diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena tree;
	enum ward_err err;

	in.l = ward_mem_alloc(mem, sizeof(*in.l));
	if (!in.l)
		return WARD_ERR_NOMEM;
	in.l->mem = mem;
	ward_arena_init(&in.l->arena, mem, ARENA_BYTES_MAX);
	ward_intern_init(&in.l->key, mem, WARD_WORDS_TEXTS_MAX, ARENA_BYTES_MAX);
	ward_arena_init(&tree, mem, SIZE_MAX / 2); /* conf's limits bound it */
	err = ward_conf_yaml(&tree, lim, file, text, diag, &docs);
	if (!err)
		read_tree(&in, docs, file);
	ward_arena_fini(&tree);
	if (!err)
		err = in.err ? in.err : diag->n_error > n_error ? WARD_ERR_CONFIG : WARD_OK;
	if (err) {
		ward_lang_free(in.l);
		return err;
	}
	*ret = in.l;
	return WARD_OK;
}

enum ward_err ward_lang_load(const char *dir, struct ward_str code, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_lang **ret)
{
	char path[PATH_BYTES];
	struct ward_lang *l;
	struct ward_slice text;
	struct ward_arena a;
	enum ward_err err;

	if (ward_str_eqz(code, "en")) {
		*ret = NULL;
		return WARD_OK;
	}
	if (!ward_lang_is_code(code) || snprintf(path, sizeof(path), "%s/%.*s.yml", dir,
						WARD_STR_ARG(code)) >= (int)sizeof(path))
		return WARD_ERR_NOT_FOUND;
	if (access(path, F_OK) != 0)
		return WARD_ERR_NOT_FOUND;
	ward_arena_init(&a, mem, ARENA_BYTES_MAX);
	err = ward_conf_read(&a, lim, path, diag, &text);
	if (!err)
		err = ward_lang_read(text, ward_str_z(path), lim, mem, diag, &l);
	ward_arena_fini(&a);
	if (err)
		return err;
	if (!ward_str_eq(l->code, code)) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, ward_str_z(path), 1,
			"the file is of the language '%.*s'\nname it %.*s.yml",
			WARD_STR_ARG(l->code), WARD_STR_ARG(l->code));
		ward_lang_free(l);
		return WARD_ERR_CONFIG;
	}
	*ret = l;
	return WARD_OK;
}

void ward_lang_free(struct ward_lang *l)
{
	if (!l)
		return;
	ward_mem_free(l->mem, l->forms, l->cap * sizeof(*l->forms));
	ward_intern_fini(&l->key);
	ward_arena_fini(&l->arena);
	ward_mem_free(l->mem, l, sizeof(*l));
}

static int code_cmp(const void *a, const void *b)
{
	return strcmp(a, b);
}

void ward_lang_list(const char *dir, struct ward_wr *w)
{
	char code[LANGS_MAX][WARD_WORDS_CODE_MAX + 1] = {"en"};
	DIR *d = opendir(dir);
	size_t n = 1;

	for (struct dirent *e = d ? readdir(d) : NULL; e && n < LANGS_MAX; e = readdir(d)) {
		struct ward_str rest = ward_str_z(e->d_name);
		struct ward_str name = ward_str_cut(&rest, '.');

		if (ward_lang_is_code(name) && ward_str_eqz(rest, "yml"))
			memcpy(code[n++], name.p, name.len);
	}
	if (d)
		(void)closedir(d);
	qsort(code, n, sizeof(code[0]), code_cmp);
	for (size_t i = 0; i < n; i++)
		ward_wr_printf(w, "%s%s", i ? ", " : "", code[i]);
}

struct ward_str ward_lang_code(const struct ward_lang *l)
{
	return l ? l->code : WARD_STR("en");
}

uint64_t ward_lang_missing(const struct ward_lang *l)
{
	return l ? l->missing : 0;
}

void ward_lang_count_in(struct ward_lang *l, struct ward_counters *counters)
{
	if (l)
		l->counters = counters;
}

bool ward_lang_at(const struct ward_lang *l, size_t i, struct ward_str *ret)
{
	if (!l || i >= l->key.n)
		return false;
	*ret = ward_intern_at(&l->key, (uint32_t)i);
	return true;
}
