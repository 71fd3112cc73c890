#include "logic/dd.h"

/* An operation under way: what recursion would keep on the stack. */
struct frame {
	uint32_t op, step, level;
	uint32_t a, b; /* operands */
	uint32_t a1, b1;
	uint32_t lo;
};

/* A result that is remembered; the last one of its place. */
struct memo {
	uint32_t op; /* + 1; 0 is empty */
	uint32_t a, b, r;
};

struct ward_dd {
	const struct ward_mem *mem;
	size_t node_max;
	struct ward_dd_node *node;
	size_t n, cap;
	uint32_t *bucket; /* n_bucket, a power of two; node, or 0 */
	struct memo *memo;
	size_t n_bucket; /* of both */
	struct frame *frame;
	size_t n_frame, cap_frame;
	uint64_t steps; /* that are left */
	uint32_t *list; /* of ward_dd_below */
	size_t n_list, cap_list;
	uint8_t *mark; /* [cap_mark] */
	size_t cap_mark;
};

enum { BUCKETS_FIRST = 1 << 10 };

static size_t hash3(const struct ward_dd *d, uint32_t a, uint32_t b, uint32_t c)
{
	uint64_t h = (uint64_t)a * 0x9e3779b97f4a7c15u ^ (uint64_t)b * 0xbf58476d1ce4e5b9u ^
		     (uint64_t)c * 0x94d049bb133111ebu;

	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	return (size_t)(h >> 32) & (d->n_bucket - 1);
}

static void hang(struct ward_dd *d, uint32_t f)
{
	struct ward_dd_node *n = &d->node[f];
	uint32_t *b = &d->bucket[hash3(d, n->level, n->lo, n->hi)];

	n->next = *b;
	*b = f;
}

/* Twice as many buckets; what was remembered is forgotten. */
static enum ward_err widen(struct ward_dd *d, size_t n_bucket)
{
	uint32_t *bucket = ward_mem_alloc(d->mem, n_bucket * sizeof(*bucket));
	struct memo *memo = ward_mem_alloc(d->mem, n_bucket * sizeof(*memo));

	if (!bucket || !memo) {
		ward_mem_free(d->mem, bucket, n_bucket * sizeof(*bucket));
		ward_mem_free(d->mem, memo, n_bucket * sizeof(*memo));
		return WARD_ERR_NOMEM;
	}
	ward_mem_free(d->mem, d->bucket, d->n_bucket * sizeof(*bucket));
	ward_mem_free(d->mem, d->memo, d->n_bucket * sizeof(*memo));
	d->bucket = bucket;
	d->memo = memo;
	d->n_bucket = n_bucket;
	for (uint32_t f = 2; f < d->n; f++)
		hang(d, f);
	return WARD_OK;
}

enum ward_err ward_dd_new(const struct ward_mem *mem, size_t node_max, struct ward_dd **ret)
{
	struct ward_dd *d = ward_mem_alloc(mem, sizeof(*d));
	enum ward_err err = d ? WARD_OK : WARD_ERR_NOMEM;

	WARD_ASSERT(node_max >= 2 && node_max <= (size_t)1 << 31);
	if (err)
		return err;
	d->mem = mem;
	d->node_max = node_max;
	d->steps = UINT64_MAX;
	err = widen(d, BUCKETS_FIRST);
	for (uint32_t i = 0; !err && i < 2; i++) {
		err = ward_mem_more(mem, &d->node, d->n, &d->cap, sizeof(*d->node), node_max);
		if (!err)
			d->node[d->n++] = (struct ward_dd_node){UINT32_MAX, i, i, 0};
	}
	if (err)
		ward_dd_free(d);
	else
		*ret = d;
	return err;
}

void ward_dd_free(struct ward_dd *d)
{
	if (!d)
		return;
	ward_mem_free(d->mem, d->node, d->cap * sizeof(*d->node));
	ward_mem_free(d->mem, d->bucket, d->n_bucket * sizeof(*d->bucket));
	ward_mem_free(d->mem, d->memo, d->n_bucket * sizeof(*d->memo));
	ward_mem_free(d->mem, d->frame, d->cap_frame * sizeof(*d->frame));
	ward_mem_free(d->mem, d->list, d->cap_list * sizeof(*d->list));
	ward_mem_free(d->mem, d->mark, d->cap_mark);
	ward_mem_free(d->mem, d, sizeof(*d));
}

void ward_dd_allow(struct ward_dd *d, size_t node_max)
{
	WARD_ASSERT(node_max >= d->n);
	d->node_max = node_max;
}

void ward_dd_budget(struct ward_dd *d, uint64_t steps)
{
	d->steps = steps;
}

size_t ward_dd_n(const struct ward_dd *d)
{
	return d->n;
}

const struct ward_dd_node *ward_dd_at(const struct ward_dd *d, uint32_t f)
{
	WARD_ASSERT(f < d->n);
	return &d->node[f];
}

/* The node of that triple, reduced as the operation's results are. */
static enum ward_err make(
	struct ward_dd *d, bool family, uint32_t level, uint32_t lo, uint32_t hi, uint32_t *ret)
{
	if (family ? hi == WARD_DD_FALSE : lo == hi) {
		*ret = lo;
		return WARD_OK;
	}
	for (uint32_t f = d->bucket[hash3(d, level, lo, hi)]; f; f = d->node[f].next) {
		const struct ward_dd_node *n = &d->node[f];

		if (n->level == level && n->lo == lo && n->hi == hi) {
			*ret = f;
			return WARD_OK;
		}
	}
	enum ward_err err =
		ward_mem_more(d->mem, &d->node, d->n, &d->cap, sizeof(*d->node), d->node_max);

	if (!err && d->n >= d->n_bucket)
		err = widen(d, d->n_bucket * 2);
	if (err)
		return err;
	d->node[d->n] = (struct ward_dd_node){level, lo, hi, 0};
	hang(d, (uint32_t)d->n);
	*ret = (uint32_t)d->n++;
	return WARD_OK;
}

enum ward_err ward_dd_var(struct ward_dd *d, uint32_t level, uint32_t *ret)
{
	WARD_ASSERT(level <= WARD_DD_LEVEL_MAX);
	return make(d, false, level, WARD_DD_FALSE, WARD_DD_TRUE, ret);
}

/* Is the result known without work? Operands that commute are put in order. */
static bool known(uint32_t op, uint32_t *a, uint32_t *b, uint32_t *ret)
{
	uint32_t x = *a, y = *b;

	if (op <= WARD_DD_XOR && x > y) {
		*a = y;
		*b = x;
		x = *a;
		y = *b;
	}
	switch (op) {
	case WARD_DD_AND:
		*ret = x == WARD_DD_FALSE ? x : y;
		return x <= WARD_DD_TRUE || x == y;
	case WARD_DD_OR:
		*ret = x == WARD_DD_FALSE ? y : x;
		return x <= WARD_DD_TRUE || x == y;
	case WARD_DD_XOR:
		*ret = x == WARD_DD_FALSE ? y : WARD_DD_FALSE;
		return x == WARD_DD_FALSE || x == y;
	case WARD_DD_CUTS:
		*ret = x;
		return x <= WARD_DD_TRUE;
	default:
		/* Families of minimal sets: the empty set is in one only as its only set. */
		*ret = y == WARD_DD_FALSE || (x == WARD_DD_TRUE && y != WARD_DD_TRUE)
			       ? x
			       : WARD_DD_FALSE;
		return x <= WARD_DD_TRUE || y <= WARD_DD_TRUE || x == y;
	}
}

/* Gives the result in *ret and true, or puts a frame on the stack. */
static enum ward_err call(
	struct ward_dd *d, uint32_t op, uint32_t a, uint32_t b, uint32_t *ret, bool *done)
{
	*done = known(op, &a, &b, ret);
	if (*done)
		return WARD_OK;
	const struct memo *m = &d->memo[hash3(d, op, a, b)];

	if (m->op == op + 1 && m->a == a && m->b == b) {
		*ret = m->r;
		*done = true;
		return WARD_OK;
	}
	if (d->steps == 0)
		return WARD_ERR_LIMIT;
	d->steps--;
	enum ward_err err = ward_mem_more(
		d->mem, &d->frame, d->n_frame, &d->cap_frame, sizeof(*d->frame), SIZE_MAX / 64);

	if (!err)
		d->frame[d->n_frame++] = (struct frame){.op = op, .a = a, .b = b};
	return err;
}

/* What one step of a frame asks for: another operation, or that its node be made. */
struct want {
	bool make;
	uint32_t op, a, b;
};

/* Functions: both halves by the same operation. */
static struct want step_function(const struct ward_dd *d, struct frame *f, uint32_t r)
{
	const struct ward_dd_node *a = &d->node[f->a], *b = &d->node[f->b];

	switch (f->step++) {
	case 0:
		f->level = a->level < b->level ? a->level : b->level;
		f->a1 = a->level == f->level ? a->hi : f->a;
		f->b1 = b->level == f->level ? b->hi : f->b;
		return (struct want){false, f->op, a->level == f->level ? a->lo : f->a,
			b->level == f->level ? b->lo : f->b};
	case 1:
		f->lo = r;
		return (struct want){false, f->op, f->a1, f->b1};
	default:
		return (struct want){.make = true};
	}
}

/* cuts(x ? hi : lo) = cuts(lo), and x with what of cuts(hi) contains no set of cuts(lo). */
static struct want step_cuts(const struct ward_dd *d, struct frame *f, uint32_t r)
{
	const struct ward_dd_node *a = &d->node[f->a];

	switch (f->step++) {
	case 0:
		f->level = a->level;
		return (struct want){false, WARD_DD_CUTS, a->lo, 0};
	case 1:
		f->lo = r;
		return (struct want){false, WARD_DD_CUTS, a->hi, 0};
	case 2:
		return (struct want){false, WARD_DD_WITHOUT, r, f->lo};
	default:
		return (struct want){.make = true};
	}
}

static struct want step_without(const struct ward_dd *d, struct frame *f, uint32_t r)
{
	const struct ward_dd_node *a = &d->node[f->a], *b = &d->node[f->b];
	bool above = a->level < b->level, same = a->level == b->level;

	switch (f->step++) {
	case 0:
		f->level = a->level;
		if (!above && !same) /* no set of a has b's variable */
			return (struct want){false, WARD_DD_WITHOUT, f->a, b->lo};
		return (struct want){false, WARD_DD_WITHOUT, a->lo, same ? b->lo : f->b};
	case 1:
		f->lo = r;
		if (!above && !same)
			return (struct want){.make = true};
		return (struct want){false, WARD_DD_WITHOUT, a->hi, same ? b->hi : f->b};
	case 2:
		if (above)
			return (struct want){.make = true};
		return (struct want){false, WARD_DD_WITHOUT, r, b->lo};
	default:
		return (struct want){.make = true};
	}
}

static enum ward_err finish(struct ward_dd *d, struct frame *f, uint32_t r, uint32_t *ret)
{
	bool tail = f->op == WARD_DD_WITHOUT && d->node[f->a].level > d->node[f->b].level;
	struct frame done = *f;
	enum ward_err err = WARD_OK;

	*ret = done.lo;
	if (!tail)
		err = make(d, done.op >= WARD_DD_CUTS, done.level, done.lo, r, ret);
	if (err)
		return err;
	d->n_frame--;
	d->memo[hash3(d, done.op, done.a, done.b)] =
		(struct memo){done.op + 1, done.a, done.b, *ret};
	return WARD_OK;
}

enum ward_err ward_dd_apply(
	struct ward_dd *d, enum ward_dd_op op, uint32_t a, uint32_t b, uint32_t *ret)
{
	static struct want (*const step[WARD_DD_OP_N])(const struct ward_dd *d, struct frame *f,
		uint32_t r) = {[WARD_DD_AND] = step_function,
		[WARD_DD_OR] = step_function,
		[WARD_DD_XOR] = step_function,
		[WARD_DD_CUTS] = step_cuts,
		[WARD_DD_WITHOUT] = step_without};
	uint32_t r = 0;
	bool done;

	WARD_ASSERT(a < d->n && (op == WARD_DD_CUTS || b < d->n) && op < WARD_DD_OP_N);
	d->n_frame = 0;
	enum ward_err err = call(d, op, a, op == WARD_DD_CUTS ? 0 : b, &r, &done);

	while (!err && d->n_frame) {
		struct frame *f = &d->frame[d->n_frame - 1];
		struct want w = step[f->op](d, f, r);

		err = w.make ? finish(d, f, r, &r) : call(d, w.op, w.a, w.b, &r, &done);
	}
	if (!err)
		*ret = r;
	return err;
}

/* row[j]: at least j of those seen so far. */
enum ward_err ward_dd_atleast(
	struct ward_dd *d, size_t k, const uint32_t *f, size_t n, uint32_t *ret)
{
	if (k == 0 || k > n) {
		*ret = k == 0 ? WARD_DD_TRUE : WARD_DD_FALSE;
		return WARD_OK;
	}
	uint32_t *row = ward_mem_alloc(d->mem, (k + 1) * sizeof(*row));
	enum ward_err err = row ? WARD_OK : WARD_ERR_NOMEM;

	for (size_t j = 0; !err && j <= k; j++)
		row[j] = j == 0 ? WARD_DD_TRUE : WARD_DD_FALSE;
	/* Backwards: the last operands mostly stand lowest in the order. */
	for (size_t i = n; !err && i-- > 0;)
		for (size_t j = k; !err && j > 0; j--) {
			uint32_t with;

			err = ward_dd_apply(d, WARD_DD_AND, f[i], row[j - 1], &with);
			if (!err)
				err = ward_dd_apply(d, WARD_DD_OR, with, row[j], &row[j]);
		}
	if (!err)
		*ret = row[k];
	ward_mem_free(d->mem, row, (k + 1) * sizeof(*row));
	return err;
}

static enum ward_err marks(struct ward_dd *d)
{
	if (d->cap_mark < d->n) {
		uint8_t *mark = ward_mem_resize(d->mem, d->mark, d->cap_mark, d->cap);

		if (!mark)
			return WARD_ERR_NOMEM;
		d->mark = mark;
		d->cap_mark = d->cap;
	}
	memset(d->mark, 0, d->n);
	d->mark[WARD_DD_FALSE] = d->mark[WARD_DD_TRUE] = 1;
	return WARD_OK;
}

/* Children have smaller numbers: one walk down marks all. */
static void mark_below(struct ward_dd *d, uint32_t top)
{
	for (uint32_t f = top; f > 1; f--)
		if (d->mark[f])
			d->mark[d->node[f].lo] = d->mark[d->node[f].hi] = 1;
}

enum ward_err ward_dd_below(struct ward_dd *d, uint32_t root, const uint32_t **ret, size_t *ret_n)
{
	enum ward_err err = marks(d);

	if (err)
		return err;
	d->mark[root] = 1;
	mark_below(d, root);
	d->n_list = 0;
	for (uint32_t f = 0; !err && f <= (root > 1 ? root : 1); f++) {
		if (!d->mark[f])
			continue;
		err = ward_mem_more(
			d->mem, &d->list, d->n_list, &d->cap_list, sizeof(*d->list), d->node_max);
		if (!err)
			d->list[d->n_list++] = f;
	}
	if (!err) {
		*ret = d->list;
		*ret_n = d->n_list;
	}
	return err;
}

enum ward_err ward_dd_sweep(struct ward_dd *d, uint32_t *root, size_t n)
{
	enum ward_err err = marks(d);
	uint32_t kept = 2;

	if (err)
		return err;
	for (size_t i = 0; i < n; i++)
		d->mark[root[i]] = 1;
	mark_below(d, (uint32_t)d->n - 1);
	memset(d->bucket, 0, d->n_bucket * sizeof(*d->bucket));
	memset(d->memo, 0, d->n_bucket * sizeof(*d->memo));
	/* Moving down keeps children below; `next` of the old place holds the new number. */
	for (uint32_t f = 2; f < d->n; f++) {
		struct ward_dd_node *x = &d->node[f];

		if (!d->mark[f])
			continue;
		x->lo = x->lo > 1 ? d->node[x->lo].next : x->lo;
		x->hi = x->hi > 1 ? d->node[x->hi].next : x->hi;
		x->next = kept++;
	}
	for (size_t i = 0; i < n; i++)
		root[i] = root[i] > 1 ? d->node[root[i]].next : root[i];
	for (uint32_t f = 2, to = 2; f < d->n; f++)
		if (d->mark[f])
			d->node[to++] = d->node[f];
	d->n = kept;
	for (uint32_t f = 2; f < kept; f++)
		hang(d, f);
	return WARD_OK;
}

enum ward_err ward_dd_probability(
	struct ward_dd *d, uint32_t f, const double *p, double *value, double *ret)
{
	const uint32_t *list;
	size_t n;
	enum ward_err err = ward_dd_below(d, f, &list, &n);

	if (err)
		return err;
	value[WARD_DD_FALSE] = 0;
	value[WARD_DD_TRUE] = 1;
	for (size_t i = 2; i < n; i++) {
		const struct ward_dd_node *x = &d->node[list[i]];

		value[list[i]] = p[x->level] * value[x->hi] + (1 - p[x->level]) * value[x->lo];
	}
	*ret = value[f];
	return WARD_OK;
}
