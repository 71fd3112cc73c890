/* A score as JSON (docs/scoring.md: "ward.score/1"): one object, without a line's end. */
#include "debrief/priv.h"
#include "debrief/write.h"

static void put_seconds(struct ward_json *j, const char *key, ward_ns t)
{
	ward_json_key(j, key);
	if (t == WARD_NS_NEVER)
		ward_json_null(j);
	else
		ward_json_micro(j, t / (WARD_NS_PER_S / 1000000));
}

static void put_node(
	struct ward_json *j, const char *key, const struct ward_debrief_score *s, uint32_t node)
{
	ward_json_put_str(j, key, ward_model_node(s->scenario->model, node)->id);
}

static void put_threat(struct ward_json *j, const struct ward_debrief_score *s, uint32_t threat)
{
	ward_json_put_str(
		j, "threat", ward_threats_at(ward_model_threats(s->scenario->model), threat)->code);
}

void debrief_json_marks(
	struct ward_json *j, const struct ward_debrief_mark mark[WARD_DEBRIEF_MARK_N], bool asked)
{
	ward_json_key(j, "marks");
	ward_json_obj(j);
	for (unsigned m = 0; m < WARD_DEBRIEF_MARK_N; m++) {
		const struct ward_debrief_mark *x = &mark[m];
		enum ward_debrief_mark_id id = (enum ward_debrief_mark_id)m;
		int64_t unit = ward_debrief_mark_unit(id) == 't'   ? 1000
			       : ward_debrief_mark_unit(id) == 'n' ? 0
								   : 1;

		if (!x->known)
			continue;
		ward_json_key(j, ward_debrief_mark_name(id));
		ward_json_obj(j);
		ward_json_key(j, "value");
		ward_json_micro(j, unit ? x->value / unit : x->value * 1000000);
		if (asked) {
			ward_json_key(j, ward_debrief_mark_at_least(id) ? "at_least" : "at_most");
			ward_json_micro(j, unit ? x->threshold / unit : x->threshold * 1000000);
		}
		ward_json_put_bool(j, "held", x->held);
		ward_json_obj_end(j);
	}
	ward_json_obj_end(j);
}

static void put_sign(
	struct ward_json *j, const struct ward_debrief_score *s, const struct ward_debrief_sign *x)
{
	ward_json_obj(j);
	put_threat(j, s, x->truth->threat);
	put_node(j, "on", s, x->truth->node);
	ward_json_put_z(j, "seen", ward_debrief_seen_name(x->seen));
	if (x->seen <= WARD_DEBRIEF_LATE) {
		put_seconds(j, "after_s", x->after);
		ward_json_put_str(j, "rule", x->rule);
		ward_json_put_str(j, "title", x->title);
		ward_json_put_str(j, "sensors", x->sensors);
		ward_json_put_bool(j, "linked", x->linked);
	}
	if (x->truth->within)
		put_seconds(j, "within_s", x->truth->within);
	ward_json_obj_end(j);
}

static void put_steps(struct ward_json *j, const struct ward_debrief_score *s)
{
	ward_json_key(j, "steps");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_step; i++) {
		const struct ward_debrief_step *x = &s->step[i];

		ward_json_obj(j);
		put_seconds(j, "at_s", x->step->real);
		ward_json_put_str(j, "note", x->step->note);
		ward_json_put_z(j, "phase", ward_ebios_name(x->step->truth->phase));
		ward_json_put_z(j, "seen", ward_debrief_seen_name(x->seen));
		if (x->seen <= WARD_DEBRIEF_LATE)
			put_seconds(j, "after_s", x->after);
		ward_json_key(j, "signs");
		ward_json_arr(j);
		for (size_t k = 0; k < x->n_sign; k++)
			put_sign(j, s, &x->sign[k]);
		ward_json_arr_end(j);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_truth(
	struct ward_json *j, const struct ward_debrief_score *s, const struct ward_debrief_care *c)
{
	put_seconds(j, "at_s", c->at);
	put_seconds(j, "early_s", c->early);
	put_seconds(j, "late_s", c->late);
	ward_json_key(j, "cause");
	ward_json_arr(j);
	for (size_t i = 0; i < c->n_cause; i++) {
		ward_json_obj(j);
		put_node(j, "on", s, c->cause[i].node);
		ward_json_put_z(j, "is", ward_range_why_name(c->cause[i].why));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* When and why it was said to be hit, and how far the time is off. */
static void put_forecast(struct ward_json *j, const struct ward_debrief_care *c)
{
	put_seconds(j, "expected_s", c->expected);
	put_seconds(j, "told_s", c->told);
	if (c->expected != WARD_NS_NEVER) {
		put_seconds(j, "earliest_s", c->earliest);
		ward_json_key(j, "said_s");
		ward_json_arr(j);
		ward_json_micro(j, c->said_first / (WARD_NS_PER_S / 1000000));
		ward_json_micro(j, c->said_last / (WARD_NS_PER_S / 1000000));
		ward_json_arr_end(j);
	}
	if (c->timed) {
		put_seconds(j, "off_s", c->expected - c->at);
		ward_json_put_micro(j, "off", c->off_micro);
		ward_json_put_micro(j, "off_bare", c->off_bare_micro);
	}
	if (c->n_link && c->by_link != c->expected)
		put_seconds(j, "by_chain_s", c->by_link);
	ward_json_key(j, "chain");
	ward_json_arr(j);
	for (size_t i = 0; i < c->n_link; i++) {
		ward_json_obj(j);
		ward_json_put_str(j, "on", c->link[i].name);
		ward_json_put_str(j, "threat", c->link[i].threat);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_care(struct ward_json *j, const struct ward_debrief_score *s)
{
	ward_json_key(j, "care");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_care; i++) {
		const struct ward_debrief_care *c = &s->care[i];

		ward_json_obj(j);
		put_node(j, "service", s, c->node);
		ward_json_put_bool(j, "hit", c->hit);
		ward_json_put_bool(j, "forecast", c->forecast);
		ward_json_key(j, "likelihood");
		ward_json_arr(j);
		ward_json_micro(j, c->lo_micro);
		ward_json_micro(j, c->hi_micro);
		ward_json_arr_end(j);
		if (c->hit)
			put_truth(j, s, c);
		if (c->hit && c->lasts)
			put_seconds(j, "lasts_s", c->lasts);
		put_forecast(j, c);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	if (s->mark[WARD_DEBRIEF_CARE].known) {
		ward_json_put_micro(j, "care_precision", s->precision_micro);
		ward_json_put_micro(j, "care_recall", s->recall_micro);
	}
	if (s->n_timed) {
		ward_json_key(j, "times");
		ward_json_obj(j);
		ward_json_put_u64(j, "n", s->n_timed);
		put_seconds(j, "off_s", s->off);
		ward_json_put_micro(j, "off_bare", s->off_bare_micro);
		ward_json_obj_end(j);
	}
}

static void put_roles(struct ward_json *j, const struct ward_debrief_score *s)
{
	ward_json_key(j, "told");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_role; i++) {
		const struct ward_debrief_role *r = &s->role[i];

		ward_json_obj(j);
		put_node(j, "role", s, r->truth->role);
		ward_json_put_bool(j, "held", r->held);
		if (r->open)
			ward_json_put_bool(j, "open", true);
		if (r->recipient.len) {
			ward_json_put_str(j, "recipient", r->recipient);
			put_seconds(j, "after_s", r->after);
		}
		if (r->truth->within)
			put_seconds(j, "within_s", r->truth->within);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_got(struct ward_json *j, const struct ward_debrief_score *s)
{
	ward_json_key(j, "messages_to");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_got; i++) {
		ward_json_obj(j);
		ward_json_put_str(j, "recipient", s->got[i].recipient);
		ward_json_put_u64(j, "n", s->got[i].n);
		ward_json_put_u64(j, "most_in_a_shift", s->got[i].most);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_key(j, "messages_at");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_message; i++) {
		ward_json_obj(j);
		ward_json_put_str(j, "recipient", s->message[i].recipient);
		put_seconds(j, "after_s", s->message[i].after);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* To the nearest. */
static int64_t minutes(ward_ns t)
{
	const ward_ns minute = 60 * WARD_NS_PER_S;

	return (t + minute / 2) / minute;
}

static void put_minutes(struct ward_json *j, const char *key, ward_ns time, int64_t care_micro)
{
	ward_json_key(j, key);
	ward_json_obj(j);
	ward_json_put_i64(j, "service_minutes", minutes(time));
	ward_json_put_micro(j, "care_units", care_micro);
	ward_json_obj_end(j);
}

static void put_contained(struct ward_json *j, const struct ward_debrief_saved *s)
{
	if (!s->decided)
		return;
	ward_json_key(j, "contained");
	ward_json_obj(j);
	put_seconds(j, "after_s", s->contained);
	ward_json_put_i64(j, "lost_minutes", minutes(s->contained_lost));
	if (s->reckoned)
		ward_json_put_i64(j, "physics_minutes", minutes(s->contained_away));
	ward_json_obj_end(j);
}

static void put_saved(struct ward_json *j, const struct ward_debrief_saved *s)
{
	if (!s->known)
		return;
	ward_json_key(j, "saved");
	ward_json_obj(j);
	put_seconds(j, "told_s", s->told);
	put_seconds(j, "unaided_s", s->unaided);
	ward_json_put_i64(j, "lost_minutes", minutes(s->lost));
	put_minutes(j, "alert", s->alert, s->alert_micro);
	put_minutes(j, "order", s->order, s->order_micro);
	put_contained(j, s);
	if (s->reckoned) {
		ward_json_key(j, "physics");
		ward_json_obj(j);
		ward_json_put_i64(j, "nobody_minutes", minutes(s->nobody));
		ward_json_put_i64(j, "plan_minutes", minutes(s->plan));
		ward_json_put_i64(j, "unaided_minutes", minutes(s->late));
		ward_json_put_i64(j, "first_minutes", minutes(s->first));
		ward_json_obj_end(j);
	}
	ward_json_obj_end(j);
}

static void put_playbook(struct ward_json *j, const struct ward_debrief_score *s,
	const struct ward_debrief_decision *x)
{
	bool said, named = ward_debrief_names(s, x->of, &said);

	ward_json_put_str(j, "playbook", x->of);
	ward_json_put_str(j, "playbook_name", x->playbook_name);
	if (said)
		ward_json_put_bool(j, "answers", named);
}

static void put_decisions(struct ward_json *j, const struct ward_debrief_score *s)
{
	static const char *const what[] = {[WARD_DEBRIEF_ACKNOWLEDGED] = "acknowledged",
		[WARD_DEBRIEF_CONTAINED] = "contained",
		[WARD_DEBRIEF_APPROVED] = "approved",
		[WARD_DEBRIEF_REFUSED] = "refused",
		[WARD_DEBRIEF_BEGAN] = "began",
		[WARD_DEBRIEF_DID] = "did"};

	if (!s->n_decision)
		return;
	ward_json_key(j, "decisions");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_decision; i++) {
		const struct ward_debrief_decision *x = &s->decision[i];

		ward_json_obj(j);
		put_seconds(j, "after_s", x->after);
		ward_json_put_str(j, "who", x->who);
		if (x->policy)
			ward_json_put_bool(j, "policy", true);
		ward_json_put_z(j, "what", what[x->what]);
		if (x->action.on != WARD_NONE) {
			ward_json_put_z(j, "does", x->action.lock ? "lock" : "isolate");
			put_node(j, "on", s, x->action.on);
		}
		if (x->what == WARD_DEBRIEF_BEGAN)
			put_playbook(j, s, x);
		if (x->what == WARD_DEBRIEF_DID)
			ward_json_put_str(j, "of", x->of);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_unnamed(struct ward_json *j, const struct ward_debrief_score *s)
{
	ward_json_key(j, "unnamed");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_unnamed; i++) {
		const struct ward_debrief_unnamed *u = &s->unnamed[i];

		ward_json_obj(j);
		if (u->rule.len) {
			ward_json_put_str(j, "rule", u->rule);
		} else {
			put_threat(j, s, u->truth->threat);
			put_node(j, "on", s, u->truth->node);
		}
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_strangers(struct ward_json *j, const struct ward_debrief_score *s)
{
	ward_json_key(j, "strangers");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_stranger; i++) {
		ward_json_obj(j);
		ward_json_put_z(j, "what", s->stranger[i].incident ? "incident" : "sign");
		ward_json_put_str(j, "title", s->stranger[i].title);
		ward_json_put_str(j, "on", s->stranger[i].on);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

void ward_debrief_json(const struct ward_debrief_score *s, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_z(&j, "kind", "score");
	ward_json_put_z(&j, "schema", "ward.score/1");
	ward_json_put_str(&j, "hospital", ward_model_hospital(s->scenario->model)->id);
	ward_json_put_str(&j, "scenario", s->scenario->id);
	if (s->scenario->variant.len)
		ward_json_put_str(&j, "variant", s->scenario->variant);
	ward_json_put_bool(&j, "held", s->held);
	debrief_json_marks(&j, s->mark, true);
	if (s->n_member)
		ward_json_put_id(&j, "incident", s->incident);
	ward_json_put_u64(&j, "incidents", s->n_incident);
	ward_json_put_u64(&j, "members", s->n_member);
	ward_json_put_u64(&j, "messages", s->n_message);
	put_got(&j, s);
	ward_json_put_u64(&j, "events", s->n_event);
	put_steps(&j, s);
	put_care(&j, s);
	put_roles(&j, s);
	put_decisions(&j, s);
	if (s->worth) {
		ward_json_key(&j, "worth");
		ward_worth_write(s->worth, &j);
	}
	put_saved(&j, &s->saved);
	debrief_json_beside(s, &j);
	put_unnamed(&j, s);
	put_strangers(&j, s);
	ward_json_obj_end(&j);
}
