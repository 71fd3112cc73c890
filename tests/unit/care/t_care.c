/* The fold on the pilot hospital: what forecasts do to a ward, who wins against an entry and why,
 * beds that are counted on, sites and ambulances, history, and that no order matters. */
#include "care/have.h"
#include "care/past.h"
#include "story/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { RECORDS = 32, ENTRIES = 16 };

struct bench {
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_model *m;
	struct ward_arena a;
	struct ward_record_reader *reader;
	struct ward_record rec[RECORDS];
	const struct ward_record *record[RECORDS];
	size_t n_record;
	struct ward_care_entries entries;
	struct ward_care_move move[8];
	size_t n_move;
	ward_ns at;
	struct ward_availability c;
};

static const char *below(const char *what)
{
	static char path[2][512];
	static unsigned k;
	const char *root = getenv("WARD_SOURCE_ROOT");

	k ^= 1;
	(void)snprintf(path[k], sizeof(path[k]), "%s/%s", root ? root : ".", what);
	return path[k];
}

static int open_bench(void **state)
{
	static struct bench b;
	const struct ward_mem *mem = ward_mem_heap();

	ward_limits_default(&b.lim);
	ward_diag_init(&b.d, mem);
	assert_int_equal(
		ward_model_load(below("pilots/turin"), below("content"), &b.lim, mem, &b.d, &b.m),
		WARD_OK);
	assert_int_equal(ward_record_reader_new(mem, &b.lim, &b.reader), WARD_OK);
	assert_int_equal(ward_zone_use(WARD_STR("Europe/Rome")), WARD_OK);
	ward_arena_init(&b.a, mem, 1 << 28);
	*state = &b;
	return 0;
}

static int close_bench(void **state)
{
	struct bench *b = *state;

	ward_arena_fini(&b->a);
	ward_record_reader_free(b->reader);
	ward_model_free(b->m);
	ward_diag_fini(&b->d);
	return 0;
}

static int fresh(void **state)
{
	struct bench *b = *state;

	ward_arena_reset(&b->a);
	ward_diag_fini(&b->d);
	ward_diag_init(&b->d, ward_mem_heap());
	b->n_record = b->n_move = 0;
	b->entries = (struct ward_care_entries){NULL, 0};
	return 0;
}

static int hours_of(const char *hh)
{
	return (hh[0] - '0') * 10 + hh[1] - '0';
}

static ward_ns at(const char *hhmm)
{
	char text[32];
	ward_ns t;

	/* an hour past 23 is of the day after */
	int hour = hours_of(hhmm);

	(void)snprintf(
		text, sizeof(text), "2026-03-%dT%02d%s:00Z", 12 + hour / 24, hour % 24, hhmm + 2);
	assert_int_equal(ward_time_parse(ward_str_z(text), &t), WARD_OK);
	return t;
}

static void record(struct bench *b, const char *json)
{
	struct ward_str text = ward_arena_str(&b->a, ward_str_z(json));

	assert_true(b->n_record < RECORDS);
	assert_int_equal(ward_record_read(b->reader, text, &b->a, &b->rec[b->n_record]), WARD_OK);
	b->record[b->n_record] = &b->rec[b->n_record];
	b->n_record++;
}

static void incident(struct bench *b, int n, int revision, const char *state, const char *last)
{
	char json[512];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"incident\",\"id\":\"00000000-0000-8000-8000-00000000000%d\","
		"\"revision\":%d,\"state\":\"%s\",\"domain\":\"cyber\",\"level\":\"high\","
		"\"first\":\"2026-03-12T02:00:00Z\",\"last\":\"2026-03-12T%s:00Z\","
		"\"headline\":{\"threat\":\"Too warm\",\"on\":\"Theatre 1\"}}",
		n, revision, state, last);
	record(b, json);
}

struct hit {
	int id, revision, incident;
	const char *asset, *threat, *need, *lo, *hi, *earliest, *expected;
};

static void impact(struct bench *b, struct hit h)
{
	char json[1024];
	bool service = ward_model_node(b->m, ward_model_find(b->m, ward_str_z(h.asset)))->kind ==
		       WARD_NODE_SERVICE;

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"impact\",\"id\":\"00000000-0000-8000-8000-0000000001%02d\","
		"\"revision\":%d,\"incident\":\"00000000-0000-8000-8000-00000000000%d\","
		"\"asset\":\"%s\",\"asset_name\":\"%s\",\"threat\":\"%s\",\"threat_name\":\"%s\","
		"\"service\":%s,\"need\":\"%s\",\"likelihood\":[%s,%s],\"priority\":1,"
		"\"earliest\":\"2026-03-12T%s:00Z\",\"expected\":\"2026-03-12T%s:00Z\",\"chain\":["
		"{\"asset_name\":\"Air\",\"threat_name\":\"Too warm\",\"group\":\"\"},"
		"{\"asset_name\":\"%s\",\"threat_name\":\"%s\",\"group\":\"cooling\"}]}",
		h.id, h.revision, h.incident, h.asset, h.asset, h.threat, h.threat,
		service ? "true" : "false", h.need, h.lo, h.hi, h.earliest, h.expected, h.asset,
		h.threat);
	record(b, json);
}

static void withdraw(struct bench *b, int id, int revision, int of)
{
	char json[256];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"impact\",\"id\":\"00000000-0000-8000-8000-0000000001%02d\","
		"\"revision\":%d,\"incident\":\"00000000-0000-8000-8000-00000000000%d\","
		"\"withdrawn\":true}",
		id, revision, of);
	record(b, json);
}

/* Rows under the columns that these tests use. */
static void entries(struct bench *b, const char *rows)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	const struct ward_care_in in = {b->m, &b->lim, &b->d, &b->a};

	ward_wr_z(&w, "where,state,diversion,security,bed_type,staffed,available,occupied,made,"
		      "until,by\n");
	ward_wr_z(&w, rows);
	assert_int_equal(
		ward_care_entries_parse(&in, WARD_STR("care.csv"), ward_wr_slice(&w), &b->entries),
		WARD_OK);
	ward_wr_fini(&w);
}

static void write_have(struct bench *b, const struct ward_availability *c, struct ward_wr *w)
{
	const struct ward_care_export x = {.c = c, .m = b->m};

	ward_care_write_have(&x, w);
	ward_care_write_csv(c, b->m, w);
}

/* What is kept of records says the same as all of them, of a moment when all are known. */
static void assert_kept(struct bench *b, struct ward_care_ask ask)
{
	struct ward_wr all = ward_wr_grow(ward_mem_heap(), 1 << 20), kept = all;
	struct ward_care_past *p;
	struct ward_availability c;

	for (size_t i = 0; i < b->n_record; i++)
		if (b->rec[i].kind == WARD_RECORD_INCIDENT && b->rec[i].last > ask.at)
			return;
	if (b->c.n_orphan) /* of these nothing is kept */
		return;
	assert_int_equal(ward_care_past_new(ward_mem_heap(), &p), WARD_OK);
	for (size_t i = 0; i < 2 * b->n_record; i++) /* each comes twice */
		assert_int_equal(ward_care_past_take(p, &b->rec[i / 2]), WARD_OK);
	assert_int_equal(ward_care_past_ask(p, &b->a, &ask), WARD_OK);
	assert_int_equal(ward_availability_find(&ask, &b->a, &c), WARD_OK);
	write_have(b, &b->c, &all);
	write_have(b, &c, &kept);
	assert_int_equal(c.n_incident, b->c.n_incident);
	assert_int_equal(all.len, kept.len);
	assert_memory_equal(all.p, kept.p, all.len);
	ward_wr_fini(&all);
	ward_wr_fini(&kept);
	ward_care_past_free(p);
}

static const struct ward_care_ward *find(struct bench *b, const char *id, const char *when)
{
	const struct ward_care_ask ask = {.m = b->m,
		.entry = b->entries.at,
		.n_entry = b->entries.n,
		.record = b->record,
		.n_record = b->n_record,
		.move = b->move,
		.n_move = b->n_move,
		.at = at(when)};

	assert_int_equal(ward_availability_find(&ask, &b->a, &b->c), WARD_OK);
	assert_kept(b, ask);
	for (size_t i = 0; i < b->c.n_ward; i++)
		if (ward_str_eqz(ward_model_node(b->m, b->c.ward[i].node)->id, id))
			return &b->c.ward[i];
	fail_msg("no ward %s", id);
	return NULL;
}

static void nominal(void **state)
{
	struct bench *b = *state;
	const struct ward_care_ward *w = find(b, "theatres", "03:00");
	int64_t beds = 0;

	for (uint32_t i = 0; i < ward_model_n(b->m); i++)
		beds += ward_model_node(b->m, i)->beds;
	assert_int_equal(b->c.n_site, 1);
	assert_int_equal(b->c.site[0].state.is, WARD_CARE_STATE_OPEN);
	assert_int_equal(b->c.site[0].traffic.is, WARD_CARE_TRAFFIC_NORMAL);
	assert_int_equal(b->c.site[0].staffed, beds);
	assert_int_equal(w->n_bed, 1);
	assert_int_equal(w->bed[0].type, WARD_BED_THEATRE);
	assert_int_equal(w->bed[0].staffed.is, 8);
	assert_int_equal(w->bed[0].occupied.is, 6);
	assert_int_equal(w->bed[0].available.is, 2);
	assert_int_equal(w->n_change, 0);
	w = find(b, "intensive-care", "03:00");
	assert_int_equal(w->n_device, 24);
	/* more patients than bays: no bed is free, and none is lent */
	w = find(b, "emergency", "03:00");
	assert_int_equal(w->bed[0].occupied.is, 14);
	assert_int_equal(w->bed[0].available.is, 0);
}

/* A day without a sign of its incident: still lost, told as old, and overdue where it is said how
 * long opening takes; who enters what is so ends that. A new sign makes it fresh. */
static void old(void **state)
{
	struct bench *b = *state;
	ward_ns recovery =
		ward_model_node(b->m, ward_model_find(b->m, WARD_STR("theatres")))->recovery;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	const struct ward_care_ward *t;

	assert_true(recovery > 0);
	incident(b, 1, 1, "confirmed", "02:15");
	impact(b, (struct hit){1, 1, 1, "theatres", "outage", "availability", "0.7", "0.9", "02:30",
			  "02:50"});
	t = find(b, "theatres", "23:00");
	assert_int_equal(t->state.is, WARD_CARE_STATE_CLOSED);
	assert_false(ward_care_is_old(t->heard, b->c.at));
	assert_int_equal(t->overdue, WARD_NS_NEVER);
	t = find(b, "theatres", "26:15");
	assert_int_equal(t->state.is, WARD_CARE_STATE_CLOSED);
	assert_int_equal(t->n_loss, 1);
	assert_true(ward_care_is_old(t->loss[0].heard, b->c.at));
	assert_int_equal(t->overdue, at("02:50") + recovery);
	ward_care_write_text(&b->c, b->m, NULL, 200, false, &w);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("last heard ")) != SIZE_MAX);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("overdue: it could be open again "
							     "since ")) != SIZE_MAX);
	ward_wr_reset(&w);
	ward_care_write_json(&b->c, b->m, &w);
	assert_true(ward_str_find(ward_wr_text(&w),
			    WARD_STR("\"last_heard\":\"2026-03-12T02:15:00Z\",\"old\":true")) !=
		    SIZE_MAX);
	ward_wr_reset(&w);
	write_have(b, &b->c, &w);
	assert_true(ward_str_find(ward_wr_text(&w),
			    WARD_STR("out of service; last heard at 2026-03-12T03:15:00+01:00; "
				     "overdue: it could be open again since ")) != SIZE_MAX);
	entries(b, "theatres,limited,,,,,,,2026-03-13T02:00:00Z,2026-03-13T04:00:00Z,b\n");
	t = find(b, "theatres", "26:15");
	assert_int_equal(t->state.is, WARD_CARE_STATE_LIMITED);
	assert_int_equal(t->overdue, WARD_NS_NEVER);
	b->entries = (struct ward_care_entries){NULL, 0};
	incident(b, 1, 2, "confirmed", "20:00");
	t = find(b, "theatres", "26:15");
	assert_false(ward_care_is_old(t->heard, b->c.at));
	assert_int_equal(t->overdue, WARD_NS_NEVER);
	ward_wr_fini(&w);
}

/* Of many wards the sums, and those that are worst by name. */
static void brief(void **state)
{
	struct bench *b = *state;
	struct ward_wr rows = ward_wr_grow(ward_mem_heap(), 1 << 16),
		       w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	const struct ward_care_export x = {.c = &b->c, .m = b->m, .brief = true};
	struct ward_have have;
	size_t n = 0;

	for (uint32_t i = 0; i < ward_model_n(b->m); i++)
		if (ward_model_node(b->m, i)->kind == WARD_NODE_SERVICE && n++ < 23)
			ward_wr_printf(&rows,
				"%.*s,limited,,,,,,,2026-03-12T02:00:00Z,2026-03-12T04:00:00Z,b\n",
				WARD_STR_ARG(ward_model_node(b->m, i)->id));
	ward_wr_ch(&rows, 0);
	assert_true(n >= 23);
	entries(b, (const char *)rows.p);
	(void)find(b, "theatres", "03:00");
	ward_care_write_have(&x, &w);
	assert_int_equal(
		ward_have_read(ward_wr_slice(&w), WARD_STR("brief"), &b->a, &b->d, &have), WARD_OK);
	assert_true(have.hospital[0].bed[WARD_BED_THEATRE].said);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("SubCategoryBedType")) == SIZE_MAX);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("and 3 more wards that are not "
							     "open")) != SIZE_MAX);
	ward_have_fini(&have);
	ward_wr_fini(&rows);
	ward_wr_fini(&w);
}

/* Likely: threatened until it is expected, closed from then on; known only since 02:15. */
static void forecast(void **state)
{
	struct bench *b = *state;
	const struct ward_care_ward *w;

	incident(b, 1, 1, "suspected", "02:15");
	impact(b, (struct hit){1, 1, 1, "theatres", "outage", "availability", "0.7", "0.9", "02:30",
			  "02:50"});
	assert_int_equal(find(b, "theatres", "02:14")->state.is, WARD_CARE_STATE_OPEN);
	w = find(b, "theatres", "02:20");
	assert_int_equal(w->state.is, WARD_CARE_STATE_THREATENED);
	assert_int_equal(w->n_loss, 1);
	assert_int_equal(w->next, at("02:50"));
	assert_int_equal(w->loss[0].number, 1);
	assert_int_equal(w->bed[0].available.is, 2);
	w = find(b, "theatres", "02:50");
	assert_int_equal(w->state.is, WARD_CARE_STATE_CLOSED);
	assert_int_equal(w->bed[0].available.is, 0);
	assert_int_equal(w->n_change, 2);
	assert_int_equal(w->change[0].state, WARD_CARE_STATE_THREATENED);
	assert_int_equal(w->change[0].time, at("02:15"));
	assert_int_equal(w->change[1].time, at("02:50"));
	assert_int_equal(b->c.site[0].state.is, WARD_CARE_STATE_LIMITED);
	assert_int_equal(b->c.site[0].traffic.is, WARD_CARE_TRAFFIC_NORMAL);
	assert_int_equal(b->c.n_incident, 1);
	assert_true(ward_str_eqz(ward_model_node(b->m, b->c.ward[0].node)->id, "theatres"));
}

static void how_much(void **state)
{
	static const struct {
		const char *need, *lo, *hi;
		enum ward_care_state is;
	} row[] = {{"availability", "0.6", "0.6", WARD_CARE_STATE_CLOSED},
		{"availability", "0.59", "1", WARD_CARE_STATE_LIMITED},
		{"availability", "0.09", "1", WARD_CARE_STATE_OPEN},
		{"safety", "0.95", "1", WARD_CARE_STATE_LIMITED},
		{"integrity", "0.95", "1", WARD_CARE_STATE_LIMITED},
		{"confidentiality", "1", "1", WARD_CARE_STATE_OPEN}};
	struct bench *b = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		b->n_record = 0;
		incident(b, 1, 1, "suspected", "02:00");
		impact(b, (struct hit){1, 1, 1, "dialysis", "outage", row[i].need, row[i].lo,
				  row[i].hi, "02:10", "02:20"});
		assert_int_equal(find(b, "dialysis", "02:30")->state.is, row[i].is);
	}
}

static void over(void **state)
{
	struct bench *b = *state;
	struct hit h = {
		1, 1, 1, "dialysis", "outage", "availability", "0.9", "1", "02:10", "02:20"};

	incident(b, 1, 1, "suspected", "02:15");
	impact(b, h);
	incident(b, 1, 2, "recovered", "02:40");
	assert_int_equal(find(b, "dialysis", "02:30")->state.is, WARD_CARE_STATE_CLOSED);
	const struct ward_care_ward *w = find(b, "dialysis", "02:45");

	assert_int_equal(w->state.is, WARD_CARE_STATE_OPEN);
	assert_int_equal(b->c.n_incident, 0);
	assert_int_equal(w->change[w->n_change - 1].state, WARD_CARE_STATE_OPEN);
	/* withdrawn; a revision that comes late changes nothing */
	b->n_record = 1;
	impact(b, h);
	incident(b, 1, 2, "suspected", "02:40");
	withdraw(b, 1, 3, 1);
	h.revision = 2;
	impact(b, h);
	assert_int_equal(find(b, "dialysis", "02:30")->state.is, WARD_CARE_STATE_CLOSED);
	assert_int_equal(find(b, "dialysis", "02:45")->state.is, WARD_CARE_STATE_OPEN);
	/* without its incident it counts, and is told of */
	b->n_record = 0;
	h.revision = 1;
	impact(b, h);
	assert_int_equal(find(b, "dialysis", "02:30")->state.is, WARD_CARE_STATE_CLOSED);
	assert_int_equal(b->c.n_orphan, 1);
}

/* Both sides stand there, and which counts follows from what the person could know. */
static void who_wins(void **state)
{
	struct bench *b = *state;
	const struct ward_care_ward *w;

	incident(b, 1, 1, "suspected", "02:15");
	impact(b, (struct hit){1, 1, 1, "theatres", "outage", "availability", "0.7", "0.9", "02:30",
			  "02:50"});
	entries(b, "theatres,open,,,,,,,2026-03-12T02:10:00Z,2026-03-12T06:00:00Z,uid:7\n");
	w = find(b, "theatres", "03:00");
	assert_int_equal(w->state.is, WARD_CARE_STATE_CLOSED);
	assert_int_equal(w->state.entered, WARD_CARE_STATE_OPEN);
	assert_int_equal(w->state.why, WARD_CARE_WHY_COMPUTED_LATER);
	entries(b, "theatres,open,,,,,,,2026-03-12T02:55:00Z,2026-03-12T06:00:00Z,uid:7\n");
	w = find(b, "theatres", "03:00");
	assert_int_equal(w->state.is, WARD_CARE_STATE_OPEN);
	assert_int_equal(w->state.computed, WARD_CARE_STATE_CLOSED);
	assert_int_equal(w->state.why, WARD_CARE_WHY_ENTERED_LATER);
	assert_int_equal(w->bed[0].available.is, 2);
	/* what is learnt after the entry counts again: it got surer */
	incident(b, 1, 2, "suspected", "02:58");
	impact(b, (struct hit){1, 2, 1, "theatres", "outage", "availability", "0.95", "1", "02:30",
			  "02:50"});
	assert_int_equal(find(b, "theatres", "03:00")->state.why, WARD_CARE_WHY_COMPUTED_LATER);
	b->n_record = 2;
	/* over */
	assert_int_equal(find(b, "theatres", "06:00")->state.is, WARD_CARE_STATE_OPEN);
	w = find(b, "theatres", "06:01");
	assert_int_equal(w->state.is, WARD_CARE_STATE_CLOSED);
	assert_null(w->state.entry);
	assert_int_equal(w->change[w->n_change - 1].state, WARD_CARE_STATE_CLOSED);
	/* a person closed what nothing threatens */
	entries(b, "dialysis,evacuating,,,,,,,2026-03-12T02:10:00Z,2026-03-12T06:00:00Z,uid:7\n"
		   "theatres,closed,,,,,,,2026-03-12T02:10:00Z,2026-03-12T06:00:00Z,uid:7\n");
	assert_int_equal(find(b, "dialysis", "03:00")->state.why, WARD_CARE_WHY_ENTERED_WORSE);
	assert_int_equal(find(b, "dialysis", "03:00")->bed[0].available.is, 0);
	assert_int_equal(find(b, "theatres", "03:00")->state.why, WARD_CARE_WHY_SAME);
}

static void beds(void **state)
{
	struct bench *b = *state;
	uint32_t node = ward_model_find(b->m, WARD_STR("surgery-ward"));
	const struct ward_care_ward *w;

	entries(b, "surgery-ward,,,,,28,5,23,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,uid:7\n"
		   "surgery-ward,,,,OtherIsolation,4,1,,2026-03-12T02:00:00Z,"
		   "2026-03-12T06:00:00Z,uid:7\n");
	w = find(b, "surgery-ward", "03:00");
	assert_int_equal(w->n_bed, 2);
	assert_int_equal(w->bed[0].staffed.is, 28);
	assert_int_equal(w->bed[0].staffed.computed, 30);
	assert_int_equal(w->bed[0].available.is, 5);
	assert_int_equal(w->bed[1].type, WARD_BED_OTHER_ISOLATION);
	assert_int_equal(w->bed[1].available.is, 1);
	/* two came and one went since; one that came before is in the count already */
	const struct ward_care_move move[] = {{node, at("01:00"), 1}, {node, at("02:10"), 1},
		{node, at("02:20"), 1}, {node, at("02:30"), -1}, {node, at("04:00"), 1}};

	memcpy(b->move, move, sizeof(move));
	b->n_move = WARD_ARRAY_LEN(move);
	w = find(b, "surgery-ward", "03:00");
	assert_int_equal(w->bed[0].occupied.is, 24);
	assert_int_equal(w->bed[0].occupied.entered, 23);
	assert_int_equal(w->bed[0].occupied.why, WARD_CARE_WHY_COUNTED_ON);
	assert_int_equal(w->bed[0].available.is, 4);
	assert_int_equal(w->bed[1].available.is, 1);
	/* without a count it goes on from the directory's usual patients */
	b->entries.n = 0;
	w = find(b, "surgery-ward", "03:00");
	assert_int_equal(w->bed[0].occupied.is, 29);
	assert_int_equal(w->bed[0].available.is, 1);
}

static void sites(void **state)
{
	struct bench *b = *state;
	const struct ward_care_site *s;

	incident(b, 1, 1, "suspected", "02:15");
	impact(b, (struct hit){1, 1, 1, "emergency", "outage", "availability", "0.7", "0.9",
			  "02:30", "02:50"});
	(void)find(b, "emergency", "02:20");
	assert_int_equal(b->c.site[0].traffic.is, WARD_CARE_TRAFFIC_ADVISORY);
	(void)find(b, "emergency", "02:50");
	assert_int_equal(b->c.site[0].traffic.is, WARD_CARE_TRAFFIC_CLOSED);
	/* the hospital's own word, before and after what was learnt */
	entries(b, "santa-giulia,,normal,lockdown,,,,,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,"
		   "uid:7\n");
	(void)find(b, "emergency", "02:50");
	s = &b->c.site[0];
	assert_int_equal(s->traffic.is, WARD_CARE_TRAFFIC_CLOSED);
	assert_int_equal(s->traffic.why, WARD_CARE_WHY_COMPUTED_LATER);
	assert_int_equal(s->security.is, 3);
	entries(b, "santa-giulia,,advisory,,,,,,2026-03-12T02:20:00Z,2026-03-12T06:00:00Z,uid:7\n");
	(void)find(b, "emergency", "02:50");
	assert_int_equal(b->c.site[0].traffic.is, WARD_CARE_TRAFFIC_ADVISORY);
	assert_int_equal(b->c.site[0].traffic.why, WARD_CARE_WHY_ENTERED_LATER);
}

/* An entry made when a loss was far off does not hide that it is there much sooner. */
static void sooner(void **state)
{
	struct bench *b = *state;
	struct hit h = {
		1, 1, 1, "theatres", "outage", "availability", "0.7", "0.9", "22:00", "23:00"};

	incident(b, 1, 1, "suspected", "01:00");
	impact(b, h);
	entries(b, "theatres,open,,,,,,,2026-03-12T01:05:00Z,2026-03-12T06:00:00Z,uid:7\n");
	assert_int_equal(find(b, "theatres", "02:00")->state.why, WARD_CARE_WHY_ENTERED_LATER);
	incident(b, 1, 2, "suspected", "02:30");
	h.revision = 2;
	h.expected = "22:50"; /* about as soon: no news */
	impact(b, h);
	assert_int_equal(find(b, "theatres", "02:40")->state.is, WARD_CARE_STATE_OPEN);
	incident(b, 1, 3, "suspected", "03:00");
	h.revision = 3;
	h.earliest = h.expected = "03:00";
	impact(b, h);
	assert_int_equal(find(b, "theatres", "03:01")->state.is, WARD_CARE_STATE_CLOSED);
	assert_int_equal(find(b, "theatres", "03:01")->state.why, WARD_CARE_WHY_COMPUTED_LATER);
}

/* One emergency department of two is shut: the other takes ambulances. */
static void two_emergencies(void **state)
{
	struct bench *b = *state;
	uint32_t other = ward_model_find(b->m, WARD_STR("paediatrics")),
		 first = ward_model_find(b->m, WARD_STR("emergency"));
	struct ward_node *n = (struct ward_node *)(uintptr_t)ward_model_node(b->m, other);
	uint32_t was = n->class;

	n->class = ward_model_node(b->m, first)->class;
	incident(b, 1, 1, "suspected", "02:15");
	impact(b, (struct hit){1, 1, 1, "emergency", "outage", "availability", "0.7", "0.9",
			  "02:30", "02:50"});
	assert_int_equal(find(b, "emergency", "02:50")->state.is, WARD_CARE_STATE_CLOSED);
	assert_int_equal(b->c.site[0].traffic.is, WARD_CARE_TRAFFIC_ADVISORY);
	impact(b, (struct hit){2, 1, 1, "paediatrics", "outage", "availability", "0.7", "0.9",
			  "02:30", "02:55"});
	(void)find(b, "emergency", "02:55");
	assert_int_equal(b->c.site[0].traffic.is, WARD_CARE_TRAFFIC_CLOSED);
	n->class = was;
}

static struct ward_wr all_of(struct bench *b)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);

	(void)find(b, "theatres", "03:00");
	ward_care_write_json(&b->c, b->m, &w);
	assert_false(ward_wr_bad(&w));
	return w;
}

/* Lines of care.csv in any order, and records that come again, say the same. */
static void orders(void **state)
{
	static const char *const line[] = {
		"theatres,open,,,,,,,2026-03-12T02:10:00Z,2026-03-12T06:00:00Z,uid:7\n",
		"theatres,closed,,,,,,,2026-03-12T02:10:00Z,2026-03-12T06:00:00Z,uid:8\n",
		"dialysis,surge,,,,9,2,,2026-03-12T02:20:00Z,2026-03-12T06:00:00Z,uid:7\n"};
	struct bench *b = *state;
	struct ward_wr first = {.p = NULL};

	incident(b, 1, 1, "suspected", "02:15");
	impact(b, (struct hit){1, 1, 1, "theatres", "outage", "availability", "0.3", "0.9", "02:30",
			  "02:50"});
	incident(b, 1, 2, "suspected", "02:40");
	impact(b, (struct hit){1, 2, 1, "theatres", "outage", "availability", "0.8", "0.9", "02:30",
			  "02:45"});
	for (size_t round = 0; round < 6; round++) {
		size_t i = round % 3, k = (i + 1 + round / 3) % 3;
		char rows[512];

		(void)snprintf(rows, sizeof(rows), "%s%s%s", line[i], line[k], line[3 - i - k]);
		entries(b, rows);
		if (round == 3)
			for (size_t r = 0; r < 4; r++)
				b->record[b->n_record++] = &b->rec[r];
		struct ward_wr w = all_of(b);

		if (!round)
			first = w;
		assert_true(ward_str_eq(ward_wr_text(&w), ward_wr_text(&first)));
		if (round)
			ward_wr_fini(&w);
	}
	ward_wr_fini(&first);
}

static struct ward_wr have_of(struct bench *b)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	const struct ward_care_export x = {.c = &b->c, .m = b->m};

	ward_care_write_have(&x, &w);
	ward_wr_u8(&w, 0);
	assert_false(ward_wr_bad(&w));
	return w;
}

/* Without a count of patients nobody knows what is free: it is not said, neither full nor normal.
 */
static void unsaid(void **state)
{
	struct bench *b = *state;
	struct ward_node *n = NULL;
	bool was[64];
	size_t k = 0;
	const struct ward_care_ward *w;

	for (uint32_t i = 0; i < ward_model_n(b->m); i++) {
		n = (struct ward_node *)(uintptr_t)ward_model_node(b->m, i);
		if (n->kind != WARD_NODE_SERVICE)
			continue;
		assert_true(k < WARD_ARRAY_LEN(was));
		was[k++] = n->counts_patients;
		n->counts_patients = false;
	}
	w = find(b, "surgery-ward", "03:00");
	assert_int_equal(w->bed[0].staffed.is, 30);
	assert_int_equal(w->bed[0].occupied.is, WARD_CARE_NONE);
	assert_int_equal(w->bed[0].available.is, WARD_CARE_NONE);
	assert_int_equal(b->c.site[0].available, WARD_CARE_NONE);
	struct ward_wr have = have_of(b);

	assert_null(strstr((const char *)have.p, "ClinicalStatus"));
	assert_null(strstr((const char *)have.p, "AvailableCount"));
	ward_wr_fini(&have);
	/* one ward's count is known, and no other's: full would be a guess, normal is none */
	entries(b, "surgery-ward,,,,,30,0,,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,uid:7\n");
	(void)find(b, "surgery-ward", "03:00");
	have = have_of(b);
	assert_null(strstr((const char *)have.p, "ClinicalStatus"));
	ward_wr_fini(&have);
	entries(b, "surgery-ward,,,,,30,1,,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,uid:7\n");
	(void)find(b, "surgery-ward", "03:00");
	have = have_of(b);
	assert_non_null(strstr((const char *)have.p, ">Normal</ClinicalStatus>"));
	ward_wr_fini(&have);
	k = 0;
	for (uint32_t i = 0; i < ward_model_n(b->m); i++) {
		n = (struct ward_node *)(uintptr_t)ward_model_node(b->m, i);
		if (n->kind == WARD_NODE_SERVICE)
			n->counts_patients = was[k++];
	}
}

/* Each finding names its line and the mend, and the other lines count. */
static void wrong_lines(void **state)
{
	static const struct {
		const char *row, *what;
	} row[] = {{"theatre,open,,,,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,me",
			   "write 'theatres'"},
		{"a1-theatre-1,open,,,,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,me", "is a room"},
		{"theatres,opened,,,,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,me", "one of open,"},
		{"theatres,,,,-1,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,me", "number from 0"},
		{"theatres,,,AdultICUs,1,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,me",
			"'AdultICU'"},
		{"theatres,open,,Burn,,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,me",
			"without a count"},
		{"theatres,,normal,,,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,me",
			"said of a site"},
		{"santa-giulia,,,,3,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,me",
			"said of a ward"},
		{"theatres,,,,,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,me", "says nothing"},
		{"theatres,open,,,,2026-03-12T02:00:00,2026-03-12T06:00:00Z,me", "with its zone"},
		{"theatres,open,,,,2026-03-12T02:00:00Z,2026-03-12T01:00:00Z,me", "over before"},
		{"theatres,open,,,,2026-03-12T02:00:00Z,2027-03-12T01:00:00Z,me", "92 days"},
		{"theatres,open,,,,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,", "'by' is missing"}};
	struct bench *b = *state;
	const struct ward_care_in in = {b->m, &b->lim, &b->d, &b->a};

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20), said = w;
		struct ward_care_entries got;

		(void)fresh(state);
		ward_wr_z(&w, "where,state,diversion,bed_type,staffed,made,until,by\n");
		ward_wr_printf(&w,
			"%s\ndialysis,open,,,,2026-03-12T02:00:00Z,"
			"2026-03-12T06:00:00Z,me\n",
			row[i].row);
		assert_int_equal(
			ward_care_entries_parse(&in, WARD_STR("care.csv"), ward_wr_slice(&w), &got),
			WARD_ERR_CONFIG);
		assert_int_equal(got.n, 1);
		ward_diag_write_text(&b->d, &said);
		ward_wr_u8(&said, 0);
		assert_non_null(strstr((const char *)said.p, "care.csv:2: error"));
		if (!strstr((const char *)said.p, row[i].what))
			fail_msg("'%s' is not in: %s", row[i].what, (const char *)said.p);
		ward_wr_fini(&w);
		ward_wr_fini(&said);
	}
}

/* What `ward care set` adds is read again; what was there stays. */
static void row_is_added(void **state)
{
	struct bench *b = *state;
	const struct ward_care_in in = {b->m, &b->lim, &b->d, &b->a};
	struct ward_care_row row = {
		.cell = {[WARD_CARE_COL_WHERE] = WARD_STR("theatres"),
			[WARD_CARE_COL_VALUE + WARD_CARE_STATE] = WARD_STR("limited"),
			[WARD_CARE_COL_MADE] = WARD_STR("2026-03-12T02:00:00Z"),
			[WARD_CARE_COL_UNTIL] = WARD_STR("2026-03-12T06:00:00Z"),
			[WARD_CARE_COL_BY] = WARD_STR("uid:7"),
			[WARD_CARE_COL_WHY] = WARD_STR("a, \"b\"")}};
	struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 20), two = one;
	struct ward_care_entries got;

	assert_int_equal(
		ward_care_row_add(&in, WARD_STR("f"), (struct ward_slice){NULL, 0}, &row, &one),
		WARD_OK);
	row.cell[WARD_CARE_COL_WHERE] = WARD_STR("dialysis");
	assert_int_equal(
		ward_care_row_add(&in, WARD_STR("f"), ward_wr_slice(&one), &row, &two), WARD_OK);
	assert_true(ward_str_starts(ward_wr_text(&two), ward_wr_text(&one)));
	assert_int_equal(
		ward_care_entries_parse(&in, WARD_STR("f"), ward_wr_slice(&two), &got), WARD_OK);
	assert_int_equal(got.n, 2);
	assert_true(ward_str_eqz(got.at[1].why, "a, \"b\""));
	assert_int_equal(got.at[1].value[WARD_CARE_STATE], WARD_CARE_STATE_LIMITED);
	ward_wr_fini(&one);
	ward_wr_fini(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup(nominal, fresh),
		cmocka_unit_test_setup(forecast, fresh), cmocka_unit_test_setup(old, fresh),
		cmocka_unit_test_setup(brief, fresh), cmocka_unit_test_setup(how_much, fresh),
		cmocka_unit_test_setup(over, fresh), cmocka_unit_test_setup(who_wins, fresh),
		cmocka_unit_test_setup(beds, fresh), cmocka_unit_test_setup(sites, fresh),
		cmocka_unit_test_setup(orders, fresh), cmocka_unit_test_setup(wrong_lines, fresh),
		cmocka_unit_test_setup(row_is_added, fresh), cmocka_unit_test_setup(unsaid, fresh),
		cmocka_unit_test_setup(two_emergencies, fresh),
		cmocka_unit_test_setup(sooner, fresh)};

	return cmocka_run_group_tests(tests, open_bench, close_bench);
}
