/* Until somebody acknowledged: who is asked, who follows when nobody answers, who takes it. */
#include "respond/ladder.h"
#include "respond/also.h"
#include "respond/bound.h"
#include "respond/concern.h"
#include "respond/request.h"

static const ward_ns again_most = 3600 * WARD_NS_PER_S;

const char *const respond_taken_name[TAKEN_N] = {"none", "acknowledged", "on_my_way"};

enum taken respond_taken(const struct incident *in)
{
	return in->level <= in->taken_level ? in->taken : TAKEN_NONE;
}

static bool may_ask(const struct ward_respond *r, size_t k, const struct incident *in)
{
	return r->o.listener[k].acknowledge && in->phase == PHASE_OPEN;
}

static bool asks(const struct ward_respond *r, size_t k, const struct incident *in)
{
	return may_ask(r, k, in) && respond_taken(in) == TAKEN_NONE;
}

void respond_ask(const struct ward_respond *r, size_t k, const struct incident *in, bool more,
	struct told *now)
{
	if (more && in->taken_critical < now->critical)
		now->taken = TAKEN_NONE;
	else
		now->taken = (uint8_t)respond_taken(in);
	now->call = may_ask(r, k, in) && now->taken == TAKEN_NONE;
}

void respond_more(struct incident *in, unsigned critical)
{
	if (in->taken_critical < critical)
		in->taken = TAKEN_NONE;
}

static bool is_last(const struct ward_respond *r, size_t k)
{
	for (size_t i = 0; i < r->o.n_listener; i++)
		if (r->o.listener[i].after >> k & 1)
			return false;
	return true;
}

/* A clock that was set back makes nobody wait longer than the time itself. */
static bool has_passed(ward_ns since, ward_ns wait, ward_ns now)
{
	ward_ns age;

	return !ward_sub(now, since, &age) || age < -wait || age >= wait;
}

/* The last one is asked again, ever more seldom, up to once an hour. */
static bool is_again(const struct ward_respond *r, size_t k, const struct incident *in, ward_ns now)
{
	const struct call *c = &in->call[k];
	ward_ns wait = r->o.listener[k].acknowledge;

	if (!c->since)
		return true;
	if (!is_last(r, k))
		return false;
	for (uint32_t i = 0; i < c->n && wait < again_most; i++)
		wait *= 2;
	return has_passed(c->last, wait > again_most && c->n ? again_most : wait, now);
}

enum change respond_ladder_change(const struct ward_respond *r, size_t k, const struct incident *in,
	const struct told *is, enum change change, ward_ns now)
{
	const struct told *before = &in->told[k];

	if (r->o.listener[k].bookmarks || in->phase == PHASE_MERGED)
		return change;
	if (!before->known)
		return change == CHANGE_OPENED && r->o.listener[k].after ? CHANGE_ESCALATED
									 : change;
	if (in->phase != PHASE_OPEN)
		return before->call && before->phase == PHASE_OPEN ? CHANGE_WITHDRAWN : change;
	/* Of an incident that is told for another reason it is told that somebody takes it, too. */
	if (is->taken > before->taken && change != CHANGE_MORE && before->phase == PHASE_OPEN &&
		!r->o.listener[k].untaken)
		return before->call ? CHANGE_WITHDRAWN : CHANGE_TAKEN;
	/* Who knows all that is new is not told that it is to be taken anew. */
	if (change == CHANGE_NONE && before->taken && !is->taken && r->duty >> k & 1 &&
		is->critical <= before->critical)
		return CHANGE_LEFT;
	if (change == CHANGE_NONE && is->call && before->call && is_again(r, k, in, now))
		return CHANGE_AGAIN;
	return change;
}

/* It was asked, and its time is over, or the message was lost. */
static bool is_unanswered(
	const struct ward_respond *r, size_t i, const struct incident *in, ward_ns now)
{
	const struct call *c = &in->call[i];

	return c->since && asks(r, i, in) &&
	       (c->lost || has_passed(c->since, r->o.listener[i].acknowledge, now));
}

/* It would be told, given those before it that did not answer, and is not on duty. */
static bool is_skipped(
	const struct ward_respond *r, size_t i, const struct incident *in, uint32_t before)
{
	const struct ward_listener *l = &r->o.listener[i];

	if (r->duty >> i & 1 || in->told[i].known || !asks(r, i, in))
		return false;
	return l->after ? (l->after & before) != 0 : respond_concerns(r, i, in);
}

bool respond_is_due(const struct ward_respond *r, size_t k, const struct incident *in, ward_ns now)
{
	uint32_t passed = 0, was;

	for (size_t i = 0; i < r->o.n_listener; i++)
		passed |= is_unanswered(r, i, in, now) ? 1u << i : 0;
	do { /* whoever is passed over may be before somebody who is, too */
		was = passed;
		for (size_t i = 0; i < r->o.n_listener; i++)
			passed |= is_skipped(r, i, in, passed) ? 1u << i : 0;
	} while (passed != was);
	return (passed & r->o.listener[k].after) != 0;
}

bool respond_is_void(const struct ward_respond *r, size_t k)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_incident; i++) {
		const struct incident *in = r->incident[i];

		if (!(in->covered >> k & 1) || !in->told[k].call)
			continue;
		if (asks(r, k, in))
			return false;
		n++;
	}
	return n != 0;
}

void respond_called(
	struct incident *in, size_t k, const struct ward_delivery *d, bool call, bool again)
{
	struct call *c = &in->call[k];

	c->by = d->id;
	if (!call)
		return;
	if (!c->since) {
		c->since = d->time ? d->time : 1;
		c->asked = d->id;
		c->n = 0;
	}
	c->last = d->time;
	c->n += again;
}

void respond_uncall(struct incident *in)
{
	for (size_t k = 0; k < WARD_RECIPIENTS_MAX; k++) {
		in->call[k].since = 0;
		in->call[k].lost = false;
	}
}

void respond_carry_call(struct incident *to, struct incident *part)
{
	for (size_t k = 0; k < WARD_RECIPIENTS_MAX; k++)
		if (part->call[k].since &&
			(!to->call[k].since || part->call[k].since < to->call[k].since)) {
			to->call[k].since = part->call[k].since;
			to->call[k].last = part->call[k].last;
			to->call[k].asked = part->call[k].asked;
			to->call[k].lost = part->call[k].lost;
		}
	if (respond_taken(part) > respond_taken(to) && part->taken_level >= to->level &&
		part->taken_critical >= to->n_also) {
		to->taken = part->taken;
		to->taken_level = part->taken_level;
		to->taken_critical = part->taken_critical;
		to->taken_at = part->taken_at;
		memcpy(to->taken_by, part->taken_by, sizeof(to->taken_by));
		respond_uncall(to);
	}
	respond_uncall(part);
}

/* ---- rows ---- */

static unsigned level_of(struct ward_str s)
{
	unsigned i = 0;

	while (i < WARD_RECORD_LEVELS && !ward_str_eqz(s, respond_level_name[i]))
		i++;
	return i;
}

/* What of an incident somebody takes. */
struct of_it {
	unsigned level, critical;
};

static void take(struct incident *in, enum taken taken, struct of_it of,
	const struct ward_delivery *d, struct ward_str by)
{
	enum taken was = respond_taken(in);

	if (taken > was || of.level > in->taken_level || of.critical > in->taken_critical) {
		size_t n = by.len < sizeof(in->taken_by) ? by.len : sizeof(in->taken_by) - 1;

		in->taken = taken;
		in->taken_at = d->time;
		if (n)
			memcpy(in->taken_by, by.p, n);
		in->taken_by[n] = 0;
	}
	in->taken_level = of.level > in->taken_level ? of.level : in->taken_level;
	in->taken_critical = of.critical > in->taken_critical ? of.critical : in->taken_critical;
	in->gone = 0;
	respond_uncall(in);
}

/* Who answered by its own message knows who takes it. */
static void knows(struct incident *in, size_t k)
{
	in->told[k].call = in->was[k].call = false;
	in->told[k].taken = in->was[k].taken = (uint8_t)respond_taken(in);
}

void respond_acknowledged(
	struct ward_respond *r, const struct ward_delivery *d, const struct ward_conf *c)
{
	const struct ward_conf *covers = ward_conf_get(c, "covers");
	struct ward_str role = ward_conf_word(c, "role"), by = ward_conf_word(c, "recipient");
	bool goes = ward_str_eqz(ward_conf_word(c, "state"), respond_taken_name[TAKEN_ON_MY_WAY]);
	size_t k = 0;

	r->decided[r->n_decided++ % DECIDED_MAX] = d->id;
	while (k < r->o.n_listener && !ward_str_eq(r->o.listener[k].id, by))
		k++;
	for (const struct ward_conf *i = covers ? covers->child : NULL; i; i = i->next) {
		struct of_it of = {.level = level_of(ward_conf_word(i, "level"))};
		uint64_t critical = 0;
		struct incident *in;
		struct ward_id id;

		if (ward_str_u64(ward_conf_word(i, "critical"), &critical) && critical <= ALSO_MAX)
			of.critical = (unsigned)critical;
		if (of.level == WARD_RECORD_LEVELS ||
			!ward_id_parse(ward_conf_word(i, "incident"), &id)) {
			respond_count(r, "respond.unreadable");
			continue;
		}
		in = respond_find(r, id);
		if (!in)
			continue;
		take(in, goes ? TAKEN_ON_MY_WAY : TAKEN_ACKNOWLEDGED, of, d, role.len ? role : by);
		respond_assigned_end(r, in->id, REQUEST_DONE);
		if (k < r->o.n_listener)
			knows(in, k);
	}
}

/* Whose message it is; n_listener: nobody's. */
static size_t whose(const struct ward_respond *r, const struct incident *in, struct ward_id message)
{
	size_t k = 0;

	while (k < r->o.n_listener &&
		!(in->told[k].known && (ward_id_eq(in->call[k].by, message) ||
					       ward_id_eq(in->call[k].asked, message))))
		k++;
	return k;
}

/* Where somebody may take incidents: at these places, or all. */
struct bound {
	bool anywhere;
	uint32_t place[WARD_PERSON_PLACES];
	size_t n;
};

static struct bound bound_of(const struct ward_respond *r, struct ward_str places)
{
	struct bound b = {.anywhere = !places.len};

	if (!b.anywhere && r->o.bounds)
		b.n = r->o.bounds(r->o.ctx, places, b.place);
	return b;
}

static bool is_theirs(const struct incident *in, const struct bound *b)
{
	bool theirs = b->anywhere || !in->placed;

	for (size_t i = 0; !theirs && i < b->n; i++)
		theirs = respond_is_in(in, b->place[i]);
	return in->phase == PHASE_OPEN && theirs;
}

/* The open incidents that the decision is about and that are at their places, into r->item; at most
 * as many as one message has. */
static size_t about(
	struct ward_respond *r, struct ward_id subject, const struct bound *b, size_t *listener)
{
	size_t only = *listener; /* a recipient answers what it was told, and nothing else */
	const struct incident *one = only == SIZE_MAX ? respond_find(r, subject) : NULL;
	size_t n = 0;

	for (size_t hop = 0; one && one->phase == PHASE_MERGED && hop < CASES_MAX; hop++)
		one = respond_find(r, one->into);
	if (one) {
		r->item[0].in = one;
		return is_theirs(one, b);
	}
	for (size_t i = 0; i < r->n_incident && n < COVERS_MAX; i++) {
		const struct incident *in = r->incident[i];
		size_t k = whose(r, in, subject);

		if (k == r->o.n_listener || !is_theirs(in, b) || (only != SIZE_MAX && k != only))
			continue;
		*listener = k;
		r->item[n++].in = in;
	}
	return n;
}

/* Who answers a message takes what it told; who names the incident, all that is in it. */
static size_t critical_known(const struct incident *in, size_t listener)
{
	return listener < WARD_RECIPIENTS_MAX ? in->told[listener].critical : in->n_also;
}

static bool write(struct ward_respond *r, const struct ward_decision *d, size_t listener, size_t n)
{
	struct ward_json j = ward_json_on(&r->row);

	ward_wr_reset(&r->row);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "acknowledgement");
	ward_json_key(&j, "state");
	ward_json_z(
		&j, respond_taken_name[d->kind == WARD_DECISION_ON_MY_WAY ? TAKEN_ON_MY_WAY
									  : TAKEN_ACKNOWLEDGED]);
	ward_json_put_id(&j, "id", d->id);
	ward_json_key(&j, "time");
	ward_json_time(&j, d->at);
	ward_json_key(&j, "role");
	ward_json_str_cut(&j, d->role, WARD_RESPOND_BY);
	if (listener < r->o.n_listener) {
		ward_json_key(&j, "recipient");
		ward_json_str(&j, r->o.listener[listener].id);
	}
	if (r->o.exercise && ward_str_eqz(d->person, WARD_DECISION_POLICY))
		ward_json_put_bool(&j, "policy", true);
	ward_json_key(&j, "exercise");
	ward_json_bool(&j, r->o.exercise);
	ward_json_key(&j, "covers");
	ward_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		ward_json_obj(&j);
		ward_json_put_id(&j, "incident", r->item[i].in->id);
		ward_json_key(&j, "level");
		ward_json_z(&j, respond_level_name[r->item[i].in->level]);
		if (critical_known(r->item[i].in, listener) > 1)
			ward_json_put_u64(&j, "critical", critical_known(r->item[i].in, listener));
		ward_json_obj_end(&j);
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	return !ward_wr_bad(&r->row);
}

enum ward_err ward_respond_acknowledge(struct ward_respond *r, const struct ward_decision *d,
	size_t listener, struct ward_delivery *ret, const char **ret_why)
{
	struct ward_id subject;

	*ret_why = WARD_TEXT("who tells outside takes acknowledgements only");
	if (d->kind != WARD_DECISION_ACKNOWLEDGE && d->kind != WARD_DECISION_ON_MY_WAY)
		return WARD_ERR_UNSUPPORTED;
	*ret_why = WARD_TEXT(
		"it is no id of a message or an incident: give the one that the message shows");
	if (!ward_id_parse(d->subject, &subject))
		return WARD_ERR_MALFORMED;
	*ret_why = WARD_TEXT("it is on record");
	for (size_t i = 0; i < DECIDED_MAX && i < r->n_decided; i++)
		if (ward_id_eq(r->decided[i], d->id))
			return WARD_ERR_DUPLICATE;
	*ret_why = d->places.len ? WARD_TEXT("no open incident at your places has this id, and no "
					     "message about one")
				 : WARD_TEXT("no open incident has this id, and no message about "
					     "one");
	const struct bound b = bound_of(r, d->places);
	size_t n = about(r, subject, &b, &listener);

	if (!n)
		return WARD_ERR_NOT_FOUND;
	*ret_why = WARD_TEXT("the row can't be written");
	if (!write(r, d, listener, n))
		return WARD_ERR_NOMEM;
	*ret_why = "";
	*ret = (struct ward_delivery){d->id, 1, d->at, ward_wr_text(&r->row), false, false};
	return WARD_OK;
}
