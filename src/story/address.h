/* Network and hardware addresses, as a whole text and within one.
 *
 * Pure; texts are not trusted. */
#ifndef WARD_STORY_ADDRESS_H
#define WARD_STORY_ADDRESS_H

#include "base/slice.h"

enum ward_address_kind {
	WARD_ADDRESS_NONE,
	WARD_ADDRESS_IPV4,
	WARD_ADDRESS_IPV6,
	WARD_ADDRESS_MAC,
};

/* What the whole text is: IPv4, also with a port; IPv6, also with a zone; a hardware address of six
 * pairs with colons or dashes, or of three fours with points. NONE else: also of twelve bare hex
 * digits, which may be an id. O(len). */
enum ward_address_kind ward_address_kind(struct ward_str s);

/* The bytes from s.p[i] on, i < s.len, that are an address or hold one, with its port or zone; 0
 * when none begins there. What stands around it doesn't hide it: "host_10.1.0.9",
 * "a:10.1.0.9-10.1.0.12". Rather too much than too little: also twelve bare hex digits, but those
 * of a UUID; times
 * ("03:15:10") and versions ("2.4.1") are none. from: where the text goes on after what was found
 * before, at most i. Asked at each i in turn, O(len) in all. */
size_t ward_address_at(struct ward_str s, size_t from, size_t i);

#endif
