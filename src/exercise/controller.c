/* What controllers of building and utilities measure while a scenario is played. */
#include "exercise/device.h"
#include "exercise/load.h"
#include "model/point/point.h"

#include <math.h>
#include <stdlib.h>

bool ward_scenario_controls(const struct ward_scenario *s, const struct ward_source *source)
{
	for (size_t i = 0; i < s->n_controller; i++)
		if (s->controller[i].source == source)
			return true;
	return false;
}

bool ward_scenario_number(
	struct ward_scenario_load *l, const struct ward_conf *c, const char *key, double *ret)
{
	struct ward_str s;
	char text[40], *end = text;

	if (!ward_conf_str(c, key, true, l->in->diag, &s))
		return false;
	if (s.len && s.len < sizeof(text) && s.p[0] != ' ') {
		memcpy(text, s.p, s.len);
		text[s.len] = 0;
		*ret = strtod(text, &end);
	}
	if (end != text && !*end && fabs(*ret) <= WARD_POINT_VALUE_MAX)
		return true;
	WARD_SCENARIO_BAD(l, ward_conf_get(c, key),
		WARD_TEXT("'%s' is no number: '%.*s'\nwrite the point's value in its unit, as 7.5"),
		key, WARD_STR_ARG(s));
	return false;
}

/* False: it is longer than a scenario may be, which is told, or missing. */
static bool read_time(struct ward_scenario_load *l, const struct ward_conf *c, const char *key,
	bool needed, ward_ns *ret)
{
	if (!ward_conf_duration(c, key, needed, l->in->diag, ret))
		return !needed && !ward_conf_get(c, key);
	if (*ret <= WARD_SCENARIO_LAST)
		return true;
	WARD_SCENARIO_BAD(l, ward_conf_get(c, key),
		WARD_TEXT("'%s' is above 30d\nwrite a time within which the scenario ends"), key);
	return false;
}

static void read_move(struct ward_scenario_load *l, const struct ward_conf *c, struct ward_moves *m)
{
	static const char *const known[] = {"at", "over", "to", NULL};
	const struct ward_move *before = m->n ? &m->move[m->n - 1] : NULL;
	struct ward_move move = {0};

	if (c->kind != WARD_CONF_MAP) {
		WARD_SCENARIO_BAD(
			l, c, WARD_TEXT("a value is a list of maps\nwrite `[{at: 0s, to: 7}]`"));
		return;
	}
	ward_conf_only(c, known, l->in->diag);
	if (!read_time(l, c, "at", true, &move.at) || !read_time(l, c, "over", false, &move.over) ||
		!ward_scenario_number(l, c, "to", &move.to))
		return;
	if (before && move.at < before->at + before->over)
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("it begins before the move before it has ended\nput them in "
				  "order, 'at' not before the last 'at' and 'over' together"));
	else
		m->move[m->n++] = move;
}

/* What points.csv says of it. */
static void check_point(struct ward_scenario_load *l, const struct ward_controller *k,
	const struct ward_conf *c, uint32_t *device)
{
	enum ward_device_speech speech = ward_device_speaks(k->source->kind);
	uint32_t i = ward_points_find(l->in->points, c->key), its = 0;
	const struct ward_bms_point *p = i == WARD_NONE ? NULL : ward_points_at(l->in->points, i);
	const char *why;

	if (!p || !ward_str_eq(p->source, k->source->id)) {
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("'%.*s' is no point of the source '%.*s'\nname one of points.csv "
				  "with that source"),
			WARD_STR_ARG(c->key), WARD_STR_ARG(k->source->id));
		return;
	}
	if (!ward_device_can(speech, p->address, &its, &why))
		WARD_SCENARIO_BAD(
			l, c, WARD_TEXT("'%.*s' can't be played\n%s"), WARD_STR_ARG(c->key), why);
	else if (speech == WARD_DEVICE_BACNET && *device != WARD_NONE && *device != its)
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("the point is of device %u, others here of %u\ngive each device "
				  "an entry of its own, with its own 'at'"),
			its, *device);
	*device = its;
}

/* Two numbers under a key. */
static bool read_pair(
	struct ward_scenario_load *l, const struct ward_conf *c, const char *key, double ret[2])
{
	const struct ward_conf *list = ward_conf_get(c, key);
	const struct ward_conf *two = list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
	char text[40], *end = text;

	for (size_t i = 0; i < 2 && two && list->n_child == 2; i++, two = two->next) {
		if (two->kind != WARD_CONF_SCALAR || !two->text.len ||
			two->text.len >= sizeof(text) || two->text.p[0] == ' ')
			break;
		memcpy(text, two->text.p, two->text.len);
		text[two->text.len] = 0;
		ret[i] = strtod(text, &end);
		if (*end || !(fabs(ret[i]) <= WARD_POINT_VALUE_MAX))
			break;
		if (i)
			return true;
	}
	WARD_SCENARIO_BAD(l, list ? list : c,
		WARD_TEXT("'%s' is no pair of numbers\nwrite it as `%s: [0, 1]`"), key, key);
	return false;
}

/* `follows: pump-1-run`, or a list of them. */
static bool read_leaders(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_follow *law)
{
	const struct ward_conf *is = ward_conf_get(c, "follows");

	if (!is || is->kind != WARD_CONF_SEQ) {
		law->n_of = ward_conf_str(c, "follows", true, l->in->diag, &law->of[0]);
		return law->n_of > 0;
	}
	for (const struct ward_conf *v = is->child; v; v = v->next) {
		bool good =
			v->kind == WARD_CONF_SCALAR && v->text.len && law->n_of < WARD_FOLLOW_MAX;

		for (size_t i = 0; i < law->n_of; i++)
			good &= !ward_str_eq(law->of[i], v->text);
		if (!good) {
			WARD_SCENARIO_BAD(l, v,
				WARD_TEXT("'follows' names no point, one twice or more than "
					  "%d\nwrite `follows: [pump-1-run, pump-2-run]`"),
				WARD_FOLLOW_MAX);
			return false;
		}
		law->of[law->n_of++] = v->text;
	}
	if (!law->n_of)
		WARD_SCENARIO_BAD(l, is,
			WARD_TEXT("'follows' is empty\nname what it follows, or leave it out: "
				  "then it is a setting"));
	return law->n_of > 0;
}

/* {begins: 6.2, follows: pump-1-run, when: [0, 1], is: [13.4, 6.2], within: 8s}; with `each_second`
 * instead of `is` and `within` it is filled and emptied; with `begins` alone it is a setting. */
static void read_law(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_controlled *v)
{
	static const char *const known[] = {
		"begins", "follows", "when", "is", "within", "each_second", "low", "high", NULL};
	struct ward_follow law = {.low = -WARD_POINT_VALUE_MAX, .high = WARD_POINT_VALUE_MAX};
	bool fills = ward_conf_get(c, "each_second") != NULL, good;
	struct ward_move *begins = ward_scenario_array(l, 1, sizeof(*begins));

	if (!begins)
		return;
	ward_conf_only(c, known, l->in->diag);
	good = ward_scenario_number(l, c, "begins", &begins->to);
	if (good && c->n_child == 1) {
		v->setting = true;
		v->moves = (struct ward_moves){begins, 1};
		return;
	}
	good &= read_leaders(l, c, &law);
	good &= read_pair(l, c, "when", law.when);
	good &= read_pair(l, c, fills ? "each_second" : "is", law.is);
	if (!fills)
		good &= read_time(l, c, "within", true, &law.within);
	if (ward_conf_get(c, "low"))
		good &= ward_scenario_number(l, c, "low", &law.low);
	if (ward_conf_get(c, "high"))
		good &= ward_scenario_number(l, c, "high", &law.high);
	if (!good)
		return;
	if (law.when[0] == law.when[1] || law.low > law.high || (!fills && law.within <= 0)) {
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT(
				"it follows nothing that way\nlet the two of 'when' differ, 'low' "
				"be below 'high', and 'within' more than 0s"));
		return;
	}
	v->law = law;
	v->moves = (struct ward_moves){begins, 1};
}

/* Whom values follow stands at the same controller. */
static void check_laws(struct ward_scenario_load *l, const struct ward_conf *values,
	const struct ward_controller *k)
{
	for (size_t i = 0; i < k->n_value; i++) {
		const struct ward_controlled *v = &k->value[i];

		for (size_t n = 0; n < v->law.n_of; n++) {
			size_t of = 0;

			while (of < k->n_value && !ward_str_eq(k->value[of].point, v->law.of[n]))
				of++;
			if (of < k->n_value && of != i)
				continue;
			WARD_SCENARIO_BAD(l, values,
				WARD_TEXT("'%.*s' follows '%.*s', which is no other value of this "
					  "controller\nname one that stands beside it"),
				WARD_STR_ARG(v->point), WARD_STR_ARG(v->law.of[n]));
		}
	}
}

static void read_value(struct ward_scenario_load *l, const struct ward_conf *c,
	struct ward_controller *k, uint32_t *device)
{
	struct ward_controlled v = {.point = c->key, .line = c->line};

	if (l->in->points)
		check_point(l, k, c, device);
	for (size_t i = 0; i < k->n_value; i++)
		if (ward_str_eq(k->value[i].point, c->key))
			WARD_SCENARIO_BAD(l, c,
				WARD_TEXT("'%.*s' is there twice\nremove one of both"),
				WARD_STR_ARG(c->key));
	if (c->kind == WARD_CONF_MAP && c->n_child) {
		read_law(l, c, &v);
		if (v.moves.n)
			k->value[k->n_value++] = v;
		return;
	}
	if (c->kind != WARD_CONF_SEQ || !c->n_child) {
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("a value is a list\nwrite `%.*s: [{at: 0s, to: 7}]`"),
			WARD_STR_ARG(c->key));
		return;
	}
	v.moves.move = ward_scenario_array(l, c->n_child, sizeof(*v.moves.move));
	for (const struct ward_conf *move = c->child; move && !l->err; move = move->next)
		read_move(l, move, &v.moves);
	if (v.moves.n)
		k->value[k->n_value++] = v;
}

/* Where it stands: of Modbus and SNMP where the source says; of BACnet one of whom Ward asks. */
static bool read_place(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_controller *k)
{
	struct ward_str where = k->source->where, way = ward_str_cut(&where, ':');

	if (ward_str_eqz(way, "modbus") || ward_str_eqz(way, "snmp")) {
		k->at = where;
		return true;
	}
	if (!ward_str_eqz(way, "bacnet")) {
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "source"),
			WARD_TEXT("'%.*s' can't be played\nname a source with `where: bacnet:…`, "
				  "`modbus:…` or `snmp:…`"),
			WARD_STR_ARG(k->source->id));
		return false;
	}
	if (!ward_conf_str(c, "at", true, l->in->diag, &k->at))
		return false;
	for (size_t i = 0; i < k->source->n_controllers; i++)
		if (ward_str_eq(k->source->controllers[i], k->at))
			return true;
	WARD_SCENARIO_BAD(l, ward_conf_get(c, "at"),
		WARD_TEXT("'%.*s' is none of the 'controllers' of the source '%.*s'\nname one of "
			  "them, ADDR:PORT"),
		WARD_STR_ARG(k->at), WARD_STR_ARG(k->source->id));
	return false;
}

/* Does a controller that speaks so stand for it already? */
static bool stood_for(
	const struct ward_scenario *s, const struct ward_controller *k, struct ward_str host)
{
	enum ward_device_speech speech = ward_device_speaks(k->source->kind);

	for (size_t i = 0; i < s->n_controller; i++)
		if (ward_device_speaks(s->controller[i].source->kind) == speech &&
			ward_controller_is(&s->controller[i], host))
			return true;
	return ward_controller_is(k, host);
}

/* for: [pump-1]: assets that have addresses, which steps can name. */
static void read_hosts(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_controller *k)
{
	const struct ward_conf *list = ward_scenario_list(l, c, "for");
	const struct ward_model *m = l->s->model;

	if (list && ward_device_speaks(k->source->kind) == WARD_DEVICE_SNMP) {
		WARD_SCENARIO_BAD(
			l, list, WARD_TEXT("nothing is written to an SNMP agent\nleave `for` out"));
		return;
	}
	k->host = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*k->host));
	for (const struct ward_conf *v = list ? list->child : NULL; v && !l->err; v = v->next) {
		uint32_t node = ward_model_find(m, v->text), host;

		if (v->kind != WARD_CONF_SCALAR || node == WARD_NONE ||
			ward_model_node(m, node)->kind != WARD_NODE_ASSET ||
			(!ward_scenario_asset(l, node, &host) && !l->err))
			WARD_SCENARIO_BAD(l, v,
				WARD_TEXT("'%.*s' is no asset to which steps can write\nname one "
					  "with network, `ip` and `mac`"),
				WARD_STR_ARG(v->text));
		else if (stood_for(l->s, k, v->text))
			WARD_SCENARIO_BAD(l, v,
				WARD_TEXT("there is a controller for '%.*s' already\nlet one of "
					  "them stand for it"),
				WARD_STR_ARG(v->text));
		else
			k->host[k->n_host++] = v->text;
	}
}

bool ward_controller_is(const struct ward_controller *k, struct ward_str host)
{
	for (size_t i = 0; i < k->n_host; i++)
		if (ward_str_eq(k->host[i], host))
			return true;
	return false;
}

static void read_one(struct ward_scenario_load *l, const struct ward_conf *c)
{
	static const char *const known[] = {"source", "at", "for", "values", NULL};
	struct ward_scenario *s = l->s;
	struct ward_controller k = {.line = c->line};
	const struct ward_conf *values = ward_conf_get(c, "values");
	uint32_t device = WARD_NONE;
	struct ward_str id;

	ward_conf_only(c, known, l->in->diag);
	if (!ward_conf_str(c, "source", true, l->in->diag, &id))
		return;
	k.source = ward_model_source(s->model, id);
	if (!k.source) {
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "source"),
			WARD_TEXT("'%.*s' is no source\nname one of sources.yml"),
			WARD_STR_ARG(id));
		return;
	}
	if (!read_place(l, c, &k))
		return;
	for (size_t i = 0; i < s->n_controller; i++)
		if (s->controller[i].source == k.source && ward_str_eq(s->controller[i].at, k.at))
			WARD_SCENARIO_BAD(l, c,
				WARD_TEXT("there is a controller at '%.*s' already\nput the values "
					  "together"),
				WARD_STR_ARG(k.at));
	if (!values || values->kind != WARD_CONF_MAP || !values->n_child) {
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("a controller without values answers nothing\nadd `values: "
				  "{POINT: [{at: 0s, to: 7}]}`"));
		return;
	}
	read_hosts(l, c, &k);
	k.value = ward_scenario_array(l, values->n_child, sizeof(*k.value));
	for (const struct ward_conf *v = values->child; v && !l->err; v = v->next)
		read_value(l, v, &k, &device);
	check_laws(l, values, &k);
	s->controller[s->n_controller++] = k;
}

static bool has_value(const struct ward_scenario *s, const struct ward_bms_point *p)
{
	for (size_t i = 0; i < s->n_controller; i++)
		for (size_t k = 0; k < s->controller[i].n_value; k++)
			if (ward_str_eq(s->controller[i].value[k].point, p->id))
				return true;
	return false;
}

/* Whoever polls a source asks for all of its points. */
static void check_rest(struct ward_scenario_load *l, const struct ward_conf *list)
{
	for (size_t i = 0; i < ward_points_n(l->in->points); i++) {
		const struct ward_bms_point *p = ward_points_at(l->in->points, i);

		for (size_t k = 0; k < l->s->n_controller; k++) {
			if (!ward_str_eq(l->s->controller[k].source->id, p->source) ||
				has_value(l->s, p))
				continue;
			WARD_SCENARIO_BAD(l, list,
				WARD_TEXT("the point '%.*s' of the source '%.*s' has no "
					  "value\ngive it one: `%.*s: [{at: 0s, to: 7}]`"),
				WARD_STR_ARG(p->id), WARD_STR_ARG(p->source), WARD_STR_ARG(p->id));
			break;
		}
	}
}

void ward_scenario_read_controllers(struct ward_scenario_load *l, const struct ward_conf *doc)
{
	const struct ward_conf *list = ward_scenario_list(l, doc, "controllers");
	struct ward_scenario *s = l->s;

	s->controller = ward_scenario_array(l, list ? list->n_child : 0, sizeof(*s->controller));
	for (const struct ward_conf *c = list ? list->child : NULL; c && !l->err; c = c->next) {
		if (c->kind == WARD_CONF_MAP)
			read_one(l, c);
		else
			WARD_SCENARIO_BAD(l, c,
				WARD_TEXT(
					"a controller is a map\nwrite `{source: …, values: {…}}`"));
	}
	if (list && l->in->points && !l->err)
		check_rest(l, list);
}
