#include "props_detect.h"

#include "../unit/model/lab.h"

#include "detect/corr.h"
#include "event/json.h"

enum {
	EVENTS_MAX = 24,
	MANY_MAX = 96,
	SAID_MAX = 4096,
	SECONDS = 100,
	LINE_MAX_BYTES = 160,
	SKEW_S = 60,
	LATE_S = 120
};

static const char pipeline[] = "name: p\nlogsources: [{product: t, class: '*'}]\n";
static const char rules[] =
	"title: A\nid: a\nname: ra\nlogsource: {product: t}\n"
	"detection: {s: {k: a}, condition: s}\n---\n"
	"title: B\nid: b\nname: rb\nlogsource: {product: t}\n"
	"detection: {s: {k: b}, condition: s}\n---\n"
	"title: Alone\nid: alone\nlogsource: {product: t}\n"
	"detection: {s: {k: a, v: 1}, condition: s}\n---\n"
	"title: N\nid: n\ncorrelation:\n  type: event_count\n  rules: [ra, rb]\n"
	"  group-by: [u]\n  timespan: 10s\n  condition: {gte: 3}\n---\n"
	"title: L\nid: l\ncorrelation:\n  type: event_count\n  rules: [ra]\n"
	"  group-by: [u]\n  timespan: 10s\n  condition: {lt: 3}\n---\n"
	"title: R\nid: r\ncorrelation:\n  type: event_count\n  rules: [rb]\n"
	"  group-by: [u, v]\n  timespan: 30s\n  condition: {gte: 2, lte: 4}\n---\n"
	"title: T\nid: t\ncorrelation:\n  type: temporal\n  rules: [ra, rb]\n"
	"  group-by: [v]\n  timespan: 5s\n---\n"
	"title: O\nid: o\ncorrelation:\n  type: temporal_ordered\n  rules: [ra, rb]\n"
	"  group-by: [u]\n  timespan: 20s\n---\n"
	"title: V\nid: v\ncorrelation:\n  type: value_count\n  rules: [ra, rb]\n"
	"  group-by: [u]\n  timespan: 24s\n  condition: {gte: 3, field: host}\n---\n"
	"title: U\nid: uu\ncorrelation:\n  type: value_count\n  rules: [ra, rb]\n"
	"  group-by: [v]\n  timespan: 48s\n  condition: {gte: 4, field: n}\n---\n"
	"title: W\nid: w\ncorrelation:\n  type: value_count\n  rules: [rb]\n"
	"  group-by: [v]\n  timespan: 40s\n  condition: {gte: 3, lte: 5, field: [host, u]}\n---\n"
	"title: E\nid: e\ncorrelation:\n  type: event_count\n  rules: [ra]\n"
	"  group-by: [v]\n  timespan: 80s\n  condition: {gte: 3}\nward: {jitter_permille: "
	"300}\n---\n"
	"title: S\nid: s\ncorrelation:\n  type: value_sum\n  rules: [ra, rb]\n"
	"  group-by: [u]\n  timespan: 15s\n  condition: {gt: 4.5, field: n}\n---\n"
	"title: M\nid: m\ncorrelation:\n  type: value_avg\n  rules: [ra]\n"
	"  group-by: [v]\n  timespan: 25s\n  condition: {gte: 1, lt: 2, field: n}\n---\n"
	"title: P\nid: p\ncorrelation:\n  type: value_percentile\n  rules: [ra, rb]\n"
	"  group-by: [v]\n  timespan: 40s\n  condition: {percentile: 50, gte: 1, field: n}\n---\n"
	"title: H\nid: h\ncorrelation:\n  type: value_percentile\n  rules: [ra, rb]\n"
	"  group-by: [v]\n  timespan: 60s\n  condition: {lte: 25, field: host}\n---\n"
	"title: X\nid: x\ncorrelation:\n  type: event_count\n  rules: [rb]\n"
	"  group-by: [u]\n  timespan: 20s\n  condition: {neq: 2}\n---\n"
	"title: I\nid: i\ncorrelation:\n  type: temporal\n  rules: [ra, rb]\n"
	"  group-by: [u]\n  timespan: 9s\n  condition: {lt: 2}\n---\n"
	/* absence */
	"title: Z\nid: z\ncorrelation:\n  type: event_count\n  rules: [ra]\n"
	"  group-by: [u]\n  timespan: 12s\n  condition: {gte: 2}\nward: {without: [rb]}\n---\n"
	"title: Y\nid: y\nname: ry\ncorrelation:\n  type: temporal\n  rules: [rb]\n"
	"  group-by: [u]\n  timespan: 8s\nward: {without: [ra]}\n---\n"
	/* what must not have come before: longer than the window and as long, of chains */
	"title: A1\nid: a1\nname: rfresh\ncorrelation:\n  type: event_count\n  rules: [ra]\n"
	"  group-by: [u]\n  timespan: 5s\n  condition: {gte: 1}\n"
	"ward: {not_after: {rules: [rb], within: 12s}}\n---\n"
	"title: A2\nid: a2\ncorrelation:\n  type: event_count\n  rules: [rb]\n"
	"  group-by: [v]\n  timespan: 30s\n  condition: {gte: 1}\n"
	"ward: {not_after: {rules: [ra], within: 30s}}\n---\n"
	"title: A3\nid: a3\ncorrelation:\n  type: event_count\n  rules: [rfresh]\n"
	"  group-by: [host]\n  timespan: 9s\n  condition: {gte: 1}\n"
	"ward: {not_after: {rules: [rc, ry], within: 20s}}\n---\n"
	/* chains: by another field, of another chain, of what is judged late, of many windows */
	"title: C\nid: c\nname: rc\ncorrelation:\n  type: event_count\n  rules: [ra]\n"
	"  group-by: [host]\n  timespan: 20s\n  condition: {gte: 2}\n---\n"
	"title: D\nid: d\nname: rd\ncorrelation:\n  type: temporal_ordered\n  rules: [rc, rb]\n"
	"  group-by: [u]\n  timespan: 30s\n---\n"
	"title: F\nid: f\ncorrelation:\n  type: temporal\n  rules: [rd, ry]\n"
	"  group-by: [u]\n  timespan: 30s\n---\n"
	"title: G\nid: g\ngenerate: true\ncorrelation:\n  type: value_count\n  rules: [rc, rb]\n"
	"  group-by: [u]\n  timespan: 40s\n  condition: {gte: 2, field: host}\n---\n"
	"title: K\nid: k\ncorrelation:\n  type: temporal\n  rules: [ra, rb]\n"
	"  group-by: [v]\n  timespan: 20s\nward: {near: {hops: 2}}\n---\n"
	"title: Q\nid: q\ncorrelation:\n  type: event_count\n  rules: [rc, rb]\n"
	"  group-by: []\n  timespan: 30s\n  condition: {gte: 3}\nward: {near: {hops: 3}}\n---\n"
	"title: J\nid: j\ncorrelation:\n  type: event_count\n  rules: [rc]\n"
	"  group-by: [host]\n  timespan: 60s\n  condition: {gte: 2}\n";

struct house {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_json_reader reader;
	struct ward_diag diag;
	struct ward_ruleset *rs;
	struct lab lab;               /* the hospital */
	struct ward_arena line, kept; /* one event; what was said */
};

struct drawn {
	char json[LINE_MAX_BYTES];
	ward_ns time, seen;
	size_t id;
};

/* The last revision of each detection. */
struct said {
	struct ward_id id;
	bool withdrawn;
	struct ward_str json; /* without the revision's number */
};

struct final {
	struct house *h;
	struct said item[SAID_MAX];
	size_t n;
	bool missed; /* some window stood that had not been said */
};

/* One for all runs: rules are read once. */
static struct house *house(void)
{
	const struct ward_mem *mem = ward_mem_heap();
	const struct ward_rule_text rule = {"rules", ward_str_bytes(ward_str_z(rules))},
				    line = {"pipeline", ward_str_bytes(ward_str_z(pipeline))};
	const struct ward_ruleset_texts texts = {
		.rules = &rule, .n_rules = 1, .pipelines = &line, .n_pipelines = 1};
	static struct house made, *h;

	if (h) {
		ward_arena_reset(&h->kept);
		return h;
	}
	h = &made;
	ward_limits_default(&h->lim);
	ward_diag_init(&h->diag, mem);
	ward_arena_init(&h->line, mem, 1 << 20);
	ward_arena_init(&h->kept, mem, 1 << 26);
	WARD_ASSERT(ward_names_init(&h->names, mem, &h->lim) == WARD_OK);
	WARD_ASSERT(ward_json_reader_init(&h->reader, &h->names, mem, &h->lim) == WARD_OK);
	h->reader.foreign = true;
	WARD_ASSERT(ward_ruleset_parse(&texts, &h->lim, mem, &h->diag, &h->rs) == WARD_OK);
	WARD_ASSERT(h->diag.n_error == 0);
	WARD_ASSERT(lab_load(&h->lab, mem, NULL, "more.yml", "") == WARD_OK);
	return h;
}

/* All within lateness of each other; some with a time that is not believed. */
static void draw(struct ward_rd *r, struct drawn *e)
{
	static const char *const k[] = {"a", "b"};
	static const char *const u[] = {"\"p\"", "\"q\"", "[\"p\",\"q\"]", "null"};

	static const char *const room[] = {"yard", "hall", "or-1", ""};
	static const char *const n[] = {"0.25", "1", "4", "-2", "\"many\""};

	WARD_ASSERT(snprintf(e->json, sizeof(e->json),
			    "{\"k\":\"%s\",\"u\":%s,\"v\":%u,\"host\":\"h%u\",\"n\":%s,"
			    "\"ward.room\":\"%s\"}",
			    k[prop_below(r, 2)], u[prop_below(r, 4)], (unsigned)prop_below(r, 2),
			    (unsigned)prop_below(r, 3), n[prop_below(r, 5)],
			    room[prop_below(r, 4)]) < (int)sizeof(e->json));
	e->time = (ward_ns)prop_below(r, SECONDS) * WARD_NS_PER_S;
	e->seen = (ward_ns)(SECONDS / 2 + prop_below(r, SECONDS / 2)) * WARD_NS_PER_S;
}

static void sink(void *ctx, const struct ward_detection *d)
{
	struct final *f = ctx;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_DETECTION_BYTES_MAX);
	struct ward_detection plain = *d;
	size_t i = 0;

	plain.revision = 1;
	ward_detection_write_json(&plain, NULL, &w);
	while (i < f->n && !ward_id_eq(f->item[i].id, d->id))
		i++;
	WARD_ASSERT(i < SAID_MAX);
	f->n += i == f->n;
	f->item[i] =
		(struct said){d->id, d->withdrawn, ward_arena_str(&f->h->kept, ward_wr_text(&w))};
	WARD_ASSERT(!ward_wr_bad(&w) && f->item[i].json.p);
	ward_wr_fini(&w);
}

/* Was each window of the group that stands said when it came to be, and when its evidence doubled?
 * By looking at all of the group's entries. */
static bool is_said(const struct ward_detector *det, const struct ward_group_state *g)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	struct ward_window w = {0, 0};

	for (size_t from = 0; ward_window_next(c, g, from, WARD_NS_NEVER, &w); from = w.to) {
		size_t i = 0;

		while (i < g->n_shown && !ward_id_eq(g->shown[i].first, g->entry[w.from].id))
			i++;
		if (i == g->n_shown || g->shown[i].withdrawn || w.to - w.from >= 2 * g->shown[i].n)
			return false;
	}
	return true;
}

static bool all_said(const struct ward_detector *det)
{
	for (size_t i = 0; i < det->n_group; i++)
		if (!ward_corr_late(det->rs->rule[det->group[i]->rule]->corr) &&
			!is_said(det, det->group[i]))
			return false;
	return true;
}

static void feed(struct house *h, const struct drawn *e, const size_t *order, size_t n,
	ward_ns lateness, struct final *ret)
{
	const struct ward_detect_config cfg = {lateness, SKEW_S * WARD_NS_PER_S};
	struct ward_detector *det = NULL;

	ret->h = h;
	ret->n = 0;
	ret->missed = false;
	WARD_ASSERT(ward_detector_new(h->rs, &h->names, h->lab.m, &h->lim, &cfg, ward_mem_heap(),
			    &det) == WARD_OK);
	for (size_t i = 0; i < n; i++) {
		struct ward_event ev;

		ward_arena_reset(&h->line);
		WARD_ASSERT(ward_json_read_event(&h->reader, ward_str_z(e[order[i]].json), &h->line,
				    &ev) == WARD_OK);
		ev.id = ward_event_id(WARD_STR("prop"), 1, e[order[i]].id, 0);
		ev.class = ward_name(&h->names, WARD_STR("x"));
		ev.source = ward_name(&h->names, WARD_STR("prop"));
		ev.time = e[order[i]].time;
		ev.seen = e[order[i]].seen;
		WARD_ASSERT(ward_detector_event(det, &ev, sink, ret) == WARD_OK);
		ret->missed |= !all_said(det);
	}
	WARD_ASSERT(ward_detector_tick(det, WARD_NS_NEVER, sink, ret) == WARD_OK);
	ward_detector_free(det);
}

/* Is each detection of a that stands also one of b, word for word? */
static bool covers(const struct final *a, const struct final *b)
{
	for (size_t i = 0; i < a->n; i++) {
		size_t k = 0;

		if (a->item[i].withdrawn)
			continue;
		while (k < b->n && !ward_id_eq(b->item[k].id, a->item[i].id))
			k++;
		if (k == b->n || b->item[k].withdrawn ||
			!ward_str_eq(a->item[i].json, b->item[k].json))
			return false;
	}
	return true;
}

/* Whatever the order of arrival within lateness, and how often, the same detections stand in the
 * end. */
static bool order(struct ward_rd *r)
{
	static struct final here, there;
	struct drawn e[EVENTS_MAX];
	size_t one[EVENTS_MAX], other[2 * EVENTS_MAX], n = prop_below(r, EVENTS_MAX + 1), m = n;
	struct house *h = house();

	for (size_t i = 0; i < n; i++) {
		draw(r, &e[i]);
		one[i] = other[i] = e[i].id = i;
	}
	for (size_t i = 0; i < n; i++) {
		other[m] = i;
		m += prop_below(r, 4) == 0;
	}
	for (size_t i = m; i > 1; i--) {
		size_t k = prop_below(r, i), was = other[i - 1];

		other[i - 1] = other[k];
		other[k] = was;
	}
	feed(h, e, one, n, LATE_S * WARD_NS_PER_S, &here);
	feed(h, e, other, m, LATE_S * WARD_NS_PER_S, &there);
	return covers(&here, &there) && covers(&there, &here);
}

/* Closed on the way, as early as may be, or all at the end: the same detections stand, also of
 * correlations over what is judged late. */
static bool closing(struct ward_rd *r)
{
	static struct final here, there;
	struct drawn e[EVENTS_MAX];
	size_t in_time[EVENTS_MAX], n = prop_below(r, EVENTS_MAX + 1);
	struct house *h = house();

	for (size_t i = 0; i < n; i++) {
		size_t at = i;

		draw(r, &e[i]);
		e[i].id = i;
		e[i].seen = e[i].time = 3 * e[i].time;
		for (; at > 0 && e[in_time[at - 1]].time > e[i].time; at--)
			in_time[at] = in_time[at - 1];
		in_time[at] = i;
	}
	feed(h, e, in_time, n, 0, &here);
	feed(h, e, in_time, n, 1000 * WARD_NS_PER_S, &there);
	return covers(&here, &there) && covers(&there, &here);
}

/* One group, few values, and little else: what a property is about that needs many in a row. */
static void draw_narrow(struct ward_rd *r, struct drawn *e)
{
	unsigned what = (unsigned)prop_below(r, 16);

	WARD_ASSERT(snprintf(e->json, sizeof(e->json),
			    "{\"k\":\"%s\",\"u\":\"p\",\"v\":0,\"host\":\"h%u\",\"n\":%u}",
			    what % 2 ? "b" : "a", what / 4, what / 4) < (int)sizeof(e->json));
	e->time = (ward_ns)prop_below(r, SECONDS) * WARD_NS_PER_S;
}

/* No window is missed because its last entry was not looked at closely (tail.h): events come by
 * their time, or up to the lateness late; groups are small or large. */
static bool is_told_at_once(struct ward_rd *r, uint64_t late_max)
{
	static struct final here;
	struct drawn e[MANY_MAX];
	size_t as_seen[MANY_MAX], n = prop_below(r, MANY_MAX + 1);
	struct house *h = house();
	bool narrow = prop_below(r, 2);

	for (size_t i = 0; i < n; i++) {
		size_t at = i;

		(narrow ? draw_narrow : draw)(r, &e[i]);
		e[i].id = i;
		e[i].seen = e[i].time + (ward_ns)prop_below(r, late_max + 1) * WARD_NS_PER_S;
		for (; at > 0 && e[as_seen[at - 1]].seen > e[i].seen; at--)
			as_seen[at] = as_seen[at - 1];
		as_seen[at] = i;
	}
	feed(h, e, as_seen, n, 120 * WARD_NS_PER_S, &here);
	return !here.missed;
}

static bool at_once(struct ward_rd *r)
{
	return is_told_at_once(r, 0);
}

/* In order, and as live: each late by up to the lateness, some twice, in bursts where many come at
 * one time. The same detections stand. */
static bool delivery(struct ward_rd *r)
{
	static struct final here, there;
	struct drawn e[EVENTS_MAX], late[2 * EVENTS_MAX];
	size_t in_time[EVENTS_MAX], as_seen[2 * EVENTS_MAX], n = prop_below(r, EVENTS_MAX + 1);
	size_t m = 0, burst = prop_below(r, 3);
	struct house *h = house();

	for (size_t i = 0; i < n; i++) {
		size_t at = i;

		(burst == 2 ? draw_narrow : draw)(r, &e[i]);
		e[i].time = e[i].seen = burst ? e[i].time / 8 : e[i].time;
		for (; at > 0 && e[in_time[at - 1]].time > e[i].time; at--)
			in_time[at] = in_time[at - 1];
		in_time[at] = i;
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t twice = 0; twice <= (prop_below(r, 4) == 0); twice++) {
			size_t at = m;

			late[m] = e[i];
			late[m].id = i;
			late[m].seen += (ward_ns)prop_below(r, LATE_S + 1) * WARD_NS_PER_S;
			for (; at > 0 && late[as_seen[at - 1]].seen > late[m].seen; at--)
				as_seen[at] = as_seen[at - 1];
			as_seen[at] = m++;
		}
		e[i].id = i;
	}
	feed(h, e, in_time, n, LATE_S * WARD_NS_PER_S, &here);
	feed(h, late, as_seen, m, LATE_S * WARD_NS_PER_S, &there);
	return covers(&here, &there) && covers(&there, &here);
}

static bool at_once_late(struct ward_rd *r)
{
	return is_told_at_once(r, LATE_S);
}

static const struct prop props[] = {
	{"no window is missed", at_once},
	{"no window is missed when events come late", at_once_late},
	{"the order of arrival does not count", order},
	{"how events are delivered does not count", delivery},
	{"when windows are closed does not count", closing},
};

const struct prop *props_detect(size_t *ret_n)
{
	*ret_n = WARD_ARRAY_LEN(props);
	return props;
}
