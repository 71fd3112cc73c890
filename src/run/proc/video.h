/* Private to the process of one video: what its two sources, files and cameras, have in common. */
#ifndef WARD_RUN_PROC_VIDEO_H
#define WARD_RUN_PROC_VIDEO_H

#include "run/feeder.h"
#include "run/process.h"
#include "sense/video/decode.h"
#include "sense/video/veil.h"
#include "sense/video/video.h"

enum { VIDEO_EXIT_INPUT = 1, VIDEO_EXIT_RUN = 3 };

struct viewer {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena; /* of the plan */
	struct ward_plan plan;
	struct ward_decoder_opts decode;
	struct ward_decoder *decoder;
	struct ward_video *video;
	struct ward_veiler *veiler; /* of clips and stills; NULL: there are none */
	struct ward_veil veil;      /* of the last picture, by it */
	struct video_clips *clips;  /* of what it sees; NULL: there are none */
	struct video_still *still;  /* the same */
	struct video_show *show;    /* to people; NULL: to nobody */
	struct ward_feeder *feeder; /* to the journal; NULL: events go to standard output */
	struct ward_arena event;
	struct ward_wr out;
	const char *name;      /* of the source, for people; NULL: the log is written */
	ward_ns start;         /* of the times that pictures have */
	ward_ns mono;          /* of a camera: the same moment by the monotonic clock */
	uint64_t n_frame;      /* of former decoders */
	struct ward_shed shed; /* of a camera */
	bool tries;            /* a camera: only whether it gives a picture, and of which size */
	bool unheard;          /* standard output, or who is shown it, is gone */
};

/* One picture of v->decoder: it is analysed, and shown where that is wanted. */
WARD_MUST_CHECK enum ward_err video_picture(struct viewer *v, const struct ward_image *image);
/* Says what is wrong with the video, to whoever looks on. */
void video_say(struct viewer *v, const char *what);
/* Pictures of a file, an open descriptor. Gives the exit code. */
int video_watch_file(struct viewer *v, int fd);
/* Pictures of a camera, whose packets come over the link; until it is closed. */
int video_watch_camera(struct viewer *v, int link);

#endif
