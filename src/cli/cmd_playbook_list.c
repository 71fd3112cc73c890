#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/playbooks.h"
#include "story/text.h"

enum { COLUMNS = 100 };

static void put_json(struct ward_cli_playbooks *x, const struct ward_playbook *p)
{
	struct ward_json j = ward_json_on(&x->w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "playbook");
	ward_json_key(&j, "id");
	ward_json_str(&j, p->id);
	ward_json_key(&j, "modified");
	ward_json_str(&j, p->modified);
	ward_json_key(&j, "name");
	ward_json_str(&j, ward_lang_text(x->lang_option ? x->lang : NULL, p->name));
	ward_json_key(&j, "file");
	ward_json_str(&j, p->file);
	ward_json_key(&j, "level");
	ward_json_u64(&j, p->level);
	ward_json_key(&j, "sound");
	ward_json_bool(&j, p->sound);
	ward_json_key(&j, "threats");
	ward_json_arr(&j);
	for (size_t i = 0; i < p->n_threat; i++)
		ward_json_str(&j, p->threat[i]);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(&x->w, '\n');
}

static void put_text(
	struct ward_cli_playbooks *x, struct ward_text *t, const struct ward_playbook *p)
{
	ward_text_open(t, 0, 2);
	ward_text_put(t, WARD_STYLE_BOLD, ward_lang_text(x->lang, p->name));
	ward_text_z(t, WARD_STYLE_PLAIN, " ");
	ward_text_put(t, WARD_STYLE_DIM, p->file);
	if (!p->sound)
		ward_text_z(t, WARD_STYLE_WARN, " has errors: ward playbook check");
	ward_text_close(t);
	if (!p->n_threat)
		return;
	ward_text_open(t, 2, 4);
	for (size_t i = 0; i < p->n_threat; i++) {
		ward_text_put(t, WARD_STYLE_PLAIN, p->threat[i]);
		ward_text_z(t, WARD_STYLE_PLAIN, i + 1 < p->n_threat ? ", " : "");
	}
	ward_text_close(t);
}

static int report(struct ward_cli_playbooks *x)
{
	const struct ward_threats *known = x->m ? ward_model_threats(x->m) : x->t;
	struct ward_text t;
	size_t shown = 0;

	if (x->threat && ward_threats_find(known, ward_str_z(x->threat)) == WARD_NONE)
		return ward_cli_usage(
			x->cmd, "--threat %s is no code of %s/threats.yml", x->threat, x->content);
	ward_text_init(&t, COLUMNS, ward_cli_colour(stdout));
	t.w = &x->w;
	for (size_t i = 0; i < x->n_asked; i++) {
		if (x->threat && !ward_playbook_answers(x->item[i], ward_str_z(x->threat)))
			continue;
		shown++;
		if (x->json)
			put_json(x, x->item[i]);
		else
			put_text(x, &t, x->item[i]);
	}
	if (!shown && !x->json)
		ward_wr_z(
			&x->w, x->threat ? "no playbook answers this threat\n" : "no playbooks\n");
	return ward_cli_put(&x->w, stdout) ? x->n_bad ? WARD_EXIT_INPUT : WARD_EXIT_DONE
					   : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_playbooks x = {.cmd = cmd};
	int code = ward_cli_playbooks_args(&x, argc, argv);

	if (code)
		return code;
	code = ward_cli_playbooks_load(&x);
	if (!code && x.n_bad)
		ward_cli_findings(&x.diag, NULL, x.lang);
	if (!code)
		code = report(&x);
	ward_cli_playbooks_fini(&x);
	return code;
}

const struct ward_cmd ward_cmd_playbook_list = {
	.name = "playbook list",
	.summary = "which playbooks there are, and which answer a threat",
	.help = "usage: ward playbook list [DIR] [--threat CODE] [--lang CODE] [--json]\n"
		"                          [--content DIR] [FILE…]\n\n"
		"Ward's own playbooks and those of the hospital DIR (DIR/playbooks), or those "
		"that\n"
		"are named, each with the threats that it answers.\n\n"
		"  --threat CODE  only those that answer this threat (content/threats.yml)\n"
		"  --lang CODE    en, fr, it, nl (default: $WARD_LANG, else the first of the\n"
		"                 hospital's languages)\n"
		"  --content DIR  threats, playbooks (else $WARD_CONTENT, else the built-in "
		"place)\n"
		"  --json         one object per line: playbook\n\n"
		"Exit: 0 done, 1 a file can't be read as a playbook (reported), 2 wrong usage,\n"
		"3 could not run.\n",
	.run = run,
};
