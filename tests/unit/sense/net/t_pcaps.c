/* Every public capture at hand goes through the sensor: no crash, nothing unaccounted for. */
#include "sense/net/capture.h"
#include "sense/net/net.h"

#include <fts.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct totals {
	size_t n_file, n_refused, n_damaged;
	uint64_t n_event;
	struct ward_counters counters;
};

struct drain {
	struct ward_names *names;
	struct ward_wr out;
	uint64_t n;
};

/* Encodes each event both ways: an event that can't be written is as bad as none. */
static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct drain *d = ctx;

	ward_wr_reset(&d->out);
	ward_event_write_json(e, d->names, &d->out);
	assert_false(ward_wr_bad(&d->out));
	assert_true(ward_utf8_valid(ward_wr_slice(&d->out), NULL));
	d->n++;
	return WARD_OK;
}

static void feed(struct ward_capture *c, struct ward_net *n, struct drain *d, struct totals *t)
{
	struct ward_net_sink sink = {put, d};
	struct ward_frame f;
	enum ward_err err;

	while ((err = ward_capture_next(c, &f)) == WARD_OK)
		assert_int_equal(ward_net_packet(n, &f, &sink), WARD_OK);
	t->n_damaged += err == WARD_ERR_CORRUPT;
	assert_int_equal(ward_net_flush(n, &sink), WARD_OK);
}

static void one_file(const char *path, struct totals *t)
{
	struct ward_net_opts opts = {.source = WARD_STR("test")};
	struct ward_limits lim;
	struct ward_names names;
	struct drain d = {.names = &names, .out = ward_wr_grow(ward_mem_heap(), 4 << 20)};
	char why[WARD_CAPTURE_WHY];
	struct ward_capture *c;
	struct ward_net *n;

	if (ward_capture_open(ward_mem_heap(), path, why, &c) != WARD_OK) {
		t->n_refused++;
		return;
	}
	t->n_file++;
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_FLOWS] = lim.v[WARD_LIMIT_NET_STREAMS] = 1024;
	lim.v[WARD_LIMIT_NET_HOSTS] = lim.v[WARD_LIMIT_NET_STATES] = 256;
	lim.v[WARD_LIMIT_NET_STREAM_BYTES] = 4 << 20;
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
	assert_int_equal(ward_net_new(ward_mem_heap(), &lim, &names, &opts, &n), WARD_OK);
	feed(c, n, &d, t);
	assert_int_equal(d.n, ward_net_count(n, WARD_NET_EVENTS));
	assert_int_equal(0, ward_net_count(n, WARD_NET_EVENTS_LOST));
	t->n_event += d.n;
	ward_net_counters(n, &t->counters);
	ward_net_free(n);
	ward_names_fini(&names);
	ward_wr_fini(&d.out);
	ward_capture_close(c);
}

static void print_counters(const struct ward_counters *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->value[i])
			print_message(
				"  %-36s %llu\n", c->name[i], (unsigned long long)c->value[i]);
}

static void test_all(void **state)
{
	static struct totals t;
	const char *data = getenv("WARD_SHARED_DATA");
	char dir[4096];

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s/pcaps", data);
	char *const dirs[] = {dir, NULL};
	FTS *fts = fts_open(dirs, FTS_LOGICAL | FTS_NOCHDIR, NULL);

	assert_non_null(fts);
	for (FTSENT *e; (e = fts_read(fts));)
		if (e->fts_info == FTS_F &&
			(strstr(e->fts_name, "pcap") || strstr(e->fts_name, ".trace")) &&
			!strstr(e->fts_path, "/expected/"))
			one_file(e->fts_path, &t);
	fts_close(fts);
	print_message("%zu captures, %zu refused, %zu damaged, %llu events\n", t.n_file,
		t.n_refused, t.n_damaged, (unsigned long long)t.n_event);
	print_counters(&t.counters);
	assert_true(t.n_file > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_all)};
	const char *data = getenv("WARD_SHARED_DATA");
	char dir[4096];

	if (!data || snprintf(dir, sizeof(dir), "%s/pcaps", data) >= (int)sizeof(dir) ||
		access(dir, R_OK) != 0) {
		puts("skipped: no captures in $WARD_SHARED_DATA/pcaps");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
