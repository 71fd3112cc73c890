/* Private to this room: words that say what follows them ("paziente:", "DOB", "badge="). */
#ifndef WARD_COMPLY_IDENTIFIER_LABEL_H
#define WARD_COMPLY_IDENTIFIER_LABEL_H

#include "comply/identifiers.h"

/* How sure a word makes that somebody is named behind it. */
enum ward_label_sure {
	WARD_LABEL_ALWAYS,   /* whatever looks like one follows */
	WARD_LABEL_CAPITAL,  /* behind a sign, with a capital letter: "nome: Rossi" */
	WARD_LABEL_THING,    /* things have it, too: behind a sign, two words with capitals:
				"name: Mario Rossi" */
	WARD_LABEL_SIGN,     /* only behind a sign: "user=", "name:" */
	WARD_LABEL_FHIR,     /* only behind a sign, in a text that is a resource of FHIR */
	WARD_LABEL_TITLE,    /* a name follows at once: "Dr Rossi" */
	WARD_LABEL_NUMBERED, /* behind '=': a name, or a number of a person's account: "auid=1000"
			      */
};

struct ward_label {
	const char *word; /* in lower case */
	enum ward_identifier kind;
	enum ward_label_sure sure;
};

/* Which lengths labels have that begin, and that end, with each letter, as bits: nearly all words
 * are told apart by that alone. The room's test looks each label up. word.len > 0. */
static inline bool ward_label_may_be(struct ward_str word)
{
	static const uint32_t of_first[26] = {0x19eb0, 0x81fb8, 0x6ff4, 0x7cdc, 0xdf30, 0x7e8,
		0x62a8, 0x840, 0x1e38, 0x0, 0x820, 0x1320, 0x2807dc, 0x6b8, 0xa710, 0x81fff8, 0x0,
		0x400320, 0xd5f8, 0xcb98, 0xbd8, 0x9da0, 0x0, 0x0, 0x0, 0x0};
	static const uint32_t of_last[26] = {0x1fb8, 0x8, 0x0, 0x1ff8, 0xc1fff8, 0x14, 0x8, 0x2820,
		0x0, 0x0, 0x0, 0x458, 0x7dd8, 0x3fc, 0x17d0, 0x28, 0x0, 0x29fffc, 0xc83c, 0x11b8,
		0x20, 0x0, 0x84, 0x8, 0x1c0, 0x0};
	uint8_t first = (uint8_t)word.p[0] | 32, last = (uint8_t)word.p[word.len - 1] | 32;
	uint32_t all = first >= 'a' && first <= 'z' && word.len < 32 ? of_first[first - 'a'] : 0;

	if (last >= 'a' && last <= 'z')
		all &= of_last[last - 'a'];
	return word.len < 32 && all >> word.len & 1;
}
/* The label that this word is, whatever its case; NULL: it is none, as nearly all words are. */
const struct ward_label *ward_label_find(struct ward_str word);

#endif
