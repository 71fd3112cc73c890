/* Who plays: hosts with their addresses. */
#include "exercise/load.h"

#include "base/id.h"
#include "base/rd.h"

#include <arpa/inet.h>

bool ward_scenario_ip(struct ward_str s, uint8_t ret[4])
{
	char text[INET_ADDRSTRLEN];

	if (s.len >= sizeof(text))
		return false;
	memcpy(text, s.p ? s.p : "", s.len);
	text[s.len] = 0;
	return inet_pton(AF_INET, text, ret) == 1;
}

/* aa:bb:cc:dd:ee:ff */
static bool mac_of(struct ward_str s, uint8_t ret[6])
{
	if (s.len != 17)
		return false;
	for (size_t i = 0; i < 6; i++)
		if ((i && s.p[3 * i - 1] != ':') ||
			!ward_str_unhex(ward_str_sub(s, 3 * i, 2), &ret[i], 1))
			return false;
	return true;
}

/* The last address of the smallest of the network's prefixes around the host. The model has no
 * list of prefixes, but knows of any address whether it is such a one, and whose. */
static void find_broadcast(const struct ward_model *m, struct ward_host *h)
{
	enum { LONGEST = 30, SHORTEST = 8 };
	struct ward_rd r = ward_rd_from(h->ip, sizeof(h->ip));
	uint32_t ip = ward_rd_be32(&r);

	for (unsigned len = LONGEST; len >= SHORTEST; len--) {
		uint8_t b[4];
		char text[INET_ADDRSTRLEN];
		struct ward_wr w = ward_wr_fixed(b, sizeof(b));

		ward_wr_be32(&w, ip | (UINT32_MAX >> len));
		if (!inet_ntop(AF_INET, b, text, sizeof(text)) ||
			!ward_model_is_group_address(m, ward_str_z(text)) ||
			ward_model_network_of(m, ward_str_z(text)) != h->network)
			continue;
		memcpy(h->broadcast, b, sizeof(b));
		/* another might end there too: the widest, in which all of them are reached */
		while (len > SHORTEST &&
			(ip | (UINT32_MAX >> (len - 1))) == (ip | (UINT32_MAX >> len)))
			len--;
		h->prefix = len;
		return;
	}
}

/* Room for one more host; NULL and l->err when there is none. */
static struct ward_host *add_host(struct ward_scenario_load *l)
{
	struct ward_scenario *s = l->s;

	if (s->n_host == l->cap_host) {
		size_t cap = l->cap_host ? 2 * l->cap_host : 16;
		struct ward_host *host = ward_scenario_array(l, cap, sizeof(*host));

		if (!host)
			return NULL;
		if (s->n_host)
			memcpy(host, s->host, s->n_host * sizeof(*host));
		s->host = host;
		l->cap_host = cap;
	}
	return &s->host[s->n_host];
}

static uint32_t find_host(const struct ward_scenario *s, struct ward_str id)
{
	for (size_t i = 0; i < s->n_host; i++)
		if (ward_str_eq(s->host[i].id, id))
			return (uint32_t)i;
	return WARD_NONE;
}

static void read_actor(struct ward_scenario_load *l, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "network", "ip", "mac", NULL};
	const struct ward_model *m = l->s->model;
	struct ward_diag *d = l->in->diag;
	struct ward_str id, network, ip, mac;
	struct ward_host h = {.network = WARD_NONE};

	ward_conf_only(c, known, d);
	bool has_id = ward_scenario_word(l, c, "id", WARD_SCENARIO_TEXT_MAX, "", &id);
	bool has_network = ward_conf_str(c, "network", true, d, &network);
	bool has_ip = ward_conf_str(c, "ip", true, d, &ip);
	bool has_mac = ward_conf_str(c, "mac", true, d, &mac);

	if (has_id && (find_host(l->s, id) != WARD_NONE || ward_model_find(m, id) != WARD_NONE))
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("there is a '%.*s' already\ngive the actor an id of its own"),
			WARD_STR_ARG(id));
	if (has_network)
		h.network = ward_model_find(m, network);
	if (has_network && (h.network == WARD_NONE ||
				   ward_model_node(m, h.network)->kind != WARD_NODE_NETWORK))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "network"),
			WARD_TEXT("the hospital has no network '%.*s'\nname one of its networks"),
			WARD_STR_ARG(network));
	else if (has_ip && !ward_scenario_ip(ip, h.ip))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "ip"),
			WARD_TEXT("'ip' is no IPv4 address: '%.*s'\nwrite it like 10.40.0.177"),
			WARD_STR_ARG(ip));
	else if (has_network && has_ip && ward_model_network_of(m, ip) != h.network)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "ip"),
			WARD_TEXT("the address %.*s is not of the network '%.*s'\ngive one of its "
				  "addresses"),
			WARD_STR_ARG(ip), WARD_STR_ARG(network));
	if (has_mac && !mac_of(mac, h.mac))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "mac"),
			WARD_TEXT("'mac' is no hardware address: '%.*s'\nwrite it like "
				  "\"02:00:00:00:00:01\""),
			WARD_STR_ARG(mac));
	struct ward_host *to = has_id ? add_host(l) : NULL;

	if (!to)
		return;
	h.id = id;
	if (h.network != WARD_NONE)
		find_broadcast(m, &h);
	*to = h;
	l->s->n_host++;
}

void ward_scenario_actors(struct ward_scenario_load *l, const struct ward_conf *doc)
{
	const struct ward_conf *list = ward_scenario_list(l, doc, "actors");

	for (const struct ward_conf *c = list ? list->child : NULL; c && !l->err; c = c->next) {
		if (c->kind == WARD_CONF_MAP)
			read_actor(l, c);
		else
			WARD_SCENARIO_BAD(l, c,
				WARD_TEXT("an actor is a map\nwrite `{id: …, network: …, ip: …, "
					  "mac: …}`"));
	}
}

/* Of an asset: IPv4 only. */
static bool addresses_of(const struct ward_model *m, uint32_t node, struct ward_host *h)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* RFC 4291 2.5.5.2 */
	struct ward_str ip = ward_model_key(m, node, WARD_KEY_IP);
	struct ward_str mac = ward_model_key(m, node, WARD_KEY_MAC);

	if (ip.len != 16 || memcmp(ip.p, mapped, sizeof(mapped)) != 0 || mac.len != sizeof(h->mac))
		return false;
	memcpy(h->ip, ip.p + sizeof(mapped), sizeof(h->ip));
	memcpy(h->mac, mac.p, sizeof(h->mac));
	return true;
}

bool ward_scenario_asset(struct ward_scenario_load *l, uint32_t node, uint32_t *ret)
{
	const struct ward_model *m = l->s->model;
	const struct ward_node *asset = ward_model_node(m, node);
	struct ward_host h = {.id = asset->id, .network = asset->network}, *to;

	*ret = find_host(l->s, h.id);
	if (*ret != WARD_NONE)
		return true;
	if (h.network == WARD_NONE || !addresses_of(m, node, &h))
		return false;
	to = add_host(l);
	if (!to)
		return false;
	find_broadcast(m, &h);
	*to = h;
	*ret = (uint32_t)l->s->n_host++;
	return true;
}

bool ward_scenario_host(
	struct ward_scenario_load *l, const struct ward_conf *c, const char *key, uint32_t *ret)
{
	const struct ward_model *m = l->s->model;
	struct ward_str id;

	if (!ward_conf_str(c, key, true, l->in->diag, &id))
		return false;
	*ret = find_host(l->s, id);
	if (*ret != WARD_NONE)
		return true;
	uint32_t node = ward_model_find(m, id);

	if (node == WARD_NONE || ward_model_node(m, node)->kind != WARD_NODE_ASSET) {
		WARD_SCENARIO_BAD(l, ward_conf_get(c, key),
			WARD_TEXT("there is no asset or actor '%.*s'\nname an asset of the "
				  "hospital, or add it under `actors:`"),
			WARD_STR_ARG(id));
		return false;
	}
	if (ward_scenario_asset(l, node, ret))
		return true;
	WARD_SCENARIO_BAD(l, ward_conf_get(c, key),
		WARD_TEXT("'%.*s' cannot send: it has no network, IPv4 address or hardware "
			  "address\nadd network, ip and mac in the hospital's list of assets"),
		WARD_STR_ARG(id));
	return false;
}
