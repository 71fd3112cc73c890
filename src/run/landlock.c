/* Landlock by raw system calls: Debian 12's headers know fewer ABIs than its kernels enforce. */
#include "run/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* landlock(7): what each ABI added to the rights over files. */
enum { ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_NET = 4, ABI_IOCTL = 5, ABI_SCOPE = 6, PORT_DNS = 53 };

#define RIGHTS_ABI1 ((1ull << 13) - 1) /* EXECUTE … MAKE_SYM */
#define RIGHT_EXECUTE (1ull << 0)
#define RIGHT_WRITE_FILE (1ull << 1)
#define RIGHT_READ_FILE (1ull << 2)
#define RIGHT_READ_DIR (1ull << 3)
#define RIGHT_REFER (1ull << 13)
#define RIGHT_TRUNCATE (1ull << 14)
#define RIGHT_IOCTL_DEV (1ull << 15)
#define NET_BIND_CONNECT 3ull
#define NET_BIND 1ull
#define NET_CONNECT 2ull
#define RULE_NET_PORT 2
#define SCOPE_ABSTRACT_SIGNAL 3ull

struct ruleset_attr {
	uint64_t fs, net, scoped;
};

struct net_port_attr {
	uint64_t allowed, port;
};

static size_t attr_size(int abi)
{
	if (abi >= ABI_SCOPE)
		return 24;
	return abi >= ABI_NET ? 16 : 8;
}

int ward_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

static uint64_t file_rights(int abi)
{
	uint64_t r = RIGHTS_ABI1;

	r |= abi >= ABI_REFER ? RIGHT_REFER : 0;
	r |= abi >= ABI_TRUNCATE ? RIGHT_TRUNCATE : 0;
	return r | (abi >= ABI_IOCTL ? RIGHT_IOCTL_DEV : 0);
}

static bool allow(int ruleset, const char *folder, uint64_t rights)
{
	struct landlock_path_beneath_attr a = {.allowed_access = rights};
	long rc;

	a.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (a.parent_fd < 0)
		return false;
	rc = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &a, 0);
	close(a.parent_fd);
	return rc == 0;
}

static bool allow_port(int ruleset, uint16_t port)
{
	struct net_port_attr a = {NET_CONNECT, port};

	return syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &a, 0) == 0;
}

bool ward_landlock_enter(const char *const *folder, size_t n, const char *const *reading,
	size_t n_reading, uint16_t port, int abi)
{
	struct ruleset_attr a = {
		.fs = file_rights(abi), .net = NET_BIND_CONNECT, .scoped = SCOPE_ABSTRACT_SIGNAL};
	bool ok = true;
	int fd = (int)syscall(SYS_landlock_create_ruleset, &a, attr_size(abi), 0);

	if (fd < 0)
		return false;
	for (size_t i = 0; ok && i < n && folder[i]; i++)
		ok = allow(fd, folder[i], a.fs & ~(RIGHT_EXECUTE | RIGHT_IOCTL_DEV));
	for (size_t i = 0; ok && i < n_reading && reading[i]; i++)
		ok = allow(fd, reading[i], RIGHT_READ_FILE | RIGHT_READ_DIR);
	if (ok && port && abi >= ABI_NET)
		ok = allow_port(fd, port);
	ok = ok && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	     syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close(fd);
	return ok;
}

/* A file has no rights of a folder: the kernel refuses them. */
static bool allow_program(int ruleset, const char *path)
{
	struct landlock_path_beneath_attr a = {.allowed_access = RIGHT_READ_FILE | RIGHT_EXECUTE};
	struct stat st;

	a.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (a.parent_fd <
		0) /* what is behind a folder that it can't enter is out of reach already */
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES;
	bool ok = fstat(a.parent_fd, &st) == 0;

	a.allowed_access |= ok && S_ISDIR(st.st_mode) ? RIGHT_READ_DIR : 0;
	ok = ok && syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &a, 0) == 0;
	close(a.parent_fd);
	return ok;
}

bool ward_landlock_program(const char *const *path, size_t n, bool connects, uint16_t port)
{
	int abi = ward_landlock_abi();
	struct ruleset_attr a = {.fs = file_rights(abi),
		.net = connects && !port ? NET_BIND : NET_BIND_CONNECT,
		.scoped = SCOPE_ABSTRACT_SIGNAL};

	if (!abi)
		return true;
	int fd = (int)syscall(SYS_landlock_create_ruleset, &a, attr_size(abi), 0);
	bool ok = fd >= 0;

	for (size_t i = 0; ok && i < n; i++)
		ok = allow_program(fd, path[i]);
	if (ok && connects && port && abi >= ABI_NET)
		ok = allow_port(fd, port) && (port == PORT_DNS || allow_port(fd, PORT_DNS));
	ok = ok && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	     syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Of devices, what programs can't do without. */
static bool allow_device(int ruleset, const char *path)
{
	struct landlock_path_beneath_attr a = {.allowed_access = RIGHT_READ_FILE | RIGHT_WRITE_FILE,
		.parent_fd = open(path, O_PATH | O_CLOEXEC)};
	bool ok = a.parent_fd >= 0 &&
		  syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &a, 0) == 0;

	if (a.parent_fd >= 0)
		close(a.parent_fd);
	return ok;
}

bool ward_landlock_folder(const char *folder, const char *const *path, size_t n)
{
	static const char *const device[] = {
		"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"};
	int abi = ward_landlock_abi();
	struct ruleset_attr a = {.fs = file_rights(abi), .scoped = SCOPE_ABSTRACT_SIGNAL};
	int fd = abi ? (int)syscall(SYS_landlock_create_ruleset, &a, attr_size(abi), 0) : -1;
	bool ok = fd >= 0 && allow(fd, folder, a.fs);

	for (size_t i = 0; ok && i < n; i++)
		ok = allow_program(fd, path[i]);
	for (size_t i = 0; ok && i < sizeof(device) / sizeof(*device); i++)
		ok = allow_device(fd, device[i]);
	ok = ok && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	     syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}
