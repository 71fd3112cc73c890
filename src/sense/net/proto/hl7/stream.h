/* What the HL7 dissector keeps of one connection, shared by its files only. */
#ifndef WARD_SENSE_NET_HL7_STREAM_H
#define WARD_SENSE_NET_HL7_STREAM_H

#include "sense/net/proto/hl7/hl7.h"
#include "sense/net/sensor.h"

enum {
	WARD_HL7_LINE = 1024,  /* longest MSH */
	WARD_HL7_PENDING = 32, /* messages that wait for their answer */
	WARD_HL7_SEGMENTS = 24,
	WARD_HL7_DEVICE = 64, /* bytes of a device's name that are kept */
};

enum ward_hl7_state {
	WARD_HL7_BETWEEN, /* before a message */
	WARD_HL7_INSIDE,  /* after its MSH */
	WARD_HL7_LOST,    /* after a gap: a start of block is looked for */
};

struct ward_hl7_code {
	uint8_t len;
	char p[7];
};

/* What a message says of a device, as it was sent. */
struct ward_hl7_text {
	uint8_t len;
	char p[WARD_HL7_DEVICE];
};

/* A message that was not answered yet. */
struct ward_hl7_pending {
	bool used, committed;
	uint8_t side;
	uint32_t batch;   /* that it is in; 0: none */
	uint64_t control; /* hash of MSH-10: the id itself is not kept */
	uint64_t order;
	ward_ns begin;
	struct ward_hl7_code type, trigger;
};

/* The message that one direction is in, and the segment that it is in. */
struct ward_hl7_side {
	enum ward_hl7_state state;
	bool framed;    /* begun by a start of block */
	bool after_fs;  /* an end of block was seen, its CR not yet */
	bool closed;    /* nothing will follow */
	bool ended;     /* unframed: the last byte ended a segment */
	uint32_t batch; /* that it is in, as ward_hl7_flow counts them; 0: none */
	uint16_t n_msh, n_line;
	bool line_long;
	char separator, component;
	uint32_t n_segment, n_other, n_err;
	uint64_t bytes;
	uint8_t n_kind;
	uint8_t kind[WARD_HL7_SEGMENTS]; /* ward_hl7_segment_at */
	uint32_t count[WARD_HL7_SEGMENTS];
	bool has_msa;
	struct ward_hl7_code ack, err_code, severity;
	uint32_t n_device; /* segments that name one; the first of them: */
	struct ward_hl7_text device, device_universal, device_udi;
	bool has_visit;
	struct ward_hl7_text point, prior; /* of the first PV1 */
	uint64_t answers;                  /* hash of MSA-2 */
	char msh[WARD_HL7_LINE];
	char line[WARD_HL7_LINE];
};

struct ward_hl7_flow {
	bool seen;             /* a message */
	uint32_t forgotten[2]; /* messages of a side whose answers may come, not waited for any more
				*/
	uint64_t order;
	uint32_t n_batch;
	struct ward_hl7_side side[2];
	struct ward_hl7_pending pending[WARD_HL7_PENDING];
};

extern const char *const ward_hl7_reasons[WARD_HL7_REASON_N];

static inline unsigned ward_hl7_side_of(const struct ward_dissect *d)
{
	return d->from_client ? 0 : 1;
}

static inline struct ward_str ward_hl7_code_str(const struct ward_hl7_code *c)
{
	return (struct ward_str){c->p, c->len};
}

/* pending.c. Control ids are compared as hashes only. */
uint64_t ward_hl7_hash(struct ward_str control);
void ward_hl7_keep(struct ward_hl7_code *c, struct ward_str s);
/* Begins with the name of a batch's or a file's header or trailer (2.10.3)? */
bool ward_hl7_is_batch(const char *p, size_t len);
/* The side sends that segment. */
void ward_hl7_batch(struct ward_hl7_flow *f, unsigned side, struct ward_str line);
/* Among those that wait for side 0, or for side 1; NULL: none. */
struct ward_hl7_pending *ward_hl7_oldest(struct ward_hl7_flow *f, bool for0, bool for1);
/* Nobody will answer it. */
void ward_hl7_give_up(struct ward_dissect *d, struct ward_hl7_pending *p);
/* The side's message, which has ended, wants an answer. */
void ward_hl7_await(struct ward_dissect *d, unsigned side, const struct ward_hl7_msh *m);
/* The side's message with that id; NULL: none waits. */
struct ward_hl7_pending *ward_hl7_asked(struct ward_hl7_flow *f, unsigned side, uint64_t control);
/* The side's message with an MSA has ended; asked is what it names, or NULL. */
void ward_hl7_settle(struct ward_hl7_flow *f, unsigned side, struct ward_hl7_pending *asked);
/* The side says that a message has arrived, or not, and no more. */
void ward_hl7_commit(struct ward_dissect *d, unsigned side, bool accepted);

/* events.c */
/* An acknowledgement of the transport, of asked or of nothing that is known. */
void ward_hl7_tell_commit(
	struct ward_dissect *d, unsigned side, const struct ward_hl7_pending *asked, bool accepted);
bool ward_hl7_name_at(size_t i, struct ward_wr *w);
/* The message that `side` has just ended; asked is what it answers, or NULL; forgot: that may have
 * been seen. cut: it did not end as it should. */
void ward_hl7_tell_message(struct ward_dissect *d, unsigned side,
	const struct ward_hl7_pending *asked, bool forgot, bool cut);
void ward_hl7_tell_unanswered(struct ward_dissect *d, const struct ward_hl7_pending *p);

#endif
