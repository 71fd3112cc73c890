#include "words/reason.h"

enum { TOLD_BYTES_MAX = 1024 };

/* Of two that begin alike the one that says more stands first. */
static const char *const text[WARD_REASON_N] = {
	[WARD_REASON_HIGH_USUAL] =
		WARD_TEXT("{name} is {value}, {by} above its usual {usual}; at most {limit} is "
			  "normal; since {since}"),
	[WARD_REASON_LOW_USUAL] =
		WARD_TEXT("{name} is {value}, {by} below its usual {usual}; at least {limit} "
			  "is normal; since {since}"),
	[WARD_REASON_HIGH] =
		WARD_TEXT("{name} is {value}, {by} above what is normal, at most {limit}; since "
			  "{since}"),
	[WARD_REASON_LOW] =
		WARD_TEXT("{name} is {value}, {by} below what is normal, at least {limit}; since "
			  "{since}"),
	[WARD_REASON_RATE] =
		WARD_TEXT("{name} changed by {by} within {span} and is {value}; at most {limit} "
			  "is normal; at {since}"),
	[WARD_REASON_STUCK] =
		WARD_TEXT("{name} stands at {value} for {span}, and moves by more than {limit} "
			  "when all is well; since {since}"),
	[WARD_REASON_DRIFT_UP] =
		WARD_TEXT("{name} has drifted away: it is {value}, {by} above its usual "
			  "{usual}; since {since}"),
	[WARD_REASON_DRIFT_DOWN] =
		WARD_TEXT("{name} has drifted away: it is {value}, {by} below its usual "
			  "{usual}; since {since}"),
	[WARD_REASON_PEER] =
		WARD_TEXT("{name} shows {value}, but {peer} shows {other}: {by} apart, at most "
			  "{limit} is normal; since {since}"),
	[WARD_REASON_RELATION] =
		WARD_TEXT("{name} is {value} while {peer} is {other}; {limit} is expected "
			  "then; since {since}"),
	[WARD_REASON_UNEXPLAINED] =
		WARD_TEXT("{name} went from {other} to {value}, and nobody was seen to "
			  "change it; at {since}"),
	[WARD_REASON_FORCED] =
		WARD_TEXT("{name} is {value}, and does not follow what is measured: it is set by "
			  "hand or out of service; since {since}"),
	[WARD_REASON_UNREAD_UNIT] =
		WARD_TEXT("{name} can't be judged: its values come in {other}, and {limit} is "
			  "expected; since {since}"),
	[WARD_REASON_UNREAD_LATE] =
		WARD_TEXT("{name} can't be judged: the times of its values do not go on; since "
			  "{since}"),
	[WARD_REASON_OVER] =
		WARD_TEXT("{name} is as expected again: {value}; since {since} it was not"),
};

const char *ward_reason_text(enum ward_reason r)
{
	WARD_ASSERT((unsigned)r < WARD_REASON_N);
	return text[r];
}

struct found {
	struct ward_str name, text;
};

/* Does s say this text? Then what stands in its slots, in their order. */
static size_t match(
	struct ward_str form, struct ward_str s, struct found found[WARD_WORDS_SLOTS_MAX])
{
	struct ward_str literal, slot;
	size_t n = 0;
	bool open = false; /* a slot is waiting for where it ends */

	while (ward_words_next(&form, &literal, &slot)) {
		size_t at = literal.len ? ward_str_find(s, literal) : 0;

		/* What follows a slot at the end of the text is all that is left. */
		if (open && !slot.len && !form.len && literal.len)
			at = ward_str_ends(s, literal) ? s.len - literal.len : SIZE_MAX;
		if (at == SIZE_MAX || (!open && at > 0))
			return 0;
		if (open)
			found[n - 1].text = ward_str_sub(s, 0, at);
		s = ward_str_sub(s, at + literal.len, s.len);
		open = slot.len > 0;
		if (open && n == WARD_WORDS_SLOTS_MAX)
			return 0;
		if (open)
			found[n++].name = slot;
	}
	if (open)
		found[n - 1].text = s;
	else if (s.len)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!found[i].text.len)
			return 0;
	return n;
}

static bool is_number(struct ward_str name)
{
	static const char *const slot[] = {"value", "by", "usual", "limit", "other"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(slot); i++)
		if (ward_str_eqz(name, slot[i]))
			return true;
	return false;
}

/* "21.5 °C", ">= 2 m3/h": the words that are numbers get the language's mark. */
static void tell_number(struct ward_wr *w, const struct ward_lang *l, struct ward_str s)
{
	for (bool first = true; s.p; first = false) {
		struct ward_str word = ward_str_cut(&s, ' ');
		size_t sign = word.len && word.p[0] == '-';
		bool number = word.len > sign && word.p[sign] >= '0' && word.p[sign] <= '9';

		if (!first)
			ward_wr_ch(w, ' ');
		if (number)
			ward_say_decimal(w, l, word);
		else
			ward_wr_str(w, word);
	}
}

bool ward_reason_tell(struct ward_wr *w, struct ward_lang *l, struct ward_str english,
	ward_reason_time_fn time, void *ctx)
{
	struct found found[WARD_WORDS_SLOTS_MAX];
	struct ward_word_slot slot[WARD_WORDS_SLOTS_MAX];
	char name[WARD_WORDS_SLOTS_MAX][16], buf[TOLD_BYTES_MAX];
	struct ward_wr told = ward_wr_fixed(buf, sizeof(buf));
	size_t n = 0, r = 0;

	while (r < WARD_REASON_N && !(n = match(ward_str_z(text[r]), english, found)))
		r++;
	if (r == WARD_REASON_N)
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t from = told.len;

		if (found[i].name.len >= sizeof(name[i]))
			return false;
		memcpy(name[i], found[i].name.p, found[i].name.len);
		name[i][found[i].name.len] = '\0';
		if (ward_str_eqz(found[i].name, "since"))
			time(ctx, found[i].text, &told);
		else if (is_number(found[i].name))
			tell_number(&told, l, found[i].text);
		else
			ward_wr_str(&told, found[i].text);
		slot[i] = (struct ward_word_slot){
			name[i], {(const char *)told.p + from, told.len - from}};
	}
	if (ward_wr_bad(&told))
		return false;
	ward_say_text(w, ward_lang_text(l, ward_str_z(text[r])), slot, n);
	return true;
}
