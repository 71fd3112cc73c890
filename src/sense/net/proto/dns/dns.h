/* One DNS message (RFC 1035 section 4) as a validated struct, and its kin that share the format:
 * multicast DNS (RFC 6762), LLMNR (RFC 4795) and NetBIOS name service (RFC 1002).
 *
 * ward_dns_parse is a pure function over one message of outside bytes. It never recurses; names,
 * pointers, questions, records and text have limits. Text goes into the caller's writer and lives
 * as long as its buffer. */
#ifndef WARD_SENSE_NET_DNS_DNS_H
#define WARD_SENSE_NET_DNS_DNS_H

#include "base/clock.h"
#include "base/rd.h"
#include "base/wr.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_DNS_REASON_LIST(X)                            \
	X(HEADER_SHORT, "net.dns.reject.header.short")     \
	X(STREAM_LENGTH, "net.dns.reject.stream.length")   \
	X(NAME_SHORT, "net.dns.reject.name.short")         \
	X(NAME_LABEL, "net.dns.reject.name.label")         \
	X(NAME_LENGTH, "net.dns.reject.name.length")       \
	X(NAME_POINTER, "net.dns.reject.name.pointer")     \
	X(NAME_HOPS, "net.dns.reject.name.hops")           \
	X(QUESTION_SHORT, "net.dns.reject.question.short") \
	X(RECORD_SHORT, "net.dns.reject.record.short")     \
	X(RECORD_LENGTH, "net.dns.reject.record.length")   \
	X(RECORD_DATA, "net.dns.reject.record.data")       \
	X(OPT, "net.dns.reject.opt")

enum ward_dns_reason {
#define X(IDENT, name) WARD_DNS_##IDENT,
	WARD_DNS_REASON_LIST(X)
#undef X
		WARD_DNS_REASON_N, /* none */
};

enum ward_dns_kind { WARD_DNS_UNICAST, WARD_DNS_MULTICAST, WARD_DNS_LLMNR, WARD_DNS_NETBIOS };

enum {
	WARD_DNS_HEADER = 12,
	WARD_DNS_QUESTIONS = 16, /* kept; more are counted */
	WARD_DNS_RECORDS = 64,
	/* Bytes of text from which on no more records are kept: by pointers a packet of 1.4 kB
	 * could else be told as 18 kB. */
	WARD_DNS_ALL = 8192,
	WARD_DNS_OPTIONS = 16,
	WARD_DNS_TEXT = 2048, /* bytes of text kept of one name or value; more is cut */
	WARD_DNS_HOPS = 127,  /* pointers in one name: as many as it can have labels */
	WARD_DNS_NAME = 255,  /* RFC 1035 2.3.4 */
};

enum {
	WARD_DNS_QUERY_OP = 0,
	WARD_DNS_UPDATE_OP = 5,
	WARD_DNS_TYPE_A = 1,
	WARD_DNS_TYPE_OPT = 41,
	WARD_DNS_CLASS_CH = 3,
};

enum ward_dns_section {
	WARD_DNS_QUESTION,
	WARD_DNS_ANSWER,
	WARD_DNS_AUTHORITY,
	WARD_DNS_ADDITIONAL,
	WARD_DNS_SECTIONS,
};

struct ward_dns_question {
	struct ward_str name; /* without the last dot; "." is the root */
	uint16_t type, class;
	bool unicast; /* RFC 6762 5.4 */
};

struct ward_dns_record {
	struct ward_str name;
	struct ward_str data; /* as in a zone file, RFC 3597 where the type is not known */
	uint16_t type, class;
	uint32_t ttl_s;
	enum ward_dns_section section;
};

struct ward_dns {
	enum ward_dns_kind kind;
	bool has_header; /* all of the header is there */
	uint16_t id, flags;
	bool response;
	uint8_t opcode;
	uint16_t rcode; /* with the upper bits of OPT (RFC 6891 6.1.3) */
	uint16_t count[WARD_DNS_SECTIONS];
	struct ward_dns_question question[WARD_DNS_QUESTIONS];
	size_t n_question; /* kept */
	struct ward_dns_record record[WARD_DNS_RECORDS];
	size_t n_record; /* kept; OPT is not among them */
	/* RFC 6891 */
	bool has_opt, dnssec_ok;
	uint8_t edns_version;
	uint16_t udp_payload_size;
	uint16_t option[WARD_DNS_OPTIONS];
	size_t n_option;
	struct ward_str client_subnet; /* RFC 7871 */
	bool has_error;                /* RFC 8914 */
	uint16_t error;
	size_t n_cut;    /* texts and records that did not fit */
	size_t trailing; /* bytes after the message */
	/* Why and where, when it is malformed. */
	enum ward_dns_reason reason;
	size_t off;
};

/* Bits of the header that are not fields of their own (RFC 1035 4.1.1, RFC 4035 3). */
enum {
	WARD_DNS_AA = 0x0400,
	WARD_DNS_TC = 0x0200,
	WARD_DNS_RD = 0x0100,
	WARD_DNS_RA = 0x0080,
	WARD_DNS_Z = 0x0040,
	WARD_DNS_AD = 0x0020,
	WARD_DNS_CD = 0x0010,
	WARD_DNS_LLMNR_C = 0x0400, /* RFC 4795 2.1.1: conflict, tentative */
	WARD_DNS_LLMNR_T = 0x0100,
	WARD_DNS_NETBIOS_B = 0x0010, /* RFC 1002 4.2.1.1: broadcast */
};

/* Fills all of m. True when the whole message is valid; false with reason and off, and what stood
 * before that. text is reset and takes the texts. */
WARD_MUST_CHECK bool ward_dns_parse(struct ward_slice message, enum ward_dns_kind kind,
	struct ward_wr *text, struct ward_dns *m);
/* Could these be the first bytes of a message of len bytes? Looks at header and first question. */
bool ward_dns_probe(struct ward_slice bytes, size_t len);

/* Queries of one flow that wait for their answer. All bytes zero: none. */
enum { WARD_DNS_WAITING = 8 };
struct ward_dns_flow {
	struct {
		ward_ns since;
		uint16_t id;
		bool is;
	} wait[WARD_DNS_WAITING];
	uint8_t next; /* is overwritten next */
};

/* Remembers a query, the oldest gives way. True: one with this id was waiting already. */
bool ward_dns_asked(struct ward_dns_flow *f, uint16_t id, ward_ns now);
/* The answer to id: *ret_waited is the time since the query. False: none was waiting. */
bool ward_dns_answered(struct ward_dns_flow *f, uint16_t id, ward_ns now, ward_ns *ret_waited);

#endif
