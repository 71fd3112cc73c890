#include "cli/clip.h"
#include "cli/commands.h"

#include "base/fd.h"
#include "base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLIP_BYTES = 1 << 30, TEXT_MAX = 512, READING_BYTES = 16 * TEXT_MAX };

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct ward_cli_clip_ask *a,
	const char **ret_out)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {{"--state", &a->state}, {"--key", &a->key}, {"--reason", &a->reason},
		{"--out", ret_out}};
	struct ward_id id;

	for (int i = 1; i < argc; i++) {
		const char **to = argv[i][0] == '-' ? NULL : &a->id;
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(texts) && strcmp(argv[i], texts[k].name) != 0)
			k++;
		if (k < WARD_ARRAY_LEN(texts)) {
			if (i + 1 == argc || !argv[i + 1][0])
				return ward_cli_usage(cmd, "%s needs a value", argv[i]);
			*texts[k].to = argv[++i];
			continue;
		}
		if (!to)
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		if (a->id)
			return ward_cli_usage(cmd, "one clip at a time");
		a->id = argv[i];
	}
	if (!a->state || !a->key || !a->id || !ward_id_parse(ward_str_z(a->id), &id))
		return ward_cli_usage(cmd,
			"needs --state DIR, --key FILE and the id that 'ward clip list' shows");
	if (!a->reason || strlen(a->reason) > TEXT_MAX)
		return ward_cli_usage(cmd,
			"needs --reason TEXT: why you look at it, for the ledger (%d bytes at "
			"most)",
			(int)TEXT_MAX);
	return WARD_EXIT_DONE;
}

/* On record before anything is shown: a file that the process of clips takes to the ledger, at once
 * or when Ward runs again. It belongs to whom the folder belongs. */
static int record(const struct ward_cmd *cmd, const struct ward_cli_clip_ask *a,
	const struct ward_evidence *e)
{
	uint8_t buf[READING_BYTES];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_json j = ward_json_on(&w);
	struct ward_id row = ward_id_v7(ward_clock_system());
	char text[WARD_ID_TEXT], folder[PATH_MAX];

	ward_id_text(row, text);
	ward_json_obj(&j);
	ward_json_put_id(&j, "row", row);
	ward_json_put_id(&j, "id", e->id);
	ward_json_put_id(&j, "incident", e->incident);
	if (e->camera.len) {
		ward_json_key(&j, "camera");
		ward_json_str(&j, e->camera);
	}
	ward_cli_put_who(&j);
	ward_json_key(&j, "why");
	ward_json_str(&j, ward_str_z(a->reason));
	ward_json_key(&j, "time");
	ward_json_time(&j, ward_clock_now(ward_clock_system()));
	ward_json_obj_end(&j);
	if (ward_wr_bad(&w) ||
		snprintf(folder, sizeof(folder), "%s/clips/reads", a->state) >= (int)sizeof(folder))
		return ward_cli_fail(cmd, "the reason or the folder's name is too long");
	return ward_cli_hand_in(cmd, folder, text, ward_wr_slice(&w));
}

static int open_clip(const struct ward_cmd *cmd, const struct ward_cli_clip_ask *a,
	struct ward_slice file, struct ward_slice sealed, struct ward_wr *w)
{
	uint8_t secret[WARD_EVIDENCE_SECRET];
	int rc = ward_cli_clip_key(cmd, a->key, secret);
	enum ward_err err;

	if (rc)
		return rc;
	err = ward_evidence_open(file, sealed.p, secret, w);
	ward_wipe(secret, sizeof(secret));
	if (err == WARD_ERR_DENIED)
		return ward_cli_fail(cmd, "'%s' is not the key that it is for", a->key);
	if (err == WARD_ERR_CORRUPT) {
		(void)ward_cli_fail(
			cmd, "%s was changed, or is not whole: it is no evidence", a->id);
		return WARD_EXIT_INPUT;
	}
	return err ? ward_cli_fail(cmd, "%s: %s", a->id, ward_err_text(err)) : WARD_EXIT_DONE;
}

static int read_clip(const struct ward_cmd *cmd, const struct ward_cli_clip_ask *a,
	struct ward_wr *file, struct ward_wr *clip, const char **ret_end)
{
	uint8_t buf[WARD_EVIDENCE_SEALED];
	char path[PATH_MAX];
	struct ward_evidence e;
	struct ward_id id;
	FILE *key;
	size_t n = 0;
	int rc;

	if (snprintf(path, sizeof(path), "%s/clips/%s.clip", a->state, a->id) >= (int)sizeof(path))
		return ward_cli_usage(cmd, "--state is too long");
	rc = ward_cli_clip_read(cmd, path, CLIP_BYTES, file);
	if (rc)
		return rc;
	if (ward_evidence_read(ward_wr_slice(file), &e) != WARD_OK) {
		(void)ward_cli_fail(cmd, "'%s' is no clip", path);
		return WARD_EXIT_INPUT;
	}
	if (!ward_id_parse(ward_str_z(a->id), &id) || !ward_id_eq(id, e.id)) {
		(void)ward_cli_fail(cmd,
			"'%s' is another clip than its name says: it was exchanged, and is no "
			"evidence",
			path);
		return WARD_EXIT_INPUT;
	}
	(void)snprintf(path, sizeof(path), "%s/clips/%s.key", a->state, a->id);
	key = fopen(path, "rbe");
	if (key) {
		n = fread(buf, 1, sizeof(buf), key);
		(void)fclose(key);
	}
	if (n != sizeof(buf))
		return ward_cli_fail(cmd, "its key is gone: it was erased when its time was over");
	rc = record(cmd, a, &e);
	if (!rc)
		rc = open_clip(cmd, a, ward_wr_slice(file), ward_slice_of(buf, n), clip);
	*ret_end = ward_str_eqz(e.camera, WARD_EVIDENCE_FILE) ? "bin"
		   : e.camera.len                             ? "mp4"
							      : "jpg";
	return rc;
}

int ward_cli_clip_open(const struct ward_cmd *cmd, const struct ward_cli_clip_ask *a,
	struct ward_wr *clip, const char **ret_end)
{
	struct ward_wr file = ward_wr_grow(ward_mem_heap(), CLIP_BYTES + (1 << 17));
	int rc = read_clip(cmd, a, &file, clip, ret_end);

	ward_wr_fini(&file);
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_wr clip = ward_wr_grow(ward_mem_heap(), CLIP_BYTES);
	struct ward_cli_clip_ask a = {.state = NULL};
	const char *to = NULL, *end = "";
	char out[PATH_MAX];
	int rc = parse(cmd, argc, argv, &a, &to);

	if (!rc)
		rc = ward_cli_clip_open(cmd, &a, &clip, &end);
	if (!rc) {
		(void)snprintf(out, sizeof(out), "%s.%s", a.id, end);
		rc = ward_cli_clip_write(cmd, to ? to : out, ward_wr_slice(&clip));
	}
	ward_wr_fini(&clip);
	return rc;
}

const struct ward_cmd ward_cmd_clip_export = {
	.name = "clip export",
	.summary = "decrypt one clip of an incident, or photo of a report, with a reason",
	.help = "usage: ward clip export --state DIR --key FILE --reason TEXT [--out FILE] ID\n\n"
		"Opens a clip that 'ward run' keeps in its state folder, with the key that 'ward "
		"clip\n"
		"key' made, and writes it as MP4; a photo of a report as JPEG; a suspicious file "
		"as\n"
		"it came: do not open it. That you look at it, who you are for the system and why\n"
		"go on the ledger before; a clip that was changed is refused. People in it are "
		"blurred: what the police needs is the recorder's own\n"
		"picture.\n\n"
		"  --state DIR      that of 'ward run'; be its user, or root\n"
		"  --key FILE       the secret one\n"
		"  --reason TEXT    why you look at it\n"
		"  --out FILE       default: ID.mp4, ID.jpg or ID.bin; never over a file that is "
		"there\n\n"
		"Exit: 0 done, 1 it is no clip, or was changed, 2 usage, 3 could not run.\n",
	.run = run,
};
