/* A region's file, and what its hospitals say together. */
#include "said.h"

#include "region/say.h"

#define SITE(id) "  - {id: " id ", at: \"https://" id ".example\", certificate: r.pem}\n"
#define FILE_TEXT "region: r\nname: The region\nsites:\n" SITE("a") SITE("b") SITE("c")

static enum ward_err read_region(struct said *s, const char *text, struct ward_region *r)
{
	const struct ward_region_in in = {&s->lim, ward_mem_heap(), &s->d, "/etc/region"};

	return ward_region_read(&in, WARD_STR("region.yml"), ward_str_bytes(ward_str_z(text)), r);
}

static void reads_the_file(void **state)
{
	struct said *s = *state;
	struct ward_region r;

	assert_int_equal(read_region(s, FILE_TEXT, &r), WARD_OK);
	assert_true(r.n_site == 3 && r.every == 60 * WARD_NS_PER_S &&
		    r.stale == 15 * 60 * WARD_NS_PER_S);
	assert_true(ward_str_eqz(r.site[1].certificate, "/etc/region/r.pem"));
	ward_region_free(&r);
}

static void refuses_with_the_line(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
	} bad[] = {{"region: r\n", 1}, {"region: r\nsites: []\n", 1},
		{"region: R!\nsites:\n" SITE("a"), 1},
		{"region: r\nsites:\n" SITE("a") SITE("a"), 4},
		{"region: r\nsites:\n  - {id: a, at: \"http://a.example\", certificate: r.pem}\n",
			3},
		{"region: r\nsites:\n  - {id: a, at: \"https://a.example/x\", certificate: "
		 "r.pem}\n",
			3},
		{"region: r\nsites:\n  - {id: a, at: \"https://a.example\"}\n", 3},
		{"region: r\nsites:\n  - {id: a, at: \"https://a.example\", certificate: x, gives: "
		 "all}\n",
			3},
		{"region: r\nevery: 1s\nsites:\n" SITE("a"), 2},
		{"region: r\nevery: 10m\nstale: 10m\nsites:\n" SITE("a"), 3},
		{"region: r\nsites:\n  - a\n", 3}};
	struct said *s = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_region r;
		size_t n = s->d.n;

		assert_int_equal(read_region(s, bad[i].text, &r), WARD_ERR_CONFIG);
		assert_true(s->d.n > n);
		assert_int_equal(s->d.item[n].line, bad[i].line);
		assert_true(s->d.item[n].mend.len > 0);
		ward_region_free(&r);
	}
}

struct three {
	struct ward_region r;
	struct ward_site site[3];
	const struct ward_site *at[3];
	ward_ns heard[3], now;
	struct ward_region_view v;
};

static void see(struct said *s, struct three *t)
{
	for (size_t i = 0; i < 3; i++)
		t->heard[i] = t->at[i] ? t->at[i]->at : 0;
	assert_int_equal(ward_region_see(&t->r, t->at, t->heard, t->now, &s->a, &t->v), WARD_OK);
}

/* Two that were attacked within the hour, a third later; each as `hour` of that night. */
static void three(struct said *s, struct three *t, const char *second, const char *third)
{
	assert_int_equal(read_region(s, FILE_TEXT, &t->r), WARD_OK);
	struct ward_str b = said_with(
				s, said_with(s, s->answer, "T02:", second), "ea854bd8", "0a854bd8"),
			c = said_with(
				s, said_with(s, s->answer, "T02:", third), "ea854bd8", "1a854bd8");

	assert_int_equal(said_read(s, s->answer, &t->site[0]), WARD_OK);
	assert_int_equal(said_read(s, b, &t->site[1]), WARD_OK);
	assert_int_equal(said_read(s, c, &t->site[2]), WARD_OK);
	for (size_t i = 0; i < 3; i++)
		t->at[i] = &t->site[i];
	assert_int_equal(ward_time_parse(WARD_STR("2026-03-12T04:00:00Z"), &t->now), WARD_OK);
	see(s, t);
}

static void done(struct three *t)
{
	for (size_t i = 0; i < 3; i++)
		ward_site_fini(&t->site[i]);
	ward_region_free(&t->r);
}

static void finds_the_same_attack(void **state)
{
	struct said *s = *state;
	struct three t;

	three(s, &t, "T03:", "T05:");
	assert_int_equal(t.v.n_same, 12); /* each rule, an hour apart exactly, at two */
	for (size_t i = 0; i < t.v.n_same; i++) {
		assert_true(t.v.same[i].n == 2 && t.v.same[i].at[0].site == 0);
		assert_true(t.v.same[i].at[1].site == 1 && t.v.same[i].exercise);
	}
	struct ward_id id = ward_region_same_id(&t.r, &t.v.same[0]);

	done(&t);
	three(s, &t, "T03:", "T03:");
	assert_true(t.v.n_same == 12 && t.v.same[0].n == 3);
	assert_false(ward_id_eq(id, ward_region_same_id(&t.r, &t.v.same[0]))); /* one more joined */
	done(&t);
	three(s, &t, "T04:", "T06:");
	assert_int_equal(t.v.n_same, 0);
	done(&t);
}

/* What is played is compared with nothing that is real; our own notice is no attack. */
static void tells_apart(void **state)
{
	struct said *s = *state;
	struct three t;

	three(s, &t, "T02:", "T09:");
	t.site[1].exercise = false;
	see(s, &t);
	assert_int_equal(t.v.n_same, 0);
	t.site[1].exercise = true;
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < t.site[i].incident[0].n_sign; k++)
			t.site[i].incident[0].sign[k].rule = WARD_STR(WARD_REGION_NOTICE_RULE);
	see(s, &t);
	assert_int_equal(t.v.n_same, 0);
	for (size_t i = 0; i < 2; i++) { /* other rules, one address */
		t.site[i].incident[0].n_sign = 1;
		t.site[i].incident[0].sign[0].rule = i ? WARD_STR("x") : WARD_STR("y");
		t.site[i].incident[0].sign[0].from[0] = WARD_STR("203.0.113.9");
		t.site[i].incident[0].sign[0].n_from = 1;
	}
	see(s, &t);
	assert_true(t.v.n_same == 1 && t.v.same[0].kind == WARD_REGION_ADDRESS);
	done(&t);
}

static void knows_what_is_old(void **state)
{
	struct said *s = *state;
	struct three t;

	three(s, &t, "T03:", "T09:");
	assert_true(t.v.word[0].stale && t.v.word[0].age > 3600 * WARD_NS_PER_S);
	t.now = t.site[1].at + 60 * WARD_NS_PER_S;
	t.at[2] = NULL;
	see(s, &t);
	assert_true(!t.v.word[1].stale && t.v.word[1].age == 60 * WARD_NS_PER_S);
	assert_true(t.v.word[2].stale && t.v.word[2].age == WARD_NS_NEVER);
	t.heard[1] = t.site[1].at - 7200 * WARD_NS_PER_S; /* its clock is two hours ahead */
	assert_int_equal(ward_region_see(&t.r, t.at, t.heard, t.now, &s->a, &t.v), WARD_OK);
	assert_true(t.v.word[1].stale);
	done(&t);
}

static void tells_people_and_programs(void **state)
{
	const struct ward_region_names none = {NULL, NULL};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct said *s = *state;
	struct three t;

	three(s, &t, "T03:", "T09:");
	t.at[2] = NULL;
	see(s, &t);
	ward_region_write_text(&t.v, &none, NULL, false, &w);
	struct ward_str text = ward_wr_text(&w);

	assert_true(ward_str_find(text, WARD_STR("1 high")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("has said nothing so far")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("Operating theatres")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("EXERCISE")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("\033")) == SIZE_MAX);
	ward_wr_reset(&w);
	ward_region_write_json(&t.v, &w);
	struct ward_str lines = ward_wr_text(&w);
	size_t n = 0;

	for (struct ward_str line; (line = ward_str_cut(&lines, '\n')).len; n++) {
		const struct ward_conf *c;

		assert_int_equal(ward_conf_json(&s->a, &s->lim, WARD_STR("j"), 1,
					 ward_str_bytes(line), &s->d, &c),
			WARD_OK);
	}
	assert_int_equal(n, 3 + 12);
	ward_wr_fini(&w);
	done(&t);
}

/* A hospital learns how many have it: no name, no id of another. */
static void a_notice_names_no_other(void **state)
{
	const struct ward_region_names none = {NULL, NULL};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct said *s = *state;
	struct three t;

	three(s, &t, "T03:", "T09:");
	t.site[1].name = WARD_STR("The other house");
	ward_region_write_notice(&t.v, &t.v.same[0], 0, &none, NULL, &w);
	struct ward_str text = ward_wr_text(&w);

	assert_true(ward_str_find(text, WARD_STR("seen at 2 hospitals")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("other house")) == SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("0a854bd8")) == SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("log.alert")) != SIZE_MAX);
	ward_wr_fini(&w);
	done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_the_file, said_begin, said_end),
		cmocka_unit_test_setup_teardown(refuses_with_the_line, said_begin, said_end),
		cmocka_unit_test_setup_teardown(finds_the_same_attack, said_begin, said_end),
		cmocka_unit_test_setup_teardown(tells_apart, said_begin, said_end),
		cmocka_unit_test_setup_teardown(knows_what_is_old, said_begin, said_end),
		cmocka_unit_test_setup_teardown(tells_people_and_programs, said_begin, said_end),
		cmocka_unit_test_setup_teardown(a_notice_names_no_other, said_begin, said_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
