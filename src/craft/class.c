#include "craft/class.h"

#include "event/classes.h"
#include "model/near.h"

enum { NEAR_BUDGET = 1 << 20 };

struct looking {
	struct ward_str class, family; /* family: its first two labels, "net.bacnet" */
	struct ward_near near;
	bool named, family_named, fits;
};

static struct ward_str family_of(struct ward_str class)
{
	struct ward_str rest = class;

	(void)ward_str_cut(&rest, '.');
	struct ward_str second = ward_str_cut(&rest, '.');

	return second.p ? ward_str_sub(class, 0, (size_t)(second.p - class.p) + second.len) : class;
}

/* One '*' at most. */
static bool fits(struct ward_str glob, struct ward_str class)
{
	size_t at = ward_str_find(glob, WARD_STR("*"));

	return class.len + 1 >= glob.len && ward_str_starts(class, ward_str_sub(glob, 0, at)) &&
	       ward_str_ends(class, ward_str_sub(glob, at + 1, glob.len - at - 1));
}

static void look(void *ctx, struct ward_str name)
{
	struct looking *l = ctx;
	struct ward_str family = family_of(name);

	/* "net.*" says no more than that something below it is possible */
	if (ward_str_find(family, WARD_STR("*")) != SIZE_MAX)
		return;
	l->family_named |= family.len < name.len && ward_str_eq(family, l->family) &&
			   l->family.len < l->class.len;
	if (ward_str_find(name, WARD_STR("*")) != SIZE_MAX) {
		/* "net.iec104.c_sc_*" is as good as a name, "net.iec104.*" is not */
		*(name.len > family.len + 2 ? &l->named : &l->fits) |= fits(name, l->class);
		return;
	}
	l->named |= ward_str_eq(name, l->class);
	ward_near_offer(&l->near, name);
}

bool ward_craft_class(const struct ward_ruleset *rs, const struct ward_names *names,
	struct ward_str class, struct ward_str *ret_near)
{
	size_t budget = NEAR_BUDGET;
	struct looking l = {.class = class,
		.family = family_of(class),
		.near = ward_near_start(class, &budget)};

	/* What the patterns of logs give has a name since they were read. */
	if (ward_intern_find(&names->t, class) != WARD_NONE)
		return true;
	for (unsigned i = 0; i < WARD_CLASS_N; i++)
		look(&l, ward_str_z(ward_class_info((enum ward_class)i)->name));
	ward_ruleset_all_classes(rs, look, &l);
	*ret_near = l.near.best;
	/* A protocol has more messages than pipelines name; one letter beside a known one is a
	 * slip. */
	return l.named ||
	       ((l.fits || l.family_named) && !(l.near.best.len && l.near.best_cost <= 1));
}
