/* The process of one webhook: other systems POST what they have to say, a JSON object each, by HTTP
 * or HTTPS, on a listener that the supervisor holds.
 *
 * Who posts shows that he knows the secret: by a signature of the body (HMAC-SHA256), or with the
 * secret itself as a bearer's token. What is answered 202 is in the journal; while that has no room
 * the answer is 503, and 413 where it is too long for a record: then nothing was taken. */
#include "run/feeder.h"
#include "run/proc/log_tls.h"
#include "run/proc/patterns.h"
#include "run/seats.h"
#include "http/message.h"
#include "sense/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CONNECTIONS_MAX = 32,
	SHARE = 8, /* of one peer */
	CHUNK = 16 << 10,
	READS_MAX = 8,
	WAIT_MS = 1000,
	SECRET_MAX = 1024,
	SECRET_MIN = 16,
	OUT_MAX = 1024,
};

struct connection {
	int fd; /* WARD_FD_NONE: free */
	struct log_tls *tls;
	struct ward_httpmsg *http;
	ward_ns since; /* the request that is coming, or the last one; or the connection */
	bool begun;    /* bytes of a request came */
	bool known;    /* it was shown that the secret is known there */
	bool ends;     /* once what is due went out */
	uint8_t peer[WARD_SEATS_PEER];
	char out[OUT_MAX];
	size_t n_out, sent;
};

struct hook {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct ward_log_patterns *patterns; /* what records mean */
	struct ward_input_opts opts;
	struct ward_log_sensor *log;
	struct log_tls_server *tls;
	const char *source;
	char secret[SECRET_MAX];
	int listener;
	struct connection conn[CONNECTIONS_MAX];
	uint64_t n; /* records so far: their place in this life */
};

static void hang_up(struct connection *c)
{
	log_tls_free(c->tls);
	ward_httpmsg_free(c->http);
	(void)close(c->fd);
	*c = (struct connection){.fd = WARD_FD_NONE};
}

/* What is answered; names of counters live forever. */
struct status {
	unsigned code;
	const char *word, *counter;
};

static const struct status recorded = {202, "Accepted", "hook.answered.202"},
			   no_record = {400, "Refused", "hook.answered.400"},
			   unknown = {401, "Refused", "hook.answered.401"},
			   no_post = {405, "Refused", "hook.answered.405"},
			   too_long = {413, "Refused", "hook.answered.413"},
			   no_room = {503, "Refused", "hook.answered.503"};

static void answer(struct hook *h, struct connection *c, const struct status *status,
	const char *words, bool keep)
{
	int n = snprintf(c->out + c->n_out, sizeof(c->out) - c->n_out,
		"HTTP/1.1 %u %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
		"Connection: %s\r\n\r\n%s\n",
		status->code, status->word, strlen(words) + 1, keep ? "keep-alive" : "close",
		words);

	WARD_ASSERT(n > 0 && (size_t)n < sizeof(c->out) - c->n_out);
	c->n_out += (size_t)n;
	c->ends = !keep;
	ward_count_name(&h->p.counters, status->counter, 1);
}

/* ---- who asks ---- */

static bool signed_by_us(const struct hook *h, struct ward_str signature, struct ward_slice body)
{
	uint8_t given[crypto_auth_hmacsha256_BYTES], due[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state s;

	if (ward_str_starts(signature, WARD_STR("sha256=")))
		signature = ward_str_sub(signature, 7, signature.len);
	if (!ward_str_unhex(signature, given, sizeof(given)))
		return false;
	(void)crypto_auth_hmacsha256_init(&s, (const uint8_t *)h->secret, strlen(h->secret));
	(void)crypto_auth_hmacsha256_update(&s, body.p, body.len);
	(void)crypto_auth_hmacsha256_final(&s, due);
	ward_wipe(&s, sizeof(s));
	return sodium_memcmp(given, due, sizeof(due)) == 0;
}

/* In the same time whatever is wrong with it. */
static bool bears_secret(const struct hook *h, struct ward_str token)
{
	uint8_t a[crypto_generichash_BYTES], b[crypto_generichash_BYTES];

	if (!ward_str_starts(token, WARD_STR("Bearer ")))
		return false;
	token = ward_str_trim(ward_str_sub(token, 7, token.len));
	(void)crypto_generichash(a, sizeof(a), (const uint8_t *)token.p, token.len, NULL, 0);
	(void)crypto_generichash(
		b, sizeof(b), (const uint8_t *)h->secret, strlen(h->secret), NULL, 0);
	return sodium_memcmp(a, b, sizeof(a)) == 0;
}

static bool authorized(
	const struct hook *h, const struct ward_httpmsg *http, struct ward_slice body)
{
	static const char *const names[] = {"x-ward-signature", "x-hub-signature-256"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(names); i++) {
		struct ward_str s = ward_httpmsg_field(http, names[i], 0);

		if (s.p)
			return signed_by_us(h, s, body);
	}
	return bears_secret(h, ward_httpmsg_field(http, "authorization", 0));
}

/* ---- what is said ---- */

/* A record that its sender names is one, however often he sends it. No signature covers the name:
 * another record by the same name is another one, so that nobody can have it taken for known. */
static uint64_t place_of(struct hook *h, const struct ward_httpmsg *http, struct ward_slice body)
{
	struct ward_str key = ward_httpmsg_field(http, "idempotency-key", 0);
	struct ward_seed seed = {0x776172642d686f6f, 0x6b2d6b6579000000};

	h->opts.epoch = key.len ? 0 : (uint64_t)h->opts.seen;
	if (!key.len)
		return h->n++;
	seed.k0 ^= ward_siphash(seed, key.p, key.len);
	return ward_siphash(seed, body.p, body.len);
}

/* False: the process is to end before it is known. */
static bool record(struct hook *h, struct connection *c, struct ward_slice body, bool keep)
{
	struct ward_input_problem problem = {.counter = NULL};
	uint64_t n_shed = ward_feeder_shed(h->feeder), n_large = ward_feeder_too_large(h->feeder);
	struct ward_event e;

	ward_arena_reset(&h->arena);
	h->opts.seen = h->opts.reference = ward_clock_now(h->p.clock);
	uint64_t place = place_of(h, c->http, body);
	enum ward_err err = ward_log_sensor_record(
		h->log, ward_slice_text(body), place, &h->arena, &e, &problem);

	if (problem.counter)
		ward_count_name(&h->p.counters, problem.counter, 1);
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&h->p, "out of memory", err);
	if (err) {
		answer(h, c, &no_record, "this is no JSON object; post one object at a time", keep);
		return true;
	}
	ward_feeder_event(h->feeder, &e);
	ward_feeder_flush(h->feeder);
	if (!ward_feeder_empty(h->feeder))
		return false;
	if (ward_feeder_shed(h->feeder) != n_shed)
		answer(h, c, &no_room, "there is no room for it; post it again later", keep);
	else if (ward_feeder_too_large(h->feeder) != n_large)
		answer(h, c, &too_long,
			"its record would be longer than 128 KiB; post it in smaller parts", keep);
	else
		answer(h, c, &recorded, "recorded", keep);
	return true;
}

static bool request(struct hook *h, struct connection *c, const struct ward_httpmsg_whole *m)
{
	if (!authorized(h, c->http, m->body)) {
		answer(h, c, &unknown, "the signature or the token is missing or wrong", false);
		return true;
	}
	c->known = true;
	if (!ward_str_eqz(m->method, "POST")) {
		answer(h, c, &no_post, "post JSON here", m->keep);
		return true;
	}
	return record(h, c, m->body, m->keep);
}

/* ---- connections ---- */

static bool take(struct hook *h, struct connection *c, struct ward_slice bytes)
{
	while (bytes.len && !c->ends) {
		struct ward_httpmsg_whole m;
		size_t used;
		enum ward_err err = ward_httpmsg_take(c->http, bytes, &used, &m);

		bytes = (struct ward_slice){bytes.p + used, bytes.len - used};
		if (!c->begun) /* a connection may have been without one for long */
			c->since = ward_clock_mono(h->p.clock);
		c->begun = true;
		if (err == WARD_ERR_NOMEM)
			ward_process_die(&h->p, "out of memory", err);
		if (err == WARD_ERR_MORE)
			break;
		if (err) {
			answer(h, c, err == WARD_ERR_LIMIT ? &too_long : &no_record,
				ward_httpmsg_why(c->http), false);
			return true;
		}
		/* whoever sends on without reading answers gets no more of them */
		if (c->n_out > OUT_MAX / 2) {
			c->ends = true;
			return true;
		}
		if (!request(h, c, &m))
			return false;
		ward_httpmsg_begin(c->http);
		c->begun = false;
		c->since = ward_clock_mono(h->p.clock);
	}
	if (ward_httpmsg_expects(c->http) && c->n_out < OUT_MAX / 2)
		c->n_out += (size_t)snprintf(c->out + c->n_out, sizeof(c->out) - c->n_out,
			"HTTP/1.1 100 Continue\r\n\r\n");
	return true;
}

static void write_on(struct connection *c)
{
	while (c->sent < c->n_out) {
		const char *why;
		size_t n = c->n_out - c->sent;
		ssize_t k = c->tls ? log_tls_write(c->tls, c->out + c->sent, n, &why)
				   : send(c->fd, c->out + c->sent, n, MSG_NOSIGNAL);

		if (k < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (k <= 0) {
			c->ends = true;
			break;
		}
		c->sent += (size_t)k;
	}
	c->n_out = c->sent = 0;
	if (c->ends)
		hang_up(c);
}

/* False: the process is to end. */
static bool serve(struct hook *h, struct connection *c)
{
	uint8_t buf[CHUNK];
	bool going = true;

	for (int i = 0; going && i < READS_MAX && !c->ends; i++) {
		const char *why;
		ssize_t n = c->tls ? log_tls_read(c->tls, buf, sizeof(buf), &why)
				   : recv(c->fd, buf, sizeof(buf), 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n <= 0) {
			c->ends = true;
			break;
		}
		going = take(h, c, ward_slice_of(buf, (size_t)n));
	}
	write_on(c);
	return going;
}

static struct ward_seat seat_of(const struct connection *c)
{
	struct ward_seat s = {.taken = c->fd != WARD_FD_NONE,
		.known = c->known,
		.busy = c->begun || c->n_out,
		.since = c->since};

	memcpy(s.peer, c->peer, sizeof(s.peer));
	return s;
}

/* Where the new connection of this peer sits; NULL: nowhere. */
static struct connection *place(struct hook *h, const uint8_t peer[WARD_SEATS_PEER])
{
	struct ward_seat seat[CONNECTIONS_MAX];

	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		seat[i] = seat_of(&h->conn[i]);
	size_t i = ward_seats_pick(seat, CONNECTIONS_MAX, SHARE, peer);

	if (i == CONNECTIONS_MAX) {
		ward_count_name(&h->p.counters, "hook.connections_refused", 1);
		return NULL;
	}
	if (seat[i].taken) {
		ward_count_name(&h->p.counters, "hook.connections_ended", 1);
		hang_up(&h->conn[i]);
	}
	return &h->conn[i];
}

static void accept_one(struct hook *h)
{
	struct ward_httpmsg_opts o = {.mem = ward_mem_heap(),
		.request = true,
		.body_max = ward_limit(&h->lim, WARD_LIMIT_LOG_RECORD)};
	struct sockaddr_storage from = {0};
	socklen_t len = sizeof(from);
	uint8_t peer[WARD_SEATS_PEER];
	int fd = accept4(
		h->listener, (struct sockaddr *)(void *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	ward_seat_peer(&from, peer);
	struct connection *c = place(h, peer);

	if (!c) {
		(void)close(fd);
		return;
	}
	*c = (struct connection){.fd = fd, .since = ward_clock_mono(h->p.clock)};
	memcpy(c->peer, peer, sizeof(peer));
	if (ward_httpmsg_new(&o, &c->http) != WARD_OK ||
		(h->tls && log_tls_new(h->tls, fd, &c->tls) != WARD_OK))
		ward_process_die(&h->p, "out of memory", WARD_ERR_NOMEM);
}

static void end_late(struct hook *h)
{
	ward_ns now = ward_clock_mono(h->p.clock);

	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		struct ward_seat s = seat_of(&h->conn[i]);

		if (!ward_seat_late(&s, now))
			continue;
		ward_count_name(&h->p.counters, "hook.late", 1);
		hang_up(&h->conn[i]);
	}
}

static void run(struct hook *h)
{
	struct pollfd p[1 + CONNECTIONS_MAX];
	bool going = true;

	while (going && !ward_process_stopping()) {
		p[0] = (struct pollfd){h->listener, POLLIN, 0};
		for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
			const struct connection *c = &h->conn[i];
			short events = (short)(c->tls ? log_tls_events(c->tls) : POLLIN);

			p[1 + i] = (struct pollfd){
				c->fd, (short)(events | (c->n_out ? POLLOUT : 0)), 0};
		}
		if (poll(p, WARD_ARRAY_LEN(p), WAIT_MS) < 0 && errno != EINTR)
			ward_process_die(&h->p, "poll", WARD_ERR_IO);
		for (size_t i = 0; going && i < CONNECTIONS_MAX; i++)
			if (h->conn[i].fd != WARD_FD_NONE && p[1 + i].revents)
				going = serve(h, &h->conn[i]);
		if (p[0].revents)
			accept_one(h);
		end_late(h);
		ward_process_count(&h->p);
	}
}

static void open_hook(struct hook *h)
{
	const char *certificate = ward_process_setting(&h->p, "certificate"),
		   *key = ward_process_setting(&h->p, "key");
	char why[LOG_TLS_WHY];

	h->source = ward_process_setting(&h->p, "source");
	h->listener = ward_process_need_fd(&h->p, "listener");
	ward_process_secret(&h->p, "password_file", h->secret, sizeof(h->secret));
	if (!h->source || strlen(h->secret) < SECRET_MIN)
		ward_process_die(
			&h->p, "its secret is shorter than 16 characters", WARD_ERR_CONFIG);
	if (fcntl(h->listener, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&h->p, "the listener", WARD_ERR_IO);
	if (certificate && key &&
		log_tls_server_new(certificate, key, ward_process_setting(&h->p, "clients"), why,
			&h->tls) != WARD_OK)
		ward_process_die(&h->p, why, WARD_ERR_CONFIG);
	h->patterns = process_patterns(&h->p, &h->names, &h->lim);
	h->opts = (struct ward_input_opts){.mem = ward_mem_heap(),
		.lim = &h->lim,
		.names = &h->names,
		.counters = &h->p.counters,
		.patterns = h->patterns,
		.source = ward_str_z(h->source)};
	if (ward_log_sensor_new(&h->opts, WARD_LOG_JSON, &h->log) != WARD_OK)
		ward_process_die(&h->p, "out of memory", WARD_ERR_NOMEM);
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		h->conn[i].fd = WARD_FD_NONE;
}

int main(int argc, char **argv)
{
	struct hook *h = calloc(1, sizeof(*h));

	if (!h)
		return WARD_PROCESS_DIED;
	ward_process_begin(&h->p, "hook", argc, argv);
	ward_process_limits(&h->p, &h->lim);
	ward_arena_init(&h->arena, ward_mem_heap(), (size_t)64 << 20);
	if (ward_names_init(&h->names, ward_mem_heap(), &h->lim) != WARD_OK ||
		ward_feeder_new(&h->p, &h->names, &h->feeder) != WARD_OK)
		ward_process_die(&h->p, "out of memory", WARD_ERR_NOMEM);
	open_hook(h);
	ward_process_cage(&h->p, WARD_CAGE_LISTEN, NULL);
	run(h);
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (h->conn[i].fd != WARD_FD_NONE)
			hang_up(&h->conn[i]);
	ward_log_sensor_free(h->log);
	ward_log_patterns_free(h->patterns);
	log_tls_server_free(h->tls);
	ward_wipe(h->secret, sizeof(h->secret));
	return ward_process_end(&h->p);
}
