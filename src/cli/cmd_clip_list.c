#include "cli/clip.h"
#include "cli/commands.h"

#include "base/json.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { OUT_BYTES = 64 << 20, CLIPS_MAX = 65536 };

struct row {
	struct ward_evidence e;
	char camera[WARD_EVIDENCE_CAMERA_MAX + 1];
	bool has_key;
};

static int by_time(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return x->e.from != y->e.from ? (x->e.from < y->e.from ? -1 : 1)
				      : ward_id_cmp(x->e.id, y->e.id);
}

/* What the file says of itself; only opening it proves that. */
static bool read_row(const char *dir, const char *name, struct row *ret)
{
	uint8_t head[WARD_EVIDENCE_HEAD_MAX];
	char path[PATH_MAX];
	size_t n = 0;
	FILE *f = snprintf(path, sizeof(path), "%s/clips/%s", dir, name) < (int)sizeof(path)
			  ? fopen(path, "rbe")
			  : NULL;

	if (f) {
		n = fread(head, 1, sizeof(head), f);
		(void)fclose(f);
	}
	if (ward_evidence_read(ward_slice_of(head, n), &ret->e) != WARD_OK)
		return false;
	(void)snprintf(ret->camera, sizeof(ret->camera), "%.*s", WARD_STR_ARG(ret->e.camera));
	ret->e.camera = ward_str_z(ret->camera);
	(void)snprintf(path, sizeof(path), "%s/clips/%.36s.key", dir, name);
	ret->has_key = access(path, F_OK) == 0;
	return true;
}

static void put(const struct row *r, struct ward_wr *w)
{
	const struct {
		const char *key;
		ward_ns t;
	} times[] = {{"from", r->e.from}, {"to", r->e.to}, {"made", r->e.made},
		{"expires", r->e.expires}};
	struct ward_json j = ward_json_on(w);
	bool file = strcmp(r->camera, WARD_EVIDENCE_FILE) == 0, photo = !r->camera[0];

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, file ? "file" : photo ? "photo" : "clip");
	ward_json_put_id(&j, "id", r->e.id);
	ward_json_put_id(&j, file ? "event" : photo ? "report" : "incident", r->e.incident);
	if (!photo && !file) {
		ward_json_key(&j, "camera");
		ward_json_str(&j, ward_str_z(r->camera));
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(times); i++) {
		ward_json_key(&j, times[i].key);
		ward_json_time(&j, times[i].t);
	}
	ward_json_key(&j, "erased");
	ward_json_bool(&j, !r->has_key);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static int list(const struct ward_cmd *cmd, const char *state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	struct row *row = NULL;
	size_t n = 0, cap = 0;
	char path[PATH_MAX];
	const struct dirent *e;
	DIR *d = snprintf(path, sizeof(path), "%s/clips", state) < (int)sizeof(path) ? opendir(path)
										     : NULL;
	int rc = WARD_EXIT_DONE;

	if (!d)
		return ward_cli_fail(cmd, "cannot read '%s/clips': %s", state, strerror(errno));
	while (!rc && (e = readdir(d))) {
		const char *dot = strrchr(e->d_name, '.');

		if (!dot || strcmp(dot, ".clip") != 0)
			continue;
		if (n == cap) {
			struct row *more =
				n == CLIPS_MAX ? NULL : realloc(row, (cap + 256) * sizeof(*row));

			if (!more) {
				rc = ward_cli_fail(cmd, "too many clips");
				break;
			}
			row = more;
			cap += 256;
		}
		if (read_row(state, e->d_name, &row[n]))
			n++;
		else
			rc = ward_cli_fail(cmd, "'%s/clips/%s' is no clip", state, e->d_name);
	}
	(void)closedir(d);
	if (n)
		qsort(row, n, sizeof(*row), by_time);
	for (size_t i = 0; i < n; i++)
		put(&row[i], &w);
	free(row);
	if (!ward_cli_put(&w, stdout))
		rc = WARD_EXIT_RUN;
	ward_wr_fini(&w);
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	if (argc != 3 || strcmp(argv[1], "--state") != 0 || !argv[2][0])
		return ward_cli_usage(cmd, "of which --state DIR?");
	return list(cmd, argv[2]);
}

const struct ward_cmd ward_cmd_clip_list = {
	.name = "clip list",
	.summary = "list the clips that cameras made of incidents, and photos of reports",
	.help = "usage: ward clip list --state DIR\n\n"
		"Prints as JSON lines which clips 'ward run' keeps in its state folder: of which\n"
		"incident and camera, from when to when, and when they are erased; and which "
		"photos\n"
		"of which reports ('ward observe report --photo'), and which suspicious files of "
		"which\n"
		"events. No key is needed: what is in "
		"them\n"
		"is seen by 'ward clip export' only. erased: its key is gone.\n\n"
		"Exit: 0 done, 2 usage, 3 could not read.\n",
	.run = run,
};
