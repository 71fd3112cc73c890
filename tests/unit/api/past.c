#include "past.h"

#include "../journal/simdisk.h"

#include "event/event.h"
#include "journal/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct past {
	struct sim_disk disk, index;
	struct ward_clock_fake clock;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_journal *j;
	struct ward_recall *r;
};

static void put(struct past *p, struct ward_event *e)
{
	uint8_t bytes[4096];
	struct ward_wr out = ward_wr_fixed(bytes, sizeof(bytes));
	uint64_t seq;

	ward_event_encode(e, &p->names, &out);
	struct ward_record r = {
		.lane = WARD_LANE_EVIDENCE, .type = WARD_RECORD_EVENT, .data = ward_wr_slice(&out)};

	assert_int_equal(ward_journal_append(p->j, &r, 1, &seq), WARD_OK);
	assert_int_equal(ward_journal_commit(p->j), WARD_OK);
}

static void begin(
	struct past *p, struct ward_event *e, const char *source, const char *class, const char *at)
{
	ward_event_init(e, &p->arena);
	e->source = ward_name(&p->names, ward_str_z(source));
	e->class = ward_name(&p->names, ward_str_z(class));
	assert_int_equal(ward_time_parse(ward_str_z(at), &e->time), WARD_OK);
	e->seen = e->time;
}

static void set(struct past *p, struct ward_event *e, const char *name, struct ward_value v)
{
	assert_int_equal(ward_event_set(e, ward_name(&p->names, ward_str_z(name)), v), WARD_OK);
}

static void put_all(struct past *p)
{
	struct ward_value edge[4];
	struct ward_event e;

	begin(p, &e, "camera-au", "video.count", "2026-03-12T02:10:45Z");
	assert_true(ward_id_parse(WARD_STR(PAST_EVENT), &e.id));
	set(p, &e, "persons", ward_value_int(2));
	set(p, &e, "user", ward_value_str(WARD_STR("p-oofz436jjcfuee6a")));
	put(p, &e);
	begin(p, &e, "core", "net.flow", "2026-03-12T02:12:00Z");
	set(p, &e, "src_ip", ward_value_str(WARD_STR("10.40.0.99")));
	set(p, &e, "dst_ip", ward_value_str(WARD_STR("10.40.0.21")));
	set(p, &e, "dst_port", ward_value_int(47808));
	set(p, &e, "bytes", ward_value_int(4711));
	put(p, &e);
	begin(p, &e, "camera-staff-door", "video.intrusion", "2026-03-12T02:12:00Z");
	for (size_t i = 0; i < 4; i++)
		edge[i] = (struct ward_value){.kind = WARD_VALUE_NUM, .s = WARD_STR("0.250")};
	set(p, &e, "box", (struct ward_value){.kind = WARD_VALUE_LIST, .n = 4, .item = edge});
	put(p, &e);
}

struct past *past_new(const struct ward_model *m, const struct ward_limits *lim)
{
	struct past *p = calloc(1, sizeof(*p));
	struct ward_journal_options o;

	assert_non_null(p);
	assert_int_equal(ward_names_init(&p->names, ward_mem_heap(), lim), WARD_OK);
	ward_arena_init(&p->arena, ward_mem_heap(), 1 << 20);
	sim_init(&p->disk, 7);
	sim_init(&p->index, 8);
	ward_clock_fake_init(&p->clock, WARD_NS_PER_S);
	ward_journal_options_default(&o, lim);
	o.seed = 1;
	o.segment_bytes = 1 << 20; /* a disk in memory */
	assert_int_equal(
		ward_journal_open(&o, &p->disk.io, &p->clock.clock, ward_mem_heap(), &p->j),
		WARD_OK);
	put_all(p);
	const struct ward_recall_opts opts = {.model = m,
		.lim = lim,
		.mem = ward_mem_heap(),
		.journal = &p->disk.io,
		.index = &p->index.io};

	assert_int_equal(ward_recall_new(&opts, &p->r), WARD_OK);
	return p;
}

void past_free(struct past *p)
{
	if (!p)
		return;
	ward_recall_free(p->r);
	ward_journal_close(p->j);
	sim_fini(&p->disk);
	sim_fini(&p->index);
	ward_arena_fini(&p->arena);
	ward_names_fini(&p->names);
	free(p);
}

struct ward_reckoned past_answer(struct past *p, struct ward_str question)
{
	struct ward_rd rd = ward_rd_slice(ward_str_bytes(question));
	struct ward_recall_ask ask;

	assert_int_equal(ward_recall_get(&rd, &ask), WARD_OK);
	return ward_recall_answer(p->r, &ask);
}
