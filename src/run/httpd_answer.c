/* What is answered, and what goes on being said. */
#include "run/httpd_priv.h"

#include <errno.h>
#include <sys/epoll.h>

enum { STREAM_BLOCK = 4 << 10, RAW_BLOCK = 32 << 10 };

static bool put_fields(struct MHD_Response *r, const struct ward_httpd_field *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (MHD_add_response_header(r, f[i].name, f[i].value) != MHD_YES)
			return false;
	return true;
}

/* Queues it, and lets the connection go on. */
static enum ward_err give(
	struct conn *k, const struct ward_httpd_answer *a, struct MHD_Response *r, enum state state)
{
	struct ward_httpd *h = k->h;
	bool ok = r && put_fields(r, h->o.always, h->o.n_always) &&
		  put_fields(r, a->field, a->n_field) &&
		  MHD_queue_response(k->c, a->status, r) == MHD_YES;

	if (r)
		MHD_destroy_response(r);
	if (!ok)
		state = ANSWERED;
	k->state = state;
	k->seat.since = httpd_mono(h);
	if (!ok)
		httpd_hang_up(k);
	if (!k->in_callback)
		httpd_resume(k);
	return ok ? WARD_OK : WARD_ERR_NOMEM;
}

enum ward_err ward_httpd_answer(struct ward_httpd_ask *a, const struct ward_httpd_answer *answer)
{
	struct conn *k = (void *)a;
	union {
		const uint8_t *in;
		void *out;
	} body = {answer->body.p}; /* the library takes it as its own only where it copies */

	WARD_ASSERT(k->state == ASKED);
	return give(k, answer,
		MHD_create_response_from_buffer(answer->body.len, body.out,
			answer->lasting ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY),
		ANSWERED);
}

/* ---- streams ---- */

static ssize_t on_room(void *cls, uint64_t at, char *to, size_t max)
{
	struct conn *k = cls;
	struct ward_httpd_stream *s = &k->stream;
	size_t n = s->out.len - s->sent;

	(void)at;
	if (s->broken || k->state != STREAMS)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (!n && s->finish)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (!n) {
		k->suspended = true;
		MHD_suspend_connection(k->c);
		return 0;
	}
	n = n < max ? n : max;
	memcpy(to, s->out.p + s->sent, n);
	s->sent += n;
	s->taken = httpd_mono(k->h);
	if (s->sent == s->out.len) {
		ward_wr_reset(&s->out);
		s->sent = 0;
	}
	return (ssize_t)n;
}

enum ward_err ward_httpd_stream(struct ward_httpd_ask *a, const struct ward_httpd_answer *answer,
	void *stream_ctx, struct ward_httpd_stream **ret)
{
	struct conn *k = (void *)a;
	struct ward_httpd *h = k->h;
	struct epoll_event e = {.events = EPOLLRDHUP | EPOLLONESHOT, .data = {.ptr = k}};

	WARD_ASSERT(k->state == ASKED);
	if (h->n_stream == WARD_HTTPD_STREAMS)
		return WARD_ERR_FULL;
	k->stream = (struct ward_httpd_stream){.of = k,
		.out = ward_wr_grow(ward_mem_heap(), WARD_HTTPD_QUEUE_MAX),
		.ctx = stream_ctx,
		.raw = answer->size > 0,
		.said = httpd_mono(h),
		.taken = httpd_mono(h)};
	ward_wr_bytes(&k->stream.out, answer->body.p, answer->body.len);
	enum ward_err err = ward_wr_bad(&k->stream.out) ? WARD_ERR_NOMEM : WARD_OK;

	if (err)
		httpd_hang_up(k);
	err = give(k, answer,
		err ? NULL
		    : MHD_create_response_from_callback(
			      answer->size ? answer->size : MHD_SIZE_UNKNOWN,
			      answer->size ? RAW_BLOCK : STREAM_BLOCK, on_room, k, NULL),
		STREAMS);
	if (err) {
		ward_wr_fini(&k->stream.out);
		return err;
	}
	h->n_stream++;
	/* without it the end is noticed with the next pulse */
	if (epoll_ctl(h->watch_fd, EPOLL_CTL_ADD, httpd_socket(k), &e) != 0 && errno == EEXIST)
		(void)epoll_ctl(h->watch_fd, EPOLL_CTL_MOD, httpd_socket(k), &e);
	*ret = &k->stream;
	return WARD_OK;
}

bool ward_httpd_push(struct ward_httpd_stream *s, struct ward_slice bytes)
{
	struct conn *k = s->of;

	if (s->broken || s->finish)
		return false;
	if (s->sent > s->out.len / 2) {
		memmove(s->out.p, s->out.p + s->sent, s->out.len - s->sent);
		s->out.len -= s->sent;
		s->sent = 0;
	}
	if (!s->out.len)
		s->taken = httpd_mono(k->h);
	ward_wr_bytes(&s->out, bytes.p, bytes.len);
	s->said = httpd_mono(k->h);
	if (ward_wr_bad(&s->out)) {
		httpd_count(k->h, "http.streams_slow");
		httpd_hang_up(k);
		return false;
	}
	httpd_resume(k);
	return true;
}

size_t ward_httpd_waiting(const struct ward_httpd_stream *s)
{
	return s->out.len - s->sent;
}

void ward_httpd_finish(struct ward_httpd_stream *s)
{
	s->finish = true;
	httpd_resume(s->of);
}
