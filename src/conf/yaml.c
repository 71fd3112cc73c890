#include "conf/conf.h"

#include <libfyaml.h>
#include <stdlib.h>

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
	uint32_t line; /* of the current event */
	enum ward_err err;
};

static void refuse(struct load *l, enum ward_err err, const char *text)
{
	ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->file, l->line, "%s", text);
	l->err = err;
}

static uint32_t event_line(struct fy_event *e)
{
	const struct fy_mark *mark = fy_event_start_mark(e);

	return mark && mark->line >= 0 ? (uint32_t)mark->line + 1 : 0;
}

static struct ward_conf *node_new(struct load *l, enum ward_conf_kind kind)
{
	struct ward_conf *n;

	if (l->n_left == 0) {
		refuse(l, WARD_ERR_LIMIT,
			"more values than the limit conf.nodes allows\nsplit the file");
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
		refuse(l, WARD_ERR_CONFIG, "merge keys (<<) are not used here\nwrite the keys out");
		return;
	}
	l->err = ward_intern_put(top->keys, key, &id);
	if (l->err)
		return;
	if (id < n) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->file, l->line,
			"the key '%.*s' appears twice in one map\nremove one of the two",
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
		refuse(l, WARD_ERR_CONFIG, "a key must be text\nwrite `key: value`");
		return;
	}
	if (l->depth >= l->depth_max) {
		refuse(l, WARD_ERR_LIMIT,
			"nested deeper than the limit conf.depth allows\nflatten it");
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

static void on_scalar(struct load *l, struct fy_token *tok)
{
	size_t len = 0;
	const char *p = tok ? fy_token_get_text(tok, &len) : "";
	bool quoted = tok && fy_token_scalar_style(tok) != FYSS_PLAIN;
	struct ward_str s = {p ? p : "", p ? len : 0};
	struct ward_conf *n;

	if (!ward_utf8_valid(ward_str_bytes(s), NULL)) {
		refuse(l, WARD_ERR_UTF8, "text that is not UTF-8\nsave the file as UTF-8");
		return;
	}
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

static void on_event(struct load *l, struct fy_event *e)
{
	uint32_t line = event_line(e);

	if (line)
		l->line = line;
	if (e->type == FYET_MAPPING_START || e->type == FYET_SEQUENCE_START ||
		e->type == FYET_SCALAR) {
		if (fy_event_get_tag_token(e)) {
			refuse(l, WARD_ERR_UNSUPPORTED, "tags (!) are not used here\nremove it");
			return;
		}
		if (fy_event_get_anchor_token(e)) {
			refuse(l, WARD_ERR_UNSUPPORTED,
				"anchors (&) are not used here\nwrite the value where it is used");
			return;
		}
	}
	switch (e->type) {
	case FYET_ALIAS:
		refuse(l, WARD_ERR_UNSUPPORTED,
			"aliases (*) are not used here\nwrite the value again");
		break;
	case FYET_MAPPING_START:
		on_open(l, WARD_CONF_MAP);
		break;
	case FYET_SEQUENCE_START:
		on_open(l, WARD_CONF_SEQ);
		break;
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		on_close(l);
		break;
	case FYET_SCALAR:
		on_scalar(l, fy_event_get_token(e));
		break;
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END:
	case FYET_DOCUMENT_START:
	case FYET_DOCUMENT_END:
		break;
	}
}

static void library_errors(struct load *l, struct fy_diag *fd)
{
	struct fy_diag_error *e;
	void *at = NULL;
	bool any = false;

	while ((e = fy_diag_errors_iterate(fd, &at)) != NULL) {
		struct ward_str msg = ward_str_trim(ward_str_z(e->msg));

		ward_diag_addf(l->diag, WARD_DIAG_ERROR, l->file,
			e->line > 0 ? (uint32_t)e->line : l->line,
			"not valid YAML: %.*s\ncheck indentation, quotes and colons near this line",
			WARD_STR_ARG(msg));
		any = true;
	}
	if (!any)
		refuse(l, WARD_ERR_CONFIG, "not valid YAML\ncheck indentation and quotes");
	l->err = WARD_ERR_CONFIG;
}

static void parse_all(struct load *l, struct fy_parser *p, struct fy_diag *fd)
{
	struct fy_event *e;
	bool ended = false;

	while (!l->err && !ended && (e = fy_parser_parse(p)) != NULL) {
		ended = e->type == FYET_STREAM_END;
		on_event(l, e);
		fy_parser_event_free(p, e);
	}
	if (!l->err && !ended)
		library_errors(l, fd);
	while (l->depth > 1)
		on_close(l);
}

static enum ward_err load_text(struct load *l, struct ward_slice text)
{
	struct fy_diag_cfg dcfg;

	fy_diag_cfg_default(&dcfg);
	dcfg.fp = NULL;
	dcfg.colorize = false;
	dcfg.level = FYET_ERROR;
	struct fy_diag *fd = fy_diag_create(&dcfg);

	if (!fd)
		return WARD_ERR_NOMEM;
	fy_diag_set_collect_errors(fd, true);
	struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG |
					    FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE,
		.diag = fd};
	struct fy_parser *p = fy_parser_create(&cfg);

	if (!p || fy_parser_set_string(p, (const char *)text.p, text.len) != 0)
		l->err = WARD_ERR_NOMEM;
	else
		parse_all(l, p, fd);
	if (p)
		fy_parser_destroy(p);
	fy_diag_destroy(fd);
	return l->err;
}

enum ward_err ward_conf_yaml(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag,
	const struct ward_conf **ret)
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
	if (!ward_utf8_valid(text, &bad)) {
		for (size_t i = 0; i < bad; i++)
			l->line += text.p[i] == '\n';
		refuse(l, WARD_ERR_UTF8, "text that is not UTF-8\nsave the file as UTF-8");
	} else {
		on_open(l, WARD_CONF_SEQ); /* the documents */
		if (!l->err && text.len)
			(void)load_text(l, text);
	}
	err = l->err;
	if (!err)
		*ret = l->level[0].node;
	ward_mem_free(a->mem, l, sizeof(*l));
	return err && err != WARD_ERR_NOMEM ? WARD_ERR_CONFIG : err;
}
