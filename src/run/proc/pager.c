/* The process of a paging system: one line, held open, on which Ward controls or is polled; it
 * calls with each message that `respond` hands over, and says what the paging system answered.
 *
 * A device is opened before the cage; one that is gone ends this process, and the next life opens
 * it anew. A serial server is connected to by a child (dial.h), again and again. */
#include "respond/pager.h"
#include "respond/recipients.h"
#include "run/dial.h"
#include "run/postbox.h"
#include "run/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 4096, READS_MAX = 16, POLL_MS = 200, ARENA_BYTES = 4 << 20, OUT_BYTES = 64 << 10 };

static const ward_ns again_after = 2 * WARD_NS_PER_S;
/* So long a call waits for a line that is just being opened. */
static const ward_ns line_max = 10 * WARD_NS_PER_S;

enum state { WAITING, DIALING, OPEN };

struct caller {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_pager_opts o;
	struct ward_pager session;
	struct ward_pager_call call; /* of the message in hand */
	struct ward_arena arena;     /* the same */
	struct ward_id id;
	bool busy, begun;
	ward_ns came; /* monotonic */
	char address[WARD_PAGER_ADDRESS + 1];
	enum state state;
	int link, dialer, fd; /* dialer -1: a device */
	ward_ns next;         /* monotonic */
	struct ward_wr out;
	uint8_t buf[WARD_MSG_MAX];
};

static ward_ns mono(const struct caller *c)
{
	return ward_clock_mono(c->p.clock);
}

static void say(struct caller *c, const struct ward_outcome *o)
{
	ward_count_name(&c->p.counters,
		o->what == WARD_SENT_DELIVERED ? "send.delivered" : "send.failed", 1);
	(void)ward_postbox_say(&c->p, c->link, c->id, o);
	c->busy = c->begun = false;
}

static void failed(struct caller *c, enum ward_sent what, const char *why)
{
	struct ward_outcome o = {.what = what};

	(void)snprintf(o.why, sizeof(o.why), "%s", why);
	say(c, &o);
}

/* ---- the message ---- */

static void take(struct caller *c)
{
	struct ward_letter l;

	if (!ward_postbox_take(&c->p, c->link, c->buf, &l))
		return;
	c->id = l.id;
	c->busy = true;
	c->came = mono(c);
	ward_arena_reset(&c->arena);
	/* what it gives may borrow the message, which the next one overwrites */
	struct ward_str body = ward_arena_str(&c->arena, l.body);

	enum ward_err err =
		body.p ? ward_pager_read(body, &c->lim, &c->arena, &c->call) : WARD_ERR_NOMEM;
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&c->p, "out of memory", err);
	if (err)
		failed(c, WARD_SENT_REFUSED, "the message has no text for a pager");
}

/* ---- the line ---- */

static void lost(struct caller *c, const char *why)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
	c->state = WAITING;
	c->next = mono(c) + again_after;
	ward_wr_reset(&c->out);
	ward_count_name(&c->p.counters, "pager.lost", 1);
	WARD_LOG(&c->p.log, WARN, "pager.lost", WARD_KV_Z("why", why));
	ward_pager_lost(&c->session, why);
	if (c->busy)
		failed(c, WARD_SENT_FAILED, why);
	if (c->dialer < 0)
		ward_process_die(&c->p, "the serial device is gone", WARD_ERR_CLOSED);
}

static void dialed(struct caller *c)
{
	enum ward_err err = ward_dial_take(c->dialer, &c->fd);

	if (err == WARD_ERR_AGAIN)
		return;
	if (err == WARD_ERR_DENIED)
		lost(c, "the serial server refuses connections");
	else if (err == WARD_ERR_NOT_FOUND)
		lost(c, "the serial server can't be reached");
	else if (err)
		ward_process_die(&c->p, "the dialer is gone", err);
	else {
		c->state = OPEN;
		ward_pager_init(&c->session, &c->o, mono(c));
	}
}

static void hear(struct caller *c)
{
	uint8_t buf[CHUNK];

	for (int i = 0; i < READS_MAX && c->state == OPEN; i++) {
		ssize_t n = read(c->fd, buf, sizeof(buf));

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			lost(c, "the line ended");
		else
			ward_pager_hear(
				&c->session, ward_slice_of(buf, (size_t)n), mono(c), &c->out);
	}
}

static void speak(struct caller *c)
{
	struct ward_slice s = ward_wr_slice(&c->out);
	ssize_t n = 0;

	if (ward_wr_bad(&c->out)) { /* it hears nobody, and is asked all the time */
		lost(c, "nothing can be written to the line");
		return;
	}
	if (s.len)
		n = c->dialer < 0 ? write(c->fd, s.p, s.len)
				  : send(c->fd, s.p, s.len, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		lost(c, "the line was reset");
	} else if (n > 0) {
		memmove(c->out.p, c->out.p + n, c->out.len - (size_t)n);
		c->out.len -= (size_t)n;
	}
}

static void turn(struct caller *c)
{
	struct ward_outcome o;

	if (!c->busy)
		take(c);
	if (c->state == WAITING && mono(c) >= c->next) {
		if (ward_dial_ask(c->dialer) != WARD_OK)
			ward_process_die(&c->p, "the dialer is gone", WARD_ERR_CLOSED);
		c->state = DIALING;
	}
	if (c->state == DIALING)
		dialed(c);
	if (c->state != OPEN) {
		if (c->busy && mono(c) - c->came >= line_max)
			failed(c, WARD_SENT_FAILED, "there is no line to the paging system");
		return;
	}
	if (c->busy && !c->begun) {
		ward_pager_begin(&c->session, &c->call, mono(c), &c->out);
		c->begun = true;
	}
	hear(c);
	if (c->state == OPEN)
		ward_pager_tick(&c->session, mono(c), &c->out);
	if (c->state == OPEN)
		speak(c);
	if (c->state == OPEN && c->begun && ward_pager_over(&c->session, &o))
		say(c, &o);
}

static void wait(struct caller *c)
{
	short events = (short)(POLLIN | (c->out.len ? POLLOUT : 0));
	struct pollfd p[] = {{c->busy ? -1 : c->link, POLLIN, 0},
		{c->state == DIALING ? c->dialer : -1, POLLIN, 0}, {c->fd, events, 0}};

	if (poll(p, WARD_ARRAY_LEN(p), POLL_MS) < 0 && errno != EINTR)
		ward_process_die(&c->p, "poll", WARD_ERR_IO);
}

/* ---- settings ---- */

static void open_device(struct caller *c, struct ward_str device)
{
	char path[WARD_RECIPIENT_TEXT + 1], baud[16], frame[16];
	uint64_t rate = 9600;

	(void)snprintf(path, sizeof(path), "%.*s", WARD_STR_ARG(device));
	ward_process_secret(&c->p, "baud", baud, sizeof(baud));
	ward_process_secret(&c->p, "frame", frame, sizeof(frame));
	if ((baud[0] && !ward_str_u64(ward_str_z(baud), &rate)) || !ward_serial_baud_known(rate) ||
		(frame[0] && !ward_serial_frame_known(ward_str_z(frame))))
		ward_process_die(&c->p, "baud and frame", WARD_ERR_CONFIG);
	if (ward_serial_open_both(
		    path, rate, frame[0] ? ward_str_z(frame) : WARD_STR("8n1"), &c->fd) != WARD_OK)
		ward_process_die(&c->p, path, WARD_ERR_IO);
	c->state = OPEN;
}

static void prepare(struct caller *c)
{
	char at[WARD_RECIPIENT_TEXT + 1], station[16], beeps[16];
	struct ward_pager_line line;
	const char *why = "";
	struct ward_dial to;

	ward_process_secret(&c->p, "url", at, sizeof(at));
	ward_process_secret(&c->p, "call", c->address, sizeof(c->address));
	ward_process_secret(&c->p, "beeps", beeps, sizeof(beeps));
	ward_process_secret(&c->p, "station", station, sizeof(station));
	if (!ward_pager_line_read(ward_str_z(at), &line, &why))
		ward_process_die(&c->p, why, WARD_ERR_CONFIG);
	if (!ward_pager_address(ward_str_z(c->address)))
		ward_process_die(&c->p, "call", WARD_ERR_CONFIG);
	c->call = (struct ward_pager_call){.address = ward_str_z(c->address),
		.beeps = beeps[0] >= '0' && beeps[0] <= '9' ? (unsigned)(beeps[0] - '0') : 1};
	c->o = (struct ward_pager_opts){.control = station[0] < '0' || station[0] > '9',
		.own = station[0] >= '0' && station[0] <= '9' ? station[0] : '1',
		.system = '2'};
	c->fd = c->dialer = -1;
	ward_pager_init(&c->session, &c->o, mono(c));
	if (line.device.len)
		open_device(c, line.device);
	else if (ward_dial_parse(line.server, &to))
		ward_dial_start(&c->p, &to, &c->dialer);
	else
		ward_process_die(&c->p, "its serial server", WARD_ERR_CONFIG);
	c->link = ward_process_need_fd(&c->p, "respond");
	if (fcntl(c->link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&c->p, "its link", WARD_ERR_IO);
}

int main(int argc, char **argv)
{
	struct caller *c = calloc(1, sizeof(*c));

	if (!c)
		return WARD_PROCESS_DIED;
	ward_process_begin(&c->p, "pager", argc, argv);
	ward_process_limits(&c->p, &c->lim);
	ward_arena_init(&c->arena, ward_mem_heap(), ARENA_BYTES);
	c->out = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	prepare(c);
	ward_process_cage(&c->p, WARD_CAGE_PLAIN, NULL);
	while (!ward_process_stopping()) {
		turn(c);
		ward_process_count(&c->p);
		wait(c);
	}
	if (c->fd >= 0)
		(void)close(c->fd);
	ward_arena_fini(&c->arena);
	ward_wr_fini(&c->out);
	int status = ward_process_end(&c->p);

	free(c);
	return status;
}
