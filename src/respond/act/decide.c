/* What people decide: proposals, and approvals whose proof is checked here and nowhere else. */
#include "desk/bound.h"
#include "respond/act/called.h"
#include "respond/act/priv.h"

#include <stdio.h>

static const ward_ns proposal_stands = 30 * 60 * WARD_NS_PER_S;
static const ward_ns proposal_least = 60 * WARD_NS_PER_S;
static const ward_ns ward_answers = 5 * 60 * WARD_NS_PER_S;
static const ward_ns wrong_within = 5 * 60 * WARD_NS_PER_S;

static bool no(struct ward_act *a, struct ward_decided *ret, enum ward_err err, const char *why)
{
	(void)snprintf(a->why, sizeof(a->why), "%s", why);
	*ret = (struct ward_decided){err, ward_str_z(a->why), WARD_STR("")};
	return false;
}

/* Of things elsewhere decides nobody who is bound to places, whoever handed the decision in. */
static bool is_elsewhere(const struct ward_act *a, const struct ward_decision *d, uint32_t node)
{
	struct ward_bound at;

	ward_bound_of(a->o.m, d->places, &at);
	return node != WARD_NONE && !ward_bound_may(&at, node);
}

/* ---- proposing ---- */

struct wish {
	const struct ward_ability *y;
	size_t ability;
	uint32_t node;
	char host[18]; /* of it; or empty */
	struct ward_act_effect effect;
	struct ward_id id;
	uint8_t nonce[16], asks[32], digest[32];
	ward_ns expires;
	bool two;
};

static struct ward_act_thing on(const struct wish *w)
{
	return (struct ward_act_thing){w->node, ward_str_z(w->host)};
}

/* Over all that is shown and all that will be asked for: whoever approves approves exactly this. */
static void digest(struct ward_act *a, struct wish *w)
{
	struct ward_wr all = ward_wr_grow(a->o.mem, WARD_ACT_EFFECT + (16 << 10));

	act_body(a, w->y, on(w), w->id, false);
	act_asks(a, w->y, on(w), w->asks);
	ward_wr_lv(&all, ward_wr_slice(&a->body));
	ward_wr_bytes(&all, w->asks, sizeof(w->asks));
	ward_wr_lv(&all, ward_str_bytes(w->effect.json));
	ward_wr_u8(&all, w->effect.clinical);
	ward_wr_u8(&all, w->two);
	ward_wr_be64(&all, (uint64_t)w->y->lasts);
	ward_wr_be64(&all, (uint64_t)w->expires);
	ward_wr_bytes(&all, w->nonce, sizeof(w->nonce));
	WARD_ASSERT(!ward_wr_bad(&all));
	ward_sha256(ward_wr_slice(&all), w->digest);
	ward_wr_fini(&all);
}

static void put_hash(struct ward_json *j, const char *key, const uint8_t hash[32])
{
	char hex[65];
	struct ward_wr w = ward_wr_fixed(hex, sizeof(hex));

	ward_wr_hex(&w, ward_slice_of(hash, 32));
	ward_json_key(j, key);
	ward_json_str(j, ward_wr_text(&w));
}

/* Who can agree where care is touched. */
static void put_care_roles(struct ward_act *a, struct ward_json *j)
{
	ward_json_key(j, "care_roles");
	ward_json_arr(j);
	for (uint32_t i = 0; i < ward_model_n(a->o.m); i++)
		if (ward_model_node(a->o.m, i)->kind == WARD_NODE_ROLE && a->o.answers(a->o.ctx, i))
			ward_json_str(j, ward_model_node(a->o.m, i)->id);
	ward_json_arr_end(j);
}

static void put_shown(struct ward_act *a, struct ward_json *j, const struct wish *w)
{
	const struct ward_actuator *system = &a->o.table->a[w->y->actuator];
	char name[2 * WARD_ACTUATOR_ID + 2];
	struct ward_wr n = ward_wr_fixed(name, sizeof(name));

	ward_wr_str(&n, system->id);
	ward_wr_ch(&n, '/');
	ward_wr_str(&n, w->y->id);
	ward_json_key(j, "ability");
	ward_json_str(j, ward_wr_text(&n));
	ward_json_key(j, "does");
	ward_json_z(j, ward_does_name(w->y->does));
	ward_json_key(j, "thing");
	ward_json_str(j, ward_model_node(a->o.m, w->node)->id);
	if (w->host[0]) {
		ward_json_key(j, "host");
		ward_json_z(j, w->host);
	}
	ward_json_key(j, "system");
	ward_json_str_cut(j, system->name, 200);
	ward_json_key(j, "request"); /* exactly what will be sent */
	ward_json_raw(j, ward_wr_text(&a->body));
	ward_json_key(j, "effect");
	ward_json_raw(j, w->effect.json);
	ward_json_key(j, "clinical");
	ward_json_bool(j, w->effect.clinical);
	ward_json_key(j, "two_persons");
	ward_json_bool(j, w->two);
	ward_json_key(j, "roles");
	ward_json_arr(j);
	for (size_t i = 0; i < w->y->n_role; i++)
		ward_json_str(j, ward_model_node(a->o.m, w->y->role[i])->id);
	ward_json_arr_end(j);
	if (w->effect.clinical)
		put_care_roles(a, j);
	ward_json_key(j, "lasts_seconds");
	ward_json_i64(j, w->y->lasts / WARD_NS_PER_S);
	ward_json_key(j, "expires");
	ward_json_time(j, w->expires);
	put_hash(j, "asks", w->asks);
	put_hash(j, "shown", w->digest);
}

static const struct ward_conf *args_of(struct ward_act *a, const struct ward_decision *d)
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

static size_t ability_of_kind(
	struct ward_act *a, const struct ward_conf *args, uint32_t node, bool exercise)
{
	struct ward_str does = ward_conf_word(args, "does");

	if (ward_conf_word(args, "command").len)
		return ward_ability_called(a->o.table, a->o.m, a->o.lim, args, node, exercise);
	for (size_t i = 0; i < WARD_DOES_N; i++)
		if (ward_str_eqz(does, ward_does_name((enum ward_does)i)))
			return ward_ability_narrowest(
				a->o.table, (enum ward_does)i, node, exercise);
	return SIZE_MAX;
}

/* By its name, by the command of a playbook, or the narrowest that does it to that thing; one of
 * the other kind of system only so that it can be said. */
static size_t ability_for(struct ward_act *a, const struct ward_conf *args, uint32_t node)
{
	size_t i;

	if (ward_conf_word(args, "ability").len)
		return ward_ability_find(a->o.table, ward_conf_word(args, "ability"));
	i = ability_of_kind(a, args, node, a->o.exercise);
	return i == SIZE_MAX ? ability_of_kind(a, args, node, !a->o.exercise) : i;
}

/* Would each undo what the other does, at the same system? */
static bool is_alike(
	const struct ward_act *a, const struct action *x, size_t ability, struct ward_act_thing to)
{
	const struct ward_ability *y = &a->o.table->ability[ability];
	const struct ward_ability *of =
		x->ability == SIZE_MAX ? NULL : &a->o.table->ability[x->ability];
	struct ward_str port = act_port(y, to.node);

	if (!of || x->node == WARD_NONE || of->actuator != y->actuator)
		return false;
	return (x->node == to.node && ward_str_eqz(to.host, x->host) &&
		       (x->ability == ability ||
			       (of->does == y->does && y->does != WARD_DOES_TELL))) ||
	       (port.len && ward_str_eq(act_port(of, x->node), port));
}

static bool is_pending(const struct ward_act *a, size_t ability, struct ward_act_thing to)
{
	for (size_t i = 0; i < a->n; i++)
		if (!ward_act_over(a->action[i].state) && is_alike(a, &a->action[i], ability, to))
			return true;
	return false;
}

/* Whoever has taken over who drives playbooks can't fill the table, nor the ledger. */
static bool has_asked_enough(const struct ward_act *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n += a->action[i].by_playbook && a->action[i].state == WARD_ACT_PROPOSED;
	return n >= PLAYBOOK_MOST;
}

/* Names it a host where it has to, and nothing else: of things that the hospital knows, more is
 * known than their address. */
static bool is_host(
	struct ward_act *a, struct ward_str host, struct wish *w, struct ward_decided *ret)
{
	if (!w->y->hosts && !host.len)
		return true;
	if (!w->y->hosts)
		return no(a, ret, WARD_ERR_MALFORMED,
			WARD_TEXT("it acts on the thing itself, and names no host"));
	if (!ward_act_host(host, w->host))
		return no(a, ret, WARD_ERR_MALFORMED,
			WARD_TEXT("it acts on one host of the network: say `host`, its MAC "
				  "address"));
	if (ward_model_by_key(a->o.m, WARD_KEY_MAC, host) != WARD_NONE)
		return no(a, ret, WARD_ERR_DENIED,
			WARD_TEXT("the hospital knows whose address that is: propose it of that "
				  "thing"));
	return true;
}

static bool choose(
	struct ward_act *a, const struct ward_decision *d, struct wish *w, struct ward_decided *ret)
{
	w->node = ward_model_find(a->o.m, d->subject);
	if (w->node == WARD_NONE)
		return no(a, ret, WARD_ERR_NOT_FOUND,
			WARD_TEXT("the hospital has nothing of this id"));
	if (is_elsewhere(a, d, w->node))
		return no(a, ret, WARD_ERR_DENIED, WARD_TEXT("it is at no place of yours"));
	w->ability = ability_for(a, args_of(a, d), w->node);
	if (w->ability == SIZE_MAX)
		return no(a, ret, WARD_ERR_NOT_FOUND,
			WARD_TEXT("no system of actuators.yml can do that to it"));
	w->y = &a->o.table->ability[w->ability];
	if (!ward_ability_acts_on(w->y, w->node))
		return no(a, ret, WARD_ERR_DENIED,
			WARD_TEXT("actuators.yml does not let it act on that"));
	if (a->o.table->a[w->y->actuator].exercise != a->o.exercise)
		return no(a, ret, WARD_ERR_DENIED,
			a->o.exercise
				? WARD_TEXT("this is an exercise, and the system is a real one")
				: WARD_TEXT("the system is there for exercises alone"));
	if (w->y->does == WARD_DOES_LOCK && a->burns)
		return no(a, ret, WARD_ERR_STATE,
			WARD_TEXT("there is a fire alarm: no door is locked"));
	if (!is_host(a, ward_conf_word(args_of(a, d), "host"), w, ret))
		return false;
	if (is_pending(a, w->ability, on(w)))
		return no(a, ret, WARD_ERR_STATE,
			WARD_TEXT(
				"it, or the same by the same system, is proposed or done already"));
	return true;
}

static bool propose(struct ward_act *a, const struct ward_decision *d, bool by_person, ward_ns now,
	struct ward_act_row *row, struct ward_decided *ret)
{
	struct wish w = {.expires = now + proposal_stands};
	const struct ward_conf *args;
	struct ward_id incident;
	struct ward_idgen g;
	ward_ns until;

	ward_idgen_init(&g, "ward action");
	ward_idgen_id(&g, d->id);
	w.id = ward_idgen_final(&g);
	if (act_find(a, w.id))
		return no(a, ret, WARD_OK, WARD_TEXT("it is proposed already"));
	if (!by_person && has_asked_enough(a))
		return no(a, ret, WARD_ERR_LIMIT,
			WARD_TEXT("playbooks have proposed enough; decide of it first"));
	if (!act_has_room(a))
		return no(a, ret, WARD_ERR_LIMIT,
			WARD_TEXT("too many actions are open; let some of them be undone or "
				  "refused first"));
	if (!choose(a, d, &w, ret))
		return false;
	enum ward_err err = a->o.effect(a->o.ctx, w.y, on(&w), &w.effect);

	if (err || w.effect.json.len > WARD_ACT_EFFECT)
		return no(a, ret, err ? err : WARD_ERR_LIMIT,
			WARD_TEXT("what it does to care can't be told, so it is not proposed"));
	args = args_of(a, d);
	if (ward_time_parse(ward_conf_word(args, "until"), &until) == WARD_OK && until < w.expires)
		w.expires = until; /* whoever proposed it does something else then */
	if (w.expires < now + proposal_least)
		return no(a, ret, WARD_ERR_STATE, WARD_TEXT("so soon nobody can approve it"));
	w.two = w.y->two || w.effect.clinical;
	a->o.nonce(a->o.ctx, w.nonce);
	digest(a, &w);
	*row = (struct ward_act_row){.id = w.id, .revision = 1, .time = now};
	struct ward_json j = act_row_begin(a, w.id, "propose", WARD_ACT_PROPOSED);

	ward_json_key(&j, "by");
	ward_json_z(&j, by_person ? "person" : "playbook");
	ward_json_key(&j, "person");
	ward_json_str(&j, by_person ? d->person : WARD_STR(""));
	ward_json_key(&j, "role");
	ward_json_str(&j, by_person ? d->role : WARD_STR(""));
	ward_json_key(&j, "reason");
	ward_json_str(&j, d->text);
	if (ward_id_parse(ward_conf_word(args, "incident"), &incident)) {
		ward_json_key(&j, "incident");
		ward_json_str(&j, ward_conf_word(args, "incident"));
	}
	put_shown(a, &j, &w);
	if (!act_row_end(a, &j, row))
		return no(a, ret, WARD_ERR_LIMIT, WARD_TEXT("its record is too long"));
	*ret = (struct ward_decided){WARD_OK, WARD_STR(""), row->json};
	return true;
}

/* ---- approving ---- */

/* Does the person have that role, by what this process itself knows of people? */
static bool has_role(const struct ward_act *a, size_t who, uint32_t role)
{
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
	if (!ward_str_unhex(ward_conf_word(args_of(a, d), "shown"), shown, sizeof(shown)) ||
		memcmp(shown, x->digest, sizeof(shown)) != 0) {
		(void)no(a, ret, WARD_ERR_STATE,
			WARD_TEXT("it is not what you were shown; have it shown again"));
		return true;
	}
	if (locked_out(a, who, d->at)) {
		(void)no(a, ret, WARD_ERR_LIMIT,
			WARD_TEXT("too many wrong codes; wait five minutes"));
		return true;
	}
	enum ward_err err = ward_totp_check(ward_slice_of(p->secret, p->len_secret), d->proof,
		d->at, a->last_step[who], ret_step);

	*ret_wrong = err == WARD_ERR_DENIED && d->proof.len > 0;
	if (err)
		(void)no(a, ret, err,
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

	if (x->agreed == who || x->agreed == SIZE_MAX)
		return no(a, ret, WARD_ERR_DENIED, WARD_TEXT("another person has to agree, too"));
	if (!is_for(y, role) && !is_for(y, x->agreed_as))
		return no(a, ret, WARD_ERR_DENIED,
			WARD_TEXT("somebody of a role that actuators.yml names has to agree, too"));
	if (x->clinical && !answers(a, role) && !answers(a, x->agreed_as))
		return no(a, ret, WARD_ERR_DENIED,
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
		return no(a, ret, WARD_ERR_DENIED, WARD_TEXT("this role may not approve it"));
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
	bool first = x->agreed == SIZE_MAX || d->at - x->agreed_at > proposal_stands;

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
		return no(a, ret, WARD_ERR_NOT_FOUND,
			WARD_TEXT("actuators.yml or the hospital's directory was changed: it is "
				  "not what was "
				  "shown"));
	if (!has_role(a, who, role))
		return no(a, ret, WARD_ERR_DENIED,
			WARD_TEXT("people.yml does not give you this role"));
	if (d->kind == WARD_DECISION_APPROVE) {
		if (!may_approve(a, x, who, role, s, ret))
			return false;
	} else if (d->kind == WARD_DECISION_NO_PATIENT) {
		s->event = WARD_ACT_EV_ANSWER;
		if (!answers(a, role))
			return no(a, ret, WARD_ERR_DENIED,
				WARD_TEXT("only who answers for patients can say that"));
	} else {
		s->event = d->kind == WARD_DECISION_UNDO    ? WARD_ACT_EV_UNDO
			   : d->kind == WARD_DECISION_RENEW ? WARD_ACT_EV_RENEW
							    : WARD_ACT_EV_REFUSE;
		if (!is_for(y, role) && !(x->clinical && answers(a, role)))
			return no(
				a, ret, WARD_ERR_DENIED, WARD_TEXT("this role may not decide it"));
		if (s->event == WARD_ACT_EV_UNDO && !y->undo)
			return no(a, ret, WARD_ERR_STATE, WARD_TEXT("it can't be undone"));
		if (s->event == WARD_ACT_EV_UNDO && y->does == WARD_DOES_RELEASE && a->burns)
			return no(a, ret, WARD_ERR_STATE,
				WARD_TEXT("there is a fire alarm: no door is locked"));
		if (s->event == WARD_ACT_EV_RENEW && !may_renew(a, x, d, who, s, ret))
			return false;
	}
	if (ward_act_step(x->state, s->event, &to) != WARD_OK)
		return no(a, ret, WARD_ERR_STATE, WARD_TEXT("it is not where that can be decided"));
	return true;
}

static bool decide(struct ward_act *a, const struct ward_decision *d, ward_ns now,
	struct ward_act_row *row, struct ward_decided *ret)
{
	size_t who = act_person(a, d->person);
	struct step s = {.event = WARD_ACT_EVENT_N};
	struct ward_id id;
	bool wrong;
	const struct action *x = ward_id_parse(d->subject, &id) ? act_find(a, id) : NULL;

	if (!x)
		return no(a, ret, WARD_ERR_NOT_FOUND, WARD_TEXT("there is no such action"));
	if (who == SIZE_MAX)
		return no(a, ret, WARD_ERR_DENIED, WARD_TEXT("people.yml has nobody of this name"));
	if (is_elsewhere(a, d, x->node))
		return no(a, ret, WARD_ERR_DENIED, WARD_TEXT("it is at no place of yours"));
	if (!find_step(a, x, d, who, &s, ret))
		return false;
	if (x->state < WARD_ACT_DOING && now >= x->expires)
		return no(a, ret, WARD_ERR_STATE, WARD_TEXT("it was not approved in time"));
	/* Not to act needs no proof: it must be easy. */
	if (s.event != WARD_ACT_EV_REFUSE && is_unproved(a, x, d, who, &s.code, ret, &wrong)) {
		if (!wrong)
			return false;
		*row = (struct ward_act_row){.id = x->id, .revision = x->revision + 1, .time = now};
		struct ward_json j = act_row_begin(a, x->id, "wrong-code", x->state);

		put_decision(&j, d);
		return act_row_end(a, &j, row);
	}
	if (s.event == WARD_ACT_EV_ASK)
		s.until = now + ward_answers;
	if (s.event == WARD_ACT_EV_RENEW)
		s.until = now + a->o.table->ability[x->ability].lasts;
	if (!put_step(a, x, d, &s, row))
		return no(a, ret, WARD_ERR_LIMIT, WARD_TEXT("its record is too long"));
	*ret = (struct ward_decided){WARD_OK, WARD_STR(""), row->json};
	return true;
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
			(void)no(a, ret, WARD_ERR_DENIED,
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
		return no(a, ret, WARD_ERR_DENIED, WARD_TEXT("that is not decided here"));
	if (is_known(a, d->id, ret))
		return false;
	if (d->kind == WARD_DECISION_PROPOSE)
		return propose(a, &own, by_person, now, ret_row, ret);
	return decide(a, &own, now, ret_row, ret);
}
