/* FTP's data connections (RFC 959 3), as the control connection has announced them. */
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/ftp/ftp.h"
#include "sense/net/sensor.h"
#include "sense/net/text.h"

struct flow {
	bool known;
	struct ward_expect_note note;
	uint32_t file[2]; /* by side; 0: none */
	uint64_t at[2];
};

static uint32_t begin(struct ward_dissect *d)
{
	const struct flow *f = d->flow;
	char text[sizeof(f->note.text) * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_file_meta m = {
		.service = d->module->name, .part = f->note.kind == WARD_FTP_A_PART};

	ward_net_text(&w, ward_slice_of(f->note.text, f->note.n_text), "");
	ward_file_note(&m, WARD_FIELD_FILE_NAME, ward_wr_text(&w));
	return ward_carve_begin(d, &m);
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	unsigned side = d->from_client ? 0 : 1;

	if (!f->known && !ward_expect_take(d, &f->note))
		return WARD_VERDICT_FOREIGN;
	f->known = true;
	if (f->note.kind != WARD_FTP_A_LIST && payload.len) {
		if (!f->file[side])
			f->file[side] = begin(d);
		ward_carve_bytes(d->net, f->file[side], f->at[side], payload);
		f->at[side] += payload.len;
	}
	if (d->end)
		ward_carve_end(d->net, &f->file[side], WARD_FILE_WHOLE);
	d->used = payload.len;
	return payload.len ? WARD_VERDICT_OK : WARD_VERDICT_MORE;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;
	unsigned side = d->from_client ? 0 : 1;

	ward_carve_gap(d->net, f->file[side], f->at[side], lost);
	f->at[side] += lost;
	return true;
}

/* Anything may be in a file. */
static enum ward_probe probe(struct ward_slice payload)
{
	(void)payload;
	return WARD_PROBE_NO;
}

const struct ward_dissector ward_dissect_ftp_data = {
	.name = "ftp-data",
	.kind = WARD_DISSECT_IT,
	.title = "FTP data connections",
	.standard = "RFC 959 clause 3, RFC 2428 clauses 2 and 3",
	.reads = "files, on ports that a control connection names",
	.proto = WARD_PROTO_TCP,
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.files = true,
	.flow_bytes = sizeof(struct flow),
};
