/* The inventory as bytes, for checkpoints; format in README.md. */
#include "model/inventory/priv.h"

#include "base/rd.h"

enum { SAVE_VERSION = 1, RULE_ID_MAX = 512 };

static void put_claim(
	const struct ward_inventory *inv, const struct ward_claim *c, struct ward_wr *w)
{
	ward_wr_lv(w, ward_str_bytes(inv->rules->rule[c->rule].id));
	ward_wr_u8(w, (uint8_t)c->attr);
	ward_wr_u8(w, c->confidence);
	ward_wr_varint(w, c->name_len);
	ward_wr_lv(w, ward_str_bytes(c->value));
	ward_wr_be64(w, (uint64_t)c->first);
	ward_wr_be64(w, (uint64_t)c->last);
	ward_wr_bytes(w, c->event.b, sizeof(c->event.b));
	ward_wr_varint(w, c->n);
}

static void put_key(const struct ward_inv_key *k, struct ward_wr *w)
{
	ward_wr_u8(w, k->has);
	ward_wr_bytes(w, k->mac, sizeof(k->mac));
	ward_wr_bytes(w, k->ip.b, sizeof(k->ip.b));
}

static void put_endpoint(
	const struct ward_inventory *inv, const struct ward_endpoint *h, struct ward_wr *w)
{
	put_key(&h->key, w);
	ward_wr_be64(w, (uint64_t)h->first);
	ward_wr_be64(w, (uint64_t)h->last);
	ward_wr_varint(w, h->n_event);
	ward_wr_u8(w, h->proof);
	ward_wr_varint(w, h->n_claim);
	for (size_t i = 0; i < h->n_claim; i++)
		put_claim(inv, &h->claim[i], w);
	ward_wr_varint(w, h->n_use);
	for (size_t i = 0; i < h->n_use; i++) {
		const struct ward_inv_use *u = &h->use[i];

		ward_wr_u8(w, (uint8_t)(u->server | u->udp << 1));
		ward_wr_be16(w, u->port);
		ward_wr_lv(w, ward_slice_of(u->service, strlen(u->service)));
	}
	ward_wr_varint(w, h->n_peer);
	for (size_t i = 0; i < h->n_peer; i++)
		ward_wr_bytes(w, h->peer[i].b, sizeof(h->peer[i].b));
}

void ward_inventory_save(const struct ward_inventory *inv, struct ward_wr *w)
{
	ward_wr_u8(w, SAVE_VERSION);
	ward_wr_be64(w, (uint64_t)inv->now);
	ward_wr_varint(w, inv->stats.n_event);
	ward_wr_varint(w, inv->stats.n_given_up);
	ward_wr_varint(w, inv->stats.n_claims_lost);
	ward_wr_varint(w, inv->stats.n_uses_lost);
	ward_wr_varint(w, inv->n_host);
	for (size_t i = 0; i < inv->n_host; i++)
		put_endpoint(inv, inv->host[i], w);
}

static void get_bytes(struct ward_rd *r, void *to, size_t n)
{
	const uint8_t *p = ward_rd_take(r, n);

	if (p)
		memcpy(to, p, n);
}

static enum ward_err get_claim(
	struct ward_inventory *inv, struct ward_endpoint *h, struct ward_rd *r)
{
	struct ward_str id = ward_slice_text(ward_rd_lv(r, RULE_ID_MAX));
	uint32_t rule = ward_inv_rules_find(inv->rules, id);
	struct ward_claim c = {
		.attr = (enum ward_attr)ward_rd_u8(r), .confidence = ward_rd_u8(r), .rule = rule};
	uint64_t name_len = ward_rd_varint(r);

	c.value = ward_slice_text(ward_rd_lv(r, 2 * WARD_INV_VALUE + 1));
	c.first = (ward_ns)ward_rd_be64(r);
	c.last = (ward_ns)ward_rd_be64(r);
	get_bytes(r, c.event.b, sizeof(c.event.b));
	c.n = ward_rd_varint(r);
	if (ward_rd_bad(r) || (unsigned)c.attr >= WARD_ATTR_N || !c.value.len ||
		name_len > c.value.len || c.confidence < 1 || c.confidence > 100 ||
		!ward_utf8_valid(ward_str_bytes(c.value), NULL))
		return WARD_ERR_MALFORMED;
	c.name_len = (uint16_t)name_len;
	return rule == WARD_NONE ? WARD_OK : ward_endpoint_claim(inv, h, &c);
}

static enum ward_err get_use(struct ward_inventory *inv, struct ward_endpoint *h, struct ward_rd *r)
{
	uint8_t flags = ward_rd_u8(r);
	struct ward_inv_use u = {
		.server = flags & 1, .udp = flags >> 1 & 1, .port = ward_rd_be16(r)};
	struct ward_slice s = ward_rd_lv(r, sizeof(u.service) - 1);

	if (ward_rd_bad(r) || flags > 3)
		return WARD_ERR_MALFORMED;
	if (s.len)
		memcpy(u.service, s.p, s.len);
	return ward_endpoint_use(inv, h, &u);
}

static enum ward_err get_peer(
	struct ward_inventory *inv, struct ward_endpoint *h, struct ward_rd *r)
{
	struct ward_addr ip = {{0}};

	get_bytes(r, ip.b, sizeof(ip.b));
	return ward_rd_bad(r) ? WARD_ERR_MALFORMED : ward_endpoint_peer(inv, h, &ip);
}

static enum ward_err get_list(struct ward_inventory *inv, struct ward_endpoint *h,
	struct ward_rd *r,
	enum ward_err (*get)(struct ward_inventory *, struct ward_endpoint *, struct ward_rd *))
{
	enum ward_err err = WARD_OK;

	/* Each turn takes bytes or fails. */
	for (uint64_t n = ward_rd_varint(r); n && !err; n--)
		err = get(inv, h, r);
	return err;
}

static enum ward_err get_endpoint(struct ward_inventory *inv, struct ward_rd *r)
{
	struct ward_inv_key k = {.has = ward_rd_u8(r)};
	struct ward_endpoint *h = NULL;

	get_bytes(r, k.mac, sizeof(k.mac));
	get_bytes(r, k.ip.b, sizeof(k.ip.b));
	if (ward_rd_bad(r) || k.has < 1 || k.has > 3)
		return WARD_ERR_MALFORMED;
	enum ward_err err = ward_endpoint_of(inv, &k, &h);

	if (err)
		return err;
	h->first = (ward_ns)ward_rd_be64(r);
	h->last = (ward_ns)ward_rd_be64(r);
	h->n_event = ward_rd_varint(r);
	h->proof = ward_rd_u8(r);
	err = get_list(inv, h, r, get_claim);
	if (!err)
		err = get_list(inv, h, r, get_use);
	return err ? err : get_list(inv, h, r, get_peer);
}

static enum ward_err get_all(struct ward_inventory *inv, struct ward_rd *r)
{
	enum ward_err err = ward_rd_u8(r) == SAVE_VERSION ? WARD_OK : WARD_ERR_VERSION;
	ward_ns now = (ward_ns)ward_rd_be64(r);
	struct ward_inv_stats s = {.n_event = ward_rd_varint(r),
		.n_given_up = ward_rd_varint(r),
		.n_claims_lost = ward_rd_varint(r),
		.n_uses_lost = ward_rd_varint(r)};

	for (uint64_t n = ward_rd_varint(r); n && !err; n--)
		err = ward_rd_bad(r) ? WARD_ERR_MALFORMED : get_endpoint(inv, r);
	if (!err && (ward_rd_bad(r) || ward_rd_left(r)))
		err = WARD_ERR_MALFORMED;
	inv->now = now;
	inv->stats = s;
	return err;
}

enum ward_err ward_inventory_load(struct ward_inventory *inv, struct ward_slice bytes)
{
	struct ward_rd r = ward_rd_slice(bytes);

	ward_inventory_clear(inv);
	enum ward_err err = get_all(inv, &r);

	if (err)
		ward_inventory_clear(inv);
	return err;
}
