/* content/points.yml: what is usual for a kind of point (docs/points.md). */
#include "model/point/priv.h"

#include "event/event.h"
#include "model/near.h"
#include "model/word.h"

/* A kind says of a value what is expected, not whose it is. */
static const enum ward_point_column may_say[] = {WARD_POINT_COL_UNIT, WARD_POINT_COL_LOW,
	WARD_POINT_COL_HIGH, WARD_POINT_COL_MARGIN, WARD_POINT_COL_CONFIRM, WARD_POINT_COL_RATE,
	WARD_POINT_COL_STUCK, WARD_POINT_COL_NOISE, WARD_POINT_COL_DRIFT, WARD_POINT_COL_MEAN,
	WARD_POINT_COL_ACTOR};

static const char *const class_name[] = {
	"env.temperature", "env.humidity", "env.pressure", "env.gas", "power.state", "point.range"};

enum { STATE_BYTES_MAX = 32 };

struct load {
	const struct ward_point_in *in;
	struct ward_points *p;
	size_t near_budget;
};

static void bad(const struct load *l, const struct ward_conf *c, const char *what)
{
	ward_diag_addf(l->in->diag, WARD_DIAG_ERROR, c->file, c->line, "%s", what);
}

static void read_cells(const struct load *l, const struct ward_conf *c, struct ward_point_kind *k)
{
	static const char *const known[] = {"kind", "class", "low_state", "high_state", "note",
		"unit", "low", "high", "margin", "confirm", "rate", "stuck", "noise", "drift",
		"mean", "actor", NULL};

	_Static_assert(WARD_ARRAY_LEN(known) == 6 + WARD_ARRAY_LEN(may_say), "each has its key");
	(void)ward_word_keys(c, known, l->in->diag);
	(void)ward_conf_str(c, "class", false, l->in->diag, &k->class);
	(void)ward_conf_str(c, "low_state", false, l->in->diag, &k->low_state);
	(void)ward_conf_str(c, "high_state", false, l->in->diag, &k->high_state);
	for (size_t i = 0; i < WARD_ARRAY_LEN(may_say); i++)
		(void)ward_conf_str(c, ward_point_column_name(may_say[i]), false, l->in->diag,
			&k->cell[may_say[i]]);
}

static void check_class(const struct load *l, const struct ward_conf *c, struct ward_str class)
{
	struct ward_near near = ward_near_start(class, &(size_t){1000});
	size_t i = 0;

	for (; i < WARD_ARRAY_LEN(class_name) && !ward_str_eqz(class, class_name[i]); i++)
		ward_near_offer(&near, ward_str_z(class_name[i]));
	if (i < WARD_ARRAY_LEN(class_name))
		return;
	if (near.best.len)
		ward_diag_addf(l->in->diag, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT("points can't give events of class '%.*s'\nwrite '%.*s' if that "
				  "was meant"),
			WARD_STR_ARG(class), WARD_STR_ARG(near.best));
	else
		ward_diag_addf(l->in->diag, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT(
				"points can't give events of class '%.*s'\nwrite env.temperature, "
				"env.humidity, env.pressure, env.gas, power.state or point.range"),
			WARD_STR_ARG(class));
}

/* What a kind says has to be right without a row. */
static void check_cells(struct load *l, const struct ward_conf *c, const struct ward_point_kind *k)
{
	struct ward_point_row r = {.in = &(struct ward_point_in){.lim = l->in->lim,
					   .mem = l->in->mem,
					   .diag = l->in->diag},
		.into = l->p,
		.file = c->file,
		.line = c->line,
		.near_budget = &l->near_budget,
		.told = &(struct ward_str){NULL, 0},
		.kind = k};
	struct ward_bms_point p;

	memcpy(r.cell, k->cell, sizeof(r.cell));
	r.cell[WARD_POINT_COL_ID] = r.cell[WARD_POINT_COL_ASSET] = k->name;
	ward_point_read(&r, &p);
}

static void read_kind(struct load *l, const struct ward_conf *c)
{
	struct ward_points *p = l->p;
	struct ward_point_kind k = {.file = c->file, .line = c->line};
	size_t errors = l->in->diag->n_error;

	if (!ward_word_id(c, "kind", l->in->diag, &k.name))
		return;
	for (size_t i = 0; i < p->n_kind; i++)
		if (ward_str_eq(p->kind[i].name, k.name)) {
			bad(l, c, WARD_TEXT("this kind is there twice\nkeep one of the two"));
			return;
		}
	if (p->n_kind == WARD_POINT_KINDS_MAX) {
		bad(l, c, WARD_TEXT("too many kinds\nkeep at most 256"));
		return;
	}
	read_cells(l, c, &k);
	if (k.class.len)
		check_class(l, c, k.class);
	if (k.low_state.len > STATE_BYTES_MAX || k.high_state.len > STATE_BYTES_MAX)
		bad(l, c,
			WARD_TEXT("a state is one word\nwrite at most 32 bytes, such as "
				  "low_battery"));
	p->kind[p->n_kind++] = k;
	check_cells(l, c, &p->kind[p->n_kind - 1]);
	p->kind[p->n_kind - 1].bad = l->in->diag->n_error > errors;
}

/* A list of words, in which a '*' at the end is any rest. */
static enum ward_err read_words(const struct load *l, const struct ward_conf *c, const char *key,
	struct ward_str **ret, size_t *ret_n)
{
	const struct ward_conf *list = ward_conf_get(c, key);
	struct ward_str *word =
		ward_arena_array(&l->p->arena, WARD_POINT_CLASSES_MAX, sizeof(*word));
	size_t n = 0;

	if (!word)
		return WARD_ERR_NOMEM;
	*ret = word;
	if (!list)
		return WARD_OK;
	if (list->kind != WARD_CONF_SEQ) {
		bad(l, list, WARD_TEXT("this is no list\nwrite [net.modbus.write_*, …]"));
		return WARD_OK;
	}
	for (const struct ward_conf *x = list->child; x; x = x->next) {
		size_t star = ward_str_find(x->text, WARD_STR("*"));
		bool whole = star == SIZE_MAX || (star > 0 && star + 1 == x->text.len);

		if (x->kind != WARD_CONF_SCALAR || !x->text.len || !whole)
			bad(l, x,
				WARD_TEXT("this is no word of the list\nwrite one word; a '*' may "
					  "end it"));
		else if (n == WARD_POINT_CLASSES_MAX)
			bad(l, x, WARD_TEXT("too many words\nkeep at most 256"));
		else
			word[n++] = x->text;
	}
	*ret_n = n;
	return WARD_OK;
}

static bool has_word(const struct ward_str *word, size_t n, struct ward_str s)
{
	for (size_t i = 0; i < n; i++) {
		bool open = ward_str_ends(word[i], WARD_STR("*"));
		struct ward_str top = ward_str_sub(word[i], 0, word[i].len - open);

		if (open ? ward_str_starts(s, top) : ward_str_eq(s, top))
			return true;
	}
	return false;
}

bool ward_points_is_command(const struct ward_points *p, struct ward_str class)
{
	return has_word(p->command, p->n_command, class);
}

bool ward_points_is_session(const struct ward_points *p, struct ward_str service)
{
	return has_word(p->session, p->n_session, service);
}

enum ward_err ward_point_kinds(const struct ward_point_in *in, struct ward_str file,
	struct ward_slice text, struct ward_points *p)
{
	static const char *const top[] = {"points", "hold", "commands", "sessions", "note", NULL};
	struct load l = {in, p, 1 << 16};
	const struct ward_conf *docs, *list;
	enum ward_err err = ward_conf_yaml(&p->arena, in->lim, file, text, in->diag, &docs);

	if (err)
		return err;
	p->kind = ward_arena_array(&p->arena, WARD_POINT_KINDS_MAX, sizeof(*p->kind));
	if (!p->kind)
		return WARD_ERR_NOMEM;
	if (docs->n_child != 1) {
		bad(&l, docs,
			WARD_TEXT("this is not one document\nwrite one, with a list `points`"));
		return WARD_ERR_CONFIG;
	}
	if (ward_conf_duration(docs->child, "hold", false, in->diag, &p->hold) &&
		(p->hold < 0 || p->hold > WARD_LATENESS))
		bad(&l, docs->child, WARD_TEXT("'hold' is too long\nwrite at most 120s"));
	err = read_words(&l, docs->child, "commands", &p->command, &p->n_command);
	if (!err)
		err = read_words(&l, docs->child, "sessions", &p->session, &p->n_session);
	if (err)
		return err;
	list = ward_conf_get(docs->child, "points");
	if (!ward_word_keys(docs->child, top, in->diag))
		return WARD_ERR_CONFIG;
	if (!list || list->kind != WARD_CONF_SEQ) {
		bad(&l, docs->child,
			WARD_TEXT("there is no list of kinds\nwrite points: [{kind: …}]"));
		return WARD_ERR_CONFIG;
	}
	for (const struct ward_conf *k = list->child; k; k = k->next) {
		if (k->kind == WARD_CONF_MAP)
			read_kind(&l, k);
		else
			bad(&l, k, WARD_TEXT("this is no kind\nwrite {kind: …, low: …}"));
	}
	return WARD_OK;
}
