/* All that is kept of one incident, for police or prosecutor: docs/audit.md. */
#include "audit/belongs.h"
#include "audit/custody.h"
#include "cli/args.h"
#include "cli/audit.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/decide.h"
#include "cli/evidence_two.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLIP_BYTES = 1 << 30, DOCUMENT_BYTES = 512 << 20, MANIFEST_BYTES = 16 << 20, SIGN_S = 60 };

struct job {
	struct ward_cli_audit at;
	const char *incident, *reason, *out, *key, *content;
	char id_text[WARD_ID_TEXT];
	struct ward_id id;
	uint8_t secret[32];
	struct ward_wr manifest, ledger; /* ledger: its rows of the incident */
	struct ward_custody custody;
	struct ward_belongs belongs; /* which clips, photos and files are of it */
	ward_ns since;
	unsigned people; /* who have to say that it is handed out */
	size_t n_clip;
	int rc;
};

/* ---- on record ---- */

/* Before anything leaves: who, why; known by the kernel, and allowed to see evidence. */
static int record(struct job *j)
{
	struct ward_cli_decide x = {.cmd = j->at.cmd,
		.kind = WARD_DECISION_EXPORT,
		.args = "{\"say\":\"ask\"}",
		.subject = j->id_text,
		.text = j->reason,
		.dir = j->at.hospital,
		.state_option = j->at.state_option};

	(void)snprintf(x.state, sizeof(x.state), "%s", j->at.state);
	j->since = ward_clock_now(ward_clock_system());
	return ward_cli_decide(&x);
}

/* That it is handed out shall be in what is handed out: until a head has the decision. */
static int wait_for_head(struct job *j)
{
	struct ward_head h;
	uint64_t row;

	for (int i = 0; i < SIGN_S; i++) {
		int rc = ward_cli_audit_open(&j->at);

		if (rc)
			return rc;
		if (ward_cli_audit_last(&j->at, &h, &row) == WARD_OK && h.tree.time >= j->since)
			return WARD_EXIT_DONE;
		ward_cli_audit_close(&j->at);
		(void)sleep(1);
	}
	return ward_cli_fail(j->at.cmd,
		"the notary did not sign within a minute: nothing was written; look at ward.log");
}

/* Two pairs of eyes, where the hospital does not say otherwise. */
static int agreed(struct job *j)
{
	struct ward_cli_agreed x = {.people = j->people, .since = j->since};

	memcpy(x.id, j->id_text, sizeof(x.id));
	return ward_cli_agreed(&j->at, &x);
}

/* What left the house is on record by its manifest, after it is whole. */
static int record_manifest(struct job *j)
{
	char args[256];
	uint8_t sum[32];
	struct ward_wr w = ward_wr_fixed(args, sizeof(args));
	struct ward_cli_decide x = {.cmd = j->at.cmd,
		.kind = WARD_DECISION_EXPORT,
		.args = args,
		.subject = j->id_text,
		.text = j->reason,
		.dir = j->at.hospital,
		.state_option = j->at.state_option};

	ward_sha256(ward_wr_slice(&j->manifest), sum);
	ward_wr_z(&w, "{\"say\":\"done\",\"manifest\":\"");
	ward_wr_hex(&w, ward_slice_of(sum, sizeof(sum)));
	ward_wr_z(&w, "\"}");
	ward_wr_u8(&w, 0);
	(void)snprintf(x.state, sizeof(x.state), "%s", j->at.state);
	ward_cli_audit_close(&j->at);
	return ward_cli_decide(&x);
}

/* ---- files ---- */

static int put_file(struct job *j, const char *name, struct ward_slice bytes, struct ward_id of)
{
	char path[PATH_MAX];
	uint8_t sum[32];

	if (snprintf(path, sizeof(path), "%s/%s", j->out, name) >= (int)sizeof(path))
		return ward_cli_usage(j->at.cmd, "--out is too long");
	int rc = ward_cli_clip_write(j->at.cmd, path, bytes);

	ward_sha256(bytes, sum);
	ward_wr_hex(&j->manifest, ward_slice_of(sum, sizeof(sum)));
	ward_wr_printf(&j->manifest, "  %s\n", name);
	ward_custody_file(&j->custody, name, sum, of);
	return rc;
}

static int put_ledger(struct job *j)
{
	static const struct ward_id none;
	char json[WARD_HEAD_JSON_MAX + 1];
	struct ward_wr head = ward_wr_fixed(json, sizeof(json));
	struct ward_bundle_made made;
	enum ward_err err = ward_bundle_write(j->at.s, &j->id, ward_mem_heap(), &j->ledger, &made);

	if (!err)
		err = ward_belongs_find(&j->belongs, j->at.s);
	int rc = err == WARD_ERR_NOT_FOUND
			 ? ward_cli_fail(j->at.cmd, "no row of the ledger names %s", j->id_text)
		 : err ? ward_cli_fail(j->at.cmd, "the ledger: %s", ward_err_text(err))
		       : put_file(j, "ledger.jsonl", ward_wr_slice(&j->ledger), none);

	if (!rc) {
		ward_head_write(&head, &made.top);
		ward_wr_ch(&head, '\n');
		rc = put_file(j, "head.json", ward_wr_slice(&head), none);
	}
	return rc;
}

static int put_opened(struct job *j, const char *id, const struct ward_evidence *e,
	struct ward_slice file, struct ward_slice sealed)
{
	struct ward_wr clip = ward_wr_grow(ward_mem_heap(), CLIP_BYTES);
	char name[PATH_MAX];
	enum ward_err err = sealed.len == WARD_EVIDENCE_SEALED
				    ? ward_evidence_open(file, sealed.p, j->secret, &clip)
				    : WARD_ERR_MALFORMED;
	int rc = WARD_EXIT_DONE;

	(void)snprintf(name, sizeof(name), "clips/%.36s.%s", id,
		ward_str_eqz(e->camera, WARD_EVIDENCE_FILE) ? "bin"
		: e->camera.len                             ? "mp4"
							    : "jpg");
	if (!err)
		rc = put_file(j, name, ward_wr_slice(&clip), e->id);
	else
		rc = ward_cli_fail(j->at.cmd, "%s: %s", id,
			err == WARD_ERR_CORRUPT
				? "it was changed, or is not whole: it is no evidence"
				: "'--key' is not the key that it is for");
	ward_wr_fini(&clip);
	return rc;
}

/* One clip, photo or suspicious file of the incident, as it is kept; opened as well for who has the
 * key. */
static int put_clip(struct job *j, const char *id)
{
	struct ward_wr file = ward_wr_grow(ward_mem_heap(), CLIP_BYTES + (1 << 17));
	struct ward_wr sealed = ward_wr_grow(ward_mem_heap(), 1 << 17);
	char path[PATH_MAX + 64], name[64];
	struct ward_evidence e;
	int rc;

	(void)snprintf(path, sizeof(path), "%s/clips/%.36s.clip", j->at.state, id);
	rc = ward_cli_clip_read(j->at.cmd, path, CLIP_BYTES, &file);
	if (!rc && (ward_evidence_read(ward_wr_slice(&file), &e) != WARD_OK ||
			   !ward_belongs_clip(&j->belongs,
				   !e.camera.len || ward_str_eqz(e.camera, WARD_EVIDENCE_FILE),
				   e.incident)))
		goto out;
	(void)snprintf(path, sizeof(path), "%s/clips/%.36s.key", j->at.state, id);
	if (!rc)
		rc = ward_cli_clip_read(j->at.cmd, path, 1 << 12, &sealed);
	(void)snprintf(name, sizeof(name), "clips/%.36s.clip", id);
	if (!rc)
		rc = put_file(j, name, ward_wr_slice(&file), e.id);
	(void)snprintf(name, sizeof(name), "clips/%.36s.key", id);
	if (!rc)
		rc = put_file(j, name, ward_wr_slice(&sealed), e.id);
	if (!rc && j->key)
		rc = put_opened(j, id, &e, ward_wr_slice(&file), ward_wr_slice(&sealed));
	j->n_clip += !rc;
out:
	ward_wr_fini(&sealed);
	ward_wr_fini(&file);
	return rc;
}

/* Nothing is left out in silence. */
static void say_unlisted(const struct job *j)
{
	uint64_t n = ward_belongs_unlisted(&j->belongs);

	if (n)
		(void)fprintf(stderr,
			"ward %s: the incident has %llu detections or former incidents more than "
			"its rows list: clips and photos of theirs may be missing here. Look for "
			"them with `ward clip list`, and hand them out by the incident that they "
			"are of\n",
			j->at.cmd->name, (unsigned long long)n);
}

static int put_clips(struct job *j)
{
	char path[PATH_MAX + 16];
	int rc = WARD_EXIT_DONE;

	(void)snprintf(path, sizeof(path), "%s/clips", j->at.state);
	DIR *d = opendir(path);

	if (!d)
		return WARD_EXIT_DONE; /* a hospital without an evidence key */
	for (struct dirent *e = readdir(d); e && !rc; e = readdir(d)) {
		struct ward_id id;
		struct ward_str name = ward_str_z(e->d_name);

		if (ward_str_ends(name, WARD_STR(".clip")) &&
			ward_id_parse(ward_str_sub(name, 0, name.len - 5), &id))
			rc = put_clip(j, e->d_name);
	}
	(void)closedir(d);
	say_unlisted(j);
	return rc;
}

static bool take_custody(void *ctx, const struct ward_store_leaf *l)
{
	struct job *j = ctx;

	if (ward_belongs_row(&j->belongs, &l->row))
		ward_custody_row(&j->custody, &l->row);
	return true;
}

static int put_custody(struct job *j)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), DOCUMENT_BYTES), who;
	char buf[128];
	uint8_t sum[32];

	who = ward_wr_fixed(buf, sizeof(buf));
	ward_wr_printf(&who, "uid:%lu", (unsigned long)getuid());
	const struct ward_custody_export x = {j->id, ward_clock_now(ward_clock_system()),
		ward_wr_text(&who), ward_str_z(j->reason)};
	enum ward_err err = ward_store_leaves(j->at.s, 0, SIZE_MAX, take_custody, j);

	if (!err)
		err = ward_custody_write(&j->custody, &x, &w);
	char path[PATH_MAX];
	int rc = err ? ward_cli_fail(j->at.cmd, "the chain of custody: %s", ward_err_text(err))
		     : WARD_EXIT_DONE;

	(void)snprintf(path, sizeof(path), "%s/custody.json", j->out);
	if (!rc)
		rc = ward_cli_clip_write(j->at.cmd, path, ward_wr_slice(&w));
	ward_sha256(ward_wr_slice(&w), sum);
	ward_wr_hex(&j->manifest, ward_slice_of(sum, sizeof(sum)));
	ward_wr_z(&j->manifest, "  custody.json\n");
	ward_wr_fini(&w);
	return rc;
}

/* How to check it all, and a program that does, which has nothing of ours. */
static int put_instructions(struct job *j)
{
	static const struct ward_id none;
	static const char *const name[] = {"VERIFY.txt", "ledger.py"};
	const char *content = ward_cli_content(j->at.cmd, j->content);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	char path[PATH_MAX];
	int rc = content ? WARD_EXIT_DONE : WARD_EXIT_RUN;

	for (size_t i = 0; !rc && i < WARD_ARRAY_LEN(name); i++) {
		(void)snprintf(path, sizeof(path), "%s/evidence/%s", content, name[i]);
		ward_wr_reset(&w);
		rc = ward_cli_clip_read(j->at.cmd, path, 1 << 19, &w);
		if (!rc)
			rc = put_file(j, name[i], ward_wr_slice(&w), none);
	}
	ward_wr_fini(&w);
	return rc;
}

static int put_manifest(struct job *j)
{
	char path[PATH_MAX];
	uint8_t sum[32];

	(void)snprintf(path, sizeof(path), "%s/MANIFEST", j->out);
	int rc = ward_cli_clip_write(j->at.cmd, path, ward_wr_slice(&j->manifest));

	ward_sha256(ward_wr_slice(&j->manifest), sum);
	if (rc)
		return rc;
	(void)printf("%s: %zu clips, photos and suspicious files, the ledger's rows with proofs, "
		     "who had them\n"
		     "sha256 of MANIFEST, for the hand-over sheet: ",
		j->out, j->n_clip);
	for (size_t i = 0; i < sizeof(sum); i++)
		(void)printf("%02x", sum[i]);
	(void)printf("\n");
	return fflush(stdout) == 0 ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int make_folder(struct job *j)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/clips", j->out) >= (int)sizeof(path) - 64)
		return ward_cli_usage(j->at.cmd, "--out is too long");
	if (mkdir(j->out, 0700) != 0 || mkdir(path, 0700) != 0)
		return ward_cli_fail(
			j->at.cmd, "cannot make the folder '%s': %s", j->out, strerror(errno));
	return WARD_EXIT_DONE;
}

static int write_all(struct job *j)
{
	int (*const step[])(struct job * j) = {record, wait_for_head, agreed, make_folder,
		put_ledger, put_clips, put_instructions, put_custody, put_manifest,
		record_manifest};
	int rc = WARD_EXIT_DONE;

	for (size_t i = 0; i < WARD_ARRAY_LEN(step) && !rc; i++)
		rc = step[i](j);
	return rc;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct job *j)
{
	const struct ward_cli_opt opt[] = {{"--state", &j->at.state_option, NULL},
		{"--incident", &j->incident, NULL}, {"--reason", &j->reason, NULL},
		{"--out", &j->out, NULL}, {"--key", &j->key, NULL},
		{"--content", &j->content, NULL}};
	const struct ward_cli_args args = {
		opt, WARD_ARRAY_LEN(opt), &j->at.hospital, NULL, NULL, NULL};
	int rc;

	j->at.cmd = cmd;
	rc = ward_cli_args(cmd, argc, argv, &args);
	if (!rc && (!j->incident || !j->reason || !j->out))
		rc = ward_cli_usage(cmd, "needs --incident ID, --reason TEXT and --out FOLDER");
	if (!rc && strlen(j->reason) > WARD_DECISION_TEXT)
		rc = ward_cli_usage(cmd, "--reason has %d bytes at most", (int)WARD_DECISION_TEXT);
	if (!rc)
		rc = ward_cli_audit_place(&j->at);
	if (!rc)
		rc = ward_cli_decide_incident(cmd, j->at.state, j->incident, j->id_text);
	if (!rc && !ward_id_parse(ward_str_z(j->id_text), &j->id))
		rc = ward_cli_usage(cmd, "'%s' is no incident", j->incident);
	if (!rc)
		rc = ward_cli_agreed_people(cmd, j->at.hospital, j->content, &j->people);
	if (!rc && j->key)
		rc = ward_cli_clip_key(cmd, j->key, j->secret);
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.at.lock = -1, .at.door = -1};
	int rc;

	j.manifest = ward_wr_grow(ward_mem_heap(), MANIFEST_BYTES);
	j.ledger = ward_wr_grow(ward_mem_heap(), WARD_BUNDLE_BYTES);
	ward_custody_init(&j.custody);
	rc = parse(cmd, argc, argv, &j);
	ward_belongs_init(&j.belongs, ward_mem_heap(), j.id);
	if (!rc)
		rc = write_all(&j);
	ward_belongs_fini(&j.belongs);
	ward_cli_audit_close(&j.at);
	ward_custody_fini(&j.custody);
	ward_wr_fini(&j.ledger);
	ward_wr_fini(&j.manifest);
	ward_wipe(j.secret, sizeof(j.secret));
	return rc;
}

const struct ward_cmd ward_cmd_evidence_export = {
	.name = "evidence export",
	.summary = "all that is kept of an incident, for police or prosecutor",
	.help = "usage: ward evidence export --incident ID --reason TEXT --out FOLDER\n"
		"                            [--key FILE] [--state DIR] HOSPITAL\n\n"
		"Makes a folder with the clips, photos and suspicious files of the incident as "
		"they are kept, each row of\nthe ledger that is of it with its proof "
		"(ledger.jsonl), the signed head, "
		"who captured,\nlooked and erased as W3C PROV (custody.json), how to check all of "
		"it with common tools\nin four languages (VERIFY.txt, ledger.py), and MANIFEST, "
		"which "
		"sha256sum "
		"-c reads. Who hands it out\nand why is on the ledger before, and in what is "
		"handed "
		"out: Ward must run, and you must\nbe somebody who may see evidence there. "
		"Somebody else has to "
		"agree first, within a day\n('ward decide export HOSPITAL ID say=agree --why …'), "
		"unless "
		"hospital.yml says\n`clips: {hand_out: 1}`.\n\n"
		"  --incident ID    as 'ward incident list' shows it, or how it begins\n"
		"  --reason TEXT    to whom and why, with their file number\n"
		"  --out FOLDER     must not be there\n"
		"  --key FILE       the hospital's evidence key: clips also as MP4, photos as "
		"JPEG,\n                   files as they came, as .bin: do not open them\n"
		"  --state DIR      what 'ward run' keeps (default: as there)\n"
		"  --content DIR    where the instructions are (default: beside the program)\n\n"
		"Exit: 0 done, 2 wrong usage, 3 could not, or you may not.\n",
	.run = run,
};
