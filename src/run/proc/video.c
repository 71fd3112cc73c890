/* The process of one video: decodes it, analyses it, and writes its events to standard output as
 * JSON lines. What it is given is an open descriptor; the plan is read before the cage, the first
 * byte of the video in it. Started by `ward sense video`. */
#include "base/fd.h"
#include "base/id.h"
#include "base/rd.h"
#include "run/process.h"
#include "sense/video/decode.h"
#include "sense/video/video.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { OUT_BYTES = 1 << 20, HEAD_BYTES = 4096, EXIT_INPUT = 1, EXIT_RUN = 3 };

struct viewer {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena; /* of the plan */
	struct ward_plan plan;
	struct ward_decoder *decoder;
	struct ward_video *video;
	struct ward_wr out;
	const char *name; /* of the source, for people */
	int fd;
	bool unheard; /* standard output is gone */
};

static const char *must(struct viewer *v, const char *key)
{
	const char *value = ward_process_setting(&v->p, key);

	if (!value)
		ward_process_die(&v->p, key, WARD_ERR_CONFIG);
	return value;
}

static void say(const struct viewer *v, const char *what)
{
	(void)fprintf(stderr, "ward sense video: %s: %s\n", v->name, what);
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct viewer *v = ctx;

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
	return err ? EXIT_INPUT : 0;
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

static void begin(struct viewer *v)
{
	struct ward_video_opts o = {.mem = ward_mem_heap(),
		.names = &v->names,
		.counters = &v->p.counters,
		.plan = &v->plan,
		.sink = {put, v},
		.source = ward_str_z(must(v, "source")),
		.epoch = epoch_of(v->fd),
		.start = (ward_ns)number(v, "start"),
		.fps = (unsigned)number(v, "fps")};

	if (o.fps < 1 || o.fps > 30)
		ward_process_die(&v->p, "fps", WARD_ERR_CONFIG);
	if (ward_names_init(&v->names, o.mem, &v->lim) != WARD_OK ||
		ward_video_new(&o, &v->video) != WARD_OK)
		ward_process_die(&v->p, "out of memory", WARD_ERR_NOMEM);
}

static int finish(struct viewer *v, enum ward_err err, const char *why)
{
	if (v->unheard)
		return EXIT_RUN;
	if (err && err != WARD_ERR_CLOSED)
		say(v, why[0] ? why : ward_err_text(err));
	switch (ward_err_class(err)) {
	case WARD_ERR_CLASS_NONE:
	case WARD_ERR_CLASS_RETRY:
		return 0;
	case WARD_ERR_CLASS_INPUT:
		return EXIT_INPUT;
	case WARD_ERR_CLASS_DEGRADE:
		return err == WARD_ERR_CORRUPT ? EXIT_INPUT : EXIT_RUN;
	case WARD_ERR_CLASS_FATAL:
		break;
	}
	return EXIT_RUN;
}

static int watch(struct viewer *v)
{
	struct ward_decoder_opts o = {&v->lim, &v->p.counters, (unsigned)number(v, "fps")};
	char why[WARD_DECODER_WHY] = "";
	struct ward_image image;
	enum ward_err err = ward_decoder_open(v->fd, &o, why, &v->decoder);

	if (err)
		return finish(v, err, why);
	while (!ward_process_stopping()) {
		err = ward_decoder_next(v->decoder, why, &image);
		if (err)
			break;
		why[0] = 0;
		err = ward_video_picture(v->video, &image);
		if (err)
			break;
	}
	int code = finish(v, err, why);

	if (!v->unheard && ward_video_end(v->video) != WARD_OK)
		code = EXIT_RUN;
	ward_count_name(&v->p.counters, "video.frames", ward_decoder_frames(v->decoder));
	return code;
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

int main(int argc, char **argv)
{
	struct viewer *v = calloc(1, sizeof(*v));
	int code;

	if (!v)
		return WARD_PROCESS_DIED;
	ward_process_begin(&v->p, "video", argc, argv);
	ward_process_limits(&v->p, &v->lim);
	v->name = must(v, "name_for_people");
	v->fd = ward_process_need_fd(&v->p, "in");
	v->out = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	ward_arena_init(&v->arena, ward_mem_heap(), (size_t)64 << 20);
	code = read_plan(v);
	if (code)
		return code;
	begin(v);
	/* libav turns dates of the file into text: that must not ask for the time zone's file */
	if (setenv("TZ", "UTC0", 1) != 0)
		ward_process_die(&v->p, "the environment", WARD_ERR_NOMEM);
	tzset();
	ward_process_cage(&v->p, WARD_CAGE_PLAIN, NULL);
	code = watch(v);
	summary(v);
	ward_decoder_close(v->decoder);
	ward_video_free(v->video);
	ward_names_fini(&v->names);
	ward_arena_fini(&v->arena);
	ward_wr_fini(&v->out);
	free(v);
	return code;
}
