/* Hand-made packets for the tests of this room: hex to bytes, in a block of the exact size so that
 * a read past the end is caught. */
#ifndef WARD_TESTS_SENSE_NET_BYTES_H
#define WARD_TESTS_SENSE_NET_BYTES_H

#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Blanks are allowed. Free the bytes. */
static inline struct ward_slice unhex(const char *hex)
{
	size_t n = 0, cap = strlen(hex) / 2;
	uint8_t *all = malloc(cap + 1);

	assert_non_null(all);
	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		char two[3] = {hex[0], hex[1], 0};

		assert_true(n < cap);
		all[n++] = (uint8_t)strtoul(two, NULL, 16);
		hex++;
	}
	uint8_t *exact = malloc(n ? n : 1);

	assert_non_null(exact);
	memcpy(exact, all, n);
	free(all);
	return ward_slice_of(exact, n);
}

static inline void bytes_free(struct ward_slice s)
{
	free((void *)(uintptr_t)s.p);
}

/* Ethernet from 02:…:01 to 02:…:02. */
#define ETH "020000000002 020000000001 "
#define IP4_UDP(total, frag) "4500" total "0001" frag "4011 0000 0a000001 0a000002 "
#define IP4_TCP(total) "4500" total "0001 0000 4006 0000 0a000001 0a000002 "
#define IP6(len, next)                                             \
	"60000000" len next "40 20010db8000000000000000000000001 " \
	"20010db8000000000000000000000002 "

#endif
