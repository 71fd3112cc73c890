/* On which port of which switch something hangs is asked before it is proposed, and shown: of the
 * pilot hospital, with two switches. */
#include "world.h"

#define SWITCH(id, can)                                                                   \
	"  - id: " id "\n    snmp: 127.0.0.1\n    user: ward\n    security: sha256-aes\n" \
	"    uplinks: []\n    secret_file: s\n    can:\n" can
#define CUT(id, on)                                           \
	"      - {id: " id ", does: isolate, " on             \
	", roles: it-on-call, repeat: same-key, lasts: 1h,\n" \
	"         set: shutdown}\n"
#define TWO_SWITCHES                                                                    \
	"actuators:\n" SWITCH("sw-a0",                                                  \
		CUT("host", "hosts: true, on: net-bms") CUT("ws", "on: ws-a0-office-1") \
			CUT("with", "on: [ahu-03], cuts: ahu-02")) SWITCH("sw-a1",      \
		CUT("host", "hosts: true, on: net-bms") CUT("ws", "on: ws-a0-office-1"))
#define INTRUDER "\"host\":\"02:77:19:c3:5a:0e\""
#define OF_HOST "{\"ability\":\"sw-a0/host\"," INTRUDER "}"
#define OF_OFFICE "{\"does\":\"isolate\"}"

/* As the desk asks again: the same decision. */
static enum ward_err again(struct world *w, const char *thing, const char *args)
{
	w->ids--;
	return propose(w, thing, args);
}

static struct ward_id looks(struct world *w, size_t k, const char *macs)
{
	struct ward_id id;
	struct ward_str body;

	assert_false(ward_act_request(w->a, k, w->now, &id, &body));
	assert_true(ward_act_seek(w->a, k, w->now, &id, &body));
	if (!says(body, macs))
		fail_msg("%.*s", WARD_STR_ARG(body));
	assert_false(ward_act_seek(w->a, k, w->now, &id, &body));
	return id;
}

static void told(struct world *w, size_t k, struct ward_id id, enum ward_sent what, const char *why)
{
	struct ward_outcome o = {.what = what};

	(void)snprintf(o.why, sizeof(o.why), "%s", why);
	assert_false(ward_act_sought(w->a, !k, id, &o));
	assert_true(ward_act_sought(w->a, k, id, &o));
	assert_false(ward_act_sought(w->a, k, id, &o));
}

/* Both switches are asked and say that; what the proposal comes to. */
static enum ward_err both(
	struct world *w, const char *thing, const char *args, const char *one, const char *other)
{
	const char *said[] = {one, other};

	assert_int_equal(propose(w, thing, args), WARD_ERR_AGAIN);
	assert_int_equal(again(w, thing, args), WARD_ERR_AGAIN);
	for (size_t k = 0; k < 2; k++) {
		struct ward_id id = looks(w, k, "\"macs\":[\"02:");

		if (said[k])
			told(w, k, id, said[k][0] == '-' ? WARD_SENT_REFUSED : WARD_SENT_DELIVERED,
				said[k]);
		else
			ward_act_lost(w->a, k);
	}
	return again(w, thing, args);
}

static void t_found(void **state)
{
	struct world *w = *state;
	struct ward_id id;
	struct ward_str body;

	use(w, TWO_SWITCHES);
	assert_int_equal(
		both(w, "net-bms", OF_HOST, "-at an uplink", "1 02:77:19:c3:5a:0e Gi1/0/7"),
		WARD_OK);
	/* it is of the switch that has it, whichever was named */
	assert_true(says(w->said.json, "\"ability\":\"sw-a1/host\""));
	assert_true(says(w->said.json,
		"\"port\":\"Gi1/0/7\",\"behind\":\"02:77:19:c3:5a:0e\",\"system\":\"sw-a1\""));
	assert_true(says(w->said.json, "\"unknown\":true"));
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	life(w); /* it is known from its row */
	assert_int_equal(by(w, WARD_DECISION_APPROVE, CARLA, "medical-director"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_NO_PATIENT, CARLA, "medical-director"), WARD_OK);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING);
	assert_false(ward_act_request(w->a, 0, w->now, &id, &body));
	assert_true(ward_act_request(w->a, 1, w->now, &id, &body));
	assert_true(
		says(body, "\"port\":\"Gi1/0/7\",\"from\":\"up\",\"macs\":[\"02:77:19:c3:5a:0e\"],"
			   "\"behind\":\"02:77:19:c3:5a:0e\"}"));
	/* the same again is under way */
	assert_int_equal(
		propose(w, "net-bms", "{\"ability\":\"sw-a1/host\"," INTRUDER "}"), WARD_ERR_STATE);
}

/* Approved is the port, too. */
static void t_shown(void **state)
{
	struct world *w = *state;
	char first[65];

	use(w, TWO_SWITCHES);
	assert_int_equal(
		both(w, "ws-a0-office-1", OF_OFFICE, "1 02:20:00:00:00:34 Gi1/0/7", "-"), WARD_OK);
	assert_true(says(w->said.json, "\"port\":\"Gi1/0/7\""));
	assert_true(says(w->said.json, "\"clinical\":false"));
	(void)snprintf(first, sizeof(first), "%s", w->shown);
	assert_int_equal(by(w, WARD_DECISION_REFUSE, ANNA, IT), WARD_OK);
	assert_int_equal(
		both(w, "ws-a0-office-1", OF_OFFICE, "1 02:20:00:00:00:34 Gi1/0/8", "-"), WARD_OK);
	assert_string_not_equal(first, w->shown);
	(void)snprintf(w->shown, sizeof(w->shown), "%s", first);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_ERR_STATE);
}

/* Approved is all that was at the port, and so it is asked for, in a later life too. */
static void t_behind(void **state)
{
	struct world *w = *state;
	struct ward_id id;
	struct ward_str body;

	use(w, TWO_SWITCHES);
	assert_int_equal(
		both(w, "ws-a0-office-1", OF_OFFICE, "1 02:20:00:00:00:34 a", "-"), WARD_OK);
	assert_true(says(w->said.json, "\"port\":\"a\",\"behind\":\"02:20:00:00:00:34\""));
	life(w);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING);
	assert_true(ward_act_request(w->a, 0, w->now, &id, &body));
	assert_true(says(body, "\"behind\":\"02:20:00:00:00:34\"}"));
	/* it went while it was looked for: nothing is at that port any more */
	assert_int_equal(
		both(w, "ahu-03", "{\"ability\":\"sw-a0/with\"}", "0 a", "-"), WARD_ERR_STATE);
}

/* That switch has an entry of the same thing, which sets something else of its port. */
static void t_other_way(void **state)
{
	struct world *w = *state;

	use(w, "actuators:\n" SWITCH("sw-a0", CUT("ws", "on: ws-a0-office-1")) SWITCH("sw-a1",
		       "      - {id: ws, does: isolate, on: ws-a0-office-1, roles: it-on-call,\n"
		       "         repeat: same-key, lasts: 1h, set: vlan 999, set_back: vlan "
		       "20}\n"));
	assert_int_equal(both(w, "ws-a0-office-1", "{\"ability\":\"sw-a0/ws\"}", "-",
				 "1 02:20:00:00:00:34 a"),
		WARD_ERR_DENIED);
	assert_true(says(w->said.why, "does not let it be cut off"));
}

/* The clock is set back meanwhile: it goes on. */
static void t_set_back(void **state)
{
	struct world *w = *state;

	use(w, TWO_SWITCHES);
	assert_int_equal(propose(w, "ws-a0-office-1", OF_OFFICE), WARD_ERR_AGAIN);
	w->now -= 60 * WARD_NS_PER_S;
	assert_int_equal(again(w, "ws-a0-office-1", OF_OFFICE), WARD_ERR_AGAIN);
	told(w, 0, looks(w, 0, "34"), WARD_SENT_DELIVERED, "1 02:20:00:00:00:34 a");
	told(w, 1, looks(w, 1, "34"), WARD_SENT_REFUSED, "");
	assert_int_equal(again(w, "ws-a0-office-1", OF_OFFICE), WARD_OK);
}

static void t_not_found(void **state)
{
	static const struct {
		const char *one, *other;
		enum ward_err err;
		const char *why;
	} all[] = {
		{"-", "-", WARD_ERR_NOT_FOUND, "no switch has it at a port of its own"},
		/* it may hang where nobody answers, and the other's port lead there */
		{"-", NULL, WARD_ERR_CLOSED, "it may hang there: sw-a1"},
		{NULL, "2 02:20:00:00:00:34 02:99:00:00:00:02 a", WARD_ERR_CLOSED,
			"it may hang there: sw-a0"},
		{NULL, NULL, WARD_ERR_CLOSED, "it may hang there: sw-a0"},
		{"", "-", WARD_ERR_STATE, "at more than one port"},
		{"1 02:20:00:00:00:34 a", "1 02:20:00:00:00:34 b", WARD_ERR_STATE,
			"at more than one port"},
		/* a device of care, and an air-handling unit */
		{"2 02:20:00:00:00:34 02:40:00:00:00:02 a", "-", WARD_ERR_DENIED,
			"something else of the hospital"},
	};
	struct world *w = *state;

	use(w, TWO_SWITCHES);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		assert_int_equal(
			both(w, "ws-a0-office-1", OF_OFFICE, all[i].one, all[i].other), all[i].err);
		if (!says(w->said.why, all[i].why))
			fail_msg("%.*s", WARD_STR_ARG(w->said.why));
	}
	assert_int_equal(
		both(w, "ahu-03", "{\"ability\":\"sw-a0/with\"}", "-", "1 02:40:00:00:00:03 a"),
		WARD_ERR_DENIED); /* that switch may not cut it off */
	assert_true(says(w->said.why, "does not let it be cut off"));
}

/* A switch that is dead stops nobody: what stands alone at a port of another, which is no uplink,
 * is proposed, to two, as of what else hangs there nobody knows. */
static void t_dead_switch(void **state)
{
	struct world *w = *state;

	use(w, TWO_SWITCHES);
	assert_int_equal(
		both(w, "ws-a0-office-1", OF_OFFICE, NULL, "1 02:20:00:00:00:34 a"), WARD_OK);
	assert_true(says(w->said.json, "\"unknown\":true}"));
	assert_true(says(w->said.json, "\"clinical\":true"));
	assert_int_equal(both(w, "net-bms", OF_HOST, "1 02:77:19:c3:5a:0e b", NULL), WARD_OK);
}

/* It is waited for once: who comes after has an answer a second later, and not eight. */
static void t_dead_is_known(void **state)
{
	struct world *w = *state;
	struct ward_id late;

	use(w, TWO_SWITCHES);
	assert_int_equal(propose(w, "ws-a0-office-1", OF_OFFICE), WARD_ERR_AGAIN);
	told(w, 0, looks(w, 0, "34"), WARD_SENT_REFUSED, "");
	late = looks(w, 1, "34");
	w->now += 7 * WARD_NS_PER_S;
	assert_int_equal(again(w, "ws-a0-office-1", OF_OFFICE), WARD_ERR_AGAIN);
	w->now += 1 * WARD_NS_PER_S;
	assert_int_equal(again(w, "ws-a0-office-1", OF_OFFICE), WARD_ERR_CLOSED);
	assert_int_equal(propose(w, "net-bms", OF_HOST), WARD_ERR_AGAIN);
	told(w, 0, looks(w, 0, "02:77"), WARD_SENT_DELIVERED, "1 02:77:19:c3:5a:0e b");
	assert_int_equal(again(w, "net-bms", OF_HOST), WARD_ERR_AGAIN);
	w->now += 1 * WARD_NS_PER_S;
	assert_int_equal(again(w, "net-bms", OF_HOST), WARD_OK);
	/* it answers again: it is waited for again */
	told(w, 1, late, WARD_SENT_REFUSED, "");
	assert_int_equal(propose(w, "ws-a0-office-1", OF_OFFICE), WARD_ERR_AGAIN);
	told(w, 0, looks(w, 0, "34"), WARD_SENT_REFUSED, "");
	w->now += 2 * WARD_NS_PER_S;
	assert_int_equal(again(w, "ws-a0-office-1", OF_OFFICE), WARD_ERR_AGAIN);
	told(w, 1, looks(w, 1, "34"), WARD_SENT_DELIVERED, "1 02:20:00:00:00:34 a");
	assert_int_equal(again(w, "ws-a0-office-1", OF_OFFICE), WARD_OK);
}

/* Nine people at once: eight have their turns in the order in which they came, and who gave up
 * loses it. */
static void t_queue(void **state)
{
	struct world *w = *state;
	uint8_t first = w->ids;

	use(w, TWO_SWITCHES);
	for (int i = 0; i < 10; i++)
		assert_int_equal(propose(w, "net-bms", OF_HOST), WARD_ERR_AGAIN);
	assert_int_equal(ward_counter_get(&w->counters, "act.seek_full"),
		1); /* the tenth: one is looked for, eight wait */
	for (uint8_t turn = 0; turn < 9; turn++) {
		for (size_t k = 0; k < 2; k++)
			told(w, k, looks(w, k, "02:77"), WARD_SENT_REFUSED, "");
		w->now += WARD_NS_PER_S;
		/* the last first: it is not its turn */
		for (uint8_t i = 9; i-- > turn;) {
			w->ids = (uint8_t)(first + i);
			assert_int_equal(propose(w, "net-bms", OF_HOST),
				i == turn ? WARD_ERR_NOT_FOUND : WARD_ERR_AGAIN);
		}
		for (uint8_t i = (uint8_t)(turn + 1); i < 9; i++) {
			w->ids = (uint8_t)(first + i);
			assert_int_equal(propose(w, "net-bms", OF_HOST), WARD_ERR_AGAIN);
		}
	}
}

/* Others at its port: what is known is in `cuts`, and of what is not nobody knows what it is. */
static void t_others(void **state)
{
	struct world *w = *state;

	use(w, TWO_SWITCHES);
	assert_int_equal(both(w, "ahu-03", "{\"ability\":\"sw-a0/with\"}",
				 "2 02:40:00:00:00:03 02:40:00:00:00:02 a", "-"),
		WARD_OK);
	assert_false(says(w->said.json, "\"unknown\""));
	assert_int_equal(both(w, "ws-a0-office-1", OF_OFFICE,
				 "2 02:20:00:00:00:34 02:99:00:00:00:02 b", "-"),
		WARD_OK);
	assert_true(says(w->said.json, "\"unknown\":true}"));
	assert_true(says(w->said.json, "\"clinical\":true"));
	/* the same port, for another thing */
	assert_int_equal(both(w, "net-bms", OF_HOST, "1 02:77:19:c3:5a:0e b", "-"), WARD_ERR_STATE);
}

/* One that says nothing is not waited for without end, and what it says later is of no use. */
static void t_late(void **state)
{
	struct world *w = *state;
	struct ward_id first, second;
	struct ward_str body;

	use(w, TWO_SWITCHES);
	assert_int_equal(propose(w, "ws-a0-office-1", OF_OFFICE), WARD_ERR_AGAIN);
	first = looks(w, 0, "[\"02:20:00:00:00:34\"]");
	second = looks(w, 1, "[\"02:20:00:00:00:34\"]");
	told(w, 0, first, WARD_SENT_REFUSED, "");
	assert_int_equal(again(w, "ws-a0-office-1", OF_OFFICE), WARD_ERR_AGAIN);
	w->now += 15 * WARD_NS_PER_S;
	assert_int_equal(again(w, "ws-a0-office-1", OF_OFFICE), WARD_ERR_CLOSED);
	assert_true(says(w->said.why, "sw-a1"));
	/* another thing is looked for: the one that is late is not asked before it has answered */
	assert_int_equal(propose(w, "net-bms", OF_HOST), WARD_ERR_AGAIN);
	first = looks(w, 0, "[\"02:77:19:c3:5a:0e\"]");
	assert_false(ward_act_seek(w->a, 1, w->now, &first, &body));
	told(w, 1, second, WARD_SENT_DELIVERED, "1 02:77:19:c3:5a:0e b");
	(void)looks(w, 1, "[\"02:77:19:c3:5a:0e\"]");
	/* a third one has its turn when nobody asks for the second any more */
	assert_int_equal(
		propose(w, "net-bms", "{\"ability\":\"sw-a1/host\"," INTRUDER "}"), WARD_ERR_AGAIN);
	ward_act_lost(w->a, 0);
	ward_act_lost(w->a, 1);
	assert_false(ward_act_seek(w->a, 0, w->now, &first, &body));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(again(w, "net-bms", "{\"ability\":\"sw-a1/host\"," INTRUDER "}"),
			WARD_ERR_AGAIN);
		w->now += 6 * WARD_NS_PER_S;
	}
	(void)looks(w, 0, "[\"02:77:19:c3:5a:0e\"]");
}

static enum ward_err playbook(struct world *w, uint8_t id)
{
	const struct ward_decision d = {.kind = WARD_DECISION_PROPOSE,
		.subject = WARD_STR("net-bms"),
		.args = WARD_STR(OF_HOST)};
	uint8_t ids = w->ids;

	w->ids = (uint8_t)(id - 1);
	enum ward_err err = decide(w, d, false);

	w->ids = ids;
	return err;
}

/* A playbook that asks without end keeps nobody waiting, and people have their turns. */
static void t_turns(void **state)
{
	struct world *w = *state;

	use(w, TWO_SWITCHES);
	for (uint8_t i = 200; i < 220; i++)
		assert_int_equal(playbook(w, i), WARD_ERR_AGAIN);
	for (size_t k = 0; k < 2; k++)
		told(w, k, looks(w, k, "02:77:19:c3:5a:0e"), WARD_SENT_REFUSED, "");
	assert_int_equal(propose(w, "ws-a0-office-1", OF_OFFICE), WARD_ERR_AGAIN);
	assert_int_equal(playbook(w, 220), WARD_ERR_AGAIN);
	/* another person waits, and is the next: before whoever asks first then */
	assert_int_equal(
		propose(w, "net-bms", "{\"ability\":\"sw-a1/host\"," INTRUDER "}"), WARD_ERR_AGAIN);
	w->ids--;
	for (size_t k = 0; k < 2; k++)
		told(w, k, looks(w, k, "02:20:00:00:00:34"), WARD_SENT_REFUSED, "");
	assert_int_equal(again(w, "ws-a0-office-1", OF_OFFICE), WARD_ERR_NOT_FOUND);
	assert_int_equal(playbook(w, 221), WARD_ERR_AGAIN);
	w->ids++;
	assert_int_equal(
		again(w, "net-bms", "{\"ability\":\"sw-a1/host\"," INTRUDER "}"), WARD_ERR_AGAIN);
	told(w, 0, looks(w, 0, "02:77:19:c3:5a:0e"), WARD_SENT_REFUSED, "");
	told(w, 1, looks(w, 1, "02:77:19:c3:5a:0e"), WARD_SENT_DELIVERED, "1 02:77:19:c3:5a:0e b");
	assert_int_equal(playbook(w, 222), WARD_ERR_AGAIN);
	assert_int_equal(again(w, "net-bms", "{\"ability\":\"sw-a1/host\"," INTRUDER "}"), WARD_OK);
}

/* A switch is asked for one thing at a time. */
static void t_one_at_a_time(void **state)
{
	struct world *w = *state;
	struct ward_id id;
	struct ward_str body;

	use(w, TWO_SWITCHES);
	assert_int_equal(
		both(w, "ws-a0-office-1", OF_OFFICE, "1 02:20:00:00:00:34 a", "-"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	assert_int_equal(propose(w, "net-bms", OF_HOST), WARD_ERR_AGAIN);
	assert_true(ward_act_seek(w->a, 0, w->now, &id, &body));
	assert_false(asks(w));
	told(w, 0, id, WARD_SENT_REFUSED, "");
	assert_true(asks(w));
	use(w, TWO_SWITCHES); /* a new life asks again, and knows what was found */
	assert_false(ward_act_seek(w->a, 0, w->now, &id, &body));
	assert_int_equal(at(w), WARD_ACT_DOING);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(t_found), T(t_shown), T(t_behind), T(t_other_way),
		T(t_set_back), T(t_not_found), T(t_others), T(t_dead_switch), T(t_dead_is_known),
		T(t_queue), T(t_late), T(t_turns), T(t_one_at_a_time)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
