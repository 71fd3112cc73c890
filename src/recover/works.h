/* How things come back: what must be done to a thing that a threat is on, how long that takes and
 * which team does it; what comes back by itself once its causes are gone; how long services can do
 * without. Data: content/recovery/ and DIR/recovery/ (docs/content.md).
 *
 * Loaded whole, then read-only; everything is resolved against one model, which must outlive it.
 * Faces files that people write. */
#ifndef WARD_RECOVER_WORKS_H
#define WARD_RECOVER_WORKS_H

#include "recover/read.h"

/* A work, a wait, a delay, a time that is borne: at most 366 days. */
#define WARD_WORK_LONGEST ((ward_ns)366 * 24 * 3600 * WARD_NS_PER_S)

enum { WARD_TEAMS_MAX = 16, WARD_WORKS_MAX = 1024, WARD_TEAM_NUMBER_MAX = 64 };

struct ward_team {
	struct ward_str id, name;
	uint32_t number; /* how many there are */
};

struct ward_work {
	struct ward_str id, text; /* text: of work that people do */
	const uint32_t *threat;   /* none: any */
	size_t n_threat;
	uint32_t class; /* WARD_NONE: any */
	bool heals;     /* nobody need do anything: it is back so long after its causes are gone */
	bool start;     /* by this a thing is started that a loop of supplies keeps down */
	bool cause;     /* only where the incident began */
	/* It heals although the incident is seen by it, where what comes by this relation is
	 * missing, too: it is only the sign of that. WARD_REL_N: never. */
	enum ward_rel_type lacks;
	bool own; /* of the hospital's files: it counts before others that fit as well */
	ward_ns lasts;
	ward_ns verify; /* of which nothing: then it is looked at so long, until it is found clean;
			   before that it is connected to nothing */
	uint32_t team;
	struct ward_str file;
	uint32_t line;
};

struct ward_tolerable {
	struct ward_str id;
	uint32_t class;
	ward_ns mtpd;
	bool own; /* likewise */
	struct ward_str file;
	uint32_t line;
};

struct ward_works {
	struct ward_team *team;
	struct ward_work *work;
	struct ward_tolerable *tolerable;
	size_t n_team, n_work, n_tolerable;
	struct ward_str clinical[WARD_READER_LIST]; /* ids of roles that answer for patients */
	size_t n_clinical;
	/* Internal. */
	const struct ward_model *m;
	const struct ward_mem *mem;
	struct ward_arena arena;
	size_t cap_team, cap_work, cap_tolerable;
	size_t n_shared; /* teams that are not the hospital's own */
};

/* Reads every *.yml of both (the second, the hospital's own, may be NULL, or be absent on the disk)
 * as one whole; the order of files changes nothing. Teams of the hospital take the place of those
 * of the same id. CONFIG when there were error-level findings, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_works_load(const char *content, const char *hospital,
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_works **ret);
/* The same from memory, of which nothing is borrowed; all but the first are the hospital's own. */
WARD_MUST_CHECK enum ward_err ward_works_parse(const struct ward_content_text *text, size_t n,
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_works **ret);
void ward_works_free(struct ward_works *w);

/* What ends that threat on that thing (something fits every thing): of those that fit one that
 * names the threat, then the nearest class, then work before waiting, then what names fewer
 * threats. cause: the threat is where the incident began, so that it does not go away by itself.
 * O(works). */
const struct ward_work *ward_works_find(
	const struct ward_works *w, uint32_t node, uint32_t threat, bool cause);
/* How a thing is started that a loop keeps down. */
const struct ward_work *ward_works_start(const struct ward_works *w, uint32_t node);
/* How long the service can be away: as the hospital says, else by its class (*ret_assumed); 0 where
 * neither says anything. */
ward_ns ward_works_mtpd(const struct ward_works *w, uint32_t node, bool *ret_assumed);

#endif
