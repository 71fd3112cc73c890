/* What people decide of incidents, and the record that each decision is on. */
#include "brain/priv.h"

#include "desk/args.h"
#include "desk/bound.h"
#include "desk/event.h"
#include "desk/people.h"

/* Of a decision's text, so that its record is bounded. */
enum { TEXT_MAX = WARD_DECISION_TEXT };

static bool verdict_of(enum ward_decision_kind k, enum ward_verdict_kind *ret)
{
	static const struct {
		enum ward_decision_kind decision;
		enum ward_verdict_kind verdict;
	} all[] = {{WARD_DECISION_CONFIRM, WARD_VERDICT_CONFIRM},
		{WARD_DECISION_CONTAIN, WARD_VERDICT_CONTAIN},
		{WARD_DECISION_RECOVER, WARD_VERDICT_RECOVER},
		{WARD_DECISION_CLOSE, WARD_VERDICT_CLOSE},
		{WARD_DECISION_DISMISS, WARD_VERDICT_DISMISS},
		{WARD_DECISION_REOPEN, WARD_VERDICT_REOPEN},
		{WARD_DECISION_NOTE, WARD_VERDICT_NOTE},
		{WARD_DECISION_ASSIGN, WARD_VERDICT_ASSIGN},
		{WARD_DECISION_MERGE, WARD_VERDICT_MERGE},
		{WARD_DECISION_SPLIT, WARD_VERDICT_SPLIT}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (all[i].decision == k) {
			*ret = all[i].verdict;
			return true;
		}
	return false;
}

static void put(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	ward_json_str(j, ward_str_sub(s, 0, TEXT_MAX));
}

/* The person stands here, and in no incident, message or export. */
static void tell(struct ward_brain *b, const struct ward_decision *d, struct ward_str args,
	const char *refused)
{
	struct ward_json j = ward_json_on(&b->json);
	char id[WARD_ID_TEXT];

	ward_wr_reset(&b->json);
	ward_id_text(d->id, id);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "decision");
	ward_json_key(&j, "id");
	ward_json_z(&j, id);
	ward_json_key(&j, "revision");
	ward_json_u64(&j, 1);
	ward_json_key(&j, "time");
	ward_json_time(&j, d->at);
	ward_json_key(&j, "what");
	ward_json_z(&j, ward_decision_name(d->kind));
	put(&j, "subject", d->subject);
	put(&j, "person", d->person);
	put(&j, "role", d->role);
	put(&j, "text", d->text);
	if (args.len) {
		ward_json_key(&j, "args");
		ward_json_raw(&j, args);
	}
	ward_json_key(&j, "taken");
	ward_json_bool(&j, !refused);
	if (refused) {
		ward_json_key(&j, "why");
		ward_json_z(&j, refused);
	}
	ward_json_obj_end(&j);
	ward_count_name(b->c.counters, refused ? "brain.decisions_void" : "brain.decisions", 1);
	ward_brain_put(b, WARD_OUTPUT_DECISION, d->id, 1, d->at);
}

static enum ward_err split(struct ward_brain *b, struct ward_id incident, struct ward_str args,
	struct ward_arena *a, const struct ward_verdict *v)
{
	struct ward_id sign[WARD_ARGS_LIST];
	const struct ward_conf *list = ward_args_list(args, "signs", b->c.lim, a);
	size_t n = 0;

	for (const struct ward_conf *c = list; c; c = c->next)
		if (n == WARD_ARGS_LIST || !ward_id_parse(c->text, &sign[n++]))
			return WARD_ERR_NOT_FOUND;
	return n ? ward_fuser_split(b->fuser, incident, sign, n, v) : WARD_ERR_NOT_FOUND;
}

/* What is decided of an incident. NOT_FOUND, STATE: it is not; see ward_fuser_decide. */
static enum ward_err judge(struct ward_brain *b, const struct ward_decision *d,
	enum ward_verdict_kind kind, struct ward_str args, struct ward_arena *a)
{
	const struct ward_verdict v = {kind, d->id, d->at, d->role, d->text};
	struct ward_id incident, into;

	if (!ward_id_parse(d->subject, &incident))
		return WARD_ERR_NOT_FOUND;
	if (kind == WARD_VERDICT_SPLIT)
		return split(b, incident, args, a, &v);
	if (kind == WARD_VERDICT_MERGE)
		return ward_id_parse(ward_args_text(args, "into", b->c.lim, a), &into)
			       ? ward_fuser_merge(b->fuser, incident, into, &v)
			       : WARD_ERR_NOT_FOUND;
	return ward_fuser_decide(b->fuser, incident, &v);
}

static const char *why_not(enum ward_verdict_kind kind, enum ward_err err)
{
	if (!err)
		return NULL;
	if (err == WARD_ERR_NOT_FOUND)
		return kind == WARD_VERDICT_SPLIT
			       ? "no such incident, or no such sign of it, is known "
				 "any more"
			       : "no such incident is known any more";
	return kind == WARD_VERDICT_MERGE   ? "they are one already, or one of them is over"
	       : kind == WARD_VERDICT_SPLIT ? "it is over, or one part would have no sign that "
					      "opens an incident"
					    : "it can't become that from what it is";
}

/* ---- whose place it is ---- */

static bool is_there(void *ctx, uint32_t node)
{
	return ward_bound_has(ctx, node);
}

static bool is_at(struct ward_brain *b, const struct ward_bound *o, struct ward_str incident)
{
	struct ward_id id;

	return !ward_id_parse(incident, &id) ||
	       ward_fuser_is_at(b->fuser, id, is_there, (void *)(uintptr_t)o);
}

/* Who is bound to places decides of no incident elsewhere, whoever handed the decision in. */
static bool is_elsewhere(struct ward_brain *b, const struct ward_decision *d, struct ward_str args,
	struct ward_arena *a)
{
	struct ward_bound o;

	if (!d->places.len || ward_decision_about(d->kind) != WARD_ABOUT_INCIDENT)
		return false;
	ward_bound_of(b->c.model, d->places, &o);
	return !is_at(b, &o, d->subject) ||
	       (d->kind == WARD_DECISION_MERGE &&
		       !is_at(b, &o, ward_args_text(args, "into", b->c.lim, a)));
}

enum ward_err ward_brain_decided(struct ward_brain *b, const struct ward_event *e)
{
	struct ward_decision d;
	enum ward_verdict_kind kind;
	struct ward_str args = {0};
	const char *refused = NULL, *why;
	enum ward_err err = ward_decision_of_event(e, b->c.names, &d);

	if (err == WARD_ERR_FOREIGN)
		return WARD_OK;
	if (!err)
		err = ward_args_read(&d, b->c.lim, e->arena, &args, &why);
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err) {
		ward_count_name(b->c.counters, "brain.decisions_malformed", 1);
		return WARD_OK;
	}
	if (is_elsewhere(b, &d, args, e->arena)) {
		refused = "it is at no place of theirs";
	} else if (verdict_of(d.kind, &kind)) {
		err = judge(b, &d, kind, args, e->arena);
		if (err && err != WARD_ERR_NOT_FOUND && err != WARD_ERR_STATE)
			return err;
		refused = why_not(kind, err);
	} else if (d.kind == WARD_DECISION_TUNE) {
		refused = ward_brain_tune(b, &d, args, e->arena);
	} else if (d.kind == WARD_DECISION_LIFT) {
		refused = ward_brain_lift(b, &d);
	} else if (d.kind == WARD_DECISION_PERMIT) {
		refused = ward_brain_works(b, &d, args, e->arena);
	} else if (d.kind == WARD_DECISION_PERMIT_END) {
		refused = ward_brain_works_end(b, &d);
	}
	tell(b, &d, args, refused);
	return b->err;
}
