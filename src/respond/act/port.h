/* What is set of a switch's port by SNMP: it is shut (ifAdminStatus, RFC 2863), or what comes in by
 * it is of another VLAN (dot1qPvid, RFC 4363).
 *
 * Pure: words of actuators.yml and of requests. Who sends them (run/proc/snmpset.c) reads before
 * and after; what a reading means for the request is judged here. */
#ifndef WARD_RESPOND_ACT_PORT_H
#define WARD_RESPOND_ACT_PORT_H

#include "base/err.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/slice.h"
#include "base/wr.h"

enum {
	WARD_PORT_SNMP = 161, /* of UDP */
	WARD_PORT_NAME = 64,  /* bytes of a port's name, at most */
	WARD_PORT_VLAN_MAX = 4094,
	WARD_PORT_PHRASE_MIN = 8, /* RFC 3414 11.2 */
	/* Behind a port that is touched; more of them are behind an uplink (docs/inventory.md). */
	WARD_PORT_DEVICES = 4,
	WARD_PORT_BEHIND = 4 * 18, /* of their addresses as a text, "MAC MAC", with its end */
	WARD_PORT_MACS = 8,        /* of a thing, that are told who asks the switch */
};

/* The only protection that is taken: X(NAME, "name") */
#define WARD_PORT_SECURITY_LIST(X)                                                \
	X(SHA256, "sha256-aes") /* RFC 7860 HMAC-192-SHA-256, RFC 3826 AES-128 */ \
	X(SHA, "sha-aes")       /* RFC 3414 HMAC-SHA-96, the same */
bool ward_port_security(struct ward_str s);

enum ward_port_what {
	WARD_PORT_STATUS, /* ifAdminStatus */
	WARD_PORT_PVID,   /* dot1qPvid */
};
/* RFC 2863: up(1), down(2) and testing(3), of which the last is not set. */
enum { WARD_PORT_UP = 1, WARD_PORT_DOWN = 2 };

struct ward_port_state {
	enum ward_port_what what;
	uint32_t value; /* as SNMP has it */
};
/* "shutdown", "up", "vlan 999". False: it is no such text. */
WARD_MUST_CHECK bool ward_port_state(struct ward_str s, struct ward_port_state *ret);

/* How a port is called: its ifName or ifDescr, letter by letter; or "ifIndex 12". */
struct ward_port_name {
	struct ward_str name; /* empty: by its index */
	uint32_t index;
};
/* Borrows s. False: it can't be a port's name (empty, too long, or not of printable ASCII). */
WARD_MUST_CHECK bool ward_port_name(struct ward_str s, struct ward_port_name *ret);

/* Is that port's name one of these, which have tabs between? */
bool ward_port_uplink(struct ward_str uplinks, struct ward_str port);

struct ward_port_ask {
	struct ward_port_name port;
	struct ward_port_state to, from; /* both of the same `what`, and not the same */
	bool undo;
	uint8_t mac[WARD_PORT_MACS][6]; /* of the thing, if any are known */
	size_t n_mac;
	/* all that was behind the port when it was looked for; none: it was not */
	uint8_t behind[WARD_PORT_DEVICES][6];
	size_t n_behind;
};
/* "port", "run", "from", "macs", "behind" and "undo" of the body of a request that `act` made.
 * Texts live in the arena. MALFORMED: it is none, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_port_asked(struct ward_arena *arena,
	const struct ward_limits *lim, struct ward_str body, struct ward_port_ask *ret);

/* "macs" of the body of a request to find the port of a thing, of at least one. MALFORMED: it is
 * none, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_port_sought(struct ward_arena *arena,
	const struct ward_limits *lim, struct ward_str body, struct ward_port_ask *ret);
/* Is that body such a request? */
bool ward_port_seeks(struct ward_str body);

/* Where a switch has a thing, and what is behind that port: as a line, "2 MAC MAC PORT". */
struct ward_port_seen {
	uint8_t mac[WARD_PORT_DEVICES][6];
	size_t n_mac;
	struct ward_str port;
};
void ward_port_seen_put(struct ward_wr *w, const struct ward_port_seen *seen);
/* Borrows s. False: it is no such line. */
WARD_MUST_CHECK bool ward_port_seen_get(struct ward_str s, struct ward_port_seen *ret);
void ward_port_mac(struct ward_wr *w, const uint8_t mac[6]);

/* A line of a file into its two pass phrases, "AUTHENTICATION TAB PRIVACY" or one for both. False:
 * one of them is shorter than eight bytes. */
WARD_MUST_CHECK bool ward_port_phrases(
	struct ward_str line, struct ward_str *ret_auth, struct ward_str *ret_privacy);

#endif
