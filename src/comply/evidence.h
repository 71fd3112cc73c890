/* Clips that only whoever has the hospital's evidence key can see, and photos of what people
 * report, which have no camera, and whose report stands for the incident.
 *
 * Each clip has a key of its own (crypto_secretstream, XChaCha20-Poly1305), which is sealed for the
 * hospital's public key (crypto_box_seal) and then forgotten: no process can read back what it
 * wrote. The sealed key lies in a file beside the clip's; without it the clip is noise, so it goes
 * first when a clip is erased. Pure; no files, no clock.
 *
 *   file   "WARDCLIP", version 1, lv HEAD, 24 bytes of the stream's head, then pieces: be32 length,
 *          that many bytes. Every piece is bound to HEAD; the last says that it is the last.
 *   HEAD   16 bytes id, 16 bytes incident, lv camera, be64 from, to, made, expires (ns) */
#ifndef WARD_COMPLY_EVIDENCE_H
#define WARD_COMPLY_EVIDENCE_H

#include "base/clock.h"
#include "base/id.h"
#include "base/rd.h"
#include "base/wr.h"

/* In the place of a camera: it is a suspicious file, and its event stands for the incident. */
#define WARD_EVIDENCE_FILE "file:"

enum {
	WARD_EVIDENCE_PUBLIC = 32, /* X25519 */
	WARD_EVIDENCE_SECRET = 32,
	WARD_EVIDENCE_SEALED = 32 + 48, /* a clip's key */
	WARD_EVIDENCE_SUM = 32,         /* SHA-256 of its file as it was written */
	WARD_EVIDENCE_CAMERA_MAX = 256,
	WARD_EVIDENCE_HEAD_MAX = 512, /* and all before the stream */
};

struct ward_evidence {
	struct ward_id id, incident;
	struct ward_str camera;
	ward_ns from, to, made, expires;
};

/* A new pair of keys. Aborts if libsodium can't start, as do the others. */
void ward_evidence_keys(
	uint8_t ret_public[WARD_EVIDENCE_PUBLIC], uint8_t ret_secret[WARD_EVIDENCE_SECRET]);
/* The public one of a secret one. */
void ward_evidence_public(
	const uint8_t secret[WARD_EVIDENCE_SECRET], uint8_t ret[WARD_EVIDENCE_PUBLIC]);
/* Adds the clip's file to w, and gives its sealed key. MALFORMED: the public key is none, or the
 * clip is empty; LIMIT: the camera's name is too long; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_evidence_write(const struct ward_evidence *e,
	const uint8_t public_key[WARD_EVIDENCE_PUBLIC], struct ward_slice clip, struct ward_wr *w,
	uint8_t ret_sealed[WARD_EVIDENCE_SEALED]);
/* What a file says of itself, which is not secret, and which only opening it proves; texts borrow
 * the file, of which the first WARD_EVIDENCE_HEAD_MAX bytes are enough. FOREIGN, VERSION,
 * MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_evidence_read(struct ward_slice file, struct ward_evidence *ret);
/* Adds the clip to w. DENIED: the sealed key is not for this secret key. CORRUPT: the file was
 * changed, or is not whole; what was added to w must not be used. Else as ward_evidence_read;
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_evidence_open(struct ward_slice file,
	const uint8_t sealed[WARD_EVIDENCE_SEALED], const uint8_t secret[WARD_EVIDENCE_SECRET],
	struct ward_wr *w);

#endif
