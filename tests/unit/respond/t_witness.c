/* Heads of the ledger for witnesses: when they go, what they hold, what a lost one leads to, and
 * that a life that ends anywhere changes nothing. */
#include "comply/code.h"
#include "comply/notary.h"
#include "lab_incident.h"
#include "respond/syslog.h"

#define MINUTE (60 * WARD_NS_PER_S)

struct tower {
	struct lab *l;
	struct ward_notary n;
};

static struct tower tower_new(void)
{
	const uint8_t seed[WARD_NOTARY_SEED] = {4, 2};
	struct tower t = {.l = lab_new(2)};

	ward_notary_new(seed, &t.n);
	t.l->listener[1].heads = true;
	t.l->listener[1].every = 60 * MINUTE;
	t.l->listener[1].at_most_each = MINUTE;
	t.l->listener[1].level = 0;
	lab_life(t.l);
	return t;
}

/* A row of the notary, which signs all rows before it. */
static void sign(struct tower *t)
{
	char json[WARD_HEAD_JSON_MAX];
	struct ward_wr w = ward_wr_fixed(json, sizeof(json));

	while (t->n.ledger.n < t->l->n_row) {
		struct ward_hash h = {{(uint8_t)t->n.ledger.n, 3}};

		ward_notary_tell(&t->n, WARD_NOTARY_ANY, &h);
	}
	ward_notary_sign(&t->n, t->l->now);
	ward_head_write(&w, &t->n.last);
	lab_add(t->l, NULL, ward_wr_text(&w));
	lab_settle(t->l);
}

static size_t told(const struct lab *l, size_t k)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_got; i++)
		n += l->got[i].listener == k;
	return n;
}

static const char *last(const struct lab *l, size_t k)
{
	const char *body = "";

	for (size_t i = 0; i < l->n_got; i++)
		body = l->got[i].listener == k ? l->got[i].body : body;
	return body;
}

static void pass(struct lab *l, int minutes)
{
	l->now += minutes * MINUTE;
	lab_settle(l);
}

static void put(struct lab *l, unsigned revision, const char *state)
{
	const struct lab_incident in = {1, revision, 39, 1, "high", state, "cyber", NULL};

	lab_incident(l, &in);
	lab_settle(l);
}

static void assert_holds(const struct tower *t, const char *body)
{
	char json[WARD_HEAD_JSON_MAX], code[WARD_CODE_TEXT];
	struct ward_wr w = ward_wr_fixed(json, sizeof(json));
	struct ward_code c;

	ward_head_write(&w, &t->n.last);
	ward_wr_u8(&w, 0);
	assert_non_null(strstr(body, json));
	assert_int_equal(ward_code_of(&t->n.last.tree, &c), WARD_OK);
	ward_code_text(&c, code);
	assert_non_null(strstr(body, code));
}

/* The first at once; then each hour the last one; nothing of incidents. */
static void test_timer(void **state)
{
	struct tower t = tower_new();

	(void)state;
	put(t.l, 1, "suspected");
	assert_int_equal(told(t.l, 1), 0);
	sign(&t);
	assert_int_equal(told(t.l, 1), 1);
	assert_holds(&t, last(t.l, 1));
	for (int i = 0; i < 11; i++) {
		pass(t.l, 5);
		sign(&t);
	}
	assert_int_equal(told(t.l, 1), 1);
	t.l->now += 5 * MINUTE;
	sign(&t);
	assert_int_equal(told(t.l, 1), 2);
	assert_holds(&t, last(t.l, 1));
	/* nothing new was signed: nothing new is told */
	pass(t.l, 600);
	assert_int_equal(told(t.l, 1), 2);
	lab_free(t.l);
}

/* Soon after an incident ended, evidence was handed out, a new key: once a head has that. */
static void test_soon(void **state)
{
	struct tower t = tower_new();

	(void)state;
	put(t.l, 1, "suspected");
	sign(&t);
	pass(t.l, 2);
	sign(&t);
	assert_int_equal(told(t.l, 1), 1);
	put(t.l, 2, "closed");
	assert_int_equal(told(t.l, 1), 1);
	sign(&t);
	assert_int_equal(told(t.l, 1), 2);
	assert_holds(&t, last(t.l, 1));
	pass(t.l, 2);
	sign(&t);
	assert_int_equal(told(t.l, 1), 2);
	lab_add(t.l, NULL,
		WARD_STR("{\"kind\":\"decision\",\"id\":\"00000009-0000-8000-8000-000000000000\","
			 "\"what\":\"export\",\"taken\":true}"));
	sign(&t);
	assert_int_equal(told(t.l, 1), 3);
	pass(t.l, 2);
	const uint8_t seed[WARD_NOTARY_SEED] = {7};
	char json[WARD_HEAD_JSON_MAX];
	struct ward_wr w = ward_wr_fixed(json, sizeof(json));

	ward_notary_rotate(&t.n, seed, t.l->now);
	ward_head_write(&w, &t.n.last);
	lab_add(t.l, NULL, ward_wr_text(&w));
	sign(&t);
	assert_int_equal(told(t.l, 1), 4);
	lab_free(t.l);
}

/* One that failed for good is followed by the last one; what waits makes way for what matters. */
static void test_lost(void **state)
{
	struct tower t = tower_new();

	(void)state;
	t.l->bad_of = 2;
	t.l->bad = (struct ward_outcome){.what = WARD_SENT_REFUSED};
	put(t.l, 1, "suspected");
	sign(&t);
	assert_int_equal(lab_rows(t.l, "\"state\":\"refused\""), 1);
	t.l->bad_of = 0;
	pass(t.l, 5);
	sign(&t);
	assert_int_equal(told(t.l, 1), 1);
	pass(t.l, 6);
	assert_int_equal(told(t.l, 1), 2);
	assert_holds(&t, last(t.l, 1));
	/* it is not reached, and an incident ends */
	t.l->bad_of = 2;
	t.l->bad = (struct ward_outcome){
		.what = WARD_SENT_FAILED, .retry_after = 1800 * WARD_NS_PER_S};
	pass(t.l, 60);
	sign(&t);
	put(t.l, 2, "closed");
	t.l->now += MINUTE;
	sign(&t);
	assert_int_equal(lab_rows(t.l, "\"state\":\"superseded\""), 1);
	assert_holds(&t, last(t.l, 1));
	lab_free(t.l);
}

/* Killed after each step in turn, with and without a memory: the same heads in the same order. */
static void test_killed(void **state)
{
	(void)state;
	for (size_t at = 1; at < 60; at++) {
		struct tower t = tower_new();

		t.l->kill_at = at;
		t.l->remembers = at % 2;
		put(t.l, 1, "suspected");
		sign(&t);
		pass(t.l, 3);
		put(t.l, 2, "closed");
		sign(&t);
		pass(t.l, 61);
		sign(&t);
		assert_int_equal(told(t.l, 1), 3);
		assert_holds(&t, last(t.l, 1));
		lab_free(t.l);
	}
}

static void test_bad_heads(void **state)
{
	struct tower t = tower_new();

	(void)state;
	sign(&t);
	assert_int_equal(told(t.l, 1), 1);
	char *json = t.l->row[0].json, *root = strstr(json, "\"root_hash\":\"");
	char copy[WARD_HEAD_JSON_MAX];

	assert_non_null(root);
	(void)snprintf(copy, sizeof(copy), "%s", json);
	copy[root - json + 14] ^= 1;
	pass(t.l, 120);
	lab_add(t.l, NULL, ward_str_z(copy));
	lab_settle(t.l);
	assert_int_equal(told(t.l, 1), 1);
	lab_free(t.l);
}

static struct ward_str syslog_of(
	struct ward_arena *a, const char *body, bool framed, struct ward_wr *w)
{
	struct ward_limits lim;

	ward_limits_default(&lim);
	ward_wr_reset(w);
	assert_int_equal(ward_syslog_write(a, &lim, ward_str_z(body), framed, w), WARD_OK);
	return ward_wr_text(w);
}

/* RFC 5424, and its length before it (RFC 5425). */
static void test_syslog(void **state)
{
	struct tower t = tower_new();
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_limits lim;
	struct ward_arena a;

	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 1 << 24);
	put(t.l, 1, "suspected");
	sign(&t);
	struct ward_str s = syslog_of(&a, last(t.l, 1), false, &w);

	assert_true(ward_str_starts(s, WARD_STR("<109>1 2026-03-12T02:40:00Z turin ward - "
						"ward.head - {\"kind\":\"head\"")));
	assert_true(s.p[s.len - 1] == '}' && s.len < WARD_SYSLOG_DATAGRAM);
	size_t len = s.len;
	uint64_t n;

	s = syslog_of(&a, last(t.l, 1), true, &w);
	assert_true(ward_str_u64(ward_str_cut(&s, ' '), &n));
	assert_int_equal(n, len);
	assert_int_equal(s.len, len);
	s = syslog_of(&a, last(t.l, 0), false, &w);
	assert_true(ward_str_starts(s,
		WARD_STR("<35>1 2026-03-12T02:40:00Z turin ward - ward.message - \xef\xbb\xbf")));
	assert_true(ward_str_find(s, WARD_STR("Door of a technical room")) != SIZE_MAX);
	/* what is none of ours, and each prefix of what is */
	static const char *const bad[] = {"", "{}", "[]", "{\"schema\":\"ward.head/1\"}",
		"{\"schema\":\"ward.head/1\",\"time\":\"2026-03-12T02:40:00Z\",\"head\":7}"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(ward_syslog_write(&a, &lim, ward_str_z(bad[i]), true, &w),
			WARD_ERR_MALFORMED);
	for (size_t i = 0; i < strlen(last(t.l, 1)); i++)
		assert_int_equal(
			ward_syslog_write(&a, &lim, (struct ward_str){last(t.l, 1), i}, true, &w),
			WARD_ERR_MALFORMED);
	ward_wr_fini(&w);
	ward_arena_fini(&a);
	lab_free(t.l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_timer),
		cmocka_unit_test(test_soon), cmocka_unit_test(test_lost),
		cmocka_unit_test(test_killed), cmocka_unit_test(test_bad_heads),
		cmocka_unit_test(test_syslog)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
