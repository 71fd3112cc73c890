/* People who pass doors, each with a badge of their own: they go through doors of their floor,
 * never sooner than they can walk, one at a time; now and then one tries a door that is not theirs.
 * Where a camera counts who passes, it counts. */
#include "exercise/life_priv.h"

enum {
	A_DOOR = 20, /* passages a day and door … */
	LEAST = 300, /* … and in all */
	MOST = 3000,
	EACH = 12, /* passages a day and person */
	PEOPLE_MAX = 1000,
	TRIES = 16,
	DENIED_PERCENT = 1,
	DAY_FROM = 7,
	DAY_TO = 20,
	INNER_BY_DAY = 4, /* of so many who would go to plant and stores, one does; and by night */
	INNER_BY_NIGHT = 8,
};
static const ward_ns walk = 600 * WARD_NS_PER_S; /* between two doors of a person */
static const ward_ns apart = 30 * WARD_NS_PER_S; /* between two people at a door */

struct door {
	uint32_t floor, control, camera; /* nodes; no camera: WARD_NONE */
	struct ward_str key, reader, camera_key;
	bool inner; /* technical or restricted: few go there */
	ward_ns last;
};

struct person {
	char badge[16];
	uint32_t floor;
	ward_ns last;
};

struct doors {
	const struct ward_source *source, *counters;
	struct door *door;
	size_t n_door;
	struct person *person;
	size_t n_person;
	const struct door *at; /* whose passage is written */
};

static bool listens(const struct ward_source *s)
{
	return ward_str_eqz(s->kind, "syslog") && !s->stopped &&
	       (ward_str_starts(s->where, WARD_STR("udp:")) ||
		       ward_str_starts(s->where, WARD_STR("tcp:")));
}

static bool watches(const struct ward_source *s, uint32_t node)
{
	for (size_t i = 0; i < s->n_watches; i++)
		if (s->watches[i] == node)
			return true;
	return false;
}

/* The first that listens and watches something of a class. */
static const struct ward_source *source_of(const struct ward_life *l, uint32_t class)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s[i].n_watches && listens(&s[i]); k++)
			if (ward_life_is(l, s[i].watches[k], class))
				return &s[i];
	return NULL;
}

/* The node of that class from which the relation comes to this one; WARD_NONE. */
static uint32_t from_of(
	const struct ward_life *l, uint32_t node, enum ward_rel_type type, uint32_t class)
{
	size_t n;
	const struct ward_rel *r = ward_model_in(l->m, node, &n);

	for (size_t i = 0; i < n; i++)
		if (r[i].type == type && ward_life_is(l, r[i].node, class))
			return r[i].node;
	return WARD_NONE;
}

/* A camera that counts at the door: it looks at it, or at the room that it leads from. */
static void find_camera(
	const struct ward_life *l, const struct doors *x, uint32_t node, struct door *d)
{
	uint32_t camera = ward_life_class(l, "device.building.camera");
	uint32_t c = from_of(l, node, WARD_REL_MONITORS, camera);
	size_t n;
	const struct ward_rel *r = ward_model_in(l->m, node, &n);

	for (size_t i = 0; i < n && c == WARD_NONE; i++)
		if (r[i].type == WARD_REL_LEADS_TO)
			c = from_of(l, r[i].node, WARD_REL_MONITORS, camera);
	if (c == WARD_NONE || !x->counters || !watches(x->counters, c) || l->apart[c])
		return;
	d->camera_key = ward_model_key(l->m, c, WARD_KEY_CAMERA);
	d->camera = ward_life_plain(d->camera_key) ? c : WARD_NONE;
}

/* Who speaks for a door of which nobody said what controls it: the controller on its floor that the
 * source has, else its first. */
static uint32_t control_on(const struct ward_life *l, const struct ward_source *s, uint32_t floor)
{
	uint32_t class = ward_life_class(l, "device.building.door-controller"), first = WARD_NONE;

	for (size_t i = 0; i < s->n_watches; i++) {
		if (!ward_life_is(l, s->watches[i], class))
			continue;
		if (ward_model_up(l->m, s->watches[i], WARD_NODE_FLOOR) == floor)
			return s->watches[i];
		first = first == WARD_NONE ? s->watches[i] : first;
	}
	return first;
}

static bool read_door(
	const struct ward_life *l, const struct doors *x, uint32_t node, struct door *d)
{
	const struct ward_node *n = ward_model_node(l->m, node);
	uint32_t reader =
		from_of(l, node, WARD_REL_MONITORS, ward_life_class(l, "device.building.reader"));

	*d = (struct door){.camera = WARD_NONE, .last = -walk};
	if (n->kind != WARD_NODE_DOOR || l->apart[node])
		return false;
	d->key = ward_model_key(l->m, node, WARD_KEY_DOOR);
	d->reader = ward_model_key(l->m, node, WARD_KEY_READER);
	if (!d->reader.len && reader != WARD_NONE)
		d->reader = ward_model_key(l->m, reader, WARD_KEY_READER);
	d->control = from_of(
		l, node, WARD_REL_CONTROLS, ward_life_class(l, "device.building.door-controller"));
	d->floor = ward_model_up(l->m, node, WARD_NODE_FLOOR);
	if (d->control == WARD_NONE)
		d->control = control_on(l, x->source, d->floor);
	if (!ward_life_plain(d->key) || (d->reader.len && !ward_life_plain(d->reader)) ||
		d->floor == WARD_NONE || d->control == WARD_NONE || !watches(x->source, d->control))
		return false;
	enum ward_zone_kind kind =
		n->zone == WARD_NONE ? WARD_ZONE_NONE : ward_model_node(l->m, n->zone)->zone_kind;

	d->inner = kind == WARD_ZONE_TECHNICAL || kind == WARD_ZONE_RESTRICTED;
	find_camera(l, x, node, d);
	return true;
}

static void find_doors(struct ward_life *l, struct doors *x)
{
	uint32_t n = ward_model_n(l->m);

	x->source = source_of(l, ward_life_class(l, "device.building.door-controller"));
	x->counters = source_of(l, ward_life_class(l, "device.building.camera"));
	if (!x->source)
		return;
	for (uint32_t i = 0; i < n; i++)
		x->n_door += ward_model_node(l->m, i)->kind == WARD_NODE_DOOR;
	x->door = ward_arena_array(&l->arena, x->n_door, sizeof(*x->door));
	if (!x->door)
		l->err = WARD_ERR_NOMEM;
	x->n_door = 0;
	for (uint32_t i = 0; x->door && i < n; i++)
		if (ward_model_node(l->m, i)->kind == WARD_NODE_DOOR &&
			read_door(l, x, i, &x->door[x->n_door]))
			x->n_door++;
}

/* As many as pass so often, each on the floor of some door. */
static void find_people(struct ward_life *l, struct doors *x, size_t a_day)
{
	size_t n = a_day / EACH < PEOPLE_MAX ? a_day / EACH : PEOPLE_MAX;

	x->person = ward_arena_array(&l->arena, n, sizeof(*x->person));
	if (!x->person)
		l->err = WARD_ERR_NOMEM;
	for (size_t i = 0; x->person && i < n; i++) {
		struct person *p = &x->person[x->n_person];
		struct ward_wr w = ward_wr_fixed(p->badge, sizeof(p->badge));

		p->floor = x->door[ward_life_one_of(l, x->n_door)].floor;
		p->last = -walk;
		ward_wr_printf(&w, "7%03u-%04u", (unsigned)i, (unsigned)ward_life_one_of(l, 10000));
		ward_wr_u8(&w, 0);
		if (!ward_wr_bad(&w) && !ward_life_said(l, ward_str_z(p->badge)))
			x->n_person++;
	}
}

static ward_ns between(ward_ns a, ward_ns b)
{
	return a > b ? a - b : b - a;
}

static struct person *some_person(struct ward_life *l, struct doors *x, ward_ns at)
{
	for (int i = 0; i < TRIES && x->n_person; i++) {
		struct person *p = &x->person[ward_life_one_of(l, x->n_person)];

		if (between(p->last, at) >= walk)
			return p;
	}
	return NULL;
}

static struct door *some_door(struct ward_life *l, struct doors *x, uint32_t floor, ward_ns at)
{
	unsigned hour = ward_life_hour(l, at);
	bool day = hour >= DAY_FROM && hour < DAY_TO;
	size_t n = 0;

	for (size_t i = 0; i < x->n_door; i++)
		n += x->door[i].floor == floor;
	for (int i = 0; i < TRIES && n; i++) {
		size_t k = ward_life_one_of(l, n);
		bool inside = ward_life_one_of(l, day ? INNER_BY_DAY : INNER_BY_NIGHT) == 0;
		struct door *d = x->door;

		while (d->floor != floor || k-- > 0)
			d++;
		if (between(d->last, at) >= apart && (!d->inner || inside))
			return d;
	}
	return NULL;
}

static struct ward_wr *say(
	struct ward_life *l, const struct doors *x, ward_ns at, const char *class)
{
	struct ward_wr *w = ward_life_begin(l, at);

	ward_wr_z(w, "syslog: {source: ");
	ward_life_quote(w, x->source->id);
	ward_wr_z(w, ", host: ");
	ward_life_quote(w, ward_model_node(l->m, x->at->control)->id);
	ward_wr_printf(w, ", class: %s, fields: {door: ", class);
	ward_life_quote(w, x->at->key);
	return w;
}

static void say_badge(struct ward_life *l, const struct doors *x, ward_ns at, const char *class,
	const struct person *p)
{
	struct ward_wr *w = say(l, x, at, class);

	if (x->at->reader.len) {
		ward_wr_z(w, ", reader: ");
		ward_life_quote(w, x->at->reader);
	}
	ward_wr_printf(w, ", badge: \"%s\"%s}}", p->badge,
		strcmp(class, "door.denied") == 0 ? ", reason: no-right" : "");
	ward_life_end(l);
}

static void say_count(struct ward_life *l, const struct doors *x, ward_ns at)
{
	struct ward_wr *w = ward_life_begin(l, at);

	ward_wr_z(w, "syslog: {source: ");
	ward_life_quote(w, x->counters->id);
	ward_wr_z(w, ", host: ");
	ward_life_quote(w, ward_model_node(l->m, x->at->camera)->id);
	ward_wr_z(w, ", class: video.count, fields: {camera: ");
	ward_life_quote(w, x->at->camera_key);
	ward_wr_z(w, ", door: ");
	ward_life_quote(w, x->at->key);
	ward_wr_z(w, ", persons: \"1\", direction: in}}");
	ward_life_end(l);
}

static void say_door(struct ward_life *l, const struct doors *x, ward_ns at, const char *class)
{
	ward_wr_z(say(l, x, at, class), "}}");
	ward_life_end(l);
}

static void pass(struct ward_life *l, ward_ns at, void *ctx)
{
	struct doors *x = ctx;
	struct person *p = some_person(l, x, at);
	struct door *d = p ? some_door(l, x, p->floor, at) : NULL;
	ward_ns s = WARD_NS_PER_S;

	if (!d || !ward_life_room(l, 3 + (d->camera != WARD_NONE)))
		return;
	p->last = d->last = at;
	x->at = d;
	say_badge(l, x, at, "door.granted", p);
	say_door(l, x, at + s, "door.opened");
	if (d->camera != WARD_NONE)
		say_count(l, x, at + 2 * s);
	say_door(l, x, at + (ward_ns)(3 + ward_life_one_of(l, 5)) * s, "door.closed");
}

static void refuse(struct ward_life *l, ward_ns at, void *ctx)
{
	struct doors *x = ctx;
	struct person *p = some_person(l, x, at);
	struct door *d = p ? some_door(l, x, p->floor, at) : NULL;

	if (!d || d->inner || !ward_life_room(l, 1))
		return;
	p->last = d->last = at;
	x->at = d;
	say_badge(l, x, at, "door.denied", p);
}

void ward_life_doors(struct ward_life *l)
{
	struct doors x = {.n_door = 0};

	find_doors(l, &x);
	size_t a_day = x.n_door * A_DOOR;

	a_day = a_day < LEAST ? LEAST : a_day > MOST ? MOST : a_day;
	if (l->err || !x.n_door)
		return;
	find_people(l, &x, a_day);
	if (l->err)
		return;
	ward_life_pace(l, (struct ward_life_pace){(double)a_day, true}, pass, &x);
	ward_life_pace(
		l, (struct ward_life_pace){(double)a_day * DENIED_PERCENT / 100, true}, refuse, &x);
}
