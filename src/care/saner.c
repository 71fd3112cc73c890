/* FHIR R4 by the SANER profile PublicHealthMeasureReport: subject and its identifier, date, period
 * with seconds and zone, groups with codes, populations with a code and a count. */
#include "base/id.h"
#include "base/json.h"
#include "care/export.h"

#define SANER "http://hl7.org/fhir/uv/saner/"
#define TERM "http://terminology.hl7.org/CodeSystem/"

enum { NAME_BYTES = 512 };

struct writer {
	const struct ward_care_export *x;
	const struct ward_care_site *s;
	struct ward_json j;
};

static void key_z(struct writer *h, const char *key, const char *value)
{
	ward_json_key(&h->j, key);
	ward_json_z(&h->j, value);
}

static void key_str(struct writer *h, const char *key, struct ward_str value)
{
	ward_json_key(&h->j, key);
	ward_json_str(&h->j, value);
}

static void begin(struct writer *h, const char *key)
{
	ward_json_key(&h->j, key);
	ward_json_obj(&h->j);
}

static void end(struct writer *h)
{
	ward_json_obj_end(&h->j);
}

/* The same id for the same thing of the same hospital, always. */
static void uuid(
	const struct writer *h, const char *what, struct ward_str id, char ret[WARD_ID_TEXT])
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward.care.fhir");
	ward_idgen_str(&g, ward_model_hospital(h->x->m)->id);
	ward_idgen_str(&g, ward_str_z(what));
	ward_idgen_str(&g, id);
	ward_id_text(ward_idgen_final(&g), ret);
}

/* v3-ActReason HTEST and a tag: no receiver can take it for real. */
static void meta(struct writer *h, const char *profile)
{
	if (!profile && !h->x->exercise)
		return;
	begin(h, "meta");
	if (profile) {
		ward_json_key(&h->j, "profile");
		ward_json_arr(&h->j);
		ward_json_z(&h->j, profile);
		ward_json_arr_end(&h->j);
	}
	if (h->x->exercise) {
		ward_json_key(&h->j, "security");
		ward_json_arr(&h->j);
		ward_json_obj(&h->j);
		key_z(h, "system", TERM "v3-ActReason");
		key_z(h, "code", "HTEST");
		key_z(h, "display", "test health data");
		end(h);
		ward_json_arr_end(&h->j);
		ward_json_key(&h->j, "tag");
		ward_json_arr(&h->j);
		ward_json_obj(&h->j);
		key_z(h, "code", "EXERCISE");
		key_z(h, "display", "EXERCISE: not a real situation");
		end(h);
		ward_json_arr_end(&h->j);
	}
	end(h);
}

static void name(struct writer *h, const char *key, struct ward_str s)
{
	char text[NAME_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (h->x->exercise)
		ward_wr_z(&w, "EXERCISE - ");
	ward_wr_str(&w, s);
	key_str(h, key, ward_wr_text(&w));
}

static void identifier(struct writer *h, const char *what, struct ward_str id)
{
	char text[WARD_ID_TEXT], urn[WARD_ID_TEXT + 16];
	struct ward_wr w = ward_wr_fixed(urn, sizeof(urn));

	uuid(h, what, id, text);
	ward_wr_z(&w, "urn:uuid:");
	ward_wr_z(&w, text);
	key_z(h, "system", "urn:ietf:rfc:3986");
	key_str(h, "value", ward_wr_text(&w));
}

/* Begins an entry and its resource; both are to be ended. */
static void resource(struct writer *h, const char *type, const char *what, struct ward_str id,
	const char *profile)
{
	char text[WARD_ID_TEXT], urn[WARD_ID_TEXT + 16];
	struct ward_wr w = ward_wr_fixed(urn, sizeof(urn));

	uuid(h, what, id, text);
	ward_wr_z(&w, "urn:uuid:");
	ward_wr_z(&w, text);
	ward_json_obj(&h->j);
	key_str(h, "fullUrl", ward_wr_text(&w));
	begin(h, "resource");
	key_z(h, "resourceType", type);
	key_z(h, "id", text);
	meta(h, profile);
}

static void reference(struct writer *h, const char *key, const char *what, struct ward_str id,
	struct ward_str display, bool identified)
{
	char text[WARD_ID_TEXT], urn[WARD_ID_TEXT + 16];
	struct ward_wr w = ward_wr_fixed(urn, sizeof(urn));

	uuid(h, what, id, text);
	ward_wr_z(&w, "urn:uuid:");
	ward_wr_z(&w, text);
	begin(h, key);
	key_str(h, "reference", ward_wr_text(&w));
	if (identified) {
		begin(h, "identifier");
		identifier(h, what, id);
		end(h);
	}
	key_str(h, "display", display);
	end(h);
}

static void organization(struct writer *h)
{
	struct ward_str id = ward_care_site_id(h->x, h->s);

	resource(h, "Organization", "organization", id, NULL);
	ward_json_key(&h->j, "active");
	ward_json_bool(&h->j, true);
	name(h, "name", ward_care_site_name(h->x, h->s));
	end(h);
	end(h);
}

static void codes(struct writer *h, const char *key, const char *system, const char *code)
{
	begin(h, key);
	ward_json_key(&h->j, "coding");
	ward_json_arr(&h->j);
	ward_json_obj(&h->j);
	key_z(h, "system", system);
	key_z(h, "code", code);
	end(h);
	ward_json_arr_end(&h->j);
	end(h);
}

/* v2-0116 has the state of beds: C closed, U unoccupied, O occupied. NULL: nobody knows. */
static const char *operational(const struct writer *h, const struct ward_care_ward *w)
{
	bool unknown = false;

	if (w->state.is >= WARD_CARE_STATE_EVACUATING)
		return "C";
	for (size_t i = 0; i < w->n_bed; i++) {
		if (w->bed[i].available.is > 0)
			return h->x->c->n_unknown ? NULL : "U";
		unknown |= w->bed[i].available.is == WARD_CARE_NONE;
	}
	return unknown ? NULL : "O";
}

static void location(struct writer *h, const struct ward_care_ward *w)
{
	struct ward_str id =
		w ? ward_model_node(h->x->m, w->node)->id : ward_care_site_id(h->x, h->s);
	int64_t state = w ? w->state.is : h->s->state.is;
	const char *beds = w ? operational(h, w) : NULL;
	const char *role = w && w->n_bed ? ward_bed_type_role(w->bed[0].type) : "HOSP";

	resource(h, "Location", w ? "ward" : "site", id, NULL);
	ward_json_key(&h->j, "identifier");
	ward_json_arr(&h->j);
	ward_json_obj(&h->j);
	identifier(h, w ? "ward" : "site", id);
	end(h);
	ward_json_arr_end(&h->j);
	key_z(h, "status", state >= WARD_CARE_STATE_EVACUATING ? "suspended" : "active");
	if (beds) {
		begin(h, "operationalStatus");
		key_z(h, "system", TERM "v2-0116");
		key_z(h, "code", beds);
		end(h);
	}
	name(h, "name",
		w ? ward_model_node(h->x->m, w->node)->name : ward_care_site_name(h->x, h->s));
	char text[NAME_BYTES];
	struct ward_wr say = ward_wr_fixed(text, sizeof(text));

	if (w && w->state.is != WARD_CARE_STATE_OPEN) {
		ward_care_say_ward(h->x, w, &say);
	} else if (!w) {
		ward_care_say_unknown(h->x, &say);
	}
	if (say.len)
		key_str(h, "description", ward_wr_text(&say));
	key_z(h, "mode", "instance");
	if (*role) {
		ward_json_key(&h->j, "type");
		ward_json_arr(&h->j);
		ward_json_obj(&h->j);
		ward_json_key(&h->j, "coding");
		ward_json_arr(&h->j);
		ward_json_obj(&h->j);
		key_z(h, "system", TERM "v3-RoleCode");
		key_z(h, "code", role);
		end(h);
		ward_json_arr_end(&h->j);
		end(h);
		ward_json_arr_end(&h->j);
	}
	reference(h, "managingOrganization", "organization", ward_care_site_id(h->x, h->s),
		ward_care_site_name(h->x, h->s), false);
	if (w)
		reference(h, "partOf", "site", ward_care_site_id(h->x, h->s),
			ward_care_site_name(h->x, h->s), false);
	end(h);
	end(h);
}

static bool intensive(enum ward_bed_type t)
{
	return t == WARD_BED_ADULT_ICU || t == WARD_BED_PEDIATRIC_ICU || t == WARD_BED_NEONATAL_ICU;
}

enum of { ALL, INPATIENT, ICU, OF_N };

/* What SANER's MeasuredValues call each sum. */
static const char *const staffed_code[OF_N] = {"numTotBeds", "numbeds", "numICUBeds"},
			 *const occupied_code[OF_N] = {"numTotBedsOcc", "numBedsOcc",
				 "numICUBedsOcc"},
			 *const available_code[OF_N] = {"numTotBedsAvail", NULL, "numICUBedsAvail"};

struct sum {
	int64_t n;
	bool known;
};

static void add(struct sum *s, const struct ward_care_value *v)
{
	s->known |= v->is != WARD_CARE_NONE;
	s->n += v->is > 0 ? v->is : 0;
}

static bool counts(enum of of, enum ward_bed_type t)
{
	return of == ALL || (of == INPATIENT ? ward_care_inpatient(t) : intensive(t));
}

static void population(struct writer *h, const char *code, const struct sum *s)
{
	ward_json_obj(&h->j);
	codes(h, "code", SANER "CodeSystem/MeasuredValues", code);
	if (s->known) {
		ward_json_key(&h->j, "count");
		ward_json_i64(&h->j, s->n);
	} else {
		begin(h, "_count");
		ward_json_key(&h->j, "extension");
		ward_json_arr(&h->j);
		ward_json_obj(&h->j);
		key_z(h, "url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
		key_z(h, "valueCode", "unknown");
		end(h);
		ward_json_arr_end(&h->j);
		end(h);
	}
	end(h);
}

static void populations(struct writer *h)
{
	ward_json_key(&h->j, "population");
	ward_json_arr(&h->j);
	for (unsigned of = 0; of < OF_N; of++) {
		struct sum staffed = {0, false}, occupied = {0, false}, available = {0, false};

		for (size_t i = 0; i < h->x->c->n_ward; i++) {
			const struct ward_care_ward *w = &h->x->c->ward[i];

			for (size_t k = 0; k < w->n_bed && ward_care_in_site(h->x, h->s, w); k++) {
				if (!counts((enum of)of, w->bed[k].type))
					continue;
				add(&staffed, &w->bed[k].staffed);
				add(&occupied, &w->bed[k].occupied);
				add(&available, &w->bed[k].available);
			}
		}
		population(h, staffed_code[of], &staffed);
		population(h, occupied_code[of], &occupied);
		if (available_code[of])
			population(h, available_code[of], &available);
	}
	ward_json_arr_end(&h->j);
}

static void report(struct writer *h)
{
	struct ward_str id = ward_care_site_id(h->x, h->s),
			called = ward_care_site_name(h->x, h->s);
	struct ward_stamp at = {.p = ""};
	struct ward_str time = ward_care_stamp(&at, h->x->undated ? 0 : h->x->c->at);

	resource(h, "MeasureReport", "report", id,
		SANER "StructureDefinition/PublicHealthMeasureReport");
	key_z(h, "status", "complete");
	key_z(h, "type", "summary");
	key_z(h, "measure", SANER "Measure/CDCPatientImpactAndHospitalCapacity");
	reference(h, "subject", "site", id, called, true);
	key_str(h, "date", time);
	reference(h, "reporter", "organization", id, called, false);
	begin(h, "period");
	key_str(h, "start", time);
	key_str(h, "end", time);
	end(h);
	ward_json_key(&h->j, "group");
	ward_json_arr(&h->j);
	ward_json_obj(&h->j);
	codes(h, "code", SANER "CodeSystem/MeasureGroupSystem", "Beds");
	populations(h);
	end(h);
	ward_json_arr_end(&h->j);
	end(h);
	end(h);
}

void ward_care_write_saner(const struct ward_care_export *x, struct ward_wr *w)
{
	struct writer h = {.x = x, .j = ward_json_on(w)};
	struct ward_stamp at = {.p = ""};

	ward_json_obj(&h.j);
	key_z(&h, "resourceType", "Bundle");
	meta(&h, NULL);
	key_z(&h, "type", "collection");
	key_str(&h, "timestamp", ward_care_stamp(&at, x->undated ? 0 : x->c->at));
	ward_json_key(&h.j, "entry");
	ward_json_arr(&h.j);
	for (size_t i = 0; i < x->c->n_site; i++) {
		h.s = &x->c->site[i];
		organization(&h);
		location(&h, NULL);
		report(&h);
		for (size_t k = 0; k < x->c->n_ward && !x->brief; k++)
			if (x->c->ward[k].n_bed && ward_care_in_site(x, h.s, &x->c->ward[k]))
				location(&h, &x->c->ward[k]);
	}
	ward_json_arr_end(&h.j);
	ward_json_obj_end(&h.j);
	ward_wr_ch(w, '\n');
}
