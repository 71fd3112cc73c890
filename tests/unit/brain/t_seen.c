/* What is seen: news of the inventory are judged like what sensors say, a device of the directory
 * is none; and inventory and coverage come back out of a checkpoint. */
#include "lab.h"

#include "model/coverage/coverage.h"
#include "model/inventory/inventory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

enum { OUT_BYTES = 1 << 20 };

static const ward_ns minute = 60 * WARD_NS_PER_S;
static const char software_title[] = "The software of a building device is of another version";
static const char new_title[] = "A device that the hospital directory does not have";

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

static uint64_t counted(const struct lab *l, const char *name)
{
	for (size_t i = 0; i < l->counters.n; i++)
		if (strcmp(l->counters.name[i], name) == 0)
			return l->counters.value[i];
	return 0;
}

static void tick(struct lab *l, struct ward_brain *b, ward_ns t)
{
	lab_feed(l, b, &(struct record){.time = t, .seen = t});
}

static size_t detections(const struct rows *s, const char *title)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->row[i].kind == WARD_OUTPUT_DETECTION &&
		     ward_str_find(s->row[i].json, ward_str_z(title)) != SIZE_MAX;
	return n;
}

/* The attacker's device, and nothing of those that the directory has. */
static void known_is_no_news(void **state)
{
	static const char *const scenario[] = {"cooling", "ordinary-day"};
	static const uint64_t news[] = {1, 0};
	struct lab *l = *state;

	for (size_t k = 0; k < 2; k++) {
		uint64_t before = counted(l, "brain.inventory_news");
		struct ward_brain *b = lab_brain(l, NULL);
		size_t n;
		struct record *r = lab_records(l, scenario[k], &n);

		for (size_t i = 0; i < n; i++)
			lab_feed(l, b, &r[i]);
		assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
		assert_int_equal(counted(l, "brain.inventory_news") - before, news[k]);
		ward_brain_free(b);
		free(r);
	}
}

/* What an air-handling unit of the directory says of its firmware. */
static struct record said(struct lab *l, int minutes, const char *firmware)
{
	char line[1024];

	(void)snprintf(line, sizeof(line),
		"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-%012d\","
		"\"time\":\"2026-03-12T02:%02d:10Z\",\"seen\":\"2026-03-12T02:%02d:10Z\","
		"\"source\":\"bms-network\",\"class\":\"net.bacnet.ack\",\"fields\":{"
		"\"src_mac\":\"02:40:00:00:00:05\",\"src_ip\":\"10.40.0.25\","
		"\"dst_mac\":\"02:40:00:00:00:01\",\"dst_ip\":\"10.40.0.10\","
		"\"bacnet.property\":\"firmware-revision\",\"bacnet.value\":\"%s\"}}",
		minutes + 1, minutes, minutes, firmware);
	return lab_line(l, line);
}

static struct record visitor(struct lab *l)
{
	return lab_line(l,
		"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-0000000000ff\","
		"\"time\":\"2026-03-12T02:00:20Z\",\"seen\":\"2026-03-12T02:00:20Z\","
		"\"source\":\"bms-network\",\"class\":\"net.flow\",\"fields\":{"
		"\"src_mac\":\"00:11:22:33:44:55\",\"src_ip\":\"10.20.7.250\","
		"\"dst_mac\":\"02:20:00:00:00:01\",\"dst_ip\":\"10.20.0.21\","
		"\"proto\":\"tcp\",\"src_port\":40000,\"dst_port\":443,\"service\":\"tls\","
		"\"packets\":10,\"bytes\":900,\"packets_back\":9,\"bytes_back\":9000}}");
}

static void rules_fire(void **state)
{
	struct lab *l = *state;
	struct record first = said(l, 0, "1.4"), who = visitor(l), second = said(l, 10, "1.5");
	struct rows out;

	rows_init(&out);
	struct ward_brain *b = lab_brain(l, &out);

	lab_feed(l, b, &first);
	lab_feed(l, b, &who);
	tick(l, b, who.time + minute / 2);
	assert_int_equal(detections(&out, new_title), 0); /* more may be said of it */
	tick(l, b, who.time + 2 * minute);
	assert_int_equal(detections(&out, new_title), 1);
	assert_int_equal(detections(&out, "\"subject\":\"00:11:22:33:44:55\""), 1);
	lab_feed(l, b, &second);
	assert_int_equal(detections(&out, software_title), 0);
	tick(l, b, second.time + 2 * minute);
	assert_int_equal(detections(&out, software_title), 1);
	assert_int_equal(detections(&out, "\"asset\":\"ahu-05\""), 1);
	for (int i = 1; i < 40; i++) /* told once */
		tick(l, b, second.time + i * minute);
	assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
	assert_int_equal(detections(&out, new_title), 1);
	assert_int_equal(detections(&out, software_title), 1);
	ward_brain_free(b);
	rows_fini(&out);
}

/* The leap of a replay over quiet hours tells at the time at which ticks would have. */
static void quiet_hours_are_no_delay(void **state)
{
	struct lab *l = *state;
	struct record who = visitor(l), later = said(l, 50, "1.4");
	struct rows ticked, leapt;

	rows_init(&ticked);
	rows_init(&leapt);
	for (int k = 0; k < 2; k++) {
		struct ward_brain *b = lab_brain(l, k ? &leapt : &ticked);

		lab_feed(l, b, &who);
		for (int i = 1; !k && i < 100; i++)
			tick(l, b, who.time + i * minute / 4);
		lab_feed(l, b, &later);
		assert_int_equal(ward_brain_tick(b, WARD_NS_NEVER), WARD_OK);
		ward_brain_free(b);
	}
	assert_int_equal(detections(&leapt, "\"first\":\"2026-03-12T02:00:20Z\""), 1);
	for (size_t i = 0; i < ticked.n; i++)
		if (ticked.row[i].kind == WARD_OUTPUT_DETECTION)
			assert_int_equal(detections(&leapt, ticked.row[i].json.p), 1);
	rows_fini(&ticked);
	rows_fini(&leapt);
}

/* Killed between the news and its telling it is told by the next life, and only then. */
static void killed_before_telling(void **state)
{
	struct lab *l = *state;
	struct record who = visitor(l);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);
	struct rows out;

	rows_init(&out);
	struct ward_brain *b = lab_brain(l, &out);

	lab_feed(l, b, &who);
	for (int life = 0; life < 2; life++) {
		ward_wr_reset(&w);
		ward_brain_save(b, &w);
		ward_brain_free(b);
		b = lab_brain(l, &out);
		struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

		assert_int_equal(ward_brain_load(b, &r), WARD_OK);
		assert_int_equal(detections(&out, new_title), life);
		tick(l, b, who.time + (life + 2) * minute);
		assert_int_equal(detections(&out, new_title), 1);
	}
	ward_brain_free(b);
	rows_fini(&out);
	ward_wr_fini(&w);
}

static void comes_out_of_a_checkpoint(void **state)
{
	struct lab *l = *state;
	struct record r[] = {said(l, 0, "1.4"), visitor(l)};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20),
		       text = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	struct ward_brain *b = lab_brain(l, NULL);
	struct ward_brain_seen seen;
	struct ward_inventory *inv;
	struct ward_coverage *c;
	struct ward_candidate *found;
	struct ward_arena a;
	size_t n;

	for (size_t i = 0; i < 2; i++)
		lab_feed(l, b, &r[i]);
	ward_brain_save(b, &w);
	ward_brain_free(b);
	struct ward_slice all = ward_wr_slice(&w);

	assert_int_equal(ward_brain_seen(all, &seen), WARD_OK);
	assert_true(seen.clock == r[1].time);
	ward_arena_init(&a, ward_mem_heap(), 64 << 20);
	assert_int_equal(ward_inventory_new(l->inventory, &l->lim, ward_mem_heap(), &inv), WARD_OK);
	assert_int_equal(ward_inventory_load(inv, seen.inventory), WARD_OK);
	assert_int_equal(ward_inventory_view(inv, NULL, l->model, &a, &found, &n), WARD_OK);
	assert_int_equal(n, 3); /* the unit, the visitor, and who answered him */
	assert_int_equal(
		ward_coverage_new(ward_mem_heap(), &l->lim, &l->names, l->model, &c), WARD_OK);
	assert_int_equal(ward_coverage_load(c, seen.coverage), WARD_OK);
	assert_int_equal(ward_coverage_write_json(c, &text), WARD_OK);
	assert_true(ward_str_find(ward_wr_text(&text), WARD_STR("\"tls\"")) != SIZE_MAX);
	for (size_t cut = 0; cut < all.len; cut += 1 + cut / 8)
		assert_int_equal(ward_brain_seen((struct ward_slice){all.p, cut}, &seen),
			WARD_ERR_MALFORMED);
	ward_coverage_free(c);
	ward_inventory_free(inv);
	ward_arena_fini(&a);
	ward_wr_fini(&text);
	ward_wr_fini(&w);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {T(known_is_no_news), T(rules_fire),
		T(quiet_hours_are_no_delay), T(killed_before_telling),
		T(comes_out_of_a_checkpoint)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
