/* What people decide of incidents: each state from each other, what is over takes no sign, what
 * sleeps can be ended, and a checkpoint at any place says the same. */
#include "../model/lab.h"
#include "fuse/fuse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

static const ward_ns minute = 60 * WARD_NS_PER_S;

struct fix {
	struct lab lab;
	struct ward_fuser *f;
	struct ward_fuse_options o;
	uint32_t ahu;
};

static struct ward_fuser *fuser(struct fix *x)
{
	struct ward_fuser *f = NULL;

	assert_int_equal(
		ward_fuser_new(x->lab.m, &x->o, NULL, x, &x->lab.lim, ward_mem_heap(), NULL, &f),
		WARD_OK);
	return f;
}

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));

	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ""), WARD_OK);
	ward_fuse_options_default(&x->o);
	x->ahu = lab_node(&x->lab, "ahu-1");
	x->f = fuser(x);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;

	ward_fuser_free(x->f);
	lab_free(&x->lab);
	free(x);
	return 0;
}

static struct ward_id id_of(const char *domain, unsigned n)
{
	struct ward_idgen g;

	ward_idgen_init(&g, domain);
	ward_idgen_u64(&g, n);
	return ward_idgen_final(&g);
}

/* A sign on the air handler. */
static void sign(struct fix *x, unsigned n, ward_ns at, bool withdrawn)
{
	struct ward_detection d = {.id = id_of("sign", n),
		.revision = 1 + withdrawn,
		.rule = n % 2 ? WARD_STR("rule") : WARD_STR("other"),
		.title = WARD_STR("Title"),
		.level = WARD_LEVEL_HIGH,
		.threat = 1,
		.asset = x->ahu,
		.place = WARD_NONE,
		.first = at,
		.last = at,
		.withdrawn = withdrawn};

	assert_int_equal(ward_fuser_detection(x->f, &d), WARD_OK);
}

static const struct ward_incident *told(struct fix *x)
{
	const struct ward_incident *in;

	assert_int_equal(ward_fuser_told(x->f, 0, &in), WARD_OK);
	return in;
}

/* Saved and loaded: what comes after is as if nothing had been. */
static void reload(struct fix *x)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20), again = w;

	ward_fuser_save(x->f, &w);
	ward_fuser_free(x->f);
	x->f = fuser(x);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_fuser_load(x->f, &r), WARD_OK);
	assert_int_equal(ward_rd_left(&r), 0);
	ward_fuser_save(x->f, &again);
	assert_int_equal(again.len, w.len);
	assert_memory_equal(again.p, w.p, w.len);
	ward_wr_fini(&w);
	ward_wr_fini(&again);
}

static unsigned n_decision;

static enum ward_err decide(struct fix *x, struct ward_id incident, enum ward_verdict_kind k)
{
	n_decision++;
	const struct ward_verdict v = {k, id_of("decision", n_decision), n_decision * minute,
		WARD_STR("director"), WARD_STR("so it is")};

	return ward_fuser_decide(x->f, incident, &v);
}

/* Brings a new incident into the state. */
static struct ward_id incident_in(struct fix *x, enum ward_incident_state s)
{
	static const enum ward_verdict_kind way[] = {
		[WARD_INCIDENT_CONFIRMED] = WARD_VERDICT_CONFIRM,
		[WARD_INCIDENT_CONTAINED] = WARD_VERDICT_CONTAIN,
		[WARD_INCIDENT_RECOVERED] = WARD_VERDICT_RECOVER,
		[WARD_INCIDENT_CLOSED] = WARD_VERDICT_CLOSE,
		[WARD_INCIDENT_DISMISSED] = WARD_VERDICT_DISMISS};

	sign(x, 1, minute, false);
	const struct ward_incident *in = told(x);
	struct ward_id id = in->id;

	if (s == WARD_INCIDENT_SUSPECTED)
		return id;
	assert_int_equal(decide(x, id, way[s]), WARD_OK);
	in = told(x);
	assert_int_equal(in->state, s);
	assert_int_equal(in->revision, 2);
	assert_true(in->raised);
	return id;
}

/* Rows: from; columns: confirm, contain, recover, close, dismiss, reopen, note, assign, merge and
 * split (which are decided elsewhere). N: refused. */
static void each_step(void **state)
{
	enum {
		S = WARD_INCIDENT_SUSPECTED,
		C = WARD_INCIDENT_CONFIRMED,
		T = WARD_INCIDENT_CONTAINED,
		R = WARD_INCIDENT_RECOVERED,
		X = WARD_INCIDENT_CLOSED,
		D = WARD_INCIDENT_DISMISSED,
		N = WARD_INCIDENT_STATE_N
	};
	static const uint8_t to[N][WARD_VERDICT_N] = {{C, T, R, X, D, N, S, S, N, N},
		{N, T, R, X, D, N, C, C, N, N}, {N, N, R, X, D, N, T, T, N, N},
		{N, N, N, X, N, C, R, N, N, N}, {N, N, N, N, N, C, X, N, N, N},
		{N, N, N, N, N, S, D, N, N, N}};

	(void)state;
	for (unsigned from = 0; from < N; from++) {
		for (unsigned k = 0; k < WARD_VERDICT_N; k++) {
			void *own = NULL;

			(void)setup(&own);
			struct fix *x = own;
			struct ward_id id = incident_in(x, (enum ward_incident_state)from);
			enum ward_err err = decide(x, id, (enum ward_verdict_kind)k);

			reload(x);
			if (to[from][k] == N) {
				assert_int_equal(err, WARD_ERR_STATE);
				assert_null(told(x));
			} else {
				assert_int_equal(err, WARD_OK);
			}
			const struct ward_incident *in;

			assert_int_equal(ward_fuser_at(x->f, 0, &in), WARD_OK);
			assert_int_equal(in->state, to[from][k] == N ? from : to[from][k]);
			(void)teardown(&own);
		}
	}
}

/* Who decided stands in the record as a role; asked again it is the same. */
static void the_record(void **state)
{
	struct fix *x = *state;
	struct ward_id id = incident_in(x, WARD_INCIDENT_SUSPECTED);
	const struct ward_verdict v = {WARD_VERDICT_CONFIRM, id_of("decision", 999), 7 * minute,
		WARD_STR("director"), WARD_STR("seen by two")};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	assert_int_equal(ward_fuser_decide(x->f, id, &v), WARD_OK);
	const struct ward_incident *in = told(x);

	ward_incident_write_json(in, x->lab.m, &w);
	assert_true(
		ward_str_find(ward_wr_text(&w), WARD_STR("\"state\":\"confirmed\"")) != SIZE_MAX);
	assert_true(
		ward_str_find(ward_wr_text(&w),
			WARD_STR("\"decided\":{\"what\":\"confirm\",\"role\":\"director\","
				 "\"time\":\"1970-01-01T00:07:00Z\",\"text\":\"seen by two\"}")) !=
		SIZE_MAX);
	assert_int_equal(ward_fuser_decide(x->f, id, &v), WARD_OK);
	assert_null(told(x));
	assert_int_equal(decide(x, id_of("no", 1), WARD_VERDICT_CLOSE), WARD_ERR_NOT_FOUND);
	ward_wr_fini(&w);
}

/* What comes after the end is another incident that names it; also when it is the same sign again,
 * and after a reload. A withdrawn sign leaves it ended. */
static void over_takes_nothing(void **state)
{
	static const enum ward_incident_state over[] = {
		WARD_INCIDENT_RECOVERED, WARD_INCIDENT_CLOSED, WARD_INCIDENT_DISMISSED};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(over); i++) {
		void *own = NULL;

		(void)setup(&own);
		struct fix *x = own;
		struct ward_id id = incident_in(x, over[i]);

		reload(x);
		sign(x, 3, 2 * minute, false); /* of the same rule */
		const struct ward_incident *in = told(x);
		struct ward_id second = in->id;

		assert_false(ward_id_eq(second, id));
		assert_true(ward_id_eq(in->follows, id));
		assert_int_equal(in->state, WARD_INCIDENT_SUSPECTED);
		assert_int_equal(in->n_member, 1);
		reload(x);
		sign(x, 4, 3 * minute, false); /* joins that one */
		in = told(x);
		assert_true(ward_id_eq(in->id, second) && ward_id_eq(in->follows, id));
		assert_int_equal(in->n_member, 2);
		assert_null(told(x));
		assert_int_equal(ward_fuser_n(x->f), 2);
		sign(x, 1, minute, true); /* the first one's only sign is taken back */
		in = told(x);
		assert_true(ward_id_eq(in->id, id));
		assert_int_equal(in->state, over[i]);
		(void)teardown(&own);
	}
}

/* Reopened it takes signs again. */
static void reopened(void **state)
{
	struct fix *x = *state;
	struct ward_id id = incident_in(x, WARD_INCIDENT_CLOSED);

	assert_int_equal(decide(x, id, WARD_VERDICT_REOPEN), WARD_OK);
	assert_int_equal(told(x)->state, WARD_INCIDENT_CONFIRMED);
	reload(x);
	sign(x, 2, 2 * minute, false);
	const struct ward_incident *in = told(x);

	assert_true(ward_id_eq(in->id, id));
	assert_int_equal(in->n_member, 2);
	assert_int_equal(in->state, WARD_INCIDENT_CONFIRMED);
}

/* Of one that was quiet for long people decide as of any other: it is what they say. */
static void asleep_but_open(void **state)
{
	static const struct {
		enum ward_verdict_kind kind;
		enum ward_incident_state is;
	} all[] = {{WARD_VERDICT_NOTE, WARD_INCIDENT_SUSPECTED},
		{WARD_VERDICT_CONFIRM, WARD_INCIDENT_CONFIRMED},
		{WARD_VERDICT_NOTE, WARD_INCIDENT_CONFIRMED},
		{WARD_VERDICT_CONTAIN, WARD_INCIDENT_CONTAINED},
		{WARD_VERDICT_CLOSE, WARD_INCIDENT_CLOSED},
		{WARD_VERDICT_REOPEN, WARD_INCIDENT_CONFIRMED},
		{WARD_VERDICT_DISMISS, WARD_INCIDENT_DISMISSED},
		{WARD_VERDICT_REOPEN, WARD_INCIDENT_SUSPECTED}};
	struct fix *x = *state;
	struct ward_id id = incident_in(x, WARD_INCIDENT_SUSPECTED);

	ward_fuser_expire(x->f, 3 * 24 * 60 * minute, NULL, NULL);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		assert_int_equal(decide(x, id, all[i].kind), WARD_OK);
		const struct ward_incident *in = told(x);

		assert_true(ward_id_eq(in->id, id));
		assert_int_equal(in->state, all[i].is);
		assert_null(told(x));
		reload(x);
	}
}

/* What ended before it fell asleep can be closed, or opened again. */
static void asleep_and_over(void **state)
{
	struct fix *x = *state;
	struct ward_id id = incident_in(x, WARD_INCIDENT_RECOVERED);

	ward_fuser_expire(x->f, 3 * 24 * 60 * minute, NULL, NULL);
	assert_int_equal(decide(x, id, WARD_VERDICT_CLOSE), WARD_OK);
	assert_int_equal(told(x)->state, WARD_INCIDENT_CLOSED);
	assert_int_equal(decide(x, id, WARD_VERDICT_REOPEN), WARD_OK);
	assert_int_equal(told(x)->state, WARD_INCIDENT_CONFIRMED);
}

/* Too old to be joined it can still be ended, once. */
static void asleep(void **state)
{
	struct fix *x = *state;
	struct ward_id id = incident_in(x, WARD_INCIDENT_CONTAINED);

	ward_fuser_expire(x->f, 3 * 24 * 60 * minute, NULL, NULL);
	assert_int_equal(ward_fuser_n(x->f), 0);
	reload(x);
	assert_int_equal(decide(x, id, WARD_VERDICT_CLOSE), WARD_OK);
	const struct ward_incident *in = told(x);

	assert_true(ward_id_eq(in->id, id));
	assert_int_equal(in->state, WARD_INCIDENT_CLOSED);
	assert_int_equal(in->revision, 3);
	assert_int_equal(in->level, WARD_LEVEL_HIGH);
	assert_int_equal(in->verdict->kind, WARD_VERDICT_CLOSE);
	assert_null(told(x));
	reload(x);
	assert_int_equal(decide(x, id, WARD_VERDICT_DISMISS), WARD_ERR_STATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_step),
		cmocka_unit_test_setup_teardown(the_record, setup, teardown),
		cmocka_unit_test(over_takes_nothing),
		cmocka_unit_test_setup_teardown(reopened, setup, teardown),
		cmocka_unit_test_setup_teardown(asleep_but_open, setup, teardown),
		cmocka_unit_test_setup_teardown(asleep_and_over, setup, teardown),
		cmocka_unit_test_setup_teardown(asleep, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
