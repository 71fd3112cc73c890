#include "sense/field/osdp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TEXT = 8192, FRAME = WARD_OSDP_FRAME_MAX };

/* POLL, ACK and ID as another implementation sends them. */
static const uint8_t poll_frame[] = {0x53, 0x65, 0x08, 0x00, 0x04, 0x60, 0x60, 0x90};
static const uint8_t ack_frame[] = {0x53, 0xe5, 0x08, 0x00, 0x05, 0x40, 0xe3, 0xa5};
static const uint8_t id_frame[] = {0x53, 0x65, 0x09, 0x00, 0x05, 0x61, 0x00, 0xe9, 0x4d};

struct heard {
	struct ward_names names;
	struct ward_counters counters;
	struct ward_limits lim;
	struct ward_osdp *o;
	char text[TEXT]; /* "class reader field=value…;" of each event */
	size_t len, n_event;
	bool quiet;
};

static enum ward_err hear(void *ctx, const struct ward_event *e)
{
	struct heard *h = ctx;
	struct ward_wr w = ward_wr_fixed(h->text + h->len, TEXT - h->len - 1);

	h->n_event++;
	if (h->quiet)
		return WARD_OK;
	ward_wr_str(&w, ward_name_text(&h->names, e->class));
	for (size_t i = 0; i < e->n_field; i++) {
		const struct ward_value *v = &e->field[i].v;

		ward_wr_printf(
			&w, " %.*s=", WARD_STR_ARG(ward_name_text(&h->names, e->field[i].name)));
		if (v->kind == WARD_VALUE_INT)
			ward_wr_i64(&w, v->i);
		else
			ward_wr_str(&w, v->s);
	}
	ward_wr_ch(&w, ';');
	assert_false(ward_wr_bad(&w));
	h->len += w.len;
	h->text[h->len] = 0;
	return WARD_OK;
}

static struct heard *heard_new(void)
{
	struct heard *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	ward_limits_default(&h->lim);
	ward_counters_init(&h->counters);
	assert_int_equal(ward_names_init(&h->names, ward_mem_heap(), &h->lim), WARD_OK);
	assert_int_equal(ward_osdp_new(&(struct ward_osdp_opts){.mem = ward_mem_heap(),
					       .names = &h->names,
					       .counters = &h->counters,
					       .sink = {hear, h},
					       .line = WARD_STR("bus")},
				 &h->o),
		WARD_OK);
	return h;
}

static void heard_free(struct heard *h)
{
	ward_osdp_free(h->o);
	ward_names_fini(&h->names);
	free(h);
}

static void is(struct heard *h, const char *text)
{
	assert_string_equal(h->text, text);
	h->text[h->len = 0] = 0;
}

static void feed(struct heard *h, const void *p, size_t n)
{
	assert_int_equal(ward_osdp_bytes(h->o, (struct ward_slice){p, n}, WARD_NS_PER_S), WARD_OK);
}

struct made {
	uint8_t p[FRAME + 16];
	size_t n;
};

/* A frame; security: length and type included, or NULL. Types from 0x15 on get a MAC. */
static struct made make(uint8_t address, bool crc, const uint8_t *security, uint8_t code,
	const void *data, size_t n)
{
	struct made m = {{0x53, address}, 5};

	m.p[4] = (uint8_t)((crc ? 4 : 0) | (security ? 8 : 0));
	for (size_t i = 0; security && i < security[0]; i++)
		m.p[m.n++] = security[i];
	m.p[m.n++] = code;
	if (n)
		memcpy(m.p + m.n, data, n);
	m.n += n;
	if (security && security[1] >= 0x15)
		m.n += WARD_OSDP_MAC;
	size_t whole = m.n + (crc ? 2 : 1);

	m.p[2] = (uint8_t)whole;
	m.p[3] = (uint8_t)(whole >> 8);
	struct ward_slice s = {m.p, m.n};

	if (crc) {
		uint16_t c = ward_osdp_crc(s);

		m.p[m.n] = (uint8_t)c;
		m.p[m.n + 1] = (uint8_t)(c >> 8);
	} else {
		m.p[m.n] = ward_osdp_checksum(s);
	}
	m.n = whole;
	return m;
}

static void reply(struct heard *h, uint8_t address, uint8_t code, const void *data, size_t n)
{
	struct made m = make(address | 0x80, true, NULL, code, data, n);

	feed(h, m.p, m.n);
}

static void command(struct heard *h, uint8_t address, uint8_t code, const void *data, size_t n)
{
	struct made m = make(address, true, NULL, code, data, n);

	feed(h, m.p, m.n);
}

static void t_real_frames(void **state)
{
	struct ward_osdp_frame f;
	enum ward_osdp_reject why;
	size_t used;

	(void)state;
	assert_int_equal(
		ward_osdp_frame(ward_slice_of(poll_frame, sizeof(poll_frame)), &f, &used, &why),
		WARD_OK);
	assert_string_equal(f.name, "POLL");
	assert_true(!f.reply && f.crc && !f.security && f.address == 0x65 && f.sequence == 0);
	assert_int_equal(used, sizeof(poll_frame));
	assert_int_equal(
		ward_osdp_frame(ward_slice_of(ack_frame, sizeof(ack_frame)), &f, &used, &why),
		WARD_OK);
	assert_string_equal(f.name, "ACK");
	assert_true(f.reply && f.address == 0x65 && f.sequence == 1);
	assert_int_equal(
		ward_osdp_frame(ward_slice_of(id_frame, sizeof(id_frame)), &f, &used, &why),
		WARD_OK);
	assert_string_equal(f.name, "ID");
	assert_int_equal(f.data.len, 1);
}

/* Each code of the two tables, with the least data and one byte less, by CRC and by checksum. */
static void t_every_code(void **state)
{
	static const struct {
		uint8_t code;
		const char *name;
		int least, most;
		bool reply;
	} row[] = {
#define X(NAME, code, name, least, most) {code, name, least, most, false},
		WARD_OSDP_COMMAND_LIST(X)
#undef X
#define X(NAME, code, name, least, most) {code, name, least, most, true},
			WARD_OSDP_REPLY_LIST(X)
#undef X
	};
	static const uint8_t none[64];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++)
		for (unsigned crc = 0; crc < 2; crc++) {
			struct ward_osdp_frame f;
			enum ward_osdp_reject why;
			size_t used;
			uint8_t at = row[i].reply ? 0x81 : 1;
			struct made m =
				make(at, crc, NULL, row[i].code, none, (size_t)row[i].least);

			assert_int_equal(
				ward_osdp_frame((struct ward_slice){m.p, m.n}, &f, &used, &why),
				WARD_OK);
			assert_string_equal(f.name, row[i].name);
			assert_int_equal(f.data.len, row[i].least);
			m = make(at, crc, NULL, row[i].code, none,
				row[i].least ? (size_t)row[i].least - 1 : (size_t)row[i].most + 1);
			if (row[i].least == 0 && row[i].most < 0)
				continue;
			assert_int_equal(
				ward_osdp_frame((struct ward_slice){m.p, m.n}, &f, &used, &why),
				WARD_ERR_MALFORMED);
			assert_int_equal(why, WARD_OSDP_REJECT_PAYLOAD);
			assert_int_equal(used, m.n);
		}
}

/* Every reason to refuse is reached, and says itself. */
static void t_refused(void **state)
{
	static const uint8_t lies[] = {0, 0, 26, 0, 1}, scs17[] = {2, 0x17}, bad[] = {1, 0x17},
			     odd[] = {2, 0x19}, no_key[] = {2, 0x12};
	struct made m[] = {
		{{0x53, 1, 6, 0, 4, 0x60, 0, 0}, 8},
		make(1, true, NULL, 0x60, NULL, 0),
		make(1, false, NULL, 0x60, NULL, 0),
		make(1, true, bad, 0x60, NULL, 0),
		make(1, true, odd, 0x60, NULL, 0),
		make(0x81, true, no_key, 0x76, NULL, 0),
		make(0x81, true, NULL, 0x60, NULL, 0),
		make(0x81, true, NULL, WARD_OSDP_RAW, lies, sizeof(lies)),
		{{0x53, 1, 0xff, 0xff, 4, 0x60, 0, 0}, 8},
	};
	static const enum ward_osdp_reject why_not[] = {WARD_OSDP_REJECT_LENGTH,
		WARD_OSDP_REJECT_CRC, WARD_OSDP_REJECT_CHECKSUM, WARD_OSDP_REJECT_SECURITY,
		WARD_OSDP_REJECT_SECURITY, WARD_OSDP_REJECT_SECURITY, WARD_OSDP_REJECT_CODE,
		WARD_OSDP_REJECT_PAYLOAD, WARD_OSDP_REJECT_LENGTH};
	bool reached[WARD_OSDP_REJECT_N] = {[WARD_OSDP_REJECT_NONE] = true};
	struct ward_osdp_frame f;
	enum ward_osdp_reject why;
	size_t used;

	(void)state;
	m[1].p[m[1].n - 1] ^= 1;
	m[2].p[m[2].n - 1] ^= 1;
	for (size_t i = 0; i < WARD_ARRAY_LEN(m); i++) {
		assert_int_equal(
			ward_osdp_frame((struct ward_slice){m[i].p, m[i].n}, &f, &used, &why),
			WARD_ERR_MALFORMED);
		assert_int_equal(why, why_not[i]);
		reached[why] = true;
		assert_true(*ward_osdp_reject_counter(why) && *ward_osdp_reject_text(why));
	}
	for (size_t i = 0; i < WARD_OSDP_REJECT_N; i++)
		assert_true(reached[i]);
	struct made ok = make(0x81, true, scs17, WARD_OSDP_RAW, lies, sizeof(lies));

	assert_int_equal(
		ward_osdp_frame((struct ward_slice){ok.p, ok.n}, &f, &used, &why), WARD_OK);
	assert_true(f.encrypted && f.security == 0x17);
	assert_int_equal(f.data.len, sizeof(lies));
}

static void t_cards(void **state)
{
	static const uint8_t raw[] = {0, 1, 26, 0, 0x12, 0x34, 0x56, 0xc0},
			     fmt[] = {1, 0, 5, '4', '7', '1', '1', '#'},
			     keys[] = {0, 4, 1, 2, 3, 4};
	struct heard *h = heard_new();

	(void)state;
	command(h, 2, WARD_OSDP_POLL, NULL, 0);
	reply(h, 2, WARD_OSDP_RAW, raw, sizeof(raw));
	is(h, "reader.cleartext reader=bus/2 reason=credential;"
	      "reader.card reader=bus/2 badge=123456c0 osdp.bits=26 point=0;");
	reply(h, 2, WARD_OSDP_FMT, fmt, sizeof(fmt));
	is(h, "reader.card reader=bus/2 badge=4711# point=1;");
	/* Never which keys. */
	reply(h, 2, WARD_OSDP_KEYPAD, keys, sizeof(keys));
	is(h, "reader.keypad reader=bus/2 osdp.keys=4;");
	heard_free(h);
}

static void t_states(void **state)
{
	struct heard *h = heard_new();

	(void)state;
	reply(h, 3, WARD_OSDP_LSTATR, "\0\0", 2);
	is(h, "");
	reply(h, 3, WARD_OSDP_LSTATR, "\1\0", 2);
	reply(h, 3, WARD_OSDP_LSTATR, "\1\0", 2);
	reply(h, 3, WARD_OSDP_LSTATR, "\0\1", 2);
	is(h, "door.tamper reader=bus/3 state=on;door.tamper reader=bus/3 state=off;"
	      "reader.state reader=bus/3 state=power_failed;");
	reply(h, 3, WARD_OSDP_ISTATR, "\0\1", 2);
	reply(h, 3, WARD_OSDP_ISTATR, "\1\1", 2);
	reply(h, 3, WARD_OSDP_ISTATR, "\0\1", 2);
	is(h, "reader.state reader=bus/3 point=1 state=input_active;"
	      "reader.state reader=bus/3 point=0 state=input_active;"
	      "reader.state reader=bus/3 point=0 state=input_inactive;");
	reply(h, 3, WARD_OSDP_RSTATR, "\2", 1);
	reply(h, 3, WARD_OSDP_RSTATR, "\2", 1);
	reply(h, 3, WARD_OSDP_RSTATR, "\0", 1);
	is(h, "reader.state reader=bus/3 point=0 state=head_tamper;"
	      "reader.state reader=bus/3 point=0 state=head_normal;");
	heard_free(h);
}

static void t_naks(void **state)
{
	struct heard *h = heard_new();

	(void)state;
	command(h, 4, WARD_OSDP_ID, "", 1);
	reply(h, 4, WARD_OSDP_NAK, "\6", 1);
	is(h, "reader.refused reader=bus/4 reason=encryption_required osdp.command=ID;");
	for (unsigned i = 0; i < 5; i++)
		reply(h, 4, WARD_OSDP_NAK, "\6", 1);
	reply(h, 4, WARD_OSDP_NAK, "\xff", 1);
	is(h, "reader.refused reader=bus/4 reason=other osdp.command=ID;");
	reply(h, 4, WARD_OSDP_ACK, NULL, 0);
	reply(h, 4, WARD_OSDP_NAK, "\6", 1);
	is(h, "reader.refused reader=bus/4 reason=encryption_required osdp.command=ID;");
	assert_int_equal(ward_counter_get(&h->counters, "osdp.naks"), 8);
	heard_free(h);
}

static void t_gone(void **state)
{
	struct heard *h = heard_new();

	(void)state;
	/* Polled, and never there: a free address is no reader that is gone. */
	for (unsigned i = 0; i < 40; i++)
		command(h, 9, WARD_OSDP_POLL, NULL, 0);
	is(h, "");
	command(h, 5, WARD_OSDP_POLL, NULL, 0);
	reply(h, 5, WARD_OSDP_ACK, NULL, 0);
	for (unsigned i = 0; i < 8; i++)
		command(h, 5, WARD_OSDP_POLL, NULL, 0);
	is(h, "");
	for (unsigned i = 0; i < 30; i++)
		command(h, 5, WARD_OSDP_POLL, NULL, 0);
	is(h, "reader.offline reader=bus/5;");
	reply(h, 5, WARD_OSDP_ACK, NULL, 0);
	reply(h, 5, WARD_OSDP_ACK, NULL, 0);
	is(h, "reader.online reader=bus/5;");
	heard_free(h);
}

static void t_secret(void **state)
{
	static const uint8_t default_key[] = {3, 0x12, 0}, own_key[] = {3, 0x12, 1},
			     mac[] = {2, 0x16}, secret[] = {2, 0x18}, crypt[32], set[18];
	struct heard *h = heard_new();
	struct made m;

	(void)state;
	/* A channel is made in the clear: that alone is no weakness. */
	command(h, 1, WARD_OSDP_ID, "", 1);
	reply(h, 1, WARD_OSDP_PDID, crypt, 12);
	m = make(0x81, true, own_key, WARD_OSDP_CCRYPT, crypt, 32);
	feed(h, m.p, m.n);
	m = make(0x81, true, secret, WARD_OSDP_RAW, crypt, 16);
	for (unsigned i = 0; i < 100; i++)
		feed(h, m.p, m.n);
	is(h, "");
	assert_int_equal(ward_counter_get(&h->counters, "osdp.encrypted"), 100);
	/* With the key that stands in the standard. */
	m = make(0x82, true, default_key, WARD_OSDP_CCRYPT, crypt, 32);
	feed(h, m.p, m.n);
	feed(h, m.p, m.n);
	is(h, "reader.default_key reader=bus/2 reason=default_key;");
	/* Only authenticated: a card can be read. */
	m = make(0x83, true, mac, WARD_OSDP_FMT,
		"\0\0\1"
		"7",
		4);
	feed(h, m.p, m.n);
	is(h, "reader.cleartext reader=bus/3 reason=credential;"
	      "reader.card reader=bus/3 badge=7 point=0;");
	/* A key in the clear; and one that never makes a channel. */
	command(h, 4, WARD_OSDP_KEYSET, set, sizeof(set));
	for (unsigned i = 0; i < 100; i++)
		reply(h, 5, WARD_OSDP_ACK, NULL, 0);
	is(h, "reader.cleartext reader=bus/4 reason=key;"
	      "reader.cleartext reader=bus/5 reason=polls;");
	heard_free(h);
}

/* Bytes of one line: marks, noise, a torn frame, a false begin that swallows, whole frames. */
static size_t line_of(uint8_t *p)
{
	static const uint8_t fmt[] = {0, 0, 4, '4', '7', '1', '1'};
	struct made m[] = {make(1, true, NULL, WARD_OSDP_POLL, NULL, 0),
		make(0x81, true, NULL, WARD_OSDP_FMT, fmt, sizeof(fmt)),
		make(1, false, NULL, WARD_OSDP_BUZ, "\0\1\2\3\4", 5),
		make(0x81, false, NULL, WARD_OSDP_LSTATR, "\1\0", 2)};
	static const uint8_t noise[] = {0xff, 0xff, 0x00, 0x53, 0x53, 0x01, 0x20, 0x00, 0x04, 0x60};
	size_t n = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(m); i++) {
		memcpy(p + n, noise, sizeof(noise));
		n += sizeof(noise);
		memcpy(p + n, m[i].p, m[i].n);
		n += m[i].n;
	}
	return n;
}

static const char told[] = "reader.cleartext reader=bus/1 reason=credential;"
			   "reader.card reader=bus/1 badge=4711 point=0;"
			   "door.tamper reader=bus/1 state=on;";

/* However the line is cut into pieces, the same is heard. */
static void t_resynchronises(void **state)
{
	uint8_t p[512];
	size_t n = line_of(p);

	(void)state;
	for (size_t piece = 1; piece <= n; piece++) {
		struct heard *h = heard_new();

		for (size_t at = 0; at < n; at += piece)
			feed(h, p + at, n - at < piece ? n - at : piece);
		assert_int_equal(ward_osdp_end(h->o, WARD_NS_PER_S), WARD_OK);
		is(h, told);
		assert_int_equal(ward_counter_get(&h->counters, "osdp.commands"), 2);
		assert_int_equal(ward_counter_get(&h->counters, "osdp.replies"), 2);
		heard_free(h);
	}
}

/* Each prefix, and each bit of the line turned round: nothing is made up but by a frame whose check
 * fits, and what stands behind the damage is heard. */
static void t_damaged(void **state)
{
	uint8_t p[512];
	size_t n = line_of(p);

	(void)state;
	for (size_t len = 0; len <= n; len++) {
		struct heard *h = heard_new();
		uint8_t *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, p, len);
		feed(h, copy, len);
		assert_int_equal(ward_osdp_end(h->o, WARD_NS_PER_S), WARD_OK);
		assert_memory_equal(h->text, told, h->len);
		free(copy);
		heard_free(h);
	}
	for (size_t bit = 0; bit < 8 * n; bit++) {
		struct heard *h = heard_new();

		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		feed(h, p, n);
		assert_int_equal(ward_osdp_end(h->o, WARD_NS_PER_S), WARD_OK);
		uint64_t whole = ward_counter_get(&h->counters, "osdp.commands") +
				 ward_counter_get(&h->counters, "osdp.replies");

		assert_true(whole == 4 || whole == 3);
		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		heard_free(h);
	}
}

/* A frame that claims to be the longest keeps at most that much waiting. */
static void t_longest(void **state)
{
	struct heard *h = heard_new();
	static uint8_t data[FRAME - 8];
	struct made m = make(1, true, NULL, WARD_OSDP_MFG, data, sizeof(data));
	uint8_t lie[] = {0x53, 0x01, 0xa0, 0x05, 0x04};

	(void)state;
	assert_int_equal(m.n, FRAME);
	for (unsigned i = 0; i < 20; i++)
		feed(h, m.p, m.n);
	assert_int_equal(ward_counter_get(&h->counters, "osdp.commands"), 20);
	feed(h, lie, sizeof(lie));
	for (unsigned i = 0; i < 300; i++)
		command(h, 1, WARD_OSDP_POLL, NULL, 0);
	assert_int_equal(ward_counter_get(&h->counters, "osdp.commands"), 320);
	heard_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_real_frames),
		cmocka_unit_test(t_every_code),
		cmocka_unit_test(t_refused),
		cmocka_unit_test(t_cards),
		cmocka_unit_test(t_states),
		cmocka_unit_test(t_naks),
		cmocka_unit_test(t_gone),
		cmocka_unit_test(t_secret),
		cmocka_unit_test(t_resynchronises),
		cmocka_unit_test(t_damaged),
		cmocka_unit_test(t_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
