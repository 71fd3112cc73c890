/* A controller of a played scenario: whoever asks it by BACnet/IP, Modbus/TCP or SNMP is told what
 * its points are worth at this moment of the play. It stands for the outside world, as the player
 * does.
 */
#include "exercise/device.h"
#include "run/play_clock.h"
#include "run/play_sets.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CLIENTS_MAX = 4,
	PLAN_MAX = 1 << 25,
	SPEED_MAX = 100000,
	POLL_MS = 1000,
	ASKED_MAX = 2048,
	KEPT_MAX = 4096, /* requests that wrote something */
};

struct client {
	int fd;
	size_t n;
	uint8_t held[WARD_DEVICE_REQUEST];
};

struct player {
	struct ward_process p;
	struct ward_device *device;
	enum ward_device_speech speech;
	int sock, clock;
	int kept;        /* file in memory: what was done to it, and when; or WARD_FD_NONE */
	int sets;        /* file in memory: run/play_sets.h; or WARD_FD_NONE */
	uint64_t number; /* by which those name it */
	size_t n_kept, n_set;
	bool full; /* it was told */
	ward_ns begin;
	uint64_t speed; /* percent */
	struct client client[CLIENTS_MAX];
	size_t n_client;
};

static uint64_t number(struct player *d, const char *key, uint64_t usual, uint64_t max)
{
	const char *text = ward_process_setting(&d->p, key);
	uint64_t v = usual;

	if (text && (!ward_str_u64(ward_str_z(text), &v) || v > max))
		ward_process_die(&d->p, key, WARD_ERR_CONFIG);
	return v;
}

static void settle(struct player *d)
{
	const char *speaks = ward_process_setting(&d->p, "speaks");
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), PLAN_MAX);
	int fd = ward_process_need_fd(&d->p, "plan");
	uint8_t buf[4096];
	off_t at = 0;
	ssize_t n;

	d->speech = ward_device_speaks(ward_str_z(speaks ? speaks : ""));
	d->sock = ward_process_need_fd(&d->p, "controller");
	d->clock = ward_process_fd(&d->p, "clock");
	d->begin = (ward_ns)number(
		d, "begin", (uint64_t)ward_clock_mono(d->p.clock), (uint64_t)INT64_MAX);
	d->speed = number(d, "speed", 100, SPEED_MAX);
	while ((n = pread(fd, buf, sizeof(buf), at)) > 0) { /* each life from its beginning */
		ward_wr_bytes(&w, buf, (size_t)n);
		at += n;
	}
	enum ward_err err = n < 0 ? WARD_ERR_IO : ward_wr_bad(&w) ? WARD_ERR_LIMIT : WARD_OK;

	if (!err)
		err = ward_device_new(ward_mem_heap(), d->speech, ward_wr_text(&w), &d->device);
	ward_wr_fini(&w);
	if (err)
		ward_process_die(&d->p, "what it answers", err);
}

static ward_ns played(const struct player *d)
{
	ward_ns gone = ward_play_gone(d->clock, d->begin, ward_clock_mono(d->p.clock));

	return gone < 0 ? gone : gone / 100 * (ward_ns)d->speed;
}

/* ---- what happened to it outlives this process ---- */

/* What was done to it, in its order: a request that wrote something, or what the play says. */
struct kept {
	ward_ns time; /* of the play */
	uint64_t len; /* of a request; SET: the next of the play's */
	uint8_t bytes[ASKED_MAX];
};

static const uint64_t SET = UINT64_MAX;

/* How many bytes were taken of it; 0 and less: it is not answered. */
static int answer(struct player *d, ward_ns time, struct ward_slice asked, struct ward_wr *out)
{
	if (d->speech == WARD_DEVICE_MODBUS)
		return ward_device_take(d->device, time, asked, out);
	bool answered = d->speech == WARD_DEVICE_SNMP
				? ward_device_agent(d->device, time, asked, out)
				: ward_device_hear(d->device, time, asked, out);

	return answered ? (int)asked.len : 0;
}

/* Whoever writes so often is no story: from now on what is written lasts as long as this process.
 */
static void tell_full(struct player *d)
{
	WARD_LOG(&d->p.log, WARN, "device.not_kept", WARD_KV_U("max", KEPT_MAX),
		WARD_KV_Z("why",
			"so many writes are kept; later ones are forgotten when the controller is "
			"started anew"));
}

static void keep(struct player *d, ward_ns time, uint64_t len, const uint8_t *bytes)
{
	static struct kept k;

	if (d->kept == WARD_FD_NONE)
		return;
	if (d->n_kept == KEPT_MAX) {
		if (!d->full)
			tell_full(d);
		d->full = true;
		ward_count_name(&d->p.counters, "device.not_kept", 1);
		return;
	}
	k = (struct kept){.time = time, .len = len};
	if (bytes)
		memcpy(k.bytes, bytes, (size_t)len);
	if (pwrite(d->kept, &k, sizeof(k), (off_t)(d->n_kept * sizeof(k))) != (ssize_t)sizeof(k))
		ward_process_die(&d->p, "cannot keep what was written", WARD_ERR_IO);
	d->n_kept++;
}

/* The next that the play says. False: nothing new. */
static bool take_set(struct player *d, bool again)
{
	struct ward_play_set s;

	if (!ward_play_set_read(d->sets, d->n_set, &s))
		return false;
	d->n_set++;
	if (s.controller == d->number && !ward_device_put(d->device, s.at, s.value, s.to))
		ward_count_name(&d->p.counters, "device.not_set", 1);
	if (!again)
		keep(d, s.at, SET, NULL);
	return true;
}

static void remember(struct player *d)
{
	static struct kept k;

	while (d->kept != WARD_FD_NONE && d->n_kept < KEPT_MAX &&
		pread(d->kept, &k, sizeof(k), (off_t)(d->n_kept * sizeof(k))) ==
			(ssize_t)sizeof(k)) {
		uint8_t buf[WARD_DEVICE_ANSWER];
		struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));

		if (k.len == SET)
			(void)take_set(d, true);
		else if (k.len <= sizeof(k.bytes))
			(void)answer(d, k.time, ward_slice_of(k.bytes, (size_t)k.len), &out);
		d->n_kept++;
	}
}

/* As answer; what it wrote is kept before anybody is told that it is done. */
static int serve_one(struct player *d, struct ward_slice asked, struct ward_wr *out)
{
	while (take_set(d, false))
		;
	uint64_t before = ward_device_written(d->device);
	ward_ns time = played(d);
	int taken = answer(d, time, asked, out);

	if (ward_device_written(d->device) != before)
		keep(d, time, (uint64_t)taken, asked.p);
	return taken;
}

static void hear(struct player *d)
{
	uint8_t in[ASKED_MAX], buf[WARD_DEVICE_ANSWER];
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));
	ssize_t n = recvfrom(
		d->sock, in, sizeof(in), MSG_DONTWAIT, (struct sockaddr *)(void *)&from, &len);

	if (n < 0)
		return;
	ward_count_name(&d->p.counters, "device.heard", 1);
	if (serve_one(d, ward_slice_of(in, (size_t)n), &out) <= 0)
		return;
	if (sendto(d->sock, out.p, out.len, MSG_DONTWAIT, (struct sockaddr *)(void *)&from, len) ==
		(ssize_t)out.len)
		ward_count_name(&d->p.counters, "device.answered", 1);
}

static void welcome(struct player *d)
{
	int fd = accept4(d->sock, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0 && d->n_client == CLIENTS_MAX)
		(void)close(fd);
	else if (fd >= 0)
		d->client[d->n_client++] = (struct client){.fd = fd};
}

/* False: the connection is over. */
static bool serve(struct player *d, struct client *c)
{
	ssize_t n = recv(c->fd, c->held + c->n, sizeof(c->held) - c->n, 0);
	int taken;

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	c->n += (size_t)n;
	do {
		uint8_t buf[WARD_DEVICE_REQUEST];
		struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));

		taken = serve_one(d, ward_slice_of(c->held, c->n), &out);
		if (taken <= 0)
			break;
		c->n -= (size_t)taken;
		memmove(c->held, c->held + taken, c->n);
		ward_count_name(&d->p.counters, "device.heard", 1);
		if (send(c->fd, out.p, out.len, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)out.len)
			return false;
		ward_count_name(&d->p.counters, "device.answered", 1);
	} while (c->n);
	return taken != WARD_DEVICE_FOREIGN && c->n < sizeof(c->held);
}

static void turn(struct player *d)
{
	struct pollfd p[1 + CLIENTS_MAX] = {{.fd = d->sock, .events = POLLIN}};
	size_t n = d->n_client;

	for (size_t i = 0; i < n; i++)
		p[1 + i] = (struct pollfd){.fd = d->client[i].fd, .events = POLLIN};
	if (poll(p, (nfds_t)(1 + n), POLL_MS) < 0) {
		if (errno != EINTR)
			ward_process_die(&d->p, "poll", WARD_ERR_IO);
		return;
	}
	for (size_t i = n; i-- > 0;)
		if (p[1 + i].revents && !serve(d, &d->client[i])) {
			(void)close(d->client[i].fd);
			d->client[i] = d->client[--d->n_client];
		}
	if (!p[0].revents)
		return;
	if (d->speech == WARD_DEVICE_MODBUS)
		welcome(d);
	else
		hear(d);
}

int main(int argc, char **argv)
{
	static struct player d;

	ward_process_begin(&d.p, "device", argc, argv);
	settle(&d);
	d.kept = ward_process_fd(&d.p, "written");
	d.sets = ward_process_fd(&d.p, "sets");
	d.number = number(&d, "number", 0, UINT32_MAX);
	remember(&d);
	ward_process_cage(&d.p, WARD_CAGE_OUTSIDE, NULL);
	while (!ward_process_stopping()) {
		turn(&d);
		ward_process_count(&d.p);
	}
	while (d.n_client)
		(void)close(d.client[--d.n_client].fd);
	ward_device_free(d.device);
	return ward_process_end(&d.p);
}
