/* Whether what a playbook names is there in the hospital, and may be acted on. */
#include "respond/playbook/call.h"
#include "respond/playbook/check.h"

#include "model/near.h"

#include <stdio.h>

enum { NESTED_STEPS_MAX = 1 << 12, CALL_MAX = 32 << 10 };

static bool is_role(const struct ward_model *m, uint32_t i)
{
	return i != WARD_NONE && ward_model_node(m, i)->kind == WARD_NODE_ROLE;
}

/* By its id; else by its name. */
static bool role_there(const struct ward_model *m, struct ward_str id, struct ward_str name)
{
	if (id.len)
		return is_role(m, ward_model_find(m, id));
	if (is_role(m, ward_model_find(m, name)))
		return true;
	for (uint32_t i = 0; i < ward_model_n(m); i++)
		if (is_role(m, i) && ward_str_ieq(ward_model_node(m, i)->name, name))
			return true;
	return false;
}

static void role(struct ward_playbook_check *c, const struct ward_conf *at, const char *key,
	struct ward_str id, struct ward_str name)
{
	const struct ward_model *m = c->world->m;
	struct ward_str want = id.len ? id : name;
	size_t budget = 4096;
	struct ward_near near = ward_near_start(want, &budget);

	if (!m || role_there(m, id, name))
		return;
	for (uint32_t i = 0; i < ward_model_n(m); i++)
		if (is_role(m, i))
			ward_near_offer(&near, ward_model_node(m, i)->id);
	if (!near.best.len) {
		ward_playbook_check_bad(c, at, key, WARD_TEXT("no role of this hospital:"), want,
			WARD_TEXT("name the id of one of the hospital's `roles:`"));
		return;
	}
	ward_diag_addf(c->at.diag, WARD_DIAG_ERROR, c->at.file, at->line,
		WARD_TEXT("%s/%s: no role of this hospital: '%.*s'\ndid you mean %.*s? Roles are "
			  "those of the hospital's `roles:`"),
		c->at.pointer, key, WARD_STR_ARG(want), WARD_STR_ARG(near.best));
	c->bad = true;
}

/* A step that is proposed to whoever acts: people approve it there, with proof. */
static void does(struct ward_playbook_check *c, const struct ward_playbook_step *s,
	const struct ward_playbook_command *x)
{
	static const char *const known[] = {"isolate", "lock", "release", "tell"};
	const struct ward_playbook_party *t =
		s->n_target == 1 && s->target[0] != WARD_NONE ? &c->p->party[s->target[0]] : NULL;
	size_t i = 0;

	while (i < WARD_ARRAY_LEN(known) && !ward_str_eqz(s->does, known[i]))
		i++;
	if (i == WARD_ARRAY_LEN(known))
		ward_playbook_check_bad(c, s->at, "step_extensions",
			WARD_TEXT("nothing that Ward has done:"), s->does,
			WARD_TEXT(
				"write \"does\": isolate, lock, release or tell (docs/acting.md)"));
	if (!t || !t->thing.len)
		ward_playbook_check_bad(c, s->at, "targets",
			WARD_TEXT("what it does is done to one thing, and none is named"),
			WARD_STR(""),
			WARD_TEXT("name one target that has a \"thing\" in Ward's extension"));
	if (s->n_command != 1 || x->act == WARD_PLAYBOOK_BASH)
		ward_playbook_check_bad(c, s->at, "commands",
			WARD_TEXT("what a system of actuators.yml does is one openc2-http or "
				  "http-api command"),
			WARD_STR(""), WARD_TEXT("make a step of its own for everything else"));
}

struct seeing {
	struct ward_playbook_check *c;
	uint32_t step;
};

static bool value_of(void *ctx, struct ward_str name, struct ward_str *ret)
{
	const struct seeing *s = ctx;
	const struct ward_playbook_var *v = ward_playbook_seen(s->c, s->step, name);
	bool known = v && v->known && !v->external; /* whoever begins it may say another */

	if (known)
		*ret = v->value;
	return known;
}

/* Whether any system may be asked for it, whatever is not known yet. */
static void may(struct ward_playbook_check *c, const struct ward_playbook_step *s,
	const struct ward_playbook_command *x)
{
	const struct ward_playbook_party *thing = ward_playbook_thing(c->p, s);
	struct seeing seeing = {c, (uint32_t)(s - c->p->step)};
	struct ward_playbook_call call = {
		.p = c->p, .s = s, .x = x, .value = value_of, .ctx = &seeing, .open = true};
	struct ward_wr w = ward_wr_grow(c->p->mem, CALL_MAX);
	struct ward_json j = ward_json_on(&w);

	if (!thing)
		ward_playbook_check_bad(c, s->at, "targets",
			WARD_TEXT("what it does is done to one thing, and none is named"),
			WARD_STR(""),
			WARD_TEXT("name one target that has a \"thing\" in Ward's extension"));
	uint32_t node = thing ? ward_model_find(c->world->m, thing->thing) : WARD_NONE;

	if (node != WARD_NONE)
		call.thing = thing->thing;
	ward_json_obj(&j);
	bool good = ward_playbook_call_put(&call, &j);

	if (good)
		ward_json_obj_end(&j);
	if (thing &&
		!(good && !ward_wr_bad(&w) && c->world->may(c->world->ctx, ward_wr_text(&w), node)))
		ward_playbook_check_bad(c, x->at, "commands",
			WARD_TEXT("no system of actuators.yml may do this:"), x->text,
			WARD_TEXT("write it as what a system does that agent or targets name "
				  "(docs/acting.md), or make the step manual"));
	ward_wr_fini(&w);
}

/* A command that is proposed, or done by hand where no system may. */
static void proposed(struct ward_playbook_check *c, const struct ward_playbook_step *s,
	const struct ward_playbook_command *x, const struct ward_playbook_party *agent)
{
	if (s->confirm.len)
		role(c, s->at, "step_extensions", s->confirm, WARD_STR(""));
	else if (agent && ward_playbook_is_person(agent))
		role(c, agent->at, "agent", agent->role, agent->name);
	else
		ward_playbook_check_bad(c, s->at, "step_extensions",
			WARD_TEXT("it acts, and nobody is named who does it where no system may"),
			WARD_STR(""),
			WARD_TEXT("add \"confirm\": ROLE to Ward's extension of the step, or let a "
				  "role be its agent"));
	if (s->n_out)
		ward_playbook_check_warn(c, s->at, "out_args",
			WARD_TEXT("what a system answers is not read: no value comes of it"),
			WARD_STR(""), WARD_TEXT("ask a person for it in a step of its own"));
	if (c->world->m && c->world->may)
		may(c, s, x);
}

static void command(struct ward_playbook_check *c, const struct ward_playbook_step *s,
	const struct ward_playbook_command *x)
{
	const struct ward_playbook_party *agent =
		s->agent == WARD_NONE ? NULL : &c->p->party[s->agent];

	if (x->act == WARD_PLAYBOOK_OTHER) {
		ward_playbook_check_warn(c, x->at, "commands",
			WARD_TEXT("a command that Ward never executes:"), x->type,
			WARD_TEXT("the step will fail; use manual, http-api, openc2-http or bash"));
		return;
	}
	if (x->act == WARD_PLAYBOOK_MANUAL) {
		if (agent)
			role(c, agent->at, "agent", agent->role, agent->name);
		return;
	}
	if (s->does.len)
		does(c, s, x);
	else
		proposed(c, s, x, agent);
	ward_playbook_check_acts(c, s, x);
}

static void things(struct ward_playbook_check *c)
{
	const struct ward_model *m = c->world->m;

	for (size_t i = 0; m && i < c->p->n_party; i++) {
		const struct ward_playbook_party *x = &c->p->party[i];

		if (ward_playbook_find_var(c->p->var, c->p->n_var, x->thing))
			continue; /* whatever it is by then */
		if (x->thing.len && ward_model_find(m, x->thing) == WARD_NONE)
			ward_playbook_check_bad(c, x->at, "target_definitions",
				WARD_TEXT("no place or asset of this hospital:"), x->thing,
				WARD_TEXT("name the id of a node of the hospital directory"));
	}
}

static void threats(struct ward_playbook_check *c)
{
	const struct ward_conf *e = ward_conf_get(
		ward_conf_get(c->p->tree, "playbook_extensions"), WARD_PLAYBOOK_EXTENSION);

	for (size_t i = 0; c->world->t && i < c->p->n_threat; i++) {
		struct ward_str codes = c->p->threat[i];

		do {
			struct ward_str code = ward_str_cut(&codes, WARD_PLAYBOOK_BOTH);

			if (ward_threats_find(c->world->t, code) == WARD_NONE)
				ward_playbook_check_bad(c, e, "threats", WARD_TEXT("no threat"),
					code, WARD_TEXT("take a code of content/threats.yml"));
		} while (codes.len);
	}
	if (e && (c->p->level < 1 || c->p->level > 3))
		ward_playbook_check_bad(c, e, "level", WARD_TEXT("no level from 1 to 3"),
			WARD_STR(""), WARD_TEXT("write \"level\": 1, 2 or 3"));
}

/* Nested playbooks are there, and none comes back to itself. */
static void nested(struct ward_playbook_check *c, const struct ward_playbook_step *first)
{
	const struct ward_playbook *p = c->p;
	struct {
		const struct ward_playbook *p;
		size_t at;
	} stack[WARD_PLAYBOOK_DEPTH_MAX + 1];
	size_t n = 1, budget = NESTED_STEPS_MAX;

	stack[0].p = p;
	stack[0].at = 0;
	while (n) {
		const struct ward_playbook *q = stack[n - 1].p;

		if (stack[n - 1].at == q->n_step) {
			n--;
			continue;
		}
		const struct ward_playbook_step *s = &q->step[stack[n - 1].at++];

		if (s->kind != WARD_PLAYBOOK_NESTED)
			continue;
		const struct ward_conf *version = ward_conf_get(s->at, "playbook_version");
		const struct ward_playbook *to = ward_playbooks_find(
			c->world->others, s->playbook, version ? version->text : WARD_STR(""));

		if (!to) {
			ward_playbook_check_bad(c, q == p ? s->at : first->at, "playbook_id",
				WARD_TEXT("no such playbook:"), s->playbook,
				WARD_TEXT("give its file, too"));
			return;
		}
		if (to == p || n == WARD_ARRAY_LEN(stack) || !budget--) {
			ward_playbook_check_bad(c, first->at, "playbook_id",
				to == p ? WARD_TEXT("it comes back to itself by")
					: WARD_TEXT("nested deeper than 4, or in too many ways:"),
				s->playbook, WARD_TEXT("do without one of them"));
			return;
		}
		stack[n].p = to;
		stack[n++].at = 0;
	}
}

void ward_playbook_check_world(struct ward_playbook_check *c)
{
	const struct ward_playbook_step *first = NULL;

	ward_playbook_check_at(c, NULL);
	threats(c);
	things(c);
	for (size_t i = 0; i < c->p->n_step; i++) {
		const struct ward_playbook_step *s = &c->p->step[i];

		ward_playbook_check_at(c, s);
		for (size_t k = 0; k < s->n_command; k++)
			command(c, s, &s->command[k]);
		if (s->kind != WARD_PLAYBOOK_NESTED)
			continue;
		ward_playbook_check_pass(c, s);
		first = first ? first : s;
	}
	if (!first)
		return;
	ward_playbook_check_at(c, first);
	if (c->world->others)
		nested(c, first);
	else
		ward_playbook_check_warn(c, first->at, "playbook_id", WARD_TEXT("not looked for:"),
			first->playbook, WARD_TEXT("give its file, too"));
}
