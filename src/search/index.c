#include "search/index.h"

#include "base/rd.h"

#include "journal/crc32c.h"

#include <stdio.h>

#define MAGIC "WARDSIDX"

enum { VERSION = 1, HEAD = 64, TAIL = 4, PROBES = 7, FILTER_MIN = 64, NAMES_MAX = 1024 };

void ward_index_maker_init(struct ward_index_maker *m, const struct ward_mem *mem)
{
	*m = (struct ward_index_maker){.first = INT64_MAX, .last = INT64_MIN, .begun = true};
	ward_tab_init(&m->terms, mem, sizeof(uint64_t), 0, WARD_INDEX_TERMS_MAX);
}

void ward_index_maker_fini(struct ward_index_maker *m)
{
	if (m->begun)
		ward_tab_fini(&m->terms);
	m->begun = false;
}

static void add(void *ctx, enum ward_term_kind kind, struct ward_slice bytes)
{
	struct ward_index_maker *m = ctx;
	uint64_t hash = ward_term_hash(kind, bytes);
	void *unused;

	if (!m->full && ward_tab_put(&m->terms, &hash, &unused, NULL) != WARD_OK)
		m->full = true;
}

void ward_index_maker_add(
	struct ward_index_maker *m, const struct ward_event *e, const struct ward_names *names)
{
	m->n_event++;
	if (e->time < m->first)
		m->first = e->time;
	if (e->time > m->last)
		m->last = e->time;
	if (!m->full)
		ward_terms_of(e, names, add, m);
}

/* The k-th bit of a hash in a filter of so many bits, a power of two (Kirsch, Mitzenmacher 2008:
 * two halves make all probes). */
static uint64_t probe(uint64_t hash, unsigned k, uint64_t n_bit)
{
	uint64_t a = hash & UINT32_MAX, b = hash >> 32 | 1;

	return (a + k * b) & (n_bit - 1);
}

/* About ten bits a term: then one of a hundred absent ones is taken for present. */
static size_t filter_bytes(size_t n_term)
{
	size_t n = FILTER_MIN;

	while (n < WARD_INDEX_FILTER_MAX && n * 8 < n_term * 10)
		n *= 2;
	return n;
}

static void write_filter(const struct ward_index_maker *m, uint8_t *p, size_t len)
{
	const void *key;
	void *unused;
	size_t at = 0;

	memset(p, 0, len);
	while (ward_tab_next(&m->terms, &at, &key, &unused)) {
		uint64_t hash;

		memcpy(&hash, key, sizeof(hash));
		for (unsigned k = 0; k < PROBES; k++) {
			uint64_t bit = probe(hash, k, len * 8);

			p[bit / 8] = (uint8_t)(p[bit / 8] | 1u << bit % 8);
		}
	}
}

void ward_index_write(
	const struct ward_index_maker *m, const struct ward_look_seg *s, struct ward_wr *w)
{
	size_t len = m->full ? 0 : filter_bytes(m->terms.n);

	ward_wr_z(w, MAGIC);
	ward_wr_le32(w, VERSION);
	ward_wr_le32(w, (uint32_t)s->lane);
	ward_wr_le64(w, s->index);
	ward_wr_le64(w, s->tag);
	ward_wr_le64(w, m->n_event);
	ward_wr_le64(w, (uint64_t)m->first);
	ward_wr_le64(w, (uint64_t)m->last);
	ward_wr_le64(w, len);
	uint8_t *p = len ? ward_wr_room(w, len) : NULL;

	if (p)
		write_filter(m, p, len);
	if (!ward_wr_bad(w))
		ward_wr_le32(w, ward_crc32c(0, w->p, w->len));
}

enum ward_err ward_index_read(
	struct ward_slice file, const struct ward_look_seg *s, struct ward_index *ret)
{
	struct ward_rd r = ward_rd_slice(file);
	struct ward_slice magic = ward_rd_bytes(&r, 8);
	uint32_t version = ward_rd_le32(&r), lane = ward_rd_le32(&r);
	uint64_t index = ward_rd_le64(&r), tag = ward_rd_le64(&r);
	struct ward_index ix = {.n_event = ward_rd_le64(&r)};

	ix.first = (ward_ns)ward_rd_le64(&r);
	ix.last = (ward_ns)ward_rd_le64(&r);
	uint64_t len = ward_rd_le64(&r);

	if (ward_rd_bad(&r) || memcmp(magic.p, MAGIC, 8) != 0)
		return WARD_ERR_FOREIGN;
	if (version != VERSION)
		return WARD_ERR_VERSION;
	if (lane != (uint32_t)s->lane || index != s->index || tag != s->tag)
		return WARD_ERR_FOREIGN;
	if (len > WARD_INDEX_FILTER_MAX || (len && (len < FILTER_MIN || len & (len - 1))))
		return WARD_ERR_MALFORMED;
	ix.filter = ward_rd_bytes(&r, (size_t)len);
	uint32_t crc = ward_rd_le32(&r);

	if (ward_rd_bad(&r) || ward_rd_left(&r))
		return WARD_ERR_MALFORMED;
	if (crc != ward_crc32c(0, file.p, file.len - TAIL))
		return WARD_ERR_CORRUPT;
	*ret = ix;
	return WARD_OK;
}

bool ward_index_may_hold(const struct ward_index *ix, uint64_t hash)
{
	if (!ix->n_event)
		return false;
	for (unsigned k = 0; ix->filter.len && k < PROBES; k++) {
		uint64_t bit = probe(hash, k, ix->filter.len * 8);

		if (!(ix->filter.p[bit / 8] >> bit % 8 & 1))
			return false;
	}
	return true;
}

void ward_index_name(char ret[WARD_INDEX_NAME], const struct ward_look_seg *s)
{
	int n = snprintf(ret, WARD_INDEX_NAME, "%s-%08llx.idx", ward_lane_name(s->lane),
		(unsigned long long)(s->index & UINT32_MAX));

	WARD_ASSERT(n > 0 && n < WARD_INDEX_NAME);
}

enum ward_err ward_index_load(const struct ward_io *io, const struct ward_look_seg *s,
	struct ward_wr *w, struct ward_index *ret)
{
	char name[WARD_INDEX_NAME];
	uint64_t size = 0;
	uint8_t *p = NULL;
	size_t n = 0;
	int fd;

	ward_index_name(name, s);
	ward_wr_reset(w);
	enum ward_err err = io->open(io->ctx, name, WARD_IO_READ, &fd);

	if (err)
		return err;
	err = io->size(io->ctx, fd, &size);
	if (!err && size > HEAD + WARD_INDEX_FILTER_MAX + TAIL)
		err = WARD_ERR_LIMIT;
	if (!err && size < HEAD + TAIL)
		err = WARD_ERR_FOREIGN;
	if (!err) {
		p = ward_wr_room(w, (size_t)size);
		err = p ? io->pread(io->ctx, fd, p, (size_t)size, 0, &n) : WARD_ERR_NOMEM;
	}
	io->close(io->ctx, fd);
	return err ? err : ward_index_read(ward_slice_of(p, n), s, ret);
}

enum ward_err ward_index_save(const struct ward_io *io, const struct ward_look_seg *s,
	struct ward_slice bytes, uint32_t who)
{
	char name[WARD_INDEX_NAME], tmp[WARD_INDEX_NAME];
	int fd, n = snprintf(tmp, sizeof(tmp), "new-%u.tmp", (unsigned)who);

	WARD_ASSERT(n > 0 && n < WARD_INDEX_NAME);
	ward_index_name(name, s);
	enum ward_err err = io->open(io->ctx, tmp, WARD_IO_CREATE, &fd);

	if (err)
		return err;
	err = io->pwrite(io->ctx, fd, bytes.p, bytes.len, 0);
	io->close(io->ctx, fd);
	if (!err)
		err = io->rename(io->ctx, tmp, name);
	if (err)
		(void)io->unlink(io->ctx, tmp);
	return err;
}

struct listing {
	const struct ward_look *l;
	char gone[NAMES_MAX][WARD_INDEX_NAME];
	size_t n;
};

static bool in_journal(const struct ward_look *l, const char *name)
{
	size_t n = (size_t)ward_look_stats(l).n_segment;
	char of[WARD_INDEX_NAME];

	for (size_t i = 0; i < n; i++) {
		ward_index_name(of, ward_look_segment(l, i));
		if (strcmp(of, name) == 0)
			return true;
	}
	return false;
}

static void each_file(void *arg, const char *name)
{
	struct listing *g = arg;
	struct ward_str s = ward_str_z(name);
	bool ours = ward_str_ends(s, WARD_STR(".idx")) ||
		    (ward_str_starts(s, WARD_STR("new-")) && ward_str_ends(s, WARD_STR(".tmp")));

	if (ours && g->n < NAMES_MAX && s.len < WARD_INDEX_NAME && !in_journal(g->l, name))
		memcpy(g->gone[g->n++], name, s.len + 1);
}

void ward_index_prune(const struct ward_io *io, const struct ward_look *l)
{
	struct listing g = {.l = l};

	if (io->list(io->ctx, each_file, &g) != WARD_OK)
		return;
	for (size_t i = 0; i < g.n; i++)
		(void)io->unlink(io->ctx, g.gone[i]);
}
