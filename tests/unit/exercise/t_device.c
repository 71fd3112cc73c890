/* Played controllers, asked in the words of the pollers: what they give is what the scenario says
 * at that moment, and whatever else comes is refused or dropped. */
#include "exercise/device.h"
#include "exercise/ber.h"
#include "exercise/device_priv.h"
#include "sense/bacnet/bacnet.h"
#include "sense/bacnet/put.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const ward_ns s = WARD_NS_PER_S;

static void near(double is, double want, double by)
{
	assert_true(fabs(is - want) <= by);
}

static struct ward_device *device(enum ward_device_speech speech, const char *text)
{
	struct ward_device *d = NULL;

	assert_int_equal(ward_device_new(ward_mem_heap(), speech, ward_str_z(text), &d), WARD_OK);
	return d;
}

static void moves(void **state)
{
	struct ward_move move[] = {{0, 0, 7}, {10 * s, 4 * s, 11}, {20 * s, 0, -1}};
	struct ward_moves m = {move, 3};

	(void)state;
	near(ward_moves_at(&m, -5 * s), 7, 0);
	near(ward_moves_at(&m, 9 * s), 7, 0);
	near(ward_moves_at(&m, 10 * s), 7, 0);
	near(ward_moves_at(&m, 11 * s), 8, 1e-9);
	near(ward_moves_at(&m, 14 * s), 11, 0);
	near(ward_moves_at(&m, 20 * s - 1), 11, 0);
	near(ward_moves_at(&m, 20 * s), -1, 0);
	near(ward_moves_at(&m, INT64_MAX), -1, 0);
}

/* What is written is read back as the same values. */
static void lines(void **state)
{
	struct ward_move move[] = {{0, 0, 0.1}, {5 * s, 2 * s, -3.5e-7}};
	struct ward_moves m = {move, 2};
	struct ward_device_point p = {WARD_STR("1/holding:40001/f32"), 0.1, 40};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_device *d;

	(void)state;
	ward_device_write(&p, &m, NULL, &w);
	assert_int_equal(ward_device_new(ward_mem_heap(), WARD_DEVICE_MODBUS, ward_wr_text(&w), &d),
		WARD_OK);
	assert_int_equal(ward_device_points(d), 1);
	near(ward_device_gives(&d->value[0], 0), (0.1 - 40) / 0.1, 1e-9);
	near(ward_device_gives(&d->value[0], 9 * s), (-3.5e-7 - 40) / 0.1, 1e-9);
	ward_device_free(d);
	ward_wr_fini(&w);
}

static void bad_lines(void **state)
{
	static const char *const bad[] = {"", "\n", "1/coil:1\n", "1/coil:1\t1\t0\t\n",
		"1/coil:1\t1\t0\t0 0\n", "1/coil:1\t0\t0\t0 0 1\n", "1/coil:1\tx\t0\t0 0 1\n",
		"1/coil:1\t1\tinf\t0 0 1\n", "1/coil:1\t1\t0\t-1 0 1\n",
		"1/coil:1\t1\t0\t0 9223372036854775808 1\n", "1/shelf:1\t1\t0\t0 0 1\n"};
	struct ward_device *d = NULL;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(ward_device_new(ward_mem_heap(), WARD_DEVICE_MODBUS,
					 ward_str_z(bad[i]), &d),
			WARD_ERR_MALFORMED);
	assert_null(d);
}

static void every_allocation(void **state)
{
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	for (uint64_t n = 1; err; n++) {
		struct ward_mem_failing f;
		struct ward_device *d = NULL;

		ward_mem_failing_init(&f, n);
		err = ward_device_new(&f.mem, WARD_DEVICE_MODBUS,
			WARD_STR("1/coil:1\t1\t0\t0 0 1 5 0 0\n1/coil:2\t1\t0\t0 0 1\n"), &d);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		assert_true((d != NULL) == (err == WARD_OK));
		ward_device_free(d);
	}
}

static void can(void **state)
{
	const char *why;
	uint32_t device_of;

	(void)state;
	assert_true(ward_device_can(
		WARD_DEVICE_BACNET, WARD_STR("4005/analog-input:1"), &device_of, &why));
	assert_int_equal(device_of, 4005);
	assert_false(ward_device_can(
		WARD_DEVICE_BACNET, WARD_STR("4005/device:4005/system-status"), &device_of, &why));
	assert_non_null(strstr(why, "present values only"));
	assert_false(ward_device_can(WARD_DEVICE_BACNET, WARD_STR("x"), &device_of, &why));
	assert_true(
		ward_device_can(WARD_DEVICE_MODBUS, WARD_STR("1/input:30001"), &device_of, &why));
	assert_false(ward_device_can(WARD_DEVICE_MODBUS, WARD_STR("1"), &device_of, &why));
}

static const char air[] = "4005/analog-input:1\t1\t0\t0 0 18 10000000000 2000000000 26\n"
			  "4005/binary-value:1\t1\t0\t0 0 1 10000000000 0 0\n"
			  "4005/multi-state-value:2\t1\t0\t0 0 3\n";

/* A question as the poller writes it; the answer, parsed, or false when there is none. */
static bool ask(struct ward_device *d, ward_ns time, enum ward_bacnet_ask what,
	void (*body)(struct ward_wr *w), struct ward_bacnet *ret)
{
	static uint8_t in[1500], buf[WARD_DEVICE_ANSWER], texts[4096];
	struct ward_wr q = ward_wr_fixed(in, sizeof(in)), out = ward_wr_fixed(buf, sizeof(buf));
	struct ward_wr text = ward_wr_fixed(texts, sizeof(texts));

	ward_bacnet_ask_begin(&q, what, WARD_BACNET_MAY_READ, NULL, 77);
	body(&q);
	ward_bacnet_ask_end(&q);
	assert_false(ward_wr_bad(&q));
	/* cut anywhere it is no question */
	for (size_t n = 0; n < q.len; n++) {
		uint8_t *cut = malloc(n + 1);

		assert_non_null(cut);
		memcpy(cut, in, n);
		assert_false(ward_device_hear(d, time, ward_slice_of(cut, n), &out));
		ward_wr_reset(&out);
		free(cut);
	}
	if (!ward_device_hear(d, time, ward_wr_slice(&q), &out))
		return false;
	assert_true(ward_bacnet_parse(ward_wr_slice(&out), &text, ret));
	assert_true(ret->has_apdu && !ret->padding);
	assert_true(!ret->has_invoke || ret->invoke_id == 77);
	return true;
}

static const struct ward_bacnet_ref temperature = {4005, 0, 1, 85, true},
				    fan = {4005, 5, 1, 85, true}, mode = {4005, 19, 2, 85, true},
				    nothing = {4005, 0, 9, 85, true};

static void read_all(struct ward_wr *w)
{
	ward_bacnet_put_read_spec(w, &temperature);
	ward_bacnet_put_read_spec(w, &fan);
	ward_bacnet_put_read_spec(w, &mode);
	ward_bacnet_put_read_spec(w, &nothing);
}

static void read_temperature(struct ward_wr *w)
{
	ward_bacnet_put_read(w, &temperature, 85);
}

static void read_other_property(struct ward_wr *w)
{
	ward_bacnet_put_read(w, &temperature, 77);
}

static void read_nothing(struct ward_wr *w)
{
	ward_bacnet_put_read(w, &nothing, 85);
}

static void is_it_4005(struct ward_wr *w)
{
	ward_bacnet_put_who_is(w, 4000, 4005);
}

static void is_it_another(struct ward_wr *w)
{
	ward_bacnet_put_who_is(w, 4006, 4100);
}

static void events(struct ward_wr *w)
{
	ward_bacnet_put_events_after(w, false, 0, 0);
}

static void bacnet(void **state)
{
	static struct ward_bacnet m;
	struct ward_device *d = device(WARD_DEVICE_BACNET, air);

	(void)state;
	assert_true(ask(d, 11 * s, WARD_BACNET_ASK_READ_PROPERTY_MULTIPLE, read_all, &m));
	assert_int_equal(m.pdu, WARD_BACNET_PDU_COMPLEX_ACK);
	assert_int_equal(m.n_item, 8); /* each with its flags */
	assert_true(ward_str_eqz(m.item[0].value.s, "22"));
	assert_int_equal(m.item[2].value.i, 0);
	assert_int_equal(m.item[4].value.i, 3);
	assert_true(m.item[6].has_error && m.item[6].error_code == 31);
	assert_true(ask(d, 0, WARD_BACNET_ASK_READ_PROPERTY, read_temperature, &m));
	assert_true(ward_str_eqz(m.item[0].value.s, "18"));
	assert_true(ask(d, 0, WARD_BACNET_ASK_READ_PROPERTY, read_other_property, &m));
	assert_true(m.pdu == WARD_BACNET_PDU_ERROR && m.error_code.v == 32);
	assert_true(ask(d, 0, WARD_BACNET_ASK_READ_PROPERTY, read_nothing, &m));
	assert_true(m.pdu == WARD_BACNET_PDU_ERROR && m.error_code.v == 31);
	assert_true(ask(d, 0, WARD_BACNET_ASK_WHO_IS, is_it_4005, &m));
	assert_true(m.pdu == WARD_BACNET_PDU_UNCONFIRMED && m.device.v == 4005);
	assert_false(ask(d, 0, WARD_BACNET_ASK_WHO_IS, is_it_another, &m));
	assert_true(ask(d, 0, WARD_BACNET_ASK_GET_EVENT_INFORMATION, events, &m));
	assert_true(m.pdu == WARD_BACNET_PDU_COMPLEX_ACK && !m.n_item);
	ward_device_free(d);
}

/* Whoever writes is told no; what is not known is refused. */
static void bacnet_refuses(void **state)
{
	static const uint8_t write[] = {0x81, 0x0a, 0, 21, 1, 4, 0, 5, 9, 15, 0x0c, 1, 0x40, 0, 1,
		0x19, 85, 0x3e, 0x91, 0, 0x3f},
			     restart[] = {0x81, 0x0a, 0, 12, 1, 4, 0, 5, 9, 20, 0x09, 1};
	static struct ward_bacnet m;
	uint8_t buf[WARD_DEVICE_ANSWER], texts[256];
	struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));
	struct ward_wr text = ward_wr_fixed(texts, sizeof(texts));
	struct ward_device *d = device(WARD_DEVICE_BACNET, air);

	(void)state;
	assert_true(ward_device_hear(d, 0, ward_slice_of(write, sizeof(write)), &out));
	assert_true(ward_bacnet_parse(ward_wr_slice(&out), &text, &m));
	assert_true(m.pdu == WARD_BACNET_PDU_ERROR && m.error_code.v == 40);
	ward_wr_reset(&out);
	assert_true(ward_device_hear(d, 0, ward_slice_of(restart, sizeof(restart)), &out));
	assert_true(ward_bacnet_parse(ward_wr_slice(&out), &text, &m));
	assert_true(m.pdu == WARD_BACNET_PDU_REJECT && m.reason_code == 9);
	ward_device_free(d);
}

static const char plant[] =
	"4201/binary-value:1\t1\t0\t0 0 1\n"  /* a pump, */
	"4201/analog-value:1\t1\t0\t0 0 18\n" /* a setpoint */
	"4201/analog-input:1\t1\t0\t0 0 6\t4201/binary-value:1 0 14 1 6 -50 50 10000000000\n"
	"4201/analog-input:2\t1\t0\t0 0 18\t4201/analog-value:1 18 18 26 26 -50 50 5000000000\n"
	"4201/analog-input:3\t1\t0\t0 0 100\t4201/binary-value:1 0 -2 1 1 0 100 0\n";

static double worth(struct ward_device *d, ward_ns time, size_t i)
{
	ward_device_live(d, time);
	return ward_device_gives(&d->value[i], time);
}

/* WriteProperty of a present value (15.9); the PDU that comes back. */
static int write(
	struct ward_device *d, ward_ns time, const uint8_t *object, const char *value, size_t len)
{
	static const uint8_t head[] = {0x81, 0x0a, 0, 0, 1, 4, 0, 5, 9, 15, 0x0c};
	static struct ward_bacnet m;
	uint8_t buf[WARD_DEVICE_ANSWER], texts[256], in[64];
	struct ward_wr out = ward_wr_fixed(buf, sizeof(buf)), q = ward_wr_fixed(in, sizeof(in));
	struct ward_wr text = ward_wr_fixed(texts, sizeof(texts));

	ward_wr_bytes(&q, head, sizeof(head));
	ward_wr_bytes(&q, object, 4);
	ward_wr_bytes(&q, "\x19\x55\x3e", 3);
	ward_wr_bytes(&q, value, len);
	ward_wr_u8(&q, 0x3f);
	in[3] = (uint8_t)q.len;
	assert_true(ward_device_hear(d, time, ward_wr_slice(&q), &out));
	assert_true(ward_bacnet_parse(ward_wr_slice(&out), &text, &m));
	return m.pdu == WARD_BACNET_PDU_ERROR ? (int)m.error_code.v : 0;
}

static const uint8_t pump[] = {0x01, 0x40, 0, 1}, setpoint[] = {0, 0x80, 0, 1},
		     supply[] = {0, 0, 0, 1};

/* A pump that is stopped over the network: water warms up by the first-order law, and what is
 * stored runs out; started again, both come back. A setpoint is followed. */
static void reacts(void **state)
{
	struct ward_device *d = device(WARD_DEVICE_BACNET, plant);

	(void)state;
	near(worth(d, 20 * s, 2), 6, 1e-9);
	near(worth(d, 20 * s, 4), 100, 1e-9);
	assert_int_equal(write(d, 20 * s, pump, "\x91\0", 2), 0);
	near(worth(d, 30 * s, 2), 14 - 8 * exp(-1), 0.1);
	near(worth(d, 30 * s, 4), 80, 0.5);
	near(worth(d, 80 * s, 2), 14, 0.1);
	near(worth(d, 80 * s, 4), 0, 0);
	assert_int_equal(write(d, 80 * s, pump, "\x91\1", 2), 0);
	near(worth(d, 90 * s, 2), 6 + 8 * exp(-1), 0.1);
	near(worth(d, 90 * s, 4), 10, 0.5);
	assert_int_equal(write(d, 90 * s, setpoint, "\x44\x41\xd0\0\0", 5), 0); /* 26.0 */
	near(worth(d, 95 * s, 3), 26 - 8 * exp(-1), 0.1);
	assert_int_equal(write(d, 95 * s, setpoint, "\0", 1), 0); /* relinquished */
	near(worth(d, 160 * s, 3), 18, 0.1);
	ward_device_free(d);
}

/* Two pumps make one flow, each half of it; a setting stays until it is written; what happens to
 * the plant itself happens to inputs too. */
static void sums(void **state)
{
	static const uint8_t second[] = {0x01, 0x40, 0, 2}, knob[] = {0, 0x80, 0, 1};
	struct ward_device *d = device(WARD_DEVICE_BACNET,
		"6/binary-value:1\t1\t0\t0 0 1\t=\n6/binary-value:2\t1\t0\t0 0 1\t=\n"
		"6/analog-input:1\t1\t0\t0 0 96\t6/binary-value:1+6/binary-value:2 0 0 2 96 -9 99 "
		"500000000\n"
		"6/analog-value:1\t1\t0\t0 0 7\t=\n");

	(void)state;
	near(worth(d, 5 * s, 2), 96, 1e-9);
	assert_int_equal(write(d, 5 * s, pump, "\x91\0", 2), 0);
	near(worth(d, 10 * s, 2), 48, 0.1);
	assert_int_equal(write(d, 10 * s, second, "\x91\0", 2), 0);
	near(worth(d, 15 * s, 2), 0, 0.1);
	near(worth(d, 15 * s, 3), 7, 0);
	assert_int_equal(write(d, 15 * s, knob, "\x44\x41\xd0\0\0", 5), 0);
	near(worth(d, 15 * s, 3), 26, 0);
	assert_int_equal(write(d, 16 * s, knob, "\0", 1), 0); /* relinquished: as it began */
	near(worth(d, 16 * s, 3), 7, 0);
	assert_int_equal(ward_device_written(d), 4);
	assert_true(ward_device_put(d, 20 * s, 0, 1));
	near(worth(d, 25 * s, 2), 48, 0.1);
	assert_true(ward_device_put(d, 25 * s, 2, 3.5));
	near(worth(d, 30 * s, 2), 3.5, 0);
	assert_false(ward_device_put(d, 30 * s, 4, 1));
	assert_false(ward_device_put(d, 30 * s, 0, NAN));
	assert_int_equal(ward_device_written(d), 4);
	ward_device_free(d);
}

/* What nobody follows is only read; text is no value; what is not there is not written. */
static void reacts_to_no_other(void **state)
{
	static const uint8_t gone[] = {0, 0x80, 0, 9};
	struct ward_device *d = device(WARD_DEVICE_BACNET, plant);

	(void)state;
	assert_int_equal(write(d, 0, supply, "\x44\x41\xd0\0\0", 5), 40);
	assert_int_equal(write(d, 0, supply, "\0", 1), 40);
	assert_int_equal(write(d, 0, setpoint, "\x72\0A", 3), 40);
	ward_device_free(d);
	d = device(WARD_DEVICE_BACNET,
		"7/binary-input:1\t1\t0\t0 0 1\n7/analog-value:1\t1\t0\t0 0 6"
		"\t7/binary-input:1 0 14 1 6 -50 50 5\n");
	assert_int_equal(write(d, 0, (const uint8_t[]){0, 0xc0, 0, 1}, "\x91\0", 2), 40);
	ward_device_free(d);
	d = device(WARD_DEVICE_BACNET, plant);
	assert_int_equal(write(d, 0, gone, "\x91\0", 2), 31);
	near(worth(d, 50 * s, 3), 18, 1e-9);
	ward_device_free(d);
}

/* Numbers that no point has are refused, and what a scale makes too large is the largest real. */
static void keeps_to_numbers(void **state)
{
	static const uint16_t largest[] = {0x7f7f, 0xffff};
	static const struct ward_modbus_ref real = {.type = WARD_MODBUS_F32};
	struct ward_device *d = device(WARD_DEVICE_BACNET, plant);
	uint16_t reg[2];

	(void)state;
	/* a double of 1e308, of 1e16, and a real of 3e38 */
	assert_int_equal(write(d, 0, setpoint, "\x55\x08\x7f\xe1\xcc\xf3\x85\xeb\xc8\xa0", 10), 40);
	assert_int_equal(write(d, 0, setpoint, "\x55\x08\x43\x41\xc3\x79\x37\xe0\x80\0", 10), 40);
	assert_int_equal(write(d, 0, setpoint, "\x44\x7f\x61\xb1\xe6", 5), 40);
	near(worth(d, 0, 1), 18, 0);
	assert_int_equal(write(d, 0, setpoint, "\x55\x08\x40\x3a\0\0\0\0\0\0", 10), 0); /* 26 */
	near(worth(d, 0, 1), 26, 0);
	ward_device_free(d);
	ward_device_registers(&real, 1e300, reg);
	assert_memory_equal(reg, largest, sizeof(reg));
	ward_device_registers(&real, -1e300, reg);
	assert_int_equal(reg[0], 0xff7f);
	near(ward_device_real(-1.5), -1.5, 0);
}

static void bad_laws(void **state)
{
	static const char *const bad[] = {"1/coil:1\t1\t0\t0 0 1\t1/coil:2 0 0 1 1 0 1 5\n",
		"1/coil:1\t1\t0\t0 0 1\t1/coil:1 0 0 1 1 0 1 5\n",
		"1/coil:2\t1\t0\t0 0 1\n1/coil:1\t1\t0\t0 0 1\t1/coil:2 1 0 1 1 0 1 5\n",
		"1/coil:2\t1\t0\t0 0 1\n1/coil:1\t1\t0\t0 0 1\t1/coil:2 0 0 1 1 2 1 5\n",
		"1/coil:2\t1\t0\t0 0 1\n1/coil:1\t1\t0\t0 0 1\t1/coil:2 0 0 1 1 0 1\n",
		"1/coil:2\t1\t0\t0 0 1\n1/coil:1\t1\t0\t0 0 1\t1/coil:2+1/coil:1 0 0 1 1 0 1 5\n",
		"1/coil:2\t1\t0\t0 0 1\n1/coil:1\t1\t0\t0 0 "
		"1\t1/coil:2+1/coil:2+1/coil:2+1/coil:2+1/"
		"coil:2+1/coil:2+1/coil:2+1/coil:2+1/coil:2 0 0 1 1 0 1 5\n",
		"1/coil:1\t1\t0\t0 0 1\t==\n"};
	struct ward_device *d = NULL;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(ward_device_new(ward_mem_heap(), WARD_DEVICE_MODBUS,
					 ward_str_z(bad[i]), &d),
			WARD_ERR_MALFORMED);
}

static void same(const char *type, const char *order, double value, double want)
{
	char text[64], number[32];
	struct ward_modbus_ref r;
	const char *why;
	uint16_t reg[2];

	(void)snprintf(text, sizeof(text), "3/holding:@7/%s%s", type, order);
	assert_int_equal(ward_modbus_ref_parse(ward_str_z(text), &r, &why), WARD_OK);
	ward_device_registers(&r, value, reg);
	struct ward_value got = ward_modbus_value(&r, reg, number);

	near(got.kind == WARD_VALUE_INT ? (double)got.i : strtod(number, NULL), want,
		fabs(want) / 1e6);
}

/* All types and orders: what the poller reads is what was written, or the nearest that there is. */
static void registers(void **state)
{
	static const struct {
		const char *name;
		double low, high;
	} type[] = {{"u16", 0, UINT16_MAX}, {"s16", INT16_MIN, INT16_MAX}, {"u32", 0, UINT32_MAX},
		{"s32", INT32_MIN, INT32_MAX}, {"f32", -INFINITY, INFINITY}};
	static const char *const order[] = {"", "/abcd", "/badc", "/cdab", "/dcba"};
	static const double value[] = {0, 1, -7, 300, 40000, -40000, 1e6, 1e12, 0.75};

	(void)state;
	for (size_t t = 0; t < WARD_ARRAY_LEN(type); t++)
		for (size_t v = 0; v < WARD_ARRAY_LEN(value); v++)
			for (size_t o = 0; o < (t < 2 ? 1 : WARD_ARRAY_LEN(order)); o++)
				same(type[t].name, order[o], value[v],
					t < 4 ? round(fmin(
							fmax(value[v], type[t].low), type[t].high))
					      : value[v]);
}

static const char meters[] = "1/holding:@10\t0.1\t0\t0 0 5.1 10000000000 0 9.4\n"
			     "1/holding:@11/f32/cdab\t1\t0\t0 0 230.5\n"
			     "1/coil:@3\t1\t0\t0 0 1\n1/coil:@4\t1\t0\t0 0 0\n";

static size_t answer(struct ward_device *d, const char *hex_like, size_t len, uint8_t *buf)
{
	struct ward_wr out = ward_wr_fixed(buf, WARD_DEVICE_REQUEST);

	for (size_t n = 0; n < len; n++)
		assert_int_equal(
			ward_device_take(d, 0, ward_slice_of(hex_like, n), &out), WARD_DEVICE_MORE);
	assert_int_equal(ward_device_take(d, 0, ward_slice_of(hex_like, len), &out), (int)len);
	assert_false(ward_wr_bad(&out));
	return out.len;
}

static void modbus(void **state)
{
	struct ward_device *d = device(WARD_DEVICE_MODBUS, meters);
	uint8_t buf[WARD_DEVICE_REQUEST];
	struct ward_wr none = ward_wr_fixed(buf, sizeof(buf));

	(void)state;
	assert_int_equal(answer(d, "\1\2\0\0\0\6\1\3\0\12\0\3", 12, buf), 15);
	assert_memory_equal(buf, "\1\2\0\0\0\11\1\3\6\0\63\200\0\103\146", 15);
	assert_int_equal(answer(d, "\0\1\0\0\0\6\1\1\0\3\0\2", 12, buf), 10);
	assert_memory_equal(buf, "\0\1\0\0\0\4\1\1\1\1", 10);
	/* beyond what there is; none or too many; another unit, a writing function, a short one */
	static const struct {
		const char *in;
		size_t len;
		const char *last;
	} refused[] = {{"\0\1\0\0\0\6\1\3\0\12\0\4", 12, "\203\2"},
		{"\0\1\0\0\0\6\1\3\0\12\0\0", 12, "\203\3"},
		{"\0\1\0\0\0\6\1\3\0\12\0\176", 12, "\203\3"},
		{"\0\1\0\0\0\6\2\3\0\12\0\1", 12, "\203\2"},
		{"\0\1\0\0\0\6\1\6\0\12\0\1", 12, "\206\1"}, {"\0\1\0\0\0\3\1\3\0", 9, "\203\3"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(refused); i++) {
		assert_int_equal(answer(d, refused[i].in, refused[i].len, buf), 9);
		assert_memory_equal(buf + 7, refused[i].last, 2);
	}
	assert_int_equal(ward_device_take(d, 0, ward_slice_of("\0\1\0\1\0\6", 6), &none),
		WARD_DEVICE_FOREIGN);
	assert_int_equal(ward_device_take(d, 0, ward_slice_of("\0\1\0\0\0\1", 6), &none),
		WARD_DEVICE_FOREIGN);
	assert_int_equal(ward_device_take(d, 0, ward_slice_of("GET / HTTP/1.1\r\n", 16), &none),
		WARD_DEVICE_FOREIGN);
	ward_device_free(d);
}

static const char ups[] = "1.3.6.1.2.1.33.1.2.3.0\t1\t0\t0 0 62 10000000000 0 9\n"
			  "1.3.6.1.2.1.33.1.2.4.0\t1\t0\t0 0 100 10000000000 2000000000 22\n"
			  "1.3.6.1.2.1.33.1.4.1.0\t0.1\t0\t0 0 -300\n";

/* What an agent says to one request about names, each with its value or its exception. */
static bool request(struct ward_device *d, ward_ns time, uint8_t pdu, const char *community,
	const char *const *name, int64_t a, int64_t b, struct ward_ber_message *ret)
{
	static uint8_t buf[WARD_BER_MAX], of[512], answer[WARD_DEVICE_ANSWER];
	struct ward_wr q = ward_wr_fixed(buf, sizeof(buf)),
		       bindings = ward_wr_fixed(of, sizeof(of));
	struct ward_wr w = ward_wr_fixed(answer, sizeof(answer));
	struct ward_ber_message m = {.community = ward_str_z(community),
		.pdu = pdu,
		.request = 0x12345678,
		.status = a,
		.index = b};

	for (; *name; name++) {
		uint8_t one[128];
		struct ward_wr binding = ward_wr_fixed(one, sizeof(one));
		struct ward_snmp_oid oid;
		const char *why;

		assert_int_equal(ward_snmp_oid_parse(ward_str_z(*name), &oid, &why), WARD_OK);
		ward_ber_put_oid(&binding, &oid);
		ward_ber_put(&binding, WARD_BER_NULL, ward_slice_of("", 0));
		ward_ber_put(&bindings, WARD_BER_SEQUENCE, ward_wr_slice(&binding));
	}
	m.bindings = ward_wr_slice(&bindings);
	ward_ber_put_message(&q, &m);
	for (size_t n = 0; n < q.len; n++) { /* cut anywhere it is no question */
		uint8_t *cut = malloc(n + 1);

		assert_non_null(cut);
		memcpy(cut, buf, n);
		assert_false(ward_device_agent(d, time, ward_slice_of(cut, n), &w));
		free(cut);
	}
	if (!ward_device_agent(d, time, ward_wr_slice(&q), &w))
		return false;
	assert_true(ward_ber_get_message(ward_wr_slice(&w), ret));
	assert_int_equal(ret->pdu, WARD_BER_RESPONSE);
	assert_int_equal(ret->request, 0x12345678);
	return true;
}

/* The next binding is this name, with that value; or, with `tag`, that exception. */
static void binds(struct ward_rd *r, const char *name, uint8_t want, int64_t number)
{
	struct ward_snmp_oid oid, wanted;
	const char *why;
	uint8_t tag;
	int64_t v;
	struct ward_rd one = ward_ber_get(r, &tag);

	assert_int_equal(ward_snmp_oid_parse(ward_str_z(name), &wanted, &why), WARD_OK);
	assert_true(tag == WARD_BER_SEQUENCE && ward_ber_get_oid(&one, &oid));
	assert_int_equal(oid.n, wanted.n);
	assert_memory_equal(oid.id, wanted.id, oid.n * sizeof(*oid.id));
	if (want != WARD_BER_INTEGER) {
		(void)ward_ber_get(&one, &tag);
		assert_int_equal(tag, want);
		return;
	}
	assert_true(ward_ber_get_int(&one, &v));
	assert_int_equal(v, number);
}

/* A valve and a setpoint, written by functions 5, 6 and 16; a tank runs empty through the valve. */
static void modbus_reacts(void **state)
{
	struct ward_device *d = device(WARD_DEVICE_MODBUS,
		"1/coil:@0\t1\t0\t0 0 0\n1/holding:@1\t0.1\t0\t0 0 20\n"
		"1/holding:@2/f32\t1\t0\t0 0 1\n"
		"1/input:@0\t0.1\t0\t0 0 80\t1/coil:@0 0 0 1 -4 0 80 0\n"
		"1/input:@1\t0.1\t0\t0 0 20\t1/holding:@1 20 20 30 30 0 99 2000000000\n"
		"1/input:@2\t0.1\t0\t0 0 1\t1/holding:@2 0 0 1 1 0 99 1000000000\n");
	uint8_t buf[WARD_DEVICE_REQUEST];

	(void)state;
	assert_int_equal(answer(d, "\0\1\0\0\0\6\1\5\0\0\377\0", 12, buf), 12);
	assert_memory_equal(buf, "\0\1\0\0\0\6\1\5\0\0\377\0", 12);
	assert_int_equal(answer(d, "\0\1\0\0\0\6\1\6\0\1\1\54", 12, buf), 12); /* 30.0 */
	assert_int_equal(answer(d, "\0\1\0\0\0\13\1\20\0\2\0\2\4\x41\x20\0\0", 17, buf), 12);
	assert_memory_equal(buf + 7, "\20\0\2\0\2", 5);
	near(worth(d, 10 * s, 3), 400, 1); /* raw: tenths */
	near(worth(d, 60 * s, 3), 0, 0);
	near(worth(d, 60 * s, 4), 300, 1);
	near(worth(d, 60 * s, 5), 100, 1);
	/* one register of two; a coil half on; not there; an input */
	assert_int_equal(answer(d, "\0\1\0\0\0\6\1\6\0\2\0\1", 12, buf), 9);
	assert_memory_equal(buf + 7, "\206\2", 2);
	assert_int_equal(answer(d, "\0\1\0\0\0\6\1\5\0\0\1\0", 12, buf), 9);
	assert_memory_equal(buf + 7, "\205\3", 2);
	assert_int_equal(answer(d, "\0\1\0\0\0\6\1\6\0\11\0\1", 12, buf), 9);
	assert_memory_equal(buf + 7, "\206\2", 2);
	assert_int_equal(answer(d, "\0\1\0\0\0\6\1\6\0\0\0\1", 12, buf), 9);
	assert_memory_equal(buf + 7, "\206\2", 2);
	near(worth(d, 60 * s, 3), 0, 0); /* as it was */
	ward_device_free(d);
}

static void agent(void **state)
{
	static const char *const two[] = {"1.3.6.1.2.1.33.1.2.4.0", "1.3.6.1.2.1.33.1.2.5.0", NULL};
	static const char *const before[] = {"1.3.6.1.2.1.33.1.2", NULL};
	static const char *const last[] = {"1.3.6.1.2.1.33.1.4.1.0", NULL};
	struct ward_device *d = device(WARD_DEVICE_SNMP, ups);
	struct ward_ber_message m;
	struct ward_snmp_oid oid;
	const char *why;
	int64_t v = 0;

	(void)state;
	assert_true(request(d, 11 * s, WARD_BER_GET, "exercise", two, 0, 0, &m));
	struct ward_rd r = ward_rd_slice(m.bindings);

	assert_int_equal(m.status, 0);
	binds(&r, two[0], WARD_BER_INTEGER, 61); /* half the way */
	binds(&r, two[1], WARD_BER_NO_INSTANCE, 0);
	assert_true(request(d, 0, WARD_BER_GET_NEXT, "exercise", before, 0, 0, &m));
	r = ward_rd_slice(m.bindings);
	binds(&r, "1.3.6.1.2.1.33.1.2.3.0", WARD_BER_INTEGER, 62);
	assert_true(request(d, 20 * s, WARD_BER_GET_BULK, "exercise", before, 0, 4, &m));
	r = ward_rd_slice(m.bindings);
	binds(&r, "1.3.6.1.2.1.33.1.2.3.0", WARD_BER_INTEGER, 9);
	binds(&r, "1.3.6.1.2.1.33.1.2.4.0", WARD_BER_INTEGER, 22);
	binds(&r, "1.3.6.1.2.1.33.1.4.1.0", WARD_BER_INTEGER, -3000);
	binds(&r, "1.3.6.1.2.1.33.1.4.1.0", WARD_BER_END_OF_VIEW, 0);
	assert_int_equal(ward_rd_left(&r), 0);
	assert_true(request(d, 0, WARD_BER_GET_NEXT, "exercise", last, 0, 0, &m));
	r = ward_rd_slice(m.bindings);
	binds(&r, last[0], WARD_BER_END_OF_VIEW, 0);
	/* nothing can be set, and who has another community is not answered */
	assert_true(request(d, 0, WARD_BER_SET, "exercise", two, 0, 0, &m));
	assert_int_equal(m.status, 17);
	assert_false(request(d, 0, WARD_BER_GET, "public", two, 0, 0, &m));
	assert_false(request(d, 0, WARD_BER_TRAP, "exercise", two, 0, 0, &m));
	assert_int_equal(ward_snmp_oid_parse(ward_str_z(last[0]), &oid, &why), WARD_OK);
	assert_true(ward_device_object(d, 0, &oid, &v) && v == -3000);
	oid.id[oid.n - 1] = 1;
	assert_false(ward_device_object(d, 0, &oid, &v));
	ward_device_free(d);
}

static void integers(void **state)
{
	static const int64_t all[] = {0, 1, -1, 127, 128, -128, -129, 255, 256, INT32_MAX,
		INT32_MIN, INT64_MAX, INT64_MIN};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		uint8_t buf[16];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
		int64_t v;

		ward_ber_put_int(&w, WARD_BER_INTEGER, all[i]);
		struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

		assert_true(ward_ber_get_int(&r, &v));
		assert_true(v == all[i]);
		assert_int_equal(ward_rd_left(&r), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves),
		cmocka_unit_test(lines),
		cmocka_unit_test(bad_lines),
		cmocka_unit_test(every_allocation),
		cmocka_unit_test(can),
		cmocka_unit_test(bacnet),
		cmocka_unit_test(bacnet_refuses),
		cmocka_unit_test(reacts),
		cmocka_unit_test(sums),
		cmocka_unit_test(reacts_to_no_other),
		cmocka_unit_test(keeps_to_numbers),
		cmocka_unit_test(bad_laws),
		cmocka_unit_test(registers),
		cmocka_unit_test(modbus),
		cmocka_unit_test(modbus_reacts),
		cmocka_unit_test(agent),
		cmocka_unit_test(integers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
