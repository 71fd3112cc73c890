/* Sensors elsewhere: a code by which one is taken in, its certificate and the next one, and its
 * end. What a sensor shows, its certificate, `api` has checked by TLS; what counts is here. */
#include "run/signing_priv.h"

#include "base/json.h"
#include "words/words.h"

#include <sodium.h>

enum { CERTIFICATE_DAYS = 90 };

static const ward_ns code_good = 3600 * WARD_NS_PER_S;

static void record(struct ward_signing *g, enum ward_told what, const char *id,
	const struct ward_sign *s, bool local)
{
	const struct ward_account_told t = {.what = what,
		.by = local ? WARD_STR("machine") : WARD_STR(""),
		.from = signing_kind_of(s->from, local),
		.on = ward_str_z(id)};

	g->o.record(g->o.ctx, &t);
}

static bool is_source(const struct ward_signing *g, struct ward_str id)
{
	for (size_t i = 0; g->o.sensors && i < g->o.sensors->n; i++)
		if (ward_str_eq(g->o.sensors->id[i], id))
			return true;
	return false;
}

static bool refused(const struct ward_signing *g, struct ward_str id, struct ward_signed *ret)
{
	if (!g->o.sensors || !g->o.sensors->voucher)
		signing_refuse(ret, WARD_ERR_STATE,
			WARD_TEXT("no sensor can be taken in: sources.yml has no source of `kind: "
				  "sensor` without a `password_file`, or the console is off"));
	else if (!is_source(g, id))
		signing_refuse(ret, WARD_ERR_NOT_FOUND,
			WARD_TEXT("sources.yml has no source of that id with `kind: sensor` and "
				  "without a `password_file`; add it, and start Ward anew"));
	else
		return false;
	return true;
}

/* ---- at the machine ---- */

static const char *state_of(const struct ward_signing *g, const struct ward_sensor *x)
{
	ward_ns now = signing_now_of(g);

	if (x->made && !is_source(g, ward_str_z(x->id)))
		return "no-source";
	if (x->code_until > now)
		return "waits";
	return !x->made ? "none" : x->until <= now ? "over" : "good";
}

static void put_sensor(
	const struct ward_signing *g, const struct ward_sensor *x, struct ward_json *j)
{
	ward_json_obj(j);
	ward_json_put_z(j, "id", x->id);
	ward_json_put_z(j, "state", state_of(g, x));
	if (x->made) {
		ward_json_put_time(j, "made", x->made);
		ward_json_put_time(j, "until", x->until);
	}
	if (x->seen)
		ward_json_put_time(j, "seen", x->seen);
	ward_json_obj_end(j);
}

void signing_sensors(struct ward_signing *g, struct ward_signed *ret)
{
	struct ward_json j = ward_json_on(&g->json);
	const struct ward_signing_sensors *is = g->o.sensors;

	ward_json_obj(&j);
	ward_json_key(&j, "items");
	ward_json_arr(&j);
	for (size_t i = 0; i < g->o.accounts->n_x; i++)
		put_sensor(g, &g->o.accounts->x[i], &j);
	for (size_t i = 0; is && i < is->n; i++) {
		struct ward_sensor none = {.made = 0};

		if (ward_sensor_find(g->o.accounts, is->id[i]) || is->id[i].len >= sizeof(none.id))
			continue;
		memcpy(none.id, is->id[i].p, is->id[i].len);
		put_sensor(g, &none, &j);
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	*ret = (struct ward_signed){.err = WARD_OK, .json = ward_wr_text(&g->json)};
}

/* A secret that waits an hour in memory, and no longer than this process. */
void signing_sensor_add(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret)
{
	struct ward_json j = ward_json_on(&g->json);
	char text[WARD_SHIP_CODE_TEXT];
	struct ward_ship_code code;

	if (refused(g, s->person, ret))
		return;
	struct ward_sensor *x = ward_sensor_need(g->o.accounts, s->person);

	if (!x) {
		signing_refuse(ret, WARD_ERR_LIMIT,
			WARD_TEXT("there are too many sensors: remove some that are no more"));
		return;
	}
	randombytes_buf(x->code, sizeof(x->code));
	x->code_until = signing_now_of(g) / WARD_NS_PER_S * WARD_NS_PER_S + code_good;
	memcpy(code.secret, x->code, sizeof(code.secret));
	memcpy(code.print, g->o.sensors->server, sizeof(code.print));
	ward_ship_code_write(&code, text);
	record(g, WARD_TOLD_SENSOR_CODE, x->id, s, true);
	ward_json_obj(&j);
	ward_json_put_z(&j, "code", text);
	ward_json_put_time(&j, "expires", x->code_until);
	ward_json_obj_end(&j);
	*ret = (struct ward_signed){.err = WARD_OK, .json = ward_wr_text(&g->json)};
	ward_wipe(&code, sizeof(code));
	ward_wipe(text, sizeof(text));
}

void signing_sensor_end(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret)
{
	struct ward_sensor *x = ward_sensor_find(g->o.accounts, s->person), before;
	struct ward_accounts *t = g->o.accounts;

	if (!x) {
		signing_refuse(ret, WARD_ERR_NOT_FOUND,
			WARD_TEXT("no sensor of that id was taken in, and no code waits for one"));
		return;
	}
	before = *x;
	ward_sensor_drop(t, x);
	*ret = (struct ward_signed){.err = WARD_OK};
	if (signing_keep(g, NULL, NULL, ret))
		record(g, WARD_TOLD_SENSOR_ENDED, before.id, s, true);
	else
		t->x[t->n_x++] = before;
	ward_wipe(&before, sizeof(before));
}

/* ---- from outside ---- */

/* Whose certificate it is, or the one that follows it; NULL: nobody's that counts. */
static struct ward_sensor *of_print(
	struct ward_signing *g, const uint8_t print[WARD_SIGN_TOKEN], bool *ret_next)
{
	ward_ns now = signing_now_of(g);

	for (size_t i = 0; i < g->o.accounts->n_x; i++) {
		struct ward_sensor *x = &g->o.accounts->x[i];

		*ret_next = x->next_until > now && memcmp(x->next, print, sizeof(x->next)) == 0;
		if (is_source(g, ward_str_z(x->id)) &&
			(*ret_next || (x->made && x->until > now &&
					      memcmp(x->print, print, sizeof(x->print)) == 0)))
			return x;
	}
	return NULL;
}

/* The one that it was given last is shown: the one before it is good no more. */
static bool go_on(struct ward_signing *g, struct ward_sensor *x, struct ward_signed *ret)
{
	struct ward_sensor before = *x;

	memcpy(x->print, x->next, sizeof(x->print));
	x->until = x->next_until;
	x->next_until = 0;
	if (signing_keep(g, NULL, NULL, ret))
		return true;
	*x = before;
	return false;
}

static struct ward_sensor *shown(
	struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret)
{
	bool next;
	struct ward_sensor *x = of_print(g, s->token, &next);

	if (!x)
		signing_refuse(ret, WARD_ERR_DENIED,
			WARD_TEXT("the sensor's certificate does not count here (any more): `ward "
				  "sensor add` makes a code that takes it in"));
	else if (next && !go_on(g, x, ret))
		x = NULL;
	else
		x->seen = signing_now_of(g);
	return x;
}

void signing_sensor_is(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret)
{
	struct ward_json j = ward_json_on(&g->json);
	struct ward_sensor *x = shown(g, s, ret);

	if (!x)
		return;
	ward_json_obj(&j);
	ward_json_put_z(&j, "sensor", x->id);
	ward_json_obj_end(&j);
	*ret = (struct ward_signed){.err = WARD_OK, .json = ward_wr_text(&g->json)};
}

/* Whose code it was proved with; looks at all, so that it takes as long for any. */
static struct ward_sensor *proved(struct ward_signing *g, struct ward_str proof,
	const uint8_t key[WARD_SHIP_KEY], struct ward_signed *ret)
{
	uint8_t said[WARD_SHIP_PROOF], is[WARD_SHIP_PROOF];
	struct ward_ship_code code;
	bool ok = g->o.sensors && ward_str_unhex(proof, said, sizeof(said));
	struct ward_sensor *found = NULL;
	ward_ns now = signing_now_of(g);

	for (size_t i = 0; ok && i < g->o.accounts->n_x; i++) {
		struct ward_sensor *x = &g->o.accounts->x[i];

		memcpy(code.secret, x->code, sizeof(code.secret));
		memcpy(code.print, g->o.sensors->server, sizeof(code.print));
		ward_ship_code_prove(&code, key, is);
		if (sodium_memcmp(is, said, sizeof(is)) == 0 && x->code_until > now)
			found = x;
	}
	ward_wipe(is, sizeof(is));
	ward_wipe(&code, sizeof(code));
	if (!found)
		signing_refuse(ret, WARD_ERR_DENIED,
			WARD_TEXT("the code is wrong, was used, or is older than an hour: `ward "
				  "sensor add` makes another one"));
	return found;
}

/* Into x, kept, and then on record; else x is as before. */
static void give(struct ward_signing *g, struct ward_sensor *x, const struct ward_vouch_in *in,
	const struct ward_sign *s, struct ward_signed *ret)
{
	struct ward_wr pem = ward_wr_grow(ward_mem_heap(), WARD_SIGN_PROOF),
		       ca = ward_wr_grow(ward_mem_heap(), WARD_SIGN_PROOF);
	struct ward_json j = ward_json_on(&g->json);
	struct ward_sensor before = *x;
	bool first = s->code.len > 0;
	uint8_t print[WARD_SIGN_TOKEN];
	enum ward_err err = ward_vouch(g->o.sensors->voucher, in, &pem, print);
	/* the certificate is good a little less, since it began before now */
	ward_ns until = in->now + ((ward_ns)in->days * 24 - 1) * 3600 * WARD_NS_PER_S;

	if (!err)
		err = ward_voucher_ca(g->o.sensors->voucher, &ca);
	memcpy(first ? x->print : x->next, print, sizeof(print));
	*(first ? &x->until : &x->next_until) = until;
	if (first) {
		x->made = in->now;
		x->code_until = x->next_until = 0;
		ward_wipe(x->code, sizeof(x->code));
	}
	*ret = (struct ward_signed){.err = WARD_OK};
	if (err)
		signing_refuse(ret, err, WARD_TEXT("'key' is no point of the curve P-256"));
	if (err || !signing_keep(g, NULL, NULL, ret)) {
		*x = before;
	} else {
		record(g, first ? WARD_TOLD_SENSOR_ENROLLED : WARD_TOLD_SENSOR_RENEWED, x->id, s,
			false);
		ward_json_obj(&j);
		ward_json_put_z(&j, "sensor", x->id);
		ward_json_put_str(&j, "certificate", ward_wr_text(&pem));
		ward_json_put_str(&j, "ca", ward_wr_text(&ca));
		ward_json_put_time(&j, "until", until);
		ward_json_obj_end(&j);
		ret->json = ward_wr_text(&g->json);
	}
	ward_wr_fini(&pem);
	ward_wr_fini(&ca);
	ward_wipe(&before, sizeof(before));
}

void signing_sensor_key(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret)
{
	struct ward_vouch_in in = {.now = signing_now_of(g), .days = CERTIFICATE_DAYS};

	_Static_assert((int)WARD_VOUCH_KEY == (int)WARD_SHIP_KEY, "one key");
	if (!ward_str_unhex(s->old, in.key, sizeof(in.key))) {
		signing_refuse(ret, WARD_ERR_MALFORMED,
			WARD_TEXT("'key' is the public key as 130 hexadecimal digits"));
		return;
	}
	struct ward_sensor *x = s->code.len ? proved(g, s->code, in.key, ret) : shown(g, s, ret);

	if (!x) {
		record(g, WARD_TOLD_SENSOR_REFUSED, "", s, false);
		return;
	}
	in.id = ward_str_z(x->id);
	give(g, x, &in, s, ret);
}
