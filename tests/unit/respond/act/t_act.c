/* Actions on the pilot hospital, by its real forecast: who may do what, and that nothing is done
 * without them. */
#include "world.h"

/* What is shown is asked for, and nothing else; a playbook's command chooses it, and is not sent.
 */
static void t_shown(void **state)
{
	static const struct {
		const char *systems, *args, *sent, *back;
		size_t system;
	} all[] = {LAB_SHOWN};
	struct world *w = *state;
	const struct ward_outcome o = {.what = WARD_SENT_DELIVERED};
	struct ward_act_row row;
	struct ward_id id;
	struct ward_str body = {NULL, 0};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		use(w, all[i].systems);
		assert_int_equal(propose(w, "ws-a0-office-1", all[i].args), WARD_OK);
		assert_true(says(w->said.json, all[i].sent));
		assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
		go(w);
		assert_false(ward_act_request(w->a, !all[i].system, w->now, &id, &body));
		assert_true(ward_act_request(w->a, all[i].system, w->now, &id, &body));
		assert_true(says(body, all[i].sent));
		assert_true(ward_act_said(w->a, all[i].system, id, &o, w->now, &row));
		keep(w, &row);
		assert_int_equal(by(w, WARD_DECISION_UNDO, ANNA, IT), WARD_OK);
		go(w);
		assert_true(ward_act_request(w->a, all[i].system, w->now, &id, &body));
		assert_true(says(body, all[i].back));
		assert_true(ward_act_said(w->a, all[i].system, id, &o, w->now, &row));
		keep(w, &row);
	}
	use(w, LAB_SYSTEMS LAB_RADIUS LAB_SNMP);
	assert_int_equal(propose(w, "ahu-03", "{\"ability\":\"access/shared\"}"), WARD_OK);
	assert_true(says(w->said.json, "\"clinical\":true"));
}

/* Two actions of one system whose undoing would undo each other are not open at once. */
static void t_alike(void **state)
{
	struct world *w = *state;

	use(w, LAB_SYSTEMS LAB_RADIUS LAB_SNMP);
	assert_int_equal(propose(w, "ahu-03", "{\"ability\":\"sw/port\"}"), WARD_OK);
	assert_int_equal(propose(w, "ahu-03", "{\"ability\":\"sw/bms\"}"), WARD_ERR_STATE);
	assert_int_equal(propose(w, "ahu-03", "{\"ability\":\"access/shared\"}"), WARD_OK);
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"tell\"}"), WARD_OK);
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"ability\":\"sw/port\"}"), WARD_OK);
}

/* A playbook proposes nothing that nobody could approve in time, and not without an end. */
static void t_playbook_floods(void **state)
{
	struct world *w = *state;
	struct ward_decision d = {.kind = WARD_DECISION_PROPOSE,
		.subject = WARD_STR("ws-a0-office-1"),
		.args = WARD_STR("{\"does\":\"isolate\",\"until\":\"2020-01-01T00:00:00Z\"}")};

	assert_int_equal(decide(w, d, false), WARD_ERR_STATE);
	assert_int_equal(w->n_row, 0);
	d.args = WARD_STR("{\"does\":\"isolate\"}");
	assert_int_equal(decide(w, d, false), WARD_OK);
}

/* What is for exercises alone does not stand in the way of what is real. */
static void t_twin(void **state)
{
	struct world *w = *state;

	use(w, LAB_TWINS);
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_true(says(w->said.json, "\"ability\":\"real/port\""));
	assert_int_equal(
		propose(w, "ws-a0-office-1", "{\"ability\":\"drill/port\"}"), WARD_ERR_DENIED);
	assert_int_equal(propose(w, "ahu-03", "{\"does\":\"isolate\"}"), WARD_ERR_DENIED);
	assert_true(says(w->said.why, "exercises alone"));
}

static void t_one_person(void **state)
{
	struct world *w = *state;

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_ERR_STATE);
	go(w);
	assert_int_equal(at(w), WARD_ACT_PROPOSED); /* by itself nothing is ever begun */
	assert_false(asks(w));
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_ERR_DENIED);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, IT), WARD_ERR_DENIED);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_DONE);
	w->now += 20 * 60 * WARD_NS_PER_S;
	assert_int_equal(by(w, WARD_DECISION_RENEW, ANNA, IT), WARD_OK);
	w->now += 20 * 60 * WARD_NS_PER_S;
	go(w);
	assert_int_equal(at(w), WARD_ACT_DONE);
	w->now += 11 * 60 * WARD_NS_PER_S; /* nobody renews it */
	go(w);
	assert_int_equal(at(w), WARD_ACT_UNDOING);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_UNDONE);
}

/* What touches care: two people, one who answers for patients, and the ward's word. */
static void t_care(void **state)
{
	struct world *w = *state;

	assert_int_equal(propose(w, "net-medical", "{\"ability\":\"sw/medical\"}"), WARD_OK);
	assert_int_not_equal(ward_str_find(w->said.json, WARD_STR("\"clinical\":true")), SIZE_MAX);
	assert_int_not_equal(
		ward_str_find(w->said.json, WARD_STR("\"medical-director\"")), SIZE_MAX);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	assert_int_equal(at(w), WARD_ACT_AGREED);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_ERR_DENIED);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, DARIO, IT), WARD_ERR_DENIED);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, CARLA, "medical-director"), WARD_OK);
	go(w);
	assert_int_equal(at(w), WARD_ACT_ASKED);
	assert_int_equal(by(w, WARD_DECISION_NO_PATIENT, ANNA, IT), WARD_ERR_DENIED);
	assert_int_equal(by(w, WARD_DECISION_NO_PATIENT, CARLA, "medical-director"), WARD_OK);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING);
}

/* What two approved one alone does not let last longer; nor who agreed too long ago. */
static void t_two_renew(void **state)
{
	struct world *w = *state;
	const ward_ns minute = 60 * WARD_NS_PER_S;

	t_care(state);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_DONE);
	assert_int_equal(by(w, WARD_DECISION_RENEW, ANNA, IT), WARD_OK);
	assert_int_not_equal(ward_str_find(w->said.json, WARD_STR("\"agree\"")), SIZE_MAX);
	assert_int_equal(ward_str_find(w->said.json, WARD_STR("\"until\"")), SIZE_MAX);
	w->now += minute;
	assert_int_equal(by(w, WARD_DECISION_RENEW, ANNA, IT), WARD_ERR_DENIED);
	w->now += minute;
	assert_int_equal(by(w, WARD_DECISION_RENEW, DARIO, IT), WARD_ERR_DENIED); /* no care */
	w->now += minute;
	assert_int_equal(by(w, WARD_DECISION_RENEW, CARLA, "medical-director"), WARD_OK);
	assert_int_not_equal(ward_str_find(w->said.json, WARD_STR("\"until\"")), SIZE_MAX);
	w->now += minute; /* and anew, by two again */
	assert_int_equal(by(w, WARD_DECISION_RENEW, CARLA, "medical-director"), WARD_OK);
	assert_int_equal(ward_str_find(w->said.json, WARD_STR("\"until\"")), SIZE_MAX);
	assert_int_equal(at(w), WARD_ACT_DONE);
}

static void t_ward_is_silent(void **state)
{
	struct world *w = *state;

	assert_int_equal(propose(w, "net-medical", "{\"ability\":\"sw/medical\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, CARLA, "medical-director"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	w->now += 301 * WARD_NS_PER_S;
	assert_int_equal(
		by(w, WARD_DECISION_NO_PATIENT, CARLA, "medical-director"), WARD_ERR_STATE);
	go(w);
	assert_int_equal(at(w), WARD_ACT_EXPIRED);
	assert_false(asks(w));
}

/* Whoever sends what to `act`, but for a person's own code, nothing begins. */
static void t_no_bypass(void **state)
{
	struct world *w = *state;
	char id[WARD_ID_TEXT], args[128];
	struct ward_decision d = {.person = WARD_STR("anna"), .role = WARD_STR(IT)};

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	ward_id_text(w->action, id);
	(void)snprintf(args, sizeof(args), "{\"shown\":\"%s\"}", w->shown);
	d.subject = ward_str_z(id);
	d.args = ward_str_z(args);
	for (int k = 0; k < WARD_DECISION_N; k++)
		for (int proof = 0; proof < 2; proof++) {
			d.kind = (enum ward_decision_kind)k;
			d.proof = proof ? WARD_STR("000000") : WARD_STR("");
			if (k == WARD_DECISION_REFUSE)
				continue;
			assert_int_not_equal(decide(w, d, false), WARD_OK);
			assert_int_not_equal(decide(w, d, true), WARD_OK);
			go(w);
			assert_int_equal(at(w), WARD_ACT_PROPOSED);
			assert_false(asks(w));
		}
	/* five wrong codes: then not even the right one, also in a new life */
	d.kind = WARD_DECISION_APPROVE;
	d.proof = WARD_STR("000000");
	for (int i = 0; i < 6; i++)
		(void)decide(w, d, true);
	life(w);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_ERR_LIMIT);
	w->now += 301 * WARD_NS_PER_S;
	w->shown[0] = w->shown[0] == 'a' ? 'b' : 'a'; /* shown something else */
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_ERR_STATE);
	assert_int_equal(at(w), WARD_ACT_PROPOSED);
}

#define INTRUDER "\"host\":\"02:77:19:C3:5A:0E\""

/* Whoever hands it on may say anything but where somebody answers: who is bound to another place
 * proposes and decides nothing there, not even with the right code; of a network, which is at no
 * place, everybody of the role does. */
static void t_elsewhere(void **state)
{
	struct world *w = *state;
	struct ward_decision d = {.kind = WARD_DECISION_PROPOSE,
		.person = WARD_STR("anna"),
		.role = WARD_STR(IT),
		.subject = WARD_STR("ws-a0-office-1"),
		.args = WARD_STR("{\"does\":\"isolate\"}"),
		.places = WARD_STR("building-b gone-long-ago")};

	assert_int_equal(decide(w, d, true), WARD_ERR_DENIED);
	d.places = WARD_STR("gone-long-ago");
	assert_int_equal(decide(w, d, true), WARD_ERR_DENIED);
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	for (int k = WARD_DECISION_APPROVE; k <= WARD_DECISION_NO_PATIENT; k++) {
		d = coded(w, (enum ward_decision_kind)k, ANNA, IT);
		d.places = WARD_STR("building-b");
		assert_int_equal(decide(w, d, true), WARD_ERR_DENIED);
		assert_non_null(strstr(w->said.why.p, "no place of yours"));
		assert_int_equal(at(w), WARD_ACT_PROPOSED);
	}
	w->now += 31 * WARD_NS_PER_S;
	d = coded(w, WARD_DECISION_APPROVE, ANNA, IT);
	d.places = WARD_STR("building-b a0");
	assert_int_equal(decide(w, d, true), WARD_OK);
	use(w, LAB_HOSTS);
	d = (struct ward_decision){.kind = WARD_DECISION_PROPOSE,
		.person = WARD_STR("anna"),
		.role = WARD_STR(IT),
		.subject = WARD_STR("net-bms"),
		.args = WARD_STR("{\"ability\":\"sw/host\"," INTRUDER "}"),
		.places = WARD_STR("building-b")};
	assert_int_equal(decide(w, d, true), WARD_OK);
}

/* A code is good for one thing. */
static void t_code_once(void **state)
{
	struct world *w = *state;

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	assert_int_equal(propose(w, "ahu-03", "{\"ability\":\"sw/port\"}"), WARD_OK);
	w->now -= 30 * WARD_NS_PER_S; /* `by` goes on to the same step */
	life(w);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_ERR_DENIED);
}

/* What is never taken back is over once it is done, and can be done again. */
static void t_tell(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"tell\"}"), WARD_OK);
		assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
		go(w);
		assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
		assert_int_equal(at(w), WARD_ACT_FINISHED);
		assert_true(ward_act_over(at(w)));
	}
}

/* Who did not hear the answer asks again, and is told the same; nothing is done twice, and a code
 * that was good is not a wrong one. */
static void t_said_again(void **state)
{
	struct world *w = *state;
	struct ward_act_row row;
	struct ward_decision d;

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	d = coded(w, WARD_DECISION_APPROVE, ANNA, IT);
	d.id.b[0] = ++w->ids;
	assert_true(ward_act_decide(w->a, &d, true, w->now, &row, &w->said));
	keep(w, &row);
	for (int i = 0; i < 2; i++) {
		go(w);
		assert_false(ward_act_decide(w->a, &d, true, w->now, &row, &w->said));
		assert_int_equal(w->said.err, WARD_OK);
		life(w);
	}
	d = coded(w, WARD_DECISION_UNDO, ANNA, IT);
	d.id.b[0] = ++w->ids;
	d.proof = WARD_STR("000000");
	(void)ward_act_decide(w->a, &d, true, w->now, &row, &w->said);
	keep(w, &row);
	assert_false(ward_act_decide(w->a, &d, true, w->now, &row, &w->said));
	assert_int_equal(w->said.err, WARD_ERR_DENIED);
}

/* Rows twice, torn and of nothing: counted and left. */
static void t_rows(void **state)
{
	struct world *w = *state;
	struct ward_act_row bad = {.revision = 9};

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	struct ward_act_row last = w->row[w->n_row - 1].row;

	for (size_t i = 0; i < w->n_row; i++)
		assert_int_equal(ward_act_take(w->a, &w->row[i].row), WARD_OK);
	assert_int_equal(at(w), WARD_ACT_READY);
	bad.id = w->action;
	for (size_t i = 0; i < last.json.len; i++) {
		bad.json = ward_str_sub(last.json, 0, i);
		assert_int_equal(ward_act_take(w->a, &bad), WARD_OK);
	}
	bad.json = last.json; /* approved what is approved */
	assert_int_equal(ward_act_take(w->a, &bad), WARD_OK);
	assert_int_equal(at(w), WARD_ACT_READY);
}

/* Every step that the table has leads on, and each state has a way out or is over. */
static void t_table(void **state)
{
	(void)state;
	for (int s = 0; s < WARD_ACT_STATE_N; s++) {
		size_t out = 0;

		for (int e = 0; e < WARD_ACT_EVENT_N; e++) {
			enum ward_act_state to;

			out += ward_act_step((enum ward_act_state)s, (enum ward_act_event)e, &to) ==
			       WARD_OK;
		}
		assert_int_equal(out == 0, ward_act_over((enum ward_act_state)s));
	}
}

/* What somebody plugged in is cut off alone: by its address, which goes along in one form. */
static void t_host(void **state)
{
	struct world *w = *state;
	const struct ward_outcome o = {.what = WARD_SENT_DELIVERED};
	struct ward_str body = {NULL, 0};
	struct ward_act_row row;
	struct ward_id id;

	use(w, LAB_HOSTS);
	assert_int_equal(propose(w, "net-bms", "{\"ability\":\"sw/host\"}"), WARD_ERR_MALFORMED);
	assert_int_equal(propose(w, "net-bms", "{\"ability\":\"sw/host\",\"host\":\"10.40.0.9\"}"),
		WARD_ERR_MALFORMED);
	assert_int_equal(
		propose(w, "net-bms", "{\"ability\":\"sw/host\",\"host\":\"ff:ff:ff:ff:ff:ff\"}"),
		WARD_ERR_MALFORMED); /* all of them */
	assert_int_equal(
		propose(w, "net-bms", "{\"ability\":\"sw/host\",\"host\":\"02:40:00:00:00:01\"}"),
		WARD_ERR_DENIED); /* an air-handling unit */
	assert_int_equal(
		propose(w, "net-bms", "{\"ability\":\"sw/net\"," INTRUDER "}"), WARD_ERR_MALFORMED);
	assert_int_equal(
		propose(w, "net-it", "{\"ability\":\"sw/host\"," INTRUDER "}"), WARD_ERR_DENIED);
	assert_int_equal(propose(w, "net-bms", "{\"ability\":\"sw/host\"," INTRUDER "}"), WARD_OK);
	assert_true(says(w->said.json, "\"host\":\"02:77:19:c3:5a:0e\""));
	assert_true(says(w->said.json, "\"unknown\":true"));
	/* by two, of whom one answers for patients: it may be a device of care that nobody listed
	 */
	assert_true(says(w->said.json, "\"clinical\":true"));
	assert_true(says(w->said.json, "\"two_persons\":true"));
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	life(w); /* it is known from its row */
	go(w);
	assert_false(ward_act_request(w->a, 0, w->now, &id, &body));
	assert_int_equal(by(w, WARD_DECISION_APPROVE, CARLA, "medical-director"), WARD_OK);
	go(w);
	assert_int_equal(by(w, WARD_DECISION_NO_PATIENT, CARLA, "medical-director"), WARD_OK);
	go(w);
	assert_true(ward_act_request(w->a, 0, w->now, &id, &body));
	assert_true(says(body, "\"host\":\"02:77:19:c3:5a:0e\""));
	assert_true(ward_act_said(w->a, 0, id, &o, w->now, &row));
	keep(w, &row);
	assert_int_equal(propose(w, "net-bms", "{\"ability\":\"sw/host\"," INTRUDER "}"),
		WARD_ERR_STATE); /* it stands */
	/* another one, the network itself, and the same by another system are something else */
	assert_int_equal(
		propose(w, "net-bms", "{\"ability\":\"sw/host\",\"host\":\"02:77:19:c3:5a:0f\"}"),
		WARD_OK);
	assert_int_equal(propose(w, "net-bms", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_true(says(w->said.json, "\"ability\":\"sw/net\""));
	assert_int_equal(propose(w, "net-bms", "{\"ability\":\"nac/vlan\"," INTRUDER "}"), WARD_OK);
	assert_true(says(w->said.json, "\"mac\":\"02:77:19:c3:5a:0e\""));
}

/* On a network of medical devices, too. */
static void t_host_of_care(void **state)
{
	struct world *w = *state;

	use(w, LAB_HOSTS);
	assert_int_equal(
		propose(w, "net-medical", "{\"ability\":\"sw/host\"," INTRUDER "}"), WARD_OK);
	assert_true(says(w->said.json, "\"clinical\":true"));
	assert_true(says(w->said.json, "\"two_persons\":true"));
}

/* The one that was approved is cut off, and no other: a row that says another is not begun. */
static void t_host_changed(void **state)
{
	struct world *w = *state;
	struct ward_str body = {NULL, 0};
	struct ward_id id;

	use(w, LAB_HOSTS);
	assert_int_equal(propose(w, "net-bms", "{\"ability\":\"sw/host\"," INTRUDER "}"), WARD_OK);
	char *at = strstr(w->row[w->n_row - 1].json, "\"host\":\"02:77:19:c3:5a:0e\",\"system\"");

	assert_non_null(at);
	at[24] = 'f';
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	life(w);
	go(w);
	assert_false(ward_act_request(w->a, 0, w->now, &id, &body));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_one_person), T(t_shown), T(t_alike),
		T(t_playbook_floods), T(t_twin), T(t_care), T(t_two_renew), T(t_ward_is_silent),
		T(t_no_bypass), T(t_elsewhere), T(t_code_once), T(t_tell), T(t_said_again),
		T(t_rows), T(t_host), T(t_host_of_care), T(t_host_changed),
		cmocka_unit_test(t_table)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
