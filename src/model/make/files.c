#include "model/make/make.h"

#include "base/attr.h"

void ward_make_files_fini(struct ward_make_files *f)
{
	for (size_t i = 0; i < f->n; i++)
		ward_wr_fini(&f->file[i].text);
	f->n = 0;
}

const char *ward_make_shape_name(enum ward_make_shape s)
{
	static const char *const name[WARD_MAKE_SHAPES] = {"pavilions", "dense", "dispersed"};

	WARD_ASSERT((unsigned)s < WARD_MAKE_SHAPES);
	return name[s];
}
