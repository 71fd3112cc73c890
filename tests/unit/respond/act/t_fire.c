/* Locks and fires: what is pending is suspended, what may be locked is released. */
#include "world.h"

static void t_fire(void **state)
{
	struct world *w = *state;

	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	ward_act_fire(w->a, true); /* what is locked is released */
	go(w);
	assert_int_equal(at(w), WARD_ACT_UNDOING);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_ERR_STATE);
	ward_act_fire(w->a, false);
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	ward_act_fire(w->a, true);
	go(w);
	assert_int_equal(at(w), WARD_ACT_SUSPENDED);
	assert_false(asks(w));
}

/* Begun, and then there is a fire: not asked for again, and taken back as soon as nobody is at it,
 * also where it may not be asked for twice and a new life knows nothing of it. */
static void t_fire_overtakes(void **state)
{
	struct world *w = *state;

	for (int killed = 0; killed < 2; killed++) {
		ward_act_fire(w->a, false);
		assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
		assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
		go(w);
		request(w);
		ward_act_fire(w->a, true);
		go(w);
		assert_int_equal(at(w), WARD_ACT_DOING);
		if (killed)
			life(w);
		else
			ward_act_lost(w->a, 0);
		ward_act_fire(w->a, true);
		assert_false(asks(w));
		go(w);
		assert_int_equal(at(w), WARD_ACT_UNDOING);
		assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
		assert_int_equal(at(w), WARD_ACT_UNDONE);
	}
}

/* What lets people through is taken back by locking: not while it burns, whoever asks for it. */
static void t_release_stays(void **state)
{
	struct world *w = *state;
	struct ward_act_row row;

	use(w, LAB_DOORS);
	ward_act_fire(w->a, true);
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"release\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	w->now += 3600 * WARD_NS_PER_S; /* nobody renews it */
	assert_false(ward_act_next(w->a, w->now, &row));
	assert_int_equal(by(w, WARD_DECISION_UNDO, BRUNO, "security-guard"), WARD_ERR_STATE);
	assert_int_equal(at(w), WARD_ACT_DONE);
	ward_act_fire(w->a, false);
	go(w);
	assert_int_equal(at(w), WARD_ACT_UNDOING);
	ward_act_fire(w->a, true); /* before it was asked for */
	assert_false(asks(w));
	ward_act_fire(w->a, false);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_UNDONE);
}

/* A system that does not answer one request is asked for what people wait for behind a door. */
static void t_release_overtakes(void **state)
{
	struct world *w = *state;
	struct ward_id isolation, id;
	struct ward_str body;

	use(w, LAB_DOORS);
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	id = w->action;
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	isolation = w->action;
	go(w);
	assert_false(answer(w, request(w), WARD_SENT_FAILED)); /* waits for its next attempt */
	ward_act_fire(w->a, true);
	go(w);
	w->action = id;
	assert_int_equal(at(w), WARD_ACT_UNDOING);
	w->now += 60 * WARD_NS_PER_S; /* both may be asked for: the door goes first */
	assert_true(ward_act_request(w->a, 0, w->now, &id, &body));
	assert_true(says(body, "\"does\":\"lock\",\"undo\":true"));
	assert_true(answer(w, id, WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_UNDONE);
	w->action = isolation;
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_DONE);
}

struct flames {
	struct world *w;
	struct ward_act_fires fires;
	struct ward_record_reader *reader;
	struct ward_arena scratch;
};

/* The row of an incident, and what follows of it. */
static void row(struct flames *f, char id, const char *state, const char *threat, const char *more)
{
	char json[1024];
	int n = snprintf(json, sizeof(json),
		"{\"kind\":\"incident\",\"id\":\"0000000%c-0000-8000-8000-000000000000\","
		"\"revision\":1,\"state\":\"%s\",\"domain\":\"physical\",\"level\":\"high\","
		"\"first\":\"2026-03-12T02:00:00Z\",\"last\":\"2026-03-12T02:00:00Z\","
		"\"headline\":{\"threat\":\"t\",\"on\":\"Room\"},\"members\":[],"
		"\"threats\":[{\"asset\":\"au-server\",\"threat\":\"%s\"}]%s}",
		id, state, threat, more);

	assert_true(n > 0 && (size_t)n < sizeof(json));
	assert_true(ward_act_fires_take(
		&f->fires, f->reader, &f->scratch, (struct ward_str){json, (size_t)n}));
	ward_act_fire(f->w->a, ward_act_burns(&f->fires));
	go(f->w);
}

static enum ward_act_state state_of(const struct world *w, struct ward_id id)
{
	enum ward_act_state s = WARD_ACT_STATE_N;

	assert_true(ward_act_state(w->a, id, &s));
	return s;
}

/* By rows of incidents a pending lock is suspended and a locked door released; what else is done
 * stays as it is, and what else happens changes nothing. */
static void t_fire_rows(void **state)
{
	struct world *w = *state;
	struct flames f = {.w = w};
	struct ward_id port, bms;

	assert_int_equal(ward_record_reader_new(ward_mem_heap(), &w->t.lim, &f.reader), WARD_OK);
	ward_arena_init(&f.scratch, ward_mem_heap(), 1 << 20);
	assert_int_equal(propose(w, "net-bms", "{\"ability\":\"sw/bms\"}"), WARD_OK);
	bms = w->action; /* stays proposed */
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	port = w->action;
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);

	row(&f, '1', "suspected", "physical.intrusion", "");
	row(&f, '2', "suspected", "physical.intrusion",
		",\"x\":\"\\\"threat\\\":\\\"fire.fire\\\"\"");
	row(&f, '3', "closed", "fire.fire", "");
	row(&f, '4', "dismissed", "fire.smoke", "");
	assert_false(ward_act_fires_take(&f.fires, f.reader, &f.scratch,
		WARD_STR("{\"kind\":\"incident\",\"threat\":\"fire.fire\"}")));
	assert_false(ward_act_burns(&f.fires));
	assert_int_equal(at(w), WARD_ACT_PROPOSED);
	row(&f, '5', "suspected", "fire.smoke", "");
	assert_int_equal(at(w), WARD_ACT_SUSPENDED);
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_ERR_STATE);
	row(&f, '5', "recovered", "fire.smoke", ""); /* ended */
	assert_int_equal(at(w), WARD_ACT_SUSPENDED);

	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	row(&f, '6', "confirmed", "fire.fire", "");
	assert_int_equal(at(w), WARD_ACT_UNDOING);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_UNDONE);
	assert_int_equal(state_of(w, port), WARD_ACT_DONE);
	assert_int_equal(state_of(w, bms), WARD_ACT_PROPOSED);
	/* other threats crowd it out of the list, and another incident takes it up: it burns on */
	row(&f, '6', "contained", "physical.intrusion", "");
	row(&f, '7', "suspected", "physical.intrusion",
		",\"supersedes\":[\"00000006-0000-8000-8000-000000000000\"]");
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_ERR_STATE);
	row(&f, '7', "closed", "physical.intrusion",
		",\"supersedes\":[\"00000006-0000-8000-8000-000000000000\"]");
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	/* more at once than there is room for: none is forgotten */
	for (size_t i = 0; i < WARD_ACT_FIRES; i++)
		f.fires.id[f.fires.n++].b[15] = (uint8_t)(i + 1);
	row(&f, '1', "suspected", "fire.fire", "");
	f.fires.n = 0;
	assert_true(ward_act_burns(&f.fires));
	ward_record_reader_free(f.reader);
	ward_arena_fini(&f.scratch);
}

/* A fire while a lock is being done, before it was sent, after it, and when nobody knows. */
static void t_fire_meanwhile(void **state)
{
	struct world *w = *state;
	struct ward_id id;

	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING);
	ward_act_fire(w->a, true);
	assert_false(asks(w)); /* no lock is sent any more */
	go(w);
	assert_int_equal(at(w), WARD_ACT_SUSPENDED);
	ward_act_fire(w->a, false);
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	go(w);
	id = request(w);
	ward_act_fire(w->a, true);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING); /* its answer is waited for */
	assert_true(answer(w, id, WARD_SENT_FAILED));
	assert_int_equal(at(w), WARD_ACT_DOUBT);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOUBT); /* not at once again */
	w->now += 61 * WARD_NS_PER_S;
	go(w);
	assert_int_equal(at(w), WARD_ACT_UNDOING); /* whatever it is, it is opened */
	assert_true(answer(w, request(w), WARD_SENT_REFUSED));
	assert_int_equal(at(w), WARD_ACT_DOUBT);
	w->now += 61 * WARD_NS_PER_S;
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_UNDONE);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_fire), T(t_fire_overtakes), T(t_release_stays),
		T(t_release_overtakes), T(t_fire_rows), T(t_fire_meanwhile)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
