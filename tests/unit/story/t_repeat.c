/* Signs that come again, members that are not listed, and what nobody has seen yet. */
#include "lab.h"

/* Revisions that count: told when there are twice as many, or a quarter of an hour later. */
static void test_counted(void **state)
{
	static const struct {
		unsigned last;
		unsigned long long count;
		const char *says;
	} row[] = {
		{1, 1, "03:01:00  medium  Too warm\n                  Room 1 · House\n"},
		{2, 2, "03:02:00  again: Too warm (2 times now)\n"},
		{3, 3, NULL},
		{3, 4, "03:03:00  again: Too warm (4 times now)\n"},
		{9, 7, NULL},
		{17, 7, NULL},
		{18, 7, "03:18:00  again: Too warm (7 times now)\n"},
		{19, 1234567, "03:19:00  again: Too warm (1,234,567 times now)\n"},
		{20, 9223372036854775807, "(9,223,372,036,854,775,807 times now)\n"},
		{21, 5, NULL},
	};
	struct lab l;
	char member[1024];

	(void)state;
	lab_init(&l);
	for (unsigned i = 0; i < WARD_ARRAY_LEN(row); i++) {
		ward_wr_reset(&l.out);
		(void)lab_member_again(member, sizeof(member), 1, 1, row[i].last, row[i].count);
		lab_incident(&l, (struct lab_incident){1, i + 1, row[i].last, NULL, member, NULL});
		if (row[i].says)
			assert_says(&l, row[i].says);
		else
			assert_int_equal(l.out.len, 0);
	}
	assert_int_equal(ward_story_end(l.s, 0, 0, &l.out), WARD_OK);
	assert_says(&l, "03:01 Too warm: Room 1 (5 times, 03:01 to 03:21)\n");
	lab_fini(&l);
}

/* Detections that no revision has told of yet: once each, whatever comes first. */
static void test_repeats(void **state)
{
	struct lab l;
	char member[1024];

	(void)state;
	lab_init(&l);
	(void)lab_member_again(member, sizeof(member), 1, 1, 1, 1);
	lab_again(&l, 1, "12T02:01:00");
	lab_incident(&l, (struct lab_incident){1, 1, 1, NULL, member, NULL});
	ward_wr_reset(&l.out);
	/* before their revision, two in one batch: one line */
	lab_again(&l, 2, "12T02:02:00");
	lab_again(&l, 3, "12T02:03:00");
	assert_int_equal(l.out.len, 0);
	lab_flush(&l);
	assert_says(&l, "03:03:00  again: Too warm (3 times now)\n");
	assert_silent(&l, "(2 times");
	ward_wr_reset(&l.out);
	lab_again(&l, 3, "12T02:03:00"); /* delivered again */
	lab_flush(&l);
	/* after the revision that counts them */
	(void)lab_member_again(member, sizeof(member), 1, 1, 5, 5);
	lab_incident(&l, (struct lab_incident){1, 2, 5, NULL, member, NULL});
	lab_again(&l, 4, "12T02:04:00");
	lab_again(&l, 5, "12T02:05:00");
	lab_flush(&l);
	assert_int_equal(l.out.len, 0);
	lab_again(&l, 6, "12T02:06:00");
	lab_flush(&l);
	assert_says(&l, "03:06:00  again: Too warm (6 times now)\n");
	assert_silent(&l, "no incident");
	ward_wr_reset(&l.out);
	assert_int_equal(ward_story_end(l.s, 0, 0, &l.out), WARD_OK);
	assert_says(&l, "SUMMARY: 7 signs, 1 incident\n"); /* one came twice */
	assert_says(&l, "03:01 Too warm: Room 1 (6 times, 03:01 to 03:06)\n");
	lab_fini(&l);
}

/* What is too late, more serious, elsewhere or of an incident that was none is no repeat. */
static void test_no_repeat(void **state)
{
	struct lab l;
	char member[1024];

	(void)state;
	lab_init(&l);
	(void)lab_member_again(member, sizeof(member), 1, 1, 1, 1);
	lab_incident(&l, (struct lab_incident){1, 1, 1, NULL, member, NULL});
	ward_wr_reset(&l.out);
	lab_again(&l, 2, "13T02:01:00");
	lab_flush(&l);
	assert_says(&l, "Friday 13 March 2026");
	assert_says(&l, "03:01:00  again: Too warm (2 times now)\n");
	ward_wr_reset(&l.out);
	lab_again(&l, 3, "14T02:01:01"); /* a second more than a day later */
	lab_flush(&l);
	assert_says(&l, "03:01:01  medium  Too warm\n"
			"                  Room 1 (belongs to no incident)\n");
	ward_wr_reset(&l.out);
	lab_detection(&l, 1, 2, "high", "Too warm");
	lab_detection(&l, 4, 2, "medium", "Too warm");
	lab_flush(&l);
	assert_silent(&l, "again");
	assert_says(&l, "Room 4 (belongs to no incident)\n");
	lab_incident(&l, (struct lab_incident){1, 2, 5, "dismissed", NULL, NULL});
	ward_wr_reset(&l.out);
	lab_again(&l, 5, "13T02:02:00");
	lab_flush(&l);
	assert_says(&l, "Room 1 (belongs to no incident)\n");
	lab_fini(&l);
}

/* Of many members only some are listed: a sign that is missing was not taken back. */
static void test_some(void **state)
{
	struct lab l;
	char a[1024], b[1024], both[2048];

	(void)state;
	lab_init(&l);
	(void)lab_member(a, sizeof(a), 1, 5, "Door forced");
	(void)lab_member(b, sizeof(b), 2, 6, "Unknown device");
	(void)snprintf(both, sizeof(both), "%s,%s", a, b);
	lab_incident(&l, (struct lab_incident){1, 1, 6, NULL, both, ",\"members_total\":2"});
	ward_wr_reset(&l.out);
	lab_incident(&l, (struct lab_incident){1, 2, 6, NULL, a, ",\"members_total\":2"});
	assert_int_equal(l.out.len, 0);
	assert_int_equal(ward_story_end(l.s, 0, 0, &l.out), WARD_OK);
	assert_says(&l, "What was seen (not all: these are the most serious)\n");
	assert_says(&l, "Unknown device: Room 2\n");
	lab_fini(&l);
}

/* What nobody has seen is summed up for who begins here, with the day. */
static void test_before(void **state)
{
	struct lab l;
	char member[1024];
	ward_ns now;

	(void)state;
	assert_int_equal(ward_time_parse(WARD_STR("2026-03-14T08:00:00Z"), &now), WARD_OK);
	lab_init(&l);
	assert_int_equal(ward_story_before(l.s, now, &l.out), WARD_OK);
	assert_int_equal(l.out.len, 0);
	(void)lab_member(member, sizeof(member), 1, 5, "Door forced");
	lab_incident(&l, (struct lab_incident){1, 1, 5, NULL, member, NULL});
	lab_impact(&l, (struct lab_impact){20, 1, 1, 30, "Theatres", NULL, NULL, false});
	ward_wr_reset(&l.out);
	assert_int_equal(ward_story_before(l.s, now, &l.out), WARD_OK);
	assert_says(&l, "From before: 1 incident\n");
	assert_says(&l, "INCIDENT 1: medium, physical, suspected, Thu 03:00 to 03:05\n");
	assert_says(&l, "Care that may be lost (as of Thu 03:05)\n"
			"    Theatres: may have begun about Thu 03:30; possible (20–80 %)\n");
	ward_wr_reset(&l.out);
	assert_int_equal(ward_story_end(l.s, 0, now, &l.out), WARD_OK);
	assert_true(ward_str_eqz(ward_wr_text(&l.out), "\nNothing new.\n"));
	ward_wr_reset(&l.out);
	lab_detection(&l, 9, 9, "high", "Door forced");
	lab_flush(&l);
	assert_says(&l, "\nSanta Giulia, Thursday 12 March 2026");
	assert_int_equal(ward_story_end(l.s, 0, now, &l.out), WARD_OK);
	assert_says(&l, "SUMMARY: 1 sign, 1 incident\n");
	lab_fini(&l);
}

/* Of messages to others only those are told that will not arrive. */
static void test_undelivered(void **state)
{
	static const char row[] =
		"{\"kind\":\"delivery\",\"state\":\"%s\",\"id\":\"%s\",\"recipient\":"
		"\"soc\",\"exercise\":false,\"attempt\":1,\"why\":\"it answered 410\"}";
	static const char *const silent[] = {"queued", "sent", "failed"};
	char json[512];
	struct lab l;

	(void)state;
	lab_init(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(silent); i++) {
		(void)snprintf(json, sizeof(json), row, silent[i], lab_id(1));
		lab_give(&l, json);
	}
	assert_int_equal(l.out.len, 0);
	(void)snprintf(json, sizeof(json), row, "refused", lab_id(1));
	lab_give(&l, json);
	assert_says(&l, "Recipient 'soc' refuses what Ward tells (it answered 410); call them");
	(void)snprintf(json, sizeof(json), row, "given_up", lab_id(2));
	lab_give(&l, json);
	assert_says(&l, "Recipient 'soc' could not be told for a day");
	assert_int_equal(ward_counter_get(&l.counters, "story.rejected"), 0);
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_counted), T(test_undelivered), T(test_repeats),
		T(test_no_repeat), T(test_some), T(test_before)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
