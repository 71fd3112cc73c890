/* Files that are read and written: their bytes, at their places, as far as they are in clear. */
#include "sense/net/proto/smb/events.h"

static uint32_t begin(struct ward_dissect *d, const struct ward_smb_slot *s, bool read)
{
	const struct ward_smb_flow *f = d->flow;
	struct ward_file_meta m = {
		.service = d->module->name, .has_total = read && s->size, .total = s->size};

	ward_file_note(&m, WARD_FIELD_FILE_NAME, (struct ward_str){s->name, s->n_name});
	for (size_t i = 0; i < WARD_SMB_TREES; i++)
		if (f->tree[i].used && f->tree[i].id == s->tree)
			ward_file_note(&m, d->name[WARD_SMB_N_PATH],
				(struct ward_str){f->tree[i].path, f->tree[i].n_path});
	return ward_carve_begin(d, &m);
}

void ward_smb_carve(
	struct ward_dissect *d, struct ward_smb_slot *s, const struct ward_smb *m, uint64_t offset)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_slice data = m->data;
	uint32_t *file = m->response ? &s->read : &s->written;
	uint64_t behind;

	if (s->state != WARD_SMB_SLOT_OPEN || s->directory || !data.len ||
		!ward_add(offset, m->count, &behind))
		return;
	if (!*file)
		*file = begin(d, s, m->response);
	if (data.len > m->count)
		data.len = m->count;
	ward_carve_bytes(d->net, *file, offset, data);
	if (data.len < m->count)
		f->bulk[ward_smb_side(d)] = (struct ward_smb_bulk){
			.data = m->count - data.len, .offset = offset + data.len, .file = *file};
}

/* So many bytes less are to come. */
static void advance(struct ward_smb_bulk *b, uint64_t n, uint64_t data)
{
	b->left -= n;
	b->data -= data;
	b->offset += data;
}

size_t ward_smb_carve_more(struct ward_dissect *d, struct ward_slice bytes)
{
	struct ward_smb_bulk *b = &((struct ward_smb_flow *)d->flow)->bulk[ward_smb_side(d)];
	uint64_t n = bytes.len < b->left ? bytes.len : b->left, data = n < b->data ? n : b->data;

	ward_carve_bytes(d->net, b->file, b->offset, ward_slice_of(bytes.p, (size_t)data));
	advance(b, n, data);
	return (size_t)n;
}

void ward_smb_carve_gap(struct ward_dissect *d, uint64_t lost)
{
	struct ward_smb_bulk *b = &((struct ward_smb_flow *)d->flow)->bulk[ward_smb_side(d)];
	uint64_t data = lost < b->data ? lost : b->data;

	ward_carve_gap(d->net, b->file, b->offset, data);
	advance(b, lost, data);
}

void ward_smb_carve_end(struct ward_dissect *d, struct ward_smb_slot *s, bool whole)
{
	enum ward_file_end end = whole ? WARD_FILE_WHOLE : WARD_FILE_CLOSED;

	ward_carve_end(d->net, &s->read, end);
	ward_carve_end(d->net, &s->written, end);
}
