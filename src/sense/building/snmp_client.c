#include "sense/building/snmp_client.h"

#include "sense/building/poll_pace.h"

#include <stdlib.h>

struct snmp_point {
	struct ward_snmp_oid oid;
	const struct ward_poll_point *plan;
	bool bad;    /* told so */
	bool single; /* not read as a part of its table */
	bool alone;  /* no answer is had about it and others */
};

enum { BULK_MISSED = 2, GROW_AFTER = 10 };

struct ward_snmp_client {
	struct ward_snmp_client_opts o;
	struct ward_poll_tell tell;
	struct ward_poll_pace_opts pace_opts;
	struct ward_poll_pace pace;
	struct snmp_point *point; /* in the order of their identifiers */
	size_t n_point, next, group;
	size_t n_missed; /* questions in a row without an answer */
	size_t n_wrong;  /* points in a row that only wrong answers came about */
	size_t n_whole;  /* rounds in a row in which no question was parted */
	ward_ns round;
	struct ward_poll_refused wrong;
	struct ward_snmp_value value[WARD_SNMP_GROUP];
};

enum ward_err ward_snmp_oid_parse(
	struct ward_str s, struct ward_snmp_oid *ret, const char **ret_why)
{
	struct ward_snmp_oid oid = {.n = 0};
	struct ward_str rest = s.len && s.p[0] == '.' ? ward_str_sub(s, 1, s.len) : s;

	*ret_why = "an address is an object identifier in numbers: 1.3.6.1.2.1.1.3.0";
	while (rest.p) {
		uint64_t id;

		if (oid.n == WARD_SNMP_IDS || !ward_str_u64(ward_str_cut(&rest, '.'), &id) ||
			id > UINT32_MAX)
			return WARD_ERR_MALFORMED;
		oid.id[oid.n++] = (uint32_t)id;
	}
	if (oid.n < 2 || oid.id[0] > 2 || (oid.id[0] < 2 && oid.id[1] > 39))
		return WARD_ERR_MALFORMED;
	*ret = oid;
	return WARD_OK;
}

/* RFC 3416 2.3: as the agent has them. */
static int by_oid(const void *a, const void *b)
{
	const struct snmp_point *x = a, *y = b;

	for (size_t i = 0; i < x->oid.n && i < y->oid.n; i++)
		if (x->oid.id[i] != y->oid.id[i])
			return x->oid.id[i] < y->oid.id[i] ? -1 : 1;
	if (x->oid.n != y->oid.n)
		return x->oid.n < y->oid.n ? -1 : 1;
	return x->plan < y->plan ? -1 : x->plan > y->plan;
}

static bool same_column(const struct ward_snmp_oid *a, const struct ward_snmp_oid *b)
{
	size_t n = a->n - 1;

	return a->n == b->n && memcmp(a->id, b->id, n * sizeof(*a->id)) == 0 && a->id[n] < b->id[n];
}

static bool by_name(const struct snmp_point *p)
{
	return p->single || p->alone;
}

/* How many points from i on, at most `most`, are instances of one column that are read together. */
static size_t column(const struct ward_snmp_client *c, size_t i, size_t most)
{
	size_t n = 1;

	while (n < most && i + n < c->n_point && !by_name(&c->point[i]) &&
		!by_name(&c->point[i + n]) &&
		same_column(&c->point[i + n - 1].oid, &c->point[i + n].oid))
		n++;
	return n >= WARD_SNMP_BULK_MIN ? n : 0;
}

/* What is asked for next: of one column, or what comes before the next one. */
static size_t together(const struct ward_snmp_client *c, bool *ret_bulk)
{
	const struct snmp_point *first = &c->point[c->next];
	size_t left = c->n_point - c->next, most = 1;

	while (most < left && most < c->group && !first->alone && !first[most].alone)
		most++;
	size_t n = column(c, c->next, most);

	*ret_bulk = n > 0;
	while (!*ret_bulk && n < most && !column(c, c->next + n, WARD_SNMP_BULK_MIN))
		n++;
	/* the front of a column that has no room for a whole question */
	return n ? n : most;
}

enum ward_err ward_snmp_client_new(const struct ward_snmp_client_opts *opts,
	struct ward_snmp_client **ret, size_t *ret_point, const char **ret_why)
{
	struct ward_snmp_client *c = ward_mem_alloc(opts->mem, sizeof(*c));
	enum ward_err err = WARD_OK;

	if (!c)
		return WARD_ERR_NOMEM;
	c->o = *opts;
	c->group = WARD_SNMP_GROUP;
	c->pace_opts = ward_poll_pace_default(
		opts->rate ? opts->rate : (unsigned)ward_limit(opts->lim, WARD_LIMIT_POLL_RATE));
	c->round = opts->now(opts->ctx).mono;
	ward_poll_pace_init(&c->pace, &c->pace_opts, opts->seed, c->round);
	ward_poll_tell_init(
		&c->tell, opts->mem, opts->names, opts->counters, opts->source, opts->epoch);
	c->tell.sink = opts->sink;
	c->n_point = opts->plan->n;
	c->point = ward_mem_alloc(opts->mem, c->n_point * sizeof(*c->point));
	if (c->n_point && !c->point)
		err = WARD_ERR_NOMEM;
	for (size_t i = 0; !err && i < c->n_point; i++) {
		*ret_point = i;
		c->point[i].plan = &opts->plan->point[i];
		if (ward_snmp_oid_parse(opts->plan->point[i].address, &c->point[i].oid, ret_why))
			err = WARD_ERR_CONFIG;
	}
	if (!err && c->n_point)
		qsort(c->point, c->n_point, sizeof(*c->point), by_oid);
	if (err)
		ward_snmp_client_free(c);
	else
		*ret = c;
	return err;
}

void ward_snmp_client_free(struct ward_snmp_client *c)
{
	if (!c)
		return;
	ward_mem_free(c->o.mem, c->point, c->point ? c->n_point * sizeof(*c->point) : 0);
	ward_poll_tell_fini(&c->tell);
	ward_mem_free(c->o.mem, c, sizeof(*c));
}

static enum ward_err tell_none(
	struct ward_snmp_client *c, struct snmp_point *p, const char *why, ward_ns wall)
{
	struct ward_poll_device who = {.ip = c->o.ip};
	struct ward_poll_reading r = {.point = p->plan, .quality = WARD_POLL_BAD, .reason = why};

	ward_count_name(c->o.counters, "poll.no_value", 1);
	if (p->bad)
		return WARD_OK;
	p->bad = true;
	return ward_poll_tell_reading(&c->tell, &who, &r, wall);
}

static enum ward_err tell_values(struct ward_snmp_client *c, size_t n, ward_ns wall)
{
	struct ward_poll_device who = {.ip = c->o.ip};
	struct snmp_point *first = &c->point[c->next];
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < n; i++) {
		struct ward_poll_reading r = {.point = first[i].plan, .value = c->value[i].value};

		if (c->value[i].cut)
			r.reason = "truncated";

		if (c->value[i].reason) {
			err = tell_none(c, &first[i], c->value[i].reason, wall);
			continue;
		}
		first[i].bad = false;
		err = ward_poll_tell_reading(&c->tell, &who, &r, wall);
	}
	return err;
}

static void advance(struct ward_snmp_client *c, size_t n, ward_ns mono)
{
	c->next += n;
	if (c->next < c->n_point)
		return;
	c->next = 0;
	/* what was too big for one answer may have been so once */
	if (c->group < WARD_SNMP_GROUP && ++c->n_whole == GROW_AFTER) {
		c->n_whole = 0;
		c->group = c->group * 2 < WARD_SNMP_GROUP ? c->group * 2 : WARD_SNMP_GROUP;
	}
	c->round += c->o.every;
	if (c->round > mono)
		return;
	ward_count_name(c->o.counters, "poll.late_rounds", 1);
	c->round = mono;
}

static enum ward_err tell_news(struct ward_snmp_client *c, enum ward_poll_pace_news news,
	ward_ns heard, struct ward_poll_now now)
{
	struct ward_poll_device who = {.ip = c->o.ip};

	if (news == WARD_POLL_PACE_CAME)
		return ward_poll_tell_online(&c->tell, &who, now.wall);
	if (news == WARD_POLL_PACE_WENT)
		return ward_poll_tell_offline(&c->tell, &who, now.mono - heard, now.wall);
	return WARD_OK;
}

/* It answers, and not with values: half as many are asked for, one is told, and asked for alone. */
static enum ward_err on_refusal(
	struct ward_snmp_client *c, size_t n, const char *why, struct ward_poll_now now)
{
	struct snmp_point *p = &c->point[c->next];

	if (n > 1) {
		ward_count_name(c->o.counters, "poll.split", 1);
		c->group = n / 2;
		c->n_whole = 0;
		return WARD_OK;
	}
	p->alone = true;
	advance(c, 1, now.mono);
	return tell_none(c, p, why, now.wall);
}

/* The agent has no table for these, or no GetBulk: each is asked for by name. */
static void part_table(struct ward_snmp_client *c, size_t n)
{
	ward_count_name(c->o.counters, "snmp.single", n);
	for (size_t i = 0; i < n; i++)
		c->point[c->next + i].single = true;
}

/* Wrong answers about some objects say nothing of the agent; about all of them, it is as good as
 * gone. */
static enum ward_poll_pace_end pace_end(const struct ward_snmp_client *c, enum ward_snmp_end e)
{
	if (e == WARD_SNMP_WRONG && c->n_wrong < c->n_point)
		return WARD_POLL_PACE_PASSED;
	return e == WARD_SNMP_MISSED || e == WARD_SNMP_WRONG ? WARD_POLL_PACE_MISSED
							     : WARD_POLL_PACE_ANSWERED;
}

/* What the end of a question about n points means for them. bulk: it was GetBulk; instead: it
 * would have been, but for questions that were missed. */
static enum ward_err conclude(struct ward_snmp_client *c, enum ward_snmp_end e, size_t n, bool bulk,
	bool instead, const char *why)
{
	struct ward_poll_now now = c->o.now(c->o.ctx);
	size_t missed = c->n_missed;
	enum ward_err err;

	c->n_missed = e == WARD_SNMP_MISSED ? missed + 1 : 0;
	if (e == WARD_SNMP_MISSED)
		return WARD_OK;
	if (bulk && e != WARD_SNMP_DONE && e != WARD_SNMP_TOO_BIG) {
		part_table(c, n);
		return WARD_OK;
	}
	if (e == WARD_SNMP_WRONG) {
		c->n_wrong += n == 1;
		return on_refusal(c, n, "wrong-answer", now);
	}
	c->n_wrong = 0;
	if (e != WARD_SNMP_DONE)
		return on_refusal(c, n, why, now);
	/* more were missed of an agent that was gone, which says nothing of GetBulk */
	if (instead && missed == BULK_MISSED)
		part_table(c, n);
	if (n == 1)
		c->point[c->next].alone = false;
	err = tell_values(c, n, now.wall);
	advance(c, n, now.mono);
	return err;
}

static enum ward_err ask(struct ward_snmp_client *c, ward_ns mono)
{
	const struct ward_snmp_oid *oid[WARD_SNMP_GROUP];
	bool table;
	size_t n = together(c, &table);
	bool bulk = table && c->n_missed < BULK_MISSED;
	const char *why = "too-big";
	ward_ns heard = c->pace.heard;

	for (size_t i = 0; i < n; i++)
		oid[i] = &c->point[c->next + i].oid;
	ward_poll_pace_asked(&c->pace, mono);
	ward_count_name(c->o.counters, "poll.asked", 1);
	enum ward_snmp_end e = c->o.read(c->o.ctx, oid, n, bulk, c->value, &why);
	struct ward_poll_now now = c->o.now(c->o.ctx);
	enum ward_poll_pace_end end = pace_end(c, e);
	enum ward_err err = tell_news(c, ward_poll_pace_ended(&c->pace, end, now.mono), heard, now);

	if (!err && e == WARD_SNMP_WRONG)
		err = ward_poll_tell_refused(&c->tell, &(struct ward_poll_device){.ip = c->o.ip},
			"snmp.reject.answer", &c->wrong, now.wall);
	if (e == WARD_SNMP_MISSED || e == WARD_SNMP_WRONG)
		ward_count_name(c->o.counters, "poll.missed", 1);
	return err ? err : conclude(c, e, n, bulk, table && !bulk, why);
}

enum ward_err ward_snmp_client_tick(struct ward_snmp_client *c)
{
	ward_ns mono = c->o.now(c->o.ctx).mono;

	if (!c->n_point || mono < c->round || !ward_poll_pace_may(&c->pace, mono))
		return WARD_OK;
	return ask(c, mono);
}

ward_ns ward_snmp_client_due(const struct ward_snmp_client *c)
{
	ward_ns at = ward_poll_pace_due(&c->pace);

	if (!c->n_point)
		return INT64_MAX;
	return c->round > at ? c->round : at;
}
