/* The process of a broker: it publishes what a message lists, each with QoS 1, and says what became
 * of it once the last one is acknowledged. What is published where was decided by who wrote the
 * message. */
#include "respond/publish.h"
#include "run/proc/way.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BYTES = 4 << 20, CLIENT_MAX = 8 + WARD_RECIPIENT_ID + 1 };

struct publisher {
	struct ward_publish session;
	struct ward_publish_opts o;
	struct ward_arena arena; /* of the message in hand */
	char client[CLIENT_MAX], user[WARD_RECIPIENT_TEXT + 1];
};

static void prepare(struct way *w)
{
	char recipient[WARD_RECIPIENT_ID + 1];
	struct publisher *d = w->of;

	way_url(w, WARD_WEBURL_MQTT);
	ward_process_secret(&w->p, "recipient", recipient, sizeof(recipient));
	ward_process_secret(&w->p, "user", d->user, sizeof(d->user));
	if (d->user[0] && !w->secret[0])
		ward_process_die(&w->p, "a user without a password", WARD_ERR_CONFIG);
	(void)snprintf(d->client, sizeof(d->client), "ward-to-%s", recipient);
	d->o.client = ward_str_z(d->client);
	d->o.user = ward_str_z(d->user);
	d->o.password = ward_str_z(w->secret);
	ward_arena_init(&d->arena, ward_mem_heap(), ARENA_BYTES);
}

static enum way_next begin(struct way *w)
{
	struct publisher *d = w->of;
	struct ward_publication *all;

	ward_arena_reset(&d->arena);
	enum ward_err err =
		ward_publications_read(ward_wr_text(&w->body), &w->lim, &d->arena, &all, &d->o.n);

	if (err == WARD_ERR_NOMEM)
		ward_process_die(&w->p, "out of memory", err);
	if (err)
		return way_over(w, WARD_SENT_REFUSED, "the message lists nothing to publish");
	d->o.all = all;
	ward_publish_begin(&d->session, &d->o, &w->out);
	return WAY_ON;
}

static enum way_next take(struct way *w, struct ward_slice bytes)
{
	struct publisher *d = w->of;

	if (!bytes.len)
		return way_over(w, WARD_SENT_FAILED, "it ended the connection without an answer");
	return ward_publish_take(&d->session, bytes, &w->out, &w->outcome) == WARD_OK ? WAY_OVER
										      : WAY_ON;
}

static void end(struct way *w)
{
	struct publisher *d = w->of;

	ward_arena_fini(&d->arena);
}

int main(int argc, char **argv)
{
	static const struct way_channel channel = {.program = "publish",
		.seconds = 30,
		.prepare = prepare,
		.begin = begin,
		.take = take,
		.end = end};
	struct publisher *d = calloc(1, sizeof(*d));

	if (!d)
		return WARD_PROCESS_DIED;
	int status = way_run(&channel, d, argc, argv);

	free(d);
	return status;
}
