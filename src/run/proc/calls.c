/* The process of one source of calls for help: lone-worker devices and telephone systems call it by
 * SIP, on a UDP socket that the supervisor opened.
 *
 * A call is answered when its event is in the journal; while that has no room the answer is 503.
 * What this process was killed with is asked again by who calls. It sends to nobody but who asked.
 */
#include "run/feeder.h"
#include "run/proc/patterns.h"
#include "sense/sip/uas.h"
#include "sip/message.h"
#include "xml/doc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { POLL_MS = 200, BURST = 64, SECRET_MAX = 256, HANDED_MAX = 2 << 20, ADDRESS_MAX = 64 };

struct calls {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_log_patterns *patterns; /* what words of a call mean */
	struct ward_sip_places *places;
	struct ward_uas *uas;
	struct ward_wr supervised;
	char secret[SECRET_MAX], address[ADDRESS_MAX];
	int socket;
	sa_family_t family;
};

static void need(struct calls *c, enum ward_err err)
{
	if (err)
		ward_process_die(&c->p, "out of memory", err);
}

static const char *must(struct calls *c, const char *key)
{
	const char *v = ward_process_setting(&c->p, key);

	if (!v)
		ward_process_die(&c->p, key, WARD_ERR_CONFIG);
	return v;
}

/* ---- events ---- */

static enum ward_err understand(void *ctx, struct ward_event *e)
{
	return ward_log_patterns_call(((struct calls *)ctx)->patterns, e);
}

static enum ward_uas_taken record(void *ctx, struct ward_event *e)
{
	struct calls *c = ctx;
	uint64_t n_shed = ward_feeder_shed(c->feeder), n_large = ward_feeder_too_large(c->feeder);

	ward_feeder_event(c->feeder, e);
	ward_feeder_flush(c->feeder);
	if (!ward_feeder_empty(c->feeder))
		return WARD_UAS_ENDING;
	if (ward_feeder_shed(c->feeder) != n_shed)
		return WARD_UAS_NO_ROOM;
	return ward_feeder_too_large(c->feeder) != n_large ? WARD_UAS_TOO_LARGE : WARD_UAS_DURABLE;
}

/* ---- the socket ---- */

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static void send_to(void *ctx, const struct ward_uas_peer *to, struct ward_slice datagram)
{
	struct calls *c = ctx;
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(to->port)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(to->port)};
	bool v4 = c->family == AF_INET;

	memcpy(&four.sin_addr, to->address + sizeof(mapped), sizeof(four.sin_addr));
	memcpy(&six.sin6_addr, to->address, sizeof(six.sin6_addr));
	/* what does not leave is as what does not arrive: it is asked for again */
	if (sendto(c->socket, datagram.p, datagram.len, MSG_NOSIGNAL | MSG_DONTWAIT,
		    v4 ? (const void *)&four : (const void *)&six,
		    v4 ? sizeof(four) : sizeof(six)) < 0)
		ward_count_name(&c->p.counters, "sip.unsent", 1);
}

static bool peer_of(const struct sockaddr_storage *from, struct ward_uas_peer *ret)
{
	struct sockaddr_in four;
	struct sockaddr_in6 six;

	if (from->ss_family == AF_INET) {
		memcpy(&four, from, sizeof(four));
		memcpy(ret->address, mapped, sizeof(mapped));
		memcpy(ret->address + sizeof(mapped), &four.sin_addr, sizeof(four.sin_addr));
		ret->port = ntohs(four.sin_port);
		return ret->port != 0;
	}
	memcpy(&six, from, sizeof(six));
	memcpy(ret->address, &six.sin6_addr, sizeof(six.sin6_addr));
	ret->port = ntohs(six.sin6_port);
	return from->ss_family == AF_INET6 && ret->port != 0;
}

static void hear(struct calls *c)
{
	static uint8_t buf[WARD_SIP_DATAGRAM + 1]; /* one more: what is longer is seen to be */

	for (int i = 0; i < BURST && !ward_process_stopping(); i++) {
		struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
		socklen_t len = sizeof(from);
		struct ward_uas_peer peer;
		ssize_t n =
			recvfrom(c->socket, buf, sizeof(buf), MSG_DONTWAIT, (void *)&from, &len);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		/* an error is what somebody on the way says, without a proof */
		if (n >= 0 && peer_of(&from, &peer))
			need(c, ward_uas_hear(c->uas, &peer, ward_slice_of(buf, (size_t)n),
					ward_clock_mono(c->p.clock), ward_clock_now(c->p.clock)));
	}
}

static void run(struct calls *c)
{
	while (!ward_process_stopping()) {
		struct pollfd p = {.fd = c->socket, .events = POLLIN};

		if (poll(&p, 1, POLL_MS) < 0 && errno != EINTR)
			ward_process_die(&c->p, "poll", WARD_ERR_IO);
		if (p.revents)
			hear(c);
		need(c, ward_uas_tick(
				c->uas, ward_clock_mono(c->p.clock), ward_clock_now(c->p.clock)));
		ward_process_count(&c->p);
	}
}

/* ---- its start ---- */

/* What the supervisor handed over, from its beginning in each life. */
static void read_handed(struct calls *c, const char *name, struct ward_wr *w)
{
	int fd = ward_process_need_fd(&c->p, name);
	uint8_t bytes[4096];
	off_t at = 0;
	ssize_t n;

	*w = ward_wr_grow(ward_mem_heap(), HANDED_MAX);
	while ((n = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		ward_wr_bytes(w, bytes, (size_t)n);
		at += n;
	}
	if (n < 0 || ward_wr_bad(w))
		ward_process_die(&c->p, name, WARD_ERR_IO);
}

/* The host of "HOST:PORT", without brackets. */
static void take_local(struct calls *c, struct ward_str local)
{
	size_t colon = local.len;

	while (colon && local.p[colon - 1] != ':')
		colon--;
	struct ward_str host = ward_str_sub(local, 0, colon ? colon - 1 : 0);

	if (host.len > 2 && host.p[0] == '[')
		host = ward_str_sub(host, 1, host.len - 2);
	if (!host.len || host.len >= ADDRESS_MAX)
		ward_process_die(&c->p, "local", WARD_ERR_CONFIG);
	memcpy(c->address, host.p, host.len);
}

static void open_socket(struct calls *c)
{
	struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(at);

	c->socket = ward_process_need_fd(&c->p, "socket");
	if (getsockname(c->socket, (void *)&at, &len) != 0)
		ward_process_die(&c->p, "socket", WARD_ERR_IO);
	c->family = at.ss_family;
}

static void open_uas(struct calls *c)
{
	const char *user = ward_process_setting(&c->p, "user"), *silence = must(c, "silence");
	struct ward_uas_opts o = {.mem = ward_mem_heap(),
		.names = &c->names,
		.counters = &c->p.counters,
		.source = ward_str_z(must(c, "source")),
		.local = ward_str_z(must(c, "local")),
		.address = ward_str_z(c->address),
		.v6 = c->family == AF_INET6,
		.peers = ward_str_z(must(c, "peers")),
		.secret = ward_str_z(c->secret),
		.user = ward_str_z(user),
		.md5 = ward_process_setting(&c->p, "md5") != NULL,
		.sha = ward_process_setting(&c->p, "sha") != NULL,
		.places = c->places,
		.supervised = ward_wr_text(&c->supervised),
		.declines = ward_process_setting(&c->p, "declines") != NULL,
		.registers = ward_process_setting(&c->p, "registers") != NULL,
		.devices_max = (size_t)ward_limit(&c->lim, WARD_LIMIT_SIP_DEVICES),
		.seed = ward_seed_random(),
		.understand = understand,
		.record = record,
		.send = send_to,
		.ctx = c};
	int64_t ns;

	if (!ward_str_i64(ward_str_z(silence), &ns) || ns < 0)
		ward_process_die(&c->p, "silence", WARD_ERR_CONFIG);
	o.silence = ns;
	enum ward_err err =
		ward_uas_new(&o, ward_clock_mono(c->p.clock), ward_clock_now(c->p.clock), &c->uas);

	if (err)
		ward_process_die(&c->p, "peers", err);
}

int main(int argc, char **argv)
{
	struct calls *c = calloc(1, sizeof(*c));
	struct ward_wr places;

	if (!c)
		return WARD_PROCESS_DIED;
	ward_process_begin(&c->p, "calls", argc, argv);
	ward_process_limits(&c->p, &c->lim);
	ward_xmldoc_prepare();
	if (!ward_sip_prepare())
		ward_process_die(&c->p, "the library has no sums for logins", WARD_ERR_UNSUPPORTED);
	if (ward_names_init(&c->names, ward_mem_heap(), &c->lim) != WARD_OK ||
		ward_feeder_new(&c->p, &c->names, &c->feeder) != WARD_OK)
		ward_process_die(&c->p, "out of memory", WARD_ERR_NOMEM);
	c->patterns = process_patterns(&c->p, &c->names, &c->lim);
	read_handed(c, "places", &places);
	if (ward_sip_places_new(ward_mem_heap(), ward_wr_slice(&places), &c->places) != WARD_OK)
		ward_process_die(&c->p, "places", WARD_ERR_CONFIG);
	ward_wr_fini(&places);
	read_handed(c, "supervised", &c->supervised);
	if (ward_process_setting(&c->p, "password_file")) {
		ward_process_secret(&c->p, "password_file", c->secret, sizeof(c->secret));
		if (!c->secret[0])
			ward_process_die(&c->p, "password_file is empty", WARD_ERR_CONFIG);
	}
	open_socket(c);
	take_local(c, ward_str_z(must(c, "local")));
	open_uas(c);
	ward_process_cage(&c->p, WARD_CAGE_PLAIN, NULL);
	run(c);
	ward_feeder_flush(c->feeder);
	ward_uas_free(c->uas);
	ward_sip_places_free(c->places);
	ward_log_patterns_free(c->patterns);
	ward_wr_fini(&c->supervised);
	ward_wipe(c->secret, sizeof(c->secret));
	return ward_process_end(&c->p);
}
