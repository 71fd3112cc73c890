/* The Modbus client against units that are no more than tables, for hours of a clock that stands
 * where it is set; and addresses. */
#include "sense/building/modbus_client.h"

#include "lab/heard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ASKED = 4096, RATE = 5 };

struct lab {
	struct lab_heard heard;
	struct ward_modbus_client_opts o;
	struct ward_modbus_client *c;
	struct {
		uint8_t unit;
		enum ward_modbus_table table;
		uint16_t start, n;
		ward_ns at;
	} asked[ASKED];
	size_t n_asked;
	/* How units answer. */
	uint16_t hole;               /* an address that is none; 0: all are */
	uint16_t mute_at, mute_to;   /* ranges that begin there are answered by `mute` */
	struct ward_modbus_end mute; /* … which takes three seconds if it is silence */
	struct ward_modbus_end end[256];
	ward_ns takes;
};

/* Register i of each table is i. */
static struct ward_modbus_end answer(void *ctx, uint8_t unit, enum ward_modbus_table table,
	uint16_t start, uint16_t n, uint16_t *ret)
{
	struct lab *h = ctx;
	struct ward_modbus_end e = h->end[unit];

	assert_true(h->n_asked < ASKED);
	h->asked[h->n_asked].unit = unit;
	h->asked[h->n_asked].table = table;
	h->asked[h->n_asked].start = start;
	h->asked[h->n_asked].n = n;
	h->asked[h->n_asked++].at = h->heard.now.mono;
	assert_true(n && n <= (ward_modbus_bits(table) ? WARD_MODBUS_BITS : WARD_MODBUS_REGISTERS));
	h->heard.now.mono += h->takes;
	h->heard.now.wall += h->takes;
	if (start >= h->mute_at && start < h->mute_to)
		e = h->mute;
	if (e.what == WARD_MODBUS_MISSED) {
		h->heard.now.mono += 3 * WARD_NS_PER_S;
		h->heard.now.wall += 3 * WARD_NS_PER_S;
	}
	if (e.what == WARD_MODBUS_DONE && h->hole && start <= h->hole && h->hole < start + n)
		return (struct ward_modbus_end){WARD_MODBUS_EXCEPTION, 2};
	for (unsigned i = 0; e.what == WARD_MODBUS_DONE && i < n; i++)
		ret[i] = (uint16_t)(ward_modbus_bits(table) ? (start + i) % 2 : start + i);
	return e;
}

static struct ward_poll_now now_of(void *ctx)
{
	const struct lab *h = ctx;

	return h->heard.now;
}

static struct lab *lab_new(const char *const *address, size_t n)
{
	struct lab *h = calloc(1, sizeof(*h));
	const char *why = NULL;
	size_t at = 0;

	assert_non_null(h);
	lab_heard_init(&h->heard);
	for (size_t i = 0; i < n; i++) {
		struct ward_poll_point p = {.id = ward_str_z(address[i]),
			.address = ward_str_z(address[i]),
			.scale = 1};

		assert_int_equal(ward_poll_plan_add(&h->heard.plan, &p), WARD_OK);
	}
	h->o = (struct ward_modbus_client_opts){.mem = ward_mem_heap(),
		.lim = &h->heard.lim,
		.names = &h->heard.names,
		.counters = &h->heard.counters,
		.sink = {lab_heard_put, &h->heard},
		.source = WARD_STR("power"),
		.ip = WARD_STR("10.0.0.9"),
		.plan = &h->heard.plan,
		.rate = RATE,
		.every = 60 * WARD_NS_PER_S,
		.epoch = 1,
		.read = answer,
		.now = now_of,
		.ctx = h};
	assert_int_equal(ward_modbus_client_new(&h->o, &h->c, &at, &why), WARD_OK);
	return h;
}

static void lab_free(struct lab *h)
{
	ward_modbus_client_free(h->c);
	lab_heard_fini(&h->heard);
	free(h);
}

static void run(struct lab *h, int64_t seconds)
{
	ward_ns until = h->heard.now.mono + seconds * WARD_NS_PER_S;

	for (;;) {
		ward_ns due = ward_modbus_client_due(h->c);

		if (due > until)
			break;
		lab_heard_wait(&h->heard, due);
		assert_int_equal(ward_modbus_client_tick(h->c), WARD_OK);
	}
	h->heard.now.wall += until - h->heard.now.mono;
	h->heard.now.mono = until;
}

static size_t count(const struct lab *h, const char *what)
{
	return lab_heard_count(&h->heard, what);
}

/* Neighbours in one question, the far ones apart; each value from its own registers. */
static void groups_neighbours(void **state)
{
	static const char *const points[] = {"1/holding:40001", "1/holding:40003/u32",
		"1/holding:40010/s16", "1/holding:@200", "1/input:30001", "1/coil:2", "1/coil:9",
		"2/holding:40001", "1/discrete:10500"};
	struct lab *h = lab_new(points, WARD_ARRAY_LEN(points));

	(void)state;
	run(h, 30);
	assert_int_equal(h->n_asked, 6);
	assert_int_equal(count(h, "field.point"), 9);
	assert_non_null(strstr(h->heard.text, "field.online src_ip=10.0.0.9 modbus.unit=1;"));
	assert_non_null(
		strstr(h->heard.text, "point=1/holding:40003/u32 value=131075 quality=good;"));
	assert_non_null(strstr(h->heard.text, "point=1/holding:40010/s16 value=9 "));
	assert_non_null(strstr(h->heard.text, "point=1/holding:@200 value=200 "));
	assert_non_null(strstr(h->heard.text, "point=1/coil:2 value=1 "));
	assert_non_null(strstr(h->heard.text, "point=1/coil:9 value=0 "));
	for (size_t i = 0; i < h->n_asked; i++)
		if (h->asked[i].unit == 1 && h->asked[i].table == WARD_MODBUS_HOLDING &&
			h->asked[i].start == 0)
			assert_int_equal(h->asked[i].n, 10);
	/* never more than RATE in a second, to whatever unit */
	run(h, 600);
	for (size_t i = 0; i + RATE < h->n_asked; i++)
		assert_true(h->asked[i + RATE].at - h->asked[i].at >= WARD_NS_PER_S);
	assert_int_equal(count(h, "point=1/coil:2 "), 11);
	lab_free(h);
}

/* A hole between neighbours: they are read apart from then on; what is not there is told once. */
static void parts_at_holes(void **state)
{
	static const char *const points[] = {
		"1/holding:40001", "1/holding:40002", "1/holding:40003", "1/holding:40005"};
	struct lab *h = lab_new(points, WARD_ARRAY_LEN(points));

	(void)state;
	h->hole = 3; /* 40004, which nobody wants */
	run(h, 59);
	assert_int_equal(count(h, "quality=good"), 4);
	size_t first = h->n_asked;

	run(h, 60);
	assert_true(h->n_asked - first == 3 && first > 3);
	h->hole = 1;
	run(h, 600);
	assert_int_equal(
		count(h, "point=1/holding:40002 quality=bad reason=illegal-data-address;"), 1);
	assert_true(count(h, "point=1/holding:40003 value=2 ") >= 11);
	lab_free(h);
}

static void tells_who_went_and_came(void **state)
{
	static const char *const points[] = {"1/holding:40001", "2/holding:40001"};
	static const struct ward_modbus_end gone[] = {
		{WARD_MODBUS_MISSED, 0}, {WARD_MODBUS_EXCEPTION, 11}, {WARD_MODBUS_WRONG, 0}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(gone); i++) {
		struct lab *h = lab_new(points, WARD_ARRAY_LEN(points));

		run(h, 120);
		h->end[1] = gone[i];
		run(h, 3600);
		assert_int_equal(count(h, "field.offline src_ip=10.0.0.9 modbus.unit=1 "), 1);
		assert_int_equal(count(h, "field.offline"), 1);
		assert_true(count(h, "modbus.reject.answer") <= 60);
		assert_true((count(h, "modbus.reject.answer") > 0) ==
			    (gone[i].what == WARD_MODBUS_WRONG));
		h->end[1].what = WARD_MODBUS_DONE;
		run(h, 600);
		assert_int_equal(count(h, "field.online"), 3);
		assert_true(count(h, "point=2/holding:40001 value=0 ") >= 71);
		lab_free(h);
	}
}

/* A range that gives nothing hides no other one, whatever its place, and is told by itself; its
 * unit is there. */
static void hides_nothing_behind_a_range(void **state)
{
	static const char *const points[] = {"1/holding:@0", "1/holding:@1", "1/holding:@100",
		"1/holding:@200", "1/holding:@300", "2/holding:@400"};
	static const struct {
		struct ward_modbus_end end;
		const char *why;
	} way[] = {{{WARD_MODBUS_MISSED, 0}, "unanswered"}, {{WARD_MODBUS_WRONG, 0}, "unanswered"},
		{{WARD_MODBUS_EXCEPTION, 6}, "busy"},
		{{WARD_MODBUS_EXCEPTION, 4}, "device-failure"}};

	(void)state;
	for (size_t i = 0; i < 4 * WARD_ARRAY_LEN(way); i++) {
		struct lab *h = lab_new(points, WARD_ARRAY_LEN(points));
		uint16_t at = (uint16_t)(i / WARD_ARRAY_LEN(way) * 100);
		char text[100];

		h->mute = way[i % WARD_ARRAY_LEN(way)].end;
		h->mute_at = at;
		h->mute_to = (uint16_t)(at + 2);
		run(h, 59); /* the first round already has all others */
		for (size_t k = 0; k < 6; k++) {
			(void)snprintf(text, sizeof(text), "point=%s value=", points[k]);
			assert_int_equal(count(h, text),
				(points[k][0] == '2' ||
					strtoul(points[k] + 11, NULL, 10) / 2 != at / 2));
		}
		run(h, 1800);
		assert_int_equal(count(h, "field.offline"), 0);
		assert_int_equal(count(h, "point=2/holding:@400 value=400 "), 31);
		(void)snprintf(text, sizeof(text), "point=1/holding:@%u quality=bad reason=%s;",
			(unsigned)at, way[i % WARD_ARRAY_LEN(way)].why);
		assert_int_equal(count(h, text), 1);
		size_t n = h->n_asked;

		/* seldom, and read again within minutes when it is back */
		lab_heard_forget(&h->heard);
		h->mute_to = 0;
		run(h, 660);
		(void)snprintf(text, sizeof(text), "point=1/holding:@%u value=", (unsigned)at);
		assert_true(count(h, text) >= 5);
		assert_true(n < 31 * 5 + 31 + 20);
		lab_free(h);
	}
}

/* A dead unit with many ranges costs no more than one with a single one; its neighbour is read. */
static void dead_unit_costs_little(void **state)
{
	static const char *const points[] = {"1/holding:@0", "1/holding:@100", "1/holding:@200",
		"1/holding:@300", "1/holding:@400", "1/holding:@500", "2/holding:@0"};
	struct lab *h = lab_new(points, WARD_ARRAY_LEN(points));
	size_t n = 0;

	(void)state;
	run(h, 59);
	size_t first = h->n_asked;

	h->end[1].what = WARD_MODBUS_MISSED;
	run(h, 3600);
	for (size_t i = first; i < h->n_asked; i++)
		n += h->asked[i].unit == 1;
	assert_true(n <= 10 + 3600 / 300);
	assert_int_equal(count(h, "field.offline"), 1);
	assert_int_equal(count(h, "quality=bad"), 0); /* the unit is gone: that is what is told */
	assert_true(count(h, "point=2/holding:@0 value=0 ") >= 60);
	h->end[1].what = WARD_MODBUS_DONE;
	run(h, 600);
	for (size_t i = 0; i + 1 < WARD_ARRAY_LEN(points); i++) {
		char text[60];

		(void)snprintf(text, sizeof(text), "point=%s value=", points[i]);
		assert_true(count(h, text) >= 3);
	}
	lab_free(h);
}

/* Busy and slow units are there, and are left alone. */
static void is_gentle(void **state)
{
	static const char *const points[] = {"1/holding:40001"};
	struct lab *h = lab_new(points, 1);

	(void)state;
	h->end[1] = (struct ward_modbus_end){WARD_MODBUS_EXCEPTION, 6};
	run(h, 3600);
	assert_true(h->n_asked < 25);
	assert_int_equal(count(h, "field.offline"), 0);
	/* that there is no value is told, once */
	assert_int_equal(count(h, "field.point"), 1);
	assert_int_equal(count(h, "quality=bad reason=busy"), 1);
	lab_free(h);
	h = lab_new(points, 1);
	h->o.every = WARD_NS_PER_S;
	h->takes = 2 * WARD_NS_PER_S;
	run(h, 600);
	for (size_t i = 0; i + 1 < h->n_asked; i++)
		assert_true(h->asked[i + 1].at - h->asked[i].at >= 6 * WARD_NS_PER_S);
	lab_free(h);
}

/* A question that was parted tells nothing of its parts: a unit that refuses the whole, and then
 * has nothing more to say, is gone; and read when it is back. */
static void refuses_and_falls_silent(void **state)
{
	static const char *const points[] = {"1/holding:40001", "1/holding:40002"};
	static const struct ward_modbus_end then[] = {
		{WARD_MODBUS_MISSED, 0}, {WARD_MODBUS_EXCEPTION, 6}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(then); i++) {
		struct lab *h = lab_new(points, WARD_ARRAY_LEN(points));
		ward_ns due = ward_modbus_client_due(h->c);

		h->end[1] = (struct ward_modbus_end){WARD_MODBUS_EXCEPTION, 2};
		lab_heard_wait(&h->heard, due);
		assert_int_equal(ward_modbus_client_tick(h->c), WARD_OK);
		assert_int_equal(h->n_asked, 1);
		h->end[1] = then[i];
		run(h, 600);
		assert_true(h->n_asked > 3);
		assert_int_equal(count(h, "field.offline"), i == 0);
		assert_int_equal(count(h, "quality=bad reason=busy"), i == 0 ? 0 : 2);
		h->end[1].what = WARD_MODBUS_DONE;
		run(h, 900);
		assert_true(count(h, "point=1/holding:40002 value=1 ") >= 5);
		lab_free(h);
	}
}

static void reads_values(void **state)
{
	static const struct {
		const char *address;
		uint16_t reg[2];
		const char *value;
	} row[] = {{"1/holding:1", {0, 0}, NULL}, {"1/holding:40001", {65535, 0}, "65535"},
		{"1/input:30001/s16", {65535, 0}, "-1"},
		{"1/holding:40001/u32", {0x8000, 1}, "2147483649"},
		{"1/holding:40001/s32", {0xffff, 0xfffe}, "-2"},
		{"1/holding:40001/f32", {0x41ac, 0}, "21.5"},
		{"1/holding:40001/f32/cdab", {0, 0x41ac}, "21.5"},
		{"1/holding:40001/f32/badc", {0xac41, 0}, "21.5"},
		{"1/holding:40001/f32/dcba", {0, 0xac41}, "21.5"},
		{"1/holding:40001/f32", {0x3dcc, 0xcccd}, "0.1"},
		{"1/holding:40001/f32", {0x7f80, 0}, ""}, {"1/holding:40001/f32", {0x7fc0, 0}, ""},
		{"1/coil:1", {1, 0}, "1"}, {"0/holding:465536", {7, 0}, "7"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_modbus_ref r;
		const char *why;
		char buf[32], text[32] = "";
		enum ward_err err = ward_modbus_ref_parse(ward_str_z(row[i].address), &r, &why);

		assert_int_equal(err, row[i].value ? WARD_OK : WARD_ERR_MALFORMED);
		if (err)
			continue;
		struct ward_value v = ward_modbus_value(&r, row[i].reg, buf);

		if (v.kind == WARD_VALUE_INT)
			(void)snprintf(text, sizeof(text), "%lld", (long long)v.i);
		else if (v.kind == WARD_VALUE_NUM)
			(void)snprintf(text, sizeof(text), "%.*s", WARD_STR_ARG(v.s));
		assert_string_equal(text, row[i].value);
	}
}

static void refuses_addresses(void **state)
{
	static const char *const bad[] = {"", "1", "1/holding", "248/holding:40001",
		"1/holdings:40001", "1/holding:40000", "1/holding:50000", "1/holding:465537",
		"1/holding:@65536", "1/holding:@65535/u32", "1/coil:1/u16", "1/holding:40001/f64",
		"1/holding:40001/u16/abcd", "1/holding:40001/f32/abdc", "1/input:40001",
		"1/holding:40001/", "x/holding:40001", "1/holding:", "1/holding:@"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_modbus_ref r;
		const char *why = NULL;

		if (ward_modbus_ref_parse(ward_str_z(bad[i]), &r, &why) != WARD_ERR_MALFORMED)
			fail_msg("'%s' is taken", bad[i]);
		assert_non_null(why);
	}
	for (unsigned t = 0; t < WARD_MODBUS_TABLE_N; t++)
		assert_true(ward_modbus_function((enum ward_modbus_table)t) >= 1 &&
			    ward_modbus_function((enum ward_modbus_table)t) <= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(groups_neighbours),
		cmocka_unit_test(parts_at_holes), cmocka_unit_test(tells_who_went_and_came),
		cmocka_unit_test(hides_nothing_behind_a_range),
		cmocka_unit_test(dead_unit_costs_little), cmocka_unit_test(is_gentle),
		cmocka_unit_test(refuses_and_falls_silent), cmocka_unit_test(reads_values),
		cmocka_unit_test(refuses_addresses)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
