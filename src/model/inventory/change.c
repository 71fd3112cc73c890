#include "model/inventory/change.h"

#include "base/rd.h"
#include "model/inventory/view.h"

#include <stdlib.h>

enum { TOLD_MAX = 1 << 20, COMPARED_MAX = 64 };

void ward_changes_init(struct ward_changes *ch, const struct ward_inv_rules *rules,
	const struct ward_model *model, const struct ward_mem *mem)
{
	const struct {
		uint32_t *to;
		const char *name;
	} names[] = {
		{&ch->source, "inventory"},
		{&ch->class_new, "asset.new"},
		{&ch->class_changed, "asset.changed"},
		{&ch->class_conflict, "asset.conflict"},
		{&ch->f_attribute, "asset.attribute"},
		{&ch->f_value, "asset.value"},
		{&ch->f_before, "asset.before"},
		{&ch->f_confidence, "asset.confidence"},
		{&ch->f_rule, "asset.rule"},
		{&ch->f_evidence, "asset.evidence"},
		{&ch->f_class, "asset.class"},
	};

	ch->rules = rules;
	ch->model = model;
	ch->until = WARD_NS_NEVER;
	ward_tab_init(&ch->told, mem, sizeof(struct ward_id), 0, TOLD_MAX);
	for (size_t i = 0; i < WARD_ARRAY_LEN(names); i++)
		*names[i].to = ward_name(rules->names, ward_str_z(names[i].name));
}

void ward_changes_fini(struct ward_changes *ch)
{
	ward_tab_fini(&ch->told);
}

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ward_id));
}

void ward_changes_save(const struct ward_changes *ch, struct ward_wr *w)
{
	size_t begin = w->len, at = 0;
	const void *id;
	void *unused;

	while (ward_tab_next(&ch->told, &at, &id, &unused))
		ward_wr_bytes(w, id, sizeof(struct ward_id));
	if (!ward_wr_bad(w) && w->len > begin)
		qsort(w->p + begin, ch->told.n, sizeof(struct ward_id), by_id);
}

enum ward_err ward_changes_load(struct ward_changes *ch, struct ward_slice bytes)
{
	struct ward_rd r = ward_rd_slice(bytes);
	enum ward_err err = WARD_OK;
	void *unused;

	while (!err && ward_rd_left(&r)) {
		const uint8_t *id = ward_rd_take(&r, sizeof(struct ward_id));

		err = id ? ward_tab_put(&ch->told, id, &unused, NULL) : WARD_ERR_MALFORMED;
	}
	return err;
}

/* One thing to be told. */
struct news {
	uint32_t class;
	const char *attribute;
	struct ward_str value, before;
	uint8_t confidence;
	const struct ward_fact *fact; /* its evidence; or NULL */
	ward_ns time;
};

struct telling {
	struct ward_changes *ch;
	ward_ns now;
	struct ward_arena *a;
	enum ward_err (*fn)(void *ctx, const struct ward_event *e);
	void *ctx;
	const struct ward_candidate *c;
	enum ward_err err;
};

static void set(struct telling *t, struct ward_event *e, uint32_t name, struct ward_value v)
{
	if (!t->err)
		t->err = ward_event_set(e, name, v);
}

static void set_text(struct telling *t, struct ward_event *e, uint32_t name, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(t->a, s);

	if (!copy.p)
		t->err = WARD_ERR_NOMEM;
	else if (s.len)
		set(t, e, name, ward_value_str(copy));
}

static void set_evidence(struct telling *t, struct ward_event *e, const struct ward_fact *f)
{
	const struct ward_claim *claim = f->claim[0];
	char id[WARD_ID_TEXT];

	if (claim->rule == WARD_NONE)
		return;
	ward_id_text(claim->event, id);
	set_text(t, e, t->ch->f_rule, t->ch->rules->rule[claim->rule].id);
	set_text(t, e, t->ch->f_evidence, ward_str_z(id));
}

static struct ward_id id_of(const struct telling *t, const struct news *n)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "inventory.change");
	ward_idgen_str(&g, ward_name_text(t->ch->rules->names, n->class));
	ward_idgen_bytes(&g, &t->c->key, sizeof(t->c->key));
	ward_idgen_str(&g, ward_str_z(n->attribute));
	ward_idgen_str(&g, n->value);
	ward_idgen_str(&g, n->before);
	return ward_idgen_final(&g);
}

/* False: it was told, or there is no memory. */
static bool is_news(struct telling *t, struct ward_id id)
{
	struct ward_tab *told = &t->ch->told;
	bool is_new = true;
	void *unused;

	if (told->n == told->max) {
		const struct ward_mem *mem = told->mem;

		ward_tab_fini(told);
		ward_tab_init(told, mem, sizeof(struct ward_id), 0, TOLD_MAX);
	}
	if (!t->err)
		t->err = ward_tab_put(told, &id, &unused, &is_new);
	return !t->err && is_new;
}

/* Its class: as it is seen, else as the directory has it. */
static struct ward_str class_of(const struct telling *t)
{
	const struct ward_fact *f = ward_candidate_best(t->c, WARD_ATTR_CLASS);
	const struct ward_model *m = t->ch->model;

	if (f)
		return f->value;
	if (t->c->node == WARD_NONE)
		return (struct ward_str){"", 0};
	return ward_ontology_class(ward_model_ontology(m), ward_model_node(m, t->c->node)->class)
		->id;
}

static void tell(struct telling *t, const struct news *n)
{
	struct ward_event e;
	char text[46];

	ward_event_init(&e, t->a);
	e.id = id_of(t, n);
	if (n->time > t->ch->until || !is_news(t, e.id))
		return;
	e.time = n->time;
	e.seen = t->now;
	e.source = t->ch->source;
	e.class = n->class;
	if (t->c->key.has & 1)
		set_text(t, &e, WARD_FIELD_SRC_MAC, ward_inv_key_text(&t->c->key, text));
	if (t->c->n_address)
		set_text(t, &e, WARD_FIELD_SRC_IP, ward_addr_text(&t->c->address[0].ip, text));
	set_text(t, &e, t->ch->f_class, class_of(t));
	set_text(t, &e, t->ch->f_attribute, ward_str_z(n->attribute));
	set_text(t, &e, t->ch->f_value, n->value);
	set_text(t, &e, t->ch->f_before, n->before);
	if (n->confidence)
		set(t, &e, t->ch->f_confidence, ward_value_int(n->confidence));
	if (n->fact)
		set_evidence(t, &e, n->fact);
	if (!t->err)
		t->err = t->fn(t->ctx, &e);
}

/* What the directory says, against what is seen. */
static void tell_changed(struct telling *t, enum ward_attr attr, struct ward_str stated)
{
	const struct ward_fact *f = ward_candidate_best(t->c, attr);
	struct news n = {.class = t->ch->class_changed,
		.attribute = ward_attr_name(attr),
		.value = f->value,
		.before = stated,
		.confidence = f->confidence,
		.fact = f,
		.time = f->first};

	tell(t, &n);
}

static void tell_known(struct telling *t)
{
	const struct ward_node *node = ward_model_node(t->ch->model, t->c->node);
	const struct ward_ontology *o = ward_model_ontology(t->ch->model);

	if (ward_inv_class_differs(t->ch->rules, t->ch->model, t->c, t->c->node))
		tell_changed(t, WARD_ATTR_CLASS, ward_ontology_class(o, node->class)->id);
	if (ward_inv_value_differs(t->c, WARD_ATTR_VENDOR, node->vendor))
		tell_changed(t, WARD_ATTR_VENDOR, node->vendor);
	if (ward_inv_value_differs(t->c, WARD_ATTR_MODEL, node->product))
		tell_changed(t, WARD_ATTR_MODEL, node->product);
	struct news n = {.class = t->ch->class_changed,
		.attribute = "address",
		.value = node->id,
		.time = t->c->first};

	if (t->c->odd & WARD_INV_MOVED)
		tell(t, &n);
	n.class = t->ch->class_conflict;
	n.attribute = "asset";
	if (t->c->odd & WARD_INV_DUPLICATE)
		tell(t, &n);
}

static bool same_name(const struct ward_fact *a, const struct ward_fact *b)
{
	return a->name_len == b->name_len && a->name_len &&
	       ward_str_eq(ward_str_sub(a->value, 0, a->name_len),
		       ward_str_sub(b->value, 0, b->name_len));
}

/* Of values that shut each other out: one that began when the other had ended is a change, at the
 * same time they are a conflict. */
static void tell_pair(struct telling *t, const struct ward_fact *old, const struct ward_fact *f)
{
	bool after = old->last < f->first;
	struct news n = {.class = after ? t->ch->class_changed : t->ch->class_conflict,
		.attribute = ward_attr_name(f->attr),
		.value = f->value,
		.before = old->value,
		.confidence = f->confidence,
		.fact = f,
		.time = f->first};

	/* Of two that began at once one order is enough. */
	if (old->first < f->first || ward_str_cmp(old->value, f->value) < 0)
		tell(t, &n);
}

static bool shut_out(
	const struct ward_inv_rules *r, const struct ward_fact *a, const struct ward_fact *b)
{
	if (a->attr != b->attr || a->confidence < WARD_INV_SURE || b->confidence < WARD_INV_SURE)
		return false;
	if (a->attr == WARD_ATTR_SOFTWARE)
		return same_name(a, b) && (a->last < b->first || b->last < a->first);
	if (a->attr == WARD_ATTR_CLASS) {
		uint32_t x = ward_ontology_find(r->classes, a->value),
			 y = ward_ontology_find(r->classes, b->value);

		return !ward_ontology_is(r->classes, x, y) && !ward_ontology_is(r->classes, y, x);
	}
	return !ward_attr_several(a->attr);
}

/* Facts come by attribute, the surest first. Only so many of one are compared with each other: a
 * device that is proved to have 60,000 names must not cost the square of it at each look. */
static void tell_facts(struct telling *t)
{
	for (size_t from = 0, to; from < t->c->n_fact; from = to) {
		const struct ward_fact *f = &t->c->fact[from];
		size_t n;

		for (to = from; to < t->c->n_fact && t->c->fact[to].attr == f->attr;)
			to++;
		n = to - from < COMPARED_MAX ? to - from : (size_t)COMPARED_MAX;
		for (size_t i = 0; i < n && !t->err; i++)
			for (size_t k = 0; k < n && !t->err; k++)
				if (i != k && f[i].first <= f[k].first &&
					shut_out(t->ch->rules, &f[i], &f[k]))
					tell_pair(t, &f[i], &f[k]);
	}
}

/* Of the house: not somebody out there who answered through a router. */
static bool is_ours(const struct ward_changes *ch, const struct ward_candidate *c)
{
	char text[46];
	bool ours = c->key.has & 1;

	for (size_t i = 0; i < c->n_address && !ours; i++)
		ours = ward_inv_is_private(&c->address[i].ip) ||
		       (ch->model && ward_model_network_of(ch->model,
					     ward_addr_text(&c->address[i].ip, text)) != WARD_NONE);
	return ours;
}

enum ward_err ward_changes_tell(struct ward_changes *ch, const struct ward_candidate *c, size_t n,
	ward_ns now, struct ward_arena *arena,
	enum ward_err (*fn)(void *ctx, const struct ward_event *e), void *ctx)
{
	struct telling t = {.ch = ch, .now = now, .a = arena, .fn = fn, .ctx = ctx};

	for (size_t i = 0; i < n && !t.err; i++) {
		struct news is_new = {
			.class = ch->class_new, .attribute = "asset", .time = c[i].first};

		t.c = &c[i];
		if (c[i].status == WARD_INV_KNOWN)
			tell_known(&t);
		else if (is_ours(ch, &c[i]))
			tell(&t, &is_new);
		tell_facts(&t);
	}
	return t.err;
}
