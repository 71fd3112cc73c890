#include "respond/playbook/country.h"

static void bad(struct ward_diag *d, const struct ward_conf *c, const char *what, const char *mend)
{
	ward_diag_addf(d, WARD_DIAG_ERROR, c->file, c->line, WARD_TEXT("%s\n%s"), what, mend);
}

static void read_cards(struct ward_arena *a, const struct ward_conf *list, struct ward_diag *d,
	struct ward_playbook_country *ret)
{
	static const char *const known[] = {"role", "title", "first", NULL};

	if (!list)
		return;
	if (list->kind != WARD_CONF_SEQ) {
		bad(d, list, WARD_TEXT("roles is no list"),
			WARD_TEXT("write roles: [{role: ID, title: T, first: F}]"));
		return;
	}
	if (list->n_child > WARD_PLAYBOOK_CARDS_MAX) {
		bad(d, list, WARD_TEXT("more cards than 64"), WARD_TEXT("leave some out"));
		return;
	}
	ret->card = ward_arena_array(a, list->n_child ? list->n_child : 1, sizeof(*ret->card));
	for (const struct ward_conf *c = list->child; c && ret->card; c = c->next) {
		struct ward_playbook_card card = {.role = WARD_STR("")};

		if (c->kind != WARD_CONF_MAP) {
			bad(d, c, WARD_TEXT("a card is no map"),
				WARD_TEXT("write {role: ID, title: T, first: F}"));
			continue;
		}
		ward_conf_only(c, known, d);
		if (!ward_conf_str(c, "role", true, d, &card.role) ||
			!ward_conf_str(c, "title", true, d, &card.title) ||
			!ward_conf_str(c, "first", true, d, &card.first))
			continue;
		if (ward_playbook_card(ret, card.role))
			bad(d, c, WARD_TEXT("a second card for the role"),
				WARD_TEXT("remove one of the two"));
		ret->card[ret->n_card++] = card;
	}
}

static void read_country(struct ward_arena *a, const struct ward_conf *c, struct ward_diag *d,
	struct ward_playbook_country *ret)
{
	static const char *const known[] = {"code", "levels", "roles", NULL};
	const struct ward_conf *levels = ward_conf_get(c, "levels");
	size_t n = 0;

	*ret = (struct ward_playbook_country){.code = WARD_STR("")};
	ward_conf_only(c, known, d);
	(void)ward_conf_str(c, "code", true, d, &ret->code);
	for (const struct ward_conf *x = levels ? levels->child : NULL; x; x = x->next) {
		if (x->kind != WARD_CONF_SCALAR || !x->text.len)
			bad(d, x, WARD_TEXT("a level is no text"), WARD_TEXT("write its name"));
		if (n++ < WARD_PLAYBOOK_LEVELS)
			ret->level[n - 1] = x->text;
	}
	if (n != WARD_PLAYBOOK_LEVELS || levels->kind != WARD_CONF_SEQ)
		bad(d, c, WARD_TEXT("no three levels"),
			WARD_TEXT("add levels: [LOW, MIDDLE, HIGH]"));
	read_cards(a, ward_conf_get(c, "roles"), d, ret);
}

enum ward_err ward_playbook_country(struct ward_arena *a, const struct ward_limits *lim,
	const char *path, struct ward_str code, struct ward_diag *diag,
	struct ward_playbook_country *ret)
{
	static const char *const known[] = {"countries", NULL};
	const struct ward_conf *docs;
	size_t before = diag->n_error;
	bool found = false;
	enum ward_err err = ward_conf_yaml_file(a, lim, path, diag, &docs);

	if (err)
		return err;
	const struct ward_conf *list = ward_conf_get(docs->child, "countries");

	if (docs->child && docs->child->kind != WARD_CONF_NULL) {
		ward_conf_only(docs->child, known, diag);
		if (!list || list->kind != WARD_CONF_SEQ)
			bad(diag, list ? list : docs->child, WARD_TEXT("no list of countries"),
				WARD_TEXT("write countries: and below it `- code: IT` with its "
					  "levels and roles"));
	}
	for (const struct ward_conf *x = docs->child ? docs->child->next : NULL; x; x = x->next)
		bad(diag, x, WARD_TEXT("a second document"),
			WARD_TEXT("write all into the first one"));
	for (const struct ward_conf *c = list ? list->child : NULL; c; c = c->next) {
		struct ward_playbook_country one;

		if (c->kind != WARD_CONF_MAP) {
			bad(diag, c, WARD_TEXT("a country is no map"),
				WARD_TEXT("write `code: IT`, levels and roles"));
			continue;
		}
		read_country(a, c, diag, &one);
		if (!found && ward_str_ieq(one.code, code)) {
			found = true;
			*ret = one;
		}
	}
	if (diag->n_error > before)
		return WARD_ERR_CONFIG;
	return found ? WARD_OK : WARD_ERR_NOT_FOUND;
}

const struct ward_playbook_card *ward_playbook_card(
	const struct ward_playbook_country *c, struct ward_str role)
{
	for (size_t i = 0; i < c->n_card; i++)
		if (ward_str_eq(c->card[i].role, role))
			return &c->card[i];
	return NULL;
}
