/* FHIR and DICOMweb over HTTP: what is done is told, whom it is about is not. */
#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/http/care.h"
#include "sense/net/proto/http/resources.h"

#define JSON "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 2\r\n\r\n{}"

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_http);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void ask(const char *line, const char *fields, const char *body, const char *answer)
{
	char text[2048];

	proto_lab_again(&lab, &ward_dissect_http);
	proto_lab_forget(&lab);
	(void)snprintf(text, sizeof(text),
		"%s HTTP/1.1\r\nHost: h\r\n%sContent-Length: %zu\r\n\r\n%s", line, fields,
		strlen(body), body);
	(void)proto_lab_feed(&lab, 0, ward_slice_of(text, strlen(text)), false);
	(void)proto_lab_feed(&lab, 1, ward_slice_of(answer, strlen(answer)), false);
	(void)proto_lab_feed(&lab, 0, ward_slice_of(NULL, 0), true);
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
}

static void test_fhir(void **state)
{
	static const struct {
		const char *line, *interaction, *resource, *uri;
	} rows[] = {
		{"GET /fhir/Patient/DOE4711", "read", "Patient", "/fhir/Patient/{id}"},
		{"HEAD /Patient/DOE4711", "read", "Patient", "/Patient/{id}"},
		{"GET /fhir/Patient/DOE4711/_history/3", "vread", "Patient",
			"/fhir/Patient/{id}/_history/{id}"},
		{"GET /fhir/Patient/DOE4711/_history", "history-instance", "Patient",
			"/fhir/Patient/{id}/_history"},
		{"GET /fhir/Patient/_history", "history-type", "Patient", "/fhir/Patient/_history"},
		{"GET /fhir/_history", "history-system", NULL, "/fhir/_history"},
		{"GET /fhir/Patient?name=DOE&birthdate=19700101&DOE", "search-type", "Patient",
			"/fhir/Patient?name={}&birthdate={}&{}"},
		{"POST /fhir/Patient/_search", "search-type", "Patient", "/fhir/Patient/_search"},
		{"GET /fhir/Patient/DOE4711/Observation?code%3Ain=DOE", "search-type",
			"Observation", "/fhir/Patient/{id}/Observation?code:in={}"},
		{"GET /fhir?_id=DOE4711", "search-system", NULL, "/fhir?_id={}"},
		{"POST /fhir/Observation", "create", "Observation", "/fhir/Observation"},
		{"PUT /fhir/Observation/DOE", "update", "Observation", "/fhir/Observation/{id}"},
		{"PUT /fhir/Observation?identifier=DOE", "update", "Observation",
			"/fhir/Observation?identifier={}"},
		{"PATCH /fhir/Observation/DOE", "patch", "Observation", "/fhir/Observation/{id}"},
		{"DELETE /fhir/Observation/DOE", "delete", "Observation", "/fhir/Observation/{id}"},
		{"GET /fhir/metadata", "capabilities", NULL, "/fhir/metadata"},
		{"GET /fhir/Patient/DOE/$everything", "operation", "Patient",
			"/fhir/Patient/{id}/$everything"},
		{"GET http://u:DOE@h/fhir/Patient/DOE", "read", "Patient",
			"http://h/fhir/Patient/{id}"},
		{"GET /4711/Patient/DOE", "read", "Patient", "/{id}/Patient/{id}"},
		{"GET /api/persons/DOE", NULL, NULL, "/api/{id}/{id}"},
		{"GET /fhir/Patient/DOE/4711/x/y", NULL, "Patient",
			"/fhir/Patient/{id}/{id}/{id}/{id}"},
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		ask(rows[i].line, "Accept: application/fhir+json\r\n", "", JSON);
		expect_told("\"class\":\"net.http\"", 1);
		expect_told("\"class\":\"net.fhir\"", 1);
		(void)snprintf(text, sizeof(text), "\"uri\":\"%s\"", rows[i].uri);
		expect_told(text, 1);
		(void)snprintf(text, sizeof(text), "\"fhir.interaction\":\"%s\"",
			rows[i].interaction ? rows[i].interaction : "");
		expect_told(text, rows[i].interaction ? 1 : 0);
		(void)snprintf(text, sizeof(text), "\"fhir.resource\":\"%s\"",
			rows[i].resource ? rows[i].resource : "");
		expect_told(text, rows[i].resource ? 1 : 0);
		expect_told("DOE", 0);
		expect_told("4711", 0);
		expect_told("19700101", 0);
	}
}

static void test_fhir_details(void **state)
{
	(void)state;
	ask("GET /fhir/Patient/DOE/Observation?code:in=DOE&_count=5&x1=&1970-01-01=x",
		"Referer: http://portal/fhir/Patient/DOE\r\n", "",
		"HTTP/1.1 403 No\r\nContent-Disposition: inline; filename=DOE.json\r\n"
		"Location: /Patient/DOE\r\nContent-Length: 0\r\n\r\n");
	expect_told("\"fhir.parameters\":[\"code:in\",\"_count\",\"x1\"],\"fhir.request_bytes\":0,"
		    "\"fhir.status\":403,\"fhir.response_bytes\":0,\"fhir.outcome\":\"denied\"",
		1);
	expect_told("\"fhir.compartment\":\"Patient\"", 1);
	expect_told("\"http.referrer\":\"http://portal/fhir/Patient/{id}\"", 1);
	expect_told("\"http.location\":\"/Patient/{id}\"", 1);
	expect_told("file.name", 0);
	ask("POST /fhir", "Content-Type: application/fhir+json\r\n",
		"{\"resourceType\":\"Bundle\",\"id\":\"DOE\",\"type\": \"transaction\",",
		"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+xml\r\n\r\n"
		"<Bundle xmlns=\"http://hl7.org/fhir\"><id value=\"DOE\"/>"
		"<type value=\"transaction-response\"/>");
	expect_told("\"fhir.interaction\":\"transaction\"", 1);
	expect_told("\"fhir.bundle\":\"transaction\"", 1);
	expect_told("\"fhir.response_bundle\":\"transaction-response\"", 1);
	expect_told("\"fhir.outcome\":\"ok\"", 1);
	expect_told("DOE", 0);
	ask("GET /Patient/DOE/$everything", "", "", "HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n");
	expect_told("\"fhir.operation\":\"$everything\"", 1);
	expect_told("\"fhir.outcome\":\"not-found\"", 1);
	/* Nobody answers. */
	ask("GET /Patient/DOE", "", "", "");
	expect_told("\"fhir.outcome\":\"unanswered\"", 1);
	/* A page that comes from there. */
	ask("GET /style.css", "Referer: http://portal/Patient/DOE?name=DOE\r\n", "",
		"HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n");
	expect_told("\"http.referrer\":\"http://portal/Patient/{id}?name={}\"", 1);
	expect_told("net.fhir", 0);
	/* Only the answer says what it is. */
	ask("GET /x/y/DOE?z=DOE", "", "", JSON);
	expect_told("\"uri\":\"/{id}/{id}/{id}?z={}\"", 1);
	expect_told("DOE", 0);
}

/* Ordinary words in a path are not FHIR. */
static void test_not_fhir(void **state)
{
	static const char *const lines[] = {"GET /Account/Login", "GET /metadata/instance",
		"GET /studies", "GET /Library/Task?x=1", "GET /physicians/4"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(lines); i++) {
		ask(lines[i], "", "", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
		expect_told("net.fhir", 0);
		expect_told("net.dicomweb", 0);
		expect_told(lines[i] + 4, 1);
	}
	/* A page that is only called alike: not told, but not trusted either. */
	ask("GET /app/Patient/DOE", "", "",
		"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 0\r\n"
		"\r\n");
	expect_told("net.fhir", 0);
	expect_told("DOE", 0);
	ask("GET /fhir/manual/DOE", "", "", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	expect_told("net.fhir", 0);
	expect_told("DOE", 0);
	assert_non_null(ward_fhir_resource(WARD_STR("Account")));
	assert_non_null(ward_fhir_resource(WARD_STR("VisionPrescription")));
	assert_null(ward_fhir_resource(WARD_STR("patient")));
}

/* Programs that speak no standard name patients, too; what may be an attack is told. */
static void test_persons_anywhere(void **state)
{
	static const struct {
		const char *target, *uri;
	} rows[] = {
		{"/pacs/qido/studies?00100020=DOE4711&limit=9",
			"/pacs/qido/studies?00100020={}&limit=9"},
		{"/weasis?patientID=DOE4711", "/weasis?patientID={}"},
		{"/x?Patient_Name=DOE%5EJOHN&a&b=", "/x?Patient_Name={}&a&b="},
		{"/app/patient/DOE4711/view?name=DOE&page=2",
			"/app/patient/{id}/view?name={}&page=2"},
		{"/patient/?last-name=DOE", "/patient/?last-name={}"},
		{"/patient.php?id=DOE4711&tab=2", "/patient.php?id={}&tab=2"},
		{"/paziente/DOE4711", "/paziente/{id}"},
		{"/adt?cognome=DOE&nome=J&cf=DOE4711&reparto=a2",
			"/adt?cognome={}&nome={}&cf={}&reparto=a2"},
		{"/adt?nachname=DOE;vorname=J", "/adt?nachname={};vorname={}"},
		{"/adt;patient=DOE/view", "/adt;patient={}/view"},
		{"/adt?patient%4Eame=DOE&filter[patient]=DOE",
			"/adt?patient%4Eame={}&filter[patient]={}"},
		{"/adt?AccessionNumber=4711#patient=DOE", "/adt?AccessionNumber={}#patient={}"},
		{"/instances/0123abcd-0123abcd-0123abcd-0123abcd-0123ABCD/file?id=2",
			"/instances/{id}/file?id=2"},
		{"/x?PatientName=DOE(J)&name=O'DOE&id=3", "/x?PatientName={}&name={}&id=3"},
		{"/?name=${jndi:ldap://h/a}", "/?name=${jndi:ldap://h/a}"},
		{"/patient/%24%7Bjndi:ldap", "/patient/%24%7Bjndi:ldap"},
		{"/patient/..%2f..%2fetc?id=1+UNION%20SELECT",
			"/patient/..%2f..%2fetc?id=1+UNION%20SELECT"},
		{"", ""},
		{"/?=&&;", "/?=&&;"},
		{"/?name=%3Cscript%3E", "/?name=%3Cscript%3E"},
		{"/a/b?filename=x&q=1", "/a/b?filename=x&q=1"},
		{"http://u:DOE@h/weasis?mrn=DOE4711", "http://h/weasis?mrn={}"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		char text[256];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_http_care_reduce(ward_str_z(rows[i].target), WARD_HTTP_CARE_NONE, &w);
		ward_wr_ch(&w, 0);
		assert_string_equal(text, rows[i].uri);
	}
}

static void test_dicomweb(void **state)
{
	static const struct {
		const char *line, *interaction, *level, *uri;
	} rows[] = {
		{"GET /dicom-web/studies?PatientName=DOE&00100020=4711", "search", "study",
			"/dicom-web/studies?PatientName={}&00100020={}"},
		{"GET /rs/studies/1.2.840.4711", "retrieve", "study", "/rs/studies/{uid}"},
		{"GET /studies/1.2.840.4711/metadata", "metadata", "study",
			"/studies/{uid}/metadata"},
		{"GET /studies/1.2.840.4711/series", "search", "series", "/studies/{uid}/series"},
		{"GET /studies/1.2.3.4711/series/1.2.4711/instances/1.2.4711/rendered", "rendered",
			"instance", "/studies/{uid}/series/{uid}/instances/{uid}/rendered"},
		{"GET /studies/1.2.3.4711/series/1.2.4711/instances/1.2.4711/frames/1", "retrieve",
			"frame", "/studies/{uid}/series/{uid}/instances/{uid}/frames/{uid}"},
		{"POST /studies/1.2.3.4711", "store", "study", "/studies/{uid}"},
		{"DELETE /studies/1.2.3.4711", "delete", "study", "/studies/{uid}"},
		{"GET /wado?requestType=WADO&studyUID=1.2.4711&objectUID=1.2.4711", "wado-uri",
			"instance", "/wado?requestType={}&studyUID={}&objectUID={}"},
		{"GET /dicom-web/workitems/1.2.4711", "worklist", "workitem",
			"/dicom-web/workitems/{uid}"},
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		ask(rows[i].line, "", "", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
		expect_told("\"class\":\"net.dicomweb\"", 1);
		(void)snprintf(text, sizeof(text), "\"uri\":\"%s\"", rows[i].uri);
		expect_told(text, 1);
		(void)snprintf(text, sizeof(text),
			"\"dicomweb.interaction\":\"%s\",\"dicomweb.resource\":\"%s\"",
			rows[i].interaction, rows[i].level);
		expect_told(text, 1);
		expect_told("\"dicomweb.outcome\":\"ok\"", 1);
		expect_told("DOE", 0);
		expect_told("4711", 0);
	}
	ask("GET /x/DOE?PatientID=4711", "Accept: application/dicom+json\r\n", "",
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	expect_told("\"uri\":\"/{uid}/{uid}?PatientID={}\"", 1);
	expect_told("\"dicomweb.parameters\":\"PatientID\"", 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fhir),
		cmocka_unit_test(test_fhir_details),
		cmocka_unit_test(test_not_fhir),
		cmocka_unit_test(test_dicomweb),
		cmocka_unit_test(test_persons_anywhere),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
