/* Who can come to a device: over networks, from the Internet, by its maker, on foot. Each way is an
 * interval by itself; the device's is from the greatest of the lower ends to the greatest of the
 * upper ones. */
#include "risk/assess.h"

#include <stdio.h>

enum { PEERS_MANY = 32 };

static void widen(struct ward_interval *v, struct ward_interval by)
{
	v->lo = by.lo > v->lo ? by.lo : v->lo;
	v->hi = by.hi > v->hi ? by.hi : v->hi;
}

/* What may come over one network from another, by the other's use. */
static struct ward_interval from_network(const struct assess *a, uint32_t net)
{
	static const struct {
		const char *class;
		struct ward_interval v;
	} by[] = {{"network.guest", {600000, 900000}}, {"network.it", {300000, 600000}}};
	const struct ward_ontology *o = ward_model_ontology(a->w->m);

	for (size_t i = 0; i < WARD_ARRAY_LEN(by); i++) {
		uint32_t class = ward_ontology_find(o, ward_str_z(by[i].class));

		if (class != WARD_NONE && ward_model_is(a->w->m, net, class))
			return by[i].v;
	}
	return (struct ward_interval){200000, 500000};
}

static bool is_network(const struct assess *a, uint32_t i)
{
	return ward_model_node(a->w->m, i)->kind == WARD_NODE_NETWORK;
}

static void reached(struct assess *a, uint32_t to, struct ward_interval *all)
{
	const struct ward_facts *f = a->w->facts;
	uint32_t last = WARD_NONE;
	size_t n;
	const struct ward_reach *r = ward_facts_reaching(f, to, &n);

	for (size_t i = 0; i < n; i++) {
		struct ward_interval v;

		if (r[i].from == last || r[i].from == to || !is_network(a, r[i].from))
			continue;
		last = r[i].from;
		v = from_network(a, last);
		if (!f->policy)
			v.lo = 0;
		ward_assess_reason(
			a, &(struct ward_reason){
				   .kind = f->policy ? WARD_REASON_LET_IN : WARD_REASON_MAYBE_IN,
				   .a = ward_model_node(a->w->m, last)->name,
				   .b = ward_model_node(a->w->m, to)->name,
				   .v = v});
		widen(all, v);
		a->reached = true;
	}
}

static bool networks(struct assess *a, struct ward_interval *all, struct ward_interval *alone)
{
	size_t n;
	const struct ward_rel *in = ward_model_in(a->w->m, a->device, &n);
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		const struct ward_interval own = {100000, 300000};

		if (in[i].type != WARD_REL_CONNECTS || !is_network(a, in[i].node))
			continue;
		any = true;
		ward_assess_reason(a, &(struct ward_reason){.kind = WARD_REASON_OWN_NETWORK,
					      .a = ward_model_node(a->w->m, in[i].node)->name,
					      .v = own});
		widen(all, own);
		widen(alone, own);
		reached(a, in[i].node, all);
	}
	reached(a, a->device, all);
	return any;
}

/* Of who may come near it. */
static struct ward_interval place(struct assess *a)
{
	static const struct {
		enum ward_zone_kind kind;
		enum ward_reason_kind reason;
		struct ward_interval v;
	} by[] = {{WARD_ZONE_PUBLIC, WARD_REASON_PUBLIC_PLACE, {200000, 400000}},
		{WARD_ZONE_CLINICAL, WARD_REASON_CLINICAL_PLACE, {100000, 300000}}};
	uint32_t zone = ward_model_node(a->w->m, a->device)->zone;
	struct ward_interval v = {20000, 100000};

	if (zone == WARD_NONE) {
		v.hi = 400000;
		ward_assess_reason(a, &(struct ward_reason){.kind = WARD_REASON_NO_PLACE, .v = v});
		return v;
	}
	const struct ward_node *z = ward_model_node(a->w->m, zone);

	for (size_t i = 0; i < WARD_ARRAY_LEN(by); i++)
		if (z->zone_kind == by[i].kind) {
			v = by[i].v;
			ward_assess_reason(a,
				&(struct ward_reason){.kind = by[i].reason, .a = z->name, .v = v});
		}
	return v;
}

static struct ward_str number(struct assess *a, uint32_t n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);
	struct ward_str own = ward_arena_str(&a->r->arena, (struct ward_str){text, (size_t)len});

	if (!own.p && !a->err)
		a->err = WARD_ERR_NOMEM;
	return own;
}

static struct ward_interval behaviour(struct assess *a, const struct ward_about *about)
{
	struct ward_interval v = {0, 0};
	const struct ward_interval some = {300000, 500000}, sure = {900000, 1000000};

	if (about->internet) {
		widen(&v, sure);
		ward_assess_reason(a,
			&(struct ward_reason){
				.kind = WARD_REASON_INTERNET, .v = sure, .source = about->seen_in});
	}
	if (about->services.len) {
		widen(&v, some);
		ward_assess_reason(a, &(struct ward_reason){.kind = WARD_REASON_OPEN_SERVICES,
					      .a = about->services,
					      .v = some,
					      .source = about->seen_in});
	}
	if (about->peers >= PEERS_MANY) {
		widen(&v, some);
		ward_assess_reason(a, &(struct ward_reason){.kind = WARD_REASON_MANY_PEERS,
					      .a = number(a, about->peers),
					      .v = some,
					      .source = about->seen_in});
	}
	if (about->answer[WARD_ANSWER_RMOT] == WARD_SAID_YES) {
		const struct ward_interval afar = {400000, 700000};

		widen(&v, afar);
		ward_assess_reason(a, &(struct ward_reason){.kind = WARD_REASON_FROM_AFAR,
					      .v = afar,
					      .source = about->answered_in});
	}
	return v;
}

struct ward_interval ward_assess_exposure(struct assess *a, const struct ward_about *about)
{
	struct ward_interval all = {0, 0}, near = place(a), seen = behaviour(a, about);

	a->alone = (struct ward_interval){0, 0};
	a->reached = false;
	if (!networks(a, &all, &a->alone)) {
		ward_assess_reason(a, &(struct ward_reason){.kind = WARD_REASON_OFF_NETWORK});
	} else if (!about->seen) {
		ward_assess_reason(
			a, &(struct ward_reason){.kind = WARD_REASON_NOT_SEEN, .v = {0, 500000}});
		all.hi = all.hi > 500000 ? all.hi : 500000;
	}
	widen(&all, near);
	widen(&all, seen);
	/* Behind its own network, neither the others nor the Internet come to what it gives. */
	widen(&a->alone, near);
	return all;
}
