#include "care/export.h"
#include "words/words.h"
#include "xml/write.h"

enum { COMMENT_BYTES = 1024, BRIEF_WARDS = 20 };

struct writer {
	const struct ward_care_export *x;
	const struct ward_care_site *s;
	struct ward_xml *xml;
};

static void comment(struct writer *h, struct ward_str text)
{
	if (text.len)
		ward_xml_elem(h->xml, "CommentText", text);
}

static void exercise(struct writer *h)
{
	if (h->x->exercise)
		comment(h, WARD_STR("EXERCISE EXERCISE EXERCISE: not a real situation"));
}

static void unknown_comment(struct writer *h)
{
	char text[COMMENT_BYTES];
	struct ward_wr say = ward_wr_fixed(text, sizeof(text));

	ward_care_say_unknown(h->x, &say);
	comment(h, ward_wr_text(&say));
}

static void ward_comment(struct writer *h, const struct ward_care_ward *w)
{
	char text[COMMENT_BYTES];
	struct ward_wr say = ward_wr_fixed(text, sizeof(text));

	ward_care_say_ward(h->x, w, &say);
	comment(h, ward_wr_text(&say));
}

static void organization(struct writer *h)
{
	char text[COMMENT_BYTES];
	struct ward_wr name = ward_wr_fixed(text, sizeof(text));

	if (h->x->exercise)
		ward_wr_z(&name, "EXERCISE - ");
	ward_wr_str(&name, ward_care_site_name(h->x, h->s));
	ward_xml_begin(h->xml, "Organization");
	ward_xml_begin(h->xml, "OrganizationInformation");
	ward_xml_begin(h->xml, "xnl:OrganisationName");
	ward_xml_elem(h->xml, "xnl:NameElement", ward_wr_text(&name));
	ward_xml_end(h->xml);
	ward_xml_end(h->xml);
	exercise(h);
	ward_xml_end(h->xml);
}

/* HAVE 3.2.4 */
static void emergency(struct writer *h)
{
	static const char *const status[WARD_CARE_TRAFFIC_N] = {
		"Normal", "Advisory", "Closed", "NotApplicable"};
	const struct ward_model *m = h->x->m;
	uint32_t class =
		ward_ontology_find(ward_model_ontology(m), WARD_STR("service.care.emergency"));
	char text[COMMENT_BYTES];
	struct ward_wr say = ward_wr_fixed(text, sizeof(text));

	ward_xml_begin(h->xml, "EmergencyDepartmentStatus");
	ward_xml_begin(h->xml, "EMSTraffic");
	if (h->s->traffic.is != WARD_CARE_TRAFFIC_NORMAL || !h->x->c->n_unknown)
		ward_xml_elem_z(h->xml, "EMSTrafficStatus", status[h->s->traffic.is]);
	ward_care_say_unknown(h->x, &say);
	for (size_t i = 0; i < h->x->c->n_ward && class != WARD_NONE; i++) {
		const struct ward_care_ward *w = &h->x->c->ward[i];

		if (!ward_care_in_site(h->x, h->s, w) || !ward_model_is(m, w->node, class) ||
			w->state.is == WARD_CARE_STATE_OPEN)
			continue;
		ward_wr_z(&say, say.len ? "; " : "");
		ward_care_say_ward(h->x, w, &say);
	}
	if (say.len)
		ward_xml_elem(h->xml, "EMSTrafficReason", ward_wr_text(&say));
	ward_xml_end(h->xml);
	exercise(h);
	ward_xml_end(h->xml);
}

/* Sums of one type of bed; WARD_CARE_NONE as long as nobody says a number. */
struct sum {
	int64_t staffed, available, more_24h, more_72h;
};

static void add(int64_t *to, const struct ward_care_value *v)
{
	if (v->is != WARD_CARE_NONE)
		*to = (*to == WARD_CARE_NONE ? 0 : *to) + v->is;
}

static void add_beds(struct sum *s, const struct ward_care_beds *b)
{
	add(&s->staffed, &b->staffed);
	add(&s->available, &b->available);
	add(&s->more_24h, &b->more_24h);
	add(&s->more_72h, &b->more_72h);
}

static void number(struct writer *h, const char *name, int64_t n)
{
	if (n != WARD_CARE_NONE)
		ward_xml_elem_u64(h->xml, name, (uint64_t)n);
}

/* HAVE 3.2.5: the sum of a type, or with a ward that ward's part of it. */
static void capacity(struct writer *h, enum ward_bed_type type, const struct ward_care_ward *w,
	const struct sum *s)
{
	ward_xml_begin(h->xml, "BedCapacity");
	ward_xml_elem_z(h->xml, "BedType", ward_bed_type_name(type));
	if (w)
		ward_xml_elem(
			h->xml, "SubCategoryBedType", ward_model_node(h->x->m, w->node)->name);
	ward_xml_begin(h->xml, "Capacity");
	if (s->available != WARD_CARE_NONE)
		ward_xml_elem_z(h->xml, "CapacityStatus",
			s->available > 0 ? "Vacant/Available" : "NotAvailable");
	number(h, "AvailableCount", s->available);
	number(h, "BaselineCount", s->staffed);
	number(h, "AdditionalCapacityCount24Hr", s->more_24h);
	number(h, "AdditionalCapacityCount72Hr", s->more_72h);
	ward_xml_end(h->xml);
	if (w && w->state.is != WARD_CARE_STATE_OPEN)
		ward_comment(h, w);
	exercise(h);
	ward_xml_end(h->xml);
}

static const struct sum nothing = {WARD_CARE_NONE, WARD_CARE_NONE, WARD_CARE_NONE, WARD_CARE_NONE};

/* All wards' beds of a type: into a sum, or each written. */
static size_t of_type(struct writer *h, enum ward_bed_type type, struct sum *all)
{
	size_t n = 0;

	for (size_t i = 0; i < h->x->c->n_ward; i++) {
		const struct ward_care_ward *w = &h->x->c->ward[i];

		for (size_t k = 0; k < w->n_bed && ward_care_in_site(h->x, h->s, w); k++) {
			struct sum s = nothing;

			if (w->bed[k].type != type)
				continue;
			n++;
			add_beds(all ? all : &s, &w->bed[k]);
			if (!all)
				capacity(h, type, w, &s);
		}
	}
	return n;
}

static void beds(struct writer *h)
{
	bool begun = false;

	for (unsigned t = 0; t < WARD_BED_N; t++) {
		struct sum all = nothing;

		if (!of_type(h, (enum ward_bed_type)t, &all))
			continue;
		if (!begun)
			ward_xml_begin(h->xml, "HospitalBedCapacityStatus");
		begun = true;
		capacity(h, (enum ward_bed_type)t, NULL, &all);
		if (!h->x->brief)
			(void)of_type(h, (enum ward_bed_type)t, NULL);
	}
	if (begun)
		ward_xml_end(h->xml);
}

/* HAVE 3.2.6, in its order: is there such a service at the site, and does it take patients? */
static void coverage(struct writer *h)
{
	static const struct {
		const char *class, *outer, *inner, *name;
	} row[] = {{"service.care.cardiology", "CardiologyIndicator", NULL, "Cardiology"},
		{"service.care.dialysis", NULL, NULL, "Dialysis"},
		{"service.care.emergency", NULL, NULL, "EmergencyDepartment"},
		{"service.care.nicu", NULL, NULL, "Neonatology"},
		{"service.care.maternity", "OBGYNIndicator", "OBGYNSubType",
			"OBGYNWithLaborDelivery"},
		{"service.care.paediatrics", NULL, NULL, "Pediatrics"},
		{"service.care.surgery", "SurgeryIndicator", NULL, "Surgery"}};
	const struct ward_ontology *o = ward_model_ontology(h->x->m);

	ward_xml_begin(h->xml, "ServiceCoverageStatus");
	for (size_t r = 0; r < WARD_ARRAY_LEN(row); r++) {
		uint32_t class = ward_ontology_find(o, ward_str_z(row[r].class));
		bool has = false, open = false;

		for (size_t i = 0; i < h->x->c->n_ward && class != WARD_NONE; i++) {
			const struct ward_care_ward *w = &h->x->c->ward[i];
			bool is = ward_care_in_site(h->x, h->s, w) &&
				  ward_model_is(h->x->m, w->node, class);

			has |= is;
			open |= is && w->state.is < WARD_CARE_STATE_EVACUATING;
		}
		if (!has)
			continue;
		if (row[r].outer)
			ward_xml_begin(h->xml, row[r].outer);
		if (row[r].inner)
			ward_xml_begin(h->xml, row[r].inner);
		ward_xml_elem_z(h->xml, row[r].name, open ? "true" : "false");
		if (row[r].inner)
			ward_xml_end(h->xml);
		if (row[r].outer)
			ward_xml_end(h->xml);
	}
	exercise(h);
	ward_xml_end(h->xml);
}

/* HAVE 3.2.7.1 is about beds for inpatients: full only when of each kind somebody says so. NULL:
 * nobody knows, as of what may be lost. */
static const char *clinical(const struct writer *h)
{
	bool known = false, unknown = false;

	for (size_t i = 0; i < h->x->c->n_ward; i++) {
		const struct ward_care_ward *w = &h->x->c->ward[i];

		for (size_t k = 0; k < w->n_bed && ward_care_in_site(h->x, h->s, w); k++) {
			int64_t free = w->bed[k].available.is;

			if (!ward_care_inpatient(w->bed[k].type))
				continue;
			if (free > 0)
				return h->x->c->n_unknown ? NULL : "Normal";
			known |= free == 0;
			unknown |= free == WARD_CARE_NONE;
		}
	}
	return known && !unknown ? "Full" : NULL;
}

static void more_wards(struct writer *h, size_t more)
{
	char text[COMMENT_BYTES], n[24];
	struct ward_wr say = ward_wr_fixed(text, sizeof(text)),
		       number = ward_wr_fixed(n, sizeof(n));

	ward_wr_u64(&number, more);
	WARD_SAY(&say, h->x->lang, WARD_TEXT("and {n} more wards that are not open"),
		{"n", ward_wr_text(&number)});
	comment(h, ward_wr_text(&say));
}

/* HAVE 3.2.7 */
static void facility(struct writer *h)
{
	static const char *const status[WARD_CARE_STATE_N] = {[WARD_CARE_STATE_OPEN] = "Normal",
		[WARD_CARE_STATE_SURGE] = "Normal",
		[WARD_CARE_STATE_THREATENED] = "Normal",
		[WARD_CARE_STATE_LIMITED] = "Compromised",
		[WARD_CARE_STATE_EVACUATING] = "Evacuating",
		[WARD_CARE_STATE_CLOSED] = "Closed",
		[WARD_CARE_STATE_EVACUATED] = "Closed"};
	static const char *const security[] = {
		"Normal", "Elevated", "RestrictedAccess", "Lockdown", "Quarantine"};
	const struct ward_care_site *s = h->s;
	const char *beds = clinical(h);
	size_t n = 0;

	ward_xml_begin(h->xml, "HospitalFacilityStatus");
	if (beds)
		ward_xml_elem_z(h->xml, "ClinicalStatus", beds);
	if (s->state.is >= WARD_CARE_STATE_LIMITED || !h->x->c->n_unknown)
		ward_xml_elem_z(h->xml, "FacilityStatus", status[s->state.is]);
	if (s->security.is != WARD_CARE_NONE)
		ward_xml_elem_z(h->xml, "SecurityStatus", security[s->security.is]);
	unknown_comment(h);
	for (size_t i = 0; i < h->x->c->n_ward; i++) {
		const struct ward_care_ward *w = &h->x->c->ward[i];

		if (!ward_care_in_site(h->x, s, w) || w->state.is == WARD_CARE_STATE_OPEN)
			continue;
		if (n++ < BRIEF_WARDS || !h->x->brief)
			ward_comment(h, w);
	}
	if (h->x->brief && n > BRIEF_WARDS)
		more_wards(h, n - BRIEF_WARDS);
	exercise(h);
	ward_xml_end(h->xml);
}

static void devices(struct writer *h, struct ward_str of, uint64_t n_all, uint64_t n_lost)
{
	char text[COMMENT_BYTES], n[24], lost[24];
	struct ward_wr say = ward_wr_fixed(text, sizeof(text)), all = ward_wr_fixed(n, sizeof(n)),
		       gone = ward_wr_fixed(lost, sizeof(lost));

	ward_wr_u64(&all, n_all);
	ward_wr_u64(&gone, n_lost);
	WARD_SAY(&say, h->x->lang, WARD_TEXT("{ward}: of {n} medical devices {lost} do not work"),
		{"ward", of}, {"n", ward_wr_text(&all)}, {"lost", ward_wr_text(&gone)});
	ward_xml_elem(h->xml, "ResourcesInformationText", ward_wr_text(&say));
}

/* HAVE 3.2.8: staff, and the medical devices of each ward that has lost some. */
static void resources(struct writer *h)
{
	bool staff = h->s->staffing.is != WARD_CARE_NONE;
	uint64_t n_all = 0, n_lost = 0;

	ward_xml_begin(h->xml, "HospitalResourcesStatus");
	if (staff)
		ward_xml_elem_z(
			h->xml, "Staffing", h->s->staffing.is ? "Insufficient" : "Adequate");
	for (size_t i = 0; i < h->x->c->n_ward; i++) {
		const struct ward_care_ward *w = &h->x->c->ward[i];

		if (!ward_care_in_site(h->x, h->s, w) || !w->n_device_lost)
			continue;
		n_all += w->n_device;
		n_lost += w->n_device_lost;
		if (!h->x->brief)
			devices(h, ward_model_node(h->x->m, w->node)->name, w->n_device,
				w->n_device_lost);
	}
	if (h->x->brief && n_lost)
		devices(h, ward_care_site_name(h->x, h->s), n_all, n_lost);
	exercise(h);
	ward_xml_end(h->xml);
}

void ward_care_put_have(const struct ward_care_export *x, struct ward_xml *xml)
{
	struct writer h = {.x = x, .xml = xml};
	struct ward_stamp at = {.p = ""};

	ward_xml_begin(xml, "HospitalStatus");
	ward_xml_attr_z(xml, "xmlns", "urn:oasis:names:tc:emergency:EDXL:HAVE:1.0");
	ward_xml_attr_z(xml, "xmlns:xnl", "urn:oasis:names:tc:ciq:xnl:3");
	for (size_t i = 0; i < x->c->n_site; i++) {
		h.s = &x->c->site[i];
		ward_xml_begin(xml, "Hospital");
		organization(&h);
		emergency(&h);
		beds(&h);
		coverage(&h);
		facility(&h);
		resources(&h);
		ward_xml_elem(
			xml, "LastUpdateTime", ward_care_stamp(&at, x->undated ? 0 : x->c->at));
		ward_xml_end(xml);
	}
	ward_xml_end(xml);
}

void ward_care_write_have(const struct ward_care_export *x, struct ward_wr *w)
{
	struct ward_xml xml = ward_xml_on(w);

	ward_care_put_have(x, &xml);
}
