#include "base/formats.h"
#include "journal/priv.h"

void ward_journal_options_default(struct ward_journal_options *o, const struct ward_limits *limits)
{
	*o = (struct ward_journal_options){
		.formats = ward_formats_most(),
		.total_bytes = ward_limit(limits, WARD_LIMIT_JOURNAL_BYTES),
		.segment_bytes = ward_limit(limits, WARD_LIMIT_JOURNAL_SEGMENT),
		.record_bytes = (uint32_t)ward_limit(limits, WARD_LIMIT_JOURNAL_RECORD),
		.sources = (uint32_t)ward_limit(limits, WARD_LIMIT_JOURNAL_SOURCES),
		.reserve_percent = 30,
		.spares = 1,
	};
	o->source_bytes = o->total_bytes / 4;
	for (size_t i = 0; i < WARD_LANE_N; i++)
		o->lane[i].hold = i != WARD_LANE_TELEMETRY;
}

void ward_journal_hurt(struct ward_journal *j, struct ward_journal_damage d)
{
	if (j->stats.n_damage < WARD_JOURNAL_DAMAGE_MAX)
		j->damage[j->stats.n_damage] = d;
	j->stats.n_damage++;
}

static bool options_ok(const struct ward_journal_options *o)
{
	return o->segment_bytes >= 2 * WARD_SEG_HEAD && o->segment_bytes <= 1u << 30 &&
	       o->segment_bytes % WARD_SEG_HEAD == 0 && o->total_bytes >= o->segment_bytes &&
	       o->total_bytes <= UINT64_MAX / 2 && o->record_bytes > 0 &&
	       o->reserve_percent <= 100 && o->formats >= WARD_FORMATS_LEAST &&
	       o->formats <= ward_formats_most() && o->spares <= SPARE_MAX - 1 && o->sources > 0;
}

enum ward_err ward_journal_open(const struct ward_journal_options *o, const struct ward_io *io,
	const struct ward_clock *clock, const struct ward_mem *mem, struct ward_journal **ret)
{
	if (!options_ok(o))
		return WARD_ERR_CONFIG;
	WARD_AUTO(ward_journal_closep) struct ward_journal *j = ward_mem_alloc(mem, sizeof(*j));

	if (!j)
		return WARD_ERR_NOMEM;
	j->opt = *o;
	j->io = io;
	j->clock = clock;
	j->mem = mem;
	j->next_seq = j->next_commit = 1;
	j->seed = o->seed ? (struct ward_seed){o->seed, ~o->seed} : ward_seed_random();
	ward_tab_init(&j->sources, mem, sizeof(uint32_t), sizeof(struct source), o->sources);
	j->scratch = ward_wr_grow(mem, SIZE_MAX / 2);
	for (size_t i = 0; i < WARD_LANE_N; i++) {
		j->lane[i].fd = -1;
		j->lane[i].pending = ward_wr_grow(mem, o->segment_bytes);
	}
	enum ward_err err = ward_journal_recover(j);

	if (err != WARD_OK)
		return err;
	*ret = ward_steal(j);
	return WARD_OK;
}

void ward_journal_close(struct ward_journal *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < WARD_LANE_N; i++) {
		struct lane *l = &j->lane[i];

		if (l->fd >= 0)
			j->io->close(j->io->ctx, l->fd);
		ward_mem_free(j->mem, l->seg, l->cap * sizeof(*l->seg));
		ward_wr_fini(&l->pending);
	}
	ward_wr_fini(&j->scratch);
	ward_tab_fini(&j->sources);
	ward_mem_free(j->mem, j, sizeof(*j));
}

void ward_journal_closep(struct ward_journal **j)
{
	ward_journal_close(*j);
}

static uint64_t record_bytes(const struct ward_record *r)
{
	return WARD_RECORD_HEAD + r->data.len;
}

/* Charges the first n records to their sources; on failure nothing is charged. */
static enum ward_err charge(struct ward_journal *j, const struct ward_record *rec, size_t n)
{
	size_t i = 0;
	enum ward_err err = WARD_OK;

	for (; i < n; i++) {
		struct source *s;

		if ((unsigned)rec[i].lane >= WARD_LANE_N || rec[i].data.len > j->opt.record_bytes) {
			j->stats.refused_size += n;
			err = WARD_ERR_LIMIT;
			break;
		}
		err = ward_source_of(j, rec[i].source, &s);
		if (err != WARD_OK)
			break;
		if (s->bytes + record_bytes(&rec[i]) > s->quota) {
			j->stats.refused_source += n;
			err = WARD_ERR_FULL;
			break;
		}
		s->bytes += record_bytes(&rec[i]);
	}
	if (err == WARD_OK)
		return WARD_OK;
	while (i--) {
		struct source *s = ward_tab_find(&j->sources, &rec[i].source);

		s->bytes -= record_bytes(&rec[i]);
	}
	return err;
}

static uint64_t padded(uint64_t len)
{
	return (len + WARD_BLOCK_ALIGN - 1) / WARD_BLOCK_ALIGN * WARD_BLOCK_ALIGN;
}

/* Makes sure that need more bytes of records fit the lane's newest segment with the group. */
static enum ward_err reserve(struct ward_journal *j, enum ward_lane lane, uint64_t need)
{
	struct lane *l = &j->lane[lane];
	uint64_t have = l->pending.len ? l->pending.len : WARD_BLOCK_HEAD;
	uint64_t block = padded(have + need);

	if (block > j->opt.segment_bytes - WARD_SEG_HEAD)
		return l->pending.len ? WARD_ERR_AGAIN : WARD_ERR_LIMIT;
	if (l->n && l->end + block <= l->seg[l->n - 1].h.len)
		return WARD_OK;
	/* what is in the group is in the form of the segment that it was meant for */
	if (l->pending.len && l->seg[l->n - 1].h.version != ward_seg_version(j->opt.formats))
		return WARD_ERR_AGAIN;
	return ward_seg_roll(j, lane);
}

static enum ward_err reserve_all(struct ward_journal *j, const struct ward_record *rec, size_t n)
{
	uint64_t need[WARD_LANE_N] = {0}, n_lane[WARD_LANE_N] = {0};

	for (size_t i = 0; i < n; i++) {
		need[rec[i].lane] +=
			ward_record_head(ward_seg_version(ward_formats_most())) + rec[i].data.len;
		n_lane[rec[i].lane]++;
	}
	if (n > UINT32_MAX - j->n_pending)
		return WARD_ERR_AGAIN;
	for (unsigned i = 0; i < WARD_LANE_N; i++) {
		enum ward_err err = WARD_OK;

		if (n_lane[i])
			err = reserve(j, (enum ward_lane)i, need[i]);
		if (n_lane[i])
			j->lane[i].full = err == WARD_ERR_FULL;
		if (err == WARD_ERR_FULL)
			j->stats.refused_full[i] += n;
		if (err == WARD_ERR_LIMIT)
			j->stats.refused_size += n;
		if (err != WARD_OK)
			return err;
	}
	return WARD_OK;
}

static enum ward_err encode(struct ward_journal *j, const struct ward_record *rec, size_t n)
{
	size_t mark[WARD_LANE_N];
	bool bad = false;

	for (size_t i = 0; i < WARD_LANE_N; i++)
		mark[i] = j->lane[i].pending.len;
	for (size_t i = 0; i < n; i++) {
		struct lane *l = &j->lane[rec[i].lane];

		if (l->pending.len == 0)
			ward_wr_bytes(&l->pending, ward_journal_zeros, WARD_BLOCK_HEAD);
		ward_block_record_write(&l->pending, &rec[i], j->n_pending + (uint32_t)i,
			l->seg[l->n - 1].h.version);
		bad |= ward_wr_bad(&l->pending);
	}
	for (size_t i = 0; bad && i < WARD_LANE_N; i++) {
		j->lane[i].pending.len = mark[i];
		j->lane[i].pending.bad = false;
	}
	for (size_t i = 0; !bad && i < n; i++)
		j->lane[rec[i].lane].n_pending++;
	return bad ? WARD_ERR_NOMEM : WARD_OK;
}

enum ward_err ward_journal_append(
	struct ward_journal *j, const struct ward_record *rec, size_t n, uint64_t *ret_seq)
{
	WARD_ASSERT(n > 0);
	if (j->opt.read_only)
		return WARD_ERR_STATE;
	if (j->broken)
		return WARD_ERR_IO;
	enum ward_err err = charge(j, rec, n);

	if (err != WARD_OK)
		return err;
	err = reserve_all(j, rec, n);
	if (err == WARD_OK)
		err = encode(j, rec, n);
	if (err != WARD_OK) {
		for (size_t i = 0; i < n; i++) {
			struct source *s = ward_tab_find(&j->sources, &rec[i].source);

			s->bytes -= record_bytes(&rec[i]);
		}
		return err;
	}
	*ret_seq = j->next_seq + j->n_pending;
	j->n_pending += (uint32_t)n;
	return WARD_OK;
}

/* Counts the group's records to the newest segment. A source that finds no place of its own in the
 * segment's table is charged as one of the others, there and in total, so that both agree when the
 * segment goes. */
static void settle(struct ward_journal *j, struct lane *l, const struct ward_block_head *h)
{
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&l->pending));

	ward_rd_skip(&r, WARD_BLOCK_HEAD);
	for (uint32_t i = 0; i < h->n; i++) {
		struct ward_record rec;
		struct source *s, *others;

		ward_block_record_read(&r, h, &rec);
		WARD_ASSERT(!ward_rd_bad(&r));
		uint32_t as = ward_seg_sources_add(&l->src, rec.source, record_bytes(&rec));

		j->stats.n_payload += rec.data.len;
		if (as == rec.source)
			continue;
		s = ward_tab_find(&j->sources, &rec.source);
		if (s)
			s->bytes -= record_bytes(&rec);
		/* Without memory for the entry the bytes go uncounted: in the producer's favour. */
		if (ward_source_of(j, as, &others) == WARD_OK)
			others->bytes += record_bytes(&rec);
	}
}

static enum ward_err write_block(struct ward_journal *j, struct lane *l, struct ward_block_head *h)
{
	while (l->pending.len % WARD_BLOCK_ALIGN)
		ward_wr_u8(&l->pending, 0);
	if (ward_wr_bad(&l->pending))
		return WARD_ERR_NOMEM;
	h->tag = l->seg[l->n - 1].h.tag;
	h->version = l->seg[l->n - 1].h.version;
	h->n = l->n_pending;
	ward_block_seal(h, l->pending.p, l->pending.len);
	return j->io->pwrite(j->io->ctx, l->fd, l->pending.p, l->pending.len, l->end);
}

/* Writes every lane's block, then syncs every lane: no lane's block counts before all are down,
 * since each names the lanes of its commit. */
static enum ward_err write_group(struct ward_journal *j, struct ward_block_head head[WARD_LANE_N])
{
	enum ward_err err = WARD_OK;

	for (unsigned i = 0; i < WARD_LANE_N && err == WARD_OK; i++) {
		head[i] = head[0];
		head[i].lane = (uint8_t)i;
		if (j->lane[i].n_pending)
			err = write_block(j, &j->lane[i], &head[i]);
	}
	for (unsigned i = 0; i < WARD_LANE_N && err == WARD_OK; i++)
		if (j->lane[i].n_pending)
			err = j->io->fdatasync(j->io->ctx, j->lane[i].fd);
	return err;
}

enum ward_err ward_journal_commit(struct ward_journal *j)
{
	struct ward_block_head head[WARD_LANE_N] = {{
		.commit = j->next_commit,
		.first_seq = j->next_seq,
		.n_commit = j->n_pending,
		.time = ward_clock_now(j->clock),
	}};

	if (j->opt.read_only)
		return WARD_ERR_STATE;
	if (j->broken)
		return WARD_ERR_IO;
	if (j->n_pending == 0)
		return WARD_OK;
	for (unsigned i = 0; i < WARD_LANE_N; i++) {
		const struct lane *l = &j->lane[i];

		if (l->n_pending)
			head[0].mask |= (uint8_t)(1u << i);
		if (l->n)
			head[0].end[i] = ward_seg_pos(l->seg[l->n - 1].h.index, l->end);
	}
	if (write_group(j, head) != WARD_OK) {
		j->broken = true;
		return WARD_ERR_IO;
	}
	for (unsigned i = 0; i < WARD_LANE_N; i++) {
		struct lane *l = &j->lane[i];

		if (!l->n_pending)
			continue;
		settle(j, l, &head[i]);
		l->end += l->pending.len;
		l->n_pending = 0;
		ward_wr_reset(&l->pending);
	}
	j->stats.n_record += j->n_pending;
	j->stats.n_commit++;
	j->next_seq += j->n_pending;
	j->next_commit++;
	j->n_pending = 0;
	return WARD_OK;
}

uint64_t ward_journal_next(const struct ward_journal *j)
{
	return j->next_seq;
}

enum ward_err ward_journal_skip(struct ward_journal *j, uint64_t seq)
{
	if (j->opt.read_only || j->n_pending || seq < j->next_seq)
		return WARD_ERR_STATE;
	j->next_seq = seq;
	return WARD_OK;
}

enum ward_err ward_journal_quota(struct ward_journal *j, uint32_t source, uint64_t bytes)
{
	struct source *s;
	enum ward_err err = ward_source_of(j, source, &s);

	if (err == WARD_OK)
		s->quota = bytes;
	return err;
}

void ward_journal_stats(const struct ward_journal *j, struct ward_journal_stats *ret)
{
	*ret = j->stats;
	ret->bytes = j->n_spare * j->opt.segment_bytes;
	for (size_t i = 0; i < WARD_LANE_N; i++) {
		ret->n_segment[i] = j->lane[i].n;
		ret->bytes += ward_lane_bytes(&j->lane[i]);
		ret->full |= j->lane[i].full;
	}
}

const struct ward_journal_damage *ward_journal_damage(const struct ward_journal *j, size_t i)
{
	WARD_ASSERT(i < WARD_JOURNAL_DAMAGE_MAX && i < j->stats.n_damage);
	return &j->damage[i];
}
