#include "run/sign.h"

#include "run/desk_client.h"

enum {
	FLAG_TOTP = 1,
	FLAG_MUST_SET = 2,
	FLAG_POST = 4,
	FLAG_WALL = 8,
	FLAG_PROVED = 16,
	FLAGS_ALL = 31,
	NAME_MAX = WARD_PERSON_TEXT,
	ID_MAX = WARD_DECISION_SUBJECT
};

static const ward_ns wait_most = 24 * 3600 * WARD_NS_PER_S;

/* What is no text, or would move somebody's terminal, makes r bad. */
static struct ward_str get_text(struct ward_rd *r, size_t max)
{
	struct ward_slice s = ward_rd_lv(r, max);
	bool ok = !ward_rd_bad(r) && ward_utf8_valid(s, NULL);

	for (size_t i = 0; ok && i < s.len; i++)
		ok = s.p[i] >= ' ' && s.p[i] != 0x7F &&
		     !(s.p[i] == 0xC2 && i + 1 < s.len && s.p[i + 1] < 0xA0);
	r->bad = r->bad || !ok;
	return ok ? ward_slice_text(s) : (struct ward_str){0};
}

static void get_bytes(struct ward_rd *r, uint8_t *ret, size_t len)
{
	struct ward_slice s = ward_rd_bytes(r, len);

	if (!ward_rd_bad(r))
		memcpy(ret, s.p, len);
}

static void put_text(struct ward_wr *w, struct ward_str s)
{
	ward_wr_lv(w, ward_str_bytes(s));
}

void ward_sign_put(struct ward_wr *w, const struct ward_sign *s)
{
	ward_wr_u8(w, (uint8_t)s->what);
	ward_wr_bytes(w, s->from, sizeof(s->from));
	ward_wr_bytes(w, s->token, sizeof(s->token));
	ward_wr_bytes(w, s->device, sizeof(s->device));
	put_text(w, s->person);
	put_text(w, s->password);
	put_text(w, s->old);
	put_text(w, s->code);
	put_text(w, s->proof);
}

enum ward_err ward_sign_get(struct ward_rd *r, struct ward_sign *ret)
{
	struct ward_sign s = {.what = WARD_SIGN_N};
	uint8_t what = ward_rd_u8(r);

	get_bytes(r, s.from, sizeof(s.from));
	get_bytes(r, s.token, sizeof(s.token));
	get_bytes(r, s.device, sizeof(s.device));
	s.person = get_text(r, ID_MAX);
	s.password = get_text(r, WARD_SIGN_SECRET);
	s.old = get_text(r, WARD_SIGN_SECRET);
	s.code = get_text(r, WARD_SIGN_SECRET);
	s.proof = get_text(r, WARD_SIGN_PROOF);
	if (ward_rd_bad(r) || ward_rd_left(r) || what >= WARD_SIGN_N)
		return WARD_ERR_MALFORMED;
	s.what = (enum ward_sign_what)what;
	*ret = s;
	return WARD_OK;
}

static void put_list(struct ward_wr *w, const struct ward_str *s, size_t n)
{
	ward_wr_u8(w, (uint8_t)n);
	for (size_t i = 0; i < n; i++)
		put_text(w, s[i]);
}

static size_t get_list(struct ward_rd *r, struct ward_str *ret, size_t max)
{
	uint8_t n = ward_rd_u8(r);

	if (n > max)
		r->bad = true;
	for (size_t i = 0; i < n && !ward_rd_bad(r); i++) {
		ret[i] = get_text(r, ID_MAX);
		r->bad = r->bad || !ret[i].len;
	}
	return ward_rd_bad(r) ? 0 : n;
}

void ward_session_put(struct ward_wr *w, const struct ward_session *s)
{
	unsigned flags = (s->totp ? FLAG_TOTP : 0u) | (s->must_set_password ? FLAG_MUST_SET : 0u) |
			 (s->post ? FLAG_POST : 0u) | (s->wall ? FLAG_WALL : 0u) |
			 (s->proved ? FLAG_PROVED : 0u);

	put_text(w, s->person);
	put_text(w, s->name);
	put_text(w, s->language);
	put_list(w, s->role, s->n_role);
	ward_wr_be64(w, s->rights);
	put_list(w, s->place, s->n_place);
	ward_wr_be64(w, (uint64_t)s->expires);
	ward_wr_u8(w, (uint8_t)flags);
}

void ward_session_get(struct ward_rd *r, struct ward_session *ret)
{
	ret->person = get_text(r, ID_MAX);
	ret->name = get_text(r, NAME_MAX);
	ret->language = get_text(r, ID_MAX);
	ret->n_role = get_list(r, ret->role, WARD_PERSON_ROLES);
	ret->rights = ward_rd_be64(r);
	ret->n_place = get_list(r, ret->place, WARD_PERSON_PLACES);
	ret->expires = (ward_ns)ward_rd_be64(r);
	uint8_t flags = ward_rd_u8(r);

	ret->totp = flags & FLAG_TOTP;
	ret->must_set_password = flags & FLAG_MUST_SET;
	ret->post = flags & FLAG_POST;
	ret->wall = flags & FLAG_WALL;
	ret->proved = flags & FLAG_PROVED;
	r->bad = r->bad || !ret->person.len || (!ret->n_role && !ret->wall) || ret->expires < 0 ||
		 ret->rights & ~WARD_RIGHTS_ALL || flags > FLAGS_ALL;
}

void ward_signed_put(struct ward_wr *w, const struct ward_signed *s)
{
	ward_wr_u8(w, (uint8_t)s->err);
	put_text(w, s->why);
	ward_wr_be64(w, (uint64_t)s->wait);
	put_text(w, s->json);
	ward_wr_bytes(w, s->token, sizeof(s->token));
	ward_wr_bytes(w, s->device, sizeof(s->device));
	ward_wr_u8(w, s->has_session);
	if (s->has_session)
		ward_session_put(w, &s->session);
}

enum ward_err ward_signed_get(struct ward_rd *r, struct ward_signed *ret)
{
	struct ward_signed s = {.err = WARD_OK};
	uint8_t err = ward_rd_u8(r);

	s.why = get_text(r, WARD_SIGN_WHY);
	s.wait = (ward_ns)ward_rd_be64(r);
	s.json = get_text(r, WARD_SIGN_JSON);
	get_bytes(r, s.token, sizeof(s.token));
	get_bytes(r, s.device, sizeof(s.device));
	uint8_t has = ward_rd_u8(r);

	s.has_session = has == 1;
	if (s.has_session)
		ward_session_get(r, &s.session);
	if (ward_rd_bad(r) || ward_rd_left(r) || err >= WARD_ERR_N || has > 1 || s.wait < 0 ||
		s.wait > wait_most)
		return WARD_ERR_MALFORMED;
	s.err = (enum ward_err)err;
	*ret = s;
	return WARD_OK;
}

void ward_sign_decide_put(
	struct ward_wr *w, const uint8_t token[WARD_SIGN_TOKEN], const struct ward_decision *d)
{
	struct ward_decision of = *d;

	of.person = WARD_STR(WARD_DESK_WHOEVER);
	if (!of.role.len)
		of.role = WARD_STR(WARD_DESK_WHOEVER);
	ward_wr_bytes(w, token, WARD_SIGN_TOKEN);
	ward_decision_put(w, &of);
}

enum ward_err ward_sign_decide_get(
	struct ward_rd *r, uint8_t ret_token[WARD_SIGN_TOKEN], struct ward_decision *ret)
{
	struct ward_slice token = ward_rd_bytes(r, WARD_SIGN_TOKEN);
	struct ward_decision d;

	if (ward_decision_get(r, &d) != WARD_OK || !ward_str_eqz(d.person, WARD_DESK_WHOEVER))
		return WARD_ERR_MALFORMED;
	memcpy(ret_token, token.p, WARD_SIGN_TOKEN);
	*ret = d;
	return WARD_OK;
}

static void hex(const uint8_t p[WARD_SIGN_TOKEN], char ret[WARD_SIGN_TEXT])
{
	struct ward_wr w = ward_wr_fixed(ret, WARD_SIGN_TEXT - 1);

	ward_wr_hex(&w, ward_slice_of(p, WARD_SIGN_TOKEN));
	ret[WARD_SIGN_TEXT - 1] = 0;
}

void ward_sign_text(const uint8_t token[WARD_SIGN_TOKEN], char ret[WARD_SIGN_TEXT])
{
	hex(token, ret);
}

bool ward_sign_parse(struct ward_str s, uint8_t ret[WARD_SIGN_TOKEN])
{
	return s.len == 2 * (size_t)WARD_SIGN_TOKEN && ward_str_unhex(s, ret, WARD_SIGN_TOKEN);
}

void ward_sign_csrf(const uint8_t token[WARD_SIGN_TOKEN], char ret[WARD_SIGN_TEXT])
{
	static const char domain[] = "ward csrf of session";
	uint8_t in[sizeof(domain) + WARD_SIGN_TOKEN], out[WARD_SIGN_TOKEN];

	memcpy(in, domain, sizeof(domain));
	memcpy(in + sizeof(domain), token, WARD_SIGN_TOKEN);
	ward_sha256(ward_slice_of(in, sizeof(in)), out);
	hex(out, ret);
	ward_wipe(in, sizeof(in));
}

bool ward_sign_csrf_is(const uint8_t token[WARD_SIGN_TOKEN], struct ward_str said)
{
	char want[WARD_SIGN_TEXT];
	unsigned differs = said.len != WARD_SIGN_TEXT - 1;

	ward_sign_csrf(token, want);
	for (size_t i = 0; i < WARD_SIGN_TEXT - 1; i++)
		differs |= (unsigned)(uint8_t)want[i] ^
			   (unsigned)(uint8_t)(i < said.len ? said.p[i] : 0);
	return !differs;
}

bool ward_sensor_is_id(struct ward_str id)
{
	for (size_t i = 0; i < id.len; i++) {
		char c = id.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (!letter && (!i || (c != '.' && c != '_' && c != '-')))
			return false;
	}
	return id.len && id.len <= WARD_SENSOR_ID;
}
