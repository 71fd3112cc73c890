#include "conf/conf.h"

#include <yaml.h>

enum { ANCHORS_MAX = 4096, ANCHOR_BYTES_MAX = 1 << 20 };

/* One load. The tree is built from the parser's events with an explicit stack, so that depth and
 * size are bounded by us and not by the library. */
struct load {
	struct ward_arena *a;
	struct ward_diag *diag;
	struct ward_str file;
	size_t n_left; /* nodes still allowed */
	size_t depth, depth_max;
	struct level {
		struct ward_conf *node, *last; /* last child so far */
		struct ward_intern *keys;      /* map: keys seen; NULL for a sequence */
		struct ward_str key;           /* map: the key that waits for its value */
		bool have_key;
		uint32_t key_line;
	} level[64];
	struct ward_intern keys[64];
	struct ward_intern anchors; /* of the document */
	struct ward_conf **anchor;  /* beside anchors: what each stands for */
	size_t cap_anchor;
	uint32_t base; /* lines before the part that is parsed */
	uint32_t line; /* of the current event */
	enum ward_err err;
};

static void refuse(struct load *l, enum ward_err err, const char *text)
{
	struct ward_str rest = ward_str_z(text), what = ward_str_cut(&rest, '\n');

	ward_diag_say(l->diag, &(struct ward_diag_item){.level = WARD_DIAG_ERROR,
				       .file = l->file,
				       .line = l->line,
				       .what = what,
				       .mend = rest});
	l->err = err;
}

static struct ward_conf *node_new(struct load *l, enum ward_conf_kind kind)
{
	struct ward_conf *n;

	if (l->n_left == 0) {
		refuse(l, WARD_ERR_LIMIT,
			WARD_TEXT("more values than the limit conf.nodes allows\nsplit the file"));
		return NULL;
	}
	l->n_left--;
	n = ward_arena_alloc(l->a, sizeof(*n));
	if (!n) {
		l->err = WARD_ERR_NOMEM;
		return NULL;
	}
	n->kind = kind;
	n->line = l->line;
	n->file = l->file;
	return n;
}

/* Hangs a finished or just opened value under the innermost open collection. */
static void attach(struct load *l, struct ward_conf *n)
{
	struct level *top = &l->level[l->depth - 1];

	n->key = top->key;
	if (top->keys)
		n->line = top->key_line ? top->key_line : n->line;
	top->have_key = false;
	if (top->last)
		top->last->next = n;
	else
		top->node->child = n;
	top->last = n;
	top->node->n_child++;
}

static void take_key(struct load *l, struct ward_str key)
{
	struct level *top = &l->level[l->depth - 1];
	uint32_t id;
	size_t n = top->keys->n;

	if (ward_str_eqz(key, "<<")) {
		refuse(l, WARD_ERR_CONFIG,
			WARD_TEXT("merge keys (<<) are not used here\nwrite the keys out"));
		return;
	}
	l->err = ward_intern_put(top->keys, key, &id);
	if (l->err)
		return;
	if (id < n) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->file, l->line,
			WARD_TEXT("the key '%.*s' appears twice in one map\nremove one of the two"),
			WARD_STR_ARG(key));
		l->err = WARD_ERR_DUPLICATE;
		return;
	}
	top->key = ward_intern_at(top->keys, id);
	top->key = ward_arena_str(l->a, top->key);
	top->key_line = l->line;
	top->have_key = true;
	if (!top->key.p)
		l->err = WARD_ERR_NOMEM;
}

static bool awaits_key(const struct load *l)
{
	return l->depth && l->level[l->depth - 1].keys && !l->level[l->depth - 1].have_key;
}

static void on_open(struct load *l, enum ward_conf_kind kind)
{
	struct ward_conf *n;

	if (awaits_key(l)) {
		refuse(l, WARD_ERR_CONFIG, WARD_TEXT("a key must be text\nwrite `key: value`"));
		return;
	}
	if (l->depth >= l->depth_max) {
		refuse(l, WARD_ERR_LIMIT,
			WARD_TEXT("nested deeper than the limit conf.depth allows\nflatten it"));
		return;
	}
	n = node_new(l, kind);
	if (!n)
		return;
	if (l->depth)
		attach(l, n);
	struct level *top = &l->level[l->depth];

	*top = (struct level){.node = n};
	if (kind == WARD_CONF_MAP) {
		top->keys = &l->keys[l->depth];
		ward_intern_init(top->keys, l->a->mem, 1 << 20, 16 << 20);
	}
	l->depth++;
}

static void on_close(struct load *l)
{
	struct level *top = &l->level[--l->depth];

	if (top->keys)
		ward_intern_fini(top->keys);
}

static bool plain_null(struct ward_str s)
{
	return s.len == 0 || ward_str_eqz(s, "~") || ward_str_eqz(s, "null") ||
	       ward_str_eqz(s, "Null") || ward_str_eqz(s, "NULL");
}

static void on_scalar(struct load *l, const yaml_event_t *e)
{
	bool quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	struct ward_str s = {(const char *)e->data.scalar.value, e->data.scalar.length};
	struct ward_conf *n;

	if (awaits_key(l)) {
		take_key(l, s);
		return;
	}
	n = node_new(l, !quoted && plain_null(s) ? WARD_CONF_NULL : WARD_CONF_SCALAR);
	if (!n)
		return;
	n->quoted = quoted;
	n->text = ward_arena_str(l->a, s);
	if (!n->text.p)
		l->err = WARD_ERR_NOMEM;
	else
		attach(l, n);
}

/* ---- anchors and aliases (YAML 1.2, 3.2.2.2): an alias is a copy, within the limits ---- */

static void anchors_end(struct load *l)
{
	if (!l->anchors.mem)
		return;
	ward_intern_fini(&l->anchors);
	l->anchors.mem = NULL;
	ward_mem_free(l->a->mem, l->anchor, l->cap_anchor * sizeof(*l->anchor));
	l->anchor = NULL;
	l->cap_anchor = 0;
}

static void anchors_begin(struct load *l)
{
	anchors_end(l);
	ward_intern_init(&l->anchors, l->a->mem, ANCHORS_MAX, ANCHOR_BYTES_MAX);
}

/* A name may be given again: the newest counts. */
static void name_it(struct load *l, const yaml_char_t *name, struct ward_conf *n)
{
	uint32_t id = 0;
	size_t before = l->anchors.n;
	enum ward_err err = ward_intern_put(&l->anchors, ward_str_z((const char *)name), &id);

	if (!err && l->anchors.n > before)
		err = ward_mem_more(l->a->mem, &l->anchor, before, &l->cap_anchor,
			sizeof(struct ward_conf *), ANCHORS_MAX);
	if (err == WARD_ERR_LIMIT)
		refuse(l, err,
			WARD_TEXT("more than 4096 anchors in one document\nwrite the values out"));
	else if (err)
		l->err = err;
	else
		l->anchor[id] = n;
}

static bool is_open(const struct load *l, const struct ward_conf *n)
{
	for (size_t i = 0; i < l->depth; i++)
		if (l->level[i].node == n)
			return true;
	return false;
}

/* How deep a collection may stand that is k levels inside of what comes next. */
static bool too_deep(struct load *l, const struct ward_conf *n, size_t k)
{
	if (n->kind == WARD_CONF_SCALAR || n->kind == WARD_CONF_NULL || l->depth + k < l->depth_max)
		return false;
	refuse(l, WARD_ERR_LIMIT,
		WARD_TEXT("nested deeper than the limit conf.depth allows\nflatten it"));
	return true;
}

/* The value alone; text is shared. */
static struct ward_conf *copy_one(struct load *l, const struct ward_conf *from, size_t k)
{
	struct ward_conf *n = too_deep(l, from, k) ? NULL : node_new(l, from->kind);

	if (!n)
		return NULL;
	n->quoted = from->quoted;
	n->text = from->text;
	n->key = from->key;
	n->line = from->line;
	return n;
}

static struct ward_conf *copy(struct load *l, const struct ward_conf *top)
{
	struct {
		const struct ward_conf *next;
		struct ward_conf *to, *last;
	} in[WARD_ARRAY_LEN(l->level)] = {{NULL, NULL, NULL}};
	struct ward_conf *ret = copy_one(l, top, 0);
	size_t k = 0;

	in[0].next = top->child;
	in[0].to = ret;
	while (ret && (in[k].next || k > 0)) {
		const struct ward_conf *c = in[k].next;

		if (!c) {
			k--;
			continue;
		}
		struct ward_conf *n = copy_one(l, c, k + 1);

		if (!n)
			return NULL;
		in[k].next = c->next;
		if (in[k].last)
			in[k].last->next = n;
		else
			in[k].to->child = n;
		in[k].last = n;
		in[k].to->n_child++;
		if (!c->child)
			continue;
		k++;
		in[k].next = c->child;
		in[k].to = n;
		in[k].last = NULL;
	}
	return ret;
}

static void on_alias(struct load *l, const yaml_char_t *name)
{
	struct ward_str s = ward_str_z((const char *)name);
	uint32_t id = ward_intern_find(&l->anchors, s);
	struct ward_conf *from = id == WARD_NONE ? NULL : l->anchor[id];

	if (!from || is_open(l, from)) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->file, l->line,
			from ? WARD_TEXT("the alias '*%.*s' stands inside of what it names\nwrite "
					 "the value out")
			     : WARD_TEXT("the alias '*%.*s' names no anchor before it in this "
					 "document\nwrite '&%.*s' before the value that it means"),
			WARD_STR_ARG(s), WARD_STR_ARG(s));
		l->err = WARD_ERR_CONFIG;
		return;
	}
	if (awaits_key(l)) {
		if (from->kind != WARD_CONF_SCALAR)
			refuse(l, WARD_ERR_CONFIG,
				WARD_TEXT("a key must be text\nwrite `key: value`"));
		else
			take_key(l, from->text);
		return;
	}
	struct ward_conf *n = copy(l, from);

	if (!n)
		return;
	n->line = l->line;
	n->key = (struct ward_str){NULL, 0};
	attach(l, n);
}

/* Anchors and tags stand on three kinds of event, in three places. */
static const yaml_char_t *marks(const yaml_event_t *e, bool *ret_tag)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (e->type == YAML_SCALAR_EVENT) {
		anchor = e->data.scalar.anchor;
		tag = e->data.scalar.tag;
	} else if (e->type == YAML_SEQUENCE_START_EVENT) {
		anchor = e->data.sequence_start.anchor;
		tag = e->data.sequence_start.tag;
	} else if (e->type == YAML_MAPPING_START_EVENT) {
		anchor = e->data.mapping_start.anchor;
		tag = e->data.mapping_start.tag;
	}
	*ret_tag = tag != NULL;
	return anchor;
}

/* What an event that has an anchor just made: a collection, a value, or a key. */
static struct ward_conf *made(struct load *l, const yaml_event_t *e, bool key)
{
	struct level *top = &l->level[l->depth - 1];

	if (e->type != YAML_SCALAR_EVENT)
		return top->node;
	if (!key)
		return top->last;
	struct ward_conf *n = node_new(l, WARD_CONF_SCALAR);

	if (n)
		n->text = top->key;
	return n;
}

static void on_event(struct load *l, const yaml_event_t *e)
{
	bool tag, key = awaits_key(l);
	const yaml_char_t *anchor = marks(e, &tag);

	l->line = l->base + (uint32_t)e->start_mark.line + 1;
	if (tag) {
		refuse(l, WARD_ERR_UNSUPPORTED, WARD_TEXT("tags (!) are not used here\nremove it"));
		return;
	}
	switch (e->type) {
	case YAML_MAPPING_START_EVENT:
		on_open(l, WARD_CONF_MAP);
		break;
	case YAML_SEQUENCE_START_EVENT:
		on_open(l, WARD_CONF_SEQ);
		break;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		on_close(l);
		break;
	case YAML_SCALAR_EVENT:
		on_scalar(l, e);
		break;
	case YAML_ALIAS_EVENT:
		on_alias(l, e->data.alias.anchor);
		break;
	case YAML_DOCUMENT_START_EVENT:
		anchors_begin(l);
		break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	if (anchor && !l->err) {
		struct ward_conf *n = made(l, e, key);

		if (n)
			name_it(l, anchor, n);
	}
}

static void library_error(struct load *l, const yaml_parser_t *p)
{
	if (p->error == YAML_MEMORY_ERROR) {
		l->err = WARD_ERR_NOMEM;
		return;
	}
	l->line = l->base + (uint32_t)p->problem_mark.line + 1;
	ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->file, l->line,
		WARD_TEXT(
			"not valid YAML: %s\ncheck indentation, quotes and colons near this line"),
		p->problem ? p->problem : WARD_TEXT("it can't be read"));
	l->err = WARD_ERR_CONFIG;
}

static enum ward_err load_text(struct load *l, struct ward_slice text)
{
	yaml_parser_t p;
	bool ended = false;

	if (!yaml_parser_initialize(&p))
		return WARD_ERR_NOMEM;
	yaml_parser_set_encoding(&p, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&p, text.p, text.len);
	while (!l->err && !ended) {
		yaml_event_t e;

		if (!yaml_parser_parse(&p, &e)) {
			library_error(l, &p);
			break;
		}
		ended = e.type == YAML_STREAM_END_EVENT;
		on_event(l, &e);
		yaml_event_delete(&e);
	}
	while (l->depth > 1)
		on_close(l);
	anchors_end(l);
	yaml_parser_delete(&p);
	return l->err;
}

static bool is_mark(struct ward_str line, const char *mark)
{
	return ward_str_starts(line, ward_str_z(mark)) &&
	       (line.len == 3 || strchr(" \t\r", line.p[3]) != NULL);
}

/* A document begins at a line of "---", wherever it stands (YAML 1.2, 9.1.2), unless nothing but
 * comments and directives come before it; it ends behind one of "..." and what is empty there. */
static struct ward_slice first_document(struct ward_slice text)
{
	struct ward_str rest = ward_slice_text(text);
	bool content = false, ended = false;

	while (rest.p && rest.len) {
		struct ward_str here = rest, line = ward_str_cut(&rest, '\n');
		bool begins = is_mark(line, "---"), ends = is_mark(line, "...");

		line = ward_str_trim(line);
		bool empty = !line.len || line.p[0] == '#' || ends;

		if ((ended && !empty) || (begins && content))
			return (struct ward_slice){text.p, text.len - here.len};
		ended |= ends;
		content |= !empty && line.p[0] != '%';
	}
	return text;
}

static uint32_t lines(struct ward_slice text)
{
	uint32_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.p[i] == '\n';
	return n;
}

/* One document after the other; what was made of one that has an error is taken back. */
static size_t load_each(struct load *l, struct ward_slice text)
{
	size_t n_bad = 0;

	while (text.len && l->err != WARD_ERR_NOMEM) {
		struct ward_slice part = first_document(text);
		struct level *top = &l->level[0], before = *top;
		size_t n = top->node->n_child;

		if (load_text(l, part) && l->err != WARD_ERR_NOMEM) {
			*top = before;
			if (top->last)
				top->last->next = NULL;
			else
				top->node->child = NULL;
			top->node->n_child = n;
			n_bad++;
			l->err = WARD_OK;
		}
		l->base += lines(part);
		text = (struct ward_slice){text.p + part.len, text.len - part.len};
	}
	return n_bad;
}

static enum ward_err load(struct ward_arena *a, const struct ward_limits *lim, struct ward_str file,
	struct ward_slice text, struct ward_diag *diag, const struct ward_conf **ret,
	size_t *ret_n_bad)
{
	struct load *l = ward_mem_alloc(a->mem, sizeof(*l));
	size_t bad;
	enum ward_err err;

	if (!l)
		return WARD_ERR_NOMEM;
	l->a = a;
	l->diag = diag;
	l->file = ward_arena_str(a, file);
	l->n_left = ward_limit(lim, WARD_LIMIT_CONF_NODES);
	l->depth_max = ward_limit(lim, WARD_LIMIT_CONF_DEPTH) + 1;
	if (l->depth_max > WARD_ARRAY_LEN(l->level))
		l->depth_max = WARD_ARRAY_LEN(l->level);
	l->line = 1;
	if (ward_str_starts(ward_slice_text(text), WARD_STR("\xef\xbb\xbf"))) /* byte order mark */
		text = (struct ward_slice){text.p + 3, text.len - 3};
	if (!ward_utf8_valid(text, &bad)) {
		l->line += lines((struct ward_slice){text.p, bad});
		refuse(l, WARD_ERR_UTF8,
			WARD_TEXT("text that is not UTF-8\nsave the file as UTF-8"));
	} else {
		on_open(l, WARD_CONF_SEQ); /* the documents */
		if (!l->err && ret_n_bad)
			*ret_n_bad = load_each(l, text);
		else if (!l->err && text.len)
			(void)load_text(l, text);
	}
	err = l->err;
	if (!err)
		*ret = l->level[0].node;
	ward_mem_free(a->mem, l, sizeof(*l));
	return err && err != WARD_ERR_NOMEM ? WARD_ERR_CONFIG : err;
}

enum ward_err ward_conf_yaml(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag,
	const struct ward_conf **ret)
{
	return load(a, lim, file, text, diag, ret, NULL);
}

enum ward_err ward_conf_yaml_docs(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag,
	const struct ward_conf **ret, size_t *ret_n_bad)
{
	*ret_n_bad = 0;
	return load(a, lim, file, text, diag, ret, ret_n_bad);
}
