#include "model/load.h"

bool ward_load_ok(struct ward_load *l, enum ward_err err, const char *limit)
{
	if (err && !l->err) {
		l->err = err;
		l->limit = limit;
	}
	return err == WARD_OK;
}

struct ward_str ward_load_keep(struct ward_load *l, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(&l->m->arena, s);

	if (!copy.p && !l->err)
		l->err = WARD_ERR_NOMEM;
	return copy.p ? copy : (struct ward_str){"", 0};
}

struct ward_str ward_load_text(
	struct ward_load *l, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s = {"", 0};

	if (ward_conf_str(c, key, required, l->diag, &s) && required && !s.len)
		ward_load_error(l, c, WARD_TEXT("'%s' is empty\nadd `%s: …`"), key, key);
	return s.len ? ward_load_keep(l, s) : (struct ward_str){"", 0};
}

static struct ward_str line_of(
	struct ward_load *l, const struct ward_conf *c, const char *key, bool required, size_t max)
{
	struct ward_str s;

	(void)ward_load_ok(
		l, ward_conf_line(c, key, required, max, &l->m->arena, l->diag, &s), NULL);
	return s;
}

struct ward_str ward_load_line(
	struct ward_load *l, const struct ward_conf *c, const char *key, bool required)
{
	return line_of(l, c, key, required, WARD_MODEL_LINE);
}

struct ward_str ward_load_name(struct ward_load *l, const struct ward_conf *c, bool required)
{
	return line_of(l, c, "name", required, WARD_MODEL_NAME);
}

bool ward_load_take_id(struct ward_load *l, const struct ward_conf *c, struct ward_str id)
{
	size_t n = l->ids.n;
	uint32_t i;

	if (!ward_load_ok(l,
		    ward_mem_more(l->mem, &l->id_place, n, &l->cap_id_place, sizeof(*l->id_place),
			    l->ids.max),
		    "model.nodes") ||
		!ward_load_ok(l, ward_intern_put(&l->ids, id, &i), "model.nodes"))
		return false;
	if (i < n) {
		ward_load_error(l, c,
			WARD_TEXT("the id '%.*s' is taken: %.*s:%u has it\ngive one of the two "
				  "another id"),
			WARD_STR_ARG(id), WARD_STR_ARG(l->id_place[i].file), l->id_place[i].line);
		return false;
	}
	l->id_place[i] = (struct ward_place){c->file, c->line};
	return true;
}

/* "room, zone" for 1 << ROOM | 1 << ZONE. */
static struct ward_str kinds_text(uint32_t kinds, char *buf, size_t cap)
{
	struct ward_wr w = ward_wr_fixed(buf, cap);

	for (unsigned k = 0; k < WARD_NODE_N; k++)
		if (kinds >> k & 1)
			ward_wr_printf(&w, "%s%s", w.len ? ", " : "",
				ward_node_kind_name((enum ward_node_kind)k));
	return ward_wr_text(&w);
}

uint32_t ward_load_node_of(struct ward_load *l, const struct ward_conf *c, const char *key,
	struct ward_word word, uint32_t kinds)
{
	const struct ward_model *m = l->m;
	uint32_t i = ward_intern_find(&m->ids, word.s);
	struct ward_place at = {c->file, word.line ? word.line : c->line};
	char buf[128];
	struct ward_str wanted = kinds_text(kinds, buf, sizeof(buf));

	if (i != WARD_NONE && kinds >> m->node[i].kind & 1)
		return i;
	if (i != WARD_NONE) {
		ward_load_error(l, &at, WARD_TEXT("'%s' names '%.*s', which is a %s\nname a %.*s"),
			key, WARD_STR_ARG(word.s), ward_node_kind_name(m->node[i].kind),
			WARD_STR_ARG(wanted));
		return WARD_NONE;
	}
	struct ward_near near = ward_near_start(word.s, &l->near_budget);

	for (size_t k = 0; k < m->n; k++)
		if (kinds >> m->node[k].kind & 1)
			ward_near_offer(&near, m->node[k].id);
	if (near.best.len)
		ward_load_error(l, &at,
			WARD_TEXT("'%s' names '%.*s', which is not there\nwrite '%.*s' if that was "
				  "meant"),
			key, WARD_STR_ARG(word.s), WARD_STR_ARG(near.best));
	else if (kinds == (1u << WARD_NODE_N) - 1)
		ward_load_error(l, &at,
			WARD_TEXT(
				"'%s' names '%.*s', which is not there\nadd it, or correct the id"),
			key, WARD_STR_ARG(word.s));
	else
		ward_load_error(l, &at,
			WARD_TEXT("'%s' names '%.*s', which is not there\nadd it, or name a %.*s "
				  "that is"),
			key, WARD_STR_ARG(word.s), WARD_STR_ARG(wanted));
	return WARD_NONE;
}

uint32_t ward_load_ref(struct ward_load *l, const struct ward_conf *c, const char *key,
	bool required, uint32_t kinds)
{
	const struct ward_conf *v = ward_conf_get(c, key);
	struct ward_str s;

	if (!ward_conf_str(c, key, required, l->diag, &s))
		return WARD_NONE;
	return ward_load_node_of(l, c, key, (struct ward_word){s, v->line}, kinds);
}

struct ward_words ward_load_words(struct ward_load *l, const struct ward_conf *c, const char *key)
{
	struct ward_words w;
	enum ward_err err = ward_words(c, key, &l->scratch, l->diag, &w);

	if (err == WARD_ERR_NOMEM)
		(void)ward_load_ok(l, err, NULL);
	return w;
}

size_t ward_load_word_of(struct ward_load *l, const struct ward_conf *c, const char *key,
	const char *const *name, size_t n)
{
	struct ward_str s;
	char list[128];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	if (!ward_conf_str(c, key, true, l->diag, &s))
		return n;
	for (size_t i = 0; i < n; i++)
		if (ward_str_eqz(s, name[i]))
			return i;
	for (size_t i = 0; i < n; i++)
		ward_wr_printf(&w, "%s%s", i ? ", " : "", name[i]);
	ward_load_error(l, c, WARD_TEXT("'%s' has the bad value '%.*s'\nwrite one of: %.*s"), key,
		WARD_STR_ARG(s), WARD_STR_ARG(ward_wr_text(&w)));
	return n;
}

void ward_load_edge(struct ward_load *l, const struct ward_conf *c, enum ward_rel_type type,
	uint32_t from, uint32_t to)
{
	if (from == WARD_NONE || to == WARD_NONE || l->err)
		return;
	if (!ward_load_ok(l,
		    ward_mem_more(l->mem, &l->edge, l->n_edge, &l->cap_edge, sizeof(*l->edge),
			    ward_limit(l->lim, WARD_LIMIT_MODEL_RELATIONS)),
		    "model.relations"))
		return;
	l->edge[l->n_edge] = (struct ward_edge){.from = from,
		.to = to,
		.group = WARD_NONE,
		.seq = (uint32_t)l->n_edge,
		.type = type,
		.line = c->line,
		.file = c->file};
	l->n_edge++;
}

void ward_load_group(struct ward_load *l, const struct ward_conf *c, struct ward_group g)
{
	if (l->err ||
		!ward_load_ok(l,
			ward_mem_more(l->mem, &l->group, l->n_group, &l->cap_group,
				sizeof(*l->group), ward_limit(l->lim, WARD_LIMIT_MODEL_RELATIONS)),
			"model.relations"))
		return;
	g.file = ward_load_keep(l, c->file);
	g.line = c->line;
	for (uint32_t i = 0; i < g.n_member && !l->err; i++) {
		if (g.member[i] >= l->m->n)
			continue; /* a part: its own members are what is required */
		ward_load_edge(
			l, c, WARD_REL_REQUIRES, ward_model_whole(l->m, g.owner), g.member[i]);
		if (!l->err)
			l->edge[l->n_edge - 1].group = (uint32_t)l->n_group;
	}
	l->group[l->n_group++] = g;
}

void ward_load_key(struct ward_load *l, const struct ward_conf *c, enum ward_key_kind kind,
	struct ward_str key, uint32_t node)
{
	static const char *const form[WARD_KEY_N] = {
		[WARD_KEY_IP] = "write an IPv4 or IPv6 address",
		[WARD_KEY_MAC] = "write it as 00:1b:63:84:45:e6",
	};
	struct ward_model *m = l->m;
	struct ward_intern *t = &m->key[kind];
	size_t n = t->n;
	uint8_t buf[256];
	struct ward_str canonical;
	uint32_t id;

	if (!ward_key_canonical(kind, key, buf, &canonical)) {
		ward_load_error(l, c, WARD_TEXT("'%.*s' is no %s key\n%s"), WARD_STR_ARG(key),
			ward_key_kind_name(kind),
			form[kind] ? form[kind] : WARD_TEXT("write 1 to 255 characters"));
		return;
	}
	if (!ward_load_ok(l,
		    ward_mem_more(l->mem, &m->key_node[kind], n, &m->cap_key[kind],
			    sizeof(*m->key_node[kind]), t->max),
		    "model.nodes") ||
		!ward_load_ok(l, ward_intern_put(t, canonical, &id), "model.nodes"))
		return;
	if (id == n) {
		m->key_node[kind][id] = node;
		return;
	}
	const struct ward_node *other = &m->node[m->key_node[kind][id]];

	ward_load_error(l, c,
		WARD_TEXT("the %s '%.*s' is there twice: '%.*s' (%.*s:%u) has it\ncorrect one of "
			  "the two"),
		ward_key_kind_name(kind), WARD_STR_ARG(key), WARD_STR_ARG(other->id),
		WARD_STR_ARG(other->file), other->line);
}

void ward_load_outage_times(struct ward_load *l, const struct ward_conf *c, uint32_t node)
{
	struct ward_node *n = &l->m->node[node];

	(void)ward_conf_duration(c, "recovery", false, l->diag, &n->recovery);
	(void)ward_conf_duration(c, "mtpd", false, l->diag, &n->mtpd);
	if (n->mtpd && n->recovery > n->mtpd)
		ward_load_say(l, WARD_DIAG_WARNING, c,
			WARD_TEXT("'{id}' takes longer to recover than its outage can be borne "
				  "(mtpd)"),
			WARD_TEXT("shorten the recovery: spare units, contracts, a downtime "
				  "procedure"),
			{"id", n->id});
}
