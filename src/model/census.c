#include "model/census.h"

void ward_census_init(struct ward_census *c, const struct ward_model *m, struct ward_names *n)
{
	const struct {
		const char *name;
		uint32_t *to;
	} all[] = {{"net.hl7.message", &c->class}, {"hl7.type", &c->type},
		{"hl7.trigger", &c->trigger}, {"hl7.point_of_care", &c->point},
		{"hl7.prior_point_of_care", &c->prior}, {"hl7.cut", &c->cut}};

	c->m = m;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		*all[i].to = ward_name(n, ward_str_z(all[i].name));
}

static struct ward_str text_of(const struct ward_event *e, uint32_t field)
{
	const struct ward_value *v = ward_event_get(e, field);

	return v && v->kind == WARD_VALUE_STR ? v->s : WARD_STR("");
}

/* The service that the point of care names, or is. */
static uint32_t service_of(const struct ward_model *m, struct ward_str point)
{
	uint32_t node = ward_model_by_key(m, WARD_KEY_POINT, point);

	if (node == WARD_NONE)
		node = ward_model_find(m, point);
	return node != WARD_NONE && ward_model_node(m, node)->kind == WARD_NODE_SERVICE ? node
											: WARD_NONE;
}

bool ward_census_is(const struct ward_census *c, const struct ward_event *e)
{
	return e->class == c->class && ward_str_eqz(text_of(e, c->type), "ADT") &&
	       !ward_event_get(e, c->cut);
}

/* HL7 v2.5.1 chapter 3: what each trigger does at PV1-3 and at PV1-6. After A12 and A13 the
 * patient is where PV1-3 says. */
static const struct {
	const char *trigger;
	int at, prior;
} triggers[] = {
	{"A01", 1, 0},  /* admitted */
	{"A02", 1, -1}, /* moved */
	{"A03", -1, 0}, /* discharged */
	{"A06", 1, 0},  /* an outpatient stays: no bed was taken before */
	{"A07", 0, -1}, /* an inpatient becomes an outpatient: the bed at PV1-6 is free */
	{"A11", -1, 0}, /* not admitted after all */
	{"A12", 1, -1}, /* not moved after all */
	{"A13", 1, 0},  /* not discharged after all */
};

size_t ward_census_of(const struct ward_census *c, const struct ward_event *e,
	struct ward_census_move ret[WARD_CENSUS_MOVES])
{
	struct ward_str trigger;
	size_t n = 0;

	if (!ward_census_is(c, e))
		return 0;
	trigger = text_of(e, c->trigger);
	for (size_t i = 0; i < WARD_ARRAY_LEN(triggers); i++) {
		const struct ward_census_move both[] = {{0, triggers[i].at, text_of(e, c->point)},
			{0, triggers[i].prior, text_of(e, c->prior)}};

		if (!ward_str_eqz(trigger, triggers[i].trigger))
			continue;
		for (size_t k = 0; k < WARD_ARRAY_LEN(both); k++)
			if (both[k].delta && both[k].point.len) {
				ret[n] = both[k];
				ret[n++].node = service_of(c->m, both[k].point);
			}
	}
	return n;
}
