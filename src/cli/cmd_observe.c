#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/decide.h"
#include "desk/event.h"
#include "sense/video/veil.h"

#define OPTIONS                                                                              \
	"  --state DIR   what 'ward run' keeps (then HOSPITAL may be left out)\n"            \
	"  --role ROLE   the role in which you say it, of those in people.yml; without\n"    \
	"                it the first\n"                                                     \
	"  --why TEXT    what you saw, in your words\n\n"                                    \
	"PLACE is the id of a room, zone, floor, building, door or asset of the hospital.\n" \
	"Exit: 0 recorded, 1 refused (told why), 2 usage, 3 could not run.\n"

struct own {
	const char *kind, *photo;
	const char *show[WARD_PHOTO_SHOWN];
	size_t n_show;
	bool more; /* than there is room for */
};

/* Takes what only a report has out of the words. */
static struct own take_own(int *argc, char **argv)
{
	struct own o = {.kind = "other"};
	int n = 0;

	for (int i = 0; i < *argc; i++) {
		bool value = i + 1 < *argc;

		if (strcmp(argv[i], "--kind") == 0 && value)
			o.kind = argv[++i];
		else if (strcmp(argv[i], "--photo") == 0 && value)
			o.photo = argv[++i];
		else if (strcmp(argv[i], "--show") == 0 && value && o.n_show < WARD_PHOTO_SHOWN)
			o.show[o.n_show++] = argv[++i];
		else if (strcmp(argv[i], "--show") == 0 && value)
			o.more = ++i;
		else
			argv[n++] = argv[i];
	}
	*argc = n;
	return o;
}

static int read_show(const struct ward_cmd *cmd, const struct own *o, struct ward_desk_photo *p)
{
	struct ward_veil unused;

	if (o->more)
		return ward_cli_usage(cmd, "--show at most %d times", (int)WARD_PHOTO_SHOWN);
	if (o->n_show && !o->photo)
		return ward_cli_usage(cmd, "--show is for a --photo");
	for (size_t i = 0; i < o->n_show; i++, p->n_show++)
		if (!ward_photo_box_parse(ward_str_z(o->show[i]), &p->show[i]))
			return ward_cli_usage(cmd,
				"'%s' is no part of a photo; write X,Y,W,H as shares of its width "
				"and height, as 0.4,0.3,0.2,0.25",
				o->show[i]);
	return ward_photo_veil(p->show, p->n_show, &unused) == WARD_OK
		       ? WARD_EXIT_DONE
		       : ward_cli_usage(cmd, "that would show more than half of the photo");
}

/* Of a file that can't be read there is no photo, and the report goes out all the same. */
static void read_photo(const struct ward_cmd *cmd, const char *path, struct ward_wr *w,
	struct ward_cli_decide *x, struct ward_desk_photo *p)
{
	if (!path)
		return;
	if (ward_cli_clip_read(cmd, path, ward_limit_info(WARD_LIMIT_PHOTO_BYTES)->max, w) ==
			WARD_EXIT_DONE &&
		w->len) {
		p->file = ward_wr_slice(w);
		x->photo = p;
	} else {
		fprintf(stderr, "ward %s: there is no photo, and the report goes without\n",
			cmd->name);
	}
}

static int run_report(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct ward_desk_photo photo;
	struct own o = take_own(&argc, argv);
	enum ward_report_kind k = ward_report_parse(ward_str_z(o.kind));
	struct ward_cli_decide x = {.cmd = cmd, .kind = WARD_DECISION_REPORT};
	char args[64];

	if (k == WARD_REPORT_N)
		return ward_cli_usage(cmd,
			"'%s' is nothing to report; --kind is fire, violence, bomb, person, device "
			"or other",
			o.kind);
	(void)snprintf(args, sizeof(args), "{\"report\":\"%s\"}", ward_report_name(k));
	x.args = args;
	int rc = read_show(cmd, &o, &photo);

	if (!rc)
		rc = ward_cli_decide_args(&x, argc, argv);
	if (rc)
		return rc;
	struct ward_wr w = ward_wr_grow(
		ward_mem_heap(), (size_t)ward_limit_info(WARD_LIMIT_PHOTO_BYTES)->max + (1 << 17));

	read_photo(cmd, o.photo, &w, &x, &photo);
	rc = ward_cli_decide(&x);
	ward_wr_fini(&w);
	return rc;
}

static int run_panic(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_decide x = {.cmd = cmd, .kind = WARD_DECISION_PANIC};
	int rc = ward_cli_decide_args(&x, argc, argv);

	return rc ? rc : ward_cli_decide(&x);
}

static int run_all_clear(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_decide x = {.cmd = cmd, .kind = WARD_DECISION_ALL_CLEAR};
	int rc = ward_cli_decide_args(&x, argc, argv);

	return rc ? rc : ward_cli_decide(&x);
}

const struct ward_cmd ward_cmd_observe_report = {
	.name = "observe report",
	.summary = "tell Ward what you saw at a place",
	.help = "usage: ward observe report [--kind KIND] [--photo FILE [--show X,Y,W,H …]]\n"
		"                           [--state DIR] [--role ROLE] [--why TEXT]\n"
		"                           HOSPITAL PLACE\n\n"
		"What somebody saw becomes an event like those of sensors: of fire, violence and "
		"a\n"
		"bomb an incident at once, of a suspicious person a sign that others may join.\n\n"
		"  --kind KIND   fire, violence, bomb, person, device or other (the usual "
		"one)\n"
		"  --photo FILE  a photo of it, JPEG or PNG, where the hospital has an evidence\n"
		"                key: it is kept without place, time and camera, and blurred, so\n"
		"                that nobody in it is known; 'ward clip export' opens it\n"
		"  --show X,Y,W,H\n"
		"                what of the photo is to be seen: its left upper corner, width\n"
		"                and height, in shares of the photo; up to four times, half of\n"
		"                the photo in sum, never faces\n" OPTIONS
		"The report goes first. Where the photo can't be kept, you are told, and it is on "
		"record.\n",
	.run = run_report,
};

const struct ward_cmd ward_cmd_observe_panic = {
	.name = "observe panic",
	.summary = "somebody needs help at a place at once",
	.help = "usage: ward observe panic [--state DIR] [--role ROLE] [--why TEXT]\n"
		"                          HOSPITAL PLACE\n\n"
		"Makes an incident at once, of which whoever must know is told. This is no\n"
		"lone-worker device, and none is replaced by it: 'recorded' says that Ward has "
		"it,\n"
		"not that anybody has read it.\n\n" OPTIONS,
	.run = run_panic,
};

const struct ward_cmd ward_cmd_observe_all_clear = {
	.name = "observe all-clear",
	.summary = "say that there is no danger at a place any more",
	.help = "usage: ward observe all-clear [--state DIR] [--role ROLE] [--why TEXT]\n"
		"                              HOSPITAL PLACE\n\n"
		"Stands on record; it ends no incident: 'ward incident close' does.\n\n" OPTIONS,
	.run = run_all_clear,
};
