#include "run/filing.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>

enum { TAPS = 16, TAP_SHIFT = 32, WAIT_MS = 20, EVENT_MAX = 65536 };

/* After the queue had no room for so long nobody waits for it for a while. */
static const ward_ns no_wait = WARD_NS_PER_S / 2;

struct ward_filing {
	int fd;
	const struct ward_clock *clock;
	const struct ward_names *names;
	struct tap {
		struct ward_filing *f;
		struct ward_file_sink sink;
	} tap[TAPS];
	uint64_t shed[WARD_FILING_SHED]; /* numbers */
	size_t n_shed;                   /* of all; the newest stay */
	uint64_t owed[WARD_FILING_OWED]; /* numbers: their end is still to be said */
	size_t n_owed;
	uint64_t n_lost;
	ward_ns wait_from; /* monotonic: when the queue may be waited for again */
	struct {
		uint64_t number, off;
		size_t len;
	} piece;               /* that comes: in body, behind its head */
	struct ward_wr body;   /* of the piece */
	struct ward_wr events; /* of what is told */
};

static uint64_t number_of(const struct tap *t, uint32_t number)
{
	return (uint64_t)(t - t->f->tap) << TAP_SHIFT | number;
}

static void head(struct ward_wr *w, enum ward_filing_what what, uint64_t number)
{
	ward_wr_reset(w);
	ward_wr_u8(w, (uint8_t)what);
	ward_wr_be64(w, number);
}

/* Says the ends that found no room: until then the reader keeps what came of these files. */
static bool say_owed(struct ward_filing *f)
{
	uint8_t bytes[16];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	while (f->n_owed) {
		head(&w, WARD_FILING_TOLD, f->owed[f->n_owed - 1]);
		if (ward_msg_send(f->fd, WARD_MSG_FILE, 0, ward_wr_slice(&w)) != WARD_OK)
			return false;
		f->n_owed--;
	}
	return true;
}

/* Beyond those the reader lets go of the oldest as others begin. */
static void owe(struct ward_filing *f, uint64_t number)
{
	if (f->n_owed < WARD_FILING_OWED)
		f->owed[f->n_owed++] = number;
}

/* Nothing is said before what is owed. */
static enum ward_err say(struct ward_filing *f, const struct ward_wr *w)
{
	return say_owed(f) ? ward_msg_send(f->fd, WARD_MSG_FILE, 0, ward_wr_slice(w))
			   : WARD_ERR_AGAIN;
}

/* False: there is no room, and it is not waited for longer. */
static bool send_body(struct ward_filing *f, const struct ward_wr *w)
{
	enum ward_err err = ward_wr_bad(w) ? WARD_ERR_LIMIT : say(f, w);

	if (err == WARD_ERR_AGAIN && ward_clock_mono(f->clock) >= f->wait_from) {
		struct pollfd p = {.fd = f->fd, .events = POLLOUT};

		if (poll(&p, 1, WAIT_MS) > 0)
			err = say(f, w);
		if (err)
			f->wait_from = ward_clock_mono(f->clock) + no_wait;
	}
	return !err;
}

static bool is_shed(const struct ward_filing *f, uint64_t number)
{
	for (size_t i = 0; i < WARD_FILING_SHED; i++)
		if (f->shed[i] == number)
			return true;
	return false;
}

static void shed(struct ward_filing *f, uint64_t number)
{
	if (!is_shed(f, number))
		f->shed[f->n_shed++ % WARD_FILING_SHED] = number;
}

static void flush(struct ward_filing *f)
{
	if (f->piece.len && !is_shed(f, f->piece.number) && !send_body(f, &f->body))
		shed(f, f->piece.number);
	f->piece.len = 0;
}

static void on_begin(void *ctx, uint32_t number, const struct ward_file_ends *ends,
	const struct ward_file_meta *m)
{
	struct tap *t = ctx;

	(void)ends;
	(void)m;
	head(&t->f->events, WARD_FILING_BEGIN, number_of(t, number));
	if (!send_body(t->f, &t->f->events))
		shed(t->f, number_of(t, number));
}

static void add(struct ward_filing *f, uint64_t number, uint64_t off, struct ward_slice bytes)
{
	bool follows =
		f->piece.len && f->piece.number == number && f->piece.off + f->piece.len == off;

	if (!follows || f->piece.len + bytes.len > WARD_FILING_PIECE) {
		flush(f);
		head(&f->body, WARD_FILING_BYTES, number);
		ward_wr_be64(&f->body, off);
		f->piece.number = number;
		f->piece.off = off;
	}
	ward_wr_bytes(&f->body, bytes.p, bytes.len);
	f->piece.len += bytes.len;
}

static void on_sent(void *ctx, uint32_t number, uint64_t off, struct ward_slice bytes)
{
	struct tap *t = ctx;

	if (is_shed(t->f, number_of(t, number)))
		return;
	while (bytes.len) {
		size_t n = bytes.len < WARD_FILING_PIECE ? bytes.len : WARD_FILING_PIECE;

		add(t->f, number_of(t, number), off, ward_slice_of(bytes.p, n));
		bytes = ward_slice_of(bytes.p + n, bytes.len - n);
		off += n;
	}
}

/* What follows a gap is no more at its place: the reader sees that. */
static void on_gap(void *ctx, uint32_t number, uint64_t off, uint64_t len)
{
	(void)ctx;
	(void)number;
	(void)off;
	(void)len;
}

static void on_end(void *ctx, uint32_t number, const struct ward_file_result *r)
{
	(void)ctx;
	(void)number;
	(void)r;
}

static void on_told(
	void *ctx, uint32_t number, const struct ward_file_range *range, const struct ward_event *e)
{
	struct tap *t = ctx;
	uint64_t n = number_of(t, number);

	flush(t->f);
	head(&t->f->events, range ? WARD_FILING_PIECE_TOLD : WARD_FILING_TOLD, n);
	if (range) {
		ward_wr_be64(&t->f->events, range->resource);
		ward_wr_be64(&t->f->events, range->from);
		ward_wr_be64(&t->f->events, range->total);
	}
	if (e)
		ward_event_encode(e, t->f->names, &t->f->events);
	if (!send_body(t->f, &t->f->events)) {
		t->f->n_lost += e != NULL;
		owe(t->f, n);
	}
	for (size_t i = 0; i < WARD_FILING_SHED; i++)
		if (t->f->shed[i] == n)
			t->f->shed[i] = 0;
}

enum ward_err ward_filing_new(int fd, const struct ward_clock *clock,
	const struct ward_names *names, struct ward_filing **ret)
{
	struct ward_filing *f = calloc(1, sizeof(*f));
	int flags = fcntl(fd, F_GETFL);

	if (!f)
		return WARD_ERR_NOMEM;
	(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	f->fd = fd;
	f->clock = clock;
	f->names = names;
	f->body = ward_wr_grow(ward_mem_heap(), WARD_MSG_BODY_MAX);
	f->events = ward_wr_grow(ward_mem_heap(), EVENT_MAX);
	for (size_t i = 0; i < TAPS; i++) {
		f->tap[i].f = f;
		f->tap[i].sink = (struct ward_file_sink){
			on_begin, NULL, on_sent, on_gap, on_end, on_told, &f->tap[i]};
	}
	*ret = f;
	return WARD_OK;
}

void ward_filing_free(struct ward_filing *f)
{
	if (!f)
		return;
	ward_wr_fini(&f->body);
	ward_wr_fini(&f->events);
	free(f);
}

const struct ward_file_sink *ward_filing_sink(struct ward_filing *f, unsigned tap)
{
	return &f->tap[tap % TAPS].sink;
}

uint64_t ward_filing_lost(struct ward_filing *f)
{
	uint64_t n = f->n_lost;

	f->n_lost = 0;
	return n;
}

enum ward_err ward_filing_read(const struct ward_msg *m, struct ward_filed *ret)
{
	struct ward_rd body = m->body;
	uint8_t what = ward_rd_u8(&body);
	uint64_t number = ward_rd_be64(&body);
	uint64_t off = what == WARD_FILING_BYTES ? ward_rd_be64(&body) : 0;
	struct ward_file_range range = {.piece = what == WARD_FILING_PIECE_TOLD};

	if (range.piece) {
		range.resource = ward_rd_be64(&body);
		range.from = ward_rd_be64(&body);
		range.total = ward_rd_be64(&body);
	}

	*ret = (struct ward_filed){0};
	if (m->type != WARD_MSG_FILE || ward_rd_bad(&body) || what < WARD_FILING_BEGIN ||
		what > WARD_FILING_PIECE_TOLD || !(uint32_t)number ||
		(range.piece && !range.resource) ||
		(what == WARD_FILING_BEGIN && ward_rd_left(&body)))
		return WARD_ERR_MALFORMED;
	*ret = (struct ward_filed){
		(enum ward_filing_what)what, number, off, ward_rd_rest(&body), range};
	return WARD_OK;
}
