/* Files that passed by, kept in a folder: a file sink (sink.h).
 *
 * A file is written as it comes, as ".coming-N", and gets its name when it ends: SHA256-NAME, NAME
 * being the last part of what its protocol calls it, with letters, digits, dot, dash and underscore
 * only. The same content of the same name is kept once. A file that is not complete is
 * "incomplete-SHA256-NAME": of one with a hole what lies before the first, with its hash; never
 * bytes at a place where they were not.
 *
 * With a public key each file has a key of its own (crypto_secretstream, XChaCha20-Poly1305),
 * sealed for that public key (crypto_box_seal) and then forgotten: who wrote it can't read it. Its
 * name is then of the hash alone, SHA256.sealed, beside it SHA256.key with the sealed key.
 *
 *   sealed  "WARDFILE", version 1, 24 bytes of the stream's head, then pieces: be32 length, that
 * many bytes; the last says that it is the last, also when it is empty.
 *
 * Erasing takes the key first, and proves itself: the names are gone when it says so, on disk.
 * All memory is taken at start. Sees untrusted bytes, which it only copies. Single-threaded; one
 * process per folder. */
#ifndef WARD_SENSE_NET_CARVE_SPOOL_H
#define WARD_SENSE_NET_CARVE_SPOOL_H

#include "base/counter.h"
#include "base/limit.h"
#include "base/mem.h"
#include "sense/net/carve/sink.h"

enum {
	WARD_SPOOL_PUBLIC = 32,      /* X25519 */
	WARD_SPOOL_SEALED = 32 + 48, /* a file's key */
	WARD_SPOOL_OPEN = 256,       /* files that come at once */
	WARD_SPOOL_NAME = 160,       /* bytes of a name, with its zero */
};

struct ward_spool;

struct ward_spool_opts {
	int dir; /* of the folder; borrowed */
	const uint8_t
		*public_key; /* WARD_SPOOL_PUBLIC bytes, copied; NULL: files lie as they are */
};

/* Takes lim's spool.file, spool.files and spool.bytes; what is in the folder counts, what an
 * earlier life left half is removed. IO: the folder can't be read or changed (errno); NOMEM;
 * MALFORMED: the public key is none. *ret is untouched then. Borrows mem. */
WARD_MUST_CHECK enum ward_err ward_spool_new(const struct ward_mem *mem,
	const struct ward_limits *lim, const struct ward_spool_opts *opts, struct ward_spool **ret);
/* Files that have not ended are removed. NULL is allowed. */
void ward_spool_free(struct ward_spool *s);
/* Lives as long as s. */
const struct ward_file_sink *ward_spool_sink(struct ward_spool *s);

/* X(IDENT, "counter"): what became of files that had a byte. */
#define WARD_SPOOL_COUNT_LIST(X)                                                    \
	X(KEPT, "spool.kept")                                                       \
	X(BYTES, "spool.bytes")        /* of those */                               \
	X(SAME, "spool.same")          /* were there already */                     \
	X(LARGE, "spool.skip.large")   /* longer than spool.file */                 \
	X(FULL, "spool.loss.full")     /* spool.files or spool.bytes are there */   \
	X(MANY, "spool.loss.many")     /* more than WARD_SPOOL_OPEN came at once */ \
	X(FAILED, "spool.loss.failed") /* the folder did not take it */

enum ward_spool_count {
#define X(IDENT, name) WARD_SPOOL_##IDENT,
	WARD_SPOOL_COUNT_LIST(X)
#undef X
		WARD_SPOOL_COUNT_N,
};
uint64_t ward_spool_count(const struct ward_spool *s, enum ward_spool_count c);
void ward_spool_counters(const struct ward_spool *s, struct ward_counters *c);
/* errno of the first file that failed; 0: none did. */
int ward_spool_errno(const struct ward_spool *s);

#endif
