/* The process of somebody who is told by short messages straight from an operator's centre: a
 * session for each message, in TLS unless the centre's tunnel ends on this machine. */
#include "respond/smpp.h"

#include "run/proc/way.h"

struct smpp {
	char from[WARD_SMPP_NUMBER + 1], to[WARD_SMPP_NUMBER + 1], user[WARD_SMPP_USER + 1];
	struct ward_smpp_parts parts;
	struct ward_smpp session;
};

static void prepare(struct way *w)
{
	struct smpp *d = w->of;

	way_url(w, WARD_WEBURL_SMPP);
	ward_process_secret(&w->p, "from", d->from, sizeof(d->from));
	ward_process_secret(&w->p, "to", d->to, sizeof(d->to));
	ward_process_secret(&w->p, "user", d->user, sizeof(d->user));
	if (!d->to[0] || !d->user[0])
		ward_process_die(&w->p, "whom it is to tell, or as whom", WARD_ERR_CONFIG);
	if (strlen(w->secret) > WARD_SMPP_PASSWORD)
		ward_process_die(&w->p, "the password is longer than SMPP allows", WARD_ERR_CONFIG);
}

/* Parts of the same message have the same reference, also when they come again. */
static enum way_next begin(struct way *w)
{
	struct smpp *d = w->of;
	struct ward_told told;

	if (!way_told(w, &told))
		return WAY_OVER;
	const struct ward_smpp_opts o = {.user = ward_str_z(d->user),
		.password = ward_str_z(w->secret),
		.from = ward_str_z(d->from),
		.to = ward_str_z(d->to),
		.parts = &d->parts};

	ward_smpp_parts_make(told.brief, w->id.b[0], &d->parts);
	ward_smpp_begin(&d->session, &o, &w->out);
	return WAY_ON;
}

static enum way_next take(struct way *w, struct ward_slice bytes)
{
	struct smpp *d = w->of;

	ward_smpp_take(&d->session, bytes, &w->out);
	w->outcome = d->session.outcome;
	return d->session.state == WARD_SMPP_OVER ? WAY_OVER : WAY_ON;
}

int main(int argc, char **argv)
{
	static const struct way_channel channel = {
		.program = "smpp", .seconds = 60, .prepare = prepare, .begin = begin, .take = take};
	static struct smpp d;

	return way_run(&channel, &d, argc, argv);
}
