#include "comply/identifier_fhir.h"

#include "comply/identifier_shape.h"

enum { LOOK = 512 };

/* Elements that say of what the values in them are; 0: any other. */
enum of { OF_NOTHING, OF_NAME, OF_IDENTIFIER, OF_TELECOM, OF_ADDRESS, OF_WHO };

static const struct {
	const char *name;
	enum of of;
} elements[] = {{"name", OF_NAME}, {"identifier", OF_IDENTIFIER}, {"telecom", OF_TELECOM},
	{"address", OF_ADDRESS}, {"subject", OF_WHO}, {"patient", OF_WHO}, {"performer", OF_WHO},
	{"author", OF_WHO}, {"requester", OF_WHO}, {"practitioner", OF_WHO}, {"individual", OF_WHO},
	{"actor", OF_WHO}, {"recorder", OF_WHO}, {"asserter", OF_WHO}, {"who", OF_WHO},
	{"agent", OF_WHO}, {"attester", OF_WHO}, {"party", OF_WHO},
	{"generalPractitioner", OF_WHO}};

/* What the value of an element of that name is, in which of those; OF_NOTHING: in any. */
static const struct {
	const char *name;
	enum of in;
	enum ward_identifier kind;
} values[] = {{"family", OF_NOTHING, WARD_IDENTIFIER_PERSON},
	{"given", OF_NOTHING, WARD_IDENTIFIER_PERSON},
	{"birthDate", OF_NOTHING, WARD_IDENTIFIER_BIRTH}, {"text", OF_NAME, WARD_IDENTIFIER_PERSON},
	{"display", OF_WHO, WARD_IDENTIFIER_PERSON},
	{"value", OF_IDENTIFIER, WARD_IDENTIFIER_PATIENT},
	{"value", OF_TELECOM, WARD_IDENTIFIER_PHONE}, {"line", OF_ADDRESS, WARD_IDENTIFIER_ADDRESS},
	{"text", OF_ADDRESS, WARD_IDENTIFIER_ADDRESS}};

bool ward_identifier_is_fhir_xml(struct ward_str text)
{
	return text.len > 40 && memchr(text.p, '<', text.len) &&
	       (ward_str_find(text, WARD_STR("hl7.org/fhir\"")) != SIZE_MAX ||
		       ward_str_find(text, WARD_STR("hl7.org/fhir'")) != SIZE_MAX);
}

/* The attribute `value` of the tag whose head is s, and where it stands in it. */
static struct ward_str value_of(struct ward_str s, size_t *ret_off)
{
	static const char name[] = "value";
	const size_t n = sizeof(name) - 1;

	for (size_t i = 1; i + n < s.len; i++) {
		size_t k = i + n;

		if (!strchr(" \t\r\n", s.p[i - 1]) || memcmp(s.p + i, name, n) != 0)
			continue;
		while (k < s.len && strchr(" \t\r\n=", s.p[k]))
			k++;
		if (k == s.len || (s.p[k] != '"' && s.p[k] != '\''))
			continue;
		const char *end = memchr(s.p + k + 1, s.p[k], s.len - k - 1);

		*ret_off = k + 1;
		return ward_str_sub(s, k + 1, end ? (size_t)(end - s.p) - k - 1 : 0);
	}
	return WARD_STR("");
}

static const char *const persons[] = {"Patient", "Practitioner", "RelatedPerson", "Person"};

bool ward_identifier_fhir_person(struct ward_str type)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(persons); i++)
		if (ward_str_eqz(type, persons[i]))
			return true;
	return false;
}

struct ward_str ward_identifier_fhir_type(struct ward_str text)
{
	const struct ward_str name = WARD_STR("\"resourceType\"");
	size_t i = ward_str_find(text, name), from;

	if (i == SIZE_MAX)
		return WARD_STR("");
	for (i += name.len; i < text.len && (text.p[i] == ':' || text.p[i] == ' '); i++)
		;
	for (from = ++i; i < text.len && ward_shape_word(text.p[i]); i++)
		;
	return ward_str_sub(text, from, i > from ? i - from : 0);
}

/* "Patient/123": whose number it is. */
static bool reference(struct ward_str value, struct ward_identifier_span *ret)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(persons); i++) {
		size_t n = strlen(persons[i]), at = ward_str_find(value, ward_str_z(persons[i]));

		if (at == SIZE_MAX || at + n + 1 >= value.len || value.p[at + n] != '/')
			continue;
		at += n + 1;
		ret->off += at;
		ret->len = value.len - at;
		ret->kind = WARD_IDENTIFIER_PATIENT;
		return true;
	}
	return false;
}

static uint8_t element(struct ward_str name)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(elements); i++)
		if (ward_str_eqz(name, elements[i].name))
			return (uint8_t)elements[i].of;
	return OF_NOTHING;
}

static bool value_in(struct ward_str name, enum of in, enum ward_identifier *ret)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(values); i++) {
		if (!ward_str_eqz(name, values[i].name) ||
			(values[i].in != OF_NOTHING && values[i].in != in))
			continue;
		*ret = values[i].kind;
		return true;
	}
	return false;
}

bool ward_identifier_fhir_value(struct ward_str in, struct ward_str name, enum ward_identifier *ret)
{
	return value_in(name, (enum of)element(in), ret);
}

static bool kind_of(
	struct ward_str name, enum of in, struct ward_str value, struct ward_identifier_span *ret)
{
	if (ward_str_eqz(name, "reference"))
		return reference(value, ret);
	if (!value_in(name, in, &ret->kind))
		return false;
	if (ret->kind == WARD_IDENTIFIER_PHONE && ward_shape_mail(value))
		ret->kind = WARD_IDENTIFIER_MAIL;
	return true;
}

bool ward_identifier_fhir(struct ward_identifier_walk *w, struct ward_identifier_span *ret)
{
	const size_t most = WARD_ARRAY_LEN(w->element);
	struct ward_str s = ward_str_sub(w->text, w->at, LOOK), name, value;
	bool end = s.len > 1 && s.p[1] == '/';
	size_t from = 1 + (size_t)end, n = from, close = ward_str_find(s, WARD_STR(">")), off = 0;

	if (close == SIZE_MAX) {
		w->at++;
		return false;
	}
	while (n < close && (ward_shape_word(s.p[n])))
		n++;
	if (n < close && s.p[n] == ':') { /* <f:family …> */
		from = ++n;
		while (n < close && ward_shape_word(s.p[n]))
			n++;
	}
	name = ward_str_sub(s, from, n - from);
	s = ward_str_sub(s, 0, close);
	w->at += close + 1;
	if (end) {
		w->depth -= w->depth > 0;
		return false;
	}
	value = value_of(s, &off);
	enum of in = w->depth && w->depth <= most ? (enum of)w->element[w->depth - 1] : OF_NOTHING;

	if (s.p[s.len - 1] != '/' && s.p[1] != '?' && s.p[1] != '!') {
		if (w->depth < most)
			w->element[w->depth] = element(name);
		w->depth++;
	}
	*ret = (struct ward_identifier_span){w->at - close - 1 + off, value.len, 0};
	return value.len && kind_of(name, in, value, ret);
}
