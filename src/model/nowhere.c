/* Servers on a medical network whose loss could never be seen to reach care. */
#include "model/load.h"

enum { HOSTED_MAX = 64 };

static uint32_t class_of(const struct ward_model *m, const char *id)
{
	return ward_ontology_find(m->ontology, ward_str_z(id));
}

/* Does anything hang on that one? Puts what it hosts behind the n of the list. */
static bool serves(
	const struct ward_model *m, uint32_t i, uint32_t hosted[HOSTED_MAX], size_t *n_hosted)
{
	size_t n_out, n_in;
	const struct ward_rel *out = ward_model_out(m, i, &n_out), *in = ward_model_in(m, i, &n_in);

	for (size_t k = 0; k < n_in; k++)
		if (in[k].type == WARD_REL_REQUIRES)
			return true;
	for (size_t k = 0; k < n_out; k++) {
		if (out[k].type == WARD_REL_SUPPLIES || out[k].type == WARD_REL_CONTROLS ||
			out[k].type == WARD_REL_POWERS || out[k].type == WARD_REL_COOLS)
			return true;
		if (out[k].type != WARD_REL_HOSTS)
			continue;
		if (*n_hosted == HOSTED_MAX)
			return true; /* so much is not nowhere */
		hosted[(*n_hosted)++] = out[k].node;
	}
	return false;
}

static bool leads_nowhere(const struct ward_model *m, uint32_t server)
{
	uint32_t hosted[HOSTED_MAX] = {server};
	size_t n = 1;

	for (size_t at = 0; at < n; at++)
		if (serves(m, hosted[at], hosted, &n))
			return false;
	return true;
}

static bool on_medical(const struct ward_model *m, uint32_t i, uint32_t medical)
{
	size_t n;
	const struct ward_rel *in = ward_model_in(m, i, &n);

	for (size_t k = 0; k < n; k++)
		if (in[k].type == WARD_REL_CONNECTS && ward_model_is(m, in[k].node, medical))
			return true;
	return false;
}

void ward_load_check_nowhere(struct ward_load *l)
{
	const struct ward_model *m = l->m;
	uint32_t server = class_of(m, "device.computer.server");
	uint32_t medical = class_of(m, "network.medical");

	if (server == WARD_NONE || medical == WARD_NONE)
		return;
	for (uint32_t i = 0; i < m->n; i++) {
		const struct ward_node *node = &m->node[i];

		if (!ward_model_is(m, i, server) || !on_medical(m, i, medical) ||
			!leads_nowhere(m, i))
			continue;
		const struct ward_diag_slot slot = {"id", node->id};

		ward_diag_say(l->diag,
			&(struct ward_diag_item){.level = WARD_DIAG_WARNING,
				.file = node->file,
				.line = node->line,
				.what = ward_str_z(
					WARD_TEXT("nothing hangs on server '{id}', which is on a "
						  "medical network: no attack on it could be seen "
						  "to reach care")),
				.mend = ward_str_z(WARD_TEXT(
					"add a `supplies` or `controls` relation from it, or from "
					"what it hosts, to what it serves, or name it in a "
					"service's `requires`")),
				.slot = &slot,
				.n_slot = 1});
	}
}
