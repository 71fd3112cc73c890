#include "sip/message.h"

/* ---- where a message begins ---- */

/* What may stand at the front of a first line (RFC 3261 7.1, 7.2); of an address, its scheme. */
static const char *const methods[] = {"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER",
	"PRACK", "SUBSCRIBE", "NOTIFY", "PUBLISH", "INFO", "REFER", "MESSAGE", "UPDATE"};
static const char *const schemes[] = {"sip:", "sips:", "tel:", "urn:"};

/* Is one the front of the other? */
static bool fits(struct ward_str text, const char *whole)
{
	size_t n = strlen(whole);

	n = n < text.len ? n : text.len;
	return ward_str_starts(ward_str_z(whole), ward_str_sub(text, 0, n));
}

/* The same of what is read in any case: versions (7.1) and schemes (RFC 3986 3.1). */
static bool fits_any_case(struct ward_str text, const char *whole)
{
	size_t n = strlen(whole);

	n = n < text.len ? n : text.len;
	return ward_str_ieq(ward_str_sub(ward_str_z(whole), 0, n), ward_str_sub(text, 0, n));
}

static bool fits_scheme(struct ward_str text)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(schemes); i++)
		if (fits_any_case(text, schemes[i]))
			return true;
	return false;
}

static bool fits_request(struct ward_str line)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(methods); i++) {
		size_t n = strlen(methods[i]);

		if (line.len <= n ? fits(line, methods[i])
				  : fits(line, methods[i]) && line.p[n] == ' ' &&
					    fits_scheme(ward_str_sub(line, n + 1, line.len)))
			return true;
	}
	return false;
}

/* "SIP/2.0 200" and a blank or the line's end. */
static bool fits_answer(struct ward_str line)
{
	enum { CODE = 8, BEHIND = 11 };

	if (!fits_any_case(line, "SIP/2.0 "))
		return false;
	for (size_t i = CODE; i < BEHIND && i < line.len; i++)
		if (line.p[i] < (i == CODE ? '1' : '0') || line.p[i] > (i == CODE ? '6' : '9'))
			return false;
	return line.len <= BEHIND || line.p[BEHIND] == ' ' || line.p[BEHIND] == '\r';
}

static bool ends_request(struct ward_str line)
{
	const struct ward_str version = WARD_STR(" SIP/2.0");

	return line.len > version.len &&
	       ward_str_ieq(ward_str_sub(line, line.len - version.len, version.len), version);
}

bool ward_sip_message_begins(struct ward_slice front, bool *ret_whole)
{
	struct ward_str all = ward_slice_text(front);
	size_t end = ward_str_find(all, WARD_STR("\n"));
	bool whole = end < all.len;
	struct ward_str line = ward_str_sub(all, 0, end);

	*ret_whole = whole;
	for (size_t i = 0; i < line.len; i++)
		if ((line.p[i] >= 0 && line.p[i] < ' ' && line.p[i] != '\r') || line.p[i] == 0x7f)
			return false;
	if (fits_answer(line))
		return !whole || line.len >= sizeof("SIP/2.0 200") - 1;
	return fits_request(line) && (!whole || ends_request(ward_str_trim(line)));
}

/* ---- where it ends ---- */

static bool names_length(struct ward_str name)
{
	return ward_str_ieq(name, WARD_STR("Content-Length")) || ward_str_ieq(name, WARD_STR("l"));
}

/* Where the line at `at` ends, with those that are folded into it (7.3.1), as message.c reads it;
 * all.len: that is not there yet. */
static size_t line_end(struct ward_str all, size_t at)
{
	for (size_t from = at;;) {
		struct ward_str rest = ward_str_sub(all, from, all.len);
		size_t n = ward_str_find(rest, WARD_STR("\n")), end = from + n;

		if (n >= rest.len)
			return all.len;
		if (from == at && !ward_str_trim(ward_str_sub(rest, 0, n)).len)
			return end; /* an empty line has no others */
		if (end + 1 == all.len)
			return all.len; /* whether the next one is folded is not known */
		if (all.p[end + 1] != ' ' && all.p[end + 1] != '\t')
			return end;
		from = end + 1;
	}
}

enum ward_err ward_sip_message_size(struct ward_slice stream, size_t *ret)
{
	struct ward_str all = ward_slice_text(stream);
	size_t first = 0, at, end;
	uint64_t length = UINT64_MAX;

	if (all.len > WARD_SIP_DATAGRAM)
		all.len = WARD_SIP_DATAGRAM;
	while (first < all.len && (all.p[first] == '\r' || all.p[first] == '\n'))
		first++;
	for (at = first;; at = end + 1) {
		struct ward_str value;

		end = line_end(all, at);
		if (end >= all.len)
			return all.len < WARD_SIP_DATAGRAM ? WARD_ERR_MORE : WARD_ERR_LIMIT;
		value = ward_str_trim(ward_str_sub(all, at, end - at));
		if (!value.len)
			break;
		if (names_length(ward_str_trim(ward_str_cut(&value, ':'))) &&
			(!value.p || !ward_str_u64(ward_str_trim(value), &length)))
			return WARD_ERR_MALFORMED;
	}
	if (length == UINT64_MAX)
		return WARD_ERR_MALFORMED;
	if (length > WARD_SIP_DATAGRAM - (end + 1))
		return WARD_ERR_LIMIT;
	*ret = end + 1 + (size_t)length;
	return WARD_OK;
}

/* ---- who ---- */

struct ward_str ward_sip_user(struct ward_str value)
{
	struct ward_str uri = ward_sip_uri(value), rest = uri;
	struct ward_str scheme = ward_str_cut(&rest, ':');
	bool tel = ward_str_ieq(scheme, WARD_STR("tel"));
	size_t at = rest.p ? ward_str_find(rest, WARD_STR("@")) : SIZE_MAX;

	if (!rest.p || (!tel && at >= rest.len))
		return WARD_STR("");
	struct ward_str user = ward_str_sub(rest, 0, tel ? rest.len : at);
	size_t end = 0;

	while (end < user.len && user.p[end] != ';' && user.p[end] != ':')
		end++;
	return ward_str_sub(user, 0, end);
}
