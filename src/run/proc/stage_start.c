/* How a program of others comes to run: as the child of a small first process of a process
 * namespace of its own, whose end is the end of all that it left behind. */
#include "run/proc/stage.h"

#include "exercise/stage.h"
#include "run/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 126 };

/* What servers need, and what tools do. */
static const int for_server[] = {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_SETGID, CAP_SETUID,
	CAP_KILL, CAP_NET_BIND_SERVICE, CAP_NET_ADMIN, CAP_NET_RAW};
static const int for_tool[] = {CAP_NET_BIND_SERVICE, CAP_NET_ADMIN, CAP_NET_RAW};

static bool among(int c, const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == c)
			return true;
	return false;
}

/* Nothing else, whatever is executed. */
static bool bound(const int *keep, size_t n)
{
	bool ok = true;

	for (int c = 0; ok && prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		ok = among(c, keep, n) || prctl(PR_CAPBSET_DROP, c, 0, 0, 0) == 0;
	return ok;
}

/* Another user, with a tool's rights over its own network. */
static bool turn_into(uid_t uid)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{.effective = 0}};
	bool ok = prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setgroups(0, NULL) == 0 &&
		  setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(for_tool); i++)
		data[0].permitted |= 1u << for_tool[i];
	data[0].effective = data[0].inheritable = data[0].permitted;
	ok = ok && syscall(SYS_capset, &head, data) == 0;
	for (size_t i = 0; ok && i < WARD_ARRAY_LEN(for_tool); i++)
		ok = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, for_tool[i], 0, 0) == 0;
	return ok;
}

/* No user namespace of its own: the kernel counts what a user has by namespace, so in one more it
 * would be counted anew, and be root there. clone3's flags are out of a filter's sight; who hears
 * that there is none asks clone. */
static int forbid_namespaces(scmp_filter_ctx f)
{
#if defined(__s390__) || defined(__cris__)
#error "clone's flags are its second argument here"
#endif
	const struct scmp_arg_cmp user = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER);
	int err = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(unshare), 1, user);

	if (!err)
		err = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, user);
	if (!err)
		err = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return err ? err : seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(setns), 0);
}

/* No socket that has a path: it belongs to no network. */
static int forbid_paths(scmp_filter_ctx f)
{
	int err = seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
		SCMP_A0(SCMP_CMP_EQ, AF_UNIX));

	return err ? err : seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(io_uring_setup), 0);
}

/* Calls of other architectures end the program: libseccomp's own answer to them. */
static bool forbid(bool tool)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	int err = f ? forbid_namespaces(f) : -ENOMEM;

	if (!err && tool)
		err = forbid_paths(f);
	if (!err)
		err = seccomp_load(f);
	if (f)
		seccomp_release(f);
	errno = -err; /* libseccomp says it so */
	return err == 0;
}

static bool put_streams(void)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int out = open(STAGE_SAYS, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);

	return null >= 0 && out >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
	       dup2(out, STDOUT_FILENO) >= 0 && dup2(out, STDERR_FILENO) >= 0;
}

/* Never more than who began may have. */
static bool limit(__rlimit_resource_t what, rlim_t max)
{
	struct rlimit is;

	if (getrlimit(what, &is) != 0)
		return false;
	max = max < is.rlim_max ? max : is.rlim_max;
	is = (struct rlimit){max, max};
	return setrlimit(what, &is) == 0;
}

static bool restrict_self(const struct stage_start *in)
{
	const char *const reading[] = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc",
		"/proc", "/sys", in->content, in->scenario};
	bool ok = limit(RLIMIT_CPU, in->cpu_s) && limit(RLIMIT_FSIZE, STAGE_BYTES) &&
		  limit(RLIMIT_NPROC, STAGE_PROCESSES_ALL);

	if (ok && in->tool)
		ok = bound(for_tool, WARD_ARRAY_LEN(for_tool)) && (!in->uid || turn_into(in->uid));
	else if (ok)
		ok = bound(for_server, WARD_ARRAY_LEN(for_server));
	ok = ok && chdir(in->dir) == 0 && put_streams() &&
	     ward_landlock_folder(in->dir, reading, WARD_ARRAY_LEN(reading));
	return ok && forbid(in->tool);
}

/* The machine's own accounts are none of who logs in at a server: it has others. */
static bool put_over(const struct stage_start *in)
{
	char from[STAGE_PATH + 32], to[64];
	bool ok = !in->over || !in->over[0] || unshare(CLONE_NEWNS) == 0;

	for (size_t i = 0; ok && in->over && i < WARD_PEER_FILES && in->over[i]; i++) {
		(void)snprintf(from, sizeof(from), "%s/%s", in->dir, in->over[i]);
		(void)snprintf(to, sizeof(to), "/etc/%s", in->over[i]);
		ok = mount(from, to, NULL, MS_BIND, NULL) == 0;
	}
	return ok;
}

/* The program itself; never returns. */
static void become(const struct stage_start *in, int told)
{
	static char path[] = "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	static char home[STAGE_PATH + 32], tmp[STAGE_PATH + 32], snmp[STAGE_PATH + 32];
	char *env[] = {path, home, tmp, snmp, (char[]){"MIBS="}, (char[]){"LC_ALL=C.UTF-8"},
		(char[]){"NMAP_PRIVILEGED=1"}, (char[]){"USER=guest"}, NULL};

	(void)snprintf(home, sizeof(home), "HOME=%s", in->dir);
	(void)snprintf(tmp, sizeof(tmp), "TMPDIR=%s", in->dir);
	(void)snprintf(snmp, sizeof(snmp), "SNMP_PERSISTENT_DIR=%s", in->dir);
	if (put_over(in) && restrict_self(in))
		(void)execve(in->program, (char *const *)(uintptr_t)in->word, env);
	int e = errno;

	(void)!write(told, &e, sizeof(e));
	_exit(FAILED);
}

/* The first process of the namespace: its end, or that of who made it, is the end of all in it. */
static void begin(const struct stage_start *in, int told)
{
	sigset_t none;
	int status = 0;

	(void)sigemptyset(&none);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || setsid() < 0 ||
		sigprocmask(SIG_SETMASK, &none, NULL) != 0 || setns(in->ns, CLONE_NEWNET) != 0 ||
		dup3(told, STDERR_FILENO + 1, O_CLOEXEC) < 0 ||
		close_range(STDERR_FILENO + 2, ~0u, 0) != 0) {
		int e = errno;

		(void)!write(told, &e, sizeof(e));
		_exit(FAILED);
	}
	told = STDERR_FILENO + 1;
	pid_t program = fork(), ended;

	if (program == 0)
		become(in, told);
	(void)close(told);
	do
		ended = wait(&status);
	while ((ended > 0 && ended != program) || (ended < 0 && errno == EINTR));
	_exit(ended != program      ? FAILED
		: WIFEXITED(status) ? WEXITSTATUS(status)
				    : 128 + WTERMSIG(status));
}

pid_t stage_start(const struct stage_start *in)
{
	int told[2], e = 0;

	if (pipe2(told, O_CLOEXEC) != 0)
		return -1;
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		begin(in, told[1]);
	(void)close(told[1]);
	ssize_t n = pid > 0 ? read(told[0], &e, sizeof(e)) : 0;

	while (n < 0 && errno == EINTR)
		n = read(told[0], &e, sizeof(e));
	(void)close(told[0]);
	if (pid > 0 && n == 0)
		return pid;
	if (pid > 0) {
		(void)kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		errno = e;
	}
	return -1;
}
