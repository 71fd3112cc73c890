#include "run/proc/quorum_forget.h"

#include "comply/deletion.h"
#include "run/proc/journal_says.h"

enum { ARENA_BYTES = 1 << 20, LOOK_MOST = 4096 };

static const struct ward_str reader = {"erased", sizeof("erased") - 1};

enum ward_err quorum_forget_open(struct quorum_forget *f, const struct ward_limits *lim)
{
	*f = (struct quorum_forget){.lim = *lim};
	ward_arena_init(&f->arena, ward_mem_heap(), ARENA_BYTES);
	return ward_names_init(&f->names, ward_mem_heap(), &f->lim);
}

void quorum_forget_close(struct quorum_forget *f)
{
	ward_names_fini(&f->names);
	ward_arena_fini(&f->arena);
}

static bool lane_of(struct ward_str name, enum ward_lane *ret)
{
	for (unsigned i = 0; i < WARD_LANE_N; i++)
		if (ward_str_eqz(name, ward_lane_name((enum ward_lane)i))) {
			*ret = (enum ward_lane)i;
			return true;
		}
	return false;
}

/* False: it says nothing of the journal's records. */
static bool read_due(struct quorum_forget *f, const struct ward_record *r, struct quorum_due *ret)
{
	struct ward_deletion d;
	struct ward_event e;

	ward_arena_reset(&f->arena);
	if (ward_event_decode(r->data, &f->names, &f->arena, &f->lim, &e) != WARD_OK ||
		ward_deletion_of_event(&e, &f->names, &d) != WARD_OK)
		return false;
	*ret = (struct quorum_due){.segment = ward_str_eqz(d.what, "segment"),
		.first = d.first,
		.last = d.last,
		.seq = r->seq};
	return ret->segment ? lane_of(d.of, &ret->lane) : ward_str_eqz(d.what, "records");
}

void quorum_forget_note(struct quorum_forget *f, const struct ward_record *r)
{
	struct quorum_due due;

	if (f->full)
		return;
	if (r->source == JOURNAL_OWN_SOURCE && r->lane == WARD_LANE_CONTROL &&
		r->type == WARD_RECORD_EVENT && read_due(f, r, &due)) {
		f->full = f->n_due == QUORUM_DUE_MAX;
		if (f->full)
			return;
		f->due[f->n_due++] = due;
	}
	f->seen = r->seq;
}

struct looking {
	struct quorum_forget *f;
	size_t n;
};

static bool look(void *ctx, const struct ward_record *r)
{
	struct looking *l = ctx;

	l->n++;
	quorum_forget_note(l->f, r);
	return true;
}

enum ward_err quorum_forget_begin(struct quorum_forget *f, struct ward_quorum *q)
{
	struct looking l = {f, 0};
	uint64_t from = 0;
	enum ward_err err = ward_quorum_position(q, reader, &from);

	if (err && err != WARD_ERR_NOT_FOUND)
		return err;
	f->n_due = 0;
	f->full = false;
	f->seen = f->kept = from;
	do {
		l.n = 0;
		err = ward_quorum_read(q, f->seen + 1, LOOK_MOST, look, &l);
	} while (!err && l.n && !f->full);
	return err;
}

static enum ward_err keep(struct quorum_forget *f, struct ward_quorum *q, uint64_t seq)
{
	enum ward_err err = seq > f->kept ? ward_quorum_ack(q, reader, seq) : WARD_OK;

	if (!err && seq > f->kept)
		f->kept = seq;
	return err;
}

enum ward_err quorum_forget_done(struct quorum_forget *f, struct ward_quorum *q)
{
	WARD_ASSERT(f->n_due > 0);
	uint64_t seq = f->due[0].seq;

	f->n_due--;
	memmove(f->due, f->due + 1, f->n_due * sizeof(f->due[0]));
	enum ward_err err = keep(f, q, seq);

	/* what was not noted is read again from there */
	return err || f->n_due || !f->full ? err : quorum_forget_begin(f, q);
}

enum ward_err quorum_forget_keep(struct quorum_forget *f, struct ward_quorum *q)
{
	return f->n_due || f->full ? WARD_OK : keep(f, q, f->seen);
}
