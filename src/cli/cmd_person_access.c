/* `ward person access`: what there is of one person, put together for who asked (GDPR 15). */
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/permit.h"
#include "cli/person.h"
#include "report/pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_BYTES = 256 << 20, THINGS = WARD_NOTICE_THINGS };

struct job {
	struct ward_cli_person p;
	const char *code, *out, *place, *from_text, *to_text;
	struct ward_cli_span span;
	struct ward_processing reg;
	struct ward_proc_verdict v[THINGS];
	size_t n_v;
	struct ward_subject_found found;
	struct ward_wr entries, rows, clips, sums;
	ward_ns now;
};

static int parse(struct job *j, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--out") == 0     ? &j->out
				     : strcmp(argv[i], "--lang") == 0  ? &j->code
				     : strcmp(argv[i], "--place") == 0 ? &j->place
				     : strcmp(argv[i], "--from") == 0  ? &j->from_text
				     : strcmp(argv[i], "--to") == 0    ? &j->to_text
								       : NULL;
		bool taken = false;
		int code = 0;

		if (value && i + 1 < argc)
			*value = argv[++i];
		else if (value)
			return ward_cli_usage(j->p.x.cmd, "%s needs a value", argv[i]);
		else if ((code = ward_cli_person_take(&j->p, argc, argv, &i, &taken)))
			return code;
		else if (!taken)
			return ward_cli_usage(j->p.x.cmd, "'%s' is not an option", argv[i]);
	}
	if (!j->out || !j->p.x.dir || !j->p.request)
		return ward_cli_usage(
			j->p.x.cmd, "needs --out FOLDER, the hospital, and the request's id");
	if (j->place && (!j->from_text || !j->to_text))
		return ward_cli_usage(j->p.x.cmd, "--place needs --from and --to");
	if (!j->p.n_is && !j->place)
		return ward_cli_usage(j->p.x.cmd,
			"under what are they known? --is BADGE, --is ACCOUNT …, or --place with "
			"--from and --to");
	if (j->place && (ward_time_parse(ward_str_z(j->from_text), &j->span.from) != WARD_OK ||
				ward_time_parse(ward_str_z(j->to_text), &j->span.to) != WARD_OK))
		return ward_cli_usage(j->p.x.cmd, "write times as 2026-03-12T03:41:00Z");
	return WARD_EXIT_DONE;
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

static bool on_event(void *ctx, const struct ward_event *e, const struct ward_names *names)
{
	struct job *j = ctx;
	struct ward_json json = ward_json_on(&j->entries);

	if (ward_subject_event(&j->p.who, e, names, &json, &j->found.n_left)) {
		ward_wr_ch(&j->entries, '\n');
		j->found.n_event++;
	}
	return !ward_wr_bad(&j->entries);
}

/* ---- the folder ---- */

static int put_file(struct job *j, const char *name, struct ward_slice bytes)
{
	char path[PATH_MAX];
	uint8_t sum[32];

	if (snprintf(path, sizeof(path), "%s/%s", j->out, name) >= (int)sizeof(path))
		return ward_cli_usage(j->p.x.cmd, "--out is too long");
	ward_sha256(bytes, sum);
	ward_wr_hex(&j->sums, (struct ward_slice){sum, sizeof(sum)});
	ward_wr_printf(&j->sums, "  %s\n", name);
	return ward_cli_clip_write(j->p.x.cmd, path, bytes);
}

static int put_letter(struct job *j, struct ward_lang *lang)
{
	struct ward_wr md = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       pdf = ward_wr_grow(ward_mem_heap(), 16 << 20);
	const struct ward_subject_letter letter = {.r = j->p.r,
		.p = &j->reg,
		.m = j->p.x.model,
		.v = j->v,
		.n = j->n_v,
		.found = &j->found,
		.lang = lang,
		.now = j->now};
	const struct ward_pdf_how how = {
		lang, j->now, ward_model_hospital(j->p.x.model)->name, false};
	struct ward_doc doc;
	int code;

	ward_doc_init(&doc, ward_lang_code(lang));
	ward_subject_letter(&letter, &doc);
	ward_doc_markdown(&doc, &md);
	enum ward_err err = doc.err ? doc.err : ward_doc_pdf(&doc, &how, &pdf);

	ward_doc_fini(&doc);
	code = put_file(j, "letter.md", ward_wr_slice(&md));
	if (!code && !err)
		code = put_file(j, "letter.pdf", ward_wr_slice(&pdf));
	else if (!code && err == WARD_ERR_NOT_FOUND)
		fprintf(stderr,
			"ward person access: no letter.pdf: install fonts-dejavu-core (Debian)\n");
	else if (!code)
		code = ward_cli_fail(j->p.x.cmd, "%s", ward_err_text(err));
	ward_wr_fini(&md);
	ward_wr_fini(&pdf);
	return code;
}

static int put_all(struct job *j, struct ward_lang *lang)
{
	char digest[65];
	uint8_t sum[32];
	struct ward_wr d = ward_wr_fixed(digest, 64);
	int code;

	if (mkdir(j->out, 0700) != 0)
		return ward_cli_fail(j->p.x.cmd, "cannot make '%s': %s", j->out, strerror(errno));
	code = put_letter(j, lang);
	if (!code)
		code = put_file(j, "entries.json", ward_wr_slice(&j->entries));
	if (!code)
		code = put_file(j, "rows.json", ward_wr_slice(&j->rows));
	if (!code)
		code = put_file(j, "clips.json", ward_wr_slice(&j->clips));
	if (code)
		return code;
	ward_sha256(ward_wr_slice(&j->sums), sum);
	ward_wr_hex(&d, (struct ward_slice){sum, sizeof(sum)});
	digest[64] = '\0';
	code = put_file(j, "SHA256SUMS", ward_wr_slice(&j->sums));
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
	if (!code && j->place) {
		j->span.place = ward_str_z(j->place);
		code = ward_cli_person_clips(&j->p, &j->span, &j->clips, &j->found.n_clip);
	}
	if (!code && (ward_wr_bad(&j->entries) || ward_wr_bad(&j->rows) || ward_wr_bad(&j->clips)))
		code = ward_cli_fail(j->p.x.cmd, "there is more than 256 MB of it");
	return code;
}

static int work(struct job *j)
{
	const char *content = ward_cli_content(j->p.x.cmd, j->p.x.content);
	struct ward_lang *lang = NULL;
	int code = ward_cli_person_open(&j->p, WARD_SUBJECT_ACCESS);

	if (code)
		return code;
	const struct ward_processing_in in = {content, j->p.x.dir, j->p.x.model, &j->p.x.lim,
		&j->p.x.arena, &j->p.x.diag, j->now};
	const struct ward_cli_lang speak = {
		j->code, content, ward_model_hospital(j->p.x.model)->language};
	enum ward_err err = ward_processing_load(&in, &j->reg);

	if (err && err != WARD_ERR_CONFIG)
		return ward_cli_fail(j->p.x.cmd, "the register: %s", ward_err_text(err));
	j->n_v = ward_processing_judge(&j->reg, j->p.x.model, j->now, j->v, THINGS);
	j->n_v = j->n_v < THINGS ? j->n_v : THINGS;
	code = ward_cli_lang(j->p.x.cmd, &speak, &j->p.x.lim, &lang);
	if (!code)
		code = look(j);
	if (!code)
		code = put_all(j, lang);
	ward_lang_free(lang);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job *j = ward_mem_alloc(ward_mem_heap(), sizeof(*j));
	struct ward_wr *w[4];

	if (!j)
		return ward_cli_fail(cmd, "out of memory");
	memset(j, 0, sizeof(*j));
	w[0] = &j->entries, w[1] = &j->rows, w[2] = &j->clips, w[3] = &j->sums;
	for (size_t i = 0; i < 4; i++)
		*w[i] = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);
	ward_cli_person_init(&j->p, cmd);
	j->now = ward_clock_now(ward_clock_system());
	int code = parse(j, argc, argv);

	if (!code)
		code = work(j);
	ward_cli_person_fini(&j->p);
	for (size_t i = 0; i < 4; i++)
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
		"  --lang CODE      of the letter: en, fr, it, nl (default: $WARD_LANG, else the\n"
		"                   hospital's first)\n"
		"  --state DIR      what 'ward run' keeps (default: as there); be its user\n"
		"  --content DIR    instead of the installed content\n\n"
		"Exit: 0 done, 1 the request can't be answered yet, 2 usage, 3 could not.\n",
	.run = run,
};
