#include "model/permit/ical.h"
#include "model/permit/ical_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

/* Local time is UTC+1, and UTC+2 from 2026-03-29 on; another zone is not known. */
static bool zone(void *ctx, struct ward_str name, const struct ward_ical_civil *c, ward_ns *ret)
{
	ward_ns t;

	(void)ctx;
	if (name.len && !ward_str_eqz(name, "Europe/Rome"))
		return false;
	if (ward_time_civil(c->year, c->month, c->day, c->hour * 3600 + c->minute * 60 + c->second,
		    0, &t) != WARD_OK)
		return false;
	bool summer = c->month > 3 || (c->month == 3 && c->day >= 29);

	*ret = t - (summer ? 2 : 1) * 3600 * WARD_NS_PER_S;
	return true;
}

struct got {
	char text[8192];
	struct ward_wr w;
	struct ward_diag d;
	size_t n;
	enum ward_err err;
};

static enum ward_err take(void *ctx, const struct ward_ical_date *d)
{
	struct got *g = ctx;

	g->n++;
	ward_wr_str(&g->w, d->uid);
	ward_wr_ch(&g->w, ' ');
	ward_time_write(&g->w, d->from);
	ward_wr_ch(&g->w, ' ');
	ward_time_write(&g->w, d->until);
	ward_wr_ch(&g->w, '\n');
	return WARD_OK;
}

static void parse_bytes(struct got *g, const char *text, size_t len)
{
	struct ward_limits lim;
	struct ward_ical_opts o = {.mem = ward_mem_heap(),
		.lim = &lim,
		.diag = &g->d,
		.zone = zone,
		.fn = take,
		.ctx = g};

	ward_limits_default(&lim);
	g->w = ward_wr_fixed(g->text, sizeof(g->text));
	g->n = 0;
	ward_diag_init(&g->d, ward_mem_heap());
	g->err = ward_ical_parse(&o, WARD_STR("x.ics"), ward_slice_of(text, len));
}

/* One VEVENT with these lines. */
static void event(struct got *g, const char *lines)
{
	char text[4096];
	int n = snprintf(text, sizeof(text),
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u\r\n%s"
		"END:VEVENT\r\nEND:VCALENDAR\r\n",
		lines);

	assert_true(n > 0 && (size_t)n < sizeof(text));
	parse_bytes(g, text, (size_t)n);
}

static void gives(const char *lines, const char *want)
{
	struct got g;

	event(&g, lines);
	if (g.err || g.d.n)
		fail_msg("%s: refused", lines);
	assert_int_equal(g.w.len, strlen(want));
	assert_memory_equal(g.text, want, g.w.len);
	ward_diag_fini(&g.d);
}

static void refused(const char *lines, const char *what)
{
	struct got g;
	bool found = false;

	event(&g, lines);
	assert_int_equal(g.err, WARD_ERR_CONFIG);
	for (size_t i = 0; i < g.d.n; i++)
		found |= g.d.item[i].mend.len && g.d.item[i].line &&
			 ward_str_find(g.d.item[i].what, ward_str_z(what)) != SIZE_MAX;
	if (!found)
		fail_msg("'%s' is not refused with '%s'", lines, what);
	ward_diag_fini(&g.d);
}

static void forms_of_time(void **state)
{
	(void)state;
	gives("DTSTART:20260319T080000Z\r\nDTEND:20260319T100000Z\r\n",
		"u 2026-03-19T08:00:00Z 2026-03-19T10:00:00Z\n");
	gives("DTSTART;TZID=Europe/Rome:20260319T090000\r\nDURATION:PT2H\r\n",
		"u 2026-03-19T08:00:00Z 2026-03-19T10:00:00Z\n");
	gives("DTSTART;TZID=\"Europe/Rome\":20260319T090000\r\nDTEND:20260319T100000Z\r\n",
		"u 2026-03-19T08:00:00Z 2026-03-19T10:00:00Z\n");
	gives("DTSTART:20260319T090000\r\nDURATION:P1DT30M\r\n", /* floating */
		"u 2026-03-19T08:00:00Z 2026-03-20T08:30:00Z\n");
	gives("DTSTART;VALUE=DATE:20260319\r\n", "u 2026-03-18T23:00:00Z 2026-03-19T23:00:00Z\n");
	gives("DTSTART;VALUE=DATE:20260328\r\nDTEND;VALUE=DATE:20260330\r\n", /* a shorter day */
		"u 2026-03-27T23:00:00Z 2026-03-29T22:00:00Z\n");
}

static void folded_and_escaped(void **state)
{
	struct got g;
	static const char text[] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\\,b\\\\c\\;\n d\\ne\n"
				   "DTST\n ART:20260319\n\tT080000Z\nDTEND:20260319T100000Z\n"
				   "BEGIN:VALARM\nDTSTART:nonsense\nUID:z\nEND:VALARM\n"
				   "END:VEVENT\nEND:VCALENDAR\n";

	(void)state;
	parse_bytes(&g, text, sizeof(text) - 1);
	assert_int_equal(g.err, WARD_OK);
	assert_true(ward_str_eqz(
		ward_wr_text(&g.w), "a,b\\c;d e 2026-03-19T08:00:00Z 2026-03-19T10:00:00Z\n"));
	ward_diag_fini(&g.d);
}

#define AT9 "DTSTART;TZID=Europe/Rome:20260319T090000\r\nDURATION:PT1H\r\n" /* a Thursday */

static void series(void **state)
{
	(void)state;
	gives(AT9 "RRULE:FREQ=DAILY;COUNT=2\r\n", "u 2026-03-19T08:00:00Z 2026-03-19T09:00:00Z\n"
						  "u 2026-03-20T08:00:00Z 2026-03-20T09:00:00Z\n");
	/* over the change of clocks it stays nine o'clock */
	gives(AT9 "RRULE:FREQ=WEEKLY;COUNT=3\r\n", "u 2026-03-19T08:00:00Z 2026-03-19T09:00:00Z\n"
						   "u 2026-03-26T08:00:00Z 2026-03-26T09:00:00Z\n"
						   "u 2026-04-02T07:00:00Z 2026-04-02T08:00:00Z\n");
	gives(AT9 "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20260403T000000Z\r\n",
		"u 2026-03-19T08:00:00Z 2026-03-19T09:00:00Z\n"
		"u 2026-03-31T07:00:00Z 2026-03-31T08:00:00Z\n"
		"u 2026-04-02T07:00:00Z 2026-04-02T08:00:00Z\n");
	/* RFC 5545 3.8.5.3: the same rule with weeks that begin on Sunday gives other days */
	gives("DTSTART;TZID=Europe/Rome:20260106T090000\r\nDURATION:PT1H\r\n"
	      "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO\r\n",
		"u 2026-01-06T08:00:00Z 2026-01-06T09:00:00Z\n"
		"u 2026-01-11T08:00:00Z 2026-01-11T09:00:00Z\n"
		"u 2026-01-20T08:00:00Z 2026-01-20T09:00:00Z\n"
		"u 2026-01-25T08:00:00Z 2026-01-25T09:00:00Z\n");
	gives("DTSTART;TZID=Europe/Rome:20260106T090000\r\nDURATION:PT1H\r\n"
	      "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU\r\n",
		"u 2026-01-06T08:00:00Z 2026-01-06T09:00:00Z\n"
		"u 2026-01-18T08:00:00Z 2026-01-18T09:00:00Z\n"
		"u 2026-01-20T08:00:00Z 2026-01-20T09:00:00Z\n"
		"u 2026-02-01T08:00:00Z 2026-02-01T09:00:00Z\n");
	gives(AT9 "RRULE:FREQ=DAILY;UNTIL=20260322\r\nEXDATE;TZID=Europe/Rome:20260320T090000\r\n"
		  "EXDATE;VALUE=DATE:20260321\r\n",
		"u 2026-03-19T08:00:00Z 2026-03-19T09:00:00Z\n"
		"u 2026-03-22T08:00:00Z 2026-03-22T09:00:00Z\n");
	gives(AT9 "RRULE:FREQ=DAILY;BYDAY=TH,FR;COUNT=3\r\n",
		"u 2026-03-19T08:00:00Z 2026-03-19T09:00:00Z\n"
		"u 2026-03-20T08:00:00Z 2026-03-20T09:00:00Z\n"
		"u 2026-03-26T08:00:00Z 2026-03-26T09:00:00Z\n");
}

static void refusals(void **state)
{
	static const char *const bad[][2] = {
		{"DTEND:20260319T100000Z\r\n", "has no begin"},
		{"DTSTART:20260319T080000Z\r\n", "has no end"},
		{"DTSTART:20260319T080000Z\r\nDTEND:20260319T080000Z\r\n", "ends before it begins"},
		{"DTSTART:20260319T080000Z\r\nDTEND:20260319T070000Z\r\n", "ends before it begins"},
		{"DTSTART:20260230T080000Z\r\nDTEND:20260319T070000Z\r\n", "DTSTART has the bad"},
		{"DTSTART;VALUE=DATE:20260319T080000Z\r\n", "DTSTART has the bad"},
		{"DTSTART;VALUE=DATE:20260319\r\nDTEND:20260319T070000Z\r\n", "a date and a time"},
		{"DTSTART;VALUE=DATE:20260319\r\nDURATION:PT1H\r\n", "a whole day"},
		{AT9 "DTEND:20260319T100000Z\r\n", "DTEND and DURATION"},
		{"DTSTART;TZID=W. Europe Standard Time:20260319T090000\r\nDURATION:PT1H\r\n",
			"time zone 'W. Europe Standard Time' is not known"},
		{"DTSTART:20260319T080000Z\r\nDURATION:-PT1H\r\n", "DURATION has the bad"},
		{"DTSTART:20260319T080000Z\r\nDURATION:PT1H1D\r\n", "DURATION has the bad"},
		{AT9 "RRULE:FREQ=DAILY\r\n", "a series without an end"},
		{AT9 "RRULE:FREQ=MONTHLY;COUNT=2\r\n", "neither daily nor weekly"},
		{AT9 "RRULE:COUNT=2\r\n", "no FREQ"},
		{AT9 "RRULE:FREQ=DAILY;COUNT=2;UNTIL=20260321\r\n", "both COUNT and UNTIL"},
		{AT9 "RRULE:FREQ=WEEKLY;COUNT=2;BYDAY=1MO\r\n", "no list of weekdays"},
		{AT9 "RRULE:FREQ=WEEKLY;COUNT=2;BYDAY=MO\r\n", "does not begin on one of its days"},
		{AT9 "RRULE:FREQ=DAILY;COUNT=2;BYSETPOS=1\r\n", "a part that is not understood"},
		{AT9 "RRULE:FREQ=DAILY;COUNT=2;INTERVAL=0\r\n", "bad INTERVAL"},
		{AT9 "RRULE:FREQ=DAILY;COUNT=0\r\n", "bad COUNT"},
		{AT9 "RRULE:FREQ=DAILY;COUNT=367\r\n", "more than 366 dates"},
		{AT9 "RRULE:FREQ=DAILY;COUNT=300;INTERVAL=1000\r\n", "too far away"},
		{AT9 "RRULE:FREQ=DAILY;COUNT=2\r\nRRULE:FREQ=DAILY;COUNT=2\r\n", "second RRULE"},
		{AT9 "RDATE:20260320T080000Z\r\n", "RDATE is not understood"},
		{AT9 "EXRULE:FREQ=DAILY;COUNT=2\r\n", "EXRULE is not understood"},
		{AT9 "RECURRENCE-ID:20260320T080000Z\r\n", "RECURRENCE-ID is not understood"},
		{AT9 "EXDATE:tomorrow\r\n", "EXDATE has the bad"},
		{AT9 "no colon\r\n", "no line of a calendar"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		refused(bad[i][0], bad[i][1]);
}

static void cancelled_is_left_out(void **state)
{
	struct got g;

	(void)state;
	event(&g, AT9 "STATUS:CANCELLED\r\n");
	assert_int_equal(g.err, WARD_OK);
	assert_int_equal(g.n, 0);
	assert_int_equal(g.d.n, 1);
	ward_diag_fini(&g.d);
}

/* Every prefix of a good calendar is cut off, and says so. */
static void prefixes(void **state)
{
	static const char text[] = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\n" AT9
				   "RRULE:FREQ=DAILY;COUNT=3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

	(void)state;
	for (size_t len = 0; len < sizeof(text) - 3; len++) {
		struct got g;

		parse_bytes(&g, text, len);
		assert_int_equal(g.err, WARD_ERR_CONFIG);
		assert_true(g.d.n_error > 0);
		ward_diag_fini(&g.d);
	}
}

static void days(void **state)
{
	struct ward_ical_civil c = {.year = 1970, .month = 1, .day = 1};

	(void)state;
	assert_int_equal(ward_ical_day(&c), 0);
	assert_int_equal(ward_ical_weekday(0), 3);
	for (int64_t d = 0; d < 84000; d++) { /* to 2199 */
		struct ward_ical_civil x;

		ward_ical_date_of(d, &x);
		assert_int_equal(ward_ical_day(&x), d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_of_time),
		cmocka_unit_test(folded_and_escaped),
		cmocka_unit_test(series),
		cmocka_unit_test(refusals),
		cmocka_unit_test(cancelled_is_left_out),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
