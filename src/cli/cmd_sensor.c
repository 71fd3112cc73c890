/* `ward sensor`: sensors on other machines that this Ward takes in, at the machine where it runs.
 */
#include "cli/commands.h"
#include "cli/decide.h"
#include "run/login_client.h"

#include <stdio.h>
#include <string.h>

enum { JSON_ARENA = 4 << 20 };

struct sensor {
	const struct ward_cmd *cmd;
	enum ward_sign_what what;
	const char *state_option, *dir, *id;
	char state[PATH_MAX];
};

static int parse(struct sensor *x, int argc, char **argv)
{
	bool named = x->what != WARD_SIGN_SENSORS;
	const char *word[2] = {NULL, NULL};
	size_t n = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--state") == 0 && i + 1 < argc && argv[i + 1][0])
			x->state_option = argv[++i];
		else if (argv[i][0] == '-')
			return ward_cli_usage(
				x->cmd, "'%s' is not an option, or needs a value", argv[i]);
		else if (n == (named ? 2 : 1))
			return ward_cli_usage(x->cmd, "'%s' is one word too many", argv[i]);
		else
			word[n++] = argv[i];
	}
	x->id = named && n ? word[n - 1] : NULL;
	x->dir = n > (named ? 1u : 0u) ? word[0] : NULL;
	if (named && !x->id)
		return ward_cli_usage(x->cmd, "give the hospital directory, or --state DIR, and a "
					      "source of sources.yml");
	if (!x->dir && !x->state_option)
		return ward_cli_usage(x->cmd, "give the hospital directory, or --state DIR");
	return WARD_EXIT_DONE;
}

static struct ward_str text_of(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v ? v->text : (struct ward_str){0};
}

/* "12 d", "3 h": from then until now, or from now until then. */
static const char *span(struct ward_str time, char ret[24])
{
	ward_ns at, now = ward_clock_now(ward_clock_system());

	if (!time.len || ward_time_parse(time, &at) != WARD_OK)
		return "-";
	long long s = (long long)((at > now ? at - now : now - at) / WARD_NS_PER_S);

	if (s >= 2LL * 86400)
		(void)snprintf(ret, 24, "%lld d", s / 86400);
	else if (s >= 2LL * 3600)
		(void)snprintf(ret, 24, "%lld h", s / 3600);
	else
		(void)snprintf(ret, 24, "%lld min", s / 60);
	return ret;
}

static const char *in_words(struct ward_str state)
{
	static const struct {
		const char *is, *words;
	} all[] = {{"good", "good"}, {"waits", "a code waits for it"},
		{"over", "over: make a code"}, {"none", "not taken in"},
		{"no-source", "not in sources.yml any more: remove it"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (ward_str_eqz(state, all[i].is))
			return all[i].words;
	return "?";
}

static void put_list(const struct ward_conf *json)
{
	const struct ward_conf *items = ward_conf_get(json, "items");
	char age[24], left[24], seen[24];

	if (!items || !items->child) {
		puts("sources.yml has no source of kind sensor without a password_file.");
		return;
	}
	printf("%-20s %8s %8s %8s  %s\n", "sensor", "age", "left", "seen", "state");
	for (const struct ward_conf *p = items->child; p; p = p->next)
		printf("%-20.*s %8s %8s %8s  %s\n", WARD_STR_ARG(text_of(p, "id")),
			span(text_of(p, "made"), age), span(text_of(p, "until"), left),
			span(text_of(p, "seen"), seen), in_words(text_of(p, "state")));
}

static void put(const struct sensor *x, const struct ward_conf *json)
{
	if (x->what == WARD_SIGN_SENSORS)
		put_list(json);
	else if (x->what == WARD_SIGN_SENSOR_END)
		printf("%s is known no more: what it sends is refused within a minute.\n", x->id);
	else
		printf("%.*s\nGood once, until %.*s, and as long as this Ward runs. On the "
		       "sensor's machine:\n"
		       "  ward ship enrol --to https://CONSOLE:PORT --spool /var/spool/ward\n"
		       "and the code there. Whoever has it can pass for the sensor: carry it by "
		       "a way that nobody reads.\n",
			WARD_STR_ARG(text_of(json, "code")),
			WARD_STR_ARG(text_of(json, "expires")));
}

static int failed(const struct sensor *x, enum ward_err err)
{
	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(x->cmd, "nothing runs in '%s'; start 'ward run'", x->state);
	if (err == WARD_ERR_DENIED || err == WARD_ERR_CLOSED)
		return ward_cli_fail(x->cmd,
			"sensors of '%s' are for root and the user that runs Ward; be one of them",
			x->state);
	return ward_cli_fail(x->cmd, "no answer from '%s': %s; its ward.log says more", x->state,
		ward_err_text(err));
}

static int sensor(const struct ward_cmd *cmd, enum ward_sign_what what, int argc, char **argv)
{
	struct sensor x = {.cmd = cmd, .what = what};
	struct ward_login_client *c = NULL;
	const struct ward_conf *json = NULL;
	struct ward_signed ret;
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_diag diag;
	int rc = parse(&x, argc, argv);

	if (!rc)
		rc = ward_cli_decide_state(cmd, x.dir, x.state_option, x.state);
	if (rc)
		return rc;
	const struct ward_sign s = {.what = what, .person = x.id ? ward_str_z(x.id) : WARD_STR("")};
	enum ward_err err = ward_login_say(x.state, &s, &c, &ret);

	if (err)
		return failed(&x, err);
	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), JSON_ARENA);
	ward_diag_init(&diag, ward_mem_heap());
	if (ret.err) {
		fprintf(stderr, "ward %s: %.*s\n", cmd->name, WARD_STR_ARG(ret.why));
		rc = WARD_EXIT_INPUT;
	} else if (ret.json.len && ward_conf_json(&arena, &lim, WARD_STR("answer"), 1,
					   ward_str_bytes(ret.json), &diag, &json) != WARD_OK) {
		rc = ward_cli_fail(cmd, "the answer could not be read; ward.log says more");
	} else {
		put(&x, json);
	}
	ward_diag_fini(&diag);
	ward_arena_fini(&arena);
	ward_login_client_free(c);
	return rc;
}

#define OPTIONS                                                                             \
	"  --state DIR   what 'ward run' keeps (then HOSPITAL may be left out)\n\n"         \
	"For root and the user that runs Ward, on the machine where it runs. Each use is\n" \
	"on record (docs/remote-sensors.md).\n\n"                                           \
	"Exit: 0 done, 1 refused (told why), 2 usage, 3 could not run.\n"

/* X(ident, "name", WHAT, "words", "one line", "what it does") */
#define EACH(X)                                                                                    \
	X(add, "add", SENSOR_ADD, "HOSPITAL SOURCE", "make a code that takes a sensor in, once",   \
		"SOURCE is one of sources.yml with `kind: sensor` and no `password_file`. Prints " \
		"a\n"                                                                              \
		"code, good for an hour, that names this console's certificate; 'ward ship "       \
		"enrol'\n"                                                                         \
		"on the sensor's machine asks for it. A sensor that was taken in before is good\n" \
		"until another is, and not after.\n\n")                                            \
	X(list, "list", SENSORS, "HOSPITAL", "show the sensors elsewhere and how they stand",      \
		"For each: since when it has a certificate, how long that is good, and when it "   \
		"was\n"                                                                            \
		"seen last since Ward was started.\n\n")                                           \
	X(remove, "remove", SENSOR_END, "HOSPITAL SOURCE", "end what a sensor may send",           \
		"Its certificate, and a code that waits for it, count no more. What it sent "      \
		"stays.\n\n")

#define X(ident, word, WHAT, words, line, text)                                                 \
	static int run_##ident(const struct ward_cmd *cmd, int argc, char **argv)               \
	{                                                                                       \
		return sensor(cmd, WARD_SIGN_##WHAT, argc, argv);                               \
	}                                                                                       \
	const struct ward_cmd ward_cmd_sensor_##ident = {                                       \
		.name = "sensor " word,                                                         \
		.summary = line,                                                                \
		.help = "usage: ward sensor " word " [--state DIR] " words "\n\n" text OPTIONS, \
		.run = run_##ident,                                                             \
	};
EACH(X)
#undef X
