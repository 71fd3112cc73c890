/* Each denial of the cage, tried for real: a child enters it and does what it must not; the kernel
 * ends it with SIGSYS. What a cage allows is tried beside it. */
#include "run/landlock.h"
#include "run/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { UID = 61999, OUTCOME_RETURNED = 0, OUTCOME_WRONG = 1, OUTCOME_NO_CAGE = 2 };

static char folder[64];

static void open_file(void)
{
	(void)open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}
static void make_socket(void)
{
	(void)socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}
static void make_packet_socket(void)
{
	(void)socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
}
static void connect_out(void)
{
	(void)syscall(SYS_connect, 0, NULL, 0);
}
static void keep_alive(void)
{
	(void)syscall(SYS_setsockopt, 0, SOL_SOCKET, SO_KEEPALIVE, NULL, 0);
}
static void mark_packets(void)
{
	(void)syscall(SYS_setsockopt, 0, SOL_SOCKET, SO_MARK, NULL, 0);
}
static void bind_port(void)
{
	(void)syscall(SYS_bind, 0, NULL, 0);
}
static void accept_peer(void)
{
	(void)syscall(SYS_accept4, 0, NULL, NULL, 0);
}
static void execute(void)
{
	char *argv[] = {NULL};

	(void)execve("/bin/true", argv, argv);
}
static void fork_child(void)
{
	(void)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);
}
static void fork_child3(void)
{
	(void)syscall(SYS_clone3, NULL, 0);
}
static void fork_elsewhere(void)
{
	(void)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0);
}
static void trace_parent(void)
{
	(void)syscall(SYS_ptrace, PTRACE_ATTACH, getppid(), NULL, NULL);
}
static void read_other_memory(void)
{
	(void)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}
static void kill_parent(void)
{
	(void)kill(getppid(), 0);
}
static void abort_parent(void)
{
	(void)syscall(SYS_tgkill, getppid(), getppid(), SIGABRT);
}
static void limit_parent(void)
{
	struct rlimit r = {0, 0};

	(void)prlimit(getppid(), RLIMIT_NOFILE, &r, NULL);
}
static void read_own_limits(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		_exit(OUTCOME_WRONG);
}
static int by_value(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}
static void be_signalled(void) /* whoever holds the other end, or any process, could be */
{
	(void)fcntl(STDOUT_FILENO, F_SETOWN, getppid());
}
static void choose_signal(void)
{
	(void)fcntl(STDOUT_FILENO, F_SETSIG, SIGKILL);
}
static void use_flags(void)
{
	int flags = fcntl(STDERR_FILENO, F_GETFL);
	int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);

	if (flags < 0 || fcntl(STDERR_FILENO, F_SETFL, flags) != 0 || fd < 0)
		_exit(OUTCOME_WRONG);
}
static void sort_many(void) /* the C library asks how much memory there is */
{
	int v[4096];

	for (int i = 0; i < 4096; i++)
		v[i] = (i * 2609) % 4099;
	qsort(v, 4096, sizeof(v[0]), by_value);
	for (int i = 1; i < 4096; i++)
		if (v[i - 1] > v[i])
			_exit(OUTCOME_WRONG);
}
static void change_uid(void)
{
	(void)syscall(SYS_setuid, 0);
}
static void new_namespace(void)
{
	(void)unshare(CLONE_NEWUSER);
}
static void mount_something(void)
{
	(void)mount("none", "/tmp", "tmpfs", 0, NULL);
}
static void change_root(void)
{
	(void)syscall(SYS_chroot, "/");
}
static void map_executable(void)
{
	(void)mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static void make_executable(void)
{
	static _Alignas(4096) uint8_t page[4096];

	(void)mprotect(page, sizeof(page), PROT_READ | PROT_EXEC);
}
static void type_into_terminal(void)
{
	(void)ioctl(STDIN_FILENO, TIOCSTI, "x");
}
static void load_bpf(void)
{
	(void)syscall(SYS_bpf, 0, NULL, 0);
}
static void use_io_uring(void)
{
	(void)syscall(SYS_io_uring_setup, 1, NULL);
}
static void use_keyring(void)
{
	(void)syscall(SYS_keyctl, 0, 0, 0, 0, 0);
}
static void become_dumpable(void)
{
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}
static void set_clock(void)
{
	(void)syscall(SYS_clock_settime, 0, NULL);
}
static void reboot_machine(void)
{
	(void)syscall(SYS_reboot, 0, 0, 0, NULL);
}
static void ask_window_size(void)
{
	struct winsize w;

	(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &w);
}
static void use_descriptors(void)
{
	struct pollfd p = {.fd = -1};
	struct timespec t;
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (poll(&p, 1, 0) != 0 || clock_gettime(CLOCK_MONOTONIC, &t) != 0 || page == MAP_FAILED ||
		munmap(page, 4096) != 0 || write(STDERR_FILENO, "", 0) != 0)
		_exit(OUTCOME_WRONG);
}
static void use_folder(void)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/file", folder);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1 || fdatasync(fd) != 0 || close(fd) != 0 ||
		unlink(path) != 0)
		_exit(OUTCOME_WRONG);
}
static void wait_by_select(void)
{
	struct timeval none = {0};

	if (select(0, NULL, NULL, NULL, &none) != 0)
		_exit(OUTCOME_WRONG);
}
static void leave_folder(void)
{
	if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0)
		_exit(OUTCOME_WRONG);
}

enum outcome { DENIED, ALLOWED };

static const struct {
	const char *what;
	void (*act)(void);
	enum outcome plain, files, listen, terminal, connect;
} acts[] = {
	{"open a file", open_file, DENIED, ALLOWED, DENIED, DENIED, DENIED},
	{"make a TCP socket", make_socket, DENIED, DENIED, DENIED, DENIED, ALLOWED},
	{"make a packet socket", make_packet_socket, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"connect", connect_out, DENIED, DENIED, DENIED, DENIED, ALLOWED},
	{"bind", bind_port, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"accept", accept_peer, DENIED, DENIED, ALLOWED, DENIED, DENIED},
	{"execute a program", execute, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"fork", fork_child, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"fork by clone3", fork_child3, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"fork into a namespace", fork_elsewhere, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"trace the parent", trace_parent, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"read another's memory", read_other_memory, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"signal another", kill_parent, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"abort another", abort_parent, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"limit another", limit_parent, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"have the kernel signal another", be_signalled, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"choose that signal", choose_signal, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"use a descriptor's flags", use_flags, ALLOWED, ALLOWED, ALLOWED, ALLOWED, ALLOWED},
	{"read its own limits", read_own_limits, ALLOWED, ALLOWED, ALLOWED, ALLOWED, ALLOWED},
	{"sort many things", sort_many, ALLOWED, ALLOWED, ALLOWED, ALLOWED, ALLOWED},
	{"change the user id", change_uid, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"make a namespace", new_namespace, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"mount", mount_something, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"change the root", change_root, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"map executable memory", map_executable, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"make memory executable", make_executable, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"type into the terminal", type_into_terminal, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"load BPF", load_bpf, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"use io_uring", use_io_uring, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"use the kernel's keys", use_keyring, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"become dumpable", become_dumpable, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"set the clock", set_clock, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"reboot", reboot_machine, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"ask for the window's size", ask_window_size, DENIED, DENIED, DENIED, ALLOWED, DENIED},
	{"keep a connection alive", keep_alive, DENIED, DENIED, DENIED, DENIED, ALLOWED},
	{"mark its packets", mark_packets, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"wait by select", wait_by_select, DENIED, DENIED, DENIED, DENIED, DENIED},
	{"use its descriptors", use_descriptors, ALLOWED, ALLOWED, ALLOWED, ALLOWED, ALLOWED},
};

/* A child that is in the cage, and acts. */
static WARD_NORETURN void live(const struct ward_sandbox *s, void (*act)(void))
{
	const char *step;
	int abi;

	if (ward_sandbox_enter(s, &abi, &step) != WARD_OK)
		_exit(OUTCOME_NO_CAGE);
	act();
	_exit(OUTCOME_RETURNED);
}

/* The child's wait status after it entered the cage and acted. */
static int try_in(unsigned cage, uid_t uid, bool trace, void (*act)(void))
{
	struct ward_sandbox s = {.cage = cage,
		.uid = uid,
		.gid = uid,
		.folder = {folder},
		.n_descriptor_max = 64,
		.trace = trace};
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		live(&s, act);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void check_status(unsigned cage, const char *what, int status, enum outcome want)
{
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
	bool returned = WIFEXITED(status) && WEXITSTATUS(status) == OUTCOME_RETURNED;

	if (want == DENIED ? !killed : !returned)
		fail_msg("cage %u: %s: status %#x, wanted %s", cage, what, (unsigned)status,
			want == DENIED ? "SIGSYS" : "to return");
}

static void check_cage(unsigned cage, size_t i, enum outcome want)
{
	check_status(cage, acts[i].what, try_in(cage, 0, false, acts[i].act), want);
}

/* What orders cells may connect to a socket that has a path, besides. */
static enum outcome in_cells(size_t i)
{
	return acts[i].act == connect_out ? ALLOWED : acts[i].plain;
}

static void t_denials(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(acts); i++) {
		check_cage(WARD_CAGE_PLAIN, i, acts[i].plain);
		check_cage(WARD_CAGE_FILES, i, acts[i].files);
		check_cage(WARD_CAGE_LISTEN, i, acts[i].listen);
		check_cage(WARD_CAGE_TERMINAL, i, acts[i].terminal);
		check_cage(WARD_CAGE_CONNECT, i, acts[i].connect);
		check_cage(WARD_CAGE_CELLS, i, in_cells(i));
		check_cage(WARD_CAGE_SELECT, i,
			acts[i].act == wait_by_select ? ALLOWED : acts[i].plain);
		check_cage(WARD_CAGE_BLIND, i, acts[i].act == open_file ? ALLOWED : acts[i].plain);
	}
}

/* Who opens a file finds none, whichever it is, and goes on. */
static void finds_nothing(void)
{
	struct stat st;

	if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) != -1 || errno != ENOENT)
		_exit(OUTCOME_WRONG);
	if (access("/etc/passwd", R_OK) != -1 || errno != ENOENT)
		_exit(OUTCOME_WRONG);
	if (open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600) != -1 || errno != ENOENT)
		_exit(OUTCOME_WRONG);
	if (fstat(STDERR_FILENO, &st) != 0)
		_exit(OUTCOME_WRONG);
}

/* The act of a cell that a maker forked and that gave up what is the maker's. Its own parent is
 * this process: it is waited for here. */
static void (*acts_in_cell)(void);
static struct ward_sandbox_filter *given_up;
static int told[2]; /* the cell's id */

static void make_cell(void)
{
	struct ward_sandbox_filter *f = given_up;
	int32_t pid = (int32_t)ward_sandbox_fork();

	if (pid == 0) {
		if (!ward_sandbox_give_up(f))
			_exit(OUTCOME_NO_CAGE);
		acts_in_cell();
		_exit(OUTCOME_RETURNED);
	}
	if (write(told[1], &pid, sizeof(pid)) != sizeof(pid))
		_exit(OUTCOME_WRONG);
}

static int try_in_cell(void (*act)(void))
{
	int32_t pid = -1;
	int status = -1;

	acts_in_cell = act;
	assert_int_equal(
		try_in(WARD_CAGE_BLIND | WARD_CAGE_MAKER, 0, false, make_cell), OUTCOME_RETURNED);
	assert_int_equal(read(told[0], &pid, sizeof(pid)), sizeof(pid));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void fork_again(void)
{
	(void)ward_sandbox_fork();
}
static void end_another(void)
{
	(void)kill(getppid(), SIGKILL);
}
static void limit_itself(void)
{
	const struct rlimit r = {1, 1};

	(void)setrlimit(RLIMIT_NOFILE, &r);
}
static void outlive_parent(void)
{
	(void)prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
}
static void enter_another(void)
{
	(void)prctl(PR_SET_SECCOMP, 2, NULL, 0, 0);
}
static void number_anew(void)
{
	(void)syscall(SYS_dup2, STDERR_FILENO, 9);
}
static void close_many(void)
{
	(void)close_range(20, 30, 0);
}

/* A cell that a maker forked may do what one of BLIND may, and nothing that its maker may: each
 * act, and all that the maker does. Each may abort itself alone. */
static void t_cell(void **state)
{
	static void (*const makers[])(void) = {fork_again, end_another, limit_itself,
		outlive_parent, enter_another, number_anew, close_many};

	(void)state;
	assert_int_equal(pipe(told), 0);
	assert_int_equal(ward_sandbox_give_up_new(&given_up), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(acts); i++)
		check_status(WARD_CAGE_MAKER, acts[i].what, try_in_cell(acts[i].act),
			acts[i].act == open_file ? ALLOWED : acts[i].plain);
	for (size_t i = 0; i < WARD_ARRAY_LEN(makers); i++)
		check_status(
			WARD_CAGE_MAKER, "what its maker does", try_in_cell(makers[i]), DENIED);
	int status = try_in_cell(abort);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	assert_int_equal(try_in_cell(finds_nothing), 0);
	ward_sandbox_filter_free(given_up);
	(void)close(told[0]);
	(void)close(told[1]);
}

/* The maker itself forks by that one call alone. */
static void t_maker(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(acts); i++)
		if (acts[i].act != abort_parent) /* it may, of those that it forks */
			check_cage(WARD_CAGE_BLIND | WARD_CAGE_MAKER, i,
				acts[i].act == open_file ? ALLOWED : acts[i].plain);
}

static void t_blind(void **state)
{
	(void)state;
	assert_int_equal(try_in(WARD_CAGE_BLIND, 0, false, finds_nothing), 0);
}

/* In trace mode a denied call fails with EPERM and the process goes on. */
static void denied_softly(void)
{
	if (socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) != -1 || errno != EPERM)
		_exit(OUTCOME_WRONG);
}

static void t_trace(void **state)
{
	(void)state;
	int status = try_in(WARD_CAGE_PLAIN, 0, true, denied_softly);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), OUTCOME_RETURNED);
}

static void t_folder(void **state)
{
	(void)state;
	int status = try_in(WARD_CAGE_FILES, 0, false, use_folder);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), OUTCOME_RETURNED);
	if (ward_landlock_abi() == 0)
		return; /* this kernel does not confine files; the process says so in its log */
	status = try_in(WARD_CAGE_FILES, 0, false, leave_folder);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), OUTCOME_RETURNED);
}

static void is_other_user(void)
{
	if (getuid() != UID || geteuid() != UID)
		_exit(OUTCOME_WRONG);
}

static void t_uid(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		assert_int_equal(WEXITSTATUS(try_in(WARD_CAGE_PLAIN, UID, false, is_other_user)),
			OUTCOME_NO_CAGE); /* without the right to it: no cage, so no process */
		return;
	}
	assert_int_equal(try_in(WARD_CAGE_PLAIN, UID, false, is_other_user), 0);
}

static void limits_hold(void)
{
	for (int i = 0; i < 64; i++)
		if (fcntl(STDERR_FILENO, F_DUPFD, 64) >= 0)
			_exit(OUTCOME_WRONG);
}

static void t_limits(void **state)
{
	(void)state;
	assert_int_equal(try_in(WARD_CAGE_PLAIN, 0, false, limits_hold), 0);
}

static int make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/ward-sandbox-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_denials),
		cmocka_unit_test(t_cell),
		cmocka_unit_test(t_maker),
		cmocka_unit_test(t_blind),
		cmocka_unit_test(t_trace),
		cmocka_unit_test(t_folder),
		cmocka_unit_test(t_uid),
		cmocka_unit_test(t_limits),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
