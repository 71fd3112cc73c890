#include "cli/commands.h"
#include "cli/libexec.h"
#include "cli/idle.h"
#include "cli/lang.h"
#include "cli/life.h"
#include "cli/loaded.h"
#include "cli/made.h"
#include "cli/policy_file.h"
#include "cli/replayed.h"
#include "cli/scenarios.h"
#include "cli/start.h"
#include "cli/stored.h"
#include "cli/versions.h"
#include "model/coverage/coverage.h"
#include "model/model.h"
#include "run/ground.h"
#include "run/live.h"
#include "run/netns.h"
#include "store/upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COVERAGE_BYTES_MAX = 1 << 28, OVERWRITTEN = 0xAA };

struct args {
	const char *dir, *play, *state_option, *content_option, *speed, *lang, *console,
		*console_dir, *answers, *policy, *people, *life, *captures;
	bool json, fresh, lead;
};

struct paths {
	char dir[PATH_MAX], content[PATH_MAX], state[PATH_MAX], scenario[PATH_MAX];
	char libexec[PATH_MAX], ward[PATH_MAX], captures[PATH_MAX];
	const char *policy_file, *people; /* or NULL */
	char ground[WARD_GROUND_TEXT];
	const char *lang; /* --lang, or NULL */
	struct ward_scenario *played;
	struct ward_policy policy; /* roles that nobody plays */
	struct ward_live_anew anew;
	uint64_t version;          /* of the directory; 0: not known */
	bool began;                /* to be run, with a state of its own */
	struct ward_cli_idle idle; /* what does not run, and why */
};

/* What goes together. */
static int fits(const struct ward_cmd *cmd, const struct args *a)
{
	uint64_t percent;

	if (!a->dir)
		return ward_cli_usage(cmd, "which hospital directory?");
	if (a->lang && a->json)
		return ward_cli_usage(cmd, "--lang is for the story; records are in English");
	if (a->speed && !a->play)
		return ward_cli_usage(cmd, "--speed goes with --play");
	if (a->people && !a->policy)
		return ward_cli_usage(cmd, "--people goes with --policy");
	if ((a->lead || a->policy || a->life || a->captures) && !a->play)
		return ward_cli_usage(
			cmd, "--lead, --policy, --life and --captures go with --play");
	if (a->answers && !a->fresh)
		return ward_cli_usage(cmd, "--answers goes with --new");
	if (a->fresh && a->play)
		return ward_cli_usage(cmd, "a new hospital has no scenario: leave --play out");
	if (a->speed &&
		(!ward_str_u64(ward_str_z(a->speed), &percent) || percent < 1 || percent > 10000))
		return ward_cli_usage(cmd, "--speed is 1 to 10000 (percent)");
	return WARD_EXIT_DONE;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	static const char *const names[] = {"--play", "--state", "--content", "--speed", "--lang",
		"--console", "--console-dir", "--answers", "--policy", "--people", "--life",
		"--captures"};
	const char **const value[] = {&a->play, &a->state_option, &a->content_option, &a->speed,
		&a->lang, &a->console, &a->console_dir, &a->answers, &a->policy, &a->people,
		&a->life, &a->captures};

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(names) && strcmp(argv[i], names[k]) != 0)
			k++;
		if (k < WARD_ARRAY_LEN(names)) {
			if (i + 1 == argc)
				return ward_cli_usage(cmd, "%s needs a value", argv[i]);
			*value[k] = argv[++i];
		} else if (strcmp(argv[i], "--json") == 0) {
			a->json = true;
		} else if (strcmp(argv[i], "--new") == 0) {
			a->fresh = true;
		} else if (strcmp(argv[i], "--lead") == 0) {
			a->lead = true;
		} else if (argv[i][0] == '-') {
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		} else if (a->dir) {
			return ward_cli_usage(cmd, "one hospital directory only");
		} else {
			a->dir = argv[i];
		}
	}
	if (!a->console && getenv("WARD_CONSOLE") && *getenv("WARD_CONSOLE"))
		a->console = getenv("WARD_CONSOLE");
	return fits(cmd, a);
}

/* Makes each missing folder of an absolute path. */
static bool make_folders(char *path)
{
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		bool ok = mkdir(path, 0755) == 0 || errno == EEXIST;

		*p = '/';
		if (!ok)
			return false;
	}
	return mkdir(path, 0711) == 0 || errno == EEXIST;
}

/* Ours alone to write to: else another user could put links there, which we would follow. */
static int check_state(const struct ward_cmd *cmd, const char *state)
{
	struct stat st;

	if (stat(state, &st) != 0)
		return ward_cli_fail(cmd, "cannot use '%s': %s", state, strerror(errno));
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
		return ward_cli_fail(cmd,
			"'%s' must be a folder of this user that nobody else may write to", state);
	return WARD_EXIT_DONE;
}

/* Before anything begins: one that a newer Ward made would end the store's process again and again.
 */
static int check_form(const struct ward_cmd *cmd, const char *state)
{
	char path[PATH_MAX + 16];
	uint64_t form;

	(void)snprintf(path, sizeof(path), "%s/store/ward.db", state);
	if (ward_store_form_of(path, &form) || form <= ward_store_form())
		return WARD_EXIT_DONE; /* whatever else is wrong, the store's process says */
	return ward_cli_fail(cmd,
		"'%s' was made by a newer Ward (form %llu; this one reads up to %llu): install the "
		"newer Ward again, or go back to the database of before by `ward store back`",
		path, (unsigned long long)form, (unsigned long long)ward_store_form());
}

/* One `ward run` per state: a lock that dies with the process. The log is opened beside it. */
static int open_state(const struct ward_cmd *cmd, const char *state, int *ret_log)
{
	char path[PATH_MAX + 16];
	int fd, rc = check_state(cmd, state);

	if (rc)
		return rc;
	(void)snprintf(path, sizeof(path), "%s/lock", state);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return ward_cli_fail(cmd, "cannot write to '%s': %s", state, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		(void)close(fd);
		return ward_cli_fail(cmd,
			"another 'ward run' uses '%s'; end it, or give --state another folder",
			state);
	}
	/* the lock's descriptor stays open until the end of the process */
	(void)snprintf(path, sizeof(path), "%s/ward.log", state);
	*ret_log = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*ret_log < 0)
		return ward_cli_fail(cmd, "cannot write '%s': %s", path, strerror(errno));
	return check_form(cmd, state);
}

/* A hospital that is there already is watched as it is, so that the same command goes on with it.
 */
static int make_new(const struct ward_cmd *cmd, const struct args *a)
{
	struct ward_cli_start in = {.cmd = cmd,
		.set = "templates/first",
		.dir = a->dir,
		.answers = a->answers,
		.lang = a->lang};

	if (a->fresh && !ward_cli_made_is(a->dir) && !ward_cli_made_fits(a->dir))
		return ward_cli_fail(cmd,
			"'%s' is no empty folder, and holds no hospital; name one that is empty or "
			"not there yet",
			a->dir);
	if (!a->fresh || !ward_cli_made_fits(a->dir))
		return WARD_EXIT_DONE;
	in.content = ward_cli_content(cmd, a->content_option);
	return in.content ? ward_cli_start_make(&in) : WARD_EXIT_RUN;
}

/* Absolute; a link that somebody named stays one: where it leads later is what is read anew. */
static bool absolute(const char *path, char ret[PATH_MAX])
{
	char cwd[PATH_MAX] = "";
	bool whole = path[0] == '/';

	return (whole || getcwd(cwd, sizeof(cwd))) &&
	       snprintf(ret, PATH_MAX, "%s%s%s", cwd, whole ? "" : "/", path) < PATH_MAX;
}

static int find_paths(const struct ward_cmd *cmd, const struct args *a, struct paths *p)
{
	const char *content = ward_cli_content(cmd, a->content_option);

	if (!content)
		return WARD_EXIT_RUN;
	if (!a->fresh && ward_cli_made_fits(a->dir))
		return ward_cli_fail(cmd,
			"'%s': there is no hospital yet; `ward run --new %s` makes a first one",
			a->dir, a->dir);
	if (!realpath(a->dir, p->dir))
		return ward_cli_fail(cmd, "'%s': %s", a->dir, strerror(errno));
	if (a->content_option ? !absolute(content, p->content) : !realpath(content, p->content))
		return ward_cli_fail(cmd, "'%s': %s", content, strerror(errno));
	if (a->play && ward_cli_scenarios_named(cmd, p->dir, a->play, p->scenario))
		return WARD_EXIT_RUN;
	if (a->captures && ((mkdir(a->captures, 0777) != 0 && errno != EEXIST) ||
				   !realpath(a->captures, p->captures)))
		return ward_cli_fail(cmd, "'%s': %s", a->captures, strerror(errno));
	ssize_t n = readlink("/proc/self/exe", p->ward, sizeof(p->ward) - 1);

	if (n < 0)
		return ward_cli_fail(cmd, "/proc/self/exe: %s", strerror(errno));
	p->ward[n] = 0;
	return ward_cli_libexec_folder(cmd, p->libexec);
}

/* What a reload of the rules must leave as it is. */
static enum ward_err read_ground(struct paths *p, const struct ward_limits *lim,
	const struct ward_model *m, struct ward_diag *diag)
{
	char path[PATH_MAX + 16];
	struct ward_rules *rules = NULL;

	(void)snprintf(path, sizeof(path), "%s/propagation", p->content);
	enum ward_err err = ward_rules_load(path, m, lim, ward_mem_heap(), diag, &rules);

	if (!err)
		ward_ground_text(m, rules, p->ground);
	ward_rules_free(rules);
	return err;
}

/* What the brain will refuse or warn of, said before it watches. */
static enum ward_err tell_rules(const struct ward_cmd *cmd, const struct paths *p,
	const struct ward_limits *lim, const struct ward_model *m)
{
	char rules[PATH_MAX + 16];
	const char *const path[] = {rules};
	const struct ward_ruleset_args args = {.rules = path,
		.n_rules = 1,
		.content = p->content,
		.hospital = p->dir,
		.threats = ward_model_threats(m)};
	struct ward_ruleset *rs = NULL;
	struct ward_diag diag;

	(void)snprintf(rules, sizeof(rules), "%s/rules", p->content);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_ruleset_load(&args, lim, ward_mem_heap(), &diag, &rs);

	ward_cli_findings_in(cmd, &diag, NULL,
		&(struct ward_cli_lang){p->lang, p->content, ward_model_hospital(m)->language});
	if (!err)
		ward_cli_refused(cmd, rs, p->dir);
	ward_ruleset_free(rs);
	ward_diag_fini(&diag);
	return err;
}

static int load(const struct ward_cmd *cmd, struct paths *p, struct ward_limits *lim,
	struct ward_model **ret)
{
	struct ward_diag diag;
	enum ward_err err;

	ward_limits_default(lim);
	ward_diag_init(&diag, ward_mem_heap());
	err = ward_model_limits(p->dir, ward_mem_heap(), &diag, lim);
	if (!err)
		err = ward_model_load(p->dir, p->content, lim, ward_mem_heap(), &diag, ret);
	if (!err && p->scenario[0]) {
		const struct ward_point_in of = {*ret, lim, ward_mem_heap(), &diag};
		struct ward_scenario_in in = {*ret, lim, ward_mem_heap(), &diag, NULL};
		struct ward_points *points = NULL;

		err = ward_points_load(&of, p->dir, p->content, &points);
		in.points = points;
		if (!err)
			err = ward_scenario_load(p->scenario, &in, &p->played);
		ward_points_free(points);
	}
	if (!err && p->policy_file)
		err = ward_cli_policy_read(&(struct ward_cli_policy_in){.file = p->policy_file,
						   .people = p->people,
						   .hospital = p->dir,
						   .content = p->content,
						   .story = p->played,
						   .lim = lim,
						   .m = *ret,
						   .diag = &diag},
			&p->policy);
	if (!err)
		err = read_ground(p, lim, *ret, &diag);
	if (!err)
		err = tell_rules(cmd, p, lim, *ret);
	if (err || diag.n_error) {
		const struct ward_cli_lang speak = {p->lang, p->content,
			*ret ? ward_model_hospital(*ret)->language : WARD_STR("")};

		ward_cli_findings_in(cmd, &diag, NULL, &speak);
	}
	ward_diag_fini(&diag);
	if (err)
		return ward_cli_fail(cmd, "cannot load '%s': %s; 'ward check' says more", p->dir,
			ward_err_text(err));
	return WARD_EXIT_DONE;
}

/* Silence is no peace where nothing was seen. */
static int end_coverage(const struct ward_cmd *cmd, const char *state,
	const struct ward_limits *lim, const struct ward_model *m, struct ward_lang *lang)
{
	struct ward_names names = {0};
	struct ward_coverage *c = NULL;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), COVERAGE_BYTES_MAX);
	enum ward_err err = ward_names_init(&names, ward_mem_heap(), lim);
	int rc;

	if (!err)
		err = ward_coverage_new(ward_mem_heap(), lim, &names, m, &c);
	ward_wr_ch(&w, '\n');
	ward_say(&w, lang, WARD_TEXT("What of the networks was seen, and what was not:"));
	ward_wr_ch(&w, '\n');
	rc = err ? ward_cli_fail(cmd, "%s", ward_err_text(err))
	     : ward_cli_put(&w, stdout)
		     ? ward_cli_stored_coverage(cmd, state, ward_model_hospital(m)->id, NULL, c)
		     : WARD_EXIT_RUN;
	ward_wr_ch(&w, '\n');
	if (!rc && ward_coverage_write_table(c, false, lang, &w) != WARD_OK)
		rc = ward_cli_fail(cmd, "out of memory");
	if (!rc && !ward_cli_put(&w, stdout))
		rc = WARD_EXIT_RUN;
	ward_wr_fini(&w);
	ward_coverage_free(c);
	ward_names_fini(&names);
	return rc;
}

/* What is played has a usual folder of its own; '+' is in no hospital's id. */
static int state_of(const struct ward_cmd *cmd, const struct args *a, const struct ward_model *m,
	char path[PATH_MAX])
{
	char name[NAME_MAX];
	struct ward_str id = ward_model_hospital(m)->id;
	int n = snprintf(name, sizeof(name), "%.*s%s", WARD_STR_ARG(id), a->play ? "+played" : "");

	if (n < 0 || (size_t)n >= sizeof(name))
		return ward_cli_fail(cmd, "the path of the state folder is too long or empty");
	return ward_cli_state(cmd, a->state_option, ward_str_z(name), path);
}

/* Ended since the hospital's directory was changed: begun anew with it, as the same process. */
static int begin_anew(const struct ward_cmd *cmd, const struct paths *p, char **argv)
{
	char fd[16];

	(void)fflush(stdout);
	(void)snprintf(fd, sizeof(fd), "%d", p->anew.console);
	if (p->anew.console >= 0 && fcntl(p->anew.console, F_SETFD, 0) == 0)
		(void)setenv(WARD_LIVE_HELD, fd, 1);
	(void)execv(p->ward, argv - 1); /* the command's own name is in front */
	return ward_cli_fail(cmd, "cannot begin anew by '%s': %s", p->ward, strerror(errno));
}

static int live(const struct ward_cmd *cmd, const struct args *a, struct paths *p,
	const struct ward_limits *lim, struct ward_model *m)
{
	const struct ward_cli_lang in = {a->lang, p->content, ward_model_hospital(m)->language};
	struct ward_lang *lang = NULL;
	char why[WARD_LIVE_WHY];
	struct ward_log log;
	int log_fd = -1;
	int rc = state_of(cmd, a, m, p->state);

	if (!rc && !a->json)
		rc = ward_cli_lang(cmd, &in, lim, &lang);
	if (!rc)
		rc = ward_cli_idle(cmd,
			&(const struct ward_cli_idle_in){p->content, p->dir, lim, lang}, m,
			&p->idle);
	if (!rc && !make_folders(p->state))
		rc = ward_cli_fail(cmd, "cannot make '%s': %s", p->state, strerror(errno));
	if (!rc)
		rc = open_state(cmd, p->state, &log_fd);
	if (rc) {
		ward_lang_free(lang);
		return rc;
	}
	ward_log_init(&log, log_fd, WARD_LOG_INFO, "supervisor", ward_clock_system());
	struct ward_live_options o = {.dir = p->dir,
		.content = p->content,
		.libexec = p->libexec,
		.state = p->state,
		.ground = p->ground,
		.scenario = a->play ? p->scenario : NULL,
		.played = p->played,
		.captures = a->captures ? p->captures : NULL,
		.speed = a->speed,
		.policy = a->policy ? &p->policy : NULL,
		.lead = a->lead,
		.life = a->life,
		.console = a->console,
		.console_dir = a->console_dir,
		.lim = lim,
		.lang = lang,
		.stopped = p->idle.at,
		.n_stopped = p->idle.n,
		.processing = p->idle.is_register,
		.json = a->json,
		.ward = p->ward,
		.version = p->version,
		.colour = ward_cli_colour(stdout),
		.log = &log,
		.clock = ward_clock_system()};

	p->began = true;
	if (ward_live_run(&o, m, why, &p->anew) != WARD_OK)
		rc = ward_cli_fail(cmd, "%s", why);
	else if (!a->json && !p->anew.is)
		rc = end_coverage(cmd, p->state, lim, m, lang);
	ward_lang_free(lang);
	(void)close(log_fd);
	return rc;
}

/* Where this machine lets nobody make networks of their own, the recording has to do. */
static int play_or_replay(const struct ward_cmd *cmd, const struct args *a, struct paths *p,
	const struct ward_limits *lim, struct ward_model *m)
{
	char why[WARD_NETNS_WHY], without[128] = "";
	const struct {
		const char *name;
		bool is;
	} option[] = {{"--lead", a->lead}, {"--policy", a->policy != NULL},
		{"--people", a->people != NULL}, {"--life", a->life != NULL},
		{"--captures", a->captures != NULL}, {"--speed", a->speed != NULL},
		{"--state", a->state_option != NULL}};
	struct ward_wr w = ward_wr_fixed(without, sizeof(without) - 1);

	if (!a->play || ward_netns_may(why) == WARD_OK)
		return live(cmd, a, p, lim, m);
	for (size_t i = 0; i < WARD_ARRAY_LEN(option); i++)
		if (option[i].is)
			ward_wr_printf(&w, "%s%s", w.len ? ", " : "", option[i].name);
	return ward_cli_replayed(&(const struct ward_cli_replayed){.cmd = cmd,
		.ward = p->ward,
		.dir = p->dir,
		.content = p->content,
		.scenario = p->scenario,
		.is = p->played,
		.lang = a->lang,
		.json = a->json,
		.without = without,
		.why = why});
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.dir = NULL};
	char seed[WARD_CLI_LIFE_DRAWN];
	struct paths *p;
	struct ward_model *m = NULL;
	struct ward_limits lim;
	int rc = parse(cmd, argc, argv, &a);

	if (!rc && a.life)
		rc = ward_cli_life_seed(cmd, &a.life, seed);
	if (rc)
		return rc;
	p = calloc(1, sizeof(*p));
	if (!p)
		return ward_cli_fail(cmd, "out of memory");
	p->anew.console = -1;
	p->lang = a.lang;
	/* files of the hospital name people (badges.csv): whatever is freed is overwritten */
	(void)mallopt(M_PERTURB, OVERWRITTEN);
	rc = make_new(cmd, &a);
	if (!rc)
		rc = find_paths(cmd, &a, p);
	if (!rc)
		p->version = ward_cli_versions_begin(cmd, p->dir, a.state_option, a.play);
	p->policy_file = a.policy;
	p->people = a.people;
	if (!rc)
		rc = load(cmd, p, &lim, &m);
	if (rc == WARD_EXIT_RUN && p->version &&
		ward_cli_versions_back(cmd, p->dir, a.state_option, a.play))
		rc = begin_anew(cmd, p, argv);
	if (!rc && a.speed && p->played->n_footage)
		rc = ward_cli_fail(cmd,
			"'%s' has footage of a camera, which runs at its own pace; leave "
			"--speed out",
			a.play);
	if (!rc)
		rc = play_or_replay(cmd, &a, p, &lim, m);
	if (rc == WARD_EXIT_RUN && p->began &&
		ward_cli_versions_back(cmd, p->dir, a.state_option, a.play))
		rc = begin_anew(cmd, p, argv);
	if (!rc && p->anew.is)
		rc = begin_anew(cmd, p, argv);
	ward_scenario_free(p->played);
	ward_cli_idle_free(&p->idle);
	ward_model_free(m);
	free(p);
	return rc;
}

const struct ward_cmd ward_cmd_run = {
	.name = "run",
	.summary = "watch a hospital, live",
	.help = "usage: ward run [OPTION…] HOSPITAL\n"
		"       ward run --new [--answers FILE] [OPTION…] HOSPITAL\n\n"
		"Watches the sources of a hospital directory (sources.yml) and tells what it "
		"sees,\n"
		"what belongs together, which care it will cost and what to do first. Everything "
		"is\n"
		"embedded: no server is needed. Ctrl-C ends it; the next run goes on from what "
		"was\n"
		"kept. SIGHUP has changed rules read anew; a file with an error goes on as it "
		"was.\n\n"
		"  --new            there is no hospital yet: asks its name and place, makes it, "
		"and "
		"goes\n"
		"                   on in the console (docs/first-run.md); where it is there, "
		"watches "
		"it\n"
		"  --answers FILE   with --new: the answers, a map in YAML, instead of asking\n"
		"  --play SCENARIO  watch HOSPITAL/scenarios/SCENARIO (its name, or the path to "
		"it) "
		"being\n"
		"                   played against it, in a network namespace that nothing enters "
		"or\n"
		"                   leaves; where none may be made, its recording is replayed\n"
		"  --captures DIR   with --play: what each tool of the story is heard to do, as\n"
		"                   DIR/CAPTURE, for the scenario's stage/ (docs/scenarios.md)\n"
		"  --speed PERCENT  how fast it is played (default: 100)\n"
		"  --policy FILE    what roles do that nobody plays, and how late "
		"(docs/scoring.md)\n"
		"  --people ROLES   of these, with commas between, those that people play all the "
		"same\n"
		"  --life SEED      ordinary life beside it until it has ended, also while it is "
		"held:\n"
		"                   people at doors, sensors, machines that talk; a text of at "
		"most "
		"64\n"
		"                   bytes, '-' for one that is drawn and told "
		"(docs/exercise.md)\n"
		"  --lead           it waits for a trainer, who begins and ends it: `ward "
		"exercise\n"
		"                   control`, or the console (docs/exercise.md)\n"
		"  --lang CODE      the story's language: en, fr, it, nl (default: $WARD_LANG, "
		"else\n"
		"                   the first of the hospital's languages)\n"
		"  --json           output records as JSON lines instead of a story\n"
		"  --console AT     where browsers find the console: ADDRESS:PORT, or off "
		"(default:\n"
		"                   `where` of console.yml, else 127.0.0.1:8443)\n"
		"  --console-dir DIR  its pages (default: beside the content)\n"
		"  --state DIR      what is kept: journal, store, keys, ward.log (default:\n"
		"                   /var/lib/ward/HOSPITAL as root, else "
		"~/.local/state/ward/HOSPITAL;\n"
		"                   with --play HOSPITAL+played: what is played is kept apart)\n"
		"  --content DIR    threats, rules and propagation (default: beside the "
		"program)\n\n"
		"Capturing from an interface needs root or CAP_NET_RAW, but for --play. As root "
		"each\n"
		"process gets a user id of its own, from 61000 on.\n\n"
		"Exit codes: 0 ended by a signal, 2 wrong usage, 3 could not run; those of `ward "
		"replay`\n"
		"where a recording was replayed instead.\n",
	.run = run,
};
