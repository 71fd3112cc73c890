/* What a run doesn't do although its playbook says so. */
#include "lab.h"

#include "hospital.h"

static const struct ward_id run_id = {{1, 2, 3}};
static const ward_ns noon = 1767268800 * WARD_NS_PER_S;

static struct ward_run *begin(const struct pb_lab *l, const struct ward_mem *mem)
{
	static const struct ward_run_value given[] = {
		{{"__place__", 9}, {"room 5", 6}}, {{"__nothing__", 11}, {"x", 1}}};
	struct ward_run *r = NULL;

	assert_int_equal(
		ward_run_begin(l->item[0], &l->all, run_id, noon, given, 2, mem, &r), WARD_OK);
	return r;
}

static enum ward_err tell(
	struct ward_run *r, bool well, const struct ward_run_value *v, size_t n, ward_ns now)
{
	struct ward_run_request q;
	struct ward_run_out out;

	assert_true(ward_run_open(r, 0, &q));
	const struct ward_run_answer a = {q.id, well, NULL, v, n};

	return ward_run_answer(r, &a, now, &out);
}

static const char *asked(const struct ward_run *r, size_t i)
{
	struct ward_run_request q;

	return ward_run_open(r, i, &q) ? q.step->id.p : "nothing";
}

/* Makes transitions until one fails; its reason, or NULL. */
static const char *go_wrong(struct ward_run *r, ward_ns now)
{
	struct ward_run_out out;

	while (ward_run_next(r, now, &out) == WARD_OK)
		if (out.record.what == WARD_RUN_FAILED)
			return out.record.why;
	return NULL;
}

static const struct ward_run_value burns[] = {
	{{"__fire__", 8}, {"true", 4}}, {{"__again__", 9}, {"false", 5}}};

/* A value makes an address of what no playbook acts on: nobody is even asked. */
static void never(void **state)
{
	(void)state;
	static const struct ward_run_value place = {{"__place__", 9}, {"D%2D1", 5}};
	struct ward_run *r = NULL;
	struct pb_lab l;
	struct lab h;

	assert_int_equal(
		lab_load(&h, ward_mem_heap(), NULL, "more.yml", "services: []\n"), WARD_OK);
	struct ward_playbook_never *x;

	assert_int_equal(ward_playbook_never_new(h.m, NULL, ward_mem_heap(), &x), WARD_OK);
	pb_load(&l);
	l.all.never = x;
	assert_int_equal(
		ward_run_begin(l.item[0], &l.all, run_id, noon, &place, 1, ward_mem_heap(), &r),
		WARD_OK);
	assert_null(go_wrong(r, noon));
	assert_int_equal(tell(r, true, burns, 2, noon), WARD_OK);
	assert_string_equal(go_wrong(r, noon),
		"with these values it would act on a door by which people escape");
	ward_run_free(r);
	/* and nothing is done that somebody agreed to before it was refused */
	r = begin(&l, ward_mem_heap());
	assert_null(go_wrong(r, noon));
	assert_int_equal(tell(r, true, burns, 2, noon), WARD_OK);
	assert_null(go_wrong(r, noon));
	l.item[0]->sound = false;
	struct ward_run_request q;
	struct ward_run_out out;

	assert_true(ward_run_open(r, 0, &q) && q.ask == WARD_RUN_ASK_CONFIRM);
	assert_int_equal(
		ward_run_answer(
			r, &(struct ward_run_answer){.request = q.id, .well = true}, noon, &out),
		WARD_OK);
	assert_int_equal(out.record.what, WARD_RUN_FAILED);
	assert_false(out.asks);
	ward_run_free(r);
	pb_fini(&l);
	ward_playbook_never_free(x);
	lab_free(&h);
}

/* The same of a value that only the agent of the step names: the device that would act. */
static void never_by_its_agent(void **state)
{
	static const struct ward_run_value what = {{"__asset__", 9}, {"pump-1", 6}},
					   other = {{"__asset__", 9}, {"ws-1", 4}};
	static char text[8192];
	struct ward_playbook_never *x;
	struct ward_model *m = lab_hospital(&x);
	struct ward_run *r = NULL;
	struct pb_lab l;

	(void)state;
	pb_init(&l);
	pb_text_of("calls.json", text, sizeof(text));
	char *mute = pb_in(text, "/__asset__:value HTTP", "/this HTTP"),
	     *plain = pb_in(mute, "\\\"__asset__:value\\\"", "\\\"this\\\""),
	     *agent = pb_in(plain, "\"role\": \"it-on-call\"",
		     "\"role\": \"it-on-call\", \"thing\": \"__asset__\""),
	     *alone = pb_in(agent, "\", \"group--00000002-0000-4000-8000-000000000000\"]", "\"]");

	assert_int_equal(pb_read(&l, alone), WARD_OK);
	l.item[0]->sound = true; /* whether a system may do it is not the question */
	l.all.never = x;
	assert_int_equal(
		ward_run_begin(l.item[0], &l.all, run_id, noon, &other, 1, ward_mem_heap(), &r),
		WARD_OK);
	assert_null(go_wrong(r, noon));
	ward_run_free(r);
	assert_int_equal(
		ward_run_begin(l.item[0], &l.all, run_id, noon, &what, 1, ward_mem_heap(), &r),
		WARD_OK);
	assert_string_equal(
		go_wrong(r, noon), "with these values it would act on a medical device");
	ward_run_free(r);
	pb_fini(&l);
	ward_playbook_never_free(x);
	ward_model_free(m);
	free(mute);
	free(plain);
	free(agent);
	free(alone);
}

/* The hospital was edited while a run was open: people go on, nothing acts any more. */
static void edited(void **state)
{
	(void)state;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_RUN_BYTES_MAX);
	struct ward_run *r;
	struct pb_lab l;

	pb_load(&l);
	r = begin(&l, ward_mem_heap());
	assert_null(go_wrong(r, noon));
	ward_run_save(r, &w);
	ward_run_free(r);
	const struct ward_playbooks alone = {.item = l.item, .n = 1};
	const struct ward_playbook_world world = {.others = &alone};

	assert_int_equal(ward_playbook_check(l.item[0], &world, &l.d), WARD_ERR_CONFIG);
	assert_true(l.item[0]->whole && !l.item[0]->sound);
	r = NULL;
	assert_int_equal(ward_run_load(ward_wr_slice(&w), &alone, ward_mem_heap(), &r), WARD_OK);
	assert_int_equal(tell(r, true, burns, 2, noon), WARD_OK);
	assert_string_equal(go_wrong(r, noon),
		"the playbook has errors in the hospital as it is: it only asks people");
	while (go_wrong(r, noon)) /* the branches that it is in, too */
		;
	assert_string_equal(asked(r, 0), PB_ID("action", "90"));
	assert_int_equal(tell(r, true, NULL, 0, noon), WARD_OK);
	assert_null(go_wrong(r, noon));
	assert_int_equal(ward_run_is(r), WARD_RUN_BADLY);
	ward_run_free(r);
	ward_wr_fini(&w);
	pb_fini(&l);
}

/* A playbook that another does is begun as any other is. */
static void nested_late(void **state)
{
	(void)state;
	static const struct ward_run_value calm[] = {
		{{"__fire__", 8}, {"false", 5}}, {{"__again__", 9}, {"false", 5}}};
	struct pb_lab l;

	for (unsigned early = 0; early < 2; early++) {
		pb_load(&l);
		struct ward_run *r = begin(&l, ward_mem_heap());

		*(early ? &l.item[1]->valid_from : &l.item[1]->valid_until) = noon + early;
		assert_null(go_wrong(r, noon));
		assert_int_equal(tell(r, true, calm, 2, noon), WARD_OK);
		assert_string_equal(go_wrong(r, noon),
			"the other playbook is not there, has errors, is revoked or not valid "
			"today");
		ward_run_free(r);
		pb_fini(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(never),
		cmocka_unit_test(never_by_its_agent), cmocka_unit_test(edited),
		cmocka_unit_test(nested_late)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
