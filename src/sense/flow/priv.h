/* Private to this room: a flow record as the readers fill it, what is remembered of exporters, and
 * the way from a record to an event. */
#ifndef WARD_SENSE_FLOW_PRIV_H
#define WARD_SENSE_FLOW_PRIV_H

#include "base/rd.h"
#include "sense/flow/counters.h"
#include "sense/flow/export.h"

enum { WARD_EXPORT_FIELDS = 128, WARD_EXPORT_SAMPLERS = 8 };

enum ward_export_protocol {
	WARD_EXPORT_IS_NETFLOW5 = 1,
	WARD_EXPORT_IS_NETFLOW9,
	WARD_EXPORT_IS_IPFIX,
	WARD_EXPORT_IS_SFLOW5,
};

/* The numbers that a record may hold; FIRST and LAST are ward_ns, FIRST_UP and LAST_UP milliseconds
 * of the exporter's uptime. */
#define WARD_EXPORT_SLOT_LIST(X) \
	X(BYTES)                 \
	X(PACKETS)               \
	X(BYTES_BACK)            \
	X(PACKETS_BACK)          \
	X(IP_VERSION)            \
	X(PROTO)                 \
	X(TCP_FLAGS)             \
	X(SRC_PORT)              \
	X(DST_PORT)              \
	X(ICMP_TYPE)             \
	X(ICMP_CODE)             \
	X(ICMP)                  \
	X(INPUT)                 \
	X(OUTPUT)                \
	X(VLAN)                  \
	X(FIRST)                 \
	X(LAST)                  \
	X(FIRST_UP)              \
	X(LAST_UP)               \
	X(BOOT)                  \
	X(DURATION)              \
	X(SAMPLING)              \
	X(SAMPLED)               \
	X(SPACE)                 \
	X(SAMPLER)               \
	X(DIRECTION)             \
	X(BIFLOW)                \
	X(END)                   \
	X(FIREWALL)

enum ward_export_slot {
#define X(IDENT) WARD_SLOT_##IDENT,
	WARD_EXPORT_SLOT_LIST(X)
#undef X
		WARD_SLOT_N,
};
_Static_assert(WARD_SLOT_N <= 32, "a bit each");

/* A validated record. Slices borrow the datagram. */
struct ward_export_record {
	uint32_t has; /* bit per slot */
	uint64_t n[WARD_SLOT_N];
	uint8_t ip_version; /* 0: no addresses */
	uint8_t ip[2][16];  /* source, destination */
	bool has_mac[2];
	uint8_t mac[2][6];
	struct ward_slice app;
	const char *end; /* lives forever; NULL: as slot END says, if at all */
};

static inline bool ward_record_has(const struct ward_export_record *r, enum ward_export_slot s)
{
	return r->has >> s & 1;
}

static inline void ward_record_set(
	struct ward_export_record *r, enum ward_export_slot s, uint64_t v)
{
	r->has |= UINT32_C(1) << s;
	r->n[s] = v;
}

/* Who exports: NetFlow 9 goes by address and source id (RFC 3954 5.1), IPFIX by transport session
 * and domain (RFC 7011 8), sFlow by agent and sub-agent. Compared as bytes. */
struct ward_domain_key {
	uint8_t ip[16];
	uint32_t id;
	uint16_t port; /* IPFIX; else 0 */
	uint8_t ip_version;
	uint8_t protocol;
};
_Static_assert(sizeof(struct ward_domain_key) == 24, "compared as bytes");

struct ward_domain {
	ward_ns used, told, loss_told;
	uint64_t born; /* order of arrival, from 1 */
	uint64_t lost; /* not told yet */
	ward_ns skew, skew_told;
	bool counted; /* next is known */
	uint32_t next;
	ward_ns boot; /* IPFIX: what uptimes begin at, as options said; 0 not said */
	uint32_t sampling, sampling_told; /* of all that names no sampler; 0 not said */
	struct {
		uint32_t id, interval;
	} sampler[WARD_EXPORT_SAMPLERS];
	unsigned n_sampler;
};

struct ward_template_field {
	uint16_t id, len; /* len 65535: variable (RFC 7011 7) */
	uint32_t enterprise;
};

struct ward_template {
	ward_ns defined, used;
	uint32_t min_len; /* of a record; at least 1 */
	uint16_t n_field, n_scope;
	bool options;
	struct ward_template_field field[WARD_EXPORT_FIELDS];
};

struct ward_template_key {
	struct ward_domain_key domain;
	uint32_t id;
};
_Static_assert(sizeof(struct ward_template_key) == 28, "compared as bytes");

/* Names of classes and fields beyond the catalogue. */
#define WARD_EXPORT_NAME_LIST(X)                 \
	X(CLASS_FLOW, "net.flow")                \
	X(CLASS_EXPORTER, "net.flow_exporter")   \
	X(CLASS_INTERFACE, "net.flow_interface") \
	X(CLASS_LOSS, "net.loss")                \
	X(CLASS_MALFORMED, "net.malformed")      \
	X(EXPORTER, "flow.exporter")             \
	X(FORMAT, "flow.format")                 \
	X(DOMAIN, "flow.domain")                 \
	X(SAMPLING, "flow.sampling")             \
	X(INPUT, "flow.input_if")                \
	X(OUTPUT, "flow.output_if")              \
	X(DIRECTION, "flow.direction")           \
	X(TCP_FLAGS, "flow.tcp_flags")           \
	X(APPLICATION, "flow.application")       \
	X(ACTION, "flow.action")                 \
	X(SKEW, "flow.skew_ns")                  \
	X(LOSS_RECORDS, "loss.flow_records")     \
	X(LOSS_DATAGRAMS, "loss.flow_datagrams") \
	X(ICMP_TYPE, "icmp.type")                \
	X(ICMP_CODE, "icmp.code")                \
	X(END, "end")                            \
	X(PROTOCOL, "protocol")                  \
	X(OFFSET, "offset")                      \
	X(COUNT, "count")                        \
	X(IF_INDEX, "if.index")                  \
	X(IF_SPEED, "if.speed")                  \
	X(IF_UP, "if.up")                        \
	X(IF_IN_BYTES, "if.in_bytes")            \
	X(IF_IN_PACKETS, "if.in_packets")        \
	X(IF_IN_DISCARDS, "if.in_discards")      \
	X(IF_IN_ERRORS, "if.in_errors")          \
	X(IF_OUT_BYTES, "if.out_bytes")          \
	X(IF_OUT_PACKETS, "if.out_packets")      \
	X(IF_OUT_DISCARDS, "if.out_discards")    \
	X(IF_OUT_ERRORS, "if.out_errors")

enum ward_export_name {
#define X(IDENT, name) WARD_EXPORT_NAME_##IDENT,
	WARD_EXPORT_NAME_LIST(X)
#undef X
		WARD_EXPORT_NAME_N,
};

struct ward_export {
	const struct ward_mem *mem;
	const struct ward_limits *lim;
	struct ward_event_origin origin;
	uint32_t source_name;
	uint32_t name[WARD_EXPORT_NAME_N];
	struct ward_tab domains;   /* ward_domain_key → ward_domain */
	struct ward_tab templates; /* ward_template_key → ward_template */
	uint64_t n_born;
	uint64_t count[WARD_EXPORT_COUNTER_N];
	struct ward_template scratch; /* being read */

	/* of the current datagram */
	const struct ward_export_datagram *d;
	const struct ward_export_sink *sink;
	struct ward_domain_key key;
	struct ward_domain *domain;
	ward_ns exported;   /* the exporter's clock */
	uint32_t uptime_ms; /* the exporter's, when has_uptime */
	bool has_uptime;
	bool made_room; /* a template left for one of this datagram */
	uint32_t index; /* of the next event */
	enum ward_err err;

	struct ward_arena arena; /* of one event */
	struct ward_event event;
};

/* Counts a reason and shows it: the first, then one each time that the count doubles. off is in the
 * datagram. */
void ward_export_reject(struct ward_export *x, enum ward_export_counter why, size_t off);
/* Sets x->key and x->domain, new or known; the one that was heard least recently makes room. False
 * without memory (counted). ip_version 0: the datagram's sender. */
bool ward_export_domain(struct ward_export *x, enum ward_export_protocol protocol, uint32_t id);
/* The same of an agent that names itself. */
bool ward_export_agent(struct ward_export *x, const uint8_t ip[16], unsigned version, uint32_t id);
/* The datagram's sequence number, and by how much the next is more. */
void ward_export_sequence(struct ward_export *x, uint32_t seq, uint32_t n);
/* The record's packets were sampled 1 in this; 1 or 0 when not, or when nothing says so. */
uint32_t ward_export_sampling(const struct ward_domain *d, const struct ward_export_record *r);
/* What a record of options says of sampling and of when the exporter began. */
void ward_export_learn(struct ward_domain *d, const struct ward_export_record *r);

/* template.c: borrowed until the next define. NULL when there is none, or it is too old. */
struct ward_template *ward_template_find(struct ward_export *x, uint16_t id);
/* Keeps x->scratch as the template of that id. */
void ward_template_define(struct ward_export *x, uint16_t id);

/* element.c: one field of a record. v is the field's bytes. */
void ward_element_take(const struct ward_export *x, const struct ward_template_field *f,
	struct ward_slice v, struct ward_export_record *r);

/* header.c: the begin of a packet as a switch sampled it, of sFlow's header protocol; false when it
 * is of a kind that is not read. Fills addresses, ports and flags; what the header does not reach
 * is left out. The IP packet's length is in BYTES. */
bool ward_header_read(uint32_t protocol, struct ward_slice bytes, struct ward_export_record *r);

/* The readers: all of a datagram. */
void ward_netflow5_read(struct ward_export *x, struct ward_rd *r);
void ward_netflow9_read(struct ward_export *x, struct ward_rd *r);
void ward_ipfix_read(struct ward_export *x, struct ward_rd *r);
void ward_sflow5_read(struct ward_export *x, struct ward_rd *r);

/* tell.c */
bool ward_tell_begin(struct ward_export *x, enum ward_export_name class);
void ward_tell_int(struct ward_export *x, uint32_t name, uint64_t v);
void ward_tell_z(struct ward_export *x, uint32_t name, const char *forever);
void ward_tell_exporter(struct ward_export *x);
void ward_tell_end(struct ward_export *x, ward_ns time);
/* A flow record that is whole. */
void ward_tell_flow(struct ward_export *x, const struct ward_export_record *r);
/* What is new of the datagram's domain: its first sight, skew, sampling. */
void ward_tell_domain(struct ward_export *x);
/* Losses of the domain that were not told. */
void ward_tell_loss(struct ward_export *x, ward_ns now);

#endif
