/* The process of a ticket system: keeps a ticket there for each incident that it is told of, and
 * says which of them somebody closed there. */
#include "respond/ticket.h"
#include "run/proc/way.h"

struct tickets {
	struct ward_ticket_system system;
	char user[WARD_RECIPIENT_TEXT + 1];
	struct ward_ticket *t;
};

static bool says(void *ctx, struct ward_id incident, const struct ward_outcome *o)
{
	ward_count_name(&((struct way *)ctx)->p.counters,
		o->what == WARD_SENT_CLOSED      ? "ticket.closed_there"
		: o->what == WARD_SENT_DELIVERED ? "ticket.open_there"
						 : "ticket.refused",
		1);
	struct way *w = ctx;

	return ward_postbox_say(&w->p, w->link, incident, o);
}

static void read_system(struct way *w)
{
	struct tickets *d = w->of;
	const char *path = ward_process_setting(&w->p, "template");
	struct ward_arena bytes;
	struct ward_slice text;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	ward_arena_init(&bytes, ward_mem_heap(), ward_limit(&w->lim, WARD_LIMIT_CONF_BYTES) + 4096);
	const struct ward_ticket_in in = {&w->lim, ward_mem_heap(), &diag};

	if (!path || ward_conf_read(&bytes, &w->lim, path, &diag, &text) != WARD_OK ||
		ward_ticket_system_read(&in, ward_str_z(path), text, &d->system) != WARD_OK)
		ward_process_die(&w->p, "the requests of its ticket system", WARD_ERR_CONFIG);
	ward_arena_fini(&bytes);
	ward_diag_fini(&diag);
}

static void prepare(struct way *w)
{
	struct tickets *d = w->of;

	way_url(w, WARD_WEBURL_HTTP);
	ward_process_secret(&w->p, "user", d->user, sizeof(d->user));
	read_system(w);
	const struct ward_ticket_opts o = {.mem = ward_mem_heap(),
		.lim = &w->lim,
		.system = &d->system,
		.url = &w->url,
		.user = ward_str_z(d->user),
		.secret = ward_str_z(w->secret),
		.says = says,
		.ctx = w};

	if (ward_ticket_new(&o, &d->t) != WARD_OK)
		ward_process_die(&w->p, "out of memory", WARD_ERR_NOMEM);
}

static enum way_next heed(struct way *w, enum ward_ticket_next next)
{
	const struct tickets *d = w->of;

	if (next == WARD_TICKET_OVER)
		w->outcome = *ward_ticket_outcome(d->t);
	return next == WARD_TICKET_OVER ? WAY_OVER : next == WARD_TICKET_AGAIN ? WAY_AGAIN : WAY_ON;
}

static enum way_next begin(struct way *w)
{
	struct tickets *d = w->of;
	enum ward_err err = WARD_OK;

	if (!w->again)
		err = ward_ticket_begin(d->t, w->id, ward_wr_text(&w->body));
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&w->p, "out of memory", err);
	return err ? heed(w, WARD_TICKET_OVER) : heed(w, ward_ticket_connected(d->t, &w->out));
}

static enum way_next take(struct way *w, struct ward_slice bytes)
{
	struct tickets *d = w->of;
	enum ward_ticket_next next;
	size_t len = w->out.len;

	if (ward_ticket_take(d->t, bytes, ward_clock_now(w->p.clock), &w->out, &next) != WARD_OK)
		ward_process_die(&w->p, "out of memory", WARD_ERR_NOMEM);
	if (next == WARD_TICKET_ON && w->out.len > len) /* the next request */
		way_answered(w);
	return heed(w, next);
}

static void end(struct way *w)
{
	struct tickets *d = w->of;

	ward_ticket_free(d->t);
	ward_ticket_system_free(&d->system);
}

int main(int argc, char **argv)
{
	static const struct way_channel channel = {.program = "ticket",
		.seconds = 60,
		.several = true,
		.prepare = prepare,
		.begin = begin,
		.take = take,
		.end = end};
	static struct tickets d;

	return way_run(&channel, &d, argc, argv);
}
