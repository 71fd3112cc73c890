#include "cli/act.h"

#include "run/desk_client.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct said {
	const char *state, *role, *reason, *shown, *args, *subject;
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct said *x)
{
	const struct {
		const char *name, **to;
	} option[] = {{"--state", &x->state}, {"--role", &x->role}, {"--reason", &x->reason},
		{"--shown", &x->shown}, {"--args", &x->args}};

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(option) && strcmp(argv[i], option[k].name) != 0)
			k++;
		if (k < WARD_ARRAY_LEN(option) && i + 1 < argc)
			*option[k].to = argv[++i];
		else if (argv[i][0] == '-')
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		else if (!x->subject)
			x->subject = argv[i];
		else
			return ward_cli_usage(cmd, "'%s' is one word too many", argv[i]);
	}
	return x->state && x->subject
		       ? WARD_EXIT_DONE
		       : ward_cli_usage(cmd, "give --state DIR, and what it is about");
}

/* An argument could be read by every user of this machine. */
static struct ward_str read_code(char *buf, size_t cap)
{
	if (isatty(STDIN_FILENO))
		fprintf(stderr, "code of your authenticator: ");
	if (!fgets(buf, (int)cap, stdin))
		buf[0] = 0;
	return ward_str_trim(ward_str_sub(ward_str_z(buf), 0, strcspn(buf, "\n")));
}

static bool needs_code(enum ward_decision_kind kind)
{
	return kind != WARD_DECISION_PROPOSE && kind != WARD_DECISION_REFUSE;
}

int ward_cli_act(const struct ward_cmd *cmd, int argc, char **argv, enum ward_decision_kind kind)
{
	struct said x = {.role = WARD_DESK_WHOEVER, .reason = ""};
	char args[256], code[64];
	struct ward_desk_client *c = NULL;
	struct ward_decided became = {.err = WARD_OK};
	int status = parse(cmd, argc, argv, &x);

	if (status)
		return status;
	if (needs_code(kind) && (!x.shown || strlen(x.shown) != 64))
		return ward_cli_usage(cmd, "give --shown HASH, as `ward act propose` printed it");
	(void)snprintf(args, sizeof(args), "{\"shown\":\"%.64s\"}", x.shown ? x.shown : "");
	struct ward_decision d = {.kind = kind,
		.person = WARD_STR(WARD_DESK_WHOEVER),
		.role = ward_str_z(x.role),
		.subject = ward_str_z(x.subject),
		.text = ward_str_z(x.reason),
		.args = ward_str_z(x.args ? x.args : args)};

	if (needs_code(kind))
		d.proof = read_code(code, sizeof(code));
	enum ward_err err = ward_desk_say(x.state, &d, &c, &became);

	ward_wipe(code, sizeof(code));
	if (err)
		fprintf(stderr, "ward %s: the desk in '%s': %s\n", cmd->name, x.state,
			ward_err_text(err));
	else if (became.err)
		fprintf(stderr, "ward %s: %.*s\n", cmd->name, WARD_STR_ARG(became.why));
	else
		printf("%.*s\n", WARD_STR_ARG(became.json));
	ward_desk_client_free(c);
	return err || became.err ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}
