/* Private to this room: commands that name an account without a word that says so. */
#ifndef WARD_COMPLY_IDENTIFIER_COMMAND_H
#define WARD_COMPLY_IDENTIFIER_COMMAND_H

#include "comply/identifiers.h"

/* `net user NAME`, `net localgroup GROUP NAME` of Windows: whose account it is, where the word at
 * `at` begins such a command. Not who is just made (`net user NAME /add`): that is nobody's yet,
 * and rules look for such names; nor accounts that each installation has. */
bool ward_identifier_command(
	struct ward_str text, size_t at, size_t len, struct ward_identifier_span *ret);

#endif
