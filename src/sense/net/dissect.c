/* Which dissector gets which payload. */
#include "sense/net/emit.h"
#include "sense/net/flow.h"

enum { DISSECT_TRIES = 8, NAME_MAX_BYTES = 96 };

static size_t count_names(const struct ward_dissector *m)
{
	char text[NAME_MAX_BYTES];
	size_t i = 0;

	for (;; i++) {
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		if (!m->name_at || !m->name_at(i, &w))
			return i;
	}
}

static enum ward_err init_module(
	struct ward_net *n, struct ward_net_module *mod, const struct ward_dissector *m)
{
	mod->n_name = count_names(m);
	mod->name = ward_mem_alloc(n->mem, mod->n_name * sizeof(*mod->name));
	mod->reason = ward_mem_alloc(n->mem, m->n_reason * sizeof(*mod->reason));
	if ((mod->n_name && !mod->name) || (m->n_reason && !mod->reason))
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < mod->n_name; i++) {
		char text[NAME_MAX_BYTES];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		WARD_ASSERT(m->name_at(i, &w) && !ward_wr_bad(&w));
		mod->name[i] = ward_name(n->names, ward_wr_text(&w));
	}
	return WARD_OK;
}

enum ward_err ward_dissect_init(struct ward_net *n)
{
	enum ward_err err = WARD_OK;

	WARD_ASSERT(ward_dissector_count() < WARD_FLOW_NO_MODULE);
	n->n_module = ward_dissector_count();
	n->module = ward_mem_alloc(n->mem, n->n_module * sizeof(*n->module));
	if (!n->module)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n->n_module && err == WARD_OK; i++)
		err = init_module(n, &n->module[i], ward_dissector_at(i));
	return err;
}

void ward_dissect_fini(struct ward_net *n)
{
	for (size_t i = 0; n->module && i < n->n_module; i++) {
		struct ward_net_module *mod = &n->module[i];

		ward_mem_free(n->mem, mod->name, mod->n_name * sizeof(*mod->name));
		ward_mem_free(
			n->mem, mod->reason, ward_dissector_at(i)->n_reason * sizeof(*mod->reason));
	}
	if (n->module)
		ward_mem_free(n->mem, n->module, n->n_module * sizeof(*n->module));
}

static bool hinted(const struct ward_dissector *m, const struct ward_packet *p)
{
	for (size_t i = 0; i < WARD_DISSECT_PORTS && m->port[i]; i++)
		if (p->src_port == m->port[i] || p->dst_port == m->port[i])
			return true;
	return false;
}

/* A hinted port is tried first, then whoever knows the content. */
static size_t candidate(const struct ward_net *n, const struct ward_packet *p)
{
	size_t found = n->n_module;

	for (size_t i = 0; i < n->n_module; i++) {
		const struct ward_dissector *m = ward_dissector_at(i);

		if (m->proto != p->proto || !m->probe(p->payload))
			continue;
		if (hinted(m, p))
			return i;
		if (found == n->n_module)
			found = i;
	}
	return found;
}

static void fail(struct ward_net *n, struct ward_flow *flow)
{
	n->count[WARD_NET_DISSECT_FOREIGN]++;
	if (!flow->confirmed && ++flow->tries >= DISSECT_TRIES)
		n->count[WARD_NET_DISSECT_GIVEN_UP]++;
}

static void malformed(
	struct ward_net *n, const struct ward_packet *p, size_t i, const struct ward_dissect *d)
{
	WARD_ASSERT(d->reason < d->module->n_reason);
	n->module[i].reason[d->reason]++;
	ward_malformed_see(n, p, d->module->name, d->module->reason[d->reason], d->off);
}

static void run(struct ward_net *n, const struct ward_packet *p, struct ward_flow *flow, size_t i,
	bool from_client)
{
	const struct ward_dissector *m = ward_dissector_at(i);
	struct ward_dissect d = {.net = n,
		.packet = p,
		.module = m,
		.name = n->module[i].name,
		.from_client = from_client,
		.trusted = flow->confirmed || hinted(m, p),
		.partial = p->payload_snapped};

	switch (m->parse(&d, p->payload)) {
	case WARD_VERDICT_OK:
		n->count[WARD_NET_PDU]++;
		flow->module = (uint8_t)i;
		flow->confirmed = true;
		return;
	case WARD_VERDICT_MORE:
		n->count[WARD_NET_DISSECT_MORE]++;
		return;
	case WARD_VERDICT_MALFORMED:
		/* Garbage that only looks like the protocol, on a port of something else, is not
		 * called a malformed message of it. */
		if (d.trusted)
			malformed(n, p, i, &d);
		else
			fail(n, flow);
		return;
	case WARD_VERDICT_FOREIGN:
	default:
		fail(n, flow);
	}
}

void ward_dissect_see(
	struct ward_net *n, const struct ward_packet *p, struct ward_flow *flow, unsigned side)
{
	/* Streams need reassembly before a dissector can have them. */
	if (p->proto != WARD_PROTO_UDP || p->payload.len == 0)
		return;
	if (p->fragment) {
		n->count[WARD_NET_DISSECT_FRAGMENT]++;
		return;
	}
	if (flow->confirmed) {
		run(n, p, flow, flow->module, side == 0);
		return;
	}
	if (flow->tries >= DISSECT_TRIES)
		return;
	size_t i = candidate(n, p);

	if (i < n->n_module)
		run(n, p, flow, i, side == 0);
	else if (++flow->tries >= DISSECT_TRIES)
		n->count[WARD_NET_DISSECT_GIVEN_UP]++;
}
