/* The cells of one row into a point. */
#include "model/point/priv.h"

#include "model/near.h"
#include "model/word.h"

#include <math.h>

static const ward_ns longest = 366 * 24 * 3600 * WARD_NS_PER_S;
static const ward_ns confirm_usual = 60 * WARD_NS_PER_S;

/* Of a cell that switches off what its kind asks for. */
static bool is_off(struct ward_str s)
{
	return ward_str_eqz(s, "-");
}

static struct ward_str text_of(
	const struct ward_point_row *r, enum ward_point_column c, bool required)
{
	struct ward_str s = r->cell[c];
	const char *name = ward_point_column_name(c);

	if (required && !s.len)
		WARD_POINT_BAD(r, WARD_TEXT("'%s' is missing\nfill in the column %s"), name, name);
	if (s.len > WARD_POINT_TEXT_MAX)
		WARD_POINT_BAD(r, WARD_TEXT("'%s' is too long\nwrite at most %d bytes"), name,
			WARD_POINT_TEXT_MAX);
	return s;
}

static void number(
	const struct ward_point_row *r, enum ward_point_column c, double usual, double *ret)
{
	struct ward_str s = r->cell[c];

	*ret = usual;
	if (s.len && !is_off(s) && !ward_point_number(s, ret))
		WARD_POINT_BAD(r,
			WARD_TEXT("'%s' has the bad value '%.*s'\nwrite a number such as 21.5"),
			ward_point_column_name(c), WARD_STR_ARG(s));
}

static bool duration(struct ward_str s, ward_ns *ret)
{
	ward_ns t;

	if (ward_duration_parse(s, &t) != WARD_OK || t <= 0 || t > longest)
		return false;
	*ret = t;
	return true;
}

static void length(
	const struct ward_point_row *r, enum ward_point_column c, ward_ns usual, ward_ns *ret)
{
	struct ward_str s = r->cell[c];

	*ret = usual;
	if (is_off(s))
		*ret = 0;
	else if (s.len && !duration(s, ret))
		WARD_POINT_BAD(r,
			WARD_TEXT("'%s' has the bad value '%.*s'\nwrite a length of time such as "
				  "5min, at "
				  "most 366d"),
			ward_point_column_name(c), WARD_STR_ARG(s));
}

/* "4/10min" */
static void pace(
	const struct ward_point_row *r, enum ward_point_column c, struct ward_point_pace *ret)
{
	struct ward_str per = r->cell[c], by;

	if (!per.len || is_off(per))
		return;
	by = ward_str_trim(ward_str_cut(&per, '/'));
	if (!ward_point_number(by, &ret->by) || ret->by <= 0 ||
		!duration(ward_str_trim(per), &ret->per)) {
		*ret = (struct ward_point_pace){.by = 0};
		WARD_POINT_BAD(r,
			WARD_TEXT("'%s' has the bad value '%.*s'\nwrite a change and a length of "
				  "time: "
				  "4/10min"),
			ward_point_column_name(c), WARD_STR_ARG(r->cell[c]));
	}
}

static void read_asset(const struct ward_point_row *r, struct ward_bms_point *p)
{
	const struct ward_model *m = r->in->m;

	p->asset = text_of(r, WARD_POINT_COL_ASSET, true);
	p->node = m && p->asset.len ? ward_model_find(m, p->asset) : WARD_NONE;
	if (!m || !p->asset.len)
		return;
	if (p->node == WARD_NONE) {
		struct ward_near near = ward_near_start(p->asset, r->near_budget);

		for (uint32_t i = 0; i < ward_model_n(m); i++)
			ward_near_offer(&near, ward_model_node(m, i)->id);
		if (near.best.len)
			WARD_POINT_BAD(r,
				WARD_TEXT("'asset' names '%.*s', which the hospital does not "
					  "have\nwrite '%.*s' if that was meant"),
				WARD_STR_ARG(p->asset), WARD_STR_ARG(near.best));
		else
			WARD_POINT_BAD(r,
				WARD_TEXT("'asset' names '%.*s', which the hospital does not "
					  "have\nwrite the id of an asset or room"),
				WARD_STR_ARG(p->asset));
		return;
	}
	enum ward_node_kind kind = ward_model_node(m, p->node)->kind;

	if (kind != WARD_NODE_ASSET && kind != WARD_NODE_ROOM)
		WARD_POINT_BAD(r,
			WARD_TEXT("'%.*s' is a %s\nname the asset or the room that is measured"),
			WARD_STR_ARG(p->asset), ward_node_kind_name(kind));
}

static void read_source(const struct ward_point_row *r, struct ward_bms_point *p)
{
	p->source = text_of(r, WARD_POINT_COL_SOURCE, false);
	p->address = text_of(r, WARD_POINT_COL_ADDRESS, p->source.len > 0);
	if (p->address.len && !p->source.len)
		WARD_POINT_BAD(r, WARD_TEXT("there is an address and no source\nname the entry of "
					    "sources.yml"));
	if (!r->in->m || !p->source.len || ward_model_source(r->in->m, p->source) ||
		ward_str_eq(*r->told, p->source))
		return;
	struct ward_near near = ward_near_start(p->source, r->near_budget);
	size_t n;
	const struct ward_source *s = ward_model_sources(r->in->m, &n);

	for (size_t i = 0; i < n; i++)
		ward_near_offer(&near, s[i].id);
	/* Once for all the rows of a source that is wrong itself. */
	*r->told = p->source;
	if (near.best.len)
		ward_diag_addf(r->in->diag, WARD_DIAG_WARNING, r->file, r->line,
			WARD_TEXT("'source' names '%.*s', which is no source: nothing is read of "
				  "its points\nwrite '%.*s' if that was meant"),
			WARD_STR_ARG(p->source), WARD_STR_ARG(near.best));
	else
		ward_diag_addf(r->in->diag, WARD_DIAG_WARNING, r->file, r->line,
			WARD_TEXT("'source' names '%.*s', which is no source: nothing is read of "
				  "its points\nwrite the id of an entry of sources.yml"),
			WARD_STR_ARG(p->source));
}

bool ward_point_is_polled(struct ward_str kind)
{
	static const char *const polled[] = {"bacnet", "modbus", "snmp"};
	size_t i = 0;

	while (i < WARD_ARRAY_LEN(polled) && !ward_str_eqz(kind, polled[i]))
		i++;
	return i < WARD_ARRAY_LEN(polled);
}

/* Only who polls applies them; what others send is taken as it comes. */
static void check_scale(const struct ward_point_row *r, const struct ward_bms_point *p)
{
	const struct ward_source *s =
		r->in->m && p->source.len ? ward_model_source(r->in->m, p->source) : NULL;
	bool plain = p->scale >= 1 && p->scale <= 1 && p->offset >= 0 && p->offset <= 0;

	if (s && !plain && !ward_point_is_polled(s->kind))
		WARD_POINT_BAD(r,
			WARD_TEXT("'scale' and 'offset' say nothing of a source of kind %.*s, "
				  "whose values "
				  "are taken as they come\nleave both empty, and give limits in "
				  "the unit "
				  "that it sends"),
			WARD_STR_ARG(s->kind));
}

static void check(const struct ward_point_row *r, const struct ward_bms_point *p)
{
	check_scale(r, p);
	if (p->scale >= 0 && p->scale <= 0)
		WARD_POINT_BAD(r,
			WARD_TEXT("'scale' is 0: every value would be\nwrite 1, or leave it out"));
	if (p->low >= p->high)
		WARD_POINT_BAD(r, WARD_TEXT("'low' is not below 'high'\ncorrect one of the two"));
	if (p->margin < 0 || p->noise < 0 || p->tolerance < 0)
		WARD_POINT_BAD(
			r, WARD_TEXT("'margin', 'noise' or 'tolerance' is negative\nwrite how far, "
				     "without a sign"));
	if (2 * p->margin >= p->high - p->low)
		WARD_POINT_BAD(r,
			WARD_TEXT("'margin' leaves nothing of the range\nwrite less than half of "
				  "it"));
	if (r->cell[WARD_POINT_COL_NOISE].len && !is_off(r->cell[WARD_POINT_COL_NOISE]) &&
		!p->stuck && !p->actor)
		WARD_POINT_BAD(r,
			WARD_TEXT("'noise' says nothing without 'stuck' or 'actor'\nwrite in which "
				  "time the value moves by so much"));
	if (r->cell[WARD_POINT_COL_MEAN].len && !is_off(r->cell[WARD_POINT_COL_MEAN]) &&
		p->drift.by <= 0)
		WARD_POINT_BAD(r,
			WARD_TEXT("'mean' says nothing without 'drift'\nwrite how far from it the "
				  "value may stay for how long"));
	if ((r->cell[WARD_POINT_COL_PEER].len > 0) != (p->tolerance > 0))
		WARD_POINT_BAD(r,
			WARD_TEXT("'peer' and 'tolerance' belong together\nwrite both, the latter "
				  "above 0"));
}

/* "low" and "high" are no words of a supply, and much of a gas is what a sensor in the air says:
 * such a side is only out of its range, unless the kind has a word for it. */
static struct ward_str side_class(const struct ward_point_kind *k, bool high)
{
	if (!k || !k->class.len)
		return WARD_STR("point.range");
	bool word = high ? k->high_state.len > 0 : k->low_state.len > 0;
	bool needed = ward_str_eqz(k->class, "power.state") ||
		      (high && ward_str_eqz(k->class, "env.gas"));

	return word || !needed ? k->class : WARD_STR("point.range");
}

static void read_class(const struct ward_point_row *r, struct ward_bms_point *p)
{
	const struct ward_point_kind *k = r->kind;

	p->kind = k ? k->name : WARD_STR("");
	p->low_class = side_class(k, false);
	p->high_class = side_class(k, true);
	p->low_state = k && k->low_state.len ? k->low_state : WARD_STR("low");
	p->high_state = k && k->high_state.len ? k->high_state : WARD_STR("high");
}

void ward_point_read(const struct ward_point_row *r, struct ward_bms_point *p)
{
	*p = (struct ward_bms_point){.peer = WARD_NONE, .line = r->line};
	p->id = text_of(r, WARD_POINT_COL_ID, true);
	if (p->id.len && (!ward_word_is_id(p->id) || p->id.len > WARD_POINT_ID_MAX))
		WARD_POINT_BAD(r,
			WARD_TEXT("'id' has the bad value '%.*s'\nwrite at most %d of a-z, 0-9, "
				  "'.', '_', "
				  "'-', beginning with a letter or digit"),
			WARD_STR_ARG(p->id), WARD_POINT_ID_MAX);
	p->name = text_of(r, WARD_POINT_COL_NAME, false);
	if (!p->name.len)
		p->name = p->id;
	p->unit = text_of(r, WARD_POINT_COL_UNIT, false);
	if (is_off(p->unit))
		p->unit = WARD_STR("");
	read_asset(r, p);
	read_source(r, p);
	read_class(r, p);
	number(r, WARD_POINT_COL_SCALE, 1, &p->scale);
	number(r, WARD_POINT_COL_OFFSET, 0, &p->offset);
	number(r, WARD_POINT_COL_LOW, NAN, &p->low);
	number(r, WARD_POINT_COL_HIGH, NAN, &p->high);
	/* A twentieth of the range, where it has two ends. */
	number(r, WARD_POINT_COL_MARGIN, p->high > p->low ? (p->high - p->low) / 20 : 0,
		&p->margin);
	number(r, WARD_POINT_COL_NOISE, 0, &p->noise);
	number(r, WARD_POINT_COL_MEAN, NAN, &p->mean);
	number(r, WARD_POINT_COL_TOLERANCE, 0, &p->tolerance);
	length(r, WARD_POINT_COL_CONFIRM, confirm_usual, &p->confirm);
	length(r, WARD_POINT_COL_STUCK, 0, &p->stuck);
	length(r, WARD_POINT_COL_ACTOR, 0, &p->actor);
	pace(r, WARD_POINT_COL_RATE, &p->rate);
	pace(r, WARD_POINT_COL_DRIFT, &p->drift);
	check(r, p);
}
