/* A rule against one event: what holds and what does not. */
#include "craft/craft.h"

enum { TEXT_BYTES = 1 << 20, COL = 6, NEAR_MAX = 1 << 15 };

struct why {
	const struct ward_craft *c;
	struct ward_text *t;
	struct ward_arena a;
	/* the document that was read last */
	const struct ward_conf *doc;
	struct ward_str file;
	uint32_t line;
	/* the selection and the map that were told last */
	struct ward_str selection;
	size_t map;
	bool begun;
	enum ward_err err;
	uint32_t n_hold;
};

static void say(struct why *x, enum ward_style style, const char *english)
{
	ward_text_put(x->t, style, ward_lang_text(x->c->lang, ward_str_z(english)));
}

static void mark(struct why *x, bool holds, size_t first)
{
	ward_text_open(x->t, first, first + 2);
	ward_text_z(x->t, holds ? WARD_STYLE_BOLD : WARD_STYLE_WARN, holds ? "+ " : "- ");
}

/* The map's node in the file: the selection itself, or the n-th of its maps. */
static const struct ward_conf *map_node(const struct ward_conf *s, size_t map)
{
	if (!s || s->kind != WARD_CONF_SEQ)
		return s;
	for (const struct ward_conf *v = s->child; v; v = v->next)
		if (v->kind == WARD_CONF_MAP && map-- == 0)
			return v;
	return NULL;
}

static const struct ward_conf *node(struct why *x, const struct ward_trace_item *i)
{
	if (!x->doc || x->line != i->line || !ward_str_eq(x->file, i->file)) {
		x->file = i->file;
		x->line = i->line;
		x->err = ward_craft_document(
			&x->a, x->c->lim, i->file, i->line, x->c->diag, &x->doc);
		if (x->err)
			return NULL;
	}
	const struct ward_conf *d = ward_conf_get(x->doc, "detection");

	for (const struct ward_conf *s = (d ? d : ward_conf_get(x->doc, "filter"))->child; s;
		s = s->next)
		if (ward_str_eq(s->key, i->selection))
			return i->keywords ? s : map_node(s, i->map);
	return NULL;
}

static void words(struct why *x, const struct ward_trace_item *i, struct ward_wr *w)
{
	const struct ward_conf *m = node(x, i);
	const struct ward_conf *v = m && !i->keywords ? m->child : NULL;

	for (size_t k = 0; v && k < i->key; k++)
		v = v->next;
	if (m && i->keywords) {
		struct ward_conf k = *m;

		k.key = WARD_STR("|contains");
		ward_craft_item(&k, x->c->lang, w);
	} else if (v) {
		ward_craft_item(v, x->c->lang, w);
	}
}

static void heading(struct why *x, const struct ward_trace_item *i)
{
	if (!x->begun || !ward_str_eq(x->selection, i->selection) || i->map < x->map ||
		x->line != i->line) {
		mark(x, i->selection_holds, 2);
		ward_text_put(x->t, WARD_STYLE_BOLD, i->selection);
		ward_text_z(x->t, WARD_STYLE_PLAIN, " ");
		say(x, WARD_STYLE_PLAIN,
			i->selection_holds ? WARD_TEXT("holds") : WARD_TEXT("does not hold"));
		ward_text_z(x->t, WARD_STYLE_DIM, i->used ? "" : " ");
		if (!i->used)
			say(x, WARD_STYLE_DIM, WARD_TEXT("(not used by the condition)"));
		ward_text_close(x->t);
	} else if (i->map != x->map) {
		ward_text_open(x->t, 4, 4);
		say(x, WARD_STYLE_DIM, WARD_TEXT("or"));
		ward_text_close(x->t);
	}
	x->begun = true;
	x->selection = i->selection;
	x->map = i->map;
}

static void tell(void *ctx, const struct ward_trace_item *i)
{
	struct why *x = ctx;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);

	words(x, i, &w);
	heading(x, i);
	mark(x, i->holds, 4);
	ward_text_quote(x->t, WARD_STYLE_PLAIN, ward_wr_text(&w));
	ward_text_close(x->t);
	ward_text_open(x->t, COL + 2, COL + 4);
	if (i->field.len) {
		ward_text_put(x->t, WARD_STYLE_DIM, i->field);
		ward_text_z(x->t, WARD_STYLE_DIM, " = ");
		ward_text_quote(x->t, WARD_STYLE_PLAIN,
			i->value.len ? i->value
				     : ward_lang_text(x->c->lang,
					       ward_str_z(WARD_TEXT("(an empty text)"))));
	} else {
		say(x, WARD_STYLE_DIM,
			i->keywords ? WARD_TEXT("no field of the event has it")
				    : WARD_TEXT("the event has no such field"));
	}
	ward_text_close(x->t);
	if (ward_wr_bad(&w) && !x->err)
		x->err = WARD_ERR_LIMIT;
	ward_wr_fini(&w);
}

enum ward_err ward_craft_why(const struct ward_craft *c, struct ward_detector *det,
	const struct ward_event *e, size_t i, struct ward_text *t, struct ward_trace *ret)
{
	struct why x = {.c = c, .t = t};
	struct ward_trace r;

	ward_arena_init(&x.a, ward_mem_heap(), ward_limit(c->lim, WARD_LIMIT_DETECT_RULE_BYTES));
	enum ward_err err = ward_detector_trace(det, e, i, tell, &x, &r);

	if (!err)
		err = x.err;
	if (!err && !r.routed) {
		ward_text_open(t, 2, 4);
		ward_text_z(t, WARD_STYLE_WARN, "- ");
		say(&x, WARD_STYLE_WARN,
			WARD_TEXT("the event is not of the rule's logsource; its class is"));
		ward_text_z(t, WARD_STYLE_WARN, " ");
		ward_text_put(t, WARD_STYLE_BOLD, ward_name_text(c->names, e->class));
		ward_text_close(t);
	}
	if (!err && ret)
		*ret = r;
	ward_arena_fini(&x.a);
	return err;
}

/* Selections that hold count more than single items. */
static void weigh(void *ctx, const struct ward_trace_item *i)
{
	struct why *x = ctx;

	if (x->n_hold < NEAR_MAX)
		x->n_hold += (i->holds ? 1u : 0) + (i->map_holds ? 64u : 0);
}

enum ward_err ward_craft_near(
	struct ward_detector *det, const struct ward_event *e, size_t i, uint32_t *ret)
{
	struct why x = {.n_hold = 0};
	struct ward_trace r;
	enum ward_err err = ward_detector_trace(det, e, i, weigh, &x, &r);

	if (!err)
		*ret = !r.routed ? 0 : r.matches ? UINT32_MAX : 1 + x.n_hold;
	return err;
}
