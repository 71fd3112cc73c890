/* What somebody looks for in the journal: items that must all hold of an event.
 *
 *   10.0.0.5, fe80::1      an IP address, in whatever field or text it stands
 *   10.0.0.0/24            any address of a network
 *   00:1b:21:aa:bb:cc      a hardware address
 *   44d88612…              32, 40, 64, 96 or 128 hex digits: a whole word, as hashes are written
 *   FIELD=VALUE            a field's whole value; '*' stands for any text; an address or network
 *                          is compared as such
 *   class=, source=, id=   of the event; a class holds what is below it
 *   asset=, room=, zone=, floor=, building=, door=, network=, place=, actor=
 *                          where in the hospital: what `enrich` finds for the event
 *   anything else          text in any value, what `enrich` adds included
 *
 * Letter case makes no difference (ASCII). Single-threaded; no memory of its own. */
#ifndef WARD_SEARCH_QUERY_H
#define WARD_SEARCH_QUERY_H

#include "model/addr.h"
#include "search/index.h"
#include "search/raw.h"

enum { WARD_QUERY_ITEMS_MAX = 32, WARD_QUERY_FIELDS_MAX = 8 };

struct ward_query_item {
	enum ward_query_kind {
		WARD_QUERY_TERM,
		WARD_QUERY_NET,
		WARD_QUERY_FIELD,
		WARD_QUERY_CLASS,
		WARD_QUERY_SOURCE,
		WARD_QUERY_ID,
		WARD_QUERY_TEXT,
	} kind;
	char buf[WARD_TERM_BYTES_MAX];         /* folded */
	struct ward_str text;                  /* in buf */
	uint32_t field[WARD_QUERY_FIELDS_MAX]; /* FIELD: one of these; name ids */
	size_t n_field;
	enum ward_term_kind term; /* TERM */
	uint8_t key[WARD_TERM_BYTES_MAX];
	size_t n_key;
	struct ward_cidr net; /* NET; FIELD when is_net */
	bool is_net;
	bool narrow; /* an event that it holds of has the term of this hash */
	uint64_t hash;
	struct ward_raw raw; /* what stands in the record of an event that it holds of */
	bool placed;         /* looks at what enrich adds */
};

struct ward_query {
	struct ward_names *names;
	struct ward_query_item item[WARD_QUERY_ITEMS_MAX];
	size_t n;
	bool places; /* some item looks at what enrich adds: enrich before ward_query_match */
};

/* Borrows names. */
void ward_query_init(struct ward_query *q, struct ward_names *names);
/* One item. CONFIG with *ret_why (lives forever) when it can't be looked for; LIMIT: too many. */
WARD_MUST_CHECK enum ward_err ward_query_add(
	struct ward_query *q, struct ward_str s, const char **ret_why);
/* All items are in. Which texts stand in events as they were sensed or nowhere, said(ctx, text)
 * being false of them, so that they need no places. */
void ward_query_settle(
	struct ward_query *q, bool (*said)(void *ctx, struct ward_str folded), void *ctx);
/* Could an event of that segment be meant? */
bool ward_query_may(const struct ward_query *q, const struct ward_index *ix);
/* Could the event of that binary record be meant? Tells most that are not without decoding them; a
 * record that can't be read could. O(bytes x items). */
bool ward_query_stands(const struct ward_query *q, struct ward_slice record);
/* Is this one meant? O(bytes of the event x items). */
bool ward_query_match(const struct ward_query *q, const struct ward_event *e);

#endif
