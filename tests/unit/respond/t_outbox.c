#include "lab_incident.h"

#define T(name) cmocka_unit_test(name)

/* What a recording of the pilot hospital leads to, row by row: each incident's revision with its
 * impacts is one batch of the brain's. */
static void play_real(struct lab *l, void (*each)(struct lab *l))
{
	char path[512], *line = NULL;
	size_t cap = 0;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%s/tests/unit/story/data/cooling.jsonl",
		getenv("WARD_SOURCE_ROOT"));
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while ((n = getline(&line, &cap, f)) > 0) {
		if (strstr(line, "{\"kind\":\"incident\"") == line && l->n_row)
			each(l);
		lab_add(l, NULL, ward_str_trim((struct ward_str){line, (size_t)n}));
	}
	each(l);
	free(line);
	(void)fclose(f);
}

static void settle_and_wait(struct lab *l)
{
	lab_settle(l);
	l->now += 10 * WARD_NS_PER_S;
}

static void test_real(void **state)
{
	struct lab *l = lab_new(1);

	(void)state;
	play_real(l, settle_and_wait);
	l->now += 120 * WARD_NS_PER_S;
	lab_settle(l);
	assert_true(l->n_got >= 3 && l->n_got < 10);
	assert_says(l, 0, "\"schema\":\"ward.message/1\"");
	assert_says(
		l, 0, "New incident: medium, physical: Someone follows through a controlled door");
	assert_says(l, 0, "Care: so far no service is expected to be hit");
	assert_says(
		l, 0, "To do, Security guard on duty (radio channel 2, extension 2200): Send a");
	assert_says(l, 1, "More serious than told: HIGH");
	size_t last = l->n_got - 1;

	assert_says(l, last, "Care: Operating theatres");
	assert_says(l, last, "How sure: suspected");
	assert_says(l, last, "\"exercise\":false");
	for (size_t i = 0; i < l->n_got; i++)
		assert_int_equal(l->got[i].times, 1);
	lab_free(l);
}

/* Killed after every step, of whatever kind, every second new life reading what the last one saved
 * instead of all rows: what is told is the same, each message once or, where
 * the death lies between sending and knowing, a second time under its id. */
static void test_killed(void **state)
{
	struct lab *whole = lab_new(2);
	size_t n_step, n_late = 0;

	(void)state;
	whole->listener[1].level = 3;
	lab_life(whole);
	play_real(whole, settle_and_wait);
	n_step = whole->step;
	assert_true(n_step > 20);
	for (size_t at = 1; at <= n_step; at++) {
		struct lab *l = lab_new(2);

		l->listener[1].level = 3;
		l->kill_at = at;
		l->remembers = at % 2;
		lab_life(l);
		play_real(l, settle_and_wait);
		n_late += l->killed_late;
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
	assert_int_equal(n_late, 2 * whole->n_got); /* each sending has two such places */
	lab_free(whole);
}

/* Who was told is told of the end; nobody else is. */
static void test_ends(void **state)
{
	static const struct {
		const char *state, *says;
	} ends[] = {{"dismissed", "Dismissed: there is no incident"}, {"closed", "Over: HIGH"},
		{"recovered", "Over: HIGH"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(ends); i++) {
		struct lab *l = lab_new(2);
		struct lab_incident in = {1, 1, 10, 1, "high", "suspected", "physical", NULL};

		l->listener[1].level = 4;
		lab_life(l);
		lab_incident(l, &in);
		lab_settle(l);
		in.revision = 2;
		in.state = ends[i].state;
		lab_incident(l, &in);
		lab_settle(l);
		assert_int_equal(l->n_got, 2);
		assert_says(l, 1, ends[i].says);
		assert_int_equal(l->got[1].listener, 0);
		lab_free(l);
	}
}

/* An incident that turns out to be a part of another. */
static void test_merged(void **state)
{
	struct lab *l = lab_new(1);
	struct lab_incident one = {1, 1, 10, 1, "medium", "suspected", "physical", NULL};
	struct lab_incident both = {2, 1, 12, 1, "high", "suspected", "hybrid",
		",\"supersedes\":[\"00000001-0000-8000-8000-000000000000\"]"};

	(void)state;
	lab_incident(l, &one);
	lab_settle(l);
	lab_incident(l, &both);
	lab_settle(l);
	assert_int_equal(l->n_got, 2);
	assert_says(
		l, 1, "2 incidents; the most serious: HIGH, Door of a technical room forced open");
	assert_says(l, 1, "Part of another incident: medium");
	assert_says(l, 1, "It goes on as incident 00000002-0000-8000-8000-000000000000");
	assert_says(l, 1, "\"part_of\":\"00000002-0000-8000-8000-000000000000\"");
	lab_free(l);
}

/* Somebody calls from a second room: who goes to the first one is told, though it is as serious as
 * it was; of what is less than critical, or again from the same room, nobody is. */
static void test_spread(void **state)
{
	static const struct {
		const char *level;
		unsigned also;
		size_t n;
	} cases[] = {{"critical", 2, 2}, {"critical", 1, 1}, {"high", 2, 1}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		struct lab *l = lab_new(1);
		struct lab_incident in = {
			1, 1, 10, 1, cases[i].level, "suspected", "physical", NULL};

		lab_incident(l, &in);
		lab_settle(l);
		in.revision = 2;
		lab_incident_also(l, &in, cases[i].also);
		lab_settle(l);
		assert_int_equal(l->n_got, cases[i].n);
		if (cases[i].n > 1) {
			assert_says(l, 1, "In another room, too: CRITICAL");
			assert_says(l, 1, "Where: Room 2, Room 1 · Basement");
			assert_says(l, 1, "\"change\":\"spread\"");
			l->remembers = true; /* and once */
			lab_life(l);
			in.revision = 3;
			lab_incident_also(l, &in, cases[i].also);
			lab_settle(l);
			assert_int_equal(l->n_got, 2);
		}
		lab_free(l);
	}
}

/* Messages that a recipient got. */
static size_t lab_to(const struct lab *l, size_t listener)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_got; i++)
		n += l->got[i].listener == listener;
	return n;
}

static void test_who(void **state)
{
	struct lab *l = lab_new(2);
	struct lab_incident in = {1, 1, 10, 1, "high", "suspected", "cyber", NULL};

	(void)state;
	l->listener[0].everywhere = l->listener[1].everywhere = false;
	l->listener[1].kinds = WARD_KIND_PHYSICAL;
	l->listener[0].name = WARD_STR("Security centre");
	lab_life(l);
	lab_incident(l, &in); /* where the first wants to know */
	in.id = 2, in.room = 2;
	lab_incident(l, &in); /* where the second does, of another kind */
	in.id = 3, in.room = 2, in.domain = "physical";
	lab_incident(l, &in);
	in.id = 4, in.room = 0;
	lab_incident(l, &in); /* at a place that nobody asked for */
	lab_settle(l);
	assert_int_equal(l->n_got, 2);
	assert_says(l, 0, "Incident 00000001");
	assert_says(l, 1, "Incident 00000003");
	assert_int_equal(l->got[1].listener, 1);
	size_t named = 0; /* its rows say to whom, as people know it */

	for (size_t i = 0; i < l->n_row; i++)
		named += l->row[i].delivery &&
			 strstr(l->row[i].json, "\"recipient\":\"soc\",\"recipient_name\":"
						"\"Security centre\"") != NULL;
	assert_true(named > 0);
	/* of what is nowhere everybody is told */
	in.id = 5, in.room = 9;
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 4);
	l->camera[0].recorded_for = 0; /* else it is told that the recording is lost */
	/* what is over long since is no news to somebody who was not told */
	in.id = 6, in.room = 9;
	l->now += 48 * 3600 * WARD_NS_PER_S;
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 4);
	lab_free(l);
}

/* What a machine that was lost told is told by nobody again; a new sign of it is. */
static void test_told_before(void **state)
{
	struct lab *l = lab_new(1);
	struct lab_incident in = {1, 1, 10, 1, "high", "suspected", "cyber", NULL};

	(void)state;
	assert_int_equal(
		ward_time_parse(WARD_STR("2026-03-12T02:20:00Z"), &l->told_until), WARD_OK);
	lab_life(l);
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 0);
	in.id = 2, in.min = 21;
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 1);
	assert_says(l, 0, "Incident 00000002");
	in.id = 1, in.revision = 2, in.min = 22;
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 2);
	assert_says(l, 1, "Incident 00000001");
	lab_free(l);
}

/* Who asked for a threat or for a service is told when there is one, and not before; a new life
 * knows it too. */
static void test_about(void **state)
{
	static const char other[] = ",\"threats\":[{\"asset\":\"r-1\",\"threat\":\"access.denied\","
				    "\"likelihood\":[0.1,0.4]}]";
	static const char theft[] =
		",\"threats\":[{\"asset\":\"r-1\",\"threat\":\"access.denied\",\"likelihood\":[0.1,"
		"0.4]},"
		"{\"asset\":\"r-2\",\"threat\":\"theft.medication\",\"likelihood\":[0.3,0.7]}]";
	static const struct ward_str threats[] = {{"theft.medication", 16}, {"gas.low", 7}},
				     services[] = {{"samu", 4}, {"icu", 3}};
	static const char *const lo[] = {"0.04", "0.24"};
	struct lab_incident in = {1, 1, 10, 1, "medium", "suspected", "physical", other};
	struct lab *l = lab_new(2);
	char impact[512];

	(void)state;
	l->listener[0].threat = threats;
	l->listener[0].n_threat = WARD_ARRAY_LEN(threats);
	l->listener[1].service = services;
	l->listener[1].n_service = WARD_ARRAY_LEN(services);
	l->remembers = true;
	lab_life(l);
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 0);
	in.revision = 2, in.more = theft;
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 1);
	assert_int_equal(l->got[0].listener, 0);
	for (unsigned i = 0; i < WARD_ARRAY_LEN(lo); i++) { /* unlikely; then possible */
		int n = snprintf(impact, sizeof(impact),
			"{\"kind\":\"impact\",\"id\":\"00000001-2222-8000-8000-000000000000\","
			"\"revision\":%u,\"incident\":\"00000001-0000-8000-8000-000000000000\","
			"\"asset\":\"icu\",\"asset_name\":\"Intensive care\",\"threat\":\"outage\","
			"\"threat_name\":\"Outage\",\"service\":true,\"likelihood\":[%s,0.96],"
			"\"priority\":1,\"earliest\":\"2026-03-12T02:40:00Z\","
			"\"expected\":\"2026-03-12T03:40:00Z\",\"chain\":[]}",
			i + 1, lo[i]);

		assert_int_equal(lab_to(l, 1), 0);
		assert_true(n > 0 && (size_t)n < sizeof(impact));
		lab_add(l, NULL, (struct ward_str){impact, (size_t)n});
		lab_life(l);
		lab_settle(l);
	}
	assert_int_equal(lab_to(l, 1), 1);
	/* what was put together later holds both, and is theirs */
	in.id = 2, in.revision = 1;
	lab_incident(l, &in);
	lab_life(l);
	lab_settle(l);
	assert_true(lab_to(l, 0) >= 2);
	assert_int_equal(lab_to(l, 1), 1);
	lab_free(l);
}

/* 10,000 incidents in a minute: few messages, the most serious first, with counts; each incident is
 * on record as told. */
static void test_flood(void **state)
{
	struct lab *l = lab_new(1);
	size_t n_told = 0;

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		struct lab_incident in = {
			i + 1, 1, 30, 1, i % 100 ? "medium" : "high", "suspected", "cyber", NULL};

		if (i == 7777)
			in.level = "critical";
		lab_incident(l, &in);
		if (i % 500 == 499) {
			l->now += 3 * WARD_NS_PER_S;
			lab_settle(l);
		}
	}
	assert_true(l->n_got <= 8); /* five at once, then one a minute, and the critical one */
	bool critical = false;

	for (size_t i = 0; i < l->n_got; i++)
		critical = critical || lab_says(l, i, "the most serious: CRITICAL");
	assert_true(critical);
	for (size_t minutes = 0; minutes < 30; minutes++) {
		l->now += 61 * WARD_NS_PER_S;
		lab_settle(l);
	}
	assert_true(l->n_got <= 32);
	assert_says(l, 7, "less serious ones, all on Ward's record");
	for (size_t i = 0; i < l->n_row; i++)
		for (const char *p = l->row[i].delivery ? l->row[i].json : NULL;
			(p = p ? strstr(p, "{\"incident\":") : NULL); p++)
			n_told++;
	assert_int_equal(n_told, 10000);
	assert_int_equal(ward_counter_get(&l->counters, "respond.unwritten"), 0);
	lab_free(l);
}

static void test_retries(void **state)
{
	struct lab *l = lab_new(1);
	struct lab_incident in = {1, 1, 10, 1, "high", "suspected", "cyber", NULL}, other = in;
	size_t minutes = 0;

	(void)state;
	lab_incident(l, &in);
	l->answer = (struct ward_outcome){.what = WARD_SENT_FAILED,
		.status = 503,
		.retry_after = 300 * WARD_NS_PER_S,
		.why = "it answered 503"};
	lab_settle(l);
	assert_int_equal(l->got[0].times, 1);
	assert_int_equal(lab_rows(l, "\"state\":\"failed\",\"id\""), 1);
	assert_int_equal(lab_rows(l, "\"why\":\"it answered 503\",\"next\":"), 1);
	l->now += 299 * WARD_NS_PER_S; /* it asked for five minutes */
	lab_settle(l);
	assert_int_equal(l->got[0].times, 1);
	l->now += 2 * WARD_NS_PER_S;
	l->answer.retry_after = 0;
	lab_settle(l);
	assert_int_equal(l->got[0].times, 2);
	/* for a day, ever more seldom; what changes meanwhile waits */
	other.id = 2, other.level = "medium";
	lab_incident(l, &other);
	while (!lab_rows(l, "\"state\":\"given_up\"") && minutes++ < 30 * 60) {
		l->now += 60 * WARD_NS_PER_S;
		lab_settle(l);
	}
	assert_true(minutes > 23 * 60 && minutes < 27 * 60);
	assert_true(l->got[0].times > 100 && l->got[0].times < 400);
	assert_int_equal(l->n_got, 1);
	/* nothing of what was given up was told, however old it is now */
	l->answer = (struct ward_outcome){.what = WARD_SENT_DELIVERED, .status = 204};
	l->now += 700 * WARD_NS_PER_S;
	lab_settle(l);
	assert_int_equal(l->n_got, 2);
	assert_says(l, 1, "2 incidents; the most serious: HIGH");
	assert_says(l, 1, "New incident: HIGH");
	assert_int_equal(lab_rows(l, "\"state\":\"sent\""), 1);
	lab_free(l);
}

/* Another incident that is as serious waits for no attempt that is far off, but for one that the
 * recipient asked for; and not more often than once a minute. */
static void test_equal(void **state)
{
	struct lab *l = lab_new(1);
	struct lab_incident in = {1, 1, 10, 1, "high", "suspected", "cyber", NULL};

	(void)state;
	l->answer = (struct ward_outcome){.what = WARD_SENT_FAILED, .status = 503};
	lab_incident(l, &in);
	lab_settle(l);
	for (size_t i = 0; i < 30; i++) { /* by then attempts are minutes apart */
		l->now += 30 * WARD_NS_PER_S;
		lab_settle(l);
	}
	assert_int_equal(l->n_got, 1);
	for (in.id = 2; in.id < 22; in.id++) {
		l->now += 3 * WARD_NS_PER_S;
		lab_incident(l, &in);
		lab_settle(l);
	}
	assert_int_equal(l->n_got, 2);
	assert_says(l, 1, "2 incidents; the most serious: HIGH");
	l->answer.retry_after = 600 * WARD_NS_PER_S;
	l->now += 600 * WARD_NS_PER_S;
	lab_settle(l);
	size_t n = l->n_got;

	l->now += 300 * WARD_NS_PER_S;
	in.id = 30;
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, n);
	lab_free(l);
}

/* A clock that jumps ahead is no day of trying. */
static void test_clock_jumps(void **state)
{
	struct lab *l = lab_new(1);
	struct lab_incident in = {1, 1, 10, 1, "high", "suspected", "cyber", NULL};

	(void)state;
	lab_incident(l, &in);
	l->answer = (struct ward_outcome){.what = WARD_SENT_FAILED, .status = 503};
	lab_settle(l);
	l->now += 72 * 3600 * WARD_NS_PER_S;
	lab_settle(l);
	assert_int_equal(lab_rows(l, "\"state\":\"given_up\""), 0);
	assert_int_equal(lab_rows(l, "\"state\":\"failed\""), 2);
	lab_free(l);
}

/* What is not taken holds nothing up that is more serious; of equals the next waits. */
static void test_superseded(void **state)
{
	struct lab *l = lab_new(1);
	struct lab_incident low = {1, 1, 10, 1, "medium", "suspected", "cyber", NULL},
			    same = {2, 1, 11, 1, "medium", "suspected", "cyber", NULL},
			    worse = {3, 1, 12, 1, "critical", "suspected", "hybrid", NULL};

	(void)state;
	lab_incident(l, &low);
	l->answer = (struct ward_outcome){.what = WARD_SENT_FAILED, .status = 503};
	lab_settle(l);
	lab_incident(l, &same);
	lab_settle(l);
	assert_int_equal(l->n_got, 1);
	lab_incident(l, &worse);
	lab_settle(l);
	assert_int_equal(l->n_got, 2);
	assert_says(l, 1, "3 incidents; the most serious: CRITICAL");
	assert_int_equal(lab_rows(l, "\"state\":\"superseded\""), 1);
	lab_life(l);
	l->now += 10 * WARD_NS_PER_S; /* the critical one is what is asked again */
	l->answer = (struct ward_outcome){.what = WARD_SENT_DELIVERED, .status = 204};
	lab_settle(l);
	l->now += 24 * 3600 * WARD_NS_PER_S;
	lab_settle(l);
	assert_int_equal(l->n_got, 2);
	assert_int_equal(l->got[0].times, 1);
	assert_int_equal(l->got[1].times, 2);
	assert_int_equal(lab_rows(l, "\"state\":\"superseded\""), 1);
	lab_free(l);
}

static void wait_min(struct lab *l, unsigned minutes)
{
	l->now += minutes * 60 * WARD_NS_PER_S;
	lab_settle(l);
}

/* Refused is not told: while the secret is replaced, what is still open is tried again, slowly;
 * what is more serious at once. */
static void test_refused(void **state)
{
	struct lab *l = lab_new(1);
	struct lab_incident in = {1, 1, 10, 1, "high", "suspected", "cyber", NULL},
			    worse = {2, 1, 12, 1, "critical", "suspected", "cyber", NULL},
			    past = {3, 1, 12, 1, "high", "suspected", "cyber", NULL};

	(void)state;
	l->answer = (struct ward_outcome){.what = WARD_SENT_REFUSED, .status = 401};
	lab_incident(l, &in);
	lab_incident(l, &past);
	lab_settle(l);
	assert_int_equal(l->n_got, 1);
	past.revision = 2, past.state = "closed";
	lab_incident(l, &past);
	wait_min(l, 9);
	assert_int_equal(l->n_got, 1);
	wait_min(l, 2);
	assert_int_equal(l->n_got, 2);
	assert_says(l, 1, "\"subject\":\"New incident: HIGH"); /* and not of what is over */
	lab_life(l);
	wait_min(l, 18);
	assert_int_equal(l->n_got, 2);
	wait_min(l, 3);
	assert_int_equal(l->n_got, 3);
	lab_incident(l, &worse);
	lab_settle(l);
	assert_int_equal(l->n_got, 4);
	assert_says(l, 3, "2 incidents; the most serious: CRITICAL");
	for (size_t h = 0; h < 48; h++) /* for days, an hour apart */
		wait_min(l, 61);
	assert_int_equal(l->n_got, 52);
	assert_int_equal(lab_rows(l, "\"state\":\"refused\""), 52);
	l->answer = (struct ward_outcome){.what = WARD_SENT_DELIVERED, .status = 204};
	wait_min(l, 61);
	assert_int_equal(l->n_got, 53);
	assert_says(l, 52, "New incident: CRITICAL");
	assert_says(l, 52, "New incident: HIGH");
	wait_min(l, 120);
	assert_int_equal(l->n_got, 53);
	in.revision = 2, in.state = "dismissed"; /* what it knows is told on at once */
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 54);
	assert_says(l, 53, "Dismissed: there is no incident");
	lab_free(l);
}

/* An exercise is marked in everything that leaves; and a language is the recipient's own. */
static void test_exercise(void **state)
{
	struct lab *l = lab_new(1);
	struct lab_incident in = {1, 1, 10, 1, "high", "suspected", "hybrid", NULL};
	struct ward_diag diag;
	char path[512];

	(void)state;
	ward_diag_init(&diag, ward_mem_heap());
	(void)snprintf(path, sizeof(path), "%s/content/words", getenv("WARD_SOURCE_ROOT"));
	assert_int_equal(
		ward_lang_load(path, WARD_STR("it"), &l->lim, ward_mem_heap(), &diag, &l->lang),
		WARD_OK);
	ward_diag_fini(&diag);
	l->listener[0].lang = l->lang;
	l->exercise = true;
	lab_life(l);
	lab_incident(l, &in);
	lab_settle(l);
	assert_says(l, 0, "\"exercise\":true");
	assert_says(l, 0, "\"subject\":\"ESERCITAZIONE");
	assert_says(l, 0, "\"language\":\"it\"");
	assert_says(l, 0, "fisico e cyber insieme");
	assert_int_equal(ward_lang_missing(l->lang), 0);
	assert_int_equal(lab_rows(l, "\"exercise\":true"), 2);
	lab_free(l);
}

static const char confirmation[] =
	"{\"id\":\"00000009-0000-7000-8000-000000000000\",\"incident\":\"00000001-0000-8000-8000-"
	"000000000000\",\"camera\":\"%s\",\"from\":\"2026-03-12T02:00:00Z\",\"to\":"
	"\"2026-03-12T02:%s:00Z\",\"custodian\":\"Security office\",\"sha256\":"
	"\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"legal_basis\":"
	"\"Request 12/2026\",\"who\":\"uid:1\",\"time\":\"2026-03-12T03:00:00Z\"}";

static bool confirm(struct lab *l, const char *camera, const char *minute)
{
	char json[1024];
	struct ward_delivery d;

	(void)snprintf(json, sizeof(json), confirmation, camera, minute);
	if (!ward_respond_confirm(l->r, ward_str_bytes(ward_str_z(json)), &d))
		return false;
	lab_add(l, &d, d.json);
	lab_read(l);
	return true;
}

/* Originals of cameras that looked there: asked for, asked for again as overwriting comes near,
 * told as lost; kept ones are told of no more. */
static void test_recordings(void **state)
{
	struct lab *l = lab_new(1);
	struct lab_incident in = {1, 1, 10, 2, "high", "suspected", "physical", NULL};
	struct lab_incident both = {2, 1, 10, 2, "high", "suspected", "physical",
		",\"supersedes\":[\"00000001-0000-8000-8000-000000000000\"]"};
	const struct ward_str kept = WARD_STR("\"state\":\"kept\",\"incident\":\"00000002");
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

	(void)state;
	lab_incident(l, &in);
	lab_settle(l);
	assert_says(l, 0, "Camera: Camera two, 03:09 to 03:11");
	assert_says(l, 0, "https://vms/?c=C-2%20b&t=2026-03-12T02%3A09%3A01Z");
	assert_says(
		l, 0, "Keep the original: overwritten from 11:09, in 7\u00a0h\u00a029\u00a0min");
	assert_says(l, 0, "Keep the original before it is overwritten");
	assert_says(l, 0, "\"original\":\"asked\",\"overwritten\":\"2026-03-12T10:09:01Z\"");
	l->now += 5 * 3600 * WARD_NS_PER_S; /* 08:40 */
	lab_settle(l);
	assert_int_equal(l->n_got, 1);
	l->now += 3600 * WARD_NS_PER_S;
	lab_settle(l);
	assert_int_equal(l->n_got, 2);
	assert_says(l, 1, "A recording is about to be overwritten: HIGH");
	lab_life(l); /* a new life tells nothing anew */
	l->now += 2 * 3600 * WARD_NS_PER_S;
	lab_settle(l);
	assert_int_equal(l->n_got, 3);
	assert_says(l, 2, "A recording was not kept and is overwritten");
	ward_respond_recordings(l->r, l->now, &w);
	assert_int_equal(
		ward_str_find(ward_wr_text(&w), WARD_STR("\"state\":\"lost\"")) != SIZE_MAX, 1);
	lab_free(l);

	l = lab_new(1);
	lab_incident(l, &in);
	lab_settle(l);
	assert_false(confirm(l, "C-9", "11"));
	assert_true(confirm(l, "C-2 b", "12"));
	assert_true(confirm(l, "C-2 b", "12")); /* the store knows it */
	assert_int_equal(lab_rows(l, "\"custodian\":\"Security office\""), 1);
	l->now += 24 * 3600 * WARD_NS_PER_S;
	lab_life(l);
	lab_settle(l);
	assert_int_equal(l->n_got, 1);
	ward_wr_reset(&w);
	ward_respond_recordings(l->r, l->now, &w);
	assert_int_equal(
		ward_str_find(ward_wr_text(&w), WARD_STR("\"state\":\"kept\"")) != SIZE_MAX, 1);
	/* more was seen there than is kept */
	in.revision = 2, in.min = 14;
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 2);
	lab_incident(l, &both); /* what it goes into has it, too */
	lab_settle(l);
	ward_wr_reset(&w);
	ward_respond_recordings(l->r, l->now, &w);
	assert_true(ward_str_find(ward_wr_text(&w), kept) != SIZE_MAX);
	ward_wr_fini(&w);
	lab_free(l);
}

/* A video management system: a bookmark for each camera that looked, again when it is longer, and
 * when there is nothing to it. */
static void test_bookmarks(void **state)
{
	struct lab *l = lab_new(1);
	struct lab_incident in = {1, 1, 10, 1, "high", "suspected", "physical", NULL};

	(void)state;
	l->listener[0].bookmarks = true;
	l->camera[0].recorded_for = 0;
	lab_life(l);
	lab_incident(l, &in); /* where no camera looks */
	lab_settle(l);
	assert_int_equal(l->n_got, 0);
	in.id = 2, in.room = 2;
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 1);
	assert_says(l, 0, "\"schema\":\"ward.bookmarks/1\"");
	assert_says(l, 0, "\"camera\":\"C-2 b\"");
	assert_says(l, 0, "\"camera\":\"C-3\"");
	assert_says(
		l, 0, "\"text\":\"HIGH, Door of a technical room forced open\",\"preserve\":true");
	in.revision = 2, in.min = 12;
	lab_incident(l, &in);
	lab_life(l);
	lab_settle(l);
	assert_int_equal(l->n_got, 1);
	in.revision = 3, in.min = 18;
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 2);
	assert_says(l, 1, "\"from\":\"2026-03-12T02:09:02Z\",\"to\":\"2026-03-12T02:19:02Z\"");
	in.revision = 4, in.state = "dismissed";
	lab_incident(l, &in);
	lab_settle(l);
	assert_int_equal(l->n_got, 3);
	assert_says(l, 2, "\"change\":\"dismissed\"");
	lab_free(l);
}

/* Rows that nobody should write change nothing and are counted; texts that hide something are shown
 * as what they are. */
static void test_hostile(void **state)
{
	static const char *const rows[] = {"", "{}", "[1]", "{\"kind\":\"delivery\"}",
		("{\"kind\":\"delivery\",\"state\":\"queued\",\"recipient\":\"soc\",\"covers\":[1,"
		 "{\"incident\":\"x\"}],\"body\":[]}"),
		"{\"kind\":\"delivery\",\"state\":\"sent\",\"recipient\":\"nobody\"}"};
	struct lab *l = lab_new(1);
	struct lab_incident in = {1, 1, 10, 1, "high", "suspected", "cyber",
		",\"first_step\":{\"role\":\"r\",\"role_name\":\"\\u202egnol\\u0007\",\"text\":"
		"\"t\"}"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		struct ward_delivery d = {.revision = 7 + (uint32_t)i, .json = ward_str_z(rows[i])};

		assert_int_equal(ward_respond_delivery(l->r, &d), WARD_OK);
		assert_int_equal(ward_respond_record(l->r, ward_str_z(rows[i])), WARD_OK);
	}
	assert_true(ward_counter_get(&l->counters, "respond.unreadable") >= 4);
	lab_incident(l, &in);
	lab_settle(l);
	assert_says(l, 0, "\\\\u{202e}gnol\\\\u{7}");
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_real), T(test_killed), T(test_ends),
		T(test_spread), T(test_merged), T(test_who), T(test_told_before), T(test_about),
		T(test_flood), T(test_retries), T(test_equal), T(test_clock_jumps),
		T(test_superseded), T(test_refused), T(test_exercise), T(test_recordings),
		T(test_bookmarks), T(test_hostile)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
