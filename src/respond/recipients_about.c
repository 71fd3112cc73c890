#include "respond/recipients_about.h"

#include "model/near.h"

enum { NEAR_BUDGET = 100000 };

#define say(in, at, ...) \
	ward_diag_addf((in)->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

/* A list of one of the keys: what may stand there, and how it is called. */
struct words {
	const struct ward_recipients_in *in;
	const char *key, *what;
	uint32_t n; /* of all that there are … */
	struct ward_str (*id)(const struct ward_model *m, uint32_t i); /* … empty: is none */
	size_t budget;
};

static struct ward_str threat_id(const struct ward_model *m, uint32_t i)
{
	return ward_threats_at(ward_model_threats(m), i)->code;
}

static struct ward_str service_id(const struct ward_model *m, uint32_t i)
{
	const struct ward_node *n = ward_model_node(m, i);

	return n->kind == WARD_NODE_SERVICE ? n->id : WARD_STR("");
}

/* The one of this id, which lives as long as the model; empty: there is none, and that was said. */
static struct ward_str find(struct words *l, const struct ward_conf *word)
{
	struct ward_near near = ward_near_start(word->text, &l->budget);

	for (uint32_t i = 0; word->kind == WARD_CONF_SCALAR && i < l->n; i++) {
		struct ward_str id = l->id(l->in->m, i);

		if (id.len && ward_str_eq(id, word->text))
			return id;
		if (id.len)
			ward_near_offer(&near, id);
	}
	if (near.best.len)
		say(l->in, word, WARD_TEXT("'%.*s' is no %s\nwrite '%.*s' if that was meant"),
			WARD_STR_ARG(word->text), l->what, WARD_STR_ARG(near.best));
	else
		say(l->in, word, WARD_TEXT("'%.*s' is no %s\nwrite %s: [one, another]"),
			WARD_STR_ARG(word->text), l->what, l->key);
	return WARD_STR("");
}

static enum ward_err take(struct words *l, struct ward_arena *arena, const struct ward_conf *c,
	const struct ward_str **ret, size_t *ret_n)
{
	const struct ward_conf *list = ward_conf_get(c, l->key);
	bool many = list && list->kind == WARD_CONF_SEQ;

	if (!list)
		return WARD_OK;
	struct ward_str *id = ward_arena_array(arena, WARD_RECIPIENT_ABOUT, sizeof(*id));

	if (!id)
		return WARD_ERR_NOMEM;
	if (many && !list->n_child)
		say(l->in, list,
			WARD_TEXT("'%s' is empty\nleave it out, and there is no such bound"),
			l->key);
	*ret = id;
	for (const struct ward_conf *w = many ? list->child : list; w; w = many ? w->next : NULL) {
		struct ward_str is = find(l, w);

		if (is.len && *ret_n == WARD_RECIPIENT_ABOUT) {
			say(l->in, w,
				WARD_TEXT("'%s' names more than %d\nmake another recipient for the "
					  "rest"),
				l->key, WARD_RECIPIENT_ABOUT);
			return WARD_OK;
		}
		if (is.len) {
			id[*ret_n] = ward_arena_str(arena, is);
			if (!id[(*ret_n)++].p)
				return WARD_ERR_NOMEM;
		}
	}
	return WARD_OK;
}

enum ward_err ward_recipients_about_read(const struct ward_recipients_in *in,
	struct ward_arena *arena, const struct ward_conf *c, struct ward_recipient *p)
{
	struct words threats = {in, "threats", WARD_TEXT("threat of content/threats.yml"),
			     ward_threats_n(ward_model_threats(in->m)), threat_id, NEAR_BUDGET},
		     services = {in, "services", WARD_TEXT("service of the hospital"),
			     ward_model_n(in->m), service_id, NEAR_BUDGET};
	enum ward_err err = take(&threats, arena, c, &p->threat, &p->n_threat);

	return err ? err : take(&services, arena, c, &p->service, &p->n_service);
}
