/* A sender's clock is wrong: said once, as an event like any other. */
#include "brain/priv.h"

#include <inttypes.h>

static enum ward_err set(struct ward_event *e, uint32_t field, struct ward_value v)
{
	return v.kind != WARD_VALUE_INT && !v.s.p ? WARD_ERR_NOMEM : ward_event_set(e, field, v);
}

static struct ward_value seconds(struct ward_arena *a, ward_ns t)
{
	char buf[32];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	uint64_t ms = (t < 0 ? -(uint64_t)t : (uint64_t)t) / (uint64_t)WARD_NS_PER_MS;

	ward_wr_printf(&w, "%s%" PRIu64 ".%03" PRIu64, t < 0 ? "-" : "", ms / 1000, ms % 1000);
	return (struct ward_value){
		.kind = WARD_VALUE_NUM, .s = ward_arena_str(a, ward_wr_text(&w))};
}

static void put_length(struct ward_wr *w, ward_ns t)
{
	uint64_t s = ((t < 0 ? -(uint64_t)t : (uint64_t)t) + (uint64_t)WARD_NS_PER_S / 2) /
		     (uint64_t)WARD_NS_PER_S;
	const struct {
		uint64_t size;
		const char *unit;
	} part[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	size_t n = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(part) && n < 2; i++) {
		if (s >= part[i].size || (!n && part[i].size == 1)) {
			ward_wr_printf(w, "%s%" PRIu64 " %s", n++ ? " " : "", s / part[i].size,
				part[i].unit);
			s %= part[i].size;
		}
	}
}

/* "doors, dc-au, 7 min behind" and, where that is more than a second, " (± 5 s)" */
static struct ward_value sentence(struct ward_brain *b, const struct ward_event *e,
	const struct ward_offset *o, struct ward_arena *a)
{
	struct ward_wr w = ward_wr_grow(b->c.mem, 1 << 20);
	struct ward_str sender = ward_enrich_sender(e);

	ward_wr_str(&w, ward_name_text(b->c.names, e->source));
	if (sender.len) {
		ward_wr_z(&w, ", ");
		ward_wr_str(&w, ward_str_sub(sender, 0, 64));
	}
	ward_wr_z(&w, ", ");
	if (o->off) {
		put_length(&w, o->by);
		ward_wr_z(&w, o->by > 0 ? " behind" : " ahead");
	} else {
		ward_wr_z(&w, "right again");
	}
	if (o->off && o->unsure > WARD_NS_PER_S) {
		ward_wr_z(&w, " (\u00b1 ");
		put_length(&w, o->unsure + WARD_NS_PER_S / 2);
		ward_wr_z(&w, ")");
	}
	struct ward_str s = ward_wr_text(&w);

	while (s.len && !ward_utf8_valid(ward_str_bytes(s), NULL))
		s.len--;
	struct ward_value v =
		ward_value_str(ward_wr_bad(&w) ? (struct ward_str){NULL, 0} : ward_arena_str(a, s));

	ward_wr_fini(&w);
	return v;
}

static struct ward_id id_of(struct ward_id event)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "source.clock");
	ward_idgen_id(&g, event);
	return ward_idgen_final(&g);
}

enum ward_err ward_brain_clock(struct ward_brain *b, const struct ward_event *e)
{
	const struct ward_offset o = *b->enrich.turned;
	struct ward_str sender = ward_enrich_sender(e);
	ward_ns before = b->now;
	struct ward_event said;
	enum ward_err err;

	ward_count_name(b->c.counters, o.off ? "enrich.clocks_wrong" : "enrich.clocks_right", 1);
	ward_event_init(&said, e->arena);
	said.id = id_of(e->id);
	said.source = e->source;
	said.class = ward_name(b->c.names, WARD_STR("source.clock"));
	said.time = said.seen = e->seen;
	err = set(&said, WARD_FIELD_STATE,
		ward_value_str(o.off ? WARD_STR("off") : WARD_STR("normal")));
	if (!err && sender.len)
		err = set(&said,
			ward_event_get(e, WARD_FIELD_HOST) ? WARD_FIELD_HOST : WARD_FIELD_SENSOR,
			ward_value_str(sender));
	if (!err)
		err = set(&said, WARD_FIELD_VALUE, seconds(e->arena, o.by));
	if (!err)
		err = set(&said, WARD_FIELD_UNCERTAINTY, seconds(e->arena, o.unsure));
	if (!err)
		err = set(&said, WARD_FIELD_UNIT, ward_value_str(WARD_STR("s")));
	if (!err)
		err = set(&said, WARD_FIELD_MESSAGE, sentence(b, e, &o, e->arena));
	if (!err)
		err = ward_brain_judge(
			b, &said); /* its time is its arrival: no clock hears of it */
	b->now = before;
	return err;
}
