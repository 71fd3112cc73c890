/* One message of Niagara Fox: a line of head, then lines `key=type:value` in braces, as text. Only
 * messages of the session's own channel are read. There is no public document.
 *
 * ward_fox_parse is a pure function over outside bytes: it never recurses, allocates nothing and
 * borrows the message. Its cost is O(bytes), at most WARD_FOX_MESSAGE. */
#ifndef WARD_SENSE_NET_FOX_FOX_H
#define WARD_SENSE_NET_FOX_FOX_H

#include "base/rd.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_FOX_REASON_LIST(X)        \
	X(HEAD, "net.fox.reject.head") \
	X(LONG, "net.fox.reject.long") \
	X(BODY, "net.fox.reject.body")

enum ward_fox_reason {
#define X(IDENT, name) WARD_FOX_##IDENT,
	WARD_FOX_REASON_LIST(X)
#undef X
		WARD_FOX_REASON_N, /* none */
};

/* What a hello says of the program, its machine and its station: X(IDENT, "key", "field") */
#define WARD_FOX_KEY_LIST(X)                               \
	X(VERSION, "fox.version", "fox.version")           \
	X(HOST_NAME, "hostName", "fox.host_name")          \
	X(HOST_ADDRESS, "hostAddress", "fox.host_address") \
	X(APP_NAME, "app.name", "fox.app_name")            \
	X(APP_VERSION, "app.version", "fox.app_version")   \
	X(VM_NAME, "vm.name", "fox.vm_name")               \
	X(VM_VERSION, "vm.version", "fox.vm_version")      \
	X(OS_NAME, "os.name", "fox.os_name")               \
	X(OS_VERSION, "os.version", "fox.os_version")      \
	X(STATION, "station.name", "fox.station_name")     \
	X(LANG, "lang", "fox.lang")                        \
	X(HOST_ID, "hostId", "fox.host_id")                \
	X(VM_UUID, "vmUuid", "fox.vm_uuid")                \
	X(BRAND, "brandId", "fox.brand_id")                \
	X(METHOD, "method", "fox.method")

enum ward_fox_key {
#define X(IDENT, key, field) WARD_FOX_K_##IDENT,
	WARD_FOX_KEY_LIST(X)
#undef X
		WARD_FOX_KEYS,
};

enum { WARD_FOX_MESSAGE = 8192 }; /* bytes of a message of the session's channel */

struct ward_fox {
	size_t size; /* bytes of the whole message */
	struct ward_str channel, command;
	struct ward_str value[WARD_FOX_KEYS]; /* empty when not there */
	/* Why and where, when it is malformed. */
	enum ward_fox_reason reason;
	size_t off;
};

enum ward_fox_framing {
	WARD_FOX_WHOLE, /* m is filled */
	WARD_FOX_MORE,  /* right so far */
	WARD_FOX_OTHER, /* a message of another channel: only the head is read */
	WARD_FOX_NOT,   /* reason and off are set */
};

/* The first message in bytes; m is reset. */
enum ward_fox_framing ward_fox_parse(struct ward_slice bytes, struct ward_fox *m);

#endif
