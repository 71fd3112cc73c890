/* What is computed elsewhere: questions that wait for `reckon`, or, of the journal's past, for
 * `recall`, and who waits for them. One at a time is with each, each person's in their turn; a
 * question that others asked already is not put twice. */
#include "run/proc/api.h"

#include "recall/ask.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* So long one question may take, and so long who asks too much waits to ask again. */
static const ward_ns patience = 120 * WARD_NS_PER_S, pause = 5 * WARD_NS_PER_S;

static struct serve_queue *queue_of(struct server *s, struct ward_str question)
{
	return ward_recall_is(question) ? &s->recalls : &s->reckons;
}

static int link_of(const struct server *s, const struct serve_queue *q)
{
	return q == &s->recalls ? s->recall : s->reckon;
}

/* The place is free again; its text is the caller's. */
static struct serve_reckoning take_out(struct serve_queue *all, size_t i)
{
	struct serve_reckoning was = all->question[i];

	all->question[i] = (struct serve_reckoning){.text = NULL};
	ward_turns_end(&all->turns, i);
	return was;
}

static struct ward_str question_of(const struct serve_reckoning *q)
{
	return (struct ward_str){(const char *)q->text, q->n};
}

/* Everybody who waits for it, told why there is nothing. */
static void unanswered(struct server *s, struct serve_queue *all, size_t i, const char *why)
{
	struct serve_reckoning was = take_out(all, i);

	ward_api_unreckoned(s->api, question_of(&was));
	for (size_t k = 0; k < was.n_ask; k++)
		serve_problem(s, was.ask[k], 503, why);
	free(was.text);
}

static void put_next(struct server *s, struct serve_queue *all)
{
	size_t i;

	if (!ward_turns_next(&all->turns, &i))
		return;
	struct serve_reckoning *q = &all->question[i];
	enum ward_err err = ward_msg_send(
		link_of(s, all), WARD_MSG_RECKON, q->id, ward_str_bytes(question_of(q)));

	if (err == WARD_ERR_AGAIN)
		return;
	if (err)
		ward_process_die(&s->p, "the link with who computes", err);
	ward_turns_begin(&all->turns, i);
	q->until = serve_mono(s) + patience;
}

/* Somebody in the queue: whatever page, session or machine it is by which they ask. */
static struct ward_id person_of(const struct serve_session *who)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward turns");
	ward_idgen_str(&g, who ? who->is.person : WARD_STR(""));
	return ward_idgen_final(&g);
}

/* A place for the question; where others asked the same, theirs. */
static enum ward_err place(
	struct server *s, struct ward_str question, struct ward_id who, size_t *ret)
{
	struct serve_queue *all = queue_of(s, question);

	for (size_t i = 0; i < WARD_TURNS; i++)
		if (all->question[i].text &&
			ward_str_eq(question_of(&all->question[i]), question)) {
			*ret = i;
			return ward_turns_join(&all->turns, i, who);
		}
	if (link_of(s, all) == WARD_FD_NONE)
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_turns_put(&all->turns, who, ret);

	if (err)
		return err;
	struct serve_reckoning *q = &all->question[*ret];

	*q = (struct serve_reckoning){
		.id = s->next_id++, .text = malloc(question.len), .n = question.len};
	serve_need(s, q->text ? WARD_OK : WARD_ERR_NOMEM);
	memcpy(q->text, question.p, question.len);
	return WARD_OK;
}

void serve_reckon(struct server *s, struct ward_httpd_ask *a, const struct serve_session *who,
	struct ward_str question)
{
	size_t i = 0;
	enum ward_err err = place(s, question, person_of(who), &i);

	if (err == WARD_ERR_AGAIN) {
		ward_count_name(&s->p.counters, "api.reckon_refused", 1);
		serve_wait(s, a, pause,
			ward_str_z(WARD_TEXT("too many of your questions are still being computed: "
					     "wait for an answer, then ask again")));
	} else if (err) {
		ward_count_name(&s->p.counters, "api.unreckoned", 1);
		serve_problem(
			s, a, 503, WARD_TEXT("too much is being computed: ask again in a while"));
	} else {
		struct serve_queue *all = queue_of(s, question);
		struct serve_reckoning *q = &all->question[i];

		WARD_ASSERT(q->n_ask < WARD_TURNS_WAITING); /* as many as have a turn */
		q->ask[q->n_ask++] = a;
		put_next(s, all);
	}
}

void serve_reckon_aside(struct server *s, struct ward_str question)
{
	size_t i = 0;

	if (place(s, question, person_of(NULL), &i) == WARD_OK) {
		put_next(s, queue_of(s, question));
		return;
	}
	ward_count_name(&s->p.counters, "api.unreckoned", 1);
	ward_api_unreckoned(s->api, question);
}

/* Who waits is asked anew who they are, and gets what was said now. */
static void take(struct server *s, struct serve_queue *all, const struct ward_msg *m)
{
	struct ward_reckoned d;
	struct ward_rd r = m->body;
	size_t i = 0;

	while (i < WARD_TURNS && !(all->question[i].text && all->turns.turn[i].begun &&
					 all->question[i].id == m->id))
		i++;
	if (i == WARD_TURNS || m->type != WARD_MSG_RECKONED ||
		ward_reckoned_get(&r, &d) != WARD_OK) {
		ward_count_name(&s->p.counters, "api.reckon_late", 1);
		return;
	}
	if (d.err == WARD_ERR_NOMEM ||
		ward_api_reckoned(s->api, question_of(&all->question[i]), &d) != WARD_OK) {
		unanswered(s, all, i, "there is not enough memory to compute it: try again later");
		return;
	}
	struct serve_reckoning was = take_out(all, i);

	for (size_t k = 0; k < was.n_ask; k++)
		serve_request(s, was.ask[k]);
	free(was.text);
}

static void hear(struct server *s, struct serve_queue *all)
{
	struct pollfd p = {link_of(s, all), POLLIN, 0};
	struct ward_msg m;

	if (p.fd == WARD_FD_NONE)
		return;
	if (poll(&p, 1, 0) == 1) {
		enum ward_err err = ward_msg_recv(p.fd, s->buf, &m);

		if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
			ward_process_die(&s->p, "the link with who computes", err);
		if (!err)
			take(s, all, &m);
	}
	for (size_t i = 0; i < WARD_TURNS; i++)
		if (all->turns.turn[i].begun && serve_mono(s) > all->question[i].until) {
			ward_count_name(&s->p.counters, "api.reckon_silent", 1);
			unanswered(s, all, i,
				all == &s->recalls
					? "it takes longer than two minutes to find: ask again, or "
					  "`ward search` on the server"
					: "it takes longer than two minutes to compute: ask again, "
					  "or `ward paths` on the server");
		}
	put_next(s, all);
}

void serve_hear_reckon(struct server *s)
{
	hear(s, &s->reckons);
	hear(s, &s->recalls);
}
