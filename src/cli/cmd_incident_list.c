#include "cli/commands.h"
#include "cli/decide.h"
#include "cli/kept.h"
#include "cli/plans.h"
#include "cli/speak.h"
#include "conf/conf.h"
#include "story/headline.h"
#include "story/text.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 512 << 20, OUT_BYTES = 64 << 20, COLUMNS = 600, LINE_BYTES = 2048 };

/* The last revision of each incident, and what was decided of them, as the store has them. */
struct list {
	const struct ward_cmd *cmd;
	struct ward_arena arena;
	struct ward_limits lim;
	struct item {
		struct ward_id id;
		uint32_t revision;
		struct ward_str json;
		struct ward_str named; /* the last that says what it is */
		size_t level;          /* of `json`, as all that follows: read once */
		struct ward_str last;
		bool over;
	} * item;
	size_t n, cap;
	struct ward_str *decision; /* n_decision rows, and those of tickets that were closed */
	size_t n_decision, cap_decision;
	enum ward_err err;
	bool all, json;
	size_t id_shown; /* letters of an id */
	const char *state, *hospital, *subject, *lang_option;
	struct ward_model *m; /* of the directory; or NULL */
	struct ward_lang *lang;
	struct ward_cli_plans plans; /* to show one, of a hospital that was named */
	bool has_plans;
};

static void take_incident(struct list *l, const struct ward_store_row *row)
{
	size_t i = 0;

	while (i < l->n && !ward_id_eq(l->item[i].id, row->id))
		i++;
	if (i == l->n) {
		l->err = ward_mem_more(ward_mem_heap(), &l->item, l->n, &l->cap, sizeof(*l->item),
			(size_t)1 << 24);
		if (l->err)
			return;
		l->item[l->n++] = (struct item){.id = row->id};
	}
	if (row->revision < l->item[i].revision)
		return;
	l->item[i].revision = row->revision;
	l->item[i].json = ward_arena_str(&l->arena, row->json);
	if (!l->item[i].json.p)
		l->err = WARD_ERR_NOMEM;
	/* of one that was quiet for long only the decision is told */
	if (ward_str_find(row->json, WARD_STR("\"members_total\":0")) == SIZE_MAX)
		l->item[i].named = l->item[i].json;
}

static void on_row(void *ctx, const struct ward_store_row *row)
{
	struct list *l = ctx;

	if (l->err)
		return;
	if (l->has_plans)
		ward_cli_plans_row(&l->plans, row);
	if (row->kind == WARD_ROW_INCIDENT)
		take_incident(l, row);
	if (row->kind != WARD_ROW_DECISION &&
		!(row->kind == WARD_ROW_DELIVERY &&
			ward_str_starts(row->json, WARD_STR("{\"kind\":\"ticket\""))))
		return;
	l->err = ward_mem_more(ward_mem_heap(), &l->decision, l->n_decision, &l->cap_decision,
		sizeof(*l->decision), (size_t)1 << 24);
	if (l->err)
		return;
	l->decision[l->n_decision] = ward_arena_str(&l->arena, row->json);
	if (l->decision[l->n_decision].p)
		l->n_decision++;
	else
		l->err = WARD_ERR_NOMEM;
}

static const struct ward_conf *read_json(struct list *l, struct ward_str json)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	if (ward_conf_json(&l->arena, &l->lim, WARD_STR("store"), 1, ward_str_bytes(json), &diag,
		    &c) != WARD_OK)
		c = NULL;
	ward_diag_fini(&diag);
	return c;
}

static bool is_over(struct ward_str state)
{
	return ward_str_eqz(state, "recovered") || ward_str_eqz(state, "closed") ||
	       ward_str_eqz(state, "dismissed");
}

/* Outsiders' texts hide nothing on a terminal. */
static void put_text(struct ward_wr *w, struct ward_str s)
{
	(void)ward_text_line(w, s, COLUMNS);
}

static const struct {
	const char *level, *text;
} levels[] = {{"informational", WARD_TEXT("info")}, {"low", WARD_TEXT("low")},
	{"medium", WARD_TEXT("medium")}, {"high", WARD_TEXT("HIGH")},
	{"critical", WARD_TEXT("CRITICAL")}};

static const char *const states[] = {WARD_TEXT("suspected"), WARD_TEXT("confirmed"),
	WARD_TEXT("contained"), WARD_TEXT("recovered"), WARD_TEXT("closed"),
	WARD_TEXT("dismissed")};

/* From 1; 0: it is none of them. */
static size_t level_of(struct ward_str level)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(levels); i++)
		if (ward_str_eqz(level, levels[i].level))
			return i + 1;
	return 0;
}

static struct ward_str level_word(const struct list *l, size_t level)
{
	return ward_lang_text(l->lang, ward_str_z(level ? levels[level - 1].text : "?"));
}

/* Columns of the longest of the words in this language, and two between. */
static size_t column(size_t longest, struct ward_str word)
{
	size_t n = ward_text_columns(word) + 2;

	return n > longest ? n : longest;
}

static void put_column(struct ward_wr *w, struct ward_str word, size_t columns)
{
	for (size_t n = ward_text_line(w, word, COLUMNS); n < columns; n++)
		ward_wr_ch(w, ' ');
}

/* Its level and state, in columns. */
static void put_standing(struct list *l, const struct ward_conf *c, struct ward_wr *w)
{
	size_t level = 0, state = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(levels); i++)
		level = column(level, level_word(l, i + 1));
	for (size_t i = 0; i < WARD_ARRAY_LEN(states); i++)
		state = column(state, ward_lang_text(l->lang, ward_str_z(states[i])));
	put_column(w, level_word(l, level_of(ward_conf_word(c, "level"))), level);
	put_column(w, ward_lang_text(l->lang, ward_conf_word(c, "state")), state);
}

static void put_when(struct ward_wr *w, struct ward_str time)
{
	ward_ns t;

	if (ward_time_parse(time, &t) == WARD_OK)
		ward_cli_put_time(w, t);
	else
		put_text(w, time);
}

/* "7f3c1a2b  HIGH  suspected  2026-03-12 03:41  Ventilation fails: AHU 1"; whole: with all of its
 * id. */
static void put_line(struct list *l, const struct item *it, bool whole, struct ward_wr *w)
{
	const struct ward_conf *c = read_json(l, it->json),
			       *named = it->named.p ? read_json(l, it->named) : c,
			       *head = ward_conf_get(named, "headline");
	struct ward_headline name = {.what = ward_conf_word(head, "sign"),
		.on = ward_conf_word(head, "on"),
		.effect = ward_conf_word(head, "effect"),
		.effect_on = ward_conf_word(head, "effect_on")};
	int64_t n = 1;
	char id[WARD_ID_TEXT], buf[LINE_BYTES];
	struct ward_wr line = ward_wr_fixed(buf, sizeof(buf));

	if (!c)
		return;
	if (l->json) {
		ward_wr_str(w, it->json);
		ward_wr_ch(w, '\n');
		return;
	}
	ward_id_text(it->id, id);
	ward_wr_str(w, ward_str_sub(ward_str_z(id), 0, whole ? SIZE_MAX : l->id_shown));
	ward_wr_z(w, "  ");
	put_standing(l, c, w);
	put_when(w, ward_conf_word(c, "first"));
	ward_wr_z(w, "  ");
	(void)ward_str_i64(ward_conf_word(head, "effect_total"), &n);
	name.effect_more = n > 1 ? (uint64_t)(n - 1) : 0;
	if (!name.what.len)
		name.what = ward_conf_word(head, "threat");
	ward_headline_say(&name, l->lang, &line);
	put_text(w, ward_wr_text(&line));
	ward_wr_ch(w, '\n');
}

/* What to do first, by whom, and since when there is nothing new. */
static void put_more(struct list *l, const struct item *it, struct ward_wr *w)
{
	const struct ward_conf *c = read_json(l, it->named.p ? it->named : it->json),
			       *step = ward_conf_get(c, "first_step");
	char role[LINE_BYTES], last[64], buf[LINE_BYTES];
	struct ward_wr r = ward_wr_fixed(role, sizeof(role)), t = ward_wr_fixed(last, sizeof(last)),
		       line = ward_wr_fixed(buf, sizeof(buf));

	if (!c || it->over)
		return;
	if (ward_conf_word(step, "text").len) {
		ward_wr_str(&r, ward_conf_word(step, "role_name"));
		if (ward_conf_word(step, "reach").len)
			ward_wr_printf(&r, " (%.*s)", WARD_STR_ARG(ward_conf_word(step, "reach")));
		WARD_SAY(&line, l->lang, WARD_TEXT("To do, {role}: {text}"),
			{"role", ward_wr_text(&r)},
			{"text", ward_lang_text(l->lang, ward_conf_word(step, "text"))});
		ward_wr_z(w, "  ");
		put_text(w, ward_wr_text(&line));
		ward_wr_ch(w, '\n');
	}
	put_when(&t, ward_conf_word(c, "last"));
	ward_wr_reset(&line);
	WARD_SAY(&line, l->lang, WARD_TEXT("Signs: {n}, the last at {time}"),
		{"n", ward_conf_word(c, "members_total")}, {"time", ward_wr_text(&t)});
	ward_wr_z(w, "  ");
	put_text(w, ward_wr_text(&line));
	ward_wr_ch(w, '\n');
}

static void put_hint(struct list *l, struct ward_str id, struct ward_wr *w)
{
	if (!l->hospital)
		return;
	ward_say(w, l->lang, WARD_TEXT("All that is on record, care services too:"));
	ward_wr_printf(w, "\n  ward report incident %.*s %s", (int)l->id_shown, id.p, l->hospital);
	if (l->state)
		ward_wr_printf(w, " --state %s", l->state);
	ward_wr_ch(w, '\n');
}

/* Somebody closed its ticket in another system, or opened it again, which decides nothing here; or
 * that system did not take it. */
static void put_ticket(struct list *l, const struct ward_conf *c, struct ward_wr *w)
{
	struct ward_wr number = ward_wr_grow(ward_mem_heap(), COLUMNS); /* or why */

	put_text(&number, ward_conf_word(c, ward_conf_word(c, "why").len ? "why" : "ticket"));
	ward_wr_z(w, "  ");
	put_when(w, ward_conf_word(c, "time"));
	ward_wr_z(w, "  ");
	if (ward_str_eqz(ward_conf_word(c, "state"), "refused"))
		WARD_SAY(w, l->lang, WARD_TEXT("'{system}' did not take its ticket: {why}"),
			{"system", ward_conf_word(c, "recipient")}, {"why", ward_wr_text(&number)});
	else if (ward_str_eqz(ward_conf_word(c, "state"), "open_there"))
		WARD_SAY(w, l->lang, WARD_TEXT("ticket {number} of '{system}' is open again"),
			{"number", ward_wr_text(&number)},
			{"system", ward_conf_word(c, "recipient")});
	else
		WARD_SAY(w, l->lang, WARD_TEXT("ticket {number} of '{system}' was closed"),
			{"number", ward_wr_text(&number)},
			{"system", ward_conf_word(c, "recipient")});
	ward_wr_ch(w, '\n');
	ward_wr_fini(&number);
}

static void put_decisions(struct list *l, struct ward_str id, struct ward_wr *w)
{
	for (size_t i = 0; i < l->n_decision; i++) {
		const struct ward_conf *c = read_json(l, l->decision[i]);

		if (c && ward_str_eq(ward_conf_word(c, "incident"), id) &&
			ward_str_eqz(ward_conf_word(c, "kind"), "ticket"))
			put_ticket(l, c, w);
		if (!c || !ward_str_eq(ward_conf_word(c, "subject"), id))
			continue;
		ward_wr_z(w, "  ");
		put_when(w, ward_conf_word(c, "time"));
		ward_wr_z(w, "  ");
		put_text(w, ward_conf_word(c, "what"));
		ward_wr_z(w, ", ");
		put_text(w, ward_conf_word(c, "role"));
		if (!ward_str_eqz(ward_conf_word(c, "taken"), "true")) {
			ward_wr_ch(w, ' ');
			ward_say(w, l->lang, WARD_TEXT("(it changed nothing)"));
		}
		if (ward_conf_word(c, "text").len)
			ward_wr_z(w, ": ");
		put_text(w, ward_conf_word(c, "text"));
		ward_wr_ch(w, '\n');
	}
}

static void weigh(struct list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct ward_conf *c = read_json(l, l->item[i].json);

		l->item[i].level = level_of(ward_conf_word(c, "level"));
		l->item[i].last = ward_conf_word(c, "last");
		l->item[i].over = is_over(ward_conf_word(c, "state"));
	}
}

/* The most serious first, of these the one with the latest sign. */
static int by_weight(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return x->level != y->level ? (x->level < y->level ? 1 : -1)
				    : ward_str_cmp(y->last, x->last);
}

static int by_id(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

/* So many letters of an id that no two are alike; those most alike stand side by side. */
static size_t id_shown(struct list *l)
{
	struct ward_id *id = ward_arena_array(&l->arena, l->n + 1, sizeof(*id));
	char a[WARD_ID_TEXT], b[WARD_ID_TEXT];
	size_t ret = 8;

	if (!id)
		return WARD_ID_TEXT - 1;
	for (size_t i = 0; i < l->n; i++)
		id[i] = l->item[i].id;
	if (l->n)
		qsort(id, l->n, sizeof(*id), by_id);
	for (size_t i = 1; i < l->n; i++) {
		ward_id_text(id[i - 1], a);
		ward_id_text(id[i], b);
		while (ret < WARD_ID_TEXT - 1 && strncmp(a, b, ret) == 0)
			ret++;
	}
	return ret;
}

static int list_all(struct list *l, struct ward_wr *w)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) /* those that are shown, to the front */
		if (l->all || !l->item[i].over)
			l->item[n++] = l->item[i];
	if (!l->json && n)
		qsort(l->item, n, sizeof(*l->item), by_weight);
	for (size_t i = 0; i < n; i++)
		put_line(l, &l->item[i], false, w);
	return WARD_EXIT_DONE;
}

static int show(struct list *l, struct ward_wr *w)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		char id[WARD_ID_TEXT];

		ward_id_text(l->item[i].id, id);
		if (!ward_str_starts(ward_str_z(id), ward_str_z(l->subject)))
			continue;
		n++;
		put_line(l, &l->item[i], true, w);
		if (l->json)
			continue;
		put_more(l, &l->item[i], w);
		put_decisions(l, ward_str_z(id), w);
		if (l->has_plans)
			ward_cli_plans_put(&l->plans, ward_str_z(id), l->item[i].json, w);
		put_hint(l, ward_str_z(id), w);
	}
	if (n)
		return WARD_EXIT_DONE;
	fprintf(stderr, "ward %s: no incident begins with '%s'; 'ward incident list' shows them\n",
		l->cmd->name, l->subject);
	return WARD_EXIT_INPUT;
}

static int parse(struct list *l, int argc, char **argv, bool one)
{
	const char *words[2] = {NULL, NULL};
	size_t n = 0, need;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--state") == 0 && i + 1 < argc)
			l->state = argv[++i];
		else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			l->lang_option = argv[++i];
		else if (strcmp(argv[i], "--all") == 0 && !one)
			l->all = true;
		else if (strcmp(argv[i], "--json") == 0)
			l->json = true;
		else if (argv[i][0] == '-')
			return ward_cli_usage(l->cmd, "'%s' is not an option", argv[i]);
		else if (n == WARD_ARRAY_LEN(words))
			return ward_cli_usage(l->cmd, "'%s' is one word too many", argv[i]);
		else
			words[n++] = argv[i];
	}
	need = one;
	l->hospital = n > need ? words[0] : NULL;
	l->subject = one && n ? words[n - 1] : NULL;
	if (n < need || n > need + 1 || (!l->hospital && !l->state))
		return ward_cli_usage(l->cmd, "give the hospital directory, or --state DIR%s",
			one ? ", and the incident" : "");
	return WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv, bool one)
{
	struct list l = {.cmd = cmd};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	struct ward_cli_kept kept = {0};
	char state[PATH_MAX];
	int rc = parse(&l, argc, argv, one);

	ward_limits_default(&l.lim);
	ward_arena_init(&l.arena, ward_mem_heap(), ARENA_BYTES);
	if (!rc)
		rc = ward_cli_decide_state(cmd, l.hospital, l.state, state);
	if (!rc && !l.json)
		rc = ward_cli_speak(cmd, l.hospital, l.lang_option, &l.lim, &l.m, &l.lang);
	l.has_plans = one && l.hospital;
	if (!rc && l.has_plans)
		rc = ward_cli_plans_open(&l.plans, cmd, l.hospital, l.lang_option);
	l.plans.state = l.state;
	if (!rc)
		rc = ward_cli_kept(cmd, state, WARD_STR(""), on_row, &l, &kept);
	l.err = l.err ? l.err : l.plans.err;
	if (!rc && l.err)
		rc = ward_cli_fail(cmd, "%s", ward_err_text(l.err));
	if (!rc && kept.played && !l.json)
		fputs("(played: nothing of it is real)\n", stderr);
	weigh(&l);
	l.id_shown = id_shown(&l);
	if (!rc)
		rc = one ? show(&l, &w) : list_all(&l, &w);
	if (!ward_cli_put(&w, stdout) && !rc)
		rc = WARD_EXIT_RUN;
	ward_wr_fini(&w);
	ward_mem_free(ward_mem_heap(), l.item, l.cap * sizeof(*l.item));
	ward_mem_free(ward_mem_heap(), l.decision, l.cap_decision * sizeof(*l.decision));
	ward_arena_fini(&l.arena);
	ward_lang_free(l.lang);
	ward_model_free(l.m);
	if (l.has_plans)
		ward_cli_plans_close(&l.plans);
	return rc;
}

static int run_list(const struct ward_cmd *cmd, int argc, char **argv)
{
	return run(cmd, argc, argv, false);
}

static int run_show(const struct ward_cmd *cmd, int argc, char **argv)
{
	return run(cmd, argc, argv, true);
}

const struct ward_cmd ward_cmd_incident_list = {
	.name = "incident list",
	.summary = "list the incidents that are not over",
	.help = "usage: ward incident list [--all] [--json] [--lang CODE] [--state DIR]\n"
		"                          HOSPITAL\n\n"
		"One line each, the most serious first: the beginning of its id, level, state,\n"
		"since when, what and on what. By the user of 'ward run', or root.\n\n"
		"  --all         those that are recovered, closed or dismissed, too\n"
		"  --json        the records, one object a line\n"
		"  --lang CODE   the language: en, fr, it, nl\n"
		"  --state DIR   what 'ward run' keeps (then HOSPITAL may be left out)\n\n"
		"Exit: 0 done, 2 usage, 3 could not run.\n",
	.run = run_list,
};

const struct ward_cmd ward_cmd_incident_show = {
	.name = "incident show",
	.summary = "show an incident and what was decided of it",
	.help = "usage: ward incident show [--json] [--lang CODE] [--state DIR] HOSPITAL\n"
		"                          INCIDENT\n\n"
		"What the incident is, and each decision: when, what, in which role, why; which\n"
		"of its tickets were closed elsewhere; which playbooks answer it, and which are\n"
		"being done.\n\n"
		"  --json        its record as it is\n"
		"  --lang CODE   the language: en, fr, it, nl\n"
		"  --state DIR   what 'ward run' keeps (then HOSPITAL may be left out)\n\n"
		"INCIDENT is its id, or the first letters of it.\n\n"
		"Exit: 0 done, 1 there is no such, 2 usage, 3 could not run.\n",
	.run = run_show,
};
