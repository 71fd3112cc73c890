/* Datagrams: one is one message (RFC 5426). Each is kept where the next life of this process finds
 * it before it leaves the socket, so that none is lost to a sudden end: it is in one of the two
 * places, or in both, which its bytes and the kernel's time of its arrival tell. */
#include "run/proc/log.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { BURST = 256 };

static ward_ns stamp_of(struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		struct timespec t;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		return (ward_ns)t.tv_sec * WARD_NS_PER_S + t.tv_nsec;
	}
	return 0;
}

/* Reads the first datagram and leaves it where it is; -1: there is none. */
static ssize_t peek(int fd, uint8_t *room, ward_ns *ret_stamp)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct timespec))];
	struct iovec at = {room, LOG_DATAGRAM_MAX};
	struct msghdr m = {.msg_iov = &at,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_PEEK);

	*ret_stamp = n < 0 ? 0 : stamp_of(&m);
	return n;
}

static struct ward_str text_of(struct ward_slice bytes)
{
	struct ward_str text = ward_slice_text(bytes);

	while (text.len && (text.p[text.len - 1] == '\n' || text.p[text.len - 1] == 0))
		text.len--;
	return text;
}

/* Is it the one that an earlier life kept last and did not take out? Asked once. */
static bool was_kept(struct log_source *src, const struct ward_flight_record *r)
{
	bool same = src->kept && src->kept_stamp == r->stamp && src->n_kept == r->bytes.len &&
		    memcmp(src->kept, r->bytes.p, r->bytes.len) == 0;

	free(src->kept);
	src->kept = NULL;
	return same;
}

/* One datagram; false: there is none. */
static bool take(struct log_process *s, struct log_source *src)
{
	struct ward_flight_record r = {.source = src->opts.source, .epoch = src->epoch};
	uint8_t *room = ward_flight_room(s->flight, r.source, LOG_DATAGRAM_MAX);

	if (!room) {
		log_commit(s);
		room = ward_flight_room(s->flight, r.source, LOG_DATAGRAM_MAX);
	}
	if (!room)
		return false; /* the journal is full, and the process is to end */
	ssize_t n = peek(src->fd, room, &r.stamp);

	if (n < 0)
		return false;
	r.bytes = ward_slice_of(room, (size_t)n);
	bool again = was_kept(src, &r);

	if (!again) {
		r.seq = src->n++;
		ward_flight_put(s->flight, &r);
	}
	(void)recv(src->fd, &(uint8_t){0}, 1, MSG_DONTWAIT);
	if (!again)
		log_record(s, src, text_of(r.bytes), r.seq, r.epoch, true);
	return true;
}

void log_datagrams(struct log_process *s, struct log_source *src)
{
	for (int i = 0; i < BURST && take(s, src); i++)
		;
}

static struct log_source *source_of(struct log_process *s, struct ward_str id)
{
	for (size_t i = 0; i < s->n_source; i++)
		if (ward_str_eq(s->source[i].opts.source, id))
			return &s->source[i];
	return NULL;
}

/* A copy of what was kept last: the memory is used anew before the socket is read. */
static void remember(
	struct log_process *s, struct log_source *src, const struct ward_flight_record *r)
{
	free(src->kept);
	src->kept = malloc(r->bytes.len ? r->bytes.len : 1);
	if (!src->kept)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	if (r->bytes.len)
		memcpy(src->kept, r->bytes.p, r->bytes.len);
	src->n_kept = r->bytes.len;
	src->kept_stamp = r->stamp;
}

void log_resume(struct log_process *s)
{
	struct ward_flight_record r;
	bool given_up;
	uint64_t n = 0;

	while (ward_flight_next(s->flight, &r, &given_up)) {
		struct log_source *src = source_of(s, r.source);

		if (src && src->way == LOG_UDP)
			remember(s, src, &r);
		if (given_up || !src) {
			ward_count_name(&s->p.counters, "log.given_up", 1);
			WARD_LOG(&s->p.log, ERROR, "log.given_up",
				WARD_KV_Z("source", src ? src->name : "unknown"),
				WARD_KV_U("bytes", r.bytes.len),
				WARD_KV_Z("reason",
					"this process has ended in its midst again and again"));
			continue;
		}
		log_record(s, src, text_of(r.bytes), r.seq, r.epoch, false);
		n++;
	}
	ward_count_name(&s->p.counters, "log.resumed", n);
	log_commit(s);
}
