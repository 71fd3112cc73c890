/* Filters that people make of what they dismissed: signs like these are on record and open nothing,
 * until they are lifted or over, also for a brain that was killed in between. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

enum { STEPS = 8 };

/* A door is forced; %d makes the id, %s is the time. */
static const char forced[] =
	"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-00000000000%d\",\"time\":\"2026-03-%"
	"sZ\","
	"\"source\":\"s\",\"class\":\"door.forced\",\"fields\":{\"door\":\"A2-D23\"}}";
static const char decided[] =
	"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-00000000000%d\",\"time\":\"2026-03-%"
	"sZ\","
	"\"source\":\"desk\",\"class\":\"ward.decision\",\"fields\":{\"decision.kind\":\"%s\","
	"\"decision.person\":\"me\",\"decision.role\":\"crisis-manager\",\"decision.subject\":\"%"
	"s\","
	"\"decision.text\":\"a drill\"%s}}";

struct play {
	struct lab *l;
	struct ward_brain *b;
	struct rows r;
	char incident[64], rule[64], thing[64];
};

static void feed(struct play *p, const char *json)
{
	struct record rec = lab_line(p->l, json);

	lab_feed(p->l, p->b, &rec);
}

static void force(struct play *p, int n, const char *time)
{
	char text[512];

	(void)snprintf(text, sizeof(text), forced, n, time);
	feed(p, text);
}

static void say(struct play *p, int n, const char *time, const char *kind, const char *subject,
	const char *args)
{
	char text[1024];

	(void)snprintf(text, sizeof(text), decided, n, time, kind, subject, args);
	feed(p, text);
}

static size_t count(const struct play *p, enum ward_output_kind kind, const char *text)
{
	size_t n = 0;

	for (size_t i = 0; i < p->r.n; i++)
		n += p->r.row[i].kind == kind &&
		     ward_str_find(p->r.row[i].json, ward_str_z(text)) != SIZE_MAX;
	return n;
}

/* The text behind the key in the first row of that kind. */
static void read(const struct play *p, enum ward_output_kind kind, const char *key, char ret[64])
{
	for (size_t i = 0; i < p->r.n; i++) {
		struct ward_str s = p->r.row[i].json;
		size_t at = ward_str_find(s, ward_str_z(key));

		if (p->r.row[i].kind != kind || at == SIZE_MAX)
			continue;
		s = ward_str_sub(s, at + strlen(key), SIZE_MAX);
		const struct ward_str text = ward_str_cut(&s, '"');

		(void)snprintf(ret, 64, "%.*s", WARD_STR_ARG(text));
		return;
	}
	fail_msg("no row says %s", key);
}

static void step(struct play *p, int i)
{
	char args[512];

	switch (i) {
	case 0:
		force(p, 1, "19T08:00:00");
		break;
	case 1:
		say(p, 2, "19T08:01:00", "dismiss", p->incident, "");
		break;
	case 2:
		(void)snprintf(args, sizeof(args),
			",\"decision.args\":\"{\\\"rule\\\":\\\"%s\\\",\\\"thing\\\":\\\"%s\\\","
			"\\\"until\\\":\\\"2026-03-21T00:00:00Z\\\"}\"",
			p->rule, p->thing);
		say(p, 3, "19T08:02:00", "tune", p->incident, args);
		break;
	case 3:
		force(p, 4, "19T09:00:00");
		break;
	case 4:
		say(p, 5, "19T09:01:00", "lift", "00000000-0000-8000-8000-000000000003", "");
		break;
	case 5:
		force(p, 6, "19T10:00:00");
		break;
	case 6: /* there is none of this name */
		say(p, 7, "19T10:01:00", "lift", "00000000-0000-8000-8000-000000000003", "");
		break;
	default: /* its end is too far */
		(void)snprintf(args, sizeof(args),
			",\"decision.args\":\"{\\\"rule\\\":\\\"%s\\\",\\\"thing\\\":\\\"%s\\\","
			"\\\"until\\\":\\\"2027-03-21T00:00:00Z\\\"}\"",
			p->rule, p->thing);
		say(p, 8, "19T10:02:00", "tune", p->incident, args);
	}
}

static void kill_and_load(struct play *p)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);

	ward_brain_save(p->b, &w);
	assert_false(ward_wr_bad(&w));
	ward_brain_free(p->b);
	p->b = lab_brain(p->l, &p->r);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_brain_load(p->b, &r), WARD_OK);
	ward_wr_fini(&w);
}

/* cut: killed after that step; STEPS: never. */
static void play(struct play *p, struct lab *l, int cut)
{
	*p = (struct play){.l = l};
	rows_init(&p->r);
	p->b = lab_brain(l, &p->r);
	for (int i = 0; i < STEPS; i++) {
		step(p, i);
		if (i == 0) {
			assert_int_equal(ward_brain_tick(p->b, WARD_NS_NEVER), WARD_OK);
			read(p, WARD_OUTPUT_INCIDENT, "\"id\":\"", p->incident);
			read(p, WARD_OUTPUT_DETECTION, "\"rule\":{\"id\":\"", p->rule);
			read(p, WARD_OUTPUT_DETECTION, "\"asset\":\"", p->thing);
		}
		if (i == cut)
			kill_and_load(p);
	}
	ward_brain_free(p->b);
}

static void held_back(void **state)
{
	struct lab *l = lab_new();
	struct play want;

	(void)state;
	play(&want, l, STEPS);
	assert_int_equal(count(&want, WARD_OUTPUT_DETECTION, want.rule), 3);
	assert_int_equal(ward_counter_get(&l->counters, "brain.muted"), 1);
	assert_int_equal(count(&want, WARD_OUTPUT_INCIDENT, "2026-03-19T09:00:00Z"), 0);
	assert_true(count(&want, WARD_OUTPUT_INCIDENT, "2026-03-19T10:00:00Z") > 0);
	assert_int_equal(count(&want, WARD_OUTPUT_DECISION, "no such filter"), 1);
	assert_int_equal(count(&want, WARD_OUTPUT_DECISION, "within the next 90 days"), 1);
	assert_int_equal(count(&want, WARD_OUTPUT_DECISION, "\"taken\":true"), 3);
	for (int cut = 0; cut < STEPS; cut++) {
		struct play got;

		play(&got, l, cut);
		rows_same(&want.r, &got.r);
		rows_fini(&got.r);
	}
	rows_fini(&want.r);
	lab_free(l);
}

/* A brain that begins to think anew, as after a clock that went back, holds back the same. */
static void outlives_thoughts(void **state)
{
	struct lab *l = lab_new();
	struct play p = {.l = l};
	struct ward_brain *anew;

	(void)state;
	rows_init(&p.r);
	p.b = lab_brain(l, &p.r);
	for (int i = 0; i <= 2; i++) {
		step(&p, i);
		if (i > 0)
			continue;
		assert_int_equal(ward_brain_tick(p.b, WARD_NS_NEVER), WARD_OK);
		read(&p, WARD_OUTPUT_INCIDENT, "\"id\":\"", p.incident);
		read(&p, WARD_OUTPUT_DETECTION, "\"rule\":{\"id\":\"", p.rule);
		read(&p, WARD_OUTPUT_DETECTION, "\"asset\":\"", p.thing);
	}
	anew = lab_brain(l, &p.r);
	ward_brain_mutes_from(anew, p.b);
	ward_brain_free(p.b);
	p.b = anew;
	step(&p, 3);
	assert_int_equal(ward_brain_tick(p.b, WARD_NS_NEVER), WARD_OK);
	assert_int_equal(ward_counter_get(&l->counters, "brain.muted"), 1);
	assert_int_equal(count(&p, WARD_OUTPUT_INCIDENT, "2026-03-19T09:00:00Z"), 0);
	ward_brain_free(p.b);
	rows_fini(&p.r);
	lab_free(l);
}

/* Whoever is bound to places decides there alone, by whichever way it came in. */
static void decides_where_bound(void **state)
{
	static const struct {
		const char *kind, *places;
		bool taken;
	} all[] = {{"note", "a2-network", true}, {"note", "au-plant a2-network", true},
		{"note", "au-plant", false}, {"note", "no-such-place", false},
		{"look", "au-plant", false}, {"look", "a2-network", true},
		{"dismiss", "au-plant", false}, {"confirm", "a2-network", true}};
	struct lab *l = lab_new();
	struct play p = {.l = l};
	size_t n = 0;

	(void)state;
	rows_init(&p.r);
	p.b = lab_brain(l, &p.r);
	step(&p, 0);
	assert_int_equal(ward_brain_tick(p.b, WARD_NS_NEVER), WARD_OK);
	read(&p, WARD_OUTPUT_INCIDENT, "\"id\":\"", p.incident);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		char more[128], time[32];

		(void)snprintf(more, sizeof(more), ",\"decision.places\":\"%s\"", all[i].places);
		(void)snprintf(time, sizeof(time), "19T08:%02zu:00", 10 + i);
		say(&p, (int)i + 2, time, all[i].kind, p.incident, more);
		n += !all[i].taken;
		if (count(&p, WARD_OUTPUT_DECISION, "it is at no place of theirs") != n)
			fail_msg("%s by who is bound to %s", all[i].kind, all[i].places);
	}
	assert_int_equal(
		count(&p, WARD_OUTPUT_DECISION, "\"taken\":true"), WARD_ARRAY_LEN(all) - n);
	ward_brain_free(p.b);
	rows_fini(&p.r);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(held_back),
		cmocka_unit_test(outlives_thoughts),
		cmocka_unit_test(decides_where_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
