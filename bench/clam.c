#include "clam.h"

#include "bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 600, TRY_NS = 100000000 };

static const char daemon_path[] = "/usr/sbin/clamd";

/* Texts that content/inspect/rules/ward.yar looks for, too. */
static const char *const words[] = {"EICAR-STANDARD-ANTIVIRUS-TEST-FILE",
	"your files have been encrypted", "all your files are encrypted", "-windowstyle hidden",
	"-executionpolicy bypass", " -encodedcommand ", "vssadmin delete shadows",
	"wmic shadowcopy delete", "recoveryenabled no", "wbadmin delete catalog", "eval($_POST",
	"shell_exec($_REQUEST"};

static FILE *create(const char *dir, const char *name)
{
	struct bench_path p;
	FILE *f;

	(void)snprintf(p.s, sizeof(p.s), "%.3900s/%s", dir, name);
	f = fopen(p.s, "w");
	if (!f)
		bench_die("%s can't be written", p.s);
	return f;
}

static void write_signatures(const char *dir)
{
	FILE *f = create(dir, "ward.ndb");

	for (size_t i = 0; i < WARD_ARRAY_LEN(words); i++) {
		fprintf(f, "Ward.Bench.%zu:0:*:", i);
		for (const char *c = words[i]; *c; c++)
			fprintf(f, "%02x", (unsigned)(unsigned char)*c);
		fputc('\n', f);
	}
	if (fclose(f) != 0)
		bench_die("signatures can't be written");
}

static void write_config(const char *dir)
{
	FILE *f = create(dir, "clamd.conf");

	/* What was clean is looked at again in each round; all of each file, as ours does. */
	fprintf(f,
		"LocalSocket %s/clamd\nDatabaseDirectory %s\nForeground yes\nDisableCache yes\n"
		"MaxThreads 1\nMaxScanSize 512M\nMaxFileSize 512M\nStreamMaxLength 512M\n"
		"LogFile /dev/null\nOfficialDatabaseOnly no\n",
		dir, dir);
	if (fclose(f) != 0)
		bench_die("its configuration can't be written");
}

bool bench_clam_begin(struct bench_clam *c)
{
	struct bench_path socket;
	struct stat st;
	const struct timespec a_while = {0, TRY_NS};

	*c = (struct bench_clam){.pid = 0};
	(void)snprintf(c->dir.s, sizeof(c->dir.s), "/tmp/ward-bench-clam-XXXXXX");
	if (access(daemon_path, X_OK) != 0 || !bench_have("clamdscan") || !mkdtemp(c->dir.s))
		return false;
	(void)chmod(c->dir.s, 0755); /* it gives its rights up */
	write_signatures(c->dir.s);
	write_config(c->dir.s);
	(void)snprintf(c->config.s, sizeof(c->config.s), "%.4000s/clamd.conf", c->dir.s);
	(void)snprintf(socket.s, sizeof(socket.s), "%.4000s/clamd", c->dir.s);
	c->pid = fork();
	if (c->pid == 0) {
		if (freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr))
			(void)execl(daemon_path, daemon_path, "-c", c->config.s, (char *)NULL);
		_exit(1);
	}
	for (unsigned i = 0; c->pid > 0 && i < TRIES; i++) {
		if (stat(socket.s, &st) == 0)
			return true;
		if (waitpid(c->pid, NULL, WNOHANG) == c->pid) {
			c->pid = 0;
			break;
		}
		(void)nanosleep(&a_while, NULL);
	}
	bench_clam_end(c);
	return false;
}

static double used_by(int pid)
{
	clockid_t id;
	struct timespec t;

	if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &t) != 0)
		bench_die("the daemon's time can't be read");
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double bench_clam_scan(const struct bench_clam *c, const char *list)
{
	const char *const argv[] = {"clamdscan", "--config-file", c->config.s, "--fdpass",
		"--no-summary", "--file-list", list, NULL, NULL};
	double before = used_by(c->pid), asked = bench_cpu();

	bench_programs((void *)(uintptr_t)argv);
	return used_by(c->pid) - before + bench_cpu() - asked;
}

void bench_clam_end(struct bench_clam *c)
{
	if (c->pid > 0) {
		(void)kill(c->pid, SIGTERM);
		(void)waitpid(c->pid, NULL, 0);
	}
	if (c->dir.s[0])
		bench_remove(c->dir.s);
	*c = (struct bench_clam){.pid = 0};
}
