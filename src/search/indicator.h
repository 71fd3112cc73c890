/* A list of indicators: addresses, networks, names and hashes that others found to be bad, to be
 * looked for in what was recorded.
 *
 * A text file, one indicator a line: IP address, network (ADDRESS/LENGTH), hardware address,
 * domain name (it stands for its hosts too), or a hash of 32, 40, 64, 96 or 128 hex digits. After a
 * comma, a tab or a blank the rest of the line says what it is. '#' begins a comment. Dots as "[.]"
 * and a scheme and path around a name ("hxxp://evil[.]example/x") are taken off. Lists come from
 * strangers: a line that is none of these is told, and the others work. */
#ifndef WARD_SEARCH_INDICATOR_H
#define WARD_SEARCH_INDICATOR_H

#include "base/diag.h"
#include "search/index.h"

enum { WARD_INDICATORS_MAX = 1 << 20 };

struct ward_indicator {
	struct ward_str text, what; /* as it was written; what may be empty */
	uint32_t line;
	enum ward_term_kind kind; /* NET: a network of any length */
	uint64_t hash;            /* of a term that each of its events has; 0: there is none */
	uint64_t n_hit;
	ward_ns first, last; /* of the events' times */
};

struct ward_indicators;

/* Each bad line becomes an error in diag; OK also then. LIMIT, NOMEM. Borrows mem, nothing of
 * text. */
WARD_MUST_CHECK enum ward_err ward_indicators_read(struct ward_str file, struct ward_slice text,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_indicators **ret);
void ward_indicators_free(struct ward_indicators *in);
size_t ward_indicators_n(const struct ward_indicators *in);
const struct ward_indicator *ward_indicators_at(const struct ward_indicators *in, size_t i);

/* Could a segment hold one of them? O(n). */
bool ward_indicators_may(const struct ward_indicators *in, const struct ward_index *ix);
/* Those that an event has, each once, at most max; counted in them. O(bytes of the event). */
size_t ward_indicators_match(struct ward_indicators *in, const struct ward_event *e,
	const struct ward_names *names, uint32_t *ret, size_t max);

#endif
