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

/* ---- facts ---- */

enum ward_law_is ward_law_fact_is(const struct ward_law *l, size_t fact,
	const struct ward_law_case *c, const struct ward_law_record *r,
	const struct ward_law_said **ret_said)
{
	const struct ward_law_fact *f = &l->fact[fact];
	const struct ward_law_said *said = ward_law_said(c, WARD_LAW_SAY_FACT, fact), *of_part;
	enum ward_law_is is = WARD_LAW_UNKNOWN;

	*ret_said = said;
	if (said && said->is != WARD_LAW_UNKNOWN)
		return said->is;
	if (f->seen != WARD_LAW_SEEN_N && r->seen[f->seen])
		is = WARD_LAW_LIKELY;
	/* facts stand behind those that they are made of */
	for (size_t i = 0; i < f->n_any; i++) {
		enum ward_law_is part = ward_law_fact_is(l, f->any[i], c, r, &of_part);

		is = part > is ? part : is;
	}
	return is;
}

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

/* Was something said since that stands in the form which was sent? Of what was sent by no form, any
 * answer. */
static bool changed_since(
	const struct ward_law *l, const struct ward_law_case *c, const struct ward_law_said *sent)
{
	size_t form = ward_law_form_of(l, ward_str_z(sent->form));

	if (c->changed > sent->at)
		return true;
	for (size_t i = 0; i < c->n && form != SIZE_MAX; i++)
		if (c->said[i].say == WARD_LAW_SAY_FIELD && c->said[i].at > sent->at)
			for (size_t k = 0; k < l->form[form].n; k++)
				if (l->form[form].field[k] == c->said[i].of)
					return true;
	return false;
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
		k.state = changed_since(l, c, sent) ? WARD_LAW_CHANGED : WARD_LAW_SENT;
		k.said = sent;
	} else if (waived && waived->is == WARD_LAW_YES) {
		k.state = WARD_LAW_WAIVED;
		k.said = waived;
	}
	return k;
}

size_t ward_law_clocks(const struct ward_law *l, const struct ward_law_case *c,
	const struct ward_law_record *r, ward_ns now, struct ward_law_clock ret[WARD_LAW_RULES])
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_rule; i++)
		if (r->event >= l->rule[i].in_force && r->event < l->rule[i].until)
			ret[n++] = clock_of(l, i, c, r, now);
	return n;
}
