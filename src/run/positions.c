#include "run/positions.h"

#include "base/id.h"
#include "base/mem.h"
#include "base/rd.h"
#include "base/wr.h"

#include <unistd.h>

/* A copy: magic, turn, length, SHA-256 of the rest; then the entries, big-endian. */
enum {
	MAGIC = 0x57504f32,  /* "WPO2" */
	BEFORE = 0x57504f53, /* "WPOS", which had the first bytes themselves */
	SUM = 32,
	COPY_HEADER = 4 + 8 + 4 + SUM,
	ENTRY_MAX = 64 + WARD_POSITION_NAME + WARD_POSITION_HEAD + 6 * 8 + 8,
	COPY = COPY_HEADER + WARD_POSITIONS_MAX * ENTRY_MAX,
};

struct ward_id ward_position_head(uint64_t epoch, struct ward_slice bytes)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward position");
	ward_idgen_u64(&g, epoch);
	ward_idgen_bytes(&g, bytes.p, bytes.len);
	return ward_idgen_final(&g);
}

static void put(struct ward_wr *w, const struct ward_position *p)
{
	ward_wr_lv(w, ward_str_bytes(ward_str_z(p->source)));
	ward_wr_lv(w, ward_str_bytes(ward_str_z(p->name)));
	ward_wr_be64(w, p->dev);
	ward_wr_be64(w, p->ino);
	ward_wr_be64(w, p->epoch);
	ward_wr_be64(w, p->off);
	ward_wr_be32(w, p->n_head);
	ward_wr_bytes(w, p->head.b, sizeof(p->head.b));
}

static void get(struct ward_rd *r, bool before, struct ward_position *p)
{
	struct ward_slice source = ward_rd_lv(r, sizeof(p->source) - 1);
	struct ward_slice name = ward_rd_lv(r, sizeof(p->name) - 1);

	*p = (struct ward_position){.n_head = 0};
	if (source.len)
		memcpy(p->source, source.p, source.len);
	if (name.len)
		memcpy(p->name, name.p, name.len);
	p->dev = ward_rd_be64(r);
	p->ino = ward_rd_be64(r);
	p->epoch = ward_rd_be64(r);
	p->off = ward_rd_be64(r);
	if (before) {
		struct ward_slice head = ward_rd_lv(r, WARD_POSITION_HEAD);

		p->n_head = (uint32_t)head.len;
		p->head = ward_position_head(p->epoch, head);
		return;
	}
	p->n_head = ward_rd_be32(r);
	struct ward_slice head = ward_rd_bytes(r, sizeof(p->head.b));

	if (head.len)
		memcpy(p->head.b, head.p, head.len);
}

/* The copy in bytes, when it is whole and newer than what p holds. */
static void take(struct ward_positions *p, struct ward_slice bytes)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint32_t magic = ward_rd_be32(&r);
	uint64_t turn = ward_rd_be64(&r);
	uint32_t len = ward_rd_be32(&r);
	struct ward_slice sum = ward_rd_bytes(&r, SUM), body = ward_rd_bytes(&r, len);
	uint8_t real[SUM];
	size_t n = 0;

	if (ward_rd_bad(&r) || (magic != MAGIC && magic != BEFORE) || turn <= p->turn)
		return;
	ward_sha256(body, real);
	if (memcmp(real, sum.p, SUM) != 0)
		return;
	struct ward_rd b = ward_rd_slice(body);

	while (ward_rd_left(&b) && n < WARD_POSITIONS_MAX) /* each entry has bytes, or b is bad */
		get(&b, magic == BEFORE, &p->at[n++]);
	if (ward_rd_bad(&b))
		n--;
	p->n = n;
	p->turn = turn;
}

enum ward_err ward_positions_open(struct ward_positions *p, int fd)
{
	uint8_t *buf;

	*p = (struct ward_positions){.fd = fd};
	if (fd < 0)
		return WARD_OK;
	buf = ward_mem_alloc(ward_mem_heap(), COPY);
	if (!buf)
		return WARD_ERR_NOMEM;
	enum ward_err err = WARD_OK;

	for (off_t i = 0; !err && i < 2; i++) {
		ssize_t n = pread(fd, buf, COPY, i * COPY);

		if (n < 0)
			err = WARD_ERR_IO;
		else
			take(p, ward_slice_of(buf, (size_t)n));
	}
	ward_mem_free(ward_mem_heap(), buf, COPY);
	return err;
}

struct ward_position *ward_positions_add(struct ward_positions *p)
{
	if (p->n == WARD_POSITIONS_MAX)
		ward_positions_drop(p, 0);
	p->at[p->n] = (struct ward_position){.n_head = 0};
	return &p->at[p->n++];
}

void ward_positions_drop(struct ward_positions *p, size_t i)
{
	WARD_ASSERT(i < p->n);
	p->n--;
	memmove(&p->at[i], &p->at[i + 1], (p->n - i) * sizeof(p->at[0]));
}

enum ward_err ward_positions_save(struct ward_positions *p)
{
	struct ward_wr body = ward_wr_grow(ward_mem_heap(), COPY), w;
	uint8_t head[COPY_HEADER], sum[SUM];
	off_t at;
	bool ok;

	if (p->fd < 0)
		return WARD_OK;
	p->turn++;
	at = (off_t)(p->turn % 2) * COPY;
	for (size_t i = 0; i < p->n; i++)
		put(&body, &p->at[i]);
	ward_sha256(ward_wr_slice(&body), sum);
	w = ward_wr_fixed(head, sizeof(head));
	ward_wr_be32(&w, MAGIC);
	ward_wr_be64(&w, p->turn);
	ward_wr_be32(&w, (uint32_t)body.len);
	ward_wr_bytes(&w, sum, SUM);
	ok = !ward_wr_bad(&body) &&
	     (!body.len ||
		     pwrite(p->fd, body.p, body.len, at + COPY_HEADER) == (ssize_t)body.len) &&
	     pwrite(p->fd, head, w.len, at) == (ssize_t)w.len && fdatasync(p->fd) == 0;
	ward_wr_fini(&body);
	return ok ? WARD_OK : WARD_ERR_IO;
}
