/* What the `ward region` commands share: the region's file, what its hospitals said last, and what
 * that shows. */
#ifndef WARD_CLI_REGION_H
#define WARD_CLI_REGION_H

#include "cli/cli.h"
#include "region/say.h"

#include <sys/types.h>

#define WARD_CLI_REGION_STATE "/var/lib/ward-region"
#define WARD_CLI_REGION_WORDS "words" /* in it: of each hospital a folder, in it what it said */

struct ward_cli_region {
	const struct ward_cmd *cmd;
	const char *dir, *state, *content, *option; /* as they were given; or NULL */
	struct ward_limits lim;
	struct ward_lang *lang; /* of who runs it */
	struct ward_region region;
	struct ward_ontology *ontology;
	struct ward_threats *threats;
	/* of the words in hand */
	struct ward_arena arena;
	struct ward_site said[WARD_REGION_SITES];
	struct ward_region_view view;
};

/* Reads the file, content and the language; gives an exit code, what is wrong was said. Free either
 * way. */
int ward_cli_region_load(struct ward_cli_region *x);
void ward_cli_region_free(struct ward_cli_region *x);
/* Before anything that a hospital said is read, for good: as the state's owner (0: as it is), in a
 * cage in which this process opens the state's words for reading and nothing else. Exit code. */
int ward_cli_region_cage(const struct ward_cli_region *x, uid_t uid, gid_t gid);
/* What was kept of each hospital, and what that shows as of now. A file that can't be read is said
 * on standard error, and counts as no word. Gives an exit code. */
int ward_cli_region_look(struct ward_cli_region *x);
static inline struct ward_region_names ward_cli_region_names(const struct ward_cli_region *x)
{
	return (struct ward_region_names){x->ontology, x->threats};
}

#endif
