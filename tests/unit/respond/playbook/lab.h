/* A playbook of every kind of step (try.json), and one that it does (nested.json), with parts
 * replaced. */
#ifndef WARD_TESTS_PLAYBOOK_LAB_H
#define WARD_TESTS_PLAYBOOK_LAB_H

#include "respond/playbook/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Identifiers of steps: kind--000000NN-0000-4000-8000-000000000000. */
#define PB_ID(kind, nn) kind "--000000" nn "-0000-4000-8000-000000000000"
#define PB_EXT WARD_PLAYBOOK_EXTENSION

static char pb_text[8192], pb_nested[4096]; /* try.json, nested.json beside this file */

struct pb_lab {
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_playbook *item[2];
	struct ward_playbooks all;
};

static inline void pb_text_of(const char *name, char *to, size_t cap)
{
	char path[4096];
	const char *root = getenv("WARD_SOURCE_ROOT");

	assert_non_null(root);
	(void)snprintf(path, sizeof(path), "%s/tests/unit/respond/playbook/%s", root, name);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	size_t n = fread(to, 1, cap, f);

	assert_true(n > 0 && n < cap);
	to[n] = 0;
	assert_int_equal(fclose(f), 0);
}

static inline void pb_init(struct pb_lab *l)
{
	if (!pb_text[0]) {
		pb_text_of("try.json", pb_text, sizeof(pb_text));
		pb_text_of("nested.json", pb_nested, sizeof(pb_nested));
	}
	*l = (struct pb_lab){.all = {.item = l->item}};
	ward_limits_default(&l->lim);
	ward_diag_init(&l->d, ward_mem_heap());
}

static inline void pb_fini(struct pb_lab *l)
{
	for (size_t i = 0; i < l->all.n; i++)
		ward_playbook_free(l->item[i]);
	ward_diag_fini(&l->d);
}

/* The text with its first `from` replaced by `to`. Free it. */
static inline char *pb_in(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	size_t cut = strlen(from), add = strlen(to);

	assert_non_null(at);
	char *p = malloc(strlen(text) + add + 1);

	assert_non_null(p);
	size_t head = (size_t)(at - text);

	memcpy(p, text, head);
	memcpy(p + head, to, add);
	memcpy(p + head + add, at + cut, strlen(at + cut) + 1);
	return p;
}

static inline char *pb_with(const char *from, const char *to)
{
	return pb_in(pb_text, from, to);
}

static inline enum ward_err pb_read(struct pb_lab *l, const char *text)
{
	enum ward_err err = ward_playbook_read(ward_str_bytes(ward_str_z(text)), WARD_STR("p.json"),
		&l->lim, ward_mem_heap(), &l->d, &l->item[l->all.n]);

	l->all.n += err == WARD_OK;
	return err;
}

/* Both playbooks, read and sound. */
static inline void pb_load(struct pb_lab *l)
{
	const struct ward_playbook_world world = {.others = &l->all};

	pb_init(l);
	assert_int_equal(pb_read(l, pb_text), WARD_OK);
	assert_int_equal(pb_read(l, pb_nested), WARD_OK);
	for (size_t i = 0; i < 2; i++)
		if (ward_playbook_check(l->item[i], &world, &l->d))
			fail_msg("%.*s", WARD_STR_ARG(l->d.item[0].what));
}

#endif
