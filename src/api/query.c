/* Paths and queries: which endpoint, and what is asked of it. Both are outside bytes. */
#include "api/priv.h"

enum { LIMIT_USUAL = 50, TEXT_MAX = 200 };

static const char *const param_name[API_PARAM_N] = {
	[API_STATE_IS] = "state",
	[API_LEVEL] = "level",
	[API_Q] = "q",
	[API_AFTER] = "after",
	[API_LIMIT] = "limit",
	[API_CLASS] = "class",
	[API_ROOM] = "room",
	[API_FLOOR] = "floor",
	[API_SERVICE] = "service",
	[API_BUDGET] = "budget",
	[API_MEASURES] = "measures",
	[API_FAILS] = "fails",
	[API_ASSET] = "asset",
	[API_RULE] = "rule",
	[API_SINCE] = "since",
	[API_UNTIL] = "until",
	[API_BEFORE] = "before",
	[API_SKIP] = "skip",
	[API_SORT] = "sort",
	[API_LEAST] = "least",
	[API_PERSON] = "person",
	[API_KIND] = "kind",
	[API_FORM] = "form",
	[API_NORM] = "norm",
	[API_MONTH] = "month",
};

/* "/api/v1/incidents/{id}": braces stand for one part, which is not empty. */
static bool matches(const char *template, struct ward_str path, struct ward_str *ret_arg)
{
	struct ward_str t = ward_str_z(template);

	*ret_arg = (struct ward_str){NULL, 0};
	while (t.p && path.p) {
		struct ward_str want = ward_str_cut(&t, '/'), is = ward_str_cut(&path, '/');

		if (want.len && want.p[0] == '{') {
			if (!is.len)
				return false;
			*ret_arg = is;
		} else if (!ward_str_eq(want, is)) {
			return false;
		}
	}
	return !t.p && !path.p;
}

enum api_match api_find(struct ward_str method, struct ward_str path,
	const struct api_endpoint **ret, struct ward_str *ret_arg)
{
	enum api_match found = API_NONE;

	for (size_t i = 0; i < api_n_endpoint; i++) {
		const struct api_endpoint *e = &api_endpoint[i];

		if (!matches(e->is.path, path, ret_arg))
			continue;
		*ret = e;
		if (ward_str_eqz(method, e->is.method) ||
			(ward_str_eqz(method, "HEAD") && strcmp(e->is.method, "GET") == 0))
			return API_MATCHES;
		found = API_OTHER_METHOD;
	}
	return found;
}

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* As browsers write it (URL Standard 5.1): a plus is a blank. p NULL: malformed. */
static struct ward_str unescape(struct ward_arena *arena, struct ward_str s)
{
	char *to = ward_arena_alloc(arena, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; to && i < s.len; i++) {
		int high, low;

		if (s.p[i] != '%') {
			to[n++] = s.p[i] == '+' ? ' ' : s.p[i];
			continue;
		}
		high = i + 2 < s.len ? hex(s.p[i + 1]) : -1;
		low = high < 0 ? -1 : hex(s.p[i + 2]);
		if (low < 0)
			return (struct ward_str){NULL, 0};
		to[n++] = (char)(high * 16 + low);
		i += 2;
	}
	return (struct ward_str){to, n};
}

static bool is_text(struct ward_str s, size_t most)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return s.len <= most && ward_utf8_valid(ward_str_bytes(s), NULL);
}

/* "state, level, q". */
static void refuse_name(struct api_request *r, const struct api_endpoint *e, struct ward_str name)
{
	char list[256];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	for (size_t i = 0; i < API_PARAM_N; i++)
		if (e->params & 1u << i) {
			ward_wr_z(&w, w.len ? ", " : "");
			ward_wr_z(&w, param_name[i]);
		}
	if (!is_text(name, TEXT_MAX))
		name = WARD_STR("?");
	if (w.len)
		API_REFUSE(r, 400,
			WARD_TEXT("there is no parameter '{name}' here; there are: {list}"),
			{"name", name}, {"list", ward_wr_text(&w)});
	else
		API_REFUSE(r, 400, WARD_TEXT("there is no parameter '{name}' here; there are none"),
			{"name", name});
}

static bool take(struct api_request *r, const struct api_endpoint *e, struct ward_str pair)
{
	struct ward_str raw = pair, name = ward_str_cut(&raw, '=');
	struct ward_str value = raw.p ? unescape(&r->a->scratch, raw) : WARD_STR("");
	size_t i = 0;

	name = unescape(&r->a->scratch, name);
	if (!name.p || !value.p) {
		api_refuse(r, 400, WARD_TEXT("the query has a broken escape: write % as %25"));
		return false;
	}
	while (i < API_PARAM_N && !(ward_str_eqz(name, param_name[i]) && (e->params & 1u << i)))
		i++;
	if (i == API_PARAM_N) {
		refuse_name(r, e, name);
		return false;
	}
	if (r->param[i].p) {
		API_REFUSE(r, 400, WARD_TEXT("'{name}' is given twice: give it once"),
			{"name", ward_str_z(param_name[i])});
		return false;
	}
	size_t most = i == API_MEASURES || i == API_FAILS ? (size_t)WARD_RECKON_IDS : TEXT_MAX;

	if (!is_text(value, most)) {
		API_REFUSE(r, 400,
			WARD_TEXT("'{name}' is too long, or no text without control characters"),
			{"name", ward_str_z(param_name[i])});
		return false;
	}
	r->param[i] = value;
	return true;
}

static bool one_of(struct api_request *r, enum api_param p, const char *const *word, size_t n)
{
	char list[128];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	if (!r->param[p].p)
		return true;
	for (size_t i = 0; i < n; i++) {
		if (ward_str_eqz(r->param[p], word[i]))
			return true;
		ward_wr_z(&w, i ? ", " : "");
		ward_wr_z(&w, word[i]);
	}
	API_REFUSE(r, 400, WARD_TEXT("'{name}' is one of: {list}"),
		{"name", ward_str_z(param_name[p])}, {"list", ward_wr_text(&w)});
	return false;
}

bool api_time_of(struct api_request *r, enum api_param p, ward_ns *ret)
{
	if (!r->param[p].p || ward_time_parse(r->param[p], ret) == WARD_OK)
		return true;
	API_REFUSE(r, 400, WARD_TEXT("'{name}' is no time: write it as 2026-03-12T02:10:00Z"),
		{"name", ward_str_z(param_name[p])});
	return false;
}

/* What is asked of the past, and by what, for the record of who searched; never the words. What the
 * hospital's files say alone is no past. */
static void note_search(struct api_request *r, const struct api_endpoint *e)
{
	static const enum api_param by[] = {API_Q, API_RULE, API_ASSET, API_ROOM, API_FLOOR,
		API_PERSON, API_KIND, API_SINCE, API_UNTIL};
	struct ward_wr w = ward_wr_fixed(r->searched, sizeof(r->searched) - 1);
	size_t n = 0;

	if (e->good == API_FIXED)
		return;
	ward_wr_z(&w, e->is.path + sizeof(WARD_API_PATH) - 1);
	for (size_t i = 0; i < WARD_ARRAY_LEN(by); i++) {
		if (!(e->params & 1u << by[i]) || !r->param[by[i]].len)
			continue;
		ward_wr_z(&w, n++ ? ", " : ": ");
		ward_wr_z(&w, param_name[by[i]]);
	}
	WARD_ASSERT(!ward_wr_bad(&w));
	r->searched[n ? w.len : 0] = 0;
}

bool api_query(struct api_request *r, const struct api_endpoint *e)
{
	static const char *const state[] = {"open", "all"}, *const sort[] = {"risk"};
	struct ward_str rest = r->ask->query;

	while (rest.len) {
		struct ward_str pair = ward_str_cut(&rest, '&');

		if (pair.len && !take(r, e, pair))
			return false;
	}
	r->limit = LIMIT_USUAL;
	if (r->param[API_LIMIT].p && (!ward_str_u64(r->param[API_LIMIT], &r->limit) || !r->limit ||
					     r->limit > WARD_API_PAGE_MAX)) {
		struct ward_wr most = ward_wr_fixed((char[8]){0}, 8);

		ward_wr_u64(&most, WARD_API_PAGE_MAX);
		API_REFUSE(r, 400, WARD_TEXT("'{name}' is a number from {from} to {to}"),
			{"name", WARD_STR("limit")}, {"from", WARD_STR("1")},
			{"to", ward_wr_text(&most)});
		return false;
	}
	note_search(r, e);
	return one_of(r, API_STATE_IS, state, WARD_ARRAY_LEN(state)) &&
	       one_of(r, API_SORT, sort, WARD_ARRAY_LEN(sort)) &&
	       one_of(r, API_LEVEL, api_level_name, WARD_RECORD_LEVELS);
}

/* ASCII letters, and those of Latin-1 (U+00C0 to U+00DE) as UTF-8 has them. */
static uint8_t folded(struct ward_str s, size_t i)
{
	uint8_t c = (uint8_t)s.p[i];

	if (c >= 'A' && c <= 'Z')
		return (uint8_t)(c | 0x20);
	if (c >= 0x80 && c <= 0x9e && c != 0x97 && i && (uint8_t)s.p[i - 1] == 0xc3)
		return (uint8_t)(c | 0x20);
	return c;
}

bool api_has(struct ward_str text, struct ward_str part)
{
	for (size_t i = 0; i + part.len <= text.len; i++) {
		size_t k = 0;

		while (k < part.len && folded(text, i + k) == folded(part, k))
			k++;
		if (k == part.len)
			return true;
	}
	return false;
}
