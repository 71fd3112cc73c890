/* The start of the process that decides who is told: from what was saved, against reading the rows
 * that led to it (without the store that gives them). */
#include "bench.h"
#include "files.h"

#include "respond/respond.h"

#include <stdio.h>

enum { INCIDENTS = 10000, REVISIONS = 10, ROW_BYTES = 1024 };

struct start {
	struct ward_limits lim;
	struct ward_arena texts;
	struct ward_sharing sharing;
	struct ward_listener listener;
	struct ward_wr rows, saved;
	struct ward_respond *r;
};

static bool nowhere(void *ctx, struct ward_str id, struct ward_respond_place *ret)
{
	(void)ctx;
	(void)id;
	(void)ret;
	return false;
}

static void renew(void *ctx)
{
	struct start *s = ctx;
	const struct ward_respond_opts o = {.mem = ward_mem_heap(),
		.lim = &s->lim,
		.hospital = WARD_STR("bench"),
		.hospital_name = WARD_STR("Bench"),
		.sharing = &s->sharing,
		.listener = &s->listener,
		.n_listener = 1,
		.at = nowhere};

	ward_respond_free(s->r);
	s->r = NULL;
	if (ward_respond_new(&o, &s->r) != WARD_OK)
		bench_die("out of memory");
}

static void put_row(struct ward_wr *w, unsigned id, unsigned revision)
{
	ward_wr_printf(w,
		"{\"kind\":\"incident\",\"id\":\"%08x-0000-8000-8000-000000000000\",\"revision\":%"
		"u,"
		"\"state\":\"suspected\",\"domain\":\"physical\",\"level\":\"high\",\"first\":"
		"\"2026-03-12T02:00:00Z\",\"last\":\"2026-03-12T02:10:00Z\",\"headline\":{"
		"\"threat\":"
		"\"t\",\"on\":\"Room\"},\"members\":[{\"detection\":\"%08x-1111-8000-8000-"
		"000000000000\",\"title\":\"Door of a technical room forced "
		"open\",\"level\":\"high\","
		"\"time\":\"2026-03-12T02:00:00Z\",\"last\":\"2026-03-12T02:10:00Z\",\"count\":1,"
		"\"on\":\"Room 1\",\"on_kind\":\"room\",\"subject\":\"r-1\",\"where\":\"Basement\","
		"\"joined_by\":\"first\",\"with\":\"\",\"with_time\":\"\",\"hops\":0}]}\n",
		id, revision, id);
}

static void read_rows(void *ctx)
{
	struct start *s = ctx;
	struct ward_str rest = ward_wr_text(&s->rows);

	while (rest.len)
		if (ward_respond_record(s->r, ward_str_cut(&rest, '\n')) != WARD_OK)
			bench_die("out of memory");
}

static void load(void *ctx)
{
	struct start *s = ctx;

	if (ward_respond_load(s->r, ward_wr_slice(&s->saved)) != WARD_OK)
		bench_die("what was saved can't be loaded");
}

static void begin(struct start *s)
{
	struct bench_path content = bench_source("content");
	struct ward_diag diag;

	ward_limits_default(&s->lim);
	ward_diag_init(&diag, ward_mem_heap());
	ward_arena_init(&s->texts, ward_mem_heap(), (size_t)8 << 20);
	if (ward_sharing_load(content.s, &s->lim, &s->texts, &diag, &s->sharing) != WARD_OK)
		bench_die("content/sharing.yml");
	ward_diag_fini(&diag);
	s->listener = (struct ward_listener){
		.id = WARD_STR("soc"), .level = 2, .kinds = WARD_KINDS, .everywhere = true};
	s->rows = ward_wr_grow(ward_mem_heap(), (size_t)INCIDENTS * REVISIONS * ROW_BYTES);
	s->saved = ward_wr_grow(ward_mem_heap(), (size_t)INCIDENTS * ROW_BYTES * 8);
	for (unsigned v = 1; v <= REVISIONS; v++)
		for (unsigned i = 1; i <= INCIDENTS; i++)
			put_row(&s->rows, i, v);
	renew(s);
	read_rows(s);
	if (ward_wr_bad(&s->rows) || !ward_respond_save(s->r, &s->saved))
		bench_die("out of memory");
}

int main(void)
{
	static struct start s;

	begin(&s);
	bench_pair(&(struct bench){"respond/start", "row", (size_t)INCIDENTS * REVISIONS,
			   BENCH_ROUNDS, BENCH_CPU},
		(struct bench_side){"what was saved", load, &s, renew},
		(struct bench_side){"all rows", read_rows, &s, renew});
	bench_note("respond/start", "%d incidents, %d revisions of each; %zu bytes were saved",
		(int)INCIDENTS, (int)REVISIONS, s.saved.len);
	ward_respond_free(s.r);
	ward_wr_fini(&s.rows);
	ward_wr_fini(&s.saved);
	ward_arena_fini(&s.texts);
	return 0;
}
