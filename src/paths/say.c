#include "paths/say.h"

enum { MILLION = 1000000 };

struct ward_str ward_say_name(const struct ward_say *o, uint32_t node)
{
	return node < ward_model_n(o->w->m) ? ward_model_node(o->w->m, node)->name
					    : WARD_STR("the attacker");
}

struct ward_str ward_say_threat(const struct ward_say *o, uint32_t threat)
{
	return ward_threats_at(ward_model_threats(o->w->m), threat)->name;
}

void ward_say_percent(struct ward_wr *w, int64_t micro)
{
	if (micro >= 100000)
		ward_wr_printf(w, "%lld", (long long)((micro + 5000) / 10000));
	else if (micro >= 1000)
		ward_wr_printf(
			w, "%lld.%lld", (long long)(micro / 10000), (long long)(micro / 1000 % 10));
	else
		ward_wr_z(w, micro ? "under 0.1" : "0");
}

void ward_say_chance(struct ward_wr *w, int64_t lo, int64_t hi)
{
	if (lo == hi && lo == MILLION) {
		ward_wr_z(w, "sure");
		return;
	}
	ward_say_percent(w, lo);
	if (lo != hi) {
		ward_wr_z(w, " to ");
		ward_say_percent(w, hi);
	}
	ward_wr_z(w, " %");
}

void ward_say_money(struct ward_wr *w, uint64_t hundreds)
{
	if (hundreds)
		ward_wr_printf(w, "%llu00 EUR", (unsigned long long)hundreds);
	else
		ward_wr_z(w, "0 EUR");
}

int64_t ward_say_likelihood(uint64_t bits)
{
	static const int64_t root[] = {707107, 840896, 917004, 957603, 978572, 989228, 994599,
		997296, 998647, 999323, 999662, 999831};
	int64_t v = MILLION;

	if (bits / 4096 > 30)
		return 0;
	for (unsigned i = 0; i < WARD_ARRAY_LEN(root); i++)
		if (bits >> (11 - i) & 1)
			v = v * root[i] / MILLION;
	return v >> (bits / 4096);
}

/* {from}, {to}, {cve} and {} in a text of the content. */
static void fill(
	const struct ward_say *o, struct ward_str text, uint32_t from, uint32_t to, uint32_t vuln)
{
	while (text.len) {
		size_t at = ward_str_find(text, WARD_STR("{"));
		struct ward_str rest = ward_str_sub(text, at == SIZE_MAX ? text.len : at, text.len);

		ward_wr_str(o->to, ward_str_sub(text, 0, text.len - rest.len));
		if (!rest.len)
			return;
		size_t end = ward_str_find(rest, WARD_STR("}"));
		struct ward_str word = ward_str_sub(rest, 1, end == SIZE_MAX ? 0 : end - 1);

		if (end == SIZE_MAX) {
			ward_wr_str(o->to, rest);
			return;
		}
		if (ward_str_eqz(word, "from"))
			ward_wr_str(o->to, ward_say_name(o, from));
		else if (ward_str_eqz(word, "to") || !word.len)
			ward_wr_str(o->to, ward_say_name(o, to));
		else if (ward_str_eqz(word, "cve") && vuln != WARD_NONE)
			ward_wr_str(o->to, o->w->facts->vuln[vuln].cve);
		text = ward_str_sub(rest, end + 1, rest.len);
	}
}

const struct ward_attack_step *ward_say_attack(const struct ward_say *o, uint32_t step)
{
	const struct ward_ground_step *s = &o->p->ground.step[step];

	return s->kind == WARD_GROUND_ATTACK ? &o->w->attack->step[s->index] : NULL;
}

void ward_say_step(const struct ward_say *o, uint32_t step)
{
	const struct ward_ground_step *s = &o->p->ground.step[step];
	const struct ward_attack_step *a = ward_say_attack(o, step);

	if (a) {
		fill(o, a->text, s->from, s->to, s->vuln);
		return;
	}
	const struct ward_ground_fact *f = &o->p->ground.fact[o->p->ground.g.step[step].head];

	if (s->kind == WARD_GROUND_GROUP) {
		const struct ward_group *g = ward_model_group(o->w->m, s->index);

		ward_wr_printf(o->to, "%.*s: too few are left of \"%.*s\" (%u of %u needed)",
			WARD_STR_ARG(ward_say_name(o, s->to)), WARD_STR_ARG(g->name), g->need,
			g->n_member);
		return;
	}
	ward_wr_printf(o->to, "%.*s: %.*s", WARD_STR_ARG(ward_say_name(o, s->to)),
		WARD_STR_ARG(ward_say_threat(o, f->state - (uint32_t)o->w->attack->n_state)));
}

void ward_say_measure(const struct ward_say *o, const struct ward_paths_measure *x)
{
	const struct ward_attack_measure *what = &o->w->attack->measure[x->measure];

	ward_wr_z(o->to, "  - ");
	fill(o, what->text, x->node, x->node, WARD_NONE);
	ward_wr_z(o->to, ": ");
	ward_say_money(o->to, what->cost);
	if (what->degree_micro < MILLION) {
		ward_wr_z(o->to, ", stops ");
		ward_say_percent(o->to, what->degree_micro);
		ward_wr_z(o->to, " %");
	}
	if (what->role != WARD_NONE)
		ward_wr_printf(o->to, ", by %.*s", WARD_STR_ARG(ward_say_name(o, what->role)));
	if (x->side_micro)
		ward_wr_printf(o->to,
			"\n    costs care itself: %.6g care units a minute, most at %.*s",
			(double)x->side_micro / MILLION,
			WARD_STR_ARG(ward_say_name(o, x->side_service)));
	if (x->clinical) {
		uint32_t role = x->side_service != WARD_NONE
					? ward_model_node(o->w->m, x->side_service)->role
					: WARD_NONE;

		ward_wr_printf(o->to, "\n    only with the word of the clinical side%s%.*s",
			role != WARD_NONE ? ": " : "",
			WARD_STR_ARG(role != WARD_NONE ? ward_say_name(o, role) : WARD_STR("")));
	}
	ward_wr_ch(o->to, '\n');
}

void ward_say_rest(const struct ward_say *o)
{
	for (size_t i = 0; i < o->ask->n_service; i++) {
		const struct ward_paths_rest *r = &o->p->rest[i];

		ward_wr_printf(o->to, "  %.*s: likeliest way ",
			WARD_STR_ARG(ward_say_name(o, r->service)));
		ward_say_percent(o->to, ward_say_likelihood(r->before));
		ward_wr_z(o->to, " % before, ");
		if (r->after == WARD_AOG_NEVER) {
			ward_wr_z(o->to, "no way left after\n");
			continue;
		}
		ward_say_percent(o->to, ward_say_likelihood(r->after));
		ward_wr_z(o->to, " % after\n");
	}
}
