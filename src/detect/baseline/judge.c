/* When is something not usual? Integers only, so that every machine says the same. */
#include "detect/baseline/priv.h"

enum {
	NOVEL_PER_CENT = 5,
	TOP_PER_MILLE = 995,
	TOP_MIN = 200, /* numbers from which on the rare top is left out of account */
	SHRINK = 4,    /* as if each hour of the week had been like all hours this many times */
	SPREADS = 6,   /* so many standard deviations, each 1.5 median distances, are usual */
	WEEK_HOURS = 168,
	TETHER = 4,      /* times the busiest hour that was learned is odd, whatever came later */
	RATE_HOURS = 24, /* known hours before a rate is judged */
};

static const ward_ns hour_ns = 3600 * WARD_NS_PER_S;

bool ward_bl_closed(const struct ward_bl_dim_state *d)
{
	return !d->evicted && d->total && d->single <= d->total / (100 / NOVEL_PER_CENT);
}

static int64_t sat_add(int64_t a, int64_t b)
{
	int64_t sum;

	return ward_add(a, b, &sum) ? sum : b < 0 ? INT64_MIN : INT64_MAX;
}

/* a >= 0, b >= 0 */
static int64_t sat_mul(int64_t a, int64_t b)
{
	int64_t product;

	return ward_mul(a, b, &product) ? product : INT64_MAX;
}

void ward_bl_anchor(struct ward_bl_entry *en, int64_t low, int64_t high)
{
	if (en->anchored)
		return;
	en->anchored = true;
	en->anchor_low = low;
	en->anchor_high = high;
}

/* What was learned since learning ended counts, but only up to the double of what it ended with:
 * who moves it by small steps is told of at every doubling. */
static void tether(
	const struct ward_bl_dim *d, const struct ward_bl_entry *en, struct ward_bl_bounds *r)
{
	int64_t width, low, high;

	if (!en->anchored)
		return;
	if (!ward_sub(en->anchor_high, en->anchor_low, &width))
		width = INT64_MAX;
	low = sat_add(en->anchor_low, -width);
	high = sat_add(en->anchor_high, d->factor && en->anchor_high > 0 ? en->anchor_high : width);
	r->low = r->low < low ? low : r->low;
	r->high = r->high > high ? high : r->high;
}

struct ward_bl_bounds ward_bl_bounds(const struct ward_bl_dim *d, const struct ward_bl_entry *en)
{
	struct ward_bl_bounds r = {.low = en->min, .high = en->max};
	int64_t width;

	if (en->hist.total >= TOP_MIN) {
		int64_t top = ward_hist_quantile(&en->hist, 0, TOP_PER_MILLE);

		r.high = top < r.high ? top : r.high;
	}
	tether(d, en, &r);
	if (d->factor) {
		int64_t floor = sat_mul(d->floor, 1000);

		r.lowest = INT64_MIN;
		r.highest = sat_mul(r.high > 0 ? r.high : 0, d->factor);
		r.highest = floor > r.highest ? floor : r.highest;
		return r;
	}
	if (!ward_sub(r.high, r.low, &width))
		width = INT64_MAX;
	/* Per cent of the width, without leaving 64 bits. */
	int64_t slack = sat_add(sat_mul(width / 100, d->margin), width % 100 * d->margin / 100);

	r.lowest = sat_add(r.low, -slack);
	r.highest = sat_add(r.high, slack);
	return r;
}

static int64_t hour_no(ward_ns t)
{
	return t / hour_ns - (t % hour_ns < 0);
}

static int64_t hour_of_week(ward_ns t)
{
	/* 1970-01-01 was a Thursday; weeks begin on Monday. */
	int64_t h = (hour_no(t) % WEEK_HOURS + 3 * 24) % WEEK_HOURS;

	return h < 0 ? h + WEEK_HOURS : h;
}

struct ward_str ward_bl_hour_text(ward_ns t, char ret[16])
{
	static const char *const day[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	struct ward_wr w = ward_wr_fixed(ret, 16);
	int64_t h = hour_of_week(t);

	ward_wr_printf(&w, "%s %02d", day[h / 24], (int)(h % 24));
	return ward_wr_text(&w);
}

struct ward_str ward_bl_day_text(ward_ns t, int shift, char ret[16])
{
	struct ward_wr w = ward_wr_fixed(ret, 16);
	int64_t h = (hour_of_week(t) + shift + WEEK_HOURS) % WEEK_HOURS;

	ward_wr_printf(&w, "%s %02d", h < 5 * 24 ? "workday" : "weekend", (int)(h % 24));
	return ward_wr_text(&w);
}

static uint64_t counted(const struct ward_bl_entry *en)
{
	return en ? en->hist.total : 0;
}

/* How many of `of` hours were not counted, since nothing happened in them. */
static uint64_t zeros(const struct ward_bl_entry *en, int64_t of)
{
	uint64_t seen = en ? en->count : 0,
		 n = of > 0 && (uint64_t)of > seen ? (uint64_t)of - seen : 0;

	/* Old hours count half: those without events, too. Hours are fewer than 2^23. */
	return seen > counted(en) && seen ? n * counted(en) / seen : n;
}

static int64_t shrunk(int64_t own, uint64_t n, int64_t all)
{
	/* n is a number of weeks; counts of events stay far below 2^50. */
	int64_t weeks = n > 1000 ? 1000 : (int64_t)n;

	own = own > INT64_MAX / 2048 ? INT64_MAX / 2048 : own;
	all = all > INT64_MAX / 2048 ? INT64_MAX / 2048 : all;
	return (own * weeks + all * SHRINK) / (weeks + SHRINK);
}

struct ward_bl_usual ward_bl_rate(
	const struct ward_baseline *b, const struct ward_bl_key *k, size_t dim, ward_ns hour)
{
	static const struct ward_hist none = {.n = 0};
	const struct ward_bl_dim *d = &b->profiles->p[k->profile].dim[dim];
	char text[16];
	struct ward_str week_hour = ward_bl_hour_text(hour, text);
	const struct ward_bl_entry *own =
		ward_bl_entry_find(b, ward_bl_entry_id(k, dim, week_hour));
	const struct ward_bl_entry *all =
		ward_bl_entry_find(b, ward_bl_entry_id(k, dim, WARD_STR("all")));
	/* Hours of [first, end) are those learned; `ago` is how far the end lies back. */
	int64_t since = hour_no(hour) - hour_no(k->first);
	int64_t ago = hour_no(hour) - hour_no(k->last) - 1;

	ago = ago < 0 ? 0 : ago;
	uint64_t z_all = zeros(all, since - ago);
	uint64_t z_own = zeros(own, since < 0 ? 0 : since / WEEK_HOURS - ago / WEEK_HOURS);
	const struct ward_hist *h_all = all ? &all->hist : &none, *h_own = own ? &own->hist : &none;
	int64_t m_all = ward_hist_quantile(h_all, z_all, 500);
	int64_t m_own = ward_hist_quantile(h_own, z_own, 500);
	int64_t mad = shrunk(ward_hist_mad(h_own, z_own, m_own), h_own->total + z_own,
		ward_hist_mad(h_all, z_all, m_all));
	struct ward_bl_usual r = {.usual = shrunk(m_own, h_own->total + z_own, m_all)};
	int64_t bound[] = {sat_mul(r.usual, d->factor), sat_add(r.usual, mad * SPREADS * 3 / 2),
		sat_mul(own && own->max > 0 ? own->max : 0, 2), sat_mul(d->floor, 1000)};

	if (since - ago < RATE_HOURS)
		r.limit = INT64_MAX;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bound); i++)
		r.limit = bound[i] > r.limit ? bound[i] : r.limit;
	if (all && all->anchored && r.limit != INT64_MAX) {
		int64_t most = sat_mul(all->anchor_high, TETHER);

		most = bound[3] > most ? bound[3] : most;
		r.limit = most < r.limit ? most : r.limit;
	}
	return r;
}
