#include "ship/code.h"

#include "base/id.h"

#include <sodium.h>
#include <string.h>

enum {
	BYTES = WARD_SHIP_CODE_PRINT + WARD_SHIP_CODE_SECRET,
	LETTERS = 36,
	CHECKED = 32,
	GROUP = 4
};

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

_Static_assert(BYTES * 8 == CHECKED * 5, "the last four are the check");

/* The first 20 bits of a hash, by which a wrong letter is noticed before anything is sent. */
static uint32_t check_of(const uint8_t bytes[BYTES])
{
	static const char domain[] = "ward sensor code";
	const struct ward_slice part[2] = {
		ward_slice_of(domain, sizeof(domain) - 1), ward_slice_of(bytes, BYTES)};
	uint8_t sum[32];

	ward_sha256_parts(part, 2, sum);
	return (uint32_t)sum[0] << 12 | (uint32_t)sum[1] << 4 | sum[2] >> 4;
}

static void join(const struct ward_ship_code *c, uint8_t ret[BYTES])
{
	memcpy(ret, c->print, sizeof(c->print));
	memcpy(ret + sizeof(c->print), c->secret, sizeof(c->secret));
}

void ward_ship_code_write(const struct ward_ship_code *c, char ret[WARD_SHIP_CODE_TEXT])
{
	uint8_t bytes[BYTES], value[LETTERS];
	uint32_t check;
	char *to = ret;

	join(c, bytes);
	check = check_of(bytes);
	for (size_t i = 0; i < CHECKED; i++) {
		size_t bit = i * 5;
		unsigned two = (unsigned)bytes[bit / 8] << 8 |
			       (bit / 8 + 1 < BYTES ? bytes[bit / 8 + 1] : 0U);

		value[i] = (uint8_t)(two >> (11 - bit % 8) & 31);
	}
	for (size_t i = CHECKED; i < LETTERS; i++)
		value[i] = (uint8_t)(check >> (5 * (LETTERS - 1 - i)) & 31);
	for (size_t i = 0; i < LETTERS; i++) {
		if (i && i % GROUP == 0)
			*to++ = '-';
		*to++ = letters[value[i]];
	}
	*to = 0;
	ward_wipe(bytes, sizeof(bytes));
	ward_wipe(value, sizeof(value));
}

/* 32: it is none. */
static uint8_t value_of(char c)
{
	char up = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;

	up = (char)(up == 'O' ? '0' : up == 'I' || up == 'L' ? '1' : up);
	for (uint8_t i = 0; i < 32; i++)
		if (letters[i] == up)
			return i;
	return 32;
}

/* The values of all letters; false: others stand there, or they are not as many. */
static bool values(struct ward_str text, uint8_t ret[LETTERS])
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t v = value_of(text.p[i]);

		if (text.p[i] == ' ' || text.p[i] == '-')
			continue;
		if (v == 32 || n == LETTERS)
			return false;
		ret[n++] = v;
	}
	return n == LETTERS;
}

bool ward_ship_code_read(struct ward_str text, struct ward_ship_code *ret)
{
	uint8_t value[LETTERS], bytes[BYTES] = {0};
	uint32_t check = 0;
	bool ok = values(text, value);

	for (size_t i = 0; ok && i < CHECKED * 5; i++)
		if (value[i / 5] >> (4 - i % 5) & 1)
			bytes[i / 8] = (uint8_t)(bytes[i / 8] | 1U << (7 - i % 8));
	for (size_t i = CHECKED; ok && i < LETTERS; i++)
		check = check << 5 | value[i];
	ok = ok && check == check_of(bytes);
	if (ok) {
		memcpy(ret->print, bytes, sizeof(ret->print));
		memcpy(ret->secret, bytes + sizeof(ret->print), sizeof(ret->secret));
	}
	ward_wipe(bytes, sizeof(bytes));
	ward_wipe(value, sizeof(value));
	return ok;
}

void ward_ship_code_prove(const struct ward_ship_code *c, const uint8_t key[WARD_SHIP_KEY],
	uint8_t ret[WARD_SHIP_PROOF])
{
	static const uint8_t domain[] = "ward sensor enrolment 1";
	uint8_t by[crypto_generichash_KEYBYTES];
	crypto_generichash_state s;

	(void)crypto_generichash_init(&s, NULL, 0, sizeof(by));
	(void)crypto_generichash_update(&s, domain, sizeof(domain) - 1);
	(void)crypto_generichash_update(&s, c->secret, sizeof(c->secret));
	(void)crypto_generichash_final(&s, by, sizeof(by));
	(void)crypto_generichash_init(&s, by, sizeof(by), WARD_SHIP_PROOF);
	(void)crypto_generichash_update(&s, c->print, sizeof(c->print));
	(void)crypto_generichash_update(&s, key, WARD_SHIP_KEY);
	(void)crypto_generichash_final(&s, ret, WARD_SHIP_PROOF);
	ward_wipe(by, sizeof(by));
	ward_wipe(&s, sizeof(s));
}
