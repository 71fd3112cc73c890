/* The process of one system that is asked by calls of HTTP, as OpenC2 where it speaks that: it
 * sends what `act` hands it, with the secret in the one field that actuators.yml names, and says
 * what became of it. It makes no call of its own. */
#include "respond/act/call.h"
#include "run/proc/way.h"

enum { ARENA_BYTES = 4 << 20 };

struct caller {
	struct ward_arena arena; /* of the call in hand */
	struct ward_call call;
	struct ward_httpmsg *answer;
};

static void prepare(struct way *w)
{
	struct caller *d = w->of;
	const struct ward_httpmsg_opts o = {
		.mem = ward_mem_heap(), .body_max = WARD_WEBHOOK_ANSWER};

	way_url(w, WARD_WEBURL_HTTP);
	if (strlen(w->secret) < WARD_SECRET_MIN)
		ward_process_die(
			&w->p, "the secret is shorter than 16 characters", WARD_ERR_CONFIG);
	ward_arena_init(&d->arena, ward_mem_heap(), ARENA_BYTES);
	if (ward_httpmsg_new(&o, &d->answer) != WARD_OK)
		ward_process_die(&w->p, "out of memory", WARD_ERR_NOMEM);
}

static enum way_next begin(struct way *w)
{
	struct caller *d = w->of;

	ward_arena_reset(&d->arena);
	enum ward_err err = ward_call_read(&d->arena, &w->lim, ward_wr_text(&w->body), &d->call);

	if (err == WARD_ERR_NOMEM)
		ward_process_die(&w->p, "out of memory", err);
	if (err)
		return way_over(w, WARD_SENT_REFUSED, "the request holds no call");
	ward_call_write(&d->call, &w->url, w->id, ward_str_z(w->secret), &w->out);
	ward_httpmsg_begin(d->answer);
	return WAY_ON;
}

static enum way_next take(struct way *w, struct ward_slice bytes)
{
	struct caller *d = w->of;
	struct ward_slice body;

	if (!way_answer(w, d->answer, bytes, &body))
		return WAY_ON;
	if (d->call.openc2 && w->outcome.what == WARD_SENT_DELIVERED)
		ward_call_judge(&w->lim, ward_mem_heap(), body, &w->outcome);
	return WAY_OVER;
}

static void end(struct way *w)
{
	struct caller *d = w->of;

	ward_httpmsg_free(d->answer);
	ward_arena_fini(&d->arena);
}

int main(int argc, char **argv)
{
	static const struct way_channel channel = {.program = "call",
		.seconds = 30,
		.prepare = prepare,
		.begin = begin,
		.take = take,
		.end = end};
	struct caller d = {.answer = NULL};

	return way_run(&channel, &d, argc, argv);
}
