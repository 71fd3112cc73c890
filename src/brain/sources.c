/* Who is heard of the sources of the hospital's directory, and who fell silent: said once, as an
 * event like any other, and once more when it is heard again.
 *
 * A source is late after what its `expect_every` says; else after twice the longest pause that it
 * made in a whole week, ten minutes at least. What its own process says of it (a camera without a
 * stream) is no word of the source: it is kept as its trouble. One that was never heard is no news
 * here, since nobody knows whether it ever spoke. */
#include "brain/priv.h"

enum { SOURCES_VERSION = 2, WITHOUT_STREAMS = 1, HOUR_S = 3600 };

static const ward_ns week = 7 * 86400 * WARD_NS_PER_S, least = 600 * WARD_NS_PER_S;
/* Records and ticks come every few seconds: between two that are farther apart Ward itself was off,
 * and nobody could be heard. */
static const ward_ns off_after = 60 * WARD_NS_PER_S;

struct ward_brain_source *ward_brain_source_new(const struct ward_brain_config *c, size_t *ret_n)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(c->model, &n);
	struct ward_brain_source *x = ward_mem_alloc(c->mem, (n + 1) * sizeof(*x));

	for (size_t i = 0; x && i < n; i++) {
		x[i] = (struct ward_brain_source){.of = &s[i],
			.name = ward_name(c->names, s[i].id),
			.first = WARD_NS_NEVER,
			.last = WARD_NS_NEVER,
			.silent = WARD_NS_NEVER,
			.trouble_since = WARD_NS_NEVER};
	}
	*ret_n = n;
	return x;
}

static struct ward_brain_source *find(struct ward_brain *b, uint32_t name)
{
	/* events of one source come in a row */
	if (b->source_at < b->n_source && b->source[b->source_at].name == name)
		return &b->source[b->source_at];
	for (size_t i = 0; i < b->n_source; i++)
		if (b->source[i].name == name) {
			b->source_at = i;
			return &b->source[i];
		}
	return NULL;
}

ward_ns ward_brain_source_patience(const struct ward_brain_source *x)
{
	ward_ns twice;

	if (x->of->expect_every)
		return x->of->expect_every;
	if (!x->pause_before || !ward_add(x->pause_before, x->pause_before, &twice))
		return WARD_NS_NEVER;
	if (x->pause > x->pause_before && !ward_add(x->pause, x->pause, &twice))
		return WARD_NS_NEVER;
	return twice > least ? twice : least;
}

/* Its name is the message: "Door controllers, by syslog". */
static enum ward_err say(struct ward_brain *b, struct ward_brain_source *x, bool silent)
{
	struct ward_arena *a = &b->scratch;
	ward_ns before = b->now;
	struct ward_idgen g;
	struct ward_event e;
	enum ward_err err;

	ward_arena_reset(a);
	ward_event_init(&e, a);
	ward_idgen_init(&g, silent ? "source.silent" : "source.heard");
	ward_idgen_bytes(&g, (const uint8_t *)x->of->id.p, x->of->id.len);
	ward_idgen_bytes(&g, (const uint8_t *)&x->last, sizeof(x->last));
	e.id = ward_idgen_final(&g);
	e.source = x->name;
	e.class = ward_name(b->c.names, WARD_STR("source.silent"));
	e.time = e.seen = b->clock;
	err = ward_event_set(
		&e, WARD_FIELD_STATE, ward_value_str(silent ? WARD_STR("on") : WARD_STR("off")));
	if (!err && x->of->n_watches == 1)
		err = ward_event_set(&e, WARD_FIELD_SENSOR,
			ward_value_str(ward_model_node(b->c.model, x->of->watches[0])->id));
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_MESSAGE, ward_value_str(x->of->name));
	if (!err)
		err = ward_brain_judge(b, &e);
	b->now = before;
	ward_count_name(b->c.counters, silent ? "brain.sources_silent" : "brain.sources_heard", 1);
	return err;
}

static void count_hour(struct ward_brain_source *x, ward_ns clock)
{
	int64_t hour = clock / (HOUR_S * WARD_NS_PER_S);

	for (int64_t h = hour - x->hour < WARD_BRAIN_HOURS ? x->hour + 1
							   : hour - WARD_BRAIN_HOURS + 1;
		h <= hour; h++)
		x->per_hour[(uint64_t)h % WARD_BRAIN_HOURS] = 0;
	if (hour > x->hour)
		x->hour = hour;
	x->per_hour[(uint64_t)x->hour % WARD_BRAIN_HOURS] += 1;
}

/* How long it was quiet; of the week that goes on, and of the one before. */
static void learn(struct ward_brain_source *x, ward_ns clock)
{
	ward_ns quiet;

	if (x->first == WARD_NS_NEVER) {
		x->first = x->week = clock;
	} else if (ward_sub(clock, x->from, &quiet) && quiet > x->pause) {
		x->pause = quiet;
	}
	if (ward_sub(clock, x->week, &quiet) && quiet >= week) {
		x->pause_before = x->pause ? x->pause : 1;
		x->pause = 0;
		x->week = clock;
	}
}

/* As much of it as there is room for, in whole characters. */
static void keep(char to[WARD_BRAIN_SOURCE_WHY], struct ward_str text)
{
	memset(to, 0, WARD_BRAIN_SOURCE_WHY);
	while (text.len >= WARD_BRAIN_SOURCE_WHY ||
		(text.len && !ward_utf8_valid(ward_str_bytes(text), NULL)))
		text.len--;
	if (text.len)
		memcpy(to, text.p, text.len);
}

static enum ward_err trouble(
	struct ward_brain *b, struct ward_brain_source *x, const struct ward_event *e)
{
	struct ward_str state = ward_event_str(e, WARD_FIELD_STATE),
			why = ward_event_str(e, WARD_FIELD_REASON);
	bool over = ward_str_eqz(state, "off") || ward_str_eqz(state, "normal");

	if (over && x->trouble == WARD_SOURCE_FINE)
		return WARD_OK;
	x->trouble = over ? WARD_SOURCE_FINE
		     : ward_str_eqz(ward_name_text(b->c.names, e->class), "video.damaged")
			     ? WARD_SOURCE_DAMAGED
			     : WARD_SOURCE_OFFLINE;
	x->trouble_since = over ? WARD_NS_NEVER : b->clock;
	keep(x->why, over ? (struct ward_str){NULL, 0} : why);
	return WARD_OK;
}

static uint32_t number(const struct ward_brain *b, const struct ward_event *e, const char *name)
{
	const struct ward_value *v = ward_event_get(e, ward_name(b->c.names, ward_str_z(name)));

	return v && v->kind == WARD_VALUE_INT && v->i > 0 && v->i <= UINT32_MAX ? (uint32_t)v->i
										: 0;
}

static void stream(
	const struct ward_brain *b, struct ward_brain_source *x, const struct ward_event *e)
{
	x->stream = (struct ward_brain_stream){.width = number(b, e, "width"),
		.height = number(b, e, "height"),
		.millifps = number(b, e, "millifps"),
		.offered = number(b, e, "offered"),
		.suffices = ward_str_eqz(ward_event_str(e, WARD_FIELD_REASON), "suffices")};
	keep(x->stream.profile, ward_event_str(e, ward_name(b->c.names, WARD_STR("profile"))));
}

enum ward_err ward_brain_sources_event(struct ward_brain *b, const struct ward_event *e)
{
	struct ward_brain_source *x = find(b, e->source);
	struct ward_str class = ward_name_text(b->c.names, e->class);
	enum ward_err err = WARD_OK;

	if (!x)
		return WARD_OK;
	if (ward_str_eqz(class, "video.offline") || ward_str_eqz(class, "video.damaged"))
		return trouble(b, x, e);
	if (ward_str_eqz(class, "video.stream")) {
		stream(b, x, e);
		return WARD_OK;
	}
	if (ward_str_starts(class, WARD_STR("ward.")))
		return WARD_OK; /* what Ward says of it */
	if (x->silent != WARD_NS_NEVER) {
		err = say(b, x, false);
		x->silent = WARD_NS_NEVER;
		x->from = b->clock; /* that pause is none to be used to */
	}
	learn(x, b->clock);
	x->last = x->from = b->clock;
	x->n++;
	count_hour(x, b->clock);
	return err;
}

static void look(struct ward_brain *b)
{
	ward_ns leap;
	bool off = b->sources_looked != INT64_MIN && ward_sub(b->clock, b->sources_looked, &leap) &&
		   leap > off_after;

	for (size_t i = 0; off && i < b->n_source; i++)
		if (b->source[i].last != WARD_NS_NEVER)
			(void)ward_add(b->source[i].from, leap, &b->source[i].from);
	b->sources_looked = b->clock;
}

enum ward_err ward_brain_sources_tick(struct ward_brain *b, ward_ns now)
{
	enum ward_err err = WARD_OK;

	if (now == WARD_NS_NEVER)
		return WARD_OK; /* the end of a replay is no silence */
	look(b);
	for (size_t i = 0; i < b->n_source && !err; i++) {
		struct ward_brain_source *x = &b->source[i];
		ward_ns patience = ward_brain_source_patience(x), quiet;

		if (x->of->stopped || x->last == WARD_NS_NEVER || x->silent != WARD_NS_NEVER ||
			patience == WARD_NS_NEVER || !ward_sub(b->clock, x->from, &quiet) ||
			quiet <= patience)
			continue;
		x->silent = b->clock;
		err = say(b, x, true);
	}
	return err;
}

/* ---- for who shows it ---- */

size_t ward_brain_n_source(const struct ward_brain *b)
{
	return b->n_source;
}

const struct ward_brain_source *ward_brain_source_at(const struct ward_brain *b, size_t i)
{
	WARD_ASSERT(i < b->n_source);
	return &b->source[i];
}

/* ---- kept ---- */

void ward_brain_sources_save(const struct ward_brain *b, struct ward_wr *w)
{
	ward_wr_u8(w, SOURCES_VERSION);
	ward_wr_varint(w, b->n_source);
	ward_wr_be64(w, (uint64_t)b->sources_looked);
	for (size_t i = 0; i < b->n_source; i++) {
		const struct ward_brain_source *x = &b->source[i];
		const ward_ns at[] = {x->first, x->last, x->from, x->silent, x->trouble_since,
			x->week, x->pause, x->pause_before, x->hour};

		for (size_t k = 0; k < WARD_ARRAY_LEN(at); k++)
			ward_wr_be64(w, (uint64_t)at[k]);
		ward_wr_be64(w, x->n);
		ward_wr_u8(w, (uint8_t)x->trouble);
		ward_wr_lv(w, ward_str_bytes(ward_str_z(x->why)));
		for (size_t k = 0; k < WARD_BRAIN_HOURS; k++)
			ward_wr_be32(w, x->per_hour[k]);
		ward_wr_lv(w, ward_str_bytes(ward_str_z(x->stream.profile)));
		ward_wr_be32(w, x->stream.width);
		ward_wr_be32(w, x->stream.height);
		ward_wr_be32(w, x->stream.millifps);
		ward_wr_be32(w, x->stream.offered);
		ward_wr_u8(w, x->stream.suffices);
	}
}

static bool load_stream(struct ward_rd *r, struct ward_brain_stream *s)
{
	struct ward_slice profile = ward_rd_lv(r, sizeof(s->profile) - 1);

	*s = (struct ward_brain_stream){.width = ward_rd_be32(r)};
	s->height = ward_rd_be32(r);
	s->millifps = ward_rd_be32(r);
	s->offered = ward_rd_be32(r);
	uint8_t suffices = ward_rd_u8(r);

	s->suffices = suffices == 1;
	if (ward_rd_bad(r) || suffices > 1 || !ward_utf8_valid(profile, NULL))
		return false;
	if (profile.len)
		memcpy(s->profile, profile.p, profile.len);
	return true;
}

static bool load_one(struct ward_rd *r, struct ward_brain_source *x)
{
	ward_ns *const at[] = {&x->first, &x->last, &x->from, &x->silent, &x->trouble_since,
		&x->week, &x->pause, &x->pause_before, &x->hour};
	struct ward_slice why;

	for (size_t k = 0; k < WARD_ARRAY_LEN(at); k++)
		*at[k] = (ward_ns)ward_rd_be64(r);
	x->n = ward_rd_be64(r);
	x->trouble = ward_rd_u8(r);
	why = ward_rd_lv(r, sizeof(x->why) - 1);
	for (size_t k = 0; k < WARD_BRAIN_HOURS; k++)
		x->per_hour[k] = ward_rd_be32(r);
	if (ward_rd_bad(r) || x->trouble >= WARD_SOURCE_TROUBLES || x->hour < 0 ||
		x->hour > INT64_MAX / (HOUR_S * WARD_NS_PER_S) || x->pause < 0 ||
		x->pause_before < 0 || !ward_utf8_valid(why, NULL))
		return false;
	memset(x->why, 0, sizeof(x->why));
	if (why.len)
		memcpy(x->why, why.p, why.len);
	return true;
}

enum ward_err ward_brain_sources_load(struct ward_brain *b, struct ward_rd *r)
{
	uint8_t version = ward_rd_u8(r);

	if ((version != SOURCES_VERSION && version != WITHOUT_STREAMS) ||
		ward_rd_varint(r) != b->n_source || ward_rd_bad(r))
		return WARD_ERR_MALFORMED;
	b->sources_looked = (ward_ns)ward_rd_be64(r);
	for (size_t i = 0; i < b->n_source; i++)
		if (!load_one(r, &b->source[i]) ||
			(version != WITHOUT_STREAMS && !load_stream(r, &b->source[i].stream)))
			return WARD_ERR_MALFORMED;
	return WARD_OK;
}
