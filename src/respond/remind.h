/* Inside respond: reminders of the clocks of the law. */
#ifndef WARD_RESPOND_REMIND_H
#define WARD_RESPOND_REMIND_H

#include "respond/priv.h"

enum {
	REMINDS_MAX = 256, /* incidents of which something was said for the law */
	LAW_MAX = 1 << 20  /* bytes of what was said */
};

/* What the record says otherwise than what was sent of an incident, as it was looked at last. */
struct moved {
	struct ward_id incident;
	bool looked;
	int64_t changed; /* when the record was … */
	size_t words;    /* … and how much was said, in bytes */
	bool moved[WARD_LAW_RULES];
};
/* Into rec->moved, looked at anew when the record or a word became other. O(items that are kept).
 */
void respond_law_moved(struct ward_respond *r, struct moved *m, const struct ward_law_case *c,
	struct ward_law_record *rec, ward_ns now);
/* A row of a decision of kind LAW. NOMEM. */
WARD_MUST_CHECK enum ward_err respond_law_said(
	struct ward_respond *r, const struct ward_conf *c, struct ward_str json);
/* Requests that are due by the clocks now, and the end of those that are not. O(incidents of which
 * something was said, times rules). */
void respond_remind(struct ward_respond *r, ward_ns now);
/* Is there anybody of that role whom Ward reaches? */
bool respond_somebody_has(const struct ward_respond *r, struct ward_str role);
/* Who answers for what the law asks (step 0), who comes after; of those that Ward reaches. Empty:
 * nobody. */
struct ward_str respond_law_role(const struct ward_respond *r, size_t step);
/* What was said, out of what was saved (r->law.rows). MALFORMED, NOMEM. */
WARD_MUST_CHECK enum ward_err respond_law_load(struct ward_respond *r, struct ward_slice rows);
void respond_forget_law(struct ward_respond *r);

#endif
