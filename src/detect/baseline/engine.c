/* One event through the profiles that take it. */
#include "detect/baseline/priv.h"

enum {
	ARENA_MAX = 64 << 20,
	REASON_MAX = 400,
	RANGE_MIN = 10,  /* numbers before a range is judged */
	DRIFT_DAYS = 7,  /* distinct days on which a deviation must be seen to become usual */
	WEEK_DAYS = 28,  /* before hours of the week are judged */
	AGE_MOST = 8192, /* numbers of a range; then old ones count half */
	QUIET_DAYS = 3,  /* so long after a deviation a detection on the key counts as open */
	ENTRIES_MAX = 1 << 26,
	USUAL_SHOWN = 3, /* values beside one that is not usual */
	USUAL_BYTES = USUAL_SHOWN * (WARD_BL_TEXT_MAX + 4) + 32,
};

static const ward_ns hour_ns = 3600 * WARD_NS_PER_S, day_ns = 86400 * WARD_NS_PER_S;

enum ward_err ward_baseline_new(const struct ward_bl_profiles *p, const struct ward_bl_config *cfg,
	const struct ward_mem *mem, struct ward_baseline **ret)
{
	struct ward_baseline *b = ward_mem_alloc(mem, sizeof(*b));

	if (!b)
		return WARD_ERR_NOMEM;
	b->profiles = p;
	b->mem = mem;
	b->cfg = *cfg;
	b->of = ward_mem_alloc(mem, (p->n + 1) * sizeof(*b->of));
	ward_tab_init(&b->keys, mem, sizeof(struct ward_id), sizeof(struct ward_bl_key *),
		ward_limit(p->lim, WARD_LIMIT_BASELINE_KEYS));
	ward_tab_init(&b->entries, mem, sizeof(struct ward_id), sizeof(struct ward_bl_entry *),
		ENTRIES_MAX);
	ward_tab_init(&b->groups, mem, sizeof(struct ward_id), sizeof(struct ward_bl_group *),
		ward_limit(p->lim, WARD_LIMIT_BASELINE_KEYS));
	ward_tab_init(&b->shared, mem, sizeof(struct ward_id), sizeof(uint64_t), ENTRIES_MAX);
	ward_arena_init(&b->arena, mem, ARENA_MAX);
	enum ward_err err = b->of ? ward_bl_held_init(b) : WARD_ERR_NOMEM;

	if (!err && cfg->model)
		err = ward_walk_new(cfg->model, mem, &b->walk);
	if (err) {
		ward_baseline_free(b);
		return err;
	}
	for (size_t i = 0; i < p->n; i++) {
		b->of[i].first = INT64_MAX;
		b->of[i].last = INT64_MIN;
		b->allowed |= (uint64_t)(!p->p[i].persons || cfg->persons) << i;
	}
	*ret = b;
	return WARD_OK;
}

static bool always(void *ctx, const struct ward_bl_key *k)
{
	(void)ctx;
	(void)k;
	return true;
}

void ward_baseline_free(struct ward_baseline *b)
{
	if (!b)
		return;
	(void)ward_bl_keys_drop(b, always, NULL);
	ward_tab_fini(&b->keys);
	ward_tab_fini(&b->entries);
	ward_tab_fini(&b->groups);
	ward_tab_fini(&b->shared);
	ward_bl_held_fini(b);
	ward_walk_free(b->walk);
	ward_arena_fini(&b->arena);
	ward_mem_free(b->mem, b->key, b->cap_key * sizeof(*b->key));
	ward_mem_free(b->mem, b->mask, b->n_mask * sizeof(*b->mask));
	ward_mem_free(b->mem, b->of, (b->profiles->n + 1) * sizeof(*b->of));
	ward_mem_free(b->mem, b, sizeof(*b));
}

struct ward_bl_stats ward_baseline_stats(const struct ward_baseline *b)
{
	return b->stats;
}

/* Day of a time, also before 1970. */
static int64_t day_no(ward_ns t)
{
	return t / day_ns - (t % day_ns < 0);
}

/* ---- deviations ---- */

/* A deviation that goes on becomes usual: after the profile's drift, on enough days, and while
 * nothing else is odd about the key. */
static enum ward_err drift(
	struct ward_baseline *b, const struct ward_bl_look *l, size_t dim, struct ward_bl_entry *en)
{
	ward_ns age, quiet;

	if (l->frozen || !l->p->drift || en->days < DRIFT_DAYS ||
		!ward_sub(b->time, en->first, &age) || age < l->p->drift ||
		!ward_sub(b->time, l->key->odd_at, &quiet) || quiet < QUIET_DAYS * day_ns)
		return WARD_OK;
	b->stats.n_drifted++;
	return ward_bl_entry_accept(b, l->key, dim, en, WARD_BL_USUAL);
}

static enum ward_err again(
	struct ward_baseline *b, const struct ward_bl_look *l, size_t dim, struct ward_bl_entry *en)
{
	en->days += en->last == INT64_MIN || day_no(b->time) > day_no(en->last);
	enum ward_err err = ward_bl_entry_see(b, l->key, dim, en, 1, b->time, b->time);

	return !err && en->state == WARD_BL_ODD ? drift(b, l, dim, en) : err;
}

/* What a third of its peers do is no surprise. */
static bool is_common(const struct ward_baseline *b, const struct ward_bl_key *k, size_t dim,
	struct ward_str text)
{
	size_t n = ward_bl_peers(k);

	return n >= WARD_BL_PEERS_MIN && ward_bl_peers_have(b, k, dim, text) >= (n + 2) / 3;
}

enum ward_err ward_bl_deviate(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim,
	struct ward_str text, const int64_t *milli, const struct ward_bl_words *words)
{
	struct ward_bl_entry *en = ward_bl_entry_find(b, ward_bl_entry_id(l->key, dim, text));
	bool known = en != NULL;
	enum ward_err err = known ? WARD_OK : ward_bl_entry_new(b, l->key, dim, text, &en);

	if (err)
		return err;
	if (!known)
		en->state = WARD_BL_ODD;
	err = again(b, l, dim, en);
	if (milli && !err)
		err = ward_bl_number_see(b, l->key, dim, en, *milli, 1);
	b->stats.n_repeated += known && en->state == WARD_BL_ODD;
	if (err || known)
		return err;
	l->key->odd_at = b->time;
	ward_bl_tell(b, &(struct ward_bl_told){
				l->key, dim, en->id, text, words, is_common(b, l->key, dim, text)});
	return WARD_OK;
}

/* ---- values ---- */

static ward_ns known_for(const struct ward_bl_look *l)
{
	ward_ns span;

	return ward_sub(l->key->last, l->key->first, &span) ? span : 0;
}

static struct ward_str never_seen(const struct ward_baseline *b, const struct ward_bl_look *l,
	size_t dim, struct ward_str text, struct ward_wr *w)
{
	const struct ward_bl_dim_state *d = &l->key->dim[dim];
	size_t n = 0;

	for (const struct ward_bl_entry *en = d->head; en; en = en->next)
		n += en->state != WARD_BL_ODD;
	ward_wr_z(w, "never seen in ");
	ward_bl_put_span(w, known_for(l));
	ward_wr_printf(w, ", %llu seen with %zu other%s", (unsigned long long)d->total, n,
		n == 1 ? "" : "s");
	ward_bl_put_peers(b, l->key, dim, text, w);
	return ward_wr_text(w);
}

static struct ward_str text_of(const struct ward_bl_entry *en)
{
	return (struct ward_str){en->text, en->len};
}

/* Those of a dimension's usual values that were seen most. */
static struct ward_str most_seen(const struct ward_bl_dim_state *d, struct ward_wr *w)
{
	const struct ward_bl_entry *top[USUAL_SHOWN];
	size_t n = 0, all = 0;

	for (const struct ward_bl_entry *en = d->head; en; en = en->next) {
		size_t at = n;

		if (en->state == WARD_BL_ODD)
			continue;
		all++;
		while (at > 0 &&
			(top[at - 1]->count < en->count ||
				(top[at - 1]->count == en->count &&
					ward_str_cmp(text_of(en), text_of(top[at - 1])) < 0)))
			at--;
		if (at == USUAL_SHOWN)
			continue;
		n += n < USUAL_SHOWN;
		memmove(&top[at + 1], &top[at], (n - 1 - at) * sizeof(*top));
		top[at] = en;
	}
	for (size_t i = 0; i < n; i++) {
		ward_wr_z(w, i ? ", " : "");
		ward_bl_put_parts(w, text_of(top[i]));
	}
	if (all > n)
		ward_wr_printf(w, " and %zu more", all - n);
	return ward_wr_text(w);
}

/* While it is learned, its peers know what is usual of its kind: an answer is in *w when none of
 * them ever did it and they seldom do what no other does. */
static bool peers_object(const struct ward_baseline *b, const struct ward_bl_look *l, size_t dim,
	struct ward_str text, struct ward_wr *w)
{
	ward_ns span;

	if (!l->learning || b->cfg.mode != WARD_BL_LIVE || !ward_bl_peers_closed(b, l->key, dim) ||
		ward_bl_peers_have(b, l->key, dim, text))
		return false;
	ward_wr_z(w, "new itself");
	if (ward_sub(b->time, l->key->first, &span) && span >= 0) {
		ward_wr_z(w, " (known for ");
		ward_bl_put_span(w, span);
		ward_wr_ch(w, ')');
	}
	ward_bl_put_peers(b, l->key, dim, text, w);
	return true;
}

/* near: it is as good as known. */
static enum ward_err value(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim,
	struct ward_str text, bool near)
{
	struct ward_bl_entry *en = ward_bl_entry_find(b, ward_bl_entry_id(l->key, dim, text));
	char buf[REASON_MAX], usual[USUAL_BYTES];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_wr wu = ward_wr_fixed(usual, sizeof(usual));
	struct ward_bl_words words;
	enum ward_err err = WARD_OK;

	if (en && en->state == WARD_BL_ODD && b->cfg.mode != WARD_BL_LEARN) {
		b->stats.n_repeated++;
		return again(b, l, dim, en);
	}
	if (!en && !l->learning && l->judged && !near && ward_bl_closed(&l->key->dim[dim])) {
		words = (struct ward_bl_words){.reason = never_seen(b, l, dim, text, &w),
			.usual = most_seen(&l->key->dim[dim], &wu)};
		return ward_bl_deviate(b, l, dim, text, NULL, &words);
	}
	if (!en && !near && peers_object(b, l, dim, text, &w)) {
		words = (struct ward_bl_words){
			.reason = ward_wr_text(&w), .usual = most_seen(&l->key->dim[dim], &wu)};
		return ward_bl_deviate(b, l, dim, text, NULL, &words);
	}
	if (l->frozen)
		return WARD_OK;
	if (!en)
		err = ward_bl_entry_new(b, l->key, dim, text, &en);
	return err ? err : ward_bl_entry_see(b, l->key, dim, en, 1, b->time, b->time);
}

static enum ward_err set(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim)
{
	const struct ward_bl_parts *of = &l->p->dim[dim].of;
	size_t n = ward_bl_items(b->e, of);
	char text[WARD_BL_TEXT_MAX];
	struct ward_str s;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n && !err; i++)
		if (ward_bl_text(b->e, of, i, text, &s))
			err = value(b, l, dim, s, false);
	return err;
}

static bool is_usual(const struct ward_baseline *b, const struct ward_bl_look *l, size_t dim,
	struct ward_str text)
{
	const struct ward_bl_entry *en = ward_bl_entry_find(b, ward_bl_entry_id(l->key, dim, text));

	return en && en->state != WARD_BL_ODD;
}

/* The hour before and after are as good as this one. */
static enum ward_err hours(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim)
{
	char text[16];
	bool near = false;

	for (int shift = -1; shift <= 1; shift += 2)
		near |= is_usual(b, l, dim, ward_bl_day_text(b->time, shift, text));
	return value(b, l, dim, ward_bl_day_text(b->time, 0, text), near);
}

/* The same for each hour of the week; it takes four of each to know one. */
static enum ward_err week(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim)
{
	char text[16];
	ward_ns before, after;
	bool near = known_for(l) < WEEK_DAYS * day_ns;

	near |= ward_sub(b->time, hour_ns, &before) &&
		is_usual(b, l, dim, ward_bl_hour_text(before, text));
	near |= ward_add(b->time, hour_ns, &after) &&
		is_usual(b, l, dim, ward_bl_hour_text(after, text));
	return value(b, l, dim, ward_bl_hour_text(b->time, text), near);
}

/* ---- numbers ---- */

struct ward_str ward_bl_beyond(struct ward_str by, const char *side, int64_t v, struct ward_wr *w)
{
	ward_wr_str(w, by);
	ward_wr_ch(w, WARD_BL_BEYOND);
	ward_wr_printf(w, "%s %d", side, (int)(ward_hist_bucket_of(v) / 4));
	return ward_wr_text(w);
}

static struct ward_str from_to(const struct ward_bl_bounds *r, struct ward_wr *w)
{
	ward_bl_put_milli(w, r->low);
	ward_wr_z(w, " to ");
	ward_bl_put_milli(w, r->high);
	return ward_wr_text(w);
}

static struct ward_str number_text(int64_t milli, struct ward_wr *w)
{
	ward_bl_put_milli(w, milli);
	return ward_wr_text(w);
}

static struct ward_str out_of(const struct ward_bl_look *l, const struct ward_bl_entry *en,
	const struct ward_bl_bounds *r, int64_t v, struct ward_wr *w)
{
	ward_bl_put_milli(w, v);
	ward_wr_z(w, v > r->highest ? ", above its usual " : ", below its usual ");
	(void)from_to(r, w);
	ward_wr_printf(w, " (%llu in ", (unsigned long long)en->hist.total);
	ward_bl_put_span(w, known_for(l));
	ward_wr_ch(w, ')');
	if (v > r->highest && r->high > 0 && v / r->high >= 2)
		ward_wr_printf(w, ", %lld × the highest", (long long)(v / r->high));
	return ward_wr_text(w);
}

static enum ward_err number(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim,
	struct ward_str by, int64_t v)
{
	const struct ward_bl_dim *d = &l->p->dim[dim];
	struct ward_bl_entry *en = ward_bl_entry_find(b, ward_bl_entry_id(l->key, dim, by));
	uint64_t enough =
		b->cfg.min_events && b->cfg.min_events < RANGE_MIN ? b->cfg.min_events : RANGE_MIN;
	enum ward_err err = WARD_OK;

	if (en && !l->learning && l->judged && en->hist.total >= enough) {
		struct ward_bl_bounds r = ward_bl_bounds(d, en);

		if (b->cfg.mode == WARD_BL_LIVE)
			ward_bl_anchor(en, r.low, r.high);
		char text[WARD_BL_TEXT_MAX + 32], buf[REASON_MAX], own[32], usual[64];
		struct ward_wr wt = ward_wr_fixed(text, sizeof(text));
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
		struct ward_wr wo = ward_wr_fixed(own, sizeof(own));
		struct ward_wr wu = ward_wr_fixed(usual, sizeof(usual));

		if (v > r.highest || v < r.lowest) {
			const struct ward_bl_words words = {
				out_of(l, en, &r, v, &w), number_text(v, &wo), from_to(&r, &wu)};

			return ward_bl_deviate(b, l, dim,
				ward_bl_beyond(by, v > r.highest ? "above" : "below", v, &wt), &v,
				&words);
		}
	}
	if (l->frozen)
		return WARD_OK;
	if (!en)
		err = ward_bl_entry_new(b, l->key, dim, by, &en);
	if (!err)
		err = ward_bl_entry_see(b, l->key, dim, en, 1, b->time, b->time);
	if (!err)
		err = ward_bl_number_see(b, l->key, dim, en, v, 1);
	if (!err && !l->learning)
		err = ward_bl_age(b, l->key, dim, en, AGE_MOST);
	return err;
}

static enum ward_err range(struct ward_baseline *b, const struct ward_bl_look *l, size_t dim)
{
	const struct ward_bl_dim *d = &l->p->dim[dim];
	size_t n = ward_bl_items(b->e, &d->of), n_by = ward_bl_items(b->e, &d->by);
	char text[WARD_BL_TEXT_MAX];
	struct ward_str by;
	int64_t v;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < (n > n_by ? n : n_by) && !err; i++)
		if (ward_bl_number(b->e, &d->of.part[0], i, &v) &&
			ward_bl_text(b->e, &d->by, i, text, &by))
			err = number(b, l, dim, by, v);
	return err;
}

/* ---- keys ---- */

/* A key that was never seen, where keys are seldom new. */
static void newcomer(
	struct ward_baseline *b, const struct ward_bl_profile *p, struct ward_bl_key *k)
{
	const struct ward_bl_profile_state *of = &b->of[k->profile];
	char buf[REASON_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	ward_ns age = 0, known = 0;

	if (b->cfg.mode == WARD_BL_LEARN || !p->tell_new || of->first == INT64_MAX ||
		!ward_sub(b->time, of->first, &age) ||
		(b->cfg.mode == WARD_BL_LIVE && age < p->period) || of->n_single > of->n_event / 20)
		return;
	k->state = WARD_BL_ODD;
	k->odd_at = b->time;
	ward_wr_z(&w, "never seen in ");
	(void)ward_sub(of->last, of->first, &known);
	ward_bl_put_span(&w, known);
	if (p->persons && !ward_people_told(of->n_key - 1))
		ward_wr_z(&w, ", the others are " WARD_PEOPLE_FEW ": no figures");
	else
		ward_wr_printf(&w, ", %llu seen of %llu other%s", (unsigned long long)of->n_event,
			(unsigned long long)(of->n_key - 1), of->n_key == 2 ? "" : "s");
	ward_bl_tell(b, &(struct ward_bl_told){k, WARD_BL_DIMS_MAX, ward_bl_new_id(k), {"", 0},
				&(struct ward_bl_words){.reason = ward_wr_text(&w)}, false});
}

static void see_key(struct ward_baseline *b, struct ward_bl_key *k)
{
	struct ward_bl_profile_state *of = &b->of[k->profile];

	of->n_single -= k->count == 1;
	k->count++;
	of->n_single += k->count == 1;
	of->n_event++;
	of->first = b->time < of->first ? b->time : of->first;
	of->last = b->time > of->last ? b->time : of->last;
	k->first = b->time < k->first ? b->time : k->first;
	k->last = b->time > k->last ? b->time : k->last;
}

static struct ward_bl_look look_at(
	const struct ward_baseline *b, const struct ward_bl_profile *p, struct ward_bl_key *k)
{
	uint64_t enough = b->cfg.min_events ? b->cfg.min_events : p->min_events;
	struct ward_bl_look l = {.key = k, .p = p, .judged = k->count >= enough};
	ward_ns age;

	l.frozen = b->cfg.mode == WARD_BL_JUDGE;
	l.learning = b->cfg.mode == WARD_BL_LEARN;
	if (b->cfg.mode == WARD_BL_LIVE) {
		l.learning = !l.judged || !ward_sub(b->time, k->first, &age) || age < p->period;
		l.frozen = !l.learning && !p->drift;
	}
	return l;
}

static enum ward_err one(struct ward_baseline *b, uint32_t profile)
{
	static enum ward_err (*const by_kind[])(
		struct ward_baseline *, const struct ward_bl_look *, size_t) = {
		[WARD_BL_SET] = set,
		[WARD_BL_RANGE] = range,
		[WARD_BL_RATE] = ward_bl_rate_see,
		[WARD_BL_HOURS] = hours,
		[WARD_BL_WEEK] = week,
		[WARD_BL_WALK] = ward_bl_way,
		[WARD_BL_TRAVEL] = ward_bl_way,
	};
	const struct ward_bl_profile *p = &b->profiles->p[profile];
	char text[WARD_BL_TEXT_MAX];
	struct ward_str s;
	enum ward_err err = WARD_OK;

	b->stats.n_event++;
	if (!ward_bl_text(b->e, &p->key, 0, text, &s)) {
		b->stats.n_unkeyed++;
		return WARD_OK;
	}
	struct ward_id id = ward_bl_key_id(p, s);
	struct ward_bl_key *k = ward_bl_key_find(b, id);

	if (!k) {
		err = ward_bl_key_new(b, id, profile, s, &k);
		if (err)
			return err;
		newcomer(b, p, k);
	}
	struct ward_bl_look l = look_at(b, p, k);

	if (p->peers.n)
		err = ward_bl_regroup(b, k);
	for (size_t i = 0; i < p->n_dim && !err; i++)
		err = by_kind[p->dim[i].kind](b, &l, i);
	if (!l.frozen) {
		see_key(b, k);
		if (!err && !p->peers.n)
			err = ward_bl_regroup(b, k);
	}
	return err ? err : ward_bl_trim(b);
}

/* Which profiles look at a class: found once per class. */
enum ward_err ward_bl_mask(struct ward_baseline *b, uint32_t class, uint64_t *ret)
{
	size_t n = b->n_mask ? b->n_mask : 256;
	struct ward_str name = ward_name_text(b->profiles->names, class);

	while (n <= class)
		n *= 2;
	if (n > b->n_mask) {
		uint64_t *p =
			ward_mem_resize(b->mem, b->mask, b->n_mask * sizeof(*p), n * sizeof(*p));

		if (!p)
			return WARD_ERR_NOMEM;
		memset(p + b->n_mask, 0, (n - b->n_mask) * sizeof(*p));
		b->mask = p;
		b->n_mask = n;
	}
	if (!b->mask[class]) {
		b->mask[class] = 1;
		for (size_t i = 0; i < b->profiles->n; i++)
			for (size_t k = 0; k < b->profiles->p[i].n_class; k++)
				if (ward_pattern_match(&b->profiles->p[i].class[k], name))
					b->mask[class] |= (uint64_t)2 << i;
	}
	*ret = b->mask[class] >> 1 & b->allowed;
	b->stats.n_withheld += (b->mask[class] >> 1 & ~b->allowed) != 0;
	return WARD_OK;
}

/* Those of a mask that take the event in hand. */
static uint64_t takers(const struct ward_baseline *b, uint64_t mask)
{
	uint64_t ret = 0;

	for (uint32_t i = 0; mask; i++, mask >>= 1)
		if (mask & 1 && ward_bl_takes(&b->profiles->p[i], b->e))
			ret |= (uint64_t)1 << i;
	return ret;
}

enum ward_err ward_bl_look(struct ward_baseline *b, uint64_t mask)
{
	enum ward_err err = WARD_OK;

	mask = takers(b, mask);
	for (uint32_t i = 0; mask && !err; i++, mask >>= 1)
		if (mask & 1)
			err = one(b, i);
	return err;
}

enum ward_err ward_baseline_event(struct ward_baseline *b, const struct ward_event *e, ward_ns time,
	ward_detect_sink sink, void *ctx)
{
	uint64_t mask = 0;
	bool held = false;
	enum ward_err err = ward_bl_mask(b, e->class, &mask);

	b->e = e;
	b->time = time;
	b->sink = sink;
	b->ctx = ctx;
	if (!err && takers(b, mask & b->profiles->ordered))
		err = ward_bl_hold(b, &held);
	if (!err)
		err = ward_bl_look(b, held ? mask & ~b->profiles->ordered : mask);
	b->e = NULL;
	b->latest = time > b->latest ? time : b->latest;
	return err || !b->n_held ? err : ward_bl_release(b, b->latest);
}

enum ward_err ward_baseline_tick(
	struct ward_baseline *b, ward_ns now, ward_detect_sink sink, void *ctx)
{
	b->sink = sink;
	b->ctx = ctx;
	if (now != WARD_NS_NEVER && now > b->latest)
		b->latest = now;
	return ward_bl_release(b, now == WARD_NS_NEVER ? now : b->latest);
}
