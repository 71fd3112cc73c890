/* Hosts of a played network: namespaces of their own at a bridge. */
#include "run/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static enum ward_err because(char *why, const char *what)
{
	(void)snprintf(why, WARD_NETNS_WHY, "%s: %s", what, strerror(errno));
	return WARD_ERR_IO;
}

/* Checksums and long segments are made by the kernel itself, as a wire would carry them. */
static bool no_offload(const char *iface)
{
	static const uint32_t what[] = {ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0;

	for (size_t i = 0; ok && i < sizeof(what) / sizeof(*what); i++) {
		struct ethtool_value v = {.cmd = what[i], .data = 0};
		struct ifreq r = {.ifr_data = (void *)&v};

		(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", iface);
		ok = ioctl(fd, SIOCETHTOOL, &r) == 0;
	}
	if (fd >= 0)
		(void)close(fd);
	return ok;
}

enum ward_err ward_netns_bridge(const char *bridge, const char *far, char *ret_why)
{
	enum ward_err err = WARD_OK;

	if (if_nametoindex(bridge)) /* of a former life */
		err = ward_netns_ip(ret_why, WORDS("link", "del", bridge));
	if (!err)
		err = ward_netns_ip(ret_why, WORDS("link", "add", bridge, "type", "bridge",
						     "ageing_time", "0", "mcast_snooping", "0"));
	if (!err)
		err = ward_netns_ip(ret_why, WORDS("link", "set", far, "master", bridge));
	return err ? err : ward_netns_ip(ret_why, WORDS("link", "set", bridge, "up"));
}

/* In a namespace of its own: says so, and goes on once it is told. Never returns. */
static void stand(int said, int told, pid_t parent)
{
	char c = 0;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent ||
		unshare(CLONE_NEWNET) != 0 || write(said, &c, 1) != 1)
		_exit(1);
	(void)!read(told, &c, 1);
	_exit(0);
}

static enum ward_err join(const struct ward_netns_host *h, const char *bridge, pid_t pid, char *why)
{
	char of[16];
	enum ward_err err = WARD_OK;

	(void)snprintf(of, sizeof(of), "%ld", (long)pid);
	if (if_nametoindex(h->port))
		err = ward_netns_ip(why, WORDS("link", "del", h->port));
	if (!err)
		err = ward_netns_ip(why, WORDS("link", "add", h->port, "type", "veth", "peer",
						 "name", "eth0", "netns", of));
	if (!err)
		err = ward_netns_ip(why, WORDS("link", "set", h->port, "master", bridge));
	return err ? err : ward_netns_ip(why, WORDS("link", "set", h->port, "up"));
}

/* Inside the namespace. */
static enum ward_err settle(const struct ward_netns_host *h, char *why)
{
	enum ward_err err = ward_netns_ip(why, WORDS("link", "set", "lo", "up"));

	if (!err)
		err = ward_netns_ip(why,
			WORDS("link", "set", "eth0", "address", h->mac, "addrgenmode", "none"));
	if (!err && !no_offload("eth0"))
		err = because(why, "offloads of an interface");
	if (!err)
		err = ward_netns_ip(
			why, WORDS("addr", "add", h->address, "brd", "+", "dev", "eth0"));
	if (!err)
		err = ward_netns_ip(why, WORDS("link", "set", "eth0", "up"));
	return err ? err : ward_netns_ip(why, WORDS("route", "add", "224.0.0.0/4", "dev", "eth0"));
}

static enum ward_err settle_in(const struct ward_netns_host *h, int ns, char *why)
{
	int ours = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	enum ward_err err = WARD_OK;

	if (ours < 0 || setns(ns, CLONE_NEWNET) != 0)
		err = because(why, "a host's namespace");
	else {
		err = settle(h, why);
		if (setns(ours, CLONE_NEWNET) != 0)
			err = because(why, "the play's namespace");
	}
	if (ours >= 0)
		(void)close(ours);
	return err;
}

enum ward_err ward_netns_host(
	const struct ward_netns_host *h, const char *bridge, char *ret_why, int *ret_ns)
{
	int said[2], told[2], ns = -1;
	char path[48], c;
	pid_t parent = getpid();

	if (pipe2(said, O_CLOEXEC) != 0)
		return because(ret_why, "a pipe");
	if (pipe2(told, O_CLOEXEC) != 0) {
		(void)close(said[0]);
		(void)close(said[1]);
		return because(ret_why, "a pipe");
	}
	pid_t pid = fork();

	if (pid == 0) {
		(void)close(told[1]);
		stand(said[1], told[0], parent);
	}
	(void)close(said[1]);
	(void)close(told[0]);
	bool ok = pid > 0 && read(said[0], &c, 1) == 1;

	(void)snprintf(path, sizeof(path), "/proc/%ld/ns/net", (long)pid);
	ns = ok ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	enum ward_err err = ns >= 0 ? join(h, bridge, pid, ret_why)
				    : because(ret_why, "a network namespace for a host");

	(void)close(said[0]);
	(void)close(told[1]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (!err)
		err = settle_in(h, ns, ret_why);
	if (err && ns >= 0)
		(void)close(ns);
	else if (!err)
		*ret_ns = ns;
	return err;
}
