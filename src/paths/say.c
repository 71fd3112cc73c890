#include "paths/say.h"

enum { MILLION = 1000000 };

struct ward_str ward_say_name(const struct ward_say *o, uint32_t node)
{
	return node < ward_model_n(o->w->m)
		       ? ward_model_node(o->w->m, node)->name
		       : ward_lang_text(o->ask->lang, ward_str_z(WARD_TEXT("the attacker")));
}

struct ward_str ward_say_threat(const struct ward_say *o, uint32_t threat)
{
	return ward_lang_text(
		o->ask->lang, ward_threats_at(ward_model_threats(o->w->m), threat)->name);
}

/* Of per cent. */
static void put_percent(struct ward_wr *w, struct ward_lang *lang, int64_t micro)
{
	char text[32];
	struct ward_wr n = ward_wr_fixed(text, sizeof(text));

	if (micro >= 100000)
		ward_wr_i64(&n, (micro + 5000) / 10000);
	else if (micro >= 1000)
		ward_wr_printf(&n, "%lld.%lld", (long long)(micro / 10000),
			(long long)(micro / 1000 % 10));
	else if (!micro)
		ward_wr_ch(&n, '0');
	if (n.len)
		ward_say_decimal(w, lang, ward_wr_text(&n));
	else
		ward_say(w, lang, WARD_TEXT("under 0.1"));
}

void ward_say_percent(struct ward_wr *w, struct ward_lang *lang, int64_t micro)
{
	char text[64];
	struct ward_wr lo = ward_wr_fixed(text, sizeof(text));

	put_percent(&lo, lang, micro);
	WARD_SAY(w, lang, WARD_TEXT("{lo} %"), {"lo", ward_wr_text(&lo)});
}

void ward_say_chance(struct ward_wr *w, struct ward_lang *lang, int64_t lo, int64_t hi)
{
	char text[2][64];
	struct ward_wr from = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr to = ward_wr_fixed(text[1], sizeof(text[1]));

	put_percent(&from, lang, lo);
	put_percent(&to, lang, hi);
	if (lo == hi && lo == MILLION)
		ward_say(w, lang, WARD_TEXT("sure"));
	else
		WARD_SAY(w, lang, lo == hi ? WARD_TEXT("{lo} %") : WARD_TEXT("{lo} to {hi} %"),
			{"lo", ward_wr_text(&from)}, {"hi", ward_wr_text(&to)});
}

void ward_say_money(struct ward_wr *w, struct ward_lang *lang, uint64_t hundreds)
{
	char text[32];
	struct ward_wr n = ward_wr_fixed(text, sizeof(text));

	ward_say_number(&n, lang, hundreds * 100);
	WARD_SAY(w, lang, WARD_TEXT("{n} EUR"), {"n", ward_wr_text(&n)});
}

void ward_say_units(struct ward_wr *w, struct ward_lang *lang, int64_t micro)
{
	char text[32];
	struct ward_wr n = ward_wr_fixed(text, sizeof(text));

	ward_wr_printf(&n, "%.6g", (double)micro / MILLION);
	ward_say_decimal(w, lang, ward_wr_text(&n));
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

/* {from}, {to}, {cve} and {} in a text of the content, in the language. */
static void fill(const struct ward_say *o, struct ward_str english, uint32_t from, uint32_t to,
	uint32_t vuln)
{
	struct ward_str text = ward_lang_text(o->ask->lang, english);

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

		char text[2][24];
		struct ward_wr need = ward_wr_fixed(text[0], sizeof(text[0]));
		struct ward_wr n = ward_wr_fixed(text[1], sizeof(text[1]));

		ward_wr_u64(&need, g->need);
		ward_wr_u64(&n, g->n_member);
		WARD_SAY(o->to, o->ask->lang,
			WARD_TEXT("{name}: too few are left of \"{group}\" ({need} of {n} needed)"),
			{"name", ward_say_name(o, s->to)}, {"group", g->name},
			{"need", ward_wr_text(&need)}, {"n", ward_wr_text(&n)});
		return;
	}
	WARD_SAY(o->to, o->ask->lang, WARD_TEXT("{name}: {what}"),
		{"name", ward_say_name(o, s->to)},
		{"what", ward_say_threat(o, f->state - (uint32_t)o->w->attack->n_state)});
}

bool ward_say_plain(const struct ward_say *o, uint32_t step)
{
	const struct ward_attack_step *a = ward_say_attack(o, step);
	const struct ward_ground_step *s = &o->p->ground.step[step];

	return a && s->lo_micro == MILLION && a->threat == WARD_NONE && !a->cost && !a->n_need &&
	       (a->rel == WARD_REL_LEADS_TO || a->rel == WARD_ATTACK_REL_NONE);
}

static bool walk(const struct ward_say *o, uint32_t step)
{
	return ward_say_plain(o, step) && ward_say_attack(o, step)->rel == WARD_REL_LEADS_TO;
}

bool ward_say_walks_on(const struct ward_say *o, const struct ward_paths_plan *plan, size_t i)
{
	size_t next = i + 1;

	if (!walk(o, plan->plan.step[i]))
		return false;
	while (next < plan->plan.n && !ward_say_attack(o, plan->plan.step[next]))
		next++;
	return next < plan->plan.n && ward_say_plain(o, plan->plan.step[next]);
}

void ward_say_done(const struct ward_say *o, uint32_t step)
{
	if (walk(o, step))
		WARD_SAY(o->to, o->ask->lang, WARD_TEXT("Walks to {to}"),
			{"to", ward_say_name(o, o->p->ground.step[step].to)});
	else
		ward_say_step(o, step);
}

/* What is done, and its price. */
static void put_measure(const struct ward_say *o, const struct ward_paths_measure *x)
{
	const struct ward_attack_measure *what = &o->w->attack->measure[x->measure];
	struct ward_wr name = ward_wr_grow(o->to->mem, 1 << 16);
	struct ward_say sub = {o->p, o->w, o->ask, &name};
	char text[48];
	struct ward_wr money = ward_wr_fixed(text, sizeof(text));

	fill(&sub, what->text, x->node, x->node, WARD_NONE);
	ward_say_money(&money, o->ask->lang, what->cost);
	WARD_SAY(o->to, o->ask->lang, WARD_TEXT("{name}: {what}"), {"name", ward_wr_text(&name)},
		{"what", ward_wr_text(&money)});
	ward_wr_fini(&name);
}

static void put_side(const struct ward_say *o, const struct ward_paths_measure *x, const char *gap)
{
	char text[32];
	struct ward_wr number = ward_wr_fixed(text, sizeof(text));

	ward_say_units(&number, o->ask->lang, x->side_micro);
	ward_wr_z(o->to, gap);
	WARD_SAY(o->to, o->ask->lang,
		WARD_TEXT("costs care itself: {number} care units a minute, most at {name}"),
		{"number", ward_wr_text(&number)}, {"name", ward_say_name(o, x->side_service)});
}

static void put_consent(
	const struct ward_say *o, const struct ward_paths_measure *x, const char *gap)
{
	uint32_t role = x->side_service != WARD_NONE
				? ward_model_node(o->w->m, x->side_service)->role
				: WARD_NONE;

	ward_wr_z(o->to, gap);
	if (role == WARD_NONE)
		ward_say(o->to, o->ask->lang, WARD_TEXT("only with the word of the clinical side"));
	else
		WARD_SAY(o->to, o->ask->lang,
			WARD_TEXT("only with the word of the clinical side: {role}"),
			{"role", ward_say_name(o, role)});
}

void ward_say_measure(const struct ward_say *o, const struct ward_paths_measure *x, const char *gap)
{
	const struct ward_attack_measure *what = &o->w->attack->measure[x->measure];
	char text[64];
	struct ward_wr degree = ward_wr_fixed(text, sizeof(text));

	put_measure(o, x);
	if (what->degree_micro < MILLION) {
		ward_say_percent(&degree, o->ask->lang, what->degree_micro);
		ward_wr_z(o->to, ", ");
		WARD_SAY(o->to, o->ask->lang, WARD_TEXT("stops {degree}"),
			{"degree", ward_wr_text(&degree)});
	}
	if (what->role != WARD_NONE) {
		ward_wr_z(o->to, ", ");
		WARD_SAY(o->to, o->ask->lang, WARD_TEXT("by {role}"),
			{"role", ward_say_name(o, what->role)});
	}
	if (x->side_micro)
		put_side(o, x, gap);
	if (x->clinical)
		put_consent(o, x, gap);
}

void ward_say_rest(const struct ward_say *o)
{
	for (size_t i = 0; i < o->ask->n_service; i++) {
		const struct ward_paths_rest *r = &o->p->rest[i];
		char text[2][64];
		struct ward_wr before = ward_wr_fixed(text[0], sizeof(text[0]));
		struct ward_wr after = ward_wr_fixed(text[1], sizeof(text[1]));

		ward_say_percent(&before, o->ask->lang, ward_say_likelihood(r->before));
		ward_say_percent(&after, o->ask->lang, ward_say_likelihood(r->after));
		ward_wr_z(o->to, "  ");
		WARD_SAY(o->to, o->ask->lang,
			r->after == WARD_AOG_NEVER
				? WARD_TEXT("{name}: likeliest way {before} before, no way left "
					    "after")
				: WARD_TEXT("{name}: likeliest way {before} before, {after} after"),
			{"name", ward_say_name(o, r->service)}, {"before", ward_wr_text(&before)},
			{"after", ward_wr_text(&after)});
		ward_wr_ch(o->to, '\n');
	}
}
