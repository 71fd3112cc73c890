/* A ruleset of text, as in tests/unit/detect/dt.h, and what craft needs beside it. */
#ifndef WARD_TESTS_CRAFT_LAB_H
#define WARD_TESTS_CRAFT_LAB_H

#include "../detect/dt.h"

#include "craft/craft.h"

static inline struct ward_craft lab_craft(struct dt *t)
{
	return (struct ward_craft){
		.rs = t->rs, .lim = &t->lim, .names = &t->names, .diag = &t->diag};
}

/* What the terminal would show, without colour; ends in a zero. Free with ward_wr_fini. */
static inline struct ward_text lab_text(struct ward_wr *w)
{
	struct ward_text x;

	*w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	ward_text_init(&x, 120, false);
	x.w = w;
	return x;
}

static inline void lab_has(struct ward_wr *w, const char *part)
{
	if (ward_str_find(ward_wr_text(w), ward_str_z(part)) == SIZE_MAX)
		fail_msg("'%s' is not in:\n%.*s", part, (int)w->len, (const char *)w->p);
}

static inline void lab_has_not(struct ward_wr *w, const char *part)
{
	if (ward_str_find(ward_wr_text(w), ward_str_z(part)) != SIZE_MAX)
		fail_msg("'%s' is in:\n%.*s", part, (int)w->len, (const char *)w->p);
}

static inline void lab_end(struct dt *t)
{
	static const char *const made[] = {"rules.test.yml", "info.yml"};
	char path[256];

	for (size_t i = 0; i < WARD_ARRAY_LEN(made); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", t->dir, made[i]);
		(void)unlink(path);
	}
	dt_end(t);
}

#endif
