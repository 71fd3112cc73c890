/* Windows' event logs by the rules that read them, so that a hospital collects what is needed. */
#include "craft/craft.h"

#include <stdlib.h>

/* A query of Windows takes some twenty conditions in one Select. */
enum { PAIRS_MAX = 1 << 20, SELECT_MAX = 20 };

/* One channel and event number that a rule asks for. */
struct pair {
	struct ward_str channel, id;
	size_t rule;
};

struct list {
	struct pair *pair;
	size_t n, cap, rule;
	bool failed;
};

static void add(void *ctx, struct ward_str channel, struct ward_str id)
{
	struct list *l = ctx;

	if (ward_mem_more(ward_mem_heap(), &l->pair, l->n, &l->cap, sizeof(*l->pair), PAIRS_MAX))
		l->failed = true;
	else if (!ward_str_eqz(channel, "*") && !ward_str_starts(channel, WARD_STR("Linux-")))
		l->pair[l->n++] = (struct pair){channel, id, l->rule};
}

/* Numbers by size, and before what is none. */
static int by_id(struct ward_str a, struct ward_str b)
{
	uint64_t x, y;
	bool na = ward_str_u64(a, &x), nb = ward_str_u64(b, &y);

	if (na && nb)
		return x < y ? -1 : x > y;
	return na != nb ? (na ? -1 : 1) : ward_str_cmp(a, b);
}

static int order(const void *va, const void *vb)
{
	const struct pair *a = va, *b = vb;
	int c = ward_str_cmp(a->channel, b->channel);

	if (c == 0)
		c = by_id(a->id, b->id);
	return c ? c : a->rule < b->rule ? -1 : a->rule > b->rule;
}

static bool collect(const struct ward_craft *c, struct list *l)
{
	size_t n = ward_ruleset_counts(c->rs).n;

	for (l->rule = 0; l->rule < n; l->rule++) {
		struct ward_rule_info r = ward_ruleset_rule(c->rs, l->rule);

		if (!r.refused && !r.filter && !r.corr)
			ward_ruleset_pairs(
				c->rs, l->rule, WARD_STR("Channel"), WARD_STR("EventID"), add, l);
	}
	if (l->n)
		qsort(l->pair, l->n, sizeof(*l->pair), order);
	return !l->failed;
}

/* The end of the pairs from i that have the same channel, or, with id, the same number too. */
static size_t same(const struct list *l, size_t i, bool id)
{
	size_t k = i;

	while (k < l->n && ward_str_eq(l->pair[k].channel, l->pair[i].channel) &&
		(!id || ward_str_eq(l->pair[k].id, l->pair[i].id)))
		k++;
	return k;
}

static int by_rule(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

/* Different rules among the pairs; SIZE_MAX when memory is out. */
static size_t rules(const struct list *l, size_t from, size_t to)
{
	size_t *r = malloc((to - from) * sizeof(*r)), n = 0;

	if (!r)
		return SIZE_MAX;
	for (size_t i = from; i < to; i++)
		r[i - from] = l->pair[i].rule;
	qsort(r, to - from, sizeof(*r), by_rule);
	for (size_t i = 0; i < to - from; i++)
		n += i == 0 || r[i] != r[i - 1];
	free(r);
	return n;
}

static void channel_text(
	const struct list *l, size_t from, size_t to, struct ward_lang *lang, struct ward_text *t)
{
	uint8_t buf[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t n = rules(l, from, to);

	ward_text_open(t, 0, 4);
	ward_text_put(t, WARD_STYLE_BOLD, l->pair[from].channel);
	ward_wr_z(&w, " (");
	ward_say_n(&w, lang, n, WARD_TEXT_ONE("{n} rule"), WARD_TEXT("{n} rules"));
	ward_wr_ch(&w, ')');
	ward_say_colon(&w, lang);
	ward_text_put(t, WARD_STYLE_DIM, ward_wr_text(&w));
	for (size_t i = from; i < to; i = same(l, i, true)) {
		if (i > from)
			ward_text_z(t, WARD_STYLE_PLAIN, " ");
		ward_text_put(t, WARD_STYLE_PLAIN,
			ward_str_eqz(l->pair[i].id, "*")
				? ward_lang_text(lang, ward_str_z(WARD_TEXT("all")))
				: l->pair[i].id);
	}
	ward_text_close(t);
}

static void channel_json(const struct list *l, size_t from, size_t to, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "channel");
	ward_json_key(&j, "channel");
	ward_json_str(&j, l->pair[from].channel);
	ward_json_key(&j, "rules");
	ward_json_u64(&j, rules(l, from, to));
	ward_json_key(&j, "event_ids");
	ward_json_arr(&j);
	for (size_t i = from; i < to; i = same(l, i, true))
		ward_json_str(&j, l->pair[i].id);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static void escaped(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		switch (s.p[i]) {
		case '&':
			ward_wr_z(w, "&amp;");
			break;
		case '<':
			ward_wr_z(w, "&lt;");
			break;
		case '"':
			ward_wr_z(w, "&quot;");
			break;
		default:
			ward_wr_ch(w, s.p[i]);
		}
}

/* All events where some rule says no number, else those numbers. */
static void channel_query(const struct list *l, size_t from, size_t to, struct ward_wr *w)
{
	bool all = false;
	uint64_t number;
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		all |= !ward_str_u64(l->pair[i].id, &number);
	for (size_t i = from; i < to; i = all ? to : same(l, i, true)) {
		if (n % SELECT_MAX == 0) {
			ward_wr_z(w, "    <Select Path=\"");
			escaped(w, l->pair[from].channel);
			ward_wr_z(w, all ? "\">*" : "\">*[System[(");
		}
		if (!all) {
			ward_wr_z(w, n % SELECT_MAX ? " or EventID=" : "EventID=");
			ward_wr_str(w, l->pair[i].id);
		}
		n++;
		if (all || n % SELECT_MAX == 0 || same(l, i, true) == to)
			ward_wr_z(w, all ? "</Select>\n" : ")]]</Select>\n");
	}
}

bool ward_craft_channels(
	const struct ward_craft *c, enum ward_craft_channels how, struct ward_text *t)
{
	struct list l = {.n = 0};
	bool ok = collect(c, &l);

	if (ok && !l.n && how == WARD_CRAFT_CHANNELS_TEXT) {
		ward_say(t->w, c->lang,
			WARD_TEXT("None of these rules reads a Windows event log: give the PATH of "
				  "others."));
		ward_wr_ch(t->w, '\n');
	}
	if (ok && how == WARD_CRAFT_CHANNELS_QUERY)
		ward_wr_z(t->w, "<QueryList>\n  <Query Id=\"0\">\n");
	for (size_t i = 0; ok && i < l.n; i = same(&l, i, false)) {
		size_t to = same(&l, i, false);

		if (how == WARD_CRAFT_CHANNELS_QUERY)
			channel_query(&l, i, to, t->w);
		else if (how == WARD_CRAFT_CHANNELS_JSON)
			channel_json(&l, i, to, t->w);
		else
			channel_text(&l, i, to, c->lang, t);
	}
	if (ok && how == WARD_CRAFT_CHANNELS_QUERY)
		ward_wr_z(t->w, "  </Query>\n</QueryList>\n");
	ward_mem_free(ward_mem_heap(), l.pair, l.cap * sizeof(*l.pair));
	return ok && !ward_wr_bad(t->w);
}
