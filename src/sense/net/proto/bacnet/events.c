#include "sense/net/proto/bacnet/events.h"

#include "sense/net/emit.h"
#include "sense/net/text.h"

/* Fields and classes beyond the catalogue: X(IDENT, "name") */
#define NAME_LIST(X)                                   \
	X(FUNCTION, "bacnet.bvlc_function")            \
	X(FORWARDED_IP, "bacnet.forwarded_ip")         \
	X(FORWARDED_PORT, "bacnet.forwarded_port")     \
	X(RESULT, "bacnet.bvlc_result")                \
	X(TTL, "bacnet.ttl_s")                         \
	X(ENTRIES, "bacnet.table_entries")             \
	X(DST_NET, "bacnet.dst_net")                   \
	X(DST_ADDRESS, "bacnet.dst_address")           \
	X(SRC_NET, "bacnet.src_net")                   \
	X(SRC_ADDRESS, "bacnet.src_address")           \
	X(HOPS, "bacnet.hop_count")                    \
	X(NETWORK_PRIORITY, "bacnet.network_priority") \
	X(NETWORK_MESSAGE, "bacnet.network_message")   \
	X(NETWORK_VENDOR, "bacnet.network_vendor")     \
	X(NETWORKS, "bacnet.networks")                 \
	X(NETWORK_REASON, "bacnet.network_reason")     \
	X(TABLE_IP, "bacnet.table_ip")                 \
	X(TABLE_PORT, "bacnet.table_port")             \
	X(TABLE_MASK, "bacnet.table_mask")             \
	X(TABLE_TTL, "bacnet.table_ttl_s")             \
	X(TABLE_LEFT, "bacnet.table_left_s")           \
	X(SEGMENTED, "bacnet.segmented")               \
	X(SEGMENTS, "bacnet.segments")                 \
	X(OUTCOME, "bacnet.outcome")                   \
	X(LATENCY, "bacnet.latency_ns")                \
	X(ANOMALY, "bacnet.anomaly")                   \
	X(MODEL, "bacnet.model")                       \
	X(SERIAL, "bacnet.serial")                     \
	X(SEGMENT, "bacnet.segment")                   \
	X(WINDOW, "bacnet.window")                     \
	X(NEGATIVE, "bacnet.negative")                 \
	X(FROM_SERVER, "bacnet.from_server")           \
	X(ARRAY_INDEX, "bacnet.array_index")           \
	X(ITEMS, "bacnet.items")                       \
	X(MAX_APDU, "bacnet.max_apdu")                 \
	X(SEGMENTATION, "bacnet.segmentation")         \
	X(STATE, "bacnet.state")                       \
	X(PASSWORD, "bacnet.password_given")           \
	X(OBJECT_NAME, "bacnet.object_name")           \
	X(WHEN, "bacnet.when")                         \
	X(UNPARSED, "bacnet.unparsed_bytes")           \
	X(CUT, "bacnet.values_cut")                    \
	X(MALFORMED, "bacnet.malformed")               \
	X(CLASS_ACK, "net.bacnet.ack")                 \
	X(CLASS_SEGMENT_ACK, "net.bacnet.segment_ack") \
	X(CLASS_ERROR, "net.bacnet.error")             \
	X(CLASS_REJECT, "net.bacnet.reject")           \
	X(CLASS_ABORT, "net.bacnet.abort")             \
	X(CLASS_PROPRIETARY, "net.bacnet.proprietary") \
	X(CLASS_UNANSWERED, "net.bacnet.unanswered")   \
	X(CLASS_UNKNOWN, "net.bacnet.unknown")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_NUMBER, /* then those of bacnet.h */
	NAME_N = (int)NAME_NUMBER + (int)WARD_BACNET_NUMBER_N,
};

static const char *const fixed_names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(IDENT, name, how) name,
		WARD_BACNET_NUMBER_LIST(X)
#undef X
};

static const int number_how[] = {
#define X(IDENT, name, how) (int)how,
	WARD_BACNET_NUMBER_LIST(X)
#undef X
};

const char *const ward_bacnet_reasons[WARD_BACNET_REASON_N] = {
#define X(IDENT, name) name,
	WARD_BACNET_REASON_LIST(X)
#undef X
};

/* After the fixed names, a class per entry of these lists, in this order. */
static const enum ward_bacnet_list class_lists[] = {WARD_BACNET_NAMES_CONFIRMED,
	WARD_BACNET_NAMES_UNCONFIRMED, WARD_BACNET_NAMES_BVLC_FUNCTION,
	WARD_BACNET_NAMES_NETWORK_MESSAGE};

static void put_class(struct ward_wr *w, const char *name)
{
	ward_wr_z(w, "net.bacnet.");
	for (; *name; name++)
		ward_wr_ch(w, *name == '-' ? '_' : *name);
}

bool ward_bacnet_name_at(size_t i, struct ward_wr *w)
{
	if (i < NAME_N) {
		ward_wr_z(w, fixed_names[i]);
		return true;
	}
	i -= NAME_N;
	for (size_t l = 0; l < WARD_ARRAY_LEN(class_lists); l++) {
		size_t n = ward_bacnet_name_count(class_lists[l]);

		if (i < n) {
			put_class(w, ward_bacnet_name(class_lists[l], (uint32_t)i));
			return true;
		}
		i -= n;
	}
	return false;
}

/* The id of the class named by entry `number` of a list. */
static uint32_t class_of(const struct ward_dissect *d, enum ward_bacnet_list list, uint32_t number)
{
	size_t at = NAME_N;

	for (size_t l = 0; class_lists[l] != list; l++)
		at += ward_bacnet_name_count(class_lists[l]);
	if (number >= ward_bacnet_name_count(list))
		return d->name[NAME_CLASS_UNKNOWN];
	return d->name[at + number];
}

static uint32_t pick_class(const struct ward_dissect *d, const struct ward_bacnet *m)
{
	if (m->is_network)
		return m->network_message >= 0x80
			       ? d->name[NAME_CLASS_PROPRIETARY]
			       : class_of(d, WARD_BACNET_NAMES_NETWORK_MESSAGE, m->network_message);
	if (!m->has_apdu)
		return class_of(d, WARD_BACNET_NAMES_BVLC_FUNCTION, m->function);
	switch (m->pdu) {
	case WARD_BACNET_PDU_CONFIRMED:
		return class_of(d, WARD_BACNET_NAMES_CONFIRMED, m->service);
	case WARD_BACNET_PDU_UNCONFIRMED:
		return class_of(d, WARD_BACNET_NAMES_UNCONFIRMED, m->service);
	case WARD_BACNET_PDU_SIMPLE_ACK:
	case WARD_BACNET_PDU_COMPLEX_ACK:
		return d->name[NAME_CLASS_ACK];
	case WARD_BACNET_PDU_SEGMENT_ACK:
		return d->name[NAME_CLASS_SEGMENT_ACK];
	case WARD_BACNET_PDU_ERROR:
		return d->name[NAME_CLASS_ERROR];
	case WARD_BACNET_PDU_REJECT:
		return d->name[NAME_CLASS_REJECT];
	case WARD_BACNET_PDU_ABORT:
		return d->name[NAME_CLASS_ABORT];
	case WARD_BACNET_PDU_N:
	default:
		return d->name[NAME_CLASS_UNKNOWN];
	}
}

/* The name of a number as text, or the number. */
static void put_named(
	struct ward_net *n, uint32_t field, enum ward_bacnet_list list, uint32_t number)
{
	const char *name = ward_bacnet_name(list, number);

	if (name)
		ward_emit_z(n, field, name);
	else
		ward_emit_int(n, field, number);
}

static void put_optional(struct ward_net *n, uint32_t field, const struct ward_bacnet_optional *o)
{
	if (o->is)
		ward_emit_int(n, field, o->v);
}

static void put_hex(struct ward_net *n, uint32_t field, struct ward_slice s)
{
	char text[2 * WARD_BACNET_ADDRESS];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_hex(&w, s);
	if (w.len)
		ward_emit_str(n, field, ward_wr_text(&w));
}

/* A column of the table's rows; of the rest a mask or one half. */
static struct ward_value table_cell(
	struct ward_net *n, const struct ward_bacnet_row *row, enum name field)
{
	uint8_t ip[16] = {0};
	char text[WARD_IP_TEXT];

	switch ((int)field) {
	case NAME_TABLE_PORT:
		return ward_value_int(row->port);
	case NAME_TABLE_TTL:
		return ward_value_int(row->rest >> 16);
	case NAME_TABLE_LEFT:
		return ward_value_int(row->rest & 0xffff);
	case NAME_TABLE_MASK:
		for (unsigned i = 0; i < 4; i++)
			ip[i] = (uint8_t)(row->rest >> (24 - 8 * i));
		break;
	default:
		memcpy(ip, row->ip, 4);
		break;
	}
	return ward_value_str(
		ward_arena_str(&n->arena, (struct ward_str){text, ward_ip_text(ip, 4, text)}));
}

static void put_column(const struct ward_dissect *d, const struct ward_bacnet *m, enum name field)
{
	struct ward_value *item = ward_emit_items(d->net, m->n_row);

	if (!item)
		return;
	for (size_t i = 0; i < m->n_row; i++) {
		item[i] = table_cell(d->net, &m->row[i], field);
		if (item[i].kind == WARD_VALUE_STR && !item[i].s.p)
			item[i] = (struct ward_value){.kind = WARD_VALUE_NULL};
	}
	ward_emit_list(d->net, d->name[field], item, (uint32_t)m->n_row);
}

static void put_table(const struct ward_dissect *d, const struct ward_bacnet *m)
{
	if (m->table_entries)
		ward_emit_int(d->net, d->name[NAME_ENTRIES], m->table_entries);
	if (!m->n_row)
		return;
	put_column(d, m, NAME_TABLE_IP);
	put_column(d, m, NAME_TABLE_PORT);
	if (m->function == WARD_BACNET_FN_WRITE_BDT || m->function == WARD_BACNET_FN_READ_BDT_ACK)
		put_column(d, m, NAME_TABLE_MASK);
	if (m->function == WARD_BACNET_FN_READ_FDT_ACK) {
		put_column(d, m, NAME_TABLE_TTL);
		put_column(d, m, NAME_TABLE_LEFT);
	}
}

static void put_network(const struct ward_dissect *d, const struct ward_bacnet *m)
{
	struct ward_net *n = d->net;
	struct ward_value *item;

	put_named(n, d->name[NAME_FUNCTION], WARD_BACNET_NAMES_BVLC_FUNCTION, m->function);
	if (m->forwarded_port) {
		uint8_t ip[16] = {0};

		memcpy(ip, m->forwarded_ip, 4);
		ward_emit_ip(n, d->name[NAME_FORWARDED_IP], ip, 4);
		ward_emit_int(n, d->name[NAME_FORWARDED_PORT], m->forwarded_port);
	}
	put_optional(n, d->name[NAME_RESULT], &m->result);
	put_optional(n, d->name[NAME_TTL], &m->ttl);
	put_table(d, m);
	if (m->has_dst) {
		ward_emit_int(n, d->name[NAME_DST_NET], m->dst_net);
		put_hex(n, d->name[NAME_DST_ADDRESS], m->dst_address);
		ward_emit_int(n, d->name[NAME_HOPS], m->hop_count);
	}
	if (m->has_src) {
		ward_emit_int(n, d->name[NAME_SRC_NET], m->src_net);
		put_hex(n, d->name[NAME_SRC_ADDRESS], m->src_address);
	}
	if (m->network_priority)
		ward_emit_int(n, d->name[NAME_NETWORK_PRIORITY], m->network_priority);
	if (!m->is_network)
		return;
	put_named(n, d->name[NAME_NETWORK_MESSAGE], WARD_BACNET_NAMES_NETWORK_MESSAGE,
		m->network_message);
	if (m->network_message >= 0x80)
		ward_emit_int(n, d->name[NAME_NETWORK_VENDOR], m->network_vendor);
	if (m->network_message == 3)
		ward_emit_int(n, d->name[NAME_NETWORK_REASON], m->network_reason);
	if (m->n_net && (item = ward_emit_items(n, m->n_net))) {
		for (size_t i = 0; i < m->n_net; i++)
			item[i] = ward_value_int(m->net[i]);
		ward_emit_list(n, d->name[NAME_NETWORKS], item, (uint32_t)m->n_net);
	}
}

static void put_named_reason(struct ward_net *n, enum ward_bacnet_list list, uint32_t number)
{
	put_named(n, WARD_FIELD_BACNET_ERROR, list, number);
}

static void put_apdu(const struct ward_dissect *d, const struct ward_bacnet *m)
{
	struct ward_net *n = d->net;

	put_named(n, WARD_FIELD_BACNET_PDU, WARD_BACNET_NAMES_PDU_TYPE, m->pdu);
	if (m->has_service)
		put_named(n, WARD_FIELD_BACNET_SERVICE,
			m->pdu == WARD_BACNET_PDU_UNCONFIRMED ? WARD_BACNET_NAMES_UNCONFIRMED
							      : WARD_BACNET_NAMES_CONFIRMED,
			m->service);
	if (m->has_invoke)
		ward_emit_int(n, WARD_FIELD_BACNET_INVOKE_ID, m->invoke_id);
	if (m->segmented)
		ward_emit_bool(n, d->name[NAME_SEGMENTED], true);
	if (m->segmented || m->pdu == WARD_BACNET_PDU_SEGMENT_ACK) {
		ward_emit_int(n, d->name[NAME_SEGMENT], m->segment);
		ward_emit_int(n, d->name[NAME_WINDOW], m->window);
	}
	if (m->negative)
		ward_emit_bool(n, d->name[NAME_NEGATIVE], true);
	if (m->from_server)
		ward_emit_bool(n, d->name[NAME_FROM_SERVER], true);
	if (m->pdu == WARD_BACNET_PDU_REJECT)
		put_named_reason(n, WARD_BACNET_NAMES_REJECT_REASON, m->reason_code);
	if (m->pdu == WARD_BACNET_PDU_ABORT)
		put_named_reason(n, WARD_BACNET_NAMES_ABORT_REASON, m->reason_code);
}

/* "object: unknown-object" */
static void put_error(const struct ward_dissect *d, const struct ward_bacnet *m)
{
	static const enum ward_bacnet_list list[] = {
		WARD_BACNET_NAMES_ERROR_CLASS, WARD_BACNET_NAMES_ERROR_CODE};
	const uint32_t number[] = {m->error_class.v, m->error_code.v};
	char text[128];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!m->error_code.is)
		return;
	for (size_t i = 0; i < WARD_ARRAY_LEN(list); i++) {
		const char *name = ward_bacnet_name(list[i], number[i]);

		if (i)
			ward_wr_z(&w, ": ");
		if (name)
			ward_wr_z(&w, name);
		else
			ward_wr_u64(&w, number[i]);
	}
	ward_emit_str(d->net, WARD_FIELD_BACNET_ERROR, ward_wr_text(&w));
}

static struct ward_value as_named(enum ward_bacnet_list list, uint32_t number)
{
	const char *name = ward_bacnet_name(list, number);

	return name ? ward_value_str(ward_str_z(name)) : ward_value_int(number);
}

static struct ward_value as_value(struct ward_net *n, const struct ward_bacnet_value *v)
{
	if (v->kind == WARD_BACNET_VALUE_INT)
		return ward_value_int(v->i);
	if (v->kind == WARD_BACNET_VALUE_NONE)
		return (struct ward_value){.kind = WARD_VALUE_NULL};
	struct ward_value ret = ward_value_str(ward_arena_str(&n->arena, v->s));

	if (!ret.s.p)
		return (struct ward_value){.kind = WARD_VALUE_NULL};
	if (v->kind == WARD_BACNET_VALUE_NUM)
		ret.kind = WARD_VALUE_NUM;
	return ret;
}

/* Columns of the items: which there are, and one cell. */
enum column { COL_TYPE, COL_INSTANCE, COL_PROPERTY, COL_INDEX, COL_VALUE, COL_PRIORITY, COL_N };

static bool has_cell(const struct ward_bacnet_item *it, enum column c)
{
	const bool has[COL_N] = {it->has_object || it->has_type, it->has_object, it->has_property,
		it->has_index, it->value.kind != WARD_BACNET_VALUE_NONE, it->has_priority};

	return has[c];
}

static struct ward_value cell(struct ward_net *n, const struct ward_bacnet_item *it, enum column c)
{
	if (!has_cell(it, c))
		return (struct ward_value){.kind = WARD_VALUE_NULL};
	switch (c) {
	case COL_TYPE:
		return as_named(WARD_BACNET_NAMES_OBJECT_TYPE, it->type);
	case COL_INSTANCE:
		return ward_value_int(it->instance);
	case COL_PROPERTY:
		return as_named(WARD_BACNET_NAMES_PROPERTY, it->property);
	case COL_INDEX:
		return ward_value_int(it->index);
	case COL_PRIORITY:
		return ward_value_int(it->priority);
	case COL_VALUE:
	case COL_N:
	default:
		return as_value(n, &it->value);
	}
}

/* Several items give lists of equal length, so that the i-th entries belong together. */
static void put_items(const struct ward_dissect *d, const struct ward_bacnet *m)
{
	const uint32_t field[COL_N] = {WARD_FIELD_BACNET_OBJECT_TYPE, WARD_FIELD_BACNET_OBJECT,
		WARD_FIELD_BACNET_PROPERTY, d->name[NAME_ARRAY_INDEX], WARD_FIELD_BACNET_VALUE,
		WARD_FIELD_BACNET_PRIORITY};

	for (unsigned c = 0; c < COL_N; c++) {
		bool any = false;

		for (size_t i = 0; i < m->n_item; i++)
			any |= has_cell(&m->item[i], (enum column)c);
		struct ward_value *list = any ? ward_emit_items(d->net, m->n_item) : NULL;

		if (!list)
			continue;
		for (size_t i = 0; i < m->n_item; i++)
			list[i] = cell(d->net, &m->item[i], (enum column)c);
		ward_emit_list(d->net, field[c], list, (uint32_t)m->n_item);
	}
	if (m->n_item_seen > 1)
		ward_emit_int(d->net, d->name[NAME_ITEMS], (int64_t)m->n_item_seen);
}

static void put_numbers(const struct ward_dissect *d, const struct ward_bacnet *m)
{
	for (size_t i = 0; i < WARD_BACNET_NUMBER_N; i++) {
		uint32_t field = d->name[(size_t)NAME_NUMBER + i];
		int64_t v = m->number[i].v;

		if (!m->number[i].is)
			continue;
		if (number_how[i] == WARD_BACNET_PLAIN)
			ward_emit_int(d->net, field, v);
		else if (number_how[i] == WARD_BACNET_BOOL)
			ward_emit_bool(d->net, field, v != 0);
		else
			put_named(d->net, field, (enum ward_bacnet_list)number_how[i], (uint32_t)v);
	}
}

static void put_str(struct ward_net *n, uint32_t field, struct ward_str s)
{
	if (s.len)
		ward_emit_str(n, field, s);
}

static void put_service(const struct ward_dissect *d, const struct ward_bacnet *m)
{
	struct ward_net *n = d->net;

	put_optional(n, WARD_FIELD_BACNET_DEVICE, &m->device);
	put_optional(n, WARD_FIELD_BACNET_LOW, &m->low);
	put_optional(n, WARD_FIELD_BACNET_HIGH, &m->high);
	put_optional(n, WARD_FIELD_BACNET_VENDOR, &m->vendor);
	put_optional(n, d->name[NAME_MAX_APDU], &m->max_apdu);
	if (m->segmentation.is)
		put_named(n, d->name[NAME_SEGMENTATION], WARD_BACNET_NAMES_SEGMENTATION,
			m->segmentation.v);
	if (m->state.is)
		put_named(n, d->name[NAME_STATE],
			m->service == 17 ? WARD_BACNET_NAMES_COMMUNICATION
					 : WARD_BACNET_NAMES_REINITIALIZE,
			m->state.v);
	put_numbers(d, m);
	if (m->has_password)
		ward_emit_bool(n, d->name[NAME_PASSWORD], true);
	put_str(n, d->name[NAME_OBJECT_NAME], m->name);
	put_str(n, d->name[NAME_WHEN], m->when);
	put_str(n, WARD_FIELD_USER, m->user);
	put_str(n, d->name[NAME_MODEL], m->model);
	put_str(n, d->name[NAME_SERIAL], m->serial);
	put_items(d, m);
	put_error(d, m);
	if (m->n_cut)
		ward_emit_int(n, d->name[NAME_CUT], (int64_t)m->n_cut);
}

/* What it was about. */
static void put_request_item(const struct ward_dissect *d, const struct ward_bacnet_item *it)
{
	static const enum column column[] = {COL_TYPE, COL_INSTANCE, COL_PROPERTY};
	const uint32_t field[] = {WARD_FIELD_BACNET_OBJECT_TYPE, WARD_FIELD_BACNET_OBJECT,
		WARD_FIELD_BACNET_PROPERTY};

	for (size_t i = 0; i < WARD_ARRAY_LEN(column); i++) {
		struct ward_value *v = has_cell(it, column[i]) ? ward_emit_items(d->net, 1) : NULL;

		if (!v)
			continue;
		*v = cell(d->net, it, column[i]);
		ward_emit_list(d->net, field[i], v, 1);
	}
}

static const char *outcome(const struct ward_bacnet *m)
{
	static const char *const by_pdu[WARD_BACNET_PDU_N] = {
		[WARD_BACNET_PDU_SIMPLE_ACK] = "ok",
		[WARD_BACNET_PDU_COMPLEX_ACK] = "ok",
		[WARD_BACNET_PDU_ERROR] = "error",
		[WARD_BACNET_PDU_REJECT] = "rejected",
		[WARD_BACNET_PDU_ABORT] = "aborted",
	};

	if (m->result.is)
		return m->result.v ? "failed" : "ok";
	return m->has_apdu ? by_pdu[m->pdu] : NULL;
}

static void put_join(
	const struct ward_dissect *d, const struct ward_bacnet *m, const struct ward_bacnet_join *j)
{
	const struct ward_bacnet_pending *p = j->request;
	const char *text = outcome(m);

	if (text && m->has_apdu && d->flow && !p)
		text = "unrequested";
	if (text)
		ward_emit_z(d->net, d->name[NAME_OUTCOME], text);
	if (text && p) {
		if (!m->has_service)
			put_named(d->net, WARD_FIELD_BACNET_SERVICE, WARD_BACNET_NAMES_CONFIRMED,
				p->service);
		if (!m->n_item)
			put_request_item(d, &p->item);
		if (d->net->frame->time >= p->time)
			ward_emit_int(d->net, d->name[NAME_LATENCY], d->net->frame->time - p->time);
	}
	if (j->anomaly)
		ward_emit_z(d->net, d->name[NAME_ANOMALY], j->anomaly);
	if (j->n_segment)
		ward_emit_int(d->net, d->name[NAME_SEGMENTS], j->n_segment);
}

void ward_bacnet_emit(
	const struct ward_dissect *d, const struct ward_bacnet *m, const struct ward_bacnet_join *j)
{
	struct ward_net *n = d->net;

	if (!ward_emit_begin(n, pick_class(d, m)))
		return;
	if (j->turned)
		ward_emit_packet_turned(n, d->packet);
	else
		ward_emit_packet(n, d->packet);
	put_network(d, m);
	if (m->has_apdu) {
		put_apdu(d, m);
		put_service(d, m);
	}
	put_join(d, m, j);
	if (m->n_unparsed)
		ward_emit_int(n, d->name[NAME_UNPARSED], (int64_t)m->n_unparsed);
	if (m->reason != WARD_BACNET_REASON_N)
		ward_emit_z(n, d->name[NAME_MALFORMED], ward_bacnet_reasons[m->reason]);
	ward_emit_end(n);
}

void ward_bacnet_emit_unanswered(
	const struct ward_dissect *d, const struct ward_bacnet_pending *p, bool turned)
{
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_UNANSWERED]))
		return;
	if (turned)
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	put_named(d->net, WARD_FIELD_BACNET_SERVICE, WARD_BACNET_NAMES_CONFIRMED, p->service);
	ward_emit_int(d->net, WARD_FIELD_BACNET_INVOKE_ID, p->invoke_id);
	if (p->server.net) {
		ward_emit_int(d->net, d->name[NAME_DST_NET], p->server.net);
		put_hex(d->net, d->name[NAME_DST_ADDRESS],
			ward_slice_of(p->server.p, p->server.len));
	}
	put_request_item(d, &p->item);
	ward_emit_end(d->net);
}
