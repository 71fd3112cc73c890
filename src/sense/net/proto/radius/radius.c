#include "sense/net/proto/radius/radius.h"
#include "sense/net/proto/dissectors.h"

#include "sense/net/emit.h"
#include "sense/net/login.h"
#include "sense/net/text.h"

enum { PENDING = 32, USER_KEPT = 64, TEXT_BYTES = 253, TEXT = TEXT_BYTES * 4 };

/* Fields and classes: X(IDENT, "name") */
#define NAME_LIST(X)                               \
	X(ID, "radius.id")                         \
	X(NAS_IP, "radius.nas_ip")                 \
	X(NAS_IDENTIFIER, "radius.nas_identifier") \
	X(NAS_PORT, "radius.nas_port")             \
	X(NAS_PORT_ID, "radius.nas_port_id")       \
	X(NAS_PORT_TYPE, "radius.nas_port_type")   \
	X(CALLING_MAC, "radius.calling_mac")       \
	X(CALLED_MAC, "radius.called_mac")         \
	X(SSID, "radius.ssid")                     \
	X(SERVICE_TYPE, "radius.service_type")     \
	X(FRAMED_IP, "radius.framed_ip")           \
	X(FILTER_ID, "radius.filter_id")           \
	X(VLAN, "radius.vlan")                     \
	X(CONNECT_INFO, "radius.connect_info")     \
	X(METHOD, "radius.method")                 \
	X(EAP_TYPE, "radius.eap_type")             \
	X(ACCT_STATUS, "radius.acct_status")       \
	X(ACCT_SESSION, "radius.acct_session_id")  \
	X(ACCT_TIME, "radius.acct_session_time_s") \
	X(ACCT_INPUT, "radius.acct_input_bytes")   \
	X(ACCT_OUTPUT, "radius.acct_output_bytes") \
	X(ACCT_CAUSE, "radius.acct_cause")         \
	X(OUTCOME, "radius.outcome")               \
	X(LATENCY, "radius.latency_ns")            \
	X(REPEATED, "radius.repeated")             \
	X(CLASS_UNANSWERED, "net.radius.unanswered")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
/* After the fixed names, a class per code. */
#define X(IDENT, code, name, answers, outcome) NAME_CLASS_##IDENT,
		WARD_RADIUS_CODE_LIST(X)
#undef X
			NAME_N,
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(IDENT, code, name, answers, outcome) name,
		WARD_RADIUS_CODE_LIST(X)
#undef X
};

static const uint8_t class_code[] = {
#define X(IDENT, code, name, answers, outcome) code,
	WARD_RADIUS_CODE_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_RADIUS_REASON_LIST(X)
#undef X
};

/* A request without its answer yet, and what the answer repeats of it. */
struct pending {
	bool open, from_client, has_mac, has_nas_ip;
	uint8_t id, code, n_user;
	uint8_t calling[6], nas_ip[16], authenticator[16], user[USER_KEPT];
	const char *method;
	ward_ns time;
};

struct flow {
	struct pending pending[PENDING];
	size_t next; /* place of the next request: the oldest one's */
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	if (i >= NAME_CLASS_ACCESS_REQUEST)
		ward_wr_z(w, "net.radius.");
	ward_wr_z(w, names[i]);
	return true;
}

static uint32_t class_of(const struct ward_dissect *d, uint8_t code)
{
	size_t i = 0;

	while (class_code[i] != code) /* it is in the list: parse has found it there */
		i++;
	return d->name[NAME_CLASS_ACCESS_REQUEST + i];
}

static void put_text(const struct ward_dissect *d, uint32_t field, struct ward_slice s)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_net_text(&w, s, ""); /* at most 253 bytes: an attribute's length is one octet */
	if (s.len)
		ward_emit_str(d->net, field, ward_wr_text(&w));
}

/* RFC 2865 5.6, 5.41; RFC 2866 5.1 */
static const char *service_name(uint32_t v)
{
	static const char *const name[] = {NULL, "login", "framed", "callback_login",
		"callback_framed", "outbound", "administrative", "nas_prompt", "authenticate_only",
		"callback_nas_prompt", "call_check", "callback_administrative"};

	return v < WARD_ARRAY_LEN(name) ? name[v] : NULL;
}

static const char *port_name(uint32_t v)
{
	static const char *const name[] = {
		[0] = "async", [5] = "virtual", [15] = "ethernet", [19] = "wireless_802_11"};

	return v < WARD_ARRAY_LEN(name) ? name[v] : NULL;
}

static const char *status_name(uint32_t v)
{
	static const char *const name[] = {[1] = "start",
		[2] = "stop",
		[3] = "interim_update",
		[7] = "accounting_on",
		[8] = "accounting_off"};

	return v < WARD_ARRAY_LEN(name) ? name[v] : NULL;
}

static const char *number_only(uint32_t v)
{
	(void)v;
	return NULL;
}

static void put_numbers(const struct ward_dissect *d, const struct ward_radius *m)
{
	static const struct {
		enum ward_radius_attribute type;
		enum name field;
		const char *(*name)(uint32_t);
	} number[] = {
		{WARD_RADIUS_NAS_PORT, NAME_NAS_PORT, number_only},
		{WARD_RADIUS_NAS_PORT_TYPE, NAME_NAS_PORT_TYPE, port_name},
		{WARD_RADIUS_SERVICE_TYPE, NAME_SERVICE_TYPE, service_name},
		{WARD_RADIUS_ACCT_STATUS, NAME_ACCT_STATUS, status_name},
		{WARD_RADIUS_ACCT_TIME, NAME_ACCT_TIME, number_only},
		{WARD_RADIUS_ACCT_INPUT, NAME_ACCT_INPUT, number_only},
		{WARD_RADIUS_ACCT_OUTPUT, NAME_ACCT_OUTPUT, number_only},
		{WARD_RADIUS_ACCT_CAUSE, NAME_ACCT_CAUSE, number_only},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(number); i++) {
		const char *name;
		uint32_t v;

		if (!ward_radius_int(m, number[i].type, &v))
			continue;
		name = number[i].name(v);
		if (name)
			ward_emit_z(d->net, d->name[number[i].field], name);
		else
			ward_emit_int(d->net, d->name[number[i].field], v);
	}
}

static void put_texts(const struct ward_dissect *d, const struct ward_radius *m)
{
	static const struct {
		enum ward_radius_attribute type;
		enum name field;
	} text[] = {
		{WARD_RADIUS_NAS_IDENTIFIER, NAME_NAS_IDENTIFIER},
		{WARD_RADIUS_NAS_PORT_ID, NAME_NAS_PORT_ID},
		{WARD_RADIUS_FILTER_ID, NAME_FILTER_ID},
		{WARD_RADIUS_CONNECT_INFO, NAME_CONNECT_INFO},
		{WARD_RADIUS_ACCT_SESSION, NAME_ACCT_SESSION},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++)
		put_text(d, d->name[text[i].field], m->value[text[i].type]);
}

static void put_addresses(const struct ward_dissect *d, const struct ward_radius *m)
{
	struct ward_slice nas = m->value[WARD_RADIUS_NAS_IP], nas6 = m->value[WARD_RADIUS_NAS_IPV6],
			  framed = m->value[WARD_RADIUS_FRAMED_IP];

	if (nas.len == 4)
		ward_emit_ip(d->net, d->name[NAME_NAS_IP], nas.p, 4);
	else if (nas6.len == 16)
		ward_emit_ip(d->net, d->name[NAME_NAS_IP], nas6.p, 6);
	if (framed.len == 4)
		ward_emit_ip(d->net, d->name[NAME_FRAMED_IP], framed.p, 4);
}

/* RFC 3580 3.20, 3.21: the access point's address and ":SSID", and the device's. What is no MAC
 * address may be a person's number and is not told. */
static void put_stations(const struct ward_dissect *d, const struct ward_radius *m)
{
	struct ward_slice called = m->value[WARD_RADIUS_CALLED_STATION];
	uint8_t mac[6];
	size_t n = ward_radius_mac(called, mac);
	struct ward_str rest = ward_str_sub(ward_slice_text(called), n, called.len);

	if (n)
		ward_emit_mac(d->net, d->name[NAME_CALLED_MAC], mac);
	if (n && ward_str_starts(rest, WARD_STR(":")))
		put_text(d, d->name[NAME_SSID], ward_str_bytes(ward_str_sub(rest, 1, rest.len)));
	if (ward_radius_mac(m->value[WARD_RADIUS_CALLING_STATION], mac))
		ward_emit_mac(d->net, d->name[NAME_CALLING_MAC], mac);
}

/* RFC 2868 3.6: a tag below 32 may stand before the text. */
static void put_vlan(const struct ward_dissect *d, const struct ward_radius *m)
{
	struct ward_rd r = ward_rd_slice(m->value[WARD_RADIUS_TUNNEL_GROUP]);

	if (ward_rd_left(&r) && ward_rd_peek(&r) < 0x20)
		ward_rd_skip(&r, 1);
	put_text(d, d->name[NAME_VLAN], ward_rd_rest(&r));
}

/* RFC 3748 4: code, identifier, length, type. */
static void put_eap(const struct ward_dissect *d, const struct ward_radius *m)
{
	static const char *const name[] = {[1] = "identity",
		[3] = "nak",
		[4] = "md5",
		[13] = "tls",
		[17] = "leap",
		[18] = "sim",
		[21] = "ttls",
		[23] = "aka",
		[25] = "peap",
		[26] = "mschapv2",
		[43] = "fast",
		[50] = "aka_prime",
		[52] = "pwd",
		[55] = "teap"};
	struct ward_rd r = ward_rd_slice(m->value[WARD_RADIUS_EAP]);
	uint8_t type;

	ward_rd_skip(&r, 4);
	type = ward_rd_u8(&r);
	if (ward_rd_bad(&r))
		return;
	if (type < WARD_ARRAY_LEN(name) && name[type])
		ward_emit_z(d->net, d->name[NAME_EAP_TYPE], name[type]);
	else
		ward_emit_int(d->net, d->name[NAME_EAP_TYPE], type);
}

static const char *method_of(const struct ward_radius *m)
{
	uint32_t service;

	if (m->value[WARD_RADIUS_EAP].p)
		return "eap";
	if (m->mschap)
		return "mschap";
	if (m->value[WARD_RADIUS_CHAP_PASSWORD].p)
		return "chap";
	/* RFC 2865 5.6: who calls is asked for, not whether they know a password */
	if (ward_radius_int(m, WARD_RADIUS_SERVICE_TYPE, &service) &&
		service == WARD_RADIUS_CALL_CHECK)
		return "mac";
	return m->value[WARD_RADIUS_USER_PASSWORD].p ? "pap" : NULL;
}

static struct pending *find(const struct ward_dissect *d, const struct ward_radius *m)
{
	struct flow *f = d->flow;
	uint8_t code = m->info->answers;

	for (size_t i = 0; f && i < PENDING; i++) {
		struct pending *p = &f->pending[i];

		if (!p->open || p->id != m->id)
			continue;
		/* RFC 5997: Status-Server is answered by either port's own answer. */
		if (code ? p->from_client != d->from_client &&
					(p->code == code || p->code == WARD_RADIUS_STATUS_SERVER)
			 : p->from_client == d->from_client &&
					memcmp(p->authenticator, m->authenticator.p,
						sizeof(p->authenticator)) == 0)
			return p;
	}
	return NULL;
}

static void put_kept(
	const struct ward_dissect *d, const struct ward_radius *m, const struct pending *p)
{
	uint8_t mac[6];

	if (m && m->value[WARD_RADIUS_USER_NAME].len)
		put_text(d, WARD_FIELD_USER, m->value[WARD_RADIUS_USER_NAME]);
	else if (p)
		put_text(d, WARD_FIELD_USER, ward_slice_of(p->user, p->n_user));
	if (p && p->has_nas_ip && !(m && m->value[WARD_RADIUS_NAS_IP].p))
		ward_emit_ip(d->net, d->name[NAME_NAS_IP], p->nas_ip, 4);
	if (p && p->has_mac && !(m && ward_radius_mac(m->value[WARD_RADIUS_CALLING_STATION], mac)))
		ward_emit_mac(d->net, d->name[NAME_CALLING_MAC], p->calling);
}

static void emit(const struct ward_dissect *d, const struct ward_radius *m, const struct pending *p)
{
	bool answer = m->info->answers != 0;
	const char *method = answer ? p ? p->method : NULL : method_of(m);

	if (!ward_emit_begin(d->net, class_of(d, m->info->code)))
		return;
	if (answer)
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	ward_emit_int(d->net, d->name[NAME_ID], m->id);
	put_kept(d, m, answer ? p : NULL);
	put_addresses(d, m);
	put_texts(d, m);
	put_stations(d, m);
	put_numbers(d, m);
	put_vlan(d, m);
	put_eap(d, m);
	if (method)
		ward_emit_z(d->net, d->name[NAME_METHOD], method);
	if (answer)
		ward_emit_z(d->net, d->name[NAME_OUTCOME], p ? m->info->outcome : "unrequested");
	if (answer && p && d->net->frame->time >= p->time)
		ward_emit_int(d->net, d->name[NAME_LATENCY], d->net->frame->time - p->time);
	if (!answer && p)
		ward_emit_bool(d->net, d->name[NAME_REPEATED], true);
	ward_emit_end(d->net);
}

static void tell_login(
	const struct ward_dissect *d, const struct ward_radius *m, const struct pending *p)
{
	struct ward_login login = {.user = m->value[WARD_RADIUS_USER_NAME],
		.method = p ? p->method : NULL,
		.outcome = WARD_LOGIN_OK};

	if (m->info->code == WARD_RADIUS_ACCESS_REJECT)
		login.outcome = WARD_LOGIN_FAILED;
	else if (m->info->code != WARD_RADIUS_ACCESS_ACCEPT)
		return;
	/* Status-Server's answer is nobody's login. */
	if (p && p->code == WARD_RADIUS_STATUS_SERVER)
		return;
	if (!login.user.len && p)
		login.user = ward_slice_of(p->user, p->n_user);
	ward_emit_login(d, &login, true);
}

static void emit_unanswered(const struct ward_dissect *d, const struct pending *p)
{
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_UNANSWERED]))
		return;
	if (p->from_client == d->from_client)
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
	ward_emit_int(d->net, d->name[NAME_ID], p->id);
	put_kept(d, NULL, p);
	ward_emit_end(d->net);
}

static void remember(const struct ward_dissect *d, const struct ward_radius *m)
{
	struct flow *f = d->flow;
	struct pending *p = &f->pending[f->next];
	struct ward_slice user = m->value[WARD_RADIUS_USER_NAME],
			  nas = m->value[WARD_RADIUS_NAS_IP];

	if (p->open)
		emit_unanswered(d, p);
	*p = (struct pending){.open = true,
		.from_client = d->from_client,
		.id = m->id,
		.code = m->info->code,
		.method = method_of(m),
		.time = d->net->frame->time,
		.has_nas_ip = nas.len == 4};
	memcpy(p->authenticator, m->authenticator.p, sizeof(p->authenticator));
	p->has_mac = ward_radius_mac(m->value[WARD_RADIUS_CALLING_STATION], p->calling) != 0;
	if (p->has_nas_ip)
		memcpy(p->nas_ip, nas.p, nas.len);
	if (user.len && user.len <= sizeof(p->user)) {
		memcpy(p->user, user.p, user.len);
		p->n_user = (uint8_t)user.len;
	}
	f->next = (f->next + 1) % PENDING;
}

/* What a request must have (RFC 2865 4.1, RFC 2866 5.13); an answer alone is no proof. */
static bool convincing(const struct ward_radius *m)
{
	bool nas = m->value[WARD_RADIUS_NAS_IP].len == 4 || m->value[WARD_RADIUS_NAS_IPV6].p ||
		   m->value[WARD_RADIUS_NAS_IDENTIFIER].p;
	uint32_t status;

	return m->info->code == WARD_RADIUS_ACCESS_REQUEST ? nas
	       : m->info->code == WARD_RADIUS_ACCOUNTING_REQUEST
		       ? nas && ward_radius_int(m, WARD_RADIUS_ACCT_STATUS, &status)
		       : false;
}

static bool probe(struct ward_slice payload)
{
	struct ward_radius m;

	return ward_radius_parse(payload, &m) && m.size == payload.len;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_radius m;
	struct pending *p;

	if (d->partial)
		return WARD_VERDICT_MORE;
	if (!ward_radius_parse(payload, &m)) {
		d->reason = m.reason;
		d->off = m.off;
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	}
	if (!d->trusted && !convincing(&m))
		return WARD_VERDICT_FOREIGN;
	p = find(d, &m);
	emit(d, &m, p);
	if (m.info->answers) {
		tell_login(d, &m, p);
		if (p)
			p->open = false;
	} else if (!p && d->flow) {
		remember(d, &m);
	}
	return WARD_VERDICT_OK;
}

const struct ward_dissector ward_dissect_radius = {
	.name = "radius",
	.kind = WARD_DISSECT_IT,
	.title = "RADIUS",
	.standard = "RFC 2865 clauses 3 to 5, RFC 2866 clauses 3 to 5, RFC 5176 clause 2.3, RFC "
		    "3580 clause 3",
	.reads = "who is let in where: user, device, access point or switch port, VLAN; method, "
		 "outcome, sessions",
	.proto = WARD_PROTO_UDP,
	.port = {1812, 1813, 1645, 1646, 3799, 1700},
	.probe = probe,
	.parse = parse,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
