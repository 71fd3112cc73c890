#include "cli/commands.h"
#include "cli/export.h"
#include "cli/lang.h"

enum { OUT_BYTES_MAX = 256 << 20 };

struct kind {
	const char *name;
	enum ward_err (*write)(struct ward_export_ask *ask, struct ward_wr *w);
};

static const struct kind kinds[] = {
#define X(kind, blanks, says) {#kind, ward_export_##kind},
	WARD_EXPORT_LIST(X)
#undef X
		{NULL, NULL},
};

static int unknown(const struct ward_cmd *cmd, const char *kind)
{
	char list[256];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	for (size_t i = 0; kinds[i].name; i++)
		ward_wr_printf(&w, "%s%s", i ? ", " : "", kinds[i].name);
	struct ward_str names = ward_wr_text(&w);

	return kind ? ward_cli_usage(cmd, "nothing is exported as '%s'; there are %.*s", kind,
			      WARD_STR_ARG(names))
		    : ward_cli_usage(cmd, "as what? Give one of %.*s", WARD_STR_ARG(names));
}

/* Options of kinds that tell of incidents. */
static bool take_to(struct ward_export_to *to, int argc, char **argv, int *i, bool *ret_bare)
{
	const struct {
		const char *name, **value;
	} option[] = {{"--for", &to->recipient}, {"--tlp", &to->tlp}, {"--purpose", &to->purpose},
		{"--sender", &to->sender}, {"--incident", &to->incident}, {"--told", &to->told},
		{"--sign", &to->sign}};

	*ret_bare = false;
	if (strcmp(argv[*i], "--preview") == 0) {
		to->preview = true;
		return true;
	}
	for (size_t k = 0; k < WARD_ARRAY_LEN(option); k++) {
		if (strcmp(argv[*i], option[k].name) != 0)
			continue;
		*ret_bare = *i + 1 == argc;
		if (!*ret_bare)
			*option[k].value = argv[++*i];
		return true;
	}
	return false;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, const struct kind **ret_kind,
	struct ward_export_ask *ask)
{
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		bool taken = false, bare;

		if (strcmp(argv[i], "--exercise") == 0) {
			ask->exercise = true;
		} else if (take_to(&ask->to, argc, argv, &i, &bare)) {
			if (bare)
				code = ward_cli_usage(cmd, "%s needs a value", argv[i]);
		} else if (!*ret_kind && argv[i][0] != '-') {
			for (size_t k = 0; kinds[k].name; k++)
				if (strcmp(argv[i], kinds[k].name) == 0)
					*ret_kind = &kinds[k];
			if (!*ret_kind)
				code = unknown(cmd, argv[i]);
		} else {
			code = ward_cli_recorded_take(&ask->in, argc, argv, &i, &taken);
			if (!code && !taken)
				code = ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		}
	}
	if (!code && !*ret_kind)
		return unknown(cmd, NULL);
	if (!code && ask->to.sign && (ask->to.preview || (*ret_kind)->write != ward_export_cap))
		return ward_cli_usage(cmd, "--sign is for cap without --preview");
	return code;
}

static int write(const struct kind *kind, struct ward_export_ask *ask, struct ward_wr *w)
{
	ask->in.needs_records = kind->write == ward_export_have || kind->write == ward_export_saner;
	int code = ward_cli_recorded_load(&ask->in, true);

	if (code)
		return code;
	enum ward_err err = kind->write(ask, w);

	if (!err) {
		ward_cli_findings(&ask->in.diag, NULL, ask->in.lang);
		return !ward_cli_put(w, stdout) ? WARD_EXIT_RUN
		       : ask->in.diag.n_error   ? WARD_EXIT_INPUT
						: WARD_EXIT_DONE;
	}
	ward_wr_reset(w);
	return ward_cli_report_in(ask->in.cmd, err, kind->name, &ask->in.diag, ask->in.lang, w);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	struct ward_export_ask ask = {.exercise = false};
	const struct kind *kind = NULL;

	ward_cli_recorded_init(&ask.in, cmd);
	int code = parse(cmd, argc, argv, &kind, &ask);

	if (!code)
		code = write(kind, &ask, &w);
	ward_cli_recorded_fini(&ask.in);
	ward_wr_fini(&w);
	return code;
}

const struct ward_cmd ward_cmd_export = {
	.name = "export",
	.summary = "incidents and availability in the formats that others read",
	.help = "usage: ward export KIND DIR [FILE…] [--at TIME] [--exercise] [--lang CODE]\n"
		"                   [--for WHO] [--tlp MARKING] [--purpose TEXT] [--preview]\n"
		"                   [--incident ID [--told N]] [--sender NAME] [--sign FILE]\n"
		"                   [--state DIR] [--directory-only] [--content DIR]\n\n"
		"What the records in FILE (of `ward replay --json`; -: standard input) mean for "
		"the\n"
		"hospital in DIR, as a message for other systems, on standard output; without "
		"FILE\n"
		"what `ward run` has kept, whether it runs or not (standard error says whence).\n"
		"Where nothing is kept, have and saner fail, and the others know no incident.\n\n"
		"KIND is one of\n"
#define X(kind, blanks, says) "  " #kind blanks says "\n"
	WARD_EXPORT_LIST(X)
#undef X
		"\n"
		"  --at TIME       as of when: 09:00, \"2026-03-19 09:00\", RFC 3339 (default: "
		"now;\n"
		"                  of a FILE that ended more than a day ago its last sign)\n"
		"  --exercise      marked as an exercise, in the way of the format\n"
		"  --lang CODE     texts in en, fr, it or nl (default: English)\n"
		"  --for WHO       recipient, of content/sharing.yml (default: own)\n"
		"  --tlp MARKING   clear, green, amber, amber+strict, red (default: the "
		"recipient's)\n"
		"  --purpose TEXT  why more than usual leaves, for fields that a purpose lets out\n"
		"  --preview       instead: what leaves, what is left out, and why\n"
		"  --incident ID   only this one\n"
		"  --told N        the recipient has its revision N: an update, or a cancellation\n"
		"  --state DIR     where `ward run` keeps what it knows (default: as there)\n"
		"  --directory-only\n"
		"                  no records: the hospital as its directory and care.csv have it\n"
		"  --sender NAME   as ward@hospital.example (default: ward@ID.invalid)\n"
		"  --sign FILE     cap: signed with the private key and its certificate in FILE "
		"(PEM)\n"
		"  --content DIR   ontology and threats (else $WARD_CONTENT, else the built-in "
		"place)\n\n"
		"Exit: 0 done, 1 the directory or a record has problems (reported; lines of "
		"care.csv\n"
		"that are wrong say nothing, and the rest is written), 2 wrong usage, 3 could not "
		"run.\n",
	.run = run,
};
