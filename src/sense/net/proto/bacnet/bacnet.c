#include "sense/net/proto/bacnet/bacnet.h"

#include "sense/net/proto/bacnet/names.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/emit.h"

enum { PORT = 0xbac0 };

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
	X(SEGMENTED, "bacnet.segmented")               \
	X(MORE_FOLLOWS, "bacnet.more_follows")         \
	X(SEGMENT, "bacnet.segment")                   \
	X(WINDOW, "bacnet.window")                     \
	X(NEGATIVE, "bacnet.negative")                 \
	X(FROM_SERVER, "bacnet.from_server")           \
	X(ARRAY_INDEX, "bacnet.array_index")           \
	X(ITEMS, "bacnet.items")                       \
	X(MAX_APDU, "bacnet.max_apdu")                 \
	X(SEGMENTATION, "bacnet.segmentation")         \
	X(STATE, "bacnet.state")                       \
	X(DURATION, "bacnet.duration")                 \
	X(PROCESS, "bacnet.process_id")                \
	X(CONFIRMED, "bacnet.confirmed")               \
	X(PRIVATE_SERVICE, "bacnet.private_service")   \
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
	X(CLASS_UNKNOWN, "net.bacnet.unknown")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

static const char *const fixed_names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

static const char *const reasons[] = {
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

static bool name_at(size_t i, struct ward_wr *w)
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
	if (m->table_entries)
		ward_emit_int(n, d->name[NAME_ENTRIES], m->table_entries);
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
	if (m->segmented) {
		ward_emit_bool(n, d->name[NAME_SEGMENTED], true);
		ward_emit_bool(n, d->name[NAME_MORE_FOLLOWS], m->more_follows);
	}
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
	const bool has[COL_N] = {it->has_object, it->has_object, it->has_property, it->has_index,
		it->value.kind != WARD_BACNET_VALUE_NONE, it->has_priority};

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
	put_optional(n, d->name[NAME_DURATION], &m->duration);
	put_optional(n, d->name[NAME_PROCESS], &m->process);
	if (m->confirmed.is)
		ward_emit_bool(n, d->name[NAME_CONFIRMED], m->confirmed.v != 0);
	put_optional(n, d->name[NAME_PRIVATE_SERVICE], &m->private_service);
	if (m->has_password)
		ward_emit_bool(n, d->name[NAME_PASSWORD], true);
	if (m->name.len)
		ward_emit_str(n, d->name[NAME_OBJECT_NAME], m->name);
	if (m->when.len)
		ward_emit_str(n, d->name[NAME_WHEN], m->when);
	put_items(d, m);
	put_error(d, m);
	if (m->n_cut)
		ward_emit_int(n, d->name[NAME_CUT], (int64_t)m->n_cut);
}

static void emit(const struct ward_dissect *d, const struct ward_bacnet *m)
{
	struct ward_net *n = d->net;

	if (!ward_emit_begin(n, pick_class(d, m)))
		return;
	ward_emit_packet(n, d->packet);
	put_network(d, m);
	if (m->has_apdu) {
		put_apdu(d, m);
		put_service(d, m);
	}
	if (m->n_unparsed)
		ward_emit_int(n, d->name[NAME_UNPARSED], (int64_t)m->n_unparsed);
	if (m->reason != WARD_BACNET_REASON_N)
		ward_emit_z(n, d->name[NAME_MALFORMED], reasons[m->reason]);
	ward_emit_end(n);
}

static bool probe(struct ward_slice payload)
{
	struct ward_rd r = ward_rd_slice(payload);
	uint8_t type = ward_rd_u8(&r), function = ward_rd_u8(&r);
	uint16_t len = ward_rd_be16(&r);

	return !ward_rd_bad(&r) && type == 0x81 && function <= 12 && len >= 4 && len <= payload.len;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_bacnet m;
	struct ward_wr text = ward_wr_fixed(d->net->scratch, WARD_NET_SCRATCH);
	bool good;

	if (!payload.len || payload.p[0] != 0x81)
		return WARD_VERDICT_FOREIGN;
	good = ward_bacnet_parse(payload, &text, &m);
	/* On a port of something else only a message that is right to the last byte counts. */
	if (!d->trusted && (!good || m.padding))
		return WARD_VERDICT_FOREIGN;
	if (ward_bacnet_told(&m))
		emit(d, &m);
	d->net->count[WARD_NET_UNPARSED] += m.n_unparsed;
	if (good)
		return WARD_VERDICT_OK;
	if (d->partial)
		return WARD_VERDICT_MORE;
	d->reason = m.reason;
	d->off = m.off;
	return WARD_VERDICT_MALFORMED;
}

const struct ward_dissector ward_dissect_bacnet = {
	.name = "bacnet",
	.kind = WARD_DISSECT_BUILDING,
	.title = "BACnet/IP",
	.standard = "ASHRAE 135 Annex J, clauses 6, 20, 21",
	.reads = "BVLC, network messages, every service of confirmed and unconfirmed requests, "
		 "answers and errors with objects, properties and values",
	.proto = WARD_PROTO_UDP,
	.port = {PORT},
	.probe = probe,
	.parse = parse,
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
