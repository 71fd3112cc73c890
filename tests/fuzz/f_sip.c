#include "fuzz.h"

#include "base/rd.h"
#include "respond/phone.h"

/* An exchange and a telephone that say anything at any time: the call comes to an end in time,
 * once, and nobody presses a key who has not answered. `$I`, `$T`, `$B` in what they say stand for
 * the call's id, tag and branch, which only they know. */
static int16_t pcm[WARD_VOICE_RATE];

struct heard {
	struct ward_phone c;
	size_t n;
};

static void sent(void *ctx, struct ward_slice d)
{
	struct ward_sip_message m;

	WARD_ASSERT(d.len && ++((struct heard *)ctx)->n < 1 << 20);
	if (d.p[0] != 'S') /* its own requests can be read */
		WARD_ASSERT(ward_sip_message_read(d, &m) == WARD_OK && !m.status);
}

static void spoken(void *ctx, const struct ward_sip_media *to, struct ward_slice d)
{
	const struct heard *h = ctx;

	WARD_ASSERT(h->c.sip.answered && to->port && d.len == WARD_VOICE_PACKET);
}

static void put(const struct heard *h, struct ward_slice s, struct ward_wr *w)
{
	for (size_t i = 0; i < s.len; i++) {
		char what = s.p[i] == '$' && i + 1 < s.len ? (char)s.p[++i] : '\0';

		if (what == 'I')
			ward_wr_z(w, h->c.sip.call_id);
		else if (what == 'T')
			ward_wr_z(w, h->c.sip.tag);
		else if (what == 'B')
			ward_wr_printf(w, "z9hG4bK%.16s-%u", h->c.sip.call_id, h->c.sip.branch);
		else
			ward_wr_u8(w, s.p[i]);
	}
}

static void play(struct ward_rd *r)
{
	static struct heard h;
	static uint8_t said[WARD_SIP_DATAGRAM];
	const struct ward_sip_opts o = {.to = WARD_STR("1"),
		.host = WARD_STR("h"),
		.from = WARD_STR("ward"),
		.user = WARD_STR("u"),
		.password = WARD_STR("p"),
		.local = WARD_STR("192.0.2.1:5070"),
		.address = WARD_STR("192.0.2.1"),
		.media_port = 5072,
		.random = {1, 2, 3},
		.send = sent,
		.ctx = &h};
	const struct ward_phone_voice v = {pcm, pcm, WARD_ARRAY_LEN(pcm), 800};
	ward_ns now = WARD_NS_PER_S, began = now;
	struct ward_outcome out = {.what = 0};

	h.n = 0;
	ward_phone_begin(&h.c, &o, spoken, &v, now);
	while (ward_rd_left(r) && !ward_phone_over(&h.c, &out)) {
		uint8_t what = ward_rd_u8(r);
		size_t len = what % 4 == 0 ? ward_rd_be16(r) : ward_rd_u8(r);
		struct ward_wr w = ward_wr_fixed(said, sizeof(said));

		if (what % 4 == 1) {
			now += (ward_ns)len * 100 * WARD_NS_PER_MS;
			ward_phone_tick(&h.c, now);
			continue;
		}
		put(&h, ward_rd_bytes(r, len < ward_rd_left(r) ? len : ward_rd_left(r)), &w);
		if (what % 4 == 2)
			ward_phone_listen(&h.c, ward_wr_slice(&w), now);
		else
			ward_phone_hear(&h.c, ward_wr_slice(&w), now);
	}
	while (!ward_phone_over(&h.c, &out)) {
		now += 200 * WARD_NS_PER_MS;
		ward_phone_tick(&h.c, now);
		WARD_ASSERT(now - began < 3600 * WARD_NS_PER_S);
	}
	WARD_ASSERT(out.what >= WARD_SENT_DELIVERED && out.what <= WARD_SENT_ON_MY_WAY);
	WARD_ASSERT(out.why[0]);
	WARD_ASSERT(
		h.c.sip.answered || out.what == WARD_SENT_FAILED || out.what == WARD_SENT_REFUSED);
}

static void parts(struct ward_slice s)
{
	static int16_t to[WARD_VOICE_RATE / 8];
	struct ward_sip_media m;
	struct ward_voice_packet p;
	size_t n;

	if (ward_sip_media_read(ward_slice_text(s), &m) == WARD_OK)
		WARD_ASSERT(m.port && (m.keys == 0 || m.keys >= 96));
	if (ward_voice_read(s, &p) == WARD_OK)
		WARD_ASSERT(p.payload.len <= s.len);
	if (ward_voice_wav(s, to, WARD_ARRAY_LEN(to), &n) == WARD_OK)
		WARD_ASSERT(n <= WARD_ARRAY_LEN(to));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);

	parts(ward_slice_of(copy, len));
	play(&r);
	free(copy);
	return 0;
}
