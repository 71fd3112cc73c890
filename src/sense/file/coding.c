#include "sense/file/coding.h"

#include <brotli/decode.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum {
	CHUNK = 65536,
	ZLIB_WINDOW = 15,
	ZLIB_GZIP = 16,
	ZSTD_WINDOW = 23, /* RFC 9659 3: 8 MiB */
};

/* One layer. */
struct layer {
	struct ward_slice in; /* that was not taken yet */
	size_t most;          /* bytes that it may still give */
	struct ward_wr *w;
	uint8_t *room;      /* of ward_wr_room: CHUNK bytes */
	const uint8_t *odd; /* in what was taken: where bytes begin that give nothing; NULL: none */
};

static void room(struct layer *l)
{
	l->room = ward_wr_room(l->w, CHUNK);
	if (!l->room)
		abort();
}

/* So many bytes of the room were not needed. False: it gave more than it may. */
static bool gave(struct layer *l, size_t left)
{
	size_t n = CHUNK - left, more = n < l->most ? n : l->most;

	l->w->len -= CHUNK - more;
	l->most -= more;
	return n == more;
}

static void took(struct layer *l, size_t left)
{
	l->in = ward_slice_of(l->in.p + (l->in.len - left), left);
}

/* How zlib is to read what begins so; 0: it is not coded. */
static int bits_of(struct ward_slice s, bool gzip)
{
	if (s.len < 2)
		return 0;
	if (gzip && s.p[0] == 0x1f && s.p[1] == 0x8b)
		return ZLIB_WINDOW + ZLIB_GZIP;
	/* RFC 1950 2.2, which clients take for gzip too; else RFC 1951, of whose block types one is
	 * reserved. */
	if ((s.p[0] & 0x0f) == Z_DEFLATED && (s.p[0] * 256 + s.p[1]) % 31 == 0 && !(s.p[1] & 0x20))
		return ZLIB_WINDOW;
	return !gzip && (s.p[0] >> 1 & 3) != 3 ? -ZLIB_WINDOW : 0;
}

/* Up to the end of one stream; each turn takes bytes or gives some. */
static enum ward_undone inflate_one(struct layer *l, z_stream *z)
{
	for (;;) {
		uInt some = l->in.len < UINT32_MAX ? (uInt)l->in.len : UINT32_MAX;

		room(l);
		z->next_in = (z_const Bytef *)(uintptr_t)l->in.p;
		z->avail_in = some;
		z->next_out = l->room;
		z->avail_out = CHUNK;
		int rc = inflate(z, Z_NO_FLUSH);
		bool idle = z->avail_in == some && z->avail_out == CHUNK;

		took(l, l->in.len - (some - z->avail_in));
		if (!gave(l, z->avail_out))
			return WARD_UNDONE_LARGE;
		if (rc == Z_STREAM_END)
			return WARD_UNDONE_ALL;
		if (rc == Z_MEM_ERROR)
			abort();
		if ((rc != Z_OK && rc != Z_BUF_ERROR) || idle)
			return WARD_UNDONE_DAMAGED;
	}
}

/* RFC 1952 2.2: members one behind the other are one content. */
static enum ward_undone undo_zlib(struct layer *l, bool gzip)
{
	z_stream z = {.next_in = NULL};
	int bits = bits_of(l->in, gzip);
	enum ward_undone how;

	if (!bits)
		return WARD_UNDONE_PLAIN;
	if (inflateInit2(&z, bits) != Z_OK)
		abort();
	do
		how = inflate_one(l, &z);
	while (how == WARD_UNDONE_ALL && bits == ZLIB_WINDOW + ZLIB_GZIP &&
		bits_of(l->in, true) == bits && inflateReset(&z) == Z_OK);
	(void)inflateEnd(&z);
	return how;
}

static enum ward_undone undo_gzip(struct layer *l)
{
	return undo_zlib(l, true);
}

static enum ward_undone undo_deflate(struct layer *l)
{
	return undo_zlib(l, false);
}

/* Its large windows, which are no part of RFC 7932, are off unless asked for. */
static enum ward_undone undo_br(struct layer *l)
{
	BrotliDecoderState *d = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	BrotliDecoderResult rc = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
	bool fits = true;

	if (!d)
		abort();
	/* also what was decoded before it was cut off */
	while (fits &&
		(rc == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT || BrotliDecoderHasMoreOutput(d))) {
		const uint8_t *in = l->in.p;
		size_t n_in = l->in.len, n_out = CHUNK;

		room(l);
		uint8_t *out = l->room;

		rc = BrotliDecoderDecompressStream(d, &n_in, &in, &n_out, &out, NULL);
		took(l, n_in);
		fits = gave(l, n_out);
	}
	BrotliDecoderDestroyInstance(d);
	return !fits                                 ? WARD_UNDONE_LARGE
	       : rc == BROTLI_DECODER_RESULT_SUCCESS ? WARD_UNDONE_ALL
						     : WARD_UNDONE_DAMAGED;
}

static bool is_skipped(struct ward_slice s)
{
	return s.len >= 4 && (s.p[0] & 0xf0) == 0x50 && memcmp(s.p + 1, "\x2a\x4d\x18", 3) == 0;
}

/* RFC 8878 3.1: frames one behind the other are one content; some of them are skipped. */
static enum ward_undone undo_zstd(struct layer *l)
{
	bool frame = is_skipped(l->in) ||
		     (l->in.len >= 4 && memcmp(l->in.p, "\x28\xb5\x2f\xfd", 4) == 0);
	ZSTD_DStream *d = frame ? ZSTD_createDStream() : NULL;
	enum ward_undone how = WARD_UNDONE_ALL;
	size_t rc = 0; /* between frames */

	if (!frame)
		return WARD_UNDONE_PLAIN;
	if (!d || ZSTD_isError(ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, ZSTD_WINDOW)))
		abort();
	while (how == WARD_UNDONE_ALL && (l->in.len || rc)) {
		ZSTD_inBuffer in = {l->in.p, l->in.len, 0};

		if (!rc && !l->odd && is_skipped(l->in))
			l->odd = l->in.p;
		room(l);
		ZSTD_outBuffer out = {l->room, CHUNK, 0};

		rc = ZSTD_decompressStream(d, &out, &in);
		bool idle = !in.pos && !out.pos;

		took(l, l->in.len - in.pos);
		if (!gave(l, CHUNK - out.pos))
			how = WARD_UNDONE_LARGE;
		else if (ZSTD_isError(rc) || (rc && idle))
			how = WARD_UNDONE_DAMAGED;
	}
	(void)ZSTD_freeDStream(d);
	return how;
}

struct coding {
	const char *name;
	enum ward_undone (*undo)(struct layer *l);
	bool own;
};

/* Names without case (RFC 9110 8.4.1); NULL: it is not undone here. */
static const struct coding *coding_of(struct ward_str name)
{
	static const struct coding of[] = {{"gzip", undo_gzip, true}, {"x-gzip", undo_gzip, true},
		{"deflate", undo_deflate, false}, {"br", undo_br, false},
		{"zstd", undo_zstd, true}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		if (ward_str_ieq(name, ward_str_z(of[i].name)))
			return &of[i];
	return NULL;
}

static void note_name(struct ward_uncoded *u, struct ward_str name)
{
	size_t n = name.len < sizeof(u->coding) - 1 ? name.len : sizeof(u->coding) - 1;

	for (size_t i = 0; i < n; i++)
		u->coding[i] =
			name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] | 0x20) : name.p[i];
	u->coding[n] = 0;
}

/* False: no more layers. */
static bool undo_one(struct ward_uncoded *u, struct ward_str name, bool cut, size_t *most)
{
	const struct coding *c = coding_of(name);
	struct ward_wr *w = &u->w[u->n_came];
	struct layer l = {.in = u->bytes, .most = *most, .w = w};

	note_name(u, name);
	u->how = c ? c->undo(&l) : WARD_UNDONE_UNKNOWN;
	if (u->how == WARD_UNDONE_ALL && (l.in.len || l.odd))
		u->how = WARD_UNDONE_DAMAGED;
	else if (u->how == WARD_UNDONE_DAMAGED && cut && w->len && !l.in.len && !l.odd)
		u->how = WARD_UNDONE_ALL; /* that came */
	u->at = (uint64_t)((l.odd ? l.odd : l.in.p) - u->bytes.p);
	u->unpacked += *most - l.most;
	*most = l.most;
	if (u->how == WARD_UNDONE_ALL) {
		u->came[u->n_came++] = (struct ward_came){u->bytes, c->own};
		u->bytes = ward_wr_slice(w);
		return true;
	}
	u->broken = ward_wr_slice(w);
	return u->how == WARD_UNDONE_PLAIN;
}

void ward_uncode(const struct ward_coded *in, size_t most, struct ward_uncoded *ret)
{
	struct ward_str codings = in->codings;
	struct ward_str name[WARD_CODINGS_MOST];
	size_t n = 0;

	*ret = (struct ward_uncoded){.how = WARD_UNDONE_ALL, .bytes = in->bytes};
	for (size_t i = 0; i < WARD_ARRAY_LEN(ret->w); i++)
		ret->w[i] = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2);
	while (codings.len) {
		struct ward_str one = ward_str_trim(ward_str_cut(&codings, ','));

		if (!one.len || ward_str_ieq(one, WARD_STR("identity")))
			continue;
		if (n == WARD_CODINGS_MOST) {
			note_name(ret, one);
			ret->how = WARD_UNDONE_UNKNOWN;
			return;
		}
		name[n++] = one;
	}
	while (n && ret->bytes.len && undo_one(ret, name[n - 1], in->cut, &most))
		n--;
}

void ward_uncode_fini(struct ward_uncoded *u)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(u->w); i++)
		ward_wr_fini(&u->w[i]);
}
