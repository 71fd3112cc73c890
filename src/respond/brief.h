/* Inside respond: times and numbers as messages say them. Texts live in *b. */
#ifndef WARD_RESPOND_BRIEF_H
#define WARD_RESPOND_BRIEF_H

#include "base/clock.h"
#include "words/words.h"

#define RESPOND_MINUTE (60 * WARD_NS_PER_S)

struct brief {
	char p[160];
};

/* "03:15", on another day than now "2026-03-12 03:15". */
struct ward_str respond_time(struct brief *b, ward_ns t, ward_ns now);
struct ward_str respond_digits(struct brief *b, uint64_t n);
/* "6 min", "1 h 30 min", "2 d 4 h"; ns > 0. */
struct ward_str respond_span(struct brief *b, struct ward_lang *lang, ward_ns ns);

#endif
