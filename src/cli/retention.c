#include "cli/retention.h"

#include "cli/clip.h"

#include "event/event.h"
#include "journal/look.h"
#include "run/erasing.h"

#include <errno.h>
#include <string.h>

static const ward_ns hour = 3600 * WARD_NS_PER_S;

/* ---- the ledger ---- */

struct reading {
	struct ward_cli_retention *r;
	struct ward_arena arena;
	struct ward_limits lim;
	uint64_t n_unreadable;
};

static const struct ward_conf *json_of(struct reading *x, const struct ward_store_row *row)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_arena_reset(&x->arena);
	ward_diag_init(&diag, ward_mem_heap());
	if (ward_conf_json(&x->arena, &x->lim, WARD_STR("row"), 1, ward_str_bytes(row->json), &diag,
		    &c) != WARD_OK ||
		c->kind != WARD_CONF_MAP) {
		x->n_unreadable++;
		c = NULL;
	}
	ward_diag_fini(&diag);
	return c;
}

static bool on_deletion(void *ctx, const struct ward_store_row *row)
{
	struct reading *x = ctx;
	const struct ward_conf *c = json_of(x, row);

	if (c)
		ward_retained_deletion(&x->r->is, row->row, row->time, c);
	return true;
}

static bool on_decision(void *ctx, const struct ward_store_row *row)
{
	struct reading *x = ctx;
	const struct ward_conf *c =
		ward_str_find(row->json, WARD_STR("hold\"")) != SIZE_MAX ? json_of(x, row) : NULL;

	if (c)
		ward_retained_decision(&x->r->is, row->row, row->id, row->time, c);
	return true;
}

int ward_cli_retention_ledger(struct ward_cli_retention *r)
{
	struct reading x = {.r = r};
	int rc = ward_cli_audit_place(&r->at);

	if (!rc)
		rc = ward_cli_audit_open(&r->at);
	if (rc)
		return rc;
	ward_limits_default(&x.lim);
	ward_arena_init(&x.arena, ward_mem_heap(), 4 << 20);
	r->is.since = r->since;
	enum ward_err err =
		ward_store_rows_of(r->at.s, WARD_ROW_DELETION, 0, SIZE_MAX, on_deletion, &x);

	if (!err)
		err = ward_store_rows_of(r->at.s, WARD_ROW_DECISION, 0, SIZE_MAX, on_decision, &x);
	ward_arena_fini(&x.arena);
	if (x.n_unreadable)
		(void)fprintf(stderr, "ward %s: %llu rows of the ledger can't be read\n",
			r->cmd->name, (unsigned long long)x.n_unreadable);
	return err ? ward_cli_fail(r->cmd, "cannot read the ledger: %s", ward_err_text(err))
		   : WARD_EXIT_DONE;
}

void ward_cli_holds(const struct ward_retained *is, ward_ns now, struct ward_holds *ret)
{
	*ret = (struct ward_holds){.n = 0};
	for (size_t i = 0; i < is->n_hold; i++)
		if (ward_retained_state(&is->hold[i], now) < WARD_HOLD_ENDED)
			ward_holds_add(ret, &is->hold[i].h);
}

/* ---- rows of the store ---- */

struct counting {
	const struct ward_cli_retention *r;
	const struct ward_holds *holds;
	struct ward_cli_kept_rows *of;
	ward_ns keeps, logs; /* all of the kind; those that are a log; 0: for ever */
};

static void count_one(struct ward_cli_kept_rows *k, ward_ns time, bool held, bool due)
{
	k->oldest = k->n && k->oldest < time ? k->oldest : time;
	k->n++;
	k->n_held += held;
	k->n_due += due && !held;
}

static bool count_row(void *ctx, const struct ward_store_row *row)
{
	const struct counting *x = ctx;
	ward_ns over, keeps = x->keeps;

	if (x->logs && (!keeps || x->logs < keeps) && ward_erasing_is_log(row->json))
		keeps = x->logs;
	count_one(x->of, row->time, ward_holds_row(x->holds, row->json, row->time),
		keeps && ward_add(row->time, keeps, &over) && over <= x->r->horizon);
	return true;
}

/* For how long the register keeps rows of the kind; 0: as long as there are any. */
static ward_ns rows_kept(const struct ward_cli_retention *r, enum ward_row_kind kind)
{
	ward_ns least = 0;

	for (size_t i = 0; ward_row_erasable(kind) && i < r->p.n_entry; i++) {
		const struct ward_proc_entry *e = &r->p.entry[i];

		for (size_t k = 0; k < e->rows.n; k++)
			if (ward_str_eqz(e->rows.at[k], ward_row_kind_name(kind)) &&
				(!least || e->retention < least))
				least = e->retention;
	}
	return least;
}

static void count_clip(void *ctx, const struct ward_evidence *e)
{
	const struct counting *x = ctx;

	count_one(x->of, e->from, ward_holds_clip(x->holds, e->incident, e->camera, e->from, e->to),
		e->expires <= x->r->horizon);
}

static enum ward_err count_rows(struct ward_cli_retention *r)
{
	static struct ward_holds holds;
	struct counting x = {.r = r, .holds = &holds, .of = &r->clips};
	enum ward_err err = WARD_OK;

	ward_cli_holds(&r->is, r->now, &holds);
	ward_cli_clip_each(r->at.state, count_clip, &x);
	for (unsigned k = WARD_ROW_DETECTION; !err && k <= WARD_ROW_KIND_LAST; k++) {
		x.of = &r->rows[k];
		x.keeps = rows_kept(r, (enum ward_row_kind)k);
		x.logs = k == WARD_ROW_DECISION
				 ? (ward_ns)ward_limit(&r->x.lim, WARD_LIMIT_STORE_LOG_DAYS) * 24 *
					   hour
				 : 0;
		err = ward_store_rows_of(
			r->at.s, (enum ward_row_kind)k, 0, SIZE_MAX, count_row, &x);
	}
	return err;
}

/* ---- records of the journal ---- */

static struct ward_cli_kept_source *source_of(struct ward_cli_retention *r, struct ward_str id)
{
	for (size_t i = 0; i < r->n_source; i++)
		if (ward_str_eqz(id, r->source[i].id))
			return &r->source[i];
	if (r->n_source == WARD_CLI_KEPT_SOURCES || id.len >= sizeof(r->source[0].id)) {
		r->n_source_lost++;
		return NULL;
	}
	struct ward_cli_kept_source *s = &r->source[r->n_source++];

	memcpy(s->id, id.p, id.len);
	s->s = ward_model_source(r->x.model, id);
	for (size_t i = 0; i < r->n_v; i++)
		if (ward_str_eq(r->v[i].id, id))
			s->v = &r->v[i];
	return s;
}

struct ward_str ward_cli_source_places(
	const struct ward_model *m, const struct ward_source *s, struct ward_wr *w)
{
	ward_wr_reset(w);
	for (size_t i = 0; s && i < s->n_watches; i++)
		for (uint32_t at = s->watches[i]; at != WARD_NONE;
			at = ward_model_node(m, at)->parent) {
			ward_wr_str(w, ward_model_node(m, at)->id);
			ward_wr_ch(w, ' ');
		}
	return ward_wr_text(w);
}

static void count_record(
	struct ward_cli_retention *r, const struct ward_holds *holds, const struct ward_record *rec)
{
	char text[4096];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_event_head head;
	ward_ns over;

	if (rec->type != WARD_RECORD_EVENT || rec->lane == WARD_LANE_CONTROL ||
		ward_event_head(rec->data, &head) != WARD_OK)
		return;
	struct ward_cli_kept_source *s = source_of(r, head.source);

	if (!s)
		return;
	s->oldest = s->n && s->oldest < rec->time ? s->oldest : rec->time;
	s->n++;
	bool held = ward_holds_source(
		holds, head.source, ward_cli_source_places(r->x.model, s->s, &w), rec->time);

	s->n_held += held;
	if (held || !s->s || s->s->retention <= 0 || !ward_add(rec->time, s->s->retention, &over))
		return;
	s->n_due += over <= r->horizon;
	/* a segment is looked through an eighth of the shortest later, at the latest */
	s->n_late += over + r->shortest / 8 + hour < r->now;
}

static enum ward_err look(struct ward_cli_retention *r, const struct ward_io *io)
{
	static struct ward_holds holds;
	struct ward_look *l = NULL;
	struct ward_record rec;
	enum ward_err err = ward_look_open(io, ward_mem_heap(), &l);

	ward_cli_holds(&r->is, r->now, &holds);
	if (!err)
		ward_look_start(l, false, (struct ward_look_watch){NULL, NULL, NULL});
	while (!err && (err = ward_look_next(l, &rec)) == WARD_OK)
		count_record(r, &holds, &rec);
	if (l)
		r->n_damaged = ward_look_stats(l).n_damaged;
	ward_look_close(l);
	return err == WARD_ERR_CLOSED ? WARD_OK : err;
}

static int look_journal(struct ward_cli_retention *r)
{
	char path[PATH_MAX + 16];
	struct ward_io_dir journal;

	(void)snprintf(path, sizeof(path), "%s/journal", r->at.state);
	enum ward_err err = ward_io_dir_open(&journal, path, false, false);

	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(r->cmd, "nothing is recorded in '%s'", r->at.state);
	if (err)
		return ward_cli_fail(r->cmd, "cannot read '%s': %s", path, strerror(errno));
	err = look(r, &journal.io);
	ward_io_dir_close(&journal);
	return err ? ward_cli_fail(r->cmd, "the journal: %s", ward_err_text(err)) : WARD_EXIT_DONE;
}

int ward_cli_retention_all(struct ward_cli_retention *r)
{
	int rc = ward_cli_hospital_open(&r->x, false);
	size_t n;

	if (rc)
		return rc;
	const struct ward_processing_in in = {ward_cli_content(r->cmd, r->x.content), r->x.dir,
		r->x.model, &r->x.lim, &r->x.arena, &r->x.diag, r->now};
	enum ward_err err = ward_processing_load(&in, &r->p);

	ward_cli_hospital_findings(&r->x);
	if (err && err != WARD_ERR_CONFIG)
		return ward_cli_fail(r->cmd, "the register: %s", ward_err_text(err));
	n = ward_processing_judge(&r->p, r->x.model, r->now, r->v, WARD_CLI_KEPT_SOURCES);
	r->n_v = n < WARD_CLI_KEPT_SOURCES ? n : WARD_CLI_KEPT_SOURCES;
	const struct ward_source *s = ward_model_sources(r->x.model, &n);

	for (size_t i = 0; i < n; i++) {
		(void)source_of(r, s[i].id);
		if (s[i].retention > 0 && (!r->shortest || s[i].retention < r->shortest))
			r->shortest = s[i].retention;
	}
	rc = ward_cli_retention_ledger(r);
	if (rc)
		return rc;
	err = count_rows(r);
	return err ? ward_cli_fail(r->cmd, "cannot read the ledger: %s", ward_err_text(err))
		   : look_journal(r);
}

void ward_cli_retention_close(struct ward_cli_retention *r)
{
	ward_cli_audit_close(&r->at);
	if (r->x.model)
		ward_cli_hospital_fini(&r->x);
}
