/* A real answer of a hospital under attack (the fuzz seed), and answers made of it. */
#ifndef TEST_REGION_SAID_H
#define TEST_REGION_SAID_H

#include "region/region.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct said {
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag d;
	struct ward_str answer;
};

static int said_begin(void **state)
{
	static struct said s;
	char path[4096];

	ward_limits_default(&s.lim);
	ward_arena_init(&s.a, ward_mem_heap(), 1 << 28);
	ward_diag_init(&s.d, ward_mem_heap());
	(void)snprintf(path, sizeof(path), "%s/tests/fuzz/seeds/region/cooling.json",
		getenv("WARD_SOURCE_ROOT"));
	FILE *f = fopen(path, "rb");
	char *text = ward_arena_alloc(&s.a, 1 << 20);

	assert_non_null(f);
	s.answer = (struct ward_str){text, fread(text, 1, 1 << 20, f)};
	(void)fclose(f);
	*state = &s;
	return 0;
}

static int said_end(void **state)
{
	struct said *s = *state;

	ward_diag_fini(&s->d);
	ward_arena_fini(&s->a);
	return 0;
}

/* The answer with each `from` replaced; there is one at least. */
static struct ward_str said_with(
	struct said *s, struct ward_str text, const char *from, const char *to)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 16 << 20);
	size_t at, n = 0;

	while ((at = ward_str_find(text, ward_str_z(from))) != SIZE_MAX) {
		ward_wr_str(&w, ward_str_sub(text, 0, at));
		ward_wr_z(&w, to);
		text = ward_str_sub(text, at + strlen(from), SIZE_MAX);
		n++;
	}
	ward_wr_str(&w, text);
	assert_true(n > 0 && !ward_wr_bad(&w));
	struct ward_str is = ward_arena_str(&s->a, ward_wr_text(&w));

	ward_wr_fini(&w);
	assert_non_null(is.p);
	return is;
}

static enum ward_err said_read(struct said *s, struct ward_str text, struct ward_site *ret)
{
	return ward_site_read(ward_str_bytes(text), WARD_STR("answer"), &s->lim, &s->a, &s->d, ret);
}

#endif
