#include "story/headline.h"

static void say(struct ward_str what, struct ward_str on, struct ward_lang *l, struct ward_wr *w)
{
	struct ward_str text = ward_lang_text(l, what);

	if (on.len)
		WARD_SAY(w, l, WARD_TEXT("{name}: {what}"), {"name", text}, {"what", on});
	else
		ward_wr_str(w, text);
}

void ward_headline_effect(const struct ward_headline *h, struct ward_lang *l, struct ward_wr *w)
{
	char digits[24];
	struct ward_wr n = ward_wr_fixed(digits, sizeof(digits));

	ward_wr_u64(&n, h->effect_more);
	const struct ward_word_slot slot[] = {{"name", ward_lang_text(l, h->effect)},
		{"what", h->effect_on}, {"n", ward_wr_text(&n)}};

	if (h->effect.len && h->effect_on.len && h->effect_more)
		ward_say_text(w,
			ward_lang_text_n(l, h->effect_more,
				WARD_TEXT_ONE("{name}: {what} and {n}\u00a0more"),
				WARD_TEXT("{name}: {what} and {n}\u00a0more")),
			slot, WARD_ARRAY_LEN(slot));
	else if (h->effect.len)
		say(h->effect, h->effect_on, l, w);
}

void ward_headline_say(const struct ward_headline *h, struct ward_lang *l, struct ward_wr *w)
{
	say(h->what, h->on, l, w);
	if (!h->effect.len)
		return;
	ward_wr_z(w, ". ");
	ward_headline_effect(h, l, w);
}
