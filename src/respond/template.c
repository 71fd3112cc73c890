#include "respond/template.h"

#include "conf/conf.h"

#include <stdio.h>

enum { TREE_BYTES = 1 << 20, FILLED_BYTES = 64 << 10 };

static const char *const slot_name[WARD_SLOT_N] = {
#define X(NAME, slot, what) slot,
	WARD_SLOT_LIST(X)
#undef X
};

bool ward_template_type(struct ward_str content_type, enum ward_template_as *ret)
{
	static const struct {
		const char *type;
		enum ward_template_as as;
	} known[] = {{"application/json", WARD_AS_JSON},
		{"application/x-www-form-urlencoded", WARD_AS_FORM}, {"text/plain", WARD_AS_PLAIN},
		{"application/xml", WARD_AS_XML}, {"text/xml", WARD_AS_XML}};
	struct ward_str rest = content_type, type = ward_str_trim(ward_str_cut(&rest, ';'));

	for (size_t i = 0; i < content_type.len; i++)
		if (content_type.p[i] < ' ' || content_type.p[i] > '~')
			return false;
	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_ieq(type, ward_str_z(known[i].type)))
			return *ret = known[i].as, true;
	return false;
}

/* Length of the "{word}" at the front; 0: there is none. JSON's braces hold no bare word. */
static size_t slot_at(struct ward_str t, enum ward_slot *ret)
{
	size_t n = 1;

	if (!t.len || t.p[0] != '{')
		return 0;
	while (n < t.len && ((t.p[n] >= 'a' && t.p[n] <= 'z') || t.p[n] == '_'))
		n++;
	if (n < 2 || n == t.len || t.p[n] != '}')
		return 0;
	*ret = WARD_SLOT_N;
	for (size_t i = 0; i < WARD_SLOT_N; i++)
		if (ward_str_eqz(ward_str_sub(t, 1, n - 1), slot_name[i]))
			*ret = (enum ward_slot)i;
	return n + 1;
}

unsigned ward_template_slots(struct ward_str t, struct ward_str *ret_unknown)
{
	unsigned mask = 0;

	*ret_unknown = WARD_STR("");
	for (size_t at = 0; at < t.len;) {
		enum ward_slot s = WARD_SLOT_N;
		size_t n = slot_at(ward_str_sub(t, at, t.len), &s);

		if (n && s < WARD_SLOT_N)
			mask |= 1u << s;
		else if (n && !ret_unknown->len)
			*ret_unknown = ward_str_sub(t, at, n);
		at += n ? n : 1;
	}
	return mask;
}

static void put_percent(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			(c && strchr("-._~", c)))
			ward_wr_ch(w, c);
		else
			ward_wr_printf(w, "%%%02X", (unsigned)(uint8_t)c);
	}
}

/* Characters that XML can't hold are left out (XML 1.0, 2.2). */
static void put_xml(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		const char *as = c == '<'    ? "&lt;"
				 : c == '>'  ? "&gt;"
				 : c == '&'  ? "&amp;"
				 : c == '"'  ? "&quot;"
				 : c == '\'' ? "&apos;"
					     : NULL;

		if (as)
			ward_wr_z(w, as);
		else if (ward_str_starts(ward_str_sub(s, i, 3), WARD_STR("\xef\xbf\xbe")) ||
			 ward_str_starts(ward_str_sub(s, i, 3), WARD_STR("\xef\xbf\xbf")))
			i += 2;
		else if (c < 0 || c >= ' ' || c == '\n' || c == '\t')
			ward_wr_ch(w, c);
	}
}

static void put_json(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '"' || c == '\\')
			ward_wr_printf(w, "\\%c", c);
		else if (c == '\n')
			ward_wr_z(w, "\\n");
		else if (c >= 0 && c < ' ')
			ward_wr_printf(w, "\\u%04x", (unsigned)c);
		else
			ward_wr_ch(w, c);
	}
}

static void put_field(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		ward_wr_ch(w, (s.p[i] >= 0 && s.p[i] < ' ') || s.p[i] == 0x7f ? ' ' : s.p[i]);
}

void ward_template_fill(struct ward_str t, enum ward_template_as as,
	const struct ward_str value[WARD_SLOT_N], struct ward_wr *w)
{
	static void (*const put[])(struct ward_wr *, struct ward_str) = {
		[WARD_AS_URL] = put_percent,
		[WARD_AS_FORM] = put_percent,
		[WARD_AS_JSON] = put_json,
		[WARD_AS_XML] = put_xml,
		[WARD_AS_PLAIN] = ward_wr_str,
		[WARD_AS_FIELD] = put_field};

	for (size_t at = 0; at < t.len;) {
		enum ward_slot s = WARD_SLOT_N;
		size_t n = slot_at(ward_str_sub(t, at, t.len), &s);

		if (n && s < WARD_SLOT_N)
			put[as](w, value[s]);
		else
			ward_wr_str(w, ward_str_sub(t, at, n ? n : 1));
		at += n ? n : 1;
	}
}

/* ---- is it right? ---- */

/* "NAME: VALUE" (RFC 9110 5.1), and none of those that are written anyway. */
static const char *wrong_header(struct ward_str s)
{
	static const char *const ours[] = {"host", "user-agent", "content-type", "content-length",
		"connection", "transfer-encoding", "idempotency-key"};
	struct ward_str value = s, name = ward_str_cut(&value, ':');

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return WARD_TEXT(
				"a header holds what is no printable ASCII\nwrite NAME: VALUE");
	for (size_t i = 0; i < name.len; i++)
		if (!((name.p[i] >= '0' && name.p[i] <= '9') ||
			    ((name.p[i] | 0x20) >= 'a' && (name.p[i] | 0x20) <= 'z') ||
			    name.p[i] == '-' || name.p[i] == '_'))
			name.len = 0;
	if (!name.len || !value.p)
		return WARD_TEXT("a header is no field of a request\nwrite NAME: VALUE");
	for (size_t i = 0; i < WARD_ARRAY_LEN(ours); i++)
		if (ward_str_ieq(name, ward_str_z(ours[i])))
			return WARD_TEXT(
				"a header names a field that is written anyway\nleave it out");
	return NULL;
}

static bool is_json(struct ward_str body)
{
	struct ward_str value[WARD_SLOT_N];
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), FILLED_BYTES);
	const struct ward_conf *tree;
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag diag;

	for (size_t i = 0; i < WARD_SLOT_N; i++)
		value[i] = WARD_STR("\"\\\n a");
	ward_template_fill(body, WARD_AS_JSON, value, &w);
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	ward_arena_init(&a, ward_mem_heap(), TREE_BYTES);
	bool is = !ward_wr_bad(&w) && ward_conf_json(&a, &lim, WARD_STR("body"), 1,
					      ward_wr_slice(&w), &diag, &tree) == WARD_OK;

	ward_arena_fini(&a);
	ward_diag_fini(&diag);
	ward_wr_fini(&w);
	return is;
}

static const char *wrong_body(const struct ward_template *t)
{
	enum ward_template_as as = WARD_AS_PLAIN;
	bool get = ward_str_eqz(t->method, "GET");

	if (!get && !ward_str_eqz(t->method, "POST") && !ward_str_eqz(t->method, "PUT") &&
		!ward_str_eqz(t->method, "PATCH"))
		return WARD_TEXT("'method' is none that is known\nwrite POST, PUT, PATCH or GET");
	if (get && t->body.len)
		return WARD_TEXT(
			"GET has no body\nput the slots into the address, or write `method: POST`");
	if (!get && !t->body.len)
		return WARD_TEXT("'body' is missing\nadd what the other side wants, such as "
				 "'{\"to\": \"{to}\", \"text\": \"{text}\"}'");
	if (!ward_template_type(t->type, &as))
		return WARD_TEXT("'content_type' is none that values can be escaped for\nwrite "
				 "application/json, application/x-www-form-urlencoded, text/plain "
				 "or text/xml");
	if (!get && as == WARD_AS_JSON && !is_json(t->body))
		return WARD_TEXT("'body' is no JSON once its slots are filled in\nput slots within "
				 "quotes: \"{text}\"; or write its content_type");
	return NULL;
}

/* Of the first slot in t that is none of these. */
static const char *wrong_slot(struct ward_str t, unsigned slots, struct ward_template_slot *ret)
{
	struct ward_wr is = ward_wr_fixed(ret->is, sizeof(ret->is) - 1),
		       may = ward_wr_fixed(ret->may, sizeof(ret->may) - 1);
	struct ward_str unknown;
	unsigned others = ward_template_slots(t, &unknown) & ~slots;

	if (!unknown.len && !others)
		return NULL;
	for (size_t i = 0; i < WARD_SLOT_N; i++) {
		if ((others >> i & 1) && !unknown.len && !is.len)
			ward_wr_printf(&is, "{%s}", slot_name[i]);
		if (slots >> i & 1)
			ward_wr_printf(&may, "%s{%s}", may.len ? " " : "", slot_name[i]);
	}
	ward_wr_str(&is, ward_str_sub(unknown, 0, 64));
	ret->is[is.len] = 0;
	ret->may[may.len] = 0;
	return unknown.len ? WARD_TEXT("is no slot") : WARD_TEXT("has no meaning here");
}

const char *ward_template_wrong_of(const struct ward_template *t, struct ward_str path,
	unsigned slots, struct ward_template_slot *ret)
{
	const unsigned secret = 1u << WARD_SLOT_SECRET | 1u << WARD_SLOT_LOGIN;
	struct ward_str unknown;
	const char *why = wrong_body(t);

	ret->is[0] = 0;
	for (size_t i = 0; i < WARD_TEMPLATE_HEADERS; i++)
		if (!why && t->header[i].len)
			why = wrong_header(t->header[i]);
	if (!why && (ward_template_slots(path, &unknown) & secret))
		why = WARD_TEXT("{secret} stands in the address, which others write into their "
				"logs\nput it into `header` or `body`");
	if (!why)
		why = wrong_slot(path, slots, ret);
	if (!why)
		why = wrong_slot(t->body, slots, ret);
	for (size_t i = 0; i < WARD_TEMPLATE_HEADERS; i++)
		if (!why)
			why = wrong_slot(t->header[i], slots, ret);
	return why;
}

const char *ward_template_wrong(
	const struct ward_template *t, struct ward_str path, struct ward_template_slot *ret)
{
	struct ward_str unknown;
	const char *why = ward_template_wrong_of(t, path, WARD_SLOTS_TOLD, ret);
	unsigned held =
		ward_template_slots(path, &unknown) | ward_template_slots(t->body, &unknown);

	for (size_t i = 0; i < WARD_TEMPLATE_HEADERS; i++)
		held |= ward_template_slots(t->header[i], &unknown);
	if (!why && !(held & (1u << WARD_SLOT_TEXT | 1u << WARD_SLOT_MESSAGE)))
		why = WARD_TEXT("nothing holds the message\nput {text} (one line) or {message} "
				"(all of it) where it belongs");
	return why;
}

/* ---- the request ---- */

void ward_template_write(const struct ward_template *t, const struct ward_weburl *url,
	const struct ward_str value[WARD_SLOT_N], struct ward_wr *w)
{
	enum ward_template_as as = WARD_AS_PLAIN;
	struct ward_wr body = ward_wr_grow(ward_mem_heap(), w->max);

	(void)ward_template_type(t->type, &as);
	ward_template_fill(t->body, as, value, &body);
	ward_wr_str(w, t->method);
	ward_wr_ch(w, ' ');
	ward_template_fill(ward_str_z(url->path), WARD_AS_URL, value, w);
	ward_wr_z(w, " HTTP/1.1\r\nHost: ");
	ward_weburl_authority(url, w);
	ward_wr_printf(
		w, "\r\nUser-Agent: Ward\r\nConnection: %s\r\n", t->keep ? "keep-alive" : "close");
	if (value[WARD_SLOT_ID].len) {
		ward_wr_z(w, "Idempotency-Key: \"");
		put_field(w, value[WARD_SLOT_ID]);
		ward_wr_z(w, "\"\r\n");
	}
	for (size_t i = 0; i < WARD_TEMPLATE_HEADERS; i++) {
		if (!t->header[i].len)
			continue;
		ward_template_fill(t->header[i], WARD_AS_FIELD, value, w);
		ward_wr_z(w, "\r\n");
	}
	if (t->body.len)
		ward_wr_printf(w, "Content-Type: %.*s\r\nContent-Length: %zu\r\n",
			WARD_STR_ARG(t->type), body.len);
	ward_wr_z(w, "\r\n");
	ward_wr_str(w, ward_wr_text(&body));
	w->bad = w->bad || ward_wr_bad(&body);
	ward_wr_fini(&body);
}
