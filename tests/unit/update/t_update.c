/* Bundles: made of a folder, read back, and every way in which one may be wrong; each bit of one
 * turned over. */
#include "update/unpack.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SBOM                                                                  \
	"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1," \
	"\"components\":[{\"type\":\"library\",\"name\":\"libsodium\",\"version\":\"1.0.18\"}]}"
#define VEX                                                                                   \
	"{\"document\":{\"category\":\"csaf_vex\",\"csaf_version\":\"2.0\",\"title\":\"t\"}," \
	"\"vulnerabilities\":[{\"cve\":\"CVE-2024-0001\"}]}"

enum { ARENA = 64 << 20, BYTES = 1 << 20 };

struct lab {
	char dir[64], folder[96];
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_update_in in;
	uint8_t key[WARD_UPDATE_KEY], seed[WARD_UPDATE_KEY];
	struct ward_update_keys keys;
	uint8_t bytes[BYTES];
	size_t len;
};

static void write_file(const struct lab *l, const char *path, const char *text)
{
	char full[256];
	FILE *f;

	(void)snprintf(full, sizeof(full), "%s/%s", l->folder, path);
	for (char *s = full + strlen(l->folder) + 1; (s = strchr(s, '/')) != NULL; s++) {
		*s = 0;
		(void)mkdir(full, 0755);
		*s = '/';
	}
	f = fopen(full, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void fresh(struct lab *l)
{
	ward_diag_fini(&l->diag);
	ward_arena_fini(&l->arena);
	ward_diag_init(&l->diag, ward_mem_heap());
	ward_arena_init(&l->arena, ward_mem_heap(), ARENA);
}

static int setup(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	(void)snprintf(l->dir, sizeof(l->dir), "/tmp/ward-update-XXXXXX");
	assert_non_null(mkdtemp(l->dir));
	(void)snprintf(l->folder, sizeof(l->folder), "%s/f", l->dir);
	assert_int_equal(mkdir(l->folder, 0755), 0);
	ward_limits_default(&l->lim);
	ward_diag_init(&l->diag, ward_mem_heap());
	ward_arena_init(&l->arena, ward_mem_heap(), ARENA);
	l->in = (struct ward_update_in){&l->arena, &l->lim, &l->diag, WARD_STR("stick.tar")};
	ward_update_key_new(l->key, l->seed);
	memcpy(l->keys.key[l->keys.n++], l->key, sizeof(l->key));
	write_file(l, "content/rules/door.yml", "title: Door\n");
	write_file(l, "content/threats.yml", "threats: []\n");
	write_file(l, "packages/ward.deb", "!<arch>\ndebian-binary");
	write_file(l, "sbom/ward.json", SBOM);
	write_file(l, "vex/ward.json", VEX);
	write_file(l, "vulnerabilities/kev.csv", "cveID\nCVE-2024-0001\n");
	*state = l;
	return 0;
}

static int gone(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	return remove(path);
}

static int teardown(void **state)
{
	struct lab *l = *state;

	(void)nftw(l->dir, gone, 8, FTW_DEPTH | FTW_PHYS);
	ward_diag_fini(&l->diag);
	ward_arena_fini(&l->arena);
	free(l);
	return 0;
}

static enum ward_err make(struct lab *l, const char *version, const char *follows)
{
	struct ward_str after = ward_str_z(follows);
	struct ward_update u = {.version = ward_str_z(version),
		.ward = WARD_STR("0.1.0"),
		.follows = &after,
		.n_follows = follows ? 1 : 0};
	char out[96];

	(void)snprintf(out, sizeof(out), "%s/out", l->dir);
	int fd = open(out, O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	enum ward_err err = ward_update_make(&l->in, l->folder, l->seed, fd, &u);

	l->len = 0;
	if (!err) {
		ssize_t n = pread(fd, l->bytes, sizeof(l->bytes), 0);

		assert_true(n > 0 && (size_t)n < sizeof(l->bytes));
		l->len = (size_t)n;
	}
	assert_int_equal(close(fd), 0);
	return err;
}

static enum ward_err read_back(
	struct lab *l, const struct ward_update_take *take, struct ward_update *ret)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	assert_int_equal(fwrite(l->bytes, 1, l->len, f), l->len);
	assert_int_equal(fflush(f), 0);
	rewind(f);
	enum ward_err err = ward_update_read(&l->in, fileno(f), &l->keys, take, ret);

	assert_int_equal(fclose(f), 0);
	return err;
}

/* Refused, and the first finding has this. */
static void refused(struct lab *l, const char *text)
{
	struct ward_update u = {.n_member = 0};

	assert_int_equal(read_back(l, NULL, &u), WARD_ERR_CONFIG);
	assert_true(l->diag.n >= 1);
	if (ward_str_find(l->diag.item[0].what, ward_str_z(text)) == SIZE_MAX)
		fail_msg("'%.*s' instead of '%s'", WARD_STR_ARG(l->diag.item[0].what), text);
	assert_true(l->diag.item[0].mend.len > 0);
	fresh(l);
}

/* Where the head of a member stands. */
static uint8_t *head_of(struct lab *l, const char *path)
{
	for (size_t at = 0; at + WARD_TAR_BLOCK <= l->len; at += WARD_TAR_BLOCK)
		if (memcmp(l->bytes + at, path, strlen(path) + 1) == 0)
			return l->bytes + at;
	fail_msg("no member %s", path);
	return NULL;
}

/* The head anew, with another path or size, as an attacker would write it. */
static void rewrite(uint8_t *head, const char *path, char type)
{
	struct ward_tar_file f = {.path = ""};
	unsigned sum = 0;

	assert_int_equal(ward_tar_read(head, &f), WARD_OK);
	memset(head, 0, 100);
	memcpy(head, path, strlen(path));
	head[156] = (uint8_t)type;
	memset(head + 148, ' ', 8);
	for (size_t i = 0; i < WARD_TAR_BLOCK; i++)
		sum += head[i];
	(void)snprintf((char *)head + 148, 8, "%06o", sum);
}

struct seen {
	size_t n_begin, n_end;
	uint64_t bytes;
};
static enum ward_err on_begin(void *ctx, const struct ward_update_member *m)
{
	assert_true(ward_tar_path_ok(m->path));
	((struct seen *)ctx)->n_begin++;
	return WARD_OK;
}
static enum ward_err on_bytes(void *ctx, struct ward_slice s)
{
	((struct seen *)ctx)->bytes += s.len;
	return WARD_OK;
}
static enum ward_err on_end(void *ctx)
{
	((struct seen *)ctx)->n_end++;
	return WARD_OK;
}

static void t_round(void **state)
{
	struct lab *l = *state;
	struct seen seen = {0};
	const struct ward_update_take take = {NULL, NULL, on_begin, on_bytes, on_end, &seen};
	struct ward_update u = {.n_member = 0};
	uint8_t once[32], twice[32];

	assert_int_equal(make(l, "2026.48.1", "2026.44"), WARD_OK);
	ward_sha256(ward_slice_of(l->bytes, l->len), once);
	assert_int_equal(read_back(l, &take, &u), WARD_OK);
	assert_int_equal(u.n_member, 6);
	assert_int_equal(seen.n_begin, 6);
	assert_int_equal(seen.n_end, 6);
	assert_int_equal(seen.bytes, u.member[0].size + u.member[1].size + u.member[2].size +
					     u.member[3].size + u.member[4].size +
					     u.member[5].size);
	assert_true(ward_str_eqz(u.version, "2026.48.1"));
	assert_true(ward_str_eqz(u.follows[0], "2026.44"));
	assert_int_equal(ward_update_find(&u, WARD_STR("vex/ward.json"))->kind, WARD_UPDATE_VEX);
	assert_null(ward_update_find(&u, WARD_STR("vex/other.json")));
	assert_int_equal(make(l, "2026.48.1", "2026.44"), WARD_OK);
	ward_sha256(ward_slice_of(l->bytes, l->len), twice);
	assert_memory_equal(once, twice, sizeof(once));
}

/* No bit of it may be another one. */
static void t_each_bit(void **state)
{
	struct lab *l = *state;
	struct ward_update u = {.n_member = 0};

	assert_int_equal(make(l, "2026.48.1", NULL), WARD_OK);
	for (size_t at = 0; at < 8 * l->len; at++) {
		uint8_t bit = (uint8_t)(1u << at % 8);

		l->bytes[at / 8] ^= bit;
		assert_int_equal(read_back(l, NULL, &u), WARD_ERR_CONFIG);
		assert_true(l->diag.n_error >= 1);
		fresh(l);
		l->bytes[at / 8] ^= bit;
	}
	assert_int_equal(read_back(l, NULL, &u), WARD_OK);
}

static void t_each_end(void **state)
{
	struct lab *l = *state;
	struct ward_update u = {.n_member = 0};

	assert_int_equal(make(l, "2026.48.1", NULL), WARD_OK);
	for (size_t whole = l->len, len = 0; len < whole; len += 61) {
		l->len = len;
		assert_int_equal(read_back(l, NULL, &u), WARD_ERR_CONFIG);
		fresh(l);
		l->len = whole;
	}
	l->bytes[l->len++] = 0;
	refused(l, "its end is not as it was made");
}

static void t_attacks(void **state)
{
	struct lab *l = *state;

	assert_int_equal(make(l, "2026.48.1", NULL), WARD_OK);
	rewrite(head_of(l, "content/threats.yml"), "content/more.yml", '0');
	refused(l, "'content/more.yml' is not in the manifest");
	assert_int_equal(make(l, "2026.48.1", NULL), WARD_OK);
	rewrite(head_of(l, "content/threats.yml"), "../../etc/shadow", '0');
	refused(l, "leads out of the bundle");
	assert_int_equal(make(l, "2026.48.1", NULL), WARD_OK);
	rewrite(head_of(l, "content/threats.yml"), "content/threats.yml", '2');
	refused(l, "'content/threats.yml' is a link");
	assert_int_equal(make(l, "2026.48.1", NULL), WARD_OK);
	rewrite(head_of(l, "content/threats.yml"), "vex/ward.json", '0');
	refused(l, "'content/threats.yml' is missing: 'vex/ward.json' stands in its place");
	assert_int_equal(make(l, "2026.48.1", NULL), WARD_OK);
	head_of(l, "content/threats.yml")[WARD_TAR_BLOCK] ^= 1;
	refused(l, "'content/threats.yml' is not what the manifest says");
	/* A member less, and one more behind all. */
	assert_int_equal(make(l, "2026.48.1", NULL), WARD_OK);
	uint8_t *last = head_of(l, "vulnerabilities/kev.csv");

	memset(last, 0, 2 * WARD_TAR_BLOCK);
	l->len = (size_t)(last - l->bytes) + 2 * WARD_TAR_BLOCK;
	refused(l, "'vulnerabilities/kev.csv' is missing");
	assert_int_equal(make(l, "2026.48.1", NULL), WARD_OK);
	uint8_t *end = l->bytes + l->len - 2 * WARD_TAR_BLOCK;

	memcpy(end + 2 * WARD_TAR_BLOCK, end, 2 * WARD_TAR_BLOCK);
	memcpy(end, head_of(l, "content/threats.yml"), 2 * WARD_TAR_BLOCK);
	rewrite(end, "content/more.yml", '0');
	l->len += 2 * WARD_TAR_BLOCK;
	refused(l, "'content/more.yml' is not in the manifest");
	l->len = 0;
	refused(l, "it is no bundle: 'manifest.json'");
}

static void t_keys(void **state)
{
	struct lab *l = *state;
	uint8_t other[WARD_UPDATE_KEY], seed[WARD_UPDATE_KEY];
	struct ward_update_keys keys = {.n = 0};
	char text[256];

	assert_int_equal(make(l, "2026.48.1", NULL), WARD_OK);
	ward_update_key_new(other, seed);
	memcpy(l->keys.key[0], other, sizeof(other));
	refused(l, "which nobody here trusts");
	/* The manifest of one key under the signature of another's manifest. */
	memcpy(l->keys.key[0], l->key, sizeof(l->key));
	head_of(l, "manifest.json")[WARD_TAR_BLOCK + 20] ^= 1;
	refused(l, "the manifest is not what was signed");

	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_z(&w, "# keys\n\n");
	ward_wr_hex(&w, ward_slice_of(other, sizeof(other)));
	ward_wr_z(&w, " the maker\n");
	ward_wr_hex(&w, ward_slice_of(other, sizeof(other)));
	ward_wr_ch(&w, '\n');
	assert_int_equal(ward_update_keys_parse(&l->in, ward_wr_slice(&w), &keys), WARD_OK);
	assert_int_equal(keys.n, 1);
	assert_memory_equal(keys.key[0], other, sizeof(other));
	ward_wr_z(&w, "abcd maker\n");
	assert_int_equal(ward_update_keys_parse(&l->in, ward_wr_slice(&w), &keys), WARD_ERR_CONFIG);
	assert_int_equal(l->diag.item[0].line, 5);
}

/* What is in the folder that does not belong there. */
static void t_folder(void **state)
{
	static const struct {
		const char *path, *text, *says;
	} bad[] = {
		{"rules/x.yml", "x", "'rules/x.yml' is no path of a member"},
		{"readme", "x", "'readme' is no path of a member"},
		{"packages/x.deb", "x", "'packages/x.deb' is no Debian package"},
		{"sbom/x.json", VEX, "'sbom/x.json' is no list of what is in the software"},
		{"sbom/x.json", "{", ""},
		{"vex/x.json", SBOM, "'vex/x.json' does not say which weaknesses matter"},
	};
	struct lab *l = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		char path[160];

		write_file(l, bad[i].path, bad[i].text);
		assert_int_equal(make(l, "1", NULL), WARD_ERR_CONFIG);
		if (ward_str_find(l->diag.item[0].what, ward_str_z(bad[i].says)) == SIZE_MAX)
			fail_msg("%.*s", WARD_STR_ARG(l->diag.item[0].what));
		(void)snprintf(path, sizeof(path), "%s/%s", l->folder, bad[i].path);
		assert_int_equal(unlink(path), 0);
		(void)snprintf(path, sizeof(path), "%s/rules", l->folder);
		(void)rmdir(path);
		fresh(l);
	}
	char path[160];

	(void)snprintf(path, sizeof(path), "%s/content/link.yml", l->folder);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(make(l, "1", NULL), WARD_ERR_CONFIG);
	assert_true(ward_str_find(l->diag.item[0].what, WARD_STR("is a link")) != SIZE_MAX);
}

static void t_versions(void **state)
{
	static const char *const ok[] = {"1", "2026.48.1", "0.1.0", "1.2.3.4"},
				 *const bad[] = {"", ".", "1.", ".1", "1..2", "01", "1.2.3.4.5",
					 "1a", "-1", "1234567"};
	struct lab *l = *state;
	struct ward_str after[] = {WARD_STR("1.2"), WARD_STR("1.3")};
	struct ward_update u = {.version = WARD_STR("1.4"), .ward = WARD_STR("0.1.0")};
	struct ward_update_runs runs = {.version = WARD_STR("1.1"), .ward = WARD_STR("0.1.0")};

	for (size_t i = 0; i < WARD_ARRAY_LEN(ok); i++)
		assert_true(ward_update_version_ok(ward_str_z(ok[i])));
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_false(ward_update_version_ok(ward_str_z(bad[i])));
	assert_true(ward_update_version_cmp(WARD_STR("1.9"), WARD_STR("1.10")) < 0);
	assert_true(ward_update_version_cmp(WARD_STR("2"), WARD_STR("1.10.3")) > 0);
	assert_int_equal(ward_update_version_cmp(WARD_STR("1.0"), WARD_STR("1")), 0);
	assert_int_equal(ward_update_may_follow(&l->in, &u, &runs), WARD_OK);
	u.follows = after;
	u.n_follows = 2;
	assert_int_equal(ward_update_may_follow(&l->in, &u, &runs), WARD_ERR_CONFIG);
	runs.version = WARD_STR("1.3.0");
	assert_int_equal(ward_update_may_follow(&l->in, &u, &runs), WARD_OK);
	runs.version = WARD_STR("1.5");
	assert_int_equal(ward_update_may_follow(&l->in, &u, &runs), WARD_ERR_CONFIG);
	runs.allowed = WARD_STR("1.3");
	assert_int_equal(ward_update_may_follow(&l->in, &u, &runs), WARD_ERR_CONFIG);
	runs.allowed = WARD_STR("1.4");
	assert_int_equal(ward_update_may_follow(&l->in, &u, &runs), WARD_OK);
	runs = (struct ward_update_runs){.ward = WARD_STR("0.2")};
	assert_int_equal(ward_update_may_follow(&l->in, &u, &runs), WARD_ERR_CONFIG);
	/* one that ran, or lies there, counts as well, also where nothing runs */
	runs = (struct ward_update_runs){.version = WARD_STR("1.2"), .highest = WARD_STR("1.5")};
	assert_int_equal(ward_update_may_follow(&l->in, &u, &runs), WARD_ERR_CONFIG);
	runs.version = WARD_STR("");
	assert_int_equal(ward_update_may_follow(&l->in, &u, &runs), WARD_ERR_CONFIG);
	runs.version = WARD_STR("1.4"); /* which runs */
	assert_int_equal(ward_update_may_follow(&l->in, &u, &runs), WARD_OK);
	runs = (struct ward_update_runs){.version = WARD_STR("1.2"), .highest = WARD_STR("1.4")};
	assert_int_equal(ward_update_may_follow(&l->in, &u, &runs), WARD_OK);
}

#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEAD "{\"ward_bundle\":1,\"version\":\"1\",\"ward\":\"0.1.0\",\"follows\":[],\"members\":["
#define MEMBER(path, kind) \
	"{\"path\":\"" path "\",\"kind\":\"" kind "\",\"size\":1,\"sha256\":\"" SUM "\"}"

/* Manifests that are signed, and wrong all the same. */
static void t_manifest(void **state)
{
	static const struct {
		const char *text;
		enum ward_err err;
	} of[] = {
		{HEAD MEMBER("content/a", "content") "]}", WARD_OK},
		{HEAD MEMBER("content/a", "content") "," MEMBER("content/b", "content") "]}",
			WARD_OK},
		{HEAD MEMBER("content/b", "content") "," MEMBER("content/a", "content") "]}",
			WARD_ERR_CONFIG},
		{HEAD MEMBER("content/a", "content") "," MEMBER("content/a", "content") "]}",
			WARD_ERR_CONFIG},
		{HEAD MEMBER("content/a", "package") "]}", WARD_ERR_CONFIG},
		{HEAD MEMBER("content/../../a", "content") "]}", WARD_ERR_CONFIG},
		{HEAD MEMBER("/content/a", "content") "]}", WARD_ERR_CONFIG},
		{HEAD MEMBER("content", "content") "]}", WARD_ERR_CONFIG},
		{HEAD MEMBER("manifest.json", "content") "]}", WARD_ERR_CONFIG},
		{HEAD "]}", WARD_ERR_CONFIG},
		{HEAD "1]}", WARD_ERR_CONFIG},
		{HEAD "{}]}", WARD_ERR_CONFIG},
		{"", WARD_ERR_CONFIG},
		{"[]", WARD_ERR_CONFIG},
		{"{\"ward_bundle\":2}", WARD_ERR_CONFIG},
		{HEAD MEMBER("content/a", "content") "],\"more\":1}", WARD_ERR_CONFIG},
	};
	struct lab *l = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		struct ward_update u = {.n_member = 0};
		enum ward_err err =
			ward_update_parse(&l->in, ward_str_bytes(ward_str_z(of[i].text)), &u);

		if (err != of[i].err)
			fail_msg("%s: %s", of[i].text, ward_err_text(err));
		assert_true(!err == !l->diag.n_error);
		fresh(l);
	}
}

static void unpack(struct lab *l, const char *to, const char *version)
{
	struct ward_update_unpack x;
	struct ward_update u = {.n_member = 0};

	assert_int_equal(make(l, version, NULL), WARD_OK);
	struct ward_update_take take = ward_update_unpack(&x, &l->in, to);

	assert_int_equal(read_back(l, &take, &u), WARD_OK);
	assert_int_equal(ward_update_unpacked(&x), WARD_OK);
	ward_update_unpack_undo(&x);
}

static void links(struct lab *l, const char *to, const char *current, const char *former)
{
	char is[WARD_UPDATE_VERSION];

	assert_int_equal(ward_update_link(&l->in, to, WARD_UPDATE_CURRENT, is), WARD_OK);
	assert_string_equal(is, current);
	assert_int_equal(ward_update_link(&l->in, to, WARD_UPDATE_FORMER, is), WARD_OK);
	assert_string_equal(is, former);
}

static enum ward_err prove(struct lab *l, const char *folder, bool keys)
{
	struct ward_update u = {.n_member = 0};
	uint8_t digest[32];
	enum ward_err err;

	fresh(l);
	err = ward_update_prove(&l->in, keys ? &l->keys : NULL, folder, &u, digest);
	assert_int_equal(err == WARD_ERR_CONFIG, l->diag.n_error > 0);
	return err;
}

static void put_byte(const char *folder, const char *name, int at, char byte)
{
	char path[256];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDWR | O_CREAT, 0644);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	(void)close(fd);
}

/* What lies there is verified later, too: each file, and that there is no other. */
static void t_prove(void **state)
{
	struct lab *l = *state;
	char to[96], folder[128], path[256], is[WARD_UPDATE_VERSION], was;
	int fd;

	(void)snprintf(to, sizeof(to), "%s/proven", l->dir);
	assert_int_equal(mkdir(to, 0755), 0);
	assert_int_equal(ward_update_highest(to, is), WARD_OK);
	assert_string_equal(is, "");
	unpack(l, to, "1.9");
	unpack(l, to, "1.10");
	assert_int_equal(ward_update_highest(to, is), WARD_OK);
	assert_string_equal(is, "1.10");
	(void)snprintf(folder, sizeof(folder), "%s/1.10", to);
	assert_int_equal(prove(l, folder, true), WARD_OK);
	assert_int_equal(prove(l, folder, false), WARD_OK);
	(void)snprintf(path, sizeof(path), "%s/vex/ward.json", folder);
	fd = open(path, O_RDONLY);
	assert_int_equal(pread(fd, &was, 1, 0), 1);
	(void)close(fd);
	put_byte(folder, "vex/ward.json", 0, was ^ 1);
	assert_int_equal(prove(l, folder, false), WARD_ERR_CONFIG);
	put_byte(folder, "vex/ward.json", 0, was);
	assert_int_equal(prove(l, folder, true), WARD_OK);
	put_byte(folder, "content/rules/more.yml", 0, 'x');
	assert_int_equal(prove(l, folder, false), WARD_ERR_CONFIG);
	(void)snprintf(path, sizeof(path), "%s/content/rules/more.yml", folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(prove(l, folder, false), WARD_ERR_CONFIG);
	assert_int_equal(unlink(path), 0);
	put_byte(folder, "manifest.sig", 120, 'z');
	assert_int_equal(prove(l, folder, true), WARD_ERR_CONFIG);
	assert_int_equal(prove(l, folder, false), WARD_OK);
	(void)snprintf(path, sizeof(path), "%s/vex/ward.json", folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(prove(l, folder, false), WARD_ERR_CONFIG);
	fresh(l);
}

/* Beside what runs; what is not whole leaves nothing. */
static void t_unpack(void **state)
{
	struct lab *l = *state;
	struct ward_update u = {.n_member = 0};
	struct ward_update_unpack x;
	char to[96], path[160];
	struct stat st;

	(void)snprintf(to, sizeof(to), "%s/to", l->dir);
	assert_int_equal(mkdir(to, 0755), 0);
	unpack(l, to, "1.1");
	unpack(l, to, "1.2");
	(void)snprintf(path, sizeof(path), "%s/1.2/content/rules", to);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0755);
	assert_int_equal(ward_update_kept(&l->in, to, "1.2", &u), WARD_OK);
	assert_int_equal(u.n_member, 6);
	/* a second time, and with another byte */
	struct ward_update_take take = ward_update_unpack(&x, &l->in, to);

	assert_int_equal(read_back(l, &take, &u), WARD_ERR_CONFIG);
	ward_update_unpack_undo(&x);
	fresh(l);
	assert_int_equal(make(l, "1.3", NULL), WARD_OK);
	head_of(l, "vex/ward.json")[WARD_TAR_BLOCK] ^= 1;
	take = ward_update_unpack(&x, &l->in, to);
	assert_int_equal(read_back(l, &take, &u), WARD_ERR_CONFIG);
	ward_update_unpack_undo(&x);
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/1.3%s", to, i ? ".restoring" : "");
		assert_int_equal(access(path, F_OK), -1);
	}
	fresh(l);
	links(l, to, "", "");
	assert_int_equal(ward_update_activate(&l->in, to, "1.1"), WARD_OK);
	links(l, to, "1.1", "");
	assert_int_equal(ward_update_activate(&l->in, to, "1.2"), WARD_OK);
	links(l, to, "1.2", "1.1");
	assert_int_equal(ward_update_activate(&l->in, to, "1.2"), WARD_OK);
	links(l, to, "1.2", "1.1");
	assert_int_equal(ward_update_activate(&l->in, to, "1.1"), WARD_OK);
	links(l, to, "1.1", "1.2");
	(void)snprintf(path, sizeof(path), "%s/current", to);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc", path), 0);
	char is[WARD_UPDATE_VERSION];

	assert_int_equal(ward_update_link(&l->in, to, WARD_UPDATE_CURRENT, is), WARD_ERR_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_round, setup, teardown),
		cmocka_unit_test_setup_teardown(t_each_bit, setup, teardown),
		cmocka_unit_test_setup_teardown(t_each_end, setup, teardown),
		cmocka_unit_test_setup_teardown(t_attacks, setup, teardown),
		cmocka_unit_test_setup_teardown(t_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(t_folder, setup, teardown),
		cmocka_unit_test_setup_teardown(t_versions, setup, teardown),
		cmocka_unit_test_setup_teardown(t_manifest, setup, teardown),
		cmocka_unit_test_setup_teardown(t_unpack, setup, teardown),
		cmocka_unit_test_setup_teardown(t_prove, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
