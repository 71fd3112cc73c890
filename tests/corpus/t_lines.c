/* What a log sensor remembers changes nothing: on recorded JSON logs, as they are and with bytes of
 * them changed, one that has read all lines before, and leaves escapes for later, gives the event,
 * or the reason to refuse the line, of one that was just made. Without the data it is skipped. */
#include "sense/log/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_LEN = 4096, ARENA_MAX = 1 << 28, OF_A_FILE = 250, EVENT_MAX = 1 << 24 };

static const char *const logs[] = {"correlation", "evtx_attack_samples", "evtx_to_mitre",
	"hayabusa_samples", "ocsf_examples/*", "ocsf_examples/*/*", "ocsf_examples/*/*/*",
	"otrf_linux_aws_log4shell", "otrf_throughput_mix", "otrf_windows", "otrf_zeek",
	"sigmahq_regression", "suricata_eve"};

static struct lab {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_input_opts opts, plain;
	struct ward_log_sensor *old;
	struct ward_arena arena;
	uint64_t n, n_event, n_changed, seed;
} lab;

static uint64_t draw(uint64_t n)
{
	uint64_t z = (lab.seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	return (z ^ z >> 29) % n;
}

/* What became of a line, as bytes. */
static struct ward_wr outcome(struct ward_log_sensor *log, struct ward_str line)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), EVENT_MAX);
	struct ward_input_problem problem;
	struct ward_event e;
	enum ward_err err = ward_log_sensor_record(log, line, lab.n, &lab.arena, &e, &problem);

	lab.n_event += err == WARD_OK;
	ward_wr_printf(&w, "%d %s %llu ", (int)err, problem.counter ? problem.counter : "",
		(unsigned long long)problem.off);
	if (err == WARD_OK) {
		assert_int_equal(ward_event_settle(&e), WARD_OK);
		ward_event_encode(&e, &lab.names, &w);
	}
	assert_false(ward_wr_bad(&w));
	return w;
}

static void both(struct ward_str line)
{
	struct ward_log_sensor *fresh = NULL;

	ward_arena_reset(&lab.arena);
	assert_int_equal(ward_log_sensor_new(&lab.plain, WARD_LOG_JSON, &fresh), WARD_OK);
	struct ward_wr a = outcome(fresh, line), b = outcome(lab.old, line);

	if (!ward_str_eq(ward_wr_text(&a), ward_wr_text(&b))) {
		print_message("line: %.*s\n", WARD_STR_ARG(line));
		fail();
	}
	ward_wr_fini(&a);
	ward_wr_fini(&b);
	ward_log_sensor_free(fresh);
	lab.n++;
}

/* One to three bytes become others, go, or come. */
static void changed(struct ward_str line)
{
	static const char some[] = "\"\"\\{}[],,::0123eE-+.tfnu/ \x01\x7f\xc3\xa9\xff";
	char *p = malloc(line.len + 3);
	size_t len = line.len;

	assert_non_null(p);
	memcpy(p, line.p, len);
	for (uint64_t n = 1 + draw(3); n > 0 && len; n--) {
		size_t at = draw(len);

		switch (draw(3)) {
		case 0:
			p[at] = some[draw(sizeof(some) - 1)];
			break;
		case 1:
			memmove(p + at, p + at + 1, --len - at);
			break;
		default:
			memmove(p + at + 1, p + at, len++ - at);
			p[at] = some[draw(sizeof(some) - 1)];
			break;
		}
	}
	lab.n_changed++;
	both((struct ward_str){p, len});
	free(p);
}

static void read_file(const char *path)
{
	char cmd[PATH_LEN + 32], *line = NULL;
	size_t cap = 0, n = strlen(path);
	bool packed = n > 4 && strcmp(path + n - 4, ".zst") == 0;

	assert_in_range(snprintf(cmd, sizeof(cmd), "zstd -dcq '%s'", path), 1, sizeof(cmd) - 1);
	FILE *f = packed ? popen(cmd, "r") : fopen(path, "r");
	ssize_t len;

	assert_non_null(f);
	for (size_t i = 0; i < OF_A_FILE && (len = getline(&line, &cap, f)) > 0;) {
		struct ward_str s = ward_str_trim((struct ward_str){line, (size_t)len});

		if (!s.len || s.p[0] != '{')
			continue;
		both(s);
		if (i++ % 2)
			changed(s);
	}
	free(line);
	(void)(packed ? pclose(f) : fclose(f));
}

static void remembers(void **state)
{
	const char *data = getenv("WARD_SHARED_DATA");
	char path[PATH_LEN];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/logs/otrf_zeek", data ? data : "");
	if (!data || access(path, R_OK) != 0)
		skip();
	for (size_t i = 0; i < WARD_ARRAY_LEN(logs); i++) {
		glob_t g;

		(void)snprintf(path, sizeof(path), "%s/logs/%s/*.*", data, logs[i]);
		if (glob(path, 0, NULL, &g) != 0)
			continue;
		for (size_t k = 0; k < g.gl_pathc; k++)
			read_file(g.gl_pathv[k]);
		globfree(&g);
	}
	print_message("%llu lines, %llu of them changed; %llu events of either\n",
		(unsigned long long)lab.n, (unsigned long long)lab.n_changed,
		(unsigned long long)lab.n_event / 2);
	assert_in_range(lab.n, 10000, UINT32_MAX);
	assert_in_range(lab.n_event / 2, lab.n / 2, lab.n);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(remembers)};

	ward_limits_default(&lab.lim);
	ward_counters_init(&lab.counters);
	ward_arena_init(&lab.arena, ward_mem_heap(), ARENA_MAX);
	lab.plain = (struct ward_input_opts){.mem = ward_mem_heap(),
		.lim = &lab.lim,
		.names = &lab.names,
		.counters = &lab.counters,
		.source = WARD_STR("conn.log"),
		.seen = (ward_ns)1774000000 * WARD_NS_PER_S};
	lab.opts = lab.plain;
	lab.opts.lazy = true;
	if (ward_names_init(&lab.names, ward_mem_heap(), &lab.lim) != WARD_OK ||
		ward_log_sensor_new(&lab.opts, WARD_LOG_JSON, &lab.old) != WARD_OK)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ward_log_sensor_free(lab.old);
	ward_arena_fini(&lab.arena);
	ward_names_fini(&lab.names);
	return failed;
}
