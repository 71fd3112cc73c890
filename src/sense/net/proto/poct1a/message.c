#include "sense/net/proto/poct1a/poct1a.h"

#include "sense/net/proto/wsd/xml.h"

enum { PROLOG_MAX = 512 };

/* POCT1-A, Appendix B: what a message type begins with; then .R01 or .R02. */
static const char types[][4] = {
	"ACK", "DST", "DTV", "END", "EOT", "ESC", "EVS", "HEL", "KPA", "OBS", "OPL", "PTL", "REQ"};

static bool is_type(const char *p)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(types); i++)
		if (memcmp(p, types[i], 3) == 0)
			return memcmp(p + 3, ".R0", 3) == 0 && (p[6] == '1' || p[6] == '2');
	return false;
}

/* Behind what begins at off and ends with `end`; SIZE_MAX: not here. */
static size_t behind(struct ward_str s, size_t off, const char *end)
{
	size_t at = ward_str_find(ward_str_sub(s, off, PROLOG_MAX), ward_str_z(end));

	return at == SIZE_MAX ? SIZE_MAX : off + at + strlen(end);
}

enum ward_poct1a_framing ward_poct1a_start(
	struct ward_slice s, struct ward_str *ret_type, size_t *ret_off)
{
	struct ward_str text = ward_slice_text(s);
	size_t off = 0;

	for (;;) {
		while (off < text.len && ward_xml_blank(text.p[off]))
			off++;
		if (off > PROLOG_MAX)
			return WARD_POCT1A_NOT;
		if (off < text.len && text.p[off] != '<')
			return WARD_POCT1A_NOT;
		if (text.len - off < 2)
			return WARD_POCT1A_MORE;
		bool declaration = text.p[off + 1] == '?';

		if (!declaration && text.p[off + 1] != '!')
			break;
		size_t next = behind(text, off, declaration ? "?>" : ">");

		if (next == SIZE_MAX)
			return text.len - off < PROLOG_MAX ? WARD_POCT1A_MORE : WARD_POCT1A_NOT;
		off = next;
	}
	if (text.p[off + 1] < 'A' || text.p[off + 1] > 'Z')
		return WARD_POCT1A_NOT;
	if (text.len - off < WARD_POCT1A_TYPE + 2)
		return WARD_POCT1A_MORE;
	char behind_it = text.p[off + 1 + WARD_POCT1A_TYPE];

	if (!is_type(text.p + off + 1) || (behind_it != '>' && !ward_xml_blank(behind_it)))
		return WARD_POCT1A_NOT;
	*ret_type = ward_str_sub(text, off + 1, WARD_POCT1A_TYPE);
	*ret_off = off;
	return WARD_POCT1A_WHOLE;
}

size_t ward_poct1a_end(struct ward_slice s, struct ward_str type)
{
	char tag[WARD_POCT1A_TYPE + 3] = "</";

	memcpy(tag + 2, type.p, WARD_POCT1A_TYPE);
	tag[sizeof(tag) - 1] = '>';
	size_t at = ward_str_find(ward_slice_text(s), (struct ward_str){tag, sizeof(tag)});

	return at == SIZE_MAX ? 0 : at + sizeof(tag);
}

static struct ward_str value_of(struct ward_str attributes)
{
	struct ward_str name, value;

	while (ward_xml_attribute(&attributes, &name, &value))
		if (ward_str_eqz(name, "V"))
			return value;
	return WARD_STR("");
}

bool ward_poct1a_read(struct ward_str root, struct ward_poct1a *m)
{
	static const char *const element[] = {
#define X(IDENT, element, field) element,
		WARD_POCT1A_ELEMENT_LIST(X)
#undef X
	};
	struct ward_xml x = {.all = root};
	struct ward_xml_piece piece;
	enum ward_xml_kind kind;

	*m = (struct ward_poct1a){0};
	while ((kind = ward_xml_next(&x, &piece)) != WARD_XML_END) {
		if (kind == WARD_XML_BAD)
			return false;
		if (kind != WARD_XML_OPEN)
			continue;
		for (size_t i = 0; i < WARD_POCT1A_ELEMENTS; i++)
			if (ward_str_eqz(piece.name, element[i]) && !m->value[i].len)
				m->value[i] = value_of(piece.attributes);
	}
	return true;
}
