/* Where in its picture a camera found something, the latest first. A box says what and when, and
 * nothing of who. */
#include "recall/priv.h"

enum { BOXES = 48, EDGES = 4 };

struct boxes {
	uint32_t source, box, zone, line, confidence;
};

static enum ward_err begin(struct recall_pass *p)
{
	struct boxes *b = ward_arena_array(&p->arena, 1, sizeof(*b));

	if (!b)
		return WARD_ERR_NOMEM;
	*b = (struct boxes){ward_name(&p->names, p->ask->source),
		ward_name(&p->names, WARD_STR("box")), ward_name(&p->names, WARD_STR("zone")),
		ward_name(&p->names, WARD_STR("line")),
		ward_name(&p->names, WARD_STR("confidence"))};
	p->term[p->n_term++] = ward_term_hash(WARD_TERM_SOURCE, ward_str_bytes(p->ask->source));
	p->state = b;
	p->nothing = !p->ask->source.len;
	ward_json_key(&p->j, "boxes");
	ward_json_arr(&p->j);
	return WARD_OK;
}

/* Four shares of the picture, as `sense/video` tells them. */
static bool has_edges(const struct ward_value *v)
{
	if (!v || v->kind != WARD_VALUE_LIST || v->n != EDGES)
		return false;
	for (size_t i = 0; i < EDGES; i++)
		if (v->item[i].kind != WARD_VALUE_NUM && v->item[i].kind != WARD_VALUE_INT)
			return false;
	return true;
}

static enum ward_err event(struct recall_pass *p, struct ward_event *e, bool *ret_enough)
{
	const struct boxes *b = p->state;
	const struct ward_value *box = ward_event_get(e, b->box);
	struct ward_json j = ward_json_on(&p->one);
	char id[WARD_ID_TEXT];

	if (e->source != b->source || !has_edges(box) ||
		!ward_str_starts(ward_name_text(&p->names, e->class), WARD_STR("video.")))
		return WARD_OK;
	ward_wr_reset(&p->one);
	ward_id_text(e->id, id);
	ward_json_obj(&j);
	recall_text(&j, "id", ward_str_z(id));
	recall_time(&j, "at", e->time);
	recall_text(&j, "class", ward_name_text(&p->names, e->class));
	recall_text(&j, "zone", ward_event_str(e, b->zone));
	recall_text(&j, "line", ward_event_str(e, b->line));
	ward_json_key(&j, "box");
	ward_json_arr(&j);
	for (size_t i = 0; i < EDGES; i++) {
		if (box->item[i].kind == WARD_VALUE_NUM)
			ward_json_raw(&j, box->item[i].s); /* a number, as it was written */
		else
			ward_json_i64(&j, box->item[i].i);
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	recall_add(p);
	*ret_enough = p->n + p->cut == BOXES;
	return WARD_OK;
}

static enum ward_err end(struct recall_pass *p)
{
	ward_json_arr_end(&p->j);
	return WARD_OK;
}

const struct recall_kind recall_boxes = {true, begin, event, end};
