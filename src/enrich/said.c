#include "enrich/enrich.h"

#include "model/origin.h"

static char small(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool holds(struct ward_str s, struct ward_str folded)
{
	for (size_t i = 0; folded.len <= s.len && i <= s.len - folded.len; i++) {
		size_t k = 0;

		while (k < folded.len && small(s.p[i + k]) == folded.p[k])
			k++;
		if (k == folded.len)
			return true;
	}
	return false;
}

/* May it be a part of a time, 2026-03-12T02:12:30.5Z? */
static bool of_time(struct ward_str folded)
{
	for (size_t i = 0; i < folded.len; i++)
		if (!folded.p[i] || !strchr("0123456789-:.tz", folded.p[i]))
			return false;
	return true;
}

bool ward_enrich_may_say(const struct ward_model *m, struct ward_str folded)
{
	const struct ward_ontology *o = ward_model_ontology(m);
	bool ret = of_time(folded) || holds(WARD_STR("true false"), folded);
	const struct ward_origin *origin;

	for (uint32_t i = 0; !ret && i < ward_model_n(m); i++)
		ret = holds(ward_model_node(m, i)->id, folded);
	for (uint32_t i = 0; !ret && i < ward_ontology_n(o); i++)
		ret = holds(ward_ontology_class(o, i)->id, folded);
	for (size_t i = 0; !ret && (origin = ward_model_origin_at(m, i)) != NULL; i++)
		ret = holds(origin->id, folded);
	return ret;
}
