/* EDXL-HAVE 1.0 as its schema has it, and what its text asks beyond: counts are not negative, times
 * have a zone, each triage code has its number. Elements get the row of the schema that they are.
 */
#include "care/have.h"

#include <stdlib.h>

#define HAVE_NS "urn:oasis:names:tc:emergency:EDXL:HAVE:1.0"

enum kind { GROUP, CHOICE, TEXT, BOOL, COUNT, TIME, OPAQUE };
enum { NEED = 1, MANY = 2, NO_ROW = 0xffff, FOREIGN_ROW = 0xfffe };

static const char traffic[] = "Normal|Advisory|Closed|NotApplicable";
static const char triage[] = "Red|Yellow|Green|Black", offload[] = "Normal|Delayed";
static const char active[] = "Active|Inactive", enough[] = "Adequate|Insufficient";
static const char beds[] =
	"AdultICU|PediatricICU|NeonatalICU|EmergencyDepartment|NurseryBeds|MedicalSurgical|"
	"RehabLongTermCare|Burn|Pediatrics|AdultPsychiatric|PediatricPsychiatric|"
	"NegativeFlowIsolation|OtherIsolation|OperatingRooms";

/* have.xsd in the order of its sequences; children stand behind their parent, one deeper. */
static const struct row {
	uint8_t depth;
	const char *name;
	enum kind kind;
	uint8_t flags;
	const char *words; /* of a TEXT: which it may be; NULL: any */
} row[] = {
	{0, "HospitalStatus", GROUP, NEED, NULL},
	{1, "Hospital", GROUP, NEED | MANY, NULL},
	{2, "Organization", GROUP, NEED, NULL},
	{3, "OrganizationInformation", OPAQUE, NEED, NULL},
	{3, "OrganizationGeoLocation", OPAQUE, 0, NULL},
	{3, "CommentText", TEXT, MANY, NULL},
	{2, "EmergencyDepartmentStatus", GROUP, 0, NULL},
	{3, "EMSTraffic", GROUP, 0, NULL},
	{4, "EMSTrafficStatus", TEXT, 0, traffic},
	{4, "EMSTrafficReason", TEXT, 0, NULL},
	{4, "CommentText", TEXT, 0, NULL},
	{3, "EMSCapacity", GROUP, 0, NULL},
	{4, "TriageCodeListURN", TEXT, 0, NULL},
	{4, "TriageCode", GROUP, MANY, NULL},
	{5, "TriageCodeValue", TEXT, MANY, triage},
	{5, "TriageCountQuantity", COUNT, MANY, NULL},
	{3, "EMSCensus", GROUP, 0, NULL},
	{4, "TriageCodeListURN", TEXT, 0, NULL},
	{4, "TriageCode", GROUP, MANY, NULL},
	{5, "TriageCodeValue", TEXT, MANY, triage},
	{5, "TriageCountQuantity", COUNT, MANY, NULL},
	{3, "EMSAmbulanceStatus", GROUP, 0, NULL},
	{4, "EMSOffloadStatus", TEXT, 0, offload},
	{4, "EMSOffloadMinutes", COUNT, 0, NULL},
	{3, "EMSAirTransportStatus", GROUP, 0, NULL},
	{4, "EMSOffloadStatus", TEXT, 0, offload},
	{4, "EMSOffloadMinutes", COUNT, 0, NULL},
	{3, "CommentText", TEXT, MANY, NULL},
	{2, "HospitalBedCapacityStatus", GROUP, 0, NULL},
	{3, "BedCapacity", GROUP, NEED | MANY, NULL},
	{4, "BedType", TEXT, MANY, beds},
	{4, "SubCategoryBedType", OPAQUE, MANY, NULL},
	{4, "Capacity", GROUP, MANY, NULL},
	{5, "CapacityStatus", TEXT, 0, "Vacant/Available|NotAvailable"},
	{5, "AvailableCount", COUNT, 0, NULL},
	{5, "BaselineCount", COUNT, 0, NULL},
	{5, "AdditionalCapacityCount24Hr", COUNT, 0, NULL},
	{5, "AdditionalCapacityCount72Hr", COUNT, 0, NULL},
	{4, "CommentText", TEXT, MANY, NULL},
	{2, "ServiceCoverageStatus", GROUP, 0, NULL},
	{3, "Burn", BOOL, 0, NULL},
	{3, "CardiologyIndicator", CHOICE, 0, NULL},
	{4, "Cardiology", BOOL, 0, NULL},
	{4, "CardiologySubType", GROUP, 0, NULL},
	{5, "CardiologyInvasive", BOOL, 0, NULL},
	{5, "CardiologyNonInvasive", BOOL, 0, NULL},
	{3, "Dialysis", BOOL, 0, NULL},
	{3, "EmergencyDepartment", BOOL, 0, NULL},
	{3, "HyperbaricChamber", BOOL, 0, NULL},
	{3, "InfectiousDisease", BOOL, 0, NULL},
	{3, "Neonatology", BOOL, 0, NULL},
	{3, "NeurologyIndicator", CHOICE, 0, NULL},
	{4, "Neurology", BOOL, 0, NULL},
	{4, "NeurologySubType", GROUP, 0, NULL},
	{5, "NeurologyInvasive", OPAQUE, 0, NULL},
	{5, "NeurologyNonInvasive", OPAQUE, 0, NULL},
	{3, "OBGYNIndicator", CHOICE, 0, NULL},
	{4, "OBGYN", BOOL, 0, NULL},
	{4, "OBGYNSubType", GROUP, 0, NULL},
	{5, "OBGYNWithLaborDelivery", BOOL, 0, NULL},
	{5, "OBGYNWithoutLaborDelivery", BOOL, 0, NULL},
	{3, "Ophthalmology", BOOL, 0, NULL},
	{3, "Orthopedic", BOOL, 0, NULL},
	{3, "Pediatrics", OPAQUE, 0, NULL},
	{3, "PsychiatricIndicator", CHOICE, 0, NULL},
	{4, "Psychiatric", BOOL, 0, NULL},
	{4, "PsychiatricSubType", GROUP, 0, NULL},
	{5, "PsychiatricAdultGeneral", BOOL, 0, NULL},
	{5, "PsychiatricPediatric", BOOL, 0, NULL},
	{3, "SurgeryIndicator", CHOICE, 0, NULL},
	{4, "Surgery", BOOL, 0, NULL},
	{4, "SurgerySubType", GROUP, 0, NULL},
	{5, "General", BOOL, 0, NULL},
	{5, "AdultGeneralSurgery", BOOL, 0, NULL},
	{5, "Pediatrics", BOOL, 0, NULL},
	{5, "Orthopedics", BOOL, 0, NULL},
	{5, "Neurosurgery", BOOL, 0, NULL},
	{5, "Facial", BOOL, 0, NULL},
	{5, "CardioThoracic", BOOL, 0, NULL},
	{5, "Hand", BOOL, 0, NULL},
	{5, "Reimplantation", BOOL, 0, NULL},
	{5, "Spinal", BOOL, 0, NULL},
	{5, "Vascular", BOOL, 0, NULL},
	{5, "Anesthesia", BOOL, 0, NULL},
	{3, "TransportServicesIndicator", CHOICE, 0, NULL},
	{4, "TransportServices", BOOL, 0, NULL},
	{4, "TransportServicesSubType", GROUP, 0, NULL},
	{5, "AmbulanceServices", BOOL, 0, NULL},
	{5, "AirTransportServices", BOOL, 0, NULL},
	{3, "TraumaCenterServicesIndicator", GROUP, 0, NULL},
	{4, "TraumaCenterServices", BOOL, 0, NULL},
	{4, "TraumaCenterServicesLevel", TEXT, 0, "Level1|Level2|Level3|Level4"},
	{3, "CommentText", TEXT, MANY, NULL},
	{2, "HospitalFacilityStatus", GROUP, 0, NULL},
	{3, "HospitalEOCStatus", TEXT, 0, active},
	{3, "HospitalEOCPlan", TEXT, 0, active},
	{3, "ClinicalStatus", TEXT, 0, "Normal|Full"},
	{3, "DeconCapacity", GROUP, 0, NULL},
	{4, "DeconCapacityStatus", TEXT, 0, "Inactive|Open|Full|Exceeded"},
	{4, "AmbulatoryPatientsDeconCapacity", OPAQUE, 0, NULL},
	{4, "NonAmbulatoryPatientsDeconCapacity", OPAQUE, 0, NULL},
	{3, "MorgueCapacity", GROUP, 0, NULL},
	{4, "MorgueCapacityStatus", TEXT, 0, "Open|Full|Exceeded"},
	{4, "MorgueCapacityUnits", COUNT, 0, NULL},
	{3, "FacilityStatus", TEXT, 0, "Normal|Compromised|Evacuating|Closed"},
	{3, "SecurityStatus", TEXT, 0, "Normal|Elevated|RestrictedAccess|Lockdown|Quarantine"},
	{3, "Activity24Hr", GROUP, 0, NULL},
	{4, "Admissions", OPAQUE, 0, NULL},
	{4, "Discharges", OPAQUE, 0, NULL},
	{4, "Deaths", OPAQUE, 0, NULL},
	{3, "CommentText", TEXT, MANY, NULL},
	{2, "HospitalResourcesStatus", GROUP, 0, NULL},
	{3, "Staffing", TEXT, 0, enough},
	{3, "FacilityOperations", TEXT, 0, enough},
	{3, "ClinicalOperations", TEXT, 0, enough},
	{3, "ResourcesInformationText", OPAQUE, MANY, NULL},
	{3, "CommentText", TEXT, MANY, NULL},
	{2, "LastUpdateTime", TIME, NEED, NULL},
};

struct reader {
	struct ward_have *h;
	struct ward_str file;
	struct ward_diag *diag;
	uint16_t *is;   /* by element: its row; FOREIGN_ROW within what is opaque */
	uint16_t *last; /* by element: the row of its last child; NO_ROW: none yet */
};

#define say(r, e, ...) \
	ward_diag_addf((r)->diag, WARD_DIAG_ERROR, (r)->file, (r)->h->doc.elem[e].line, __VA_ARGS__)

/* The row of that name among the children of `parent`, or NO_ROW. */
static uint16_t row_of(uint16_t parent, struct ward_str name)
{
	for (size_t i = parent + 1u; i < WARD_ARRAY_LEN(row) && row[i].depth > row[parent].depth;
		i++)
		if (row[i].depth == row[parent].depth + 1 && ward_str_eqz(name, row[i].name))
			return (uint16_t)i;
	return NO_ROW;
}

/* Its place among its brothers, by the schema's sequence. */
static void in_order(struct reader *r, uint32_t e, uint32_t parent, uint16_t is)
{
	uint16_t before = r->last[parent];

	r->last[parent] = is;
	if (before == NO_ROW)
		return;
	if (row[r->is[parent]].kind == CHOICE)
		say(r, e, "<%s> beside <%s>\nleave one of both out", row[is].name,
			row[before].name);
	else if (is == before && !(row[is].flags & MANY))
		say(r, e, "<%s> comes twice\nleave one out", row[is].name);
	else if (is < before)
		say(r, e, "<%s> behind <%s>\nwrite it before", row[is].name, row[before].name);
}

static void place(struct reader *r, uint32_t e)
{
	const struct ward_xmldoc_elem *x = &r->h->doc.elem[e];
	bool ours = ward_str_eqz(x->ns, HAVE_NS);
	uint16_t up = e ? r->is[x->parent] : NO_ROW;

	r->last[e] = NO_ROW;
	r->is[e] = FOREIGN_ROW;
	if (!e) {
		r->is[e] = ours && ward_str_eqz(x->name, row[0].name) ? 0 : NO_ROW;
	} else if (up != FOREIGN_ROW && up != NO_ROW && row[up].kind != OPAQUE) {
		r->is[e] = ours ? row_of(up, x->name) : NO_ROW;
		if (r->is[e] != NO_ROW)
			in_order(r, e, x->parent, r->is[e]);
	}
	if (r->is[e] == NO_ROW && (up != NO_ROW || !e))
		say(r, e, WARD_TEXT("there is no <%.*s> here\nsee EDXL-HAVE 1.0, name space %s"),
			WARD_STR_ARG(ward_str_sub(x->name, 0, 64)), HAVE_NS);
}

static bool is_word(const char *words, struct ward_str s)
{
	struct ward_str rest = ward_str_z(words);

	while (rest.p)
		if (ward_str_eq(ward_str_cut(&rest, '|'), s))
			return true;
	return false;
}

static bool has_zone(struct ward_str s)
{
	if (s.len && s.p[s.len - 1] == 'Z')
		return true;
	return s.len > 6 && (s.p[s.len - 6] == '+' || s.p[s.len - 6] == '-');
}

static void value(struct reader *r, uint32_t e)
{
	const struct ward_xmldoc_elem *x = &r->h->doc.elem[e];
	const struct row *is = &row[r->is[e]];
	struct ward_str s = x->text, shown = ward_str_sub(s, 0, 64);
	uint64_t n;
	ward_ns t;

	if ((is->kind == GROUP || is->kind == CHOICE) && s.len)
		say(r, e, "<%s> has a text\nit holds elements only", is->name);
	else if (is->kind == COUNT && (!ward_str_u64(s, &n) || n > WARD_CARE_COUNT_MAX))
		say(r, e, "<%s> is '%.*s'\nwrite a number from 0 to %d", is->name,
			WARD_STR_ARG(shown), WARD_CARE_COUNT_MAX);
	else if (is->kind == BOOL && !is_word("true|false|1|0", s))
		say(r, e, "<%s> is '%.*s'\nwrite true or false", is->name, WARD_STR_ARG(shown));
	else if (is->kind == TIME && (ward_time_parse(s, &t) != WARD_OK || !has_zone(s)))
		say(r, e, "<%s> is '%.*s'\nwrite a time with its zone: 2026-03-19T09:00:00+01:00",
			is->name, WARD_STR_ARG(shown));
	else if (is->words && !is_word(is->words, s))
		say(r, e, "<%s> is '%.*s'\nwrite one of %s", is->name, WARD_STR_ARG(shown),
			is->words);
}

/* Name spaces may be declared, and where the schema is may be said; HAVE has no attributes. */
static void attributes(struct reader *r, uint32_t e)
{
	const struct ward_xmldoc_elem *x = &r->h->doc.elem[e];

	for (uint32_t i = 0; i < x->n_attr; i++)
		if (!ward_str_starts(x->attr[i].key, WARD_STR("xmlns")) && !x->attr[i].ns.len)
			say(r, e, "<%.*s> has the attribute '%.*s'\nleave it out",
				WARD_STR_ARG(ward_str_sub(x->name, 0, 64)),
				WARD_STR_ARG(ward_str_sub(x->attr[i].key, 0, 64)));
}

/* Children that must be there. */
static void complete(struct reader *r, uint32_t e)
{
	const struct ward_xmldoc *d = &r->h->doc;
	uint16_t is = r->is[e];

	for (size_t i = is + 1u; i < WARD_ARRAY_LEN(row) && row[i].depth > row[is].depth; i++)
		if (row[i].depth == row[is].depth + 1 && (row[i].flags & NEED) &&
			ward_xmldoc_child(d, e, row[i].name) == WARD_NONE)
			say(r, e, "<%s> has no <%s>\nadd it", row[is].name, row[i].name);
}

static size_t how_many(const struct ward_xmldoc *d, uint32_t e, const char *name)
{
	size_t n = 0;

	for (uint32_t c = ward_xmldoc_child(d, e, name); c != WARD_NONE;
		c = ward_xmldoc_next(d, c, name))
		n++;
	return n;
}

/* What the schema lacks and the text asks. */
static void beyond(struct reader *r, uint32_t e)
{
	const struct ward_xmldoc *d = &r->h->doc;
	const char *name = row[r->is[e]].name;

	if (strcmp(name, "TriageCode") == 0 &&
		how_many(d, e, "TriageCodeValue") != how_many(d, e, "TriageCountQuantity"))
		say(r, e, WARD_TEXT("a triage code without its number\nadd <TriageCountQuantity>"));
	if (strcmp(name, "BedCapacity") == 0 && !how_many(d, e, "BedType"))
		say(r, e, WARD_TEXT("beds of no type\nadd <BedType>"));
	if (strcmp(name, "Hospital") == 0 &&
		!ward_xmldoc_text(d, ward_xmldoc_find(d, e, "NameElement"), NULL).len)
		say(r, e,
			WARD_TEXT("a hospital without a name\nadd <xnl:OrganisationName> to "
				  "<OrganizationInformation>"));
}

static bool says_exercise(struct ward_str s)
{
	return ward_str_starts(s, WARD_STR("EXERCISE"));
}

static int64_t count_of(const struct ward_xmldoc *d, uint32_t e, const char *name)
{
	uint64_t n;

	return ward_str_u64(ward_xmldoc_text(d, e, name), &n) ? (int64_t)n : WARD_CARE_NONE;
}

static void sum(int64_t *to, int64_t n, bool first)
{
	if (first)
		*to = n;
	else if (n != WARD_CARE_NONE)
		*to = (*to == WARD_CARE_NONE ? 0 : *to) + n;
}

static void bed_rows(const struct ward_xmldoc *d, uint32_t beds_e, struct ward_have_hospital *h)
{
	bool whole[WARD_BED_N] = {false};

	for (uint32_t e = ward_xmldoc_child(d, beds_e, "BedCapacity"); e != WARD_NONE;
		e = ward_xmldoc_next(d, e, "BedCapacity")) {
		enum ward_bed_type t = ward_bed_type_parse(ward_xmldoc_text(d, e, "BedType"));
		bool part = ward_xmldoc_child(d, e, "SubCategoryBedType") != WARD_NONE;
		uint32_t c = ward_xmldoc_child(d, e, "Capacity");

		if (t == WARD_BED_N || c == WARD_NONE || (part && whole[t]))
			continue;
		bool first = !h->bed[t].said || (!part && !whole[t]);

		sum(&h->bed[t].available, count_of(d, c, "AvailableCount"), first);
		sum(&h->bed[t].baseline, count_of(d, c, "BaselineCount"), first);
		h->bed[t].said = true;
		whole[t] |= !part;
	}
}

static void hospital(const struct ward_xmldoc *d, uint32_t e, struct ward_have_hospital *h)
{
	uint32_t org = ward_xmldoc_child(d, e, "Organization"),
		 facility = ward_xmldoc_child(d, e, "HospitalFacilityStatus");

	h->name = ward_xmldoc_text(d, ward_xmldoc_find(d, org, "NameElement"), NULL);
	h->exercise =
		says_exercise(h->name) || says_exercise(ward_xmldoc_text(d, org, "CommentText"));
	h->traffic = ward_xmldoc_text(d, ward_xmldoc_find(d, e, "EMSTrafficStatus"), NULL);
	h->facility = ward_xmldoc_text(d, facility, "FacilityStatus");
	h->security = ward_xmldoc_text(d, facility, "SecurityStatus");
	h->clinical = ward_xmldoc_text(d, facility, "ClinicalStatus");
	h->staffing =
		ward_xmldoc_text(d, ward_xmldoc_child(d, e, "HospitalResourcesStatus"), "Staffing");
	if (ward_time_parse(ward_xmldoc_text(d, e, "LastUpdateTime"), &h->updated) != WARD_OK)
		h->updated = WARD_NS_NEVER; /* refused above */
	bed_rows(d, ward_xmldoc_child(d, e, "HospitalBedCapacityStatus"), h);
}

static enum ward_err hospitals(struct ward_have *h, struct ward_arena *a)
{
	h->hospital = ward_arena_array(a, how_many(&h->doc, 0, "Hospital"), sizeof(*h->hospital));
	if (!h->hospital)
		return WARD_ERR_NOMEM;
	for (uint32_t e = ward_xmldoc_child(&h->doc, 0, "Hospital"); e != WARD_NONE;
		e = ward_xmldoc_next(&h->doc, e, "Hospital"))
		hospital(&h->doc, e, &h->hospital[h->n++]);
	return WARD_OK;
}

enum ward_err ward_have_take(
	struct ward_str file, struct ward_arena *a, struct ward_diag *diag, struct ward_have *ret)
{
	size_t errors = diag->n_error;
	struct reader r = {.h = ret, .file = file, .diag = diag};

	r.is = ward_arena_array(a, ret->doc.n, sizeof(*r.is));
	r.last = ward_arena_array(a, ret->doc.n, sizeof(*r.last));
	if (!r.is || !r.last) {
		ward_xmldoc_fini(&ret->doc);
		return WARD_ERR_NOMEM;
	}
	for (uint32_t e = 0; e < ret->doc.n; e++) {
		place(&r, e);
		if (r.is[e] >= WARD_ARRAY_LEN(row))
			continue;
		value(&r, e);
		attributes(&r, e);
		complete(&r, e);
		beyond(&r, e);
	}
	if (diag->n_error > errors)
		return WARD_ERR_CONFIG;
	enum ward_err err = hospitals(ret, a);

	if (err)
		ward_xmldoc_fini(&ret->doc);
	return err;
}

enum ward_err ward_have_read(struct ward_slice bytes, struct ward_str file, struct ward_arena *a,
	struct ward_diag *diag, struct ward_have *ret)
{
	*ret = (struct ward_have){.doc = {.mem = a->mem, .arena = a}};
	enum ward_err err = ward_xmldoc_read(&ret->doc, bytes);

	if (!err)
		return ward_have_take(file, a, diag, ret);
	if (err == WARD_ERR_NOMEM) {
		ward_xmldoc_fini(&ret->doc);
		return err;
	}
	ward_diag_addf(diag, WARD_DIAG_ERROR, file, ret->doc.line,
		WARD_TEXT("no XML that is read: %s\ngive an EDXL-HAVE 1.0 document"),
		ret->doc.why ? ret->doc.why : ward_err_text(err));
	return WARD_ERR_CONFIG;
}

void ward_have_fini(struct ward_have *h)
{
	ward_xmldoc_fini(&h->doc);
}
