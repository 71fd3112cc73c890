#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/playbooks.h"
#include "story/text.h"

enum { COLUMNS = 100, STEP = 4, DEPTH_SHOWN = 6 };

struct show {
	struct ward_cli_playbooks x;
	struct ward_text t;
};

static void line(void *ctx, const struct ward_playbook_line *l)
{
	struct show *s = ctx;
	size_t depth = l->depth < DEPTH_SHOWN ? l->depth : DEPTH_SHOWN;
	char number[24];
	struct ward_wr n = ward_wr_fixed(number, sizeof(number));

	ward_text_open(&s->t, depth * STEP + (l->number ? 0 : STEP), (depth + 1) * STEP);
	if (l->number) {
		ward_wr_u64(&n, l->number);
		ward_wr_ch(&n, '.');
		ward_text_put(&s->t, WARD_STYLE_BOLD, ward_wr_text(&n));
		ward_text_tab(&s->t, (depth + 1) * STEP);
	}
	ward_text_put(&s->t, l->number ? WARD_STYLE_PLAIN : WARD_STYLE_DIM, l->text);
	ward_text_close(&s->t);
}

/* At which level of the hospital's alert it belongs, as its country calls it. */
static void level(struct show *s, const struct ward_playbook *p)
{
	const struct ward_playbook_country *c = &s->x.country;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

	if (c->code.len && p->level >= 1 && p->level <= WARD_PLAYBOOK_LEVELS) {
		WARD_SAY(&w, s->x.lang, WARD_TEXT("Level of alert: {level}"),
			{"level", c->level[p->level - 1]});
		ward_text_open(&s->t, 0, 2);
		ward_text_put(&s->t, WARD_STYLE_WARN, ward_wr_text(&w));
		ward_text_close(&s->t);
	}
	ward_wr_fini(&w);
}

static void title(struct show *s, const struct ward_playbook *p)
{
	const struct ward_threats *known = s->x.m ? ward_model_threats(s->x.m) : s->x.t;

	ward_text_open(&s->t, 0, 2);
	ward_text_put(&s->t, WARD_STYLE_BOLD, ward_lang_text(s->x.lang, p->name));
	ward_text_close(&s->t);
	if (p->description.len) {
		ward_text_open(&s->t, 0, 0);
		ward_text_put(&s->t, WARD_STYLE_PLAIN, ward_lang_text(s->x.lang, p->description));
		ward_text_close(&s->t);
	}
	for (size_t i = 0; i < p->n_threat; i++) {
		struct ward_str codes = p->threat[i];

		ward_text_open(&s->t, 2, 4);
		for (const char *before = "- "; codes.len; before = " + ") {
			struct ward_str code = ward_str_cut(&codes, WARD_PLAYBOOK_BOTH);
			uint32_t k = ward_threats_find(known, code);

			ward_text_z(&s->t, WARD_STYLE_DIM, before);
			ward_text_put(&s->t, WARD_STYLE_DIM,
				k == WARD_NONE ? code
					       : ward_lang_text(s->x.lang,
							 ward_threats_at(known, k)->name));
		}
		ward_text_close(&s->t);
	}
	level(s, p);
	ward_text_gap(&s->t);
}

/* What each role that takes part does first. */
static void cards(struct show *s, const struct ward_playbook *p)
{
	bool begun = false;

	for (size_t i = 0; i < p->n_party; i++) {
		const struct ward_playbook_card *c =
			ward_playbook_card(&s->x.country, p->party[i].role);

		if (!c)
			continue;
		if (!begun)
			ward_text_gap(&s->t);
		begun = true;
		ward_text_open(&s->t, 0, STEP);
		ward_text_put(&s->t, WARD_STYLE_BOLD, c->title);
		ward_text_z(&s->t, WARD_STYLE_PLAIN, ": ");
		ward_text_put(&s->t, WARD_STYLE_PLAIN, c->first);
		ward_text_close(&s->t);
	}
}

static int report(struct show *s)
{
	const struct ward_playbooks all = {.item = s->x.item, .n = s->x.n};
	const struct ward_playbook_sheet sheet = {s->x.lang, s->x.m, &all, line, s};
	struct ward_playbook *p = s->x.item[0];

	if (s->x.json) {
		ward_playbook_write(p, &s->x.w);
		return ward_cli_put(&s->x.w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
	}
	if (!p->sound) {
		ward_cli_findings(&s->x.diag, NULL, s->x.lang);
		(void)ward_cli_fail(s->x.cmd, "a playbook with errors has no sheet");
		return WARD_EXIT_INPUT;
	}
	ward_text_init(&s->t, COLUMNS, ward_cli_colour(stdout));
	s->t.w = &s->x.w;
	title(s, p);
	enum ward_err err = ward_playbook_tell(p, &sheet);

	if (err)
		return ward_cli_fail(s->x.cmd, "%s", ward_err_text(err));
	cards(s, p);
	return ward_cli_put(&s->x.w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct show s = {.x = {.cmd = cmd}};
	int code = ward_cli_playbooks_args(&s.x, argc, argv);

	if (!code && s.x.n_path != 1)
		code = ward_cli_usage(cmd, "which playbook? Give one file or name");
	if (code)
		return code;
	code = ward_cli_playbooks_load(&s.x);
	if (!code && s.x.n_asked > 1)
		code = ward_cli_usage(cmd, "which of the %zu playbooks in %s? Give one file",
			s.x.n_asked, s.x.path[0]);
	if (!code && !s.x.n_asked) {
		ward_cli_findings(&s.x.diag, NULL, s.x.lang);
		code = WARD_EXIT_INPUT;
	}
	if (!code)
		code = report(&s);
	ward_cli_playbooks_fini(&s.x);
	return code;
}

const struct ward_cmd ward_cmd_playbook_show = {
	.name = "playbook show",
	.summary = "a playbook as a sheet: who does what, in order, with branches and time limits",
	.help = "usage: ward playbook show [DIR] FILE [--lang CODE] [--json] [--content DIR]\n\n"
		"The sheet of a playbook, to read or to print; FILE may be the name of one of "
		"Ward's\n"
		"own or of the hospital's: ransomware. With a hospital directory DIR roles are "
		"called\n"
		"as there, and what hospitals of its country call the level of alert and the "
		"roles,\n"
		"and what each role does first, stands beside it.\n\n"
		"  --lang CODE    en, fr, it, nl (default: $WARD_LANG, else the first of the\n"
		"                 hospital's languages)\n"
		"  --content DIR  threats, languages (else $WARD_CONTENT, else the built-in "
		"place)\n"
		"  --json         the playbook itself as it was read: the same values\n\n"
		"Exit: 0 done, 1 the playbook has errors (reported), 2 wrong usage, 3 could not "
		"run.\n",
	.run = run,
};
