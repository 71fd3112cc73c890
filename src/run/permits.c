#include "run/permits.h"

#include <stdio.h>

enum { SAID_MAX = 5 };

static const ward_ns day = 86400 * WARD_NS_PER_S;

void ward_permit_watch_init(struct ward_permit_watch *w, const struct ward_model *m,
	const struct ward_limits *lim, const char *dir, struct ward_reporter *reporter)
{
	*w = (struct ward_permit_watch){.m = m,
		.lim = lim,
		.in = {.dir = dir,
			.file = WARD_PERMIT_FILE,
			.what = "supervisor.permit",
			.reporter = reporter},
		.whole = true};
}

void ward_permit_watch_fini(struct ward_permit_watch *w)
{
	ward_permits_free(w->told);
	w->told = NULL;
}

void ward_permit_watch_again(struct ward_permit_watch *w)
{
	w->whole = true;
}

static void tell_findings(const struct ward_permit_watch *w, struct ward_diag *d)
{
	struct ward_wr text = ward_wr_grow(ward_mem_heap(), 1 << 20);
	const uint8_t *p;

	ward_written_refused(&w->in, "supervisor.permit_refused", d);
	ward_diag_write_text(d, &text);
	p = ward_wr_slice(&text).p;
	if (d->n_error && p && !ward_wr_bad(&text))
		fprintf(stderr,
			"ward: these works permits cover nothing until they are mended:\n%.*s",
			(int)text.len, (const char *)p);
	ward_wr_fini(&text);
}

/* One more record of the batch. p == NULL: that all permits follow, and others are none. */
static bool add(struct ward_permit_watch *w, const struct ward_permit *p)
{
	struct ward_names *names = &w->in.reporter->names;
	struct ward_event e;

	ward_written_event(&w->in, &e);
	return (p ? ward_permit_to_event(p, w->m, names, &e) : ward_permit_to_reset(names, &e)) ==
		       WARD_OK &&
	       ward_written_put(&w->in, &e);
}

static void say(const struct ward_permit *p, ward_ns now)
{
	char text[2 * WARD_PERMIT_TEXT_MAX + 2];
	size_t n = 0;

	for (size_t i = 0; i < p->who.len && n + 1 < sizeof(text); i++)
		text[n++] = (unsigned char)p->who.p[i] < ' ' ? '?' : p->who.p[i];
	text[n] = 0;
	fprintf(stderr, "ward: works permit %.*s (%s) is %s\n", WARD_STR_ARG(p->id), text,
		p->ended <= now ? "ended: what comes now counts as always"
		: p->from > now ? "known, and will be in force"
				: "in force");
}

/* So long over that no late evidence is of its time. */
static bool old(const struct ward_permit *p, ward_ns now)
{
	ward_ns before;

	return !ward_sub(now, day, &before) || p->until < before;
}

static enum ward_err tell(
	struct ward_permit_watch *w, const struct ward_permit *p, ward_ns now, bool news, size_t *n)
{
	if (!add(w, p))
		return WARD_ERR_AGAIN;
	if (news && p->until >= now && ++*n <= SAID_MAX)
		say(p, now);
	if (news)
		WARD_LOG(w->in.reporter->log, INFO, "supervisor.permit", WARD_KV_S("id", p->id),
			WARD_KV_I("from", p->from), WARD_KV_I("until", p->until),
			WARD_KV_I("ended", p->ended == WARD_NS_NEVER ? 0 : p->ended));
	return ward_permits_put(w->told, p, NULL);
}

/* Those whose line is gone are ended. Without `whole`: else they are none. */
static enum ward_err tell_gone(
	struct ward_permit_watch *w, const struct ward_permits *all, ward_ns now, size_t *n)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < ward_permits_n(w->told); i++) {
		struct ward_permit p = *ward_permits_at(w->told, i);

		if (ward_permits_find(all, p.id) || p.ended <= now || p.until < now)
			continue;
		p.ended = now;
		err = tell(w, &p, now, true, n);
	}
	return err;
}

/* What the journal does not have yet. AGAIN: it did not take all; all is then to be told. */
static enum ward_err tell_new(struct ward_permit_watch *w, const struct ward_permits *all)
{
	ward_ns now = ward_clock_now(w->in.reporter->clock);
	enum ward_err err = WARD_OK;
	size_t n = 0;

	if (!ward_written_begin(&w->in) || (w->whole && !add(w, NULL)))
		return WARD_ERR_AGAIN;
	for (size_t i = 0; !err && i < ward_permits_n(all); i++) {
		const struct ward_permit *p = ward_permits_at(all, i);
		const struct ward_permit *known = ward_permits_find(w->told, p->id);
		bool news = !known || !ward_permit_same(known, p);

		if ((news || w->whole) && !old(p, now))
			err = tell(w, p, now, news, &n);
	}
	if (!err)
		err = tell_gone(w, all, now, &n);
	if (n > SAID_MAX)
		fprintf(stderr, "ward: and %zu more works permits\n", n - SAID_MAX);
	return err ? err : ward_written_flush(&w->in) ? WARD_OK : WARD_ERR_AGAIN;
}

void ward_permit_watch_look(void *ctx)
{
	struct ward_permit_watch *w = ctx;
	struct ward_permits *all = NULL;
	struct ward_diag d;
	enum ward_err err = WARD_OK;

	w->whole |= w->in.reporter->refused; /* the journal had no room for one */
	w->in.reporter->refused = false;
	if (!ward_written_changed(&w->in) && !w->whole)
		return;
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_permit_in in = {w->m, w->lim, ward_mem_heap(), &d};

	if (!w->told)
		err = ward_permits_new(w->m, w->lim, ward_mem_heap(), &w->told);
	if (!err)
		err = ward_permits_load(&in, w->in.dir, &all);
	if (err && err != WARD_ERR_CONFIG)
		WARD_LOG(w->in.reporter->log, ERROR, "supervisor.permits_unread", WARD_KV_E(err));
	if (!all) /* what can't be read permits nothing */
		err = ward_permits_new(w->m, w->lim, ward_mem_heap(), &all);
	if (!w->whole || !w->in.n_sent)
		tell_findings(w, &d);
	ward_diag_fini(&d);
	if (all && w->told)
		err = tell_new(w, all);
	w->whole = err == WARD_ERR_AGAIN || err == WARD_ERR_NOMEM; /* once more, from the start */
	ward_permits_free(all);
}
