/* The includes that every unit test of detect begins with, in the order that cmocka asks for. */
#ifndef WARD_TESTS_DETECT_UNIT_H
#define WARD_TESTS_DETECT_UNIT_H

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define T(name) cmocka_unit_test(name)
#define S(lit) WARD_STR(lit)

/* An arena for one test. */
static inline struct ward_arena test_arena(void)
{
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), 64u << 20);
	return a;
}

#endif
