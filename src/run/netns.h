/* A hospital's networks of our own, for play: a user and a network namespace with veth pairs.
 *
 * Nothing in it can reach, or be reached from, the networks of the machine. Needs no privilege
 * where the kernel lets users make namespaces. Calls ip(8) of iproute2. */
#ifndef WARD_RUN_NETNS_H
#define WARD_RUN_NETNS_H

#include "base/err.h"

#include <sys/types.h>

enum { WARD_NETNS_WHY = 320, WARD_NETNS_IFACE = 15 }; /* IFNAMSIZ - 1 */

/* How many user ids, from 0 on, this process may give to others: 1 when it is not root, or root in
 * a namespace of its own id only. */
uid_t ward_netns_uids(void);
/* Moves this process into new namespaces, with loopback up; it is root there. *ret_uids is how many
 * user ids it may give to others from 0 on: 1 when it came without privilege. Single-threaded
 * callers only. DENIED, IO: ret_why (WARD_NETNS_WHY bytes) says what and the mend; the process may
 * then be in a namespace half made, and should end. */
WARD_MUST_CHECK enum ward_err ward_netns_enter(char *ret_why, uid_t *ret_uids);
/* Whether ward_netns_enter would go well, found out by a child that ends: this process stays where
 * it is. DENIED: it has not the right, ret_why as above; whatever else is wrong is for who enters
 * to tell. Single-threaded callers only. */
WARD_MUST_CHECK enum ward_err ward_netns_may(char *ret_why);
/* A pair of interfaces: what is sent into far comes out of near. Both up, without IPv6, so that
 * only what is played is heard. CONFIG: a name is too long; IO. */
WARD_MUST_CHECK enum ward_err ward_netns_pair(const char *near, const char *far, char *ret_why);

/* The command ip(8) with these words, NULL behind the last of at most 14. IO, as the others. */
WARD_MUST_CHECK enum ward_err ward_netns_ip(char *ret_why, const char *const *words);
/* A bridge around far, at which hosts can stand: whatever one of them sends is heard by all, and
 * comes out of near. */
WARD_MUST_CHECK enum ward_err ward_netns_bridge(const char *bridge, const char *far, char *ret_why);

/* A host of its own at a bridge: a network namespace with one interface, "eth0". */
struct ward_netns_host {
	char port[16];             /* its end at the bridge */
	char address[32], mac[24]; /* "10.40.0.10/24", "02:…" */
};
/* *ret_ns is the namespace, for setns(2); while it is open the host stands. Offloads are off, so
 * that what is heard is what Ethernet would carry. IO. */
WARD_MUST_CHECK enum ward_err ward_netns_host(
	const struct ward_netns_host *h, const char *bridge, char *ret_why, int *ret_ns);

#endif
