/* What the story knows: incidents, their signs, and what they hit. */
#include "story/priv.h"

enum { TALE_BYTES_MAX = 64 << 20, CARE_BYTES_MAX = 1 << 20, CHAIN_BYTES_MAX = 64 << 10 };
enum { CHAIN_ENDS = 3 }; /* of a longer chain so many links at each end are told */

/* How far apart two detections that say the same may be and still be one sign that came again: as
 * in `fuse`, where the same thing, and where only a person is known. */
#define REACH (24 * 3600 * WARD_NS_PER_S)
#define REACH_NOWHERE (2 * 3600 * WARD_NS_PER_S)

struct two {
	uint64_t a, b;
};

struct tale *ward_story_find(const struct ward_story *s, struct ward_id id, size_t *ret_at)
{
	for (size_t i = 0; i < s->n_tale; i++) {
		if (!ward_id_eq(s->tale[i]->id, id))
			continue;
		if (ret_at)
			*ret_at = i;
		return s->tale[i];
	}
	return NULL;
}

void ward_story_tale_free(struct ward_story *s, struct tale *t)
{
	for (size_t i = 0; i < t->n_care; i++)
		ward_arena_fini(&t->care[i].arena);
	ward_mem_free(s->mem, t->care, t->cap_care * sizeof(*t->care));
	ward_mem_free(s->mem, t->sign, t->cap_sign * sizeof(*t->sign));
	ward_tab_fini(&t->sign_by);
	ward_tab_fini(&t->seen);
	ward_tab_fini(&t->care_by);
	ward_tab_fini(&t->hit);
	ward_tab_fini(&t->asset);
	ward_arena_fini(&t->arena);
	ward_mem_free(s->mem, t, sizeof(*t));
}

/* The table is full: the incident that was quiet longest is forgotten. */
static void forget(struct ward_story *s)
{
	size_t oldest = 0;

	for (size_t i = 1; i < s->n_tale; i++)
		if (s->tale[i]->last < s->tale[oldest]->last)
			oldest = i;
	ward_story_tale_free(s, s->tale[oldest]);
	memmove(&s->tale[oldest], &s->tale[oldest + 1],
		(--s->n_tale - oldest) * sizeof(struct tale *));
	ward_story_count(s, "story.forgotten");
}

enum ward_err ward_story_tale_new(struct ward_story *s, struct ward_id id, struct tale **ret)
{
	size_t max = ward_limit(&s->lim, WARD_LIMIT_FUSE_INCIDENTS);
	size_t signs = ward_limit(&s->lim, WARD_LIMIT_STORY_SIGNS);
	size_t states = ward_limit(&s->lim, WARD_LIMIT_IMPACT_STATES);
	enum ward_err err;
	struct tale *t;

	if (s->n_tale == max)
		forget(s);
	err = ward_mem_more(s->mem, &s->tale, s->n_tale, &s->cap_tale, sizeof(t), max);
	if (err)
		return err;
	t = ward_mem_alloc(s->mem, sizeof(*t));
	if (!t)
		return WARD_ERR_NOMEM;
	t->id = id;
	ward_arena_init(&t->arena, s->mem, TALE_BYTES_MAX);
	ward_tab_init(&t->sign_by, s->mem, sizeof(struct two), sizeof(uint32_t), signs);
	ward_tab_init(&t->seen, s->mem, sizeof(struct ward_id), 0,
		ward_limit(&s->lim, WARD_LIMIT_FUSE_DETECTIONS));
	ward_tab_init(&t->care_by, s->mem, sizeof(struct two), sizeof(uint32_t), states);
	ward_tab_init(&t->hit, s->mem, sizeof(struct ward_id), sizeof(struct hit), states);
	ward_tab_init(&t->asset, s->mem, sizeof(uint64_t), sizeof(uint32_t), states);
	s->tale[s->n_tale++] = t;
	*ret = t;
	return WARD_OK;
}

static uint64_t hash(const struct ward_story *s, struct ward_str text)
{
	return ward_siphash(s->seed, text.p, text.len);
}

/* The index of a key, n when it is new. */
static enum ward_err index_of(
	struct ward_tab *tab, const void *key, size_t n, uint32_t *ret, bool *ret_new)
{
	void *val;
	enum ward_err err = ward_tab_put(tab, key, &val, ret_new);

	if (err)
		return err;
	if (*ret_new) {
		*ret = (uint32_t)n;
		memcpy(val, ret, sizeof(*ret));
	} else {
		memcpy(ret, val, sizeof(*ret));
	}
	return WARD_OK;
}

/* Notes that a detection or clip is of this incident. When there is no room for more, all are
 * forgotten: one that comes again is then known by what it says. */
static enum ward_err remember(struct tale *t, const struct ward_id *id, bool *ret_new)
{
	void *unused;

	if (t->seen.n == t->seen.max)
		ward_tab_fini(&t->seen);
	return ward_tab_put(&t->seen, id, &unused, ret_new);
}

enum ward_err ward_story_clip(struct tale *t, const struct ward_record *r, bool *ret_new)
{
	return remember(t, &r->id, ret_new);
}

enum ward_err ward_story_sign(struct ward_story *s, struct tale *t,
	const struct ward_record_member *m, struct sign **ret, bool *ret_new)
{
	struct two key = {hash(s, m->title), hash(s, m->on)};
	uint32_t at;
	bool unused_new;
	enum ward_err err = remember(t, &m->detection, &unused_new);

	if (!err)
		err = ward_mem_more(s->mem, &t->sign, t->n_sign, &t->cap_sign, sizeof(*t->sign),
			ward_limit(&s->lim, WARD_LIMIT_STORY_SIGNS) + 1);
	if (!err)
		err = index_of(&t->sign_by, &key, t->n_sign, &at, ret_new);
	if (err)
		return err;
	*ret = &t->sign[at];
	if (*ret_new) {
		**ret = (struct sign){.title = ward_arena_str(&t->arena, m->title),
			.on = ward_arena_str(&t->arena, m->on),
			.where = ward_arena_str(&t->arena, m->where),
			.level = m->level,
			.first = m->time,
			.last = m->last};
		if (!(*ret)->title.p || !(*ret)->on.p || !(*ret)->where.p) {
			(void)ward_tab_del(&t->sign_by, &key);
			return WARD_ERR_NOMEM;
		}
		t->n_sign++;
	}
	(*ret)->first = m->time < (*ret)->first ? m->time : (*ret)->first;
	(*ret)->last = m->last > (*ret)->last ? m->last : (*ret)->last;
	(*ret)->level = m->level > (*ret)->level ? m->level : (*ret)->level;
	(*ret)->n = m->count > UINT64_MAX - (*ret)->n ? UINT64_MAX : (*ret)->n + m->count;
	return WARD_OK;
}

enum ward_err ward_story_expects(
	struct ward_story *s, struct tale *t, const struct ward_record_member *m)
{
	bool unused_new;

	(void)s;
	t->n_expected =
		m->count > UINT64_MAX - t->n_expected ? UINT64_MAX : t->n_expected + m->count;
	return remember(t, &m->detection, &unused_new);
}

enum ward_err ward_story_first_expected(struct ward_story *s, const struct loose *l, bool *ret)
{
	uint64_t key[] = {hash(s, l->title), hash(s, l->on), hash(s, l->permit.id)};
	void *unused;

	if (s->expected.n == s->expected.max)
		ward_tab_fini(&s->expected); /* one may then be told again */
	return ward_tab_put(&s->expected, key, &unused, ret);
}

/* Between the end of one and the begin of the other; 0 when they overlap. */
static ward_ns gap(const struct sign *sign, const struct loose *l)
{
	ward_ns from = sign->last < l->last ? sign->last : l->last;
	ward_ns to = sign->first > l->first ? sign->first : l->first, d;

	if (to <= from)
		return 0;
	return ward_sub(to, from, &d) ? d : INT64_MAX;
}

/* The sign of this incident that a detection repeats; NULL when there is none. */
static struct sign *repeated(const struct ward_story *s, struct tale *t, const struct loose *l)
{
	struct two key = {hash(s, l->title), hash(s, l->on)};
	const void *val = ward_tab_find(&t->sign_by, &key);
	struct sign *sign;
	uint32_t at;

	if (!val || ward_str_eqz(t->state, "dismissed"))
		return NULL;
	memcpy(&at, val, sizeof(at));
	sign = &t->sign[at];
	if (!sign->n || l->level > sign->level)
		return NULL;
	return gap(sign, l) <= (l->on.len ? REACH : REACH_NOWHERE) ? sign : NULL;
}

enum ward_err ward_story_repeat(struct ward_story *s, const struct loose *l, bool *ret)
{
	enum ward_err err = WARD_OK;

	*ret = false;
	for (size_t i = s->n_tale; i-- > 0;) {
		struct tale *t = s->tale[i];
		struct sign *sign = repeated(s, t, l);
		bool is_new;

		if (!sign)
			continue;
		err = remember(t, &l->id, &is_new);
		if (err)
			return err;
		*ret = true;
		/* within the span it is among those that the incident has counted */
		if (!is_new || l->last <= sign->last)
			return WARD_OK;
		sign->last = l->last;
		t->last = l->last > t->last ? l->last : t->last;
		sign->n += sign->n < UINT64_MAX;
		t->again = true;
		return WARD_OK;
	}
	return WARD_OK;
}

static void put_link(
	struct ward_story *s, struct ward_wr *w, const struct ward_record_link *l, bool named)
{
	struct ward_wr *what = &s->aside;

	ward_wr_reset(what);
	ward_say_inner(what, l->group.len ? l->group : ward_tell_text(s, l->threat));
	const struct ward_word_slot slot[] = {{"name", l->name}, {"what", ward_wr_text(what)}};
	const char *english = !l->group.len ? WARD_TEXT("{name}: {what}")
			      : named       ? WARD_TEXT("{name}: not enough {what}")
					    : WARD_TEXT("not enough {what}");

	if (!named && !l->group.len)
		ward_wr_str(w, slot[1].text);
	else
		ward_say_text(w, ward_lang_text(s->lang, ward_str_z(english)), slot, 2);
	ward_wr_reset(what);
}

/* "Theatre 4: too warm, then does not work → Operating theatres: not enough theatres" */
static void put_chain(struct ward_story *s, struct ward_wr *w, const struct ward_record *r)
{
	struct ward_str then = ward_tell_text(s, ward_str_z(WARD_TEXT(", then ")));
	const struct ward_record_link *before = NULL;

	for (size_t i = 0; i < r->n_link; i++) {
		const struct ward_record_link *l = &r->link[i];
		bool named = !before || !ward_str_eq(before->name, l->name);

		if (i >= CHAIN_ENDS && r->n_link - i > CHAIN_ENDS) {
			if (i == CHAIN_ENDS)
				ward_wr_z(w, " → …");
			before = NULL;
			continue;
		}
		if (i > 0)
			ward_wr_str(w, named ? WARD_STR(" → ") : then);
		put_link(s, w, l, named);
		before = l;
	}
}

/* Texts of a new revision into the care's arena. */
static enum ward_err renew(struct ward_story *s, struct care *c, const struct ward_record *r)
{
	struct ward_wr w = ward_wr_grow(s->mem, CHAIN_BYTES_MAX);
	enum ward_err err = WARD_OK;

	put_chain(s, &w, r);
	ward_arena_reset(&c->arena);
	c->name = ward_arena_str(&c->arena, r->asset_name);
	c->threat_name = ward_arena_str(&c->arena, ward_tell_text(s, r->threat_name));
	c->chain = ward_arena_str(&c->arena, ward_wr_text(&w));
	if (!c->name.p || !c->threat_name.p || !c->chain.p) {
		c->name = c->threat_name = c->chain = WARD_STR("");
		err = WARD_ERR_NOMEM;
	}
	ward_wr_fini(&w); /* a chain over the limit is cut */
	return err;
}

static enum ward_err keep_care(
	struct ward_story *s, struct tale *t, const struct ward_record *r, uint32_t *ret)
{
	struct two key = {hash(s, r->asset), hash(s, r->threat)};
	bool is_new;
	enum ward_err err = ward_mem_more(s->mem, &t->care, t->n_care, &t->cap_care,
		sizeof(*t->care), ward_limit(&s->lim, WARD_LIMIT_IMPACT_STATES) + 1);

	if (!err)
		err = index_of(&t->care_by, &key, t->n_care, ret, &is_new);
	if (err)
		return err;
	struct care *c = &t->care[*ret];

	if (is_new) {
		*c = (struct care){.asset = key.a};
		ward_arena_init(&c->arena, s->mem, CARE_BYTES_MAX);
		t->n_care++;
	}
	c->outage = ward_str_eqz(r->threat, "outage");
	c->lo_micro = r->lo_micro;
	c->hi_micro = r->hi_micro;
	c->further = r->further;
	c->priority_micro = r->priority_micro;
	c->earliest = r->earliest;
	c->expected = r->expected;
	c->alive = true;
	return renew(s, c, r);
}

/* One impact more on something that is no service. */
static enum ward_err asset_hit(struct tale *t, uint64_t asset)
{
	uint32_t n = 0;
	void *val;
	enum ward_err err = ward_tab_put(&t->asset, &asset, &val, NULL);

	if (err)
		return err;
	memcpy(&n, val, sizeof(n));
	n++;
	memcpy(val, &n, sizeof(n));
	return WARD_OK;
}

static void asset_freed(struct tale *t, uint64_t asset)
{
	void *val = ward_tab_find(&t->asset, &asset);
	uint32_t n;

	if (!val)
		return;
	memcpy(&n, val, sizeof(n));
	n--;
	memcpy(val, &n, sizeof(n));
	if (!n)
		(void)ward_tab_del(&t->asset, &asset);
}

static void take_back(struct tale *t, struct hit *h)
{
	if (h->care)
		t->care[h->care - 1].alive = false;
	else if (h->asset)
		asset_freed(t, h->asset);
	h->asset = 0;
	h->care = 0;
}

/* Once for each thing and threat; of a great many the first are enough. */
static enum ward_err note_unknown(struct ward_story *s, struct tale *t, const struct ward_record *r)
{
	struct ward_str text;

	ward_wr_reset(&s->aside);
	WARD_SAY(&s->aside, s->lang, WARD_TEXT("{name}: {what}"), {"name", r->asset_name},
		{"what", ward_lang_text(s->lang, r->threat_name)});
	text = ward_wr_text(&s->aside);
	for (size_t i = 0; i < t->n_unknown; i++)
		if (ward_str_eq(t->unknown[i], text))
			return WARD_OK;
	if (t->n_unknown == UNKNOWN_MAX)
		return WARD_OK;
	text = ward_arena_str(&t->arena, text);
	if (!text.p)
		return WARD_ERR_NOMEM;
	t->unknown[t->n_unknown++] = text;
	return WARD_OK;
}

enum ward_err ward_story_impact(struct ward_story *s, struct tale *t, const struct ward_record *r)
{
	enum ward_err err;
	struct hit *h;
	void *val;

	err = ward_tab_put(&t->hit, &r->id, &val, NULL);
	if (err)
		return err;
	h = val;
	if (h->revision >= r->revision) {
		ward_story_count(s, "story.late");
		return WARD_OK;
	}
	h->revision = r->revision;
	take_back(t, h);
	t->care_changed = true;
	if (r->withdrawn)
		return WARD_OK;
	err = r->unknown ? note_unknown(s, t, r) : WARD_OK;
	if (err)
		return err;
	if (r->service) {
		uint32_t at;

		err = keep_care(s, t, r, &at);
		if (!err)
			h->care = at + 1;
		return err;
	}
	h->asset = hash(s, r->asset);
	err = asset_hit(t, h->asset);
	if (err)
		h->asset = 0;
	return err;
}
