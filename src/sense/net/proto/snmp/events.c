#include "sense/net/proto/snmp/event.h"

#include "sense/net/emit.h"
#include "sense/net/text.h"
#include "sense/net/proto/snmp/mib.h"

enum { VALUE_BYTES = 255, TEXT = VALUE_BYTES * 4 };

/* Fields and classes: X(IDENT, "name") */
#define NAME_LIST(X)                                   \
	X(VERSION, "snmp.version")                     \
	X(PDU, "snmp.pdu")                             \
	X(REQUEST_ID, "snmp.request_id")               \
	X(MSG_ID, "snmp.msg_id")                       \
	X(COMMUNITY_DEFAULT, "snmp.community_default") \
	X(SECURITY_LEVEL, "snmp.security_level")       \
	X(SECURITY_MODEL, "snmp.security_model")       \
	X(ENGINE, "snmp.engine_id")                    \
	X(ENGINE_ENTERPRISE, "snmp.engine_enterprise") \
	X(ENGINE_VENDOR, "snmp.engine_vendor")         \
	X(ENGINE_MAC, "snmp.engine_mac")               \
	X(ENGINE_BOOTS, "snmp.engine_boots")           \
	X(ENGINE_TIME, "snmp.engine_time_s")           \
	X(CONTEXT, "snmp.context_name")                \
	X(NON_REPEATERS, "snmp.non_repeaters")         \
	X(MAX_REPETITIONS, "snmp.max_repetitions")     \
	X(ERROR, "snmp.error_status")                  \
	X(ERROR_INDEX, "snmp.error_index")             \
	X(OIDS, "snmp.oid")                            \
	X(VARBINDS, "snmp.varbinds")                   \
	X(EXCEPTION, "snmp.exception")                 \
	X(ENTERPRISE, "snmp.enterprise")               \
	X(VENDOR, "snmp.vendor")                       \
	X(AGENT, "snmp.agent_ip")                      \
	X(GENERIC, "snmp.generic_trap")                \
	X(SPECIFIC, "snmp.specific_trap")              \
	X(TRAP_OID, "snmp.trap_oid")                   \
	X(UPTIME, "snmp.uptime_cs")                    \
	X(REPORT, "snmp.report")                       \
	X(REQUEST, "snmp.request")                     \
	X(OUTCOME, "snmp.outcome")                     \
	X(LATENCY, "snmp.latency_ns")                  \
	X(REPEATED, "snmp.repeated")                   \
	X(MALFORMED, "snmp.malformed")                 \
	X(CLASS_UNANSWERED, "net.snmp.unanswered")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
	/* After the fixed names: a class per PDU, a field and its key per object. */
	NAME_CLASS,
	NAME_OBJECT = NAME_CLASS + WARD_SNMP_PDU_N,
	NAME_N = NAME_OBJECT + 2 * WARD_SNMP_OBJECTS,
};

static const char *const fixed_names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

bool ward_snmp_name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	if (i < NAME_CLASS) {
		ward_wr_z(w, fixed_names[i]);
	} else if (i < NAME_OBJECT) {
		ward_wr_z(w, "net.snmp.");
		ward_wr_z(w, ward_snmp_pdu_name((enum ward_snmp_pdu)(i - NAME_CLASS)));
	} else {
		const struct ward_snmp_object *o = ward_snmp_object_at((i - NAME_OBJECT) / 2);

		ward_wr_z(w, (i - NAME_OBJECT) % 2 ? o->key_field : o->field);
	}
	return true;
}

static void put_int(const struct ward_dissect *d, enum name field, int64_t v)
{
	ward_emit_int(d->net, d->name[field], v);
}

/* The name as text, or the number. */
static void put_named(const struct ward_dissect *d, enum name field, const char *name, int64_t v)
{
	if (name)
		ward_emit_z(d->net, d->name[field], name);
	else
		put_int(d, field, v);
}

static void put_oid(const struct ward_dissect *d, enum name field, const struct ward_ber_oid *oid)
{
	char text[WARD_BER_OID_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_ber_oid_text(&w, oid);
	ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static struct ward_value copied(struct ward_net *n, const struct ward_wr *w)
{
	struct ward_str copy = ward_arena_str(&n->arena, ward_wr_text(w));

	return copy.p ? ward_value_str(copy) : (struct ward_value){.kind = WARD_VALUE_NULL};
}

static void put_oids(const struct ward_dissect *d, const struct ward_snmp *m)
{
	struct ward_value *item = m->n_var ? ward_emit_items(d->net, m->n_var) : NULL;

	put_int(d, NAME_VARBINDS, (int64_t)m->n_var_seen);
	if (!item)
		return;
	for (size_t i = 0; i < m->n_var; i++) {
		struct ward_ber_oid oid;
		char text[WARD_BER_OID_TEXT];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		(void)ward_ber_oid_of(m->var[i].oid, &oid); /* parse has checked it */
		ward_ber_oid_text(&w, &oid);
		item[i] = copied(d->net, &w);
	}
	ward_emit_list(d->net, d->name[NAME_OIDS], item, (uint32_t)m->n_var);
}

static bool printable(struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	bool all = true;

	while (ward_rd_left(&r)) {
		uint8_t c = ward_rd_u8(&r);

		all &= c >= 0x20 && c < 0x7f;
	}
	return all;
}

/* As text of an event; false when it is not of that kind. */
static bool value_text(struct ward_wr *w, enum ward_snmp_kind kind, const struct ward_ber *value)
{
	struct ward_slice s = value->body;
	struct ward_ber_oid oid;
	char mac[WARD_MAC_TEXT];

	s.len = s.len < VALUE_BYTES ? s.len : VALUE_BYTES;
	if (kind == WARD_SNMP_KIND_OID) {
		if (value->tag != WARD_BER_OID || !ward_ber_oid_of(value->body, &oid))
			return false;
		ward_ber_oid_text(w, &oid);
		return true;
	}
	if (value->tag != WARD_BER_OCTETS || !s.len || (kind == WARD_SNMP_KIND_MAC && s.len != 6))
		return false;
	if (kind == WARD_SNMP_KIND_TEXT || (kind == WARD_SNMP_KIND_ID && printable(s)))
		ward_net_text(w, s, "");
	else if (s.len == 6)
		ward_wr_str(w, (struct ward_str){mac, ward_mac_text(s.p, mac)});
	else
		ward_wr_hex(w, s);
	return true;
}

static bool value_of(struct ward_net *n, enum ward_snmp_kind kind, const struct ward_ber *value,
	struct ward_value *ret)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	uint64_t v;

	if (kind == WARD_SNMP_KIND_INT) {
		/* an exception has no octets */
		if (!ward_ber_uint_of(value->body, &v) || v > INT64_MAX)
			return false;
		*ret = ward_value_int((int64_t)v);
		return true;
	}
	if (!value_text(&w, kind, value))
		return false;
	*ret = copied(n, &w);
	return true;
}

/* Arcs of an index as octets; false when one is none. */
static bool octets(const uint32_t *arc, size_t n, uint8_t *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (arc[i] > UINT8_MAX)
			return false;
		ret[i] = (uint8_t)arc[i];
	}
	return true;
}

static bool key_of(struct ward_net *n, enum ward_snmp_key key, const struct ward_ber_oid *oid,
	struct ward_value *ret)
{
	char text[WARD_IP_TEXT];
	uint8_t octet[16];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	switch (key) {
	case WARD_SNMP_KEY_MAC:
		if (!octets(&oid->arc[oid->n - 6], 6, octet))
			return false;
		w.len = ward_mac_text(octet, text);
		break;
	case WARD_SNMP_KEY_IP:
		if (!octets(&oid->arc[oid->n - 4], 4, octet))
			return false;
		w.len = ward_ip_text(octet, 4, text);
		break;
	case WARD_SNMP_KEY_LOCAL:
		*ret = ward_value_int(oid->arc[oid->n - 2]);
		return true;
	case WARD_SNMP_KEY_LAST:
	case WARD_SNMP_KEY_NONE:
	default:
		*ret = ward_value_int(oid->arc[oid->n - 1]);
		return true;
	}
	*ret = copied(n, &w);
	return true;
}

/* All instances of one object; of a scalar the first. object[i] is that of variable i. */
static void put_object(const struct ward_dissect *d, const struct ward_snmp *m,
	const uint8_t *object, size_t which)
{
	const struct ward_snmp_object *o = ward_snmp_object_at(which);
	struct ward_value *value = ward_emit_items(d->net, m->n_var),
			  *key = ward_emit_items(d->net, m->n_var);
	size_t most = o->key == WARD_SNMP_KEY_NONE ? 1 : m->n_var;
	uint32_t n = 0;

	if (!value || !key)
		return;
	for (size_t i = 0; i < m->n_var && n < most; i++) {
		struct ward_ber_oid oid;

		if (object[i] != which)
			continue;
		(void)ward_ber_oid_of(m->var[i].oid, &oid);
		n += value_of(d->net, o->kind, &m->var[i].value, &value[n]) &&
		     key_of(d->net, o->key, &oid, &key[n]);
	}
	ward_emit_list(d->net, d->name[NAME_OBJECT + 2 * which], value, n);
	if (o->key != WARD_SNMP_KEY_NONE)
		ward_emit_list(d->net, d->name[NAME_OBJECT + 2 * which + 1], key, n);
}

static void put_vendor(const struct ward_dissect *d, enum name field, uint32_t enterprise)
{
	const char *name = ward_snmp_vendor(enterprise);

	if (name)
		ward_emit_z(d->net, d->name[field], name);
}

static void put_objects(const struct ward_dissect *d, const struct ward_snmp *m)
{
	bool met[WARD_SNMP_OBJECTS + 1] = {false};
	uint8_t object[WARD_SNMP_VARS];
	struct ward_ber_oid oid;

	for (size_t i = 0; i < m->n_var; i++) {
		(void)ward_ber_oid_of(m->var[i].oid, &oid);
		object[i] = (uint8_t)ward_snmp_object_of(&oid);
		met[object[i]] = true;
		if (object[i] == WARD_SNMP_OBJECT_SYS_OBJECT_ID &&
			m->var[i].value.tag == WARD_BER_OID &&
			ward_ber_oid_of(m->var[i].value.body, &oid))
			put_vendor(d, NAME_VENDOR, ward_snmp_enterprise_of(&oid));
	}
	for (size_t i = 0; i < WARD_SNMP_OBJECTS; i++)
		if (met[i])
			put_object(d, m, object, i);
}

static void put_exception(const struct ward_dissect *d, const struct ward_snmp *m)
{
	static const char *const name[] = {"noSuchObject", "noSuchInstance", "endOfMibView"};

	for (size_t i = 0; i < m->n_var; i++) {
		size_t which = (size_t)m->var[i].value.tag - WARD_SNMP_NO_OBJECT;

		if (m->var[i].value.tag >= WARD_SNMP_NO_OBJECT && which < WARD_ARRAY_LEN(name)) {
			ward_emit_z(d->net, d->name[NAME_EXCEPTION], name[which]);
			return;
		}
	}
}

static void put_version(const struct ward_dissect *d, uint8_t version)
{
	static const char *const name[] = {
		[WARD_SNMP_V1] = "1", [WARD_SNMP_V2C] = "2c", [WARD_SNMP_V3] = "3"};

	ward_emit_z(d->net, d->name[NAME_VERSION], name[version]);
}

static void put_hex(const struct ward_dissect *d, enum name field, struct ward_slice s)
{
	char text[2 * WARD_SNMP_KEPT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	s.len = s.len < WARD_SNMP_KEPT ? s.len : WARD_SNMP_KEPT; /* RFC 3411 5: 5 to 32 */
	ward_wr_hex(&w, s);
	if (s.len)
		ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static void put_text(const struct ward_dissect *d, uint32_t field, struct ward_slice s)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	s.len = s.len < VALUE_BYTES ? s.len : VALUE_BYTES;
	ward_net_text(&w, s, "");
	if (s.len)
		ward_emit_str(d->net, field, ward_wr_text(&w));
}

static void put_engine(const struct ward_dissect *d, struct ward_slice id)
{
	struct ward_snmp_engine engine;

	put_hex(d, NAME_ENGINE, id);
	if (!ward_snmp_engine_of(id, &engine))
		return;
	put_int(d, NAME_ENGINE_ENTERPRISE, engine.enterprise);
	put_vendor(d, NAME_ENGINE_VENDOR, engine.enterprise);
	if (engine.mac.len == 6)
		ward_emit_mac(d->net, d->name[NAME_ENGINE_MAC], engine.mac.p);
}

/* RFC 3412 6.4: privacy without authentication does not exist. */
static const char *level(uint8_t flags)
{
	static const char *const name[] = {"noAuthNoPriv", "authNoPriv", "privNoAuth", "authPriv"};

	return name[flags & (WARD_SNMP_FLAG_AUTH | WARD_SNMP_FLAG_PRIV)];
}

static void put_security(const struct ward_dissect *d, const struct ward_snmp *m)
{
	if (m->version != WARD_SNMP_V3) {
		ward_emit_bool(d->net, d->name[NAME_COMMUNITY_DEFAULT],
			ward_snmp_community_default(m->community));
		return;
	}
	put_int(d, NAME_MSG_ID, m->id);
	ward_emit_z(d->net, d->name[NAME_SECURITY_LEVEL], level(m->flags));
	put_text(d, WARD_FIELD_USER, m->user);
	if (m->security_model != WARD_SNMP_USM)
		put_int(d, NAME_SECURITY_MODEL, m->security_model);
	put_engine(d, m->engine);
	if (m->engine.len) {
		put_int(d, NAME_ENGINE_BOOTS, m->engine_boots);
		put_int(d, NAME_ENGINE_TIME, m->engine_time_s);
	}
	put_text(d, d->name[NAME_CONTEXT], m->context_name);
}

/* The same name for a trap of either version (RFC 3584 3.1). */
static void put_trap_oid(const struct ward_dissect *d, const struct ward_snmp *m)
{
	enum { ENTERPRISE_SPECIFIC = 6 };
	struct ward_ber_oid oid;

	if (m->generic < ENTERPRISE_SPECIFIC) {
		oid = (struct ward_ber_oid){
			{1, 3, 6, 1, 6, 3, 1, 1, 5, (uint32_t)m->generic + 1}, 10};
	} else {
		(void)ward_ber_oid_of(m->enterprise, &oid);
		if (oid.n + 2 > WARD_BER_ARCS)
			return;
		oid.arc[oid.n++] = 0;
		oid.arc[oid.n++] = (uint32_t)m->specific;
	}
	put_oid(d, NAME_TRAP_OID, &oid);
}

static void put_trap_v1(const struct ward_dissect *d, const struct ward_snmp *m)
{
	struct ward_ber_oid oid;

	if (!m->enterprise.len || m->agent.len != 4)
		return; /* it was malformed before that */
	(void)ward_ber_oid_of(m->enterprise, &oid);
	put_oid(d, NAME_ENTERPRISE, &oid);
	put_vendor(d, NAME_VENDOR, ward_snmp_enterprise_of(&oid));
	ward_emit_ip(d->net, d->name[NAME_AGENT], m->agent.p, 4);
	put_named(d, NAME_GENERIC, ward_snmp_trap_name(m->generic), m->generic);
	put_int(d, NAME_SPECIFIC, m->specific);
	put_int(d, NAME_UPTIME, m->uptime);
	put_trap_oid(d, m);
}

/* RFC 3416 4.2.6: what a trap is stands in its variables. */
static void put_trap(const struct ward_dissect *d, const struct ward_snmp *m)
{
	static const struct ward_ber_oid trap_oid = {{1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0}, 11},
					 enterprise = {{1, 3, 6, 1, 6, 3, 1, 1, 4, 3, 0}, 11};

	for (size_t i = 0; i < m->n_var; i++) {
		struct ward_ber_oid oid, value;
		size_t len;

		if (m->var[i].value.tag != WARD_BER_OID || !ward_ber_oid_of(m->var[i].oid, &oid) ||
			!ward_ber_oid_of(m->var[i].value.body, &value))
			continue;
		len = oid.n * sizeof(oid.arc[0]);
		if (oid.n == trap_oid.n && memcmp(oid.arc, trap_oid.arc, len) == 0)
			put_oid(d, NAME_TRAP_OID, &value);
		else if (oid.n == enterprise.n && memcmp(oid.arc, enterprise.arc, len) == 0)
			put_oid(d, NAME_ENTERPRISE, &value);
	}
}

enum ward_snmp_usm_stats ward_snmp_report(const struct ward_snmp *m)
{
	static const uint32_t stats[] = {1, 3, 6, 1, 6, 3, 15, 1, 1};
	const size_t n = WARD_ARRAY_LEN(stats);
	struct ward_ber_oid oid;

	if (m->pdu == WARD_SNMP_PDU_REPORT && m->n_var && ward_ber_oid_of(m->var[0].oid, &oid) &&
		oid.n > n && memcmp(oid.arc, stats, sizeof(stats)) == 0 &&
		oid.arc[n] < WARD_SNMP_USM_STATS)
		return (enum ward_snmp_usm_stats)oid.arc[n];
	return WARD_SNMP_NO_STATS;
}

static void put_pdu(const struct ward_dissect *d, const struct ward_snmp *m)
{
	static const char *const report[] = {NULL, "usmStatsUnsupportedSecLevels",
		"usmStatsNotInTimeWindows", "usmStatsUnknownUserNames", "usmStatsUnknownEngineIDs",
		"usmStatsWrongDigests", "usmStatsDecryptionErrors"};

	if (m->pdu == WARD_SNMP_PDU_TRAP_V1) {
		put_trap_v1(d, m);
	} else if (m->pdu == WARD_SNMP_PDU_GET_BULK) {
		put_int(d, NAME_NON_REPEATERS, m->error_status);
		put_int(d, NAME_MAX_REPETITIONS, m->error_index);
	} else if (m->pdu == WARD_SNMP_PDU_RESPONSE) {
		put_named(d, NAME_ERROR, ward_snmp_error_name(m->error_status), m->error_status);
		put_int(d, NAME_ERROR_INDEX, m->error_index);
		put_exception(d, m);
	} else if (m->pdu == WARD_SNMP_PDU_TRAP || m->pdu == WARD_SNMP_PDU_INFORM) {
		put_trap(d, m);
	}
	if (ward_snmp_report(m))
		ward_emit_z(d->net, d->name[NAME_REPORT], report[ward_snmp_report(m)]);
	if (m->pdu != WARD_SNMP_PDU_TRAP_V1)
		put_int(d, NAME_REQUEST_ID, m->request_id);
	put_oids(d, m);
	/* What a request would set may be a secret. */
	if (m->pdu != WARD_SNMP_PDU_SET)
		put_objects(d, m);
}

static const char *outcome(const struct ward_snmp *m)
{
	switch (m->pdu) {
	case WARD_SNMP_PDU_RESPONSE:
		return m->error_status ? "error" : "ok";
	case WARD_SNMP_PDU_REPORT:
		return "report";
	case WARD_SNMP_PDU_ENCRYPTED:
		return "encrypted";
	case WARD_SNMP_PDU_GET:
	case WARD_SNMP_PDU_GET_NEXT:
	case WARD_SNMP_PDU_SET:
	case WARD_SNMP_PDU_TRAP_V1:
	case WARD_SNMP_PDU_GET_BULK:
	case WARD_SNMP_PDU_INFORM:
	case WARD_SNMP_PDU_TRAP:
	case WARD_SNMP_PDU_N:
	default:
		return "unexpected"; /* never an answer */
	}
}

static void put_join(
	const struct ward_dissect *d, const struct ward_snmp *m, const struct ward_snmp_join *join)
{
	const struct ward_snmp_pending *p = join->request;

	if (join->repeated)
		ward_emit_bool(d->net, d->name[NAME_REPEATED], true);
	if (!join->answer)
		return;
	ward_emit_z(d->net, d->name[NAME_OUTCOME], p ? outcome(m) : "unrequested");
	if (!p)
		return;
	ward_emit_z(d->net, d->name[NAME_REQUEST], ward_snmp_pdu_name(p->pdu));
	if (d->net->frame->time >= p->time)
		put_int(d, NAME_LATENCY, d->net->frame->time - p->time);
}

void ward_snmp_emit(
	const struct ward_dissect *d, const struct ward_snmp *m, const struct ward_snmp_join *join)
{
	enum ward_snmp_pdu class = m->pdu;

	if (join->answer && m->pdu == WARD_SNMP_PDU_ENCRYPTED)
		class = WARD_SNMP_PDU_RESPONSE;
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS + class]))
		return;
	if (join->answer)
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	put_version(d, m->version);
	put_security(d, m);
	ward_emit_z(d->net, d->name[NAME_PDU], ward_snmp_pdu_name(m->pdu));
	if (m->pdu != WARD_SNMP_PDU_ENCRYPTED)
		put_pdu(d, m);
	put_join(d, m, join);
	if (m->reason != WARD_SNMP_REASON_N)
		ward_emit_z(d->net, d->name[NAME_MALFORMED], ward_snmp_reason_name(m->reason));
	ward_emit_end(d->net);
}

void ward_snmp_emit_unanswered(const struct ward_dissect *d, const struct ward_snmp_pending *p)
{
	struct ward_ber_oid oid;

	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_UNANSWERED]))
		return;
	if (p->from_client == d->from_client)
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
	put_version(d, p->version);
	put_int(d, p->version == WARD_SNMP_V3 ? NAME_MSG_ID : NAME_REQUEST_ID, p->id);
	if (p->version == WARD_SNMP_V3)
		put_text(d, WARD_FIELD_USER, ward_slice_of(p->user, p->n_user));
	else
		ward_emit_bool(d->net, d->name[NAME_COMMUNITY_DEFAULT], p->community_default);
	ward_emit_z(d->net, d->name[NAME_REQUEST], ward_snmp_pdu_name(p->pdu));
	if (p->n_oid && ward_ber_oid_of(ward_slice_of(p->oid, p->n_oid), &oid))
		put_oid(d, NAME_OIDS, &oid);
	ward_emit_end(d->net);
}
