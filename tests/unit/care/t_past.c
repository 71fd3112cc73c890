/* At the bound: what is of no use goes first, and of incidents that go on nothing is lost silently.
 */
#include "care/past.h"

#include "care/have.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define AT (1000000 * WARD_NS_PER_S)

struct bench {
	struct ward_model *m;
	struct ward_care_past *p;
	struct ward_arena a;
	struct ward_availability c;
	struct ward_wr have;
};

static int open_bench(void **state)
{
	static struct bench b;
	char dir[512], content[512];
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_limits lim;
	struct ward_diag d;

	(void)snprintf(dir, sizeof(dir), "%s/pilots/turin", root ? root : ".");
	(void)snprintf(content, sizeof(content), "%s/content", root ? root : ".");
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_model_load(dir, content, &lim, ward_mem_heap(), &d, &b.m), WARD_OK);
	ward_diag_fini(&d);
	ward_arena_init(&b.a, ward_mem_heap(), 256 << 20);
	b.have = ward_wr_grow(ward_mem_heap(), 1 << 20);
	*state = &b;
	return 0;
}

static int close_bench(void **state)
{
	struct bench *b = *state;

	ward_wr_fini(&b->have);
	ward_arena_fini(&b->a);
	ward_model_free(b->m);
	return 0;
}

static int fresh(void **state)
{
	struct bench *b = *state;

	return ward_care_past_new(ward_mem_heap(), &b->p) != WARD_OK;
}

static int over(void **state)
{
	struct bench *b = *state;

	ward_care_past_free(b->p);
	return 0;
}

static struct ward_id id(unsigned kind, unsigned n)
{
	struct ward_id i = {.b = {(uint8_t)kind}};

	memcpy(i.b + 4, &n, sizeof(n));
	return i;
}

static void incident(
	struct bench *b, unsigned n, unsigned revision, const char *state, ward_ns last)
{
	const struct ward_record r = {.kind = WARD_RECORD_INCIDENT,
		.id = id(1, n),
		.revision = revision,
		.state = ward_str_z(state),
		.last = last};

	assert_int_equal(ward_care_past_take(b->p, &r), WARD_OK);
}

static void impact(
	struct bench *b, unsigned n, unsigned revision, unsigned of, const char *asset, int64_t lo)
{
	const struct ward_record r = {.kind = WARD_RECORD_IMPACT,
		.id = id(2, n),
		.incident = id(1, of),
		.revision = revision,
		.lo_micro = lo,
		.hi_micro = 960000,
		.expected = AT / 2,
		.need = WARD_STR("availability"),
		.threat = WARD_STR("outage"),
		.asset = ward_str_z(asset)};

	assert_int_equal(ward_care_past_take(b->p, &r), WARD_OK);
}

/* Gives how many records are kept. */
static size_t look(struct bench *b)
{
	struct ward_care_ask ask = {.m = b->m, .at = AT};

	ward_arena_reset(&b->a);
	assert_int_equal(ward_care_past_ask(b->p, &b->a, &ask), WARD_OK);
	assert_int_equal(ward_availability_find(&ask, &b->a, &b->c), WARD_OK);
	ward_wr_reset(&b->have);
	ward_care_write_have(&(struct ward_care_export){.c = &b->c, .m = b->m}, &b->have);
	assert_false(ward_wr_bad(&b->have));
	return ask.n_record;
}

static int64_t state_of(const struct bench *b, const char *ward)
{
	uint32_t node = ward_model_find(b->m, ward_str_z(ward));

	for (size_t i = 0; i < b->c.n_ward; i++)
		if (b->c.ward[i].node == node)
			return b->c.ward[i].state.is;
	fail_msg("no ward %s", ward);
	return -1;
}

static bool says(const struct bench *b, const char *what)
{
	return ward_str_find(ward_wr_text(&b->have), ward_str_z(what)) != SIZE_MAX;
}

static void reload(struct bench *b)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);

	assert_true(ward_care_past_save(b->p, &w));
	ward_care_past_free(b->p);
	assert_int_equal(ward_care_past_new(ward_mem_heap(), &b->p), WARD_OK);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_care_past_load(b->p, &r), WARD_OK);
	ward_wr_fini(&w);
}

/* A forecast that flaps fills nothing: all other incidents stay, the quietest, too. */
static void flapping(void **state)
{
	struct bench *b = *state;

	incident(b, 1, 1, "confirmed", 1);
	impact(b, 1, 1, 1, "theatres", 900000);
	incident(b, 2, 1, "confirmed", AT / 2);
	for (unsigned i = 1; i < 2 * WARD_CARE_PAST_ITEMS + 100; i++)
		impact(b, 2, i, 2, "intensive-care", i % 2 ? 900000 : 200000);
	assert_int_equal(look(b), 3 + WARD_CARE_PAST_REVISIONS);
	assert_int_equal(state_of(b, "theatres"), WARD_CARE_STATE_CLOSED);
	assert_int_equal(state_of(b, "intensive-care"), WARD_CARE_STATE_CLOSED);
	assert_int_equal(b->c.n_unknown, 0);
	assert_false(says(b, "may not be"));
	assert_int_equal(ward_care_past_forgotten(b->p), 0);
}

/* Those that are over go before one that goes on, however quiet, and no more than has to be. */
static void over_first(void **state)
{
	struct bench *b = *state;

	incident(b, 1, 1, "confirmed", 1);
	impact(b, 1, 1, 1, "theatres", 900000);
	for (unsigned i = 2; i < 2 * WARD_CARE_PAST_ITEMS; i++)
		incident(b, i, 1, "closed", AT / 2 + i);
	assert_in_range(look(b), WARD_CARE_PAST_ITEMS / 16 * 15, WARD_CARE_PAST_ITEMS);
	assert_int_equal(state_of(b, "theatres"), WARD_CARE_STATE_CLOSED);
	assert_int_equal(b->c.n_unknown, 0);
}

/* One incident with all that fits: earlier revisions of its forecasts go, no forecast. */
static void one_is_large(void **state)
{
	struct bench *b = *state;
	enum { FORECASTS = WARD_CARE_PAST_ITEMS / 12 };

	incident(b, 1, 1, "confirmed", 1);
	for (unsigned r = 1; r <= WARD_CARE_PAST_REVISIONS; r++)
		for (unsigned i = 1; i <= FORECASTS; i++)
			impact(b, i, r, 1, i == 7 ? "theatres" : "lab", r % 2 ? 200000 : 900000);
	assert_in_range(look(b), FORECASTS + 1, WARD_CARE_PAST_ITEMS);
	assert_int_equal(state_of(b, "theatres"), WARD_CARE_STATE_CLOSED);
	assert_int_equal(b->c.n_unknown, 0);
}

/* Where one that goes on has to go, nothing is told as well any more, until it is over. */
static void said(void **state)
{
	struct bench *b = *state;
	enum { MANY = WARD_CARE_PAST_ITEMS / 2 + 20 };

	for (unsigned i = 1; i <= MANY; i++) {
		incident(b, i, 1, "confirmed", i);
		impact(b, i, 1, i, i == 1 ? "theatres" : "lab", i == 1 ? 900000 : 50000);
	}
	reload(b);
	assert_true(look(b) > WARD_CARE_PAST_ITEMS - 100);
	assert_in_range(b->c.n_unknown, 1, 128);
	assert_int_equal(ward_care_past_forgotten(b->p), 0); /* of this life */
	assert_true(says(b, "losses are not all in this: "));
	assert_false(says(b, "<FacilityStatus>Normal"));
	assert_false(says(b, "<ClinicalStatus>Normal"));
	assert_false(says(b, "<EMSTrafficStatus>Normal"));
	impact(b, MANY + 1, 1, MANY, "intensive-care", 950000);
	(void)look(b);
	assert_int_equal(state_of(b, "intensive-care"), WARD_CARE_STATE_CLOSED);
	assert_true(says(b, "<FacilityStatus>Compromised"));
	for (unsigned i = 1; i <= MANY; i++)
		incident(b, i, 2, "closed", AT / 2);
	(void)look(b);
	assert_int_equal(b->c.n_unknown, 0);
	assert_true(says(b, "<FacilityStatus>Normal"));
}

/* More than can even be counted one by one. */
static void lost(void **state)
{
	struct bench *b = *state;

	for (unsigned i = 1; i <= WARD_CARE_PAST_ITEMS + 1; i++)
		incident(b, i, 1, "confirmed", i);
	reload(b);
	(void)look(b);
	assert_int_equal(b->c.n_unknown, 64);
	assert_true(says(b, "losses are not all in this: 64"));
}

/* What somebody entered by a decision counts, is kept by save and load, and ends. What no ward has
 * says nothing. */
static void entered(void **state)
{
	struct bench *b = *state;
	struct ward_record_arg arg[] = {{WARD_STR("state"), WARD_STR("closed")},
		{WARD_STR("until"), WARD_STR("1970-01-12T14:46:40Z")}}; /* AT and an hour */
	struct ward_record r = {.kind = WARD_RECORD_ENTRY,
		.id = id(9, 1),
		.first = AT - 60 * WARD_NS_PER_S,
		.asset = WARD_STR("intensive-care"),
		.by = WARD_STR("p-moretti"),
		.why = WARD_STR("no \"air\", and a, comma"),
		.arg = arg,
		.n_arg = 2};

	assert_int_equal(ward_care_past_take(b->p, &r), WARD_OK);
	assert_int_equal(ward_care_past_take(b->p, &r), WARD_OK); /* once more */
	assert_int_equal(look(b), 1);
	assert_int_equal(state_of(b, "intensive-care"), WARD_CARE_STATE_CLOSED);
	reload(b);
	(void)look(b);
	assert_int_equal(state_of(b, "intensive-care"), WARD_CARE_STATE_CLOSED);
	r.id = id(9, 2);
	r.first = AT - 30 * WARD_NS_PER_S;
	arg[0].value = WARD_STR("open");
	assert_int_equal(ward_care_past_take(b->p, &r), WARD_OK);
	(void)look(b);
	assert_int_equal(state_of(b, "intensive-care"), WARD_CARE_STATE_OPEN);
	r.id = id(9, 3);
	r.first = AT - 20 * WARD_NS_PER_S;
	arg[0].value = WARD_STR("ajar");
	assert_int_equal(ward_care_past_take(b->p, &r), WARD_OK);
	arg[0].name = WARD_STR("colour");
	r.id = id(9, 4);
	assert_int_equal(ward_care_past_take(b->p, &r), WARD_OK);
	(void)look(b);
	assert_int_equal(state_of(b, "intensive-care"), WARD_CARE_STATE_OPEN);
	r.id = id(9, 5);
	arg[0] = (struct ward_record_arg){WARD_STR("state"), WARD_STR("closed")};
	arg[1].value = WARD_STR("1970-01-12T13:46:39Z"); /* over by now */
	assert_int_equal(ward_care_past_take(b->p, &r), WARD_OK);
	(void)look(b);
	assert_int_equal(state_of(b, "intensive-care"), WARD_CARE_STATE_OPEN);
}

static void moves(struct bench *b, unsigned n, ward_ns time, uint64_t came, uint64_t went)
{
	const struct ward_record r = {.kind = WARD_RECORD_CENSUS,
		.id = id(8, n),
		.revision = 1,
		.first = time,
		.last = time,
		.asset = WARD_STR("surgery-ward"),
		.came = came,
		.went = went};

	assert_int_equal(ward_care_past_take(b->p, &r), WARD_OK);
}

static const struct ward_care_beds *beds_of(struct bench *b, const char *id)
{
	for (size_t i = 0; i < b->c.n_ward; i++)
		if (ward_str_eqz(ward_model_node(b->m, b->c.ward[i].node)->id, id))
			return &b->c.ward[i].bed[0];
	fail();
	return NULL;
}

/* Who came and went after somebody counted is added to it, whatever was saved in between; however
 * many rows there are, the sum is whole. */
static void counted_on(void **state)
{
	struct bench *b = *state;
	struct ward_record_arg arg[] = {{WARD_STR("available"), WARD_STR("9")},
		{WARD_STR("until"), WARD_STR("1970-01-12T14:46:40Z")}};
	struct ward_record r = {.kind = WARD_RECORD_ENTRY,
		.id = id(9, 1),
		.first = AT - 3600 * WARD_NS_PER_S,
		.asset = WARD_STR("surgery-ward"),
		.by = WARD_STR("x"),
		.arg = arg,
		.n_arg = 2};

	moves(b, 1, AT - 7200 * WARD_NS_PER_S, 5, 0); /* who counted saw these */
	assert_int_equal(ward_care_past_take(b->p, &r), WARD_OK);
	moves(b, 2, AT - 1800 * WARD_NS_PER_S, 3, 1);
	moves(b, 2, AT - 1800 * WARD_NS_PER_S, 3, 1); /* once more */
	(void)look(b);
	const struct ward_care_beds *beds = beds_of(b, "surgery-ward");

	assert_int_equal(beds->available.is, 9 - 3 + 1);
	assert_int_equal(beds->available.entered, 9);
	assert_int_equal(beds->available.why, WARD_CARE_WHY_COUNTED_ON);
	assert_int_equal(beds->moved.came, 3);
	assert_int_equal(beds->moved.went, 1);
	assert_true(beds->moved.since == AT - 3600 * WARD_NS_PER_S);
	assert_true(beds->moved.last == AT - 1800 * WARD_NS_PER_S);
	reload(b);
	for (unsigned i = 0; i < 1000; i++)
		moves(b, 10 + i, AT - (1000 - i) * WARD_NS_PER_S, 1, i % 2 ? 2 : 0);
	reload(b);
	(void)look(b);
	beds = beds_of(b, "surgery-ward");
	assert_int_equal(beds->moved.came, 1003);
	assert_int_equal(beds->moved.went, 1001);
	assert_int_equal(beds->available.is, 9 - 2);
	moves(b, 2000, AT + WARD_NS_PER_S, 4, 0); /* not yet known */
	(void)look(b);
	assert_int_equal(beds_of(b, "surgery-ward")->available.is, 9 - 2);
}

/* Of very many the last ones are kept. */
static void entered_often(void **state)
{
	struct bench *b = *state;
	struct ward_record_arg arg[] = {{WARD_STR("available"), WARD_STR("3")},
		{WARD_STR("until"), WARD_STR("1970-01-12T14:46:40Z")}};
	struct ward_record r = {.kind = WARD_RECORD_ENTRY,
		.asset = WARD_STR("surgery-ward"),
		.by = WARD_STR("x"),
		.arg = arg,
		.n_arg = 2};

	for (unsigned i = 1; i <= 1100; i++) {
		r.id = id(9, i);
		r.first = AT - 1100 * WARD_NS_PER_S + i * WARD_NS_PER_S;
		assert_int_equal(ward_care_past_take(b->p, &r), WARD_OK);
	}
	assert_int_equal(look(b), 1024);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)
	const struct CMUnitTest tests[] = {T(flapping), T(over_first), T(one_is_large), T(said),
		T(lost), T(entered), T(counted_on), T(entered_often)};

	return cmocka_run_group_tests(tests, open_bench, close_bench);
}
