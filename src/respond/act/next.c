/* What is next by itself, what systems are asked, and what they answer. */
#include "respond/act/priv.h"

static const ward_ns retry_first = 2 * WARD_NS_PER_S, retry_most = 60 * WARD_NS_PER_S;
static const ward_ns give_up_after = 600 * WARD_NS_PER_S;

static const struct ward_ability *ability_of(const struct ward_act *a, const struct action *x)
{
	return x->ability == SIZE_MAX ? NULL : &a->o.table->ability[x->ability];
}

static bool is_under_way(const struct action *x)
{
	return x->state == WARD_ACT_DOING || x->state == WARD_ACT_UNDOING;
}

/* Letting people through is taken back by locking. */
static bool is_release(const struct ward_ability *y)
{
	return y && y->does == WARD_DOES_RELEASE;
}

/* Would what it is at lock a door while it burns? */
static bool is_held(const struct ward_act *a, const struct action *x)
{
	return a->burns && ((x->locks && x->state == WARD_ACT_DOING) ||
				   (is_release(ability_of(a, x)) && x->state == WARD_ACT_UNDOING));
}

/* What people wait for behind a door. */
static bool is_urgent(const struct ward_act *a, const struct action *x)
{
	return a->burns && (x->locks || is_release(ability_of(a, x)));
}

/* The action that the system is asked for just now; NULL: none. */
static struct action *asked_for(const struct ward_act *a, size_t actuator)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct ward_ability *y = ability_of(a, &a->action[i]);

		if (is_under_way(&a->action[i]) && a->action[i].on_way && y &&
			y->actuator == actuator)
			return &a->action[i];
	}
	return NULL;
}

/* Is the system at another action? One that waits for its next attempt keeps from beginning only
 * what may wait. */
static bool is_busy(const struct ward_act *a, const struct action *x, size_t actuator)
{
	if (x->state == WARD_ACT_BACK || is_urgent(a, x))
		return asked_for(a, actuator) != NULL;
	for (size_t i = 0; i < a->n; i++) {
		const struct ward_ability *y = ability_of(a, &a->action[i]);

		if (is_under_way(&a->action[i]) && y && y->actuator == actuator)
			return true;
	}
	return false;
}

/* Was it begun, and may have been done, and may not be asked for again, or not any longer? */
static bool is_doubtful(const struct ward_act *a, const struct action *x, ward_ns now)
{
	const struct ward_ability *y = ability_of(a, x);

	return is_under_way(x) && (x->changed || (y->repeat == WARD_REPEAT_ONCE && !x->mine) ||
					  (!x->on_way && now - x->begun >= give_up_after));
}

/* In a fire: a lock that is being done, or of which nobody knows. */
static enum ward_act_event unlock(const struct action *x, ward_ns now)
{
	if (x->state == WARD_ACT_DOING && !x->on_way)
		return x->unsure ? WARD_ACT_EV_UNDO : WARD_ACT_EV_SUSPEND;
	return x->state == WARD_ACT_DOUBT && now >= x->next ? WARD_ACT_EV_UNDO : WARD_ACT_EVENT_N;
}

static bool is_pending(const struct action *x)
{
	return x->state < WARD_ACT_DOING;
}

/* The step that time, a fire or a restart makes; EVENT_N: none. */
static enum ward_act_event due(
	const struct ward_act *a, const struct action *x, ward_ns now, const char **why)
{
	const struct ward_ability *y = ability_of(a, x);
	bool gone =
		x->changed || /* the files were; of a host that is known by now more is known */
		(is_pending(x) && x->host[0] &&
			ward_model_by_key(a->o.m, WARD_KEY_MAC, ward_str_z(x->host)) != WARD_NONE);

	*why = NULL;
	if (x->locks && a->burns && !gone && y->undo && unlock(x, now) != WARD_ACT_EVENT_N) {
		*why = WARD_TEXT("a fire alarm: no door is locked");
		return unlock(x, now);
	}
	if (is_doubtful(a, x, now)) {
		*why = WARD_TEXT("whether it was done is not known; somebody has to look");
		return WARD_ACT_EV_DOUBT;
	}
	if (is_pending(x) && x->locks && a->burns) {
		*why = WARD_TEXT("a fire alarm: no door is locked");
		return WARD_ACT_EV_SUSPEND;
	}
	if (is_pending(x) && (now >= x->expires || gone)) {
		*why = gone ? WARD_TEXT("actuators.yml or the hospital's directory was changed: it "
					"is not "
					"what "
					"was shown")
		       : x->state == WARD_ACT_ASKED
			       ? WARD_TEXT("nobody said that no patient depends on it")
			       : WARD_TEXT("it was not approved in time");
		return WARD_ACT_EV_EXPIRE;
	}
	if (x->state == WARD_ACT_DONE && !gone && y->undo && !(a->burns && is_release(y)) &&
		((x->locks && a->burns) || (x->until && now >= x->until))) {
		*why = x->locks && a->burns ? WARD_TEXT("a fire alarm: no door stays locked")
					    : WARD_TEXT("nobody renewed it");
		return WARD_ACT_EV_UNDO;
	}
	if (x->state == WARD_ACT_DONE && gone) {
		*why = WARD_TEXT(
			"it stands, and actuators.yml or the hospital's directory was changed: "
			"somebody has to undo it");
		return WARD_ACT_EV_DOUBT;
	}
	if (x->state == WARD_ACT_BACK && gone) {
		*why = WARD_TEXT(
			"actuators.yml or the hospital's directory was changed: somebody has to "
			"undo it");
		return WARD_ACT_EV_DOUBT;
	}
	if (gone || is_busy(a, x, y->actuator) ||
		(a->burns && is_release(y) && x->state == WARD_ACT_BACK))
		return WARD_ACT_EVENT_N;
	return x->state == WARD_ACT_BACK    ? WARD_ACT_EV_UNDO_BEGIN
	       : x->state == WARD_ACT_READY ? WARD_ACT_EV_BEGIN
					    : WARD_ACT_EVENT_N;
}

/* What is taken back goes before what is begun. */
bool ward_act_next(struct ward_act *a, ward_ns now, struct ward_act_row *ret)
{
	for (unsigned begins = 0; begins < 2; begins++)
		for (size_t i = 0; i < a->n; i++) {
			const struct action *x = &a->action[i];
			const char *why;
			enum ward_act_event e = due(a, x, now, &why);

			if (e == WARD_ACT_EVENT_N || (e == WARD_ACT_EV_BEGIN && !begins))
				continue;
			if (!act_row_of(a, x, e, why, now, ret))
				continue;
			if (e == WARD_ACT_EV_BEGIN || e == WARD_ACT_EV_UNDO_BEGIN) {
				a->begins = x->id;
				a->begins_at = ret->revision;
			}
			return true;
		}
	return false;
}

/* Of what is done and of what is undone: each the same whenever it is asked for again, and another
 * when it is asked for anew. */
static struct ward_id request_id(const struct action *x)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward act request");
	ward_idgen_id(&g, x->id);
	ward_idgen_u64(&g, x->state == WARD_ACT_UNDOING);
	ward_idgen_u64(&g, (uint64_t)x->begun);
	return ward_idgen_final(&g);
}

/* What waits for its turn at the system: what is urgent first, then what is taken back. */
static struct action *turn(const struct ward_act *a, size_t actuator, ward_ns now)
{
	struct action *best = NULL;
	unsigned most = 0;

	for (size_t i = 0; i < a->n; i++) {
		struct action *x = &a->action[i];
		const struct ward_ability *y = ability_of(a, x);
		unsigned is;

		if (!is_under_way(x) || !y || y->actuator != actuator || is_doubtful(a, x, now) ||
			(now < x->next && x->next - now <= retry_most) || is_held(a, x))
			continue;
		is = 1U + (x->state == WARD_ACT_UNDOING ? 1U : 0U) + (is_urgent(a, x) ? 2U : 0U);
		if (is > most) {
			best = x;
			most = is;
		}
	}
	return best;
}

bool ward_act_request(struct ward_act *a, size_t actuator, ward_ns now, struct ward_id *ret_id,
	struct ward_str *ret_body)
{
	bool busy = asked_for(a, actuator) || a->seek.sw[actuator].on_way;
	struct action *x = busy ? NULL : turn(a, actuator, now);

	if (!x)
		return false;
	act_body(a, ability_of(a, x), act_thing(x), x->id, x->state == WARD_ACT_UNDOING);
	if (ward_wr_bad(&a->body)) {
		act_count(a, "act.unwritten");
		return false;
	}
	x->on_way = true;
	*ret_id = request_id(x);
	*ret_body = ward_wr_text(&a->body);
	return true;
}

bool ward_act_said(struct ward_act *a, size_t actuator, struct ward_id id,
	const struct ward_outcome *o, ward_ns now, struct ward_act_row *ret)
{
	struct action *x = asked_for(a, actuator);
	const struct ward_ability *y = x ? ability_of(a, x) : NULL;
	enum ward_act_event e = WARD_ACT_EV_DOUBT;

	if (!y || !ward_id_eq(request_id(x), id))
		return false;
	if (o->what == WARD_SENT_DELIVERED)
		e = x->state == WARD_ACT_DOING && !y->undo ? WARD_ACT_EV_FINISH
							   : WARD_ACT_EV_SUCCEED;
	else if (o->what == WARD_SENT_REFUSED) /* what an attempt before did, it does not say */
		e = x->state == WARD_ACT_DOING && x->unsure ? WARD_ACT_EV_DOUBT : WARD_ACT_EV_FAIL;
	else if (y->repeat == WARD_REPEAT_SAFE && now - x->begun < give_up_after) {
		ward_ns wait = retry_first << (x->attempts < 5 ? x->attempts : 5);

		x->attempts++;
		x->unsure = true;
		x->on_way = false;
		x->next = now + (wait < retry_most ? wait : retry_most);
		return false;
	}
	x->on_way = false;
	return act_row_of(a, x, e, o->why[0] ? o->why : NULL, now, ret);
}

void ward_act_lost(struct ward_act *a, size_t actuator)
{
	struct action *x = asked_for(a, actuator);

	if (a->seek.sw[actuator].at == SEEK_ASKED)
		a->seek.sw[actuator].at = SEEK_SILENT;
	a->seek.sw[actuator].on_way = false;
	if (x) {
		x->on_way = x->mine = false;
		x->unsure = true;
	}
}
