/* Shared by both ends of a one-way line (ship/diode.h), and of no meaning to others. */
#ifndef WARD_SHIP_DIODE_PRIV_H
#define WARD_SHIP_DIODE_PRIV_H

#include "ship/fec.h"

#include <stddef.h>

#define DIODE_MAGIC "WD1" /* with its NUL */
enum {
	DIODE_MAGIC_BYTES = 4,
	DIODE_ENDS = 0x80, /* beside the number of a shard, which is below WARD_FEC_SHARDS */
};
_Static_assert((int)WARD_FEC_SHARDS <= (int)DIODE_ENDS, "that bit is free");

/* Of a group of so many bytes: shards of data, of parity, and bytes of each shard. */
size_t diode_shards(size_t bytes);
size_t diode_parity(size_t k);
size_t diode_shard_bytes(size_t bytes, size_t k);

#endif
