/* What is known of a file that passes by, and whom its bytes may be given to. */
#ifndef WARD_SENSE_NET_CARVE_SINK_H
#define WARD_SENSE_NET_CARVE_SINK_H

#include "event/event.h"
#include "sense/net/carve/decode.h"
#include "sense/net/carve/parts.h"
#include "sense/net/digest.h"

enum {
	WARD_FILE_NOTES = 10,
	WARD_FILE_TEXT = 1280, /* bytes of all notes of a file; what does not fit is left out */
	WARD_FILE_FIRST = 256, /* bytes that tell what it is */
};

/* X(IDENT, "word"): how it ended. */
#define WARD_FILE_END_LIST(X)                                                        \
	X(WHOLE, "whole")     /* as its protocol ends one */                         \
	X(CLOSED, "closed")   /* the connection ended, or could no longer be read */ \
	X(ABORTED, "aborted") /* a peer said so */                                   \
	X(EVICTED, "evicted") /* the table was full */                               \
	X(DAMAGED, "damaged") /* its content coding makes no sense, or is not all */ \
	X(LARGE, "large")     /* it would decode to more than is allowed */          \
	X(TORN, "torn")       /* bytes of what it is in are missing in it */

enum ward_file_end {
#define X(IDENT, word) WARD_FILE_##IDENT,
	WARD_FILE_END_LIST(X)
#undef X
		WARD_FILE_END_N,
};

/* A field of the event. The text is UTF-8 without control characters. */
struct ward_file_note {
	uint32_t field; /* name id */
	struct ward_str text;
};

/* Which piece it is of a resource that came in several (RFC 9110 14). */
struct ward_file_range {
	/* A hash, the same for all that one client got of one resource (its address, version and
	 * coding) from one server; 0: it is of none. In no event: it may have been made of names.
	 */
	uint64_t resource;
	bool piece;           /* it is one; else what lies in it may be */
	uint64_t from, total; /* place of its first byte; bytes of the whole, 0: not said */
};

/* What its sender, or who asked for it, says of a file before it comes. Empty texts are left out.
 */
struct ward_file_meta {
	const char *service; /* lives forever */
	bool has_total;
	bool part; /* of a larger one, as HTTP's ranges give */
	struct ward_file_range range;
	uint64_t total;             /* bytes, as they are sent */
	enum ward_coding coding;    /* that is undone */
	enum ward_parts_kind parts; /* it has files inside */
	struct ward_str boundary;   /* parts: of them, but of a message */
	bool nameless;              /* parts: their names are not told */
	struct ward_file_note note[WARD_FILE_NOTES];
	size_t n_note;
};

/* Who gives it to whom; IPv4 as in struct ward_packet. */
struct ward_file_ends {
	bool from_client; /* of the connection */
	bool has_mac;
	uint8_t ip_version, proto;
	uint16_t vlan, src_port, dst_port;
	uint8_t src_mac[6], dst_mac[6];
	uint8_t src_ip[16], dst_ip[16];
};

struct ward_file_result {
	enum ward_file_end end;
	bool complete;          /* nothing is missing, as far as the protocol can say */
	bool hashed;            /* no byte before the last one is missing */
	bool front;             /* sums are of what lies before missing_at, which is some */
	bool decoded;           /* what was sent was encoded: content is what it stands for */
	uint64_t seen;          /* bytes of content */
	uint64_t sent, missing; /* bytes that came and that did not, as they are sent */
	uint64_t missing_at;    /* missing: place in what is sent of the first that is */
	struct ward_sums sums;
	const char *mime; /* by its first bytes, or NULL; lives forever */
};

/* Takes the very bytes, in order; all slices die with the call. number is the file's; several come
 * at once. No call may come back to the sensor. */
struct ward_file_sink {
	void (*begin)(void *ctx, uint32_t number, const struct ward_file_ends *ends,
		const struct ward_file_meta *m);
	/* The content; NULL: it is not wanted. */
	void (*bytes)(void *ctx, uint32_t number, uint64_t off, struct ward_slice bytes);
	/* The file as it is sent, of which the coding, if any, is the event's file.encoding: for
	 * who undoes it by themselves, since what no decoder gives (fields of a header, what stands
	 * behind the end) is seen by nobody else. After a gap places go on behind it. NULL: it is
	 * not wanted. */
	void (*sent)(void *ctx, uint32_t number, uint64_t off, struct ward_slice bytes);
	/* So many bytes from off on will not come. Of what is decoded nothing is told and nothing
	 * follows: how much it would have been is not known. */
	void (*gap)(void *ctx, uint32_t number, uint64_t off, uint64_t len);
	void (*end)(void *ctx, uint32_t number, const struct ward_file_result *r);
	/* After the end, when all else of its packet was told: its event net.file, which was put
	 * (its arena is not to be used); NULL when none was. range: NULL when it is no piece of a
	 * resource. The function may be NULL. */
	void (*told)(void *ctx, uint32_t number, const struct ward_file_range *range,
		const struct ward_event *e);
	void *ctx;
};

static inline void ward_file_note(struct ward_file_meta *m, uint32_t field, struct ward_str text)
{
	if (text.len && m->n_note < WARD_FILE_NOTES)
		m->note[m->n_note++] = (struct ward_file_note){field, text};
}

#endif
