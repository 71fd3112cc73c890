/* Frames, the witness's register, and epochs. */
#include "base/formats.h"
#include "standby/formats.h"
#include "standby/frame.h"
#include "standby/kept.h"
#include "standby/term.h"
#include "standby/witness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

struct place {
	char path[64];
	struct ward_io_dir dir;
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	(void)snprintf(p->path, sizeof(p->path), "/tmp/t_standby.XXXXXX");
	assert_non_null(mkdtemp(p->path));
	assert_int_equal(ward_io_dir_open(&p->dir, p->path, true, false), WARD_OK);
	*state = p;
	return 0;
}

static void unlink_all(void *arg, const char *name)
{
	const struct place *p = arg;

	assert_int_equal(p->dir.io.unlink(p->dir.io.ctx, name), WARD_OK);
}

static int teardown(void **state)
{
	struct place *p = *state;

	assert_int_equal(p->dir.io.list(p->dir.io.ctx, unlink_all, p), WARD_OK);
	ward_io_dir_close(&p->dir);
	assert_int_equal(rmdir(p->path), 0);
	free(p);
	return 0;
}

/* ---- frames ---- */

static struct ward_standby_frame sample(enum ward_standby_type t)
{
	return (struct ward_standby_frame){.type = t,
		.epoch = 0x0102030405060708,
		.node = WARD_STR("icu-b"),
		.next = 77,
		.began = 12,
		.stamp = UINT64_MAX,
		.want = WARD_WITNESS_TAKE,
		.yes = true,
		.alone = true,
		.formats = 3,
		.most = 4,
		.data = {(const uint8_t *)"some bytes", 10}};
}

static void each_frame_comes_back_and_no_beginning_of_it_does(void **state)
{
	uint8_t bytes[256];

	(void)state;
	for (unsigned t = WARD_STANDBY_NONE + 1; t < WARD_STANDBY_TYPES; t++) {
		struct ward_standby_frame f = sample((enum ward_standby_type)t), got;
		struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
		size_t used = 0;

		ward_standby_put(&w, &f);
		assert_false(ward_wr_bad(&w));
		for (size_t n = 0; n < w.len; n++)
			assert_int_equal(ward_standby_get(ward_slice_of(bytes, n), &used, &got),
				WARD_ERR_MORE);
		assert_int_equal(ward_standby_get(ward_wr_slice(&w), &used, &got), WARD_OK);
		assert_int_equal(used, w.len);
		assert_int_equal(got.type, t);
		assert_int_equal(got.epoch, f.epoch);
		/* a field that is not of this type is 0, the others are as they were */
		assert_true(got.next == 0 || got.next == 77);
		assert_true(got.stamp == 0 || got.stamp == UINT64_MAX);
		assert_true(t == WARD_STANDBY_HELLO || t == WARD_STANDBY_WELCOME ||
					    t == WARD_STANDBY_BEAT
				    ? got.formats == 3 && got.most == 4
				    : !got.formats && !got.most);
		assert_true(!got.node.len || ward_str_eq(got.node, f.node));
		assert_true(!got.data.len ||
			    (got.data.len == 10 && !memcmp(got.data.p, "some bytes", 10)));
	}
}

static void what_is_no_frame_is_refused(void **state)
{
	uint8_t bytes[256];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_standby_frame f = sample(WARD_STANDBY_VERDICT), got;
	size_t used, len;

	(void)state;
	ward_standby_put(&w, &f);
	len = w.len;
	const struct {
		size_t at;
		uint8_t is;
		enum ward_err err;
	} bad[] = {
		{0, 0xff, WARD_ERR_MALFORMED},                        /* longer than any */
		{4, 2, WARD_ERR_VERSION},                             /* this type has version 1 */
		{4, 3, WARD_ERR_VERSION},                             /* of a later form */
		{4, 0, WARD_ERR_VERSION}, {5, 0, WARD_ERR_MALFORMED}, /* no type */
		{5, WARD_STANDBY_TYPES, WARD_ERR_MALFORMED},          /* of none that there is */
		{7, 1, WARD_ERR_MALFORMED},                           /* reserved */
		{17, '/', WARD_ERR_MALFORMED},                        /* no name of a file */
		{16, 31, WARD_ERR_MALFORMED},                         /* longer than the frame */
		{len - 1, 2, WARD_ERR_MALFORMED},                     /* neither yes nor no */
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		uint8_t was = bytes[bad[i].at];

		bytes[bad[i].at] = bad[i].is;
		assert_int_equal(
			ward_standby_get(ward_slice_of(bytes, len), &used, &got), bad[i].err);
		bytes[bad[i].at] = was;
	}
	bytes[3]++; /* one byte too many is not passed over */
	bytes[len] = 0;
	assert_int_equal(
		ward_standby_get(ward_slice_of(bytes, len + 1), &used, &got), WARD_ERR_MALFORMED);
	assert_false(ward_standby_name_ok(WARD_STR("..")));
	assert_false(ward_standby_name_ok(WARD_STR("a/b")));
	assert_false(ward_standby_name_ok(WARD_STR("")));
}

static void a_greeting_of_the_former_form_is_known_as_such(void **state)
{
	uint8_t bytes[256];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_standby_frame f = sample(WARD_STANDBY_HELLO), got;
	size_t used;

	(void)state;
	ward_standby_put(&w, &f);
	bytes[4] = 1;
	assert_int_equal(ward_standby_get(ward_wr_slice(&w), &used, &got), WARD_ERR_VERSION);
}

static void formats_are_kept_and_are_the_least_where_nobody_kept_them(void **state)
{
	struct place *p = *state;
	uint32_t got;
	int fd;

	assert_int_equal(ward_standby_formats_read(&p->dir.io, &got), WARD_OK);
	assert_int_equal(got, WARD_FORMATS_LEAST);
	assert_int_equal(ward_standby_formats_write(&p->dir.io, 0x01020304), WARD_OK);
	assert_int_equal(ward_standby_formats_read(&p->dir.io, &got), WARD_OK);
	assert_int_equal(got, 0x01020304);
	assert_int_equal(p->dir.io.open(p->dir.io.ctx, "formats", WARD_IO_WRITE, &fd), WARD_OK);
	assert_int_equal(p->dir.io.pwrite(p->dir.io.ctx, fd, "x", 1, 9), WARD_OK);
	p->dir.io.close(p->dir.io.ctx, fd);
	assert_int_equal(ward_standby_formats_read(&p->dir.io, &got), WARD_ERR_CORRUPT);
	assert_int_equal(ward_standby_formats_both(2, 1), 1);
}

/* ---- the witness ---- */

static bool claim(struct ward_witness *w, enum ward_witness_want want, const char *who)
{
	return ward_witness_decide(w, want, ward_str_z(who), w->version);
}

static void nobody_takes_over_from_one_that_went_on_alone(void **state)
{
	struct ward_witness w = {0};

	(void)state;
	assert_false(claim(&w, WARD_WITNESS_TAKE, "b"));
	assert_false(claim(&w, WARD_WITNESS_ALONE, "a"));
	assert_true(claim(&w, WARD_WITNESS_FIRST, "a"));
	assert_false(claim(&w, WARD_WITNESS_FIRST, "b"));
	assert_int_equal(w.epoch, 1);
	assert_true(w.alone);
	assert_false(claim(&w, WARD_WITNESS_TAKE, "b"));
	assert_true(claim(&w, WARD_WITNESS_PAIR, "a"));
	assert_false(claim(&w, WARD_WITNESS_ALONE, "b"));
	assert_true(claim(&w, WARD_WITNESS_TAKE, "b"));
	assert_int_equal(w.epoch, 2);
	assert_string_equal(w.leader, "b");
	assert_true(w.alone);
	assert_false(claim(&w, WARD_WITNESS_PAIR, "a"));
	assert_false(claim(&w, WARD_WITNESS_TAKE, "a"));
	assert_true(claim(&w, WARD_WITNESS_FORCE, "a")); /* by hand, with what it costs */
	assert_int_equal(w.epoch, 3);
	assert_false(claim(&w, WARD_WITNESS_WANTS, "a"));
}

/* Of claims that are under way at once, in whatever order they come, one is granted. */
static void an_overtaken_claim_changes_nothing(void **state)
{
	struct ward_witness w = {0};
	uint64_t seen;

	(void)state;
	assert_true(claim(&w, WARD_WITNESS_FIRST, "a"));
	seen = w.version;
	/* PAIR is slow on one connection; ALONE, which says how it is already, on another is not:
	 * from then on records are acknowledged that b does not have */
	assert_true(ward_witness_decide(&w, WARD_WITNESS_ALONE, WARD_STR("a"), seen));
	assert_false(ward_witness_decide(&w, WARD_WITNESS_PAIR, WARD_STR("a"), seen));
	assert_true(w.alone);
	assert_true(claim(&w, WARD_WITNESS_PAIR, "a"));
	for (int order = 0; order < 2; order++) {
		struct ward_witness both = w;
		bool alone, take;

		seen = both.version;
		if (order == 0) {
			alone = ward_witness_decide(&both, WARD_WITNESS_ALONE, WARD_STR("a"), seen);
			take = ward_witness_decide(&both, WARD_WITNESS_TAKE, WARD_STR("b"), seen);
		} else {
			take = ward_witness_decide(&both, WARD_WITNESS_TAKE, WARD_STR("b"), seen);
			alone = ward_witness_decide(&both, WARD_WITNESS_ALONE, WARD_STR("a"), seen);
		}
		assert_true(alone != take);
	}
}

static void what_the_witness_remembers_is_whole_or_said_to_be_damaged(void **state)
{
	struct place *p = *state;
	struct ward_witness w = {0}, got;
	const struct ward_io *io = &p->dir.io;
	uint8_t byte = 0x55;
	int fd;

	assert_int_equal(ward_witness_read(io, &got), WARD_ERR_NOT_FOUND);
	assert_true(claim(&w, WARD_WITNESS_FIRST, "a"));
	assert_int_equal(ward_witness_write(io, &w), WARD_OK);
	assert_int_equal(ward_witness_read(io, &got), WARD_OK);
	assert_int_equal(got.epoch, w.epoch);
	assert_int_equal(got.version, w.version);
	assert_string_equal(got.leader, "a");
	assert_true(got.alone);
	for (uint64_t off = 0; off < 8 + 8 + 8 + 1 + WARD_STANDBY_NAME + 4; off++) {
		size_t n;
		uint8_t was;

		assert_int_equal(io->open(io->ctx, "witness", WARD_IO_WRITE, &fd), WARD_OK);
		assert_int_equal(io->pread(io->ctx, fd, &was, 1, off, &n), WARD_OK);
		byte = (uint8_t)(was ^ 0x10);
		assert_int_equal(io->pwrite(io->ctx, fd, &byte, 1, off), WARD_OK);
		assert_int_equal(ward_witness_read(io, &got), WARD_ERR_CORRUPT);
		assert_int_equal(io->pwrite(io->ctx, fd, &was, 1, off), WARD_OK);
		io->close(io->ctx, fd);
	}
	assert_int_equal(ward_witness_read(io, &got), WARD_OK);
}

/* ---- epochs ---- */

static void what_two_journals_have_in_common_ends_where_an_unknown_epoch_began(void **state)
{
	struct ward_term t = {0};

	(void)state;
	assert_int_equal(ward_term_began(&t), 0);
	assert_true(ward_term_begin(&t, 1, 1, true));
	assert_true(ward_term_begin(&t, 2, 100, false));
	assert_true(ward_term_begin(&t, 4, 250, true));
	assert_false(ward_term_begin(&t, 4, 300, true));
	assert_false(ward_term_begin(&t, 3, 300, true));
	assert_int_equal(ward_term_began(&t), 250);
	/* of our epoch: all that it has; but no more than we have */
	assert_int_equal(ward_term_common(&t, 4, 300, 400), 300);
	assert_int_equal(ward_term_common(&t, 4, 500, 400), 400);
	/* of earlier ones: up to where the next one began */
	assert_int_equal(ward_term_common(&t, 3, 300, 400), 250);
	assert_int_equal(ward_term_common(&t, 2, 240, 400), 240);
	assert_int_equal(ward_term_common(&t, 1, 150, 400), 100);
	assert_int_equal(ward_term_common(&t, 0, 1, 400), 1);
}

static void an_epoch_that_was_forgotten_has_nothing_in_common(void **state)
{
	struct place *p = *state;
	struct ward_term t = {0}, got;

	for (uint64_t e = 1; e <= WARD_TERM_EPOCHS + 3; e++)
		assert_true(ward_term_begin(&t, e, 10 * e, e % 2));
	assert_int_equal(t.n, WARD_TERM_EPOCHS);
	assert_int_equal(ward_term_common(&t, 2, 20, 10000), 0);
	assert_int_equal(ward_term_common(&t, 4, 10000, 10000), 50);
	assert_int_equal(ward_term_write(&p->dir.io, &t), WARD_OK);
	assert_int_equal(ward_term_read(&p->dir.io, &got), WARD_OK);
	assert_memory_equal(&got, &t, sizeof(t));
}

static void who_runs_alone_writes_what_the_two_write(void **state)
{
	struct place *p = *state;
	struct ward_term term = {0};
	struct ward_io_dir dir;
	char path[96];
	uint32_t got = 0;

	/* never one of two, with or without a folder: the last */
	assert_int_equal(ward_standby_formats_here(p->path, &got), WARD_OK);
	assert_int_equal(got, ward_formats_most());
	(void)snprintf(path, sizeof(path), "%s/standby", p->path);
	assert_int_equal(ward_io_dir_open(&dir, path, true, false), WARD_OK);
	assert_int_equal(ward_standby_formats_here(p->path, &got), WARD_OK);
	assert_int_equal(got, ward_formats_most());
	/* one of two: theirs, which may be the least, that nobody kept */
	assert_true(ward_term_begin(&term, 1, 1, true));
	assert_int_equal(ward_term_write(&dir.io, &term), WARD_OK);
	assert_int_equal(ward_standby_formats_here(p->path, &got), WARD_OK);
	assert_int_equal(got, WARD_FORMATS_LEAST);
	assert_int_equal(ward_standby_formats_write(&dir.io, ward_formats_most()), WARD_OK);
	assert_int_equal(ward_standby_formats_here(p->path, &got), WARD_OK);
	assert_int_equal(got, ward_formats_most());
	/* of a later version, and damaged */
	assert_int_equal(ward_standby_formats_write(&dir.io, ward_formats_most() + 1), WARD_OK);
	assert_int_equal(ward_standby_formats_here(p->path, &got), WARD_ERR_VERSION);
	assert_int_equal(dir.io.rename(dir.io.ctx, "formats", "term"), WARD_OK);
	assert_int_equal(ward_standby_formats_here(p->path, &got), WARD_ERR_CORRUPT);
	assert_int_equal(dir.io.unlink(dir.io.ctx, "term"), WARD_OK);
	ward_io_dir_close(&dir);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_frame_comes_back_and_no_beginning_of_it_does),
		cmocka_unit_test(what_is_no_frame_is_refused),
		cmocka_unit_test(a_greeting_of_the_former_form_is_known_as_such),
		cmocka_unit_test_setup_teardown(
			formats_are_kept_and_are_the_least_where_nobody_kept_them, setup, teardown),
		cmocka_unit_test_setup_teardown(
			who_runs_alone_writes_what_the_two_write, setup, teardown),
		cmocka_unit_test(nobody_takes_over_from_one_that_went_on_alone),
		cmocka_unit_test(an_overtaken_claim_changes_nothing),
		cmocka_unit_test_setup_teardown(
			what_the_witness_remembers_is_whole_or_said_to_be_damaged, setup, teardown),
		cmocka_unit_test(
			what_two_journals_have_in_common_ends_where_an_unknown_epoch_began),
		cmocka_unit_test_setup_teardown(
			an_epoch_that_was_forgotten_has_nothing_in_common, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
