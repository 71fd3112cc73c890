/* Whatever comes to a played controller: an answer is a message of its protocol, says no more than
 * it was asked, and never that something was written. The first byte says which
 * protocol. */
#include "fuzz.h"

#include "exercise/ber.h"
#include "exercise/device.h"
#include "sense/bacnet/bacnet.h"

static struct ward_device *made(enum ward_device_speech speech, const char *text)
{
	struct ward_device *d = NULL;
	enum ward_err err = ward_device_new(ward_mem_heap(), speech, ward_str_z(text), &d);

	WARD_ASSERT(!err);
	return d;
}

static void bacnet(struct ward_slice in)
{
	static uint8_t buf[WARD_DEVICE_ANSWER], texts[1 << 14];
	static struct ward_bacnet m;
	struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));
	struct ward_wr text = ward_wr_fixed(texts, sizeof(texts));
	struct ward_device *d = made(WARD_DEVICE_BACNET,
		"7/analog-input:1\t1\t0\t0 0 18\t7/binary-value:1 0 20 1 18 -9 99 5000\n"
		"7/binary-value:1\t1\t0\t0 0 1\n");

	if (ward_device_hear(d, 0, in, &out)) {
		WARD_ASSERT(ward_bacnet_parse(ward_wr_slice(&out), &text, &m));
		WARD_ASSERT(m.has_apdu);
	}
	ward_device_free(d);
}

static void modbus(struct ward_slice in)
{
	struct ward_device *d = made(WARD_DEVICE_MODBUS,
		"1/holding:@0/f32\t1\t0\t0 0 5\n1/coil:@0\t1\t0\t0 0 1\n1/input:@3\t1\t0\t0 0 1\t"
		"1/holding:@0 0 0 1 1 -9 9 0\n");

	while (in.len) {
		uint8_t buf[WARD_DEVICE_REQUEST];
		struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));
		int n = ward_device_take(d, 0, in, &out);

		if (n <= 0) {
			WARD_ASSERT(!out.len);
			break;
		}
		WARD_ASSERT((size_t)n <= in.len && !ward_wr_bad(&out) && out.len >= 9);
		WARD_ASSERT(out.len == 6u + buf[4] * 256u + buf[5]);
		in = ward_slice_of(in.p + n, in.len - (size_t)n);
	}
	ward_device_free(d);
}

static void snmp(struct ward_slice in)
{
	static uint8_t buf[WARD_DEVICE_ANSWER];
	struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));
	struct ward_ber_message m;
	struct ward_device *d = made(WARD_DEVICE_SNMP,
		"1.3.6.1.2.1.33.1.2.3.0\t1\t0\t0 0 62\n1.3.6.1.2.1.33.1.2.4.0\t1\t0\t0 0 9\n");

	if (ward_device_agent(d, 0, in, &out)) {
		WARD_ASSERT(ward_ber_get_message(ward_wr_slice(&out), &m));
		WARD_ASSERT(m.pdu == WARD_BER_RESPONSE);
	}
	ward_device_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);

	if (len && copy[0] & 2)
		snmp(ward_slice_of(copy + 1, len - 1));
	else if (len && copy[0] & 1)
		modbus(ward_slice_of(copy + 1, len - 1));
	else if (len)
		bacnet(ward_slice_of(copy + 1, len - 1));
	free(copy);
	return 0;
}
