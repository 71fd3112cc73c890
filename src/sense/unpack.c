#include "sense/unpack.h"

#include <lzma.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

enum {
	ZSTD_WINDOW_LOG_MAX = 27,  /* 128 MiB: what `zstd --long` makes, and RFC 8878 allows for */
	XZ_MEMORY_MAX = 128 << 20, /* `xz -9` needs 65 MiB */
	RATIO_FROM = 16 << 20,     /* smaller output is no danger, however small its input */
	GZIP_WINDOW = 15 + 16,     /* zlib: 32 KiB, gzip's header only */
};

struct ward_unpack {
	const struct ward_mem *mem;
	enum ward_packing packing;
	union {
		z_stream z;
		lzma_stream x;
		ZSTD_DCtx *s;
	};
	uint64_t size_max, ratio_max;
	uint64_t in, out; /* bytes so far */
	bool inside;      /* of a member or frame */
	bool begun;       /* there was one */
	bool closed;
	enum ward_unpack_fault fault;
};

static const struct {
	const char *counter, *text;
} faults[] = {
#define X(NAME, counter, what) {counter, what},
	WARD_UNPACK_LIST(X)
#undef X
};

const char *ward_unpack_counter(enum ward_unpack_fault fault)
{
	return faults[fault].counter;
}

const char *ward_unpack_text(enum ward_unpack_fault fault)
{
	return faults[fault].text;
}

static const struct {
	struct ward_str magic;
	enum ward_packing packing;
} magics[] = {
	{{"\x1f\x8b\x08", 3}, WARD_PACKING_GZIP},
	{{"\x28\xb5\x2f\xfd", 4}, WARD_PACKING_ZSTD},
	{{"\xfd\x37zXZ\0", 6}, WARD_PACKING_XZ},
};

enum ward_packing ward_unpack_sniff(struct ward_slice head)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(magics); i++)
		if (ward_str_starts(ward_slice_text(head), magics[i].magic))
			return magics[i].packing;
	return WARD_PACKING_NONE;
}

static bool begin(struct ward_unpack *u)
{
	switch (u->packing) {
	case WARD_PACKING_GZIP:
		return inflateInit2(&u->z, GZIP_WINDOW) == Z_OK;
	case WARD_PACKING_XZ:
		u->x = (lzma_stream)LZMA_STREAM_INIT;
		return lzma_stream_decoder(&u->x, XZ_MEMORY_MAX, LZMA_CONCATENATED) == LZMA_OK;
	case WARD_PACKING_ZSTD:
		u->s = ZSTD_createDCtx();
		return u->s && !ZSTD_isError(ZSTD_DCtx_setParameter(
				       u->s, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX));
	case WARD_PACKING_NONE:
		break;
	}
	return false;
}

static void end_library(struct ward_unpack *u)
{
	if (u->packing == WARD_PACKING_GZIP)
		(void)inflateEnd(&u->z);
	else if (u->packing == WARD_PACKING_XZ)
		lzma_end(&u->x);
	else
		(void)ZSTD_freeDCtx(u->s);
}

enum ward_err ward_unpack_new(const struct ward_mem *mem, enum ward_packing packing,
	const struct ward_limits *lim, struct ward_unpack **ret)
{
	struct ward_unpack *u = ward_mem_alloc(mem, sizeof(*u));

	WARD_ASSERT(packing != WARD_PACKING_NONE);
	if (!u)
		return WARD_ERR_NOMEM;
	u->mem = mem;
	u->packing = packing;
	u->size_max = lim->v[WARD_LIMIT_INPUT_UNPACKED];
	u->ratio_max = lim->v[WARD_LIMIT_INPUT_RATIO];
	if (!begin(u)) {
		ward_unpack_free(u);
		return WARD_ERR_NOMEM;
	}
	*ret = u;
	return WARD_OK;
}

void ward_unpack_free(struct ward_unpack *u)
{
	if (!u)
		return;
	end_library(u);
	ward_mem_free(u->mem, u, sizeof(*u));
}

enum ward_unpack_fault ward_unpack_fault(const struct ward_unpack *u)
{
	return u->fault;
}

uint64_t ward_unpack_off(const struct ward_unpack *u)
{
	return u->in;
}

static enum ward_err fail(struct ward_unpack *u, enum ward_unpack_fault fault)
{
	u->fault = fault;
	u->closed = true;
	return WARD_ERR_CLOSED;
}

/* One turn of a library. *ret_done: a member or frame ended. */
struct turn {
	struct ward_slice in;
	uint8_t *out;
	size_t cap, used, n;
	bool end, done;
};

static enum ward_err gzip(struct ward_unpack *u, struct turn *t)
{
	z_stream *z = &u->z;
	int rc;

	/* a member ended before: another one, or the end */
	if (!u->inside && u->begun && inflateReset(z) != Z_OK)
		return WARD_ERR_NOMEM;
	z->next_in = t->in.p;
	z->avail_in = (uInt)t->in.len;
	z->next_out = t->out;
	z->avail_out = (uInt)t->cap;
	rc = inflate(z, Z_NO_FLUSH);
	t->used = t->in.len - z->avail_in;
	t->n = t->cap - z->avail_out;
	t->done = rc == Z_STREAM_END;
	if (rc == Z_MEM_ERROR)
		return WARD_ERR_NOMEM;
	return rc == Z_OK || rc == Z_BUF_ERROR || rc == Z_STREAM_END ? WARD_OK : WARD_ERR_MALFORMED;
}

static enum ward_err xz(struct ward_unpack *u, struct turn *t)
{
	lzma_stream *x = &u->x;
	lzma_ret rc;

	x->next_in = t->in.p;
	x->avail_in = t->in.len;
	x->next_out = t->out;
	x->avail_out = t->cap;
	rc = lzma_code(x, t->end ? LZMA_FINISH : LZMA_RUN);
	t->used = t->in.len - x->avail_in;
	t->n = t->cap - x->avail_out;
	t->done = rc == LZMA_STREAM_END;
	if (rc == LZMA_MEM_ERROR)
		return WARD_ERR_NOMEM;
	if (rc == LZMA_MEMLIMIT_ERROR)
		return WARD_ERR_LIMIT;
	return rc == LZMA_OK || rc == LZMA_BUF_ERROR || rc == LZMA_STREAM_END ? WARD_OK
									      : WARD_ERR_MALFORMED;
}

static enum ward_err zstd(struct ward_unpack *u, struct turn *t)
{
	ZSTD_inBuffer in = {t->in.p, t->in.len, 0};
	ZSTD_outBuffer out = {t->out, t->cap, 0};
	size_t rc = ZSTD_decompressStream(u->s, &out, &in);

	t->used = in.pos;
	t->n = out.pos;
	t->done = rc == 0;
	if (!ZSTD_isError(rc))
		return WARD_OK;
	/* its text is stable, its codes are not part of the stable interface */
	struct ward_str why = ward_str_z(ZSTD_getErrorName(rc));

	return ward_str_find(why, WARD_STR("memory")) != SIZE_MAX ? WARD_ERR_LIMIT
								  : WARD_ERR_MALFORMED;
}

static enum ward_err one_turn(struct ward_unpack *u, struct turn *t)
{
	switch (u->packing) {
	case WARD_PACKING_GZIP:
		return gzip(u, t);
	case WARD_PACKING_XZ:
		return xz(u, t);
	case WARD_PACKING_ZSTD:
		return zstd(u, t);
	case WARD_PACKING_NONE:
		break;
	}
	return WARD_ERR_MALFORMED;
}

/* What stands behind the last member: another one begins with its magic (or, as `gzip` says of
 * padding, is left out). */
static bool goes_on(const struct ward_unpack *u, struct ward_slice in)
{
	enum ward_packing p = ward_unpack_sniff(in);
	/* zstd: skippable frames, RFC 8878 3.1.2 */
	bool skippable = u->packing == WARD_PACKING_ZSTD && in.len >= 4 &&
			 (in.p[0] & 0xf0) == 0x50 && in.p[1] == 0x2a && in.p[2] == 0x4d &&
			 in.p[3] == 0x18;

	return p == u->packing || skippable;
}

enum ward_err ward_unpack_some(struct ward_unpack *u, struct ward_slice in, bool end, uint8_t *out,
	size_t cap, size_t *ret_used, size_t *ret_n)
{
	enum { TURN_MAX = 1 << 20, MAGIC_MAX = 6 };
	struct turn t = {.in = ward_slice_of(in.p, in.len < TURN_MAX ? in.len : TURN_MAX),
		.out = out,
		.cap = cap < TURN_MAX ? cap : TURN_MAX,
		.end = end && in.len <= TURN_MAX};
	enum ward_err err;

	*ret_used = *ret_n = 0;
	if (u->closed)
		return WARD_ERR_CLOSED;
	if (!u->inside && u->begun) {
		if (in.len < MAGIC_MAX && !end)
			return WARD_OK;
		if (!in.len || !goes_on(u, in))
			return fail(u, in.len ? WARD_UNPACK_TRAIL : WARD_UNPACK_GOOD);
	}
	err = one_turn(u, &t);
	if (err == WARD_ERR_NOMEM)
		return err;
	u->in += t.used;
	u->out += t.n;
	*ret_used = t.used;
	*ret_n = t.n;
	if (err)
		return fail(u, err == WARD_ERR_LIMIT ? WARD_UNPACK_WINDOW : WARD_UNPACK_DATA);
	if (u->out > u->size_max)
		return fail(u, WARD_UNPACK_SIZE);
	if (u->out > RATIO_FROM && u->out / u->ratio_max > u->in)
		return fail(u, WARD_UNPACK_RATIO);
	u->begun = true;
	u->inside = !t.done;
	if (u->inside && !t.used && !t.n && end && t.end)
		return fail(u, WARD_UNPACK_SHORT);
	return WARD_OK;
}
