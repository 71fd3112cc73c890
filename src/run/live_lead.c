#include "run/live_lead.h"

#include "run/play_clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum ward_err live_share_clock(struct live *l, size_t number)
{
	int fd = fcntl(l->play_clock, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return live_because(l, WARD_ERR_IO, "the time of the play");
	enum ward_err err = ward_supervisor_hand(l->s, number, "clock", fd);

	if (err)
		(void)close(fd);
	return err;
}

static enum ward_err open_log(struct live *l, size_t number)
{
	char path[LIVE_PATH];
	int n = snprintf(path, sizeof(path), "%s/%s", l->o->state, WARD_LEAD_LOG), fd;

	if (n < 0 || (size_t)n >= sizeof(path))
		return live_because(l, WARD_ERR_LIMIT, l->o->state);
	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return live_because(l, WARD_ERR_IO, path);
	enum ward_err err = ward_supervisor_hand(l->s, number, "log", fd);

	if (err)
		(void)close(fd);
	return err;
}

enum ward_err live_set_lead(struct live *l)
{
	size_t number = l->number[P_PLAY];
	enum ward_err err = ward_supervisor_link(l->s, number, l->number[P_STORE]);

	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_DESK]);
	if (!err)
		err = open_log(l, number);
	l->play_clock = memfd_create("clock", MFD_CLOEXEC);
	if (!err && l->play_clock < 0)
		err = live_because(l, WARD_ERR_IO, "the time of the play");
	/* held before anybody asks: nothing that is played beside it runs ahead */
	if (!err && l->o->lead && !ward_play_clock_set(l->play_clock, 0, 0, -1, true))
		err = live_because(l, WARD_ERR_IO, "the time of the play");
	if (!err)
		err = live_share_clock(l, number);
	return err || !l->o->lead ? err : ward_supervisor_set(l->s, number, "lead", "yes");
}
