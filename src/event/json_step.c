#include "event/json_parse.h"

/* A megabyte at most. When it is full all is forgotten: what comes again is known again soon. */
enum { STEPS_MIN = 1024, STEPS_MAX = 1 << 14 };

_Static_assert(sizeof(struct ward_json_step) == 64, "a line of the processor's cache");
_Static_assert(STEPS_MAX <= UINT16_MAX + 1, "steps are named by 16 bits");

/* p: a key and what ends it, two bytes or more. */
static struct ward_json_step *from_of(struct ward_json_reader *r, uint32_t from, const char *p)
{
	if (from != WARD_JSON_BEGIN)
		return &r->step[from];
	uint32_t v = (uint32_t)(uint8_t)p[0] << 8 | (uint8_t)p[1];

	return &r->step[v * 0x9e3779b1u >> 26];
}

_Static_assert(WARD_JSON_STEPS_FIRST == 1 << 6, "the hash has 6 bits");

uint32_t ward_json_step_other(
	struct ward_json_reader *r, uint32_t from, struct ward_str text, size_t at)
{
	const char *p = text.p + at;
	size_t left = text.len - at;

	if (from == WARD_JSON_NO_STEP || !r->step || left < 2)
		return WARD_JSON_NO_STEP;
	struct ward_json_step *f = from_of(r, from, p);

	for (size_t i = 0; i < WARD_JSON_STEP_WAYS && f->next[i]; i++) {
		uint16_t to = f->next[i];

		if (!ward_json_step_fits(&r->step[to], p, left))
			continue;
		for (; i > 0; i--)
			f->next[i] = f->next[i - 1];
		f->next[0] = to;
		return to;
	}
	return WARD_JSON_NO_STEP;
}

static bool room(struct ward_json_reader *r)
{
	size_t cap = r->cap_step ? 2 * r->cap_step : STEPS_MIN;

	if (r->n_step < r->cap_step)
		return true;
	if (cap > STEPS_MAX) {
		memset(r->step, 0, WARD_JSON_STEPS_FIRST * sizeof(*r->step));
		r->n_step = WARD_JSON_STEPS_FIRST;
		r->n_forgotten++;
		return false;
	}
	struct ward_json_step *step =
		ward_mem_resize(r->mem, r->step, r->cap_step * sizeof(*step), cap * sizeof(*step));

	if (!step)
		return false;
	if (!r->step) {
		memset(step, 0, WARD_JSON_STEPS_FIRST * sizeof(*step));
		r->n_step = WARD_JSON_STEPS_FIRST;
	}
	r->step = step;
	r->cap_step = cap;
	return true;
}

uint32_t ward_json_step_add(
	struct ward_json_reader *r, uint32_t from, struct ward_str key, uint32_t name)
{
	struct ward_json_step made = {.name = name, .len = (uint16_t)(key.len + 2)}, *f;

	if (from == WARD_JSON_NO_STEP || key.len + 2 > sizeof(made.text) || !room(r))
		return WARD_JSON_NO_STEP;
	if (key.len)
		memcpy(made.text, key.p, key.len);
	memcpy(made.text + key.len, "\":", 2);
	/* The key stands in the text, with its end behind it. */
	f = from_of(r, from, key.p);
	memmove(f->next + 1, f->next, (WARD_JSON_STEP_WAYS - 1) * sizeof(*f->next));
	f->next[0] = (uint16_t)r->n_step;
	r->step[r->n_step] = made;
	return (uint32_t)r->n_step++;
}
