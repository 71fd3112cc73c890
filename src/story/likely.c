#include "story/likely.h"

#include "base/diag.h"

/* Twice the middle above which something is possible: 45 %. */
enum { MIDDLE_TWICE = 900000 };

enum ward_likely ward_likely_bound(int64_t lo_micro, int64_t hi_micro)
{
	if (lo_micro >= 900000)
		return WARD_LIKELY_CERTAIN;
	if (lo_micro >= 600000)
		return WARD_LIKELY_LIKELY;
	if (lo_micro >= 100000)
		return WARD_LIKELY_POSSIBLE;
	return hi_micro > 100000 ? WARD_LIKELY_OPEN : WARD_UNLIKELY;
}

enum ward_likely ward_likely(int64_t lo_micro, int64_t hi_micro)
{
	enum ward_likely by_lo = ward_likely_bound(lo_micro, hi_micro);

	bool middle = lo_micro >= 10000 && lo_micro + hi_micro > MIDDLE_TWICE;

	return by_lo == WARD_LIKELY_OPEN && middle ? WARD_LIKELY_POSSIBLE : by_lo;
}

int64_t ward_likely_upper(int64_t lo_micro, int64_t hi_micro)
{
	bool middle = lo_micro < 100000 && lo_micro + hi_micro > MIDDLE_TWICE;

	return middle ? MIDDLE_TWICE - lo_micro : hi_micro;
}

const char *ward_likely_word(enum ward_likely l)
{
	static const char *const word[WARD_LIKELY_N] = {[WARD_UNLIKELY] = WARD_TEXT("unlikely"),
		[WARD_LIKELY_OPEN] = WARD_TEXT("can't be ruled out"),
		[WARD_LIKELY_POSSIBLE] = WARD_TEXT("possible"),
		[WARD_LIKELY_LIKELY] = WARD_TEXT("likely"),
		[WARD_LIKELY_CERTAIN] = WARD_TEXT("almost certain")};

	return word[l];
}

const char *ward_likely_name(enum ward_likely l)
{
	static const char *const name[WARD_LIKELY_N] = {
		"unlikely", "open", "possible", "likely", "certain"};

	return name[l];
}
