/* One incident of what is on record, gathered for paper. */
#include "cli/reported.h"

#include "cli/lang.h"
#include "exchange/share.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { LISTED = 8, ID_LEAST = 4, ARENA_BYTES = 1 << 30, OUT_BYTES = 256 << 20 };

void ward_cli_reported_init(struct ward_cli_reported *j, const struct ward_cmd *cmd)
{
	*j = (struct ward_cli_reported){.w = ward_wr_grow(ward_mem_heap(), OUT_BYTES)};
	ward_cli_recorded_init(&j->in, cmd);
	ward_arena_init(&j->arena, ward_mem_heap(), ARENA_BYTES);
}

void ward_cli_reported_fini(struct ward_cli_reported *j)
{
	ward_arena_fini(&j->arena);
	ward_cli_recorded_fini(&j->in);
	ward_wr_fini(&j->w);
}

int ward_cli_reported_take(
	struct ward_cli_reported *j, const char **ret_format, int argc, char **argv, int *i)
{
	const char **value = strcmp(argv[*i], "--format") == 0 ? ret_format
			     : strcmp(argv[*i], "--out") == 0  ? &j->out
							       : NULL;
	bool taken = false;

	if (value && *i + 1 == argc)
		return ward_cli_usage(j->in.cmd, "%s needs a value", argv[*i]);
	if (value) {
		*value = argv[++*i];
		return WARD_EXIT_DONE;
	}
	if (strcmp(argv[*i], "--exercise") == 0) {
		j->exercise = true;
		return WARD_EXIT_DONE;
	}
	int code = ward_cli_recorded_take(&j->in, argc, argv, i, &taken);

	return code || taken ? code : ward_cli_usage(j->in.cmd, "'%s' is not an option", argv[*i]);
}

/* The incidents that there are, the latest ones. */
static int unknown(struct ward_cli_reported *j)
{
	char list[LISTED * (WARD_ID_TEXT + 2) + 8];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));
	struct ward_id named[LISTED];
	size_t n = 0;

	for (size_t i = j->in.n_record; i-- > 0 && n < LISTED;) {
		const struct ward_record *r = &j->in.record[i].is;
		bool before = r->kind != WARD_RECORD_INCIDENT;

		for (size_t k = 0; k < n; k++)
			before |= ward_id_eq(named[k], r->id);
		if (before)
			continue;
		ward_wr_z(&w, n ? ", " : "");
		ward_id_write(&w, r->id);
		named[n++] = r->id;
	}
	if (n)
		ward_diag_addf(&j->in.diag, WARD_DIAG_ERROR, WARD_STR(""), 0,
			WARD_TEXT("no incident %s is on record\nthe latest are %.*s"), j->id,
			WARD_STR_ARG(ward_wr_text(&w)));
	else
		ward_diag_addf(&j->in.diag, WARD_DIAG_ERROR, WARD_STR(""), 0,
			WARD_TEXT("no incident %s is on record\ngive the state folder of `ward "
				  "run` with --state, or a FILE of records"),
			j->id);
	return ward_cli_report_in(
		j->in.cmd, WARD_ERR_CONFIG, "the incident", &j->in.diag, j->in.lang, &j->w);
}

/* The incident whose id begins so. An exit code, and it was said. */
static int find(struct ward_cli_reported *j, struct ward_id *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < j->in.n_record; i++) {
		const struct ward_record *r = &j->in.record[i].is;

		if (r->kind != WARD_RECORD_INCIDENT || (n && ward_id_eq(r->id, *ret)))
			continue;
		ward_id_text(r->id, j->whole);
		if (!ward_str_starts(ward_str_z(j->whole), ward_str_z(j->id)))
			continue;
		if (n++)
			return ward_cli_usage(j->in.cmd,
				"more than one incident begins with '%s': give more of its id",
				j->id);
		*ret = r->id;
	}
	if (!n)
		return unknown(j);
	ward_id_text(*ret, j->whole);
	return WARD_EXIT_DONE;
}

static int gather(struct ward_cli_reported *j, struct ward_id id)
{
	const struct ward_cli_recorded *in = &j->in;
	struct ward_report_row *row = ward_arena_array(&j->arena, in->n_record, sizeof(*row));
	struct ward_report_ask ask = {.model = in->model,
		.lim = &in->lim,
		.row = row,
		.n_row = in->n_record,
		.id = id,
		.at = in->at,
		.as_then = in->at_text != NULL,
		.exercise = j->exercise || in->played,
		.ledger = {.known = in->ledger.n > 0, .n = in->ledger.n, .time = in->ledger.time}};

	if (!row)
		return ward_cli_fail(in->cmd, "%s", ward_err_text(WARD_ERR_NOMEM));
	_Static_assert(sizeof(in->ledger.root) == sizeof(ask.ledger.root), "both are SHA-256");
	memcpy(ask.ledger.root, &in->ledger.root, sizeof(ask.ledger.root));
	for (size_t i = 0; i < in->n_record; i++)
		row[i] = (struct ward_report_row){in->record[i].text, &in->record[i].is,
			in->n_file ? 0 : in->record[i].line, in->record[i].time};
	enum ward_err err = ward_report_gather(&ask, &j->arena, &j->r);

	return err ? ward_cli_fail(in->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}

/* No person's pseudonym stands on paper, also not within a title: as the table of sharing has it
 * for the hospital's own. */
static int share(struct ward_cli_reported *j)
{
	struct ward_shared did = {.mem = ward_mem_heap()};
	const struct ward_share_ask own = {.recipient = WARD_STR("own")};
	struct ward_sharing s;
	enum ward_err err =
		ward_sharing_load(j->in.content_dir, &j->in.lim, &j->arena, &j->in.diag, &s);

	if (!err)
		err = ward_share(&s, &own, &j->r.x, ward_mem_heap(), &j->in.diag, &did);
	ward_shared_fini(&did);
	return err ? ward_cli_report_in(
			     j->in.cmd, err, "sharing.yml", &j->in.diag, j->in.lang, &j->w)
		   : WARD_EXIT_DONE;
}

int ward_cli_reported_load(struct ward_cli_reported *j)
{
	struct ward_id id;

	if (strlen(j->id) < ID_LEAST || strspn(j->id, "0123456789abcdef-") != strlen(j->id))
		return ward_cli_usage(j->in.cmd,
			"'%s' is no id of an incident: give it as 'ward incident list' or the "
			"messages do, "
			"or its beginning, of at least %d hex digits",
			j->id, ID_LEAST);
	j->in.everything = true;
	j->in.needs_records = true;
	int code = ward_cli_recorded_load(&j->in, false);

	if (!code)
		code = find(j, &id);
	if (!code)
		code = gather(j, id);
	return code ? code : share(j);
}

int ward_cli_reported_out(struct ward_cli_reported *j)
{
	if (!j->out)
		return ward_cli_put(&j->w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
	FILE *f = fopen(j->out, "wxe");

	if (!f)
		return ward_cli_fail(j->in.cmd, "cannot write '%s': %s", j->out,
			errno == EEXIST ? "it is there already: name another file"
					: strerror(errno));
	/* on the disk before it may take the place of another; a pipe has none */
	bool good = ward_cli_put(&j->w, f) && (fsync(fileno(f)) == 0 || errno == EINVAL);

	if (fclose(f) != 0)
		good = false;
	if (!good)
		(void)unlink(j->out);
	return good ? WARD_EXIT_DONE
		    : ward_cli_fail(j->in.cmd, "cannot write '%s': it was not kept", j->out);
}
