/* Encoded data of ASHRAE 135 clause 20.2: tags, primitive values, bounded nesting. Private to this
 * folder. */
#ifndef WARD_SENSE_BACNET_TAG_H
#define WARD_SENSE_BACNET_TAG_H

#include "sense/bacnet/bacnet.h"

/* A message being read. r covers the payload from its first byte, so that r.off is the offset. */
struct ward_bacnet_rd {
	struct ward_rd r;
	struct ward_bacnet *m;
	struct ward_wr *text;
};

enum ward_bacnet_tag_kind { WARD_BACNET_PRIMITIVE, WARD_BACNET_OPENING, WARD_BACNET_CLOSING };

struct ward_bacnet_tag {
	uint8_t number;
	bool context;
	enum ward_bacnet_tag_kind kind;
	uint32_t len; /* bytes of content; of an application boolean: its value, without content */
};

/* Clause 20.2.1.4 */
enum ward_bacnet_application {
	WARD_BACNET_NULL,
	WARD_BACNET_BOOLEAN,
	WARD_BACNET_UNSIGNED,
	WARD_BACNET_SIGNED,
	WARD_BACNET_REAL,
	WARD_BACNET_DOUBLE,
	WARD_BACNET_OCTETS,
	WARD_BACNET_CHARS,
	WARD_BACNET_BITS,
	WARD_BACNET_ENUMERATED,
	WARD_BACNET_DATE,
	WARD_BACNET_TIME,
	WARD_BACNET_OBJECT_ID,
	WARD_BACNET_APPLICATION_N,
};

/* Sets the reason, once, at the current offset. Always false. */
bool ward_bacnet_fail(struct ward_bacnet_rd *b, enum ward_bacnet_reason reason);
static inline bool ward_bacnet_end(const struct ward_bacnet_rd *b)
{
	return ward_rd_left(&b->r) == 0;
}

bool ward_bacnet_tag(struct ward_bacnet_rd *b, struct ward_bacnet_tag *ret);
/* Is context tag `number` next, of that kind? Takes nothing. */
bool ward_bacnet_next_is(
	const struct ward_bacnet_rd *b, uint8_t number, enum ward_bacnet_tag_kind kind);

/* Each takes one value and is false with a reason when it is not there or wrong. A context number
 * of -1 asks for the application tag of the type. */
enum { WARD_BACNET_APPLICATION = -1 };
bool ward_bacnet_unsigned(struct ward_bacnet_rd *b, int number, uint32_t *ret);
bool ward_bacnet_signed(struct ward_bacnet_rd *b, int number, int32_t *ret);
bool ward_bacnet_enumerated(struct ward_bacnet_rd *b, int number, uint32_t *ret);
bool ward_bacnet_boolean(struct ward_bacnet_rd *b, uint8_t number, uint32_t *ret);
bool ward_bacnet_object_id(struct ward_bacnet_rd *b, int number, uint32_t ret[2]);
bool ward_bacnet_chars(struct ward_bacnet_rd *b, int number, struct ward_str *ret);
/* Takes an octet string and gives its length. */
bool ward_bacnet_octets(struct ward_bacnet_rd *b, int number, uint32_t *ret);
/* Takes an application-tagged boolean. */
bool ward_bacnet_app_boolean(struct ward_bacnet_rd *b, uint32_t *ret);
/* Takes what stands in context tag `number`, if it is next: a primitive or anything in brackets. */
bool ward_bacnet_skip(struct ward_bacnet_rd *b, uint8_t number);
bool ward_bacnet_open(struct ward_bacnet_rd *b, uint8_t number);
bool ward_bacnet_close(struct ward_bacnet_rd *b, uint8_t number);
/* If context tag `number` is next: takes it and sets *ret; true also when it is absent. */
bool ward_bacnet_maybe_unsigned(
	struct ward_bacnet_rd *b, uint8_t number, struct ward_bacnet_optional *ret);
/* Opening tag, anything balanced, closing tag; the content as text or number. */
bool ward_bacnet_any(struct ward_bacnet_rd *b, uint8_t number, struct ward_bacnet_value *ret);
/* One application-tagged date and time, as "2026-11-23 10:15:00.00". */
bool ward_bacnet_date_time(struct ward_bacnet_rd *b, struct ward_str *ret);

/* value.c: the content of a primitive of this application type, as text and value. The content has
 * been taken off b. */
bool ward_bacnet_primitive(struct ward_bacnet_rd *b, enum ward_bacnet_application type,
	const struct ward_bacnet_tag *tag, struct ward_bacnet_value *ret);

/* A place for the next item; the last one is used again beyond the limit, so that a message is
 * always read to its end. */
struct ward_bacnet_item *ward_bacnet_next_item(struct ward_bacnet *m);
/* service.c */
bool ward_bacnet_object(struct ward_bacnet_rd *b, int number, struct ward_bacnet_item *item);
/* Property identifier [number], optional array index [number + 1]. */
bool ward_bacnet_property(struct ward_bacnet_rd *b, uint8_t number, struct ward_bacnet_item *item);
bool ward_bacnet_priority(struct ward_bacnet_rd *b, uint8_t number, struct ward_bacnet_item *item);
static inline void ward_bacnet_set(struct ward_bacnet *m, enum ward_bacnet_number_id id, int64_t v)
{
	m->number[id] = (struct ward_bacnet_number){true, v};
}

typedef bool ward_bacnet_body_fn(struct ward_bacnet_rd *b);
/* param.c: bodies of further services; NULL: not decoded. */
ward_bacnet_body_fn *ward_bacnet_more_body(enum ward_bacnet_pdu pdu, uint8_t service);

/* service.c: the body after the service choice; type is a request, complex ack or error. */
bool ward_bacnet_service(struct ward_bacnet_rd *b);

#endif
