#include "respond/act/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { STEP_S = 30, MODULUS = 1000000 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

enum ward_err ward_totp(struct ward_slice secret, uint64_t step, uint32_t *ret_code)
{
	uint8_t counter[8], mac[EVP_MAX_MD_SIZE];
	struct ward_wr w = ward_wr_fixed(counter, sizeof(counter));
	unsigned len = 0;

	ward_wr_be64(&w, step);
	if (secret.len > WARD_TOTP_SECRET_MAX ||
		!HMAC(EVP_sha1(), secret.p, (int)secret.len, counter, sizeof(counter), mac, &len) ||
		len != 20)
		return WARD_ERR_NOMEM;
	/* RFC 4226 5.3: dynamic truncation */
	const uint8_t *p = mac + (mac[19] & 15);
	uint32_t n =
		(uint32_t)(p[0] & 127) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];

	ward_wipe(mac, sizeof(mac));
	*ret_code = n % MODULUS;
	return WARD_OK;
}

static bool number_of(struct ward_str s, uint32_t *ret)
{
	uint32_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (uint32_t)(s.p[i] - '0');
		if (i == WARD_TOTP_DIGITS)
			return false;
	}
	*ret = n;
	return s.len == WARD_TOTP_DIGITS;
}

enum ward_err ward_totp_check(struct ward_slice secret, struct ward_str code, ward_ns now,
	uint64_t last, uint64_t *ret_step)
{
	uint64_t at = now > 0 ? (uint64_t)(now / WARD_NS_PER_S) / STEP_S : 0, found = 0;
	uint32_t said;

	if (!at || !secret.len || !number_of(code, &said))
		return WARD_ERR_DENIED;
	for (uint64_t step = at - 1; step <= at + 1; step++) {
		uint32_t want;
		enum ward_err err = ward_totp(secret, step, &want);

		if (err)
			return err;
		if (want == said && step > last)
			found = step;
	}
	if (!found)
		return WARD_ERR_DENIED;
	*ret_step = found;
	return WARD_OK;
}

void ward_base32_write(struct ward_wr *w, struct ward_slice s)
{
	uint32_t bits = 0;
	unsigned n = 0;

	for (size_t i = 0; i < s.len; i++) {
		bits = bits << 8 | s.p[i];
		for (n += 8; n >= 5; n -= 5)
			ward_wr_ch(w, alphabet[bits >> (n - 5) & 31]);
		bits &= 0xff;
	}
	if (n)
		ward_wr_ch(w, alphabet[bits << (5 - n) & 31]);
}

static int value_of(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 32);
	for (int i = 0; i < 32; i++)
		if (alphabet[i] == c)
			return i;
	return -1;
}

bool ward_base32_read(struct ward_str s, uint8_t *ret, size_t cap, size_t *ret_len)
{
	uint32_t bits = 0;
	unsigned n = 0;
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		int v = value_of(s.p[i]);

		if (s.p[i] == ' ' || s.p[i] == '-' || s.p[i] == '=')
			continue;
		if (v < 0)
			return false;
		bits = (bits << 5 | (uint32_t)v) & 0xfff;
		n += 5;
		if (n < 8)
			continue;
		if (len == cap)
			return false;
		ret[len++] = (uint8_t)(bits >> (n - 8));
		n -= 8;
	}
	*ret_len = len;
	return len > 0;
}
