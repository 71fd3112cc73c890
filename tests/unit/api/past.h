/* A journal with some of the events of the attack on Turin's cooling, and what `recall` says of it,
 * for tests of the room `api`. */
#ifndef WARD_TESTS_API_PAST_H
#define WARD_TESTS_API_PAST_H

#include "recall/recall.h"

#define PAST_EVENT "8fac07b4-a7a1-8f19-a844-7c71f1e6e275" /* of a sign of the attack */

struct past;

struct past *past_new(const struct ward_model *m, const struct ward_limits *lim);
void past_free(struct past *p);
struct ward_reckoned past_answer(struct past *p, struct ward_str question);

#endif
