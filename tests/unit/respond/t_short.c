#include "respond/short.h"

#include "lab_incident.h"

enum { TEXT = 4096 };

static const char *folded(enum ward_short_set set, const char *text)
{
	static char buf[TEXT];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf) - 1);

	ward_short_fold(&w, set, ward_str_z(text));
	assert_false(ward_wr_bad(&w));
	buf[w.len] = 0;
	return buf;
}

static void test_fold(void **state)
{
	static const struct {
		const char *text, *gsm, *ascii;
	} all[] = {{"Pulse 7 @ door_3 `x`", "Pulse 7 @ door_3 'x'", "Pulse 7 @ door_3 `x`"},
		/* grave accents and é are in GSM's alphabet, other accents are not */
		{"Unité à l’étage, forêt, ç", "Unité à l'étage, foret, c",
			"Unite a l'etage, foret, c"},
		{"Più tardi; è così", "Più tardi; è così", "Piu tardi; e cosi"},
		{"Überdruck, größer, Ärzte", "Überdruck, größer, Ärzte",
			"Uberdruck, grosser, Arzte"},
		{"coördinatie, België, ĳs", "coördinatie, Belgie, ijs", "coordinatie, Belgie, ijs"},
		{"Søren Ærø Ångström", "Søren Ærø Ångström", "Soren AEro Angstrom"},
		{"œuvre Łódź Žižek", "oeuvre Lodz Zizek", "oeuvre Lodz Zizek"},
		{"21 °C ≥ 18\u202f°C · 5\u00a0€", "21 degC >= 18 degC - 5 €",
			"21 degC >= 18 degC - 5 EUR"},
		{"“so” – «and» …", "\"so\" - \"and\" ...", "\"so\" - \"and\" ..."},
		{"e\u0301a\u200b\u202eb\ufeff", "eab", "eab"},
		{"a\tb\nc\x1b[2J\x7f", "a b c [2J ", "a b c [2J "},
		{"Ω дом 日", "Ω ??? ?", "? ??? ?"},
		{"bad \xff\xc3 end", "bad ?? end", "bad ?? end"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		assert_string_equal(folded(WARD_SHORT_GSM, all[i].text), all[i].gsm);
		assert_string_equal(folded(WARD_SHORT_ASCII, all[i].text), all[i].ascii);
	}
	/* each Latin letter is something */
	for (unsigned c = 0xc0; c < 0x180; c++) {
		const char text[] = {(char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)), 0};

		assert_string_not_equal(folded(WARD_SHORT_ASCII, text), "?");
		assert_null(strchr(folded(WARD_SHORT_ASCII, text), '_'));
	}
}

static void test_room(void **state)
{
	(void)state;
	assert_int_equal(ward_short_room(WARD_SHORT_GSM, WARD_STR("abc é")), 5);
	assert_int_equal(ward_short_room(WARD_SHORT_GSM, WARD_STR("[5 €]")), 8);
	assert_int_equal(ward_short_room(WARD_SHORT_GSM, WARD_STR("^{}\\[~]|")), 16);
	assert_int_equal(ward_short_room(WARD_SHORT_ASCII, WARD_STR("[5]")), 3);
}

static const char *joined(enum ward_short_set set, const char *const *part, size_t n, size_t max)
{
	static char buf[TEXT];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf) - 1);
	struct ward_str s[WARD_SHORT_PARTS];

	for (size_t i = 0; i < n; i++)
		s[i] = ward_str_z(part[i]);
	ward_short_join(&w, ward_mem_heap(), set, s, n, max);
	assert_false(ward_wr_bad(&w));
	assert_true(ward_short_room(set, ward_wr_text(&w)) <= max);
	buf[w.len] = 0;
	return buf;
}

static void test_join(void **state)
{
	static const char *const few[] = {"HIGH, door forced", "", "  Room  A. ", "possible"};
	static const char *const many[] = {"CRITICAL, unknown device, then it commands the plant",
		"Air-handling unit 05 (theatres 1 to 4), Plant room A",
		"Care: Operating theatres: about 02:45, possible", "suspected",
		"Building engineer on call (extension 2310)"};

	(void)state;
	assert_string_equal(
		joined(WARD_SHORT_GSM, few, 4, 160), "HIGH, door forced. Room A. possible");
	assert_string_equal(joined(WARD_SHORT_ASCII, many, 5, 128),
		"CRITICAL, unknown device.. Air-handling unit 05.. Care: Operating "
		"theatres.. suspected. Building engineer on call..");
	/* the longest gives way first */
	assert_string_equal(joined(WARD_SHORT_ASCII, many, 5, 200),
		"CRITICAL, unknown device, then it commands the.. Air-handling unit 05 (theatres 1 "
		"to 4), Plant.. Care: Operating theatres: about 02:45, possible. suspected. "
		"Building engineer on call (extension 2310)");
	/* where not even words have room, the last parts are left out */
	assert_string_equal(joined(WARD_SHORT_ASCII, many, 5, 20), "CRIT.. Air.. Care..");
	assert_string_equal(joined(WARD_SHORT_GSM, few, 0, 20), "");
}

/* Whatever comes, it has room, is of the set, and no word is cut that is one. */
static void test_any(void **state)
{
	static const char bits[][8] = {
		"a", " ", "word", ".", "é", "€", "\xff", "[", "日", "œ", "--"};
	char text[WARD_SHORT_PARTS][TEXT / 4];
	const char *part[WARD_SHORT_PARTS];
	unsigned dice = 1;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		size_t n = round % (WARD_SHORT_PARTS + 1), max = WARD_SHORT_MIN + round;

		for (size_t i = 0; i < n; i++) {
			text[i][0] = 0;
			for (size_t k = dice % 97; k; k--) {
				dice = dice * 1103515245u + 12345u;
				size_t len = strlen(text[i]);

				(void)snprintf(text[i] + len, sizeof(text[i]) - len, "%s",
					bits[(dice >> 16) % WARD_ARRAY_LEN(bits)]);
			}
			part[i] = text[i];
		}
		const char *gsm = joined(WARD_SHORT_GSM, part, n, max < 512 ? max : 512);

		assert_true(ward_utf8_valid(ward_str_bytes(ward_str_z(gsm)), NULL));
		for (const char *c = joined(WARD_SHORT_ASCII, part, n, max < 512 ? max : 512); *c;
			c++)
			assert_true(*c >= ' ' && *c <= '~');
	}
}

/* What a recording of the pilot hospital leads to, in each language. */
static void play(struct lab *l, const char *code)
{
	char path[512], *line = NULL;
	struct ward_diag diag;
	size_t cap = 0;
	ssize_t n;

	ward_diag_init(&diag, ward_mem_heap());
	(void)snprintf(path, sizeof(path), "%s/content/words", getenv("WARD_SOURCE_ROOT"));
	assert_int_equal(
		ward_lang_load(path, ward_str_z(code), &l->lim, ward_mem_heap(), &diag, &l->lang),
		WARD_OK);
	ward_diag_fini(&diag);
	l->listener[0].lang = l->lang;
	l->listener[0].acknowledge = 300 * WARD_NS_PER_S;
	lab_life(l);
	(void)snprintf(path, sizeof(path), "%s/tests/unit/story/data/cooling.jsonl",
		getenv("WARD_SOURCE_ROOT"));
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while ((n = getline(&line, &cap, f)) > 0) {
		if (strstr(line, "{\"kind\":\"incident\"") == line && l->n_row)
			lab_settle(l);
		l->now += 10 * WARD_NS_PER_S;
		lab_add(l, NULL, ward_str_trim((struct ward_str){line, (size_t)n}));
	}
	l->now += 120 * WARD_NS_PER_S;
	lab_settle(l);
	free(line);
	(void)fclose(f);
}

/* A member of a body whose text needs no escapes but those of quotes. */
static struct ward_str member(const char *body, const char *key)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "\"%s\":\"", key);
	const char *at = strstr(body, name), *end = at ? strstr(at + strlen(name), "\",\"") : NULL;

	assert_non_null(end);
	at += strlen(name);
	return (struct ward_str){at, (size_t)(end - at)};
}

static void test_real(void **state)
{
	static const struct {
		const char *code, *sms, *page;
	} all[] = {
		{"en",
			"Still nobody acknowledged it: HIGH, Room too warm. Theatre 3, Padiglione "
			"A: "
			"emergency and surgery. Care: Operating theatres: about 03:42, possible "
			"(+2). "
			"suspected. Acknowledge it before 04:03. To do, Building engineer on call "
			"(extension 2310): Read the room's thermometer, look at the air-handling "
			"unit..",
			"HIGH, Room too warm. Theatre 3. Operating theatres, possible. suspected. "
			"extension 2310 (Building engineer on call)"},
		{"fr",
			"Toujours personne ne l'a acquitté: ÉLEVÉ, Local trop chaud. Theatre 3, "
			"Padiglione A: emergency and surgery. Soins : Operating theatres : vers "
			"03:42, possible (+2). suspecté. A acquitter avant 04:03. A faire, "
			"Building "
			"engineer on call (extension 2310) : Lisez le thermomètre du local, "
			"examinez "
			"la centrale..",
			"ELEVE, Local trop chaud. Theatre 3. Operating theatres, possible. "
			"suspecte. "
			"extension 2310 (Building engineer on call)"},
		{"it",
			"Ancora nessuno ha dato riscontro: ALTA, Locale troppo caldo. Theatre 3, "
			"Padiglione A: emergency and surgery. Cure: Operating theatres: circa "
			"03:42, possibile (+2). sospetto. Dare riscontro entro le 04:03. Da fare, "
			"Building engineer on call (extension 2310): Leggete il termometro del "
			"locale, guardate..",
			"ALTA, Locale troppo caldo. Theatre 3. Operating theatres, possibile. "
			"sospetto. extension 2310 (Building engineer on call)"},
		{"nl",
			"Nog steeds heeft niemand gereageerd: HOOG, Ruimte te warm. Theatre 3, "
			"Padiglione A: emergency and surgery. Zorg: Operating theatres: rond "
			"03:42, "
			"mogelijk (+2). vermoed. Reageer voor 04:03. Te doen, Building engineer on "
			"call (extension 2310): Lees de thermometer van de ruimte af, bekijk de..",
			"HOOG, Ruimte te warm. Theatre 3. Operating theatres, mogelijk. vermoed. "
			"extension 2310 (Building engineer on call)"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct lab *l = lab_new(1);

		play(l, all[i].code);
		assert_true(l->n_got >= 4);
		for (size_t k = 0; k < l->n_got; k++) {
			struct ward_str sms = member(l->got[k].body, "short"),
					page = member(l->got[k].body, "page");

			assert_true(ward_short_room(WARD_SHORT_GSM, sms) <= WARD_SHORT_SMS);
			assert_true(page.len <= WARD_SHORT_PAGE);
			if (k + 1 < l->n_got)
				continue;
			assert_says(l, k, all[i].sms);
			assert_says(l, k, all[i].page);
		}
		lab_free(l);
	}
}

/* Of many: how many, and the most serious. */
static void test_many(void **state)
{
	struct lab *l = lab_new(1);

	(void)state;
	l->exercise = true;
	lab_life(l);
	for (unsigned i = 0; i < 700; i++) {
		struct lab_incident in = {
			i + 1, 1, 30, 1, i % 100 ? "medium" : "high", "suspected", "cyber", NULL};

		in.level = i == 555 ? "critical" : in.level;
		lab_incident(l, &in);
	}
	lab_settle(l);
	assert_says(l, 0,
		"\"short\":\"EXERCISE. 700 incidents: 1 CRITICAL, 7 HIGH, 692 medium. CRITICAL, ");
	assert_says(l, 0,
		"\"page\":\"EXERCISE. 700 incidents: 1 CRITICAL, 7 HIGH, 692 medium. CRITICAL, ");
	lab_free(l);
}

/* What tells of no incident, and that one is over. */
static void test_quiet(void **state)
{
	struct lab *l = lab_new(1);
	struct lab_incident in = {1, 1, 30, 1, "high", "suspected", "cyber", NULL};

	(void)state;
	l->listener[0].test = 1;
	lab_life(l);
	assert_int_equal(ward_time_parse(WARD_STR("2026-03-16T02:40:00Z"), &l->now), WARD_OK);
	lab_settle(l);
	assert_says(l, 0, "\"short\":\"TEST: Ward reaches you; there is nothing to do\"");
	assert_says(l, 0, "\"page\":\"TEST: Ward reaches you; there is nothing to do\"");
	lab_free(l);
	l = lab_new(1);
	lab_incident(l, &in);
	lab_settle(l);
	in.revision = 2;
	in.state = "dismissed";
	lab_incident(l, &in);
	l->now += 120 * WARD_NS_PER_S;
	lab_settle(l);
	assert_says(l, 1, "\"page\":\"Dismissed: there is no incident: HIGH, ");
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_fold), cmocka_unit_test(test_room),
		cmocka_unit_test(test_join), cmocka_unit_test(test_any),
		cmocka_unit_test(test_real), cmocka_unit_test(test_many),
		cmocka_unit_test(test_quiet)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
