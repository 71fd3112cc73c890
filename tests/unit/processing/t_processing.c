/* What runs by a record of processing, and what lacks what the hospital's country demands. */
#include "fix.h"

#define AGREED                                                                         \
	"controller: c\nofficer: o\n"                                                  \
	"agreements:\n  - {id: a, with: staff, from: 2026-01-01, until: 2026-12-31}\n" \
	"entries:\n  - {id: e, like: camera, sources: [cam], agreement: a"

/* Of a camera in Italy: an agreement before it is installed, whatever is written of it besides. */
static void what_lacks_an_agreement_does_not_start(void **s)
{
	(void)s;
	hospital("IT", "", with("24h"));
	assert_int_equal(reads(NULL, NULL), WARD_OK);
	assert_string_equal(state("cam"), "lacks");
	assert_string_equal(state("logs"), "runs");
	assert_string_equal(state("fire"), "none"); /* nobody's data: no entry is needed */
	assert_non_null(
		strstr(says("cam"), "agreement with the staff's representatives (L. 300/1970"));
	assert_int_equal(reads(AGREED "}\n", NULL), WARD_OK);
	assert_string_equal(state("cam"), "runs");
	/* called something else, it stays a camera */
	assert_int_equal(
		reads("entries:\n  - {id: e, like: systems, sources: [cam]}\n", NULL), WARD_OK);
	assert_string_equal(state("cam"), "lacks");
	/* not in force yet */
	x.now = at("2025-12-31T23:59:59Z");
	assert_int_equal(reads(AGREED "}\n", NULL), WARD_OK);
	assert_string_equal(state("cam"), "lacks");
}

static void the_union_demands_no_agreement(void **s)
{
	(void)s;
	hospital("BE", "", with("72h"));
	assert_int_equal(reads(NULL, NULL), WARD_OK);
	assert_string_equal(state("cam"), "runs");
}

struct time {
	const char *country, *kept, *more, *state;
};

/* 24 hours, 72 with a reason, 7 days with an assessment, and so on. */
static void how_long_a_camera_is_kept(void **s)
{
	static const struct time row[] = {{"IT", "24h", "", "runs"}, {"IT", "25h", "", "lacks"},
		{"IT", "72h", ", reason: r", "runs"}, {"IT", "73h", ", reason: r", "lacks"},
		{"IT", "7d", ", reason: r, assessment: d", "runs"},
		{"IT", "8d", ", reason: r, assessment: d", "too-long"}, {"FR", "15d", "", "runs"},
		{"FR", "16d", "", "lacks"}, {"FR", "30d", ", reason: r", "runs"},
		{"FR", "45d", ", reason: r", "too-long"}, {"NL", "28d", "", "runs"},
		{"NL", "29d", ", reason: r", "too-long"}, {"BE", "72h", "", "runs"},
		{"BE", "73h", "", "lacks"}, {"BE", "73h", ", reason: r", "runs"},
		{"BE", "31d", ", reason: r", "too-long"}};
	char own[2000];

	(void)s;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		hospital(row[i].country, "", with(row[i].kept));
		(void)snprintf(own, sizeof(own), AGREED "%s}\n", row[i].more);
		assert_int_equal(reads(own, NULL), WARD_OK);
		if (strcmp(state("cam"), row[i].state) != 0)
			fail_msg("%s %s%s: %s", row[i].country, row[i].kept, row[i].more,
				state("cam"));
		lab_free(&x.l);
		x.l.m = NULL;
	}
	hospital("FR", "", with("45d"));
	assert_int_equal(reads(NULL, NULL), WARD_OK);
	assert_string_equal(
		says("cam"), "it is kept for 45 d, and may be for 30 d at most (CSI L252-5)");
}

/* What a recorder keeps counts as what the camera's source keeps. */
static void a_recorder_is_one_too(void **s)
{
	(void)s;
	hospital("FR", "",
		"sources:\n  - {id: cam, name: R, kind: json, where: 'file:/r.jsonl', watches: "
		"[d-1],\n     purpose: p, personal_data: true, legal_basis: b, retention: 1d, "
		"recorded_for: 45d}\n");
	assert_int_equal(reads(AGREED ", reason: r}\n", NULL), WARD_OK);
	assert_string_equal(state("cam"), "too-long");
}

/* It goes into lines of lists, and into messages. */
static void with_whom_is_one_short_line(void **s)
{
	static const char head[] = "agreements:\n  - {id: a, from: 2026-01-01, with: \"",
			  *const wrong[] = {"staff\\nunion", "staff\\tunion", "", "st\\u0085"};
	char text[512];

	(void)s;
	hospital("IT", "", "");
	for (size_t i = 0; i <= WARD_ARRAY_LEN(wrong); i++) {
		char with[300] = "";

		memset(with, i == WARD_ARRAY_LEN(wrong) ? 'w' : 0, 201);
		(void)snprintf(text, sizeof(text), "%s%s\"}\n", head,
			i == WARD_ARRAY_LEN(wrong) ? with : wrong[i]);
		x.d.n = x.d.n_error = 0;
		assert_int_equal(reads(text, NULL), WARD_ERR_CONFIG);
		assert_int_equal(x.p.n_agreement, 0);
		assert_int_equal(x.d.item[0].line, 2);
		assert_true(ward_str_find(x.d.item[0].mend, WARD_STR("write")) == 0);
	}
	x.d.n = x.d.n_error = 0;
	(void)snprintf(text, sizeof(text), "%sUnion d’entreprise\"}\n", head);
	assert_int_equal(reads(text, NULL), WARD_OK);
	assert_int_equal(x.p.n_agreement, 1);
}

/* Warned of 60 days before; nothing ends at night; after the grace it is begun no more. */
static void an_agreement_ends(void **s)
{
	(void)s;
	hospital("IT", "", with("24h"));
	assert_int_equal(reads(AGREED "}\n", NULL), WARD_OK);
	judge_at("2026-11-01T23:59:59Z");
	assert_string_equal(state("cam"), "runs");
	judge_at("2026-11-02T00:00:00Z");
	assert_string_equal(state("cam"), "ending");
	assert_string_equal(says("cam"), "the agreement a ends with 31\u00a0December 2026");
	judge_at("2026-12-31T23:59:59Z");
	assert_string_equal(state("cam"), "ending");
	judge_at("2027-01-01T00:00:00Z");
	assert_string_equal(state("cam"), "ended");
	assert_true(ward_proc_runs(of("cam")->state));
	judge_at("2027-01-30T23:59:59Z");
	assert_string_equal(state("cam"), "ended");
	judge_at("2027-01-31T00:00:00Z");
	assert_string_equal(state("cam"), "expired");
	assert_false(ward_proc_runs(of("cam")->state));
}

/* A country's own word counts in place of the Union's, for agreements that end while it is in
 * force. */
static void a_country_gives_its_own_grace(void **s)
{
	static const char nation[] =
		"jurisdiction: IT\ngrace:\n"
		"  - {lasts: 0d, law: l, until: 2026-12-31, mark: confirmed}\n"
		"  - {lasts: 90d, law: l, from: 2027-06-01, mark: secondary}\n"
		"demands: [{id: a, law: l, of: [camera], needs: [agreement], mark: confirmed}]\n";
	static const struct {
		const char *until, *at, *state;
	} row[] = {{"2026-11-30", "2026-12-01T00:00:00Z", "expired"}, /* none at all */
		{"2027-02-28", "2027-03-30T23:59:59Z", "ended"},      /* the Union's */
		{"2027-02-28", "2027-03-31T00:00:00Z", "expired"},
		{"2027-06-30", "2027-09-28T23:59:59Z", "ended"},
		{"2027-06-30", "2027-09-29T00:00:00Z", "expired"}};
	char own[500];

	(void)s;
	hospital("IT", "", with("24h"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		const struct ward_processing_file none = {.name = WARD_STR("")},
						  content[] = {content_file("entries.yml"),
							  content_file("eu.yml"),
							  {WARD_STR("it.yml"),
								  ward_str_bytes(
									  ward_str_z(nation))}};
		const struct ward_processing_in in = {"", "", x.l.m, &x.l.lim, &x.a, &x.d, x.now};

		(void)snprintf(own, sizeof(own),
			"agreements: [{id: a, with: s, from: 2026-01-01, until: %s}]\n"
			"entries: [{id: e, like: camera, sources: [cam], agreement: a}]\n",
			row[i].until);
		const struct ward_processing_file is = {
			WARD_STR("processing.yml"), ward_str_bytes(ward_str_z(own))};

		assert_int_equal(ward_processing_read(&in, content, 3, &is, &none, &x.p), WARD_OK);
		judge_at(row[i].at);
		assert_string_equal(state("cam"), row[i].state);
	}
}

#define HEAD "at,say,of,until,ref,person,role,why\n"

static void people_decide(void **s)
{
	(void)s;
	hospital("IT", "", with("24h"));
	assert_int_equal(reads(AGREED "}\n", HEAD "2026-05-01T08:00:00Z,stop,cam,,,ada,officer,"
						  "\"it saw, \"\"too\"\" much\"\n"),
		WARD_OK);
	assert_string_equal(state("cam"), "stopped");
	assert_string_equal(
		says("cam"), "stopped on 1\u00a0May 2026 by officer: it saw, \"too\" much");
	assert_int_equal(
		reads(AGREED "}\n", HEAD "2026-05-01T08:00:00Z,stop,a,,,ada,officer,why\n"
					 "2026-05-02T08:00:00Z,resume,cam,,,ada,officer,why\n"),
		WARD_OK);
	assert_string_equal(state("cam"), "runs");
	assert_int_equal(reads(AGREED "}\n", HEAD
				 "2026-05-02T08:00:00Z,renew,a,2028-03-01,no. 7,ada,officer,why\n"),
		WARD_OK);
	judge_at("2028-03-01T23:00:00Z");
	assert_string_equal(state("cam"), "ending");
	judge_at("2028-03-02T00:00:00Z");
	assert_string_equal(state("cam"), "ended");
	/* a stop beats what is missing: both have to be mended */
	assert_int_equal(
		reads(NULL, HEAD "2026-05-01T08:00:00Z,stop,cam,,,ada,officer,why\n"), WARD_OK);
	assert_string_equal(state("cam"), "stopped");
}

/* Profiles of staff ship off: a hospital that wants them says so twice, and names what it rests on.
 */
static void profiles_of_staff_need_all_of_it(void **s)
{
	(void)s;
	hospital("BE", ", baselines: true, staff_agreement: yes", with("24h"));
	assert_int_equal(reads(NULL, NULL), WARD_OK);
	assert_string_equal(state("baselines.persons"), "lacks");
	assert_int_equal(of("baselines.persons")->n_gap, 3);
	assert_int_equal(reads("agreements: [{id: a, with: staff, from: 2026-01-01}]\n"
			       "entries: [{id: e, like: persons, analytics: [baselines.persons], "
			       "agreement: a, assessment: d}]\n",
				 NULL),
		WARD_OK);
	assert_string_equal(state("baselines.persons"), "runs");
	lab_free(&x.l);
	hospital("BE", "", with("24h"));
	assert_int_equal(reads(NULL, NULL), WARD_OK);
	assert_string_equal(state("baselines.persons"), "none");
}

/* What does not run is read by nobody, and the hospital wants no such analytic. */
static void the_model_has_it_marked(void **s)
{
	(void)s;
	hospital("BE", ", staff_agreement: yes", with("24h"));
	assert_false(ward_model_source(x.l.m, WARD_STR("cam"))->stopped);
	ward_model_stop(x.l.m, WARD_STR("cam"));
	ward_model_stop(x.l.m, WARD_STR("baselines.persons"));
	ward_model_stop(x.l.m, WARD_STR("clips"));
	ward_model_stop(x.l.m, WARD_STR("none of that"));
	assert_true(ward_model_source(x.l.m, WARD_STR("cam"))->stopped);
	assert_false(ward_model_source(x.l.m, WARD_STR("logs"))->stopped);
	assert_int_equal(ward_model_hospital(x.l.m)->staff_agreement.len, 0);
}

static void what_can_be_decided(void **s)
{
	struct ward_proc_said d = {.say = WARD_PROC_RENEW,
		.at = at("2026-06-01T00:00:00Z"),
		.until = at("2028-01-01T00:00:00Z"),
		.of = WARD_STR("a"),
		.ref = WARD_STR("no. 7"),
		.why = WARD_STR("agreed")};

	(void)s;
	hospital("IT", "", with("24h"));
	assert_int_equal(reads(AGREED "}\n", NULL), WARD_OK);
	assert_null(ward_processing_wrong(&x.p, x.l.m, &d));
	d.ref = WARD_STR("");
	assert_non_null(ward_processing_wrong(&x.p, x.l.m, &d));
	d.ref = WARD_STR("7");
	d.until = at("2026-08-01T00:00:00Z"); /* it lasts longer */
	assert_non_null(ward_processing_wrong(&x.p, x.l.m, &d));
	d.until = at("2026-05-01T00:00:00Z"); /* is over */
	assert_non_null(ward_processing_wrong(&x.p, x.l.m, &d));
	d.of = WARD_STR("cam");
	assert_non_null(ward_processing_wrong(&x.p, x.l.m, &d));
	d.say = WARD_PROC_STOP;
	assert_null(ward_processing_wrong(&x.p, x.l.m, &d));
	d.of = WARD_STR("fire"); /* nobody's data */
	assert_non_null(ward_processing_wrong(&x.p, x.l.m, &d));
	d.of = WARD_STR("clips");
	assert_null(ward_processing_wrong(&x.p, x.l.m, &d));
	d.why = WARD_STR("");
	assert_non_null(ward_processing_wrong(&x.p, x.l.m, &d));
}

/* What Ward writes it reads; a reason is no second line and no other cell. */
static void a_decision_is_a_line(void **s)
{
	const struct ward_proc_said d = {.say = WARD_PROC_RENEW,
		.at = at("2026-05-01T08:00:00Z"),
		.until = at("2028-03-02T00:00:00Z"),
		.of = WARD_STR("a"),
		.ref = WARD_STR("no. \"7\", of May"),
		.person = WARD_STR("ada"),
		.role = WARD_STR("officer"),
		.why = WARD_STR("two\nlines, \"quoted\"")};
	char text[2000];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);

	(void)s;
	hospital("IT", "", with("24h"));
	ward_processing_put_said(&w, WARD_STR(""), &d);
	ward_processing_put_said(&w, WARD_STR(""), &d); /* once more with a head: no line of it */
	w.len = 0;
	ward_processing_put_said(&w, WARD_STR(""), &d);
	text[w.len] = 0;
	assert_int_equal(reads(AGREED "}\n", text), WARD_OK);
	assert_int_equal(x.p.n_said, 1);
	assert_true(x.p.said[0].until == d.until && x.p.said[0].at == d.at);
	assert_true(ward_str_eq(x.p.said[0].ref, d.ref));
	assert_true(ward_str_eqz(x.p.said[0].why, "two lines, \"quoted\""));
}

static void wrong_files_are_refused_with_their_place(void **s)
{
	static const struct {
		const char *text, *finding;
	} row[] = {{"entries: [{like: camera}]", "id"}, {"entries: 5", "no list"},
		{"entries: [5]", "no map"}, {"entries: [{id: 'a b'}]", "not usable as an id"},
		{"entries: [{id: e, like: nobody}]", "no ready-made entry"},
		{"entries: [{id: e, basis: A6-1-g}]", "no legal basis"},
		{"entries: [{id: e, basis: A9-2-k}]", "no legal basis"},
		{"entries: [{id: e, analytics: faces}]", "no analytic 'faces'"},
		{"entries: [{id: e, retention: -5d}]", "retention"},
		{"entries: [{id: e}, {id: e}]", "a second entry"},
		{"entries: [{id: e, sources: [[a]]}]", "no text in"},
		{"entries: [{id: e, colour: red}]", "colour"},
		{"agreements: [{id: a, with: s}]", "no day"},
		{"agreements: [{id: a, with: s, from: 2026-02-30}]", "no day"},
		{"agreements: [{id: a, with: s, from: 2026-03-01, until: 2026-02-01}]",
			"it ends before it begins"},
		{"agreements: [{id: a, with: s, from: 2026-03-01}, {id: a, with: s, from: "
		 "2026-03-01}]",
			"a second agreement"}};

	(void)s;
	hospital("IT", "", with("24h"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_diag d;

		ward_diag_fini(&x.d);
		ward_diag_init(&x.d, ward_mem_heap());
		assert_int_equal(reads(row[i].text, NULL), WARD_ERR_CONFIG);
		d = x.d;
		if (!d.n || ward_str_find(d.item[0].what, ward_str_z(row[i].finding)) == SIZE_MAX)
			fail_msg("%s: %.*s", row[i].text, d.n ? (int)d.item[0].what.len : 0,
				d.n ? d.item[0].what.p : "");
		assert_true(d.item[0].line > 0 && d.item[0].mend.len);
		assert_string_equal(state("cam"), "lacks"); /* a broken register lets nothing in */
	}
	assert_int_equal(reads(NULL, "at,say\n"), WARD_ERR_CONFIG);
	assert_int_equal(
		reads(NULL, HEAD "2026-05-01T08:00:00Z,burn,cam,,,a,b,c\n"), WARD_ERR_CONFIG);
}

static void findings_say_the_mend(void **s)
{
	const struct ward_processing_in in = {
		"", "/h", NULL, &x.l.lim, &x.a, &x.d, at("2026-06-01T00:00:00Z")};
	struct ward_processing_in of_it = in;

	(void)s;
	hospital("FR", "", with("45d"));
	assert_int_equal(reads("entries: [{id: e, sources: [cam, gone], agreement: b, roles: "
			       "[nobody], basis: A6-1-f}]\n",
				 NULL),
		WARD_OK);
	of_it.m = x.l.m;
	ward_processing_check(&x.p, &of_it);
	assert_int_equal(x.d.n_error, 1); /* kept too long */
	assert_int_equal(x.d.n_warning, 5);
	for (size_t i = 0; i < x.d.n; i++)
		assert_true(x.d.item[i].what.len && x.d.item[i].mend.len);
}

/* A register that is laid out and not filled in: it lets nothing start, and is told as far as the
 * country wants something of it. What comes without an entry is told the one that is prepared. */
static void what_is_prepared_is_told(void **s)
{
	static const char own[] =
		"controller: c\ncontact: ''\nofficer: ''\nagreements: []\nentries:\n"
		"  - {id: cams, like: camera, sources: [], agreement: '', assessment: ''}\n"
		"  - {id: rest, like: logs, sources: [], agreement: '', assessment: ''}\n";
	static const struct {
		const char *country;
		size_t n_note;
	} row[] = {{"IT", 1}, {"FR", 1}, {"NL", 1}, {"BE", 0}};
	char mend[300];
	struct ward_wr w = ward_wr_fixed(mend, sizeof(mend));

	(void)s;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_processing_in in = {
			"", "/h", NULL, &x.l.lim, &x.a, &x.d, at("2026-06-01T00:00:00Z")};
		size_t n = x.d.n, n_note = 0;

		if (i)
			lab_free(&x.l);
		hospital(row[i].country, "", with("24h"));
		in.m = x.l.m;
		assert_int_equal(reads(own, NULL), WARD_OK);
		ward_processing_check(&x.p, &in);
		for (; n < x.d.n; n++)
			if (x.d.item[n].level == WARD_DIAG_NOTE) {
				assert_non_null(strstr(x.d.item[n].what.p, "'cams' is about"));
				assert_non_null(strstr(x.d.item[n].mend.p, "`agreement`"));
				n_note++;
			}
		assert_int_equal(n_note, row[i].n_note);
	}
	lab_free(&x.l);
	hospital("IT", "", with("24h"));
	assert_int_equal(reads(own, NULL), WARD_OK);
	assert_string_equal(state("cam"), "lacks");
	ward_processing_mend(&w, NULL, of("cam"));
	assert_true(ward_str_starts(ward_wr_text(&w),
		WARD_STR("write 'cam' into `sources` of the entry 'cams' of processing.yml")));
}

/* In Germany, too; whether its text is as it is said here counsel verifies. */
static void a_works_council_of_germany(void **s)
{
	(void)s;
	hospital("DE", "", with("24h"));
	assert_int_equal(reads(NULL, NULL), WARD_OK);
	assert_string_equal(state("cam"), "lacks");
	assert_non_null(strstr(says("cam"), "(BetrVG § 87(1) no. 6; verify with counsel)"));
	assert_int_equal(reads(AGREED "}\n", NULL), WARD_OK);
	assert_string_equal(state("cam"), "runs");
}

/* Health and the like need a ground of GDPR 9(2) beside that of 6(1): without it nothing starts. */
static void special_categories_need_a_ground(void **s)
{
	(void)s;
	hospital("BE", "", with("24h"));
	assert_int_equal(
		reads("entries:\n  - {id: e, like: logs, sources: [logs], data: [pd:Username, "
		      "pd:HealthRecord]}\n",
			NULL),
		WARD_OK);
	assert_string_equal(state("logs"), "lacks");
	assert_non_null(strstr(says("logs"), "a ground of GDPR 9(2) for special categories of data "
					     "(GDPR 9(1), 9(2); verify with counsel)"));
	assert_int_equal(
		reads("entries:\n  - {id: e, like: logs, sources: [logs], data: [pd:Username, "
		      "pd:HealthRecord], basis: [A6-1-c, A9-2-h]}\n",
			NULL),
		WARD_OK);
	assert_string_equal(state("logs"), "runs");
	/* a picture is none by itself, and neither is an account */
	assert_int_equal(
		reads("entries:\n  - {id: e, like: camera, sources: [cam]}\n", NULL), WARD_OK);
	assert_string_equal(state("cam"), "runs");
}

/* Who looked into a patient's record is kept for three years in all of the Union once that holds.
 */
static void records_of_access_by_ehds(void **s)
{
	const struct ward_str none = WARD_STR("");

	(void)s;
	hospital("BE", "", with("24h"));
	assert_int_equal(reads(NULL, NULL), WARD_OK);
	assert_null(ward_processing_least(
		&x.p, WARD_STR("care-logs"), none, at("2029-03-25T12:00:00Z")));
	const struct ward_proc_demand *d = ward_processing_least(
		&x.p, WARD_STR("care-logs"), none, at("2029-03-27T12:00:00Z"));

	assert_true(d && d->least == 1096 * 86400 * WARD_NS_PER_S);
	assert_int_equal(d->mark, WARD_PROC_UNCONFIRMED);
	/* a longer duty of the country stands */
	lab_free(&x.l);
	x.l.m = NULL;
	hospital("NL", "", with("24h"));
	assert_int_equal(reads(NULL, NULL), WARD_OK);
	d = ward_processing_least(&x.p, WARD_STR("care-logs"), none, at("2029-03-27T12:00:00Z"));
	assert_true(d && d->least == 1826 * 86400 * WARD_NS_PER_S);
}

/* What a law wants to be kept is kept: sooner it does not go, and that is said. */
static void access_logs_and_footage_live_separately(void **s)
{
	const struct ward_processing_in in = {
		"", "/h", NULL, &x.l.lim, &x.a, &x.d, at("2026-06-01T00:00:00Z")};
	struct ward_processing_in of_it = in;
	const struct ward_str none = WARD_STR("");

	(void)s;
	hospital("NL", "", with("28d"));
	assert_int_equal(reads("entries: [{id: logs, like: care-logs, sources: [cam]}, {id: rows, "
			       "purpose: p, basis: A6-1-c, data: pd:Username, people: "
			       "dpv:Employee, rows: [account], retention: 365d}]\n",
				 NULL),
		WARD_OK);
	const struct ward_proc_demand *d =
		ward_processing_least(&x.p, WARD_STR("care-logs"), none, in.now);

	assert_true(d && d->least == 1826 * 86400 * WARD_NS_PER_S);
	assert_null(ward_processing_least(&x.p, WARD_STR("camera"), none, in.now));
	assert_non_null(ward_processing_least(&x.p, none, WARD_STR("account"), in.now));
	assert_null(ward_processing_least(&x.p, none, none, in.now));
	assert_true(ward_str_eqz(ward_processing_entry(&x.p, WARD_STR("cam"))->id, "logs"));
	of_it.m = x.l.m;
	ward_processing_check(&x.p, &of_it);
	assert_int_equal(x.d.n_error, 2);
	lab_free(&x.l);
	x.l.m = NULL;
	hospital("FR", "", with("15d"));
	assert_int_equal(reads(NULL, NULL), WARD_OK);
	assert_null(ward_processing_least(&x.p, WARD_STR("care-logs"), none, in.now));
}

/* Each word that ready-made entries use is one of the vocabulary. */
static bool is_term(const char *dir, struct ward_str term)
{
	char path[4096], line[300];
	struct ward_str rest = term, prefix = ward_str_cut(&rest, ':');
	struct ward_slice text;
	struct ward_diag d;

	(void)snprintf(path, sizeof(path), "%s/standards/dpv/%.*s.ttl", dir, WARD_STR_ARG(prefix));
	(void)snprintf(line, sizeof(line), "\n%.*s a rdfs:Class", WARD_STR_ARG(term));
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_conf_read(&x.a, &x.l.lim, path, &d, &text);

	ward_diag_fini(&d);
	return !err && ward_str_find(ward_slice_text(text), ward_str_z(line)) != SIZE_MAX;
}

static void words_are_those_of_the_vocabulary(void **s)
{
	const char *dir = getenv("WARD_SHARED_DATA");
	char basis[64];

	(void)s;
	hospital("IT", "", with("24h"));
	assert_int_equal(reads(NULL, NULL), WARD_OK);
	if (!dir || !is_term(dir, WARD_STR("dpv:Patient")))
		skip(); /* the vocabulary is not here */
	for (size_t i = 0; i < x.p.n_ready; i++) {
		const struct ward_proc_entry *e = &x.p.ready[i];

		for (size_t k = 0; k < e->data.n; k++)
			if (!is_term(dir, e->data.at[k]))
				fail_msg("%.*s", WARD_STR_ARG(e->data.at[k]));
		for (size_t k = 0; k < e->people.n; k++)
			if (!is_term(dir, e->people.at[k]))
				fail_msg("%.*s", WARD_STR_ARG(e->people.at[k]));
		for (size_t k = 0; k < e->basis.n; k++) {
			(void)snprintf(
				basis, sizeof(basis), "eu-gdpr:%.*s", WARD_STR_ARG(e->basis.at[k]));
			assert_true(is_term(dir, ward_str_z(basis)));
		}
	}
}

static void it_is_written_in_each_form(void **s)
{
	static char text[TEXT];
	const struct ward_conf *c;

	(void)s;
	hospital("IT", "", with("24h"));
	assert_int_equal(reads(AGREED ", told: ['a | b']}\n", NULL), WARD_OK);
	const struct ward_processing_view view = {&x.p, x.l.m, NULL, x.now, x.v, x.n, false};
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_processing_write_dpv(&view, &w);
	assert_false(ward_wr_bad(&w));
	assert_int_equal(
		ward_conf_json(&x.a, &x.l.lim, WARD_STR("dpv"), 1, ward_wr_slice(&w), &x.d, &c),
		WARD_OK);
	assert_true(ward_str_eqz(ward_conf_word(c, "@type"), "dpv:ROPA"));
	ward_wr_reset(&w);
	ward_processing_write_table(&view, &w);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("cam  Camera\n  runs\n")) != SIZE_MAX);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(what_lacks_an_agreement_does_not_start),
		T(the_union_demands_no_agreement),
		T(how_long_a_camera_is_kept),
		T(a_works_council_of_germany),
		T(special_categories_need_a_ground),
		T(records_of_access_by_ehds),
		T(a_recorder_is_one_too),
		T(with_whom_is_one_short_line),
		T(an_agreement_ends),
		T(a_country_gives_its_own_grace),
		T(people_decide),
		T(profiles_of_staff_need_all_of_it),
		T(the_model_has_it_marked),
		T(what_can_be_decided),
		T(a_decision_is_a_line),
		T(wrong_files_are_refused_with_their_place),
		T(access_logs_and_footage_live_separately),
		T(findings_say_the_mend),
		T(what_is_prepared_is_told),
		T(words_are_those_of_the_vocabulary),
		T(it_is_written_in_each_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
