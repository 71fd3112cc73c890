#include "base/wr.h"
#include "comply/identifier_label.h"
#include "comply/identifier_shape.h"

#include "comply/identifiers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SPANS = 64, TEXT = 8192 };

struct text {
	char p[TEXT];
	size_t len, n;
	struct ward_identifier_span span[SPANS];
};

/* "[[kind:text]]" into the text, and where they are. */
static void unmark(struct ward_str s, struct text *t)
{
	t->len = t->n = 0;
	while (s.len) {
		size_t open = ward_str_find(s, WARD_STR("[["));

		/* "[" may stand before a mark */
		while (open != SIZE_MAX && open + 2 < s.len && s.p[open + 2] == '[')
			open++;
		if (open == SIZE_MAX)
			open = s.len;
		assert_true(t->len + s.len < TEXT);
		memcpy(t->p + t->len, s.p, open);
		t->len += open;
		if (open == s.len)
			return;
		s = ward_str_sub(s, open + 2, s.len);
		size_t colon = ward_str_find(s, WARD_STR(":")),
		       end = ward_str_find(s, WARD_STR("]]"));
		struct ward_identifier_span *span = &t->span[t->n++];

		assert_true(colon < end && end < s.len && t->n < SPANS);
		for (span->kind = 0;
			!ward_str_eqz(ward_str_sub(s, 0, colon), ward_identifier_name(span->kind));
			span->kind++)
			assert_true(span->kind + 1 < WARD_IDENTIFIER_N);
		span->off = t->len;
		span->len = end - colon - 1;
		memcpy(t->p + t->len, s.p + colon + 1, span->len);
		t->len += span->len;
		s = ward_str_sub(s, end + 2, s.len);
	}
}

static size_t find(
	const struct ward_identifiers *set, struct ward_str s, struct ward_identifier_span *ret)
{
	struct ward_identifier_walk w;
	size_t n = 0;

	ward_identifier_walk_init(&w, set, s);
	while (n < SPANS && ward_identifier_next(&w, &ret[n])) {
		assert_true(ret[n].len > 0 && ret[n].off + ret[n].len <= s.len);
		assert_true(!n || ret[n].off >= ret[n - 1].off + ret[n - 1].len);
		n++;
	}
	return n;
}

/* The text with what was found as "<kind>". */
static void expect_in(const struct ward_identifiers *set, const char *text, const char *want)
{
	struct ward_identifier_span span[SPANS];
	struct ward_str s = ward_str_z(text);
	size_t n = find(set, s, span), at = 0;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT);

	for (size_t i = 0; i < n; i++) {
		ward_wr_str(&w, ward_str_sub(s, at, span[i].off - at));
		ward_wr_ch(&w, '<');
		ward_wr_z(&w, ward_identifier_name(span[i].kind));
		ward_wr_ch(&w, '>');
		at = span[i].off + span[i].len;
	}
	ward_wr_str(&w, ward_str_sub(s, at, s.len));
	ward_wr_ch(&w, '\0');
	assert_string_equal((const char *)w.p, want);
	ward_wr_fini(&w);
}

static void expect(const char *text, const char *want)
{
	expect_in(NULL, text, want);
}

static void test_check_digits(void **state)
{
	(void)state;
	/* published examples */
	expect("x RSSMRA80A01H501U y", "x <codice fiscale> y");
	expect("x RSSMRA80A01H501V y", "x RSSMRA80A01H501V y");
	expect("n 2 55 08 14 168 025 38", "n <NIR>");
	expect("n 255081416802538 ", "n <NIR> ");
	expect("n 255081416802539 ", "n 255081416802539 ");
	expect("BSN 111222333", "BSN <BSN>");
	expect("serial 111222333", "serial 111222333");
	expect("to GB82 WEST 1234 5698 7654 32.", "to <IBAN>.");
	expect("to NL91ABNA0417164300", "to <IBAN>");
	expect("to NL91ABNA0417164301", "to NL91ABNA0417164301");
	assert_int_equal(ward_shape_bsn(WARD_STR("111222334")), 0);
	assert_int_equal(ward_shape_bsn(WARD_STR("1112.22.333")), 11);
}

static void test_by_words(void **state)
{
	(void)state;
	expect("Paziente Mario Rossi nato il 12/03/1960", "Paziente <name> nato il <birth date>");
	expect("né le 3 février 1951 à Lyon", "né le <birth date> à Lyon");
	expect("geboortedatum: 03-02-1951", "geboortedatum: <birth date>");
	expect("badge 123456 denied", "badge <badge> denied");
	expect("patient id=T1234567 moved", "patient id=<patient> moved");
	expect("Failed password for invalid user mrossi from 10.0.0.1",
		"Failed password for invalid user <account> from 10.0.0.1");
	expect("write to m.rossi@example.org, please", "write to <mail>, please");
	expect("tel. 011 555 2310", "tel. <phone>");
	expect("finished 2026-11-28, 12 of 14", "finished 2026-11-28, 12 of 14");
	expect("user session opened", "user session opened");
}

static void test_fields(void **state)
{
	struct ward_identifier_walk w;
	struct ward_identifier_span s;

	(void)state;
	expect("MSH|^~\\&|A\rPID|1||77^^^H||ROSSI^MARIO||19600312|M\rOBX|1|NM|GLU||88",
		"MSH|^~\\&|A\rPID|1||<patient>||<name>||<birth date>|M\rOBX|1|NM|GLU||88");
	expect("PID|PPID|CMD|a|b|c|d", "PID|PPID|CMD|a|b|c|d");
	expect("(0010,0010) PN [ROSSI^MARIO] # 11", "(0010,0010) PN [<name>] # 11");
	expect("(0010,0020): 12 34", "(0010,0020): <patient>");
	expect("(0008,0060) CS [CT]", "(0008,0060) CS [CT]");
	ward_identifier_walk_init(&w, NULL, WARD_STR("rossi^mario"));
	ward_identifier_walk_named(&w, WARD_STR("dicom.PatientName"));
	assert_true(ward_identifier_next(&w, &s));
	assert_int_equal(s.off, 0);
}

static void test_paths(void **state)
{
	(void)state;
	expect("C:\\Users\\mrossi\\AppData\\x.exe", "C:\\Users\\<account>\\AppData\\x.exe");
	expect("\"C:\\\\Users\\\\Mario Rossi\\\\x.exe\"", "\"C:\\\\Users\\\\<account>\\\\x.exe\"");
	expect("dir c:\\users\\mrossi /s", "dir c:\\users\\<account> /s");
	expect("C:\\Users\\Public\\x C:\\Users\\All Users\\x C:\\Users\\%USERNAME%\\x "
	       "C:\\Users\\*\\x",
		"C:\\Users\\Public\\x C:\\Users\\All Users\\x C:\\Users\\%USERNAME%\\x "
		"C:\\Users\\*\\x");
	expect("PWD=/home"
	       "/mrossi ; COMMAND=/bin/ls",
		"PWD=/home/<account> ; COMMAND=/bin/ls");
	expect("/Users"
	       "/mrossi/Library",
		"/Users/<account>/Library");
	expect("GET /api/users/list /users/", "GET /api/users/list /users/");
	expect("/api/patients/7788123/notes", "/api/patients/<patient>/notes");
	expect("/api/patients/new 12 patients/day", "/api/patients/new 12 patients/day");
	expect("ssh m.rossi@10.1.2.3 -p 22", "ssh <account>@10.1.2.3 -p 22");
	expect("npm lodash@4.17.21", "npm lodash@4.17.21");
	struct ward_identifier_walk w;
	struct ward_identifier_span span;

	ward_identifier_walk_init(&w, NULL,
		WARD_STR("/home"
			 "/start /patients/7788123"));
	w.is_uri = true;
	assert_true(ward_identifier_next(&w, &span) && span.kind == WARD_IDENTIFIER_PATIENT);
	assert_false(ward_identifier_next(&w, &span));
}

static void test_accounts(void **state)
{
	struct ward_identifier_walk w;
	struct ward_identifier_span span;

	(void)state;
	expect("uid=1000 auid=1198400500 euid=0 ouid=65534 fsuid=999 suid=4294967295",
		"uid=<account> auid=<account> euid=0 ouid=65534 fsuid=999 suid=4294967295");
	expect("dn=\"uid=n.rossi,ou=people\" UID=\"root\" uid 1000",
		"dn=\"uid=<account>,ou=people\" "
		"UID=\"root\" uid 1000");
	expect("net user mrossi /domain", "net user <account> /domain");
	expect("NET1.EXE USER \"Mario Rossi\"", "NET1.EXE USER \"<account>\"");
	expect("cmd /c \"net user mrossi Secret1\"", "cmd /c \"net user <account> Secret1\"");
	expect("x & net localgroup \"Remote Desktop Users\" mrossi /add & y",
		"x & net localgroup \"Remote Desktop Users\" <account> /add & y");
	expect("net user /add SafeMode DarkGate0!", "net user /add SafeMode DarkGate0!");
	expect("net user mrossi x /add & net user lbianchi /domain",
		"net user mrossi x /add & net user <account> /domain");
	expect("net user Administrateur /domain; net user",
		"net user Administrateur /domain; net user");
	expect("a better net user experience", "a better net user experience");
	/* a connection of Zeek has a uid, too; the number of an account is one in any field */
	ward_identifier_walk_init(&w, NULL, WARD_STR("CmES5u32sYpV7JYN"));
	ward_identifier_walk_named(&w, WARD_STR("uid"));
	assert_false(ward_identifier_next(&w, &span));
	ward_identifier_walk_init(&w, NULL, WARD_STR("1198400500"));
	ward_identifier_walk_named(&w, WARD_STR("audit.auid"));
	assert_true(ward_identifier_next(&w, &span) && span.len == 10);
}

static void test_objects(void **state)
{
	(void)state;
	expect("{\"patient\":{\"bed\":12,\"id\":\"7788123\"}}",
		"{\"patient\":{\"bed\":12,\"id\":\"<patient>\"}}");
	expect("{\"patient\":{\"status\":\"admitted\"},\"id\":\"7788123\"}",
		"{\"patient\":{\"status\":\"admitted\"},\"id\":\"7788123\"}");
	/* numbers, members of whom or what is named, objects within, JSON in a text of JSON */
	expect("{\"patient_id\": 4711, \"uid\": 1198400500, \"loginuid\":0, \"mrn\":991234}",
		"{\"patient_id\": <patient>, \"uid\": <account>, \"loginuid\":0, "
		"\"mrn\":<patient>}");
	expect("{\"uid\":\"CmES5u32sYpV7JYN\",\"uid\": 999,\"id\":7788123}",
		"{\"uid\":\"CmES5u32sYpV7JYN\",\"uid\": 999,\"id\":7788123}");
	expect("{\"user\":{\"id\":123456,\"host\":{\"id\":123456},\"name\":\"mrossi\"},\"id\":"
	       "77881}",
		"{\"user\":{\"id\":<account>,\"host\":{\"id\":123456},\"name\":\"<account>\"},"
		"\"id\":77881}");
	expect("{\"patient\":{\"name\":{\"family\":\"Rossi\"},\"id\":4711}}",
		"{\"patient\":{\"name\":{\"family\":\"<name>\"},\"id\":<patient>}}");
	expect("{\"employee\": {\"number\": 4455, \"name\": \"Ann Lee\"}, \"matricola\": 123456}",
		"{\"employee\": {\"number\": <badge>, \"name\": \"<name>\"}, \"matricola\": "
		"<badge>}");
	expect("{\"log\":\"{\\\"patient\\\":{\\\"id\\\":\\\"4711\\\"},\\\"mrn\\\":123456}\"}",
		"{\"log\":\"{\\\"patient\\\":{\\\"id\\\":\\\"<patient>\\\"},\\\"mrn\\\":<patient>}"
		"\"}");
	expect("patient_first_name=Mario employee_no: 4455 device_name=Mario max_per_user=500",
		"patient_first_name=<name> employee_no: <badge> device_name=Mario "
		"max_per_user=500");
	expect("}}{{{{{{{{{{\"patient\":{\"id\":4711}", "}}{{{{{{{{{{\"patient\":{\"id\":4711}");
	expect("user=\"Mario Rossi\" user=\"root\" tty",
		"user=\"<account>\" user=\"<account>\" tty");
	expect("<a xmlns=\"http://hl7.org/fhir\"><subject><reference "
	       "value=\"Patient/77\"/></subject>"
	       "<quantity><value value=\"1234\"/></quantity></a>",
		"<a xmlns=\"http://hl7.org/fhir\"><subject><reference value=\"Patient/<patient>\"/>"
		"</subject><quantity><value value=\"1234\"/></quantity></a>");
	expect("{\"resourceType\":\"Patient\",\"id\":\"911824\",\"contact\":{\"id\":\"911825\"}}",
		"{\"resourceType\":\"Patient\",\"id\":\"<patient>\",\"contact\":{\"id\":\"911825\"}"
		"}");
	expect("{\"resourceType\": \"Device\", \"id\": \"911824\"} {\"resourceType\":",
		"{\"resourceType\": \"Device\", \"id\": \"911824\"} {\"resourceType\":");
	/* more elements than it keeps, tags that end nowhere, ends without a begin */
	expect("<x xmlns=\"http://hl7.org/fhir\"></a></b><a><b><c><d><e><f><g><h><i><name>"
	       "<family value=\"Rossi\"/></name></i><",
		"<x xmlns=\"http://hl7.org/fhir\"></a></b><a><b><c><d><e><f><g><h><i><name>"
		"<family value=\"<name>\"/></name></i><");
}

/* What the name of a field says, where JSON's objects were laid out flat. */
static void test_named(void **state)
{
	static const struct {
		const char *field, *value;
		int kind; /* of all of it; -1: of nobody */
	} all[] = {{"patient.id", "4711", WARD_IDENTIFIER_PATIENT},
		{"patient.name", "Mario Rossi", WARD_IDENTIFIER_PERSON},
		{"hl7.patient.birthDate", "19600312", WARD_IDENTIFIER_BIRTH},
		{"staff.badge.number", "778899", WARD_IDENTIFIER_BADGE},
		{"card.number", "778899", WARD_IDENTIFIER_BADGE},
		{"employee.id", "4455", WARD_IDENTIFIER_BADGE},
		{"user.id", "1198400500", WARD_IDENTIFIER_ACCOUNT},
		{"user.name", "Mario Rossi", WARD_IDENTIFIER_ACCOUNT},
		{"patient_id", "4711", WARD_IDENTIFIER_PATIENT},
		/* as tables call their columns */
		{"Patient ID", "T1234567", WARD_IDENTIFIER_PATIENT},
		{"Patient Name", "Mario Rossi", WARD_IDENTIFIER_PERSON},
		{"patient-id", "7788123", WARD_IDENTIFIER_PATIENT},
		{"patient_first_name", "Mario", WARD_IDENTIFIER_PERSON},
		{"First Name", "Anna", WARD_IDENTIFIER_PERSON},
		{"Badge No.", "778899", WARD_IDENTIFIER_BADGE},
		{"Date of Birth", "1960-03-12", WARD_IDENTIFIER_BIRTH},
		{"Data di nascita", "12/03/1960", WARD_IDENTIFIER_BIRTH},
		{"patient_dob", "1960-03-12", WARD_IDENTIFIER_BIRTH},
		{"Phone Number", "0115552310", WARD_IDENTIFIER_PHONE},
		{"Medical Record Number", "7788123", WARD_IDENTIFIER_PATIENT},
		{"employee_name", "Ann Lee", WARD_IDENTIFIER_PERSON},
		{"Numéro patient", "7788123", WARD_IDENTIFIER_PATIENT},
		{"Nom du patient", "Zoé Hamon", WARD_IDENTIFIER_PERSON},
		{"ID paziente", "T1234567", WARD_IDENTIFIER_PATIENT},
		{"device_name", "Mario Rossi", -1}, {"max_per_user", "500", -1},
		{"new_patient", "yes", -1}, {"cpu_user", "1234", -1}, {"process_id", "4711", -1},
		{"patient_count", "4711", -1}, {"request_id", "4711", -1},
		{"badge_status", "4711", -1}, {"_id", "4711", -1}, {"_", "4711", -1},
		{"card_id", "4711", -1}, {" . ", "4711", -1}, {"user.id", "S-1-5-18", -1},
		{"user.id", "999", -1}, {"device.id", "4711", -1}, {"name.id", "4711", -1},
		{"user.count", "4711", -1}, {"badge.name", "blue", -1}, {".id", "4711", -1},
		{"id", "4711", -1}, {".", "4711", -1}, {"", "4711", -1}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_identifier_walk w;
		struct ward_identifier_span span;

		ward_identifier_walk_init(&w, NULL, ward_str_z(all[i].value));
		ward_identifier_walk_named(&w, ward_str_z(all[i].field));
		bool is = ward_identifier_next(&w, &span);

		assert_int_equal(is, all[i].kind >= 0);
		if (is) {
			assert_int_equal(span.kind, all[i].kind);
			assert_int_equal(span.len, strlen(all[i].value));
		}
	}
}

static void test_own(void **state)
{
	struct ward_identifiers own = {.n = 0};
	struct ward_str bad;

	(void)state;
	assert_true(
		ward_identifiers_read(&own, WARD_STR("patient=SG-######, badge=B@@####"), &bad));
	expect_in(&own, "for SG-123456 by BXY1234 and SG-12345, SG-1234567",
		"for <patient> by <badge> and SG-12345, SG-1234567");
	assert_false(ward_identifiers_read(&own, WARD_STR("patient=###"), &bad));
	assert_true(ward_str_eqz(bad, "patient=###"));
	assert_false(ward_identifiers_read(&own, WARD_STR("car=#####"), &bad));
	assert_false(ward_identifiers_read(&own, WARD_STR("patient"), &bad));
	while (own.n < WARD_IDENTIFIER_PATTERNS)
		assert_true(ward_identifiers_read(&own, WARD_STR("patient=X####"), &bad));
	assert_false(ward_identifiers_read(&own, WARD_STR("patient=X####"), &bad));
}

/* ---- the labelled texts ---- */
struct tally {
	size_t there, found, told, right;
};

static bool covered(
	const struct ward_identifier_span *s, const struct ward_identifier_span *by, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (by[i].off <= s->off && by[i].off + by[i].len >= s->off + s->len)
			return true;
	return false;
}

static bool touches(
	const struct ward_identifier_span *s, const struct ward_identifier_span *by, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (by[i].off < s->off + s->len && s->off < by[i].off + by[i].len)
			return true;
	return false;
}

enum { FORMS = 10 };
static const char *const names[FORMS] = {
	"hl7", "dicom", "fhir", "badge", "windows", "audit", "command", "json", "syslog", "nobody"};

static void judge(
	struct ward_str form, struct ward_str line, struct tally *kinds, struct tally *forms)
{
	struct ward_identifier_span span[SPANS];
	struct text t;
	size_t n, f = 0;

	unmark(line, &t);
	n = find(NULL, (struct ward_str){t.p, t.len}, span);
	while (!ward_str_eqz(form, names[f]))
		f++;
	for (size_t i = 0; i < t.n; i++) {
		bool is = covered(&t.span[i], span, n);

		kinds[t.span[i].kind].there++;
		forms[f].there++;
		kinds[t.span[i].kind].found += is;
		forms[f].found += is;
		if (!is && getenv("WARD_SHOW"))
			print_message("missed %.*s in %.*s\n", (int)t.span[i].len,
				t.p + t.span[i].off, (int)t.len, t.p);
	}
	for (size_t i = 0; i < n; i++) {
		bool is = touches(&span[i], t.span, t.n);

		kinds[span[i].kind].told++;
		forms[f].told++;
		kinds[span[i].kind].right += is;
		forms[f].right += is;
		if (!is && getenv("WARD_SHOW"))
			print_message("wrong %s %.*s in %.*s\n", ward_identifier_name(span[i].kind),
				(int)span[i].len, t.p + span[i].off, (int)t.len, t.p);
	}
}

static double share(size_t a, size_t b)
{
	return b ? (double)a / (double)b : 1;
}

static void test_labelled(void **state)
{
	static const struct {
		double recall, precision;
	} floors[FORMS] = {{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1},
		{0.87, 0.98}, {1, 1}};
	struct tally kinds[WARD_IDENTIFIER_N] = {{0}}, forms[FORMS] = {{0}};
	const char *root = getenv("WARD_SOURCE_ROOT");
	char path[1024], line[TEXT];
	size_t wrong = 0;
	FILE *f;

	(void)state;
	assert_non_null(root);
	(void)snprintf(path, sizeof(path), "%s/tests/unit/comply/labelled.txt", root);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		struct ward_str rest = ward_str_trim(ward_str_z(line)),
				form = ward_str_cut(&rest, '\t');

		(void)ward_str_cut(&rest, '\t');
		judge(form, rest, kinds, forms);
		wrong += ward_str_eqz(form, "nobody");
	}
	(void)fclose(f);
	assert_true(wrong > 500);
	for (size_t k = 0; k < WARD_IDENTIFIER_N; k++)
		print_message("%-15s recall %.3f of %zu, precision %.3f of %zu\n",
			ward_identifier_name((enum ward_identifier)k),
			share(kinds[k].found, kinds[k].there), kinds[k].there,
			share(kinds[k].right, kinds[k].told), kinds[k].told);
	for (size_t k = 0; k < FORMS; k++)
		print_message("%-15s recall %.3f of %zu, precision %.3f of %zu\n", names[k],
			share(forms[k].found, forms[k].there), forms[k].there,
			share(forms[k].right, forms[k].told), forms[k].told);
	for (size_t k = 0; k < FORMS; k++) {
		assert_true(share(forms[k].found, forms[k].there) >= floors[k].recall);
		assert_true(share(forms[k].right, forms[k].told) >= floors[k].precision);
	}
}

static void test_labels_in_order(void **state)
{
#define K(name) 0
	enum { ALWAYS, CAPITAL, THING, SIGN, FHIR, TITLE, NUMBERED };
	static const struct {
		const char *word;
		int kind, sure;
	} labels[] = {
#include "comply/identifier_labels.inc"
	};

	(void)state;
	for (size_t i = 1; i < WARD_ARRAY_LEN(labels); i++)
		assert_true(strcmp(labels[i - 1].word, labels[i].word) < 0);
	for (size_t i = 0; i < WARD_ARRAY_LEN(labels); i++) {
		const struct ward_label *l = ward_label_find(ward_str_z(labels[i].word));

		if (!ward_label_may_be(ward_str_z(labels[i].word)) || !l)
			fail_msg("'%s' is not found: the tables of letters and lengths in "
				 "identifier_label have to have it",
				labels[i].word);
		assert_string_equal(l->word, labels[i].word);
	}
	assert_null(ward_label_find(WARD_STR("patienten")));
	assert_non_null(ward_label_find(WARD_STR("PatientID")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_digits),
		cmocka_unit_test(test_by_words),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_labels_in_order),
		cmocka_unit_test(test_labelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
