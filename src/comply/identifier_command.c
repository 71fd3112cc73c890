#include "comply/identifier_command.h"

#include "comply/identifier_shape.h"
#include "comply/identity.h"

enum { LOOK = 256, NAME = 64 };

/* The next argument, without its quotes; p goes on behind it. Empty: there is none. */
static struct ward_str argument(struct ward_str s, size_t *p)
{
	size_t i = *p, from;
	char q = 0;

	while (i < s.len && s.p[i] == ' ')
		i++;
	while (i < s.len && (s.p[i] == '"' || s.p[i] == '\'' || s.p[i] == '\\')) /* \" in JSON */
		q = s.p[i++];
	for (from = i; i < s.len && (q ? s.p[i] != q && s.p[i] != '\\' : s.p[i] != ' '); i++)
		if (!q && strchr("\"')", s.p[i]))
			break;
	struct ward_str ret = ward_str_sub(s, from, i - from);

	while (i < s.len && (s.p[i] == '\\' || (q && s.p[i] == q)))
		i++;
	*p = i;
	return ret;
}

static bool has_add(struct ward_str s)
{
	for (size_t i = 0; i + 4 <= s.len; i++)
		if (s.p[i] == '/' && ward_str_ieq(ward_str_sub(s, i, 4), WARD_STR("/add")))
			return true;
	return false;
}

/* A command, and not prose about a net: by what stands before it, or the program's full name. */
static bool begins(struct ward_str text, size_t at)
{
	if (!at || strchr("\\/\"'&|;(=", text.p[at - 1]))
		return true;
	return at >= 3 && text.p[at - 1] == ' ' && (text.p[at - 2] | 32) == 'c' &&
	       text.p[at - 3] == '/'; /* cmd /c net … */
}

static struct ward_str rest_of_line(struct ward_str text, size_t at)
{
	size_t n = at;

	while (n < text.len && n < at + LOOK && !strchr("|&><;\r\n", text.p[n]))
		n++;
	return ward_str_sub(text, at, n - at);
}

bool ward_identifier_command(
	struct ward_str text, size_t at, size_t len, struct ward_identifier_span *ret)
{
	struct ward_str name = ward_str_sub(text, at, len), line, verb;
	bool sure = begins(text, at);
	size_t i = 0;

	if (!ward_str_ieq(name, WARD_STR("net")) && !ward_str_ieq(name, WARD_STR("net1")))
		return false;
	line = rest_of_line(text, at + len);
	if (ward_str_ieq(ward_str_sub(line, 0, 4), WARD_STR(".exe"))) {
		sure = true;
		i = 4;
	}
	if (i < line.len && line.p[i] == '"')
		i++;
	if (i >= line.len || line.p[i] != ' ')
		return false;
	verb = argument(line, &i);
	bool user = ward_str_ieq(verb, WARD_STR("user"));

	if (user ? has_add(line)
		 : !ward_str_ieq(verb, WARD_STR("group")) &&
				!ward_str_ieq(verb, WARD_STR("localgroup")))
		return false;
	if (!user && !argument(line, &i).len)
		return false;
	do
		name = argument(line, &i);
	while (name.len && name.p[0] == '/');
	sure |= ward_str_find(ward_str_sub(line, i, line.len), WARD_STR(" /")) != SIZE_MAX;
	if (!sure || name.len < 2 || name.len > NAME || !ward_shape_word(name.p[0]) ||
		ward_identity_well_known(name))
		return false;
	*ret = (struct ward_identifier_span){
		(size_t)(name.p - text.p), name.len, WARD_IDENTIFIER_ACCOUNT};
	return true;
}
