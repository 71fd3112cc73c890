/* Private to this room: whose a folder or an address is: "C:\\Users\\rossi\\…", "/home" "/rossi",
 * "/patients/7788123". */
#ifndef WARD_COMPLY_IDENTIFIER_PATH_H
#define WARD_COMPLY_IDENTIFIER_PATH_H

#include "comply/identifiers.h"

/* Of the text the word of `len` bytes at `at`: does one stand behind it? is_uri: folders in it are
 * a site's, nobody's home. Looks at 64 bytes. */
bool ward_identifier_path(
	struct ward_str text, size_t at, size_t len, bool is_uri, struct ward_identifier_span *ret);

#endif
