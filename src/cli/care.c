#include "cli/care.h"

#include "cli/moves.h"

#include <stdio.h>

/* Records of another hospital, or not all of them, look like peace. */
static void warn(const struct ward_cli_recorded *x, const struct ward_availability *c)
{
	if (c->n_orphan)
		fprintf(stderr,
			"ward %s: %zu impacts are of incidents that are not in the records: give "
			"all that `ward replay --json` printed\n",
			x->cmd->name, c->n_orphan);
	if (c->n_foreign)
		fprintf(stderr,
			"ward %s: %zu impacts are on things that %s does not have: give the "
			"records of this hospital\n",
			x->cmd->name, c->n_foreign, x->dir);
}

/* What can't be taken for an event is none that counts. */
static enum ward_err on_move(void *ctx, struct ward_str json)
{
	enum ward_err err = ward_care_adt_line(((struct ward_cli_recorded *)ctx)->adt, json);

	return err == WARD_ERR_NOMEM || err == WARD_ERR_LIMIT ? err : WARD_OK;
}

enum ward_err ward_cli_care(struct ward_cli_recorded *x, struct ward_availability *ret)
{
	const struct ward_record **record =
		ward_arena_array(&x->arena, x->n_record, sizeof(const struct ward_record *));
	struct ward_care_entries entries;
	const struct ward_care_in in = {x->model, &x->lim, &x->diag, &x->arena};

	if (!record)
		return WARD_ERR_NOMEM;
	const struct ward_cli_moves moves = {
		x->cmd, x->state, ward_model_hospital(x->model)->id, &x->lim, x->at, on_move, x};

	if (!x->n_file && !x->directory_only && ward_cli_moves(&moves) != WARD_EXIT_DONE)
		return WARD_ERR_IO;
	for (size_t i = 0; i < x->n_record; i++)
		record[i] = &x->record[i].is;
	enum ward_err bad = ward_care_entries_load(&in, x->dir, &entries);

	if (bad && bad != WARD_ERR_CONFIG)
		return bad;
	struct ward_str first;
	uint64_t elsewhere = ward_care_adt_elsewhere(x->adt, &first);

	if (elsewhere)
		ward_diag_addf(&x->diag, WARD_DIAG_WARNING, WARD_STR("records"), 0,
			WARD_TEXT("%llu times somebody came or went at a point of care that no "
				  "service names: '%.*s'\nadd it to `points_of_care` of the ward "
				  "in services.yml"),
			(unsigned long long)elsewhere, WARD_STR_ARG(first));
	struct ward_care_ask ask = {.m = x->model,
		.entry = entries.at,
		.n_entry = entries.n,
		.record = record,
		.n_record = x->n_record,
		.at = x->at};

	ask.move = ward_care_adt_moves(x->adt, &ask.n_move);
	enum ward_err err = ward_availability_find(&ask, &x->arena, ret);

	if (!err)
		warn(x, ret);
	return err ? err : bad;
}
