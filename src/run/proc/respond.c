/* Who is told what: reads the store's rows, keeps what is to be told and what became of it as rows
 * of its own, and hands each recipient's messages to the process that sends them. It reads no
 * outside byte, and speaks with nobody outside. All that it knows comes from the store's rows: a
 * new life reads those since it saved what they lead to, or all. */
#include "base/fd.h"
#include "respond/respond.h"
#include "run/held.h"
#include "run/handed.h"
#include "run/postbox.h"
#include "run/proc/respond_listeners.h"
#include "run/proc/respond_memory.h"
#include "run/process.h"
#include "run/rows_link.h"
#include "story/zone.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LIST_BYTES = 16 << 20,
	PATH_BYTES = 4096,
	CONFIRMATION_BYTES = 8192,
	FILES_AT_ONCE = 64,
	ROWS_BETWEEN = 4096, /* then what they lead to is saved */
};

static const ward_ns look_every = 2 * WARD_NS_PER_S, told_for = 86400 * WARD_NS_PER_S;
/* Longer than any attempt lasts: then its process has begun anew, and knows nothing of it. */
static const ward_ns no_answer = 120 * WARD_NS_PER_S;

struct responder {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_rows_link rows;
	struct ward_respond *respond;
	struct ward_respond_opts o;
	struct respond_listeners whom;
	int duty;  /* memory of the supervisor: who is on duty … */
	int care;  /* … and what people entered of availability */
	int holds; /* … and of the journal: what is held; WARD_FD_NONE: it does not say */
	struct ward_id holds_read;
	struct ward_holds held;
	struct ward_respond_hold hold[WARD_RESPOND_HOLDS]; /* and those that ended lately */
	size_t n_hold;
	struct ward_entries_taken entries;
	size_t unknown; /* incidents that are not all part of what is told of availability */
	int send[WARD_RECIPIENTS_MAX];       /* links */
	bool beat_lost[WARD_RECIPIENTS_MAX]; /* the last heartbeat was */
	int desk;                            /* link; WARD_FD_NONE: there is none */
	ward_ns asked[WARD_RECIPIENTS_MAX];  /* monotonic; 0: nothing is on its way */
	struct ward_id asked_for[WARD_RECIPIENTS_MAX];
	struct ward_arena texts;
	struct ward_sharing sharing;
	struct ward_model *model; /* where a standard's messages are sent */
	const char *dir;
	ward_ns looked; /* monotonic: at its folder */
	struct ward_wr list, listed;
	struct respond_memory known; /* the last row, and whom there is to tell */
	uint64_t saved;              /* up to that row */
	bool fetched;                /* all that there were at the start */
	uint8_t buf[WARD_MSG_MAX];
	uint8_t out[WARD_MSG_BODY_MAX];
};

static void need(struct responder *d, enum ward_err err)
{
	if (err)
		ward_process_die(&d->p, "out of memory", err);
}

/* ---- the store ---- */

static void on_row(void *ctx, const struct ward_store_row *r)
{
	struct responder *d = ctx;
	struct ward_delivery of = {
		.id = r->id, .revision = r->revision, .time = r->time, .json = r->json};

	d->known.row = r->row;
	d->known.row_id = r->id;
	d->known.revision = r->revision;
	ward_respond_row(d->respond, r->row);
	if (r->kind == WARD_ROW_INCIDENT || r->kind == WARD_ROW_IMPACT ||
		r->kind == WARD_ROW_DECISION || r->kind == WARD_ROW_CENSUS ||
		(r->kind == WARD_ROW_DETECTION && d->whom.standards))
		need(d, ward_respond_record(d->respond, r->json));
	else if (r->kind == WARD_ROW_DELIVERY)
		need(d, ward_respond_delivery(d->respond, &of));
	else if (r->kind == WARD_ROW_ACTION)
		need(d, ward_respond_action(d->respond, r->json));
	else if (r->kind == WARD_ROW_HEAD)
		ward_respond_head(d->respond, r->json);
	else if (r->kind == WARD_ROW_RUN)
		need(d, ward_respond_run(d->respond, r->json));
	if (r->kind ==
		WARD_ROW_DECISION) /* of the crisis cell; and, above, what somebody entered */
		need(d, ward_respond_decision(d->respond, r->json));
}

/* Durable when it returns true, and read back. False: this process is to stop. */
static bool keep(struct responder *d, const struct ward_delivery *of)
{
	const struct ward_store_row row = {.kind = WARD_ROW_DELIVERY,
		.id = of->id,
		.revision = of->revision,
		.time = of->time,
		.json = of->json};

	return ward_rows_link_add(&d->rows, &row);
}

/* ---- those who send ---- */

/* What is final is said where the operator looks, and not only on the ledger. */
static void log_outcome(struct responder *d, size_t k, const struct ward_outcome *o, bool given_up)
{
	static const char *const name[] = {[WARD_SENT_DELIVERED] = "respond.delivered",
		[WARD_SENT_REFUSED] = "respond.refused",
		[WARD_SENT_FAILED] = "respond.failed"};

	ward_count_name(&d->p.counters, name[o->what], 1);
	if (o->what == WARD_SENT_REFUSED)
		WARD_LOG(&d->p.log, ERROR, "respond.refused",
			WARD_KV_S("recipient", d->whom.listener[k].id), WARD_KV_Z("why", o->why));
	else if (given_up)
		WARD_LOG(&d->p.log, ERROR, "respond.given_up",
			WARD_KV_S("recipient", d->whom.listener[k].id), WARD_KV_Z("why", o->why));
	else if (o->what == WARD_SENT_FAILED)
		WARD_LOG(&d->p.log, WARN, "respond.failed",
			WARD_KV_S("recipient", d->whom.listener[k].id), WARD_KV_Z("why", o->why));
}

/* Said once, until it is so again. */
static void heard_beat(struct responder *d, size_t k, const struct ward_outcome *o)
{
	bool lost = o->what != WARD_SENT_DELIVERED;

	d->asked[k] = 0;
	ward_count_name(&d->p.counters, lost ? "respond.heartbeats_lost" : "respond.heartbeats", 1);
	if (lost && !d->beat_lost[k])
		WARD_LOG(&d->p.log, ERROR, "respond.heartbeat",
			WARD_KV_S("recipient", d->whom.listener[k].id), WARD_KV_Z("why", o->why));
	d->beat_lost[k] = lost;
}

/* Somebody at the recipient answered: the same row whenever he says so again. */
static void answered(struct responder *d, size_t k, struct ward_id message, bool goes)
{
	struct ward_decision of = {
		.kind = goes ? WARD_DECISION_ON_MY_WAY : WARD_DECISION_ACKNOWLEDGE,
		.at = ward_clock_now(d->p.clock),
		.role = WARD_STR("")};
	struct ward_delivery row;
	char subject[WARD_ID_TEXT];
	struct ward_idgen g;
	const char *why;

	ward_idgen_init(&g, "ward answered");
	ward_idgen_id(&g, message);
	ward_idgen_str(&g, d->whom.listener[k].id);
	if (goes)
		ward_idgen_str(&g, WARD_STR("on my way"));
	of.id = ward_idgen_final(&g);
	ward_id_text(message, subject);
	of.subject = ward_str_z(subject);
	ward_count_name(&d->p.counters, "respond.answered", 1);
	/* what is over meanwhile needs no answer any more */
	if (ward_respond_acknowledge(d->respond, &of, k, &row, &why) == WARD_OK)
		(void)keep(d, &row);
}

/* What is said of the ticket of one incident. Somebody closed it: people are asked what that means,
 * and nothing is closed. Somebody opened it again. It was refused: what else the message told of
 * stands. False: it is about no ticket. */
static bool heard_ticket(
	struct responder *d, size_t k, struct ward_id incident, const struct ward_outcome *o)
{
	struct ward_delivery row;
	char id[WARD_ID_TEXT];

	if (!ward_respond_ticket(d->respond, k, incident, o, ward_clock_now(d->p.clock), &row)) {
		ward_count_name(&d->p.counters, "respond.unasked", o->what == WARD_SENT_CLOSED);
		return o->what == WARD_SENT_CLOSED;
	}
	if (o->what == WARD_SENT_REFUSED) {
		ward_id_text(incident, id);
		WARD_LOG(&d->p.log, ERROR, "respond.ticket_refused",
			WARD_KV_S("recipient", d->whom.listener[k].id), WARD_KV_Z("incident", id),
			WARD_KV_Z("why", o->why));
	}
	ward_count_name(&d->p.counters,
		o->what == WARD_SENT_CLOSED      ? "respond.closed_there"
		: o->what == WARD_SENT_DELIVERED ? "respond.open_there"
						 : "respond.tickets_refused",
		1);
	(void)keep(d, &row);
	return true;
}

static bool hear(struct responder *d, size_t k)
{
	struct ward_msg m;
	struct ward_id id;
	struct ward_outcome o;
	struct ward_delivery row;
	enum ward_err err = ward_msg_recv(d->send[k], d->buf, &m);

	if (err == WARD_ERR_AGAIN)
		return false;
	if (err == WARD_ERR_CLOSED)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	if (!err)
		err = m.type == WARD_MSG_SENT ? ward_outcome_get(&m.body, &id, &o)
					      : WARD_ERR_DENIED;
	if (err) {
		ward_count_name(&d->p.counters, "respond.bad_answer", 1);
		return true;
	}
	if (o.what == WARD_SENT_ACKNOWLEDGED || o.what == WARD_SENT_ON_MY_WAY) {
		answered(d, k, id, o.what == WARD_SENT_ON_MY_WAY);
		o.what = WARD_SENT_DELIVERED; /* it may be the first that is known of it */
	}
	if (heard_ticket(d, k, id, &o))
		return true;
	if (ward_respond_beat_said(d->respond, k, id, &o)) {
		heard_beat(d, k, &o);
		return true;
	}
	/* what a former life asked is answered, too: the outbox knows whether it is waited for */
	bool asked = !d->asked[k] || ward_id_eq(id, d->asked_for[k]);

	if (!asked || !ward_respond_said(d->respond, k, id, &o, ward_clock_now(d->p.clock), &row)) {
		ward_count_name(&d->p.counters, "respond.unasked", 1);
		d->asked[k] = asked ? 0 : d->asked[k]; /* it was superseded meanwhile */
		return true;
	}
	log_outcome(d, k, &o, row.given_up);
	if (keep(d, &row))
		d->asked[k] = 0;
	return true;
}

/* ---- what people say ---- */

static enum ward_err heed(struct responder *d, const struct ward_decision *of, const char **why)
{
	struct ward_delivery row;
	enum ward_err err = ward_respond_acknowledge(d->respond, of, SIZE_MAX, &row, why);

	if (err == WARD_ERR_DUPLICATE) /* said again by who did not hear the answer */
		return WARD_OK;
	if (!err && !keep(d, &row)) {
		*why = WARD_TEXT("Ward is being stopped");
		err = WARD_ERR_AGAIN;
	}
	return err;
}

/* Whoever is killed before he answered is asked again, by the same id. */
static bool hear_desk(struct responder *d)
{
	uint8_t body[512];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_decision of;
	const char *why = WARD_TEXT("the decision can't be read");
	struct ward_msg m;
	enum ward_err err =
		d->desk == WARD_FD_NONE ? WARD_ERR_AGAIN : ward_msg_recv(d->desk, d->buf, &m);

	if (err == WARD_ERR_AGAIN)
		return false;
	if (err == WARD_ERR_CLOSED)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	if (!err)
		err = m.type == WARD_MSG_DECIDE ? WARD_OK : WARD_ERR_DENIED;
	if (err) {
		ward_count_name(&d->p.counters, "respond.bad_decision", 1);
		return true;
	}
	err = ward_decision_get(&m.body, &of);
	if (!err)
		err = heed(d, &of, &why);
	ward_decided_put(&w,
		&(struct ward_decided){.err = err, .why = ward_str_z(why), .json = WARD_STR("")});
	WARD_ASSERT(!ward_wr_bad(&w));
	err = ward_msg_send(d->desk, WARD_MSG_DECIDED, m.id, ward_wr_slice(&w));
	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	return true;
}

static void hand_over(struct responder *d, size_t k)
{
	ward_ns now = ward_clock_mono(d->p.clock);
	struct ward_wr w = ward_wr_fixed(d->out, sizeof(d->out));
	struct ward_letter l;

	if (d->asked[k] && now - d->asked[k] < no_answer)
		return;
	ward_ns time = ward_clock_now(d->p.clock);

	if (!ward_respond_message(d->respond, k, time, &l.id, &l.body) &&
		!ward_respond_beat(d->respond, k, time, &l.id, &l.body))
		return;
	l.until = now + WARD_POSTBOX_PATIENCE;
	ward_letter_put(&w, &l);
	WARD_ASSERT(!ward_wr_bad(&w));
	enum ward_err err = ward_msg_send(d->send[k], WARD_MSG_SEND, 0, ward_wr_slice(&w));

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	if (err)
		return;
	d->asked[k] = now ? now : 1;
	d->asked_for[k] = l.id;
}

/* ---- its folder: originals that somebody keeps ---- */

/* Under its name there is all of it, or what was there before. */
static void write_list(struct responder *d)
{
	char path[PATH_BYTES], fresh[PATH_BYTES];
	struct ward_wr was = d->listed;

	ward_wr_reset(&d->list);
	ward_respond_recordings(d->respond, ward_clock_now(d->p.clock), &d->list);
	if (ward_wr_bad(&d->list) ||
		(d->list.len == was.len && (!was.len || memcmp(d->list.p, was.p, was.len) == 0)))
		return;
	(void)snprintf(path, sizeof(path), "%.4000s/recordings.jsonl", d->dir);
	(void)snprintf(fresh, sizeof(fresh), "%.4000s/recordings.new", d->dir);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && ward_fd_write(fd, ward_wr_slice(&d->list));

	if (fd >= 0)
		(void)close(fd);
	if (!ok || rename(fresh, path) != 0) {
		ward_count_name(&d->p.counters, "respond.not_listed", 1);
		return;
	}
	d->listed = d->list;
	d->list = was;
}

static size_t read_some(const char *path, uint8_t *buf, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n = fd >= 0 ? read(fd, buf, cap) : -1;

	if (fd >= 0)
		(void)close(fd);
	return n > 0 ? (size_t)n : 0;
}

/* Files of `ward preserve confirm`. One that is none is put aside. */
static void take_confirmation(struct responder *d, const char *name)
{
	char path[PATH_BYTES + 300], bad[PATH_BYTES + 310];
	static uint8_t text[CONFIRMATION_BYTES];
	struct ward_delivery row;

	(void)snprintf(path, sizeof(path), "%.4000s/confirmed/%s", d->dir, name);
	size_t n = read_some(path, text, sizeof(text));

	if (n && ward_respond_confirm(d->respond, ward_slice_of(text, n), &row)) {
		if (keep(d, &row))
			(void)unlink(path);
		return;
	}
	(void)snprintf(bad, sizeof(bad), "%s.bad", path);
	ward_count_name(&d->p.counters, "respond.bad_confirmation", 1);
	WARD_LOG(&d->p.log, ERROR, "respond.bad_confirmation", WARD_KV_Z("file", name));
	if (rename(path, bad) != 0)
		ward_process_die(&d->p, "the folder of confirmations", WARD_ERR_IO);
}

static void look_into_folder(struct responder *d)
{
	ward_ns now = ward_clock_mono(d->p.clock);
	char dir[PATH_BYTES];
	const struct dirent *e;

	if (d->looked && now - d->looked < look_every)
		return;
	d->looked = now;
	(void)snprintf(dir, sizeof(dir), "%.4000s/confirmed", d->dir);
	DIR *folder = opendir(dir);

	for (int n = 0; folder && n < FILES_AT_ONCE && (e = readdir(folder));) {
		struct ward_str name = ward_str_z(e->d_name);

		if (!ward_str_ends(name, WARD_STR(".json")))
			continue;
		n++;
		take_confirmation(d, e->d_name);
	}
	if (folder)
		(void)closedir(folder);
	write_list(d);
}

/* The rows that there are, or word of somebody else: who waits for the store alone answers late. */
static bool wait(struct responder *d)
{
	int link[WARD_RECIPIENTS_MAX + 1];

	for (size_t k = 0; k < d->whom.n; k++)
		link[k] = d->send[k];
	link[d->whom.n] = d->desk;
	d->rows.store.also = link;
	d->rows.store.n_also = d->fetched ? d->whom.n + 1 : 0;
	bool all = ward_rows_link_fetch(&d->rows);

	d->rows.store.n_also = 0;
	d->fetched = d->fetched || all;
	return all || (d->fetched && ward_rows_link_is_whole(&d->rows));
}

/* ---- its memory ---- */

static void save(struct responder *d)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), RESPOND_MEMORY_MAX);

	if (!ward_respond_save(d->respond, &w) ||
		!respond_memory_write(d->dir, &d->known, ward_wr_slice(&w)))
		ward_count_name(&d->p.counters, "respond.not_saved", 1);
	d->saved = d->known.row;
	ward_wr_fini(&w);
}

static void on_first(void *ctx, const struct ward_store_row *r)
{
	*(struct respond_memory *)ctx =
		(struct respond_memory){.row = r->row, .row_id = r->id, .revision = r->revision};
}

/* The store has that row: it is the one of which this is the memory. */
static bool is_of_store(struct responder *d, const struct respond_memory *m)
{
	const struct ward_rows_query q = {m->row - 1, 1};
	struct respond_memory first = {.row = 0};
	enum ward_err err = WARD_ERR_AGAIN;

	while (err == WARD_ERR_AGAIN && !ward_process_stopping())
		err = ward_rows_fetch(&d->rows.store, &q, on_first, &first, &d->rows.last);
	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&d->p, "no answer from store", err);
	return !err && first.row == m->row && first.revision == m->revision &&
	       ward_id_eq(first.row_id, m->row_id);
}

static void remember(struct responder *d)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), RESPOND_MEMORY_MAX);
	struct respond_memory m;
	struct ward_slice saved;

	if (respond_memory_read(d->dir, d->known.whom, &w, &m, &saved) && is_of_store(d, &m)) {
		enum ward_err err = ward_respond_load(d->respond, saved);

		if (!err) {
			d->known = m;
			d->rows.after = d->saved = m.row;
			d->fetched = ward_rows_link_is_whole(&d->rows);
		} else { /* it reads all rows */
			ward_count_name(&d->p.counters, "respond.bad_memory", 1);
			ward_respond_free(d->respond);
			need(d, ward_respond_new(&d->o, &d->respond));
		}
	}
	WARD_LOG(&d->p.log, INFO, "respond.begin", WARD_KV_U("after", d->rows.after));
	ward_wr_fini(&w);
}

/* What the supervisor wrote last: four bytes at once. */
static void look_who_is_on_duty(struct responder *d)
{
	uint32_t mask;

	if (d->duty != WARD_FD_NONE && pread(d->duty, &mask, sizeof(mask), 0) == sizeof(mask))
		ward_respond_duty(d->respond, mask);
}

/* What can't be read says nothing, and what was read before goes on. */
static void look_what_is_entered(struct responder *d)
{
	if (d->care == WARD_FD_NONE)
		return;
	enum ward_err err = ward_entries_take(&d->entries, d->care, d->model, &d->lim);

	if (!err)
		ward_respond_entries(d->respond, d->entries.is.at, d->entries.is.n);
	else if (err != WARD_ERR_AGAIN)
		ward_count_name(&d->p.counters, "respond.entries_unread", 1);
}

/* One that ended is told so for a day, whoever shows it no more. */
static void keep_ended(struct responder *d)
{
	ward_ns now = ward_clock_now(d->p.clock);
	size_t n = 0;

	for (size_t i = 0; i < d->n_hold; i++)
		if (d->hold[i].until <= now && now - d->hold[i].until < told_for)
			d->hold[n++] = d->hold[i];
	d->n_hold = n;
}

static void look_what_is_held(struct responder *d)
{
	size_t bad;

	if (d->holds == WARD_FD_NONE ||
		ward_held_read(d->holds, &d->lim, &d->holds_read, &d->held, &bad) != WARD_OK)
		return;
	if (bad)
		ward_count_name(&d->p.counters, "respond.hold_unreadable", bad);
	keep_ended(d);
	for (size_t i = 0; i < d->held.n && d->n_hold < WARD_RESPOND_HOLDS; i++) {
		const struct ward_hold *h = &d->held.h[i];
		struct ward_respond_hold *x = &d->hold[d->n_hold++];

		ward_id_text(h->id, x->id);
		x->until = h->until;
		(void)snprintf(x->of, sizeof(x->of), "%s%s%s", ward_hold_scope_name(h->scope),
			h->subject[0] ? " " : "", h->subject);
	}
}

/* Said as it becomes more. */
static void look_what_is_unknown(struct responder *d)
{
	size_t n = ward_respond_unknown(d->respond);

	if (n > d->unknown)
		WARD_LOG(&d->p.log, ERROR, "respond.availability_unknown",
			WARD_KV_U("incidents", n));
	d->unknown = n;
}

static void run(struct responder *d)
{
	struct ward_delivery row;

	while (!ward_process_stopping()) {
		bool all = wait(d);

		look_who_is_on_duty(d);
		look_what_is_entered(d);
		look_what_is_held(d);
		for (size_t k = 0; all && k < d->whom.n; k++)
			while (hear(d, k))
				;
		while (all && hear_desk(d))
			;
		while (all && ward_respond_next(d->respond, ward_clock_now(d->p.clock), &row)) {
			if (row.unanswered)
				ward_count_name(&d->p.counters, "respond.unanswered", 1);
			all = keep(d, &row);
		}
		look_what_is_unknown(d);
		for (size_t k = 0; all && k < d->whom.n; k++)
			hand_over(d, k);
		if (all)
			look_into_folder(d);
		if (all && d->known.row - d->saved >= ROWS_BETWEEN)
			save(d);
		ward_process_count(&d->p);
	}
}

static struct ward_str setting(const struct responder *d, const char *key)
{
	const char *v = ward_process_setting(&d->p, key);

	return ward_str_z(v ? v : "");
}

static void read_sharing(struct responder *d)
{
	const char *content = ward_process_setting(&d->p, "content");
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	if (!content ||
		ward_sharing_load(content, &d->lim, &d->texts, &diag, &d->sharing) != WARD_OK)
		ward_process_die(&d->p, "what may be shared (sharing.yml)", WARD_ERR_CONFIG);
	ward_diag_fini(&diag);
}

/* Before the cage: it reads the hospital's directory. */
static void read_model(struct responder *d)
{
	const char *dir = ward_process_setting(&d->p, "directory");
	const char *content = ward_process_setting(&d->p, "content");
	struct ward_diag diag;

	if (!d->whom.standards)
		return;
	ward_diag_init(&diag, ward_mem_heap());
	if (!dir || !content ||
		ward_model_load(dir, content, &d->lim, ward_mem_heap(), &diag, &d->model) !=
			WARD_OK)
		ward_process_die(&d->p, "the hospital's directory", WARD_ERR_CONFIG);
	ward_diag_fini(&diag);
}

/* Before the cage. Where the rules can't be read nobody is reminded, which `ward check` tells. */
static void read_law(struct responder *d)
{
	const char *dir = ward_process_setting(&d->p, "directory");
	const char *content = ward_process_setting(&d->p, "content");
	struct ward_law *law = ward_arena_alloc(&d->texts, sizeof(*law));
	char path[PATH_BYTES];
	struct ward_diag diag;

	if (!law)
		ward_process_die(&d->p, "out of memory", WARD_ERR_NOMEM);
	ward_diag_init(&diag, ward_mem_heap());
	(void)snprintf(path, sizeof(path), "%.4000s/law", content);
	enum ward_err err = dir ? ward_law_load(path, dir, setting(d, "country"), &d->texts,
					  &d->lim, &diag, law)
				: WARD_ERR_NOT_FOUND;

	if (err)
		WARD_LOG(&d->p.log, WARN, "respond.law", WARD_KV_E(err));
	d->o.law = err ? NULL : law;
	ward_diag_fini(&diag);
}

static void settle(struct responder *d)
{
	d->o = (struct ward_respond_opts){.mem = ward_mem_heap(),
		.lim = &d->lim,
		.counters = &d->p.counters,
		.hospital = setting(d, "hospital"),
		.hospital_name = setting(d, "name"),
		.sharing = &d->sharing,
		.exercise = setting(d, "exercise").len != 0,
		.listener = d->whom.listener,
		.camera = d->whom.camera,
		.at = respond_listeners_at,
		.bounds = respond_listeners_bounds,
		.ctx = &d->whom};

	if (setting(d, "timezone").len && ward_zone_use(setting(d, "timezone")) != WARD_OK)
		WARD_LOG(&d->p.log, WARN, "respond.timezone",
			WARD_KV_S("zone", setting(d, "timezone")));
	d->dir = ward_process_setting(&d->p, "dir");
	if (!d->dir || strlen(d->dir) > 4000)
		ward_process_die(&d->p, "dir", WARD_ERR_CONFIG);
	read_sharing(d);
	respond_listeners_read(&d->p, &d->lim, &d->whom);
	d->known.whom = d->whom.whom;
	read_model(d);
	d->o.model = d->model;
	d->o.n_listener = d->whom.n;
	d->o.n_camera = d->whom.n_camera;
	d->o.playbook = d->whom.playbook;
	d->o.n_playbook = d->whom.n_playbook;
	d->o.post = d->whom.post;
	d->o.n_post = d->whom.n_post;
	d->o.hand_over = d->whom.hand_over;
	read_law(d);
	d->o.role = d->whom.called;
	d->o.n_role = d->whom.n_called;
	d->o.agreement = d->whom.agreement;
	d->o.n_agreement = d->whom.n_agreement;
	d->o.hold = d->hold;
	d->o.n_hold = &d->n_hold;
	need(d, ward_respond_new(&d->o, &d->respond));
	for (size_t k = 0; k < d->whom.n; k++) {
		char name[WARD_PROCESS_NAME];

		ward_process_numbered(name, "send", k);
		d->send[k] = ward_process_need_fd(&d->p, name);
		if (fcntl(d->send[k], F_SETFL, O_NONBLOCK) != 0)
			ward_process_die(&d->p, name, WARD_ERR_IO);
	}
	d->duty = ward_process_fd(&d->p, "duty");
	d->care = ward_process_fd(&d->p, "care");
	d->holds = ward_process_fd(&d->p, "holds");
	ward_entries_taken_init(&d->entries, ward_mem_heap());
	d->desk = ward_process_fd(&d->p, "desk");
	if (d->desk != WARD_FD_NONE && fcntl(d->desk, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&d->p, "desk", WARD_ERR_IO);
	ward_rows_link_begin(&d->rows, &d->p, on_row, d);
}

static void make_folder(struct responder *d)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "%.4000s/confirmed", d->dir);
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		ward_process_die(&d->p, "cannot make the folder of confirmations", WARD_ERR_IO);
}

int main(int argc, char **argv)
{
	struct responder *d = calloc(1, sizeof(*d));
	int status;

	if (!d)
		return WARD_PROCESS_DIED;
	ward_process_begin(&d->p, "respond", argc, argv);
	ward_process_limits(&d->p, &d->lim);
	ward_arena_init(&d->texts, ward_mem_heap(), (size_t)8 << 20);
	settle(d);
	d->list = d->listed = ward_wr_grow(ward_mem_heap(), LIST_BYTES);
	(void)umask(077);
	ward_process_cage(&d->p, WARD_CAGE_FILES, d->dir);
	make_folder(d);
	remember(d);
	run(d);
	if (d->known.row > d->saved && ward_rows_link_is_whole(&d->rows))
		save(d);
	ward_respond_free(d->respond);
	ward_entries_taken_fini(&d->entries);
	respond_listeners_free(&d->whom);
	ward_model_free(d->model);
	ward_arena_fini(&d->texts);
	ward_wr_fini(&d->list);
	ward_wr_fini(&d->listed);
	status = ward_process_end(&d->p);
	free(d);
	return status;
}
