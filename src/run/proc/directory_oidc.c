#include "run/proc/directory.h"

#include "http/message.h"

#include <stdio.h>
#include <stdlib.h>

/* What the provider says of itself is asked anew; its keys no more often than that, however many
 * tokens come that are signed by one that is not known. */
static const ward_ns provider_good = 3600 * WARD_NS_PER_S, keys_good = 3600 * WARD_NS_PER_S,
		     keys_pause = WARD_NS_PER_S;

static ward_ns mono(const struct directory *k)
{
	return ward_clock_mono(k->p.clock);
}

/* ---- one request, and its answer ---- */

static enum ward_err read_answer(struct directory *k, struct ward_httpmsg *h, unsigned *ret_status,
	struct ward_slice *ret_body)
{
	struct ward_httpmsg_whole m;
	size_t used, from = 0;
	enum ward_err err = WARD_ERR_MORE;

	while (err == WARD_ERR_MORE) {
		enum ward_err heard = directory_line_hear(k);

		if (heard == WARD_ERR_CLOSED) {
			err = ward_httpmsg_end(h, &m);
			break;
		}
		if (heard)
			return heard;
		err = ward_httpmsg_take(
			h, ward_slice_of(k->answer + from, k->n_answer - from), &used, &m);
		from = k->n_answer;
	}
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&k->p, "out of memory", err);
	if (err)
		return directory_lost(k, WARD_TEXT("its answer is no HTTP, or was cut"));
	struct ward_slice copy = ward_arena_bytes(&k->arena, m.body);

	if (m.body.len && !copy.p)
		return directory_lost(k, WARD_TEXT("its answer is too long"));
	*ret_status = m.status;
	*ret_body = copy;
	return WARD_OK;
}

/* k->out is the request. */
static enum ward_err exchange(struct directory *k, unsigned *ret_status, struct ward_slice *ret)
{
	struct ward_httpmsg_opts o = {.mem = ward_mem_heap(), .body_max = DIRECTORY_ANSWER / 2};
	struct ward_httpmsg *h;
	enum ward_err err = directory_line_open(k);

	if (err)
		return err;
	if (ward_httpmsg_new(&o, &h) != WARD_OK)
		ward_process_die(&k->p, "out of memory", WARD_ERR_NOMEM);
	err = directory_line_say(k);
	if (!err)
		err = read_answer(k, h, ret_status, ret);
	ward_httpmsg_free(h);
	directory_line_close(k);
	ward_wipe(k->answer, k->n_answer);
	return err;
}

static enum ward_err get(struct directory *k, const char *why, struct ward_slice *ret)
{
	unsigned status;
	enum ward_err err = exchange(k, &status, ret);
	char text[16];

	if (err || status == 200)
		return err;
	(void)snprintf(text, sizeof(text), "%u", status);
	WARD_SAY(&k->why, k->lang, why, {"status", ward_str_z(text)});
	return WARD_ERR_AGAIN;
}

/* ---- what is known of the provider ---- */

static enum ward_err know_provider(struct directory *k)
{
	struct ward_oidc_provider p;
	struct ward_slice text;
	const char *why = "";

	if (k->provider_at && mono(k) - k->provider_at < provider_good)
		return WARD_OK;
	ward_oidc_put_discovery(&k->out, &k->conf);
	enum ward_err err =
		get(k, WARD_TEXT("it answers {status} where its discovery document is"), &text);

	if (err)
		return err;
	if (ward_oidc_provider_read(&k->conf, text, &k->lim, &p, &why) != WARD_OK)
		return directory_lost(k, why ? why : WARD_TEXT("out of memory"));
	k->provider = p;
	k->provider_at = mono(k);
	ward_count_name(&k->p.counters, "directory.discovered", 1);
	return WARD_OK;
}

static enum ward_err get_keys(struct directory *k)
{
	struct ward_jwt_keys *keys;
	struct ward_slice text;
	size_t n, left;

	ward_oidc_put_keys(&k->out, &k->conf, &k->provider);
	enum ward_err err = get(k, WARD_TEXT("it answers {status} where its keys are"), &text);

	if (err)
		return err;
	if (ward_jwt_keys_read(text, &k->lim, &keys, &n, &left) != WARD_OK)
		return directory_lost(k, WARD_TEXT("what it publishes as keys are none"));
	ward_count_name(&k->p.counters, "directory.keys_read", n);
	ward_count_name(&k->p.counters, "directory.keys_left_out", left);
	ward_jwt_keys_free(k->keys);
	k->keys = keys;
	k->keys_at = mono(k);
	return WARD_OK;
}

/* A provider may begin to sign by another key at any time. */
static enum ward_err verify(struct directory *k, struct ward_str token,
	const struct ward_jwt_wanted *w, const struct ward_conf **ret)
{
	const char *why;
	enum ward_err err = k->keys && mono(k) - k->keys_at < keys_good ? WARD_OK : get_keys(k);

	if (err)
		return err;
	err = ward_jwt_verify(k->keys, token, w, &k->arena, ret, &why);
	if (err == WARD_ERR_NOT_FOUND && mono(k) - k->keys_at >= keys_pause) {
		err = get_keys(k);
		if (err)
			return err;
		err = ward_jwt_verify(k->keys, token, w, &k->arena, ret, &why);
	}
	return err ? directory_no(
			     k, err == WARD_ERR_NOMEM ? WARD_TEXT("the token is too long") : why)
		   : WARD_OK;
}

/* ---- who can be asked about again ---- */

static void forget(struct directory_known *x)
{
	if (x->refresh)
		ward_wipe(x->refresh, x->n);
	free(x->refresh);
	*x = (struct directory_known){.n = 0};
}

void directory_oidc_forget(struct directory *k)
{
	for (size_t i = 0; i < DIRECTORY_KNOWN; i++)
		forget(&k->known[i]);
	ward_jwt_keys_free(k->keys);
}

static struct directory_known *known(struct directory *k, struct ward_str key)
{
	for (size_t i = 0; i < DIRECTORY_KNOWN; i++)
		if (k->known[i].key[0] && ward_str_eqz(key, k->known[i].key))
			return &k->known[i];
	return NULL;
}

static void remember(struct directory *k, struct ward_str key, struct ward_str refresh)
{
	struct directory_known *x = known(k, key);

	for (size_t i = 0; !x && i < DIRECTORY_KNOWN; i++)
		if (!k->known[i].key[0])
			x = &k->known[i];
	if (!x) { /* who was asked about longest ago */
		x = &k->known[0];
		for (size_t i = 1; i < DIRECTORY_KNOWN; i++)
			x = k->known[i].used < x->used ? &k->known[i] : x;
		ward_count_name(&k->p.counters, "directory.forgotten", 1);
	}
	forget(x);
	x->refresh = malloc(refresh.len);
	if (!x->refresh)
		ward_process_die(&k->p, "out of memory", WARD_ERR_NOMEM);
	memcpy(x->refresh, refresh.p, refresh.len);
	x->n = refresh.len;
	x->used = mono(k);
	(void)snprintf(x->key, sizeof(x->key), "%.*s", WARD_STR_ARG(key));
}

/* ---- questions ---- */

/* There are no tokens, by this status and error. Of a code, which any browser can bring, that says
 * nothing of the provider: else whoever sends one that it chokes on, or that a filter before it
 * turns away, would have it taken for out of reach. Of somebody who is signed in it says that they
 * can't be asked about, unless it is the provider that can't answer. */
static enum ward_err no_tokens(
	struct directory *k, bool by_code, unsigned status, struct ward_str error)
{
	char text[16], what[65];

	(void)snprintf(text, sizeof(text), "%u", status);
	(void)snprintf(what, sizeof(what), "%.*s", WARD_STR_ARG(ward_str_sub(error, 0, 64)));
	for (char *c = what; *c; c++)
		*c = (char)(*c < ' ' || *c > '~' ? '?' : *c);
	if (error.len)
		WARD_SAY(&k->why, k->lang,
			WARD_TEXT("it answers {status}, {error}, where codes are exchanged"),
			{"status", ward_str_z(text)}, {"error", ward_str_z(what)});
	else
		WARD_SAY(&k->why, k->lang,
			WARD_TEXT("it answers {status}, no tokens, where codes are exchanged"),
			{"status", ward_str_z(text)});
	if (ward_str_eqz(error, "invalid_client")) /* nobody can sign in: it is our secret */
		return WARD_ERR_AGAIN;
	if (by_code)
		return WARD_ERR_DENIED;
	return status >= 500 || status == 429 ? WARD_ERR_AGAIN : WARD_ERR_STATE;
}

static enum ward_err grant(
	struct directory *k, const struct ward_oidc_grant *like, struct ward_oidc_tokens *ret)
{
	struct ward_oidc_grant g = *like;
	struct ward_slice body;
	unsigned status = 0;

	g.secret = ward_str_z(k->secret);
	ward_oidc_put_grant(&k->out, &k->conf, &k->provider, &g);
	enum ward_err err = exchange(k, &status, &body);

	if (err)
		return err;
	if (ward_oidc_tokens_read(body, &k->arena, &k->lim, ret) != WARD_OK)
		return no_tokens(k, g.code.len > 0, status, (struct ward_str){NULL, 0});
	if (ward_str_eqz(ret->error, "invalid_grant"))
		return directory_no(
			k, WARD_TEXT("the code, or what was given to ask again, is good no more"));
	if (status == 200 && !ret->error.len)
		return WARD_OK;
	return no_tokens(k, g.code.len > 0, status, ret->error);
}

static enum ward_err code(
	struct directory *k, const struct ward_direct *d, struct ward_directed *ret)
{
	const struct ward_oidc_grant g = {.code = d->secret, .verifier = d->verifier};
	struct ward_oidc_tokens t;
	struct ward_directory_who who;
	const struct ward_conf *claims;

	/* RFC 9207 2.4: an answer of another provider is no answer */
	if (d->issuer.len ? !ward_str_eq(d->issuer, k->conf.issuer) : k->provider.says_issuer)
		return directory_no(k, WARD_TEXT("the code came from another provider"));
	enum ward_err err = grant(k, &g, &t);

	if (err)
		return err;
	if (!t.id.len)
		return directory_no(k, WARD_TEXT("there is no ID token"));
	const struct ward_jwt_wanted w = {.issuer = k->conf.issuer,
		.audience = k->conf.client,
		.nonce = d->nonce,
		.access = t.access,
		.now = ward_clock_now(k->p.clock)};

	err = verify(k, t.id, &w, &claims);
	if (err)
		return err;
	if (ward_oidc_who(&k->conf, claims, &who) != WARD_OK)
		return directory_no(
			k, WARD_TEXT("the token does not say who it is: see `person` of "
				     "directory.yml"));
	if (t.refresh.len)
		remember(k, ward_str_z(who.key), t.refresh);
	return directory_say_who(k, &who, ret);
}

static enum ward_err still(
	struct directory *k, const struct ward_direct *d, struct ward_directed *ret)
{
	struct directory_known *x = known(k, d->name);
	struct ward_oidc_tokens t;
	struct ward_directory_who who = {.group = 0};
	const struct ward_conf *claims;

	if (!x)
		return WARD_ERR_STATE;
	const struct ward_oidc_grant g = {.refresh = {x->refresh, x->n}};
	enum ward_err err = grant(k, &g, &t);

	if (err == WARD_ERR_DENIED)
		forget(x);
	if (err)
		return err;
	x->used = mono(k);
	if (t.refresh.len)
		remember(k, d->name, t.refresh);
	if (!t.id.len)
		return WARD_OK; /* they are who they were */
	const struct ward_jwt_wanted w = {.issuer = k->conf.issuer,
		.audience = k->conf.client,
		.access = t.access,
		.now = ward_clock_now(k->p.clock)};

	err = verify(k, t.id, &w, &claims);
	if (err)
		return err;
	if (ward_oidc_who(&k->conf, claims, &who) != WARD_OK ||
		!ward_str_eqz(d->name, who.key)) /* OpenID Connect Core 12.2 */
		return directory_no(k, WARD_TEXT("the new token is of somebody else"));
	return directory_say_who(k, &who, ret);
}

enum ward_err directory_oidc(
	struct directory *k, const struct ward_direct *d, struct ward_directed *ret)
{
	/* of whom nothing is known it is said at least whether the provider can be reached */
	if (d->what == WARD_DIRECT_STILL && !known(k, d->name))
		k->provider_at = 0;
	enum ward_err err = know_provider(k);

	if (err)
		return err;
	if (d->what == WARD_DIRECT_CODE)
		return code(k, d, ret);
	if (d->what == WARD_DIRECT_STILL)
		return still(k, d, ret);
	if (d->what != WARD_DIRECT_BEGIN)
		return directory_no(k, WARD_TEXT("that is not asked of a provider"));
	struct ward_wr w = ward_wr_fixed(k->answer, sizeof(k->answer));
	const struct ward_oidc_begin b = {d->state, d->nonce, d->verifier};

	ward_oidc_put_url(&w, &k->conf, &k->provider, &b);
	ret->url = ward_arena_str(&k->arena, ward_wr_text(&w));
	return ret->url.p ? WARD_OK : directory_lost(k, WARD_TEXT("out of memory"));
}
