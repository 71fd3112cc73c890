/* The process that brings what a sensor sees to a Ward elsewhere: event lines from a pipe, onto the
 * disk, then over one connection outwards, and off the disk once the other side has them on its
 * own.
 *
 * Nothing comes in: it makes the connection. While that is cut, lines wait (ship/spool.h); a line
 * that is sent twice is one event there, by its id. When the pipe ends, what waits is sent, and
 * then the process ends. */
#include "run/proc/ship_diode.h"
#include "run/proc/ship_identity.h"
#include "ship/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	EVENTS = 1000,    /* of a batch, as the API takes them */
	BYTES = 72 << 10, /* as a one-way line's groups, too */
	POLL_MS = 250,
	AGAIN_MOST_S = 60, /* between tries while it is cut */
	MAINTAIN_S = 5,
	TOKEN_S = 60, /* while the token is not known there */
	MEMORY = 512 << 20,
	SHIP_NOT_ENROLLED = 1,
	DRAIN_READS = 1024,
};

struct ship {
	struct ward_process p;
	struct ship_link link;
	struct ward_ship *spool;
	int in;
	char line[2 * WARD_SHIP_LINE]; /* what came and is no whole line yet */
	size_t n_line;
	bool too_long; /* the rest of a line that has no room is passed over */
	bool ended, full;
	bool cut; /* said so in the log */
	struct ship_identity identity;
	struct ship_diode diode; /* in place of the link, where there is one */
	bool renewing;           /* what is on its way is a key, and no batch */
	ward_ns not_before, maintain_at;
	unsigned again_s;
};

static ward_ns mono(const struct ship *s)
{
	return ward_clock_mono(s->p.clock);
}

static void must(struct ship *s, enum ward_err err, const char *what)
{
	if (err)
		ward_process_die(&s->p, what, err);
}

/* ---- in ---- */

/* Whole lines of what came, as far as there is room for them. */
static void take_lines(struct ship *s)
{
	struct ward_str rest = {s->line, s->n_line};

	s->full = false;
	for (size_t end; !s->full && (end = ward_str_find(rest, WARD_STR("\n"))) != SIZE_MAX;) {
		struct ward_str line = ward_str_sub(rest, 0, end);
		enum ward_err err = s->too_long ? WARD_OK : ward_ship_put(s->spool, line);

		if (err == WARD_ERR_FULL) {
			s->full = true;
			break;
		}
		must(s, err, "the spool");
		s->too_long = false;
		rest = ward_str_sub(rest, end + 1, SIZE_MAX);
	}
	memmove(s->line, rest.p, rest.len);
	s->n_line = rest.len;
	if (!s->full && s->n_line == sizeof(s->line)) {
		ward_count_name(&s->p.counters, "ship.too_long", !s->too_long);
		s->too_long = true;
		s->n_line = 0;
	}
	must(s, ward_ship_commit(s->spool), "the spool");
}

static void read_in(struct ship *s)
{
	ssize_t n = read(s->in, s->line + s->n_line, sizeof(s->line) - s->n_line);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		s->ended = true;
		if (s->n_line && s->n_line < sizeof(s->line)) /* the last one may lack its end */
			s->line[s->n_line++] = '\n';
	} else {
		s->n_line += (size_t)n;
	}
	take_lines(s);
}

/* ---- out ---- */

static uint64_t days_left(const struct ship_identity *x)
{
	ward_ns left = x->until - ward_clock_now(x->p->clock);

	return left > 0 ? (uint64_t)(left / WARD_NS_PER_S / 86400) : 0;
}

static void later(struct ship *s, unsigned least_s)
{
	s->again_s = s->again_s ? 2 * s->again_s : 1;
	if (s->again_s > AGAIN_MOST_S)
		s->again_s = AGAIN_MOST_S;
	unsigned wait_s = s->again_s > least_s ? s->again_s : least_s;

	s->not_before = mono(s) + wait_s * WARD_NS_PER_S;
}

static void say_cut(struct ship *s)
{
	struct ward_ship_counts n;

	ward_ship_count(s->spool, &n);
	if (!s->cut)
		WARD_LOG(&s->p.log, ERROR, "ship.cut", WARD_KV_Z("why", s->link.why),
			WARD_KV_U("waiting", n.waiting));
	s->cut = true;
}

/* What became of a key that was on its way. */
static void heed_key(struct ship *s, enum ship_fate fate)
{
	enum ward_err err = fate == SHIP_ARRIVED ? ship_identity_take(&s->identity) : WARD_OK;

	if (fate == SHIP_ARRIVED && !err) {
		ward_count_name(&s->p.counters, "ship.renewed", 1);
		WARD_LOG(&s->p.log, INFO, "ship.renewed",
			WARD_KV_U("days", days_left(&s->identity)));
		return;
	}
	ship_identity_again(&s->identity);
	ward_count_name(&s->p.counters, "ship.not_renewed", 1);
	WARD_LOG(&s->p.log, ERROR, "ship.not_renewed",
		WARD_KV_Z("why", err ? s->identity.why : s->link.why),
		WARD_KV_U("days", days_left(&s->identity)));
}

static void heed(struct ship *s, enum ship_fate fate)
{
	if (s->renewing && fate != SHIP_WAITS)
		heed_key(s, fate);
	switch (fate) {
	case SHIP_WAITS:
		return;
	case SHIP_REFUSED:
		ward_count_name(&s->p.counters, "ship.refused", 1);
		WARD_LOG(&s->p.log, ERROR, "ship.refused", WARD_KV_Z("why", s->link.why));
		break;
	case SHIP_ARRIVED:
		ward_count_name(&s->p.counters, "ship.batches", 1);
		break;
	case SHIP_DENIED:
		say_cut(s);
		s->renewing = false;
		later(s, TOKEN_S);
		return;
	case SHIP_FAILED:
		say_cut(s);
		s->renewing = false;
		ward_count_name(&s->p.counters, "ship.failed", 1);
		later(s, s->link.wait_s);
		return;
	}
	if (!s->renewing)
		must(s, ward_ship_arrived(s->spool), "the spool");
	s->renewing = false;
	if (s->cut && fate == SHIP_ARRIVED)
		WARD_LOG(&s->p.log, INFO, "ship.back", WARD_KV_Z("to", s->link.url.host));
	s->cut = false;
	s->again_s = 0;
	s->not_before = 0;
	if (s->full)
		take_lines(s);
}

static bool is_sending(const struct ship *s)
{
	return s->diode.sending || s->link.state == SHIP_DIALING || s->link.state == SHIP_TALKING;
}

/* True: there is something to send. */
static bool send_next(struct ship *s)
{
	struct ward_str lines;

	if (is_sending(s))
		return true;
	if (mono(s) < s->not_before)
		return true;
	if (ship_identity_due(&s->identity)) {
		s->renewing = true;
		ship_identity_ask(&s->identity);
		return true;
	}
	enum ward_err err = ward_ship_next(s->spool, EVENTS, BYTES, &lines);

	if (err == WARD_ERR_AGAIN)
		return false;
	must(s, err, "the spool");
	if (s->diode.out)
		ship_diode_post(&s->diode, lines);
	else
		ship_link_post(&s->link,
			&(struct ship_post){"/api/v1/events", "application/jsonl", lines});
	return true;
}

static void maintain(struct ship *s)
{
	if (mono(s) < s->maintain_at)
		return;
	s->maintain_at = mono(s) + MAINTAIN_S * WARD_NS_PER_S;
	must(s, ward_ship_maintain(s->spool), "the spool");
	if (s->full) /* there may be room again for what waits to come in */
		take_lines(s);
}

static void wait(struct ship *s)
{
	struct pollfd p[3] = {{.fd = -1}, {.fd = -1}, {.fd = -1}};
	int ms = POLL_MS;

	if (s->diode.out)
		ms = ship_diode_poll(&s->diode, p);
	else
		ship_link_poll(&s->link, p);
	p[2] = (struct pollfd){s->ended || s->full ? -1 : s->in, POLLIN, 0};
	if (poll(p, WARD_ARRAY_LEN(p), ms) < 0 && errno != EINTR)
		ward_process_die(&s->p, "poll", WARD_ERR_IO);
	if (p[2].revents)
		read_in(s);
}

/* ---- life ---- */

static uint64_t number(struct ship *s, const char *key)
{
	const char *text = ward_process_setting(&s->p, key);
	uint64_t n;

	if (!text || !ward_str_u64(ward_str_z(text), &n))
		ward_process_die(&s->p, key, WARD_ERR_CONFIG);
	return n;
}

static void open_spool(struct ship *s, const char *dir)
{
	const struct ward_ship_opts o = {.dir = dir,
		.bytes = number(s, "bytes"),
		.keep = (ward_ns)number(s, "keep_s") * WARD_NS_PER_S,
		.mem = ward_mem_heap(),
		.clock = s->p.clock};
	char why[WARD_SHIP_WHY];
	enum ward_err err = ward_ship_open(&o, why, &s->spool);

	if (err)
		ward_process_die(&s->p, why, err);
}

/* What became of everything, for the log and whoever reads it. */
static void tell(struct ship *s)
{
	struct ward_ship_counts n;

	ward_ship_count(s->spool, &n);
	WARD_LOG(&s->p.log, INFO, "ship.end", WARD_KV_U("taken", n.taken),
		WARD_KV_U("waiting", n.waiting), WARD_KV_U("shed", n.shed),
		WARD_KV_U("late", n.late), WARD_KV_U("foreign", n.foreign),
		WARD_KV_U("damaged", n.damaged));
}

/* A certificate, and nothing else: by a code, or by the one that is here. */
static int only_enrol(struct ship *s)
{
	enum ship_fate fate = SHIP_WAITS;

	ship_identity_ask(&s->identity);
	while (fate == SHIP_WAITS && !ward_process_stopping()) {
		struct pollfd p[2];

		ship_link_poll(&s->link, p);
		if (poll(p, WARD_ARRAY_LEN(p), POLL_MS) < 0 && errno != EINTR)
			ward_process_die(&s->p, "poll", WARD_ERR_IO);
		fate = ship_link_turn(&s->link);
	}
	enum ward_err err = fate == SHIP_ARRIVED ? ship_identity_take(&s->identity) : WARD_OK;

	if (fate == SHIP_ARRIVED && !err)
		WARD_LOG(&s->p.log, INFO, "ship.enrolled", WARD_KV_Z("to", s->link.url.host),
			WARD_KV_U("days", days_left(&s->identity)));
	else
		WARD_LOG(&s->p.log, ERROR, "ship.not_enrolled",
			WARD_KV_Z("why", err ? s->identity.why : s->link.why));
	return fate == SHIP_ARRIVED && !err ? WARD_PROCESS_DONE : SHIP_NOT_ENROLLED;
}

/* Asked to end: what is in the pipe is put onto the disk first, as far as there is room; its writer
 * ends, too. */
static void drain(struct ship *s)
{
	struct pollfd p = {s->in, POLLIN, 0};

	for (int i = 0; i < DRAIN_READS && !s->ended && !s->full; i++) {
		if (poll(&p, 1, POLL_MS) != 1)
			break;
		read_in(s);
	}
}

static void ship_all(struct ship *s)
{
	for (bool more = true; !ward_process_stopping() && (more || s->full || !s->ended);) {
		wait(s);
		heed(s, s->diode.out ? ship_diode_turn(&s->diode) : ship_link_turn(&s->link));
		more = send_next(s);
		maintain(s);
		ward_process_count(&s->p);
	}
	heed(s, ship_diode_finish(&s->diode)); /* else it comes again, and counts as lost once */
	drain(s);
	ship_diode_settle(&s->diode);
	tell(s);
}

int main(int argc, char **argv)
{
	struct ship *s = calloc(1, sizeof(*s));
	const char *dir;
	int rc = WARD_PROCESS_DONE;

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "ship", argc, argv);
	s->p.memory_max_bytes = MEMORY;
	bool enrol = ward_process_setting(&s->p, "enrol") != NULL;

	s->in = enrol ? WARD_FD_NONE : ward_process_need_fd(&s->p, "in");
	dir = ward_process_setting(&s->p, "spool");
	if (!dir || sodium_init() < 0)
		ward_process_die(&s->p, "no spool", WARD_ERR_CONFIG);
	ship_diode_open(&s->diode, &s->p);
	if (!s->diode.out) {
		ship_link_open(&s->link, &s->p);
		ship_identity_open(&s->identity, &s->p, &s->link);
	}
	ward_process_cage(&s->p, WARD_CAGE_FILES, dir);
	ship_diode_begin(&s->diode, dir);
	if (!s->diode.out && ship_identity_load(&s->identity, dir) != WARD_OK)
		ward_process_die(&s->p, s->identity.why, WARD_ERR_CONFIG);
	if (enrol) {
		rc = only_enrol(s);
	} else {
		open_spool(s, dir);
		ship_all(s);
		ward_ship_close(s->spool);
	}
	if (s->diode.out) {
		ship_diode_close(&s->diode);
	} else {
		ship_identity_close(&s->identity);
		ship_link_close(&s->link);
	}
	return rc ? rc : ward_process_end(&s->p);
}
