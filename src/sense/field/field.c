#include "sense/field/field.h"

#include "base/rd.h"
#include "sense/field/message.h"

enum { EVENT_ARENA = 1 << 20, REFUSED_EVERY_S = 60, DEFAULT_HEARTBEAT_S = 60, SEEN_BITS = 64 };

/* What is remembered of one topic. */
struct sensor {
	struct ward_id boot; /* a digest of the boot's text */
	int64_t seq;         /* the highest */
	uint64_t seen;       /* bit i: seq - i came */
	const struct ward_field_word *word;
	ward_ns last, heartbeat, refused_at;
	uint64_t n_refused; /* since refused_at */
	bool known, online, refused;
	bool heard;  /* anything valid, in this life */
	bool unsure; /* known by redeliveries only */
};

struct ward_field_sensor {
	struct ward_field_opts opts;
	struct ward_json_reader reader;
	struct ward_field_member member;
	struct ward_intern topic;
	struct sensor *sensor; /* by topic id */
	size_t cap;
	struct sensor nobody; /* for what comes on no topic of ours */
	struct ward_arena arena;
	uint32_t topic_name, site_name, source;
};

/* One message being turned into events. */
struct turn {
	struct ward_field_sensor *f;
	struct sensor *s;
	struct ward_str topic;
	const struct ward_field_message *m;
	ward_ns now;
	uint64_t epoch, seq;
	bool again; /* the transport says so */
};

static const struct {
	const char *counter, *text;
} reject_info[WARD_FIELD_REJECT_N] = {
#define X(NAME, counter, what) {counter, what},
	WARD_FIELD_REJECT_LIST(X)
#undef X
};

const char *ward_field_reject_counter(enum ward_field_reject r)
{
	WARD_ASSERT(r < WARD_FIELD_REJECT_N);
	return reject_info[r].counter;
}

const char *ward_field_reject_text(enum ward_field_reject r)
{
	WARD_ASSERT(r < WARD_FIELD_REJECT_N);
	return reject_info[r].text;
}

enum ward_err ward_field_new(const struct ward_field_opts *opts, struct ward_field_sensor **ret)
{
	struct ward_field_sensor *f = ward_mem_alloc(opts->mem, sizeof(*f));
	size_t max = ward_limit(opts->lim, WARD_LIMIT_FIELD_SENSORS);

	if (!f)
		return WARD_ERR_NOMEM;
	f->opts = *opts;
	if (!f->opts.heartbeat)
		f->opts.heartbeat = DEFAULT_HEARTBEAT_S * WARD_NS_PER_S;
	ward_intern_init(&f->topic, opts->mem, max, max * 256);
	ward_arena_init(&f->arena, opts->mem, EVENT_ARENA);
	f->sensor = ward_mem_alloc(opts->mem, max * sizeof(*f->sensor));
	f->cap = f->sensor ? max : 0;
	if (!f->sensor ||
		ward_json_reader_init(&f->reader, opts->names, opts->mem, opts->lim) != WARD_OK) {
		ward_field_free(f);
		return WARD_ERR_NOMEM;
	}
	f->reader.foreign = true;
	f->reader.max_bytes = ward_limit(opts->lim, WARD_LIMIT_FIELD_PAYLOAD);
#define X(IDENT, name) f->member.IDENT = ward_name(opts->names, WARD_STR(name));
	WARD_FIELD_MEMBER_LIST(X)
#undef X
	f->topic_name = ward_name(opts->names, WARD_STR("topic"));
	f->site_name = ward_name(opts->names, WARD_STR("site"));
	f->source = ward_name(opts->names, opts->source.len ? opts->source : WARD_STR("mqtt"));
	*ret = f;
	return WARD_OK;
}

void ward_field_free(struct ward_field_sensor *f)
{
	if (!f)
		return;
	const struct ward_mem *mem = f->opts.mem;

	if (f->reader.mem)
		ward_json_reader_fini(&f->reader);
	ward_intern_fini(&f->topic);
	ward_arena_fini(&f->arena);
	ward_mem_free(mem, f->sensor, f->cap * sizeof(*f->sensor));
	ward_mem_free(mem, f, sizeof(*f));
}

/* Begins an event about the turn's sensor. Its id is of the sensor's own numbers where it has any,
 * else of the time. What the sensor itself said has index 0, so that it is one however often it is
 * delivered; what Ward says about it is told apart by its class. */
static enum ward_err begin(
	struct turn *t, struct ward_event *e, enum ward_class class, uint32_t index, ward_ns time)
{
	struct ward_names *names = t->f->opts.names;
	enum ward_err err;

	ward_event_init(e, &t->f->arena);
	e->id = ward_event_id(t->topic, t->epoch, t->seq, index);
	e->time = time;
	e->seen = t->now;
	e->source = t->f->source;
	e->class = ward_name(names, ward_str_z(ward_class_info(class)->name));
	if (!t->m || !t->m->sensor.len)
		return WARD_OK;
	if ((err = ward_event_set(e, t->f->site_name, ward_value_str(t->m->site))) ||
		(err = ward_event_set(e, WARD_FIELD_SENSOR, ward_value_str(t->m->sensor))) ||
		!t->m->kind)
		return err;
	return ward_event_set(e, WARD_FIELD_POINT, ward_value_str(ward_str_z(t->m->kind->kind)));
}

static enum ward_err put(struct turn *t, const struct ward_event *e)
{
	ward_count_name(t->f->opts.counters, "field.events", 1);
	return t->f->opts.sink.put(t->f->opts.sink.ctx, e);
}

/* An event with one number or one word. */
static enum ward_err say(struct turn *t, enum ward_class class, ward_ns time,
	enum ward_field_id field, struct ward_value v)
{
	struct ward_event e;
	enum ward_err err = begin(t, &e, class, 1 + class, time);

	if (err == WARD_OK)
		err = ward_event_set(&e, field, v);
	return err == WARD_OK ? put(t, &e) : err;
}

static struct ward_value word(const char *z)
{
	return ward_value_str(ward_str_z(z));
}

/* Refused: always counted; told once, then once a minute with how many it were. */
static enum ward_err refuse(struct turn *t, enum ward_field_reject why)
{
	struct sensor *s = t->s;
	struct ward_event e;
	enum ward_err err;

	ward_count_name(t->f->opts.counters, ward_field_reject_counter(why), 1);
	s->n_refused++;
	if (s->refused && t->now - s->refused_at < REFUSED_EVERY_S * WARD_NS_PER_S &&
		t->now >= s->refused_at)
		return WARD_OK;
	t->epoch = (uint64_t)t->now;
	err = begin(t, &e, WARD_CLASS_FIELD_REFUSED, 1 + WARD_CLASS_FIELD_REFUSED, t->now);
	if (err == WARD_OK)
		err = ward_event_set(&e, WARD_FIELD_REASON, word(ward_field_reject_counter(why)));
	if (err == WARD_OK)
		err = ward_event_set(&e, WARD_FIELD_LOST, ward_value_int((int64_t)s->n_refused));
	if (err == WARD_OK && ward_utf8_valid(ward_str_bytes(t->topic), NULL))
		err = ward_event_set(&e, t->f->topic_name, ward_value_str(t->topic));
	if (err != WARD_OK)
		return err;
	s->refused = true;
	s->refused_at = t->now;
	s->n_refused = 0;
	return put(t, &e);
}

/* Where the sequence number stands to those before. */
enum order { NEWER, OLDER, AGAIN };

static enum ward_err gap(struct turn *t, int64_t lost)
{
	if (lost <= 0)
		return WARD_OK;
	ward_count_name(t->f->opts.counters, "field.lost", (uint64_t)lost);
	return say(t, WARD_CLASS_SOURCE_GAP, t->m->time, WARD_FIELD_LOST, ward_value_int(lost));
}

static enum ward_err begin_boot(struct turn *t, struct ward_id boot)
{
	struct sensor *s = t->s;
	bool restart = s->known;
	enum ward_err err = WARD_OK;

	s->boot = boot;
	s->seq = t->m->seq;
	s->seen = 1;
	s->word = NULL;
	s->known = true;
	s->unsure = !restart && t->again;
	if (restart)
		err = say(t, WARD_CLASS_SOURCE_RESTART, t->m->time, WARD_FIELD_BOOT,
			ward_value_str(t->m->boot));
	/* A boot counts from 0: what came before this one is missing. Of a sensor that is new to
	 * us nobody can say. */
	return err == WARD_OK && restart ? gap(t, t->m->seq) : err;
}

static enum ward_err place(struct turn *t, struct ward_id boot, enum order *ret)
{
	struct sensor *s = t->s;
	int64_t seq = t->m->seq;

	*ret = NEWER;
	if (!s->known || !ward_id_eq(s->boot, boot))
		return begin_boot(t, boot);
	if (seq <= s->seq) {
		int64_t back = s->seq - seq; /* both are 0 or more */
		uint64_t bit = back < SEEN_BITS ? (uint64_t)1 << back : 0;

		*ret = s->seen & bit ? AGAIN : OLDER;
		s->seen |= bit;
		return WARD_OK;
	}
	int64_t lost = seq - s->seq - 1;
	bool unsure = s->unsure;

	s->unsure = unsure && t->again;
	s->seen = lost + 1 < SEEN_BITS ? s->seen << (lost + 1) | 1 : 1;
	s->seq = seq;
	if (unsure && lost) {
		ward_count_name(t->f->opts.counters, "field.unsure", (uint64_t)lost);
		return WARD_OK;
	}
	return gap(t, lost);
}

/* The sensor's own words into the event. */
static enum ward_err fill(struct turn *t, struct ward_event *e)
{
	static const enum ward_field_id copied[] = {WARD_FIELD_STATE, WARD_FIELD_VALUE,
		WARD_FIELD_SEQ, WARD_FIELD_BOOT, WARD_FIELD_DOOR, WARD_FIELD_READER,
		WARD_FIELD_BADGE, WARD_FIELD_REASON, WARD_FIELD_DIRECTION};
	enum ward_err err = WARD_OK;

	for (size_t i = 0; err == WARD_OK && i < WARD_ARRAY_LEN(copied); i++) {
		const struct ward_value *v = ward_event_get(&t->m->raw, copied[i]);

		if (v)
			err = ward_event_set(e, copied[i], *v);
	}
	if (err == WARD_OK && t->m->value.kind != WARD_VALUE_NULL)
		err = ward_event_set(e, WARD_FIELD_UNIT, word(t->m->kind->unit));
	/* A door sensor is the door unless it says which one. */
	if (err == WARD_OK && ward_str_eqz(ward_str_z(t->m->kind->kind), "door") &&
		!ward_event_get(e, WARD_FIELD_DOOR))
		err = ward_event_set(e, WARD_FIELD_DOOR, ward_value_str(t->m->sensor));
	return err;
}

static enum ward_err news(struct turn *t, enum order order)
{
	const struct ward_field_word *w = t->m->word;
	enum ward_class class = WARD_CLASS_FIELD_POINT;
	struct ward_event e;

	if (w && (w->moment || (order == NEWER && w != t->s->word)))
		class = w->class;
	if (w && order == NEWER)
		t->s->word = w;
	enum ward_err err = begin(t, &e, class, 0, t->m->time);

	if (err == WARD_OK)
		err = fill(t, &e);
	return err == WARD_OK ? put(t, &e) : err;
}

/* The sensor's own numbers for the turn's events: they are the same however often it is heard. */
static struct ward_id identify(struct turn *t)
{
	struct ward_idgen g;
	struct ward_id boot;

	ward_idgen_init(&g, "boot");
	ward_idgen_str(&g, t->m->boot);
	boot = ward_idgen_final(&g);
	struct ward_rd r = ward_rd_from(boot.b, sizeof(boot.b));

	t->epoch = ward_rd_be64(&r);
	t->seq = (uint64_t)t->m->seq;
	return boot;
}

/* Of one that was never heard it is news too: a former life may have died before it told. Without
 * a seq, each time is another one. */
static enum ward_err offline(struct turn *t)
{
	struct sensor *s = t->s;

	if (!s->online && s->heard)
		return WARD_OK;
	s->online = false;
	s->heard = true;
	if (t->m->has_seq)
		(void)identify(t);
	else
		t->epoch = (uint64_t)t->now;
	return say(t, WARD_CLASS_FIELD_OFFLINE, t->now, WARD_FIELD_REASON, word("offline"));
}

static enum ward_err accept(struct turn *t)
{
	struct ward_field_sensor *f = t->f;
	struct ward_id boot = identify(t);
	enum order order;
	enum ward_err err = WARD_OK;

	if (t->m->n_unknown)
		ward_count_name(f->opts.counters, "field.odd.member", t->m->n_unknown);
	/* A redelivery (QoS 1) is no news at all, but a sign of life. */
	t->s->last = t->now;
	t->s->heartbeat = t->m->heartbeat ? t->m->heartbeat : f->opts.heartbeat;
	if (!t->s->online)
		err = say(t, WARD_CLASS_FIELD_ONLINE, t->now, WARD_FIELD_BOOT,
			ward_value_str(t->m->boot));
	t->s->online = t->s->heard = true;
	if (err == WARD_OK)
		err = place(t, boot, &order);
	if (err != WARD_OK)
		return err;
	if (order != NEWER)
		ward_count_name(
			f->opts.counters, order == AGAIN ? "field.again" : "field.odd.order", 1);
	return order == AGAIN ? WARD_OK : news(t, order);
}

static enum ward_err hear(struct turn *t, struct ward_field_message *m, struct ward_slice payload)
{
	struct ward_field_sensor *f = t->f;
	enum ward_field_reject why = ward_field_topic(t->topic, m);
	uint32_t id;

	ward_arena_reset(&f->arena);
	ward_count_name(f->opts.counters, "field.messages", 1);
	if (why != WARD_FIELD_REJECT_NONE) {
		m->site = m->sensor = (struct ward_str){"", 0};
		return refuse(t, why);
	}
	/* No more topics than field.sensors, whoever invents them. */
	id = ward_intern_find(&f->topic, t->topic);
	if (id == WARD_NONE && f->topic.n >= f->cap)
		return refuse(t, WARD_FIELD_REJECT_SENSORS);
	if (id == WARD_NONE) {
		enum ward_err err = ward_intern_put(&f->topic, t->topic, &id);

		if (err != WARD_OK)
			return err;
	}
	t->s = &f->sensor[id];
	if (payload.len > f->reader.max_bytes)
		return refuse(t, WARD_FIELD_REJECT_SIZE);
	why = ward_field_payload(&f->reader, &f->member, payload, t->now, &f->arena, m);
	if (why != WARD_FIELD_REJECT_NONE)
		return refuse(t, why);
	return m->offline ? offline(t) : accept(t);
}

enum ward_err ward_field_message(
	struct ward_field_sensor *f, struct ward_str topic, struct ward_slice payload, ward_ns now)
{
	struct ward_field_message m = {0};
	struct turn t = {.f = f, .s = &f->nobody, .topic = topic, .m = &m, .now = now};

	return hear(&t, &m, payload);
}

enum ward_err ward_field_message_again(
	struct ward_field_sensor *f, struct ward_str topic, struct ward_slice payload, ward_ns now)
{
	struct ward_field_message m = {0};
	struct turn t = {
		.f = f, .s = &f->nobody, .topic = topic, .m = &m, .now = now, .again = true};

	return hear(&t, &m, payload);
}

enum ward_err ward_field_tick(struct ward_field_sensor *f, ward_ns now)
{
	for (uint32_t id = 0; id < f->topic.n; id++) {
		struct sensor *s = &f->sensor[id];
		struct ward_field_message m = {0};
		struct turn t = {.f = f,
			.s = s,
			.topic = ward_intern_at(&f->topic, id),
			.m = &m,
			.now = now,
			.epoch = (uint64_t)now};

		if (!s->online || now - s->last <= s->heartbeat + s->heartbeat / 2)
			continue;
		WARD_ASSERT(ward_field_topic(t.topic, &m) == WARD_FIELD_REJECT_NONE);
		s->online = false;
		ward_arena_reset(&f->arena);
		enum ward_err err = say(&t, WARD_CLASS_FIELD_SILENT, now, WARD_FIELD_DURATION_NS,
			ward_value_int(now - s->last));

		if (err != WARD_OK)
			return err;
	}
	return WARD_OK;
}
