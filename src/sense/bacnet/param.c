/* The bodies of services whose parameters stand in a row (clauses 13 to 17): each is a table of
 * steps, and where a list or a choice comes in between, a function around tables. */
#include "sense/bacnet/names.h"
#include "sense/bacnet/tag.h"

enum kind {
	END,
	NUMBER,     /* unsigned, enumerated or, in a context tag, boolean: into m->number */
	ENUMERATED, /* the same with the application tag of an enumeration */
	BOOLEAN,    /* with the application tag */
	SIGNED,
	OBJECT, /* begins an item */
	PROPERTY,
	VALUE, /* anything in brackets: the item's */
	PRIORITY,
	DEVICE, /* an object identifier: into m->device */
	VENDOR,
	USER,
	MODEL,
	SERIAL,
	TEXT,   /* free text, written by people: only its length is kept */
	OCTETS, /* adds its length to m->number */
	SKIP,
	OPEN,
	CLOSE,
};

enum { APP = WARD_BACNET_APPLICATION };

struct step {
	enum kind kind;
	int tag; /* of context; APP */
	enum ward_bacnet_number_id id;
	bool optional;
};

#define STEP(kind, tag)             \
	{                           \
		kind, tag, 0, false \
	}
/* The number goes there. */
#define INTO(kind, tag, ID)                        \
	{                                          \
		kind, tag, WARD_BACNET_##ID, false \
	}
#define MAYBE(kind, tag, ID)                      \
	{                                         \
		kind, tag, WARD_BACNET_##ID, true \
	}
#define MAYBE_STEP(kind, tag)      \
	{                          \
		kind, tag, 0, true \
	}
#define LAST STEP(END, 0)

static bool take_number(struct ward_bacnet_rd *b, const struct step *s)
{
	bool (*take)(struct ward_bacnet_rd *, int, uint32_t *) =
		s->kind == ENUMERATED ? ward_bacnet_enumerated : ward_bacnet_unsigned;
	uint32_t v;
	int32_t i;
	bool ok;

	if (s->kind == SIGNED) {
		ok = ward_bacnet_signed(b, s->tag, &i);
		if (ok)
			ward_bacnet_set(b->m, s->id, i);
		return ok;
	}
	ok = s->kind == BOOLEAN ? ward_bacnet_app_boolean(b, &v) : take(b, s->tag, &v);
	if (ok)
		ward_bacnet_set(b->m, s->id, v);
	return ok;
}

/* The text is thrown away, or kept in *ret. */
static bool take_text(struct ward_bacnet_rd *b, const struct step *s, struct ward_str *ret)
{
	struct ward_wr keep = *b->text;
	struct ward_str text;

	if (!ward_bacnet_chars(b, s->tag, &text))
		return false;
	if (ret) {
		*ret = text;
		return true;
	}
	ward_bacnet_set(b->m, s->id, (int64_t)text.len);
	if (text.len)
		ward_wipe(b->text->p + keep.len, b->text->len - keep.len);
	*b->text = keep;
	return true;
}

static bool take_device(struct ward_bacnet_rd *b, const struct step *s)
{
	struct ward_bacnet_item device = {.has_object = false};

	if (!ward_bacnet_object(b, s->tag, &device))
		return false;
	b->m->device = (struct ward_bacnet_optional){true, device.instance};
	return true;
}

static bool take_octets(struct ward_bacnet_rd *b, const struct step *s)
{
	uint32_t len;

	if (!ward_bacnet_octets(b, s->tag, &len))
		return false;
	ward_bacnet_set(b->m, s->id, b->m->number[s->id].v + len);
	return true;
}

static bool take(struct ward_bacnet_rd *b, const struct step *s, struct ward_bacnet_item **item)
{
	struct ward_bacnet *m = b->m;
	uint8_t tag = (uint8_t)s->tag;

	switch (s->kind) {
	case OBJECT:
		*item = ward_bacnet_next_item(m);
		return ward_bacnet_object(b, s->tag, *item);
	case PROPERTY:
		return ward_bacnet_property(b, tag, *item);
	case VALUE:
		return ward_bacnet_any(b, tag, &(*item)->value);
	case PRIORITY:
		return ward_bacnet_priority(b, tag, *item);
	case DEVICE:
		return take_device(b, s);
	case VENDOR:
		m->vendor.is = ward_bacnet_unsigned(b, s->tag, &m->vendor.v);
		return m->vendor.is;
	case USER:
		return take_text(b, s, &m->user);
	case MODEL:
		return take_text(b, s, &m->model);
	case SERIAL:
		return take_text(b, s, &m->serial);
	case TEXT:
		return take_text(b, s, NULL);
	case OCTETS:
		return take_octets(b, s);
	case SKIP:
		return ward_bacnet_skip(b, tag);
	case OPEN:
		return ward_bacnet_open(b, tag);
	case CLOSE:
		return ward_bacnet_close(b, tag);
	case NUMBER:
	case ENUMERATED:
	case BOOLEAN:
	case SIGNED:
	case END:
	default:
		return take_number(b, s);
	}
}

static bool is_there(const struct ward_bacnet_rd *b, const struct step *s)
{
	return s->tag == APP ? !ward_bacnet_end(b)
			     : ward_bacnet_next_is(b, (uint8_t)s->tag, WARD_BACNET_PRIMITIVE);
}

static bool run_for(struct ward_bacnet_rd *b, const struct step *s, struct ward_bacnet_item *item)
{
	struct ward_bacnet_item none = {.has_object = false};

	item = item ? item : &none;
	for (; s->kind != END; s++)
		if ((!s->optional || is_there(b, s)) && !take(b, s, &item))
			return false;
	return true;
}

static bool run(struct ward_bacnet_rd *b, const struct step *s)
{
	return run_for(b, s, NULL);
}

/* Is the closing bracket next? Sets a reason when the message ends before it. */
static bool closes(struct ward_bacnet_rd *b, uint8_t tag, bool *ret_bad)
{
	*ret_bad = ward_bacnet_end(b);
	if (*ret_bad)
		return ward_bacnet_fail(b, WARD_BACNET_TAG_UNBALANCED);
	return ward_bacnet_next_is(b, tag, WARD_BACNET_CLOSING);
}

/* Rows up to the end of the message. */
static bool rows_to_end(struct ward_bacnet_rd *b, const struct step *s)
{
	while (!ward_bacnet_end(b))
		if (!run(b, s))
			return false;
	return true;
}

/* An item's value is the name of its event state. */
static void state_as_value(struct ward_bacnet *m)
{
	struct ward_bacnet_number *state = &m->number[WARD_BACNET_EVENT_STATE];
	struct ward_bacnet_item *item = &m->item[m->n_item ? m->n_item - 1 : 0];

	if (!state->is || m->n_item != m->n_item_seen)
		return;
	const char *name = ward_bacnet_name(WARD_BACNET_NAMES_EVENT_STATE, (uint32_t)state->v);

	item->value = name ? (struct ward_bacnet_value){WARD_BACNET_VALUE_STR, 0, ward_str_z(name)}
			   : (struct ward_bacnet_value){WARD_BACNET_VALUE_INT, state->v, {0}};
	state->is = false;
}

/* 13.3 */
static const struct step acknowledge_alarm_steps[] = {INTO(NUMBER, 0, PROCESS), STEP(OBJECT, 1),
	INTO(NUMBER, 2, EVENT_STATE), STEP(SKIP, 3), STEP(USER, 4), STEP(SKIP, 5), LAST};

static bool acknowledge_alarm(struct ward_bacnet_rd *b)
{
	return run(b, acknowledge_alarm_steps);
}

/* 13.8, 13.9: the event's own values depend on its type. */
static const struct step event_steps[] = {INTO(NUMBER, 0, PROCESS), STEP(DEVICE, 1),
	STEP(OBJECT, 2), STEP(SKIP, 3), INTO(NUMBER, 4, NOTIFICATION_CLASS),
	INTO(NUMBER, 5, EVENT_PRIORITY), INTO(NUMBER, 6, EVENT_TYPE), MAYBE(TEXT, 7, TEXT_BYTES),
	INTO(NUMBER, 8, NOTIFY_TYPE), MAYBE(NUMBER, 9, ACK_REQUIRED), MAYBE(NUMBER, 10, FROM_STATE),
	INTO(NUMBER, 11, EVENT_STATE), STEP(SKIP, 12), LAST};

static bool event_notification(struct ward_bacnet_rd *b)
{
	return run(b, event_steps);
}

/* 13.6: object, state, acknowledged transitions. */
static bool get_alarm_summary_ack(struct ward_bacnet_rd *b)
{
	static const struct step row[] = {
		STEP(OBJECT, APP), INTO(ENUMERATED, APP, EVENT_STATE), LAST};
	struct ward_bacnet_tag bits;

	while (!ward_bacnet_end(b)) {
		if (!run(b, row) || !ward_bacnet_tag(b, &bits))
			return false;
		ward_rd_skip(&b->r, bits.context ? 0 : bits.len);
		state_as_value(b->m);
	}
	return true;
}

/* 13.7: the other filters are left. */
static const struct step enrollment_steps[] = {INTO(NUMBER, 0, ACK_FILTER), STEP(SKIP, 1),
	STEP(SKIP, 2), STEP(SKIP, 3), STEP(SKIP, 4), STEP(SKIP, 5), LAST};

static bool get_enrollment_summary(struct ward_bacnet_rd *b)
{
	return run(b, enrollment_steps);
}

/* 13.12 */
static bool get_event_information(struct ward_bacnet_rd *b)
{
	static const struct step steps[] = {MAYBE_STEP(OBJECT, 0), LAST};

	return run(b, steps);
}

static bool get_event_information_ack(struct ward_bacnet_rd *b)
{
	static const struct step row[] = {STEP(OBJECT, 0), INTO(NUMBER, 1, EVENT_STATE),
		STEP(SKIP, 2), STEP(SKIP, 3), STEP(SKIP, 4), STEP(SKIP, 5), STEP(SKIP, 6), LAST};
	static const struct step more[] = {INTO(NUMBER, 1, MORE_EVENTS), LAST};
	bool bad = false;

	if (!ward_bacnet_open(b, 0))
		return false;
	while (!closes(b, 0, &bad)) {
		if (bad || !run(b, row))
			return false;
		state_as_value(b->m);
	}
	return ward_bacnet_close(b, 0) && run(b, more);
}

/* 13.13 */
static const struct step life_safety_steps[] = {INTO(NUMBER, 0, PROCESS), STEP(USER, 1),
	INTO(NUMBER, 2, OPERATION), MAYBE_STEP(OBJECT, 3), LAST};

static bool life_safety_operation(struct ward_bacnet_rd *b)
{
	return run(b, life_safety_steps);
}

/* 13.15 */
static const struct step subscribe_property_steps[] = {INTO(NUMBER, 0, PROCESS), STEP(OBJECT, 1),
	MAYBE(NUMBER, 2, CONFIRMED), MAYBE(NUMBER, 3, DURATION), STEP(OPEN, 4), STEP(PROPERTY, 0),
	STEP(CLOSE, 4), STEP(SKIP, 5), LAST};

static bool subscribe_cov_property(struct ward_bacnet_rd *b)
{
	return run(b, subscribe_property_steps);
}

/* Objects, and of each a list [1] of rows that are its items. */
static bool object_rows(struct ward_bacnet_rd *b, const struct step *row)
{
	struct ward_bacnet_item object = {.has_object = false}, *item;
	bool bad = false;

	if (!ward_bacnet_object(b, 0, &object) || !ward_bacnet_open(b, 1))
		return false;
	while (!closes(b, 1, &bad)) {
		item = bad ? &object : ward_bacnet_next_item(b->m);
		*item = object;
		if (bad || !run_for(b, row, item))
			return false;
	}
	return ward_bacnet_close(b, 1);
}

static bool all_objects_in(struct ward_bacnet_rd *b, uint8_t tag, const struct step *row)
{
	bool bad = false;

	if (!ward_bacnet_open(b, tag))
		return false;
	while (!closes(b, tag, &bad))
		if (bad || !object_rows(b, row))
			return false;
	return ward_bacnet_close(b, tag);
}

/* 13.16 */
static bool subscribe_cov_multiple(struct ward_bacnet_rd *b)
{
	static const struct step head[] = {INTO(NUMBER, 0, PROCESS), MAYBE(NUMBER, 1, CONFIRMED),
		MAYBE(NUMBER, 2, DURATION), STEP(SKIP, 3), LAST};
	static const struct step row[] = {STEP(OPEN, 0), STEP(PROPERTY, 0), STEP(CLOSE, 0),
		STEP(SKIP, 1), STEP(SKIP, 2), LAST};

	return run(b, head) && all_objects_in(b, 4, row);
}

/* 13.17, 13.18 */
static bool cov_multiple(struct ward_bacnet_rd *b)
{
	static const struct step head[] = {INTO(NUMBER, 0, PROCESS), STEP(DEVICE, 1),
		INTO(NUMBER, 2, DURATION), STEP(SKIP, 3), LAST};
	static const struct step row[] = {STEP(PROPERTY, 0), STEP(VALUE, 2), STEP(SKIP, 3), LAST};

	return run(b, head) && all_objects_in(b, 4, row);
}

/* 14.1, 14.2: where in the file; then, when it is an answer or is written, the data. */
static bool file_part(struct ward_bacnet_rd *b, bool has_count)
{
	static const struct step position[] = {INTO(SIGNED, APP, POSITION), LAST};
	static const struct step count[] = {INTO(NUMBER, APP, COUNT), LAST};
	static const struct step data[] = {INTO(OCTETS, APP, DATA_BYTES), LAST};
	bool records = ward_bacnet_next_is(b, 1, WARD_BACNET_OPENING), bad = false;
	uint8_t tag = records;

	if (!ward_bacnet_open(b, tag) || !run(b, position) ||
		((has_count || records) && !run(b, count)))
		return false;
	if (records)
		ward_bacnet_set(b->m, WARD_BACNET_RECORD_ACCESS, 1);
	while (!closes(b, tag, &bad))
		if (bad || !run(b, data))
			return false;
	return ward_bacnet_close(b, tag);
}

static const struct step file_steps[] = {STEP(OBJECT, APP), LAST};

static bool atomic_read_file(struct ward_bacnet_rd *b)
{
	return run(b, file_steps) && file_part(b, true);
}

static bool atomic_write_file(struct ward_bacnet_rd *b)
{
	return run(b, file_steps) && file_part(b, false);
}

static bool atomic_read_file_ack(struct ward_bacnet_rd *b)
{
	static const struct step end[] = {INTO(BOOLEAN, APP, END_OF_FILE), LAST};

	return run(b, end) && file_part(b, false);
}

static bool atomic_write_file_ack(struct ward_bacnet_rd *b)
{
	static const struct step stream[] = {INTO(SIGNED, 0, POSITION), LAST};
	static const struct step record[] = {INTO(SIGNED, 1, POSITION), LAST};
	bool records = ward_bacnet_next_is(b, 1, WARD_BACNET_PRIMITIVE);

	if (records)
		ward_bacnet_set(b->m, WARD_BACNET_RECORD_ACCESS, 1);
	return run(b, records ? record : stream);
}

/* 15.1, 15.2 */
static bool list_element(struct ward_bacnet_rd *b)
{
	static const struct step steps[] = {
		STEP(OBJECT, 0), STEP(PROPERTY, 1), STEP(VALUE, 3), LAST};

	return run(b, steps);
}

/* 15.3: a type, the device choosing the instance, or an object; then values to begin with. */
static bool create_object(struct ward_bacnet_rd *b)
{
	static const struct step object[] = {STEP(OBJECT, 1), LAST};
	static const struct step row[] = {
		STEP(PROPERTY, 0), STEP(VALUE, 2), STEP(PRIORITY, 3), LAST};
	struct ward_bacnet_item *item;
	bool bad = false;

	if (!ward_bacnet_open(b, 0))
		return false;
	if (ward_bacnet_next_is(b, 0, WARD_BACNET_PRIMITIVE)) {
		item = ward_bacnet_next_item(b->m);
		item->has_type = ward_bacnet_enumerated(b, 0, &item->type);
		if (!item->has_type)
			return false;
	} else if (!run(b, object)) {
		return false;
	}
	if (!ward_bacnet_close(b, 0) || ward_bacnet_end(b))
		return b->m->reason == WARD_BACNET_REASON_N;
	if (!ward_bacnet_open(b, 1))
		return false;
	while (!closes(b, 1, &bad)) {
		if (bad || !run_for(b, row, ward_bacnet_next_item(b->m)))
			return false;
	}
	return ward_bacnet_close(b, 1);
}

static bool one_object(struct ward_bacnet_rd *b)
{
	return run(b, file_steps);
}

/* 15.8: by position, sequence number or time, the count negative when it goes back. */
static bool read_range(struct ward_bacnet_rd *b)
{
	static const struct step head[] = {STEP(OBJECT, 0), STEP(PROPERTY, 1), LAST};
	static const struct step index[] = {
		INTO(NUMBER, APP, RANGE_INDEX), INTO(SIGNED, APP, COUNT), LAST};
	static const uint8_t by[] = {3, 6};

	if (!run(b, head))
		return false;
	for (size_t i = 0; i < WARD_ARRAY_LEN(by); i++)
		if (ward_bacnet_next_is(b, by[i], WARD_BACNET_OPENING))
			return ward_bacnet_open(b, by[i]) && run(b, index) &&
			       ward_bacnet_close(b, by[i]);
	return ward_bacnet_skip(b, 7);
}

static bool read_range_ack(struct ward_bacnet_rd *b)
{
	static const struct step steps[] = {STEP(OBJECT, 0), STEP(PROPERTY, 1), STEP(SKIP, 3),
		INTO(NUMBER, 4, ITEM_COUNT), STEP(SKIP, 5), MAYBE(NUMBER, 6, FIRST_SEQUENCE), LAST};

	return run(b, steps);
}

/* 16.5, 16.6 */
static bool text_message(struct ward_bacnet_rd *b)
{
	static const struct step device[] = {STEP(DEVICE, 0), LAST};
	static const struct step class[] = {STEP(OPEN, 1), MAYBE(NUMBER, 0, MESSAGE_CLASS),
		STEP(SKIP, 1), STEP(CLOSE, 1), LAST};
	static const struct step rest[] = {
		INTO(NUMBER, 2, MESSAGE_PRIORITY), INTO(TEXT, 3, TEXT_BYTES), LAST};

	return run(b, device) &&
	       (!ward_bacnet_next_is(b, 1, WARD_BACNET_OPENING) || run(b, class)) && run(b, rest);
}

/* 17.1 to 17.3: keystrokes and screens are not kept. */
static bool vt_open(struct ward_bacnet_rd *b)
{
	static const struct step steps[] = {
		INTO(ENUMERATED, APP, VT_CLASS), INTO(NUMBER, APP, VT_SESSION), LAST};

	return run(b, steps);
}

static const struct step vt_session_steps[] = {INTO(NUMBER, APP, VT_SESSION), LAST};

static bool vt_close(struct ward_bacnet_rd *b)
{
	return rows_to_end(b, vt_session_steps);
}

static bool vt_data(struct ward_bacnet_rd *b)
{
	static const struct step steps[] = {INTO(NUMBER, APP, VT_SESSION),
		INTO(OCTETS, APP, DATA_BYTES), INTO(NUMBER, APP, VT_FLAG), LAST};

	return run(b, steps);
}

/* 15.11: the values go to channels, whose numbers are not looked into. */
static bool write_group(struct ward_bacnet_rd *b)
{
	static const struct step steps[] = {INTO(NUMBER, 0, GROUP), INTO(NUMBER, 1, GROUP_PRIORITY),
		STEP(SKIP, 2), STEP(SKIP, 3), LAST};

	return run(b, steps);
}

/* 16.11 */
static bool who_am_i(struct ward_bacnet_rd *b)
{
	static const struct step steps[] = {
		STEP(VENDOR, APP), STEP(MODEL, APP), STEP(SERIAL, APP), LAST};

	return run(b, steps);
}

/* 16.12: the identifier, the MAC address or both. */
static bool you_are(struct ward_bacnet_rd *b)
{
	static const struct step device[] = {STEP(DEVICE, APP), LAST};
	uint32_t len;

	if (!who_am_i(b))
		return false;
	if (ward_rd_peek(&b->r) >> 4 == WARD_BACNET_OBJECT_ID && !run(b, device))
		return false;
	return ward_bacnet_end(b) || ward_bacnet_octets(b, APP, &len);
}

static const struct {
	enum ward_bacnet_pdu pdu;
	uint8_t service;
	ward_bacnet_body_fn *body;
} bodies[] = {
	{WARD_BACNET_PDU_CONFIRMED, 0, acknowledge_alarm},
	{WARD_BACNET_PDU_CONFIRMED, 2, event_notification},
	{WARD_BACNET_PDU_CONFIRMED, 4, get_enrollment_summary},
	{WARD_BACNET_PDU_CONFIRMED, 6, atomic_read_file},
	{WARD_BACNET_PDU_CONFIRMED, 7, atomic_write_file},
	{WARD_BACNET_PDU_CONFIRMED, 8, list_element},
	{WARD_BACNET_PDU_CONFIRMED, 9, list_element},
	{WARD_BACNET_PDU_CONFIRMED, 10, create_object},
	{WARD_BACNET_PDU_CONFIRMED, 11, one_object},
	{WARD_BACNET_PDU_CONFIRMED, 19, text_message},
	{WARD_BACNET_PDU_CONFIRMED, 21, vt_open},
	{WARD_BACNET_PDU_CONFIRMED, 22, vt_close},
	{WARD_BACNET_PDU_CONFIRMED, 23, vt_data},
	{WARD_BACNET_PDU_CONFIRMED, 26, read_range},
	{WARD_BACNET_PDU_CONFIRMED, 27, life_safety_operation},
	{WARD_BACNET_PDU_CONFIRMED, 28, subscribe_cov_property},
	{WARD_BACNET_PDU_CONFIRMED, 29, get_event_information},
	{WARD_BACNET_PDU_CONFIRMED, 30, subscribe_cov_multiple},
	{WARD_BACNET_PDU_CONFIRMED, 31, cov_multiple},
	{WARD_BACNET_PDU_UNCONFIRMED, 3, event_notification},
	{WARD_BACNET_PDU_UNCONFIRMED, 5, text_message},
	{WARD_BACNET_PDU_UNCONFIRMED, 10, write_group},
	{WARD_BACNET_PDU_UNCONFIRMED, 11, cov_multiple},
	{WARD_BACNET_PDU_UNCONFIRMED, 13, who_am_i},
	{WARD_BACNET_PDU_UNCONFIRMED, 14, you_are},
	{WARD_BACNET_PDU_COMPLEX_ACK, 3, get_alarm_summary_ack},
	{WARD_BACNET_PDU_COMPLEX_ACK, 6, atomic_read_file_ack},
	{WARD_BACNET_PDU_COMPLEX_ACK, 7, atomic_write_file_ack},
	{WARD_BACNET_PDU_COMPLEX_ACK, 10, one_object},
	{WARD_BACNET_PDU_COMPLEX_ACK, 21, vt_close},
	{WARD_BACNET_PDU_COMPLEX_ACK, 26, read_range_ack},
	{WARD_BACNET_PDU_COMPLEX_ACK, 29, get_event_information_ack},
};

ward_bacnet_body_fn *ward_bacnet_more_body(enum ward_bacnet_pdu pdu, uint8_t service)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(bodies); i++)
		if (bodies[i].pdu == pdu && bodies[i].service == service)
			return bodies[i].body;
	return NULL;
}
