#include "sense/net/proto/coap/coap.h"

enum { MARKER = 0xff, EXTENDED_8 = 13, EXTENDED_16 = 14, RESERVED = 15 };

/* Numbers and lengths: RFC 7252 5.10, RFC 7641 2, RFC 7959 2.1, RFC 8613 2, RFC 8768 3, RFC 9175 2
 * and 3, RFC 9177 4.1, RFC 7967 2. */
static const struct {
	uint16_t number, least, most;
} options[] = {{1, 0, 8}, {3, 1, 255}, {4, 1, 8}, {5, 0, 0}, {6, 0, 3}, {7, 0, 2}, {8, 0, 255},
	{9, 0, 255}, {11, 0, 255}, {12, 0, 2}, {14, 0, 4}, {15, 0, 255}, {16, 1, 1}, {17, 0, 2},
	{19, 0, 3}, {20, 0, 255}, {23, 0, 3}, {27, 0, 3}, {28, 0, 4}, {31, 0, 3}, {35, 1, 1034},
	{39, 1, 255}, {60, 0, 4}, {252, 1, 40}, {258, 0, 1}, {292, 0, 8}};

/* RFC 7252 12.1, RFC 7959, RFC 8132, RFC 8516 */
static const struct {
	uint8_t code;
	const char *name;
} codes[] = {{0x01, "GET"}, {0x02, "POST"}, {0x03, "PUT"}, {0x04, "DELETE"}, {0x05, "FETCH"},
	{0x06, "PATCH"}, {0x07, "iPATCH"}, {0x41, "Created"}, {0x42, "Deleted"}, {0x43, "Valid"},
	{0x44, "Changed"}, {0x45, "Content"}, {0x5f, "Continue"}, {0x80, "Bad Request"},
	{0x81, "Unauthorized"}, {0x82, "Bad Option"}, {0x83, "Forbidden"}, {0x84, "Not Found"},
	{0x85, "Method Not Allowed"}, {0x86, "Not Acceptable"}, {0x88, "Request Entity Incomplete"},
	{0x89, "Conflict"}, {0x8c, "Precondition Failed"}, {0x8d, "Request Entity Too Large"},
	{0x8f, "Unsupported Content-Format"}, {0x96, "Unprocessable Entity"},
	{0x9d, "Too Many Requests"}, {0xa0, "Internal Server Error"}, {0xa1, "Not Implemented"},
	{0xa2, "Bad Gateway"}, {0xa3, "Service Unavailable"}, {0xa4, "Gateway Timeout"},
	{0xa5, "Proxying Not Supported"}, {0xa8, "Hop Limit Reached"}};

const char *ward_coap_code_name(unsigned code)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(codes); i++)
		if (codes[i].code == code)
			return codes[i].name;
	return NULL;
}

/* 3.1: four bits, or more in the bytes that follow. */
static uint32_t extended(struct ward_rd *r, unsigned nibble)
{
	if (nibble == EXTENDED_8)
		return EXTENDED_8 + (uint32_t)ward_rd_u8(r);
	if (nibble == EXTENDED_16)
		return 269 + (uint32_t)ward_rd_be16(r);
	r->bad |= nibble == RESERVED;
	return nibble;
}

bool ward_coap_option(struct ward_rd *r, unsigned *number, struct ward_slice *ret_value)
{
	if (!ward_rd_left(r))
		return false;
	uint8_t head = ward_rd_u8(r);
	uint32_t delta = extended(r, head >> 4), len = extended(r, head & 15u);

	*ret_value = ward_rd_bytes(r, len);
	r->bad |= delta > UINT16_MAX - *number;
	if (ward_rd_bad(r))
		return false;
	*number += delta;
	return true;
}

/* 3.2: at most four bytes, the first zeros left out. */
static struct ward_coap_number number_of(struct ward_slice s)
{
	struct ward_coap_number n = {.is = true};

	for (size_t i = 0; i < s.len; i++)
		n.v = n.v << 8 | s.p[i];
	return n;
}

static void see_option(struct ward_coap *m, unsigned number, struct ward_slice value)
{
	switch (number) {
	case WARD_COAP_URI_HOST:
		m->host = value;
		break;
	case WARD_COAP_PROXY_URI:
		m->proxy_uri = value;
		break;
	case WARD_COAP_URI_PATH:
		m->has_path = true;
		break;
	case WARD_COAP_OSCORE:
		m->oscore = true;
		break;
	case WARD_COAP_OBSERVE:
		m->observe = number_of(value);
		break;
	case WARD_COAP_CONTENT_FORMAT:
		m->content_format = number_of(value);
		break;
	case WARD_COAP_BLOCK1:
		m->block1 = number_of(value);
		break;
	case WARD_COAP_BLOCK2:
		m->block2 = number_of(value);
		break;
	default:
		break;
	}
}

static bool fail(struct ward_coap *m, enum ward_coap_reason reason, size_t off)
{
	m->reason = reason;
	m->off = off;
	return false;
}

/* Options up to the marker or the end; a length that its option can't have. */
static bool read_options(struct ward_coap *m, struct ward_rd *r)
{
	unsigned number = 0;
	size_t begin = r->off;

	while (ward_rd_left(r) && ward_rd_peek(r) != MARKER) {
		size_t at = r->off, k = 0;
		struct ward_slice value;

		if (!ward_coap_option(r, &number, &value))
			return fail(m, WARD_COAP_OPTION, at);
		while (k < WARD_ARRAY_LEN(options) && options[k].number != number)
			k++;
		m->unknown |= k == WARD_ARRAY_LEN(options);
		if (k < WARD_ARRAY_LEN(options) &&
			(value.len < options[k].least || value.len > options[k].most))
			return fail(m, WARD_COAP_OPTION_LENGTH, at);
		see_option(m, number, value);
	}
	m->options = ward_slice_of(r->p + begin, r->off - begin);
	return true;
}

bool ward_coap_parse(struct ward_slice bytes, struct ward_coap *m)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t head = ward_rd_u8(&r);

	*m = (struct ward_coap){.reason = WARD_COAP_REASON_N};
	m->type = (enum ward_coap_type)(head >> 4 & 3);
	m->code = ward_rd_u8(&r);
	m->id = ward_rd_be16(&r);
	if (ward_rd_bad(&r))
		return fail(m, WARD_COAP_SHORT, bytes.len);
	if (head >> 6 != 1)
		return fail(m, WARD_COAP_VERSION, 0);
	if ((head & 15) > WARD_COAP_TOKEN_MAX)
		return fail(m, WARD_COAP_TOKEN, 0);
	/* 4.1: an empty message is nothing but its head; a reset is empty (4.2). */
	if (!m->code && bytes.len != 4)
		return fail(m, WARD_COAP_EMPTY, 4);
	if (m->code && (!ward_coap_code_name(m->code) || m->type == WARD_COAP_RST))
		return fail(m, WARD_COAP_CODE, 1);
	m->token = ward_rd_bytes(&r, head & 15u);
	if (ward_rd_bad(&r))
		return fail(m, WARD_COAP_SHORT, bytes.len);
	if (!read_options(m, &r))
		return false;
	if (ward_rd_left(&r) == 1)
		return fail(m, WARD_COAP_PAYLOAD, r.off);
	m->payload = ward_rd_left(&r) ? ward_rd_left(&r) - 1 : 0;
	return true;
}
