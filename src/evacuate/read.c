#include "evacuate/read.h"

enum {
	MM_MAX = 10000,
	METRES_MAX = 1000,
	AREA_MAX = 100000,
	MM_PER_M = 1000,
	DM2_PER_M2 = 100,
};

static void whole(struct ward_evac_reader *l, const struct ward_conf *map, const char *key,
	int64_t max, int64_t *ret)
{
	(void)ward_conf_i64(map, key, true, l->diag, 1, max, ret);
}

static void read_how(struct ward_evac_reader *l, const struct ward_conf *doc, const char *key,
	struct ward_evac_how *h)
{
	static const char *const known[] = {"group", "staff", "stairs_staff", "prepare",
		"stairs_prepare", "speed", "floor", "door", "stairs", "width", "stairs_width",
		"area", NULL};
	const struct ward_conf *c = ward_conf_get(doc, key);

	if (!c || c->kind != WARD_CONF_MAP) {
		ward_evac_bad(l, c ? c : doc, WARD_TEXT("no map '{name}'"), ward_str_z(key),
			WARD_TEXT("write staff, times and sizes of such patients"));
		return;
	}
	ward_conf_only(c, known, l->diag);
	whole(l, c, "group", 100, &h->group);
	whole(l, c, "staff", 100, &h->staff);
	whole(l, c, "stairs_staff", 100, &h->stairs_staff);
	ward_evac_ms(l, c, "prepare", true, &h->prepare);
	ward_evac_ms(l, c, "stairs_prepare", true, &h->stairs_prepare);
	whole(l, c, "speed", MM_MAX, &h->level_mm_s);
	ward_evac_ms(l, c, "floor", true, &h->floor);
	ward_evac_ms(l, c, "door", true, &h->door);
	ward_evac_ms(l, c, "stairs", true, &h->stairs);
	whole(l, c, "width", MM_MAX, &h->width_mm);
	whole(l, c, "stairs_width", MM_MAX, &h->stairs_width_mm);
	whole(l, c, "area", AREA_MAX, &h->area_dm2);
}

void ward_evac_read_travel(struct ward_evac_reader *l, const struct ward_conf *doc)
{
	static const char *const known[] = {"walking", "wheelchair", "bed", "ventilated", "react",
		"hand_over", "staff_speed", "staff_floor", "lift_load", "lift_floor", "lane",
		"bottle", "holds", "threats", NULL};
	static const char *const known_threat[] = {"available", "lifts", "smoke_holds", NULL};
	struct ward_evac_travel *t = &l->e->travel;
	const struct ward_conf *threats = ward_conf_get(doc, "threats");

	ward_conf_only(doc, known, l->diag);
	for (unsigned c = 0; c < WARD_EVAC_CLASS_N; c++)
		read_how(l, doc, ward_evac_class_name((enum ward_evac_class)c), &t->how[c]);
	ward_evac_ms(l, doc, "react", true, &t->react);
	ward_evac_ms(l, doc, "hand_over", true, &t->hand_over);
	whole(l, doc, "staff_speed", MM_MAX, &t->staff_mm_s);
	ward_evac_ms(l, doc, "staff_floor", true, &t->staff_floor);
	ward_evac_ms(l, doc, "lift_load", true, &t->lift_load);
	ward_evac_ms(l, doc, "lift_floor", true, &t->lift_floor);
	whole(l, doc, "lane", MM_MAX, &t->lane_mm);
	ward_evac_ms(l, doc, "bottle", true, &t->bottle);
	ward_evac_ms(l, doc, "holds", true, &t->holds);
	for (unsigned i = 0; i < WARD_EVAC_THREAT_N; i++) {
		const char *name = ward_evac_threat_name((enum ward_evac_threat)i);
		const struct ward_conf *c = ward_conf_get(threats, name);

		if (!c || c->kind != WARD_CONF_MAP) {
			ward_evac_bad(l, c ? c : doc, WARD_TEXT("no map in threats: '{name}'"),
				ward_str_z(name),
				WARD_TEXT("write {available: TIME, lifts: …, smoke_holds: …}"));
			continue;
		}
		ward_conf_only(c, known_threat, l->diag);
		ward_evac_ms(l, c, "available", true, &t->threat[i].available);
		(void)ward_conf_bool(c, "lifts", true, l->diag, &t->threat[i].lifts);
		(void)ward_conf_bool(c, "smoke_holds", true, l->diag, &t->threat[i].smoke_holds);
	}
}

/* One of a list of words. */
static unsigned word(struct ward_evac_reader *l, const struct ward_conf *map, const char *key,
	const char *const *of, unsigned n, const char *mend)
{
	struct ward_str s;

	if (!ward_conf_str(map, key, false, l->diag, &s))
		return 0;
	for (unsigned i = 0; i < n; i++)
		if (ward_str_eqz(s, of[i]))
			return i;
	ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->file, ward_conf_get(map, key)->line,
		WARD_TEXT("'%s' can't be '%.*s'\n%s"), key, WARD_STR_ARG(s), mend);
	return 0;
}

static bool in_building(const struct ward_model *m, uint32_t room, int32_t *level, uint32_t *ret)
{
	uint32_t floor = ward_model_up(m, room, WARD_NODE_FLOOR);

	*ret = ward_model_up(m, room, WARD_NODE_BUILDING);
	if (floor == WARD_NONE || *ret == WARD_NONE)
		return false;
	*level = ward_model_node(m, floor)->level;
	return true;
}

/* The room is of compartment i now: one of another floor or compartment is a mistake. */
static void take(struct ward_evac_reader *l, const struct ward_conf *at, uint32_t i, uint32_t room)
{
	struct ward_evac_compartment *c = &l->e->compartment[i];
	uint32_t building = WARD_NONE;
	int32_t level = 0;

	if (l->e->of[room] != WARD_NONE) {
		ward_evac_bad(l, at, WARD_TEXT("is in two compartments: '{name}'"),
			ward_model_node(l->m, room)->id, WARD_TEXT("leave it in one of them"));
		return;
	}
	l->e->of[room] = i;
	if (!in_building(l->m, room, &level, &building))
		return;
	if (c->building == WARD_NONE) {
		c->building = building;
		c->level = level;
	} else if (c->building != building || c->level != level) {
		ward_evac_bad(l, at,
			WARD_TEXT("is on another floor than the rest of its compartment: '{name}'"),
			ward_model_node(l->m, room)->id,
			WARD_TEXT("one compartment for each floor"));
	}
}

/* By node: where a compartment names that floor, and which. */
struct on_floor {
	const struct ward_conf *at;
	uint32_t i, n;
};

/* Rooms by id, or floors: all its rooms that no compartment names. Two passes: named rooms first
 * (without `by`).
 */
static void read_rooms(
	struct ward_evac_reader *l, const struct ward_conf *c, uint32_t i, struct on_floor *by)
{
	const struct ward_conf *list = ward_conf_get(c, "places");
	bool floors = by != NULL;

	if (list && list->kind != WARD_CONF_SEQ && !floors)
		ward_evac_bad(l, list, WARD_TEXT("no list: '{name}'"), WARD_STR("places"),
			WARD_TEXT("write places: [ROOM, FLOOR]"));
	for (const struct ward_conf *p = list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
		p; p = p->next) {
		uint32_t node =
			p->kind == WARD_CONF_SCALAR ? ward_model_find(l->m, p->text) : WARD_NONE;
		enum ward_node_kind kind =
			node == WARD_NONE ? WARD_NODE_N : ward_model_node(l->m, node)->kind;

		if (kind == WARD_NODE_ROOM && !floors)
			take(l, p, i, node);
		else if (kind != WARD_NODE_ROOM && kind != WARD_NODE_FLOOR && !floors)
			ward_evac_bad(l, p, WARD_TEXT("no room or floor '{name}'"), p->text,
				WARD_TEXT("use the id of a room or a floor of the hospital"));
		else if (kind == WARD_NODE_FLOOR && floors && by[node].n)
			ward_evac_bad(l, p, WARD_TEXT("the floor is named twice: '{name}'"),
				p->text,
				WARD_TEXT("name it in one compartment, once; name rooms in the "
					  "others"));
		else if (kind == WARD_NODE_FLOOR && floors)
			by[node] = (struct on_floor){.at = p, .i = i, .n = 1};
	}
}

/* Rooms that no compartment names go to the one that names their floor: one pass over the hospital,
 * whatever is named. */
static void read_floors(struct ward_evac_reader *l, const struct ward_conf *list)
{
	struct on_floor *by = ward_evac_array(l, ward_model_n(l->m) + 1, sizeof(*by));
	uint32_t i = 0;

	for (const struct ward_conf *c = list->child; c && by; c = c->next)
		read_rooms(l, c, i++, by);
	for (uint32_t k = 0; by && k < ward_model_n(l->m); k++) {
		const struct ward_node *room = ward_model_node(l->m, k);

		if (room->kind == WARD_NODE_ROOM && room->parent != WARD_NONE &&
			by[room->parent].n && l->e->of[k] == WARD_NONE)
			take(l, by[room->parent].at, by[room->parent].i, k);
	}
}

static uint32_t within(struct ward_evac_reader *l, const struct ward_conf *list, uint32_t i)
{
	const struct ward_conf *c = list->child;
	struct ward_str mine, other;
	uint32_t n = 0;

	while (n++ < i)
		c = c->next;
	if (!ward_conf_str(c, "within", false, l->diag, &mine))
		return WARD_NONE;
	n = 0;
	for (const struct ward_conf *k = list->child; k; k = k->next, n++) {
		const struct ward_conf *w = ward_conf_get(k, "within");

		other = w && w->kind == WARD_CONF_SCALAR ? w->text : WARD_STR("");
		if (ward_str_eq(mine, other))
			return n;
	}
	return i;
}

static void read_compartment(struct ward_evac_reader *l, const struct ward_conf *list,
	const struct ward_conf *c, uint32_t i)
{
	static const char *const known[] = {"id", "name", "kind", "within", "places", "area",
		"available", "holds", "level", NULL};
	static const char *const kinds[] = {"fire", "smoke", "outside"};
	struct ward_evac_compartment *k = &l->e->compartment[i];
	int64_t area = 0, level = 0;
	struct ward_str s;

	ward_conf_only(c, known, l->diag);
	k->line = c->line;
	k->building = WARD_NONE;
	if (ward_conf_str(c, "id", true, l->diag, &s)) {
		if (ward_evac_find(l->e, s) != WARD_NONE)
			ward_evac_bad(l, c, WARD_TEXT("the compartment is there twice: '{name}'"),
				s, WARD_TEXT("use another id"));
		k->id = k->name = ward_evac_keep(l, s);
	}
	if (ward_conf_str(c, "name", false, l->diag, &s))
		k->name = ward_evac_keep(l, s);
	k->kind = (enum ward_evac_kind)word(
		l, c, "kind", kinds, 3, WARD_TEXT("kind: is fire (the default), smoke or outside"));
	k->within = within(l, list, i);
	if ((k->within != WARD_NONE) != (k->kind == WARD_EVAC_KIND_SMOKE))
		ward_evac_bad(l, c, WARD_TEXT("within: does not fit the kind of '{name}'"), k->id,
			WARD_TEXT("smoke compartments, and only they, name the fire compartment "
				  "that they are within"));
	(void)ward_conf_i64(c, "area", false, l->diag, 0, AREA_MAX, &area);
	k->area_dm2 = area * DM2_PER_M2;
	ward_evac_ms(l, c, "available", false, &k->available);
	ward_evac_ms(l, c, "holds", false, &k->holds);
	if (ward_conf_i64(c, "level", false, l->diag, -100, 1000, &level))
		k->level = (int32_t)level;
}

void ward_evac_read_places(struct ward_evac_reader *l, const struct ward_conf *doc)
{
	const struct ward_conf *list = ward_evac_list(
		l, doc, "compartments", ward_limit(l->lim, WARD_LIMIT_EVACUATE_COMPARTMENTS));

	if (!list || !list->n_child) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, doc->file, doc->line,
			WARD_TEXT(
				"no compartments\nadd compartments: - {id: …, places: [ROOM, …]}"));
		return;
	}
	l->e->compartment = ward_evac_array(l, list->n_child, sizeof(*l->e->compartment));
	for (const struct ward_conf *c = list->child; c && !l->nomem; c = c->next)
		read_compartment(l, list, c, (uint32_t)l->e->n_compartment++);
	uint32_t i = 0;

	for (const struct ward_conf *c = list->child; c && !l->nomem; c = c->next)
		read_rooms(l, c, i++, NULL);
	if (!l->nomem)
		read_floors(l, list);
}

static void read_stops(struct ward_evac_reader *l, const struct ward_conf *c, const char *key,
	struct ward_evac_way *w)
{
	const struct ward_conf *list = ward_conf_get(c, key);
	size_t max = w->kind == WARD_EVAC_DOOR ? 2 : WARD_EVAC_STOPS;

	if (!list || list->kind != WARD_CONF_SEQ || list->n_child < 2 || list->n_child > max) {
		ward_evac_bad(l, list ? list : c, WARD_TEXT("does not join compartments: '{name}'"),
			w->id,
			w->kind == WARD_EVAC_DOOR
				? WARD_TEXT("write between: [COMPARTMENT, COMPARTMENT]")
				: WARD_TEXT("write stops: [COMPARTMENT, COMPARTMENT, …]"));
		return;
	}
	w->stop = ward_evac_array(l, list->n_child, sizeof(*w->stop));
	for (const struct ward_conf *s = list->child; s && !l->nomem; s = s->next) {
		uint32_t at = ward_evac_at(l, s, s->text);

		for (size_t i = 0; i < w->n_stop; i++)
			if (w->stop[i] == at && at != WARD_NONE)
				ward_evac_bad(l, s, WARD_TEXT("stops there twice: '{name}'"),
					s->text, WARD_TEXT("name it once"));
		w->stop[w->n_stop++] = at;
	}
}

static void read_way(
	struct ward_evac_reader *l, const struct ward_conf *c, enum ward_evac_way_kind kind)
{
	static const char *const known_door[] = {
		"id", "name", "door", "between", "width", "metres", NULL};
	static const char *const known_stairs[] = {"id", "name", "stops", "width", "metres", NULL};
	static const char *const known_lift[] = {
		"id", "name", "lift", "stops", "kind", "bed", "metres", NULL};
	static const char *const *const known[] = {known_door, known_stairs, known_lift};
	static const char *const lifts[] = {"ordinary", "fire-fighting", "evacuation"};
	struct ward_evac_way *w = &l->e->way[l->e->n_way];
	int64_t metres = WARD_EVAC_METRES;
	struct ward_str s;

	*w = (struct ward_evac_way){.kind = kind, .node = WARD_NONE, .line = c->line, .bed = true};
	ward_conf_only(c, known[kind], l->diag);
	if (kind == WARD_EVAC_DOOR)
		w->node = ward_evac_node(l, c, "door", false, WARD_NODE_DOOR);
	if (kind == WARD_EVAC_LIFT)
		w->node = ward_evac_node(l, c, "lift", false, WARD_NODE_ASSET);
	if (w->node != WARD_NONE) {
		w->id = ward_model_node(l->m, w->node)->id;
		w->name = ward_model_node(l->m, w->node)->name;
	}
	if (ward_conf_str(c, "id", w->node == WARD_NONE, l->diag, &s)) {
		w->id = ward_evac_keep(l, s);
		w->name = w->name.len ? w->name : w->id;
	}
	if (ward_conf_str(c, "name", false, l->diag, &s))
		w->name = ward_evac_keep(l, s);
	for (size_t i = 0; i < l->e->n_way; i++)
		if (ward_str_eq(l->e->way[i].id, w->id))
			ward_evac_bad(l, c, WARD_TEXT("the way is there twice: '{name}'"), w->id,
				WARD_TEXT("use another id"));
	read_stops(l, c, kind == WARD_EVAC_DOOR ? "between" : "stops", w);
	if (kind != WARD_EVAC_LIFT)
		whole(l, c, "width", MM_MAX, &w->width_mm);
	w->stated = ward_conf_i64(c, "metres", false, l->diag, 0, METRES_MAX, &metres);
	w->mm = metres * MM_PER_M;
	if (kind == WARD_EVAC_LIFT) {
		w->lift = (enum ward_evac_lift)word(l, c, "kind", lifts, 3,
			WARD_TEXT("kind: is ordinary (the default), fire-fighting or evacuation"));
		(void)ward_conf_bool(c, "bed", true, l->diag, &w->bed);
	}
	l->e->n_way++;
}

void ward_evac_read_ways(struct ward_evac_reader *l, const struct ward_conf *doc)
{
	static const char *const key[] = {"doors", "stairs", "lifts"};
	const struct ward_conf *list[3];
	size_t n = 0;

	for (unsigned k = 0; k < 3; k++) {
		list[k] = ward_evac_list(
			l, doc, key[k], ward_limit(l->lim, WARD_LIMIT_EVACUATE_WAYS));
		n += list[k] ? list[k]->n_child : 0;
	}
	l->e->way = ward_evac_array(l, n ? n : 1, sizeof(*l->e->way));
	for (unsigned k = 0; k < 3; k++)
		for (const struct ward_conf *c = list[k] ? list[k]->child : NULL; c && !l->nomem;
			c = c->next)
			read_way(l, c, (enum ward_evac_way_kind)k);
}

/* "07:30" in minutes. */
static void read_clock(
	struct ward_evac_reader *l, const struct ward_conf *c, const char *key, int64_t *ret)
{
	struct ward_str s, rest;
	uint64_t hour, minute;

	if (!ward_conf_str(c, key, true, l->diag, &s))
		return;
	rest = s;
	if (!ward_str_u64(ward_str_cut(&rest, ':'), &hour) || !ward_str_u64(rest, &minute) ||
		hour > 23 || minute > 59)
		ward_evac_bad(l, ward_conf_get(c, key), WARD_TEXT("no time of day: '{name}'"), s,
			WARD_TEXT("write \"07:30\""));
	else
		*ret = (int64_t)(hour * 60 + minute);
}

static void read_shifts(struct ward_evac_reader *l, const struct ward_conf *doc)
{
	static const char *const known[] = {"id", "name", "from", "to", NULL};
	const struct ward_conf *list = ward_evac_list(l, doc, "shifts", WARD_EVAC_SHIFTS);
	struct ward_str s;

	for (const struct ward_conf *c = list ? list->child : NULL; c; c = c->next) {
		struct ward_evac_shift *k = &l->e->shift[l->e->n_shift];

		ward_conf_only(c, known, l->diag);
		if (ward_conf_str(c, "id", true, l->diag, &s))
			k->id = k->name = ward_evac_keep(l, s);
		if (ward_conf_str(c, "name", false, l->diag, &s))
			k->name = ward_evac_keep(l, s);
		for (size_t i = 0; i < l->e->n_shift; i++)
			if (ward_str_eq(l->e->shift[i].id, k->id))
				ward_evac_bad(l, c, WARD_TEXT("the shift is there twice: '{name}'"),
					k->id, WARD_TEXT("use another id"));
		read_clock(l, c, "from", &k->from);
		read_clock(l, c, "to", &k->to);
		l->e->n_shift++;
	}
	if (!l->e->n_shift)
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, doc->file, doc->line,
			WARD_TEXT("no shifts\nadd shifts: - {id: night, from: \"21:00\", to: "
				  "\"07:00\"}"));
}

static void read_ward(struct ward_evac_reader *l, const struct ward_conf *c)
{
	static const char *const known[] = {"service", "at", "walking", "wheelchair", "bed",
		"ventilated", "staff", "spare", "shelter", NULL};
	struct ward_evac_ward *w = &l->e->ward[l->e->n_ward++];
	struct ward_str s;

	ward_conf_only(c, known, l->diag);
	w->line = c->line;
	w->at = WARD_NONE;
	w->service = ward_evac_node(l, c, "service", true, WARD_NODE_SERVICE);
	if (ward_conf_str(c, "at", true, l->diag, &s))
		w->at = ward_evac_at(l, ward_conf_get(c, "at"), s);
	for (unsigned k = 0; k < WARD_EVAC_CLASS_N; k++)
		(void)ward_conf_i64(c, ward_evac_class_name((enum ward_evac_class)k), false,
			l->diag, 0, (int64_t)ward_limit(l->lim, WARD_LIMIT_EVACUATE_PATIENTS),
			&w->count[k]);
	for (size_t i = 0; i < WARD_EVAC_SHIFTS; i++)
		w->staff[i] = -1;
	ward_evac_by_shift(l, c, "staff", w->staff);
	for (size_t i = 0; i < WARD_EVAC_SHIFTS; i++) {
		w->stated[i] = w->staff[i] >= 0;
		w->staff[i] = w->stated[i] ? w->staff[i] : 0;
	}
	ward_evac_by_shift(l, c, "spare", w->spare);
	ward_evac_ms(l, c, "shelter", false, &w->shelter);
	for (size_t i = 0; i < l->e->n_shift; i++)
		if (w->spare[i] > w->staff[i])
			ward_evac_bad(l, c, WARD_TEXT("more to spare than staff at '{name}'"),
				l->e->shift[i].id,
				WARD_TEXT("spare: counts those of staff: who may leave the ward to "
					  "help"));
	for (size_t i = 0; i + 1 < l->e->n_ward; i++)
		if (l->e->ward[i].service == w->service && l->e->ward[i].at == w->at &&
			w->service != WARD_NONE && w->at != WARD_NONE)
			ward_evac_bad(l, c,
				WARD_TEXT("the ward is there twice in its compartment: '{name}'"),
				ward_model_node(l->m, w->service)->id,
				WARD_TEXT("join the two entries"));
}

void ward_evac_read_people(struct ward_evac_reader *l, const struct ward_conf *doc)
{
	static const char *const known[] = {"name", "staff", "arrives", NULL};
	const struct ward_conf *list;
	struct ward_str s;

	read_shifts(l, doc);
	list = ward_evac_list(l, doc, "wards", ward_limit(l->lim, WARD_LIMIT_EVACUATE_WARDS));
	l->e->ward =
		ward_evac_array(l, list && list->n_child ? list->n_child : 1, sizeof(*l->e->ward));
	for (const struct ward_conf *c = list ? list->child : NULL; c && !l->nomem; c = c->next)
		read_ward(l, c);
	list = ward_evac_list(l, doc, "help", ward_limit(l->lim, WARD_LIMIT_EVACUATE_ENTRIES));
	l->e->help =
		ward_evac_array(l, list && list->n_child ? list->n_child : 1, sizeof(*l->e->help));
	for (const struct ward_conf *c = list ? list->child : NULL; c && !l->nomem; c = c->next) {
		struct ward_evac_help *h = &l->e->help[l->e->n_help++];

		ward_conf_only(c, known, l->diag);
		h->line = c->line;
		if (ward_conf_str(c, "name", true, l->diag, &s))
			h->name = ward_evac_keep(l, s);
		ward_evac_by_shift(l, c, "staff", h->staff);
		ward_evac_ms(l, c, "arrives", true, &h->arrives);
	}
}

static void serve(struct ward_evac_reader *l, struct ward_evac_oxygen *o, const struct ward_conf *k)
{
	uint32_t at = ward_evac_at(l, k, k->text);

	for (size_t i = 0; i < o->n_serves; i++)
		if (o->serves[i] == at && at != WARD_NONE) {
			ward_evac_bad(l, k, WARD_TEXT("serves it twice: '{name}'"), k->text,
				WARD_TEXT("name it once"));
			return;
		}
	o->serves[o->n_serves++] = at;
}

static void read_oxygen(struct ward_evac_reader *l, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "name", "place", "serves", NULL};
	struct ward_evac_oxygen *o = &l->e->oxygen[l->e->n_oxygen++];
	const struct ward_conf *list = ward_conf_get(c, "serves");
	struct ward_str s;

	ward_conf_only(c, known, l->diag);
	o->line = c->line;
	if (ward_conf_str(c, "id", true, l->diag, &s))
		o->id = o->name = ward_evac_keep(l, s);
	if (ward_conf_str(c, "name", false, l->diag, &s))
		o->name = ward_evac_keep(l, s);
	o->place = ward_evac_node(l, c, "place", true, WARD_NODE_ROOM);
	if (!list || list->kind != WARD_CONF_SEQ || !list->n_child ||
		list->n_child > ward_limit(l->lim, WARD_LIMIT_EVACUATE_ENTRIES)) {
		ward_evac_bad(l, c, WARD_TEXT("serves no compartment: '{name}'"), o->id,
			WARD_TEXT("write serves: [COMPARTMENT, …]"));
		return;
	}
	o->serves = ward_evac_array(l, list->n_child, sizeof(*o->serves));
	for (const struct ward_conf *k = list->child; k && !l->nomem; k = k->next)
		serve(l, o, k);
}

static void read_hazard(struct ward_evac_reader *l, const struct ward_conf *c)
{
	static const char *const known[] = {"kind", "place", "text", NULL};
	static const char *const kinds[] = {"oxygen", "gas", "mri", "chemical", "biological",
		"radiation", "electrical", "battery", "fuel", "other"};
	struct ward_evac_hazard *h = &l->e->hazard[l->e->n_hazard++];
	struct ward_str s;

	ward_conf_only(c, known, l->diag);
	h->line = c->line;
	h->kind = ward_str_z(kinds[word(l, c, "kind", kinds, WARD_ARRAY_LEN(kinds),
		WARD_TEXT("kind: is oxygen, gas, mri, chemical, biological, radiation, electrical, "
			  "battery, fuel or other"))]);
	if (!ward_conf_get(c, "kind"))
		ward_evac_bad(l, c, WARD_TEXT("no kind of hazard at '{name}'"), WARD_STR("hazards"),
			WARD_TEXT("add kind:"));
	h->place = ward_evac_node(l, c, "place", true, WARD_NODE_ROOM);
	if (ward_conf_str(c, "text", false, l->diag, &s))
		h->text = ward_evac_keep(l, s);
}

void ward_evac_read_brigade(struct ward_evac_reader *l, const struct ward_conf *doc)
{
	static const char *const known[] = {"arrives", "access", NULL};
	static const char *const known_access[] = {"building", "place", "text", NULL};
	const struct ward_conf *b = ward_conf_get(doc, "brigade"), *list;
	struct ward_str s;

	if (!b || b->kind != WARD_CONF_MAP) {
		ward_evac_bad(l, b ? b : doc, WARD_TEXT("no map '{name}'"), WARD_STR("brigade"),
			WARD_TEXT("add brigade: {arrives: 12min, access: […]}"));
		return;
	}
	ward_conf_only(b, known, l->diag);
	ward_evac_ms(l, b, "arrives", true, &l->e->brigade);
	list = ward_evac_list(l, b, "access", ward_limit(l->lim, WARD_LIMIT_EVACUATE_ENTRIES));
	l->e->access = ward_evac_array(
		l, list && list->n_child ? list->n_child : 1, sizeof(*l->e->access));
	for (const struct ward_conf *c = list ? list->child : NULL; c && !l->nomem; c = c->next) {
		struct ward_evac_access *a = &l->e->access[l->e->n_access++];

		ward_conf_only(c, known_access, l->diag);
		a->building = ward_evac_node(l, c, "building", true, WARD_NODE_BUILDING);
		a->place = ward_evac_node(l, c, "place", false, WARD_NODE_ROOM);
		if (ward_conf_str(c, "text", true, l->diag, &s))
			a->text = ward_evac_keep(l, s);
	}
	list = ward_evac_list(l, doc, "oxygen", ward_limit(l->lim, WARD_LIMIT_EVACUATE_ENTRIES));
	l->e->oxygen = ward_evac_array(
		l, list && list->n_child ? list->n_child : 1, sizeof(*l->e->oxygen));
	for (const struct ward_conf *c = list ? list->child : NULL; c && !l->nomem; c = c->next)
		read_oxygen(l, c);
	list = ward_evac_list(l, doc, "hazards", ward_limit(l->lim, WARD_LIMIT_EVACUATE_ENTRIES));
	l->e->hazard = ward_evac_array(
		l, list && list->n_child ? list->n_child : 1, sizeof(*l->e->hazard));
	for (const struct ward_conf *c = list ? list->child : NULL; c && !l->nomem; c = c->next)
		read_hazard(l, c);
}
