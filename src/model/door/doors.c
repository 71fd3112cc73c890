#include "model/door/priv.h"

enum { ARENA_MAX = 1 << 20, TEXT_BYTES_MAX = 64 << 20 };

/* So long after the closing a camera may still count those who went through. */
static const ward_ns count_late = WARD_NS_PER_S;

static const char *const class_name[WARD_DOOR_IN_N] = {
	[WARD_DOOR_IN_GRANT] = "door.granted",
	[WARD_DOOR_IN_EXIT] = "door.exit",
	[WARD_DOOR_IN_OPENED] = "door.opened",
	[WARD_DOOR_IN_SHUT] = "door.closed",
	[WARD_DOOR_IN_TOLD_FORCED] = "door.forced",
	[WARD_DOOR_IN_TOLD_HELD] = "door.held",
	[WARD_DOOR_IN_TAMPERED] = "door.tamper",
	[WARD_DOOR_IN_FAILED] = "door.fault",
	[WARD_DOOR_IN_PASSED] = "video.count",
};

/* ---- making ---- */

/* A door of the model has its place before any that events name, and a name: its id. */
static enum ward_err know(struct ward_doors *d, struct ward_str id)
{
	uint32_t door, name;
	enum ward_err err = ward_door_at(d, id, &door);

	if (!err && door != WARD_NONE)
		err = ward_intern_put(&d->text, id, &name);
	if (err || door == WARD_NONE)
		return err;
	d->door[door].said_as = name;
	d->door[door].said_field = WARD_FIELD_DOOR;
	return WARD_OK;
}

static enum ward_err know_all(struct ward_doors *d)
{
	enum ward_err err = WARD_OK;

	for (uint32_t i = 0; d->model && !err && i < ward_model_n(d->model); i++)
		if (ward_model_node(d->model, i)->kind == WARD_NODE_DOOR)
			err = know(d, ward_model_node(d->model, i)->id);
	d->n_model = d->n_door;
	return err;
}

enum ward_err ward_doors_new(const struct ward_door_rules *rules, const struct ward_model *model,
	struct ward_names *names, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_doors **ret)
{
	struct ward_doors *d = ward_mem_alloc(mem, sizeof(*d));
	size_t max = ward_limit(lim, WARD_LIMIT_DOOR_DOORS);

	if (!d)
		return WARD_ERR_NOMEM;
	*d = (struct ward_doors){.rules = rules,
		.model = model,
		.names = names,
		.lim = lim,
		.mem = mem,
		.clock = INT64_MIN,
		.released = INT64_MIN,
		.sweep_at = INT64_MIN,
		.source = ward_name(names, WARD_STR("doors")),
		.silent = ward_name(names, WARD_STR("field.silent")),
		.offline = ward_name(names, WARD_STR("field.offline")),
		.not_taken = ward_name(names, WARD_STR("door.not_taken")),
		.tailgated = ward_name(names, WARD_STR("door.tailgated")),
		.unbadged = ward_name(names, WARD_STR("door.unbadged")),
		.evidence_field = ward_name(names, WARD_STR("evidence")),
		.grants_field = ward_name(names, WARD_STR("grants")),
		.two_places = ward_name(names, WARD_STR("badge.two_places")),
		.from_field = ward_name(names, WARD_STR("from")),
		.needs_field = ward_name(names, WARD_STR("needs")),
		.at_once_field = ward_name(names, WARD_STR("at_once")),
		.suspected_field = ward_name(names, WARD_STR("suspected"))};
	for (size_t i = 0; i < WARD_DOOR_IN_N; i++)
		d->class_of[i] =
			class_name[i] ? ward_name(names, ward_str_z(class_name[i])) : WARD_NONE;
	ward_intern_init(&d->key, mem, max, TEXT_BYTES_MAX);
	ward_intern_init(&d->text, mem, 3 * max, TEXT_BYTES_MAX);
	ward_arena_init(&d->arena, mem, ARENA_MAX);
	ward_tab_init(&d->badges, mem, sizeof(struct ward_badge_key), sizeof(struct ward_badge),
		ward_limit(lim, WARD_LIMIT_DOOR_BADGES));
	enum ward_err err = know_all(d);

	if (!err && model)
		err = ward_walk_new(model, mem, &d->walk);

	if (err) {
		ward_doors_free(d);
		return err;
	}
	*ret = d;
	return WARD_OK;
}

void ward_doors_free(struct ward_doors *d)
{
	if (!d)
		return;
	ward_walk_free(d->walk);
	ward_tab_fini(&d->badges);
	ward_intern_fini(&d->key);
	ward_intern_fini(&d->text);
	ward_arena_fini(&d->arena);
	ward_mem_free(d->mem, d->door, d->cap_door * sizeof(*d->door));
	ward_mem_free(d->mem, d->dues, d->cap_due * sizeof(*d->dues));
	ward_mem_free(d->mem, d->held, d->cap_held * sizeof(*d->held));
	ward_mem_free(d->mem, d, sizeof(*d));
}

static const struct ward_door_class *class_for(const struct ward_doors *d, struct ward_str key)
{
	uint32_t i = d->model ? ward_model_find(d->model, key) : WARD_NONE;

	if (i == WARD_NONE || ward_model_node(d->model, i)->kind != WARD_NODE_DOOR)
		return &d->rules->class[0];
	return ward_door_rules_of(d->rules, ward_ontology_class(ward_model_ontology(d->model),
						    ward_model_node(d->model, i)->class)
						    ->id);
}

enum ward_err ward_door_at(struct ward_doors *d, struct ward_str key, uint32_t *ret)
{
	*ret = ward_intern_find(&d->key, key);
	if (*ret != WARD_NONE)
		return WARD_OK;
	enum ward_err err = ward_mem_more(
		d->mem, &d->door, d->n_door, &d->cap_door, sizeof(*d->door), UINT32_MAX);

	if (!err)
		err = ward_intern_put(&d->key, key, ret);
	if (err) {
		*ret = WARD_NONE;
		d->stats.n_unplaced += err == WARD_ERR_LIMIT;
		return err == WARD_ERR_LIMIT ? WARD_OK : err;
	}
	WARD_ASSERT(*ret == d->n_door);
	d->door[d->n_door++] = (struct ward_door){.class = class_for(d, key),
		.said_as = WARD_NONE,
		.at_due = WARD_NONE,
		.due = WARD_NS_NEVER,
		.allowed = INT64_MIN,
		.waits = INT64_MIN,
		.breach = INT64_MIN,
		.late = INT64_MIN,
		.since = INT64_MIN};
	return WARD_OK;
}

/* ---- one step ---- */

static void remember(struct ward_door *x, const struct ward_door_held *h)
{
	x->evidence[x->n_evidence++ % WARD_DOOR_EVIDENCE_MAX] = h->id;
	if (x->n_evidence == 2 * WARD_DOOR_EVIDENCE_MAX)
		x->n_evidence = WARD_DOOR_EVIDENCE_MAX; /* full, and at its first place */
}

static void forget(struct ward_door *x)
{
	x->grants = x->exits = x->passes = x->most = x->wide = x->n_evidence = 0;
	x->waits = INT64_MIN;
}

static void count(uint32_t *n, uint32_t more)
{
	*n = *n + more > WARD_DOOR_COUNT_MAX ? WARD_DOOR_COUNT_MAX : *n + more;
}

ward_ns ward_door_later(ward_ns t, ward_ns by)
{
	ward_ns sum;

	return by && ward_add(t, by, &sum) ? sum : WARD_NS_NEVER;
}

static enum ward_err allow(struct ward_doors *d, uint32_t door, const struct ward_door_held *h)
{
	struct ward_door *x = &d->door[door];
	bool waits = x->state == WARD_DOOR_GRANTED;

	count(h->input == WARD_DOOR_IN_GRANT ? &x->grants : &x->exits, 1);
	remember(x, h);
	x->more = true;
	if (h->input == WARD_DOOR_IN_GRANT)
		x->waits = h->time;
	return waits ? ward_door_set_due(d, door, ward_door_later(h->time, x->class->enter))
		     : WARD_OK;
}

static enum ward_err enter(struct ward_doors *d, uint32_t door, const struct ward_door_held *h)
{
	struct ward_door *x = &d->door[door];

	remember(x, h);
	x->more = false;
	/* A controller that says so itself is given as long again. */
	return ward_door_set_due(d, door,
		ward_door_later(h->time,
			x->tells & WARD_DOOR_TELLS_HELD ? 2 * x->class->held : x->class->held));
}

/* Those who badged and were not counted may come yet. Who badged before it closed may have gone in
 * uncounted: that nobody went in can't be said of them. */
static enum ward_err go_on(struct ward_doors *d, uint32_t door, const struct ward_door_held *h)
{
	struct ward_door *x = &d->door[door];

	x->grants -= x->passes;
	x->passes = x->most = x->wide = 0;
	if (x->waits <= h->time)
		x->waits = INT64_MIN;
	return ward_door_set_due(d, door, x->allowed);
}

/* It was opened from inside, or has no contact; told once, until badges and counts agree again. */
static enum ward_err unbadged(struct ward_doors *d, uint32_t door, const struct ward_door_held *h)
{
	struct ward_door *x = &d->door[door];
	bool sure = x->agreed == WARD_DOOR_AGREED && h->time > x->late;

	x->agreed = 0;
	return sure ? ward_door_say(d, door, d->unbadged, h->time) : WARD_OK;
}

static enum ward_err pass(struct ward_doors *d, uint32_t door, const struct ward_door_held *h)
{
	struct ward_door *x = &d->door[door];

	if (x->grants && !x->passes && x->agreed < WARD_DOOR_AGREED)
		x->agreed++;
	count(&x->passes, h->persons);
	count(&x->wide, h->wide);
	x->most = h->persons > x->most ? h->persons : x->most;
	remember(x, h);
	if (!x->grants)
		return unbadged(d, door, h);
	return x->passes + x->wide > x->grants ? ward_door_say(d, door, d->tailgated, h->time)
					       : WARD_OK;
}

/* After a door without a contact was closed by time alone, who is counted was not let in. */
static enum ward_err pass_closed(
	struct ward_doors *d, uint32_t door, const struct ward_door_held *h)
{
	struct ward_door *x = &d->door[door];

	if (x->tells & WARD_DOOR_TELLS_CONTACT)
		return WARD_OK;
	forget(x);
	return pass(d, door, h);
}

/* Who opened it and was not counted may be counted yet. */
static enum ward_err leave(struct ward_doors *d, uint32_t door, const struct ward_door_held *h)
{
	struct ward_door *x = &d->door[door];

	if (x->state != WARD_DOOR_CLOSED || x->waits == INT64_MIN || x->passes)
		return WARD_OK;
	if (x->agreed == WARD_DOOR_AGREED)
		return ward_door_set_due(d, door, ward_door_later(h->time, count_late));
	x->agreed = 0;
	return WARD_OK;
}

/* By the contact: it was not opened. By the camera: nobody came through. */
static enum ward_err not_taken(struct ward_doors *d, uint32_t door, enum ward_door_state was,
	const struct ward_door_held *h)
{
	struct ward_door *x = &d->door[door];
	bool contact = x->tells & WARD_DOOR_TELLS_CONTACT && was == WARD_DOOR_GRANTED;
	bool sure = contact || x->agreed == WARD_DOOR_AGREED;

	if (x->waits == INT64_MIN || x->passes)
		return WARD_OK;
	x->agreed = contact ? x->agreed : 0;
	return sure ? ward_door_say(d, door, d->not_taken, h->time) : WARD_OK;
}

static bool is_within(const struct ward_door *x, ward_ns t, ward_ns length)
{
	ward_ns since;

	return x->since != INT64_MIN && ward_sub(t, x->since, &since) && since <= length;
}

static enum ward_err say_forced(struct ward_doors *d, uint32_t door)
{
	return ward_door_say(d, door, d->class_of[WARD_DOOR_IN_TOLD_FORCED], d->door[door].since);
}

/* One opening is told of once. In the state FORCED without evidence its controller said so: just
 * before the opening, of it; long before, of another one, or of none. */
static enum ward_err force(struct ward_doors *d, uint32_t door, enum ward_door_state was,
	const struct ward_door_held *h)
{
	struct ward_door *x = &d->door[door];
	bool told =
		was == WARD_DOOR_FORCED && (x->n_evidence || is_within(x, h->time, d->rules->hold));

	if (was != WARD_DOOR_FORCED)
		forget(x);
	if (!x->n_evidence)
		remember(x, h);
	if (told)
		return WARD_OK;
	x->since = h->time;
	return x->tells & WARD_DOOR_TELLS_FORCED && d->rules->hold
		       ? ward_door_set_due(d, door, ward_door_later(h->time, d->rules->hold))
		       : say_forced(d, door);
}

/* What a step does, once the door is in its new state. was: the one before. */
static enum ward_err act(struct ward_doors *d, uint32_t door, enum ward_door_act what,
	enum ward_door_state was, const struct ward_door_held *h)
{
	struct ward_door *x = &d->door[door];

	switch (what) {
	case WARD_DOOR_DO_ALLOW:
		forget(x);
		return allow(d, door, h);
	case WARD_DOOR_DO_COUNT:
		return allow(d, door, h);
	case WARD_DOOR_DO_ENTER:
		if (was == WARD_DOOR_UNKNOWN || was == WARD_DOOR_CLOSED)
			forget(x);
		return enter(d, door, h);
	case WARD_DOOR_DO_NEXT:
		return go_on(d, door, h);
	case WARD_DOOR_DO_AGAIN:
		return x->more ? enter(d, door, h) : WARD_OK;
	case WARD_DOOR_DO_PASS:
		return pass(d, door, h);
	case WARD_DOOR_DO_LAST:
		return is_within(x, h->time, count_late) ? pass(d, door, h)
							 : pass_closed(d, door, h);
	case WARD_DOOR_DO_WATCH:
		forget(x);
		return ward_door_set_due(d, door, ward_door_later(h->time, x->class->recover));
	case WARD_DOOR_DO_FORGET:
		forget(x);
		return WARD_OK;
	case WARD_DOOR_DO_FORCED:
		return force(d, door, was, h);
	case WARD_DOOR_DO_TOLD:
		return ward_door_set_due(d, door, WARD_NS_NEVER);
	case WARD_DOOR_DO_UNTOLD:
		return say_forced(d, door);
	case WARD_DOOR_DO_HELD:
		return ward_door_say(d, door, d->class_of[WARD_DOOR_IN_TOLD_HELD], h->time);
	case WARD_DOOR_DO_NOT_TAKEN:
		return not_taken(d, door, was, h);
	case WARD_DOOR_DO_END:
		return leave(d, door, h);
	case WARD_DOOR_DO_NOTHING:
	case WARD_DOOR_DO_N:
	default:
		return WARD_OK;
	}
}

/* What it does from then on may not be heard. */
static bool is_deaf_after(enum ward_door_input in)
{
	return in == WARD_DOOR_IN_LOST || in == WARD_DOOR_IN_TAMPERED || in == WARD_DOOR_IN_FAILED;
}

/* What a door never tells can't be inferred from its silence. */
static enum ward_door_input learn(struct ward_door *x, const struct ward_door_held *h)
{
	static const uint8_t tells[WARD_DOOR_IN_N] = {
		[WARD_DOOR_IN_EXIT] = WARD_DOOR_TELLS_EXITS,
		[WARD_DOOR_IN_OPENED] = WARD_DOOR_TELLS_CONTACT,
		[WARD_DOOR_IN_TOLD_FORCED] = WARD_DOOR_TELLS_FORCED,
		[WARD_DOOR_IN_TOLD_HELD] = WARD_DOOR_TELLS_HELD,
	};
	enum ward_door_input in = (enum ward_door_input)h->input;
	bool exits = x->class->exits == WARD_DOOR_EXITS_TOLD ||
		     (x->class->exits == WARD_DOOR_EXITS_AUTO && x->tells & WARD_DOOR_TELLS_EXITS);

	x->tells |= tells[in];
	if (in == WARD_DOOR_IN_GRANT || in == WARD_DOOR_IN_EXIT)
		x->allowed = ward_door_later(h->time, x->class->enter);
	bool was_shut = x->shut;

	x->shut = in == WARD_DOOR_IN_SHUT ||
		  (x->shut && in != WARD_DOOR_IN_OPENED && !is_deaf_after(in));
	if (in == WARD_DOOR_IN_SHUT && x->more && x->grants > x->passes && h->time <= x->allowed)
		return WARD_DOOR_IN_SHUT_NEXT;
	if (in != WARD_DOOR_IN_OPENED || !exits || h->time <= x->allowed)
		return in;
	/* That it is open for too long is its controller's word, or an inference from an opening:
	 * where the contact had closed, this opening is one of its own; else its closing was
	 * missed. */
	if (x->state == WARD_DOOR_HELD && !was_shut)
		return in;
	if (x->state == WARD_DOOR_CLOSED || x->state == WARD_DOOR_HELD)
		x->breach = h->time;
	return h->time <= x->late ? in : WARD_DOOR_IN_BREACH;
}

static enum ward_err step(struct ward_doors *d, uint32_t door, const struct ward_door_held *h)
{
	struct ward_door *x = &d->door[door];
	enum ward_door_input in = learn(x, h);
	enum ward_door_state was = (enum ward_door_state)x->state;
	struct ward_door_row row = ward_door_step(was, in);
	enum ward_err err = WARD_OK;

	if (h->name != WARD_NONE) {
		x->said_as = h->name;
		x->said_field = h->field;
	}
	/* What waits to be told by its controller is told before it is over. */
	if (was == WARD_DOOR_FORCED && row.next != was && x->due != WARD_NS_NEVER)
		err = say_forced(d, door);
	if (!err && row.next != was) {
		x->state = (uint8_t)row.next;
		x->since = h->time;
		err = ward_door_set_due(d, door, WARD_NS_NEVER);
	}
	return err ? err : act(d, door, row.act, was, h);
}

/* ---- in the order of time ---- */

static enum ward_err time_over(struct ward_doors *d)
{
	uint32_t door = d->dues[0];
	const struct ward_door_held h = {.key = d->door[door].due,
		.time = d->door[door].due,
		.door = door,
		.name = WARD_NONE,
		.input = WARD_DOOR_IN_TIME};
	enum ward_err err = ward_door_set_due(d, door, WARD_NS_NEVER);

	return err ? err : step(d, door, &h);
}

static enum ward_err take(struct ward_doors *d, ward_ns until)
{
	size_t max = ward_limit(d->lim, WARD_LIMIT_DOOR_HELD);
	enum ward_err err = WARD_OK;

	while (!err) {
		ward_ns due = d->n_due ? d->door[d->dues[0]].due : WARD_NS_NEVER;
		bool event = d->n_held && (d->held[0].key <= until || d->n_held > max);

		/* What comes when the time is over still comes in time. */
		if (due != WARD_NS_NEVER && (due <= until || (event && due < d->held[0].key)) &&
			!(event && d->held[0].key <= due)) {
			err = time_over(d);
		} else if (event) {
			struct ward_door_held h = ward_door_pop(d);

			d->stats.n_hurried += h.key > until;
			d->released = h.key > d->released ? h.key : d->released;
			if (!ward_id_eq(h.id, d->last))
				err = step(d, h.door, &h);
			if (!err && !ward_id_eq(h.id, d->last))
				err = ward_badge_seen(d, &h);
			d->last = h.id;
		} else {
			break;
		}
	}
	d->released = until > d->released ? until : d->released;
	return err;
}

/* Nothing more comes: its controller does not tell it. */
static enum ward_err give_up(struct ward_doors *d, uint32_t door)
{
	if (d->door[door].state != WARD_DOOR_FORCED || d->door[door].due == WARD_NS_NEVER)
		return WARD_OK;
	enum ward_err err = ward_door_set_due(d, door, WARD_NS_NEVER);

	return err ? err : say_forced(d, door);
}

enum ward_err ward_doors_tick(struct ward_doors *d, ward_ns now, ward_doors_sink sink, void *ctx)
{
	ward_ns until = d->clock;
	enum ward_err err = WARD_OK;

	d->sink = sink;
	d->ctx = ctx;
	if (now == WARD_NS_NEVER) {
		for (size_t i = 0; i < d->n_held; i++)
			until = d->held[i].key > until ? d->held[i].key : until;
		err = take(d, until);
		for (uint32_t i = 0; i < d->n_door && !err; i++)
			err = give_up(d, i);
		return err;
	}
	d->clock = now > d->clock ? now : d->clock;
	return ward_sub(d->clock, d->rules->hold, &until) ? take(d, until) : WARD_OK;
}

struct ward_doors_stats ward_doors_stats(const struct ward_doors *d)
{
	return d->stats;
}

enum ward_door_state ward_doors_state(const struct ward_doors *d, struct ward_str door)
{
	uint32_t i = ward_intern_find(&d->key, door);

	return i == WARD_NONE ? WARD_DOOR_UNKNOWN : (enum ward_door_state)d->door[i].state;
}
