#include "recover/care.h"

static bool is(const struct ward_model *m, uint32_t node, const char *class)
{
	uint32_t c = ward_ontology_find(ward_model_ontology(m), ward_str_z(class));

	return c != WARD_NONE && ward_model_is(m, node, c);
}

bool ward_care_medical(const struct ward_model *m, uint32_t node)
{
	return is(m, node, "device.medical");
}

bool ward_care_is(const struct ward_model *m, uint32_t node)
{
	return ward_care_medical(m, node) || is(m, node, "service.care");
}

bool ward_care_hangs_on(const struct ward_model *m, uint32_t node)
{
	for (unsigned way = 0; way < 2; way++) {
		size_t n;
		const struct ward_rel *rel =
			way ? ward_model_in(m, node, &n) : ward_model_out(m, node, &n);

		for (size_t i = 0; i < n; i++)
			if ((rel[i].type == WARD_REL_CONNECTS || rel[i].type == WARD_REL_CONTROLS ||
				    rel[i].type == WARD_REL_SUPPLIES) &&
				ward_care_medical(m, rel[i].node))
				return true;
	}
	return false;
}

bool ward_care_answers(const struct ward_works *w, uint32_t role)
{
	for (size_t i = 0; role != WARD_NONE && i < w->n_clinical; i++)
		if (ward_str_eq(w->clinical[i], ward_model_node(w->m, role)->id))
			return true;
	return false;
}

uint32_t ward_care_role(const struct ward_works *w, uint32_t service)
{
	uint32_t own = service == WARD_NONE ? WARD_NONE : ward_model_node(w->m, service)->role;

	if (ward_care_answers(w, own))
		return own;
	for (size_t i = 0; i < w->n_clinical; i++) {
		uint32_t role = ward_model_find(w->m, w->clinical[i]);

		if (role != WARD_NONE && ward_model_node(w->m, role)->kind == WARD_NODE_ROLE)
			return role;
	}
	return WARD_NONE;
}
