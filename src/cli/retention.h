/* What is kept, what was erased and what is held, of a running or stopped `ward run`, for the
 * commands `ward retention …`: the ledger's rows, the journal's records, the hospital's sources and
 * register. Read only. */
#ifndef WARD_CLI_RETENTION_H
#define WARD_CLI_RETENTION_H

#include "cli/audit.h"
#include "cli/permit.h"
#include "comply/retained.h"
#include "processing/processing.h"
#include "report/doc.h"

enum { WARD_CLI_KEPT_SOURCES = 512 };

/* What one source gave that the journal has. */
struct ward_cli_kept_source {
	char id[72];
	const struct ward_source *s;       /* NULL: it is not in sources.yml */
	const struct ward_proc_verdict *v; /* NULL: no personal data, or not of the register */
	uint64_t n, n_held, n_due, n_late; /* records; held; over by the horizon; over long ago */
	ward_ns oldest;
};
/* Of rows of a kind, or of clips and photos. */
struct ward_cli_kept_rows {
	uint64_t n, n_held, n_due; /* due: those that an open incident names stay nevertheless */
	ward_ns oldest;
};

struct ward_cli_retention {
	const struct ward_cmd *cmd;
	struct ward_cli_hospital x;
	struct ward_cli_audit at;
	ward_ns now, since, horizon; /* erased since; over by the horizon */
	struct ward_retained is;
	struct ward_processing p;
	struct ward_proc_verdict v[WARD_CLI_KEPT_SOURCES];
	size_t n_v;
	struct ward_cli_kept_source source[WARD_CLI_KEPT_SOURCES];
	size_t n_source, n_source_lost;
	struct ward_cli_kept_rows rows[WARD_ROW_KIND_LAST + 1];
	struct ward_cli_kept_rows clips;
	uint64_t n_damaged; /* places of the journal that can't be read */
	ward_ns shortest;   /* of the sources' retentions */
};

/* Of the ledger alone: deletions and holds. An exit code; it was said. */
int ward_cli_retention_ledger(struct ward_cli_retention *r);
/* And of all else: x.dir is set. */
int ward_cli_retention_all(struct ward_cli_retention *r);
void ward_cli_retention_close(struct ward_cli_retention *r);

/* Ids of what a source watches, and of what that is in, blanks between; s may be NULL. */
struct ward_str ward_cli_source_places(
	const struct ward_model *m, const struct ward_source *s, struct ward_wr *w);
/* Those of the holds that last. */
void ward_cli_holds(const struct ward_retained *is, ward_ns now, struct ward_holds *ret);

/* As a document, and as JSON. */
void ward_cli_retention_tell(
	const struct ward_cli_retention *r, struct ward_lang *lang, struct ward_doc *d);
void ward_cli_retention_json(const struct ward_cli_retention *r, struct ward_json *j);

#endif
