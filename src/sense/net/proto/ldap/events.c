#include "sense/net/proto/ldap/event.h"

#include "sense/net/emit.h"
#include "sense/net/login.h"
#include "sense/net/text.h"

enum { VALUE_BYTES = 250, NAME_BYTES = 64, VALUES = 16 };

/* Fields and classes: X(IDENT, "name") */
#define NAME_LIST(X)                             \
	X(ID, "ldap.message_id")                 \
	X(OPERATION, "ldap.operation")           \
	X(VERSION, "ldap.version")               \
	X(AUTH, "ldap.auth")                     \
	X(MECHANISM, "ldap.sasl_mechanism")      \
	X(DN, "ldap.dn")                         \
	X(NEW_SUPERIOR, "ldap.new_superior")     \
	X(SCOPE, "ldap.scope")                   \
	X(SIZE_LIMIT, "ldap.size_limit")         \
	X(FILTER, "ldap.filter")                 \
	X(ATTRIBUTE, "ldap.attribute")           \
	X(ATTRIBUTES, "ldap.attributes")         \
	X(CHANGE, "ldap.change")                 \
	X(OBJECT_CLASS, "ldap.object_class")     \
	X(OID, "ldap.extended_oid")              \
	X(EXTENDED, "ldap.extended")             \
	X(CONTROL, "ldap.control")               \
	X(ENTRIES, "ldap.entries")               \
	X(REFERENCES, "ldap.references")         \
	X(RESULT, "ldap.result")                 \
	X(RESULT_CODE, "ldap.result_code")       \
	X(AD_ERROR, "ldap.ad_error")             \
	X(OUTCOME, "ldap.outcome")               \
	X(LATENCY, "ldap.latency_ns")            \
	X(FLAGS, "ldap.dc_flags")                \
	X(CLASS_BIND, "net.ldap.bind")           \
	X(CLASS_UNBIND, "net.ldap.unbind")       \
	X(CLASS_SEARCH, "net.ldap.search")       \
	X(CLASS_MODIFY, "net.ldap.modify")       \
	X(CLASS_ADD, "net.ldap.add")             \
	X(CLASS_DELETE, "net.ldap.delete")       \
	X(CLASS_MODIFY_DN, "net.ldap.modify_dn") \
	X(CLASS_COMPARE, "net.ldap.compare")     \
	X(CLASS_EXTENDED, "net.ldap.extended")   \
	X(CLASS_ROOTDSE, "net.ldap.rootdse")     \
	X(CLASS_NETLOGON, "net.ldap.netlogon")   \
	X(CLASS_LAYER, "net.ldap.security_layer")

/* What the root DSE tells of a server (RFC 4512 5.1, MS-ADTS 3.1.1.3.2): X(IDENT, "attribute",
 * "field") */
#define ROOT_LIST(X)                                                           \
	X(HOST, "dnsHostName", "ldap.host_name")                               \
	X(CONTEXT, "defaultNamingContext", "ldap.naming_context")              \
	X(ROOT_CONTEXT, "rootDomainNamingContext", "ldap.root_naming_context") \
	X(SERVER, "serverName", "ldap.server_name")                            \
	X(SERVICE, "ldapServiceName", "ldap.service_name")                     \
	X(VENDOR, "vendorName", "ldap.vendor")                                 \
	X(VENDOR_VERSION, "vendorVersion", "ldap.vendor_version")              \
	X(DC_LEVEL, "domainControllerFunctionality", "ldap.dc_functionality")  \
	X(DOMAIN_LEVEL, "domainFunctionality", "ldap.domain_functionality")    \
	X(FOREST_LEVEL, "forestFunctionality", "ldap.forest_functionality")    \
	X(MECHANISMS, "supportedSASLMechanisms", "ldap.supported_sasl_mechanism")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
#define X(IDENT, attribute, name) NAME_ROOT_##IDENT,
		ROOT_LIST(X)
#undef X
			NAME_NETLOGON,
	NAME_N = NAME_NETLOGON + WARD_LDAP_NL_N,
	NAME_USER = NAME_N, /* stands for WARD_FIELD_USER in what is kept */
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(IDENT, attribute, name) name,
		ROOT_LIST(X)
#undef X
#define X(IDENT, name) name,
			WARD_LDAP_NETLOGON_LIST(X)
#undef X
};

static const char *const root_attribute[] = {
#define X(IDENT, attribute, name) attribute,
	ROOT_LIST(X)
#undef X
};

bool ward_ldap_name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static void put_int(const struct ward_dissect *d, enum name field, int64_t v)
{
	ward_emit_int(d->net, d->name[field], v);
}

/* What does not fit is left out: the counts say so. */
static void keep(struct ward_ldap_pending *p, enum name field, struct ward_str text)
{
	struct ward_wr w = ward_wr_fixed(p->kept + p->len, sizeof(p->kept) - p->len);

	if (!text.len || text.len > UINT8_MAX)
		return;
	ward_wr_u8(&w, (uint8_t)field);
	ward_wr_u8(&w, (uint8_t)text.len);
	ward_wr_str(&w, text);
	if (!ward_wr_bad(&w))
		p->len += w.len;
}

static void keep_ascii(struct ward_ldap_pending *p, enum name field, struct ward_slice s)
{
	char text[NAME_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_text_ascii(&w, s, sizeof(text));
	keep(p, field, ward_wr_text(&w));
}

static void keep_dn(struct ward_ldap_pending *p, enum name field, struct ward_slice dn)
{
	char text[VALUE_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_ldap_dn_text(&w, dn, 160);
	keep(p, field, ward_wr_text(&w));
}

static void keep_user(struct ward_ldap_pending *p, struct ward_slice s)
{
	char text[VALUE_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	s.len = s.len < sizeof(text) / 4 ? s.len : sizeof(text) / 4;
	ward_net_text(&w, s, "");
	keep(p, NAME_USER, ward_wr_text(&w));
}

/* RFC 4616: authorisation identity, account, password, with NULs between. */
static void keep_plain(struct ward_ldap_pending *p, struct ward_slice credentials)
{
	struct ward_str rest = ward_slice_text(credentials);

	(void)ward_str_cut(&rest, 0);
	keep_user(p, ward_str_bytes(ward_str_cut(&rest, 0)));
}

static const char *sasl_method(struct ward_slice mechanism)
{
	static const struct {
		const char *mechanism, *method;
	} known[] = {
		{"GSS-SPNEGO", "kerberos"},
		{"GSSAPI", "kerberos"},
		{"PLAIN", "password"},
		{"EXTERNAL", "certificate"},
		{"DIGEST-MD5", "digest"},
		{"CRAM-MD5", "digest"},
		{"SCRAM-SHA-1", "scram"},
		{"SCRAM-SHA-256", "scram"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_ieq(ward_slice_text(mechanism), ward_str_z(known[i].mechanism)))
			return known[i].method;
	return "sasl";
}

static void remember_bind(struct ward_ldap_pending *p, const struct ward_ldap *m)
{
	char text[VALUE_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	bool ntlm = false;

	p->auth = m->auth;
	p->version = m->version;
	p->empty = m->credentials.len == 0;
	keep_ascii(p, NAME_MECHANISM, m->mechanism);
	if (m->auth == WARD_LDAP_SIMPLE) {
		p->cleartext = !p->empty;
		p->method = !p->empty ? "password" : m->dn.len ? "unauthenticated" : "anonymous";
		keep_user(p, m->dn);
		return;
	}
	p->method = m->auth == WARD_LDAP_SASL ? sasl_method(m->mechanism) : "ntlm";
	ward_ldap_ntlm(m->credentials, &w, &ntlm);
	if (ntlm || m->auth != WARD_LDAP_SASL) {
		p->method = "ntlm";
		keep_user(p, w.len ? ward_wr_slice(&w) : m->dn);
	} else if (ward_str_eqz(ward_slice_text(m->mechanism), "PLAIN")) {
		p->cleartext = true;
		keep_plain(p, m->credentials);
	}
}

static void remember_search(struct ward_ldap_pending *p, const struct ward_ldap *m)
{
	char text[WARD_LDAP_FILTER_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	p->scope = m->scope;
	p->size_limit = m->size_limit;
	keep_dn(p, NAME_DN, m->dn);
	ward_ldap_filter_text(&w, m->filter);
	keep(p, NAME_FILTER, ward_wr_text(&w));
}

/* Which kind of thing is added: a computer's account, a user's. */
static void keep_object_class(struct ward_ldap_pending *p, const struct ward_ldap *m)
{
	for (size_t i = 0; i < m->n_attribute; i++) {
		struct ward_rd values = ward_rd_slice(m->attribute[i].values);

		if (!ward_str_ieq(ward_slice_text(m->attribute[i].name), WARD_STR("objectClass")))
			continue;
		for (unsigned n = 0; ward_rd_left(&values) && n < VALUES; n++)
			keep_ascii(p, NAME_OBJECT_CLASS, ward_ber_bytes(&values, WARD_BER_OCTETS));
	}
}

static void remember_attributes(struct ward_ldap_pending *p, const struct ward_ldap *m)
{
	static const char *const change[] = {"add", "delete", "replace", "increment"};

	p->n_attribute = m->n_attribute_seen;
	for (size_t i = 0; i < m->n_attribute && m->op == WARD_LDAP_MODIFY; i++)
		keep(p, NAME_CHANGE, ward_str_z(change[m->attribute[i].change]));
	for (size_t i = 0; i < m->n_attribute; i++)
		keep_ascii(p, NAME_ATTRIBUTE, m->attribute[i].name);
}

void ward_ldap_remember(
	struct ward_ldap_pending *p, const struct ward_ldap *m, const struct ward_dissect *d)
{
	*p = (struct ward_ldap_pending){.open = true,
		.from_client = d->from_client,
		.op = m->op,
		.id = m->id,
		.start_tls = ward_str_eqz(ward_slice_text(m->oid), WARD_LDAP_START_TLS),
		.time = d->net->frame->time};
	if (m->op == WARD_LDAP_BIND)
		remember_bind(p, m);
	else if (m->op == WARD_LDAP_SEARCH)
		remember_search(p, m);
	else
		keep_dn(p, NAME_DN, m->dn);
	keep_dn(p, NAME_NEW_SUPERIOR, m->new_superior);
	keep_ascii(p, NAME_OID, m->oid);
	if (ward_ldap_extended_name(m->oid))
		keep(p, NAME_EXTENDED, ward_str_z(ward_ldap_extended_name(m->oid)));
	for (size_t i = 0; i < m->n_control; i++)
		keep_ascii(p, NAME_CONTROL, m->control[i]);
	if (m->op == WARD_LDAP_ADD)
		keep_object_class(p, m);
	remember_attributes(p, m);
}

/* The next of what is kept; false at the end. */
static bool kept_next(struct ward_rd *r, uint8_t *ret_field, struct ward_str *ret)
{
	if (!ward_rd_left(r))
		return false;
	*ret_field = ward_rd_u8(r);
	*ret = ward_slice_text(ward_rd_bytes(r, ward_rd_u8(r)));
	return true;
}

static struct ward_str kept_user(const struct ward_ldap_pending *p)
{
	struct ward_rd r = ward_rd_from(p->kept, p->len);
	struct ward_str text;
	uint8_t field;

	while (kept_next(&r, &field, &text))
		if (field == NAME_USER)
			return text;
	return WARD_STR("");
}

/* Runs of the same field are one list. No field that is kept has the number 0. */
static void put_kept(const struct ward_dissect *d, const struct ward_ldap_pending *p)
{
	struct ward_rd r = ward_rd_from(p->kept, p->len);
	struct ward_str text;

	while (ward_rd_left(&r)) {
		uint8_t field = ward_rd_peek(&r), same;
		struct ward_rd ahead = r;
		struct ward_value *item;
		uint32_t n = 0;

		while (ward_rd_peek(&ahead) == field && kept_next(&ahead, &same, &text))
			n++;
		item = ward_emit_items(d->net, n);
		for (uint32_t i = 0; i < n && kept_next(&r, &same, &text); i++) {
			struct ward_str copy = ward_arena_str(&d->net->arena, text);

			if (item)
				item[i] = ward_value_str(copy.p ? copy : WARD_STR(""));
		}
		if (item)
			ward_emit_list(d->net,
				field == NAME_USER ? WARD_FIELD_USER : d->name[field], item, n);
	}
}

/* "… comment: AcceptSecurityContext error, data 52e, v2580": the number alone is told, in the
 * text could stand a name. */
static void put_ad_error(const struct ward_dissect *d, struct ward_slice diagnostic)
{
	enum { DIGITS = 8 };
	static const char digits[] = "0123456789abcdefABCDEF";
	struct ward_str all = ward_slice_text(diagnostic), mark = WARD_STR(", data ");
	size_t at = ward_str_find(all, mark);

	if (at == SIZE_MAX)
		return;
	struct ward_str rest = ward_str_sub(all, at + mark.len, DIGITS), code = rest;

	code = ward_str_cut(&rest, ',');
	for (size_t i = 0; i < code.len; i++)
		if (!memchr(digits, code.p[i], sizeof(digits) - 1))
			return;
	if (code.len)
		ward_emit_str(d->net, d->name[NAME_AD_ERROR], code);
}

static void put_result(const struct ward_dissect *d, const struct ward_ldap *m)
{
	const char *name = ward_ldap_result_name(m->result);

	if (name)
		ward_emit_z(d->net, d->name[NAME_RESULT], name);
	put_int(d, NAME_RESULT_CODE, m->result);
	put_ad_error(d, m->diagnostic);
}

static const char *outcome_of(int32_t result)
{
	switch (result) {
	case WARD_LDAP_SUCCESS:
	case WARD_LDAP_COMPARE_FALSE:
	case WARD_LDAP_COMPARE_TRUE:
		return "ok";
	case WARD_LDAP_REFERRAL:
		return "referral";
	case WARD_LDAP_SASL_IN_PROGRESS:
		return "in_progress";
	default:
		return "error";
	}
}

static void put_bind(const struct ward_dissect *d, const struct ward_ldap_pending *p)
{
	static const char *const name[] = {[WARD_LDAP_SIMPLE] = "simple",
		[WARD_LDAP_SASL] = "sasl",
		[WARD_LDAP_SICILY] = "sicily_discovery",
		[WARD_LDAP_SICILY + 1] = "sicily_negotiate",
		[WARD_LDAP_SICILY + 2] = "sicily_response"};

	put_int(d, NAME_VERSION, p->version);
	ward_emit_z(d->net, d->name[NAME_AUTH], name[p->auth]);
}

static void put_search(const struct ward_dissect *d, const struct ward_ldap_pending *p)
{
	static const char *const scope[] = {"base", "one", "subtree", "children"};

	ward_emit_z(d->net, d->name[NAME_SCOPE], scope[p->scope]);
	put_int(d, NAME_SIZE_LIMIT, p->size_limit);
	put_int(d, NAME_ENTRIES, p->entries);
	if (p->references)
		put_int(d, NAME_REFERENCES, p->references);
}

static enum name class_of(uint8_t op)
{
	static const struct {
		uint8_t op;
		enum name class;
	} known[] = {
		{WARD_LDAP_BIND, NAME_CLASS_BIND},
		{WARD_LDAP_UNBIND, NAME_CLASS_UNBIND},
		{WARD_LDAP_SEARCH, NAME_CLASS_SEARCH},
		{WARD_LDAP_MODIFY, NAME_CLASS_MODIFY},
		{WARD_LDAP_ADD, NAME_CLASS_ADD},
		{WARD_LDAP_DELETE, NAME_CLASS_DELETE},
		{WARD_LDAP_MODIFY_DN, NAME_CLASS_MODIFY_DN},
		{WARD_LDAP_COMPARE, NAME_CLASS_COMPARE},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (known[i].op == op)
			return known[i].class;
	return NAME_CLASS_EXTENDED;
}

static bool begin(const struct ward_dissect *d, uint8_t op, bool turned, int32_t id)
{
	const char *name = ward_ldap_op_name(op);

	if (!ward_emit_begin(d->net, d->name[class_of(op)]))
		return false;
	if (turned)
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	put_int(d, NAME_ID, id);
	if (name)
		ward_emit_z(d->net, d->name[NAME_OPERATION], name);
	return true;
}

static void tell_login(
	const struct ward_dissect *d, const struct ward_ldap_pending *p, const struct ward_ldap *m)
{
	struct ward_login login = {.user = ward_str_bytes(kept_user(p)),
		.method = p->method,
		.outcome = WARD_LOGIN_UNKNOWN,
		.cleartext = p->cleartext};

	if (m && (m->result == WARD_LDAP_SASL_IN_PROGRESS || m->result == WARD_LDAP_REFERRAL))
		return;
	if (m)
		login.outcome = m->result == WARD_LDAP_SUCCESS ? WARD_LOGIN_OK : WARD_LOGIN_FAILED;
	ward_emit_login(d, &login, p->from_client != d->from_client);
}

void ward_ldap_emit(const struct ward_dissect *d, const struct ward_ldap_pending *p,
	const struct ward_ldap *m, const char *outcome)
{
	if (begin(d, p->op, p->from_client != d->from_client, p->id)) {
		if (p->op == WARD_LDAP_BIND)
			put_bind(d, p);
		else if (p->op == WARD_LDAP_SEARCH)
			put_search(d, p);
		put_kept(d, p);
		if (p->n_attribute)
			put_int(d, NAME_ATTRIBUTES, (int64_t)p->n_attribute);
		if (m)
			put_result(d, m);
		ward_emit_z(d->net, d->name[NAME_OUTCOME], m ? outcome_of(m->result) : outcome);
		if (m && d->net->frame->time >= p->time)
			put_int(d, NAME_LATENCY, d->net->frame->time - p->time);
		ward_emit_end(d->net);
	}
	if (p->op == WARD_LDAP_BIND)
		tell_login(d, p, m);
}

void ward_ldap_emit_unrequested(const struct ward_dissect *d, const struct ward_ldap *m)
{
	const char *extended = ward_ldap_extended_name(m->oid);

	if (!begin(d, ward_ldap_answers(m->op), true, m->id))
		return;
	if (extended)
		ward_emit_z(d->net, d->name[NAME_EXTENDED], extended);
	put_result(d, m);
	ward_emit_z(d->net, d->name[NAME_OUTCOME], "unrequested");
	ward_emit_end(d->net);
}

void ward_ldap_emit_unbind(const struct ward_dissect *d, const struct ward_ldap *m)
{
	if (begin(d, m->op, false, m->id))
		ward_emit_end(d->net);
}

void ward_ldap_emit_layer(const struct ward_dissect *d)
{
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_LAYER]))
		return;
	ward_emit_packet(d->net, d->packet);
	ward_emit_end(d->net);
}

static void put_text(const struct ward_dissect *d, enum name field, struct ward_slice values)
{
	struct ward_value *item = ward_emit_items(d->net, VALUES);
	struct ward_rd r = ward_rd_slice(values);
	uint32_t n = 0;

	while (item && n < VALUES && ward_rd_left(&r)) {
		char text[VALUE_BYTES];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_text_ascii(&w, ward_ber_bytes(&r, WARD_BER_OCTETS), sizeof(text));
		struct ward_str copy = ward_arena_str(&d->net->arena, ward_wr_text(&w));

		if (copy.p && copy.len)
			item[n++] = ward_value_str(copy);
	}
	if (item)
		ward_emit_list(d->net, d->name[field], item, n);
}

static size_t root_attribute_of(struct ward_slice name)
{
	size_t i = 0;

	while (i < WARD_ARRAY_LEN(root_attribute) &&
		!ward_str_ieq(ward_slice_text(name), ward_str_z(root_attribute[i])))
		i++;
	return i;
}

static void emit_root(const struct ward_dissect *d, const struct ward_ldap *m)
{
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_ROOTDSE]))
		return;
	ward_emit_packet(d->net, d->packet);
	for (size_t i = 0; i < m->n_attribute; i++) {
		size_t which = root_attribute_of(m->attribute[i].name);

		if (which < WARD_ARRAY_LEN(root_attribute))
			put_text(d, (enum name)(NAME_ROOT_HOST + which), m->attribute[i].values);
	}
	ward_emit_end(d->net);
}

static void emit_netlogon(const struct ward_dissect *d, struct ward_slice values)
{
	struct ward_rd r = ward_rd_slice(values);
	struct ward_wr w = ward_wr_fixed(d->net->scratch, WARD_NET_SCRATCH);
	struct ward_ldap_netlogon got;

	if (!ward_ldap_netlogon_of(ward_ber_bytes(&r, WARD_BER_OCTETS), &w, &got) ||
		!ward_emit_begin(d->net, d->name[NAME_CLASS_NETLOGON]))
		return;
	ward_emit_packet(d->net, d->packet);
	put_int(d, NAME_FLAGS, got.flags);
	for (size_t i = 0; i < WARD_LDAP_NL_N; i++)
		if (got.name[i].len && i != WARD_LDAP_NL_USER)
			ward_emit_str(d->net, d->name[NAME_NETLOGON + i], got.name[i]);
	ward_emit_end(d->net);
}

void ward_ldap_emit_server(const struct ward_dissect *d, const struct ward_ldap *m)
{
	bool root = false;

	if (m->dn.len)
		return;
	for (size_t i = 0; i < m->n_attribute; i++) {
		struct ward_slice name = m->attribute[i].name;

		root |= root_attribute_of(name) < WARD_ARRAY_LEN(root_attribute);
		if (ward_str_ieq(ward_slice_text(name), WARD_STR("netlogon")))
			emit_netlogon(d, m->attribute[i].values);
	}
	if (root)
		emit_root(d, m);
}
