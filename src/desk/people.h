/* Who decides, and who can be told: HOSPITAL/people.yml (docs/decisions.md), checked.
 *
 * Nobody is a person by the rights that he has on this machine: root, and the user that runs Ward,
 * must be listed, too. Read by `ward check`, by the supervisor for `desk`, and by who tells people.
 * Faces what whoever may write there has written. */
#ifndef WARD_DESK_PEOPLE_H
#define WARD_DESK_PEOPLE_H

#include "conf/conf.h"
#include "model/model.h"

#include <sys/types.h>

#define WARD_PEOPLE_FILE "people.yml"

enum {
	WARD_PEOPLE_MAX = 1024,
	WARD_PERSON_ID = 32,    /* bytes, at most */
	WARD_PERSON_TEXT = 256, /* of any other text */
	WARD_PERSON_ROLES = 16,
	WARD_PERSON_PLACES = 64,
};

/* Ways to a person: X(NAME, "key of the file"). Whoever tells people reads them. */
#define WARD_PERSON_WAY_LIST(X) X(MAIL, "mail") X(PHONE, "phone") X(PAGER, "pager") X(XMPP, "xmpp")
enum ward_person_way {
#define X(NAME, key) WARD_PERSON_##NAME,
	WARD_PERSON_WAY_LIST(X)
#undef X
		WARD_PERSON_WAY_N,
};
/* "mail". Lives forever. */
const char *ward_person_way_name(enum ward_person_way w);

/* Texts live as long as the list. */
struct ward_person {
	struct ward_str id, name;  /* for people; the id when none was given */
	struct ward_str user;      /* of this machine; empty: decides nothing at the desk */
	struct ward_str language;  /* "it"; empty: the hospital's first */
	struct ward_str totp_file; /* of `act` alone; may be empty */
	struct ward_str way[WARD_PERSON_WAY_N]; /* may be empty */
	uint32_t role[WARD_PERSON_ROLES];       /* nodes; the first is the usual one */
	size_t n_role;
	uint32_t *place; /* nodes: answers there only; none: everywhere */
	size_t n_place;
	uint32_t profiles; /* WARD_PROFILE_BIT (desk/rights.h) of `console`; none: those of the
			      roles */
	uint32_t line;
};

struct ward_people {
	struct ward_arena arena;
	struct ward_person *p; /* in the order of the file */
	size_t n;
};

struct ward_people_in {
	const struct ward_model *m;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

/* Reads the text of a file. CONFIG: with findings; *ret then holds those that are right. NOMEM.
 * Free either way. */
WARD_MUST_CHECK enum ward_err ward_people_read(const struct ward_people_in *in,
	struct ward_str file, struct ward_slice text, struct ward_people *ret);
/* The same of the hospital directory; without the file there is nobody. A file of a one-time code
 * must be its owner's alone; that it, or a user, is not on this machine is a warning, since a
 * directory may be checked elsewhere. IO as well. */
WARD_MUST_CHECK enum ward_err ward_people_load(
	const struct ward_people_in *in, const char *dir, struct ward_people *ret);
void ward_people_free(struct ward_people *p);

/* The number of the person's user on this machine. False: there is none. */
bool ward_person_uid(const struct ward_person *p, uid_t *ret);

#endif
