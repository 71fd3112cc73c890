/* The one type for everything that was observed.
 *
 * An event is flat: identity, two times, source, class and named fields, whose values are scalars
 * or lists of scalars. Memory belongs to the arena that it was made in and is borrowed by all who
 * see it; an event lives as long as that arena is not reset. Names (of fields, classes, sources)
 * are ids of one `struct ward_names` per process, so that the hot path compares integers.
 * Single-threaded. */
#ifndef WARD_EVENT_EVENT_H
#define WARD_EVENT_EVENT_H

#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/limit.h"
#include "event/catalogue.h"

/* How long an event may be on the way and still be placed at its own time: `enrich` believes a time
 * so far back, and `detect` correlates it. */
#define WARD_LATENESS (120 * WARD_NS_PER_S)

enum ward_value_kind {
	WARD_VALUE_NULL,
	WARD_VALUE_BOOL,
	WARD_VALUE_INT, /* fits int64 and was written without '.', 'e' or "-0" */
	WARD_VALUE_NUM, /* any other number, as it was written: nothing is lost */
	WARD_VALUE_STR, /* valid UTF-8 */
	WARD_VALUE_LIST,
	WARD_VALUE_RAW, /* text as JSON wrote it between its quotes, with escapes of two characters
			   and no others: from readers only that were asked for it (json.h) */
};

struct ward_value {
	enum ward_value_kind kind;
	uint32_t n; /* LIST: items */
	union {
		bool b;
		int64_t i;
		struct ward_str s;             /* STR, NUM, RAW */
		const struct ward_value *item; /* LIST: scalars only */
	};
};

struct ward_field {
	uint32_t name; /* id in ward_names */
	struct ward_value v;
};

struct ward_event {
	struct ward_id id;
	ward_ns time; /* of the observation, as the source says */
	ward_ns seen; /* of arrival at Ward */
	uint32_t source, class;
	struct ward_field *field; /* in order of arrival; a name appears once */
	size_t n_field, cap_field;
	struct ward_arena *arena;
	struct ward_str json; /* the JSON that it was read from; else empty. Values may point into
				 it, and change without it */
	bool json_ascii;      /* all of it */
};

/* Names of fields, classes and sources. Ids below WARD_FIELD_N are the catalogue's permanent
 * field numbers; the rest are given in order of arrival and mean nothing outside this process. */
struct ward_names {
	struct ward_intern t;
	uint64_t n_overflow;   /* names refused because the table was full */
	uint32_t numbered;     /* fields below it are written by number, others by text */
	size_t name_bytes_max; /* longer names are refused too, and counted the same way */
	uint32_t *mark;        /* n_mark; mark[id] == round: seen in this round */
	size_t n_mark;
	uint32_t round;
};

WARD_MUST_CHECK enum ward_err ward_names_init(
	struct ward_names *names, const struct ward_mem *mem, const struct ward_limits *lim);
void ward_names_fini(struct ward_names *names);
/* Fields of the catalogue that whoever reads these formats (base/formats.h) knows by number. */
uint32_t ward_fields_in(uint32_t formats);
/* The id of a name, new or old. When the table is full: WARD_FIELD_WARD_OVERFLOW, counted. */
uint32_t ward_name(struct ward_names *names, struct ward_str s);
/* Starts a round of ward_names_once. */
void ward_names_round(struct ward_names *names);
/* OK the first time that id is asked for in a round, then DUPLICATE; NOMEM. O(1). */
WARD_MUST_CHECK enum ward_err ward_names_once_more(struct ward_names *names, uint32_t id);
static inline WARD_MUST_CHECK enum ward_err ward_names_once(struct ward_names *names, uint32_t id)
{
	if (id >= names->n_mark) /* room for it first */
		return ward_names_once_more(names, id);
	bool first = names->mark[id] != names->round;

	names->mark[id] = names->round;
	return first ? WARD_OK : WARD_ERR_DUPLICATE;
}
static inline struct ward_str ward_name_text(const struct ward_names *names, uint32_t id)
{
	return ward_intern_at(&names->t, id);
}

/* What a number's text is by RFC 8259 section 6: INT when it fits int64 and has no '.', 'e' or
 * "-0" (then *ret is set), NUM for every other number, NULL when it is not one. */
enum ward_value_kind ward_number_kind(struct ward_str s, int64_t *ret);

/* An empty event in the arena. */
void ward_event_init(struct ward_event *e, struct ward_arena *arena);
/* The value of a field, or NULL. O(fields). */
const struct ward_value *ward_event_get(const struct ward_event *e, uint32_t name);
/* The text of a STR or NUM field; empty when absent or of another kind. */
struct ward_str ward_event_str(const struct ward_event *e, uint32_t name);
/* Sets or replaces. Values are borrowed, not copied: they must live as long as the event's arena
 * (ward_arena_str). LIMIT beyond 4096 fields, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_event_set(
	struct ward_event *e, uint32_t name, struct ward_value v);
/* Room for n more fields behind those that e has, so that e->field[e->n_field++] may be written.
 * LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_event_room(struct ward_event *e, size_t n);
static inline struct ward_value ward_value_str(struct ward_str s)
{
	return (struct ward_value){.kind = WARD_VALUE_STR, .s = s};
}
static inline struct ward_value ward_value_int(int64_t i)
{
	return (struct ward_value){.kind = WARD_VALUE_INT, .i = i};
}
static inline struct ward_value ward_value_bool(bool b)
{
	return (struct ward_value){.kind = WARD_VALUE_BOOL, .b = b};
}

/* The text that a RAW value's stands for, in the arena; p == NULL when there is no room. */
struct ward_str ward_raw_text(struct ward_arena *arena, struct ward_str raw);
/* Make a RAW value a STR, and so the items of a list; and all of an event. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_value_settle(struct ward_arena *arena, struct ward_value *v);
WARD_MUST_CHECK enum ward_err ward_event_settle(struct ward_event *e);

/* A deep copy of src into another arena. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_event_copy(
	const struct ward_event *src, struct ward_arena *arena, struct ward_event *ret);

/* What the ids of one source's events have in common: a key, made of its name and its epoch (boot,
 * file generation). */
struct ward_event_origin {
	uint8_t key[16];
};
struct ward_event_origin ward_event_origin(struct ward_str source, uint64_t epoch);

/* Identity of something observed: SipHash-2-4-128 under the origin's key of the source's own
 * sequence (file offset, packet number) and an index for several events of one input, as UUIDv8.
 * Seen twice, it is one. */
struct ward_id ward_event_id_at(const struct ward_event_origin *o, uint64_t seq, uint32_t index);
/* The same, for who tells few. */
struct ward_id ward_event_id(struct ward_str source, uint64_t epoch, uint64_t seq, uint32_t index);

/* Binary record, version 1 (see README): self-contained; catalogue names by number, others by
 * text. No value is RAW. Encoding can fail only by w's limit. */
void ward_event_encode(
	const struct ward_event *e, const struct ward_names *names, struct ward_wr *w);
/* Decodes one whole record into arena. VERSION, MALFORMED, UTF8, LIMIT, NOMEM; *ret is then
 * garbage. Borrows nothing from bytes. */
WARD_MUST_CHECK enum ward_err ward_event_decode(struct ward_slice bytes, struct ward_names *names,
	struct ward_arena *arena, const struct ward_limits *lim, struct ward_event *ret);
/* How a record begins, without the rest of it. The texts live as long as bytes. VERSION, MALFORMED.
 */
struct ward_event_head {
	ward_ns time, seen;
	struct ward_str source, class;
};
WARD_MUST_CHECK enum ward_err ward_event_head(struct ward_slice bytes, struct ward_event_head *ret);

/* {"kind":"event","id":…,"time":…,"seen":…,"source":…,"class":…,"fields":{…}} without newline; no
 * value is RAW. */
void ward_event_write_json(
	const struct ward_event *e, const struct ward_names *names, struct ward_wr *w);

#endif
