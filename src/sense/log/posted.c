#include "sense/log/posted.h"

#include "event/classes.h"

enum { CLASS_MAX = 64 };

/* As all our classes are: "door.forced", "net.bacnet.write-property". */
static bool has_form(struct ward_str class)
{
	bool dot = false;

	for (size_t i = 0; i < class.len; i++) {
		char c = class.p[i];

		dot = dot || c == '.';
		if (!((c >= 'a' && c <= 'z') ||
			    (i && ((c >= '0' && c <= '9') || c == '.' || c == '-'))))
			return false;
	}
	return dot && class.len <= CLASS_MAX && class.p[class.len - 1] != '.';
}

bool log_posted_may(struct ward_str class, bool sensor)
{
	enum ward_class c = ward_class_find(class);

	if (!sensor)
		return c != WARD_CLASS_N && ward_class_info(c)->device;
	if (c == WARD_CLASS_N && !has_form(class))
		return false;
	return c == WARD_CLASS_WARD_LOSS || (!ward_str_starts(class, WARD_STR("ward.")) &&
						    !ward_str_starts(class, WARD_STR("report.")));
}

size_t log_posted_own(const struct ward_names *names, struct ward_event *e)
{
	size_t n = 0, left;

	for (size_t i = 0; i < e->n_field; i++)
		if (!ward_str_starts(ward_name_text(names, e->field[i].name), WARD_STR("ward.")))
			e->field[n++] = e->field[i];
	left = e->n_field - n;
	e->n_field = n;
	e->json = WARD_STR(""); /* is another text */
	return left;
}

void log_posted_id(struct ward_str source, struct ward_id theirs, struct ward_id *id)
{
	static const struct ward_id none;
	struct ward_idgen g;

	if (ward_id_eq(theirs, none))
		return;
	ward_idgen_init(&g, "ward sensor");
	ward_idgen_str(&g, source);
	ward_idgen_id(&g, theirs);
	*id = ward_idgen_final(&g);
}
