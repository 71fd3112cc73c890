/* The crisis cell, as decisions of people made it: what it decided, who is to do what, who comes,
 * and the cards of the roles. Persons are named to who leads it, and where a task is theirs; else
 * roles are. */
#include "api/priv.h"

enum { NAMED_MAX = 8, TEXT_BYTES = 4096 };

struct ward_str api_role_name(const struct ward_api *a, struct ward_str id)
{
	uint32_t node = ward_model_find(a->o.model, id);

	return node == WARD_NONE ? id : ward_model_node(a->o.model, node)->name;
}

static const struct ward_api_person *person_of(const struct ward_api *a, struct ward_str id)
{
	for (size_t i = 0; i < a->o.cell.n_person; i++)
		if (ward_str_eq(a->o.cell.person[i].id, id))
			return &a->o.cell.person[i];
	return NULL;
}

static void put_role(struct api_request *r, const char *key, struct ward_str id)
{
	ward_json_key(&r->j, key);
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", id);
	ward_json_put_str(&r->j, "name", api_role_name(r->a, id));
	ward_json_obj_end(&r->j);
}

/* {"id","name"} where who asks leads, else null. */
static void put_person(struct api_request *r, const char *key, struct ward_str id)
{
	const struct ward_api_person *p = person_of(r->a, id);

	if (!api_may(r, WARD_RIGHT_LEAD_CRISIS)) {
		ward_json_put_null(&r->j, key);
		return;
	}
	ward_json_key(&r->j, key);
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", id);
	ward_json_put_str(&r->j, "name", p ? p->name : id);
	ward_json_obj_end(&r->j);
}

struct ward_str api_crisis_owner(const struct api_request *r, struct ward_str id)
{
	const struct ward_api_person *p = person_of(r->a, id);

	return p ? p->name : api_role_name(r->a, id);
}

/* Whoever has to do it: a role, or a person, whom all must know then. */
static void put_owner(struct api_request *r, struct ward_str id)
{
	ward_json_key(&r->j, "owner");
	if (!id.len) {
		ward_json_null(&r->j);
		return;
	}
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", id);
	ward_json_put_str(&r->j, "name", api_crisis_owner(r, id));
	ward_json_obj_end(&r->j);
}

bool api_crisis_sees(const struct api_request *r, const struct ward_crisis_item *i)
{
	const struct api_incident *in = api_incident(r->a, i->incident);

	if (api_is_zero(i->incident))
		return true;
	return in ? api_scope_sees(&r->scope, in) && api_may(r, WARD_RIGHT_SEE_INCIDENTS)
		  : r->scope.everywhere;
}

struct ward_str api_crisis_level(struct api_request *r, unsigned level)
{
	const struct ward_playbook_country *c = r->a->o.cell.country;
	struct ward_wr w = ward_wr_grow(r->a->o.mem, TEXT_BYTES);
	char number[] = {(char)('0' + level), 0};

	if (!level)
		return ward_lang_text(r->lang, ward_str_z(WARD_TEXT("no crisis")));
	if (c)
		return c->level[level - 1];
	WARD_SAY(&w, r->lang, WARD_TEXT("level {n}"), {"n", ward_str_z(number)});
	struct ward_str s = ward_arena_str(&r->a->scratch, ward_wr_text(&w));

	ward_wr_fini(&w);
	return s;
}

/* ---- items ---- */

static void put_list(struct ward_json *j, const char *key, const struct ward_crisis_item *i)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	for (size_t k = 0; k < i->n_list; k++)
		ward_json_str(j, i->list[k]);
	ward_json_arr_end(j);
}

static void begin_item(struct api_request *r, const struct ward_crisis_item *i)
{
	struct api_incident *in = api_incident(r->a, i->incident);

	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "id", i->id);
	ward_json_put_str(&r->j, "kind", ward_str_z(ward_decision_name(i->kind)));
	ward_json_put_time_or_null(&r->j, "at", i->at);
	put_role(r, "role", i->role);
	put_person(r, "person", i->person);
	ward_json_put_str(&r->j, "text", i->text);
	ward_json_key(&r->j, "incident");
	if (in && api_may(r, WARD_RIGHT_SEE_INCIDENTS)) {
		ward_json_obj(&r->j);
		ward_json_put_id(&r->j, "id", in->id);
		api_line_name(r->a, in, r->at, &r->j);
		ward_json_obj_end(&r->j);
	} else {
		ward_json_null(&r->j);
	}
}

static void put_decided(struct api_request *r, const struct ward_crisis_item *i)
{
	begin_item(r, i);
	if (i->kind == WARD_DECISION_RESOLVE) {
		ward_json_put_str(&r->j, "why", i->why);
		put_list(&r->j, "alternatives", i);
	}
	if (i->level) {
		ward_json_put_u64(&r->j, "level", i->level);
		ward_json_put_str(&r->j, "level_name", api_crisis_level(r, i->level));
	}
	ward_json_obj_end(&r->j);
}

static void put_task(struct api_request *r, const struct ward_crisis_item *i)
{
	begin_item(r, i);
	put_owner(r, i->owner);
	ward_json_put_time_or_null(&r->j, "due", i->due);
	ward_json_put_str(&r->j, "state", ward_str_z(ward_crisis_state_name(i->state)));
	ward_json_put_bool(&r->j, "late", ward_crisis_is_late(i, r->ask->now));
	ward_json_key(&r->j, "ended");
	if (i->state == WARD_CRISIS_OPEN) {
		ward_json_null(&r->j);
	} else {
		ward_json_obj(&r->j);
		ward_json_put_time_or_null(&r->j, "at", i->ended);
		put_role(r, "role", i->ended_role);
		put_person(r, "person", i->ended_person);
		ward_json_put_str(&r->j, "text", i->ended_text);
		ward_json_obj_end(&r->j);
	}
	ward_json_obj_end(&r->j);
}

static void put_answers(struct api_request *r, const struct ward_crisis_item *i)
{
	size_t come = 0;

	ward_json_key(&r->j, "answers");
	ward_json_arr(&r->j);
	for (size_t k = 0; k < i->n_answer; k++) {
		const struct ward_crisis_answer *a = &i->answer[k];

		come += a->comes;
		ward_json_obj(&r->j);
		ward_json_put_time_or_null(&r->j, "at", a->at);
		put_role(r, "role", a->role);
		put_person(r, "person", a->person);
		ward_json_put_bool(&r->j, "comes", a->comes);
		ward_json_put_time_or_null(&r->j, "there",
			a->comes ? a->at + (ward_ns)a->minutes * 60 * WARD_NS_PER_S
				 : WARD_NS_NEVER);
		ward_json_put_str(&r->j, "text", a->text);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "come", come);
}

/* People with one of the roles that are called: how many; by name to who leads. */
static void put_called(struct api_request *r, const struct ward_crisis_item *i)
{
	const struct ward_api_cell *cell = &r->a->o.cell;
	size_t n = 0;

	ward_json_key(&r->j, "people");
	ward_json_arr(&r->j);
	for (size_t p = 0; p < cell->n_person; p++) {
		bool has = false;

		for (size_t k = 0; k < cell->person[p].n_role && !has; k++)
			for (size_t m = 0; m < i->n_list && !has; m++)
				has = ward_str_eq(cell->person[p].role[k], i->list[m]);
		n += has;
		if (!has || !api_may(r, WARD_RIGHT_LEAD_CRISIS))
			continue;
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", cell->person[p].id);
		ward_json_put_str(&r->j, "name", cell->person[p].name);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "called", n);
}

static void put_recall(struct api_request *r, const struct ward_crisis_item *i)
{
	begin_item(r, i);
	ward_json_put_str(&r->j, "place", i->place);
	ward_json_key(&r->j, "roles");
	ward_json_arr(&r->j);
	for (size_t k = 0; k < i->n_list; k++) {
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", i->list[k]);
		ward_json_put_str(&r->j, "name", api_role_name(r->a, i->list[k]));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	put_called(r, i);
	put_answers(r, i);
	ward_json_obj_end(&r->j);
}

static void put_review(struct api_request *r, const struct ward_crisis_item *i)
{
	begin_item(r, i);
	ward_json_put_str(&r->j, "finding", i->finding);
	put_owner(r, i->owner);
	ward_json_put_time_or_null(&r->j, "due", i->due);
	ward_json_obj_end(&r->j);
}

void api_crisis_put(struct api_request *r, const struct ward_crisis_item *i)
{
	(i->kind == WARD_DECISION_TASK            ? put_task
		: i->kind == WARD_DECISION_RECALL ? put_recall
		: i->kind == WARD_DECISION_REVIEW ? put_review
						  : put_decided)(r, i);
}

static bool is_log(const struct ward_crisis_item *i)
{
	return i->kind == WARD_DECISION_ACTIVATE || i->kind == WARD_DECISION_STAND_DOWN ||
	       i->kind == WARD_DECISION_RESOLVE;
}
static bool is_task(const struct ward_crisis_item *i)
{
	return i->kind == WARD_DECISION_TASK;
}
static bool is_recall(const struct ward_crisis_item *i)
{
	return i->kind == WARD_DECISION_RECALL;
}

/* Those of the last crisis, in their order. */
static void put_items(
	struct api_request *r, const char *key, bool (*is)(const struct ward_crisis_item *i))
{
	const struct ward_crisis *c = &r->a->crisis;

	ward_json_key(&r->j, key);
	ward_json_arr(&r->j);
	for (size_t i = 0; i < c->n_item; i++)
		if (is(c->item[i]) && api_crisis_sees(r, c->item[i]))
			api_crisis_put(r, c->item[i]);
	ward_json_arr_end(&r->j);
}

/* ---- cards ---- */

static void put_name(struct api_request *r, struct ward_str id)
{
	const struct ward_api_person *p = person_of(r->a, id);

	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", id);
	ward_json_put_str(&r->j, "name", p ? p->name : id);
	ward_json_obj_end(&r->j);
}

/* Who is on call for the role, and behind them who else has it. */
static void put_holders(struct api_request *r, struct ward_str role)
{
	const struct ward_api_cell *cell = &r->a->o.cell;
	bool lead = api_may(r, WARD_RIGHT_LEAD_CRISIS);
	struct ward_str on[NAMED_MAX];
	size_t n = cell->on_call ? cell->on_call(cell->ctx, role, r->ask->now, on, NAMED_MAX) : 0;

	n = n < NAMED_MAX ? n : NAMED_MAX;
	ward_json_key(&r->j, "on_call");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n && lead; i++)
		put_name(r, on[i]);
	ward_json_arr_end(&r->j);
	ward_json_key(&r->j, "deputies");
	ward_json_arr(&r->j);
	for (size_t p = 0; p < cell->n_person && lead; p++) {
		const struct ward_api_person *who = &cell->person[p];
		bool has = false;

		for (size_t k = 0; k < who->n_role && !has; k++)
			has = ward_str_eq(who->role[k], role);
		for (size_t i = 0; i < n && has; i++)
			has = !ward_str_eq(on[i], who->id);
		if (has)
			put_name(r, who->id);
	}
	ward_json_arr_end(&r->j);
}

/* A card for each role of the hospital, those first that its country has a card for. */
static void put_cards(struct api_request *r)
{
	const struct ward_playbook_country *c = r->a->o.cell.country;
	const struct ward_model *m = r->a->o.model;

	ward_json_key(&r->j, "cards");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < r->a->n_role; i++) {
		const struct ward_node *n = ward_model_node(m, r->a->role[i]);
		const struct ward_playbook_card *card = c ? ward_playbook_card(c, n->id) : NULL;

		ward_json_obj(&r->j);
		put_role(r, "role", n->id);
		ward_json_put_str(&r->j, "title", card ? card->title : n->name);
		ward_json_put_str(&r->j, "first", card ? card->first : WARD_STR(""));
		put_holders(r, n->id);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

/* ---- the cell ---- */

void api_crisis_head(struct api_request *r)
{
	const struct ward_crisis *c = &r->a->crisis;

	ward_json_put_u64(&r->j, "level", c->level);
	ward_json_put_str(&r->j, "level_name", api_crisis_level(r, c->level));
	ward_json_put_u64(&r->j, "highest", c->highest);
	ward_json_put_time_or_null(&r->j, "from", c->from);
	ward_json_put_time_or_null(&r->j, "since", c->since);
	ward_json_put_time_or_null(&r->j, "to", c->to);
	if (c->lead[0])
		put_role(r, "lead", ward_str_z(c->lead));
	else
		ward_json_put_null(&r->j, "lead");
}

static void put_levels(struct api_request *r)
{
	ward_json_key(&r->j, "levels");
	ward_json_arr(&r->j);
	for (unsigned i = 1; i <= WARD_CRISIS_LEVELS; i++)
		ward_json_str(&r->j, api_crisis_level(r, i));
	ward_json_arr_end(&r->j);
}

static void put_past(struct api_request *r)
{
	const struct ward_crisis *c = &r->a->crisis;

	ward_json_key(&r->j, "past");
	ward_json_arr(&r->j);
	for (size_t i = c->n_past; i-- > 0;) {
		const struct ward_crisis_past *p = &c->past[i];

		ward_json_obj(&r->j);
		ward_json_put_id(&r->j, "id", p->id);
		ward_json_put_time_or_null(&r->j, "from", p->from);
		ward_json_put_time_or_null(&r->j, "to", p->to);
		ward_json_put_u64(&r->j, "highest", p->highest);
		ward_json_put_u64(&r->j, "tasks", p->n_task);
		ward_json_put_u64(&r->j, "decisions", p->n_decision);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

static void put_may(struct api_request *r)
{
	bool on = r->a->crisis.level > 0;
	const struct {
		enum ward_decision_kind kind;
		bool can;
	} all[] = {{WARD_DECISION_ACTIVATE, true}, {WARD_DECISION_STAND_DOWN, on},
		{WARD_DECISION_RESOLVE, true}, {WARD_DECISION_TASK, true},
		{WARD_DECISION_TASK_DONE, true}, {WARD_DECISION_RECALL, true},
		{WARD_DECISION_RECALL_ANSWER, true}, {WARD_DECISION_REVIEW, true}};

	ward_json_key(&r->j, "may");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (all[i].can && api_may(r, ward_decision_right(all[i].kind)))
			ward_json_z(&r->j, ward_decision_name(all[i].kind));
	ward_json_arr_end(&r->j);
}

/* Whoever is signed in sees the level, and who may be asked to do something the tasks and calls;
 * what was decided and learnt is for those who see incidents. */
void api_crisis(struct api_request *r)
{
	const struct ward_crisis *c = &r->a->crisis;
	bool asked = api_may(r, WARD_RIGHT_ACKNOWLEDGE) || api_may(r, WARD_RIGHT_SEE_INCIDENTS),
	     sees = api_may(r, WARD_RIGHT_SEE_INCIDENTS);

	ward_json_obj(&r->j);
	api_crisis_head(r);
	put_levels(r);
	if (sees)
		put_items(r, "log", is_log);
	if (asked) {
		put_items(r, "tasks", is_task);
		put_items(r, "recalls", is_recall);
		put_cards(r);
	}
	if (sees) {
		ward_json_key(&r->j, "reviews");
		ward_json_arr(&r->j);
		for (size_t i = 0; i < c->n_review; i++)
			if (api_crisis_sees(r, c->review[i]))
				api_crisis_put(r, c->review[i]);
		ward_json_arr_end(&r->j);
		put_past(r);
	}
	put_may(r);
	ward_json_put_u64(&r->j, "forgotten", c->forgotten);
	ward_json_put_bool(&r->j, "exercise", ward_model_exercise(r->a->o.model, r->a->o.exercise));
	ward_json_obj_end(&r->j);
}
