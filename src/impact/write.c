#include "impact/write.h"

#include "impact/known.h"
#include "impact/plan.h"
#include "model/hours.h"
#include "words/words.h"

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

/* What an impact is told with. */
struct teller {
	const struct ward_rules *r;
	const struct ward_model *m;
	struct ward_lang *lang; /* NULL: English */
};

const char *ward_likelihood_by_name(enum ward_likelihood_by by)
{
	static const char *const names[] = {"bound", "exact", "sampled"};

	return names[by];
}

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

static void write_what(struct ward_json *j, const struct teller *t, uint32_t asset, uint32_t threat)
{
	key_str(j, "asset", ward_model_node(t->m, asset)->id);
	key_str(j, "asset_name", node_name(t->m, asset));
	key_str(j, "threat", threat_at(t->m, threat)->code);
	key_str(j, "threat_name", ward_lang_text(t->lang, threat_at(t->m, threat)->name));
}

static void write_links(struct ward_json *j, const struct ward_impacts *all, const size_t *chain,
	size_t n, const struct teller *t)
{
	ward_json_arr(j);
	for (size_t k = 0; k < n; k++) {
		const struct ward_impact *it = &all->item[chain[k]];

		ward_json_obj(j);
		write_what(j, t, it->asset, it->threat);
		key_str(j, "rule", ward_rules_id(t->r, it->rule));
		key_str(j, "why", ward_lang_text(t->lang, ward_rules_why(t->r, it->rule)));
		key_str(j, "group",
			it->group != WARD_NONE ? ward_model_group(t->m, it->group)->name
					       : WARD_STR(""));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* The links nearest to i, as many as there is room for. */
static void write_chain(
	struct ward_json *j, const struct ward_impacts *all, size_t i, const struct teller *t)
{
	size_t chain[CHAIN_MAX], n = chain_of(all, i, chain), len, left = 0;
	struct ward_json begin;

	ward_json_key(j, "chain");
	len = j->w->len;
	begin = *j;
	for (;; left += (n - left) / 4 + 1) {
		write_links(j, all, chain + left, n - left, t);
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
	/* millionths of care a minute · likelihood, then · minutes: below 2^63 · 2^20, · 2^48 */
	care = (uint64_t)it->loss_micro;
	if (it->need == WARD_NEED_AVAILABILITY && ward_model_has_hours(m, it->asset)) {
		care = (uint64_t)ward_model_node(m, it->asset)->weight_micro;
		left = ward_model_busy(m, it->asset, it->expected, ward_later(it->expected, left));
	}
	uint64_t chance = (uint64_t)(it->lo_micro + it->hi_micro) / 2;

	care = care * chance / 1000000;
	care = care * (uint64_t)left / (60 * (uint64_t)WARD_NS_PER_S);
	if (care > PRIORITY_CARE_MAX)
		care = PRIORITY_CARE_MAX;
	return PRIORITY_SERVICE + (int64_t)care;
}

static void write_members(
	struct ward_json *j, const struct ward_impacts *all, size_t i, const struct teller *t)
{
	const struct ward_model *m = t->m;
	const struct ward_impact *it = &all->item[i];
	ward_ns since = all->item[seed_of(all, i)].expected;

	write_what(j, t, it->asset, it->threat);
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
	if (it->chain_expected != it->expected || it->chain_earliest != it->earliest) {
		ward_json_key(j, "by_chain"); /* the chain below is not the soonest way */
		ward_json_obj(j);
		ward_json_key(j, "earliest");
		ward_json_time(j, it->chain_earliest);
		ward_json_key(j, "expected");
		ward_json_time(j, it->chain_expected);
		ward_json_obj_end(j);
	}
	ward_json_key(j, "loss_per_min");
	ward_json_micro(j, it->loss_micro);
	if (ward_model_has_hours(m, it->asset)) {
		ward_json_key(j, "hours_factor");
		ward_json_micro(j, ward_model_factor(m, it->asset, it->expected));
	}
	ward_json_key(j, "score");
	ward_json_micro(j, it->score_micro);
	ward_json_key(j, "priority");
	ward_json_micro(j, ward_impact_priority(all, i, m));
	ward_json_key(j, "hops");
	ward_json_u64(j, it->hops);
	key_str(j, "rule", ward_rules_id(t->r, it->rule));
	if (it->group != WARD_NONE)
		key_str(j, "group", ward_model_group(m, it->group)->name);
	if (it->rule == WARD_IMPACT_SEED) {
		struct ward_known known = ward_rules_known(t->r, m, it->asset, it->threat);

		ward_known_write(j, &known, t->lang);
	}
	if (it->loop) {
		ward_json_key(j, "unsupported_loop");
		ward_json_bool(j, true);
	}
	if (it->further) {
		ward_json_key(j, "further");
		ward_json_bool(j, true);
	}
	write_chain(j, all, i, t);
}

void ward_impact_write_members(struct ward_json *j, const struct ward_impacts *all, size_t i,
	const struct ward_rules *r, const struct ward_model *m)
{
	if (all->item[i].by != WARD_LIKELIHOOD_BOUND) { /* they are bounds where nothing is said */
		ward_json_key(j, "likelihood_by");
		ward_json_z(j, ward_likelihood_by_name(all->item[i].by));
	}
	write_members(j, all, i, &(const struct teller){r, m, NULL});
}

void ward_impact_write_json(const struct ward_impacts *all, size_t i, const struct ward_rules *r,
	const struct ward_model *m, struct ward_lang *lang, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "impact");
	ward_json_key(&j, "likelihood_by");
	ward_json_z(&j, ward_likelihood_by_name(all->item[i].by));
	write_members(&j, all, i, &(const struct teller){r, m, lang});
	ward_json_obj_end(&j);
}

void ward_barrier_write_json(const struct ward_impacts *all, size_t i, const struct ward_rules *r,
	const struct ward_model *m, struct ward_lang *lang, struct ward_wr *w)
{
	const struct teller t = {r, m, lang};
	const struct ward_barrier *b = &all->barrier[i];
	struct ward_json j = ward_json_on(w);
	size_t n;
	const struct ward_protection *p = ward_model_protections(m, b->asset, &n);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "barrier");
	write_what(&j, &t, b->asset, b->threat);
	if (b->protection < n) {
		key_str(&j, "protection", p[b->protection].id);
		key_str(&j, "protection_name", p[b->protection].name);
	}
	key_str(&j, "rule", ward_rules_id(r, b->rule));
	write_chain(&j, all, b->parent, &t);
	ward_json_obj_end(&j);
}

/* "now", "45 s", "18 min", "3 h 20 min", "2 d 4 h". */
void ward_impact_write_span(struct ward_wr *w, ward_ns ns, struct ward_lang *lang)
{
	int64_t s = ns / WARD_NS_PER_S, min = (s + 30) / 60;
	int64_t big = s < 120 ? s : min < 120 ? min : min < 48 * 60 ? min / 60 : min / 1440;
	int64_t small = min < 48 * 60 ? min % 60 : min / 60 % 24;
	char text[2][24];
	struct ward_wr first = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr second = ward_wr_fixed(text[1], sizeof(text[1]));
	const char *english = s <= 0                   ? WARD_TEXT("now")
			      : s < 120                ? WARD_TEXT("{s} s")
			      : min < 120              ? WARD_TEXT("{min} min")
			      : min < 48 * 60 && small ? WARD_TEXT("{h} h {min} min")
			      : min < 48 * 60          ? WARD_TEXT("{h} h")
						       : WARD_TEXT("{d} d {h} h");

	ward_wr_i64(&first, big);
	ward_wr_i64(&second, small);
	WARD_SAY(w, lang, english, {"s", ward_wr_text(&first)}, {"d", ward_wr_text(&first)},
		{"h", ward_wr_text(min < 48 * 60 ? &first : &second)},
		{"min", ward_wr_text(min < 120 ? &first : &second)});
}

/* "15 min", "225 s". */
void ward_impact_write_mark(struct ward_wr *w, ward_ns ns, struct ward_lang *lang)
{
	int64_t s = ns / WARD_NS_PER_S;
	char text[24];
	struct ward_wr n = ward_wr_fixed(text, sizeof(text));

	ward_wr_i64(&n, s % 60 ? s : s / 60);
	WARD_SAY(w, lang, s % 60 ? WARD_TEXT("{s} s") : WARD_TEXT("{min} min"),
		{"s", ward_wr_text(&n)}, {"min", ward_wr_text(&n)});
}

static void write_link(struct ward_wr *w, const struct ward_model *m, struct ward_lang *lang,
	const struct ward_impact *it)
{
	WARD_SAY(w, lang, WARD_TEXT("{name}: {what}"), {"name", node_name(m, it->asset)},
		{"what", ward_lang_text(lang, threat_at(m, it->threat)->name)});
}

void ward_impact_write_reason(const struct ward_impacts *all, size_t i, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	size_t chain[CHAIN_MAX], n = chain_of(all, i, chain);
	bool cut = n == CHAIN_MAX && all->item[chain[0]].parent != chain[0];

	if (cut) {
		write_link(w, m, lang, &all->item[seed_of(all, i)]);
		ward_wr_z(w, " → … → ");
	}
	for (size_t k = 0; k < n; k++) {
		if (n > TEXT_MAX && k >= TEXT_MAX / 2 && k < n - TEXT_MAX / 2) {
			if (k == TEXT_MAX / 2)
				ward_wr_z(w, "… → ");
			continue;
		}
		write_link(w, m, lang, &all->item[chain[k]]);
		if (k + 1 < n)
			ward_wr_z(w, " → ");
	}
}

static int64_t percent(int64_t micro)
{
	return (micro + 5000) / 10000;
}

void ward_impact_write_likelihood(
	struct ward_wr *w, const struct ward_impact *it, struct ward_lang *lang)
{
	int64_t lo = percent(it->lo_micro), hi = percent(it->hi_micro);
	char text[2][24];
	struct ward_wr from = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr to = ward_wr_fixed(text[1], sizeof(text[1]));

	ward_wr_i64(&from, lo);
	ward_wr_i64(&to, hi);
	WARD_SAY(w, lang, lo == hi ? WARD_TEXT("{lo} %") : WARD_TEXT("{lo}–{hi} %"),
		{"lo", ward_wr_text(&from)}, {"hi", ward_wr_text(&to)});
	if (it->by == WARD_LIKELIHOOD_BOUND)
		return;
	ward_wr_ch(w, ' ');
	ward_say(w, lang,
		it->by == WARD_LIKELIHOOD_EXACT ? WARD_TEXT("(exact)") : WARD_TEXT("(sampled)"));
}

void ward_impact_write_when(
	struct ward_wr *w, ward_ns expected, ward_ns earliest, struct ward_lang *lang)
{
	char text[2][64];
	struct ward_wr span = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr soonest = ward_wr_fixed(text[1], sizeof(text[1]));

	ward_impact_write_span(&span, expected, lang);
	ward_impact_write_span(&soonest, earliest, lang);
	if (expected <= 0)
		ward_say(w, lang, WARD_TEXT("now"));
	else
		WARD_SAY(w, lang,
			earliest >= expected ? WARD_TEXT("in {span}")
			: earliest > 0       ? WARD_TEXT("in {span} (at the soonest {earliest})")
					     : WARD_TEXT("in {span} (or {earliest})"),
			{"span", ward_wr_text(&span)}, {"earliest", ward_wr_text(&soonest)});
}

/* Apart by so little, two times are told as one. */
#define SAME_NS (30 * WARD_NS_PER_S)

bool ward_impact_has_sooner(const struct ward_impact *it)
{
	return it->chain_expected - it->expected >= SAME_NS;
}

void ward_impact_write_text(const struct ward_impacts *all, size_t i, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	const struct ward_impact *it = &all->item[i];
	ward_ns since = all->item[seed_of(all, i)].expected;
	char text[3][128];
	struct ward_wr when = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr likelihood = ward_wr_fixed(text[1], sizeof(text[1]));
	struct ward_wr chain = ward_wr_fixed(text[2], sizeof(text[2]));

	ward_impact_write_when(&when, it->expected - since, it->earliest - since, lang);
	ward_impact_write_likelihood(&likelihood, it, lang);
	ward_impact_write_reason(all, i, m, lang, w);
	ward_wr_ch(w, ' ');
	if (ward_impact_has_sooner(it)) {
		ward_impact_write_when(
			&chain, it->chain_expected - since, it->chain_earliest - since, lang);
		WARD_SAY(w, lang, WARD_TEXT("{when}; another way is sooner:"),
			{"when", ward_wr_text(&chain)});
		ward_wr_ch(w, ' ');
	}
	WARD_SAY(w, lang,
		it->loop ? WARD_TEXT(
				   "{when}, likelihood {likelihood}, as only a loop without a live "
				   "source still holds it")
			 : WARD_TEXT("{when}, likelihood {likelihood}"),
		{"when", ward_wr_text(&when)}, {"likelihood", ward_wr_text(&likelihood)});
}

void ward_impact_write_name(struct ward_wr *w, struct ward_str name, size_t width)
{
	size_t cells = 0;

	for (size_t i = 0; i < name.len; i++) {
		bool begins = ((uint8_t)name.p[i] & 0xc0) != 0x80;

		if (begins && cells == width)
			break;
		cells += begins;
		ward_wr_ch(w, name.p[i]);
	}
	for (; cells <= width; cells++)
		ward_wr_ch(w, ' ');
}
