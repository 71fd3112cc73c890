/* What people and playbooks propose: which ability does it, what it does to care, and what of it is
 * shown. */
#include "respond/act/called.h"
#include "respond/act/priv.h"

#include <stdio.h>

static const ward_ns proposal_least = 60 * WARD_NS_PER_S;

struct wish {
	const struct ward_ability *y;
	size_t ability;
	uint32_t node;
	char host[18];        /* of it; or empty */
	struct act_switch at; /* where it hangs, if that was looked for */
	struct ward_act_effect effect;
	struct ward_id id;
	uint8_t nonce[16], asks[32], digest[32];
	ward_ns expires;
	bool two, by_person;
	bool among; /* others, which nobody knows, hang where it does */
};

static struct ward_act_thing on(const struct wish *w)
{
	return (struct ward_act_thing){
		w->node, ward_str_z(w->host), ward_str_z(w->at.port), ward_str_z(w->at.behind)};
}

/* Over all that is shown and all that will be asked for: whoever approves approves exactly this. */
static void digest(struct ward_act *a, struct wish *w)
{
	struct ward_wr all = ward_wr_grow(a->o.mem, WARD_ACT_EFFECT + (16 << 10));

	act_body(a, w->y, on(w), w->id, false);
	act_asks(a, w->y, on(w), w->asks);
	ward_wr_lv(&all, ward_wr_slice(&a->body));
	ward_wr_bytes(&all, w->asks, sizeof(w->asks));
	ward_wr_lv(&all, ward_str_bytes(w->effect.json));
	ward_wr_u8(&all, w->effect.clinical);
	ward_wr_u8(&all, w->two);
	ward_wr_be64(&all, (uint64_t)w->y->lasts);
	ward_wr_be64(&all, (uint64_t)w->expires);
	ward_wr_bytes(&all, w->nonce, sizeof(w->nonce));
	WARD_ASSERT(!ward_wr_bad(&all));
	ward_sha256(ward_wr_slice(&all), w->digest);
	ward_wr_fini(&all);
}

static void put_hash(struct ward_json *j, const char *key, const uint8_t hash[32])
{
	char hex[65];
	struct ward_wr w = ward_wr_fixed(hex, sizeof(hex));

	ward_wr_hex(&w, ward_slice_of(hash, 32));
	ward_json_key(j, key);
	ward_json_str(j, ward_wr_text(&w));
}

/* Who can agree where care is touched. */
static void put_care_roles(struct ward_act *a, struct ward_json *j)
{
	ward_json_key(j, "care_roles");
	ward_json_arr(j);
	for (uint32_t i = 0; i < ward_model_n(a->o.m); i++)
		if (ward_model_node(a->o.m, i)->kind == WARD_NODE_ROLE && a->o.answers(a->o.ctx, i))
			ward_json_str(j, ward_model_node(a->o.m, i)->id);
	ward_json_arr_end(j);
}

static void put_shown(struct ward_act *a, struct ward_json *j, const struct wish *w)
{
	const struct ward_actuator *system = &a->o.table->a[w->y->actuator];
	char name[2 * WARD_ACTUATOR_ID + 2];
	struct ward_wr n = ward_wr_fixed(name, sizeof(name));

	ward_wr_str(&n, system->id);
	ward_wr_ch(&n, '/');
	ward_wr_str(&n, w->y->id);
	ward_json_key(j, "ability");
	ward_json_str(j, ward_wr_text(&n));
	ward_json_key(j, "does");
	ward_json_z(j, ward_does_name(w->y->does));
	ward_json_key(j, "thing");
	ward_json_str(j, ward_model_node(a->o.m, w->node)->id);
	if (w->host[0]) {
		ward_json_key(j, "host");
		ward_json_z(j, w->host);
	}
	if (w->at.port[0]) {
		ward_json_key(j, "port");
		ward_json_z(j, w->at.port);
		ward_json_key(j, "behind");
		ward_json_z(j, w->at.behind);
	}
	ward_json_key(j, "system");
	ward_json_str_cut(j, system->name, 200);
	ward_json_key(j, "request"); /* exactly what will be sent */
	ward_json_raw(j, ward_wr_text(&a->body));
	ward_json_key(j, "effect");
	ward_json_raw(j, w->effect.json);
	ward_json_key(j, "clinical");
	ward_json_bool(j, w->effect.clinical);
	ward_json_key(j, "two_persons");
	ward_json_bool(j, w->two);
	ward_json_key(j, "roles");
	ward_json_arr(j);
	for (size_t i = 0; i < w->y->n_role; i++)
		ward_json_str(j, ward_model_node(a->o.m, w->y->role[i])->id);
	ward_json_arr_end(j);
	if (w->effect.clinical)
		put_care_roles(a, j);
	ward_json_key(j, "lasts_seconds");
	ward_json_i64(j, w->y->lasts / WARD_NS_PER_S);
	ward_json_key(j, "expires");
	ward_json_time(j, w->expires);
	put_hash(j, "asks", w->asks);
	put_hash(j, "shown", w->digest);
}

static size_t ability_of_kind(
	struct ward_act *a, const struct ward_conf *args, uint32_t node, bool exercise)
{
	struct ward_str does = ward_conf_word(args, "does");

	if (ward_conf_word(args, "command").len)
		return ward_ability_called(a->o.table, a->o.m, a->o.lim, args, node, exercise);
	for (size_t i = 0; i < WARD_DOES_N; i++)
		if (ward_str_eqz(does, ward_does_name((enum ward_does)i)))
			return ward_ability_narrowest(
				a->o.table, (enum ward_does)i, node, exercise);
	return SIZE_MAX;
}

/* By its name, by the command of a playbook, or the narrowest that does it to that thing; one of
 * the other kind of system only so that it can be said. */
static size_t ability_for(struct ward_act *a, const struct ward_conf *args, uint32_t node)
{
	size_t i;

	if (ward_conf_word(args, "ability").len)
		return ward_ability_find(a->o.table, ward_conf_word(args, "ability"));
	i = ability_of_kind(a, args, node, a->o.exercise);
	return i == SIZE_MAX ? ability_of_kind(a, args, node, !a->o.exercise) : i;
}

/* Would each undo what the other does, at the same system? */
static bool is_alike(
	const struct ward_act *a, const struct action *x, size_t ability, struct ward_act_thing to)
{
	const struct ward_ability *y = &a->o.table->ability[ability];
	const struct ward_ability *of =
		x->ability == SIZE_MAX ? NULL : &a->o.table->ability[x->ability];
	struct ward_str port = act_port(y, to);

	if (!of || x->node == WARD_NONE || of->actuator != y->actuator)
		return false;
	return (x->node == to.node && ward_str_eqz(to.host, x->host) &&
		       (x->ability == ability ||
			       (of->does == y->does && y->does != WARD_DOES_TELL))) ||
	       (port.len && ward_str_eq(act_port(of, act_thing(x)), port));
}

static bool is_pending(const struct ward_act *a, size_t ability, struct ward_act_thing to)
{
	for (size_t i = 0; i < a->n; i++)
		if (!ward_act_over(a->action[i].state) && is_alike(a, &a->action[i], ability, to))
			return true;
	return false;
}

/* Whoever has taken over who drives playbooks can't fill the table, nor the ledger. */
static bool has_asked_enough(const struct ward_act *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n += a->action[i].by_playbook && a->action[i].state == WARD_ACT_PROPOSED;
	return n >= PLAYBOOK_MOST;
}

/* Names it a host where it has to, and nothing else: of things that the hospital knows, more is
 * known than their address. */
static bool is_host(
	struct ward_act *a, struct ward_str host, struct wish *w, struct ward_decided *ret)
{
	if (!w->y->hosts && !host.len)
		return true;
	if (!w->y->hosts)
		return act_no(a, ret, WARD_ERR_MALFORMED,
			WARD_TEXT("it acts on the thing itself, and names no host"));
	if (!ward_act_host(host, w->host))
		return act_no(a, ret, WARD_ERR_MALFORMED,
			WARD_TEXT("it acts on one host of the network: say `host`, its MAC "
				  "address"));
	if (ward_model_by_key(a->o.m, WARD_KEY_MAC, host) != WARD_NONE)
		return act_no(a, ret, WARD_ERR_DENIED,
			WARD_TEXT("the hospital knows whose address that is: propose it of that "
				  "thing"));
	return true;
}

static bool is_new(struct ward_act *a, const struct wish *w, struct ward_decided *ret)
{
	if (is_pending(a, w->ability, on(w)))
		return act_no(a, ret, WARD_ERR_STATE,
			WARD_TEXT(
				"it, or the same by the same system, is proposed or done already"));
	return true;
}

/* Is that address the thing's own? */
static bool is_own(const struct ward_act *a, const struct wish *w, const uint8_t mac[6])
{
	char text[18];
	struct ward_wr to = ward_wr_fixed(text, sizeof(text));

	ward_port_mac(&to, mac);
	return w->host[0] ? ward_str_eqz(ward_wr_text(&to), w->host)
			  : ward_model_by_key(a->o.m, WARD_KEY_MAC, ward_wr_text(&to)) == w->node;
}

static bool goes_with(const struct wish *w, uint32_t node)
{
	for (size_t i = 0; i < w->y->n_cuts; i++)
		if (w->y->cuts[i] == node)
			return true;
	return false;
}

/* What else is behind the port is cut off with it: what the hospital knows has to be part of the
 * forecast, and what it does not know may be a device of care. */
static bool is_alone(struct ward_act *a, struct wish *w, struct ward_decided *ret)
{
	for (size_t i = 0; i < w->at.n_mac; i++) {
		char text[18];
		struct ward_wr to = ward_wr_fixed(text, sizeof(text));

		ward_port_mac(&to, w->at.mac[i]);
		uint32_t node = ward_model_by_key(a->o.m, WARD_KEY_MAC, ward_wr_text(&to));

		if (is_own(a, w, w->at.mac[i]))
			continue;
		if (w->at.unheard != SIZE_MAX) /* its port may be the way there */
			return act_unheard(a, w->at.unheard, ret);
		if (node == WARD_NONE)
			w->among = true;
		else if (w->y->hosts)
			return act_no(a, ret, WARD_ERR_DENIED,
				WARD_TEXT("something else of the hospital hangs on the same port, "
					  "and a host is cut off only alone: go there and unplug "
					  "it"));
		else if (!goes_with(w, node))
			return act_no(a, ret, WARD_ERR_DENIED,
				WARD_TEXT("something else of the hospital hangs on the same port, "
					  "and would be cut off with it: name it in `cuts`"));
	}
	w->among |= w->at.unheard != SIZE_MAX; /* alone there, as far as is known */
	return true;
}

static bool is_found(struct ward_act *a, struct wish *w, ward_ns now, struct ward_decided *ret)
{
	const struct act_sought of = {w->id, on(w), w->by_person};

	if (!act_seek(a, &of, &w->ability, now, &w->at, ret))
		return false;
	w->y = &a->o.table->ability[w->ability];
	return is_new(a, w, ret) && is_alone(a, w, ret);
}

/* As the forecast says, and that nobody knows all that hangs there. */
static enum ward_err forecast(struct ward_act *a, struct wish *w)
{
	enum ward_err err = a->o.effect(a->o.ctx, w->y, on(w), &w->effect);
	struct ward_str json = w->effect.json;

	if (err || !w->among || w->host[0])
		return err;
	WARD_ASSERT(json.len > 2);
	ward_wr_reset(&a->answer);
	ward_wr_str(&a->answer, ward_str_sub(json, 0, json.len - 1));
	ward_wr_z(&a->answer, ",\"unknown\":true}");
	w->effect = (struct ward_act_effect){true, ward_wr_text(&a->answer)};
	return ward_wr_bad(&a->answer) ? WARD_ERR_NOMEM : WARD_OK;
}

static bool choose(struct ward_act *a, const struct ward_decision *d, struct wish *w, ward_ns now,
	struct ward_decided *ret)
{
	w->node = ward_model_find(a->o.m, d->subject);
	if (w->node == WARD_NONE)
		return act_no(a, ret, WARD_ERR_NOT_FOUND,
			WARD_TEXT("the hospital has nothing of this id"));
	if (act_elsewhere(a, d, w->node))
		return act_no(a, ret, WARD_ERR_DENIED, WARD_TEXT("it is at no place of yours"));
	w->ability = ability_for(a, act_args(a, d), w->node);
	if (w->ability == SIZE_MAX)
		return act_no(a, ret, WARD_ERR_NOT_FOUND,
			WARD_TEXT("no system of actuators.yml can do that to it"));
	w->y = &a->o.table->ability[w->ability];
	if (!ward_ability_acts_on(w->y, w->node))
		return act_no(a, ret, WARD_ERR_DENIED,
			WARD_TEXT("actuators.yml does not let it act on that"));
	if (a->o.table->a[w->y->actuator].exercise != a->o.exercise)
		return act_no(a, ret, WARD_ERR_DENIED,
			a->o.exercise
				? WARD_TEXT("this is an exercise, and the system is a real one")
				: WARD_TEXT("the system is there for exercises alone"));
	if (w->y->does == WARD_DOES_LOCK && a->burns)
		return act_no(a, ret, WARD_ERR_STATE,
			WARD_TEXT("there is a fire alarm: no door is locked"));
	if (!is_host(a, ward_conf_word(act_args(a, d), "host"), w, ret))
		return false;
	return is_new(a, w, ret) && (!w->y->seeks || is_found(a, w, now, ret));
}

bool act_propose(struct ward_act *a, const struct ward_decision *d, bool by_person, ward_ns now,
	struct ward_act_row *row, struct ward_decided *ret)
{
	struct wish w = {.expires = now + ACT_STANDS, .by_person = by_person};
	const struct ward_conf *args;
	struct ward_id incident;
	struct ward_idgen g;
	ward_ns until;

	ward_idgen_init(&g, "ward action");
	ward_idgen_id(&g, d->id);
	w.id = ward_idgen_final(&g);
	if (act_find(a, w.id))
		return act_no(a, ret, WARD_OK, WARD_TEXT("it is proposed already"));
	if (!by_person && has_asked_enough(a))
		return act_no(a, ret, WARD_ERR_LIMIT,
			WARD_TEXT("playbooks have proposed enough; decide of it first"));
	if (!act_has_room(a))
		return act_no(a, ret, WARD_ERR_LIMIT,
			WARD_TEXT("too many actions are open; let some of them be undone or "
				  "refused first"));
	if (!choose(a, d, &w, now, ret))
		return false;
	enum ward_err err = forecast(a, &w);

	if (err || w.effect.json.len > WARD_ACT_EFFECT)
		return act_no(a, ret, err ? err : WARD_ERR_LIMIT,
			WARD_TEXT("what it does to care can't be told, so it is not proposed"));
	args = act_args(a, d);
	if (ward_time_parse(ward_conf_word(args, "until"), &until) == WARD_OK && until < w.expires)
		w.expires = until; /* whoever proposed it does something else then */
	if (w.expires < now + proposal_least)
		return act_no(a, ret, WARD_ERR_STATE, WARD_TEXT("so soon nobody can approve it"));
	w.two = w.y->two || w.effect.clinical;
	a->o.nonce(a->o.ctx, w.nonce);
	digest(a, &w);
	*row = (struct ward_act_row){.id = w.id, .revision = 1, .time = now};
	struct ward_json j = act_row_begin(a, w.id, "propose", WARD_ACT_PROPOSED);

	ward_json_key(&j, "by");
	ward_json_z(&j, by_person ? "person" : "playbook");
	ward_json_key(&j, "person");
	ward_json_str(&j, by_person ? d->person : WARD_STR(""));
	ward_json_key(&j, "role");
	ward_json_str(&j, by_person ? d->role : WARD_STR(""));
	ward_json_key(&j, "reason");
	ward_json_str(&j, d->text);
	if (ward_id_parse(ward_conf_word(args, "incident"), &incident)) {
		ward_json_key(&j, "incident");
		ward_json_str(&j, ward_conf_word(args, "incident"));
	}
	put_shown(a, &j, &w);
	if (!act_row_end(a, &j, row))
		return act_no(a, ret, WARD_ERR_LIMIT, WARD_TEXT("its record is too long"));
	*ret = (struct ward_decided){WARD_OK, WARD_STR(""), row->json};
	return true;
}
