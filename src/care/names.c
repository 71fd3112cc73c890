/* The words of availability. */
#include "care/care.h"

static const char *const state[] = {
#define X(NAME, name) name,
	WARD_CARE_STATE_LIST(X)
#undef X
};
static const char *const state_text[WARD_CARE_STATE_N] = {
	[WARD_CARE_STATE_OPEN] = WARD_TEXT("open"),
	[WARD_CARE_STATE_SURGE] = WARD_TEXT("surge"),
	[WARD_CARE_STATE_THREATENED] = WARD_TEXT("threatened"),
	[WARD_CARE_STATE_LIMITED] = WARD_TEXT("limited"),
	[WARD_CARE_STATE_EVACUATING] = WARD_TEXT("evacuating"),
	[WARD_CARE_STATE_CLOSED] = WARD_TEXT("out of service"),
	[WARD_CARE_STATE_EVACUATED] = WARD_TEXT("evacuated"),
};
static const char *const traffic[] = {"normal", "advisory", "closed", "none"};
static const char *const traffic_text[] = {WARD_TEXT("all ambulances are taken"),
	WARD_TEXT("some ambulances should go elsewhere"),
	WARD_TEXT("ambulances should go elsewhere"), WARD_TEXT("no emergency department")};
static const char *const security[] = {
	"normal", "elevated", "restricted", "lockdown", "quarantine"};
static const char *const security_text[] = {WARD_TEXT("security normal"),
	WARD_TEXT("security elevated"), WARD_TEXT("access restricted"), WARD_TEXT("lockdown"),
	WARD_TEXT("quarantine")};
static const char *const staffing[] = {"adequate", "insufficient"};
static const char *const staffing_text[] = {
	WARD_TEXT("enough staff"), WARD_TEXT("not enough staff")};

/* Of those that are no numbers. */
static const struct {
	const char *const *word, *const *text;
	size_t n;
} fields[WARD_CARE_FIELD_N] = {
	[WARD_CARE_STATE] = {state, state_text, WARD_ARRAY_LEN(state)},
	[WARD_CARE_TRAFFIC] = {traffic, traffic_text, WARD_ARRAY_LEN(traffic)},
	[WARD_CARE_SECURITY] = {security, security_text, WARD_ARRAY_LEN(security)},
	[WARD_CARE_STAFFING] = {staffing, staffing_text, WARD_ARRAY_LEN(staffing)},
};

const char *ward_care_field_name(enum ward_care_field f)
{
	WARD_ASSERT((unsigned)f < WARD_CARE_FIELD_N);
	return ward_care_column_name((enum ward_care_column)(WARD_CARE_COL_VALUE + f));
}

const char *ward_care_word(enum ward_care_field f, int64_t value)
{
	WARD_ASSERT((unsigned)f < WARD_CARE_FIELD_N);
	return value >= 0 && (uint64_t)value < fields[f].n ? fields[f].word[value] : NULL;
}

const char *ward_care_word_text(enum ward_care_field f, int64_t value)
{
	WARD_ASSERT((unsigned)f < WARD_CARE_FIELD_N && value >= 0 && (uint64_t)value < fields[f].n);
	return fields[f].text[value];
}

static const struct {
	const char *name, *role;
} bed[] = {
#define X(NAME, name, role) {name, role},
	WARD_BED_TYPE_LIST(X)
#undef X
};

const char *ward_bed_type_name(enum ward_bed_type t)
{
	WARD_ASSERT((unsigned)t < WARD_BED_N);
	return bed[t].name;
}

const char *ward_bed_type_role(enum ward_bed_type t)
{
	WARD_ASSERT((unsigned)t < WARD_BED_N);
	return bed[t].role;
}

enum ward_bed_type ward_bed_type_parse(struct ward_str s)
{
	unsigned t = 0;

	while (t < WARD_BED_N && !ward_str_ieq(s, ward_str_z(bed[t].name)))
		t++;
	return (enum ward_bed_type)t;
}

enum ward_bed_type ward_care_bed_type(const struct ward_model *m, uint32_t node)
{
	static const struct {
		const char *class;
		enum ward_bed_type type;
	} by[] = {{"service.care.icu", WARD_BED_ADULT_ICU},
		{"service.care.nicu", WARD_BED_NEONATAL_ICU},
		{"service.care.emergency", WARD_BED_EMERGENCY},
		{"service.care.surgery", WARD_BED_THEATRE},
		{"service.care.interventional", WARD_BED_THEATRE},
		{"service.care.paediatrics", WARD_BED_PEDIATRICS}};
	const struct ward_ontology *o = ward_model_ontology(m);

	for (size_t i = 0; i < WARD_ARRAY_LEN(by); i++) {
		uint32_t class = ward_ontology_find(o, ward_str_z(by[i].class));

		if (class != WARD_NONE && ward_model_is(m, node, class))
			return by[i].type;
	}
	return WARD_BED_MEDICAL;
}

static const char *const why_name[] = {
#define X(NAME, name) name,
	WARD_CARE_WHY_LIST(X)
#undef X
};
static const char *const why_text[WARD_CARE_WHY_N] = {
	[WARD_CARE_WHY_NEITHER] = WARD_TEXT("nothing is known"),
	[WARD_CARE_WHY_COMPUTED] = WARD_TEXT("nothing was entered"),
	[WARD_CARE_WHY_ENTERED] = WARD_TEXT("nothing is computed"),
	[WARD_CARE_WHY_SAME] = WARD_TEXT("both say the same"),
	[WARD_CARE_WHY_ENTERED_LATER] =
		WARD_TEXT("the entry counts: it was made when what is computed was known"),
	[WARD_CARE_WHY_ENTERED_WORSE] =
		WARD_TEXT("the entry counts: a forecast does not lift what a person set"),
	[WARD_CARE_WHY_COMPUTED_LATER] =
		WARD_TEXT("what is computed counts: it is worse, and came after the entry"),
	[WARD_CARE_WHY_COUNTED_ON] =
		WARD_TEXT("what is computed counts: it counts on from the entry"),
	[WARD_CARE_WHY_COUNTED] = WARD_TEXT(
		"the entry counts: somebody counted, and the directory says what is usual"),
	[WARD_CARE_WHY_CLOSED] =
		WARD_TEXT("what is computed counts: no bed of what is closed is free"),
};

const char *ward_care_why_name(enum ward_care_why w)
{
	WARD_ASSERT((unsigned)w < WARD_CARE_WHY_N);
	return why_name[w];
}

const char *ward_care_why_text(enum ward_care_why w)
{
	WARD_ASSERT((unsigned)w < WARD_CARE_WHY_N);
	return why_text[w];
}
