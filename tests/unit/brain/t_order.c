/* Arrival has no say in what is true in the end; lies about time have none either; and a stuck
 * sensor floods nobody. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

static const ward_ns second = WARD_NS_PER_S;

enum { DECIDABLE = 48, SHUFFLES = 8, DAY_MIN = 24 * 60 };

static int setup(void **state)
{
	*state = lab_new();
	return 0;
}

static int teardown(void **state)
{
	lab_free(*state);
	return 0;
}

/* Feeds all, ticking each 30 s of arrival when asked to, and ends. */
static void run(struct lab *l, struct record *r, size_t n, bool ticks, struct rows *out)
{
	struct ward_brain *b = lab_brain(l, out);
	ward_ns next = r[0].seen;

	for (size_t i = 0; i < n; i++) {
		for (; ticks && next <= r[i].seen; next += 30 * second)
			assert_int_equal(ward_brain_tick(b, next), WARD_OK);
		lab_feed(l, b, &r[i]);
	}
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	ward_brain_free(b);
}

static void final_of(struct lab *l, struct record *r, size_t n, bool ticks, struct rows *ret)
{
	struct rows out;

	rows_init(&out);
	run(l, r, n, ticks, &out);
	rows_final(&out, ret);
	rows_fini(&out);
}

static size_t count(const struct rows *s, enum ward_output_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->row[i].kind == kind;
	return n;
}

static void any_order_same_end(void **state)
{
	struct lab *l = *state;
	size_t n;
	struct record *r = lab_records(l, "cooling", &n), *t = calloc(2 * n, sizeof(*t));
	struct dice d = {42};
	struct rows want;

	final_of(l, r, n, false, &want);
	assert_int_equal(count(&want, WARD_OUTPUT_INCIDENT), 1);
	for (size_t s = 0; s < SHUFFLES; s++) {
		struct rows got;
		size_t m = n;

		memcpy(t, r, n * sizeof(*t));
		/* on the way for up to 50 s: more than between most of them, less than the minute
		 * that news of the inventory waits */
		for (size_t i = 0; i < n; i++)
			t[i].seen += s ? dice_below(&d, 50) * second : 0;
		/* a fifth is delivered twice, some seconds or hours later */
		for (size_t i = 0; i < n; i++) {
			if (dice_below(&d, 5))
				continue;
			t[m] = t[i];
			t[m++].seen += dice_below(&d, 2) ? 3 * second : 7200 * second;
		}
		lab_sort(t, m);
		final_of(l, t, m, s % 2, &got);
		rows_same(&want, &got);
		rows_fini(&got);
	}
	rows_fini(&want);
	free(r);
	free(t);
}

/* All of it once more, as after a crash without a checkpoint: nothing new is said. */
static void read_again(void **state)
{
	struct lab *l = *state;
	size_t n, before;
	struct record *r = lab_records(l, "cooling", &n);
	struct rows out;
	struct ward_brain *b;

	rows_init(&out);
	b = lab_brain(l, &out);
	for (size_t i = 0; i < n; i++)
		lab_feed(l, b, &r[i]);
	before = out.n_put;
	for (size_t i = 0; i < n; i++)
		lab_feed(l, b, &r[i]);
	assert_int_equal(out.n_put, before);
	ward_brain_free(b);
	rows_fini(&out);
	free(r);
}

/* ---- lies about time ---- */

static ward_ns at(const char *text)
{
	ward_ns t = 0;

	assert_int_equal(ward_time_parse(ward_str_z(text), &t), WARD_OK);
	return t;
}

/* Live: seen is now. Two warm rooms and between them events from 1970 and 2090, which hit a rule
 * themselves or nothing. */
static void lies_break_nothing(void **state)
{
	struct lab *l = *state;
	const ward_ns now = at("2026-03-12T02:00:00Z");
	const ward_ns lie[] = {0, at("2090-01-01T00:00:00Z"), INT64_MIN, INT64_MAX};
	struct record r[8];
	struct rows out, want;
	size_t n = 0;

	for (size_t i = 0; i < 2; i++) {
		r[n] = lab_event(l, "env.temperature", "t-a1-theatre-1", "high", i);
		r[n].time = r[n].seen = now + (ward_ns)i * 1200 * second;
		n++;
	}
	final_of(l, r, n, true, &want);
	for (size_t i = 0; i < WARD_ARRAY_LEN(lie); i++) {
		r[n] = lab_event(
			l, "env.temperature", "t-a1-theatre-2", i % 2 ? "normal" : "high", 10 + i);
		r[n].time = lie[i];
		r[n].seen = now + (ward_ns)(i + 1) * 60 * second;
		n++;
	}
	lab_sort(r, n);
	uint64_t before = ward_counter_get(&l->counters, "brain.time_untrusted");

	rows_init(&out);
	run(l, r, n, true, &out);
	assert_int_equal(ward_counter_get(&l->counters, "brain.time_untrusted") - before, 4);
	for (size_t i = 0; i < out.n; i++) {
		assert_true(ward_str_find(out.row[i].json, WARD_STR("1970-")) == SIZE_MAX);
		assert_true(ward_str_find(out.row[i].json, WARD_STR("2090-")) == SIZE_MAX);
		assert_in_range(out.row[i].time, now, now + 1300 * second);
	}
	/* the two rooms are one story, which neither the far past nor the far future ended */
	struct rows end;

	rows_final(&out, &end);
	assert_int_equal(count(&end, WARD_OUTPUT_INCIDENT), 1);
	assert_int_equal(count(&want, WARD_OUTPUT_INCIDENT), 1);
	rows_fini(&end);
	rows_fini(&want);
	rows_fini(&out);
}

/* A source's own skew counts, not the default; but what is told late is believed. */
static void own_skew(void **state)
{
	struct lab *l = *state;
	struct record r = lab_event(l, "env.temperature", "t-a1-theatre-1", "high", 77);
	struct ward_brain *b = lab_brain(l, NULL);
	uint64_t before = ward_counter_get(&l->counters, "brain.time_untrusted");
	size_t n;
	const struct ward_source *s = ward_model_sources(l->model, &n);
	ward_ns skew = 60 * second;

	for (size_t i = 0; i < n; i++)
		if (ward_str_eq(s[i].id, WARD_STR("mqtt")))
			skew = s[i].skew;
	r.seen = at("2026-03-12T02:00:00Z");
	r.time = r.seen + skew;
	lab_feed(l, b, &r);
	assert_int_equal(ward_counter_get(&l->counters, "brain.time_untrusted"), before);
	r = lab_event(l, "env.temperature", "t-a1-theatre-1", "high", 78);
	r.seen = at("2026-03-12T02:00:00Z");
	r.time = r.seen + skew + 1;
	lab_feed(l, b, &r);
	assert_int_equal(ward_counter_get(&l->counters, "brain.time_untrusted"), before + 1);
	r = lab_event(l, "env.temperature", "t-a1-theatre-1", "high", 79);
	r.time = r.seen - (skew > WARD_LATENESS ? skew : WARD_LATENESS);
	lab_feed(l, b, &r);
	assert_int_equal(ward_counter_get(&l->counters, "brain.time_untrusted"), before + 1);
	ward_brain_free(b);
}

static size_t notes(const struct rows *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += ward_str_find(s->row[i].json, WARD_STR("\"stage\":\"notice\"")) != SIZE_MAX;
	return n;
}

/* A sensor is an hour behind: once that is known, what it says is placed where it happened, and the
 * brain says so once, also when it is killed meanwhile. */
static void wrong_clock(void **state)
{
	struct lab *l = *state;
	const ward_ns now = at("2026-03-12T02:00:00Z");
	struct record r[12];
	struct rows out;
	struct ward_brain *b;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);

	for (size_t i = 0; i < 12; i++) {
		r[i] = lab_event(l, "env.temperature", "t-a1-theatre-1",
			i == 11 ? "high" : "normal", 500 + i);
		r[i].seen = now + (ward_ns)(30 * i + i % 3) * second;
		r[i].time = now + (ward_ns)(30 * i) * second - 3600 * second;
	}
	for (size_t kill = 0; kill < 12; kill++) {
		rows_init(&out);
		b = lab_brain(l, &out);
		for (size_t i = 0; i < 12; i++) {
			lab_feed(l, b, &r[i]);
			if (i != kill)
				continue;
			ward_wr_reset(&w);
			ward_brain_save(b, &w);
			ward_brain_free(b);
			b = lab_brain(l, &out);
			struct ward_rd rd = ward_rd_slice(ward_wr_slice(&w));

			assert_int_equal(ward_brain_load(b, &rd), WARD_OK);
		}
		assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
		ward_brain_free(b);
		assert_int_equal(notes(&out), 1);
		assert_int_equal(count(&out, WARD_OUTPUT_DETECTION), 2);
		for (size_t i = 0; i < out.n; i++)
			if (out.row[i].kind == WARD_OUTPUT_INCIDENT)
				assert_true(out.row[i].time == now + 330 * second);
		assert_true(count(&out, WARD_OUTPUT_INCIDENT) > 0);
		rows_fini(&out);
	}
	ward_wr_fini(&w);
}

/* ---- floods ---- */

static struct record *stuck(struct lab *l, size_t n, ward_ns step)
{
	struct record *r = calloc(n, sizeof(*r));

	for (size_t i = 0; i < n; i++) {
		r[i] = lab_event(l, "env.temperature", "t-a1-theatre-1", "high", 1000 + i);
		r[i].time = r[i].seen = at("2026-03-12T02:00:00Z") + (ward_ns)i * step;
	}
	return r;
}

/* Does the last incident told say so? */
static bool last_says(const struct rows *s, const char *text)
{
	for (size_t i = s->n; i-- > 0;)
		if (s->row[i].kind == WARD_OUTPUT_INCIDENT)
			return ward_str_find(s->row[i].json, ward_str_z(text)) != SIZE_MAX;
	return false;
}

static void stuck_for_a_day(void **state)
{
	struct lab *l = *state;
	struct record *r = stuck(l, DAY_MIN, 60 * second);
	struct rows out, live, one, two;

	rows_init(&out);
	run(l, r, DAY_MIN, false, &out);
	assert_int_equal(count(&out, WARD_OUTPUT_DETECTION), DAY_MIN);
	assert_true(count(&out, WARD_OUTPUT_INCIDENT) < 200);
	assert_true(count(&out, WARD_OUTPUT_IMPACT) < 400); /* told once */
	assert_true(last_says(&out, "\"count\":1440,"));
	assert_true(last_says(&out, "\"members_total\":1,"));
	rows_init(&live);
	run(l, r, DAY_MIN, true, &live);
	rows_final(&out, &one);
	rows_final(&live, &two);
	rows_same(&one, &two);
	rows_fini(&one);
	rows_fini(&two);
	rows_fini(&live);
	rows_fini(&out);
	free(r);
}

/* Once a second: at most one revision a minute, and a tick tells what is pending. */
static void at_most_once_a_minute(void **state)
{
	struct lab *l = *state;
	struct record *r = stuck(l, 600, second);
	struct rows out;
	struct ward_brain *b;

	rows_init(&out);
	b = lab_brain(l, &out);
	for (size_t i = 0; i < 600; i++)
		lab_feed(l, b, &r[i]);
	assert_in_range(count(&out, WARD_OUTPUT_INCIDENT), 10, 11);
	assert_false(last_says(&out, "\"count\":600,"));
	assert_int_equal(ward_brain_tick(b, r[599].seen + 61 * second), WARD_OK);
	assert_true(last_says(&out, "\"count\":600,"));
	ward_brain_free(b);
	rows_fini(&out);
	free(r);
}

/* Months of a stuck sensor: what the brain holds stays as small as after a day. */
static void memory_is_bounded(void **state)
{
	struct lab *l = *state;
	struct record *r = stuck(l, 4000, 600 * second);
	struct ward_brain *b = lab_brain(l, NULL);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);
	size_t len = 0;

	for (size_t i = 0; i < 4000; i++) {
		lab_feed(l, b, &r[i]);
		if (i != 200 && i != 3999)
			continue;
		ward_wr_reset(&w);
		ward_brain_save(b, &w);
		assert_false(ward_wr_bad(&w));
		if (i == 200)
			len = w.len;
	}
	/* only the ids seen lately grew */
	assert_true(w.len < len + 3800 * sizeof(struct ward_id) + 64);
	ward_wr_fini(&w);
	ward_brain_free(b);
	free(r);
}

/* What was said of an incident is forgotten when it is given up, but for what people need to decide
 * of it still. */
static void old_incidents_are_forgotten(void **state)
{
	struct lab *l = *state;
	struct record *r = stuck(l, 30, 3 * 24 * 3600 * second);
	struct ward_brain *b;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);
	struct rows out;
	size_t len = 0;

	rows_init(&out);
	b = lab_brain(l, &out);
	for (size_t i = 0; i < 30; i++) {
		lab_feed(l, b, &r[i]);
		if (i != 1 && i != 29)
			continue;
		ward_wr_reset(&w);
		ward_brain_save(b, &w);
		if (i == 1)
			len = w.len;
	}
	assert_int_equal(count(&out, WARD_OUTPUT_INCIDENT), 30);
	assert_true(w.len < len + 28 * (sizeof(struct ward_id) + DECIDABLE) + 64);
	ward_wr_fini(&w);
	ward_brain_free(b);
	rows_fini(&out);
	free(r);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {T(any_order_same_end), T(read_again),
		T(lies_break_nothing), T(own_skew), T(wrong_clock), T(stuck_for_a_day),
		T(at_most_once_a_minute), T(memory_is_bounded), T(old_incidents_are_forgotten)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
