/* Other hospitals' EDXL-HAVE: read strictly, shown, written again without loss; and our own export,
 * with names that attack, read back. */
#include "../model/lab.h"
#include "care/have.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEAD                                                                 \
	"<HospitalStatus xmlns='urn:oasis:names:tc:emergency:EDXL:HAVE:1.0'" \
	" xmlns:n='urn:oasis:names:tc:ciq:xnl:3' xmlns:l='http://www.w3.org/1999/xlink'>\n"
#define ORG                                                                            \
	"<Organization><OrganizationInformation><n:OrganisationName l:href='a&amp;b'>" \
	"<n:NameElement n:ElementType='FullName'>Ospedale &lt;Due&gt;</n:NameElement>" \
	"</n:OrganisationName></OrganizationInformation></Organization>\n"
#define TIME "<LastUpdateTime>2026-03-12T03:36:42+01:00</LastUpdateTime>"
#define TAIL "</HospitalStatus>"
#define ONE(body) HEAD "<Hospital>" ORG body TIME "</Hospital>" TAIL
#define BEDS(body) "<HospitalBedCapacityStatus>" body "</HospitalBedCapacityStatus>"
#define BED(type, sub, free, base)                                                       \
	"<BedCapacity><BedType>" type "</BedType>" sub "<Capacity><AvailableCount>" free \
	"</AvailableCount><BaselineCount>" base "</BaselineCount></Capacity></BedCapacity>"
#define SUB(name) "<SubCategoryBedType>" name "</SubCategoryBedType>"

struct bench {
	struct ward_arena a;
	struct ward_diag d;
};

static int begin(void **state)
{
	static struct bench b;

	ward_arena_init(&b.a, ward_mem_heap(), 1 << 26);
	ward_diag_init(&b.d, ward_mem_heap());
	*state = &b;
	return 0;
}

static int end(void **state)
{
	struct bench *b = *state;

	ward_arena_fini(&b->a);
	ward_diag_fini(&b->d);
	return 0;
}

static enum ward_err read_text(struct bench *b, struct ward_str text, struct ward_have *h)
{
	return ward_have_read(ward_str_bytes(text), WARD_STR("x.xml"), &b->a, &b->d, h);
}

/* The same elements, attributes and texts. */
static void same(const struct ward_xmldoc *a, const struct ward_xmldoc *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		const struct ward_xmldoc_elem *x = &a->elem[i], *y = &b->elem[i];

		assert_true(ward_str_eq(x->name, y->name) && ward_str_eq(x->ns, y->ns));
		assert_true(ward_str_eq(x->text, y->text) && x->parent == y->parent);
		assert_int_equal(x->n_attr, y->n_attr);
		for (uint32_t k = 0; k < x->n_attr; k++)
			assert_true(ward_str_eq(x->attr[k].key, y->attr[k].key) &&
				    ward_str_eq(x->attr[k].ns, y->attr[k].ns) &&
				    ward_str_eq(x->attr[k].value, y->attr[k].value));
	}
}

static void round_trip(struct bench *b, struct ward_str text)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 22);
	struct ward_have h, again;

	assert_int_equal(read_text(b, text, &h), WARD_OK);
	ward_xmldoc_write(&h.doc, &w);
	assert_false(ward_wr_bad(&w));
	assert_int_equal(read_text(b, ward_wr_text(&w), &again), WARD_OK);
	same(&h.doc, &again.doc);
	ward_have_fini(&h);
	ward_have_fini(&again);
	ward_wr_fini(&w);
}

static void what_is_said(void **state)
{
	static const char text[] = HEAD
		"<Hospital>" ORG "<EmergencyDepartmentStatus><EMSTraffic><EMSTrafficStatus>Closed"
		"</EMSTrafficStatus></EMSTraffic></EmergencyDepartmentStatus>" BEDS(BED("AdultICU",
			"", "3", "20") BED("AdultICU", SUB("A"), "1", "8") BED("AdultICU", SUB("B"),
			"2", "12") BED("Burn", SUB("C"), "1", "2") BED("Burn", SUB("D"), "0",
			"4")) "<HospitalFacilityStatus><FacilityStatus>Compromised</FacilityStatus>"
			      "<SecurityStatus>Lockdown</SecurityStatus></"
			      "HospitalFacilityStatus>" TIME
			      "</Hospital><Hospital><Organization><OrganizationInformation>"
			      "<n:NameElement>Tre</n:NameElement></"
			      "OrganizationInformation><CommentText>"
			      "EXERCISE: none</CommentText></Organization>" TIME "</Hospital>" TAIL;
	struct bench *b = *state;
	struct ward_have h;

	assert_int_equal(read_text(b, ward_str_z(text), &h), WARD_OK);
	assert_int_equal(h.n, 2);
	assert_true(ward_str_eqz(h.hospital[0].name, "Ospedale <Due>"));
	assert_true(ward_str_eqz(h.hospital[0].traffic, "Closed"));
	assert_true(ward_str_eqz(h.hospital[0].security, "Lockdown"));
	assert_false(h.hospital[0].exercise);
	assert_true(h.hospital[1].exercise);
	/* parts of what has a sum don't count twice; without one they are summed */
	assert_int_equal(h.hospital[0].bed[WARD_BED_ADULT_ICU].available, 3);
	assert_int_equal(h.hospital[0].bed[WARD_BED_ADULT_ICU].baseline, 20);
	assert_int_equal(h.hospital[0].bed[WARD_BED_BURN].available, 1);
	assert_int_equal(h.hospital[0].bed[WARD_BED_BURN].baseline, 6);
	assert_false(h.hospital[0].bed[WARD_BED_MEDICAL].said);
	ward_have_fini(&h);
	round_trip(b, ward_str_z(text));
}

static void made_example(void **state)
{
	const char *data = getenv("WARD_SHARED_DATA");
	struct bench *b = *state;
	struct ward_limits lim;
	struct ward_slice bytes;
	struct ward_have h;
	char path[512];

	ward_limits_default(&lim);
	(void)snprintf(
		path, sizeof(path), "%s/standards/_made-examples/have-1.0.xml", data ? data : "");
	if (!data || ward_conf_read(&b->a, &lim, path, &b->d, &bytes) != WARD_OK) {
		print_message("skipped: no %s\n", path);
		return;
	}
	assert_int_equal(read_text(b, ward_slice_text(bytes), &h), WARD_OK);
	assert_true(ward_str_eqz(h.hospital[0].name, "Example Hospital"));
	assert_true(ward_str_eqz(h.hospital[0].traffic, "Advisory"));
	assert_int_equal(h.hospital[0].bed[WARD_BED_ADULT_ICU].available, 3);
	ward_have_fini(&h);
	round_trip(b, ward_slice_text(bytes));
	(void)snprintf(
		path, sizeof(path), "%s/standards/_made-examples/negative/have-bad.xml", data);
	assert_int_equal(ward_conf_read(&b->a, &lim, path, &b->d, &bytes), WARD_OK);
	assert_int_equal(read_text(b, ward_slice_text(bytes), &h), WARD_ERR_CONFIG);
	ward_have_fini(&h);
}

/* What the schema refuses and what only the text does: each with the line. */
static void refused(void **state)
{
	static const struct {
		const char *text, *what;
	} row[] = {{"<a", "no XML"}, {"<!DOCTYPE x><a/>", "no XML"},
		{"<HospitalStatus/>", "no <HospitalStatus>"}, {HEAD TAIL, "has no <Hospital>"},
		{HEAD "<Hospital>" TIME "</Hospital>" TAIL, "has no <Organization>"},
		{HEAD "<Hospital>" ORG "</Hospital>" TAIL, "has no <LastUpdateTime>"},
		{HEAD "<Hospital>" ORG "<LastUpdateTime>2026-03-12T03:36:42</LastUpdateTime>"
		      "</Hospital>" TAIL,
			"time with its zone"},
		{ONE("<Wards/>"), "no <Wards>"}, {ONE("<n:Burn/>"), "no <Burn>"},
		{ONE(BEDS("")), "has no <BedCapacity>"},
		{ONE(BEDS(BED("ICU", "", "1", "2"))), "one of AdultICU"},
		{ONE(BEDS(BED("Burn", "", "-1", "2"))), "number from 0"},
		{ONE(BEDS(BED("Burn", "", "1.5", "2"))), "number from 0"},
		{ONE(BEDS("<BedCapacity><Capacity/></BedCapacity>")), "beds of no type"},
		{ONE(BEDS("<BedCapacity><Capacity/><BedType>Burn</BedType></BedCapacity>")),
			"<BedType> behind <Capacity>"},
		{ONE("<HospitalFacilityStatus><FacilityStatus>Closed</FacilityStatus>"
		     "<FacilityStatus>Closed</FacilityStatus></HospitalFacilityStatus>"),
			"comes twice"},
		{ONE("<ServiceCoverageStatus><Burn>yes</Burn></ServiceCoverageStatus>"),
			"true or false"},
		{ONE("<ServiceCoverageStatus><SurgeryIndicator><Surgery>true</Surgery>"
		     "<SurgerySubType/></SurgeryIndicator></ServiceCoverageStatus>"),
			"beside <Surgery>"},
		{ONE("<EmergencyDepartmentStatus><EMSCensus><TriageCode><TriageCodeValue>Red"
		     "</TriageCodeValue></TriageCode></EMSCensus></EmergencyDepartmentStatus>"),
			"without its number"},
		{ONE("<HospitalFacilityStatus a='b'/>"), "the attribute 'a'"},
		{ONE("<HospitalFacilityStatus>closed</HospitalFacilityStatus>"), "has a text"},
		{HEAD "<Hospital><Organization><OrganizationInformation/></Organization>" TIME
		      "</Hospital>" TAIL,
			"without a name"}};
	struct bench *b = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_wr said = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct ward_have h;

		ward_diag_fini(&b->d);
		ward_diag_init(&b->d, ward_mem_heap());
		assert_int_equal(read_text(b, ward_str_z(row[i].text), &h), WARD_ERR_CONFIG);
		ward_have_fini(&h);
		ward_diag_write_text(&b->d, &said);
		ward_wr_u8(&said, 0);
		if (!strstr((const char *)said.p, row[i].what))
			fail_msg("%zu: '%s' is not in: %s", i, row[i].what, (const char *)said.p);
		ward_wr_fini(&said);
	}
}

/* Two sites, a service in no room, and names that would break a document or a reader. */
static void own_export(void **state)
{
	static const char more[] =
		"sites: [{id: s2, name: '<b>&\"]]>'}]\n"
		"buildings: [{id: b2, name: B, site: s2}]\n"
		"floors: [{id: f2, name: F, building: b2, level: 0}]\n"
		"rooms: [{id: r2, name: R, floor: f2, class: room.theatre, zone: z-in}]\n"
		"services:\n"
		"  - {id: far, name: '</CommentText>', class: service.care, rooms: [r2], beds: 3,\n"
		"     patients: 1, requires: [{of: [ahu-1]}]}\n"
		"  - {id: nowhere, name: N, class: service.care, requires: [{of: [ahu-1]}]}\n";
	static const char csv[] = "where,state,security,available,made,until,by\n"
				  "far,limited,,2,2026-03-12T02:00:00Z,2026-03-12T06:00:00Z,a\n"
				  "s2,evacuating,lockdown,,2026-03-12T02:00:00Z,"
				  "2026-03-12T06:00:00Z,a\n";
	struct bench *b = *state;
	struct lab l;
	struct ward_care_entries e;
	struct ward_availability c;
	struct ward_have h;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 22);

	(void)lab_load(&l, ward_mem_heap(), NULL, "more.yml", more);
	assert_non_null(l.m);
	const struct ward_care_in in = {l.m, &l.lim, &b->d, &b->a};

	assert_int_equal(ward_care_entries_parse(
				 &in, WARD_STR("care.csv"), ward_str_bytes(ward_str_z(csv)), &e),
		WARD_OK);
	struct ward_care_ask ask = {.m = l.m, .entry = e.at, .n_entry = e.n};

	assert_int_equal(ward_time_parse(WARD_STR("2026-03-12T03:00:00Z"), &ask.at), WARD_OK);
	assert_int_equal(ward_availability_find(&ask, &b->a, &c), WARD_OK);
	assert_int_equal(c.n_site, 3); /* and one for what is in no room */
	for (unsigned exercise = 0; exercise < 2; exercise++) {
		const struct ward_care_export x = {.c = &c, .m = l.m, .exercise = exercise};

		ward_wr_reset(&w);
		ward_care_write_have(&x, &w);
		assert_int_equal(read_text(b, ward_wr_text(&w), &h), WARD_OK);
		assert_int_equal(h.n, 3);
		for (size_t i = 0; i < h.n; i++)
			assert_int_equal(h.hospital[i].exercise, exercise);
		assert_true(ward_str_eqz(h.hospital[1].facility, "Evacuating"));
		assert_true(ward_str_eqz(h.hospital[1].security, "Lockdown"));
		assert_int_equal(h.hospital[1].bed[WARD_BED_MEDICAL].available, 2);
		assert_int_equal(h.hospital[0].bed[WARD_BED_MEDICAL].baseline, 4);
		assert_true(ward_str_ends(h.hospital[1].name, WARD_STR("<b>&\"]]>")));
		ward_have_fini(&h);
	}
	ward_wr_fini(&w);
	lab_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_said),
		cmocka_unit_test(made_example), cmocka_unit_test(refused),
		cmocka_unit_test(own_export)};

	return cmocka_run_group_tests(tests, begin, end);
}
