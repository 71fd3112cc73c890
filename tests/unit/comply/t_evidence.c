/* Clips under lock: what was written comes back with the key and with no other; whatever is
 * changed, cut off, put in another order or beside another head is refused. */
#include "comply/evidence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CLIP = 150000 };

struct lab {
	uint8_t public_key[WARD_EVIDENCE_PUBLIC], secret[WARD_EVIDENCE_SECRET];
	uint8_t sealed[WARD_EVIDENCE_SEALED];
	struct ward_evidence e;
	uint8_t *clip;
	struct ward_wr file, out;
};

static void begin(struct lab *l)
{
	*l = (struct lab){
		.e = {.camera = WARD_STR("corridor"), .from = 5, .to = 7, .made = 9, .expires = 11},
		.clip = malloc(CLIP),
		.file = ward_wr_grow(ward_mem_heap(), 1 << 20),
		.out = ward_wr_grow(ward_mem_heap(), 1 << 20)};
	memset(l->e.id.b, 1, sizeof(l->e.id.b));
	memset(l->e.incident.b, 2, sizeof(l->e.incident.b));
	for (size_t i = 0; i < CLIP; i++)
		l->clip[i] = (uint8_t)(i * 7 + i / 251);
	ward_evidence_keys(l->public_key, l->secret);
	assert_int_equal(ward_evidence_write(&l->e, l->public_key, ward_slice_of(l->clip, CLIP),
				 &l->file, l->sealed),
		WARD_OK);
}

static void end(struct lab *l)
{
	ward_wr_fini(&l->file);
	ward_wr_fini(&l->out);
	free(l->clip);
}

static enum ward_err open_as(struct lab *l, size_t len)
{
	ward_wr_reset(&l->out);
	return ward_evidence_open(ward_slice_of(l->file.p, len), l->sealed, l->secret, &l->out);
}

static void test_round(void **state)
{
	struct lab l;
	struct ward_evidence e;
	uint8_t same[WARD_EVIDENCE_PUBLIC], other[WARD_EVIDENCE_SECRET];

	(void)state;
	begin(&l);
	ward_evidence_public(l.secret, same);
	assert_memory_equal(same, l.public_key, sizeof(same));
	assert_int_equal(open_as(&l, l.file.len), WARD_OK);
	assert_int_equal(l.out.len, CLIP);
	assert_memory_equal(l.out.p, l.clip, CLIP);
	/* what it says of itself needs no key, and no more than its beginning */
	assert_int_equal(ward_evidence_read(ward_slice_of(l.file.p, 200), &e), WARD_OK);
	assert_true(ward_str_eqz(e.camera, "corridor") && e.from == 5 && e.to == 7 && e.made == 9 &&
		    e.expires == 11 && ward_id_eq(e.id, l.e.id) &&
		    ward_id_eq(e.incident, l.e.incident));
	/* nothing of the clip is in it */
	for (size_t i = 0; i + 16 < l.file.len; i++)
		assert_memory_not_equal(l.file.p + i, l.clip + 1000, 16);
	ward_evidence_keys(same, other);
	assert_int_equal(ward_evidence_open(ward_wr_slice(&l.file), l.sealed, other, &l.out),
		WARD_ERR_DENIED);
	/* an erased key */
	memset(l.sealed, 0, sizeof(l.sealed));
	assert_int_equal(open_as(&l, l.file.len), WARD_ERR_DENIED);
	end(&l);
}

static void test_changed(void **state)
{
	struct lab l;
	size_t head;

	(void)state;
	begin(&l);
	head = 8 + 1 + 1 + 16 + 16 + 1 + strlen("corridor") + 32;
	for (size_t i = 0; i < l.file.len; i += i < head + 80 ? 1 : 977) {
		l.file.p[i] ^= 1;
		assert_int_not_equal(open_as(&l, l.file.len), WARD_OK);
		l.file.p[i] ^= 1;
	}
	for (size_t n = 0; n < l.file.len; n += n < head + 80 ? 1 : 977)
		assert_int_not_equal(open_as(&l, n), WARD_OK);
	assert_int_equal(open_as(&l, l.file.len - 1), WARD_ERR_CORRUPT);
	/* two pieces of one size, in the other order */
	size_t piece = 4 + 64 * 1024 + 17;
	uint8_t *a = l.file.p + head + 24, *tmp = malloc(piece);

	memcpy(tmp, a, piece);
	memcpy(a, a + piece, piece);
	memcpy(a + piece, tmp, piece);
	assert_int_equal(open_as(&l, l.file.len), WARD_ERR_CORRUPT);
	free(tmp);
	/* more behind its end */
	end(&l);
	begin(&l);
	ward_wr_u8(&l.file, 0);
	assert_int_equal(open_as(&l, l.file.len), WARD_ERR_CORRUPT);
	end(&l);
}

static void test_refused(void **state)
{
	struct lab l;
	char name[WARD_EVIDENCE_CAMERA_MAX + 2];
	const uint8_t none[WARD_EVIDENCE_PUBLIC] = {0};

	(void)state;
	begin(&l);
	memset(name, 'c', sizeof(name));
	name[sizeof(name) - 1] = 0;
	l.e.camera = ward_str_z(name);
	assert_int_equal(
		ward_evidence_write(&l.e, l.public_key, ward_slice_of("x", 1), &l.out, l.sealed),
		WARD_ERR_LIMIT);
	l.e.camera = WARD_STR("c");
	assert_int_equal(
		ward_evidence_write(&l.e, l.public_key, ward_slice_of("", 0), &l.out, l.sealed),
		WARD_ERR_MALFORMED);
	/* a point of small order: whoever knows it would read everything */
	assert_int_equal(ward_evidence_write(&l.e, none, ward_slice_of("x", 1), &l.out, l.sealed),
		WARD_ERR_MALFORMED);
	assert_int_equal(l.out.len, 0);
	struct ward_wr full = ward_wr_fixed(name, 64);

	assert_int_equal(
		ward_evidence_write(&l.e, l.public_key, ward_slice_of("x", 1), &full, l.sealed),
		WARD_ERR_NOMEM);
	struct ward_evidence e;

	assert_int_equal(ward_evidence_read(ward_slice_of("WARDCLIX", 8), &e), WARD_ERR_FOREIGN);
	assert_int_equal(ward_evidence_read(ward_slice_of("WARDCLIP\2", 9), &e), WARD_ERR_VERSION);
	assert_int_equal(
		ward_evidence_read(ward_slice_of("WARDCLIP\1\1x", 11), &e), WARD_ERR_MALFORMED);
	end(&l);
}

/* A file that is kept: small pieces, as another writer may make them. console/check.js opens it,
 * too. */
static void test_kept(void **state)
{
	static char text[4096];
	static uint8_t file[2048], want[512];
	uint8_t secret[WARD_EVIDENCE_SECRET], sealed[WARD_EVIDENCE_SEALED];
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 4096);
	size_t n[4];
	char path[4096];

	(void)state;
	(void)snprintf(
		path, sizeof(path), "%s/tests/golden/evidence.txt", getenv("WARD_SOURCE_ROOT"));
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	struct ward_str rest = {text, fread(text, 1, sizeof(text), f)};

	(void)fclose(f);
	uint8_t *const to[] = {secret, sealed, file, want};
	const size_t cap[] = {sizeof(secret), sizeof(sealed), sizeof(file), sizeof(want)};

	for (size_t i = 0; i < WARD_ARRAY_LEN(to); i++) {
		struct ward_str hex = ward_str_cut(&rest, '\n');

		(void)ward_str_cut(&hex, ' ');
		n[i] = hex.len / 2;
		assert_true(n[i] <= cap[i] && ward_str_unhex(hex, to[i], n[i]));
	}
	assert_int_equal(
		ward_evidence_open(ward_slice_of(file, n[2]), sealed, secret, &out), WARD_OK);
	assert_int_equal(out.len, n[3]);
	assert_memory_equal(out.p, want, n[3]);
	ward_wr_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_round),
		cmocka_unit_test(test_changed), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_kept)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
