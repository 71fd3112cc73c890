#include "lab.h"

static struct bl_lab l;

static void key(int i, double hour)
{
	char json[128];

	(void)snprintf(json, sizeof(json),
		"{\"src\":\"s%d\",\"dst\":\"b\",\"ok\":true,\"kind\":\"k\",\"no\":1}", i);
	bl_class(&l, "t.write", hour, json);
}

static bool knows(const char *text)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	bool ret = ward_str_find(bl_saved(&l, &w), ward_str_z(text)) != SIZE_MAX;

	ward_wr_fini(&w);
	return ret;
}

/* The oldest goes first, counted. */
static void t_keys(void **state)
{
	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	l.lim.v[WARD_LIMIT_BASELINE_KEYS] = 16;
	for (int i = 0; i < 16; i++)
		key(i, i);
	key(0, 20); /* in use again */
	key(16, 21);
	assert_int_equal(ward_baseline_stats(l.b).n_evicted_key, 1);
	assert_true(knows("[\"s0\""));
	assert_false(knows("[\"s1\""));
	assert_true(knows("[\"s16\""));
	bl_close(&l);
}

/* The least seen goes first; the set is then no closed one any more. */
static void t_values(void **state)
{
	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	l.lim.v[WARD_LIMIT_BASELINE_VALUES] = 8;
	for (int i = 0; i < 400; i++) {
		char rest[64];

		(void)snprintf(rest, sizeof(rest), ",\"kind\":\"x\",\"no\":%d", i % 40 ? 1 : i);
		bl_write(&l, 8 + i * 0.001, rest);
	}
	assert_true(ward_baseline_stats(l.b).n_evicted_value > 0);
	assert_true(knows("\"value\":[\"x\",\"1\"]"));
	bl_judge(&l);
	bl_write(&l, 8, ",\"kind\":\"y\",\"no\":1");
	assert_int_equal(l.n_said, 0);
	bl_close(&l);
}

static void t_bytes(void **state)
{
	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	l.lim.v[WARD_LIMIT_BASELINE_BYTES] = 65536;
	for (int i = 0; i < 1000; i++)
		key(i, i * 0.01);
	assert_true(ward_baseline_stats(l.b).n_evicted_key > 500);
	assert_true(knows("[\"s999\""));
	bl_mode(&l, WARD_BL_LEARN);
	for (int i = 0; i < 1000; i++) {
		char rest[64];

		(void)snprintf(rest, sizeof(rest), ",\"kind\":\"x\",\"no\":%d", i);
		bl_write(&l, 8, rest);
	}
	assert_true(ward_baseline_stats(l.b).n_evicted_value > 0);
	bl_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_keys), T(t_values), T(t_bytes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
