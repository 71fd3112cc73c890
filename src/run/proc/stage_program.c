/* Programs of others, each in its host's namespace, with a folder that it alone may write to. */
#include "run/proc/stage.h"

#include "run/landlock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 40, TEXT = 16384, CPU_S = 300, FILE_BYTES = 256 << 20 };

static const ward_ns lingers = 300 * WARD_NS_PER_MS; /* after a tool ended, answers still come */

struct command {
	char text[TEXT];
	struct ward_wr w;
	const char *word[WORDS + 1];
	size_t n;
};

static void add(struct command *c, struct ward_str text, const struct ward_stage_words *words)
{
	if (c->n == WORDS) {
		c->w.bad = true;
		return;
	}
	c->word[c->n++] = c->text + c->w.len;
	ward_stage_say(text, words, &c->w);
	ward_wr_u8(&c->w, 0);
}

/* The program may be two words, as "busybox nslookup". */
static void begin(struct command *c, const char *program, const struct ward_stage_words *words)
{
	struct ward_str rest = ward_str_z(program);

	*c = (struct command){.n = 0};
	c->w = ward_wr_fixed(c->text, sizeof(c->text));
	while (rest.len)
		add(c, ward_str_cut(&rest, ' '), words);
}

/* In the child: never returns. */
static void become(const char *program, int ns, const char *dir, const char *const *word)
{
	static char path[] = "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	char home[STAGE_PATH + 32], tmp[STAGE_PATH + 32], snmp[STAGE_PATH + 32];
	char *env[] = {path, home, tmp, snmp, (char[]){"MIBS="}, (char[]){"LC_ALL=C.UTF-8"}, NULL};
	const struct rlimit cpu = {CPU_S, CPU_S}, file = {FILE_BYTES, FILE_BYTES};
	sigset_t none;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)snprintf(home, sizeof(home), "HOME=%s", dir);
	(void)snprintf(tmp, sizeof(tmp), "TMPDIR=%s", dir);
	(void)snprintf(snmp, sizeof(snmp), "SNMP_PERSISTENT_DIR=%s", dir);
	(void)sigemptyset(&none);
	if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || null < 0 ||
		dup2(null, STDIN_FILENO) < 0 || setns(ns, CLONE_NEWNET) != 0 || chdir(dir) != 0)
		_exit(126);
	int out = open("said", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	(void)signal(SIGPIPE, SIG_DFL);
	if (out < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0 ||
		sigprocmask(SIG_SETMASK, &none, NULL) != 0 || setrlimit(RLIMIT_CPU, &cpu) != 0 ||
		setrlimit(RLIMIT_FSIZE, &file) != 0 || !ward_landlock_folder(dir))
		_exit(126);
	(void)execve(program, (char *const *)(uintptr_t)word, env);
	dprintf(STDERR_FILENO, "%s: %s\n", word[0], strerror(errno));
	_exit(127);
}

static bool start(struct stage_run *r, const struct command *c, const char *package, char *why)
{
	char program[STAGE_PATH];

	if (ward_wr_bad(&c->w)) {
		(void)snprintf(why, WARD_NETNS_WHY, "its command is too long");
		return false;
	}
	if (!ward_stage_find(ward_str_z(c->word[0]), program, sizeof(program))) {
		(void)snprintf(
			why, WARD_NETNS_WHY, "%s is not here: install %s", c->word[0], package);
		return false;
	}
	r->pid = fork();
	if (r->pid == 0)
		become(program, r->host->ns, r->dir, c->word);
	if (r->pid > 0)
		return true;
	(void)snprintf(why, WARD_NETNS_WHY, "%s: %s", c->word[0], strerror(errno));
	r->pid = 0;
	return false;
}

static struct stage_run *free_run(struct stage *s, const struct stage_host *host, char *why)
{
	struct stage_run *r = NULL;

	for (size_t i = 0; i < STAGE_RUNS && !r; i++)
		r = s->run[i].pid ? NULL : &s->run[i];
	if (!host || !r) {
		(void)snprintf(why, WARD_NETNS_WHY, "%s",
			host ? "too many programs run" : "its host does not stand there");
		return NULL;
	}
	*r = (struct stage_run){.host = host, .until = WARD_NS_NEVER};
	(void)snprintf(r->dir, sizeof(r->dir), "%s/%u", s->dir, s->n_made++);
	if (mkdir(r->dir, 0711) == 0)
		return r;
	(void)snprintf(why, WARD_NETNS_WHY, "a folder for it: %s", strerror(errno));
	return NULL;
}

struct words {
	struct ward_stage_words is;
	char ip[INET_ADDRSTRLEN], content[STAGE_PATH];
};

static void words_of(const struct stage *s, const struct stage_run *r, struct words *w)
{
	const struct ward_host *h = &s->scenario->host[r->host->host];

	(void)inet_ntop(AF_INET, h->ip, w->ip, sizeof(w->ip));
	(void)snprintf(w->content, sizeof(w->content), "%s/stage", s->content);
	w->is = (struct ward_stage_words){.dir = ward_str_z(r->dir),
		.ip = ward_str_z(w->ip),
		.host = h->id,
		.content = ward_str_z(w->content),
		.scenario = ward_str_z(s->folder)};
}

/* A file of content/stage into its folder, with the words written out. */
static bool copy(const struct stage_run *r, const struct words *words, const char *name, char *why)
{
	char path[2 * STAGE_PATH], in[TEXT], out[2 * TEXT];
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));

	(void)snprintf(path, sizeof(path), "%s/%s", words->content, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, in, sizeof(in)) : -1;

	if (fd >= 0)
		(void)close(fd);
	if (n >= 0)
		ward_stage_say((struct ward_str){in, (size_t)n}, &words->is, &w);
	bool ok = n >= 0 && (size_t)n < sizeof(in) && !ward_wr_bad(&w);

	if (ok)
		(void)snprintf(path, sizeof(path), "%s/%s", r->dir, name);
	fd = ok ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644) : -1;
	ok = fd >= 0 && write(fd, w.p, w.len) == (ssize_t)w.len;
	if (!ok)
		(void)snprintf(why, WARD_NETNS_WHY, "%.200s: it can't be copied", path);
	if (fd >= 0)
		(void)close(fd);
	return ok;
}

/* What is to be done before, and takes but a moment. */
static bool prepare(struct stage_run *r, const struct words *w, char *why)
{
	const struct ward_peer *p = r->peer;
	static struct command c;
	int status;

	if (!p->prepare[0])
		return true;
	begin(&c, p->prepare[0], &w->is);
	for (size_t i = 1; i < WARD_PEER_ARGS && p->prepare[i]; i++)
		add(&c, ward_str_z(p->prepare[i]), &w->is);
	if (!start(r, &c, p->package, why))
		return false;
	while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
		;
	r->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	(void)snprintf(why, WARD_NETNS_WHY, "'%s' did not end well", c.word[0]);
	return false;
}

bool stage_serve(struct stage *s, const struct ward_stand *stand, char ret_why[WARD_NETNS_WHY])
{
	struct stage_run *r = free_run(s, stage_host_of(s, stand->host), ret_why);
	static struct command c;
	struct words w;

	if (!r)
		return false;
	if (stand->controller) {
		r->pid = fork();
		if (r->pid == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && setpgid(0, 0) == 0)
			stage_relay(r->host, stand->controller);
		if (r->pid == 0)
			_exit(1);
		return r->pid > 0;
	}
	const struct ward_peer *p = r->peer = stand->serves;

	words_of(s, r, &w);
	for (size_t i = 0; i < WARD_PEER_FILES && p->file[i]; i++)
		if (!copy(r, &w, p->file[i], ret_why))
			return false;
	if (!prepare(r, &w, ret_why))
		return false;
	begin(&c, p->program, &w.is);
	for (size_t i = 0; i < WARD_PEER_ARGS && p->args[i]; i++)
		add(&c, ward_str_z(p->args[i]), &w.is);
	return start(r, &c, p->package, ret_why);
}

bool stage_do(struct stage *s, uint32_t step, char ret_why[WARD_NETNS_WHY])
{
	const struct ward_step *t = &s->scenario->step[step];
	struct stage_run *r = free_run(s, stage_host_of(s, t->from), ret_why);
	static struct command c;
	struct words w;

	if (!r)
		return false;
	r->step = step;
	words_of(s, r, &w);
	begin(&c, t->tool.run->program, &w.is);
	for (size_t i = 0; i < t->tool.n_with; i++)
		add(&c, t->tool.with[i], &w.is);
	if (s->captures)
		r->capture = stage_capture_open(s, r->host, t->tool.capture);
	r->until = ward_clock_mono(s->p.clock) + t->tool.within;
	if (start(r, &c, t->tool.run->package, ret_why)) {
		ward_count_name(&s->p.counters, "stage.tools", 1);
		return true;
	}
	stage_capture_close(r->capture);
	return false;
}

/* The end of what it said, for who reads the log. */
static void said(const struct stage_run *r, char ret[STAGE_SAID])
{
	char path[STAGE_PATH + 16];

	(void)snprintf(path, sizeof(path), "%s/said", r->dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	off_t end = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
	ssize_t n = fd >= 0 ? pread(fd, ret, STAGE_SAID - 1,
				      end >= STAGE_SAID ? end - STAGE_SAID + 1 : 0)
			    : 0;

	if (fd >= 0)
		(void)close(fd);
	ret[n > 0 ? n : 0] = 0;
	for (char *p = ret; *p; p++)
		*p = *p < ' ' || *p > '~' ? ' ' : *p;
}

static void tell(struct stage *s, const struct stage_run *r, int status)
{
	char text[STAGE_SAID];
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);

	said(r, text);
	if (r->until != WARD_NS_NEVER)
		WARD_LOG(&s->p.log, INFO, "stage.tool_ended", WARD_KV_U("step", r->step + 1),
			WARD_KV_Z("tool", s->scenario->step[r->step].tool.run->name),
			WARD_KV_I("code", code), WARD_KV_Z("said", text));
	else
		WARD_LOG(&s->p.log, WARN, "stage.server_ended",
			WARD_KV_S("host", s->scenario->host[r->host->host].id),
			WARD_KV_Z("server", r->peer ? r->peer->name : "controller"),
			WARD_KV_I("code", code), WARD_KV_Z("said", text));
}

void stage_look(struct stage *s)
{
	ward_ns now = ward_clock_mono(s->p.clock);

	for (size_t i = 0; i < STAGE_RUNS; i++) {
		struct stage_run *r = &s->run[i];
		int status;

		if (r->capture)
			stage_capture_turn(r->capture);
		if (r->pid > 0 && now > r->until && kill(-r->pid, SIGKILL) == 0)
			r->until = now + WARD_NS_PER_S;
		if (r->pid > 0 && waitpid(r->pid, &status, WNOHANG) == r->pid) {
			(void)kill(-r->pid, SIGKILL); /* what it left behind */
			tell(s, r, status);
			r->pid = r->capture ? -1 : 0;
			r->until = now + lingers;
		}
		if (r->pid == -1 && now > r->until) {
			stage_capture_close(r->capture);
			r->capture = NULL;
			r->pid = 0;
		}
	}
}

/* /proc/PID/net: of the namespace that the process is in. */
static bool listens(const struct stage_run *r)
{
	static const char *const file[][2] = {{"udp", "udp6"}, {"tcp", "tcp6"}};
	char want[16], line[256], path[64];
	bool found = false;

	(void)snprintf(want, sizeof(want), ":%04X ", r->peer->port);
	for (size_t i = 0; i < 2 && !found; i++) {
		(void)snprintf(path, sizeof(path), "/proc/%ld/net/%s", (long)r->pid,
			file[r->peer->stream][i]);
		FILE *f = fopen(path, "re");

		while (f && !found && fgets(line, sizeof(line), f)) {
			const char *at = strstr(line, want);

			found = at && at < line + 48;
		}
		if (f)
			(void)fclose(f);
	}
	return found;
}

bool stage_listens(const struct stage *s)
{
	bool all = true;

	for (size_t i = 0; i < STAGE_RUNS; i++)
		all = all && (s->run[i].pid <= 0 || !s->run[i].peer || listens(&s->run[i]));
	return all;
}

static int drop(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	(void)remove(path);
	return 0;
}

void stage_end(struct stage *s)
{
	for (size_t i = 0; i < STAGE_RUNS; i++) {
		struct stage_run *r = &s->run[i];

		if (r->pid > 0) {
			(void)kill(-r->pid, SIGKILL);
			while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
				;
		}
		stage_capture_close(r->capture);
	}
	(void)nftw(s->dir, drop, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
