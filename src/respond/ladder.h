/* Inside respond: ladders (ladder.c), and whether recipients are reached (channel.c). */
#ifndef WARD_RESPOND_LADDER_H
#define WARD_RESPOND_LADDER_H

#include "respond/priv.h"

/* The ladder: who takes it, and of what level that still holds. */
enum taken respond_taken(const struct incident *in);
/* What `now` says to this recipient: whether it is asked to acknowledge it. more: it is told of
 * something else critical in it, which who took it may not know. */
void respond_ask(const struct ward_respond *r, size_t listener, const struct incident *in,
	bool more, struct told *now);
/* A queued message told of it: who took less did not take that. */
void respond_more(struct incident *in, unsigned critical);
/* The change as this recipient is told of it, when without the ladder it were `change`. */
enum change respond_ladder_change(const struct ward_respond *r, size_t listener,
	const struct incident *in, const struct told *is, enum change change, ward_ns now);
/* Somebody before it in a ladder was asked, and did not answer in time. */
bool respond_is_due(
	const struct ward_respond *r, size_t listener, const struct incident *in, ward_ns now);
/* A message that waits for its next attempt asks for what nobody is asked for any more. */
bool respond_is_void(const struct ward_respond *r, size_t listener);
/* A queued message tells of it, and asks or does not; it got there, or did not. */
void respond_called(
	struct incident *in, size_t listener, const struct ward_delivery *d, bool asks, bool again);
/* What a part was asked, and who takes it, goes on with what it went into. */
void respond_carry_call(struct incident *to, struct incident *part);
/* present.c: a row of a decision about the watch of a post. */
void respond_watch(struct ward_respond *r, struct ward_id id, const struct ward_conf *c);
/* The row that says that who takes an incident left; false: nobody did. Such a row. */
bool respond_leave(struct ward_respond *r, ward_ns now, struct ward_delivery *ret);
void respond_left(struct ward_respond *r, const struct ward_delivery *d, const struct ward_conf *c);
/* The recipients, but this one, that are not reached: a bit for each. */
uint32_t respond_ill(const struct ward_respond *r, size_t listener, ward_ns now);
/* A line for each of these, and the same as data. */
void respond_put_ill(const struct ward_respond *r, size_t listener, uint32_t ill, ward_ns now,
	struct ward_wr *to);
void respond_json_ill(
	const struct ward_respond *r, size_t listener, uint32_t ill, struct ward_json *j);
/* The names in a row. */
uint32_t respond_read_ill(const struct ward_respond *r, const struct ward_conf *c);
/* The weekly test is due. */
bool respond_test_due(const struct ward_respond *r, size_t listener, ward_ns now);
/* The members that every message has; its body when it is a test, or a heartbeat, into r->body. */
void respond_put_head(struct ward_json *j, const struct ward_respond *r, size_t listener,
	struct ward_id id, ward_ns time);
bool respond_write_quiet(struct ward_respond *r, size_t listener, const char *schema,
	const char *text, const struct ward_delivery *d);
/* How many heartbeats there were on a day that is over, as a row; and such a row. */
bool respond_count_beats(
	struct ward_respond *r, size_t listener, ward_ns now, struct ward_delivery *ret);
void respond_counted(struct ward_respond *r, const struct ward_conf *c);
/* Nobody is asked any more. */
void respond_uncall(struct incident *in);
/* A row that says who takes what. */
void respond_acknowledged(
	struct ward_respond *r, const struct ward_delivery *d, const struct ward_conf *c);

#endif
