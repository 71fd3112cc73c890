#include "revision/diff.h"

enum { COST_MAX = 1000 };

struct lines {
	struct ward_str *p;
	size_t n;
};

/* The lines of both that are neither the same at the beginning nor at the end; keep[i]: it stays.
 */
struct work {
	struct ward_arena *a;
	struct lines from, to;
	bool *stays_from, *stays_to;
	size_t head, tail;
};

static size_t count(struct ward_str s)
{
	size_t n = 0;

	for (struct ward_str rest = s; rest.p && rest.len; n++)
		(void)ward_str_cut(&rest, '\n');
	return n;
}

static enum ward_err split(struct ward_str s, struct ward_arena *a, struct lines *ret)
{
	size_t n = count(s);

	if (n > WARD_DIFF_LINES)
		return WARD_ERR_LIMIT;
	ret->p = ward_arena_array(a, n ? n : 1, sizeof(ret->p[0]));
	if (!ret->p)
		return WARD_ERR_NOMEM;
	for (ret->n = 0; s.p && s.len; ret->n++)
		ret->p[ret->n] = ward_str_cut(&s, '\n');
	return WARD_OK;
}

static bool same(const struct work *w, size_t i, size_t k)
{
	return ward_str_eq(w->from.p[i], w->to.p[k]);
}

static void keep(struct work *w, size_t i, size_t k)
{
	w->stays_from[i] = w->stays_to[k] = true;
}

/* Back along the way that was found: v[d] is how far each diagonal had come with d changes. */
static void walk_back(struct work *w, int32_t *const *v, int d, int32_t n, int32_t m)
{
	int32_t x = n, y = m;

	for (; d > 0; d--) {
		const int32_t *was = v[d - 1] + d; /* of diagonals -(d-1) … d-1, with room around */
		int32_t k = x - y;
		bool down = k == -d || (k != d && was[k - 1] < was[k + 1]);
		int32_t from_k = down ? k + 1 : k - 1, from_x = was[from_k],
			from_y = from_x - from_k;

		while (x > from_x + !down && y > from_y + down) {
			x--;
			y--;
			keep(w, w->head + (size_t)x, w->head + (size_t)y);
		}
		x = from_x;
		y = from_y;
	}
	while (x > 0 && y > 0) {
		x--;
		y--;
		keep(w, w->head + (size_t)x, w->head + (size_t)y);
	}
}

/* Which lines of the middle stay. None, where the way is too long. */
static enum ward_err middle(struct work *w)
{
	int32_t n = (int32_t)(w->from.n - w->head - w->tail),
		m = (int32_t)(w->to.n - w->head - w->tail);
	int most = n + m < COST_MAX ? n + m : COST_MAX;
	int32_t **v = ward_arena_array(w->a, (size_t)most + 1, sizeof(v[0]));

	if (!v)
		return WARD_ERR_NOMEM;
	for (int d = 0; d <= most; d++) {
		int32_t *row = ward_arena_array(w->a, 2 * (size_t)d + 3, sizeof(row[0]));
		const int32_t *was = d ? v[d - 1] + d : NULL;

		if (!row)
			return WARD_ERR_NOMEM;
		v[d] = row;
		row += d + 1;
		for (int32_t k = -d; k <= d; k += 2) {
			int32_t x = !d ? 0
				    : k == -d || (k != d && was[k - 1] < was[k + 1])
					    ? was[k + 1]
					    : was[k - 1] + 1;
			int32_t y = x - k;

			while (x < n && y < m && x >= 0 && y >= 0 &&
				same(w, w->head + (size_t)x, w->head + (size_t)y)) {
				x++;
				y++;
			}
			row[k] = x;
			if (x >= n && y >= m) {
				walk_back(w, v, d, n, m);
				return WARD_OK;
			}
		}
	}
	return WARD_OK;
}

static enum ward_err mark(struct work *w)
{
	size_t least = w->from.n < w->to.n ? w->from.n : w->to.n;

	w->stays_from = ward_arena_array(w->a, w->from.n + 1, sizeof(bool));
	w->stays_to = ward_arena_array(w->a, w->to.n + 1, sizeof(bool));
	if (!w->stays_from || !w->stays_to)
		return WARD_ERR_NOMEM;
	while (w->head < least && same(w, w->head, w->head)) {
		keep(w, w->head, w->head);
		w->head++;
	}
	while (w->tail < least - w->head &&
		same(w, w->from.n - 1 - w->tail, w->to.n - 1 - w->tail)) {
		keep(w, w->from.n - 1 - w->tail, w->to.n - 1 - w->tail);
		w->tail++;
	}
	return middle(w);
}

/* All lines of both in order: taken out before put in. */
static struct ward_diff_line *in_order(const struct work *w, size_t *ret_n)
{
	struct ward_diff_line *l = ward_arena_array(w->a, w->from.n + w->to.n + 1, sizeof(l[0]));
	size_t i = 0, k = 0, n = 0;

	while (l && (i < w->from.n || k < w->to.n)) {
		if (i < w->from.n && !w->stays_from[i])
			l[n++] = (struct ward_diff_line){'-', w->from.p[i++]};
		else if (k < w->to.n && !w->stays_to[k])
			l[n++] = (struct ward_diff_line){'+', w->to.p[k++]};
		else {
			l[n++] = (struct ward_diff_line){' ', w->from.p[i++]};
			k++;
		}
	}
	*ret_n = n;
	return l;
}

static enum ward_err cut(struct ward_diff_line *l, size_t n, size_t around, struct ward_arena *a,
	struct ward_diff *ret)
{
	size_t n_change = 0, from = 1, to = 1, at = 0; /* numbers of l[at] */

	for (size_t i = 0; i < n; i++)
		n_change += l[i].sign != ' ';
	ret->hunk = ward_arena_array(a, n_change + 1, sizeof(ret->hunk[0]));
	if (!ret->hunk)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if (l[i].sign == ' ')
			continue;
		size_t begin = i > at + around ? i - around : at, last = i, end;

		for (size_t k = i; k < n && k <= last + 2 * around; k++)
			last = l[k].sign != ' ' ? k : last;
		end = last + around + 1 < n ? last + around + 1 : n;
		for (; at < begin; at++) { /* all of these stay */
			from++;
			to++;
		}
		ret->hunk[ret->n++] = (struct ward_diff_hunk){from, to, l + begin, end - begin};
		for (; at < end; at++) {
			from += l[at].sign != '+';
			to += l[at].sign != '-';
		}
		i = end - 1;
	}
	return WARD_OK;
}

static bool is_open(struct ward_str s)
{
	return s.len && s.p[s.len - 1] != '\n';
}

enum ward_err ward_diff_lines(struct ward_str from, struct ward_str to, size_t around,
	struct ward_arena *a, struct ward_diff *ret)
{
	struct work w = {.a = a};
	struct ward_diff d = {.from_open = is_open(from), .to_open = is_open(to)};
	size_t n = 0;
	enum ward_err err = split(from, a, &w.from);

	if (!err)
		err = split(to, a, &w.to);
	if (!err)
		err = mark(&w);
	struct ward_diff_line *l = err ? NULL : in_order(&w, &n);

	if (!err)
		err = l ? cut(l, n, around, a, &d) : WARD_ERR_NOMEM;
	if (!err)
		*ret = d;
	return err;
}
