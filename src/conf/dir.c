#include "conf/dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int only_yml(const struct dirent *e)
{
	struct ward_str name = ward_str_z(e->d_name);

	return ward_str_ends(name, WARD_STR(".yml")) && !ward_str_starts(name, WARD_STR("."));
}

static enum ward_err read_one(const struct ward_conf_dir *d, const char *dir, const char *name)
{
	char path[4096];
	int len = snprintf(path, sizeof(path), "%s/%s", dir, name);
	struct ward_slice bytes;

	if (len < 0 || (size_t)len >= sizeof(path)) {
		ward_diag_addf(d->diag, WARD_DIAG_ERROR, ward_str_z(dir), 0,
			"the path of '%s' is too long\nmove the directory", name);
		return WARD_OK;
	}
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
			"the directory can't be read: %s\ngive a content directory that has it",
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
