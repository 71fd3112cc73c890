/* The includes that every unit test of base begins with, in the order that cmocka asks for. */
#ifndef WARD_TESTS_BASE_UNIT_H
#define WARD_TESTS_BASE_UNIT_H

#include "base/attr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

/* Text of a ward_str or ward_wr compared with a C string. */
#define assert_text(s, z)                                                        \
	do {                                                                     \
		struct ward_str s_ = (s);                                        \
		assert_int_equal(s_.len, strlen(z));                             \
		assert_memory_equal(s_.len ? s_.p : "", (z), strlen(z) + !*(z)); \
	} while (0)

#endif
