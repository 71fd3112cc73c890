/* content/sharing.yml. */
#include "exchange/share.h"

#include "conf/conf.h"

#include <stdio.h>

static const char *const field_name[WARD_SHARE_N] = {
#define X(NAME, name) name,
	WARD_SHARE_FIELDS(X)
#undef X
};

static void bad(struct ward_diag *d, const struct ward_conf *at, const char *what,
	struct ward_str name, const char *mend)
{
	ward_diag_say(d, &(struct ward_diag_item){.level = WARD_DIAG_ERROR,
				 .file = at->file,
				 .line = at->line,
				 .what = ward_str_z(what),
				 .mend = ward_str_z(mend),
				 .slot = &(struct ward_diag_slot){"name", name},
				 .n_slot = 1});
}

static void tlp(const struct ward_conf *c, const char *key, bool required, struct ward_diag *d,
	enum ward_tlp *ret)
{
	struct ward_str s;

	if (ward_conf_str(c, key, required, d, &s) && !ward_tlp_parse(s, ret))
		bad(d, c, WARD_TEXT("no marking '{name}'"), s,
			WARD_TEXT("write clear, green, amber, amber+strict or red"));
}

static void recipient(struct ward_sharing *s, const struct ward_conf *c, struct ward_arena *a,
	struct ward_diag *d)
{
	static const char *const known[] = {"id", "name", "tlp", "narrowest", NULL};
	struct ward_share_recipient *r = &s->recipient[s->n_recipient];
	struct ward_str id = {0}, name = {0};

	if (s->n_recipient == WARD_SHARE_RECIPIENTS) {
		bad(d, c, WARD_TEXT("too many recipients"), WARD_STR(""),
			WARD_TEXT("join some of them"));
		return;
	}
	ward_conf_only(c, known, d);
	(void)ward_conf_str(c, "id", true, d, &id);
	(void)ward_conf_str(c, "name", true, d, &name);
	*r = (struct ward_share_recipient){
		ward_arena_str(a, id), ward_arena_str(a, name), WARD_TLP_AMBER, WARD_TLP_RED};
	tlp(c, "tlp", true, d, &r->tlp);
	tlp(c, "narrowest", false, d, &r->narrowest);
	for (size_t i = 0; i < s->n_recipient; i++)
		if (ward_str_eq(s->recipient[i].id, r->id))
			bad(d, c, WARD_TEXT("twice the recipient '{name}'"), id,
				WARD_TEXT("keep one of the two"));
	s->n_recipient++;
}

static void recipients(const struct ward_sharing *s, const struct ward_conf *list, uint32_t *ret,
	struct ward_diag *d)
{
	for (const struct ward_conf *c = list->child; c; c = c->next) {
		size_t k = 0;

		while (k < s->n_recipient && !ward_str_eq(s->recipient[k].id, c->text))
			k++;
		if (k == s->n_recipient)
			bad(d, c, WARD_TEXT("no recipient '{name}'"), c->text,
				WARD_TEXT("name one of the list above"));
		else
			*ret |= UINT32_C(1) << k;
	}
}

static void field(struct ward_sharing *s, const struct ward_conf *c, struct ward_diag *d)
{
	static const char *const known[] = {"field", "widest", "to", "never", "by_purpose", NULL};
	struct ward_str name = {0};
	size_t f = 0;

	ward_conf_only(c, known, d);
	if (!ward_conf_str(c, "field", true, d, &name))
		return;
	while (f < WARD_SHARE_N && !ward_str_eqz(name, field_name[f]))
		f++;
	if (f == WARD_SHARE_N || s->field[f].known) {
		bad(d, c,
			f == WARD_SHARE_N ? WARD_TEXT("no field '{name}'")
					  : WARD_TEXT("twice the field '{name}'"),
			name, WARD_TEXT("each field of docs/exchange.md stands here once"));
		return;
	}
	s->field[f].known = true;
	(void)ward_conf_bool(c, "never", false, d, &s->field[f].never);
	const struct ward_conf *to = ward_conf_get(c, "to"), *by = ward_conf_get(c, "by_purpose");

	if (s->field[f].never && (to || by))
		bad(d, c, WARD_TEXT("it never leaves: '{name}'"), name,
			WARD_TEXT("remove `to` and `by_purpose`"));
	if (s->field[f].never)
		return;
	tlp(c, "widest", true, d, &s->field[f].widest);
	if (to && to->kind == WARD_CONF_SEQ)
		recipients(s, to, &s->field[f].to, d);
	else
		bad(d, c, WARD_TEXT("no list of recipients for '{name}'"), name,
			WARD_TEXT("write `to: [own]`"));
	if (by && by->kind == WARD_CONF_SEQ)
		recipients(s, by, &s->field[f].by_purpose, d);
	else if (by)
		bad(d, c, WARD_TEXT("by_purpose is no list of recipients for '{name}'"), name,
			WARD_TEXT("name those whom a stated purpose lets have it: `by_purpose: "
				  "[csirt]`"));
}

static void each(struct ward_sharing *s, const struct ward_conf *doc, struct ward_arena *a,
	struct ward_diag *d)
{
	static const char *const known[] = {"recipients", "fields", NULL};
	const struct ward_conf *r = ward_conf_get(doc, "recipients"),
			       *f = ward_conf_get(doc, "fields");

	ward_conf_only(doc, known, d);
	for (const struct ward_conf *c = r && r->kind == WARD_CONF_SEQ ? r->child : NULL; c;
		c = c->next)
		recipient(s, c, a, d);
	for (const struct ward_conf *c = f && f->kind == WARD_CONF_SEQ ? f->child : NULL; c;
		c = c->next)
		field(s, c, d);
}

enum ward_err ward_sharing_parse(struct ward_str file, struct ward_slice text,
	const struct ward_limits *lim, struct ward_arena *arena, struct ward_diag *diag,
	struct ward_sharing *ret)
{
	struct ward_sharing s = {.n_recipient = 0};
	const struct ward_conf *docs;
	size_t n_error = diag->n_error;
	enum ward_err err = ward_conf_yaml(arena, lim, file, text, diag, &docs);

	if (err)
		return err;
	for (const struct ward_conf *doc = docs->child; doc; doc = doc->next)
		if (doc->kind == WARD_CONF_MAP)
			each(&s, doc, arena, diag);
	if (!s.n_recipient)
		bad(diag, docs, WARD_TEXT("no recipients in '{name}'"), file,
			WARD_TEXT("write `recipients:`, with at least one"));
	for (size_t f = 0; f < WARD_SHARE_N; f++)
		if (!s.field[f].known)
			bad(diag, docs, WARD_TEXT("nothing is said of the field '{name}'"),
				ward_str_z(field_name[f]),
				WARD_TEXT("say to whom it may go, or `never: true`"));
	/* No table can let persons out. */
	s.field[WARD_SHARE_PERSON].never = true;
	if (diag->n_error > n_error)
		return WARD_ERR_CONFIG;
	*ret = s;
	return WARD_OK;
}

enum ward_err ward_sharing_load(const char *content, const struct ward_limits *lim,
	struct ward_arena *arena, struct ward_diag *diag, struct ward_sharing *ret)
{
	char path[4096];
	struct ward_slice text;

	if ((size_t)snprintf(path, sizeof(path), "%s/sharing.yml", content) >= sizeof(path))
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_conf_read(arena, lim, path, diag, &text);

	return err ? err : ward_sharing_parse(ward_str_z(path), text, lim, arena, diag, ret);
}
