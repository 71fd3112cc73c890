#include "model/permit/file.h"

#include "model/line.h"
#include "model/near.h"
#include "model/word.h"

#include <stdio.h>
#include <unistd.h>

enum { EFFECTS_MAX = 12, FAMILIES_MAX = 3, FILE_BYTES_MAX = 64 << 20 };

static const ward_ns longest = 31 * 24 * 3600 * WARD_NS_PER_S, usual = 24 * 3600 * WARD_NS_PER_S;

static const char *const column[WARD_PERMIT_COL_N] = {"id", "place", "asset", "from", "until",
	"who", "badge", "effects", "why", "made", "by", "ended", "ended_by"};

const char *ward_permit_column_name(enum ward_permit_column c)
{
	WARD_ASSERT((unsigned)c < WARD_PERMIT_COL_N);
	return column[c];
}

/* One row in hand. */
struct reader {
	const struct ward_permit_in *in;
	struct ward_arena *a;
	struct ward_csv_line l;
	size_t at[WARD_PERMIT_COL_N];
	size_t near_budget;
	struct ward_permit p;
};

#define say(r, level, ...) \
	ward_diag_addf(    \
		(r)->in->diag, WARD_DIAG_##level, (r)->l.t->file, (r)->l.row->line, __VA_ARGS__)

static struct ward_str cell(const struct reader *r, enum ward_permit_column c)
{
	return ward_csv_line_cell(&r->l, c);
}

static struct ward_str text_of(const struct reader *r, enum ward_permit_column c, bool required)
{
	return ward_csv_line_text(&r->l, c, required, WARD_PERMIT_TEXT_MAX);
}

static ward_ns time_of(const struct reader *r, enum ward_permit_column c, bool required)
{
	return ward_csv_line_time(&r->l, c, required, WARD_PERMIT_TEXT_MAX);
}

static void no_such_node(struct reader *r, enum ward_permit_column c, struct ward_str word)
{
	struct ward_near near = ward_near_start(word, &r->near_budget);

	for (uint32_t i = 0; i < ward_model_n(r->in->m); i++)
		ward_near_offer(&near, ward_model_node(r->in->m, i)->id);
	if (near.best.len)
		say(r, ERROR,
			WARD_TEXT("'%s' names '%.*s', which the hospital does not have\nwrite "
				  "'%.*s' if that was meant"),
			column[c], WARD_STR_ARG(word), WARD_STR_ARG(near.best));
	else
		say(r, ERROR,
			WARD_TEXT("'%s' names '%.*s', which the hospital does not have\nwrite an "
				  "id of the directory"),
			column[c], WARD_STR_ARG(word));
}

static void take_node(struct reader *r, enum ward_permit_column c, struct ward_str word,
	uint32_t *list, size_t *n)
{
	uint32_t node = ward_model_find(r->in->m, word);
	bool asset = c == WARD_PERMIT_COL_ASSET;

	if (node == WARD_NONE) {
		no_such_node(r, c, word);
		return;
	}
	enum ward_node_kind kind = ward_model_node(r->in->m, node)->kind;
	bool place = kind <= WARD_NODE_NETWORK;

	if (asset ? kind != WARD_NODE_ASSET : !place)
		say(r, ERROR,
			WARD_TEXT(
				"'%s' is no %s but a %s\nwrite it under another column, or its %s"),
			word.p, asset ? "asset" : "place", ward_node_kind_name(kind),
			asset ? "assets" : "room");
	else if (kind == WARD_NODE_SITE)
		say(r, ERROR,
			WARD_TEXT("the permit is too wide: '%.*s' is all of the site\nname the "
				  "buildings, "
				  "floors, zones or rooms"),
			WARD_STR_ARG(word));
	else
		list[(*n)++] = node;
	if (kind == WARD_NODE_BUILDING)
		say(r, WARNING,
			WARD_TEXT("the permit is for a whole building: what it expects is expected "
				  "everywhere in '%.*s'\nname floors or rooms if the work is only "
				  "there"),
			WARD_STR_ARG(word));
}

/* The next word of a cell; false at the end. */
static bool word(struct ward_str *rest, struct ward_str *ret)
{
	do {
		if (!rest->p)
			return false;
		*ret = ward_str_cut(rest, ' ');
	} while (!ret->len);
	return true;
}

static uint32_t *room_for_list(struct reader *r, enum ward_permit_column c, enum ward_err *err)
{
	struct ward_str rest = cell(r, c), w;
	uint32_t *list = ward_arena_array(r->a, WARD_PERMIT_LIST_MAX, sizeof(*list));
	size_t n = 0;

	if (!list)
		*err = WARD_ERR_NOMEM;
	while (word(&rest, &w))
		n++;
	if (n <= WARD_PERMIT_LIST_MAX)
		return list;
	say(r, ERROR, WARD_TEXT("'%s' names more than %d things\nmake two permits of it"),
		column[c], WARD_PERMIT_LIST_MAX);
	return NULL;
}

static enum ward_err nodes(
	struct reader *r, enum ward_permit_column c, uint32_t **ret, size_t *ret_n)
{
	enum ward_err err = WARD_OK;
	struct ward_str rest = cell(r, c), w;

	*ret = room_for_list(r, c, &err);
	while (*ret && word(&rest, &w)) {
		/* a copy ends with a zero byte */
		struct ward_str s = ward_arena_str(r->a, w);

		if (!s.p)
			return WARD_ERR_NOMEM;
		take_node(r, c, s, *ret, ret_n);
	}
	return err;
}

static bool same_family(struct ward_str code, struct ward_str family)
{
	return code.len > family.len && ward_str_starts(code, family) && code.p[family.len] == '.';
}

static void take_threat(struct reader *r, uint32_t threat)
{
	struct ward_permit *p = &r->p;

	for (size_t i = 0; i < p->n_threat; i++)
		if (p->threat[i] == threat)
			return;
	if (p->n_threat < WARD_PERMIT_LIST_MAX)
		p->threat[p->n_threat++] = threat;
}

static void take_effect(struct reader *r, struct ward_str w)
{
	const struct ward_threats *t = ward_model_threats(r->in->m);
	bool all = ward_str_ends(w, WARD_STR(".*"));
	struct ward_str family = ward_str_sub(w, 0, all ? w.len - 2 : w.len);
	struct ward_near near = ward_near_start(w, &r->near_budget);
	size_t before = r->p.n_threat;

	for (uint32_t i = 0; i < ward_threats_n(t); i++) {
		struct ward_str code = ward_threats_at(t, i)->code;

		if (all ? same_family(code, family) : ward_str_eq(code, w))
			take_threat(r, i);
		else
			ward_near_offer(&near, code);
	}
	for (uint32_t i = 0; i < ward_threats_n(t) && r->p.n_threat == before; i++)
		if (all ? same_family(ward_threats_at(t, i)->code, family)
			: ward_str_eq(ward_threats_at(t, i)->code, w))
			return; /* said twice */
	if (r->p.n_threat == before) {
		if (near.best.len)
			say(r, ERROR,
				WARD_TEXT("'effects' names '%.*s', which is no threat\nwrite "
					  "'%.*s' if that was meant"),
				WARD_STR_ARG(w), WARD_STR_ARG(near.best));
		else
			say(r, ERROR,
				WARD_TEXT("'effects' names '%.*s', which is no threat\nwrite codes "
					  "of content/threats.yml, or fire.* for all of a family"),
				WARD_STR_ARG(w));
	}
}

static struct ward_str family_of(const struct reader *r, size_t i)
{
	struct ward_str code = ward_threats_at(ward_model_threats(r->in->m), r->p.threat[i])->code;

	return ward_str_cut(&code, '.');
}

static size_t families(const struct reader *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->p.n_threat; i++) {
		size_t k = 0;

		while (k < i && !ward_str_eq(family_of(r, k), family_of(r, i)))
			k++;
		n += k == i;
	}
	return n;
}

static enum ward_err effects(struct reader *r)
{
	enum ward_err err = WARD_OK;
	struct ward_str rest = text_of(r, WARD_PERMIT_COL_EFFECTS, true), w;
	bool by_person = false;

	r->p.threat = room_for_list(r, WARD_PERMIT_COL_EFFECTS, &err);
	while (r->p.threat && word(&rest, &w))
		take_effect(r, w);
	if (r->p.n_threat > EFFECTS_MAX || families(r) > FAMILIES_MAX)
		say(r, ERROR,
			WARD_TEXT("the permit is too wide: it expects %zu threats of %zu "
				  "families\nname at "
				  "most %d of %d families: those that the work really causes"),
			r->p.n_threat, families(r), EFFECTS_MAX, FAMILIES_MAX);
	for (size_t i = 0; i < r->p.n_threat; i++)
		by_person |= ward_str_eqz(family_of(r, i), "access") ||
			     ward_str_eqz(family_of(r, i), "sabotage") ||
			     ward_str_eqz(family_of(r, i), "theft");
	if (by_person && !r->p.badge.len)
		say(r, WARNING,
			WARD_TEXT("the permit expects what persons do and names no badge: whoever "
				  "comes is "
				  "expected\ngive the badge's token (ward permit add --badge)"));
	return err;
}

static void times(struct reader *r)
{
	struct ward_permit *p = &r->p;
	ward_ns lasts;

	p->from = time_of(r, WARD_PERMIT_COL_FROM, true);
	p->until = time_of(r, WARD_PERMIT_COL_UNTIL, true);
	p->made = time_of(r, WARD_PERMIT_COL_MADE, false);
	p->ended = time_of(r, WARD_PERMIT_COL_ENDED, false);
	if (p->from == WARD_NS_NEVER || p->until == WARD_NS_NEVER)
		return;
	if (p->until <= p->from)
		say(r, ERROR,
			WARD_TEXT("the permit ends before it begins\ncorrect 'from' or 'until'"));
	else if (!ward_sub(p->until, p->from, &lasts) || lasts > longest)
		say(r, ERROR,
			WARD_TEXT("the permit is too long: more than 31 days\nend it earlier, and "
				  "make "
				  "another one then"));
	else if (lasts > usual)
		say(r, WARNING,
			WARD_TEXT("the permit lasts longer than a day, also while nobody "
				  "works\nmake one "
				  "for each day"));
}

static void texts(struct reader *r)
{
	struct ward_permit *p = &r->p;

	p->id = text_of(r, WARD_PERMIT_COL_ID, true);
	p->who = text_of(r, WARD_PERMIT_COL_WHO, true);
	p->why = text_of(r, WARD_PERMIT_COL_WHY, false);
	p->badge = text_of(r, WARD_PERMIT_COL_BADGE, false);
	p->by = text_of(r, WARD_PERMIT_COL_BY, false);
	p->ended_by = text_of(r, WARD_PERMIT_COL_ENDED_BY, false);
	if (p->id.len && (!ward_word_is_id(p->id) || p->id.len > WARD_PERMIT_ID_MAX))
		say(r, ERROR,
			WARD_TEXT("'id' has the bad value '%.*s'\nwrite at most %d of a-z, 0-9, "
				  "'.', '_', "
				  "'-', beginning with a letter or digit"),
			WARD_STR_ARG(p->id), WARD_PERMIT_ID_MAX);
	if (p->badge.len && !ward_str_starts(p->badge, WARD_STR("p-")))
		say(r, ERROR,
			WARD_TEXT("'badge' holds no token but a number or a name\nlet 'ward permit "
				  "add "
				  "--badge' make the token, and remove it here"));
}

/* Puts the row's permit into the set when there was no finding. */
static enum ward_err read_row(struct reader *r, struct ward_permits *into, struct ward_permits *ids)
{
	struct ward_permit *p = &r->p;
	size_t errors = r->in->diag->n_error;
	enum ward_err err;

	*p = (struct ward_permit){.line = r->l.row->line};
	texts(r);
	times(r);
	err = nodes(r, WARD_PERMIT_COL_PLACE, &p->place, &p->n_place);
	if (!err)
		err = nodes(r, WARD_PERMIT_COL_ASSET, &p->asset, &p->n_asset);
	if (!err)
		err = effects(r);
	if (err)
		return err;
	if (r->in->diag->n_error == errors && !(p->n_place + p->n_asset))
		say(r, ERROR, WARD_TEXT("the permit has no place\nfill in 'place' or 'asset'"));
	const struct ward_permit *twin = p->id.len ? ward_permits_find(ids, p->id) : NULL;

	if (twin)
		say(r, ERROR, WARD_TEXT("the id '%.*s' is that of line %u\ngive it one of its own"),
			WARD_STR_ARG(p->id), twin->line);
	else if (p->id.len)
		err = ward_permits_put(ids, p, NULL);
	if (!err && r->in->diag->n_error == errors)
		err = ward_permits_put(into, p, NULL);
	if (err == WARD_ERR_LIMIT)
		say(r, ERROR,
			WARD_TEXT("more permits than the limit model.permits\nremove those that "
				  "are over"));
	return err;
}

static enum ward_err rows(const struct ward_permit_in *in, struct ward_arena *a,
	const struct ward_csv *t, struct ward_permits *into)
{
	struct reader r = {.in = in, .a = a, .near_budget = 1 << 20};
	WARD_AUTO(ward_permits_freep) struct ward_permits *ids = NULL;
	enum ward_err err;

	r.l = (struct ward_csv_line){in->diag, t, column, WARD_PERMIT_COL_N, r.at, NULL};
	if (!ward_csv_line_columns(&r.l, "docs/permits.md"))
		return WARD_ERR_CONFIG;
	err = ward_permits_new(in->m, in->lim, in->mem, &ids);
	for (size_t i = 0; !err && i < t->n_row; i++) {
		r.l.row = &t->row[i];
		err = read_row(&r, into, ids);
	}
	return err;
}

enum ward_err ward_permits_parse(const struct ward_permit_in *in, struct ward_str file,
	struct ward_slice text, struct ward_permits *into)
{
	size_t errors = in->diag->n_error;
	struct ward_arena a;
	struct ward_csv t;
	enum ward_err err;

	if (ward_csv_line_blank(text))
		return WARD_OK;
	ward_arena_init(&a, in->mem, FILE_BYTES_MAX);
	err = ward_conf_csv(&a, in->lim, file, text, in->diag, &t);
	if (!err)
		err = rows(in, &a, &t, into);
	ward_arena_fini(&a);
	return err ? err : in->diag->n_error > errors ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_permits_load(
	const struct ward_permit_in *in, const char *dir, struct ward_permits **ret)
{
	WARD_AUTO(ward_permits_freep) struct ward_permits *s = NULL;
	struct ward_slice text = {NULL, 0};
	struct ward_arena a;
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, WARD_PERMIT_FILE);
	enum ward_err err = ward_permits_new(in->m, in->lim, in->mem, &s);

	if (!err && (n < 0 || (size_t)n >= sizeof(path)))
		err = WARD_ERR_IO;
	if (err)
		return err;
	ward_arena_init(&a, in->mem, FILE_BYTES_MAX);
	if (access(path, F_OK) == 0)
		err = ward_conf_read(&a, in->lim, path, in->diag, &text);
	if (err == WARD_ERR_LIMIT)
		err = WARD_ERR_CONFIG;
	if (!err)
		err = ward_permits_parse(in, ward_str_z(path), text, s);
	ward_arena_fini(&a);
	if (err == WARD_ERR_LIMIT)
		err = WARD_ERR_CONFIG;
	if (!err || err == WARD_ERR_CONFIG)
		*ret = ward_steal(s);
	return err;
}

/* The table of a text whose findings nobody asked for. */
static enum ward_err table(const struct ward_limits *lim, struct ward_arena *a,
	struct ward_slice text, struct ward_csv *ret)
{
	struct ward_diag d;
	enum ward_err err;

	ward_diag_init(&d, a->mem);
	err = ward_conf_csv(a, lim, WARD_STR(WARD_PERMIT_FILE), text, &d, ret);
	ward_diag_fini(&d);
	return err;
}

static const struct ward_csv_row *row_of(const struct ward_csv *t, struct ward_str id)
{
	size_t at = ward_csv_column(t, column[WARD_PERMIT_COL_ID]);

	for (size_t i = 0; at != SIZE_MAX && i < t->n_row; i++)
		if (ward_str_eq(ward_str_trim(t->row[i].cell[at]), id))
			return &t->row[i];
	return NULL;
}

bool ward_permit_row_find(const struct ward_limits *lim, struct ward_arena *a,
	struct ward_slice text, struct ward_str id, struct ward_permit_row *ret)
{
	struct ward_csv t;
	const struct ward_csv_row *row;

	if (ward_csv_line_blank(text) || table(lim, a, text, &t) != WARD_OK)
		return false;
	row = row_of(&t, id);
	if (!row)
		return false;
	for (size_t c = 0; c < WARD_PERMIT_COL_N; c++) {
		size_t at = ward_csv_column(&t, column[c]);

		ret->cell[c] = at == SIZE_MAX ? WARD_STR("") : ward_str_trim(row->cell[at]);
	}
	return true;
}

/* The offset at which a line begins; lines are counted from 1. */
static size_t line_at(struct ward_slice text, uint32_t line)
{
	size_t off = 0;

	for (uint32_t i = 1; i < line && off < text.len; off++)
		i += text.p[off] == '\n';
	return off;
}

/* Where the row ends: behind its last line end. */
static size_t row_end(
	struct ward_slice text, const struct ward_csv *t, const struct ward_csv_row *row)
{
	const struct ward_csv_row *next = row + 1;

	return next < t->row + t->n_row ? line_at(text, next->line) : text.len;
}

enum ward_err ward_permit_row_set(const struct ward_permit_in *in, struct ward_str file,
	struct ward_slice text, const struct ward_permit_row *row, struct ward_wr *out)
{
	struct ward_str own = ward_slice_text(text);
	struct ward_arena a;
	struct ward_csv t;
	char header[256];
	struct ward_wr w = ward_wr_fixed((uint8_t *)header, sizeof(header));
	enum ward_err err;

	ward_csv_line_head(
		&w, "Works permits, one line each: docs/permits.md", column, WARD_PERMIT_COL_N);
	if (ward_csv_line_blank(text))
		own = ward_wr_text(&w);
	text = ward_str_bytes(own);
	ward_arena_init(&a, in->mem, FILE_BYTES_MAX);
	err = ward_conf_csv(&a, in->lim, file, text, in->diag, &t);
	if (!err && !ward_csv_line_fits(in->diag, &t, column, WARD_PERMIT_COL_N, row->cell))
		err = WARD_ERR_CONFIG;
	if (!err) {
		const struct ward_csv_row *old = row_of(&t, row->cell[WARD_PERMIT_COL_ID]);
		size_t from = old ? line_at(text, old->line) : text.len;
		size_t to = old ? row_end(text, &t, old) : text.len;

		ward_wr_bytes(out, text.p, from);
		if (from && text.p[from - 1] != '\n')
			ward_wr_ch(out, '\n');
		ward_csv_line_put(out, &t, column, WARD_PERMIT_COL_N, row->cell);
		ward_wr_bytes(out, text.p + to, text.len - to);
		err = ward_wr_bad(out) ? WARD_ERR_NOMEM : WARD_OK;
	}
	ward_arena_fini(&a);
	return err;
}
