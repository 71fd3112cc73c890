#include "respond/phone.h"

#include "base/diag.h"
#include "base/rd.h"

#include <stdio.h>

/* Samples of silence before each round: whoever takes a telephone has to put it to his ear. */
enum { BREATH = WARD_VOICE_RATE, FRAMES_MAX = 10 };

static const ward_ns frame = 20 * WARD_NS_PER_MS, again = 60 * WARD_NS_PER_S;

/* What a key means to whoever asked. */
static const struct {
	char key;
	enum ward_sent what;
	const char *why;
} meaning[] = {{'1', WARD_SENT_ACKNOWLEDGED, WARD_TEXT("acknowledged by key 1")},
	{'2', WARD_SENT_ON_MY_WAY, WARD_TEXT("on the way, by key 2")},
	{'9', WARD_SENT_REFUSED, WARD_TEXT("answered with key 9: cannot")}};

void ward_phone_begin(struct ward_phone *c, const struct ward_sip_opts *o,
	void (*speak)(void *ctx, const struct ward_sip_media *to, struct ward_slice packet),
	const struct ward_phone_voice *voice, ward_ns now)
{
	struct ward_rd r = ward_rd_from(o->random, sizeof(o->random));

	memset(c, 0, sizeof(*c));
	c->source = ward_rd_be32(&r) * 2654435761u;
	c->time = c->source >> 7;
	c->number = (uint16_t)c->source;
	c->voice = *voice;
	c->speak = speak;
	c->ctx = o->ctx;
	c->began = now;
	c->next = WARD_NS_NEVER;
	ward_sip_begin(&c->sip, o, now);
}

static void end(struct ward_phone *c, enum ward_sent what, const char *why)
{
	c->outcome = (struct ward_outcome){.what = what};
	(void)snprintf(c->outcome.why, sizeof(c->outcome.why), "%s", why);
	if (what == WARD_SENT_FAILED)
		c->outcome.retry_after = again;
}

static void pressed(struct ward_phone *c, char key)
{
	if (c->key || c->sip.state != WARD_SIP_TALKING)
		return;
	for (size_t i = 0; i < WARD_ARRAY_LEN(meaning); i++)
		if (meaning[i].key == key) {
			c->key = key;
			c->at = 0;
			end(c, meaning[i].what, meaning[i].why);
			return;
		}
	c->at = BREATH; /* he missed something */
}

static void heed(struct ward_phone *c, ward_ns now)
{
	struct ward_sip *s = &c->sip;

	if (s->key) {
		pressed(c, s->key);
		s->key = '\0';
	}
	if (s->state == WARD_SIP_TALKING && c->next == WARD_NS_NEVER)
		c->next = now;
	if (s->state != WARD_SIP_OVER || c->over)
		return;
	c->over = true;
	if (s->outcome.what)
		c->outcome = s->outcome;
	else if (!c->outcome.what && c->heard_out)
		end(c, WARD_SENT_DELIVERED, WARD_TEXT("answered, and no key pressed"));
	else if (!c->outcome.what)
		end(c, WARD_SENT_FAILED, WARD_TEXT("hung up before it was said"));
}

void ward_phone_hear(struct ward_phone *c, struct ward_slice datagram, ward_ns now)
{
	ward_sip_hear(&c->sip, datagram, now);
	heed(c, now);
}

/* A key is told by several packets of one time (RFC 4733 2.5.1.2). */
void ward_phone_listen(struct ward_phone *c, struct ward_slice datagram, ward_ns now)
{
	struct ward_voice_packet p;

	if (c->sip.state != WARD_SIP_TALKING || !c->sip.media.keys ||
		ward_voice_read(datagram, &p) != WARD_OK || p.type != c->sip.media.keys ||
		(c->any_key && p.time == c->key_time))
		return;
	char key = ward_voice_key(p.payload);

	if (!key)
		return;
	c->any_key = true;
	c->key_time = p.time;
	pressed(c, key);
	heed(c, now);
}

/* The samples that stand at a place, silence where none do. */
static void put_frame(const struct ward_phone *c, uint8_t ret[WARD_VOICE_FRAME])
{
	const int16_t *pcm = c->key ? c->voice.thanks : c->voice.said;
	size_t n = c->key ? c->voice.n_thanks : c->voice.n_said, before = c->key ? 0 : BREATH;

	for (size_t i = 0; i < WARD_VOICE_FRAME; i++) {
		size_t at = c->at + i;
		int16_t v = at >= before && at - before < n ? pcm[at - before] : 0;

		ret[i] = c->sip.media.alaw ? ward_voice_alaw(v) : ward_voice_ulaw(v);
	}
}

static void speak(struct ward_phone *c)
{
	uint8_t payload[WARD_VOICE_FRAME], bytes[WARD_VOICE_PACKET];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	const struct ward_voice_packet p = {.marker = c->at == 0,
		.type = c->sip.media.alaw ? 8 : 0,
		.number = c->number++,
		.time = c->time,
		.source = c->source,
		.payload = {payload, sizeof(payload)}};

	put_frame(c, payload);
	ward_voice_write(&w, &p);
	c->speak(c->ctx, &c->sip.media, ward_wr_slice(&w));
	c->at += WARD_VOICE_FRAME;
	c->time += WARD_VOICE_FRAME;
}

/* All that was to be said is. */
static void round_over(struct ward_phone *c, ward_ns now)
{
	c->at = 0;
	if (c->key || ++c->rounds == WARD_PHONE_ROUNDS) {
		if (!c->key)
			end(c, WARD_SENT_DELIVERED, WARD_TEXT("answered, and no key pressed"));
		ward_sip_hang_up(&c->sip, now, &c->outcome);
	}
}

void ward_phone_tick(struct ward_phone *c, ward_ns now)
{
	const struct ward_outcome late = {WARD_SENT_FAILED, 0, again, "nobody answered"};
	struct ward_sip *s = &c->sip;

	ward_sip_tick(s, now);
	for (int i = 0; i < FRAMES_MAX && s->state == WARD_SIP_TALKING && now >= c->next; i++) {
		size_t n = c->key ? c->voice.n_thanks : BREATH + c->voice.n_said;

		speak(c);
		c->next += frame;
		c->heard_out = c->heard_out || (!c->key && c->at >= n / 2);
		if (c->at >= n)
			round_over(c, now);
	}
	if (s->state == WARD_SIP_TALKING && now - c->next > WARD_NS_PER_S)
		c->next = now; /* the machine slept: it does not hurry after what is missed */
	if (now - c->began >= WARD_PHONE_SECONDS * WARD_NS_PER_S)
		ward_sip_hang_up(s, now, &late);
	heed(c, now);
}

ward_ns ward_phone_next(const struct ward_phone *c)
{
	return c->sip.state == WARD_SIP_TALKING ? c->next : WARD_NS_NEVER;
}

bool ward_phone_over(const struct ward_phone *c, struct ward_outcome *ret)
{
	if (c->over)
		*ret = c->outcome;
	return c->over;
}
