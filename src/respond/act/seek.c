/* On which port of which switch something hangs, asked of all switches of actuators.yml before it
 * is proposed: so the port is part of what people are shown, and of what they approve. */
#include "respond/act/priv.h"

#include <stdio.h>

/* Whoever proposes it waits, and is asked again by the desk for twenty seconds: so that the next
 * one has an answer too. One that gave none a moment ago is asked, too, and hardly waited for: a
 * dead one delays nobody but the first. */
static const ward_ns switches_answer = 8 * WARD_NS_PER_S, silent_answers = 1 * WARD_NS_PER_S,
		     silent_for = 60 * WARD_NS_PER_S;
/* What was found is kept for who looked for it, before another thing is looked for. */
static const ward_ns kept = 5 * WARD_NS_PER_S;

static bool is_zero(struct ward_id id)
{
	return ward_id_eq(id, (struct ward_id){{0}});
}

static bool is_asked(const struct ward_act *a, size_t k)
{
	const struct ward_actuator *system = &a->o.table->a[k];

	return system->way == WARD_ACT_WAY_SNMP && system->exercise == a->o.exercise;
}

static void begin(struct act_seek *s, struct ward_id id, struct ward_act_thing on, ward_ns now)
{
	s->of = id;
	s->begun = now;
	s->over = 0;
	(void)snprintf(s->host, sizeof(s->host), "%.*s", WARD_STR_ARG(on.host));
	s->thing = (struct ward_act_thing){.node = on.node, .host = ward_str_z(s->host)};
	for (size_t k = 0; k < WARD_ACTUATORS_MAX; k++) {
		struct act_switch *w = &s->sw[k];

		/* what is on its way is of another thing: its answer says nothing of this one */
		*w = (struct act_switch){.asked = w->asked, .on_way = w->on_way, .at = SEEK_IDLE};
	}
}

static bool is_silent(const struct act_seek *s, size_t k, ward_ns now)
{
	return s->silent[k] && now >= s->silent[k] && now - s->silent[k] < silent_for;
}

/* All have answered, or it took too long. */
static bool is_over(const struct ward_act *a, ward_ns now)
{
	const struct act_seek *s = &a->seek;

	if (now - s->begun >= switches_answer)
		return true;
	for (size_t k = 0; k < a->o.table->n; k++)
		if (is_asked(a, k) && (s->sw[k].at == SEEK_IDLE || s->sw[k].at == SEEK_ASKED) &&
			!(is_silent(s, k, now) && now - s->begun >= silent_answers))
			return false;
	return true;
}

/* Who was not heard of this one may be dead. */
static void end(struct ward_act *a, ward_ns now)
{
	struct act_seek *s = &a->seek;

	s->over = now;
	for (size_t k = 0; k < a->o.table->n; k++)
		if (is_asked(a, k) && (s->sw[k].at < SEEK_HERE || s->sw[k].at == SEEK_SILENT))
			s->silent[k] = now;
}

/* One that did not say whether it has it; SIZE_MAX: all did. */
static size_t unheard(const struct ward_act *a)
{
	for (size_t k = 0; k < a->o.table->n; k++)
		if (is_asked(a, k) &&
			(a->seek.sw[k].at < SEEK_HERE || a->seek.sw[k].at == SEEK_SILENT))
			return k;
	return SIZE_MAX;
}

bool act_unheard(struct ward_act *a, size_t actuator, struct ward_decided *said)
{
	struct ward_str name = a->o.table->a[actuator].id;
	size_t n;

	(void)act_no(a, said, WARD_ERR_CLOSED,
		WARD_TEXT("its port is not known: a switch gave no answer, or can't be read, and "
			  "it may hang there"));
	n = strlen(a->why);
	(void)snprintf(a->why + n, sizeof(a->why) - n, ": %.*s", WARD_STR_ARG(name));
	said->why = ward_str_z(a->why);
	return false;
}

/* One of that switch that sets the same of the same, and sets it back so; SIZE_MAX: none. */
static size_t ability_at(const struct ward_act *a, size_t actuator, size_t ability, uint32_t node)
{
	const struct ward_ability *y = &a->o.table->ability[ability];

	if (y->actuator == actuator)
		return ability;
	for (size_t i = 0; i < a->o.table->n_ability; i++) {
		const struct ward_ability *of = &a->o.table->ability[i];

		if (of->actuator == actuator && of->seeks && of->hosts == y->hosts &&
			ward_str_eq(of->run, y->run) && ward_str_eq(of->back, y->back) &&
			ward_ability_acts_on(of, node))
			return i;
	}
	return SIZE_MAX;
}

/* What the switches said. */
static bool judge(struct ward_act *a, size_t *ability, uint32_t node, struct act_switch *ret,
	struct ward_decided *said)
{
	const struct act_seek *s = &a->seek;
	size_t here = 0, twice = 0, at = 0, silent = unheard(a);

	for (size_t k = 0; k < a->o.table->n; k++) {
		if (!is_asked(a, k))
			continue;
		here += s->sw[k].at == SEEK_HERE;
		twice += s->sw[k].at == SEEK_TWICE;
		at = s->sw[k].at == SEEK_HERE ? k : at;
	}
	if (here > 1 || twice)
		return act_no(a, said, WARD_ERR_STATE,
			WARD_TEXT("it is at more than one port: it was moved a moment ago, or its "
				  "address is there twice; look, and propose it again in some "
				  "minutes"));
	if (silent != SIZE_MAX && !here)
		return act_unheard(a, silent, said);
	if (!here)
		return act_no(a, said, WARD_ERR_NOT_FOUND,
			WARD_TEXT("no switch has it at a port of its own: it is silent, or behind "
				  "an "
				  "uplink, an access point or a switch that actuators.yml does not "
				  "have"));
	*ability = ability_at(a, at, *ability, node);
	if (*ability == SIZE_MAX)
		return act_no(a, said, WARD_ERR_DENIED,
			WARD_TEXT("it hangs on a switch on which actuators.yml does not let it be "
				  "cut off"));
	*ret = s->sw[at];
	ret->unheard = silent;
	return true;
}

/* May something else be looked for now? What a playbook looks for gives way to people: it may have
 * been taken over, and ask without end. */
static bool is_free(const struct act_seek *s, bool by_person, ward_ns now)
{
	return is_zero(s->of) || (by_person && !s->by_person) ||
	       (s->over && (now < s->over || now - s->over >= kept));
}

/* Who has not asked again since waits no more. */
static void drop_waits(struct act_seek *s, ward_ns now)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_wait; i++)
		if (now >= s->wait[i].at && now - s->wait[i].at < kept)
			s->wait[n++] = s->wait[i];
	s->n_wait = n;
}

/* Is it its turn? A person's that is not yet waits, as long as there is room. */
static bool is_next(struct ward_act *a, struct ward_id id, bool by_person, ward_ns now)
{
	struct act_seek *s = &a->seek;
	size_t i = 0;

	drop_waits(s, now);
	while (i < s->n_wait && !ward_id_eq(s->wait[i].id, id))
		i++;
	if (by_person && i == s->n_wait && i < SEEK_WAITS)
		s->wait[s->n_wait++].id = id;
	else if (by_person && i == s->n_wait)
		act_count(a, "act.seek_full");
	if (by_person && i < s->n_wait)
		s->wait[i].at = now;
	return by_person ? i == 0 : !s->n_wait;
}

bool act_seek(struct ward_act *a, const struct act_sought *of, size_t *ability, ward_ns now,
	struct act_switch *ret, struct ward_decided *ret_said)
{
	struct act_seek *s = &a->seek;
	bool mine = ward_id_eq(s->of, of->id);

	if (now < s->begun) /* the clock was set back */
		s->begun = now;
	if (!is_zero(s->of) && !s->over && is_over(a, now))
		end(a, now);
	if (mine && s->over) {
		s->of = (struct ward_id){{0}};
		return judge(a, ability, of->on.node, ret, ret_said);
	}
	if (!mine && is_next(a, of->id, of->by_person, now) && is_free(s, of->by_person, now)) {
		begin(s, of->id, of->on, now);
		s->by_person = of->by_person;
		if (of->by_person) /* the first of those that wait */
			memmove(s->wait, s->wait + 1, --s->n_wait * sizeof(*s->wait));
	}
	return act_no(a, ret_said, WARD_ERR_AGAIN, WARD_TEXT("its port is being looked for"));
}

bool ward_act_seek(struct ward_act *a, size_t actuator, ward_ns now, struct ward_id *ret_id,
	struct ward_str *ret_body)
{
	struct act_switch *w = &a->seek.sw[actuator];
	struct ward_json j = ward_json_on(&a->body);
	struct ward_idgen g;

	if (is_zero(a->seek.of) || a->seek.over || w->on_way || w->at != SEEK_IDLE ||
		!is_asked(a, actuator))
		return false;
	ward_wr_reset(&a->body);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "find-port");
	act_macs(a, &j, a->seek.thing);
	ward_json_obj_end(&j);
	if (ward_wr_bad(&a->body)) {
		act_count(a, "act.unwritten");
		return false;
	}
	ward_idgen_init(&g, "ward act seek");
	ward_idgen_id(&g, a->seek.of);
	ward_idgen_u64(&g, actuator);
	ward_idgen_u64(&g, (uint64_t)now);
	w->asked = ward_idgen_final(&g);
	w->on_way = true;
	w->at = SEEK_ASKED;
	*ret_id = w->asked;
	*ret_body = ward_wr_text(&a->body);
	return true;
}

static void put_behind(struct act_switch *w, const struct ward_port_seen *seen)
{
	struct ward_wr to = ward_wr_fixed(w->behind, sizeof(w->behind));

	for (size_t i = 0; i < seen->n_mac; i++) {
		if (i)
			ward_wr_ch(&to, ' ');
		ward_port_mac(&to, seen->mac[i]);
	}
	ward_wr_ch(&to, '\0');
	WARD_ASSERT(!ward_wr_bad(&to));
}

bool ward_act_sought(
	struct ward_act *a, size_t actuator, struct ward_id id, const struct ward_outcome *o)
{
	struct act_switch *w = &a->seek.sw[actuator];
	struct ward_port_seen seen;

	if (!w->on_way || !ward_id_eq(w->asked, id))
		return false;
	w->on_way = false;
	if (o->what == WARD_SENT_DELIVERED || o->what == WARD_SENT_REFUSED)
		a->seek.silent[actuator] = 0;
	if (w->at != SEEK_ASKED) /* of a thing of which nobody waits any more */
		return true;
	if (o->what != WARD_SENT_DELIVERED)
		w->at = o->what == WARD_SENT_REFUSED ? SEEK_AWAY : SEEK_SILENT;
	else if (!ward_port_seen_get(ward_str_z(o->why), &seen) || !seen.n_mac)
		w->at = SEEK_TWICE;
	else {
		w->at = SEEK_HERE;
		put_behind(w, &seen);
		(void)snprintf(w->port, sizeof(w->port), "%.*s", WARD_STR_ARG(seen.port));
		memcpy(w->mac, seen.mac, sizeof(w->mac));
		w->n_mac = seen.n_mac;
	}
	return true;
}
