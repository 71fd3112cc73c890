#include "comply/identifier_field.h"

#include "comply/identifier_shape.h"

#define K(name) WARD_IDENTIFIER_##name

/* ---- HL7 v2 ---- */
#define F(n) (UINT64_C(1) << (n))

/* Which fields of a segment name somebody (HL7 2.9, chapters 3, 4, 6 and 10). */
static const struct segment {
	char id[4];
	uint64_t person, birth, phone, number, address;
} segments[] = {
	{"PID", F(5) | F(6) | F(9), F(7), F(13) | F(14) | F(40),
		F(2) | F(3) | F(4) | F(18) | F(19) | F(20) | F(21), F(11) | F(23)},
	{"NK1", F(2) | F(30), F(16), F(5) | F(6) | F(31), F(12) | F(33) | F(37), F(4) | F(32)},
	{"PV1", F(7) | F(8) | F(9) | F(17) | F(52), 0, 0, F(5) | F(19) | F(50), 0},
	{"MRG", F(7), 0, 0, F(1) | F(2) | F(3) | F(4) | F(5) | F(6), 0},
	{"GT1", F(3) | F(4), F(8), F(6) | F(7), F(2) | F(12), F(5)},
	{"IN1", F(16), F(18), 0, F(36) | F(49), F(19)},
	{"ORC", F(10) | F(11) | F(12) | F(19), 0, F(14) | F(23), 0, F(24)},
	{"OBR", F(10) | F(16) | F(28) | F(32) | F(33) | F(34) | F(35), 0, F(17), 0, 0},
	{"OBX", F(16) | F(25), 0, 0, 0, 0},
	{"AIP", F(3), 0, 0, 0, 0},
	{"EVN", F(5), 0, 0, 0, 0},
	{"TXA", F(5) | F(9) | F(10) | F(11) | F(22), 0, 0, 0, 0},
};

void ward_identifier_segment(
	struct ward_identifier_walk *w, struct ward_str id, struct ward_str rest)
{
	size_t n = 0;

	if (ward_str_eqz(id, "MSH"))
		w->hl7 = true;
	while (n < rest.len && n < 5 && ward_shape_digit(rest.p[n]))
		n++;
	/* "PID|PPID|…" heads a table of processes */
	if (ward_str_eqz(id, "PID") && n < rest.len && rest.p[n] == '|')
		w->hl7 = true;
	w->person = w->birth = w->phone = w->number = w->address = 0;
	w->field = id.p[0] == 'Z' ? 0 : 1; /* of the site's own: what they hold is not known */
	for (size_t i = 0; w->hl7 && i < WARD_ARRAY_LEN(segments); i++)
		if (ward_str_eqz(id, segments[i].id)) {
			w->person = segments[i].person;
			w->birth = segments[i].birth;
			w->phone = segments[i].phone;
			w->number = segments[i].number;
			w->address = segments[i].address;
		}
}

bool ward_identifier_is_segment(struct ward_str word)
{
	return word.len == 3 && ward_shape_upper(word.p[0]) &&
	       (ward_shape_upper(word.p[1]) || ward_shape_digit(word.p[1])) &&
	       (ward_shape_upper(word.p[2]) || ward_shape_digit(word.p[2]));
}

/* Where the field that begins at i ends. */
static size_t field_end(struct ward_str s, size_t i)
{
	size_t from = i;

	for (; i < s.len && s.p[i] != '|' && s.p[i] != '\r' && s.p[i] != '\n'; i++) {
		if (s.p[i] == '\\' && i + 1 < s.len && (s.p[i + 1] == 'r' || s.p[i + 1] == 'n'))
			break; /* as loggers write the end of a segment */
		if (s.p[i] == '#' && ward_str_starts(ward_str_sub(s, i, 4), WARD_STR("#015")))
			break;
		if (i > from && s.p[i - 1] == ' ' && i + 3 < s.len && s.p[i + 3] == '|' &&
			ward_identifier_is_segment(ward_str_sub(s, i, 3)))
			break;
	}
	return i;
}

/* The walk stands behind a '|': a field that names somebody is given whole. */
bool ward_identifier_hl7_field(struct ward_identifier_walk *w, struct ward_identifier_span *ret)
{
	uint64_t bit = w->field < 64 ? F(w->field) : 0;
	uint64_t any = w->person | w->birth | w->phone | w->number | w->address;
	size_t end;

	if (!(any & bit))
		return false;
	end = field_end(w->text, w->at);
	ret->off = w->at;
	ret->len = end - w->at;
	ret->kind = w->person & bit   ? K(PERSON)
		    : w->birth & bit  ? K(BIRTH)
		    : w->phone & bit  ? K(PHONE)
		    : w->number & bit ? K(PATIENT)
				      : K(ADDRESS);
	w->at = end;
	while (ret->len && w->text.p[ret->off + ret->len - 1] == ' ')
		ret->len--;
	return ret->len > 0 && !(ret->len == 2 && w->text.p[ret->off] == '"');
}

/* Bytes after the first of a segment's end as loggers write it, where another segment follows:
 * "\\r", "#015". */
size_t ward_identifier_hl7_break(struct ward_str s)
{
	size_t n = ward_str_starts(s, WARD_STR("#015"))                              ? 4
		   : s.len > 5 && s.p[0] == '\\' && (s.p[1] == 'r' || s.p[1] == 'n') ? 2
										     : 0;

	return n && n + 3 < s.len && s.p[n + 3] == '|' &&
			       ward_identifier_is_segment(ward_str_sub(s, n, 3))
		       ? n - 1
		       : 0;
}

/* ---- DICOM ---- */
static bool hex4(struct ward_str s, size_t i, uint32_t *v)
{
	for (size_t k = 0; k < 4; k++) {
		char c = i + k < s.len ? s.p[i + k] : ' ';
		const char *digit = strchr("0123456789abcdef", c >= 'A' && c <= 'F' ? c + 32 : c);

		if (!c || !digit)
			return false;
		*v = *v << 4 | (uint32_t)(digit - "0123456789abcdef");
	}
	return true;
}

/* "(0010,0010) PN [ROSSI^MARIO]", as tools print it. The walk stands at '('. */
bool ward_identifier_dicom(struct ward_identifier_walk *w, struct ward_identifier_span *ret)
{
	static const struct {
		uint32_t tag; /* DICOM PS3.6, and PS3.15 table E.1-1 */
		enum ward_identifier kind;
	} tags[] = {{0x00080050, K(PATIENT)}, {0x00080090, K(PERSON)}, {0x00081048, K(PERSON)},
		{0x00081050, K(PERSON)}, {0x00081060, K(PERSON)}, {0x00081070, K(PERSON)},
		{0x00100010, K(PERSON)}, {0x00100020, K(PATIENT)}, {0x00100030, K(BIRTH)},
		{0x00101000, K(PATIENT)}, {0x00101001, K(PERSON)}, {0x00101005, K(PERSON)},
		{0x00101040, K(ADDRESS)}, {0x00101060, K(PERSON)}, {0x00102154, K(PHONE)},
		{0x00102297, K(PERSON)}, {0x00321032, K(PERSON)}, {0x00380010, K(PATIENT)},
		{0x00400006, K(PERSON)}, {0x0040a123, K(PERSON)}};
	struct ward_str s = w->text;
	uint32_t tag = 0;
	size_t i = w->at + 1, n = 0;

	if (!hex4(s, i, &tag) || i + 4 >= s.len || s.p[i + 4] != ',' || !hex4(s, i + 5, &tag) ||
		i + 9 >= s.len || s.p[i + 9] != ')')
		return false;
	for (size_t k = 0; k < WARD_ARRAY_LEN(tags); k++) {
		if (tags[k].tag != tag)
			continue;
		for (i += 10; n < 8 && i < s.len && s.p[i] == ' '; n++)
			i++;
		/* the value representation, two capitals, where it is told */
		if (i + 2 < s.len && ward_shape_upper(s.p[i]) && ward_shape_upper(s.p[i + 1]) &&
			!ward_shape_word(s.p[i + 2]) && s.p[i + 2] != '^')
			i += 2;
		while (i < s.len && s.p[i] && strchr(" :=[\"'", s.p[i]))
			i++;
		*ret = (struct ward_identifier_span){i, 0, tags[k].kind};
		while (i < s.len && s.p[i] && !strchr("]\"#\r\n\t(;", s.p[i]))
			i++;
		w->at = i;
		while (i > ret->off && s.p[i - 1] == ' ')
			i--;
		ret->len = i - ret->off;
		return ret->len > 0;
	}
	return false;
}
