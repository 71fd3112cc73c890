/* What is left of actions when the process is killed between any two rows, and begins anew, perhaps
 * on other files. */
#include "world.h"

/* Killed once it was begun: asked for again by the same key, or never. */
static void t_killed(void **state)
{
	struct world *w = *state;
	struct ward_id first;

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	first = request(w);
	life(w);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING);
	assert_true(ward_id_eq(first, request(w)));
	assert_false(answer(w, first, WARD_SENT_FAILED)); /* again, later */
	assert_false(asks(w));
	w->now += 3 * WARD_NS_PER_S;
	/* that it would not now says nothing of what an attempt before did */
	assert_true(answer(w, request(w), WARD_SENT_REFUSED));
	assert_int_equal(at(w), WARD_ACT_DOUBT);
	assert_int_equal(by(w, WARD_DECISION_UNDO, ANNA, IT), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_UNDONE);
	/* the first attempt, of this life: it was not done */
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_REFUSED));
	assert_int_equal(at(w), WARD_ACT_FAILED);

	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING);
	life(w);
	assert_false(asks(w)); /* not even before it is told */
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOUBT);
	assert_true(says(w->row[w->n_row - 1].row.json, /* what, of whom it is asked to look */
		"\"does\":\"lock\",\"thing\":\"door-au-server\""));
	assert_true(says(w->row[w->n_row - 1].row.json, "\"roles\":[\"security-guard\""));
	assert_false(asks(w));
	assert_int_equal(by(w, WARD_DECISION_UNDO, BRUNO, "security-guard"), WARD_OK);
	go(w);
	request(w);
	ward_act_lost(w->a, 0); /* whoever asks was killed */
	assert_false(asks(w));
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOUBT);
	assert_int_equal(by(w, WARD_DECISION_REFUSE, BRUNO, "security-guard"), WARD_OK);
	assert_int_equal(at(w), WARD_ACT_REFUSED);
}

/* Ward was off over the weekend; a system that never answers. */
static void t_too_late(void **state)
{
	struct world *w = *state;

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	w->now += 11 * 60 * WARD_NS_PER_S;
	life(w);
	assert_false(asks(w));
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOUBT);
}

/* Its ability is taken out of actuators.yml while it stands. */
static void t_gone(void **state)
{
	struct world *w = *state;
	size_t n = w->table.n_ability;

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	w->table.n_ability = 0;
	life(w);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOUBT);
	assert_int_equal(by(w, WARD_DECISION_REFUSE, ANNA, IT), WARD_OK);
	assert_int_equal(at(w), WARD_ACT_REFUSED);
	w->table.n_ability = n;
}

/* Who approves sees the very command, and what will take it back; a command about a thing that the
 * file names not any more is never made. */
static void t_commands(void **state)
{
	struct world *w = *state;
	struct ward_id id;
	struct ward_str body;

	use(w, LAB_SSH("ws-a0-office-1"));
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_true(says(w->row[0].row.json,
		"\"run\":\"nft add element inet ward off { 10.20.0.72 }\","
		"\"back\":\"free ws-a0-office-1\",\"look\":\"look 10.20.0.72\""));
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, "it-on-call"), WARD_OK);
	go(w);
	assert_true(ward_act_request(w->a, 0, w->now, &id, &body));
	assert_true(says(body, "\"run\":\"nft add element inet ward off { 10.20.0.72 }\","));
	assert_true(answer(w, id, WARD_SENT_DELIVERED));
	assert_int_equal(by(w, WARD_DECISION_UNDO, ANNA, "it-on-call"), WARD_OK);
	go(w);
	assert_true(ward_act_request(w->a, 0, w->now, &id, &body));
	assert_true(says(body, "\"run\":\"free ws-a0-office-1\",\"look\""));
	use(w, LAB_SSH("ahu-03"));
	go(w);
	assert_false(asks(w));
	assert_int_equal(at(w), WARD_ACT_DOUBT);
}

/* Whoever writes the hospital's files between approval and sending has nothing sent by that: not
 * another command, not to another system, not as what takes it back. */
static void t_changed(void **state)
{
#define SSH LAB_SSH_OF("fw.hospital.example", "free {thing}", "{ {address} }")
#define CALL LAB_CALL_OF("http-api", "X-Key", "deny", "allow")
#define PORT LAB_SNMP_OF("sha256-aes", "Gi48", "Gi7", "shutdown")
	static const struct {
		const char *same, *other;
	} file[] = {{SSH, LAB_SSH_OF("fw2.hospital.example", "free {thing}", "{ {address} }")},
		{SSH, LAB_SSH_OF("fw.hospital.example", "flush", "{ {address} }")},
		{SSH, LAB_SSH_OF("fw.hospital.example", "free {thing}", "{ 0.0.0.0/0 }")},
		{CALL, LAB_CALL_OF("openc2-http", "X-Key", "deny", "allow")},
		{CALL, LAB_CALL_OF("http-api", "X-Other", "deny", "allow")},
		{CALL, LAB_CALL_OF("http-api", "X-Key", "delete", "allow")},
		{CALL, LAB_CALL_OF("http-api", "X-Key", "deny", "delete")},
		{PORT, LAB_SNMP_OF("sha-aes", "Gi48", "Gi7", "shutdown")},
		{PORT, LAB_SNMP_OF("sha256-aes", "", "Gi7", "shutdown")},
		{PORT, LAB_SNMP_OF("sha256-aes", "Gi48", "Gi8", "shutdown")},
		{PORT, LAB_SNMP_OF("sha256-aes", "Gi48", "Gi7", "vlan 9, set_back: vlan 2")}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(file); i++) {
		struct world *w;

		assert_int_equal(setup((void **)&w), 0);
		use(w, file[i].same);
		assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
		assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
		use(w, file[i].same);
		assert_int_equal(at(w), WARD_ACT_READY);
		use(w, file[i].other);
		go(w);
		assert_false(asks(w));
		assert_int_equal(at(w), WARD_ACT_EXPIRED);

		use(w, file[i].same);
		assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
		assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
		go(w);
		assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
		use(w, file[i].other);
		assert_int_equal(by(w, WARD_DECISION_UNDO, ANNA, IT), WARD_ERR_NOT_FOUND);
		w->now += 2 * 3600 * WARD_NS_PER_S;
		go(w);
		assert_false(asks(w));
		assert_int_equal(at(w), WARD_ACT_DOUBT);
		assert_int_equal(by(w, WARD_DECISION_REFUSE, ANNA, IT), WARD_OK);
		(void)teardown((void **)&w);
	}
	(void)state;
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(t_killed), T(t_too_late), T(t_gone), T(t_commands), cmocka_unit_test(t_changed)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
