/* Processors of a register and their contracts: GDPR 28. */
#include "fix.h"

#define WITH_LAB(contract, more)                                                                  \
	"controller: c\nofficer: o\n"                                                             \
	"agreements:\n"                                                                           \
	"  - {id: staff, with: RSU, from: 2026-01-01, until: 2028-12-31}\n"                       \
	"  - {id: lab-1, with: Lab S.p.A., ref: contract 7, from: 2026-02-01, until: 2026-08-31}" \
	"\nprocessors:\n"                                                                         \
	"  - {id: lab, name: Lab S.p.A., for: keeps logs" contract                                \
	", place: Milano, country: IT, instructions: annex B, tells: 24h, others: [Cloud Ltd]}\n" \
	"entries:\n  - {id: e, like: systems, sources: [logs], processors: [lab]" more "}\n"

/* Without a contract in force what its processor does with data does not start (GDPR 28(3)). */
static void a_processor_needs_a_contract_in_force(void **s)
{
	(void)s;
	hospital("IT", "", with("24h"));
	assert_int_equal(reads(WITH_LAB(", contract: lab-1", ""), NULL), WARD_OK);
	assert_string_equal(state("logs"), "runs");
	assert_int_equal(reads(WITH_LAB("", ""), NULL), WARD_OK);
	assert_string_equal(state("logs"), "lacks");
	assert_string_equal(says("logs"),
		"it lacks: a contract in force with the processor lab (GDPR 28(3); verify with "
		"counsel)");
	/* what is named, and is no processor of the register */
	assert_int_equal(reads("entries:\n  - {id: e, like: systems, sources: [logs], processors: "
			       "[lab, other]}\n",
				 NULL),
		WARD_OK);
	assert_string_equal(state("logs"), "lacks");
	assert_non_null(strstr(says("logs"), "processor lab (GDPR"));
	assert_non_null(strstr(says("logs"), "processor other (GDPR"));
	/* not begun yet */
	x.now = at("2026-01-31T23:59:59Z");
	assert_int_equal(reads(WITH_LAB(", contract: lab-1", ""), NULL), WARD_OK);
	assert_string_equal(state("logs"), "lacks");
	judge_at("2026-02-01T00:00:00Z");
	assert_string_equal(state("logs"), "runs");
}

/* Exports are no source, and stand in the register with what they lack. */
static void an_entry_about_recipients(void **s)
{
	struct ward_proc_verdict v;

	(void)s;
	hospital("IT", "", with("24h"));
	assert_int_equal(
		reads(WITH_LAB(", contract: lab-1",
			      "") "  - {id: told, purpose: to tell, "
				  "basis: [A6-1-e], recipients: [csirt], processors: [post]}\n"
				  "  - {id: seen, purpose: to look, roles: [guard]}\n"
				  "  - {id: empty, purpose: nothing}\n",
			NULL),
		WARD_OK);
	assert_int_equal(x.p.n_entry, 4);
	assert_false(ward_processing_judge_entry(&x.p, &x.p.entry[0], x.now, &v));
	assert_false(ward_processing_judge_entry(&x.p, &x.p.entry[3], x.now, &v));
	assert_true(ward_processing_judge_entry(&x.p, &x.p.entry[2], x.now, &v));
	assert_true(ward_str_eqz(ward_proc_purpose(&v), "to look"));
	assert_true(ward_processing_judge_entry(&x.p, &x.p.entry[1], x.now, &v));
	assert_int_equal(v.state, WARD_PROC_LACKS);
	assert_int_equal(v.n_gap, 1);
	assert_int_equal(v.gap[0].need, WARD_PROC_NEED_CONTRACT);
	assert_true(ward_str_eqz(v.gap[0].of, "post"));
}

/* As an agreement's does: said 60 days before, nothing stops at midnight, what is begun a month
 * later lacks it, and the officer renews it or stops all that rests on it. */
static void a_contract_ends(void **s)
{
	static const char said[] = "at,say,of,until,ref,person,role,why\n"
				   "2026-08-20T10:00:00Z,%s,lab-1,%s,contract 8,p,dpo,w\n";
	char list[500];

	(void)s;
	hospital("IT", "", with("24h"));
	assert_int_equal(reads(WITH_LAB(", contract: lab-1", ""), NULL), WARD_OK);
	judge_at("2026-07-01T00:00:00Z");
	assert_string_equal(state("logs"), "runs");
	judge_at("2026-07-03T00:00:00Z");
	assert_string_equal(state("logs"), "ending");
	assert_non_null(strstr(says("logs"), "the agreement lab-1 ends with 31"));
	judge_at("2026-09-01T00:00:00Z");
	assert_string_equal(state("logs"), "ended");
	judge_at("2026-10-01T00:00:00Z");
	assert_string_equal(state("logs"), "expired");
	(void)snprintf(list, sizeof(list), said, "renew", "2027-08-31");
	assert_int_equal(reads(WITH_LAB(", contract: lab-1", ""), list), WARD_OK);
	assert_string_equal(state("logs"), "runs");
	(void)snprintf(list, sizeof(list), said, "stop", "");
	assert_int_equal(reads(WITH_LAB(", contract: lab-1", ""), list), WARD_OK);
	assert_string_equal(state("logs"), "stopped");
}

/* Which agreement or contract of the logs ends or ended. */
static const char *ended(void)
{
	static char text[WARD_PROC_ID + 1];
	const struct ward_proc_verdict *v = of("logs");
	struct ward_str id = v && v->ended ? v->ended->id : WARD_STR("none");

	(void)snprintf(text, sizeof(text), "%.*s", WARD_STR_ARG(id));
	return text;
}

/* Of two that end the worse counts, and of those as bad what ended first. */
static void the_first_to_end_counts(void **s)
{
	(void)s;
	hospital("IT", "", with("24h"));
	assert_int_equal(reads(WITH_LAB(", contract: lab-1", ", agreement: staff"), NULL), WARD_OK);
	judge_at("2026-08-01T00:00:00Z");
	assert_string_equal(state("logs"), "ending");
	assert_string_equal(ended(), "lab-1");
	judge_at("2029-06-01T00:00:00Z"); /* both ended; without the staff's a log may run in Italy
					   */
	assert_string_equal(state("logs"), "expired");
	assert_string_equal(ended(), "lab-1");
}

static bool is_found(const char *what)
{
	for (size_t i = 0; i < x.d.n; i++)
		if (ward_str_find(x.d.item[i].what, ward_str_z(what)) != SIZE_MAX)
			return true;
	return false;
}

/* Place, instructions, time of a breach, and by what right data leave the Union. */
static void what_is_not_said_of_a_processor(void **s)
{
	static const char own[] =
		"controller: c\nofficer: o\nagreements:\n"
		"  - {id: k, with: Far Inc., from: 2026-01-01}\n"
		"processors:\n  - {id: far, name: Far Inc., for: hosting, contract: k, place: X, "
		"country: US}\n  - {id: bare, name: Bare, for: x, contract: none}\n"
		"entries:\n  - {id: e, like: systems, sources: [logs], processors: [far]%s}\n"
		"  - {id: f, like: systems, recipients: [mail], processors: [bare, nobody]}\n";
	char text[1000];

	(void)s;
	hospital("IT", "", with("24h"));
	(void)snprintf(text, sizeof(text), own, "");
	assert_int_equal(reads(text, NULL), WARD_OK);
	const struct ward_processing_in in = {"", "", x.l.m, &x.l.lim, &x.a, &x.d, x.now};

	assert_string_equal(state("logs"), "runs");
	ward_processing_check(&x.p, &in);
	assert_true(is_found("'far' it is not said where its instructions"));
	assert_true(is_found("'far' it is not said within how long"));
	assert_true(is_found("by the processor 'far' data of the entry 'e' get to US"));
	assert_false(is_found("'far' it is not said where it works"));
	assert_true(is_found("'bare' it is not said where it works"));
	assert_true(is_found("'bare' names a contract 'none'"));
	assert_true(is_found("'f' gives data to the processor 'bare'"));
	assert_true(is_found("'f' names a processor 'nobody', which is none"));
	ward_diag_fini(&x.d);
	ward_diag_init(&x.d, ward_mem_heap());
	(void)snprintf(text, sizeof(text), own, ", transfers: ['US, standard clauses (GDPR 46)']");
	assert_int_equal(reads(text, NULL), WARD_OK);
	ward_processing_check(&x.p, &in);
	assert_false(is_found("get to US"));
}

static void a_wrong_processor_is_refused(void **s)
{
	static const char *const row[][2] = {{"{id: a, name: n}", "'for'"},
		{"{id: a, for: f}", "'name'"},
		{"{id: a, name: n, for: f, country: Italy}", "no country: 'Italy'"},
		{"{id: a, name: n, for: f, tells: soon}", "tells"},
		{"{id: 'a b', name: n, for: f}", "not usable as an id"},
		{"{id: a, name: n, for: f, until: 2026-01-01}", "until"},
		{"{id: a, name: n, for: f}\n  - {id: a, name: n, for: f}", "a second processor"}};
	char text[500];

	(void)s;
	hospital("IT", "", with("24h"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		ward_diag_fini(&x.d);
		ward_diag_init(&x.d, ward_mem_heap());
		(void)snprintf(text, sizeof(text), "processors:\n  - %s\n", row[i][0]);
		(void)reads(text, NULL);
		if (!is_found(row[i][1]))
			fail_msg("%s: %zu findings, the first: %.*s", row[i][0], x.d.n,
				WARD_STR_ARG(x.d.n ? x.d.item[0].what : WARD_STR("none")));
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(a_processor_needs_a_contract_in_force),
		T(an_entry_about_recipients),
		T(a_contract_ends),
		T(the_first_to_end_counts),
		T(what_is_not_said_of_a_processor),
		T(a_wrong_processor_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
