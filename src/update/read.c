#include "update/update.h"

#include <errno.h>
#include <sodium.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

#define ANEW WARD_TEXT("do not use this bundle: get it from its maker anew")

struct reading {
	const struct ward_update_in *in;
	const struct ward_update_take *take;
	int fd;
	struct ward_str at; /* the member that is being read */
	struct ward_update u;
	struct ward_wr whole; /* a member that is read whole */
	uint8_t piece[PIECE];
};

/* Up to n bytes; fewer only at the file's end. */
static enum ward_err some(const struct reading *r, uint8_t *to, size_t n, size_t *ret)
{
	size_t got = 0;

	while (got < n) {
		ssize_t k = read(r->fd, to + got, n - got);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return WARD_ERR_IO;
		if (!k)
			break;
		got += (size_t)k;
	}
	*ret = got;
	return WARD_OK;
}

static enum ward_err all(const struct reading *r, uint8_t *to, size_t n)
{
	size_t got = 0;
	enum ward_err err = some(r, to, n, &got);

	if (err || got == n)
		return err;
	return ward_update_bad(r->in, WARD_TEXT("it ends in the middle of '%.*s'\n%s"),
		WARD_STR_ARG(r->at),
		WARD_TEXT("copy the bundle once more: a part of it is missing"));
}

/* The one head that a member of that path and size has: so each of its bits is proven. */
static bool is_head(const uint8_t block[WARD_TAR_BLOCK], struct ward_str path, uint64_t size)
{
	struct ward_tar_file f = {.size = size, .mode = 0644};
	uint8_t want[WARD_TAR_BLOCK];

	if (path.len >= sizeof(f.path))
		return false;
	memcpy(f.path, path.p, path.len);
	f.path[path.len] = 0;
	return ward_tar_write(&f, want) == WARD_OK && memcmp(block, want, sizeof(want)) == 0;
}

/* What is wrong with a head that is not of `path`. */
static enum ward_err foreign(
	const struct reading *r, enum ward_err err, const char *is, struct ward_str path)
{
	if (err == WARD_ERR_UNSUPPORTED || err == WARD_ERR_DENIED)
		return ward_update_bad(r->in,
			WARD_TEXT("'%s' is a link or no file, or leads out of the bundle\n%s"), is,
			ANEW);
	if (err == WARD_ERR_CLOSED)
		return ward_update_bad(r->in, WARD_TEXT("'%.*s' is missing\n%s"),
			WARD_STR_ARG(path),
			WARD_TEXT("copy the bundle once more: a part of it is missing"));
	if (err)
		return ward_update_bad(r->in, WARD_TEXT("what stands before '%.*s' is damaged\n%s"),
			WARD_STR_ARG(path), ANEW);
	if (r->u.n_member && !ward_update_find(&r->u, ward_str_z(is)))
		return ward_update_bad(
			r->in, WARD_TEXT("'%s' is not in the manifest\n%s"), is, ANEW);
	if (!ward_str_eqz(path, is))
		return ward_update_bad(r->in,
			WARD_TEXT("'%.*s' is missing: '%s' stands in its place\n%s"),
			WARD_STR_ARG(path), is, ANEW);
	return ward_update_bad(
		r->in, WARD_TEXT("'%s' has another size than the manifest says\n%s"), is, ANEW);
}

static enum ward_err padding(struct reading *r, uint64_t size)
{
	uint8_t zero[WARD_TAR_BLOCK] = {0};
	size_t n = ward_tar_padding(size);
	enum ward_err err = all(r, r->piece, n);

	if (!err && n && memcmp(r->piece, zero, n) != 0)
		return ward_update_bad(r->in,
			WARD_TEXT("behind '%.*s' is something that nobody signed\n%s"),
			WARD_STR_ARG(r->at), ANEW);
	return err;
}

/* The manifest, or its signature: whole, into the arena. */
static enum ward_err first(
	struct reading *r, const char *path, uint64_t max, struct ward_slice *ret)
{
	struct ward_tar_file f = {.path = ""};
	uint8_t block[WARD_TAR_BLOCK];
	size_t got = 0;

	r->at = ward_str_z(path);
	enum ward_err err = some(r, block, sizeof(block), &got);

	if (err)
		return err;
	if (got < sizeof(block) || ward_tar_read(block, &f) != WARD_OK ||
		strcmp(f.path, path) != 0 || !f.size || f.size > max ||
		!is_head(block, r->at, f.size))
		return ward_update_bad(r->in,
			WARD_TEXT(
				"it is no bundle: '%.*s' is not where it must be\ntake a file that "
				"`ward bundle make` has made"),
			WARD_STR_ARG(r->at));
	uint8_t *p = ward_arena_alloc(r->in->arena, (size_t)f.size);

	if (!p)
		return WARD_ERR_NOMEM;
	err = all(r, p, (size_t)f.size);
	*ret = ward_slice_of(p, (size_t)f.size);
	return err ? err : padding(r, f.size);
}

/* The bytes of a member: to its sum, to who takes them, and where they are checked. */
static enum ward_err bytes(struct reading *r, const struct ward_update_member *m)
{
	crypto_hash_sha256_state sum;
	uint8_t is[32];
	enum ward_err err = WARD_OK;
	size_t max = ward_update_is_read(m->kind) ? WARD_UPDATE_READ : 8;

	(void)crypto_hash_sha256_init(&sum);
	ward_wr_reset(&r->whole);
	for (uint64_t left = m->size; !err && left;) {
		size_t n = left < PIECE ? (size_t)left : PIECE;

		err = all(r, r->piece, n);
		if (err)
			return err;
		(void)crypto_hash_sha256_update(&sum, r->piece, n);
		if (r->whole.len < max)
			ward_wr_bytes(&r->whole, r->piece,
				n < max - r->whole.len ? n : max - r->whole.len);
		if (r->take && r->take->bytes)
			err = r->take->bytes(r->take->ctx, ward_slice_of(r->piece, n));
		left -= n;
	}
	(void)crypto_hash_sha256_final(&sum, is);
	if (!err && memcmp(is, m->sha256, sizeof(is)) != 0)
		return ward_update_bad(r->in, WARD_TEXT("'%.*s' is not what the manifest says\n%s"),
			WARD_STR_ARG(m->path), ANEW);
	if (!err && ward_wr_bad(&r->whole))
		err = WARD_ERR_NOMEM;
	return err;
}

static enum ward_err member(struct reading *r, const struct ward_update_member *m)
{
	struct ward_tar_file f = {.path = ""};
	uint8_t block[WARD_TAR_BLOCK];

	r->at = m->path;
	enum ward_err err = all(r, block, sizeof(block));

	if (err)
		return err;
	if (!is_head(block, m->path, m->size))
		return foreign(r, ward_tar_read(block, &f), f.path, m->path);
	if (r->take && r->take->begin)
		err = r->take->begin(r->take->ctx, m);
	if (!err)
		err = bytes(r, m);
	if (!err)
		err = padding(r, m->size);
	if (!err)
		err = ward_update_check_kind(r->in, m, ward_wr_slice(&r->whole));
	if (!err && r->take && r->take->end)
		err = r->take->end(r->take->ctx);
	return err;
}

/* Two blocks of zeros, and nothing behind them. */
static enum ward_err end(struct reading *r)
{
	struct ward_tar_file f = {.path = ""};
	uint8_t zero[2 * WARD_TAR_BLOCK] = {0};
	size_t got = 0;
	enum ward_err err = some(r, r->piece, sizeof(zero) + 1, &got);

	if (err || (got == sizeof(zero) && memcmp(r->piece, zero, got) == 0))
		return err;
	if (got >= WARD_TAR_BLOCK && ward_tar_read(r->piece, &f) != WARD_ERR_CLOSED && f.path[0])
		return ward_update_bad(
			r->in, WARD_TEXT("'%s' is not in the manifest\n%s"), f.path, ANEW);
	return ward_update_bad(r->in, WARD_TEXT("its end is not as it was made\n%s"), ANEW);
}

static enum ward_err whole(struct reading *r, const struct ward_update_keys *keys)
{
	struct ward_slice manifest = {0}, sig = {0};
	enum ward_err err = first(r, WARD_UPDATE_MANIFEST, WARD_UPDATE_MANIFEST_MAX, &manifest);

	if (!err)
		err = first(r, WARD_UPDATE_SIGNATURE, WARD_UPDATE_SIG_MAX, &sig);
	if (!err)
		err = ward_update_signed(r->in, keys, manifest, sig);
	if (!err)
		err = ward_update_parse(r->in, manifest, &r->u);
	if (!err && r->take && r->take->proof)
		err = r->take->proof(r->take->ctx, manifest, sig);
	if (!err && r->take && r->take->start)
		err = r->take->start(r->take->ctx, &r->u);
	for (size_t i = 0; !err && i < r->u.n_member; i++)
		err = member(r, &r->u.member[i]);
	return err ? err : end(r);
}

enum ward_err ward_update_read(const struct ward_update_in *in, int fd,
	const struct ward_update_keys *keys, const struct ward_update_take *take,
	struct ward_update *ret)
{
	struct reading *r = ward_mem_alloc(ward_mem_heap(), sizeof(*r));

	if (!r)
		return WARD_ERR_NOMEM;
	*r = (struct reading){.in = in, .fd = fd, .take = take};
	r->whole = ward_wr_grow(ward_mem_heap(), WARD_UPDATE_READ);
	enum ward_err err = whole(r, keys);

	if (!err)
		*ret = r->u;
	ward_wr_fini(&r->whole);
	ward_mem_free(ward_mem_heap(), r, sizeof(*r));
	return err;
}
