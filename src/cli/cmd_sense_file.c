#include "cli/commands.h"
#include "cli/inspector.h"
#include "cli/workers.h"
#include "run/watched.h"

#include <errno.h>

enum { FOLDERS_MAX = 16, OUT_MAX = 8 << 20, STOP_MS = 200 };

struct job {
	const struct ward_cmd *cmd;
	const char *content, *hospital, *clamd, *source;
	bool once, fresh;
	const char *path[FOLDERS_MAX];
	size_t n_path;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_inspector *with;
	struct ward_looker looker;
	struct ward_watched watched[FOLDERS_MAX];
	struct ward_wr out;
};

static int parse(struct job *j, int argc, char **argv)
{
	const struct {
		const char *name, **value;
		bool *set;
	} option[] = {{"--clamd", &j->clamd, NULL}, {"--content", &j->content, NULL},
		{"--hospital", &j->hospital, NULL}, {"--source", &j->source, NULL},
		{"--once", NULL, &j->once}, {"--new", NULL, &j->fresh}};

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		if (argv[i][0] != '-') {
			if (j->n_path == FOLDERS_MAX)
				return ward_cli_usage(j->cmd, "at most %d folders", FOLDERS_MAX);
			j->path[j->n_path++] = argv[i];
			continue;
		}
		while (k < WARD_ARRAY_LEN(option) && strcmp(argv[i], option[k].name) != 0)
			k++;
		if (k == WARD_ARRAY_LEN(option))
			return ward_cli_usage(j->cmd, "'%s' is not an option", argv[i]);
		if (option[k].set)
			*option[k].set = true;
		else if (i + 1 == argc)
			return ward_cli_usage(j->cmd, "%s needs a value", argv[i]);
		else
			*option[k].value = argv[++i];
	}
	if (j->once && j->fresh)
		return ward_cli_usage(j->cmd, "--once looks at what is there, --new at what comes");
	return j->n_path ? WARD_EXIT_DONE : ward_cli_usage(j->cmd, "which folders?");
}

static enum ward_err put(void *ctx, struct ward_event *e)
{
	struct job *j = ctx;

	ward_event_write_json(e, &j->names, &j->out);
	ward_wr_ch(&j->out, '\n');
	return ward_cli_put(&j->out, stdout) ? WARD_OK : WARD_ERR_IO;
}

static int open_folders(struct job *j)
{
	for (size_t i = 0; i < j->n_path; i++) {
		const struct ward_watched_opts o = {.lim = &j->lim,
			.names = &j->names,
			.looker = &j->looker,
			.source = ward_str_z(j->source ? j->source : "file"),
			.folder = {.path = j->path[i],
				.fresh = j->fresh,
				.clock = ward_clock_system()}};
		enum ward_err err = ward_watched_open(&j->watched[i], &o);

		if (err == WARD_ERR_IO && errno == ELOOP)
			return ward_cli_fail(j->cmd,
				"%s: this is a symbolic link, and links are not followed: name "
				"the folder itself",
				j->path[i]);
		if (err == WARD_ERR_IO)
			return ward_cli_fail(j->cmd, "%s: %s", j->path[i], strerror(errno));
		if (err)
			return ward_cli_fail(j->cmd, "%s: %s", j->path[i], ward_err_text(err));
	}
	return WARD_EXIT_DONE;
}

/* Waits until a folder or a cell has something, or it is time. */
static void wait_any(struct job *j)
{
	struct pollfd p[FOLDERS_MAX + WARD_LOOKER_CELLS];
	int ms, wait = STOP_MS;
	size_t n = ward_looker_polls(&j->looker, p, &ms);

	if (ms >= 0 && ms < wait)
		wait = ms;
	for (size_t i = 0; i < j->n_path; i++) {
		int next = ward_folder_wait_ms(j->watched[i].folder);

		p[n++] = (struct pollfd){
			.fd = ward_folder_fd(j->watched[i].folder), .events = POLLIN};
		wait = next < wait ? next : wait;
	}
	(void)poll(p, n, wait);
}

static bool all_done(const struct job *j)
{
	bool done = !j->looker.n;

	for (size_t i = 0; i < j->n_path; i++)
		done = done && ward_watched_idle(&j->watched[i]);
	return done;
}

/* With --once nobody comes back to a folder that could not be looked at. */
static int outcome(const struct job *j)
{
	int rc = WARD_EXIT_DONE;

	for (size_t i = 0; i < j->n_path && j->once; i++)
		if (j->watched[i].lost)
			rc = ward_cli_fail(j->cmd, "%s: it is gone, or can't be read", j->path[i]);
	return rc;
}

static int watch(struct job *j)
{
	enum ward_err err = WARD_OK;

	do {
		for (size_t i = 0; i < j->n_path && !err; i++)
			err = ward_watched_turn(&j->watched[i]);
		if (!err)
			err = ward_looker_turn(&j->looker);
		if (err || (j->once && all_done(j)))
			break;
		wait_any(j);
	} while (!ward_workers_stopping());
	return err == WARD_ERR_IO ? WARD_EXIT_RUN
	       : err              ? ward_cli_fail(j->cmd, "%s", ward_err_text(err))
				  : outcome(j);
}

static void summary(struct job *j)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_json json = ward_json_on(&w);

	ward_json_obj(&json);
	ward_json_put_z(&json, "kind", "summary");
	ward_json_put_z(&json, "source", j->source ? j->source : "file");
	ward_json_key(&json, "counters");
	ward_json_obj(&json);
	ward_json_put_u64(&json, "file.looked", j->looker.n_looked);
	ward_json_put_u64(&json, "file.unlooked", j->looker.n_unlooked);
	ward_json_obj_end(&json);
	ward_json_obj_end(&json);
	ward_wr_ch(&w, '\n');
	(void)ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
}

static int go(struct job *j)
{
	const struct ward_cli_inspector by = {j->content, j->hospital, NULL, NULL};
	int rc = ward_cli_inspector(j->cmd, &by, &j->lim, &j->with);

	if (rc)
		return rc;
	struct ward_inspect_cell cell = {
		.with = j->with, .lim = &j->lim, .clamd = j->clamd ? j->clamd : WARD_CLI_CLAMD};
	enum ward_err err = ward_inspect_ready(&cell);

	if (err)
		return ward_cli_fail(j->cmd, "%s", ward_err_text(err));
	ward_looker_init(&j->looker, &cell, &j->names);
	j->looker.put = put;
	j->looker.ctx = j;
	ward_workers_catch();
	rc = open_folders(j);
	if (!rc) {
		rc = watch(j);
		summary(j);
	}
	for (size_t i = 0; i < j->n_path; i++)
		ward_watched_close(&j->watched[i]);
	ward_looker_fini(&j->looker);
	ward_inspect_done(&cell);
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.cmd = cmd, .out = ward_wr_grow(ward_mem_heap(), OUT_MAX)};
	int rc = parse(&j, argc, argv);

	if (rc)
		return rc;
	ward_limits_default(&j.lim);
	if (ward_names_init(&j.names, ward_mem_heap(), &j.lim) != WARD_OK)
		return ward_cli_fail(cmd, "out of memory");
	rc = go(&j);
	ward_inspector_free(j.with);
	ward_names_fini(&j.names);
	ward_wr_fini(&j.out);
	return rc;
}

const struct ward_cmd ward_cmd_sense_file = {
	.name = "sense file",
	.summary = "watch folders; what is suspicious of their files, as event lines",
	.help = "usage: ward sense file [OPTION…] DIR…\n\n"
		"Watches folders and all folders in them (a mail gateway's quarantine, a USB "
		"kiosk,\n"
		"an import folder of the image archive), looks at each file as 'ward inspect' "
		"does,\n"
		"in a process of its own that has nothing else, and prints a verdict as an event,\n"
		"one JSON object per line: file.clean, file.notice, file.suspicious or\n"
		"file.malicious, with reasons; file.unlooked, with why: docs/files.md. A file "
		"that\n"
		"is still written is waited for; one that changed is looked at again. Nothing is\n"
		"changed, moved or kept.\n\n"
		"  --once            what is there now, then end\n"
		"  --new             only what comes or changes from now on\n"
		"  --source NAME     name of the source in events (default: file)\n"
		"  --clamd SOCKET    of ClamAV's daemon (default: /run/clamav/clamd.ctl)\n"
		"  --hospital DIR    lists, rules, weights and limits of this hospital directory,\n"
		"                    too\n"
		"  --content DIR     instead of the content that belongs to this program\n\n"
		"Standard error gets one JSON line of counters at the end.\n"
		"Exit: 0 done (also after SIGINT), 2 usage, 3 could not run, or with --once a "
		"folder\n"
		"was gone or could not be read.\n",
	.run = run,
};
