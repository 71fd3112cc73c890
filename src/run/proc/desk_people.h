/* What `desk` knows of the hospital, from a file in memory that the supervisor wrote: who of this
 * machine's users is which person, with which roles, and what ids there are to speak of. */
#ifndef WARD_RUN_PROC_DESK_PEOPLE_H
#define WARD_RUN_PROC_DESK_PEOPLE_H

#include "desk/people.h"
#include "desk/rights.h"
#include "law/law.h"
#include "run/process.h"

struct desk_person {
	struct ward_str id;
	uint64_t rights;        /* WARD_RIGHT_BIT */
	struct ward_str places; /* blanks between; empty: bound to none */
	struct ward_str role[WARD_PERSON_ROLES];
	size_t n_role;
};

struct desk_people; /* lives as long as the process */

/* Lines "person UID ID RIGHT,… ROLE …" ("-": of no user of this machine; without rights), behind
 * that of the person "at PLACE …", "role ID", "source ID", "fact ID", "rule ID", "node ID",
 * "holiday MONTH DAY" (law/term.h) and "zone NAME", which becomes that of the process. Ends the
 * process when the file can't be read. */
struct desk_people *desk_people_open(struct ward_process *p, int fd);
/* NULL: it is nobody. */
const struct desk_person *desk_people_user(const struct desk_people *p, uid_t uid);
/* The person of that id; NULL: there is none. */
const struct desk_person *desk_people_id(const struct desk_people *p, struct ward_str id);
bool desk_people_place(const struct desk_people *p, struct ward_str id);
/* Facts and rules of the law, of which nothing but the ids is known. */
const struct ward_law *desk_people_law(const struct desk_people *p);
bool desk_people_source(const struct desk_people *p, struct ward_str id);
bool desk_people_role(const struct desk_people *p, struct ward_str id);
/* The role in which is decided: the one that was named, of WARD_DESK_WHOEVER the person's first.
 * False: it is not theirs, and why says so (len bytes). */
bool desk_person_role(const struct desk_person *p, struct ward_str *role, char *why, size_t len);

#endif
