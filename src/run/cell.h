/* What the crisis cell's picture needs of the hospital's files: who has which role, who is on call,
 * what the country calls its levels of alert and the roles. Read before the cage; of people nothing
 * but names and roles is kept. What is wrong in these files `ward check` says; what is right of
 * them counts. */
#ifndef WARD_RUN_CELL_H
#define WARD_RUN_CELL_H

#include "api/api.h"
#include "law/law.h"
#include "notice/notice.h"
#include "processing/processing.h"
#include "proof/norm.h"
#include "respond/oncall.h"

struct ward_cell {
	const struct ward_model *m;
	struct ward_oncall oncall;
	struct ward_playbook_country country;
	struct ward_law law;
	struct ward_processing *processing; /* of the arena; so is the next */
	struct ward_notice_content *notice;
	struct ward_norms norms;
	struct ward_api_cell is; /* borrows this struct */
};

struct ward_cell_in {
	const char *hospital, *content; /* folders */
	const struct ward_model *m;
	const struct ward_limits *lim;
	struct ward_arena *arena; /* of all of it */
};
/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cell_load(const struct ward_cell_in *in, struct ward_cell *ret);

#endif
