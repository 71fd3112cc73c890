#include "fuzz.h"

#include "model/tz.h"

enum { HOUR_S = 3600 };

/* A zone file, or its rule; what was understood answers for any moment within what a zone may be
 * from UTC (RFC 8536 3.2, "utoff": more than -25 hours, less than 26). */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const ward_ns at[] = {INT64_MIN, -1, 0, 1774742400000000000, INT64_MAX};
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str rule = ward_tz_footer((struct ward_slice){copy, len});
	struct ward_tz z;

	if (!rule.len)
		rule = (struct ward_str){(const char *)copy, len};
	(void)ward_tz_parse(rule, &z);
	for (size_t i = 0; i < WARD_ARRAY_LEN(at); i++) {
		int32_t s = ward_tz_offset(&z, at[i]);

		WARD_ASSERT(s > -25 * HOUR_S && s < 26 * HOUR_S);
		WARD_ASSERT(ward_tz_minute(&z, at[i]) < WARD_WEEK_MINUTES);
	}
	free(copy);
	return 0;
}
