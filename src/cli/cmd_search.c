#include "cli/commands.h"
#include "cli/hunt.h"
#include "cli/stored.h"
#include "story/zone.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LIMIT = 100, OUT_BYTES_MAX = 1 << 28 };

struct job {
	struct ward_hunt h;
	const char *state, *content;
	char path[PATH_MAX];
	bool no_index, limit_given, rules_follow;
	struct ward_io_dir journal, index;
	bool journal_open, index_open;
};

static int bad_time(struct job *job, const char *name, const char *value)
{
	return ward_cli_usage(
		job->h.cmd, "%s: '%s' is not a time; write 2026-11-23T14:05:00Z", name, value);
}

static int since(struct job *job, const char *value)
{
	ward_ns back;

	if (ward_duration_parse(ward_str_z(value), &back) != WARD_OK || back < 0)
		return ward_cli_usage(job->h.cmd,
			"--since: '%s' is not a length of time; write 90s, 15m, 2h or 7d", value);
	if (!ward_sub(ward_clock_now(ward_clock_system()), back, &job->h.opts.from))
		job->h.opts.from = INT64_MIN;
	return WARD_EXIT_DONE;
}

static int add_rules(struct job *job, const char *value)
{
	struct ward_hunt *h = &job->h;

	if (h->n_rules == WARD_HUNT_PATHS_MAX)
		return ward_cli_usage(h->cmd, "more than %d paths of rules", WARD_HUNT_PATHS_MAX);
	h->rules[h->n_rules++] = value;
	job->rules_follow = true;
	return WARD_EXIT_DONE;
}

/* An option with a value. */
static int option(struct job *job, const char *name, const char *value)
{
	struct ward_hunt *h = &job->h;

	if (strcmp(name, "--hospital") == 0)
		h->hospital = value;
	else if (strcmp(name, "--state") == 0)
		job->state = value;
	else if (strcmp(name, "--content") == 0)
		job->content = value;
	else if (strcmp(name, "--indicators") == 0)
		h->indicators = value;
	else if (strcmp(name, "--rules") == 0)
		return add_rules(job, value);
	else if (strcmp(name, "--since") == 0)
		return since(job, value);
	else if (strcmp(name, "--from") == 0)
		return ward_time_parse(ward_str_z(value), &h->opts.from) == WARD_OK
			       ? WARD_EXIT_DONE
			       : bad_time(job, name, value);
	else if (strcmp(name, "--to") == 0)
		return ward_time_parse(ward_str_z(value), &h->opts.to) == WARD_OK
			       ? WARD_EXIT_DONE
			       : bad_time(job, name, value);
	else if (!ward_str_u64(ward_str_z(value), &h->limit)) /* --limit */
		return ward_cli_usage(h->cmd, "--limit: '%s' is not a number", value);
	else
		job->limit_given = true;
	return WARD_EXIT_DONE;
}

static bool takes_value(const char *a)
{
	static const char *const name[] = {"--hospital", "--state", "--content", "--indicators",
		"--rules", "--since", "--from", "--to", "--limit"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		if (strcmp(a, name[i]) == 0)
			return true;
	return false;
}

static bool flag(struct job *job, const char *a)
{
	if (strcmp(a, "--json") == 0)
		job->h.json = true;
	else if (strcmp(a, "--oldest") == 0)
		job->h.opts.newest_first = false;
	else if (strcmp(a, "--summary") == 0)
		job->h.summary = true;
	else if (strcmp(a, "--no-index") == 0)
		job->no_index = true;
	else
		return false;
	return true;
}

static int item(struct job *job, const char *a)
{
	const char *why = "";

	if (job->rules_follow)
		return add_rules(job, a);
	if (ward_query_add(&job->h.query, ward_str_z(a), &why) != WARD_OK)
		return ward_cli_usage(job->h.cmd, "'%s': %s", a, why);
	return WARD_EXIT_DONE;
}

static int check(struct job *job)
{
	struct ward_hunt *h = &job->h;
	int ways = (h->query.n > 0) + (h->n_rules > 0) + (h->indicators != NULL);

	if (!h->hospital)
		return ward_cli_usage(h->cmd, "give --hospital: it says where events belong");
	if (ways > 1)
		return ward_cli_usage(h->cmd, "a query, --rules and --indicators go one at a time");
	if (h->summary && !h->n_rules && !h->indicators)
		return ward_cli_usage(h->cmd, "--summary goes with --rules or --indicators");
	if (h->opts.from > h->opts.to)
		return ward_cli_usage(h->cmd, "the time range ends before it begins");
	if (!job->limit_given)
		h->limit = ways && !h->query.n ? 0 : LIMIT;
	return WARD_EXIT_DONE;
}

static int parse(struct job *job, int argc, char **argv)
{
	bool only_items = false;
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		const char *a = argv[i];

		if (only_items || a[0] != '-' || !a[1]) {
			code = item(job, a);
			continue;
		}
		job->rules_follow = false;
		if (strcmp(a, "--") == 0)
			only_items = true;
		else if (takes_value(a) && i + 1 == argc)
			code = ward_cli_usage(job->h.cmd, "%s needs a value", a);
		else if (takes_value(a))
			code = option(job, a, argv[++i]);
		else if (!flag(job, a))
			code = ward_cli_usage(job->h.cmd, "'%s' is not an option", a);
	}
	return code ? code : check(job);
}

static int load(struct job *job)
{
	struct ward_hunt *h = &job->h;
	const struct ward_mem *mem = ward_mem_heap();

	h->content = ward_cli_content(h->cmd, job->content);
	if (!h->content)
		return WARD_EXIT_RUN;
	enum ward_err err = ward_model_limits(h->hospital, mem, &h->diag, &h->lim);

	if (!err)
		err = ward_model_load(h->hospital, h->content, &h->lim, mem, &h->diag, &h->model);
	if (err) {
		ward_hunt_findings(h);
		return ward_cli_fail(
			h->cmd, "cannot load '%s': %s", h->hospital, ward_err_text(err));
	}
	h->enrich = (struct ward_enrich){
		.model = h->model, .names = &h->names, .actor = ward_enrich_actor_as_is};
	if (ward_zone_use(ward_model_hospital(h->model)->timezone) != WARD_OK)
		fprintf(stderr, "ward search: no such time zone on this system: times are UTC\n");
	return WARD_EXIT_DONE;
}

static int open_folders(struct job *job)
{
	struct ward_hunt *h = &job->h;
	char path[PATH_MAX + 16];
	int code = ward_cli_state(h->cmd, job->state, ward_model_hospital(h->model)->id, job->path);

	if (code)
		return code;
	(void)snprintf(path, sizeof(path), "%s/journal", job->path);
	enum ward_err err = ward_io_dir_open(&job->journal, path, false, false);

	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(h->cmd,
			"nothing is recorded in '%s'; --state names another folder", job->path);
	if (err)
		return ward_cli_fail(h->cmd, "cannot read '%s': %s%s", path, strerror(errno),
			err == WARD_ERR_DENIED ? "; be the user of 'ward run'" : "");
	job->journal_open = true;
	h->opts.journal = &job->journal.io;
	if (job->no_index)
		return WARD_EXIT_DONE;
	(void)snprintf(path, sizeof(path), "%s/search", job->path);
	job->index_open = ward_io_dir_open(&job->index, path, true, false) == WARD_OK;
	if (job->index_open)
		h->opts.index = &job->index.io;
	else
		fprintf(stderr, "ward search: cannot use '%s' (%s): everything is read\n", path,
			strerror(errno));
	return WARD_EXIT_DONE;
}

static void told(struct job *job)
{
	const struct ward_hunt *h = &job->h;
	const struct ward_search_stats *s = &h->stats;
	ward_ns took = ward_clock_mono(ward_clock_system()) - h->begun;

	fprintf(stderr,
		"ward search: %llu found in %llu events, %llu of %llu segments passed over, "
		"%lld ms\n",
		(unsigned long long)h->n_hit, (unsigned long long)s->n_record,
		(unsigned long long)s->look.n_passed, (unsigned long long)s->look.n_segment,
		(long long)(took / (WARD_NS_PER_S / 1000)));
	if (h->limit && h->n_hit == h->limit)
		fprintf(stderr,
			"ward search: stopped at %llu, there may be more: --limit 0 shows all\n",
			(unsigned long long)h->limit);
	if (s->look.n_damaged)
		fprintf(stderr, "ward search: %llu damaged places of the journal were left out\n",
			(unsigned long long)s->look.n_damaged);
	if (s->look.n_gone)
		fprintf(stderr, "ward search: %llu segments went by retention meanwhile\n",
			(unsigned long long)s->look.n_gone);
	if (s->n_undecodable)
		fprintf(stderr,
			"ward search: %llu records can't be read: of another version of Ward?\n",
			(unsigned long long)s->n_undecodable);
}

static int search(struct job *job)
{
	struct ward_hunt *h = &job->h;
	struct winsize size = {.ws_col = 0};
	bool tty = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
	int code;

	h->line =
		(struct ward_line_opts){&h->names, tty ? size.ws_col : 0, ward_cli_colour(stdout)};
	h->progress = isatty(STDERR_FILENO) == 1;
	if (h->n_rules)
		code = ward_hunt_rules(h);
	else if (h->indicators)
		code = ward_hunt_indicators(h);
	else
		code = ward_hunt_query(h);
	if (code)
		return code;
	told(job);
	return h->diag.n_error || h->stats.look.n_damaged || h->stats.n_undecodable
		       ? WARD_EXIT_INPUT
		       : WARD_EXIT_DONE;
}

static void finish(struct job *job)
{
	struct ward_hunt *h = &job->h;

	if (job->journal_open)
		ward_io_dir_close(&job->journal);
	if (job->index_open)
		ward_io_dir_close(&job->index);
	ward_model_free(h->model);
	ward_names_fini(&h->names);
	ward_diag_fini(&h->diag);
	ward_wr_fini(&h->out);
	free(job);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return ward_cli_fail(cmd, "out of memory");
	struct ward_hunt *h = &job->h;

	h->cmd = cmd;
	ward_limits_default(&h->lim);
	ward_diag_init(&h->diag, ward_mem_heap());
	h->out = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	h->opts = (struct ward_search_opts){.who = (uint32_t)getpid(),
		.mem = ward_mem_heap(),
		.lim = &h->lim,
		.names = &h->names,
		.newest_first = true,
		.from = INT64_MIN,
		.to = INT64_MAX};
	if (ward_names_init(&h->names, ward_mem_heap(), &h->lim) != WARD_OK) {
		free(job);
		return ward_cli_fail(cmd, "out of memory");
	}
	ward_query_init(&h->query, &h->names);
	int code = parse(job, argc, argv);

	if (!code)
		code = load(job);
	if (!code)
		code = open_folders(job);
	if (!code)
		code = search(job);
	finish(job);
	return code;
}

const struct ward_cmd ward_cmd_search = {
	.name = "search",
	.summary = "what was recorded: by place, address, name, time; rules over the past",
	.help = "usage: ward search --hospital DIR [OPTION…] ITEM…\n"
		"       ward search --hospital DIR [OPTION…] --rules PATH…\n"
		"       ward search --hospital DIR [OPTION…] --indicators FILE\n\n"
		"Looks through all events that the journal retains, while 'ward run' writes it or\n"
		"not; changes nothing there. All items must hold of an event:\n"
		"  10.0.0.5  10.0.0.0/24  00:1b:21:0a:0b:0c   an address, wherever it stands\n"
		"  32 to 128 hex digits                       a hash, as a whole word\n"
		"  FIELD=VALUE   class=door.*  src_ip=10.1.0.0/16  user=p-*; '*' is any text\n"
		"  asset= room= zone= floor= building= door= network= place= actor= source= id=\n"
		"  anything else                              text in any value\n"
		"Without items: everything. One line per event, newest first, by arrival.\n\n"
		"  --rules PATH…      detections that these Sigma rules, and those of the "
		"hospital,\n"
		"                     would have given (correlations too), oldest first\n"
		"  --indicators FILE  a list of addresses, networks, names, hashes, one a line\n"
		"  --summary          only how often, on how many days, when and where\n"
		"  --since 2h         events of the last two hours; also --from TIME, --to TIME\n"
		"  --oldest           oldest first\n"
		"  --limit N          stop after N lines (a query: 100; 0: all)\n"
		"  --json             JSON lines\n"
		"  --state DIR        what 'ward run' keeps (default: as for 'ward run')\n"
		"  --no-index         neither use nor write STATE/search\n"
		"  --content DIR      instead of the content that belongs to this program\n\n"
		"Exit: 0 done, 1 something could not be read (told), 2 usage, 3 could not run.\n",
	.run = run,
};
