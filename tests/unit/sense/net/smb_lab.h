/* A connection of SMB for tests: messages are written into `out`, then sent as one frame. */
#ifndef WARD_TESTS_SENSE_NET_SMB_LAB_H
#define WARD_TESTS_SENSE_NET_SMB_LAB_H

#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"

enum { CLIENT, SERVER, OUT = 32768 };

static struct proto_lab lab;
static uint8_t storage[OUT];
static struct ward_wr out;

static inline int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_smb);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static inline void again(void)
{
	proto_lab_again(&lab, &ward_dissect_smb);
	proto_lab_forget(&lab);
	out = ward_wr_fixed(storage, sizeof(storage));
}

static inline void hex(const char *text)
{
	struct ward_slice s = unhex(text);

	ward_wr_bytes(&out, s.p, s.len);
	bytes_free(s);
}

static inline void zeros(size_t n)
{
	while (n--)
		ward_wr_u8(&out, 0);
}

static inline void wide(const char *text)
{
	for (; *text; text++)
		ward_wr_le16(&out, (uint8_t)*text);
}

static inline void begin(void)
{
	ward_wr_reset(&out);
	zeros(4);
}

static inline enum ward_verdict send_from(unsigned side)
{
	uint8_t *p = storage;

	assert_false(ward_wr_bad(&out));
	p[1] = (uint8_t)((out.len - 4) >> 16);
	p[2] = (uint8_t)((out.len - 4) >> 8);
	p[3] = (uint8_t)(out.len - 4);
	return proto_lab_feed(&lab, side, ward_wr_slice(&out), false);
}

static inline void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

#endif
