#include "run/live_standby.h"

#include "base/formats.h"
#include "run/supervise.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum ward_err live_set_formats(struct live *l, size_t number)
{
	const char *text = getenv(WARD_LIVE_FORMATS);
	uint64_t formats = ward_formats_most();

	if (text && (!ward_str_u64(ward_str_z(text), &formats) || formats < WARD_FORMATS_LEAST ||
			    formats > ward_formats_most()))
		return live_because(l, WARD_ERR_CONFIG, WARD_LIVE_FORMATS);
	l->reporter.names.numbered = ward_fields_in((uint32_t)formats);
	return formats == ward_formats_most()
		       ? WARD_OK /* as each does where nobody says anything */
		       : ward_supervisor_set(l->s, number, "formats", text);
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
	return err;
}
