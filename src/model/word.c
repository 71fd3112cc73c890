#include "model/word.h"

#include "model/near.h"

bool ward_word_keys(const struct ward_conf *c, const char *const *known, struct ward_diag *d)
{
	size_t budget = 4096;

	if (!c)
		return false;
	if (c->kind != WARD_CONF_MAP) {
		ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT("a map of keys and values is wanted here\nwrite `{%s: …}`"),
			known[0]);
		return false;
	}
	for (const struct ward_conf *k = c->child; k; k = k->next) {
		struct ward_near near = ward_near_start(k->key, &budget);
		size_t i = 0;

		while (known[i] && !ward_str_eqz(k->key, known[i]))
			ward_near_offer(&near, ward_str_z(known[i++]));
		if (known[i])
			continue;
		if (near.best.len)
			ward_diag_addf(d, WARD_DIAG_ERROR, k->file, k->line,
				WARD_TEXT("the key '%.*s' means nothing here\nwrite '%.*s' if that "
					  "was meant"),
				WARD_STR_ARG(k->key), WARD_STR_ARG(near.best));
		else
			ward_diag_addf(d, WARD_DIAG_ERROR, k->file, k->line,
				WARD_TEXT("the key '%.*s' means nothing here\ncheck its spelling "
					  "or remove "
					  "it"),
				WARD_STR_ARG(k->key));
	}
	return true;
}

static bool id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool ward_word_is_id(struct ward_str s)
{
	if (s.len == 0 || s.len > WARD_WORD_ID_MAX || !id_char(s.p[0]))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!id_char(s.p[i]) && s.p[i] != '.' && s.p[i] != '_' && s.p[i] != '-')
			return false;
	return true;
}

bool ward_word_id(
	const struct ward_conf *c, const char *key, struct ward_diag *d, struct ward_str *ret)
{
	struct ward_str s;

	if (!ward_conf_str(c, key, true, d, &s))
		return false;
	if (!ward_word_is_id(s)) {
		ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT("'%.*s' is no id\nuse small letters, digits, '.', '_' and '-', a "
				  "letter or "
				  "digit first, at most %d in all"),
			WARD_STR_ARG(s), WARD_WORD_ID_MAX);
		return false;
	}
	*ret = s;
	return true;
}

static enum ward_err refuse(const struct ward_conf *v, const char *key, struct ward_diag *d)
{
	ward_diag_addf(d, WARD_DIAG_ERROR, v->file, v->line,
		WARD_TEXT("'%s' must be a list of words\nwrite `%s: [one, two]`, in a table words "
			  "parted by "
			  "blanks"),
		key, key);
	return WARD_ERR_CONFIG;
}

static enum ward_err from_list(const struct ward_conf *v, const char *key, struct ward_arena *a,
	struct ward_diag *d, struct ward_words *ret)
{
	struct ward_word *at = ward_arena_array(a, v->n_child, sizeof(*at));
	size_t n = 0;

	if (!at)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *w = v->child; w; w = w->next) {
		if (w->kind != WARD_CONF_SCALAR)
			return refuse(w, key, d);
		at[n++] = (struct ward_word){w->text, w->line};
	}
	*ret = (struct ward_words){at, n};
	return WARD_OK;
}

enum ward_err ward_words(const struct ward_conf *c, const char *key, struct ward_arena *a,
	struct ward_diag *d, struct ward_words *ret)
{
	const struct ward_conf *v = ward_conf_get(c, key);
	size_t n = 0;

	*ret = (struct ward_words){NULL, 0};
	if (!v || v->kind == WARD_CONF_NULL)
		return WARD_OK;
	if (v->kind == WARD_CONF_SEQ)
		return from_list(v, key, a, d, ret);
	if (v->kind != WARD_CONF_SCALAR)
		return refuse(v, key, d);
	/* Each word but the last takes a blank with it. */
	struct ward_word *at = ward_arena_array(a, v->text.len / 2 + 1, sizeof(*at));

	if (!at)
		return WARD_ERR_NOMEM;
	for (struct ward_str rest = v->text; rest.p;) {
		struct ward_str word = ward_str_trim(ward_str_cut(&rest, ' '));

		if (word.len)
			at[n++] = (struct ward_word){word, v->line};
	}
	*ret = (struct ward_words){at, n};
	return WARD_OK;
}
