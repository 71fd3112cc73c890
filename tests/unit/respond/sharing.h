/* What may leave the house, as it is shipped. Failures end the test. */
#ifndef WARD_TESTS_RESPOND_SHARING_H
#define WARD_TESTS_RESPOND_SHARING_H

#include "exchange/share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct lab_sharing {
	struct ward_arena texts;
	struct ward_sharing table;
};

static inline void lab_sharing(const struct ward_limits *lim, struct lab_sharing *ret)
{
	struct ward_diag diag;
	char content[512];

	(void)snprintf(content, sizeof(content), "%s/content", getenv("WARD_SOURCE_ROOT"));
	ward_diag_init(&diag, ward_mem_heap());
	ward_arena_init(&ret->texts, ward_mem_heap(), 8 << 20);
	assert_int_equal(ward_sharing_load(content, lim, &ret->texts, &diag, &ret->table), WARD_OK);
	ward_diag_fini(&diag);
}

#endif
