#include "inv_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define A "\"src_mac\":\"00:11:22:00:00:0a\",\"src_ip\":\"10.1.0.10\""
#define A2 "\"src_mac\":\"00:11:22:00:00:0a\",\"src_ip\":\"10.1.0.11\""
#define ALL "\"dst_mac\":\"ff:ff:ff:ff:ff:ff\",\"dst_ip\":\"255.255.255.255\""

static struct ward_str best(const struct ward_candidate *c, enum ward_attr a)
{
	const struct ward_fact *f = c ? ward_candidate_best(c, a) : NULL;

	return f ? f->value : WARD_STR("");
}

#define assert_best(c, attr, text)                                     \
	do {                                                           \
		if (!ward_str_eqz(best(c, attr), text))                \
			fail_msg("%.*s", WARD_STR_ARG(best(c, attr))); \
	} while (0)

/* One host by its hardware address, whatever its IP addresses. */
static void test_one_host(void **state)
{
	struct inv_lab l;

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	inv_lab_event(&l, "net.x.ahu", 1, A "," ALL);
	inv_lab_event(&l, "net.x.maker", 2, A2 ",\"id\":7");
	inv_lab_event(&l, "net.dhcp.request", 3,
		"\"src_ip\":\"0.0.0.0\",\"chaddr\":\"00:11:22:00:00:0a\",\"host\":\"Ahu-A.\"");
	inv_lab_event(
		&l, "net.x.rows", 4, A ",\"key\":[\"x\",\"model\"],\"value\":[\"no\",\"M 1\"]");
	inv_lab_view(&l, false);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.c[0].n_address, 2);
	assert_int_equal(l.c[0].status, WARD_INV_UNMATCHED);
	assert_best(&l.c[0], WARD_ATTR_CLASS, "device.ahu");
	assert_best(&l.c[0], WARD_ATTR_VENDOR, "Seven");
	assert_best(&l.c[0], WARD_ATTR_NAME, "ahu-a");
	assert_best(&l.c[0], WARD_ATTR_MODEL, "M 1");
	inv_lab_close(&l);
}

/* A device names itself: no name of its may act on a terminal, be turned round or be unseen. */
static void test_hidden_characters(void **state)
{
	static const char *const bad[] = {"a\\u001b[31mb", "a\\u009b31mb", "a\\u007fb",
		"a\\u202ebcd", "a\\u200bb", "a\\u2066b"};
	static const char *const good[] = {"\\u00fcber", "caf\\u00e9-\\u2013", "\\u65e5\\u672c"};
	struct inv_lab l;
	char text[200];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad) + WARD_ARRAY_LEN(good); i++) {
		bool is_good = i >= WARD_ARRAY_LEN(bad);

		assert_true(inv_lab_open(&l, NULL));
		(void)snprintf(text, sizeof(text),
			"\"src_ip\":\"0.0.0.0\",\"chaddr\":\"00:11:22:00:00:0a\",\"host\":\"%s\"",
			is_good ? good[i - WARD_ARRAY_LEN(bad)] : bad[i]);
		inv_lab_event(&l, "net.dhcp.request", 1, text);
		inv_lab_view(&l, false);
		if ((l.n && best(&l.c[0], WARD_ATTR_NAME).len != 0) != is_good)
			fail_msg("%s", text);
		inv_lab_close(&l);
	}
}

/* A router brings many addresses: they are hosts of their own, its proved one is not. */
static void test_router(void **state)
{
	struct inv_lab l;
	char text[200];

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	inv_lab_event(
		&l, "net.arp", 1, "\"src_mac\":\"00:11:22:00:00:01\",\"src_ip\":\"10.1.0.1\"");
	for (int i = 1; i < 8; i++) {
		(void)snprintf(text, sizeof(text),
			"\"src_mac\":\"00:11:22:00:00:01\",\"src_ip\":\"10.9.0.%d\"", i);
		inv_lab_event(&l, "net.x.reader", i, text);
	}
	inv_lab_view(&l, false);
	assert_int_equal(l.n, 8);
	const struct ward_candidate *r = inv_lab_find(&l, "00:11:22:00:00:01");

	assert_true(r && r->router && r->n_address == 1);
	assert_int_equal(r->n_fact, 0);
	assert_best(inv_lab_find(&l, "10.9.0.3"), WARD_ATTR_CLASS, "device.reader");
	/* Seen on its own network elsewhere, an address is its hardware's. */
	inv_lab_event(
		&l, "net.arp", 9, "\"src_mac\":\"00:11:22:00:00:03\",\"src_ip\":\"10.9.0.3\"");
	inv_lab_view(&l, false);
	assert_int_equal(l.n, 8);
	r = inv_lab_find(&l, "00:11:22:00:00:03");
	assert_ptr_equal(inv_lab_find(&l, "10.9.0.3"), r);
	/* Once, with the times of both: it was behind the router at 3. */
	assert_true(r->n_address == 1 && r->address[0].proof);
	assert_true(r->address[0].first < r->address[0].last && r->address[0].first == r->first);
	inv_lab_close(&l);
}

/* Public and private addresses behind one hardware address are never one host's. */
static void test_gateway(void **state)
{
	struct inv_lab l;

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	inv_lab_event(
		&l, "net.x.ahu", 1, "\"src_mac\":\"00:11:22:00:00:01\",\"src_ip\":\"10.1.0.1\"");
	inv_lab_event(
		&l, "net.x.ahu", 2, "\"src_mac\":\"00:11:22:00:00:01\",\"src_ip\":\"192.0.2.1\"");
	inv_lab_event(
		&l, "net.x.ahu", 3, "\"src_mac\":\"00:00:5e:00:01:07\",\"src_ip\":\"10.1.0.9\"");
	inv_lab_view(&l, false);
	assert_int_equal(l.n, 3);
	inv_lab_close(&l);
}

/* What speaks for a value is put together; other values stay. */
static void test_confidence(void **state)
{
	struct inv_lab l;

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	inv_lab_event(&l, "net.x.ahu", 1, A);
	inv_lab_event(&l, "net.x.ahu", 2, A);
	inv_lab_view(&l, false);
	/* 60 of one rule, however often, and 10 of the class above. */
	const struct ward_fact *f = ward_candidate_best(&l.c[0], WARD_ATTR_CLASS);

	assert_true(f && f->confidence == 60 && f->n_claim == 1 && f->claim[0]->n == 2);
	inv_lab_event(&l, "net.x.ahu2", 3, A);
	inv_lab_view(&l, false);
	f = ward_candidate_best(&l.c[0], WARD_ATTR_CLASS);
	assert_true(f && f->confidence == 80 && f->n_claim == 2);
	inv_lab_event(&l, "net.x.reader", 4, A);
	inv_lab_view(&l, false);
	size_t n_class = 0;

	for (size_t i = 0; i < l.c[0].n_fact; i++)
		n_class += l.c[0].fact[i].attr == WARD_ATTR_CLASS;
	assert_int_equal(n_class, 3);
	inv_lab_close(&l);
}

static void test_templates(void **state)
{
	struct inv_lab l;

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	inv_lab_event(&l, "net.x.soft", 1, "\"dst_ip\":\"10.1.0.7\",\"banner\":\"Web/1.2\"");
	inv_lab_event(&l, "net.x.soft", 2, "\"dst_ip\":\"10.1.0.7\",\"banner\":\"no/1.2\"");
	inv_lab_event(&l, "net.x.soft", 3, "\"dst_ip\":\"10.1.0.7\",\"banner\":\"a\\u0007/2\"");
	inv_lab_event(&l, "net.x.maker", 4, "\"src_ip\":\"10.1.0.7\",\"id\":9");
	inv_lab_event(&l, "net.x.maker", 5, "\"src_ip\":\"10.1.0.7\"");
	inv_lab_event(&l, "net.x.maker", 6, "\"src_ip\":\"10.1.0.7\",\"id\":null");
	inv_lab_view(&l, false);
	assert_int_equal(l.n, 1);
	assert_best(&l.c[0], WARD_ATTR_SOFTWARE, "Web 1.2");
	assert_int_equal(ward_candidate_best(&l.c[0], WARD_ATTR_SOFTWARE)->name_len, 3);
	assert_best(&l.c[0], WARD_ATTR_VENDOR, "");
	inv_lab_close(&l);
}

static void test_flows(void **state)
{
	struct inv_lab l;

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	inv_lab_event(&l, "net.flow", 1,
		A ",\"dst_ip\":\"10.1.0.20\",\"dst_port\":502,\"proto\":\"tcp\","
		  "\"service\":\"modbus\",\"packets_back\":3");
	inv_lab_event(&l, "net.flow", 2,
		A ",\"dst_ip\":\"10.1.0.20\",\"dst_port\":22,\"proto\":\"tcp\","
		  "\"packets_back\":3");
	inv_lab_event(&l, "net.flow", 3,
		A ",\"dst_ip\":\"10.1.0.21\",\"dst_port\":22,\"proto\":\"tcp\","
		  "\"packets_back\":0");
	inv_lab_event(&l, "net.flow", 4,
		A ",\"dst_ip\":\"10.1.0.20\",\"dst_port\":99,\"proto\":\"tcp\","
		  "\"packets_back\":1,\"state\":\"midstream\"");
	inv_lab_view(&l, false);
	/* Who never answered is nobody. */
	assert_int_equal(l.n, 2);
	const struct ward_candidate *c = inv_lab_find(&l, "10.1.0.20");

	assert_int_equal(c->n_use, 2);
	assert_true(c->use[0].server && c->use[0].port == 22 && !c->use[0].service[0]);
	assert_true(c->use[1].server && c->use[1].port == 502);
	assert_int_equal(c->n_peer, 1);
	c = inv_lab_find(&l, "10.1.0.10");
	assert_true(c->n_use == 1 && !c->use[0].server && c->n_peer == 1);
	inv_lab_close(&l);
}

static const struct {
	const char *class, *fields;
} script[] = {
	{"net.arp", A},
	{"net.x.ahu", A},
	{"net.x.ahu2", A2},
	{"net.x.reader", A},
	{"net.x.maker", A ",\"id\":8"},
	{"net.x.maker", A2 ",\"id\":7"},
	{"net.x.soft", "\"dst_ip\":\"10.1.0.10\",\"banner\":\"Web/1\""},
	{"net.x.iam", "\"src_ip\":\"10.1.0.10\",\"id\":1001"},
	{"net.dhcp.ack", "\"src_ip\":\"10.1.0.1\",\"chaddr\":\"00:11:22:00:00:0b\",\"yiaddr\":\"10."
			 "1.0.12\""},
	{"net.x.ahu", "\"src_mac\":\"00:11:22:00:00:0c\",\"src_ip\":\"10.1.0.12\""},
	{"net.flow",
		A ",\"dst_ip\":\"10.1.0.1\",\"dst_port\":5,\"service\":\"x\",\"packets_back\":1"},
};

static void say(struct inv_lab *l, struct ward_wr *w)
{
	struct ward_inv_report r;

	inv_lab_view(l, true);
	r = inv_lab_report(l, true);
	ward_inv_write_json(&r, w);
}

/* In whatever order events come, the inventory says the same, byte for byte; and so does one that
 * was saved and loaded half way. */
static void test_order(void **state)
{
	enum { N = WARD_ARRAY_LEN(script) };
	struct ward_wr want = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint32_t random = 1;

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct ward_wr got = ward_wr_grow(ward_mem_heap(), 1 << 20),
			       saved = ward_wr_grow(ward_mem_heap(), 1 << 20);
		size_t order[N];
		struct inv_lab l;

		assert_true(inv_lab_open(&l, NULL));
		for (size_t i = 0; i < N; i++) {
			random = random * 1664525 + 1013904223;
			size_t k = round ? random % (i + 1) : i;

			order[i] = order[k];
			order[k] = i;
		}
		for (size_t i = 0; i < N; i++) {
			inv_lab_event(
				&l, script[order[i]].class, (int)order[i], script[order[i]].fields);
			if (i != N / 2)
				continue;
			ward_inventory_save(l.inv, &saved);
			assert_int_equal(
				ward_inventory_load(l.inv, ward_wr_slice(&saved)), WARD_OK);
		}
		say(&l, round ? &got : &want);
		if (round)
			assert_true(ward_str_eq(ward_wr_text(&got), ward_wr_text(&want)));
		ward_wr_fini(&got);
		ward_wr_fini(&saved);
		inv_lab_close(&l);
	}
	ward_wr_fini(&want);
}

/* Every torn checkpoint is refused, and nothing is left of it. */
static void test_load_bad(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct inv_lab l;

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	for (size_t i = 0; i < WARD_ARRAY_LEN(script); i++)
		inv_lab_event(&l, script[i].class, (int)i, script[i].fields);
	ward_inventory_save(l.inv, &w);
	for (size_t n = 0; n < w.len; n++) {
		assert_int_not_equal(ward_inventory_load(l.inv, ward_slice_of(w.p, n)), WARD_OK);
		inv_lab_view(&l, false);
		assert_int_equal(l.n, 0);
	}
	w.p[0] = 99;
	assert_int_equal(ward_inventory_load(l.inv, ward_wr_slice(&w)), WARD_ERR_VERSION);
	ward_wr_fini(&w);
	inv_lab_close(&l);
}

/* Over the limit those of whom least is known go first, counted. */
static void test_limit(void **state)
{
	struct inv_lab l;
	char text[200];

	(void)state;
	assert_true(inv_lab_open(&l, NULL));
	ward_inventory_free(l.inv);
	assert_int_equal(
		ward_limits_set(&l.hospital.lim, WARD_STR("inventory.hosts"), 16), WARD_OK);
	assert_int_equal(
		ward_inventory_new(l.rules, &l.hospital.lim, ward_mem_heap(), &l.inv), WARD_OK);
	inv_lab_event(&l, "net.x.ahu", 0, A);
	for (int i = 1; i < 100; i++) {
		(void)snprintf(text, sizeof(text), "\"src_ip\":\"10.3.0.%d\"", i);
		inv_lab_event(&l, "net.host", i, text);
	}
	inv_lab_view(&l, false);
	assert_true(l.n <= 16);
	assert_int_equal(ward_inventory_stats(l.inv).n_given_up, 100 - l.n);
	assert_non_null(inv_lab_find(&l, "10.1.0.10"));
	assert_non_null(inv_lab_find(&l, "10.3.0.99"));
	inv_lab_close(&l);
	/* So many different claims of one host are kept, the rest is counted. */
	assert_true(inv_lab_open(&l, NULL));
	for (int i = 0; i < 80; i++) {
		(void)snprintf(text, sizeof(text), A ",\"key\":\"model\",\"value\":%d", i);
		inv_lab_event(&l, "net.x.rows", i, text);
	}
	assert_int_equal(ward_inventory_stats(l.inv).n_claims_lost, 80 + 1 - WARD_INV_CLAIMS);
	inv_lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_host),
		cmocka_unit_test(test_hidden_characters),
		cmocka_unit_test(test_router),
		cmocka_unit_test(test_gateway),
		cmocka_unit_test(test_confidence),
		cmocka_unit_test(test_templates),
		cmocka_unit_test(test_flows),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_load_bad),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
