#include "notice/classes.h"

#include "event/classes.h"

bool notice_is_class(struct ward_str name)
{
	for (unsigned c = 0; c < WARD_CLASS_N; c++)
		if (ward_str_eqz(name, ward_class_info((enum ward_class)c)->name))
			return true;
	return false;
}

const char *notice_seen(size_t i)
{
	for (unsigned c = 0; c < WARD_CLASS_N; c++) {
		const struct ward_class_info *is = ward_class_info((enum ward_class)c);

		/* of the others some tell how the camera is, and `object` is of its own analysis */
		if (!is->device || !ward_str_starts(ward_str_z(is->name), WARD_STR("video.")) ||
			ward_str_eqz(ward_str_z(is->name), "video.object"))
			continue;
		if (!i--)
			return is->name;
	}
	return NULL;
}
