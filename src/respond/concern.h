/* Inside respond: which incidents are a recipient's concern, by what it asked for. */
#ifndef WARD_RESPOND_CONCERN_H
#define WARD_RESPOND_CONCERN_H

#include "respond/priv.h"

/* A row says which threats the incident has: whoever asks for one of them is remembered. */
void respond_concern_threats(
	const struct ward_respond *r, struct incident *in, const struct ward_record *rec);
/* Level, kind, place, threat and the care at stake are all as this listener asked. O(services). */
bool respond_concerns(const struct ward_respond *r, size_t k, const struct incident *in);

/* It asks for threats as this one: who wants to know of fire alone need not hear of what comes with
 * it. */
bool respond_concerned_by(const struct ward_listener *l, const struct also *a);

#endif
