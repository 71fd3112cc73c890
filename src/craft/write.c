/* A rule's document as one line of YAML, with one change. */
#include "craft/craft.h"

#include "event/event.h"

enum { DEPTH = 60 };

/* One code point; UTF-8 was checked when the file was read. */
static uint32_t rune(struct ward_str s, size_t *at)
{
	uint8_t first = (uint8_t)s.p[(*at)++];
	unsigned more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
	uint32_t ret = more ? first & (0x3fu >> more) : first;

	for (; more && *at < s.len; more--)
		ret = ret << 6 | ((uint8_t)s.p[(*at)++] & 0x3fu);
	return ret;
}

/* Double-quoted, with all but printable ASCII escaped (YAML 1.1, 5.7). */
static void quoted(struct ward_wr *w, struct ward_str s)
{
	ward_wr_ch(w, '"');
	for (size_t at = 0; at < s.len;) {
		uint32_t c = rune(s, &at);

		if (c == '"' || c == '\\')
			ward_wr_ch(w, '\\');
		if (c >= 0x20 && c < 0x7f)
			ward_wr_ch(w, (char)c);
		else
			ward_wr_printf(w, "\\U%08x", (unsigned)c);
	}
	ward_wr_ch(w, '"');
}

static void scalar(struct ward_wr *w, const struct ward_conf *c, struct ward_str text)
{
	int64_t n = 0;
	bool plain =
		!c->quoted && (ward_number_kind(text, &n) != WARD_VALUE_NULL ||
				      ward_str_eqz(text, "true") || ward_str_eqz(text, "false"));

	if (plain)
		ward_wr_str(w, text);
	else
		quoted(w, text);
}

/* Begins c; true when it has an inside that is still to be written. */
static bool begin(
	struct ward_wr *w, const struct ward_conf *c, const struct ward_craft_change *change)
{
	bool other = change && change->at == c && change->how == WARD_CRAFT_TEXT;

	switch (c->kind) {
	case WARD_CONF_NULL:
		ward_wr_z(w, "null");
		return false;
	case WARD_CONF_SCALAR:
		scalar(w, c, other ? change->with : c->text);
		return false;
	case WARD_CONF_SEQ:
		ward_wr_ch(w, '[');
		return true;
	case WARD_CONF_MAP:
		ward_wr_ch(w, '{');
		return true;
	}
	return false;
}

static void key(
	struct ward_wr *w, const struct ward_conf *c, const struct ward_craft_change *change)
{
	bool other = change && change->at == c && change->how == WARD_CRAFT_KEY;

	quoted(w, other ? change->with : c->key);
	ward_wr_z(w, ": ");
}

void ward_craft_write(
	struct ward_wr *w, const struct ward_conf *doc, const struct ward_craft_change *change)
{
	const struct ward_conf *in[DEPTH], *next[DEPTH];
	bool comma[DEPTH] = {false};
	size_t depth = 0;
	bool more = begin(w, doc, change);

	in[0] = doc;
	next[0] = doc->child;
	while (more) {
		const struct ward_conf *c = next[depth];

		if (!c) {
			ward_wr_ch(w, in[depth]->kind == WARD_CONF_MAP ? '}' : ']');
			more = depth-- > 0;
			continue;
		}
		next[depth] = c->next;
		if (change && change->at == c && change->how == WARD_CRAFT_DROP)
			continue;
		ward_wr_z(w, comma[depth] ? ", " : "");
		comma[depth] = true;
		if (in[depth]->kind == WARD_CONF_MAP)
			key(w, c, change);
		if (!begin(w, c, change))
			continue;
		if (++depth == DEPTH) {
			w->bad = true;
			return;
		}
		in[depth] = c;
		next[depth] = c->child;
		comma[depth] = false;
	}
	ward_wr_ch(w, '\n');
}
