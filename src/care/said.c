#include "care/said.h"

#include "care/entry.h"

enum { BYTES = 8192 };

void ward_care_said_fini(struct ward_care_said *s)
{
	for (size_t i = 0; i < s->n; i++)
		ward_mem_free(s->mem, s->at[i].p, s->at[i].n);
	ward_mem_free(s->mem, s->at, s->cap * sizeof(*s->at));
	s->at = NULL;
	s->n = s->cap = 0;
}

static void put(struct ward_wr *w, const struct ward_record *r)
{
	ward_wr_be64(w, (uint64_t)r->first);
	ward_wr_lv(w, ward_str_bytes(r->asset));
	ward_wr_lv(w, ward_str_bytes(r->by));
	ward_wr_lv(w, ward_str_bytes(r->why));
	ward_wr_varint(w, r->n_arg);
	for (size_t i = 0; i < r->n_arg; i++) {
		ward_wr_lv(w, ward_str_bytes(r->arg[i].name));
		ward_wr_lv(w, ward_str_bytes(r->arg[i].value));
	}
}

static struct ward_str get_text(struct ward_rd *r, bool *ok)
{
	struct ward_slice s = ward_rd_lv(r, BYTES);

	*ok = *ok && ward_utf8_valid(s, NULL);
	return ward_slice_text(s);
}

static enum ward_err get(struct ward_slice s, struct ward_arena *a, struct ward_record *ret)
{
	struct ward_rd r = ward_rd_slice(s);
	bool ok = true;

	*ret = (struct ward_record){.kind = WARD_RECORD_ENTRY, .first = (ward_ns)ward_rd_be64(&r)};
	ret->asset = get_text(&r, &ok);
	ret->by = get_text(&r, &ok);
	ret->why = get_text(&r, &ok);
	uint64_t n = ward_rd_varint(&r);

	if (!ok || n > WARD_CARE_COL_N)
		return WARD_ERR_MALFORMED;
	ret->arg = ward_arena_array(a, (size_t)n, sizeof(*ret->arg));
	if (!ret->arg)
		return WARD_ERR_NOMEM;
	for (; ret->n_arg < n; ret->n_arg++) {
		ret->arg[ret->n_arg].name = get_text(&r, &ok);
		ret->arg[ret->n_arg].value = get_text(&r, &ok);
	}
	return ok && !ward_rd_bad(&r) && !ward_rd_left(&r) ? WARD_OK : WARD_ERR_MALFORMED;
}

static enum ward_err keep(struct ward_care_said *s, struct ward_id id, struct ward_slice bytes)
{
	enum ward_err err = ward_mem_more(
		s->mem, (void *)&s->at, s->n, &s->cap, sizeof(*s->at), WARD_CARE_SAID_MAX + 1);
	uint8_t *own = err ? NULL : ward_mem_alloc(s->mem, bytes.len);

	if (!own)
		return WARD_ERR_NOMEM;
	memcpy(own, bytes.p, bytes.len);
	if (s->n == WARD_CARE_SAID_MAX) {
		ward_mem_free(s->mem, s->at[0].p, s->at[0].n);
		memmove(s->at, s->at + 1, --s->n * sizeof(*s->at));
	}
	s->at[s->n++] = (struct ward_care_said_one){id, own, bytes.len};
	return WARD_OK;
}

enum ward_err ward_care_said_take(struct ward_care_said *s, const struct ward_record *r)
{
	uint8_t buf[BYTES];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	for (size_t i = s->n; i-- > 0;)
		if (ward_id_eq(s->at[i].id, r->id))
			return WARD_OK;
	put(&w, r);
	return ward_wr_bad(&w) || r->n_arg > WARD_CARE_COL_N ? WARD_OK
							     : keep(s, r->id, ward_wr_slice(&w));
}

enum ward_err ward_care_said_ask(const struct ward_care_said *s, struct ward_arena *a,
	struct ward_record *ret, size_t *ret_n)
{
	*ret_n = 0;
	for (size_t i = 0; i < s->n; i++) {
		enum ward_err err = get(ward_slice_of(s->at[i].p, s->at[i].n), a, &ret[*ret_n]);

		if (err == WARD_ERR_NOMEM)
			return err;
		if (!err)
			ret[(*ret_n)++].id = s->at[i].id;
	}
	return WARD_OK;
}

void ward_care_said_save(const struct ward_care_said *s, struct ward_wr *w)
{
	ward_wr_varint(w, s->n);
	for (size_t i = 0; i < s->n; i++) {
		ward_wr_bytes(w, s->at[i].id.b, sizeof(s->at[i].id.b));
		ward_wr_lv(w, ward_slice_of(s->at[i].p, s->at[i].n));
	}
}

enum ward_err ward_care_said_load(struct ward_care_said *s, struct ward_rd *r)
{
	uint64_t n = ward_rd_varint(r);
	enum ward_err err = n > WARD_CARE_SAID_MAX ? WARD_ERR_MALFORMED : WARD_OK;

	for (uint64_t i = 0; i < n && !err; i++) {
		struct ward_slice id = ward_rd_bytes(r, sizeof(struct ward_id)),
				  bytes = ward_rd_lv(r, BYTES);
		struct ward_id is;

		if (ward_rd_bad(r))
			return WARD_ERR_MALFORMED;
		memcpy(is.b, id.p, sizeof(is.b));
		err = keep(s, is, bytes);
	}
	return err;
}
