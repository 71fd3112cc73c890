/* A message's head: start line, field lines, framing (RFC 9112 2 to 6). */
#include "sense/net/proto/http/http.h"

enum {
	METHOD_MAX = 24,
	LOOKUP_MAX = 256,
	TARGET_FRONT = 256, /* of a target, enough to tell that it is one */
};

static const char *const field_names[] = {
#define X(IDENT, name) name,
	WARD_HTTP_FIELD_LIST(X)
#undef X
};

/* Methods with which a start line is believed before it is whole. */
static const char *const methods[] = {"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT",
	"PATCH", "TRACE", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK",
	"REPORT", "SEARCH", "SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "M-SEARCH"};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* RFC 9110 5.6.2 */
static bool is_token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
	       (c != 0 && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_token_char(s.p[i]))
			return false;
	return s.len != 0;
}

static bool is_method(struct ward_str s)
{
	if (!is_token(s) || s.len > METHOD_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			return false;
	return true;
}

static bool is_known_method(struct ward_str s)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(methods); i++)
		if (ward_str_eqz(s, methods[i]))
			return true;
	return false;
}

/* HTTP/1. and a digit */
static bool is_version(struct ward_str s)
{
	return s.len == 8 && ward_str_starts(s, WARD_STR("HTTP/1.")) && is_digit(s.p[7]);
}

static struct ward_str without_cr(struct ward_str line)
{
	return line.len && line.p[line.len - 1] == '\r' ? ward_str_sub(line, 0, line.len - 1)
							: line;
}

/* Devices are seen that write blanks behind the version. */
static struct ward_str without_blanks(struct ward_str s)
{
	while (s.len && s.p[s.len - 1] == ' ')
		s.len--;
	return s;
}

bool ward_http_starts_answer(struct ward_slice bytes)
{
	struct ward_str s = ward_slice_text(bytes);
	struct ward_str want = WARD_STR("HTTP/1.");

	if (s.len < want.len)
		return s.len >= 5 && ward_str_starts(want, s);
	if (!ward_str_starts(s, want))
		return false;
	for (size_t i = want.len; i < s.len && i < 12; i++)
		if (i == 8 ? s.p[i] != ' ' : !is_digit(s.p[i]))
			return false;
	return s.len <= 12 || (s.p[12] != 0 && strchr(" \r\n", s.p[12]));
}

/* The target of a start line that is not whole. */
static bool looks_like_target(struct ward_str method, struct ward_str s)
{
	for (size_t i = 0; i < s.len && i < TARGET_FRONT; i++)
		if ((uint8_t)s.p[i] < 0x21 || s.p[i] == 0x7f)
			return false;
	return s.len && (s.p[0] == '/' || ward_str_starts(s, WARD_STR("http")) ||
				ward_str_eqz(method, "CONNECT"));
}

bool ward_http_starts(struct ward_slice bytes)
{
	struct ward_str line = ward_slice_text(bytes), method;

	bool whole = line.len && memchr(line.p, '\n', line.len);

	if (ward_http_starts_answer(bytes))
		return true;
	line = without_cr(ward_str_cut(&line, '\n'));
	method = ward_str_cut(&line, ' ');
	if (!line.p || !is_method(method))
		return false;
	if (whole)
		line = without_blanks(line);
	if (whole)
		return line.len > 9 && line.p[line.len - 9] == ' ' &&
		       is_version(ward_str_sub(line, line.len - 8, 8));
	struct ward_str target = ward_str_cut(&line, ' ');

	return is_known_method(method) && looks_like_target(method, target) &&
	       (!line.p || ward_str_starts(WARD_STR("HTTP/1."), ward_str_sub(line, 0, 7)));
}

bool ward_http_may_start(struct ward_slice bytes)
{
	struct ward_str s = ward_slice_text(bytes);
	size_t n = 0;

	if (s.len < 5 && ward_str_starts(WARD_STR("HTTP/"), s))
		return true;
	while (n < s.len && is_method(ward_str_sub(s, 0, n + 1)))
		n++;
	if (n == s.len || !n || s.p[n] != ' ')
		return n && n == s.len;
	for (size_t i = n + 1; i < s.len; i++)
		if ((uint8_t)s.p[i] < ' ' && s.p[i] != '\r')
			return false;
	return true;
}

bool ward_http_goes_on(struct ward_slice bytes)
{
	struct ward_str s = ward_slice_text(bytes);
	size_t n = 0;

	while (n < s.len && n <= METHOD_MAX && is_token_char(s.p[n]))
		n++;
	if (n == s.len || n > METHOD_MAX)
		return n <= METHOD_MAX;
	return n && (s.p[n] == ' ' || (s.p[n] == '/' && ward_str_starts(s, WARD_STR("HTTP"))));
}

size_t ward_http_head_size(struct ward_slice bytes, size_t from)
{
	size_t at = from > 3 ? from - 3 : 0;

	while (at < bytes.len) {
		const uint8_t *lf = memchr(bytes.p + at, '\n', bytes.len - at);

		if (!lf)
			return 0;
		at = (size_t)(lf - bytes.p) + 1;
		if (at < bytes.len && bytes.p[at] == '\n')
			return at + 1;
		if (at + 1 < bytes.len && bytes.p[at] == '\r' && bytes.p[at + 1] == '\n')
			return at + 2;
	}
	return 0;
}

bool ward_http_next(
	struct ward_str *rest, struct ward_str *ret_name, struct ward_str *ret_value, uint32_t *odd)
{
	while (rest->p && rest->len) {
		struct ward_str line = ward_str_cut(rest, '\n'), name, value;
		bool folded = line.len && (line.p[0] == ' ' || line.p[0] == '\t');

		if (!line.len || line.p[line.len - 1] != '\r')
			*odd |= 1u << WARD_HTTP_ODD_BARE_LF;
		line = without_cr(line);
		if (!line.len)
			continue;
		value = line;
		name = ward_str_cut(&value, ':');
		if (folded || !value.p) {
			*odd |= 1u << (folded ? WARD_HTTP_ODD_FOLDED : WARD_HTTP_ODD_NO_COLON);
			continue;
		}
		if (name.len && (name.p[name.len - 1] == ' ' || name.p[name.len - 1] == '\t'))
			*odd |= 1u << WARD_HTTP_ODD_BEFORE_COLON;
		name = ward_str_trim(name);
		if (!is_token(name)) {
			*odd |= 1u << WARD_HTTP_ODD_NAME_INVALID;
			continue;
		}
		*ret_name = name;
		*ret_value = ward_str_trim(value);
		return true;
	}
	return false;
}

static enum ward_http_field field_of(struct ward_str name)
{
	size_t i = 0;

	while (i < WARD_HTTP_F_N && !ward_str_ieq(name, ward_str_z(field_names[i])))
		i++;
	return (enum ward_http_field)i;
}

/* 9110 8.6: a list of equal numbers is one number. */
static void see_length(struct ward_http_head *h, struct ward_str value)
{
	struct ward_str rest = value;

	do {
		struct ward_str one = ward_str_trim(ward_str_cut(&rest, ','));
		uint64_t v;

		if (!ward_str_u64(one, &v) || v > INT64_MAX) {
			h->anomaly |= 1u << WARD_HTTP_ODD_LENGTH_INVALID;
			continue;
		}
		if (h->length_given && h->length != v)
			h->anomaly |= 1u << WARD_HTTP_ODD_LENGTHS_DIFFER;
		if (!h->length_given)
			h->length = v;
		h->length_given = true;
	} while (rest.p);
}

static void see_encoding(struct ward_http_head *h, struct ward_str value)
{
	struct ward_str rest = value, last = {NULL, 0};

	while (rest.p)
		last = ward_str_trim(ward_str_cut(&rest, ','));
	/* The old name for none (RFC 2616 3.6). */
	if (ward_str_ieq(last, WARD_STR("identity")) && !h->encoded)
		return;
	h->encoded = true;
	h->chunked = ward_str_ieq(last, WARD_STR("chunked"));
	if (!h->chunked)
		h->anomaly |= 1u << WARD_HTTP_ODD_ENCODING_UNKNOWN;
}

static void see_field(struct ward_http_head *h, struct ward_str name, struct ward_str value)
{
	enum ward_http_field f = field_of(name);

	if (!h->lookup.len && ward_str_find(value, WARD_STR("${")) != SIZE_MAX) {
		h->lookup_name = name;
		h->lookup = ward_str_sub(value, ward_str_find(value, WARD_STR("${")), LOOKUP_MAX);
	}
	for (size_t i = 0; i < value.len; i++)
		if (value.p[i] == 0 || value.p[i] == '\r')
			h->anomaly |= 1u << WARD_HTTP_ODD_CONTROL;
	if (f == WARD_HTTP_F_CONTENT_LENGTH)
		see_length(h, value);
	if (f == WARD_HTTP_F_TRANSFER_ENCODING)
		see_encoding(h, value);
	if (f == WARD_HTTP_F_HOST && h->has[f])
		h->anomaly |= 1u << WARD_HTTP_ODD_HOST_REPEATED;
	if (f != WARD_HTTP_F_N && !h->has[f]) {
		h->has[f] = true;
		h->value[f] = value;
	}
}

static bool fail(struct ward_http_head *h, enum ward_http_reason reason)
{
	h->reason = reason;
	return false;
}

/* 9112 4 */
static bool read_status_line(struct ward_http_head *h, struct ward_str line)
{
	h->answer = true;
	if (!is_version(ward_str_sub(line, 0, 8)))
		return fail(h, WARD_HTTP_VERSION);
	h->minor = (uint8_t)(line.p[7] - '0');
	struct ward_str code = ward_str_sub(line, 9, 3);
	uint64_t status;

	if (line.len < 12 || line.p[8] != ' ' || !ward_str_u64(code, &status) || status < 100 ||
		(line.len > 12 && line.p[12] != ' '))
		return fail(h, WARD_HTTP_STATUS);
	h->status = (uint16_t)status;
	h->reason_phrase = ward_str_sub(line, 13, line.len);
	return true;
}

/* 9112 3; a target with blanks in it is a client's fault that servers forgive. */
static bool read_request_line(struct ward_http_head *h, struct ward_str line)
{
	struct ward_str rest = without_blanks(line);

	if (rest.len < line.len)
		h->anomaly |= 1u << WARD_HTTP_ODD_SPACES;
	h->method = ward_str_cut(&rest, ' ');
	if (!rest.p || !is_method(h->method))
		return fail(h, WARD_HTTP_START);
	if (rest.len < 10 || rest.p[rest.len - 9] != ' ' ||
		!is_version(ward_str_sub(rest, rest.len - 8, 8)))
		return fail(h, WARD_HTTP_VERSION);
	h->minor = (uint8_t)(rest.p[rest.len - 1] - '0');
	h->target = ward_str_sub(rest, 0, rest.len - 9);
	if (memchr(h->target.p, ' ', h->target.len))
		h->anomaly |= 1u << WARD_HTTP_ODD_SPACES;
	h->target = ward_str_trim(h->target);
	return h->target.len || fail(h, WARD_HTTP_START);
}

void ward_http_fields(struct ward_http_head *h)
{
	struct ward_str rest = h->fields, name, value;

	while (ward_http_next(&rest, &name, &value, &h->anomaly))
		see_field(h, name, value);
}

/* What the fields say together. */
static void judge(struct ward_http_head *h)
{
	if (h->encoded && h->has[WARD_HTTP_F_CONTENT_LENGTH])
		h->anomaly |= 1u << WARD_HTTP_ODD_BOTH_LENGTHS;
	if (h->encoded && h->minor == 0)
		h->anomaly |= 1u << WARD_HTTP_ODD_ENCODING_OLD;
	if (!h->answer && h->minor > 0 && !h->has[WARD_HTTP_F_HOST])
		h->anomaly |= 1u << WARD_HTTP_ODD_HOST_MISSING;
}

bool ward_http_head(struct ward_slice bytes, struct ward_http_head *h)
{
	struct ward_str rest = ward_slice_text(bytes), line;

	*h = (struct ward_http_head){.major = 1, .reason = WARD_HTTP_REASON_N};
	line = ward_str_cut(&rest, '\n');
	if (!line.len || line.p[line.len - 1] != '\r')
		h->anomaly |= 1u << WARD_HTTP_ODD_BARE_LF;
	line = without_cr(line);
	h->fields = rest.p ? rest : WARD_STR("");
	if (!(ward_str_starts(line, WARD_STR("HTTP/")) ? read_status_line(h, line)
						       : read_request_line(h, line)))
		return false;
	ward_http_fields(h);
	judge(h);
	return true;
}

bool ward_http_chunk_size(struct ward_str line, uint64_t *ret)
{
	struct ward_str rest = without_cr(line), digits = ward_str_trim(ward_str_cut(&rest, ';'));
	uint64_t v = 0;

	if (!digits.len || digits.len > 15)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		static const char hex[] = "0123456789abcdefABCDEF";
		const char *at = digits.p[i] ? strchr(hex, digits.p[i]) : NULL;

		if (!at)
			return false;
		v = v << 4 | (uint64_t)(at - hex < 16 ? at - hex : at - hex - 6);
	}
	*ret = v;
	return true;
}

struct ward_str ward_http_media_type(struct ward_str value)
{
	return ward_str_trim(ward_str_cut(&value, ';'));
}

/* Up to the next separator that is not inside quotes. */
static struct ward_str cut_param(struct ward_str *rest)
{
	struct ward_str all = *rest;
	bool quoted = false;
	size_t i = 0;

	for (; i < all.len; i++) {
		if (all.p[i] == '"')
			quoted = !quoted;
		if (!quoted && (all.p[i] == ';' || all.p[i] == ','))
			break;
	}
	*rest = i < all.len ? ward_str_sub(all, i + 1, all.len) : (struct ward_str){NULL, 0};
	return ward_str_trim(ward_str_sub(all, 0, i));
}

struct ward_str ward_http_param(struct ward_str value, const char *name)
{
	struct ward_str rest = value;

	while (rest.p) {
		struct ward_str v = cut_param(&rest), k = ward_str_trim(ward_str_cut(&v, '='));
		size_t blank = ward_str_find(k, WARD_STR(" "));

		/* The first one follows the scheme: Digest username="…" */
		if (blank != SIZE_MAX)
			k = ward_str_trim(ward_str_sub(k, blank, k.len));
		if (!v.p || !ward_str_ieq(k, ward_str_z(name)))
			continue;
		v = ward_str_trim(v);
		if (v.len >= 2 && v.p[0] == '"' && v.p[v.len - 1] == '"')
			v = ward_str_sub(v, 1, v.len - 2);
		return v;
	}
	return WARD_STR("");
}
