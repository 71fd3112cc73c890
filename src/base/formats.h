/* The forms of all that goes from one machine to the other, or stays for a Ward of another version,
 * counted together: formats 1, 2, 3 … (docs/formats.md has what is in each). One number, so that
 * two machines need agree on no more, and what people are told is one sentence.
 *
 * A Ward reads formats WARD_FORMATS_LEAST to ward_formats_most(), and can write each of these.
 * Alone it writes the last; beside another machine the one that both can, and a later one only when
 * a person says so (`ward standby upgrade`): until then the former version can come back. */
#ifndef WARD_BASE_FORMATS_H
#define WARD_BASE_FORMATS_H

#include <stdint.h>

enum { WARD_FORMATS_LEAST = 1 };

uint32_t ward_formats_most(void);

#endif
