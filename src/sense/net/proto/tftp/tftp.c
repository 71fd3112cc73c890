/* TFTP on UDP: who asks for which file, and the file. Data flows between the asker's port and one
 * that the server chooses (RFC 1350 4): the request announces it. */
#include "sense/net/proto/tftp/tftp.h"

#include "sense/net/emit.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/text.h"

enum { PORT = 69, TEXT = 200 };

#define NAME_LIST(X)                         \
	X(CLASS_REQUEST, "net.tftp.request") \
	X(OPERATION, "tftp.operation")       \
	X(MODE, "tftp.mode")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_TFTP_REASON_LIST(X)
#undef X
};

struct flow {
	bool known; /* a request was seen, or announced this flow */
	struct ward_expect_note note;
	uint32_t block_size; /* 0: 512 */
	bool has_total;
	uint64_t total;
	uint32_t file;
	uint64_t block; /* of the latest data, counted on over 16 bits */
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static void see_request(struct ward_dissect *d, const struct ward_tftp *m)
{
	struct flow *f = d->flow;
	char text[TEXT * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	bool read = m->opcode == WARD_TFTP_READ;

	ward_carve_end(d->net, &f->file, WARD_FILE_CLOSED);
	*f = (struct flow){.known = true, .note.kind = (uint8_t)m->opcode};
	ward_net_text(&w, ward_str_bytes(ward_str_sub(m->file, 0, TEXT)), "");
	f->note.n_text = (uint8_t)(m->file.len < TEXT ? m->file.len : TEXT);
	memcpy(f->note.text, m->file.p, f->note.n_text);
	ward_expect(d->net, d->module, d->packet->src_ip, d->packet->ip_version,
		d->packet->src_port, &f->note);
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_REQUEST]))
		return;
	ward_emit_packet(d->net, d->packet);
	ward_emit_z(d->net, d->name[NAME_OPERATION], read ? "read" : "write");
	ward_emit_str(d->net, WARD_FIELD_FILE_NAME, ward_wr_text(&w));
	ward_emit_str(d->net, d->name[NAME_MODE], m->mode);
	ward_emit_end(d->net);
}

static uint32_t begin(struct ward_dissect *d)
{
	const struct flow *f = d->flow;
	char text[sizeof(f->note.text) * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_file_meta m = {
		.service = d->module->name, .has_total = f->has_total, .total = f->total};

	ward_net_text(&w, ward_slice_of(f->note.text, f->note.n_text), "");
	ward_file_note(&m, WARD_FIELD_FILE_NAME, ward_wr_text(&w));
	return ward_carve_begin(d, &m);
}

/* RFC 1350 2, 6: blocks of one size, the last one is shorter. */
static void see_data(struct ward_dissect *d, const struct ward_tftp *m)
{
	struct flow *f = d->flow;
	uint32_t size = f->block_size ? f->block_size : WARD_TFTP_BLOCK;
	uint64_t block = f->block + (uint64_t)(int64_t)(int16_t)(m->block - (uint16_t)f->block);

	/* Of a block before the first the number has run over: nothing can be said. */
	if (!block || block > UINT32_MAX || m->data.len > size)
		return;
	if (!f->file && f->block)
		return; /* it has ended, and comes again */
	if (!f->file)
		f->file = begin(d);
	f->block = block > f->block ? block : f->block;
	ward_carve_bytes(d->net, f->file, (block - 1) * size, m->data);
	if (m->data.len < size)
		ward_carve_total(d->net, f->file, (block - 1) * size + m->data.len);
	if (ward_carve_is_whole(d->net, f->file))
		ward_carve_end(d->net, &f->file, WARD_FILE_WHOLE);
}

static enum ward_verdict see(struct ward_dissect *d, const struct ward_tftp *m)
{
	struct flow *f = d->flow;
	bool request = m->opcode <= WARD_TFTP_WRITE;

	if (request) {
		see_request(d, m);
		return WARD_VERDICT_OK;
	}
	if (!f->known && !ward_expect_take(d, &f->note))
		return WARD_VERDICT_FOREIGN;
	f->known = true;
	if (m->opcode == WARD_TFTP_DATA)
		see_data(d, m);
	if (m->opcode == WARD_TFTP_ERROR)
		ward_carve_end(d->net, &f->file, WARD_FILE_ABORTED);
	if (m->opcode == WARD_TFTP_OPTIONS) {
		f->block_size = m->block_size;
		f->has_total = m->has_total && f->note.kind == WARD_TFTP_READ;
		f->total = m->total;
	}
	return WARD_VERDICT_OK;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	const struct flow *f = d->flow;
	struct ward_tftp m;

	if (!ward_tftp_parse(payload, &m)) {
		if (d->partial)
			return WARD_VERDICT_MORE;
		if (!f->known)
			return WARD_VERDICT_FOREIGN;
		d->reason = m.reason;
		d->off = m.off;
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	}
	/* A cut block would look like the last. */
	if (d->partial && m.opcode == WARD_TFTP_DATA)
		return WARD_VERDICT_MORE;
	return see(d, &m);
}

/* A request; what follows it is announced. */
static bool probe(struct ward_slice payload)
{
	struct ward_tftp m;

	return ward_tftp_parse(payload, &m) && m.opcode <= WARD_TFTP_WRITE;
}

const struct ward_dissector ward_dissect_tftp = {
	.name = "tftp",
	.kind = WARD_DISSECT_IT,
	.title = "TFTP",
	.standard = "RFC 1350 clauses 2 to 6, RFC 2347, RFC 2348, RFC 2349",
	.reads = "who asks to read or write which file, and the file",
	.proto = WARD_PROTO_UDP,
	.port = {PORT},
	.probe = probe,
	.parse = parse,
	.files = true,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
