/* One command of an SMB 1 message while it is read, shared by smb1.c and trans.c only. */
#ifndef WARD_SENSE_NET_SMB_SMB1_H
#define WARD_SENSE_NET_SMB_SMB1_H

#include "sense/net/proto/smb/smb.h"

struct ward_smb1_block {
	struct ward_slice front; /* the message from its header on */
	size_t total;
	struct ward_rd words, bytes;
	size_t n_word, words_at, bytes_at; /* offsets from the header */
	struct ward_smb *m;
};

/* Bytes at an offset from the header: those that are there. False: they lie outside. */
bool ward_smb1_buffer(
	const struct ward_smb1_block *b, size_t off, size_t len, struct ward_slice *ret);
/* Text of b->bytes up to its NUL or the end, in the message's encoding. */
struct ward_slice ward_smb1_text(struct ward_smb1_block *b);
/* The next word is the message's file id. */
void ward_smb1_fid(struct ward_smb1_block *b);

/* trans.c, called with what stands in words and bytes */
void ward_smb1_trans_request(struct ward_smb1_block *b);
void ward_smb1_trans_response(struct ward_smb1_block *b);
void ward_smb1_trans_secondary(struct ward_smb1_block *b);
void ward_smb1_nt_trans_request(struct ward_smb1_block *b);
void ward_smb1_nt_trans_secondary(struct ward_smb1_block *b);

#endif
