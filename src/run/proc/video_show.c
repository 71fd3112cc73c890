#include "run/proc/video_show.h"

#include "base/fd.h"
#include "run/proc/video_http.h"
#include "sense/video/encode.h"
#include "sense/video/mask.h"
#include "sense/video/overlay.h"
#include "sense/video/veil.h"

#include <stdlib.h>
#include <time.h>

enum { VEILS = 3 };

struct video_show {
	struct viewer *v;
	enum ward_encoder_form form;
	int fd;
	struct video_http *http; /* NULL: fd is what is written to */
	struct ward_encoder *encoder;
	struct ward_veiler veiler;
	struct ward_veil veil[VEILS]; /* of the last pictures, in a ring */
	size_t n;                     /* pictures */
	ward_ns first;                /* http, of a file: when its first was shown, monotonic */
	struct ward_overlay overlay;
};

struct video_show *video_show_new(struct viewer *v, unsigned *ret_cage)
{
	static const struct {
		const char *name;
		enum ward_encoder_form form;
	} forms[] = {{"mp4", WARD_ENCODER_MP4}, {"matroska", WARD_ENCODER_MATROSKA},
		{"jpeg", WARD_ENCODER_JPEG}, {"http", WARD_ENCODER_JPEG}};
	const char *how = ward_process_setting(&v->p, "show");
	size_t i = 0;

	if (!how)
		return NULL;
	while (i < WARD_ARRAY_LEN(forms) && strcmp(how, forms[i].name) != 0)
		i++;
	if (i == WARD_ARRAY_LEN(forms))
		ward_process_die(&v->p, "show", WARD_ERR_CONFIG);
	struct video_show *s = calloc(1, sizeof(*s));

	if (!s)
		ward_process_die(&v->p, "out of memory", WARD_ERR_NOMEM);
	s->v = v;
	s->form = forms[i].form;
	s->fd = ward_process_need_fd(&v->p, "show");
	s->overlay.plan = &v->plan;
	if (strcmp(how, "http") == 0) {
		s->http = video_http_new(s->fd);
		*ret_cage |= WARD_CAGE_LISTEN;
		if (!s->http)
			ward_process_die(&v->p, "who is to see it", WARD_ERR_IO);
	}
	return s;
}

void video_show_free(struct video_show *s)
{
	if (!s)
		return;
	ward_encoder_free(s->encoder);
	video_http_free(s->http);
	free(s);
}

static enum ward_err put(void *ctx, struct ward_slice bytes)
{
	struct video_show *s = ctx;

	if (s->http)
		return video_http_picture(s->http, bytes, ward_clock_mono(s->v->p.clock));
	return ward_fd_write(s->fd, bytes) ? WARD_OK : WARD_ERR_IO;
}

void video_show_event(struct video_show *s, const struct ward_event *e)
{
	ward_overlay_event(&s->overlay, e, &s->v->names, e->time - s->v->start);
}

/* A file is shown as fast as it was taken. */
static void pace(struct video_show *s, ward_ns time)
{
	ward_ns now = ward_clock_mono(s->v->p.clock), ahead;

	s->first = s->n ? s->first : now - time;
	ahead = time - (now - s->first);
	if (ahead <= 0 || ahead > 10 * WARD_NS_PER_S)
		return;
	struct timespec t = {ahead / WARD_NS_PER_S, ahead % WARD_NS_PER_S};

	(void)nanosleep(&t, NULL); /* a signal: the next picture is not shown late by it */
}

enum ward_err video_show_picture(struct video_show *s, const struct ward_image *image)
{
	struct viewer *v = s->v;
	struct ward_canvas c;
	enum ward_err err = ward_decoder_large(v->decoder, &c);

	if (err)
		return err;
	if (s->http && ward_process_fd(&v->p, "in") != WARD_FD_NONE)
		pace(s, image->time);
	ward_veil_make(&s->veiler, v->video, &s->veil[s->n++ % VEILS]);
	struct ward_veil all = s->veil[0];

	for (size_t i = 1; i < VEILS && i < s->n; i++)
		ward_veil_join(&all, &s->veil[i]);
	/* first: what they hide goes into no blur; and again, over what is blurred into them */
	ward_masks_draw(&v->plan, ward_video_masks(v->video), &c);
	ward_veil_draw(&all, &c, WARD_VEIL_BLOCKS);
	ward_masks_draw(&v->plan, ward_video_masks(v->video), &c);
	s->overlay.w = image->w;
	s->overlay.h = image->h;
	ward_overlay_draw(&s->overlay, v->video, image->time, v->start + image->time, &c);
	if (!s->encoder)
		err = ward_encoder_open(s->form, &c, v->decode.fps,
			(struct ward_encoder_sink){put, s}, &s->encoder);
	return err ? err : ward_encoder_put(s->encoder, &c, image->time);
}

enum ward_err video_show_end(struct video_show *s)
{
	return s->encoder ? ward_encoder_end(s->encoder) : WARD_OK;
}
