#include "ship/spool.h"

#include "base/formats.h"
#include "base/id.h"
#include "event/classes.h"
#include "journal/journal.h"

#include <stdio.h>
#include <string.h>

enum { SEGMENTS = 16, SEGMENT_MOST = 64 << 20, TEXT_MOST = 1 << 20, LOSS_BYTES = 512 };

#define READER WARD_STR("ship")
/* What has arrived is let go of so soon after its segment is sealed. */
static const ward_ns linger = 5 * WARD_NS_PER_S;
/* A seal costs a whole segment: it is written with zeros, and counts against the quota. */
static const ward_ns seal_after = 3600 * WARD_NS_PER_S;
static const ward_ns tell_every = 60 * WARD_NS_PER_S;

struct ward_ship {
	struct ward_io_dir dir;
	struct ward_journal *j;
	struct ward_journal_cursor *cursor;
	struct ward_ship_opts o;
	struct ward_ship_counts n;
	uint64_t told_shed, told_late; /* of those counted, by events */
	struct ward_wr text;           /* of the batch in hand */
	uint64_t acked, last;          /* last: of the batch; 0: none is in hand */
	bool dirty;                    /* something waits for a commit */
	struct ward_record held;       /* the cursor's last, which the batch had no room for */
	bool is_held;
	ward_ns told_at; /* monotonic: when a loss was told last, or there was none */
};

static enum ward_err fail(char *why, const char *what, enum ward_err err)
{
	(void)snprintf(why, WARD_SHIP_WHY, "%s: %s", what, ward_err_text(err));
	return err;
}

static uint64_t segment_of(uint64_t bytes)
{
	uint64_t n = bytes / SEGMENTS;

	return n > SEGMENT_MOST ? SEGMENT_MOST : n;
}

static enum ward_err open_journal(struct ward_ship *s)
{
	struct ward_journal_options o;
	struct ward_limits lim;

	ward_limits_default(&lim);
	ward_journal_options_default(&o, &lim);
	o.total_bytes = s->o.bytes;
	o.segment_bytes = segment_of(s->o.bytes);
	o.source_bytes = s->o.bytes;
	o.record_bytes = WARD_SHIP_LINE;
	o.spares = 0;
	o.formats = WARD_FORMATS_LEAST; /* a former version goes on with it */
	for (size_t i = 0; i < WARD_LANE_N; i++)
		o.lane[i] = (struct ward_journal_lane){
			.retain = linger, .seal = seal_after, .hold = true};
	return ward_journal_open(&o, &s->dir.io, s->o.clock, s->o.mem, &s->j);
}

static enum ward_err open_cursor(struct ward_ship *s)
{
	enum ward_err err = ward_journal_position(s->j, READER, &s->acked);

	if (err == WARD_ERR_NOT_FOUND) { /* from its first ack on it holds what it has not read */
		s->acked = 0;
		err = ward_journal_ack(s->j, READER, 0);
	}
	return err ? err : ward_journal_cursor_open(s->j, s->acked + 1, &s->cursor);
}

enum ward_err ward_ship_open(
	const struct ward_ship_opts *o, char ret_why[WARD_SHIP_WHY], struct ward_ship **ret)
{
	struct ward_ship *s = ward_mem_alloc(o->mem, sizeof(*s));

	if (!s)
		return fail(ret_why, "the spool", WARD_ERR_NOMEM);
	*s = (struct ward_ship){.o = *o, .text = ward_wr_grow(o->mem, TEXT_MOST)};
	if (o->bytes < WARD_SHIP_LEAST) {
		ward_mem_free(o->mem, s, sizeof(*s));
		return fail(ret_why, "a quota below 8 MiB", WARD_ERR_CONFIG);
	}
	enum ward_err err = ward_io_dir_open(&s->dir, o->dir, true, true);

	if (err) {
		ward_mem_free(o->mem, s, sizeof(*s));
		return fail(ret_why,
			err == WARD_ERR_AGAIN ? "another process sends from this spool" : o->dir,
			err);
	}
	err = open_journal(s);
	if (!err)
		err = open_cursor(s);
	if (err) {
		ward_ship_close(s);
		return fail(ret_why, o->dir, err);
	}
	*ret = s;
	return WARD_OK;
}

/* ---- in ---- */

/* Whole, by brackets and quotes: one that was cut would take those behind it with it. */
static bool is_whole(struct ward_str s)
{
	size_t depth = 0;
	bool text = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (text) {
			i += c == '\\';
			text = c != '"';
			continue;
		}
		text = c == '"';
		depth += c == '{' || c == '[';
		if ((c == '}' || c == ']') && !--depth)
			return i + 1 == s.len;
	}
	return false;
}

/* The class of an event line as Ward's sensors write them: no more is read of it here, as who gets
 * it reads all. */
static bool class_of(struct ward_str line, struct ward_str *ret)
{
	const struct ward_str begin = WARD_STR("{\"kind\":\"event\""),
			      name = WARD_STR("\"class\":\"");
	size_t at;

	if (!ward_str_starts(line, begin) || !is_whole(line))
		return false;
	at = ward_str_find(line, name);
	if (at == SIZE_MAX)
		return false;
	struct ward_str rest = ward_str_sub(line, at + name.len, SIZE_MAX);

	*ret = ward_str_cut(&rest, '"');
	return rest.p != NULL;
}

static enum ward_err commit(struct ward_ship *s)
{
	if (!s->dirty)
		return WARD_OK;
	s->dirty = false;
	return ward_journal_commit(s->j);
}

static enum ward_err append(struct ward_ship *s, struct ward_str line, enum ward_lane lane)
{
	const struct ward_record rec = {
		.lane = lane, .type = WARD_RECORD_EVENT, .source = 1, .data = ward_str_bytes(line)};
	uint64_t seq;
	enum ward_err err = ward_journal_append(s->j, &rec, 1, &seq);

	if (err == WARD_ERR_AGAIN) {
		err = commit(s);
		if (!err)
			err = ward_journal_append(s->j, &rec, 1, &seq);
	}
	s->dirty |= !err;
	return err;
}

/* What was lost since it was told last, as an event of its own; FULL: later. */
static enum ward_err tell_loss(struct ward_ship *s)
{
	uint64_t shed = s->n.shed - s->told_shed, late = s->n.late - s->told_late;
	char text[LOSS_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_json j = ward_json_on(&w);

	if (!shed && !late)
		return WARD_OK;
	ward_json_obj(&j);
	ward_json_put_z(&j, "kind", "event");
	ward_json_put_id(&j, "id", ward_id_v7(s->o.clock));
	ward_json_put_time(&j, "time", ward_clock_now(s->o.clock));
	ward_json_put_z(&j, "source", "ship");
	ward_json_put_z(&j, "class", "ward.loss");
	ward_json_key(&j, "fields");
	ward_json_obj(&j);
	ward_json_put_u64(&j, "lost", shed + late);
	ward_json_put_z(&j, "reason",
		shed ? "the spool of a sensor was full"
		     : "it waited in a sensor's spool for too long");
	ward_json_obj_end(&j);
	ward_json_obj_end(&j);
	enum ward_err err = append(s, ward_wr_text(&w), WARD_LANE_EVIDENCE);

	if (!err) {
		s->told_shed = s->n.shed;
		s->told_late = s->n.late;
	}
	return err == WARD_ERR_FULL ? WARD_OK : err;
}

enum ward_err ward_ship_put(struct ward_ship *s, struct ward_str line)
{
	struct ward_str class;

	if (line.len > WARD_SHIP_LINE || !class_of(line, &class)) {
		s->n.foreign++;
		return WARD_OK;
	}
	bool evidence = ward_class_weight(class) == WARD_WEIGHT_EVIDENCE;
	enum ward_err err = append(s, line, evidence ? WARD_LANE_EVIDENCE : WARD_LANE_TELEMETRY);

	if (err == WARD_ERR_FULL && !evidence) {
		s->n.shed++;
		return WARD_OK;
	}
	if (err)
		return err;
	s->n.taken++;
	return tell_loss(s);
}

enum ward_err ward_ship_commit(struct ward_ship *s)
{
	ward_ns now = ward_clock_mono(s->o.clock);
	enum ward_err err = WARD_OK;

	if (now - s->told_at >= tell_every) { /* so a kill forgets a minute's number, and no more */
		s->told_at = now;
		err = tell_loss(s);
	}
	return err ? err : commit(s);
}

void ward_ship_close(struct ward_ship *s)
{
	if (!s)
		return;
	enum ward_err err = s->cursor ? tell_loss(s) : WARD_OK;

	if (s->cursor && !err)
		err = commit(s);
	(void)err; /* without a disk nobody can be told any more */
	if (s->cursor)
		ward_journal_cursor_close(s->cursor);
	ward_journal_close(s->j);
	ward_io_dir_close(&s->dir);
	ward_wr_fini(&s->text);
	ward_mem_free(s->o.mem, s, sizeof(*s));
}

/* ---- out ---- */

/* One record into the batch. False: it has no room, and comes with the next. */
static bool take(struct ward_ship *s, const struct ward_record *r, size_t bytes)
{
	if (s->text.len && s->text.len + r->data.len + 1 > bytes)
		return false;
	ward_wr_bytes(&s->text, r->data.p, r->data.len);
	ward_wr_ch(&s->text, '\n');
	return true;
}

static enum ward_err gather(struct ward_ship *s, size_t events, size_t bytes)
{
	ward_ns oldest = ward_clock_now(s->o.clock) - s->o.keep;
	struct ward_record r;
	enum ward_err err;

	for (size_t n = 0; n < events;) {
		err = s->is_held ? WARD_OK : ward_journal_next_record(s->cursor, &r);
		if (s->is_held)
			r = s->held;
		s->is_held = false;
		if (err == WARD_ERR_CORRUPT) {
			s->n.damaged++;
			ward_journal_cursor_skip(s->cursor);
			continue;
		}
		if (err)
			return err == WARD_ERR_AGAIN && s->last ? WARD_OK : err;
		if (r.time < oldest) {
			s->n.late++;
		} else if (take(s, &r, bytes)) {
			n++;
		} else {
			s->held = r; /* its data lives until the next call on the cursor */
			s->is_held = true;
			return WARD_OK;
		}
		s->last = r.seq;
	}
	return WARD_OK;
}

enum ward_err ward_ship_next(struct ward_ship *s, size_t events, size_t bytes, struct ward_str *ret)
{
	enum ward_err err = s->last ? WARD_OK : gather(s, events, bytes);

	if (err == WARD_ERR_AGAIN && (s->n.shed > s->told_shed || s->n.late > s->told_late)) {
		/* nothing waits any more: what was lost is told now */
		err = tell_loss(s);
		if (!err)
			err = ward_ship_commit(s);
		if (!err)
			err = gather(s, events, bytes);
	}
	while (!err && !s->text.len) { /* all of it was late: it is done with */
		err = ward_ship_arrived(s);
		if (!err)
			err = tell_loss(s);
		if (!err)
			err = ward_ship_commit(s);
		if (!err)
			err = gather(s, events, bytes);
	}
	if (!err && ward_wr_bad(&s->text))
		err = WARD_ERR_NOMEM;
	*ret = ward_wr_text(&s->text);
	return err;
}

enum ward_err ward_ship_arrived(struct ward_ship *s)
{
	uint64_t last = s->last;

	ward_wr_reset(&s->text);
	s->last = 0;
	if (!last)
		return WARD_OK;
	s->acked = last;
	return ward_journal_ack(s->j, READER, last);
}

enum ward_err ward_ship_maintain(struct ward_ship *s)
{
	/* While something waits, room is needed for that; a full journal lets go by itself. */
	return s->acked + 1 < ward_journal_next(s->j) ? WARD_OK : ward_journal_maintain(s->j);
}

void ward_ship_count(const struct ward_ship *s, struct ward_ship_counts *ret)
{
	*ret = s->n;
	ret->waiting = ward_journal_next(s->j) - 1 - s->acked;
}
