#include "base/formats.h"

/* On its own, like journal/record.c, so that tests can link programs whose formats are one later
 * (tests/next). */
uint32_t ward_formats_most(void)
{
	return 1;
}

/* What a Ward wrote that stood beside another one is never changed here: later formats get a line
 * of their own, and whoever writes asks for it by the formats that it was told. */
uint32_t ward_form_in(enum ward_form f, uint32_t formats)
{
	static const uint32_t first[WARD_FORM_N] = {
		[WARD_FORM_SEGMENT] = 1,
		[WARD_FORM_READERS] = 1,
		[WARD_FORM_RECORD_TYPE] = 9,
		[WARD_FORM_EVENT] = 1,
		[WARD_FORM_DATABASE] = 9,
		[WARD_FORM_ROW_KIND] = 13,
		[WARD_FORM_RUN] = 1,
		[WARD_FORM_NOTARY] = 1,
		[WARD_FORM_CLIP] = 1,
		[WARD_FORM_GREETING] = 2,
		[WARD_FORM_FRAME] = 1,
	};

	(void)formats;
	return first[f];
}
