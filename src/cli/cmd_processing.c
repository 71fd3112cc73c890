/* The hospital's record of processing: what is read of persons, why, and what is missing. */
#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/permit.h"
#include "processing/processing.h"

enum { OUT_BYTES_MAX = 16 << 20, THINGS = 512 };

struct args {
	struct ward_cli_hospital x; /* the hospital */
	const char *code;
	bool json, missing, ready;
	ward_ns now;
	struct ward_processing p;
	struct ward_proc_verdict v[THINGS];
};

static int parse(struct args *a, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (strcmp(word, "--json") == 0) {
			a->json = true;
		} else if (strcmp(word, "--missing") == 0) {
			a->missing = true;
		} else if (strcmp(word, "--ready") == 0) {
			a->ready = true;
		} else if (strcmp(word, "--content") == 0 && value) {
			a->x.content = argv[++i];
		} else if (strcmp(word, "--lang") == 0 && value) {
			a->code = argv[++i];
		} else if (strcmp(word, "--at") == 0 && value) {
			if (ward_time_parse(ward_str_z(argv[++i]), &a->now) != WARD_OK)
				return ward_cli_usage(a->x.cmd,
					"'%s' is no time; write one as 2026-03-12T03:41:00Z",
					value);
		} else if (word[0] == '-') {
			return ward_cli_usage(a->x.cmd, "'%s' is not an option", word);
		} else if (a->x.dir) {
			return ward_cli_usage(a->x.cmd, "one hospital directory at a time");
		} else {
			a->x.dir = word;
		}
	}
	return a->x.dir ? WARD_EXIT_DONE : ward_cli_usage(a->x.cmd, "of which hospital?");
}

static void put_ready(const struct ward_processing *p, struct ward_wr *w)
{
	for (size_t i = 0; i < p->n_ready; i++) {
		const struct ward_proc_entry *e = &p->ready[i];

		ward_wr_printf(w, "%-10.*s", WARD_STR_ARG(e->id));
		for (size_t k = 0; k < e->kinds.n; k++)
			ward_wr_printf(w, " %.*s", WARD_STR_ARG(e->kinds.at[k]));
		for (size_t k = 0; k < e->analytics.n; k++)
			ward_wr_printf(w, " %.*s", WARD_STR_ARG(e->analytics.at[k]));
		ward_wr_printf(w, "\n  %.*s\n", WARD_STR_ARG(e->purpose));
	}
}

static int show(struct args *a, struct ward_lang *lang)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	size_t n = ward_processing_judge(&a->p, a->x.model, a->now, a->v, THINGS), n_not = 0;
	const struct ward_processing_view view = {
		&a->p, a->x.model, lang, a->now, a->v, n < THINGS ? n : THINGS, a->missing};

	for (size_t i = 0; i < view.n; i++)
		n_not += !ward_proc_runs(a->v[i].state);
	if (a->ready)
		put_ready(&a->p, &w);
	else if (a->json)
		ward_processing_write_dpv(&view, &w);
	else
		ward_processing_write_table(&view, &w);
	bool ok = ward_cli_put(&w, stdout);

	ward_wr_fini(&w);
	return !ok ? WARD_EXIT_RUN : a->missing && n_not ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args *a = ward_mem_alloc(ward_mem_heap(), sizeof(*a));

	if (!a)
		return ward_cli_fail(cmd, "out of memory");
	memset(a, 0, sizeof(*a));
	a->x.cmd = cmd;
	a->now = ward_clock_now(ward_clock_system());
	int code = parse(a, argc, argv);
	bool opened = !code;

	if (!code)
		code = ward_cli_hospital_open(&a->x, false);
	if (!code) {
		const char *content = ward_cli_content(cmd, a->x.content);
		const struct ward_processing_in in = {
			content, a->x.dir, a->x.model, &a->x.lim, &a->x.arena, &a->x.diag, a->now};
		const struct ward_cli_lang speak = {
			a->code, content, ward_model_hospital(a->x.model)->language};
		struct ward_lang *lang = NULL;
		enum ward_err err = ward_processing_load(&in, &a->p);

		a->x.lang_option = a->code;
		ward_cli_hospital_findings(&a->x);
		code = err && err != WARD_ERR_CONFIG
			       ? ward_cli_fail(cmd, "the register: %s", ward_err_text(err))
			       : ward_cli_lang(cmd, &speak, &a->x.lim, &lang);
		if (!code)
			code = show(a, lang);
		ward_lang_free(lang);
	}
	if (opened)
		ward_cli_hospital_fini(&a->x);
	ward_mem_free(ward_mem_heap(), a, sizeof(*a));
	return code;
}

const struct ward_cmd ward_cmd_processing = {
	.name = "processing",
	.summary = "what is read of persons, why, on what basis, and what is missing",
	.help = "usage: ward processing [OPTION…] DIR\n\n"
		"The record of processing (GDPR article 30) of the hospital of this directory: "
		"its\n"
		"processing.yml, filled in by ready-made entries, and judged by what the Union "
		"and\n"
		"its country demand (docs/processing.md). An aid, and no legal advice. As a\n"
		"document: ward report register, ward report works-council.\n\n"
		"  --missing      only what lacks something, ends or does not run; exit 1 when\n"
		"                 something does not run\n"
		"  --json         JSON-LD in terms of the Data Privacy Vocabulary\n"
		"  --ready        the ready-made entries that `like` can name\n"
		"  --at TIME      as of that time (RFC 3339), instead of now\n"
		"  --lang CODE    en, fr, it, nl (default: $WARD_LANG, else the hospital's "
		"first)\n"
		"  --content DIR  instead of the installed content\n\n"
		"Exit: 0 done, 1 something does not run (--missing), 2 usage, 3 can't be read.\n",
	.run = run,
};
