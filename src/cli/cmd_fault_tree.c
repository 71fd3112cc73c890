#include "cli/commands.h"
#include "cli/lang.h"
#include "conf/conf.h"
#include "logic/analyse.h"
#include "logic/mef/mef.h"

#include <math.h>
#include <stdlib.h>

enum { FILES_MAX = 64, OUT_MAX = 1 << 30, CUTS_MAX = 1 << 20, NODES_MIN = 1 << 10 };
#define FILES_BYTES ((size_t)1 << 28)
#define HOURS_A_YEAR 8760

struct options {
	const char *file[FILES_MAX], *top;
	size_t n_file;
	uint64_t order, nodes;
	double mission_h;
	bool json, importance, cuts;
};

/* One cut set: where its events stand. */
struct cut {
	double p;
	uint32_t first, n;
};

struct job {
	const struct ward_cmd *cmd;
	struct options opt;
	struct ward_diag diag;
	struct ward_arena arena; /* of the files */
	struct ward_mef *m;
	struct ward_analysis *a;
	struct ward_wr w;
	uint32_t top; /* among m->gate */
	size_t n_unknown;
	struct cut *cut;
	size_t n_cut, cap_cut;
	uint32_t *event;
	size_t n_event, cap_event;
};

static int option(const struct ward_cmd *cmd, const char *name, const char *value,
	struct options *o, bool *ret_value)
{
	char *end;

	*ret_value = false;
	if (strcmp(name, "--json") == 0) {
		o->json = true;
		return WARD_EXIT_DONE;
	}
	if (strcmp(name, "--importance") == 0) {
		o->importance = true;
		return WARD_EXIT_DONE;
	}
	if (strcmp(name, "--top") != 0 && strcmp(name, "--cut-sets") != 0 &&
		strcmp(name, "--mission-time") != 0 && strcmp(name, "--nodes") != 0)
		return ward_cli_usage(cmd, "'%s' is not an option", name);
	if (!value)
		return ward_cli_usage(cmd, "%s needs a value", name);
	*ret_value = true;
	if (strcmp(name, "--top") == 0) {
		o->top = value;
	} else if (strcmp(name, "--cut-sets") == 0) {
		o->cuts = true;
		if (!ward_str_u64(ward_str_z(value), &o->order) || o->order > WARD_CUT_ORDER_MAX)
			return ward_cli_usage(cmd,
				"--cut-sets %s: give a number of events, 0 to %d", value,
				WARD_CUT_ORDER_MAX);
	} else if (strcmp(name, "--nodes") == 0) {
		if (!ward_str_u64(ward_str_z(value), &o->nodes) || o->nodes < NODES_MIN ||
			o->nodes > 1u << 30)
			return ward_cli_usage(
				cmd, "--nodes %s: give a number, %d to 2^30", value, NODES_MIN);
	} else {
		o->mission_h = strtod(value, &end);
		if (*end || end == value || !(o->mission_h >= 0) || isinf(o->mission_h))
			return ward_cli_usage(cmd, "--mission-time %s: give hours", value);
	}
	return WARD_EXIT_DONE;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		bool value = false;

		if (argv[i][0] == '-' && argv[i][1]) {
			int code =
				option(cmd, argv[i], i + 1 < argc ? argv[i + 1] : NULL, o, &value);

			if (code)
				return code;
			i += value;
		} else if (o->n_file == FILES_MAX) {
			return ward_cli_usage(cmd, "more than %d files", FILES_MAX);
		} else {
			o->file[o->n_file++] = argv[i];
		}
	}
	return o->n_file ? WARD_EXIT_DONE : ward_cli_usage(cmd, "which files?");
}

static int findings(struct job *j)
{
	const struct ward_cli_lang speak = {NULL, ward_cli_content(j->cmd, NULL), WARD_STR("")};

	ward_cli_findings_in(j->cmd, &j->diag, NULL, &speak);
	return WARD_EXIT_INPUT;
}

static int load(struct job *j)
{
	struct ward_mef_text text[FILES_MAX];
	struct ward_limits lim;
	enum ward_err err = WARD_OK;

	ward_limits_default(&lim);
	for (size_t i = 0; !err && i < j->opt.n_file; i++) {
		text[i].file = ward_str_z(j->opt.file[i]);
		err = ward_conf_read(&j->arena, &lim, j->opt.file[i], &j->diag, &text[i].bytes);
	}
	if (!err)
		err = ward_mef_read(
			text, j->opt.n_file, j->opt.mission_h, ward_mem_heap(), &j->diag, &j->m);
	if (err && j->diag.n)
		return findings(j);
	return err ? ward_cli_fail(j->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}

/* The gate that is asked for, or else the only one that no other uses. */
static int find_top(struct job *j)
{
	const struct ward_mef *m = j->m;
	size_t n = 0, others = 0;

	for (uint32_t i = 0; i < m->n_gate; i++) {
		bool is = j->opt.top ? ward_str_eqz(m->gate[i].name, j->opt.top) : !m->gate[i].used;

		others += is;
		if (!is || n++)
			continue;
		j->top = i;
	}
	if (n == 1)
		return WARD_EXIT_DONE;
	if (j->opt.top)
		return ward_cli_usage(j->cmd, "there is no gate '%s'", j->opt.top);
	if (n == 0)
		return ward_cli_usage(j->cmd, "the files define no gate");
	return ward_cli_usage(j->cmd,
		"%zu gates are tops, '%.*s' the first of them: choose one with --top", others,
		WARD_STR_ARG(m->gate[j->top].name));
}

static void count_unknown(struct job *j)
{
	for (uint32_t i = 0; i < j->m->tree.n_event; i++)
		if (!j->m->given[i] && ward_analysis_uses(j->a, i))
			j->n_unknown++;
}

/* A number as JSON; what JSON has no number for as a word. */
static void put_number(struct ward_json *json, const char *key, double v)
{
	char text[32];

	ward_json_key(json, key);
	if (isnan(v)) {
		ward_json_null(json);
		return;
	}
	if (isinf(v)) {
		ward_json_z(json, "infinite");
		return;
	}
	snprintf(text, sizeof(text), "%.15g", v);
	ward_json_raw(json, ward_str_z(text));
}

static void put_count(struct ward_json *json, const char *key, uint64_t v)
{
	ward_json_key(json, key);
	ward_json_u64(json, v);
}

static enum ward_err write_top(struct job *j)
{
	struct ward_analysis_size s = ward_analysis_size(j->a);
	struct ward_json json = ward_json_on(&j->w);
	struct ward_str name = j->m->gate[j->top].name;
	double p = (double)NAN;
	enum ward_err err = j->n_unknown ? WARD_OK : ward_analysis_probability(j->a, NULL, &p);

	if (err)
		return err;
	if (!j->opt.json) {
		ward_wr_printf(&j->w, "Top event %.*s: ", WARD_STR_ARG(name));
		if (j->n_unknown)
			ward_wr_printf(&j->w,
				"no probability, as %zu basic events have none in the files\n",
				j->n_unknown);
		else
			ward_wr_printf(&j->w, "probability %.10g\n", p);
		ward_wr_printf(&j->w,
			"%zu gates, %zu basic events, %zu modules, %scoherent; %zu nodes of "
			"diagrams\n",
			s.gates, s.events, s.modules, s.coherent ? "" : "not ", s.nodes);
		return WARD_OK;
	}
	ward_json_obj(&json);
	ward_json_key(&json, "kind");
	ward_json_z(&json, "fault_tree");
	ward_json_key(&json, "top");
	ward_json_str(&json, name);
	put_number(&json, "probability", p);
	put_count(&json, "events_without_probability", j->n_unknown);
	put_count(&json, "gates", s.gates);
	put_count(&json, "basic_events", s.events);
	put_count(&json, "modules", s.modules);
	ward_json_key(&json, "coherent");
	ward_json_bool(&json, s.coherent);
	put_count(&json, "nodes", s.nodes);
	ward_json_obj_end(&json);
	ward_wr_ch(&j->w, '\n');
	return WARD_OK;
}

static void write_counts(struct job *j, const struct ward_cuts *c)
{
	struct ward_json json = ward_json_on(&j->w);
	size_t last = WARD_CUT_ORDER_MAX;

	while (last && !c->order[last])
		last--;
	if (!j->opt.json) {
		ward_wr_printf(&j->w, "%s%llu minimal cut sets",
			c->n == UINT64_MAX ? "at least " : "", (unsigned long long)c->n);
		for (size_t i = 0; i <= last; i++)
			if (c->order[i])
				ward_wr_printf(&j->w, "; %llu of order %zu",
					(unsigned long long)c->order[i], i);
		if (c->longer)
			ward_wr_printf(
				&j->w, "; %llu of higher orders", (unsigned long long)c->longer);
		ward_wr_ch(&j->w, '\n');
		if (!j->n_unknown)
			ward_wr_printf(&j->w,
				"rare-event approximation %.10g, min-cut upper bound %.10g\n",
				c->rare, c->bound);
		return;
	}
	ward_json_obj(&json);
	ward_json_key(&json, "kind");
	ward_json_z(&json, "cut_sets");
	put_count(&json, "count", c->n);
	ward_json_key(&json, "count_is_exact");
	ward_json_bool(&json, c->n != UINT64_MAX);
	ward_json_key(&json, "by_order");
	ward_json_arr(&json);
	for (size_t i = 0; i <= last; i++)
		ward_json_u64(&json, c->order[i]);
	ward_json_arr_end(&json);
	put_count(&json, "of_higher_orders", c->longer);
	put_number(&json, "rare_event", j->n_unknown ? (double)NAN : c->rare);
	put_number(&json, "min_cut_bound", j->n_unknown ? (double)NAN : c->bound);
	ward_json_obj_end(&json);
	ward_wr_ch(&j->w, '\n');
}

static enum ward_err take_cut(void *ctx, const uint32_t *event, size_t n)
{
	struct job *j = ctx;
	struct cut c = {.p = 1, .first = (uint32_t)j->n_event, .n = (uint32_t)n};
	enum ward_err err = ward_mem_more(
		ward_mem_heap(), &j->cut, j->n_cut, &j->cap_cut, sizeof(*j->cut), CUTS_MAX);

	for (size_t i = 0; !err && i < n; i++) {
		c.p *= j->m->tree.p[event[i]];
		err = ward_mem_more(ward_mem_heap(), &j->event, j->n_event, &j->cap_event,
			sizeof(*j->event), (size_t)CUTS_MAX * WARD_CUT_ORDER_MAX);
		if (!err)
			j->event[j->n_event++] = event[i];
	}
	if (!err)
		j->cut[j->n_cut++] = c;
	return err;
}

/* The likeliest first, then the shortest, then as they were found. */
static int cut_cmp(const void *va, const void *vb)
{
	const struct cut *a = va, *b = vb;

	if (a->p != b->p)
		return a->p > b->p ? -1 : 1;
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

static void write_cut(struct job *j, const struct cut *c)
{
	struct ward_json json = ward_json_on(&j->w);

	if (!j->opt.json) {
		if (j->n_unknown)
			ward_wr_z(&j->w, " ");
		else
			ward_wr_printf(&j->w, "  %-12.6g", c->p);
		for (uint32_t i = 0; i < c->n; i++)
			ward_wr_printf(
				&j->w, " %.*s", WARD_STR_ARG(j->m->event[j->event[c->first + i]]));
		ward_wr_z(&j->w, c->n ? "\n" : " (nothing has to happen)\n");
		return;
	}
	ward_json_obj(&json);
	ward_json_key(&json, "kind");
	ward_json_z(&json, "cut_set");
	put_number(&json, "probability", j->n_unknown ? (double)NAN : c->p);
	ward_json_key(&json, "events");
	ward_json_arr(&json);
	for (uint32_t i = 0; i < c->n; i++)
		ward_json_str(&json, j->m->event[j->event[c->first + i]]);
	ward_json_arr_end(&json);
	ward_json_obj_end(&json);
	ward_wr_ch(&j->w, '\n');
}

static int write_cuts(struct job *j)
{
	struct ward_cuts c;
	enum ward_err err = ward_analysis_cuts(j->a, &c);

	if (err)
		return ward_cli_fail(j->cmd, "the minimal cut sets: %s%s", ward_err_text(err),
			err == WARD_ERR_LIMIT ? "; give more --nodes, or leave --cut-sets out"
					      : "");
	write_counts(j, &c);
	err = ward_analysis_each_cut(j->a, (size_t)j->opt.order, take_cut, j);
	if (err)
		return ward_cli_fail(j->cmd, "the minimal cut sets: %s%s", ward_err_text(err),
			err == WARD_ERR_LIMIT
				? "; ask for a lower order: 1048576 are listed at most"
				: "");
	if (j->n_cut > 1)
		qsort(j->cut, j->n_cut, sizeof(*j->cut), cut_cmp);
	for (size_t i = 0; i < j->n_cut; i++)
		write_cut(j, &j->cut[i]);
	return WARD_EXIT_DONE;
}

/* Sorting has no context of its own in qsort. */
struct ranked {
	struct ward_importance v;
	uint32_t event;
};

static int ranked_cmp(const void *va, const void *vb)
{
	const struct ranked *a = va, *b = vb;
	double x = fabs(a->v.birnbaum), y = fabs(b->v.birnbaum);

	if (x != y)
		return x > y ? -1 : 1;
	return (a->event > b->event) - (a->event < b->event);
}

static void write_ranked(struct job *j, const struct ranked *r)
{
	struct ward_str name = j->m->event[r->event];
	double p = j->m->tree.p[r->event];
	struct ward_json json = ward_json_on(&j->w);

	if (!j->opt.json) {
		ward_wr_printf(
			&j->w, "  %-12.6g %-12.6g %-12.6g ", p, r->v.birnbaum, r->v.criticality);
		if (j->opt.cuts)
			ward_wr_printf(&j->w, "%-12.6g ", r->v.fussell_vesely);
		ward_wr_printf(&j->w, "%-12.6g ", r->v.raw);
		if (isinf(r->v.rrw))
			ward_wr_printf(&j->w, "%-12s ", "infinite");
		else
			ward_wr_printf(&j->w, "%-12.6g ", r->v.rrw);
		ward_wr_printf(&j->w, "%.*s\n", WARD_STR_ARG(name));
		return;
	}
	ward_json_obj(&json);
	ward_json_key(&json, "kind");
	ward_json_z(&json, "importance");
	ward_json_key(&json, "event");
	ward_json_str(&json, name);
	put_number(&json, "probability", p);
	put_number(&json, "birnbaum", r->v.birnbaum);
	put_number(&json, "criticality", r->v.criticality);
	put_number(&json, "fussell_vesely", r->v.fussell_vesely);
	put_number(&json, "risk_achievement_worth", r->v.raw);
	put_number(&json, "risk_reduction_worth", r->v.rrw);
	ward_json_obj_end(&json);
	ward_wr_ch(&j->w, '\n');
}

static int write_importance(struct job *j)
{
	size_t n = j->m->tree.n_event, used = 0;
	struct ward_importance *v = calloc(n + 1, sizeof(*v));
	struct ranked *r = calloc(n + 1, sizeof(*r));
	enum ward_err err =
		v && r ? ward_analysis_importance(j->a, j->opt.cuts, v) : WARD_ERR_NOMEM;

	for (uint32_t i = 0; !err && i < n; i++)
		if (ward_analysis_uses(j->a, i))
			r[used++] = (struct ranked){v[i], i};
	if (!err && used)
		qsort(r, used, sizeof(*r), ranked_cmp);
	if (!err && !j->opt.json)
		ward_wr_printf(&j->w, "\n  %-12s %-12s %-12s %s%-12s %-12s event\n", "probability",
			"Birnbaum", "criticality", j->opt.cuts ? "Fuss.-Vesely " : "", "RAW",
			"RRW");
	for (size_t i = 0; !err && i < used; i++)
		write_ranked(j, &r[i]);
	free(v);
	free(r);
	return err ? ward_cli_fail(j->cmd, "importance: %s", ward_err_text(err)) : WARD_EXIT_DONE;
}

static int work(struct job *j)
{
	int code = load(j);

	if (!code)
		code = find_top(j);
	if (code)
		return code;
	enum ward_err err = ward_analysis_new(
		&j->m->tree, j->m->gate[j->top].gate, (size_t)j->opt.nodes, &j->a);

	if (err)
		return ward_cli_fail(j->cmd, "the diagram: %s%s", ward_err_text(err),
			err == WARD_ERR_LIMIT ? "; give more --nodes" : "");
	count_unknown(j);
	if (j->n_unknown && j->opt.importance)
		return ward_cli_usage(j->cmd,
			"--importance needs the probability of all basic events; %zu have none",
			j->n_unknown);
	err = write_top(j);
	if (err)
		return ward_cli_fail(j->cmd, "%s", ward_err_text(err));
	if (j->opt.cuts)
		code = write_cuts(j);
	if (!code && j->opt.importance)
		code = write_importance(j);
	return ward_cli_put(&j->w, stdout) ? code : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {
		.cmd = cmd, .opt = {.nodes = WARD_ANALYSIS_NODES, .mission_h = HOURS_A_YEAR}};
	int code = parse(cmd, argc, argv, &j.opt);

	if (code)
		return code;
	ward_diag_init(&j.diag, ward_mem_heap());
	ward_arena_init(&j.arena, ward_mem_heap(), FILES_BYTES);
	j.w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	code = work(&j);
	free(j.cut);
	free(j.event);
	ward_analysis_free(j.a);
	ward_mef_free(j.m);
	ward_wr_fini(&j.w);
	ward_arena_fini(&j.arena);
	ward_diag_fini(&j.diag);
	return code;
}

const struct ward_cmd ward_cmd_fault_tree = {
	.name = "fault-tree",
	.summary = "probability, minimal cut sets and importance of a fault tree",
	.help = "usage: ward fault-tree FILE… [--top GATE] [--cut-sets N] [--importance]\n"
		"                       [--mission-time HOURS] [--nodes N] [--json]\n\n"
		"Fault tree analysis (IEC 61025) of models in the Open-PSA Model Exchange Format:\n"
		"the exact probability of the top event by binary decision diagrams. Several "
		"files\n"
		"are one model.\n\n"
		"  --top GATE            the gate to look at (else the only one that none uses)\n"
		"  --cut-sets N          also count all minimal cut sets, and list those of up to "
		"N\n"
		"                        events (0 to 64), the likeliest first; 0 lists none\n"
		"  --importance          for each basic event: Birnbaum, criticality,\n"
		"                        Fussell-Vesely (with --cut-sets), risk achievement and\n"
		"                        reduction worth\n"
		"  --mission-time HOURS  what system-mission-time stands for; else 8760, a year\n"
		"  --nodes N             nodes of diagrams at once, 36 bytes each; else 8388608\n"
		"  --json                one JSON object per line\n\n"
		"Exit: 0 done, 1 the files have problems (reported), 2 wrong usage, 3 it does not\n"
		"fit into the nodes or could not run.\n",
	.run = run,
};
