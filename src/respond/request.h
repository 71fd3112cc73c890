/* Inside respond: what playbooks ask of people, and who of the recipients is told. */
#ifndef WARD_RESPOND_REQUEST_H
#define WARD_RESPOND_REQUEST_H

#include "respond/priv.h"

/* What a playbook asks of a role; an action that one may approve: then its id is the action's and
 * that of the role; a task that the crisis cell gave, or that it calls a role in; an incident that
 * is handed to somebody; a clock of the law that somebody is reminded of; what the law had sent,
 * and is other since; a name that was given in an emergency, to be reviewed; an action of which
 * nobody knows whether it was done; an impact assessment that is open again; that more is watched
 * of people; an agreement that ends; a legal hold that does. */
enum request_of {
	REQUEST_OF_RUN,
	REQUEST_OF_ACTION,
	REQUEST_OF_TASK,
	REQUEST_OF_RECALL,
	REQUEST_OF_ASSIGN,
	REQUEST_OF_LAW,
	REQUEST_OF_UPDATE,
	REQUEST_OF_REVEAL,
	REQUEST_OF_DOUBT,
	REQUEST_OF_ASSESS,
	REQUEST_OF_WIDER,
	REQUEST_OF_AGREEMENT,
	REQUEST_OF_HOLD,
	REQUEST_OF_N
};
enum request_is { REQUEST_ASKED, REQUEST_DONE, REQUEST_CANNOT, REQUEST_WITHDRAWN, REQUEST_N };
extern const char *const respond_request_name[REQUEST_N];
struct request {
	struct ward_id id, run;
	enum request_is is;
	enum request_of of;
	ward_ns due; /* NEVER: nobody said */
	/* role: or the person who has a task; who: what the playbook calls the role, or which one
	 * gave the task */
	struct ward_str role, who, playbook, incident;
	struct texts texts, says;
	/* recipients that were told of it, and of its end, counting on messages that are on their
	 * way … */
	uint32_t told, told_end;
	uint32_t was, was_end, covered; /* … and without these, where `covered` has the bit */
};

/* NULL: there is none. */
struct request *respond_request_find(struct ward_respond *r, struct ward_id id);
/* Puts it behind the others, with copies of its texts and what `keep` keeps of the row. NOMEM. */
WARD_MUST_CHECK enum ward_err respond_request_put(struct ward_respond *r, struct request *q,
	bool (*keep)(struct ward_respond *r, struct request *q, const struct ward_conf *c),
	const struct ward_conf *c);
/* A phrase with one value, kept in r->body. False: it is too long, or there is no memory. */
bool respond_request_says(struct ward_respond *r, struct request *q, struct ward_str text,
	const char *name, struct ward_str value);
/* request_say.c: for that listener, in its language. */
void respond_request_tell(struct ward_respond *r, size_t listener, const struct request *q,
	ward_ns now, struct ward_wr *to);
void respond_request_json(
	struct ward_respond *r, size_t listener, const struct request *q, struct ward_json *j);
/* Those of which nobody is to be told any more are gone. */
void respond_request_tidy(struct ward_respond *r);
/* A row in the scratch arena; NULL: it is no JSON object, which is counted. NOMEM. */
WARD_MUST_CHECK enum ward_err respond_request_row(
	struct ward_respond *r, struct ward_str json, const struct ward_conf **ret);

/* request_reveal.c: one person alone was told a name, or that was reviewed. NOMEM. */
WARD_MUST_CHECK enum ward_err respond_revealed(
	struct ward_respond *r, struct ward_id id, const struct ward_conf *c);
void respond_reveal_reviewed(struct ward_respond *r, const struct ward_conf *c);
/* What a new version of the directory is to the people whose data it has: their impact assessment
 * is open again, more of them is watched; somebody assessed it. NOMEM. */
WARD_MUST_CHECK enum ward_err respond_processing(
	struct ward_respond *r, struct ward_id id, const struct ward_conf *c);
void respond_assessed(struct ward_respond *r, const struct ward_conf *c);
/* agreement.c: who answers for persons' data and who represents the staff are told 60, 30 and 7
 * days before an agreement ends, and when it has; the first of a legal hold, too, 30, 7 days and
 * one before. */
void respond_ends(struct ward_respond *r, ward_ns now);
/* Those that nobody reviewed in time are asked once more, and of who comes after, too. */
void respond_reveals_late(struct ward_respond *r, ward_ns now);

/* What it says, as fields of ward_wr. False: out of memory. */
bool respond_keep_says(const struct ward_respond *r, struct request *q, struct ward_slice says);

/* Nobody is asked any more to see to the incident. */
void respond_assigned_end(struct ward_respond *r, struct ward_id incident, enum request_is is);
bool respond_has_role(const struct ward_listener *l, struct ward_str role);

/* Is there something of requests that this recipient is to be told? O(requests). */
bool respond_request_news(const struct ward_respond *r, size_t listener);
/* The first of it in a line. */
void respond_put_first_request(
	struct ward_respond *r, size_t listener, ward_ns now, struct ward_wr *to);
/* What the next message says of them: lines for people, the same as data, and the row's. */
void respond_put_requests(struct ward_respond *r, size_t listener, ward_ns now, struct ward_wr *to);
void respond_json_requests(struct ward_respond *r, size_t listener, struct ward_json *j);
void respond_row_requests(const struct ward_respond *r, size_t listener, struct ward_json *j);

/* A message of that row is queued; it got there, or was lost. */
void respond_requests_queued(struct ward_respond *r, size_t listener, const struct ward_conf *row);
void respond_requests_settled(struct ward_respond *r, size_t listener, bool lost);

void respond_forget_requests(struct ward_respond *r);

#endif
