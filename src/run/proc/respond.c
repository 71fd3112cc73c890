/* Who is told what: reads the store's rows, keeps what is to be told and what became of it as rows
 * of its own, and hands each recipient's messages to the process that sends them. It reads no
 * outside byte, and speaks with nobody outside. All that it knows comes from the store's rows: a
 * new life reads those since it saved what they lead to, or all. */
#include "run/proc/respond.h"

#include "story/zone.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LIST_BYTES = 16 << 20,
	PATH_BYTES = 4096,
	ROWS_BETWEEN = 4096, /* then what they lead to is saved */
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
		(r->kind == WARD_ROW_DETECTION && d->facts))
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

bool responder_keep(struct responder *d, const struct ward_delivery *of)
{
	const struct ward_store_row row = {.kind = WARD_ROW_DELIVERY,
		.id = of->id,
		.revision = of->revision,
		.time = of->time,
		.json = of->json};

	return ward_rows_link_add(&d->rows, &row);
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

/* Those that last, and those that ended lately. */
static void look_what_is_held(struct responder *d)
{
	size_t bad, n = 0;

	if (d->holds == WARD_FD_NONE ||
		ward_held_read(d->holds, &d->lim, &d->holds_read, &d->held, &bad) != WARD_OK)
		return;
	if (bad)
		ward_count_name(&d->p.counters, "respond.hold_unreadable", bad);
	for (size_t i = 0; i < d->held.n && n < WARD_RESPOND_HOLDS; i++) {
		const struct ward_hold *h = &d->held.h[i];
		struct ward_respond_hold *x = &d->hold[n++];

		ward_id_text(h->id, x->id);
		x->until = h->until;
		(void)snprintf(x->of, sizeof(x->of), "%s%s%s", ward_hold_scope_name(h->scope),
			h->subject[0] ? " " : "", h->subject);
	}
	d->n_hold = n;
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
			while (responder_hear(d, k))
				;
		while (all && responder_hear_desk(d))
			;
		while (all && ward_respond_next(d->respond, ward_clock_now(d->p.clock), &row)) {
			if (row.unanswered)
				ward_count_name(&d->p.counters, "respond.unanswered", 1);
			all = responder_keep(d, &row);
		}
		look_what_is_unknown(d);
		for (size_t k = 0; all && k < d->whom.n; k++) {
			responder_withdraw(d, k);
			responder_hand_over(d, k);
		}
		if (all)
			responder_look_into_folder(d);
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

	if (!d->facts)
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

/* Of a machine that was lost (run/fetched.h). */
static ward_ns told_until(const struct responder *d)
{
	uint64_t t = 0;

	return ward_str_u64(setting(d, "told_until"), &t) && t <= INT64_MAX ? (ward_ns)t : 0;
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
		.told_until = told_until(d),
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
	d->o.n_listener = d->whom.n;
	d->o.n_camera = d->whom.n_camera;
	d->o.playbook = d->whom.playbook;
	d->o.n_playbook = d->whom.n_playbook;
	d->o.post = d->whom.post;
	d->o.n_post = d->whom.n_post;
	d->o.hand_over = d->whom.hand_over;
	read_law(d);
	d->facts = d->whom.standards || ward_respond_compares(&d->o);
	read_model(d);
	d->o.model = d->model;
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
	d->n_hold = d->holds == WARD_FD_NONE ? 0 : WARD_RESPOND_HOLDS_UNKNOWN;
	ward_entries_taken_init(&d->entries, ward_mem_heap());
	d->desk = ward_process_fd(&d->p, "desk");
	if (d->desk != WARD_FD_NONE && fcntl(d->desk, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&d->p, "desk", WARD_ERR_IO);
	ward_rows_link_begin(&d->rows, &d->p, on_row, d);
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
	responder_make_folder(d);
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
