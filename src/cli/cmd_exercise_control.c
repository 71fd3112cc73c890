/* Leading a played scenario from a terminal: said at the desk, as the console says it. */
#include "cli/commands.h"
#include "cli/decide.h"
#include "cli/lang.h"
#include "conf/conf.h"
#include "exercise/course.h"
#include "run/desk_client.h"

#include <string.h>

enum { OUT_MAX = 1 << 20, ARENA = 16 << 20, ARGS = 1024 };

struct control {
	const struct ward_cmd *cmd;
	const char *state, *op, *word[2], *to, *content, *code;
	size_t n_word;
	bool json;
	struct ward_lang *lang;
	struct ward_limits lim;
};

/* How many words follow an op: at least, at most. */
static const struct {
	const char *op;
	uint8_t least, most;
} ops[] = {{"status", 0, 0}, {"pause", 0, 0}, {"resume", 0, 0}, {"next", 0, 0}, {"end", 0, 0},
	{"skip", 0, 1}, {"repeat", 0, 1}, {"inject", 1, 1}, {"say", 1, 1}, {"decide", 2, 2},
	{"note", 1, 1}};

static int parse(struct control *x, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--to") == 0        ? &x->to
				     : strcmp(argv[i], "--content") == 0 ? &x->content
				     : strcmp(argv[i], "--lang") == 0    ? &x->code
									 : NULL;

		if (value && i + 1 == argc)
			return ward_cli_usage(x->cmd, "%s needs a value", argv[i]);
		if (value)
			*value = argv[++i];
		else if (strcmp(argv[i], "--json") == 0)
			x->json = true;
		else if (argv[i][0] == '-' && argv[i][1])
			return ward_cli_usage(x->cmd, "'%s' is not an option", argv[i]);
		else if (!x->state)
			x->state = argv[i];
		else if (!x->op)
			x->op = argv[i];
		else if (x->n_word < WARD_ARRAY_LEN(x->word))
			x->word[x->n_word++] = argv[i];
		else
			return ward_cli_usage(x->cmd, "'%s' is one too many", argv[i]);
	}
	if (!x->state || !x->op)
		return ward_cli_usage(x->cmd, "give the state folder and what to do");
	if (x->to && strcmp(x->op, "say") != 0)
		return ward_cli_usage(x->cmd, "--to goes with say");
	for (size_t i = 0; i < WARD_ARRAY_LEN(ops); i++)
		if (strcmp(ops[i].op, x->op) == 0)
			return x->n_word >= ops[i].least && x->n_word <= ops[i].most
				       ? WARD_EXIT_DONE
				       : ward_cli_usage(x->cmd,
						 "'%s' takes another number of words", x->op);
	return ward_cli_usage(x->cmd, "'%s' is nothing by which a play is led", x->op);
}

/* {"of": …, "decided": …} */
static void put_args(const struct control *x, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	bool decides = strcmp(x->op, "decide") == 0;
	const char *of = decides ? x->word[1] : x->to;

	if (strcmp(x->op, "skip") == 0 || strcmp(x->op, "repeat") == 0 ||
		strcmp(x->op, "inject") == 0)
		of = x->word[0];
	ward_json_obj(&j);
	if (of)
		ward_json_put_z(&j, "of", of);
	if (decides)
		ward_json_put_z(&j, "decided", x->word[0]);
	ward_json_obj_end(&j);
}

/* ---- what is said of it ---- */

static ward_ns ms(const struct ward_conf *c, const char *key)
{
	int64_t v = 0;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	(void)ward_conf_i64(c, key, false, &d, INT32_MIN, INT64_MAX / WARD_NS_PER_MS, &v);
	ward_diag_fini(&d);
	return v < 0 ? 0 : v * WARD_NS_PER_MS;
}

/* "1:05" */
static void put_time(struct ward_wr *w, ward_ns t)
{
	ward_wr_printf(w, "%lld:%02lld", (long long)(t / WARD_NS_PER_S / 60),
		(long long)(t / WARD_NS_PER_S % 60));
}

static bool is(const struct ward_conf *c, const char *key)
{
	return ward_str_eqz(ward_conf_word(c, key), "true");
}

static void tell_head(struct control *x, const struct ward_conf *c, struct ward_wr *w)
{
	struct ward_str next = ward_conf_word(c, "next_ms");
	char buf[32];
	struct ward_wr t = ward_wr_fixed(buf, sizeof(buf));

	ward_cli_plain(w, ward_conf_word(c, "title"));
	ward_wr_ch(w, '\n');
	put_time(&t, ms(c, "played_ms"));
	WARD_SAY(w, x->lang, WARD_TEXT("{time} of the play"), {"time", ward_wr_text(&t)});
	ward_wr_z(w, ", ");
	ward_say(w, x->lang,
		is(c, "ended")    ? WARD_TEXT("it has ended")
		: is(c, "paused") ? WARD_TEXT("paused")
				  : WARD_TEXT("it goes on"));
	if (next.len && !is(c, "ended")) {
		ward_wr_reset(&t);
		put_time(&t, ms(c, "next_ms"));
		ward_wr_z(w, ", ");
		WARD_SAY(w, x->lang, WARD_TEXT("next at {time}"), {"time", ward_wr_text(&t)});
	} else if (is(c, "waits") && !is(c, "ended")) {
		ward_wr_z(w, ", ");
		ward_say(w, x->lang, WARD_TEXT("nothing comes any more: end it"));
	}
	ward_wr_ch(w, '\n');
}

static void tell_steps(const struct ward_conf *c, struct ward_wr *w)
{
	const struct ward_conf *list = ward_conf_get(c, "steps");

	for (const struct ward_conf *s = list ? list->child : NULL; s; s = s->next) {
		ward_wr_z(w, "  ");
		put_time(w, ms(s, "at_ms"));
		ward_wr_printf(w, "  %.*s  ", WARD_STR_ARG(ward_conf_word(s, "step")));
		ward_cli_plain(w, ward_conf_word(s, "note"));
		if (ward_conf_word(s, "id").len) {
			ward_wr_z(w, " [");
			ward_cli_plain(w, ward_conf_word(s, "id"));
			ward_wr_ch(w, ']');
		}
		ward_wr_ch(w, '\n');
	}
}

static void tell_injects(struct control *x, const struct ward_conf *c, struct ward_wr *w)
{
	const struct ward_conf *list = ward_conf_get(c, "injects");
	uint64_t n = 0;

	for (const struct ward_conf *i = list ? list->child : NULL; i; i = i->next) {
		if (i == list->child) {
			ward_say(w, x->lang, WARD_TEXT("Injects"));
			ward_wr_ch(w, '\n');
		}
		ward_wr_z(w, "  ");
		ward_cli_plain(w, ward_conf_word(i, "id"));
		ward_wr_z(w, "  ");
		ward_cli_plain(w, ward_conf_word(i, "title"));
		if (ward_str_u64(ward_conf_word(i, "brought"), &n) && n) {
			ward_wr_z(w, "  (");
			ward_say_n(w, x->lang, n, WARD_TEXT_ONE("brought in {n} time"),
				WARD_TEXT("brought in {n} times"));
			ward_wr_ch(w, ')');
		}
		ward_wr_ch(w, '\n');
	}
}

static void tell_branches(struct control *x, const struct ward_conf *c, struct ward_wr *w)
{
	const struct ward_conf *list = ward_conf_get(c, "branches");

	for (const struct ward_conf *b = list ? list->child : NULL; b; b = b->next) {
		struct ward_str way = ward_conf_word(b, "way");

		if (b == list->child) {
			ward_say(w, x->lang, WARD_TEXT("Branches"));
			ward_wr_ch(w, '\n');
		}
		ward_wr_z(w, "  ");
		ward_cli_plain(w, ward_conf_word(b, "id"));
		ward_wr_z(w, "  ");
		ward_cli_plain(w, ward_conf_word(b, "note"));
		ward_wr_z(w, "  (");
		ward_say(w, x->lang,
			ward_str_eqz(way, "taken")       ? WARD_TEXT("taken")
			: ward_str_eqz(way, "not-taken") ? WARD_TEXT("not taken")
			: is(b, "met")                   ? WARD_TEXT("will be taken")
							 : WARD_TEXT("open"));
		ward_wr_z(w, ")\n");
	}
}

static void tell_does(struct control *x, const struct ward_conf *list, struct ward_wr *w)
{
	for (const struct ward_conf *d = list ? list->child : NULL; d; d = d->next) {
		ward_wr_z(w, ", ");
		WARD_SAY(w, x->lang, WARD_TEXT("does {what}"), {"what", ward_conf_word(d, "word")});
		ward_wr_ch(w, ' ');
		put_time(w, ms(d, "after_ms"));
	}
}

/* Who plays whom, where a policy plays somebody: how late it does what. */
static void tell_played(struct control *x, const struct ward_conf *c, struct ward_wr *w)
{
	static const struct {
		const char *key, *text;
	} does[] = {{"acknowledges_ms", WARD_TEXT("acknowledges")},
		{"contains_ms", WARD_TEXT("contains it")},
		{"begins_ms", WARD_TEXT("begins playbooks")},
		{"answers_ms", WARD_TEXT("answers playbooks")},
		{"approves_ms", WARD_TEXT("approves actions")},
		{"refuses_ms", WARD_TEXT("refuses actions")}};
	const struct ward_conf *list = ward_conf_get(c, "played");

	for (const struct ward_conf *r = list ? list->child : NULL; r; r = r->next) {
		if (r == list->child) {
			ward_say(w, x->lang, WARD_TEXT("Who plays whom"));
			ward_wr_ch(w, '\n');
		}
		ward_wr_z(w, "  ");
		ward_cli_plain(w, ward_conf_word(r, "role"));
		ward_wr_z(w, "  ");
		ward_say(
			w, x->lang, is(r, "policy") ? WARD_TEXT("by policy") : WARD_TEXT("people"));
		for (size_t i = 0; i < WARD_ARRAY_LEN(does); i++) {
			uint64_t n;

			if (!ward_str_u64(ward_conf_word(r, does[i].key), &n))
				continue;
			ward_wr_z(w, ", ");
			ward_say(w, x->lang, does[i].text);
			ward_wr_ch(w, ' ');
			put_time(w, ms(r, does[i].key));
		}
		tell_does(x, ward_conf_get(r, "does"), w);
		ward_wr_ch(w, '\n');
	}
}

/* What an inject tells, and to whom: the trainer reads it out. */
static void tell_texts(struct control *x, const struct ward_conf *c, struct ward_wr *w)
{
	const struct ward_conf *list = ward_conf_get(c, "tell");

	for (const struct ward_conf *t = list ? list->child : NULL; t; t = t->next) {
		WARD_SAY(w, x->lang, WARD_TEXT("Tell {who}"), {"who", ward_conf_word(t, "name")});
		ward_say_colon(w, x->lang);
		ward_cli_plain(w, ward_conf_word(t, "text"));
		ward_wr_ch(w, '\n');
	}
}

static int tell(struct control *x, struct ward_str json)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	const struct ward_conf *c = NULL;
	struct ward_arena a;
	struct ward_diag d;

	ward_arena_init(&a, ward_mem_heap(), ARENA);
	ward_diag_init(&d, ward_mem_heap());
	if (x->json) {
		ward_wr_str(&w, json);
		ward_wr_ch(&w, '\n');
	} else if (ward_conf_json(&a, &x->lim, WARD_STR("answer"), 1, ward_str_bytes(json), &d,
			   &c) == WARD_OK) {
		tell_texts(x, c, &w);
		tell_head(x, c, &w);
		tell_steps(c, &w);
		tell_injects(x, c, &w);
		tell_branches(x, c, &w);
		tell_played(x, c, &w);
	}
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	bool put = ward_cli_put(&w, stdout);

	ward_wr_fini(&w);
	return put ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int say(struct control *x)
{
	uint8_t buf[ARGS];
	struct ward_wr args = ward_wr_fixed(buf, sizeof(buf));
	bool text = strcmp(x->op, "say") == 0 || strcmp(x->op, "note") == 0;
	struct ward_desk_client *c = NULL;
	struct ward_decided is;

	put_args(x, &args);
	if (ward_wr_bad(&args))
		return ward_cli_usage(x->cmd, "that is too long");
	struct ward_decision d = {.kind = WARD_DECISION_LEAD,
		.person = ward_str_z(WARD_DESK_WHOEVER),
		.role = ward_str_z(WARD_DESK_WHOEVER),
		.subject = ward_str_z(x->op),
		.text = ward_str_z(text ? x->word[0] : ""),
		.args = ward_wr_text(&args)};
	enum ward_err err = ward_desk_say(x->state, &d, &c, &is);
	int rc = WARD_EXIT_RUN;

	if (err)
		(void)ward_cli_desk_fail(x->cmd, x->state, err);
	else if (is.err) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);

		ward_wr_printf(&w, "ward %s: ", x->cmd->name);
		ward_wr_str(&w, ward_lang_text(x->lang, is.why));
		ward_wr_ch(&w, '\n');
		(void)ward_cli_put(&w, stderr);
		ward_wr_fini(&w);
		rc = WARD_EXIT_INPUT;
	} else {
		rc = tell(x, is.json);
	}
	ward_desk_client_free(c);
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct control x = {.cmd = cmd};
	int rc = parse(&x, argc, argv);
	const char *content = rc ? NULL : ward_cli_content(cmd, x.content);

	ward_limits_default(&x.lim);
	if (rc || !content)
		return rc ? rc : WARD_EXIT_RUN;
	rc = ward_cli_lang(
		cmd, &(struct ward_cli_lang){x.code, content, WARD_STR("")}, &x.lim, &x.lang);
	if (!rc)
		rc = say(&x);
	ward_lang_free(x.lang);
	return rc;
}

const struct ward_cmd ward_cmd_exercise_control = {
	.name = "exercise control",
	.summary = "lead a scenario that is being played: hold it, bring injects in, decide",
	.help = "usage: ward exercise control [--json] [--lang CODE] STATE status\n"
		"       ward exercise control … STATE pause|resume|next|end\n"
		"       ward exercise control … STATE skip|repeat [STEP]\n"
		"       ward exercise control … STATE inject ID\n"
		"       ward exercise control … STATE say [--to ROLE] TEXT\n"
		"       ward exercise control … STATE decide "
		"contained|acknowledged|playbook|decided "
		"ID\n"
		"       ward exercise control … STATE note TEXT\n\n"
		"STATE is the state folder of a `ward run --play`; whose user asks must be a "
		"person\n"
		"with the profile trainer (docs/exercise.md). Each thing that is done is a line "
		"of\n"
		"STATE/exercise.jsonl.\n\n"
		"  pause, resume  the time of the play stands still, also for its controllers\n"
		"  next           the time until the next step is left out; while it is paused, "
		"that\n"
		"                 step is played and no other\n"
		"  skip, repeat   the next step, or the one with that id or number, is not "
		"played;\n"
		"                 the last one, or that, is sent once more\n"
		"  inject         what the scenario prepared: its steps happen, its texts are on "
		"the\n"
		"                 screens of their roles, and printed for who tells them\n"
		"  say            an inject that nobody prepared: on the screens of a role, or of "
		"all\n"
		"  decide         what people did and Ward can't know; a branch may be taken by "
		"it\n"
		"  end            ends the play\n"
		"  --json         the answer as JSON (docs/exercise.md)\n"
		"  --lang CODE    en, fr, it, nl (default: $WARD_LANG)\n\n"
		"Exit codes: 0 done, 1 refused (told why), 2 wrong usage, 3 could not run.\n",
	.run = run,
};
