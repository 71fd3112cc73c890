/* Looks at files: those of watched folders, those that the network sensor's processes hand over
 * (filing.h), and those that people hand in at the console (uploads.h), each in a cell of its own;
 * verdicts go to the journal.
 *
 * Contents lie in memory without a name until a cell has looked at them, and on no disk. It may
 * open files for reading in the folders that are watched, and nowhere else. What the network sensor
 * says is trusted as little as a file: it reads packets. */
#include "base/diag.h"
#include "desk/people.h"
#include "run/feeder.h"
#include "run/filing.h"
#include "run/keeping.h"
#include "run/passed.h"
#include "run/uploads.h"
#include "words/words.h"
#include "run/watched.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FOLDERS_MAX = WARD_SANDBOX_READING,
	NETS_MAX = 8,
	WAIT_MS = 500,
	BURST = 256, /* messages of one link in a turn */
	PATH_BYTES = 4096,
	OTHERS = 300, /* descriptors besides those of files that wait */
	POLLED = NETS_MAX + FOLDERS_MAX + 2 + WARD_LOOKER_CELLS
};

static const char clamd[] = "/run/clamav/clamd.ctl";

struct looker {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct ward_inspector *with;
	struct ward_inspect_cell cell;
	struct ward_passed passed; /* its looker is that of folders, too */
	struct ward_watched watched[FOLDERS_MAX];
	size_t n_watched;
	int net[NETS_MAX]; /* links; WARD_FD_NONE: it has gone */
	size_t n_net;
	int login; /* link; WARD_FD_NONE: nobody hands files in */
	struct ward_uploads uploads;
	struct ward_keeping keeping;
	uint8_t buf[WARD_MSG_MAX], out[WARD_MSG_BODY_MAX];
};

static enum ward_err put(void *ctx, struct ward_event *e)
{
	struct looker *l = ctx;

	e->seen = ward_clock_now(l->p.clock);
	ward_feeder_event(l->feeder, e);
	return WARD_OK;
}

static void settle(struct looker *l)
{
	struct ward_diag diag;
	const struct ward_inspect_in in = {.content = ward_process_setting(&l->p, "content"),
		.hospital = ward_process_setting(&l->p, "hospital"),
		.lim = &l->lim,
		.diag = &diag};

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = in.content ? ward_inspector_load(&in, &l->with) : WARD_ERR_CONFIG;

	if (err)
		ward_process_die(&l->p,
			"what files are looked at by: 'ward inspect --hospital DIR' says more",
			err);
	ward_diag_fini(&diag);
	l->cell = (struct ward_inspect_cell){
		.with = l->with, .lim = &l->lim, .clamd = clamd, .uid = ward_process_uid(&l->p)};
	if (ward_inspect_ready(&l->cell) != WARD_OK)
		ward_process_die(&l->p, "cells", WARD_ERR_SANDBOX);
	const struct ward_passed_opts o = {
		.cell = &l->cell, .names = &l->names, .put = put, .ctx = l};

	ward_passed_init(&l->passed, &o);
}

static WARD_NORETURN void die_of_folder(struct looker *l, const char *path)
{
	char what[WARD_FOLDER_PATH + 80];

	(void)snprintf(what, sizeof(what), "%s%s", path,
		errno == ELOOP ? " is a symbolic link: name the folder itself" : "");
	ward_process_die(&l->p, what, WARD_ERR_IO);
}

static void open_folders(struct looker *l)
{
	const char *source;

	for (size_t i = 0; (source = ward_process_nth(&l->p, "folder", i)) != NULL; i++) {
		const char *path = ward_process_nth(&l->p, "path", i),
			   *host = ward_process_nth(&l->p, "host", i),
			   *fresh = ward_process_nth(&l->p, "fresh", i);
		const struct ward_watched_opts o = {.lim = &l->lim,
			.names = &l->names,
			.looker = &l->passed.looker,
			.source = ward_str_z(source),
			.host = ward_str_z(host && strcmp(host, "-") != 0 ? host : NULL),
			.folder = {.path = path,
				.fresh = fresh && strcmp(fresh, "yes") == 0,
				.clock = l->p.clock}};

		if (!path || i == FOLDERS_MAX)
			ward_process_die(&l->p, "more than 16 folders are watched", WARD_ERR_LIMIT);
		ward_process_may_read(&l->p, path);
		if (ward_watched_open(&l->watched[l->n_watched++], &o) != WARD_OK)
			die_of_folder(l, path);
	}
}

static void find_nets(struct looker *l)
{
	static const char *const name[NETS_MAX] = {
		"net", "net-1", "net-2", "net-3", "net-4", "net-5", "net-6", "net-7"};

	for (size_t i = 0; i < NETS_MAX; i++) {
		l->net[i] = ward_process_fd(&l->p, name[i]);
		if (l->net[i] == WARD_FD_NONE)
			continue;
		(void)fcntl(l->net[i], F_SETFL, fcntl(l->net[i], F_GETFL) | O_NONBLOCK);
		l->n_net = i + 1;
	}
}

static void check(struct looker *l, enum ward_err err)
{
	if (err)
		ward_process_die(&l->p, "a verdict", err);
}

/* The event that is told of a file; one that is none is the sensor's mistake, and says nothing. */
static void take_told(struct looker *l, uint64_t number, const struct ward_filed *f)
{
	struct ward_event e, *about = NULL;

	ward_arena_reset(&l->arena);
	if (f->bytes.len) {
		enum ward_err err = ward_event_decode(f->bytes, &l->names, &l->arena, &l->lim, &e);

		if (err)
			ward_count_name(&l->p.counters, "file.bad_event", 1);
		else
			about = &e;
	}
	check(l, ward_passed_told(&l->passed, number, f->range.piece ? &f->range : NULL, about));
}

static void take(struct looker *l, size_t net, const struct ward_msg *m)
{
	struct ward_filed f;
	enum ward_err err = ward_filing_read(m, &f);
	/* numbers are of one sender: the uppermost byte says which */
	uint64_t number = (f.number & UINT64_MAX >> 8) | (uint64_t)net << 56;

	if (err)
		ward_count_name(&l->p.counters, "file.bad_message", 1);
	else if (f.what == WARD_FILING_BEGIN)
		ward_passed_begin(&l->passed, number);
	else if (f.what == WARD_FILING_BYTES)
		ward_passed_bytes(&l->passed, number, f.off, f.bytes);
	else
		take_told(l, number, &f);
}

/* What a sensor's process says, as far as it is there: a burst, so that the others have turns. */
static void hear(struct looker *l, size_t net)
{
	for (int i = 0; i < BURST; i++) {
		struct ward_msg m;
		enum ward_err err = ward_msg_recv(l->net[net], l->buf, &m);

		if (err == WARD_ERR_AGAIN)
			return;
		if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO) {
			l->net[net] = WARD_FD_NONE;
			return;
		}
		if (err)
			ward_count_name(&l->p.counters, "file.bad_message", 1);
		else
			take(l, net, &m);
	}
}

/* ---- files that people hand in ---- */

static void say(void *ctx, uint32_t message, const struct ward_decided *d)
{
	struct looker *l = ctx;
	struct ward_wr w = ward_wr_fixed(l->out, sizeof(l->out));

	ward_decided_put(&w, d);
	if (ward_wr_bad(&w) || ward_msg_send(l->login, WARD_MSG_DECIDED, message,
				       ward_wr_slice(&w)) != WARD_OK) /* it asks again */
		ward_count_name(&l->p.counters, "file.unsent_answers", 1);
}

/* What the looker found. */
static void seen(void *ctx, const struct ward_event *e, const struct ward_inspect_report *r, int fd)
{
	struct looker *l = ctx;

	if (l->login != WARD_FD_NONE)
		ward_uploads_seen(&l->uploads, e, r);
	if (l->keeping.link != WARD_FD_NONE && r && r->verdict >= WARD_INSPECTED_SUSPICIOUS)
		ward_keeping_add(
			&l->keeping, fd, e->id, r->whole ? ward_report_came(r)->sha256 : NULL);
}

/* Where the hospital keeps what is suspicious. */
static void begin_keeping(struct looker *l)
{
	l->passed.looker.seen = seen;
	l->passed.looker.seen_ctx = l;
	l->keeping.link = ward_process_fd(&l->p, "clips");
	l->keeping.most = ward_limit(&l->lim, WARD_LIMIT_FILE_KEPT_BYTES);
	l->keeping.clock = l->p.clock;
	l->keeping.counters = &l->p.counters;
	l->keeping.next_id = ward_process_ids();
	if (l->keeping.link != WARD_FD_NONE)
		(void)fcntl(l->keeping.link, F_SETFL, fcntl(l->keeping.link, F_GETFL) | O_NONBLOCK);
}

static void speak(struct looker *l)
{
	static const char *const code[WARD_UPLOADS_LANGUAGES] = {"fr", "it", "nl"};
	char dir[PATH_BYTES];
	struct ward_diag d;

	(void)snprintf(dir, sizeof(dir), "%.4000s/words", ward_process_setting(&l->p, "content"));
	ward_diag_init(&d, ward_mem_heap());
	for (size_t i = 0; i < WARD_UPLOADS_LANGUAGES; i++) {
		enum ward_err err = ward_lang_load(dir, ward_str_z(code[i]), &l->lim,
			ward_mem_heap(), &d, &l->uploads.lang[i]);

		if (err)
			WARD_LOG(&l->p.log, ERROR, "file.lang", WARD_KV_Z("lang", code[i]),
				WARD_KV_E(err));
	}
	ward_diag_fini(&d);
}

static void take_uploads(struct looker *l)
{
	l->login = ward_process_fd(&l->p, "login");
	if (l->login == WARD_FD_NONE)
		return;
	(void)fcntl(l->login, F_SETFL, fcntl(l->login, F_GETFL) | O_NONBLOCK);
	l->uploads.gather = &l->passed.gather;
	l->uploads.looker = &l->passed.looker;
	l->uploads.names = &l->names;
	l->uploads.clock = l->p.clock;
	l->uploads.say = say;
	l->uploads.ctx = l;
	l->uploads.numbers = UINT64_C(0xff) << 56; /* no sensor's: take */
	speak(l);
	ward_uploads_begin(&l->uploads);
}

static void end_uploads(struct looker *l)
{
	if (l->login == WARD_FD_NONE)
		return;
	ward_uploads_end(&l->uploads);
	for (size_t i = 0; i < WARD_UPLOADS_LANGUAGES; i++)
		ward_lang_free(l->uploads.lang[i]);
}

/* A piece, with the person whose session it is before it. */
static void take_piece(struct looker *l, struct ward_msg *m)
{
	struct ward_slice person = ward_rd_lv(&m->body, WARD_PERSON_TEXT);
	struct ward_upload_piece piece;

	if (m->type != WARD_MSG_UPLOAD || ward_rd_bad(&m->body) || !person.len ||
		!ward_utf8_valid(person, NULL) || ward_upload_get(&m->body, &piece) != WARD_OK)
		ward_count_name(&l->p.counters, "file.bad_message", 1);
	else
		check(l, ward_uploads_take(&l->uploads,
				 (struct ward_str){(const char *)person.p, person.len}, &piece,
				 m->id));
}

static void hear_login(struct looker *l)
{
	for (int i = 0; i < BURST; i++) {
		struct ward_msg m;
		enum ward_err err = ward_msg_recv(l->login, l->buf, &m);

		if (err == WARD_ERR_AGAIN)
			return;
		if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
			ward_process_die(&l->p, "the link with login", err);
		if (err)
			ward_count_name(&l->p.counters, "file.bad_message", 1);
		else
			take_piece(l, &m);
		ward_wipe(l->buf, sizeof(l->buf)); /* nothing of it is left here */
	}
}

/* Waits until a sensor, a person, a folder or a cell has something, or it is time. */
static void wait_any(struct looker *l, struct pollfd p[POLLED])
{
	int ms, wait = WAIT_MS;
	size_t n = 0;

	for (size_t i = 0; i < l->n_net; i++)
		p[n++] = (struct pollfd){.fd = l->net[i], .events = POLLIN};
	for (size_t i = 0; i < l->n_watched; i++) {
		int next = ward_folder_wait_ms(l->watched[i].folder);

		p[n++] = (struct pollfd){
			.fd = ward_folder_fd(l->watched[i].folder), .events = POLLIN};
		wait = next < wait ? next : wait;
	}
	p[n++] = (struct pollfd){.fd = l->login, .events = POLLIN};
	p[n++] = (struct pollfd){.fd = l->keeping.link, .events = POLLIN};
	n += ward_looker_polls(&l->passed.looker, p + n, &ms);
	(void)poll(p, n, ms >= 0 && ms < wait ? ms : wait);
}

static void turn(struct looker *l)
{
	struct pollfd p[POLLED];

	wait_any(l, p);
	for (size_t i = 0; i < l->n_net; i++)
		if (l->net[i] != WARD_FD_NONE && p[i].revents)
			hear(l, i);
	if (l->login != WARD_FD_NONE) {
		hear_login(l);
		ward_uploads_tick(&l->uploads);
	}
	for (size_t i = 0; i < l->n_watched; i++)
		check(l, ward_watched_turn(&l->watched[i]));
	check(l, ward_passed_tick(&l->passed, ward_clock_mono(l->p.clock)));
	check(l, ward_looker_turn(&l->passed.looker));
	if (ward_inspect_gone(&l->cell))
		ward_process_die(&l->p, "what makes cells", WARD_ERR_CLOSED);
	if (l->keeping.link != WARD_FD_NONE && ward_keeping_turn(&l->keeping) != WARD_OK)
		ward_process_die(&l->p, "the link with clips", WARD_ERR_CLOSED);
	if (!ward_feeder_empty(l->feeder))
		ward_feeder_flush(l->feeder);
}

int main(int argc, char **argv)
{
	struct looker *l = calloc(1, sizeof(*l));

	if (!l)
		return WARD_PROCESS_DIED;
	ward_process_begin(&l->p, "file", argc, argv);
	ward_process_limits(&l->p, &l->lim);
	l->p.n_descriptor_max = ward_limit(&l->lim, WARD_LIMIT_FILE_QUEUE) +
				(size_t)WARD_WATCHED_OPEN * FOLDERS_MAX + OTHERS;
	ward_arena_init(&l->arena, ward_mem_heap(), (size_t)16 << 20);
	if (ward_names_init(&l->names, ward_mem_heap(), &l->lim) != WARD_OK ||
		ward_feeder_new(&l->p, &l->names, &l->feeder) != WARD_OK)
		ward_process_die(&l->p, "out of memory", WARD_ERR_NOMEM);
	settle(l);
	open_folders(l);
	find_nets(l);
	take_uploads(l);
	begin_keeping(l);
	ward_process_cage(&l->p, WARD_CAGE_FOLLOW | WARD_CAGE_CELLS, NULL);
	while (!ward_process_stopping()) {
		turn(l);
		ward_process_count(&l->p);
	}
	ward_count_name(&l->p.counters, "file.looked", l->passed.looker.n_looked);
	ward_count_name(&l->p.counters, "file.unlooked", l->passed.looker.n_unlooked);
	ward_feeder_flush(l->feeder);
	for (size_t i = 0; i < l->n_watched; i++)
		ward_watched_close(&l->watched[i]);
	end_uploads(l);
	ward_keeping_end(&l->keeping);
	ward_passed_fini(&l->passed);
	ward_inspect_done(&l->cell);
	ward_inspector_free(l->with);
	return ward_process_end(&l->p);
}
