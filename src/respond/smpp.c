/* Short Message Peer-to-Peer Protocol Specification v3.4, by its sections; alphabets by 3GPP TS
 * 23.038. */
#include "respond/smpp.h"

#include "base/rd.h"

#include <stdio.h>

enum {
	HEADER = 16,
	BIND_TRANSMITTER = 0x2,
	SUBMIT_SM = 0x4,
	UNBIND = 0x6,
	ENQUIRE_LINK = 0x15,
	RESPONSE = (int)0x80000000,
	GENERIC_NACK = RESPONSE,
	VERSION = 0x34,
	ESM_HEADER = 0x40, /* 5.2.12: the message begins with a user data header */
	UDH = 6,
	UNKNOWN_COMMAND = 0x3,
	SEPTETS = 160, /* of one message; of a part 153 */
	SEPTETS_PART = 153,
	UNITS = 70, /* of UTF-16; of a part 67 */
	UNITS_PART = 67,
	ESCAPE = 0x1b,
};

/* 5.1.3: what passes by itself. */
enum {
	STATUS_ALREADY_BOUND = 0x5,
	STATUS_SYSTEM = 0x8,
	STATUS_QUEUE_FULL = 0x14,
	STATUS_SUBMIT_FAILED = 0x45,
	STATUS_THROTTLED = 0x58,
	STATUS_TEMPORARY = 0x64,
};

static const ward_ns throttled_wait = 60 * WARD_NS_PER_S;

/* ---- alphabets ---- */

/* 6.2.1, by octet; 0xffff is the escape to the extension. */
static const uint16_t gsm[128] = {'@', 0xa3, '$', 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, '\n',
	0xd8, 0xf8, '\r', 0xc5, 0xe5, 0x394, '_', 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3,
	0x398, 0x39e, 0xffff, 0xc6, 0xe6, 0xdf, 0xc9, ' ', '!', '"', '#', 0xa4, '%', '&', '\'', '(',
	')', '*', '+', ',', '-', '.', '/', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':',
	';', '<', '=', '>', '?', 0xa1, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L',
	'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 0xc4, 0xd6, 0xd1,
	0xdc, 0xa7, 0xbf, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0xe4, 0xf6, 0xf1, 0xfc, 0xe0};

/* 6.2.1.1 */
static const struct {
	uint16_t c;
	uint8_t octet;
} extension[] = {{'\f', 0x0a}, {'^', 0x14}, {'{', 0x28}, {'}', 0x29}, {'\\', 0x2f}, {'[', 0x3c},
	{'~', 0x3d}, {']', 0x3e}, {'|', 0x40}, {0x20ac, 0x65}};

/* Octets that c takes, 0 when it is not in the alphabet. */
static size_t to_gsm(uint32_t c, uint8_t ret[2])
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(gsm); i++)
		if (gsm[i] == c && i != ESCAPE)
			return ret[0] = (uint8_t)i, 1;
	for (size_t i = 0; i < WARD_ARRAY_LEN(extension); i++)
		if (extension[i].c == c)
			return ret[0] = ESCAPE, ret[1] = extension[i].octet, 2;
	return 0;
}

static size_t to_ucs2(uint32_t c, uint8_t ret[4])
{
	uint32_t high = 0xd800 + ((c - 0x10000) >> 10), low = 0xdc00 + ((c - 0x10000) & 0x3ff);

	if (c < 0x10000)
		return ret[0] = (uint8_t)(c >> 8), ret[1] = (uint8_t)c, 2;
	ret[0] = (uint8_t)(high >> 8);
	ret[1] = (uint8_t)high;
	ret[2] = (uint8_t)(low >> 8);
	ret[3] = (uint8_t)low;
	return 4;
}

/* The character at the front, and how long it is. */
static uint32_t character(struct ward_str s, size_t *ret_len)
{
	const uint8_t *p = (const uint8_t *)s.p;
	size_t n = ward_utf8_len(p, s.len);
	uint32_t c = n > 1 ? p[0] & (0xffu >> (n + 1)) : n ? p[0] : '?';

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	*ret_len = n ? n : 1;
	return c < ' ' || c == 0x7f ? ' ' : c;
}

static size_t code(enum ward_smpp_coding coding, uint32_t c, uint8_t ret[4])
{
	return coding == WARD_SMPP_GSM ? to_gsm(c, ret) : to_ucs2(c, ret);
}

/* Octets of all of it; 0 when a character is not in the alphabet. */
static size_t length(enum ward_smpp_coding coding, struct ward_str text)
{
	size_t sum = 0, len;
	uint8_t to[4];

	for (size_t at = 0; at < text.len; at += len) {
		size_t n = code(coding, character(ward_str_sub(text, at, 4), &len), to);

		if (!n)
			return 0;
		sum += n;
	}
	return sum;
}

static void put_octets(struct ward_smpp_parts *p, const uint8_t *octet, size_t n)
{
	size_t i = p->n - 1;

	WARD_ASSERT(n <= sizeof(p->part[i].octet) - p->part[i].len);
	memcpy(p->part[i].octet + p->part[i].len, octet, n);
	p->part[i].len += n;
}

/* A character is never divided between two parts. */
static void fill(struct ward_str text, size_t room, size_t head, struct ward_smpp_parts *p)
{
	uint8_t dots[4], to[4];
	size_t dot = code(p->coding, '.', dots), len;

	(void)code(p->coding, '.', dots + dot);
	p->n = 1;
	p->part[0].len = head;
	for (size_t at = 0; at < text.len; at += len) {
		struct ward_str rest = ward_str_sub(text, at, text.len);
		size_t n = code(p->coding, character(rest, &len), to);
		size_t left = head + room - p->part[p->n - 1].len;

		if (p->n == WARD_SMPP_PARTS && n + 2 * dot > left &&
			length(p->coding, rest) > left) {
			put_octets(p, dots, 2 * dot);
			return;
		}
		if (n > left)
			p->part[p->n++].len = head;
		put_octets(p, to, n);
	}
}

void ward_smpp_parts_make(struct ward_str text, uint8_t reference, struct ward_smpp_parts *ret)
{
	size_t n = length(WARD_SMPP_GSM, text);
	bool is_gsm = n || !text.len;

	n = is_gsm ? n : length(WARD_SMPP_UCS2, text);
	ret->coding = is_gsm ? WARD_SMPP_GSM : WARD_SMPP_UCS2;
	bool one = n <= (is_gsm ? (size_t)SEPTETS : 2 * UNITS);

	fill(text,
		one      ? (is_gsm ? (size_t)SEPTETS : 2 * UNITS)
		: is_gsm ? (size_t)SEPTETS_PART
			 : 2 * UNITS_PART,
		one ? 0 : UDH, ret);
	for (size_t i = 0; !one && i < ret->n; i++) {
		const uint8_t udh[UDH] = {
			UDH - 1, 0, 3, reference, (uint8_t)ret->n, (uint8_t)(i + 1)};

		memcpy(ret->part[i].octet, udh, UDH);
	}
}

/* ---- the session ---- */

static void over(struct ward_smpp *s, enum ward_sent what, uint32_t status, const char *why)
{
	s->outcome = (struct ward_outcome){.what = what, .status = status & 0xffff};
	(void)snprintf(s->outcome.why, sizeof(s->outcome.why), "%s", why);
	s->state = WARD_SMPP_OVER;
}

static void put_header(
	struct ward_wr *w, size_t body, uint32_t command, uint32_t status, uint32_t sequence)
{
	ward_wr_be32(w, (uint32_t)(HEADER + body));
	ward_wr_be32(w, command);
	ward_wr_be32(w, status);
	ward_wr_be32(w, sequence);
}

static void put_request(
	struct ward_smpp *s, uint32_t command, struct ward_wr *body, struct ward_wr *w)
{
	WARD_ASSERT(!ward_wr_bad(body));
	put_header(w, body->len, command, 0, ++s->sequence);
	ward_wr_str(w, ward_wr_text(body));
}

static void put_text(struct ward_wr *w, struct ward_str s)
{
	ward_wr_str(w, s);
	ward_wr_ch(w, '\0');
}

/* 5.2.5, 5.2.6: the kind of number, its plan, and the number itself. */
static void put_address(struct ward_wr *w, struct ward_str s)
{
	enum { UNKNOWN = 0, INTERNATIONAL = 1, ALPHANUMERIC = 5, ISDN = 1 };
	bool plus = s.len && s.p[0] == '+', name = false;

	for (size_t i = plus; i < s.len; i++)
		name = name || s.p[i] < '0' || s.p[i] > '9';
	ward_wr_u8(w, name ? ALPHANUMERIC : plus ? INTERNATIONAL : UNKNOWN);
	ward_wr_u8(w, name || !s.len ? UNKNOWN : ISDN);
	put_text(w, ward_str_sub(s, plus, s.len));
}

void ward_smpp_begin(struct ward_smpp *s, const struct ward_smpp_opts *o, struct ward_wr *out)
{
	uint8_t bytes[64];
	struct ward_wr body = ward_wr_fixed(bytes, sizeof(bytes));

	WARD_ASSERT(o->user.len <= WARD_SMPP_USER && o->password.len <= WARD_SMPP_PASSWORD);
	WARD_ASSERT(o->from.len <= WARD_SMPP_NUMBER && o->to.len <= WARD_SMPP_NUMBER);
	WARD_ASSERT(o->parts->n && o->parts->n <= WARD_SMPP_PARTS);
	*s = (struct ward_smpp){.o = *o, .state = WARD_SMPP_BINDING};
	put_text(&body, o->user); /* 4.1.1 */
	put_text(&body, o->password);
	put_text(&body, WARD_STR("")); /* system_type */
	ward_wr_u8(&body, VERSION);
	put_address(&body, WARD_STR("")); /* address_range */
	put_request(s, BIND_TRANSMITTER, &body, out);
	ward_wipe(bytes, sizeof(bytes));
}

static void submit(struct ward_smpp *s, struct ward_wr *out)
{
	const struct ward_smpp_parts *p = s->o.parts;
	uint8_t bytes[WARD_SMPP_PART + 2 * WARD_SMPP_NUMBER + 32];
	struct ward_wr body = ward_wr_fixed(bytes, sizeof(bytes));
	size_t len = p->part[s->n_taken].len;

	put_text(&body, WARD_STR("")); /* 4.4.1: service_type */
	put_address(&body, s->o.from);
	put_address(&body, s->o.to);
	ward_wr_u8(&body, p->n > 1 ? ESM_HEADER : 0);
	ward_wr_be16(&body, 0); /* protocol_id, priority_flag */
	ward_wr_be16(&body, 0); /* delivered at once; valid as long as the centre keeps it */
	ward_wr_be16(
		&body, 0); /* no receipt, which a transmitter would not get; replaces nothing */
	ward_wr_u8(&body, (uint8_t)p->coding);
	ward_wr_u8(&body, 0); /* no message of the centre's own */
	ward_wr_u8(&body, (uint8_t)len);
	ward_wr_bytes(&body, p->part[s->n_taken].octet, len);
	put_request(s, SUBMIT_SM, &body, out);
	s->state = WARD_SMPP_SUBMITTING;
}

/* The answer to our request. */
static void judge(struct ward_smpp *s, uint32_t status, struct ward_wr *out)
{
	bool binds = s->state == WARD_SMPP_BINDING,
	     waits = status == STATUS_THROTTLED || status == STATUS_QUEUE_FULL,
	     later = waits || status == STATUS_SYSTEM || status == STATUS_TEMPORARY ||
		     status == (binds ? STATUS_ALREADY_BOUND : STATUS_SUBMIT_FAILED);
	char why[WARD_WEBHOOK_WHY];

	if (status) {
		(void)snprintf(why, sizeof(why), "it answered %s0x%x to %s",
			status == STATUS_THROTTLED ? "'throttled', " : "", (unsigned)status,
			binds ? "the login" : "the message");
		over(s, later ? WARD_SENT_FAILED : WARD_SENT_REFUSED, status, why);
		s->outcome.retry_after = waits ? throttled_wait : 0;
	} else if (binds || ++s->n_taken < s->o.parts->n) {
		submit(s, out);
		return;
	} else {
		over(s, WARD_SENT_DELIVERED, 0, "");
	}
	put_header(out, 0, UNBIND, 0, ++s->sequence);
}

static void heed(struct ward_smpp *s, struct ward_wr *out)
{
	struct ward_rd r = ward_rd_from(s->pdu, s->len);
	uint32_t command, status, sequence;
	uint32_t asked = (uint32_t)(s->state == WARD_SMPP_BINDING ? BIND_TRANSMITTER : SUBMIT_SM);

	(void)ward_rd_be32(&r);
	command = ward_rd_be32(&r);
	status = ward_rd_be32(&r);
	sequence = ward_rd_be32(&r);
	WARD_ASSERT(!ward_rd_bad(&r));
	if (command == ENQUIRE_LINK || command == UNBIND) {
		put_header(out, 0, command | (uint32_t)RESPONSE, 0, sequence);
		if (command == UNBIND)
			over(s, WARD_SENT_FAILED, 0, "it ended the session without an answer");
	} else if (!(command & (uint32_t)RESPONSE)) {
		put_header(out, 0, (uint32_t)GENERIC_NACK, UNKNOWN_COMMAND, sequence);
	} else if (command == (uint32_t)GENERIC_NACK) {
		over(s, WARD_SENT_FAILED, status, "it does not understand what it is asked");
	} else if (command != (asked | (uint32_t)RESPONSE) || sequence != s->sequence) {
		over(s, WARD_SENT_FAILED, status, "it answers what it was not asked");
	} else {
		judge(s, status, out);
	}
}

void ward_smpp_take(struct ward_smpp *s, struct ward_slice bytes, struct ward_wr *out)
{
	if (!bytes.len && s->state != WARD_SMPP_OVER)
		over(s, WARD_SENT_FAILED, 0, "it ended the connection without an answer");
	for (size_t i = 0; i < bytes.len && s->state != WARD_SMPP_OVER; i++) {
		s->pdu[s->len++] = bytes.p[i];
		if (s->len < sizeof(uint32_t))
			continue;
		struct ward_rd r = ward_rd_from(s->pdu, sizeof(uint32_t));
		uint32_t len = ward_rd_be32(&r);

		if (ward_rd_bad(&r) || len < HEADER || len > sizeof(s->pdu)) {
			over(s, WARD_SENT_FAILED, 0, "what it answers is no SMPP");
		} else if (s->len == len) {
			heed(s, out);
			s->len = 0;
		}
	}
}
