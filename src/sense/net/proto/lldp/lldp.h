/* Who hangs on which port, as neighbours say it of themselves on the link: LLDP (IEEE 802.1AB-2016
 * 8, 9, Annexes D to F), LLDP-MED (ANSI/TIA-1057 10) and Cisco's CDP, version 1 and 2.
 *
 * The readers are pure functions over one frame's payload: they never recurse and allocate nothing;
 * slices borrow the payload. Private to this folder. */
#ifndef WARD_SENSE_NET_LLDP_LLDP_H
#define WARD_SENSE_NET_LLDP_LLDP_H

#include "base/rd.h"
#include "base/wr.h"

enum {
	WARD_LLDP_ADDRESSES = 8,
	WARD_LLDP_VLANS = 8,
	WARD_LLDP_CIVIC = 16,
	WARD_LLDP_VOICE = 1, /* application type of a network policy */
};

enum ward_lldp_outcome {
	WARD_LLDP_OK,
	WARD_LLDP_TLV,       /* one runs over the end */
	WARD_LLDP_MANDATORY, /* chassis, port and time to live do not begin it, once each */
	WARD_LLDP_VALUE,     /* a value is not as long as it has to be */
	WARD_LLDP_HEADER,    /* CDP: version 1 or 2, checksum */
};

struct ward_lldp_optional {
	bool is;
	int64_t v;
};

struct ward_lldp_id {
	uint8_t subtype;
	struct ward_slice bytes;
};

struct ward_lldp_address {
	uint8_t version; /* 4, 6 */
	struct ward_slice bytes;
};

struct ward_lldp_civic {
	uint8_t type; /* RFC 4776 3.4 */
	struct ward_slice text;
};

struct ward_lldp {
	struct ward_lldp_id chassis, port;
	uint16_t ttl; /* seconds; 0: it goes away */
	struct ward_slice port_desc, sys_name, sys_desc;
	struct ward_lldp_optional capabilities, enabled; /* bits, 8.5.8 */
	struct ward_lldp_address address[WARD_LLDP_ADDRESSES];
	size_t n_address;
	struct ward_lldp_optional vlan; /* of untagged frames, D.2.1 */
	struct ward_slice vlan_name[WARD_LLDP_VLANS];
	size_t n_vlan_name;
	struct ward_lldp_optional max_frame;
	struct ward_lldp_optional power_mw; /* asked for, or drawn: E.3 or LLDP-MED */
	struct {
		struct ward_lldp_optional class; /* 1 to 3 endpoint, 4 network */
		struct ward_slice hardware, firmware, software, serial, manufacturer, model, asset;
		struct ward_slice elin; /* number for emergency calls of this place */
		struct ward_lldp_civic civic[WARD_LLDP_CIVIC];
		size_t n_civic;
		struct ward_lldp_optional voice_vlan;
	} med;
	size_t n_unread; /* TLVs that say nothing here */
	size_t off;      /* where it is wrong */
};

struct ward_cdp {
	uint8_t version, ttl;
	bool checksum_good;
	struct ward_slice device, port, software, platform, vtp_domain, sys_name, location;
	struct ward_lldp_address address[WARD_LLDP_ADDRESSES]; /* its own, then of management */
	size_t n_address;
	struct ward_lldp_optional capabilities; /* bits */
	struct ward_lldp_optional native_vlan, voice_vlan, full_duplex, power_mw;
	size_t n_unread;
	size_t off;
};

/* Both fill all of *ret; after another outcome than OK, what was read before is there. */
enum ward_lldp_outcome ward_lldp_parse(struct ward_slice payload, struct ward_lldp *ret);
enum ward_lldp_outcome ward_cdp_parse(struct ward_slice payload, struct ward_cdp *ret);
/* med.c: body of a TLV of TIA's, behind its subtype. False: malformed. */
bool ward_lldp_med(uint8_t subtype, struct ward_rd *body, struct ward_lldp *l);

/* An id as text: address by its kind, else text, else hexadecimal. */
void ward_lldp_id_text(struct ward_wr *w, const struct ward_lldp_id *id, bool of_port);
/* What kind of id: mac, address, interface …; NULL: none. Lives forever. */
const char *ward_lldp_id_kind(const struct ward_lldp_id *id, bool of_port);

#endif
