/* net.file: a file has passed by. */
#include "sense/net/carve/table.h"

#include "sense/net/emit.h"

static const char *const ends[] = {
#define X(IDENT, word) word,
	WARD_FILE_END_LIST(X)
#undef X
};

static int64_t as_int(uint64_t v)
{
	return v < INT64_MAX ? (int64_t)v : INT64_MAX;
}

static void put_ends(struct ward_net *n, const struct ward_file_ends *e)
{
	struct ward_packet p = {.has_mac = e->has_mac,
		.has_ip = true,
		.has_transport = true,
		.vlan = e->vlan,
		.ip_version = e->ip_version,
		.proto = e->proto,
		.src_port = e->src_port,
		.dst_port = e->dst_port};

	memcpy(p.src_mac, e->src_mac, sizeof(p.src_mac));
	memcpy(p.dst_mac, e->dst_mac, sizeof(p.dst_mac));
	memcpy(p.src_ip, e->src_ip, sizeof(p.src_ip));
	memcpy(p.dst_ip, e->dst_ip, sizeof(p.dst_ip));
	ward_emit_packet(n, &p);
}

/* The notes; gives the file's name, or an URL's path. */
static struct ward_str put_notes(struct ward_net *n, const struct ward_file *f)
{
	struct ward_str name = {NULL, 0};
	size_t at = 0;

	for (size_t i = 0; i < f->n_note; i++) {
		struct ward_str text = {f->text + at, f->note[i].len};

		if (f->note[i].field == WARD_FIELD_FILE_NAME)
			name = text;
		if (f->note[i].field == WARD_FIELD_URI && !name.len) {
			struct ward_str rest = text;

			name = ward_str_cut(&rest, '?');
		}
		ward_emit_str(n, f->note[i].field, text);
		at += text.len;
	}
	return name;
}

static void put_type(struct ward_net *n, const struct ward_file_result *r, struct ward_str name)
{
	const char *promised = ward_file_promised(name);
	bool program = ward_file_is_program(r->mime);

	ward_emit_z(n, n->name[WARD_NET_NAME_FILE_MIME], r->mime ? r->mime : "unknown");
	if (program)
		ward_emit_bool(n, n->name[WARD_NET_NAME_FILE_PROGRAM], true);
	if (promised)
		ward_emit_z(n, n->name[WARD_NET_NAME_FILE_PROMISED], promised);
	/* Other types that differ are mostly no harm: pages for missing pictures, old endings. */
	if (promised && program)
		ward_emit_bool(n, n->name[WARD_NET_NAME_FILE_DISGUISED], true);
}

static void put_sum(struct ward_net *n, enum ward_net_name field, const uint8_t *sum, size_t len)
{
	char hex[WARD_SHA256_BYTES * 2];
	struct ward_wr w = ward_wr_fixed(hex, sizeof(hex));

	ward_wr_hex(&w, ward_slice_of(sum, len));
	ward_emit_str(n, n->name[field], ward_wr_text(&w));
}

static void put_sums(struct ward_net *n, const struct ward_sums *s)
{
	put_sum(n, WARD_NET_NAME_FILE_SHA256, s->sha256, sizeof(s->sha256));
	if (n->carve.hashes & WARD_HASH_SHA1)
		put_sum(n, WARD_NET_NAME_FILE_SHA1, s->sha1, sizeof(s->sha1));
	if (n->carve.hashes & WARD_HASH_MD5)
		put_sum(n, WARD_NET_NAME_FILE_MD5, s->md5, sizeof(s->md5));
}

static void put_result(struct ward_net *n, const struct ward_file *f)
{
	const struct ward_file_result *r = &f->result;

	ward_emit_int(n, WARD_FIELD_FILE_BYTES, as_int(r->seen));
	if (r->decoded) {
		ward_emit_bool(n, n->name[WARD_NET_NAME_FILE_DECODED], true);
		ward_emit_int(n, n->name[WARD_NET_NAME_FILE_ENCODED_BYTES], as_int(r->sent));
	}
	if (f->has_total)
		ward_emit_int(n, n->name[WARD_NET_NAME_FILE_TOTAL], as_int(f->total));
	if (r->missing) {
		ward_emit_int(n, n->name[WARD_NET_NAME_FILE_MISSING], as_int(r->missing));
		ward_emit_int(n, n->name[WARD_NET_NAME_FILE_MISSING_AT], as_int(r->missing_at));
	}
	if (f->part)
		ward_emit_bool(n, n->name[WARD_NET_NAME_FILE_PART], true);
	ward_emit_bool(n, n->name[WARD_NET_NAME_FILE_COMPLETE], r->complete);
	ward_emit_z(n, n->name[WARD_NET_NAME_FILE_END], ends[r->end]);
	if (r->hashed)
		put_sums(n, &r->sums);
	else if (r->front)
		put_sum(n, WARD_NET_NAME_FILE_FRONT, r->sums.sha256, sizeof(r->sums.sha256));
}

const struct ward_event *ward_file_tell(struct ward_net *n, const struct ward_file *f)
{
	const struct ward_file_result *r = &f->result;

	/* Announced only: an empty body. */
	if (!r->sent && !r->missing)
		return NULL;
	if (!ward_emit_begin(n, n->name[WARD_NET_NAME_CLASS_FILE]))
		return NULL;
	put_ends(n, &f->ends);
	ward_emit_z(n, WARD_FIELD_SERVICE, f->service);
	ward_emit_z(n, n->name[WARD_NET_NAME_FILE_DIRECTION],
		f->ends.from_client ? "upload" : "download");
	struct ward_str name = put_notes(n, f);

	put_type(n, r, name);
	put_result(n, f);
	if (f->last >= f->begin)
		ward_emit_int(
			n, WARD_FIELD_DURATION_NS, as_int((uint64_t)f->last - (uint64_t)f->begin));
	bool told = n->event.arena != NULL && n->err == WARD_OK;

	ward_emit_end(n);
	return told ? &n->event : NULL;
}
