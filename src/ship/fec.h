/* Shards that make up for lost ones: a systematic Reed-Solomon code over GF(256) with a Cauchy
 * matrix (Blömer et al., An XOR-Based Erasure-Resilient Coding Scheme, ICSI TR-95-048, section 4):
 * any k of the k data and m parity shards give the data again, whichever are lost, in a burst or
 * not. Pure functions; what they are given is ours. O(k m len) bytes. */
#ifndef WARD_SHIP_FEC_H
#define WARD_SHIP_FEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WARD_FEC_DATA = 64,
	WARD_FEC_PARITY = 16,
	WARD_FEC_SHARDS = WARD_FEC_DATA + WARD_FEC_PARITY
};

/* shard: k shards of data, len bytes each, one behind the other, and room for m of parity behind
 * them, which is filled. 1 <= k <= WARD_FEC_DATA, m <= WARD_FEC_PARITY. */
void ward_fec_encode(uint8_t *shard, size_t k, size_t m, size_t len);
/* have: which of the k + m shards are there. Fills the missing ones of data; those of parity are
 * spoilt. False: fewer than k are there, and nothing was done. */
bool ward_fec_decode(
	uint8_t *shard, const bool have[WARD_FEC_SHARDS], size_t k, size_t m, size_t len);

#endif
