/* The journal against the bare cost of its promise: write and fdatasync of the same bytes on a
 * zero-filled file, interleaved in the same run. 256-byte records; directory: argv[1], or a new one
 * below the working directory. */
#include "bench.h"

#include "journal/journal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORD = 256, ROUNDS = 200, SEGMENT = 64 << 20 };

struct bare {
	int fd;
	uint64_t off;
	uint8_t buf[1000 * (RECORD + 16) + 88];
};

static void die(const char *what)
{
	fprintf(stderr, "b_journal: %s\n", what);
	exit(1);
}

static void bare_open(struct bare *b, const char *path)
{
	b->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (b->fd < 0)
		die("can't make the file to compare with");
	for (size_t i = 0; i < SEGMENT; i += 65536)
		if (pwrite(b->fd, b->buf, 65536, (off_t)i) != 65536)
			die("can't fill the file with zeros");
	if (fdatasync(b->fd) != 0)
		die("fdatasync");
}

static void bare_put(struct bare *b, size_t len)
{
	if (b->off + len > SEGMENT)
		b->off = 0;
	if (pwrite(b->fd, b->buf, len, (off_t)b->off) != (ssize_t)len || fdatasync(b->fd) != 0)
		die("write and fdatasync");
	b->off += len;
}

static void journal_put(struct ward_journal *j, const struct ward_record *rec, size_t n)
{
	uint64_t seq;

	if (ward_journal_append(j, rec, n, &seq) != WARD_OK || ward_journal_commit(j) != WARD_OK)
		die("append");
}

static void line(const char *name, size_t batch, double *ns)
{
	qsort(ns, ROUNDS, sizeof(*ns), bench_cmp);
	printf("{\"name\":\"%s.batch%zu\",\"unit\":\"ns/record\",\"n\":%d,\"median\":%.1f,"
	       "\"p99\":%.1f}\n",
		name, batch, ROUNDS, ns[ROUNDS / 2], ns[ROUNDS * 99 / 100]);
}

static void compare(
	struct ward_journal *j, struct bare *b, const struct ward_record *rec, size_t batch)
{
	const struct ward_clock *clock = ward_clock_system();
	double ours[ROUNDS], bare[ROUNDS];
	/* the block that the journal writes: header, records, padding */
	size_t len = (88 + batch * (RECORD + 16) + 7) / 8 * 8;

	for (size_t i = 0; i < ROUNDS; i++) {
		ward_ns t0 = ward_clock_mono(clock);

		journal_put(j, rec, batch);
		ward_ns t1 = ward_clock_mono(clock);

		bare_put(b, len);
		ward_ns t2 = ward_clock_mono(clock);

		ours[i] = (double)(t1 - t0) / (double)batch;
		bare[i] = (double)(t2 - t1) / (double)batch;
	}
	line("journal.commit", batch, ours);
	line("journal.bare", batch, bare);
	printf("{\"name\":\"journal.ratio.batch%zu\",\"unit\":\"journal/bare\",\"n\":%d,"
	       "\"median\":%.3f}\n",
		batch, ROUNDS, ours[ROUNDS / 2] / bare[ROUNDS / 2]);
}

static void read_all(struct ward_journal *j)
{
	const struct ward_clock *clock = ward_clock_system();
	struct ward_journal_cursor *c;
	struct ward_record r;
	size_t n = 0;
	ward_ns t0 = ward_clock_mono(clock);

	if (ward_journal_cursor_open(j, 0, &c) != WARD_OK)
		die("cursor");
	while (ward_journal_next_record(c, &r) == WARD_OK)
		n++;
	ward_journal_cursor_close(c);
	printf("{\"name\":\"journal.read\",\"unit\":\"ns/record\",\"n\":%zu,\"median\":%.1f}\n", n,
		(double)(ward_clock_mono(clock) - t0) / (double)(n ? n : 1));
}

int main(int argc, char **argv)
{
	static struct bare b;
	static struct ward_record rec[1000];
	static uint8_t payload[RECORD];
	char dir[4096] = "b_journal.XXXXXX", path[4200];
	const size_t batch[] = {1, 100, 1000};
	struct ward_journal_options opt;
	struct ward_limits limits;
	struct ward_io_dir io;
	struct ward_journal *j;

	if (argc > 1 && snprintf(dir, sizeof(dir), "%s/b_journal.XXXXXX", argv[1]) < 0)
		die("directory");
	if (!mkdtemp(dir) || ward_io_dir_open(&io, dir, false, true) != WARD_OK)
		die("can't make the directory");
	ward_limits_default(&limits);
	ward_journal_options_default(&opt, &limits);
	opt.spares = 2;
	if (ward_journal_open(&opt, &io.io, ward_clock_system(), ward_mem_heap(), &j) != WARD_OK ||
		ward_journal_maintain(j) != WARD_OK)
		die("can't open the journal");
	for (size_t i = 0; i < 1000; i++)
		rec[i] = (struct ward_record){.type = WARD_RECORD_EVENT,
			.source = (uint32_t)i % 8,
			.data = ward_slice_of(payload, sizeof(payload))};
	snprintf(path, sizeof(path), "%s/bare", dir);
	bare_open(&b, path);
	memset(b.buf, 7, sizeof(b.buf));
	journal_put(j, rec, 1);
	for (size_t i = 0; i < WARD_ARRAY_LEN(batch); i++)
		compare(j, &b, rec, batch[i]);
	read_all(j);
	ward_journal_close(j);
	(void)unlink(path);
	snprintf(path, sizeof(path), "%s/evidence-00000000.seg", dir);
	(void)unlink(path);
	snprintf(path, sizeof(path), "%s/evidence-00000001.seg", dir);
	(void)unlink(path);
	for (unsigned i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "%s/spare-%08x", dir, i);
		(void)unlink(path);
	}
	ward_io_dir_close(&io);
	(void)rmdir(dir);
	return 0;
}
