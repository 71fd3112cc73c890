/* JSON lines back to what is known. Untrusted: people edit them. */
#include "detect/baseline/priv.h"

#include "event/json.h"

enum { VERSION = 2, VERSION_LEAST = 1, HEX_MAX = 2 * WARD_BL_HELD_BYTES };

static const int64_t count_max = (int64_t)1 << 40; /* so that no sum of counts leaves 64 bits */

/* X(member): what a line may have. */
#define MEMBERS(X)     \
	X(kind)        \
	X(version)     \
	X(profile)     \
	X(print)       \
	X(events)      \
	X(first)       \
	X(last)        \
	X(key)         \
	X(state)       \
	X(count)       \
	X(odd_at)      \
	X(dimension)   \
	X(value)       \
	X(beyond)      \
	X(days)        \
	X(min)         \
	X(max)         \
	X(buckets)     \
	X(given_up)    \
	X(hour)        \
	X(in_hour)     \
	X(told)        \
	X(told_at)     \
	X(by)          \
	X(why)         \
	X(at)          \
	X(latest)      \
	X(released)    \
	X(group)       \
	X(place)       \
	X(anchor_low)  \
	X(anchor_high) \
	X(time)        \
	X(event)

struct members {
#define X(member) uint32_t member;
	MEMBERS(X)
#undef X
};

struct load {
	struct ward_baseline *b;
	struct ward_json_reader reader;
	struct members m;
	struct ward_event e;
	struct ward_arena arena;
	bool begun;
	uint64_t alive; /* profiles that are what they were: bit per profile */
	uint64_t off;   /* profiles of persons, without an agreement: likewise */
	bool bad;
};

static uint64_t get_u64(struct load *l, uint32_t member)
{
	const struct ward_value *v = ward_event_get(&l->e, member);

	if (!v)
		return 0;
	if (v->kind != WARD_VALUE_INT || v->i < 0 || v->i > count_max)
		l->bad = true;
	return l->bad ? 0 : (uint64_t)v->i;
}

static ward_ns get_time(struct load *l, uint32_t member, ward_ns absent)
{
	struct ward_str s = ward_event_str(&l->e, member);
	ward_ns t = absent;

	if (s.len && ward_time_parse(s, &t) != WARD_OK)
		l->bad = true;
	return t;
}

static int64_t get_milli(struct load *l, uint32_t member)
{
	const struct ward_bl_part p = {.alt[0] = member, .n_alt = 1};
	int64_t v = 0;

	if (!ward_bl_number(&l->e, &p, 0, &v))
		l->bad = true;
	return v;
}

/* The parts joined again. */
static struct ward_str get_parts(struct load *l, uint32_t member, struct ward_wr *w)
{
	const struct ward_value *v = ward_event_get(&l->e, member);
	size_t n = v && v->kind == WARD_VALUE_LIST ? v->n : 0;

	l->bad |= v && v->kind != WARD_VALUE_LIST;
	for (size_t i = 0; i < n; i++) {
		const struct ward_value *part = &v->item[i];

		l->bad |= part->kind != WARD_VALUE_STR;
		if (l->bad)
			break;
		if (i)
			ward_wr_ch(w, WARD_BL_PART);
		for (size_t k = 0; k < part->s.len; k++)
			l->bad |= (unsigned char)part->s.p[k] < ' ';
		ward_wr_str(w, part->s);
	}
	l->bad |= ward_wr_bad(w);
	return ward_wr_text(w);
}

static enum ward_bl_state get_state(struct load *l)
{
	struct ward_str s = ward_event_str(&l->e, l->m.state);
	size_t i = 0;

	while (i < WARD_BL_STATE_N && !ward_str_eqz(s, ward_bl_state_name((enum ward_bl_state)i)))
		i++;
	l->bad |= i == WARD_BL_STATE_N;
	return l->bad ? WARD_BL_USUAL : (enum ward_bl_state)i;
}

static uint32_t get_profile(struct load *l)
{
	struct ward_str id = ward_event_str(&l->e, l->m.profile);

	for (uint32_t i = 0; i < l->b->profiles->n; i++)
		if (ward_str_eq(l->b->profiles->p[i].id, id))
			return i;
	return WARD_NONE;
}

static size_t get_dim(struct load *l, const struct ward_bl_profile *p)
{
	struct ward_str id = ward_event_str(&l->e, l->m.dimension);
	size_t i = 0;

	while (i < p->n_dim && !ward_str_eq(p->dim[i].id, id))
		i++;
	l->bad |= i == p->n_dim;
	return i;
}

static enum ward_err load_profile(struct load *l)
{
	uint32_t i = get_profile(l);
	struct ward_id print;

	if (!ward_id_parse(ward_event_str(&l->e, l->m.print), &print))
		return WARD_ERR_MALFORMED;
	/* Without an agreement nothing is kept of persons. Where nothing was learned, nothing is
	 * lost, and nothing is to be said. */
	if (i != WARD_NONE && !(l->b->allowed >> i & 1)) {
		l->off |= (uint64_t)1 << i;
		l->b->stats.n_off += get_u64(l, l->m.events) > 0;
		return WARD_OK;
	}
	if (i == WARD_NONE || !ward_id_eq(print, l->b->profiles->p[i].print)) {
		l->b->stats.n_dropped++;
		return WARD_OK;
	}
	struct ward_bl_profile_state *of = &l->b->of[i];
	ward_ns first = get_time(l, l->m.first, INT64_MAX);
	ward_ns last = get_time(l, l->m.last, INT64_MIN);

	l->alive |= (uint64_t)1 << i;
	of->first = first < of->first ? first : of->first;
	of->last = last > of->last ? last : of->last;
	of->n_event += get_u64(l, l->m.events);
	return WARD_OK;
}

/* The key that the line is about; NULL with OK when it is of a profile that is no more, or off. */
static enum ward_err key_of(struct load *l, bool make, struct ward_bl_key **ret)
{
	uint32_t profile = get_profile(l);
	char text[WARD_BL_TEXT_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	*ret = NULL;
	if (profile == WARD_NONE || !(l->alive >> profile & 1)) {
		bool off = profile != WARD_NONE && (l->off >> profile & 1);

		l->b->stats.n_off += off;
		l->b->stats.n_dropped += !off;
		return WARD_OK;
	}
	struct ward_str s = get_parts(l, l->m.key, &w);

	if (l->bad || !s.len)
		return WARD_ERR_MALFORMED;
	struct ward_id id = ward_bl_key_id(&l->b->profiles->p[profile], s);

	*ret = ward_bl_key_find(l->b, id);
	if (*ret)
		return WARD_OK;
	return make ? ward_bl_key_new(l->b, id, profile, s, ret) : WARD_ERR_MALFORMED;
}

static enum ward_err load_approval(struct load *l, struct ward_bl_approval *a)
{
	return ward_bl_approval_set(l->b, a, ward_event_str(&l->e, l->m.by),
		ward_event_str(&l->e, l->m.why), get_time(l, l->m.at, INT64_MIN));
}

static enum ward_err load_group(struct load *l, struct ward_bl_key *k)
{
	const struct ward_bl_profile *p = &l->b->profiles->p[k->profile];
	char text[WARD_BL_TEXT_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_str s = get_parts(l, l->m.group, &w);

	if (l->bad || (s.len && !p->peers.n && p->home == WARD_BL_DIMS_MAX))
		return WARD_ERR_MALFORMED;
	return s.len ? ward_bl_join(l->b, k, s) : WARD_OK;
}

static enum ward_err load_key(struct load *l)
{
	struct ward_bl_key *k = NULL;
	enum ward_err err = key_of(l, true, &k);

	if (err || !k)
		return err;
	struct ward_bl_profile_state *of = &l->b->of[k->profile];
	ward_ns first = get_time(l, l->m.first, INT64_MAX);
	ward_ns last = get_time(l, l->m.last, INT64_MIN);
	ward_ns odd_at = get_time(l, l->m.odd_at, INT64_MIN);

	k->state = get_state(l);
	of->n_single -= k->count == 1;
	k->count += get_u64(l, l->m.count);
	of->n_single += k->count == 1;
	k->first = first < k->first ? first : k->first;
	k->last = last > k->last ? last : k->last;
	k->odd_at = odd_at > k->odd_at ? odd_at : k->odd_at;
	err = load_group(l, k);
	return !err && k->state == WARD_BL_APPROVED ? load_approval(l, &k->by) : err;
}

static enum ward_err load_place(struct load *l, struct ward_bl_dim_state *d)
{
	char text[WARD_BL_TEXT_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_str s = get_parts(l, l->m.place, &w);
	ward_ns at = get_time(l, l->m.at, INT64_MIN);

	if (l->bad || (s.len && at == INT64_MIN))
		return WARD_ERR_MALFORMED;
	/* Of two texts the one that saw it later. */
	return s.len && at >= d->at ? ward_bl_stand(l->b, d, s, at) : WARD_OK;
}

static enum ward_err load_dim(struct load *l)
{
	struct ward_bl_key *k = NULL;
	enum ward_err err = key_of(l, false, &k);

	if (err || !k)
		return err;
	size_t dim = get_dim(l, &l->b->profiles->p[k->profile]);

	if (l->bad)
		return WARD_ERR_MALFORMED;
	struct ward_bl_dim_state *d = &k->dim[dim];
	const struct ward_value *told = ward_event_get(&l->e, l->m.told);

	d->evicted += get_u64(l, l->m.given_up);
	d->hour = get_time(l, l->m.hour, INT64_MIN);
	d->in_hour = get_u64(l, l->m.in_hour);
	d->told = told && told->kind == WARD_VALUE_BOOL && told->b;
	d->told_at = get_time(l, l->m.told_at, INT64_MIN);
	return load_place(l, d);
}

static enum ward_err load_hist(
	struct load *l, struct ward_bl_key *k, size_t dim, struct ward_bl_entry *en)
{
	const struct ward_value *v = ward_event_get(&l->e, l->m.buckets);
	int64_t min, max;

	if (!v)
		return WARD_OK;
	min = get_milli(l, l->m.min);
	max = get_milli(l, l->m.max);
	if (l->bad || v->kind != WARD_VALUE_LIST || v->n % 2 || min > max)
		return WARD_ERR_MALFORMED;
	enum ward_err err = WARD_OK;

	en->min = min < en->min ? min : en->min;
	en->max = max > en->max ? max : en->max;
	for (size_t i = 0; i < v->n && !err; i += 2) {
		const struct ward_value *bucket = &v->item[i], *count = &v->item[i + 1];

		if (bucket->kind != WARD_VALUE_INT || bucket->i < -WARD_HIST_BUCKET_MAX ||
			bucket->i > WARD_HIST_BUCKET_MAX || count->kind != WARD_VALUE_INT ||
			count->i < 1 || count->i > count_max)
			return WARD_ERR_MALFORMED;
		err = ward_bl_bucket_add(l->b, k, dim, en, (int32_t)bucket->i, (uint64_t)count->i);
	}
	return err;
}

static enum ward_err load_anchor(struct load *l, struct ward_bl_entry *en)
{
	if (!ward_event_get(&l->e, l->m.anchor_low))
		return WARD_OK;
	int64_t low = get_milli(l, l->m.anchor_low), high = get_milli(l, l->m.anchor_high);

	if (l->bad || low > high)
		return WARD_ERR_MALFORMED;
	/* Learned in parts: the bounds of both. */
	en->anchor_low = en->anchored && en->anchor_low < low ? en->anchor_low : low;
	en->anchor_high = en->anchored && en->anchor_high > high ? en->anchor_high : high;
	en->anchored = true;
	return WARD_OK;
}

static enum ward_err load_held(struct load *l)
{
	struct ward_str hex = ward_event_str(&l->e, l->m.event);
	ward_ns time = get_time(l, l->m.time, INT64_MIN);
	uint8_t *bytes =
		hex.len && hex.len <= HEX_MAX ? ward_arena_alloc(&l->arena, hex.len / 2) : NULL;

	if (!bytes || time == INT64_MIN || l->bad || !ward_str_unhex(hex, bytes, hex.len / 2))
		return WARD_ERR_MALFORMED;
	return ward_bl_hold_bytes(l->b, time, (struct ward_slice){bytes, hex.len / 2});
}

static enum ward_err load_value(struct load *l)
{
	struct ward_bl_key *k = NULL;
	char text[WARD_BL_TEXT_MAX + 32];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_bl_entry *en;
	enum ward_err err = key_of(l, false, &k);

	if (err || !k)
		return err;
	size_t dim = get_dim(l, &l->b->profiles->p[k->profile]);
	enum ward_bl_state state = get_state(l);
	struct ward_str beyond = ward_event_str(&l->e, l->m.beyond);

	(void)get_parts(l, l->m.value, &w);
	if (beyond.len) {
		ward_wr_ch(&w, WARD_BL_BEYOND);
		ward_wr_str(&w, beyond);
	}
	uint64_t count = get_u64(l, l->m.count), days = get_u64(l, l->m.days);
	ward_ns first = get_time(l, l->m.first, INT64_MAX);
	ward_ns last = get_time(l, l->m.last, INT64_MIN);

	if (l->bad || ward_wr_bad(&w) || days > UINT32_MAX)
		return WARD_ERR_MALFORMED;
	en = ward_bl_entry_find(l->b, ward_bl_entry_id(k, dim, ward_wr_text(&w)));
	if (!en) {
		err = ward_bl_entry_new(l->b, k, dim, ward_wr_text(&w), &en);
		if (err)
			return err;
		en->state = state;
	} else if (state != WARD_BL_ODD) {
		err = ward_bl_entry_accept(l->b, k, dim, en, state);
	}
	en->days += (uint32_t)days;
	if (!err)
		err = ward_bl_entry_see(l->b, k, dim, en, count, first, last);
	if (!err)
		err = load_hist(l, k, dim, en);
	if (!err)
		err = load_anchor(l, en);
	return err || state != WARD_BL_APPROVED ? err : load_approval(l, &en->by);
}

static enum ward_err load_begin(struct load *l)
{
	uint64_t version = get_u64(l, l->m.version);
	ward_ns latest = get_time(l, l->m.latest, INT64_MIN);
	ward_ns released = get_time(l, l->m.released, INT64_MIN);

	if (l->bad || version < VERSION_LEAST || version > VERSION)
		return l->bad ? WARD_ERR_MALFORMED : WARD_ERR_VERSION;
	l->begun = true;
	l->b->latest = latest > l->b->latest ? latest : l->b->latest;
	l->b->released = released > l->b->released ? released : l->b->released;
	return WARD_OK;
}

static enum ward_err load_line(struct load *l, struct ward_str text)
{
	static const struct {
		const char *kind;
		enum ward_err (*fn)(struct load *);
	} row[] = {{"baseline", load_begin}, {"baseline.profile", load_profile},
		{"baseline.key", load_key}, {"baseline.dimension", load_dim},
		{"baseline.value", load_value}, {"baseline.held", load_held}};
	enum ward_err err = ward_json_read_event(&l->reader, text, &l->arena, &l->e);
	size_t i = 0;

	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	struct ward_str kind = ward_event_str(&l->e, l->m.kind);

	while (i < WARD_ARRAY_LEN(row) && !ward_str_eqz(kind, row[i].kind))
		i++;
	if (i == WARD_ARRAY_LEN(row) || (i > 0) != l->begun)
		return WARD_ERR_MALFORMED;
	err = row[i].fn(l);
	if (!err && l->bad)
		err = WARD_ERR_MALFORMED;
	return err ? err : ward_bl_trim(l->b);
}

enum ward_err ward_baseline_load(
	struct ward_baseline *b, struct ward_slice text, uint64_t *ret_line)
{
	const struct ward_bl_profiles *ps = b->profiles;
	struct load l = {.b = b};
	struct ward_str rest = ward_slice_text(text);
	uint64_t n = 0;
	enum ward_err err = ward_json_reader_init(&l.reader, ps->names, b->mem, ps->lim);

	if (err)
		return err;
#define X(member) l.m.member = ward_name(ps->names, WARD_STR(#member));
	MEMBERS(X)
#undef X
	l.reader.foreign = true;
	ward_arena_init(&l.arena, b->mem, 4 * ward_limit(ps->lim, WARD_LIMIT_EVENT_BYTES));
	while (rest.p && !err) {
		struct ward_str one = ward_str_cut(&rest, '\n');

		n++;
		ward_arena_reset(&l.arena);
		if (ward_str_trim(one).len)
			err = load_line(&l, one);
	}
	if (!err && !l.begun)
		err = WARD_ERR_MALFORMED;
	if (err && ret_line)
		*ret_line = n;
	ward_arena_fini(&l.arena);
	ward_json_reader_fini(&l.reader);
	return err;
}
