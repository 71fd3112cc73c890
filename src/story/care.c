/* What an attack costs: which care services will be hit, when, and why. */
#include "story/priv.h"

#include <stdlib.h>

/* Care lost within this time is what services are ranked by (README.md). */
#define HORIZON (4 * 3600 * WARD_NS_PER_S)
#define MINUTE (60 * WARD_NS_PER_S)

enum { LESS_MIN = 5 }; /* a shift in time of fewer minutes is not told */

/* A service with what it is ranked by. */
struct ranked {
	struct care *c;
	enum tier tier;
	int64_t lost; /* care units expected to be lost within the horizon, in no special unit */
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

/* Loss per minute in thousandths (below 1e9) × middle of the likelihood in thousandths (1e3) ×
 * minutes of the horizon (240): far from overflow. */
static int64_t lost(const struct care *c, ward_ns now)
{
	ward_ns until = minus(c->expected, now), left;

	if (until >= HORIZON)
		return 0;
	left = until > 0 ? HORIZON - until : HORIZON;
	return c->loss_micro / 1000 * ((c->lo_micro + c->hi_micro) / 2000) * (left / MINUTE);
}

static int rank_cmp(const void *va, const void *vb)
{
	const struct ranked *a = va, *b = vb;

	if (a->tier != b->tier)
		return a->tier > b->tier ? -1 : 1;
	if (a->lost != b->lost)
		return a->lost > b->lost ? -1 : 1;
	if (a->c->outage != b->c->outage)
		return a->c->outage ? -1 : 1;
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
			r[(*ret_n)++] = (struct ranked){c, tier_of(c), lost(c, t->last)};
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

/* Services among those from `from` on that are not already named before it, each once. */
static size_t count_services(const struct ranked *r, size_t n, size_t from)
{
	size_t count = 0;

	for (size_t i = from; i < n; i++) {
		bool named = false;

		for (size_t k = 0; k < i && !named; k++)
			named = r[k].c->asset == r[i].c->asset;
		count += !named;
	}
	return count;
}

static void tell_rest(struct ward_story *s, const struct tale *t, size_t services)
{
	if (!services && !t->asset.n)
		return;
	ward_wr_z(&s->line, services ? "and " : "and, behind it, ");
	if (services)
		ward_wr_printf(
			&s->line, "%zu more %s", services, services == 1 ? "service" : "services");
	if (services && t->asset.n)
		ward_wr_z(&s->line, ", ");
	if (t->asset.n)
		ward_wr_printf(&s->line, "%zu %s", t->asset.n,
			t->asset.n == 1 ? "device or room" : "devices and rooms");
	if (s->all.len) {
		ward_wr_z(&s->line, ": ");
		ward_wr_str(&s->line, s->all);
	}
	ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
	end_line(s);
}

/* Beneath the incident's own heading, if that is what stands above. */
static void heading(struct ward_story *s, const struct tale *t, const char *what)
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
	ward_wr_z(&s->line, " (as of ");
	ward_tell_time(&s->line, t->last, false);
	ward_wr_z(&s->line, ")");
	end_line(s);
}

static void tell_first(struct ward_story *s, struct tale *t, const struct ranked *r, size_t n)
{
	heading(s, t,
		r[0].tier >= TIER_POSSIBLE ? "Care that may be lost"
					   : "Care that could be lost, if this goes on");
	for (size_t i = 0; i < n && i < TOP; i++) {
		tell_one(s, r[i].c, t->last);
		if (r[i].tier >= TIER_POSSIBLE)
			tell_chain(s, short_chain(s, r, i, r[i].c));
		note_told(r[i].c);
	}
	tell_rest(s, t, count_services(r, n, n < TOP ? n : TOP));
	t->care_told = true;
}

enum change { SAME, NEW, SURER, LESS_SURE, MOVED };

static enum change change_of(const struct ranked *r, size_t place, ward_ns now)
{
	const struct care *c = r->c;
	ward_ns shift = minus(c->expected, c->told_expected), left = minus(c->told_expected, now);

	if (!c->told)
		return r->tier >= TIER_POSSIBLE || place < TOP ? NEW : SAME;
	if (r->tier != c->told_tier)
		return r->tier > c->told_tier ? SURER : LESS_SURE;
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
			r[(*ret_n)++] = (struct ranked){&t->care[i], TIER_UNLIKELY, 0};
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
		enum change what = change_of(&r[i], i, t->last);

		if (what == SAME)
			continue;
		if (n_told == TOP) {
			n_more++;
			note_told(r[i].c);
			continue;
		}
		if (!n_told++)
			heading(s, t, "What changes for care");
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
	if (!t->care_told && n)
		tell_first(s, t, r, n);
	else
		tell_changes(s, t, r, n);
	if (n_gone)
		heading(s, t, "What need no longer be feared");
	tell_gone(s, g, n_gone);
	return WARD_OK;
}

enum ward_err ward_tell_care_all(struct ward_story *s, const struct tale *t)
{
	size_t n;
	struct ranked *r = rank(s, t, &n);

	if (!r)
		return WARD_ERR_NOMEM;
	if (!n)
		return WARD_OK;
	heading(s, t, "Care that may be lost");
	for (size_t i = 0; i < n && i < TOP; i++) {
		tell_one(s, r[i].c, t->last);
		tell_chain(s, short_chain(s, r, i, r[i].c));
	}
	tell_rest(s, t, count_services(r, n, n < TOP ? n : TOP));
	return WARD_OK;
}
