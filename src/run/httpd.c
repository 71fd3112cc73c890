#include "run/httpd_priv.h"

#include "base/diag.h"
#include "base/id.h"
#include "http/target.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	POOL_BYTES = 32 << 10, /* of a connection: a head, and what is on its way */
	ALSO_MAX = 8,
	EVENTS = 32,
};

ward_ns httpd_mono(const struct ward_httpd *h)
{
	return ward_clock_mono(h->o.clock);
}

void httpd_count(struct ward_httpd *h, const char *name)
{
	ward_count_name(h->o.counters, name, 1);
}

int httpd_socket(struct conn *k)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(k->c, MHD_CONNECTION_INFO_CONNECTION_FD);

	return i ? i->connect_fd : -1;
}

void httpd_resume(struct conn *k)
{
	if (!k->suspended)
		return;
	k->suspended = false;
	k->h->resumed = true;
	MHD_resume_connection(k->c);
}

void httpd_hang_up(struct conn *k)
{
	k->ended = true;
	k->seat.taken = false;
	(void)shutdown(httpd_socket(k), SHUT_RDWR);
	if (k->state == STREAMS) {
		k->stream.broken = true;
		httpd_resume(k);
	}
}

static struct conn *conn_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return i ? i->socket_context : NULL;
}

/* ---- connections ---- */

static enum MHD_Result may_come(void *cls, const struct sockaddr *from, socklen_t len)
{
	struct ward_httpd *h = cls;
	struct ward_seat seat[WARD_HTTPD_CONNECTIONS];
	struct conn *of[WARD_HTTPD_CONNECTIONS];
	struct sockaddr_storage s = {0};
	size_t n = 0;

	memcpy(&s, from, len < sizeof(s) ? len : sizeof(s));
	ward_seat_peer(&s, h->peer);
	for (size_t i = 0; i < WARD_ARRAY_LEN(h->conn); i++)
		if (h->conn[i] && h->conn[i]->seat.taken && n < WARD_HTTPD_CONNECTIONS) {
			seat[n] = h->conn[i]->seat;
			seat[n].busy = h->conn[i]->state != WAITS;
			/* whoever has asked is not ended before the answer */
			seat[n].known |= h->conn[i]->state == ASKED;
			of[n++] = h->conn[i];
		}
	size_t taken = n;

	for (; n < WARD_HTTPD_CONNECTIONS; n++)
		seat[n] = (struct ward_seat){.taken = false};
	size_t i = ward_seats_pick(seat, n, WARD_HTTPD_SHARE, h->peer);

	if (i == n) {
		httpd_count(h, "http.connections_refused");
		return MHD_NO;
	}
	if (i < taken) {
		httpd_count(h, "http.connections_ended");
		httpd_hang_up(of[i]);
	}
	return MHD_YES;
}

static void drop_stream(struct conn *k)
{
	if (k->state != STREAMS)
		return;
	k->h->n_stream--;
	k->state = ANSWERED;
	ward_wr_fini(&k->stream.out);
	k->h->o.gone(k->h->o.ctx, k->stream.ctx);
}

static void comes(struct ward_httpd *h, struct MHD_Connection *c, void **socket_context)
{
	struct conn *k = calloc(1, sizeof(*k));
	const union MHD_ConnectionInfo *at =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct sockaddr_storage from = {0};
	size_t i = 0;

	while (i < WARD_ARRAY_LEN(h->conn) && h->conn[i])
		i++;
	*socket_context = NULL; /* then each of its requests is refused by the library */
	if (!k || i == WARD_ARRAY_LEN(h->conn)) {
		free(k);
		return;
	}
	if (at && at->client_addr)
		memcpy(&from, at->client_addr,
			at->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
							       : sizeof(struct sockaddr_in));
	*k = (struct conn){.h = h,
		.c = c,
		.first = true,
		.seat = {.taken = true, .since = httpd_mono(h)},
		.body = ward_wr_grow(ward_mem_heap(), h->o.body_max)};
	memcpy(k->seat.peer, h->peer, sizeof(k->seat.peer));
	ward_seat_host(&from, k->ask.peer);
	h->conn[i] = k;
	*socket_context = k;
	httpd_count(h, "http.connections");
}

/* A password may be in it. */
static void forget_body(struct conn *k)
{
	if (k->body.p)
		ward_wipe(k->body.p, k->body.cap);
	ward_wr_fini(&k->body);
}

static void on_connection(void *cls, struct MHD_Connection *c, void **socket_context,
	enum MHD_ConnectionNotificationCode code)
{
	struct ward_httpd *h = cls;
	struct conn *k = *socket_context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		comes(h, c, socket_context);
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(h->conn); i++)
		if (k && h->conn[i] == k)
			h->conn[i] = NULL;
	if (!k)
		return;
	drop_stream(k);
	forget_body(k);
	ward_wipe(k->target, sizeof(k->target));
	free(k);
}

/* ---- requests ---- */

static void *on_target(void *cls, const char *target, struct MHD_Connection *c)
{
	struct conn *k = conn_of(c);
	size_t n = strlen(target);

	(void)cls;
	if (!k)
		return NULL;
	k->too_long = n > WARD_HTTPD_TARGET_MAX;
	n = k->too_long ? 0 : n;
	memcpy(k->target, target, n);
	k->target[n] = 0;
	return k;
}

static void on_completed(
	void *cls, struct MHD_Connection *c, void **request, enum MHD_RequestTerminationCode code)
{
	struct conn *k = conn_of(c);

	(void)cls;
	(void)code;
	*request = NULL;
	if (!k)
		return;
	drop_stream(k);
	k->state = WAITS;
	k->first = false;
	k->seat.since = httpd_mono(k->h);
	forget_body(k);
}

struct tally {
	const char *name;
	size_t n;
};

static enum MHD_Result tally(void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct tally *t = cls;

	(void)kind;
	(void)value;
	t->n += ward_str_ieq(ward_str_z(key), ward_str_z(t->name));
	return MHD_YES;
}

static bool has_twice(struct conn *k)
{
	static const char *const once[] = {
		"host", "origin", "cookie", "authorization", "content-length"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(once); i++) {
		struct tally t = {once[i], 0};

		(void)MHD_get_connection_values(k->c, MHD_HEADER_KIND, tally, &t);
		if (t.n > 1)
			return true;
	}
	return false;
}

static size_t body_most(const struct conn *k)
{
	const struct ward_httpd_opts *o = &k->h->o;

	return o->body_of ? o->body_of(o->ctx, &k->ask) : o->body_max;
}

/* 0, or why it is refused by its head. */
static unsigned judge(struct conn *k, const char *method, const char **ret_why)
{
	const union MHD_ConnectionInfo *head =
		MHD_get_connection_info(k->c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	struct ward_str length = ward_httpd_value(&k->ask, "content-length");
	uint64_t n = 0;

	*ret_why = WARD_TEXT("the request's target is too long");
	if (k->too_long)
		return 414;
	*ret_why = WARD_TEXT("the request's head is too long, or has too many fields");
	if (!head || head->header_size > WARD_HTTPD_HEAD_MAX ||
		MHD_get_connection_values(k->c, MHD_HEADER_KIND, NULL, NULL) >
			WARD_HTTPD_FIELDS_MAX)
		return 431;
	*ret_why = WARD_TEXT("a field that may come once came twice");
	if (has_twice(k))
		return 400;
	*ret_why = WARD_TEXT("the method is not known here");
	if (strlen(method) >= METHOD_MAX)
		return 501;
	*ret_why = WARD_TEXT("say how long the body is (Content-Length)");
	if (ward_httpd_value(&k->ask, "transfer-encoding").p)
		return 411;
	*ret_why = WARD_TEXT("the path can't be read, or leads elsewhere");
	if (!ward_http_path(
		    ward_str_z(k->target), k->path, sizeof(k->path), &k->ask.path, &k->ask.query))
		return 400;
	*ret_why = WARD_TEXT("the body is too long, or its length is no number");
	if (length.p && (!ward_str_u64(length, &n) || n > body_most(k)))
		return 413;
	return 0;
}

static void begin(struct conn *k, const char *method)
{
	uint8_t peer[WARD_SEATS_PEER];
	const char *why;

	memcpy(peer, k->ask.peer, sizeof(peer));
	k->ask = (struct ward_httpd_ask){.path = WARD_STR("")};
	memcpy(k->ask.peer, peer, sizeof(peer));
	k->state = COMES;
	k->seat.since = httpd_mono(k->h);
	unsigned status = judge(k, method, &why);

	if (status) {
		k->ask.path = WARD_STR("");
		k->state = ASKED;
		httpd_count(k->h, "http.requests_refused");
		k->h->o.refused(k->h->o.ctx, &k->ask, status, why);
		WARD_ASSERT(k->state != ASKED);
		return;
	}
	memcpy(k->method, method, strlen(method) + 1);
	k->ask.method = strcmp(k->method, "HEAD") == 0 ? WARD_STR("GET") : ward_str_z(k->method);
}

static enum MHD_Result take(struct conn *k, const char *data, size_t *n)
{
	ward_wr_bytes(&k->body, data, *n); /* no more than its length said */
	*n = 0;
	return ward_wr_bad(&k->body) ? MHD_NO : MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url,
	const char *method, const char *version, const char *data, size_t *n, void **request)
{
	struct conn *k = *request;

	(void)cls;
	(void)url;
	(void)version;
	if (!k)
		return MHD_NO;
	k->in_callback = true;
	if (k->state == WAITS)
		begin(k, method);
	else if (*n) {
		k->in_callback = false;
		return take(k, data, n);
	} else if (k->state == COMES) {
		k->ask.body = ward_wr_slice(&k->body);
		k->state = ASKED;
		httpd_count(k->h, "http.requests");
		k->h->o.request(k->h->o.ctx, &k->ask);
		if (k->state == ASKED) {
			k->suspended = true;
			MHD_suspend_connection(c);
		}
	}
	k->in_callback = false;
	return k->ended ? MHD_NO : MHD_YES;
}

struct ward_str ward_httpd_value(const struct ward_httpd_ask *a, const char *name)
{
	const struct conn *k = (const void *)a;
	const char *v = MHD_lookup_connection_value(k->c, MHD_HEADER_KIND, name);

	return v ? ward_str_z(v) : (struct ward_str){NULL, 0};
}

bool ward_httpd_shown(const struct ward_httpd_ask *a, struct ward_httpd_shown *ret)
{
	const struct conn *k = (const void *)a;
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(k->c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	unsigned n = 0;
	const gnutls_datum_t *all =
		i && i->tls_session ? gnutls_certificate_get_peers(i->tls_session, &n) : NULL;
	gnutls_x509_crt_t crt;

	if (!k->h->o.asks_for || !all || !n || gnutls_x509_crt_init(&crt) != GNUTLS_E_SUCCESS)
		return false;
	bool ok = gnutls_x509_crt_import(crt, &all[0], GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS;
	time_t from = ok ? gnutls_x509_crt_get_activation_time(crt) : -1,
	       until = ok ? gnutls_x509_crt_get_expiration_time(crt) : -1;

	gnutls_x509_crt_deinit(crt);
	if (from < 0 || until < 0 || until > INT64_MAX / WARD_NS_PER_S)
		return false;
	ward_sha256(ward_slice_of(all[0].data, all[0].size), ret->print);
	ret->from = (ward_ns)from * WARD_NS_PER_S;
	ret->until = (ward_ns)until * WARD_NS_PER_S;
	return true;
}

void ward_httpd_known(struct ward_httpd_ask *a)
{
	struct conn *k = (void *)a;

	k->seat.known = true;
}

/* ---- the loop ---- */

static bool late(const struct conn *k, ward_ns now)
{
	ward_ns for_so_long = now - k->seat.since;

	switch (k->state) {
	case WAITS:
		return for_so_long > (k->first ? WARD_HTTPD_REQUEST_TIME : WARD_HTTPD_IDLE_TIME);
	case COMES:
		return for_so_long > WARD_HTTPD_REQUEST_TIME;
	case ANSWERED:
		return for_so_long > WARD_HTTPD_ANSWER_TIME;
	case STREAMS:
		return ward_httpd_waiting(&k->stream) &&
		       now - k->stream.taken > WARD_HTTPD_ANSWER_TIME;
	case ASKED:
	default:
		return false;
	}
}

static void keep_time(struct ward_httpd *h)
{
	ward_ns now = httpd_mono(h);

	for (size_t i = 0; i < WARD_ARRAY_LEN(h->conn); i++) {
		struct conn *k = h->conn[i];

		if (!k || k->ended)
			continue;
		if (late(k, now)) {
			httpd_count(h, "http.late");
			httpd_hang_up(k);
		} else if (k->state == STREAMS && !k->stream.finish && !k->stream.raw &&
			   now - k->stream.said >= WARD_HTTPD_PULSE) {
			(void)ward_httpd_push(&k->stream, ward_str_bytes(h->o.pulse));
		}
	}
}

/* Readers who hung up: nothing else tells while there is nothing to say. */
static void hear_ends(struct ward_httpd *h)
{
	struct epoll_event e[EVENTS];
	int n = epoll_wait(h->watch_fd, e, EVENTS, 0);

	for (int i = 0; i < n; i++) {
		struct conn *k = e[i].data.ptr;

		if (k->state == STREAMS && !k->ended)
			httpd_hang_up(k);
	}
}

enum ward_err ward_httpd_turn(struct ward_httpd *h, const int *also, size_t n_also, int wait_ms)
{
	struct pollfd p[2 + ALSO_MAX] = {{h->poll_fd, POLLIN, 0}, {h->watch_fd, POLLIN, 0}};
	MHD_UNSIGNED_LONG_LONG sooner;

	WARD_ASSERT(n_also <= ALSO_MAX);
	for (size_t i = 0; i < n_also; i++)
		p[2 + i] = (struct pollfd){also[i], POLLIN, 0};
	if (MHD_get_timeout(h->d, &sooner) == MHD_YES && sooner < (unsigned)wait_ms)
		wait_ms = (int)sooner;
	if (h->resumed)
		wait_ms = 0;
	h->resumed = false;
	if (poll(p, 2 + n_also, wait_ms) < 0 && errno != EINTR)
		return WARD_ERR_IO;
	if (p[1].revents)
		hear_ends(h);
	if (MHD_run(h->d) != MHD_YES)
		return WARD_ERR_IO;
	keep_time(h);
	return WARD_OK;
}

/* What it says is of peers, who may say much. */
static void on_said(void *cls, const char *format, va_list args)
{
	struct ward_httpd *h = cls;

	(void)format;
	(void)args;
	httpd_count(h, "http.library_complaints");
}

enum ward_err ward_httpd_new(
	const struct ward_httpd_opts *o, struct ward_httpd **ret, const char **ret_why)
{
	struct ward_httpd *h = calloc(1, sizeof(*h));

	*ret_why = "out of memory";
	if (!h)
		return WARD_ERR_NOMEM;
	h->o = *o;
	h->watch_fd = epoll_create1(EPOLL_CLOEXEC);
	h->d = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_USE_TLS | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME, 0,
		may_come, h, on_request, h, MHD_OPTION_EXTERNAL_LOGGER, on_said, h,
		MHD_OPTION_LISTEN_SOCKET, o->listener, MHD_OPTION_HTTPS_MEM_CERT, o->certificate,
		MHD_OPTION_HTTPS_MEM_KEY, o->key, MHD_OPTION_HTTPS_PRIORITIES,
		WARD_HTTPD_PRIORITIES, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)WARD_HTTPD_CONNECTIONS + SPARE,
		MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_URI_LOG_CALLBACK, on_target, h, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, h, MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
		o->asks_for ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, o->asks_for,
		MHD_OPTION_END);
	const union MHD_DaemonInfo *i =
		h->d ? MHD_get_daemon_info(h->d, MHD_DAEMON_INFO_EPOLL_FD) : NULL;

	*ret_why = "the certificate or its key can't be used: they are no PEM, or don't belong "
		   "together";
	if (!i || h->watch_fd < 0) {
		ward_httpd_free(h);
		return WARD_ERR_CONFIG;
	}
	h->poll_fd = i->epoll_fd;
	*ret = h;
	return WARD_OK;
}

void ward_httpd_free(struct ward_httpd *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < WARD_ARRAY_LEN(h->conn); i++)
		if (h->conn[i]) {
			httpd_hang_up(h->conn[i]);
			httpd_resume(h->conn[i]);
		}
	if (h->d) {
		(void)MHD_run(h->d);
		MHD_stop_daemon(h->d);
	}
	if (h->watch_fd >= 0)
		(void)close(h->watch_fd);
	free(h);
}
