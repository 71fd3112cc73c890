#include "respond/spoken.h"

#include "conf/conf.h"
#include "respond/told.h"

enum { SPOKEN_BYTES = 4096 };

/* Does any of the list say one of these? */
static bool any(const struct ward_conf *c, const char *list, const char *key, const char *const *of)
{
	const struct ward_conf *l = ward_conf_get(c, list);

	for (const struct ward_conf *i = l ? l->child : NULL; i; i = i->next)
		for (const char *const *word = of; *word; word++)
			if (i->kind == WARD_CONF_MAP && ward_str_eqz(ward_conf_word(i, key), *word))
				return true;
	return false;
}

static bool asks(const struct ward_conf *c)
{
	static const char *const news[] = {"opened", "raised", "grown", "spread", "more",
		"confirmed", "escalated", "left", "again", NULL},
				 *const asked[] = {"asked", NULL}, *const no[] = {"false", NULL};
	struct ward_str more = ward_conf_word(c, "more");

	return ward_str_eqz(ward_conf_word(c, "schema"), "ward.test/1") ||
	       any(c, "incidents", "change", news) || any(c, "requests", "state", asked) ||
	       any(c, "recipients", "reached", no) || (more.len && !ward_str_eqz(more, "0"));
}

static enum ward_spoken_is is_what(const struct ward_conf *c)
{
	static const char *const less[] = {"lowered", "over", "dismissed", "withdrawn", NULL},
				 *const no_more[] = {"withdrawn", NULL};

	return asks(c) ? WARD_SPOKEN_ASKS
	       : any(c, "incidents", "change", less) || any(c, "requests", "state", no_more)
		       ? WARD_SPOKEN_ENDS
		       : WARD_SPOKEN_NOTHING;
}

/* Speech programs take double brackets for phonemes. */
static void put_plain(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		ward_wr_ch(w, s.p[i] == '[' || s.p[i] == ']' || (s.p[i] >= 0 && s.p[i] < ' ')
				      ? ' '
				      : s.p[i]);
}

enum ward_err ward_spoken_read(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_lang *lang, struct ward_str body, struct ward_spoken *ret)
{
	struct ward_wr w = ward_wr_grow(a->mem, SPOKEN_BYTES),
		       plain = ward_wr_grow(a->mem, SPOKEN_BYTES);
	const struct ward_conf *c = NULL;
	struct ward_told told;
	struct ward_diag diag;
	enum ward_err err = ward_told_read(a, lim, body, &told);

	if (err)
		return err;
	ward_diag_init(&diag, a->mem);
	err = ward_conf_json(a, lim, WARD_STR("message"), 1, ward_str_bytes(body), &diag, &c);
	ward_diag_fini(&diag);
	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	WARD_SAY(&w, lang, WARD_TEXT("This is Ward, at {hospital}."),
		{"hospital", ward_conf_word(ward_conf_get(c, "hospital"), "name")});
	ward_wr_ch(&w, ' ');
	ward_wr_str(&w, ward_str_sub(told.brief, 0, SPOKEN_BYTES / 4));
	ret->is = is_what(c);
	if (ret->is != WARD_SPOKEN_ENDS) {
		ward_wr_z(&w, " . ");
		ward_say(&w, lang,
			WARD_TEXT("Press 1 to acknowledge, 2 if you are on your way, 9 if you "
				  "cannot."));
	}
	put_plain(&plain, ward_wr_text(&w));
	ret->text = ward_arena_str(a, ward_wr_text(&plain));
	err = ward_wr_bad(&w) || ward_wr_bad(&plain) || !ret->text.p ? WARD_ERR_NOMEM : WARD_OK;
	ward_wr_fini(&w);
	ward_wr_fini(&plain);
	return err;
}

void ward_spoken_thanks(struct ward_wr *w, struct ward_lang *lang)
{
	ward_say(w, lang, WARD_TEXT("Noted. Thank you."));
}
