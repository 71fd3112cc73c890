/* Who belongs together, decided when it is asked for; then what each of them is is in facts.c.
 *
 * A hardware address is its host's own unless it brings packets of others. It does (a router) when
 * it was seen with IP addresses that nobody proved to be its own (by ARP or a lease) and these are
 * more than a few, or one of them is public, or they come beside proved ones; or when it is a
 * virtual router's by its number (RFC 5798 7.3). Then only the proved ones are its own. Of IPv6,
 * whose hosts make up addresses, networks (/64) are counted. */
#include "model/inventory/view.h"

#include <stdlib.h>

enum { OWN_ADDRESSES = 3 };

struct owned {
	const struct ward_endpoint *h;
	struct ward_inv_key owner;
	bool router;
};

struct grouping {
	struct owned *item;
	size_t n;
	struct owned **by_ip; /* those that a hardware address owns: by IP, the latest first */
	size_t n_by_ip;
};

static int by_key(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;
	int c = memcmp(x->h->key.mac, y->h->key.mac, 6);

	return c ? c : memcmp(&x->h->key, &y->h->key, sizeof(x->h->key));
}

/* Candidates with a hardware address first. */
static int by_owner(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;

	if (x->owner.has != y->owner.has)
		return x->owner.has < y->owner.has ? -1 : 1;
	int c = memcmp(&x->owner, &y->owner, sizeof(x->owner));

	return c ? c : memcmp(&x->h->key, &y->h->key, sizeof(x->h->key));
}

static int by_ip_latest(const void *a, const void *b)
{
	const struct owned *x = *(struct owned *const *)a, *y = *(struct owned *const *)b;
	int c = memcmp(&x->h->key.ip, &y->h->key.ip, sizeof(x->h->key.ip));

	if (c)
		return c;
	if (x->h->last != y->h->last)
		return x->h->last > y->h->last ? -1 : 1;
	return memcmp(x->h->key.mac, y->h->key.mac, 6);
}

/* 00:00:5e:00:01:xx and :02:xx (RFC 5798), 00:00:0c:07:ac:xx and 00:00:0c:9f:f0 (HSRP). */
static bool is_virtual_router(const uint8_t mac[6])
{
	static const uint8_t start[][5] = {{0, 0, 0x5e, 0, 1}, {0, 0, 0x5e, 0, 2},
		{0, 0, 0x0c, 0x07, 0xac}, {0, 0, 0x0c, 0x9f, 0xf0}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(start); i++)
		if (memcmp(mac, start[i], sizeof(start[i])) == 0)
			return true;
	return false;
}

/* Does the address count beside the one before it? IPv6 addresses of one network count once, those
 * of the link not at all. */
static bool counts(const struct ward_addr *ip, const struct ward_addr *before)
{
	if (ward_addr_is_v4(ip))
		return true;
	if (ip->b[0] == 0xfe && (ip->b[1] & 0xc0) == 0x80)
		return false;
	return !before || memcmp(ip->b, before->b, 8) != 0;
}

/* The endpoints [from, to) have one hardware address and are sorted by IP. */
static bool is_router(const struct owned *item, size_t from, size_t to)
{
	size_t unproved = 0, n_public = 0, proved_v4 = 0, unproved_v4 = 0;
	const struct ward_addr *before = NULL;

	for (size_t i = from; i < to; i++) {
		const struct ward_inv_key *k = &item[i].h->key;
		bool v4 = ward_addr_is_v4(&k->ip);

		if (!(k->has & 2))
			continue;
		if (item[i].h->proof) {
			proved_v4 += v4;
			continue;
		}
		unproved += counts(&k->ip, before);
		before = &k->ip;
		unproved_v4 += v4;
		n_public += v4 && !ward_inv_is_private(&k->ip);
	}
	return is_virtual_router(item[from].h->key.mac) || unproved > OWN_ADDRESSES || n_public ||
	       (proved_v4 && unproved_v4);
}

static void own(struct owned *o, bool router)
{
	const struct ward_inv_key *k = &o->h->key;

	o->owner = *k;
	if (router && (k->has & 2) && !o->h->proof) {
		o->owner.has = 2;
		memset(o->owner.mac, 0, sizeof(o->owner.mac));
		return;
	}
	o->router = router;
	o->owner.has = 1;
	memset(&o->owner.ip, 0, sizeof(o->owner.ip));
}

/* The hardware address that had the IP last, where one is known. */
static void adopt(struct grouping *g, struct owned *o)
{
	size_t lo = 0, hi = g->n_by_ip;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(&g->by_ip[mid]->h->key.ip, &o->owner.ip, sizeof(o->owner.ip)) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == g->n_by_ip ||
		memcmp(&g->by_ip[lo]->h->key.ip, &o->owner.ip, sizeof(o->owner.ip)) != 0)
		return;
	o->owner = g->by_ip[lo]->owner;
	o->router = g->by_ip[lo]->router;
}

static enum ward_err group(
	const struct ward_inventory *inv, struct ward_arena *a, struct grouping *g)
{
	g->n = inv->n_host;
	g->item = ward_arena_array(a, g->n + 1, sizeof(*g->item));
	g->by_ip = ward_arena_array(a, g->n + 1, sizeof(struct owned *));
	if (!g->item || !g->by_ip)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < g->n; i++)
		g->item[i].h = inv->host[i];
	qsort(g->item, g->n, sizeof(*g->item), by_key);
	for (size_t from = 0, to; from < g->n; from = to) {
		const struct ward_inv_key *k = &g->item[from].h->key;

		for (to = from + 1; to < g->n; to++)
			if (memcmp(g->item[to].h->key.mac, k->mac, 6) != 0)
				break;
		bool router = (k->has & 1) && is_router(g->item, from, to);

		for (size_t i = from; i < to; i++) {
			if (k->has & 1)
				own(&g->item[i], router);
			else
				g->item[i].owner = g->item[i].h->key;
		}
	}
	for (size_t i = 0; i < g->n; i++)
		if (g->item[i].owner.has == 1 && (g->item[i].h->key.has & 2))
			g->by_ip[g->n_by_ip++] = &g->item[i];
	qsort(g->by_ip, g->n_by_ip, sizeof(struct owned *), by_ip_latest);
	for (size_t i = 0; i < g->n; i++)
		if (g->item[i].owner.has == 2)
			adopt(g, &g->item[i]);
	qsort(g->item, g->n, sizeof(*g->item), by_owner);
	return WARD_OK;
}

static int by_use(const void *a, const void *b)
{
	const struct ward_inv_use *x = a, *y = b;
	int c = strncmp(x->service, y->service, sizeof(x->service));

	if (c)
		return c;
	if (x->server != y->server)
		return x->server < y->server ? -1 : 1;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return (int)x->udp - (int)y->udp;
}

/* 0: IPv4, 1: IPv6, 2: of the link only. */
static int sort_of(const struct ward_addr *ip)
{
	return ward_addr_is_v4(ip) ? 0 : ip->b[0] == 0xfe && (ip->b[1] & 0xc0) == 0x80 ? 2 : 1;
}

static int by_latest(const void *a, const void *b)
{
	const struct ward_inv_address *x = a, *y = b;

	if (sort_of(&x->ip) != sort_of(&y->ip))
		return sort_of(&x->ip) - sort_of(&y->ip);
	if (x->last != y->last)
		return x->last > y->last ? -1 : 1;
	return memcmp(&x->ip, &y->ip, sizeof(x->ip));
}

static int by_ip(const void *a, const void *b)
{
	const struct ward_inv_address *x = a, *y = b;

	return memcmp(&x->ip, &y->ip, sizeof(x->ip));
}

/* One of each; several endpoints have the same where the hardware address changed. In time with
 * sorting: who announces 60,000 addresses as its own must not cost the square of it. */
static void merge_addresses(struct ward_candidate *c)
{
	size_t kept = 0;

	qsort(c->address, c->n_address, sizeof(*c->address), by_ip);
	for (size_t i = 0; i < c->n_address; i++) {
		const struct ward_inv_address *more = &c->address[i];
		struct ward_inv_address *at = kept ? &c->address[kept - 1] : NULL;

		if (!at || by_ip(at, more) != 0) {
			c->address[kept++] = *more;
			continue;
		}
		at->first = more->first < at->first ? more->first : at->first;
		at->last = more->last > at->last ? more->last : at->last;
		at->proof |= more->proof;
	}
	c->n_address = kept;
	qsort(c->address, c->n_address, sizeof(*c->address), by_latest);
}

static int by_addr(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ward_addr));
}

/* Distinct peers of all endpoints of a candidate. */
static size_t count_peers(const struct owned *o, size_t n, struct ward_addr *all)
{
	size_t n_all = 0, distinct = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < o[i].h->n_peer; k++)
			all[n_all++] = o[i].h->peer[k];
	qsort(all, n_all, sizeof(*all), by_addr);
	for (size_t i = 0; i < n_all; i++)
		distinct += i == 0 || by_addr(&all[i], &all[i - 1]) != 0;
	return distinct;
}

static enum ward_err make(
	const struct owned *o, size_t n, struct ward_arena *a, struct ward_candidate *c)
{
	size_t n_use = 0, n_peer = 0, kept = 0;

	*c = (struct ward_candidate){.key = o->owner,
		.first = INT64_MAX,
		.last = INT64_MIN,
		.random_mac = (o->owner.has & 1) && ward_mac_is_local(o->owner.mac),
		.node = WARD_NONE};
	for (size_t i = 0; i < n; i++) {
		n_use += o[i].h->n_use;
		n_peer += o[i].h->n_peer;
	}
	c->address = ward_arena_array(a, n, sizeof(*c->address));
	c->use = ward_arena_array(a, n_use + 1, sizeof(*c->use));
	struct ward_addr *peer = ward_arena_array(a, n_peer + 1, sizeof(*peer));

	if (!c->address || !c->use || !peer)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct ward_endpoint *h = o[i].h;

		c->router |= o[i].router;
		c->n_event += h->n_event;
		c->first = h->first < c->first ? h->first : c->first;
		c->last = h->last > c->last ? h->last : c->last;
		if (h->key.has & 2)
			c->address[c->n_address++] =
				(struct ward_inv_address){h->key.ip, h->first, h->last, h->proof};
		for (size_t k = 0; k < h->n_use; k++)
			c->use[c->n_use++] = h->use[k];
	}
	merge_addresses(c);
	qsort(c->use, c->n_use, sizeof(*c->use), by_use);
	for (size_t i = 0; i < c->n_use; i++)
		if (i == 0 || by_use(&c->use[i], &c->use[kept - 1]) != 0)
			c->use[kept++] = c->use[i];
	c->n_use = kept;
	c->n_peer = count_peers(o, n, peer);
	return WARD_OK;
}

enum ward_err ward_inventory_view(const struct ward_inventory *inv, const struct ward_oui *oui,
	const struct ward_model *model, struct ward_arena *arena, struct ward_candidate **ret,
	size_t *ret_n)
{
	struct grouping g = {0};
	const struct ward_endpoint **member;
	enum ward_err err = group(inv, arena, &g);
	struct ward_candidate *c = err ? NULL : ward_arena_array(arena, g.n + 1, sizeof(*c));
	size_t n = 0;

	member = c ? ward_arena_array(arena, g.n + 1, sizeof(*member)) : NULL;
	if (!member)
		return WARD_ERR_NOMEM;
	for (size_t from = 0, to; from < g.n && !err; from = to, n++) {
		struct ward_facts_of of = {inv->rules, oui, member + from, 0};

		for (to = from; to < g.n; to++) {
			if (memcmp(&g.item[to].owner, &g.item[from].owner,
				    sizeof(g.item[to].owner)) != 0)
				break;
			member[to] = g.item[to].h;
		}
		of.n = to - from;
		err = make(g.item + from, to - from, arena, &c[n]);
		if (!err)
			err = ward_inv_facts(&of, arena, &c[n]);
	}
	if (!err && model)
		err = ward_inv_match(inv->rules, model, arena, c, n);
	if (err)
		return err;
	*ret = c;
	*ret_n = n;
	return WARD_OK;
}
