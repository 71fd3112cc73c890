/* What is searched in stretches gives what libyara's own search of the whole gives. */
#include "sense/file/rules.h"

#include "base/mem.h"
#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <yara.h>

enum { FILES = 1200, SIZE_MOST = 400000, RULES_MOST = 64, PLANTS = 12 };

/* Each kind of string and of condition that reads bytes or places. */
static const char text[] =
	"import \"pe\"\n"
	"rule plain { strings: $a = \"needle-in-hay\" condition: $a }\n"
	"rule cased { strings: $a = \"HayStack\" nocase wide ascii condition: $a }\n"
	"rule whole { strings: $a = \"lonesome\" fullword condition: $a }\n"
	"rule short { strings: $a = { 51 3? 17 99 } condition: $a }\n"
	"rule two { strings: $a = { f1 e2 } condition: #a > 40 }\n"
	"rule gap { strings: $a = { 11 22 33 44 55 [100-6000] 66 77 88 99 } condition: $a }\n"
	"rule repeated { strings: $a = \"again!\" condition: #a == 3 }\n"
	"rule ordered { strings: $a = \"needle-in-hay\" $b = \"again!\" condition: @a[1] < @b[1] "
	"}\n"
	"rule expression { strings: $a = /begin[a-z]{0,3000}end-of-it/ condition: $a }\n"
	"rule behind { strings: $a = /[0-9]{1,2000}tail-piece/ condition: !a[1] > 500 }\n"
	"rule front { strings: $a = /^front matter/ condition: $a }\n"
	"rule at_front { strings: $a = \"front matter\" condition: $a at 0 }\n"
	"rule near_end { strings: $a = \"again!\" condition: for any i in (1..#a): (@a[i] > "
	"filesize "
	"- 5000) }\n"
	"rule bytes { condition: uint32be(0) == 0x66726f6e }\n"
	"rule last { condition: uint16(filesize - 2) == 0x4242 }\n"
	"rule sized { condition: filesize > 200000 }\n"
	"rule without { strings: $a = \"needle-in-hay\" condition: not $a and filesize > 70000 }\n"
	"rule program { condition: pe.number_of_sections == 3 }\n"
	"rule chain { strings: $a = { ab cd ef 01 02 [300-900] 20 10 fe dc ba [10-9000] 77 66 55 } "
	"condition: $a }\n"
	"rule xored { strings: $a = \"xored text here\" xor condition: $a }\n";

/* With this one, stretches are of no use: its parts are held against each other from any distance.
 */
static const char far[] =
	"rule far { strings: $a = { ab cd ef 01 02 [-] 20 10 fe dc ba } condition: $a }\n";

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void plant(uint8_t *p, size_t n, size_t at, const void *what, size_t len)
{
	for (size_t i = 0; i < len && at + i < n; i++)
		p[at + i] = ((const uint8_t *)what)[i];
}

static void plant_long(uint8_t *p, size_t n, size_t at, uint32_t *seed)
{
	size_t len = next(seed) % 2800;

	plant(p, n, at, "begin", 5);
	for (size_t i = 5; i < 5 + len && at + i < n; i++)
		p[at + i] = 'q';
	plant(p, n, at + 5 + len, "end-of-it", 9);
	at = next(seed) % n;
	len = next(seed) % 1900;
	for (size_t i = 0; i < len && at + i < n; i++)
		p[at + i] = '7';
	plant(p, n, at + len, "tail-piece", 10);
}

static void plant_gap(uint8_t *p, size_t n, size_t at, uint32_t *seed)
{
	plant(p, n, at, "\x11\x22\x33\x44\x55", 5);
	plant(p, n, at + 5 + 90 + next(seed) % 7000, "\x66\x77\x88\x99", 4);
	at = next(seed) % n;
	plant(p, n, at, "\xab\xcd\xef\x01\x02", 5);
	at += 5 + 250 + next(seed) % 700;
	plant(p, n, at, "\x20\x10\xfe\xdc\xba", 5);
	plant(p, n, at + 5 + next(seed) % 9500, "\x77\x66\x55", 3);
}

/* A head that libyara's module for PE takes for a program of three sections. */
static void plant_program(uint8_t *p, size_t n)
{
	memset(p, 0, 1024);
	plant(p, n, 0, "MZ", 2);
	p[60] = 64;
	plant(p, n, 64, "PE\0\0\x4c\x01\x03\0", 8);
	p[84] = 224; /* of the optional head */
	plant(p, n, 88, "\x0b\x01", 2);
}

/* Bytes of noise, zeros or letters, with pieces at any place, also at edges of blocks. */
static size_t make(uint8_t *p, uint32_t *seed)
{
	static const char *const piece[] = {"needle-in-hay", "hAYsTACK", " lonesome ", "xlonesomex",
		"again!", "\x51\x35\x17\x99", "\xf1\xe2", "front matter", "need", "egin", "BB"};
	static const char wide[] = "h\0a\0y\0s\0T\0a\0c\0k\0";
	size_t n = 1100 + next(seed) % (next(seed) % 2 ? 40000 : SIZE_MOST - 1100);
	unsigned how = next(seed) % 3;

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(how == 0 ? next(seed) : how == 1 ? 0 : 'a' + next(seed) % 26);
	for (unsigned i = next(seed) % PLANTS; i; i--) {
		const char *s = piece[next(seed) % WARD_ARRAY_LEN(piece)];
		size_t at = next(seed) % n;

		if (next(seed) % 3 == 0 && n > 8192) /* across the edge of a block */
			at = (at / 4096 + 1) * 4096 - next(seed) % 12;
		if (next(seed) % 8 == 0)
			at = n - strlen(s) - next(seed) % 3;
		plant(p, n, at, s, strlen(s));
	}
	if (next(seed) % 4 == 0)
		plant(p, n, next(seed) % n, wide, sizeof(wide) - 1);
	if (next(seed) % 4 == 0)
		plant_long(p, n, next(seed) % n, seed);
	if (next(seed) % 4 == 0)
		plant_gap(p, n, next(seed) % n, seed);
	for (unsigned i = next(seed) % 5 ? 0 : 60; i; i--)
		plant(p, n, next(seed) % n, "\xf1\xe2", 2);
	if (next(seed) % 4 == 0) { /* "xored text here" with 0x20 */
		static const char hidden[] = "XORED\0TEXT\0HERE";

		plant(p, n, next(seed) % n, hidden, sizeof(hidden) - 1);
	}
	if (next(seed) % 5 == 0)
		plant(p, n, 0, "front matter", 12);
	else if (next(seed) % 5 == 0)
		plant_program(p, n);
	return n;
}

struct lab {
	char folder[64], path[96];
	struct ward_file_rules *ours;
	YR_RULES *whole;
	const char *found[RULES_MOST];
	size_t n_found;
	bool seen[RULES_MOST]; /* of the rules, by number: was it ever found? */
};

static int load(void **state, const char *more)
{
	static struct lab l;
	struct ward_diag diag;
	struct ward_limits lim;
	const char *folder[1] = {l.folder};
	YR_COMPILER *c;
	FILE *f;

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	memset(l.seen, 0, sizeof(l.seen));
	(void)snprintf(l.folder, sizeof(l.folder), "/tmp/ward-rules-XXXXXX");
	assert_non_null(mkdtemp(l.folder));
	(void)snprintf(l.path, sizeof(l.path), "%s/all.yar", l.folder);
	f = fopen(l.path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0 && fputs(more, f) >= 0 && fclose(f) == 0);
	assert_int_equal(ward_file_rules_load(folder, 1, &lim, &diag, &l.ours), WARD_OK);
	assert_int_equal(yr_compiler_create(&c), ERROR_SUCCESS);
	assert_int_equal(yr_compiler_add_string(c, text, NULL), 0);
	assert_int_equal(yr_compiler_add_string(c, more, NULL), 0);
	assert_int_equal(yr_compiler_get_rules(c, &l.whole), ERROR_SUCCESS);
	yr_compiler_destroy(c);
	ward_diag_fini(&diag);
	*state = &l;
	return 0;
}

static int up(void **state)
{
	return load(state, "");
}

static int up_far(void **state)
{
	return load(state, far);
}

static int down(void **state)
{
	struct lab *l = *state;

	(void)unlink(l->path);
	(void)rmdir(l->folder);
	(void)yr_rules_destroy(l->whole);
	ward_file_rules_free(l->ours);
	return 0;
}

static void found(void *ctx, const char *rule, const char *says, unsigned weight)
{
	struct lab *l = ctx;

	(void)says;
	assert_int_equal(weight, WARD_RULES_WEIGHT);
	assert_true(l->n_found < RULES_MOST);
	l->found[l->n_found++] = rule;
}

struct expected {
	struct lab *l;
	size_t n;
};

static int expect(YR_SCAN_CONTEXT *c, int message, void *data, void *ctx)
{
	struct expected *e = ctx;
	const YR_RULE *rule = data;

	(void)c;
	if (message != CALLBACK_MSG_RULE_MATCHING)
		return CALLBACK_CONTINUE;
	assert_true(e->n < e->l->n_found);
	assert_string_equal(e->l->found[e->n], rule->identifier);
	e->l->seen[rule - e->l->whole->rules_table] = true;
	e->n++;
	return CALLBACK_CONTINUE;
}

static void same(void **state)
{
	struct lab *l = *state;
	uint8_t *p = malloc(SIZE_MOST);
	struct ward_scan *scan;
	uint32_t seed = 11;

	assert_non_null(p);
	assert_int_equal(ward_scan_new(l->ours, 600, &scan), WARD_OK);
	for (unsigned i = 0; i < FILES; i++) {
		uint32_t of = seed;
		size_t n = make(p, &seed);
		struct expected e = {.l = l};

		l->n_found = 0;
		assert_int_equal(ward_scan_bytes(scan, ward_slice_of(p, n), found, l), WARD_OK);
		assert_int_equal(
			yr_rules_scan_mem(l->whole, p, n, SCAN_FLAGS_FAST_MODE, expect, &e, 600),
			ERROR_SUCCESS);
		if (e.n != l->n_found)
			fail_msg("file of seed %u: %zu rules are found, not %zu", of, l->n_found,
				e.n);
	}
	for (size_t i = 0; i < l->whole->num_rules; i++)
		if (!l->seen[i])
			fail_msg("no file has rule %zu, so nothing is held against it", i);
	ward_scan_free(scan);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(same, up, down),
		cmocka_unit_test_setup_teardown(same, up_far, down)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
