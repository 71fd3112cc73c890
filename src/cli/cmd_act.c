/* Actions on the hospital: listed, shown, proposed, and decided at the desk with a one-time code.
 */
#include "cli/acts.h"
#include "cli/commands.h"
#include "cli/decide.h"
#include "cli/kept.h"
#include "cli/speak.h"
#include "run/desk_client.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OUT_BYTES = 64 << 20, HASH_DIGITS = 64, CODE_BYTES = 64, ARGS_BYTES = 4096 };

struct asked {
	const struct ward_cmd *cmd;
	const char *state_option, *role, *reason, *shown, *does, *host, *incident, *lang_option;
	const char *dir, *subject;
	bool all, json;
	char state[PATH_MAX];
	struct ward_model *m; /* of the directory; or NULL */
	struct ward_lang *lang;
	struct ward_cli_acts acts;
	struct ward_wr w;
};

static int words(struct asked *x, const char *word[2], size_t n, bool wants_subject)
{
	size_t need = wants_subject;

	if (n < need || n > need + 1 || (n == need && !x->state_option))
		return ward_cli_usage(x->cmd, "give the hospital directory, or --state DIR%s",
			wants_subject ? ", and what it is about" : "");
	x->subject = wants_subject ? word[n - 1] : NULL;
	x->dir = n > need ? word[0] : NULL;
	return WARD_EXIT_DONE;
}

static int parse(struct asked *x, int argc, char **argv, bool wants_subject)
{
	const struct {
		const char *name, **to;
	} option[] = {{"--state", &x->state_option}, {"--role", &x->role}, {"--reason", &x->reason},
		{"--shown", &x->shown}, {"--does", &x->does}, {"--host", &x->host},
		{"--incident", &x->incident}, {"--lang", &x->lang_option}};
	const char *word[2] = {NULL, NULL};
	size_t n = 0;

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(option) && (strcmp(argv[i], option[k].name) != 0 ||
							     !strstr(x->cmd->help, option[k].name)))
			k++;
		if (k < WARD_ARRAY_LEN(option) && i + 1 < argc)
			*option[k].to = argv[++i];
		else if (strcmp(argv[i], "--all") == 0 && strstr(x->cmd->help, "--all"))
			x->all = true;
		else if (argv[i][0] == '-')
			return ward_cli_usage(
				x->cmd, "'%s' is no option, or lacks its value", argv[i]);
		else if (n == WARD_ARRAY_LEN(word))
			return ward_cli_usage(x->cmd, "'%s' is one word too many", argv[i]);
		else
			word[n++] = argv[i];
	}
	return words(x, word, n, wants_subject);
}

static void on_row(void *ctx, const struct ward_store_row *row)
{
	struct asked *x = ctx;

	ward_cli_acts_row(&x->acts, row);
}

static int open_all(struct asked *x)
{
	int rc = ward_cli_decide_state(x->cmd, x->dir, x->state_option, x->state);

	return rc ? rc
		  : ward_cli_speak(x->cmd, x->dir, x->lang_option, &x->acts.lim, &x->m, &x->lang);
}

static int read_rows(struct asked *x)
{
	struct ward_cli_kept kept = {.played = false};
	int rc = ward_cli_kept(x->cmd, x->state, WARD_STR(""), on_row, x, &kept);

	if (!rc && x->acts.err)
		rc = ward_cli_fail(x->cmd, "%s", ward_err_text(x->acts.err));
	if (!rc && x->acts.n_unreadable)
		fprintf(stderr, "ward %s: %zu rows of the store can't be read\n", x->cmd->name,
			x->acts.n_unreadable);
	if (!rc && kept.played)
		fputs("(played: nothing of it is real)\n", stderr);
	return rc;
}

static void begin(struct asked *x, const struct ward_cmd *cmd)
{
	*x = (struct asked){.cmd = cmd, .role = WARD_DESK_WHOEVER, .reason = ""};
	ward_cli_acts_init(&x->acts);
	x->w = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
}

static int end(struct asked *x, int rc)
{
	if (!ward_cli_put(&x->w, stdout) && !rc)
		rc = WARD_EXIT_RUN;
	ward_cli_acts_fini(&x->acts);
	ward_lang_free(x->lang);
	ward_model_free(x->m);
	ward_wr_fini(&x->w);
	return rc;
}

static int find(struct asked *x, const struct ward_cli_act **ret)
{
	bool many;

	*ret = ward_cli_acts_find(&x->acts, ward_str_z(x->subject), &many);
	if (*ret)
		return WARD_EXIT_DONE;
	fprintf(stderr, "ward %s: %s action begins with '%s'; 'ward act list' shows them\n",
		x->cmd->name, many ? "more than one" : "no", x->subject);
	return WARD_EXIT_INPUT;
}

static int run_list(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct asked x;
	size_t n = 0;

	begin(&x, cmd);
	int rc = parse(&x, argc, argv, false);

	if (!rc)
		rc = open_all(&x);
	if (!rc)
		rc = read_rows(&x);
	for (size_t i = 0; !rc && i < x.acts.n; i++)
		if (x.all || ward_cli_act_is_open(&x.acts.act[i])) {
			ward_cli_act_line(&x.acts.act[i], x.lang, &x.w);
			n++;
		}
	if (!rc && !n) {
		ward_say(&x.w, x.lang, WARD_TEXT("No action is open."));
		ward_wr_ch(&x.w, '\n');
	}
	return end(&x, rc);
}

static int run_show(const struct ward_cmd *cmd, int argc, char **argv)
{
	const struct ward_cli_act *act;
	struct asked x;

	begin(&x, cmd);
	int rc = parse(&x, argc, argv, true);

	if (!rc)
		rc = open_all(&x);
	if (!rc)
		rc = read_rows(&x);
	if (!rc)
		rc = find(&x, &act);
	if (!rc)
		ward_cli_act_tell(act, x.lang, &x.w);
	return end(&x, rc);
}

/* ---- deciding ---- */

/* An argument could be read by every user of this machine. */
static struct ward_str read_code(char buf[CODE_BYTES])
{
	if (isatty(STDIN_FILENO))
		fputs("code of your authenticator: ", stderr);
	if (!fgets(buf, CODE_BYTES, stdin))
		buf[0] = 0;
	return ward_str_trim(ward_str_sub(ward_str_z(buf), 0, strcspn(buf, "\n")));
}

static bool needs_code(enum ward_decision_kind kind)
{
	return kind != WARD_DECISION_PROPOSE && kind != WARD_DECISION_REFUSE;
}

/* {"does":…,"ability":…,"incident":…}, or {"shown":…}. */
static int put_args(struct asked *x, enum ward_decision_kind kind, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	char incident[WARD_ID_TEXT];
	int rc = WARD_EXIT_DONE;

	if (x->incident)
		rc = ward_cli_decide_incident(x->cmd, x->state, x->incident, incident);
	ward_json_obj(&j);
	if (kind != WARD_DECISION_PROPOSE) {
		ward_json_key(&j, "shown");
		ward_json_z(&j, x->shown ? x->shown : "");
	} else {
		ward_json_key(&j, strchr(x->does, '/') ? "ability" : "does");
		ward_json_z(&j, x->does);
	}
	if (x->host) {
		ward_json_key(&j, "host");
		ward_json_z(&j, x->host);
	}
	if (x->incident) {
		ward_json_key(&j, "incident");
		ward_json_z(&j, incident);
	}
	ward_json_obj_end(&j);
	return rc;
}

/* Without a hash the action is shown here, and the code is for what is shown. */
static int show_it(
	struct asked *x, const char **ret_id, char id[WARD_ID_TEXT], char hash[HASH_DIGITS + 1])
{
	const struct ward_cli_act *act;
	int rc = read_rows(x);

	if (!rc)
		rc = find(x, &act);
	if (rc)
		return rc;
	ward_id_text(act->id, id);
	*ret_id = id;
	if (x->shown)
		return WARD_EXIT_DONE;
	ward_cli_act_tell(act, x->lang, &x->w);
	if (!ward_cli_put(&x->w, stderr))
		return WARD_EXIT_RUN;
	ward_wr_reset(&x->w);
	(void)snprintf(hash, HASH_DIGITS + 1, "%.*s", WARD_STR_ARG(ward_cli_act_shown(act)));
	x->shown = hash;
	return WARD_EXIT_DONE;
}

static int say(struct asked *x, struct ward_decision *d)
{
	struct ward_desk_client *c = NULL;
	struct ward_decided became = {.err = WARD_OK};
	enum ward_err err = ward_desk_say(x->state, d, &c, &became);
	int rc = WARD_EXIT_DONE;

	if (err)
		rc = ward_cli_desk_fail(x->cmd, x->state, err);
	else if (became.err) {
		fprintf(stderr, "ward %s: %.*s\n", x->cmd->name, WARD_STR_ARG(became.why));
		rc = WARD_EXIT_INPUT;
	} else {
		ward_wr_str(&x->w, became.json.len ? became.json : became.why);
		ward_wr_ch(&x->w, '\n');
	}
	ward_desk_client_free(c);
	return rc;
}

static int decide(struct asked *x, enum ward_decision_kind kind)
{
	char code[CODE_BYTES] = "", id[WARD_ID_TEXT], hash[HASH_DIGITS + 1];
	uint8_t buf[ARGS_BYTES];
	struct ward_wr args = ward_wr_fixed(buf, sizeof(buf));
	const char *subject = x->subject;
	int rc = open_all(x);

	if (!rc && kind != WARD_DECISION_PROPOSE)
		rc = show_it(x, &subject, id, hash);
	if (!rc)
		rc = put_args(x, kind, &args);
	if (!rc && ward_wr_bad(&args))
		rc = ward_cli_usage(x->cmd, "a text is too long");
	if (rc)
		return rc;
	struct ward_decision d = {.kind = kind,
		.person = WARD_STR(WARD_DESK_WHOEVER),
		.role = ward_str_z(x->role),
		.subject = ward_str_z(subject),
		.text = ward_str_z(x->reason),
		.args = ward_wr_text(&args)};

	if (needs_code(kind))
		d.proof = read_code(code);
	rc = say(x, &d);
	ward_wipe(code, sizeof(code));
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv, enum ward_decision_kind kind)
{
	struct asked x;

	begin(&x, cmd);
	int rc = parse(&x, argc, argv, true);

	if (!rc && kind == WARD_DECISION_PROPOSE && !x.does)
		rc = ward_cli_usage(cmd, "give --does isolate, lock, release or tell");
	if (!rc && x.shown && strlen(x.shown) != HASH_DIGITS)
		rc = ward_cli_usage(cmd, "--shown is a hash of %d digits", (int)HASH_DIGITS);
	if (!rc && (strlen(x.subject) > WARD_DECISION_SUBJECT ||
			   strlen(x.reason) > WARD_DECISION_TEXT))
		rc = ward_cli_usage(cmd, "a text is too long");
	if (!rc)
		rc = decide(&x, kind);
	return end(&x, rc);
}

#define STATE "  --state DIR    what 'ward run' keeps (then HOSPITAL may be left out)\n"
#define LANG "  --lang CODE    the language: en, fr, it, nl\n"
#define WHO                                                                                   \
	"  --role ROLE    the role in which you decide; without it the first of people.yml\n" \
	"  --reason TEXT  why, for those who read on\n"
#define EXIT "\nExit: 0 done, 1 refused (told why), 2 usage, 3 could not run.\n"
#define PROVED                                                                                  \
	"What it is is shown again, and then the code of your authenticator is read, which\n"   \
	"is the first line of standard input (docs/acting.md).\n\n"                             \
	"  --shown HASH   what you were shown had this hash; it is not shown again\n" WHO STATE \
		LANG EXIT

/* X(ident, "name", KIND, "one line", help) */
#define EACH(X)                                                                                    \
	X(propose, "propose", PROPOSE,                                                             \
		"show what an action would do, to care as well; nothing is done",                  \
		"usage: ward act propose [OPTION…] --does WHAT HOSPITAL THING\n\n"               \
		"Proposes an action on THING, an id of the hospital, and prints its record: "      \
		"what\n"                                                                           \
		"would be sent, what it does to care, its hash.\n\n"                               \
		"  --does WHAT    isolate, lock, release or tell, of which the narrowest way is\n" \
		"                 taken, or SYSTEM/ID of actuators.yml\n"                          \
		"  --host MAC     of the network THING, one host which the hospital does not "     \
		"know\n"                                                                           \
		"  --incident ID  because of this incident, or the first letters of its id\n" WHO  \
			STATE EXIT)                                                                \
	X(approve, "approve", APPROVE, "agree to an action, by a one-time code",                   \
		"usage: ward act approve [OPTION…] HOSPITAL ACTION\n\n" PROVED)                    \
	X(refuse, "refuse", REFUSE, "say that an action is not done",                              \
		"usage: ward act refuse [OPTION…] HOSPITAL ACTION\n\n"                           \
		"Not to act needs no code. Of what is in doubt: somebody looked.\n\n" WHO STATE    \
			EXIT)                                                                      \
	X(undo, "undo", UNDO, "take an action back, by a one-time code",                           \
		"usage: ward act undo [OPTION…] HOSPITAL ACTION\n\n" PROVED)                       \
	X(renew, "renew", RENEW, "leave an action as it is for as long again, by a one-time code", \
		"usage: ward act renew [OPTION…] HOSPITAL ACTION\n\n" PROVED)                      \
	X(no_patient, "no-patient", NO_PATIENT,                                                    \
		"the ward says that no patient depends on it now, by a one-time code",             \
		"usage: ward act no-patient [OPTION…] HOSPITAL ACTION\n\n" PROVED)

#define X(ident, word, KIND, line, text)                                          \
	static int run_##ident(const struct ward_cmd *cmd, int argc, char **argv) \
	{                                                                         \
		return run(cmd, argc, argv, WARD_DECISION_##KIND);                \
	}                                                                         \
	const struct ward_cmd ward_cmd_act_##ident = {                            \
		.name = "act " word,                                              \
		.summary = line,                                                  \
		.help = text,                                                     \
		.run = run_##ident,                                               \
	};
EACH(X)
#undef X

const struct ward_cmd ward_cmd_act_list = {
	.name = "act list",
	.summary = "list the actions on the hospital that are open",
	.help = "usage: ward act list [--all] [OPTION…] HOSPITAL\n\n"
		"Each with its state, until when, and what is done to what. By the user of\n"
		"'ward run', or root.\n\n"
		"  --all          those that are over, too\n" STATE LANG
		"\nExit: 0 done, 2 usage, 3 could not run.\n",
	.run = run_list,
};

const struct ward_cmd ward_cmd_act_show = {
	.name = "act show",
	.summary = "show an action: what is sent, what it costs care, who may approve it",
	.help = "usage: ward act show [OPTION…] HOSPITAL ACTION\n\n"
		"ACTION is its id, or the first letters of it.\n\n" STATE LANG EXIT,
	.run = run_show,
};
