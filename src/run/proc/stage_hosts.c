/* Bridges, and the hosts at them. */
#include "run/proc/stage.h"

#include <arpa/inet.h>
#include <stdio.h>

/* No source's interface is called so: it has room for "-far" behind its name (ward_netns_pair), and
 * these are longer, and end otherwise. */
#define BRIDGE "stage-bridge-%zu"
#define PORT "stage-host-%02zu"

_Static_assert(sizeof("stage-bridge-") - 1 + sizeof("-far") - 1 > WARD_NETNS_IFACE &&
		       sizeof("stage-host-") - 1 + sizeof("-far") - 1 + 2 > WARD_NETNS_IFACE,
	"longer than what a source's can be");
_Static_assert(STAGE_BRIDGES <= 100 && STAGE_HOSTS <= 100, "two digits, as there is room for");

const struct stage_host *stage_host_of(const struct stage *s, uint32_t host)
{
	for (size_t i = 0; i < s->n_host; i++)
		if (s->host[i].host == host)
			return &s->host[i];
	return NULL;
}

static bool sees(const struct ward_source *s, uint32_t network)
{
	for (size_t i = 0; i < s->n_watches; i++)
		if (s->watches[i] == network)
			return true;
	return false;
}

/* wire=SOURCE:IFACE. The bridge is made with the first host that stands at it. */
static struct stage_bridge *bridge_of(struct stage *s, uint32_t network)
{
	char why[WARD_NETNS_WHY];
	const char *text;

	for (size_t i = 0; i < s->n_bridge; i++)
		if (sees(s->bridge[i].source, network))
			return &s->bridge[i];
	for (size_t i = 0; (text = ward_process_nth(&s->p, "wire", i)) != NULL; i++) {
		struct ward_str iface = ward_str_z(text), id = ward_str_cut(&iface, ':');
		const struct ward_source *source = ward_model_source(s->model, id);

		if (!source || !sees(source, network))
			continue;
		if (s->n_bridge == STAGE_BRIDGES)
			break;
		struct stage_bridge *b = &s->bridge[s->n_bridge];

		b->source = source;
		(void)snprintf(b->name, sizeof(b->name), BRIDGE, s->n_bridge);
		if (ward_netns_bridge(b->name, iface.p, why) != WARD_OK) {
			WARD_LOG(&s->p.log, WARN, "stage.no_bridge",
				WARD_KV_S("source", source->id), WARD_KV_Z("why", why));
			return NULL;
		}
		s->n_bridge++;
		return b;
	}
	return NULL;
}

static void add(struct stage *s, uint32_t host)
{
	const struct ward_host *h = &s->scenario->host[host];
	char ip[INET_ADDRSTRLEN], why[WARD_NETNS_WHY];

	if (stage_host_of(s, host))
		return;
	if (s->n_host == STAGE_HOSTS || !h->prefix || !inet_ntop(AF_INET, h->ip, ip, sizeof(ip))) {
		WARD_LOG(&s->p.log, WARN, "stage.no_host", WARD_KV_S("host", h->id));
		return;
	}
	const struct stage_bridge *b = bridge_of(s, h->network);

	if (!b) { /* nobody watches its network */
		WARD_LOG(&s->p.log, WARN, "stage.no_wire", WARD_KV_S("host", h->id));
		return;
	}
	struct stage_host *to = &s->host[s->n_host];

	*to = (struct stage_host){.host = host};
	(void)snprintf(to->as.port, sizeof(to->as.port), PORT, s->n_host);
	(void)snprintf(to->as.address, sizeof(to->as.address), "%s/%u", ip, h->prefix);
	(void)snprintf(to->as.mac, sizeof(to->as.mac), "%02x:%02x:%02x:%02x:%02x:%02x", h->mac[0],
		h->mac[1], h->mac[2], h->mac[3], h->mac[4], h->mac[5]);
	if (ward_netns_host(&to->as, b->name, why, &to->ns) != WARD_OK) {
		WARD_LOG(&s->p.log, WARN, "stage.no_host", WARD_KV_S("host", h->id),
			WARD_KV_Z("why", why));
		return;
	}
	s->n_host++;
}

void stage_build(struct stage *s)
{
	const struct ward_scenario *c = s->scenario;

	for (size_t i = 0; i < c->n_stand; i++)
		add(s, c->stand[i].host);
	for (size_t i = 0; i < c->lead.n_step; i++)
		if (c->step[i].act == WARD_ACT_TOOL)
			add(s, c->step[i].from);
}
