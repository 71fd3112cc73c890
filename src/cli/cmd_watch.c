#include "cli/commands.h"
#include "base/fd.h"
#include "cli/lang.h"
#include "cli/viewer.h"
#include "run/listen.h"
#include "sense/video/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 64 << 20, PLAN_BYTES = 1 << 20, FD_PATH = 40 };

struct args {
	struct ward_viewer v;
	const char *out, *http, *plan, *write_plan;
	struct ward_plan drawn; /* by --zone, --line and --mask */
	bool draws;
	struct ward_arena arena;
	struct ward_limits lim;
};

/* "0.1,0.2" */
static bool point(struct ward_str s, struct ward_point *ret)
{
	struct ward_str y = s, x = ward_str_cut(&y, ',');
	int64_t mx, my;

	if (!y.p || !ward_degree_parse(x, &mx) || !ward_degree_parse(y, &my))
		return false;
	*ret = (struct ward_point){(float)mx / 1000000, (float)my / 1000000};
	return true;
}

/* "ID=x,y x,y x,y": how many points, or 0. */
static size_t points(const char *text, struct ward_str *ret_id, struct ward_point *ret, size_t cap)
{
	struct ward_str rest = ward_str_z(text);
	size_t n = 0;

	*ret_id = ward_str_cut(&rest, '=');
	if (!ret_id->len || !rest.p)
		return 0;
	while (rest.p) {
		struct ward_str word = ward_str_cut(&rest, ' ');

		if (!word.len)
			continue;
		if (n == cap || !point(word, &ret[n++]))
			return 0;
	}
	return n;
}

static int no_area(const struct ward_cmd *cmd, const char *option, const char *value)
{
	return ward_cli_usage(cmd,
		"%s '%s': give a name and three points or more, each from 0,0 (left, top) to 1,1 "
		"(right, bottom), as %s 'pharmacy=0.2,0.4 0.9,0.4 0.5,1'",
		option, value, option);
}

static int add_area(const struct ward_cmd *cmd, const char *option, const char *value,
	struct ward_plan_zone *list, size_t *n, size_t max)
{
	struct ward_plan_zone *z = &list[*n];

	if (*n == max)
		return ward_cli_usage(cmd, "more than %zu of %s", max, option);
	*z = (struct ward_plan_zone){.inertia = 600 * WARD_NS_PER_MS, .displacement = 0.1F};
	z->n = points(value, &z->id, z->at, WARD_PLAN_POINTS_MAX);
	if (z->n < 3)
		return no_area(cmd, option, value);
	++*n;
	return WARD_EXIT_DONE;
}

static int add_line(const struct ward_cmd *cmd, const char *value, struct ward_plan *p)
{
	struct ward_plan_line *l = &p->line[p->n_line];
	struct ward_point at[2];

	if (p->n_line == WARD_PLAN_LINES_MAX)
		return ward_cli_usage(cmd, "more than %d of --line", (int)WARD_PLAN_LINES_MAX);
	*l = (struct ward_plan_line){0};
	if (points(value, &l->id, at, WARD_ARRAY_LEN(at)) != 2)
		return ward_cli_usage(cmd,
			"--line '%s': give a name and two points, as --line 'door=0.2,0.8 "
			"0.8,0.8'; "
			"'in' is from left to right for who looks from the first to the second",
			value);
	l->from = at[0];
	l->to = at[1];
	p->n_line++;
	return WARD_EXIT_DONE;
}

/* What is drawn on the command line. */
static int draw(const struct ward_cmd *cmd, struct args *a, const char *option, const char *value)
{
	struct ward_plan *p = &a->drawn;
	int rc;

	a->draws = true;
	if (strcmp(option, "--line") == 0)
		return add_line(cmd, value, p);
	if (strcmp(option, "--mask") == 0)
		return add_area(cmd, option, value, p->mask, &p->n_mask, WARD_PLAN_MASKS_MAX);
	rc = add_area(cmd, option, value, p->zone, &p->n_zone, WARD_PLAN_ZONES_MAX);
	if (!rc)
		p->zone[p->n_zone - 1].intrusion = true;
	return rc;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	const struct {
		const char *name;
		const char **to; /* NULL: it is drawn */
	} own[] = {{"--out", &a->out}, {"--http", &a->http}, {"--plan", &a->plan},
		{"--write-plan", &a->write_plan}, {"--zone", NULL}, {"--line", NULL},
		{"--mask", NULL}};

	for (int i = 1; i < argc; i++) {
		size_t k = 0;
		int rc = WARD_EXIT_DONE;

		while (k < WARD_ARRAY_LEN(own) && strcmp(argv[i], own[k].name) != 0)
			k++;
		if (k == WARD_ARRAY_LEN(own)) {
			rc = ward_viewer_option(cmd, &a->v, &i, argc, argv);
			if (rc == WARD_VIEWER_NOT_TAKEN)
				rc = ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		} else if (i + 1 == argc || !argv[i + 1][0]) {
			rc = ward_cli_usage(cmd, "%s needs a value", argv[i]);
		} else if (own[k].to) {
			*own[k].to = argv[++i];
		} else {
			rc = draw(cmd, a, argv[i], argv[i + 1]);
			i++;
		}
		if (rc)
			return rc;
	}
	if (!a->out == !a->http && !a->write_plan)
		return ward_cli_usage(
			cmd, "where is it to be seen? --out FILE or --http ADDR:PORT");
	if (a->out && a->http)
		return ward_cli_usage(cmd, "--out or --http, one of them");
	if (a->write_plan && !a->draws && !a->plan)
		return ward_cli_usage(cmd, "--write-plan writes what --zone, --line, --mask and "
					   "--plan say: there is none");
	return WARD_EXIT_DONE;
}

/* A plan in YAML; its findings are told under that name. */
static int read_plan(const struct ward_cmd *cmd, struct args *a, const char *file,
	struct ward_slice text, struct ward_plan *ret)
{
	struct ward_diag diag;
	enum ward_err err = WARD_OK;

	ward_diag_init(&diag, ward_mem_heap());
	if (!text.p)
		err = ward_conf_read(&a->arena, &a->lim, file, &diag, &text);
	if (!err)
		err = ward_plan_read(&a->arena, &a->lim, ward_str_z(file), text, &diag, ret);
	ward_cli_findings_in(cmd, &diag, NULL,
		&(struct ward_cli_lang){NULL, ward_cli_content(cmd, NULL), WARD_STR("")});
	ward_diag_fini(&diag);
	return !err ? WARD_EXIT_DONE
	       : err == WARD_ERR_CONFIG || err == WARD_ERR_NOT_FOUND
		       ? WARD_EXIT_INPUT
		       : ward_cli_fail(cmd, "%s: %s", file, ward_err_text(err));
}

/* What the file says, and what is drawn, in one. */
static int join(const struct ward_cmd *cmd, struct args *a, struct ward_wr *w)
{
	static struct ward_plan p, same;
	const struct ward_plan *d = &a->drawn;
	int rc = WARD_EXIT_DONE;

	ward_plan_default(&p);
	if (a->plan)
		rc = read_plan(cmd, a, a->plan, (struct ward_slice){0}, &p);
	if (rc)
		return rc;
	if (p.n_zone + d->n_zone > WARD_PLAN_ZONES_MAX ||
		p.n_line + d->n_line > WARD_PLAN_LINES_MAX ||
		p.n_mask + d->n_mask > WARD_PLAN_MASKS_MAX)
		return ward_cli_usage(cmd, "more zones, lines or masks than a plan has room for");
	for (size_t i = 0; i < d->n_zone; i++)
		p.zone[p.n_zone++] = d->zone[i];
	for (size_t i = 0; i < d->n_line; i++)
		p.line[p.n_line++] = d->line[i];
	for (size_t i = 0; i < d->n_mask; i++)
		p.mask[p.n_mask++] = d->mask[i];
	ward_plan_write(&p, w);
	if (ward_wr_bad(w))
		return ward_cli_fail(cmd, "out of memory");
	return read_plan(cmd, a, "the plan that the options make", ward_wr_slice(w), &same);
}

static int not_written(const struct ward_cmd *cmd, const char *path, int code)
{
	return code == EEXIST ? ward_cli_fail(cmd, "'%s' is there already: name another file", path)
			      : ward_cli_fail(cmd, "cannot write '%s': %s", path, strerror(code));
}

static int write_plan(const struct ward_cmd *cmd, const char *path, struct ward_slice text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	bool ok = fd >= 0 && ward_fd_write(fd, text) && fsync(fd) == 0;
	int e = errno;

	if (fd >= 0)
		(void)close(fd);
	return ok ? WARD_EXIT_DONE : not_written(cmd, path, e);
}

/* The plan goes to the decoder as a file in memory. */
static int hand_plan(const struct ward_cmd *cmd, struct args *a, struct ward_slice text, char *path)
{
	int fd = memfd_create("plan", 0);

	if (fd < 0 || !ward_fd_write(fd, text))
		return ward_cli_fail(cmd, "%s", strerror(errno));
	(void)snprintf(path, FD_PATH, "/proc/self/fd/%d", fd);
	a->v.zones = path;
	return WARD_EXIT_DONE;
}

static bool ends(const char *text, const char *with)
{
	size_t n = strlen(text), k = strlen(with);

	return n >= k && strcmp(text + n - k, with) == 0;
}

static int open_out(const struct ward_cmd *cmd, struct args *a)
{
	const char *p = a->out;

	a->v.show = ends(p, ".mp4")                         ? "mp4"
		    : ends(p, ".mkv")                       ? "matroska"
		    : ends(p, ".mjpeg") || ends(p, ".mjpg") ? "jpeg"
							    : NULL;
	if (!a->v.show)
		return ward_cli_usage(cmd,
			"--out '%s': name it .mp4, .mkv or .mjpeg, so that its form is clear", p);
	/* never over what is there: it may be the video itself. The child inherits it */
	a->v.show_fd = open(p, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	return a->v.show_fd < 0 ? not_written(cmd, p, errno) : WARD_EXIT_DONE;
}

/* An empty file would only stand in the way of the next attempt. */
static void drop_empty(const struct args *a)
{
	struct stat s;

	if (fstat(a->v.show_fd, &s) == 0 && s.st_size == 0)
		(void)unlink(a->out);
}

/* It has no password and no encryption, so it stays on this machine. */
static int open_http(const struct ward_cmd *cmd, struct args *a)
{
	char why[WARD_LISTEN_WHY] = "";
	struct ward_str at = ward_str_z(a->http);
	enum ward_err err;

	if (!ward_str_starts(at, WARD_STR("127.0.0.1:")) &&
		!ward_str_starts(at, WARD_STR("[::1]:")))
		return ward_cli_usage(cmd,
			"--http '%s': only 127.0.0.1:PORT or [::1]:PORT, since who connects is not "
			"asked who they are; from elsewhere take 'ssh -L'",
			a->http);
	err = ward_listen(at, true, why, &a->v.show_fd);
	if (err)
		return ward_cli_fail(cmd, "%s", why[0] ? why : ward_err_text(err));
	if (fcntl(a->v.show_fd, F_SETFD, 0) != 0) /* the child inherits it */
		return ward_cli_fail(cmd, "%s", strerror(errno));
	a->v.show = "http";
	(void)fprintf(
		stderr, "ward watch: http://%s/ in a browser shows it; Ctrl-C ends it\n", a->http);
	return WARD_EXIT_DONE;
}

static int watch(const struct ward_cmd *cmd, struct args *a, struct ward_wr *w)
{
	char plan[FD_PATH];
	int rc = a->v.path ? ward_viewer_check(cmd, &a->v) : WARD_EXIT_DONE;

	if (!rc && !a->v.path && (a->out || a->http))
		rc = ward_viewer_check(cmd, &a->v); /* it says what is missing */
	if (!rc)
		rc = join(cmd, a, w);
	if (!rc && a->write_plan)
		rc = write_plan(cmd, a->write_plan, ward_wr_slice(w));
	if (rc || (!a->out && !a->http))
		return rc;
	rc = hand_plan(cmd, a, ward_wr_slice(w), plan);
	if (!rc)
		rc = a->out ? open_out(cmd, a) : open_http(cmd, a);
	if (rc)
		return rc;
	rc = ward_viewer_run(cmd, &a->v);
	if (a->out)
		drop_empty(a);
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct args a = {.v = {.fps = WARD_VIEWER_FPS}};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), PLAN_BYTES);
	int rc = parse(cmd, argc, argv, &a);

	ward_limits_default(&a.lim);
	ward_arena_init(&a.arena, ward_mem_heap(), ARENA_BYTES);
	if (!rc)
		rc = watch(cmd, &a, &w);
	ward_arena_fini(&a.arena);
	ward_wr_fini(&w);
	return rc;
}

const struct ward_cmd ward_cmd_watch = {
	.name = "watch",
	.summary = "show what the analysis of a camera sees, people blurred",
	.help = "usage: ward watch [OPTION…] FILE|-|rtsp://HOST/PATH|rtsps://HOST/PATH\n\n"
		"Makes a video of what `ward sense video` sees, to draw zones and lines by: every\n"
		"picture that is analysed, with zones (green; yellow: somebody is in it; red: it "
		"was\n"
		"just told; grey: not watched at this hour), lines (blue, with a stroke to where "
		"'in'\n"
		"is), who is followed (white; grey: not sure, or not seen now) and the last "
		"events.\n"
		"Everybody is blurred, and all of the picture while the background is learned. "
		"Who\n"
		"has sat there from the first picture on and does not move is background. Masks "
		"are\n"
		"black.\n\n"
		"  --out FILE       .mp4, .mkv or .mjpeg; never over a file that is there\n"
		"  --http ADDR:PORT to a browser on this machine, as 127.0.0.1:8090\n"
		"  --plan FILE      zones, lines and masks (YAML: src/sense/video/README.md)\n"
		"  --zone 'ID=X,Y X,Y X,Y…'\n"
		"                   one more, whose intrusion is told; X from 0 (left) to 1, Y "
		"from "
		"0\n"
		"                   (top) to 1\n"
		"  --line 'ID=X,Y X,Y'\n"
		"                   one more; 'in' is to the right for who looks from the first "
		"point\n"
		"                   to the second\n"
		"  --mask 'ID=X,Y X,Y X,Y…'\n"
		"                   one more: nobody ever sees what is in it\n"
		"  --write-plan FILE\n"
		"                   all of them as a plan; never over a file that is there. Needs "
		"no\n"
		"                   video\n"
		"  --fps N, --keyframes, --source NAME, --start TIME, --user NAME,\n"
		"  --password-file FILE, --certificate FILE, --budget PERCENT, --once\n"
		"                   as of 'ward sense video'\n\n"
		"Exit: 0 done, 1 the video or the plan are broken (reported), 2 usage, 3 could not "
		"run.\n",
	.run = run,
};
