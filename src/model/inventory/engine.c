/* What is kept, and how events get there; what rules say of them is in apply.c. */
#include "model/inventory/priv.h"

#include <stdlib.h>

enum { CLASSES_MAX = 65536 };

enum ward_err ward_inventory_new(const struct ward_inv_rules *rules, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_inventory **ret)
{
	struct ward_inventory *inv = ward_mem_alloc(mem, sizeof(*inv));

	if (!inv)
		return WARD_ERR_NOMEM;
	*inv = (struct ward_inventory){.rules = rules, .lim = lim, .mem = mem, .now = INT64_MIN};
	inv->class_flow = ward_name(rules->names, WARD_STR("net.flow"));
	ward_tab_init(&inv->index, mem, sizeof(struct ward_inv_key), sizeof(uint32_t),
		ward_limit(lim, WARD_LIMIT_INVENTORY_HOSTS));
	*ret = inv;
	return WARD_OK;
}

static size_t endpoint_bytes(const struct ward_endpoint *h)
{
	size_t n = sizeof(*h) + h->cap_claim * sizeof(*h->claim) + h->cap_use * sizeof(*h->use) +
		   h->cap_peer * sizeof(*h->peer);

	for (size_t i = 0; i < h->n_claim; i++)
		n += h->claim[i].value.len;
	return n;
}

static void endpoint_free(struct ward_inventory *inv, struct ward_endpoint *h)
{
	inv->used_bytes -= endpoint_bytes(h);
	for (size_t i = 0; i < h->n_claim; i++)
		ward_mem_free(
			inv->mem, (void *)(uintptr_t)h->claim[i].value.p, h->claim[i].value.len);
	ward_mem_free(inv->mem, h->claim, h->cap_claim * sizeof(*h->claim));
	ward_mem_free(inv->mem, h->use, h->cap_use * sizeof(*h->use));
	ward_mem_free(inv->mem, h->peer, h->cap_peer * sizeof(*h->peer));
	ward_mem_free(inv->mem, h, sizeof(*h));
}

void ward_inventory_clear(struct ward_inventory *inv)
{
	for (size_t i = 0; i < inv->n_host; i++)
		endpoint_free(inv, inv->host[i]);
	inv->n_host = 0;
	ward_tab_fini(&inv->index);
	ward_tab_init(&inv->index, inv->mem, sizeof(struct ward_inv_key), sizeof(uint32_t),
		ward_limit(inv->lim, WARD_LIMIT_INVENTORY_HOSTS));
	inv->now = INT64_MIN;
	inv->stats = (struct ward_inv_stats){0};
}

void ward_inventory_free(struct ward_inventory *inv)
{
	if (!inv)
		return;
	ward_inventory_clear(inv);
	for (size_t i = 0; i < inv->n_class; i++)
		ward_mem_free(inv->mem, inv->class[i].rule,
			inv->class[i].cap * sizeof(*inv->class[i].rule));
	ward_mem_free(inv->mem, inv->class, inv->cap_class * sizeof(*inv->class));
	ward_mem_free(inv->mem, inv->host, inv->cap_host * sizeof(struct ward_endpoint *));
	ward_tab_fini(&inv->index);
	ward_mem_free(inv->mem, inv, sizeof(*inv));
}

struct ward_inv_stats ward_inventory_stats(const struct ward_inventory *inv)
{
	return inv->stats;
}

uint64_t ward_inventory_news(const struct ward_inventory *inv)
{
	return inv->n_news;
}

ward_ns ward_inventory_now(const struct ward_inventory *inv)
{
	return inv->now;
}

/* Of whom nothing is claimed first, then who was quiet longest. */
static int least_first(const void *a, const void *b)
{
	const struct ward_endpoint *x = *(struct ward_endpoint *const *)a,
				   *y = *(struct ward_endpoint *const *)b;

	if (!x->n_claim != !y->n_claim)
		return x->n_claim ? 1 : -1;
	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static enum ward_err index_all(struct ward_inventory *inv)
{
	ward_tab_fini(&inv->index);
	ward_tab_init(&inv->index, inv->mem, sizeof(struct ward_inv_key), sizeof(uint32_t),
		ward_limit(inv->lim, WARD_LIMIT_INVENTORY_HOSTS));
	for (size_t i = 0; i < inv->n_host; i++) {
		uint32_t at = (uint32_t)i;
		void *v;
		enum ward_err err = ward_tab_put(&inv->index, &inv->host[i]->key, &v, NULL);

		if (err)
			return err;
		memcpy(v, &at, sizeof(at));
	}
	return WARD_OK;
}

/* Gives up an eighth, so that the cost of sorting is spread over as many arrivals. */
static enum ward_err make_room(struct ward_inventory *inv)
{
	size_t drop = inv->n_host / 8 + 1;

	if (drop > inv->n_host)
		return WARD_OK;
	qsort(inv->host, inv->n_host, sizeof(struct ward_endpoint *), least_first);
	for (size_t i = 0; i < drop; i++)
		endpoint_free(inv, inv->host[i]);
	memmove(inv->host, inv->host + drop, (inv->n_host - drop) * sizeof(struct ward_endpoint *));
	inv->n_host -= drop;
	inv->stats.n_given_up += drop;
	return index_all(inv);
}

static enum ward_err endpoint_new(
	struct ward_inventory *inv, const struct ward_inv_key *key, struct ward_endpoint **ret)
{
	size_t max = ward_limit(inv->lim, WARD_LIMIT_INVENTORY_HOSTS);
	enum ward_err err = WARD_OK;
	uint32_t at;
	void *v;

	if (inv->n_host >= max ||
		inv->used_bytes > ward_limit(inv->lim, WARD_LIMIT_INVENTORY_BYTES))
		err = make_room(inv);
	if (!err)
		err = ward_mem_more(inv->mem, &inv->host, inv->n_host, &inv->cap_host,
			sizeof(struct ward_endpoint *), max);
	if (err)
		return err;
	struct ward_endpoint *h = ward_mem_alloc(inv->mem, sizeof(*h));

	err = h ? ward_tab_put(&inv->index, key, &v, NULL) : WARD_ERR_NOMEM;
	if (err) {
		ward_mem_free(inv->mem, h, sizeof(*h));
		return err;
	}
	h->key = *key;
	h->first = INT64_MAX;
	h->last = INT64_MIN;
	at = (uint32_t)inv->n_host;
	memcpy(v, &at, sizeof(at));
	inv->host[inv->n_host++] = h;
	inv->used_bytes += sizeof(*h);
	inv->n_news++;
	*ret = h;
	return WARD_OK;
}

enum ward_err ward_endpoint_of(
	struct ward_inventory *inv, const struct ward_inv_key *key, struct ward_endpoint **ret)
{
	const void *v = key->has ? ward_tab_find(&inv->index, key) : NULL;
	uint32_t at;

	*ret = NULL;
	if (!key->has)
		return WARD_OK;
	if (!v)
		return endpoint_new(inv, key, ret);
	memcpy(&at, v, sizeof(at));
	*ret = inv->host[at];
	return WARD_OK;
}

void ward_endpoint_seen(struct ward_endpoint *h, ward_ns time)
{
	h->n_event++;
	h->first = time < h->first ? time : h->first;
	h->last = time > h->last ? time : h->last;
}

/* ward_mem_more that keeps the account. */
static enum ward_err more(
	struct ward_inventory *inv, void *items, size_t n, size_t *cap, size_t size, size_t max)
{
	size_t before = *cap;
	enum ward_err err = ward_mem_more(inv->mem, items, n, cap, size, max);

	inv->used_bytes += (*cap - before) * size;
	return err;
}

static void again(struct ward_claim *to, const struct ward_claim *c)
{
	if (c->first < to->first ||
		(c->first == to->first && ward_id_cmp(c->event, to->event) < 0)) {
		to->first = c->first;
		to->event = c->event;
	}
	to->last = c->last > to->last ? c->last : to->last;
	to->n += c->n;
}

enum ward_err ward_endpoint_claim(
	struct ward_inventory *inv, struct ward_endpoint *h, const struct ward_claim *c)
{
	for (size_t i = 0; i < h->n_claim; i++) {
		struct ward_claim *to = &h->claim[i];

		if (to->attr == c->attr && to->rule == c->rule && to->confidence == c->confidence &&
			ward_str_eq(to->value, c->value)) {
			again(to, c);
			return WARD_OK;
		}
	}
	enum ward_err err =
		more(inv, &h->claim, h->n_claim, &h->cap_claim, sizeof(*h->claim), WARD_INV_CLAIMS);

	if (err == WARD_ERR_LIMIT) {
		inv->stats.n_claims_lost++;
		return WARD_OK;
	}
	char *copy = err ? NULL : ward_mem_alloc(inv->mem, c->value.len);

	if (!copy)
		return WARD_ERR_NOMEM;
	memcpy(copy, c->value.p, c->value.len);
	h->claim[h->n_claim] = *c;
	h->claim[h->n_claim++].value.p = copy;
	inv->used_bytes += c->value.len;
	inv->n_news++;
	return WARD_OK;
}

enum ward_err ward_endpoint_use(
	struct ward_inventory *inv, struct ward_endpoint *h, const struct ward_inv_use *u)
{
	for (size_t i = 0; i < h->n_use; i++)
		if (memcmp(&h->use[i], u, sizeof(*u)) == 0)
			return WARD_OK;
	enum ward_err err = more(inv, &h->use, h->n_use, &h->cap_use, sizeof(*u), WARD_INV_USES);

	if (!err)
		h->use[h->n_use++] = *u;
	inv->stats.n_uses_lost += err == WARD_ERR_LIMIT;
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}

enum ward_err ward_endpoint_peer(
	struct ward_inventory *inv, struct ward_endpoint *h, const struct ward_addr *ip)
{
	for (size_t i = 0; i < h->n_peer; i++)
		if (memcmp(&h->peer[i], ip, sizeof(*ip)) == 0)
			return WARD_OK;
	enum ward_err err =
		more(inv, &h->peer, h->n_peer, &h->cap_peer, sizeof(*ip), WARD_INV_PEERS);

	if (!err)
		h->peer[h->n_peer++] = *ip;
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}

static struct ward_inv_key key_of(
	const struct ward_event *e, enum ward_field_id mac, enum ward_field_id ip)
{
	struct ward_inv_key k = {.has = 0};

	if (ward_addr_mac(ward_event_str(e, mac), k.mac)) {
		if (ward_inv_is_host_mac(k.mac))
			k.has |= 1;
		else if (ward_mac_is_group(k.mac))
			return (struct ward_inv_key){.has = 0};
		else
			memset(k.mac, 0, sizeof(k.mac));
	}
	if (ward_addr_parse(ward_event_str(e, ip), &k.ip)) {
		if (ward_inv_is_host_ip(&k.ip))
			k.has |= 2;
		else
			memset(&k.ip, 0, sizeof(k.ip));
	}
	return k;
}

static int64_t number(const struct ward_event *e, enum ward_field_id f)
{
	const struct ward_value *v = ward_event_get(e, f);

	return v && v->kind == WARD_VALUE_INT ? v->i : 0;
}

/* Both sides of a flow: what they spoke, with whom. A port is served when somebody answered there;
 * of a connection that was met in its middle nobody knows who began it, unless its service says. */
static enum ward_err take_flow(struct ward_inventory *inv, const struct ward_event *e,
	struct ward_endpoint *client, struct ward_endpoint *server)
{
	struct ward_str service = ward_event_str(e, WARD_FIELD_SERVICE);
	struct ward_inv_use u = {.udp = ward_str_eqz(ward_event_str(e, WARD_FIELD_PROTO), "udp")};
	int64_t port = number(e, WARD_FIELD_DST_PORT);
	bool midstream = ward_str_eqz(ward_event_str(e, WARD_FIELD_STATE), "midstream");
	enum ward_err err = WARD_OK;

	if (service.len >= sizeof(u.service) || (!service.len && midstream))
		return WARD_OK;
	if (service.len)
		memcpy(u.service, service.p, service.len);
	if (client && service.len)
		err = ward_endpoint_use(inv, client, &u);
	u.server = true;
	u.port = (uint16_t)port;
	if (!err && server && port > 0 && port <= UINT16_MAX &&
		number(e, WARD_FIELD_PACKETS_BACK) > 0)
		err = ward_endpoint_use(inv, server, &u);
	if (!err && client && server && (server->key.has & 2))
		err = ward_endpoint_peer(inv, client, &server->key.ip);
	if (!err && client && server && (client->key.has & 2))
		err = ward_endpoint_peer(inv, server, &client->key.ip);
	return err;
}

static bool class_fits(const struct ward_inv_rule *r, struct ward_str class)
{
	for (size_t i = 0; i < r->n_class; i++)
		if (ward_inv_glob(r->class[i], class, NULL, NULL))
			return true;
	return false;
}

static enum ward_err rules_of(
	struct ward_inventory *inv, uint32_t class, const struct ward_inv_class **ret)
{
	while (inv->n_class <= class) {
		enum ward_err err = ward_mem_more(inv->mem, &inv->class, inv->n_class,
			&inv->cap_class, sizeof(*inv->class), (size_t) class + CLASSES_MAX);

		if (err)
			return err;
		inv->class[inv->n_class++] = (struct ward_inv_class){0};
	}
	struct ward_inv_class *c = &inv->class[class];

	for (uint32_t i = 0; !c->known && i < inv->rules->n_rule; i++) {
		if (!class_fits(&inv->rules->rule[i], ward_name_text(inv->rules->names, class)))
			continue;
		enum ward_err err = ward_mem_more(
			inv->mem, &c->rule, c->n, &c->cap, sizeof(*c->rule), inv->rules->n_rule);

		if (err)
			return err;
		c->rule[c->n++] = i;
	}
	c->known = true;
	*ret = c;
	return WARD_OK;
}

enum ward_err ward_inventory_event(struct ward_inventory *inv, const struct ward_event *e)
{
	struct ward_inv_key from = key_of(e, WARD_FIELD_SRC_MAC, WARD_FIELD_SRC_IP),
			    to = key_of(e, WARD_FIELD_DST_MAC, WARD_FIELD_DST_IP);
	struct ward_endpoint *src = NULL, *dst = NULL;
	const struct ward_inv_class *c = NULL;
	enum ward_err err = ward_endpoint_of(inv, &from, &src);

	/* To be told of is no sign of life: only who answers, or is named in a rule, is a host. */
	bool flow = e->class == inv->class_flow;

	inv->stats.n_event++;
	inv->now = e->time > inv->now ? e->time : inv->now;
	if (!err && flow && number(e, WARD_FIELD_PACKETS_BACK) > 0)
		err = ward_endpoint_of(inv, &to, &dst);
	/* Making room for the second may have given up the first. */
	if (!err && dst)
		err = ward_endpoint_of(inv, &from, &src);
	if (src)
		ward_endpoint_seen(src, e->time);
	if (dst)
		ward_endpoint_seen(dst, e->time);
	if (!err && flow)
		err = take_flow(inv, e, src, dst);
	if (!err)
		err = rules_of(inv, e->class, &c);
	for (size_t i = 0; !err && i < c->n; i++)
		err = ward_inv_apply(inv, &inv->rules->rule[c->rule[i]], c->rule[i], e);
	return err;
}
