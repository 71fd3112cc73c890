#include "run/process.h"

#include "base/formats.h"
#include "base/hash.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { COUNTERS_BYTES_MAX = 1 << 16 };

static const ward_ns count_every = 60 * WARD_NS_PER_S;
static volatile sig_atomic_t stopping;

static void on_stop(int sig)
{
	(void)sig;
	stopping = 1;
}

bool ward_process_stopping(void)
{
	return stopping != 0;
}

uint32_t ward_process_ids(void)
{
	return (uint32_t)ward_seed_random().k0;
}

void ward_process_begin(struct ward_process *p, const char *name, int argc, char **argv)
{
	/* no SA_RESTART: a blocking call returns so that the loop sees the flag */
	struct sigaction stop = {.sa_handler = on_stop};

	*p = (struct ward_process){.argc = argc, .argv = argv};
	/* one of several of a program has a name of its own */
	p->name = ward_process_setting(p, "name");
	p->name = p->name ? p->name : name;
	p->clock = ward_clock_system();
	p->told = ward_clock_mono(p->clock);
	ward_counters_init(&p->counters);
	ward_log_init(&p->log, STDERR_FILENO, WARD_LOG_INFO, p->name, p->clock);
	if (!ward_process_setting(p, "supervisor")) {
		fprintf(stderr, "%s is started by 'ward run', not by hand\n", name);
		exit(WARD_PROCESS_USAGE);
	}
	(void)sigaction(SIGTERM, &stop, NULL);
	(void)sigaction(SIGINT, &stop, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

void ward_process_numbered(char ret[WARD_PROCESS_NAME], const char *program, size_t i)
{
	int n = snprintf(ret, WARD_PROCESS_NAME, "%s-%zu", program, i + 1);

	WARD_ASSERT(n > 0 && n < WARD_PROCESS_NAME);
}

void ward_process_guest(char ret[WARD_PROCESS_NAME], size_t i)
{
	static const struct {
		const char *program;
		size_t n;
	} many[] = {{"video", WARD_CAMERAS_MAX}, {"line", WARD_LINES_MAX},
		{"onvif", WARD_ONVIF_MAX}, {"hook", WARD_HOOKS_MAX}, {"feed", WARD_FEEDS_MAX},
		{"poll", WARD_POLLERS_MAX}, {"calls", WARD_CALLS_MAX}, {"diode", WARD_DIODES_MAX}};
	size_t k = 0;

	WARD_ASSERT(i < WARD_GUESTS_MAX);
	while (i >= many[k].n)
		i -= many[k++].n;
	ward_process_numbered(ret, many[k].program, i);
}

const char *ward_process_nth(const struct ward_process *p, const char *key, size_t n)
{
	size_t len = strlen(key);

	for (int i = 1; i < p->argc; i++)
		if (strncmp(p->argv[i], key, len) == 0 && p->argv[i][len] == '=' && n-- == 0)
			return p->argv[i] + len + 1;
	return NULL;
}

const char *ward_process_setting(const struct ward_process *p, const char *key)
{
	return ward_process_nth(p, key, 0);
}

uint32_t ward_process_formats(struct ward_process *p)
{
	const char *text = ward_process_setting(p, "formats");
	uint64_t n;

	if (!text)
		return ward_formats_most();
	if (!ward_str_u64(ward_str_z(text), &n) || n < WARD_FORMATS_LEAST ||
		n > ward_formats_most())
		ward_process_die(p, "formats", WARD_ERR_CONFIG);
	return (uint32_t)n;
}

void ward_process_secret(struct ward_process *p, const char *key, char *ret, size_t cap)
{
	const char *path = ward_process_setting(p, key);
	int fd = ward_process_fd(p, key);
	char handed[32];
	FILE *f;

	ret[0] = 0;
	if (!path && fd != WARD_FD_NONE) { /* opened anew: from its beginning, in each life */
		(void)snprintf(handed, sizeof(handed), "/proc/self/fd/%d", fd);
		path = handed;
	}
	f = path ? fopen(path, "re") : NULL;
	if (!path)
		return;
	if (!f || !fgets(ret, (int)cap, f) || (!strchr(ret, '\n') && !feof(f)))
		ward_process_die(p, key, WARD_ERR_IO);
	(void)fclose(f); /* it was only read */
	ret[strcspn(ret, "\r\n")] = 0;
}

static uint64_t number(const struct ward_process *p, const char *key, uint64_t otherwise)
{
	const char *text = ward_process_setting(p, key);
	uint64_t v;

	return text && ward_str_u64(ward_str_z(text), &v) ? v : otherwise;
}

void ward_process_limits(struct ward_process *p, struct ward_limits *ret)
{
	const char *text;

	ward_limits_default(ret);
	for (size_t i = 0; (text = ward_process_nth(p, "limit", i)) != NULL; i++) {
		struct ward_str value = ward_str_z(text), name = ward_str_cut(&value, ':');
		uint64_t v;

		if (!ward_str_u64(value, &v) || ward_limits_set(ret, name, v) != WARD_OK)
			ward_process_die(p, text, WARD_ERR_CONFIG);
	}
}

int ward_process_fd(const struct ward_process *p, const char *name)
{
	char key[128];
	int n = snprintf(key, sizeof(key), "fd.%s", name);
	uint64_t fd;

	if (n < 0 || (size_t)n >= sizeof(key))
		return WARD_FD_NONE;
	fd = number(p, key, UINT64_MAX);
	return fd < 1024 ? (int)fd : WARD_FD_NONE;
}

int ward_process_need_fd(struct ward_process *p, const char *name)
{
	int fd = ward_process_fd(p, name);

	if (fd == WARD_FD_NONE)
		ward_process_die(p, name, WARD_ERR_CONFIG);
	return fd;
}

void ward_process_may_read(struct ward_process *p, const char *folder)
{
	if (p->n_reading == WARD_SANDBOX_READING)
		ward_process_die(p, "too many folders to read", WARD_ERR_LIMIT);
	p->reading[p->n_reading++] = folder;
}

void ward_process_may_write(struct ward_process *p, const char *folder)
{
	WARD_ASSERT(!p->writing);
	p->writing = folder;
}

static size_t descriptors(const struct ward_process *p)
{
	struct rlimit most = {0};
	size_t n = p->n_descriptor_max ? p->n_descriptor_max : 256;

	if (getrlimit(RLIMIT_NOFILE, &most) == 0 && most.rlim_max < n)
		n = (size_t)most.rlim_max;
	return n;
}

uid_t ward_process_uid(struct ward_process *p)
{
	const char *text = ward_process_setting(p, "uid");
	uint64_t uid = 0;

	if (text && (!ward_str_u64(ward_str_z(text), &uid) || uid > UINT32_MAX))
		ward_process_die(p, "uid", WARD_ERR_CONFIG);
	return (uid_t)uid;
}

void ward_process_cage(struct ward_process *p, unsigned cage, const char *folder)
{
	struct ward_sandbox s = {.cage = cage,
		.uid = ward_process_uid(p),
		.gid = ward_process_uid(p),
		.folder = {folder, p->writing},
		.port = p->port,
		.n_descriptor_max = descriptors(p),
		.memory_max_bytes = WARD_PROCESS_UNBOUND ? 0 : p->memory_max_bytes,
		.trace = ward_process_setting(p, "trace") != NULL};
	const char *step;
	int abi = 0;

	memcpy(s.reading, p->reading, p->n_reading * sizeof(s.reading[0]));
	if (ward_sandbox_enter(&s, &abi, &step) != WARD_OK) {
		WARD_LOG(&p->log, ERROR, "process.sandbox", WARD_KV_Z("step", step),
			WARD_KV_Z("reason", strerror(errno)));
		exit(WARD_PROCESS_DIED);
	}
	/* the supervisor may have died before the parent-death signal was armed */
	if ((uint64_t)getppid() != number(p, "supervisor", 0))
		ward_process_die(p, "the supervisor is gone", WARD_ERR_CLOSED);
	WARD_LOG(&p->log, DEBUG, "process.caged", WARD_KV_I("landlock", abi),
		WARD_KV_U("uid", s.uid));
}

void ward_process_die(struct ward_process *p, const char *why, enum ward_err err)
{
	WARD_LOG(&p->log, ERROR, "process.died", WARD_KV_Z("why", why), WARD_KV_E(err));
	exit(WARD_PROCESS_DIED);
}

static void write_counters(struct ward_process *p)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), COUNTERS_BYTES_MAX);
	struct ward_json j = ward_json_on(&w);

	ward_counters_json(&p->counters, "", &j);
	if (!ward_wr_bad(&w))
		WARD_LOG(
			&p->log, INFO, "process.counters", WARD_KV_S("counters", ward_wr_text(&w)));
	ward_wr_fini(&w);
}

void ward_process_count(struct ward_process *p)
{
	ward_ns now = ward_clock_mono(p->clock);

	if (now - p->told < count_every)
		return;
	p->told = now;
	write_counters(p);
}

int ward_process_end(struct ward_process *p)
{
	write_counters(p);
	return WARD_PROCESS_DONE;
}
