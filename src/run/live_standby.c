#include "run/live_standby.h"

#include "run/supervise.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* What is kept is in formats that the machine beside can read, too. */
static enum ward_err set_formats(struct live *l)
{
	static const enum live_process who[] = {P_JOURNAL, P_STORE};
	const char *text = getenv(WARD_LIVE_FORMATS);
	uint64_t formats;
	enum ward_err err = WARD_OK;

	if (!text || !ward_str_u64(ward_str_z(text), &formats))
		return live_because(l, WARD_ERR_CONFIG, WARD_LIVE_FORMATS);
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(who); i++)
		err = ward_supervisor_set(l->s, l->number[who[i]], "formats", text);
	return err;
}

enum ward_err live_hand_standby(struct live *l)
{
	const char *text = getenv(WARD_LIVE_STANDBY);
	uint64_t fd = 0;
	enum ward_err err;
	int own;

	if (!text)
		return WARD_OK;
	own = ward_str_u64(ward_str_z(text), &fd) && fd > STDERR_FILENO && fd <= INT_MAX
		      ? fcntl((int)fd, F_DUPFD_CLOEXEC, 0)
		      : -1;
	if (own < 0)
		return live_because(l, WARD_ERR_CONFIG, WARD_LIVE_STANDBY);
	err = ward_supervisor_hand(l->s, l->number[P_JOURNAL], "standby", own);
	if (err)
		(void)close(own);
	return err ? err : set_formats(l);
}
