/* What a rule is, as a hash: so that windows outlive a reload of the rules exactly where they still
 * mean the same; and what they hold, where it alone is the same. */
#include "detect/load.h"

enum { DEPTH_MAX = 80 }; /* conf.depth is 64 at most */

static void put_node(struct ward_idgen *g, const struct ward_conf *c)
{
	ward_idgen_u64(g, c->kind);
	ward_idgen_str(g, c->key);
	ward_idgen_str(g, c->text);
	ward_idgen_u64(g, c->n_child);
}

/* A tree in the order of the file. */
struct walk {
	const struct ward_conf *top, *at, *above[DEPTH_MAX];
	size_t depth;
};

/* False: that was all of it. */
static bool go_on(struct walk *w)
{
	if (w->at->child && w->depth < DEPTH_MAX) {
		w->above[w->depth++] = w->at;
		w->at = w->at->child;
		return true;
	}
	while (w->at != w->top && !w->at->next && w->depth)
		w->at = w->above[--w->depth];
	if (w->at == w->top || !w->at->next)
		return false;
	w->at = w->at->next;
	return true;
}

static void put_tree(struct ward_idgen *g, const struct ward_conf *top)
{
	struct walk w = {.top = top, .at = top};

	do
		put_node(g, w.at);
	while (go_on(&w));
}

/* Does "%name%" stand in the text? */
static bool names(struct ward_str text, struct ward_str name)
{
	/* one without a name stands for nothing, and is found everywhere */
	for (size_t at; name.len && (at = ward_str_find(text, name)) != SIZE_MAX;
		text = ward_str_sub(text, at + 1, text.len))
		if (at && text.p[at - 1] == '%' && at + name.len < text.len &&
			text.p[at + name.len] == '%')
			return true;
	return false;
}

static bool tree_names(const struct ward_conf *top, struct ward_str name)
{
	struct walk w = {.top = top, .at = top};
	bool is;

	do
		is = names(w.at->text, name);
	while (!is && go_on(&w));
	return is;
}

/* What stands for the placeholders of the tree. */
static void put_lists(
	struct ward_idgen *g, const struct ward_ruleset *rs, const struct ward_conf *top)
{
	for (size_t i = 0; i < rs->n_list; i++) {
		const struct ward_value_list *l = &rs->list[i];

		if (!tree_names(top, l->name))
			continue;
		ward_idgen_str(g, l->name);
		ward_idgen_u64(g, l->n);
		for (size_t k = 0; k < l->n; k++)
			ward_idgen_str(g, l->value[k]);
	}
}

/* Of what decides when it matches and what it holds; titles and other words for people are not. */
struct ward_id ward_rule_print(
	const struct ward_ruleset *rs, const struct ward_rule *r, const struct ward_conf *doc)
{
	static const char *const part[] = {
		"logsource", "detection", "correlation", "filter", "ward"};
	struct ward_idgen g;

	ward_idgen_init(&g, "detect.rule");
	ward_idgen_str(&g, r->key);
	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++) {
		const struct ward_conf *c = ward_conf_get(doc, part[i]);

		if (!c)
			continue;
		put_tree(&g, c);
		put_lists(&g, rs, c);
	}
	return ward_idgen_final(&g);
}

static bool among(struct ward_str s, const char *const *list)
{
	while (*list && !ward_str_eqz(s, *list))
		list++;
	return *list != NULL;
}

/* Without what only says how much of it is a window, and for how long. */
struct ward_id ward_corr_feed(const struct ward_rule *r, const struct ward_conf *doc)
{
	static const char *const judges[] = {"timespan", "generate", NULL}, *const bound[] = {"gt",
										    "gte", "lt",
										    "lte", "eq",
										    "neq", NULL};
	const struct ward_conf *c = ward_conf_get(doc, "correlation");
	const struct ward_conf *ours = ward_conf_get(doc, "ward");
	struct ward_idgen g;

	ward_idgen_init(&g, "detect.feed");
	ward_idgen_str(&g, r->key);
	for (const struct ward_conf *v = c ? c->child : NULL; v; v = v->next) {
		bool bounds = v->kind == WARD_CONF_MAP && ward_str_eqz(v->key, "condition");

		if (!bounds && !among(v->key, judges))
			put_tree(&g, v);
		for (const struct ward_conf *b = bounds ? v->child : NULL; b; b = b->next)
			if (!among(b->key, bound))
				put_tree(&g, b);
	}
	if (ours)
		put_tree(&g, ours);
	return ward_idgen_final(&g);
}

static void put_filters(struct ward_idgen *g, const struct ward_rule *r)
{
	for (size_t i = 0; i < r->n_selection; i++)
		if (r->selection[i].owner && r->selection[i].owner != r)
			ward_idgen_id(g, r->selection[i].owner->print);
}

/* With all that it hangs on. */
static struct ward_id with_all(
	const struct ward_ruleset *rs, const struct ward_rule *r, struct ward_id print)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "detect.whole");
	ward_idgen_str(&g, (struct ward_str){(const char *)rs->ground, sizeof(rs->ground)});
	ward_idgen_id(&g, print);
	put_filters(&g, r);
	for (size_t i = 0; r->corr && i < r->corr->n_member; i++) {
		const struct ward_rule *m = rs->rule[r->corr->member[i]];

		ward_idgen_str(&g, m->key);
		ward_idgen_id(&g, m->whole);
	}
	return ward_idgen_final(&g);
}

void ward_ruleset_prints(struct ward_ruleset *rs)
{
	for (size_t i = 0; i < rs->n_rule; i++)
		if (!rs->rule[i]->corr && !rs->rule[i]->refused)
			rs->rule[i]->whole = with_all(rs, rs->rule[i], rs->rule[i]->print);
	/* A correlation's members are of a lower rank. */
	for (unsigned rank = 0; rank <= rs->rank_max; rank++)
		for (size_t i = 0; i < rs->n_rule; i++) {
			struct ward_rule *r = rs->rule[i];

			if (!r->corr || r->refused || r->corr->rank != rank)
				continue;
			r->whole = with_all(rs, r, r->print);
			r->feed = with_all(rs, r, r->feed);
		}
}
