/* What the commands share that look for, or erase, what there is of one person: `ward person …`. */
#ifndef WARD_CLI_PERSON_H
#define WARD_CLI_PERSON_H

#include "cli/args.h"
#include "cli/notice.h"
#include "cli/permit.h"
#include "comply/evidence.h"
#include "comply/pseudonym.h"
#include "journal/look.h"
#include "subject/extract.h"

enum { WARD_CLI_PERSON_IS = 16, WARD_CLI_PERSON_KEYS = 32, WARD_CLI_PERSON_BAD = 256 };

struct ward_cli_person {
	struct ward_cli_hospital x; /* the hospital */
	const char *state_option, *request;
	const char *is[WARD_CLI_PERSON_IS]; /* under what they are known */
	size_t n_is;
	bool opened;
	char state[PATH_MAX];
	struct ward_subject_book book;
	const struct ward_subject_request *r;
	struct ward_subject_who who;
	struct ward_arena arena, scratch;
	struct ward_look_seg
		bad[WARD_CLI_PERSON_BAD]; /* of the journal, not all of which is whole */
	size_t n_bad;
	/* An event of that lane that is given was in one already when all were given before: lanes
	 * are read side by side, each in a segment of its own. */
	bool in_bad[WARD_LANE_N];
};

void ward_cli_person_init(struct ward_cli_person *p, const struct ward_cmd *cmd);
void ward_cli_person_fini(struct ward_cli_person *p);
/* --is, --state, --content with their values, the hospital and the request, and those n options of
 * the command. An exit code; what is wrong was said. */
int ward_cli_person_args(
	struct ward_cli_person *p, int argc, char **argv, const struct ward_cli_opt *opt, size_t n);
/* The hospital, the request (of that right, and agreed to by two), the pseudonyms. An exit code;
 * what is wrong was said. */
int ward_cli_person_open(struct ward_cli_person *p, enum ward_subject_right right);
/* The hospital and the request alone, whatever it is and waits for. As above. */
int ward_cli_person_find(struct ward_cli_person *p);
/* Each event that the journal retains, with its record; fn: false ends it. An exit code,
 * as above. */
typedef bool (*ward_cli_event_fn)(void *ctx, const struct ward_record *rec,
	const struct ward_event *e, const struct ward_names *names);
int ward_cli_person_events(struct ward_cli_person *p, ward_cli_event_fn fn, void *ctx);
struct ward_cli_span {
	const char *place_text, *from_text, *to_text; /* as given; place_text NULL: of none */
	struct ward_str place;
	ward_ns from, to;
};
/* Who is asked about: somebody under what --is says, or who was at a place. As above. */
int ward_cli_person_whom(const struct ward_cli_person *p, struct ward_cli_span *span);
/* Each clip that there is of that place and time. An exit code, as above. */
typedef void (*ward_cli_clip_fn)(void *ctx, const struct ward_evidence *e);
int ward_cli_person_clips(struct ward_cli_person *p, const struct ward_cli_span *span,
	ward_cli_clip_fn fn, void *ctx);
/* That it was done, and the digest of what, for the ledger: said at the desk. An exit code. */
int ward_cli_person_done(struct ward_cli_person *p, const char *say, const char *digest);

#endif
