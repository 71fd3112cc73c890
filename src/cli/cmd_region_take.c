/* `ward region take`: has a process of its own ask each hospital of a region, and says what is seen
 * at several, also to them. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/libexec.h"
#include "cli/region_tell.h"
#include "cli/ship.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TURN_S = 2, SETTINGS = 9, SETTING = PATH_MAX + 32 };

/* What is started for one hospital. */
struct hands {
	pid_t asker, shipper; /* 0: it does not run */
	int notices;          /* what the shipper reads; -1: it takes none */
	char spool[PATH_MAX];
};
struct take {
	struct ward_cli_region x;
	struct hands hands[WARD_REGION_SITES];
	char program[WARD_CLI_LIBEXEC_MAX];
	uid_t uid; /* of the state's owner, where root runs it; 0 */
	struct ward_cli_region_tell tell;
	pid_t teller; /* 0: it does not run */
	int again;    /* into it; -1 */
};

static volatile sig_atomic_t stopping;

static void on_stop(int sig)
{
	(void)sig;
	stopping = 1;
}

/* ---- processes ---- */

static void set(char text[SETTING], char **argv, size_t *n, const char *key, const char *value)
{
	(void)snprintf(text, SETTING, "%s=%s", key, value);
	argv[(*n)++] = text;
}

static WARD_NORETURN void become(const struct take *t, size_t i, pid_t parent)
{
	static char text[SETTINGS][SETTING];
	const struct ward_region_site *s = &t->x.region.site[i];
	char *argv[SETTINGS + 2], program[WARD_CLI_LIBEXEC_MAX], number[24], id[WARD_REGION_ID + 1];
	size_t n = 1;

	memcpy(program, t->program, sizeof(program));
	argv[0] = program;
	(void)snprintf(number, sizeof(number), "%ld", (long)parent);
	set(text[0], argv, &n, "supervisor", number);
	(void)snprintf(text[1], SETTING, "url=%.*s/", WARD_STR_ARG(s->at));
	argv[n++] = text[1];
	(void)snprintf(id, sizeof(id), "%.*s", WARD_STR_ARG(s->id));
	set(text[2], argv, &n, "site", id);
	(void)snprintf(text[3], SETTING, "dir=%s/" WARD_CLI_REGION_WORDS "/%s", t->x.state, id);
	argv[n++] = text[3];
	(void)snprintf(number, sizeof(number), "%lld", (long long)t->x.region.every);
	set(text[4], argv, &n, "every", number);
	set(text[5], argv, &n, "client_certificate", s->certificate.p);
	if (s->trust.len)
		set(text[6], argv, &n, "certificate", s->trust.p);
	(void)snprintf(text[8], SETTING, "name=region-%s", id);
	argv[n++] = text[8];
	if (t->uid) {
		(void)snprintf(number, sizeof(number), "%lu", (unsigned long)t->uid);
		set(text[7], argv, &n, "uid", number);
	}
	argv[n] = NULL;
	(void)execv(program, argv);
	(void)fprintf(stderr, "ward: cannot start '%s': %s\n", program, strerror(errno));
	_exit(WARD_EXIT_RUN);
}

/* Notices go the way of what sensors see: over a spool of their own, so that none is lost. */
static void start_shipper(struct take *t, size_t i)
{
	const struct ward_region_site *s = &t->x.region.site[i];
	struct hands *h = &t->hands[i];
	char to[WARD_REGION_NAME + 1];
	struct ward_cli_ship o = {.to = to,
		.spool = h->spool,
		.token = s->notices.p,
		.ca = s->trust.len ? s->trust.p : NULL,
		.code = -1,
		.uid = t->uid,
		.apart = true};

	(void)snprintf(to, sizeof(to), "%.*s", WARD_STR_ARG(s->at));
	o.in = fcntl(h->notices, F_DUPFD, 0); /* the program has it, and no other one */
	if (o.in < 0)
		return;
	(void)ward_cli_ship_start(t->x.cmd, &o, &h->shipper); /* or in the next turn */
	(void)close(o.in);
}

/* Who reads what hospitals said. */
static void start_teller(struct take *t)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC | O_NONBLOCK) != 0)
		return;
	t->tell.again = p[0];
	pid_t pid = fork();

	if (pid == 0) {
		(void)close(p[1]);
		ward_cli_region_tell(&t->tell);
	}
	(void)close(p[0]);
	t->teller = pid > 0 ? pid : 0;
	t->again = pid > 0 ? p[1] : -1;
	if (pid <= 0)
		(void)close(p[1]);
}

static void start(struct take *t)
{
	pid_t parent = getpid();

	for (size_t i = 0; i < t->x.region.n_site; i++) {
		struct hands *h = &t->hands[i];

		if (!h->asker) {
			pid_t pid = fork();

			if (pid == 0)
				become(t, i, parent);
			h->asker = pid > 0 ? pid : 0;
		}
		if (!h->shipper && t->x.region.site[i].notices.len)
			start_shipper(t, i);
	}
	if (!t->teller)
		start_teller(t);
}

static void lose_shipper(struct take *t, size_t site)
{
	const uint8_t which = (uint8_t)site;

	t->hands[site].shipper = 0;
	(void)!write(t->again, &which, 1); /* full: it is told so already */
}

/* One that was killed, by what a hospital said, is begun again. */
static int lose_teller(struct take *t, int status)
{
	t->teller = 0;
	(void)close(t->again);
	t->again = -1;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	(void)ward_cli_fail(t->x.cmd,
		"who reads what hospitals said was ended by signal %d, and begins again",
		WTERMSIG(status));
	return WARD_EXIT_DONE;
}

/* Who ended is begun again in the next turn; what they said is on standard error. */
static int reap(struct take *t)
{
	int code = WARD_EXIT_DONE, status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == t->teller)
			code = lose_teller(t, status);
		for (size_t i = 0; i < t->x.region.n_site; i++) {
			struct hands *h = &t->hands[i];

			if (h->asker == pid)
				h->asker = 0;
			if (h->shipper == pid)
				lose_shipper(t, i);
		}
	}
	return code;
}

static void end(struct take *t)
{
	if (t->teller) {
		(void)kill(t->teller, SIGTERM);
		while (waitpid(t->teller, NULL, 0) < 0 && errno == EINTR)
			;
	}
	for (size_t i = 0; i < t->x.region.n_site; i++) {
		struct hands *h = &t->hands[i];

		if (h->notices >= 0) {
			(void)close(h->notices);
			(void)close(t->tell.notices[i]);
		}
		if (h->asker)
			(void)kill(h->asker, SIGTERM);
		if (h->shipper)
			(void)kill(h->shipper, SIGTERM);
	}
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	for (size_t i = 0; i < t->x.region.n_site; i++)
		ward_lang_free(t->tell.lang[i]);
}

/* ---- the whole ---- */

/* A folder beneath, of the user who asks. The one above is that user's, too: what a link of this
 * name leads to is not taken for it. -1: errno. */
static int folder(int above, const char *name, const struct stat *owner)
{
	int fd = -1;

	if (mkdirat(above, name, S_IRWXU) == 0 || errno == EEXIST)
		fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || geteuid() != 0 || fchown(fd, owner->st_uid, owner->st_gid) == 0)
		return fd;
	int e = errno;

	(void)close(fd);
	errno = e;
	return -1;
}

static bool folder_of(int above, const struct ward_region_site *s, const struct stat *owner)
{
	char id[WARD_REGION_ID + 1];

	(void)snprintf(id, sizeof(id), "%.*s", WARD_STR_ARG(s->id));
	int fd = folder(above, id, owner);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

/* Each hospital's words in a folder of their own, its notices in one elsewhere: who asks a hospital
 * may write into that one folder. */
static int folders(struct take *t, int state, const struct stat *owner)
{
	static const char *const part[] = {WARD_CLI_REGION_WORDS, "notices"};
	int code = WARD_EXIT_DONE;

	for (size_t k = 0; k < WARD_ARRAY_LEN(part) && !code; k++) {
		int fd = folder(state, part[k], owner);

		if (fd < 0)
			return ward_cli_fail(t->x.cmd, "%s/%s, which has to be a folder: %s",
				t->x.state, part[k], strerror(errno));
		for (size_t i = 0; i < t->x.region.n_site && !code; i++) {
			const struct ward_region_site *s = &t->x.region.site[i];

			if ((k == 0 || s->notices.len) && !folder_of(fd, s, owner))
				code = ward_cli_fail(t->x.cmd,
					"%s/%s/%.*s, which has to be a folder: %s", t->x.state,
					part[k], WARD_STR_ARG(s->id), strerror(errno));
		}
		(void)close(fd);
	}
	return code;
}

static int prepare_state(struct take *t)
{
	int fd = open(t->x.state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		if (fd >= 0)
			(void)close(fd);
		return ward_cli_fail(t->x.cmd,
			"%s is no folder: make it, mode 700, of the user who is to ask (install -d "
			"-m 700 -o ward-region %s)",
			t->x.state, t->x.state);
	}
	t->uid = geteuid() == 0 ? st.st_uid : 0;
	t->tell.uid = t->uid;
	t->tell.gid = t->uid ? st.st_gid : 0;
	int code = st.st_mode & (S_IRWXG | S_IRWXO)
			   ? ward_cli_fail(t->x.cmd,
				     "others may look into %s, and it holds what hospitals said: "
				     "chmod 700 %s",
				     t->x.state, t->x.state)
			   : folders(t, fd, &st);

	(void)close(fd);
	return code;
}

/* Open for as long as all this runs, so that what a shipper did not read waits for its next life.
 */
static int pipe_of(struct take *t, size_t i)
{
	int p[2];

	t->hands[i].notices = t->tell.notices[i] = -1;
	if (!t->x.region.site[i].notices.len)
		return WARD_EXIT_DONE;
	if (pipe2(p, O_CLOEXEC) != 0 || fcntl(p[1], F_SETFL, O_NONBLOCK) != 0)
		return ward_cli_fail(t->x.cmd, "a pipe: %s", strerror(errno));
	t->hands[i].notices = p[0];
	t->tell.notices[i] = p[1];
	return WARD_EXIT_DONE;
}

static int prepare(struct take *t)
{
	int code = prepare_state(t);

	for (size_t i = 0; i < t->x.region.n_site && !code; i++) {
		const struct ward_region_site *s = &t->x.region.site[i];
		struct hands *h = &t->hands[i];
		const struct ward_cli_lang speak = {s->language.p, t->x.content, WARD_STR("")};

		int n = snprintf(h->spool, sizeof(h->spool), "%s/notices/%.*s", t->x.state,
			WARD_STR_ARG(s->id));

		if (n < 0 || (size_t)n >= sizeof(h->spool))
			return ward_cli_fail(t->x.cmd, "%s: its name is too long", t->x.state);
		if (s->language.len)
			code = ward_cli_lang(t->x.cmd, &speak, &t->x.lim, &t->tell.lang[i]);
		if (!code)
			code = pipe_of(t, i);
	}
	return code ? code : ward_cli_libexec(t->x.cmd, "region", t->program);
}

static int take(struct take *t)
{
	const struct timespec pause = {TURN_S, 0};
	struct sigaction stop = {.sa_handler = on_stop};
	int code = WARD_EXIT_DONE;

	(void)sigaction(SIGTERM, &stop, NULL);
	(void)sigaction(SIGINT, &stop, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	while (!stopping && !code) {
		code = reap(t);
		if (!code)
			start(t);
		if (!stopping && !code)
			(void)nanosleep(&pause, NULL);
	}
	end(t);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct take t;
	const struct ward_cli_opt opt[] = {
		{"--state", &t.x.state, NULL}, {"--content", &t.x.content, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &t.x.dir, NULL, NULL, NULL};

	t = (struct take){.x = {.cmd = cmd}, .again = -1};
	t.tell.x = &t.x;
	t.tell.stopping = &stopping;
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (!code)
		code = ward_cli_region_load(&t.x);
	if (!code)
		code = prepare(&t);
	if (!code)
		code = take(&t);
	ward_cli_region_free(&t.x);
	return code;
}

const struct ward_cmd ward_cmd_region_take = {
	.name = "region take",
	.summary = "ask a region's hospitals what they give, until it is ended",
	.help = "usage: ward region take DIR [--state DIR] [--content DIR]\n\n"
		"DIR holds region.yml, the hospitals of the region (docs/region.md). Asks each of\n"
		"them by HTTPS, with the certificate that it knows, what it gives, and keeps the\n"
		"last answer for `ward region`; a process of its own for each. What is seen at\n"
		"several within an hour is a line of JSON on standard output, and a notice to "
		"each\n"
		"of these hospitals that takes them. How it goes is on standard error.\n\n"
		"  --state DIR    of mode 700; its owner is who asks (default: "
		"/var/lib/ward-region)\n"
		"  --content DIR  names of threats\n\n"
		"Exit: 0 it was ended, 1 region.yml has problems, 2 usage, 3 could not run.\n",
	.run = run,
};
