/* The process of one system that is asked by RADIUS (RFC 5176): it asks what `act` hands it, one
 * request at a time, and says what became of it. Its UDP socket is made, and the system's name
 * looked up, before the cage; connected, so that others are not heard.
 *
 * Settings: url ("HOST:PORT"), secret_file (its first line), nas. */
#include "respond/act/radius.h"
#include "respond/recipients.h"
#include "run/dial.h"
#include "run/postbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { POLL_MS = 200, READS_MAX = 16, ARENA_BYTES = 4 << 20, TRIES_MAX = 4 };

/* Copies are sent after two, four and eight seconds more (RFC 5080 2.2.1), and then it is over. */
static const ward_ns first_wait = 2 * WARD_NS_PER_S;

struct asker {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_arena arena;
	char secret[WARD_SECRET_MAX], nas[WARD_RADIUS_NAS + 1];
	int link, sock;
	/* what is asked */
	struct ward_id id;
	bool busy;
	uint8_t number;
	unsigned tries;
	ward_ns next; /* monotonic */
	struct ward_wr packet;
	uint8_t bytes[WARD_RADIUS_MAX];
	uint8_t buf[WARD_MSG_MAX];
};

static ward_ns mono(const struct asker *a)
{
	return ward_clock_mono(a->p.clock);
}

static void say(struct asker *a, enum ward_sent what, unsigned status, const char *why)
{
	struct ward_outcome o = {.what = what, .status = status};

	(void)snprintf(o.why, sizeof(o.why), "%s", why);
	ward_count_name(
		&a->p.counters, what == WARD_SENT_DELIVERED ? "send.delivered" : "send.failed", 1);
	(void)ward_postbox_say(&a->p, a->link, a->id, &o);
	a->busy = false;
}

/* ---- asking ---- */

/* All copies are the same bytes: the system does one of them, and answers each. */
static void make(struct asker *a, struct ward_str body)
{
	struct ward_radius_ask q = {.id = ++a->number,
		.time = (uint32_t)(ward_clock_now(a->p.clock) / WARD_NS_PER_S),
		.nas = ward_str_z(a->nas)};

	ward_arena_reset(&a->arena);
	ward_wr_reset(&a->packet);
	enum ward_err err = ward_radius_asked(&a->arena, &a->lim, body, &q);

	if (!err)
		err = ward_radius_write(&a->packet, &q, ward_str_z(a->secret));
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&a->p, "out of memory", err);
	a->busy = true;
	a->tries = 0;
	a->next = mono(a);
	if (err)
		say(a, WARD_SENT_REFUSED, 0, "the request sets nothing of a session");
}

static void take(struct asker *a)
{
	struct ward_letter l;

	if (!ward_postbox_take(&a->p, a->link, a->buf, &l))
		return;
	a->id = l.id;
	make(a, l.body);
}

static void ask(struct asker *a)
{
	if (a->tries == TRIES_MAX) {
		say(a, WARD_SENT_FAILED, 0, "it gave no answer to four copies of the request");
		return;
	}
	/* what does not leave is as what does not arrive: the next copy follows */
	if (send(a->sock, a->packet.p, a->packet.len, MSG_NOSIGNAL) < 0)
		ward_count_name(&a->p.counters, "radius.unsent", 1);
	a->next = mono(a) + (first_wait << a->tries++);
}

static void hear(struct asker *a)
{
	for (int i = 0; i < READS_MAX; i++) {
		uint8_t answer[WARD_RADIUS_MAX];
		struct ward_radius_said said;
		ssize_t n = recv(a->sock, answer, sizeof(answer), 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		/* an error is what somebody on the way says, without a proof */
		if (n < 0 || !a->busy ||
			ward_radius_read(ward_slice_of(answer, (size_t)n),
				ward_wr_slice(&a->packet), ward_str_z(a->secret), &said) != WARD_OK)
			ward_count_name(&a->p.counters, "radius.no_answer", 1);
		else if (said.done)
			say(a, WARD_SENT_DELIVERED, 0, "");
		else
			say(a, WARD_SENT_REFUSED, said.cause, ward_radius_cause(said.cause));
	}
}

static void turn(struct asker *a)
{
	hear(a);
	if (!a->busy)
		take(a);
	if (a->busy && mono(a) >= a->next)
		ask(a);
}

static void wait(struct asker *a)
{
	struct pollfd p[] = {{a->busy ? -1 : a->link, POLLIN, 0}, {a->sock, POLLIN, 0}};

	if (poll(p, WARD_ARRAY_LEN(p), POLL_MS) < 0 && errno != EINTR)
		ward_process_die(&a->p, "poll", WARD_ERR_IO);
}

/* ---- settings ---- */

static int connect_to(struct asker *a, const struct ward_dial *to)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *found;
	char port[8];
	int fd = -1;

	(void)snprintf(port, sizeof(port), "%u", (unsigned)to->port);
	if (getaddrinfo(to->host, port, &hints, &found) != 0)
		ward_process_die(&a->p, "the system's name is not found", WARD_ERR_NOT_FOUND);
	for (const struct addrinfo *at = found; at && fd < 0; at = at->ai_next) {
		fd = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
			(void)close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(found);
	if (fd < 0)
		ward_process_die(&a->p, "a socket to the system", WARD_ERR_IO);
	return fd;
}

static void prepare(struct asker *a)
{
	const char *nas = ward_process_setting(&a->p, "nas");
	char at[WARD_RECIPIENT_TEXT + 1];
	struct ward_radius_ask try = {.value = WARD_STR("1")};
	struct ward_dial to;

	ward_process_secret(&a->p, "url", at, sizeof(at));
	ward_process_secret(&a->p, "secret_file", a->secret, sizeof(a->secret));
	if (!ward_dial_parse(ward_str_z(at), &to))
		ward_process_die(&a->p, "its address", WARD_ERR_CONFIG);
	if (strlen(a->secret) < WARD_SECRET_MIN)
		ward_process_die(
			&a->p, "the secret is shorter than 16 characters", WARD_ERR_CONFIG);
	if (nas && strlen(nas) > WARD_RADIUS_NAS)
		ward_process_die(&a->p, "nas", WARD_ERR_CONFIG);
	(void)snprintf(a->nas, sizeof(a->nas), "%s", nas ? nas : "");
	a->packet = ward_wr_fixed(a->bytes, sizeof(a->bytes));
	/* OpenSSL reads its configuration with its first use: that must be before the cage */
	if (ward_radius_write(&a->packet, &try, ward_str_z(a->secret)) != WARD_OK)
		ward_process_die(&a->p, "this machine forbids MD5", WARD_ERR_UNSUPPORTED);
	a->number = (uint8_t)ward_process_ids();
	a->sock = connect_to(a, &to);
	a->link = ward_process_need_fd(&a->p, "act");
	if (fcntl(a->link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&a->p, "its link", WARD_ERR_IO);
}

int main(int argc, char **argv)
{
	struct asker *a = calloc(1, sizeof(*a));

	if (!a)
		return WARD_PROCESS_DIED;
	ward_process_begin(&a->p, "radius", argc, argv);
	ward_process_limits(&a->p, &a->lim);
	ward_arena_init(&a->arena, ward_mem_heap(), ARENA_BYTES);
	prepare(a);
	ward_process_cage(&a->p, WARD_CAGE_PLAIN, NULL);
	ward_postbox_begun(&a->p, a->link);
	while (!ward_process_stopping()) {
		turn(a);
		ward_process_count(&a->p);
		wait(a);
	}
	(void)close(a->sock);
	ward_wipe(a->secret, sizeof(a->secret));
	ward_arena_fini(&a->arena);
	int status = ward_process_end(&a->p);

	free(a);
	return status;
}
