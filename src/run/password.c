#include "run/password.h"

#include "words/words.h"

#include <sodium.h>

_Static_assert((size_t)WARD_ACCOUNT_PASSWORD == crypto_pwhash_STRBYTES, "as libsodium writes it");

enum { DIFFERENT = 5, WORD_LEAST = 2 };

/* Characters, not bytes. */
static size_t length_of(struct ward_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((uint8_t)s.p[i] & 0xC0) != 0x80;
	return n;
}

static size_t different(struct ward_str s)
{
	bool seen[256] = {false};
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		n += !seen[(uint8_t)s.p[i]];
		seen[(uint8_t)s.p[i]] = true;
	}
	return n;
}

/* "1234567890", "abcdefghijkl", "987654321098": each character is the next to the one before. */
static bool runs(struct ward_str s)
{
	size_t steps = 0;

	for (size_t i = 1; i < s.len; i++) {
		int d = (uint8_t)s.p[i] - (uint8_t)s.p[i - 1];

		steps += d == 1 || d == -1 || d == 0 || d == 9 || d == -9;
	}
	return steps + 1 >= s.len;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (uint8_t)c >= 0x80;
}

/* How much of the front of s is that word; 0: it is not. */
static size_t front(struct ward_str s, struct ward_str word)
{
	return word.len >= WORD_LEAST && word.len <= s.len &&
			       ward_str_ieq(ward_str_sub(s, 0, word.len), word)
		       ? word.len
		       : 0;
}

/* The longest common word at the front of s. */
static size_t common_front(struct ward_str common, struct ward_str s)
{
	size_t best = 0;

	while (common.len) {
		struct ward_str word = ward_str_trim(ward_str_cut(&common, '\n'));
		size_t n = word.len && word.p[0] != '#' ? front(s, word) : 0;

		best = n > best ? n : best;
	}
	return best;
}

/* The same of the parts of somebody's id or name. */
static size_t own_front(struct ward_str name, char sep, struct ward_str s)
{
	size_t best = 0;

	while (name.len) {
		size_t n = front(s, ward_str_cut(&name, sep));

		best = n > best ? n : best;
	}
	return best;
}

/* Is nothing left but digits and signs when such words are taken out? */
static bool is_common(
	struct ward_str common, struct ward_str s, struct ward_str person, struct ward_str name)
{
	size_t words = 0;

	for (size_t i = 0; i < s.len;) {
		struct ward_str rest = ward_str_sub(s, i, s.len);
		size_t n = common_front(common, rest), own = own_front(person, '-', rest),
		       called = own_front(name, ' ', rest);

		n = own > n ? own : n;
		n = called > n ? called : n;
		if (!n && is_letter(s.p[i]))
			return false;
		words += n > 0;
		i += n ? n : 1;
	}
	return words > 0;
}

const char *ward_password_refused(struct ward_str common, struct ward_str password,
	struct ward_str person, struct ward_str name)
{
	if (length_of(password) < WARD_SIGN_PASSWORD_MIN)
		return WARD_TEXT("the password is too short: at least 12 characters; some words "
				 "that do not belong together are easy to keep in mind");
	if (different(password) < DIFFERENT || runs(password))
		return WARD_TEXT("the password repeats the same few characters, or counts: take "
				 "some words that do not belong together");
	if (is_common(common, password, person, name))
		return WARD_TEXT("the password is made of words that are tried first, such as "
				 "names, months or “password”: take some words that do not belong "
				 "together");
	return NULL;
}

struct ward_password_cost ward_password_usual(void)
{
	return (struct ward_password_cost){
		crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE};
}

struct ward_password_cost ward_password_least(void)
{
	return (struct ward_password_cost){crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
}

enum ward_err ward_password_hash(
	struct ward_str password, struct ward_password_cost cost, char ret[WARD_ACCOUNT_PASSWORD])
{
	return crypto_pwhash_str_alg(ret, password.p, password.len, cost.ops, cost.bytes,
		       crypto_pwhash_ALG_ARGON2ID13) == 0
		       ? WARD_OK
		       : WARD_ERR_NOMEM;
}

bool ward_password_is(const char hash[WARD_ACCOUNT_PASSWORD], struct ward_str password)
{
	return crypto_pwhash_str_verify(hash, password.p ? password.p : "", password.len) == 0;
}
