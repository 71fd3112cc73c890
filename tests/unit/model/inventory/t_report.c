#include "inv_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void fill(struct inv_lab *l)
{
	assert_true(inv_lab_open(l, NULL));
	inv_lab_event(
		l, "net.x.ahu", 1, "\"src_mac\":\"00:1b:63:84:45:e6\",\"src_ip\":\"10.1.0.5\"");
	inv_lab_event(l, "net.x.maker", 2,
		"\"src_mac\":\"02:11:22:00:00:0a\",\"src_ip\":\"10.1.0.10\",\"id\":7");
	inv_lab_event(l, "net.x.rows", 3,
		"\"src_mac\":\"02:11:22:00:00:0a\",\"src_ip\":\"10.1.0.10\",\"key\":\"model\","
		"\"value\":\"A \\\"B\\\", C\"");
	inv_lab_event(l, "net.x.iam", 4,
		"\"src_mac\":\"02:11:22:00:00:0a\",\"src_ip\":\"10.1.0.10\",\"id\":77");
	inv_lab_event(
		l, "net.dhcp.request", 4, "\"chaddr\":\"02:11:22:00:00:0a\",\"host\":\"=Sum(1)\"");
	inv_lab_event(l, "net.x.soft", 5, "\"dst_ip\":\"10.1.0.10\",\"banner\":\"Web/1.2\"");
	inv_lab_view(l, true);
}

/* What it writes for the directory the directory takes, and then knows. */
static void test_csv(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_inv_report r;
	struct inv_lab l;
	struct lab after;

	(void)state;
	fill(&l);
	r = inv_lab_report(&l, true);
	ward_inv_write_csv(&r, &w);
	ward_wr_ch(&w, 0);
	assert_string_equal((const char *)w.p,
		"id,name,class,room,network,ip,mac,keys,vendor,model\n"
		"seen-02112200000a,sum(1),device,,n-bms,10.1.0.10,02:11:22:00:00:0a,bacnet:77,"
		"Seven,\"A \"\"B\"\", C\"\n");
	assert_int_equal(
		lab_load(&after, ward_mem_heap(), NULL, "assets-new.csv", (const char *)w.p),
		WARD_OK);
	assert_int_equal(ward_inventory_view(l.inv, NULL, after.m, &l.arena, &l.c, &l.n), WARD_OK);
	for (size_t i = 0; i < l.n; i++)
		assert_true(l.c[i].status == WARD_INV_KNOWN && !l.c[i].odd);
	lab_free(&after);
	ward_wr_fini(&w);
	inv_lab_close(&l);
}

static void test_why(void **state)
{
	static const char *const want[] = {"unknown", "(made up by the device)", "10.1.0.10",
		"vendor       Seven  75%", "software     Web 1.2  80%",
		"soft: ", "event 00000000-0000-8000-8000-000000000005"};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_inv_report r;
	struct inv_lab l;

	(void)state;
	fill(&l);
	r = inv_lab_report(&l, true);
	ward_inv_write_why(&r, inv_lab_find(&l, "10.1.0.10"), &w);
	for (size_t i = 0; i < WARD_ARRAY_LEN(want); i++)
		if (ward_str_find(ward_wr_text(&w), ward_str_z(want[i])) == SIZE_MAX)
			fail_msg("%s not in %.*s", want[i], WARD_STR_ARG(ward_wr_text(&w)));
	assert_null(inv_lab_find(&l, "10.1.0.11"));
	assert_null(inv_lab_find(&l, "nobody"));
	ward_wr_fini(&w);
	inv_lab_close(&l);
}

/* However narrow, no line is wider, and no character is cut in two. */
static void test_table(void **state)
{
	struct ward_inv_report r;
	struct inv_lab l;

	(void)state;
	fill(&l);
	r = inv_lab_report(&l, true);
	for (r.width = 110; r.width < 200; r.width += 10) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

		ward_inv_write_table(&r, &w);
		assert_true(ward_utf8_valid(ward_wr_slice(&w), NULL));
		for (struct ward_str rest = ward_wr_text(&w); rest.len;) {
			struct ward_str line = ward_str_cut(&rest, '\n');
			size_t n = 0;

			for (size_t i = 0; i < line.len; i++)
				n += ((unsigned char)line.p[i] & 0xc0) != 0x80;
			assert_true(n <= r.width);
		}
		ward_wr_fini(&w);
	}
	inv_lab_close(&l);
}

/* JSON of both kinds is read back by our own reader. */
static void test_json(void **state)
{
	static void (*const write[])(const struct ward_inv_report *, struct ward_wr *) = {
		ward_inv_write_json, ward_inv_write_cyclonedx};
	struct ward_inv_report r;
	struct inv_lab l;

	(void)state;
	fill(&l);
	r = inv_lab_report(&l, true);
	for (size_t i = 0; i < WARD_ARRAY_LEN(write); i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct ward_arena a;
		struct ward_event e;

		write[i](&r, &w);
		ward_arena_init(&a, ward_mem_heap(), 1 << 20);
		for (struct ward_str rest = ward_wr_text(&w); rest.len;)
			assert_int_equal(
				ward_json_read_event(&l.json, ward_str_cut(&rest, '\n'), &a, &e),
				WARD_OK);
		ward_arena_fini(&a);
		ward_wr_fini(&w);
	}
	inv_lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
