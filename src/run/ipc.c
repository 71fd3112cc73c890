#include "run/ipc.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { IPC_VERSION = 1 };

static const char *const names[] = {[WARD_MSG_NONE] = "none",
#define X(NAME, what) [WARD_MSG_##NAME] = #NAME,
	WARD_MSG_LIST(X)
#undef X
};

const char *ward_msg_name(enum ward_msg_type t)
{
	return (unsigned)t < WARD_ARRAY_LEN(names) ? names[t] : "unknown";
}

static enum ward_err from_errno(void)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
		return WARD_ERR_AGAIN;
	if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN)
		return WARD_ERR_CLOSED;
	return errno == EMSGSIZE ? WARD_ERR_LIMIT : WARD_ERR_IO;
}

enum ward_err ward_msg_send(int fd, enum ward_msg_type type, uint32_t id, struct ward_slice body)
{
	uint8_t head[WARD_MSG_HEADER];
	struct ward_wr w = ward_wr_fixed(head, sizeof(head));
	ssize_t n;

	if (body.len > WARD_MSG_BODY_MAX)
		return WARD_ERR_LIMIT;
	ward_wr_be16(&w, IPC_VERSION);
	ward_wr_be16(&w, (uint16_t)type);
	ward_wr_be32(&w, (uint32_t)body.len);
	ward_wr_be32(&w, id);
	/* sendmsg takes non-const iovecs but does not write through them */
	struct iovec iov[2] = {{head, sizeof(head)}, {(void *)(uintptr_t)body.p, body.len}};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = body.len ? 2 : 1};

	do
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? from_errno() : WARD_OK;
}

enum ward_err ward_msg_recv(int fd, uint8_t *buf, struct ward_msg *ret)
{
	struct iovec iov = {buf, WARD_MSG_MAX};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	struct ward_rd r;
	uint16_t type;
	ssize_t n;

	do
		n = recvmsg(fd, &msg, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return from_errno();
	if (n == 0)
		return WARD_ERR_CLOSED;
	if (msg.msg_flags & MSG_TRUNC)
		return WARD_ERR_MALFORMED;
	r = ward_rd_from(buf, (size_t)n);
	if (ward_rd_be16(&r) != IPC_VERSION)
		return WARD_ERR_MALFORMED;
	type = ward_rd_be16(&r);
	uint32_t len = ward_rd_be32(&r), id = ward_rd_be32(&r);

	if (ward_rd_bad(&r) || type == WARD_MSG_NONE || type >= WARD_MSG_N ||
		len != ward_rd_left(&r))
		return WARD_ERR_MALFORMED;
	*ret = (struct ward_msg){(enum ward_msg_type)type, id, ward_rd_sub(&r, len)};
	return WARD_OK;
}

/* Waits for the descriptor to be readable until `until`; false when the time is up, or another one
 * is readable: *ret_other. */
static bool wait_readable(const struct ward_ask *a, ward_ns until, bool *ret_other)
{
	struct pollfd p[WARD_ASK_ALSO + 1] = {{.fd = a->fd, .events = POLLIN}};

	WARD_ASSERT(a->n_also <= WARD_ASK_ALSO);
	for (size_t i = 0; i < a->n_also; i++)
		p[i + 1] = (struct pollfd){.fd = a->also[i], .events = POLLIN};

	for (;;) {
		ward_ns left = until - ward_clock_mono(a->clock);

		if (left <= 0)
			return false;
		int n = poll(p, a->n_also + 1, (int)(left / WARD_NS_PER_MS) + 1);

		*ret_other = n > 0 && !p[0].revents;
		if (n > 0)
			return p[0].revents != 0;
		if (n < 0 && errno != EINTR)
			return true; /* let recv say what is wrong */
	}
}

/* One round: the answer to `id`, or AGAIN when none came in time. */
static enum ward_err await(struct ward_ask *a, uint32_t id, enum ward_msg_type answer,
	struct ward_msg *ret, bool *ret_other)
{
	ward_ns until = ward_clock_mono(a->clock) + a->again;

	while (wait_readable(a, until, ret_other)) {
		struct ward_msg m;
		enum ward_err err = ward_msg_recv(a->fd, a->buf, &m);

		/* that it closed before it read what we sent comes first, and once; then what it
		 * said
		 */
		if (err == WARD_ERR_CLOSED && a->turned_away)
			err = ward_msg_recv(a->fd, a->buf, &m);
		if (err == WARD_ERR_AGAIN)
			continue;
		if (err)
			return err;
		if (m.id != id && !(a->turned_away && m.id == 0))
			continue;
		if (m.type != answer)
			return WARD_ERR_MALFORMED;
		*ret = m;
		return WARD_OK;
	}
	return WARD_ERR_AGAIN;
}

enum ward_err ward_ask(struct ward_ask *a, enum ward_msg_type type, struct ward_slice body,
	enum ward_msg_type answer, struct ward_msg *ret)
{
	ward_ns begin = ward_clock_mono(a->clock);
	uint32_t id = a->next_id++;
	bool other = false;

	for (;;) {
		enum ward_err err = ward_msg_send(a->fd, type, id, body);

		if (!err || (err == WARD_ERR_CLOSED && a->turned_away))
			err = await(a, id, answer, ret, &other);
		if (err != WARD_ERR_AGAIN || other)
			return err;
		if (a->give_up && ward_clock_mono(a->clock) - begin >= a->give_up)
			return err;
	}
}
