/* From rules, what is on record and what was said, to clocks. */
#include "law/priv.h"

enum { THOUSAND = 1000 };

static const char *const is_name[] = {"no", "unknown", "likely", "yes"};
static const char *const mark_name[] = {"confirmed", "secondary", "unconfirmed"};
static const char *const state_name[] = {
#define X(NAME, name) name,
	WARD_LAW_STATE_LIST(X)
#undef X
};

const char *ward_law_is_name(enum ward_law_is is)
{
	return (unsigned)is < WARD_ARRAY_LEN(is_name) ? is_name[is] : "?";
}

const char *ward_law_mark_name(enum ward_law_mark m)
{
	return (unsigned)m < WARD_ARRAY_LEN(mark_name) ? mark_name[m] : "?";
}

const char *ward_law_state_name(enum ward_law_state s)
{
	return (unsigned)s < WARD_LAW_STATE_N ? state_name[s] : "?";
}

/* ---- is it due? ---- */

static enum ward_law_is due_is(const struct ward_law *l, const struct ward_law_rule *u,
	const struct ward_law_case *c, const struct ward_law_record *r)
{
	enum ward_law_is is = WARD_LAW_YES, one;
	const struct ward_law_said *said;

	for (size_t i = 0; i < u->n_when; i++) {
		one = ward_law_fact_is(l, u->when[i], c, r, &said);
		is = one < is ? one : is;
	}
	for (size_t i = 0; i < u->n_unless; i++)
		if (ward_law_fact_is(l, u->unless[i], c, r, &said) == WARD_LAW_YES)
			is = WARD_LAW_NO;
	return is;
}

/* ---- clocks ---- */

static ward_ns begin_of(const struct ward_law_rule *u, const struct ward_law_case *c,
	const struct ward_law_record *r)
{
	const struct ward_law_said *said = NULL;

	switch (u->from) {
	case WARD_LAW_FROM_EVENT:
		return r->event;
	case WARD_LAW_FROM_DETECTED:
		return r->detected;
	case WARD_LAW_FROM_AWARE:
		said = ward_law_said(c, WARD_LAW_SAY_AWARE, 0);
		break;
	case WARD_LAW_FROM_SENT:
		said = ward_law_said(c, WARD_LAW_SAY_SENT, u->from_of);
		break;
	case WARD_LAW_FROM_FACT:
		said = ward_law_said(c, WARD_LAW_SAY_FACT, u->from_of);
		break;
	}
	return said && said->is == WARD_LAW_YES ? said->time : WARD_NS_NEVER; /* or taken back */
}

static ward_ns end_of(const struct ward_law *l, const struct ward_law_rule *u, ward_ns from)
{
	ward_ns end;

	if (from == WARD_NS_NEVER ||
		ward_term_end(&u->due, from, l->holiday, l->n_holiday, &end) != WARD_OK)
		return WARD_NS_NEVER;
	return end;
}

static unsigned used(const struct ward_law_clock *k, ward_ns now)
{
	ward_ns all, gone;

	if (k->from == WARD_NS_NEVER || k->due == WARD_NS_NEVER || k->due <= k->from ||
		!ward_sub(k->due, k->from, &all) || !ward_sub(now, k->from, &gone) || gone <= 0)
		return 0;
	return gone >= all ? THOUSAND : (unsigned)(gone / (all / THOUSAND));
}

static enum ward_law_state state_of(const struct ward_law_clock *k, ward_ns now)
{
	if (k->is == WARD_LAW_NO)
		return WARD_LAW_OFF;
	if (k->is == WARD_LAW_UNKNOWN)
		return WARD_LAW_ASKS;
	if (k->from == WARD_NS_NEVER)
		return WARD_LAW_WAITS;
	return k->due != WARD_NS_NEVER && now > k->due ? WARD_LAW_LATE : WARD_LAW_RUNS;
}

static struct ward_law_clock clock_of(const struct ward_law *l, size_t rule,
	const struct ward_law_case *c, const struct ward_law_record *r, ward_ns now)
{
	const struct ward_law_rule *u = &l->rule[rule];
	const struct ward_law_said *sent = ward_law_said(c, WARD_LAW_SAY_SENT, rule);
	const struct ward_law_said *waived = ward_law_said(c, WARD_LAW_SAY_WAIVED, rule);
	struct ward_law_clock k = {.rule = u, .is = due_is(l, u, c, r), .worst = WARD_NS_NEVER};

	k.from = begin_of(u, c, r);
	/* sent, and to be sent again: the next one runs; or it was asked for anew since */
	bool again =
		u->every && sent && sent->is == WARD_LAW_YES &&
		(u->from != WARD_LAW_FROM_FACT || (k.from != WARD_NS_NEVER && sent->at < k.from));

	if (again && sent->time > k.from && k.from != WARD_NS_NEVER)
		k.from = sent->time;
	k.due = end_of(l, u, k.from);
	if (u->from == WARD_LAW_FROM_AWARE)
		k.worst = end_of(l, u, r->detected);
	k.used = used(&k, now);
	k.state = state_of(&k, now);
	if (again) {
		k.said = sent;
	} else if (sent && sent->is == WARD_LAW_YES) {
		bool other = r->moved[rule] || ward_law_changes(l, c, sent, NULL, 0);

		k.state = other ? WARD_LAW_CHANGED : WARD_LAW_SENT;
		k.said = sent;
	} else if (waived && waived->is == WARD_LAW_YES) {
		k.state = WARD_LAW_WAIVED;
		k.said = waived;
	}
	return k;
}

/* Whoever was told is told what is new with the next report of its series, else with the same one
 * anew. */
static void follow(struct ward_law_clock *k, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		k[i].next = i;
		for (size_t x = i + 1; x < n && k[i].state == WARD_LAW_CHANGED; x++)
			if (k[i].next == i && k[i].rule->series.len &&
				ward_str_eq(k[i].rule->series, k[x].rule->series) &&
				(k[x].state == WARD_LAW_RUNS || k[x].state == WARD_LAW_LATE ||
					k[x].state == WARD_LAW_WAITS))
				k[i].next = x;
	}
}

size_t ward_law_clocks(const struct ward_law *l, const struct ward_law_case *c,
	const struct ward_law_record *r, ward_ns now, struct ward_law_clock ret[WARD_LAW_RULES])
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_rule; i++)
		if (l->rule[i].about == WARD_LAW_OF_INCIDENT && r->event >= l->rule[i].in_force &&
			r->event < l->rule[i].until)
			ret[n++] = clock_of(l, i, c, r, now);
	follow(ret, n);
	return n;
}

enum ward_err ward_law_request_clock(const struct ward_law *l, const struct ward_law_request *q,
	ward_ns now, struct ward_law_clock *ret)
{
	enum ward_law_about about =
		q->longer == WARD_NS_NEVER ? WARD_LAW_OF_REQUEST : WARD_LAW_OF_LONGER;

	for (size_t i = 0; i < l->n_rule; i++) {
		const struct ward_law_rule *u = &l->rule[i];

		if (u->about != about || q->received < u->in_force || q->received >= u->until)
			continue;
		*ret = (struct ward_law_clock){.rule = u,
			.is = WARD_LAW_YES,
			.from = q->received,
			.due = end_of(l, u, q->received),
			.worst = WARD_NS_NEVER};
		ret->used = used(ret, now);
		ret->state = q->done != WARD_NS_NEVER ? WARD_LAW_SENT : state_of(ret, now);
		return WARD_OK;
	}
	return WARD_ERR_NOT_FOUND;
}

enum ward_err ward_law_review_due(const struct ward_law *l, ward_ns at, ward_ns *ret)
{
	static const struct ward_term three = {WARD_TERM_WORKING_DAYS, 3};

	return ward_term_end(&three, at, l->holiday, l->n_holiday, ret);
}
