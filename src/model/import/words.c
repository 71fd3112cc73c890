#include "model/import/words.h"

enum ward_err ward_import_words(
	const struct ward_import_in *in, struct ward_arena *a, const struct ward_conf **ret)
{
	const struct ward_conf *doc, *list;
	enum ward_err err = ward_import_content(in, a, "words", &doc);

	if (err)
		return err;
	list = ward_conf_get(doc, "words");
	for (const struct ward_conf *c = list ? list->child : NULL; c; c = c->next) {
		const struct ward_conf *class = ward_conf_get(c, "class");

		if (class && ward_import_class(in, class) == WARD_NONE)
			err = WARD_ERR_CONFIG;
	}
	if (!err)
		*ret = list;
	return err;
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A short word ("ups") must stand alone; a longer one may be the beginning of one. */
static bool found(struct ward_str text, struct ward_str word)
{
	for (size_t i = 0; word.len && i + word.len <= text.len; i++) {
		if (!ward_str_ieq(ward_str_sub(text, i, word.len), word))
			continue;
		if (i && letter(text.p[i - 1]))
			continue;
		if (word.len > 4 || i + word.len == text.len || !letter(text.p[i + word.len]))
			return true;
	}
	return false;
}

struct ward_str ward_import_word_class(
	const struct ward_conf *words, struct ward_str text, const char *root)
{
	struct ward_str best = {"", 0};
	size_t longest = 0;

	text = ward_str_sub(text, 0, 512);
	for (const struct ward_conf *c = words ? words->child : NULL; c; c = c->next) {
		struct ward_str word = ward_import_text(c, "word"),
				class = ward_import_text(c, "class"), rest = class;

		if (word.len <= longest || !ward_str_eqz(ward_str_cut(&rest, '.'), root) ||
			!found(text, word))
			continue;
		longest = word.len;
		best = class;
	}
	return best;
}

struct ward_str ward_import_text(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && v->kind == WARD_CONF_SCALAR ? v->text : (struct ward_str){"", 0};
}
