/* Files and folders that a test of this room makes. */
#ifndef WARD_TESTS_BACKUP_FOLDER_H
#define WARD_TESTS_BACKUP_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

static void put(const char *folder, const char *name, const char *text, mode_t mode)
{
	char path[256];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "we");
	assert_non_null(f);
	(void)fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void make_dir(const char *folder, const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s%s%s", folder, *name ? "/" : "", name);
	assert_int_equal(mkdir(path, 0700), 0);
}

/* Is that all that the file has? */
static inline bool is_text(const char *folder, const char *name, const char *text)
{
	char path[256], is[64] = "";
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "re");
	if (!f)
		return false;
	size_t n = fread(is, 1, sizeof(is) - 1, f);

	(void)fclose(f);
	return n == strlen(text) && strcmp(is, text) == 0;
}

#endif
