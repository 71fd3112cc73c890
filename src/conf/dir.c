#include "conf/dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static int only_yml(const struct dirent *e)
{
	struct ward_str name = ward_str_z(e->d_name);

	return ward_str_ends(name, WARD_STR(".yml")) && !ward_str_starts(name, WARD_STR("."));
}

static bool join(const char *dir, const char *name, struct ward_diag *diag, char path[PATH_BYTES])
{
	int n = snprintf(path, PATH_BYTES, "%s/%s", dir, name);

	if (n > 0 && n < PATH_BYTES)
		return true;
	ward_diag_addf(diag, WARD_DIAG_ERROR, ward_str_z(dir), 0,
		WARD_TEXT("the path of '%s' is too long\nmove the directory"), name);
	return false;
}

static enum ward_err read_one(const struct ward_conf_dir *d, const char *dir, const char *name)
{
	char path[PATH_BYTES];
	struct ward_slice bytes;

	if (!join(dir, name, d->diag, path))
		return WARD_OK;
	enum ward_err err = ward_conf_read(d->arena, d->lim, path, d->diag, &bytes);

	if (!err)
		d->file(d->ctx, ward_str_z(path), bytes);
	return err == WARD_ERR_NOMEM ? err : WARD_OK; /* the rest was said */
}

enum ward_err ward_conf_dir(const struct ward_conf_dir *d, const char *dir, bool required)
{
	struct dirent **entry;
	int n = scandir(dir, &entry, only_yml, alphasort);
	enum ward_err err = WARD_OK;

	if (n < 0 && errno == ENOMEM)
		return WARD_ERR_NOMEM;
	if (n < 0 && (required || errno != ENOENT))
		ward_diag_addf(d->diag, WARD_DIAG_ERROR, ward_str_z(dir), 0,
			WARD_TEXT("the directory can't be read: %s\ngive a content directory that "
				  "has it"),
			strerror(errno));
	if (n < 0)
		return WARD_OK;
	for (int i = 0; i < n; i++) {
		if (!err)
			err = read_one(d, dir, entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	return err;
}

enum ward_err ward_conf_beside(struct ward_arena *a, const struct ward_limits *lim, const char *dir,
	const char *name, struct ward_diag *diag, struct ward_conf_beside *ret)
{
	char path[PATH_BYTES];

	*ret = (struct ward_conf_beside){.path = WARD_STR("")};
	if (!join(dir, name, diag, path))
		return WARD_ERR_LIMIT;
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return WARD_OK;
	enum ward_err err = ward_conf_read(a, lim, path, diag, &ret->bytes);

	if (err)
		return err;
	ret->path = ward_arena_str(a, ward_str_z(path));
	return ret->path.p ? WARD_OK : WARD_ERR_NOMEM;
}
