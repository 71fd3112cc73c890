#include "standby/watch.h"

/* A take-over of longer ago is no news: whoever was told then was told. */
static const ward_ns news_for = 86400 * WARD_NS_PER_S;

const char *ward_standby_news_name(enum ward_standby_news what)
{
	static const char *const name[WARD_NEWS_N] = {
		"alone", "lags", "witness", "over", "forced", "switched", "aside", "whole"};

	return name[what];
}

struct saying {
	struct ward_standby_watch *w;
	struct ward_standby_said *said;
	size_t n;
};

static void say(struct saying *x, enum ward_standby_news what, ward_ns since, uint64_t n)
{
	if (x->w->told[what])
		return;
	x->w->told[what] = true;
	x->said[x->n++] = (struct ward_standby_said){what, since, n};
}

static bool lasts(ward_ns since, ward_ns now, uint64_t after_s)
{
	return since && now > since && (uint64_t)(now - since) / WARD_NS_PER_S >= after_s;
}

/* How this epoch began, once. */
static void begins(struct saying *x, const struct ward_standby_state *s, ward_ns now)
{
	static const enum ward_standby_news of[WARD_TOOK_HOWS] = {[WARD_TOOK_OVER] = WARD_NEWS_OVER,
		[WARD_TOOK_FORCED] = WARD_NEWS_FORCED,
		[WARD_TOOK_SWITCH] = WARD_NEWS_SWITCHED};

	*x->w = (struct ward_standby_watch){.epoch = s->epoch};
	if (of[s->how] && s->led && now - s->led < news_for)
		say(x, of[s->how], s->led, 0);
}

size_t ward_standby_look(struct ward_standby_watch *w, const struct ward_standby_state *s,
	ward_ns now, struct ward_standby_said ret[WARD_NEWS_N])
{
	struct saying x = {w, ret, 0};
	bool ill;

	if (s->role != WARD_STANDBY_LEADS || !s->epoch)
		return 0;
	if (s->epoch != w->epoch)
		begins(&x, s, now);
	if (s->diverged > w->diverged) {
		w->told[WARD_NEWS_ASIDE] = false;
		say(&x, WARD_NEWS_ASIDE, s->diverged_at, s->diverged - w->diverged);
	}
	w->diverged = s->diverged;
	if (lasts(s->alone_since, now, s->tell_after_s))
		say(&x, WARD_NEWS_ALONE, s->alone_since, 0);
	if (s->mode == WARD_STANDBY_PAIR && s->carried_lag_s >= WARD_NEWS_LAG * s->tell_after_s)
		say(&x, WARD_NEWS_LAGS, now - (ward_ns)s->carried_lag_s * WARD_NS_PER_S,
			s->carried_lag_s);
	if (lasts(s->witness_since, now, s->tell_after_s))
		say(&x, WARD_NEWS_WITNESS, s->witness_since, 0);
	ill = s->mode != WARD_STANDBY_PAIR || s->witness_since ||
	      s->carried_lag_s >= WARD_NEWS_LAG * s->tell_after_s;
	if (!ill) {
		say(&x, WARD_NEWS_WHOLE, now, 0);
		w->told[WARD_NEWS_ALONE] = w->told[WARD_NEWS_LAGS] = w->told[WARD_NEWS_WITNESS] =
			false;
	} else if (w->told[WARD_NEWS_ALONE] || w->told[WARD_NEWS_LAGS] ||
		   w->told[WARD_NEWS_WITNESS]) {
		w->told[WARD_NEWS_WHOLE] = false;
	}
	return x.n;
}
