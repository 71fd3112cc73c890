/* Works permits on the pilot: what is expected, what is not and why, and that a killed brain still
 * knows. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

static const char *const day[] = {
	/* before, within (on both detectors), a forced door, another floor, after */
	"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-000000000001\",\"time\":\"2026-03-"
	"19T07:55:00Z\",\"source\":\"s\",\"class\":"
	"\"fire.alarm\",\"fields\":{\"sensor\":\"f-a2-corridor-icu\",\"state\":\"alarm\"}}",
	"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-000000000002\",\"time\":\"2026-03-"
	"19T08:05:00Z\",\"source\":\"s\",\"class\":"
	"\"fire.alarm\",\"fields\":{\"sensor\":\"f-a2-corridor-icu\",\"state\":\"alarm\"}}",
	"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-000000000003\",\"time\":\"2026-03-"
	"19T08:40:00Z\",\"source\":\"s\",\"class\":"
	"\"door.forced\",\"fields\":{\"door\":\"A2-D23\"}}",
	"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-000000000004\",\"time\":\"2026-03-"
	"19T09:20:00Z\",\"source\":\"s\",\"class\":"
	"\"fire.alarm\",\"fields\":{\"sensor\":\"f-b2-corridor\",\"state\":\"alarm\"}}",
	"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-000000000005\",\"time\":\"2026-03-"
	"19T10:05:00Z\",\"source\":\"s\",\"class\":"
	"\"fire.alarm\",\"fields\":{\"sensor\":\"f-a2-corridor-icu\",\"state\":\"alarm\"}}",
};

static struct ward_permit fire_test(const struct lab *l, uint32_t list[2])
{
	struct ward_permit p = {.id = WARD_STR("fire-test"),
		.who = WARD_STR("Rossi Impianti"),
		.place = &list[0],
		.n_place = 1,
		.threat = &list[1],
		.n_threat = 1,
		.ended = WARD_NS_NEVER,
		.made = WARD_NS_NEVER};

	list[0] = ward_model_find(l->model, WARD_STR("a2"));
	list[1] = ward_threats_find(ward_model_threats(l->model), WARD_STR("fire.fire"));
	assert_int_equal(ward_time_parse(WARD_STR("2026-03-19T08:00:00Z"), &p.from), WARD_OK);
	assert_int_equal(ward_time_parse(WARD_STR("2026-03-19T10:00:00Z"), &p.until), WARD_OK);
	return p;
}

static bool says(const struct rows *r, enum ward_output_kind kind, const char *a, const char *b)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->row[i].kind == kind &&
			ward_str_find(r->row[i].json, ward_str_z(a)) != SIZE_MAX &&
			ward_str_find(r->row[i].json, ward_str_z(b)) != SIZE_MAX)
			return true;
	return false;
}

static void technician(void **state)
{
	struct lab *l = lab_new();
	struct rows r;
	uint32_t list[2];
	struct ward_permit p = fire_test(l, list);

	(void)state;
	rows_init(&r);
	struct ward_brain *b = lab_brain(l, &r);

	assert_int_equal(ward_brain_permit(b, &p), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(day); i++) {
		struct record rec = lab_line(l, day[i]);

		lab_feed(l, b, &rec);
	}
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	assert_true(says(&r, WARD_OUTPUT_DETECTION, "\"first\":\"2026-03-19T07:55:00Z\"",
		"\"expected\":false,\"why\":\"time\",\"because\":\"it has not begun\""));
	assert_true(says(&r, WARD_OUTPUT_DETECTION, "\"first\":\"2026-03-19T08:05:00Z\"",
		"\"permit\":{\"id\":\"fire-test\",\"who\":\"Rossi "
		"Impianti\",\"from\":\"2026-03-19T08:"
		"00:00Z\",\"until\":\"2026-03-19T10:00:00Z\",\"expected\":true}"));
	assert_true(says(&r, WARD_OUTPUT_DETECTION, "access.forced-door",
		"\"why\":\"effect\",\"because\":\"it does not expect"));
	assert_true(says(&r, WARD_OUTPUT_DETECTION, "b2-corridor",
		"\"why\":\"place\",\"because\":\"it is for Second floor A\""));
	assert_true(says(&r, WARD_OUTPUT_DETECTION, "\"first\":\"2026-03-19T10:05:00Z\"",
		"\"why\":\"time\",\"because\":\"it is over\""));
	assert_true(says(&r, WARD_OUTPUT_INCIDENT, "\"expected\":true", "\"expected\":false"));
	ward_brain_free(b);
	rows_fini(&r);
	lab_free(l);
}

/* The test alone: kept, and no incident. */
static void nothing_else(void **state)
{
	struct lab *l = lab_new();
	struct rows r;
	uint32_t list[2];
	struct ward_permit p = fire_test(l, list);

	(void)state;
	rows_init(&r);
	struct ward_brain *b = lab_brain(l, &r);
	struct record rec = lab_line(l, day[1]);

	assert_int_equal(ward_brain_permit(b, &p), WARD_OK);
	lab_feed(l, b, &rec);
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.row[0].kind, WARD_OUTPUT_DETECTION);
	ward_brain_free(b);
	rows_fini(&r);
	lab_free(l);
}

/* Permits come as records; killed at any of them, the rows are the same. */
static void killed(void **state)
{
	enum { N = WARD_ARRAY_LEN(day) };
	struct lab *l = lab_new();
	struct rows want;
	uint32_t list[2];
	struct ward_permit p = fire_test(l, list);

	(void)state;
	for (size_t cut = 0; cut <= N; cut++) {
		struct rows got;
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);

		rows_init(cut ? &got : &want);
		struct ward_brain *b = lab_brain(l, cut ? &got : &want);

		for (size_t i = 0; i < N; i++) {
			struct record rec = lab_line(l, day[i]);
			struct ward_permit now = p;

			now.ended = i < 3 ? WARD_NS_NEVER : p.until - 1; /* one more is known */
			assert_int_equal(ward_brain_permit(b, &now), WARD_OK);
			lab_feed(l, b, &rec);
			if (i + 1 != cut)
				continue;
			ward_brain_save(b, &w);
			assert_false(ward_wr_bad(&w));
			ward_brain_free(b);
			b = lab_brain(l, &got);
			struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

			assert_int_equal(ward_brain_load(b, &r), WARD_OK);
		}
		assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
		ward_brain_free(b);
		ward_wr_fini(&w);
		if (!cut)
			continue;
		rows_same(&want, &got);
		rows_fini(&got);
	}
	rows_fini(&want);
	lab_free(l);
}

/* As the supervisor tells it; what names another hospital's places is left. */
static void by_event(void **state)
{
	struct lab *l = lab_new();
	uint32_t list[2];
	struct ward_permit p = fire_test(l, list);
	struct ward_brain *b = lab_brain(l, NULL);
	struct ward_event e;

	(void)state;
	ward_event_init(&e, &l->text);
	assert_int_equal(ward_permit_to_event(&p, l->model, &l->names, &e), WARD_OK);
	assert_int_equal(ward_brain_permit_event(b, &e), WARD_OK);
	assert_int_equal(ward_counter_get(&l->counters, "brain.permits"), 1);
	assert_int_equal(ward_brain_permit_event(b, &e), WARD_OK); /* told again: no news */
	assert_int_equal(ward_counter_get(&l->counters, "brain.permits"), 1);
	assert_int_equal(ward_event_set(&e, ward_name(&l->names, WARD_STR("permit.place")),
				 ward_value_str(WARD_STR("nowhere"))),
		WARD_OK);
	assert_int_equal(ward_brain_permit_event(b, &e), WARD_OK);
	assert_int_equal(ward_counter_get(&l->counters, "brain.permit_refused"), 1);
	/* all are told anew: none is left but those that follow */
	struct ward_event reset;

	ward_event_init(&reset, &l->text);
	assert_int_equal(ward_permit_to_reset(&l->names, &reset), WARD_OK);
	assert_int_equal(ward_brain_permit_event(b, &reset), WARD_OK);
	assert_int_equal(ward_brain_permit(b, &p), WARD_OK);
	assert_int_equal(ward_counter_get(&l->counters, "brain.permits"), 2);
	ward_brain_free(b);
	lab_free(l);
}

#define DECIDED(n, time, kind, subject, args)                                  \
	"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-00000000002" n   \
	"\",\"time\":\"2026-03-19T" time "Z\",\"source\":\"desk\",\"class\":"  \
	"\"ward.decision\",\"fields\":{\"decision.kind\":\"" kind              \
	"\",\"decision.person\":\"ann\",\"decision.role\":\"security-guard\"," \
	"\"decision.subject\":\"" subject "\",\"decision.args\":\"" args "\"}}"
#define ALARM(n, time)                                                       \
	"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-00000000003" n \
	"\",\"time\":\"2026-03-19T" time "Z\",\"source\":\"s\",\"class\":"   \
	"\"fire.alarm\",\"fields\":{\"sensor\":\"f-a2-corridor-icu\",\"state\":\"alarm\"}}"
#define WORKS(until)                                                  \
	"{\\\"who\\\":\\\"Rossi\\\",\\\"until\\\":\\\"2026-03-" until \
	"Z\\\",\\\"effects\\\":[\\\"fire.*\\\"]}"
#define MADE "00000000-0000-8000-8000-000000000021"

static void reset(struct lab *l, struct ward_brain *b, uint8_t n)
{
	struct ward_event e;

	ward_event_init(&e, &l->text);
	e.id.b[0] = n;
	assert_int_equal(ward_permit_to_reset(&l->names, &e), WARD_OK);
	assert_int_equal(ward_brain_permit_event(b, &e), WARD_OK);
}

static void from_file(struct lab *l, struct ward_brain *b, uint8_t n)
{
	uint32_t list[2];
	struct ward_permit p = fire_test(l, list);
	struct ward_event e;

	p.decided = true; /* who writes the lane, too, can't say so */
	ward_event_init(&e, &l->text);
	e.id.b[0] = n;
	assert_int_equal(ward_permit_to_event(&p, l->model, &l->names, &e), WARD_OK);
	assert_int_equal(ward_brain_permit_event(b, &e), WARD_OK);
}

static void step(struct lab *l, struct ward_brain *b, size_t i)
{
	static const char *const line[] = {
		DECIDED("1", "07:50:00", "permit", "a2", WORKS("19T10:00:00")),
		ALARM("1", "08:05:00"),
		DECIDED("2", "08:06:00", "permit", "turin", WORKS("19T10:00:00")),
		DECIDED("3", "08:07:00", "permit", "a2", WORKS("29T10:00:00")), NULL,
		ALARM("2", "08:10:00"), DECIDED("4", "08:20:00", "permit-end", MADE, "{}"),
		DECIDED("5", "08:21:00", "permit-end", "fire-test", "{}"),
		DECIDED("6", "08:22:00", "permit-end", "00000000-0000-8000-8000-000000000023",
			"{}"),
		DECIDED("7", "08:23:00", "permit-end", MADE, "{}"), NULL, ALARM("3", "08:30:00")};

	if (!line[i]) { /* as at each start of the supervisor */
		reset(l, b, (uint8_t)(1 + i));
		from_file(l, b, (uint8_t)(2 + i));
		return;
	}
	struct record rec = lab_line(l, line[i]);

	lab_feed(l, b, &rec);
}

/* Made and ended at the desk: it outlives what the file says, and the brain's end. */
static void decided(void **state)
{
	enum { STEPS = 12 };
	struct lab *l = lab_new();
	struct rows want;

	(void)state;
	for (size_t cut = 0; cut <= STEPS; cut++) {
		struct rows got;
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);

		rows_init(cut ? &got : &want);
		struct ward_brain *b = lab_brain(l, cut ? &got : &want);

		for (size_t i = 0; i < STEPS; i++) {
			step(l, b, i);
			if (i + 1 != cut)
				continue;
			ward_brain_save(b, &w);
			ward_brain_free(b);
			b = lab_brain(l, &got);
			struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

			assert_int_equal(ward_brain_load(b, &r), WARD_OK);
		}
		assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
		ward_brain_free(b);
		ward_wr_fini(&w);
		if (!cut)
			continue;
		rows_same(&want, &got);
		rows_fini(&got);
	}
	assert_true(says(&want, WARD_OUTPUT_PERMIT, "\"permit\":\"" MADE "\",\"who\":\"Rossi\"",
		"\"by\":\"security-guard\""));
	assert_true(says(&want, WARD_OUTPUT_DETECTION, "\"first\":\"2026-03-19T08:05:00Z\"",
		"\"expected\":true"));
	assert_true(says(&want, WARD_OUTPUT_DETECTION, "\"first\":\"2026-03-19T08:10:00Z\"",
		"\"expected\":true"));
	assert_true(says(&want, WARD_OUTPUT_DECISION, "\"what\":\"permit\",\"subject\":\"turin\"",
		"which the hospital does not have"));
	assert_true(says(&want, WARD_OUTPUT_PERMIT, "\"permit\":\"" MADE "\"",
		"\"ended\":\"2026-03-19T08:20:00Z\""));
	assert_true(says(&want, WARD_OUTPUT_PERMIT, "\"permit\":\"fire-test\"",
		"\"ended_by\":\"security-guard\""));
	assert_true(says(&want, WARD_OUTPUT_DECISION, "\"what\":\"permit-end\"",
		"the permit is over already"));
	assert_true(says(&want, WARD_OUTPUT_PERMIT, "\"all\":true", "\"id\""));
	assert_true(says(&want, WARD_OUTPUT_DETECTION, "\"first\":\"2026-03-19T08:30:00Z\"",
		"\"because\":\"it was ended early\""));
	rows_fini(&want);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(technician),
		cmocka_unit_test(nothing_else), cmocka_unit_test(killed),
		cmocka_unit_test(by_event), cmocka_unit_test(decided)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
