/* Which questions there are: what the directory leaves out, or says but doubtfully. */
#include "model/basis.h"
#include "model/hours.h"
#include "score/trial.h"

#define MINUTE SCORE_MINUTE
#define HOUR SCORE_HOUR
/* How long until a thing is back, and how long a service's outage can be borne, if nobody says. */
#define SHORT (30 * MINUTE)
#define LONG (24 * HOUR)

/* Which things usually have which buffer, and between what it may lie. */
static const struct usual {
	const char *class, *kind;
	ward_ns low, high;
} usual[] = {
	{"device.building.ups", "ups", 5 * MINUTE, HOUR},
	{"device.building.generator", "fuel", 4 * HOUR, 96 * HOUR},
	{"supply.gas", "tank", 4 * HOUR, 96 * HOUR},
	{"supply.cooling", "thermal", 5 * MINUTE, HOUR},
	{"software.ehr", "paper", 30 * MINUTE, 8 * HOUR},
	{"room.theatre", "thermal", 10 * MINUTE, HOUR},
	{"room.icu", "thermal", 10 * MINUTE, 2 * HOUR},
	{"room.technical.server", "thermal", 5 * MINUTE, 45 * MINUTE},
};

/* Which relations most things of a class have from something: one that has none is asked whether it
 * has what its like have. */
static const struct {
	enum ward_rel_type rel;
	const char *from, *to; /* classes */
} like[SCORE_RELATIONS] = {
	{WARD_REL_CONNECTS, "network", "device"},
	{WARD_REL_POWERS, "device", "room"},
	{WARD_REL_COOLS, "device", "room"},
};

static bool is(const struct ward_model *m, uint32_t i, const char *class)
{
	uint32_t c = ward_ontology_find(ward_model_ontology(m), ward_str_z(class));

	return c != WARD_NONE && ward_model_is(m, i, c);
}

static const struct usual *usual_of(const struct ward_model *m, uint32_t i)
{
	for (size_t k = 0; k < WARD_ARRAY_LEN(usual); k++)
		if (is(m, i, usual[k].class))
			return &usual[k];
	return NULL;
}

static bool says(const struct ward_model *m, uint32_t i, const char *kind)
{
	size_t n;
	const struct ward_buffer *b = ward_model_buffers(m, i, &n);

	for (size_t k = 0; k < n; k++)
		if (ward_str_eqz(b[k].kind, kind))
			return true;
	return false;
}

/* The first that this relation comes from, or WARD_NONE. */
static uint32_t source(const struct ward_model *m, uint32_t i, enum ward_rel_type rel)
{
	size_t n;
	const struct ward_rel *r = ward_model_in(m, i, &n);

	for (size_t k = 0; k < n; k++)
		if (r[k].type == rel)
			return r[k].node;
	return WARD_NONE;
}

/* A place where care or a service needs it, or a device that is of use on a network only. */
static bool ought(const struct ward_model *m, size_t which, uint32_t i)
{
	return like[which].rel == WARD_REL_CONNECTS
		       ? is(m, i, "device.computer") || is(m, i, "device.medical")
		       : source(m, i, WARD_REL_REQUIRES) != WARD_NONE;
}

/* Where the first of its like (same class, on the same floor before others) have it from; by id, so
 * that no order of rows counts. WARD_NONE: none has. */
static uint32_t as_others(const struct ward_model *m, size_t which, uint32_t i)
{
	const struct ward_node *n = ward_model_node(m, i);
	uint32_t floor = ward_model_up(m, i, WARD_NODE_FLOOR), best = WARD_NONE;
	bool best_near = false;

	for (uint32_t k = 0; k < ward_model_n(m); k++) {
		const struct ward_node *o = ward_model_node(m, k);
		uint32_t from;

		if (o->class != n->class || k == i ||
			(from = source(m, k, like[which].rel)) == WARD_NONE ||
			!is(m, from, like[which].from))
			continue;
		bool near = floor != WARD_NONE && ward_model_up(m, k, WARD_NODE_FLOOR) == floor;

		if (best == WARD_NONE || (near && !best_near) ||
			(near == best_near && ward_str_cmp(ward_model_node(m, from)->id,
						      ward_model_node(m, best)->id) < 0)) {
			best = from;
			best_near = near;
		}
	}
	return best;
}

/* The which-th kind's missing relations, the first WARD_SCORE_ASKED: calls back with (from, to).
 * Counts them all. */
static size_t missing(const struct ward_model *m, size_t which,
	void (*each)(void *ctx, enum ward_rel_type rel, uint32_t from, uint32_t to), void *ctx)
{
	size_t n = 0, told = 0;

	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		if (!is(m, i, like[which].to) || !ought(m, which, i) ||
			source(m, i, like[which].rel) != WARD_NONE)
			continue;
		n++;
		if (told == WARD_SCORE_ASKED)
			continue;
		uint32_t from = as_others(m, which, i);

		told++;
		if (from != WARD_NONE)
			each(ctx, like[which].rel, from, i);
	}
	return n;
}

struct file {
	const struct ward_model *m;
	struct ward_wr *w;
	bool begun;
};

static void write_relation(void *ctx, enum ward_rel_type rel, uint32_t from, uint32_t to)
{
	struct file *f = ctx;

	ward_wr_z(f->w, f->begun ? "" : "relations:\n");
	f->begun = true;
	ward_wr_printf(f->w, "  - {from: %.*s, relation: %s, to: %.*s}\n",
		WARD_STR_ARG(ward_model_node(f->m, from)->id), ward_rel_name(rel),
		WARD_STR_ARG(ward_model_node(f->m, to)->id));
}

void ward_score_trial(const struct ward_model *m, struct ward_wr *w)
{
	struct file f = {m, w, false};

	ward_wr_z(w, "buffers:\n");
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		const struct usual *u = usual_of(m, i);

		if (u && !says(m, i, u->kind))
			ward_wr_printf(w, "  - {on: %.*s, kind: %s, lasts: 0s}\n",
				WARD_STR_ARG(ward_model_node(m, i)->id), u->kind);
	}
	for (size_t k = 0; k < SCORE_RELATIONS; k++)
		(void)missing(m, k, write_relation, &f);
}

static bool has(const struct ward_model *m, enum ward_rel_type rel, uint32_t from, uint32_t to)
{
	size_t n;
	const struct ward_rel *r = ward_model_in(m, to, &n);

	for (size_t k = 0; k < n; k++)
		if (r[k].type == rel && r[k].node == from)
			return true;
	return false;
}

static void undo(void *ctx, enum ward_rel_type rel, uint32_t from, uint32_t to)
{
	struct score_trial *t = ctx;

	if (has(t->trial, rel, from, to))
		t->base[t->n_base++] = (struct ward_change){
			.kind = WARD_CHANGE_CUT, .asset = from, .other = to, .rel = rel};
}

void score_undo_trial(struct score_trial *t)
{
	for (size_t k = 0; k < SCORE_RELATIONS; k++)
		(void)missing(t->m, k, undo, t);
}

/* One question more, if its kind has room. */
static void ask(struct score_trial *t, struct ward_score_answer a)
{
	t->s->n_could++;
	if (t->n_kind[a.ask]++ < WARD_SCORE_ASKED)
		t->ask[t->n_ask++] = a;
}

static bool doubtful(const struct score_trial *t, uint32_t i, const char *key)
{
	return score_doubtful(t->m, t->s->as_of, i, key);
}

static void ask_buffers(struct score_trial *t)
{
	for (uint32_t i = 0; i < ward_model_n(t->m); i++) {
		const struct usual *u = usual_of(t->m, i);
		bool known = u && says(t->m, i, u->kind);

		if (u && (!known || doubtful(t, i, "buffers")))
			ask(t, (struct ward_score_answer){.ask = WARD_SCORE_ASK_LASTS,
				       .node = i,
				       .buffer = ward_str_z(u->kind),
				       .low = u->low,
				       .high = u->high,
				       .known = known});
	}
}

static void ask_takeovers(struct score_trial *t)
{
	for (size_t i = 0; i < t->n_tried; i++)
		if (t->tried[i].lost_micro > 0)
			ask(t, (struct ward_score_answer){.ask = WARD_SCORE_ASK_TAKEOVER,
				       .node = t->tried[i].node,
				       .buffer = {"", 0}});
}

/* Of what fails in the incidents. */
static void ask_recoveries(struct score_trial *t)
{
	uint32_t outage = ward_threats_find(ward_model_threats(t->m), WARD_STR("outage"));

	for (size_t i = 0; i < t->s->n_incident; i++) {
		uint32_t node = t->s->incident[i].node;
		bool known = ward_model_node(t->m, node)->recovery > 0;

		if (t->s->incident[i].threat == outage && (!known || doubtful(t, node, "recovery")))
			ask(t, (struct ward_score_answer){.ask = WARD_SCORE_ASK_RECOVERY,
				       .node = node,
				       .buffer = {"", 0},
				       .low = SHORT,
				       .high = LONG,
				       .known = known});
	}
}

/* The least and the greatest weight that any service states. */
static void weights(const struct ward_model *m, int64_t *least, int64_t *most)
{
	*least = *most = 0;
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		int64_t w = ward_model_node(m, i)->weight_micro;

		if (w > 0 && (w < *least || !*least))
			*least = w;
		*most = w > *most ? w : *most;
	}
	if (!*most) {
		*least = SCORE_MICRO;
		*most = 5 * (int64_t)SCORE_MICRO;
	}
}

/* What a critical service says of itself. */
static void ask_services(struct score_trial *t, enum ward_score_ask which)
{
	static const char *const key[WARD_SCORE_ASK_N] = {[WARD_SCORE_ASK_TOLERANCE] = "mtpd",
		[WARD_SCORE_ASK_HOURS] = "hours",
		[WARD_SCORE_ASK_WEIGHT] = "weight"};
	struct ward_score_answer a = {.ask = which, .buffer = {"", 0}, .low = SHORT, .high = LONG};

	if (which == WARD_SCORE_ASK_WEIGHT)
		weights(t->m, &a.low, &a.high);
	if (which == WARD_SCORE_ASK_HOURS)
		a.low = a.high = 0;
	for (uint32_t i = 0; i < ward_model_n(t->m); i++) {
		const struct ward_node *n = ward_model_node(t->m, i);

		if (n->kind != WARD_NODE_SERVICE || n->criticality < SCORE_CRITICAL)
			continue;
		a.node = i;
		a.known = which == WARD_SCORE_ASK_TOLERANCE ? n->mtpd > 0
			  : which == WARD_SCORE_ASK_HOURS   ? ward_model_has_hours(t->m, i)
							    : n->weight_micro > 0;
		if (!a.known || doubtful(t, i, key[which]))
			ask(t, a);
	}
}

static void ask_relation(void *ctx, enum ward_rel_type rel, uint32_t from, uint32_t to)
{
	struct score_trial *t = ctx;

	if (has(t->trial, rel, from, to))
		ask(t, (struct ward_score_answer){.ask = WARD_SCORE_ASK_RELATION,
			       .node = to,
			       .other = from,
			       .rel = rel,
			       .buffer = {"", 0}});
}

void score_ask_all(struct score_trial *t)
{
	ask_buffers(t);
	ask_takeovers(t);
	ask_recoveries(t);
	ask_services(t, WARD_SCORE_ASK_TOLERANCE);
	ask_services(t, WARD_SCORE_ASK_HOURS);
	ask_services(t, WARD_SCORE_ASK_WEIGHT);
	for (size_t k = 0; k < SCORE_RELATIONS; k++)
		(void)missing(t->m, k, ask_relation, t);
}

static bool guarded(const struct ward_model *m, uint32_t i)
{
	return is(m, i, "network") || is(m, i, "device.computer.server") ||
	       is(m, i, "room.technical");
}

static bool protects(const struct ward_model *m, uint32_t i, uint32_t threat)
{
	size_t n;
	const struct ward_protection *p = ward_model_protections(m, i, &n);

	for (size_t k = 0; k < n; k++)
		if (p[k].threat == threat)
			return true;
	return false;
}

static bool asked(const struct score_trial *t, uint32_t node, uint32_t threat)
{
	for (size_t i = 0; i < t->n_ask; i++)
		if (t->ask[i].ask == WARD_SCORE_ASK_PROTECTED && t->ask[i].node == node &&
			t->ask[i].threat == threat)
			return true;
	return false;
}

void score_ask_protected(struct score_trial *t, const struct ward_impacts *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];
		bool known = it->rule != WARD_IMPACT_SEED && guarded(t->m, it->asset) &&
			     protects(t->m, it->asset, it->threat);

		/* an outage for want of what feeds it is nothing that a protection stops */
		if (it->rule == WARD_IMPACT_SEED || !guarded(t->m, it->asset) ||
			ward_str_eqz(ward_threats_at(ward_model_threats(t->m), it->threat)->code,
				"outage") ||
			(known && !doubtful(t, it->asset, "protections")) ||
			asked(t, it->asset, it->threat))
			continue;
		ask(t, (struct ward_score_answer){.ask = WARD_SCORE_ASK_PROTECTED,
			       .node = it->asset,
			       .threat = it->threat,
			       .buffer = {"", 0},
			       .known = known});
	}
}
