#include "detect/files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILES_MAX = WARD_RULE_FILES_MAX, PATH_LEN_MAX = 4096 };

struct list {
	struct ward_arena *a;
	const char **path;
	size_t n, cap;
};

static enum ward_err add(struct list *l, struct ward_str path)
{
	if (l->n == FILES_MAX)
		return WARD_ERR_LIMIT;
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		const char **p = ward_arena_array(l->a, cap, sizeof(*p));

		if (!p)
			return WARD_ERR_NOMEM;
		if (l->n)
			memcpy(p, l->path, l->n * sizeof(*p));
		l->path = p;
		l->cap = cap;
	}
	struct ward_str copy = ward_arena_str(l->a, path);

	if (!copy.p)
		return WARD_ERR_NOMEM;
	l->path[l->n++] = copy.p;
	return WARD_OK;
}

static void problem(struct ward_diag *d, const char *path, const char *what)
{
	ward_diag_addf(
		d, WARD_DIAG_ERROR, ward_str_z(path), 0, WARD_TEXT("%s\ncheck the path"), what);
}

static bool is_tests(struct ward_str s)
{
	return ward_str_ends(s, WARD_STR(".test.yml"));
}

static bool is_rules(struct ward_str s)
{
	return (ward_str_ends(s, WARD_STR(".yml")) || ward_str_ends(s, WARD_STR(".yaml"))) &&
	       !is_tests(s);
}

/* Adds what is in one directory: files that are wanted to `files`, directories to `dirs`. Symbolic
 * links to directories are not followed, so there is no loop. */
static enum ward_err scan(
	const char *dir, bool tests, struct list *files, struct list *dirs, struct ward_diag *d)
{
	enum ward_err err = WARD_OK;
	DIR *h = opendir(dir);

	if (!h) {
		problem(d, dir, WARD_TEXT("this directory can't be read"));
		return WARD_OK;
	}
	for (struct dirent *e = readdir(h); e && !err; e = readdir(h)) {
		char path[PATH_LEN_MAX];
		struct stat st;
		int n = snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		struct ward_str s = {path, (size_t)n};

		if (e->d_name[0] == '.')
			continue;
		if (n < 0 || (size_t)n >= sizeof(path) || lstat(path, &st) != 0) {
			problem(d, dir, WARD_TEXT("a name in this directory can't be read"));
			continue;
		}
		if (S_ISDIR(st.st_mode))
			err = add(dirs, s);
		else if (tests ? is_tests(s) : is_rules(s))
			err = add(files, s);
	}
	closedir(h);
	return err;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* NAME.test.yml beside NAME.yml, if it is there; what is a file of tests already is itself. */
static enum ward_err add_beside(struct list *files, const char *rules)
{
	struct ward_str s = ward_str_z(rules);
	char path[PATH_LEN_MAX];
	struct stat st;

	if (is_tests(s))
		return add(files, s);
	if (!ward_str_ends(s, WARD_STR(".yml")))
		return WARD_OK;
	int n = snprintf(path, sizeof(path), "%.*s.test.yml", (int)(s.len - strlen(".yml")), s.p);

	if (n < 0 || (size_t)n >= sizeof(path) || stat(path, &st) != 0)
		return WARD_OK;
	return add(files, (struct ward_str){path, (size_t)n});
}

static enum ward_err collect(struct ward_arena *a, bool tests, const char *const *path,
	size_t n_path, struct ward_diag *d, struct list *files)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n_path && !err; i++) {
		struct list dirs = {.a = a};
		struct stat st;
		size_t from = files->n;

		if (stat(path[i], &st) != 0) {
			problem(d, path[i], WARD_TEXT("there is no such file or directory"));
			continue;
		}
		if (!S_ISDIR(st.st_mode)) {
			err = tests ? add_beside(files, path[i]) : add(files, ward_str_z(path[i]));
			continue;
		}
		err = add(&dirs, ward_str_z(path[i]));
		for (size_t k = 0; k < dirs.n && !err; k++)
			err = scan(dirs.path[k], tests, files, &dirs, d);
		if (files->n > from)
			qsort(files->path + from, files->n - from, sizeof(*files->path), by_bytes);
	}
	return err;
}

enum ward_err ward_rule_files(struct ward_arena *a, const char *const *path, size_t n_path,
	struct ward_diag *d, const char ***ret, size_t *ret_n)
{
	struct list files = {.a = a};
	enum ward_err err = collect(a, false, path, n_path, d, &files);

	if (err)
		return err;
	*ret = files.path;
	*ret_n = files.n;
	return WARD_OK;
}

enum ward_err ward_test_files(struct ward_arena *a, const char *const *path, size_t n_path,
	struct ward_diag *d, const char ***ret, size_t *ret_n)
{
	struct list files = {.a = a};
	enum ward_err err = collect(a, true, path, n_path, d, &files);

	if (err)
		return err;
	*ret = files.path;
	*ret_n = files.n;
	return WARD_OK;
}
