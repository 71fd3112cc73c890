/* Private to this room: one text being read. */
#ifndef WARD_EVENT_JSON_PARSE_H
#define WARD_EVENT_JSON_PARSE_H

#include "event/json_lex.h"

struct ward_json_frame {
	uint32_t serial;   /* object: for duplicate keys */
	uint32_t name;     /* array: the name that its values go to */
	uint16_t path_len; /* object: of the prefix in r->path */
	bool array, many, root, over, envelope, empty;
};

enum ward_json_member { M_KIND, M_ID, M_TIME, M_SEEN, M_SOURCE, M_CLASS, M_FIELDS, M_N };

struct ward_json_parse {
	struct ward_json_reader *r;
	struct ward_arena *arena;
	struct ward_str text;
	size_t off;
	size_t quote;   /* index of the next in r->quotes */
	uint32_t first; /* serial before the first object of this text */
	size_t depth;
	struct ward_json_frame *top;
	uint32_t name;   /* of the value to come */
	uint32_t step;   /* that of the last member of the outermost object, or WARD_JSON_NO_STEP */
	bool flat;       /* no object within: each member of the outermost one is a field */
	bool marked;     /* the fields so far have their marks; else all came by steps */
	uint64_t n_over; /* values left out */
	uint64_t halves; /* of surrogate pairs */
	unsigned members;             /* of the envelope: those seen */
	enum ward_json_member member; /* of the envelope: whose value comes */
	struct ward_event e;
};

/* json_step.c: what is known of the order of keys. Steps below WARD_JSON_STEPS_FIRST are those that
 * an object begins with, by its first bytes. */
enum { WARD_JSON_STEPS_FIRST = 64 };
#define WARD_JSON_NO_STEP UINT32_MAX
#define WARD_JSON_BEGIN (UINT32_MAX - 1)

/* A key that is none of the steps from there becomes one; the caller knows that no step on the way
 * has its name. NO_STEP when it doesn't fit or there is no memory; then, too, when all were
 * forgotten to make room. */
uint32_t ward_json_step_add(
	struct ward_json_reader *r, uint32_t from, struct ward_str key, uint32_t name);

/* The step that the text at `at` (behind a key's first quote) takes from `from`, or NO_STEP. */
uint32_t ward_json_step_other(
	struct ward_json_reader *r, uint32_t from, struct ward_str text, size_t at);

/* json_quick.c: the fields that came by steps get their marks, before others come. */
void ward_json_mark_all(struct ward_json_parse *p);

static inline uint64_t ward_json_load8(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t ward_json_load4(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Whether a key with more behind it begins at p, `left` bytes before the text's end. */
static WARD_ALWAYS_INLINE bool ward_json_step_fits(
	const struct ward_json_step *s, const char *p, size_t left)
{
	size_t len = s->len, i = 0;

	if (len >= left)
		return false;
	if (len < 4)
		return memcmp(s->text, p, len) == 0;
	if (len < 8)
		return ward_json_load4(s->text) == ward_json_load4(p) &&
		       ward_json_load4(s->text + len - 4) == ward_json_load4(p + len - 4);
	for (; i + 8 < len; i += 8)
		if (ward_json_load8(s->text + i) != ward_json_load8(p + i))
			return false;
	return ward_json_load8(s->text + len - 8) == ward_json_load8(p + len - 8);
}

/* Texts of a few words: no call, and no loop for most. */
static inline bool ward_json_same(struct ward_str a, struct ward_str b)
{
	size_t i = 0;

	if (a.len != b.len)
		return false;
	if (a.len < 8)
		return ward_str_eq(a, b);
	for (; i + 8 < a.len; i += 8)
		if (ward_json_load8(a.p + i) != ward_json_load8(b.p + i))
			return false;
	return ward_json_load8(a.p + a.len - 8) == ward_json_load8(b.p + b.len - 8);
}

/* Where the hint for a name is: by its first and last bytes and its length. */
static inline struct ward_json_hint *ward_json_hint_of(
	struct ward_json_reader *r, struct ward_str s)
{
	uint64_t v = s.len;

	if (s.len >= 8)
		v ^= ward_json_load8(s.p) ^ ward_json_load8(s.p + s.len - 8) << 7;
	else if (s.len >= 4)
		v ^= ward_json_load4(s.p) ^ (uint64_t)ward_json_load4(s.p + s.len - 4) << 29;
	else if (s.len)
		v ^= (uint64_t)(uint8_t)s.p[0] << 8 | (uint64_t)(uint8_t)s.p[s.len / 2] << 16 |
		     (uint64_t)(uint8_t)s.p[s.len - 1] << 24;
	return &r->hint[(v * 0x9e3779b97f4a7c15u) >> 53];
}

_Static_assert(WARD_JSON_HINTS == 1 << 11, "the hash has 11 bits");

static inline bool ward_json_hint_fits(const struct ward_json_hint *h, struct ward_str s)
{
	return h->name && ward_json_same((struct ward_str){h->text, h->len}, s);
}

/* json.c: the id of a name that this process has; WARD_NONE. */
uint32_t ward_json_known(struct ward_json_reader *r, struct ward_str s);

/* json_quick.c: members of the outermost object, from the key at p->off on, as far as they are as
 * nearly all are. False: the first is not; then nothing has happened. */
bool ward_json_quick(struct ward_json_parse *p);

#endif
