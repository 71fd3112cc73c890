/* Purposes whose pseudonyms are kept apart: what of the file is right, that it comes whole to who
 * looks, and that tokens of two purposes do not meet. */
#include "base/diag.h"
#include "base/wr.h"
#include "comply/purposes_kept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct ward_limits lim;
static struct ward_arena arena;
static struct ward_diag diag;

static bool read_text(const char *text, struct ward_purposes *ret)
{
	const struct ward_conf *c = NULL;

	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(ward_conf_yaml(&arena, &lim, WARD_STR("identifiers.yml"),
				 ward_str_bytes(ward_str_z(text)), &diag, &c),
		WARD_OK);
	return ward_purposes_of(c->child, &diag, ret);
}

static void done(void)
{
	ward_diag_fini(&diag);
	ward_arena_fini(&arena);
}

#define FILE_OF                                                       \
	"purposes:\n  - {name: staffing, sources: [rota, parking]}\n" \
	"  - name: visits\n    sources: [reception]\n"

static void it_comes_whole(void **state)
{
	struct ward_purposes p, back;
	char text[256];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	(void)state;
	assert_true(read_text(FILE_OF, &p));
	ward_purposes_write(&p, &w);
	assert_true(ward_str_eqz(ward_wr_text(&w), "staffing=rota parking,visits=reception"));
	assert_true(ward_purposes_read(ward_wr_text(&w), &back));
	assert_true(ward_str_eqz(ward_purposes_find(&back, WARD_STR("parking")), "staffing"));
	assert_true(ward_str_eqz(ward_purposes_find(&back, WARD_STR("reception")), "visits"));
	assert_int_equal(ward_purposes_find(&back, WARD_STR("doors")).len, 0);
	assert_false(ward_purposes_read(WARD_STR("a=b,a=c"), &back));
	assert_false(ward_purposes_read(WARD_STR("a=b b"), &back));
	assert_false(ward_purposes_read(WARD_STR("=b"), &back));
	done();
	assert_true(read_text("identifiers: []\n", &p));
	assert_int_equal(p.n, 0);
	done();
}

static void is_wrong(const char *text, uint32_t line, const char *what)
{
	struct ward_purposes p;

	assert_false(read_text(text, &p));
	assert_int_equal(diag.item[0].line, line);
	if (ward_str_find(diag.item[0].what, ward_str_z(what)) == SIZE_MAX)
		fail_msg("'%.*s' and not '%s'", WARD_STR_ARG(diag.item[0].what), what);
	assert_true(diag.item[0].mend.len > 0);
	done();
}

static void mistakes_have_a_line(void **state)
{
	(void)state;
	is_wrong("purposes:\n  - {name: a, sources: [x]}\n  - {name: a, sources: [y]}\n", 3,
		"name of its own");
	is_wrong("purposes:\n  - {name: a, sources: [x]}\n  - name: b\n    sources:\n      - x\n",
		5, "one purpose");
	is_wrong("purposes:\n  - {name: a}\n", 2, "list of its sources");
	is_wrong("purposes: yes\n", 1, "are a list");
	is_wrong("purposes:\n  - {name: 'a b', sources: [x]}\n", 2, "name of its own");
}

static void token(const struct ward_pseudonym *key, const char *who, char ret[64])
{
	struct ward_wr w = ward_wr_fixed(ret, 63);

	ward_pseudonym_write(key, ward_str_z(who), &w);
	ret[w.len] = '\0';
}

static void tokens_do_not_meet(void **state)
{
	struct ward_pseudonym hospital, common, staffing, again, visits;
	char a[64], b[64], c[64], d[64];

	(void)state;
	ward_pseudonym_init_replay(&hospital, WARD_STR("a hospital"));
	ward_purpose_key(&hospital, WARD_STR(""), &common);
	ward_purpose_key(&hospital, WARD_STR("staffing"), &staffing);
	ward_purpose_key(&hospital, WARD_STR("staffing"), &again);
	ward_purpose_key(&hospital, WARD_STR("visits"), &visits);
	token(&hospital, "a-rossi", a);
	token(&common, "a-rossi", b);
	assert_string_equal(a, b);
	token(&staffing, "a-rossi", b);
	token(&again, "a-rossi", c);
	token(&visits, "a-rossi", d);
	assert_string_equal(b, c);
	assert_string_not_equal(a, b);
	assert_string_not_equal(b, d);
	assert_string_not_equal(a, d);
}

/* What was a purpose is known as long as what is kept may hold its tokens. */
static void of_before(void **state)
{
	struct ward_purposes now, none = {.n = 0};
	struct ward_purposes_kept k;
	char text[WARD_PURPOSES_FILE_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	(void)state;
	assert_int_equal(ward_purposes_kept_read(
				 WARD_STR("100 rota\n200 visits\nx y\n7 a,b\n7 a=b\n7\n7 b c"), &k),
		5);
	assert_int_equal(k.n, 2);
	assert_true(ward_purposes_read(WARD_STR("staffing=rota,visits=desk"), &now));
	assert_int_equal(ward_purposes_kept_note(&k, &now, 300, 200), 0);
	ward_purposes_kept_write(&k, &w);
	assert_true(ward_str_eqz(ward_wr_text(&w), "100 rota\n300 visits\n300 staffing\n"));
	assert_int_equal(ward_purposes_kept_note(&k, &none, 301, 200), 0);
	assert_int_equal(k.n, 2);
	assert_string_equal(k.of[0].name, "visits");
	for (unsigned i = 0; i < 2 * WARD_PURPOSES_KEPT; i++) {
		(void)snprintf(text, sizeof(text), "p-%u=s", i);
		assert_true(ward_purposes_read(ward_str_z(text), &now));
		assert_int_equal(ward_purposes_kept_note(&k, &now, 301 + i, 200),
			i < WARD_PURPOSES_KEPT - 2 ? 0 : 1);
	}
	assert_int_equal(k.n, WARD_PURPOSES_KEPT);
	for (size_t i = 0; i < k.n; i++)
		assert_true(k.of[i].day >= 301 + WARD_PURPOSES_KEPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(it_comes_whole),
		cmocka_unit_test(mistakes_have_a_line), cmocka_unit_test(tokens_do_not_meet),
		cmocka_unit_test(of_before)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
