/* The process of one video: decodes it, analyses it, and writes its events to standard output as
 * JSON lines, or to the journal. What it is given is an open file, or a link over which a camera's
 * packets come; the plan is read before the cage, the first byte of the video in it. */
#include "run/proc/video.h"

#include "base/fd.h"
#include "base/id.h"
#include "base/rd.h"
#include "run/proc/video_clip.h"
#include "run/proc/video_show.h"
#include "run/proc/video_still.h"
#include "run/watchdog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { OUT_BYTES = 1 << 20, HEAD_BYTES = 4096 };

/* Programs, analysis and parser; and of each pixel that a picture may have, in the seventeen
 * pictures that a stream may ask to be kept. */
static const size_t memory_max = (size_t)512 << 20, memory_of_pixel = 64;

/* On the processor, without a packet taken or a picture given. */
static const ward_ns hung_after = 30 * WARD_NS_PER_S;

static const char *must(struct viewer *v, const char *key)
{
	const char *value = ward_process_setting(&v->p, key);

	if (!value)
		ward_process_die(&v->p, key, WARD_ERR_CONFIG);
	return value;
}

void video_say(struct viewer *v, const char *what)
{
	if (v->name)
		(void)fprintf(stderr, "ward %s: %s: %s\n",
			ward_process_setting(&v->p, "show") ? "watch" : "sense video", v->name,
			what);
	else
		WARD_LOG(&v->p.log, WARN, "video.bad", WARD_KV_Z("why", what));
}

/* The sensor's event, as a copy that the feeder may change. */
static enum ward_err feed(struct viewer *v, const struct ward_event *e)
{
	struct ward_event copy;
	enum ward_err err;

	ward_arena_reset(&v->event);
	err = ward_event_copy(e, &v->event, &copy);
	if (err)
		return err;
	ward_feeder_event(v->feeder, &copy);
	ward_feeder_flush(v->feeder); /* the next picture may be long in coming */
	return WARD_OK;
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct viewer *v = ctx;

	if (v->feeder)
		return feed(v, e);
	if (v->show) {
		video_show_event(v->show, e);
		return WARD_OK;
	}
	ward_wr_reset(&v->out);
	ward_event_write_json(e, &v->names, &v->out);
	ward_wr_ch(&v->out, '\n');
	if (ward_wr_bad(&v->out))
		return WARD_ERR_NOMEM;
	v->unheard = !ward_fd_write(STDOUT_FILENO, ward_wr_slice(&v->out));
	return v->unheard ? WARD_ERR_IO : WARD_OK;
}

/* The plan's findings go to people as those of all configuration do. */
static int read_plan(struct viewer *v)
{
	const char *path = ward_process_setting(&v->p, "plan");
	struct ward_diag diag;
	struct ward_slice text;
	enum ward_err err = WARD_OK;

	ward_plan_default(&v->plan);
	if (!path)
		return 0;
	ward_diag_init(&diag, ward_mem_heap());
	err = ward_conf_read(&v->arena, &v->lim, path, &diag, &text);
	if (!err)
		err = ward_plan_read(&v->arena, &v->lim, ward_str_z(path), text, &diag, &v->plan);
	ward_diag_sort(&diag);
	ward_diag_write_text(&diag, &v->out);
	if (!ward_fd_write(STDERR_FILENO, ward_wr_slice(&v->out)) || err == WARD_ERR_NOMEM)
		ward_process_die(&v->p, "the plan", err);
	ward_diag_fini(&diag);
	return err ? VIDEO_EXIT_INPUT : 0;
}

/* What tells this recording from another of the same name: how it begins. A pipe can't be asked. */
static uint64_t epoch_of(int fd)
{
	uint8_t head[HEAD_BYTES], sum[32];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	struct ward_rd r = ward_rd_from(sum, sizeof(sum));

	ward_sha256(ward_slice_of(head, n > 0 ? (size_t)n : 0), sum);
	return ward_rd_be64(&r);
}

static uint64_t number(struct viewer *v, const char *key)
{
	uint64_t n;

	if (!ward_str_u64(ward_str_z(must(v, key)), &n))
		ward_process_die(&v->p, key, WARD_ERR_CONFIG);
	return n;
}

/* What tells this life of a camera's stream from another is when it began. */
static void begin(struct viewer *v, int fd)
{
	bool live = fd < 0;
	struct ward_video_opts o = {.mem = ward_mem_heap(),
		.names = &v->names,
		.counters = &v->p.counters,
		.plan = &v->plan,
		.sink = {put, v},
		.source = ward_str_z(must(v, "source")),
		.fps = (unsigned)number(v, "fps")};

	if (o.fps < 1 || o.fps > 30)
		ward_process_die(&v->p, "fps", WARD_ERR_CONFIG);
	if (o.fps < ward_plan_fps(&v->plan))
		o.fps = ward_plan_fps(&v->plan);
	v->start = live ? ward_clock_now(v->p.clock) : (ward_ns)number(v, "start");
	v->mono = ward_clock_mono(v->p.clock);
	o.start = v->start;
	o.epoch = live ? (uint64_t)v->start : epoch_of(fd);
	v->decode = (struct ward_decoder_opts){.lim = &v->lim,
		.counters = &v->p.counters,
		.fps = o.fps,
		.keyframes = ward_process_setting(&v->p, "keyframes") != NULL};
	if (ward_names_init(&v->names, o.mem, &v->lim) != WARD_OK ||
		(ward_process_fd(&v->p, "journal") != WARD_FD_NONE &&
			ward_feeder_new(&v->p, &v->names, &v->feeder) != WARD_OK) ||
		ward_video_new(&o, &v->video) != WARD_OK)
		ward_process_die(&v->p, "out of memory", WARD_ERR_NOMEM);
}

/* Of a camera; without them it has no budget, and the priority that is usual. */
static unsigned given(struct viewer *v, const char *key)
{
	return ward_process_setting(&v->p, key) ? (unsigned)number(v, key) : 0;
}

static int finish(struct viewer *v, enum ward_err err, const char *why)
{
	if (v->unheard)
		return VIDEO_EXIT_RUN;
	if (err && err != WARD_ERR_CLOSED)
		video_say(v, why[0] ? why : ward_err_text(err));
	switch (ward_err_class(err)) {
	case WARD_ERR_CLASS_NONE:
	case WARD_ERR_CLASS_RETRY:
		return 0;
	case WARD_ERR_CLASS_INPUT:
		return VIDEO_EXIT_INPUT;
	case WARD_ERR_CLASS_DEGRADE:
		return err == WARD_ERR_CORRUPT ? VIDEO_EXIT_INPUT : VIDEO_EXIT_RUN;
	case WARD_ERR_CLASS_FATAL:
		break;
	}
	return VIDEO_EXIT_RUN;
}

enum ward_err video_picture(struct viewer *v, const struct ward_image *image)
{
	enum ward_err err = ward_video_picture(v->video, image);

	if (!err && v->veiler)
		ward_veil_make(v->veiler, v->video, &v->veil);
	if (!err && v->clips)
		video_clips_picture(v->clips, image);
	if (!err && v->still)
		video_still_picture(v->still, image);
	if (!err && v->show)
		err = video_show_picture(v->show, image);
	return err;
}

int video_watch_file(struct viewer *v, int fd)
{
	char why[WARD_DECODER_WHY] = "";
	struct ward_image image;
	enum ward_err err = ward_decoder_open(fd, &v->decode, why, &v->decoder);

	if (err)
		return finish(v, err, why);
	while (!ward_process_stopping()) {
		err = ward_decoder_next(v->decoder, why, &image);
		if (err)
			break;
		why[0] = 0;
		err = video_picture(v, &image);
		if (err)
			break;
	}
	v->n_frame = ward_decoder_frames(v->decoder);
	ward_decoder_close(v->decoder);
	v->decoder = NULL;
	return finish(v, err, why);
}

static void summary(struct viewer *v)
{
	struct ward_json j = ward_json_on(&v->out);

	ward_wr_reset(&v->out);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "summary");
	ward_json_key(&j, "source");
	ward_json_z(&j, must(v, "source"));
	ward_json_key(&j, "counters");
	ward_counters_json(&v->p.counters, "", &j);
	ward_json_obj_end(&j);
	ward_wr_ch(&v->out, '\n');
	if (!ward_fd_write(STDERR_FILENO, ward_wr_slice(&v->out)))
		v->unheard = true; /* there is nobody left to tell */
}

/* Before the cage: what needs files. */
static int prepare(struct viewer *v)
{
	int code;

	v->name = ward_process_setting(&v->p, "name_for_people");
	v->tries = ward_process_setting(&v->p, "try") != NULL;
	v->out = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	ward_arena_init(&v->arena, ward_mem_heap(), (size_t)64 << 20);
	ward_arena_init(&v->event, ward_mem_heap(), (size_t)1 << 20);
	code = read_plan(v);
	if (code)
		return code;
	if (ward_process_setting(&v->p, "keyframes") && ward_plan_fps(&v->plan) > 1) {
		video_say(v, "key pictures are too few to see falls and fights by: leave "
			     "--keyframes out, or take 'fall' and 'agitation' from the zones");
		return VIDEO_EXIT_INPUT;
	}
	if (!v->plan.camera.len)
		v->plan.camera = ward_str_z(ward_process_setting(&v->p, "camera"));
	/* libav turns dates of the file into text: that must not ask for the time zone's file */
	if (setenv("TZ", "UTC0", 1) != 0)
		ward_process_die(&v->p, "the environment", WARD_ERR_NOMEM);
	tzset();
	return 0;
}

/* What the life before knew of the picture: whoever is there when this one begins is no background,
 * and the place of who has gone is shown. Before the cage. */
static struct ward_veiler *remember(struct viewer *v)
{
	int fd = ward_process_fd(&v->p, "veiler"), how = MAP_SHARED;
	const off_t size = sizeof(struct ward_veiler);
	struct stat st;

	if (fd == WARD_FD_NONE)
		how = MAP_PRIVATE | MAP_ANONYMOUS;
	else if (fstat(fd, &st) != 0 ||
		 (st.st_size != size && (ftruncate(fd, 0) != 0 || ftruncate(fd, size) != 0)))
		ward_process_die(&v->p, "veiler", WARD_ERR_IO);
	void *p = mmap(
		NULL, (size_t)size, PROT_READ | PROT_WRITE, how, fd == WARD_FD_NONE ? -1 : fd, 0);

	if (p == MAP_FAILED)
		ward_process_die(&v->p, "veiler", WARD_ERR_NOMEM);
	return p;
}

static int watch(struct viewer *v)
{
	unsigned cage = WARD_CAGE_PLAIN;
	int link = ward_process_fd(&v->p, "camera");
	int fd = link == WARD_FD_NONE ? ward_process_need_fd(&v->p, "in") : -1;

	begin(v, fd);
	v->show = video_show_new(v, &cage);
	if (given(v, "priority") > WARD_SHED_PRIORITY_MAX)
		ward_process_die(&v->p, "priority", WARD_ERR_CONFIG);
	ward_shed_init(&v->shed, given(v, "budget"), given(v, "priority"));
	v->clips = video_clips_new(v);
	v->still = video_still_new(v);
	v->veiler = v->clips || v->still ? remember(v) : NULL;
	if (fd < 0 && ward_watchdog_start(v->name ? NULL : &v->p.log, hung_after) != WARD_OK)
		ward_process_die(&v->p, "the watchdog", WARD_ERR_IO);
	v->p.memory_max_bytes =
		memory_max + (size_t)ward_limit(&v->lim, WARD_LIMIT_VIDEO_PIXELS) * memory_of_pixel;
	if (v->clips) /* a ring, packets that a clip still has of it, and the clip */
		v->p.memory_max_bytes += (size_t)ward_limit(&v->lim, WARD_LIMIT_VIDEO_RING) * 2 +
					 (size_t)ward_limit(&v->lim, WARD_LIMIT_VIDEO_CLIP) * 2;
	ward_process_cage(&v->p, cage, NULL);
	int code = fd >= 0 ? video_watch_file(v, fd) : video_watch_camera(v, link);

	if (!v->unheard && ward_video_end(v->video) != WARD_OK)
		code = VIDEO_EXIT_RUN;
	if (v->show && video_show_end(v->show) != WARD_OK) {
		video_say(v, "the picture for people can't be written on");
		code = VIDEO_EXIT_RUN;
	}
	ward_count_name(&v->p.counters, "video.frames", v->n_frame);
	if (v->tries)
		return code;
	if (v->name)
		summary(v);
	else
		(void)ward_process_end(&v->p);
	return code;
}

int main(int argc, char **argv)
{
	struct viewer *v = calloc(1, sizeof(*v));
	int code;

	if (!v)
		return WARD_PROCESS_DIED;
	ward_process_begin(&v->p, "video", argc, argv);
	ward_process_limits(&v->p, &v->lim);
	code = prepare(v);
	if (!code)
		code = watch(v);
	video_show_free(v->show);
	video_clips_free(v->clips);
	video_still_free(v->still);
	if (v->veiler)
		(void)munmap(v->veiler, sizeof(*v->veiler));
	ward_video_free(v->video);
	ward_names_fini(&v->names);
	ward_arena_fini(&v->event);
	ward_arena_fini(&v->arena);
	ward_wr_fini(&v->out);
	free(v);
	return code;
}
