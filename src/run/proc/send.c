/* The process of a webhook, or of one system that acts: it posts what it is handed, signed, one
 * message at a time and each once, and says what became of it. */
#include "run/proc/way.h"

struct webhook {
	struct ward_httpmsg *answer;
};

static void prepare(struct way *w)
{
	struct webhook *d = w->of;
	const struct ward_httpmsg_opts o = {
		.mem = ward_mem_heap(), .body_max = WARD_WEBHOOK_ANSWER};

	way_url(w, WARD_WEBURL_HTTP);
	if (strlen(w->secret) < WARD_SECRET_MIN)
		ward_process_die(
			&w->p, "the secret is shorter than 16 characters", WARD_ERR_CONFIG);
	if (ward_httpmsg_new(&o, &d->answer) != WARD_OK)
		ward_process_die(&w->p, "out of memory", WARD_ERR_NOMEM);
}

static enum way_next begin(struct way *w)
{
	struct webhook *d = w->of;
	const struct ward_webhook_post post = {.url = &w->url,
		.message = w->id,
		.secret = ward_str_z(w->secret),
		.body = ward_wr_text(&w->body),
		.type = ward_process_setting(&w->p, ward_detail_name(WARD_DETAIL_TYPE)),
		.now = ward_clock_now(w->p.clock)};

	ward_webhook_write(&post, &w->out);
	ward_httpmsg_begin(d->answer);
	return WAY_ON;
}

static enum way_next take(struct way *w, struct ward_slice bytes)
{
	struct ward_slice body;

	return way_answer(w, ((struct webhook *)w->of)->answer, bytes, &body) ? WAY_OVER : WAY_ON;
}

static void end(struct way *w)
{
	struct webhook *d = w->of;

	ward_httpmsg_free(d->answer);
}

int main(int argc, char **argv)
{
	static const struct way_channel channel = {.program = "send",
		.seconds = 30,
		.prepare = prepare,
		.begin = begin,
		.take = take,
		.end = end};
	struct webhook d = {NULL};

	return way_run(&channel, &d, argc, argv);
}
