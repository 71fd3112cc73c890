#include "model/hours.h"

#include "model/load.h"

#include <stdio.h>
#include <stdlib.h>

/* From that minute of the week on. */
struct ward_hours_step {
	uint32_t minute, factor_micro;
};
/* One week; the first step is at minute 0. */
struct ward_hours {
	uint32_t n;
	struct ward_hours_step *step;
};

enum { DAY = WARD_DAY_MINUTES, WEEK = WARD_WEEK_MINUTES };
#define MINUTE (60 * WARD_NS_PER_S)
#define QUARTER (15 * MINUTE)
__extension__ typedef unsigned __int128 wide;
static const int64_t one = 1000000;

static unsigned read_days(struct ward_load *l, const struct ward_conf *c)
{
	struct ward_words w = ward_load_words(l, c, "days");
	unsigned days = 0;

	for (size_t i = 0; i < w.n; i++)
		if (!ward_week_days(w.at[i].s, &days))
			ward_load_error(l, c,
				WARD_TEXT("'%.*s' is no day of the week\nwrite mon, tue, wed, thu, "
					  "fri, sat, sun, or as in mon-fri"),
				WARD_STR_ARG(w.at[i].s));
	return days ? days : (1u << WARD_WEEK_DAYS) - 1;
}

static bool read_minute(
	struct ward_load *l, const struct ward_conf *c, const char *key, uint32_t *ret)
{
	struct ward_str s;

	if (!ward_conf_str(c, key, true, l->diag, &s))
		return false;
	if (ward_week_clock(s, ret))
		return true;
	ward_load_error(l, c,
		WARD_TEXT("'%s' has the bad value '%.*s'\nwrite a time of day as \"08:00\""), key,
		WARD_STR_ARG(s));
	return false;
}

/* 0 to 10 with at most six places. */
static uint32_t read_factor(
	struct ward_load *l, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s = WARD_STR("1");
	int64_t micro = one;
	uint64_t whole = 0;

	if (!ward_conf_str(c, key, required, l->diag, &s))
		return (uint32_t)one;
	if (ward_degree_parse(s, &micro))
		return (uint32_t)micro;
	struct ward_str rest = s, units = ward_str_cut(&rest, '.');
	char part[16] = "0.";

	micro = 0;
	if (ward_str_u64(units, &whole) && whole <= WARD_HOURS_FACTOR_MAX &&
		(!rest.p || (rest.len && rest.len <= 6))) {
		if (rest.p)
			memcpy(part + 2, rest.p, rest.len);
		if (!rest.p || ward_degree_parse(ward_str_z(part), &micro)) {
			micro += (int64_t)whole * one;
			if (micro <= WARD_HOURS_FACTOR_MAX * one)
				return (uint32_t)micro;
		}
	}
	ward_load_error(l, c,
		WARD_TEXT("'%s' has the bad value '%.*s'\nwrite a factor from 0 to %d with at most "
			  "six places"),
		key, WARD_STR_ARG(s), WARD_HOURS_FACTOR_MAX);
	return (uint32_t)one;
}

static void fill(uint32_t *week, uint32_t from, uint32_t to, uint32_t factor)
{
	for (uint32_t i = from; i < to; i++)
		week[i % WEEK] = factor;
}

static void entry(struct ward_load *l, const struct ward_conf *c, uint32_t *week)
{
	static const char *const known[] = {"days", "from", "to", "weight", NULL};
	uint32_t from, to;

	if (!ward_word_keys(c, known, l->diag))
		return;
	unsigned days = read_days(l, c);
	uint32_t factor = read_factor(l, c, "weight", true);

	if (!read_minute(l, c, "from", &from) || !read_minute(l, c, "to", &to))
		return;
	to += to <= from ? DAY : 0; /* past midnight */
	for (uint32_t d = 0; d < WARD_WEEK_DAYS; d++)
		if (days >> d & 1)
			fill(week, d * DAY + from, d * DAY + to, factor);
}

static struct ward_hours *compress(struct ward_load *l, const uint32_t *week)
{
	struct ward_hours *h = ward_arena_alloc(&l->m->arena, sizeof(*h));
	uint32_t n = 1;

	for (uint32_t i = 1; i < WEEK; i++)
		n += week[i] != week[i - 1];
	struct ward_hours_step *step = ward_arena_array(&l->m->arena, n, sizeof(*step));

	if (!h || !step) {
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
		return NULL;
	}
	*h = (struct ward_hours){0, step};
	for (uint32_t i = 0; i < WEEK; i++)
		if (!i || week[i] != week[i - 1])
			step[h->n++] = (struct ward_hours_step){i, week[i]};
	return h;
}

/* The first entry that fits counts: the last is laid first. */
static void lay(struct ward_load *l, const struct ward_conf *v, uint32_t *week)
{
	const struct ward_conf *at[WARD_HOURS_MAX];
	size_t n = 0;

	for (const struct ward_conf *c = v->child; c; c = c->next) {
		if (n == WARD_HOURS_MAX) {
			ward_load_error(l, c,
				WARD_TEXT("more than %d entries of hours\njoin some of them"),
				WARD_HOURS_MAX);
			break;
		}
		at[n++] = c;
	}
	while (n && !l->err)
		entry(l, at[--n], week);
}

/* "mon-fri@07:00-20:00", "07:00-20:00": open then. */
static bool open_at(struct ward_str word, uint32_t *week)
{
	struct ward_str rest = word, days = {"", 0};
	uint32_t from, to;
	unsigned which = 0;

	if (ward_str_find(word, WARD_STR("@")) != SIZE_MAX) {
		days = ward_str_cut(&rest, '@');
		if (!ward_week_days(days, &which))
			return false;
	}
	if (!ward_week_clock(ward_str_cut(&rest, '-'), &from) || !ward_week_clock(rest, &to))
		return false;
	to += to <= from ? DAY : 0; /* past midnight */
	for (uint32_t d = 0; d < WARD_WEEK_DAYS; d++)
		if (!days.len || which >> d & 1)
			fill(week, d * DAY + from, d * DAY + to, (uint32_t)one);
	return true;
}

/* A week for the node; NULL when there is no memory. */
static uint32_t *new_week(struct ward_load *l)
{
	struct ward_model *m = l->m;
	uint32_t *week = ward_arena_array(&l->scratch, WEEK, sizeof(*week));

	if (!m->hours)
		m->hours = ward_arena_array(&m->arena, m->n, sizeof(*m->hours));
	if (week && m->hours)
		return week;
	(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
	return NULL;
}

void ward_load_open(struct ward_load *l, const struct ward_conf *c, uint32_t node)
{
	struct ward_words w = ward_load_words(l, c, "open");
	uint32_t *week = w.n ? new_week(l) : NULL;

	if (!week)
		return;
	fill(week, 0, WEEK, 0);
	for (size_t i = 0; i < w.n; i++)
		if (!open_at(w.at[i].s, week))
			ward_load_error(l, c,
				WARD_TEXT("'%.*s' is no time at which it is open\nwrite "
					  "mon-fri@07:00-20:00, or 07:00-20:00 for all days"),
				WARD_STR_ARG(w.at[i].s));
	l->m->hours[node] = compress(l, week);
}

void ward_load_hours(struct ward_load *l, const struct ward_conf *c, uint32_t node)
{
	const struct ward_conf *v = ward_conf_get(c, "hours"), *o = ward_conf_get(c, "otherwise");
	struct ward_model *m = l->m;

	if (!v && !o)
		return;
	if (!v || v->kind != WARD_CONF_SEQ || !v->n_child) {
		ward_load_error(l, v ? v : o,
			WARD_TEXT("%s\nwrite `hours: [{days: mon-fri, from: \"08:00\", to: "
				  "\"18:00\", weight: 1}]` and `otherwise: 0.3`; a table can't "
				  "hold it"),
			v ? WARD_TEXT("'hours' must be a list of times")
			  : WARD_TEXT("'otherwise' without 'hours'"));
		return;
	}
	uint32_t *week = new_week(l);

	if (!week)
		return;
	fill(week, 0, WEEK, read_factor(l, c, "otherwise", false));
	lay(l, v, week);
	m->hours[node] = compress(l, week);
}

/* Of a room or door they say when it is open, of all else how much it matters. */
static const struct ward_hours *of_kind(const struct ward_model *m, uint32_t i, bool opens)
{
	if (!m->hours || i >= m->n)
		return NULL;
	enum ward_node_kind kind = m->node[i].kind;

	return (kind == WARD_NODE_ROOM || kind == WARD_NODE_DOOR) == opens ? m->hours[i] : NULL;
}

static const struct ward_hours *hours_of(const struct ward_model *m, uint32_t i)
{
	return of_kind(m, i, false);
}

bool ward_model_opens(const struct ward_model *m, uint32_t i)
{
	return of_kind(m, i, true) != NULL;
}

bool ward_model_has_hours(const struct ward_model *m, uint32_t i)
{
	return hours_of(m, i) != NULL;
}

/* The step that minute of the week is in. */
static uint32_t step_at(const struct ward_hours *h, uint32_t minute)
{
	uint32_t lo = 0, hi = h->n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (h->step[mid].minute <= minute)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

int64_t ward_model_factor(const struct ward_model *m, uint32_t i, ward_ns t)
{
	const struct ward_hours *h = hours_of(m, i);

	return h ? h->step[step_at(h, ward_tz_minute(&m->tz, t))].factor_micro : one;
}

bool ward_model_shut(const struct ward_model *m, uint32_t i, ward_ns t)
{
	const struct ward_hours *h = of_kind(m, i, true);

	return h && !h->step[step_at(h, ward_tz_minute(&m->tz, t))].factor_micro;
}

int64_t ward_model_factor_most(const struct ward_model *m, uint32_t i)
{
	const struct ward_hours *h = hours_of(m, i);
	int64_t most = h ? 0 : one;

	for (uint32_t k = 0; h && k < h->n; k++)
		most = h->step[k].factor_micro > most ? h->step[k].factor_micro : most;
	return most;
}

int64_t ward_model_busy(const struct ward_model *m, uint32_t i, ward_ns from, ward_ns to)
{
	const struct ward_hours *h = hours_of(m, i);
	wide sum = 0;

	if (!h)
		return to - from;
	while (from < to) {
		uint32_t minute = ward_tz_minute(&m->tz, from), at = step_at(h, minute);
		ward_ns left = at + 1 < h->n ? h->step[at + 1].minute - minute : WEEK - minute;
		ward_ns next = from, turn = from;

		/* Clocks are put forward and back at whole quarters of an hour. */
		if (!ward_add(from, QUARTER - (from % QUARTER + QUARTER) % QUARTER, &next) ||
			next > to)
			next = to;
		if (ward_add(from, left * MINUTE - (from % MINUTE + MINUTE) % MINUTE, &turn) &&
			turn < next)
			next = turn;
		sum += (wide)(uint64_t)(next - from) * h->step[at].factor_micro;
		from = next;
	}
	return (int64_t)(sum / (uint64_t)one);
}

void ward_hours_zone(struct ward_model *m, const struct ward_limits *lim, struct ward_diag *diag)
{
	const char *dir = getenv("TZDIR");
	struct ward_str zone = m->hospital.timezone;
	struct ward_diag quiet;
	struct ward_slice bytes;
	struct ward_arena a;
	char path[512];

	if (!m->hours || ward_str_eqz(zone, "UTC"))
		return;
	ward_arena_init(&a, m->mem, ward_limit(lim, WARD_LIMIT_MODEL_BYTES));
	ward_diag_init(&quiet, m->mem);
	int n = snprintf(path, sizeof(path), "%s/%.*s", dir && *dir ? dir : "/usr/share/zoneinfo",
		WARD_STR_ARG(zone));

	if (n < 0 || (size_t)n >= sizeof(path) ||
		ward_conf_read(&a, lim, path, &quiet, &bytes) != WARD_OK ||
		!ward_tz_parse(ward_tz_footer(bytes), &m->tz))
		ward_diag_say(diag, &(struct ward_diag_item){.level = WARD_DIAG_WARNING,
					    .file = ward_str_z(path),
					    .what = ward_str_z(WARD_TEXT(
						    "the rule of the time zone '{zone}' can't be "
						    "read, so that `hours` are those of UTC")),
					    .mend = ward_str_z(WARD_TEXT(
						    "install the system's zone files (tzdata)")),
					    .slot = &(struct ward_diag_slot){"zone", zone},
					    .n_slot = 1});
	ward_diag_fini(&quiet);
	ward_arena_fini(&a);
}

uint32_t ward_model_minute(const struct ward_model *m, ward_ns t)
{
	return ward_tz_minute(&m->tz, t);
}
