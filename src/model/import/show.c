/* The difference, for people and for programs. */
#include "model/import/merge_int.h"

static void plain(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		ward_wr_ch(w, (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? '?' : s.p[i]);
}

static void source_of(const struct ward_merge *m, const struct ward_import_item *it,
	struct ward_str *ret_file, uint32_t *ret_line)
{
	*ret_file = (struct ward_str){"", 0};
	*ret_line = 0;
	if (it->cand != WARD_NONE) {
		*ret_file = m->in.c->node[it->cand].file;
		*ret_line = m->in.c->node[it->cand].line;
	} else if (it->rel != WARD_NONE) {
		*ret_file = m->in.c->rel[it->rel].file;
		*ret_line = m->in.c->rel[it->rel].line;
	}
}

static struct ward_str class_of(const struct ward_merge *m, const struct ward_import_item *it)
{
	return it->cand == WARD_NONE ? (struct ward_str){"", 0}
				     : m->in.c->node[it->cand].cell[WARD_CELL_CLASS];
}

/* Where a new thing would stand. */
static void place(const struct ward_merge *m, const struct ward_import_item *it, struct ward_wr *w)
{
	static const enum ward_cell cells[] = {
		WARD_CELL_SITE, WARD_CELL_BUILDING, WARD_CELL_FLOOR, WARD_CELL_ROOM};

	for (size_t i = 0; i < WARD_ARRAY_LEN(cells); i++) {
		struct ward_str id = ward_merge_refers(m, m->in.c->node[it->cand].cell[cells[i]]);

		if (!id.len)
			continue;
		ward_wr_z(w, " in ");
		plain(w, id);
	}
}

static void line(const struct ward_merge *m, const struct ward_import_item *it, struct ward_wr *w)
{
	static const char sign[WARD_IMPORT_WHAT_N] = {'+', '~', '!', '?', '-'};
	struct ward_str file;
	uint32_t at;

	source_of(m, it, &file, &at);
	ward_wr_printf(w, "%c ", sign[it->what]);
	plain(w, it->id);
	if (it->cell != WARD_CELL_N) {
		ward_wr_printf(w, ": %s: ", ward_cell_name(it->cell));
		plain(w, it->old.len ? it->old : WARD_STR("(nothing)"));
		ward_wr_z(w, " -> ");
		plain(w, it->new);
	} else if (it->cand != WARD_NONE) {
		ward_wr_z(w, " \"");
		plain(w, m->in.c->node[it->cand].cell[WARD_CELL_NAME]);
		ward_wr_z(w, "\" (");
		plain(w, class_of(m, it).len
				 ? class_of(m, it)
				 : ward_str_z(ward_node_kind_name(m->in.c->node[it->cand].kind)));
		if (m->in.c->node[it->cand].assumed >> WARD_CELL_CLASS & 1)
			ward_wr_z(w, ", assumed");
		ward_wr_z(w, ")");
		place(m, it, w);
	} else if (it->node != WARD_NONE) {
		ward_wr_z(w, ": the source does not speak of it any more");
	}
	if (it->why.len) {
		ward_wr_z(w, ": ");
		plain(w, it->why);
	}
	if (file.len) {
		ward_wr_z(w, "  [");
		plain(w, file);
		ward_wr_printf(w, ":%u]", at);
	}
	if (it->node != WARD_NONE && it->cell != WARD_CELL_N) {
		const struct ward_node *n = ward_model_node(m->in.model, it->node);

		ward_wr_z(w, " [now in ");
		plain(w, n->file);
		ward_wr_printf(w, ":%u]", n->line);
	}
	ward_wr_z(w, it->by_hand ? " (its row must be edited by hand)\n" : "\n");
}

enum { LOST_TOLD = 5, KEY_BYTES = 512 };

/* Relations that are left out. */
static void lost_lines(const struct ward_merge *m, struct ward_wr *w)
{
	if (m->n_lost)
		ward_wr_printf(w,
			"Relations left out, as an end is neither in the file nor in the "
			"directory, or is not taken over: %zu\n",
			m->n_lost);
	for (size_t i = 0; i < m->n_lost && i < LOST_TOLD; i++) {
		const struct ward_candidate_rel *r = &m->in.c->rel[m->lost[i]];

		ward_wr_z(w, "  ");
		plain(w, r->from);
		ward_wr_printf(w, " %s ", ward_rel_name(r->type));
		plain(w, r->to);
		ward_wr_z(w, "  [");
		plain(w, r->file);
		ward_wr_printf(w, ":%u]\n", r->line);
	}
	if (m->n_lost > LOST_TOLD)
		ward_wr_printf(w, "  and %zu more; --json lists all\n", m->n_lost - LOST_TOLD);
	if (m->n_self)
		ward_wr_printf(w, "Relations left out, of a thing to itself: %zu\n", m->n_self);
	if (m->n_second)
		ward_wr_printf(
			w, "Places left out, as the thing has one already: %zu\n", m->n_second);
}

/* "room that nothing is called": of one cell; the number of them. */
static size_t nowhere_of(
	const struct ward_merge *m, enum ward_cell cell, bool several, struct ward_wr *w)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_nowhere; i++)
		n += m->nowhere[i].cell == cell && m->nowhere[i].several == several;
	ward_wr_printf(w, "%s that %s", ward_cell_name(cell),
		several ? "several are called" : "nothing is called");
	return n;
}

/* Cells that are left out, as they mean nothing that is there. */
static void nowhere_lines(const struct ward_merge *m, struct ward_wr *w)
{
	if (m->n_nowhere)
		ward_wr_printf(w,
			"Cells left out, as neither the file nor the directory has such an id, or "
			"only one such name: %zu\n",
			m->n_nowhere);
	for (size_t i = 0; i < m->n_nowhere && i < LOST_TOLD; i++) {
		const struct ward_merge_cell *c = &m->nowhere[i];
		const struct ward_candidate_node *n = &m->in.c->node[c->cand];

		ward_wr_z(w, "  ");
		plain(w, n->ref);
		ward_wr_printf(w, ": %s ", ward_cell_name(c->cell));
		plain(w, n->cell[c->cell]);
		ward_wr_z(w, c->several ? ", which several are called  [" : "  [");
		plain(w, n->file);
		ward_wr_printf(w, ":%u]\n", n->line);
	}
	if (m->n_nowhere > LOST_TOLD)
		ward_wr_printf(w, "  and %zu more; --json lists all\n", m->n_nowhere - LOST_TOLD);
}

void ward_merge_write_text(const struct ward_merge *m, struct ward_wr *w)
{
	static const char *const of[WARD_IMPORT_WHAT_N] = {
		"new", "cells changed", "in conflict", "held back", "gone"};
	size_t n[WARD_IMPORT_WHAT_N] = {0}, n_rel = 0;

	for (size_t i = 0; i < m->n_item; i++) {
		line(m, &m->item[i], w);
		if (m->item[i].rel != WARD_NONE)
			n_rel++;
		else
			n[m->item[i].what]++;
	}
	ward_wr_printf(w, "%s%zu candidates of ", m->n_item ? "\n" : "", m->in.c->refs.n);
	plain(w, m->in.source);
	ward_wr_printf(w, ": %zu as the directory says", m->n_same);
	for (unsigned k = 0; k < WARD_IMPORT_WHAT_N; k++)
		ward_wr_printf(w, ", %zu %s", n[k], of[k]);
	ward_wr_printf(w, "; %zu new relations", n_rel);
	if (m->n_waiting)
		ward_wr_printf(w, ", %zu of them only with what is held back", m->n_waiting);
	ward_wr_ch(w, '\n');
	lost_lines(m, w);
	nowhere_lines(m, w);
	if (m->in.c->passed_ids.n)
		ward_wr_z(w, "Not taken over:");
	for (size_t i = 0; i < m->in.c->passed_ids.n; i++) {
		ward_wr_z(w, i ? ", " : " ");
		plain(w, m->in.c->passed[i].what);
		ward_wr_printf(w, " %zu", m->in.c->passed[i].n);
	}
	if (m->in.c->passed_ids.n)
		ward_wr_z(w, "\n");
}

static void text(struct ward_json *j, const char *key, struct ward_str s)
{
	if (!s.len)
		return;
	ward_json_key(j, key);
	ward_json_str(j, s);
}

void ward_import_key(const struct ward_import_item *it, struct ward_wr *w)
{
	ward_wr_str(w, it->id);
	if (it->cell != WARD_CELL_N)
		ward_wr_printf(w, " %s", ward_cell_name(it->cell));
}

static void put_key(struct ward_json *j, const struct ward_import_item *it)
{
	char room[KEY_BYTES];
	struct ward_wr w = ward_wr_fixed(room, sizeof(room));

	ward_import_key(it, &w);
	text(j, "key", ward_wr_bad(&w) ? it->id : ward_wr_text(&w));
}

static void object(const struct ward_merge *m, const struct ward_import_item *it, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	struct ward_str file;
	uint32_t at;

	source_of(m, it, &file, &at);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "import");
	ward_json_key(&j, "what");
	ward_json_z(&j, ward_import_what_name(it->what));
	text(&j, it->rel != WARD_NONE ? "relation" : "id", it->id);
	if (it->cand != WARD_NONE) {
		text(&j, "ref", m->in.c->node[it->cand].ref);
		text(&j, "node", ward_str_z(ward_node_kind_name(m->in.c->node[it->cand].kind)));
		text(&j, "class", class_of(m, it));
		text(&j, "name", m->in.c->node[it->cand].cell[WARD_CELL_NAME]);
	}
	if (it->cell != WARD_CELL_N) {
		text(&j, "cell", ward_str_z(ward_cell_name(it->cell)));
		text(&j, "old", it->old);
		text(&j, "new", it->new);
	}
	put_key(&j, it);
	text(&j, "why", it->why);
	text(&j, "file", file);
	if (at) {
		ward_json_key(&j, "line");
		ward_json_u64(&j, at);
	}
	ward_json_key(&j, "may");
	ward_json_bool(&j, it->may);
	ward_json_key(&j, "approved");
	ward_json_bool(&j, it->approved);
	if (it->by_hand) {
		ward_json_key(&j, "by_hand");
		ward_json_bool(&j, true);
	}
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

/* A relation of which an end is nowhere, or held back. */
static void lost_object(const struct ward_merge *m, uint32_t rel, struct ward_wr *w)
{
	const struct ward_candidate_rel *r = &m->in.c->rel[rel];
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "relation_lost");
	text(&j, "from", r->from);
	text(&j, "relation", ward_str_z(ward_rel_name(r->type)));
	text(&j, "to", r->to);
	text(&j, "file", r->file);
	ward_json_key(&j, "line");
	ward_json_u64(&j, r->line);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static void nowhere_object(
	const struct ward_merge *m, const struct ward_merge_cell *c, struct ward_wr *w)
{
	const struct ward_candidate_node *n = &m->in.c->node[c->cand];
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "cell_lost");
	text(&j, "ref", n->ref);
	text(&j, "cell", ward_str_z(ward_cell_name(c->cell)));
	text(&j, "text", n->cell[c->cell]);
	ward_json_key(&j, "several");
	ward_json_bool(&j, c->several);
	text(&j, "file", n->file);
	ward_json_key(&j, "line");
	ward_json_u64(&j, n->line);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static void passed_over(const struct ward_merge *m, struct ward_json *j)
{
	ward_json_key(j, "passed_over");
	ward_json_obj(j);
	for (size_t i = 0; i < m->in.c->passed_ids.n; i++) {
		ward_json_key_str(j, m->in.c->passed[i].what);
		ward_json_u64(j, m->in.c->passed[i].n);
	}
	for (unsigned k = 0; k < 2 * WARD_CELL_N; k++) {
		char room[64];
		struct ward_wr w = ward_wr_fixed(room, sizeof(room));
		size_t n = nowhere_of(m, (enum ward_cell)(k / 2), k % 2, &w);

		if (!n)
			continue;
		ward_json_key_str(j, ward_wr_text(&w));
		ward_json_u64(j, n);
	}
	ward_json_obj_end(j);
}

void ward_merge_write_json(const struct ward_merge *m, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	for (size_t i = 0; i < m->n_item; i++)
		object(m, &m->item[i], w);
	for (size_t i = 0; i < m->n_lost; i++)
		lost_object(m, m->lost[i], w);
	for (size_t i = 0; i < m->n_nowhere; i++)
		nowhere_object(m, &m->nowhere[i], w);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "summary");
	text(&j, "source", m->in.source);
	ward_json_key(&j, "candidates");
	ward_json_u64(&j, m->in.c->refs.n);
	ward_json_key(&j, "same");
	ward_json_u64(&j, m->n_same);
	passed_over(m, &j);
	ward_json_key(&j, "relations_to_themselves");
	ward_json_u64(&j, m->n_self);
	ward_json_key(&j, "second_places");
	ward_json_u64(&j, m->n_second);
	ward_json_key(&j, "relations_lost");
	ward_json_u64(&j, m->n_lost);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}
