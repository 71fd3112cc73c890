/* What a hospital without a network gets from its maker: one signed file with rules, packages,
 * lists of weaknesses, SBOM and VEX.
 *
 * A bundle is a tar archive (ustar, POSIX.1-2017, not compressed) of plain files: `manifest.json`,
 * `manifest.sig`, then each member that the manifest names, in byte order of the paths:
 *   {"ward_bundle":1,"version":"2026.48.1","ward":"0.1.0","follows":["2026.44.1"],
 *    "members":[{"path":"content/threats.yml","kind":"content","size":4711,"sha256":"hex"}, …]}
 * `manifest.sig` has three lines: "ward-bundle-signature 1", "key ID" (the first 8 bytes of the
 * SHA-256 of the public key, in hexadecimal digits), "signature HEX" (Ed25519, RFC 8032, over the
 * manifest's bytes). Of a manifest nothing is read before its signature is good by a trusted key;
 * of the same folder the same bytes are made.
 * Faces whoever could put a file on a USB stick. Single-threaded. What is wrong is a finding that
 * names the member and the mend. */
#ifndef WARD_UPDATE_UPDATE_H
#define WARD_UPDATE_UPDATE_H

#include "backup/tar.h"
#include "conf/conf.h"

#define WARD_UPDATE_MANIFEST "manifest.json"
#define WARD_UPDATE_SIGNATURE "manifest.sig"

enum {
	WARD_UPDATE_MANIFEST_MAX = 8 << 20, /* bytes */
	WARD_UPDATE_MEMBERS = 20000,
	WARD_UPDATE_FOLLOWS = 64,
	WARD_UPDATE_VERSION = 32, /* bytes of one, with its end */
	WARD_UPDATE_KEY = 32,     /* of Ed25519: a public key, and a seed */
	WARD_UPDATE_KEYS = 16,
	WARD_UPDATE_ID = 17,         /* a key's id as text, with its end */
	WARD_UPDATE_SIG_MAX = 512,   /* bytes of `manifest.sig` */
	WARD_UPDATE_READ = 16 << 20, /* bytes of an SBOM or VEX, which are read whole */
};

/* The kind is the path's first folder: `packages/ward_0.1.0_amd64.deb`. */
enum ward_update_kind {
	WARD_UPDATE_CONTENT,
	WARD_UPDATE_PACKAGE,
	WARD_UPDATE_VULNERABILITIES,
	WARD_UPDATE_SBOM,
	WARD_UPDATE_VEX,
	WARD_UPDATE_DOCUMENT,
	WARD_UPDATE_KIND_N,
};

struct ward_update_member {
	struct ward_str path;
	enum ward_update_kind kind;
	uint64_t size;
	uint8_t sha256[32];
};
struct ward_update {
	struct ward_str version;  /* of the bundle */
	struct ward_str ward;     /* the Ward that it is for */
	struct ward_str *follows; /* versions that it may come after; none: any older one */
	size_t n_follows;
	struct ward_update_member *member; /* in byte order of the paths */
	size_t n_member;
};

/* Where what is read goes, and what is wrong with it. */
struct ward_update_in {
	struct ward_arena *arena;
	const struct ward_limits *lim;
	struct ward_diag *diag;
	struct ward_str name; /* of the file, in findings */
};

/* ---- forms: pure ---- */

/* One to four decimal numbers with points between, each of at most six digits, no leading zero. */
bool ward_update_version_ok(struct ward_str s);
/* Of two that are ok: < 0, 0, > 0, number by number; one that is left out is 0. */
int ward_update_version_cmp(struct ward_str a, struct ward_str b);
/* "content"; also the name of its folder. */
const char *ward_update_kind_name(enum ward_update_kind k);
const char *ward_update_kind_folder(enum ward_update_kind k);
/* Of a path; KIND_N: of none. */
enum ward_update_kind ward_update_kind_of(struct ward_str path);
/* Texts live as long as the arena. CONFIG (findings), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_update_parse(
	const struct ward_update_in *in, struct ward_slice text, struct ward_update *ret);
void ward_update_write(const struct ward_update *u, struct ward_wr *w);
const struct ward_update_member *ward_update_find(
	const struct ward_update *u, struct ward_str path);
/* Is this a member of that kind? bytes: all of an SBOM or VEX (CycloneDX 1.4 to 1.6 or
 * SPDX 2.2, 2.3; CSAF 2.0, CycloneDX or OpenVEX), of others at least the first 8, or all. CONFIG (a
 * finding). */
WARD_MUST_CHECK enum ward_err ward_update_check_kind(const struct ward_update_in *in,
	const struct ward_update_member *m, struct ward_slice bytes);
/* Is a member of that kind read whole to be checked? */
bool ward_update_is_read(enum ward_update_kind k);

/* ---- keys ---- */

struct ward_update_keys {
	uint8_t key[WARD_UPDATE_KEYS][WARD_UPDATE_KEY];
	size_t n;
};
void ward_update_key_id(const uint8_t key[WARD_UPDATE_KEY], char ret[WARD_UPDATE_ID]);
/* Adds the public keys of a text: 64 hexadecimal digits a line, then a blank and whose it is; '#'
 * begins a comment. CONFIG (findings). */
WARD_MUST_CHECK enum ward_err ward_update_keys_parse(
	const struct ward_update_in *in, struct ward_slice text, struct ward_update_keys *keys);
/* A pair; wipe the seed. */
void ward_update_key_new(uint8_t ret_public[WARD_UPDATE_KEY], uint8_t ret_seed[WARD_UPDATE_KEY]);
void ward_update_key_public(const uint8_t seed[WARD_UPDATE_KEY], uint8_t ret[WARD_UPDATE_KEY]);
void ward_update_sign(
	const uint8_t seed[WARD_UPDATE_KEY], struct ward_slice manifest, struct ward_wr *w);
/* Is `sig` of a trusted key, over the manifest's bytes? CONFIG (a finding). */
WARD_MUST_CHECK enum ward_err ward_update_signed(const struct ward_update_in *in,
	const struct ward_update_keys *keys, struct ward_slice manifest, struct ward_slice sig);

/* ---- the file ---- */

/* Told while a bundle is read; any error ends the reading. Each may be NULL. What `end` concludes
 * is as the manifest says; that nothing is missing or too much is known when ward_update_read is
 * OK. */
struct ward_update_take {
	/* manifest and signature as they came, once they are good; then what they say */
	enum ward_err (*proof)(void *ctx, struct ward_slice manifest, struct ward_slice sig);
	enum ward_err (*start)(void *ctx, const struct ward_update *u);
	enum ward_err (*begin)(void *ctx, const struct ward_update_member *m);
	enum ward_err (*bytes)(void *ctx, struct ward_slice s);
	enum ward_err (*end)(void *ctx);
	void *ctx;
};
/* Reads fd from where it is to its end. CONFIG (findings), IO (errno), NOMEM, those of take. */
WARD_MUST_CHECK enum ward_err ward_update_read(const struct ward_update_in *in, int fd,
	const struct ward_update_keys *keys, const struct ward_update_take *take,
	struct ward_update *ret);

/* What runs, and what was allowed by name. Empty: nothing, nothing known. */
struct ward_update_runs {
	struct ward_str version; /* of the bundle that runs */
	struct ward_str highest; /* of those that ran or are unpacked; empty: that which runs */
	struct ward_str ward;    /* of the program */
	struct ward_str allowed; /* a version that may be older, or follow what it does not name */
};
/* May it come after what runs? CONFIG (a finding). */
WARD_MUST_CHECK enum ward_err ward_update_may_follow(const struct ward_update_in *in,
	const struct ward_update *u, const struct ward_update_runs *runs);

/* What is in a folder as a bundle to fd: u has version, ward and follows, and gets the members.
 * CONFIG (findings), IO, FULL (errno), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_update_make(const struct ward_update_in *in, const char *folder,
	const uint8_t seed[WARD_UPDATE_KEY], int fd, struct ward_update *u);

/* An error of in->name, as ward_diag_addf. CONFIG. */
enum ward_err ward_update_bad(const struct ward_update_in *in, const char *fmt, ...)
	WARD_PRINTF(2, 3);

#endif
