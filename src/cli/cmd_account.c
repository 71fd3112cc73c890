/* Accounts of the console, for root and whoever runs Ward: how a hospital gets in that is locked
 * out. */
#include "cli/commands.h"
#include "cli/decide.h"
#include "run/login_client.h"

#include <stdio.h>
#include <string.h>

enum { JSON_ARENA = 16 << 20 };

struct account {
	const struct ward_cmd *cmd;
	enum ward_sign_what what;
	const char *state_option, *dir, *person;
	char state[PATH_MAX];
	struct ward_arena arena;
	struct ward_limits lim;
};

static int parse(struct account *x, int argc, char **argv)
{
	bool named = x->what != WARD_SIGN_PEOPLE;
	const char *word[2] = {NULL, NULL};
	size_t n = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--state") == 0 && i + 1 < argc && argv[i + 1][0])
			x->state_option = argv[++i];
		else if (strcmp(argv[i], "--state") == 0)
			return ward_cli_usage(x->cmd, "--state needs a value");
		else if (argv[i][0] == '-')
			return ward_cli_usage(x->cmd, "'%s' is not an option", argv[i]);
		else if (n == (named ? 2 : 1))
			return ward_cli_usage(x->cmd, "'%s' is one word too many", argv[i]);
		else
			word[n++] = argv[i];
	}
	if (named)
		x->person = n ? word[n - 1] : NULL;
	x->dir = n > (named ? 1u : 0u) ? word[0] : NULL;
	if (named && !x->person)
		return ward_cli_usage(x->cmd, "give the hospital directory, or --state DIR, and a "
					      "person of people.yml");
	if (!x->dir && !x->state_option)
		return ward_cli_usage(x->cmd, "give the hospital directory, or --state DIR");
	return WARD_EXIT_DONE;
}

static int failed(const struct account *x, enum ward_err err)
{
	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(x->cmd, "nothing runs in '%s'; start 'ward run'", x->state);
	if (err == WARD_ERR_DENIED || err == WARD_ERR_CLOSED)
		return ward_cli_fail(x->cmd,
			"accounts in '%s' are for root and the user that runs Ward; be one of them",
			x->state);
	return ward_cli_fail(x->cmd, "no answer from '%s': %s; its ward.log says more", x->state,
		ward_err_text(err));
}

static struct ward_str text_of(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v ? v->text : (struct ward_str){0};
}

static void put_people(const struct ward_conf *c)
{
	const struct ward_conf *items = ward_conf_get(c, "items");

	for (const struct ward_conf *p = items ? items->child : NULL; p; p = p->next)
		printf("%-9.*s %-20.*s %.*s\n", WARD_STR_ARG(text_of(p, "account")),
			WARD_STR_ARG(text_of(p, "id")), WARD_STR_ARG(text_of(p, "name")));
}

static void put(const struct account *x, const struct ward_conf *c)
{
	struct ward_str code = text_of(c, "code");

	if (x->what == WARD_SIGN_PEOPLE)
		put_people(c);
	else if (x->what == WARD_SIGN_ISSUE)
		printf("One-time code of %s: %.*s\nGood once, until %.*s. At the console's "
		       "sign-in: “I have a code”; it asks for a new password. Tell it to "
		       "nobody else.\n",
			x->person, WARD_STR_ARG(code), WARD_STR_ARG(text_of(c, "expires")));
	else if (x->what == WARD_SIGN_DISABLE)
		printf("%s is signed out everywhere, and signs in no more.\n", x->person);
	else
		printf("%s may sign in again.\n", x->person);
}

/* One answer; *ret_next: where to go on, or empty. */
static int ask(struct account *x, struct ward_str after, char *next, size_t cap)
{
	const struct ward_sign s = {
		.what = x->what, .person = x->person ? ward_str_z(x->person) : after};
	struct ward_login_client *c = NULL;
	const struct ward_conf *json = NULL;
	struct ward_signed ret;
	struct ward_diag diag;
	enum ward_err err = ward_login_say(x->state, &s, &c, &ret);
	int rc = WARD_EXIT_DONE;

	next[0] = 0;
	if (err)
		return failed(x, err);
	ward_diag_init(&diag, ward_mem_heap());
	if (ret.err) {
		fprintf(stderr, "ward %s: %.*s\n", x->cmd->name, WARD_STR_ARG(ret.why));
		rc = WARD_EXIT_INPUT;
	} else if (ret.json.len && ward_conf_json(&x->arena, &x->lim, WARD_STR("answer"), 1,
					   ward_str_bytes(ret.json), &diag, &json) != WARD_OK) {
		rc = ward_cli_fail(x->cmd, "the answer could not be read; ward.log says more");
	} else {
		put(x, json);
		(void)snprintf(next, cap, "%.*s", WARD_STR_ARG(text_of(json, "next")));
	}
	ward_diag_fini(&diag);
	ward_login_client_free(c);
	return rc;
}

static int account(const struct ward_cmd *cmd, enum ward_sign_what what, int argc, char **argv)
{
	struct account x = {.cmd = cmd, .what = what};
	char next[WARD_PERSON_ID + 1] = "";
	int rc = parse(&x, argc, argv);

	ward_limits_default(&x.lim);
	ward_arena_init(&x.arena, ward_mem_heap(), JSON_ARENA);
	if (!rc)
		rc = ward_cli_decide_state(cmd, x.dir, x.state_option, x.state);
	do {
		char from[WARD_PERSON_ID + 1];

		memcpy(from, next, sizeof(from));
		rc = rc ? rc : ask(&x, ward_str_z(from), next, sizeof(next));
	} while (!rc && next[0]);
	ward_arena_fini(&x.arena);
	return rc;
}

#define OPTIONS                                                                           \
	"  --state DIR   what 'ward run' keeps (then HOSPITAL may be left out)\n\n"       \
	"For root and the user that runs Ward, on the machine where it runs, also when\n" \
	"nobody can sign in any more (docs/sign-in.md). Each use is on record.\n\n"       \
	"Exit: 0 done, 1 refused (told why), 2 usage, 3 could not run.\n"

/* X(ident, "name", WHAT, "words", "one line", "what it does") */
#define EACH(X)                                                                                   \
	X(list, "list", PEOPLE, "HOSPITAL", "show who can sign in to the console",                \
		"Everybody of people.yml: whether they have an account, and whether it is\n"      \
		"disabled.\n\n")                                                                  \
	X(code, "code", ISSUE, "HOSPITAL PERSON", "make a one-time code to sign in with",         \
		"Prints a code of eight letters, good for a day, once: the person sets a new\n"   \
		"password with it, and has no authenticator then.\n\n")                           \
	X(disable, "disable", DISABLE, "HOSPITAL PERSON", "end somebody's account for now",       \
		"Signed out everywhere at once, and no sign-in until 'ward account enable'.\n\n") \
	X(enable, "enable", ENABLE, "HOSPITAL PERSON", "make a disabled account good again",      \
		"With the password that it had.\n\n")

#define X(ident, word, WHAT, words, line, text)                                                  \
	static int run_##ident(const struct ward_cmd *cmd, int argc, char **argv)                \
	{                                                                                        \
		return account(cmd, WARD_SIGN_##WHAT, argc, argv);                               \
	}                                                                                        \
	const struct ward_cmd ward_cmd_account_##ident = {                                       \
		.name = "account " word,                                                         \
		.summary = line,                                                                 \
		.help = "usage: ward account " word " [--state DIR] " words "\n\n" text OPTIONS, \
		.run = run_##ident,                                                              \
	};
EACH(X)
#undef X
