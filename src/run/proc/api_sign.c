/* Signing in and out, accounts, and decisions: what `login` is asked for people. */
#include "run/proc/api_account.h"

#include "http/target.h"

#include <stdio.h>

/* Attempts of one address to sign in; `login` counts those of a person, too. */
static const struct serve_rate of_signing = {10, 10};

enum { WHY_MAX = 200, ENTRY_WHY_MAX = 1000 };

#define BASE WARD_API_PATH
#define PEOPLE BASE "people/"

/* False: it was answered why not. */
bool serve_read_body(struct server *s, struct ward_httpd_ask *a, struct serve_body *b)
{
	struct ward_wr scratch = ward_wr_fixed(s->scratch, sizeof(s->scratch));
	struct ward_str type = ward_httpd_value(a, "content-type");
	char why[WHY_MAX];

	type = type.p ? ward_str_trim(ward_str_cut(&type, ';')) : WARD_STR("");
	if (!ward_str_ieq(type, WARD_STR(WARD_API_JSON))) {
		serve_problem(
			s, a, 415, WARD_TEXT("say it as JSON (Content-Type: application/json)"));
		return false;
	}
	const char *wrong = serve_body_read(a->body, &scratch, b);

	if (!wrong)
		return true;
	(void)snprintf(why, sizeof(why), "the body is no JSON object: %s", wrong);
	serve_problem(s, a, 400, why);
	return false;
}

void serve_forget_body(struct server *s)
{
	ward_wipe(s->scratch, sizeof(s->scratch));
}

void serve_ask_sign(struct server *s, struct ward_httpd_ask *a, const struct serve_session *who,
	struct ward_sign *sign)
{
	struct serve_pending p = {.question = SERVE_SIGN, .what = sign->what, .ask = a};
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));

	memcpy(sign->from, a->peer, sizeof(sign->from));
	(void)ward_sign_parse(
		ward_http_cookie(ward_httpd_value(a, "cookie"), WARD_STR(SERVE_DEVICE_COOKIE)),
		sign->device);
	if (who) {
		memcpy(sign->token, who->token, sizeof(sign->token));
		memcpy(p.token, who->token, sizeof(p.token));
	}
	if (sign->password.len > WARD_SIGN_SECRET || sign->old.len > WARD_SIGN_SECRET ||
		sign->code.len > WARD_SIGN_SECRET || sign->proof.len > WARD_SIGN_PROOF ||
		sign->person.len > WARD_DECISION_SUBJECT) {
		serve_problem(s, a, 400, WARD_TEXT("a text is too long"));
	} else {
		ward_sign_put(&w, sign);
		serve_ask_login(s, &p, WARD_MSG_SIGN, ward_wr_slice(&w));
	}
	ward_wipe(s->message, w.len);
	ward_wipe(sign, sizeof(*sign));
	ward_wipe(&p, sizeof(p));
	serve_forget_body(s);
}

bool serve_may_sign(struct server *s, struct ward_httpd_ask *a)
{
	if (serve_may(s, &serve_peer_of(s, a->peer)->signing, &of_signing))
		return true;
	ward_count_name(&s->p.counters, "api.signing_limited", 1);
	serve_wait(s, a, 60 * WARD_NS_PER_S / of_signing.per_minute,
		ward_str_z(WARD_TEXT("too many attempts from this address; wait a little")));
	return false;
}

static void get_session(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	serve_say_session(s, a, 200, &who->is, who->token, NULL);
}

static void sign_in(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct serve_body b;
	struct ward_sign sign = {.what = WARD_SIGN_PASSWORD};
	char origin[SERVE_ORIGIN];

	(void)who;
	if (!serve_may_sign(s, a) || !serve_read_body(s, a, &b))
		return;
	sign.person = serve_body_text(&b, "person");
	sign.password = serve_body_text(&b, "password");
	sign.code = serve_body_text(&b, "totp");
	sign.proof = serve_body_object(&b, "key");
	if (sign.proof.len)
		sign.old = serve_origin(a, origin);
	if (!sign.person.len || !sign.password.len) {
		serve_problem(s, a, 400, WARD_TEXT("say person and password"));
		serve_forget_body(s);
		return;
	}
	serve_ask_sign(s, a, NULL, &sign);
}

static void by_code(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct serve_body b;
	struct ward_sign sign = {.what = WARD_SIGN_CODE};

	(void)who;
	if (!serve_may_sign(s, a) || !serve_read_body(s, a, &b))
		return;
	sign.code = serve_body_text(&b, "code");
	sign.person = serve_body_text(&b, "person");
	sign.password = serve_body_text(&b, "password");
	if (!sign.code.len) {
		serve_problem(s, a, 400, WARD_TEXT("say the code"));
		serve_forget_body(s);
		return;
	}
	serve_ask_sign(s, a, NULL, &sign);
}

static void sign_out(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	serve_ask_sign(s, a, who, &(struct ward_sign){.what = WARD_SIGN_OUT});
}

static void people(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_sign sign = {.what = WARD_SIGN_PEOPLE};
	struct ward_str rest = a->query;

	while (rest.p && rest.len) { /* ids need no escapes */
		struct ward_str value = ward_str_cut(&rest, '&');

		if (ward_str_eqz(ward_str_cut(&value, '='), "after") && value.p)
			sign.person = value;
	}
	serve_ask_sign(s, a, who, &sign);
}

/* False: it was answered what is wrong. Whoever counts it looks again. */
static bool is_entry(struct server *s, struct ward_httpd_ask *a, const struct ward_decision *d)
{
	char why[ENTRY_WHY_MAX];
	struct ward_wr w = ward_wr_fixed(why, sizeof(why));
	struct ward_decision of = *d;

	of.person = WARD_STR("somebody"); /* `login` says who it is */
	if (ward_api_entry_check(s->api, &of, &w) == WARD_OK)
		return true;
	serve_problem_str(s, a, 400, ward_wr_text(&w));
	return false;
}

static bool is_of_person(enum ward_decision_kind k)
{
	return k == WARD_DECISION_PERSON_REQUEST || k == WARD_DECISION_PERSON_ANSWER ||
	       k == WARD_DECISION_PERSON_DONE || k == WARD_DECISION_ASSESS;
}

/* The same of a works permit, which the brain looks at again, of the record of processing, and of a
 * name. */
static bool is_checked(struct server *s, struct ward_httpd_ask *a, const struct serve_session *x,
	const struct ward_decision *d)
{
	const struct ward_api_who who = serve_who(x);
	char why[ENTRY_WHY_MAX];
	struct ward_wr w = ward_wr_fixed(why, sizeof(why));
	enum ward_err err =
		d->kind == WARD_DECISION_PROCESSING ? ward_api_processing_check(s->api, d, &w)
		: d->kind == WARD_DECISION_REVEAL   ? ward_api_reveal_check(s->api, d, &w)
		: is_of_person(d->kind)             ? ward_api_person_check(s->api, &who, d, &w)
		: d->kind == WARD_DECISION_VOUCH    ? ward_api_vouch_check(s->api, d, &w)
						    : ward_api_permit_check(s->api, &who, d, &w);

	if (!err)
		return true;
	serve_problem_str(s, a,
		err == WARD_ERR_STATE    ? 409
		: err == WARD_ERR_DENIED ? 403
		: err == WARD_ERR_CONFIG ? 400
					 : 503,
		w.len ? ward_wr_text(&w)
		      : ward_str_z(WARD_TEXT("there is not enough room: try again")));
	return false;
}

static bool is_watch(enum ward_decision_kind k)
{
	return k == WARD_DECISION_LOG || k == WARD_DECISION_LOG_DONE ||
	       k == WARD_DECISION_HAND_OVER || k == WARD_DECISION_TAKE_OVER;
}

/* What is decided of the watch of a post, with its sheet. False: it was answered why not. Whoever
 * folds it looks again. */
static bool complete_watch(struct server *s, struct ward_httpd_ask *a,
	const struct serve_session *x, struct ward_decision *d)
{
	const struct ward_api_who who = serve_who(x);
	const char *why = NULL;
	enum ward_err err = ward_api_watch_complete(s->api, &who, d, &why);

	if (err)
		serve_problem(s, a,
			err == WARD_ERR_STATE    ? 409
			: err == WARD_ERR_CONFIG ? 400
						 : 503,
			why ? why : WARD_TEXT("there is not enough memory: try again"));
	return !err;
}

static void decide(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct serve_pending p = {.question = SERVE_DECIDE, .ask = a};
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));
	struct serve_body b;

	if (!serve_read_body(s, a, &b))
		return;
	struct ward_decision d = {.kind = ward_decision_parse(serve_body_text(&b, "kind")),
		.at = ward_clock_now(s->p.clock),
		.person = WARD_STR(""),
		.role = serve_body_text(&b, "role"),
		.subject = serve_body_text(&b, "subject"),
		.text = serve_body_text(&b, "text"),
		.args = serve_body_object(&b, "args"),
		.proof = serve_body_text(&b, "proof")};
	const struct ward_api_who is = serve_who(who);
	const char *why =
		d.kind == WARD_DECISION_N ? WARD_TEXT("there is no such kind of decision")
		: !ward_id_parse(serve_body_text(&b, "id"), &d.id)
			? WARD_TEXT("say an id of the decision: a UUID that you make, the same "
				    "when you send "
				    "it again")
		: d.subject.len > WARD_DECISION_SUBJECT || d.role.len > WARD_DECISION_SUBJECT
			? WARD_TEXT("the subject is too long")
		: d.text.len > WARD_DECISION_TEXT
			? WARD_TEXT("the text is too long: 2000 bytes at most")
		: d.args.len > WARD_DECISION_ARGS   ? WARD_TEXT("the arguments are too long")
		: d.proof.len > WARD_DECISION_PROOF ? WARD_TEXT("the proof is too long")
		: serve_body_odd(&b, "args", true)  ? WARD_TEXT("args is to be an object")
		: d.kind == WARD_DECISION_READ      ? WARD_TEXT("say it at evidence/ID/reading")
		: d.kind == WARD_DECISION_STILL     ? WARD_TEXT("say it at cameras/ID/still")
		: d.kind == WARD_DECISION_TRY || d.kind == WARD_DECISION_TRY_ANY
			? WARD_TEXT("say it at config/cameras/try")
			: NULL;

	if (why) {
		serve_problem(s, a, 400, why);
	} else if (!ward_api_within(
			   s->api, &is, &d)) { /* as when they read; the brain looks again */
		serve_problem(s, a, 404,
			WARD_TEXT("there is no such thing at your places; people.yml says which "
				  "they are"));
	} else if ((d.kind != WARD_DECISION_ENTER || is_entry(s, a, &d)) &&
		   ((d.kind != WARD_DECISION_PERMIT && d.kind != WARD_DECISION_PERMIT_END &&
			    d.kind != WARD_DECISION_PROCESSING && d.kind != WARD_DECISION_REVEAL &&
			    !is_of_person(d.kind) && d.kind != WARD_DECISION_VOUCH) ||
			   is_checked(s, a, who, &d)) &&
		   (!is_watch(d.kind) || complete_watch(s, a, who, &d))) {
		ward_sign_decide_put(&w, who->token, &d);
		serve_ask_login(s, &p, WARD_MSG_DECIDE, ward_wr_slice(&w));
	}
	ward_wipe(s->message, w.len);
	serve_forget_body(s);
}

/* ---- which ---- */

static const struct route {
	const char *method, *path;
	bool open; /* to nobody that is signed in, too */
	void (*fn)(struct server *s, struct ward_httpd_ask *a, struct serve_session *who);
} routes[] = {
	{"GET", BASE "session", false, get_session},
	{"POST", BASE "session", true, sign_in},
	{"DELETE", BASE "session", false, sign_out},
	{"POST", BASE "session/code", true, by_code},
	{"POST", BASE "session/password", false, serve_set_password},
	{"POST", BASE "session/second", false, serve_second},
	{"POST", BASE "session/second/confirm", false, serve_second_confirm},
	{"DELETE", BASE "session/second", false, serve_second_end},
	{"POST", BASE "session/key", false, serve_key},
	{"POST", BASE "session/key/confirm", false, serve_key_add},
	{"POST", BASE "session/key/end", false, serve_key_end},
	{"POST", BASE "session/proof", false, serve_prove},
	{"GET", BASE "session/all", false, serve_sessions},
	{"POST", BASE "session/end", false, serve_session_end},
	{"POST", BASE "session/pin", true, serve_pin},
	{"POST", BASE "session/pin/set", false, serve_set_pin},
	{"POST", BASE "session/device", true, serve_device},
	{"GET", BASE "devices", false, serve_devices},
	{"POST", BASE "devices", false, serve_device_make},
	{"POST", BASE "devices/end", false, serve_device_end},
	{"GET", BASE "people", false, people},
	{"POST", BASE "decisions", false, decide},
};

/* POST people/ID/code, disable, enable. */
static bool person(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	static const struct {
		const char *name;
		enum ward_sign_what what;
	} acts[] = {{"code", WARD_SIGN_ISSUE}, {"disable", WARD_SIGN_DISABLE},
		{"enable", WARD_SIGN_ENABLE}};
	struct ward_str act = a->path;

	if (!ward_str_starts(a->path, WARD_STR(PEOPLE)))
		return false;
	act = ward_str_sub(a->path, sizeof(PEOPLE) - 1, a->path.len);
	struct ward_sign sign = {.person = ward_str_cut(&act, '/')};

	for (size_t i = 0; act.p && i < WARD_ARRAY_LEN(acts); i++) {
		if (!ward_str_eqz(act, acts[i].name))
			continue;
		sign.what = acts[i].what;
		if (!ward_str_eqz(a->method, "POST"))
			serve_say(s, a, &(struct serve_answer){.status = 405, .allow = "POST"});
		else if (!who)
			serve_problem(s, a, 401, WARD_TEXT("sign in first"));
		else
			serve_ask_sign(s, a, who, &sign);
		return true;
	}
	return false;
}

bool serve_sign(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	const struct route *found = NULL;
	bool known = false;

	for (size_t i = 0; i < WARD_ARRAY_LEN(routes); i++) {
		if (!ward_str_eqz(a->path, routes[i].path))
			continue;
		known = true;
		if (ward_str_eqz(a->method, routes[i].method))
			found = &routes[i];
	}
	if (!known)
		return person(s, a, who);
	if (!found)
		serve_problem(s, a, 405, WARD_TEXT("this can't be done with it"));
	else if (!who && !found->open)
		serve_problem(s, a, 401, WARD_TEXT("sign in first"));
	else
		found->fn(s, a, who);
	return true;
}
