/* What the rows say. */
#include "respond/act/priv.h"

#include <stdio.h>

/* Between tries to take a lock of which nobody knows back in a fire. */
static const ward_ns doubt_pause = 60 * WARD_NS_PER_S;

enum { SCRATCH_BYTES = 4 << 20, ANSWER_MAX = 48 << 10 };

void act_count(const struct ward_act *a, const char *name)
{
	if (a->o.counters)
		ward_count_name(a->o.counters, name, 1);
}

enum ward_err ward_act_new(const struct ward_act_opts *o, struct ward_act **ret)
{
	if (o->n_policy && !o->exercise)
		return WARD_ERR_DENIED;
	struct ward_act *a = ward_mem_alloc(o->mem, sizeof(*a));
	size_t n = o->n_person + 1;

	if (!a)
		return WARD_ERR_NOMEM;
	WARD_ASSERT(o->n_person <= WARD_ACT_PERSONS && o->n_policy <= WARD_ACT_POLICY_ROLES);
	*a = (struct ward_act){.o = *o};
	ward_arena_init(&a->scratch, o->mem, SCRATCH_BYTES);
	a->row = ward_wr_grow(o->mem, ROW_MAX);
	a->body = ward_wr_grow(o->mem, WARD_ACT_BODY);
	a->answer = ward_wr_grow(o->mem, ANSWER_MAX);
	a->action = ward_mem_alloc(o->mem, WARD_ACTS_MAX * sizeof(*a->action));
	a->last_step = ward_mem_alloc(o->mem, n * sizeof(*a->last_step));
	a->wrong = ward_mem_alloc(o->mem, n * sizeof(*a->wrong));
	a->n_wrong = ward_mem_alloc(o->mem, n * sizeof(*a->n_wrong));
	if (!a->action || !a->last_step || !a->wrong || !a->n_wrong) {
		ward_act_free(a);
		return WARD_ERR_NOMEM;
	}
	memset(a->last_step, 0, n * sizeof(*a->last_step));
	memset(a->wrong, 0, n * sizeof(*a->wrong));
	memset(a->n_wrong, 0, n * sizeof(*a->n_wrong));
	*ret = a;
	return WARD_OK;
}

void ward_act_free(struct ward_act *a)
{
	if (!a)
		return;
	const struct ward_mem *mem = a->o.mem;
	size_t n = a->o.n_person + 1;

	ward_mem_free(mem, a->action, WARD_ACTS_MAX * sizeof(*a->action));
	ward_mem_free(mem, a->last_step, n * sizeof(*a->last_step));
	ward_mem_free(mem, a->wrong, n * sizeof(*a->wrong));
	ward_mem_free(mem, a->n_wrong, n * sizeof(*a->n_wrong));
	ward_wr_fini(&a->row);
	ward_wr_fini(&a->body);
	ward_wr_fini(&a->answer);
	ward_arena_fini(&a->scratch);
	ward_mem_free(mem, a, sizeof(*a));
}

struct action *act_find(const struct ward_act *a, struct ward_id id)
{
	for (size_t i = 0; i < a->n; i++)
		if (ward_id_eq(a->action[i].id, id))
			return &a->action[i];
	return NULL;
}

size_t act_person(const struct ward_act *a, struct ward_str id)
{
	for (size_t i = 0; i < a->o.n_person; i++)
		if (ward_str_eq(a->o.person[i].id, id))
			return i;
	return SIZE_MAX;
}

size_t act_who(const struct ward_act *a, const struct ward_conf *row)
{
	uint32_t role = ward_model_find(a->o.m, ward_conf_word(row, "role"));

	if (!ward_str_eqz(ward_conf_word(row, "policy"), "true"))
		return act_person(a, ward_conf_word(row, "person"));
	for (size_t i = 0; i < a->o.n_policy; i++)
		if (a->o.policy[i].role == role)
			return a->o.n_person + i;
	return SIZE_MAX;
}

bool ward_act_state(const struct ward_act *a, struct ward_id id, enum ward_act_state *ret)
{
	const struct action *x = act_find(a, id);

	if (x)
		*ret = x->state;
	return x != NULL;
}

void ward_act_fire(struct ward_act *a, bool burns)
{
	a->burns = burns;
}

/* ---- rows ---- */

static ward_ns time_of(const struct ward_conf *c, const char *key)
{
	ward_ns t;

	return ward_time_parse(ward_conf_word(c, key), &t) == WARD_OK ? t : 0;
}

static bool is_true(const struct ward_conf *c, const char *key)
{
	return ward_str_eqz(ward_conf_word(c, key), "true");
}

/* Room for one more: the oldest that is over goes. NULL: none is over. */
static struct action *room(struct ward_act *a)
{
	if (a->n < WARD_ACTS_MAX)
		return &a->action[a->n++];
	for (size_t i = 0; i < a->n; i++) {
		if (!ward_act_over(a->action[i].state))
			continue;
		memmove(&a->action[i], &a->action[i + 1], (a->n - i - 1) * sizeof(*a->action));
		act_count(a, "act.forgotten");
		return &a->action[a->n - 1];
	}
	return NULL;
}

bool act_has_room(const struct ward_act *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (ward_act_over(a->action[i].state))
			return true;
	return a->n < WARD_ACTS_MAX;
}

/* Is what it would be asked for now another than was shown? */
static bool is_changed(const struct ward_act *a, const struct action *x, struct ward_str hex)
{
	const struct ward_ability *y =
		x->ability == SIZE_MAX ? NULL : &a->o.table->ability[x->ability];
	uint8_t shown[32], asks[32];

	if (!y || x->node == WARD_NONE || !ward_ability_acts_on(y, x->node) ||
		y->hosts != (x->host[0] != 0) || y->seeks != (x->port[0] != 0))
		return true;
	act_asks(a, y, act_thing(x), asks);
	return !ward_str_unhex(hex, shown, sizeof(shown)) || memcmp(shown, asks, sizeof(asks)) != 0;
}

static bool on_proposed(
	struct ward_act *a, const struct ward_act_row *row, const struct ward_conf *c)
{
	struct action *x,
		fresh = {.id = row->id,
			.revision = 1,
			.state = WARD_ACT_PROPOSED,
			.ability = ward_ability_find(a->o.table, ward_conf_word(c, "ability")),
			.node = ward_model_find(a->o.m, ward_conf_word(c, "thing")),
			.clinical = is_true(c, "clinical"),
			.two = is_true(c, "two_persons"),
			.locks = ward_str_eqz(ward_conf_word(c, "does"), "lock"),
			.by_playbook = ward_str_eqz(ward_conf_word(c, "by"), "playbook"),
			.agreed = SIZE_MAX,
			.agreed_as = WARD_NONE,
			.seen = WARD_NS_NEVER,
			.expires = time_of(c, "expires")};

	if (ward_conf_word(c, "host").len && !ward_act_host(ward_conf_word(c, "host"), fresh.host))
		return false;
	if (ward_conf_word(c, "port").len > WARD_PORT_NAME ||
		ward_conf_word(c, "behind").len >= WARD_PORT_BEHIND)
		return false;
	(void)snprintf(fresh.behind, sizeof(fresh.behind), "%.*s",
		WARD_STR_ARG(ward_conf_word(c, "behind")));
	(void)snprintf(
		fresh.port, sizeof(fresh.port), "%.*s", WARD_STR_ARG(ward_conf_word(c, "port")));
	if (!ward_str_unhex(ward_conf_word(c, "shown"), fresh.digest, sizeof(fresh.digest)) ||
		!fresh.expires)
		return false;
	if (act_find(a, row->id))
		return true; /* it came twice */
	fresh.changed = is_changed(a, &fresh, ward_conf_word(c, "asks"));
	x = room(a);
	if (x)
		*x = fresh;
	return x != NULL;
}

/* Whose code was taken, or was wrong. */
static void on_code(struct ward_act *a, const struct ward_conf *c, bool wrong, ward_ns at)
{
	size_t who = act_who(a, c);
	uint64_t step;

	if (who == SIZE_MAX || act_played(a, who))
		return;
	if (wrong)
		a->wrong[who][a->n_wrong[who]++ % WRONG_MAX] = at;
	else if (ward_str_u64(ward_conf_word(c, "step"), &step) && step > a->last_step[who])
		a->last_step[who] = step;
}

static void on_event(struct ward_act *a, struct action *x, enum ward_act_event e,
	const struct ward_act_row *row, const struct ward_conf *c)
{
	if (e == WARD_ACT_EV_AGREE) {
		x->agreed = act_who(a, c);
		x->agreed_as = ward_model_find(a->o.m, ward_conf_word(c, "role"));
		x->agreed_at = row->time;
	}
	if (e == WARD_ACT_EV_SUCCEED || e == WARD_ACT_EV_RENEW) {
		x->agreed = SIZE_MAX; /* to what stands nobody agreed yet that it stands longer */
		x->agreed_as = WARD_NONE;
	}
	if (e == WARD_ACT_EV_ASK)
		x->expires = time_of(c, "expires");
	if (e == WARD_ACT_EV_RENEW || (e == WARD_ACT_EV_SUCCEED && x->state == WARD_ACT_DONE))
		x->until = time_of(c, "until");
	if (e == WARD_ACT_EV_DOUBT)
		x->next = row->time + doubt_pause;
	if (e != WARD_ACT_EV_BEGIN && e != WARD_ACT_EV_UNDO_BEGIN)
		return;
	x->begun = x->next = row->time;
	x->attempts = 0;
	x->on_way = false;
	x->mine = ward_id_eq(a->begins, x->id) && a->begins_at == row->revision;
	x->unsure = !x->mine;
}

/* What was decided, so that it is known when it is said again. */
static void on_decision(
	struct ward_act *a, const struct ward_act_row *row, const struct ward_conf *c)
{
	struct act_decided *d = &a->decided[a->n_decided % DECIDED_MAX];

	if (!ward_id_parse(ward_conf_word(c, "decision"), &d->id))
		return;
	d->action = row->id;
	d->wrong = ward_str_eqz(ward_conf_word(c, "event"), "wrong-code");
	a->n_decided++;
}

static bool on_row(struct ward_act *a, const struct ward_act_row *row, const struct ward_conf *c)
{
	struct ward_str name = ward_conf_word(c, "event");
	struct action *x = act_find(a, row->id);
	size_t e = 0;

	if (ward_str_eqz(name, "propose"))
		return on_proposed(a, row, c);
	if (!x)
		return false;
	if (row->revision <= x->revision)
		return true; /* it came twice */
	if (ward_str_eqz(name, "wrong-code")) {
		x->revision = row->revision;
		on_decision(a, row, c);
		on_code(a, c, true, row->time);
		return true;
	}
	while (e < WARD_ACT_EVENT_N && !ward_str_eqz(name, act_event_name((enum ward_act_event)e)))
		e++;
	if (e == WARD_ACT_EVENT_N ||
		ward_act_step(x->state, (enum ward_act_event)e, &x->state) != WARD_OK)
		return false;
	x->revision = row->revision;
	on_decision(a, row, c);
	on_code(a, c, false, row->time);
	on_event(a, x, (enum ward_act_event)e, row, c);
	return true;
}

enum ward_err ward_act_take(struct ward_act *a, const struct ward_act_row *row)
{
	const struct ward_conf *c;
	struct ward_diag diag;

	ward_arena_reset(&a->scratch);
	ward_diag_init(&diag, a->o.mem);
	enum ward_err err = ward_conf_json(
		&a->scratch, a->o.lim, WARD_STR("action"), 1, ward_str_bytes(row->json), &diag, &c);

	ward_diag_fini(&diag);
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err || !on_row(a, row, c))
		act_count(a, "act.unreadable");
	return WARD_OK;
}

/* ---- rows written ---- */

struct ward_json act_row_begin(
	struct ward_act *a, struct ward_id id, const char *event, enum ward_act_state state)
{
	struct ward_json j = ward_json_on(&a->row);
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_wr_reset(&a->row);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "action");
	ward_json_key(&j, "event");
	ward_json_z(&j, event);
	ward_json_key(&j, "state");
	ward_json_z(&j, ward_act_state_name(state));
	ward_json_key(&j, "id");
	ward_json_z(&j, text);
	ward_json_key(&j, "exercise");
	ward_json_bool(&j, a->o.exercise);
	return j;
}

bool act_row_end(struct ward_act *a, struct ward_json *j, struct ward_act_row *ret)
{
	ward_json_obj_end(j);
	ret->json = ward_wr_text(&a->row);
	if (ward_wr_bad(&a->row))
		act_count(a, "act.unwritten");
	return !ward_wr_bad(&a->row);
}

/* Whoever is told of what is in doubt need know no row before it. */
static void say_what(const struct ward_act *a, const struct action *x, struct ward_json *j)
{
	const struct ward_ability *y =
		x->ability == SIZE_MAX ? NULL : &a->o.table->ability[x->ability];

	if (!y || x->node == WARD_NONE)
		return;
	ward_json_key(j, "does");
	ward_json_z(j, ward_does_name(y->does));
	ward_json_key(j, "thing");
	ward_json_str(j, ward_model_node(a->o.m, x->node)->id);
	ward_json_key(j, "name");
	ward_json_str(j, ward_model_node(a->o.m, x->node)->name);
	ward_json_key(j, "roles");
	ward_json_arr(j);
	for (size_t i = 0; i < y->n_role; i++)
		ward_json_str(j, ward_model_node(a->o.m, y->role[i])->id);
	ward_json_arr_end(j);
}

bool act_row_of(struct ward_act *a, const struct action *x, enum ward_act_event e, const char *why,
	ward_ns now, struct ward_act_row *ret)
{
	enum ward_act_state to;
	enum ward_err err = ward_act_step(x->state, e, &to);

	WARD_ASSERT(!err);
	*ret = (struct ward_act_row){.id = x->id, .revision = x->revision + 1, .time = now};
	struct ward_json j = act_row_begin(a, x->id, act_event_name(e), to);

	if (why) {
		ward_json_key(&j, "why");
		ward_json_str_cut(&j, ward_str_z(why), WARD_ACT_WHY);
	}
	if (to == WARD_ACT_DOUBT)
		say_what(a, x, &j);
	if (e == WARD_ACT_EV_SUCCEED && to == WARD_ACT_DONE && x->ability != SIZE_MAX &&
		a->o.table->ability[x->ability].lasts) {
		ward_json_key(&j, "until");
		ward_json_time(&j, now + a->o.table->ability[x->ability].lasts);
	}
	return act_row_end(a, &j, ret);
}
