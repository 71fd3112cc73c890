/* Arguments in NDR (C706 chapter 14), little-endian only: nobody sends these in another order. */
#include "sense/net/proto/dce_rpc/rpc.h"

enum {
	CREDENTIAL = 8,
	FLOORS = 6,
	FLOOR_UUID = 0x0d,
	FLOOR_TCP = 0x07,
	FLOOR_IP = 0x09,
	FLOOR_PIPE = 0x0f,
	FLOOR_PIPE_SMB = 0x10,
};

static void align(struct ward_rd *r, size_t to)
{
	ward_rd_skip(r, (0 - r->off) & (to - 1));
}

/* A conformant and varying string of 16-bit characters, 14.3.4.2. */
static void skip_string(struct ward_rd *r)
{
	align(r, 4);
	ward_rd_skip(r, 4 + 4);
	size_t n = ward_rd_le32(r);

	ward_rd_skip(r, n * 2);
}

static bool all_zero(struct ward_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i])
			return false;
	return s.len > 0;
}

/* MS-NRPC 3.5.4.4.1 to 3.5.4.4.5: server, [account, channel type,] computer, credential. */
void ward_rpc_netlogon(const struct ward_rpc_pdu *m, struct ward_rpc_call *c)
{
	struct ward_rd r = ward_rd_slice(m->stub);
	bool challenge = m->opnum == WARD_RPC_NETR_REQ_CHALLENGE;
	uint16_t channel = 0;

	if (!challenge && m->opnum != WARD_RPC_NETR_AUTHENTICATE &&
		m->opnum != WARD_RPC_NETR_AUTHENTICATE2 &&
		m->opnum != WARD_RPC_NETR_AUTHENTICATE3 && m->opnum != WARD_RPC_NETR_PASSWORD_SET2)
		return;
	if (ward_rd_le32(&r))
		skip_string(&r);
	if (!challenge) {
		skip_string(&r);
		align(&r, 2);
		channel = ward_rd_le16(&r);
	}
	skip_string(&r);
	if (m->opnum == WARD_RPC_NETR_PASSWORD_SET2)
		align(&r, 4);
	struct ward_slice credential = ward_rd_bytes(&r, CREDENTIAL);

	if (ward_rd_bad(&r))
		return;
	c->has_zero = true;
	c->zero = all_zero(credential);
	c->has_channel = !challenge;
	c->channel = channel;
}

/* One floor: what it says on its left and on its right side. */
static void read_floor(struct ward_rd *r, struct ward_rpc_tower *t, bool *interface)
{
	struct ward_rd left = ward_rd_sub(r, ward_rd_le16(r));
	struct ward_rd right = ward_rd_sub(r, ward_rd_le16(r));
	uint8_t kind = ward_rd_u8(&left);

	if (kind == FLOOR_UUID && !*interface) {
		struct ward_slice uuid = ward_rd_bytes(&left, sizeof(t->uuid));

		*interface = uuid.len == sizeof(t->uuid);
		if (*interface)
			memcpy(t->uuid, uuid.p, uuid.len);
	} else if (kind == FLOOR_TCP) {
		t->port = ward_rd_be16(&right);
	} else if (kind == FLOOR_IP) {
		struct ward_slice ip = ward_rd_bytes(&right, sizeof(t->address));

		t->has_address = ip.len == sizeof(t->address);
		if (t->has_address)
			memcpy(t->address, ip.p, ip.len);
	} else if (kind == FLOOR_PIPE || kind == FLOOR_PIPE_SMB) {
		t->pipe = ward_rd_rest(&right);
	}
}

/* A count or pointer of NDR or of NDR64 (MS-RPCE 2.2.5). */
static uint64_t count(struct ward_rd *r, bool wide)
{
	return wide ? ward_rd_le64(r) : ward_rd_le32(r);
}

/* Entry handle, number of towers, an array of pointers, the towers. */
static bool read_tower(struct ward_slice stub, bool wide, struct ward_rpc_tower *ret)
{
	struct ward_rd r = ward_rd_slice(stub);
	bool interface = false;

	*ret = (struct ward_rpc_tower){0};
	ward_rd_skip(&r, 20);
	uint64_t n = ward_rd_le32(&r), most = count(&r, wide), off = count(&r, wide);

	if (count(&r, wide) != n || ward_rd_bad(&r) || !n || n > most || off || n > stub.len / 4)
		return false;
	for (uint64_t i = 0; i < n; i++)
		(void)count(&r, wide);
	uint64_t octets = count(&r, wide);
	size_t len = ward_rd_le32(&r);
	struct ward_rd tower = ward_rd_sub(&r, len);
	size_t floors = ward_rd_le16(&tower);

	for (size_t i = 0; i < floors && i < FLOORS && !ward_rd_bad(&tower); i++)
		read_floor(&tower, ret, &interface);
	return octets == len && interface && !ward_rd_bad(&tower);
}

bool ward_rpc_tower(struct ward_slice stub, struct ward_rpc_tower *ret)
{
	return read_tower(stub, false, ret) || read_tower(stub, true, ret);
}
