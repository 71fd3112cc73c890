#include "lab.h"

#include "detect/baseline/priv.h"

static struct bl_lab l;

static enum ward_err parse(const char *text, struct ward_bl_profiles **ret)
{
	return ward_bl_profiles_parse(
		S("p.yml"), ward_str_bytes(ward_str_z(text)), NULL, &l.names, &l.lim, &l.diag, ret);
}

static void t_read(void **state)
{
	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	const struct ward_bl_profile *p = &l.ps->p[0];

	assert_int_equal(ward_bl_profiles_n(l.ps), 1);
	assert_int_equal(p->n_dim, 5);
	assert_int_equal(p->key.n, 2);
	assert_int_equal(p->key.part[0].n_alt, 2);
	assert_int_equal(p->key.part[0].alt[0], WARD_FIELD_WARD_ASSET);
	assert_int_equal(p->period, 14 * 86400 * WARD_NS_PER_S);
	assert_int_equal(p->level, WARD_LEVEL_LOW);
	assert_true(p->dim[1].by.part[1].counted);
	assert_int_equal(p->dim[2].factor, 4);
	assert_int_equal(p->dim[3].factor, 3);
	bl_close(&l);
}

/* Words and levels may change without losing what was learned. */
static void t_print(void **state)
{
#define PROFILE(title, key, of, says)                               \
	"baselines: [{id: a, title: " title ", class: c, key: " key \
	", learn: [{id: d, kind: set, of: " of ", says: " says "}]}]"
	static const char *const text[] = {PROFILE("T", "k", "v", "s"), PROFILE("U", "k", "v", "z"),
		PROFILE("T", "l", "v", "s"), PROFILE("T", "k", "w", "s")};
	struct ward_bl_profiles *ps[4] = {NULL};

	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(parse(text[i], &ps[i]), WARD_OK);
	assert_true(ward_id_eq(ps[0]->p[0].print, ps[1]->p[0].print));
	assert_false(ward_id_eq(ps[0]->p[0].print, ps[2]->p[0].print));
	assert_false(ward_id_eq(ps[0]->p[0].print, ps[3]->p[0].print));
	for (size_t i = 0; i < 4; i++)
		ward_bl_profiles_free(ps[i]);
	bl_close(&l);
}

static void t_refused(void **state)
{
#define P(rest) "baselines: [{id: a, title: T, class: c, key: k, " rest "}]"
#define D(rest) P("learn: [{id: d, says: s, " rest "}]")
	static const char *const bad[] = {"x: 1", "baselines: 3", P("learn: 1"), P("level: high"),
		P("wrong: 1, learn: []"), D("kind: sum"), D("kind: set"), D("kind: set, of: ''"),
		D("kind: set, of: 'a||b'"), D("kind: set, of: [a,b,c,d,e,f,g]"),
		D("kind: range, of: [a, b]"), D("kind: set, of: a, by: b"),
		D("kind: set, of: a, level: critical"), P("when: 3, learn: []"),
		P("learn: [{id: d, kind: hours, says: s}, {id: d, kind: rate, says: s}]"),
		"baselines: [{id: a, title: T, key: k, learn: []}]",
		"baselines: [{id: a, title: T, class: c, learn: []}]",
		("baselines: [{id: a, title: T, class: c, key: k, learn: []}, "
		 "{id: a, title: T, class: c, key: k, learn: []}]")};

	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_bl_profiles *ps = NULL;
		size_t before = l.diag.n_error;

		if (parse(bad[i], &ps) != WARD_ERR_CONFIG || l.diag.n_error == before)
			fail_msg("taken: %s", bad[i]);
		assert_null(ps);
	}
	bl_close(&l);
}

/* The profiles that Ward comes with. */
static void t_content(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_threats *threats = NULL;
	struct ward_bl_profiles *ps = NULL;
	char path[512];

	(void)state;
	assert_non_null(root);
	bl_open(&l, WARD_BL_LEARN);
	(void)snprintf(path, sizeof(path), "%s/content/threats.yml", root);
	assert_int_equal(
		ward_threats_load(path, &l.lim, ward_mem_heap(), &l.diag, &threats), WARD_OK);
	(void)snprintf(path, sizeof(path), "%s/content/baselines", root);
	assert_int_equal(
		ward_bl_profiles_load(path, threats, &l.names, &l.lim, &l.diag, &ps), WARD_OK);
	assert_true(ward_bl_profiles_n(ps) >= 8);
	ward_bl_profiles_free(ps);
	ward_threats_free(threats);
	bl_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_read), T(t_print), T(t_refused), T(t_content)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
