#include "sense/video/plan.h"

#include <math.h>

enum {
	OFFSET_MAX_MINUTES = 14 * 60,
	BLOCKS_X = 40, /* of 320 by 180 pixels */
	BLOCKS_Y = 22,
	BODY_BLOCKS = 12,  /* somebody's body, small */
	SMOKE_BLOCKS = 22, /* twice what must be hazy */
};

static const ward_ns alive_least = 5 * WARD_NS_PER_S; /* it is looked at once a second */
static const ward_ns left_default = 60 * WARD_NS_PER_S, inertia_default = 600 * WARD_NS_PER_MS,
		     longest = 24 * 3600 * WARD_NS_PER_S;
static const float displacement_default = 0.1F;

struct reader {
	struct ward_arena *arena;
	struct ward_diag *diag;
	bool nomem;
};

static void finding(struct reader *r, const struct ward_conf *at, const char *what)
{
	ward_diag_addf(r->diag, WARD_DIAG_ERROR, at->file, at->line, "%s", what);
}

void ward_plan_default(struct ward_plan *p)
{
	*p = (struct ward_plan){.left = left_default};
}

/* Texts outlive the tree that they are read from. */
static void text(struct reader *r, const struct ward_conf *c, const char *key, bool required,
	struct ward_str *ret)
{
	struct ward_str s;

	if (!ward_conf_str(c, key, required, r->diag, &s))
		return;
	if (!s.len) {
		finding(r, ward_conf_get(c, key),
			WARD_TEXT("an empty text says nothing\ngive it a name"));
		return;
	}
	*ret = ward_arena_str(r->arena, s);
	r->nomem = r->nomem || !ret->p;
}

static void duration(
	struct reader *r, const struct ward_conf *c, const char *key, ward_ns least, ward_ns *ret)
{
	ward_ns d;

	if (!ward_conf_duration(c, key, false, r->diag, &d))
		return;
	if (d < least || d > longest)
		ward_diag_addf(r->diag, WARD_DIAG_ERROR, c->file, ward_conf_get(c, key)->line,
			WARD_TEXT("'%s' is too short or too long\nwrite %s to 24h"), key,
			least > WARD_NS_PER_S ? "5s"
			: least               ? "1s"
					      : "0s");
	else
		*ret = d;
}

static bool share(const struct ward_conf *c, float *ret)
{
	int64_t micro;

	if (c->kind != WARD_CONF_SCALAR || !ward_degree_parse(c->text, &micro))
		return false;
	*ret = (float)micro / 1000000;
	return true;
}

static bool point(struct reader *r, const struct ward_conf *c, struct ward_point *ret)
{
	if (c->kind == WARD_CONF_SEQ && c->n_child == 2 && share(c->child, &ret->x) &&
		share(c->child->next, &ret->y))
		return true;
	finding(r, c,
		WARD_TEXT("no point\nwrite [x, y], each from 0 (left, top) to 1 (right, bottom)"));
	return false;
}

static void polygon(
	struct reader *r, const struct ward_conf *c, const char *what, struct ward_plan_zone *z)
{
	const struct ward_conf *list = ward_conf_get(c, "polygon");
	float twice = 0;

	if (!list || list->kind != WARD_CONF_SEQ || list->n_child < 3 ||
		list->n_child > WARD_PLAN_POINTS_MAX) {
		ward_diag_addf(r->diag, WARD_DIAG_ERROR, c->file, list ? list->line : c->line,
			WARD_TEXT("a %s needs 'polygon' with 3 to 32 points\nwrite polygon: [[0.1, "
				  "0.2], "
				  "[0.9, 0.2], [0.5, 0.8]]"),
			what);
		return;
	}
	for (const struct ward_conf *p = list->child; p; p = p->next)
		if (!point(r, p, &z->at[z->n++]))
			return;
	for (size_t i = 0; i < z->n; i++) {
		const struct ward_point *a = &z->at[i], *b = &z->at[(i + 1) % z->n];

		twice += a->x * b->y - b->x * a->y;
	}
	if (fabsf(twice) < 1e-4F)
		finding(r, list,
			WARD_TEXT("the points lie in one line: there is no area between them\nmove "
				  "one"));
}

static void hours(struct reader *r, const struct ward_conf *c, struct ward_plan_zone *z)
{
	static const char *const known[] = {"days", "from", "to", NULL};
	const struct ward_conf *list = ward_conf_get(c, "hours");

	if (!list)
		return;
	if (list->kind != WARD_CONF_SEQ || !list->n_child || list->n_child > WARD_PLAN_HOURS_MAX) {
		finding(r, list,
			WARD_TEXT("'hours' is a list of 1 to 8\nwrite hours: [{days: mon-fri, "
				  "from: 20:00, "
				  "to: 06:00}]"));
		return;
	}
	for (const struct ward_conf *h = list->child; h; h = h->next) {
		struct ward_str day = WARD_STR("mon-sun"), from = {NULL, 0}, until = {NULL, 0};
		uint32_t begin = 0, end = 0;
		unsigned days = 0;

		if (h->kind != WARD_CONF_MAP) {
			finding(r, h,
				WARD_TEXT(
					"no hours\nwrite {days: mon-fri, from: 20:00, to: 06:00}"));
			continue;
		}
		ward_conf_only(h, known, r->diag);
		(void)ward_conf_str(h, "days", false, r->diag, &day);
		(void)ward_conf_str(h, "from", true, r->diag, &from);
		(void)ward_conf_str(h, "to", true, r->diag, &until);
		if (!ward_week_days(day, &days))
			finding(r, h,
				WARD_TEXT("'days' names no days of the week\nwrite mon, tue … sun, "
					  "or as in "
					  "mon-fri"));
		if (from.p && until.p &&
			(!ward_week_clock(from, &begin) || !ward_week_clock(until, &end)))
			finding(r, h,
				WARD_TEXT("'from' and 'to' are times of day\nwrite from: 20:00"));
		z->hours[z->n_hours++] = ward_week_turn(days, begin, end);
	}
}

static void cues(struct reader *r, const struct ward_conf *c, struct ward_plan_zone *z)
{
	(void)ward_conf_i64(
		c, "crowd", false, r->diag, WARD_PLAN_CROWD_MIN, WARD_PLAN_CROWD_MAX, &z->crowd);
	(void)ward_conf_bool(c, "fall", false, r->diag, &z->fall);
	(void)ward_conf_bool(c, "agitation", false, r->diag, &z->agitation);
	(void)ward_conf_bool(c, "smoke", false, r->diag, &z->smoke);
}

/* Parts of a small picture's 8 by 8 pixels, as cues look at it, whose middle is in the zone. */
static unsigned blocks_of(const struct ward_plan_zone *z)
{
	unsigned n = 0;

	for (unsigned y = 0; y < BLOCKS_Y; y++)
		for (unsigned x = 0; x < BLOCKS_X; x++)
			n += ward_plan_inside(z, (struct ward_point){((float)x + 0.5F) / BLOCKS_X,
							 ((float)y + 0.5F) / BLOCKS_Y});
	return n;
}

/* Where too little can be seen nothing would ever be told. */
static void cues_fit(struct reader *r, const struct ward_conf *c, const struct ward_plan_zone *z)
{
	const struct {
		const char *key;
		bool asks;
		unsigned least;
	} of[] = {{"alive", z->alive > 0, 1}, {"fall", z->fall, BODY_BLOCKS},
		{"agitation", z->agitation, BODY_BLOCKS}, {"smoke", z->smoke, SMOKE_BLOCKS}};
	unsigned n = z->n >= 3 ? blocks_of(z) : 0;

	for (size_t i = 0; z->n >= 3 && i < WARD_ARRAY_LEN(of); i++)
		if (of[i].asks && n < of[i].least)
			ward_diag_addf(r->diag, WARD_DIAG_ERROR, c->file,
				ward_conf_get(c, of[i].key)->line,
				WARD_TEXT("the zone is too small for '%s': nothing would ever be "
					  "told there\ndraw it larger, at least %u %% of the "
					  "picture and not too narrow"),
				of[i].key,
				(100 * of[i].least + BLOCKS_X * BLOCKS_Y - 1) /
					(BLOCKS_X * BLOCKS_Y));
}

static void zone(struct reader *r, const struct ward_conf *c, struct ward_plan *p)
{
	static const char *const known[] = {"id", "polygon", "intrusion", "loiter", "left",
		"inertia", "displacement", "hours", "crowd", "fall", "agitation", "smoke", "alive",
		NULL};
	struct ward_plan_zone *z = &p->zone[p->n_zone];
	int64_t micro;

	*z = (struct ward_plan_zone){
		.inertia = inertia_default, .displacement = displacement_default, .line = c->line};
	ward_conf_only(c, known, r->diag);
	text(r, c, "id", true, &z->id);
	polygon(r, c, "zone", z);
	hours(r, c, z);
	(void)ward_conf_bool(c, "intrusion", false, r->diag, &z->intrusion);
	duration(r, c, "loiter", WARD_NS_PER_S, &z->loiter);
	duration(r, c, "left", WARD_NS_PER_S, &z->left);
	duration(r, c, "alive", alive_least, &z->alive);
	duration(r, c, "inertia", 0, &z->inertia);
	if (ward_conf_degree(c, "displacement", false, r->diag, &micro))
		z->displacement = (float)micro / 1000000;
	cues(r, c, z);
	cues_fit(r, c, z);
	if (!z->intrusion && !z->loiter && !z->left && !z->crowd && !z->fall && !z->agitation &&
		!z->smoke && !z->alive)
		finding(r, c,
			WARD_TEXT("the zone watches for nothing\ngive it intrusion: true, loiter: "
				  "60s, left: "
				  "60s, crowd: 20, fall: true, agitation: true, smoke: true or "
				  "alive: 10s"));
	if (z->crowd && !p->perspective.n_person && p->perspective.width <= 0)
		finding(r, ward_conf_get(c, "crowd"),
			WARD_TEXT("people are counted by how tall they look, and nothing says "
				  "that\nadd "
				  "perspective: {persons: [[0.9, 0.5], [0.4, 0.2]]}: the row of "
				  "their feet, "
				  "and their height, at two places"));
	for (size_t i = 0; i < p->n_zone; i++)
		if (z->id.len && ward_str_eq(p->zone[i].id, z->id))
			finding(r, c,
				WARD_TEXT(
					"a zone of this id is there already\ngive it another id"));
	p->n_zone++;
}

static void mask(struct reader *r, const struct ward_conf *c, struct ward_plan *p)
{
	static const char *const known[] = {"id", "polygon", "hours", NULL};
	struct ward_plan_zone *m = &p->mask[p->n_mask];

	*m = (struct ward_plan_zone){0};
	ward_conf_only(c, known, r->diag);
	text(r, c, "id", true, &m->id);
	polygon(r, c, "mask", m);
	hours(r, c, m);
	for (size_t i = 0; i < p->n_mask; i++)
		if (m->id.len && ward_str_eq(p->mask[i].id, m->id))
			finding(r, c,
				WARD_TEXT(
					"a mask of this id is there already\ngive it another id"));
	p->n_mask++;
}

static void line(struct reader *r, const struct ward_conf *c, struct ward_plan *p)
{
	static const char *const known[] = {"id", "from", "to", "door", "wrong_way", NULL};
	const struct ward_conf *from = ward_conf_get(c, "from"), *to = ward_conf_get(c, "to");
	struct ward_plan_line *l = &p->line[p->n_line];

	*l = (struct ward_plan_line){0};
	ward_conf_only(c, known, r->diag);
	text(r, c, "id", true, &l->id);
	text(r, c, "door", false, &l->door);
	text(r, c, "wrong_way", false, &l->wrong_way);
	if (l->wrong_way.len && !ward_str_eqz(l->wrong_way, "in") &&
		!ward_str_eqz(l->wrong_way, "out"))
		finding(r, c, WARD_TEXT("'wrong_way' is a direction\nwrite in or out"));
	if (!from || !to)
		finding(r, c, WARD_TEXT("a line needs 'from' and 'to'\nwrite from: [0.1, 0.5]"));
	else if (point(r, from, &l->from) && point(r, to, &l->to) &&
		 hypotf(l->to.x - l->from.x, l->to.y - l->from.y) < 0.02F)
		finding(r, c,
			WARD_TEXT("the line is too short to be crossed\ndraw it longer than 0.02"));
	for (size_t i = 0; i < p->n_line; i++)
		if (l->id.len && ward_str_eq(p->line[i].id, l->id))
			finding(r, c,
				WARD_TEXT(
					"a line of this id is there already\ngive it another id"));
	p->n_line++;
}

/* Each map of the list that key names. */
static void each(struct reader *r, const struct ward_conf *c, const char *key, size_t max,
	void (*read)(struct reader *, const struct ward_conf *, struct ward_plan *),
	struct ward_plan *p)
{
	const struct ward_conf *list = ward_conf_get(c, key);

	if (!list)
		return;
	if (list->kind != WARD_CONF_SEQ || list->n_child > max) {
		ward_diag_addf(r->diag, WARD_DIAG_ERROR, list->file, list->line,
			WARD_TEXT("'%s' is no list, or one of more than %zu\nbegin each with '- "
				  "id:'"),
			key, max);
		return;
	}
	for (const struct ward_conf *i = list->child; i; i = i->next)
		if (i->kind == WARD_CONF_MAP)
			read(r, i, p);
		else
			finding(r, i, WARD_TEXT("not what belongs here\nbegin it with 'id:'"));
}

/* [row of the feet, height]. */
static bool person(struct reader *r, const struct ward_conf *c, struct ward_plan_person *ret)
{
	if (c->kind == WARD_CONF_SEQ && c->n_child == 2 && share(c->child, &ret->foot) &&
		share(c->child->next, &ret->height) && ret->height > 0.02F)
		return true;
	finding(r, c,
		WARD_TEXT("no person\nwrite [row of the feet, height], in heights of the picture, "
			  "as [0.9, "
			  "0.5]"));
	return false;
}

static void persons(struct reader *r, const struct ward_conf *list, struct ward_plan_perspective *v)
{
	struct ward_plan_person p[2];

	if (list->kind != WARD_CONF_SEQ || !list->n_child || list->n_child > 2) {
		finding(r, list,
			WARD_TEXT("'persons' is a list of one or two\nwrite [[0.9, 0.5], [0.4, "
				  "0.2]]"));
		return;
	}
	if (!person(r, list->child, &p[0]) ||
		(list->n_child == 2 && !person(r, list->child->next, &p[1])))
		return;
	v->n_person = list->n_child;
	if (v->n_person == 2 && p[0].foot > p[1].foot) {
		struct ward_plan_person far = p[1];

		p[1] = p[0];
		p[0] = far;
	}
	memcpy(v->person, p, sizeof(p[0]) * v->n_person);
	if (v->n_person == 2 && (p[1].foot - p[0].foot < 0.05F || p[1].height < p[0].height)) {
		finding(r, list,
			WARD_TEXT("the two don't tell how size grows\nwrite two rows that are "
				  "apart, the "
				  "lower "
				  "one with the taller person"));
		v->n_person = 0;
	}
}

/* "4" or "4.5". */
static bool metres(const struct ward_conf *c, float *ret)
{
	struct ward_str rest = c->text, whole = ward_str_cut(&rest, '.');
	uint64_t m, part = 0;

	if (c->kind != WARD_CONF_SCALAR || !ward_str_u64(whole, &m) || m > 999 ||
		(rest.p && (rest.len != 1 || !ward_str_u64(rest, &part))))
		return false;
	*ret = (float)m + (float)part / 10;
	return *ret > 0;
}

/* True where the corners go round clockwise, as far left, far right, near right, near left do. */
static bool is_round(const struct ward_point *at)
{
	for (size_t i = 0; i < 4; i++) {
		struct ward_point a = at[i], b = at[(i + 1) % 4], c = at[(i + 2) % 4];

		if ((b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) < 1e-4F)
			return false;
	}
	return true;
}

static void rectangle(struct reader *r, const struct ward_conf *c, const struct ward_conf *list,
	struct ward_plan_perspective *v)
{
	const struct ward_conf *sides = ward_conf_get(c, "metres");
	float width, depth;
	size_t n = 0;

	if (list->kind != WARD_CONF_SEQ || list->n_child != 4) {
		finding(r, list,
			WARD_TEXT("'floor' is four points\nwrite the corners of a rectangle on the "
				  "floor: "
				  "far "
				  "left, far right, near right, near left"));
		return;
	}
	for (const struct ward_conf *p = list->child; p; p = p->next)
		if (!point(r, p, &v->floor[n++]))
			return;
	if (!sides || sides->kind != WARD_CONF_SEQ || sides->n_child != 2 ||
		!metres(sides->child, &width) || !metres(sides->child->next, &depth)) {
		finding(r, sides ? sides : c,
			WARD_TEXT("the rectangle's sides are not told\nwrite metres: [4, 7.5], its "
				  "width and "
				  "its "
				  "depth"));
	} else if (!is_round(v->floor)) {
		finding(r, list,
			WARD_TEXT("the points are no rectangle seen from a camera\nwrite its "
				  "corners in this "
				  "order: far left, far right, near right, near left"));
	} else {
		v->width = width;
		v->depth = depth;
	}
}

static void perspective(
	struct reader *r, const struct ward_conf *top, struct ward_plan_perspective *v)
{
	static const char *const known[] = {"persons", "floor", "metres", NULL};
	const struct ward_conf *c = ward_conf_get(top, "perspective");
	const struct ward_conf *by_persons = c ? ward_conf_get(c, "persons") : NULL;
	const struct ward_conf *by_floor = c ? ward_conf_get(c, "floor") : NULL;

	if (!c)
		return;
	if (c->kind != WARD_CONF_MAP || !by_persons == !by_floor) {
		finding(r, c,
			WARD_TEXT("'perspective' is told by persons or by the floor\nwrite "
				  "perspective: "
				  "{persons: [[0.9, 0.5], [0.4, 0.2]]}, or floor: with metres:"));
		return;
	}
	ward_conf_only(c, known, r->diag);
	if (by_persons)
		persons(r, by_persons, v);
	else
		rectangle(r, c, by_floor, v);
}

/* "+01:00". */
static void offset(struct reader *r, const struct ward_conf *c, struct ward_plan *p)
{
	struct ward_str s;
	uint32_t m;

	if (!ward_conf_str(c, "utc_offset", false, r->diag, &s))
		return;
	bool sign = s.len == 6 && (s.p[0] == '+' || s.p[0] == '-');

	if (!sign || !ward_week_clock(ward_str_sub(s, 1, s.len), &m) || m > OFFSET_MAX_MINUTES)
		finding(r, ward_conf_get(c, "utc_offset"),
			WARD_TEXT("no offset from UTC\nwrite it in quotes, as \"+01:00\""));
	else
		p->utc_offset_s = (s.p[0] == '-' ? -60 : 60) * (int32_t)m;
}

enum ward_err ward_plan_read(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice yaml, struct ward_diag *diag, struct ward_plan *ret)
{
	static const char *const known[] = {"camera", "utc_offset", "left", "patient_room",
		"perspective", "zones", "lines", "masks", NULL};
	struct reader r = {.arena = a, .diag = diag};
	const struct ward_conf *docs;
	size_t before = diag->n_error;
	enum ward_err err;

	ward_plan_default(ret);
	err = ward_conf_yaml(a, lim, file, yaml, diag, &docs);
	if (err)
		return err;
	const struct ward_conf *c = docs->child;

	if (docs->n_child != 1 || c->kind != WARD_CONF_MAP) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, 1,
			WARD_TEXT("no plan of a camera\nwrite one YAML document with 'zones:' or "
				  "'lines:'"));
		return WARD_ERR_CONFIG;
	}
	ward_conf_only(c, known, diag);
	text(&r, c, "camera", false, &ret->camera);
	offset(&r, c, ret);
	duration(&r, c, "left", 0, &ret->left);
	(void)ward_conf_bool(c, "patient_room", false, diag, &ret->patient_room);
	perspective(&r, c, &ret->perspective);
	each(&r, c, "zones", WARD_PLAN_ZONES_MAX, zone, ret);
	each(&r, c, "lines", WARD_PLAN_LINES_MAX, line, ret);
	each(&r, c, "masks", WARD_PLAN_MASKS_MAX, mask, ret);
	if (r.nomem)
		return WARD_ERR_NOMEM;
	if (ret->patient_room &&
		ward_plan_in_patient_room(ret, file, WARD_STR(""), diag) != WARD_OK)
		return WARD_ERR_CONFIG;
	return diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_plan_in_patient_room(const struct ward_plan *p, struct ward_str file,
	struct ward_str room, struct ward_diag *diag)
{
	bool any = false;

	for (size_t i = 0; i < p->n_zone; i++) {
		const struct ward_plan_zone *z = &p->zone[i];

		if (!z->fall && !z->agitation)
			continue;
		any = true;
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, z->line,
			WARD_TEXT("the camera looks into a patient room%s%.*s: how bodies move is "
				  "not judged there\ntake 'fall' and 'agitation' from zone "
				  "'%.*s'; a call button or a sensor by the bed tells of falls"),
			room.len ? ", " : "", WARD_STR_ARG(room), WARD_STR_ARG(z->id));
	}
	return any ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_plan_of_keyframes(
	const struct ward_plan *p, struct ward_str file, struct ward_diag *diag)
{
	size_t before = diag->n_error;

	for (size_t i = 0; i < p->n_zone; i++)
		if (p->zone[i].fall || p->zone[i].agitation)
			ward_diag_addf(diag, WARD_DIAG_ERROR, file, p->zone[i].line,
				WARD_TEXT("key pictures are too few to see falls and fights by\n"
					  "take 'fall' and 'agitation' from zone '%.*s', or "
					  "'keyframes' from the camera"),
				WARD_STR_ARG(p->zone[i].id));
	return diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

bool ward_plan_asks(const struct ward_plan *p, bool (*of)(const struct ward_plan_zone *z))
{
	for (size_t i = 0; i < p->n_zone; i++)
		if (of(&p->zone[i]))
			return true;
	return false;
}

bool ward_plan_of_crowd(const struct ward_plan_zone *z)
{
	return z->crowd > 0;
}

bool ward_plan_of_fall(const struct ward_plan_zone *z)
{
	return z->fall;
}

bool ward_plan_of_agitation(const struct ward_plan_zone *z)
{
	return z->agitation;
}

bool ward_plan_of_smoke(const struct ward_plan_zone *z)
{
	return z->smoke;
}

unsigned ward_plan_fps(const struct ward_plan *p)
{
	return ward_plan_asks(p, ward_plan_of_fall) || ward_plan_asks(p, ward_plan_of_agitation)
		       ? WARD_PLAN_FPS_OF_BODIES
		       : 1;
}

bool ward_plan_open(const struct ward_plan *p, const struct ward_plan_zone *z, ward_ns time)
{
	/* 1970 began on a Thursday */
	int64_t minute = (time / WARD_NS_PER_S / 60 + p->utc_offset_s / 60 + 3 * WARD_DAY_MINUTES) %
			 WARD_WEEK_MINUTES;

	minute += minute < 0 ? WARD_WEEK_MINUTES : 0;
	for (size_t i = 0; i < z->n_hours; i++)
		if (ward_week_turn_has(&z->hours[i], (uint32_t)minute))
			return true;
	return z->n_hours == 0;
}
