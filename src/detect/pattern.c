#include "detect/pattern.h"

#include "detect/fold.h"

/* Sigma's escapes: the backslash is plain unless it stands before '*', '?' or a backslash. */
enum ward_pattern_token ward_pattern_next(struct ward_str s, size_t *off, char *ret_byte)
{
	char c = s.p[(*off)++];

	if (c == '\\' && *off < s.len) {
		char d = s.p[*off];

		if (d == '*' || d == '?' || d == '\\') {
			(*off)++;
			c = d;
		}
		*ret_byte = c;
		return WARD_PATTERN_BYTE;
	}
	*ret_byte = c;
	return c == '*' ? WARD_PATTERN_ANY : c == '?' ? WARD_PATTERN_ONE : WARD_PATTERN_BYTE;
}

static void measure(struct ward_str s, size_t *n_any, size_t *n_one)
{
	size_t off = 0;
	char c;

	while (off < s.len) {
		enum ward_pattern_token t = ward_pattern_next(s, &off, &c);

		*n_any += t == WARD_PATTERN_ANY;
		*n_one += t == WARD_PATTERN_ONE;
	}
}

/* Folds a finished segment in place; the offsets of its '?' move with it, so fold piecewise. */
static size_t close_piece(char *text, size_t from, size_t to, bool fold)
{
	if (!fold)
		return to;
	return from + ward_fold((struct ward_str){text + from, to - from}, text + from);
}

enum ward_err ward_pattern_compile(struct ward_arena *a, struct ward_str s,
	enum ward_pattern_wrap wrap, bool fold, struct ward_pattern *ret)
{
	size_t n_any = 0, n_one = 0, off = 0, used = 0, piece = 0, ones = 0;
	struct ward_pattern p = {.folded = fold};

	measure(s, &n_any, &n_one);
	p.seg = ward_arena_array(a, n_any + 1, sizeof(*p.seg));
	char *text = ward_arena_alloc(a, s.len + 1);
	uint32_t *one = ward_arena_array(a, n_one + 1, sizeof(*one));

	if (!p.seg || !text || !one || s.len > UINT32_MAX)
		return WARD_ERR_NOMEM;
	struct ward_segment *seg = &p.seg[0];

	*seg = (struct ward_segment){{text, 0}, one, 0};
	p.open_start = (wrap & WARD_PATTERN_ENDS) != 0;
	p.open_end = (wrap & WARD_PATTERN_STARTS) != 0;
	while (off < s.len) {
		bool first = off == 0;
		enum ward_pattern_token t = ward_pattern_next(s, &off, text + used);

		if (t == WARD_PATTERN_BYTE) {
			used++;
			continue;
		}
		used = piece = close_piece(text, piece, used, fold);
		if (t == WARD_PATTERN_ONE) {
			one[ones++] = (uint32_t)(used - (size_t)(seg->text.p - text));
			seg->n_one++;
			continue;
		}
		seg->text.len = used - (size_t)(seg->text.p - text);
		p.open_start |= first;
		p.open_end |= off == s.len;
		if (seg->text.len || seg->n_one)
			seg++;
		*seg = (struct ward_segment){{text + used, 0}, one + ones, 0};
	}
	used = close_piece(text, piece, used, fold);
	seg->text.len = used - (size_t)(seg->text.p - text);
	p.n_seg = (uint32_t)(seg - p.seg) + (seg->text.len || seg->n_one);
	*ret = p;
	return WARD_OK;
}

bool ward_pattern_plain(const struct ward_pattern *p)
{
	return !p->open_start && !p->open_end && p->n_seg <= 1 &&
	       (p->n_seg == 0 || p->seg[0].n_one == 0);
}

/* Matches the segment at s.p[off]; the offset behind it, or SIZE_MAX. */
static size_t match_at(const struct ward_segment *g, struct ward_str s, size_t off)
{
	size_t done = 0, len;

	for (uint32_t i = 0; i <= g->n_one; i++) {
		size_t to = i < g->n_one ? g->one[i] : g->text.len;

		if (s.len - off < to - done || memcmp(s.p + off, g->text.p + done, to - done) != 0)
			return SIZE_MAX;
		off += to - done;
		done = to;
		if (i == g->n_one)
			break;
		if (off >= s.len)
			return SIZE_MAX;
		(void)ward_fold_next(s, off, &len);
		off += len;
	}
	return off;
}

/* The first place at or after off where the segment matches: the offset behind it. */
static size_t find_from(const struct ward_segment *g, struct ward_str s, size_t off)
{
	size_t len;

	if (!g->n_one) {
		size_t at = ward_str_find(ward_str_sub(s, off, s.len), g->text);

		return at == SIZE_MAX ? SIZE_MAX : off + at + g->text.len;
	}
	for (; off <= s.len; off += len) {
		size_t end = match_at(g, s, off);

		if (end != SIZE_MAX)
			return end;
		if (off == s.len)
			return SIZE_MAX;
		(void)ward_fold_next(s, off, &len);
	}
	return SIZE_MAX;
}

/* Where the segment must begin to end at the end of s: '?' counts characters, not bytes. */
static size_t start_for_end(const struct ward_segment *g, struct ward_str s)
{
	size_t at = s.len, left = g->text.len;

	for (uint32_t i = g->n_one; i > 0; i--) {
		size_t run = left - g->one[i - 1];

		if (at < run + 1)
			return SIZE_MAX;
		at -= run + 1;
		/* Back to the first byte of the character, at most three bytes away. */
		for (int k = 0; k < 3 && at > 0 && ((uint8_t)s.p[at] & 0xc0) == 0x80; k++)
			at--;
		left = g->one[i - 1];
	}
	return at < left ? SIZE_MAX : at - left;
}

bool ward_pattern_match(const struct ward_pattern *p, struct ward_str s)
{
	uint32_t i = 0, n = p->n_seg;
	size_t off = 0;

	if (!s.p)
		s = WARD_STR("");
	if (n == 0)
		return p->open_start || p->open_end || s.len == 0;
	if (!p->open_start) {
		off = match_at(&p->seg[0], s, 0);
		if (off == SIZE_MAX)
			return false;
		if (++i == n)
			return p->open_end || off == s.len;
	}
	for (; i + 1 < n || (i < n && p->open_end); i++) {
		off = find_from(&p->seg[i], s, off);
		if (off == SIZE_MAX)
			return false;
	}
	if (i == n)
		return true;
	size_t start = start_for_end(&p->seg[i], s);

	return start != SIZE_MAX && start >= off && match_at(&p->seg[i], s, start) == s.len;
}
