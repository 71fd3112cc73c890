/* Messages between Ward's processes, over SOCK_SEQPACKET pairs that the supervisor made.
 *
 * One datagram, one message: a fixed header (version, type, length, request id), then the body.
 * Requests are idempotent and carry an id; whoever asked asks again when no answer came, so a
 * restarted peer loses nothing. The receiver trusts nobody: the type must be permitted to the peer
 * by a table, and the body is read through the checked cursor. No descriptors are passed. */
#ifndef WARD_RUN_IPC_H
#define WARD_RUN_IPC_H

#include "base/clock.h"
#include "base/err.h"
#include "base/rd.h"
#include "base/wr.h"

/* X(NAME, direction) — bodies are described in run/README.md */
#define WARD_MSG_LIST(X)                                                       \
	X(APPEND, "sensor or brain to journal: records")                       \
	X(APPENDED, "journal: those records are durable, or why not")          \
	X(READ, "brain to journal: records from a sequence on")                \
	X(RECORDS, "journal: some records")                                    \
	X(ACK, "brain to journal: everything below a sequence is dealt with")  \
	X(COMMIT, "brain to store: rows and position, in one transaction")     \
	X(COMMITTED, "store: they are durable, or why not")                    \
	X(RESUME, "brain to store: where was I?")                              \
	X(RESUMED, "store: the last checkpoint and position")                  \
	X(ROWS, "teller or guest to store: rows after a row number")           \
	X(INCIDENTS, "teller to store: the latest revision of each incident")  \
	X(ROW_LIST, "store: some rows")                                        \
	X(TOKENS, "sensor to pseudonym: identities to hide")                   \
	X(TOKEN_LIST, "pseudonym: their tokens")                               \
	X(ROOM, "journal to supervisor: whether it has room for records")      \
	X(STREAM, "camera to video: the packets that follow are of this")      \
	X(PACKET, "camera to video: one of them, and when it came")            \
	X(CAMERA, "camera to video: how the camera is")                        \
	X(CHOICE, "onvif to camera, on to video: the stream that is taken")    \
	X(AGAIN, "video to camera, config to api: I began; what is asked?")    \
	X(CLIP, "clips to video: what you saw then, blurred")                  \
	X(FOOTAGE, "video to clips: a part of it, or why there is none")       \
	X(SEND, "respond to send: a message for the recipient")                \
	X(SENT, "send to respond: what became of it")                          \
	X(DECIDE, "desk to whom it concerns: what a person decided")           \
	X(DECIDED, "to desk: what became of it")                               \
	X(PROPOSE, "playbook to act: what a person should look at")            \
	X(PROPOSED, "act: what became of it")                                  \
	X(PHOTO, "to desk, on to photo, on to clips: a piece of a photo")      \
	X(SIGN, "api to login: who signs in, or is signed in?")                \
	X(SIGNED, "login: what became of it, and who that is")                 \
	X(RECKON, "api to reckon: what if, and how?")                          \
	X(RECKONED, "reckon: the answer, or why there is none")                \
	X(BACKUP, "guest to store: copy the database beside itself")           \
	X(BACKED_UP, "store: the copy is whole, or why not")                   \
	X(DIRECT, "login to directory: what does the hospital's say?")         \
	X(DIRECTED, "directory: what it says")                                 \
	X(ENTER, "api to login: a browser signs in at the directory")          \
	X(POST, "api to ingest: events that somebody posts")                   \
	X(POSTED, "ingest: what became of them")                               \
	X(CONFIGURE, "api to config: a part of a question, or the next one?")  \
	X(CONFIGURED, "config: go on, or a part of the answer")                \
	X(ANEW, "config to supervisor: what is to begin anew")                 \
	X(FETCH, "api to clips: a piece of what somebody has a reading of")    \
	X(FETCHED, "clips: it, sealed as it lies there")                       \
	X(STILL, "desk to video: what the camera shows now, blurred")          \
	X(STILL_IS, "video to desk: it, or why there is none")                 \
	X(LEAVES, "notary, guest to store: leaves after a row number")         \
	X(LEAF_LIST, "store: some leaves, and the ledger's head")              \
	X(REVEAL, "desk to pseudonym: whom does this token stand for?")        \
	X(REVEALED, "pseudonym: whom, of those that the hospital lists")       \
	X(ROTATE, "desk to pseudonym: another key, by 16 bytes of a decision") \
	X(ROTATED, "pseudonym: so it is noted")                                \
	X(WITHDRAW, "respond to send: nobody need hear that message any more") \
	X(HOLD, "standby to journal: up to where it may acknowledge")          \
	X(HELD, "journal: so it does, and where it ends now")                  \
	X(FILE, "net to file: a file that passes by: run/filing.h")            \
	X(UPLOAD, "to login, on to file: a piece of a file that is handed in") \
	X(UPLOAD_BY, "api to login: the same, by a machine: run/upload.h")     \
	X(WHOLE, "quorum, guest to store: rows whole, after those elsewhere")  \
	X(WHOLE_LIST, "store: some rows, with salts")                          \
	X(GONE, "quorum, guest to store: which of these rows are erased?")     \
	X(GONE_LIST, "store: their numbers")                                   \
	X(TOOL, "play to stage: how many were sent before, a step")            \
	X(TOOL_IS, "stage: 1, its tool runs; 0, it can't")

enum ward_msg_type {
	WARD_MSG_NONE,
#define X(NAME, what) WARD_MSG_##NAME,
	WARD_MSG_LIST(X)
#undef X
		WARD_MSG_N,
};
const char *ward_msg_name(enum ward_msg_type t);

enum { WARD_MSG_HEADER = 12, WARD_MSG_MAX = 160 * 1024, WARD_MSG_BODY_MAX = WARD_MSG_MAX - 12 };

struct ward_msg {
	enum ward_msg_type type;
	uint32_t id;
	struct ward_rd body; /* looks into the buffer that it was received into */
};

/* Sends one message. AGAIN when the queue is full and the descriptor does not block, CLOSED when
 * the peer is gone for good, LIMIT over WARD_MSG_BODY_MAX, IO. Nothing is ever sent in part. */
WARD_MUST_CHECK enum ward_err ward_msg_send(
	int fd, enum ward_msg_type type, uint32_t id, struct ward_slice body);
/* Receives one into buf (WARD_MSG_MAX bytes). AGAIN when there is none, CLOSED, MALFORMED (a
 * message that is no such thing was taken off and dropped), IO. */
WARD_MUST_CHECK enum ward_err ward_msg_recv(int fd, uint8_t *buf, struct ward_msg *ret);

/* Asks and waits for the answer with the same id and the given type; asks again each `again`
 * until `give_up` has passed (0: never). Answers with other ids are dropped: they are for requests
 * of a former life. CLOSED, AGAIN (gave up), MALFORMED, IO. The descriptor must block. */
enum { WARD_ASK_ALSO = 40 };
struct ward_ask {
	int fd;
	uint32_t next_id; /* start at something random */
	ward_ns again, give_up;
	/* the peer answers also who is not let in, by the id 0 and before it was asked: that is
	 * taken for the answer, and read even though the peer has closed */
	bool turned_away;
	/* when one of these can be read it gives up at once; -1 is none */
	const int *also;
	size_t n_also; /* at most WARD_ASK_ALSO */
	const struct ward_clock *clock;
	uint8_t buf[WARD_MSG_MAX];
};
WARD_MUST_CHECK enum ward_err ward_ask(struct ward_ask *a, enum ward_msg_type type,
	struct ward_slice body, enum ward_msg_type answer, struct ward_msg *ret);

#endif
