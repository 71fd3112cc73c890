/* Notes about analytics and what signs say, out of files. */
#include "notice/priv.h"

#include "notice/classes.h"

#include <stdio.h>

enum { PATH_BYTES = 4096, LINE_BYTES = 1000 };

struct reader {
	struct ward_notice_content *c;
	struct ward_arena *a;
	struct ward_diag *diag;
	enum ward_err err;
};

static void bad(struct reader *r, const struct ward_conf *at, const char *what, const char *mend)
{
	ward_diag_addf(r->diag, WARD_DIAG_ERROR, at->file, at->line, "%s\n%s", what, mend);
}

static void read_line(struct reader *r, const struct ward_conf *c, const char *key, bool needed,
	struct ward_str *ret)
{
	enum ward_err err = ward_conf_line(c, key, needed, LINE_BYTES, r->a, r->diag, ret);

	r->err = err ? err : r->err;
}

/* Texts of a list. */
static size_t read_list(struct reader *r, const struct ward_conf *c, const char *key,
	struct ward_str *ret, size_t max)
{
	const struct ward_conf *list = ward_conf_get(c, key);
	size_t n = 0;

	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
		if (x->kind != WARD_CONF_SCALAR || !x->text.len || x->text.len > LINE_BYTES ||
			n == max) {
			bad(r, x, WARD_TEXT("no short list of texts"),
				WARD_TEXT("write at most 16 texts: [a, b], those of `cannot` at "
					  "most 8"));
			break;
		}
		ret[n++] = x->text;
	}
	return n;
}

static void read_number(struct reader *r, const struct ward_conf *c, struct ward_notice_number *ret)
{
	static const char *const known[] = {"what", "is", "by", "on", NULL};

	ward_conf_only(c, known, r->diag);
	read_line(r, c, "what", true, &ret->what);
	read_line(r, c, "is", false, &ret->is);
	read_line(r, c, "by", true, &ret->by);
	read_line(r, c, "on", true, &ret->on);
}

static void read_note(struct reader *r, const struct ward_conf *c)
{
	static const char *const known[] = {
		"id", "name", "of", "does", "cannot", "wrong", "measured", NULL};
	const struct ward_conf *list = ward_conf_get(c, "measured");
	struct ward_notice_note *n = &r->c->note[r->c->n_note];

	if (r->c->n_note == WARD_NOTICE_NOTES) {
		bad(r, c, WARD_TEXT("too many notes"), WARD_TEXT("24 are read: join some"));
		return;
	}
	*n = (struct ward_notice_note){.file = c->file, .line = c->line};
	ward_conf_only(c, known, r->diag);
	read_line(r, c, "id", true, &n->id);
	read_line(r, c, "name", true, &n->name);
	read_line(r, c, "does", true, &n->does);
	read_line(r, c, "wrong", true, &n->wrong);
	n->n_of = read_list(r, c, "of", n->of, WARD_NOTICE_OF);
	n->n_cannot = read_list(r, c, "cannot", n->cannot, WARD_NOTICE_LIST);
	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next) {
		if (n->n_number == WARD_NOTICE_LIST) {
			bad(r, x, WARD_TEXT("too many numbers of one note"),
				WARD_TEXT("8 are read: make a second note"));
			break;
		}
		read_number(r, x, &n->number[n->n_number++]);
	}
	if (!n->n_of || !n->n_cannot || !n->n_number)
		bad(r, c, WARD_TEXT("a note lacks what it is there for"),
			WARD_TEXT("write `of`, `cannot` and `measured`, each with at least one "
				  "item; of what was never measured without `is`"));
	r->c->n_note++;
}

static void read_sign(struct reader *r, const struct ward_conf *c)
{
	static const char *const known[] = {
		"country", "law", "mark", "authority", "from", "line", NULL};
	struct ward_notice_sign *s = &r->c->sign[r->c->n_sign];
	struct ward_str mark = {NULL, 0};

	if (r->c->n_sign == WARD_NOTICE_SIGNS) {
		bad(r, c, WARD_TEXT("too many countries"), WARD_TEXT("16 are read"));
		return;
	}
	*s = (struct ward_notice_sign){.confirmed = false};
	ward_conf_only(c, known, r->diag);
	read_line(r, c, "country", true, &s->country);
	read_line(r, c, "law", true, &s->law);
	read_line(r, c, "mark", true, &mark);
	read_line(r, c, "authority", true, &s->authority);
	read_line(r, c, "from", false, &s->from);
	read_line(r, c, "line", s->from.len > 0, &s->line);
	s->confirmed = ward_str_eqz(mark, "confirmed");
	if (s->from.len && !ward_str_eqz(s->from, "permit") && !ward_str_eqz(s->from, "agreement"))
		bad(r, c, WARD_TEXT("a sign takes a line from nothing that a register has"),
			WARD_TEXT("write `from: permit` or `from: agreement`"));
	r->c->n_sign++;
}

enum ward_err ward_notice_read(struct ward_str file, struct ward_slice text,
	const struct ward_limits *lim, struct ward_arena *a, struct ward_diag *diag,
	struct ward_notice_content *ret)
{
	static const char *const known[] = {"notes", "signs", NULL};
	struct reader r = {ret, a, diag, WARD_OK};
	size_t before = diag->n_error;
	const struct ward_conf *docs;
	enum ward_err err = ward_conf_yaml(a, lim, file, text, diag, &docs);

	for (const struct ward_conf *d = err ? NULL : docs->child; d; d = d->next) {
		const struct ward_conf *notes = ward_conf_get(d, "notes"),
				       *signs = ward_conf_get(d, "signs");

		ward_conf_only(d, known, diag);
		for (const struct ward_conf *c = notes ? notes->child : NULL; c; c = c->next)
			read_note(&r, c);
		for (const struct ward_conf *c = signs ? signs->child : NULL; c; c = c->next)
			read_sign(&r, c);
	}
	return err ? err : r.err ? r.err : diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_notice_load(const char *content, const struct ward_limits *lim,
	struct ward_arena *a, struct ward_diag *diag, struct ward_notice_content *ret)
{
	static const char *const file[] = {
		"signs/signs.yml", "ethics/persons.yml", "ethics/video.yml"};
	enum ward_err all = WARD_OK;

	*ret = (struct ward_notice_content){.n_note = 0};
	for (size_t i = 0; i < WARD_ARRAY_LEN(file); i++) {
		struct ward_slice text;
		char path[PATH_BYTES];

		(void)snprintf(path, sizeof(path), "%.3900s/%s", content, file[i]);
		enum ward_err err = ward_conf_read(a, lim, path, diag, &text);
		struct ward_str name = ward_arena_str(a, ward_str_z(path));

		if (!err)
			err = name.p ? ward_notice_read(name, text, lim, a, diag, ret)
				     : WARD_ERR_NOMEM;
		if (err && err != WARD_ERR_CONFIG)
			return err;
		all = err ? err : all;
	}
	return all;
}

const struct ward_notice_note *ward_notice_about(
	const struct ward_notice_content *c, struct ward_str of)
{
	for (size_t i = 0; i < c->n_note; i++)
		for (size_t k = 0; k < c->note[i].n_of; k++) {
			struct ward_str is = c->note[i].of[k];

			/* "video.tamper" is about "video.tamper.black", too */
			if (ward_str_starts(of, is) && (of.len == is.len || of.p[is.len] == '.'))
				return &c->note[i];
		}
	return NULL;
}

const struct ward_notice_note *ward_notice_note(
	const struct ward_notice_content *c, struct ward_str id)
{
	for (size_t i = 0; i < c->n_note; i++)
		if (ward_str_eq(c->note[i].id, id))
			return &c->note[i];
	return NULL;
}

/* Is it something that Ward computes? */
static bool exists(struct ward_str of)
{
	for (unsigned a = 0; a < WARD_ANALYTIC_N; a++)
		if (ward_str_eqz(of, ward_analytic_name((enum ward_analytic)a)))
			return true;
	return notice_is_class(of) || ward_str_eqz(of, "identifiers"); /* comply/identifiers */
}

static void lacks(const struct ward_notice_content *c, struct ward_diag *d, struct ward_str what)
{
	if (ward_notice_about(c, what))
		return;
	ward_diag_addf(d, WARD_DIAG_ERROR, WARD_STR("ethics"), 0,
		WARD_TEXT("no note says what '%.*s' can't do, and how often it was wrong\nadd one "
			  "to content/ethics (docs/transparency.md)"),
		WARD_STR_ARG(what));
}

void ward_notice_check(const struct ward_notice_content *c, struct ward_diag *d)
{
	for (size_t i = 0; i < c->n_note; i++)
		for (size_t k = 0; k < c->note[i].n_of; k++)
			if (!exists(c->note[i].of[k]))
				ward_diag_addf(d, WARD_DIAG_ERROR, c->note[i].file, c->note[i].line,
					WARD_TEXT("the note '%.*s' is about '%.*s', which nothing "
						  "computes\nwrite a class of events or an "
						  "analytic, or leave it out"),
					WARD_STR_ARG(c->note[i].id),
					WARD_STR_ARG(c->note[i].of[k]));
	for (unsigned a = 0; a < WARD_ANALYTIC_N; a++)
		lacks(c, d, ward_str_z(ward_analytic_name((enum ward_analytic)a)));
	for (size_t i = 0; notice_seen(i); i++)
		lacks(c, d, ward_str_z(notice_seen(i)));
}
