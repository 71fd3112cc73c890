/* Who the directory says that somebody is. */
#ifndef WARD_DIRECTORY_WHO_H
#define WARD_DIRECTORY_WHO_H

#include "directory/directory.h"

enum { WARD_DIRECTORY_NAME = 255 };

struct ward_directory_who {
	char name[WARD_DIRECTORY_NAME + 1]; /* as `person` of directory.yml has it */
	char key[WARD_DIRECTORY_NAME + 1];  /* by which the directory is asked of them again */
	bool has_groups;                    /* it said which */
	bool many;                          /* signed in there with more than a password */
	uint64_t group;                     /* bits, by place in directory.yml's `groups` */
};

_Static_assert(WARD_DIRECTORY_GROUPS <= 64, "a bit for each group");

/* Sets the bits of the groups that this value names: the whole of it, in any case of letters; or,
 * where directory.yml writes a name without '=', the first part of a distinguished name. */
void ward_directory_who_group(
	const struct ward_directory *d, struct ward_str value, struct ward_directory_who *w);
/* A text that fits, is UTF-8 and holds no control characters. False: it does not. */
bool ward_directory_who_text(struct ward_str s, char ret[WARD_DIRECTORY_NAME + 1]);

#endif
