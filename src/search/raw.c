#include "search/raw.h"

#include "model/addr.h"

#include <string.h>

/* How often bytes stand in logs and flows, the most frequent first; what is not here is rarer. */
static const char frequent[] = "0123456789.e:taionsrldc-mupfhgb_y/wkv xqjz";

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Could it be (a part of) a value that stands in binary? */
static bool is_binary(struct ward_str s)
{
	size_t n = 0;

	while (n < s.len && (s.p[n] == '-' || (s.p[n] >= '0' && s.p[n] <= '9')))
		n++;
	return n == s.len || ward_str_find(WARD_STR("true"), s) != SIZE_MAX ||
	       ward_str_find(WARD_STR("false"), s) != SIZE_MAX;
}

static size_t rank(char c)
{
	const char *at = c ? strchr(frequent, c) : NULL;

	return at ? (size_t)(at - frequent) : sizeof(frequent);
}

void ward_raw_init(struct ward_raw *r, struct ward_str folded)
{
	struct ward_addr ip;

	*r = (struct ward_raw){.mapped = ward_addr_parse(folded, &ip) && ward_addr_is_v4(&ip)};
	if (is_binary(folded) || (r->mapped && memchr(folded.p, ':', folded.len)))
		return;
	r->text = folded;
	for (size_t i = 0; i < folded.len; i++) {
		r->letters |= is_letter(folded.p[i]);
		if (rank(folded.p[i]) > rank(folded.p[r->pivot]))
			r->pivot = i;
	}
}

/* ":ffff" in either case: it stands before the last 32 bits of a mapped address in hexadecimal. */
static bool has_mapped(struct ward_slice s)
{
	const uint8_t *end = s.p + s.len, *p = s.p;

	while ((p = memchr(p, ':', (size_t)(end - p))) != NULL) {
		size_t n = 0;

		p++;
		while (n < 4 && p + n < end && (p[n] | 0x20) == 'f')
			n++;
		if (n == 4)
			return true;
	}
	return false;
}

static bool is_at(struct ward_str folded, const uint8_t *p)
{
	for (size_t i = 0; i < folded.len; i++) {
		char c = (char)p[i];

		if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != folded.p[i])
			return false;
	}
	return true;
}

/* With this byte where the pivot is. */
static bool stands_by(const struct ward_raw *r, struct ward_slice s, int byte)
{
	const uint8_t *p = s.p + r->pivot, *end = s.p + s.len - (r->text.len - 1 - r->pivot);

	while (p < end && (p = memchr(p, byte, (size_t)(end - p))) != NULL) {
		if (is_at(r->text, p - r->pivot))
			return true;
		p++;
	}
	return false;
}

bool ward_raw_may_stand(const struct ward_raw *r, struct ward_slice record)
{
	if (!r->text.len)
		return true;
	if (!r->letters)
		return memmem(record.p, record.len, r->text.p, r->text.len) ||
		       (r->mapped && record.len && has_mapped(record));
	if (record.len < r->text.len)
		return false;
	char c = r->text.p[r->pivot];

	return stands_by(r, record, (uint8_t)c) ||
	       (is_letter(c) && stands_by(r, record, c - 'a' + 'A'));
}
