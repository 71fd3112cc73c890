#include "journal/priv.h"

#include <stdlib.h>

/* What the scan of one lane found. */
struct tail {
	bool any; /* a whole block: the last one is head, at off in segment seg[at] */
	size_t at;
	uint64_t off;
	struct ward_block_head head;
	uint64_t end; /* behind it (segment at) */
	bool dirty;   /* bytes in the newest segment that are no block */
	bool damaged; /* something durable is missing: the newest segment takes no more */
	bool cut;
	struct ward_seg_sources before; /* the newest segment's sums without the last block */
};

struct listing {
	struct ward_journal *j;
	enum ward_err err;
};

static void hurt(
	struct ward_journal *j, enum ward_lane lane, uint64_t index, uint64_t off, const char *what)
{
	ward_journal_hurt(j, (struct ward_journal_damage){lane, index, off, what});
}

static void each_file(void *arg, const char *name)
{
	struct listing *l = arg;
	struct ward_journal *j = l->j;
	struct ward_str s = ward_str_z(name);
	enum ward_lane lane;
	uint64_t number;

	if (l->err != WARD_OK)
		return;
	if (ward_spare_name_parse(s, &number)) {
		if (j->n_spare == SPARE_MAX)
			l->err = WARD_ERR_LIMIT;
		else
			j->spare[j->n_spare++] = number;
		if (number >= j->next_spare)
			j->next_spare = number + 1;
		return;
	}
	if (!ward_seg_name_parse(s, &lane, &number))
		return;
	struct lane *to = &j->lane[lane];

	l->err = ward_mem_more(
		j->mem, (void *)&to->seg, to->n, &to->cap, sizeof(*to->seg), UINT32_MAX);
	if (l->err == WARD_OK)
		to->seg[to->n++] = (struct seg){.h = {.lane = lane, .index = number}};
}

static int by_index(const void *a, const void *b)
{
	uint64_t x = ((const struct seg *)a)->h.index, y = ((const struct seg *)b)->h.index;

	return (x > y) - (x < y);
}

/* Spares of another size are of no use; half-made files are nobody's. */
static enum ward_err tidy(struct ward_journal *j)
{
	const struct ward_io *io = j->io;
	size_t keep = 0;

	for (size_t i = 0; i < j->n_spare; i++) {
		char name[SEG_NAME];
		uint64_t size = 0;
		int fd;

		ward_spare_name(name, j->spare[i]);
		enum ward_err err = io->open(io->ctx, name, WARD_IO_READ, &fd);

		if (err != WARD_OK)
			return err;
		err = io->size(io->ctx, fd, &size);
		io->close(io->ctx, fd);
		if (err == WARD_OK && size != j->opt.segment_bytes)
			err = io->unlink(io->ctx, name);
		else if (err == WARD_OK)
			j->spare[keep++] = j->spare[i];
		if (err != WARD_OK)
			return err;
	}
	j->n_spare = keep;
	enum ward_err err = io->unlink(io->ctx, WARD_SPARE_TMP);

	if (err != WARD_OK && err != WARD_ERR_NOT_FOUND)
		return err;
	err = io->unlink(io->ctx, WARD_ERASE_TMP);
	if (err != WARD_OK && err != WARD_ERR_NOT_FOUND)
		return err;
	err = io->unlink(io->ctx, WARD_POSITION_TMP);
	return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
}

static enum ward_err open_segment(
	struct ward_journal *j, const struct seg *s, enum ward_io_mode mode, int *ret_fd)
{
	char name[SEG_NAME];

	ward_seg_name(name, s->h.lane, s->h.index);
	return j->io->open(j->io->ctx, name, mode, ret_fd);
}

static enum ward_err charge(struct ward_journal *j, const struct ward_seg_sources *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct source *s;
		enum ward_err err = ward_source_of(j, t->source[i], &s);

		if (err != WARD_OK)
			return err;
		s->bytes += t->bytes[i];
	}
	return WARD_OK;
}

/* Reads a segment's header; charges the sources of the segment before it, when that is there. */
static enum ward_err read_head(struct ward_journal *j, struct lane *l, size_t i)
{
	struct seg *s = &l->seg[i];
	struct ward_seg_sources prev;
	struct ward_seg_head h;
	uint8_t head[WARD_SEG_HEAD];
	uint64_t size = 0;
	size_t n = 0;
	int fd;
	enum ward_err err = open_segment(j, s, WARD_IO_READ, &fd);

	if (err != WARD_OK)
		return err;
	err = j->io->size(j->io->ctx, fd, &size);
	if (err == WARD_OK)
		err = j->io->pread(j->io->ctx, fd, head, sizeof(head), 0, &n);
	j->io->close(j->io->ctx, fd);
	if (err != WARD_OK)
		return err;
	err = ward_seg_head_read(ward_slice_of(head, n), &h, &prev);
	if (err == WARD_ERR_VERSION)
		return err;
	if (err != WARD_OK || h.lane != s->h.lane || h.index != s->h.index || h.len != size) {
		s->bad = true;
		s->h.len = size;
		hurt(j, s->h.lane, s->h.index, 0, "the segment's header can't be read");
		return WARD_OK;
	}
	s->h = h;
	return i ? charge(j, &prev) : WARD_OK;
}

static enum ward_err add_block(struct ward_journal *j, struct lane *l, struct tail *t)
{
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&j->scratch));

	t->before = l->src;
	ward_rd_skip(&r, WARD_BLOCK_HEAD);
	for (uint32_t i = 0; i < t->head.n; i++) {
		struct ward_record rec;

		ward_block_record_read(&r, &t->head, &rec);
		(void)ward_seg_sources_add(&l->src, rec.source, WARD_RECORD_HEAD + rec.data.len);
	}
	return WARD_OK;
}

/* Walks the blocks of segment i. Damage is noted, and passed over, only where whole blocks follow:
 * else it is a tail. */
static enum ward_err scan(struct ward_journal *j, struct lane *l, size_t i, int fd, struct tail *t)
{
	const struct seg *s = &l->seg[i];
	bool newest = i == l->n - 1;
	uint64_t off = WARD_SEG_HEAD, before = 0, before_seq = 0;

	for (;;) {
		struct ward_block_head h;
		uint64_t from = off, next;
		bool dirty = false;
		enum ward_err err = ward_block_load(j->io, fd, s, off, &j->scratch, &h);

		if (err == WARD_OK && h.commit > before && h.first_seq >= before_seq) {
			before = h.commit;
			before_seq = h.first_seq + h.n_commit;
			t->any = true;
			t->at = i;
			t->off = off;
			t->head = h;
			off += h.len;
			t->end = off;
			if (newest)
				err = add_block(j, l, t);
			if (err != WARD_OK)
				return err;
			continue;
		}
		if (err == WARD_OK)
			from = off + WARD_BLOCK_ALIGN; /* whole, but out of order */
		else if (!ward_damage_err(err))
			return err;
		err = ward_block_find(j->io, fd, s, from, &j->scratch, &next, &dirty);
		if (err != WARD_OK)
			return err;
		dirty |= from != off;
		if (next == UINT64_MAX) {
			if (newest)
				t->dirty = dirty;
			else if (dirty)
				hurt(j, s->h.lane, s->h.index, off,
					"bytes that are no block in a full segment");
			return WARD_OK;
		}
		hurt(j, s->h.lane, s->h.index, off, "a damaged block with whole ones behind it");
		t->damaged |= newest;
		off = next;
	}
}

/* Headers of all segments, blocks of the newest; and of older ones until there is a block. */
static enum ward_err scan_lane(struct ward_journal *j, struct lane *l, struct tail *t)
{
	if (l->n)
		qsort(l->seg, l->n, sizeof(*l->seg), by_index);
	for (size_t i = 0; i < l->n; i++) {
		const struct seg *s = &l->seg[i];

		if (i && s->h.index != s[-1].h.index + 1)
			hurt(j, s->h.lane, s[-1].h.index + 1, 0, "segments are missing");
		enum ward_err err = read_head(j, l, i);

		if (err != WARD_OK)
			return err;
	}
	for (size_t i = l->n; i-- && !t->any;) {
		int fd;

		if (l->seg[i].bad) {
			t->damaged |= i == l->n - 1;
			continue;
		}
		enum ward_err err = open_segment(j, &l->seg[i], WARD_IO_READ, &fd);

		if (err != WARD_OK)
			return err;
		err = scan(j, l, i, fd, t);
		j->io->close(j->io->ctx, fd);
		if (err != WARD_OK)
			return err;
	}
	return WARD_OK;
}

/* The last commit says where every lane ended before it: all that was acknowledged. */
static void check_ends(struct ward_journal *j, const struct ward_block_head *h, struct tail *tail)
{
	for (unsigned i = 0; i < WARD_LANE_N; i++) {
		const struct lane *l = &j->lane[i];
		struct tail *t = &tail[i];
		uint64_t index = h->end[i] >> 32, off = h->end[i] & UINT32_MAX, end;

		if (h->end[i] == 0 || (l->n && index < l->seg[0].h.index))
			continue;
		if (l->n == 0 || index > l->seg[l->n - 1].h.index) {
			hurt(j, (enum ward_lane)i, index, 0, "the newest segment is missing");
			t->damaged = true;
			continue;
		}
		end = WARD_SEG_HEAD;
		if (t->any && l->seg[t->at].h.index == index)
			end = t->head.commit == h->commit ? t->off : t->end;
		else if (t->any && l->seg[t->at].h.index > index)
			continue;
		if (end < off) {
			hurt(j, (enum ward_lane)i, index, end, "acknowledged records are missing");
			t->damaged = true;
		}
	}
}

static bool complete(const struct ward_block_head *h, const struct tail *tail)
{
	uint64_t n = 0;

	for (size_t i = 0; i < WARD_LANE_N; i++) {
		const struct tail *t = &tail[i];
		bool here = t->any && t->head.commit == h->commit;

		if (here != (h->mask >> i & 1))
			return false;
		if (here && (t->head.first_seq != h->first_seq || t->head.mask != h->mask ||
				    t->head.n_commit != h->n_commit))
			return false;
		n += here ? t->head.n : 0;
	}
	return n == h->n_commit;
}

/* Which commit is the last one, and whether all of it is there. Only the newest can be partial:
 * the one before was durable in every lane before it was begun. */
static void decide(struct ward_journal *j, struct tail *tail)
{
	const struct ward_block_head *h = NULL;

	for (size_t i = 0; i < WARD_LANE_N; i++)
		if (tail[i].any && (!h || tail[i].head.commit > h->commit))
			h = &tail[i].head;
	if (h) {
		check_ends(j, h, tail);
		bool keep = complete(h, tail);

		if (!keep && h->first_seq <= ward_position_max(j)) {
			hurt(j, (enum ward_lane)h->lane, 0, 0,
				"a commit that a reader has acknowledged is not whole");
			keep = true;
		}
		j->next_commit = h->commit + keep;
		j->next_seq = h->first_seq + (keep ? h->n_commit : 0);
		for (size_t i = 0; i < WARD_LANE_N; i++)
			if (!keep && tail[i].any && tail[i].head.commit == h->commit) {
				tail[i].cut = true;
				j->stats.n_cut += tail[i].head.n;
			}
	}
	for (size_t i = 0; i < WARD_LANE_N; i++)
		for (size_t k = 0; k < j->lane[i].n; k++) {
			const struct seg *s = &j->lane[i].seg[k];

			if (!s->bad && s->h.base_seq > j->next_seq)
				j->next_seq = s->h.base_seq;
			if (!s->bad && s->h.base_commit > j->next_commit)
				j->next_commit = s->h.base_commit;
		}
}

/* Writes the block again: after a failed fdatasync or a kill the cache may show what the disk does
 * not have, and only a new write makes the kernel try again. */
static enum ward_err rewrite(struct ward_journal *j, const struct seg *s, const struct tail *t)
{
	struct ward_block_head h;
	int fd;
	enum ward_err err = open_segment(j, s, WARD_IO_WRITE, &fd);

	if (err != WARD_OK)
		return err;
	err = ward_block_load(j->io, fd, s, t->off, &j->scratch, &h);
	if (err == WARD_OK)
		err = j->io->pwrite(j->io->ctx, fd, j->scratch.p, h.len, t->off);
	if (err == WARD_OK)
		err = j->io->fdatasync(j->io->ctx, fd);
	j->io->close(j->io->ctx, fd);
	return ward_damage_err(err) ? WARD_ERR_IO : err;
}

/* Zeros what was cut, and always the place of the next block: a block that a failed earlier repair
 * left on the disk, unseen behind the cache, must not come back beside another of its number. */
static enum ward_err repair(struct ward_journal *j, struct lane *l, struct tail *t)
{
	uint64_t len = l->seg[l->n - 1].h.len, to = len;
	enum ward_err err = WARD_OK;

	if (t->cut && t->damaged)
		err = ward_zero(j, l->fd, t->off, t->end);
	if (err != WARD_OK || t->damaged)
		return err;
	if (!t->cut && !t->dirty)
		to = l->end + 512 < len ? l->end + 512 : len;
	err = ward_zero(j, l->fd, l->end, to);
	return err == WARD_OK ? j->io->fdatasync(j->io->ctx, l->fd) : err;
}

static enum ward_err settle_lane(struct ward_journal *j, struct lane *l, struct tail *t)
{
	const struct seg *newest = &l->seg[l->n - 1];
	bool inside = t->any && t->at == l->n - 1;

	if (t->cut && inside)
		l->src = t->before;
	l->end = !inside ? WARD_SEG_HEAD : t->cut ? t->off : t->end;
	if (t->damaged)
		l->end = newest->h.len;
	j->stats.n_torn += t->dirty && !t->damaged;
	enum ward_err err = charge(j, &l->src);

	if (err != WARD_OK || newest->bad)
		return err;
	err = open_segment(j, newest, j->opt.read_only ? WARD_IO_READ : WARD_IO_WRITE, &l->fd);
	if (err != WARD_OK || j->opt.read_only)
		return err;
	if (t->any && !t->cut && t->head.commit + 1 == j->next_commit)
		err = rewrite(j, &l->seg[t->at], t);
	return err == WARD_OK ? repair(j, l, t) : err;
}

enum ward_err ward_journal_recover(struct ward_journal *j)
{
	struct listing list = {j, WARD_OK};
	struct tail *tail;
	enum ward_err err = j->io->list(j->io->ctx, each_file, &list);

	if (err == WARD_OK)
		err = list.err;
	if (err == WARD_OK && !j->opt.read_only)
		err = tidy(j);
	if (err == WARD_OK)
		err = ward_position_load(j);
	if (err != WARD_OK)
		return err;
	tail = ward_mem_alloc(j->mem, WARD_LANE_N * sizeof(*tail));
	if (!tail)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < WARD_LANE_N && err == WARD_OK; i++)
		err = scan_lane(j, &j->lane[i], &tail[i]);
	if (err == WARD_OK)
		decide(j, tail);
	for (size_t i = 0; i < WARD_LANE_N && err == WARD_OK; i++)
		if (j->lane[i].n)
			err = settle_lane(j, &j->lane[i], &tail[i]);
	if (err == WARD_OK && !j->opt.read_only)
		err = j->io->sync_dir(j->io->ctx);
	ward_mem_free(j->mem, tail, WARD_LANE_N * sizeof(*tail));
	return err;
}
