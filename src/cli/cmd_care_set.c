#include "care/entry.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/recorded.h"
#include "cli/rewrite.h"
#include "cli/when.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum { OUT_BYTES_MAX = 64 << 20, OPTION_BYTES = 32 };

struct set {
	struct ward_cli_recorded x; /* the hospital, without records */
	struct ward_care_row row;
	const char *until, *lasts;
	char path[PATH_MAX];
	int lock;
};

/* "--bed-type" is the column bed_type. */
static bool option(struct set *s, const char *name, const char *value)
{
	for (unsigned c = WARD_CARE_COL_BED; c < WARD_CARE_COL_N; c++) {
		char text[OPTION_BYTES];

		if (c == WARD_CARE_COL_MADE || c == WARD_CARE_COL_UNTIL || c == WARD_CARE_COL_BY)
			continue;
		(void)snprintf(text, sizeof(text), "--%s",
			ward_care_column_name((enum ward_care_column)c));
		for (char *p = text; *p; p++)
			*p = *p == '_' ? '-' : *p;
		if (strcmp(name, text) != 0)
			continue;
		s->row.cell[c] = ward_str_z(value);
		return true;
	}
	return false;
}

static int parse(struct set *s, int argc, char **argv)
{
	const struct ward_cmd *cmd = s->x.cmd;

	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];

		if (word[0] != '-' && !s->x.dir) {
			s->x.dir = word;
		} else if (word[0] != '-' && !s->row.cell[WARD_CARE_COL_WHERE].len) {
			s->row.cell[WARD_CARE_COL_WHERE] = ward_str_z(word);
		} else if (word[0] != '-') {
			return ward_cli_usage(cmd, "'%s' is one word too many", word);
		} else if (i + 1 == argc) {
			return ward_cli_usage(cmd, "%s needs a value, or is no option", word);
		} else if (strcmp(word, "--until") == 0) {
			s->until = argv[++i];
		} else if (strcmp(word, "--for") == 0) {
			s->lasts = argv[++i];
		} else if (strcmp(word, "--content") == 0) {
			s->x.content = argv[++i];
		} else if (option(s, word, argv[i + 1])) {
			i++;
		} else {
			return ward_cli_usage(cmd, "'%s' is not an option", word);
		}
	}
	if (!s->row.cell[WARD_CARE_COL_WHERE].len)
		return ward_cli_usage(cmd, "give the hospital directory and a service or site");
	if (!s->until == !s->lasts)
		return ward_cli_usage(cmd, "until when? give --until TIME or --for 2h");
	return WARD_EXIT_DONE;
}

static int times(struct set *s)
{
	struct ward_arena *a = &s->x.arena;
	ward_ns until, lasts, now = s->x.at;

	if (s->until && !ward_cli_time(ward_str_z(s->until), now, &until))
		return ward_cli_usage(s->x.cmd,
			"--until: '%s' is not a time; write 09:00, '2026-03-19 09:00' or "
			"2026-03-19T09:00:00+01:00",
			s->until);
	if (s->lasts && (ward_duration_parse(ward_str_z(s->lasts), &lasts) != WARD_OK ||
				!ward_add(now, lasts, &until)))
		return ward_cli_usage(
			s->x.cmd, "--for: '%s' is not a length of time; write 90m or 2h", s->lasts);
	s->row.cell[WARD_CARE_COL_MADE] = ward_cli_stamp(a, now);
	s->row.cell[WARD_CARE_COL_UNTIL] = ward_cli_stamp(a, until);
	s->row.cell[WARD_CARE_COL_BY] = ward_cli_account(a);
	return WARD_EXIT_DONE;
}

static void findings(struct set *s)
{
	const struct ward_cli_lang speak = {s->x.lang_code, s->x.content_dir,
		s->x.model ? ward_model_hospital(s->x.model)->language : WARD_STR("")};

	ward_cli_findings_in(s->x.cmd, &s->x.diag, NULL, &speak);
}

/* The last line of the new text must be right; the others were there before. */
static int write_it(
	struct set *s, const struct ward_care_in *in, struct ward_slice old, struct ward_wr *w)
{
	struct ward_str file = ward_str_z(s->path);
	struct ward_care_entries was, is;
	enum ward_err err = ward_care_entries_parse(in, file, old, &was);

	if (err && err != WARD_ERR_CONFIG)
		return ward_cli_fail(s->x.cmd, "%s", ward_err_text(err));
	ward_diag_fini(in->diag);
	ward_diag_init(in->diag, ward_mem_heap());
	err = ward_care_row_add(in, file, old, &s->row, w);
	if (!err)
		err = ward_care_entries_parse(in, file, ward_wr_slice(w), &is);
	findings(s);
	if (err && err != WARD_ERR_CONFIG)
		return ward_cli_fail(s->x.cmd, "%s", ward_err_text(err));
	if (in->diag->n_error && (err != WARD_ERR_CONFIG || !w->len || is.n == was.n)) {
		(void)ward_cli_fail(s->x.cmd, "nothing was written to '%s'", s->path);
		return WARD_EXIT_INPUT;
	}
	int code = ward_cli_replace(s->x.cmd, s->path, s->lock, ward_wr_slice(w));

	if (!code)
		fprintf(stderr, "ward care set: written to %s; it counts from now on\n", s->path);
	return code;
}

static int set(struct set *s)
{
	const struct ward_care_in in = {s->x.model, &s->x.lim, &s->x.diag, &s->x.arena};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	struct ward_slice old = {NULL, 0};
	int n = snprintf(s->path, sizeof(s->path), "%s/%s", s->x.dir, WARD_CARE_FILE);
	int code = times(s);

	if (!code && (n < 0 || (size_t)n >= sizeof(s->path)))
		code = ward_cli_usage(s->x.cmd, "the path of the hospital directory is too long");
	if (!code)
		code = ward_cli_lock(s->x.cmd, s->x.dir, &s->lock);
	if (!code && access(s->path, F_OK) == 0 &&
		ward_conf_read(&s->x.arena, &s->x.lim, s->path, &s->x.diag, &old) != WARD_OK) {
		findings(s);
		code = WARD_EXIT_RUN;
	}
	if (!code)
		code = write_it(s, &in, old, &w);
	if (s->lock >= 0)
		(void)close(s->lock);
	ward_wr_fini(&w);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct set *s = calloc(1, sizeof(*s));

	if (!s)
		return ward_cli_fail(cmd, "out of memory");
	s->lock = -1;
	ward_cli_recorded_init(&s->x, cmd);
	int code = parse(s, argc, argv);

	if (!code)
		code = ward_cli_recorded_hospital(&s->x);
	if (!code)
		code = set(s);
	ward_cli_recorded_fini(&s->x);
	free(s);
	return code;
}

const struct ward_cmd ward_cmd_care_set = {
	.name = "care set",
	.summary = "says by hand what a ward or site can do, and until when that is good",
	.help = "usage: ward care set DIR WHERE (--until TIME | --for 2h) OPTION…\n\n"
		"One more line of DIR/care.csv (docs/availability.md), with your account and the\n"
		"time; `ward care` shows it beside what is computed, and which counts. WHERE is a\n"
		"service or a site; what is not given stays as it was.\n\n"
		"  --until TIME         until when it is good: 09:00, \"2026-03-19 09:00\", RFC "
		"3339\n"
		"  --for LENGTH         or for how long: 90m, 2h\n"
		"  --state STATE        open, surge, threatened, limited, evacuating, closed,\n"
		"                       evacuated\n"
		"  --staffed N, --available N, --occupied N\n"
		"                       beds with staff, free ones, taken ones (wards)\n"
		"  --more-in-a-day N, --more-in-three-days N\n"
		"                       beds that could be had besides (wards)\n"
		"  --bed-type TYPE      of these beds, as AdultICU (default: the ward's own)\n"
		"  --staff N            people on duty (wards)\n"
		"  --staffing WORD      adequate, insufficient\n"
		"  --diversion WORD     ambulances: normal, advisory, closed, none (sites)\n"
		"  --security WORD      normal, elevated, restricted, lockdown, quarantine "
		"(sites)\n"
		"  --why TEXT           the reason, for who reads it here\n"
		"  --content DIR        ontology and threats (else $WARD_CONTENT, else the "
		"built-in\n"
		"                       place)\n\n"
		"Exit: 0 written, 1 it is wrong (told, nothing written), 2 wrong usage, 3 could "
		"not run.\n",
	.run = run,
};
