/* What happens to a controller itself; and whether controllers take what steps write to them. */
#include "exercise/load.h"
#include "exercise/write.h"
#include "model/point/point.h"

enum { TEXT_MAX = 1 << 24 };

/* Which value of which controller has that point; NULL: none. */
static const struct ward_controller *of_point(
	const struct ward_scenario *s, struct ward_str point, uint32_t *ret)
{
	for (size_t i = 0; i < s->n_controller; i++)
		for (size_t k = 0; k < s->controller[i].n_value; k++)
			if (ward_str_eq(s->controller[i].value[k].point, point)) {
				*ret = (uint32_t)k;
				return &s->controller[i];
			}
	return NULL;
}

/* set: {point: pump-1-run, to: 0} */
void ward_scenario_set(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {"point", "to", NULL};
	struct ward_str point;

	ward_conf_only(c, known, l->in->diag);
	(void)ward_scenario_number(l, c, "to", &step->set.to);
	if (!ward_conf_str(c, "point", true, l->in->diag, &point))
		return;
	step->set.controller = of_point(l->s, point, &step->set.value);
	if (!step->set.controller)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "point"),
			WARD_TEXT("'%.*s' is no value of a played controller\nname one that stands "
				  "in `controllers`"),
			WARD_STR_ARG(point));
}

/* A point of that asset, which a controller of the scenario measures. */
static const struct ward_controller *measured(
	const struct ward_scenario *s, const struct ward_points *points, struct ward_str asset)
{
	const struct ward_controller *k = NULL;
	uint32_t value;

	for (size_t i = 0; !k && i < ward_points_n(points); i++)
		if (ward_str_eq(ward_points_at(points, i)->asset, asset))
			k = of_point(s, ward_points_at(points, i)->id, &value);
	return k;
}

/* What is written and reaches no controller would leave unchanged what it measures of it. */
static void check_astray(struct ward_scenario_load *l, const struct ward_step *step)
{
	const struct ward_scenario *s = l->s;

	if (step->act != WARD_ACT_BACNET || step->bacnet.service != WARD_BACNET_ACT_WRITE ||
		step->bacnet.to == WARD_NONE || ward_write_to(s, step))
		return;
	struct ward_str to = s->host[step->bacnet.to].id;
	const struct ward_controller *k = measured(s, l->in->points, to);

	if (k)
		ward_diag_addf(l->in->diag, WARD_DIAG_WARNING, s->file, step->line,
			WARD_TEXT(
				"what is written to '%.*s' changes nothing that the controller of "
				"line %u measures\nlet it stand for it: `for: [%.*s]`"),
			WARD_STR_ARG(to), k->line, WARD_STR_ARG(to));
}

static void check_step(struct ward_scenario_load *l, const struct ward_controller *k,
	struct ward_device *d, const struct ward_step *step)
{
	uint8_t buf[WARD_WRITE_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	const struct ward_controller *to;
	size_t at = 0;

	for (; (to = ward_write_next(l->s, step, &at, &w)) != NULL; ward_wr_reset(&w)) {
		const char *why = NULL;
		enum ward_write_end end =
			to == k ? ward_write_device(d, k, 0, ward_wr_slice(&w), &why)
				: WARD_WRITE_DONE;

		if (end != WARD_WRITE_DONE && why)
			ward_diag_addf(l->in->diag, WARD_DIAG_ERROR, l->s->file, step->line,
				WARD_TEXT("the controller of line %u refuses what is written to "
					  "it\n%s"),
				k->line, why);
	}
}

/* A device without a socket is asked what it will say. */
static void check_controller(struct ward_scenario_load *l, const struct ward_controller *k)
{
	const struct ward_scenario *s = l->s;
	struct ward_wr w = ward_wr_grow(s->mem, TEXT_MAX);
	struct ward_device *d = NULL;
	enum ward_err err;

	ward_device_write_all(k, l->in->points, &w);
	err = ward_wr_bad(&w) ? WARD_ERR_NOMEM
			      : ward_device_new(s->mem, ward_device_speaks(k->source->kind),
					ward_wr_text(&w), &d);
	ward_wr_fini(&w);
	if (err == WARD_ERR_NOMEM)
		l->err = err;
	else if (err)
		ward_diag_addf(l->in->diag, WARD_DIAG_ERROR, s->file, k->line,
			WARD_TEXT("the controller's values can't be played together: %s\nlook for "
				  "two "
				  "points of one address, and leave it at %d points"),
			ward_err_text(err), WARD_DEVICE_POINTS);
	for (size_t i = 0; !err && i < s->lead.n_step; i++)
		check_step(l, k, d, &s->step[i]);
	ward_device_free(d);
}

void ward_scenario_check_writes(struct ward_scenario_load *l)
{
	const struct ward_scenario *s = l->s;

	for (size_t i = 0; i < s->lead.n_step; i++)
		check_astray(l, &s->step[i]);
	for (size_t i = 0; i < s->n_controller && !l->err; i++)
		check_controller(l, &s->controller[i]);
}
