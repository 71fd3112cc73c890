#include "detect/shape.h"

#include "detect/engine.h"

enum { BYTES_MAX = 4 << 20, WAYS = 4 };

void ward_shapes_init(struct ward_shapes *s, const struct ward_mem *mem)
{
	ward_arena_init(&s->arena, mem, SIZE_MAX / 2);
}

void ward_shapes_fini(struct ward_detector *det)
{
	struct ward_shapes *s = &det->shapes;

	ward_arena_fini(&s->arena);
	ward_mem_free(det->mem, s->slot_of, s->n_slot_of * sizeof(*s->slot_of));
}

/* The slot for an event's field name: blanks do not count (Windows Defender writes "Threat Name"
 * where rules say ThreatName), nor do the prefixes of the pipelines. */
static uint32_t find_slot(const struct ward_detector *det, uint32_t name)
{
	struct ward_str s = ward_name_text(det->names, name);
	char text[1024];
	size_t n = 0;

	for (size_t i = 0; i < det->rs->n_prefix; i++) {
		if (!ward_str_starts(s, det->rs->prefix[i]))
			continue;
		s = ward_str_sub(s, det->rs->prefix[i].len, s.len);
		break;
	}
	if (s.len > sizeof(text))
		return WARD_NONE;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != ' ')
			text[n++] = s.p[i];
	uint32_t slot = ward_intern_find(&det->rs->fields, (struct ward_str){text, n});

	if (slot != WARD_NONE)
		return slot;
	/* A rule may also name the field in full. */
	return ward_intern_find(&det->rs->fields, ward_name_text(det->names, name));
}

static enum ward_err slot_of(struct ward_detector *det, uint32_t name, uint32_t *ret)
{
	struct ward_shapes *s = &det->shapes;
	size_t n = s->n_slot_of ? s->n_slot_of : 256;

	if (name >= s->n_slot_of) {
		while (n <= name)
			n *= 2;
		uint32_t *p = ward_mem_resize(det->mem, s->slot_of,
			s->n_slot_of * sizeof(*s->slot_of), n * sizeof(*s->slot_of));

		if (!p)
			return WARD_ERR_NOMEM;
		memset(p + s->n_slot_of, 0, (n - s->n_slot_of) * sizeof(*p));
		s->slot_of = p;
		s->n_slot_of = n;
	}
	if (!s->slot_of[name]) {
		uint32_t slot = find_slot(det, name);

		s->slot_of[name] = slot == WARD_NONE ? WARD_NONE : slot + 1;
	}
	*ret = s->slot_of[name] == WARD_NONE ? WARD_NONE : s->slot_of[name] - 1;
	return WARD_OK;
}

static enum ward_err text_room(struct ward_detector *det, size_t n)
{
	if (n <= det->cap_text)
		return WARD_OK;
	size_t cap = n + 64, old = det->cap_text;
	void *p = ward_mem_resize(
		det->mem, det->text, old * sizeof(*det->text), cap * sizeof(*det->text));

	if (!p)
		return WARD_ERR_NOMEM;
	det->text = p;
	det->cap_text = cap;
	memset(det->text + old, 0, (cap - old) * sizeof(*det->text)); /* no event's */
	return WARD_OK;
}

static uint64_t hash(const struct ward_event *e)
{
	uint64_t h = e->n_field;

	for (size_t i = 0; i < e->n_field; i++)
		h = (h ^ e->field[i].name) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

static bool fits(const struct ward_shape *s, const struct ward_event *e)
{
	if (s->n != e->n_field)
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (s->name[i] != e->field[i].name)
			return false;
	return true;
}

/* The slots of a shape's fields become those of the event. */
static void apply(struct ward_detector *det, struct ward_shape *s)
{
	det->names_no++;
	for (size_t i = 0; i < s->n_asked; i++) {
		det->slot_seen[s->asked[i].slot] = det->names_no;
		det->slot_field[s->asked[i].slot] = s->asked[i].field;
	}
	det->shapes.last = s;
}

static void forget(struct ward_shapes *s)
{
	ward_arena_reset(&s->arena);
	memset(s->shape, 0, sizeof(s->shape));
	s->last = NULL;
	s->bytes = 0;
}

static enum ward_err make(struct ward_detector *det, struct ward_shape **ret)
{
	struct ward_shapes *all = &det->shapes;
	const struct ward_event *e = det->e;
	struct ward_shape *s = ward_arena_alloc(&all->arena, sizeof(*s));
	enum ward_err err = s ? WARD_OK : WARD_ERR_NOMEM;

	if (err)
		return err;
	s->n = e->n_field;
	s->name = ward_arena_array(&all->arena, s->n, sizeof(*s->name));
	s->asked = ward_arena_array(&all->arena, s->n, sizeof(*s->asked));
	all->bytes += sizeof(*s) + s->n * (sizeof(*s->name) + sizeof(*s->asked));
	if (!s->name || !s->asked)
		return WARD_ERR_NOMEM;
	all->last = NULL; /* of these slots some are set anew */
	det->names_no++;
	for (size_t i = 0; i < s->n && !err; i++) {
		uint32_t slot = WARD_NONE;

		s->name[i] = e->field[i].name;
		err = slot_of(det, s->name[i], &slot);
		/* Two names that differ in blanks or prefix only: the first counts. */
		if (err || slot == WARD_NONE || det->slot_seen[slot] == det->names_no)
			continue;
		det->slot_seen[slot] = det->names_no;
		s->asked[s->n_asked++] = (struct ward_shape_slot){slot, (uint32_t)i};
	}
	*ret = s;
	return err;
}

/* That of the current event, known or new. */
static enum ward_err find(struct ward_detector *det, struct ward_shape **ret)
{
	struct ward_shapes *all = &det->shapes;
	struct ward_shape **at = NULL;
	size_t h = (size_t)hash(det->e);

	for (size_t i = 0; i < WAYS; i++) {
		struct ward_shape **known = &all->shape[(h + i) % WARD_SHAPES];

		if (*known && fits(*known, det->e)) {
			*ret = *known;
			return WARD_OK;
		}
		if (!*known && !at)
			at = known;
	}
	if (all->bytes > BYTES_MAX) {
		forget(all);
		at = NULL;
	}
	if (!at)
		at = &all->shape[h % WARD_SHAPES];
	enum ward_err err = make(det, ret);

	if (!err)
		*at = *ret;
	return err;
}

/* Events come in rows: of one kind, or of a few by turns. */
enum ward_err ward_shape_event(struct ward_detector *det)
{
	struct ward_shapes *all = &det->shapes;
	struct ward_shape *last = all->last, *s = NULL;
	enum ward_err err = text_room(det, det->e->n_field);

	if (err || (last && fits(last, det->e)))
		return err;
	if (last && last->next && fits(last->next, det->e))
		s = last->next;
	else
		err = find(det, &s);
	if (err)
		return err;
	if (all->last)
		all->last->next = s;
	apply(det, s);
	return WARD_OK;
}

static struct ward_looks *look_for(
	struct ward_detector *det, const struct ward_plan_group *g, uint32_t route)
{
	struct ward_shapes *all = &det->shapes;
	struct ward_looks *l = ward_arena_alloc(&all->arena, sizeof(*l));

	if (!l)
		return NULL;
	l->route = route;
	l->look = ward_arena_array(&all->arena, g->n_unit, sizeof(*l->look));
	all->bytes += sizeof(*l) + g->n_unit * sizeof(*l->look);
	if (!l->look)
		return NULL;
	for (size_t i = 0; i < g->n_unit; i++) {
		const struct ward_unit *u = &g->unit[i];
		size_t k = 0;

		while (k < u->n_slot && det->slot_seen[u->slot[k]] != det->names_no)
			k++;
		if (k < u->n_slot)
			l->look[l->n++] =
				(struct ward_look){.unit = u, .field = det->slot_field[u->slot[k]]};
		else if (!u->n_slot)
			l->look[l->n++] = (struct ward_look){.unit = u, .field = WARD_NONE};
	}
	return l;
}

struct ward_looks *ward_shape_looks(struct ward_detector *det, uint32_t route)
{
	const struct ward_plan *p = det->scan.plan;
	struct ward_looks **at = &det->shapes.last->looks;

	for (; *at; at = &(*at)->next)
		if ((*at)->route == route)
			return *at;
	*at = look_for(det, route == WARD_NONE ? &p->root : &p->group[route], route);
	return *at;
}
