/* Inside respond: what the hospital can do for patients, told as a standard's message on a change
 * and on a timer. */
#ifndef WARD_RESPOND_AVAILABLE_H
#define WARD_RESPOND_AVAILABLE_H

#include "respond/priv.h"

WARD_MUST_CHECK enum ward_err respond_available_new(struct ward_respond *r);
void respond_available_free(struct ward_respond *r);
/* One that the store gave. */
WARD_MUST_CHECK enum ward_err respond_available_record(
	struct ward_respond *r, const struct ward_record *rec);
/* What is kept, as bytes, and back; nothing where nobody is told. False: w has no room. MALFORMED,
 * NOMEM. */
bool respond_available_save(const struct ward_respond *r, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err respond_available_load(struct ward_respond *r, struct ward_rd *rd);
/* The listener is to be told now: of something else than the message before says, or of the same
 * again. */
bool respond_available_due(struct ward_respond *r, size_t listener, ward_ns now);
/* The row that queues it. False: it is not due, or does not fit. */
bool respond_available_next(
	struct ward_respond *r, size_t listener, ward_ns now, struct ward_delivery *ret);

/* outbox.c */
bool respond_attempt_due(const struct box *b, ward_ns now);
struct ward_id respond_message_id(const struct ward_respond *r, size_t listener, size_t n);
void respond_begin_row(const struct ward_respond *r, struct ward_json *j, const char *state,
	struct ward_id id, size_t listener);
/* message_topics.c: a document for a topic of its own, into r->body. */
void respond_put_status(struct ward_respond *r, size_t listener, const struct ward_delivery *d,
	const char *name, struct ward_str document);

#endif
