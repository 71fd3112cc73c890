#include "run/proc/config.h"

#include "words/words.h"

#include <stdio.h>

/* So long what was answered has to reach who asked, before all ends. */
static const ward_ns grace = 700 * WARD_NS_PER_MS;

void config_say(struct config *k, enum ward_err err, const char *why, struct ward_str json)
{
	ward_wr_reset(&k->said);
	ward_decided_put(
		&k->said, &(struct ward_decided){.err = err, .why = ward_str_z(why), .json = json});
	WARD_ASSERT(!ward_wr_bad(&k->said));
}

static void begin_anew(struct config *k, enum ward_anew what)
{
	k->anew = what;
	k->anew_at = ward_clock_mono(k->p.clock) + grace;
	k->ends = what == WARD_ANEW_ALL;
}

enum ward_err config_note(struct config *k, uint64_t *ret)
{
	const struct ward_revision_taking t = {.by = WARD_STR("by hand"),
		.why = WARD_STR("changed on the machine"),
		.now = ward_clock_now(k->p.clock)};
	enum ward_err err = ward_revision_note(k->r, &t, ret);

	if (!err && *ret)
		WARD_LOG(&k->p.log, INFO, "config.noted", WARD_KV_U("version", *ret));
	return err;
}

/* Was one of them taken since Ward began? What is changed by hand is run with when somebody begins
 * anew. */
static bool taken_since(struct config *k, uint64_t begun)
{
	size_t n;
	const struct ward_revision_version *v = ward_revision_list(k->r, &n);

	while (n > begun)
		if (!ward_str_eqz(v[--n].by, "by hand"))
			return true;
	return false;
}

/* What a life before began to take is the directory now: what it took, and ended before it said so,
 * is run with. */
void config_finished(struct config *k)
{
	uint64_t now = ward_revision_current(k->r);
	struct ward_revision_tree from, to;

	if (!k->begun || !taken_since(k, k->begun) ||
		ward_revision_tree(k->r, k->begun, &k->scratch, &from) != WARD_OK ||
		ward_revision_tree(k->r, now, &k->scratch, &to) != WARD_OK)
		return;
	begin_anew(k, config_of_rules(k, &from, &to) ? WARD_ANEW_RULES : WARD_ANEW_ALL);
}

static const char *why_not(const struct config *k, const struct config_proposal *p,
	enum ward_decision_kind kind, enum ward_err *ret)
{
	*ret = WARD_ERR_STATE;
	if (k->ends)
		return WARD_TEXT("Ward begins anew just now; look again in a moment");
	if (!k->r)
		return WARD_TEXT("the versions of the configuration can't be read");
	*ret = WARD_ERR_NOT_FOUND;
	if (!p)
		return WARD_TEXT("there is no such proposal any more; propose it again");
	*ret = WARD_ERR_CONFIG;
	if (p->n_error)
		return WARD_TEXT("it has errors: mend them, and propose it again");
	*ret = WARD_ERR_DENIED;
	if (p->appoints && kind != WARD_DECISION_APPOINT)
		return WARD_TEXT("it changes who may do what, or whom Ward reaches: whoever "
				 "administers accounts takes it");
	*ret = WARD_ERR_STATE;
	if (p->base != ward_revision_current(k->r))
		return WARD_TEXT("the configuration was changed meanwhile; look at what changed, "
				 "and propose again");
	return NULL;
}

enum ward_err config_take_tree(struct config *k, struct config_proposal *p,
	const struct ward_decision *d, struct ward_str reason, const char **why)
{
	const struct ward_revision_taking t = {
		.by = d->person, .why = reason, .now = ward_clock_now(k->p.clock)};
	uint64_t number = 0;
	char json[64];
	enum ward_err err = ward_revision_take(k->r, &p->tree, &t, &number);

	if (err) {
		WARD_LOG(&k->p.log, ERROR, "config.untaken",
			WARD_KV_Z("why", ward_revision_why(k->r)), WARD_KV_E(err));
		*why = ward_revision_why(k->r);
		return err == WARD_ERR_STATE ? err : WARD_ERR_IO;
	}
	begin_anew(k, p->rules_only ? WARD_ANEW_RULES : WARD_ANEW_ALL);
	k->decided_version = number;
	(void)snprintf(k->decided_role, sizeof(k->decided_role), "%.*s", WARD_STR_ARG(d->role));
	WARD_LOG(&k->p.log, INFO, "config.taken", WARD_KV_U("version", number),
		WARD_KV_S("by", d->person), WARD_KV_S("why", reason));
	config_record(k);
	(void)snprintf(json, sizeof(json), "{\"version\":%llu,\"restarts\":%s}",
		(unsigned long long)number, k->ends ? "true" : "false");
	config_say(k, WARD_OK, "", ward_str_z(json));
	return WARD_OK;
}

bool config_decide(struct config *k, const struct ward_decision *d)
{
	if (d->kind == WARD_DECISION_PROCESSING)
		return config_processing(k, d);
	struct config_proposal *p = config_proposal(k, d->subject);
	enum ward_err err = k->r ? ward_revision_refresh(k->r) : WARD_OK;
	const char *why = err ? ward_revision_why(k->r) : why_not(k, p, d->kind, &err);

	if (why) {
		config_say(k, err, why, WARD_STR(""));
		return false;
	}
	err = config_take_tree(k, p, d, ward_str_z(p->why), &why);
	if (err) {
		config_say(k, err, why, WARD_STR(""));
		return false;
	}
	config_drop(p);
	return true;
}
