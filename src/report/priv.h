/* What the room's writers share. */
#ifndef WARD_REPORT_PRIV_H
#define WARD_REPORT_PRIV_H

#include "report/report.h"

struct report_brief {
	char p[64];
};
/* "12 March 2026, 03:15", local; empty for NEVER. */
struct ward_str report_time(struct report_brief *b, struct ward_lang *lang, ward_ns t);
/* "03:15" where it is on the day of `day`, else the same. */
struct ward_str report_time_on(
	struct report_brief *b, struct ward_lang *lang, ward_ns t, ward_ns day);
/* "HIGH", "physical and cyber at once": English, texts of the languages. Live forever. */
const char *report_level(unsigned level);
const char *report_domain(struct ward_str domain);
/* What a state of a message, an action or a run is called; as it is written when it is not known.
 */
struct ward_str report_state(struct ward_lang *lang, struct ward_str state);
/* What a message told, by the change that its row names. */
struct ward_str report_change(struct ward_lang *lang, struct ward_str change);
/* The service that is likeliest hit, of these the soonest; NULL: none is at least possible. */
const struct ward_exchange_impact *report_worst(const struct ward_exchange_incident *i);
/* The place of what the incident is on; empty when no sign says it. */
struct ward_str report_where(const struct ward_exchange_incident *i);

#endif
