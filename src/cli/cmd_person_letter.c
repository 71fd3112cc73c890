/* `ward person letter`: what is written to who asked, as a document. */
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/person_folder.h"
#include "report/pdf.h"

enum { OUT_BYTES = 16 << 20 };

struct job {
	struct ward_cli_person p;
	const char *code, *format, *out;
	struct ward_cli_letter letter;
};

static int parse(struct job *j, int argc, char **argv)
{
	const struct ward_cli_opt opt[] = {{"--out", &j->out, NULL}, {"--lang", &j->code, NULL},
		{"--format", &j->format, NULL}};
	int code = ward_cli_person_args(&j->p, argc, argv, opt, WARD_ARRAY_LEN(opt));

	if (code)
		return code;
	if (j->p.n_is)
		return ward_cli_usage(j->p.x.cmd, "'--is' is not an option");
	if (strcmp(j->format, "md") != 0 && strcmp(j->format, "pdf") != 0)
		return ward_cli_usage(j->p.x.cmd, "--format %s: give md or pdf", j->format);
	return j->p.x.dir && j->p.request
		       ? WARD_EXIT_DONE
		       : ward_cli_usage(j->p.x.cmd, "needs the hospital, and the request's id");
}

static int put(struct job *j, struct ward_wr *w)
{
	const struct ward_pdf_how how = {
		j->letter.lang, j->letter.now, ward_model_hospital(j->p.x.model)->name, false};
	enum ward_err err = WARD_OK;
	struct ward_doc doc;

	ward_cli_letter_doc(&j->p, &j->letter, &doc);
	if (strcmp(j->format, "pdf") == 0)
		err = doc.err ? doc.err : ward_doc_pdf(&doc, &how, w);
	else
		ward_doc_markdown(&doc, w);
	ward_doc_fini(&doc);
	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(j->p.x.cmd,
			"the fonts of the PDF are not here: install fonts-dejavu-core (Debian)");
	if (err || ward_wr_bad(w))
		return ward_cli_fail(j->p.x.cmd, "%s", ward_err_text(err ? err : WARD_ERR_NOMEM));
	if (j->out)
		return ward_cli_clip_write(j->p.x.cmd, j->out, ward_wr_slice(w));
	return ward_cli_put(w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job *j = ward_mem_alloc(ward_mem_heap(), sizeof(*j));
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES);

	if (!j)
		return ward_cli_fail(cmd, "out of memory");
	memset(j, 0, sizeof(*j));
	j->format = "md";
	ward_cli_person_init(&j->p, cmd);
	int code = parse(j, argc, argv);

	if (!code)
		code = ward_cli_person_find(&j->p);
	if (!code)
		code = ward_cli_letter_open(&j->p, j->code, &j->letter);
	if (!code)
		code = put(j, &w);
	ward_cli_letter_close(&j->letter);
	ward_cli_person_fini(&j->p);
	ward_wr_fini(&w);
	ward_mem_free(ward_mem_heap(), j, sizeof(*j));
	return code;
}

const struct ward_cmd ward_cmd_person_letter = {
	.name = "person letter",
	.summary = "what is written to who asked: found, erased, objected to, or refused",
	.help = "usage: ward person letter [OPTION…] HOSPITAL REQUEST\n\n"
		"The letter about a request of the console's page Requests, as it stands: that it\n"
		"came and by when it is answered, what was erased and what stays, or why it is\n"
		"refused. 'ward person access' and 'ward person erase' write the one that goes\n"
		"with what they found (docs/transparency.md).\n\n"
		"  --format F       md (default) or pdf\n"
		"  --out FILE       there instead of standard output; never over a file\n"
		"  --lang CODE      en, fr, it, nl (default: $WARD_LANG, else the hospital's\n"
		"                   first)\n"
		"  --state DIR      what 'ward run' keeps (default: as there)\n"
		"  --content DIR    instead of the installed content\n\n"
		"Exit: 0 done, 2 usage, 3 could not.\n",
	.run = run,
};
