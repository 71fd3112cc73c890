#include "lab.h"

/* The pilot's attack: all detections, incidents and services, and ten devices and rooms. */
static char *recorded(size_t *ret_len)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	char path[4096];
	FILE *f;
	char *text = malloc(1 << 21);

	assert_non_null(root);
	assert_non_null(text);
	(void)snprintf(path, sizeof(path), "%s/tests/unit/story/data/cooling.jsonl", root);
	f = fopen(path, "rb");
	assert_non_null(f);
	*ret_len = fread(text, 1, 1 << 21, f);
	assert_true(*ret_len > 0 && *ret_len < 1 << 21);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void play(struct lab *l, struct ward_str text)
{
	while (text.len) {
		struct ward_str line = ward_str_cut(&text, '\n');

		if (line.len)
			assert_int_equal(lab_read(l, line.p, line.len), WARD_OK);
	}
}

/* Nothing but printable characters and line ends, within the width, no blanks at line ends. */
static void assert_clean(struct lab *l, size_t width)
{
	struct ward_str rest = ward_wr_text(&l->out);

	assert_true(ward_utf8_valid(ward_str_bytes(rest), NULL));
	while (rest.p) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		for (size_t i = 0; i < line.len; i++)
			assert_true((uint8_t)line.p[i] >= 0x20 && line.p[i] != 0x7f);
		if (ward_text_columns(line) > width)
			fail_msg("wider than %zu: %.*s", width, WARD_STR_ARG(line));
		assert_true(!line.len || line.p[line.len - 1] != ' ');
	}
}

static void test_recorded(void **state)
{
	struct lab l;
	size_t len, told;
	char *text = recorded(&len);

	(void)state;
	lab_init(&l);
	play(&l, (struct ward_str){text, len});
	assert_says(&l, "Santa Giulia, Thursday 12 March 2026 (local time, UTC+1, Europe/Rome)");
	assert_says(&l, "03:12:30  HIGH    Door of a technical room forced open\n");
	assert_says(&l, "2 doors or rooms away from “Someone");
	assert_says(&l, "03:16:04  again: Building automation asked for by an unknown host (3 "
			"times now)\n");
	assert_silent(&l, "no incident");
	assert_says(&l, "HIGH    Room too warm, also: Theatre 2\n");
	assert_says(&l, "Operating theatres: about 03:51, in 33 min, not before 03:26; possible");
	assert_int_equal(ward_story_end(l.s, 227, 0, &l.out), WARD_OK);
	assert_says(&l, "SUMMARY: 227 events, 13 signs, 1 incident\n");
	assert_clean(&l, 80);
	told = l.out.len;
	play(&l, (struct ward_str){text, len}); /* delivered again */
	assert_int_equal(l.out.len, told);
	assert_int_equal(ward_counter_get(&l.counters, "story.rejected"), 0);
	free(text);
	lab_fini(&l);
}

static void test_widths(void **state)
{
	size_t len;
	char *text = recorded(&len);

	(void)state;
	for (size_t width = 0; width <= 200; width += 20) {
		struct lab l;

		lab_init_opts(&l, width, false);
		play(&l, (struct ward_str){text, len});
		assert_int_equal(ward_story_end(l.s, 227, 0, &l.out), WARD_OK);
		assert_clean(&l, !width ? 80 : width < 40 ? 40 : width > 120 ? 120 : width);
		lab_fini(&l);
	}
	free(text);
}

/* Colour changes nothing but colour. */
static void test_colour(void **state)
{
	struct lab plain, colour;
	size_t len, n = 0;
	char *text = recorded(&len);

	(void)state;
	lab_init_opts(&plain, 80, false);
	lab_init_opts(&colour, 80, true);
	play(&plain, (struct ward_str){text, len});
	play(&colour, (struct ward_str){text, len});
	assert_says(&colour, "\033[1;31mHIGH\033[0m");
	for (size_t i = 0; i < colour.out.len; i++) {
		uint8_t c = colour.out.p[i];

		if (c == 0x1b)
			while (colour.out.p[i] != 'm')
				i++;
		else
			colour.out.p[n++] = c;
	}
	assert_int_equal(n, plain.out.len);
	assert_memory_equal(colour.out.p, plain.out.p, n);
	free(text);
	lab_fini(&plain);
	lab_fini(&colour);
}

static void test_escapes(void **state)
{
	static const char *const nasty[] = {"\\u001b[2J\\u001b]0;x\\u0007", "\\u009b31m",
		"a\\r\\nb\\tc", "\\u007f\\u0000", "\\u202eevil\\u2066\\u200b\\ufeff\\u00ad",
		"\\udb40\\udc41\\udbff\\udfff\\ue000\\u2028"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(nasty); i++) {
		struct lab l;
		char member[1024];
		struct lab_incident in = {1, 1, 5, nasty[i], member, NULL};

		lab_init(&l);
		lab_detection(&l, 7, 3, "high", nasty[i]);
		lab_flush(&l);
		(void)lab_member(member, sizeof(member), 1, 5, nasty[i]);
		lab_incident(&l, in);
		lab_impact(&l, (struct lab_impact){20, 1, 1, 30, nasty[i], NULL, NULL, false});
		assert_int_equal(ward_story_end(l.s, 0, 0, &l.out), WARD_OK);
		assert_clean(&l, 80);
		assert_says(&l, "\\u{");
		lab_fini(&l);
	}
}

static void test_withdrawn(void **state)
{
	struct lab l;
	char member[1024];
	struct lab_incident in = {1, 1, 5, NULL, member, NULL};

	(void)state;
	lab_init(&l);
	(void)lab_member(member, sizeof(member), 1, 5, "First");
	lab_incident(&l, in);
	lab_impact(&l, (struct lab_impact){20, 1, 1, 30, "Theatres", NULL, NULL, false});
	lab_impact(&l, (struct lab_impact){21, 1, 1, 30, "Pump", NULL, NULL, true});
	lab_impact(&l, (struct lab_impact){22, 1, 1, 30, "Valve", NULL, NULL, true});
	lab_flush(&l);
	assert_says(&l, "Theatres: about 03:30, in 25 min; possible (20–80 %)\n"
			"      Fan: does not work → Theatres: not enough air\n"
			"");
	ward_wr_reset(&l.out);
	lab_withdraw(&l, 20, 2, 1);
	lab_withdraw(&l, 21, 2, 1);
	lab_withdraw(&l, 21, 2, 1); /* again: late */
	lab_withdraw(&l, 99, 2, 1); /* never told */
	lab_flush(&l);
	assert_says(&l, "Theatres: no longer expected\n");
	assert_int_equal(ward_counter_get(&l.counters, "story.late"), 1);
	ward_wr_reset(&l.out);
	lab_flush(&l);
	assert_int_equal(l.out.len, 0);
	/* back again: news */
	lab_impact(&l, (struct lab_impact){20, 3, 1, 40, "Theatres", NULL, NULL, false});
	lab_flush(&l);
	assert_says(&l, "Theatres: about 03:40");
	lab_fini(&l);
}

static void test_changes(void **state)
{
	static const struct {
		unsigned min;
		const char *lo, *hi, *says; /* NULL: nothing */
	} row[] = {
		{30, "0.2", "0.8", "Theatres: about 03:30, in 25 min; possible (20–80 %)"},
		{30, "0.3", "0.9", NULL},
		{34, "0.3", "0.9", NULL},
		{37, "0.3", "0.9", "Theatres: now about 03:37, in 32 min; later than 03:30"},
		{30, "0.3", "0.9", NULL}, /* less than a quarter of what is left */
		{20, "0.3", "0.9", "Theatres: now about 03:20, in 15 min; was 03:37"},
		{20, "0.6", "0.9", "Theatres: about 03:20, in 15 min; likely (60–90 %)"},
		{20, "0.95", "0.95", "Theatres: about 03:20, in 15 min; almost certain (95 %)"},
		{20, "0.0500", "0.5", "Theatres: now only can't be ruled out (5–50 %)"},
		{20, "0", "0.1", "Theatres: now only unlikely (0–10 %)"},
		{4, "0.7", "1", "Theatres: since about 03:04; likely (70–100 %)"},
		{1, "0.7", "1", NULL},
	};
	struct lab l;
	char member[1024];
	struct lab_incident in = {1, 1, 5, NULL, member, NULL};

	(void)state;
	lab_init(&l);
	(void)lab_member(member, sizeof(member), 1, 5, "First");
	lab_incident(&l, in);
	for (unsigned i = 0; i < WARD_ARRAY_LEN(row); i++) {
		ward_wr_reset(&l.out);
		lab_impact(&l, (struct lab_impact){20, i + 1, 1, row[i].min, "Theatres", row[i].lo,
				       row[i].hi, false});
		lab_flush(&l);
		if (row[i].says)
			assert_says(&l, row[i].says);
		else
			assert_int_equal(l.out.len, 0);
	}
	lab_fini(&l);
}

static void test_interleaved(void **state)
{
	struct lab l;
	char a[1024], b[1024];

	(void)state;
	lab_init(&l);
	(void)lab_member(a, sizeof(a), 1, 5, "Door forced");
	(void)lab_member(b, sizeof(b), 1, 6, "Unknown device");
	lab_incident(&l, (struct lab_incident){1, 1, 5, NULL, a, NULL});
	lab_impact(&l, (struct lab_impact){20, 1, 1, 30, "Theatres", NULL, NULL, false});
	assert_silent(&l, "Theatres");
	lab_incident(&l, (struct lab_incident){2, 1, 6, NULL, b, NULL});
	assert_says(&l, "INCIDENT 1 opens");
	assert_says(&l, "Theatres: about 03:30"); /* told before the other opens */
	assert_says(&l, "INCIDENT 2 opens");
	ward_wr_reset(&l.out);
	lab_impact(&l, (struct lab_impact){30, 1, 2, 40, "Pharmacy", NULL, NULL, false});
	lab_impact(&l, (struct lab_impact){20, 2, 1, 50, "Theatres", NULL, NULL, false});
	lab_impact(&l, (struct lab_impact){40, 1, 77, 50, "Nowhere", NULL, NULL, false});
	lab_flush(&l);
	assert_says(&l, "INCIDENT 1: what changes for care (as of 03:05)\n"
			"    Theatres: now about 03:50, in 45 min; later than 03:30\n");
	assert_says(&l, "INCIDENT 2: care that may be lost (as of 03:06)\n"
			"    Pharmacy: about 03:40, in 34 min");
	assert_silent(&l, "Nowhere");
	assert_int_equal(ward_counter_get(&l.counters, "story.orphans"), 1);
	ward_wr_reset(&l.out);
	assert_int_equal(ward_story_end(l.s, 0, 0, &l.out), WARD_OK);
	assert_says(&l, "SUMMARY: 2 incidents\n");
	assert_says(&l, "INCIDENT 1: medium, physical, suspected, 03:00 to 03:05\n");
	assert_says(&l, "INCIDENT 2: medium, physical, suspected, 03:00 to 03:06\n");
	lab_fini(&l);
}

static void test_dismissed(void **state)
{
	struct lab l;
	char a[1024];

	(void)state;
	lab_init(&l);
	(void)lab_member(a, sizeof(a), 1, 5, "Door forced");
	lab_incident(&l, (struct lab_incident){9, 1, 5, "dismissed", NULL, NULL});
	assert_int_equal(l.out.len, 0); /* never told of */
	lab_incident(&l, (struct lab_incident){1, 1, 5, NULL, a, NULL});
	ward_wr_reset(&l.out);
	lab_incident(&l, (struct lab_incident){1, 2, 5, "dismissed", NULL, NULL});
	assert_says(&l, "INCIDENT 1 is dismissed: what was seen is no attack.\n");
	ward_wr_reset(&l.out);
	lab_incident(&l, (struct lab_incident){1, 3, 5, "dismissed", NULL, NULL});
	lab_incident(&l, (struct lab_incident){1, 2, 5, NULL, a, NULL});
	assert_int_equal(l.out.len, 0);
	assert_int_equal(ward_counter_get(&l.counters, "story.late"), 1);
	assert_int_equal(ward_story_end(l.s, 0, 0, &l.out), WARD_OK);
	assert_says(&l, "INCIDENT 1: medium, physical, dismissed");
	lab_fini(&l);
}

static void test_merged(void **state)
{
	struct lab l;
	char a[1024], b[1024], both[2048], more[128];

	(void)state;
	lab_init(&l);
	(void)lab_member(a, sizeof(a), 1, 5, "Door forced");
	(void)lab_member(b, sizeof(b), 2, 6, "Unknown device");
	(void)snprintf(both, sizeof(both), "%s,%s", a, b);
	lab_incident(&l, (struct lab_incident){1, 1, 5, NULL, a, NULL});
	lab_impact(&l, (struct lab_impact){20, 1, 1, 30, "Theatres", NULL, NULL, false});
	lab_incident(&l, (struct lab_incident){2, 1, 6, NULL, b, NULL});
	ward_wr_reset(&l.out);
	/* a third id supersedes both */
	(void)snprintf(more, sizeof(more), ",\"supersedes\":[\"%s\",\"%s\"]", lab_id(2), lab_id(1));
	lab_incident(&l, (struct lab_incident){3, 2, 7, NULL, both, more});
	lab_impact(&l, (struct lab_impact){21, 1, 3, 30, "Theatres", NULL, NULL, false});
	lab_withdraw(&l, 20, 2, 1);
	lab_flush(&l);
	assert_says(&l, "INCIDENT 2 turns out to be part of incident 1.\n");
	assert_silent(&l, "Door forced"); /* both signs were told */
	assert_silent(&l, "Unknown device");
	assert_int_equal(l.s->n_tale, 1);
	assert_int_equal(l.s->tale[0]->number, 1);
	ward_wr_reset(&l.out);
	assert_int_equal(ward_story_end(l.s, 0, 0, &l.out), WARD_OK);
	assert_says(&l, "Door forced: Room 1\n");
	assert_says(&l, "Unknown device: Room 2\n");
	assert_says(&l, "Theatres: about 03:30");
	lab_fini(&l);
}

/* As long as nothing is likely, one sentence; the list when something becomes possible. */
static void test_open(void **state)
{
	struct lab l;
	char member[1024];

	(void)state;
	lab_init(&l);
	(void)lab_member(member, sizeof(member), 1, 5, "First");
	lab_incident(&l, (struct lab_incident){1, 1, 5, NULL, member, NULL});
	for (unsigned i = 0; i < 5; i++) {
		static const char *const name[] = {
			"Wards", "Pharmacy", "Dialysis", "Kitchen", "X-ray"};

		lab_impact(&l, (struct lab_impact){20 + i, 1, 1, 30 + i, name[i], "0.01",
				       i < 4 ? "0.9" : "0.05", false});
	}
	lab_flush(&l);
	assert_says(&l,
		"  Care: no loss likely yet (as of 03:05); can't be ruled out: Wards\n"
		"    (about 03:30), Pharmacy (about 03:31), Dialysis (about 03:32), 1 more\n");
	ward_wr_reset(&l.out);
	lab_impact(&l, (struct lab_impact){20, 2, 1, 50, "Wards", "0.02", "0.9", false});
	lab_flush(&l);
	assert_int_equal(l.out.len, 0);
	lab_impact(&l, (struct lab_impact){23, 2, 1, 33, "Kitchen", "0.3", "0.9", false});
	lab_flush(&l);
	assert_says(&l, "  Care that may be lost (as of 03:05)\n"
			"    Kitchen: about 03:33, in 28 min; possible (30–90 %)\n");
	assert_says(&l, "    can't be ruled out: Pharmacy (about 03:31)");
	lab_fini(&l);
}

static void test_taken_back(void **state)
{
	struct lab l;
	char a[1024], b[1024], both[2048];

	(void)state;
	lab_init(&l);
	(void)lab_member(a, sizeof(a), 1, 5, "Door forced");
	(void)lab_member(b, sizeof(b), 2, 6, "Unknown device");
	(void)snprintf(both, sizeof(both), "%s,%s", a, b);
	lab_incident(&l, (struct lab_incident){1, 1, 6, NULL, both, NULL});
	ward_wr_reset(&l.out);
	lab_incident(&l, (struct lab_incident){1, 2, 6, NULL, a, NULL});
	assert_says(&l, "taken back: Unknown device, Room 2\n");
	ward_wr_reset(&l.out);
	assert_int_equal(ward_story_end(l.s, 0, 0, &l.out), WARD_OK);
	assert_silent(&l, "Unknown device");
	lab_fini(&l);
}

static void test_lone(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l);
	lab_detection(&l, 1, 1, "low", "Door held open");
	lab_detection(&l, 2, 2, "informational", "Door held open");
	assert_int_equal(ward_story_end(l.s, 4577, 0, &l.out), WARD_OK);
	assert_says(&l, "Nothing to report: 4,577 events, 2 weak signs, no incident\n");
	ward_wr_reset(&l.out);
	lab_detection(&l, 3, 3, "high", "Door forced");
	assert_int_equal(l.out.len, 0); /* an incident may take it up */
	lab_flush(&l);
	assert_says(&l, "03:03:00  HIGH    Door forced\n"
			"                  Room 3 (belongs to no incident)\n");
	ward_wr_reset(&l.out);
	lab_detection(&l, 3, 3, "high", "Door forced");
	lab_flush(&l);
	assert_int_equal(l.out.len, 0);
	assert_int_equal(ward_story_end(l.s, 1234567, 0, &l.out), WARD_OK);
	assert_says(&l, "SUMMARY: 1,234,567 events, 4 signs, no incident\n");
	ward_wr_reset(&l.out);
	lab_give(&l, "{\"kind\":\"detection\",\"id\":\"00000003-0000-8000-8000-000000000000\","
		     "\"revision\":2,\"withdrawn\":true,\"rule\":{\"title\":\"Door forced\","
		     "\"level\":\"high\"},\"subject\":\"Room 3\",\"first\":"
		     "\"2026-03-12T02:03:00Z\",\"last\":\"2026-03-12T02:03:00Z\"}");
	assert_says(&l, "taken back: Door forced, Room 3\n");
	lab_fini(&l);
}

#define ALARM(n, permit)                                                                         \
	"{\"kind\":\"detection\",\"id\":\"0000000" n                                             \
	"-0000-8000-8000-000000000000\",\"revision\":1,\"rule\":{\"title\":\"Fire alarm\","      \
	"\"level\":\"critical\"},\"asset_name\":\"Corridor "                                     \
	"2\",\"permit\":{\"id\":\"w-1\",\"who\":"                                                \
	"\"Rossi\",\"from\":\"2026-03-12T02:00:00Z\",\"until\":\"2026-03-12T04:00:00Z\"," permit \
	"},\"first\":\"2026-03-12T02:03:00Z\",\"last\":\"2026-03-12T02:03:00Z\"}"

/* Expected by a works permit: one line, then counted; and why another one is not covered. */
static void test_expected(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l);
	lab_give(&l, ALARM("1", "\"expected\":true"));
	lab_flush(&l);
	assert_says(&l, "03:03:00  works   expected: Fire alarm, Corridor 2; permit w-1 (Rossi, "
			"until\n                  05:00)\n");
	ward_wr_reset(&l.out);
	lab_give(&l, ALARM("2", "\"expected\":true"));
	lab_give(&l, ALARM("1", "\"expected\":true")); /* delivered again */
	lab_flush(&l);
	assert_int_equal(l.out.len, 0);
	lab_give(&l, ALARM("3", "\"expected\":false,\"why\":\"place\",\"because\":\"it is for "
				"Floor 3\""));
	lab_flush(&l);
	assert_says(&l, "permit w-1 (Rossi, until 05:00) does not cover this: it is");
	assert_int_equal(ward_story_end(l.s, 3, 0, &l.out), WARD_OK);
	assert_says(&l, "SUMMARY: 3 events, 1 sign, 2 signs expected by works permits, no "
			"incident\n");
	lab_fini(&l);
}

/* One line, of no incident, and no sign. */
static void test_note(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l);
	lab_give(&l, "{\"kind\":\"detection\",\"id\":\"00000003-0000-8000-8000-000000000000\","
		     "\"revision\":1,\"stage\":\"notice\",\"rule\":{\"title\":\"Wrong clock, "
		     "corrected\","
		     "\"level\":\"informational\"},\"asset_name\":\"Door controller\",\"subject\":"
		     "\"doors, dc-au, 1 h ahead\",\"first\":\"2026-03-12T02:03:00Z\","
		     "\"last\":\"2026-03-12T02:03:00Z\"}");
	lab_flush(&l);
	assert_says(&l, "\n03:03:00  note    Wrong clock, corrected: doors, dc-au, 1 h ahead\n");
	assert_int_equal(ward_story_end(l.s, 10, 0, &l.out), WARD_OK);
	assert_says(&l, "Nothing to report: 10 events, no incident\n");
	lab_fini(&l);
}

/* Of what nobody has said what follows from, silence would reassure: told once for each. */
static void test_unknown(void **state)
{
	static const char impact[] =
		"{\"kind\":\"impact\",\"id\":\"%s\",\"revision\":%u,\"incident\":\"%s\","
		"\"asset\":\"t%u\",\"asset_name\":\"Tap %u\",\"threat\":\"x\",\"threat_name\":"
		"\"Odd\",\"service\":false,\"need\":\"safety\",\"likelihood\":[1,1],\"earliest\":"
		"\"2026-03-12T02:00:00Z\",\"expected\":\"2026-03-12T02:00:00Z\",\"priority\":0,"
		"\"leads\":\"%s\",\"chain\":[]}";
	char json[1024];
	struct lab l;

	(void)state;
	lab_init(&l);
	lab_incident(&l, (struct lab_incident){.id = 1, .revision = 1});
	for (unsigned i = 0; i < 7; i++) { /* the last but one is not unknown, the last is told */
		char id[WARD_ID_TEXT + 1];

		(void)snprintf(id, sizeof(id), "%s", lab_id(10 + i));
		(void)snprintf(json, sizeof(json), impact, id, 1, lab_id(1), i % 6, i % 6,
			i == 2 ? "nowhere" : "unknown");
		lab_give(&l, json);
	}
	lab_flush(&l);
	assert_says(&l, "What is not known");
	assert_says(&l, "Nothing is known of what this leads to: Tap 0: Odd\n");
	assert_says(&l, "Tap 4: Odd\n");
	assert_false(lab_says(&l, "Tap 2: Odd"));
	assert_false(lab_says(&l, "Tap 5: Odd"));
	lab_fini(&l);
}

static void test_nothing(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l);
	lab_give(&l, "{\"kind\":\"summary\",\"events\":1}");
	lab_give(&l, "{\"kind\":\"event\"}");
	lab_flush(&l);
	assert_int_equal(l.out.len, 0);
	assert_int_equal(ward_story_end(l.s, 1, 0, &l.out), WARD_OK);
	assert_says(&l, "Nothing to report: 1 event, no incident\n");
	lab_fini(&l);
}

/* A new day gets a heading; a forecast beyond midnight is told with its clock time. */
static void test_days(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l);
	lab_detection(&l, 1, 1, "high", "Door forced");
	lab_flush(&l);
	ward_wr_reset(&l.out);
	lab_give(&l, "{\"kind\":\"detection\",\"id\":\"00000009-0000-8000-8000-000000000000\","
		     "\"revision\":1,\"rule\":{\"title\":\"Late\",\"level\":\"high\"},"
		     "\"first\":\"2026-03-29T01:30:00Z\",\"last\":\"2026-03-29T01:30:00Z\"}");
	lab_flush(&l);
	assert_says(&l, "Sunday 29 March 2026 (local time, UTC+2, Europe/Rome)\n");
	assert_says(&l, "03:30:00  HIGH    Late\n");
	lab_fini(&l);
}

static void test_forecasts(void **state)
{
	static const struct {
		const char *from, *to, *want;
	} row[] = {
		{"2026-03-12T02:00:00Z", "2026-03-12T22:59:00Z", "23:59"},
		{"2026-03-12T02:00:00Z", "2026-03-12T23:30:00Z", "Fri\u00a000:30"},
		{"2026-03-12T02:00:00Z", "2026-03-11T22:30:00Z", "Wed\u00a023:30"},
		{"2026-03-12T02:00:00Z", "2026-03-18T01:59:00Z", "Wed\u00a002:59"},
		{"2026-03-12T02:00:00Z", "2026-03-18T02:00:00Z", "18\u00a0Mar\u00a003:00"},
		{"1700-01-01T00:00:00Z", "2261-01-01T00:00:00Z", "1\u00a0Jan\u00a001:00"},
	};

	(void)state;
	assert_int_equal(ward_zone_use(WARD_STR("Europe/Rome")), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		const struct ward_story english = {.lang = NULL};
		struct brief b;
		ward_ns from, to;

		assert_int_equal(ward_time_parse(ward_str_z(row[i].from), &from), WARD_OK);
		assert_int_equal(ward_time_parse(ward_str_z(row[i].to), &to), WARD_OK);
		assert_true(ward_str_eqz(ward_tell_forecast(&b, &english, to, from), row[i].want));
	}
}

/* Every limit is met without failing: signs and incidents. */
static void test_limits(void **state)
{
	struct lab l;
	char member[1024];

	(void)state;
	lab_init(&l);
	l.s->lim.v[WARD_LIMIT_FUSE_INCIDENTS] = 2;
	l.s->lim.v[WARD_LIMIT_STORY_SIGNS] = 1;
	for (unsigned i = 1; i <= 4; i++) {
		char two[2048], b[1024];

		(void)lab_member(member, sizeof(member), 1, i, "Door forced");
		(void)lab_member(b, sizeof(b), 2, i, "Unknown device");
		(void)snprintf(two, sizeof(two), "%s,%s", member, b);
		lab_incident(&l, (struct lab_incident){i, 1, i, NULL, two, NULL});
	}
	assert_int_equal(l.s->n_tale, 2);
	assert_int_equal(ward_counter_get(&l.counters, "story.forgotten"), 2);
	assert_int_equal(ward_counter_get(&l.counters, "story.sign_limit"), 4);
	assert_int_equal(ward_story_end(l.s, 0, 0, &l.out), WARD_OK);
	assert_says(&l, "INCIDENT 4: ");
	lab_fini(&l);
}

/* Memory that runs out at any call: told, nothing half written, nothing leaked. */
static void test_nomem(void **state)
{
	size_t len;
	char *text = recorded(&len);
	uint64_t at = 1;
	bool failed = true;

	(void)state;
	for (; failed; at += at < 200 ? 1 : 37) {
		struct ward_mem_failing mem;
		struct ward_limits lim;
		struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 24);
		struct ward_story_opts o = {.mem = &mem.mem, .lim = &lim};
		struct ward_str rest = {text, len < 200000 ? len : 200000};
		struct ward_story *s = NULL;
		enum ward_err err;

		ward_limits_default(&lim);
		ward_mem_failing_init(&mem, at);
		err = ward_story_new(&o, &s);
		while (!err && rest.len) {
			struct ward_str line = ward_str_cut(&rest, '\n');
			size_t before = out.len;

			if (!rest.p)
				break; /* cut in the middle of a line */
			err = ward_story_record(s, line, &out);
			assert_true(!err || out.len == before);
		}
		if (!err)
			err = ward_story_end(s, 0, 0, &out);
		assert_true(!err || err == WARD_ERR_NOMEM);
		failed = err != WARD_OK;
		ward_story_free(s);
		ward_wr_fini(&out);
	}
	free(text);
}

static void clip(struct lab *l, unsigned id, unsigned incident, const char *act, const char *more)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"clip\",\"act\":\"%s\",\"id\":\"%s\",\"incident\":\"%s\","
		"\"camera\":\"C-A1\"%s}",
		act, lab_id(id), lab_id(incident), more);
	lab_give(l, json);
}

/* That there is a clip, or why not, once each; that it was seen or erased is for the ledger. */
static void test_clip(void **state)
{
	static const char span[] =
		",\"from\":\"2026-03-12T02:01:40Z\",\"to\":\"2026-03-12T02:02:20Z\"";
	char member[1024];
	struct lab l;
	size_t told;

	(void)state;
	lab_init(&l);
	(void)lab_member(member, sizeof(member), 1, 2, "Door forced");
	lab_incident(
		&l, (struct lab_incident){.id = 9, .revision = 1, .min = 2, .members = member});
	clip(&l, 21, 9, "written", span);
	assert_says(&l, "INCIDENT 1: camera C-A1 has a clip of it, 03:01 to 03:02\n");
	clip(&l, 22, 9, "none", ",\"why\":\"no picture of it can be decoded\"");
	assert_says(&l, "INCIDENT 1: there is no clip of camera C-A1: no picture of it can be "
			"decoded\n");
	told = l.out.len;
	clip(&l, 21, 9, "written", span);
	clip(&l, 22, 9, "none", ",\"why\":\"again\"");
	clip(&l, 21, 9, "read", ",\"why\":\"case 17\",\"who\":\"somebody\"");
	clip(&l, 21, 9, "erased", span);
	assert_int_equal(l.out.len, told);
	clip(&l, 23, 8, "written", span);
	assert_int_equal(ward_counter_get(&l.counters, "story.orphans"), 1);
	static const char odd[] = "{\"kind\":\"clip\",\"act\":\"none\"}";

	assert_int_equal(lab_read(&l, odd, strlen(odd)), WARD_ERR_MALFORMED);
	assert_clean(&l, 80);
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_recorded), T(test_widths), T(test_colour),
		T(test_escapes), T(test_withdrawn), T(test_changes), T(test_interleaved),
		T(test_dismissed), T(test_merged), T(test_open), T(test_taken_back), T(test_lone),
		T(test_expected), T(test_note), T(test_unknown), T(test_nothing), T(test_days),
		T(test_forecasts), T(test_limits), T(test_nomem), T(test_clip)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
