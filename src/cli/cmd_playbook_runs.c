#include "cli/commands.h"
#include "cli/kept.h"
#include "cli/playbooks.h"
#include "cli/speak.h"
#include "respond/playbook/drive.h"
#include "story/text.h"
#include "story/zone.h"

enum { TEXT_MAX = 400 };

struct runs {
	struct ward_cli_playbooks x;
	struct ward_drive *drive;
	enum ward_err err;
	bool all;
};

static void on_row(void *ctx, const struct ward_store_row *row)
{
	struct runs *s = ctx;
	const struct ward_drive_row of = {row->id, row->revision, row->time, row->json};

	if (row->kind == WARD_ROW_RUN && !s->err)
		s->err = ward_drive_take(s->drive, &of);
}

static void put_request(
	const struct runs *s, const struct ward_drive_run *r, const struct ward_run_request *q)
{
	struct ward_wr *w = (struct ward_wr *)(uintptr_t)&s->x.w;
	struct ward_wr text = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint32_t role = s->x.m ? ward_model_find(s->x.m, q->role) : WARD_NONE;

	ward_wr_z(w, "  ");
	ward_id_write(w, q->id);
	ward_wr_z(w, "  ");
	ward_wr_str(w, role == WARD_NONE ? q->role : ward_model_node(s->x.m, role)->name);
	ward_wr_z(w, ", ");
	ward_cli_put_time(w, q->due);
	ward_wr_z(w, "\n    ");
	ward_run_say(r->run, q, s->x.lang, &text);
	(void)ward_text_line(w, ward_wr_text(&text), TEXT_MAX);
	ward_wr_ch(w, '\n');
	ward_wr_fini(&text);
}

static bool put_run(struct runs *s, const struct ward_drive_run *r)
{
	struct ward_wr *w = &s->x.w;
	struct ward_run_request q;
	const char *outcome = r->lost ? WARD_TEXT("lost") : ward_run_outcome_name(r->outcome);

	if (!s->all && (r->outcome != WARD_RUN_OPEN || r->lost))
		return false;
	ward_id_write(w, r->id);
	ward_wr_z(w, "  ");
	ward_cli_put_time(w, r->begun);
	ward_wr_z(w, "  ");
	ward_wr_str(w, ward_lang_text(s->x.lang, ward_str_z(outcome)));
	ward_wr_z(w, "  ");
	if (r->playbook)
		(void)ward_text_line(w, ward_lang_text(s->x.lang, r->playbook->name), TEXT_MAX);
	if (r->incident.len) {
		ward_wr_z(w, "  ");
		(void)ward_text_line(w, r->incident, TEXT_MAX);
	}
	ward_wr_ch(w, '\n');
	for (size_t k = 0; r->run && ward_run_open(r->run, k, &q); k++)
		put_request(s, r, &q);
	return true;
}

static int show(struct runs *s)
{
	size_t n = 0;

	for (size_t i = 0; i < ward_drive_n(s->drive); i++) {
		struct ward_drive_run r;

		ward_drive_at(s->drive, i, &r);
		n += put_run(s, &r);
	}
	if (!n) {
		ward_say(&s->x.w, s->x.lang,
			s->all ? WARD_TEXT("No playbook was begun.")
			       : WARD_TEXT("No playbook is being done."));
		ward_wr_ch(&s->x.w, '\n');
	}
	return ward_cli_put(&s->x.w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct runs s = {.x = {.cmd = cmd}};
	struct ward_cli_kept kept;
	const char *state = NULL;
	char *rest[8];
	int n = 1, code = WARD_EXIT_DONE;

	rest[0] = argv[0];
	for (int i = 1; !code && i < argc; i++)
		if (strcmp(argv[i], "--all") == 0)
			s.all = true;
		else if (strcmp(argv[i], "--state") == 0 && i + 1 < argc)
			state = argv[++i];
		else if (n < (int)WARD_ARRAY_LEN(rest))
			rest[n++] = argv[i];
		else
			code = ward_cli_usage(cmd, "too many words");
	if (code)
		return code;
	code = ward_cli_playbooks_args(&s.x, n, rest);
	if (!code && (!s.x.dir || s.x.n_path))
		code = ward_cli_usage(cmd, "which hospital directory?");
	if (code)
		return code;
	code = ward_cli_playbooks_load(&s.x);
	struct ward_playbooks all = {.item = s.x.item, .n = s.x.n, .never = s.x.never};

	if (!code && ward_zone_use(ward_model_hospital(s.x.m)->timezone) == WARD_ERR_MALFORMED)
		code = ward_cli_fail(cmd, "the hospital's time zone can't be used");
	const struct ward_drive_opts o = {
		.all = &all, .n_now = all.n, .m = s.x.m, .lim = &s.x.lim, .mem = ward_mem_heap()};

	if (!code && ward_drive_new(&o, &s.drive))
		code = ward_cli_fail(cmd, "out of memory");
	if (!code)
		code = ward_cli_kept(cmd, state, ward_model_hospital(s.x.m)->id, on_row, &s, &kept);
	if (!code && s.err)
		code = ward_cli_fail(cmd, "%s", ward_err_text(s.err));
	if (!code)
		code = show(&s);
	ward_drive_free(s.drive);
	ward_cli_playbooks_fini(&s.x);
	return code;
}

const struct ward_cmd ward_cmd_playbook_runs = {
	.name = "playbook runs",
	.summary = "runs of playbooks, what they ask for, of whom and until when",
	.help = "usage: ward playbook runs [--all] [--state DIR] [--lang CODE] [--content DIR]\n"
		"                          HOSPITAL\n\n"
		"Of each run its id, when it began, how it stands, the playbook and the incident;\n"
		"below it each request that is open: its id, the role that is asked, until when,\n"
		"and what is asked.\n\n"
		"  --all          those that are over as well\n"
		"  --state DIR    what 'ward run' keeps (default: as for 'ward run')\n"
		"  --lang CODE    en, fr, it or nl\n"
		"  --content DIR  content to use (default: beside the program)\n\n"
		"Exit: 0 done, 2 wrong usage, 3 could not run.\n",
	.run = run,
};
