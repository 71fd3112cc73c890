/* A led play: injects and branches as they are read, how the story goes by what is asked and
 * decided, and the log from which the same course is read back. */
#include "exercise/course.h"

#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define S WARD_NS_PER_S

#define STEPS                                                                                   \
	"  - at: 1s\n"                                                                          \
	"    id: badge\n"                                                                       \
	"    syslog: {source: doors, host: dc-1, class: door.granted, fields: {reader: R9}}\n"  \
	"  - at: 5s\n"                                                                          \
	"    id: off\n"                                                                         \
	"    truth: {phase: control, does: [{on: ahu-1, what: stops}]}\n"                       \
	"  - at: 9s\n"                                                                          \
	"    id: warm\n"                                                                        \
	"    mqtt: {source: sensors, kind: temperature, sensor: t-1, payload: {state: high}}\n" \
	"  - at: 12s\n"                                                                         \
	"    arp: {from: intruder, target: 10.1.0.5}\n"
#define INJECTS                                                                                \
	"injects:\n"                                                                           \
	"  - id: press\n"                                                                      \
	"    title: A newspaper calls\n"                                                       \
	"    text: {engineer: They ask what happened.}\n"                                      \
	"  - id: door\n"                                                                       \
	"    title: Another door\n"                                                            \
	"    steps:\n"                                                                         \
	"      - {after: 1s, syslog: {source: doors, host: dc-1, class: door.forced, fields: " \
	"{door: D1}}}\n"                                                                       \
	"      - {after: 4s, syslog: {source: doors, host: dc-1, class: door.closed, fields: " \
	"{door: D1}}}\n"                                                                       \
	"  - id: both\n"                                                                       \
	"    title: Two are called\n"                                                          \
	"    text: {engineer: It is warm., guard: Let nobody in.}\n"
#define BRANCHES                                                                                \
	"branches:\n"                                                                           \
	"  - id: saved\n"                                                                       \
	"    note: The unit is set to local control in time\n"                                  \
	"    when: {contained: ahu-1, before: off}\n"                                           \
	"    without: [off, warm]\n"                                                            \
	"    steps:\n"                                                                          \
	"      - {after: 2s, mqtt: {source: sensors, kind: temperature, sensor: t-1, payload: " \
	"{state: normal}}}\n"

static struct stage st;
static struct ward_scenario *s;
static struct ward_course *c;

static int setup(void **state)
{
	(void)state;
	stage_open(&st);
	s = stage_steps(&st, STEPS INJECTS BRANCHES);
	assert_int_equal(ward_course_new(ward_mem_heap(), s, &c), WARD_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ward_course_free(c);
	ward_scenario_free(s);
	stage_close(&st);
	return 0;
}

static void test_read(void **state)
{
	const struct ward_branch *b = &s->lead.branch[0];

	(void)state;
	assert_int_equal(s->n_step, 4);
	assert_int_equal(s->lead.n_step, 7); /* what is brought in is not of the story */
	assert_int_equal(s->lead.n_inject, 3);
	assert_int_equal(s->lead.inject[0].n_text, 1);
	assert_int_equal(
		s->lead.inject[0].text[0].role, ward_model_find(s->model, WARD_STR("engineer")));
	assert_int_equal(s->lead.inject[1].steps.first, 4);
	assert_int_equal(s->lead.inject[1].steps.n, 2);
	assert_int_equal(s->step[5].at, 4 * S);
	assert_int_equal(s->lead.n_branch, 1);
	assert_int_equal(b->decided, WARD_LEAD_CONTAINED);
	assert_int_equal(b->before, 1);
	assert_int_equal(b->n_without, 2);
	assert_int_equal(b->without[1], 2);
	assert_int_equal(b->steps.first, 6);
	assert_int_equal(st.d.n_error, 0);
}

static const struct {
	const char *more, *what;
} row[] = {{"injects: [{id: a, title: A}]\n", "neither tells nor does"},
	{"injects: [{title: A, text: {engineer: x}}]\n", "'id' is missing"},
	{"injects: [{id: a, text: {engineer: x}}]\n", "'title' is missing"},
	{"injects: [{id: a, title: A, text: {ahu-1: x}}]\n", "'ahu-1' is no role"},
	{"injects: [{id: a, title: A, text: {engineer: []}}]\n", "is told is no text"},
	{"injects: [{id: a, title: A, text: x}]\n", "'text' is no map"},
	{"injects: [{id: a, title: A, steps: [x]}]\n", "a step is a map"},
	{"injects: [{id: a, title: A, steps: [{after: 1s}]}]\n", "exactly one act"},
	{"injects: [{id: a, title: A, steps: [{after: 2s, truth: {}}, {after: 1s, truth: "
	 "{}}]}]\n",
		"goes back behind"},
	{"injects: [{id: a, title: A, steps: [{at: 1s, truth: {}}]}]\n", "'at' means nothing"},
	{"injects: [{id: a, title: A, steps: [{espa: {source: line, address: \"1\", "
	 "message: x}}]}]\n",
		"can't be brought in"},
	{"injects: [{id: a, title: A, text: {engineer: x}}, {id: a, title: B, text: "
	 "{engineer: y}}]\n",
		"'a' is there twice"},
	{"injects: [{id: a, title: A, text: {engineer: x}, expect: {told: []}}]\n",
		"no step of the inject has a sign"},
	{"injects: [{id: a, title: A, steps: [{after: 1s, truth: {by: [syslog], signs: "
	 "[{threat: bms.command, on: ahu-1}]}}], expect: {told: []}}]\n",
		"the story is an incident already"},
	{"injects: [{id: a, title: A, steps: [{after: 1s, truth: {by: [syslog], signs: "
	 "[{threat: bms.command, on: ahu-1}]}}], expect: x}]\n",
		"'expect' is no map"},
	{"injects: [x]\n", "'injects' holds maps"}, {"injects: x\n", "'injects' is no list"},
	{"branches: [{id: b, note: n, when: {contained: ahu-1}, without: [off]}]\n",
		"what was decided before which step"},
	{"branches: [{id: b, note: n, when: {contained: ahu-1, decided: x, before: off}, "
	 "without: [off]}]\n",
		"what was decided before which step"},
	{"branches: [{id: b, note: n, without: [off]}]\n", "what was decided before which step"},
	{"branches: [{id: b, note: n, when: {contained: gone, before: off}, without: "
	 "[off]}]\n",
		"the hospital has no 'gone'"},
	{"branches: [{id: b, note: n, when: {acknowledged: ahu-1, before: off}, without: "
	 "[off]}]\n",
		"'ahu-1' is no role"},
	{"branches: [{id: b, note: n, when: {decided: x, before: gone}, without: [off]}]\n",
		"no step of the story has the id 'gone'"},
	{"branches: [{id: b, note: n, when: {decided: x, before: off}, without: [gone]}]\n",
		"no step of the story has the id 'gone'"},
	{"branches: [{id: b, note: n, when: {decided: x, before: off}, without: "
	 "[badge]}]\n",
		"happens before the branch"},
	{"branches: [{id: b, note: n, when: {decided: x, before: off}}]\n", "nothing is otherwise"},
	{"branches: [{id: b, when: {decided: x, before: off}, without: [off]}]\n",
		"'note' is missing"}};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_scenario *got = NULL;
		size_t before = st.d.n;
		bool found = false;
		char text[8192];
		const char *steps = strstr(stage_scenario, "steps:\n");

		assert_true(snprintf(text, sizeof(text), "%.*ssteps:\n%s%s",
				    (int)(steps - stage_scenario), stage_scenario, STEPS,
				    row[i].more) < (int)sizeof(text));
		assert_int_equal(
			stage_load(&st, ward_mem_heap(), ward_str_bytes(ward_str_z(text)), &got),
			WARD_ERR_CONFIG);
		for (size_t k = before; k < st.d.n; k++) {
			if (st.d.item[k].level != WARD_DIAG_ERROR)
				continue;
			assert_true(st.d.item[k].line > 26 && st.d.item[k].mend.len);
			found |= strstr(st.d.item[k].what.p, row[i].what) != NULL;
		}
		if (!found)
			fail_msg("not said: %s of %s", row[i].what, row[i].more);
	}
}

static struct ward_course_entry next(void)
{
	struct ward_course_entry e;

	assert_true(ward_course_next(c, &e));
	return e;
}

static enum ward_err take(struct ward_course_entry e)
{
	const char *why = NULL;
	enum ward_err err = ward_course_take(c, &e, &why);

	assert_true(!err || (why && *why));
	return err;
}

/* The course goes on by itself until that time. */
static void until(ward_ns time)
{
	struct ward_course_entry e;

	while (ward_course_next(c, &e) && e.what != WARD_COURSE_END && e.played <= time)
		assert_int_equal(take(e), WARD_OK);
}

static void test_nobody_leads(void **state)
{
	struct ward_course_entry e;

	(void)state;
	e = next();
	assert_int_equal(e.what, WARD_COURSE_STEP);
	assert_int_equal(e.played, S);
	until(4 * S);
	e = next();
	assert_int_equal(e.what, WARD_COURSE_BRANCH);
	assert_false(e.taken);
	assert_int_equal(e.played, 5 * S);
	until(60 * S);
	e = next();
	assert_int_equal(e.what, WARD_COURSE_END);
	for (size_t i = 0; i < s->n_step; i++)
		assert_int_equal(ward_course_fate(c, i), WARD_COURSE_PLAYED);
	assert_int_equal(ward_course_way(c, 0), WARD_COURSE_NOT_TAKEN);
	assert_int_equal(take(e), WARD_OK);
	assert_true(ward_course_ended(c));
	assert_false(ward_course_next(c, &e));
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_PAUSE}), WARD_ERR_STATE);
	assert_int_equal(take((struct ward_course_entry){
				 .what = WARD_COURSE_NOTE, .text = WARD_STR("it went well")}),
		WARD_OK);
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_GONE}), WARD_ERR_STATE);
}

static void test_branch(void **state)
{
	struct ward_course_entry e;

	(void)state;
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_GONE,
				 .of = WARD_STR("nobody"),
				 .text = WARD_STR("files")}),
		WARD_ERR_NOT_FOUND);
	until(2 * S);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_DECIDE,
				 .played = 3 * S,
				 .decided = WARD_LEAD_CONTAINED,
				 .of = WARD_STR("ahu-1"),
				 .by = WARD_STR("t")}),
		WARD_OK);
	assert_int_equal(ward_course_decided(c, WARD_LEAD_CONTAINED, WARD_STR("ahu-1")), 3 * S);
	assert_int_equal(
		ward_course_decided(c, WARD_LEAD_CONTAINED, WARD_STR("chiller")), WARD_NS_NEVER);
	e = next();
	assert_int_equal(e.what, WARD_COURSE_BRANCH);
	assert_true(e.taken);
	until(5 * S);
	assert_int_equal(ward_course_way(c, 0), WARD_COURSE_TAKEN);
	assert_int_equal(ward_course_fate(c, 1), WARD_COURSE_LEFT);
	assert_int_equal(ward_course_fate(c, 2), WARD_COURSE_LEFT);
	e = next();
	assert_int_equal(e.what, WARD_COURSE_BROUGHT);
	assert_int_equal(e.index, 6);
	assert_int_equal(e.played, 7 * S);
	until(60 * S);
	assert_int_equal(ward_course_fate(c, 3), WARD_COURSE_PLAYED);
	/* too late it is kept, and changes nothing */
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_DECIDE,
				 .decided = WARD_LEAD_CONTAINED,
				 .of = WARD_STR("ahu-1")}),
		WARD_ERR_STATE);
}

static void test_asked(void **state)
{
	struct ward_course_entry skip = {
		.what = WARD_COURSE_SKIP, .played = 2 * S, .index = WARD_COURSE_ANY};
	struct ward_course_entry again = {
		.what = WARD_COURSE_REPEAT, .played = 2 * S, .index = WARD_COURSE_ANY};
	struct ward_course_entry e = {.what = WARD_COURSE_NEXT, .played = 2 * S};
	const char *why;

	(void)state;
	assert_int_equal(take(again), WARD_ERR_NOT_FOUND); /* nothing was played */
	until(2 * S);
	assert_int_equal(ward_course_take(c, &again, &why), WARD_OK);
	assert_int_equal(again.index, 0);
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_RESUME}), WARD_ERR_STATE);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_PAUSE}), WARD_OK);
	assert_true(ward_course_paused(c));
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_PAUSE}), WARD_ERR_STATE);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_RESUME}), WARD_OK);
	assert_int_equal(ward_course_take(c, &skip, &why), WARD_OK);
	assert_int_equal(skip.index, 1);
	assert_int_equal(ward_course_fate(c, 1), WARD_COURSE_SKIPPED);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_SKIP, .index = 1}),
		WARD_ERR_STATE);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_SKIP, .index = 99}),
		WARD_ERR_NOT_FOUND);
	/* the branch that hangs on what was skipped is decided on the way */
	until(8 * S);
	assert_int_equal(ward_course_way(c, 0), WARD_COURSE_NOT_TAKEN);
	assert_int_equal(ward_course_take(c, &e, &why), WARD_OK);
	assert_int_equal(e.played, 9 * S); /* no further than to what comes next */
	until(60 * S);
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_NEXT}), WARD_ERR_STATE);
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_NOTE}), WARD_ERR_STATE);
	assert_int_equal(
		take((struct ward_course_entry){
			.what = WARD_COURSE_SAY, .of = WARD_STR("ahu-1"), .text = WARD_STR("x")}),
		WARD_ERR_NOT_FOUND);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_SAY,
				 .of = WARD_STR("engineer"),
				 .text = WARD_STR("x")}),
		WARD_OK);
}

static void test_injects(void **state)
{
	const struct ward_course_entry door = {
		.what = WARD_COURSE_INJECT, .played = 2 * S, .index = 1};

	(void)state;
	until(2 * S);
	assert_int_equal(take(door), WARD_OK);
	assert_int_equal(take(door), WARD_ERR_STATE); /* it is not over */
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_INJECT, .played = 2 * S}),
		WARD_OK);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_INJECT, .index = 3}),
		WARD_ERR_NOT_FOUND);
	assert_int_equal(next().what, WARD_COURSE_BROUGHT);
	assert_int_equal(next().index, 4);
	assert_int_equal(next().played, 3 * S);
	until(60 * S);
	assert_int_equal(ward_course_fate(c, 5), WARD_COURSE_PLAYED);
	assert_int_equal(ward_course_injected(c, 1), 1);
	assert_int_equal(take(door), WARD_OK); /* once more, long after the story */
	assert_int_equal(next().what, WARD_COURSE_BROUGHT);
}

/* Who is told something says once that they have it, in a role that was told. */
static void test_seen(void **state)
{
	const struct ward_id say = {{1}}, all = {{2}}, press = {{3}}, both = {{4}};
	const struct ward_course_entry *e;
	struct ward_str text;

	(void)state;
#define SEEN(m, role, who)                                        \
	take((struct ward_course_entry){.what = WARD_COURSE_SEEN, \
		.message = m,                                     \
		.of = WARD_STR(role),                             \
		.by = WARD_STR(who)})
	assert_int_equal(SEEN(say, "engineer", "a"), WARD_ERR_NOT_FOUND);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_SAY,
				 .id = say,
				 .of = WARD_STR("engineer"),
				 .text = WARD_STR("x")}),
		WARD_OK);
	assert_int_equal(take((struct ward_course_entry){
				 .what = WARD_COURSE_SAY, .id = all, .text = WARD_STR("y")}),
		WARD_OK);
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_INJECT, .id = press}), WARD_OK);
	assert_int_equal(SEEN(say, "guard", "a"), WARD_ERR_NOT_FOUND);
	assert_int_equal(SEEN(press, "guard", "a"), WARD_ERR_NOT_FOUND);
	assert_int_equal(SEEN(all, "", "a"), WARD_ERR_NOT_FOUND);
	assert_int_equal(SEEN(all, "guard", "a"), WARD_OK);
	assert_int_equal(SEEN(all, "engineer", "a"), WARD_ERR_STATE);
	assert_int_equal(SEEN(all, "engineer", "b"), WARD_OK);
	assert_int_equal(SEEN(say, "engineer", "b"), WARD_OK);
	assert_int_equal(SEEN(press, "engineer", "b"), WARD_OK);
	assert_int_equal(take((struct ward_course_entry){
				 .what = WARD_COURSE_INJECT, .index = 2, .id = both}),
		WARD_OK);
	assert_int_equal(SEEN(both, "engineer", "b"), WARD_OK);
	assert_int_equal(SEEN(both, "engineer", "b"), WARD_ERR_STATE);
	assert_int_equal(
		SEEN(both, "guard", "b"), WARD_OK); /* another text, told to another role */
#undef SEEN
	e = ward_course_asked(c, press);
	assert_true(ward_course_tells(c, e, WARD_STR("engineer"), &text));
	assert_true(ward_str_eqz(text, "They ask what happened."));
	assert_false(ward_course_tells(c, e, WARD_STR("guard"), &text));
	assert_true(ward_course_tells(c, e, WARD_STR(""), &text));
	assert_true(ward_course_tells(c, ward_course_asked(c, all), WARD_STR("guard"), &text));
	assert_false(ward_course_tells(c, e + 1, WARD_STR(""), &text)); /* that it was seen */
}

/* What is refused keeps no text: however often it comes, there is room for what is not. */
static void test_refused_often(void **state)
{
	static char who[4096];

	(void)state;
	memset(who, 'x', sizeof(who));
	for (size_t i = 0; i < 10000; i++) /* more bytes than there is room for texts */
		assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_SEEN,
					 .of = WARD_STR("guard"),
					 .by = {who, sizeof(who)}}),
			WARD_ERR_NOT_FOUND);
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_SAY, .text = WARD_STR("x")}),
		WARD_OK);
}

/* All kinds of entries. */
static void play_all(void)
{
	until(2 * S);
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_PAUSE, .played = 2 * S}),
		WARD_OK);
	assert_int_equal(take((struct ward_course_entry){
				 .what = WARD_COURSE_RESUME, .id = {{7}}, .by = WARD_STR("t")}),
		WARD_OK);
	assert_int_equal(take((struct ward_course_entry){
				 .what = WARD_COURSE_REPEAT, .index = WARD_COURSE_ANY}),
		WARD_OK);
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_INJECT, .index = 1}), WARD_OK);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_SAY,
				 .id = {{9}},
				 .of = WARD_STR("engineer"),
				 .text = WARD_STR("a \"b\"\n\xc3\xa9")}),
		WARD_OK);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_SEEN,
				 .message = {{9}},
				 .of = WARD_STR("engineer"),
				 .by = WARD_STR("e")}),
		WARD_OK);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_DECIDE,
				 .decided = WARD_LEAD_CONTAINED,
				 .of = WARD_STR("ahu-1"),
				 .itself = true}),
		WARD_OK);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_DECIDE,
				 .decided = WARD_LEAD_DECIDED,
				 .of = WARD_STR("called")}),
		WARD_OK);
	assert_int_equal(take((struct ward_course_entry){.what = WARD_COURSE_NEXT}), WARD_OK);
	until(6 * S);
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_SKIP, .index = 3}), WARD_OK);
	until(60 * S);
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_NOTE, .text = WARD_STR("n")}),
		WARD_OK);
	assert_int_equal(
		take((struct ward_course_entry){.what = WARD_COURSE_END, .played = 70 * S}),
		WARD_OK);
}

static void write_log(struct ward_wr *w, const char *boot)
{
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(c, &n);

	ward_course_write_begin(
		s, &(struct ward_course_begin){.at = 7 * S, .speed = 300}, ward_str_z(boot), w);
	ward_wr_ch(w, '\n');
	for (size_t i = 0; i < n; i++) {
		ward_course_write(s, &e[i], w);
		ward_wr_ch(w, '\n');
	}
	assert_false(ward_wr_bad(w));
}

static void same(const struct ward_course *a, const struct ward_course *b)
{
	size_t n, m;
	const struct ward_course_entry *x = ward_course_entries(a, &n);
	const struct ward_course_entry *y = ward_course_entries(b, &m);

	assert_int_equal(n, m);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(x[i].what, y[i].what);
		assert_true(ward_id_eq(x[i].id, y[i].id));
		assert_true(ward_id_eq(x[i].message, y[i].message));
		assert_int_equal(x[i].index, y[i].index);
		assert_int_equal(x[i].played, y[i].played);
		assert_int_equal(x[i].taken, y[i].taken);
		assert_int_equal(x[i].itself, y[i].itself);
		assert_int_equal(x[i].decided, y[i].decided);
		assert_true(ward_str_eq(x[i].of, y[i].of) && ward_str_eq(x[i].text, y[i].text) &&
			    ward_str_eq(x[i].by, y[i].by));
	}
	for (size_t i = 0; i < s->lead.n_step; i++)
		assert_int_equal(ward_course_fate(a, i), ward_course_fate(b, i));
	assert_int_equal(ward_course_way(a, 0), ward_course_way(b, 0));
	assert_int_equal(ward_course_injected(a, 1), ward_course_injected(b, 1));
	assert_int_equal(ward_course_ended(a), ward_course_ended(b));
}

static ward_ns read_until; /* when the next performance began, as it was read */

static enum ward_err read_log(
	struct ward_str text, const char *boot, struct ward_course **ret, uint32_t *line)
{
	struct ward_course_begin b = {0};

	assert_int_equal(ward_course_new(ward_mem_heap(), s, ret), WARD_OK);
	enum ward_err err = ward_course_log(*ret, &st.lab.lim, text, ward_str_z(boot), &b, line);

	if (!err) {
		assert_int_equal(b.at, 7 * S);
		assert_int_equal(b.speed, 300);
		read_until = b.until;
	}
	return err;
}

/* A camera's film can't be held, but waits for its beginning. */
static void test_films(void **state)
{
	struct ward_scenario *film = stage_steps(&st, "  - {at: 1s, truth: {}}\n"
						      "footage: [{source: cam, clip: a}]\n");
	struct ward_course *f;
	struct ward_course_entry e = {.what = WARD_COURSE_PAUSE, .played = -1};
	const char *why;

	(void)state;
	assert_int_equal(ward_course_new(ward_mem_heap(), film, &f), WARD_OK);
	assert_int_equal(ward_course_take(f, &e, &why), WARD_OK);
	e = (struct ward_course_entry){.what = WARD_COURSE_NEXT};
	assert_int_equal(ward_course_take(f, &e, &why), WARD_ERR_STATE);
	e = (struct ward_course_entry){.what = WARD_COURSE_RESUME};
	assert_int_equal(ward_course_take(f, &e, &why), WARD_OK);
	e = (struct ward_course_entry){.what = WARD_COURSE_PAUSE, .played = S / 2};
	assert_int_equal(ward_course_take(f, &e, &why), WARD_ERR_STATE);
	/* the log of it is read again */
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_scenario *other_s = s;
	struct ward_course *other_c = c, *got;
	uint32_t line;

	s = film;
	c = f;
	write_log(&w, "b1");
	assert_int_equal(read_log(ward_wr_text(&w), "", &got, &line), WARD_OK);
	s = other_s;
	c = other_c;
	ward_course_free(got);
	ward_wr_fini(&w);
	ward_course_free(f);
	ward_scenario_free(film);
}

static void test_log(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_course *got;
	uint32_t line;

	(void)state;
	play_all();
	ward_wr_z(&w, "{\"what\":\"begin\",\"scenario\":\"other\",\"boot\":\"b1\"}\n");
	write_log(&w, "b1");
	size_t first = w.len;

	write_log(&w, "b2");
	assert_int_equal(read_log(ward_wr_text(&w), "", &got, &line), WARD_OK);
	same(c, got);
	/* what was asked is known by its id; what came of itself has none */
	assert_int_equal(ward_course_asked(got, (struct ward_id){{7}})->what, WARD_COURSE_RESUME);
	assert_null(ward_course_asked(got, (struct ward_id){{8}}));
	assert_null(ward_course_asked(got, (struct ward_id){{0}}));
	ward_course_free(got);
	/* the line that was being written is none yet */
	w.len--;
	assert_int_equal(read_log(ward_wr_text(&w), "b2", &got, &line), WARD_OK);
	assert_false(ward_course_ended(got));
	ward_course_free(got);
	assert_int_equal(read_log(ward_wr_text(&w), "b3", &got, &line), WARD_ERR_NOT_FOUND);
	ward_course_free(got);
	w.len = first;
	ward_wr_z(&w, "{\"time\":\"2026-03-12T03:10:00Z\",\"played_ms\":1,\"what\":\"inject\","
		      "\"inject\":\"gone\"}\n");
	assert_int_equal(read_log(ward_wr_text(&w), "b1", &got, &line), WARD_ERR_MALFORMED);
	size_t n;

	(void)ward_course_entries(c, &n);
	assert_int_equal(line, 2 + n + 1); /* the one behind all others */
	ward_course_free(got);
	ward_wr_fini(&w);
}

/* A morning and an afternoon are played with one log: each is read to where another begins. */
static void test_others_behind(void **state)
{
	static const char other[] =
		"{\"time\":\"2026-03-12T14:00:00Z\",\"what\":\"begin\",\"scenario\":\"other\","
		"\"speed\":100,\"boot\":\"b9\"}\n"
		"{\"time\":\"2026-03-12T14:00:01Z\",\"played_ms\":1,\"what\":\"inject\","
		"\"inject\":\"of-the-other\"}\n";
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_course *got;
	uint32_t line;

	(void)state;
	play_all();
	write_log(&w, "b1");
	ward_wr_z(&w, other);
	assert_int_equal(read_log(ward_wr_text(&w), "", &got, &line), WARD_OK);
	same(c, got);
	assert_int_equal(read_until, 1773324000 * S);
	ward_course_free(got);
	/* once more of this one, and of the other: the last of this one, and the first by its boot
	 */
	write_log(&w, "b2");
	ward_wr_z(&w, other);
	assert_int_equal(read_log(ward_wr_text(&w), "", &got, &line), WARD_OK);
	same(c, got);
	ward_course_free(got);
	assert_int_equal(read_log(ward_wr_text(&w), "b1", &got, &line), WARD_OK);
	same(c, got);
	assert_int_equal(read_until, 1773324000 * S);
	ward_course_free(got);
	/* a begin of this one that can't be read is no end of what was before: it is said */
	write_log(&w, "b3");
	ward_wr_z(&w, "{\"what\":\"begin\",\"scenario\":\"s\",\"boot\":\"b4\"}\n");
	assert_int_equal(read_log(ward_wr_text(&w), "", &got, &line), WARD_ERR_MALFORMED);
	ward_course_free(got);
	ward_wr_fini(&w);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (uint64_t at = 0;; at++) {
		struct ward_mem_failing f;
		struct ward_course *x = NULL;
		struct ward_course_entry e = {.what = WARD_COURSE_INJECT, .index = 1};
		const char *why;

		ward_mem_failing_init(&f, at);
		enum ward_err err = ward_course_new(&f.mem, s, &x);

		if (!err)
			err = ward_course_take(x, &e, &why);
		assert_true(!err || err == WARD_ERR_NOMEM);
		if (x && err) {
			assert_int_equal(ward_course_injected(x, 1), 0);
			struct ward_course_entry next_is;

			assert_true(ward_course_next(x, &next_is));
			assert_int_equal(next_is.what, WARD_COURSE_STEP);
		}
		ward_course_free(x);
		if (!err)
			return;
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest all[] = {T(test_read), T(test_refused), T(test_nobody_leads),
		T(test_branch), T(test_asked), T(test_injects), T(test_seen), T(test_refused_often),
		T(test_films), T(test_log), T(test_others_behind), T(test_no_memory)};

	return cmocka_run_group_tests(all, NULL, NULL);
}
