/* The brain killed at any record goes on as if nothing had been; and its checkpoints. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

/* How often to kill it, and to break a checkpoint: fewer times where each is ten times as slow. */
#if defined(__SANITIZE_ADDRESS__)
enum { KILLS = 100 };
#else
enum { KILLS = 1000 };
#endif
enum { CHECKPOINT_BYTES = 64 << 20, SEAL = 32, PRINT = 32 };

struct fix {
	struct lab *lab;
	struct record *cooling, *day; /* with ticks */
	size_t n_cooling, n_day;
};

/* A tick after each tenth second of arrival, as the journal has them. */
static struct record *with_ticks(struct record *r, size_t *n)
{
	const ward_ns step = 10 * WARD_NS_PER_S;
	size_t cap = 0, k = 0;
	struct record *all = NULL;
	ward_ns next = r[0].seen - r[0].seen % step + step;

	for (size_t i = 0; i < *n; i++) {
		for (; r[i].seen >= next && r[i].seen - next > 100 * step; next += step)
			; /* quiet hours are ticked more coarsely, to save time */
		for (; r[i].seen >= next; next += step) {
			assert_int_equal(ward_mem_more(ward_mem_heap(), &all, k, &cap, sizeof(*all),
						 1 << 20),
				WARD_OK);
			all[k++] = (struct record){.time = next, .seen = next};
		}
		assert_int_equal(
			ward_mem_more(ward_mem_heap(), &all, k, &cap, sizeof(*all), 1 << 20),
			WARD_OK);
		all[k++] = r[i];
	}
	free(r);
	*n = k;
	return all;
}

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));

	x->lab = lab_new();
	x->cooling = lab_records(x->lab, "cooling", &x->n_cooling);
	x->cooling = with_ticks(x->cooling, &x->n_cooling);
	x->day = lab_records(x->lab, "ordinary-day", &x->n_day);
	x->day = with_ticks(x->day, &x->n_day);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;

	free(x->cooling);
	free(x->day);
	lab_free(x->lab);
	free(x);
	return 0;
}

static void feed_all(
	struct lab *l, struct ward_brain *b, const struct record *r, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		lab_feed(l, b, &r[i]);
}

static void end(struct ward_brain *b)
{
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
}

static struct ward_wr saved(struct ward_brain *b)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), CHECKPOINT_BYTES);

	ward_brain_save(b, &w);
	assert_false(ward_wr_bad(&w));
	return w;
}

static struct ward_brain *loaded(struct lab *l, struct rows *out, struct ward_slice bytes)
{
	struct ward_brain *b = lab_brain(l, out);
	struct ward_rd r = ward_rd_slice(bytes);

	assert_int_equal(ward_brain_load(b, &r), WARD_OK);
	return b;
}

static void save_load_save(void **state)
{
	struct fix *x = *state;
	const struct record *const list[] = {x->cooling, x->day};
	const size_t n[] = {x->n_cooling, x->n_day};

	for (size_t k = 0; k < 2; k++) {
		struct ward_brain *b = lab_brain(x->lab, NULL);

		for (size_t i = 0; i < n[k]; i++) {
			struct ward_wr one, two;
			struct ward_brain *c;

			lab_feed(x->lab, b, &list[k][i]);
			if (i % (n[k] / 40) && i + 1 < n[k])
				continue;
			one = saved(b);
			c = loaded(x->lab, NULL, ward_wr_slice(&one));
			two = saved(c);
			assert_int_equal(one.len, two.len);
			assert_memory_equal(one.p, two.p, one.len);
			ward_brain_free(c);
			ward_wr_fini(&one);
			ward_wr_fini(&two);
		}
		ward_brain_free(b);
	}
}

/* What was learned is part of it; a brain that learns nothing refuses it. */
static void learned_is_saved(void **state)
{
	struct fix *x = *state;
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct lab *l = x->lab;
	struct ward_bl_profiles *ps = NULL;
	char path[512];

	assert_non_null(root);
	(void)snprintf(path, sizeof(path), "%s/content/baselines", root);
	assert_int_equal(ward_bl_profiles_load(path, ward_model_threats(l->model), &l->names,
				 &l->lim, &l->diag, &ps),
		WARD_OK);
	l->config.baselines = ps;
	struct ward_brain *b = lab_brain(l, NULL), *c;

	feed_all(l, b, x->cooling, 0, x->n_cooling);
	struct ward_wr one = saved(b), two;
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&one));

	c = loaded(l, NULL, ward_wr_slice(&one));
	two = saved(c);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.p, two.p, one.len);
	assert_true(ward_str_find(ward_wr_text(&one), WARD_STR("\"baseline.value\"")) != SIZE_MAX);
	ward_brain_free(c);
	l->config.baselines = NULL;
	c = lab_brain(l, NULL);
	assert_int_equal(ward_brain_load(c, &r), WARD_ERR_VERSION);
	ward_brain_free(c);
	ward_brain_free(b);
	ward_wr_fini(&one);
	ward_wr_fini(&two);
	ward_bl_profiles_free(ps);
}

/* One run over all records that is killed on the way; gives how often. */
static size_t killed_run(
	struct lab *l, const struct record *r, size_t n, struct dice *d, struct rows *out)
{
	struct ward_brain *b = lab_brain(l, out);
	struct ward_wr last = saved(b);
	size_t at = 0, kills = 0; /* the last checkpoint was taken before record `at` */

	for (size_t i = 0; i < n;) {
		lab_feed(l, b, &r[i++]);
		if (dice_below(d, 12) == 0) {
			ward_wr_fini(&last);
			last = saved(b);
			at = i;
		}
		if (dice_below(d, 10) == 0) {
			ward_brain_free(b);
			b = loaded(l, out, ward_wr_slice(&last));
			i = at;
			kills++;
		}
	}
	end(b);
	ward_brain_free(b);
	ward_wr_fini(&last);
	return kills;
}

static void kill_often(struct lab *l, const struct record *r, size_t n, size_t least)
{
	struct dice d = {20260312};
	struct rows plain;
	struct ward_brain *b;
	size_t kills = 0;

	rows_init(&plain);
	b = lab_brain(l, &plain);
	feed_all(l, b, r, 0, n);
	end(b);
	ward_brain_free(b);
	while (kills < least) {
		struct rows out;

		rows_init(&out);
		kills += killed_run(l, r, n, &d, &out);
		rows_same(&plain, &out);
		rows_fini(&out);
	}
	rows_fini(&plain);
}

static void killed_in_the_attack(void **state)
{
	struct fix *x = *state;

	kill_often(x->lab, x->cooling, x->n_cooling, KILLS);
}

static void killed_on_an_ordinary_day(void **state)
{
	struct fix *x = *state;

	kill_often(x->lab, x->day, x->n_day, 1);
}

/* Values out of their range, and a pump that moves nothing: what was told of them is not told anew,
 * and what was in doubt stays so. */
static void killed_while_values_leave(void **state)
{
	struct fix *x = *state;
	size_t n;
	struct record *r = lab_file(x->lab, "tests/golden/points/pump.jsonl", &n);

	r = with_ticks(r, &n);
	kill_often(x->lab, r, n, KILLS / 10);
	free(r);
}

/* A decision of an incident as the desk records it. */
static struct record decision(struct lab *l, ward_ns seen, const char *what, struct ward_id of)
{
	static unsigned n;
	char line[512], id[WARD_ID_TEXT], subject[WARD_ID_TEXT];
	uint8_t time[40];
	struct ward_wr w = ward_wr_fixed(time, sizeof(time));
	struct ward_idgen g;

	ward_idgen_init(&g, "test.decision");
	ward_idgen_u64(&g, ++n);
	ward_id_text(ward_idgen_final(&g), id);
	ward_id_text(of, subject);
	ward_time_write(&w, seen);
	(void)snprintf(line, sizeof(line),
		"{\"kind\":\"event\",\"id\":\"%s\",\"time\":\"%.*s\",\"seen\":\"%.*s\",\"source\":"
		"\"desk\",\"class\":\"ward.decision\",\"fields\":{\"decision.kind\":\"%s\","
		"\"decision.person\":\"anna\",\"decision.role\":\"crisis-manager\","
		"\"decision.subject\":\"%s\",\"decision.text\":\"so it is\"}}",
		id, (int)w.len, (const char *)time, (int)w.len, (const char *)time, what, subject);
	return lab_line(l, line);
}

/* People decide on what the attack is, while it goes on: each of the incidents that a run tells is
 * confirmed, ended, reopened and ended again, some twice. */
static struct record *with_decisions(struct lab *l, const struct record *r, size_t *n)
{
	static const char *const what[] = {
		"confirm", "close", "note", "reopen", "contain", "close", "dismiss"};
	struct record *all = calloc(*n + 64, sizeof(*all));
	struct rows told;
	size_t k = 0, at = 0, every = 0;

	rows_init(&told);
	struct ward_brain *b = lab_brain(l, &told);

	assert_non_null(all);
	for (size_t i = 0; i < *n; i++) {
		lab_feed(l, b, &r[i]);
		all[k++] = r[i];
		if (!told.n)
			continue;
		every = every ? every : (*n - i) / 14 + 1;
		if (i % every)
			continue;
		struct ward_id of = told.row[0].id;

		for (size_t m = 0; m < told.n; m++)
			if (told.row[m].kind == WARD_OUTPUT_INCIDENT)
				of = told.row[m].id;
		all[k] = decision(l, r[i].seen, what[at++ % WARD_ARRAY_LEN(what)], of);
		lab_feed(l, b, &all[k++]);
	}
	ward_brain_free(b);
	assert_true(at >= WARD_ARRAY_LEN(what));
	size_t n_decision = 0, n_closed = 0;

	for (size_t i = 0; i < told.n; i++) {
		n_decision += told.row[i].kind == WARD_OUTPUT_DECISION;
		n_closed += told.row[i].kind == WARD_OUTPUT_INCIDENT &&
			    ward_str_find(told.row[i].json, WARD_STR("\"state\":\"closed\"")) !=
				    SIZE_MAX;
	}
	assert_true(n_decision > 0);
	assert_true(n_closed > 0);
	rows_fini(&told);
	*n = k;
	return all;
}

static void killed_while_people_decide(void **state)
{
	struct fix *x = *state;
	size_t n = x->n_cooling;
	struct record *r = with_decisions(x->lab, x->cooling, &n);

	kill_often(x->lab, r, n, KILLS / 10);
	free(r);
}

static enum ward_err try_load(struct ward_brain *b, struct ward_slice bytes)
{
	struct ward_rd r = ward_rd_slice(bytes);

	return ward_brain_load(b, &r);
}

static void seal(struct ward_wr *w)
{
	ward_sha256((struct ward_slice){w->p, w->len - SEAL}, w->p + w->len - SEAL);
}

/* Of a brain that has just told its first incident and what it costs. */
static struct ward_wr small_checkpoint(struct fix *x, size_t *ret_at)
{
	struct rows out;
	struct ward_brain *b;
	struct ward_wr w;
	size_t i = 0;

	rows_init(&out);
	b = lab_brain(x->lab, &out);
	while (i < x->n_cooling && out.n == 0)
		lab_feed(x->lab, b, &x->cooling[i++]);
	assert_true(i < x->n_cooling);
	*ret_at = i;
	w = saved(b);
	ward_brain_free(b);
	rows_fini(&out);
	return w;
}

static void other_content_is_refused(void **state)
{
	struct fix *x = *state;
	struct ward_brain *b = lab_brain(x->lab, NULL);
	struct ward_wr w = saved(b);
	struct lab other = *x->lab;
	struct ward_brain *c;

	ward_brain_free(b);
	other.config.fuse.place_hops++;
	c = lab_brain(&other, NULL);
	assert_int_equal(try_load(c, ward_wr_slice(&w)), WARD_ERR_VERSION);
	ward_brain_free(c);
	w.p[1] ^= 1; /* made with another model, and sealed */
	seal(&w);
	c = lab_brain(x->lab, NULL);
	assert_int_equal(try_load(c, ward_wr_slice(&w)), WARD_ERR_VERSION);
	ward_brain_free(c);
	w.p[0]++; /* another format */
	c = lab_brain(x->lab, NULL);
	assert_int_equal(try_load(c, ward_wr_slice(&w)), WARD_ERR_VERSION);
	ward_brain_free(c);
	ward_wr_fini(&w);
}

static void note_dropped(void *ctx, struct ward_str rule, enum ward_window_fate fate)
{
	assert_true(rule.len > 0);
	assert_int_equal(fate, WARD_WINDOW_DROPPED);
	++*(size_t *)ctx;
}

/* Other rules: what is known goes on, and each window of a correlation that is gone is told of. */
static void other_rules_go_on(void **state)
{
	struct fix *x = *state;
	struct ward_ruleset *none = NULL;
	struct ward_ruleset_args args = {.n_rules = 0, .content = getenv("WARD_SOURCE_ROOT")};
	struct lab other = *x->lab;
	struct ward_brain *b = lab_brain(x->lab, NULL), *c;
	char content[512];
	size_t dropped = 0;

	feed_all(x->lab, b, x->cooling, 0, x->n_cooling / 2); /* in the attack */
	struct ward_wr w = saved(b);

	ward_brain_free(b);
	(void)snprintf(content, sizeof(content), "%s/content", args.content);
	args.content = content;
	assert_int_equal(
		ward_ruleset_load(&args, &other.lim, ward_mem_heap(), &other.diag, &none), WARD_OK);
	other.config.window = note_dropped;
	other.config.window_ctx = &dropped;
	c = lab_brain(&other, NULL);
	assert_int_equal(try_load(c, ward_wr_slice(&w)), WARD_OK);
	assert_int_equal(dropped, 0); /* the same rules */
	ward_brain_free(c);
	other.config.ruleset = none;
	c = lab_brain(&other, NULL);
	assert_int_equal(try_load(c, ward_wr_slice(&w)), WARD_OK);
	assert_true(dropped > 0);
	ward_brain_free(c);
	ward_ruleset_free(none);
	ward_wr_fini(&w);
}

static void torn_is_refused(void **state)
{
	struct fix *x = *state;
	size_t at;
	struct ward_wr w = small_checkpoint(x, &at);
	struct ward_brain *b = lab_brain(x->lab, NULL);
	struct dice d = {7};

	/* refused before the brain is touched, so one brain will do */
	for (size_t i = 0; i < w.len; i += i < 600 ? 1 : 1 + dice_below(&d, 600))
		assert_int_equal(try_load(b, (struct ward_slice){w.p, i}), WARD_ERR_MALFORMED);
	for (size_t i = 0; i < 300; i++) {
		size_t off = 1 + dice_below(&d, (uint32_t)w.len - 1);
		uint8_t bit = (uint8_t)(1 << dice_below(&d, 8));

		w.p[off] ^= bit;
		assert_int_equal(try_load(b, ward_wr_slice(&w)), WARD_ERR_MALFORMED);
		w.p[off] ^= bit;
	}
	ward_brain_free(b);
	ward_wr_fini(&w);
}

/* Loads it, and if that went well lives on with it. */
static void harmless(struct fix *x, struct ward_slice bytes, size_t from)
{
	struct ward_brain *b = lab_brain(x->lab, NULL);
	enum ward_err err = try_load(b, bytes);

	if (!err) {
		feed_all(x->lab, b, x->cooling, from,
			from + 12 < x->n_cooling ? from + 12 : x->n_cooling);
		end(b);
	} else {
		assert_true(err == WARD_ERR_MALFORMED || err == WARD_ERR_VERSION ||
			    err == WARD_ERR_LIMIT);
	}
	ward_brain_free(b);
}

/* What a seal does not catch, as its maker was wrong: still no harm is done. */
static void sealed_nonsense_is_harmless(void **state)
{
	struct fix *x = *state;
	size_t at;
	struct ward_wr w = small_checkpoint(x, &at), t;
	struct dice d = {99};

	t = ward_wr_grow(ward_mem_heap(), CHECKPOINT_BYTES);
	for (size_t i = 0; i < KILLS; i++) {
		size_t keep = w.len - SEAL, flips = 1 + dice_below(&d, 3);

		if (i % 4 == 0)
			keep = 1 + PRINT + dice_below(&d, (uint32_t)(keep - 1 - PRINT));
		ward_wr_reset(&t);
		ward_wr_bytes(&t, w.p, keep);
		for (size_t k = 0; i % 4 && k < flips; k++) {
			/* most of the bytes are impacts told: look at the head more often */
			size_t range = dice_below(&d, 2) ? keep : keep < 3000 ? keep : 3000;
			size_t off = 1 + PRINT + dice_below(&d, (uint32_t)(range - 1 - PRINT));

			t.p[off] = (uint8_t)dice_below(&d, 256);
		}
		ward_wr_bytes(&t, w.p, SEAL);
		seal(&t);
		harmless(x, ward_wr_slice(&t), at);
	}
	ward_wr_fini(&t);
	ward_wr_fini(&w);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {T(save_load_save), T(learned_is_saved),
		T(killed_in_the_attack), T(killed_on_an_ordinary_day), T(killed_while_values_leave),
		T(killed_while_people_decide), T(other_content_is_refused), T(other_rules_go_on),
		T(torn_is_refused), T(sealed_nonsense_is_harmless)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
