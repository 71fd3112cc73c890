/* Once, for `ward quorum`: looks at the log on the database; or makes a journal of it, in a folder
 * that nobody starts with yet, and is the one that goes on with the log from then on.
 *
 * In order: the log is claimed, so that whoever wrote it writes no more for now; all of it is read
 * into the folder, with one record behind it that says so; the folder is read back; and only then
 * that record is appended, which ends for good what another machine has as its own. Until then that
 * one goes on by claiming the log again. The store's rows are read before, by another one of us,
 * under the claim before this one: with a claim between the two they may lack some, and all is
 * refused. What it found is one line of JSON on "fd.out". */
#include "event/classes.h"
#include "event/event.h"
#include "journal/refill.h"
#include "quorum/fetch.h"
#include "run/keep.h"
#include "run/proc/quorum_dial.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUT_MAX = 1 << 16, EVENT_MAX = 4096, NODE = 64, SUPERVISOR = 1 /* source: journal.c */ };

static const ward_ns deadline = 120 * WARD_NS_PER_S, look_deadline = 10 * WARD_NS_PER_S;

struct fetch {
	struct ward_process p;
	struct ward_limits lim;
	struct quorum_dial dial;
	struct ward_quorum *q;
	struct ward_io_dir dir;
	struct ward_refill *r;
	enum ward_err put; /* why a record was not taken */
	uint64_t put_seq;
	ward_ns last_time; /* of the last record that was read */
	uint8_t event[EVENT_MAX];
	struct ward_wr out;
	struct ward_json j;
};

/* ---- what it says ---- */

static int end(struct fetch *f)
{
	struct ward_slice s = ward_wr_slice(&f->out);
	int fd = ward_process_need_fd(&f->p, "out");

	ward_json_obj_end(&f->j);
	ward_wr_ch(&f->out, '\n');
	for (size_t off = 0; !ward_wr_bad(&f->out) && off < f->out.len;) {
		ssize_t n = write(fd, s.p + off, f->out.len - off);

		if (n <= 0)
			ward_process_die(&f->p, "what it found can't be said", WARD_ERR_IO);
		off += (size_t)n;
	}
	return WARD_PROCESS_DONE; /* without counters: somebody sits before it */
}

/* The error's name, which of the faults, and what was said. */
static int refused(struct fetch *f, enum ward_err err, const char *why)
{
	ward_json_put_z(&f->j, "error", ward_err_name(err));
	ward_json_put_z(&f->j, "fault", ward_quorum_words(ward_quorum_fault(f->q))->name);
	ward_json_put_str(&f->j, "host", ward_quorum_host(f->q));
	ward_json_put_z(&f->j, "why", why);
	return end(f);
}

/* ---- look ---- */

static void put_peers(
	struct fetch *f, const char *name, const struct ward_quorum_peer *p, size_t n, bool writers)
{
	ward_json_key(&f->j, name);
	ward_json_arr(&f->j);
	for (size_t i = 0; i < n; i++) {
		ward_json_obj(&f->j);
		ward_json_put_z(&f->j, "name", p[i].name);
		ward_json_put_z(&f->j, "at", p[i].at);
		ward_json_put_u64(&f->j, "for_s", p[i].for_s);
		if (!writers) {
			ward_json_put_u64(&f->j, "seen", p[i].seen);
			ward_json_put_u64(&f->j, "counts", p[i].counts);
			ward_json_put_u64(&f->j, "streams", p[i].streams);
			ward_json_put_u64(&f->j, "behind", p[i].behind);
		}
		ward_json_obj_end(&f->j);
	}
	ward_json_arr_end(&f->j);
}

static void put_mark(struct fetch *f, const struct ward_quorum_mark *m)
{
	char hex[2 * sizeof(m->sha256) + 1];
	struct ward_wr w = ward_wr_fixed(hex, sizeof(hex));

	ward_wr_hex(&w, ward_slice_of(m->sha256, sizeof(m->sha256)));
	ward_wr_u8(&w, 0);
	ward_json_put_u64(&f->j, "mark", m->seq);
	ward_json_put_i64(&f->j, "mark_time", m->time);
	ward_json_put_u64(&f->j, "mark_lane", m->lane);
	ward_json_put_u64(&f->j, "mark_type", m->type);
	ward_json_put_u64(&f->j, "mark_source", m->source);
	ward_json_put_z(&f->j, "mark_sha256", hex);
}

static int look(struct fetch *f)
{
	struct ward_quorum_seen s;
	enum ward_err err = ward_quorum_look(f->q, &s);

	if (err)
		return refused(f, err, ward_quorum_why(f->q));
	ward_json_put_z(&f->j, "error", "");
	ward_json_put_z(&f->j, "fault", ward_quorum_words(ward_quorum_fault(f->q))->name);
	ward_json_put_str(&f->j, "host", ward_quorum_host(f->q));
	ward_json_put_u64(&f->j, "made", s.made);
	ward_json_put_u64(&f->j, "epoch", s.epoch);
	ward_json_put_u64(&f->j, "next", s.next);
	ward_json_put_u64(&f->j, "last", s.last);
	ward_json_put_u64(&f->j, "records", s.n);
	ward_json_put_i64(&f->j, "last_time", s.last_time);
	ward_json_put_u64(&f->j, "waits_for", s.waits_for);
	put_mark(f, &s.mark);
	put_peers(f, "standbys", s.standby, s.n_standby, false);
	put_peers(f, "writers", s.writer, s.n_writer, true);
	return end(f);
}

/* ---- fetch ---- */

static bool take(void *ctx, const struct ward_record *rec)
{
	struct fetch *f = ctx;

	f->put = ward_refill_put(f->r, rec);
	f->put_seq = rec->seq;
	f->last_time = rec->time;
	return !f->put;
}

/* An event of the supervisor's, as run/elsewhere.c makes them. False: there is no memory. */
static bool make_event(struct fetch *f, const struct ward_quorum_head *h, uint64_t n, ward_ns now,
	struct ward_slice *ret)
{
	const char *node = ward_process_setting(&f->p, "node");
	struct ward_wr w = ward_wr_fixed(f->event, sizeof(f->event));
	struct ward_names names;
	struct ward_arena a;
	struct ward_event e;
	bool ok = ward_names_init(&names, ward_mem_heap(), &f->lim) == WARD_OK;

	ward_arena_init(&a, ward_mem_heap(), OUT_MAX);
	ward_event_init(&e, &a);
	e.source = ward_name(&names, WARD_STR("supervisor"));
	e.class = ward_name(&names, ward_str_z(ward_class_info(WARD_CLASS_WARD_QUORUM)->name));
	e.time = e.seen = now;
	e.id = ward_event_id(WARD_STR("ward quorum fetch"), h->epoch, h->next, 0);
	const struct {
		const char *name;
		struct ward_value v;
	} field[] = {{"quorum.what", ward_value_str(WARD_STR("fetched"))},
		{"quorum.host", ward_value_str(ward_quorum_host(f->q))},
		{"quorum.node", ward_value_str(ward_str_z(node ? node : "-"))},
		{"quorum.fault", ward_value_str(WARD_STR("-"))},
		{"quorum.epoch", ward_value_int((int64_t)h->epoch)},
		{"quorum.n", ward_value_int((int64_t)n)}};

	for (size_t i = 0; ok && i < WARD_ARRAY_LEN(field); i++)
		ok = ward_event_set(&e, ward_name(&names, ward_str_z(field[i].name)), field[i].v) ==
		     WARD_OK;
	ward_event_encode(&e, &names, &w);
	ok = ok && !ward_wr_bad(&w);
	*ret = ward_wr_slice(&w);
	ward_arena_fini(&a);
	ward_names_fini(&names);
	return ok;
}

/* The record behind the log's last one so far, that says who has it now: whoever wrote before does
 * not know it. */
static enum ward_err make_last(
	struct fetch *f, const struct ward_quorum_head *h, uint64_t n, struct ward_record *ret)
{
	*ret = (struct ward_record){.seq = h->next,
		.time = ward_clock_now(f->p.clock),
		.lane = WARD_LANE_CONTROL,
		.type = WARD_RECORD_EVENT,
		.source = SUPERVISOR};
	return make_event(f, h, n, ret->time, &ret->data) ? WARD_OK : WARD_ERR_NOMEM;
}

/* The folder, whole and read back. f->put: what is wrong is the folder. */
static enum ward_err fill(struct fetch *f, const struct ward_quorum_head *h,
	struct ward_quorum_all *all, struct ward_record *last, struct ward_refilled *done)
{
	enum ward_err err = ward_quorum_read_all(f->q, take, f, all);

	if (err || f->put)
		return err ? err : f->put;
	err = make_last(f, h, all->n, last);
	f->put_seq = last->seq;
	if (!err)
		err = f->put = ward_refill_put(f->r, last);
	if (!err)
		err = f->put = ward_refill_end(f->r, done);
	return err;
}

/* Where the answer is lost nobody knows whether the log is ours. */
static enum ward_err take_over(struct fetch *f, const struct ward_record *last)
{
	enum ward_err err = WARD_OK;

	if (ward_process_setting(&f->p, "without_rows"))
		err = ward_quorum_rows_aside(f->q);
	if (err)
		return err;
	err = ward_quorum_append(f->q, last, 1);
	if (err == WARD_ERR_AGAIN)
		ward_json_put_u64(&f->j, "in_doubt", 1);
	return err;
}

static void say_fetched(struct fetch *f, const struct ward_quorum_head *h,
	const struct ward_quorum_all *all, const struct ward_refilled *d)
{
	ward_json_put_z(&f->j, "error", "");
	ward_json_put_str(&f->j, "host", ward_quorum_host(f->q));
	ward_json_put_u64(&f->j, "epoch", h->epoch);
	ward_json_put_u64(&f->j, "records", all->n);
	ward_json_put_u64(&f->j, "first", all->first);
	ward_json_put_u64(&f->j, "last", all->last);
	ward_json_put_u64(&f->j, "gone", d->n_gone);
	ward_json_put_u64(&f->j, "next", d->last + 1);
	ward_json_put_i64(&f->j, "last_time", f->last_time);
}

/* Whoever is connected with the log is not lost, or its server does not know so yet. */
static bool is_written(struct fetch *f, char *why, size_t cap)
{
	struct ward_quorum_seen s;

	if (ward_process_setting(&f->p, "lost") || ward_quorum_look(f->q, &s) || !s.n_writer)
		return false; /* what is wrong with the server the claim says */
	(void)snprintf(why, cap, "a Ward is connected from %s, for %llu seconds", s.writer[0].at,
		(unsigned long long)s.writer[0].for_s);
	return true;
}

/* The store's rows were read under a claim of ours: who claimed the log since then may have written
 * more of them, and nobody could add those to a store that has others in their place. */
static bool is_overtaken(struct fetch *f, const struct ward_quorum_head *h)
{
	const char *rows = ward_process_setting(&f->p, "rows_epoch");
	uint64_t epoch = 0;

	return rows && (!ward_str_u64(ward_str_z(rows), &epoch) || h->epoch != epoch + 1);
}

static int fetch(struct fetch *f)
{
	struct ward_quorum_head h;
	struct ward_quorum_all all;
	struct ward_refilled done;
	struct ward_record last;
	char why[WARD_QUORUM_WHY + 64];

	if (is_written(f, why, sizeof(why)))
		return refused(f, WARD_ERR_STATE, why);
	enum ward_err err = ward_quorum_claim(f->q, &h);

	if (!err && !h.last)
		return refused(f, WARD_ERR_NOT_FOUND, "the log is empty");
	if (!err && is_overtaken(f, &h))
		return refused(f, WARD_ERR_STATE,
			"another has claimed the log since the store's rows were read");
	if (!err)
		err = fill(f, &h, &all, &last, &done);
	ward_refill_close(f->r);
	if (!err)
		err = take_over(f, &last);
	if (err && f->put) {
		(void)snprintf(why, sizeof(why), "the folder, at record %llu: %s",
			(unsigned long long)f->put_seq, ward_err_text(f->put));
		return refused(f, err, why);
	}
	if (err)
		return refused(f, err, ward_quorum_why(f->q));
	say_fetched(f, &h, &all, &done);
	return end(f);
}

/* ---- the store's rows ---- */

/* In a folder of its own, as the user of `store`; before the journal, since what is wrong here is
 * to leave the log to whom it belongs. */
static int fetch_store(struct fetch *f, const char *dir)
{
	char path[PATH_MAX], why[WARD_QUORUM_WHY + 64];
	const struct ward_store_options o = {
		.path = path, .clock = f->p.clock, .mem = ward_mem_heap()};
	struct ward_quorum_fetched got = {.rows = 0};
	struct ward_quorum_head h;
	uint64_t row = 0;

	if ((size_t)snprintf(path, sizeof(path), "%s/ward.db", dir) >= sizeof(path))
		ward_process_die(&f->p, dir, WARD_ERR_CONFIG);
	if (is_written(f, why, sizeof(why)))
		return refused(f, WARD_ERR_STATE, why);
	enum ward_err err = ward_quorum_claim(f->q, &h);

	if (!err)
		ward_json_put_u64(&f->j, "epoch", h.epoch);
	if (!err)
		err = ward_quorum_fetch_store(f->q, &o, &got, &row);
	if (!err && got.position >= h.next)
		return refused(f, WARD_ERR_MALFORMED, "the rows know more than the log has");
	if (err && ward_quorum_claimed(f->q)) { /* nothing is wrong with the connection */
		(void)snprintf(why, sizeof(why), "the store's rows, at row %llu: %s",
			(unsigned long long)row, ward_err_text(err));
		return refused(f, err, why);
	}
	if (err)
		return refused(f, err, ward_quorum_why(f->q));
	ward_json_put_z(&f->j, "error", "");
	ward_json_put_u64(&f->j, "rows", got.rows);
	ward_json_put_u64(&f->j, "position", got.position);
	return end(f);
}

static void open_folder(struct fetch *f, const char *path)
{
	struct ward_journal_options o;

	ward_keep_options(&o, &f->lim);
	if (ward_io_dir_open(&f->dir, path, false, true) != WARD_OK)
		ward_process_die(&f->p, path, WARD_ERR_IO);
	ward_process_cage(&f->p, WARD_CAGE_CONNECT | WARD_CAGE_FOLLOW | WARD_CAGE_FILES, path);
	if (ward_refill_begin(&o, &f->dir.io, ward_mem_heap(), &f->r) != WARD_OK)
		ward_process_die(&f->p, path, WARD_ERR_STATE);
}

int main(int argc, char **argv)
{
	struct fetch *f = calloc(1, sizeof(*f));
	const char *dir;
	int rc;

	if (!f)
		return WARD_PROCESS_DIED;
	ward_process_begin(&f->p, "fetch", argc, argv);
	ward_process_limits(&f->p, &f->lim);
	dir = ward_process_setting(&f->p, "dir");
	quorum_dial_open(&f->dial, &f->p, dir ? deadline : look_deadline, &f->q);
	f->out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	f->j = ward_json_on(&f->out);
	ward_json_obj(&f->j);
	bool store = dir && ward_process_setting(&f->p, "store");

	(void)umask(077);
	if (dir && !store)
		open_folder(f, dir);
	else
		ward_process_cage(&f->p,
			WARD_CAGE_CONNECT | WARD_CAGE_FOLLOW | (store ? WARD_CAGE_FILES : 0), dir);
	rc = store ? fetch_store(f, dir) : dir ? fetch(f) : look(f);
	ward_quorum_close(f->q);
	ward_wr_fini(&f->out);
	return rc;
}
