/* What others than the brain keep: messages, clips, runs, actions, decisions, sign-ins, heads. */
#include "proof/priv.h"

#include <string.h>

static bool is(const struct ward_conf *c, const char *key, const char *text)
{
	return ward_str_eqz(ward_conf_word(c, key), text);
}

/* ---- what was decided ---- */

static void decided(struct ward_proof *p, const struct ward_conf *c, const char *key, ward_ns time)
{
	struct ward_id id;
	struct proof_incident *in =
		ward_id_parse(ward_conf_word(c, key), &id) ? proof_incident(p, id) : NULL;

	if (!in || in->decided != WARD_NS_NEVER || time < in->told)
		return;
	in->decided = time;
	proof_count(p, WARD_FACT_DECIDE, time, time - in->told);
}

static struct ward_proof_added *find_added(struct ward_proof *p, struct ward_str on)
{
	for (size_t i = 0; i < p->n_added; i++)
		if (ward_str_eq(p->added[i].on, on))
			return &p->added[i];
	return NULL;
}

const struct ward_proof_added *ward_proof_added(const struct ward_proof *p, struct ward_str on)
{
	for (size_t i = 0; i < p->n_added; i++)
		if (ward_str_eq(p->added[i].on, on))
			return &p->added[i];
	return NULL;
}

/* The last word counts. */
static enum ward_err add(struct ward_proof *p, const struct ward_conf *c, ward_ns time)
{
	const struct ward_str part[] = {
		ward_conf_word(c, "subject"), ward_conf_word(c, "role"), ward_conf_word(c, "text")};
	struct ward_proof_added *to = find_added(p, part[0]), x = {.at = time};
	struct ward_str *const of[] = {&x.on, &x.role, &x.text};
	size_t len = part[0].len + part[1].len + part[2].len;

	if (!part[0].len || !part[2].len)
		return WARD_OK;
	if (!to && p->n_added == WARD_PROOF_ADDED) {
		p->left++;
		return WARD_OK;
	}
	char *text = ward_mem_alloc(p->mem, len);

	if (!text)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++) {
		if (part[i].len)
			memcpy(text, part[i].p, part[i].len);
		*of[i] = (struct ward_str){text, part[i].len};
		text += part[i].len;
	}
	if (to)
		ward_mem_free(p->mem, (char *)(uintptr_t)to->on.p,
			to->on.len + to->role.len + to->text.len);
	else
		to = &p->added[p->n_added++];
	*to = x;
	return WARD_OK;
}

static enum ward_err take_law(struct ward_proof *p, const struct ward_conf *c)
{
	struct ward_id id;
	struct proof_incident *in =
		ward_id_parse(ward_conf_word(c, "subject"), &id) ? proof_incident(p, id) : NULL;

	if (!in || !p->law)
		return WARD_OK;
	if (!in->law) {
		in->law = ward_mem_alloc(p->mem, sizeof(*in->law));
		if (!in->law)
			return WARD_ERR_NOMEM;
		ward_law_case_init(in->law, p->mem);
	}
	enum ward_err err = ward_law_take(in->law, p->law, c);

	return err == WARD_ERR_STATE ? WARD_OK : err; /* of a rule that is no more */
}

/* What was done so that the hospital is ready; and that a person was answered. */
static void count_drill(
	struct ward_proof *p, const struct ward_conf *c, enum ward_decision_kind k, ward_ns time)
{
	static const enum ward_fact of[WARD_DRILL_N] = {[WARD_DRILL_BACKUP] = WARD_FACT_BACKUPS,
		[WARD_DRILL_RESTORE] = WARD_FACT_RESTORES,
		[WARD_DRILL_TRAINING] = WARD_FACT_TRAININGS,
		[WARD_DRILL_EXERCISE] = WARD_FACT_EXERCISES,
		[WARD_DRILL_WEAKNESS] = WARD_FACT_WEAKNESSES,
		[WARD_DRILL_VERIFY] = WARD_FACT_VERIFIES,
		[WARD_DRILL_AUDIT] = WARD_FACT_AUDITS};
	enum ward_drill d = ward_drill_parse(ward_conf_word(c, "subject"));
	const struct ward_conf *args = ward_conf_get(c, "args");

	if (k == WARD_DECISION_DRILL && d != WARD_DRILL_N)
		proof_count(p, of[d], time, 0);
	if (k == WARD_DECISION_PERSON_ANSWER &&
		(is(args, "say", "answer") || is(args, "say", "refuse")))
		proof_count(p, WARD_FACT_ANSWERS, time, 0);
}

static enum ward_err take_decision(struct ward_proof *p, const struct ward_conf *c, ward_ns time)
{
	static const struct {
		enum ward_decision_kind kind;
		enum ward_fact fact;
	} counted[] = {{WARD_DECISION_ACTIVATE, WARD_FACT_CRISIS},
		{WARD_DECISION_REVIEW, WARD_FACT_REVIEWS},
		{WARD_DECISION_REPORT, WARD_FACT_REPORTS}, {WARD_DECISION_PANIC, WARD_FACT_REPORTS},
		{WARD_DECISION_HAND_OVER, WARD_FACT_HANDOVERS},
		{WARD_DECISION_PERMIT, WARD_FACT_WORKS}, {WARD_DECISION_TUNE, WARD_FACT_TUNED},
		{WARD_DECISION_CONFIGURE, WARD_FACT_CHANGES},
		{WARD_DECISION_APPOINT, WARD_FACT_CHANGES}, {WARD_DECISION_STILL, WARD_FACT_LOOKS},
		{WARD_DECISION_LOOK, WARD_FACT_LOOKS}, {WARD_DECISION_REVEAL, WARD_FACT_REVEALS},
		{WARD_DECISION_REVEAL_REVIEW, WARD_FACT_REVIEWED},
		{WARD_DECISION_PERSON_REQUEST, WARD_FACT_REQUESTS}};
	static const enum ward_decision_kind judging[] = {WARD_DECISION_CONFIRM,
		WARD_DECISION_DISMISS, WARD_DECISION_CONTAIN, WARD_DECISION_RECOVER,
		WARD_DECISION_CLOSE, WARD_DECISION_ASSIGN};
	enum ward_decision_kind k = ward_decision_parse(ward_conf_word(c, "what"));

	if (is(c, "taken", "false") || k == WARD_DECISION_N)
		return WARD_OK;
	for (size_t i = 0; i < WARD_ARRAY_LEN(counted); i++)
		if (counted[i].kind == k)
			proof_count(p, counted[i].fact, time, 0);
	for (size_t i = 0; i < WARD_ARRAY_LEN(judging); i++)
		if (judging[i] == k)
			decided(p, c, "subject", time);
	count_drill(p, c, k, time);
	if (k == WARD_DECISION_VOUCH)
		return add(p, c, time);
	if (k != WARD_DECISION_LAW)
		return WARD_OK;
	if (is(ward_conf_get(c, "args"), "say", "sent"))
		proof_count(p, WARD_FACT_NOTICES, time, 0);
	return take_law(p, c);
}

/* ---- messages, runs, accounts ---- */

static void take_delivery(struct ward_proof *p, const struct ward_conf *c, ward_ns time)
{
	const struct ward_conf *covers = ward_conf_get(c, "covers");

	if (is(c, "kind", "acknowledgement")) {
		proof_count(p, WARD_FACT_TAKEN, time, 0);
		for (const struct ward_conf *x = covers ? covers->child : NULL; x; x = x->next)
			decided(p, x, "incident", time);
		return;
	}
	if (!is(c, "kind", "delivery"))
		return;
	if (is(c, "state", "sent"))
		proof_count(p, WARD_FACT_MESSAGES, time, 0);
	else if (is(c, "state", "given_up") || is(c, "state", "refused"))
		proof_count(p, WARD_FACT_LOST, time, 0);
	else if (is(c, "state", "queued") &&
		 ward_str_find(ward_conf_word(c, "body"), WARD_STR("ward.test/1")) != SIZE_MAX)
		proof_count(p, WARD_FACT_TESTS, time, 0);
}

static void take_run(struct ward_proof *p, const struct ward_conf *c, ward_ns time)
{
	if (is(c, "cause", "begin"))
		proof_count(p, WARD_FACT_RUNS, time, 0);
	else if (is(c, "cause", "answer"))
		proof_count(p, WARD_FACT_STEPS, time, 0);
}

static void take_account(struct ward_proof *p, const struct ward_conf *c, ward_ns time)
{
	struct ward_str what = ward_conf_word(c, "what");

	if (ward_str_starts(what, WARD_STR("signed-in")))
		proof_count(p, WARD_FACT_SIGNINS, time, 0);
	else if (ward_str_eqz(what, "failed"))
		proof_count(p, WARD_FACT_FAILED, time, 0);
	else if (ward_str_eqz(what, "second-factor-set") || ward_str_eqz(what, "security-key-set"))
		proof_count(p, WARD_FACT_SECOND, time, 0);
}

static void take_clip(struct ward_proof *p, const struct ward_conf *c, ward_ns time)
{
	if (is(c, "act", "read"))
		proof_count(p, WARD_FACT_LOOKS, time, 0);
	else if (is(c, "act", "erased"))
		proof_count(p, WARD_FACT_ERASED, time, 0);
}

static void take_head(struct ward_proof *p, const struct ward_conf *c, ward_ns time)
{
	if (is(c, "what", "head"))
		proof_count(p, WARD_FACT_HEADS, time, 0);
	else if (is(c, "what", "break"))
		proof_count(p, WARD_FACT_BREAKS, time, 0);
}

enum ward_err ward_proof_row(struct ward_proof *p, const struct ward_conf *c, ward_ns time)
{
	struct ward_str kind = ward_conf_word(c, "kind");

	if (time == WARD_NS_NEVER && ward_time_parse(ward_conf_word(c, "time"), &time) != WARD_OK)
		return WARD_OK;
	if (time < p->since)
		p->since = time;
	if (ward_str_eqz(kind, "decision"))
		return take_decision(p, c, time);
	if (ward_str_eqz(kind, "delivery") || ward_str_eqz(kind, "acknowledgement"))
		take_delivery(p, c, time);
	else if (ward_str_eqz(kind, "run"))
		take_run(p, c, time);
	else if (ward_str_eqz(kind, "action") && is(c, "event", "propose"))
		proof_count(p, WARD_FACT_ACTIONS, time, 0);
	else if (ward_str_eqz(kind, "account"))
		take_account(p, c, time);
	else if (ward_str_eqz(kind, "clip") || ward_conf_get(c, "act"))
		take_clip(p, c, time);
	else if (ward_str_eqz(kind, "head"))
		take_head(p, c, time);
	return WARD_OK;
}
