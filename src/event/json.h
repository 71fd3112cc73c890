/* JSON in: one text straight into a struct ward_event, in one pass, without recursion.
 *
 * Reads untrusted bytes (RFC 8259, strict). Two shapes are told apart by the first member:
 * Ward's own event lines, {"kind":"event",...,"fields":{...}}, come back as they were written;
 * any other object is flattened: nested objects give dotted names (a.b.c), an array of scalars
 * gives a LIST, an array of objects gives dotted names with LIST values (members that an element
 * lacks leave no gap), arrays within arrays are joined, an empty object leaves nothing. Numbers
 * keep their text unless they fit int64. A key that comes twice in one object, and two paths that
 * flatten to one name, are refused, or with `lenient` the last one counts. Names that are too long
 * or too many are left out; how many is the event's field ward.overflow. Single-threaded; one
 * reader per thread. */
#ifndef WARD_EVENT_JSON_H
#define WARD_EVENT_JSON_H

#include "base/quotes.h"
#include "event/event.h"

/* X(NAME, "counter name", "what is wrong") */
#define WARD_JSON_REJECT_LIST(X)                                                            \
	X(NONE, "json.accept", "nothing")                                                   \
	X(SIZE, "json.reject.size", "longer than event.bytes")                              \
	X(END, "json.reject.end", "the text ends inside a value")                           \
	X(CHAR, "json.reject.char", "a character that cannot stand here")                   \
	X(LITERAL, "json.reject.literal", "neither true, false nor null")                   \
	X(NUMBER, "json.reject.number", "not a number as in RFC 8259 section 6")            \
	X(CONTROL, "json.reject.control", "an unescaped control character in a string")     \
	X(ESCAPE, "json.reject.escape", "an unknown escape")                                \
	X(SURROGATE, "json.reject.surrogate", "half of a surrogate pair")                   \
	X(UTF8, "json.reject.utf8", "not valid UTF-8")                                      \
	X(DUPLICATE, "json.reject.duplicate", "a name that was there before")               \
	X(DEPTH, "json.reject.depth", "nested deeper than event.depth")                     \
	X(FIELDS, "json.reject.fields", "more fields than event.fields")                    \
	X(ITEMS, "json.reject.items", "more list values than event.items")                  \
	X(TRAILING, "json.reject.trailing", "more text after the value")                    \
	X(SHAPE, "json.reject.shape", "not a JSON object")                                  \
	X(ENVELOPE, "json.reject.envelope", "an event line with a wrong or missing member") \
	X(NOMEM, "json.reject.nomem", "out of memory")

enum ward_json_reject {
#define X(NAME, counter, what) WARD_JSON_##NAME,
	WARD_JSON_REJECT_LIST(X)
#undef X
		WARD_JSON_REJECT_N,
};

/* Both live forever; r < WARD_JSON_REJECT_N. */
const char *ward_json_reject_counter(enum ward_json_reject r);
const char *ward_json_reject_text(enum ward_json_reject r);

struct ward_json_mark {
	uint32_t key;   /* serial of the last object that had this name as a key */
	uint32_t set;   /* serial as of the last value; older than the event's first: no field */
	uint32_t field; /* index among the fields of the event, if set */
};

/* What a lenient reader takes in, and says. */
enum {
	WARD_JSON_ODD_SURROGATE = 1, /* half of a pair: U+FFFD stands in its place */
	WARD_JSON_ODD_DUPLICATE =
		2,             /* a name came twice: the last value counts; lists are joined */
	WARD_JSON_ODD_CUT = 4, /* more than event.fields or event.items: the first are kept, and
				  the others counted in ward.overflow */
};

/* A name as it was last met: most events repeat the keys of those before them. With its text in one
 * place, a key costs one line of the processor's cache. */
struct ward_json_hint {
	uint32_t name; /* id + 1; 0: empty */
	uint8_t len;   /* of the text; longer ones are never hints */
	char text[59];
};

enum { WARD_JSON_STEP_WAYS = 7 };

/* A member of an object as it was met before behind those that lead to it: sources write their keys
 * in one order, so that the next is mostly known before it is read. No two on a way have one name.
 */
struct ward_json_step {
	char text[44];                      /* the key with what ends it, `":` */
	uint32_t name;                      /* id */
	uint16_t next[WARD_JSON_STEP_WAYS]; /* steps behind it, the last one taken first; 0: none */
	uint16_t len;                       /* of the text */
};

struct ward_json_item {
	uint32_t field;
	struct ward_value v;
};

enum { WARD_JSON_DEPTH_MAX = 64, WARD_JSON_HINTS = 2048 };

/* A reader and its scratch memory. Members are private but for the last ten. */
struct ward_json_reader {
	struct ward_names *names; /* borrowed */
	const struct ward_mem *mem;
	size_t max_bytes, max_fields, max_depth, max_items;
	struct ward_json_mark *mark; /* n_mark, by name id */
	size_t n_mark;
	uint32_t serial;
	struct ward_field *field; /* the event being read */
	size_t n_field, cap_field;
	struct ward_json_item *item; /* list values in order of arrival */
	size_t n_item, cap_item;
	uint8_t *path; /* the dotted name of the innermost object; 2 * names->name_bytes_max */
	size_t cap_path;
	struct ward_json_frame *frame; /* what is open; max_depth */
	struct ward_quotes quotes; /* of the text being read; room for a text of cap_text bytes */
	size_t cap_text;
	struct ward_json_hint hint[WARD_JSON_HINTS]; /* by a cheap hash of the text */
	struct ward_json_step *step; /* n_step of cap_step; the first ones stand for no member, but
					for the beginning of an object */
	size_t n_step, cap_step;
	uint32_t n_forgotten; /* times that all steps were */

	bool foreign; /* true: Ward's own lines get no special reading (an outsider could forge
			 them) */
	bool borrow;  /* true: the text outlives the event, so strings may point into it */
	bool lazy;    /* true: texts of a foreign object that need no more than their escapes
			 resolved are RAW; ward_event_settle makes the event of without */
	bool lenient; /* true: objects of others keep what is above, instead of being refused */
	unsigned odd; /* WARD_JSON_ODD_* of the last read */
	enum ward_json_reject reject; /* of the last read */
	size_t reject_off;            /* byte offset of what is wrong */
	bool own;                     /* the last text was one of Ward's event lines */
	bool raw;                     /* some of its values may be RAW */
	uint64_t order; /* of this reader's events with the same one, not 0, all have the same names
			   in the same order; 0: nothing is known of it */
};

/* Borrows names and mem. NOMEM leaves nothing to free. */
WARD_MUST_CHECK enum ward_err ward_json_reader_init(struct ward_json_reader *r,
	struct ward_names *names, const struct ward_mem *mem, const struct ward_limits *lim);
void ward_json_reader_fini(struct ward_json_reader *r);

/* Reads one whole object. Memory is the arena's (and text's, with r->borrow). One of Ward's lines
 * fills the whole event; `seen` may be absent (then it is time) and `id` too (then zero: the caller
 * gives one). Of any other object only the fields are set; id, time, source and class are zero.
 * On failure (MORE for an unfinished text, MALFORMED, UTF8, DUPLICATE, LIMIT, FOREIGN when it is
 * not an object, NOMEM) *ret is untouched and r->reject and r->reject_off say why and where.
 * O(text). */
WARD_MUST_CHECK enum ward_err ward_json_read_event(struct ward_json_reader *r, struct ward_str text,
	struct ward_arena *arena, struct ward_event *ret);

#endif
