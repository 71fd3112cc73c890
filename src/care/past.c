#include "care/past.h"

#include "base/hash.h"
#include "care/counted.h"
#include "care/said.h"

#include <stdlib.h>

enum {
	TEXT_MAX = 1 << 20,
	/* so much room is made at once; where it costs what goes on, no more than that */
	SPARE = WARD_CARE_PAST_ITEMS / 16,
	SPARE_OPEN = WARD_CARE_PAST_ITEMS / 512,
};

struct item {
	bool impact, withdrawn, taken; /* taken: another incident took it in */
	bool cut;                      /* incidents: forecasts of it were forgotten */
	struct ward_id id, incident;
	uint32_t revision; /* 0: it is to make room */
	uint32_t nth;      /* of the revisions of its forecast that are kept */
	ward_ns last;      /* incidents: the latest sign … */
	ward_ns known;     /* … and since when a forecast is known */
	int64_t lo_micro, hi_micro;
	ward_ns expected;
	struct ward_str state, asset, need, threat;
	char *text;
	size_t n_text;
};

struct ward_care_past {
	const struct ward_mem *mem;
	struct item *item; /* n, in the order in which they came */
	size_t n, cap;
	struct ward_tab last; /* by id: the place of its last item */
	uint64_t version, forgotten;
	uint64_t lost; /* incidents that are not kept, and went on */
	struct ward_care_said said;
	struct ward_care_counted counted;
};

enum ward_err ward_care_past_new(const struct ward_mem *mem, struct ward_care_past **ret)
{
	struct ward_care_past *p = ward_mem_alloc(mem, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	*p = (struct ward_care_past){.mem = mem, .said = {.mem = mem}, .counted = {.mem = mem}};
	ward_tab_init(
		&p->last, mem, sizeof(struct ward_id), sizeof(uint32_t), WARD_CARE_PAST_ITEMS + 1);
	*ret = p;
	return WARD_OK;
}

static void drop(struct ward_care_past *p, struct item *it)
{
	ward_mem_free(p->mem, it->text, it->n_text);
	it->text = NULL;
}

void ward_care_past_free(struct ward_care_past *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		drop(p, &p->item[i]);
	ward_care_said_fini(&p->said);
	ward_care_counted_fini(&p->counted);
	ward_mem_free(p->mem, p->item, p->cap * sizeof(*p->item));
	ward_tab_fini(&p->last);
	ward_mem_free(p->mem, p, sizeof(*p));
}

static struct item *find(const struct ward_care_past *p, struct ward_id id, bool impact)
{
	const void *at = ward_tab_find(&p->last, &id);
	uint32_t i;

	if (!at)
		return NULL;
	memcpy(&i, at, sizeof(i));
	return p->item[i].impact == impact ? &p->item[i] : NULL;
}

static enum ward_err point(struct ward_care_past *p, struct ward_id id, uint32_t i)
{
	void *at;
	enum ward_err err = ward_tab_put(&p->last, &id, &at, NULL);

	if (!err)
		memcpy(at, &i, sizeof(i));
	return err;
}

static bool goes_on(const struct item *it)
{
	return !it->taken && ward_record_phase(it->state) == WARD_PHASE_OPEN;
}

/* ---- what is forgotten ---- */

/* What is kept of an incident, from most to least. */
enum fate {
	WHOLE,
	LATEST, /* of each forecast the last revision: by it a loss may seem newer, never less */
	BARE,   /* no forecast, but that it goes on */
	GONE,
};

struct incident {
	struct item *it;
	size_t earlier, latest; /* revisions of its forecasts */
	enum fate fate;
};

struct step {
	bool open;
	enum fate fate;
	size_t spare;
};

static int by_quiet(const void *va, const void *vb)
{
	const struct item *a = (*(const struct incident *const *)va)->it,
			  *b = (*(const struct incident *const *)vb)->it;

	if (a->last != b->last)
		return a->last < b->last ? -1 : 1;
	return ward_id_cmp(a->id, b->id);
}

/* What was to make room does; the others move up. */
static enum ward_err sweep(struct ward_care_past *p)
{
	struct ward_tab was = p->last;
	enum ward_err err = WARD_OK;
	size_t kept = 0;

	ward_tab_init(&p->last, p->mem, sizeof(struct ward_id), sizeof(uint32_t),
		WARD_CARE_PAST_ITEMS + 1);
	for (size_t i = 0; i < p->n && !err; i++)
		if (p->item[i].revision)
			err = point(p, p->item[i].id, (uint32_t)kept++);
	if (err) {
		ward_tab_fini(&p->last);
		p->last = was;
		return err;
	}
	ward_tab_fini(&was);
	kept = 0;
	for (size_t i = 0; i < p->n; i++)
		if (p->item[i].revision)
			p->item[kept++] = p->item[i];
		else
			drop(p, &p->item[i]);
	p->n = kept;
	return WARD_OK;
}

static bool is_last(const struct ward_care_past *p, const struct item *it)
{
	return find(p, it->id, true) == it;
}

/* Fills in all incidents, at their items' places, and `order`; gives their number. */
static size_t list(const struct ward_care_past *p, struct incident *all, struct incident **order)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (!p->item[i].impact) {
			all[i].it = &p->item[i];
			order[n++] = &all[i];
		}
	for (size_t i = 0; i < p->n; i++) {
		const struct item *it = &p->item[i],
				  *of = it->impact ? find(p, it->incident, false) : NULL;

		if (of && is_last(p, it))
			all[of - p->item].latest++;
		else if (of)
			all[of - p->item].earlier++;
	}
	if (n)
		qsort(order, n, sizeof(struct incident *), by_quiet);
	return n;
}

static size_t size_of(const struct incident *k, enum fate fate)
{
	return (fate < LATEST ? k->earlier : 0) + (fate < BARE ? k->latest : 0) + (fate < GONE);
}

/* Decides of incidents, the quietest first, until no more than max are kept; gives what is. */
static size_t decide(struct incident **order, size_t n_order, const struct step *s, size_t kept)
{
	for (size_t i = 0; i < n_order && kept > WARD_CARE_PAST_ITEMS - s->spare; i++) {
		struct incident *k = order[i];

		size_t gain = k->fate < s->fate ? size_of(k, k->fate) - size_of(k, s->fate) : 0;

		if (goes_on(k->it) != s->open || !gain)
			continue;
		kept -= gain;
		k->fate = s->fate;
	}
	return kept;
}

/* Their items are marked as decided. */
static void carry_out(struct ward_care_past *p, struct incident *all)
{
	for (size_t i = 0; i < p->n; i++) {
		struct item *it = &p->item[i];
		const struct item *of = it->impact ? find(p, it->incident, false) : NULL;
		enum fate fate = of ? all[of - p->item].fate : GONE;

		if (!it->impact || fate < LATEST)
			continue;
		it->nth = 1;
		if (fate > LATEST || !is_last(p, it))
			it->revision = 0;
	}
	for (size_t i = 0; i < p->n; i++) {
		struct item *it = &p->item[i];

		if (it->impact || all[i].fate < BARE)
			continue;
		if (goes_on(it)) {
			p->forgotten += !it->cut;
			p->lost += all[i].fate == GONE;
		}
		it->cut = true;
		it->revision = all[i].fate == GONE ? 0 : it->revision;
	}
}

/* Revisions that nobody asks for go first, then incidents that are over, then what is known of
 * those that go on: bit by bit, and of no more of them than has to be. */
static enum ward_err make_room(struct ward_care_past *p)
{
	static const struct step step[] = {{false, GONE, SPARE}, {true, LATEST, SPARE},
		{true, BARE, SPARE_OPEN}, {true, GONE, SPARE_OPEN}};
	enum ward_err err = sweep(p);
	size_t n = p->n, kept = n;

	if (err || n <= WARD_CARE_PAST_ITEMS - SPARE_OPEN)
		return err;
	struct incident *all = ward_mem_alloc(p->mem, n * sizeof(*all));
	struct incident **order = ward_mem_alloc(p->mem, n * sizeof(struct incident *));

	if (all && order) {
		size_t n_order = list(p, all, order);

		for (size_t i = 0; i < WARD_ARRAY_LEN(step); i++)
			kept = decide(order, n_order, &step[i], kept);
		carry_out(p, all);
		p->version++;
	} else {
		err = WARD_ERR_NOMEM;
	}
	ward_mem_free(p->mem, all, n * sizeof(*all));
	ward_mem_free(p->mem, order, n * sizeof(struct incident *));
	return err ? err : sweep(p);
}

/* ---- what comes ---- */

static enum ward_err set_texts(struct ward_care_past *p, struct item *it)
{
	struct ward_str *const all[] = {&it->state, &it->asset, &it->need, &it->threat};
	size_t n = 0, at = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		n += all[i]->len;
	char *text = ward_mem_alloc(p->mem, n + 1);

	if (!text)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		if (all[i]->len)
			memcpy(text + at, all[i]->p, all[i]->len);
		*all[i] = (struct ward_str){text + at, all[i]->len};
		at += all[i]->len;
	}
	it->text = text;
	it->n_text = n + 1;
	return WARD_OK;
}

static enum ward_err add(struct ward_care_past *p, struct item it)
{
	enum ward_err err = ward_mem_more(
		p->mem, &p->item, p->n, &p->cap, sizeof(*p->item), WARD_CARE_PAST_ITEMS + 1);

	if (!err)
		err = set_texts(p, &it);
	if (err)
		return err;
	p->item[p->n++] = it;
	p->version++;
	return point(p, it.id, (uint32_t)p->n - 1);
}

static enum ward_err on_incident(struct ward_care_past *p, const struct ward_record *r)
{
	struct item *was = find(p, r->id, false),
		    it = {.id = r->id, .revision = r->revision, .last = r->last, .state = r->state};
	enum ward_err err;

	for (size_t i = 0; i < r->n_superseded; i++) {
		struct item *part = find(p, r->superseded[i], false);

		if (!part || part->taken || ward_id_eq(part->id, r->id))
			continue;
		part->taken = true;
		p->version++;
	}
	if (!was)
		return add(p, it);
	if (was->revision >= r->revision)
		return WARD_OK;
	it.taken = was->taken;
	it.cut = was->cut;
	it.last = it.last > was->last ? it.last : was->last;
	err = set_texts(p, &it);
	if (err)
		return err;
	drop(p, was);
	*was = it;
	p->version++;
	return WARD_OK;
}

/* In words: by what else it could not decide otherwise. */
static enum ward_likely tier(const struct item *it)
{
	return ward_likely(it->lo_micro, it->hi_micro);
}

static bool says_the_same(const struct item *a, const struct item *b)
{
	return a->withdrawn == b->withdrawn && tier(a) == tier(b) && a->expected == b->expected &&
	       ward_str_eq(a->asset, b->asset) && ward_str_eq(a->need, b->need) &&
	       ward_str_eq(a->threat, b->threat);
}

/* The oldest revision of it is to make room. From the end: a forecast that flaps is near it. */
static void let_go(struct ward_care_past *p, struct ward_id impact)
{
	struct item *oldest = NULL;
	unsigned n = 0;

	for (size_t i = p->n; i-- > 0 && n < WARD_CARE_PAST_REVISIONS;) {
		struct item *it = &p->item[i];

		if (!it->impact || !it->revision || !ward_id_eq(it->id, impact))
			continue;
		oldest = it;
		n++;
	}
	if (oldest)
		oldest->revision = 0;
}

static enum ward_err on_impact(struct ward_care_past *p, const struct ward_record *r)
{
	struct item *was = find(p, r->id, true);
	const struct item *of = find(p, r->incident, false);
	struct item it = {.impact = true,
		.withdrawn = r->withdrawn,
		.id = r->id,
		.incident = r->incident,
		.revision = r->revision,
		.known = of ? of->last : INT64_MIN,
		.lo_micro = r->lo_micro,
		.hi_micro = r->hi_micro,
		.expected = r->expected,
		.asset = r->asset,
		.need = r->need,
		.threat = r->threat};

	if (!of && !was) /* an incident that was forgotten, or of another hospital */
		return WARD_OK;
	if (was && was->revision >= r->revision)
		return WARD_OK;
	if (was && says_the_same(was, &it)) {
		was->revision = r->revision;
		return WARD_OK;
	}
	it.nth = was ? was->nth + 1 : 1;
	if (it.nth > WARD_CARE_PAST_REVISIONS) {
		it.nth--;
		let_go(p, r->id);
	}
	return add(p, it);
}

/* ---- a record ---- */

enum ward_err ward_care_past_take(struct ward_care_past *p, const struct ward_record *r)
{
	enum ward_err err = p->n >= WARD_CARE_PAST_ITEMS ? make_room(p) : WARD_OK;

	if (err)
		return err;
	if (r->kind == WARD_RECORD_ENTRY) {
		p->version++;
		return ward_care_said_take(&p->said, r);
	}
	if (r->kind == WARD_RECORD_CENSUS) {
		p->version++;
		return ward_care_counted_take(&p->counted, r);
	}
	if (r->kind == WARD_RECORD_INCIDENT)
		return on_incident(p, r);
	return r->kind == WARD_RECORD_IMPACT ? on_impact(p, r) : WARD_OK;
}

/* ---- what is asked ---- */

static struct ward_record record_of(const struct item *it)
{
	return (struct ward_record){.kind = it->impact ? WARD_RECORD_IMPACT : WARD_RECORD_INCIDENT,
		.id = it->id,
		.revision = it->revision,
		.withdrawn = it->withdrawn,
		.last = it->last,
		.first = it->last,
		.incident = it->incident,
		.state = it->taken ? WARD_STR("closed") : it->state,
		.asset = it->asset,
		.need = it->need,
		.threat = it->threat,
		.lo_micro = it->lo_micro,
		.hi_micro = it->hi_micro,
		.expected = it->expected,
		.earliest = it->expected};
}

enum ward_err ward_care_past_ask(
	const struct ward_care_past *p, struct ward_arena *arena, struct ward_care_ask *ask)
{
	const size_t n_counted = ward_care_counted_n(&p->counted);
	size_t n = 0, most = p->n + p->said.n + n_counted;
	struct ward_record *r = ward_arena_array(arena, most, sizeof(*r));
	const struct ward_record **at =
		ward_arena_array(arena, most, sizeof(const struct ward_record *));
	ward_ns *known = ward_arena_array(arena, most, sizeof(*known));

	if (!r || !at || !known)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < p->n; i++) {
		if (!p->item[i].revision)
			continue;
		const ward_ns since = p->item[i].impact ? p->item[i].known : p->item[i].last;

		r[n] = record_of(&p->item[i]);
		known[n] = since < ask->at ? since : ask->at; /* a sensor's clock may be ahead */
		at[n] = &r[n];
		n++;
	}
	enum ward_err err = ward_care_said_ask(&p->said, arena, r + n, &most);

	if (err)
		return err;
	ward_care_counted_ask(&p->counted, r + n + most);
	most += n_counted;
	for (size_t i = 0; i < most; i++, n++) {
		known[n] = r[n].first;
		at[n] = &r[n];
	}
	ask->record = at;
	ask->known = known;
	ask->n_record = n;
	ask->n_unknown = p->lost;
	for (size_t i = 0; i < p->n; i++)
		ask->n_unknown += p->item[i].cut && p->item[i].revision && goes_on(&p->item[i]);
	return WARD_OK;
}

uint64_t ward_care_past_version(const struct ward_care_past *p)
{
	return p->version;
}

uint64_t ward_care_past_forgotten(const struct ward_care_past *p)
{
	return p->forgotten;
}

/* ---- as bytes ---- */

bool ward_care_past_save(const struct ward_care_past *p, struct ward_wr *w)
{
	ward_wr_varint(w, p->n);
	ward_wr_varint(w, p->version);
	ward_wr_varint(w, p->lost);
	for (size_t i = 0; i < p->n; i++) {
		const struct item *it = &p->item[i];
		const struct ward_str text[] = {it->state, it->asset, it->need, it->threat};
		const int64_t number[] = {
			it->last, it->known, it->lo_micro, it->hi_micro, it->expected};

		ward_wr_u8(w,
			(uint8_t)(it->impact | it->withdrawn << 1 | it->taken << 2 | it->cut << 3));
		ward_wr_bytes(w, it->id.b, sizeof(it->id.b));
		ward_wr_bytes(w, it->incident.b, sizeof(it->incident.b));
		ward_wr_varint(w, it->revision);
		ward_wr_varint(w, it->nth);
		for (size_t k = 0; k < WARD_ARRAY_LEN(number); k++)
			ward_wr_varint(w, (uint64_t)number[k]);
		for (size_t k = 0; k < WARD_ARRAY_LEN(text); k++)
			ward_wr_lv(w, ward_str_bytes(text[k]));
	}
	ward_care_said_save(&p->said, w);
	ward_care_counted_save(&p->counted, w);
	return !ward_wr_bad(w);
}

static void get_id(struct ward_rd *r, struct ward_id *ret)
{
	struct ward_slice s = ward_rd_bytes(r, sizeof(ret->b));

	if (s.len == sizeof(ret->b))
		memcpy(ret->b, s.p, s.len);
}

static enum ward_err load_one(struct ward_care_past *p, struct ward_rd *r)
{
	uint8_t flags = ward_rd_u8(r);
	struct item it = {
		.impact = flags & 1, .withdrawn = flags & 2, .taken = flags & 4, .cut = flags & 8};
	int64_t *const number[] = {&it.last, &it.known, &it.lo_micro, &it.hi_micro, &it.expected};
	struct ward_str *const text[] = {&it.state, &it.asset, &it.need, &it.threat};
	bool bad = flags > 15;

	get_id(r, &it.id);
	get_id(r, &it.incident);
	it.revision = (uint32_t)ward_rd_varint(r);
	it.nth = (uint32_t)ward_rd_varint(r);
	for (size_t k = 0; k < WARD_ARRAY_LEN(number); k++)
		*number[k] = (int64_t)ward_rd_varint(r);
	for (size_t k = 0; k < WARD_ARRAY_LEN(text); k++) {
		struct ward_slice s = ward_rd_lv(r, TEXT_MAX);

		bad = bad || !ward_utf8_valid(s, NULL);
		*text[k] = ward_slice_text(s);
	}
	if (bad || ward_rd_bad(r) || it.nth > WARD_CARE_PAST_REVISIONS)
		return WARD_ERR_MALFORMED;
	return add(p, it);
}

enum ward_err ward_care_past_load(struct ward_care_past *p, struct ward_rd *r)
{
	uint64_t n = ward_rd_varint(r), version = ward_rd_varint(r);
	enum ward_err err = WARD_OK;

	p->lost = ward_rd_varint(r);
	WARD_ASSERT(p->n == 0);
	if (n > WARD_CARE_PAST_ITEMS)
		return WARD_ERR_MALFORMED;
	for (uint64_t i = 0; i < n && !err; i++)
		err = load_one(p, r);
	if (!err)
		err = ward_care_said_load(&p->said, r);
	if (!err)
		err = ward_care_counted_load(&p->counted, r);
	p->version = version;
	return err ? err : ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_OK;
}
