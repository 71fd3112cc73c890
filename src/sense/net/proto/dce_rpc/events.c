#include "sense/net/proto/dce_rpc/rpc.h"

#include "sense/net/emit.h"
#include "sense/net/proto/smb/smb.h"
#include "sense/net/text.h"

enum { TEXT = 128, LEVEL_PRIVACY = 6, STATUS_BYTES = 4 };

bool ward_rpc_name_at(size_t i, struct ward_wr *w)
{
	static const char *const names[] = {
#define X(IDENT, name) name,
		WARD_RPC_NAME_LIST(X)
#undef X
	};

	if (i >= WARD_ARRAY_LEN(names))
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static void put_text(const struct ward_rpc_at *at, enum ward_rpc_name field, struct ward_slice s)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	while (s.len && !s.p[s.len - 1])
		s.len--;
	ward_text_ascii(&w, s, sizeof(text));
	if (w.len)
		ward_emit_str(at->d->net, at->name[field], ward_wr_text(&w));
}

/* The name as text, or the number in hex. */
static void put_named(
	const struct ward_rpc_at *at, enum ward_rpc_name field, const char *name, uint32_t v)
{
	char text[16];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (name) {
		ward_emit_z(at->d->net, at->name[field], name);
		return;
	}
	ward_wr_printf(&w, "0x%08x", v);
	ward_emit_str(at->d->net, at->name[field], ward_wr_text(&w));
}

/* Whose answer was not captured may have been answered: it is told as a request alone. */
static enum ward_rpc_name class_of(const struct ward_rpc_at *at, const struct ward_rpc_pdu *answer,
	enum ward_rpc_name class, uint8_t asker)
{
	return answer || !ward_dissect_hears(at->d, asker != 0) ? class
								: WARD_RPC_NAME_CLASS_UNANSWERED;
}

static bool begin(const struct ward_rpc_at *at, enum ward_rpc_name class, uint8_t asker)
{
	struct ward_dissect *d = at->d;

	if (!ward_emit_begin(d->net, at->name[class]))
		return false;
	if (d->from_client == (asker == 0))
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
	if (at->pipe.len)
		ward_emit_str(d->net, at->name[WARD_RPC_NAME_PIPE], at->pipe);
	return true;
}

static void put_latency(const struct ward_rpc_at *at, ward_ns since)
{
	if (at->d->net->frame->time >= since)
		ward_emit_int(at->d->net, at->name[WARD_RPC_NAME_LATENCY],
			at->d->net->frame->time - since);
}

/* Interfaces, once by name (or UUID) and once by UUID. */
static void put_offers(const struct ward_rpc_at *at, const struct ward_rpc_bind *b)
{
	struct ward_net *n = at->d->net;
	struct ward_value *name = b->n ? ward_emit_items(n, b->n) : NULL;
	struct ward_value *uuid = b->n ? ward_emit_items(n, b->n) : NULL;

	if (!name || !uuid)
		return;
	uint32_t k = 0;

	for (size_t i = 0; i < b->n; i++) {
		char text[WARD_RPC_UUID_TEXT];

		/* The same one with another transfer syntax. */
		if (i && memcmp(b->offer[i].uuid, b->offer[i - 1].uuid, 16) == 0)
			continue;
		ward_rpc_uuid_text(b->offer[i].uuid, text);
		const char *known = ward_rpc_endpoint_name(text);
		struct ward_str copy = ward_arena_str(&n->arena, ward_str_z(text));

		uuid[k] = ward_value_str(copy);
		name[k] = known ? ward_value_str(ward_str_z(known)) : uuid[k];
		k++;
	}
	ward_emit_list(n, at->name[WARD_RPC_NAME_ENDPOINT], name, k);
	ward_emit_list(n, at->name[WARD_RPC_NAME_INTERFACE], uuid, k);
}

static void put_bind_answer(const struct ward_rpc_at *at, const struct ward_rpc_pdu *m)
{
	struct ward_net *n = at->d->net;
	size_t refused = 0;

	if (m->type == WARD_RPC_BIND_NAK) {
		ward_emit_z(n, at->name[WARD_RPC_NAME_OUTCOME], "rejected");
		ward_emit_int(n, at->name[WARD_RPC_NAME_REJECT], m->reject);
		return;
	}
	for (size_t i = 0; i < m->n_offer; i++)
		refused += m->result[i] != 0;
	ward_emit_z(n, at->name[WARD_RPC_NAME_OUTCOME],
		m->n_offer && refused == m->n_offer ? "rejected" : "ok");
	if (refused)
		ward_emit_int(n, at->name[WARD_RPC_NAME_REFUSED], (int64_t)refused);
	put_text(at, WARD_RPC_NAME_ADDRESS, m->address);
}

void ward_rpc_tell_bind(const struct ward_rpc_at *at, const struct ward_rpc_pdu *m)
{
	const struct ward_rpc_bind *b = &at->rpc->bind;

	if (!begin(at, class_of(at, m, WARD_RPC_NAME_CLASS_BIND, b->side), b->side))
		return;
	put_offers(at, b);
	if (b->auth_type) {
		put_named(at, WARD_RPC_NAME_AUTH_TYPE, ward_rpc_auth_name(b->auth_type),
			b->auth_type);
		put_named(at, WARD_RPC_NAME_AUTH_LEVEL, ward_rpc_level_name(b->auth_level),
			b->auth_level);
	}
	if (m) {
		put_bind_answer(at, m);
		put_latency(at, b->time);
	} else if (!ward_dissect_hears(at->d, b->side != 0)) {
		ward_emit_z(at->d->net, at->name[WARD_RPC_NAME_OUTCOME], "unseen");
	}
	ward_emit_end(at->d->net);
}

/* False: the context is not known. */
static bool uuid_of(const struct ward_rpc_at *at, uint16_t context, char ret[WARD_RPC_UUID_TEXT])
{
	for (size_t i = 0; i < WARD_RPC_CONTEXTS; i++) {
		const struct ward_rpc_context *c = &at->rpc->context[i];

		if (c->used && c->id == context) {
			ward_rpc_uuid_text(c->uuid, ret);
			return true;
		}
	}
	return false;
}

static void put_interface(const struct ward_rpc_at *at, const char *uuid)
{
	const char *known = ward_rpc_endpoint_name(uuid);

	ward_emit_str(
		at->d->net, at->name[WARD_RPC_NAME_ENDPOINT], ward_str_z(known ? known : uuid));
	ward_emit_str(at->d->net, at->name[WARD_RPC_NAME_INTERFACE], ward_str_z(uuid));
}

static void put_operation(const struct ward_rpc_at *at, const struct ward_rpc_call *c)
{
	struct ward_net *n = at->d->net;
	char uuid[WARD_RPC_UUID_TEXT];

	if (uuid_of(at, c->context, uuid)) {
		const char *name = ward_rpc_operation_name(uuid, c->opnum);

		put_interface(at, uuid);
		if (name)
			ward_emit_z(n, at->name[WARD_RPC_NAME_OPERATION], name);
	}
	ward_emit_int(n, at->name[WARD_RPC_NAME_OPNUM], c->opnum);
	if (c->has_zero)
		ward_emit_bool(n, at->name[WARD_RPC_NAME_ZERO], c->zero);
	if (c->has_channel)
		ward_emit_int(n, at->name[WARD_RPC_NAME_CHANNEL], c->channel);
}

/* Every answer of these ends in an NTSTATUS. */
static void put_netlogon_status(const struct ward_rpc_at *at, const struct ward_rpc_pdu *m)
{
	if (!m->stub_whole || m->stub.len < STATUS_BYTES || m->big_endian)
		return;
	struct ward_rd r = ward_rd_from(m->stub.p + m->stub.len - STATUS_BYTES, STATUS_BYTES);
	uint32_t status = ward_rd_le32(&r);

	put_named(at, WARD_RPC_NAME_STATUS, ward_smb_status_name(status), status);
}

static void tell_endpoint(const struct ward_rpc_at *at, uint8_t asker, const struct ward_rpc_pdu *m)
{
	struct ward_net *n = at->d->net;
	struct ward_rpc_tower t;
	char uuid[WARD_RPC_UUID_TEXT];

	if (!ward_rpc_tower(m->stub, &t) || !begin(at, WARD_RPC_NAME_CLASS_ENDPOINT, asker))
		return;
	ward_rpc_uuid_text(t.uuid, uuid);
	put_interface(at, uuid);
	if (t.port)
		ward_emit_int(n, at->name[WARD_RPC_NAME_MAPPED_PORT], t.port);
	if (t.has_address) {
		uint8_t ip[16] = {t.address[0], t.address[1], t.address[2], t.address[3]};

		ward_emit_ip(n, at->name[WARD_RPC_NAME_MAPPED_IP], ip, 4);
	}
	put_text(at, WARD_RPC_NAME_MAPPED_PIPE, t.pipe);
	ward_emit_end(n);
}

static bool is_ept_map(const struct ward_rpc_at *at, const struct ward_rpc_call *c)
{
	char uuid[WARD_RPC_UUID_TEXT];

	if (c->opnum != WARD_RPC_EPT_MAP || !uuid_of(at, c->context, uuid))
		return false;
	const char *name = ward_rpc_endpoint_name(uuid);

	return name && strcmp(name, "epmapper") == 0;
}

void ward_rpc_tell_call(
	const struct ward_rpc_at *at, const struct ward_rpc_call *c, const struct ward_rpc_pdu *m)
{
	struct ward_net *n = at->d->net;
	bool fault = m && m->type == WARD_RPC_FAULT;

	if (!begin(at, class_of(at, m, WARD_RPC_NAME_CLASS_CALL, c->side), c->side))
		return;
	put_operation(at, c);
	if (m) {
		ward_emit_z(n, at->name[WARD_RPC_NAME_OUTCOME], fault ? "fault" : "ok");
		if (fault)
			put_named(
				at, WARD_RPC_NAME_FAULT, ward_rpc_fault_name(m->status), m->status);
		else if (c->has_zero && m->auth_level < LEVEL_PRIVACY)
			put_netlogon_status(at, m);
		put_latency(at, c->time);
	} else if (!ward_dissect_hears(at->d, c->side != 0)) {
		ward_emit_z(n, at->name[WARD_RPC_NAME_OUTCOME], "unseen");
	}
	ward_emit_end(n);
	if (m && !fault && !m->big_endian && is_ept_map(at, c))
		tell_endpoint(at, c->side, m);
}
