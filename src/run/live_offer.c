/* What others may fetch: one process, which has the listener and the readers' secrets, and reads
 * the store's rows. */
#include "run/live_people.h"

#include "run/listen.h"

#include <stdio.h>
#include <unistd.h>

enum ward_err live_find_readers(struct live *l)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_readers_in in = {
		l->o->dir, l->o->content, l->o->lim, ward_mem_heap(), &diag};
	enum ward_err err = ward_readers_load(&in, &l->readers);

	ward_diag_sort(&diag);
	if (err == WARD_ERR_CONFIG && diag.n)
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: %.*s; %.*s",
			WARD_STR_ARG(diag.item[0].file), diag.item[0].line,
			WARD_STR_ARG(diag.item[0].what), WARD_STR_ARG(diag.item[0].mend));
	else if (err)
		err = live_because(l, err, WARD_READERS_FILE);
	ward_diag_fini(&diag);
	return err;
}

bool live_offers(const struct live *l)
{
	bool any = false;

	for (size_t i = 0; i < l->readers.n; i++)
		any = any || l->readers.r[i].exercise == (l->o->scenario != NULL);
	return any;
}

enum ward_err live_set_offer(struct live *l)
{
	size_t number = l->number[P_OFFER];
	struct ward_str at = l->readers.where;
	int fd;

	if (!l->used[P_OFFER])
		return WARD_OK;
	(void)ward_str_cut(&at, ':');
	enum ward_err err = ward_listen(at, true, l->why, &fd);

	if (err)
		return err;
	err = ward_supervisor_hand(l->s, number, "listener", fd);
	if (err) {
		(void)close(fd);
		return err;
	}
	err = ward_supervisor_link(l->s, number, l->number[P_STORE]);
	if (!err)
		err = live_tell(l, number, "hospital", ward_str_z(l->o->dir));
	if (!err)
		err = live_tell(l, number, "content", ward_str_z(l->o->content));
	if (!err)
		err = live_tell_file(l, number, "certificate", l->readers.certificate);
	if (!err)
		err = live_tell_file(l, number, "key", l->readers.key);
	if (!err)
		err = live_tell_file(l, number, "clients", l->readers.clients);
	if (!err && l->o->scenario)
		err = live_tell(l, number, "exercise", WARD_STR("yes"));
	return err;
}
