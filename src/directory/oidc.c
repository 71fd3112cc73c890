#include "directory/oidc.h"

#include "base/id.h"
#include "base/wr.h"

#include <string.h>

/* ---- the provider (OpenID Connect Discovery 1.0, 3) ---- */

static struct ward_str word(const struct ward_conf *c, const char *name)
{
	const struct ward_conf *v = ward_conf_get(c, name);

	return v && v->kind == WARD_CONF_SCALAR && v->quoted ? v->text : (struct ward_str){0};
}

static bool holds(const struct ward_conf *c, const char *name, const char *value)
{
	const struct ward_conf *list = ward_conf_get(c, name);

	for (const struct ward_conf *x = list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
		x; x = x->next)
		if (x->kind == WARD_CONF_SCALAR && ward_str_eqz(x->text, value))
			return true;
	return false;
}

static bool is_true(const struct ward_conf *c, const char *name)
{
	const struct ward_conf *v = ward_conf_get(c, name);

	return v && v->kind == WARD_CONF_SCALAR && !v->quoted && ward_str_eqz(v->text, "true");
}

/* Its path, where it is at the issuer's host. */
static bool own_path(const struct ward_directory *d, struct ward_str url, char *ret)
{
	struct ward_directory_url u;

	if (url.len > WARD_OIDC_URL || !ward_directory_url(url, &u) || u.port != d->at.port ||
		!ward_str_ieq(u.host, d->at.host))
		return false;
	memcpy(ret, u.path.p, u.path.len);
	ret[u.path.len] = 0;
	return true;
}

static const char *read_provider(
	const struct ward_directory *d, const struct ward_conf *c, struct ward_oidc_provider *ret)
{
	struct ward_str authorize = word(c, "authorization_endpoint");
	const struct ward_conf *ways = ward_conf_get(c, "token_endpoint_auth_methods_supported");
	struct ward_directory_url u;

	if (!ward_str_eq(word(c, "issuer"), d->issuer))
		return WARD_TEXT("the provider calls itself by another issuer than directory.yml");
	if (authorize.len > WARD_OIDC_URL || !ward_directory_url(authorize, &u))
		return WARD_TEXT("the provider's authorization_endpoint is no https address");
	if (!own_path(d, word(c, "token_endpoint"), ret->token) ||
		!own_path(d, word(c, "jwks_uri"), ret->keys))
		return WARD_TEXT("the provider's token_endpoint or jwks_uri is not at the issuer's "
				 "host and port");
	memcpy(ret->authorize, authorize.p, authorize.len);
	ret->authorize[authorize.len] = 0;
	ret->posts_secret =
		ways && !holds(c, "token_endpoint_auth_methods_supported", "client_secret_basic") &&
		holds(c, "token_endpoint_auth_methods_supported", "client_secret_post");
	ret->says_issuer = is_true(c, "authorization_response_iss_parameter_supported");
	return NULL;
}

enum ward_err ward_oidc_provider_read(const struct ward_directory *d, struct ward_slice text,
	const struct ward_limits *lim, struct ward_oidc_provider *ret, const char **ret_why)
{
	const struct ward_conf *c = NULL;
	struct ward_arena a;
	struct ward_diag diag;

	*ret = (struct ward_oidc_provider){.posts_secret = false};
	ward_arena_init(&a, ward_mem_heap(), WARD_JWT_ARENA);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(&a, lim, WARD_STR("discovery"), 1, text, &diag, &c);

	*ret_why = err || c->kind != WARD_CONF_MAP
			   ? WARD_TEXT("its discovery document is no JSON object")
			   : read_provider(d, c, ret);
	if (*ret_why && err != WARD_ERR_NOMEM)
		err = WARD_ERR_MALFORMED;
	ward_diag_fini(&diag);
	ward_arena_fini(&a);
	return err;
}

/* ---- requests ---- */

static void put_escaped(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char b = (unsigned char)s.p[i];

		if ((b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') ||
			(b && strchr("-._~", b)))
			ward_wr_ch(w, (char)b);
		else
			ward_wr_printf(w, "%%%02X", b);
	}
}

static void put_pair(struct ward_wr *w, const char *key, struct ward_str value)
{
	ward_wr_printf(w, "&%s=", key);
	put_escaped(w, value);
}

void ward_oidc_put_challenge(struct ward_wr *w, struct ward_str verifier)
{
	uint8_t sum[32];

	ward_sha256(ward_str_bytes(verifier), sum);
	ward_jwt_base64url_write(w, ward_slice_of(sum, sizeof(sum)));
}

static void put_redirect(struct ward_wr *w, const struct ward_directory *d)
{
	ward_wr_z(w, "&redirect_uri=");
	put_escaped(w, d->address);
	put_escaped(w, WARD_STR(WARD_DIRECTORY_CALLBACK));
}

void ward_oidc_put_url(struct ward_wr *w, const struct ward_directory *d,
	const struct ward_oidc_provider *p, const struct ward_oidc_begin *b)
{
	ward_wr_z(w, p->authorize);
	ward_wr_ch(w, strchr(p->authorize, '?') ? '&' : '?');
	ward_wr_z(w, "response_type=code&scope=");
	for (size_t i = 0; i < d->n_scope; i++) {
		if (i)
			ward_wr_z(w, "%20");
		put_escaped(w, d->scope[i]);
	}
	put_pair(w, "client_id", d->client);
	put_redirect(w, d);
	put_pair(w, "state", b->state);
	put_pair(w, "nonce", b->nonce);
	ward_wr_z(w, "&code_challenge=");
	ward_oidc_put_challenge(w, b->verifier);
	ward_wr_z(w, "&code_challenge_method=S256");
}

static void put_host(struct ward_wr *w, const struct ward_directory *d)
{
	bool v6 = ward_str_find(d->at.host, WARD_STR(":")) != SIZE_MAX;

	ward_wr_printf(w, " HTTP/1.1\r\nHost: %s%.*s%s", v6 ? "[" : "", WARD_STR_ARG(d->at.host),
		v6 ? "]" : "");
	if (d->at.port != 443)
		ward_wr_printf(w, ":%u", (unsigned)d->at.port);
	ward_wr_z(w, "\r\nUser-Agent: ward\r\nAccept: application/json\r\nConnection: close\r\n");
}

void ward_oidc_put_discovery(struct ward_wr *w, const struct ward_directory *d)
{
	struct ward_str path = d->at.path;

	while (path.len && path.p[path.len - 1] == '/')
		path.len--;
	ward_wr_printf(w, "GET %.*s/.well-known/openid-configuration", WARD_STR_ARG(path));
	put_host(w, d);
	ward_wr_z(w, "\r\n");
}

void ward_oidc_put_keys(
	struct ward_wr *w, const struct ward_directory *d, const struct ward_oidc_provider *p)
{
	ward_wr_printf(w, "GET %s", p->keys);
	put_host(w, d);
	ward_wr_z(w, "\r\n");
}

static void put_base64(struct ward_wr *w, struct ward_slice s)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.len; i += 3) {
		size_t left = s.len - i;
		uint32_t v = (uint32_t)s.p[i] << 16 | (left > 1 ? (uint32_t)s.p[i + 1] << 8 : 0) |
			     (left > 2 ? s.p[i + 2] : 0u);

		ward_wr_ch(w, digit[v >> 18]);
		ward_wr_ch(w, digit[v >> 12 & 63]);
		ward_wr_ch(w, left > 1 ? digit[v >> 6 & 63] : '=');
		ward_wr_ch(w, left > 2 ? digit[v & 63] : '=');
	}
}

/* RFC 6749 2.3.1: both parts are form-encoded before they become Basic's. */
static void put_basic(struct ward_wr *w, struct ward_str client, struct ward_str secret)
{
	uint8_t pair[8 * (WARD_DIRECTORY_TEXT + WARD_OIDC_SECRET)];
	struct ward_wr p = ward_wr_fixed(pair, sizeof(pair));

	put_escaped(&p, client);
	ward_wr_ch(&p, ':');
	put_escaped(&p, secret);
	WARD_ASSERT(!ward_wr_bad(&p));
	ward_wr_z(w, "Authorization: Basic ");
	put_base64(w, ward_wr_slice(&p));
	ward_wr_z(w, "\r\n");
	ward_wipe(pair, sizeof(pair));
}

void ward_oidc_put_grant(struct ward_wr *w, const struct ward_directory *d,
	const struct ward_oidc_provider *p, const struct ward_oidc_grant *g)
{
	struct ward_wr body = ward_wr_grow(ward_mem_heap(), WARD_OIDC_REQUEST);
	bool basic = g->secret.len && !p->posts_secret;

	if (g->code.len) {
		ward_wr_z(&body, "grant_type=authorization_code");
		put_pair(&body, "code", g->code);
		put_redirect(&body, d);
		put_pair(&body, "code_verifier", g->verifier);
	} else {
		ward_wr_z(&body, "grant_type=refresh_token");
		put_pair(&body, "refresh_token", g->refresh);
	}
	if (!basic)
		put_pair(&body, "client_id", d->client);
	if (g->secret.len && !basic)
		put_pair(&body, "client_secret", g->secret);
	ward_wr_printf(w, "POST %s", p->token);
	put_host(w, d);
	if (basic)
		put_basic(w, d->client, g->secret);
	ward_wr_printf(w,
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n",
		body.len);
	ward_wr_bytes(w, body.p, body.len);
	if (ward_wr_bad(&body)) /* then the request is none, too */
		(void)ward_wr_room(w, SIZE_MAX / 2);
	if (body.p)
		ward_wipe(body.p, body.cap);
	ward_wr_fini(&body);
}

/* ---- answers ---- */

enum ward_err ward_oidc_tokens_read(struct ward_slice text, struct ward_arena *a,
	const struct ward_limits *lim, struct ward_oidc_tokens *ret)
{
	const struct ward_conf *c = NULL;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_conf_json(a, lim, WARD_STR("tokens"), 1, text, &d, &c);

	ward_diag_fini(&d);
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err || c->kind != WARD_CONF_MAP)
		return WARD_ERR_MALFORMED;
	*ret = (struct ward_oidc_tokens){word(c, "id_token"), word(c, "access_token"),
		word(c, "refresh_token"), word(c, "error")};
	return ret->refresh.len > WARD_OIDC_REFRESH ? WARD_ERR_MALFORMED : WARD_OK;
}

enum ward_err ward_oidc_who(const struct ward_directory *d, const struct ward_conf *claims,
	struct ward_directory_who *ret)
{
	char person[WARD_DIRECTORY_TEXT + 1], groups[WARD_DIRECTORY_TEXT + 1];
	struct ward_directory_who w = {.group = 0};

	WARD_ASSERT(
		d->person.len <= WARD_DIRECTORY_TEXT && d->groups_from.len <= WARD_DIRECTORY_TEXT);
	memcpy(person, d->person.p, d->person.len);
	person[d->person.len] = 0;
	memcpy(groups, d->groups_from.p, d->groups_from.len);
	groups[d->groups_from.len] = 0;
	if (!ward_directory_who_text(word(claims, person), w.name) ||
		!ward_directory_who_text(word(claims, "sub"), w.key))
		return WARD_ERR_MALFORMED;
	/* an address that anybody can write into their own profile says of nobody who it is */
	if (ward_str_eqz(d->person, "email") && !is_true(claims, "email_verified"))
		return WARD_ERR_MALFORMED;
	const struct ward_conf *list = ward_conf_get(claims, groups);

	w.has_groups = true; /* without the claim in none: providers leave it out then */
	for (const struct ward_conf *x = list && list->kind == WARD_CONF_SEQ ? list->child : list;
		x; x = list->kind == WARD_CONF_SEQ ? x->next : NULL)
		if (x->kind == WARD_CONF_SCALAR)
			ward_directory_who_group(d, x->text, &w);
	/* RFC 8176 2 */
	w.many = holds(claims, "amr", "mfa") || holds(claims, "amr", "otp") ||
		 holds(claims, "amr", "hwk");
	*ret = w;
	return WARD_OK;
}
