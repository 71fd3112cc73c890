/* What is being done about incidents: runs of playbooks and actions on the hospital. */
#include "api/priv.h"

enum { SAY_BYTES = 64 << 10 };

/* By its incident; else by the thing that it is on. Of an incident that is no longer known here,
 * and of nothing with a place, only who has no places. */
static bool sees(const struct api_request *r, struct ward_id incident, uint32_t thing)
{
	const struct api_incident *in = api_is_zero(incident) ? NULL : api_incident(r->a, incident);

	if (in)
		return api_scope_sees(&r->scope, in);
	return thing == WARD_NONE ? r->scope.everywhere || api_is_zero(incident)
				  : api_scope_has(&r->scope, thing);
}

/* ---- runs ---- */

static bool next_run(const struct api_request *r, size_t *i, struct ward_drive_run *ret)
{
	while (r->a->drive && *i < ward_drive_n(r->a->drive)) {
		struct ward_id incident = {{0}};

		ward_drive_at(r->a->drive, (*i)++, ret);
		(void)ward_id_parse(ret->incident, &incident);
		if (sees(r, incident, WARD_NONE))
			return true;
	}
	return false;
}

size_t api_waiting_requests(const struct api_request *r)
{
	struct ward_drive_run run;
	struct ward_run_request q;
	size_t i = 0, n = 0;

	while (next_run(r, &i, &run))
		for (size_t k = 0; run.run && ward_run_open(run.run, k, &q); k++)
			n += q.ask == WARD_RUN_ASK_ROLE || q.ask == WARD_RUN_ASK_CONFIRM;
	return n;
}

static void put_role(struct api_request *r, struct ward_str id)
{
	uint32_t node = ward_model_find(r->a->o.model, id);

	ward_json_put_str(&r->j, "role", id);
	ward_json_put_str(&r->j, "role_name",
		node == WARD_NONE ? id : ward_model_node(r->a->o.model, node)->name);
}

/* What is to be said with the answer, by which variable of the playbook and of which type. */
static void put_questions(struct api_request *r, const struct ward_run_request *q)
{
	struct ward_run_phrase p;

	ward_run_phrase(q, &p);
	ward_json_key(&r->j, "questions");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < p.n_question; i++) {
		struct ward_str name = p.question[i].name;
		const struct ward_playbook_var *v =
			ward_playbook_find_var(q->step->var, q->step->n_var, name);

		if (!v)
			v = ward_playbook_find_var(q->playbook->var, q->playbook->n_var, name);
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "name", name);
		ward_json_put_str(&r->j, "type", v ? v->type : WARD_STR("string"));
		ward_json_put_str(&r->j, "text", ward_lang_text(r->lang, p.question[i].text));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

static void put_step(
	struct api_request *r, const struct ward_run *run, const struct ward_run_request *q)
{
	struct ward_wr text = ward_wr_grow(r->a->o.mem, SAY_BYTES);
	const void *at = ward_tab_find(&r->a->asked, &q->id);
	ward_ns since = WARD_NS_NEVER;

	if (at)
		memcpy(&since, at, sizeof(since));
	ward_run_say(run, q, r->lang, &text);
	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "request", q->id);
	put_role(r, q->role);
	ward_json_put_str(
		&r->j, "name", q->step ? ward_lang_text(r->lang, q->step->name) : WARD_STR(""));
	ward_json_put_str(&r->j, "text", ward_wr_text(&text));
	ward_json_put_bool(&r->j, "agrees", q->ask == WARD_RUN_ASK_CONFIRM);
	ward_json_put_bool(&r->j, "answered_by_people",
		q->ask == WARD_RUN_ASK_ROLE || q->ask == WARD_RUN_ASK_CONFIRM);
	ward_json_put_time_or_null(&r->j, "since", since);
	ward_json_put_time_or_null(&r->j, "due", q->due);
	put_questions(r, q);
	ward_json_obj_end(&r->j);
	ward_wr_fini(&text);
}

static void put_run(struct api_request *r, const struct ward_drive_run *run)
{
	struct ward_run_request q;

	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "id", run->id);
	ward_json_put_str(&r->j, "playbook", run->playbook ? run->playbook->id : WARD_STR(""));
	ward_json_put_str(&r->j, "name",
		run->playbook ? ward_lang_text(r->lang, run->playbook->name) : WARD_STR(""));
	if (run->incident.len)
		ward_json_put_str(&r->j, "incident", run->incident);
	else
		ward_json_put_null(&r->j, "incident");
	put_role(r, run->role);
	ward_json_put_str(&r->j, "state",
		ward_str_z(run->lost ? "lost" : ward_run_outcome_name(run->outcome)));
	ward_json_put_time_or_null(&r->j, "begun", run->begun);
	ward_json_put_time_or_null(&r->j, "last", run->last);
	ward_json_key(&r->j, "steps");
	ward_json_arr(&r->j);
	for (size_t k = 0; run->run && ward_run_open(run->run, k, &q); k++)
		put_step(r, run->run, &q);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

void api_runs(struct api_request *r)
{
	struct ward_drive_run run;
	size_t i = 0;

	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	while (next_run(r, &i, &run))
		put_run(r, &run);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}

/* ---- actions ---- */

static bool is(const struct api_action *x, const char *const *state, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(x->state, state[i]) == 0)
			return true;
	return false;
}
#define IS(x, ...)                                  \
	is((x), (const char *const[]){__VA_ARGS__}, \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

size_t api_waiting_actions(const struct api_request *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->a->n_action; i++) {
		const struct api_action *x = r->a->action[i];

		n += sees(r, x->incident, x->thing) && IS(x, "proposed", "agreed", "asked");
	}
	return n;
}

/* Millionths, as text of a row. */
static void put_micro(struct ward_json *j, const struct ward_conf *v)
{
	int64_t micro = 0;

	if (v && ward_str_i64(v->text, &micro) && micro >= 0)
		ward_json_micro(j, micro);
	else
		ward_json_null(j);
}

static void put_i64(struct ward_json *j, const char *key, struct ward_str s)
{
	int64_t v;

	ward_json_key(j, key);
	if (ward_str_i64(s, &v))
		ward_json_i64(j, v);
	else
		ward_json_null(j);
}

/* What it does to care, as the forecast said when it was proposed. */
static void put_effect(struct api_request *r, const struct ward_conf *e)
{
	const struct ward_conf *list = ward_conf_get(e, "services");

	ward_json_key(&r->j, "effect");
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "services");
	ward_json_arr(&r->j);
	for (const struct ward_conf *s = list ? list->child : NULL; s; s = s->next) {
		const struct ward_conf *likely = ward_conf_get(s, "likely_micro"),
				       *lo = likely ? likely->child : NULL;

		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", api_word(s, "service"));
		ward_json_put_str(&r->j, "name", api_word(s, "name"));
		ward_json_key(&r->j, "likelihood");
		ward_json_arr(&r->j);
		put_micro(&r->j, lo);
		put_micro(&r->j, lo ? lo->next : NULL);
		ward_json_arr_end(&r->j);
		put_i64(&r->j, "in_seconds", api_word(s, "in_seconds"));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	put_i64(&r->j, "more", api_word(e, "more"));
	ward_json_put_str(&r->j, "touches", api_word(e, "touches"));
	ward_json_put_bool(&r->j, "unknown", ward_str_eqz(api_word(e, "unknown"), "true"));
	ward_json_obj_end(&r->j);
}

/* Exactly what is sent. */
static void put_request(struct api_request *r, const struct ward_conf *request)
{
	ward_json_key(&r->j, "request");
	ward_json_obj(&r->j);
	for (const struct ward_conf *v = request ? request->child : NULL; v; v = v->next)
		if (v->kind == WARD_CONF_SCALAR) {
			ward_json_key_str(&r->j, v->key);
			ward_json_str(&r->j, v->text);
		}
	ward_json_obj_end(&r->j);
}

static void put_roles(struct api_request *r, const struct ward_conf *p, const char *key)
{
	const struct ward_conf *role = ward_conf_get(p, key);

	ward_json_key(&r->j, key);
	ward_json_arr(&r->j);
	for (role = role ? role->child : NULL; role; role = role->next) {
		uint32_t node = ward_model_find(r->a->o.model, role->text);

		if (node != WARD_NONE)
			api_node(&r->j, r->a->o.model, node);
	}
	ward_json_arr_end(&r->j);
}

static void put_needs(struct api_request *r, const struct ward_conf *p)
{
	ward_json_key(&r->j, "needs");
	ward_json_obj(&r->j);
	ward_json_put_bool(&r->j, "two_persons", ward_str_eqz(api_word(p, "two_persons"), "true"));
	ward_json_put_bool(&r->j, "clinical", ward_str_eqz(api_word(p, "clinical"), "true"));
	put_roles(r, p, "roles");
	put_roles(r, p, "care_roles"); /* where it is clinical */
	ward_json_obj_end(&r->j);
}

/* What became of it, in order; by roles. */
static void put_history(struct api_request *r, const struct api_action *x, ward_ns *ret_until)
{
	ward_json_key(&r->j, "approvals");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < x->row.n; i++) {
		const struct ward_conf *c = api_row_of(r, x->row.at[i]->json);
		const char *until = IS(x, "proposed", "agreed", "asked") ? "expires" : "until";
		ward_ns t;

		if (!c)
			continue;
		if (ward_time_parse(api_word(c, until), &t) == WARD_OK)
			*ret_until = t;
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "event", api_word(c, "event"));
		/* also to a renewal, while it stands */
		ward_json_put_str(&r->j, "state",
			ward_str_eqz(api_word(c, "event"), "agree") ? WARD_STR("agreed")
								    : api_word(c, "state"));
		ward_json_put_time_or_null(&r->j, "at", x->row.at[i]->time);
		put_role(r, api_word(c, "role"));
		ward_json_put_str(&r->j, "why",
			ward_lang_text(
				r->lang, api_word(c, api_word(c, "why").len ? "why" : "reason")));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

/* Decisions that its state, the rights and the places of who asks allow, as `act` judges. */
static void put_may(struct api_request *r, const struct api_action *x)
{
	const struct {
		enum ward_decision_kind kind;
		bool can;
	} all[] = {{WARD_DECISION_APPROVE, IS(x, "proposed", "agreed")},
		{WARD_DECISION_REFUSE, IS(x, "proposed", "agreed", "asked", "ready", "in-doubt")},
		{WARD_DECISION_NO_PATIENT, IS(x, "asked")},
		{WARD_DECISION_UNDO, IS(x, "doing", "done", "in-doubt")},
		{WARD_DECISION_RENEW, IS(x, "done")}};

	ward_json_key(&r->j, "may");
	ward_json_arr(&r->j);
	for (size_t i = 0; api_scope_may(&r->scope, x->thing) && i < WARD_ARRAY_LEN(all); i++)
		if (all[i].can && api_may(r, ward_decision_right(all[i].kind)))
			ward_json_z(&r->j, ward_decision_name(all[i].kind));
	ward_json_arr_end(&r->j);
}

static void put_action(struct api_request *r, const struct api_action *x)
{
	const struct ward_conf *p = api_row_of(r, x->row.at[0]->json);
	ward_ns until = WARD_NS_NEVER;

	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "id", x->id);
	if (api_is_zero(x->incident))
		ward_json_put_null(&r->j, "incident");
	else
		ward_json_put_id(&r->j, "incident", x->incident);
	ward_json_put_str(&r->j, "system", api_word(p, "system"));
	ward_json_put_str(&r->j, "does", api_word(p, "does"));
	ward_json_key(&r->j, "on");
	if (x->thing == WARD_NONE)
		ward_json_null(&r->j);
	else
		api_node(&r->j, r->a->o.model, x->thing);
	ward_json_put_str(&r->j, "host", api_word(p, "host"));
	ward_json_put_str(&r->j, "state", ward_str_z(x->state));
	ward_json_put_str(&r->j, "reason", api_word(p, "reason"));
	ward_json_put_str(&r->j, "by", api_word(p, "by"));
	put_effect(r, ward_conf_get(p, "effect"));
	put_request(r, ward_conf_get(p, "request"));
	put_needs(r, p);
	put_history(r, x, &until);
	put_i64(&r->j, "lasts_seconds", api_word(p, "lasts_seconds"));
	ward_json_put_time_or_null(&r->j, "expires", until);
	ward_json_put_str(&r->j, "shown", api_word(p, "shown"));
	put_may(r, x);
	ward_json_obj_end(&r->j);
}

/* The latest first. */
void api_actions(struct api_request *r)
{
	ward_json_obj(&r->j);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (size_t i = r->a->n_action; i-- > 0;)
		if (sees(r, r->a->action[i]->incident, r->a->action[i]->thing))
			put_action(r, r->a->action[i]);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
}
