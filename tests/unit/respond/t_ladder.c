#include "lab_incident.h"

#define T(name) cmocka_unit_test(name)

enum { SOC, GUARD, OFFICER, DIRECTOR };

/* The SOC is told; the guard is asked, then the officer, then the director. */
static struct lab *ladder(size_t kill_at)
{
	static const char *const id[] = {"soc", "guard", "officer", "director"};
	struct lab *l = lab_new(4);

	for (size_t k = 0; k < 4; k++) {
		l->listener[k].id = ward_str_z(id[k]);
		l->listener[k].acknowledge = k ? 300 * WARD_NS_PER_S : 0;
		l->listener[k].after = k > GUARD ? 1u << (k - 1) : 0;
	}
	l->kill_at = kill_at;
	lab_life(l);
	return l;
}

static void wait_min(struct lab *l, unsigned minutes)
{
	l->now += minutes * 60 * WARD_NS_PER_S;
	lab_settle(l);
}

/* The last message to the listener; SIZE_MAX: it got none. */
static size_t last_to(const struct lab *l, size_t k)
{
	for (size_t i = l->n_got; i-- > 0;)
		if (l->got[i].listener == k)
			return i;
	return SIZE_MAX;
}

static size_t n_to(const struct lab *l, size_t k)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_got; i++)
		n += l->got[i].listener == k;
	return n;
}

/* As `desk` hands it over, which says it again to whoever was killed before he answered. */
static enum ward_err decide(
	struct lab *l, enum ward_decision_kind kind, struct ward_id subject, unsigned id)
{
	char text[WARD_ID_TEXT];
	struct ward_delivery d;
	const char *why;
	enum ward_err err;
	bool killed = false;

	ward_id_text(subject, text);
	const struct ward_decision of = {.kind = kind,
		.id = {{(uint8_t)id, 9}},
		.at = l->now,
		.person = WARD_STR("p-17"),
		.role = WARD_STR("security-officer"),
		.subject = ward_str_z(text)};

	do {
		lab_read(l);
		err = ward_respond_acknowledge(l->r, &of, SIZE_MAX, &d, &why);
		if (err == WARD_ERR_DUPLICATE && killed) {
			err = WARD_OK;
			break;
		}
		if (err)
			return err;
		killed = true;
		if (lab_dies(l))
			continue;
		lab_add(l, &d, d.json);
		if (!lab_dies(l))
			break;
	} while (true);
	lab_settle(l);
	return err;
}

static struct ward_id incident_id(unsigned id)
{
	struct ward_id i = {{0, 0, 0, (uint8_t)id, 0, 0, 0x80, 0, 0x80}};

	return i;
}

static struct lab_incident incident(unsigned revision, const char *level, const char *state)
{
	return (struct lab_incident){1, revision, 30, 1, level, state, "physical", NULL};
}

static void give(struct lab *l, unsigned revision, const char *level, const char *state)
{
	struct lab_incident in = incident(revision, level, state);

	lab_incident(l, &in);
	lab_settle(l);
}

/* What was lost and not heard of since is told as old, to who is asked again a day later. */
static void test_old(void **state)
{
	static const char impact[] =
		"{\"kind\":\"impact\",\"id\":\"00000001-2222-8000-8000-000000000000\","
		"\"revision\":1,\"incident\":\"00000001-0000-8000-8000-000000000000\","
		"\"asset\":\"icu\",\"asset_name\":\"Intensive care\",\"threat\":\"outage\","
		"\"threat_name\":\"Outage\",\"service\":true,\"likelihood\":[0.9,0.96],"
		"\"priority\":1,\"earliest\":\"2026-03-12T02:40:00Z\","
		"\"expected\":\"2026-03-12T03:40:00Z\",\"chain\":[]}";
	struct lab *l = ladder(0);

	(void)state;
	give(l, 1, "high", "suspected");
	lab_add(l, NULL, ward_str_z(impact));
	for (size_t h = 0; h < 90; h++)
		wait_min(l, 15);
	assert_says(l, last_to(l, DIRECTOR), "Care: Intensive care: ");
	assert_false(lab_says(l, last_to(l, DIRECTOR), "last heard"));
	for (size_t h = 0; h < 14; h++)
		wait_min(l, 15);
	assert_says(l, last_to(l, DIRECTOR), "; last heard 2");
	assert_says(l, last_to(l, DIRECTOR), "\"last_heard\":\"2026-03-12T02:");
	lab_free(l);
}

static void test_nobody_answers(void **state)
{
	struct lab *l = ladder(0);

	(void)state;
	give(l, 1, "high", "suspected");
	assert_int_equal(l->n_got, 2); /* SOC and guard */
	assert_int_equal(n_to(l, GUARD), 1);
	assert_says(l, last_to(l, GUARD), "Acknowledge it before 03:45");
	assert_says(l, last_to(l, GUARD), "\"acknowledge_by\":\"2026-03-12T02:45:00Z\"");
	assert_false(lab_says(l, last_to(l, SOC), "acknowledge_by"));
	wait_min(l, 4);
	assert_int_equal(l->n_got, 2);
	lab_life(l); /* a new life knows since when it waits */
	wait_min(l, 1);
	assert_int_equal(l->n_got, 3);
	assert_says(l, last_to(l, OFFICER), "\"change\":\"escalated\"");
	assert_says(l, last_to(l, OFFICER), "Nobody acknowledged it: HIGH");
	wait_min(l, 5);
	assert_int_equal(l->n_got, 4);
	assert_int_equal(n_to(l, DIRECTOR), 1);
	/* the last one is asked again, ever more seldom */
	wait_min(l, 5);
	assert_int_equal(l->n_got, 5);
	assert_says(l, last_to(l, DIRECTOR), "Still nobody acknowledged it");
	wait_min(l, 9);
	assert_int_equal(l->n_got, 5);
	wait_min(l, 1);
	assert_int_equal(l->n_got, 6);
	for (size_t h = 0; h < 100; h++)
		wait_min(l, 15);
	assert_int_equal(n_to(l, GUARD) + n_to(l, OFFICER) + n_to(l, SOC), 3);
	assert_in_range(n_to(l, DIRECTOR), 25, 30); /* once an hour for a day */
	lab_free(l);
}

/* Who takes it is told to all who know; nobody is asked any more. */
static void test_taken(void **state)
{
	struct lab *l = ladder(0);

	(void)state;
	give(l, 1, "high", "suspected");
	wait_min(l, 5);
	assert_int_equal(l->n_got, 3);
	assert_int_equal(
		decide(l, WARD_DECISION_ON_MY_WAY, l->got[last_to(l, OFFICER)].id, 1), WARD_OK);
	assert_int_equal(l->n_got, 5);
	assert_says(l, last_to(l, GUARD), "\"change\":\"withdrawn\"");
	assert_says(l, last_to(l, GUARD), "On the way since 03:45: security-officer");
	assert_says(l, last_to(l, SOC), "Somebody takes it: HIGH");
	assert_says(l, last_to(l, SOC), "\"taken\":{\"state\":\"on_my_way\"");
	assert_int_equal(n_to(l, OFFICER), 1); /* by whose message it was taken */
	/* said again, also when it is over, it is on record once */
	assert_int_equal(decide(l, WARD_DECISION_ON_MY_WAY, l->got[last_to(l, OFFICER)].id, 1),
		WARD_ERR_DUPLICATE);
	assert_int_equal(lab_rows(l, "\"kind\":\"acknowledgement\",\"state\":\"on_my_way\""), 1);
	assert_int_equal(lab_rows(l, "p-17"), 0); /* the role, and not who it is */
	for (size_t i = 0; i < 20; i++)
		wait_min(l, 5);
	assert_int_equal(n_to(l, DIRECTOR), 0);
	lab_free(l);
}

/* Who need not know it at once hears of it with what is told next. */
static void test_untaken(void **state)
{
	struct lab *l = ladder(0);

	(void)state;
	l->listener[SOC].untaken = true;
	lab_life(l);
	give(l, 1, "medium", "suspected");
	assert_int_equal(decide(l, WARD_DECISION_ACKNOWLEDGE, incident_id(1), 1), WARD_OK);
	wait_min(l, 30);
	assert_int_equal(n_to(l, SOC), 1);
	assert_int_equal(n_to(l, OFFICER), 0);
	give(l, 2, "medium", "confirmed");
	assert_int_equal(n_to(l, SOC), 2);
	assert_says(l, last_to(l, SOC), "\"change\":\"confirmed\"");
	assert_says(l, last_to(l, SOC), "\"taken\":{\"state\":\"acknowledged\"");
	give(l, 3, "medium", "closed");
	assert_int_equal(n_to(l, SOC), 3);
	lab_free(l);
}

/* What gets more serious than what was acknowledged is to be acknowledged anew. */
static void test_raised(void **state)
{
	struct lab *l = ladder(0);

	(void)state;
	give(l, 1, "medium", "suspected");
	assert_int_equal(decide(l, WARD_DECISION_ACKNOWLEDGE, incident_id(1), 1), WARD_OK);
	wait_min(l, 30);
	assert_int_equal(n_to(l, OFFICER), 0);
	give(l, 2, "critical", "suspected");
	assert_says(l, last_to(l, GUARD), "More serious than told: CRITICAL");
	assert_says(l, last_to(l, GUARD), "Acknowledge it before");
	wait_min(l, 5);
	assert_int_equal(n_to(l, OFFICER), 1);
	lab_free(l);
}

static void test_ended(void **state)
{
	static const struct {
		const char *state, *says;
	} ends[] = {{"dismissed", "Dismissed: there is no incident"}, {"closed", "It is over"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(ends); i++) {
		struct lab *l = ladder(0);

		give(l, 1, "high", "suspected");
		wait_min(l, 5);
		give(l, 2, "high", ends[i].state);
		assert_int_equal(l->n_got, 6);
		for (size_t k = GUARD; k <= OFFICER; k++) {
			assert_says(l, last_to(l, k), "\"change\":\"withdrawn\"");
			assert_says(l, last_to(l, k), ends[i].says);
		}
		wait_min(l, 60);
		assert_int_equal(n_to(l, DIRECTOR), 0);
		/* opened again, it is asked for again */
		give(l, 3, "high", "suspected");
		assert_says(l, last_to(l, GUARD), "\"change\":\"opened\"");
		wait_min(l, 5);
		assert_says(l, last_to(l, OFFICER), "Acknowledge it before");
		lab_free(l);
	}
}

/* A message that nobody got is nobody's to answer: the next one is told at once. */
static void test_lost(void **state)
{
	struct lab *l = ladder(0);

	(void)state;
	l->answer = (struct ward_outcome){.what = WARD_SENT_REFUSED, .status = 401};
	give(l, 1, "high", "suspected");
	assert_int_equal(n_to(l, GUARD), 1);
	assert_int_equal(n_to(l, OFFICER), 1);
	assert_int_equal(n_to(l, DIRECTOR), 1);
	lab_free(l);
}

/* What waits for its next attempt is not sent when somebody took it meanwhile. */
static void test_void(void **state)
{
	struct lab *l = ladder(0);

	(void)state;
	give(l, 1, "high", "suspected");
	wait_min(l, 4);
	l->answer = (struct ward_outcome){
		.what = WARD_SENT_FAILED, .status = 503, .retry_after = 600 * WARD_NS_PER_S};
	wait_min(l, 1);
	assert_int_equal(n_to(l, OFFICER), 1);
	assert_int_equal(decide(l, WARD_DECISION_ON_MY_WAY, incident_id(1), 1), WARD_OK);
	assert_int_equal(lab_rows(l, "\"state\":\"superseded\""), 1);
	l->answer = (struct ward_outcome){.what = WARD_SENT_DELIVERED, .status = 204};
	wait_min(l, 60);
	assert_int_equal(n_to(l, OFFICER), 1);
	assert_int_equal(l->got[last_to(l, OFFICER)].times, 1);
	lab_free(l);
}

/* What is part of another incident is asked for there, since when it was asked. */
static void test_merged(void **state)
{
	struct lab *l = ladder(0);
	struct lab_incident both = {2, 1, 31, 1, "high", "suspected", "hybrid",
		",\"supersedes\":[\"00000001-0000-8000-8000-000000000000\"]"};

	(void)state;
	give(l, 1, "high", "suspected");
	wait_min(l, 4);
	lab_incident(l, &both);
	lab_settle(l);
	wait_min(l, 1);
	assert_int_equal(n_to(l, OFFICER), 1);
	assert_says(l, last_to(l, OFFICER), "Incident 00000002");
	assert_int_equal(decide(l, WARD_DECISION_ACKNOWLEDGE, incident_id(1), 1), WARD_OK);
	wait_min(l, 60);
	assert_int_equal(n_to(l, DIRECTOR), 0);
	lab_free(l);
}

static void test_wrong(void **state)
{
	struct lab *l = ladder(0);
	struct ward_decision d = {.kind = WARD_DECISION_ACKNOWLEDGE, .subject = WARD_STR("x")};
	struct ward_delivery row;
	const char *why;

	(void)state;
	give(l, 1, "high", "dismissed");
	assert_int_equal(
		ward_respond_acknowledge(l->r, &d, SIZE_MAX, &row, &why), WARD_ERR_MALFORMED);
	assert_true(strstr(why, "give the one that the message shows") != NULL);
	assert_int_equal(
		decide(l, WARD_DECISION_ACKNOWLEDGE, incident_id(1), 1), WARD_ERR_NOT_FOUND);
	assert_int_equal(
		decide(l, WARD_DECISION_ACKNOWLEDGE, incident_id(9), 1), WARD_ERR_NOT_FOUND);
	assert_int_equal(decide(l, WARD_DECISION_CLOSE, incident_id(1), 1), WARD_ERR_UNSUPPORTED);
	lab_free(l);
}

static size_t bounds(void *ctx, struct ward_str places, uint32_t ret[WARD_PERSON_PLACES])
{
	size_t n = 0;

	(void)ctx;
	while (places.len) {
		struct ward_str id = ward_str_cut(&places, ' ');

		if (ward_str_eqz(id, "east"))
			ret[n++] = LAB_EAST;
		else if (ward_str_eqz(id, "west"))
			ret[n++] = LAB_WEST;
		else if (ward_str_eqz(id, "site"))
			ret[n++] = LAB_SITE;
	}
	return n;
}

/* Who is bound to places takes what is there, by the incident or by a message about several; also
 * in a life that goes on from what was saved. */
static void test_elsewhere(void **state)
{
	struct lab *l = ladder(0);
	struct lab_incident west = incident(1, "high", "suspected");
	struct ward_delivery row;
	char text[WARD_ID_TEXT];
	const char *why;

	(void)state;
	l->bounds = bounds;
	lab_life(l);
	west.id = 2;
	west.room = 2;
	lab_incident(l, &west);
	give(l, 1, "high", "suspected");
	for (int life = 0; life < 2; life++) {
		ward_id_text(incident_id(1), text);
		struct ward_decision d = {.kind = WARD_DECISION_ACKNOWLEDGE,
			.at = l->now,
			.role = WARD_STR("security-officer"),
			.subject = ward_str_z(text)};

		for (int k = 0; k < 2; k++) {
			d.places = k ? WARD_STR("west") : WARD_STR("gone-long-ago");
			assert_int_equal(ward_respond_acknowledge(l->r, &d, SIZE_MAX, &row, &why),
				WARD_ERR_NOT_FOUND);
			assert_non_null(strstr(why, "at your places"));
		}
		static const char *const theirs[] = {"east", "west east", "gone site", ""};

		for (size_t k = 0; k < WARD_ARRAY_LEN(theirs); k++) {
			d.places = ward_str_z(theirs[k]);
			assert_int_equal(
				ward_respond_acknowledge(l->r, &d, SIZE_MAX, &row, &why), WARD_OK);
		}
		/* a message about both: only theirs is taken */
		ward_id_text(l->got[last_to(l, GUARD)].id, text);
		d.places = WARD_STR("west");
		if (n_to(l, GUARD) == 1) {
			assert_int_equal(
				ward_respond_acknowledge(l->r, &d, SIZE_MAX, &row, &why), WARD_OK);
			assert_int_equal(
				ward_str_find(row.json, WARD_STR("00000001-0000")), SIZE_MAX);
			assert_int_not_equal(
				ward_str_find(row.json, WARD_STR("00000002-0000")), SIZE_MAX);
		}
		l->remembers = true;
		lab_life(l);
	}
	lab_free(l);
}

/* A recipient answers messages of its own, and nothing else. */
static void test_answers(void **state)
{
	struct lab *l = ladder(0);
	char text[WARD_ID_TEXT] = "00000000-0000-0000-0000-000000000000";
	struct ward_decision d = {.kind = WARD_DECISION_ACKNOWLEDGE, .subject = ward_str_z(text)};
	struct ward_delivery row;
	const char *why;

	(void)state;
	give(l, 1, "high", "suspected");
	ward_id_text(incident_id(1), text);
	assert_int_equal(ward_respond_acknowledge(l->r, &d, GUARD, &row, &why), WARD_ERR_NOT_FOUND);
	ward_id_text(l->got[last_to(l, GUARD)].id, text);
	assert_int_equal(ward_respond_acknowledge(l->r, &d, SOC, &row, &why), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_respond_acknowledge(l->r, &d, GUARD, &row, &why), WARD_OK);
	lab_free(l);
}

/* That nobody played it is said of an exercise alone. */
static void test_played(void **state)
{
	(void)state;
	for (int played = 0; played < 2; played++) {
		struct lab *l = ladder(0);
		char text[WARD_ID_TEXT];
		struct ward_decision d = {.kind = WARD_DECISION_ACKNOWLEDGE,
			.person = WARD_STR(WARD_DECISION_POLICY)};
		struct ward_delivery row;
		const char *why;

		l->exercise = played;
		lab_life(l);
		give(l, 1, "high", "suspected");
		ward_id_text(l->got[last_to(l, GUARD)].id, text);
		d.subject = ward_str_z(text);
		assert_int_equal(ward_respond_acknowledge(l->r, &d, GUARD, &row, &why), WARD_OK);
		assert_int_equal(
			ward_str_find(row.json, WARD_STR("\"policy\":true")) != SIZE_MAX, played);
		lab_free(l);
	}
}

/* A whole night: escalated, taken, more serious, escalated again, acknowledged by a recipient's
 * message, over. */
static void night(struct lab *l)
{
	struct lab_incident other = {2, 1, 40, 2, "high", "suspected", "cyber", NULL};

	give(l, 1, "high", "suspected");
	wait_min(l, 5);
	wait_min(l, 5);
	assert_int_equal(decide(l, WARD_DECISION_ON_MY_WAY, incident_id(1), 1), WARD_OK);
	lab_incident(l, &other);
	lab_settle(l);
	wait_min(l, 2);
	give(l, 2, "critical", "suspected");
	wait_min(l, 5);
	assert_int_equal(
		decide(l, WARD_DECISION_ACKNOWLEDGE, l->got[last_to(l, OFFICER)].id, 2), WARD_OK);
	wait_min(l, 5);
	give(l, 3, "critical", "closed");
	wait_min(l, 30);
}

/* Killed after every step, the next life reading all rows, or what the last one saved: what is
 * told, and what is on record, is the same. */
static void test_killed(void **state)
{
	struct lab *whole = ladder(0);
	size_t n_step, n_killed = 0;

	(void)state;
	night(whole);
	n_step = whole->step;
	for (size_t at = 2; at < 2 * (n_step + 1); at++, n_killed++) {
		struct lab *l = ladder(at / 2);

		l->remembers = at % 2;
		night(l);
		assert_int_equal(l->n_got, whole->n_got);
		assert_int_equal(l->n_row, whole->n_row);
		for (size_t i = 0; i < l->n_got; i++) {
			assert_true(ward_id_eq(l->got[i].id, whole->got[i].id));
			assert_string_equal(l->got[i].body, whole->got[i].body);
			assert_true(
				l->got[i].times == 1 || (l->killed_late && l->got[i].times == 2));
		}
		lab_free(l);
	}
	assert_true(n_killed > 100);
	lab_free(whole);
}

/* What was cut short, or changed, is refused, and nothing else happens. */
static void test_saved(void **state)
{
	struct lab *l = ladder(0);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	night(l);
	assert_true(ward_respond_save(l->r, &w));
	for (size_t n = 0; n < w.len; n += 11) {
		l->r = (ward_respond_free(l->r), NULL);
		lab_life(l);
		assert_int_equal(
			ward_respond_load(l->r, ward_slice_of(w.p, n)), WARD_ERR_MALFORMED);
	}
	for (size_t i = 0; i < w.len; i += 11) {
		w.p[i] ^= 0xff;
		l->r = (ward_respond_free(l->r), NULL);
		lab_life(l);
		(void)!ward_respond_load(l->r, ward_wr_slice(&w));
		w.p[i] ^= 0xff;
	}
	ward_wr_fini(&w);
	lab_free(l);
}

/* Who is not on duty is told of nothing new; whoever follows is told at once. */
static void test_off_duty(void **state)
{
	struct lab *l = ladder(0);

	(void)state;
	l->off_duty = 1u << GUARD;
	give(l, 1, "high", "suspected");
	assert_int_equal(n_to(l, GUARD), 0);
	assert_int_equal(n_to(l, OFFICER), 1);
	assert_says(l, last_to(l, OFFICER), "\"change\":\"escalated\"");
	/* the shift changes: who begins learns of what is open, who was told is told of the end */
	l->off_duty = 1u << OFFICER;
	wait_min(l, 2);
	assert_int_equal(n_to(l, GUARD), 1);
	give(l, 2, "high", "closed");
	assert_int_equal(n_to(l, OFFICER), 2);
	assert_says(l, last_to(l, OFFICER), "\"change\":\"withdrawn\"");
	lab_free(l);
	/* nobody of the ladder's begin is there: the last one is asked */
	l = ladder(0);
	l->off_duty = 1u << GUARD | 1u << OFFICER;
	give(l, 1, "high", "suspected");
	assert_int_equal(n_to(l, DIRECTOR), 1);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_nobody_answers), T(test_old), T(test_taken),
		T(test_untaken), T(test_raised), T(test_ended), T(test_lost), T(test_void),
		T(test_merged), T(test_wrong), T(test_elsewhere), T(test_answers), T(test_played),
		T(test_off_duty), T(test_killed), T(test_saved)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
