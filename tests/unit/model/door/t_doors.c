#include "door_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define D1 "door=D-1"

static void t_usual(void **state)
{
	struct house *h = house_new(NULL);

	(void)state;
	for (int64_t t = 0; t < 600000; t += 60000) {
		tell(h, t, "door.granted", D1, "badge=x", NULL);
		tell(h, t + 1100, "door.opened", D1, NULL);
		tell(h, t + 2000, "video.count", D1, "direction=in", "persons=1", NULL);
		tell(h, t + 5000, "door.closed", D1, NULL);
	}
	tick(h, INT64_MAX);
	said(h, NULL);
	assert_int_equal(ward_doors_state(h->doors, WARD_STR("D-1")), WARD_DOOR_CLOSED);
	assert_int_equal(ward_doors_state(h->doors, WARD_STR("D-2")), WARD_DOOR_UNKNOWN);
	house_free(h);
}

static void t_held(void **state)
{
	struct house *h = house_new(NULL);

	(void)state;
	tell(h, 0, "door.granted", D1, NULL);
	tell(h, 1000, "door.opened", D1, NULL);
	tick(h, 60000);
	said(h, NULL);
	/* It is said when it is sure: its closing might have been told late. */
	tick(h, 70999);
	said(h, NULL);
	tick(h, 71000);
	said(h, "door.held D-1 61.000 held [1 2]", NULL);
	tick(h, 200000);
	tell(h, 200000, "door.closed", D1, NULL);
	/* Closed in the very moment: in time. */
	tell(h, 300000, "door.granted", D1, NULL);
	tell(h, 301000, "door.opened", D1, NULL);
	tell(h, 361000, "door.closed", D1, NULL);
	tick(h, INT64_MAX);
	said(h, NULL);
	/* Open when the recording ends: nobody knows for how long. */
	tell(h, 400000, "door.granted", D1, NULL);
	tell(h, 401000, "door.opened", D1, NULL);
	tick(h, INT64_MAX);
	said(h, NULL);
	house_free(h);
}

static void t_forced(void **state)
{
	struct house *h = house_new(NULL);

	(void)state;
	tell(h, 0, "door.closed", D1, NULL);
	/* Nobody knows yet whether this door tells who goes out. */
	tell(h, 10000, "door.opened", D1, NULL);
	tell(h, 15000, "door.closed", D1, NULL);
	tell(h, 20000, "door.exit", D1, NULL);
	tell(h, 21000, "door.opened", D1, NULL);
	tell(h, 25000, "door.closed", D1, NULL);
	tell(h, 40000, "door.opened", D1, NULL);
	tell(h, 42000, "door.closed", D1, NULL);
	tick(h, 60000);
	said(h, "door.forced D-1 40.000 forced [7]", NULL);
	/* The window of a grant: 10 s, to the moment; another door's does not count. */
	tell(h, 100000, "door.granted", D1, NULL);
	tell(h, 110000, "door.opened", D1, NULL);
	tell(h, 112000, "door.closed", D1, NULL);
	tell(h, 200000, "door.granted", "door=D-2", NULL);
	tell(h, 201000, "door.opened", D1, NULL);
	tick(h, 220000);
	said(h, "door.forced D-1 201.000 forced [13]", NULL);
	/* At a forced door badges and counts change nothing, until it is closed. */
	tell(h, 220000, "door.granted", D1, NULL);
	tell(h, 221000, "video.count", D1, "direction=in", "persons=9", NULL);
	tick(h, 400000);
	said(h, NULL);
	assert_int_equal(ward_doors_state(h->doors, WARD_STR("D-1")), WARD_DOOR_FORCED);
	house_free(h);
}

/* The reader's clock is up to 2 s behind the contact's; a reason may come late by the hold. */
static void t_order(void **state)
{
	struct house *h = house_new("skew: 2s\nhold: 10s\ndoors: [{class: door, exits: told}]\n");

	(void)state;
	tell(h, 0, "door.closed", D1, NULL);
	tell(h, 20000, "door.opened", D1, NULL);
	(void)tell_at(h, 21900, 29000, "door.granted", D1, NULL);
	(void)tell_at(h, 25000, 29000, "door.closed", D1, NULL);
	tick(h, 50000);
	said(h, NULL);
	tell(h, 60000, "door.opened", D1, NULL);
	(void)tell_at(h, 62100, 62100, "door.granted", D1, NULL);
	tick(h, 80000);
	said(h, "door.forced D-1 60.000 forced [5]", NULL);
	(void)tell_at(h, 60500, 80000, "door.closed", D1, NULL);
	assert_int_equal(ward_doors_stats(h->doors).n_late, 1);
	house_free(h);
}

/* Contacts come at once, badges by a file that is written once a minute: the first opening is told
 * as forced, and when its reason comes, no more are. */
static void t_reasons_come_late(void **state)
{
	enum { HOUR = 3600000 };
	struct house *h = house_new(NULL);

	(void)state;
	tell(h, 0, "door.exit", D1, NULL);
	tell(h, 1000, "door.opened", D1, NULL);
	tell(h, 3000, "door.closed", D1, NULL);
	for (int64_t t = 100000; t < 600000; t += 100000) {
		tell(h, t, "door.opened", D1, NULL);
		tell(h, t + 2000, "door.closed", D1, NULL);
		/* One of long before, and one of another door, say nothing. */
		(void)tell_at(h, t - 20000, t + 30000, "door.granted", D1, NULL);
		(void)tell_at(h, t - 1000, t + 30000, "door.granted", "door=D-2", NULL);
		(void)tell_at(h, t - 1000, t + 60000, "door.granted", D1, NULL);
	}
	said(h, "door.forced D-1 100.000 forced [4]", NULL);
	assert_int_equal(ward_doors_stats(h->doors).n_tardy, 1);
	/* An exit that is told in time, and some hours: then it counts again. */
	tell(h, HOUR, "door.exit", D1, NULL);
	tell(h, HOUR + 1000, "door.opened", D1, NULL);
	tell(h, HOUR + 2000, "door.closed", D1, NULL);
	tell(h, 2 * HOUR, "door.opened", D1, NULL);
	tell(h, 2 * HOUR + 2000, "door.closed", D1, NULL);
	tick(h, 3 * HOUR);
	said(h, NULL);
	h->n_event = 99;
	tell(h, 5 * HOUR, "door.opened", D1, NULL);
	tell(h, 5 * HOUR + 2000, "door.closed", D1, NULL);
	tick(h, 6 * HOUR);
	said(h, "door.forced D-1 18000.000 forced [100]", NULL);
	/* Reasons of no opening that was told of, though they come late, hide none. */
	(void)tell_at(h, 6 * HOUR - 60000, 6 * HOUR, "door.granted", D1, NULL);
	tell(h, 7 * HOUR, "door.opened", D1, NULL);
	tick(h, 8 * HOUR);
	said(h, "door.forced D-1 25200.000 forced [103]", NULL);
	house_free(h);
}

static void t_not_taken(void **state)
{
	struct house *h = house_new(NULL);

	(void)state;
	/* A door without a contact can't tell. */
	tell(h, 0, "door.granted", D1, NULL);
	tick(h, 30000);
	said(h, NULL);
	tell(h, 30000, "door.granted", D1, NULL);
	tell(h, 31000, "door.opened", D1, NULL);
	tell(h, 33000, "door.closed", D1, NULL);
	tell(h, 40000, "door.granted", D1, NULL);
	tell(h, 44000, "door.granted", D1, NULL);
	tick(h, 70000);
	said(h, "door.not_taken D-1 54.000 closed [5 6]", NULL);
	/* A motion detector that nobody follows is none; nor is a badge on the way out. */
	tell(h, 80000, "door.exit", D1, NULL);
	tell(h, 95000, "door.granted", D1, "direction=out", NULL);
	tick(h, 120000);
	said(h, NULL);
	/* Its opening was missed, its closing not. */
	tell(h, 130000, "door.granted", D1, NULL);
	tell(h, 135000, "door.closed", D1, NULL);
	tick(h, 160000);
	said(h, NULL);
	house_free(h);
}

static void t_tailgated(void **state)
{
	struct house *h = house_new(NULL);

	(void)state;
	tell(h, 0, "door.granted", D1, NULL);
	tell(h, 500, "door.granted", D1, NULL);
	tell(h, 1000, "door.opened", D1, NULL);
	tell(h, 2000, "video.count", D1, "direction=in", "persons=2", NULL);
	tell(h, 2500, "video.count", D1, "direction=out", "persons=3", NULL);
	tell(h, 3000, "video.count", D1, "direction=in", "persons=1", NULL);
	tell(h, 4000, "door.closed", D1, NULL);
	/* The camera counts a little after the closing; later it is of nothing. */
	tell(h, 4900, "video.count", D1, "direction=in", "persons=1", NULL);
	tell(h, 5100, "video.count", D1, "direction=in", "persons=1", NULL);
	tick(h, 30000);
	said(h, "door.tailgated D-1 3.000 open [1 2 3 4 6] 3 persons",
		"door.tailgated D-1 4.900 closed [1 2 3 4 6 8] 4 persons", NULL);
	/* Opened from inside for somebody, at a door of which not much is known yet. */
	tell(h, 40000, "door.opened", D1, NULL);
	tell(h, 41000, "video.count", D1, "direction=in", "persons=2", NULL);
	tell(h, 42000, "door.closed", D1, NULL);
	tick(h, INT64_MAX);
	said(h, NULL);
	house_free(h);
}

/* One who is as wide as two is a suspicion, two are none. */
static void t_wide(void **state)
{
	struct house *h = house_new(NULL);

	(void)state;
	tell(h, 0, "door.granted", D1, NULL);
	tell(h, 1000, "door.opened", D1, NULL);
	tell(h, 2000, "video.count", D1, "direction=in", "persons=1", "suspected=1", NULL);
	tell(h, 4000, "door.closed", D1, NULL);
	tick(h, 30000);
	said(h, "door.tailgated D-1 2.000 open [1 2 3] 1 persons, 1 suspected", NULL);
	tell(h, 40000, "door.granted", D1, NULL);
	tell(h, 40500, "door.granted", D1, NULL);
	tell(h, 41000, "door.opened", D1, NULL);
	tell(h, 42000, "video.count", D1, "direction=in", "persons=1", "suspected=1", NULL);
	tick(h, 60000);
	said(h, NULL);
	tell(h, 60500, "video.count", D1, "direction=in", "persons=2", NULL);
	tick(h, INT64_MAX);
	said(h, "door.tailgated D-1 60.500 open [5 6 7 8 9] 3 persons", NULL);
	house_free(h);
}

/* Passages with a badge and a count, from then on, 20 s apart. */
static int64_t agree(struct house *h, int64_t ms, bool contact)
{
	for (int i = 0; i < 3; i++, ms += 20000) {
		tell(h, ms, "door.granted", D1, NULL);
		if (contact)
			tell(h, ms + 1000, "door.opened", D1, NULL);
		tell(h, ms + 2000, "video.count", D1, "direction=in", "persons=1", NULL);
		if (contact)
			tell(h, ms + 4000, "door.closed", D1, NULL);
	}
	return ms;
}

/* Where badges and counts agreed before, one without the other is told, and once. */
static void t_one_without_the_other(void **state)
{
	(void)state;
	for (int contact = 0; contact < 2; contact++) {
		struct house *h = house_new(NULL);
		int64_t ms = agree(h, 0, contact);
		char says[2][64];

		for (int again = 0; again < 2; again++, ms += 20000) {
			if (contact)
				tell(h, ms, "door.opened", D1, NULL);
			tell(h, ms + 1000, "video.count", D1, "direction=in", "persons=1", NULL);
			if (contact)
				tell(h, ms + 2000, "door.closed", D1, NULL);
		}
		tick(h, ms);
		assert_int_equal(h->n_said, 1);
		(void)snprintf(says[0], sizeof(says[0]), "door.unbadged D-1 61.000 %s [%s]",
			contact ? "open" : "closed", contact ? "13 14" : "7");
		said(h, says[0], NULL);
		/* a badge that is told two seconds late */
		ms = agree(h, ms, contact);
		if (contact)
			tell(h, ms, "door.opened", D1, NULL);
		tell(h, ms + 500, "video.count", D1, "direction=in", "persons=1", NULL);
		tell(h, ms + 1900, "door.granted", D1, NULL);
		if (contact)
			tell(h, ms + 3000, "door.closed", D1, NULL);
		ms += 20000;
		tick(h, ms);
		said(h, NULL);
		/* accepted, and nobody is counted */
		for (int again = 0; again < 2; again++, ms += 20000) {
			tell(h, ms, "door.granted", D1, NULL);
			if (contact)
				tell(h, ms + 1000, "door.opened", D1, NULL);
			if (contact)
				tell(h, ms + 3000, "door.closed", D1, NULL);
		}
		tick(h, ms);
		assert_int_equal(h->n_said, 1);
		assert_true(strncmp(h->said[0], "door.not_taken D-1", 18) == 0);
		house_free(h);
	}
}

static void t_missed_closing(void **state)
{
	struct house *h = house_new(NULL);

	(void)state;
	tell(h, 0, "door.granted", D1, NULL);
	tell(h, 1000, "door.opened", D1, NULL);
	/* closed: lost on the way */
	tell(h, 50000, "door.granted", D1, NULL);
	tell(h, 51000, "door.opened", D1, NULL);
	tell(h, 55000, "door.closed", D1, NULL);
	tick(h, 200000);
	said(h, NULL);
	/* A contact that repeats itself hides nothing. */
	tell(h, 200000, "door.granted", D1, NULL);
	for (int64_t t = 201000; t < 290000; t += 5000)
		tell(h, t, "door.opened", D1, NULL);
	assert_int_equal(h->n_said, 1);
	house_free(h);
}

/* The next one badges while the door still closes: nothing is forced. */
static void t_one_after_the_other(void **state)
{
	struct house *h = house_new("doors: [{class: door, exits: told}]\n");

	(void)state;
	for (int64_t gap = -3000; gap <= 3000; gap += 250) {
		house_again(h);
		tell(h, 0, "door.closed", D1, NULL);
		tell(h, 10000, "door.granted", D1, NULL);
		tell(h, 11000, "door.opened", D1, NULL);
		(void)tell_at(h, 20000 + gap, 20000, "door.granted", D1, NULL);
		tell(h, 20000, "door.closed", D1, NULL);
		tell(h, 24000, "door.opened", D1, NULL);
		tell(h, 26000, "door.closed", D1, NULL);
		tick(h, 90000);
		said(h, NULL);
	}
	house_free(h);
}

/* Who badges while the door closes behind another may let others in, or not go in at all. */
static void t_close_behind(void **state)
{
	struct house *h = house_new(NULL);

	(void)state;
	for (int64_t badged = 18000; badged <= 21000; badged += 1500) {
		house_again(h);
		h->n_event = 0;
		tell(h, 10000, "door.granted", D1, NULL);
		tell(h, 11000, "door.opened", D1, NULL);
		tell(h, 12000, "video.count", D1, "direction=in", "persons=1", NULL);
		(void)tell_at(h, badged, 20000, "door.granted", D1, NULL);
		tell(h, 20000, "door.closed", D1, NULL);
		tell(h, 22000, "door.opened", D1, NULL);
		tell(h, 23000, "video.count", D1, "direction=in", "persons=2", NULL);
		tell(h, 24000, "door.closed", D1, NULL);
		tick(h, 60000);
		said(h, "door.tailgated D-1 23.000 open [1 2 3 4 6 7] 2 persons", NULL);
	}
	/* Each of them counted, one after the closing, and one after the other. */
	tell(h, 100000, "door.granted", D1, NULL);
	tell(h, 101000, "door.opened", D1, NULL);
	(void)tell_at(h, 106000, 105000, "door.granted", D1, NULL);
	tell(h, 105000, "door.closed", D1, NULL);
	tell(h, 106500, "video.count", D1, "direction=in", "persons=1", NULL);
	tell(h, 107000, "door.opened", D1, NULL);
	tell(h, 108000, "video.count", D1, "direction=in", "persons=1", NULL);
	tell(h, 109000, "door.closed", D1, NULL);
	tick(h, 130000);
	said(h, NULL);
	/* Badged after the closing, and did not go in. */
	tell(h, 200000, "door.granted", D1, NULL);
	tell(h, 201000, "door.opened", D1, NULL);
	(void)tell_at(h, 206000, 205000, "door.granted", D1, NULL);
	tell(h, 205000, "door.closed", D1, NULL);
	tick(h, 230000);
	said(h, "door.not_taken D-1 216.000 closed [17 18 19]", NULL);
	/* Badged before it: may have gone in behind the other. */
	tell(h, 300000, "door.granted", D1, NULL);
	tell(h, 301000, "door.opened", D1, NULL);
	tell(h, 304000, "door.granted", D1, NULL);
	tell(h, 305000, "door.closed", D1, NULL);
	tick(h, 330000);
	assert_int_equal(ward_doors_state(h->doors, WARD_STR("D-1")), WARD_DOOR_CLOSED);
	said(h, NULL);
	house_free(h);
}

/* What a controller tells itself is told once; what it does not tell is told, too. */
static void t_told(void **state)
{
	struct house *h = house_new("doors: [{class: door, exits: told}]\n");

	(void)state;
	tell(h, 0, "door.closed", D1, NULL);
	tell(h, 1000, "door.opened", D1, NULL);
	tell(h, 1200, "door.forced", D1, NULL);
	tell(h, 5000, "door.closed", D1, NULL);
	tick(h, 30000);
	/* The first time the two cross each other. */
	said(h, "door.forced D-1 1.000 forced [2]", NULL);
	tell(h, 30000, "door.opened", D1, NULL);
	tell(h, 30200, "door.forced", D1, NULL);
	tell(h, 35000, "door.closed", D1, NULL);
	tell(h, 60000, "door.forced", D1, NULL);
	tell(h, 60200, "door.opened", D1, NULL);
	tell(h, 65200, "door.opened", D1, NULL);
	tell(h, 75200, "door.opened", D1, NULL);
	tell(h, 80000, "door.closed", D1, NULL);
	tell(h, 100000, "door.granted", D1, NULL);
	tell(h, 101000, "door.opened", D1, NULL);
	tell(h, 200000, "door.held", D1, NULL);
	said(h, "door.held D-1 161.000 held [13 14]", NULL);
	tell(h, 220000, "door.closed", D1, NULL);
	tell(h, 300000, "door.granted", D1, NULL);
	tell(h, 301000, "door.opened", D1, NULL);
	tell(h, 391000, "door.held", D1, NULL);
	tick(h, 900000);
	said(h, NULL);
	tell(h, 900000, "door.closed", D1, NULL);
	tell(h, 910000, "door.granted", D1, NULL);
	tell(h, 911000, "door.opened", D1, NULL);
	tick(h, 1040999);
	said(h, NULL);
	tick(h, 1041000);
	said(h, "door.held D-1 1031.000 held [21 22]", NULL);
	house_free(h);
}

/* One message that somebody forged at noon: what is opened at night is told of. */
static void t_forged(void **state)
{
	enum { NIGHT = 15 * 3600000 };
	struct house *h = house_new("doors: [{class: door, exits: told}]\n");

	(void)state;
	for (unsigned passed = 0; passed < 2; passed++) {
		house_again(h);
		h->n_event = 10 - 3 * passed;
		tell(h, 0, "door.closed", D1, NULL);
		tell(h, 1000, "door.forced", D1, NULL);
		if (passed) {
			tell(h, 60000, "door.granted", D1, NULL);
			tell(h, 61000, "door.opened", D1, NULL);
			tell(h, 63000, "door.closed", D1, NULL);
		}
		tell(h, NIGHT, "door.opened", D1, NULL);
		tick(h, NIGHT + 19999);
		said(h, NULL);
		tick(h, NIGHT + 20000);
		said(h, "door.forced D-1 54000.000 forced [13]", NULL);
		/* It is closed, or interfered with, before its controller could tell it. */
		tell(h, NIGHT + 60000, "door.closed", D1, NULL);
		tell(h, NIGHT + 70000, "door.opened", D1, NULL);
		tell(h, NIGHT + 72000, "door.closed", D1, NULL);
		tell(h, NIGHT + 80000, "door.opened", D1, NULL);
		tell(h, NIGHT + 82000, "door.tamper", D1, NULL);
		tick(h, NIGHT + 100000);
		said(h, "door.forced D-1 54070.000 forced [15]",
			"door.forced D-1 54080.000 forced [17]", NULL);
		/* The recording ends. */
		tell(h, NIGHT + 110000, "door.tamper", D1, "state=off", NULL);
		tell(h, NIGHT + 120000, "door.closed", D1, NULL);
		tell(h, NIGHT + 130000, "door.opened", D1, NULL);
		tick(h, INT64_MAX);
		said(h, "door.forced D-1 54130.000 forced [21]", NULL);
	}
	house_free(h);
}

/* A word of being held hides no opening; where its closing was missed it is one that may be. */
static void t_forged_held(void **state)
{
	struct house *h = house_new("doors: [{class: door, exits: told}]\n");

	(void)state;
	tell(h, 0, "door.closed", D1, NULL);
	tell(h, 60000, "door.held", D1, NULL);
	tell(h, 90000, "door.opened", D1, NULL);
	tell(h, 92000, "door.closed", D1, NULL);
	tell(h, 100000, "door.held", D1, NULL);
	tell(h, 120000, "door.granted", D1, NULL);
	tell(h, 121000, "door.opened", D1, NULL);
	tell(h, 125000, "door.held", D1, NULL);
	tell(h, 200000, "door.opened", D1, NULL);
	tick(h, 230000);
	said(h, "door.forced D-1 90.000 forced [3]", NULL);
	house_free(h);
}

/* What it did while nothing was heard of it is not known: that it was closed before says nothing.
 */
static void t_closed_before_silence(void **state)
{
	static const char *const silence[] = {"field.offline", "door.tamper", "door.fault"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(silence); i++) {
		struct house *h = house_new("doors: [{class: door, exits: told}]\n");

		tell(h, 0, "door.closed", "door=D-1", "ward.door=d-1", NULL);
		tell(h, 20000, silence[i], "door=D-1", "ward.door=d-1", "ward.asset=d-1", NULL);
		tell(h, 40000, "door.tamper", "door=D-1", "ward.door=d-1", "state=off", NULL);
		tell(h, 60000, "door.held", "door=D-1", "ward.door=d-1", NULL);
		tell(h, 90000, "door.opened", "door=D-1", "ward.door=d-1", NULL);
		tick(h, 130000);
		assert_int_equal(h->n_said, 0);
		house_free(h);
	}
}

static void t_tamper(void **state)
{
	struct house *h = house_new("doors: [{class: door, exits: told, recover: 10min}]\n");
	struct ward_str d1 = WARD_STR("D-1");

	(void)state;
	tell(h, 0, "door.closed", D1, NULL);
	tell(h, 1000, "door.tamper", D1, NULL);
	tell(h, 2000, "door.opened", D1, NULL);
	tell(h, 3000, "door.closed", D1, NULL);
	tick(h, 20000);
	assert_int_equal(ward_doors_state(h->doors, d1), WARD_DOOR_TAMPER);
	tell(h, 20000, "door.fault", "door=D-2", NULL);
	tell(h, 30000, "door.tamper", D1, "state=off", NULL);
	tick(h, 50000);
	assert_int_equal(ward_doors_state(h->doors, d1), WARD_DOOR_UNKNOWN);
	assert_int_equal(ward_doors_state(h->doors, WARD_STR("D-2")), WARD_DOOR_FAULT);
	tell(h, 60000, "door.opened", D1, NULL);
	tell(h, 62000, "door.closed", D1, NULL);
	tell(h, 70000, "door.opened", D1, NULL);
	tick(h, 90000);
	said(h, "door.forced D-1 70.000 forced [9]", NULL);
	/* Nobody says that it is over: after a time its words count again. */
	tick(h, 640000);
	assert_int_equal(ward_doors_state(h->doors, WARD_STR("D-2")), WARD_DOOR_UNKNOWN);
	house_free(h);
}

static void t_lost_and_model(void **state)
{
	struct house *h = house_new("doors: [{class: door, exits: told}]\n");

	(void)state;
	tell(h, 0, "door.closed", D1, "ward.door=d-1", NULL);
	/* The camera at it is silent: the door is not. */
	tell(h, 1000, "field.silent", "sensor=s", "ward.asset=cam", "ward.door=d-1", NULL);
	tick(h, 20000);
	assert_int_equal(ward_doors_state(h->doors, WARD_STR("d-1")), WARD_DOOR_CLOSED);
	tell(h, 20000, "field.silent", "sensor=s", "ward.asset=d-1", "ward.door=d-1", NULL);
	tell(h, 40000, "door.opened", D1, "ward.door=d-1", NULL);
	tick(h, 60000);
	said(h, NULL);
	assert_int_equal(ward_doors_state(h->doors, WARD_STR("d-1")), WARD_DOOR_OPEN);
	assert_int_equal(ward_doors_state(h->doors, WARD_STR("D-1")), WARD_DOOR_UNKNOWN);
	house_free(h);
}

/* Who makes up doors fills their table, and no more. */
static void t_bounds(void **state)
{
	struct house *h = house_new(NULL);
	char name[40];

	(void)state;
	assert_int_equal(ward_limits_set(&h->lab.lim, WARD_STR("door.doors"), 64), WARD_OK);
	assert_int_equal(ward_limits_set(&h->lab.lim, WARD_STR("door.held"), 16), WARD_OK);
	house_again(h);
	for (int64_t i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof(name), "door=made-up-%lld", (long long)i);
		tell(h, i, "door.opened", name, NULL);
	}
	struct ward_doors_stats st = ward_doors_stats(h->doors);

	assert_true(st.n_unplaced > 4800 && st.n_hurried > 0);
	house_free(h);
}

/* Invented doors, and invented names of a door, leave the model's doors theirs. */
static void t_invented_names(void **state)
{
	struct house *h = house_new(NULL);
	char name[40];

	(void)state;
	assert_int_equal(ward_limits_set(&h->lab.lim, WARD_STR("door.doors"), 64), WARD_OK);
	house_again(h);
	for (int64_t i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof(name), "door=made-up-%lld", (long long)i);
		tell(h, i, "door.closed", name, NULL);
	}
	assert_true(ward_doors_stats(h->doors).n_unplaced > 900);
	h->n_event = 0;
	tell(h, 2000, "door.opened", D1, "ward.door=d-1", NULL);
	tick(h, 80000);
	said(h, "door.held D-1 62.000 held [1]", NULL);
	uint64_t unplaced = ward_doors_stats(h->doors).n_unplaced;

	for (int64_t i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof(name), "door=called-%lld", (long long)i);
		tell(h, 80000 + i, "door.closed", name, "ward.door=d-1", NULL);
	}
	h->n_event = 1;
	tell(h, 90000, "door.opened", "door=D-2", "ward.door=d-2", NULL);
	tick(h, INT64_MAX);
	assert_int_equal(ward_doors_state(h->doors, WARD_STR("d-2")), WARD_DOOR_OPEN);
	tick(h, 180000);
	said(h, "door.held d-2 150.000 held [2]", NULL);
	assert_int_equal(ward_doors_stats(h->doors).n_unplaced, unplaced);
	house_free(h);
}

/* Two weeks of badge readings in an office (VAST 2016): no contacts, times to the minute. Each one
 * is taken, none is late, and of doors that tell so little nothing is inferred. */
static void t_real_badges(void **state)
{
	const char *data = getenv("WARD_SHARED_DATA");
	char path[4096], line[256], door[64], badge[64];
	int64_t minute = 0, n = 0;

	(void)state;
	if (!data)
		skip();
	(void)snprintf(path, sizeof(path), "%s/sensors/vast2016_proxOut-MC2.csv", data);
	FILE *f = fopen(path, "re");

	if (!f)
		skip();
	struct house *h = house_new(NULL);

	assert_non_null(fgets(line, sizeof(line), f));
	while (fgets(line, sizeof(line), f)) {
		struct ward_str rest = ward_str_z(line), time = ward_str_cut(&rest, ',');
		ward_ns t;

		(void)ward_str_cut(&rest, ',');
		struct ward_str who = ward_str_trim(ward_str_cut(&rest, ',')),
				floor = ward_str_trim(ward_str_cut(&rest, ',')),
				zone = ward_str_trim(rest);
		char full[64];

		(void)snprintf(full, sizeof(full), "%.*s:00Z", WARD_STR_ARG(time));
		assert_int_equal(ward_time_parse(ward_str_z(full), &t), WARD_OK);
		minute = t / WARD_NS_PER_MS;
		(void)snprintf(door, sizeof(door), "door=%.*s.%.*s", WARD_STR_ARG(floor),
			WARD_STR_ARG(zone));
		(void)snprintf(badge, sizeof(badge), "badge=%.*s", WARD_STR_ARG(who));
		tell(h, minute, "door.granted", door, badge, NULL);
		n++;
	}
	(void)fclose(f);
	tick(h, minute + 600000);
	said(h, NULL);
	struct ward_doors_stats st = ward_doors_stats(h->doors);

	assert_true(n > 1000);
	assert_int_equal(st.n_taken, n);
	assert_int_equal(st.n_late + st.n_hurried + st.n_unplaced, 0);
	house_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_usual),
		cmocka_unit_test(t_held),
		cmocka_unit_test(t_forced),
		cmocka_unit_test(t_order),
		cmocka_unit_test(t_reasons_come_late),
		cmocka_unit_test(t_not_taken),
		cmocka_unit_test(t_tailgated),
		cmocka_unit_test(t_wide),
		cmocka_unit_test(t_one_without_the_other),
		cmocka_unit_test(t_missed_closing),
		cmocka_unit_test(t_one_after_the_other),
		cmocka_unit_test(t_close_behind),
		cmocka_unit_test(t_told),
		cmocka_unit_test(t_forged),
		cmocka_unit_test(t_forged_held),
		cmocka_unit_test(t_closed_before_silence),
		cmocka_unit_test(t_tamper),
		cmocka_unit_test(t_lost_and_model),
		cmocka_unit_test(t_bounds),
		cmocka_unit_test(t_invented_names),
		cmocka_unit_test(t_real_badges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
