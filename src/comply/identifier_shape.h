/* Private to this room: what a number, an address or a date looks like. Each gives how many bytes
 * of the text's beginning are one, 0 for none; none looks further than 96 bytes, and none ends
 * within a word. */
#ifndef WARD_COMPLY_IDENTIFIER_SHAPE_H
#define WARD_COMPLY_IDENTIFIER_SHAPE_H

#include "base/slice.h"

static inline bool ward_shape_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool ward_shape_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}
static inline bool ward_shape_letter(char c)
{
	return ward_shape_upper(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}
static inline bool ward_shape_word(char c)
{
	static const uint64_t set[4] = {0x03ff000000000000, 0x07fffffe87fffffe, UINT64_MAX,
		UINT64_MAX}; /* digits; letters and '_'; bytes of other letters */
	uint8_t u = (uint8_t)c;

	return set[u >> 6] >> (u & 63) & 1;
}

size_t ward_shape_iban(struct ward_str s);
size_t ward_shape_fiscal(struct ward_str s);
size_t ward_shape_nir(struct ward_str s);
/* Nine digits that pass the eleven-proof, dots or blanks between them. */
size_t ward_shape_bsn(struct ward_str s);
size_t ward_shape_mail(struct ward_str s);
/* "rossi@10.1.2.3": what stands before the address. */
size_t ward_shape_login(struct ward_str s);
/* A number that can be nothing else: with a country, or in the groups of France or the Netherlands.
 */
size_t ward_shape_phone(struct ward_str s);
/* Any digits in groups, as they stand behind a word that says it is one. */
size_t ward_shape_phone_loose(struct ward_str s);
size_t ward_shape_date(struct ward_str s);
/* A number, perhaps with letters: at least `digits` digits. */
size_t ward_shape_number(struct ward_str s, size_t digits);
/* Words of a name: "Rossi, Mario", "van der Berg", "ROSSI^MARIO", `Mario","Luca`; ret_words is how
 * many begin with a capital letter. */
size_t ward_shape_name(struct ward_str s, size_t *ret_words);

#endif
