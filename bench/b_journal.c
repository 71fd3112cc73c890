/* The journal against the bare cost of its promise: write and fdatasync of as many bytes on a
 * zero-filled file, turn by turn. In a new directory below argv[1] or the working directory, which
 * should be on the kind of disk that a hospital would use. */
#include "bench.h"
#include "files.h"

#include "journal/format.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RECORD = 300, BATCH_MAX = 256, SEGMENT = 64 << 20, ROUNDS = 301 };

struct load {
	struct ward_journal *j;
	struct ward_record rec[BATCH_MAX];
	size_t batch;
	int fd;
	size_t off;
	uint8_t block[WARD_BLOCK_HEAD + BATCH_MAX * (RECORD + WARD_RECORD_HEAD) + WARD_BLOCK_ALIGN];
};

static void journal(void *ctx)
{
	struct load *l = ctx;
	uint64_t seq;

	if (ward_journal_append(l->j, l->rec, l->batch, &seq) != WARD_OK ||
		ward_journal_commit(l->j) != WARD_OK)
		bench_die("append or commit");
}

static void bare(void *ctx)
{
	struct load *l = ctx;
	size_t len = WARD_BLOCK_HEAD + l->batch * (RECORD + WARD_RECORD_HEAD);

	len = (len + WARD_BLOCK_ALIGN - 1) / WARD_BLOCK_ALIGN * WARD_BLOCK_ALIGN;
	if (l->off + len > SEGMENT)
		l->off = 0;
	if (pwrite(l->fd, l->block, len, (off_t)l->off) != (ssize_t)len || fdatasync(l->fd) != 0)
		bench_die("write and fdatasync");
	l->off += len;
}

static void open_bare(struct load *l, const char *dir)
{
	struct bench_path path;

	(void)snprintf(path.s, sizeof(path.s), "%s/bare", dir);
	l->fd = open(path.s, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	for (size_t i = 0; l->fd >= 0 && i < SEGMENT; i += sizeof(l->block))
		if (pwrite(l->fd, l->block, sizeof(l->block), (off_t)i) < 0)
			bench_die("can't fill the file with zeros");
	if (l->fd < 0 || fdatasync(l->fd) != 0)
		bench_die("can't make %s", path.s);
	memset(l->block, 7, sizeof(l->block));
}

static void read_all(void *ctx)
{
	struct load *l = ctx;
	struct ward_journal_cursor *c;
	struct ward_record r;

	if (ward_journal_cursor_open(l->j, 0, &c) != WARD_OK)
		bench_die("cursor");
	while (ward_journal_next_record(c, &r) == WARD_OK)
		bench_keep(r.data.len);
	ward_journal_cursor_close(c);
}

static void measure(struct load *l)
{
	static const size_t batch[] = {1, 16, BATCH_MAX};
	char name[64];
	size_t n_record = 1;

	l->batch = 1;
	journal(l); /* the first one makes the segment */
	for (size_t i = 0; i < WARD_ARRAY_LEN(batch); i++) {
		l->batch = batch[i];
		(void)snprintf(name, sizeof(name), "journal/commit of %zu", batch[i]);
		bench_pair(&(struct bench){name, "commit", 1, ROUNDS, BENCH_WALL},
			(struct bench_side){"append + commit", journal, l, NULL},
			(struct bench_side){"write + fdatasync", bare, l, NULL});
		n_record += batch[i] * (ROUNDS + 1);
	}
	bench_alone(&(struct bench){"journal/read", "record", n_record, 41, BENCH_CPU},
		(struct bench_side){"read", read_all, l, NULL});
}

int main(int argc, char **argv)
{
	static struct load l;
	static uint8_t payload[RECORD];
	struct ward_journal_options opt;
	struct ward_limits limits;
	struct ward_io_dir io;
	char dir[2048];

	if (snprintf(dir, sizeof(dir), "%s/b_journal.XXXXXX", argc > 1 ? argv[1] : ".") < 0 ||
		!mkdtemp(dir) || ward_io_dir_open(&io, dir, false, true) != WARD_OK)
		bench_die("can't make the directory");
	ward_limits_default(&limits);
	ward_journal_options_default(&opt, &limits);
	opt.spares = 2;
	if (ward_journal_open(&opt, &io.io, ward_clock_system(), ward_mem_heap(), &l.j) !=
			WARD_OK ||
		ward_journal_maintain(l.j) != WARD_OK)
		bench_die("can't open the journal");
	for (size_t i = 0; i < BATCH_MAX; i++)
		l.rec[i] = (struct ward_record){.type = WARD_RECORD_EVENT,
			.source = (uint32_t)i % 8,
			.data = ward_slice_of(payload, sizeof(payload))};
	open_bare(&l, dir);
	measure(&l);
	ward_journal_close(l.j);
	(void)close(l.fd);
	ward_io_dir_close(&io);
	bench_remove(dir);
	return 0;
}
