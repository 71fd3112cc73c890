#include "care/counted.h"

#include <stdlib.h>

enum { ID_BYTES = 256 };

void ward_care_counted_fini(struct ward_care_counted *c)
{
	for (size_t i = 0; i < c->n; i++) {
		ward_mem_free(c->mem, c->of[i].id, c->of[i].n_id);
		ward_mem_free(c->mem, c->of[i].at, c->of[i].cap * sizeof(*c->of[i].at));
	}
	ward_mem_free(c->mem, c->of, c->cap * sizeof(*c->of));
	c->of = NULL;
	c->n = c->cap = 0;
}

static enum ward_err service(
	struct ward_care_counted *c, struct ward_str id, struct ward_care_counted_service **ret)
{
	for (size_t i = 0; i < c->n; i++)
		if (ward_str_eq((struct ward_str){c->of[i].id, c->of[i].n_id}, id)) {
			*ret = &c->of[i];
			return WARD_OK;
		}
	enum ward_err err = ward_mem_more(
		c->mem, (void *)&c->of, c->n, &c->cap, sizeof(*c->of), WARD_CARE_COUNTED_SERVICES);
	char *own = err ? NULL : ward_mem_alloc(c->mem, id.len);

	if (!own)
		return err ? err : WARD_ERR_NOMEM;
	memcpy(own, id.p, id.len);
	*ret = &c->of[c->n++];
	**ret = (struct ward_care_counted_service){.id = own, .n_id = id.len};
	return WARD_OK;
}

/* Of the older half those of one window become one. */
static void join(struct ward_care_counted_service *s, ward_ns window)
{
	size_t half = s->n / 2, kept = 0;

	for (size_t i = 0; i < half; i++) {
		struct ward_care_counted_one *to = kept ? &s->at[kept - 1] : NULL;
		const struct ward_care_counted_one one = s->at[i];

		if (!to || to->time / window != one.time / window) {
			s->at[kept++] = one;
			continue;
		}
		to->id = one.id;
		to->time = one.time > to->time ? one.time : to->time;
		to->came += one.came;
		to->went += one.went;
	}
	memmove(&s->at[kept], &s->at[half], (s->n - half) * sizeof(*s->at));
	s->n -= half - kept;
}

/* So much as has to be: an entry stands between hours, rarely in one that many moves followed. */
static void coarsen(struct ward_care_counted_service *s)
{
	static const ward_ns hour = 3600 * WARD_NS_PER_S;
	const ward_ns window[] = {hour, 6 * hour, 24 * hour, 7 * 24 * hour, WARD_NS_NEVER};

	for (size_t i = 0; i < WARD_ARRAY_LEN(window) && s->n > WARD_CARE_COUNTED_MAX * 3 / 4; i++)
		join(s, window[i]);
}

static enum ward_err put(
	struct ward_care_counted *c, struct ward_str of, const struct ward_care_counted_one *one)
{
	struct ward_care_counted_service *s;
	enum ward_err err = service(c, of, &s);

	if (err == WARD_ERR_LIMIT) {
		c->n_lost++;
		return WARD_OK;
	}
	for (size_t i = err ? 0 : s->n; i-- > 0;)
		if (ward_id_eq(s->at[i].id, one->id))
			return WARD_OK;
	if (!err && s->n == WARD_CARE_COUNTED_MAX)
		coarsen(s);
	if (!err)
		err = ward_mem_more(c->mem, (void *)&s->at, s->n, &s->cap, sizeof(*s->at),
			WARD_CARE_COUNTED_MAX);
	if (!err)
		s->at[s->n++] = *one;
	return err;
}

enum ward_err ward_care_counted_take(struct ward_care_counted *c, const struct ward_record *r)
{
	const struct ward_care_counted_one one = {r->id, r->last, r->came, r->went};

	return r->asset.len && r->asset.len <= ID_BYTES ? put(c, r->asset, &one) : WARD_OK;
}

size_t ward_care_counted_n(const struct ward_care_counted *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->of[i].n;
	return n;
}

void ward_care_counted_ask(const struct ward_care_counted *c, struct ward_record *ret)
{
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->of[i].n; k++) {
			const struct ward_care_counted_one *one = &c->of[i].at[k];

			*ret++ = (struct ward_record){.kind = WARD_RECORD_CENSUS,
				.id = one->id,
				.revision = 1,
				.first = one->time,
				.last = one->time,
				.asset = {c->of[i].id, c->of[i].n_id},
				.came = one->came,
				.went = one->went};
		}
}

/* varint services; each: lv id, varint n; n × (id, be64 time, varint came, varint went). */
void ward_care_counted_save(const struct ward_care_counted *c, struct ward_wr *w)
{
	ward_wr_varint(w, c->n);
	for (size_t i = 0; i < c->n; i++) {
		ward_wr_lv(w, ward_str_bytes((struct ward_str){c->of[i].id, c->of[i].n_id}));
		ward_wr_varint(w, c->of[i].n);
		for (size_t k = 0; k < c->of[i].n; k++) {
			const struct ward_care_counted_one *one = &c->of[i].at[k];

			ward_wr_bytes(w, one->id.b, sizeof(one->id.b));
			ward_wr_be64(w, (uint64_t)one->time);
			ward_wr_varint(w, one->came);
			ward_wr_varint(w, one->went);
		}
	}
}

enum ward_err ward_care_counted_load(struct ward_care_counted *c, struct ward_rd *r)
{
	uint64_t n = ward_rd_varint(r);
	enum ward_err err = n > WARD_CARE_COUNTED_SERVICES ? WARD_ERR_MALFORMED : WARD_OK;

	for (uint64_t i = 0; i < n && !err; i++) {
		struct ward_slice of = ward_rd_lv(r, ID_BYTES);
		uint64_t rows = ward_rd_varint(r);

		if (ward_rd_bad(r) || !of.len || !ward_utf8_valid(of, NULL) ||
			rows > WARD_CARE_COUNTED_MAX)
			return WARD_ERR_MALFORMED;
		for (uint64_t k = 0; k < rows && !err; k++) {
			struct ward_slice id = ward_rd_bytes(r, sizeof(struct ward_id));
			struct ward_care_counted_one one = {.time = (ward_ns)ward_rd_be64(r)};

			one.came = ward_rd_varint(r);
			one.went = ward_rd_varint(r);
			if (ward_rd_bad(r) || one.came > UINT32_MAX || one.went > UINT32_MAX)
				return WARD_ERR_MALFORMED;
			memcpy(one.id.b, id.p, sizeof(one.id.b));
			err = put(c, ward_slice_text(of), &one);
		}
	}
	return err ? err : ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_OK;
}

/* ---- among records ---- */

static int record_cmp(const void *va, const void *vb)
{
	const struct ward_record *a = *(const struct ward_record *const *)va,
				 *b = *(const struct ward_record *const *)vb;

	int c = ward_id_cmp(a->id, b->id);

	return c ? c : ward_str_cmp(a->asset, b->asset);
}

static int move_cmp(const void *va, const void *vb)
{
	const struct ward_care_move *a = va, *b = vb;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return a->time < b->time ? -1 : a->time > b->time;
}

static size_t of_records(const struct ward_care_ask *ask, const struct ward_record **at, size_t n,
	struct ward_care_move *ret)
{
	size_t n_move = 0;

	qsort(at, n, sizeof(const struct ward_record *), record_cmp);
	for (size_t i = 0; i < n; i++) {
		uint32_t node = ward_model_find(ask->m, at[i]->asset);

		if (node == WARD_NONE || (i && record_cmp(&at[i], &at[i - 1]) == 0))
			continue;
		if (at[i]->came)
			ret[n_move++] =
				(struct ward_care_move){node, at[i]->last, (int64_t)at[i]->came};
		if (at[i]->went)
			ret[n_move++] =
				(struct ward_care_move){node, at[i]->last, -(int64_t)at[i]->went};
	}
	return n_move;
}

enum ward_err ward_care_moves_find(const struct ward_care_ask *ask, struct ward_arena *a,
	const struct ward_care_move **ret, size_t *ret_n)
{
	size_t n = 0, n_move = ask->n_move;
	const struct ward_record **at;
	struct ward_care_move *move;

	for (size_t i = 0; i < ask->n_record; i++)
		n += ask->record[i]->kind == WARD_RECORD_CENSUS;
	at = ward_arena_array(a, n, sizeof(const struct ward_record *));
	move = ward_arena_array(a, n ? 2 * n : n_move, sizeof(*move));
	if (!at || !move)
		return WARD_ERR_NOMEM;
	n = 0;
	for (size_t i = 0; i < ask->n_record; i++)
		if (ask->record[i]->kind == WARD_RECORD_CENSUS)
			at[n++] = ask->record[i];
	if (n)
		n_move = of_records(ask, at, n, move);
	else if (n_move)
		memcpy(move, ask->move, n_move * sizeof(*move));
	if (n_move)
		qsort(move, n_move, sizeof(*move), move_cmp);
	*ret = move;
	*ret_n = n_move;
	return WARD_OK;
}
