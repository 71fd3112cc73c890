/* Inside debrief: values as people read them. */
#ifndef WARD_DEBRIEF_SAY_H
#define WARD_DEBRIEF_SAY_H

#include "debrief/write.h"

/* A text that is put together, for one slot or cell. */
struct debrief_text {
	char p[512];
};
/* "5 s", "12 min", "3 h 20 min". */
struct ward_str debrief_span(struct debrief_text *t, struct ward_lang *lang, ward_ns span);
/* "2:30", "1:10:00": where on the timeline. */
struct ward_str debrief_clock(struct debrief_text *t, ward_ns at);
/* "95 %" of millionths, rounded down: what is not reached is not shown as if it were. */
struct ward_str debrief_percent(struct debrief_text *t, struct ward_lang *lang, int64_t micro);
/* A mark's value, or its threshold. */
struct ward_str debrief_amount(
	struct debrief_text *t, struct ward_lang *lang, enum ward_debrief_mark_id m, int64_t value);
/* What a mark is about; English, a text of the languages. Lives forever. */
const char *debrief_mark_text(enum ward_debrief_mark_id m);
/* "get in"; English, as above. */
const char *debrief_phase_text(enum ward_ebios e);

#endif
