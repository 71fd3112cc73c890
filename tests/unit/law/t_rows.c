/* One row for each rule of the law: who the hospital is, what was said and when, and when the clock
 * has to end, computed by hand (rows.csv). A rule without a row fails. */
#include "law/law.h"
#include "story/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA = 64 << 20, FILES = 5, ROWS = 128, PATH_BYTES = 4096 };

enum column { RULE, COUNTRY, ROLES, EVENT, AWARE, FACTS, SENT, STATE, DUE, COLUMNS };

struct table {
	struct ward_str row[ROWS][COLUMNS];
	size_t n;
};

static struct ward_arena arena;
static struct ward_limits lim;
static struct table table;
static struct ward_law law;

static const char all_roles[] = "roles: [controller, processor, essential, critical, manufacturer, "
				"ai-deployer, ai-provider, maker]\n";

static ward_ns at(struct ward_str text)
{
	ward_ns t;

	assert_int_equal(ward_time_parse(text, &t), WARD_OK);
	return t;
}

static struct ward_slice file(const char *below)
{
	char *path = ward_arena_alloc(&arena, PATH_BYTES);
	struct ward_slice bytes = {NULL, 0};
	struct ward_diag d;

	assert_non_null(path);
	(void)snprintf(path, PATH_BYTES, "%s/%s", getenv("WARD_SOURCE_ROOT"), below);
	ward_diag_init(&d, ward_mem_heap());
	if (ward_conf_read(&arena, &lim, path, &d, &bytes) != WARD_OK)
		bytes = (struct ward_slice){NULL, 0}; /* a country without forms */
	ward_diag_fini(&d);
	return bytes;
}

/* The rules for a hospital of this country that is this to the law. */
static void load(struct ward_str country, const char *roles)
{
	struct ward_law_file f[FILES];
	struct ward_diag d;
	size_t n = 0;
	char name[64], of[3] = "eu";

	for (int i = 0; i <= (int)(country.len == 2); i++) {
		for (int k = 0; k < 2 && i; k++)
			of[k] = (char)(country.p[k] | 0x20);
		for (int forms = 0; forms < 2; forms++) {
			(void)snprintf(name, sizeof(name), "content/law/%s%s.yml",
				forms ? "forms/" : "", of);
			f[n] = (struct ward_law_file){WARD_STR("rules"), file(name)};
			n += f[n].bytes.len > 0;
		}
	}
	f[n++] = (struct ward_law_file){WARD_STR("law.yml"), ward_str_bytes(ward_str_z(roles))};
	ward_diag_init(&d, ward_mem_heap());
	if (ward_law_read(f, n, &arena, &lim, &d, &law) != WARD_OK)
		fail_msg("%.*s: %.*s", WARD_STR_ARG(country), WARD_STR_ARG(d.item[0].what));
	ward_diag_fini(&d);
}

static int read_table(void **state)
{
	struct ward_str rest;
	bool head = true;

	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), ARENA);
	if (ward_zone_use(WARD_STR("Europe/Rome")) != WARD_OK)
		return 1;
	rest = ward_slice_text(file("tests/unit/law/rows.csv"));
	while (rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		if (!line.len || line.p[0] == '#')
			continue;
		for (size_t i = 0; i < COLUMNS && !head; i++)
			table.row[table.n][i] = ward_str_cut(&line, ';');
		table.n += !head;
		head = false;
		if (table.n == ROWS)
			return 1;
	}
	return table.n < 40;
}

static int forget(void **state)
{
	(void)state;
	ward_arena_fini(&arena);
	return 0;
}

static void say(struct ward_law_case *c, struct ward_str time, const char *args)
{
	const struct ward_conf *row;
	struct ward_diag d;
	char json[512];

	(void)snprintf(json, sizeof(json),
		"{\"what\":\"law\",\"time\":\"%.*s\",\"person\":\"e-r\",\"role\":\"dpo\",\"text\":"
		"\"why\",\"args\":%s}",
		WARD_STR_ARG(time), args);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_conf_json(&arena, &lim, WARD_STR("row"), 1,
				 ward_str_bytes(ward_str_z(json)), &d, &row),
		WARD_OK);
	ward_diag_fini(&d);
	assert_int_equal(ward_law_take(c, &law, row), WARD_OK);
}

static void say_all(struct ward_law_case *c, const struct ward_str *row)
{
	struct ward_str facts = row[FACTS], sent = row[SENT], of;
	char args[256];

	say(c, row[AWARE], "{\"say\":\"aware\"}");
	while (facts.len) {
		of = ward_str_cut(&facts, ' ');
		(void)snprintf(args, sizeof(args),
			"{\"say\":\"fact\",\"of\":\"%.*s\",\"is\":\"yes\"}", WARD_STR_ARG(of));
		say(c, row[AWARE], args);
	}
	if (!sent.len)
		return;
	of = ward_str_cut(&sent, ' ');
	(void)snprintf(args, sizeof(args), "{\"say\":\"sent\",\"of\":\"%.*s\"}", WARD_STR_ARG(of));
	say(c, sent, args);
}

static void judge(const struct ward_str *row, const struct ward_law_clock *k)
{
	if (!ward_str_eqz(row[STATE], ward_law_state_name(k->state)))
		fail_msg("%.*s: %s, not %.*s", WARD_STR_ARG(row[RULE]),
			ward_law_state_name(k->state), WARD_STR_ARG(row[STATE]));
	if ((row[DUE].len ? at(row[DUE]) : WARD_NS_NEVER) != k->due)
		fail_msg("%.*s: due at %lld", WARD_STR_ARG(row[RULE]), (long long)k->due);
}

/* The clock of a row's rule, long after. */
static bool clock_of(
	const struct ward_str *row, struct ward_law_case *c, struct ward_law_clock *ret)
{
	static struct ward_law_clock k[WARD_LAW_RULES];
	const ward_ns now = at(WARD_STR("2029-01-01T00:00:00Z"));
	const struct ward_law_record r = {.event = at(row[EVENT]), .detected = at(row[EVENT])};
	struct ward_law_request q = {r.event, WARD_NS_NEVER, WARD_NS_NEVER};

	if (!row[AWARE].len) {
		q.longer = ward_str_eqz(row[RULE], "DSARlong") ? r.event : WARD_NS_NEVER;
		return ward_law_request_clock(&law, &q, now, ret) == WARD_OK &&
		       ward_str_eq(ret->rule->id, row[RULE]);
	}
	say_all(c, row);
	for (size_t i = ward_law_clocks(&law, c, &r, now, k); i--;)
		if (ward_str_eq(k[i].rule->id, row[RULE])) {
			*ret = k[i];
			return true;
		}
	return false;
}

static void each_row_ends_as_computed(void **state)
{
	struct ward_law_case c;
	struct ward_law_clock k;
	char roles[128];

	(void)state;
	for (size_t i = 0; i < table.n; i++) {
		const struct ward_str *row = table.row[i];

		(void)snprintf(roles, sizeof(roles), "roles: [%.*s]\n", WARD_STR_ARG(row[ROLES]));
		load(row[COUNTRY], row[ROLES].len ? roles : "{}");
		ward_law_case_init(&c, ward_mem_heap());
		if (!clock_of(row, &c, &k))
			fail_msg("%.*s: no such clock", WARD_STR_ARG(row[RULE]));
		judge(row, &k);
		ward_law_case_fini(&c);
	}
}

/* The other way round: whatever stands in the content is in the table. */
static void each_rule_has_a_row(void **state)
{
	static const char *const country[] = {"", "DE", "ES", "FR", "IT", "NL", "PL"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(country); i++) {
		load(ward_str_z(country[i]), all_roles);
		for (size_t u = 0; u < law.n_rule; u++) {
			size_t n = 0;

			for (size_t k = 0; k < table.n; k++)
				n += ward_str_eq(table.row[k][RULE], law.rule[u].id);
			if (!n)
				fail_msg("rows.csv has no row for %.*s",
					WARD_STR_ARG(law.rule[u].id));
		}
	}
}

/* What rests on no text that was read is marked, and says so wherever it is shown. */
static void marks_are_as_they_were_read(void **state)
{
	static const char *const confirmed[] = {"G33", "G33p", "G34", "N24", "N72", "N1m", "Nrec",
		"CER24", "CER1m", "MDR2", "MDR15", "NL-cal", "NL-find", "FR-SI"};

	(void)state;
	for (size_t i = 0; i < table.n; i++) {
		bool is = false;

		load(table.row[i][COUNTRY], all_roles);
		size_t u = ward_law_rule_of(&law, table.row[i][RULE]);

		for (size_t k = 0; k < WARD_ARRAY_LEN(confirmed); k++)
			is |= ward_str_eqz(table.row[i][RULE], confirmed[k]);
		if (is != (law.rule[u].mark == WARD_LAW_CONFIRMED))
			fail_msg("%.*s: another mark", WARD_STR_ARG(table.row[i][RULE]));
	}
}

/* Where nobody knows whether a directive is the country's law yet, its rules say so. */
static void what_is_not_known_to_be_national_is_marked(void **state)
{
	static const struct {
		const char *country, *rule;
		enum ward_law_mark mark;
	} row[] = {{"BE", "N24", WARD_LAW_CONFIRMED}, {"FR", "N24", WARD_LAW_UNCONFIRMED},
		{"FR", "CER24", WARD_LAW_UNCONFIRMED}, {"NL", "N1m", WARD_LAW_UNCONFIRMED},
		{"ES", "N72", WARD_LAW_UNCONFIRMED}, {"PL", "Nrec", WARD_LAW_UNCONFIRMED},
		{"DE", "CER1m", WARD_LAW_UNCONFIRMED}, {"DE", "DE-N24", WARD_LAW_SECONDARY},
		{"PL", "G33", WARD_LAW_CONFIRMED}, {"IT", "IT-N24", WARD_LAW_SECONDARY}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		load(ward_str_z(row[i].country), all_roles);
		size_t u = ward_law_rule_of(&law, ward_str_z(row[i].rule));

		assert_true(u != SIZE_MAX);
		if (law.rule[u].mark != row[i].mark)
			fail_msg("%s %s: another mark", row[i].country, row[i].rule);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_row_ends_as_computed),
		cmocka_unit_test(each_rule_has_a_row),
		cmocka_unit_test(marks_are_as_they_were_read),
		cmocka_unit_test(what_is_not_known_to_be_national_is_marked)};

	return cmocka_run_group_tests(tests, read_table, forget);
}
