/* A rule in words, from its file and from what was made of it. */
#include "craft/teller.h"

enum { INSIDE = 4, TEXT_BYTES = 1 << 20, CLASSES_MAX = 64 };

static void doc_row(struct ward_teller *x, const char *label, const char *key)
{
	const struct ward_conf *c = ward_conf_get(x->doc, key);
	const struct ward_conf *v = c && c->kind == WARD_CONF_SEQ ? c->child : c;

	for (size_t i = 0; v && (c->kind == WARD_CONF_SEQ ? i < c->n_child : i < 1);
		v = v->next, i++) {
		if (i)
			ward_wr_z(&x->w, "; ");
		ward_wr_str(&x->w, v->text);
	}
	ward_teller_row_end(x, label);
}

/* A list of what the rule says. Where one of them has no translation, all are as they are written:
 * a row is of one language. */
static void own_list(struct ward_teller *x, const char *label, const char *key)
{
	const struct ward_conf *c = ward_conf_get(x->doc, key);
	const struct ward_conf *v = c && c->kind == WARD_CONF_SEQ ? c->child : c;
	bool all = v;

	for (size_t i = 0; v; v = c->kind == WARD_CONF_SEQ ? v->next : NULL, i++) {
		if (i)
			ward_say(&x->w, x->lang.labels, WARD_TEXT("; "));
		all = ward_teller_own(x, v->text) && all;
	}
	if (!all) {
		ward_wr_reset(&x->w);
		doc_row(x, label, key);
		return;
	}
	x->spoken = ward_lang_code(x->lang.rules);
	ward_teller_row_end(x, label);
}

struct classes {
	struct ward_wr *w;
	struct ward_str seen[CLASSES_MAX];
	size_t n;
	bool any;
};

static void add_class(void *ctx, struct ward_str glob)
{
	struct classes *k = ctx;

	for (size_t i = 0; i < k->n; i++)
		if (ward_str_eq(k->seen[i], glob))
			return;
	k->any |= !glob.len;
	if (!glob.len || k->n == CLASSES_MAX)
		return;
	ward_wr_z(k->w, k->n ? ", " : "");
	ward_wr_str(k->w, glob);
	k->seen[k->n++] = glob;
}

static void source(struct ward_teller *x, const struct ward_rule_info *r, size_t i)
{
	const struct ward_str word[] = {r->product, r->category, r->service};
	static const char *const name[] = {
		WARD_TEXT("product"), WARD_TEXT("category"), WARD_TEXT("service")};
	struct classes k = {.w = &x->w};
	size_t n = 0;

	if (r->corr)
		return;
	for (size_t p = 0; p < WARD_ARRAY_LEN(word); p++) {
		if (!word[p].len)
			continue;
		ward_wr_z(&x->w, n++ ? ", " : "");
		ward_say(&x->w, x->lang.labels, name[p]);
		ward_wr_ch(&x->w, ' ');
		ward_wr_str(&x->w, word[p]);
	}
	ward_teller_told_end(x, WARD_TEXT("looks at"));
	ward_ruleset_classes(x->c->rs, i, add_class, &k);
	if (k.any && k.n)
		ward_wr_z(&x->w, ", ");
	if (k.any)
		ward_say(&x->w, x->lang.labels,
			k.n ? WARD_TEXT("or any whose fields say that it is of this logsource")
			    : WARD_TEXT("any whose fields say that it is of this logsource"));
	else if (!k.n && !r->filter)
		ward_say(&x->w, x->lang.labels,
			WARD_TEXT("none: no pipeline knows this logsource, so it never matches"));
	ward_teller_told_end(x, WARD_TEXT("events"));
}

static void threat(struct ward_teller *x, const struct ward_rule_info *r)
{
	if (x->c->threats && r->threat != WARD_NONE) {
		const struct ward_threat *t = ward_threats_at(x->c->threats, r->threat);

		ward_wr_str(&x->w, t->code);
		ward_wr_z(&x->w, ": ");
		struct ward_str name = ward_lang_text(x->lang.labels, t->name);

		if (name.p != t->name.p)
			x->spoken = ward_lang_code(x->lang.labels);
		ward_wr_str(&x->w, name);
	}
	ward_teller_row_end(x, WARD_TEXT("threat"));
	for (size_t k = 0; k < r->n_attack; k++) {
		ward_wr_z(&x->w, k ? ", " : "");
		ward_wr_str(&x->w, r->attack[k]);
	}
	ward_teller_row_end(x, "ATT&CK");
}

static void item_map(struct ward_teller *x, const struct ward_conf *m, size_t first)
{
	for (const struct ward_conf *v = m->child; v; v = v->next) {
		ward_craft_item(v, x->lang.labels, &x->w);
		ward_teller_item(x, first);
	}
}

static void keywords(struct ward_teller *x, const struct ward_conf *s)
{
	struct ward_conf words = *s;
	size_t n = 0;

	for (const struct ward_conf *v = s->child; v; v = v->next)
		n += v->kind != WARD_CONF_MAP;
	if (!n)
		return;
	words.key = WARD_STR("|contains");
	ward_craft_item(&words, x->lang.labels, &x->w);
	ward_teller_item(x, INSIDE);
}

static void selection(struct ward_teller *x, const struct ward_conf *s)
{
	size_t n_map = 0;
	bool list = s->kind == WARD_CONF_SEQ;

	for (const struct ward_conf *v = list ? s->child : NULL; v; v = v->next)
		n_map += v->kind == WARD_CONF_MAP;
	ward_teller_group(x, s->key, list && n_map);
	if (s->kind == WARD_CONF_MAP)
		item_map(x, s, INSIDE);
	for (const struct ward_conf *v = list ? s->child : NULL; v; v = v->next) {
		if (v->kind != WARD_CONF_MAP)
			continue;
		if (v != s->child)
			ward_teller_or(x);
		item_map(x, v, INSIDE);
	}
	if (list && n_map < s->n_child)
		keywords(x, s);
}

static void detection(struct ward_teller *x, const struct ward_conf *d)
{
	if (!d) /* it was refused for that, which its state says */
		return;
	for (const struct ward_conf *v = d->child; v; v = v->next)
		if (!ward_str_eqz(v->key, "condition") && !ward_str_eqz(v->key, "rules"))
			selection(x, v);
	const struct ward_conf *cond = ward_conf_get(d, "condition");
	const struct ward_conf *v = cond && cond->kind == WARD_CONF_SEQ ? cond->child : cond;

	for (; v; v = cond->kind == WARD_CONF_SEQ ? v->next : NULL) {
		if (x->w.len)
			ward_say(&x->w, x->lang.labels, WARD_TEXT(", or "));
		ward_wr_str(&x->w, v->text); /* the rule's own names and operators */
	}
	ward_teller_row_end(x, WARD_TEXT("matches when"));
}

/* "10 or more", from the condition's map. */
static void bounds(struct ward_teller *x, const struct ward_conf *c)
{
	static const struct {
		const char *key, *before;
	} words[] = {{"gte", WARD_TEXT("at least")}, {"gt", WARD_TEXT("more than")},
		{"lte", WARD_TEXT("at most")}, {"lt", WARD_TEXT("less than")},
		{"eq", WARD_TEXT("exactly")}, {"neq", WARD_TEXT("not")}};
	size_t n = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(words); i++) {
		const struct ward_conf *v = ward_conf_get(c, words[i].key);

		if (!v)
			continue;
		if (n++)
			ward_say(&x->w, x->lang.labels, WARD_TEXT(" and "));
		ward_say(&x->w, x->lang.labels, words[i].before);
		ward_wr_ch(&x->w, ' ');
		ward_wr_str(&x->w, v->text);
	}
}

static void list_of(struct ward_teller *x, const struct ward_conf *c)
{
	const struct ward_conf *v = c && c->kind == WARD_CONF_SEQ ? c->child : c;

	for (size_t i = 0; v; v = c->kind == WARD_CONF_SEQ ? v->next : NULL, i++) {
		ward_wr_z(&x->w, i ? ", " : "");
		ward_wr_str(&x->w, v->text);
	}
}

static void metric(struct ward_teller *x, const struct ward_conf *c)
{
	static const struct {
		const char *type, *words;
	} types[] = {{"event_count", WARD_TEXT("events")},
		{"value_count", WARD_TEXT("different values of")},
		{"temporal", WARD_TEXT("all of these rules match, in any order")},
		{"temporal_ordered", WARD_TEXT("all of these rules match, in this order")},
		{"value_sum", WARD_TEXT("is the sum of")},
		{"value_avg", WARD_TEXT("is the average of")},
		{"value_percentile", WARD_TEXT("is the percentile of")}};
	const struct ward_conf *type = ward_conf_get(c, "type"),
			       *cond = ward_conf_get(c, "condition");

	for (size_t i = 0; type && i < WARD_ARRAY_LEN(types); i++) {
		if (!ward_str_eqz(type->text, types[i].type))
			continue;
		bounds(x, cond);
		if ((i == 2 || i == 3) && x->w.len) {
			ward_wr_ch(&x->w, ' ');
			ward_say(&x->w, x->lang.labels, WARD_TEXT("of these rules match:"));
		}
		if (x->w.len)
			ward_wr_ch(&x->w, ' ');
		ward_say(&x->w, x->lang.labels, types[i].words);
		if (ward_conf_get(cond, "field"))
			ward_wr_ch(&x->w, ' ');
		list_of(x, ward_conf_get(cond, "field"));
	}
	ward_teller_told_end(x, WARD_TEXT("matches when"));
}

static void near(struct ward_teller *x, const struct ward_conf *c)
{
	const struct ward_conf *hops = ward_conf_get(c, "hops"), *via = ward_conf_get(c, "via");

	if (!hops)
		return;
	WARD_SAY(&x->w, x->lang.labels,
		WARD_TEXT("at most {n} steps apart in the hospital, along {relation}"),
		{"n", hops->text}, {"relation", via ? via->text : WARD_STR("leads_to")});
	ward_teller_told_end(x, WARD_TEXT("near"));
}

static void not_after(struct ward_teller *x, const struct ward_conf *v)
{
	if (!v)
		return;
	list_of(x, ward_conf_get(v, "rules"));
	ward_teller_row_end(x, WARD_TEXT("and not after"));
	list_of(x, ward_conf_get(v, "within"));
	ward_teller_row_end(x, WARD_TEXT("in the time before"));
}

static void correlation(struct ward_teller *x, size_t i)
{
	const struct ward_conf *c = ward_conf_get(x->doc, "correlation");
	const uint32_t *member = NULL;
	const struct ward_conf *rules = ward_conf_get(c, "rules");
	size_t n = ward_ruleset_members(x->c->rs, i, &member);

	/* Those that must not come stand behind. */
	if (rules && rules->kind == WARD_CONF_SEQ && rules->n_child < n)
		n = rules->n_child;
	metric(x, c);
	list_of(x, ward_conf_get(c, "timespan"));
	ward_teller_row_end(x, WARD_TEXT("within"));
	list_of(x, ward_conf_get(c, "group-by"));
	ward_teller_row_end(x, WARD_TEXT("for the same"));
	if (!x->j) {
		ward_text_open(x->t, 2, 2);
		ward_text_z(x->t, WARD_STYLE_BOLD, "of these rules");
		ward_text_close(x->t);
	}
	for (size_t k = 0; k < n && !x->j; k++) { /* a page links to them */
		struct ward_rule_info m = ward_ruleset_rule(x->c->rs, member[k]);

		ward_wr_str(&x->w, ward_lang_text(x->lang.labels, m.title));
		ward_wr_z(&x->w, " (");
		ward_wr_str(&x->w, m.name.len ? m.name : m.id);
		ward_wr_z(&x->w, ")");
		ward_teller_item(x, INSIDE);
	}
	list_of(x, ward_conf_get(ward_conf_get(x->doc, "ward"), "without"));
	ward_teller_row_end(x, WARD_TEXT("and without"));
	not_after(x, ward_conf_get(ward_conf_get(x->doc, "ward"), "not_after"));
	near(x, ward_conf_get(ward_conf_get(x->doc, "ward"), "near"));
}

void ward_craft_split(struct ward_str all, struct ward_str *ret_what, struct ward_str *ret_step)
{
	static const char *const step[] = {"First step:", "First:"};

	*ret_what = ward_str_trim(all);
	*ret_step = WARD_STR("");
	for (size_t i = 0; i < WARD_ARRAY_LEN(step); i++) {
		size_t at = ward_str_find(all, ward_str_z(step[i])), next = at + strlen(step[i]);

		if (at == SIZE_MAX)
			continue;
		*ret_what = ward_str_trim(ward_str_sub(all, 0, at));
		*ret_step = ward_str_trim(ward_str_sub(all, next, all.len - next));
		return;
	}
}

/* The description, with what is to be done first as a row of its own. */
static void what(struct ward_teller *x)
{
	const struct ward_conf *c = ward_conf_get(x->doc, "description");
	struct ward_str is, first;

	ward_craft_split(c ? c->text : WARD_STR(""), &is, &first);
	ward_teller_own_row(x, WARD_TEXT("what"), is);
	ward_teller_own_row(x, WARD_TEXT("first step"), first);
}

/* The tags `story.ID`: attacks of which it joins steps. */
static void stories(struct ward_teller *x)
{
	const struct ward_conf *tags = ward_conf_get(x->doc, "tags");
	const struct ward_str begin = WARD_STR("story.");

	for (const struct ward_conf *v = tags ? tags->child : NULL; v; v = v->next) {
		if (!ward_str_starts(v->text, begin))
			continue;
		ward_wr_z(&x->w, x->w.len ? ", " : "");
		ward_wr_str(&x->w, ward_str_sub(v->text, begin.len, v->text.len));
	}
	ward_teller_row_end(x, WARD_TEXT("story"));
}

static void who(struct ward_teller *x)
{
	doc_row(x, WARD_TEXT("author"), "author");
	doc_row(x, WARD_TEXT("licence"), "license");
	doc_row(x, WARD_TEXT("status"), "status");
}

static void head(struct ward_teller *x, const struct ward_rule_info *r)
{
	struct ward_lang *l = x->lang.labels;

	ward_text_open(x->t, 0, 2);
	ward_text_put(x->t, WARD_STYLE_BOLD, ward_lang_text(x->lang.labels, r->title));
	ward_text_close(x->t);
	ward_teller_row(x, "id", r->id.len ? r->id : r->name);
	ward_wr_str(&x->w, r->file);
	ward_wr_printf(&x->w, ":%u", r->line);
	ward_teller_row_end(x, WARD_TEXT("file"));
	ward_say(&x->w, l,
		r->refused  ? WARD_TEXT("refused")
		: r->reason ? WARD_TEXT("loaded, with a warning")
			    : WARD_TEXT("loaded"));
	if (r->reason) {
		ward_say_colon(&x->w, l);
		ward_say(&x->w, l, r->reason);
	}
	if (r->silent) {
		ward_say_semicolon(&x->w, l);
		ward_say(&x->w, l, WARD_TEXT("speaks only through the correlations above it"));
	}
	if (r->n_filter) {
		ward_say_semicolon(&x->w, l);
		ward_say_n(&x->w, l, r->n_filter, WARD_TEXT_ONE("with {n} filter of the site"),
			WARD_TEXT("with {n} filters of the site"));
	}
	ward_teller_row_end(x, WARD_TEXT("state"));
	if (r->stage != WARD_STAGE_LIVE)
		ward_teller_row(x, WARD_TEXT("stage"), ward_str_z(ward_stage_name(r->stage)));
	ward_teller_row(x, WARD_TEXT("level"), ward_str_z(ward_level_name(r->level)));
}

static enum ward_err document(
	struct ward_teller *x, struct ward_arena *a, const struct ward_rule_info *r)
{
	const struct ward_craft *c = x->c;
	struct ward_rule_text text = {.file = r->file.p};

	if (!c->file)
		return ward_craft_document(a, c->lim, r->file, r->line, c->diag, &x->doc);
	return c->file(c->file_ctx, r->file, &text.bytes)
		       ? ward_craft_document_of(a, c->lim, &text, r->line, c->diag, &x->doc)
		       : WARD_ERR_NOT_FOUND;
}

static enum ward_err tell(struct ward_teller *x, size_t i)
{
	struct ward_rule_info r = ward_ruleset_rule(x->c->rs, i);
	struct ward_arena a;

	x->w = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);
	ward_arena_init(&a, ward_mem_heap(), ward_limit(x->c->lim, WARD_LIMIT_DETECT_RULE_BYTES));
	enum ward_err err = document(x, &a, &r);

	if (!err) {
		if (!x->j)
			head(x, &r);
		if (!x->j)
			who(x);
		what(x);
		stories(x);
		source(x, &r, i);
		threat(x, &r);
		own_list(x, WARD_TEXT("may be wrong"), "falsepositives");
		if (r.corr)
			correlation(x, i);
		else
			detection(x, ward_conf_get(x->doc, r.filter ? "filter" : "detection"));
		if (x->j)
			who(x);
	}
	if (ward_wr_bad(&x->w))
		err = WARD_ERR_LIMIT;
	ward_wr_fini(&x->w);
	ward_arena_fini(&a);
	return err;
}

enum ward_err ward_craft_explain(const struct ward_craft *c, size_t i,
	const struct ward_craft_lang *lang, struct ward_text *t)
{
	struct ward_teller x = {.c = c, .t = t, .lang = *lang};

	return tell(&x, i);
}

enum ward_err ward_craft_explain_page(const struct ward_craft *c, size_t i,
	const struct ward_craft_lang *lang, struct ward_json *j)
{
	struct ward_teller x = {.c = c, .j = j, .lang = *lang};

	ward_json_arr(j);
	enum ward_err err = tell(&x, i);

	ward_teller_end(&x);
	ward_json_arr_end(j);
	return err;
}
