/* `ward person access`: what there is of one person, put together for who asked (GDPR 15). */
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/person_folder.h"

enum { TEXT_BYTES = 256 << 20, CLIPS = 256, CLIP_BYTES = 1 << 30 };

struct job {
	struct ward_cli_person p;
	const char *code, *out, *key;
	struct ward_id clip[CLIPS]; /* found.n_clip of them, at most */
	struct ward_cli_span span;
	struct ward_cli_letter letter;
	struct ward_cli_folder folder;
	struct ward_subject_found found;
	struct ward_wr entries, rows, clips;
};

static int parse(struct job *j, int argc, char **argv)
{
	const struct ward_cli_opt opt[] = {{"--out", &j->out, NULL}, {"--lang", &j->code, NULL},
		{"--place", &j->span.place_text, NULL}, {"--from", &j->span.from_text, NULL},
		{"--to", &j->span.to_text, NULL}, {"--key", &j->key, NULL}};
	int code = ward_cli_person_args(&j->p, argc, argv, opt, WARD_ARRAY_LEN(opt));

	if (!code && (!j->out || !j->p.x.dir || !j->p.request))
		code = ward_cli_usage(
			j->p.x.cmd, "needs --out FOLDER, the hospital, and the request's id");
	return code ? code : ward_cli_person_whom(&j->p, &j->span);
}

/* ---- what there is ---- */

static void on_row(void *ctx, const struct ward_store_row *row)
{
	struct job *j = ctx;
	const struct ward_conf *c = NULL;
	struct ward_diag d;
	struct ward_json json = ward_json_on(&j->rows);

	if (!row->json.p)
		return;
	ward_arena_reset(&j->p.scratch);
	ward_diag_init(&d, ward_mem_heap());
	if (ward_conf_json(&j->p.scratch, &j->p.x.lim, WARD_STR("row"), 1,
		    ward_str_bytes(row->json), &d, &c) == WARD_OK &&
		ward_subject_row(&j->p.who, row->json, c, &json, &j->found.n_left)) {
		ward_wr_ch(&j->rows, '\n');
		j->found.n_row++;
		j->found.n_reveal += ward_str_eqz(ward_conf_word(c, "what"), "reveal");
	}
	ward_diag_fini(&d);
}

static bool on_event(void *ctx, const struct ward_record *rec, const struct ward_event *e,
	const struct ward_names *names)
{
	struct job *j = ctx;
	struct ward_json json = ward_json_on(&j->entries);

	(void)rec;
	if (ward_subject_event(&j->p.who, e, names, &json, &j->found.n_left)) {
		ward_wr_ch(&j->entries, '\n');
		j->found.n_event++;
	}
	return !ward_wr_bad(&j->entries);
}

static void on_clip(void *ctx, const struct ward_evidence *e)
{
	struct job *job = ctx;
	struct ward_json j = ward_json_on(&job->clips);
	char id[WARD_ID_TEXT];

	ward_id_text(e->id, id);
	ward_json_obj(&j);
	ward_json_key(&j, "id");
	ward_json_z(&j, id);
	ward_json_key(&j, "camera");
	ward_json_str(&j, e->camera);
	ward_json_key(&j, "from");
	ward_json_time(&j, e->from);
	ward_json_key(&j, "to");
	ward_json_time(&j, e->to);
	ward_json_key(&j, "expires");
	ward_json_time(&j, e->expires);
	ward_json_obj_end(&j);
	ward_wr_ch(&job->clips, '\n');
	if (job->found.n_clip < CLIPS)
		job->clip[job->found.n_clip] = e->id;
	job->found.n_clip++;
}

/* ---- the folder ---- */

/* Everybody in a clip was blurred when it was made: so it may be given. */
static int put_clip(struct job *j, struct ward_id id)
{
	char text[WARD_ID_TEXT], name[WARD_ID_TEXT + 16], reason[128];
	struct ward_wr clip = ward_wr_grow(ward_mem_heap(), CLIP_BYTES);
	const struct ward_cli_clip_ask ask = {j->p.state, j->key, reason, text};
	const char *end = "";

	(void)snprintf(reason, sizeof(reason), "request of a person, %.64s", j->p.request);
	ward_id_text(id, text);
	int code = ward_cli_clip_open(j->p.x.cmd, &ask, &clip, &end);

	(void)snprintf(name, sizeof(name), "clip-%s.%s", text, end);
	if (!code)
		code = ward_cli_folder_put(&j->folder, name, ward_wr_slice(&clip));
	ward_wr_fini(&clip);
	return code;
}

static int put_clips(struct job *j)
{
	int code = ward_cli_folder_put(&j->folder, "clips.json", ward_wr_slice(&j->clips));

	for (size_t i = 0; j->key && i < j->found.n_clip && i < CLIPS && !code; i++)
		code = put_clip(j, j->clip[i]);
	return code;
}

static int put_all(struct job *j)
{
	struct ward_cli_folder *f = &j->folder;
	char digest[65];
	int code = ward_cli_folder_begin(f, j->p.x.cmd, j->out);

	if (!code)
		code = ward_cli_folder_letter(f, &j->p, &j->letter);
	if (!code)
		code = ward_cli_folder_put(f, "entries.json", ward_wr_slice(&j->entries));
	if (!code)
		code = ward_cli_folder_put(f, "rows.json", ward_wr_slice(&j->rows));
	if (!code)
		code = put_clips(j);
	if (!code)
		code = ward_cli_folder_end(f, digest);
	if (!code)
		code = ward_cli_person_done(&j->p, "packed", digest);
	if (!code)
		printf("%s: %llu entries, %llu rows, %llu clips; %llu things left out since they "
		       "name "
		       "somebody else, or may\n",
			j->out, (unsigned long long)j->found.n_event,
			(unsigned long long)j->found.n_row, (unsigned long long)j->found.n_clip,
			(unsigned long long)j->found.n_left);
	return code;
}

/* ---- all of it ---- */

static int look(struct job *j)
{
	struct ward_cli_kept kept;
	int code = j->p.who.n ? ward_cli_kept(j->p.x.cmd, j->p.state,
					ward_model_hospital(j->p.x.model)->id, on_row, j, &kept)
			      : WARD_EXIT_DONE;

	if (!code && j->p.who.n)
		code = ward_cli_person_events(&j->p, on_event, j);
	if (!code && j->span.place.len)
		code = ward_cli_person_clips(&j->p, &j->span, on_clip, j);
	if (!code && (ward_wr_bad(&j->entries) || ward_wr_bad(&j->rows) || ward_wr_bad(&j->clips)))
		code = ward_cli_fail(j->p.x.cmd, "there is more than 256 MB of it");
	return code;
}

static int work(struct job *j)
{
	int code = ward_cli_person_open(&j->p, WARD_SUBJECT_ACCESS);

	if (!code)
		code = ward_cli_letter_open(&j->p, j->code, &j->letter);
	if (!code)
		code = look(j);
	j->letter.found = &j->found;
	if (!code)
		code = put_all(j);
	ward_cli_folder_fini(&j->folder);
	ward_cli_letter_close(&j->letter);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job *j = ward_mem_alloc(ward_mem_heap(), sizeof(*j));
	struct ward_wr *w[3];

	if (!j)
		return ward_cli_fail(cmd, "out of memory");
	memset(j, 0, sizeof(*j));
	w[0] = &j->entries, w[1] = &j->rows, w[2] = &j->clips;
	for (size_t i = 0; i < WARD_ARRAY_LEN(w); i++)
		*w[i] = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);
	ward_cli_person_init(&j->p, cmd);
	int code = parse(j, argc, argv);

	if (!code)
		code = work(j);
	ward_cli_person_fini(&j->p);
	for (size_t i = 0; i < WARD_ARRAY_LEN(w); i++)
		ward_wr_fini(w[i]);
	ward_mem_free(ward_mem_heap(), j, sizeof(*j));
	return code;
}

const struct ward_cmd ward_cmd_person_access = {
	.name = "person access",
	.summary = "what there is of one person, put together for who asked",
	.help = "usage: ward person access --out FOLDER [--is WHO]… [OPTION…] HOSPITAL REQUEST\n\n"
		"For a request of the console's page Requests (GDPR 15) to which a second person\n"
		"agreed: looks for the person under every pseudonym that stands for what --is "
		"says,\n"
		"in all that was recorded and concluded, and writes a folder: a letter, entries "
		"of\n"
		"logs, signs and decisions, which clips there are, and SHA256SUMS, whose digest "
		"goes\n"
		"on the ledger. What names somebody else, or may, is left out and counted. What "
		"--is\n"
		"says is kept nowhere (docs/transparency.md).\n\n"
		"  --is WHO         a badge's number, an account, a name, an address; up to 16\n"
		"  --place ID       also which clips there are of a room or floor …\n"
		"  --from, --to T   … in that time (RFC 3339)\n"
		"  --key FILE       the secret evidence key: the clips themselves, too, in which\n"
		"                   everybody is blurred; each reading goes on the ledger\n"
		"  --lang CODE      of the letter: en, fr, it, nl (default: $WARD_LANG, else the\n"
		"                   hospital's first)\n"
		"  --state DIR      what 'ward run' keeps (default: as there); be its user\n"
		"  --content DIR    instead of the installed content\n\n"
		"Exit: 0 done, 1 the request can't be answered yet, 2 usage, 3 could not.\n",
	.run = run,
};
