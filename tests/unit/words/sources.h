/* The files of the source tree, for tests that go through them. */
#ifndef WARD_TESTS_WORDS_SOURCES_H
#define WARD_TESTS_WORDS_SOURCES_H

#include "conf/conf.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SOURCES_PATH = 4096 };

static inline const char *sources_path(char path[SOURCES_PATH], const char *below)
{
	const char *root = getenv("WARD_SOURCE_ROOT");

	assert_non_null(root);
	assert_true(snprintf(path, SOURCES_PATH, "%s/%s", root, below) < SOURCES_PATH);
	return path;
}

static inline struct ward_slice sources_read(
	struct ward_arena *a, const struct ward_limits *lim, const char *path)
{
	struct ward_slice text;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(ward_conf_read(a, lim, path, &diag, &text), WARD_OK);
	ward_diag_fini(&diag);
	return text;
}

static inline void sources_walk(const char *below, __nftw_func_t each)
{
	char path[SOURCES_PATH];

	assert_int_equal(nftw(sources_path(path, below), each, 16, FTW_PHYS), 0);
}

#endif
