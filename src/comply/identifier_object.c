#include "comply/identifier_object.h"

#include "comply/identifier_fhir.h"

#define K(name) WARD_IDENTIFIER_##name

enum { LONGEST = 40 }; /* of names of several words that are looked at */
enum member { NO_MEMBER, NUMBER, NAME };

static enum member is_member(struct ward_str word)
{
	static const struct {
		const char *word;
		enum member is;
	} all[] = {{"id", NUMBER}, {"number", NUMBER}, {"identifier", NUMBER}, {"nr", NUMBER},
		{"no", NUMBER}, {"num", NUMBER}, {"numero", NUMBER}, {"numéro", NUMBER},
		{"nummer", NUMBER}, {"name", NAME}, {"nom", NAME}, {"nome", NAME}, {"naam", NAME}};

	if (word.len < 2 || word.len > 10 ||
		((word.p[0] | 32) != 'i' && (word.p[0] | 32) != 'n')) /* as nearly all do not */
		return NO_MEMBER;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (ward_str_ieq(word, ward_str_z(all[i].word)))
			return all[i].is;
	return NO_MEMBER;
}

bool ward_identifier_member(
	const struct ward_label *of, struct ward_str word, struct ward_label *ret)
{
	enum member is = of ? is_member(word) : NO_MEMBER;
	bool is_number = is == NUMBER;

	if (is == NO_MEMBER || (of->sure != WARD_LABEL_ALWAYS && of->sure != WARD_LABEL_SIGN))
		return false;
	*ret = *of;
	ret->sure = WARD_LABEL_SIGN;
	switch (of->kind) {
	case K(PATIENT):
		if (is_number)
			ret->sure = WARD_LABEL_CAPITAL; /* {"id": "none"} is no name */
		return true;
	case K(BADGE):
		return is_number;
	case K(PERSON): /* the number of somebody who works or comes here */
		ret->kind = is_number ? K(BADGE) : K(PERSON);
		return true;
	case K(ACCOUNT):
		ret->sure = is_number ? WARD_LABEL_NUMBERED : WARD_LABEL_SIGN;
		return true;
	case K(BIRTH):
	case K(NIR):
	case K(FISCAL):
	case K(BSN):
	case K(PHONE):
	case K(MAIL):
	case K(IBAN):
	case K(ADDRESS):
	case WARD_IDENTIFIER_N:
		break;
	}
	return false;
}

/* The part of a name before `end` that any of `signs` part from others. */
static struct ward_str part_before(struct ward_str name, size_t end, const char *signs)
{
	size_t i = end;

	while (i > 0 && !(name.p[i - 1] && strchr(signs, name.p[i - 1])))
		i--;
	return ward_str_sub(name, i, end - i);
}

static const struct ward_label *always(struct ward_str word)
{
	const struct ward_label *l = ward_label_find(word);

	return l && l->sure == WARD_LABEL_ALWAYS ? l : NULL;
}

/* Is it of somebody whatever stands before it: "Date of Birth", "patient_dob"? */
static bool stands_alone(enum ward_identifier k)
{
	return k == K(BIRTH) || k == K(PHONE) || k == K(FISCAL) || k == K(NIR) || k == K(BSN) ||
	       k == K(IBAN);
}

bool ward_identifier_compound(struct ward_str word, struct ward_label *ret)
{
	static const char signs[] = "_ -";
	char text[LONGEST];
	struct ward_str all = {text, word.len}, last, of;

	if (word.len < 5 || word.len > sizeof(text))
		return false;
	for (size_t i = 0; i < word.len; i++)
		text[i] = (char)(word.p[i] == ' ' || word.p[i] == '-' ? '_' : word.p[i]);
	last = part_before(all, all.len, signs);
	if (last.len + 1 >= all.len)
		return false;
	of = part_before(all, all.len - last.len - 1, signs);
	const struct ward_str two = {of.p, of.len + 1 + last.len};
	const struct ward_label *l = ward_label_find(two);

	l = l ? l : ward_label_find(all);
	if (l) {
		*ret = *l;
		return l->sure == WARD_LABEL_ALWAYS || l->kind == K(ACCOUNT);
	}
	l = always(last);
	if (l && stands_alone(l->kind)) {
		*ret = *l;
		return true;
	}
	if (l && l->kind == K(PATIENT)) /* "Nom du patient", "ID paziente" */
		return ward_identifier_member(l, ward_str_cut(&all, '_'), ret);
	return ward_identifier_member(ward_label_find(of), last, ret);
}

bool ward_identifier_field(struct ward_str name, bool fhir, struct ward_label *ret)
{
	static const char signs[] = ".[";
	struct ward_str last, of = WARD_STR("");

	while (name.len && (name.p[name.len - 1] == '.' || name.p[name.len - 1] == ' '))
		name.len--; /* "Badge No." */
	last = part_before(name, name.len, signs);
	const struct ward_label *l = ward_label_find(last);

	/* "name" and "card" are names of things, too */
	if (l && (l->sure == WARD_LABEL_ALWAYS || l->kind == K(ACCOUNT))) {
		*ret = *l;
		return true;
	}
	if (last.len + 1 < name.len)
		of = part_before(name, name.len - last.len - 1, signs);
	*ret = (struct ward_label){"", K(PERSON), WARD_LABEL_SIGN};
	if (fhir && ward_identifier_fhir_value(of, last, &ret->kind))
		return true;
	if (is_member(last) != NO_MEMBER)
		return ward_identifier_member(ward_label_find(of), last, ret);
	return !l && ward_identifier_compound(last, ret);
}

bool ward_identifier_object_follows(struct ward_str s, size_t i)
{
	bool colon = false;

	i += i + 1 < s.len && s.p[i] == '\\';
	for (size_t end = i + 8; i < s.len && i < end && s.p[i] != '{'; i++) {
		if (s.p[i] != '"' && s.p[i] != ':' && s.p[i] != ' ')
			return false;
		colon |= s.p[i] == ':';
	}
	return colon && i < s.len && s.p[i] == '{';
}

const struct ward_label *ward_identifier_object(const struct ward_identifier_walk *w)
{
	return w->n_open && w->n_open <= WARD_ARRAY_LEN(w->object) ? w->object[w->n_open - 1]
								   : NULL;
}

void ward_identifier_brace(struct ward_identifier_walk *w, char c)
{
	if (c == '}') {
		w->n_open -= w->n_open > 0;
		return;
	}
	if (w->n_open < WARD_ARRAY_LEN(w->object))
		w->object[w->n_open] = w->opens;
	w->opens = NULL;
	w->n_open++;
}
