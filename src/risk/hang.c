/* What hangs on a device though nothing is lost by it within the hours that count: that the others
 * of a redundant group, a buffer or another supply hold a service is no reason to say that nothing
 * hangs on the device. */
#include "risk/assess.h"

/* Things looked at for one device, the nearest first. */
static size_t look_max(const struct assess *a)
{
	return a->w->look ? a->w->look : WARD_RISK_LOOK;
}

/* What may carry a failure on from the thing that a relation leaves. */
static bool carries(enum ward_rel_type t)
{
	return t == WARD_REL_POWERS || t == WARD_REL_COOLS || t == WARD_REL_SUPPLIES ||
	       t == WARD_REL_CONTROLS || t == WARD_REL_HOSTS || t == WARD_REL_CONNECTS;
}

static bool is_care(const struct assess *a, uint32_t node)
{
	return a->care_class != WARD_NONE && ward_model_is(a->w->m, node, a->care_class);
}

/* Of a service that is not told yet, nor loses anything. */
static void tell(struct assess *a, uint32_t service, struct ward_reason x)
{
	if (a->told[service] == a->device + 1)
		return;
	a->told[service] = a->device + 1;
	x.a = ward_model_node(a->w->m, service)->name;
	ward_assess_reason(a, &x);
	a->n_hang++;
}

static void push(struct assess *a, uint32_t node)
{
	if (a->seen[node] == a->device + 1)
		return;
	if (a->n_look == look_max(a)) {
		a->more = true;
		return;
	}
	a->seen[node] = a->device + 1;
	a->look[a->n_look++] = node;
}

/* One requirement of a service, or of a part of one, that names the thing. */
static void required(struct assess *a, uint32_t node, const struct ward_rel *rel)
{
	const struct ward_group *g = ward_model_group(a->w->m, rel->group);
	uint32_t service = ward_model_whole(a->w->m, g->owner);

	if (is_care(a, service) && node == a->device && g->need < g->n_member)
		tell(a, service,
			(struct ward_reason){
				.kind = WARD_REASON_SPARED, .need = g->need, .of = g->n_member});
	else if (is_care(a, service))
		tell(a, service, (struct ward_reason){.kind = WARD_REASON_HELD});
	push(a, service);
}

void ward_assess_hanging(struct assess *a)
{
	const struct ward_model *m = a->w->m;

	a->n_look = 0;
	a->more = false;
	push(a, a->device);
	for (size_t at = 0; at < a->n_look && !a->err; at++) {
		uint32_t node = a->look[at];
		size_t n;
		const struct ward_rel *rel = ward_model_in(m, node, &n);

		for (size_t i = 0; i < n; i++)
			if (rel[i].type == WARD_REL_REQUIRES && rel[i].group != WARD_NONE)
				required(a, node, &rel[i]);
		rel = ward_model_out(m, node, &n);
		for (size_t i = 0; i < n; i++) {
			if (!carries(rel[i].type))
				continue;
			if (is_care(a, rel[i].node))
				tell(a, rel[i].node,
					(struct ward_reason){.kind = WARD_REASON_HELD});
			push(a, rel[i].node);
		}
	}
	if (a->more)
		ward_assess_reason(a, &(struct ward_reason){.kind = WARD_REASON_NOT_ALL,
					      .of = (uint32_t)look_max(a)});
	else if (!a->n_hang)
		ward_assess_reason(a, &(struct ward_reason){.kind = WARD_REASON_NO_CARE});
}
