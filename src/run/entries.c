#include "run/entries.h"

#include <stdlib.h>

enum { FILE_BYTES_MAX = 256 << 20 };

static const ward_ns day = 86400 * WARD_NS_PER_S;

void ward_entry_watch_init(struct ward_entry_watch *w, const struct ward_model *m,
	const struct ward_limits *lim, const char *dir, struct ward_reporter *reporter)
{
	*w = (struct ward_entry_watch){.m = m,
		.lim = lim,
		.in = {.dir = dir,
			.file = WARD_CARE_FILE,
			.what = "supervisor.care",
			.reporter = reporter},
		.whole = true};
}

void ward_entry_watch_fini(struct ward_entry_watch *w)
{
	ward_mem_free(ward_mem_heap(), w->told, w->cap_told * sizeof(*w->told));
	w->told = NULL;
	w->n_told = w->cap_told = 0;
}

/* One more record of the batch: an entry, or that the one of that id is gone. */
static bool add(
	struct ward_entry_watch *w, const struct ward_care_entry *entry, struct ward_id gone)
{
	struct ward_names *names = &w->in.reporter->names;
	struct ward_event e;

	ward_written_event(&w->in, &e);
	return (entry ? ward_care_entry_to_event(entry, w->m, names, &e)
		      : ward_care_gone_to_event(gone, names, &e)) == WARD_OK &&
	       ward_written_put(&w->in, &e);
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
	ward_ns now = ward_clock_now(w->in.reporter->clock), before;
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
	ward_ns now = ward_clock_now(w->in.reporter->clock);
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
	if (!ward_written_begin(&w->in))
		return WARD_ERR_AGAIN;
	for (size_t i = 0; i < w->n_told; i++)
		w->told[i].there = false;
	if (w->whole)
		w->n_told = 0;
	enum ward_err err = tell_new(w, all);

	if (!err)
		err = tell_gone(w);
	return err ? err : ward_written_flush(&w->in) ? WARD_OK : WARD_ERR_AGAIN;
}

void ward_entry_watch_look(struct ward_entry_watch *w)
{
	struct ward_care_entries all = {NULL, 0};
	struct ward_arena arena;
	struct ward_diag d;

	w->whole |= w->in.reporter->refused;
	if (!ward_written_changed(&w->in) && !w->whole)
		return;
	ward_diag_init(&d, ward_mem_heap());
	ward_arena_init(&arena, ward_mem_heap(), FILE_BYTES_MAX);
	const struct ward_care_in in = {w->m, w->lim, &d, &arena};
	enum ward_err err = ward_care_entries_load(&in, w->in.dir, &all);

	if (err && err != WARD_ERR_CONFIG)
		WARD_LOG(w->in.reporter->log, ERROR, "supervisor.entries_unread", WARD_KV_E(err));
	if (!w->whole || !w->in.n_sent)
		ward_written_refused(&w->in, "supervisor.entry_refused", &d);
	bool read = !err || err == WARD_ERR_CONFIG; /* what can't be read takes nothing back */

	if (read && w->on_entries)
		w->on_entries(w->ctx, &all);
	if (read)
		err = tell(w, &all);
	w->whole = err == WARD_ERR_AGAIN || err == WARD_ERR_NOMEM; /* once more, from the start */
	ward_arena_fini(&arena);
	ward_diag_fini(&d);
}
