#include "comply/identifier_path.h"

#include "comply/identifier_shape.h"

enum { LOOK = 64 };

static bool is_one_of(struct ward_str word, const char *const *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ward_str_ieq(word, ward_str_z(all[i])))
			return true;
	return false;
}

/* Whose is what lies in the folder of that name? N: nobody's. */
static enum ward_identifier kind_of(struct ward_str word, char separator, bool is_uri)
{
	static const char *const homes[] = {"users", "home"}, *const patients[] = {"patients",
								      "pazienti", "patienten"};

	if (is_one_of(word, patients, WARD_ARRAY_LEN(patients)))
		return WARD_IDENTIFIER_PATIENT;
	/* with a slash and in small letters users are of an address of the web */
	if (!is_uri && is_one_of(word, homes, WARD_ARRAY_LEN(homes)) &&
		(separator == '\\' || word.p[0] != 'u'))
		return WARD_IDENTIFIER_ACCOUNT;
	return WARD_IDENTIFIER_N;
}

/* The name at the front, up to the next separator; blanks may be in it where one follows. */
static struct ward_str name_at(struct ward_str s, char separator)
{
	size_t n = 0, blank = SIZE_MAX;

	s = ward_str_sub(s, 0, LOOK);
	for (; n < s.len && s.p[n] && !strchr("/\\\"'<>|:*?;,\r\n\t", s.p[n]); n++)
		if (s.p[n] == ' ' && blank == SIZE_MAX)
			blank = n;
	if (blank != SIZE_MAX && (separator != '\\' || n == s.len || s.p[n] != '\\'))
		n = blank;
	return ward_str_sub(s, 0, n < LOOK ? n : 0);
}

bool ward_identifier_path(
	struct ward_str text, size_t at, size_t len, bool is_uri, struct ward_identifier_span *ret)
{
	/* the last: a key of Windows' accounts in its registry, of which rules see who is made */
	static const char *const nobody[] = {"public", "default", "default user", "all users",
		"shared", "defaultuser0", "names"};
	size_t i = at + len;
	char c = i < text.len ? text.p[i] : ' ';

	if ((c != '\\' && c != '/') || !at || text.p[at - 1] != c)
		return false;
	enum ward_identifier kind = kind_of(ward_str_sub(text, at, len), c, is_uri);

	if (kind == WARD_IDENTIFIER_N)
		return false;
	while (i < text.len && text.p[i] == c) /* in JSON there are two */
		i++;
	struct ward_str name = name_at(ward_str_sub(text, i, text.len), c);

	if (name.len < 2 || !ward_shape_word(name.p[0]) ||
		is_one_of(name, nobody, WARD_ARRAY_LEN(nobody)) ||
		(kind == WARD_IDENTIFIER_PATIENT && ward_shape_number(name, 3) != name.len))
		return false;
	*ret = (struct ward_identifier_span){i, name.len, kind};
	return true;
}
