/* Compressed input as it was before: gzip (RFC 1952), zstd (RFC 8878) and xz, recognised by their
 * first bytes; several members or frames one behind the other are one input.
 *
 * A stream: bytes in, bytes out, in constant memory (zstd's window and xz's dictionary are
 * bounded). Sees untrusted bytes, by way of zlib, libzstd and liblzma. Single-threaded. */
#ifndef WARD_SENSE_UNPACK_H
#define WARD_SENSE_UNPACK_H

#include "base/limit.h"
#include "base/mem.h"

enum ward_packing { WARD_PACKING_NONE, WARD_PACKING_GZIP, WARD_PACKING_ZSTD, WARD_PACKING_XZ };

/* X(NAME, "counter", "what is wrong") */
#define WARD_UNPACK_LIST(X)                                                                    \
	X(GOOD, "input.good", "nothing")                                                       \
	X(DATA, "input.reject.packed", "the compressed data is damaged; what follows is lost") \
	X(SHORT, "input.reject.short", "the compressed data ends too early")                   \
	X(TRAIL, "input.odd.trail", "bytes behind the compressed data are left out")           \
	X(WINDOW, "input.reject.window", "it needs more memory to unpack than is given")       \
	X(SIZE, "input.reject.unpacked", "it unpacks to more than input.unpacked")             \
	X(RATIO, "input.reject.ratio", "it unpacks to more than input.ratio times its size")

enum ward_unpack_fault {
#define X(NAME, counter, what) WARD_UNPACK_##NAME,
	WARD_UNPACK_LIST(X)
#undef X
		WARD_UNPACK_N,
};

/* Both live forever. */
const char *ward_unpack_counter(enum ward_unpack_fault fault);
const char *ward_unpack_text(enum ward_unpack_fault fault);

enum ward_packing ward_unpack_sniff(struct ward_slice head);

struct ward_unpack;

/* packing is not NONE. NOMEM. Borrows mem for its own state; the libraries allocate on the heap. */
WARD_MUST_CHECK enum ward_err ward_unpack_new(const struct ward_mem *mem, enum ward_packing packing,
	const struct ward_limits *lim, struct ward_unpack **ret);
void ward_unpack_free(struct ward_unpack *u);

/* Unpacks from in (end: it is all that is left) into out, at most cap > 0 bytes. OK: *ret_used
 * bytes were taken and *ret_n made; both 0 only when more input is needed. CLOSED at the end, which
 * a fault may be: ward_unpack_fault says which, at byte ward_unpack_off of the input. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_unpack_some(struct ward_unpack *u, struct ward_slice in,
	bool end, uint8_t *out, size_t cap, size_t *ret_used, size_t *ret_n);
enum ward_unpack_fault ward_unpack_fault(const struct ward_unpack *u);
uint64_t ward_unpack_off(const struct ward_unpack *u);

#endif
