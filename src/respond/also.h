/* Inside respond: what is critical in an incident of more than one kind (a fire, and ransomware
 * behind it), and who was not told of one of these: who came for the first has other things to do
 * for the second, though nothing of the incident's level rises. */
#ifndef WARD_RESPOND_ALSO_H
#define WARD_RESPOND_ALSO_H

#include "respond/message.h"

enum { ALSO_MAX = 8 }; /* kinds of what is critical in one incident */

/* Something critical in an incident: its first sign, and what to do first (also.h). */
struct also {
	struct ward_str threat, domain, title, on, where, role, reach, step;
};

/* Of the incident's row. False: out of memory. */
bool respond_also_take(struct ward_respond *r, struct incident *in, const struct ward_record *rec);
void respond_also_free(const struct ward_respond *r, struct incident *in);
/* It has room for n, whose texts are to be kept then. False: out of memory. */
bool respond_also_room(const struct ward_respond *r, struct incident *in, size_t n);
bool respond_also_keep(struct ward_respond *r, struct incident *in);
/* Texts of one, as save.c walks them and share.c hides them. */
enum { ALSO_TEXTS = 8 };
void respond_also_texts(struct also *a, struct ward_str *ret[ALSO_TEXTS]);

/* What this recipient is to be told: more is critical than it was told last, and it is of what it
 * asks for, and answered by a playbook that it was not named. NULL: nothing. */
const struct also *respond_also_new(
	const struct ward_respond *r, size_t listener, const struct incident *in);

#endif
