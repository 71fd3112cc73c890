/* Programs of Windows and macOS, made byte by byte: what is told of how they are built, and why. */
#include "sense/file/inspector.h"
#include "sense/file/pe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test_setup_teardown(name, up, down)

struct lab {
	struct ward_limits lim;
	struct ward_inspector *with;
	struct ward_arena arena;
	struct ward_inspect_report r;
	struct ward_wr held, file;
	bool big, wide; /* of the words that are put */
};

static bool put(void *ctx, struct ward_slice records)
{
	struct lab *l = ctx;
	size_t used;

	ward_wr_bytes(&l->held, records.p, records.len);
	assert_int_equal(ward_report_read(&l->r, &l->lim, ward_wr_slice(&l->held), &used), WARD_OK);
	assert_int_equal(used, l->held.len);
	ward_wr_reset(&l->held);
	return true;
}

static int up(void **state)
{
	static struct lab l;
	struct ward_diag diag;

	l = (struct lab){.wide = true,
		.held = ward_wr_grow(ward_mem_heap(), 4 << 20),
		.file = ward_wr_grow(ward_mem_heap(), 1 << 20)};
	ward_limits_default(&l.lim);
	ward_arena_init(&l.arena, ward_mem_heap(), 16 << 20);
	ward_diag_init(&diag, ward_mem_heap());
	l.with = ward_inspector_new();
	assert_non_null(l.with);
	assert_int_equal(ward_file_rules_load(NULL, 0, &l.lim, &diag, &l.with->rules), WARD_OK);
	assert_int_equal(ward_inspector_ready(l.with, &l.lim), WARD_OK);
	ward_diag_fini(&diag);
	ward_report_init(&l.r, &l.arena);
	*state = &l;
	return 0;
}

static int down(void **state)
{
	struct lab *l = *state;

	ward_report_fini(&l->r);
	ward_inspector_free(l->with);
	ward_wr_fini(&l->held);
	ward_wr_fini(&l->file);
	ward_arena_fini(&l->arena);
	return 0;
}

/* Looks at n bytes of the file, in a block of that size. */
static void look(struct lab *l, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);
	struct ward_inspect_job job = {
		.with = l->with, .lim = &l->lim, .clam = -1, .put = put, .ctx = l};

	assert_non_null(exact);
	memcpy(exact, l->file.p, n);
	job.bytes = ward_slice_of(exact, n);
	ward_report_fini(&l->r);
	assert_int_equal(ward_inspect_bytes(&job), WARD_OK);
	assert_true(l->r.whole);
	free(exact);
}

static void look_all(struct lab *l)
{
	look(l, l->file.len);
}

static bool says(const struct lab *l, enum ward_suspect what)
{
	for (size_t i = 0; i < l->r.n_reason; i++)
		if (l->r.reason[i].what == what)
			return true;
	return false;
}

/* Only these; WARD_SUSPECT_N: none. */
static void expect_reason(const struct lab *l, enum ward_suspect what)
{
	for (size_t i = 0; i < l->r.n_reason; i++)
		if (l->r.reason[i].what != what)
			fail_msg("%s: %.*s", ward_suspect_name(l->r.reason[i].what),
				WARD_STR_ARG(l->r.reason[i].a));
	assert_true(what == WARD_SUSPECT_N || says(l, what));
}

static bool has_trait(const struct lab *l, uint32_t part, enum ward_trait what, const char *text)
{
	for (size_t i = 0; i < l->r.n_trait; i++)
		if (l->r.trait[i].part == part && l->r.trait[i].what == what &&
			ward_str_eqz(l->r.trait[i].text, text))
			return true;
	return false;
}

static void expect_trait(const struct lab *l, uint32_t part, enum ward_trait what, const char *text)
{
	if (has_trait(l, part, what, text))
		return;
	for (size_t i = 0; i < l->r.n_trait; i++)
		print_message("%u %s %.*s\n", l->r.trait[i].part,
			ward_trait_name(l->r.trait[i].what), WARD_STR_ARG(l->r.trait[i].text));
	fail_msg("no %s %s", ward_trait_name(what), text);
}

/* ---- macOS ---- */

static void u32(struct lab *l, uint32_t v)
{
	if (l->big)
		ward_wr_be32(&l->file, v);
	else
		ward_wr_le32(&l->file, v);
}

static void word(struct lab *l, uint64_t v)
{
	uint32_t high = (uint32_t)(v >> 32), low = (uint32_t)v;

	if (l->wide && l->big)
		u32(l, high);
	u32(l, low);
	if (l->wide && !l->big)
		u32(l, high);
}

static void zeros(struct lab *l, size_t to)
{
	while (l->file.len < to)
		ward_wr_u8(&l->file, 0);
}

static void name16(struct lab *l, const char *name)
{
	char buf[16] = "";

	memcpy(buf, name, strlen(name));
	ward_wr_bytes(&l->file, buf, sizeof(buf));
}

enum { FILE_BYTES = 12288, EXEC = 5, RWX = 7 };

struct want {
	uint32_t rights; /* of __TEXT */
	uint32_t entry, cryptid;
	bool unsigned_;
};

static size_t segment_size(const struct lab *l)
{
	return l->wide ? 72 : 56;
}

static void segment(struct lab *l, const char *name, uint32_t off, uint32_t len, uint32_t rights)
{
	u32(l, l->wide ? 0x19 : 1);
	u32(l, (uint32_t)segment_size(l));
	name16(l, name);
	word(l, UINT64_C(0x4000) + off); /* address */
	word(l, len);
	word(l, off);
	word(l, len);
	u32(l, 7);
	u32(l, rights);
	u32(l, 0);
	u32(l, 0);
}

/* A program with one segment of code and one library, from the file's begin on. */
static void macho(struct lab *l, const struct want *w)
{
	static const char library[] = "/usr/lib/libSystem.B.dylib\0\0\0\0\0";
	size_t signature = w->unsigned_ ? 0 : 16, crypt = 20 + (l->wide ? 4 : 0),
	       sizes = segment_size(l) + 24 + 24 + sizeof(library) + signature + crypt;

	u32(l, l->wide ? 0xfeedfacf : 0xfeedface);
	u32(l, l->wide ? 0x01000007 : 7);
	u32(l, 3);
	u32(l, 2);
	u32(l, w->unsigned_ ? 4 : 5);
	u32(l, (uint32_t)sizes);
	u32(l, 0);
	if (l->wide)
		u32(l, 0);
	segment(l, "__TEXT", 0, 8192, w->rights);
	u32(l, 0x80000028); /* LC_MAIN, whose words have 64 bits in either kind */
	u32(l, 24);
	bool wide = l->wide;

	l->wide = true;
	word(l, w->entry);
	word(l, 0);
	l->wide = wide;
	u32(l, 0xc);
	u32(l, 24 + sizeof(library));
	u32(l, 24);
	zeros(l, l->file.len + 12);
	ward_wr_bytes(&l->file, library, sizeof(library));
	if (!w->unsigned_) {
		u32(l, 0x1d);
		u32(l, 16);
		u32(l, 8192);
		u32(l, 100);
	}
	u32(l, l->wide ? 0x2c : 0x21);
	u32(l, (uint32_t)crypt);
	u32(l, 4096);
	u32(l, 4096);
	u32(l, w->cryptid);
	if (l->wide)
		u32(l, 0);
	zeros(l, FILE_BYTES);
}

static const struct want sound = {.rights = EXEC, .entry = 4096};

/* Both sizes of words, in both orders of bytes. */
static void machos(void **state)
{
	struct lab *l = *state;

	for (unsigned i = 0; i < 4; i++) {
		l->big = i & 1;
		l->wide = i & 2;
		ward_wr_reset(&l->file);
		macho(l, &sound);
		look_all(l);
		assert_int_equal(l->r.part[0].kind, WARD_KIND_MACHO);
		expect_reason(l, WARD_SUSPECT_N);
		expect_trait(l, 0, WARD_TRAIT_PROCESSOR, l->wide ? "x86_64" : "i386");
		expect_trait(l, 0, WARD_TRAIT_PROGRAM_TYPE, "execute");
		expect_trait(l, 0, WARD_TRAIT_LIBRARY, "/usr/lib/libSystem.B.dylib");
		expect_trait(l, 0, WARD_TRAIT_ENTRY, "byte 4096");
		expect_trait(l, 0, WARD_TRAIT_SIGNATURE, "present");
		/* at each length it comes to an end; what is cut off in its commands is told */
		for (size_t n = 4; n < 400; n++) {
			look(l, n);
			assert_true(says(l, WARD_SUSPECT_DAMAGED));
		}
	}
}

static void macho_reasons(void **state)
{
	const struct {
		struct want want;
		enum ward_suspect what;
	} of[] = {{{RWX, 4096, 0, false}, WARD_SUSPECT_WRITES_CODE},
		{{EXEC, 9000, 0, false}, WARD_SUSPECT_ENTRY_OUTSIDE},
		{{3, 4096, 0, false}, WARD_SUSPECT_ENTRY_OUTSIDE},
		{{EXEC, 4096, 1, false}, WARD_SUSPECT_PACKED_PROGRAM},
		{{EXEC, 4096, 0, true}, WARD_SUSPECT_N}};
	struct lab *l = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		ward_wr_reset(&l->file);
		macho(l, &of[i].want);
		look_all(l);
		expect_reason(l, of[i].what);
		expect_trait(l, 0, WARD_TRAIT_SIGNATURE, of[i].want.unsigned_ ? "none" : "present");
	}
	/* bytes without order in its code */
	ward_wr_reset(&l->file);
	macho(l, &sound);
	uint32_t v = 1;

	for (size_t i = 1024; i < 8192; i++) {
		v = v * 1664525 + 1013904223;
		l->file.p[i] = (uint8_t)(v >> 24);
	}
	look_all(l);
	expect_reason(l, WARD_SUSPECT_PACKED_PROGRAM);
}

/* Commands that lead out of the file, or nowhere. */
static void macho_damaged(void **state)
{
	static const uint32_t sizes[] = {0, 7, 0x7fffffff, 0xffffffff};
	struct lab *l = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(sizes); i++) {
		ward_wr_reset(&l->file);
		macho(l, &sound);
		for (size_t k = 0; k < 4; k++) /* of the first command */
			l->file.p[36 + k] = (uint8_t)(sizes[i] >> (8 * k));
		look_all(l);
		expect_reason(l, WARD_SUSPECT_DAMAGED);
	}
	ward_wr_reset(&l->file);
	macho(l, &sound);
	memset(l->file.p + 32 + 40, 0xff, 8); /* where the segment lies in the file */
	look_all(l);
	assert_true(says(l, WARD_SUSPECT_DAMAGED));
	ward_wr_reset(&l->file);
	macho(l, &sound);
	memset(l->file.p + 16, 0xff, 8); /* numbers and bytes of commands */
	look_all(l);
	assert_true(says(l, WARD_SUSPECT_DAMAGED));
}

/* Two programs in one, in both forms of the table; and a Java class, which begins alike. */
static void fat(void **state)
{
	struct lab *l = *state;
	uint8_t *thin;

	macho(l, &(struct want){RWX, 4096, 0, false});
	thin = malloc(FILE_BYTES);
	assert_non_null(thin);
	memcpy(thin, l->file.p, FILE_BYTES);
	for (unsigned wide = 0; wide < 2; wide++) {
		l->big = true;
		l->wide = wide;
		ward_wr_reset(&l->file);
		u32(l, wide ? 0xcafebabf : 0xcafebabe);
		u32(l, 50); /* as many as a class has in its version: two are there */
		for (uint32_t i = 0; i < 2; i++) {
			u32(l, 0x01000007);
			u32(l, 3);
			word(l, 4096 + i * FILE_BYTES);
			word(l, FILE_BYTES);
			u32(l, 12);
			if (wide)
				u32(l, 0);
		}
		zeros(l, 4096);
		ward_wr_bytes(&l->file, thin, FILE_BYTES);
		ward_wr_bytes(&l->file, thin, FILE_BYTES);
		look_all(l);
		assert_int_equal(l->r.part[0].kind, WARD_KIND_MACHO);
		assert_int_equal(l->r.n_part, 3);
		assert_int_equal(l->r.part[1].kind, WARD_KIND_MACHO);
		assert_int_equal(l->r.part[2].size, FILE_BYTES);
		assert_true(says(l, WARD_SUSPECT_WRITES_CODE));
		expect_trait(l, 2, WARD_TRAIT_PROCESSOR, "x86_64");
		/* a table that lists the same place over and over is no way to have it looked at
		 * without end */
		l->lim.v[WARD_LIMIT_FILE_UNPACKED] = 65536;
		for (size_t i = 2; i < 50; i++)
			memcpy(l->file.p + 8 + i * (wide ? 32 : 20), l->file.p + 8, wide ? 32 : 20);
		look_all(l);
		assert_true(says(l, WARD_SUSPECT_TOO_LARGE));
		ward_limits_default(&l->lim);
	}
	free(thin);
	ward_wr_reset(&l->file);
	u32(l, 0xcafebabe);
	u32(l, 52);
	zeros(l, 4096);
	look_all(l);
	assert_int_equal(l->r.part[0].kind, WARD_KIND_CLASS);
}

/* ---- Windows ---- */

enum { HEADS = 512, RVA = 0x1000, PE_SIZE = HEADS + 2048 };

static void le32_at(struct lab *l, size_t at, uint32_t v)
{
	for (size_t i = 0; i < 4; i++)
		l->file.p[at + i] = (uint8_t)(v >> (8 * i));
}

static void text_at(struct lab *l, size_t at, const char *text)
{
	memcpy(l->file.p + at, text, strlen(text) + 1);
}

/* Where the optional header begins: behind "PE\0\0" and the COFF header. */
enum { OPTIONAL = 64 + 24 };

/* One section, of 2048 bytes at RVA, and the directory `which` at `at` in it. */
static void pe(struct lab *l, bool plus)
{
	size_t optional = plus ? 240 : 224, section = OPTIONAL + optional;

	ward_wr_reset(&l->file);
	zeros(l, PE_SIZE);
	memcpy(l->file.p, "MZ", 2);
	l->file.p[60] = 64;
	memcpy(l->file.p + 64, "PE\0\0", 4);
	l->file.p[70] = 1; /* sections */
	l->file.p[84] = (uint8_t)optional;
	l->file.p[OPTIONAL] = 0xb;
	l->file.p[OPTIONAL + 1] = plus ? 2 : 1;
	le32_at(l, OPTIONAL + 16, RVA);
	le32_at(l, OPTIONAL + (plus ? 24 : 28), 0x400000);
	le32_at(l, OPTIONAL + 36, HEADS);
	le32_at(l, OPTIONAL + (plus ? 108 : 92), 16);
	memcpy(l->file.p + section, ".text", 5);
	le32_at(l, section + 8, 2048);
	le32_at(l, section + 12, RVA);
	le32_at(l, section + 16, 2048);
	le32_at(l, section + 20, HEADS);
	le32_at(l, section + 36, 0x60000020);
}

static void directory(struct lab *l, bool plus, unsigned which, uint32_t off)
{
	le32_at(l, OPTIONAL + (plus ? 112U : 96U) + 8U * which, RVA + off);
	le32_at(l, OPTIONAL + (plus ? 116U : 100U) + 8U * which, 100);
}

/* An import descriptor at `at` of the section: library, table of names. */
static void library(struct lab *l, size_t at, uint32_t name, uint32_t table)
{
	le32_at(l, HEADS + at, RVA + table);
	le32_at(l, HEADS + at + 12, RVA + name);
	le32_at(l, HEADS + at + 16, RVA + table);
}

/* KERNEL32: CreateFileA and one by its ordinal; WS2_32: 115, which has a name. */
static void imports_of(struct lab *l, bool plus)
{
	size_t word_bytes = plus ? 8 : 4, high = plus ? 7 : 3;

	pe(l, plus);
	directory(l, plus, WARD_PE_IMPORT, 0);
	library(l, 0, 0x100, 0x200);
	library(l, 20, 0x120, 0x300);
	text_at(l, HEADS + 0x100, "KERNEL32.dll");
	text_at(l, HEADS + 0x120, "WS2_32.DLL");
	le32_at(l, HEADS + 0x200, RVA + 0x140);
	text_at(l, HEADS + 0x142, "CreateFileA");
	le32_at(l, HEADS + 0x200 + word_bytes, 7);
	l->file.p[HEADS + 0x200 + word_bytes + high] = 0x80;
	le32_at(l, HEADS + 0x300, 115);
	l->file.p[HEADS + 0x300 + high] = 0x80;
}

static void imports(void **state)
{
	struct lab *l = *state;

	for (unsigned plus = 0; plus < 2; plus++) {
		imports_of(l, plus);
		look_all(l);
		assert_int_equal(l->r.part[0].kind, WARD_KIND_PE);
		expect_reason(l, WARD_SUSPECT_N);
		expect_trait(l, 0, WARD_TRAIT_IMPORT, "KERNEL32.dll!CreateFileA");
		expect_trait(l, 0, WARD_TRAIT_IMPORT, "KERNEL32.dll!#7");
		expect_trait(l, 0, WARD_TRAIT_IMPORT, "WS2_32.DLL!#115");
		expect_trait(l, 0, WARD_TRAIT_IMPORTS_BY, "table");
		/* MD5 of "kernel32.createfilea,kernel32.ord7,ws2_32.wsastartup" */
		expect_trait(l, 0, WARD_TRAIT_IMPHASH, "53d02a9dab2137a7ecefa7458307e5a7");
		/* each byte of the table is another: it comes to an end */
		for (size_t at = 0; at < 0x310; at += 3) {
			imports_of(l, plus);
			l->file.p[HEADS + at] ^= 0xff;
			look_all(l);
		}
	}
	assert_string_equal(ward_pe_ordinal(WARD_STR("ws2_32.dll"), 115), "WSAStartup");
	assert_string_equal(ward_pe_ordinal(WARD_STR("OLEAUT32.dll"), 2), "SysAllocString");
	assert_null(ward_pe_ordinal(WARD_STR("kernel32.dll"), 2));
	assert_null(ward_pe_ordinal(WARD_STR("ws2_32.dll"), 65535));
}

/* What is loaded late, and what was bound, is told apart and is no part of the hash. */
static void other_imports(void **state)
{
	struct lab *l = *state;

	imports_of(l, true);
	directory(l, true, WARD_PE_DELAY, 0x400);
	directory(l, true, WARD_PE_BOUND, 0x500);
	le32_at(l, HEADS + 0x400, 1);
	le32_at(l, HEADS + 0x404, RVA + 0x450);
	le32_at(l, HEADS + 0x410, RVA + 0x460);
	text_at(l, HEADS + 0x450, "late.dll");
	le32_at(l, HEADS + 0x460, RVA + 0x480);
	text_at(l, HEADS + 0x482, "CreateRemoteThread");
	le32_at(l, HEADS + 0x500, 0x12345678);
	l->file.p[HEADS + 0x504] = 0x40;
	text_at(l, HEADS + 0x540, "bound.dll");
	look_all(l);
	expect_reason(l, WARD_SUSPECT_N);
	expect_trait(l, 0, WARD_TRAIT_DELAYED, "late.dll!CreateRemoteThread");
	expect_trait(l, 0, WARD_TRAIT_BOUND, "bound.dll");
	expect_trait(l, 0, WARD_TRAIT_IMPHASH, "53d02a9dab2137a7ecefa7458307e5a7");
	/* the same by addresses, as old linkers wrote it */
	le32_at(l, HEADS + 0x400, 0);
	le32_at(l, HEADS + 0x404, 0x400000 + RVA + 0x450);
	le32_at(l, HEADS + 0x410, 0x400000 + RVA + 0x460);
	le32_at(l, HEADS + 0x460, 0x400000 + RVA + 0x480);
	look_all(l);
	expect_trait(l, 0, WARD_TRAIT_DELAYED, "late.dll!CreateRemoteThread");
}

/* Where the table is damaged the names are sought as texts. */
static void damaged_imports(void **state)
{
	struct lab *l = *state;

	imports_of(l, false);
	le32_at(l, HEADS + 12, 0x99999);
	text_at(l, HEADS + 0x600, "WriteProcessMemory");
	text_at(l, HEADS + 0x620, "VirtualAllocEx");
	text_at(l, HEADS + 0x640, "CreateRemoteThread");
	look_all(l);
	assert_true(says(l, WARD_SUSPECT_DAMAGED));
	assert_true(says(l, WARD_SUSPECT_INJECTS));
	expect_trait(l, 0, WARD_TRAIT_IMPORTS_BY, "text");
	assert_false(has_trait(l, 0, WARD_TRAIT_IMPHASH, "53d02a9dab2137a7ecefa7458307e5a7"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(machos), T(macho_reasons), T(macho_damaged), T(fat),
		T(imports), T(other_imports), T(damaged_imports)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
