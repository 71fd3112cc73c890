/* Private to respond: original recordings that are to be kept, and whether they are. */
#ifndef WARD_RESPOND_RECORDING_H
#define WARD_RESPOND_RECORDING_H

#include "respond/priv.h"

/* Recordings: what a sign says; how one stands, and when it is overwritten (NEVER: nobody said);
 * the worst of an incident; a row that confirms one. */
void respond_shots(const struct ward_respond *r, struct incident *in,
	const struct ward_record_member *m, uint64_t cameras);
enum keep respond_keep_one(const struct ward_respond *r, const struct incident *in,
	const struct shot *s, ward_ns now, ward_ns *ret_over);
enum keep respond_keep(const struct ward_respond *r, const struct incident *in, ward_ns now);
void respond_confirmed(struct ward_respond *r, const struct ward_conf *c);
/* What is kept of a part is kept of the incident that it went into. */
void respond_carry(struct incident *to, const struct incident *part);
/* The address where people see it. */
void respond_url(const struct ward_respond_camera *c, ward_ns time, struct ward_wr *w);
extern const char *const respond_keep_name[KEEP_N];

#endif
