/* Playbooks that answer an incident, to each recipient once: also what answers it only later, three
 * with one message at most, whatever was lost and however often the outbox was killed. */
#include "lab_incident.h"

enum { BOOKS = 7, RECIPIENTS = 2, TURNS = 60 };

static const struct ward_str code[BOOKS] = {
	{"a.a", 3}, {"b.b", 3}, {"c.c", 3}, {"d.d", 3}, {"e.e", 3}, {"f.f", 3}, {"g.g", 3}};
static const struct ward_respond_playbook book[BOOKS] = {{{"pa", 2}, {"PA", 2}, &code[0], 1},
	{{"pb", 2}, {"PB", 2}, &code[1], 1}, {{"pc", 2}, {"PC", 2}, &code[2], 1},
	{{"pd", 2}, {"PD", 2}, &code[3], 1}, {{"pe", 2}, {"PE", 2}, &code[4], 1},
	{{"pf", 2}, {"PF", 2}, &code[5], 1}, {{"pg", 2}, {"PG", 2}, &code[6], 1}};

/* Threats of these playbooks, those that stand first the surest. */
static const char *threats(char buf[1024], unsigned mask)
{
	struct ward_wr w = ward_wr_fixed(buf, 1023);
	unsigned n = 0;

	for (unsigned i = 0; i < BOOKS; i++)
		if (mask >> i & 1)
			ward_wr_printf(&w,
				"%s{\"asset\":\"x\",\"threat\":\"%.3s\",\"likelihood\":[0.1,0.%u]}",
				n++ ? "," : ",\"threats\":[", code[i].p, 9 - i);
	ward_wr_z(&w, n ? "]" : "");
	buf[w.len] = 0;
	return buf;
}

static struct lab *fresh(size_t n, bool remembers)
{
	struct lab *l = lab_new(n);

	l->playbook = book;
	l->n_playbook = BOOKS;
	l->remembers = remembers;
	lab_life(l);
	return l;
}

static void seen(struct lab *l, unsigned revision, const char *level, unsigned mask)
{
	char more[1024];
	struct lab_incident in = {1, revision, 30, 1, level, "suspected", "cyber", ""};

	in.more = threats(more, mask);
	lab_incident(l, &in);
	lab_settle(l);
}

/* Bits of those that the message names, of whose data, text and row say the same. */
static unsigned named(const struct lab *l, size_t at)
{
	unsigned all = 0;

	for (unsigned i = 0; i < BOOKS; i++) {
		char data[64], text[64];

		(void)snprintf(data, sizeof(data), "{\"id\":\"%s\",\"name\"", book[i].id.p);
		(void)snprintf(text, sizeof(text), "ask for %s\\n", book[i].id.p);
		assert_int_equal(lab_says(l, at, data), lab_says(l, at, text));
		all |= (unsigned)lab_says(l, at, data) << i;
	}
	return all;
}

/* The incident grows: what answers it then is named with the message that tells so, and no message
 * goes out for it alone. */
static void test_later(void **state)
{
	struct lab *l = fresh(1, true);

	(void)state;
	seen(l, 1, "medium", 1);
	assert_int_equal(l->n_got, 1);
	assert_int_equal(named(l, 0), 1);
	seen(l, 2, "medium", 1 | 2); /* another kind of sign, no more serious: nobody is woken */
	assert_int_equal(l->n_got, 1);
	seen(l, 3, "high", 1 | 2);
	assert_int_equal(l->n_got, 2);
	assert_int_equal(named(l, 1), 2);
	assert_int_equal(lab_rows(l, "\"playbooks\":[\"pb\"]"), 1);
	seen(l, 4, "critical", 1 | 2);
	assert_int_equal(l->n_got, 3);
	assert_int_equal(named(l, 2), 0);
	lab_free(l);
}

/* More than three: the surest with the first, the others with the next. What does not answer it any
 * more by then is not named. */
static void test_many(void **state)
{
	struct lab *l = fresh(1, false);

	(void)state;
	seen(l, 1, "medium", 0x1f);
	assert_int_equal(named(l, 0), 7);
	seen(l, 2, "high", 0x37);
	assert_int_equal(named(l, 1), 0x30);
	seen(l, 3, "critical", 0x3f);
	assert_int_equal(named(l, 2), 8);
	lab_free(l);
}

/* Rows that were kept before they had ids say that the surest were named. */
static void test_older(void **state)
{
	static const char is[] = "\"playbooks\":[\"pa\",\"pb\",\"pc\"]",
			  was[] = "\"playbooks\":true            ";
	struct lab *l = fresh(1, false);

	(void)state;
	_Static_assert(sizeof(is) == sizeof(was), "one in the other's place");
	seen(l, 1, "medium", 0xf);
	for (size_t i = 0; i < l->n_row; i++) {
		char *at = strstr(l->row[i].json, is);

		if (at)
			memcpy(at, was, sizeof(was) - 1);
	}
	assert_int_equal(lab_rows(l, was), 1);
	lab_life(l);
	seen(l, 2, "high", 0xf);
	assert_int_equal(named(l, 1), 8);
	lab_free(l);
}

/* What is being done for an incident that became a part of another is being done for that. */
static void test_parts(void **state)
{
	char more[1024 + 128];
	struct lab_incident in = {2, 1, 31, 2, "high", "suspected", "cyber", more};
	struct lab *l = fresh(1, true);

	(void)state;
	seen(l, 1, "medium", 2);
	assert_int_equal(named(l, 0), 2);
	lab_add(l, NULL,
		WARD_STR("{\"kind\":\"run\",\"id\":\"0000000a-0000-8000-8000-000000000000\","
			 "\"revision\":2,\"asks\":\"0000000b-0000-8000-8000-000000000000\","
			 "\"asks_role\":\"guard\",\"asks_due\":\"2026-03-12T03:10:00Z\","
			 "\"asks_says\":{\"text\":\"Look\"},\"playbook_name\":\"PB\","
			 "\"incident\":\"00000001-0000-8000-8000-000000000000\"}"));
	lab_settle(l);
	size_t n = (size_t)snprintf(
		more, sizeof(more), ",\"supersedes\":[\"00000001-0000-8000-8000-000000000000\"]");

	(void)threats(more + n, 2 | 4);
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(named(l, l->n_got - 1), 4);
	lab_free(l);
}

static uint32_t draw(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223; /* Knuth's; what it draws need not be good */
	return (*seed >> 8) % n;
}

/* One night: the incident changes, recipients refuse, the outbox is killed. */
static void night(uint32_t seed)
{
	static const char *const level[] = {"medium", "high", "critical"};
	struct lab *l = fresh(RECIPIENTS, seed % 2);
	unsigned had[RECIPIENTS] = {0}, at_end = 0;
	uint32_t s = seed;

	l->bad = (struct ward_outcome){.what = WARD_SENT_REFUSED, .status = 400};
	for (unsigned i = 1; i <= TURNS; i++) {
		bool calm = i > TURNS / 2; /* whatever was lost is told then */

		at_end = calm ? at_end : draw(&s, 1 << BOOKS);
		l->bad_of = calm ? 0 : draw(&s, 4);
		if (!calm && !draw(&s, 3))
			l->kill_at = l->step + 1 + draw(&s, 8);
		l->now += 3601 * WARD_NS_PER_S;
		seen(l, i, level[i % 3], at_end);
		if (!draw(&s, 5))
			lab_life(l);
		for (size_t k = 0; k < l->n_got; k++) { /* of this turn */
			unsigned is = named(l, k);
			size_t who = l->got[k].listener;
			bool lost = l->bad_of >> who & 1;

			if (__builtin_popcount(is) > 3)
				fail_msg("seed %u, turn %u: more than three", seed, i);
			if (!lost && (had[who] & is))
				fail_msg("seed %u, turn %u: named twice", seed, i);
			had[who] |= lost ? 0 : is;
			free(l->got[k].body);
		}
		l->n_got = 0;
		memset(l->got, 0, sizeof(l->got));
	}
	for (size_t k = 0; k < RECIPIENTS; k++)
		if (at_end & ~had[k])
			fail_msg("seed %u: recipient %zu was never told of %x", seed, k,
				at_end & ~had[k]);
	lab_free(l);
}

static void test_nights(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 30; seed++)
		night(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_later),
		cmocka_unit_test(test_many), cmocka_unit_test(test_older),
		cmocka_unit_test(test_parts), cmocka_unit_test(test_nights)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
