#include "base/wr.h"
#include "sense/log/binxml.h"
#include "sense/log/evtx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* One of the seeds: what stands behind the header of a chunk. */
static uint8_t *chunk_of_seed(const char *name, size_t *ret_end)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	char path[1024];
	uint8_t *chunk = calloc(1, WARD_EVTX_CHUNK);
	FILE *f;

	assert_non_null(root);
	assert_non_null(chunk);
	(void)snprintf(path, sizeof(path), "%s/tests/fuzz/seeds/evtx/%s", root, name);
	f = fopen(path, "r");
	assert_non_null(f);
	*ret_end = 512 + fread(chunk + 512, 1, WARD_EVTX_CHUNK - 512, f);
	assert_int_equal(fclose(f), 0);
	memcpy(chunk, "ElfChnk", 8);
	struct ward_wr w = ward_wr_fixed(chunk + 48, 4);

	ward_wr_le32(&w, (uint32_t)*ret_end);
	return chunk;
}

struct lab {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_event e;
	enum ward_binxml_fault fault;
	size_t at;
};

static struct lab *lab_new(void)
{
	struct lab *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	ward_limits_default(&l->lim);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	ward_arena_init(&l->arena, ward_mem_heap(), 1 << 24);
	return l;
}

static void lab_free(struct lab *l)
{
	ward_arena_fini(&l->arena);
	ward_names_fini(&l->names);
	free(l);
}

static enum ward_err fields(struct lab *l, struct ward_slice chunk, size_t off, size_t len)
{
	ward_arena_reset(&l->arena);
	ward_event_init(&l->e, &l->arena);
	return ward_binxml_fields(chunk, off, len, &l->names, &l->e, &l->fault, &l->at);
}

/* Every beginning of a record's XML is refused with a word, none is read as whole. */
static void test_record(void **state)
{
	struct lab *l = lab_new();
	struct ward_evtx_chunk c;
	struct ward_evtx_record r;
	size_t end;
	uint8_t *chunk = chunk_of_seed("small", &end);
	bool sums;

	(void)state;
	assert_int_equal(
		ward_evtx_chunk_on(ward_slice_of(chunk, WARD_EVTX_CHUNK), &c, &sums), WARD_OK);
	assert_false(sums); /* the header is not the file's */
	assert_true(ward_evtx_next(&c, &r));
	assert_true(r.has_time);
	assert_int_equal(fields(l, c.bytes, r.xml, r.len), WARD_OK);
	assert_true(ward_event_get(&l->e, ward_name(&l->names, WARD_STR("Event.System.EventID"))) !=
		    NULL);
	for (size_t n = 5; n + 8 < r.len; n++) { /* behind the fragment header */
		assert_int_equal(fields(l, c.bytes, r.xml, n), WARD_ERR_MALFORMED);
		assert_int_equal(l->fault, WARD_BINXML_END);
	}
	assert_false(ward_evtx_next(&c, &r));
	assert_false(c.lost);
	free(chunk);
	lab_free(l);
}

/* A broken record is passed over, and that is known; the next one is read. */
static void test_broken(void **state)
{
	struct ward_evtx_chunk c;
	struct ward_evtx_record r;
	size_t end, n = 0, first;
	uint8_t *chunk = chunk_of_seed("large", &end);
	bool sums;

	(void)state;
	assert_int_equal(
		ward_evtx_chunk_on(ward_slice_of(chunk, WARD_EVTX_CHUNK), &c, &sums), WARD_OK);
	assert_true(ward_evtx_next(&c, &r));
	first = r.off;
	while (ward_evtx_next(&c, &r))
		n++;
	assert_true(n > 0);
	chunk[first + 4] ^= 0xff; /* its length */
	assert_int_equal(
		ward_evtx_chunk_on(ward_slice_of(chunk, WARD_EVTX_CHUNK), &c, &sums), WARD_OK);
	for (size_t i = 0; i < n; i++)
		assert_true(ward_evtx_next(&c, &r));
	assert_true(c.lost);
	free(chunk);
}

static void test_no_chunk(void **state)
{
	static uint8_t chunk[WARD_EVTX_CHUNK];
	struct ward_evtx_chunk c;
	bool sums;
	size_t skip;

	(void)state;
	assert_int_equal(ward_evtx_chunk_on(ward_slice_of(chunk, sizeof(chunk)), &c, &sums),
		WARD_ERR_CLOSED);
	chunk[9] = 1;
	assert_int_equal(ward_evtx_chunk_on(ward_slice_of(chunk, sizeof(chunk)), &c, &sums),
		WARD_ERR_MALFORMED);
	memcpy(chunk, "ElfFile", 8);
	assert_false(ward_evtx_header(ward_slice_of(chunk, sizeof(chunk)), &skip));
	chunk[41] = 0x10; /* 4096 */
	assert_true(ward_evtx_header(ward_slice_of(chunk, sizeof(chunk)), &skip));
	assert_int_equal(skip, 0);
	assert_false(ward_evtx_header(ward_slice_of(chunk, 41), &skip));
}

/* Binary XML by hand, each with what it comes to. */
static void test_faults(void **state)
{
	static const struct {
		const char *xml;
		size_t len;
		enum ward_binxml_fault fault;
	} cases[] = {
		{"\x04", 1, WARD_BINXML_TOKEN},
		{"\x3f", 1, WARD_BINXML_TOKEN},
		{"\x05\x01\x01\0a\0", 6, WARD_BINXML_TOKEN}, /* text outside of all elements */
		{"\x0c\x01\0\0\0\0\xff\xff\xff\xff", 10, WARD_BINXML_END},
		{"\x0d\0\0\x01", 4, WARD_BINXML_END}, /* no value to put there */
		{"\x01\0\0\0\0\0\0\xff\xff\xff\0", 11, WARD_BINXML_END},
		{"\x0f\x01\x01\0\0", 5, WARD_BINXML_GOOD},
	};
	static uint8_t chunk[1024];
	struct lab *l = lab_new();

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		memcpy(chunk + 512, cases[i].xml, cases[i].len);
		enum ward_err err =
			fields(l, ward_slice_of(chunk, sizeof(chunk)), 512, cases[i].len);

		assert_int_equal(l->fault, cases[i].fault);
		assert_int_equal(err, cases[i].fault ? WARD_ERR_MALFORMED : WARD_OK);
		assert_non_null(ward_binxml_counter(l->fault));
		assert_non_null(ward_binxml_text(l->fault));
	}
	lab_free(l);
}

/* A template whose body is an instance of itself. */
static void test_recursion(void **state)
{
	static uint8_t chunk[1024];
	struct ward_wr w = ward_wr_fixed(chunk + 100, 64);
	struct lab *l = lab_new();

	(void)state;
	ward_wr_le32(&w, 0); /* next definition */
	ward_wr_bytes(&w, "0123456789abcdef", 16);
	ward_wr_le32(&w, 14); /* its size */
	ward_wr_bytes(&w, "\x0c\x01\0\0\0\0", 6);
	ward_wr_le32(&w, 100);
	ward_wr_le32(&w, 0);
	assert_int_equal(
		fields(l, ward_slice_of(chunk, sizeof(chunk)), 124, 14), WARD_ERR_MALFORMED);
	assert_int_equal(l->fault, WARD_BINXML_DEPTH);
	lab_free(l);
}

/* [MS-EVEN6] 2.2.18 */
static void test_values(void **state)
{
	static const struct {
		uint8_t type;
		const char *bytes;
		size_t len;
		const char *want;
	} cases[] = {
		{0x01, "a\0\xe9\0\0\0z\0", 8, "a\xc3\xa9"},
		{0x02, "a\x80", 2, "a\xe2\x82\xac"},
		{0x03, "\xff", 1, "-1"},
		{0x07, "\xfe\xff\xff\xff", 4, "-2"},
		{0x0a, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, "18446744073709551615"},
		{0x0b, "\0\0\xc0\x3f", 4, "1.5"},
		{0x0c, "\0\0\0\0\0\0\xf0\x7f", 8, "inf"},
		{0x0e, "\xab\x01", 2, "AB01"},
		{0x0f, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10", 16,
			"04030201-0605-0807-090A-0B0C0D0E0F10"},
		{0x11, "\0\x80\x3e\xd5\xde\xb1\x9d\x01", 8, "1970-01-01T00:00:00Z"},
		{0x12, "\xea\x07\x01\0\x04\0\x0f\0\x01\0\x02\0\x03\0\x04\0", 16,
			"2026-01-15T01:02:03.004Z"},
		{0x13, "\x01\x02\0\0\0\0\0\x05\x20\0\0\0\x20\x02\0\0", 16, "S-1-5-32-544"},
		{0x14, "\xe7\x03\0\0", 4, "0x3e7"},
		{0x15, "\0\0\0\0\0\0\0\x80", 8, "0x8000000000000000"},
	};
	struct lab *l = lab_new();

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		struct ward_rd r = ward_rd_from(cases[i].bytes, cases[i].len);
		struct ward_value v;
		char text[64];

		assert_int_equal(ward_binxml_value(cases[i].type, &r, &l->arena, &v), WARD_OK);
		if (v.kind == WARD_VALUE_INT)
			(void)snprintf(text, sizeof(text), "%lld", (long long)v.i);
		else
			(void)snprintf(text, sizeof(text), "%.*s", WARD_STR_ARG(v.s));
		assert_string_equal(text, cases[i].want);
	}
	struct ward_rd list = ward_rd_from("a\0\0\0b\0\0\0c\0", 10);
	struct ward_rd small = ward_rd_from("\x01", 1), none = ward_rd_from("", 0);
	struct ward_value v;

	assert_int_equal(ward_binxml_value(0x81, &list, &l->arena, &v), WARD_OK);
	assert_int_equal(v.kind, WARD_VALUE_LIST);
	assert_int_equal(v.n, 3);
	assert_int_equal(ward_binxml_value(0x08, &small, &l->arena, &v), WARD_ERR_MALFORMED);
	assert_int_equal(ward_binxml_value(0x7e, &none, &l->arena, &v), WARD_ERR_MALFORMED);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_no_chunk),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_recursion),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
