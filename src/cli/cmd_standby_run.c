/* `ward standby run`: the guardian of one of two machines. It starts the process `standby`, which
 * speaks with the other machine and the witness, and `ward run` when that says so; it reads nothing
 * from outside. Whatever of both ends unasked ends all, and whoever started us begins anew. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/standby.h"
#include "cli/standby_carry.h"
#include "backup/mirror.h"
#include "model/model.h"
#include "run/dial.h"
#include "run/live.h"
#include "run/live_uids.h"
#include "run/netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { END_MS = 20000, POLL_MS = 200 };

struct options {
	const char *node, *listen, *peer, *witness, *certificate, *key, *trust, *state, *lease,
		*after, *carry, *dir;
	bool first;
	ward_ns lease_ns, after_ns;
	uint8_t secret[WARD_CARRY_KEY]; /* of both who carry; `standby` never has it */
	char **run;                     /* what follows "--", for `ward run`; ends with NULL */
};

struct guardian {
	const struct ward_cmd *cmd;
	const struct options *o;
	struct ward_cli_standby_child child, ward;
	int listener, own, journal; /* own: our end of the link with `standby` */
	int its_own, its_journal;   /* its ends */
	int carry, its_carry;       /* of who carries the state, and of `standby` */
	bool gives;                 /* who carries gives, and does not take */
	pid_t standby, run, carrier;
	uint32_t formats; /* that `ward run` writes (base/formats.h) */
	ward_ns stop_by;  /* monotonic: when `ward run` is killed; 0: it may run */
	ward_ns start_at, carry_at;
};

static volatile sig_atomic_t ending, word_to_say;

static void on_end(int sig)
{
	(void)sig;
	ending = 1;
}

static void on_word(int sig)
{
	word_to_say = sig == SIGUSR1 ? 'W' : sig == SIGUSR2 ? 'F' : 'U';
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct options *o)
{
	const struct ward_cli_opt opt[] = {{"--node", &o->node, NULL},
		{"--listen", &o->listen, NULL}, {"--peer", &o->peer, NULL},
		{"--witness", &o->witness, NULL}, {"--certificate", &o->certificate, NULL},
		{"--key", &o->key, NULL}, {"--trust", &o->trust, NULL},
		{"--carry-key", &o->carry, NULL}, {"--state", &o->state, NULL},
		{"--lease", &o->lease, NULL}, {"--tell-after", &o->after, NULL},
		{"--first", NULL, &o->first}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &o->dir, NULL, NULL, NULL};
	int own = 0, code;

	while (own < argc && strcmp(argv[own], "--") != 0)
		own++;
	o->run = argv + own + (own < argc);
	code = ward_cli_args(cmd, own, argv, &args);
	if (code)
		return code;
	if (!o->node || !o->listen || !o->peer || !o->certificate || !o->key || !o->trust ||
		!o->carry || !o->state || !o->dir)
		return ward_cli_usage(cmd,
			"give --node, --listen, --peer, --witness, --certificate, --key, --trust, "
			"--carry-key, --state and HOSPITAL");
	if (!o->witness)
		return ward_cli_usage(cmd,
			"give --witness: two machines alone can't know whether the other is dead "
			"or only out of reach, and both would lead");
	if (ward_duration_parse(ward_str_z(o->lease ? o->lease : "10s"), &o->lease_ns) != WARD_OK ||
		o->lease_ns < 2 * WARD_NS_PER_S || o->lease_ns > 30 * WARD_NS_PER_S)
		return ward_cli_usage(cmd, "--lease: 2s to 30s (default: 10s)");
	if (ward_duration_parse(ward_str_z(o->after ? o->after : "3m"), &o->after_ns) != WARD_OK ||
		o->after_ns < 5 * WARD_NS_PER_S || o->after_ns > 3600 * WARD_NS_PER_S)
		return ward_cli_usage(cmd, "--tell-after: 5s to 1h (default: 3m)");
	return WARD_EXIT_DONE;
}

/* Are both at one address, however it is written? Of names, whether they are one text. */
static bool one_host(const struct ward_dial *a, const struct ward_dial *b)
{
	struct in6_addr x, y;

	for (int family = 0; family < 2; family++) {
		int f = family ? AF_INET6 : AF_INET;
		size_t n = family ? sizeof(struct in6_addr) : sizeof(struct in_addr);

		if (inet_pton(f, a->host, &x) == 1 && inet_pton(f, b->host, &y) == 1)
			return memcmp(&x, &y, n) == 0;
	}
	return strcasecmp(a->host, b->host) == 0;
}

/* Of the third machine: a witness that dies with one of the two is none. */
static int fits(const struct ward_cmd *cmd, const struct options *o)
{
	struct ward_dial peer, witness, own;

	if (!ward_dial_parse(ward_str_z(o->peer), &peer) ||
		!ward_dial_parse(ward_str_z(o->witness), &witness) ||
		!ward_dial_parse(ward_str_z(o->listen), &own))
		return ward_cli_usage(cmd, "--listen, --peer and --witness: give HOST:PORT; an "
					   "IPv6 address stands in brackets");
	if (one_host(&peer, &witness) || one_host(&own, &witness))
		return ward_cli_usage(cmd,
			"--witness is on the machine of --peer or --listen: when that is gone "
			"nobody can say who leads; let the witness run on a third one");
	if (one_host(&own, &peer))
		return ward_cli_usage(cmd, "--peer is the machine of --listen, which is this one");
	return WARD_EXIT_DONE;
}

static int set_limits(const struct ward_cmd *cmd, const char *dir, struct ward_cli_standby_child *c)
{
	struct ward_limits lim, usual;
	struct ward_diag diag;
	enum ward_err err;

	ward_limits_default(&lim);
	ward_limits_default(&usual);
	ward_diag_init(&diag, ward_mem_heap());
	err = ward_model_limits(dir, ward_mem_heap(), &diag, &lim);
	ward_diag_fini(&diag);
	if (err)
		return ward_cli_fail(
			cmd, "'%s': its limits can't be read; 'ward check' says more", dir);
	for (size_t i = 0; i < WARD_LIMIT_N; i++) {
		char text[96];

		(void)snprintf(text, sizeof(text), "%s:%llu",
			ward_limit_info((enum ward_limit)i)->name, (unsigned long long)lim.v[i]);
		ward_cli_standby_set(c, "limit", lim.v[i] == usual.v[i] ? NULL : text);
	}
	return WARD_EXIT_DONE;
}

static int pair(const struct ward_cmd *cmd, int *ret_a, int *ret_b)
{
	int both[2], bytes = 4 << 20;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, both) != 0)
		return ward_cli_fail(cmd, "%s", strerror(errno));
	for (int i = 0; i < 2; i++) { /* as the supervisor's links; without root less is given */
		(void)setsockopt(both[i], SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes));
		(void)setsockopt(both[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	}
	*ret_a = both[0];
	*ret_b = both[1];
	return WARD_EXIT_DONE;
}

static int start_standby(struct guardian *g)
{
	const struct options *o = g->o;
	struct ward_cli_standby_child *c = &g->child;
	char folder[PATH_MAX], journal[PATH_MAX];
	uid_t uid = geteuid() == 0 && ward_netns_uids() > LIVE_UID_JOURNAL ? LIVE_UID_JOURNAL : 0;
	int rc = ward_cli_libexec(g->cmd, "standby", c->path);

	(void)snprintf(folder, sizeof(folder), "%s/standby", o->state);
	(void)snprintf(journal, sizeof(journal), "%s/journal", o->state);
	if (!rc)
		rc = ward_cli_standby_folder(g->cmd, folder, S_IRWXU, uid);
	if (!rc)
		rc = ward_cli_standby_folder(g->cmd, journal, S_IRWXU, uid);
	if (!rc)
		rc = set_limits(g->cmd, o->dir, c);
	if (rc)
		return rc;
	ward_cli_standby_number(c, "supervisor", (uint64_t)getpid());
	if (uid)
		ward_cli_standby_number(c, "uid", uid);
	ward_cli_standby_set(c, "node", o->node);
	ward_cli_standby_set(c, "peer", o->peer);
	ward_cli_standby_set(c, "witness", o->witness);
	ward_cli_standby_set(c, "certificate", o->certificate);
	ward_cli_standby_set(c, "key", o->key);
	ward_cli_standby_set(c, "trust", o->trust);
	ward_cli_standby_set(c, "dir", folder);
	ward_cli_standby_set(c, "journal", journal);
	ward_cli_standby_set(c, "first", o->first ? "yes" : NULL);
	ward_cli_standby_number(c, "lease_ms", (uint64_t)(o->lease_ns / WARD_NS_PER_MS));
	ward_cli_standby_number(c, "tell_after_s", (uint64_t)(o->after_ns / WARD_NS_PER_S));
	ward_cli_standby_hand(c, "listener", g->listener);
	ward_cli_standby_hand(c, "guardian", g->its_own);
	ward_cli_standby_hand(c, "journal", g->its_journal);
	ward_cli_standby_hand(c, "carrier", g->its_carry);
	return ward_cli_standby_start(g->cmd, c, &g->standby);
}

/* `ward run`, with the link of its journal. */
static int start_run(struct guardian *g)
{
	struct ward_cli_standby_child *c = &g->ward;
	ssize_t n = readlink("/proc/self/exe", c->path, sizeof(c->path) - 1);
	char text[16];
	size_t i = 0;
	pid_t pid;

	if (n < 0)
		return ward_cli_fail(g->cmd, "/proc/self/exe: %s", strerror(errno));
	c->path[n] = 0;
	pid = fork();
	if (pid < 0)
		return ward_cli_fail(g->cmd, "%s", strerror(errno));
	if (pid) {
		g->run = pid;
		return WARD_EXIT_DONE;
	}
	static char run[] = "run", state[] = "--state";

	c->argv[i++] = c->path;
	c->argv[i++] = run;
	c->argv[i++] = state;
	c->argv[i++] = (char *)(uintptr_t)g->o->state;
	for (char **a = g->o->run; *a && i < WARD_CLI_STANDBY_SETTINGS; a++)
		c->argv[i++] = *a;
	c->argv[i++] = (char *)(uintptr_t)g->o->dir;
	c->argv[i] = NULL;
	(void)snprintf(text, sizeof(text), "%d", g->journal);
	(void)setenv(WARD_LIVE_STANDBY, text, 1);
	(void)snprintf(text, sizeof(text), "%u", g->formats);
	(void)setenv(WARD_LIVE_FORMATS, text, 1);
	(void)close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	(void)fcntl(g->journal, F_SETFD, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setpgid(0, 0);
	(void)execv(c->path, c->argv);
	_exit(WARD_EXIT_RUN);
}

static ward_ns now(void)
{
	return ward_clock_mono(ward_clock_system());
}

static void stop_run(struct guardian *g)
{
	if (g->run <= 0 || g->stop_by)
		return;
	(void)kill(g->run, SIGTERM);
	(void)kill(g->run, SIGCONT);
	g->stop_by = now() + END_MS * WARD_NS_PER_MS;
}

static void say(struct guardian *g, char word)
{
	if (send(g->own, &word, 1, MSG_NOSIGNAL) != 1)
		ending = 1;
}

static void stop_carrier(struct guardian *g)
{
	int status;

	if (g->carrier <= 0)
		return;
	(void)kill(g->carrier, SIGKILL); /* what it wrote has its name when it is whole */
	(void)waitpid(g->carrier, &status, 0);
	g->carrier = 0;
}

static int start_carrier(struct guardian *g, bool gives)
{
	struct ward_carry_seal seal;
	const struct ward_cli_carrying c = {g->cmd, g->carry, g->o->state, g->o->dir, &seal};
	pid_t pid = fork();

	if (pid < 0)
		return ward_cli_fail(g->cmd, "%s", strerror(errno));
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)setpgid(0, 0);
		(void)close(g->own);
		(void)close(g->journal);
		(void)signal(SIGTERM, SIG_DFL);
		(void)signal(SIGINT, SIG_DFL);
		ward_carry_seal_init(&seal, g->o->secret, gives);
		if (ward_cli_standby_cage(&c) != WARD_EXIT_DONE)
			_exit(WARD_EXIT_RUN);
		_exit(gives ? ward_cli_standby_give(&c) : ward_cli_standby_take(&c));
	}
	g->carrier = pid;
	g->gives = gives;
	return WARD_EXIT_DONE;
}

/* The state that the former leader had is ours from now on. */
static int take_over(struct guardian *g)
{
	char why[WARD_MIRROR_WHY];
	bool done;

	if (g->carrier > 0 && g->gives)
		return WARD_EXIT_DONE;
	stop_carrier(g);
	if (ward_cli_standby_holds(g->cmd, g->o->state) != WARD_EXIT_DONE)
		return WARD_EXIT_RUN;
	if (ward_mirror_install(g->o->state, g->o->dir, ward_cli_standby_has_aside(g->o->state),
		    &done, why) != WARD_OK)
		return ward_cli_fail(
			g->cmd, "what the other machine kept can't be put in place: %s", why);
	if (done && why[0])
		(void)fprintf(stderr, "ward %s: %s\n", g->cmd->name, why);
	if (done)
		(void)fprintf(
			stderr, "ward %s: what the other machine kept is in place\n", g->cmd->name);
	return start_carrier(g, true);
}

static int follow(struct guardian *g)
{
	stop_carrier(g);
	return start_carrier(g, false);
}

/* False: it is at its end. */
static bool hear(struct guardian *g)
{
	uint8_t said[5];
	ssize_t n = recv(g->own, said, sizeof(said), MSG_DONTWAIT);
	struct ward_rd r = ward_rd_from(said, n > 0 ? (size_t)n : 0);
	uint8_t word = ward_rd_u8(&r);

	if (n == 0)
		return false;
	if (n < 0)
		return true;
	if (word == 'S')
		g->formats = ward_rd_be32(&r);
	if (word == 'S') /* after an end of its own not at once, lest it be in a circle */
		g->start_at = g->start_at ? now() + WARD_NS_PER_S : now();
	if (word == 'C' && follow(g) != WARD_EXIT_DONE)
		return false;
	if (word == 'T') {
		g->start_at = 0;
		if (g->run > 0)
			stop_run(g);
		else
			say(g, 'E');
	}
	return true;
}

/* Ends that nobody has asked for yet. False: `standby` itself has ended. */
static bool reap(struct guardian *g)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == g->standby) {
			g->standby = 0;
			return false;
		}
		if (pid == g->carrier) { /* begun anew, not at once */
			g->carrier = 0;
			g->carry_at = now() + WARD_NS_PER_S;
		}
		if (pid != g->run)
			continue;
		g->run = 0;
		g->stop_by = 0;
		say(g, 'E');
	}
	return true;
}

static int watch(struct guardian *g)
{
	bool whole = true;

	while (!ending && whole) {
		struct pollfd p = {g->own, POLLIN, 0};
		int rc = WARD_EXIT_DONE;

		(void)poll(&p, 1, POLL_MS);
		whole = hear(g) && reap(g);
		if (word_to_say) {
			say(g, (char)word_to_say);
			word_to_say = 0;
		}
		if (whole && g->carry_at && now() >= g->carry_at) {
			g->carry_at = 0;
			rc = g->carrier > 0 ? WARD_EXIT_DONE : start_carrier(g, g->gives);
		}
		if (!rc && whole && g->start_at && g->run <= 0 && now() >= g->start_at) {
			rc = take_over(g);
			if (!rc)
				rc = start_run(g);
		}
		if (rc)
			return rc;
		if (g->stop_by && now() > g->stop_by && g->run > 0)
			(void)kill(g->run, SIGKILL);
	}
	return whole ? WARD_EXIT_DONE
		     : ward_cli_fail(g->cmd, "the process `standby` has ended; its last words are "
					     "above");
}

static void end_all(struct guardian *g)
{
	int status;

	stop_run(g);
	stop_carrier(g);
	while (g->run > 0 && waitpid(g->run, &status, WNOHANG) == 0) {
		if (now() > g->stop_by)
			(void)kill(g->run, SIGKILL);
		(void)poll(NULL, 0, POLL_MS / 4);
	}
	if (g->standby > 0) {
		(void)kill(g->standby, SIGTERM);
		(void)waitpid(g->standby, &status, 0);
	}
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct sigaction end = {.sa_handler = on_end}, word = {.sa_handler = on_word};
	struct options o = {.node = NULL};
	struct guardian *g = calloc(1, sizeof(*g));
	int rc = g ? parse(cmd, argc, argv, &o) : ward_cli_fail(cmd, "out of memory");

	if (!rc)
		rc = fits(cmd, &o);
	if (!rc)
		rc = ward_cli_standby_secret(cmd, o.carry, o.secret);
	if (!rc) {
		g->cmd = cmd;
		g->o = &o;
		(void)sigaction(SIGTERM, &end, NULL);
		(void)sigaction(SIGINT, &end, NULL);
		(void)sigaction(SIGHUP, &end, NULL);
		(void)sigaction(SIGUSR1, &word, NULL);
		(void)sigaction(SIGUSR2, &word, NULL);
		(void)sigaction(SIGRTMIN, &word, NULL);
		rc = ward_cli_standby_listen(cmd, o.listen, &g->listener);
	}
	if (!rc)
		rc = pair(cmd, &g->own, &g->its_own);
	if (!rc)
		rc = pair(cmd, &g->journal, &g->its_journal);
	if (!rc)
		rc = pair(cmd, &g->carry, &g->its_carry);
	if (!rc)
		rc = ward_cli_standby_folder(cmd, o.state, 0711, 0);
	if (!rc)
		rc = ward_cli_standby_lock(cmd, o.state);
	if (!rc)
		rc = start_standby(g);
	if (!rc) {
		(void)close(g->its_own); /* so that its end is seen */
		(void)close(g->its_carry);
		(void)close(g->listener);
		rc = watch(g);
		end_all(g);
	}
	free(g);
	return rc;
}

const struct ward_cmd ward_cmd_standby_run = {
	.name = "standby run",
	.summary = "one of two machines, of which one watches and one stands by",
	.help = "usage: ward standby run --node NAME --listen ADDRESS:PORT --peer HOST:PORT\n"
		"                        --witness HOST:PORT --certificate FILE --key FILE\n"
		"                        --trust FILE --carry-key FILE --state DIR [--lease TIME]\n"
		"                        [--tell-after TIME] [--first]\n"
		"                        HOSPITAL [-- OPTION… of ward run]\n\n"
		"The same command on both machines. One leads: it runs `ward run`, and\n"
		"acknowledges what both have on their disks. The other follows its journal, and\n"
		"takes over when the leader is gone for longer than the lease and the witness\n"
		"lets it (docs/standby.md).\n\n"
		"  --node NAME         of this machine: the CN of its certificate\n"
		"  --listen ADDR:PORT  where the other connects to\n"
		"  --peer HOST:PORT    the other's --listen\n"
		"  --witness HOST:PORT `ward standby witness`, on a third machine\n"
		"  --certificate FILE  PEM: shown to the others; --key FILE its key\n"
		"  --trust FILE        PEM: the certificates of the others\n"
		"  --carry-key FILE    of `ward standby key`, the same on both: what goes over is\n"
		"                      sealed with it\n"
		"  --state DIR         what is kept, as of ward run\n"
		"  --lease TIME        2s to 30s (default: 10s)\n"
		"  --tell-after TIME   people are told when the two were no pair, or the witness "
		"was\n"
		"                      away, for so long (5s to 1h; default: 3m), and when a copy "
		"is\n"
		"                      twenty times as old\n"
		"  --first             nobody has led yet: this one begins\n\n"
		"SIGUSR1, or `ward standby switch`, hands over to the other. Ends by SIGTERM.\n\n"
		"Exit: 0 ended by a signal, 2 usage, 3 could not run.\n",
	.run = run,
};
