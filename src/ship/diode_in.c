#include "ship/diode.h"

#include "base/rd.h"
#include "ship/diode_priv.h"

#include <sodium.h>

/* A replay of what is older is refused even by who was started anew; so is a sensor whose clock is
 * that wrong, which is told. */
static const ward_ns off_most = (ward_ns)24 * 3600 * WARD_NS_PER_S;

/* A group that comes. */
struct group {
	bool seen, done;
	uint64_t before;
	ward_ns time;
	size_t bytes, lines, k, m, len, n; /* n: shards that are there */
	bool have[WARD_FEC_SHARDS];
	uint8_t shard[WARD_FEC_SHARDS * WARD_DIODE_SHARD];
};

struct ward_diode_in {
	struct ward_diode_in_opts o;
	struct ward_diode_counts n;
	bool begun, ended; /* a session; and it said that it ends */
	struct ward_diode_last at;
	uint64_t base;    /* the oldest group of the window */
	uint64_t settled; /* lines before it: they came, or are told as lost */
	ward_ns last;     /* time of the last group before it that came whole; 0: none */
	struct group window[WARD_DIODE_WINDOW]; /* group g at g % WARD_DIODE_WINDOW */
};

/* What a datagram says, opened. */
struct said {
	uint64_t group, before;
	ward_ns time;
	size_t bytes, lines, index;
	bool ends;
	struct ward_slice shard;
};

enum ward_err ward_diode_in_new(const struct ward_diode_in_opts *o, struct ward_diode_in **ret)
{
	struct ward_diode_in *d = ward_mem_alloc(ward_mem_heap(), sizeof(*d));

	if (!d)
		return WARD_ERR_NOMEM;
	memset(d, 0, sizeof(*d));
	d->o = *o;
	d->at = o->last;
	*ret = d;
	return WARD_OK;
}

void ward_diode_in_free(struct ward_diode_in *d)
{
	if (!d)
		return;
	ward_wipe(d, sizeof(*d));
	ward_mem_free(ward_mem_heap(), d, sizeof(*d));
}

void ward_diode_counted(const struct ward_diode_in *d, struct ward_diode_counts *ret)
{
	*ret = d->n;
}

/* ---- what is lost ---- */

static void tell(struct ward_diode_in *d, uint64_t lines, ward_ns until, bool anew)
{
	const struct ward_diode_gap gap = {lines, d->last, until, anew};

	d->n.lost_lines += lines;
	d->o.gap(d->o.ctx, &gap);
}

/* Lines before this group that nobody saw. */
static void settle(struct ward_diode_in *d, const struct group *g)
{
	if (g->before > d->settled)
		tell(d, g->before - d->settled, g->time, false);
	d->settled = g->before;
}

/* The oldest group leaves the window. */
static void leave(struct ward_diode_in *d)
{
	struct group *g = &d->window[d->base % WARD_DIODE_WINDOW];

	if (g->seen) {
		settle(d, g);
		if (!g->done && g->lines)
			tell(d, g->lines, g->time, false);
		d->settled += g->lines;
		d->last = g->done ? g->time : d->last;
	}
	d->n.lost_groups += !g->done;
	*g = (struct group){.seen = false};
	d->base++;
}

/* Room for the group; those before the window are done with. */
static void move_to(struct ward_diode_in *d, uint64_t group)
{
	for (size_t i = 0; i < WARD_DIODE_WINDOW && group - d->base >= WARD_DIODE_WINDOW; i++)
		leave(d);
	if (group - d->base >= WARD_DIODE_WINDOW) { /* the window is empty: far on */
		d->n.lost_groups += group - (WARD_DIODE_WINDOW - 1) - d->base;
		d->base = group - (WARD_DIODE_WINDOW - 1);
	}
}

static bool is_known(const struct ward_diode_in *d)
{
	return sodium_is_zero(d->at.session, sizeof(d->at.session)) == 0;
}

/* Another session, or the first datagram of this life: of the one before nothing comes any more. */
static void begin(struct ward_diode_in *d, const uint8_t *session, const struct said *s)
{
	bool same = is_known(d) && memcmp(session, d->at.session, WARD_DIODE_SESSION) == 0;
	/* when the last one ended; or we began anew, and others may have come and gone */
	bool cut = is_known(d) && !(d->begun && d->ended);

	for (size_t i = 0; d->begun && i < WARD_DIODE_WINDOW; i++)
		if (d->window[d->base % WARD_DIODE_WINDOW].seen)
			leave(d);
		else
			d->base++;
	d->begun = true;
	d->ended = false;
	d->base = same || s->group >= WARD_DIODE_WINDOW ? s->group : 0;
	if (!same)
		memset(&d->at, 0, sizeof(d->at));
	memcpy(d->at.session, session, sizeof(d->at.session));
	d->settled = d->base ? s->before : 0;
	if (d->base || cut) /* we came late, or were away */
		tell(d, 0, s->time, true);
}

/* ---- a datagram ---- */

static bool read_inner(struct ward_slice inner, struct said *ret)
{
	struct ward_rd r = ward_rd_slice(inner);
	struct said s = {.group = ward_rd_be64(&r)};

	s.before = ward_rd_be64(&r);
	s.time = (ward_ns)ward_rd_be64(&r);
	s.bytes = ward_rd_be32(&r);
	s.lines = ward_rd_be16(&r);
	s.index = ward_rd_u8(&r);
	s.ends = s.index & DIODE_ENDS;
	s.index &= ~(size_t)DIODE_ENDS;
	s.shard = ward_rd_rest(&r);
	if (ward_rd_bad(&r) || s.bytes > WARD_DIODE_BYTES || s.lines > WARD_DIODE_LINES ||
		s.lines > s.bytes || s.time < 0 || s.group > UINT64_MAX - WARD_DIODE_WINDOW ||
		s.before > UINT64_MAX - WARD_DIODE_LINES || (s.ends && s.bytes))
		return false;
	size_t k = diode_shards(s.bytes);

	if (s.index >= k + diode_parity(k) || s.shard.len != diode_shard_bytes(s.bytes, k))
		return false;
	*ret = s;
	return true;
}

/* All shards of a group say the same of it. */
static bool fits(const struct group *g, const struct said *s)
{
	return !g->seen || (g->before == s->before && g->time == s->time && g->bytes == s->bytes &&
				   g->lines == s->lines);
}

static void finish(struct ward_diode_in *d, struct group *g)
{
	struct ward_str lines = {(const char *)g->shard, g->bytes};
	size_t n = 0;

	for (size_t i = 0; i < g->k; i++)
		n += g->have[i];
	if (!ward_fec_decode(g->shard, g->have, g->k, g->m, g->len))
		return;
	d->n.made_up_for += n != g->k;
	d->n.groups++;
	g->done = true;
	if (lines.len)
		d->o.lines(d->o.ctx, lines);
}

static void put(struct ward_diode_in *d, const struct said *s)
{
	if (s->group < d->base) {
		d->n.old++;
		return;
	}
	move_to(d, s->group);
	struct group *g = &d->window[s->group % WARD_DIODE_WINDOW];

	if (!fits(g, s)) {
		d->n.malformed++;
		return;
	}
	if (g->have[s->index]) {
		d->n.twice++;
		return;
	}
	if (s->group >= d->at.next) {
		d->at.next = s->group + 1;
		if (d->o.keep)
			d->o.keep(d->o.ctx, &d->at);
	}
	if (!g->seen) {
		g->seen = true;
		g->before = s->before;
		g->time = s->time;
		g->bytes = s->bytes;
		g->lines = s->lines;
		g->k = diode_shards(s->bytes);
		g->m = diode_parity(g->k);
		g->len = s->shard.len;
	}
	g->have[s->index] = true;
	d->ended |= s->ends;
	if (s->shard.len)
		memcpy(g->shard + s->index * g->len, s->shard.p, g->len);
	if (++g->n >= g->k && !g->done)
		finish(d, g);
}

/* Only what the key has sealed goes on from here. */
static bool open_it(
	struct ward_diode_in *d, struct ward_slice datagram, uint8_t *room, struct ward_slice *ret)
{
	unsigned long long n = 0;

	if (datagram.len < WARD_DIODE_HEAD + WARD_DIODE_INNER + WARD_DIODE_TAG ||
		datagram.len > WARD_DIODE_DATAGRAM ||
		memcmp(datagram.p, DIODE_MAGIC, DIODE_MAGIC_BYTES) != 0) {
		d->n.malformed++;
		return false;
	}
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(room, &n, NULL, datagram.p + WARD_DIODE_HEAD,
		    datagram.len - WARD_DIODE_HEAD, datagram.p, WARD_DIODE_HEAD,
		    datagram.p + DIODE_MAGIC_BYTES, d->o.key) != 0) {
		d->n.sealed_otherwise++;
		return false;
	}
	*ret = ward_slice_of(room, (size_t)n);
	return true;
}

void ward_diode_take(struct ward_diode_in *d, struct ward_slice datagram)
{
	uint8_t room[WARD_DIODE_INNER + WARD_DIODE_SHARD];
	ward_ns now = ward_clock_now(d->o.clock);
	struct ward_slice inner;
	struct said s;

	d->n.datagrams++;
	if (!open_it(d, datagram, room, &inner))
		return;
	const uint8_t *session = datagram.p + DIODE_MAGIC_BYTES;
	int order = is_known(d) ? memcmp(session, d->at.session, sizeof(d->at.session)) : 1;

	if (!read_inner(inner, &s)) {
		d->n.malformed++;
	} else if (order < 0 || (!order && !d->begun && s.group < d->at.next)) { /* played back */
		d->n.old++;
	} else if (s.time > now + off_most || s.time < now - off_most) {
		d->n.wrong_time++;
	} else {
		if (order > 0 || !d->begun)
			begin(d, session, &s);
		d->n.heard = ward_clock_mono(d->o.clock);
		put(d, &s);
	}
}
