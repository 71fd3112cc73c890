#include "run/proc/tie.h"

#include "run/dial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_READS = 64 };
static const ward_ns again_after = WARD_NS_PER_S / 2;

void tie_init(struct tie *t, struct ward_process *p, const char *what)
{
	t->p = p;
	t->what = what;
	t->dialer = t->sock = -1;
	t->out = ward_wr_grow(ward_mem_heap(), TIE_OUT_MAX);
}

void tie_dials(struct tie *t, const char *key, char host[256])
{
	const char *at = ward_process_setting(t->p, key),
		   *trust = ward_process_setting(t->p, "trust"),
		   *show = ward_process_setting(t->p, "certificate"),
		   *secret = ward_process_setting(t->p, "key");
	char why[CAMERA_TLS_WHY] = "no certificate";
	struct ward_dial to;

	if (!at || !ward_dial_parse(ward_str_z(at), &to))
		ward_process_die(t->p, key, WARD_ERR_CONFIG);
	(void)snprintf(host, 256, "%s", to.host);
	if (!show || !secret || !trust ||
		camera_tls_client_new(host, trust, why, &t->client) != WARD_OK ||
		camera_tls_client_show(t->client, show, secret, why) != WARD_OK)
		ward_process_die(t->p, why, WARD_ERR_CONFIG);
	ward_dial_start(t->p, &to, &t->dialer);
}

bool tie_open(const struct tie *t)
{
	return t->sock >= 0;
}

void tie_hang_up(struct tie *t)
{
	camera_tls_free(t->dialed);
	log_tls_free(t->accepted);
	t->dialed = NULL;
	t->accepted = NULL;
	if (t->sock >= 0)
		(void)close(t->sock);
	t->sock = -1;
	t->met = false;
	t->name[0] = 0;
	ward_wr_reset(&t->out);
	t->sent = t->n_in = t->n_used = 0;
	t->not_before = ward_clock_mono(t->p->clock) + again_after;
}

static void begin(struct tie *t, int fd)
{
	t->sock = fd;
	t->since = ward_clock_mono(t->p->clock);
	t->readable = POLLIN;
	t->writable = POLLOUT;
}

static void say_end(struct tie *t, const char *why)
{
	if (t->met)
		WARD_LOG(&t->p->log, WARN, "standby.cut", WARD_KV_Z("from", t->what),
			WARD_KV_Z("why", why));
	ward_count_name(&t->p->counters, "standby.cut", 1);
	tie_hang_up(t);
}

void tie_accept(struct tie *t, struct log_tls_server *s, const struct tie_guard *guard, int fd)
{
	tie_hang_up(t);
	t->guard = guard;
	begin(t, fd);
	if (log_tls_new(s, fd, &t->accepted) != WARD_OK)
		tie_hang_up(t);
}

void tie_keep(struct tie *t)
{
	if (t->dialing || tie_open(t) || ward_clock_mono(t->p->clock) < t->not_before)
		return;
	if (ward_dial_ask(t->dialer) != WARD_OK)
		ward_process_die(t->p, "the dialer is gone", WARD_ERR_CLOSED);
	t->dialing = true;
}

void tie_put(struct tie *t, const struct ward_standby_frame *f)
{
	if (!tie_open(t))
		return;
	ward_standby_put(&t->out, f);
	if (ward_wr_bad(&t->out))
		say_end(t, "it does not take what it is sent");
}

bool tie_room(const struct tie *t)
{
	return tie_open(t) && t->out.len - t->sent < TIE_ROOM;
}

static bool dialed(struct tie *t)
{
	int fd;
	enum ward_err err = ward_dial_take(t->dialer, &fd);

	if (err == WARD_ERR_AGAIN)
		return false;
	t->dialing = false;
	t->not_before = ward_clock_mono(t->p->clock) + again_after;
	if (err == WARD_ERR_DENIED || err == WARD_ERR_NOT_FOUND)
		return false;
	if (err)
		ward_process_die(t->p, "the dialer is gone", err);
	begin(t, fd);
	if (camera_tls_new(t->client, fd, &t->dialed) != WARD_OK) {
		tie_hang_up(t);
		return false;
	}
	return true;
}

static short events(const struct tie *t)
{
	return t->dialed ? camera_tls_events(t->dialed) : log_tls_events(t->accepted);
}

/* As write(2) and read(2); why is set where the connection is at its end. */
static ssize_t move_out(struct tie *t, const char **why)
{
	const uint8_t *p = t->out.p + t->sent;
	size_t n = t->out.len - t->sent;

	return t->dialed ? camera_tls_write(t->dialed, p, n, why)
			 : log_tls_write(t->accepted, p, n, why);
}

static ssize_t move_in(struct tie *t, const char **why)
{
	uint8_t *p = t->in + t->n_in;
	size_t n = sizeof(t->in) - t->n_in;

	return t->dialed ? camera_tls_read(t->dialed, p, n, why)
			 : log_tls_read(t->accepted, p, n, why);
}

static bool write_on(struct tie *t)
{
	while (t->sent < t->out.len) {
		const char *why = "connection reset";
		ssize_t n = move_out(t, &why);

		t->writable = n < 0 ? events(t) : POLLOUT;
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (n <= 0) {
			say_end(t, why);
			return false;
		}
		t->sent += (size_t)n;
	}
	ward_wr_reset(&t->out);
	t->sent = 0;
	return true;
}

static void make_room(struct tie *t)
{
	memmove(t->in, t->in + t->n_used, t->n_in - t->n_used);
	t->n_in -= t->n_used;
	t->n_used = 0;
}

static bool read_on(struct tie *t)
{
	for (int i = 0; i < CHUNK_READS; i++) {
		const char *why = "connection reset";

		make_room(t);
		if (t->n_in == sizeof(t->in)) /* whole frames, which are taken first */
			return true;
		ssize_t n = move_in(t, &why);

		t->readable = n < 0 ? events(t) : POLLIN;
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (n <= 0) {
			say_end(t, n ? why : "it ended the connection");
			return false;
		}
		t->n_in += (size_t)n;
	}
	return true;
}

bool tie_turn(struct tie *t)
{
	bool begun = t->dialing && dialed(t);

	if (!tie_open(t))
		return false;
	return !write_on(t) || !read_on(t) || begun;
}

/* May who was accepted say this? NULL: yes; else why not. */
static const char *foreign(struct tie *t, const struct ward_standby_frame *f)
{
	if (!t->accepted)
		return NULL;
	if (!t->name[0] && (!log_tls_peer_name(t->accepted, t->name, sizeof(t->name)) ||
				   !ward_standby_name_ok(ward_str_z(t->name))))
		return "its certificate has no name (CN) of 1 to 31 printable characters";
	if (strcmp(t->name, t->guard->own) == 0)
		return "its certificate bears our own name";
	if (t->guard->host && !t->met && !log_tls_peer_is(t->accepted, t->guard->host))
		return "its certificate is not for the host of --peer";
	if ((f->type == WARD_STANDBY_HELLO || f->type == WARD_STANDBY_CLAIM) &&
		!ward_str_eqz(f->node, t->name))
		return "it speaks for another name than its certificate's";
	return NULL;
}

bool tie_next(struct tie *t, struct ward_standby_frame *ret)
{
	size_t used;
	enum ward_err err;

	if (!tie_open(t))
		return false;
	err = ward_standby_get(ward_slice_of(t->in + t->n_used, t->n_in - t->n_used), &used, ret);
	if (err == WARD_ERR_MORE)
		return false;
	if (err) {
		ward_count_name(&t->p->counters, "standby.malformed", 1);
		if (err == WARD_ERR_VERSION && !t->told_version)
			WARD_LOG(&t->p->log, ERROR, "standby.version", WARD_KV_Z("from", t->what),
				WARD_KV_Z("mend", "its Ward is of a version that can't stand "
						  "beside this one (docs/formats.md)"));
		t->told_version |= err == WARD_ERR_VERSION;
		say_end(t, ward_err_text(err));
		return false;
	}
	t->n_used += used;
	const char *why = foreign(t, ret);

	if (why) {
		WARD_LOG(&t->p->log, ERROR, "standby.foreign", WARD_KV_Z("certificate", t->name),
			WARD_KV_S("node", ret->node), WARD_KV_Z("why", why));
		ward_count_name(&t->p->counters, "standby.foreign", 1);
		tie_hang_up(t);
		return false;
	}
	t->met = true;
	return true;
}

void tie_poll(const struct tie *t, struct pollfd p[2])
{
	bool full = t->n_in - t->n_used == sizeof(t->in);

	p[0] = (struct pollfd){t->dialing ? t->dialer : -1, POLLIN, 0};
	p[1] = (struct pollfd){t->sock,
		(short)((full ? 0 : t->readable | POLLIN) |
			(t->sent < t->out.len ? t->writable : 0)),
		0};
}
