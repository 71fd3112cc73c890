#include "sense/net/proto/ntlm/ntlm.h"

#include "sense/net/emit.h"
#include "sense/net/text.h"
#include "sense/net/utf16.h"

enum { NTLMV1_RESPONSE = 24 /* bytes, MS-NLMP 2.2.2.6 */, CONVERT = 1024, VERSION_TEXT = 24 };

bool ward_ntlm_name_at(size_t i, struct ward_wr *w)
{
	static const char *const names[] = {
#define X(IDENT, name) name,
		WARD_NTLM_NAME_LIST(X)
#undef X
	};

	if (i >= WARD_ARRAY_LEN(names))
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

/* What fits of it, in whole characters. */
static void keep(struct ward_ntlm_text *t, struct ward_slice s, bool unicode)
{
	char text[CONVERT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (unicode)
		ward_utf16le_text(
			&w, ward_slice_of(s.p, s.len < CONVERT / 2 ? s.len : CONVERT / 2));
	else
		ward_text_ascii(&w, s, CONVERT);
	t->len = (uint8_t)(w.len < WARD_NTLM_TEXT ? w.len : WARD_NTLM_TEXT);
	while (t->len < w.len && t->len && ((uint8_t)text[t->len] & 0xc0) == 0x80)
		t->len--;
	memcpy(t->p, text, t->len);
}

static void see_challenge(struct ward_ntlm_session *s, const struct ward_ntlm *m)
{
	*s = (struct ward_ntlm_session){.challenged = true, .server = m->version};
	keep(&s->nb_computer, m->nb_computer, true);
	keep(&s->nb_domain, m->nb_domain, true);
	keep(&s->dns_computer, m->dns_computer, true);
	keep(&s->dns_domain, m->dns_domain, true);
	keep(&s->dns_tree, m->dns_tree, true);
}

static void see_authenticate(struct ward_ntlm_session *s, const struct ward_ntlm *m)
{
	s->authenticated = true;
	/* MS-NLMP 3.2.5.1.2 */
	s->anonymous = !m->user.len && !m->nt_len && m->lm_len <= 1;
	s->flags = m->flags;
	s->nt_len = (uint16_t)m->nt_len;
	s->lm_len = (uint16_t)m->lm_len;
	s->client = m->version;
	keep(&s->user, m->user, m->unicode);
	keep(&s->domain, m->domain, m->unicode);
	keep(&s->workstation, m->workstation, m->unicode);
}

bool ward_ntlm_see(struct ward_ntlm_session *s, struct ward_slice token)
{
	struct ward_ntlm m;

	if (!ward_ntlm_parse(ward_ntlm_find(token), &m))
		return false;
	if (m.type == WARD_NTLM_CHALLENGE)
		see_challenge(s, &m);
	else if (m.type == WARD_NTLM_AUTHENTICATE)
		see_authenticate(s, &m);
	return true;
}

static void put(const struct ward_dissect *d, uint32_t name, const struct ward_ntlm_text *t)
{
	if (t->len)
		ward_emit_str(d->net, name, (struct ward_str){t->p, t->len});
}

static void put_version(
	const struct ward_dissect *d, uint32_t name, const struct ward_ntlm_version *v)
{
	char text[VERSION_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!v->is)
		return;
	ward_wr_u64(&w, v->major);
	ward_wr_ch(&w, '.');
	ward_wr_u64(&w, v->minor);
	ward_wr_ch(&w, '.');
	ward_wr_u64(&w, v->build);
	ward_emit_str(d->net, name, ward_wr_text(&w));
}

static const char *response_kind(const struct ward_ntlm_session *s)
{
	if (s->nt_len > NTLMV1_RESPONSE)
		return "ntlmv2";
	if (s->nt_len == NTLMV1_RESPONSE)
		return "ntlmv1";
	return s->lm_len == NTLMV1_RESPONSE ? "lm" : "none";
}

static void put_fields(
	const struct ward_dissect *d, const uint32_t *name, const struct ward_ntlm_session *s)
{
	put(d, WARD_FIELD_USER, &s->user);
	put(d, name[WARD_NTLM_NAME_DOMAIN], &s->domain);
	put(d, name[WARD_NTLM_NAME_WORKSTATION], &s->workstation);
	put_version(d, name[WARD_NTLM_NAME_CLIENT_VERSION], &s->client);
	put(d, name[WARD_NTLM_NAME_SERVER_NB], &s->nb_computer);
	put(d, name[WARD_NTLM_NAME_SERVER_NB_DOMAIN], &s->nb_domain);
	put(d, name[WARD_NTLM_NAME_SERVER_DNS], &s->dns_computer);
	put(d, name[WARD_NTLM_NAME_SERVER_DNS_DOMAIN], &s->dns_domain);
	put(d, name[WARD_NTLM_NAME_SERVER_TREE], &s->dns_tree);
	put_version(d, name[WARD_NTLM_NAME_SERVER_VERSION], &s->server);
	ward_emit_z(d->net, name[WARD_NTLM_NAME_RESPONSE], response_kind(s));
	if (s->anonymous)
		ward_emit_bool(d->net, name[WARD_NTLM_NAME_ANONYMOUS], true);
	ward_emit_int(d->net, name[WARD_NTLM_NAME_FLAGS], s->flags);
}

void ward_ntlm_tell(const struct ward_dissect *d, const uint32_t *name, struct ward_ntlm_session *s,
	enum ward_login_outcome outcome, bool turned)
{
	struct ward_login login = {.user = ward_slice_of(s->user.p, s->user.len),
		.method = s->anonymous ? "anonymous"
			  : s->guest   ? "guest"
				       : "ntlm",
		.outcome = outcome,
		.cleartext = s->cleartext};

	if (ward_emit_begin(d->net, name[WARD_NTLM_NAME_CLASS])) {
		if (turned)
			ward_emit_packet_turned(d->net, d->packet);
		else
			ward_emit_packet(d->net, d->packet);
		ward_emit_z(d->net, WARD_FIELD_SERVICE, d->module->name);
		put_fields(d, name, s);
		if (outcome != WARD_LOGIN_UNKNOWN)
			ward_emit_bool(
				d->net, name[WARD_NTLM_NAME_SUCCESS], outcome == WARD_LOGIN_OK);
		ward_emit_end(d->net);
	}
	ward_emit_login(d, &login, turned);
	s->authenticated = false;
}
