#include "respond/voice.h"

#include "base/rd.h"

#include <math.h>

enum { TAPS = 48, PHASES = 256, RATE_MAX = 48000, PCM = 1, HEADER = 12, VERSION = 2 };

/* ---- WAV ---- */

struct wav {
	uint32_t rate;
	struct ward_slice data;
};

static enum ward_err read_wav(struct ward_slice bytes, struct wav *ret)
{
	struct ward_rd r = ward_rd_slice(bytes);
	bool known = false;

	if (ward_rd_be32(&r) != 0x52494646 /* RIFF */ || (ward_rd_skip(&r, 4), false) ||
		ward_rd_be32(&r) != 0x57415645 /* WAVE */)
		return WARD_ERR_MALFORMED;
	while (!ward_rd_bad(&r) && ward_rd_left(&r)) {
		uint32_t id = ward_rd_be32(&r), len = ward_rd_le32(&r);
		size_t left = ward_rd_left(&r);

		if (ward_rd_bad(&r))
			return WARD_ERR_MALFORMED;
		if (id == 0x64617461 /* data */ && known) {
			ret->data = ward_rd_bytes(&r, len < left ? len : left);
			return WARD_OK;
		}
		struct ward_rd in = ward_rd_sub(&r, len);

		if (id != 0x666d7420 /* fmt */)
			continue;
		uint16_t form = ward_rd_le16(&in), channels = ward_rd_le16(&in);

		ret->rate = ward_rd_le32(&in);
		ward_rd_skip(&in, 6);
		uint16_t bits = ward_rd_le16(&in);

		if (ward_rd_bad(&in))
			return WARD_ERR_MALFORMED;
		known = form == PCM && channels == 1 && bits == 16 &&
			ret->rate >= WARD_VOICE_RATE && ret->rate <= RATE_MAX;
		if (!known)
			return WARD_ERR_UNSUPPORTED;
	}
	return WARD_ERR_MALFORMED;
}

/* h[phase][tap], unitless: a windowed sinc (Hann) that passes what is below 0.45 of the lower rate,
 * centred between taps TAPS/2 - 1 and TAPS/2 by the phase. */
static void make_filter(uint32_t rate, float h[PHASES][TAPS])
{
	const double pi = 3.14159265358979323846, cut = 0.9 * WARD_VOICE_RATE / rate;

	for (int p = 0; p < PHASES; p++) {
		double sum = 0;

		for (int k = 0; k < TAPS; k++) {
			int before = TAPS / 2 - 1;
			double t = k - before - (double)p / PHASES, x = pi * t * cut;
			double window = 0.5 + 0.5 * cos(2 * pi * t / TAPS);
			double v = (fabs(x) < 1e-9 ? 1 : sin(x) / x) * window;

			h[p][k] = (float)v;
			sum += v;
		}
		for (int k = 0; k < TAPS; k++)
			h[p][k] = (float)(h[p][k] / sum);
	}
}

static int16_t sample_at(struct ward_slice data, int64_t i)
{
	if (i < 0 || (uint64_t)i >= data.len / 2)
		return 0;
	return (int16_t)(uint16_t)(data.p[2 * i] | data.p[2 * i + 1] << 8);
}

enum ward_err ward_voice_wav(struct ward_slice bytes, int16_t *ret, size_t max, size_t *ret_n)
{
	static float h[PHASES][TAPS];
	struct wav wav = {.rate = 0};
	enum ward_err err = read_wav(bytes, &wav);

	if (err)
		return err;
	uint64_t all = (uint64_t)(wav.data.len / 2) * WARD_VOICE_RATE / wav.rate;
	size_t n = all < max ? (size_t)all : max;

	make_filter(wav.rate, h);
	for (size_t i = 0; i < n; i++) {
		uint64_t at = (uint64_t)i * wav.rate * PHASES / WARD_VOICE_RATE;
		int64_t first = (int64_t)(at / PHASES) - (TAPS / 2 - 1);
		const float *f = h[at % PHASES];
		float sum = 0;

		for (int k = 0; k < TAPS; k++)
			sum += f[k] * (float)sample_at(wav.data, first + k);
		ret[i] = sum > INT16_MAX   ? INT16_MAX
			 : sum < INT16_MIN ? INT16_MIN
					   : (int16_t)lrintf(sum);
	}
	*ret_n = n;
	return WARD_OK;
}

/* ---- ITU-T G.711 ---- */

/* Table 1: 13 bits, even bits inverted. */
uint8_t ward_voice_alaw(int16_t sample)
{
	int v = sample >> 3, segment = 0;
	uint8_t sign = v >= 0 ? 0xd5 : 0x55;

	v = v >= 0 ? v : -v - 1;
	while (v >> (segment + 5) && segment < 7)
		segment++;
	int code = segment << 4 | (v >> (segment > 1 ? segment : 1) & 15);

	return (uint8_t)(code ^ sign);
}

/* Table 2: 14 bits with a bias of 33, all inverted. */
uint8_t ward_voice_ulaw(int16_t sample)
{
	enum { BIAS = 33, CLIP = 8158 };
	int v = sample >> 2, segment = 0;
	int sign = v < 0 ? 0x80 : 0;

	v = v < 0 ? -v : v;
	v = (v > CLIP ? CLIP : v) + BIAS;
	while (v >> (segment + 6) && segment < 7)
		segment++;
	return (uint8_t) ~(sign | segment << 4 | (v >> (segment + 1) & 15));
}

/* ---- packets ---- */

void ward_voice_write(struct ward_wr *w, const struct ward_voice_packet *p)
{
	ward_wr_u8(w, VERSION << 6);
	ward_wr_u8(w, (uint8_t)((p->marker ? 0x80 : 0) | p->type));
	ward_wr_be16(w, p->number);
	ward_wr_be32(w, p->time);
	ward_wr_be32(w, p->source);
	ward_wr_bytes(w, p->payload.p, p->payload.len);
}

/* RFC 3550 5.1, 5.3.1 */
enum ward_err ward_voice_read(struct ward_slice datagram, struct ward_voice_packet *ret)
{
	struct ward_rd r = ward_rd_slice(datagram);
	uint8_t first = ward_rd_u8(&r), second = ward_rd_u8(&r);
	struct ward_voice_packet p = {.marker = second >> 7,
		.type = second & 0x7f,
		.number = ward_rd_be16(&r),
		.time = ward_rd_be32(&r),
		.source = ward_rd_be32(&r)};

	ward_rd_skip(&r, 4u * (first & 15));
	if (first & 0x10) {
		ward_rd_skip(&r, 2);
		uint16_t words = ward_rd_be16(&r);

		ward_rd_skip(&r, 4u * words);
	}
	struct ward_slice rest = ward_rd_rest(&r);
	size_t padding = !(first & 0x20) ? 0 : rest.len ? rest.p[rest.len - 1] : 1;

	if (ward_rd_bad(&r) || first >> 6 != VERSION || padding > rest.len ||
		(first & 0x20 && !padding))
		return WARD_ERR_MALFORMED;
	p.payload = ward_slice_of(rest.p, rest.len - padding);
	*ret = p;
	return WARD_OK;
}

char ward_voice_key(struct ward_slice payload)
{
	static const char key[] = "0123456789*#ABCD"; /* RFC 4733 3.2 */

	return payload.len >= 4 && payload.p[0] < sizeof(key) - 1 ? key[payload.p[0]] : '\0';
}
