/* What is computed elsewhere: questions that wait for `reckon`, or, of the journal's past, for
 * `recall`, and who waits for them. One at a time is with each; a question that others asked
 * already is not put twice. */
#include "run/proc/api.h"

#include "recall/ask.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* So long one question may take. */
static const ward_ns patience = 120 * WARD_NS_PER_S;

static void over(struct serve_reckoning *q)
{
	free(q->text);
	*q = (struct serve_reckoning){.used = false};
}

/* Everybody who waits for it, told why there is nothing. */
static void unanswered(struct server *s, struct serve_reckoning *q, const char *why)
{
	struct serve_reckoning was = *q;

	q->text = NULL;
	over(q);
	for (size_t i = 0; i < was.n_ask; i++)
		serve_problem(s, was.ask[i], 503, why);
	free(was.text);
}

static void put_next(struct server *s, int link)
{
	struct serve_reckoning *next = NULL;

	for (size_t i = 0; i < SERVE_QUESTIONS; i++) {
		struct serve_reckoning *q = &s->question[i];

		if (!q->used || q->link != link)
			continue;
		if (q->sent)
			return;
		if (!next || (int32_t)(q->id - next->id) < 0)
			next = q;
	}
	if (!next)
		return;
	enum ward_err err =
		ward_msg_send(link, WARD_MSG_RECKON, next->id, ward_slice_of(next->text, next->n));

	if (err == WARD_ERR_AGAIN)
		return;
	if (err)
		ward_process_die(&s->p, "the link with who computes", err);
	next->sent = true;
	next->until = serve_mono(s) + patience;
}

void serve_reckon(struct server *s, struct ward_httpd_ask *a, struct ward_str question)
{
	struct serve_reckoning *free_one = NULL, *same = NULL;
	int link = ward_recall_is(question) ? s->recall : s->reckon;

	for (size_t i = 0; i < SERVE_QUESTIONS; i++) {
		struct serve_reckoning *q = &s->question[i];

		if (!q->used)
			free_one = free_one ? free_one : q;
		else if (q->n == question.len && memcmp(q->text, question.p, q->n) == 0)
			same = q;
	}
	if (!same && free_one && link != WARD_FD_NONE) {
		*free_one = (struct serve_reckoning){.used = true,
			.link = link,
			.id = s->next_id++,
			.text = malloc(question.len),
			.n = question.len};
		serve_need(s, free_one->text ? WARD_OK : WARD_ERR_NOMEM);
		memcpy(free_one->text, question.p, question.len);
		same = free_one;
	}
	if (!same || same->n_ask == SERVE_WAITING) {
		ward_count_name(&s->p.counters, "api.unreckoned", 1);
		serve_problem(
			s, a, 503, WARD_TEXT("too much is being computed: ask again in a while"));
		return;
	}
	same->ask[same->n_ask++] = a;
	put_next(s, link);
}

/* Who waits is asked anew who they are, and gets what was said now. */
static void take(struct server *s, const struct ward_msg *m, int link)
{
	struct ward_reckoned d;
	struct ward_rd r = m->body;
	struct serve_reckoning *q = NULL;

	for (size_t i = 0; i < SERVE_QUESTIONS && !q; i++)
		q = s->question[i].used && s->question[i].sent && s->question[i].link == link &&
				    s->question[i].id == m->id
			    ? &s->question[i]
			    : NULL;
	if (!q || m->type != WARD_MSG_RECKONED || ward_reckoned_get(&r, &d) != WARD_OK) {
		ward_count_name(&s->p.counters, "api.reckon_late", 1);
		return;
	}
	struct ward_str question = {(const char *)q->text, q->n};
	enum ward_err class = d.err;

	if (class == WARD_ERR_NOMEM || ward_api_reckoned(s->api, question, &d) != WARD_OK) {
		unanswered(s, q, "there is not enough memory to compute it: try again later");
		return;
	}
	struct serve_reckoning was = *q;

	q->text = NULL;
	over(q);
	for (size_t i = 0; i < was.n_ask; i++)
		serve_request(s, was.ask[i]);
	free(was.text);
}

static void hear(struct server *s, int link)
{
	struct pollfd p = {link, POLLIN, 0};
	struct ward_msg m;

	if (link == WARD_FD_NONE)
		return;
	if (poll(&p, 1, 0) == 1) {
		enum ward_err err = ward_msg_recv(link, s->buf, &m);

		if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
			ward_process_die(&s->p, "the link with who computes", err);
		if (!err)
			take(s, &m, link);
	}
	for (size_t i = 0; i < SERVE_QUESTIONS; i++)
		if (s->question[i].used && s->question[i].sent && s->question[i].link == link &&
			serve_mono(s) > s->question[i].until) {
			ward_count_name(&s->p.counters, "api.reckon_silent", 1);
			unanswered(s, &s->question[i],
				link == s->recall
					? "it takes longer than two minutes to find: ask again, or "
					  "`ward search` on the server"
					: "it takes longer than two minutes to compute: ask again, "
					  "or `ward paths` on the server");
		}
	put_next(s, link);
}

void serve_hear_reckon(struct server *s)
{
	hear(s, s->reckon);
	hear(s, s->recall);
}
