#include "respond/short.h"

#include "base/mem.h"

enum { LATIN = 0xa0, LATIN_END = 0x180, WIDTH = 3, CUT = 2 };

/* What stands for U+00A0 to U+017F where only ASCII is known, filled up with '_'. */
static const char latin[(LATIN_END - LATIN) * WIDTH + 1] =
	/* clang-format off */
	" __!__c__GBP?__JPY|__S__\"__(c)a__\"__-_____(R)-__"
	"deg+-_2__3__'__u__?__-__,__1__o__\"__1/41/23/4?__"
	"A__A__A__A__A__A__AE_C__E__E__E__E__I__I__I__I__"
	"D__N__O__O__O__O__O__x__O__U__U__U__U__Y__Th_ss_"
	"a__a__a__a__a__a__ae_c__e__e__e__e__i__i__i__i__"
	"d__n__o__o__o__o__o__/__o__u__u__u__u__y__th_y__"
	"A__a__A__a__A__a__C__c__C__c__C__c__C__c__D__d__"
	"D__d__E__e__E__e__E__e__E__e__E__e__G__g__G__g__"
	"G__g__G__g__H__h__H__h__I__i__I__i__I__i__I__i__"
	"I__i__IJ_ij_J__j__K__k__k__L__l__L__l__L__l__L__"
	"l__L__l__N__n__N__n__N__n__'n_N__n__O__o__O__o__"
	"O__o__OE_oe_R__r__R__r__R__r__S__s__S__s__S__s__"
	"S__s__T__t__T__t__T__t__U__u__U__u__U__u__U__u__"
	"U__u__U__u__W__w__Y__y__Y__Z__z__Z__z__Z__z__s__";
/* clang-format on */

static const struct {
	uint32_t first, last;
	const char *text;
} mark[] = {{0x300, 0x36f, ""}, {0x2000, 0x200a, " "}, {0x200b, 0x200f, ""}, {0x2010, 0x2015, "-"},
	{0x2018, 0x201b, "'"}, {0x201c, 0x201f, "\""}, {0x2022, 0x2022, "-"},
	{0x2026, 0x2026, "..."}, {0x2028, 0x2029, " "}, {0x202a, 0x202e, ""}, {0x202f, 0x202f, " "},
	{0x2032, 0x2032, "'"}, {0x2033, 0x2033, "\""}, {0x2060, 0x206f, ""},
	{0x20ac, 0x20ac, "EUR"}, {0x2122, 0x2122, "TM"}, {0x2192, 0x2192, "->"},
	{0x2212, 0x2212, "-"}, {0x2264, 0x2264, "<="}, {0x2265, 0x2265, ">="},
	{0x3000, 0x3000, " "}, {0xfeff, 0xfeff, ""}};

/* 3GPP TS 23.038 6.2.1, what is not ASCII. */
static const uint16_t gsm[] = {0xa1, 0xa3, 0xa4, 0xa5, 0xa7, 0xbf, 0xc4, 0xc5, 0xc6, 0xc7, 0xc9,
	0xd1, 0xd6, 0xd8, 0xdc, 0xdf, 0xe0, 0xe4, 0xe5, 0xe6, 0xe8, 0xe9, 0xec, 0xf1, 0xf2, 0xf6,
	0xf8, 0xf9, 0xfc, 0x393, 0x394, 0x398, 0x39b, 0x39e, 0x3a0, 0x3a3, 0x3a6, 0x3a8, 0x3a9};

static bool is_gsm(uint32_t c)
{
	if (c < 0x80)
		return c != '`';
	for (size_t i = 0; i < WARD_ARRAY_LEN(gsm); i++)
		if (gsm[i] == c)
			return true;
	return c == 0x20ac; /* of the extension */
}

/* The character at p, of `len` bytes. */
static uint32_t decode(const uint8_t *p, size_t len)
{
	static const uint8_t first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = p[0] & first[len];

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

static void put_plain(struct ward_wr *w, uint32_t c)
{
	const char *text = c == '`' ? "'" : "?";

	if (c >= LATIN && c < LATIN_END) {
		text = &latin[(c - LATIN) * WIDTH];
		for (size_t i = 0; i < WIDTH && text[i] != '_'; i++)
			ward_wr_ch(w, text[i]);
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(mark); i++)
		if (c >= mark[i].first && c <= mark[i].last)
			text = mark[i].text;
	ward_wr_z(w, text);
}

void ward_short_fold(struct ward_wr *w, enum ward_short_set set, struct ward_str text)
{
	const uint8_t *p = (const uint8_t *)text.p;

	for (size_t i = 0, n; i < text.len; i += n ? n : 1) {
		n = ward_utf8_len(p + i, text.len - i);
		uint32_t c = n ? decode(p + i, n) : '?';

		if (c < ' ' || c == 0x7f)
			ward_wr_ch(w, ' ');
		else if (set == WARD_SHORT_GSM ? is_gsm(c) : c < 0x80)
			ward_wr_bytes(w, n ? p + i : (const uint8_t *)"?", n ? n : 1);
		else
			put_plain(w, c);
	}
}

/* Of one byte: its character counts where it begins. */
static size_t room_of(enum ward_short_set set, char byte)
{
	uint8_t c = (uint8_t)byte;

	if ((c & 0xc0) == 0x80)
		return 0;
	/* 0xe2 begins no character of the set but the sign of the euro */
	return set == WARD_SHORT_GSM && c && (strchr("^{}\\[~]|", c) || c == 0xe2) ? 2 : 1;
}

size_t ward_short_room(enum ward_short_set set, struct ward_str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += room_of(set, text.p[i]);
	return n;
}

/* ---- joined ---- */

struct joiner {
	enum ward_short_set set;
	struct ward_str part[WARD_SHORT_PARTS]; /* folded */
	size_t n, max;
};

/* One space for any run of them; without what ends a sentence. */
static struct ward_str tidy(struct ward_wr *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->len; i++)
		if (w->p[i] != ' ' || (n && w->p[n - 1] != ' '))
			w->p[n++] = w->p[i];
	while (n && (w->p[n - 1] == ' ' || w->p[n - 1] == '.'))
		n--;
	w->len = n;
	return ward_wr_text(w);
}

/* As many words of s as have room, at least the first; of one that is no word but a third of all
 * there is, as much as that. */
static struct ward_str fit(const struct joiner *j, struct ward_str s, size_t room)
{
	size_t used = 0, end = 0, longest = j->max / 3;
	bool cut = false;

	if (ward_short_room(j->set, s) <= room)
		return s;
	for (size_t i = 0; i < s.len && !cut && (!end || used <= room); i++) {
		size_t more = room_of(j->set, s.p[i]);

		cut = !end && used + more + CUT > longest;
		if (cut || (s.p[i] == ' ' && (!end || used + CUT <= room)))
			end = i;
		used += more;
	}
	while (end > 1 && strchr(" ,;:.-(", s.p[end - 1]))
		end--;
	return ward_str_sub(s, 0, end ? end : s.len);
}

/* What stands behind a part. */
static const char *joint(bool cut, bool last)
{
	return last ? cut ? ".." : "" : cut ? ".. " : ". ";
}

/* All of it, when each part takes at most `most`, or one word; its room. */
static size_t put_parts(const struct joiner *j, size_t most, struct ward_wr *w)
{
	size_t sum = 0;

	for (size_t i = 0; i < j->n; i++) {
		struct ward_str part = fit(j, j->part[i], most);
		const char *behind = joint(part.len < j->part[i].len, i + 1 == j->n);

		sum += ward_short_room(j->set, part) + strlen(behind);
		if (!w)
			continue;
		ward_wr_str(w, part);
		ward_wr_z(w, behind);
	}
	return sum;
}

void ward_short_join(struct ward_wr *w, const struct ward_mem *mem, enum ward_short_set set,
	const struct ward_str *part, size_t n, size_t max)
{
	struct joiner j = {.set = set, .max = max};
	size_t most = max;
	struct ward_wr folded[WARD_SHORT_PARTS];

	WARD_ASSERT(n <= WARD_SHORT_PARTS && max >= WARD_SHORT_MIN && max <= WARD_SHORT_MAX);
	for (size_t i = 0; i < n; i++) {
		/* more than there can be room for, so that it is seen to be cut */
		struct ward_str all = ward_str_sub(part[i], 0, 4 * WARD_SHORT_MAX + 4);

		folded[i] = ward_wr_grow(mem, (size_t)WIDTH * all.len + 1);
		ward_short_fold(&folded[i], set, all);
		w->bad = w->bad || ward_wr_bad(&folded[i]);
		j.part[j.n] = tidy(&folded[i]);
		j.n += j.part[j.n].len != 0;
	}
	while (most > 1 && put_parts(&j, most, NULL) > max)
		most--;
	while (j.n > 1 && put_parts(&j, most, NULL) > max)
		j.n--;
	(void)put_parts(&j, most, w);
	for (size_t i = 0; i < n; i++)
		ward_wr_fini(&folded[i]);
}
