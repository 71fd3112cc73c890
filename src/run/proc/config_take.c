#include "run/proc/config.h"

#include "desk/event.h"
#include "words/words.h"

#include <stdio.h>

/* So long what was answered has to reach who asked, before all ends. */
static const ward_ns grace = 700 * WARD_NS_PER_MS;

static void say(struct config *k, enum ward_err err, const char *why, struct ward_str json)
{
	ward_wr_reset(&k->said);
	ward_decided_put(
		&k->said, &(struct ward_decided){.err = err, .why = ward_str_z(why), .json = json});
	WARD_ASSERT(!ward_wr_bad(&k->said));
}

/* The same whenever it is recorded, so that it is on record once. */
static struct ward_id id_of(const struct ward_revision_version *v)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward config version");
	ward_idgen_u64(&g, v->number);
	ward_idgen_bytes(&g, v->before, sizeof(v->before));
	ward_idgen_bytes(&g, v->manifest, sizeof(v->manifest));
	return ward_idgen_final(&g);
}

static void mark_recorded(struct config *k, uint64_t version)
{
	if (!k->unrecorded && ward_revision_mark(k->r, "recorded", version) != WARD_OK)
		WARD_LOG(&k->p.log, WARN, "config.unmarked",
			WARD_KV_Z("why", ward_revision_why(k->r)));
}

/* On the control lane, as decisions of people are: the ledger has who, why and which version. It
 * has happened by now: a journal that is away is waited for, and then the log has it, and the next
 * life records it. */
static bool record(struct config *k, const struct ward_decision *d, uint64_t version)
{
	uint8_t bytes[WARD_WIRE_RECORD_MAX / 16];
	char args[512], id[16];
	size_t n;
	const struct ward_revision_version *v = ward_revision_list(k->r, &n) + version - 1;
	struct ward_wr w = ward_wr_fixed(args, sizeof(args)),
		       e_w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_json j = ward_json_on(&w);
	struct ward_decision of = *d;

	of.kind = WARD_DECISION_CONFIGURE;
	of.id = id_of(v);
	struct ward_event e;
	struct ward_msg m;

	(void)snprintf(id, sizeof(id), "%llu", (unsigned long long)version);
	ward_json_obj(&j);
	ward_json_key(&j, "version");
	ward_json_z(&j, id);
	ward_json_key(&j, "manifest");
	ward_wr_ch(&w, '"');
	ward_wr_hex(&w, ward_slice_of(v->manifest, WARD_REVISION_HASH));
	ward_wr_ch(&w, '"');
	ward_json_obj_end(&j);
	of.args = ward_wr_text(&w);
	of.subject = WARD_STR("configuration");
	of.text = v->why;
	of.proof = WARD_STR("");
	ward_event_init(&e, &k->scratch);
	e.source = ward_name(&k->names, WARD_STR("config"));
	e.seen = ward_clock_now(k->p.clock);
	enum ward_err err = ward_decision_to_event(&of, WARD_REPORT_OTHER, &k->names, &e);

	ward_event_encode(&e, &k->names, &e_w);
	ward_batch_begin(&k->batch);
	if (!err && (ward_wr_bad(&e_w) || !ward_batch_add(&k->batch, WARD_LANE_CONTROL,
						  WARD_RECORD_EVENT, ward_wr_slice(&e_w))))
		err = WARD_ERR_LIMIT;
	if (!err)
		err = ward_ask(&k->journal, WARD_MSG_APPEND, ward_batch_body(&k->batch),
			WARD_MSG_APPENDED, &m);
	if (!err)
		err = (enum ward_err)ward_rd_u8(&m.body);
	ward_count_name(&k->p.counters, err ? "config.unrecorded" : "config.recorded", 1);
	WARD_LOG(&k->p.log, INFO, "config.taken", WARD_KV_U("version", version),
		WARD_KV_S("by", d->person), WARD_KV_S("why", v->why), WARD_KV_E(err));
	k->unrecorded |= err != WARD_OK;
	mark_recorded(k, version);
	return !err;
}

/* Nobody's decision. */
static bool by_itself(const struct ward_revision_version *v)
{
	return ward_str_eqz(v->by, "by hand") || ward_str_eqz(v->by, "Ward");
}

void config_record_all(struct config *k)
{
	uint64_t done = ward_revision_marked(k->r, "recorded");
	size_t n;
	const struct ward_revision_version *v = ward_revision_list(k->r, &n);
	bool ok = true;

	/* without that mark: versions of before there was one */
	for (uint64_t i = done; done && ok && i < n; i++) {
		const struct ward_decision d = {
			.at = v[i].taken, .person = v[i].by, .role = WARD_STR("unknown")};

		ok = by_itself(&v[i]) || record(k, &d, i + 1);
	}
	if (n && n != done)
		mark_recorded(k, n);
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

/* What a life before took, and ended before it said so, is run with. */
void config_finished(struct config *k)
{
	uint64_t now = ward_revision_current(k->r);
	struct ward_revision_tree from, to;

	if (!k->begun || !taken_since(k, k->begun) ||
		ward_revision_tree(k->r, k->begun, &k->scratch, &from) != WARD_OK ||
		ward_revision_tree(k->r, now, &k->scratch, &to) != WARD_OK)
		return;
	begin_anew(k, config_of_rules(&from, &to) ? WARD_ANEW_RULES : WARD_ANEW_ALL);
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

bool config_decide(struct config *k, const struct ward_decision *d)
{
	struct config_proposal *p = config_proposal(k, d->subject);
	enum ward_err err = k->r ? ward_revision_refresh(k->r) : WARD_OK;
	const char *why = err ? ward_revision_why(k->r) : why_not(k, p, d->kind, &err);
	uint64_t number = 0;
	char json[64];

	if (why) {
		say(k, err, why, WARD_STR(""));
		return false;
	}
	const struct ward_revision_taking t = {
		.by = d->person, .why = ward_str_z(p->why), .now = ward_clock_now(k->p.clock)};

	err = ward_revision_take(k->r, &p->tree, &t, &number);
	if (err) {
		WARD_LOG(&k->p.log, ERROR, "config.untaken",
			WARD_KV_Z("why", ward_revision_why(k->r)), WARD_KV_E(err));
		say(k, err == WARD_ERR_STATE ? err : WARD_ERR_IO, ward_revision_why(k->r),
			WARD_STR(""));
		return false;
	}
	begin_anew(k, p->rules_only ? WARD_ANEW_RULES : WARD_ANEW_ALL);
	(void)record(k, d, number);
	config_drop(p);
	(void)snprintf(json, sizeof(json), "{\"version\":%llu,\"restarts\":%s}",
		(unsigned long long)number, k->ends ? "true" : "false");
	say(k, WARD_OK, "", ward_str_z(json));
	return true;
}
