/* What is known as JSON lines and back: the file that people read and edit, and the brain's
 * checkpoint. */
#include "detect/baseline/priv.h"

#include "event/json.h"

enum { VERSION = 1 };

static const int64_t count_max = (int64_t)1 << 40; /* so that no sum of counts leaves 64 bits */

static const char *const state_name[] = {
	[WARD_BL_USUAL] = "usual", [WARD_BL_ODD] = "odd", [WARD_BL_APPROVED] = "approved"};

const char *ward_bl_state_name(enum ward_bl_state s)
{
	_Static_assert(WARD_ARRAY_LEN(state_name) == WARD_BL_STATE_N, "a name for each state");
	return s < WARD_BL_STATE_N ? state_name[s] : "unknown";
}

/* ---- out ---- */

static void put_str(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	ward_json_str(j, s);
}

static void put_u64(struct ward_json *j, const char *key, uint64_t v)
{
	ward_json_key(j, key);
	ward_json_u64(j, v);
}

static void put_time(struct ward_json *j, const char *key, ward_ns t)
{
	if (t == INT64_MAX || t == INT64_MIN)
		return;
	ward_json_key(j, key);
	ward_json_time(j, t);
}

static void put_milli(struct ward_json *j, const char *key, int64_t milli)
{
	char text[32];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_json_key(j, key);
	ward_bl_put_milli(&w, milli);
	ward_json_raw(j, ward_wr_text(&w));
}

static void put_parts(struct ward_json *j, const char *key, struct ward_str s)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	while (s.p)
		ward_json_str(j, ward_str_cut(&s, WARD_BL_PART));
	ward_json_arr_end(j);
}

static void put_hist(struct ward_json *j, const struct ward_bl_entry *en)
{
	put_milli(j, "min", en->min);
	put_milli(j, "max", en->max);
	ward_json_key(j, "buckets");
	ward_json_arr(j);
	for (size_t i = 0; i < en->hist.n; i++) {
		ward_json_i64(j, en->hist.b[i].bucket);
		ward_json_u64(j, en->hist.b[i].count);
	}
	ward_json_arr_end(j);
}

static struct ward_json line(struct ward_wr *w, const char *kind)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, kind);
	return j;
}

static void end(struct ward_json *j)
{
	ward_json_obj_end(j);
	ward_wr_ch(j->w, '\n');
}

static struct ward_json of_key(struct ward_wr *w, const char *kind, const struct ward_bl_profile *p,
	const struct ward_bl_key *k)
{
	struct ward_json j = line(w, kind);

	put_str(&j, "profile", p->id);
	put_parts(&j, "key", (struct ward_str){k->text, k->len});
	return j;
}

static void put_id(struct ward_json *j, struct ward_id id)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_json_key(j, "id");
	ward_json_z(j, text);
}

static void put_approval(struct ward_json *j, const struct ward_bl_approval *a)
{
	put_str(j, "by", (struct ward_str){a->who, a->who_len});
	put_str(j, "why", (struct ward_str){a->why, a->why_len});
	put_time(j, "at", a->at);
}

static void save_entry(struct ward_wr *w, const struct ward_bl_profile *p,
	const struct ward_bl_key *k, size_t dim, const struct ward_bl_entry *en)
{
	struct ward_json j = of_key(w, "baseline.value", p, k);
	struct ward_str by = {en->text, en->len}, rest = by;

	put_str(&j, "dimension", p->dim[dim].id);
	by = ward_str_cut(&rest, WARD_BL_BEYOND);
	if (en->len)
		put_parts(&j, "value", by.p ? by : WARD_STR(""));
	if (rest.p)
		put_str(&j, "beyond", rest);
	put_str(&j, "state", ward_str_z(state_name[en->state]));
	if (en->state == WARD_BL_ODD) {
		put_id(&j, en->id);
		put_u64(&j, "days", en->days);
	}
	put_u64(&j, "count", en->count);
	put_time(&j, "first", en->first);
	put_time(&j, "last", en->last);
	if (en->hist.n)
		put_hist(&j, en);
	if (en->state == WARD_BL_APPROVED)
		put_approval(&j, &en->by);
	end(&j);
}

static void save_dim(struct ward_baseline *b, struct ward_wr *w, const struct ward_bl_profile *p,
	const struct ward_bl_key *k, size_t dim)
{
	const struct ward_bl_dim_state *d = &k->dim[dim];

	if (d->evicted || d->hour != INT64_MIN) {
		struct ward_json j = of_key(w, "baseline.dimension", p, k);

		put_str(&j, "dimension", p->dim[dim].id);
		put_u64(&j, "given_up", d->evicted);
		put_time(&j, "hour", d->hour);
		put_u64(&j, "in_hour", d->in_hour);
		ward_json_key(&j, "told");
		ward_json_bool(&j, d->told);
		put_time(&j, "told_at", d->told_at);
		end(&j);
	}
	ward_arena_reset(&b->arena);
	struct ward_bl_entry **en = ward_bl_sorted(&b->arena, d, false);

	if (!en && d->n)
		w->bad = true;
	for (size_t i = 0; en && i < d->n; i++)
		save_entry(w, p, k, dim, en[i]);
}

static void save_profile(struct ward_baseline *b, struct ward_wr *w, size_t i)
{
	const struct ward_bl_profile *p = &b->profiles->p[i];
	char print[WARD_ID_TEXT];
	struct ward_json j = line(w, "baseline.profile");

	ward_id_text(p->print, print);
	put_str(&j, "profile", p->id);
	put_str(&j, "print", ward_str_z(print));
	put_u64(&j, "events", b->of[i].n_event);
	put_time(&j, "first", b->of[i].first);
	put_time(&j, "last", b->of[i].last);
	end(&j);
}

void ward_baseline_save(struct ward_baseline *b, struct ward_wr *w)
{
	struct ward_json j = line(w, "baseline");

	put_u64(&j, "version", VERSION);
	end(&j);
	for (size_t i = 0; i < b->profiles->n; i++)
		save_profile(b, w, i);
	ward_bl_sort_keys(b);
	for (size_t i = 0; i < b->n_key; i++) {
		const struct ward_bl_key *k = b->key[i];
		const struct ward_bl_profile *p = &b->profiles->p[k->profile];

		j = of_key(w, "baseline.key", p, k);
		put_str(&j, "state", ward_str_z(state_name[k->state]));
		if (k->state == WARD_BL_ODD)
			put_id(&j, ward_bl_new_id(k));
		put_u64(&j, "count", k->count);
		put_time(&j, "first", k->first);
		put_time(&j, "last", k->last);
		put_time(&j, "odd_at", k->odd_at);
		if (k->state == WARD_BL_APPROVED)
			put_approval(&j, &k->by);
		end(&j);
		for (size_t d = 0; d < p->n_dim; d++)
			save_dim(b, w, p, k, d);
	}
}

/* ---- in ---- */

/* X(member): what a line may have. */
#define MEMBERS(X)   \
	X(kind)      \
	X(version)   \
	X(profile)   \
	X(print)     \
	X(events)    \
	X(first)     \
	X(last)      \
	X(key)       \
	X(state)     \
	X(count)     \
	X(odd_at)    \
	X(dimension) \
	X(value)     \
	X(beyond)    \
	X(days)      \
	X(min)       \
	X(max)       \
	X(buckets)   \
	X(given_up)  \
	X(hour)      \
	X(in_hour)   \
	X(told)      \
	X(told_at)   \
	X(by)        \
	X(why)       \
	X(at)

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

	while (i < WARD_BL_STATE_N && !ward_str_eqz(s, state_name[i]))
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

/* The key that the line is about; NULL with OK when it is of a profile that is no more. */
static enum ward_err key_of(struct load *l, bool make, struct ward_bl_key **ret)
{
	uint32_t profile = get_profile(l);
	char text[WARD_BL_TEXT_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	*ret = NULL;
	if (profile == WARD_NONE || !(l->alive >> profile & 1)) {
		l->b->stats.n_dropped++;
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

static enum ward_err keep(struct ward_baseline *b, struct ward_str s, char **ret, uint32_t *ret_len)
{
	if (*ret || !s.len)
		return WARD_OK;
	if (s.len > WARD_BL_TEXT_MAX)
		return WARD_ERR_LIMIT;
	*ret = ward_mem_alloc(b->mem, s.len);
	if (!*ret)
		return WARD_ERR_NOMEM;
	memcpy(*ret, s.p, s.len);
	*ret_len = (uint32_t)s.len;
	b->bytes += s.len;
	return WARD_OK;
}

static enum ward_err approve(struct ward_baseline *b, struct ward_bl_approval *a,
	struct ward_str who, struct ward_str why, ward_ns at)
{
	enum ward_err err = keep(b, who, &a->who, &a->who_len);

	a->at = at;
	return err ? err : keep(b, why, &a->why, &a->why_len);
}

static enum ward_err load_approval(struct load *l, struct ward_bl_approval *a)
{
	return approve(l->b, a, ward_event_str(&l->e, l->m.by), ward_event_str(&l->e, l->m.why),
		get_time(l, l->m.at, INT64_MIN));
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
	return k->state == WARD_BL_APPROVED ? load_approval(l, &k->by) : WARD_OK;
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
	return WARD_OK;
}

static enum ward_err load_hist(struct load *l, struct ward_bl_entry *en)
{
	const struct ward_value *v = ward_event_get(&l->e, l->m.buckets);
	int64_t min, max;

	if (!v)
		return WARD_OK;
	min = get_milli(l, l->m.min);
	max = get_milli(l, l->m.max);
	if (l->bad || v->kind != WARD_VALUE_LIST || v->n % 2 || min > max)
		return WARD_ERR_MALFORMED;
	size_t cap = en->hist.cap;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < v->n && !err; i += 2) {
		const struct ward_value *bucket = &v->item[i], *count = &v->item[i + 1];

		if (bucket->kind != WARD_VALUE_INT || bucket->i < -WARD_HIST_BUCKET_MAX ||
			bucket->i > WARD_HIST_BUCKET_MAX || count->kind != WARD_VALUE_INT ||
			count->i < 1 || count->i > count_max)
			return WARD_ERR_MALFORMED;
		err = ward_hist_add(l->b->mem, &en->hist, (int32_t)bucket->i, (uint64_t)count->i);
		l->b->bytes += (en->hist.cap - cap) * sizeof(*en->hist.b);
		cap = en->hist.cap;
	}
	en->min = min < en->min ? min : en->min;
	en->max = max > en->max ? max : en->max;
	return err;
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
		ward_bl_entry_accept(k, dim, en, state);
	}
	en->days += (uint32_t)days;
	ward_bl_entry_see(k, dim, en, count, first, last);
	err = load_hist(l, en);
	return err || state != WARD_BL_APPROVED ? err : load_approval(l, &en->by);
}

static enum ward_err load_begin(struct load *l)
{
	if (get_u64(l, l->m.version) != VERSION)
		return l->bad ? WARD_ERR_MALFORMED : WARD_ERR_VERSION;
	l->begun = true;
	return WARD_OK;
}

static enum ward_err load_line(struct load *l, struct ward_str text)
{
	static const struct {
		const char *kind;
		enum ward_err (*fn)(struct load *);
	} row[] = {{"baseline", load_begin}, {"baseline.profile", load_profile},
		{"baseline.key", load_key}, {"baseline.dimension", load_dim},
		{"baseline.value", load_value}};
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

/* ---- by people ---- */

enum ward_err ward_baseline_approve(struct ward_baseline *b, struct ward_id id, struct ward_str who,
	struct ward_str why, ward_ns time)
{
	for (size_t i = 0; i < b->n_key; i++) {
		struct ward_bl_key *k = b->key[i];

		if (k->state == WARD_BL_ODD && ward_id_eq(ward_bl_new_id(k), id)) {
			k->state = WARD_BL_APPROVED;
			return approve(b, &k->by, who, why, time);
		}
		for (size_t d = 0; d < b->profiles->p[k->profile].n_dim; d++)
			for (struct ward_bl_entry *en = k->dim[d].head; en; en = en->next)
				if (en->state == WARD_BL_ODD && ward_id_eq(en->id, id)) {
					ward_bl_entry_accept(k, d, en, WARD_BL_APPROVED);
					return approve(b, &en->by, who, why, time);
				}
	}
	return WARD_ERR_NOT_FOUND;
}

struct which {
	const struct ward_baseline *b;
	struct ward_str profile, key;
};

static bool is_of(void *ctx, const struct ward_bl_key *k)
{
	const struct which *x = ctx;
	char text[WARD_BL_TEXT_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_bl_put_parts(&w, (struct ward_str){k->text, k->len});
	return ward_str_eq(x->b->profiles->p[k->profile].id, x->profile) &&
	       (!x->key.len || ward_str_eq(ward_wr_text(&w), x->key));
}

size_t ward_baseline_forget(struct ward_baseline *b, struct ward_str profile, struct ward_str key)
{
	struct which x = {b, profile, key};

	return ward_bl_keys_drop(b, is_of, &x);
}
