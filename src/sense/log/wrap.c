#include "sense/log/wrap.h"

#include "base/scan.h"

/* Reads on in a text that may end anywhere. */
struct cursor {
	struct ward_str s;
	size_t off;
	bool cut; /* it ended */
};

static char peek(struct cursor *c)
{
	while (c->off < c->s.len && (c->s.p[c->off] == ' ' || c->s.p[c->off] == '\t' ||
					    c->s.p[c->off] == '\n' || c->s.p[c->off] == '\r'))
		c->off++;
	c->cut |= c->off == c->s.len;
	return c->off < c->s.len ? c->s.p[c->off] : 0;
}

static bool take(struct cursor *c, char what)
{
	bool is = peek(c) == what;

	c->off += is;
	return is;
}

/* A string's text with its escapes; the cursor goes behind its quote. */
static bool string(struct cursor *c, struct ward_str *ret)
{
	bool high = false;

	if (!take(c, '"'))
		return false;
	size_t from = c->off;

	while (c->off < c->s.len) {
		c->off = ward_scan_text((const uint8_t *)c->s.p, c->off, c->s.len, &high);
		if (c->off >= c->s.len)
			break;
		char at = c->s.p[c->off++];

		*ret = ward_str_sub(c->s, from, c->off - 1 - from);
		if (at == '"')
			return true;
		if (at == '\n')
			return false;
		c->off += at == '\\';
	}
	c->off = c->s.len;
	c->cut = true;
	return false;
}

/* Over a value of any kind. */
static bool skip(struct cursor *c)
{
	struct ward_str unused;
	size_t depth = 0;

	do {
		char at = peek(c);

		if (at == '"') {
			if (!string(c, &unused))
				return false;
			continue;
		}
		if (!at || (depth == 0 && (at == ',' || at == '}' || at == ']')))
			return false;
		depth += at == '{' || at == '[';
		depth -= at == '}' || at == ']';
		c->off++;
		/* a number or literal ends before what follows it */
		while (depth == 0 && c->off < c->s.len && at != '}' && at != ']' &&
			!strchr(",}] \t\r\n", c->s.p[c->off]))
			c->off++;
	} while (depth);
	c->cut |= c->off == c->s.len;
	return true;
}

static bool is_one_of(struct ward_str key, const char *const *name)
{
	while (*name && !ward_str_eqz(key, *name))
		name++;
	return *name != NULL;
}

static const char *const lists[] = {"Records", "records", "value", "resources", NULL};
static const char *const about[] = {"meta", "errors", "@odata.context", "@odata.count",
	"@odata.nextLink", "@odata.deltaLink", "nextLink", "count", "took", "timed_out",
	"terminated_early", "num_reduce_phases", "_shards", "_clusters", "_scroll_id", "pit_id",
	NULL};
static const char *const about_hits[] = {"total", "max_score", NULL};

/* The array of records at the cursor, and the first of them, if there is any. */
static bool begins(struct cursor *c, unsigned depth, bool source, struct ward_wrap *ret)
{
	if (!take(c, '['))
		return false;
	*ret = (struct ward_wrap){c->off, depth, source};
	char first = peek(c);

	return first == '{' || first == ']';
}

/* The members of an object up to that which has the records. */
static bool find(struct cursor *c, bool hits, struct ward_wrap *ret)
{
	struct ward_str key;

	if (!take(c, '{'))
		return false;
	do {
		if (!string(c, &key) || !take(c, ':'))
			return false;
		if (hits && ward_str_eqz(key, "hits"))
			return begins(c, 2, true, ret);
		if (!hits && is_one_of(key, lists))
			return begins(c, 1, false, ret);
		if (!hits && ward_str_eqz(key, "hits")) {
			ret->source = true; /* its own members come */
			return true;
		}
		if (!is_one_of(key, hits ? about_hits : about) || !skip(c))
			return false;
	} while (take(c, ','));
	return false;
}

/* Behind a value: only members that an export says of itself, up to the object's end? */
static bool only(struct cursor *c, const char *const *name)
{
	struct ward_str key;

	while (take(c, ','))
		if (!string(c, &key) || !take(c, ':') || !is_one_of(key, name) || !skip(c))
			return false;
	return take(c, '}');
}

/* Does the object that ends on this line say anything of its own behind the list at `off`? What
 * goes on behind the line is written by who exports: a record is one line. */
static bool is_record(struct ward_str line, const struct ward_wrap *w)
{
	struct cursor c = {line, w->len - 1, false};

	if (!skip(&c) || c.cut)
		return false;
	return (w->source && !only(&c, about_hits)) || !only(&c, about) ? !c.cut : false;
}

enum ward_wrap_is ward_wrap_begin(struct ward_str s, bool end, struct ward_wrap *ret)
{
	struct cursor c = {ward_str_sub(s, 0, WARD_WRAP_HEAD_MAX), 0, false};
	struct ward_wrap w = {.len = 0};
	bool found = find(&c, false, &w);

	if (found && !w.len) /* `hits`, an object of which the array is a member */
		found = find(&c, true, &w);
	if (found && !memchr(s.p, '\n', w.len)) {
		const char *lf = memchr(s.p, '\n', s.len);

		if (!lf && !end)
			return WARD_WRAP_MORE;
		if (is_record(ward_str_sub(s, 0, lf ? (size_t)(lf - s.p) : s.len), &w))
			return WARD_WRAP_NO;
	}
	if (found) {
		*ret = w;
		return WARD_WRAP_YES;
	}
	return c.cut && !end && s.len < WARD_WRAP_HEAD_MAX ? WARD_WRAP_MORE : WARD_WRAP_NO;
}

bool ward_wrap_source(struct ward_str element, struct ward_str *ret)
{
	struct cursor c = {element, 0, false};
	struct ward_str key;

	if (!take(&c, '{'))
		return false;
	do {
		if (!string(&c, &key) || !take(&c, ':'))
			return false;
		bool is = ward_str_eqz(key, "_source") && peek(&c) == '{';
		size_t from = c.off;

		if (!skip(&c))
			return false;
		*ret = ward_str_sub(element, from, c.off - from);
		if (is)
			return true;
	} while (take(&c, ','));
	return false;
}
