#include "sense/net/lru.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { MAX = 50, KEYS = 120, STEPS = 200000 };

/* The model: what is in, in order of last touch. */
struct model {
	uint32_t key[MAX];
	unsigned list[MAX];
	size_t n;
};

static uint32_t next_random(uint32_t *s)
{
	*s = *s * 1664525u + 1013904223u;
	return *s >> 8;
}

static size_t model_find(const struct model *m, uint32_t key)
{
	size_t i = 0;

	while (i < m->n && m->key[i] != key)
		i++;
	return i;
}

static void model_del(struct model *m, size_t i)
{
	memmove(m->key + i, m->key + i + 1, (m->n - i - 1) * sizeof(*m->key));
	memmove(m->list + i, m->list + i + 1, (m->n - i - 1) * sizeof(*m->list));
	m->n--;
}

static void model_put(struct model *m, uint32_t key, unsigned list)
{
	m->key[m->n] = key;
	m->list[m->n++] = list;
}

static void check_oldest(const struct ward_lru *t, const struct model *m)
{
	for (unsigned list = 0; list < WARD_LRU_LISTS; list++) {
		uint32_t *val = ward_lru_oldest(t, list);
		size_t i = 0;

		while (i < m->n && m->list[i] != list)
			i++;
		assert_int_equal(val != NULL, i < m->n);
		if (val) {
			assert_int_equal(*val, m->key[i]);
			assert_memory_equal(ward_lru_key(t, val), &m->key[i], 4);
		}
	}
	assert_int_equal(t->n, m->n);
	assert_int_equal(ward_lru_full(t), m->n == MAX);
}

static void test_against_model(void **state)
{
	struct model m = {.n = 0};
	struct ward_lru t;
	uint32_t random = 7;

	(void)state;
	assert_int_equal(ward_lru_init(&t, ward_mem_heap(), 4, 4, MAX), WARD_OK);
	for (size_t step = 0; step < STEPS; step++) {
		uint32_t key = next_random(&random) % KEYS;
		unsigned list = next_random(&random) % WARD_LRU_LISTS;
		uint32_t *val = ward_lru_find(&t, &key);
		size_t i = model_find(&m, key);

		assert_int_equal(val != NULL, i < m.n);
		if (val && next_random(&random) % 3 == 0) {
			ward_lru_del(&t, val);
			model_del(&m, i);
		} else if (val) {
			assert_int_equal(*val, key);
			ward_lru_touch(&t, val, list);
			model_del(&m, i);
			model_put(&m, key, list);
		} else if (!ward_lru_full(&t)) {
			val = ward_lru_add(&t, &key, list);
			assert_int_equal(*val, 0);
			*val = key;
			model_put(&m, key, list);
		}
		check_oldest(&t, &m);
	}
	ward_lru_fini(&t);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (uint64_t at = 1; at <= 2; at++) {
		struct ward_mem_failing f;
		struct ward_lru t;

		ward_mem_failing_init(&f, at);
		assert_int_equal(ward_lru_init(&t, &f.mem, 4, 4, MAX), WARD_ERR_NOMEM);
		ward_lru_fini(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_model),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
