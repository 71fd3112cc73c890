/* Texts looked up, filled in and written. */
#include "words/priv.h"

#include <stdio.h>

static void missing(struct ward_lang *l)
{
	l->missing++;
	if (l->counters)
		ward_count_name(l->counters, "words.missing", 1);
}

/* NULL when the language lacks it, which is counted. */
static const struct forms *forms_of(struct ward_lang *l, struct ward_str english)
{
	uint32_t at = ward_intern_find(&l->key, english);

	if (at != WARD_NONE)
		return &l->forms[at];
	missing(l);
	return NULL;
}

struct ward_str ward_lang_text(struct ward_lang *l, struct ward_str english)
{
	const struct forms *f = l && english.len ? forms_of(l, english) : NULL;

	return f ? f->others : english;
}

struct ward_str ward_lang_text_n(
	struct ward_lang *l, uint64_t n, const char *one, const char *others)
{
	const struct forms *f = l ? forms_of(l, ward_str_z(others)) : NULL;

	if (!f)
		return ward_str_z(n == 1 ? one : others);
	return f->one.len && (n == 1 || (n == 0 && l->zero_is_one)) ? f->one : f->others;
}

/* A slot is braces around lower-case letters. Offset of the next in s, SIZE_MAX when there is none.
 */
static size_t find_slot(struct ward_str s, struct ward_str *ret_name)
{
	size_t open = SIZE_MAX;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '{') {
			open = i;
		} else if (s.p[i] == '}' && open != SIZE_MAX && i > open + 1) {
			*ret_name = ward_str_sub(s, open + 1, i - open - 1);
			return open;
		} else if (s.p[i] < 'a' || s.p[i] > 'z') {
			open = SIZE_MAX;
		}
	}
	return SIZE_MAX;
}

bool ward_words_next(struct ward_str *rest, struct ward_str *ret_literal, struct ward_str *ret_slot)
{
	struct ward_str slot = {NULL, 0};
	size_t at;

	if (!rest->len)
		return false;
	at = find_slot(*rest, &slot);
	*ret_slot = slot;
	*ret_literal = ward_str_sub(*rest, 0, at);
	*rest = ward_str_sub(*rest, slot.len ? at + slot.len + 2 : rest->len, rest->len);
	return true;
}

void ward_say_text(
	struct ward_wr *w, struct ward_str text, const struct ward_word_slot *slot, size_t n_slot)
{
	struct ward_str literal, name;

	while (ward_words_next(&text, &literal, &name)) {
		size_t i = 0;

		ward_wr_str(w, literal);
		while (i < n_slot && !ward_str_eqz(name, slot[i].name))
			i++;
		if (i < n_slot)
			ward_wr_str(w, slot[i].text);
		else if (name.len)
			ward_wr_printf(w, "{%.*s}", WARD_STR_ARG(name));
	}
}

void ward_say(struct ward_wr *w, struct ward_lang *l, const char *english)
{
	ward_wr_str(w, ward_lang_text(l, ward_str_z(english)));
}

void ward_say_n(
	struct ward_wr *w, struct ward_lang *l, uint64_t n, const char *one, const char *others)
{
	char digits[64];
	struct ward_wr d = ward_wr_fixed(digits, sizeof(digits));

	ward_say_number(&d, l, n);
	const struct ward_word_slot slot = {"n", ward_wr_text(&d)};

	ward_say_text(w, ward_lang_text_n(l, n, one, others), &slot, 1);
}

void ward_say_number(struct ward_wr *w, const struct ward_lang *l, uint64_t n)
{
	struct ward_str group = l ? l->group : WARD_STR(",");
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			ward_wr_str(w, group);
		ward_wr_ch(w, digits[i]);
	}
}

void ward_say_decimal(struct ward_wr *w, const struct ward_lang *l, struct ward_str number)
{
	struct ward_str whole = ward_str_cut(&number, '.');

	ward_wr_str(w, whole);
	if (!number.p)
		return;
	ward_wr_str(w, l ? l->decimal : WARD_STR("."));
	ward_wr_str(w, number);
}

void ward_say_colon(struct ward_wr *w, struct ward_lang *l)
{
	WARD_SAY(w, l, WARD_TEXT("{what}: {is}"), {"what", {NULL, 0}}, {"is", {NULL, 0}});
}

void ward_say_semicolon(struct ward_wr *w, struct ward_lang *l)
{
	WARD_SAY(w, l, WARD_TEXT("{one}; {other}"), {"one", {NULL, 0}}, {"other", {NULL, 0}});
}

static bool is_lower(struct ward_str s)
{
	if (!s.len)
		return false;
	/* U+00DF to U+00FF but the sign of division */
	return (s.p[0] >= 'a' && s.p[0] <= 'z') ||
	       (s.len > 1 && (uint8_t)s.p[0] == 0xc3 && (uint8_t)s.p[1] >= 0x9f &&
		       (uint8_t)s.p[1] != 0xb7);
}

void ward_say_inner(struct ward_wr *w, struct ward_str name)
{
	if (name.len > 1 && name.p[0] >= 'A' && name.p[0] <= 'Z' &&
		is_lower(ward_str_sub(name, 1, name.len))) {
		ward_wr_ch(w, (char)(name.p[0] + ('a' - 'A')));
		name = ward_str_sub(name, 1, name.len);
	} else if (name.len > 2 && (uint8_t)name.p[0] == 0xc3 && (uint8_t)name.p[1] >= 0x80 &&
		   (uint8_t)name.p[1] <= 0x9e && (uint8_t)name.p[1] != 0x97 &&
		   is_lower(ward_str_sub(name, 2, name.len))) {
		ward_wr_u8(
			w, 0xc3); /* U+00C0 to U+00DE but the sign of multiplication: É gives é */
		ward_wr_u8(w, (uint8_t)((uint8_t)name.p[1] + 0x20));
		name = ward_str_sub(name, 2, name.len);
	}
	ward_wr_str(w, name);
}
