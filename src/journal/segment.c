#include "journal/priv.h"

#include <stdio.h>

static const char *const lane_names[WARD_LANE_N] = {
	[WARD_LANE_EVIDENCE] = "evidence",
	[WARD_LANE_DERIVED] = "derived",
	[WARD_LANE_TELEMETRY] = "telemetry",
	[WARD_LANE_CONTROL] = "control",
};

const char *ward_lane_name(enum ward_lane lane)
{
	WARD_ASSERT((unsigned)lane < WARD_LANE_N);
	return lane_names[lane];
}

void ward_seg_name(char ret[SEG_NAME], enum ward_lane lane, uint64_t index)
{
	int n = snprintf(
		ret, SEG_NAME, "%s-%08llx.seg", ward_lane_name(lane), (unsigned long long)index);

	WARD_ASSERT(n > 0 && n < SEG_NAME);
}

static bool hex8(struct ward_str s, uint64_t *ret)
{
	uint8_t b[4];

	if (!ward_str_unhex(s, b, sizeof(b)))
		return false;
	*ret = (uint64_t)b[0] << 24 | (uint64_t)b[1] << 16 | (uint64_t)b[2] << 8 | b[3];
	return true;
}

bool ward_seg_name_parse(struct ward_str s, enum ward_lane *ret_lane, uint64_t *ret_index)
{
	if (!ward_str_ends(s, WARD_STR(".seg")))
		return false;
	s.len -= 4;
	struct ward_str name = ward_str_cut(&s, '-');

	for (unsigned i = 0; i < WARD_LANE_N; i++) {
		if (!ward_str_eqz(name, lane_names[i]) || !hex8(s, ret_index))
			continue;
		*ret_lane = (enum ward_lane)i;
		return true;
	}
	return false;
}

void ward_spare_name(char ret[SEG_NAME], uint64_t number)
{
	int n = snprintf(ret, SEG_NAME, "spare-%08llx", (unsigned long long)(uint32_t)number);

	WARD_ASSERT(n > 0 && n < SEG_NAME);
}

bool ward_spare_name_parse(struct ward_str s, uint64_t *ret)
{
	return ward_str_starts(s, WARD_STR("spare-")) && hex8(ward_str_sub(s, 6, SIZE_MAX), ret);
}

uint64_t ward_lane_bytes(const struct lane *l)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < l->n; i++)
		sum += l->seg[i].h.len;
	return sum;
}

static uint64_t all_bytes(const struct ward_journal *j)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < WARD_LANE_N; i++)
		sum += ward_lane_bytes(&j->lane[i]);
	return sum;
}

enum ward_err ward_zero(struct ward_journal *j, int fd, uint64_t from, uint64_t to)
{
	while (from < to) {
		size_t n = to - from < IO_CHUNK ? (size_t)(to - from) : IO_CHUNK;
		enum ward_err err = j->io->pwrite(j->io->ctx, fd, ward_journal_zeros, n, from);

		if (err != WARD_OK)
			return err;
		from += n;
	}
	return WARD_OK;
}

enum ward_err ward_source_of(struct ward_journal *j, uint32_t source, struct source **ret)
{
	void *v;
	bool is_new;
	enum ward_err err = ward_tab_put(&j->sources, &source, &v, &is_new);

	if (err != WARD_OK)
		return err;
	*ret = v;
	if (is_new)
		(*ret)->quota = j->opt.source_bytes;
	return WARD_OK;
}

/* Fills WARD_SPARE_TMP with zeros and gives it a spare's name. The name is made durable by whoever
 * uses it: a lost spare is no loss. */
static enum ward_err spare_fill(struct ward_journal *j, enum ward_io_mode mode)
{
	const struct ward_io *io = j->io;
	char name[SEG_NAME];
	int fd;

	WARD_ASSERT(j->n_spare < SPARE_MAX);
	enum ward_err err = io->open(io->ctx, WARD_SPARE_TMP, mode, &fd);

	if (err != WARD_OK)
		return err;
	err = ward_zero(j, fd, 0, j->opt.segment_bytes);
	if (err == WARD_OK)
		err = io->fdatasync(io->ctx, fd);
	io->close(io->ctx, fd);
	ward_spare_name(name, j->next_spare);
	if (err == WARD_OK)
		err = io->rename(io->ctx, WARD_SPARE_TMP, name);
	if (err != WARD_OK) {
		/* Its zeros may not be on the disk: never used. If this fails too, open does it. */
		(void)io->unlink(io->ctx, WARD_SPARE_TMP);
		return err;
	}
	j->spare[j->n_spare++] = j->next_spare++;
	return WARD_OK;
}

static void tell_dropped(const struct ward_journal *j, enum ward_lane lane)
{
	const struct seg *s = j->lane[lane].seg;

	if (j->opt.dropped)
		j->opt.dropped(j->opt.dropped_ctx,
			&(struct ward_journal_dropped){.lane = lane,
				.index = s->h.index,
				.bytes = s->h.len,
				.first = s->h.base_seq,
				.last = s[1].h.base_seq ? s[1].h.base_seq - 1 : 0,
				.from = s->h.created,
				.to = s[1].h.created});
}

/* The oldest segment of a lane that has more than one: its source sums stand in the next header. */
static enum ward_err retire(struct ward_journal *j, enum ward_lane lane, bool recycle)
{
	const struct ward_io *io = j->io;
	struct lane *l = &j->lane[lane];
	char name[SEG_NAME];
	bool keep =
		recycle && j->n_spare < j->opt.spares && l->seg[0].h.len == j->opt.segment_bytes;
	struct ward_seg_sources src;
	uint8_t head[WARD_SEG_HEAD];
	size_t n = 0;
	int fd;

	WARD_ASSERT(l->n > 1);
	src.n = 0;
	ward_seg_name(name, lane, l->seg[1].h.index);
	if (!l->seg[1].bad && io->open(io->ctx, name, WARD_IO_READ, &fd) == WARD_OK) {
		struct ward_seg_head h;

		if (io->pread(io->ctx, fd, head, sizeof(head), 0, &n) != WARD_OK ||
			ward_seg_head_read(ward_slice_of(head, n), &h, &src) != WARD_OK)
			src.n = 0;
		io->close(io->ctx, fd);
	}
	tell_dropped(j, lane);
	ward_seg_name(name, lane, l->seg[0].h.index);
	enum ward_err err =
		keep ? io->rename(io->ctx, name, WARD_SPARE_TMP) : io->unlink(io->ctx, name);

	if (err != WARD_OK)
		return err;
	if (ward_position_min(j) < l->seg[1].h.base_seq - 1)
		j->stats.n_unread++;
	memmove(l->seg, l->seg + 1, --l->n * sizeof(*l->seg));
	j->stats.n_retired++;
	for (size_t i = 0; i < src.n; i++) {
		struct source *s = ward_tab_find(&j->sources, &src.source[i]);

		if (s)
			s->bytes -= src.bytes[i] < s->bytes ? src.bytes[i] : s->bytes;
	}
	/* Before the next unlink, so that no hole can come back; and before the zeros, so that no
	 * segment of that name can come back emptied. */
	err = io->sync_dir(io->ctx);
	return err == WARD_OK && keep ? spare_fill(j, WARD_IO_WRITE) : err;
}

static bool may_retire(const struct ward_journal *j, enum ward_lane lane)
{
	const struct lane *l = &j->lane[lane];

	if (l->n < 2)
		return false;
	return !j->opt.lane[lane].hold || ward_position_min(j) >= l->seg[1].h.base_seq - 1;
}

static bool over_age(const struct ward_journal *j, enum ward_lane lane, ward_ns now)
{
	const struct lane *l = &j->lane[lane];
	ward_ns retain = j->opt.lane[lane].retain, age;

	/* seg[1] was made when seg[0] was sealed */
	return retain > 0 && l->n > 1 && ward_sub(now, l->seg[1].h.created, &age) && age >= retain;
}

static bool over_bytes(const struct ward_journal *j, enum ward_lane lane, uint64_t more)
{
	uint64_t max = j->opt.lane[lane].max_bytes;

	return max && ward_lane_bytes(&j->lane[lane]) + more > max;
}

static enum ward_err retention(struct ward_journal *j, bool recycle)
{
	ward_ns now = ward_clock_now(j->clock);

	for (unsigned i = 0; i < WARD_LANE_N; i++) {
		enum ward_lane lane = (enum ward_lane)i;

		while (may_retire(j, lane) && (over_age(j, lane, now) || over_bytes(j, lane, 0))) {
			enum ward_err err = retire(j, lane, recycle);

			if (err != WARD_OK)
				return err;
		}
	}
	return WARD_OK;
}

/* FULL unless one more segment of the lane keeps all quotas. */
static enum ward_err admit_segment(struct ward_journal *j, enum ward_lane lane)
{
	uint64_t len = j->opt.segment_bytes, limit = j->opt.total_bytes;

	if (lane == WARD_LANE_TELEMETRY)
		limit -= limit / 100 * j->opt.reserve_percent;
	while (over_bytes(j, lane, len) && may_retire(j, lane)) {
		enum ward_err err = retire(j, lane, false);

		if (err != WARD_OK)
			return err;
	}
	if (over_bytes(j, lane, len) && j->lane[lane].n > 1)
		return WARD_ERR_FULL;
	if (all_bytes(j) + len <= limit)
		return WARD_OK;
	enum ward_err err = retention(j, false);

	if (err != WARD_OK)
		return err;
	return all_bytes(j) + len <= limit ? WARD_OK : WARD_ERR_FULL;
}

/* Turns the newest spare into the segment h. After a failed write it is given up: what its file
 * holds is unknown. */
static enum ward_err activate(struct ward_journal *j, const struct ward_seg_head *h,
	const struct ward_seg_sources *prev, int *ret_fd)
{
	const struct ward_io *io = j->io;
	char from[SEG_NAME], to[SEG_NAME];
	uint8_t head[WARD_SEG_HEAD];
	int fd;

	ward_spare_name(from, j->spare[--j->n_spare]);
	ward_seg_name(to, h->lane, h->index);
	ward_seg_head_write(h, prev, head);
	enum ward_err err = io->open(io->ctx, from, WARD_IO_WRITE, &fd);

	if (err != WARD_OK)
		return err;
	err = io->pwrite(io->ctx, fd, head, sizeof(head), 0);
	if (err == WARD_OK)
		err = io->fdatasync(io->ctx, fd);
	if (err != WARD_OK) {
		io->close(io->ctx, fd);
		(void)io->unlink(io->ctx, from);
		return err;
	}
	err = io->rename(io->ctx, from, to);
	if (err == WARD_OK)
		err = io->sync_dir(io->ctx);
	if (err != WARD_OK) {
		io->close(io->ctx, fd);
		j->broken = true;
		return WARD_ERR_IO;
	}
	*ret_fd = fd;
	return WARD_OK;
}

uint64_t ward_seg_tag(struct ward_journal *j)
{
	uint64_t tag = ward_siphash(j->seed, &j->n_tag, sizeof(j->n_tag)) | 1;

	j->n_tag++;
	return tag;
}

enum ward_err ward_seg_roll(struct ward_journal *j, enum ward_lane lane)
{
	struct lane *l = &j->lane[lane];
	enum ward_err err = admit_segment(j, lane);

	if (err != WARD_OK)
		return err;
	err = ward_mem_more(j->mem, (void *)&l->seg, l->n, &l->cap, sizeof(*l->seg), UINT32_MAX);
	if (err != WARD_OK)
		return err;
	if (j->n_spare == 0)
		err = spare_fill(j, WARD_IO_CREATE);
	if (err != WARD_OK)
		return err;
	struct ward_seg_head h = {
		.version = ward_seg_version(j->opt.formats),
		.lane = lane,
		.index = l->n ? l->seg[l->n - 1].h.index + 1 : 0,
		.base_seq = j->next_seq,
		.base_commit = j->next_commit,
		.created = ward_clock_now(j->clock),
		.len = j->opt.segment_bytes,
		.tag = ward_seg_tag(j),
	};
	int fd;

	err = activate(j, &h, &l->src, &fd);
	if (err != WARD_OK)
		return err;
	if (l->fd >= 0)
		j->io->close(j->io->ctx, l->fd);
	l->fd = fd;
	l->end = WARD_SEG_HEAD;
	l->seg[l->n++] = (struct seg){.h = h};
	l->src = (struct ward_seg_sources){0};
	return WARD_OK;
}

static bool idle_long(const struct ward_journal *j, enum ward_lane lane, ward_ns now)
{
	const struct lane *l = &j->lane[lane];
	const struct ward_journal_lane *o = &j->opt.lane[lane];
	ward_ns seal = o->seal ? o->seal : o->retain / 8, age;

	return (o->seal > 0 || o->retain > 0) && l->n && l->end > WARD_SEG_HEAD &&
	       ward_sub(now, l->seg[l->n - 1].h.created, &age) && age >= seal;
}

enum ward_err ward_journal_maintain(struct ward_journal *j)
{
	ward_ns now = ward_clock_now(j->clock);

	if (j->broken)
		return WARD_ERR_IO;
	if (j->opt.read_only || j->n_pending)
		return WARD_ERR_STATE;
	for (unsigned i = 0; i < WARD_LANE_N; i++) {
		if (!idle_long(j, (enum ward_lane)i, now))
			continue;
		enum ward_err err = ward_seg_roll(j, (enum ward_lane)i);

		if (err != WARD_OK && err != WARD_ERR_FULL)
			return err;
	}
	enum ward_err err = retention(j, true);

	while (err == WARD_OK && j->n_spare < j->opt.spares &&
		all_bytes(j) + (j->n_spare + 1) * j->opt.segment_bytes <= j->opt.total_bytes)
		err = spare_fill(j, WARD_IO_CREATE);
	return err;
}
