/* Whose clock is wrong, and whose records are only late. */
#include "enrich/offset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const ward_ns second = WARD_NS_PER_S, minute = 60 * WARD_NS_PER_S,
		     hour = 3600 * WARD_NS_PER_S;

struct fix {
	struct ward_limits lim;
	struct ward_offsets t;
	struct ward_offset *o;
	ward_ns now;
	size_t n_turned;
};

static void begin(struct fix *f)
{
	*f = (struct fix){.now = 1000 * hour};
	ward_limits_default(&f->lim);
	ward_offsets_init(&f->t, ward_mem_heap(), &f->lim);
	assert_int_equal(ward_offsets_of(&f->t, WARD_STR("s"), WARD_STR("a"), &f->o), WARD_OK);
}

static void take(struct fix *f, ward_ns lag)
{
	f->n_turned += ward_offset_take(&f->t, f->o, f->now, f->now - lag, minute);
}

/* One record each half minute. */
static void steady(struct fix *f, size_t n, ward_ns lag)
{
	for (size_t i = 0; i < n; i++) {
		f->now += 30 * second;
		take(f, lag);
	}
}

static void is_off(struct fix *f, ward_ns by)
{
	assert_true(f->o->off == (by != 0));
	assert_true(f->o->by == by);
}

static void right(void **state)
{
	static const ward_ns lag[] = {0, 1000, 59 * WARD_NS_PER_S, -59 * WARD_NS_PER_S};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(lag); i++) {
		struct fix f;

		begin(&f);
		steady(&f, 50, lag[i]);
		is_off(&f, 0);
		assert_int_equal(f.n_turned, 0);
		ward_offsets_fini(&f.t);
	}
}

static void wrong(void **state)
{
	static const struct {
		ward_ns lag, by;
	} row[] = {{7 * 60, 7 * 60}, {-7 * 60, -7 * 60}, {3600, 3600}, {3601, 3600}, {-3597, -3600},
		{-3600, -3600}, {5400, 5400}, {1800, 1800}, {3610, 3610}, {61, 61}, {7200, 7200},
		{26 * 365 * 86400, 26 * 365 * 86400}, {900, 900}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct fix f;
		ward_ns at;

		begin(&f);
		steady(&f, 4, row[i].lag * second);
		is_off(&f, 0); /* too early to say */
		steady(&f, 20, row[i].lag * second);
		is_off(&f, row[i].by * second);
		assert_int_equal(f.n_turned, 1);
		assert_true(
			ward_offset_correct(f.o, f.now, f.now - row[i].lag * second, minute, &at));
		assert_true(at == f.now - (row[i].lag - row[i].by) * second);
		/* a record of the same sender whose time is right has another clock */
		assert_false(
			ward_offset_correct(f.o, f.now, f.now, minute / 2, &at) && row[i].by < -60);
		ward_offsets_fini(&f.t);
	}
}

/* Set right, set wrong the other way, right again. */
static void changes(void **state)
{
	struct fix f;

	(void)state;
	begin(&f);
	steady(&f, 10, hour);
	is_off(&f, hour);
	steady(&f, 10, second);
	is_off(&f, 0);
	steady(&f, 10, -hour);
	is_off(&f, -hour);
	steady(&f, 10, 0);
	is_off(&f, 0);
	assert_int_equal(f.n_turned, 4);
	/* slow drift is followed, and not told of each time */
	for (ward_ns i = 0; i < 200; i++)
		steady(&f, 1, 2 * minute + i * second / 10);
	assert_true(f.o->off && f.o->by >= 2 * minute + 8 * second);
	assert_int_equal(f.n_turned, 5);
	ward_offsets_fini(&f.t);
}

/* Each five minutes what came meanwhile, at once; and hours of it. */
static void batches(void **state)
{
	static const ward_ns every[] = {300 * WARD_NS_PER_S, 3600 * WARD_NS_PER_S};

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct fix f;

		begin(&f);
		for (size_t i = 0; i < 30; i++) {
			f.now += every[k];
			/* picked up 10 min after the last record of the batch */
			for (ward_ns back = every[k]; back >= 0; back -= 10 * second)
				take(&f, 600 * second + back);
		}
		is_off(&f, 0);
		assert_int_equal(f.n_turned, 0);
		assert_true(f.t.n_batch > 20);
		ward_offsets_fini(&f.t);
	}
}

/* Files of days ago, read at 500 times their speed for an hour, then live; and a short one, whose
 * records are all of one second. */
static void read_late(void **state)
{
	struct fix f;

	(void)state;
	begin(&f);
	for (ward_ns i = 0; i < 3600; i++) {
		f.now += second;
		take(&f, 20 * 24 * hour - i * 499 * second);
	}
	is_off(&f, 0);
	steady(&f, 20, second);
	is_off(&f, 0);
	for (size_t i = 0; i < 1000; i++)
		take(&f, hour);
	steady(&f, 20, second);
	assert_int_equal(f.n_turned, 0);
	ward_offsets_fini(&f.t);
}

static void lies(void **state)
{
	struct fix f;

	(void)state;
	begin(&f);
	for (size_t i = 0; i < 40; i++) {
		steady(&f, 3, second);
		steady(&f, 1, i % 2 ? 9999 * hour : -9999 * hour);
		assert_false(
			ward_offset_take(&f.t, f.o, INT64_MAX, INT64_MIN, minute)); /* no number */
	}
	is_off(&f, 0);
	assert_int_equal(f.n_turned, 0);
	ward_offsets_fini(&f.t);
}

/* 30 sensors behind one gateway are told of once. */
static void one_gateway(void **state)
{
	struct fix f;
	size_t n = 0;

	(void)state;
	begin(&f);
	for (size_t i = 0; i < 20; i++) {
		for (char c = 'a'; c <= 'z'; c++) {
			struct ward_offset *o;

			assert_int_equal(
				ward_offsets_of(&f.t, WARD_STR("gw"), (struct ward_str){&c, 1}, &o),
				WARD_OK);
			n += ward_offset_take(&f.t, o, f.now + (ward_ns)i * minute,
				f.now + (ward_ns)(i - 7) * minute, minute);
			assert_true(i < 4 || o->off);
		}
	}
	assert_int_equal(n, 1);
	ward_offsets_fini(&f.t);
}

static void bounded(void **state)
{
	struct fix f;
	struct ward_offset *o;
	char name[2];

	(void)state;
	begin(&f);
	f.t.max = 16;
	for (unsigned i = 0; i < 1000; i++) {
		name[0] = (char)('a' + i % 20);
		name[1] = (char)('a' + i / 20);
		assert_int_equal(
			ward_offsets_of(&f.t, WARD_STR("flood"), (struct ward_str){name, 2}, &o),
			WARD_OK);
		/* heard all the time: stays */
		assert_int_equal(ward_offsets_of(&f.t, WARD_STR("s"), WARD_STR("a"), &o), WARD_OK);
		assert_true(o->key.b[0] == f.t.item[0].key.b[0] && o == &f.t.item[0]);
	}
	assert_int_equal(f.t.n, 16);
	assert_int_equal(f.t.n_given_up, 1000 - 15);
	ward_offsets_fini(&f.t);
}

static void saved(void **state)
{
	struct fix f, g;
	struct ward_offset *o;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       again = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	begin(&f);
	steady(&f, 9, -hour);
	assert_int_equal(ward_offsets_of(&f.t, WARD_STR("s"), WARD_STR("b"), &o), WARD_OK);
	(void)ward_offset_take(&f.t, o, 5, 4, minute);
	ward_offsets_save(&f.t, &w);
	for (size_t len = 0; len <= w.len; len++) {
		struct ward_rd r = ward_rd_from(w.p, len);

		ward_limits_default(&g.lim);
		ward_offsets_init(&g.t, ward_mem_heap(), &g.lim);
		assert_int_equal(
			ward_offsets_load(&g.t, &r), len < w.len ? WARD_ERR_MALFORMED : WARD_OK);
		if (len == w.len)
			ward_offsets_save(&g.t, &again);
		ward_offsets_fini(&g.t);
	}
	assert_true(w.len == again.len && memcmp(w.p, again.p, w.len) == 0);
	ward_wr_fini(&w);
	ward_wr_fini(&again);
	ward_offsets_fini(&f.t);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {T(right), T(wrong), T(changes), T(batches), T(read_late),
		T(lies), T(one_gateway), T(bounded), T(saved)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
