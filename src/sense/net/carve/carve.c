#include "sense/net/carve/table.h"

/* Lists of the table. A file that is ending is in a list of its own: what it gives at last may
 * begin others, for which there must be room, and that room is not its own. */
enum { LIST_OPEN, LIST_ENDING, LIST_ENDED };

static size_t count_of(const struct ward_limits *lim)
{
	uint64_t n = ward_limit(lim, WARD_LIMIT_NET_FLOWS) / WARD_CARVE_FLOWS;

	return (size_t)(n > WARD_CARVE_LEAST ? n : WARD_CARVE_LEAST);
}

static enum ward_err init_hashes(struct ward_net *n, size_t max)
{
	struct ward_carve *c = &n->carve;

	c->n_hash_max = max;
	c->hash = ward_mem_alloc(n->mem, max * sizeof(*c->hash));
	if (!c->hash || !ward_digest_start())
		return WARD_ERR_NOMEM;
	while (c->n_hash < max) {
		c->hash[c->n_hash] = ward_hashes_new(c->hashes);
		if (!c->hash[c->n_hash])
			return WARD_ERR_NOMEM;
		c->n_hash++;
	}
	return WARD_OK;
}

static enum ward_err init_decoders(struct ward_net *n, size_t max)
{
	struct ward_carve *c = &n->carve;

	c->n_decoder_max = max;
	c->decoder = ward_mem_alloc(n->mem, max * sizeof(*c->decoder));
	/* Not zeroed: what is never used costs no memory. */
	c->decoders = ward_mem_resize(n->mem, NULL, 0, max * WARD_DECODER_BYTES);
	c->out = ward_mem_resize(n->mem, NULL, 0, WARD_CARVE_OUT);
	c->parts = ward_mem_alloc(n->mem, max * sizeof(*c->parts));
	c->parts_room = ward_mem_resize(n->mem, NULL, 0, max * sizeof(*c->parts_room));
	if (!c->decoder || !c->decoders || !c->out || !c->parts || !c->parts_room)
		return WARD_ERR_NOMEM;
	for (size_t i = max; i-- > 0;) {
		c->decoder[c->n_decoder++] = c->decoders + i * WARD_DECODER_BYTES;
		c->parts[c->n_parts++] = c->parts_room + i;
	}
	return WARD_OK;
}

enum ward_err ward_carve_init(
	struct ward_net *n, const struct ward_limits *lim, const struct ward_net_opts *opts)
{
	struct ward_carve *c = &n->carve;
	size_t max = count_of(lim);
	size_t all = ward_limit(lim, WARD_LIMIT_NET_STREAM_BYTES) / WARD_CARVE_POOL_SHARE;
	size_t one = ward_limit(lim, WARD_LIMIT_NET_STREAM_SIDE) * WARD_CARVE_SIDES;
	enum ward_err err;

	c->off = opts->no_files;
	if (c->off)
		return WARD_OK;
	c->hashes = WARD_HASH_SHA256 | opts->file_hashes;
	c->decode_max = (struct ward_decode_max){ward_limit(lim, WARD_LIMIT_INPUT_UNPACKED),
		ward_limit(lim, WARD_LIMIT_INPUT_RATIO)};
	if ((err = ward_lru_init(
		     &c->file, n->mem, sizeof(uint32_t), sizeof(struct ward_file), max)) ||
		(err = ward_chunk_pool_init(&c->chunks, n->mem, all, one < all ? one : all)) ||
		(err = init_decoders(n, max / WARD_CARVE_DECODERS)))
		return err;
	return init_hashes(n, max);
}

void ward_carve_fini(struct ward_net *n)
{
	struct ward_carve *c = &n->carve;

	for (unsigned list = LIST_OPEN; c->file.mem && list <= LIST_ENDED; list++)
		for (struct ward_file *f; (f = ward_lru_oldest(&c->file, list));) {
			ward_hashes_free(f->hash);
			ward_lru_del(&c->file, f);
		}
	for (size_t i = 0; i < c->n_hash; i++)
		ward_hashes_free(c->hash[i]);
	ward_mem_free(n->mem, c->hash, c->n_hash_max * sizeof(*c->hash));
	ward_mem_free(n->mem, c->decoder, c->n_decoder_max * sizeof(*c->decoder));
	ward_mem_free(n->mem, c->decoders, c->n_decoder_max * WARD_DECODER_BYTES);
	ward_mem_free(n->mem, c->out, c->out ? WARD_CARVE_OUT : 0);
	ward_mem_free(n->mem, c->parts, c->n_decoder_max * sizeof(*c->parts));
	ward_mem_free(n->mem, c->parts_room, c->n_decoder_max * sizeof(*c->parts_room));
	ward_chunk_pool_fini(&c->chunks);
	ward_lru_fini(&c->file);
}

static struct ward_file *find(const struct ward_net *n, uint32_t number)
{
	struct ward_file *f =
		number && !n->carve.off ? ward_lru_find(&n->carve.file, &number) : NULL;

	return f && f->owner ? f : NULL;
}

static uint32_t number_of(const struct ward_net *n, const struct ward_file *f)
{
	uint32_t number;

	memcpy(&number, ward_lru_key(&n->carve.file, f), sizeof(number));
	return number;
}

static void give_back_hash(struct ward_carve *c, struct ward_file *f)
{
	if (f->hash)
		c->hash[c->n_hash++] = f->hash;
	f->hash = NULL;
}

static void give_back_decoder(struct ward_carve *c, struct ward_file *f)
{
	if (f->decoder)
		c->decoder[c->n_decoder++] = f->decoder;
	f->decoder = NULL;
}

/* The next bytes of the content. */
static void give(struct ward_net *n, struct ward_file *f, struct ward_slice bytes)
{
	const struct ward_file_sink *sink = n->carve.sink;
	uint64_t off = f->seen + (f->decoded ? 0 : f->missing);
	size_t room = off == f->n_first ? (size_t)WARD_FILE_FIRST - f->n_first : 0;

	room = room < bytes.len ? room : bytes.len;
	if (room)
		memcpy(f->first + f->n_first, bytes.p, room);
	f->n_first = (uint16_t)(f->n_first + room);
	if (f->hash && !ward_hashes_add(f->hash, bytes))
		give_back_hash(&n->carve, f);
	if (sink && sink->bytes)
		sink->bytes(sink->ctx, number_of(n, f), off, bytes);
	f->seen += bytes.len;
	if (f->parts)
		ward_inside_bytes(n, f, bytes);
}

/* The decoder has said its last. */
static void stop_decoding(struct ward_net *n, struct ward_file *f, enum ward_decoded why)
{
	f->over = why != WARD_DECODED_PLAIN;
	f->decoded = f->over;
	f->spoilt = why == WARD_DECODED_DAMAGED ? WARD_FILE_DAMAGED
		    : why == WARD_DECODED_LARGE ? WARD_FILE_LARGE
						: WARD_FILE_WHOLE;
	give_back_decoder(&n->carve, f);
}

/* A coding that fails before it gave anything is none: whoever undoes none has what came. Before
 * that f->first has nothing of the content, so it keeps what came earlier. */
static bool was_plain(
	struct ward_net *n, struct ward_file *f, struct ward_slice came, enum ward_decoded why)
{
	uint8_t before[WARD_FILE_FIRST];
	uint64_t n_before = f->sent - came.len;

	if (why != WARD_DECODED_DAMAGED || f->seen || n_before > sizeof(before))
		return false;
	memcpy(before, f->first, (size_t)n_before);
	stop_decoding(n, f, WARD_DECODED_PLAIN);
	give(n, f, ward_slice_of(before, (size_t)n_before));
	give(n, f, came);
	return true;
}

static void keep_before(struct ward_file *f, struct ward_slice came)
{
	uint64_t at = f->sent - came.len;
	size_t room = f->seen || at > WARD_FILE_FIRST ? 0 : WARD_FILE_FIRST - (size_t)at;

	if (room)
		memcpy(f->first + at, came.p, room < came.len ? room : came.len);
}

/* Bytes that no decoder is to take: behind the end of a coding they are none of it. */
static void content(struct ward_net *n, struct ward_file *f, struct ward_slice bytes)
{
	if (!f->over && bytes.len)
		give(n, f, bytes);
	else if (bytes.len && !f->missing && f->spoilt == WARD_FILE_WHOLE)
		f->spoilt = WARD_FILE_DAMAGED;
}

/* Each turn takes bytes or gives some. */
static void decode(struct ward_net *n, struct ward_file *f, struct ward_slice bytes)
{
	enum ward_decoded v = WARD_DECODED_SOME;
	struct ward_slice came = bytes;

	keep_before(f, came);

	while (v == WARD_DECODED_SOME) {
		size_t len;

		v = ward_decoder_some(f->decoder, &bytes, n->carve.out, WARD_CARVE_OUT, &len);
		if (len)
			give(n, f, ward_slice_of(n->carve.out, len));
	}
	if (v == WARD_DECODED_MORE || was_plain(n, f, came, v))
		return;
	stop_decoding(n, f, v);
	content(n, f, bytes);
}

/* Bytes at the file's place. */
static void deliver(struct ward_net *n, struct ward_file *f, struct ward_slice bytes)
{
	const struct ward_file_sink *sink = n->carve.sink;

	n->count[WARD_NET_FILE_BYTES] += bytes.len;
	if (sink && sink->sent && bytes.len)
		sink->sent(sink->ctx, number_of(n, f), f->at, bytes);
	f->sent += bytes.len;
	f->at += bytes.len;
	f->last = n->frame->time;
	if (f->decoder)
		decode(n, f, bytes);
	else
		content(n, f, bytes);
}

/* What lies before `to` and did not come is given up: what follows has no hash. */
static void lose(struct ward_net *n, struct ward_file *f, uint64_t to)
{
	const struct ward_file_sink *sink = n->carve.sink;

	if (!f->missing) {
		f->missing_at = f->at;
		f->result.front = f->hash && f->seen && ward_hashes_end(f->hash, &f->result.sums);
	}
	if (f->decoder) {
		give_back_decoder(&n->carve, f);
		f->over = true;
	} else if (sink && !f->over) {
		sink->gap(sink->ctx, number_of(n, f), f->at, to - f->at);
	}
	if (f->parts)
		ward_inside_gap(n, f);
	give_back_hash(&n->carve, f);
	f->missing += to - f->at;
	f->at = to;
}

/* What is held and in order now. Each turn gives chunks back. */
static void drain(struct ward_net *n, struct ward_file *f)
{
	struct ward_chunk_pool *p = &n->carve.chunks;

	while (f->held.n) {
		uint64_t after, end = ward_chunks_run(p, &f->held, f->at, &after);

		if (end == f->at)
			return;
		deliver(n, f, ward_chunks_flat(p, &f->held, end));
		ward_chunks_release(p, &f->held, f->at);
	}
}

/* Where held bytes begin, at most `to`. */
static uint64_t held_or(struct ward_net *n, const struct ward_file *f, uint64_t to)
{
	uint64_t begin = f->held.n ? ward_chunks_begin(&n->carve.chunks, &f->held) : to;

	return begin < to ? begin : to;
}

void ward_carve_bytes(struct ward_net *n, uint32_t number, uint64_t off, struct ward_slice bytes)
{
	struct ward_file *f = find(n, number);
	uint64_t end;
	size_t repeat;
	bool same;

	if (!f || !bytes.len || !ward_add(off, bytes.len, &end))
		return;
	ward_lru_touch(&n->carve.file, f, LIST_OPEN);
	/* Each turn moves the file's place, or keeps bytes. */
	while (off < end) {
		uint64_t old = off < f->at ? f->at - off : 0;

		old = old < bytes.len ? old : bytes.len;
		n->count[WARD_NET_FILE_REPEAT] += old;
		if (!old && off == f->at)
			old = held_or(n, f, end) - off;
		if (off == f->at) {
			deliver(n, f, ward_slice_of(bytes.p, (size_t)old));
			drain(n, f);
		}
		off += old;
		bytes = ward_slice_of(bytes.p + old, bytes.len - (size_t)old);
		if (off >= end || off <= f->at)
			continue;
		ward_chunks_put(&n->carve.chunks, &f->held, &off, &bytes, &repeat, &same);
		n->count[WARD_NET_FILE_REPEAT] += repeat;
		if (!bytes.len)
			return;
		n->count[WARD_NET_FILE_FULL]++;
		lose(n, f, held_or(n, f, off));
		drain(n, f);
	}
}

void ward_carve_gap(struct ward_net *n, uint32_t number, uint64_t off, uint64_t len)
{
	struct ward_file *f = find(n, number);
	uint64_t end;

	if (!f || !ward_add(off, len, &end) || off > f->at || end <= f->at)
		return;
	ward_lru_touch(&n->carve.file, f, LIST_OPEN);
	lose(n, f, held_or(n, f, end));
	drain(n, f);
}

void ward_carve_total(struct ward_net *n, uint32_t number, uint64_t total)
{
	struct ward_file *f = find(n, number);

	if (!f)
		return;
	f->has_total = true;
	f->total = total;
}

bool ward_carve_is_whole(const struct ward_net *n, uint32_t number)
{
	const struct ward_file *f = find(n, number);

	return f && f->has_total && f->at == f->total;
}

static void unlink_file(struct ward_file *f)
{
	if (f->prev)
		f->prev->next = f->next;
	else
		f->owner->first = f->next;
	if (f->next)
		f->next->prev = f->prev;
	f->owner = NULL;
}

/* What was waited for to tell whether it is encoded is content; an encoding that has not come to
 * its end is damaged, as far as the rest came. */
static void end_decoding(struct ward_net *n, struct ward_file *f)
{
	if (!f->decoder)
		return;
	struct ward_slice front = ward_decoder_front(f->decoder);

	if (!f->seen && front.len) {
		f->decoded = false;
		give(n, f, front);
	} else if (f->sent && !ward_decoder_is_done(f->decoder)) {
		f->spoilt = WARD_FILE_DAMAGED;
	}
	give_back_decoder(&n->carve, f);
}

static void set_result(struct ward_file *f, enum ward_file_end end)
{
	struct ward_file_result *r = &f->result;

	r->end = end == WARD_FILE_WHOLE ? f->spoilt : end;
	r->complete =
		r->end == WARD_FILE_WHOLE && !f->missing && (!f->has_total || f->sent == f->total);
	r->hashed = f->hash && f->seen && ward_hashes_end(f->hash, &r->sums);
	r->decoded = f->decoded;
	r->seen = f->seen;
	r->sent = f->sent;
	r->missing = f->missing;
	r->missing_at = f->missing_at;
	r->mime = ward_file_mime(ward_slice_of(f->first, f->n_first));
}

static void end_file(struct ward_net *n, struct ward_file *f, enum ward_file_end end)
{
	struct ward_carve *c = &n->carve;

	ward_lru_touch(&c->file, f, LIST_ENDING);
	while (f->held.n) {
		lose(n, f, ward_chunks_begin(&c->chunks, &f->held));
		drain(n, f);
	}
	end_decoding(n, f);
	if (f->parts)
		ward_inside_end(n, f, end == WARD_FILE_WHOLE && f->spoilt == WARD_FILE_WHOLE);
	set_result(f, end);
	give_back_hash(c, f);
	if (c->sink)
		c->sink->end(c->sink->ctx, number_of(n, f), &f->result);
	unlink_file(f);
	ward_lru_touch(&c->file, f, LIST_ENDED);
	c->n_ended++;
	n->count[WARD_NET_FILES]++;
}

void ward_carve_end(struct ward_net *n, uint32_t *number, enum ward_file_end end)
{
	struct ward_file *f = find(n, *number);

	*number = 0;
	if (f)
		end_file(n, f, end);
}

void ward_carve_leave(struct ward_net *n, struct ward_carve_list *list)
{
	while (list->first)
		end_file(n, list->first, WARD_FILE_CLOSED);
}

void ward_carve_tell(struct ward_net *n)
{
	const struct ward_file_sink *sink = n->carve.sink;

	while (n->carve.n_ended) {
		struct ward_file *f = ward_lru_oldest(&n->carve.file, LIST_ENDED);

		const struct ward_event *e = ward_file_tell(n, f);

		if (sink && sink->told)
			sink->told(sink->ctx, number_of(n, f),
				f->range.resource && f->range.piece ? &f->range : NULL, e);
		ward_lru_del(&n->carve.file, f);
		n->carve.n_ended--;
	}
}

static void keep_notes(struct ward_file *f, const struct ward_file_meta *m)
{
	struct ward_wr w = ward_wr_fixed(f->text, sizeof(f->text));

	for (size_t i = 0; i < m->n_note; i++) {
		struct ward_str s = m->note[i].text;

		if (s.len > sizeof(f->text) - w.len)
			continue;
		f->note[f->n_note].field = m->note[i].field;
		f->note[f->n_note++].len = (uint16_t)s.len;
		ward_wr_str(&w, s);
	}
}

static struct ward_file_ends ends_of(const struct ward_dissect *d)
{
	const struct ward_packet *p = d->packet;
	struct ward_file_ends e = {.from_client = d->from_client,
		.has_mac = p->has_mac,
		.ip_version = p->ip_version,
		.proto = p->proto,
		.vlan = p->vlan,
		.src_port = p->src_port,
		.dst_port = p->dst_port};

	memcpy(e.src_mac, p->src_mac, sizeof(e.src_mac));
	memcpy(e.dst_mac, p->dst_mac, sizeof(e.dst_mac));
	memcpy(e.src_ip, p->src_ip, sizeof(e.src_ip));
	memcpy(e.dst_ip, p->dst_ip, sizeof(e.dst_ip));
	return e;
}

/* A number that no file has: after 2^32 files they begin anew. */
static uint32_t next_number(struct ward_carve *c)
{
	do
		c->number = c->number == UINT32_MAX ? 1 : c->number + 1;
	while (ward_lru_find(&c->file, &c->number));
	return c->number;
}

/* Files that have ended are told first: then there is room, or the oldest that is open ends. What
 * that gives at last may be a file again, for which no other ends: false, there is no room. */
static bool make_room(struct ward_net *n)
{
	struct ward_carve *c = &n->carve;
	struct ward_file *f;

	ward_carve_tell(n);
	if (!ward_lru_full(&c->file))
		return true;
	f = c->evicting ? NULL : ward_lru_oldest(&c->file, LIST_OPEN);
	if (!f)
		return false;
	n->count[WARD_NET_FILE_EVICTED]++;
	c->evicting = true;
	end_file(n, f, WARD_FILE_EVICTED);
	c->evicting = false;
	ward_carve_tell(n);
	return true;
}

static void begin_decoding(struct ward_net *n, struct ward_file *f, enum ward_coding coding)
{
	struct ward_carve *c = &n->carve;

	if (!c->n_decoder) {
		n->count[WARD_NET_FILE_CODED]++;
		return;
	}
	f->decoder = ward_decoder_begin(c->decoder[--c->n_decoder], coding, c->decode_max);
	f->decoded = true;
}

uint32_t ward_file_begin(struct ward_net *n, struct ward_carve_list *owner,
	const struct ward_file_ends *e, const struct ward_file_meta *m)
{
	struct ward_carve *c = &n->carve;

	WARD_ASSERT(owner && m->n_note <= WARD_FILE_NOTES);
	if (ward_lru_full(&c->file) && !make_room(n)) {
		n->count[WARD_NET_FILE_PARTS]++;
		return 0;
	}
	uint32_t number = next_number(c);
	struct ward_file *f =
		ward_lru_add_part(&c->file, &number, LIST_OPEN, offsetof(struct ward_file, first));

	f->ends = *e;
	f->service = m->service;
	f->has_total = m->has_total;
	f->total = m->total;
	f->part = m->part;
	f->range = m->range;
	f->begin = f->last = n->frame->time;
	keep_notes(f, m);
	f->hash = c->hash[--c->n_hash];
	if (!ward_hashes_begin(f->hash))
		give_back_hash(c, f);
	if (m->coding != WARD_CODING_NONE)
		begin_decoding(n, f, m->coding);
	if (m->parts != WARD_PARTS_NONE)
		ward_inside_begin(n, f, m);
	f->owner = owner;
	f->next = owner->first;
	if (f->next)
		f->next->prev = f;
	owner->first = f;
	if (c->sink)
		c->sink->begin(c->sink->ctx, number, &f->ends, m);
	return number;
}

uint32_t ward_carve_begin(struct ward_dissect *d, const struct ward_file_meta *m)
{
	if (d->net->carve.off)
		return 0;
	struct ward_file_ends e = ends_of(d);

	WARD_ASSERT(d->files);
	return ward_file_begin(d->net, d->files, &e, m);
}

void ward_file_add(struct ward_net *n, uint32_t number, struct ward_slice bytes)
{
	const struct ward_file *f = find(n, number);

	if (f)
		ward_carve_bytes(n, number, f->at, bytes);
}
