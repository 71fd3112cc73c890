/* The detector's state as bytes, for checkpoints; format in README.md. */
#include "detect/corr.h"
#include "detect/tail.h"

#define SUM_UNIT 4294967296.0L

enum { SAVE_VERSION = 7, NO_FEED = 6, VALUE_MAX = 1 << 20, ID_MAX = 64 };

static void put_id(struct ward_wr *w, struct ward_id id)
{
	ward_wr_bytes(w, id.b, sizeof(id.b));
}

static void put_str(struct ward_wr *w, struct ward_str s)
{
	ward_wr_lv(w, ward_str_bytes(s));
}

/* By its id: the index means nothing in another version of the model. */
static void put_node(struct ward_wr *w, const struct ward_model *m, uint32_t i)
{
	put_str(w, m && i < ward_model_n(m) ? ward_model_node(m, i)->id : (struct ward_str){"", 0});
}

/* A sum as two whole numbers: it may be more than one holds, and less than 2^64 of these. */
static void put_bundle(struct ward_wr *w, const struct ward_bundle *b)
{
	int64_t high = (int64_t)(b->sum / SUM_UNIT);
	int64_t low = (int64_t)(b->sum - (long double)high * SUM_UNIT);

	ward_wr_varint(w, b->n);
	ward_wr_be64(w, (uint64_t)b->until);
	ward_wr_be64(w, (uint64_t)high);
	ward_wr_be64(w, (uint64_t)low);
	ward_wr_be64(w, (uint64_t)b->top);
}

static void put_entry(
	struct ward_wr *w, const struct ward_detector *det, const struct ward_entry *e)
{
	ward_wr_be64(w, (uint64_t)e->time);
	put_id(w, e->id);
	ward_wr_varint(w, e->rule);
	ward_wr_varint(w, e->value);
	put_node(w, det->model, e->asset);
	put_node(w, det->model, e->place);
	put_str(w, (struct ward_str){e->text, e->subject_len});
	put_str(w, (struct ward_str){e->text ? e->text + e->subject_len : NULL, e->actor_len});
	ward_wr_lv(w, ward_slice_of(e->text ? e->text + e->subject_len + e->actor_len : NULL,
			      e->carry_len));
	put_str(w, (struct ward_str){e->why, e->why_len});
	ward_wr_u8(w, (uint8_t)(e->guest | (e->bundle != NULL) << 1));
	if (e->bundle)
		put_bundle(w, e->bundle);
	ward_wr_varint(w, e->n_id);
	for (size_t i = 0; i < e->n_id; i++)
		put_id(w, e->ids[i]);
	if (e->n_id)
		ward_wr_be64(w, (uint64_t)e->first);
}

static void put_group(
	struct ward_wr *w, const struct ward_detector *det, const struct ward_group_state *g)
{
	const struct ward_rule *r = det->rs->rule[g->rule];

	put_id(w, r->whole);
	put_id(w, r->feed);
	put_str(w, r->key);
	ward_wr_varint(w, ward_corr_n_value(r->corr));
	for (size_t i = 0; i < ward_corr_n_value(r->corr); i++)
		put_str(w, g->value[i]);
	ward_wr_be64(w, (uint64_t)g->closed_until);
	ward_wr_varint(w, g->order);
	ward_wr_varint(w, g->n);
	for (size_t i = 0; i < g->n; i++)
		put_entry(w, det, &g->entry[i]);
	ward_wr_varint(w, g->n_shown);
	for (size_t i = 0; i < g->n_shown; i++) {
		const struct ward_shown *s = &g->shown[i];

		put_id(w, s->first);
		ward_wr_be64(w, (uint64_t)s->start);
		ward_wr_varint(w, s->revision);
		ward_wr_varint(w, s->n);
		ward_wr_varint(w, s->now);
		ward_wr_u8(w, (uint8_t)(s->withdrawn | s->stale << 1 | (s->told != 0) << 2 |
					s->partial << 3));
		if (!s->told)
			continue;
		ward_wr_be64(w, s->told);
		ward_wr_be64(w, (uint64_t)s->told_time);
	}
}

enum { N_STAT = sizeof(struct ward_detect_stats) / sizeof(uint64_t) };

void ward_detector_save(const struct ward_detector *det, struct ward_wr *w)
{
	uint64_t stat[N_STAT];

	_Static_assert(sizeof(stat) == sizeof(det->stats), "only counters");
	memcpy(stat, &det->stats, sizeof(stat));
	ward_wr_u8(w, SAVE_VERSION);
	ward_wr_be64(w, (uint64_t)det->watermark);
	ward_wr_be64(w, (uint64_t)det->closed_at);
	ward_wr_varint(w, N_STAT);
	for (size_t i = 0; i < N_STAT; i++)
		ward_wr_varint(w, stat[i]);
	ward_wr_varint(w, det->group_order);
	ward_wr_varint(w, det->n_group);
	for (size_t i = 0; i < det->n_group; i++)
		put_group(w, det, det->group[i]);
}

static struct ward_id get_id(struct ward_rd *r)
{
	struct ward_id id = {{0}};
	const uint8_t *p = ward_rd_take(r, sizeof(id.b));

	if (p)
		memcpy(id.b, p, sizeof(id.b));
	return id;
}

static struct ward_str get_str(struct ward_rd *r, size_t max)
{
	struct ward_str s = ward_slice_text(ward_rd_lv(r, max));

	if (!ward_utf8_valid(ward_str_bytes(s), NULL))
		r->bad = true;
	return s;
}

static uint32_t get_node(struct ward_rd *r, const struct ward_model *m)
{
	struct ward_str id = get_str(r, VALUE_MAX);

	return m && id.len && !ward_rd_bad(r) ? ward_model_find(m, id) : WARD_NONE;
}

/* The correlation that is still the same, or (feed) holds the same; WARD_NONE when there is none.
 */
static uint32_t find_rule(const struct ward_detector *det, struct ward_id print, bool feed)
{
	for (size_t i = 0; i < det->rs->n_rule; i++) {
		const struct ward_rule *r = det->rs->rule[i];

		if (r->corr && !r->refused && ward_id_eq(feed ? r->feed : r->whole, print))
			return (uint32_t)i;
	}
	return WARD_NONE;
}

/* What of an entry is on the heap; the caller frees. */
struct parts {
	struct ward_wr text;
	struct ward_id ids[ID_MAX];
	struct ward_bundle bundle;
};

static enum ward_err get_bundle(struct ward_rd *r, struct ward_bundle *ret)
{
	ret->n = ward_rd_varint(r);
	ret->until = (ward_ns)ward_rd_be64(r);
	int64_t high = (int64_t)ward_rd_be64(r), low = (int64_t)ward_rd_be64(r);

	ret->sum = (long double)high * SUM_UNIT + (long double)low;
	ret->top = (int64_t)ward_rd_be64(r);
	return ward_rd_bad(r) || ret->n == 0 || ret->n > (uint64_t)1 << 48 ? WARD_ERR_MALFORMED
									   : WARD_OK;
}

static enum ward_err get_entry(
	struct ward_rd *r, const struct ward_model *m, struct parts *p, struct ward_entry *ret)
{
	struct ward_entry e = {.time = (ward_ns)ward_rd_be64(r), .id = get_id(r)};
	uint64_t rule = ward_rd_varint(r), n_id;

	e.first = e.time;
	e.value = ward_rd_varint(r);
	e.asset = get_node(r, m);
	e.place = get_node(r, m);
	struct ward_str subject = get_str(r, 256), actor = get_str(r, 256);
	struct ward_slice carry = ward_rd_lv(r, VALUE_MAX);
	struct ward_str why = get_str(r, WARD_DETECTION_BECAUSE_MAX);

	uint8_t flags = ward_rd_u8(r);

	e.guest = flags & 1;
	if (flags & 2 && get_bundle(r, &p->bundle) != WARD_OK)
		return WARD_ERR_MALFORMED;
	e.bundle = flags & 2 ? &p->bundle : NULL;
	n_id = ward_rd_varint(r);
	if (ward_rd_bad(r) || n_id > ID_MAX || rule > UINT32_MAX)
		return WARD_ERR_MALFORMED;
	for (uint64_t i = 0; i < n_id; i++)
		p->ids[i] = get_id(r);
	if (n_id)
		e.first = (ward_ns)ward_rd_be64(r);
	ward_wr_reset(&p->text);
	ward_wr_str(&p->text, subject);
	ward_wr_str(&p->text, actor);
	ward_wr_bytes(&p->text, carry.p, carry.len);
	ward_wr_str(&p->text, why);
	if (ward_rd_bad(r))
		return WARD_ERR_MALFORMED;
	if (ward_wr_bad(&p->text))
		return WARD_ERR_NOMEM;
	e.rule = (uint32_t)rule;
	e.n_id = (uint16_t)n_id;
	e.ids = p->ids;
	e.text = (char *)p->text.p;
	e.subject_len = (uint16_t)subject.len;
	e.actor_len = (uint16_t)actor.len;
	e.carry_len = (uint32_t)carry.len;
	e.why_len = (uint16_t)why.len;
	e.why = why.len ? e.text + subject.len + actor.len + carry.len : NULL;
	*ret = e;
	return WARD_OK;
}

/* g == NULL: read over. */
static enum ward_err get_entries(
	struct ward_detector *det, struct ward_rd *r, struct ward_group_state *g)
{
	/* An entry is at least 8 + 16 + 9 bytes. */
	uint64_t n = ward_rd_varint(r);
	struct parts p = {.text = ward_wr_grow(det->mem, 2 * VALUE_MAX)};
	enum ward_err err = n > ward_rd_left(r) / 33 ? WARD_ERR_MALFORMED : WARD_OK;

	for (uint64_t i = 0; i < n && !err; i++) {
		struct ward_entry e;
		bool put;

		err = get_entry(r, det->model, &p, &e);
		if (err || !g)
			continue;
		err = e.rule < det->rs->rule[g->rule]->corr->n_member
			      ? ward_corr_put(det, g, &e, &put)
			      : WARD_ERR_MALFORMED;
	}
	ward_wr_fini(&p.text);
	return err;
}

static enum ward_err get_shown(
	struct ward_detector *det, struct ward_rd *r, struct ward_group_state *g)
{
	/* Each is at least 16 + 8 + 4 bytes. */
	uint64_t n = ward_rd_varint(r);

	if (n > ward_rd_left(r) / 28)
		return WARD_ERR_MALFORMED;
	for (uint64_t i = 0; i < n; i++) {
		struct ward_shown s = {.first = get_id(r), .start = (ward_ns)ward_rd_be64(r)};
		uint64_t revision = ward_rd_varint(r), count = ward_rd_varint(r);
		uint64_t now = ward_rd_varint(r);
		uint8_t flags = ward_rd_u8(r);

		s.withdrawn = flags & 1;
		s.stale = flags >> 1 & 1;
		s.partial = flags >> 3 & 1;
		if (flags >> 2 & 1) {
			s.told = ward_rd_be64(r);
			s.told_time = (ward_ns)ward_rd_be64(r);
		}
		if (ward_rd_bad(r) || revision > UINT32_MAX || count > SIZE_MAX / 4 ||
			now > SIZE_MAX / 4)
			return WARD_ERR_MALFORMED;
		if (!g)
			continue;
		s.revision = (uint32_t)revision;
		s.n = (size_t)count;
		s.now = (size_t)now;
		enum ward_err err = ward_mem_more(det->mem, &g->shown, g->n_shown, &g->cap_shown,
			sizeof(s), ward_limit(det->lim, WARD_LIMIT_DETECT_WINDOW) * 2);

		if (err)
			return err;
		g->shown[g->n_shown++] = s;
	}
	return WARD_OK;
}

struct told {
	ward_window_fn fn; /* may be NULL */
	void *ctx;
	bool feed; /* the state says what groups are fed by */
};

/* Is all that it holds as good for a correlation that judges it otherwise? r stands before its
 * entries, and stays there. */
static bool can_rearm(struct ward_detector *det, struct ward_rd r, const struct ward_corr *c)
{
	struct parts p = {.text = ward_wr_grow(det->mem, 2 * VALUE_MAX)};
	uint64_t n = ward_rd_varint(&r);
	bool ok = n <= ward_corr_room(det, c);

	for (uint64_t i = 0; ok && i < n; i++) {
		struct ward_entry e;

		ok = get_entry(&r, det->model, &p, &e) == WARD_OK && !e.bundle;
	}
	ward_wr_fini(&p.text);
	return ok && ward_rd_varint(&r) == 0 && !ward_rd_bad(&r); /* nothing was told */
}

/* Whose group it is now; WARD_NONE: nobody's. r stands before its entries. */
static uint32_t whose(struct ward_detector *det, struct ward_id is, struct ward_id feed,
	struct ward_str key, const struct ward_rd *r, const struct told *told)
{
	uint32_t rule = find_rule(det, is, false);

	if (rule != WARD_NONE)
		return rule;
	if (told->feed)
		rule = find_rule(det, feed, true);
	if (rule != WARD_NONE && !can_rearm(det, *r, det->rs->rule[rule]->corr))
		rule = WARD_NONE;
	if (told->fn)
		told->fn(told->ctx, key,
			rule == WARD_NONE ? WARD_WINDOW_DROPPED : WARD_WINDOW_REARMED);
	return rule;
}

static enum ward_err get_group(
	struct ward_detector *det, struct ward_rd *r, const struct told *told)
{
	struct ward_id is = get_id(r), feed = {{0}};

	if (told->feed)
		feed = get_id(r);
	struct ward_str key = get_str(r, VALUE_MAX);
	struct ward_group_state *g = NULL;
	struct ward_str value[WARD_AXES + 1];
	uint64_t n = ward_rd_varint(r);
	enum ward_err err = WARD_OK;

	if (n > WARD_ARRAY_LEN(value))
		return WARD_ERR_MALFORMED;
	for (uint64_t i = 0; i < n; i++)
		value[i] = get_str(r, VALUE_MAX);
	ward_ns closed_until = (ward_ns)ward_rd_be64(r);
	uint64_t order = ward_rd_varint(r);

	if (ward_rd_bad(r))
		return WARD_ERR_MALFORMED;
	uint32_t rule = whose(det, is, feed, key, r, told);

	if (rule != WARD_NONE) {
		struct ward_id id;

		if (ward_corr_n_value(det->rs->rule[rule]->corr) != n)
			return WARD_ERR_MALFORMED;
		id = ward_group_place(det, rule, value, (size_t)n);
		if (ward_tab_find(&det->groups, &id))
			return WARD_ERR_MALFORMED;
		err = ward_corr_group_new(det, id, rule, value, (size_t)n, &g);
	}
	if (g) {
		g->closed_until = closed_until;
		g->order = order;
	}
	if (!err)
		err = get_entries(det, r, g);
	if (!err)
		err = get_shown(det, r, g);
	if (!err && g)
		ward_due_set(det, g, ward_due_time(det->rs->rule[rule]->corr, g));
	return err;
}

static enum ward_err get_all(struct ward_detector *det, struct ward_rd *r, struct told told)
{
	uint64_t stat[N_STAT] = {0};
	enum ward_err err = WARD_OK;
	uint8_t version = ward_rd_u8(r);

	told.feed = version != NO_FEED;
	if (version != SAVE_VERSION && version != NO_FEED)
		return ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_ERR_VERSION;
	det->watermark = (ward_ns)ward_rd_be64(r);
	det->closed_at = (ward_ns)ward_rd_be64(r);
	if (ward_rd_varint(r) != N_STAT)
		return WARD_ERR_MALFORMED;
	for (size_t i = 0; i < N_STAT; i++)
		stat[i] = ward_rd_varint(r);
	uint64_t order = ward_rd_varint(r), n = ward_rd_varint(r);

	/* A group is at least 16 + 2 + 8 + 3 bytes. */
	if (ward_rd_bad(r) || n > ward_rd_left(r) / 29)
		return WARD_ERR_MALFORMED;
	for (uint64_t i = 0; i < n && !err; i++)
		err = get_group(det, r, &told);
	if (!err && ward_rd_bad(r))
		err = WARD_ERR_MALFORMED;
	det->group_order = order;
	memcpy(&det->stats, stat, sizeof(stat));
	return err;
}

enum ward_err ward_detector_load(
	struct ward_detector *det, struct ward_rd *r, ward_window_fn fn, void *ctx)
{
	enum ward_err err = get_all(det, r, (struct told){.fn = fn, .ctx = ctx});

	if (!err)
		return WARD_OK;
	ward_corr_fini(det);
	ward_tab_init(&det->groups, det->mem, sizeof(struct ward_id), sizeof(uint32_t),
		ward_limit(det->lim, WARD_LIMIT_DETECT_GROUPS));
	ward_origin_init(det);
	memset(&det->stats, 0, sizeof(det->stats));
	det->watermark = det->closed_at = INT64_MIN;
	det->group_order = 0;
	return err;
}
