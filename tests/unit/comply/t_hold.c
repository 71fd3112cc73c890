/* Deletions and holds: said, read again, counted; what is held and what is not. */
#include "comply/deletion.h"
#include "comply/retained.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { DAY = 86400 };

struct lab {
	struct ward_arena arena;
	struct ward_limits lim;
	struct ward_names names;
};

static int setup(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	ward_limits_default(&l->lim);
	ward_arena_init(&l->arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	struct lab *l = *state;

	ward_arena_fini(&l->arena);
	ward_names_fini(&l->names);
	free(l);
	return 0;
}

static const struct ward_conf *json(struct lab *l, struct ward_str text)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(ward_conf_json(&l->arena, &l->lim, WARD_STR("test"), 1,
				 ward_str_bytes(text), &diag, &c),
		WARD_OK);
	ward_diag_fini(&diag);
	return c;
}

static ward_ns at(int64_t day)
{
	return day * DAY * WARD_NS_PER_S;
}

static struct ward_deletion deletion(unsigned n, const char *of)
{
	struct ward_deletion d = {.what = WARD_STR("records"),
		.of = ward_str_z(of),
		.rule = WARD_STR("retention 24 h"),
		.time = at(30)};
	struct ward_deletion_tally t = {.n = 0};

	for (unsigned i = 0; i < n; i++)
		ward_deletion_count(&t, 100 + i, at(3) + i, 10);
	ward_deletion_of_tally(&t, &d);
	return d;
}

/* Its id is of what went, and of whom: the same again is the same. */
static void ids(void **state)
{
	struct ward_deletion a = deletion(5, "camera"), b = deletion(5, "camera"),
			     c = deletion(6, "camera"), d = deletion(5, "doors");

	(void)state;
	assert_true(ward_id_eq(a.id, b.id));
	assert_false(ward_id_eq(a.id, c.id));
	assert_false(ward_id_eq(a.id, d.id));
	assert_int_equal(a.n, 5);
	assert_int_equal(a.bytes, 50);
	assert_int_equal(a.first, 100);
	assert_int_equal(a.last, 104);
	assert_int_equal(a.to - a.from, 4);
}

/* As an event and back; each field that is missing or wrong is refused. */
static void events(void **state)
{
	struct lab *l = *state;
	struct ward_deletion d = deletion(5, "camera"), back;
	struct ward_event e;

	ward_event_init(&e, &l->arena);
	d.remembered = 12;
	assert_int_equal(ward_deletion_to_event(&d, &l->names, &e), WARD_OK);
	assert_int_equal(ward_deletion_of_event(&e, &l->names, &back), WARD_OK);
	assert_true(ward_id_eq(back.id, d.id) && back.n == d.n && back.from == d.from);
	assert_int_equal(back.remembered, 12);
	e.n_field--; /* as a journal of before says it */
	assert_int_equal(ward_deletion_of_event(&e, &l->names, &back), WARD_OK);
	assert_int_equal(back.remembered, 0);
	e.n_field++;
	for (size_t i = 0; i < e.n_field; i++) {
		struct ward_event less = e;
		struct ward_field kept = e.field[i];

		e.field[i].v = ward_value_bool(true);
		assert_int_equal(
			ward_deletion_of_event(&less, &l->names, &back), WARD_ERR_MALFORMED);
		e.field[i] = kept;
	}
	e.class = ward_name(&l->names, WARD_STR("door.opened"));
	assert_int_equal(ward_deletion_of_event(&e, &l->names, &back), WARD_ERR_FOREIGN);
}

static void reads(void **state)
{
	struct lab *l = *state;
	static const struct {
		const char *args, *subject;
		bool good;
	} all[] = {
		{"{\"scope\":\"source\",\"until\":\"1970-02-01T00:00:00Z\"}", "camera", true},
		{"{\"scope\":\"all\",\"until\":\"1970-02-01T00:00:00Z\"}", "all", true},
		{"{\"scope\":\"some\",\"until\":\"1970-02-01T00:00:00Z\"}", "camera", false},
		{"{\"scope\":\"source\"}", "camera", false},
		{"{\"scope\":\"source\",\"until\":\"1970-01-01T00:00:00Z\"}", "camera", false},
		{"{\"scope\":\"source\",\"until\":\"1999-01-01T00:00:00Z\"}", "camera", false},
		{"{\"scope\":\"source\",\"until\":\"soon\"}", "camera", false},
		{"{\"scope\":\"source\",\"until\":\"1970-02-01T00:00:00Z\"}", "", false},
		{"{\"scope\":\"incident\",\"until\":\"1970-02-01T00:00:00Z\"}", "camera", false},
		{"{\"scope\":\"source\",\"until\":\"1970-02-01T00:00:00Z\",\"from\":\"1970-01-"
		 "03T00:"
		 "00:00Z\",\"to\":\"1970-01-02T00:00:00Z\"}",
			"camera", false},
	};
	struct ward_hold h;

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		assert_int_equal(!ward_hold_read(json(l, ward_str_z(all[i].args)),
					 ward_str_z(all[i].subject), at(10), &h),
			all[i].good);
}

static struct ward_hold hold(enum ward_hold_scope scope, const char *of, uint8_t id)
{
	struct ward_hold h = {
		.scope = scope, .from = at(5), .to = at(8), .until = at(40), .id.b[0] = id};

	memcpy(h.subject, of, strlen(of));
	return h;
}

static void covers(void **state)
{
	static struct ward_holds s;
	struct ward_hold h = hold(WARD_HOLD_SOURCE, "camera", 1);
	const struct ward_str none = WARD_STR("");

	(void)state;
	s = (struct ward_holds){.n = 0};
	assert_false(ward_holds_source(&s, WARD_STR("camera"), none, at(6)));
	ward_holds_add(&s, &h);
	ward_holds_add(&s, &h);
	assert_int_equal(s.n, 1);
	assert_true(ward_holds_source(&s, WARD_STR("camera"), none, at(6)));
	assert_false(ward_holds_source(&s, WARD_STR("camera"), none, at(9)));
	assert_false(ward_holds_source(&s, WARD_STR("camera-2"), none, at(6)));
	assert_true(ward_holds_row(&s, WARD_STR("{\"source\":\"camera\"}"), at(6)));
	assert_false(ward_holds_row(&s, WARD_STR("{\"source\":\"camera-2\"}"), at(6)));
	assert_true(ward_holds_release(&s, h.id));
	assert_false(ward_holds_release(&s, h.id));
	assert_int_equal(s.round, 1);
	h = hold(WARD_HOLD_PLACE, "icu", 2);
	ward_holds_add(&s, &h);
	assert_true(ward_holds_source(&s, WARD_STR("doors"), WARD_STR("d-3 icu floor-2"), at(6)));
	assert_false(ward_holds_source(&s, WARD_STR("doors"), WARD_STR("d-3 icu-2"), at(6)));
	assert_true(ward_holds_source(&s, WARD_STR("gone"), none, at(6))); /* nobody knows where */
	/* a row does not say which floor it is on: all of that time */
	assert_true(ward_holds_row(&s, WARD_STR("{\"on\":\"room-301\"}"), at(6)));
	assert_false(ward_holds_row(&s, WARD_STR("{\"on\":\"room-301\"}"), at(9)));
	assert_true(ward_holds_span(&s, at(1), at(5)));
	assert_false(ward_holds_span(&s, at(1), at(4)));
	ward_holds_expire(&s, at(39));
	assert_int_equal(s.n, 1);
	ward_holds_expire(&s, at(40));
	assert_int_equal(s.n, 0);
	/* beyond what there is room for everything is held */
	for (unsigned i = 0; i <= WARD_HOLDS_MAX; i++) {
		h = hold(WARD_HOLD_SOURCE, "camera", 1);
		h.id.b[1] = (uint8_t)i;
		h.id.b[2] = (uint8_t)(i >> 8);
		ward_holds_add(&s, &h);
	}
	assert_true(ward_holds_source(&s, WARD_STR("doors"), none, at(100)));
	assert_int_equal(s.n_lost, 1);
	/* whoever writes them down and reads them again holds everything, too, until its end */
	static struct ward_holds next;

	for (size_t i = s.n; i-- > 0;)
		ward_holds_add(&next, &s.h[i]);
	assert_int_equal(next.n, WARD_HOLDS_MAX + 1);
	assert_int_equal(next.n_lost, 0);
	assert_true(ward_holds_source(&next, WARD_STR("doors"), none, at(100)));
	assert_true(ward_holds_row(&next, WARD_STR("{\"on\":\"room-301\"}"), at(100)));
	assert_false(ward_holds_release(&next, (struct ward_id){{0}})); /* nobody decided it */
	ward_holds_expire(&next, h.until);
	assert_int_equal(next.n, 0);
}

/* On a board and back. */
static void boards(void **state)
{
	struct lab *l = *state;
	static struct ward_holds s;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_json j = ward_json_on(&w);
	struct ward_hold h = hold(WARD_HOLD_PLACE, "icu", 2), back;

	s = (struct ward_holds){.n = 0};
	h.from = INT64_MIN;
	h.to = INT64_MAX;
	ward_holds_add(&s, &h);
	ward_json_arr(&j);
	ward_holds_write(&s, &j);
	ward_json_arr_end(&j);
	const struct ward_conf *c = json(l, ward_wr_text(&w));

	assert_true(ward_hold_of_board(c->child, &back));
	assert_true(ward_id_eq(back.id, h.id) && back.from == h.from && back.to == h.to &&
		    back.until == h.until && back.scope == h.scope);
	assert_string_equal(back.subject, "icu");
	ward_wr_fini(&w);
}

/* What rows say: sums, holds with their state. */
static void retained(void **state)
{
	struct lab *l = *state;
	static struct ward_retained r;
	const struct ward_id id = {.b[0] = 7};
	char text[1024];

	r = (struct ward_retained){.since = at(20)};
	for (unsigned i = 1; i <= 3; i++) {
		struct ward_deletion d = deletion(i, "camera");
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_deletion_write(&w, &d);
		ward_retained_deletion(&r, 50 + i, at(i == 1 ? 10 : 30), json(l, ward_wr_text(&w)));
	}
	assert_int_equal(r.n, 3);
	assert_int_equal(r.n_sum, 1);
	assert_int_equal(r.sum[0].n, 2 + 3);
	assert_true(r.sum[0].first_row == 52 && r.sum[0].last_row == 53);
	ward_retained_decision(&r, 60, id, at(10),
		json(l, WARD_STR("{\"what\":\"hold\",\"subject\":\"camera\",\"role\":\"officer\","
				 "\"text\":\"case "
				 "17\",\"taken\":true,\"args\":{\"scope\":\"source\","
				 "\"until\":\"1970-02-20T00:00:00Z\"}}")));
	assert_int_equal(r.n_hold, 1);
	assert_string_equal(r.hold[0].owner, "officer");
	assert_int_equal(ward_retained_state(&r.hold[0], at(20)), WARD_HOLD_RUNS);
	assert_int_equal(ward_retained_state(&r.hold[0], at(40)), WARD_HOLD_ENDS_SOON);
	assert_int_equal(ward_retained_state(&r.hold[0], at(51)), WARD_HOLD_ENDED);
	ward_retained_decision(&r, 61, (struct ward_id){.b[0] = 8}, at(12),
		json(l, WARD_STR("{\"what\":\"release-hold\",\"subject\":\"07000000-0000-0000-0000-"
				 "000000000000\",\"taken\":true}")));
	assert_int_equal(ward_retained_state(&r.hold[0], at(20)), WARD_HOLD_RELEASED);
}

/* Clips: of their incident, whenever; of their camera, of a place or of all in its time. Of a photo
 * no camera is known. */
static void clips(void **state)
{
	static const struct ward_id incident = {{1}}, other = {{2}};
	struct ward_holds s = {.n = 0};
	struct ward_hold h = {.scope = WARD_HOLD_INCIDENT,
		.subject = "01000000-0000-0000-0000-000000000000",
		.from = 500,
		.to = 600,
		.until = 1000,
		.id.b[0] = 7};

	(void)state;
	assert_false(ward_holds_clip(&s, incident, WARD_STR("cam"), 10, 20));
	ward_holds_add(&s, &h);
	assert_true(ward_holds_clip(&s, incident, WARD_STR("cam"), 10, 20));
	assert_false(ward_holds_clip(&s, other, WARD_STR("cam"), 10, 20));
	assert_true(ward_holds_clip(&s, other, WARD_STR("cam"), 590, 700));
	assert_true(ward_holds_release(&s, h.id));
	h = (struct ward_hold){.scope = WARD_HOLD_SOURCE,
		.subject = "cam",
		.from = 0,
		.to = 100,
		.until = 1000,
		.id.b[0] = 8};
	ward_holds_add(&s, &h);
	assert_true(ward_holds_clip(&s, other, WARD_STR("cam"), 100, 120));
	assert_false(ward_holds_clip(&s, other, WARD_STR("cam"), 101, 120));
	assert_false(ward_holds_clip(&s, other, WARD_STR("cam-2"), 10, 20));
	assert_true(ward_holds_clip(&s, other, WARD_STR(""), 10, 20));
	ward_holds_expire(&s, 1000);
	assert_false(ward_holds_clip(&s, other, WARD_STR("cam"), 10, 20));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids),
		cmocka_unit_test(events),
		cmocka_unit_test(reads),
		cmocka_unit_test(covers),
		cmocka_unit_test(clips),
		cmocka_unit_test(boards),
		cmocka_unit_test(retained),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
