#include "cli/commands.h"
#include "cli/permit.h"
#include "cli/rewrite.h"

#include <stdlib.h>

enum { OUT_BYTES_MAX = 64 << 20 };

static int parse(struct ward_cli_hospital *x, int argc, char **argv, const char **ret_id)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--content") == 0 && i + 1 < argc)
			x->content = argv[++i];
		else if (argv[i][0] == '-')
			return ward_cli_usage(x->cmd, "'%s' is not an option", argv[i]);
		else if (!x->dir)
			x->dir = argv[i];
		else if (!*ret_id)
			*ret_id = argv[i];
		else
			return ward_cli_usage(x->cmd, "'%s' is one word too many", argv[i]);
	}
	return x->dir && *ret_id
		       ? WARD_EXIT_DONE
		       : ward_cli_usage(x->cmd, "give the hospital directory and the permit's id");
}

/* Ended already, or over: there is nothing to end. */
static int finished(
	const struct ward_cli_hospital *x, const struct ward_permit_row *row, ward_ns now)
{
	struct ward_str ended = row->cell[WARD_PERMIT_COL_ENDED];
	ward_ns until;

	if (ended.len) {
		fprintf(stderr, "ward permit end: it was ended at %.*s\n", WARD_STR_ARG(ended));
		return WARD_EXIT_INPUT;
	}
	if (ward_time_parse(row->cell[WARD_PERMIT_COL_UNTIL], &until) == WARD_OK && until < now) {
		fprintf(stderr, "ward permit end: it was over at %.*s\n",
			WARD_STR_ARG(row->cell[WARD_PERMIT_COL_UNTIL]));
		return WARD_EXIT_INPUT;
	}
	(void)x;
	return WARD_EXIT_DONE;
}

static int end(struct ward_cli_hospital *x, struct ward_str id, ward_ns now)
{
	struct ward_permit_row row;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);

	if (!ward_permit_row_find(&x->lim, &x->arena, x->text, id, &row)) {
		fprintf(stderr,
			"ward permit end: '%s' has no permit '%.*s'; 'ward permit list %s' shows "
			"them\n",
			x->path, WARD_STR_ARG(id), x->dir);
		return WARD_EXIT_INPUT;
	}
	int code = finished(x, &row, now);

	if (code)
		return code;
	row.cell[WARD_PERMIT_COL_ENDED] = ward_cli_stamp(&x->arena, now);
	row.cell[WARD_PERMIT_COL_ENDED_BY] = ward_cli_account(&x->arena);
	if (ward_permit_row_set(&x->in, ward_str_z(x->path), x->text, &row, &w) != WARD_OK) {
		ward_cli_hospital_findings(x);
		code = WARD_EXIT_INPUT;
	}
	if (!code)
		code = ward_cli_permit_write(x, ward_wr_slice(&w));
	if (!code)
		printf("%.*s is ended: what comes now counts as always\n", WARD_STR_ARG(id));
	ward_wr_fini(&w);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_hospital x = {.cmd = cmd};
	const char *id = NULL;
	int code = parse(&x, argc, argv, &id);

	if (code)
		return code;
	code = ward_cli_hospital_open(&x, true);
	if (!code)
		code = end(&x, ward_str_z(id), ward_clock_now(ward_clock_system()));
	ward_cli_hospital_fini(&x);
	return code;
}

const struct ward_cmd ward_cmd_permit_end = {
	.name = "permit end",
	.summary = "the work is done, or must stop: nothing more is expected of it",
	.help = "usage: ward permit end [--content DIR] HOSPITAL ID\n\n"
		"Ends a works permit now. What happened before stays expected; what comes counts "
		"as\n"
		"always. Its line stays in HOSPITAL/permits.csv, with the time and the account;\n"
		"'ward run' takes it in within seconds, and records it in its journal.\n\n"
		"Exit: 0 done, 1 there is no such permit or it is over (told), 2 usage, 3 could "
		"not\n"
		"run.\n",
	.run = run,
};
