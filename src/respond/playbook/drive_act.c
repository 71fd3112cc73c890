/* Steps that act: proposed to whoever acts, and done or failed by what its rows say. */
#include "respond/playbook/call.h"
#include "respond/playbook/drive_priv.h"

#include <stdio.h>

enum { ACTIONS_MAX = 1 << 20, SAID_BYTES = 300, ARGS_MAX = WARD_DECISION_ARGS / 2 };

struct asking {
	const struct drive_entry *e;
	const struct ward_run_request *q;
};

/* As respond/act makes it of a proposal. */
static struct ward_id action_of(struct ward_id request)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward action");
	ward_idgen_id(&g, request);
	return ward_idgen_final(&g);
}

static struct drive_action *find(const struct ward_drive *d, struct ward_id id)
{
	for (size_t i = d->n_action; i-- > 0;)
		if (ward_id_eq(d->action[i].id, id))
			return &d->action[i];
	return NULL;
}

static enum ward_err put(struct ward_drive *d, const struct drive_action *a)
{
	struct drive_action *x = find(d, a->id);

	if (!x) {
		enum ward_err err = ward_mem_more(d->o.mem, &d->action, d->n_action, &d->cap_action,
			sizeof(*d->action), ACTIONS_MAX);

		if (err)
			return err == WARD_ERR_LIMIT ? WARD_OK : err;
		x = &d->action[d->n_action++];
	}
	*x = *a;
	return WARD_OK;
}

/* What a state of an action means for the step. */
static const struct {
	const char *state;
	bool well;
	const char *why;
} became[] = {{"done", true, NULL}, {"finished", true, NULL},
	{"failed", false, "the system did not do it"}, {"refused", false, "people refused it"},
	{"suspended", false, "a fire alarm suspended it"},
	{"expired", false, "nobody approved it in time"},
	{"in-doubt", false, "nobody knows whether it was done: somebody looks"},
	/* before it was ever seen as done */
	{"back", false, "a fire alarm took it back"},
	{"undoing", false, "a fire alarm took it back"}, {"undone", false, "it was taken back"}};

enum ward_err ward_drive_action(struct ward_drive *d, const struct ward_drive_row *row)
{
	struct drive_action a = {.id = row->id, .known = true};
	const struct ward_conf *c;

	if (find(d, row->id) && find(d, row->id)->over)
		return WARD_OK;
	c = drive_parse(d, row->json);
	if (!c) {
		if (d->o.counters)
			ward_count_name(d->o.counters, "playbook.unreadable", 1);
		return WARD_OK;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(became); i++)
		if (ward_str_eqz(ward_conf_word(c, "state"), became[i].state)) {
			a.over = true;
			a.well = became[i].well;
			a.why = became[i].why;
		}
	return put(d, &a);
}

enum ward_err ward_drive_proposed(
	struct ward_drive *d, struct ward_id wish, const struct ward_decided *said)
{
	struct drive_action a = {.id = action_of(wish), .known = true};
	const struct drive_action *x = find(d, a.id);

	if (x && x->over)
		return WARD_OK;
	if (said->err) {
		a.over = true;
		a.by_hand = said->err == WARD_ERR_NOT_FOUND;
		a.why = a.by_hand ? "no system of actuators.yml may do this"
				  : "whoever acts did not take it";
		a.said = ward_arena_str(&d->texts, ward_str_sub(said->why, 0, SAID_BYTES));
		if (!a.said.p)
			return WARD_ERR_NOMEM;
	}
	return put(d, &a);
}

/* By its id, or by a name that nothing else has. */
static uint32_t thing_of(const struct ward_model *m, struct ward_str text)
{
	uint32_t node = ward_model_find(m, text), found = WARD_NONE;

	if (node != WARD_NONE || !text.len)
		return node;
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		if (!ward_str_eq(ward_model_node(m, i)->name, text))
			continue;
		if (found != WARD_NONE)
			return WARD_NONE;
		found = i;
	}
	return found;
}

static bool value_of(void *ctx, struct ward_str name, struct ward_str *ret)
{
	const struct asking *a = ctx;

	return ward_run_value(a->e->run, a->q, name, ret);
}

/* {"does":"isolate","incident":ID,"until":TIME}, or the command that it is, into d->json. False: it
 * is nothing that can be asked for. */
static bool put_args(struct ward_drive *d, struct asking *a, uint32_t node)
{
	const struct ward_run_request *q = a->q;
	struct ward_playbook_call call = {.p = q->playbook,
		.s = q->step,
		.x = q->command,
		.value = value_of,
		.ctx = a,
		.thing = ward_model_node(d->o.m, node)->id};
	struct ward_json j = ward_json_on(&d->json);

	ward_wr_reset(&d->json);
	ward_json_obj(&j);
	if (q->step->does.len) {
		ward_json_key(&j, "does");
		ward_json_str(&j, q->step->does);
	} else if (!ward_playbook_call_put(&call, &j)) {
		return false;
	}
	if (a->e->is.incident.len) {
		ward_json_key(&j, "incident");
		ward_json_str(&j, a->e->is.incident);
	}
	ward_json_key(&j, "until");
	ward_json_time(&j, q->due);
	ward_json_obj_end(&j);
	return !ward_wr_bad(&d->json) && d->json.len <= ARGS_MAX;
}

static const struct ward_playbook_party *thing_party(const struct ward_run_request *q)
{
	const struct ward_playbook_step *s = q->step;

	if (!s->does.len)
		return ward_playbook_thing(q->playbook, s);
	return s->n_target == 1 && s->target[0] != WARD_NONE ? &q->playbook->party[s->target[0]]
							     : NULL;
}

/* NULL: it is to be proposed for *ret, and its args are in d->json; else why it can't be. */
static const char *resolve(struct ward_drive *d, const struct drive_entry *e,
	const struct ward_run_request *q, uint32_t *ret)
{
	const struct ward_playbook_party *x = thing_party(q);
	struct asking a = {e, q};
	struct ward_str thing, value;

	*ret = WARD_NONE;
	if (!d->o.acts || !d->o.m)
		return "no system of actuators.yml acts here: somebody does it by hand";
	if (!x)
		return "it does not say on what";
	thing = x->thing;
	if (ward_run_value(e->run, q, thing, &value))
		thing = value;
	*ret = thing_of(d->o.m, thing);
	if (*ret == WARD_NONE)
		return "what it is to be done to is no one thing of the hospital";
	return put_args(d, &a, *ret) ? NULL : "with these values it is nothing that is asked for";
}

static bool acts(const struct ward_run_request *q)
{
	return q->ask != WARD_RUN_ASK_ROLE && q->ask != WARD_RUN_ASK_CONFIRM;
}

bool drive_acted(
	struct ward_drive *d, const struct drive_entry *e, ward_ns now, struct drive_step *s)
{
	struct ward_run_request q;

	for (size_t i = 0; ward_run_open(e->run, i, &q); i++) {
		const struct drive_action *a = acts(&q) ? find(d, action_of(q.id)) : NULL;
		uint32_t node;
		const char *why = !acts(&q) || (a && a->over) ? NULL : resolve(d, e, &q, &node);

		if (q.due <= now || !acts(&q) || (!why && !(a && a->over)))
			continue;
		s->cause = DRIVE_ANSWER;
		s->request = q.id;
		s->well = a && a->over && a->well;
		/* what is proposed may be done yet: then nobody is asked to do it as well */
		s->by_hand = !q.step->does.len && (a ? a->by_hand : why != NULL);
		s->why = why ? why : a->why;
		s->text = a && a->said.len ? a->said : s->why ? ward_str_z(s->why) : WARD_STR("");
		return true;
	}
	return false;
}

static bool make_wish(struct ward_drive *d, const struct drive_entry *e,
	const struct ward_run_request *q, struct ward_decision *ret)
{
	uint32_t node;

	if (!acts(q) || find(d, action_of(q->id)) || resolve(d, e, q, &node))
		return false;
	(void)snprintf(d->reason, sizeof(d->reason), "%.*s: %.*s",
		WARD_STR_ARG(ward_str_sub(q->playbook->name, 0, 200)),
		WARD_STR_ARG(ward_str_sub(q->step->name, 0, 200)));
	for (char *c = d->reason; *c; c++) /* a playbook's names are anybody's */
		*c = (unsigned char)*c < ' ' || *c == 0x7F ? ' ' : *c;
	*ret = (struct ward_decision){.kind = WARD_DECISION_PROPOSE,
		.id = q->id,
		.at = e->is.last,
		.person = WARD_STR("playbook"),
		.role = WARD_STR("playbook"),
		.subject = ward_model_node(d->o.m, node)->id,
		.text = ward_str_z(d->reason),
		.args = ward_wr_text(&d->json)};
	return true;
}

bool ward_drive_wish(struct ward_drive *d, struct ward_decision *ret)
{
	for (size_t k = 0; k < d->n; k++) {
		const struct drive_entry *e = &d->entry[k];
		struct ward_run_request q;

		for (size_t i = 0; e->run && ward_run_open(e->run, i, &q); i++)
			if (make_wish(d, e, &q, ret))
				return true;
	}
	return false;
}
