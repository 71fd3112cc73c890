#include "journal/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static void count(void *arg, const char *name)
{
	(void)name;
	++*(unsigned *)arg;
}

static void test_calls(void **state)
{
	char dir[] = "t_io_dir.XXXXXX", buf[16];
	struct ward_io_dir d, other;
	uint64_t size;
	unsigned n = 0;
	size_t len;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(ward_io_dir_open(&d, dir, true, true), WARD_OK);
	assert_int_equal(ward_io_dir_open(&other, dir, false, true), WARD_ERR_AGAIN);
	assert_int_equal(
		ward_io_dir_open(&other, "t_io_dir.absent", false, true), WARD_ERR_NOT_FOUND);
	assert_int_equal(d.io.open(d.io.ctx, "a", WARD_IO_READ, &fd), WARD_ERR_NOT_FOUND);
	assert_int_equal(d.io.open(d.io.ctx, "a", WARD_IO_CREATE, &fd), WARD_OK);
	assert_int_equal(d.io.pwrite(d.io.ctx, fd, "hello", 5, 3), WARD_OK);
	assert_int_equal(d.io.fdatasync(d.io.ctx, fd), WARD_OK);
	assert_int_equal(d.io.size(d.io.ctx, fd, &size), WARD_OK);
	assert_int_equal(size, 8);
	assert_int_equal(d.io.pread(d.io.ctx, fd, buf, sizeof(buf), 3, &len), WARD_OK);
	assert_int_equal(len, 5);
	assert_memory_equal(buf, "hello", 5);
	assert_int_equal(d.io.ftruncate(d.io.ctx, fd, 4), WARD_OK);
	assert_int_equal(d.io.pread(d.io.ctx, fd, buf, sizeof(buf), 9, &len), WARD_OK);
	assert_int_equal(len, 0);
	d.io.close(d.io.ctx, fd);
	assert_int_equal(d.io.rename(d.io.ctx, "a", "b"), WARD_OK);
	assert_int_equal(d.io.rename(d.io.ctx, "a", "b"), WARD_ERR_NOT_FOUND);
	assert_int_equal(d.io.sync_dir(d.io.ctx), WARD_OK);
	assert_int_equal(d.io.list(d.io.ctx, count, &n), WARD_OK);
	assert_int_equal(d.io.list(d.io.ctx, count, &n), WARD_OK);
	assert_int_equal(n, 2);
	assert_int_equal(d.io.unlink(d.io.ctx, "b"), WARD_OK);
	ward_io_dir_close(&d);
	assert_int_equal(ward_io_dir_open(&d, dir, false, true), WARD_OK); /* the lock is gone */
	ward_io_dir_close(&d);
	assert_int_equal(rmdir(dir), 0);
}

static void test_journal_on_a_real_directory(void **state)
{
	char dir[] = "t_io_dir.XXXXXX";
	struct ward_journal_options opt;
	struct ward_limits limits;
	struct ward_io_dir d;
	struct ward_journal *j;
	struct ward_journal_cursor *c;
	struct ward_record r = {.data = {(const uint8_t *)"x", 1}};
	uint64_t seq;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(ward_io_dir_open(&d, dir, false, true), WARD_OK);
	ward_limits_default(&limits);
	ward_journal_options_default(&opt, &limits);
	opt.segment_bytes = 65536;
	for (uint64_t i = 1; i <= 3; i++) {
		assert_int_equal(
			ward_journal_open(&opt, &d.io, ward_clock_system(), ward_mem_heap(), &j),
			WARD_OK);
		assert_int_equal(ward_journal_append(j, &r, 1, &seq), WARD_OK);
		assert_int_equal(seq, i);
		assert_int_equal(ward_journal_commit(j), WARD_OK);
		assert_int_equal(ward_journal_cursor_open(j, 0, &c), WARD_OK);
		for (uint64_t k = 1; k <= i; k++)
			assert_int_equal(ward_journal_next_record(c, &r), WARD_OK);
		assert_int_equal(r.seq, i);
		r.data = ward_slice_of("x", 1);
		ward_journal_cursor_close(c);
		ward_journal_close(j);
	}
	assert_int_equal(d.io.unlink(d.io.ctx, "evidence-00000000.seg"), WARD_OK);
	ward_io_dir_close(&d);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_journal_on_a_real_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
