/* What people decide of what is proposed: approvals, whose proof is checked here and nowhere else.
 */
#include "desk/bound.h"
#include "respond/act/priv.h"

#include <stdio.h>

static const ward_ns ward_answers = 5 * 60 * WARD_NS_PER_S;
static const ward_ns wrong_within = 5 * 60 * WARD_NS_PER_S;

bool act_no(struct ward_act *a, struct ward_decided *ret, enum ward_err err, const char *why)
{
	(void)snprintf(a->why, sizeof(a->why), "%s", why);
	*ret = (struct ward_decided){err, ward_str_z(a->why), WARD_STR("")};
	return false;
}

/* Of things elsewhere decides nobody who is bound to places, whoever handed the decision in. */
bool act_elsewhere(const struct ward_act *a, const struct ward_decision *d, uint32_t node)
{
	struct ward_bound at;

	ward_bound_of(a->o.m, d->places, &at);
	return node != WARD_NONE && !ward_bound_may(&at, node);
}

const struct ward_conf *act_args(struct ward_act *a, const struct ward_decision *d)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_arena_reset(&a->scratch);
	ward_diag_init(&diag, a->o.mem);
	enum ward_err err = d->args.len ? ward_conf_json(&a->scratch, a->o.lim, WARD_STR("args"), 1,
						  ward_str_bytes(d->args), &diag, &c)
					: WARD_ERR_NOT_FOUND;

	ward_diag_fini(&diag);
	return err ? NULL : c;
}

/* ---- approving ---- */

/* Does the person have that role, by what this process itself knows of people? */
static bool has_role(const struct ward_act *a, size_t who, uint32_t role)
{
	const struct ward_act_policy_role *played = act_played(a, who);

	if (played)
		return role != WARD_NONE && played->role == role;
	for (size_t i = 0; i < a->o.person[who].n_role; i++)
		if (a->o.person[who].role[i] == role)
			return role != WARD_NONE;
	return false;
}

static bool is_for(const struct ward_ability *y, uint32_t role)
{
	for (size_t i = 0; i < y->n_role; i++)
		if (y->role[i] == role)
			return true;
	return false;
}

static bool answers(const struct ward_act *a, uint32_t role)
{
	return role != WARD_NONE && a->o.answers(a->o.ctx, role);
}

static bool locked_out(const struct ward_act *a, size_t who, ward_ns now)
{
	size_t n = 0;

	for (size_t i = 0; i < WRONG_MAX; i++)
		n += a->wrong[who][i] && now - a->wrong[who][i] < wrong_within;
	return n == WRONG_MAX;
}

/* Is it this person, now, and about what was shown? True: not, and the row says so. */
static bool is_unproved(struct ward_act *a, const struct action *x, const struct ward_decision *d,
	size_t who, uint64_t *ret_step, struct ward_decided *ret, bool *ret_wrong)
{
	const struct ward_act_person *p = &a->o.person[who];
	uint8_t shown[32];

	*ret_wrong = false;
	if (!ward_str_unhex(ward_conf_word(act_args(a, d), "shown"), shown, sizeof(shown)) ||
		memcmp(shown, x->digest, sizeof(shown)) != 0) {
		(void)act_no(a, ret, WARD_ERR_STATE,
			WARD_TEXT("it is not what you were shown; have it shown again"));
		return true;
	}
	if (locked_out(a, who, d->at)) {
		(void)act_no(a, ret, WARD_ERR_LIMIT,
			WARD_TEXT("too many wrong codes; wait five minutes"));
		return true;
	}
	enum ward_err err = ward_totp_check(ward_slice_of(p->secret, p->len_secret), d->proof,
		d->at, a->last_step[who], ret_step);

	*ret_wrong = err == WARD_ERR_DENIED && d->proof.len > 0;
	if (err)
		(void)act_no(a, ret, err,
			p->len_secret ? WARD_TEXT("the code is wrong, or was used already; take "
						  "the next one")
				      : WARD_TEXT("people.yml gives you no authenticator "
						  "(docs/acting.md)"));
	return err != WARD_OK;
}

struct step {
	enum ward_act_event event;
	ward_ns until; /* of a renewal, or the time limit of a question */
	uint64_t code;
	bool policy; /* no person decided it */
};

static void put_decision(struct ward_json *j, const struct ward_decision *d)
{
	char id[WARD_ID_TEXT];

	ward_id_text(d->id, id);
	ward_json_key(j, "decision");
	ward_json_z(j, id);
	ward_json_key(j, "person");
	ward_json_str(j, d->person);
}

static bool put_step(struct ward_act *a, const struct action *x, const struct ward_decision *d,
	const struct step *s, struct ward_act_row *row)
{
	enum ward_act_state to;

	if (ward_act_step(x->state, s->event, &to) != WARD_OK)
		return false;
	*row = (struct ward_act_row){.id = x->id, .revision = x->revision + 1, .time = d->at};
	struct ward_json j = act_row_begin(a, x->id, act_event_name(s->event), to);

	put_decision(&j, d);
	if (s->policy)
		ward_json_put_bool(&j, "policy", true);
	ward_json_key(&j, "role");
	ward_json_str(&j, d->role);
	ward_json_key(&j, "reason");
	ward_json_str(&j, d->text);
	if (s->code) {
		ward_json_key(&j, "step");
		ward_json_u64(&j, s->code);
	}
	if (s->until) {
		ward_json_key(&j, s->event == WARD_ACT_EV_ASK ? "expires" : "until");
		ward_json_time(&j, s->until);
	}
	return act_row_end(a, &j, row);
}

/* Does that role, with that of who agreed before, make two who may? */
static bool makes_two(struct ward_act *a, const struct action *x, size_t who, uint32_t role,
	struct ward_decided *ret)
{
	const struct ward_ability *y = &a->o.table->ability[x->ability];

	bool played = act_played(a, who) || act_played(a, x->agreed);

	if (x->agreed == who || x->agreed == SIZE_MAX || (played && role == x->agreed_as))
		return act_no(
			a, ret, WARD_ERR_DENIED, WARD_TEXT("another person has to agree, too"));
	if (!is_for(y, role) && !is_for(y, x->agreed_as))
		return act_no(a, ret, WARD_ERR_DENIED,
			WARD_TEXT("somebody of a role that actuators.yml names has to agree, too"));
	if (x->clinical && !answers(a, role) && !answers(a, x->agreed_as))
		return act_no(a, ret, WARD_ERR_DENIED,
			WARD_TEXT("it touches care: somebody who answers for patients has to "
				  "agree, too"));
	return true;
}

/* Whether that role may agree, and to what it leads. */
static bool may_approve(struct ward_act *a, const struct action *x, size_t who, uint32_t role,
	struct step *s, struct ward_decided *ret)
{
	const struct ward_ability *y = &a->o.table->ability[x->ability];

	if (!is_for(y, role) && !(x->clinical && answers(a, role)))
		return act_no(a, ret, WARD_ERR_DENIED, WARD_TEXT("this role may not approve it"));
	s->event = !x->two                         ? WARD_ACT_EV_APPROVE
		   : x->state == WARD_ACT_PROPOSED ? WARD_ACT_EV_AGREE
		   : x->clinical                   ? WARD_ACT_EV_ASK
						   : WARD_ACT_EV_APPROVE;
	return !x->two || s->event == WARD_ACT_EV_AGREE || makes_two(a, x, who, role, ret);
}

/* What took two to begin takes two to last: the first agrees, another one within the time of a
 * proposal renews it. */
static bool may_renew(struct ward_act *a, const struct action *x, const struct ward_decision *d,
	size_t who, struct step *s, struct ward_decided *ret)
{
	bool first = x->agreed == SIZE_MAX || d->at - x->agreed_at > ACT_STANDS;

	s->event = x->two && x->state == WARD_ACT_DONE && first ? WARD_ACT_EV_AGREE
								: WARD_ACT_EV_RENEW;
	return !x->two || first || makes_two(a, x, who, ward_model_find(a->o.m, d->role), ret);
}

/* What it leads to, if that person in that role may decide it of that action. */
static bool find_step(struct ward_act *a, const struct action *x, const struct ward_decision *d,
	size_t who, struct step *s, struct ward_decided *ret)
{
	uint32_t role = ward_model_find(a->o.m, d->role);
	const struct ward_ability *y = x->changed ? NULL : &a->o.table->ability[x->ability];
	enum ward_act_state to;

	if (!y && d->kind == WARD_DECISION_REFUSE && x->state == WARD_ACT_DOUBT &&
		has_role(a, who, role)) {
		s->event =
			WARD_ACT_EV_REFUSE; /* somebody looked: no system can be asked any more */
		return true;
	}
	if (!y)
		return act_no(a, ret, WARD_ERR_NOT_FOUND,
			WARD_TEXT("actuators.yml or the hospital's directory was changed: it is "
				  "not what was "
				  "shown"));
	if (!has_role(a, who, role))
		return act_no(a, ret, WARD_ERR_DENIED,
			WARD_TEXT("people.yml does not give you this role"));
	if (d->kind == WARD_DECISION_APPROVE) {
		if (!may_approve(a, x, who, role, s, ret))
			return false;
	} else if (d->kind == WARD_DECISION_NO_PATIENT) {
		s->event = WARD_ACT_EV_ANSWER;
		if (!answers(a, role))
			return act_no(a, ret, WARD_ERR_DENIED,
				WARD_TEXT("only who answers for patients can say that"));
	} else {
		s->event = d->kind == WARD_DECISION_UNDO    ? WARD_ACT_EV_UNDO
			   : d->kind == WARD_DECISION_RENEW ? WARD_ACT_EV_RENEW
							    : WARD_ACT_EV_REFUSE;
		if (!is_for(y, role) && !(x->clinical && answers(a, role)))
			return act_no(
				a, ret, WARD_ERR_DENIED, WARD_TEXT("this role may not decide it"));
		if (s->event == WARD_ACT_EV_UNDO && !y->undo)
			return act_no(a, ret, WARD_ERR_STATE, WARD_TEXT("it can't be undone"));
		if (s->event == WARD_ACT_EV_UNDO && y->does == WARD_DOES_RELEASE && a->burns)
			return act_no(a, ret, WARD_ERR_STATE,
				WARD_TEXT("there is a fire alarm: no door is locked"));
		if (s->event == WARD_ACT_EV_RENEW && !may_renew(a, x, d, who, s, ret))
			return false;
	}
	if (ward_act_step(x->state, s->event, &to) != WARD_OK)
		return act_no(
			a, ret, WARD_ERR_STATE, WARD_TEXT("it is not where that can be decided"));
	return true;
}

/* A policy decides of what is played, and no system that has an address is. */
static bool is_played(const struct ward_act *a, const struct action *x)
{
	const struct ward_actuator *system =
		x->ability == SIZE_MAX ? NULL
				       : &a->o.table->a[a->o.table->ability[x->ability].actuator];

	return a->o.exercise && system && system->exercise && system->way == WARD_ACT_WAY_PLAYED;
}

bool act_decide_as(struct ward_act *a, const struct action *x, const struct ward_decision *d,
	size_t who, struct ward_act_row *row, struct ward_decided *ret)
{
	struct step s = {.event = WARD_ACT_EVENT_N, .policy = act_played(a, who)};
	bool wrong;

	if (s.policy && !is_played(a, x))
		return act_no(a, ret, WARD_ERR_DENIED,
			WARD_TEXT("this is an exercise, and the system is a real one"));
	if (!find_step(a, x, d, who, &s, ret))
		return false;
	if (x->state < WARD_ACT_DOING && d->at >= x->expires)
		return act_no(a, ret, WARD_ERR_STATE, WARD_TEXT("it was not approved in time"));
	/* Not to act needs no proof: it must be easy. What a policy decides is no message, and so
	 * nobody can say it in its place. */
	if (s.event != WARD_ACT_EV_REFUSE && !s.policy &&
		is_unproved(a, x, d, who, &s.code, ret, &wrong)) {
		if (!wrong)
			return false;
		*row = (struct ward_act_row){
			.id = x->id, .revision = x->revision + 1, .time = d->at};
		struct ward_json j = act_row_begin(a, x->id, "wrong-code", x->state);

		put_decision(&j, d);
		return act_row_end(a, &j, row);
	}
	if (s.event == WARD_ACT_EV_ASK)
		s.until = d->at + ward_answers;
	if (s.event == WARD_ACT_EV_RENEW)
		s.until = d->at + a->o.table->ability[x->ability].lasts;
	if (!put_step(a, x, d, &s, row))
		return act_no(a, ret, WARD_ERR_LIMIT, WARD_TEXT("its record is too long"));
	*ret = (struct ward_decided){WARD_OK, WARD_STR(""), row->json};
	return true;
}

static bool decide(struct ward_act *a, const struct ward_decision *d, struct ward_act_row *row,
	struct ward_decided *ret)
{
	size_t who = act_person(a, d->person);
	struct ward_id id;
	const struct action *x = ward_id_parse(d->subject, &id) ? act_find(a, id) : NULL;

	if (!x)
		return act_no(a, ret, WARD_ERR_NOT_FOUND, WARD_TEXT("there is no such action"));
	if (who == SIZE_MAX)
		return act_no(
			a, ret, WARD_ERR_DENIED, WARD_TEXT("people.yml has nobody of this name"));
	if (act_elsewhere(a, d, x->node))
		return act_no(a, ret, WARD_ERR_DENIED, WARD_TEXT("it is at no place of yours"));
	return act_decide_as(a, x, d, who, row, ret);
}

/* Said again by who did not hear the answer: what a code was good for is good still. */
static bool is_known(struct ward_act *a, struct ward_id decision, struct ward_decided *ret)
{
	for (size_t i = 0; i < a->n_decided && i < DECIDED_MAX; i++) {
		const struct act_decided *k = &a->decided[i];
		char id[WARD_ID_TEXT];

		if (!ward_id_eq(k->id, decision))
			continue;
		if (k->wrong) {
			(void)act_no(a, ret, WARD_ERR_DENIED,
				WARD_TEXT("the code was wrong; take the next one"));
			return true;
		}
		ward_id_text(k->action, id);
		(void)snprintf(a->why, sizeof(a->why), "{\"kind\":\"action\",\"id\":\"%s\"}", id);
		*ret = (struct ward_decided){WARD_OK, WARD_STR(""), ward_str_z(a->why)};
		return true;
	}
	return false;
}

bool ward_act_decide(struct ward_act *a, const struct ward_decision *d, bool by_person, ward_ns now,
	struct ward_act_row *ret_row, struct ward_decided *ret)
{
	struct ward_decision own = *d;

	own.at = now; /* by this process's clock: a code is of now, whatever a decision says */
	if (ward_decision_to(d->kind) != WARD_DECISION_ACT ||
		(!by_person && d->kind != WARD_DECISION_PROPOSE))
		return act_no(a, ret, WARD_ERR_DENIED, WARD_TEXT("that is not decided here"));
	if (is_known(a, d->id, ret))
		return false;
	if (d->kind == WARD_DECISION_PROPOSE)
		return act_propose(a, &own, by_person, now, ret_row, ret);
	return decide(a, &own, ret_row, ret);
}
