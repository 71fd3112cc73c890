#include "run/sandbox.h"

#include "run/filter.h"
#include "run/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Every process: an event loop over descriptors that it was given. */
static const int common_calls[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv),
	SCMP_SYS(writev), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(recvfrom),
	SCMP_SYS(sendto), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_create1), SCMP_SYS(close),
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
	SCMP_SYS(madvise), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(getppid),
	SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(sigaltstack), SCMP_SYS(futex),
	SCMP_SYS(sched_yield), SCMP_SYS(restart_syscall), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
	SCMP_SYS(lseek), SCMP_SYS(getsockopt), SCMP_SYS(getsockname), SCMP_SYS(shutdown),
	SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(fdatasync), SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq), SCMP_SYS(getrusage), SCMP_SYS(membarrier),
	SCMP_SYS(uname), /* libav asks for the host's name with each stream */
	SCMP_SYS(sysinfo) /* qsort(3) asks how much memory there is, before it sorts over 1 KiB */};

/* Not those by which the kernel is made to signal somebody (F_SETOWN, F_SETSIG, leases). */
static const int fcntl_commands[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL,
	F_GETLK, F_SETLK, F_SETLKW, F_ADD_SEALS, F_GET_SEALS};

static const int file_calls[] = {SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(stat), SCMP_SYS(lstat),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(statx),
	SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat),
	SCMP_SYS(renameat2), SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(fsync),
	SCMP_SYS(getdents64), SCMP_SYS(mkdirat), SCMP_SYS(mkdir), SCMP_SYS(flock), SCMP_SYS(fchmod),
	SCMP_SYS(fchown), SCMP_SYS(fstatfs), SCMP_SYS(statfs), SCMP_SYS(utimensat),
	SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd), SCMP_SYS(msync),
	SCMP_SYS(sync_file_range)};

static const int tree_calls[] = {SCMP_SYS(symlinkat), SCMP_SYS(rmdir), SCMP_SYS(syncfs)};

/* Of openat only its harmless form: see add_shaped. */
static const int follow_calls[] = {SCMP_SYS(getdents64)};

static const int listen_calls[] = {SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(getpeername)};

static const int blind_calls[] = {SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(access),
	SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(stat), SCMP_SYS(readlink)};

/* What orders cells, and waits for them. */
static const int cell_calls[] = {SCMP_SYS(wait4), SCMP_SYS(pipe2), SCMP_SYS(memfd_create),
	SCMP_SYS(inotify_init1), SCMP_SYS(inotify_add_watch)};

/* What one that was forked does before it gives all of this up. */
static const int maker_calls[] = {SCMP_SYS(dup2), SCMP_SYS(close_range)};

enum { MAKER_FORKS = CLONE_PARENT | SIGCHLD };

static const int select_calls[] = {SCMP_SYS(select), SCMP_SYS(pselect6)};

/* What a program that only computes never asks for; one that connects, too. */
static const int program_unconnected[] = {
	SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind)};
static const int program_never[] = {SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4),
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
	SCMP_SYS(pidfd_getfd), SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount),
	SCMP_SYS(umount2), SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key),
	SCMP_SYS(open_by_handle_at), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename),
	SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(mkdir), SCMP_SYS(mkdirat),
	SCMP_SYS(rmdir), SCMP_SYS(mknod), SCMP_SYS(mknodat), SCMP_SYS(link), SCMP_SYS(linkat),
	SCMP_SYS(symlink), SCMP_SYS(symlinkat), SCMP_SYS(chmod), SCMP_SYS(fchmodat),
	SCMP_SYS(chown), SCMP_SYS(lchown), SCMP_SYS(fchownat), SCMP_SYS(truncate)};

/* Files are opened to be read alone. */
static bool forbid_writing(scmp_filter_ctx f)
{
	static const unsigned flag[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC};
	bool ok = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(creat), 0) == 0 &&
		  seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0) == 0;

	for (size_t i = 0; ok && i < WARD_ARRAY_LEN(flag); i++)
		ok = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(open), 1,
			     SCMP_A1(SCMP_CMP_MASKED_EQ, flag[i], flag[i])) == 0 &&
		     seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(openat), 1,
			     SCMP_A2(SCMP_CMP_MASKED_EQ, flag[i], flag[i])) == 0;
	return ok;
}

static bool refuse(scmp_filter_ctx f, const int *calls, size_t n, int with)
{
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = seccomp_rule_add(f, SCMP_ACT_ERRNO((uint32_t)with), calls[i], 0) == 0;
	return ok;
}

/* Sockets are of the kinds that names are looked up and connections made with. */
static bool forbid_families(scmp_filter_ctx f)
{
	bool ok = seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
			  SCMP_A0(SCMP_CMP_GT, AF_NETLINK)) == 0;

	for (int i = 0; ok && i < AF_NETLINK; i++)
		if (i != AF_UNIX && i != AF_INET && i != AF_INET6)
			ok = seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
				     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)i)) == 0;
	return ok;
}

static bool enter_program(bool connects)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	bool ok = f && forbid_writing(f) &&
		  refuse(f, program_never, WARD_ARRAY_LEN(program_never), EPERM);

	ok = ok && (connects ? forbid_families(f)
			     : refuse(f, program_unconnected, WARD_ARRAY_LEN(program_unconnected),
				       EPERM));
	ok = ok && seccomp_load(f) == 0;
	if (f)
		seccomp_release(f);
	return ok;
}

static bool kill_for(scmp_filter_ctx f, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, calls[i], 0) != 0)
			return false;
	return true;
}

static bool add_all(scmp_filter_ctx f, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			return false;
	return true;
}

/* Memory: never executable; and only the calls' harmless forms. */
static bool add_shaped(scmp_filter_ctx f, unsigned cage, pid_t self)
{
	bool ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
			  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
		  seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
			  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
		  /* abort() of an assertion: of this process only */
		  seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 2,
			  SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)self),
			  SCMP_A2(SCMP_CMP_EQ, SIGABRT)) == 0 &&
		  /* the limits of this process, to be read */
		  seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
			  SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0)) == 0 &&
		  seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
			  SCMP_A1(SCMP_CMP_EQ, FIONREAD)) == 0;

	for (size_t i = 0; ok && i < WARD_ARRAY_LEN(fcntl_commands); i++)
		ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
			     SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)fcntl_commands[i])) == 0;
	if (ok && cage & WARD_CAGE_FOLLOW)
		ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
			     SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC,
				     O_RDONLY)) == 0;
	if (ok && cage & WARD_CAGE_TERMINAL)
		ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
			     SCMP_A1(SCMP_CMP_EQ, TIOCGWINSZ)) == 0 &&
		     seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
			     SCMP_A1(SCMP_CMP_EQ, 0x5401 /* TCGETS */)) == 0;
	return ok;
}

static bool allow_option(scmp_filter_ctx f, int level, int option)
{
	return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2,
		       SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)level),
		       SCMP_A2(SCMP_CMP_EQ, (scmp_datum_t)option)) == 0;
}

/* Sockets to others: TCP (or UDP), and the options by which a vanished peer is noticed and what is
 * said goes at once. */
static bool add_connect(scmp_filter_ctx f, int kind)
{
	static const int family[] = {AF_INET, AF_INET6},
			 option[][2] = {{SOL_SOCKET, SO_KEEPALIVE}, {IPPROTO_TCP, TCP_KEEPIDLE},
				 {IPPROTO_TCP, TCP_KEEPINTVL}, {IPPROTO_TCP, TCP_KEEPCNT},
				 {IPPROTO_TCP, TCP_NODELAY}};
	bool ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(connect), 0) == 0;

	for (size_t i = 0; ok && i < WARD_ARRAY_LEN(family); i++)
		ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
			     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family[i]),
			     SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, (scmp_datum_t)kind)) == 0;
	for (size_t i = 0; ok && i < WARD_ARRAY_LEN(option); i++)
		ok = allow_option(f, option[i][0], option[i][1]);
	return ok;
}

/* Calls that can do more, in the one form that is needed. */
static bool add_cells(scmp_filter_ctx f)
{
	return add_all(f, cell_calls, WARD_ARRAY_LEN(cell_calls)) &&
	       seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
		       SCMP_A0(SCMP_CMP_EQ, AF_UNIX),
		       SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM)) == 0 &&
	       seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(connect), 0) == 0 &&
	       allow_option(f, SOL_SOCKET, SO_SNDTIMEO);
}

static bool add_maker(scmp_filter_ctx f)
{
	static const int less[] = {PR_SET_PDEATHSIG, PR_SET_SECCOMP};
	bool ok = add_all(f, maker_calls, WARD_ARRAY_LEN(maker_calls));

	for (size_t i = 0; ok && i < WARD_ARRAY_LEN(less); i++)
		ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
			     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)less[i])) == 0;
	return ok &&
	       seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
		       SCMP_A0(SCMP_CMP_EQ, MAKER_FORKS)) == 0 &&
	       seccomp_rule_add(
		       f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0)) == 0 &&
	       seccomp_rule_add(
		       f, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1, SCMP_A1(SCMP_CMP_EQ, SIGKILL)) == 0 &&
	       /* of whom it forks, which then takes it from itself but for its own */
	       seccomp_rule_add(
		       f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A2(SCMP_CMP_EQ, SIGABRT)) == 0;
}

/* The list of the cage's calls for the process of this id; NULL: it can't be made. */
static scmp_filter_ctx make_filter(unsigned cage, pid_t self, uint32_t deny)
{
	scmp_filter_ctx f = seccomp_init(deny);
	bool ok = f && add_all(f, common_calls, WARD_ARRAY_LEN(common_calls)) &&
		  add_shaped(f, cage, self);

	if (ok && cage & WARD_CAGE_CONNECT)
		ok = add_connect(f, cage & WARD_CAGE_DATAGRAM ? SOCK_DGRAM : SOCK_STREAM);
	if (ok && cage & WARD_CAGE_SERVE)
		ok = add_all(f, listen_calls, WARD_ARRAY_LEN(listen_calls)) &&
		     allow_option(f, IPPROTO_TCP, TCP_NODELAY) &&
		     allow_option(f, IPPROTO_TCP, TCP_CORK);
	if (ok && cage & WARD_CAGE_FILES)
		ok = add_all(f, file_calls, WARD_ARRAY_LEN(file_calls));
	if (ok && cage & WARD_CAGE_TREE)
		ok = add_all(f, tree_calls, WARD_ARRAY_LEN(tree_calls));
	if (ok && cage & WARD_CAGE_LISTEN)
		ok = add_all(f, listen_calls, WARD_ARRAY_LEN(listen_calls));
	if (ok && cage & WARD_CAGE_FOLLOW)
		ok = add_all(f, follow_calls, WARD_ARRAY_LEN(follow_calls));
	if (ok && cage & WARD_CAGE_CELLS)
		ok = add_cells(f);
	if (ok && cage & WARD_CAGE_MAKER)
		ok = add_maker(f);
	if (ok && cage & WARD_CAGE_SELECT)
		ok = add_all(f, select_calls, WARD_ARRAY_LEN(select_calls));
	if (ok && cage & WARD_CAGE_BLIND)
		ok = refuse(f, blind_calls, WARD_ARRAY_LEN(blind_calls), ENOENT);
	if (ok || !f)
		return f;
	seccomp_release(f);
	return NULL;
}

static bool enter_seccomp(const struct ward_sandbox *s)
{
	uint32_t deny = s->trace ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS;
	scmp_filter_ctx f;
	bool ok;

	f = make_filter(s->cage, getpid(), deny);
	ok = f && seccomp_load(f) == 0;
	if (f)
		seccomp_release(f);
	return ok;
}

pid_t ward_sandbox_fork(void)
{
	return (pid_t)syscall(SYS_clone, MAKER_FORKS, NULL, NULL, NULL, NULL);
}

/* All that add_maker allows is denied again; the rest is left to the list that is entered already.
 * It is short, since the kernel takes it in anew for each process. */
enum ward_err ward_sandbox_give_up_new(struct ward_sandbox_filter **ret)
{
	static const int more[] = {SCMP_SYS(clone), SCMP_SYS(prctl), SCMP_SYS(kill)};
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	bool ok = f && kill_for(f, more, WARD_ARRAY_LEN(more)) &&
		  kill_for(f, maker_calls, WARD_ARRAY_LEN(maker_calls)) &&
		  seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, SCMP_SYS(prlimit64), 1,
			  SCMP_A2(SCMP_CMP_NE, 0)) == 0 &&
		  seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, SCMP_SYS(tgkill), 1,
			  SCMP_A0(SCMP_CMP_NE, WARD_FILTER_SELF)) == 0;
	enum ward_err err = ok ? ward_filter_compile(f, ret) : WARD_ERR_SANDBOX;

	if (f)
		seccomp_release(f);
	return err;
}

bool ward_sandbox_give_up(struct ward_sandbox_filter *f)
{
	return ward_filter_enter(f);
}

static bool limit(__rlimit_resource_t what, rlim_t max)
{
	struct rlimit r = {max, max};

	return setrlimit(what, &r) == 0;
}

static bool enter_limits(const struct ward_sandbox *s)
{
	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, s->n_descriptor_max) &&
	       (s->memory_max_bytes == 0 || limit(RLIMIT_AS, s->memory_max_bytes));
}

/* capabilities(7): no other is left, none can be got again. */
static bool keep(uint32_t capabilities)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[_LINUX_CAPABILITY_U32S_3] = {{0}};

	d[0].effective = d[0].permitted = capabilities;
	return syscall(SYS_capset, &h, d) == 0;
}

static bool enter_uid(const struct ward_sandbox *s, bool reads)
{
	/* a hospital's directory may be root's: its owner, and no more than that */
	if (s->uid == 0)
		return !(s->cage & (WARD_CAGE_TREE | WARD_CAGE_PROGRAM | WARD_CAGE_BLIND)) ||
		       keep(0);
	if (reads && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
		return false;
	return setgroups(0, NULL) == 0 && setresgid(s->gid, s->gid, s->gid) == 0 &&
	       setresuid(s->uid, s->uid, s->uid) == 0 &&
	       (!reads || keep(1u << CAP_DAC_READ_SEARCH)) && setuid(0) != 0;
}

enum ward_err ward_sandbox_enter(
	const struct ward_sandbox *s, int *ret_landlock, const char **ret_step)
{
	bool outside = s->cage == WARD_CAGE_OUTSIDE, program = s->cage & WARD_CAGE_PROGRAM;
	int abi = outside || program ? 0 : ward_landlock_abi();

	*ret_step = "resource limits";
	if (!enter_limits(s))
		return WARD_ERR_SANDBOX;
	*ret_step = "uid and gid";
	if (!enter_uid(s, abi && s->reading[0]))
		return WARD_ERR_SANDBOX;
	*ret_step = "Landlock";
	if (abi && !ward_landlock_enter(s->folder, WARD_ARRAY_LEN(s->folder), s->reading,
			   WARD_SANDBOX_READING, s->port, abi))
		return WARD_ERR_SANDBOX;
	*ret_step = "no_new_privs";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return WARD_ERR_SANDBOX;
	*ret_step = "parent-death signal"; /* after the uid: a change of uid clears it */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return WARD_ERR_SANDBOX;
	*ret_step = "seccomp";
	if (program ? !enter_program(s->cage & WARD_CAGE_CONNECT) : !outside && !enter_seccomp(s))
		return WARD_ERR_SANDBOX;
	*ret_landlock = abi;
	return WARD_OK;
}
