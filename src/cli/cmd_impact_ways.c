#include "cli/cmd_impact_ways.h"

#include "model/basis.h"
#include "words/words.h"
#include "impact/write.h"

enum { PERCENT = 10000, WHOLE = 1000000 };

static const struct ward_node *node_at(const struct ward_cli_ways *w, uint32_t i)
{
	return ward_model_node(w->tell->m, i);
}

static const struct ward_threat *threat_at(const struct ward_cli_ways *w, uint32_t i)
{
	return ward_threats_at(ward_model_threats(w->tell->m), i);
}

/* What is known of the thing that a step comes to, where somebody said it. */
static const struct ward_basis *basis_of(const struct ward_cli_ways *w, uint32_t asset)
{
	size_t n;
	const struct ward_basis *b = ward_model_basis(w->tell->m, asset, &n);

	return n ? b : NULL;
}

/* ---- for people */

static void say_number(const struct ward_cli_ways *w, const char *english, uint64_t n)
{
	char text[24];
	struct ward_wr number = ward_wr_fixed(text, sizeof(text));

	ward_wr_u64(&number, n);
	WARD_SAY(w->tell->w, w->tell->lang, english, {"n", ward_wr_text(&number)});
}

static void say_span(const struct ward_cli_ways *w, const char *english, ward_ns span)
{
	char text[64];
	struct ward_wr s = ward_wr_fixed(text, sizeof(text));

	ward_impact_write_span(&s, span, w->tell->lang);
	WARD_SAY(w->tell->w, w->tell->lang, english, {"span", ward_wr_text(&s)});
}

/* A pair of parentheses that opens with the first piece. */
static void piece(const struct ward_cli_ways *w, bool *open)
{
	ward_wr_z(w->tell->w, *open ? ", " : " (");
	*open = true;
}

static void say_parts(const struct ward_cli_ways *w, const struct ward_routes *routes,
	const struct ward_route_step *s)
{
	const struct ward_cli_tell *t = w->tell;
	char must[24], of[24];
	struct ward_wr a = ward_wr_fixed(must, sizeof(must)), b = ward_wr_fixed(of, sizeof(of));
	struct ward_wr names = ward_wr_grow(ward_mem_heap(), 1 << 16);

	for (uint32_t i = 0; i < s->n_part; i++) {
		const struct ward_route_part *p = &routes->part[s->part + i];

		ward_wr_z(&names, i ? ", " : "");
		ward_wr_str(&names, p->group == WARD_NONE ? node_at(w, p->asset)->name
							  : ward_model_group(t->m, p->group)->name);
	}
	ward_wr_u64(&a, s->must);
	ward_wr_u64(&b, s->of);
	WARD_SAY(t->w, t->lang,
		s->n_part ? WARD_TEXT("{must} of {of} must fail, here with {names}")
			  : WARD_TEXT("{must} of {of} must fail"),
		{"must", ward_wr_text(&a)}, {"of", ward_wr_text(&b)},
		{"names", ward_wr_text(&names)});
	ward_wr_fini(&names);
}

static void say_basis(const struct ward_cli_ways *w, const struct ward_basis *b)
{
	const struct ward_cli_tell *t = w->tell;

	if (b->assumed)
		ward_say(t->w, t->lang, WARD_TEXT("assumed"));
	else
		WARD_SAY(t->w, t->lang, WARD_TEXT("known from {source}"), {"source", b->by});
	if (ward_basis_old(b, w->at)) {
		char text[64], good[64];
		struct ward_wr age = ward_wr_fixed(text, sizeof(text));
		struct ward_wr half = ward_wr_fixed(good, sizeof(good));

		ward_impact_write_span(&age, w->at - b->as_of, t->lang);
		ward_impact_write_span(&half, b->half_life, t->lang);
		ward_wr_z(t->w, ", ");
		WARD_SAY(t->w, t->lang, WARD_TEXT("{age} old, good for {half}: look again"),
			{"age", ward_wr_text(&age)}, {"half", ward_wr_text(&half)});
	}
}

/* What one thing does to the other, as the directory has it. */
static const char *const relation[WARD_REL_N] = {
	[WARD_REL_CONTAINS] = WARD_TEXT("contains"),
	[WARD_REL_LEADS_TO] = WARD_TEXT("leads to"),
	[WARD_REL_HOSTS] = WARD_TEXT("hosts"),
	[WARD_REL_CONTROLS] = WARD_TEXT("controls"),
	[WARD_REL_POWERS] = WARD_TEXT("powers"),
	[WARD_REL_COOLS] = WARD_TEXT("cools"),
	[WARD_REL_SUPPLIES] = WARD_TEXT("supplies"),
	[WARD_REL_CONNECTS] = WARD_TEXT("connects"),
	[WARD_REL_REQUIRES] = WARD_TEXT("requires"),
	[WARD_REL_MONITORS] = WARD_TEXT("watches"),
};

/* How one step comes from the one before it. */
static void say_how(const struct ward_cli_ways *w, const struct ward_routes *routes,
	const struct ward_route_step *s)
{
	const struct ward_cli_tell *t = w->tell;
	struct ward_rule_view rule = ward_rules_view(w->rules, s->rule);
	const struct ward_basis *basis = basis_of(w, s->asset);
	struct ward_impact chance = {
		.lo_micro = (int32_t)rule.lo_micro, .hi_micro = (int32_t)rule.hi_micro};
	bool open = false;

	if (s->rel != WARD_REL_N) {
		piece(w, &open);
		ward_say(t->w, t->lang, relation[s->rel]);
	}
	if (rule.lo_micro < WHOLE) {
		piece(w, &open);
		ward_impact_write_likelihood(t->w, &chance, t->lang);
	}
	if (s->kept_micro < WHOLE) {
		piece(w, &open);
		say_number(w, WARD_TEXT("{n} % of that gets past its protections"),
			(uint64_t)(s->kept_micro + PERCENT / 2) / PERCENT);
	}
	if (rule.expected > 0 && ward_rule_delays(&rule, w->tell->m, s->asset)) {
		piece(w, &open);
		say_span(w, WARD_TEXT("after {span}"), rule.expected);
	}
	if (s->buffered > 0) {
		piece(w, &open);
		say_span(w, WARD_TEXT("buffers hold for {span}"), s->buffered);
	}
	if (s->must > 1 || s->n_part) {
		piece(w, &open);
		say_parts(w, routes, s);
	}
	if (basis) {
		piece(w, &open);
		say_basis(w, basis);
	}
	ward_wr_z(t->w, open ? ")" : "");
	if (s->loop) {
		ward_wr_ch(t->w, ' ');
		ward_say(t->w, t->lang,
			WARD_TEXT("(only a loop without a live source still held it)"));
	}
}

static void say_step(const struct ward_cli_ways *w, const struct ward_routes *routes,
	const struct ward_route_step *s)
{
	const struct ward_cli_tell *t = w->tell;

	ward_wr_z(t->w, s->rule == WARD_IMPACT_SEED ? "         " : "         → ");
	WARD_SAY(t->w, t->lang, WARD_TEXT("{name}: {what}"), {"name", node_at(w, s->asset)->name},
		{"what", ward_lang_text(t->lang, threat_at(w, s->threat)->name)});
	if (s->rule != WARD_IMPACT_SEED)
		say_how(w, routes, s);
	ward_wr_z(t->w, " - ");
	ward_wr_str(t->w, ward_lang_text(t->lang, ward_rules_why(w->rules, s->rule)));
	ward_wr_ch(t->w, '\n');
}

void ward_cli_ways_barrier(const struct ward_cli_ways *w, size_t barrier)
{
	const struct ward_cli_tell *t = w->tell;
	const struct ward_barrier *b = &w->all->barrier[barrier];
	size_t n;
	const struct ward_protection *p = ward_model_protections(t->m, b->asset, &n);
	struct ward_str by = ward_lang_text(t->lang, ward_str_z(WARD_TEXT("what was assumed")));

	if (b->protection < n)
		by = p[b->protection].name.len ? p[b->protection].name : p[b->protection].id;
	WARD_SAY(t->w, t->lang, WARD_TEXT("{name}: {what}, by {protection}"),
		{"name", node_at(w, b->asset)->name},
		{"what", ward_lang_text(t->lang, threat_at(w, b->threat)->name)},
		{"protection", by});
}

static void say_barriers(const struct ward_cli_ways *w, const struct ward_routes *routes)
{
	const struct ward_cli_tell *t = w->tell;

	for (size_t i = 0; i < routes->n_barrier; i++) {
		ward_wr_z(t->w, i ? "; " : "      ");
		if (!i) {
			ward_say(t->w, t->lang, WARD_TEXT("Another way was stopped:"));
			ward_wr_ch(t->w, ' ');
		}
		ward_cli_ways_barrier(w, routes->barrier[i]);
	}
	ward_wr_z(t->w, routes->n_barrier ? "\n" : "");
}

/* "Way 1: at least 49 %, in 8 min" and its steps. n: 0 for the soonest. */
static void say_way(
	const struct ward_cli_ways *w, const struct ward_routes *routes, size_t i, uint64_t number)
{
	const struct ward_cli_tell *t = w->tell;
	const struct ward_route *r = &routes->route[i];
	char text[3][128];
	struct ward_wr n = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr lo = ward_wr_fixed(text[1], sizeof(text[1]));
	struct ward_wr when = ward_wr_fixed(text[2], sizeof(text[2]));

	ward_wr_u64(&n, number);
	ward_wr_u64(&lo, (uint64_t)(r->lo_micro + PERCENT / 2) / PERCENT);
	ward_impact_write_when(&when, r->expected - w->at, r->earliest - w->at, t->lang);
	ward_wr_z(t->w, "      ");
	WARD_SAY(t->w, t->lang,
		number ? WARD_TEXT("Way {n}: at least {lo} %, {when}")
		       : WARD_TEXT("The soonest way: at least {lo} %, {when}"),
		{"n", ward_wr_text(&n)}, {"lo", ward_wr_text(&lo)}, {"when", ward_wr_text(&when)});
	ward_wr_ch(t->w, '\n');
	for (size_t k = 0; k < r->n_step; k++)
		say_step(w, routes, &routes->step[r->step + k]);
}

static void write_people(const struct ward_cli_ways *w, const struct ward_routes *routes)
{
	const struct ward_cli_tell *t = w->tell;

	for (size_t i = 0; i < routes->n; i++)
		say_way(w, routes, i, i + 1);
	say_barriers(w, routes);
	if (routes->whole && routes->barriers_whole)
		return;
	ward_wr_z(t->w, "      ");
	ward_say(t->w, t->lang, WARD_TEXT("LIMIT: not all ways were looked at; there may be more"));
	ward_wr_ch(t->w, '\n');
}

/* ---- for programs */

static void put_what(
	struct ward_json *j, const struct ward_cli_ways *w, uint32_t asset, uint32_t threat)
{
	ward_json_put_str(j, "asset", node_at(w, asset)->id);
	ward_json_put_str(j, "threat", threat_at(w, threat)->code);
}

/* Where it is written, and from whom. */
static void put_evidence(struct ward_json *j, const struct ward_cli_ways *w, uint32_t asset)
{
	const struct ward_node *node = node_at(w, asset);
	const struct ward_basis *b = basis_of(w, asset);

	ward_json_key(j, "evidence");
	ward_json_obj(j);
	ward_json_put_str(j, "file", node->file);
	ward_json_put_u64(j, "line", node->line);
	if (b) {
		ward_json_put_str(j, "by", b->by);
		ward_json_put_time(j, "as_of", b->as_of);
		ward_json_key(j, "assumed");
		ward_json_bool(j, b->assumed);
		ward_json_key(j, "age_d");
		ward_json_i64(j, (w->at - b->as_of) / (24 * 3600 * WARD_NS_PER_S));
		ward_json_key(j, "old");
		ward_json_bool(j, ward_basis_old(b, w->at));
	}
	ward_json_obj_end(j);
}

static void put_gate(struct ward_json *j, const struct ward_cli_ways *w,
	const struct ward_routes *routes, const struct ward_route_step *s)
{
	if (s->group != WARD_NONE)
		ward_json_put_str(j, "group", ward_model_group(w->tell->m, s->group)->name);
	ward_json_put_u64(j, "must_fail", s->must);
	ward_json_put_u64(j, "of", s->of);
	ward_json_key(j, "with");
	ward_json_arr(j);
	for (uint32_t i = 0; i < s->n_part; i++) {
		const struct ward_route_part *p = &routes->part[s->part + i];

		ward_json_obj(j);
		put_what(j, w, p->asset, p->threat);
		if (p->group != WARD_NONE)
			ward_json_put_str(j, "group", ward_model_group(w->tell->m, p->group)->name);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_how(struct ward_json *j, const struct ward_cli_ways *w,
	const struct ward_routes *routes, const struct ward_route_step *s)
{
	struct ward_rule_view rule = ward_rules_view(w->rules, s->rule);
	bool delays = ward_rule_delays(&rule, w->tell->m, s->asset);

	ward_json_put_str(j, "relation",
		s->rel == WARD_REL_N ? WARD_STR("self") : ward_str_z(ward_rel_name(s->rel)));
	ward_json_key(j, "against");
	ward_json_bool(j, s->against);
	ward_json_key(j, "likelihood");
	ward_json_arr(j);
	ward_json_micro(j, rule.lo_micro);
	ward_json_micro(j, rule.hi_micro);
	ward_json_arr_end(j);
	ward_json_put_micro(j, "past_protections", s->kept_micro);
	ward_json_key(j, "delay_s");
	ward_json_arr(j);
	ward_json_i64(j, delays ? rule.earliest / WARD_NS_PER_S : 0);
	ward_json_i64(j, delays ? rule.expected / WARD_NS_PER_S : 0);
	ward_json_arr_end(j);
	ward_json_key(j, "buffered_s");
	ward_json_i64(j, s->buffered / WARD_NS_PER_S);
	if (s->of)
		put_gate(j, w, routes, s);
	if (s->loop) {
		ward_json_key(j, "unsupported_loop");
		ward_json_bool(j, true);
	}
}

static void put_step(struct ward_json *j, const struct ward_cli_ways *w,
	const struct ward_routes *routes, const struct ward_route_step *s)
{
	struct ward_lang *lang = w->tell->lang;

	ward_json_obj(j);
	put_what(j, w, s->asset, s->threat);
	ward_json_put_str(j, "rule", ward_rules_id(w->rules, s->rule));
	ward_json_put_str(j, "why", ward_lang_text(lang, ward_rules_why(w->rules, s->rule)));
	if (s->rule != WARD_IMPACT_SEED)
		put_how(j, w, routes, s);
	ward_json_put_micro(j, "at_least", s->lo_micro);
	ward_json_put_time(j, "earliest", s->earliest);
	ward_json_put_time(j, "expected", s->expected);
	put_evidence(j, w, s->asset);
	ward_json_obj_end(j);
}

static void put_barrier(struct ward_json *j, const struct ward_cli_ways *w, uint32_t i)
{
	const struct ward_barrier *b = &w->all->barrier[i];
	size_t n;
	const struct ward_protection *p = ward_model_protections(w->tell->m, b->asset, &n);

	ward_json_obj(j);
	put_what(j, w, b->asset, b->threat);
	if (b->protection < n)
		ward_json_put_str(j, "protection", p[b->protection].id);
	ward_json_obj_end(j);
}

static void put_route(struct ward_json *j, const struct ward_cli_ways *w,
	const struct ward_routes *routes, size_t i)
{
	const struct ward_route *r = &routes->route[i];

	ward_json_obj(j);
	ward_json_put_micro(j, "at_least", r->lo_micro);
	ward_json_put_time(j, "earliest", r->earliest);
	ward_json_put_time(j, "expected", r->expected);
	ward_json_key(j, "steps");
	ward_json_arr(j);
	for (size_t s = 0; s < r->n_step; s++)
		put_step(j, w, routes, &routes->step[r->step + s]);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

static void put_routes(struct ward_json *j, const struct ward_cli_ways *w, size_t i,
	const struct ward_routes *routes)
{
	ward_json_put_str(j, "kind", WARD_STR("paths"));
	put_what(j, w, w->all->item[i].asset, w->all->item[i].threat);
	ward_json_key(j, "whole");
	ward_json_bool(j, routes->whole && routes->barriers_whole);
	ward_json_key(j, "paths");
	ward_json_arr(j);
	for (size_t k = 0; k < routes->n; k++)
		put_route(j, w, routes, k);
	ward_json_arr_end(j);
	ward_json_key(j, "barriers");
	ward_json_arr(j);
	for (size_t k = 0; k < routes->n_barrier; k++)
		put_barrier(j, w, routes->barrier[k]);
	ward_json_arr_end(j);
}

/* Is one of the ways as soon as the item is expected? */
static bool has_soonest(const struct ward_impact *it, const struct ward_routes *routes)
{
	for (size_t i = 0; i < routes->n; i++)
		if (routes->route[i].expected <= it->expected)
			return true;
	return false;
}

enum ward_err ward_cli_ways_tell(
	const struct ward_cli_ways *w, struct ward_router *r, size_t i, size_t k)
{
	const struct ward_routes *routes;
	struct ward_json j = ward_json_on(w->tell->w);
	bool json = w->tell->json, soonest = false;
	enum ward_err err = ward_router_find(r, i, k, &routes);

	if (err)
		return err;
	if (json) {
		ward_json_obj(&j);
		put_routes(&j, w, i, routes);
	} else {
		write_people(w, routes);
	}
	soonest = !has_soonest(&w->all->item[i], routes);
	if (soonest)
		err = ward_router_soonest(r, i, &routes);
	if (!err && soonest && !json)
		say_way(w, routes, 0, 0);
	if (!json)
		return err;
	if (!err && soonest) {
		ward_json_key(&j, "soonest");
		put_route(&j, w, routes, 0);
	}
	ward_json_obj_end(&j);
	ward_wr_ch(w->tell->w, '\n');
	return err;
}
