/* Conversations between networks that were observed, beside what the firewalls' policy says.
 *
 * Fed one answered flow at a time, in any order, then sealed: what is told does not depend on the
 * order. Addresses come from packets: nothing in them is trusted but the hospital's own networks.
 */
#ifndef WARD_PATHS_SEEN_H
#define WARD_PATHS_SEEN_H

#include "paths/facts.h"

enum { WARD_SEEN_MAX = 1 << 20 }; /* ways that are told apart */

struct ward_seen_way {
	uint32_t from, to; /* networks */
	struct ward_str from_id, to_id;
	struct ward_str service;
	uint64_t times;
	bool allowed; /* sealed: a policy lets it through; with no policy true */
};

struct ward_seen {
	struct ward_seen_way *way; /* sealed: by (ids of from and to, service), each once */
	size_t n;
	/* Internal. */
	const struct ward_mem *mem;
	struct ward_intern names; /* of services */
	size_t cap;
};

/* Borrows mem. Free with ward_seen_fini. */
void ward_seen_init(struct ward_seen *s, const struct ward_mem *mem);
void ward_seen_fini(struct ward_seen *s);
/* A flow that was answered, by addresses in text form; service as the sensor names it, or
 * "tcp/445". Within one network, or with an address that no network of the hospital has: ignored.
 * LIMIT (WARD_SEEN_MAX ways), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_seen_flow(struct ward_seen *s, const struct ward_model *m,
	struct ward_str src_ip, struct ward_str dst_ip, struct ward_str service);
/* Orders the ways and holds them against the policy; a way that the policy lacks is added to the
 * facts, since it is there. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_seen_seal(struct ward_seen *s, struct ward_facts *f);
/* Was some conversation seen from that network to the other? Sealed only. O(n). */
bool ward_seen_between(const struct ward_seen *s, uint32_t from, uint32_t to);

#endif
