#include "run/proc/ship_diode.h"

#include "base/fd.h"
#include "base/rd.h"
#include "run/dial.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SECRET_MAX = 1024, SECRET_MIN = 32, AT_ONCE = 8, POLL_MS = 250, PATH_BYTES = 4096 };

#define SCHEME "diode://"

/* A group is spread over so long at least: less than that may be cut at once. */
static const ward_ns spread = 40 * WARD_NS_PER_MS, idle = 5 * WARD_NS_PER_S;

static ward_ns mono(const struct ship_diode *d)
{
	return ward_clock_mono(d->p->clock);
}

void ship_diode_open(struct ship_diode *d, struct ward_process *p)
{
	const char *url = ward_process_setting(p, "url"), *rate = ward_process_setting(p, "rate");
	struct ward_dial to = {.port = 0};
	char secret[SECRET_MAX];
	uint64_t n = 0;

	*d = (struct ship_diode){.p = p, .sock = -1, .dialer = -1};
	if (!url || !ward_str_starts(ward_str_z(url), WARD_STR(SCHEME)))
		return;
	if (!ward_dial_parse(ward_str_z(url + sizeof(SCHEME) - 1), &to))
		ward_process_die(p, "the address is none: give diode://HOST:PORT", WARD_ERR_CONFIG);
	if (!rate || !ward_str_u64(ward_str_z(rate), &n) || !n)
		ward_process_die(p, "rate", WARD_ERR_CONFIG);
	d->at_least = WARD_NS_PER_S / (ward_ns)n;
	ward_process_secret(p, "secret_file", secret, sizeof(secret));
	if (strlen(secret) < SECRET_MIN)
		ward_process_die(p,
			"the secret of a one-way line is shorter than 32 characters: "
			"openssl rand -hex 32 makes one",
			WARD_ERR_CONFIG);
	ward_diode_key(ward_str_z(secret), d->key);
	ward_wipe(secret, sizeof(secret));
	to.datagram = true;
	to.secret = d->key;
	to.len_secret = sizeof(d->key);
	ward_dial_start(p, &to, &d->dialer);
	if (ward_diode_out_new(d->key, p->clock, &d->out) != WARD_OK)
		ward_process_die(p, "out of memory", WARD_ERR_NOMEM);
}

/* When the last session of the folder began; 0: there was none. */
static ward_ns last_session(const char *path)
{
	uint8_t bytes[8] = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct ward_rd r = ward_rd_from(bytes, sizeof(bytes));
	bool ok = fd >= 0 && read(fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes);

	if (fd >= 0)
		(void)close(fd);
	return ok ? (ward_ns)(ward_rd_be64(&r) & INT64_MAX) : 0;
}

void ship_diode_begin(struct ship_diode *d, const char *dir)
{
	char path[PATH_BYTES];
	uint8_t bytes[8];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	int n = snprintf(path, sizeof(path), "%s/session", dir);

	if (!d->out)
		return;
	if (n <= 0 || n >= PATH_BYTES)
		ward_process_die(d->p, "the spool's path is too long", WARD_ERR_CONFIG);
	ward_wr_be64(&w, (uint64_t)ward_diode_after(d->out, last_session(path)));
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && ward_fd_write(fd, ward_wr_slice(&w)) && fsync(fd) == 0;

	if (fd >= 0 && close(fd) != 0)
		ok = false;
	if (!ok)
		ward_process_die(d->p, "the session can't be written to the spool", WARD_ERR_IO);
}

void ship_diode_close(struct ship_diode *d)
{
	if (d->sock >= 0)
		(void)close(d->sock);
	ward_diode_out_free(d->out);
	ward_wipe(d->key, sizeof(d->key));
}

/* ---- a group ---- */

/* A group is in hand: when its datagrams leave. */
static void begin_group(struct ship_diode *d, size_t bytes)
{
	ward_ns apart = spread / (ward_ns)ward_diode_count(bytes);

	d->apart = apart > d->at_least ? apart : d->at_least;
	d->said = mono(d);
	if (d->next < d->said - spread) /* what was not used of the past is not made up for */
		d->next = d->said;
	d->sending = true;
}

void ship_diode_post(struct ship_diode *d, struct ward_str lines)
{
	ward_diode_put(d->out, lines);
	begin_group(d, lines.len);
}

/* A socket, once. False: not yet. */
static bool connected(struct ship_diode *d)
{
	if (d->sock >= 0)
		return true;
	if (!d->dialing && ward_dial_ask(d->dialer) != WARD_OK)
		ward_process_die(d->p, "the dialer is gone", WARD_ERR_CLOSED);
	d->dialing = true;
	enum ward_err err = ward_dial_take(d->dialer, &d->sock);

	if (err == WARD_ERR_AGAIN)
		return false;
	d->dialing = false;
	if (err == WARD_ERR_DENIED || err == WARD_ERR_NOT_FOUND)
		d->next =
			mono(d) + WARD_NS_PER_S; /* its name is not known, or no way leads there */
	else if (err)
		ward_process_die(d->p, "the dialer is gone", err);
	return !err;
}

enum ship_fate ship_diode_turn(struct ship_diode *d)
{
	uint8_t bytes[WARD_DIODE_DATAGRAM];
	size_t len = 1;

	if (!d->sending && mono(d) - d->said > idle)
		ship_diode_post(d, WARD_STR(""));
	if (!d->sending || mono(d) < d->next || !connected(d))
		return SHIP_WAITS;
	for (int i = 0; i < AT_ONCE && mono(d) >= d->next; i++) {
		len = ward_diode_next(d->out, bytes);
		if (!len)
			break;
		/* what does not leave is as what is lost; the first error is what the way said
		 * before */
		ssize_t n = send(d->sock, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0)
			n = send(d->sock, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0)
			ward_count_name(&d->p->counters, "ship.unsent", 1);
		d->next += d->apart;
	}
	d->sending = len != 0;
	return d->sending ? SHIP_WAITS : SHIP_ARRIVED;
}

enum ship_fate ship_diode_finish(struct ship_diode *d)
{
	enum ship_fate fate = SHIP_WAITS;

	while (d->sending && d->sock >= 0 && (fate = ship_diode_turn(d)) == SHIP_WAITS) {
		struct pollfd p;

		(void)poll(&p, 1, ship_diode_poll(d, &p)); /* it only waits */
	}
	return fate;
}

void ship_diode_settle(struct ship_diode *d)
{
	for (int i = 0; d->out && d->sock >= 0 && i <= WARD_DIODE_WINDOW; i++) {
		ward_diode_finish(d->out);
		begin_group(d, 0);
		(void)ship_diode_finish(d); /* the group ended, whatever became of it */
	}
}

int ship_diode_poll(const struct ship_diode *d, struct pollfd *ret)
{
	ward_ns left = d->next - mono(d);

	*ret = (struct pollfd){d->dialing ? d->dialer : -1, POLLIN, 0};
	if (!d->sending)
		return POLL_MS;
	return left <= 0                         ? 0
	       : left > POLL_MS * WARD_NS_PER_MS ? POLL_MS
						 : (int)(left / WARD_NS_PER_MS) + 1;
}
