/* What a ticket system is to keep, and what is told of what was closed there. */
#include "lab_incident.h"

#define I1 "00000001-0000-8000-8000-000000000000"

static void put(struct lab *l, unsigned id, unsigned revision, const char *level, const char *state,
	const char *more)
{
	const struct lab_incident in = {id, revision, 30, 1, level, state, "cyber", more};

	lab_incident(l, &in);
	l->now += 10 * WARD_NS_PER_S;
	lab_settle(l);
}

/* A ticket system, which is listener 0, and the soc. */
static struct lab *lab_with(void)
{
	struct lab *l = lab_new(2);

	l->listener[0].topics = WARD_TOPICS_TICKETS;
	l->listener[0].heartbeat = 300 * WARD_NS_PER_S;
	l->listener[0].id = WARD_STR("itsm");
	l->listener[1].id = WARD_STR("soc");
	l->remembers = true;
	lab_life(l);
	return l;
}

static size_t last_of(const struct lab *l, size_t listener)
{
	size_t i = l->n_got;

	while (i-- > 0)
		if (l->got[i].listener == listener)
			return i;
	fail_msg("listener %zu got nothing", listener);
	return 0;
}

static struct ward_id incident(unsigned id)
{
	char text[64];
	struct ward_id ret;

	(void)snprintf(text, sizeof(text), "%08x-0000-8000-8000-000000000000", id);
	assert_true(ward_id_parse(ward_str_z(text), &ret));
	return ret;
}

static const char *number = "INC0010001"; /* of all tickets */

static bool turned_there(struct lab *l, size_t k, unsigned id, enum ward_sent what)
{
	struct ward_outcome o = {.what = what};

	(void)snprintf(o.why, sizeof(o.why), "%s", number);
	struct ward_delivery d;

	if (!ward_respond_ticket(l->r, k, incident(id), &o, l->now, &d))
		return false;
	lab_add(l, &d, d.json);
	lab_settle(l);
	return true;
}

static bool closed_there(struct lab *l, size_t k, unsigned id)
{
	return turned_there(l, k, id, WARD_SENT_CLOSED);
}

/* How often its messages say this. */
static size_t told(const struct lab *l, const char *what)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_got; i++)
		for (const char *p = l->got[i].listener ? "" : l->got[i].body;
			(p = strstr(p, what)) != NULL; p++)
			n++;
	return n;
}

/* The ids that are to be looked at, or NULL. */
static const char *look(struct lab *l)
{
	static char text[8192];
	struct ward_str body;
	struct ward_id id;

	l->now += 300 * WARD_NS_PER_S;
	if (!ward_respond_beat(l->r, 0, l->now, &id, &body))
		return NULL;
	assert_true(body.len < sizeof(text));
	memcpy(text, body.p, body.len);
	text[body.len] = 0;
	const struct ward_outcome o = {
		.what = l->look_fails ? WARD_SENT_FAILED : WARD_SENT_DELIVERED};

	assert_true(ward_respond_beat_said(l->r, 0, id, &o));
	return text;
}

static void test_outwards(void **state)
{
	struct lab *l = lab_with();

	(void)state;
	assert_null(look(l)); /* nothing is kept yet */
	put(l, 1, 1, "high", "suspected", NULL);
	size_t at = last_of(l, 0);

	assert_says(l, at, "{\"schema\":\"ward.tickets/1\",\"id\":\"");
	assert_says(l, at,
		"\"tickets\":[{\"incident\":\"" I1 "\",\"change\":\"opened\",\"do\":\"open\","
		"\"level\":\"high\",\"title\":\"Door of a technical room forced open · Room 1\","
		"\"where\":\"Basement\",\"message\":\"TLP:AMBER+STRICT\\nNew incident: HIGH, "
		"cyber: Door");
	put(l, 1, 2, "critical", "suspected", NULL);
	assert_says(l, last_of(l, 0), "\"change\":\"raised\",\"do\":\"update\"");
	/* closed with what people wrote, and opened again */
	put(l, 1, 3, "critical", "closed",
		",\"decided\":{\"what\":\"close\",\"role\":\"officer\",\"time\":\"\",\"text\":"
		"\"A false \\\"alarm\\\"\"}");
	assert_says(l, last_of(l, 0),
		"\"do\":\"close\",\"level\":\"critical\",\"title\":\"Door of a technical room "
		"forced open · Room 1\",\"where\":\"Basement\",\"reason\":\"Over\\nA false "
		"\\\"alarm\\\"\"");
	put(l, 1, 4, "critical", "confirmed", NULL);
	assert_says(l, last_of(l, 0), "\"change\":\"opened\",\"do\":\"reopen\"");
	put(l, 1, 5, "critical", "dismissed", NULL);
	assert_says(l, last_of(l, 0), "\"reason\":\"Dismissed: there is no incident\"");
	lab_free(l);
}

/* A reason is for who may be told what is to be done. */
static void test_outside(void **state)
{
	struct lab *l = lab_with();

	(void)state;
	l->listener[0].share.recipient = WARD_STR("public");
	lab_life(l);
	put(l, 1, 1, "high", "suspected", NULL);
	put(l, 1, 2, "high", "closed",
		",\"decided\":{\"what\":\"close\",\"role\":\"officer\",\"time\":\"\",\"text\":"
		"\"Anna has seen it\"}");
	assert_says(l, last_of(l, 0), "\"reason\":\"Over\"");
	assert_false(lab_says(l, last_of(l, 0), "Anna"));
	lab_free(l);
}

/* Each ticket is read by itself. */
static void test_exercise(void **state)
{
	struct lab *l = lab_with();

	(void)state;
	l->exercise = true;
	lab_life(l);
	put(l, 1, 1, "high", "suspected", NULL);
	assert_says(l, last_of(l, 0), "\"title\":\"EXERCISE: none of this is real: Door of");
	assert_says(l, last_of(l, 0), "\\nEXERCISE: none of this is real\\nNew incident");
	assert_true(closed_there(l, 0, 1));
	assert_int_equal(lab_rows(l, "\"ticket\":\"INC0010001\""), 1);
	assert_int_equal(lab_rows(l, "\"exercise\":false"), 0);
	lab_free(l);
}

/* How many tickets of this incident the ticket system was asked for. */
static size_t asked_for(const struct lab *l, unsigned id)
{
	char what[64];

	(void)snprintf(what, sizeof(what), "{\"incident\":\"%08x-", id);
	return told(l, what);
}

static size_t opened(const struct lab *l)
{
	return told(l, "\"do\":\"open\"");
}

/* A level that goes up and down each second is no message each second. */
static void test_flaps(void **state)
{
	struct lab *l = lab_with();

	(void)state;
	for (unsigned i = 1; i <= 120; i++) {
		const struct lab_incident in = {
			1, i, 30, 1, i % 2 ? "high" : "critical", "suspected", "cyber", NULL};

		lab_incident(l, &in);
		lab_settle(l);
		l->now += WARD_NS_PER_S;
	}
	assert_true(asked_for(l, 1) <= 10); /* five at once, then down and up once a minute */
	lab_free(l);
}

static void test_many(void **state)
{
	struct lab *l = lab_with();
	size_t n = 0;

	(void)state;
	for (unsigned i = 1; i <= 40; i++) {
		const struct lab_incident in = {i, 1, 30, 1, "high", "suspected", "cyber", NULL};

		lab_incident(l, &in);
	}
	/* each has a ticket, ten in a message, thirty in an hour; the rest waits, in any life */
	for (size_t i = 0; i < 3; i++) {
		lab_settle(l);
		assert_int_equal(opened(l), 30);
		l->remembers = i == 0;
		lab_life(l);
		l->now += 900 * WARD_NS_PER_S;
	}
	const struct lab_incident more = {40, 2, 30, 1, "critical", "suspected", "cyber", NULL};

	lab_incident(l, &more); /* what has a ticket goes on */
	lab_settle(l);
	assert_int_equal(asked_for(l, 40), 2);
	assert_int_equal(opened(l), 30);
	l->now += 900 * WARD_NS_PER_S;
	lab_settle(l);
	assert_int_equal(opened(l), 40);
	/* 32 are looked at each time, and all in turn */
	bool seen[41] = {false};

	for (size_t i = 0; i < 5; i++) {
		const char *all = look(l);

		assert_non_null(all);
		n = 0;
		for (unsigned k = 1; k <= 40; k++) {
			char id[64];

			(void)snprintf(id, sizeof(id), "%08x-0000", k);
			n += strstr(all, id) != NULL;
			seen[k] = seen[k] || strstr(all, id);
		}
		assert_int_equal(n, 32);
	}
	for (size_t k = 1; k <= 40; k++)
		assert_true(seen[k]);
	/* one that fails comes again, but not for ever */
	char first[8192];

	l->look_fails = true;
	(void)snprintf(first, sizeof(first), "%s", strstr(look(l), "\"look\""));
	for (size_t i = 1; i <= 4; i++)
		assert_int_equal(strcmp(first, strstr(look(l), "\"look\"")) == 0, i < 4);
	lab_free(l);
}

/* Closed there is asked here, once, in any life; and nothing is closed by it. */
static void test_closed_there(void **state)
{
	struct lab *l = lab_with();

	(void)state;
	put(l, 1, 1, "high", "suspected", NULL);
	put(l, 2, 1, "low", "suspected", NULL); /* of which nobody was told */
	assert_non_null(strstr(look(l), "\"look\":[\"" I1 "\"],\"closed\":[]"));
	size_t n = l->n_got;

	/* of what it was not told of, by who keeps no tickets: no */
	assert_false(closed_there(l, 0, 2));
	assert_false(closed_there(l, 0, 3));
	assert_false(closed_there(l, 1, 1));
	assert_int_equal(l->n_got, n);
	assert_true(closed_there(l, 0, 1));
	assert_int_equal(
		lab_rows(l, "{\"kind\":\"ticket\",\"state\":\"closed_there\",\"recipient\":"
			    "\"itsm\",\"incident\":\"" I1 "\",\"ticket\":\"INC0010001\""),
		1);
	assert_int_equal(l->n_got, n + 1); /* people are asked, and the ticket system is not */
	assert_int_equal(l->got[n].listener, 1);
	assert_says(l, n, "\"change\":\"ticket_closed\"");
	assert_says(l, n, "\"state\":\"suspected\"");
	assert_says(l, n, "\"ticket\":{\"state\":\"closed_there\",\"number\":\"INC0010001\"");
	assert_says(l, n, "Its ticket was closed: HIGH, cyber: Door");
	assert_says(l, n, "\"page\":\"Its ticket was closed: HIGH, Door");
	assert_says(
		l, n, ": close the incident or open the ticket again\\nWhere: Room 1 · Basement");
	/* it is on record, and looked at whether it is open again; so it is in other lives */
	for (size_t life = 0; life < 3; life++) {
		assert_false(closed_there(l, 0, 1));
		assert_non_null(strstr(look(l), "\"look\":[],\"closed\":[\"" I1 "\"]"));
		lab_settle(l);
		assert_int_equal(l->n_got, n + 1);
		l->remembers = life == 0;
		lab_life(l);
		lab_read(l);
	}
	/* closed here as well; and once it was opened again, it may be closed there again */
	put(l, 1, 2, "high", "closed", NULL);
	assert_false(closed_there(l, 0, 1));
	put(l, 1, 3, "high", "confirmed", NULL);
	assert_false(lab_says(l, last_of(l, 1), "\"ticket\":"));
	assert_true(closed_there(l, 0, 1));
	assert_says(l, last_of(l, 1), "\"change\":\"ticket_closed\"");
	assert_int_equal(lab_rows(l, "\"kind\":\"ticket\""), 2);
	assert_false(closed_there(l, 0, 1));
	lab_free(l);
}

static bool refused(struct lab *l, unsigned id, ward_ns now)
{
	const struct ward_outcome o = {.what = WARD_SENT_REFUSED, .why = "create: it answered 400"};
	struct ward_delivery d;

	if (!ward_respond_ticket(l->r, 0, incident(id), &o, now, &d))
		return false;
	lab_add(l, &d, d.json);
	lab_read(l);
	return true;
}

/* The ticket system takes two of three: these two are told, the third is slow by itself, and
 * nobody is told that the system is not reached. In any life. */
static void test_refused(void **state)
{
	struct lab *l = lab_with();
	struct ward_delivery d;
	struct ward_str body;
	struct ward_id id;

	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		const struct lab_incident in = {i, 1, 30, 1, "high", "suspected", "cyber", NULL};

		lab_incident(l, &in);
	}
	lab_read(l);
	assert_true(ward_respond_next(l->r, l->now, &d));
	lab_add(l, &d, d.json);
	lab_read(l);
	assert_false(refused(l, 4, l->now)); /* of which it was told nothing */
	assert_true(ward_respond_message(l->r, 0, l->now, &id, &body));
	lab_receive(l, 0, id, body);
	assert_true(refused(l, 2, l->now));
	assert_false(refused(l, 2, l->now)); /* on record */
	assert_true(ward_respond_said(l->r, 0, id, &l->answer, l->now, &d));
	lab_add(l, &d, d.json);
	lab_settle(l);
	assert_false(refused(l, 1, l->now)); /* no message is on its way */
	assert_int_equal(lab_rows(l, "{\"kind\":\"ticket\",\"state\":\"refused\",\"recipient\":"
				     "\"itsm\",\"incident\":\"00000002-"),
		1);
	for (unsigned life = 0; life < 2; life++) {
		put(l, 10 + life, 1, "high", "suspected", NULL); /* others go on at once */
		assert_int_equal(asked_for(l, 10 + life), 1);
		assert_int_equal(asked_for(l, 2), 1);
		assert_null(strstr(look(l), "00000002-"));
		l->remembers = life == 0;
		lab_life(l);
		lab_read(l);
	}
	l->now += 300 * WARD_NS_PER_S; /* ten minutes later again, and once it is more serious */
	lab_settle(l);
	assert_int_equal(asked_for(l, 1), 1);
	assert_int_equal(asked_for(l, 2), 2);
	assert_int_equal(lab_rows(l, "\"not_reached\""), 0);
	lab_free(l);
}

/* Opened again there: nothing stands any more, and a second closing is told. In any life. */
static void test_open_there(void **state)
{
	struct lab *l = lab_with();

	(void)state;
	put(l, 1, 1, "high", "suspected", NULL);
	assert_false(turned_there(l, 0, 1, WARD_SENT_DELIVERED));
	for (size_t i = 1; i <= 3; i++) {
		size_t n = l->n_got;

		assert_true(closed_there(l, 0, 1));
		assert_int_equal(l->n_got, n + 1);
		assert_says(l, n, "\"change\":\"ticket_closed\"");
		assert_true(turned_there(l, 0, 1, WARD_SENT_DELIVERED));
		assert_false(turned_there(l, 0, 1, WARD_SENT_DELIVERED));
		assert_int_equal(lab_rows(l, "\"kind\":\"ticket\",\"state\":\"open_there\""), i);
		assert_int_equal(l->n_got, n + 1);
		l->remembers = i == 1;
		lab_life(l);
		lab_read(l);
		assert_non_null(strstr(look(l), "\"look\":[\"" I1 "\"],\"closed\":[]"));
		lab_settle(l);
		assert_int_equal(l->n_got, n + 1);
	}
	/* what is no number is not shown, whoever says it */
	number = "http://evil";
	assert_true(closed_there(l, 0, 1));
	assert_says(l, last_of(l, 1), "\"ticket\":{\"state\":\"closed_there\",\"number\":\"\"");
	assert_int_equal(lab_rows(l, "evil"), 0);
	number = "INC0010001";
	assert_true(turned_there(l, 0, 1, WARD_SENT_DELIVERED));
	put(l, 1, 2, "critical", "suspected", NULL);
	assert_false(lab_says(l, last_of(l, 1), "\"ticket\":"));
	assert_false(lab_says(l, last_of(l, 1), "ticket was closed"));
	lab_free(l);
}

/* Killed at each step: one row, told once. */
static void test_killed(void **state)
{
	(void)state;
	for (size_t at = 1; at < 40; at++) {
		struct lab *l = lab_with();

		l->kill_at = at;
		put(l, 1, 1, "high", "suspected", NULL);
		lab_read(l);
		(void)closed_there(l, 0, 1);
		assert_int_equal(lab_rows(l, "\"kind\":\"ticket\""), 1);
		assert_says(l, last_of(l, 1), "\"change\":\"ticket_closed\"");
		lab_free(l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_outwards),
		cmocka_unit_test(test_outside), cmocka_unit_test(test_exercise),
		cmocka_unit_test(test_many), cmocka_unit_test(test_flaps),
		cmocka_unit_test(test_closed_there), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_open_there), cmocka_unit_test(test_killed)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
