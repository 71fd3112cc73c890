#include "sense/building/modbus_client.h"

#include "sense/building/poll_pace.h"

#include <stdlib.h>

struct modbus_point {
	struct ward_modbus_ref ref;
	const struct ward_poll_point *plan;
	bool begins; /* a question of its own begins here: a range */
	bool bad;    /* told so */
	/* Of the range that begins here. */
	bool done;       /* this round is done with it */
	bool failed;     /* silent or busy since the unit answered last */
	bool apart;      /* so it was, while the unit answered about others */
	unsigned paused; /* times in a row that it failed apart */
	ward_ns again;   /* it is not asked for before */
};

struct modbus_unit {
	uint8_t unit;
	struct modbus_point *point; /* n_point, in the order of their places */
	size_t n_point, next;       /* a range of it begins at next */
	size_t left;                /* points that this round is not done with */
	ward_ns round;
	bool answered; /* a range of this round is done by its answer */
	struct ward_poll_pace pace;
	unsigned n_busy; /* questions in a row that it could not answer then */
	struct ward_poll_refused wrong;
};

struct ward_modbus_client {
	struct ward_modbus_client_opts o;
	struct ward_poll_tell tell;
	struct ward_poll_pace_opts pace;
	struct modbus_point *point;
	size_t n_point;
	struct modbus_unit unit[256];
	size_t n_unit, turn;
	ward_ns next; /* no question before, to whatever unit: they share a line */
};

static int by_place(const void *a, const void *b)
{
	const struct modbus_point *x = a, *y = b;

	if (x->ref.unit != y->ref.unit)
		return x->ref.unit < y->ref.unit ? -1 : 1;
	if (x->ref.table != y->ref.table)
		return x->ref.table < y->ref.table ? -1 : 1;
	if (x->ref.start != y->ref.start)
		return x->ref.start < y->ref.start ? -1 : 1;
	return x->plan < y->plan ? -1 : x->plan > y->plan;
}

static uint32_t end_of(const struct modbus_point *p)
{
	return (uint32_t)p->ref.start + ward_modbus_width(&p->ref);
}

/* Which points are asked for together: near each other, and no more than one answer has room for.
 */
static void group(struct ward_modbus_client *c)
{
	const struct modbus_point *first = NULL;
	uint32_t end = 0;

	for (size_t i = 0; i < c->n_point; i++) {
		struct modbus_point *p = &c->point[i];
		uint32_t most =
			ward_modbus_bits(p->ref.table) ? WARD_MODBUS_BITS : WARD_MODBUS_REGISTERS;
		uint32_t to = end_of(p) > end ? end_of(p) : end;

		p->begins = !first || first->ref.unit != p->ref.unit ||
			    first->ref.table != p->ref.table ||
			    p->ref.start > end + WARD_MODBUS_GAP || to - first->ref.start > most;
		if (p->begins) {
			first = p;
			end = 0;
		}
		end = end_of(p) > end ? end_of(p) : end;
	}
}

static enum ward_err read_points(
	struct ward_modbus_client *c, size_t *ret_point, const char **ret_why)
{
	const struct ward_poll_plan *plan = c->o.plan;

	c->point = ward_mem_alloc(c->o.mem, plan->n * sizeof(*c->point));
	if (plan->n && !c->point)
		return WARD_ERR_NOMEM;
	c->n_point = plan->n;
	for (size_t i = 0; i < plan->n; i++) {
		*ret_point = i;
		c->point[i].plan = &plan->point[i];
		if (ward_modbus_ref_parse(plan->point[i].address, &c->point[i].ref, ret_why))
			return WARD_ERR_CONFIG;
	}
	if (plan->n)
		qsort(c->point, plan->n, sizeof(*c->point), by_place);
	return WARD_OK;
}

static void add_units(struct ward_modbus_client *c, ward_ns mono)
{
	struct modbus_unit *u = NULL;

	for (size_t i = 0; i < c->n_point; i++) {
		struct modbus_point *p = &c->point[i];

		if (!u || u->unit != p->ref.unit) {
			u = &c->unit[c->n_unit++]; /* a byte has no more */
			u->unit = p->ref.unit;
			u->point = p;
			u->round = mono;
			ward_poll_pace_init(&u->pace, &c->pace, c->o.seed + p->ref.unit, mono);
		}
		u->left = ++u->n_point;
	}
}

enum ward_err ward_modbus_client_new(const struct ward_modbus_client_opts *opts,
	struct ward_modbus_client **ret, size_t *ret_point, const char **ret_why)
{
	struct ward_modbus_client *c = ward_mem_alloc(opts->mem, sizeof(*c));
	enum ward_err err;

	if (!c)
		return WARD_ERR_NOMEM;
	c->o = *opts;
	c->pace = ward_poll_pace_default(
		opts->rate ? opts->rate : (unsigned)ward_limit(opts->lim, WARD_LIMIT_POLL_RATE));
	ward_poll_tell_init(
		&c->tell, opts->mem, opts->names, opts->counters, opts->source, opts->epoch);
	c->tell.sink = opts->sink;
	c->next = opts->now(opts->ctx).mono;
	err = read_points(c, ret_point, ret_why);
	if (err) {
		ward_modbus_client_free(c);
		return err;
	}
	group(c);
	add_units(c, c->next);
	*ret = c;
	return WARD_OK;
}

void ward_modbus_client_free(struct ward_modbus_client *c)
{
	if (!c)
		return;
	ward_mem_free(c->o.mem, c->point, c->n_point * sizeof(*c->point));
	ward_poll_tell_fini(&c->tell);
	ward_mem_free(c->o.mem, c, sizeof(*c));
}

static enum ward_err tell_none(
	struct ward_modbus_client *c, struct modbus_point *p, const char *why, ward_ns wall)
{
	struct ward_poll_device who = {.ip = c->o.ip};
	struct ward_poll_reading r = {.point = p->plan, .quality = WARD_POLL_BAD, .reason = why};

	ward_count_name(c->o.counters, "poll.no_value", 1);
	if (p->bad)
		return WARD_OK;
	p->bad = true;
	return ward_poll_tell_reading(&c->tell, &who, &r, wall);
}

static enum ward_err tell_values(struct ward_modbus_client *c, struct modbus_point *first, size_t n,
	const uint16_t *reg, ward_ns wall)
{
	struct ward_poll_device who = {.ip = c->o.ip};
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < n; i++) {
		struct modbus_point *p = &first[i];
		char buf[32];
		struct ward_poll_reading r = {.point = p->plan, .quality = WARD_POLL_GOOD};

		r.value = ward_modbus_value(&p->ref, reg + (p->ref.start - first->ref.start), buf);
		if (r.value.kind == WARD_VALUE_NULL) {
			err = tell_none(c, p, "not-a-number", wall);
			continue;
		}
		p->bad = false;
		err = ward_poll_tell_reading(&c->tell, &who, &r, wall);
	}
	return err;
}

/* How many points the question that begins at `next` is about. */
static size_t together(const struct modbus_unit *u)
{
	size_t n = 1;

	while (u->next + n < u->n_point && !u->point[u->next + n].begins)
		n++;
	return n;
}

/* On to the next range that is not done; this one may have its turn again, after the others. */
static void pass(struct modbus_unit *u)
{
	do
		u->next = (u->next + together(u)) % u->n_point;
	while (u->point[u->next].done && u->left);
}

static void begin_round(struct ward_modbus_client *c, struct modbus_unit *u, ward_ns mono)
{
	for (size_t i = 0; i < u->n_point; i++)
		u->point[i].done = false;
	u->left = u->n_point;
	u->answered = false;
	u->round += c->o.every;
	if (u->round > mono)
		return;
	ward_count_name(c->o.counters, "poll.late_rounds", 1);
	u->round = mono;
}

/* This round is done with the range. */
static void advance(struct ward_modbus_client *c, struct modbus_unit *u, ward_ns mono)
{
	u->point[u->next].done = true;
	u->left -= together(u);
	pass(u);
	if (!u->left)
		begin_round(c, u, mono);
}

/* The range is silent or busy, and the next one has its turn. When those that are left have all
 * failed and others answered, the next round tells whether they fail by themselves. */
static void fail(struct ward_modbus_client *c, struct modbus_unit *u, ward_ns mono)
{
	u->point[u->next].failed = true;
	pass(u);
	if (!u->answered || !u->point[u->next].failed)
		return;
	begin_round(c, u, mono);
	/* one turn at most */
	for (size_t i = 0; i < u->n_point && u->point[u->next].failed; i++)
		pass(u);
}

/* MODBUS Application Protocol 7. */
static const char *exception_name(uint8_t code)
{
	static const char *const name[] = {[1] = "illegal-function",
		[2] = "illegal-data-address",
		[3] = "illegal-data-value",
		[4] = "device-failure",
		[8] = "memory-parity-error"};

	return code < WARD_ARRAY_LEN(name) && name[code] ? name[code] : "exception";
}

enum { ACKNOWLEDGE = 5, BUSY = 6, NO_PATH = 10, NO_RESPONSE = 11, BUSY_MAX = 5 };

static enum ward_poll_pace_end pace_end(struct ward_modbus_end end)
{
	if (end.what == WARD_MODBUS_MISSED || end.what == WARD_MODBUS_WRONG)
		return WARD_POLL_PACE_MISSED;
	if (end.what == WARD_MODBUS_DONE)
		return WARD_POLL_PACE_ANSWERED;
	if (end.code == NO_PATH || end.code == NO_RESPONSE)
		return WARD_POLL_PACE_MISSED; /* the gateway speaks, the unit does not */
	return end.code == ACKNOWLEDGE || end.code == BUSY ? WARD_POLL_PACE_BUSY
							   : WARD_POLL_PACE_ANSWERED;
}

/* The unit answers, and refuses: two halves are asked for apart, one point is told. */
static enum ward_err on_refusal(struct ward_modbus_client *c, struct modbus_unit *u, size_t n,
	uint8_t code, struct ward_poll_now now)
{
	struct modbus_point *first = &u->point[u->next];

	if (n > 1) {
		ward_count_name(c->o.counters, "poll.split", 1);
		first[n / 2].begins = true;
		return WARD_OK;
	}
	u->answered = true;
	advance(c, u, now.mono);
	return tell_none(c, first, exception_name(code), now.wall);
}

static enum ward_err tell_all(struct ward_modbus_client *c, struct modbus_point *first, size_t n,
	const char *why, ward_ns wall)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n && !err; i++)
		err = tell_none(c, &first[i], why, wall);
	return err;
}

/* Whoever answers about one range is there: those that it did not answer about fail by themselves.
 */
static void set_apart(struct modbus_unit *u)
{
	for (size_t i = 0; i < u->n_point; i++) {
		u->point[i].apart |= u->point[i].failed;
		u->point[i].failed = false;
	}
}

/* Of a unit that is gone nothing is known of its ranges. */
static void forget_apart(struct modbus_unit *u)
{
	for (size_t i = 0; i < u->n_point; i++)
		u->point[i].apart = u->point[i].failed = false;
}

/* The range has no values while others have: told, and asked for ever more seldom. */
static enum ward_err on_apart(struct ward_modbus_client *c, struct modbus_unit *u, size_t n,
	const char *why, struct ward_poll_now now)
{
	struct modbus_point *first = &u->point[u->next];
	ward_ns length = c->o.every / 2; /* so that the next round still asks */

	for (unsigned i = 0; i < first->paused && length < c->pace.back_off_max; i++)
		length *= 2;
	first->paused += length < c->pace.back_off_max;
	first->again = now.mono + (length < c->pace.back_off_max ? length : c->pace.back_off_max);
	ward_count_name(c->o.counters, "poll.ranges_failed", 1);
	advance(c, u, now.mono);
	return tell_all(c, first, n, why, now.wall);
}

/* The unit can't now: the next range has its turn. Whoever never can has no values, which is told.
 */
static enum ward_err on_busy(
	struct ward_modbus_client *c, struct modbus_unit *u, size_t n, struct ward_poll_now now)
{
	struct modbus_point *first = &u->point[u->next];

	if (++u->n_busy < BUSY_MAX) {
		fail(c, u, now.mono);
		return WARD_OK;
	}
	advance(c, u, now.mono);
	return tell_all(c, first, n, "busy", now.wall);
}

static enum ward_err tell_news(struct ward_modbus_client *c, struct modbus_unit *u,
	enum ward_poll_pace_news news, ward_ns heard, struct ward_poll_now now)
{
	struct ward_poll_device who = {.ip = c->o.ip, .has_unit = true, .unit = u->unit};

	if (news == WARD_POLL_PACE_CAME)
		return ward_poll_tell_online(&c->tell, &who, now.wall);
	if (news == WARD_POLL_PACE_WENT)
		return ward_poll_tell_offline(&c->tell, &who, now.mono - heard, now.wall);
	return WARD_OK;
}

/* What the end of a question means for its range, and for those behind it. */
static enum ward_err conclude(struct ward_modbus_client *c, struct modbus_unit *u,
	enum ward_poll_pace_end how, struct ward_modbus_end e, const uint16_t *reg)
{
	struct ward_poll_now now = c->o.now(c->o.ctx);
	struct modbus_point *first = &u->point[u->next];
	size_t n = together(u);

	if (how != WARD_POLL_PACE_ANSWERED && first->apart)
		return on_apart(c, u, n, how == WARD_POLL_PACE_BUSY ? "busy" : "unanswered", now);
	if (how == WARD_POLL_PACE_BUSY)
		return on_busy(c, u, n, now);
	u->n_busy = 0;
	if (how == WARD_POLL_PACE_MISSED) {
		fail(c, u, now.mono);
		return WARD_OK;
	}
	first->failed = first->apart = false;
	first->paused = 0;
	set_apart(u);
	if (e.what == WARD_MODBUS_EXCEPTION)
		return on_refusal(c, u, n, e.code, now);
	u->answered = true;
	advance(c, u, now.mono);
	return tell_values(c, first, n, reg, now.wall);
}

static enum ward_err ask(struct ward_modbus_client *c, struct modbus_unit *u, ward_ns mono)
{
	uint16_t reg[WARD_MODBUS_BITS];
	struct modbus_point *first = &u->point[u->next];
	size_t n = together(u);
	uint32_t end = 0;
	ward_ns heard = u->pace.heard;

	for (size_t i = 0; i < n; i++)
		end = end_of(&first[i]) > end ? end_of(&first[i]) : end;
	ward_poll_pace_asked(&u->pace, mono);
	ward_count_name(c->o.counters, "poll.asked", 1);
	struct ward_modbus_end e = c->o.read(c->o.ctx, u->unit, first->ref.table, first->ref.start,
		(uint16_t)(end - first->ref.start), reg);
	struct ward_poll_now now = c->o.now(c->o.ctx);
	enum ward_poll_pace_end how = pace_end(e);
	bool passed = how == WARD_POLL_PACE_MISSED && first->apart;
	enum ward_poll_pace_news news =
		ward_poll_pace_ended(&u->pace, passed ? WARD_POLL_PACE_PASSED : how, now.mono);
	enum ward_err err = tell_news(c, u, news, heard, now);

	c->next = now.mono + WARD_NS_PER_S / c->pace.rate;
	if (!err && e.what == WARD_MODBUS_WRONG) {
		struct ward_poll_device who = {.ip = c->o.ip, .has_unit = true, .unit = u->unit};

		err = ward_poll_tell_refused(
			&c->tell, &who, "modbus.reject.answer", &u->wrong, now.wall);
	}
	if (how == WARD_POLL_PACE_MISSED)
		ward_count_name(c->o.counters, "poll.missed", 1);
	if (how == WARD_POLL_PACE_BUSY)
		ward_count_name(c->o.counters, "poll.busy", 1);
	if (!err)
		err = conclude(c, u, how, e, reg);
	if (news == WARD_POLL_PACE_WENT)
		forget_apart(u);
	return err;
}

/* Ranges that fail by themselves have a turn only when their pause is over. */
static void skip_paused(struct ward_modbus_client *c, struct modbus_unit *u, ward_ns mono)
{
	while (mono >= u->round && u->point[u->next].apart && mono < u->point[u->next].again)
		advance(c, u, mono);
}

enum ward_err ward_modbus_client_tick(struct ward_modbus_client *c)
{
	ward_ns mono = c->o.now(c->o.ctx).mono;

	for (size_t i = 0; mono >= c->next && i < c->n_unit; i++) {
		struct modbus_unit *u = &c->unit[(c->turn + i) % c->n_unit];

		skip_paused(c, u, mono);
		if (mono < u->round || !ward_poll_pace_may(&u->pace, mono))
			continue;
		c->turn = (c->turn + i + 1) % c->n_unit; /* then the others */
		return ask(c, u, mono);
	}
	return WARD_OK;
}

ward_ns ward_modbus_client_due(const struct ward_modbus_client *c)
{
	ward_ns due = INT64_MAX;

	for (size_t i = 0; i < c->n_unit; i++) {
		ward_ns at = ward_poll_pace_due(&c->unit[i].pace);

		at = c->unit[i].round > at ? c->unit[i].round : at;
		due = at < due ? at : due;
	}
	return due > c->next ? due : c->next;
}
