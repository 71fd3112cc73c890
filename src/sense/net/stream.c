#include "sense/net/stream.h"

#include "sense/net/packet.h"

struct ward_stream_chunk {
	uint64_t off; /* of bytes[0] */
	uint32_t next;
	uint16_t from, len; /* bytes[from] to bytes[len - 1] are held */
	uint8_t bytes[WARD_STREAM_CHUNK];
};
_Static_assert(sizeof(struct ward_stream_chunk) == 2048, "no padding");

/* RFC 7323 2.3 allows windows of 1 GiB; what lies further ahead than this was not sent by a peer
 * that its receiver can follow. */
enum { WINDOW = 64 << 20, RESET_WINDOW = 1 << 16 };

/* One call of ward_stream_see or _end. */
struct work {
	struct ward_stream_pool *p;
	struct ward_stream *s;
	const struct ward_stream_user *user;
};

enum ward_err ward_stream_init(struct ward_stream_pool *p, const struct ward_mem *mem,
	const struct ward_limits *lim, uint64_t *count)
{
	size_t max = ward_limit(lim, WARD_LIMIT_NET_STREAM_BYTES) / sizeof(*p->chunk);
	size_t side = ward_limit(lim, WARD_LIMIT_NET_STREAM_SIDE) / WARD_STREAM_CHUNK + 2;

	WARD_ASSERT(max > 1 && max < UINT32_MAX);
	if (side > max)
		side = max;
	*p = (struct ward_stream_pool){
		.mem = mem, .max = (uint32_t)max, .side_max = (uint32_t)side, .count = count};
	p->chunk = ward_mem_alloc(mem, max * sizeof(*p->chunk));
	p->flat = ward_mem_alloc(mem, side * WARD_STREAM_CHUNK);
	if (p->chunk && p->flat)
		return WARD_OK;
	ward_stream_fini(p);
	return WARD_ERR_NOMEM;
}

void ward_stream_fini(struct ward_stream_pool *p)
{
	if (!p->mem)
		return;
	ward_mem_free(p->mem, p->chunk, p->max * sizeof(*p->chunk));
	ward_mem_free(p->mem, p->flat, (size_t)p->side_max * WARD_STREAM_CHUNK);
	*p = (struct ward_stream_pool){.mem = NULL};
}

static struct ward_stream_chunk *at(const struct ward_stream_pool *p, uint32_t ref)
{
	WARD_ASSERT(ref > 0 && ref <= p->n_fresh);
	return &p->chunk[ref - 1];
}

static uint64_t begin_of(const struct ward_stream_chunk *c)
{
	return c->off + c->from;
}

static uint64_t end_of(const struct ward_stream_chunk *c)
{
	return c->off + c->len;
}

/* A fresh chunk behind prev (0: at the head), or NULL. */
static struct ward_stream_chunk *add_chunk(
	struct work *w, struct ward_stream_side *side, uint32_t prev, uint64_t off)
{
	struct ward_stream_pool *p = w->p;

	if (side->n_chunk == p->side_max)
		return NULL;
	if (p->n == p->max && !w->user->room(w->user->ctx))
		return NULL;
	WARD_ASSERT(p->n < p->max);
	uint32_t ref = p->free;

	if (ref)
		p->free = at(p, ref)->next;
	else
		ref = ++p->n_fresh;
	p->n++;
	side->n_chunk++;
	struct ward_stream_chunk *c = at(p, ref);

	c->off = off;
	c->from = c->len = 0;
	c->next = prev ? at(p, prev)->next : side->head;
	if (prev)
		at(p, prev)->next = ref;
	else
		side->head = ref;
	if (!c->next)
		side->tail = ref;
	return c;
}

/* Gives back the chunk behind prev (0: the head). */
static void remove_chunk(struct ward_stream_pool *p, struct ward_stream_side *side, uint32_t prev)
{
	uint32_t *link = prev ? &at(p, prev)->next : &side->head, ref = *link;
	struct ward_stream_chunk *c = at(p, ref);

	*link = c->next;
	if (!c->next)
		side->tail = prev;
	c->next = p->free;
	p->free = ref;
	p->n--;
	side->n_chunk--;
}

/* Drops what lies before the side's place. */
static void release(struct ward_stream_pool *p, struct ward_stream_side *side)
{
	while (side->head && end_of(at(p, side->head)) <= side->next)
		remove_chunk(p, side, 0);
	if (!side->head)
		return;
	struct ward_stream_chunk *c = at(p, side->head);

	if (begin_of(c) < side->next)
		c->from = (uint16_t)(side->next - c->off);
}

static void drop_all(
	struct ward_stream_pool *p, struct ward_stream_side *side, enum ward_net_counter why)
{
	while (side->head) {
		struct ward_stream_chunk *c = at(p, side->head);

		p->count[why] += end_of(c) - begin_of(c);
		remove_chunk(p, side, 0);
	}
}

void ward_stream_shed(struct ward_stream_pool *p, struct ward_stream *s)
{
	for (unsigned i = 0; i < 2; i++)
		drop_all(p, &s->side[i], WARD_NET_STREAM_SHED);
}

static void close_side(struct work *w, struct ward_stream_side *side)
{
	drop_all(w->p, side, WARD_NET_STREAM_UNREAD);
	side->closed = true;
}

static void stop(struct work *w)
{
	w->s->stopped = true;
	for (unsigned i = 0; i < 2; i++)
		close_side(w, &w->s->side[i]);
}

/* Where the bytes end that are held from the side's place on without a hole; *ret_after is the
 * chunk behind the hole, or 0. */
static uint64_t run_end(
	const struct ward_stream_pool *p, const struct ward_stream_side *side, uint32_t *ret_after)
{
	uint64_t end = side->next;
	uint32_t ref = side->head;

	for (; ref && begin_of(at(p, ref)) == end; ref = at(p, ref)->next)
		end = end_of(at(p, ref));
	*ret_after = ref;
	return end;
}

/* The bytes from the side's place to end, in one piece. */
static struct ward_slice flatten(
	struct ward_stream_pool *p, const struct ward_stream_side *side, uint64_t end)
{
	const struct ward_stream_chunk *c = at(p, side->head);
	size_t len = 0;

	if (end_of(c) == end)
		return ward_slice_of(c->bytes + c->from, (size_t)(c->len - c->from));
	for (;; c = at(p, c->next)) {
		size_t n = (size_t)(c->len - c->from);

		WARD_ASSERT(len + n <= (size_t)p->side_max * WARD_STREAM_CHUNK);
		memcpy(p->flat + len, c->bytes + c->from, n);
		len += n;
		if (end_of(c) == end)
			return ward_slice_of(p->flat, len);
	}
}

/* Bytes at the side's place go to the user. */
static void hand_over(struct work *w, struct ward_stream_side *side, struct ward_slice bytes)
{
	bool end = side->next + bytes.len >= side->fin;
	struct ward_stream_take take =
		w->user->bytes(w->user->ctx, (unsigned)(side - w->s->side), bytes, end);
	uint64_t rest = take.used < bytes.len ? bytes.len - take.used : 0;

	w->p->count[WARD_NET_STREAM_BYTES] += bytes.len - rest;
	if (take.stop) {
		stop(w);
		return;
	}
	if (!ward_add(side->next, take.used, &side->next))
		side->next = UINT64_MAX;
	side->need = rest == 0 ? 0 : take.need > rest ? take.need : rest + 1;
	release(w->p, side);
	if (end || side->next >= side->fin) {
		w->p->count[WARD_NET_STREAM_UNREAD] += side->head ? 0 : rest;
		close_side(w, side);
	}
}

/* What lies before `to` and was not taken is given up. */
static void lose(struct work *w, struct ward_stream_side *side, uint64_t to)
{
	uint64_t lost = to - side->next;

	side->next = to;
	side->need = 0;
	side->synced = false;
	release(w->p, side);
	w->p->count[WARD_NET_STREAM_GAPS]++;
	w->p->count[WARD_NET_STREAM_LOST] += lost;
	if (!w->user->gap(w->user->ctx, (unsigned)(side - w->s->side), lost))
		stop(w);
}

/* Hands over what is held, as far as it is in order, wanted or all that there will be. Each turn
 * moves the side's place or is the last. */
static void drain(struct work *w, struct ward_stream_side *side)
{
	while (side->head && !side->closed) {
		uint32_t after;
		uint64_t end = run_end(w->p, side, &after);

		if (end > side->next && (end - side->next >= side->need || end >= side->fin))
			hand_over(w, side, flatten(w->p, side, end));
		else if (after && begin_of(at(w->p, after)) <= side->acked)
			lose(w, side, begin_of(at(w->p, after)));
		else
			return;
	}
}

/* Puts bytes at off behind the chunk prev, which ends at off or before it. The number that fitted
 * in one chunk; 0: no room. */
static size_t put_piece(struct work *w, struct ward_stream_side *side, uint32_t prev, uint64_t off,
	struct ward_slice bytes)
{
	struct ward_stream_chunk *c = prev ? at(w->p, prev) : NULL;

	if (!c || end_of(c) != off || c->len == WARD_STREAM_CHUNK)
		c = add_chunk(w, side, prev, off);
	if (!c)
		return 0;
	size_t room = WARD_STREAM_CHUNK - (size_t)c->len, n = bytes.len < room ? bytes.len : room;

	memcpy(c->bytes + c->len, bytes.p, n);
	c->len = (uint16_t)(c->len + n);
	return n;
}

/* Copies what is not yet held; what was held stands. *bytes and *off move on to what found no room.
 * False when bytes were not those that are held. */
static bool hold(
	struct work *w, struct ward_stream_side *side, uint64_t *off, struct ward_slice *bytes)
{
	struct ward_stream_pool *p = w->p;
	uint32_t prev = 0, ref = side->head;
	bool same = true;

	if (side->tail && end_of(at(p, side->tail)) <= *off) {
		prev = side->tail;
		ref = 0;
	}
	while (bytes->len) {
		const struct ward_stream_chunk *c = ref ? at(p, ref) : NULL;
		size_t n = bytes->len;

		if (c && end_of(c) <= *off) {
			prev = ref;
			ref = c->next;
			continue;
		}
		if (c && begin_of(c) <= *off) {
			if (n > end_of(c) - *off)
				n = (size_t)(end_of(c) - *off);
			same &= memcmp(c->bytes + (*off - c->off), bytes->p, n) == 0;
			p->count[WARD_NET_STREAM_REPEAT] += n;
		} else {
			if (c && n > begin_of(c) - *off)
				n = (size_t)(begin_of(c) - *off);
			n = put_piece(w, side, prev, *off, ward_slice_of(bytes->p, n));
			if (!n)
				return same;
			/* the piece is in prev or in a new chunk behind it */
			ref = prev ? prev : side->head;
		}
		*off += n;
		*bytes = ward_slice_of(bytes->p + n, bytes->len - n);
	}
	return same;
}

/* Makes room for bytes at off, which are not held. What lies furthest ahead is worth least; when
 * that is the new bytes, the first hole, or else the message that does not end, is given up. False:
 * nothing is held. */
static bool make_room(struct work *w, struct ward_stream_side *side, uint64_t off)
{
	struct ward_stream_pool *p = w->p;
	uint32_t after;

	if (!side->head)
		return false;
	if (begin_of(at(p, side->tail)) >= off) {
		uint32_t prev = 0;

		for (uint32_t ref = side->head; ref != side->tail; ref = at(p, ref)->next)
			prev = ref;
		p->count[WARD_NET_STREAM_FULL] += at(p, side->tail)->len - at(p, side->tail)->from;
		remove_chunk(p, side, prev);
		return true;
	}
	uint64_t end = run_end(p, side, &after);

	if (!after)
		p->count[WARD_NET_STREAM_FULL] += end - side->next;
	lose(w, side, after ? begin_of(at(p, after)) : end);
	drain(w, side);
	return true;
}

/* Bytes at off. Each turn stores or hands over some, or gives up held ones. */
static bool take_bytes(
	struct work *w, struct ward_stream_side *side, uint64_t off, struct ward_slice bytes)
{
	bool same = true;

	while (!side->closed) {
		uint64_t old = off < side->next ? side->next - off : 0;

		if (old >= bytes.len)
			break;
		off += old;
		bytes = ward_slice_of(bytes.p + old, bytes.len - old);
		bool free = !side->head || begin_of(at(w->p, side->head)) >= off + bytes.len;

		if (off == side->next && free &&
			(bytes.len >= side->need || off + bytes.len >= side->fin)) {
			hand_over(w, side, bytes);
			drain(w, side);
			continue;
		}
		same &= hold(w, side, &off, &bytes);
		drain(w, side);
		if (bytes.len && !side->closed && !make_room(w, side, off)) {
			w->p->count[WARD_NET_STREAM_FULL] += bytes.len;
			break;
		}
	}
	return same;
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

	/* RFC 5961 3.2: others than the expected number are not believed; how far our view is
	 * behind is not known. */
	if (own->started && (off + RESET_WINDOW < own->high || off > own->high + RESET_WINDOW)) {
		w->p->count[WARD_NET_STREAM_WINDOW]++;
		return;
	}
	ward_stream_end(w->p, w->s, w->user);
}

/* The end of what was captured in order: what the snap length cut off behind it is lost. */
static void take_snapped(
	struct work *w, struct ward_stream_side *side, uint64_t captured, uint64_t end)
{
	uint32_t after;

	if (side->closed || run_end(w->p, side, &after) != captured || end <= side->acked)
		return;
	side->acked = end;
	drain(w, side);
	if (!side->closed && side->next < end && end >= side->fin) {
		lose(w, side, end);
		close_side(w, side);
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
	bool same = take_bytes(w, own, off, bytes);

	if (bytes.len < seg->len)
		take_snapped(w, own, off + bytes.len, end);
	drain(w, own);
	if (!own->closed && own->next >= own->fin)
		close_side(w, own);
	return same;
}

bool ward_stream_see(struct ward_stream_pool *p, struct ward_stream *s,
	const struct ward_segment *seg, const struct ward_stream_user *user)
{
	struct work w = {p, s, user};

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
	return s->side[seg->side].closed || take_own(&w, seg);
}

void ward_stream_end(
	struct ward_stream_pool *p, struct ward_stream *s, const struct ward_stream_user *user)
{
	struct work w = {p, s, user};

	for (unsigned i = 0; i < 2 && !s->stopped; i++) {
		struct ward_stream_side *side = &s->side[i];

		if (side->head && !side->closed) {
			side->fin = end_of(at(p, side->tail));
			side->acked = side->fin;
			drain(&w, side);
		}
		if (!side->closed)
			close_side(&w, side);
	}
}
