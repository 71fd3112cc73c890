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

#endif
