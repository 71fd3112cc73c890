/* Inside respond: what playbooks ask of people, and who of the recipients is told. */
#ifndef WARD_RESPOND_REQUEST_H
#define WARD_RESPOND_REQUEST_H

#include "respond/priv.h"

/* What a playbook asks of a role, or an action that one may approve: then its id is the action's
 * and that of the role. */
enum request_is { REQUEST_ASKED, REQUEST_DONE, REQUEST_CANNOT, REQUEST_WITHDRAWN, REQUEST_N };
extern const char *const respond_request_name[REQUEST_N];
struct request {
	struct ward_id id, run;
	enum request_is is;
	bool approval;
	ward_ns due;
	struct ward_str role, who, playbook, incident; /* who: what the playbook calls the role */
	struct texts texts, says;
	/* recipients that were told of it, and of its end, counting on messages that are on their
	 * way … */
	uint32_t told, told_end;
	uint32_t was, was_end, covered; /* … and without these, where `covered` has the bit */
};

/* What it says, as fields of ward_wr. False: out of memory. */
bool respond_keep_says(const struct ward_respond *r, struct request *q, struct ward_slice says);

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
