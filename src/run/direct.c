#include "run/direct.h"

#include <string.h>

enum { FLAG_GROUPS = 1, FLAG_MANY = 2, URL_MAX = 8192 };

static void put(struct ward_wr *w, struct ward_str s)
{
	ward_wr_lv(w, ward_str_bytes(s));
}

/* UTF-8 without control characters; else r is bad. */
static struct ward_str get(struct ward_rd *r, size_t max)
{
	struct ward_slice s = ward_rd_lv(r, max);
	size_t off;
	bool ok = ward_utf8_valid(s, &off);

	for (size_t i = 0; ok && i < s.len; i++)
		ok = s.p[i] >= ' ' && s.p[i] != 0x7F;
	if (!ok)
		ward_rd_skip(r, ward_rd_left(r) + 1);
	return ward_rd_bad(r) ? (struct ward_str){NULL, 0} : ward_slice_text(s);
}

static enum ward_err end(const struct ward_rd *r)
{
	return ward_rd_bad(r) || ward_rd_left(r) ? WARD_ERR_MALFORMED : WARD_OK;
}

void ward_direct_put(struct ward_wr *w, const struct ward_direct *d)
{
	ward_wr_u8(w, (uint8_t)d->what);
	put(w, d->name);
	put(w, d->secret);
	put(w, d->state);
	put(w, d->nonce);
	put(w, d->verifier);
	put(w, d->issuer);
}

enum ward_err ward_direct_get(struct ward_rd *r, struct ward_direct *ret)
{
	struct ward_direct d = {.what = ward_rd_u8(r)};

	d.name = get(r, WARD_DIRECTORY_NAME);
	d.secret = get(r, WARD_OIDC_CODE);
	d.state = get(r, WARD_SIGN_TEXT);
	d.nonce = get(r, WARD_SIGN_TEXT);
	d.verifier = get(r, WARD_SIGN_TEXT);
	d.issuer = get(r, WARD_DIRECTORY_TEXT);
	if (end(r) || d.what >= WARD_DIRECT_N)
		return WARD_ERR_MALFORMED;
	*ret = d;
	return WARD_OK;
}

void ward_directed_put(struct ward_wr *w, const struct ward_directed *d)
{
	ward_wr_u8(w, (uint8_t)d->err);
	put(w, d->url);
	put(w, d->name);
	put(w, d->key);
	ward_wr_u8(w, (uint8_t)d->n_group);
	for (size_t i = 0; i < d->n_group; i++)
		put(w, d->group[i]);
	ward_wr_u8(w, (uint8_t)((d->has_groups ? FLAG_GROUPS : 0) | (d->many ? FLAG_MANY : 0)));
}

enum ward_err ward_directed_get(struct ward_rd *r, struct ward_directed *ret)
{
	struct ward_directed d = {.err = ward_rd_u8(r)};

	d.url = get(r, URL_MAX);
	d.name = get(r, WARD_DIRECTORY_NAME);
	d.key = get(r, WARD_DIRECTORY_NAME);
	d.n_group = ward_rd_u8(r);
	for (size_t i = 0; i < d.n_group && i < WARD_DIRECTORY_GROUPS; i++)
		d.group[i] = get(r, WARD_DIRECTORY_TEXT);
	uint8_t flags = ward_rd_u8(r);

	if (end(r) || d.err >= WARD_ERR_N || d.n_group > WARD_DIRECTORY_GROUPS ||
		flags > (FLAG_GROUPS | FLAG_MANY))
		return WARD_ERR_MALFORMED;
	d.has_groups = flags & FLAG_GROUPS;
	d.many = flags & FLAG_MANY;
	*ret = d;
	return WARD_OK;
}

void ward_enter_put(struct ward_wr *w, const struct ward_enter *e)
{
	ward_wr_u8(w, (uint8_t)e->what);
	ward_wr_bytes(w, e->from, sizeof(e->from));
	ward_wr_bytes(w, e->token, sizeof(e->token));
	ward_wr_bytes(w, e->device, sizeof(e->device));
	put(w, e->state);
	put(w, e->code);
	put(w, e->issuer);
	put(w, e->error);
}

enum ward_err ward_enter_get(struct ward_rd *r, struct ward_enter *ret)
{
	struct ward_enter e = {.what = ward_rd_u8(r)};
	const uint8_t *from = ward_rd_take(r, sizeof(e.from)),
		      *token = ward_rd_take(r, sizeof(e.token)),
		      *device = ward_rd_take(r, sizeof(e.device));

	e.state = get(r, WARD_SIGN_TEXT);
	e.code = get(r, WARD_OIDC_CODE);
	e.issuer = get(r, WARD_DIRECTORY_TEXT);
	e.error = get(r, WARD_DIRECTORY_NAME);
	if (end(r) || !from || !token || !device || e.what >= WARD_ENTER_N)
		return WARD_ERR_MALFORMED;
	memcpy(e.from, from, sizeof(e.from));
	memcpy(e.token, token, sizeof(e.token));
	memcpy(e.device, device, sizeof(e.device));
	*ret = e;
	return WARD_OK;
}
