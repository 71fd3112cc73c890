/* The story in another language: sentences in its order, forms, texts of records, names as they
 * are. */
#include "lab.h"

struct speaker {
	struct lab l;
	struct ward_diag diag;
	struct ward_lang *lang;
};

static void speak(struct speaker *s, const char *texts)
{
	char *file;
	int n = asprintf(&file,
		"language: fr\nname: f\ndecimal: ','\ngroup: '.'\nzero_is_one: true\ntexts:\n%s",
		texts);

	assert_true(n > 0);
	memset(s, 0, sizeof(*s));
	ward_limits_default(&s->l.lim);
	ward_counters_init(&s->l.counters);
	ward_diag_init(&s->diag, ward_mem_heap());
	assert_int_equal(ward_lang_read((struct ward_slice){(const uint8_t *)file, (size_t)n},
				 WARD_STR("test"), &s->l.lim, ward_mem_heap(), &s->diag, &s->lang),
		WARD_OK);
	free(file);
	struct ward_story_opts o = {.mem = ward_mem_heap(),
		.lim = &s->l.lim,
		.lang = s->lang,
		.counters = &s->l.counters,
		.width = 80};

	ward_lang_count_in(s->lang, &s->l.counters);
	s->l.out = ward_wr_grow(ward_mem_heap(), 1 << 24);
	assert_int_equal(ward_zone_use(WARD_STR("Europe/Rome")), WARD_OK);
	assert_int_equal(ward_story_new(&o, &s->l.s), WARD_OK);
}

static void hush(struct speaker *s)
{
	lab_fini(&s->l);
	ward_lang_free(s->lang);
	ward_diag_fini(&s->diag);
}

/* A detection that a permit comes near to, at 02:03Z. */
static void near_permit(struct lab *l, unsigned id, const char *because)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"detection\",\"id\":\"%s\",\"revision\":1,\"rule\":{\"title\":\"Alarm "
		"%u\",\"level\":\"critical\"},\"asset_name\":\"Corridor\",\"permit\":{\"id\":\"w-"
		"1\","
		"\"who\":\"Rossi\",\"from\":\"2026-03-12T02:00:00Z\",\"until\":\"2026-03-12T04:00:"
		"00Z"
		"\",\"expected\":false,\"because\":\"%s\"},\"first\":\"2026-03-12T02:03:00Z\","
		"\"last\":\"2026-03-12T02:03:00Z\"}",
		lab_id(id), id, because);
	lab_give(l, json);
	lab_flush(l);
}

static void test_order_of_slots(void **state)
{
	struct speaker s;

	(void)state;
	speak(&s, "  '{weekday} {day} March {year}': '{year}-03-{day}, {weekday}'\n"
		  "  Thursday: jeudi\n"
		  "  CRITICAL: CRITIQUE\n"
		  "  '{on} (belongs to no incident)': 'sans incident ({on})'\n"
		  "  'Alarm 1': 'Alarme 1'\n");
	near_permit(&s.l, 1, "");
	assert_says(&s.l, "2026-03-12, jeudi (local time, UTC+1)");
	assert_says(&s.l, "03:03:00  CRITIQUE Alarme 1\n");
	assert_says(&s.l, "sans incident (Corridor)\n");
	near_permit(&s.l, 2, ""); /* a title that the language lacks */
	assert_says(&s.l, "CRITIQUE Alarm 2\n");
	assert_true(ward_counter_get(&s.l.counters, "words.missing") > 0);
	hush(&s);
}

static void test_permit(void **state)
{
	struct speaker s;

	(void)state;
	speak(&s, "  'permit {id} ({who}, until {time})': 'jusqu’à {time} permis {id} de {who}'\n"
		  "  '{permit} does not cover this: {because}': '{permit}, non\u202f: {because}'\n"
		  "  'it is over': 'fini'\n"
		  "  'it is for {what}': 'pour {what}'\n"
		  "  'it does not expect “{threat}”': 'pas «{threat}»'\n"
		  "  Fire: Feu\n");
	near_permit(&s.l, 1, "it is over");
	near_permit(&s.l, 2, "it is for Floor 3, Floor 4");
	near_permit(&s.l, 3, "it does not expect “Fire”");
	near_permit(&s.l, 4, "nobody knows why");
	assert_says(&s.l, "permis w-1 de Rossi, non : fini\n");
	assert_says(&s.l, ": pour Floor 3, Floor 4\n");
	assert_says(&s.l, ": pas «Feu»\n");
	assert_says(&s.l, ": nobody knows why\n");
	hush(&s);
}

/* The sentence of a measured value, from its name and slots; an older record, which has none, and
 * one that nobody knows stay as they are. */
static void test_reason(void **state)
{
	static const char *const reason[] = {"",
		",\"reason\":[\"low\",\"Depression\",\"2.5 Pa\",\"7.5 Pa\",\"10 Pa\",\"long ago\"]",
		",\"reason\":[\"lower\",\"Depression\"]", ",\"reason\":[\"low\"]"};
	struct speaker s;

	(void)state;
	speak(&s,
		"  '{name} is {value}, {by} below what is normal, at least {limit}; since {since}':"
		" '{name} {value}, {by} sous {limit}, depuis {since}'\n"
		"  'because {match}': 'car {match}'\n");
	for (size_t i = 0; i < WARD_ARRAY_LEN(reason); i++) {
		char json[1024];

		(void)snprintf(json, sizeof(json),
			"{\"kind\":\"detection\",\"id\":\"%s\",\"revision\":1,\"rule\":{\"title\":"
			"\"Alarm %zu\",\"level\":\"critical\"},\"asset_name\":\"Corridor\","
			"\"because\":\"sentence %zu\"%s,\"first\":\"2026-03-12T02:03:00Z\","
			"\"last\":\"2026-03-12T02:03:00Z\"}",
			lab_id((unsigned)i + 1), i, i, reason[i]);
		lab_give(&s.l, json);
		lab_flush(&s.l);
	}
	assert_says(&s.l, "car sentence 0\n");
	assert_says(&s.l, "car Depression 2,5 Pa, 7,5 Pa sous 10 Pa, depuis long ago\n");
	assert_says(&s.l, "car sentence 2\n");
	assert_says(&s.l, "car sentence 3\n");
	hush(&s);
}

/* Rules that led to it, by their titles, which are said where the language has them. */
static void test_titles(void **state)
{
	static const char *const because[][2] = {{"“Door forced”, “New thing” × 3 within 1h",
							 "car <Porte>, <New thing> × 3 en 1h\n"},
		{"event_count = 3 (gte 3) within 1m; “Door forced”",
			"car event_count = 3 (gte 3) within 1m; <Porte>\n"},
		{"x = “Door forced", "car x = “Door forced\n"},
		{"x within 1h", "car x within 1h\n"}, {"“”", "car <>\n"},
		{"“Door fo…”", "car <Porte>\n"}, {"“D…”", "car <D…>\n"}, {"“…”", "car <…>\n"}};
	struct speaker s;

	(void)state;
	speak(&s,
		"  'because {match}': 'car {match}'\n  '“{title}”': '<{title}>'\n"
		"  'within {span}': 'en {span}'\n  'Door forced': 'Porte'\n  'Doors': 'Portes'\n");
	for (size_t i = 0; i < WARD_ARRAY_LEN(because); i++) {
		char json[1024];

		(void)snprintf(json, sizeof(json),
			"{\"kind\":\"detection\",\"id\":\"%s\",\"revision\":1,\"rule\":{\"title\":"
			"\"Alarm %zu\",\"level\":\"critical\"},\"asset_name\":\"Corridor\","
			"\"because\":\"%s\",\"first\":\"2026-03-12T02:03:00Z\","
			"\"last\":\"2026-03-12T02:03:00Z\"}",
			lab_id((unsigned)i + 1), i, because[i][0]);
		lab_give(&s.l, json);
		lab_flush(&s.l);
		assert_says(&s.l, because[i][1]);
	}
	hush(&s);
}

/* A chain goes on from the service above it, whatever the language puts behind a name. */
static void test_chain(void **state)
{
	static const char impact[] =
		"{\"kind\":\"impact\",\"id\":\"%s\",\"revision\":1,\"incident\":\"%s\",\"asset\":"
		"\"%s\","
		"\"asset_name\":\"%s\",\"threat\":\"outage\",\"threat_name\":\"Does not work\","
		"\"service\":true,\"need\":\"availability\",\"likelihood\":[0.%u,0.9],"
		"\"earliest\":\"2026-03-12T02:20:00Z\",\"expected\":\"2026-03-12T02:30:00Z\","
		"\"priority\":%u,\"chain\":[{\"asset_name\":\"AHU\",\"threat_name\":\"Électrique\"}"
		",%s]}";
	static const char first[] =
		"{\"asset_name\":\"Theatres\",\"threat_name\":\"Does not work\"}";
	char json[2048], chain[512], member[1024];
	struct speaker s;

	(void)state;
	speak(&s,
		"  '{name}: {what}': \"{name}\\u202f: {what}\"\n"
		"  Does not work: Hors service\n"
		"  '{service}: {when}; {likelihood}': \"{service}, {likelihood}\\u202f; {when}\"\n"
		"  possible: possible\n"
		"  \"{word} ({lo}–{hi}\\_%)\": '{word} {lo}-{hi}'\n");
	(void)lab_member(member, sizeof(member), 1, 1, "Alarm");
	lab_incident(
		&s.l, (struct lab_incident){.id = 9, .revision = 1, .min = 1, .members = member});
	(void)snprintf(
		json, sizeof(json), impact, lab_id(20), lab_id(9), "t", "Theatres", 3, 9, first);
	lab_give(&s.l, json);
	(void)snprintf(chain, sizeof(chain),
		"%s,{\"asset_name\":\"Maternity\",\"threat_name\":"
		"\"Does not work\"}",
		first);
	(void)snprintf(
		json, sizeof(json), impact, lab_id(21), lab_id(9), "m", "Maternity", 2, 8, chain);
	lab_give(&s.l, json);
	lab_flush(&s.l);
	assert_says(&s.l, "    Theatres, possible 30-90 ; about 03:30");
	assert_says(&s.l, "\n      AHU : électrique → Theatres : hors service\n");
	assert_says(&s.l, "\n      Theatres : hors service → Maternity : hors service\n");
	hush(&s);
}

static void test_counts(void **state)
{
	struct speaker s;

	(void)state;
	speak(&s, "  'Nothing to report: {counts}': 'RAS ({counts})'\n"
		  "  \"{n}\\_events\": {one: \"{n}\\_fait\", other: \"{n}\\_faits\"}\n"
		  "  no incident: aucun\n");
	assert_int_equal(ward_story_end(s.l.s, 1234, 0, &s.l.out), WARD_OK);
	assert_says(&s.l, "RAS (1.234 faits, aucun)\n");
	ward_wr_reset(&s.l.out);
	assert_int_equal(ward_story_end(s.l.s, 1, 0, &s.l.out), WARD_OK);
	assert_says(&s.l, "RAS (1 fait, aucun)\n");
	hush(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_order_of_slots), T(test_permit), T(test_reason),
		T(test_titles), T(test_chain), T(test_counts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
