#include "cli/tune_past.h"

#include "cli/kept.h"
#include "cli/stored.h"
#include "cli/when.h"
#include "conf/conf.h"
#include "enrich/enrich.h"
#include "search/search.h"

#include <errno.h>
#include <unistd.h>

enum { IDS_MAX = 1 << 20, ROW_BYTES = 16 << 20 };

/* The rows are looked through three times: what was dismissed, what it was made of, and the
 * detections themselves, which came first. */
struct look {
	struct ward_cli_rules *x;
	struct ward_cli_tune_past *p;
	struct ward_craft_tune *t;
	struct ward_tab incidents, detections; /* struct ward_id -> bool: dismissed; taken */
	struct ward_arena arena;               /* of one row */
	enum ward_err err;
};

static const struct ward_conf *read_row(struct look *l, const struct ward_store_row *row)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_arena_reset(&l->arena);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(
		&l->arena, &l->x->lim, WARD_STR("store"), 1, ward_str_bytes(row->json), &diag, &c);

	ward_diag_fini(&diag);
	if (err == WARD_ERR_NOMEM)
		l->err = err;
	return err ? NULL : c;
}

static void note(struct look *l, struct ward_tab *of, struct ward_id id, bool is)
{
	void *v = NULL;

	if (!l->err)
		l->err = ward_tab_put(of, &id, &v, NULL);
	if (!l->err)
		*(bool *)v = is;
}

static bool is_noted(const struct ward_tab *of, struct ward_id id)
{
	const bool *v = ward_tab_find(of, &id);

	return v && *v;
}

static void on_decision(void *ctx, const struct ward_store_row *row)
{
	struct look *l = ctx;
	const struct ward_conf *c;
	struct ward_id of;
	ward_ns at;

	if (l->err || row->kind != WARD_ROW_DECISION)
		return;
	c = read_row(l, row);
	if (!c || !ward_str_eqz(ward_conf_word(c, "taken"), "true") ||
		!ward_id_parse(ward_conf_word(c, "subject"), &of) ||
		ward_time_parse(ward_conf_word(c, "time"), &at) != WARD_OK || at < l->p->since)
		return;
	if (ward_str_eqz(ward_conf_word(c, "what"), "dismiss"))
		note(l, &l->incidents, of, true);
	else if (ward_str_eqz(ward_conf_word(c, "what"), "reopen"))
		note(l, &l->incidents, of, false);
}

static void on_incident(void *ctx, const struct ward_store_row *row)
{
	struct look *l = ctx;
	const struct ward_conf *members, *c;
	struct ward_id of;

	if (l->err || row->kind != WARD_ROW_INCIDENT || !is_noted(&l->incidents, row->id))
		return;
	c = read_row(l, row);
	members = c ? ward_conf_get(c, "members") : NULL;
	for (const struct ward_conf *m = members ? members->child : NULL; m; m = m->next)
		if (ward_id_parse(ward_conf_word(m, "detection"), &of))
			note(l, &l->detections, of, true);
}

static void on_detection(void *ctx, const struct ward_store_row *row)
{
	struct look *l = ctx;
	bool taken = false;

	if (l->err || row->kind != WARD_ROW_DETECTION || !is_noted(&l->detections, row->id))
		return;
	l->err = ward_craft_tune_dismissed(l->t, row->json, &taken);
	l->p->n_taken += taken;
}

int ward_cli_tune_dismissed(
	struct ward_cli_rules *x, struct ward_cli_tune_past *p, struct ward_craft_tune *t)
{
	static const ward_row_fn turn[] = {on_decision, on_incident, on_detection};
	struct look l = {.x = x, .p = p, .t = t};
	struct ward_cli_kept kept = {0};
	int code = ward_cli_since(
		x->cmd, p->since_text, ward_clock_now(ward_clock_system()), &p->since);
	size_t at = 0;
	const void *key;
	void *v;

	ward_arena_init(&l.arena, ward_mem_heap(), ROW_BYTES);
	ward_tab_init(&l.incidents, ward_mem_heap(), sizeof(struct ward_id), sizeof(bool), IDS_MAX);
	ward_tab_init(
		&l.detections, ward_mem_heap(), sizeof(struct ward_id), sizeof(bool), IDS_MAX);
	for (size_t i = 0; !code && !l.err && i < WARD_ARRAY_LEN(turn); i++)
		code = ward_cli_kept(
			x->cmd, p->state, ward_model_hospital(x->model)->id, turn[i], &l, &kept);
	if (!code && l.err)
		code = ward_cli_fail(
			x->cmd, "what is kept in '%s': %s", kept.state, ward_err_text(l.err));
	if (!code && !kept.found)
		code = ward_cli_fail(x->cmd,
			"nothing is kept in '%s': name the state folder of 'ward run'", kept.state);
	while (ward_tab_next(&l.incidents, &at, &key, &v))
		p->n_incident += *(const bool *)v;
	ward_tab_fini(&l.incidents);
	ward_tab_fini(&l.detections);
	ward_arena_fini(&l.arena);
	return code;
}

struct feeding {
	struct ward_craft_tune *t;
	struct ward_enrich enrich;
	uint64_t n;
};

static enum ward_err on_event(void *ctx, struct ward_event *e, bool *ret_enough)
{
	struct feeding *f = ctx;

	(void)ret_enough;
	if (ward_enrich_event(&f->enrich, e) == WARD_ERR_NOMEM)
		return WARD_ERR_NOMEM;
	return ward_craft_tune_event(f->t, e, ++f->n);
}

int ward_cli_tune_events(
	struct ward_cli_rules *x, struct ward_cli_tune_past *p, struct ward_craft_tune *t)
{
	struct feeding f = {.t = t,
		.enrich = {
			.model = x->model, .names = &x->names, .actor = ward_enrich_actor_as_is}};
	struct ward_search_stats stats = {0};
	struct ward_io_dir journal;
	char state[PATH_MAX], path[PATH_MAX + 16];
	int code = ward_cli_state(x->cmd, p->state, ward_model_hospital(x->model)->id, state);

	if (code)
		return code;
	(void)snprintf(path, sizeof(path), "%s/journal", state);
	enum ward_err err = ward_io_dir_open(&journal, path, false, false);

	if (err)
		return ward_cli_fail(x->cmd, "cannot read '%s': %s", path,
			err == WARD_ERR_DENIED ? "be the user of 'ward run'" : ward_err_text(err));
	const struct ward_search_opts o = {.journal = &journal.io,
		.who = (uint32_t)getpid(),
		.mem = ward_mem_heap(),
		.lim = &x->lim,
		.names = &x->names,
		.from = p->since,
		.to = INT64_MAX,
		.event = on_event,
		.ctx = &f};

	err = ward_search_run(&o, &stats);
	ward_io_dir_close(&journal);
	p->n_event = stats.n_event;
	p->n_damaged = stats.look.n_damaged + stats.n_undecodable;
	if (err)
		return ward_cli_fail(x->cmd, "the journal in '%s': %s", path,
			err == WARD_ERR_IO ? strerror(errno) : ward_err_text(err));
	if (p->n_damaged)
		fprintf(stderr, "ward rules tune: %llu damaged records were left out\n",
			(unsigned long long)p->n_damaged);
	return WARD_EXIT_DONE;
}
