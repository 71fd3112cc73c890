#include "cli/commands.h"
#include "cli/inspector.h"
#include "cli/lang.h"
#include "cli/rules.h"
#include "run/inspect.h"
#include "sense/file/tell.h"
#include "story/text.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { OUT_MAX = 64 << 20, TEXTS_MAX = 16 << 20, INDENT = 2, COL_WEIGHT = 4, COL_TEXT = 7 };

struct job {
	const struct ward_cmd *cmd;
	const char *content, *hospital, *lang_option, *type, *encoding, *clamd, *indicators;
	bool json, parts;
	struct ward_limits lim;
	struct ward_lang *lang;
	struct ward_inspector *with;
	struct ward_inspect_cell cell;
	struct ward_arena arena;
	struct ward_wr out;
};

static int parse(struct job *j, int argc, char **argv, int *ret_first)
{
	const struct {
		const char *name, **value;
	} option[] = {{"--type", &j->type}, {"--encoding", &j->encoding}, {"--clamd", &j->clamd},
		{"--indicators", &j->indicators}, {"--content", &j->content},
		{"--hospital", &j->hospital}, {"--lang", &j->lang_option}};
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		size_t k = 0;

		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (strcmp(argv[i], "--json") == 0) {
			j->json = true;
			continue;
		}
		if (strcmp(argv[i], "--parts") == 0) {
			j->parts = true;
			continue;
		}
		while (k < WARD_ARRAY_LEN(option) && strcmp(argv[i], option[k].name) != 0)
			k++;
		if (k == WARD_ARRAY_LEN(option))
			return ward_cli_usage(j->cmd, "'%s' is not an option", argv[i]);
		if (i + 1 == argc)
			return ward_cli_usage(j->cmd, "%s needs a value", argv[i]);
		*option[k].value = argv[++i];
	}
	*ret_first = i;
	return i < argc ? WARD_EXIT_DONE : ward_cli_usage(j->cmd, "which files?");
}

static enum ward_style style_of(enum ward_inspected v)
{
	return v == WARD_INSPECTED_MALICIOUS    ? WARD_STYLE_ALARM
	       : v == WARD_INSPECTED_SUSPICIOUS ? WARD_STYLE_WARN
	       : v == WARD_INSPECTED_NOTICE     ? WARD_STYLE_BOLD
						: WARD_STYLE_PLAIN;
}

/* A number and a word, built aside: the text writer breaks lines itself. */
static void put_reason(
	struct job *j, struct ward_text *t, const struct ward_inspect_report *r, size_t i)
{
	const struct ward_inspect_reason *s = &r->reason[i];
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

	ward_text_open(t, INDENT, COL_TEXT);
	ward_wr_printf(&w, "%s%u", s->weight ? "+" : "", s->weight);
	ward_text_put(t, s->weight ? WARD_STYLE_BOLD : WARD_STYLE_DIM, ward_wr_text(&w));
	ward_text_tab(t, COL_TEXT);
	ward_wr_reset(&w);
	ward_inspect_say(&w, j->lang, s);
	ward_text_put(t, WARD_STYLE_PLAIN, ward_wr_text(&w));
	if (s->part) {
		ward_wr_reset(&w);
		ward_wr_z(&w, " (");
		ward_inspect_place(&w, r, s->part);
		ward_wr_z(&w, ")");
		ward_text_put(t, WARD_STYLE_DIM, ward_wr_text(&w));
	}
	ward_text_close(t);
	ward_wr_fini(&w);
}

static void put_parts(struct job *j, struct ward_text *t, const struct ward_inspect_report *r)
{
	for (uint32_t i = 1; i < r->n_part; i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

		ward_text_open(t, INDENT, COL_TEXT);
		ward_inspect_place(&w, r, i);
		ward_say_colon(&w, j->lang);
		ward_say(&w, j->lang, ward_kind_text(r->part[i].kind));
		ward_wr_z(&w, ", ");
		ward_say_number(&w, j->lang, r->part[i].size);
		ward_text_put(t, WARD_STYLE_DIM, ward_wr_text(&w));
		ward_text_close(t);
		ward_wr_fini(&w);
	}
}

static void put_text(struct job *j, struct ward_str file, const struct ward_inspect_report *r)
{
	struct ward_text t = ward_cli_rules_text(&j->out);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	char sum[16];

	(void)snprintf(sum, sizeof(sum), "%u", r->score);
	ward_text_open(&t, 0, INDENT);
	ward_text_put(&t, WARD_STYLE_PLAIN, file);
	ward_say_colon(&w, j->lang);
	ward_text_put(&t, WARD_STYLE_PLAIN, ward_wr_text(&w));
	ward_text_put(&t, style_of(r->verdict), ward_inspected_say(j->lang, r->verdict));
	ward_wr_reset(&w);
	ward_wr_ch(&w, ' ');
	WARD_SAY(&w, j->lang, WARD_TEXT("({sum}), {kind}"), {"sum", ward_str_z(sum)},
		{"kind", ward_lang_text(j->lang, ward_str_z(ward_kind_text(r->part[0].kind)))});
	ward_text_put(&t, WARD_STYLE_PLAIN, ward_wr_text(&w));
	ward_text_close(&t);
	for (size_t i = 0; i < r->n_reason; i++)
		put_reason(j, &t, r, i);
	if (j->parts)
		put_parts(j, &t, r);
	ward_wr_fini(&w);
}

static struct ward_str base_of(const char *path)
{
	const char *at = strrchr(path, '/');

	return ward_str_z(at ? at + 1 : path);
}

static int tell(struct job *j, const char *path, const struct ward_inspect_report *r)
{
	struct ward_str file = ward_str_z(path);
	char plain[1024];
	struct ward_wr w = ward_wr_fixed(plain, sizeof(plain));

	if (j->json) {
		struct ward_json json = ward_json_on(&j->out);

		ward_inspect_json(&json, file, r, j->lang);
		ward_wr_ch(&j->out, '\n');
	} else {
		ward_cli_plain(&w, file);
		put_text(j, ward_wr_bad(&w) ? r->part[0].name : ward_wr_text(&w), r);
	}
	if (!ward_cli_put(&j->out, stdout))
		return WARD_EXIT_RUN;
	return r->verdict >= WARD_INSPECTED_SUSPICIOUS ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int inspect(struct job *j, const char *path)
{
	const struct ward_inspect_said said = {.name = base_of(path),
		.type = ward_str_z(j->type),
		.encoding = ward_str_z(j->encoding)};
	struct ward_inspect_report r;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), rc = WARD_EXIT_RUN;

	if (fd < 0)
		return ward_cli_fail(j->cmd, "cannot read '%s': %s", path, strerror(errno));
	ward_arena_reset(&j->arena);
	ward_report_init(&r, &j->arena);
	enum ward_err err = ward_inspect_file(&j->cell, fd, &said, &r);

	(void)close(fd);
	if (!err)
		rc = tell(j, path, &r);
	else if (err == WARD_ERR_FOREIGN)
		(void)ward_cli_fail(j->cmd, "'%s' is no regular file", path);
	else
		(void)ward_cli_fail(j->cmd, "'%s': %s", path, ward_err_text(err));
	ward_report_fini(&r);
	return rc;
}

static int load(struct job *j)
{
	const char *content = ward_cli_content(j->cmd, j->content);
	const struct ward_cli_lang lang = {.option = j->lang_option, .content = content};
	int rc = content ? ward_cli_lang(j->cmd, &lang, &j->lim, &j->lang) : WARD_EXIT_RUN;
	const struct ward_cli_inspector by = {content, j->hospital, j->indicators, j->lang};

	if (!rc)
		rc = ward_cli_inspector(j->cmd, &by, &j->lim, &j->with);
	if (rc)
		return rc;
	j->cell = (struct ward_inspect_cell){
		.with = j->with, .lim = &j->lim, .clamd = j->clamd ? j->clamd : WARD_CLI_CLAMD};
	enum ward_err err = ward_inspect_ready(&j->cell);

	return err ? ward_cli_fail(j->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.cmd = cmd};
	int first = argc, rc = parse(&j, argc, argv, &first);

	if (rc != WARD_EXIT_DONE)
		return rc;
	ward_limits_default(&j.lim);
	ward_arena_init(&j.arena, ward_mem_heap(), TEXTS_MAX);
	j.out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	rc = load(&j);
	for (int i = first; i < argc && j.cell.maker; i++) {
		int one = inspect(&j, argv[i]);

		rc = one > rc ? one : rc;
	}
	ward_inspect_done(&j.cell);
	ward_inspector_free(j.with);
	ward_lang_free(j.lang);
	ward_wr_fini(&j.out);
	ward_arena_fini(&j.arena);
	return rc;
}

const struct ward_cmd ward_cmd_inspect = {
	.name = "inspect",
	.summary = "what is suspicious of files, and why",
	.help = "usage: ward inspect [OPTION…] FILE…\n\n"
		"Looks at each file, and at all that lies in it (archives, mail, documents, "
		"DICOM),\n"
		"in a process of its own that has nothing else: what it is, whether it is what it "
		"is\n"
		"said to be, what known rules and lists find in it. Says a verdict (clean, "
		"notice,\n"
		"suspicious, malicious), the sum of weights that it comes from, and each reason:\n"
		"docs/inspect.md. Asks ClamAV, too, where its daemon is.\n\n"
		"  --type TYPE       the media type that it was said to have\n"
		"  --encoding LIST   HTTP's content codings that it is in, as \"gzip, br\": what "
		"it\n"
		"                    holds is looked at\n"
		"  --clamd SOCKET    of ClamAV's daemon (default: /run/clamav/clamd.ctl)\n"
		"  --hospital DIR    lists, rules and weights of this hospital directory, too:\n"
		"                    inspect/{allow,block}.txt, block/, rules/NAME.yar, "
		"weights.yml\n"
		"  --indicators PATH files that others found to be bad, too: a MISP event, a STIX\n"
		"                    bundle, a list, or a folder of these\n"
		"  --parts           also what lies in it, one line each\n"
		"  --lang CODE       in this language (default: $WARD_LANG, else English)\n"
		"  --content DIR     instead of the content that belongs to this program\n"
		"  --json            one object per line, \"kind\":\"inspected\"\n\n"
		"Exit: 0 no file is suspicious, 1 one is suspicious or malicious, 2 usage,\n"
		"3 could not run, or could not look at one.\n",
	.run = run,
};
