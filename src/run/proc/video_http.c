#include "run/proc/video_http.h"

#include "base/wr.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOOKERS = 4, ASK_MAX = 4096, PICTURE_MAX = 8 << 20 };

static const ward_ns asks_within = 5 * WARD_NS_PER_S;
/* Who takes nothing of a picture for longer makes room for others. */
static const ward_ns takes_within = 30 * WARD_NS_PER_S;
static const char good[] = "HTTP/1.1 200 OK\r\n"
			   "Content-Type: multipart/x-mixed-replace; boundary=ward\r\n"
			   "Cache-Control: no-store\r\n"
			   "Cross-Origin-Resource-Policy: same-origin\r\n"
			   "X-Content-Type-Options: nosniff\r\n\r\n";
static const char bad[] =
	"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

struct looker {
	int fd; /* -1: none */
	bool admitted;
	ward_ns since; /* it came, or took something last; monotonic */
	size_t n_ask;
	char ask[ASK_MAX + 1];
	struct ward_wr out; /* what is not sent yet, from off on */
	size_t off;
};

struct video_http {
	int listener;
	struct looker looker[LOOKERS];
};

struct video_http *video_http_new(int listener)
{
	struct video_http *h = calloc(1, sizeof(*h));

	if (!h || fcntl(listener, F_SETFL, O_NONBLOCK) != 0) {
		free(h);
		return NULL;
	}
	h->listener = listener;
	for (size_t i = 0; i < LOOKERS; i++) {
		h->looker[i].fd = -1;
		h->looker[i].out = ward_wr_grow(ward_mem_heap(), PICTURE_MAX);
	}
	return h;
}

static void leave(struct looker *l)
{
	if (l->fd >= 0)
		(void)close(l->fd);
	l->fd = -1;
}

void video_http_free(struct video_http *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < LOOKERS; i++) {
		leave(&h->looker[i]);
		ward_wr_fini(&h->looker[i].out);
	}
	free(h);
}

static void let_in(struct video_http *h, ward_ns now)
{
	for (size_t i = 0; i < LOOKERS; i++) {
		struct looker *l = &h->looker[i];

		if (l->fd >= 0)
			continue;
		l->fd = accept4(h->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (l->fd < 0)
			return;
		l->admitted = false;
		l->since = now;
		l->n_ask = l->off = 0;
		ward_wr_reset(&l->out);
	}
}

/* A page of the internet that has its own name lead to this machine is not shown what is here: the
 * browser asks for that name. */
static bool is_local(const char *ask)
{
	static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
	const char *host = strcasestr(ask, "\r\nhost:");

	if (strncmp(ask, "GET / ", 6) != 0 || !host)
		return false;
	host += strlen("\r\nhost:");
	host += strspn(host, " \t");
	for (size_t i = 0; i < WARD_ARRAY_LEN(names); i++) {
		size_t n = strlen(names[i]);

		if (strncmp(host, names[i], n) == 0 && (host[n] == ':' || host[n] == '\r'))
			return true;
	}
	return false;
}

static void send_on(struct looker *l, ward_ns now)
{
	while (l->fd >= 0 && l->off < l->out.len) {
		ssize_t n = send(l->fd, l->out.p + l->off, l->out.len - l->off, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			leave(l);
		else
			l->off += (size_t)n;
		l->since = now;
	}
}

/* Until it has asked, with an empty line at the end. */
static void hear(struct looker *l, ward_ns now)
{
	ssize_t n = recv(l->fd, l->ask + l->n_ask, ASK_MAX - l->n_ask, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		leave(l);
		return;
	}
	l->n_ask += (size_t)n;
	l->ask[l->n_ask] = 0;
	if (!strstr(l->ask, "\r\n\r\n")) {
		if (l->n_ask == ASK_MAX)
			leave(l);
		return;
	}
	l->admitted = is_local(l->ask);
	ward_wr_z(&l->out, l->admitted ? good : bad);
	send_on(l, now);
	if (!l->admitted)
		leave(l);
}

enum ward_err video_http_picture(struct video_http *h, struct ward_slice jpeg, ward_ns now)
{
	for (size_t i = 0; i < LOOKERS; i++) {
		struct looker *l = &h->looker[i];

		if (now - l->since >= (l->admitted ? takes_within : asks_within))
			leave(l);
	}
	let_in(h, now);
	for (size_t i = 0; i < LOOKERS; i++) {
		struct looker *l = &h->looker[i];

		if (l->fd >= 0 && !l->admitted)
			hear(l, now);
		if (l->fd < 0 || !l->admitted)
			continue;
		send_on(l, now);
		if (l->off < l->out.len)
			continue; /* it has not taken the one before */
		ward_wr_reset(&l->out);
		l->off = 0;
		ward_wr_printf(&l->out,
			"--ward\r\nContent-Type: image/jpeg\r\nContent-Length: %zu\r\n\r\n",
			jpeg.len);
		ward_wr_bytes(&l->out, jpeg.p, jpeg.len);
		ward_wr_z(&l->out, "\r\n");
		if (ward_wr_bad(&l->out))
			return WARD_ERR_NOMEM;
		send_on(l, now);
	}
	return WARD_OK;
}
