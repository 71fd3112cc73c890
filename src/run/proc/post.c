/* The process of somebody who is told by a gateway for short messages, a chat or a Matrix room: an
 * HTTP request by template for each message. */
#include "respond/template.h"
#include "run/proc/way.h"

#include <stdio.h>

enum { MESSAGE_BYTES = 16 << 10 /* an event of Matrix has 64 KiB */ };

struct post {
	char text[WARD_DETAIL_N][WARD_RECIPIENT_TEXT + 1];
	struct ward_str detail[WARD_DETAIL_N];
	struct ward_template request;
	struct ward_httpmsg *answer;
};

/* The path of a message in a room (Matrix client-server API, 10.6); what there is of it is "/". */
static const char room_path[] = "/_matrix/client/v3/rooms/{room}/send/m.room.message/{id}";

static void prepare(struct way *w)
{
	struct post *d = w->of;
	const struct ward_httpmsg_opts o = {
		.mem = ward_mem_heap(), .body_max = WARD_WEBHOOK_ANSWER};
	struct ward_template_slot slot;

	way_url(w, WARD_WEBURL_HTTP);
	for (size_t i = 0; i < WARD_DETAIL_N; i++) {
		ward_process_secret(&w->p, ward_detail_name((enum ward_detail)i), d->text[i],
			sizeof(d->text[i]));
		d->detail[i] = ward_str_z(d->text[i]);
	}
	if (d->detail[WARD_DETAIL_ROOM].len)
		memcpy(w->url.path, room_path, sizeof(room_path));
	ward_way_template(d->detail, &d->request);
	const char *wrong = ward_template_wrong(&d->request, ward_str_z(w->url.path), &slot);

	if (wrong)
		ward_process_die(&w->p, wrong, WARD_ERR_CONFIG);
	if (ward_httpmsg_new(&o, &d->answer) != WARD_OK)
		ward_process_die(&w->p, "out of memory", WARD_ERR_NOMEM);
}

static enum way_next begin(struct way *w)
{
	struct post *d = w->of;
	struct ward_told told;
	char id[WARD_ID_TEXT];

	if (!way_told(w, &told))
		return WAY_OVER;
	ward_id_text(w->id, id);
	const struct ward_str value[WARD_SLOT_N] = {[WARD_SLOT_TO] = d->detail[WARD_DETAIL_TO],
		[WARD_SLOT_FROM] = d->detail[WARD_DETAIL_FROM],
		[WARD_SLOT_ROOM] = d->detail[WARD_DETAIL_ROOM],
		[WARD_SLOT_TEXT] = told.brief,
		[WARD_SLOT_MESSAGE] = ward_told_within(told.text, MESSAGE_BYTES),
		[WARD_SLOT_ID] = ward_str_z(id),
		[WARD_SLOT_SECRET] = ward_str_z(w->secret)};

	ward_template_write(&d->request, &w->url, value, &w->out);
	ward_httpmsg_begin(d->answer);
	return WAY_ON;
}

/* Some gateways answer 200 to all, and say in the body what they think of it. */
static void judge_body(const struct post *d, struct ward_slice body, struct ward_outcome *o)
{
	struct ward_str wanted = d->detail[WARD_DETAIL_ANSWER];

	if (o->what != WARD_SENT_DELIVERED || !wanted.len ||
		ward_str_find(ward_slice_text(body), wanted) != SIZE_MAX)
		return;
	o->what = WARD_SENT_REFUSED;
	(void)snprintf(o->why, sizeof(o->why),
		"it answered %u without what `answer` of recipients.yml says", o->status);
}

static enum way_next take(struct way *w, struct ward_slice bytes)
{
	struct post *d = w->of;
	struct ward_slice body;

	if (!way_answer(w, d->answer, bytes, &body))
		return WAY_ON;
	judge_body(d, body, &w->outcome);
	return WAY_OVER;
}

static void end(struct way *w)
{
	struct post *d = w->of;

	ward_httpmsg_free(d->answer);
}

int main(int argc, char **argv)
{
	static const struct way_channel channel = {.program = "post",
		.seconds = 30,
		.prepare = prepare,
		.begin = begin,
		.take = take,
		.end = end};
	static struct post d;

	return way_run(&channel, &d, argc, argv);
}
