/* The bodies of the messages that carry records: written by one side, read by the other.
 *
 * APPEND   varint n; n × (u8 lane, be16 type, varint length, bytes)
 * APPENDED u8 error, be64 sequence of the first record
 * READ     be64 from, be32 most records
 * RECORDS  (be64 seq, be64 time, u8 lane, be16 type, be32 source, lv data) … to the end; nothing at
 *          all: the journal ends before `from`, it is not the one that the reader knew
 * ACK      be64 sequence
 * HOLD     be64 sequence: what comes before it may be acknowledged, and read
 * HELD     be64 sequence that the next record gets
 * TOKENS, TOKEN_LIST  varint n; n × lv text
 *
 * Readers face bytes of another process, which may have been taken over: everything is checked. */
#ifndef WARD_RUN_WIRE_H
#define WARD_RUN_WIRE_H

#include "journal/journal.h"
#include "run/ipc.h"

enum {
	WARD_WIRE_BATCH_MAX = 1024,
	/* of one record's data: the room that is left of a RECORDS with this record alone, since
	 * what may be appended must also find room on its way out */
	WARD_WIRE_RECORD_MAX = WARD_MSG_BODY_MAX - 32,
};

/* An APPEND under construction in a buffer of the caller; begin, add …, then its text is the body.
 */
struct ward_batch {
	struct ward_wr w;
	size_t n, n_evidence;
	uint8_t buf[WARD_MSG_BODY_MAX];
};
void ward_batch_begin(struct ward_batch *b);
/* False when the record has no room: send the batch and begin anew. A record that has no room in
 * an empty batch never has. */
bool ward_batch_add(struct ward_batch *b, enum ward_lane lane, enum ward_record_type type,
	struct ward_slice data);
/* The body; valid until the next begin or add. */
struct ward_slice ward_batch_body(struct ward_batch *b);

/* Reads an APPEND into rec (at most WARD_WIRE_BATCH_MAX), whose data borrow the message. Lanes
 * outside `lanes` (bit mask) are DENIED, anything else that is wrong is MALFORMED, and so is a
 * record longer than WARD_WIRE_RECORD_MAX. */
WARD_MUST_CHECK enum ward_err ward_wire_append(struct ward_rd *body, unsigned lanes,
	uint32_t source, struct ward_record *rec, size_t *ret_n);

/* One record of a RECORDS body. */
void ward_wire_put_record(struct ward_wr *w, const struct ward_record *rec);
WARD_MUST_CHECK enum ward_err ward_wire_get_record(struct ward_rd *body, struct ward_record *ret);

#endif
