#include "run/proc/journal_says.h"

#include "desk/event.h"
#include "run/again.h"

enum { ARENA_BYTES = 4 << 20, EVENT_BYTES = 4096 };

/* Into the control lane, durable with the round's commit. False: that has no room now. */
static bool tell(void *ctx, const struct ward_deletion *d)
{
	struct journal_says *s = ctx;
	uint8_t bytes[EVENT_BYTES];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_event e;
	uint64_t seq;

	ward_arena_reset(&s->arena);
	ward_event_init(&e, &s->arena);
	e.source = ward_name(&s->names, WARD_STR("journal"));
	if (ward_deletion_to_event(d, &s->names, &e) != WARD_OK)
		return false;
	ward_event_encode(&e, &s->names, &w);
	WARD_ASSERT(!ward_wr_bad(&w)); /* a few short texts */
	const struct ward_record r = {.lane = WARD_LANE_CONTROL,
		.type = WARD_RECORD_EVENT,
		.source = JOURNAL_OWN_SOURCE,
		.data = ward_wr_slice(&w)};

	if (ward_journal_append(s->j, &r, 1, &seq) != WARD_OK ||
		ward_journal_commit(s->j) != WARD_OK) {
		ward_count_name(&s->p->counters, "journal.erased_waits", 1);
		return false;
	}
	return true;
}

void journal_says_open(struct journal_says *s, struct ward_process *p, struct ward_journal *j,
	struct ward_retention *r)
{
	*s = (struct journal_says){.p = p, .j = j, .r = r};
	ward_process_limits(p, &s->lim);
	ward_arena_init(&s->arena, ward_mem_heap(), ARENA_BYTES);
	if (ward_names_init(&s->names, ward_mem_heap(), &s->lim) != WARD_OK)
		ward_process_die(p, "out of memory", WARD_ERR_NOMEM);
	r->tell = tell;
	r->tell_ctx = s;
}

void journal_says_close(struct journal_says *s)
{
	ward_names_fini(&s->names);
	ward_arena_fini(&s->arena);
}

static enum ward_err hold(struct journal_says *s, const struct ward_decision *d)
{
	struct ward_hold h;
	enum ward_err err = ward_hold_of_decision(d, &s->arena, &s->lim, &h);

	if (err) {
		ward_count_name(&s->p->counters, "journal.hold_unreadable", 1);
		return err == WARD_ERR_FOREIGN ? WARD_OK : err;
	}
	WARD_LOG(&s->p->log, INFO, "journal.hold",
		WARD_KV_Z("scope", ward_hold_scope_name(h.scope)), WARD_KV_Z("of", h.subject));
	return ward_retention_hold(s->r, &h);
}

/* A hold counts before its decision is durable, the end of one only after: killed in between, too
 * much is kept. */
static enum ward_err release(struct journal_says *s, struct ward_id id)
{
	enum ward_err err = ward_journal_commit(s->j);

	return err ? err : ward_retention_release(s->r, id);
}

enum ward_err journal_says_heard(struct journal_says *s, const struct ward_record *rec, size_t n)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < n; i++) {
		struct ward_decision d;
		struct ward_event e;
		struct ward_id id;

		ward_arena_reset(&s->arena);
		if (rec[i].type != WARD_RECORD_EVENT ||
			ward_event_decode(rec[i].data, &s->names, &s->arena, &s->lim, &e) ||
			ward_decision_of_event(&e, &s->names, &d))
			continue;
		if (d.kind == WARD_DECISION_HOLD)
			err = hold(s, &d);
		else if (d.kind == WARD_DECISION_RELEASE_HOLD && ward_id_parse(d.subject, &id))
			err = release(s, id);
	}
	return err;
}

/* ---- a journal that came from elsewhere ---- */

static bool is_control(void *ctx, const struct ward_look_seg *seg)
{
	(void)ctx;
	return seg->lane == WARD_LANE_CONTROL;
}

/* Each deletion says how often it had been remembered by then. */
static void count_remembered(struct journal_says *s, const struct ward_record *r)
{
	struct ward_deletion d;
	struct ward_event e;

	ward_arena_reset(&s->arena);
	if (r->type != WARD_RECORD_EVENT ||
		ward_event_decode(r->data, &s->names, &s->arena, &s->lim, &e) ||
		ward_deletion_of_event(&e, &s->names, &d))
		return;
	if (d.remembered > s->r->version)
		s->r->version = d.remembered;
}

enum ward_err journal_says_recall(struct journal_says *s, const struct ward_io *io)
{
	const struct ward_look_watch watch = {.want = is_control};
	WARD_AUTO(ward_look_closep) struct ward_look *l = NULL;
	struct ward_record r;
	uint64_t n = 0;
	enum ward_err err;

	/* remembered for the first time, a moment ago, beside records of before */
	if (s->r->version > 1 || ward_journal_next(s->j) == 1)
		return WARD_OK;
	err = ward_look_open(io, ward_mem_heap(), &l);
	if (err)
		return err;
	ward_look_start(l, false, watch);
	for (; !err && !(err = ward_look_next(l, &r)); n++) {
		if (r.source == JOURNAL_OWN_SOURCE)
			count_remembered(s, &r);
		else if (r.source == JOURNAL_DESK)
			err = journal_says_heard(s, &r, 1);
	}
	if (err != WARD_ERR_CLOSED)
		return err;
	WARD_LOG(&s->p->log, INFO, "journal.recalled", WARD_KV_U("records", n),
		WARD_KV_U("holds", s->r->holds.n), WARD_KV_U("remembered", s->r->version));
	return ward_retention_remember(s->r);
}
