/* Who keeps the versions of the hospital's directory, and alone writes into it. */
#include "run/live_people.h"

#include "run/configure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

/* It runs as whoever owns the directory, so that it can write there, and nowhere else
 * (Landlock). */
static enum ward_err run_as_owner(struct live *l, size_t number, const char *folder)
{
	struct stat st;
	char uid[16];

	if (stat(l->o->dir, &st) != 0)
		return live_because(l, WARD_ERR_IO, l->o->dir);
	if (l->n_uid == 1 || st.st_uid == 0 || st.st_uid >= l->n_uid)
		return live_own_folder(folder, 0) ? WARD_OK : live_because(l, WARD_ERR_IO, folder);
	(void)snprintf(uid, sizeof(uid), "%u", (unsigned)st.st_uid);
	if (!live_own_folder(folder, st.st_uid))
		return live_because(l, WARD_ERR_IO, folder);
	return ward_supervisor_set(l->s, number, "uid", uid);
}

enum ward_err live_set_config(struct live *l)
{
	size_t number = l->number[P_CONFIG];
	char folder[PATH_BYTES], begun[24];
	int n = snprintf(folder, sizeof(folder), "%s/config", l->o->state);

	if (!l->used[P_CONFIG])
		return WARD_OK;
	if (n < 0 || n >= PATH_BYTES)
		return live_because(l, WARD_ERR_LIMIT, l->o->state);
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return live_because(l, WARD_ERR_IO, folder);
	enum ward_err err = run_as_owner(l, number, folder);

	if (!err)
		err = live_tell(l, number, "dir", ward_str_z(folder));
	if (!err)
		err = live_tell(l, number, "hospital", ward_str_z(l->o->dir));
	if (!err)
		err = live_tell(l, number, "content", ward_str_z(l->o->content));
	if (!err)
		err = live_tell(l, number, "ward", ward_str_z(l->o->ward));
	(void)snprintf(begun, sizeof(begun), "%llu", (unsigned long long)l->o->version);
	if (!err)
		err = live_tell(l, number, "begun", ward_str_z(begun));
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_JOURNAL]);
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_DESK]);
	if (!err)
		err = ward_supervisor_link_self(l->s, number, &l->config);
	if (!err && fcntl(l->config, F_SETFL, O_NONBLOCK) != 0)
		err = live_because(l, WARD_ERR_IO, "the link with config");
	return err;
}

/* One byte of a process of ours: which of two things is to be done. */
void live_look_config(struct live *l)
{
	struct ward_msg m;

	if (l->config < 0 || ward_msg_recv(l->config, l->reporter.buf, &m) != WARD_OK ||
		m.type != WARD_MSG_ANEW)
		return;
	if (ward_rd_u8(&m.body) == WARD_ANEW_RULES) {
		ward_supervisor_reload(l->s);
		return;
	}
	WARD_LOG(l->o->log, INFO, "supervisor.anew", WARD_KV_Z("why", "the directory was changed"));
	l->anew = true;
	ward_supervisor_stop(l->s);
}
