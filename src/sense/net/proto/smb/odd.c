/* Events that are no request and answer. */
#include "sense/net/proto/smb/events.h"

void ward_smb_tell_file(
	struct ward_dissect *d, const struct ward_smb_slot *s, enum ward_smb_end end)
{
	static const char *const ends[] = {"close", "flow-end", "pushed-out"};

	if (!ward_emit_begin(d->net, d->name[WARD_SMB_N_CLASS_FILE]))
		return;
	put_asker(d, s->side);
	put_tree(d, s->tree);
	put_file(d, s);
	put_int(d, WARD_SMB_N_READS, s->reads);
	put_int(d, WARD_SMB_N_READ_BYTES, (int64_t)(s->read_bytes & INT64_MAX));
	put_int(d, WARD_SMB_N_WRITES, s->writes);
	put_int(d, WARD_SMB_N_WRITE_BYTES, (int64_t)(s->write_bytes & INT64_MAX));
	if (s->sampled)
		put_int(d, WARD_SMB_N_WRITE_ENTROPY, (int64_t)(s->entropy / s->sampled));
	if (s->delete_pending)
		ward_emit_bool(d->net, d->name[WARD_SMB_N_DELETE_ON_CLOSE], true);
	ward_emit_z(d->net, d->name[WARD_SMB_N_END], ends[end]);
	ward_emit_end(d->net);
}

void ward_smb_tell_anomaly(struct ward_dissect *d, const struct ward_smb *m, const char *anomaly)
{
	if (!ward_emit_begin(d->net, d->name[WARD_SMB_N_CLASS_ANOMALY]))
		return;
	ward_emit_packet(d->net, d->packet);
	put_command(d, m->version, m->command);
	ward_emit_z(d->net, d->name[WARD_SMB_N_ANOMALY], anomaly);
	put_int(d, WARD_SMB_N_MID, (int64_t)(m->mid & INT64_MAX));
	if (m->op == WARD_SMB_SECONDARY || m->op == WARD_SMB_TRANS) {
		ward_smb_put_counts(d, m->command, &m->trans);
		put_int(d, WARD_SMB_N_DISPLACEMENT, m->trans.data_displacement);
	}
	if (m->response)
		put_status(d, m->status);
	ward_emit_end(d->net);
}

/* MS-SMB2 2.2.41: the session stands behind signature, nonce, size and flags. */
void ward_smb_tell_encrypted(struct ward_dissect *d, struct ward_slice front)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_rd r = ward_rd_slice(front);

	ward_rd_skip(&r, 4 + 16 + 16 + 4 + 2 + 2);
	uint64_t session = ward_rd_le64(&r);

	if (f->told_encrypted || !ward_emit_begin(d->net, d->name[WARD_SMB_N_CLASS_ENCRYPTED]))
		return;
	f->told_encrypted = true;
	ward_emit_packet(d->net, d->packet);
	put_hex(d, WARD_SMB_N_SESSION, session);
	ward_emit_end(d->net);
}

/* MS-SMB2 2.2.42.1, not chained: what the receiver adds must stay in 32 bits. */
static const char *compression_anomaly(uint32_t original, uint32_t offset, size_t room)
{
	if ((uint64_t)original + offset > UINT32_MAX)
		return "compression-overflow";
	return offset > room ? "compression-offset-outside" : NULL;
}

void ward_smb_tell_compressed(struct ward_dissect *d, struct ward_slice front, size_t total)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_rd r = ward_rd_slice(front);

	ward_rd_skip(&r, 4);
	uint32_t original = ward_rd_le32(&r);
	uint16_t algorithm = ward_rd_le16(&r), flags = ward_rd_le16(&r);
	uint32_t offset = ward_rd_le32(&r);
	const char *anomaly = flags ? NULL : compression_anomaly(original, offset, total - 16);

	if ((f->told_compressed && !anomaly) ||
		!ward_emit_begin(d->net, d->name[WARD_SMB_N_CLASS_COMPRESSED]))
		return;
	f->told_compressed = true;
	ward_emit_packet(d->net, d->packet);
	put_int(d, WARD_SMB_N_ALGORITHM, algorithm);
	put_int(d, WARD_SMB_N_ORIGINAL_SIZE, original);
	if (!flags)
		put_int(d, WARD_SMB_N_OFFSET, offset);
	if (anomaly)
		ward_emit_z(d->net, d->name[WARD_SMB_N_ANOMALY], anomaly);
	ward_emit_end(d->net);
}

void ward_smb_tell_netbios(
	struct ward_dissect *d, const struct ward_smb_frame *frame, struct ward_slice front)
{
	static const char *const messages[] = {
		"request", "positive_response", "negative_response", "retarget_response"};
	struct ward_rd r = ward_rd_slice(front);
	char called[17], calling[17];
	unsigned i = frame->type - 0x81u;

	/* Keep-alives and plain consent say nothing. */
	if (i >= WARD_ARRAY_LEN(messages) || i == 1 ||
		!ward_emit_begin(d->net, d->name[WARD_SMB_N_CLASS_NETBIOS]))
		return;
	ward_emit_packet(d->net, d->packet);
	ward_emit_z(d->net, d->name[WARD_SMB_N_MESSAGE], messages[i]);
	if (i == 0 && ward_smb_netbios_name(&r, called) && ward_smb_netbios_name(&r, calling)) {
		put_str(d, WARD_SMB_N_CALLED, called, strlen(called));
		put_str(d, WARD_SMB_N_CALLING, calling, strlen(calling));
	}
	if (i == 2)
		put_int(d, WARD_SMB_N_ERROR, ward_rd_u8(&r));
	ward_emit_end(d->net);
}
