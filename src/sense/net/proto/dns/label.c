#include "sense/net/proto/dns/label.h"

#include "sense/net/proto/dns/gen/pairs.h"

#include <string.h>

enum { PERMILLE = 1000, TENTHS_PER_STEP = 4 };

/* Takes the last label off; a dot behind a backslash is part of a label (RFC 1035 5.1). */
static struct ward_str cut_last(struct ward_str *rest)
{
	size_t dot = rest->len;
	struct ward_str last;

	while (dot && (rest->p[dot - 1] != '.' || (dot > 1 && rest->p[dot - 2] == '\\')))
		dot--;
	last = ward_str_sub(*rest, dot, rest->len);
	*rest = ward_str_sub(*rest, 0, dot ? dot - 1 : 0);
	return last;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Words below which countries register names. */
static bool is_common_second(struct ward_str s)
{
	static const char *const word[] = {"ac", "co", "com", "edu", "go", "gob", "gov", "gouv",
		"mil", "ne", "net", "nhs", "or", "org"};

	for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
		if (ward_str_eqz(s, word[i]))
			return true;
	return false;
}

static void count(struct ward_str s, struct ward_dns_label *ret)
{
	unsigned digits = 0, letters = 0, vowels = 0, run = 0, pairs = 0, tenths = 0;
	char before = 0;

	*ret = (struct ward_dns_label){.text = s, .length = (unsigned)s.len};
	for (size_t i = 0; i < s.len; i++) {
		char c = lower(s.p[i]);
		bool vowel = is_letter(c) && strchr("aeiouy", c);

		digits += c >= '0' && c <= '9';
		letters += is_letter(c);
		vowels += vowel;
		run = is_letter(c) && !vowel ? run + 1 : 0;
		ret->consonants = run > ret->consonants ? run : ret->consonants;
		if (is_letter(before) && is_letter(c)) {
			char step = pair_bits[before - 'a'][c - 'a'];

			tenths += (unsigned)(step - 'a') * TENTHS_PER_STEP;
			pairs++;
		}
		before = c;
	}
	ret->digits_permille = s.len ? digits * PERMILLE / ret->length : 0;
	ret->vowels_permille = letters ? vowels * PERMILLE / letters : 0;
	ret->rarity = pairs ? tenths / pairs : 0;
}

bool ward_dns_label_of(struct ward_str name, struct ward_dns_label *ret)
{
	struct ward_str rest = name, top = cut_last(&rest), label;

	if (!rest.len || ward_str_eqz(top, "arpa"))
		return false;
	label = cut_last(&rest);
	if (top.len == 2 && rest.len && is_common_second(label))
		label = cut_last(&rest);
	if (!label.len)
		return false;
	count(label, ret);
	return true;
}
