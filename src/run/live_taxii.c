/* Sources of indicators: a process for each, which has a folder of its own. While a scenario is
 * played none is asked. */
#include "run/live_priv.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4096 };

enum ward_err live_find_indicators(struct live *l)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_indicator_sources_load(
		l->o->dir, l->o->lim, ward_mem_heap(), &diag, &l->indicators);

	ward_diag_sort(&diag);
	if (err == WARD_ERR_CONFIG && diag.n)
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: %.*s; %.*s",
			WARD_STR_ARG(diag.item[0].file), diag.item[0].line,
			WARD_STR_ARG(diag.item[0].what), WARD_STR_ARG(diag.item[0].mend));
	else if (err)
		err = live_because(l, err, WARD_INDICATORS_FILE);
	ward_diag_fini(&diag);
	return err;
}

/* STATE/indicators/ID, with the owner that the process will run as. */
static enum ward_err make_folder(struct live *l, struct ward_str id, uid_t uid, size_t number)
{
	char above[PATH_BYTES], path[PATH_BYTES];
	int n = snprintf(above, sizeof(above), "%s/indicators", l->o->state);
	int k = snprintf(path, sizeof(path), "%s/indicators/%.*s", l->o->state, WARD_STR_ARG(id));

	if (n < 0 || n >= PATH_BYTES || k < 0 || k >= PATH_BYTES)
		return live_because(l, WARD_ERR_LIMIT, l->o->state);
	if ((mkdir(above, 0711) != 0 && errno != EEXIST) ||
		(mkdir(path, 0700) != 0 && errno != EEXIST) || !live_own_folder(path, uid))
		return live_because(l, WARD_ERR_IO, path);
	return ward_supervisor_set(l->s, number, "dir", path);
}

enum ward_err live_add_indicators(struct live *l)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && !l->o->scenario && i < l->indicators.n; i++) {
		const struct ward_indicator_source *s = &l->indicators.s[i];
		uid_t uid = LIVE_UID_INDICATORS + (uid_t)i;
		size_t number;
		char every[24];

		uid = l->n_uid > uid ? uid : 0;
		ward_process_numbered(l->taxii[i], "taxii", i);
		err = ward_supervisor_add(l->s, l->taxii[i], uid, false, &number);
		if (!err)
			err = ward_supervisor_program(l->s, number, "taxii");
		if (!err)
			err = live_set_limits(l, number);
		if (!err)
			err = make_folder(l, s->id, uid, number);
		if (!err)
			err = live_tell_secret(l, number, "url", s->where);
		if (!err)
			err = live_tell(l, number, "user", s->user);
		if (!err)
			err = live_tell_file(l, number, "secret_file", s->secret_file);
		if (!err)
			err = live_tell_file(l, number, "certificate", s->certificate);
		(void)snprintf(every, sizeof(every), "%lld", (long long)s->every);
		if (!err)
			err = live_tell(l, number, "every", ward_str_z(every));
	}
	return err;
}
