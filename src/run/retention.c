#include "run/retention.h"

#include "run/retention_priv.h"

#include "event/event.h"

#include <stdlib.h>

enum { STEP_BYTES = 1 << 20, SOURCES_MAX = 1 << 16, LENGTHS_MAX = 1 << 10, KEPT_BYTES = 4 << 20 };

static const ward_ns soon = 20 * WARD_NS_PER_MS, idle = 60 * WARD_NS_PER_S,
		     longest = 100ll * 366 * 86400 * WARD_NS_PER_S, seal_least = 60 * WARD_NS_PER_S,
		     ended_for = 30 * 86400 * WARD_NS_PER_S;
static const enum ward_lane lanes[] = {WARD_LANE_EVIDENCE, WARD_LANE_TELEMETRY};

void ward_retention_init(
	struct ward_retention *r, const struct ward_mem *mem, const struct ward_clock *clock)
{
	*r = (struct ward_retention){.mem = mem, .clock = clock};
	ward_arena_init(&r->kept, mem, KEPT_BYTES);
	ward_order_init(&r->order, mem);
}

static int by_id(const void *a, const void *b)
{
	return ward_str_cmp(((const struct ward_retention_source *)a)->id,
		((const struct ward_retention_source *)b)->id);
}

static int by_length(const void *a, const void *b)
{
	ward_ns x = *(const ward_ns *)a, y = *(const ward_ns *)b;

	return (x > y) - (x < y);
}

static enum ward_err add_length(struct ward_retention *r, ward_ns keep)
{
	if (r->n_keep && bsearch(&keep, r->keep, r->n_keep, sizeof(keep), by_length))
		return WARD_OK;
	enum ward_err err = ward_mem_more(
		r->mem, (void *)&r->keep, r->n_keep, &r->cap_keep, sizeof(*r->keep), LENGTHS_MAX);

	if (err)
		return err;
	r->keep[r->n_keep++] = keep;
	qsort(r->keep, r->n_keep, sizeof(*r->keep), by_length);
	return WARD_OK;
}

enum ward_err retention_source(struct ward_retention *r, const struct ward_retention_source *of)
{
	struct ward_retention_source s = *of;
	enum ward_err err = ward_mem_more(r->mem, (void *)&r->source, r->n_source, &r->cap_source,
		sizeof(*r->source), SOURCES_MAX);

	if (s.keep > longest)
		s.keep = longest;
	if (!err && s.keep)
		err = add_length(r, s.keep);
	if (err)
		return err;
	r->source[r->n_source++] = s;
	qsort(r->source, r->n_source, sizeof(*r->source), by_id);
	return WARD_OK;
}

enum ward_err ward_retention_add(struct ward_retention *r, struct ward_str said)
{
	struct ward_str rest = said, number = ward_str_cut(&rest, ' '),
			id = ward_str_cut(&rest, ' ');
	uint64_t seconds;

	if (!id.len || !ward_str_u64(number, &seconds))
		return WARD_ERR_MALFORMED;
	if (seconds > (uint64_t)(longest / WARD_NS_PER_S))
		seconds = (uint64_t)(longest / WARD_NS_PER_S);
	return retention_source(r, &(struct ward_retention_source){.id = id,
					   .places = rest.p ? rest : WARD_STR(""),
					   .keep = (ward_ns)seconds * WARD_NS_PER_S});
}

struct ward_retention_source *retention_find(const struct ward_retention *r, struct ward_str id)
{
	const struct ward_retention_source key = {.id = id};

	return r->n_source ? bsearch(&key, r->source, r->n_source, sizeof(key), by_id) : NULL;
}

void ward_retention_options(const struct ward_retention *r, struct ward_journal_options *o)
{
	if (!r->n_keep)
		return;
	ward_ns seal = r->keep[0] / 8 > seal_least ? r->keep[0] / 8 : seal_least;

	for (size_t i = 0; i < WARD_ARRAY_LEN(lanes); i++)
		o->lane[lanes[i]].seal = seal;
}

/* One that is in no list of ours, and whose records go since somebody asked: without a length. */
static struct ward_retention_source *stranger(struct ward_retention *r, struct ward_str id)
{
	const struct ward_retention_source s = {
		.id = ward_arena_str(&r->kept, id), .places = WARD_STR(""), .left = true};

	if (!s.id.p || retention_source(r, &s) != WARD_OK) {
		retention_count(r, "journal.order_no_room", 1);
		return NULL;
	}
	return retention_find(r, s.id);
}

/* What of it is over. A record that can't be read is nobody's: it goes with its segment. */
static bool goes(void *ctx, const struct ward_record *rec)
{
	struct ward_retention *r = ctx;
	struct ward_event_head head;
	ward_ns over;

	if (rec->type != WARD_RECORD_EVENT || ward_event_head(rec->data, &head) != WARD_OK)
		return false;
	struct ward_retention_source *s = retention_find(r, head.source);

	if (!s && retention_ordered(r, rec))
		s = stranger(r, head.source);
	bool by_time = s && s->keep && ward_add(rec->time, s->keep, &over) && over <= r->now,
	     asked = !by_time && s && retention_ordered(r, rec);

	if (!by_time && !asked)
		return false;
	if (ward_holds_source(&r->holds, s->id, s->places, rec->time)) {
		r->at.held = true;
		r->n_order_kept += asked && !r->counted;
		return false;
	}
	if (!r->counted)
		ward_deletion_count(
			asked ? &s->asked : &s->tally, rec->seq, rec->time, rec->data.len);
	return true;
}

size_t retention_n_over(const struct ward_retention *r, const struct ward_journal_sealed *s)
{
	size_t n = 0;
	ward_ns over;

	while (n < r->n_keep && ward_add(s->to, r->keep[n], &over) && over <= r->now)
		n++;
	return n;
}

static struct ward_retention_done *done_of(
	struct ward_retention *r, enum ward_lane lane, uint64_t index)
{
	for (size_t i = 0; i < r->n_done; i++)
		if (r->done[i].lane == lane && r->done[i].index == index)
			return &r->done[i];
	return NULL;
}

/* Forgets those that the journal dropped. */
static void forget(struct ward_retention *r, enum ward_lane lane)
{
	struct ward_journal_sealed first = {.index = UINT64_MAX};
	size_t keep = 0;

	(void)ward_journal_sealed(r->j, lane, 0, &first);
	for (size_t i = 0; i < r->n_done; i++)
		if (r->done[i].lane != lane || r->done[i].index >= first.index)
			r->done[keep++] = r->done[i];
	r->n_done = keep;
}

/* The oldest segment of a lane for which one more length is over. */
static bool choose(struct ward_retention *r, enum ward_lane lane)
{
	struct ward_journal_sealed s;

	forget(r, lane);
	for (size_t i = 0; ward_journal_sealed(r->j, lane, i, &s); i++) {
		const struct ward_retention_done *d = done_of(r, lane, s.index);
		size_t n = retention_n_over(r, &s);

		bool again = d && d->held && d->round != r->holds.round;

		if (!s.erasable || (n <= (d ? d->n_keep : 0) && !again))
			continue;
		r->at = (struct ward_retention_done){lane, s.index, n, false, r->holds.round};
		return true;
	}
	return false;
}

static enum ward_err looked(struct ward_retention *r)
{
	struct ward_retention_done *d = done_of(r, r->at.lane, r->at.index);

	if (d) {
		*d = r->at;
		return WARD_OK;
	}
	enum ward_err err = ward_mem_more(
		r->mem, (void *)&r->done, r->n_done, &r->cap_done, sizeof(*r->done), UINT32_MAX);

	if (!err)
		r->done[r->n_done++] = r->at;
	return err;
}

void retention_count(const struct ward_retention *r, const char *name, uint64_t n)
{
	if (r->counters && n)
		ward_count_name(r->counters, name, n);
}

static void log_erased(const struct ward_retention *r, const struct ward_journal_erased *is)
{
	retention_count(r, "journal.erased", is->n);
	if (r->log)
		WARD_LOG(r->log, INFO, "journal.erased",
			WARD_KV_Z("lane", ward_lane_name(r->at.lane)),
			WARD_KV_U("segment", r->at.index), WARD_KV_U("records", is->n),
			WARD_KV_U("bytes", is->bytes));
}

/* It is over with a segment, one way or the other. */
static enum ward_err settle(
	struct ward_retention *r, enum ward_err err, const struct ward_journal_erased *is)
{
	ward_journal_erase_end(r->erase);
	r->erase = NULL;
	retention_done(r, err == WARD_OK);
	if (err == WARD_ERR_FULL) { /* no room to write it anew: once more in a while */
		r->next = ward_clock_mono(r->clock) + idle;
		retention_count(r, "journal.erase_no_room", 1);
		/* what was intended is not any more; that can need room, too, and is then told as
		 * what was intended if this life ends before the next try */
		err = ward_retention_remember(r);
		return err == WARD_ERR_FULL ? WARD_OK : err;
	}
	if (err == WARD_ERR_CORRUPT) { /* it is dropped whole when room is needed */
		retention_count(r, "journal.erase_damaged", 1);
		if (r->log)
			WARD_LOG(r->log, ERROR, "journal.not_erased",
				WARD_KV_Z("lane", ward_lane_name(r->at.lane)),
				WARD_KV_U("segment", r->at.index),
				WARD_KV_Z("why", "the segment is damaged"));
	} else if (err && err != WARD_ERR_NOT_FOUND) {
		return err;
	}
	if (!err && is->n)
		log_erased(r, is);
	if (r->at.held)
		retention_count(r, "journal.held", 1);
	if (r->ordered)
		retention_order_past(r);
	err = looked(r);
	return err ? err : ward_retention_remember(r);
}

/* Those whose day has come. The errors of _remember. */
static enum ward_err end_holds(struct ward_retention *r)
{
	size_t n = r->holds.n;

	for (size_t i = 0; i < n; i++) {
		const struct ward_hold *h = &r->holds.h[i];

		if (h->until <= r->now && r->now - h->until < ended_for)
			ward_holds_add(&r->ended, h);
	}
	ward_holds_expire(&r->holds, r->now);
	ward_holds_expire(&r->ended, r->now - ended_for);
	enum ward_err err = n == r->holds.n ? WARD_OK : ward_retention_remember(r);

	return err == WARD_ERR_FULL ? WARD_OK : err; /* read again, they have ended again */
}

/* Begins with the next segment, if there is one. */
static enum ward_err begin(struct ward_retention *r, ward_ns now)
{
	r->now = ward_clock_now(r->clock);
	r->counted = false;
	for (size_t i = 0; i < r->n_source; i++)
		r->source[i].tally.n = r->source[i].asked.n = 0;
	bool is;
	enum ward_err err = end_holds(r);

	if (!err)
		err = retention_order(r, &is);

	if (err)
		return err;
	for (size_t i = 0; i < WARD_ARRAY_LEN(lanes) && !is && now >= r->idle_until; i++)
		is = choose(r, lanes[i]);
	if (!is) {
		if (now >= r->idle_until)
			r->idle_until = now + idle;
		r->next = r->order_next < r->idle_until ? r->order_next : r->idle_until;
		return WARD_OK;
	}
	err = ward_journal_erase_begin(r->j, r->at.lane, r->at.index, goes, r, &r->erase);
	return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
}

enum ward_err ward_retention_turn(struct ward_retention *r)
{
	ward_ns now = ward_clock_mono(r->clock);
	struct ward_journal_erased is;

	if (now < r->next)
		return WARD_OK;
	r->next = now + soon;
	if (!r->erase) {
		enum ward_err err = retention_tell(r);

		return err || r->n_due ? err : begin(r, now);
	}
	enum ward_err err = ward_journal_erase_step(r->erase, STEP_BYTES, &is);

	if (err != WARD_ERR_AGAIN)
		return settle(r, err, &is);
	return is.written && !r->counted ? retention_intend(r) : WARD_OK;
}

int ward_retention_sleep_ms(const struct ward_retention *r, int most)
{
	ward_ns left = r->next - ward_clock_mono(r->clock);

	if (left / WARD_NS_PER_MS >= most)
		return most;
	return left <= 0 ? 0 : (int)(left / WARD_NS_PER_MS) + 1;
}

void ward_retention_fini(struct ward_retention *r)
{
	ward_journal_erase_end(r->erase);
	ward_order_fini(&r->order);
	ward_mem_free(r->mem, r->source, r->cap_source * sizeof(*r->source));
	ward_mem_free(r->mem, r->keep, r->cap_keep * sizeof(*r->keep));
	ward_mem_free(r->mem, r->done, r->cap_done * sizeof(*r->done));
	ward_mem_free(r->mem, r->due, r->cap_due * sizeof(*r->due));
	ward_arena_fini(&r->kept);
	*r = (struct ward_retention){.mem = r->mem};
}
