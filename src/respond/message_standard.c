/* An incident as a standard's message: what is kept of the rows, in the form that the recipient
 * asks for (exchange/follow.h). */
#include "respond/message.h"

enum change respond_standard_change(
	const struct told *before, const struct told *now, const struct incident *in)
{
	struct told is = *now;

	is.keep = before->keep; /* no standard tells of recordings, or of tickets */
	is.tickets = before->tickets;
	return respond_change(before, &is, in, false); /* none names playbooks */
}

bool respond_write_standard(struct ward_respond *r, size_t k, size_t signs, ward_ns now)
{
	const struct ward_listener *l = &r->o.listener[k];
	struct item *it = &r->item[0];
	const struct ward_follow f = {.mem = r->o.mem,
		.model = r->o.model,
		.sharing = r->o.sharing,
		.share = &l->share,
		.how = {.sender = l->sender, .lang = {l->lang}, .n_lang = 1},
		.standard = l->sends,
		.exercise = r->o.exercise,
		.of = {it->in->id, it->in->into},
		.told = it->in->told[k].edition,
		.signs = signs,
		.now = now};

	ward_wr_reset(&r->body);
	return ward_follow_write(&f, r->past, &r->body, &it->now.edition) == WARD_OK;
}
