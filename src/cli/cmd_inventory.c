#include "cli/commands.h"
#include "cli/events.h"
#include "cli/lang.h"
#include "cli/patterns.h"
#include "cli/stored.h"
#include "conf/conf.h"
#include "model/inventory/change.h"
#include "model/inventory/report.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 256, PATH_LEN = 4096, OUT_MAX = 1 << 30 };

#define OUI_DIR "/usr/share/ieee-data"

enum form { TABLE, JSON, CSV, CYCLONEDX, WHY, CHANGES };

struct job {
	const struct ward_cmd *cmd;
	const char *hospital, *content, *why, *makers, *state;
	bool live;
	const char *file[FILES_MAX], *place[FILES_MAX];
	size_t n_file, n_place;
	enum form form;
	ward_ns at; /* 0: the time of the last event */
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_diag diag;
	struct ward_ontology *classes; /* NULL with a hospital */
	struct ward_model *model;
	struct ward_oui *oui;
	struct ward_inv_rules *rules;
	struct ward_inventory *inv;
	struct ward_places *places;
	struct ward_log_patterns *patterns;
	struct ward_arena scratch; /* paths and texts of lists of places */
	uint64_t n_rejected;
};

static const struct {
	const char *name;
	enum form form;
} forms[] = {{"--json", JSON}, {"--csv", CSV}, {"--cyclonedx", CYCLONEDX}, {"--changes", CHANGES}};

/* An option with a value; false when it is none of them. */
static bool option(struct job *job, const char *name, const char *value, int *ret)
{
	if (strcmp(name, "--hospital") == 0) {
		job->hospital = value;
	} else if (strcmp(name, "--content") == 0) {
		job->content = value;
	} else if (strcmp(name, "--state") == 0) {
		job->state = value;
		job->live = true;
	} else if (strcmp(name, "--makers") == 0) {
		job->makers = value;
	} else if (strcmp(name, "--why") == 0) {
		job->why = value;
		job->form = WHY;
	} else if (strcmp(name, "--at") == 0) {
		if (value && ward_time_parse(ward_str_z(value), &job->at) != WARD_OK)
			*ret = ward_cli_usage(
				job->cmd, "'%s' is not a time; write 2026-11-23T14:05:00Z", value);
	} else if (strcmp(name, "--places") == 0) {
		if (job->n_place == FILES_MAX)
			*ret = ward_cli_usage(job->cmd, "more than %d files", FILES_MAX);
		else
			job->place[job->n_place++] = value;
	} else {
		return false;
	}
	if (!value)
		*ret = ward_cli_usage(job->cmd, "%s needs a value", name);
	return true;
}

static int parse(struct job *job, int argc, char **argv)
{
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		const char *a = argv[i];
		size_t f = 0;

		while (f < WARD_ARRAY_LEN(forms) && strcmp(a, forms[f].name) != 0)
			f++;
		if (f < WARD_ARRAY_LEN(forms) && job->form && job->form != forms[f].form)
			code = ward_cli_usage(job->cmd, "%s: one form at a time", a);
		else if (f < WARD_ARRAY_LEN(forms))
			job->form = forms[f].form;
		else if (strcmp(a, "--live") == 0)
			job->live = true;
		else if (option(job, a, i + 1 < argc ? argv[i + 1] : NULL, &code))
			i++;
		else if (a[0] == '-' && a[1])
			code = ward_cli_usage(job->cmd, "'%s' is not an option", a);
		else if (job->n_file == FILES_MAX)
			code = ward_cli_usage(job->cmd, "more than %d files", FILES_MAX);
		else
			job->file[job->n_file++] = a;
	}
	if (!code && job->live && (job->n_file || !job->hospital))
		code = ward_cli_usage(job->cmd, "--live goes with --hospital, and without files");
	if (!code && !job->live && !job->n_file)
		code = ward_cli_usage(job->cmd, "which captures or event lines? '-' is standard "
						"input");
	return code;
}

static int load(struct job *job)
{
	char path[PATH_LEN];
	const char *content = ward_cli_content(job->cmd, job->content);
	const struct ward_ontology *classes;
	enum ward_err err;

	if (!content)
		return WARD_EXIT_RUN;
	(void)snprintf(path, sizeof(path), "%s/ontology.yml", content);
	if (job->hospital)
		err = ward_model_load(job->hospital, content, &job->lim, ward_mem_heap(),
			&job->diag, &job->model);
	else
		err = ward_ontology_load(
			path, &job->lim, ward_mem_heap(), &job->diag, &job->classes);
	if (err)
		return ward_cli_fail(job->cmd, "cannot load '%s': %s",
			job->hospital ? job->hospital : path, ward_err_text(err));
	classes = job->model ? ward_model_ontology(job->model) : job->classes;
	(void)snprintf(path, sizeof(path), "%s/inventory", content);
	err = ward_inv_rules_load(path, classes, &job->names, &job->lim, &job->diag, &job->rules);
	if (err)
		return ward_cli_fail(job->cmd, "cannot load '%s': %s", path, ward_err_text(err));
	const char *makers = job->makers ? job->makers : OUI_DIR;

	if (ward_oui_load(makers, ward_mem_heap(), &job->oui) != WARD_OK)
		fprintf(stderr,
			"ward inventory: no list of hardware addresses in '%s': makers are told "
			"by what devices say only; apt-get install ieee-data\n",
			makers);
	err = ward_inventory_new(job->rules, &job->lim, ward_mem_heap(), &job->inv);
	if (!err)
		err = ward_places_new(
			job->model, job->rules, &job->lim, ward_mem_heap(), &job->places);
	if (err)
		return ward_cli_fail(job->cmd, "%s", ward_err_text(err));
	return job->n_file ? ward_cli_patterns(job->cmd, content, job->hospital, &job->names,
				     &job->lim, &job->patterns)
			   : WARD_EXIT_DONE;
}

static enum ward_err take_event(void *ctx, const struct ward_event *e)
{
	struct job *job = ctx;
	enum ward_err err = ward_inventory_event(job->inv, e);

	return err ? err : ward_places_event(job->places, e);
}

static int read_file(struct job *job, const char *path)
{
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &job->lim,
		.names = &job->names,
		.counters = &job->counters,
		.patterns = job->patterns};

	return ward_cli_events(job->cmd, &opts, path, take_event, job, &job->n_rejected);
}

/* What a running or stopped `ward run` has seen. */
static int read_stored(struct job *job)
{
	struct ward_cli_stored st = {0};
	int code = ward_cli_stored(
		job->cmd, job->state, ward_model_hospital(job->model)->id, stderr, &st);
	enum ward_err err = WARD_OK;

	if (!code && st.seen.inventory.len)
		err = ward_inventory_load(job->inv, st.seen.inventory);
	ward_wr_fini(&st.bytes);
	return err ? ward_cli_fail(job->cmd, "what is kept: %s", ward_err_text(err)) : code;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The lists in HOSPITAL/placement, if it has that folder, behind those that were given. */
static void find_places(struct job *job)
{
	char path[PATH_LEN];
	size_t n = job->n_place;

	(void)snprintf(path, sizeof(path), "%s/placement", job->hospital);
	DIR *h = opendir(path);

	for (struct dirent *e = h ? readdir(h) : NULL; e && job->n_place < FILES_MAX;
		e = readdir(h)) {
		(void)snprintf(path, sizeof(path), "%s/placement/%s", job->hospital, e->d_name);
		struct ward_str copy = ward_arena_str(&job->scratch, ward_str_z(path));

		if (e->d_name[0] != '.' && copy.p)
			job->place[job->n_place++] = copy.p;
	}
	if (h)
		(void)closedir(h);
	qsort(job->place + n, job->n_place - n, sizeof(*job->place), by_bytes);
}

static int read_places(struct job *job)
{
	enum ward_err err = WARD_OK;

	if (job->hospital)
		find_places(job);
	for (size_t i = 0; i < job->n_place && !err; i++) {
		struct ward_slice text;
		struct stat st = {0};
		ward_ns as_of = stat(job->place[i], &st) == 0
					? (ward_ns)st.st_mtim.tv_sec * WARD_NS_PER_S
					: 0;

		err = ward_conf_read(&job->scratch, &job->lim, job->place[i], &job->diag, &text);
		if (!err)
			err = ward_places_read(
				job->places, ward_str_z(job->place[i]), text, as_of, &job->diag);
	}
	if (!err)
		err = ward_places_settle(job->places);
	return err ? ward_cli_fail(job->cmd, "the lists of places: %s", ward_err_text(err))
		   : WARD_EXIT_DONE;
}

static size_t columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static int why(struct job *job, const struct ward_inv_report *r, struct ward_wr *w)
{
	const struct ward_candidate *c = ward_inv_find(r, ward_str_z(job->why));

	if (!c)
		return ward_cli_fail(
			job->cmd, "no device with address or id '%s' was seen", job->why);
	ward_inv_write_why(r, c, w);
	return WARD_EXIT_DONE;
}

struct lines {
	struct ward_wr *w;
	const struct ward_names *names;
};

static enum ward_err put_event(void *ctx, const struct ward_event *e)
{
	struct lines *l = ctx;

	ward_event_write_json(e, l->names, l->w);
	ward_wr_ch(l->w, '\n');
	return WARD_OK;
}

static int changes(struct job *job, const struct ward_inv_report *r, struct ward_wr *w)
{
	struct lines l = {w, &job->names};
	struct ward_changes ch;

	ward_changes_init(&ch, job->rules, job->model, ward_mem_heap());
	enum ward_err err =
		ward_changes_tell(&ch, r->c, r->n, r->now, &job->scratch, put_event, &l);

	ward_changes_fini(&ch);
	return err ? ward_cli_fail(job->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}

static int print(struct job *job)
{
	static void (*const write[])(const struct ward_inv_report *, struct ward_wr *) = {
		[TABLE] = ward_inv_write_table,
		[JSON] = ward_inv_write_json,
		[CSV] = ward_inv_write_csv,
		[CYCLONEDX] = ward_inv_write_cyclonedx,
	};
	struct ward_inv_report r = {.rules = job->rules,
		.model = job->model,
		.places = job->places,
		.now = job->at ? job->at : ward_inventory_now(job->inv),
		.width = columns(),
		.colour = ward_cli_colour(stdout)};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	struct ward_candidate *c = NULL;
	struct ward_arena arena;
	int code = WARD_EXIT_DONE;

	ward_arena_init(&arena, ward_mem_heap(), OUT_MAX);
	enum ward_err err = ward_inventory_view(job->inv, job->oui, job->model, &arena, &c, &r.n);

	r.c = c;
	if (err)
		code = ward_cli_fail(job->cmd, "%s", ward_err_text(err));
	else if (job->form == WHY)
		code = why(job, &r, &w);
	else if (job->form == CHANGES)
		code = changes(job, &r, &w);
	else
		write[job->form](&r, &w);
	if (!code && !ward_cli_put(&w, stdout))
		code = WARD_EXIT_RUN;
	ward_wr_fini(&w);
	ward_arena_fini(&arena);
	return code;
}

static void lost(const struct job *job)
{
	struct ward_inv_stats s = ward_inventory_stats(job->inv);

	if (s.n_given_up || s.n_claims_lost || s.n_uses_lost)
		fprintf(stderr,
			"ward inventory: over its limits: %llu endpoints, %llu claims and %llu "
			"services are not shown; raise inventory.hosts in limits.yml\n",
			(unsigned long long)s.n_given_up, (unsigned long long)s.n_claims_lost,
			(unsigned long long)s.n_uses_lost);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job *job = calloc(1, sizeof(*job));
	int code;

	if (!job)
		return ward_cli_fail(cmd, "out of memory");
	job->cmd = cmd;
	ward_limits_default(&job->lim);
	ward_counters_init(&job->counters);
	ward_diag_init(&job->diag, ward_mem_heap());
	ward_arena_init(&job->scratch, ward_mem_heap(), OUT_MAX);
	code = parse(job, argc, argv);
	if (!code && job->hospital &&
		ward_model_limits(job->hospital, ward_mem_heap(), &job->diag, &job->lim) != WARD_OK)
		code = WARD_EXIT_RUN;
	if (!code && ward_names_init(&job->names, ward_mem_heap(), &job->lim) != WARD_OK)
		code = ward_cli_fail(cmd, "out of memory");
	if (!code)
		code = load(job);
	if (!code)
		code = read_places(job);
	for (size_t i = 0; i < job->n_file && !code; i++)
		code = read_file(job, job->file[i]);
	if (!code && job->live)
		code = read_stored(job);
	if (job->diag.n_error)
		ward_cli_findings_in(cmd, &job->diag, job->hospital,
			&(struct ward_cli_lang){NULL, ward_cli_content(cmd, job->content),
				job->model ? ward_model_hospital(job->model)->language
					   : WARD_STR("")});
	if (!code)
		code = print(job);
	if (job->inv)
		lost(job);
	if (!code && job->n_rejected)
		code = WARD_EXIT_INPUT;
	ward_log_patterns_free(job->patterns);
	ward_places_free(job->places);
	ward_inventory_free(job->inv);
	ward_inv_rules_free(job->rules);
	ward_oui_free(job->oui);
	ward_model_free(job->model);
	ward_ontology_free(job->classes);
	ward_names_fini(&job->names);
	ward_arena_fini(&job->scratch);
	ward_diag_fini(&job->diag);
	free(job);
	return code;
}

const struct ward_cmd ward_cmd_inventory = {
	.name = "inventory",
	.summary = "which devices the network shows, and how that is known",
	.help = "usage: ward inventory [OPTION…] FILE…\n"
		"       ward inventory --live --hospital DIR [OPTION…]\n\n"
		"Reads captures and event lines (recognised by content; '-' is standard input) "
		"and\n"
		"lists each device that they show: its address, what it is, who made it, what "
		"runs\n"
		"on it, what it speaks, where it stands, how sure that is, and whether the "
		"hospital\n"
		"directory has it. It sends nothing.\n\n"
		"  --hospital DIR    compare with this hospital directory; its folder placement/\n"
		"                    is read as by --places\n"
		"  --live            what 'ward run' has seen of that hospital, running or "
		"stopped, as\n"
		"                    of what it kept last (each 30 s)\n"
		"  --state DIR       the same, where 'ward run' was given this --state\n"
		"  --places FILE     where things were seen: CSV lists of patching, switch ports,\n"
		"                    access points, logins, or the output of snmpwalk -On\n"
		"  --at TIME         where things stand at that time (default: of the last event)\n"
		"  --why ADDRESS     all that speaks for and against each value, with its "
		"evidence\n"
		"  --json            one object per device and line\n"
		"  --csv             rows of assets.csv for what the directory does not have\n"
		"  --changes         news as event lines (asset.new, asset.changed, "
		"asset.conflict),\n"
		"                    for rules\n"
		"  --cyclonedx       one CycloneDX 1.6 document\n"
		"  --makers DIR      the IEEE's lists of hardware addresses (default:\n"
		"                    /usr/share/ieee-data, from the package ieee-data)\n"
		"  --content DIR     instead of the content that belongs to this program; its\n"
		"                    log-patterns, and the hospital's, say what lines of logs "
		"mean\n\n"
		"Exit codes: 0 done, 1 some input was rejected, 2 wrong usage, 3 could not run.\n",
	.run = run,
};
