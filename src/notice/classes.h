/* Classes of events that cameras tell of what they see, apart from the model, whose classes are
 * those of things. */
#ifndef WARD_NOTICE_CLASSES_H
#define WARD_NOTICE_CLASSES_H

#include "base/slice.h"

bool notice_is_class(struct ward_str name);
/* The i-th class that is about what is seen in a picture; NULL behind the last. Lives forever. */
const char *notice_seen(size_t i);

#endif
