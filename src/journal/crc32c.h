/* CRC-32C (Castagnoli; RFC 3720 appendix B.4), by the processor where it has the instruction.
 *
 * Pure, any thread. It finds accidents, not forgery. */
#ifndef WARD_JOURNAL_CRC32C_H
#define WARD_JOURNAL_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* crc is 0 for the first part, then the value of the parts before. O(len). */
uint32_t ward_crc32c(uint32_t crc, const void *p, size_t len);
/* The same without the instruction, so that a test can compare the two. */
uint32_t ward_crc32c_table(uint32_t crc, const void *p, size_t len);

#endif
