/* A still of a camera for who draws its zones: the wish goes as a decision by `login` to `desk`,
 * which puts it on record and asks whoever decodes; the picture comes back the same way, blurred.
 * Nothing of it is kept here. */
#include "run/proc/api_account.h"

#include "run/still.h"

#define BASE WARD_API_PATH "cameras/"

static void ask(struct server *s, struct ward_httpd_ask *a, struct serve_session *who,
	struct ward_str camera)
{
	struct serve_pending p = {.question = SERVE_STILL, .ask = a};
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));
	const struct ward_api_who is = serve_who(who);
	struct serve_body b;

	if (!serve_read_body(s, a, &b))
		return;
	struct ward_decision d = {.kind = WARD_DECISION_STILL,
		.at = ward_clock_now(s->p.clock),
		.person = WARD_STR(""), /* `login` says who it is */
		.role = serve_body_text(&b, "role"),
		.subject = camera,
		.text = ward_str_trim(serve_body_text(&b, "reason")),
		.args = WARD_STR(""),
		.proof = WARD_STR("")};

	if (!(is.rights & WARD_RIGHT_BIT(WARD_RIGHT_CONFIGURE)))
		serve_needs(s, a, WARD_RIGHT_CONFIGURE);
	else if (!ward_api_camera(s->api, &is, camera))
		serve_problem(s, a, 404,
			WARD_TEXT("there is no camera of that id, or you may not see it"));
	else if (!ward_id_parse(serve_body_text(&b, "id"), &d.id))
		serve_problem(s, a, 400,
			WARD_TEXT("say an id of the looking: a UUID that you make, the same when "
				  "you send it "
				  "again"));
	else if (!d.text.len || d.text.len > WARD_DECISION_TEXT)
		serve_problem(s, a, 422,
			d.text.len ? WARD_TEXT("the reason is too long: 2000 bytes at most")
				   : WARD_TEXT("say in `reason` why you look at it: it stays on "
					       "record"));
	else if (d.role.len > WARD_DECISION_SUBJECT)
		serve_problem(s, a, 400, WARD_TEXT("the role is too long"));
	else {
		ward_sign_decide_put(&w, who->token, &d);
		serve_ask_login(s, &p, WARD_MSG_DECIDE, ward_wr_slice(&w));
	}
	ward_wipe(s->message, w.len);
	serve_forget_body(s);
}

bool serve_still(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_str rest = a->path, end = WARD_STR("/still");

	if (!ward_str_starts(rest, WARD_STR(BASE)))
		return false;
	rest = ward_str_sub(rest, strlen(BASE), rest.len);
	if (rest.len <= end.len ||
		!ward_str_eq(ward_str_sub(rest, rest.len - end.len, end.len), end))
		return false;
	if (!ward_str_eqz(a->method, "POST"))
		serve_say(s, a, &(struct serve_answer){.status = 405, .allow = "POST"});
	else if (!who)
		serve_problem(s, a, 401, WARD_TEXT("sign in first"));
	else
		ask(s, a, who, ward_str_sub(rest, 0, rest.len - end.len));
	return true;
}

void serve_still_is(struct server *s, const struct serve_pending *p, struct ward_str json)
{
	static uint8_t jpeg[WARD_STILL_JPEG];
	size_t n;

	if (!ward_still_said(json, jpeg, sizeof(jpeg), &n)) {
		ward_count_name(&s->p.counters, "api.stills_malformed", 1);
		serve_problem(s, p->ask, 500, WARD_TEXT("what came is no picture"));
		return;
	}
	serve_say(s, p->ask,
		&(struct serve_answer){
			.status = 200, .type = "image/jpeg", .body = ward_slice_of(jpeg, n)});
	ward_wipe(jpeg, n);
}
