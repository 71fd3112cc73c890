#include "exchange/past.h"

#include "base/hash.h"

enum { SCRATCH_BYTES = 16 << 20, ROW_MAX = 1 << 20 };

struct item {
	enum ward_record_kind kind;
	struct ward_id id, of; /* of: a forecast's incident */
	uint32_t revision;
	ward_ns last;
	int64_t changed; /* of an incident's last revision: microseconds */
	bool signs;
	char *json; /* NULL: an earlier revision, of which only the time counts */
	size_t len;
};

struct ward_offer_past {
	const struct ward_mem *mem;
	struct ward_record_reader *reader;
	struct ward_arena scratch;
	struct item *item; /* n, in the order in which they came */
	size_t n, cap, bytes;
	struct ward_tab last; /* by kind and id: the place of the last revision */
	int64_t clock;
	uint64_t version, forgotten;
};

struct key {
	uint8_t kind;
	struct ward_id id;
};

enum ward_err ward_offer_past_new(
	const struct ward_mem *mem, const struct ward_limits *lim, struct ward_offer_past **ret)
{
	struct ward_offer_past *p = ward_mem_alloc(mem, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	p->mem = mem;
	p->clock = INT64_MIN;
	ward_arena_init(&p->scratch, mem, SCRATCH_BYTES);
	ward_tab_init(
		&p->last, mem, sizeof(struct key), sizeof(uint32_t), WARD_OFFER_PAST_ITEMS + 1);
	if (ward_record_reader_new(mem, lim, &p->reader) != WARD_OK) {
		ward_offer_past_free(p);
		return WARD_ERR_NOMEM;
	}
	*ret = p;
	return WARD_OK;
}

static void drop_text(struct ward_offer_past *p, struct item *it)
{
	ward_mem_free(p->mem, it->json, it->len);
	p->bytes -= it->len;
	it->json = NULL;
	it->len = 0;
}

void ward_offer_past_free(struct ward_offer_past *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		drop_text(p, &p->item[i]);
	ward_mem_free(p->mem, p->item, p->cap * sizeof(*p->item));
	ward_tab_fini(&p->last);
	ward_record_reader_free(p->reader);
	ward_arena_fini(&p->scratch);
	ward_mem_free(p->mem, p, sizeof(*p));
}

static struct item *find(
	const struct ward_offer_past *p, enum ward_record_kind kind, struct ward_id id)
{
	const struct key k = {(uint8_t)kind, id};
	const void *at = ward_tab_find(&p->last, &k);
	uint32_t i;

	if (!at)
		return NULL;
	memcpy(&i, at, sizeof(i));
	return &p->item[i];
}

static enum ward_err point(struct ward_offer_past *p, uint32_t i)
{
	const struct key k = {(uint8_t)p->item[i].kind, p->item[i].id};
	void *at;
	enum ward_err err = ward_tab_put(&p->last, &k, &at, NULL);

	if (!err)
		memcpy(at, &i, sizeof(i));
	return err;
}

/* The oldest half goes, so that it does not come to this with each row. */
static enum ward_err forget(struct ward_offer_past *p)
{
	size_t from = p->n / 2;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < from; i++)
		drop_text(p, &p->item[i]);
	p->forgotten += from;
	p->n -= from;
	memmove(p->item, p->item + from, p->n * sizeof(*p->item));
	ward_tab_fini(&p->last);
	ward_tab_init(
		&p->last, p->mem, sizeof(struct key), sizeof(uint32_t), WARD_OFFER_PAST_ITEMS + 1);
	for (uint32_t i = 0; i < p->n && !err; i++)
		err = point(p, i);
	return err;
}

static enum ward_err set_text(struct ward_offer_past *p, struct item *it, struct ward_str json)
{
	char *copy = ward_mem_alloc(p->mem, json.len);

	if (!copy)
		return WARD_ERR_NOMEM;
	memcpy(copy, json.p, json.len);
	drop_text(p, it);
	it->json = copy;
	it->len = json.len;
	p->bytes += json.len;
	return WARD_OK;
}

/* Earlier revisions lose their text, but for the last with signs where the new one has none. */
static void thin(struct ward_offer_past *p, struct ward_id id, bool signs)
{
	bool keep = !signs;

	for (size_t i = p->n - 1; i-- > 0;) {
		struct item *it = &p->item[i];

		if (it->kind != WARD_RECORD_INCIDENT || !ward_id_eq(it->id, id) || !it->json)
			continue;
		if (keep && it->signs)
			keep = false;
		else
			drop_text(p, it);
	}
}

static enum ward_err keep(
	struct ward_offer_past *p, const struct ward_record *r, struct ward_str json)
{
	struct item *was = find(p, r->kind, r->id);
	bool incident = r->kind == WARD_RECORD_INCIDENT;

	if (was && was->revision >= r->revision)
		return WARD_OK; /* it came again */
	if (was && !incident) {
		was->revision = r->revision;
		p->version++;
		return set_text(p, was, json);
	}
	enum ward_err err = ward_mem_more(
		p->mem, &p->item, p->n, &p->cap, sizeof(*p->item), WARD_OFFER_PAST_ITEMS + 1);

	if (err)
		return err;
	p->item[p->n] = (struct item){.kind = r->kind,
		.id = r->id,
		.of = r->incident,
		.revision = r->revision,
		.last = r->last,
		.signs = r->n_member > 0};
	err = set_text(p, &p->item[p->n], json);
	if (err)
		return err;
	err = point(p, (uint32_t)p->n++);
	if (!err && incident && was)
		thin(p, r->id, r->n_member > 0);
	p->version++;
	return err;
}

enum ward_err ward_offer_past_take(struct ward_offer_past *p, struct ward_str json, ward_ns time)
{
	struct ward_record r;
	uint64_t before = p->version;

	ward_arena_reset(&p->scratch);
	enum ward_err err = ward_record_read(p->reader, json, &p->scratch, &r);

	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	if (r.kind != WARD_RECORD_DETECTION && r.kind != WARD_RECORD_INCIDENT &&
		r.kind != WARD_RECORD_IMPACT)
		return WARD_OK;
	p->clock = p->clock >= time / 1000 ? p->clock + 1 : time / 1000;
	while (!err && p->n > 1 &&
		(p->n >= WARD_OFFER_PAST_ITEMS || p->bytes > WARD_OFFER_PAST_BYTES))
		err = forget(p);
	if (!err)
		err = keep(p, &r, json);
	if (err || p->version == before)
		return err;
	struct item *of =
		find(p, WARD_RECORD_INCIDENT, r.kind == WARD_RECORD_IMPACT ? r.incident : r.id);

	if (of && r.kind != WARD_RECORD_DETECTION)
		of->changed = p->clock;
	return WARD_OK;
}

uint64_t ward_offer_past_version(const struct ward_offer_past *p)
{
	return p->version;
}

uint64_t ward_offer_past_forgotten(const struct ward_offer_past *p)
{
	return p->forgotten;
}

int64_t ward_offer_past_changed(const struct ward_offer_past *p, struct ward_id incident)
{
	const struct item *of = find(p, WARD_RECORD_INCIDENT, incident);

	return of ? of->changed : p->clock;
}

int64_t ward_offer_past_last(const struct ward_offer_past *p)
{
	return p->clock;
}

/* An item as a record; one without its text says when it was. */
static enum ward_err read_item(struct ward_offer_past *p, const struct item *it,
	struct ward_arena *arena, struct ward_record *ret)
{
	*ret = (struct ward_record){
		.kind = it->kind, .id = it->id, .revision = it->revision, .last = it->last};
	if (!it->json)
		return WARD_OK;
	struct ward_str json = ward_arena_str(arena, (struct ward_str){it->json, it->len});
	enum ward_err err = json.p ? ward_record_read(p->reader, json, arena, ret) : WARD_ERR_NOMEM;

	return err ? WARD_ERR_NOMEM : WARD_OK; /* it was read before */
}

enum ward_err ward_offer_past_gather(struct ward_offer_past *p, struct ward_exchange_ask *ask,
	struct ward_arena *arena, struct ward_exchange *ret)
{
	struct ward_record *r = ward_arena_array(arena, p->n, sizeof(*r));
	const struct ward_record **at =
		ward_arena_array(arena, p->n, sizeof(const struct ward_record *));
	enum ward_err err = r && at ? WARD_OK : WARD_ERR_NOMEM;

	for (size_t i = 0; i < p->n && !err; i++) {
		at[i] = &r[i];
		err = read_item(p, &p->item[i], arena, &r[i]);
	}
	if (err)
		return err;
	ask->record = at;
	ask->n_record = p->n;
	ask->series = true;
	return ward_exchange_gather(ask, arena, ret);
}

/* The incident's revisions, its forecasts, and what took it up. */
static bool belongs(const struct item *it, const struct ward_offer_past_of *of)
{
	if (it->kind == WARD_RECORD_IMPACT)
		return ward_id_eq(it->of, of->incident);
	return it->kind == WARD_RECORD_INCIDENT &&
	       (ward_id_eq(it->id, of->incident) || ward_id_eq(it->id, of->into));
}

/* What its signs' detections add. */
static enum ward_err add_detections(struct ward_offer_past *p, const struct ward_record *r,
	struct ward_arena *arena, const struct ward_record **at, size_t *n)
{
	for (size_t i = 0; i < r->n_member; i++) {
		const struct item *it = find(p, WARD_RECORD_DETECTION, r->member[i].detection);
		struct ward_record *d = it ? ward_arena_array(arena, 1, sizeof(*d)) : NULL;

		if (!it)
			continue;
		enum ward_err err = d ? read_item(p, it, arena, d) : WARD_ERR_NOMEM;

		if (err)
			return err;
		at[(*n)++] = d;
	}
	return WARD_OK;
}

enum ward_err ward_offer_past_gather_one(struct ward_offer_past *p,
	const struct ward_offer_past_of *of, struct ward_exchange_ask *ask,
	struct ward_arena *arena, struct ward_exchange *ret)
{
	size_t n = 0, most = 0, n_at = 0;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < p->n; i++)
		n += belongs(&p->item[i], of);
	struct ward_record *r = ward_arena_array(arena, n, sizeof(*r));

	if (!r)
		return WARD_ERR_NOMEM;
	n = 0;
	for (size_t i = 0; i < p->n && !err; i++) {
		if (!belongs(&p->item[i], of))
			continue;
		err = read_item(p, &p->item[i], arena, &r[n]);
		most += 1 + (err ? 0 : r[n].n_member);
		n++;
	}
	const struct ward_record **at =
		ward_arena_array(arena, most, sizeof(const struct ward_record *));

	if (!at)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n && !err; i++) {
		at[n_at++] = &r[i];
		if (ward_id_eq(r[i].id, of->incident))
			err = add_detections(p, &r[i], arena, at, &n_at);
	}
	if (err)
		return err;
	ask->record = at;
	ask->n_record = n_at;
	ask->only = &of->incident;
	return ward_exchange_gather(ask, arena, ret);
}

/* ---- as bytes ---- */

bool ward_offer_past_save(const struct ward_offer_past *p, struct ward_wr *w)
{
	ward_wr_varint(w, p->n);
	ward_wr_varint(w, (uint64_t)p->clock);
	ward_wr_varint(w, p->version);
	for (size_t i = 0; i < p->n; i++) {
		const struct item *it = &p->item[i];

		ward_wr_varint(w, it->kind);
		ward_wr_bytes(w, it->id.b, sizeof(it->id.b));
		ward_wr_bytes(w, it->of.b, sizeof(it->of.b));
		ward_wr_varint(w, it->revision);
		ward_wr_varint(w, (uint64_t)it->last);
		ward_wr_varint(w, (uint64_t)it->changed);
		ward_wr_varint(w, it->signs);
		ward_wr_lv(w, ward_slice_of((const uint8_t *)it->json, it->len));
	}
	return !ward_wr_bad(w);
}

static void get_id(struct ward_rd *r, struct ward_id *ret)
{
	struct ward_slice s = ward_rd_bytes(r, sizeof(ret->b));

	if (s.len == sizeof(ret->b))
		memcpy(ret->b, s.p, s.len);
}

/* A text that is read again later has to be that thing's. */
static enum ward_err is_of(struct ward_offer_past *p, const struct item *it, struct ward_str json)
{
	struct ward_record r;

	ward_arena_reset(&p->scratch);
	enum ward_err err = ward_record_read(p->reader, json, &p->scratch, &r);

	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	return r.kind == it->kind && ward_id_eq(r.id, it->id) && r.revision == it->revision
		       ? WARD_OK
		       : WARD_ERR_MALFORMED;
}

static enum ward_err load_one(struct ward_offer_past *p, struct ward_rd *r)
{
	struct item it = {.kind = (enum ward_record_kind)ward_rd_varint(r)};
	struct ward_slice json;

	get_id(r, &it.id);
	get_id(r, &it.of);
	it.revision = (uint32_t)ward_rd_varint(r);
	it.last = (ward_ns)ward_rd_varint(r);
	it.changed = (int64_t)ward_rd_varint(r);
	it.signs = ward_rd_varint(r) != 0;
	json = ward_rd_lv(r, ROW_MAX);
	if (ward_rd_bad(r) || !ward_utf8_valid(json, NULL) ||
		(it.kind != WARD_RECORD_DETECTION && it.kind != WARD_RECORD_INCIDENT &&
			it.kind != WARD_RECORD_IMPACT))
		return WARD_ERR_MALFORMED;
	enum ward_err err = json.len ? is_of(p, &it, ward_slice_text(json)) : WARD_OK;

	if (!err)
		err = ward_mem_more(p->mem, &p->item, p->n, &p->cap, sizeof(*p->item),
			WARD_OFFER_PAST_ITEMS + 1);
	if (err)
		return err;
	p->item[p->n] = it;
	if (json.len)
		err = set_text(p, &p->item[p->n], ward_slice_text(json));
	return err ? err : point(p, (uint32_t)p->n++);
}

enum ward_err ward_offer_past_load(struct ward_offer_past *p, struct ward_rd *r)
{
	uint64_t n = ward_rd_varint(r);
	enum ward_err err = WARD_OK;

	WARD_ASSERT(p->n == 0);
	p->clock = (int64_t)ward_rd_varint(r);
	p->version = ward_rd_varint(r);
	if (n > WARD_OFFER_PAST_ITEMS)
		return WARD_ERR_MALFORMED;
	for (uint64_t i = 0; i < n && !err; i++)
		err = load_one(p, r);
	return err ? err : ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_OK;
}
