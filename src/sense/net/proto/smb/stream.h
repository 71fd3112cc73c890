/* What the SMB dissector keeps of one connection, shared by its files only. */
#ifndef WARD_SENSE_NET_SMB_STREAM_H
#define WARD_SENSE_NET_SMB_STREAM_H

#include "sense/net/proto/dce_rpc/rpc.h"
#include "sense/net/proto/smb/smb.h"
#include "sense/net/sensor.h"

enum {
	WARD_SMB_PENDING = 32, /* requests without their answer */
	WARD_SMB_SLOTS = 16,   /* open files, and names that wait for an answer */
	WARD_SMB_TREES = 6,
	WARD_SMB_PIPES = 3,  /* named pipes whose calls are followed at once */
	WARD_SMB_NAME = 240, /* bytes kept of a file's path: its end */
	WARD_SMB_SHARE = 96,
	WARD_SMB_SAMPLE = 4096, /* of one write, for its entropy; shorter ones say too little */
	WARD_SMB_SAMPLE_LEAST = 64,
};

enum ward_smb_slot_state { WARD_SMB_SLOT_FREE, WARD_SMB_SLOT_WAITS, WARD_SMB_SLOT_OPEN };

/* A name that is asked for, then the open file. */
struct ward_smb_slot {
	uint8_t state; /* enum ward_smb_slot_state */
	uint8_t side;  /* who opened it: 0 the flow's client */
	bool pipe, delete_pending, directory;
	uint8_t n_name;
	char name[WARD_SMB_NAME];
	uint32_t tree;
	uint64_t fid, order;
	uint32_t reads, writes;
	uint64_t read_bytes, write_bytes;
	uint64_t entropy, sampled; /* sum of entropy * bytes, and of bytes */
	uint64_t size;             /* as it was when it was opened */
	uint32_t read, written;    /* what passes by of it in either direction: file's number */
};

/* What is still to come of a message whose front has been read: data of a file first. */
struct ward_smb_bulk {
	uint64_t left, data; /* bytes */
	uint64_t offset;     /* of the data in the file */
	uint32_t file;
};

struct ward_smb_pending {
	bool used;
	bool interim; /* STATUS_PENDING was answered: may take for ever */
	bool cleartext;
	uint8_t side, version;
	uint8_t slot, new_slot; /* index + 1; 0: none */
	enum ward_smb_op op;
	uint16_t command;
	uint64_t mid, fid, order, offset;
	uint32_t tree, pid;
	ward_ns time;
	uint32_t access, disposition, options, info;
	bool delete_pending;
	struct ward_smb_trans trans;
	const char *anomaly;
};

/* Calls on one open named pipe. */
struct ward_smb_pipe {
	bool used;
	uint64_t fid, order;
	struct ward_rpc rpc;
};

struct ward_smb_tree {
	bool used, pipe;
	uint32_t id;
	uint64_t order;
	uint8_t n_path;
	char path[WARD_SMB_SHARE];
};

struct ward_smb_flow {
	bool seen; /* a valid message */
	bool lost[2];
	bool told_encrypted, told_compressed;
	bool offers_challenge; /* SMB 1: passwords do not come as they are */
	bool kerberos;         /* the last session setup's token */
	uint8_t closed;        /* sides, as bits */
	uint8_t chain;         /* slot + 1 of the file of this compound */
	uint8_t n_dialect, n_dialect_seen, dialect_version;
	uint16_t dialect[WARD_SMB_DIALECTS]; /* offered */
	uint64_t order;
	struct ward_ntlm_session ntlm, pipe_ntlm;
	struct ward_smb_pipe pipe[WARD_SMB_PIPES];
	struct ward_smb_bulk bulk[2];     /* by side */
	struct ward_ntlm_text os, lanman; /* of the client */
	struct ward_smb_pending pending[WARD_SMB_PENDING];
	struct ward_smb_slot slot[WARD_SMB_SLOTS];
	struct ward_smb_tree tree[WARD_SMB_TREES];
};

static inline unsigned ward_smb_side(const struct ward_dissect *d)
{
	return d->from_client ? 0 : 1;
}

/* state.c: one message's meaning for the connection, and its events. */
void ward_smb_see(struct ward_dissect *d, struct ward_smb *m);
/* Nothing more will come: requests and files that are still open are told. */
void ward_smb_finish(struct ward_dissect *d);

/* pipe.c: bytes of d's side on a named pipe, and its end; s: the pipe's slot, or NULL */
void ward_smb_pipe_bytes(struct ward_dissect *d, const struct ward_smb_slot *s, uint64_t fid,
	const struct ward_smb *m);
bool ward_smb_pipe_known(const struct ward_smb_flow *f, uint64_t fid);
void ward_smb_pipe_end(struct ward_dissect *d, const struct ward_smb_slot *s, uint64_t fid);

/* carve.c: bytes of an open file that m, of d's side, reads or writes at an offset; more of them
 * may be behind its front. */
void ward_smb_carve(
	struct ward_dissect *d, struct ward_smb_slot *s, const struct ward_smb *m, uint64_t offset);
/* Bytes behind the front of a message: how many were taken. */
size_t ward_smb_carve_more(struct ward_dissect *d, struct ward_slice bytes);
void ward_smb_carve_gap(struct ward_dissect *d, uint64_t lost);
void ward_smb_carve_end(struct ward_dissect *d, struct ward_smb_slot *s, bool whole);

/* text.c: what is kept of a name: its end, in whole characters. */
size_t ward_smb_tail(struct ward_slice s, bool unicode, char *ret, size_t cap);
void ward_smb_keep(struct ward_ntlm_text *t, struct ward_slice s, bool unicode);

/* events.c; m: the answer, NULL when there was none. The names of DCE/RPC and NTLM follow its own.
 */
const uint32_t *ward_smb_rpc_names(const struct ward_dissect *d);
bool ward_smb_name_at(size_t i, struct ward_wr *w);
void ward_smb_tell(
	struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m);
enum ward_smb_end { WARD_SMB_END_CLOSE, WARD_SMB_END_FLOW, WARD_SMB_END_PUSHED };
void ward_smb_tell_file(
	struct ward_dissect *d, const struct ward_smb_slot *s, enum ward_smb_end end);
void ward_smb_tell_anomaly(struct ward_dissect *d, const struct ward_smb *m, const char *anomaly);
void ward_smb_tell_encrypted(struct ward_dissect *d, struct ward_slice front);
void ward_smb_tell_compressed(struct ward_dissect *d, struct ward_slice front, size_t total);
void ward_smb_tell_netbios(
	struct ward_dissect *d, const struct ward_smb_frame *frame, struct ward_slice front);

#endif
