/* Programs of others, each in its host's namespace, with a folder that it alone may write to. */
#include "run/proc/stage.h"

#include "run/landlock.h"
#include "run/stage_gone.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 40, TEXT = 16384, TURN_MS = 20 };

/* So long what comes before a server may take. */
static const ward_ns patience = 10 * WARD_NS_PER_S;
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

static bool find(const struct command *c, const char *package, char program[STAGE_PATH], char *why)
{
	if (ward_wr_bad(&c->w))
		(void)snprintf(why, WARD_NETNS_WHY, "its command is too long");
	else if (!ward_landlock_abi()) /* nothing would keep it to its folder */
		(void)snprintf(why, WARD_NETNS_WHY, "this machine's kernel has no Landlock");
	else if (!ward_stage_find(ward_str_z(c->word[0]), program, STAGE_PATH))
		(void)snprintf(
			why, WARD_NETNS_WHY, "%s is not here: install %s", c->word[0], package);
	else
		return true;
	return false;
}

static bool start(struct stage *s, struct stage_run *r, const struct command *c,
	const char *package, char *why)
{
	char program[STAGE_PATH], content[STAGE_PATH];
	bool tool = r->until != WARD_NS_NEVER;

	if (!find(c, package, program, why))
		return false;
	(void)snprintf(content, sizeof(content), "%s/stage", s->content);
	r->pid = stage_start(&(const struct stage_start){.program = program,
		.word = c->word,
		.dir = r->dir,
		.content = content,
		.scenario = s->folder,
		.ns = r->host->ns,
		.tool = tool,
		.over = r->peer ? r->peer->over : NULL,
		.uid = tool ? s->tools : 0,
		.cpu_s = (tool ? WARD_TOOL_LAST : WARD_SCENARIO_LAST) / WARD_NS_PER_S});
	if (r->pid > 0)
		return true;
	(void)snprintf(why, WARD_NETNS_WHY, "%.200s: %s", c->word[0], strerror(errno));
	r->pid = 0;
	return false;
}

/* until: WARD_NS_NEVER for what serves; a tool's end. */
static struct stage_run *free_run(
	struct stage *s, const struct stage_host *host, ward_ns until, char *why)
{
	struct stage_run *r = NULL;

	for (size_t i = 0; i < STAGE_RUNS && !r; i++)
		r = s->run[i].pid ? NULL : &s->run[i];
	if (!host || !r) {
		(void)snprintf(why, WARD_NETNS_WHY, "%s",
			host ? "too many programs run" : "its host does not stand there");
		return NULL;
	}
	*r = (struct stage_run){.host = host, .until = until};
	(void)snprintf(r->dir, sizeof(r->dir), "%s/%u", s->dir, s->n_made++);
	uid_t owner = until == WARD_NS_NEVER ? 0 : s->tools;

	if (mkdir(r->dir, 0711) == 0 && stage_bound_folder(r->dir) &&
		(!owner || chown(r->dir, owner, owner) == 0))
		return r;
	(void)snprintf(why, WARD_NETNS_WHY, "a folder for it: %s", strerror(errno));
	stage_bound_drop(r->dir);
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

/* Valid until the next call. */
static const char *said_path(const struct stage_run *r)
{
	static char path[STAGE_PATH + 16];

	(void)snprintf(path, sizeof(path), "%s/" STAGE_SAYS, r->dir);
	return path;
}

/* What is to be done before, and takes but a moment. */
static bool prepare(struct stage *s, struct stage_run *r, const struct words *w, char *why)
{
	const struct ward_peer *p = r->peer;
	static struct command c;
	ward_ns until = ward_clock_mono(s->p.clock) + patience;
	int status = -1;
	pid_t ended = 0;

	if (!p->prepare[0])
		return true;
	begin(&c, p->prepare[0], &w->is);
	for (size_t i = 1; i < WARD_PEER_ARGS && p->prepare[i]; i++)
		add(&c, ward_str_z(p->prepare[i]), &w->is);
	if (!start(s, r, &c, p->package, why))
		return false;
	while ((ended = waitpid(r->pid, &status, WNOHANG)) == 0 &&
		ward_clock_mono(s->p.clock) < until)
		(void)poll(NULL, 0, TURN_MS);
	if (ended == 0) {
		(void)kill(r->pid, SIGKILL);
		(void)waitpid(r->pid, NULL, 0);
	}
	r->pid = 0;
	if (ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return unlinkat(AT_FDCWD, said_path(r), 0) == 0 || errno == ENOENT;
	(void)snprintf(why, WARD_NETNS_WHY, "'%.200s' did not end well", c.word[0]);
	return false;
}

static bool serve(struct stage *s, const struct ward_stand *stand, struct stage_run *r,
	char ret_why[WARD_NETNS_WHY])
{
	static struct command c;
	struct words w;

	if (stand->controller) {
		r->pid = fork();
		if (r->pid == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && setsid() > 0)
			stage_relay(s, r->host, stand->controller);
		if (r->pid == 0)
			_exit(1);
		if (r->pid > 0)
			return true;
		(void)snprintf(ret_why, WARD_NETNS_WHY, "a process: %s", strerror(errno));
		r->pid = 0;
		return false;
	}
	const struct ward_peer *p = r->peer = stand->serves;

	words_of(s, r, &w);
	for (size_t i = 0; i < WARD_PEER_FILES && p->file[i]; i++)
		if (!copy(r, &w, p->file[i], ret_why))
			return false;
	if (!prepare(s, r, &w, ret_why))
		return false;
	begin(&c, p->program, &w.is);
	for (size_t i = 0; i < WARD_PEER_ARGS && p->args[i]; i++)
		add(&c, ward_str_z(p->args[i]), &w.is);
	if (stand->leases.len && p->leases) {
		char range[64];

		(void)snprintf(
			range, sizeof(range), "%s%.*s", p->leases, WARD_STR_ARG(stand->leases));
		add(&c, ward_str_z(range), &w.is);
	}
	return start(s, r, &c, p->package, ret_why);
}

/* In a former life of the stage. */
static bool was_gone(const struct stage *s, const struct ward_stand *stand)
{
	const struct ward_scenario *c = s->scenario;
	uint32_t which;

	for (size_t i = 0; ward_stage_gone_read(s->gone_fd, i, &which); i++)
		if (which < c->n_stand && c->stand[which].host == stand->host &&
			c->stand[which].serves == stand->serves)
			return true;
	return false;
}

bool stage_serve(struct stage *s, const struct ward_stand *stand, char ret_why[WARD_NETNS_WHY])
{
	if (was_gone(s, stand)) {
		(void)snprintf(ret_why, WARD_NETNS_WHY, "it ended before, and stays away");
		return false;
	}
	struct stage_run *r = free_run(s, stage_host_of(s, stand->host), WARD_NS_NEVER, ret_why);

	if (r && serve(s, stand, r, ret_why))
		return true;
	if (r)
		stage_bound_drop(r->dir);
	return false;
}

static void close_capture(struct stage *s, struct stage_run *r, bool whole)
{
	if (!stage_capture_close(r->capture, whole))
		WARD_LOG(&s->p.log, WARN, "stage.no_capture",
			WARD_KV_S("file", s->scenario->step[r->step].tool.capture),
			WARD_KV_Z("why", strerror(errno)));
	r->capture = NULL;
}

bool stage_do(struct stage *s, uint32_t step, char ret_why[WARD_NETNS_WHY])
{
	const struct ward_step *t = &s->scenario->step[step];
	ward_ns until = ward_clock_mono(s->p.clock) + t->tool.within;
	struct stage_run *r = free_run(s, stage_host_of(s, t->from), until, ret_why);
	static struct command c;
	char program[STAGE_PATH];
	struct words w;

	if (!r)
		return false;
	r->step = step;
	words_of(s, r, &w);
	begin(&c, t->tool.run->program, &w.is);
	for (size_t i = 0; i < t->tool.n_with; i++)
		add(&c, t->tool.with[i], &w.is);
	if (s->captures && find(&c, t->tool.run->package, program, ret_why))
		r->capture = stage_capture_open(s, r->host, t->tool.capture);
	stage_kept_tool(s, r, true);
	if (start(s, r, &c, t->tool.run->package, ret_why)) {
		ward_count_name(&s->p.counters, "stage.tools", 1);
		return true;
	}
	stage_kept_tool(s, r, false);
	close_capture(s, r, false);
	stage_bound_drop(r->dir);
	return false;
}

/* The end of what it said, for who reads the log. */
static void said(const struct stage_run *r, char ret[STAGE_SAID])
{
	int fd = open(said_path(r), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	bool is = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	ssize_t n = is ? pread(fd, ret, STAGE_SAID - 1,
				 st.st_size >= STAGE_SAID ? st.st_size - STAGE_SAID + 1 : 0)
		       : 0;

	if (fd >= 0)
		(void)close(fd);
	ret[n > 0 ? n : 0] = 0;
	for (char *p = ret; *p; p++)
		*p = *p < ' ' || *p > '~' ? ' ' : *p;
}

/* It stays away, and who leads is told. */
static void is_gone(struct stage *s, const struct stage_run *r)
{
	uint32_t i = 0;

	while (i < s->scenario->n_stand && (s->scenario->stand[i].host != r->host->host ||
						   s->scenario->stand[i].serves != r->peer))
		i++;
	if (!ward_stage_gone_add(s->gone_fd, i))
		ward_process_die(&s->p, "what ended", WARD_ERR_IO);
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
	if (r->until == WARD_NS_NEVER)
		is_gone(s, r);
}

void stage_look(struct stage *s)
{
	ward_ns now = ward_clock_mono(s->p.clock);

	for (size_t i = 0; i < STAGE_RUNS; i++) {
		struct stage_run *r = &s->run[i];
		int status;

		if (r->capture)
			stage_capture_turn(r->capture);
		if (r->pid > 0 && now > r->until && kill(r->pid, SIGKILL) == 0)
			r->until = now + WARD_NS_PER_S;
		if (r->pid > 0 && waitpid(r->pid, &status, WNOHANG) == r->pid) {
			tell(s, r, status);
			stage_kept_tool(s, r, false);
			stage_bound_drop(r->dir);
			r->pid = r->capture ? -1 : 0;
			r->until = now + lingers;
		}
		if (r->pid == -1 && now > r->until) {
			close_capture(s, r, true);
			r->pid = 0;
		}
	}
	stage_bound_look(s);
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

void stage_end(struct stage *s)
{
	for (size_t i = 0; i < STAGE_RUNS; i++) {
		struct stage_run *r = &s->run[i];
		int status = r->pid > 0 ? SIGKILL : 0;

		if (r->pid > 0) {
			(void)kill(r->pid, SIGKILL);
			while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
				;
			if (r->until != WARD_NS_NEVER)
				tell(s, r, status);
		}
		close_capture(s, r, WIFEXITED(status));
	}
	stage_remove(s->dir);
}
