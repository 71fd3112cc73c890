/* Shared by both ends of a one-way line (ship/diode.h), and of no meaning to others. */
#ifndef WARD_SHIP_DIODE_PRIV_H
#define WARD_SHIP_DIODE_PRIV_H

#include <stddef.h>

#define DIODE_MAGIC "WD1" /* with its NUL */
enum { DIODE_MAGIC_BYTES = 4 };

/* Of a group of so many bytes: shards of data, of parity, and bytes of each shard. */
size_t diode_shards(size_t bytes);
size_t diode_parity(size_t k);
size_t diode_shard_bytes(size_t bytes, size_t k);

#endif
