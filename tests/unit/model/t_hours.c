/* Hours of the week and the rules of time zones. */
#include "lab.h"

#include "model/hours.h"
#include "model/tz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define MIN (60 * WARD_NS_PER_S)

static ward_ns at(const char *text)
{
	ward_ns t = 0;

	assert_int_equal(ward_time_parse(ward_str_z(text), &t), WARD_OK);
	return t;
}

static const char hours[] =
	"services:\n"
	"  - {id: t, name: T, class: service.care, rooms: [or-1], weight: 2, requires: [{of: "
	"[ahu-1]}], otherwise: 0.3, hours: [{days: mon-fri, from: \"08:00\", to: \"18:00\", "
	"weight: 1}, {days: [sat, sun], from: \"22:00\", to: \"02:00\", weight: 2.5}, {days: mon, "
	"from: \"00:00\", to: \"24:00\", weight: 7}]}\n";

static void of_the_week(void **state)
{
	struct lab l;

	(void)state;
	assert_int_equal(lab_load(&l, ward_mem_heap(), NULL, "x.yml", hours), WARD_OK);
	uint32_t t = lab_node(&l, "t"), other = lab_node(&l, "surgery");

	assert_true(ward_model_has_hours(l.m, t));
	assert_false(ward_model_has_hours(l.m, other));
	assert_int_equal(ward_model_factor(l.m, other, 0), 1000000);
	assert_int_equal(ward_model_factor_most(l.m, other), 1000000);
	assert_int_equal(ward_model_busy(l.m, other, 5, 9), 4);
	/* From memory the zone is UTC; 2026-11-26 was a Thursday. */
	assert_int_equal(ward_model_factor(l.m, t, at("2026-11-26T07:59:59.999Z")), 300000);
	assert_int_equal(ward_model_factor(l.m, t, at("2026-11-26T08:00:00Z")), 1000000);
	assert_int_equal(ward_model_factor(l.m, t, at("2026-11-26T18:00:00Z")), 300000);
	assert_int_equal(ward_model_factor(l.m, t, at("2026-11-28T23:00:00Z")), 2500000);
	assert_int_equal(ward_model_factor(l.m, t, at("2026-11-29T01:59:00Z")), 2500000);
	assert_int_equal(ward_model_factor(l.m, t, at("2026-11-30T01:00:00Z")), 2500000);
	assert_int_equal(ward_model_factor(l.m, t, at("2026-11-30T02:00:00Z")), 7000000);
	assert_int_equal(ward_model_factor(l.m, t, at("2026-11-30T09:00:00Z")), 1000000);
	assert_int_equal(ward_model_factor(l.m, t, at("1969-12-29T09:00:00Z")), 1000000);
	assert_int_equal(ward_model_factor_most(l.m, t), 7000000);
	/* 30 minutes at 0.3 and 30 at 1, from a moment that is no whole minute */
	assert_int_equal(
		ward_model_busy(l.m, t, at("2026-11-26T07:29:30.5Z"), at("2026-11-26T08:29:30.5Z")),
		3 * (30 * MIN + WARD_NS_PER_S * 59 / 2) / 10 + 29 * MIN + WARD_NS_PER_S * 61 / 2);
	lab_free(&l);
}

/* A room or door is shut outside of the hours at which it is open; it matters as much as ever. */
static void opening(void **state)
{
	static const char text[] =
		"rooms:\n  - {id: gate, name: Gate, floor: f, class: room.entrance, open: "
		"\"mon-fri@07:00-20:00 sat@22:00-02:00\"}\n"
		"doors:\n  - {id: d-gate, from: gate, to: hall, open: [\"08:00-12:00\"]}\n";
	static const char *const bad[] = {"mon-fri", "08:00", "someday@08:00-12:00", "8-12",
		"mon@08:00-25:00", "mon@08:00-12:00-13:00"};
	struct lab l;

	(void)state;
	assert_int_equal(lab_load(&l, ward_mem_heap(), NULL, "x.yml", text), WARD_OK);
	uint32_t gate = lab_node(&l, "gate"), door = lab_node(&l, "d-gate"),
		 hall = lab_node(&l, "hall");

	assert_true(ward_model_opens(l.m, gate));
	assert_true(ward_model_opens(l.m, door));
	assert_false(ward_model_opens(l.m, hall));
	assert_false(ward_model_has_hours(l.m, gate));
	assert_int_equal(ward_model_factor(l.m, gate, at("2026-11-26T03:00:00Z")), 1000000);
	assert_false(ward_model_shut(l.m, hall, at("2026-11-26T03:00:00Z")));
	assert_true(ward_model_shut(l.m, gate, at("2026-11-26T06:59:59Z")));
	assert_false(ward_model_shut(l.m, gate, at("2026-11-26T07:00:00Z")));
	assert_true(ward_model_shut(l.m, gate, at("2026-11-28T21:00:00Z")));
	assert_false(ward_model_shut(l.m, gate, at("2026-11-29T01:00:00Z")));
	assert_true(ward_model_shut(l.m, gate, at("2026-11-29T02:00:00Z")));
	assert_false(ward_model_shut(l.m, door, at("2026-11-29T11:59:00Z")));
	assert_true(ward_model_shut(l.m, door, at("2026-11-29T12:00:00Z")));
	lab_free(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		char row[256];

		(void)snprintf(row, sizeof(row),
			"doors:\n  - {id: d-gate, from: hall, to: or-1, open: \"%s\"}\n", bad[i]);
		assert_int_equal(
			lab_load(&l, ward_mem_heap(), NULL, "x.yml", row), WARD_ERR_CONFIG);
		assert_int_equal(l.d.n_error, 1);
		lab_free(&l);
	}
}

static void rules(void **state)
{
	static const char *const bad[] = {"", "CE", "CET", "CET-", "CET-25", "CET-1CEST",
		"CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J60,J300", "CET-1CEST,M3.5.0,M10.5.0/",
		"CET-1CEST,M3.5.0,M10.5.0/168", "<+03-3", "CET-1x", "CET-1CEST,M3.5.0,M10.5.0x"};
	struct ward_tz z;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		z.usual_s = 1;
		assert_false(ward_tz_parse(ward_str_z(bad[i]), &z));
		assert_int_equal(z.usual_s, 0);
	}
	assert_true(ward_tz_parse(WARD_STR("<+0530>-5:30"), &z));
	assert_int_equal(ward_tz_offset(&z, 0), 19800);
	assert_true(ward_tz_parse(WARD_STR("CET-1CEST,M3.5.0,M10.5.0/3"), &z));
	assert_int_equal(ward_tz_offset(&z, at("2026-03-29T00:59:59Z")), 3600);
	assert_int_equal(ward_tz_offset(&z, at("2026-03-29T01:00:00Z")), 7200);
	assert_int_equal(ward_tz_offset(&z, at("2026-10-25T00:59:59Z")), 7200);
	assert_int_equal(ward_tz_offset(&z, at("2026-10-25T01:00:00Z")), 3600);
}

/* What the C library says, for the years that the rules of today are of. */
static void as_the_c_library(void **state)
{
	static const char *const zone[] = {"CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0",
		"AEST-10AEDT,M10.1.0,M4.1.0/3", "IST-5:30", "<-03>3",
		"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "GMT0BST,M3.5.0/1,M10.5.0"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(zone); i++) {
		struct ward_tz z;

		assert_true(ward_tz_parse(ward_str_z(zone[i]), &z));
		assert_int_equal(setenv("TZ", zone[i], 1), 0);
		tzset();
		for (time_t t = 1735689600; t < 1735689600 + 3 * 366 * 86400; t += 1800) {
			struct tm tm;

			assert_non_null(localtime_r(&t, &tm));
			assert_int_equal(ward_tz_offset(&z, t * WARD_NS_PER_S), tm.tm_gmtoff);
			assert_int_equal(ward_tz_minute(&z, t * WARD_NS_PER_S),
				(tm.tm_wday + 6) % 7 * 1440 + tm.tm_hour * 60 + tm.tm_min);
		}
	}
}

/* The night on which clocks go forward has an hour less of each span. */
static void clocks_that_are_put_forward(void **state)
{
	static const char file[] =
		"TZif2 twenty bytes and more of the old form, unread\nrest\nCET-1CEST"
		",M3.5.0,M10.5.0/3\n";
	struct ward_str rule =
		ward_tz_footer((struct ward_slice){(const uint8_t *)file, sizeof(file) - 1});

	(void)state;
	assert_true(ward_str_eqz(rule, "CET-1CEST,M3.5.0,M10.5.0/3"));
	assert_int_equal(ward_tz_footer((struct ward_slice){(const uint8_t *)file, 40}).len, 0);
	struct ward_tz z;

	assert_true(ward_tz_parse(rule, &z));
	assert_int_equal(ward_tz_minute(&z, at("2026-03-29T00:59:00Z")), 6 * 1440 + 119);
	assert_int_equal(ward_tz_minute(&z, at("2026-03-29T01:00:00Z")), 6 * 1440 + 180);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_the_week),
		cmocka_unit_test(opening),
		cmocka_unit_test(rules),
		cmocka_unit_test(as_the_c_library),
		cmocka_unit_test(clocks_that_are_put_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
