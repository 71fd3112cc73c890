/* Inside respond: playbooks that answer an incident, each told of once to each recipient that may
 * know what is to be done: with the first message about the incident from when on it answers it and
 * nobody does it, PLANS_MAX of them with one message: what answers the news first, then the surest.
 * One sends a message where something else critical comes into an incident (also.h), no other does.
 */
#ifndef WARD_RESPOND_PLAN_H
#define WARD_RESPOND_PLAN_H

#include "respond/message.h"

/* A playbook that answers an incident, or that somebody was told does. */
struct answer {
	uint16_t playbook;  /* of what there is */
	int64_t weight;     /* how well it answers it, as a rank; 0: not any more */
	uint32_t told, was; /* bit k: listener k was told of it, as of struct incident's `told` and
			       `was` */
};

/* Which of them do, by the threats of the incident's row. NOMEM. */
WARD_MUST_CHECK enum ward_err respond_plan(
	struct ward_respond *r, struct incident *in, struct ward_str json);
/* What is known of that playbook; NULL: nothing. Good until the next one is added. */
struct answer *respond_answer(const struct incident *in, size_t playbook);
/* Of one of which nothing is known. NOMEM. */
WARD_MUST_CHECK enum ward_err respond_answer_add(
	struct ward_respond *r, struct incident *in, const struct answer *a);

/* A playbook answers what is critical in it as in->also[i], and none of the others there: nobody
 * began it, and this recipient was named none such. */
bool respond_plans_news(
	const struct ward_respond *r, size_t listener, const struct incident *in, size_t i);
/* Of n_all items the first n are told in full: which playbooks each of these names. */
void respond_name_plans(struct writer *w, size_t n, size_t n_all);
/* A line for each of them; the same as data; their ids as the member of a row. */
void respond_put_plans(struct writer *w, const struct item *it, struct ward_wr *to);
void respond_json_plans(struct ward_json *j, const struct writer *w, const struct item *it);
void respond_row_plans(const struct ward_respond *r, const struct item *it, struct ward_json *j);

/* A message is on its way to listener k: what it was told of before is kept; it was told of these
 * (ids; of rows before there were ids `true`: of the surest; NULL: of none). NOMEM. */
void respond_plans_keep(struct incident *in, size_t k);
WARD_MUST_CHECK enum ward_err respond_plans_told(
	struct ward_respond *r, struct incident *in, size_t k, const struct ward_conf *ids);
/* It was lost. */
void respond_plans_lost(struct incident *in, size_t k);

#endif
