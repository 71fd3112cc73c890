/* A telephone call that says something and waits for a key: SIP (respond/sip.h), voice and keys
 * (respond/voice.h), and what became of it.
 *
 * What is said comes twice, after a breath each, until 1, 2 or 9 is pressed; any other key begins
 * it anew. Then it thanks, and hangs up. Pure: datagrams and time in, datagrams out. */
#ifndef WARD_RESPOND_PHONE_H
#define WARD_RESPOND_PHONE_H

#include "respond/sip.h"
#include "respond/voice.h"

enum {
	WARD_PHONE_ROUNDS = 2,
	WARD_PHONE_SECONDS = 105, /* all of it: who asks for it asks again after two minutes */
};

/* 8 kHz samples; live as long as the call. */
struct ward_phone_voice {
	const int16_t *said, *thanks;
	size_t n_said, n_thanks;
};

struct ward_phone {
	struct ward_sip sip;
	struct ward_phone_voice voice;
	void (*speak)(void *ctx, const struct ward_sip_media *to, struct ward_slice packet);
	void *ctx;
	ward_ns began,
		next; /* the next packet's time; of a call that is not answered WARD_NS_NEVER */
	size_t at;    /* sample of what is said, breaths before it */
	unsigned rounds;
	bool heard_out; /* at least half of it was said */
	char key;       /* 0: none yet */
	uint16_t number;
	uint32_t time, source, key_time;
	bool any_key;
	bool over;
	struct ward_outcome outcome;
};

/* o->ctx is handed to speak as well. */
void ward_phone_begin(struct ward_phone *c, const struct ward_sip_opts *o,
	void (*speak)(void *ctx, const struct ward_sip_media *to, struct ward_slice packet),
	const struct ward_phone_voice *voice, ward_ns now);
/* A datagram from the exchange. */
void ward_phone_hear(struct ward_phone *c, struct ward_slice datagram, ward_ns now);
/* A datagram from where the voice goes. */
void ward_phone_listen(struct ward_phone *c, struct ward_slice datagram, ward_ns now);
/* Time passed: at ward_phone_next, or some times a second. */
void ward_phone_tick(struct ward_phone *c, ward_ns now);
ward_ns ward_phone_next(const struct ward_phone *c);
/* True: it is over, and *ret what became of it. */
bool ward_phone_over(const struct ward_phone *c, struct ward_outcome *ret);

#endif
