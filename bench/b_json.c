/* JSON lines to events, against what any reader of lines pays at least: finding the line ends and
 * copying the same bytes once. */
#include "bench.h"
#include "files.h"

#include "event/json.h"

#include <stdlib.h>

enum { ARENA_MAX = 64 << 20, EVENTS_BYTES = 8 << 20, LOGS_BYTES = 32 << 20 };

struct load {
	struct ward_str text;
	struct ward_json_reader reader;
	struct ward_arena arena;
	char *copy; /* text.len bytes */
	size_t n_line;
};

static void decode(void *ctx)
{
	struct load *l = ctx;
	struct ward_str rest = l->text;

	l->n_line = 0;
	while (rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');
		struct ward_event e;

		ward_arena_reset(&l->arena);
		if (ward_json_read_event(&l->reader, line, &l->arena, &e) != WARD_OK)
			bench_die("line %zu: %s", l->n_line + 1,
				ward_json_reject_text(l->reader.reject));
		bench_keep(e.n_field);
		l->n_line++;
	}
}

static void copy(void *ctx)
{
	struct load *l = ctx;
	struct ward_str rest = l->text;
	size_t len = 0;

	while (rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		memcpy(l->copy + len, line.p, line.len);
		len += line.len;
	}
	bench_keep((uint8_t)l->copy[len / 2]);
}

/* Takes text. */
static void measure(const char *name, struct ward_str text, bool foreign)
{
	struct ward_limits lim;
	struct ward_names names;
	struct load l = {.text = text, .copy = malloc(text.len)};

	ward_limits_default(&lim);
	if (!l.copy || ward_names_init(&names, ward_mem_heap(), &lim) != WARD_OK ||
		ward_json_reader_init(&l.reader, &names, ward_mem_heap(), &lim) != WARD_OK)
		bench_die("out of memory");
	l.reader.foreign = foreign;
	ward_arena_init(&l.arena, ward_mem_heap(), ARENA_MAX);
	bench_pair(&(struct bench){name, "byte", text.len, 41, BENCH_CPU},
		(struct bench_side){"decode", decode, &l, NULL},
		(struct bench_side){"line split + memcpy", copy, &l, NULL});
	bench_note(name, "%zu lines of %zu bytes on average", l.n_line, text.len / l.n_line);
	ward_arena_fini(&l.arena);
	ward_json_reader_fini(&l.reader);
	ward_names_fini(&names);
	free(l.copy);
	bench_free(text);
}

int main(void)
{
	static const char mix[] = "logs/otrf_throughput_mix/mix.ndjson.zst";
	struct bench_path path =
		bench_source("pilots/turin/scenarios/ordinary-day/recording/sensors.jsonl");

	measure("json/event lines", bench_repeat(bench_read(path.s, EVENTS_BYTES), EVENTS_BYTES),
		false);
	if (bench_shared(mix, &path))
		measure("json/windows logs", bench_read(path.s, LOGS_BYTES), true);
	else
		bench_skip("json/windows logs", "no shared data");
	return 0;
}
