/* Files that Ward may see: what each is, what lies in it, what is suspicious of it, and why.
 *
 * An inspector is what is known beforehand (rules, hash lists, weights), loaded once from content
 * and the hospital's directory, before any cage. One file is then looked at by ward_inspect_bytes,
 * which is to run in a process of its own, caged (run/inspect.h): it reads untrusted bytes, also by
 * way of libarchive, zlib and libyara, opens nothing, and hands over records (report.h). Not for
 * threads. */
#ifndef WARD_SENSE_FILE_FILE_H
#define WARD_SENSE_FILE_FILE_H

#include "base/counter.h"
#include "base/diag.h"
#include "base/limit.h"
#include "sense/file/report.h"

struct ward_inspector;

/* What others say of a file; empty texts: nothing. */
struct ward_inspect_said {
	struct ward_str name; /* without folders */
	struct ward_str type; /* media type */
	/* HTTP's content codings that it is still in, as "gzip, br" (coding.h): what is looked at,
	 * and hashed, is what it holds. */
	struct ward_str encoding;
	bool cut;    /* not all of what was sent came: its codings may end early */
	bool part;   /* of something larger, which is not there */
	bool differ; /* bytes of it came twice, and were not the same */
};

struct ward_inspect_in {
	const char *content;  /* folder */
	const char *hospital; /* its directory, whose `inspect/` adds to content's; NULL: none */
	const struct ward_limits *lim;
	struct ward_diag *diag;
	const char *indicators; /* one more list of bad files (lists.h); NULL: none */
};

/* Reads DIR/inspect: weights.yml, allow.txt, block.txt, block/NAME.{txt,json}, rules/NAME.yar.
 * CONFIG: findings were added, and there is no inspector; NOMEM; IO. Prepares libyara and
 * libcrypto, so that nothing is opened later. */
WARD_MUST_CHECK enum ward_err ward_inspector_load(
	const struct ward_inspect_in *in, struct ward_inspector **ret);
/* NULL is allowed. */
void ward_inspector_free(struct ward_inspector *i);
const struct ward_inspect_weights *ward_inspector_weights(const struct ward_inspector *i);
size_t ward_inspector_rules(const struct ward_inspector *i);
size_t ward_inspector_hashes(const struct ward_inspector *i);

struct ward_inspect_job {
	const struct ward_inspector *with;
	const struct ward_limits *lim;
	struct ward_inspect_said said;
	struct ward_slice bytes; /* the file; beyond file.bytes it is only hashed */
	int clam;                /* a connection to clamd, or -1; stays open */
	/* Takes records; false: nobody hears them, and it ends. */
	bool (*put)(void *ctx, struct ward_slice records);
	void *ctx;
};

/* Looks at the file and all that lies in it. NOMEM: before anything was looked at. */
WARD_MUST_CHECK enum ward_err ward_inspect_bytes(const struct ward_inspect_job *job);

#endif
