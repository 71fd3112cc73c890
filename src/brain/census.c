/* Who came and went, by HL7 ADT messages, as rows: of each service at most one a minute of the
 * clock, so that a flood of messages is none of rows, and no row is of one person's minute and
 * second. What is counted waits for the mark of the clock that ends its minute, before the record
 * that crosses it is thought about: killed anywhere, the same rows come again. */
#include "brain/priv.h"

static const ward_ns minute = 60 * WARD_NS_PER_S;

void ward_brain_census_new(struct ward_brain *b)
{
	ward_census_init(&b->census.names, b->c.model, b->c.names);
	b->census.since = INT64_MIN;
}

void ward_brain_census_free(struct ward_brain *b)
{
	ward_mem_free(b->c.mem, b->census.at, b->census.cap * sizeof(*b->census.at));
}

static enum ward_err counted(struct ward_brain *b, uint32_t node, struct counted **ret)
{
	struct census *c = &b->census;

	for (size_t i = 0; i < c->n; i++)
		if (c->at[i].node == node) {
			*ret = &c->at[i];
			return WARD_OK;
		}
	enum ward_err err = ward_mem_more(
		b->c.mem, (void *)&c->at, c->n, &c->cap, sizeof(*c->at), ward_model_n(b->c.model));

	if (err)
		return err;
	*ret = &c->at[c->n++];
	**ret = (struct counted){.node = node, .first = b->now, .last = b->now};
	return WARD_OK;
}

enum ward_err ward_brain_census(struct ward_brain *b, const struct ward_event *e)
{
	struct ward_census_move m[WARD_CENSUS_MOVES];
	size_t n = ward_census_of(&b->census.names, e, m);
	enum ward_err err = WARD_OK;
	struct counted *at;

	for (size_t i = 0; i < n && !err; i++) {
		if (m[i].node == WARD_NONE) {
			ward_count_name(b->c.counters, "brain.census_elsewhere", 1);
			continue;
		}
		if (!b->census.n)
			b->census.since = b->clock;
		err = counted(b, m[i].node, &at);
		if (err)
			break;
		if (!at->came && !at->went)
			at->event = e->id;
		at->came += m[i].delta > 0;
		at->went += m[i].delta < 0;
		at->first = b->now < at->first ? b->now : at->first;
		at->last = b->now > at->last ? b->now : at->last;
	}
	return err;
}

static void tell(struct ward_brain *b, const struct counted *c)
{
	struct ward_str service = ward_model_node(b->c.model, c->node)->id;
	struct ward_json j = ward_json_on(&b->json);
	struct ward_idgen g;
	char text[WARD_ID_TEXT];

	ward_idgen_init(&g, "ward census row");
	ward_idgen_str(&g, service);
	ward_idgen_id(&g, c->event);
	struct ward_id id = ward_idgen_final(&g);

	ward_id_text(id, text);
	ward_wr_reset(&b->json);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "census");
	ward_json_key(&j, "id");
	ward_json_z(&j, text);
	ward_json_key(&j, "revision");
	ward_json_u64(&j, 1);
	ward_json_key(&j, "first");
	ward_json_time(&j, c->first);
	ward_json_key(&j, "last");
	ward_json_time(&j, c->last);
	ward_json_key(&j, "asset");
	ward_json_str(&j, service);
	ward_json_key(&j, "came");
	ward_json_u64(&j, c->came);
	ward_json_key(&j, "went");
	ward_json_u64(&j, c->went);
	ward_json_obj_end(&j);
	ward_brain_put(b, WARD_OUTPUT_CENSUS, id, 1, c->last);
}

enum ward_err ward_brain_census_tick(struct ward_brain *b, ward_ns now)
{
	struct census *c = &b->census;

	if (!c->n || (now != WARD_NS_NEVER && now / minute <= c->since / minute))
		return WARD_OK;
	for (size_t i = 0; i < c->n; i++)
		tell(b, &c->at[i]);
	c->n = 0;
	return b->err;
}

/* be64 since, varint n; n × (be32 node, id, be32 came, be32 went, be64 first, be64 last). */
void ward_brain_census_save(const struct ward_brain *b, struct ward_wr *w)
{
	ward_wr_be64(w, (uint64_t)b->census.since);
	ward_wr_varint(w, b->census.n);
	for (size_t i = 0; i < b->census.n; i++) {
		const struct counted *c = &b->census.at[i];

		ward_wr_be32(w, c->node);
		ward_wr_bytes(w, c->event.b, sizeof(c->event.b));
		ward_wr_be32(w, c->came);
		ward_wr_be32(w, c->went);
		ward_wr_be64(w, (uint64_t)c->first);
		ward_wr_be64(w, (uint64_t)c->last);
	}
}

enum ward_err ward_brain_census_load(struct ward_brain *b, struct ward_rd *r)
{
	ward_ns since = (ward_ns)ward_rd_be64(r);
	uint64_t n = ward_rd_varint(r);

	for (uint64_t i = 0; i < n && !ward_rd_bad(r); i++) {
		struct counted c = {.node = ward_rd_be32(r)}, *at;
		struct ward_slice id = ward_rd_bytes(r, sizeof(c.event.b));

		c.came = ward_rd_be32(r);
		c.went = ward_rd_be32(r);
		c.first = (ward_ns)ward_rd_be64(r);
		c.last = (ward_ns)ward_rd_be64(r);
		if (ward_rd_bad(r) || c.node >= ward_model_n(b->c.model) ||
			ward_model_node(b->c.model, c.node)->kind != WARD_NODE_SERVICE)
			return WARD_ERR_MALFORMED;
		memcpy(c.event.b, id.p, sizeof(c.event.b));
		enum ward_err err = counted(b, c.node, &at);

		if (err)
			return err;
		*at = c;
	}
	b->census.since = since;
	return ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_OK;
}
