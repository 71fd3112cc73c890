/* The pair of machines that Ward runs on, or its journal's database: once it is whole again, what
 * was told of it is over by itself, since nobody has anything to decide of it. What somebody is to
 * look through after Ward went elsewhere is another threat (watch.moved), and stays. */
#include "brain/priv.h"

static const char threat[] = "watch.unprotected";

static bool is_of_pair(void *ctx, const struct ward_detection *d)
{
	(void)ctx;
	return ward_str_eqz(d->threat_code, threat);
}

enum ward_err ward_brain_standby(struct ward_brain *b, const struct ward_event *e)
{
	const struct ward_verdict v = {.kind = WARD_VERDICT_RECOVER, .id = e->id, .at = e->time};

	struct ward_str class = ward_name_text(b->c.names, e->class), what;

	if (ward_str_eqz(class, "ward.standby"))
		what = ward_event_str(e, ward_name(b->c.names, WARD_STR("standby.what")));
	else if (ward_str_eqz(class, "ward.quorum"))
		what = ward_event_str(e, ward_name(b->c.names, WARD_STR("quorum.what")));
	else
		return WARD_OK;
	if (!ward_str_eqz(what, "whole"))
		return WARD_OK;
	ward_count_name(b->c.counters, "brain.pair_recovered",
		ward_fuser_recover(b->fuser, is_of_pair, NULL, &v));
	return b->err;
}
