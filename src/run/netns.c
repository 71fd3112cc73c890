#include "run/netns.h"

#include "base/slice.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UIDS_MAX = 65536 };

static enum ward_err because(char *why, const char *what, const char *mend)
{
	int e = errno;

	(void)snprintf(why, WARD_NETNS_WHY, "%s: %s%s%s", what, strerror(e), mend ? "; " : "",
		mend ? mend : "");
	return e == EPERM || e == EACCES ? WARD_ERR_DENIED : WARD_ERR_IO;
}

/* unshare(2) has failed: ENOSPC and EUSERS speak of the number of namespaces, and not of a disk. */
static enum ward_err refused(char *why, const char *mend)
{
	if (errno != ENOSPC && errno != EUSERS)
		return because(why, "a user and network namespace", mend);
	(void)snprintf(why, WARD_NETNS_WHY,
		"a user and network namespace: no more are allowed here; raise "
		"user.max_user_namespaces and user.max_net_namespaces (sysctl), in a container "
		"where it was started");
	return WARD_ERR_DENIED;
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		(void)close(fd);
	return ok;
}

uid_t ward_netns_uids(void)
{
	char line[128]; /* user_namespaces(7): inside, outside, count; the lowest ids come first */
	uint64_t field[3] = {1, 0, 0};
	int fd = geteuid() == 0 ? open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n = fd >= 0 ? read(fd, line, sizeof(line)) : 0;
	struct ward_str rest = {line, n > 0 ? (size_t)n : 0};

	if (fd >= 0)
		(void)close(fd);
	rest = ward_str_cut(&rest, '\n');
	for (size_t i = 0; rest.p && i < WARD_ARRAY_LEN(field);) {
		struct ward_str word = ward_str_cut(&rest, ' ');

		if (word.len && !ward_str_u64(word, &field[i++]))
			return 1;
	}
	if (field[0] != 0 || field[2] < 1)
		return 1;
	return field[2] < UIDS_MAX ? (uid_t)field[2] : UIDS_MAX;
}

static bool write_map(pid_t pid, const char *file, const char *text)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, file);
	return write_file(path, text);
}

/* Maps ids of the parent, from the namespace that it has left: only from there may more than one
 * be mapped. Waits for a byte, which says that the parent has left. */
static void map_from_outside(pid_t parent, int left, uid_t n)
{
	char text[64], c;

	(void)snprintf(text, sizeof(text), "0 0 %lu", (unsigned long)n);
	if (read(left, &c, 1) != 1)
		_exit(1);
	_exit(write_map(parent, "uid_map", text) && write_map(parent, "gid_map", text) ? 0 : 1);
}

static enum ward_err enter_as_root(char *why, uid_t n)
{
	int left[2], status = 1;
	pid_t parent = getpid(), child;

	if (pipe2(left, O_CLOEXEC) != 0)
		return because(why, "a pipe", NULL);
	child = fork();
	if (child == 0) {
		(void)close(left[1]);
		map_from_outside(parent, left[0], n);
	}
	(void)close(left[0]);
	bool ok = child > 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
	enum ward_err err =
		ok ? WARD_OK
		   : refused(why, "give CAP_SYS_ADMIN, which a container often takes away");

	if (ok && write(left[1], "", 1) != 1)
		err = because(why, "a pipe", NULL);
	(void)close(left[1]);
	if (child > 0 && waitpid(child, &status, 0) != child)
		status = 1;
	if (!err && status != 0) {
		errno = EPERM;
		err = because(why, "the ids of the user namespace", NULL);
	}
	return err;
}

static enum ward_err enter_as_user(char *why)
{
	char uid[64], gid[64];

	(void)snprintf(uid, sizeof(uid), "0 %lu 1", (unsigned long)geteuid());
	(void)snprintf(gid, sizeof(gid), "0 %lu 1", (unsigned long)getegid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return refused(why,
			"run as root, or allow it (sysctl kernel.unprivileged_userns_clone=1)");
	if (!write_file("/proc/self/setgroups", "deny") || !write_file("/proc/self/uid_map", uid) ||
		!write_file("/proc/self/gid_map", gid))
		return because(why, "the ids of the user namespace", NULL);
	return WARD_OK;
}

enum ward_err ward_netns_ip(char *ret_why, const char *const *words)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *env[] = {path, NULL};
	const char *argv[16] = {"ip"};
	size_t n = 1;
	int status = 1, err;
	pid_t pid;

	while (*words && n + 1 < WARD_ARRAY_LEN(argv))
		argv[n++] = *words++;
	err = posix_spawnp(&pid, "ip", NULL, NULL, (char *const *)(uintptr_t)argv, env);
	if (err) {
		errno = err;
		return because(ret_why, "ip", "install iproute2");
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return because(ret_why, "ip", NULL);
	if (status == 0)
		return WARD_OK;
	(void)snprintf(ret_why, WARD_NETNS_WHY, "'ip %s %s …' failed", argv[1], argv[2]);
	return WARD_ERR_IO;
}

enum ward_err ward_netns_enter(char *ret_why, uid_t *ret_uids)
{
	uid_t n = ward_netns_uids();
	enum ward_err err = n > 1 ? enter_as_root(ret_why, n) : enter_as_user(ret_why);

	if (err)
		return err;
	/* what comes up later in this namespace speaks no IPv6 of its own accord; a kernel without
	 * IPv6 has no such file */
	(void)write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	*ret_uids = n;
	return ward_netns_ip(ret_why, (const char *const[]){"link", "set", "lo", "up", NULL});
}

/* In the child: what became of it, behind it why not. */
static void try_enter(int to)
{
	char said[1 + WARD_NETNS_WHY] = "";
	uid_t unused;
	enum ward_err err = ward_netns_enter(said + 1, &unused);

	said[0] = (char)(err == WARD_ERR_DENIED);
	_exit(write(to, said, sizeof(said)) == sizeof(said) ? 0 : 1);
}

enum ward_err ward_netns_may(char *ret_why)
{
	char said[1 + WARD_NETNS_WHY] = "";
	int way[2], status;

	if (pipe2(way, O_CLOEXEC) != 0)
		return WARD_OK;
	pid_t child = fork();

	if (child == 0)
		try_enter(way[1]);
	(void)close(way[1]);
	ssize_t n = child > 0 ? read(way[0], said, sizeof(said)) : 0;

	(void)close(way[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (n != sizeof(said) || !said[0])
		return WARD_OK;
	(void)snprintf(ret_why, WARD_NETNS_WHY, "%.*s", WARD_NETNS_WHY - 1, said + 1);
	return WARD_ERR_DENIED;
}

enum ward_err ward_netns_pair(const char *near, const char *far, char *ret_why)
{
	enum ward_err err;

	if (strlen(near) > WARD_NETNS_IFACE || strlen(far) > WARD_NETNS_IFACE) {
		(void)snprintf(ret_why, WARD_NETNS_WHY,
			"the interface name '%s' is longer than %d bytes",
			strlen(near) > strlen(far) ? near : far, WARD_NETNS_IFACE);
		return WARD_ERR_CONFIG;
	}
	err = ward_netns_ip(ret_why, (const char *const[]){"link", "add", near, "type", "veth",
					     "peer", "name", far, NULL});
	if (!err)
		err = ward_netns_ip(
			ret_why, (const char *const[]){"link", "set", near, "up", NULL});
	if (!err)
		err = ward_netns_ip(ret_why, (const char *const[]){"link", "set", far, "up", NULL});
	return err;
}
