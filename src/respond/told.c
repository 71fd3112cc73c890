#include "respond/told.h"

#include "base/wr.h"
#include "conf/conf.h"

enum { SUBJECT_BYTES = 2048 };

/* Where the one incident is; with several the text says it of each. */
static struct ward_str where(const struct ward_conf *c)
{
	const struct ward_conf *list = ward_conf_get(c, "incidents");

	return list && list->n_child == 1 && ward_str_eqz(ward_conf_word(c, "more"), "0")
		       ? ward_conf_word(list->child, "where")
		       : WARD_STR("");
}

/* Traffic Light Protocol 2.0: the subject names the marking, and so does the text, first. */
static enum ward_err put(struct ward_arena *a, const struct ward_conf *c, struct ward_told *ret)
{
	struct ward_str tlp = ward_conf_word(c, "tlp"), place = where(c);
	struct ward_wr w = ward_wr_grow(a->mem, SUBJECT_BYTES + ret->text.len + tlp.len);

	ward_wr_str(&w, ret->subject);
	if (place.len)
		ward_wr_printf(&w, " · %.*s", WARD_STR_ARG(place));
	size_t unmarked = w.len;

	if (tlp.len)
		ward_wr_printf(&w, " [%.*s]", WARD_STR_ARG(tlp));
	struct ward_str subject = ward_arena_str(a, ward_wr_text(&w));
	struct ward_str brief = ward_conf_word(c, "short");

	ward_wr_reset(&w);
	if (tlp.len)
		ward_wr_printf(&w, "%.*s\n", WARD_STR_ARG(tlp));
	ward_wr_str(&w, ret->text);
	struct ward_str text = ward_arena_str(a, ward_wr_text(&w));
	bool bad = ward_wr_bad(&w) || !subject.p || !text.p;

	ward_wr_fini(&w);
	if (bad)
		return WARD_ERR_NOMEM;
	*ret = (struct ward_told){
		subject, text, brief.len ? brief : ward_str_sub(subject, 0, unmarked)};
	return WARD_OK;
}

enum ward_err ward_told_read(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str body, struct ward_told *ret)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_diag_init(&diag, a->mem);
	enum ward_err err =
		ward_conf_json(a, lim, WARD_STR("message"), 1, ward_str_bytes(body), &diag, &c);

	ward_diag_fini(&diag);
	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	*ret = (struct ward_told){
		.subject = ward_conf_word(c, "subject"), .text = ward_conf_word(c, "text")};
	return ret->subject.len && ret->text.len ? put(a, c, ret) : WARD_ERR_MALFORMED;
}

struct ward_str ward_told_within(struct ward_str text, size_t max)
{
	if (text.len <= max)
		return text;
	text.len = max;
	while (text.len && text.p[text.len - 1] != '\n')
		text.len--;
	return text;
}
