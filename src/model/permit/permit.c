#include "model/permit/permit.h"

enum { PERMIT_BYTES_MAX = 64 << 10 };

static const ward_ns near_time = 12 * 3600 * WARD_NS_PER_S, keep_time = 24 * 3600 * WARD_NS_PER_S;

struct held {
	struct ward_arena arena;
	struct ward_permit p;
};

struct ward_permits {
	const struct ward_mem *mem;
	const struct ward_model *m;
	struct held **held; /* by id */
	size_t n, cap, max;
};

const char *ward_permit_miss_name(enum ward_permit_miss m)
{
	static const char *const name[] = {"covers", "badge", "effect", "asset", "place", "time"};

	_Static_assert(WARD_ARRAY_LEN(name) == WARD_PERMIT_MISS_N, "a name for each");
	WARD_ASSERT((unsigned)m < WARD_PERMIT_MISS_N);
	return name[m];
}

/* Is the node, or what it is in or on, the one that was named? */
static bool within(const struct ward_model *m, uint32_t node, uint32_t named)
{
	if (node == WARD_NONE)
		return false;
	const struct ward_node *n = ward_model_node(m, node);

	if (n->zone == named || n->network == named)
		return true;
	for (; node != WARD_NONE; node = ward_model_node(m, node)->parent)
		if (node == named)
			return true;
	return false;
}

static bool any_within(
	const struct ward_model *m, uint32_t node, const uint32_t *named, size_t n_named)
{
	for (size_t i = 0; i < n_named; i++)
		if (within(m, node, named[i]))
			return true;
	return false;
}

static bool in_list(uint32_t x, const uint32_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == x)
			return true;
	return false;
}

static ward_ns end_of(const struct ward_permit *p)
{
	return p->ended < p->until ? p->ended : p->until;
}

/* The time between the permit's and the sign's; 0 when they touch. */
static ward_ns apart(const struct ward_permit *p, const struct ward_permit_sign *s)
{
	ward_ns end = end_of(p), gap = 0;

	if (s->first > end)
		return ward_sub(s->first, end, &gap) ? gap : WARD_NS_NEVER;
	if (s->last < p->from)
		return ward_sub(p->from, s->last, &gap) ? gap : WARD_NS_NEVER;
	return 0;
}

bool ward_permit_meets(const struct ward_model *m, const struct ward_permit *p,
	const struct ward_permit_sign *s, enum ward_permit_miss *ret_miss)
{
	/* where it is: at its place, else where the asset is */
	const bool holds[WARD_PERMIT_MISS_N] = {
		[WARD_PERMIT_COVERS] = true,
		[WARD_PERMIT_BADGE] =
			!p->badge.len || !s->actor.len || ward_str_eq(p->badge, s->actor),
		[WARD_PERMIT_EFFECT] =
			s->threat != WARD_NONE && in_list(s->threat, p->threat, p->n_threat),
		[WARD_PERMIT_ASSET] = !p->n_asset || any_within(m, s->asset, p->asset, p->n_asset),
		[WARD_PERMIT_PLACE] = !p->n_place ||
				      any_within(m, s->place, p->place, p->n_place) ||
				      any_within(m, s->asset, p->place, p->n_place),
		[WARD_PERMIT_TIME] = s->first >= p->from && s->last <= end_of(p),
	};
	size_t n = 0;

	*ret_miss = WARD_PERMIT_COVERS;
	for (unsigned i = WARD_PERMIT_MISS_N; i-- > 0;) {
		if (holds[i])
			continue;
		*ret_miss = (enum ward_permit_miss)i;
		n++;
	}
	return n == 0 || (n == 1 && (holds[WARD_PERMIT_TIME] || apart(p, s) <= near_time));
}

static void say_nodes(struct ward_wr *w, const struct ward_model *m, const uint32_t *node, size_t n)
{
	for (size_t i = 0; i < n && i < 2; i++) {
		if (i)
			ward_wr_z(w, ", ");
		ward_wr_str(w, ward_model_node(m, node[i])->name);
	}
	if (n > 2)
		ward_wr_printf(w, " and %zu more", n - 2);
}

static void say_effect(
	struct ward_wr *w, const struct ward_model *m, const struct ward_permit_sign *s)
{
	if (s->threat == WARD_NONE) {
		ward_wr_z(w, "it expects threats, and this tells of none");
		return;
	}
	ward_wr_z(w, "it does not expect \u201c");
	ward_wr_str(w, ward_threats_at(ward_model_threats(m), s->threat)->name);
	ward_wr_z(w, "\u201d");
}

static void say_time(
	struct ward_wr *w, const struct ward_permit *p, const struct ward_permit_sign *s)
{
	if (s->last < p->from)
		ward_wr_z(w, "it has not begun");
	else if (s->first < p->from)
		ward_wr_z(w, "it began meanwhile");
	else if (p->ended < p->until)
		ward_wr_z(w, "it was ended early");
	else
		ward_wr_z(w, s->first > p->until ? "it is over" : "it ended meanwhile");
}

void ward_permit_say_miss(const struct ward_model *m, const struct ward_permit *p,
	const struct ward_permit_sign *s, enum ward_permit_miss miss, struct ward_wr *w)
{
	switch (miss) {
	case WARD_PERMIT_BADGE:
		ward_wr_z(w, "it is for another badge");
		break;
	case WARD_PERMIT_EFFECT:
		say_effect(w, m, s);
		break;
	case WARD_PERMIT_ASSET:
		ward_wr_z(w, "it is for ");
		say_nodes(w, m, p->asset, p->n_asset);
		break;
	case WARD_PERMIT_PLACE:
		ward_wr_z(w, "it is for ");
		say_nodes(w, m, p->place, p->n_place);
		break;
	case WARD_PERMIT_TIME:
		say_time(w, p, s);
		break;
	case WARD_PERMIT_COVERS:
	case WARD_PERMIT_MISS_N:
		break;
	}
}

enum ward_err ward_permits_new(const struct ward_model *m, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_permits **ret)
{
	struct ward_permits *s = ward_mem_alloc(mem, sizeof(*s));

	if (!s)
		return WARD_ERR_NOMEM;
	s->mem = mem;
	s->m = m;
	s->max = ward_limit(lim, WARD_LIMIT_MODEL_PERMITS);
	*ret = s;
	return WARD_OK;
}

static void drop(struct ward_permits *s, struct held *h)
{
	ward_arena_fini(&h->arena);
	ward_mem_free(s->mem, h, sizeof(*h));
}

void ward_permits_clear(struct ward_permits *s)
{
	for (size_t i = 0; i < s->n; i++)
		drop(s, s->held[i]);
	s->n = 0;
}

void ward_permits_clear_told(struct ward_permits *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (s->held[i]->p.decided)
			s->held[n++] = s->held[i];
		else
			drop(s, s->held[i]);
	}
	s->n = n;
}

void ward_permits_free(struct ward_permits *s)
{
	if (!s)
		return;
	ward_permits_clear(s);
	ward_mem_free(s->mem, s->held, s->cap * sizeof(struct held *));
	ward_mem_free(s->mem, s, sizeof(*s));
}

void ward_permits_freep(struct ward_permits **s)
{
	ward_permits_free(*s);
	*s = NULL;
}

static bool same_list(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
	return n_a == n_b && (!n_a || memcmp(a, b, n_a * sizeof(*a)) == 0);
}

bool ward_permit_same(const struct ward_permit *a, const struct ward_permit *b)
{
	return ward_str_eq(a->id, b->id) && ward_str_eq(a->who, b->who) &&
	       ward_str_eq(a->why, b->why) && ward_str_eq(a->badge, b->badge) &&
	       ward_str_eq(a->by, b->by) && ward_str_eq(a->ended_by, b->ended_by) &&
	       same_list(a->place, a->n_place, b->place, b->n_place) &&
	       same_list(a->asset, a->n_asset, b->asset, b->n_asset) &&
	       same_list(a->threat, a->n_threat, b->threat, b->n_threat) && a->from == b->from &&
	       a->until == b->until && a->ended == b->ended && a->made == b->made &&
	       a->decided == b->decided;
}

static bool copy_list(struct ward_arena *a, uint32_t **list, size_t n)
{
	uint32_t *to = ward_arena_array(a, n, sizeof(*to));

	if (to && n)
		memcpy(to, *list, n * sizeof(*to));
	*list = to;
	return to != NULL;
}

static enum ward_err copy(struct ward_permits *s, const struct ward_permit *p, struct held **ret)
{
	struct held *h = ward_mem_alloc(s->mem, sizeof(*h));

	if (!h)
		return WARD_ERR_NOMEM;
	ward_arena_init(&h->arena, s->mem, PERMIT_BYTES_MAX);
	h->p = *p;
	struct ward_str *text[] = {
		&h->p.id, &h->p.who, &h->p.why, &h->p.badge, &h->p.by, &h->p.ended_by};
	bool ok = copy_list(&h->arena, &h->p.place, p->n_place) &&
		  copy_list(&h->arena, &h->p.asset, p->n_asset) &&
		  copy_list(&h->arena, &h->p.threat, p->n_threat);

	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++) {
		*text[i] = ward_arena_str(&h->arena, *text[i]);
		ok = ok && text[i]->p;
	}
	if (!ok) {
		drop(s, h);
		return WARD_ERR_NOMEM;
	}
	*ret = h;
	return WARD_OK;
}

/* The index of the first id that is not less. */
static size_t place_of(const struct ward_permits *s, struct ward_str id)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ward_str_cmp(s->held[mid]->p.id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

enum ward_err ward_permits_put(struct ward_permits *s, const struct ward_permit *p, bool *ret_news)
{
	size_t at = place_of(s, p->id);
	bool there = at < s->n && ward_str_eq(s->held[at]->p.id, p->id);
	struct held *h;
	enum ward_err err = WARD_OK;

	if (ret_news)
		*ret_news = false;
	if (there && ward_permit_same(&s->held[at]->p, p))
		return WARD_OK;
	if (!there)
		err = ward_mem_more(s->mem, &s->held, s->n, &s->cap, sizeof(struct held *), s->max);
	if (!err)
		err = copy(s, p, &h);
	if (err)
		return err;
	if (there) {
		drop(s, s->held[at]);
	} else {
		memmove(&s->held[at + 1], &s->held[at], (s->n - at) * sizeof(struct held *));
		s->n++;
	}
	s->held[at] = h;
	if (ret_news)
		*ret_news = true;
	return WARD_OK;
}

size_t ward_permits_n(const struct ward_permits *s)
{
	return s->n;
}

const struct ward_permit *ward_permits_at(const struct ward_permits *s, size_t i)
{
	WARD_ASSERT(i < s->n);
	return &s->held[i]->p;
}

const struct ward_permit *ward_permits_find(const struct ward_permits *s, struct ward_str id)
{
	size_t at = place_of(s, id);

	return at < s->n && ward_str_eq(s->held[at]->p.id, id) ? &s->held[at]->p : NULL;
}

void ward_permits_expire(struct ward_permits *s, ward_ns now)
{
	ward_ns before;
	size_t n = 0;

	if (!ward_sub(now, keep_time, &before))
		return;
	for (size_t i = 0; i < s->n; i++) {
		const struct ward_permit *p = &s->held[i]->p;

		if ((p->decided ? p->until : end_of(p)) < before)
			drop(s, s->held[i]);
		else
			s->held[n++] = s->held[i];
	}
	s->n = n;
}

struct ward_permit_answer ward_permits_judge(
	const struct ward_permits *s, const struct ward_permit_sign *sign)
{
	struct ward_permit_answer best = {NULL, WARD_PERMIT_MISS_N};

	for (size_t i = 0; i < s->n; i++) { /* in order of id: the first of equals stays */
		const struct ward_permit *p = &s->held[i]->p;
		enum ward_permit_miss miss;

		if (!ward_permit_meets(s->m, p, sign, &miss))
			continue;
		if (miss < best.miss ||
			(miss == WARD_PERMIT_COVERS && best.miss == WARD_PERMIT_COVERS &&
				p->until > best.permit->until))
			best = (struct ward_permit_answer){p, miss};
	}
	return best;
}
