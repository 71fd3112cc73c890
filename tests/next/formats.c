#include "base/formats.h"

uint32_t ward_formats_most(void)
{
	return 2;
}

/* One later each: segments, database, what the notary remembers, and the last kind of rows. */
uint32_t ward_form_in(enum ward_form f, uint32_t formats)
{
	static const uint32_t form[2][WARD_FORM_N] = {
		{
			[WARD_FORM_SEGMENT] = 1,
			[WARD_FORM_READERS] = 1,
			[WARD_FORM_RECORD_TYPE] = 9,
			[WARD_FORM_EVENT] = 1,
			[WARD_FORM_DATABASE] = 9,
			[WARD_FORM_ROW_KIND] = 12,
			[WARD_FORM_RUN] = 1,
			[WARD_FORM_NOTARY] = 1,
			[WARD_FORM_CLIP] = 1,
			[WARD_FORM_GREETING] = 2,
			[WARD_FORM_FRAME] = 1,
		},
		{
			[WARD_FORM_SEGMENT] = 2,
			[WARD_FORM_READERS] = 1,
			[WARD_FORM_RECORD_TYPE] = 9,
			[WARD_FORM_EVENT] = 1,
			[WARD_FORM_DATABASE] = 10,
			[WARD_FORM_ROW_KIND] = 13,
			[WARD_FORM_RUN] = 1,
			[WARD_FORM_NOTARY] = 2,
			[WARD_FORM_CLIP] = 1,
			[WARD_FORM_GREETING] = 2,
			[WARD_FORM_FRAME] = 1,
		},
	};

	return form[formats < 2 ? 0 : 1][f];
}
