#include "respond/act/radius.h"

#include "base/rd.h"
#include "conf/conf.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { COA_REQUEST = 43, COA_ACK = 44, COA_NAK = 45 };
enum { HEADER = 20, SUM = 16, AUTHENTICATOR_AT = 4, HEAD = 2 };
/* Attributes: RFC 2865, 2868, 2869, 5176. */
enum {
	FILTER_ID = 11,
	CALLING_STATION = 31,
	NAS_IDENTIFIER = 32,
	EVENT_TIMESTAMP = 55,
	TUNNEL_TYPE = 64,
	TUNNEL_MEDIUM = 65,
	MESSAGE_AUTHENTICATOR = 80,
	TUNNEL_GROUP = 81,
	ERROR_CAUSE = 101,
};
enum { TUNNEL_VLAN = 13, MEDIUM_802 = 6 }; /* RFC 3580 3.31 */

static const char *const set_name[WARD_RADIUS_SET_N] = {
#define X(NAME, name) name,
	WARD_RADIUS_SET_LIST(X)
#undef X
};

bool ward_radius_what(struct ward_str s, enum ward_radius_set *ret, struct ward_str *ret_value)
{
	struct ward_str value = s, name = ward_str_cut(&value, ' ');
	size_t i = 0;

	while (i < WARD_RADIUS_SET_N && !ward_str_eqz(name, set_name[i]))
		i++;
	if (i == WARD_RADIUS_SET_N || !value.len || value.len > WARD_RADIUS_VALUE)
		return false;
	for (size_t k = 0; k < value.len; k++) {
		char c = value.p[k];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    (c && strchr("._:/-", c))))
			return false;
	}
	*ret = (enum ward_radius_set)i;
	*ret_value = value;
	return true;
}

/* "00:1b:21:0a:0b:0c" */
static bool read_mac(struct ward_str s, uint8_t ret[WARD_RADIUS_MAC])
{
	for (size_t i = 0; i < WARD_RADIUS_MAC; i++)
		if (s.len != WARD_RADIUS_MAC * 3 - 1 || (i && s.p[i * 3 - 1] != ':') ||
			!ward_str_unhex(ward_str_sub(s, i * 3, 2), ret + i, 1))
			return false;
	return true;
}

enum ward_err ward_radius_asked(struct ward_arena *arena, const struct ward_limits *lim,
	struct ward_str body, struct ward_radius_ask *a)
{
	struct ward_str copy = ward_arena_str(arena, body); /* trees borrow their text */
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	if (!copy.p)
		return WARD_ERR_NOMEM;
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_conf_json(arena, lim, WARD_STR("request"), 1, ward_str_bytes(copy), &diag, &c);

	ward_diag_fini(&diag);
	if (err == WARD_ERR_NOMEM)
		return err;
	return !err && ward_radius_what(ward_conf_word(c, "run"), &a->set, &a->value) &&
			       read_mac(ward_conf_word(c, "mac"), a->mac)
		       ? WARD_OK
		       : WARD_ERR_MALFORMED;
}

/* ---- sums ---- */

static bool md5(struct ward_slice packet, struct ward_str secret, uint8_t ret[SUM])
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool ok = c && EVP_DigestInit_ex(c, EVP_md5(), NULL) == 1 &&
		  EVP_DigestUpdate(c, packet.p, packet.len) == 1 &&
		  EVP_DigestUpdate(c, secret.p, secret.len) == 1 &&
		  EVP_DigestFinal_ex(c, ret, NULL) == 1;

	EVP_MD_CTX_free(c);
	return ok;
}

static bool hmac(struct ward_slice packet, struct ward_str secret, uint8_t ret[SUM])
{
	unsigned len = 0;

	return HMAC(EVP_md5(), secret.p, (int)secret.len, packet.p, packet.len, ret, &len) &&
	       len == SUM;
}

static bool same(const uint8_t *a, const uint8_t *b)
{
	unsigned differ = 0;

	for (size_t i = 0; i < SUM; i++)
		differ |= (unsigned)(a[i] ^ b[i]);
	return differ == 0;
}

/* ---- asking ---- */

static void put_text(struct ward_wr *w, uint8_t type, struct ward_str s)
{
	ward_wr_u8(w, type);
	ward_wr_u8(w, (uint8_t)(HEAD + s.len));
	ward_wr_str(w, s);
}

static void put_number(struct ward_wr *w, uint8_t type, uint32_t v)
{
	ward_wr_u8(w, type);
	ward_wr_u8(w, HEAD + 4);
	ward_wr_be32(w, v);
}

/* RFC 3580 3.21: upper case, with hyphens. */
static void put_mac(struct ward_wr *w, const uint8_t mac[WARD_RADIUS_MAC])
{
	char text[WARD_RADIUS_MAC * 3 + 1];
	struct ward_wr t = ward_wr_fixed(text, sizeof(text));

	for (size_t i = 0; i < WARD_RADIUS_MAC; i++)
		ward_wr_printf(&t, "%s%02X", i ? "-" : "", (unsigned)mac[i]);
	put_text(w, CALLING_STATION, ward_wr_text(&t));
}

static void put_set(struct ward_wr *w, const struct ward_radius_ask *a)
{
	if (a->set == WARD_RADIUS_FILTER) {
		put_text(w, FILTER_ID, a->value);
		return;
	}
	put_number(w, TUNNEL_TYPE, TUNNEL_VLAN); /* the tag, its upper byte, is 0 */
	put_number(w, TUNNEL_MEDIUM, MEDIUM_802);
	/* no tag: the value begins with more than 0x1F (RFC 2868 3.6) */
	put_text(w, TUNNEL_GROUP, a->value);
}

enum ward_err ward_radius_write(
	struct ward_wr *to, const struct ward_radius_ask *a, struct ward_str secret)
{
	static const uint8_t zero[SUM];
	uint8_t packet[WARD_RADIUS_MAX];
	struct ward_wr w = ward_wr_fixed(packet, sizeof(packet));

	if (!a->value.len || a->value.len > WARD_RADIUS_VALUE || a->nas.len > WARD_RADIUS_NAS)
		return WARD_ERR_LIMIT;
	ward_wr_u8(&w, COA_REQUEST);
	ward_wr_u8(&w, a->id);
	ward_wr_be16(&w, 0);
	ward_wr_bytes(&w, zero, SUM);
	if (a->nas.len)
		put_text(&w, NAS_IDENTIFIER, a->nas);
	put_mac(&w, a->mac);
	put_number(&w, EVENT_TIMESTAMP, a->time);
	put_set(&w, a);
	ward_wr_u8(&w, MESSAGE_AUTHENTICATOR);
	ward_wr_u8(&w, HEAD + SUM);
	ward_wr_bytes(&w, zero, SUM);
	WARD_ASSERT(!ward_wr_bad(&w)); /* three texts and some numbers */
	packet[2] = (uint8_t)(w.len >> 8);
	packet[3] = (uint8_t)w.len;
	/* over the packet with an authenticator of zeros; then that, over the packet with this */
	if (!hmac(ward_wr_slice(&w), secret, packet + w.len - SUM) ||
		!md5(ward_wr_slice(&w), secret, packet + AUTHENTICATOR_AT))
		return WARD_ERR_UNSUPPORTED;
	ward_wr_bytes(to, packet, w.len);
	return WARD_OK;
}

/* ---- the answer ---- */

/* *ret_sum: where in the packet its Message-Authenticator is; 0: it has none. */
static bool read_attributes(struct ward_slice packet, size_t *ret_sum, uint32_t *ret_cause)
{
	struct ward_rd r = ward_rd_slice(packet);

	*ret_sum = 0;
	*ret_cause = 0;
	ward_rd_skip(&r, HEADER);
	while (ward_rd_left(&r)) { /* at least two bytes each */
		uint8_t type = ward_rd_u8(&r), len = ward_rd_u8(&r);
		size_t at = packet.len - ward_rd_left(&r);

		if (ward_rd_bad(&r) || len < HEAD || (size_t)(len - HEAD) > ward_rd_left(&r))
			return false;
		struct ward_rd value = ward_rd_sub(&r, (size_t)(len - HEAD));

		if (type == MESSAGE_AUTHENTICATOR) {
			if (*ret_sum || len != HEAD + SUM)
				return false;
			*ret_sum = at;
		} else if (type == ERROR_CAUSE) {
			if (len != HEAD + 4)
				return false;
			*ret_cause = ward_rd_be32(&value);
		}
	}
	return !ward_rd_bad(&r);
}

/* By the request's authenticator in the place of its own. */
static enum ward_err check(
	struct ward_slice answer, struct ward_slice request, struct ward_str secret, size_t sum_at)
{
	uint8_t packet[WARD_RADIUS_MAX], sum[SUM];
	struct ward_slice whole = {packet, answer.len};

	memcpy(packet, answer.p, answer.len);
	memcpy(packet + AUTHENTICATOR_AT, request.p + AUTHENTICATOR_AT, SUM);
	if (!md5(whole, secret, sum))
		return WARD_ERR_UNSUPPORTED;
	if (!same(sum, answer.p + AUTHENTICATOR_AT))
		return WARD_ERR_DENIED;
	if (!sum_at)
		return WARD_OK;
	memset(packet + sum_at, 0, SUM);
	if (!hmac(whole, secret, sum))
		return WARD_ERR_UNSUPPORTED;
	return same(sum, answer.p + sum_at) ? WARD_OK : WARD_ERR_DENIED;
}

enum ward_err ward_radius_read(struct ward_slice bytes, struct ward_slice request,
	struct ward_str secret, struct ward_radius_said *ret)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t code = ward_rd_u8(&r), id = ward_rd_u8(&r);
	size_t len = ward_rd_be16(&r), sum_at;
	uint32_t cause;

	WARD_ASSERT(request.len >= HEADER);
	if (ward_rd_bad(&r) || len < HEADER || len > bytes.len || len > WARD_RADIUS_MAX)
		return WARD_ERR_MALFORMED;
	if ((code != COA_ACK && code != COA_NAK) || id != request.p[1])
		return WARD_ERR_FOREIGN;
	struct ward_slice answer = {bytes.p, len}; /* what is behind it is padding */

	if (!read_attributes(answer, &sum_at, &cause))
		return WARD_ERR_MALFORMED;
	enum ward_err err = check(answer, request, secret, sum_at);

	if (err)
		return err;
	*ret = (struct ward_radius_said){code == COA_ACK, code == COA_NAK ? cause : 0};
	return WARD_OK;
}

const char *ward_radius_cause(uint32_t cause)
{
	static const struct {
		uint32_t cause;
		const char *what;
	} all[] = {{401, "it does not know an attribute"}, {402, "it lacks an attribute"},
		{403, "it is another switch than was named"}, {404, "the request is invalid"},
		{405, "it does not offer this service"}, {406, "it does not offer this extension"},
		{407, "it does not take this value"}, {501, "it is forbidden there"},
		{502, "it can't route the request"}, {503, "the device has no session there"},
		{504, "its session can't be changed"}, {505, "a proxy failed"},
		{506, "it has no resources left"}, {508, "more than one session is meant"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (all[i].cause == cause)
			return all[i].what;
	return "it would not, and does not say why";
}
