#include "run/live_standby.h"

#include "base/formats.h"
#include "run/supervise.h"
#include "standby/formats.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What nobody said is of this state folder. */
static enum ward_err formats_of(struct live *l, uint32_t *ret)
{
	const char *text = getenv(WARD_LIVE_FORMATS);
	uint64_t formats = 0;
	enum ward_err err;

	if (!text) {
		err = ward_standby_formats_here(l->o->state, ret);
		return err ? live_because(l, err,
				     err == WARD_ERR_VERSION
					     ? "what this machine keeps is in formats that this "
					       "Ward can't read: install the one again that ran "
					       "here (docs/formats.md)"
					     : "the folder 'standby' of the state")
			   : WARD_OK;
	}
	if (!ward_str_u64(ward_str_z(text), &formats) || formats < WARD_FORMATS_LEAST ||
		formats > ward_formats_most())
		return live_because(l, WARD_ERR_CONFIG, WARD_LIVE_FORMATS);
	*ret = (uint32_t)formats;
	return WARD_OK;
}

enum ward_err live_set_formats(struct live *l, size_t number)
{
	char text[16];
	uint32_t formats = 0;
	enum ward_err err = formats_of(l, &formats);

	if (err)
		return err;
	(void)snprintf(text, sizeof(text), "%u", (unsigned)formats);
	l->reporter.names.numbered = ward_fields_in(formats);
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
