#include "run/entries.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { EVENT_BYTES_MAX = 64 << 10, FILE_BYTES_MAX = 256 << 20 };

static const ward_ns day = 86400 * WARD_NS_PER_S;

void ward_entry_watch_init(struct ward_entry_watch *w, const struct ward_model *m,
	const struct ward_limits *lim, const char *dir, struct ward_reporter *reporter)
{
	*w = (struct ward_entry_watch){
		.m = m, .lim = lim, .dir = dir, .reporter = reporter, .whole = true};
}

void ward_entry_watch_fini(struct ward_entry_watch *w)
{
	ward_mem_free(ward_mem_heap(), w->told, w->cap_told * sizeof(*w->told));
	w->told = NULL;
	w->n_told = w->cap_told = 0;
}

/* What tells one state of a file from another. */
static bool changed(struct ward_entry_watch *w)
{
	char path[4096];
	struct stat s;
	uint64_t print[5] = {0};
	int n = snprintf(path, sizeof(path), "%s/%s", w->dir, WARD_CARE_FILE);

	if (n > 0 && (size_t)n < sizeof(path) && stat(path, &s) == 0) {
		print[0] = s.st_dev;
		print[1] = s.st_ino;
		print[2] = (uint64_t)s.st_size;
		print[3] = (uint64_t)s.st_ctim.tv_sec;
		print[4] = (uint64_t)s.st_ctim.tv_nsec;
	}
	if (w->looked && memcmp(print, w->print, sizeof(print)) == 0)
		return false;
	memcpy(w->print, print, sizeof(print));
	w->looked = true;
	return true;
}

static bool flush(struct ward_reporter *r)
{
	return r->batch.n == 0 || ward_msg_send(r->journal, WARD_MSG_APPEND, WARD_REPORT_PERMIT,
					  ward_batch_body(&r->batch)) == WARD_OK;
}

/* One more record of the batch: an entry, or that the one of that id is gone. */
static bool add(
	struct ward_entry_watch *w, const struct ward_care_entry *entry, struct ward_id gone)
{
	struct ward_reporter *r = w->reporter;
	static uint8_t record[EVENT_BYTES_MAX];
	struct ward_wr out = ward_wr_fixed(record, sizeof(record));
	ward_ns now = ward_clock_now(r->clock);
	struct ward_event e;

	ward_arena_reset(&r->arena);
	ward_event_init(&e, &r->arena);
	e.source = ward_name(&r->names, WARD_STR("supervisor"));
	e.time = e.seen = now;
	e.id = ward_event_id(WARD_STR("supervisor.care"), (uint64_t)now, w->n_sent++, 0);
	if ((entry ? ward_care_entry_to_event(entry, w->m, &r->names, &e)
		   : ward_care_gone_to_event(gone, &r->names, &e)) != WARD_OK)
		return false;
	ward_event_encode(&e, &r->names, &out);
	if (ward_wr_bad(&out))
		return false;
	if (ward_batch_add(&r->batch, WARD_LANE_CONTROL, WARD_RECORD_EVENT, ward_wr_slice(&out)))
		return true;
	if (!flush(r))
		return false;
	ward_batch_begin(&r->batch);
	return ward_batch_add(&r->batch, WARD_LANE_CONTROL, WARD_RECORD_EVENT, ward_wr_slice(&out));
}

static int told_cmp(const void *va, const void *vb)
{
	const struct ward_entry_told *a = va, *b = vb;

	return ward_id_cmp(a->id, b->id);
}

/* Among the first n, which are sorted. */
static struct ward_entry_told *find(struct ward_entry_watch *w, size_t n, struct ward_id id)
{
	const struct ward_entry_told key = {.id = id};

	return n ? bsearch(&key, w->told, n, sizeof(*w->told), told_cmp) : NULL;
}

/* AGAIN: the journal did not take all; all is then to be told. */
static enum ward_err tell_new(struct ward_entry_watch *w, const struct ward_care_entries *all)
{
	ward_ns now = ward_clock_now(w->reporter->clock), before;
	size_t sorted = w->n_told;

	for (size_t i = 0; i < all->n; i++) {
		const struct ward_care_entry *e = &all->at[i];
		struct ward_id id = ward_care_entry_id(e, w->m);
		struct ward_entry_told *known = find(w, sorted, id);

		if (known)
			known->there = true;
		if (known || !ward_sub(now, day, &before) || e->until < before)
			continue;
		enum ward_err err = ward_mem_more(ward_mem_heap(), (void *)&w->told, w->n_told,
			&w->cap_told, sizeof(*w->told), 2 * WARD_CARE_ENTRIES_MAX);

		if (err || !add(w, e, id))
			return err ? err : WARD_ERR_AGAIN;
		w->told[w->n_told++] = (struct ward_entry_told){id, e->until, true};
	}
	return WARD_OK;
}

/* By id, each once: a line may stand in the file twice. */
static void sort(struct ward_entry_watch *w)
{
	size_t n = 0;

	if (w->n_told)
		qsort(w->told, w->n_told, sizeof(*w->told), told_cmp);
	for (size_t i = 0; i < w->n_told; i++) {
		if (n && ward_id_eq(w->told[n - 1].id, w->told[i].id))
			w->told[n - 1].there |= w->told[i].there;
		else
			w->told[n++] = w->told[i];
	}
	w->n_told = n;
}

/* Those whose line is gone before they were over. */
static enum ward_err tell_gone(struct ward_entry_watch *w)
{
	ward_ns now = ward_clock_now(w->reporter->clock);
	size_t kept = 0;

	sort(w);
	for (size_t i = 0; i < w->n_told; i++) {
		struct ward_entry_told *t = &w->told[i];

		if (t->there) {
			w->told[kept++] = *t;
			continue;
		}
		if (t->until >= now && !add(w, NULL, t->id))
			return WARD_ERR_AGAIN;
	}
	w->n_told = kept;
	return WARD_OK;
}

static enum ward_err tell(struct ward_entry_watch *w, const struct ward_care_entries *all)
{
	struct ward_reporter *r = w->reporter;

	if (r->journal < 0 || !r->ready || fcntl(r->journal, F_SETFL, O_NONBLOCK) != 0)
		return WARD_ERR_AGAIN;
	ward_batch_begin(&r->batch);
	for (size_t i = 0; i < w->n_told; i++)
		w->told[i].there = false;
	if (w->whole)
		w->n_told = 0;
	enum ward_err err = tell_new(w, all);

	if (!err)
		err = tell_gone(w);
	return err ? err : flush(r) ? WARD_OK : WARD_ERR_AGAIN;
}

static void tell_findings(const struct ward_entry_watch *w, struct ward_diag *d)
{
	ward_diag_sort(d);
	for (size_t i = 0; i < d->n; i++)
		if (d->item[i].level == WARD_DIAG_ERROR)
			WARD_LOG(w->reporter->log, ERROR, "supervisor.entry_refused",
				WARD_KV_S("file", d->item[i].file),
				WARD_KV_U("line", d->item[i].line),
				WARD_KV_S("what", d->item[i].what),
				WARD_KV_S("mend", d->item[i].mend));
}

void ward_entry_watch_look(struct ward_entry_watch *w)
{
	struct ward_care_entries all = {NULL, 0};
	struct ward_arena arena;
	struct ward_diag d;

	w->whole |= w->reporter->refused;
	if (!changed(w) && !w->whole)
		return;
	ward_diag_init(&d, ward_mem_heap());
	ward_arena_init(&arena, ward_mem_heap(), FILE_BYTES_MAX);
	const struct ward_care_in in = {w->m, w->lim, &d, &arena};
	enum ward_err err = ward_care_entries_load(&in, w->dir, &all);

	if (err && err != WARD_ERR_CONFIG)
		WARD_LOG(w->reporter->log, ERROR, "supervisor.entries_unread", WARD_KV_E(err));
	if (!w->whole || !w->n_sent)
		tell_findings(w, &d);
	err = tell(w, &all);
	w->whole = err == WARD_ERR_AGAIN || err == WARD_ERR_NOMEM; /* once more, from the start */
	ward_arena_fini(&arena);
	ward_diag_fini(&d);
}
