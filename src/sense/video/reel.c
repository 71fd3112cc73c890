#include "sense/video/reel_av.h"

#include <libavutil/mem.h>

enum { RATE_MAX = 64, MARGIN_S = 2 }; /* packets a second; notes beside a cut's span */

struct ward_reel {
	struct ward_reel_opts opts;
	AVCodecParameters *codec;
	AVRational time_base;
	AVPacket **packet; /* a ring: n of cap, from first on */
	size_t cap, first, n, bytes;
	struct ward_reel_note *note; /* the same */
	size_t note_cap, note_first, n_note;
};

static AVPacket *at(const struct ward_reel *r, size_t i)
{
	return r->packet[(r->first + i) % r->cap];
}

static struct ward_reel_note *note_at(const struct ward_reel *r, size_t i)
{
	return &r->note[(r->note_first + i) % r->note_cap];
}

enum ward_err ward_reel_new(const struct ward_reel_opts *o, struct ward_reel **ret)
{
	struct ward_reel *r = av_mallocz(sizeof(*r));
	size_t seconds = (size_t)(o->span / WARD_NS_PER_S) + 1;

	WARD_ASSERT(o->span > 0 && o->fps > 0);
	if (!r)
		return WARD_ERR_NOMEM;
	r->opts = *o;
	r->cap = 2 * RATE_MAX * seconds; /* a group of pictures more than the span */
	r->note_cap = 2 * (size_t)o->fps * seconds;
	r->packet = av_calloc(r->cap, sizeof(AVPacket *));
	r->note = av_calloc(r->note_cap, sizeof(*r->note));
	r->codec = avcodec_parameters_alloc();
	if (!r->packet || !r->note || !r->codec) {
		ward_reel_free(r);
		return WARD_ERR_NOMEM;
	}
	*ret = r;
	return WARD_OK;
}

static void drop_first(struct ward_reel *r)
{
	r->bytes -= (size_t)at(r, 0)->size;
	av_packet_free(&r->packet[r->first]);
	r->first = (r->first + 1) % r->cap;
	r->n--;
}

static void forget(struct ward_reel *r)
{
	while (r->n)
		drop_first(r);
}

void ward_reel_free(struct ward_reel *r)
{
	if (!r)
		return;
	forget(r);
	avcodec_parameters_free(&r->codec);
	av_free(r->packet);
	av_free(r->note);
	av_free(r);
}

size_t ward_reel_bytes(const struct ward_reel *r)
{
	return r->bytes;
}

size_t ward_reel_packets(const struct ward_reel *r)
{
	return r->n;
}

enum ward_err ward_reel_stamp(int64_t stamp, AVRational time_base, ward_ns *ret)
{
	if (stamp == AV_NOPTS_VALUE)
		return WARD_ERR_NOT_FOUND;
	*ret = av_rescale_q(stamp, time_base, (AVRational){1, (int)WARD_NS_PER_S});
	return WARD_OK;
}

/* Of a packet that is kept: it has one. */
static ward_ns stamp_of(const AVPacket *p, AVRational time_base)
{
	ward_ns t = 0;
	enum ward_err err = ward_reel_stamp(p->pts, time_base, &t);

	return err ? 0 : t;
}

enum ward_err ward_reel_begin(
	struct ward_reel *r, const AVCodecParameters *codec, AVRational time_base)
{
	forget(r);
	r->n_note = 0;
	r->time_base = time_base;
	return avcodec_parameters_copy(r->codec, codec) < 0 ? WARD_ERR_NOMEM : WARD_OK;
}

/* Where the second group of pictures begins; n: there is none. */
static size_t second_group(const struct ward_reel *r)
{
	size_t i = 1;

	while (i < r->n && !(at(r, i)->flags & AV_PKT_FLAG_KEY))
		i++;
	return i < r->n ? i : r->n;
}

/* Whole groups go, so that it begins with a picture that stands for itself. One group that is too
 * large goes whole, and nothing is kept until the next. */
static void make_room(struct ward_reel *r, const AVPacket *p)
{
	ward_ns now = stamp_of(p, r->time_base), back;

	while (r->n) {
		size_t group = second_group(r);
		bool full = r->n == r->cap || (size_t)p->size > r->opts.bytes ||
			    r->bytes > r->opts.bytes - (size_t)p->size;
		bool old = group < r->n &&
			   ward_sub(now, stamp_of(at(r, group), r->time_base), &back) &&
			   back >= r->opts.span;

		if (!full && !old)
			return;
		if (full)
			ward_count_name(r->opts.counters, "video.ring_short", 1);
		for (size_t i = 0; i < group; i++)
			drop_first(r);
	}
}

enum ward_err ward_reel_packet(struct ward_reel *r, const AVPacket *p)
{
	AVPacket *copy;

	if (p->size <= 0)
		return WARD_OK;
	if (p->pts == AV_NOPTS_VALUE) { /* where it belongs can't be told */
		forget(r);
		ward_count_name(r->opts.counters, "video.ring_untimed", 1);
		return WARD_OK;
	}
	make_room(r, p);
	if ((!r->n && !(p->flags & AV_PKT_FLAG_KEY)) || (size_t)p->size > r->opts.bytes)
		return WARD_OK;
	copy = av_packet_clone(p);
	if (!copy)
		return WARD_ERR_NOMEM;
	r->packet[(r->first + r->n++) % r->cap] = copy;
	r->bytes += (size_t)p->size;
	return WARD_OK;
}

void ward_reel_note(struct ward_reel *r, const struct ward_reel_note *n)
{
	if (r->n_note && n->stamp <= note_at(r, r->n_note - 1)->stamp)
		r->n_note = 0;
	if (r->n_note == r->note_cap) {
		r->note_first = (r->note_first + 1) % r->note_cap;
		r->n_note--;
	}
	*note_at(r, r->n_note++) = *n;
}

void ward_cut_free(struct ward_cut *c)
{
	if (!c)
		return;
	avcodec_parameters_free(&c->codec);
	for (size_t i = 0; c->packet && i < c->n_packet; i++)
		av_packet_free(&c->packet[i]);
	av_free(c->packet);
	av_free(c->note);
	av_free(c);
}

/* The notes of the span, and those around it: who is in a picture soon is hidden before. */
static enum ward_err cut_notes(
	const struct ward_reel *r, ward_ns from, ward_ns to, struct ward_cut *c)
{
	ward_ns begins = r->n ? stamp_of(at(r, 0), r->time_base) : 0,
		margin = MARGIN_S * WARD_NS_PER_S;
	bool any = false;

	c->note = av_calloc(r->n_note ? r->n_note : 1, sizeof(*c->note));
	if (!c->note)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; r->n && i < r->n_note; i++) {
		const struct ward_reel_note *n = note_at(r, i);
		bool in = n->time >= from && n->time <= to && n->stamp >= begins;

		if (n->time < from - margin || n->time > to + margin)
			continue;
		if (in && !any)
			c->first = c->n_note;
		if (in)
			c->last = c->n_note;
		any = any || in;
		c->note[c->n_note++] = *n;
	}
	return any ? WARD_OK : WARD_ERR_NOT_FOUND;
}

/* From the last picture that stands for itself on, to the last that is wanted. */
static enum ward_err cut_packets(const struct ward_reel *r, struct ward_cut *c)
{
	size_t first = 0, end = 0;

	for (size_t i = 0; i < r->n; i++) {
		const AVPacket *p = at(r, i);
		ward_ns t = stamp_of(p, r->time_base);

		if (p->flags & AV_PKT_FLAG_KEY && t <= c->note[c->first].stamp)
			first = i;
		if (t <= c->note[c->last].stamp)
			end = i + 1;
	}
	if (end <= first)
		return WARD_ERR_NOT_FOUND;
	c->packet = av_calloc(end - first, sizeof(*c->packet));
	if (!c->packet)
		return WARD_ERR_NOMEM;
	for (size_t i = first; i < end; i++) {
		AVPacket *p = av_packet_clone(at(r, i));

		if (!p)
			return WARD_ERR_NOMEM;
		c->packet[c->n_packet++] = p;
	}
	return WARD_OK;
}

enum ward_err ward_reel_cut(
	const struct ward_reel *r, ward_ns from, ward_ns to, struct ward_cut **ret)
{
	struct ward_cut *c = av_mallocz(sizeof(*c));
	enum ward_err err;

	if (!c)
		return WARD_ERR_NOMEM;
	c->time_base = r->time_base;
	c->codec = avcodec_parameters_alloc();
	err = c->codec && avcodec_parameters_copy(c->codec, r->codec) >= 0 ? WARD_OK
									   : WARD_ERR_NOMEM;
	if (!err)
		err = cut_notes(r, from, to, c);
	if (!err)
		err = cut_packets(r, c);
	if (err)
		ward_cut_free(c);
	else
		*ret = c;
	return err;
}
