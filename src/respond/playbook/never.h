/* What no playbook acts on, whatever it says: medical devices, doors by which people escape, what
 * commands one of them, by however many hops, and the networks that any of these is on.
 *
 * Made once of a model, then read-only; borrows the model. Texts are an attacker's. */
#ifndef WARD_RESPOND_PLAYBOOK_NEVER_H
#define WARD_RESPOND_PLAYBOOK_NEVER_H

#include "model/escape.h"

struct ward_playbook_never;

/* escape NULL, or not known: every door is one by which people may escape. NOMEM. Free with
 * ward_playbook_never_free. O(nodes + relations). */
WARD_MUST_CHECK enum ward_err ward_playbook_never_new(const struct ward_model *m,
	const struct ward_escape *escape, const struct ward_mem *mem,
	struct ward_playbook_never **ret);
void ward_playbook_never_free(struct ward_playbook_never *n);

/* The medical device or door because of which the text is refused: it names the thing, what
 * commands it or its network, anywhere, by id, by any key, by an address in any form of
 * inet_aton(3) and inet_pton(3) or by a prefix that covers it; percent and JSON escapes undone,
 * letter case no matter. WARD_NONE: none. NOMEM, also for a text that grows over 16 MiB: it is not
 * to be acted on. O(text + prefixes in it · addresses of the model). */
WARD_MUST_CHECK enum ward_err ward_playbook_never_in(
	const struct ward_playbook_never *n, struct ward_str text, uint32_t *ret);
bool ward_playbook_never_is_door(const struct ward_playbook_never *n, uint32_t node);

#endif
