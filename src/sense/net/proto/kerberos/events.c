#include "sense/net/proto/kerberos/event.h"

#include "sense/net/emit.h"
#include "sense/net/login.h"
#include "sense/net/text.h"

enum { TILL_BYTES = 20, REALM_BYTES = 64, OPTIONS = 32 };

/* Fields and classes: X(IDENT, "name") */
#define NAME_LIST(X)                                     \
	X(REQUEST, "kerberos.request_type")              \
	X(REALM, "kerberos.realm")                       \
	X(SERVICE, "kerberos.service")                   \
	X(OPTION, "kerberos.option")                     \
	X(TILL, "kerberos.till")                         \
	X(ETYPE, "kerberos.etype")                       \
	X(PREAUTH, "kerberos.preauth")                   \
	X(PREAUTH_ETYPE, "kerberos.preauth_etype")       \
	X(TICKET_ETYPE, "kerberos.ticket_etype")         \
	X(REPLY_ETYPE, "kerberos.reply_etype")           \
	X(AUTHENTICATOR, "kerberos.authenticator_etype") \
	X(S4U, "kerberos.s4u")                           \
	X(PAC, "kerberos.pac_requested")                 \
	X(NETBIOS, "kerberos.netbios_host")              \
	X(KPASSWD, "kerberos.kpasswd")                   \
	X(ERROR, "kerberos.error")                       \
	X(ERROR_CODE, "kerberos.error_code")             \
	X(OUTCOME, "kerberos.outcome")                   \
	X(LATENCY, "kerberos.latency_ns")                \
	X(REPEATED, "kerberos.repeated")                 \
	X(CLASS_AS_REQ, "net.kerberos.as_req")           \
	X(CLASS_AS_REP, "net.kerberos.as_rep")           \
	X(CLASS_TGS_REQ, "net.kerberos.tgs_req")         \
	X(CLASS_TGS_REP, "net.kerberos.tgs_rep")         \
	X(CLASS_AP_REQ, "net.kerberos.ap_req")           \
	X(CLASS_AP_REP, "net.kerberos.ap_rep")           \
	X(CLASS_ERROR, "net.kerberos.error")             \
	X(CLASS_UNANSWERED, "net.kerberos.unanswered")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

bool ward_kerberos_name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

bool ward_kerberos_is_request(uint8_t type)
{
	return type == WARD_KERBEROS_AS_REQ || type == WARD_KERBEROS_TGS_REQ ||
	       type == WARD_KERBEROS_AP_REQ;
}

/* The parts of a name with slashes between, as people write it; what does not fit is left out. */
static uint8_t join(char ret[WARD_KERBEROS_NAME], const struct ward_kerberos_principal *p)
{
	struct ward_wr w = ward_wr_fixed(ret, WARD_KERBEROS_NAME);

	for (size_t i = 0; i < p->n && i < WARD_KERBEROS_PARTS; i++) {
		if (i)
			ward_wr_ch(&w, '/');
		ward_net_text(&w, p->part[i], "");
	}
	return (uint8_t)w.len;
}

/* A service that is named by an account, not by what it does, may be a person's. */
static bool is_account(const struct ward_kerberos_principal *p)
{
	struct ward_str name = ward_slice_text(p->part[0]);

	return p->n == 1 &&
	       (p->type == WARD_KERBEROS_NT_PRINCIPAL || p->type == WARD_KERBEROS_NT_ENTERPRISE) &&
	       !ward_str_ends(name, WARD_STR("$"));
}

void ward_kerberos_keep(struct ward_kerberos_kept *kept, const struct ward_kerberos *m)
{
	const struct ward_kerberos_principal *service =
		m->service.n ? &m->service : &m->ticket_service;

	*kept = (struct ward_kerberos_kept){.type = m->type,
		.options = m->options,
		.n_etype = m->n_etype,
		.n_padata = m->n_padata,
		.preauth_etype = m->preauth_etype};
	memcpy(kept->etype, m->etype, sizeof(kept->etype));
	memcpy(kept->padata, m->padata, sizeof(kept->padata));
	kept->n_user = join(kept->user, &m->client);
	if (is_account(service))
		kept->service[kept->n_service++] = '?';
	else
		kept->n_service = join(kept->service, service);
}

static void put_int(const struct ward_dissect *d, enum name field, int64_t v)
{
	ward_emit_int(d->net, d->name[field], v);
}

static void put_text(const struct ward_dissect *d, enum name field, struct ward_slice s, size_t max)
{
	char text[REALM_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_text_ascii(&w, s, max);
	if (w.len)
		ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static struct ward_value named(const char *name, int32_t v)
{
	return name ? ward_value_str(ward_str_z(name)) : ward_value_int(v);
}

static void put_etype(
	const struct ward_dissect *d, enum name field, const struct ward_kerberos_etype *e)
{
	const char *name = ward_kerberos_etype_name(e->v);

	if (e->is && name)
		ward_emit_z(d->net, d->name[field], name);
	else if (e->is)
		put_int(d, field, e->v);
}

static void put_numbers(const struct ward_dissect *d, enum name field, const int32_t *v, size_t n,
	const char *(*name)(int32_t))
{
	struct ward_value *item = n ? ward_emit_items(d->net, n) : NULL;

	if (!item)
		return;
	for (size_t i = 0; i < n; i++)
		item[i] = named(name(v[i]), v[i]);
	ward_emit_list(d->net, d->name[field], item, (uint32_t)n);
}

static void put_options(const struct ward_dissect *d, uint32_t options)
{
	struct ward_value *item = options ? ward_emit_items(d->net, OPTIONS) : NULL;
	uint32_t n = 0;

	for (unsigned bit = 0; item && bit < OPTIONS; bit++)
		if (options << bit & UINT32_C(1) << 31)
			item[n++] = named(ward_kerberos_option_name(bit), (int32_t)bit);
	if (item)
		ward_emit_list(d->net, d->name[NAME_OPTION], item, n);
}

static const char *request_name(uint8_t type)
{
	return type == WARD_KERBEROS_AS_REQ ? "AS" : type == WARD_KERBEROS_TGS_REQ ? "TGS" : "AP";
}

/* MS-SFU 3.1.5.1: on behalf of another user. */
static const char *s4u(const struct ward_kerberos_kept *k)
{
	enum { CONSTRAINED_DELEGATION = UINT32_C(1) << (31 - 14) };

	for (size_t i = 0; i < k->n_padata; i++)
		if (k->padata[i] == WARD_KERBEROS_PA_FOR_USER ||
			k->padata[i] == WARD_KERBEROS_PA_FOR_X509)
			return "self";
	return k->options & CONSTRAINED_DELEGATION ? "proxy" : NULL;
}

static void put_kept(const struct ward_dissect *d, const struct ward_kerberos_kept *k)
{
	const char *on_behalf = s4u(k);

	ward_emit_z(d->net, d->name[NAME_REQUEST], request_name(k->type));
	if (k->n_user)
		ward_emit_str(d->net, WARD_FIELD_USER, (struct ward_str){k->user, k->n_user});
	if (k->n_service)
		ward_emit_str(
			d->net, d->name[NAME_SERVICE], (struct ward_str){k->service, k->n_service});
	put_options(d, k->options);
	put_numbers(d, NAME_ETYPE, k->etype, k->n_etype, ward_kerberos_etype_name);
	put_numbers(d, NAME_PREAUTH, k->padata, k->n_padata, ward_kerberos_padata_name);
	put_etype(d, NAME_PREAUTH_ETYPE, &k->preauth_etype);
	if (on_behalf)
		ward_emit_z(d->net, d->name[NAME_S4U], on_behalf);
}

static enum name class_of(uint8_t type)
{
	return type == WARD_KERBEROS_ERROR
		       ? NAME_CLASS_ERROR
		       : (enum name)(NAME_CLASS_AS_REQ + type - WARD_KERBEROS_AS_REQ);
}

/* MS-NBTE: the machine's name, filled up with blanks to 15, and a byte that says which service. */
static void put_netbios(const struct ward_dissect *d, struct ward_slice name)
{
	struct ward_str text =
		ward_str_trim(ward_str_sub(ward_slice_text(name), 0, WARD_KERBEROS_NETBIOS));

	put_text(d, NAME_NETBIOS, ward_str_bytes(text), text.len);
}

void ward_kerberos_emit_request(
	const struct ward_dissect *d, const struct ward_kerberos *m, bool kpasswd, bool repeated)
{
	struct ward_kerberos_kept k;

	if (!ward_emit_begin(d->net, d->name[class_of(m->type)]))
		return;
	ward_kerberos_keep(&k, m);
	ward_emit_packet(d->net, d->packet);
	put_text(d, NAME_REALM, m->realm, REALM_BYTES);
	put_kept(d, &k);
	put_text(d, NAME_TILL, m->till, TILL_BYTES);
	put_etype(d, NAME_TICKET_ETYPE, &m->ticket_etype);
	put_etype(d, NAME_AUTHENTICATOR, &m->part_etype);
	put_netbios(d, m->netbios);
	if (m->has_pac)
		ward_emit_bool(d->net, d->name[NAME_PAC], m->pac);
	if (kpasswd)
		ward_emit_bool(d->net, d->name[NAME_KPASSWD], true);
	if (repeated)
		ward_emit_bool(d->net, d->name[NAME_REPEATED], true);
	ward_emit_end(d->net);
}

static void put_error(const struct ward_dissect *d, const struct ward_kerberos *m)
{
	const char *name = ward_kerberos_error_name(m->error);

	if (name)
		ward_emit_z(d->net, d->name[NAME_ERROR], name);
	put_int(d, NAME_ERROR_CODE, m->error);
}

static void tell_login(const struct ward_dissect *d, const struct ward_kerberos *m,
	const struct ward_kerberos_kept *k)
{
	static const uint8_t refused[] = {WARD_KERBEROS_ERR_NAME_EXPIRED,
		WARD_KERBEROS_ERR_CLIENT_UNKNOWN, WARD_KERBEROS_ERR_POLICY,
		WARD_KERBEROS_ERR_CLIENT_REVOKED, WARD_KERBEROS_ERR_CLIENT_NOT_YET,
		WARD_KERBEROS_ERR_KEY_EXPIRED, WARD_KERBEROS_ERR_PREAUTH_FAILED};
	struct ward_login login = {.user = ward_slice_of(k->user, k->n_user),
		.method = "kerberos",
		.outcome = WARD_LOGIN_OK};

	for (size_t i = 0; i < k->n_padata; i++)
		if (k->padata[i] == WARD_KERBEROS_PA_PK_AS_REQ)
			login.method = "pkinit";
	if (m->type == WARD_KERBEROS_ERROR) {
		if (m->error < 0 || m->error > UINT8_MAX ||
			!memchr(refused, (int)m->error, sizeof(refused)))
			return;
		login.outcome = WARD_LOGIN_FAILED;
	}
	ward_emit_login(d, &login, true);
}

void ward_kerberos_emit_answer(const struct ward_dissect *d, const struct ward_kerberos *m,
	bool kpasswd, const struct ward_kerberos_pending *p)
{
	struct ward_kerberos_kept k, own;
	bool as = m->type == WARD_KERBEROS_AS_REP;

	/* Whose answer it is, it says itself, unless it is an error. */
	ward_kerberos_keep(&own, m);
	own.n_padata = 0;
	k = p ? p->kept : own;
	if (!p)
		k.type = m->type == WARD_KERBEROS_ERROR ? 0 : (uint8_t)(m->type - 1);
	if (own.n_user) {
		k.n_user = own.n_user;
		memcpy(k.user, own.user, sizeof(k.user));
	}
	if (own.n_service) {
		k.n_service = own.n_service;
		memcpy(k.service, own.service, sizeof(k.service));
	}
	as |= p && m->type == WARD_KERBEROS_ERROR && k.type == WARD_KERBEROS_AS_REQ;
	if (ward_emit_begin(d->net, d->name[class_of(m->type)])) {
		ward_emit_packet_turned(d->net, d->packet);
		put_text(d, NAME_REALM, m->realm, REALM_BYTES);
		put_kept(d, &k);
		put_etype(d, NAME_TICKET_ETYPE, &m->ticket_etype);
		put_etype(d, NAME_REPLY_ETYPE, &m->part_etype);
		if (m->type == WARD_KERBEROS_ERROR)
			put_error(d, m);
		if (kpasswd)
			ward_emit_bool(d->net, d->name[NAME_KPASSWD], true);
		ward_emit_z(d->net, d->name[NAME_OUTCOME],
			!p                               ? "unrequested"
			: m->type == WARD_KERBEROS_ERROR ? "error"
							 : "ok");
		if (p && d->net->frame->time >= p->time)
			put_int(d, NAME_LATENCY, d->net->frame->time - p->time);
		ward_emit_end(d->net);
	}
	if (as)
		tell_login(d, m, &k);
}

void ward_kerberos_emit_unanswered(
	const struct ward_dissect *d, const struct ward_kerberos_pending *p)
{
	if (!ward_dissect_hears(d, !p->from_client) ||
		!ward_emit_begin(d->net, d->name[NAME_CLASS_UNANSWERED]))
		return;
	if (p->from_client == d->from_client)
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
	put_kept(d, &p->kept);
	ward_emit_end(d->net);
}
