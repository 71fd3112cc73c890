#include "cli/commands.h"
#include "cli/decide.h"
#include "cli/when.h"
#include "desk/args.h"

enum { ARGS = 16 };

/* What is decided, and what was given of the args of its kind. */
struct asked {
	struct ward_cli_decide x;
	struct given {
		const struct ward_args_member *is;
		const char *value;
	} given[WARD_ARGS_LIST + ARGS];
	size_t n;
	char into[WARD_ID_TEXT];
};

static const char *about(enum ward_decision_kind k)
{
	static const char *const all[] = {[WARD_ABOUT_INCIDENT] = "an incident",
		[WARD_ABOUT_PLACE] = "a place or thing",
		[WARD_ABOUT_CRISIS] = ("\"" WARD_CRISIS_SUBJECT "\", or an incident"),
		[WARD_ABOUT_DECISION] = "what was decided before, by its id",
		[WARD_ABOUT_OTHER] = "see docs/decisions.md"};

	return all[ward_decision_about(k)];
}

static void list(void)
{
	for (enum ward_decision_kind k = 0; k < WARD_DECISION_N; k++) {
		const struct ward_args_member *m;

		if (ward_decision_to(k) != WARD_DECISION_BRAIN)
			continue;
		printf("%-14s %s (of: %s)\n", ward_decision_name(k), ward_decision_says(k),
			about(k));
		for (size_t i = 0; (m = ward_args_member(k, i)); i++)
			printf("%14s %s=…%s%s\n", "", m->key, m->needed ? ", needed" : "",
				m->list ? ", once for each" : "");
	}
}

/* "into=0198": the arg, and its value; NULL: it is none of this kind. */
static const struct ward_args_member *find(
	enum ward_decision_kind k, const char *word, const char **ret_value)
{
	size_t n = strcspn(word, "=");
	const struct ward_args_member *m = NULL;

	for (size_t i = 0; word[n] && (m = ward_args_member(k, i)); i++)
		if (ward_str_eqz((struct ward_str){word, n}, m->key))
			break;
	*ret_value = word + n + 1;
	return word[n] ? m : NULL;
}

/* Takes the args of the kind out of the words. */
static int take_args(struct asked *a, int *argc, char **argv)
{
	int n = 0;

	for (int i = 0; i < *argc; i++) {
		const char *value;
		const struct ward_args_member *m = find(a->x.kind, argv[i], &value);

		if (!m) {
			argv[n++] = argv[i];
			continue;
		}
		for (size_t k = 0; k < a->n; k++)
			if (a->given[k].is == m && !m->list)
				return ward_cli_usage(a->x.cmd, "%s is given twice", m->key);
		if (a->n == WARD_ARRAY_LEN(a->given))
			return ward_cli_usage(a->x.cmd, "%s is given too often", m->key);
		a->given[a->n++] = (struct given){m, value};
	}
	*argc = n;
	return WARD_EXIT_DONE;
}

static bool is_time(const struct ward_args_member *m)
{
	return strcmp(m->key, "until") == 0 || strcmp(m->key, "due") == 0;
}

/* A time is written as people do, or as how long from now; an incident by its first letters. */
static int put_value(struct asked *a, const struct given *g, struct ward_json *j)
{
	ward_ns lasts, at, now = ward_clock_now(ward_clock_system());

	if (is_time(g->is)) {
		struct ward_str s = ward_str_z(g->value);
		bool is = ward_duration_parse(s, &lasts) == WARD_OK ? ward_add(now, lasts, &at)
								    : ward_cli_time(s, now, &at);

		if (!is)
			return ward_cli_usage(a->x.cmd,
				"'%s' is no time; write 09:00, 2026-03-19T09:00:00+01:00, or 2h",
				g->value);
		ward_json_time(j, at);
	} else if (a->x.kind == WARD_DECISION_MERGE) {
		int rc = ward_cli_decide_incident(a->x.cmd, a->x.state, g->value, a->into);

		if (rc)
			return rc;
		ward_json_z(j, a->into);
	} else {
		ward_json_z(j, g->value);
	}
	return WARD_EXIT_DONE;
}

static int put_args(struct asked *a, struct ward_json *j)
{
	const struct ward_args_member *m;
	int rc = WARD_EXIT_DONE;

	ward_json_obj(j);
	for (size_t i = 0; !rc && (m = ward_args_member(a->x.kind, i)); i++) {
		bool has = false;

		for (size_t k = 0; !rc && k < a->n; k++) {
			if (a->given[k].is != m)
				continue;
			if (!has)
				ward_json_key(j, m->key);
			if (!has && m->list)
				ward_json_arr(j);
			has = true;
			rc = put_value(a, &a->given[k], j);
		}
		if (has && m->list)
			ward_json_arr_end(j);
		if (!has && m->needed)
			rc = ward_cli_usage(a->x.cmd,
				"'%s' needs %s=…; 'ward decide --list' says what each needs",
				ward_decision_name(a->x.kind), m->key);
	}
	ward_json_obj_end(j);
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	uint8_t text[WARD_ARGS_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);
	struct ward_json j = ward_json_on(&w);
	struct asked a = {.x = {.cmd = cmd}};

	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		list();
		return WARD_EXIT_DONE;
	}
	a.x.kind = argc > 1 ? ward_decision_parse(ward_str_z(argv[1])) : WARD_DECISION_N;
	if (a.x.kind == WARD_DECISION_N || ward_decision_to(a.x.kind) != WARD_DECISION_BRAIN)
		return argc > 1 && argv[1][0] != '-'
			       ? ward_cli_usage(cmd,
					 "'%s' is nothing that is decided here: 'ward decide "
					 "--list' shows what is",
					 argv[1])
			       : ward_cli_usage(
					 cmd, "say what is decided: 'ward decide --list' has them");
	argc--; /* the kind stands where the command's name stood */
	int rc = take_args(&a, &argc, argv + 1);

	if (!rc)
		rc = ward_cli_decide_args(&a.x, argc, argv + 1);
	if (!rc)
		rc = ward_cli_decide_state(cmd, a.x.dir, a.x.state_option, a.x.state);
	if (!rc)
		rc = put_args(&a, &j);
	if (!rc && ward_wr_bad(&w))
		rc = ward_cli_usage(cmd, "that is too long: %d bytes at most", (int)sizeof(text));
	if (rc)
		return rc;
	text[w.len] = 0;
	a.x.args = a.n ? (const char *)text : NULL;
	return ward_cli_decide(&a.x);
}

const struct ward_cmd ward_cmd_decide = {
	.name = "decide",
	.summary = "decide anything that people decide of incidents, crisis, posts and wards",
	.help = "usage: ward decide --list\n"
		"       ward decide KIND [--state DIR] [--role ROLE] [--why TEXT] HOSPITAL "
		"SUBJECT\n"
		"                   [ARG=VALUE…]\n\n"
		"What the console decides, for who has none at hand. KIND, what it is about, and\n"
		"its ARGs are what --list names; one of which there may be several is\n"
		"given once for each. SUBJECT is an incident's id, or the first letters of it,\n"
		"where it is about one.\n\n"
		"  ward decide assign turin 0197 to=biomedical-engineer --why \"pumps\"\n"
		"  ward decide merge turin 0197 into=0198\n"
		"  ward decide tune turin 0197 rule=RULE thing=THING until=14d\n\n"
		"  --list        the kinds, what each is about, and its args\n"
		"  --state DIR   what 'ward run' keeps (then HOSPITAL may be left out)\n"
		"  --role ROLE   the role in which you decide, of those in people.yml; without\n"
		"                it the first\n"
		"  --why TEXT    the reason, for those who read on\n\n"
		"Who you are, the kernel says (docs/decisions.md).\n\n"
		"Exit: 0 done, 1 refused (told why), 2 usage, 3 could not run.\n",
	.run = run,
};
