/* Files that pass by: dissectors hand their bytes over, a hash is made of them, and one event says
 * at the end who gave what to whom.
 *
 * A dissector begins a file when its sender's message says that one comes, hands its bytes over as
 * they come, in any order by their place in the file, and ends it. What comes in order goes
 * straight from the packet to the hash and the sink; what comes early is kept in chunks of a
 * bounded pool. Contents are in no event. Sees untrusted bytes; single-threaded; all memory is
 * taken at start. */
#ifndef WARD_SENSE_NET_CARVE_CARVE_H
#define WARD_SENSE_NET_CARVE_CARVE_H

#include "sense/net/carve/sink.h"
#include "sense/net/chunk.h"
#include "sense/net/digest.h"
#include "sense/net/dissector.h"
#include "sense/net/lru.h"

#include "base/limit.h"

enum {
	WARD_CARVE_FLOWS = 32, /* a file per so many of net.flows can be open at once */
	WARD_CARVE_LEAST = 16, /* files, whatever net.flows says */
	/* Of net.stream.bytes a fourth is taken for what came early of all files, and 16 times
	 * net.stream.side for what did of one. */
	WARD_CARVE_POOL_SHARE = 4,
	WARD_CARVE_SIDES = 16,
	WARD_CARVE_DECODERS = 8, /* of so many files one can be encoded, and one have parts */
	WARD_CARVE_OUT = 16384,  /* bytes of content at once */
};

struct ward_net_opts;

struct ward_carve {
	bool off;             /* no files are wanted; the rest is empty */
	struct ward_lru file; /* uint32_t number -> struct ward_file of carve.c */
	struct ward_chunk_pool chunks;
	struct ward_hashes **hash; /* n_hash that no file uses, of n_hash_max */
	size_t n_hash, n_hash_max;
	void **decoder;          /* rooms: n_decoder that no file uses, of n_decoder_max */
	uint8_t *decoders, *out; /* those rooms in a row; what one call gives */
	size_t n_decoder, n_decoder_max;
	struct ward_parts **parts, *parts_room; /* in the same way, as many */
	size_t n_parts;
	struct ward_decode_max decode_max;
	unsigned hashes; /* ward_hash_kinds that are told */
	uint32_t number; /* of the last file */
	uint32_t n_ended;
	bool evicting; /* a file is being ended, so that there is room for another */
	const struct ward_file_sink *sink; /* borrowed; NULL: none */
};

/* NOMEM leaves what ward_carve_fini takes. */
WARD_MUST_CHECK enum ward_err ward_carve_init(
	struct ward_net *n, const struct ward_limits *lim, const struct ward_net_opts *opts);
void ward_carve_fini(struct ward_net *n);

/* A file that d's side sends. Gives its number, 0 only when no files are wanted; it is good until
 * the file ends, and after that stands for nothing. When the table is full the one that got bytes
 * least recently is ended; of that no files inside begin any more. Not while an event is being put
 * together. */
uint32_t ward_carve_begin(struct ward_dissect *d, const struct ward_file_meta *m);
/* Bytes at their place in the file. Those that were there before are not looked at. number 0, or of
 * a file that has ended: nothing happens, here and below. O(bytes), plus the file's held chunks
 * when they are early. */
void ward_carve_bytes(struct ward_net *n, uint32_t number, uint64_t off, struct ward_slice bytes);
/* These bytes will not come. */
void ward_carve_gap(struct ward_net *n, uint32_t number, uint64_t off, uint64_t len);
/* The length that the whole file has, once it is known. */
void ward_carve_total(struct ward_net *n, uint32_t number, uint64_t total);
/* All of it has come, and is known to be all. */
bool ward_carve_is_whole(const struct ward_net *n, uint32_t number);
/* Nothing more comes. Sets *number to 0. */
void ward_carve_end(struct ward_net *n, uint32_t *number, enum ward_file_end end);
/* Files that a flow's dissector left open: nobody will end them. */
void ward_carve_leave(struct ward_net *n, struct ward_carve_list *list);

/* event.c: puts the events of the files that have ended since, in that order, as of the current
 * frame: after all else that the frame gave, so that ids of other events do not depend on files. */
void ward_carve_tell(struct ward_net *n);

#endif
