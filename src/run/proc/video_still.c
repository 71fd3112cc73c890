#include "run/proc/video_still.h"

#include "run/still.h"
#include "sense/video/still.h"

#include <fcntl.h>
#include <stdlib.h>

/* Also of a camera of which key pictures alone are looked at. */
static const ward_ns patience = 10 * WARD_NS_PER_S;

struct video_still {
	struct viewer *v;
	int link;
	bool asked;
	struct ward_id id; /* of the decision, by which it was asked */
	ward_ns since;     /* monotonic */
	struct ward_still is;
	uint8_t jpeg[WARD_STILL_BYTES];
};

_Static_assert((int)WARD_STILL_BYTES == (int)WARD_STILL_JPEG, "what is made can be sent");

struct video_still *video_still_new(struct viewer *v)
{
	int link = ward_process_fd(&v->p, "desk");

	if (link == WARD_FD_NONE)
		return NULL;
	struct video_still *s = calloc(1, sizeof(*s));

	if (!s)
		ward_process_die(&v->p, "out of memory", WARD_ERR_NOMEM);
	if (fcntl(link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&v->p, "desk", WARD_ERR_IO);
	s->v = v;
	s->link = link;
	return s;
}

void video_still_free(struct video_still *s)
{
	free(s);
}

static void answer(struct video_still *s, const char *why, struct ward_slice jpeg)
{
	static uint8_t body[WARD_STILL_BYTES + WARD_STILL_WHY + 64];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	const struct ward_still_is is = {.id = s->id, .why = ward_str_z(why), .jpeg = jpeg};

	ward_still_is_put(&w, &is);
	WARD_ASSERT(!ward_wr_bad(&w));
	enum ward_err err = ward_msg_send(s->link, WARD_MSG_STILL_IS, 0, ward_wr_slice(&w));

	ward_wipe(body, w.len);
	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&s->v->p, "the link to desk", err);
	ward_count_name(&s->v->p.counters, jpeg.len ? "video.stills" : "video.stills_none", 1);
	ward_still_forget(&s->is);
	s->asked = false;
}

static void make(struct video_still *s)
{
	struct ward_wr w = ward_wr_fixed(s->jpeg, sizeof(s->jpeg));
	enum ward_err err = ward_still_make(&s->is, &s->v->plan, &w);

	if (err == WARD_ERR_STATE)
		answer(s,
			WARD_TEXT("the camera's picture is still being learned, and nobody can be "
				  "told from the room yet; try again in a minute"),
			ward_slice_of("", 0));
	else if (err)
		answer(s, ward_err_text(err), ward_slice_of("", 0));
	else
		answer(s, "", ward_wr_slice(&w));
	ward_wipe(s->jpeg, sizeof(s->jpeg));
}

void video_still_picture(struct video_still *s, const struct ward_image *image)
{
	struct viewer *v = s->v;
	struct ward_canvas c;

	ward_still_note(&s->is, image->time, &v->veil, ward_video_masks(v->video));
	if (!s->asked)
		return;
	if (ward_still_ready(&s->is)) {
		make(s);
		return;
	}
	if (s->is.taken)
		return;
	enum ward_err err = ward_decoder_large(v->decoder, &c);

	if (!err)
		err = ward_still_take(&s->is, &c);
	if (err)
		answer(s, ward_err_text(err), ward_slice_of("", 0));
}

struct pollfd video_still_poll(const struct video_still *s)
{
	return (struct pollfd){s->link, POLLIN, 0};
}

void video_still_hear(struct video_still *s)
{
	static uint8_t buf[WARD_MSG_MAX];
	struct ward_msg m;
	struct ward_id id;
	enum ward_err err = ward_msg_recv(s->link, buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&s->v->p, "the supervisor closed a link", err);
	if (err == WARD_ERR_AGAIN)
		return;
	if (!err && m.type != WARD_MSG_STILL)
		err = WARD_ERR_DENIED;
	if (!err)
		err = ward_still_ask_get(&m.body, &id);
	if (err) {
		ward_count_name(&s->v->p.counters, "video.stills_refused", 1);
		return;
	}
	if (s->asked && ward_id_eq(s->id, id)) /* asked again: the answer comes */
		return;
	s->asked = true; /* one at a time: whoever asked before is gone */
	s->id = id;
	s->since = ward_clock_mono(s->v->p.clock);
	ward_still_forget(&s->is);
}

void video_still_tick(struct video_still *s)
{
	if (s->asked && ward_clock_mono(s->v->p.clock) - s->since > patience)
		answer(s,
			WARD_TEXT("the camera gives no picture just now; draw on the empty frame, "
				  "or try again later"),
			ward_slice_of("", 0));
}
