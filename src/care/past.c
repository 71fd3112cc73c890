#include "care/past.h"

#include "base/hash.h"

#include <stdlib.h>

enum { TEXT_MAX = 1 << 20 };

struct item {
	bool impact, withdrawn, taken; /* taken: another incident took it in */
	struct ward_id id, incident;
	uint32_t revision; /* 0: an old one that made room */
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
};

enum ward_err ward_care_past_new(const struct ward_mem *mem, struct ward_care_past **ret)
{
	struct ward_care_past *p = ward_mem_alloc(mem, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	*p = (struct ward_care_past){.mem = mem};
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

static enum ward_err point(struct ward_care_past *p, uint32_t i)
{
	void *at;
	enum ward_err err = ward_tab_put(&p->last, &p->item[i].id, &at, NULL);

	if (!err)
		memcpy(at, &i, sizeof(i));
	return err;
}

static bool goes_on(const struct item *it)
{
	return !it->taken && ward_record_phase(it->state) == WARD_PHASE_OPEN;
}

/* ---- what is forgotten ---- */

struct quiet {
	struct ward_id id;
	ward_ns last;
	bool goes_on;
};

static int by_quiet(const void *va, const void *vb)
{
	const struct quiet *a = va, *b = vb;

	if (a->goes_on != b->goes_on)
		return a->goes_on ? 1 : -1;
	if (a->last != b->last)
		return a->last < b->last ? -1 : 1;
	return ward_id_cmp(a->id, b->id);
}

/* Items that do not belong to these incidents move up; forecasts of none go, too. */
static enum ward_err sweep(struct ward_care_past *p)
{
	enum ward_err err = WARD_OK;
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct item *it = &p->item[i];

		if (it->revision && ward_tab_find(&p->last, it->impact ? &it->incident : &it->id))
			p->item[kept++] = *it;
		else
			drop(p, &p->item[i]);
	}
	p->n = kept;
	ward_tab_fini(&p->last);
	ward_tab_init(&p->last, p->mem, sizeof(struct ward_id), sizeof(uint32_t),
		WARD_CARE_PAST_ITEMS + 1);
	for (uint32_t i = 0; i < p->n && !err; i++)
		err = point(p, i);
	return err;
}

/* Half of the incidents, so that it does not come to this with each record. */
static enum ward_err forget(struct ward_care_past *p)
{
	struct quiet *q = ward_mem_alloc(p->mem, p->n * sizeof(*q));
	enum ward_err err = WARD_OK;
	size_t n = 0;
	void *at;

	if (!q)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < p->n; i++)
		if (!p->item[i].impact)
			q[n++] = (struct quiet){
				p->item[i].id, p->item[i].last, goes_on(&p->item[i])};
	if (n)
		qsort(q, n, sizeof(*q), by_quiet);
	ward_tab_fini(&p->last);
	ward_tab_init(&p->last, p->mem, sizeof(struct ward_id), sizeof(uint32_t),
		WARD_CARE_PAST_ITEMS + 1);
	for (size_t i = 0; i < n; i++)
		if (i < (n + 1) / 2)
			p->forgotten += q[i].goes_on;
		else if (!err)
			err = ward_tab_put(&p->last, &q[i].id, &at, NULL);
	ward_mem_free(p->mem, q, p->n * sizeof(*q));
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
	enum ward_err err = p->n >= WARD_CARE_PAST_ITEMS ? forget(p) : WARD_OK;

	if (!err)
		err = ward_mem_more(p->mem, &p->item, p->n, &p->cap, sizeof(*p->item),
			WARD_CARE_PAST_ITEMS + 1);
	if (!err)
		err = set_texts(p, &it);
	if (err)
		return err;
	p->item[p->n++] = it;
	p->version++;
	return point(p, (uint32_t)p->n - 1);
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
	it.last = it.last > was->last ? it.last : was->last;
	err = set_texts(p, &it);
	if (err)
		return err;
	drop(p, was);
	*was = it;
	p->version++;
	return WARD_OK;
}

/* In words, as care/seen.c has them: by what else it could not decide otherwise. */
static int tier(const struct item *it)
{
	return it->lo_micro >= 900000   ? 4
	       : it->lo_micro >= 600000 ? 3
	       : it->lo_micro >= 100000 ? 2
					: it->hi_micro > 100000;
}

static bool says_the_same(const struct item *a, const struct item *b)
{
	return a->withdrawn == b->withdrawn && tier(a) == tier(b) && a->expected == b->expected &&
	       ward_str_eq(a->asset, b->asset) && ward_str_eq(a->need, b->need) &&
	       ward_str_eq(a->threat, b->threat);
}

/* The oldest revision of it makes room. */
static void make_room(struct ward_care_past *p, struct ward_id impact)
{
	size_t i = 0;

	while (i < p->n &&
		!(p->item[i].impact && p->item[i].revision && ward_id_eq(p->item[i].id, impact)))
		i++;
	if (i < p->n)
		p->item[i].revision = 0;
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
		make_room(p, r->id);
	}
	return add(p, it);
}

enum ward_err ward_care_past_take(struct ward_care_past *p, const struct ward_record *r)
{
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
	struct ward_record *r = ward_arena_array(arena, p->n, sizeof(*r));
	const struct ward_record **at =
		ward_arena_array(arena, p->n, sizeof(const struct ward_record *));
	ward_ns *known = ward_arena_array(arena, p->n, sizeof(*known));
	size_t n = 0;

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
	ask->record = at;
	ask->known = known;
	ask->n_record = n;
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
	for (size_t i = 0; i < p->n; i++) {
		const struct item *it = &p->item[i];
		const struct ward_str text[] = {it->state, it->asset, it->need, it->threat};
		const int64_t number[] = {
			it->last, it->known, it->lo_micro, it->hi_micro, it->expected};

		ward_wr_u8(w, (uint8_t)(it->impact | it->withdrawn << 1 | it->taken << 2));
		ward_wr_bytes(w, it->id.b, sizeof(it->id.b));
		ward_wr_bytes(w, it->incident.b, sizeof(it->incident.b));
		ward_wr_varint(w, it->revision);
		ward_wr_varint(w, it->nth);
		for (size_t k = 0; k < WARD_ARRAY_LEN(number); k++)
			ward_wr_varint(w, (uint64_t)number[k]);
		for (size_t k = 0; k < WARD_ARRAY_LEN(text); k++)
			ward_wr_lv(w, ward_str_bytes(text[k]));
	}
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
	struct item it = {.impact = flags & 1, .withdrawn = flags & 2, .taken = flags & 4};
	int64_t *const number[] = {&it.last, &it.known, &it.lo_micro, &it.hi_micro, &it.expected};
	struct ward_str *const text[] = {&it.state, &it.asset, &it.need, &it.threat};
	bool bad = flags > 7;

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

	WARD_ASSERT(p->n == 0);
	if (n > WARD_CARE_PAST_ITEMS)
		return WARD_ERR_MALFORMED;
	for (uint64_t i = 0; i < n && !err; i++)
		err = load_one(p, r);
	p->version = version;
	return err ? err : ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_OK;
}
