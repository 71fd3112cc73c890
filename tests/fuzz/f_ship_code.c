/* The code of a sensor as somebody typed it: what is read is written as the same, and nothing else
 * is a code. */
#include "fuzz.h"

#include "ship/code.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_ship_code c, again;
	char text[WARD_SHIP_CODE_TEXT];

	if (ward_ship_code_read((struct ward_str){(const char *)copy, len}, &c)) {
		ward_ship_code_write(&c, text);
		WARD_ASSERT(ward_ship_code_read(ward_str_z(text), &again));
		WARD_ASSERT(memcmp(&c, &again, sizeof(c)) == 0);
	}
	if (len >= sizeof(c)) { /* any bytes make one */
		memcpy(&c, copy, sizeof(c));
		ward_ship_code_write(&c, text);
		WARD_ASSERT(ward_ship_code_read(ward_str_z(text), &again));
		WARD_ASSERT(memcmp(&c, &again, sizeof(c)) == 0);
	}
	free(copy);
	return 0;
}
