#include "words/reason.h"

enum { TOLD_BYTES_MAX = 1024, NAME_BYTES = 16 };

static const char *const reason_name[WARD_REASON_N] = {
#define X(IDENT, name) name,
	WARD_REASON_LIST(X)
#undef X
};

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

const char *ward_reason_name(enum ward_reason r)
{
	WARD_ASSERT((unsigned)r < WARD_REASON_N);
	return reason_name[r];
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

/* One slot as it is told, appended to `told`. */
static struct ward_str tell_slot(struct ward_wr *told, const struct ward_lang *l,
	struct ward_str name, struct ward_str s, ward_reason_time_fn time, void *ctx)
{
	size_t from = told->len;

	if (ward_str_eqz(name, "since"))
		time(ctx, s, told);
	else if (is_number(name))
		tell_number(told, l, s);
	else
		ward_wr_str(told, s);
	return (struct ward_str){(const char *)told->p + from, told->len - from};
}

bool ward_reason_tell(struct ward_wr *w, struct ward_lang *l, const struct ward_str *reason,
	size_t n, ward_reason_time_fn time, void *ctx)
{
	struct ward_word_slot slot[WARD_WORDS_SLOTS_MAX];
	char name[WARD_WORDS_SLOTS_MAX][NAME_BYTES], buf[TOLD_BYTES_MAX];
	struct ward_wr told = ward_wr_fixed(buf, sizeof(buf));
	struct ward_str form, literal, found;
	size_t r = 0, n_slot = 0;

	while (n && r < WARD_REASON_N && !ward_str_eqz(reason[0], reason_name[r]))
		r++;
	if (!n || r == WARD_REASON_N)
		return false;
	form = ward_str_z(text[r]);
	while (ward_words_next(&form, &literal, &found)) {
		if (!found.len)
			continue;
		if (n_slot + 1 >= n || found.len >= NAME_BYTES)
			return false;
		memcpy(name[n_slot], found.p, found.len);
		name[n_slot][found.len] = '\0';
		slot[n_slot] = (struct ward_word_slot){
			name[n_slot], tell_slot(&told, l, found, reason[n_slot + 1], time, ctx)};
		n_slot++;
	}
	if (n_slot + 1 != n || ward_wr_bad(&told))
		return false;
	ward_say_text(w, ward_lang_text(l, ward_str_z(text[r])), slot, n_slot);
	return true;
}
