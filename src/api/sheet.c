/* The sheet of a hand-over, as it is made of the picture, and as it is read again. */
#include "api/held.h"
#include "api/priv.h"

#include <stdio.h>

enum { TIME_BYTES = 48 };
static const ward_ns broken_for = 86400 * WARD_NS_PER_S;

void api_put_role(struct api_request *r, const char *key, const char *key_name, struct ward_str id)
{
	uint32_t node = ward_model_find(r->a->o.model, id);

	ward_json_put_str(&r->j, key, id);
	ward_json_put_str(&r->j, key_name,
		node == WARD_NONE ? id : ward_model_node(r->a->o.model, node)->name);
}

/* ---- a sheet, read ---- */

static void put_lines(struct api_request *r, struct ward_str text, enum ward_sheet_part which,
	void (*put)(struct api_request *r, const struct ward_str *cell))
{
	struct ward_str cell[WARD_SHEET_CELLS];
	enum ward_sheet_part p;
	size_t n;

	ward_json_key(&r->j, ward_sheet_part_name(which));
	ward_json_arr(&r->j);
	while (ward_sheet_next(&text, &p, cell, &n)) {
		if (p != which)
			continue;
		ward_json_obj(&r->j);
		put(r, cell);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

/* What it is only to who may see incidents. */
static void put_incident(struct api_request *r, const struct ward_str *c)
{
	const bool may = api_may(r, WARD_RIGHT_SEE_INCIDENTS);

	ward_json_put_str(&r->j, "id", c[0]);
	ward_json_put_str(&r->j, "level", c[1]);
	ward_json_put_str(&r->j, "state", c[2]);
	api_put_role(r, "owner", "owner_name", c[3]);
	ward_json_put_str(&r->j, "title", may ? ward_lang_text(r->lang, c[4]) : WARD_STR(""));
	ward_json_put_str(&r->j, "on", may ? c[5] : WARD_STR(""));
}

static void put_open(struct api_request *r, const struct ward_str *c)
{
	ward_json_put_str(&r->j, "id", c[0]);
	ward_json_put_str(&r->j, "what", c[1]);
	ward_json_put_str(&r->j, "at", c[2]);
	ward_json_put_str(&r->j, "text", c[3]);
}

static void put_broken(struct api_request *r, const struct ward_str *c)
{
	uint32_t node = ward_model_find(r->a->o.model, c[0]);

	ward_json_put_str(&r->j, "id", c[0]);
	ward_json_put_str(&r->j, "name",
		node == WARD_NONE ? c[0] : ward_model_node(r->a->o.model, node)->name);
	ward_json_put_str(&r->j, "since", c[1]);
	ward_json_put_str(&r->j, "what", ward_lang_text(r->lang, c[2]));
}

static void put_works(struct api_request *r, const struct ward_str *c)
{
	ward_json_put_str(&r->j, "id", c[0]);
	ward_json_put_str(&r->j, "from", c[1]);
	ward_json_put_str(&r->j, "until", c[2]);
	ward_json_put_str(&r->j, "who", c[3]);
	ward_json_put_str(&r->j, "why", c[4]);
	ward_json_put_str(&r->j, "on", c[5]);
}

static void put_muted(struct api_request *r, const struct ward_str *c)
{
	ward_json_put_str(&r->j, "id", c[0]);
	ward_json_put_str(&r->j, "title", ward_lang_text(r->lang, c[1]));
	ward_json_put_str(&r->j, "on", c[2]);
	ward_json_put_str(&r->j, "until", c[3]);
	api_put_role(r, "role", "role_name", c[4]);
	ward_json_put_str(&r->j, "why", c[5]);
}

static void put_held(struct api_request *r, const struct ward_str *c)
{
	uint64_t n = 0;

	(void)ward_str_u64(c[1], &n);
	ward_json_put_str(&r->j, "id", c[0]);
	ward_json_put_u64(&r->j, "n", n);
	ward_json_put_str(&r->j, "since", c[2]);
}

static void put_more(struct api_request *r, const struct ward_str *c)
{
	uint64_t n = 0;

	(void)ward_str_u64(c[1], &n);
	ward_json_put_str(&r->j, "part", c[0]);
	ward_json_put_u64(&r->j, "n", n);
}

void api_put_sheet(struct api_request *r, struct ward_str text, const char *hash, bool intact)
{
	ward_json_key(&r->j, "sheet");
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "hash", ward_str_z(hash));
	ward_json_put_bool(&r->j, "intact", intact);
	put_lines(r, text, WARD_SHEET_INCIDENTS, put_incident);
	put_lines(r, text, WARD_SHEET_OPEN, put_open);
	put_lines(r, text, WARD_SHEET_BROKEN, put_broken);
	put_lines(r, text, WARD_SHEET_WORKS, put_works);
	put_lines(r, text, WARD_SHEET_MUTED, put_muted);
	put_lines(r, text, WARD_SHEET_HELD, put_held);
	put_lines(r, text, WARD_SHEET_MORE, put_more);
	ward_json_obj_end(&r->j);
}

/* ---- a sheet, made ---- */

static struct ward_str time_text(ward_ns t, char to[TIME_BYTES])
{
	struct ward_wr w = ward_wr_fixed(to, TIME_BYTES);

	ward_time_write(&w, t);
	return ward_wr_text(&w);
}

static void add_incident(struct ward_sheet *s, const struct api_incident *in)
{
	bool taken = in->taken != WARD_NS_NEVER && in->level <= in->taken_level;
	char id[WARD_ID_TEXT];

	ward_id_text(in->id, id);
	const struct ward_str cell[] = {ward_str_z(id), ward_str_z(api_level_name[in->level]),
		ward_str_z(in->state), taken ? ward_str_z(in->taken_by) : WARD_STR(""),
		in->name.what, in->name.on};

	ward_sheet_line(s, WARD_SHEET_INCIDENTS, cell, WARD_ARRAY_LEN(cell));
}

/* Those that have a sign where the post watches, the gravest first. */
static void add_incidents(
	const struct ward_api *a, const struct api_scope *scope, struct ward_sheet *s)
{
	for (unsigned level = WARD_RECORD_LEVELS; level-- > 0;)
		for (size_t i = 0; i < a->n_incident; i++)
			if (a->incident[i]->level == level &&
				a->incident[i]->phase == WARD_PHASE_OPEN &&
				api_scope_sees(scope, a->incident[i]))
				add_incident(s, a->incident[i]);
}

static void add_open(const struct ward_shift_post *p, struct ward_sheet *s)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct ward_shift_entry *e = p->entry[i];
		char id[WARD_ID_TEXT], at[TIME_BYTES];

		if (!e->open || e->what >= WARD_SHIFT_HAND_OVER)
			continue;
		ward_id_text(e->id, id);
		const struct ward_str cell[] = {ward_str_z(id),
			ward_str_z(ward_shift_name(e->what)), time_text(e->at, at), e->text};

		ward_sheet_line(s, WARD_SHEET_OPEN, cell, WARD_ARRAY_LEN(cell));
	}
}

static void add_broken(
	const struct ward_api *a, const struct api_scope *scope, ward_ns now, struct ward_sheet *s)
{
	size_t n = a->n_broken < API_BROKEN ? (size_t)a->n_broken : API_BROKEN;

	for (size_t i = 0; i < n; i++) {
		const struct api_broken *b = &a->broken[i];
		char at[TIME_BYTES];
		ward_ns ago;

		if (!ward_sub(now, b->since, &ago) || ago > broken_for ||
			!api_scope_has(scope, b->node))
			continue;
		const struct ward_str cell[] = {ward_model_node(a->o.model, b->node)->id,
			time_text(b->since, at), ward_str_z(b->what)};

		ward_sheet_line(s, WARD_SHEET_BROKEN, cell, WARD_ARRAY_LEN(cell));
	}
}

static void add_works(
	const struct ward_api *a, const struct api_scope *scope, ward_ns now, struct ward_sheet *s)
{
	const struct ward_permit *p;
	size_t next = 0;

	while ((p = api_works(a, scope, now, &next)) != NULL) {
		char from[TIME_BYTES], until[TIME_BYTES];
		const struct ward_str cell[] = {p->id, time_text(p->from, from),
			time_text(p->until, until), p->who, p->why,
			ward_model_node(a->o.model, p->n_place ? p->place[0] : p->asset[0])->name};

		ward_sheet_line(s, WARD_SHEET_WORKS, cell, WARD_ARRAY_LEN(cell));
	}
}

static void add_muted(struct ward_api *a, const struct api_scope *scope, struct ward_sheet *s)
{
	struct api_filter f;
	size_t left = a->filter.n;

	while (api_filter_next(a, scope, a->time, &left, &f)) {
		char id[WARD_ID_TEXT];

		ward_id_text(f.row->id, id);
		const struct ward_str cell[] = {ward_str_z(id), f.title,
			ward_model_node(a->o.model, f.node)->name, f.until, f.role, f.why};

		ward_sheet_line(s, WARD_SHEET_MUTED, cell, WARD_ARRAY_LEN(cell));
	}
}

struct held {
	struct ward_sheet *s;
	struct ward_str since;
	uint64_t n;  /* of all */
	size_t left; /* filters that the sheet has a line of */
};

static void add_held_line(struct held *h, struct ward_str id, uint64_t n)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%llu", (unsigned long long)n);
	const struct ward_str cell[] = {id, ward_str_z(number), h->since};

	ward_sheet_line(h->s, WARD_SHEET_HELD, cell, WARD_ARRAY_LEN(cell));
}

static void add_held_of(void *ctx, const struct api_filter *f, uint64_t n)
{
	struct held *h = ctx;
	char id[WARD_ID_TEXT];

	h->n += n;
	if (!h->left)
		return;
	h->left--;
	ward_id_text(f->row->id, id);
	add_held_line(h, ward_str_z(id), n);
}

/* How many signs each held back in the watch that ends, and all of them. */
static void add_held(struct ward_api *a, const struct api_scope *scope,
	const struct ward_shift_post *p, struct ward_sheet *s)
{
	char since[TIME_BYTES];
	struct held h = {.s = s, .left = s->kept[WARD_SHEET_MUTED]};

	if (!p->began || !s->n[WARD_SHEET_MUTED])
		return;
	h.since = time_text(p->began->at, since);
	if (!api_filters_held(a, scope, a->time, p->began->at, add_held_of, &h))
		s->text.bad = true;
	else
		add_held_line(&h, WARD_STR(""), h.n);
}

struct ward_str api_make_sheet(
	struct ward_api *a, const struct ward_shift_post *p, ward_ns now, struct ward_sheet *s)
{
	struct api_scope scope = {
		.m = a->o.model, .n = p->is->n_place, .everywhere = !p->is->n_place};

	memcpy(scope.place, p->is->place, p->is->n_place * sizeof(*scope.place));
	ward_sheet_begin(s, a->o.mem);
	add_incidents(a, &scope, s);
	add_open(p, s);
	add_broken(a, &scope, now, s);
	add_works(a, &scope, now, s);
	add_muted(a, &scope, s);
	add_held(a, &scope, p, s);
	return ward_sheet_end(s);
}
