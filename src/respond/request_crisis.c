/* What people ask of people: tasks of the crisis cell, told to who has them, its calls, told to all
 * who have one of the roles, on duty or not, and incidents that are handed to somebody. */
#include "respond/ladder.h"
#include "respond/remind.h"
#include "respond/request.h"
#include "respond/witness.h"

enum { LEVELS = 3 };

/* One call is a request to each of its roles. */
static struct ward_id of_role(struct ward_id call, struct ward_str role)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward recall");
	ward_idgen_id(&g, call);
	ward_idgen_str(&g, role);
	return ward_idgen_final(&g);
}

static bool keep_text(struct ward_respond *r, struct request *q, const struct ward_conf *c)
{
	struct ward_str text = ward_conf_word(c, "text"),
			place = ward_conf_word(ward_conf_get(c, "args"), "place");
	struct ward_wr w = ward_wr_grow(r->o.mem, RESPOND_SAYS_MAX);

	ward_wr_str(&w, text);
	if (place.len) {
		ward_wr_z(&w, " (");
		ward_wr_str(&w, place);
		ward_wr_ch(&w, ')');
	}
	bool ok = !ward_wr_bad(&w) && respond_request_says(r, q, WARD_STR("__text__:value"),
					      "__text__", ward_wr_text(&w));

	ward_wr_fini(&w);
	return ok;
}

/* What it is about where nobody wrote why: its name. */
static bool keep_name(struct ward_respond *r, struct request *q, const struct ward_conf *c)
{
	struct ward_id id;
	const struct incident *in = ward_id_parse(q->incident, &id) ? respond_find(r, id) : NULL;

	return ward_conf_word(c, "text").len || !in || !in->title.len
		       ? keep_text(r, q, c)
		       : respond_request_says(r, q, in->title, "-", WARD_STR(""));
}

static enum ward_err add(struct ward_respond *r, struct ward_id id, enum request_of of,
	struct ward_str role, const struct ward_conf *c)
{
	const struct ward_conf *args = ward_conf_get(c, "args");
	struct ward_str subject = ward_conf_word(c, "subject");
	struct ward_id incident;
	struct request q = {.id = id,
		.of = of,
		.due = WARD_NS_NEVER,
		.role = role,
		.who = ward_conf_word(c, "role"),
		.playbook = WARD_STR(""),
		.incident = ward_id_parse(subject, &incident) ? subject : WARD_STR("")};

	if (!role.len || respond_request_find(r, id))
		return WARD_OK;
	if (ward_time_parse(ward_conf_word(args, "due"), &q.due) != WARD_OK)
		q.due = WARD_NS_NEVER;
	return respond_request_put(r, &q, of == REQUEST_OF_ASSIGN ? keep_name : keep_text, c);
}

static enum ward_err call(struct ward_respond *r, struct ward_id id, const struct ward_conf *c)
{
	const struct ward_conf *list = ward_conf_get(ward_conf_get(c, "args"), "roles");
	enum ward_err err = WARD_OK;

	for (const struct ward_conf *x = list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
		x && !err; x = x->next)
		if (x->kind == WARD_CONF_SCALAR)
			err = add(r, of_role(id, x->text), REQUEST_OF_RECALL, x->text, c);
	return err;
}

void respond_assigned_end(struct ward_respond *r, struct ward_id incident, enum request_is is)
{
	char id[WARD_ID_TEXT];

	ward_id_text(incident, id);
	for (size_t i = 0; i < r->n_request; i++) {
		struct request *q = &r->request[i];

		if (q->of == REQUEST_OF_ASSIGN && q->is == REQUEST_ASKED &&
			ward_str_eqz(q->incident, id))
			q->is = is;
	}
}

/* Whoever was asked before is so no more. */
static enum ward_err assign(struct ward_respond *r, struct ward_id id, const struct ward_conf *c)
{
	struct ward_id incident;

	if (!ward_str_eqz(ward_conf_word(c, "taken"), "true") ||
		!ward_id_parse(ward_conf_word(c, "subject"), &incident) ||
		respond_request_find(r, id))
		return WARD_OK;
	respond_assigned_end(r, incident, REQUEST_WITHDRAWN);
	respond_request_tidy(r);
	return add(r, id, REQUEST_OF_ASSIGN, ward_conf_word(ward_conf_get(c, "args"), "to"), c);
}

static struct ward_id key_of(struct ward_str role)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward lead");
	ward_idgen_str(&g, role);
	return ward_idgen_final(&g);
}

/* Whoever says another level leads from here on, as the room `crisis` has it. */
static void activate(struct ward_respond *r, const struct ward_conf *c)
{
	uint64_t level;

	if (!ward_str_u64(ward_conf_word(ward_conf_get(c, "args"), "level"), &level) || !level ||
		level > LEVELS || level == r->alert)
		return;
	r->alert = (uint32_t)level;
	r->lead = key_of(ward_conf_word(c, "role"));
}

/* What became of a task, from who has it, or gave it, or leads. */
static void end_task(struct ward_respond *r, const struct ward_conf *c)
{
	struct ward_str outcome = ward_conf_word(ward_conf_get(c, "args"), "outcome"),
			role = ward_conf_word(c, "role");
	struct ward_id id;
	struct request *q = ward_id_parse(ward_conf_word(c, "subject"), &id)
				    ? respond_request_find(r, id)
				    : NULL;

	if (!q || q->of != REQUEST_OF_TASK ||
		(!ward_str_eq(role, q->role) && !ward_str_eq(role, q->who) &&
			!ward_id_eq(key_of(role), r->lead) &&
			!ward_str_eq(ward_conf_word(c, "person"), q->role)))
		return;
	q->is = ward_str_eqz(outcome, "cannot")    ? REQUEST_CANNOT
		: ward_str_eqz(outcome, "dropped") ? REQUEST_WITHDRAWN
						   : REQUEST_DONE;
}

/* The crisis is over: nobody need come any more. */
static void end_calls(struct ward_respond *r)
{
	r->alert = 0;
	for (size_t i = 0; i < r->n_request; i++)
		if (r->request[i].of == REQUEST_OF_RECALL && r->request[i].is == REQUEST_ASKED)
			r->request[i].is = REQUEST_WITHDRAWN;
}

enum ward_err ward_respond_decision(struct ward_respond *r, struct ward_str json)
{
	const struct ward_conf *c;
	enum ward_err err = respond_request_row(r, json, &c);
	struct ward_str what = ward_conf_word(c, "what");
	struct ward_id id;

	if (!c || !ward_id_parse(ward_conf_word(c, "id"), &id))
		return err;
	if (ward_str_eqz(what, "task-done"))
		end_task(r, c);
	else if (ward_str_eqz(what, "stand-down"))
		end_calls(r);
	else if (ward_str_eqz(what, "activate"))
		activate(r, c);
	respond_request_tidy(r);
	if (ward_str_eqz(what, "task"))
		err = add(r, id, REQUEST_OF_TASK, ward_conf_word(ward_conf_get(c, "args"), "owner"),
			c);
	else if (ward_str_eqz(what, "recall"))
		err = call(r, id, c);
	else if (ward_str_eqz(what, "assign"))
		err = assign(r, id, c);
	else if (ward_str_eqz(what, "export"))
		respond_witness_soon(r);
	else if (ward_str_eqz(what, "law"))
		err = respond_law_said(r, c, json);
	else if (ward_str_eqz(what, "reveal"))
		err = respond_revealed(r, id, c);
	else if (ward_str_eqz(what, "reveal-review"))
		respond_reveal_reviewed(r, c);
	else if (ward_str_eqz(what, "processing"))
		err = respond_processing(r, id, c);
	else if (ward_str_eqz(what, "assess"))
		respond_assessed(r, c);
	else if (ward_str_eqz(what, "hand-over") || ward_str_eqz(what, "take-over"))
		respond_watch(r, id, c);
	return err;
}
