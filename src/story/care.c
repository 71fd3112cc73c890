/* What an attack costs: which care services will be hit, when, and why. */
#include "story/priv.h"

#include <stdlib.h>

#define MINUTE (60 * WARD_NS_PER_S)

enum {
	LESS_MIN = 5,  /* a shift in time of fewer minutes is not told */
	OPEN_NAMED = 3 /* services that can't be ruled out are named, of the others how many */
};

/* A service with the word for its likelihood. */
struct ranked {
	struct care *c;
	enum tier tier;
};

static enum tier tier_of(const struct care *c)
{
	if (c->lo_micro >= 900000)
		return TIER_CERTAIN;
	if (c->lo_micro >= 600000)
		return TIER_LIKELY;
	if (c->lo_micro >= 100000)
		return TIER_POSSIBLE;
	return c->hi_micro > 100000 ? TIER_OPEN : TIER_UNLIKELY;
}

static const char *tier_word(enum tier t)
{
	static const char *const word[] = {[TIER_UNLIKELY] = "unlikely",
		[TIER_OPEN] = "can't be ruled out",
		[TIER_POSSIBLE] = "possible",
		[TIER_LIKELY] = "likely",
		[TIER_CERTAIN] = "almost certain"};

	return word[t];
}

static ward_ns minus(ward_ns a, ward_ns b)
{
	ward_ns d;

	if (ward_sub(a, b, &d))
		return d;
	return a > b ? INT64_MAX : INT64_MIN;
}

static int rank_cmp(const void *va, const void *vb)
{
	const struct ranked *a = va, *b = vb;

	if (a->tier != b->tier)
		return a->tier > b->tier ? -1 : 1;
	if (a->c->priority_micro != b->c->priority_micro)
		return a->c->priority_micro > b->c->priority_micro ? -1 : 1;
	if (a->c->expected != b->c->expected)
		return a->c->expected < b->c->expected ? -1 : 1;
	if (!ward_str_eq(a->c->name, b->c->name))
		return ward_str_cmp(a->c->name, b->c->name);
	return ward_str_cmp(a->c->threat_name, b->c->threat_name);
}

/* Those alive, best first; in the scratch arena. */
static struct ranked *rank(struct ward_story *s, const struct tale *t, size_t *ret_n)
{
	struct ranked *r = ward_arena_array(&s->scratch, t->n_care, sizeof(*r));

	*ret_n = 0;
	for (size_t i = 0; r && i < t->n_care; i++) {
		struct care *c = &t->care[i];

		if (c->alive)
			r[(*ret_n)++] = (struct ranked){c, tier_of(c)};
	}
	if (*ret_n)
		qsort(r, *ret_n, sizeof(*r), rank_cmp);
	return r;
}

/* "6 min", "1 h 30 min", "2 d 4 h"; ns >= 0. */
static void put_span(struct ward_wr *w, ward_ns ns)
{
	int64_t min = ns / MINUTE + (ns % MINUTE >= MINUTE / 2);

	if (min < 1)
		ward_wr_z(w, "a moment");
	else if (min < 100)
		ward_wr_printf(w, "%lld\u00a0min", (long long)min);
	else if (min < 48 * 60)
		ward_wr_printf(w, "%lld\u00a0h\u00a0%lld\u00a0min", (long long)(min / 60),
			(long long)(min % 60));
	else
		ward_wr_printf(w, "%lld\u00a0d\u00a0%lld\u00a0h", (long long)(min / 1440),
			(long long)(min / 60 % 24));
}

/* "about 03:42, in 6 min (earliest: now)" */
static void put_when(struct ward_wr *w, const struct care *c, ward_ns now)
{
	ward_ns until = minus(c->expected, now);

	if (until <= 0) {
		ward_wr_z(w, tier_of(c) >= TIER_LIKELY ? "since about\u00a0"
						       : "may have begun about\u00a0");
		ward_tell_forecast(w, c->expected, now);
		return;
	}
	ward_wr_z(w, "about\u00a0");
	ward_tell_forecast(w, c->expected, now);
	ward_wr_z(w, ", in\u00a0");
	put_span(w, until);
	if (minus(c->expected, c->earliest) < MINUTE || tier_of(c) < TIER_POSSIBLE)
		return;
	if (c->earliest <= now) {
		ward_wr_z(w, " or any moment");
		return;
	}
	ward_wr_z(w, ", not before\u00a0");
	ward_tell_forecast(w, c->earliest, now);
}

static void put_likelihood(struct ward_wr *w, const struct care *c)
{
	int64_t lo = (c->lo_micro + 5000) / 10000, hi = (c->hi_micro + 5000) / 10000;

	ward_wr_z(w, tier_word(tier_of(c)));
	if (lo == hi)
		ward_wr_printf(w, " (%lld\u00a0%%)", (long long)lo);
	else
		ward_wr_printf(w, " (%lld–%lld\u00a0%%)", (long long)lo, (long long)hi);
}

static void put_name(struct ward_story *s, const struct care *c)
{
	ward_text_put(&s->text, WARD_STYLE_BOLD, c->name);
	if (!c->outage) {
		ward_wr_z(&s->line, ", ");
		ward_tell_inner(&s->line, c->threat_name);
		ward_tell_put(s, WARD_STYLE_PLAIN);
	}
	ward_text_z(&s->text, WARD_STYLE_PLAIN, ": ");
}

static void end_line(struct ward_story *s)
{
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
}

/* The chain, from the last service in it that stands above in the same list. */
static struct ward_str short_chain(
	struct ward_story *s, const struct ranked *above, size_t n, const struct care *c)
{
	struct ward_str chain = c->chain;

	for (size_t i = 0; i < n; i++) {
		size_t at;

		if (above[i].c->asset == c->asset || !above[i].c->outage)
			continue;
		ward_wr_z(&s->line, " → ");
		ward_wr_str(&s->line, above[i].c->name);
		ward_wr_ch(&s->line, ':');
		at = ward_str_find(chain, ward_wr_text(&s->line));
		ward_wr_reset(&s->line);
		if (at != SIZE_MAX)
			chain = ward_str_sub(chain, at + sizeof(" → ") - 1, chain.len);
	}
	return chain;
}

/* One service: name, time, likelihood. */
static void tell_one(struct ward_story *s, const struct care *c, ward_ns now)
{
	ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
	put_name(s, c);
	put_when(&s->line, c, now);
	ward_wr_z(&s->line, "; ");
	put_likelihood(&s->line, c);
	end_line(s);
}

static void tell_chain(struct ward_story *s, struct ward_str chain)
{
	if (!chain.len)
		return;
	ward_text_open(&s->text, COL_BODY + 4, COL_BODY + 6);
	ward_text_put(&s->text, WARD_STYLE_DIM, chain);
	ward_text_close(&s->text);
}

static void note_told(struct care *c)
{
	c->told = true;
	c->told_tier = tier_of(c);
	c->told_expected = c->expected;
}

/* Is the service at this place of the list also at one before it, by another threat? */
static bool named_before(const struct ranked *r, size_t at)
{
	for (size_t k = 0; k < at; k++)
		if (r[k].c->asset == r[at].c->asset)
			return true;
	return false;
}

/* Services of tiers lo to hi from place `from` on, each once. */
static size_t count_services(
	const struct ranked *r, size_t n, size_t from, enum tier lo, enum tier hi)
{
	size_t count = 0;

	for (size_t i = from; i < n; i++)
		count += r[i].tier >= lo && r[i].tier <= hi && !named_before(r, i);
	return count;
}

/* "can't be ruled out: Pharmacy (about 04:17), Dialysis (about 05:02), 8 more" */
static void put_open(struct ward_wr *w, const struct ranked *r, size_t n, ward_ns now)
{
	size_t named = 0, all = count_services(r, n, 0, TIER_OPEN, TIER_OPEN);

	if (!all)
		return;
	ward_wr_z(w, "can't be ruled out: ");
	for (size_t i = 0; i < n && named < OPEN_NAMED; i++) {
		if (r[i].tier != TIER_OPEN || named_before(r, i))
			continue;
		ward_wr_z(w, named++ ? ", " : "");
		ward_wr_str(w, r[i].c->name);
		ward_wr_z(w, " (about\u00a0");
		ward_tell_forecast(w, r[i].c->expected, now);
		ward_wr_ch(w, ')');
	}
	if (all > named)
		ward_wr_printf(w, ", %zu\u00a0more", all - named);
}

/* What is not told at length: "and 2 more services; can't be ruled out: …" */
static void tell_rest(struct ward_story *s, const struct ranked *r, size_t n, ward_ns now)
{
	size_t more = count_services(r, n, TOP, TIER_POSSIBLE, TIER_CERTAIN);

	if (more) {
		ward_wr_z(&s->line, "and ");
		ward_tell_count(&s->line, more, "more service", "more services");
		ward_wr_z(&s->line, "; ");
	}
	put_open(&s->line, r, n, now);
	if (!s->line.len)
		return;
	ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
	end_line(s);
}

/* Beneath the incident's own heading, if that is what stands above. */
static void heading(struct ward_story *s, const struct tale *t, const char *what, ward_ns now)
{
	bool alone = s->block != t->number;

	if (alone) {
		ward_text_gap(&s->text);
		ward_text_open(&s->text, 0, COL_BODY);
		ward_wr_printf(&s->line, "INCIDENT %u: ", t->number);
		ward_text_put(&s->text, WARD_STYLE_BOLD, ward_wr_text(&s->line));
		ward_wr_reset(&s->line);
		ward_tell_inner(&s->line, ward_str_z(what));
		s->block = t->number;
	} else {
		ward_text_open(&s->text, COL_BODY, COL_BODY + 2);
		ward_wr_z(&s->line, what);
	}
	ward_tell_put(s, WARD_STYLE_BOLD);
	ward_wr_z(&s->line, " (as of\u00a0");
	ward_tell_forecast(&s->line, t->last, now);
	ward_wr_z(&s->line, ")");
}

/* All that is expected, the first at length. Gives how many of the list are at least possible. */
static size_t tell_list(
	struct ward_story *s, const struct tale *t, const struct ranked *r, size_t n, ward_ns now)
{
	size_t sure = 0;

	while (sure < n && r[sure].tier >= TIER_POSSIBLE)
		sure++;
	if (!sure) {
		heading(s, t, "Care: no loss likely yet", now);
		if (count_services(r, n, 0, TIER_OPEN, TIER_OPEN))
			ward_wr_z(&s->line, "; ");
		put_open(&s->line, r, n, now);
		end_line(s);
		return 0;
	}
	heading(s, t, "Care that may be lost", now);
	end_line(s);
	for (size_t i = 0; i < sure && i < TOP; i++) {
		tell_one(s, r[i].c, now);
		tell_chain(s, short_chain(s, r, i, r[i].c));
	}
	tell_rest(s, r, n, now);
	return sure;
}

static void tell_first(struct ward_story *s, struct tale *t, const struct ranked *r, size_t n)
{
	size_t sure = tell_list(s, t, r, n, t->last);

	for (size_t i = 0; i < sure; i++)
		note_told(r[i].c);
	t->care_told = true;
	t->care_sure = sure > 0;
}

enum change { SAME, NEW, SURER, LESS_SURE, MOVED };

static enum change change_of(const struct ranked *r, ward_ns now)
{
	const struct care *c = r->c;
	ward_ns shift = minus(c->expected, c->told_expected), left = minus(c->told_expected, now);

	if (!c->told)
		return r->tier >= TIER_POSSIBLE ? NEW : SAME;
	if (r->tier != c->told_tier)
		return r->tier > c->told_tier ? SURER : LESS_SURE;
	if (r->tier < TIER_POSSIBLE)
		return SAME;
	if (shift < 0)
		shift = shift == INT64_MIN ? INT64_MAX : -shift;
	if (c->expected <= now && c->told_expected <= now)
		return SAME;
	return shift >= LESS_MIN * MINUTE && shift >= left / 4 ? MOVED : SAME;
}

static void tell_change(struct ward_story *s, struct care *c, ward_ns now, enum change what)
{
	if (what == NEW || what == SURER) {
		tell_one(s, c, now);
		note_told(c);
		return;
	}
	ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
	put_name(s, c);
	if (what == LESS_SURE) {
		ward_wr_z(&s->line, "now only ");
		put_likelihood(&s->line, c);
	} else {
		ward_wr_z(&s->line, "now ");
		put_when(&s->line, c, now);
		ward_wr_z(&s->line, c->told_expected < c->expected ? "; later than " : "; was ");
		ward_tell_forecast(&s->line, c->told_expected, now);
	}
	end_line(s);
	note_told(c);
}

/* Told before, and now no more expected; in order of name. */
static struct ranked *gone(struct ward_story *s, const struct tale *t, size_t *ret_n)
{
	struct ranked *r = ward_arena_array(&s->scratch, t->n_care, sizeof(*r));

	*ret_n = 0;
	for (size_t i = 0; r && i < t->n_care; i++)
		if (!t->care[i].alive && t->care[i].told)
			r[(*ret_n)++] = (struct ranked){&t->care[i], TIER_UNLIKELY};
	if (*ret_n)
		qsort(r, *ret_n, sizeof(*r), rank_cmp);
	return r;
}

static void tell_gone(struct ward_story *s, const struct ranked *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
		put_name(s, r[i].c);
		ward_wr_z(&s->line, "no longer expected");
		end_line(s);
		r[i].c->told = false;
	}
}

static void tell_changes(struct ward_story *s, struct tale *t, const struct ranked *r, size_t n)
{
	size_t n_told = 0, n_more = 0;

	for (size_t i = 0; i < n; i++) {
		enum change what = change_of(&r[i], t->last);

		if (what == SAME)
			continue;
		if (n_told == TOP) {
			n_more++;
			note_told(r[i].c);
			continue;
		}
		if (!n_told++) {
			heading(s, t, "What changes for care", t->last);
			end_line(s);
		}
		tell_change(s, r[i].c, t->last, what);
		if ((what == NEW || what == SURER) && r[i].tier >= TIER_POSSIBLE)
			tell_chain(s, short_chain(s, r, i, r[i].c));
	}
	if (n_more)
		ward_tell_line(s, COL_BODY + 2, "and %zu more that changed", n_more);
}

enum ward_err ward_tell_care(struct ward_story *s, struct tale *t)
{
	size_t n, n_gone;
	struct ranked *r = rank(s, t, &n), *g = gone(s, t, &n_gone);

	if (!r || !g)
		return WARD_ERR_NOMEM;
	t->care_changed = false;
	/* the list once, and once more when the first of it becomes possible */
	if (n && (!t->care_told || (!t->care_sure && r[0].tier >= TIER_POSSIBLE)))
		tell_first(s, t, r, n);
	else
		tell_changes(s, t, r, n);
	if (n_gone) {
		heading(s, t, "What need no longer be feared", t->last);
		end_line(s);
	}
	tell_gone(s, g, n_gone);
	return WARD_OK;
}

enum ward_err ward_tell_care_all(struct ward_story *s, const struct tale *t, ward_ns now)
{
	size_t n;
	struct ranked *r = rank(s, t, &n);

	if (!r)
		return WARD_ERR_NOMEM;
	if (!n)
		return WARD_OK;
	(void)tell_list(s, t, r, n, now);
	if (!t->asset.n || !s->all.len)
		return WARD_OK;
	ward_wr_z(&s->line, "all of it, with ");
	ward_tell_count(&s->line, t->asset.n, "device or room", "devices and rooms");
	ward_wr_z(&s->line, ": ");
	ward_wr_str(&s->line, s->all);
	ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
	end_line(s);
	return WARD_OK;
}
