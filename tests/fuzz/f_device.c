/* Whatever comes to a played controller, over time: an answer is a message of its protocol and says
 * no more than it was asked, and whatever is written, each value stays a number, and what follows
 * another stays within its bounds. The first byte says which protocol; then come steps: seconds
 * that have gone by (a byte), a length (two), and that many bytes, a datagram or what a connection
 * brings. */
#include "fuzz.h"

#include "base/rd.h"
#include "exercise/ber.h"
#include "exercise/device_priv.h"
#include "sense/bacnet/bacnet.h"

#include <math.h>

enum { STEPS = 16 };

/* Supply air follows a fan, level a setting, charge a voltage that falls. */
static const char *const plays[] = {
	[WARD_DEVICE_BACNET] =
		"7/analog-input:1\t1\t0\t0 0 18\t7/binary-value:1 0 20 1 18 -9 99 60000000000\n"
		"7/binary-value:1\t1\t0\t0 0 1\n"
		"7/analog-value:1\t1\t0\t0 0 7\t=\n"
		"7/analog-output:1\t1\t0\t0 0 8\t7/binary-value:1+7/analog-value:1 0 0 8 8 -50 50 "
		"2000000000\n",
	[WARD_DEVICE_MODBUS] = "1/holding:@0/f32\t0.1\t2\t0 0 5\n1/coil:@0\t1\t0\t0 0 1\n"
			       "1/input:@3\t1\t0\t0 0 1\t1/holding:@0/f32 0 -0.5 1 1 -9 9 0\n",
	[WARD_DEVICE_SNMP] =
		"1.3.6.1.2.1.33.1.2.3.0\t1\t0\t0 0 62 30000000000 60000000000 5\n"
		"1.3.6.1.2.1.33.1.2.4.0\t1\t0\t0 0 9\t1.3.6.1.2.1.33.1.2.3.0 0 0 62 100 0 "
		"100 20000000000\n",
};

static void bacnet(struct ward_device *d, ward_ns now, struct ward_slice in)
{
	static uint8_t buf[WARD_DEVICE_ANSWER], texts[1 << 14];
	static struct ward_bacnet m;
	struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));
	struct ward_wr text = ward_wr_fixed(texts, sizeof(texts));

	if (ward_device_hear(d, now, in, &out)) {
		WARD_ASSERT(ward_bacnet_parse(ward_wr_slice(&out), &text, &m));
		WARD_ASSERT(m.has_apdu);
	}
}

static void modbus(struct ward_device *d, ward_ns now, struct ward_slice in)
{
	while (in.len) {
		uint8_t buf[WARD_DEVICE_REQUEST];
		struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));
		int n = ward_device_take(d, now, in, &out);

		if (n <= 0) {
			WARD_ASSERT(!out.len);
			break;
		}
		WARD_ASSERT((size_t)n <= in.len && !ward_wr_bad(&out) && out.len >= 9);
		WARD_ASSERT(out.len == 6u + buf[4] * 256u + buf[5]);
		in = ward_slice_of(in.p + n, in.len - (size_t)n);
	}
}

static void snmp(struct ward_device *d, ward_ns now, struct ward_slice in)
{
	static uint8_t buf[WARD_DEVICE_ANSWER];
	struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));
	struct ward_ber_message m;

	if (ward_device_agent(d, now, in, &out)) {
		WARD_ASSERT(ward_ber_get_message(ward_wr_slice(&out), &m));
		WARD_ASSERT(m.pdu == WARD_BER_RESPONSE);
	}
}

static void check(const struct ward_device *d, ward_ns now)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct ward_device_value *v = &d->value[i];

		WARD_ASSERT(isfinite(ward_device_worth(v, now)));
		WARD_ASSERT(isfinite((float)ward_device_gives(v, now)));
		if (v->law.n_of && !v->written)
			WARD_ASSERT(v->is >= v->law.low && v->is <= v->law.high);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);
	uint8_t which = ward_rd_u8(&r);
	enum ward_device_speech speech = which & 2   ? WARD_DEVICE_SNMP
					 : which & 1 ? WARD_DEVICE_MODBUS
						     : WARD_DEVICE_BACNET;
	struct ward_device *d = NULL;
	ward_ns now = 0;
	enum ward_err err = ward_device_new(ward_mem_heap(), speech, ward_str_z(plays[speech]), &d);

	WARD_ASSERT(!err);
	for (unsigned i = 0; i < STEPS && ward_rd_left(&r) && !ward_rd_bad(&r); i++) {
		now += ward_rd_u8(&r) * WARD_NS_PER_S;
		struct ward_slice in = ward_rd_bytes(&r, ward_rd_be16(&r));

		if (speech == WARD_DEVICE_SNMP)
			snmp(d, now, in);
		else if (speech == WARD_DEVICE_MODBUS)
			modbus(d, now, in);
		else
			bacnet(d, now, in);
		check(d, now);
	}
	ward_device_free(d);
	free(copy);
	return 0;
}
