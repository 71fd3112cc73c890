#include "cli/ship.h"

#include "cli/libexec.h"
#include "ship/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SETTINGS = 15, SETTING_MAX = 4096, RATE_MAX = 100000 };

/* The arguments of the process. */
struct child {
	char text[SETTINGS][SETTING_MAX];
	char *argv[SETTINGS + 2];
	size_t n;
	bool too_long;
};

/* What follows of the options. */
struct plan {
	char to[SETTING_MAX], ca[SETTING_MAX];
	uint64_t bytes, keep_s, rate;
	uid_t uid;
};

static void set(struct child *c, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	if (c->n == SETTINGS) {
		c->too_long = true;
		return;
	}
	int len = snprintf(c->text[c->n], SETTING_MAX, "%s=%s", key, value);

	c->too_long = c->too_long || len < 0 || len >= SETTING_MAX;
	c->argv[c->n + 1] = c->text[c->n];
	c->n++;
}

static void set_number(struct child *c, const char *key, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	set(c, key, text);
}

/* "512M", "2G": bytes. */
static bool read_bytes(const char *text, uint64_t *ret)
{
	struct ward_str s = ward_str_z(text);
	unsigned shift = 0;

	if (s.len && s.p[s.len - 1] == 'M')
		shift = 20;
	else if (s.len && s.p[s.len - 1] == 'G')
		shift = 30;
	return shift && ward_str_u64(ward_str_sub(s, 0, s.len - 1), ret) && *ret < 1 << 20 &&
	       (*ret <<= shift) >= WARD_SHIP_LEAST;
}

/* "72h": seconds. */
static bool read_hours(const char *text, uint64_t *ret)
{
	struct ward_str s = ward_str_z(text);

	if (!s.len || s.p[s.len - 1] != 'h' || !ward_str_u64(ward_str_sub(s, 0, s.len - 1), ret) ||
		!*ret || *ret > 10000)
		return false;
	*ret *= 3600;
	return true;
}

/* The spool's folder, and whose it is: that is who sends, and nobody else. */
static int folder(const struct ward_cmd *cmd, const struct ward_cli_ship *o, struct plan *ret)
{
	const char *dir = o->spool;
	struct stat st;

	if (mkdir(dir, S_IRWXU) != 0 && errno != EEXIST)
		return ward_cli_fail(cmd, "--spool %s: %s", dir, strerror(errno));
	if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode))
		return ward_cli_fail(cmd, "--spool %s is no folder", dir);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return ward_cli_fail(cmd,
			"--spool %s: others may look into it, and it holds what the sensor saw: "
			"chmod 700 %s",
			dir, dir);
	ret->uid = geteuid() != 0 ? 0 : o->uid ? o->uid : st.st_uid;
	return WARD_EXIT_DONE;
}

static bool is_there(const char *dir, const char *name, char path[SETTING_MAX])
{
	int n = snprintf(path, SETTING_MAX, "%s/%s", dir, name);

	return n > 0 && n < SETTING_MAX && access(path, R_OK) == 0;
}

/* What an enrolment left in the folder, where nothing else was said. */
static int enrolled(const struct ward_cmd *cmd, const struct ward_cli_ship *o, struct plan *ret)
{
	char path[SETTING_MAX];
	bool is = is_there(o->spool, "sensor.pem", path), by_code = o->enrol && o->code >= 0;

	if (o->to)
		(void)snprintf(ret->to, sizeof(ret->to), "%s", o->to);
	else if (is_there(o->spool, "to", path)) {
		int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		ssize_t n = fd < 0 ? -1 : read(fd, ret->to, sizeof(ret->to) - 1);

		ret->to[n > 0 ? n : 0] = 0;
		if (fd >= 0)
			(void)close(fd);
	}
	if (!ret->to[0])
		return ward_cli_usage(cmd, "give --to URL: %s knows no address yet", o->spool);
	bool one_way = strncmp(ret->to, "diode://", 8) == 0;

	if (one_way && (!o->token || o->enrol))
		return ward_cli_usage(cmd,
			"--to %s: give --token-file FILE with the secret that both sides have; "
			"nobody can be asked for a certificate over a one-way line",
			ret->to);
	if (!one_way && strncmp(ret->to, "https://", 8) != 0 &&
		strncmp(ret->to, "http://127.", 11) != 0)
		return ward_cli_usage(cmd,
			"--to %s: give https://HOST[:PORT], the console's address, or "
			"diode://HOST:PORT",
			ret->to);
	if (!by_code && !is && (!o->token || o->enrol))
		return ward_cli_usage(cmd, "%s holds no certificate: run 'ward ship enrol' once%s",
			o->spool, o->enrol ? "" : ", or give --token-file FILE");
	if (o->ca)
		(void)snprintf(ret->ca, sizeof(ret->ca), "%s", o->ca);
	else if (by_code || !is_there(o->spool, "ca.pem", ret->ca))
		ret->ca[0] = 0;
	return WARD_EXIT_DONE;
}

static WARD_NORETURN void become(
	char *program, const struct ward_cli_ship *o, const struct plan *plan, pid_t parent)
{
	static struct child c;

	if (o->apart)
		(void)setpgid(0, 0);
	c.argv[0] = program;
	set_number(&c, "supervisor", (uint64_t)parent);
	if (plan->uid)
		set_number(&c, "uid", plan->uid);
	if (o->in >= 0)
		set_number(&c, "fd.in", (uint64_t)o->in);
	if (o->code >= 0)
		set_number(&c, "fd.code", (uint64_t)o->code);
	set(&c, "enrol", o->enrol);
	set(&c, "url", plan->to);
	set(&c, "secret_file", o->token);
	set(&c, "certificate", plan->ca);
	set(&c, "client_certificate", o->certificate);
	set(&c, "spool", o->spool);
	set_number(&c, "bytes", plan->bytes);
	set_number(&c, "keep_s", plan->keep_s);
	set_number(&c, "rate", plan->rate);
	if (!c.too_long)
		(void)execv(program, c.argv);
	(void)fprintf(stderr, "ward: cannot start '%s': %s\n", program,
		c.too_long ? "an option is too long" : strerror(errno));
	_exit(WARD_EXIT_RUN);
}

int ward_cli_ship_start(const struct ward_cmd *cmd, const struct ward_cli_ship *o, pid_t *ret)
{
	static struct plan plan;
	char program[WARD_CLI_LIBEXEC_MAX];
	pid_t parent = getpid();

	plan = (struct plan){.uid = 0};
	if (!o->spool)
		return ward_cli_usage(cmd, "give --spool DIR, where events wait on the disk");
	if (!read_bytes(o->quota ? o->quota : "1G", &plan.bytes))
		return ward_cli_usage(cmd, "--quota %s: give 8M or more, as 512M or 2G", o->quota);
	if (!ward_str_u64(ward_str_z(o->rate ? o->rate : "2000"), &plan.rate) || !plan.rate ||
		plan.rate > RATE_MAX)
		return ward_cli_usage(
			cmd, "--rate %s: give 1 to %d datagrams a second", o->rate, RATE_MAX);
	if (!read_hours(o->keep ? o->keep : "72h", &plan.keep_s))
		return ward_cli_usage(cmd, "--keep %s: give hours, as 72h", o->keep);
	int rc = folder(cmd, o, &plan);

	if (!rc)
		rc = enrolled(cmd, o, &plan);
	if (!rc)
		rc = ward_cli_libexec(cmd, "ship", program);
	if (rc)
		return rc;
	pid_t pid = fork();

	if (pid == 0)
		become(program, o, &plan, parent);
	if (pid < 0)
		return ward_cli_fail(cmd, "%s", strerror(errno));
	*ret = pid;
	return WARD_EXIT_DONE;
}

int ward_cli_ship_ended(const struct ward_cmd *cmd, int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status) <= WARD_EXIT_RUN ? WEXITSTATUS(status) : WARD_EXIT_RUN;
	return ward_cli_fail(cmd, "who sends was ended by signal %d (%s)", WTERMSIG(status),
		strsignal(WTERMSIG(status)));
}

static pid_t sender;

static void on_signal(int sig)
{
	if (sender > 0)
		(void)kill(sender, sig);
}

int ward_cli_ship_wait(const struct ward_cmd *cmd, pid_t pid)
{
	int status;

	sender = pid;
	(void)signal(SIGTERM, on_signal);
	(void)signal(SIGINT, SIG_IGN); /* the child has it, too, and ends in order */
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return ward_cli_fail(cmd, "%s", strerror(errno));
	return ward_cli_ship_ended(cmd, status);
}
