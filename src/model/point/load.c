/* The table of points, and what its rows have to do with each other. */
#include "model/point/priv.h"

#include "model/line.h"
#include "model/near.h"

#include <stdio.h>
#include <unistd.h>

enum { BYTES_MAX = 256 << 20, NAMES_BYTES_MAX = 64 << 20 };

static const ward_ns hold_usual = 10 * WARD_NS_PER_S;

static const char *const column[WARD_POINT_COL_N] = {
#define X(IDENT, name) name,
	WARD_POINT_COLUMN_LIST(X)
#undef X
};

const char *ward_point_column_name(enum ward_point_column c)
{
	WARD_ASSERT((unsigned)c < WARD_POINT_COL_N);
	return column[c];
}

/* A row that was read, until those that it names are known. */
struct half {
	struct ward_bms_point p;
	struct ward_str peer, *when;
	bool good;
};

struct load {
	const struct ward_point_in *in;
	struct ward_points *p;
	struct ward_str file;
	const struct ward_csv *t;
	size_t at[WARD_POINT_COL_N]; /* column of the table, or SIZE_MAX */
	size_t near_budget;
	struct ward_str told;
	struct half *half; /* of each row */
	struct ward_intern id, address;
	uint32_t *id_row, *address_row; /* the row of each */
};

static struct ward_point_row row_of(struct load *l, size_t i)
{
	struct ward_point_row r = {.in = l->in,
		.into = l->p,
		.file = l->file,
		.line = l->t->row[i].line,
		.near_budget = &l->near_budget,
		.told = &l->told};

	for (size_t c = 0; c < WARD_POINT_COL_N; c++)
		r.cell[c] = l->at[c] == SIZE_MAX ? WARD_STR("")
						 : ward_str_trim(l->t->row[i].cell[l->at[c]]);
	return r;
}

static void take_kind(struct load *l, struct ward_point_row *r)
{
	struct ward_str name = r->cell[WARD_POINT_COL_KIND];
	struct ward_near near = ward_near_start(name, &l->near_budget);

	if (!name.len)
		return;
	for (size_t i = 0; i < l->p->n_kind; i++) {
		if (ward_str_eq(l->p->kind[i].name, name))
			r->kind = &l->p->kind[i];
		else
			ward_near_offer(&near, l->p->kind[i].name);
	}
	if (!r->kind) {
		if (near.best.len)
			WARD_POINT_BAD(r,
				WARD_TEXT(
					"there is no kind '%.*s'\nwrite '%.*s' if that was meant"),
				WARD_STR_ARG(name), WARD_STR_ARG(near.best));
		else
			WARD_POINT_BAD(r,
				WARD_TEXT("there is no kind '%.*s'\nsee content/points.yml"),
				WARD_STR_ARG(name));
		return;
	}
	if (r->kind->bad) {
		WARD_POINT_BAD(r,
			WARD_TEXT("the kind '%.*s' is wrong itself\nmend line %u of %.*s"),
			WARD_STR_ARG(name), r->kind->line, WARD_STR_ARG(r->kind->file));
		return;
	}
	for (size_t c = 0; c < WARD_POINT_COL_N; c++)
		if (!r->cell[c].len)
			r->cell[c] = r->kind->cell[c];
}

/* Each id and each address is one row's. */
static enum ward_err only(struct load *l, const struct ward_point_row *r, size_t i, bool address)
{
	struct ward_intern *t = address ? &l->address : &l->id;
	uint32_t *row = address ? l->address_row : l->id_row, at;
	const struct ward_bms_point *p = &l->half[i].p;
	char buf[WARD_POINT_ADDRESS_BYTES];
	struct ward_str key = address ? ward_point_address_key(p->source, p->address, buf) : p->id;

	if (!key.len)
		return WARD_OK; /* a finding says so */
	size_t before = t->n;
	enum ward_err err = ward_intern_put(t, key, &at);

	if (err)
		return err;
	if (t->n == before)
		WARD_POINT_BAD(r,
			address ? WARD_TEXT("the address is that of line %u\none value is one "
					    "point: remove one of the two")
				: WARD_TEXT("the id is that of line %u\ngive it one of its own"),
			l->t->row[row[at]].line);
	else
		row[at] = (uint32_t)i;
	return WARD_OK;
}

static enum ward_err keep(struct load *l, struct half *h)
{
	struct ward_str *text[] = {
		&h->p.id, &h->p.name, &h->p.unit, &h->p.asset, &h->p.source, &h->p.address};

	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++) {
		*text[i] = ward_arena_str(&l->p->arena, *text[i]);
		if (!text[i]->p)
			return WARD_ERR_NOMEM;
	}
	return WARD_OK;
}

static enum ward_err read_row(struct load *l, size_t i)
{
	struct ward_point_row r = row_of(l, i);
	struct half *h = &l->half[i];
	size_t errors = l->in->diag->n_error;
	enum ward_err err;

	take_kind(l, &r);
	ward_point_read(&r, &h->p);
	h->peer = r.cell[WARD_POINT_COL_PEER];
	err = ward_point_relations(&r, &h->p, &h->when);
	if (!err)
		err = keep(l, h);
	if (!err)
		err = only(l, &r, i, false);
	if (!err && h->p.source.len)
		err = only(l, &r, i, true);
	h->good = l->in->diag->n_error == errors;
	return err;
}

/* The row of a point that another names; WARD_NONE with a finding. */
static uint32_t named(struct load *l, size_t i, const char *what, struct ward_str id)
{
	uint32_t at = ward_intern_find(&l->id, id);
	struct ward_near near = ward_near_start(id, &l->near_budget);
	struct ward_point_row r = row_of(l, i);

	if (at != WARD_NONE && l->id_row[at] != i)
		return l->id_row[at];
	for (uint32_t k = 0; at == WARD_NONE && k < l->id.n; k++)
		ward_near_offer(&near, ward_intern_at(&l->id, k));
	if (at != WARD_NONE)
		WARD_POINT_BAD(
			&r, WARD_TEXT("'%s' names the point itself\nname another one"), what);
	else if (near.best.len)
		WARD_POINT_BAD(&r,
			WARD_TEXT("'%s' names '%.*s', which is no point\nwrite '%.*s' if that was "
				  "meant"),
			what, WARD_STR_ARG(id), WARD_STR_ARG(near.best));
	else
		WARD_POINT_BAD(&r,
			WARD_TEXT("'%s' names '%.*s', which is no point\nwrite the id of another "
				  "row"),
			what, WARD_STR_ARG(id));
	return WARD_NONE;
}

static void check_fresh(struct load *l, size_t i, uint32_t other, ward_ns longest, const char *what)
{
	struct ward_point_row r = row_of(l, i);

	ward_point_check_fresh(&r, &l->half[i].p, &l->half[other].p, longest, what);
}

static void join(struct load *l, size_t i)
{
	struct half *h = &l->half[i];
	size_t errors = l->in->diag->n_error;

	if (h->p.tolerance > 0 && h->peer.len) {
		h->p.peer = named(l, i, "peer", h->peer);
		if (h->p.peer != WARD_NONE && !ward_str_eq(h->p.unit, l->half[h->p.peer].p.unit)) {
			struct ward_point_row r = row_of(l, i);

			WARD_POINT_BAD(
				&r, WARD_TEXT("the point and its peer have other units\ngive both "
					      "in one unit, by scale and offset"));
		}
		if (h->p.peer != WARD_NONE)
			check_fresh(l, i, h->p.peer, ward_point_fresh(&h->p), "peer");
	}
	for (size_t k = 0; k < h->p.n_relation; k++) {
		struct ward_point_relation *x = &((struct ward_point_relation *)h->p.relation)[k];

		x->when = named(l, i, "relation", h->when[k]);
		if (x->when != WARD_NONE)
			check_fresh(l, i, x->when, x->within, "relation");
	}
	h->good &= l->in->diag->n_error == errors;
}

/* Whom row i names, one after the other; WARD_NONE at the end. */
static uint32_t names(const struct half *h, size_t k)
{
	if (h->p.peer != WARD_NONE && k-- == 0)
		return h->p.peer;
	return k < h->p.n_relation ? h->p.relation[k].when : WARD_NONE;
}

/* Who names a row that is no point is none either, nor who names him: from each bad row on to those
 * that name it. O(rows + names). */
static enum ward_err drop(struct load *l, struct ward_arena *a)
{
	size_t n = l->t->n_row, n_name = 0, n_todo = 0;
	uint32_t *first = ward_arena_array(a, n + 2, sizeof(*first)), *by, *todo, to;

	todo = ward_arena_array(a, n + 1, sizeof(*todo));
	if (!first || !todo)
		return WARD_ERR_NOMEM;
	/* by[first[x]] to by[first[x + 1]]: rows that name x */
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; l->half[i].good && (to = names(&l->half[i], k)) != WARD_NONE;
			k++)
			first[to + 2]++, n_name++;
	for (size_t i = 2; i < n + 2; i++)
		first[i] += first[i - 1];
	by = ward_arena_array(a, n_name + 1, sizeof(*by));
	if (!by)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; l->half[i].good && (to = names(&l->half[i], k)) != WARD_NONE;
			k++)
			by[first[to + 1]++] = (uint32_t)i;
	for (size_t i = 0; i < n; i++)
		if (!l->half[i].good)
			todo[n_todo++] = (uint32_t)i;
	while (n_todo) {
		uint32_t x = todo[--n_todo];

		for (uint32_t k = first[x]; k < first[x + 1]; k++) {
			if (!l->half[by[k]].good)
				continue;
			l->half[by[k]].good = false;
			todo[n_todo++] = by[k];
		}
	}
	return WARD_OK;
}

static enum ward_err put(struct ward_intern *t, struct ward_str key, uint32_t *at, size_t i)
{
	uint32_t id;
	enum ward_err err = ward_intern_put(t, key, &id);

	if (!err)
		at[id] = (uint32_t)i;
	return err;
}

/* What polled sources tell has the point's id: only what sensors send is known by its address. */
static void warn_of_address(struct load *l, size_t i, const struct ward_bms_point *first)
{
	const struct ward_bms_point *x = &l->half[i].p;
	const struct ward_source *s = l->in->m ? ward_model_source(l->in->m, x->source) : NULL;

	if (!s || ward_point_is_polled(s->kind))
		return;
	ward_diag_addf(l->in->diag, WARD_DIAG_WARNING, l->file, l->t->row[i].line,
		WARD_TEXT("the address '%.*s' is that of '%.*s' in line %u too, by the source "
			  "'%.*s': a recording can't tell them apart\ngive one of the two sensors "
			  "another name"),
		WARD_STR_ARG(x->address), WARD_STR_ARG(first->id), first->line,
		WARD_STR_ARG(first->source));
}

static enum ward_err put_address(struct load *l, size_t i)
{
	struct ward_points *p = l->p;
	const struct ward_bms_point *x = &l->half[i].p;
	char buf[WARD_POINT_ADDRESS_BYTES];
	size_t before = p->any.n;
	uint32_t id;
	enum ward_err err = put(&p->address, ward_point_address_key(x->source, x->address, buf),
		p->address_at, p->n);

	if (!err)
		err = ward_intern_put(&p->any, x->address, &id);
	if (err)
		return err;
	if (p->any.n > before) {
		p->any_at[id] = (uint32_t)p->n;
		return WARD_OK;
	}
	if (p->any_at[id] != WARD_NONE)
		warn_of_address(l, i, &p->point[p->any_at[id]]);
	p->any_at[id] = WARD_NONE;
	return WARD_OK;
}

/* The good rows become the points; rows' numbers become points'. */
static enum ward_err take(struct load *l)
{
	struct ward_points *p = l->p;
	uint32_t *number = ward_arena_array(&p->arena, l->t->n_row, sizeof(*number));
	size_t n = 0;
	enum ward_err err = WARD_OK;

	p->point = ward_arena_array(&p->arena, l->t->n_row, sizeof(*p->point));
	p->id_at = ward_arena_array(&p->arena, l->t->n_row, sizeof(*p->id_at));
	p->address_at = ward_arena_array(&p->arena, l->t->n_row, sizeof(*p->address_at));
	p->any_at = ward_arena_array(&p->arena, l->t->n_row, sizeof(*p->any_at));
	if (!number || !p->point || !p->id_at || !p->address_at || !p->any_at)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < l->t->n_row; i++)
		if (l->half[i].good)
			number[i] = (uint32_t)n++;
	for (size_t i = 0; i < l->t->n_row && !err; i++) {
		struct ward_bms_point *x = &l->half[i].p;

		if (!l->half[i].good)
			continue;
		if (x->peer != WARD_NONE)
			x->peer = number[x->peer];
		for (size_t k = 0; k < x->n_relation; k++)
			((struct ward_point_relation *)x->relation)[k].when =
				number[x->relation[k].when];
		err = put(&p->id, x->id, p->id_at, p->n);
		if (!err && x->source.len)
			err = put_address(l, i);
		p->point[p->n++] = *x;
	}
	return err;
}

static enum ward_err rows(struct load *l, struct ward_arena *a)
{
	size_t n = l->t->n_row;
	enum ward_err err = WARD_OK;

	struct ward_csv_line line = {l->in->diag, l->t, column, WARD_POINT_COL_N, l->at, NULL};

	if (!ward_csv_line_columns(&line, "docs/points.md"))
		return WARD_ERR_CONFIG;
	if (n > ward_limit(l->in->lim, WARD_LIMIT_MODEL_POINTS)) {
		ward_diag_addf(l->in->diag, WARD_DIAG_ERROR, l->file, 0,
			WARD_TEXT(
				"more points than the limit model.points\nraise it in limits.yml"));
		return WARD_ERR_CONFIG;
	}
	l->half = ward_arena_array(a, n, sizeof(*l->half));
	l->id_row = ward_arena_array(a, n, sizeof(*l->id_row));
	l->address_row = ward_arena_array(a, n, sizeof(*l->address_row));
	if (!l->half || !l->id_row || !l->address_row)
		return WARD_ERR_NOMEM;
	ward_intern_init(&l->id, l->in->mem, n + 1, NAMES_BYTES_MAX);
	ward_intern_init(&l->address, l->in->mem, n + 1, NAMES_BYTES_MAX);
	for (size_t i = 0; i < n && !err; i++)
		err = read_row(l, i);
	for (size_t i = 0; i < n && !err; i++)
		if (l->half[i].good)
			join(l, i);
	if (!err) {
		err = drop(l, a);
	}
	if (!err)
		err = take(l);
	ward_intern_fini(&l->id);
	ward_intern_fini(&l->address);
	return err;
}

static bool blank(struct ward_slice text)
{
	return ward_str_trim(ward_slice_text(text)).len == 0;
}

static enum ward_err know_sources(const struct ward_point_in *in, struct ward_points *p)
{
	size_t n = 0;
	const struct ward_source *s = in->m ? ward_model_sources(in->m, &n) : NULL;
	enum ward_err err = WARD_OK;
	uint32_t at;

	ward_intern_init(&p->source, in->mem, n + 1, NAMES_BYTES_MAX);
	for (size_t i = 0; i < n && !err; i++)
		err = ward_intern_put(&p->source, s[i].id, &at);
	return err;
}

static enum ward_err points_new(const struct ward_point_in *in, struct ward_points **ret)
{
	struct ward_points *p = ward_mem_alloc(in->mem, sizeof(*p));
	size_t max = ward_limit(in->lim, WARD_LIMIT_MODEL_POINTS);

	if (!p)
		return WARD_ERR_NOMEM;
	p->mem = in->mem;
	p->hold = hold_usual;
	ward_arena_init(&p->arena, in->mem, BYTES_MAX);
	ward_intern_init(&p->id, in->mem, max + 1, NAMES_BYTES_MAX);
	ward_intern_init(&p->address, in->mem, max + 1, NAMES_BYTES_MAX);
	ward_intern_init(&p->any, in->mem, max + 1, NAMES_BYTES_MAX);
	enum ward_err err = know_sources(in, p);

	if (err)
		ward_points_free(p);
	else
		*ret = p;
	return err;
}

void ward_points_free(struct ward_points *p)
{
	if (!p)
		return;
	ward_intern_fini(&p->id);
	ward_intern_fini(&p->address);
	ward_intern_fini(&p->any);
	ward_intern_fini(&p->source);
	ward_arena_fini(&p->arena);
	ward_mem_free(p->mem, p, sizeof(*p));
}

void ward_points_freep(struct ward_points **p)
{
	ward_points_free(*p);
}

/* A text that is blank has nothing to say. */
static enum ward_err parse(const struct ward_point_in *in, const struct ward_str file[2],
	const struct ward_slice text[2], struct ward_points *p)
{
	struct load l = {.in = in, .p = p, .file = file[0], .near_budget = 1 << 20};
	struct ward_arena a;
	struct ward_csv t;
	enum ward_err err = WARD_OK;

	if (!blank(text[1]))
		err = ward_point_kinds(in, file[1], text[1], p);
	if (err == WARD_ERR_CONFIG)
		err = WARD_OK;
	ward_arena_init(&a, in->mem, BYTES_MAX);
	l.file = ward_arena_str(&p->arena, file[0]);
	if (!err && !l.file.p)
		err = WARD_ERR_NOMEM;
	if (!err && !blank(text[0])) {
		err = ward_conf_csv(&a, in->lim, file[0], text[0], in->diag, &t);
		l.t = &t;
		if (!err)
			err = rows(&l, &a);
	}
	ward_arena_fini(&a);
	return err;
}

/* Gives p when it may be used. */
static enum ward_err finish(const struct ward_point_in *in, enum ward_err err, size_t errors,
	struct ward_points *p, struct ward_points **ret)
{
	if (!err && in->diag->n_error > errors)
		err = WARD_ERR_CONFIG;
	if (err && err != WARD_ERR_CONFIG)
		ward_points_free(p);
	else
		*ret = p;
	return err;
}

enum ward_err ward_points_parse(const struct ward_point_in *in, struct ward_slice text,
	struct ward_slice kinds, struct ward_points **ret)
{
	const struct ward_str file[] = {WARD_STR(WARD_POINT_FILE), WARD_STR(WARD_POINT_KINDS_FILE)};
	const struct ward_slice texts[] = {text, kinds};
	size_t errors = in->diag->n_error;
	struct ward_points *p;
	enum ward_err err = points_new(in, &p);

	return err ? err : finish(in, parse(in, file, texts, p), errors, p, ret);
}

static enum ward_err read_file(const struct ward_point_in *in, struct ward_arena *a,
	const char *dir, const char *name, struct ward_str *path, struct ward_slice *text)
{
	char buf[4096];
	int n = snprintf(buf, sizeof(buf), "%s/%s", dir, name);

	if (n < 0 || (size_t)n >= sizeof(buf))
		return WARD_ERR_IO;
	*path = ward_arena_str(a, ward_str_z(buf));
	if (!path->p)
		return WARD_ERR_NOMEM;
	if (access(buf, F_OK) != 0)
		return WARD_OK;
	enum ward_err err = ward_conf_read(a, in->lim, buf, in->diag, text);

	return err == WARD_ERR_LIMIT ? WARD_ERR_CONFIG : err;
}

enum ward_err ward_points_load(const struct ward_point_in *in, const char *dir, const char *content,
	struct ward_points **ret)
{
	struct ward_str file[2] = {WARD_STR(""), WARD_STR("")};
	struct ward_slice text[2] = {{NULL, 0}, {NULL, 0}};
	size_t errors = in->diag->n_error;
	struct ward_points *p;
	enum ward_err err = points_new(in, &p);

	if (err)
		return err;
	err = read_file(in, &p->arena, dir, WARD_POINT_FILE, &file[0], &text[0]);
	if (!err && content)
		err = read_file(in, &p->arena, content, WARD_POINT_KINDS_FILE, &file[1], &text[1]);
	if (!err)
		err = parse(in, file, text, p);
	return finish(in, err, errors, p, ret);
}
