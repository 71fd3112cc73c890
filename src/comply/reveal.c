#include "comply/reveal.h"

enum { VALUE_MAX = 512 };

static bool is_of(
	const struct ward_pseudonym *key, size_t n, struct ward_str value, struct ward_str token)
{
	uint8_t text[VALUE_MAX + 64];

	for (size_t k = 0; value.len && value.len < VALUE_MAX && k < n; k++) {
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_pseudonym_write(&key[k], value, &w);
		if (!ward_wr_bad(&w) && ward_str_eq(ward_reveal_token(ward_wr_text(&w)), token))
			return true;
	}
	return false;
}

/* The name of somebody as others write it: "Gallo Marco", "Gallo, Marco", "GALLO^MARCO". */
static bool is_name_of(
	const struct ward_pseudonym *key, size_t n, struct ward_str name, struct ward_str token)
{
	static const char *const between[] = {" ", ", ", "^"};
	char text[VALUE_MAX];
	struct ward_str last = name, first = ward_str_cut(&last, ' ');

	for (size_t i = 0; last.len && name.len + 2 < sizeof(text) && i < 3; i++) {
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_wr_str(&w, last);
		ward_wr_z(&w, between[i]);
		ward_wr_str(&w, first);
		if (is_of(key, n, ward_wr_text(&w), token))
			return true;
	}
	return false;
}

/* A badge may have several lines: it is lost if one says so, and its hours are those of all. */
static void add_badge(struct ward_revealed *r, struct ward_str state, struct ward_str hours)
{
	if (ward_str_eqz(state, "lost"))
		r->lost = WARD_LOST_YES;
	else if (ward_str_eqz(state, "held") && r->lost == WARD_LOST_UNKNOWN)
		r->lost = WARD_LOST_NO;
	if (hours.len && r->n_hours < WARD_REVEAL_HOURS)
		r->hours[r->n_hours++] = hours;
}

bool ward_reveal(const struct ward_pseudonym *key, size_t n_key, struct ward_str list,
	struct ward_str token, struct ward_revealed *ret)
{
	bool found = false;

	*ret = (struct ward_revealed){.lost = WARD_LOST_UNKNOWN};
	token = ward_reveal_token(token);
	while (token.len && list.len) {
		struct ward_str line = ward_str_cut(&list, '\n'), kind = ward_str_cut(&line, '\t'),
				who = ward_str_cut(&line, '\t'), state = {NULL, 0},
				hours = {NULL, 0};
		bool badge = ward_str_eqz(kind, "badge");

		if (badge) {
			state = ward_str_cut(&line, '\t');
			hours = ward_str_cut(&line, '\t');
		}
		while (line.len) {
			struct ward_str value = ward_str_cut(&line, '\t');

			if (!is_of(key, n_key, value, token) &&
				(badge || !is_name_of(key, n_key, value, token)))
				continue;
			if (!found)
				ret->who = who;
			found = true;
			if (!badge)
				return true;
			add_badge(ret, state, hours);
			break;
		}
	}
	return found;
}
