#include "journal/priv.h"

/* Where a cursor stands in one lane. */
struct at {
	uint64_t index, off; /* the next block */
	int fd;              /* of segment fd_index; -1: none */
	uint64_t fd_index, fd_tag;
	struct ward_wr block;
	struct ward_block_head h;
	struct ward_rd rd;
	uint32_t left;    /* records left in the block */
	uint64_t end_seq; /* no later block begins before */
	bool have;
	struct ward_record rec;
	bool holed; /* damage was passed over: numbers may be missing before the next record */
};

struct ward_journal_cursor {
	struct ward_journal *j;
	uint64_t next; /* the sequence wanted */
	struct at at[WARD_LANE_N];
	bool bad;
	bool forgive; /* the next hole in the sequence was reported and is skipped */
	struct ward_journal_damage damage;
	uint64_t skip_off; /* in damage's segment; UINT64_MAX: the rest of it; 0: only a hole */
	uint64_t n_gone, n_lost;
	uint64_t commit,
		commit_end; /* the newest that was met, and the number behind it; 0: none */
};

/* The first segment with this index or a later one, or l->n. */
static size_t seg_at(const struct lane *l, uint64_t index)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->seg[mid].h.index < index)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

enum ward_err ward_journal_cursor_open(
	struct ward_journal *j, uint64_t from, struct ward_journal_cursor **ret)
{
	struct ward_journal_cursor *c = ward_mem_alloc(j->mem, sizeof(*c));

	if (!c)
		return WARD_ERR_NOMEM;
	c->j = j;
	c->next = from ? from : 1;
	for (size_t i = 0; i < WARD_LANE_N; i++) {
		const struct lane *l = &j->lane[i];
		struct at *a = &c->at[i];

		a->fd = -1;
		a->off = WARD_SEG_HEAD;
		a->block = ward_wr_grow(j->mem, SIZE_MAX / 2);
		for (size_t k = 0; k < l->n; k++)
			if (!l->seg[k].bad && l->seg[k].h.base_seq <= c->next)
				a->index = l->seg[k].h.index;
	}
	*ret = c;
	return WARD_OK;
}

void ward_journal_cursor_close(struct ward_journal_cursor *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < WARD_LANE_N; i++) {
		if (c->at[i].fd >= 0)
			c->j->io->close(c->j->io->ctx, c->at[i].fd);
		ward_wr_fini(&c->at[i].block);
	}
	ward_mem_free(c->j->mem, c, sizeof(*c));
}

static enum ward_err use_segment(struct ward_journal *j, struct at *a, const struct seg *s)
{
	char name[SEG_NAME];

	if (a->fd >= 0 && a->fd_index == s->h.index && a->fd_tag == s->h.tag)
		return WARD_OK; /* another tag: it was written anew, with the same places */
	if (a->fd >= 0)
		j->io->close(j->io->ctx, a->fd);
	a->fd = -1;
	a->fd_index = s->h.index;
	a->fd_tag = s->h.tag;
	ward_seg_name(name, s->h.lane, s->h.index);
	return j->io->open(j->io->ctx, name, WARD_IO_READ, &a->fd);
}

static enum ward_err damaged(struct ward_journal_cursor *c, const struct seg *s, uint64_t off,
	uint64_t skip_off, const char *what)
{
	c->damage = (struct ward_journal_damage){s->h.lane, s->h.index, off, what};
	c->skip_off = skip_off;
	return WARD_ERR_CORRUPT;
}

/* No block begins at a->off: the end of the segment, or damage. *ret_end when the former. */
static enum ward_err no_block(struct ward_journal_cursor *c, struct at *a, const struct seg *s,
	uint64_t limit, bool *ret_end)
{
	bool dirty;
	uint64_t next;
	enum ward_err err = ward_block_find(c->j->io, a->fd, s, a->off, &a->block, &next, &dirty);

	if (err != WARD_OK)
		return err;
	*ret_end = next == UINT64_MAX && !dirty && limit == s->h.len;
	return *ret_end ? WARD_OK : damaged(c, s, a->off, next, "a block that fails its checksum");
}

/* Loads the lane's next block. AGAIN at its committed end. */
static enum ward_err next_block(struct ward_journal_cursor *c, const struct lane *l, struct at *a)
{
	for (;;) {
		size_t i = seg_at(l, a->index);

		if (i == l->n)
			return WARD_ERR_AGAIN;
		const struct seg *s = &l->seg[i];
		bool newest = i == l->n - 1, end = false;
		uint64_t limit = newest ? l->end : s->h.len;

		if (s->h.index != a->index) {
			a->index = s->h.index;
			a->off = WARD_SEG_HEAD;
		}
		if (s->bad)
			return damaged(c, s, 0, UINT64_MAX, "the segment's header can't be read");
		if (a->off < limit) {
			enum ward_err err = use_segment(c->j, a, s);

			if (err == WARD_OK)
				err = ward_block_load(c->j->io, a->fd, s, a->off, &a->block, &a->h);
			if (err == WARD_OK && a->h.first_seq < a->end_seq)
				return damaged(c, s, a->off, a->off + a->h.len,
					"a block that is out of order");
			if (err == WARD_OK) {
				a->off += a->h.len;
				a->end_seq = a->h.first_seq + a->h.n_commit;
				return WARD_OK;
			}
			if (!ward_damage_err(err))
				return err;
			err = no_block(c, a, s, limit, &end);
			if (err != WARD_OK)
				return err;
		}
		if (newest)
			return WARD_ERR_AGAIN;
		a->index++;
		a->off = WARD_SEG_HEAD;
	}
}

static void meet(struct ward_journal_cursor *c, const struct ward_block_head *h)
{
	if (h->commit <= c->commit)
		return;
	c->commit = h->commit;
	c->commit_end = h->first_seq + h->n_commit;
}

static enum ward_err load(struct ward_journal_cursor *c, size_t lane)
{
	struct at *a = &c->at[lane];

	while (!a->have) {
		if (a->left == 0) {
			enum ward_err err = next_block(c, &c->j->lane[lane], a);

			if (err != WARD_OK)
				return err;
			/* Blocks that end before the wanted sequence are not walked. */
			if (a->h.first_seq + a->h.n_commit <= c->next) {
				meet(c, &a->h);
				continue;
			}
			a->left = a->h.n;
			a->rd = ward_rd_slice(ward_wr_slice(&a->block));
			ward_rd_skip(&a->rd, WARD_BLOCK_HEAD);
		}
		a->left--;
		ward_block_record_read(&a->rd, &a->h, &a->rec);
		a->have = a->rec.seq >= c->next;
	}
	return WARD_OK;
}

/* Every record before this one that is not there was in the lane's dropped segments, perhaps. */
static uint64_t retained_from(const struct ward_journal *j)
{
	uint64_t from = 0;

	for (size_t i = 0; i < WARD_LANE_N; i++) {
		const struct lane *l = &j->lane[i];

		if (l->n && l->seg[0].h.index && !l->seg[0].bad && l->seg[0].h.base_seq > from)
			from = l->seg[0].h.base_seq;
	}
	return from;
}

/* Commits are numbered without gaps: when the one before is done with, what is missing before the
 * next one's first number was never given (ward_journal_skip). */
static void pass_skipped(struct ward_journal_cursor *c, const struct at *a)
{
	if (a->h.commit != c->commit + 1 || (c->commit && c->next < c->commit_end) ||
		a->h.first_seq <= c->next)
		return;
	c->n_gone += a->h.first_seq - c->next;
	c->next = a->h.first_seq;
}

/* Steps over the numbers before target that no lane has, if there is a reason. */
static enum ward_err close_gap(struct ward_journal_cursor *c, uint64_t target, struct at *a)
{
	if (a)
		pass_skipped(c, a);

	uint64_t from = retained_from(c->j);
	bool holed = c->forgive;

	if (from > c->next) {
		uint64_t to = from < target ? from : target;

		c->n_gone += to - c->next;
		c->next = to;
	}
	for (size_t i = 0; i < WARD_LANE_N; i++)
		holed |= c->at[i].holed;
	if (c->next < target && holed) {
		c->n_lost += target - c->next;
		c->next = target;
		c->forgive = false;
	}
	if (c->next == target)
		return WARD_OK;
	c->bad = true;
	c->skip_off = 0;
	c->damage = (struct ward_journal_damage){a ? a->rec.lane : WARD_LANE_EVIDENCE,
		a ? a->index : 0, a ? a->off : 0, "sequence numbers are missing before this place"};
	return WARD_ERR_CORRUPT;
}

enum ward_err ward_journal_next_record(struct ward_journal_cursor *c, struct ward_record *ret)
{
	struct at *min = NULL;
	bool corrupt = false;

	if (c->bad)
		return WARD_ERR_CORRUPT;
	for (size_t i = 0; i < WARD_LANE_N; i++) {
		enum ward_err err = load(c, i);

		if (err == WARD_ERR_CORRUPT)
			corrupt = true;
		else if (err != WARD_OK && err != WARD_ERR_AGAIN)
			return err;
		if (err == WARD_OK && (!min || c->at[i].rec.seq < min->rec.seq))
			min = &c->at[i];
	}
	/* What is next in the sequence is good, whatever another lane has lost. */
	if (corrupt && !(min && min->rec.seq == c->next)) {
		c->bad = true;
		return WARD_ERR_CORRUPT;
	}
	uint64_t target = min ? min->rec.seq : c->j->next_seq;

	if (target > c->next) {
		enum ward_err err = close_gap(c, target, min);

		if (err != WARD_OK)
			return err;
	}
	if (!min)
		return WARD_ERR_AGAIN;
	*ret = min->rec;
	meet(c, &min->h);
	min->have = false;
	min->holed = false;
	c->next = min->rec.seq + 1;
	return WARD_OK;
}

void ward_journal_cursor_skip(struct ward_journal_cursor *c)
{
	struct at *a = &c->at[c->damage.lane];

	if (!c->bad)
		return;
	c->bad = false;
	if (c->skip_off == 0) {
		c->forgive = true;
		return;
	}
	a->holed = true;
	a->off = c->skip_off;
	if (c->skip_off == UINT64_MAX) {
		a->index = c->damage.index + 1;
		a->off = WARD_SEG_HEAD;
	}
}

const struct ward_journal_damage *ward_journal_cursor_damage(const struct ward_journal_cursor *c)
{
	return &c->damage;
}

uint64_t ward_journal_cursor_gone(const struct ward_journal_cursor *c)
{
	return c->n_gone;
}

uint64_t ward_journal_cursor_lost(const struct ward_journal_cursor *c)
{
	return c->n_lost;
}
