/* Events, flows and boxes out of a journal whose writer goes on, of the pilot of Turin: what is
 * found, what of persons is left out, and how a question is written. */
#include "recall/recall.h"

#include "../journal/simdisk.h"

#include "conf/conf.h"
#include "event/event.h"
#include "journal/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DOOR "door-au-corridor-staff"
#define AHU "10.40.0.21" /* ahu-01 of the pilot */
#define TOKEN "p-oofz436jjcfuee6a"

enum { ARENA = 16 << 20, TIMES = 100 };

static struct world {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_model *model;
	struct ward_names names;
	struct ward_arena arena;
	struct sim_disk disk, index;
	struct ward_clock_fake clock;
	struct ward_journal *j;
	struct ward_recall *r;
	uint8_t last;
} w;

static const char *path_of(const char *file, char ret[4096])
{
	const char *root = getenv("WARD_SOURCE_ROOT");

	assert_non_null(root);
	assert_true(snprintf(ret, 4096, "%s/%s", root, file) < 4096);
	return ret;
}

static int begin(void **state)
{
	struct ward_journal_options o;
	char dir[4096], content[4096];

	(void)state;
	ward_limits_default(&w.lim);
	ward_diag_init(&w.diag, ward_mem_heap());
	assert_int_equal(ward_model_load(path_of("pilots/turin", dir), path_of("content", content),
				 &w.lim, ward_mem_heap(), &w.diag, &w.model),
		WARD_OK);
	assert_int_equal(ward_names_init(&w.names, ward_mem_heap(), &w.lim), WARD_OK);
	ward_arena_init(&w.arena, ward_mem_heap(), ARENA);
	sim_init(&w.disk, 7);
	sim_init(&w.index, 8);
	ward_clock_fake_init(&w.clock, WARD_NS_PER_S);
	ward_journal_options_default(&o, &w.lim);
	o.seed = 1;
	o.segment_bytes = 1 << 20; /* a disk in memory */
	assert_int_equal(
		ward_journal_open(&o, &w.disk.io, &w.clock.clock, ward_mem_heap(), &w.j), WARD_OK);
	const struct ward_recall_opts opts = {.model = w.model,
		.lim = &w.lim,
		.mem = ward_mem_heap(),
		.journal = &w.disk.io,
		.index = &w.index.io,
		.who = 1};

	assert_int_equal(ward_recall_new(&opts, &w.r), WARD_OK);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ward_recall_free(w.r);
	ward_journal_close(w.j);
	sim_fini(&w.disk);
	sim_fini(&w.index);
	ward_arena_fini(&w.arena);
	ward_names_fini(&w.names);
	ward_model_free(w.model);
	ward_diag_fini(&w.diag);
	return 0;
}

/* "name=value" of each, a number where it is one. */
static struct ward_id put(const char *source, const char *class, ward_ns at, const char *fields)
{
	struct ward_str list = ward_str_z(fields);
	uint8_t bytes[4096];
	struct ward_wr out = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_event e;
	uint64_t seq;

	ward_event_init(&e, &w.arena);
	e.id.b[15] = ++w.last;
	e.time = e.seen = at;
	e.source = ward_name(&w.names, ward_str_z(source));
	e.class = ward_name(&w.names, ward_str_z(class));
	while (list.p && list.len) {
		struct ward_str value = ward_str_cut(&list, ' '), name = ward_str_cut(&value, '=');
		struct ward_value v = ward_value_str(value);

		if (ward_number_kind(value, &v.i) == WARD_VALUE_INT)
			v.kind = WARD_VALUE_INT;
		assert_int_equal(ward_event_set(&e, ward_name(&w.names, name), v), WARD_OK);
	}
	ward_event_encode(&e, &w.names, &out);
	struct ward_record r = {
		.lane = WARD_LANE_EVIDENCE, .type = WARD_RECORD_EVENT, .data = ward_wr_slice(&out)};

	assert_int_equal(ward_journal_append(w.j, &r, 1, &seq), WARD_OK);
	assert_int_equal(ward_journal_commit(w.j), WARD_OK);
	return e.id;
}

static const struct ward_conf *ask(const struct ward_recall_ask *a)
{
	const struct ward_conf *c = NULL;
	struct ward_reckoned said = ward_recall_answer(w.r, a);

	if (said.err)
		fail_msg("%.*s", WARD_STR_ARG(said.text));
	assert_int_equal(ward_conf_json(&w.arena, &w.lim, WARD_STR("answer"), 1,
				 ward_str_bytes(said.text), &w.diag, &c),
		WARD_OK);
	return c;
}

static struct ward_str word(const struct ward_conf *c, const char *key)
{
	return ward_conf_word(c, key);
}

static const struct ward_conf *field(const struct ward_conf *event, const char *name)
{
	const struct ward_conf *x = ward_conf_get(event, "fields");

	for (x = x ? x->child : NULL; x && !ward_str_eqz(word(x, "name"), name); x = x->next)
		;
	return x;
}

#define EQ(s, text) assert_true(ward_str_eqz(s, text))

static void events_without_persons(void **state)
{
	struct ward_id id[3];

	(void)state;
	id[0] = put("doors", "door.granted", TIMES,
		"door=AU-D22 badge=" TOKEN " message=let-" TOKEN "-in");
	(void)put("doors", "door.granted", TIMES + 1, "door=AU-D22");
	id[1] = put("bms", "net.bacnet.write", TIMES + 2, "src_ip=" AHU);
	id[2].b[0] = 0xEE; /* retention took it */
	memset(id[2].b + 1, 0, 15);
	const struct ward_recall_ask a = {.what = WARD_RECALL_EVENTS,
		.from = 0,
		.to = 10 * TIMES,
		.ids = ward_slice_of(id[0].b, sizeof(id)),
		.who = WARD_STR(""),
		.source = WARD_STR("")};
	const struct ward_conf *c = ask(&a), *one = ward_conf_get(c, "events")->child;

	EQ(word(one, "class"), "door.granted");
	EQ(word(ward_conf_get(one, "on"), "id"), DOOR);
	EQ(word(field(one, "door"), "value"), "AU-D22");
	EQ(word(field(one, "badge"), "person"), "true");
	EQ(word(field(one, "message"), "value"), "let-p-\xe2\x80\xa6-in");
	EQ(word(ward_conf_get(one->next, "on"), "id"), "ahu-01");
	assert_null(one->next->next);
	EQ(word(c, "gone"), "1");
	EQ(word(c, "cut"), "0");
}

/* No pseudonym is in a text, wherever it stood; a field of a person has it beside it, to ask who
 * that is. */
static void no_token_leaves(void **state)
{
	struct ward_id id = put("doors", "door.granted", TIMES, "door=AU-D22 text=" TOKEN TOKEN);
	const struct ward_recall_ask a = {.what = WARD_RECALL_EVENTS,
		.to = 10 * TIMES,
		.ids = ward_slice_of(id.b, sizeof(id.b)),
		.who = WARD_STR(""),
		.source = WARD_STR("")};
	struct ward_reckoned said = ward_recall_answer(w.r, &a);

	(void)state;
	assert_int_equal(said.err, WARD_OK);
	assert_int_equal(ward_str_find(said.text, WARD_STR(TOKEN)), SIZE_MAX);
}

/* Of verdicts on files what the file is, its way and whose it is by the pseudonym, and nothing
 * else; other events not even by their id. */
static void files_say_little(void **state)
{
	struct ward_id id[2];

	(void)state;
	id[0] = put("console", "file.malicious", TIMES,
		"file.name=a.exe file.score=90 user=" TOKEN " message=whatever");
	id[1] = put("doors", "door.granted", TIMES, "door=AU-D22");
	const struct ward_recall_ask a = {.what = WARD_RECALL_FILES,
		.to = 10 * TIMES,
		.ids = ward_slice_of(id[0].b, sizeof(id)),
		.who = WARD_STR(""),
		.source = WARD_STR("")};
	const struct ward_conf *c = ask(&a), *one = ward_conf_get(c, "events")->child;

	EQ(word(one, "class"), "file.malicious");
	EQ(word(one, "source"), "console");
	EQ(word(field(one, "file.name"), "value"), "a.exe");
	EQ(word(field(one, "user"), "token"), TOKEN);
	assert_null(field(one, "message"));
	assert_null(one->next);
	EQ(word(c, "gone"), "1");
}

static void flows_are_joined(void **state)
{
	(void)state;
	(void)put("core", "net.flow", TIMES,
		"src_ip=" AHU
		" dst_ip=10.40.0.22 dst_port=47808 proto=udp bytes=100 bytes_back=10");
	(void)put("core", "net.flow", TIMES + 5,
		"src_ip=" AHU " dst_ip=10.40.0.22 dst_port=47808 proto=udp bytes=200 bytes_back=5");
	(void)put("core", "net.flow", TIMES,
		"src_ip=203.0.113.9 dst_ip=" AHU " dst_port=22 proto=tcp bytes=9000 bytes_back=1");
	(void)put("core", "net.flow", TIMES, "src_ip=10.40.0.23 dst_ip=10.40.0.24 bytes=5");
	(void)put("core", "net.flow", 50 * TIMES, "src_ip=" AHU " dst_ip=10.40.0.24 bytes=5");
	const struct ward_recall_ask a = {.what = WARD_RECALL_FLOWS,
		.to = 10 * TIMES,
		.who = WARD_STR("nonsense," AHU),
		.source = WARD_STR("")};
	const struct ward_conf *x = ward_conf_get(ask(&a), "flows")->child;

	EQ(word(x, "src"), "203.0.113.9");
	EQ(word(ward_conf_get(x, "to"), "id"), "ahu-01");
	EQ(word(x, "port"), "22");
	x = x->next;
	EQ(word(x, "n"), "2");
	EQ(word(x, "bytes"), "300");
	EQ(word(x, "bytes_back"), "15");
	EQ(word(ward_conf_get(x, "from"), "name"), "Air-handling unit 01 (emergency)");
	EQ(word(ward_conf_get(x, "to"), "id"), "ahu-02");
	assert_null(x->next);
}

static void boxes_are_of_one_camera(void **state)
{
	const struct ward_recall_ask a = {.what = WARD_RECALL_BOXES,
		.to = 10 * TIMES,
		.who = WARD_STR(""),
		.source = WARD_STR("camera-staff-door")};
	struct ward_value edge[4];
	struct ward_event e;
	uint8_t bytes[4096];
	struct ward_wr out = ward_wr_fixed(bytes, sizeof(bytes));
	uint64_t seq;

	(void)state;
	ward_event_init(&e, &w.arena);
	e.id.b[15] = ++w.last;
	e.time = TIMES;
	e.source = ward_name(&w.names, a.source);
	e.class = ward_name(&w.names, WARD_STR("video.intrusion"));
	for (size_t i = 0; i < 4; i++)
		edge[i] = (struct ward_value){
			.kind = WARD_VALUE_NUM, .s = ward_str_z(i < 2 ? "0.125" : "0.500")};
	assert_int_equal(
		ward_event_set(&e, ward_name(&w.names, WARD_STR("box")),
			(struct ward_value){.kind = WARD_VALUE_LIST, .n = 4, .item = edge}),
		WARD_OK);
	ward_event_encode(&e, &w.names, &out);
	struct ward_record r = {
		.lane = WARD_LANE_EVIDENCE, .type = WARD_RECORD_EVENT, .data = ward_wr_slice(&out)};

	assert_int_equal(ward_journal_append(w.j, &r, 1, &seq), WARD_OK);
	assert_int_equal(ward_journal_commit(w.j), WARD_OK);
	(void)put("camera-staff-door", "video.count", TIMES, "persons=2"); /* without a place */
	(void)put("doors", "video.intrusion", TIMES, "box=1");             /* of another */
	const struct ward_conf *x = ward_conf_get(ask(&a), "boxes")->child;

	EQ(word(x, "class"), "video.intrusion");
	EQ(ward_conf_get(x, "box")->child->text, "0.125");
	assert_null(x->next);
}

static void questions_are_written(void **state)
{
	struct ward_recall_ask a = {.what = WARD_RECALL_FLOWS,
				       .from = -5,
				       .to = 7,
				       .minute = 3,
				       .who = WARD_STR("10.0.0.1"),
				       .source = WARD_STR("")},
			       b;
	uint8_t bytes[256];
	struct ward_wr out = ward_wr_fixed(bytes, sizeof(bytes));

	(void)state;
	ward_recall_put(&out, &a);
	assert_true(ward_recall_is(ward_wr_text(&out)));
	for (size_t n = 0; n < out.len; n++) {
		struct ward_rd part = ward_rd_slice(ward_slice_of(bytes, n));

		assert_int_equal(ward_recall_get(&part, &b), WARD_ERR_MALFORMED);
	}
	struct ward_rd rd = ward_rd_slice(ward_wr_slice(&out));

	assert_int_equal(ward_recall_get(&rd, &b), WARD_OK);
	assert_int_equal(b.from, -5);
	assert_true(ward_str_eq(b.who, a.who));
	a.to = -6;
	ward_wr_reset(&out);
	ward_recall_put(&out, &a);
	rd = ward_rd_slice(ward_wr_slice(&out));
	assert_int_equal(ward_recall_get(&rd, &b), WARD_ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(events_without_persons),
		cmocka_unit_test(no_token_leaves), cmocka_unit_test(files_say_little),
		cmocka_unit_test(flows_are_joined), cmocka_unit_test(boxes_are_of_one_camera),
		cmocka_unit_test(questions_are_written)};

	return cmocka_run_group_tests(tests, begin, end);
}
