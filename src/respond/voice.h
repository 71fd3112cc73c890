/* Voice on a telephone: what a speech program wrote as 8 kHz samples, G.711 of them, and the
 * packets that carry it (RFC 3550, 3551) and the keys that are pressed (RFC 4733).
 *
 * Pure. Packets are outside bytes; so is what the speech program wrote, which reads text of
 * others. */
#ifndef WARD_RESPOND_VOICE_H
#define WARD_RESPOND_VOICE_H

#include "base/err.h"
#include "base/mem.h"
#include "base/wr.h"

enum {
	WARD_VOICE_RATE = 8000,
	WARD_VOICE_FRAME = 160,                /* samples of a packet: 20 ms */
	WARD_VOICE_MAX = WARD_VOICE_RATE * 45, /* samples of what is said at once */
	WARD_VOICE_PACKET = 12 + WARD_VOICE_FRAME,
};

/* Samples of a WAV file (16 bits, one channel, 8 to 48 kHz), at most max of them at 8 kHz, into
 * ret; *ret_n of them. A length that a writer to a pipe could not know ends with the bytes.
 * MALFORMED; UNSUPPORTED: another form of sound. O(samples * 64). */
WARD_MUST_CHECK enum ward_err ward_voice_wav(
	struct ward_slice wav, int16_t *ret, size_t max, size_t *ret_n);

uint8_t ward_voice_alaw(int16_t sample);
uint8_t ward_voice_ulaw(int16_t sample);

struct ward_voice_packet {
	bool marker;
	uint8_t type; /* 0: PCMU, 8: PCMA, else as the session says */
	uint16_t number;
	uint32_t time, source;
	struct ward_slice payload;
};
void ward_voice_write(struct ward_wr *w, const struct ward_voice_packet *p);
/* MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_voice_read(
	struct ward_slice datagram, struct ward_voice_packet *ret);
/* The key of a telephone-event: '0' to '9', '*', '#', 'A' to 'D'; 0: it is none. */
char ward_voice_key(struct ward_slice payload);

#endif
