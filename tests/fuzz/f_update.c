/* A bundle of updates of anybody's making. The first byte says what: 0 a manifest, which is written
 * and read again; 1 a signature; 2 a file of keys; else a whole bundle, whose manifest is signed as
 * it stands by a key that is trusted, so that what is behind the signature is reached. */
#include "fuzz.h"

#include "update/update.h"

#include <sys/mman.h>
#include <unistd.h>

enum { ARENA = 64 << 20, TEXT = 1 << 20 };

static void manifest(const struct ward_update_in *in, struct ward_slice s)
{
	struct ward_update u = {.n_member = 0}, again = {.n_member = 0};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT);

	if (ward_update_parse(in, s, &u) == WARD_OK) {
		WARD_ASSERT(u.n_member && !in->diag->n_error);
		for (size_t i = 0; i < u.n_member; i++) {
			const struct ward_update_member *m = &u.member[i];

			WARD_ASSERT(ward_tar_path_ok(m->path) && m->kind < WARD_UPDATE_KIND_N);
			WARD_ASSERT(ward_update_find(&u, m->path) == m);
		}
		ward_update_write(&u, &w);
		WARD_ASSERT(!ward_wr_bad(&w));
		WARD_ASSERT(ward_update_parse(in, ward_wr_slice(&w), &again) == WARD_OK);
		WARD_ASSERT(again.n_member == u.n_member && again.n_follows == u.n_follows);
	} else {
		WARD_ASSERT(in->diag->n_error);
	}
	ward_wr_fini(&w);
}

static void put(struct ward_wr *w, const char *path, struct ward_slice s)
{
	static const uint8_t zero[WARD_TAR_BLOCK];
	struct ward_tar_file f = {.size = s.len, .mode = 0644};
	uint8_t block[WARD_TAR_BLOCK];

	memcpy(f.path, path, strlen(path) + 1);
	WARD_ASSERT(ward_tar_write(&f, block) == WARD_OK);
	ward_wr_bytes(w, block, sizeof(block));
	ward_wr_bytes(w, s.p, s.len);
	ward_wr_bytes(w, zero, ward_tar_padding(s.len));
}

/* A line of manifest, then the members as they come. */
static void bundle(const struct ward_update_in *in, struct ward_slice s)
{
	static const uint8_t seed[WARD_UPDATE_KEY] = {1};
	struct ward_update_keys keys = {.n = 0};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT),
		       sig = ward_wr_grow(ward_mem_heap(), TEXT);
	const uint8_t *end = memchr(s.p, '\n', s.len);
	size_t n = end ? (size_t)(end - s.p) + 1 : s.len;
	struct ward_update u;
	/* of that seed */
	static const uint8_t key[WARD_UPDATE_KEY] = {0xce, 0xcc, 0x15, 0x07, 0xdc, 0x1d, 0xdd, 0x72,
		0x95, 0x95, 0x1c, 0x29, 0x08, 0x88, 0xf0, 0x95, 0xad, 0xb9, 0x04, 0x4d, 0x1b, 0x73,
		0xd6, 0x96, 0xe6, 0xdf, 0x06, 0x5d, 0x68, 0x3b, 0xd4, 0xfc};

	memcpy(keys.key[keys.n++], key, sizeof(key));
	if (!n)
		return;
	ward_update_sign(seed, ward_slice_of(s.p, n), &sig);
	put(&w, WARD_UPDATE_MANIFEST, ward_slice_of(s.p, n));
	put(&w, WARD_UPDATE_SIGNATURE, ward_wr_slice(&sig));
	ward_wr_bytes(&w, s.p + n, s.len - n);
	int fd = memfd_create("bundle", MFD_CLOEXEC);

	WARD_ASSERT(
		fd >= 0 && write(fd, w.p, w.len) == (ssize_t)w.len && lseek(fd, 0, SEEK_SET) == 0);
	enum ward_err err = ward_update_read(in, fd, &keys, NULL, &u);

	WARD_ASSERT(!err == !in->diag->n_error);
	(void)close(fd);
	ward_wr_fini(&w);
	ward_wr_fini(&sig);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_update_keys keys = {.n = 0};
	struct ward_arena arena;
	struct ward_limits lim;
	struct ward_diag diag;

	if (len < 1 || len > 1 << 16)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);
	struct ward_slice s = ward_slice_of(copy, len - 1);

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	ward_arena_init(&arena, ward_mem_heap(), ARENA);
	const struct ward_update_in in = {&arena, &lim, &diag, WARD_STR("fuzz")};

	if (data[0] == '0')
		manifest(&in, s);
	else if (data[0] == '1')
		WARD_ASSERT(ward_update_signed(&in, &keys, s, s) == WARD_ERR_CONFIG);
	else if (data[0] == '2')
		(void)!ward_update_keys_parse(&in, s, &keys);
	else
		bundle(&in, s);
	WARD_ASSERT(keys.n <= WARD_UPDATE_KEYS);
	ward_arena_fini(&arena);
	ward_diag_fini(&diag);
	free(copy);
	return 0;
}
