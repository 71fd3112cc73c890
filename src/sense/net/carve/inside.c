/* Files inside of files: parts of a mail, a form or a multipart body, each with an event of its
 * own. */
#include "sense/net/carve/table.h"

#include "sense/net/carve/range.h"
#include "sense/net/text.h"

struct inside {
	struct ward_net *n;
	struct ward_file *f; /* what has the parts */
};

/* Of multipart/byteranges each part is a piece of what was asked for. */
static void see_range(const struct ward_net *n, const struct ward_file *f,
	const struct ward_part *p, struct ward_file_meta *m, struct ward_wr *w)
{
	if (!f->range.resource || !ward_range_read(p->range, &m->range))
		return;
	m->range.resource = f->range.resource;
	ward_net_text(w, ward_str_bytes(p->range), "");
	ward_file_note(m, n->name[WARD_NET_NAME_FILE_RANGE], ward_wr_text(w));
}

/* Of the whole what says where it came from; of the part what it says itself. */
static void on_begin(void *ctx, const struct ward_part *p)
{
	const struct inside *in = ctx;
	const struct ward_net *n = in->n;
	const struct ward_file *f = in->f;
	struct ward_file_meta m = {.service = f->service, .part = f->part};
	char type[WARD_PARTS_TEXT], range_text[WARD_PARTS_RANGE];
	struct ward_wr w = ward_wr_fixed(type, sizeof(type)),
		       range = ward_wr_fixed(range_text, sizeof(range_text));
	size_t at = 0;

	for (size_t i = 0; i < f->n_note; i++) {
		struct ward_str text = {f->text + at, f->note[i].len};
		uint32_t field = f->note[i].field;

		at += text.len;
		if (field == n->name[WARD_NET_NAME_FILE_DECLARED])
			field = n->name[WARD_NET_NAME_FILE_WITHIN];
		if (field != WARD_FIELD_FILE_NAME && field != n->name[WARD_NET_NAME_FILE_ENCODING])
			ward_file_note(&m, field, text);
	}
	ward_net_text(&w, ward_str_bytes(p->type), "");
	if (!f->nameless)
		ward_file_note(&m, WARD_FIELD_FILE_NAME, p->name);
	ward_file_note(&m, n->name[WARD_NET_NAME_FILE_DECLARED], ward_wr_text(&w));
	see_range(n, f, p, &m, &range);
	in->f->inside = ward_file_begin(in->n, f->owner, &f->ends, &m);
}

static void on_bytes(void *ctx, struct ward_slice bytes)
{
	const struct inside *in = ctx;

	ward_file_add(in->n, in->f->inside, bytes);
}

static void on_end(void *ctx, enum ward_part_end end)
{
	static const enum ward_file_end ends[] = {[WARD_PART_WHOLE] = WARD_FILE_WHOLE,
		[WARD_PART_CUT] = WARD_FILE_CLOSED,
		[WARD_PART_TORN] = WARD_FILE_TORN,
		[WARD_PART_DAMAGED] = WARD_FILE_DAMAGED};
	const struct inside *in = ctx;

	ward_carve_end(in->n, &in->f->inside, ends[end]);
}

static struct ward_parts_user user_of(struct inside *in)
{
	return (struct ward_parts_user){on_begin, on_bytes, on_end, in};
}

void ward_inside_begin(struct ward_net *n, struct ward_file *f, const struct ward_file_meta *m)
{
	struct ward_carve *c = &n->carve;

	if (!c->n_parts) {
		n->count[WARD_NET_FILE_PARTS]++;
		return;
	}
	f->parts = c->parts[--c->n_parts];
	f->nameless = m->nameless;
	if (ward_parts_begin(f->parts, m->parts, m->boundary))
		return;
	n->count[WARD_NET_FILE_PARTS]++;
	c->parts[c->n_parts++] = f->parts;
	f->parts = NULL;
}

void ward_inside_bytes(struct ward_net *n, struct ward_file *f, struct ward_slice bytes)
{
	struct inside in = {n, f};
	struct ward_parts_user u = user_of(&in);

	ward_parts_bytes(f->parts, bytes, &u);
}

void ward_inside_gap(struct ward_net *n, struct ward_file *f)
{
	struct inside in = {n, f};
	struct ward_parts_user u = user_of(&in);

	ward_parts_gap(f->parts, &u);
}

void ward_inside_end(struct ward_net *n, struct ward_file *f, bool whole)
{
	struct inside in = {n, f};
	struct ward_parts_user u = user_of(&in);

	ward_parts_end(f->parts, whole, &u);
	n->count[WARD_NET_FILE_PARTS] += f->parts->passed;
	n->carve.parts[n->carve.n_parts++] = f->parts;
	f->parts = NULL;
}
