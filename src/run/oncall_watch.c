#include "run/oncall_watch.h"

enum { FILE_BYTES_MAX = 256 << 20 };

static const ward_ns minute = 60 * WARD_NS_PER_S;
static const ward_ns hour = 3600 * WARD_NS_PER_S, day = 24 * 3600 * WARD_NS_PER_S;

void ward_oncall_watch_init(struct ward_oncall_watch *w, const struct ward_model *m,
	const struct ward_limits *lim, const char *dir, const struct ward_clock *clock,
	struct ward_log *log)
{
	*w = (struct ward_oncall_watch){.m = m, .lim = lim, .dir = dir, .clock = clock, .log = log};
}

/* Of a gap the end stays the same while its begin comes near. */
static bool is_news(struct ward_oncall_watch *w, struct ward_str role, ward_ns until, ward_ns now)
{
	size_t n = w->n_told < WARD_ONCALL_TOLD ? w->n_told : WARD_ONCALL_TOLD;
	struct ward_idgen g;

	ward_idgen_init(&g, "ward oncall");
	ward_idgen_str(&g, role);
	ward_idgen_u64(&g, (uint64_t)until);
	struct ward_id what = ward_idgen_final(&g);

	for (size_t i = 0; i < n; i++)
		if (ward_id_eq(w->told[i].what, what) && now - w->told[i].at < day)
			return false;
	w->told[w->n_told++ % WARD_ONCALL_TOLD] = (struct ward_oncall_said){what, now};
	return true;
}

static void say(
	const struct ward_oncall_watch *w, struct ward_str role, ward_ns from, ward_ns until)
{
	char a[40], b[40];
	struct ward_wr begin = ward_wr_fixed(a, sizeof(a)), end = ward_wr_fixed(b, sizeof(b));

	ward_time_write(&begin, from);
	ward_time_write(&end, until);
	WARD_LOG(w->log, ERROR, "oncall.nobody", WARD_KV_S("role", role),
		WARD_KV_S("from", ward_wr_text(&begin)), WARD_KV_S("until", ward_wr_text(&end)));
}

static bool is_first(const struct ward_oncall *o, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (ward_str_eq(o->line[k].role, o->line[i].role))
			return false;
	return true;
}

/* A gap that begins within a day is looked at to its end, at most another day on. */
static void look(struct ward_oncall_watch *w, const struct ward_oncall *o, ward_ns now)
{
	for (size_t i = 0; i < o->n; i++) {
		ward_ns from, until;

		if (is_first(o, i) &&
			ward_oncall_gap(
				o, w->m, o->line[i].role, now, now + 2 * day, &from, &until) &&
			from <= now + day && is_news(w, o->line[i].role, until, now))
			say(w, o->line[i].role, from, until);
	}
}

static void say_bad(struct ward_oncall_watch *w, const struct ward_diag *d, enum ward_err err)
{
	if (!w->bad && d->n)
		WARD_LOG(w->log, ERROR, "oncall.unreadable", WARD_KV_S("file", d->item[0].file),
			WARD_KV_U("line", d->item[0].line), WARD_KV_S("what", d->item[0].what),
			WARD_KV_S("mend", d->item[0].mend));
	else if (!w->bad)
		WARD_LOG(w->log, ERROR, "oncall.unreadable", WARD_KV_E(err));
	w->bad = true;
}

/* A role that nobody on duty has: all that have it are told, and the log says so. */
static void say_alone(struct ward_oncall_watch *w, uint32_t role, ward_ns now)
{
	struct ward_str id = ward_model_node(w->m, role)->id;

	if (is_news(w, id, 0, now))
		WARD_LOG(w->log, ERROR, "oncall.no_recipient", WARD_KV_S("role", id));
}

static void put_duty(struct ward_oncall_watch *w, const struct ward_oncall *o)
{
	ward_ns now = ward_clock_now(w->clock);
	uint32_t alone;

	if (!w->on_duty)
		return;
	w->on_duty(w->ctx, ward_duty(w->recipients, o, w->m, now, &alone));
	if (alone != WARD_NONE)
		say_alone(w, alone, now);
}

void ward_oncall_watch_look(struct ward_oncall_watch *w)
{
	ward_ns mono = ward_clock_mono(w->clock);
	struct ward_oncall o;
	struct ward_arena a;
	struct ward_diag d;

	if (w->read && mono - w->read < minute)
		return;
	w->read = mono ? mono : 1;
	ward_arena_init(&a, ward_mem_heap(), FILE_BYTES_MAX);
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_oncall_in in = {w->m, w->lim, &a, &d};
	enum ward_err err = ward_oncall_load(&in, w->dir, &o);

	if (err)
		say_bad(w, &d, err);
	w->bad = err != WARD_OK;
	put_duty(w, &o); /* by the lines that are right, as below */
	if (w->on_roster)
		w->on_roster(w->of_roster, &o);
	if (!w->looked || mono - w->looked >= hour) {
		w->looked = w->read;
		look(w, &o, ward_clock_now(w->clock));
	}
	ward_diag_fini(&d);
	ward_arena_fini(&a);
}
