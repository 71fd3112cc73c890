/* Datagrams of a one-way line: as they come, and, sealed with the right key, what a sensor that was
 * taken over might send. Whatever it is, whole lines come out of it, and nothing twice. */
#include "fuzz.h"

#include "base/wr.h"
#include "ship/diode.h"

#include <sodium.h>
#include <string.h>

static void take_lines(void *ctx, struct ward_str lines)
{
	size_t *n = ctx;

	WARD_ASSERT(lines.len && lines.len <= WARD_DIODE_BYTES);
	*n += lines.len;
}

static void take_gap(void *ctx, const struct ward_diode_gap *g)
{
	size_t *n = ctx;

	WARD_ASSERT(g->began_anew || g->lines);
	*n += 1;
}

/* As diode_out.c seals. */
static void sealed(struct ward_diode_in *d, const uint8_t *key, struct ward_slice inner, uint8_t n)
{
	uint8_t bytes[WARD_DIODE_DATAGRAM] = "WD1";
	unsigned long long len = 0;

	bytes[4 + 7] = n >> 6; /* sessions */
	bytes[4 + WARD_DIODE_SESSION + 7] = n;
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + WARD_DIODE_HEAD, &len, inner.p,
		inner.len, bytes, WARD_DIODE_HEAD, NULL, bytes + 4, key);
	ward_diode_take(d, ward_slice_of(bytes, WARD_DIODE_HEAD + (size_t)len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_clock_fake clock;
	struct ward_diode_in *d;
	struct ward_diode_counts n;
	size_t all = 0, at = 0;
	struct ward_diode_in_opts o = {.lines = take_lines, .gap = take_gap, .ctx = &all};

	ward_clock_fake_init(&clock, 0); /* times of the input are then mostly in range */
	o.clock = &clock.clock;
	ward_diode_key(WARD_STR("fuzz"), o.key);
	WARD_ASSERT(ward_diode_in_new(&o, &d) == WARD_OK);
	ward_diode_take(d, ward_slice_of(copy, len));
	for (int i = 0; i < 256 && at + 2 < len; i++) { /* u8 length of the inner part, u8 number */
		size_t room = len - at - 2, size = copy[at] * 5u;

		size = size < room ? size : room;
		size = size < WARD_DIODE_INNER + WARD_DIODE_SHARD
			       ? size
			       : WARD_DIODE_INNER + WARD_DIODE_SHARD;
		sealed(d, o.key, ward_slice_of(copy + at + 2, size), copy[at + 1]);
		at += 2 + size;
	}
	ward_diode_counted(d, &n);
	WARD_ASSERT(
		n.sealed_otherwise + n.old + n.twice + n.wrong_time + n.malformed <= n.datagrams);
	ward_diode_in_free(d);
	free(copy);
	return 0;
}
