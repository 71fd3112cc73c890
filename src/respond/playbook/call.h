/* What a step's command asks a system for: CACAO's `http-api`, `openc2-http` and `bash` as JSON,
 * for whoever knows what systems may be asked for.
 *
 * Pure. Texts are a playbook's, values anybody's. */
#ifndef WARD_RESPOND_PLAYBOOK_CALL_H
#define WARD_RESPOND_PLAYBOOK_CALL_H

#include "base/json.h"
#include "respond/playbook/playbook.h"

/* Stands for a value that is not known yet (respond/act/called.h). */
#define WARD_PLAYBOOK_ANY "\xEF\xBF\xBC"

/* People, and not a system: CACAO's `group`, `individual`, `location`, `organization`, `sector`. */
bool ward_playbook_is_person(const struct ward_playbook_party *x);
/* The one of targets and agent that has a `thing`, to which it is done; NULL: none, or several. */
const struct ward_playbook_party *ward_playbook_thing(
	const struct ward_playbook *p, const struct ward_playbook_step *s);
/* What the system is called, of several the first; empty: no party is one. */
struct ward_str ward_playbook_system(
	const struct ward_playbook *p, const struct ward_playbook_step *s);

struct ward_playbook_call {
	const struct ward_playbook *p;
	const struct ward_playbook_step *s;
	const struct ward_playbook_command *x;
	ward_playbook_value_fn value;
	void *ctx;
	struct ward_str thing; /* its id, for which the variable that names it stands */
	bool open;             /* what has no value is WARD_PLAYBOOK_ANY */
	bool bad;              /* of the function alone */
};
/* Writes the members "command", "call", "content", "headers" and "systems" into an object. False:
 * a value is not known, or holds more than letters, digits and . _ : / -; or the content is no
 * text; or there is too much of it. What was written is to be dropped then. */
bool ward_playbook_call_put(struct ward_playbook_call *c, struct ward_json *j);

#endif
