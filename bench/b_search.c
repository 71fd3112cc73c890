/* Search over a journal of so many events (argv[1], 2 million) in a new directory below argv[2] or
 * the working directory: flows and log lines of a hospital of 4000 hosts, 64 MiB a segment, all in
 * the page cache where it has room. Every event read for a text (no index can help), the pass that
 * writes the indexes, and then lookups: an address that one segment has, and one that none has,
 * each beside the same question without an index. */
#include "bench.h"
#include "files.h"

#include "search/query.h"
#include "search/search.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { EVENTS = 2000000, BATCH = 64, HOSTS = 4000, SEGMENT = 64 << 20, ROUNDS = 3 };

struct bed {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_io_dir journal, index;
	size_t n;
	const char *item;
	bool indexed;
	struct ward_search_stats stats;
	uint64_t n_hit;
	struct ward_query query;
};

static void set(struct bed *b, struct ward_event *e, const char *name, struct ward_value v)
{
	if (ward_event_set(e, ward_name(&b->names, ward_str_z(name)), v) != WARD_OK)
		bench_die("a field can't be set");
}

WARD_PRINTF(2, 3) static struct ward_value text(struct ward_arena *a, const char *fmt, ...)
{
	char buf[128];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(buf, sizeof(buf), fmt, ap);

	va_end(ap);
	return ward_value_str(ward_arena_str(a, (struct ward_str){buf, (size_t)n}));
}

/* Event i: three flows, then a line of a log. One address comes once. */
static void make(
	struct bed *b, struct ward_arena *a, size_t i, uint64_t *random, struct ward_event *e)
{
	unsigned h = (unsigned)(bench_random(random) % HOSTS);
	unsigned p = (unsigned)(bench_random(random) % 50000);

	ward_event_init(e, a);
	memcpy(e->id.b, &i, sizeof(i));
	e->time = e->seen = (ward_ns)(1780000000 + i / 100) * WARD_NS_PER_S;
	e->source = ward_name(&b->names, WARD_STR("net"));
	if (i % 4 == 3) {
		e->class = ward_name(&b->names, WARD_STR("log.syslog"));
		set(b, e, "host", text(a, "ws-%u", h));
		set(b, e, "app", ward_value_str(WARD_STR("sshd")));
		set(b, e, "severity", ward_value_str(WARD_STR("info")));
		set(b, e, "message",
			text(a, "Failed password for invalid user from 10.9.%u.7 port %u", h % 250,
				p));
		return;
	}
	e->class = ward_name(&b->names, WARD_STR("net.flow"));
	set(b, e, "src_ip",
		i == b->n / 2 ? ward_value_str(WARD_STR("203.0.113.9"))
			      : text(a, "10.1.%u.%u", h / 250, h % 250));
	set(b, e, "dst_ip", text(a, "10.2.%u.%u", p / 250, p % 250));
	set(b, e, "src_mac", text(a, "00:1b:21:00:%02x:%02x", h / 250, h % 250));
	set(b, e, "src_port", ward_value_int(p));
	set(b, e, "dst_port", ward_value_int(443));
	set(b, e, "proto", ward_value_str(WARD_STR("tcp")));
	set(b, e, "service", ward_value_str(WARD_STR("tls")));
	set(b, e, "packets", ward_value_int(p % 100));
	set(b, e, "bytes", ward_value_int(p * 13));
}

static void append(struct ward_journal *j, const struct ward_wr *w)
{
	struct ward_record r = {.lane = WARD_LANE_TELEMETRY,
		.type = WARD_RECORD_EVENT,
		.source = 2,
		.data = ward_wr_slice(w)};
	uint64_t seq;

	if (ward_journal_append(j, &r, 1, &seq) != WARD_OK)
		bench_die("append");
}

static void fill(struct bed *b)
{
	struct ward_journal_options opt;
	struct ward_journal *j;
	struct ward_arena arena;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint64_t random = 1;

	ward_journal_options_default(&opt, &b->lim);
	opt.total_bytes = opt.source_bytes = UINT64_C(1) << 40;
	opt.segment_bytes = SEGMENT;
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	if (ward_journal_open(&opt, &b->journal.io, ward_clock_system(), ward_mem_heap(), &j))
		bench_die("can't open the journal");
	for (size_t i = 0; i < b->n; i++) {
		struct ward_event e;

		ward_arena_reset(&arena);
		make(b, &arena, i, &random, &e);
		ward_wr_reset(&w);
		ward_event_encode(&e, &b->names, &w);
		append(j, &w);
		if (i % BATCH == BATCH - 1 && ward_journal_commit(j) != WARD_OK)
			bench_die("commit");
	}
	if (ward_journal_commit(j) != WARD_OK)
		bench_die("commit");
	ward_journal_close(j);
	ward_arena_fini(&arena);
	ward_wr_fini(&w);
}

static bool may(void *ctx, const struct ward_index *ix)
{
	return ward_query_may(&((struct bed *)ctx)->query, ix);
}

static enum ward_err event(void *ctx, struct ward_event *e, bool *ret_enough)
{
	struct bed *b = ctx;

	(void)ret_enough;
	b->n_hit += ward_query_match(&b->query, e);
	return WARD_OK;
}

static void search(void *ctx)
{
	struct bed *b = ctx;
	struct ward_search_opts o = {.journal = &b->journal.io,
		.index = b->indexed ? &b->index.io : NULL,
		.who = 1,
		.mem = ward_mem_heap(),
		.lim = &b->lim,
		.names = &b->names,
		.newest_first = true,
		.from = INT64_MIN,
		.to = INT64_MAX,
		.may = may,
		.event = event,
		.ctx = b};
	const char *why;

	b->n_hit = 0;
	ward_query_init(&b->query, &b->names);
	if (ward_query_add(&b->query, ward_str_z(b->item), &why) != WARD_OK ||
		ward_search_run(&o, &b->stats) != WARD_OK)
		bench_die("search");
}

static void ask(struct bed *b, const char *name, const char *item, bool indexed, uint64_t hits)
{
	b->item = item;
	b->indexed = indexed;
	bench_alone(&(struct bench){name, "event", b->n, ROUNDS, BENCH_CPU},
		(struct bench_side){"search", search, b, NULL});
	if (b->n_hit != hits)
		bench_die("%s: %llu found", name, (unsigned long long)b->n_hit);
	bench_note(name, "%llu of %llu segments passed over",
		(unsigned long long)b->stats.look.n_passed,
		(unsigned long long)b->stats.look.n_segment);
}

static void make_indexes(void *ctx)
{
	struct bed *b = ctx;
	struct ward_look *l;

	if (ward_look_open(&b->journal.io, ward_mem_heap(), &l) != WARD_OK)
		bench_die("look");
	for (size_t i = 0; i < ward_look_stats(l).n_segment; i++) {
		char name[WARD_INDEX_NAME];

		ward_index_name(name, ward_look_segment(l, i));
		(void)b->index.io.unlink(b->index.io.ctx, name);
	}
	ward_look_close(l);
}

int main(int argc, char **argv)
{
	static struct bed b;
	char dir[2048], path[4096], index[4096];

	b.n = argc > 1 ? strtoul(argv[1], NULL, 10) : EVENTS;
	if (snprintf(dir, sizeof(dir), "%s/b_search.XXXXXX", argc > 2 ? argv[2] : ".") < 0 ||
		!mkdtemp(dir))
		bench_die("can't make the directory");
	(void)snprintf(path, sizeof(path), "%s/journal", dir);
	(void)snprintf(index, sizeof(index), "%s/search", dir);
	ward_limits_default(&b.lim);
	if (ward_io_dir_open(&b.journal, path, true, true) != WARD_OK ||
		ward_io_dir_open(&b.index, index, true, false) != WARD_OK ||
		ward_names_init(&b.names, ward_mem_heap(), &b.lim) != WARD_OK)
		bench_die("can't make the directories");
	fill(&b);
	ask(&b, "search/text, no index", "no such text", false, 0);
	ask(&b, "search/address, no index", "203.0.113.9", false, 1);
	b.item = "no such text";
	b.indexed = true;
	bench_alone(
		&(struct bench){"search/text, indexes written", "event", b.n, ROUNDS, BENCH_CPU},
		(struct bench_side){"search", search, &b, make_indexes});
	ask(&b, "search/address of one segment, indexed", "203.0.113.9", true, 1);
	ask(&b, "search/address of no segment, indexed", "203.0.113.10", true, 0);
	ward_io_dir_close(&b.journal);
	ward_io_dir_close(&b.index);
	ward_names_fini(&b.names);
	bench_remove(path);
	bench_remove(index);
	bench_remove(dir);
	return 0;
}
