#include "sense/net/stream.h"

#include "sense/net/packet.h"

/* RFC 7323 2.3 allows windows of 1 GiB; what lies further ahead than this was not sent by a peer
 * that its receiver can follow. */
enum { WINDOW = 64 << 20 };

/* One call of ward_stream_see or _end. */
struct work {
	struct ward_stream_pool *p;
	struct ward_stream *s;
	const struct ward_stream_user *user;
	bool wake[2]; /* the side's held bytes are to be handed over anew */
};

enum ward_err ward_stream_init(struct ward_stream_pool *p, const struct ward_mem *mem,
	const struct ward_limits *lim, uint64_t *count)
{
	p->count = count;
	return ward_chunk_pool_init(&p->chunks, mem, ward_limit(lim, WARD_LIMIT_NET_STREAM_BYTES),
		ward_limit(lim, WARD_LIMIT_NET_STREAM_SIDE));
}

void ward_stream_fini(struct ward_stream_pool *p)
{
	ward_chunk_pool_fini(&p->chunks);
}

void ward_stream_shed(struct ward_stream_pool *p, struct ward_stream *s)
{
	for (unsigned i = 0; i < 2; i++)
		p->count[WARD_NET_STREAM_SHED] += ward_chunks_drop(&p->chunks, &s->side[i].held);
}

static void close_side(struct work *w, struct ward_stream_side *side)
{
	w->p->count[WARD_NET_STREAM_UNREAD] += ward_chunks_drop(&w->p->chunks, &side->held);
	side->closed = true;
}

/* The side ends, after its last bytes were handed over. */
static void end_side(struct work *w, struct ward_stream_side *side)
{
	unsigned at = (unsigned)(side - w->s->side);

	close_side(w, side);
	(void)w->user->bytes(w->user->ctx, at, ward_slice_of(NULL, 0), true);
}

static void stop(struct work *w)
{
	w->s->stopped = true;
	for (unsigned i = 0; i < 2; i++)
		close_side(w, &w->s->side[i]);
}

/* Bytes at the side's place go to the user. */
static void hand_over(struct work *w, struct ward_stream_side *side, struct ward_slice bytes)
{
	bool end = side->next + bytes.len >= side->fin;
	unsigned at = (unsigned)(side - w->s->side);
	struct ward_stream_take take = w->user->bytes(w->user->ctx, at, bytes, end);
	uint64_t rest = take.used < bytes.len ? bytes.len - take.used : 0;

	w->p->count[WARD_NET_STREAM_BYTES] += bytes.len - rest;
	if (take.stop) {
		stop(w);
		return;
	}
	if (!ward_add(side->next, take.used, &side->next))
		side->next = UINT64_MAX;
	side->need = rest == 0 ? 0 : take.need > rest ? take.need : rest + 1;
	ward_chunks_release(&w->p->chunks, &side->held, side->next);
	if (take.wake) {
		WARD_ASSERT(take.used > 0);
		w->s->side[!at].need = 0;
		w->wake[!at] = true;
	}
	if (end || side->next >= side->fin) {
		w->p->count[WARD_NET_STREAM_UNREAD] += side->held.n ? 0 : rest;
		if (end)
			close_side(w, side);
		else
			end_side(w, side);
	}
}

/* What lies before `to` and was not taken is given up. */
static void lose(struct work *w, struct ward_stream_side *side, uint64_t to)
{
	uint64_t lost = to - side->next;

	side->next = to;
	side->need = 0;
	side->synced = false;
	ward_chunks_release(&w->p->chunks, &side->held, side->next);
	w->p->count[WARD_NET_STREAM_GAPS]++;
	w->p->count[WARD_NET_STREAM_LOST] += lost;
	if (!w->user->gap(w->user->ctx, (unsigned)(side - w->s->side), lost))
		stop(w);
}

/* Hands over what is held, as far as it is in order, wanted or all that there will be. Each turn
 * moves the side's place or is the last. */
static void drain(struct work *w, struct ward_stream_side *side)
{
	struct ward_chunk_pool *p = &w->p->chunks;

	while (side->held.n && !side->closed) {
		uint64_t after, end = ward_chunks_run(p, &side->held, side->next, &after);

		if (end > side->next && (end - side->next >= side->need || end >= side->fin))
			hand_over(w, side, ward_chunks_flat(p, &side->held, end));
		else if (after <= side->acked)
			lose(w, side, after);
		else
			return;
	}
}

/* Each turn follows bytes that the user took. */
static void wake(struct work *w)
{
	while (w->wake[0] || w->wake[1]) {
		unsigned at = w->wake[0] ? 0 : 1;

		w->wake[at] = false;
		drain(w, &w->s->side[at]);
	}
}

/* Makes room for bytes at off, which are not held. What lies furthest ahead is worth least; when
 * that is the new bytes, the first hole, or else the message that does not end, is given up. False:
 * nothing is held. */
static bool make_room(struct work *w, struct ward_stream_side *side, uint64_t off)
{
	struct ward_chunk_pool *p = &w->p->chunks;
	uint64_t after;

	if (ward_chunk_pool_full(p) && !ward_chunks_full(p, &side->held) &&
		w->user->room(w->user->ctx))
		return true;
	if (!side->held.n)
		return false;
	size_t dropped = ward_chunks_drop_last(p, &side->held, off);

	w->p->count[WARD_NET_STREAM_FULL] += dropped;
	if (dropped)
		return true;
	uint64_t end = ward_chunks_run(p, &side->held, side->next, &after);

	if (after == UINT64_MAX)
		w->p->count[WARD_NET_STREAM_FULL] += end - side->next;
	lose(w, side, after == UINT64_MAX ? end : after);
	drain(w, side);
	return true;
}

/* Bytes at off. Each turn stores or hands over some, or gives up held ones or a hole. */
static bool take_bytes(
	struct work *w, struct ward_stream_side *side, uint64_t off, struct ward_slice bytes)
{
	struct ward_chunk_pool *p = &w->p->chunks;
	bool all_same = true, same;
	size_t repeat;

	while (!side->closed) {
		uint64_t old = off < side->next ? side->next - off : 0;

		if (old >= bytes.len)
			break;
		off += old;
		bytes = ward_slice_of(bytes.p + old, bytes.len - old);
		if (!side->held.n && off > side->next && off <= side->acked) {
			lose(w, side, off);
			continue;
		}
		bool free = !side->held.n || ward_chunks_begin(p, &side->held) >= off + bytes.len;

		if (off == side->next && free &&
			(bytes.len >= side->need || off + bytes.len >= side->fin)) {
			hand_over(w, side, bytes);
			drain(w, side);
			continue;
		}
		ward_chunks_put(p, &side->held, &off, &bytes, &repeat, &same);
		all_same &= same;
		w->p->count[WARD_NET_STREAM_REPEAT] += repeat;
		drain(w, side);
		if (bytes.len && !side->closed && !make_room(w, side, off)) {
			w->p->count[WARD_NET_STREAM_FULL] += bytes.len;
			break;
		}
	}
	return all_same;
}

void ward_stream_begin(struct ward_stream *s, unsigned side, uint32_t seq)
{
	/* One turn of the numbers up, so that what is older does not fall below 0. */
	uint64_t off = UINT64_C(1) << 32 | seq;

	s->side[side] = (struct ward_stream_side){.next = off,
		.high = off,
		.acked = off,
		.fin = UINT64_MAX,
		.first = seq,
		.started = true,
		.synced = true};
}

/* The 64-bit number that is nearest to what was seen: RFC 9293 3.4 compares modulo 2^32. */
static uint64_t extend(const struct ward_stream_side *side, uint32_t seq)
{
	return side->high + (uint64_t)(int64_t)(int32_t)(seq - (uint32_t)side->high);
}

static void take_ack(struct work *w, struct ward_stream_side *side, uint32_t ack)
{
	uint64_t off = extend(side, ack);

	if (!side->started || side->closed || off <= side->acked)
		return;
	side->acked = off;
	if (off > side->high)
		side->high = off;
	drain(w, side);
}

static void take_reset(struct work *w, const struct ward_segment *seg)
{
	const struct ward_stream_side *own = &w->s->side[seg->side];
	uint64_t off = own->started ? extend(own, seg->seq) : 0;

	/* RFC 5961 3.2: only the expected number is believed; a FIN takes one. */
	if (own->started && off != own->high && off != own->next && off != own->acked &&
		off != own->fin + 1) {
		w->p->count[WARD_NET_STREAM_WINDOW]++;
		return;
	}
	ward_stream_end(w->p, w->s, w->user);
}

/* The end of what was captured in order: what the snap length cut off behind it is lost. */
static void take_snapped(
	struct work *w, struct ward_stream_side *side, uint64_t captured, uint64_t end)
{
	uint64_t after;

	if (side->closed || end <= side->acked ||
		ward_chunks_run(&w->p->chunks, &side->held, side->next, &after) != captured)
		return;
	side->acked = end;
	drain(w, side);
	if (!side->closed && side->next < end && end >= side->fin) {
		lose(w, side, end);
		if (!side->closed)
			end_side(w, side);
	}
}

/* Payload and FIN. */
static bool take_own(struct work *w, const struct ward_segment *seg)
{
	struct ward_stream_side *own = &w->s->side[seg->side], *other = &w->s->side[!seg->side];
	bool syn = seg->flags & WARD_TCP_SYN, fin = seg->flags & WARD_TCP_FIN;
	struct ward_slice bytes = seg->bytes;

	if (!seg->len && !fin)
		return true;
	if (!own->started) {
		ward_stream_begin(w->s, seg->side, seg->seq + syn);
		own->synced = syn;
	}
	uint64_t off = extend(own, seg->seq + syn), end = off + seg->len;

	if (off > own->high + WINDOW && other->started) {
		w->p->count[WARD_NET_STREAM_WINDOW]++;
		return true;
	}
	if (end > own->fin) {
		w->p->count[WARD_NET_STREAM_WINDOW]++;
		return true;
	}
	if (seg->len && end <= own->next && end <= own->high)
		w->p->count[WARD_NET_STREAM_REPEAT] += seg->len;
	if (end > own->high)
		own->high = end;
	if (fin && own->fin == UINT64_MAX)
		own->fin = end;
	if (seg->hasty && off > own->acked)
		own->acked = off;
	bool same = take_bytes(w, own, off, bytes);

	if (bytes.len < seg->len)
		take_snapped(w, own, off + bytes.len, end);
	drain(w, own);
	if (!own->closed && own->next >= own->fin)
		end_side(w, own);
	return same;
}

bool ward_stream_see(struct ward_stream_pool *p, struct ward_stream *s,
	const struct ward_segment *seg, const struct ward_stream_user *user)
{
	struct work w = {.p = p, .s = s, .user = user};

	WARD_ASSERT(seg->side < 2 && seg->len >= seg->bytes.len);
	if (s->stopped)
		return true;
	if (seg->flags & WARD_TCP_ACK)
		take_ack(&w, &s->side[!seg->side], seg->ack);
	if (s->stopped)
		return true;
	if (seg->flags & WARD_TCP_RST) {
		take_reset(&w, seg);
		return true;
	}
	bool same = s->side[seg->side].closed || take_own(&w, seg);

	wake(&w);
	return same;
}

bool ward_stream_answers(const struct ward_stream *s, const struct ward_segment *seg)
{
	const struct ward_stream_side *own = &s->side[seg->side], *other = &s->side[!seg->side];
	bool fresh = !own->started || extend(own, seg->seq) + seg->len > own->high;

	return seg->len && fresh && seg->flags & WARD_TCP_ACK && other->started &&
	       seg->ack == (uint32_t)other->high;
}

void ward_stream_wake(struct ward_stream_pool *p, struct ward_stream *s, unsigned side,
	const struct ward_stream_user *user)
{
	struct work w = {.p = p, .s = s, .user = user};

	if (s->stopped || s->side[side].closed)
		return;
	s->side[side].need = 0;
	drain(&w, &s->side[side]);
	wake(&w);
}

void ward_stream_end(
	struct ward_stream_pool *p, struct ward_stream *s, const struct ward_stream_user *user)
{
	struct work w = {.p = p, .s = s, .user = user};

	for (unsigned i = 0; i < 2 && !s->stopped; i++) {
		struct ward_stream_side *side = &s->side[i];

		if (side->held.n && !side->closed) {
			side->fin = ward_chunks_end(&p->chunks, &side->held);
			side->acked = side->fin;
			drain(&w, side);
		}
		if (!side->closed)
			end_side(&w, side);
	}
}
