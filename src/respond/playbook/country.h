/* What hospitals of a country call the levels of their alert and the roles, and what each role does
 * first: content/playbooks/countries.yml, or the hospital's own. Its texts are in the country's
 * language. Read-only; lives as long as the arena. Faces files of administrators. */
#ifndef WARD_RESPOND_PLAYBOOK_COUNTRY_H
#define WARD_RESPOND_PLAYBOOK_COUNTRY_H

#include "conf/conf.h"

enum { WARD_PLAYBOOK_LEVELS = 3, WARD_PLAYBOOK_CARDS_MAX = 64 };

struct ward_playbook_card {
	struct ward_str role; /* id */
	struct ward_str title, first;
};
struct ward_playbook_country {
	struct ward_str code; /* ISO 3166: "IT" */
	struct ward_str level[WARD_PLAYBOOK_LEVELS];
	struct ward_playbook_card *card;
	size_t n_card;
};

/* The country of that code. CONFIG with findings, also when another country of the file is wrong;
 * NOT_FOUND when the file has none of that code; LIMIT, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_playbook_country(struct ward_arena *a,
	const struct ward_limits *lim, const char *path, struct ward_str code,
	struct ward_diag *diag, struct ward_playbook_country *ret);
/* NULL when the country has no card for the role. */
const struct ward_playbook_card *ward_playbook_card(
	const struct ward_playbook_country *c, struct ward_str role);

#endif
