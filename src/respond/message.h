/* Inside respond: what the files that write messages share. */
#ifndef WARD_RESPOND_MESSAGE_H
#define WARD_RESPOND_MESSAGE_H

#include "respond/brief.h"
#include "respond/priv.h"

enum { LINE_MAX = 16 << 10 };

struct also;

/* The first n items as this recipient may be told of them: copies in r->scratch. */
struct shown {
	struct item *item;
	bool care, cameras, roles; /* may be told of */
	enum ward_tlp tlp;
};
bool respond_share(struct ward_respond *r, size_t listener, size_t n, struct shown *ret);

struct writer {
	struct ward_respond *r;
	struct ward_lang *lang;
	struct shown shown;
	size_t listener;
	struct ward_wr text, line; /* text: what people read */
	struct ward_wr subject, name;
	ward_ns now;
};

/* What it is called, with the worst that came of it (story/headline.h); good until the next call.
 */
struct ward_str respond_title(struct writer *w, const struct incident *in);
/* What its message begins with: that, or what is new in it; the same. */
struct ward_str respond_news(struct writer *w, const struct item *it);
/* All of it, as one thing that is critical in it; without a threat. */
struct also respond_whole(const struct incident *in);
const char *respond_change_text(enum change c);
/* In the reader's language. */
struct ward_str respond_level_word(const struct writer *w, unsigned level);
/* Who takes it, or until when somebody is to say so. False: neither; nothing was written. */
bool respond_put_taken(const struct writer *w, const struct item *it, struct ward_wr *to);
/* As data: members of an object. A text is cut at 1024 bytes. */
void respond_json_id(struct ward_json *j, const char *key, struct ward_id id);
void respond_json_str(struct ward_json *j, const char *key, struct ward_str s);
void respond_json_head(
	struct ward_json *j, const struct writer *w, size_t listener, struct ward_id id);
void respond_json_facts(struct ward_json *j, const struct item *it);
/* Old losses say when they were heard of last. */
void respond_json_care(struct ward_json *j, const struct writer *w, const struct incident *in);
void respond_json_taken(struct ward_json *j, const struct writer *w, const struct item *it);
/* Of what is new, where something is; else of all of it. */
void respond_json_step(struct ward_json *j, const struct item *it);
/* The message about the first n_all items, the most serious first, of which n_named are told in
 * full, into r->body. False: out of memory, or too long. */
bool respond_write(struct ward_respond *r, size_t listener, const struct ward_delivery *d,
	size_t n_named, size_t n_all);
/* The same by its kind. */
void respond_put_json(struct writer *w, size_t listener, struct ward_id id, size_t n, size_t n_all);
void respond_put_bookmarks(struct writer *w, size_t listener, struct ward_id id, size_t n);
void respond_put_topics(struct writer *w, size_t listener, struct ward_id id, size_t n);
void respond_put_siren(struct writer *w, size_t listener, struct ward_id id, size_t n_all);
void respond_put_tickets(struct writer *w, size_t listener, struct ward_id id, size_t n);
/* What people read of one incident, behind w->text. */
void respond_put_item(struct writer *w, const struct item *it);
/* That its ticket was closed elsewhere; false: none was, or it is over anyway; nothing written. */
bool respond_put_closed_there(
	const struct writer *w, const struct incident *in, struct ward_wr *to);
void respond_json_closed_there(
	struct ward_json *j, const struct writer *w, const struct incident *in);
/* Tickets: which are to be looked at, as a message into r->body (turn: of many others each time;
 * false: none); a row that says that one was closed there. */
bool respond_write_look(
	struct ward_respond *r, size_t listener, uint32_t turn, const struct ward_delivery *d);
void respond_ticket(
	struct ward_respond *r, const struct ward_delivery *d, const struct ward_conf *c);
/* A message counts, that tells of this incident. */
void respond_ticket_new(
	struct ward_respond *r, size_t listener, const struct incident *in, ward_ns now);
/* Of n items those that may be told by now, in order: as many new tickets as the hour still has
 * room for. Gives how many. */
size_t respond_tickets_within(struct ward_respond *r, size_t listener, size_t n, ward_ns now);
/* Its ticket was refused there, and is not asked for again yet. */
bool respond_ticket_waits(const struct incident *in, size_t listener, ward_ns now);
/* The same of a quiet message ("test", "heartbeat") that r->body has. */
void respond_wrap_quiet(
	struct ward_respond *r, size_t listener, const char *what, const struct ward_delivery *d);
/* Members "short" and "page" of a message about n_all items, of which n are told: for ways with
 * little room. */
void respond_json_short(struct writer *w, size_t n, size_t n_all, struct ward_json *j);
/* The same of a text that tells of no incident. */
void respond_json_quiet(const struct ward_respond *r, struct ward_str text, struct ward_json *j);

/* The change as a broker is told of it, when it were `change` for a reader: what a lost message
 * said may be there, and is set right. */
enum change respond_topics_change(const struct ward_respond *r, size_t listener,
	const struct incident *in, const struct told *now, enum change change);
/* Whether a siren is on, once it is told the first n items, or now. */
bool respond_siren_is_on(const struct ward_respond *r, size_t listener, size_t n);

/* The change as it is told in a standard's form: what that has no words for is none. */
enum change respond_standard_change(
	const struct told *before, const struct told *now, const struct incident *in);
/* The standard's message about the first item, with at most so many signs, into r->body; the item
 * knows its edition then. False: it is too long, or nothing is known of it any more. */
bool respond_write_standard(struct ward_respond *r, size_t listener, size_t signs, ward_ns now);

#endif
