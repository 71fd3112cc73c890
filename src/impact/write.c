#include "impact/impact.h"

/* Of a long chain only the two ends are told. */
enum { CHAIN_MAX = 64, TEXT_MAX = 6 };

/* Bounds of one object: a text, the chain, and the rest (at most ten texts and some numbers). */
enum { WORD_BYTES = 256, CHAIN_BYTES = 72 << 10, REST_BYTES = 20 << 10 };
_Static_assert(CHAIN_BYTES + REST_BYTES <= WARD_IMPACT_BYTES_MAX, "the parts fit into the bound");

/* Care is looked at so far ahead when impacts are put in order. */
#define PRIORITY_SPAN (240 * 60 * WARD_NS_PER_S)
/* In millionths: every service is above everything that is none. */
#define PRIORITY_SERVICE ((int64_t)1000000)
/* So that a reader's double holds it exactly: 2^53 millionths. */
#define PRIORITY_CARE_MAX ((ward_u128)1 << 52)

__extension__ typedef unsigned __int128 ward_u128;

/* From the seed to item i; at most CHAIN_MAX, the nearest to i. Gives how many. */
static size_t chain_of(const struct ward_impacts *all, size_t i, size_t chain[CHAIN_MAX])
{
	size_t n = 0;

	for (;;) {
		chain[n++] = i;
		if (n == CHAIN_MAX || all->item[i].parent == i)
			break;
		i = all->item[i].parent;
	}
	for (size_t k = 0; k < n / 2; k++) {
		size_t swap = chain[k];

		chain[k] = chain[n - 1 - k];
		chain[n - 1 - k] = swap;
	}
	return n;
}

static size_t seed_of(const struct ward_impacts *all, size_t i)
{
	while (all->item[i].parent != i)
		i = all->item[i].parent;
	return i;
}

static struct ward_str node_name(const struct ward_model *m, uint32_t i)
{
	return ward_model_node(m, i)->name;
}

static const struct ward_threat *threat_at(const struct ward_model *m, uint32_t i)
{
	return ward_threats_at(ward_model_threats(m), i);
}

static void key_str(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	ward_json_str_cut(j, s, WORD_BYTES);
}

static void write_what(
	struct ward_json *j, const struct ward_model *m, uint32_t asset, uint32_t threat)
{
	key_str(j, "asset", ward_model_node(m, asset)->id);
	key_str(j, "asset_name", node_name(m, asset));
	key_str(j, "threat", threat_at(m, threat)->code);
	key_str(j, "threat_name", threat_at(m, threat)->name);
}

static void write_links(struct ward_json *j, const struct ward_impacts *all, const size_t *chain,
	size_t n, const struct ward_rules *r, const struct ward_model *m)
{
	ward_json_arr(j);
	for (size_t k = 0; k < n; k++) {
		const struct ward_impact *it = &all->item[chain[k]];

		ward_json_obj(j);
		write_what(j, m, it->asset, it->threat);
		key_str(j, "rule", ward_rules_id(r, it->rule));
		key_str(j, "why", ward_rules_why(r, it->rule));
		key_str(j, "group",
			it->group != WARD_NONE ? ward_model_group(m, it->group)->name
					       : WARD_STR(""));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* The links nearest to i, as many as there is room for. */
static void write_chain(struct ward_json *j, const struct ward_impacts *all, size_t i,
	const struct ward_rules *r, const struct ward_model *m)
{
	size_t chain[CHAIN_MAX], n = chain_of(all, i, chain), len, left = 0;
	struct ward_json begin;

	ward_json_key(j, "chain");
	len = j->w->len;
	begin = *j;
	for (;; left += (n - left) / 4 + 1) {
		write_links(j, all, chain + left, n - left, r, m);
		if (left + 1 >= n || j->w->len - len <= CHAIN_BYTES || ward_wr_bad(j->w))
			return;
		j->w->len = len;
		*j = begin;
	}
}

static void write_ns_as_s(struct ward_json *j, const char *key, ward_ns ns)
{
	ward_json_key(j, key);
	ward_json_i64(j, ns / WARD_NS_PER_S);
}

int64_t ward_impact_priority(const struct ward_impacts *all, size_t i, const struct ward_model *m)
{
	const struct ward_impact *it = &all->item[i];
	ward_ns since = all->item[seed_of(all, i)].expected, left = 0;
	ward_u128 care;

	if (ward_model_node(m, it->asset)->kind != WARD_NODE_SERVICE)
		return it->score_micro < PRIORITY_SERVICE ? it->score_micro : PRIORITY_SERVICE - 1;
	if (!ward_sub(it->expected, since, &left) || left > PRIORITY_SPAN)
		left = PRIORITY_SPAN;
	left = PRIORITY_SPAN - (left > 0 ? left : 0);
	/* millionths of care a minute · likelihood, then · minutes: below 2^63 · 2^20, · 2^44 */
	care = (ward_u128)it->loss_micro * (uint64_t)((it->lo_micro + it->hi_micro) / 2) / 1000000;
	care = care * (uint64_t)left / (60 * (uint64_t)WARD_NS_PER_S);
	if (care > PRIORITY_CARE_MAX)
		care = PRIORITY_CARE_MAX;
	return PRIORITY_SERVICE + (int64_t)care;
}

void ward_impact_write_members(struct ward_json *j, const struct ward_impacts *all, size_t i,
	const struct ward_rules *r, const struct ward_model *m)
{
	const struct ward_impact *it = &all->item[i];
	ward_ns since = all->item[seed_of(all, i)].expected;

	write_what(j, m, it->asset, it->threat);
	ward_json_key(j, "service");
	ward_json_bool(j, ward_model_node(m, it->asset)->kind == WARD_NODE_SERVICE);
	ward_json_key(j, "need");
	ward_json_z(j, ward_need_name(it->need));
	ward_json_key(j, "likelihood");
	ward_json_arr(j);
	ward_json_micro(j, it->lo_micro);
	ward_json_micro(j, it->hi_micro);
	ward_json_arr_end(j);
	ward_json_key(j, "earliest");
	ward_json_time(j, it->earliest);
	ward_json_key(j, "expected");
	ward_json_time(j, it->expected);
	write_ns_as_s(j, "expected_in_s", it->expected - since);
	write_ns_as_s(j, "buffered_s", it->buffered);
	ward_json_key(j, "loss_per_min");
	ward_json_micro(j, it->loss_micro);
	ward_json_key(j, "score");
	ward_json_micro(j, it->score_micro);
	ward_json_key(j, "priority");
	ward_json_micro(j, ward_impact_priority(all, i, m));
	ward_json_key(j, "hops");
	ward_json_u64(j, it->hops);
	key_str(j, "rule", ward_rules_id(r, it->rule));
	if (it->group != WARD_NONE)
		key_str(j, "group", ward_model_group(m, it->group)->name);
	if (it->loop) {
		ward_json_key(j, "unsupported_loop");
		ward_json_bool(j, true);
	}
	write_chain(j, all, i, r, m);
}

void ward_impact_write_json(const struct ward_impacts *all, size_t i, const struct ward_rules *r,
	const struct ward_model *m, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "impact");
	ward_impact_write_members(&j, all, i, r, m);
	ward_json_obj_end(&j);
}

void ward_barrier_write_json(const struct ward_impacts *all, size_t i, const struct ward_rules *r,
	const struct ward_model *m, struct ward_wr *w)
{
	const struct ward_barrier *b = &all->barrier[i];
	struct ward_json j = ward_json_on(w);
	size_t n;
	const struct ward_protection *p = ward_model_protections(m, b->asset, &n);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "barrier");
	write_what(&j, m, b->asset, b->threat);
	if (b->protection < n) {
		key_str(&j, "protection", p[b->protection].id);
		key_str(&j, "protection_name", p[b->protection].name);
	}
	key_str(&j, "rule", ward_rules_id(r, b->rule));
	write_chain(&j, all, b->parent, r, m);
	ward_json_obj_end(&j);
}

/* "now", "45 s", "18 min", "3 h 20 min", "2 d 4 h". */
void ward_impact_write_span(struct ward_wr *w, ward_ns ns)
{
	int64_t s = ns / WARD_NS_PER_S, min = (s + 30) / 60;

	if (s <= 0)
		ward_wr_z(w, "now");
	else if (s < 120)
		ward_wr_printf(w, "%lld s", (long long)s);
	else if (min < 120)
		ward_wr_printf(w, "%lld min", (long long)min);
	else if (min < 48 * 60 && min % 60)
		ward_wr_printf(w, "%lld h %lld min", (long long)(min / 60), (long long)(min % 60));
	else if (min < 48 * 60)
		ward_wr_printf(w, "%lld h", (long long)(min / 60));
	else
		ward_wr_printf(
			w, "%lld d %lld h", (long long)(min / 1440), (long long)(min / 60 % 24));
}

static void write_link(struct ward_wr *w, const struct ward_model *m, const struct ward_impact *it)
{
	ward_wr_str(w, node_name(m, it->asset));
	ward_wr_z(w, ": ");
	ward_wr_str(w, threat_at(m, it->threat)->name);
}

void ward_impact_write_reason(
	const struct ward_impacts *all, size_t i, const struct ward_model *m, struct ward_wr *w)
{
	size_t chain[CHAIN_MAX], n = chain_of(all, i, chain);
	bool cut = n == CHAIN_MAX && all->item[chain[0]].parent != chain[0];

	if (cut) {
		write_link(w, m, &all->item[seed_of(all, i)]);
		ward_wr_z(w, " → … → ");
	}
	for (size_t k = 0; k < n; k++) {
		if (n > TEXT_MAX && k >= TEXT_MAX / 2 && k < n - TEXT_MAX / 2) {
			if (k == TEXT_MAX / 2)
				ward_wr_z(w, "… → ");
			continue;
		}
		write_link(w, m, &all->item[chain[k]]);
		if (k + 1 < n)
			ward_wr_z(w, " → ");
	}
}

static void write_percent(struct ward_wr *w, int64_t micro)
{
	ward_wr_i64(w, (micro + 5000) / 10000);
}

void ward_impact_write_likelihood(struct ward_wr *w, const struct ward_impact *it)
{
	write_percent(w, it->lo_micro);
	if ((it->lo_micro + 5000) / 10000 != (it->hi_micro + 5000) / 10000) {
		ward_wr_z(w, "–");
		write_percent(w, it->hi_micro);
	}
	ward_wr_z(w, " %");
}

void ward_impact_write_text(const struct ward_impacts *all, size_t i, const struct ward_rules *r,
	const struct ward_model *m, struct ward_wr *w)
{
	const struct ward_impact *it = &all->item[i];
	ward_ns since = all->item[seed_of(all, i)].expected;

	(void)r;
	ward_impact_write_reason(all, i, m, w);
	if (it->expected > since) {
		ward_wr_z(w, " in ");
		ward_impact_write_span(w, it->expected - since);
		if (it->earliest < it->expected) {
			ward_wr_z(w, it->earliest > since ? " (at the soonest " : " (or ");
			ward_impact_write_span(w, it->earliest - since);
			ward_wr_ch(w, ')');
		}
	} else {
		ward_wr_z(w, " now");
	}
	ward_wr_z(w, ", likelihood ");
	ward_impact_write_likelihood(w, it);
	if (it->loop)
		ward_wr_z(w, ", as only a loop without a live source still holds it");
}
