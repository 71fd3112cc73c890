#include "cli/person_folder.h"

#include "cli/clip.h"
#include "cli/lang.h"
#include "report/pdf.h"

#include <errno.h>
#include <sys/stat.h>

enum { SUMS_BYTES = 64 << 10, MARKDOWN_BYTES = 1 << 20, PDF_BYTES = 16 << 20 };

/* ---- the letter ---- */

int ward_cli_letter_open(struct ward_cli_person *p, const char *code, struct ward_cli_letter *ret)
{
	const char *content = ward_cli_content(p->x.cmd, p->x.content);

	ret->now = ward_clock_now(ward_clock_system());
	const struct ward_processing_in in = {
		content, p->x.dir, p->x.model, &p->x.lim, &p->x.arena, &p->x.diag, ret->now};
	const struct ward_cli_lang speak = {
		code, content, ward_model_hospital(p->x.model)->language};
	enum ward_err err = ward_processing_load(&in, &ret->reg);

	if (err && err != WARD_ERR_CONFIG)
		return ward_cli_fail(p->x.cmd, "the register: %s", ward_err_text(err));
	size_t n =
		ward_processing_judge(&ret->reg, p->x.model, ret->now, ret->v, WARD_NOTICE_THINGS);

	ret->n = n < WARD_NOTICE_THINGS ? n : WARD_NOTICE_THINGS;
	return ward_cli_lang(p->x.cmd, &speak, &p->x.lim, &ret->lang);
}

void ward_cli_letter_close(struct ward_cli_letter *l)
{
	ward_lang_free(l->lang);
	l->lang = NULL;
}

void ward_cli_letter_doc(
	const struct ward_cli_person *p, const struct ward_cli_letter *l, struct ward_doc *doc)
{
	const struct ward_subject_letter letter = {.r = p->r,
		.p = &l->reg,
		.m = p->x.model,
		.v = l->v,
		.n = l->n,
		.found = l->found,
		.erased = l->erased,
		.lang = l->lang,
		.now = l->now};

	ward_doc_init(doc, ward_lang_code(l->lang));
	ward_subject_letter(&letter, doc);
}

/* ---- the folder ---- */

int ward_cli_folder_begin(struct ward_cli_folder *f, const struct ward_cmd *cmd, const char *path)
{
	*f = (struct ward_cli_folder){cmd, path, ward_wr_grow(ward_mem_heap(), SUMS_BYTES)};
	return mkdir(path, 0700) == 0
		       ? WARD_EXIT_DONE
		       : ward_cli_fail(cmd, "cannot make '%s': %s", path, strerror(errno));
}

int ward_cli_folder_put(struct ward_cli_folder *f, const char *name, struct ward_slice bytes)
{
	char path[PATH_MAX];
	uint8_t sum[32];

	if (snprintf(path, sizeof(path), "%s/%s", f->path, name) >= (int)sizeof(path))
		return ward_cli_usage(f->cmd, "--out is too long");
	ward_sha256(bytes, sum);
	ward_wr_hex(&f->sums, (struct ward_slice){sum, sizeof(sum)});
	ward_wr_printf(&f->sums, "  %s\n", name);
	return ward_cli_clip_write(f->cmd, path, bytes);
}

int ward_cli_folder_letter(
	struct ward_cli_folder *f, const struct ward_cli_person *p, const struct ward_cli_letter *l)
{
	struct ward_wr md = ward_wr_grow(ward_mem_heap(), MARKDOWN_BYTES),
		       pdf = ward_wr_grow(ward_mem_heap(), PDF_BYTES);
	const struct ward_pdf_how how = {
		l->lang, l->now, ward_model_hospital(p->x.model)->name, false};
	struct ward_doc doc;
	int code;

	ward_cli_letter_doc(p, l, &doc);
	ward_doc_markdown(&doc, &md);
	enum ward_err err = doc.err ? doc.err : ward_doc_pdf(&doc, &how, &pdf);

	ward_doc_fini(&doc);
	code = ward_cli_folder_put(f, "letter.md", ward_wr_slice(&md));
	if (!code && !err)
		code = ward_cli_folder_put(f, "letter.pdf", ward_wr_slice(&pdf));
	else if (!code && err == WARD_ERR_NOT_FOUND)
		fprintf(stderr, "ward %s: no letter.pdf: install fonts-dejavu-core (Debian)\n",
			f->cmd->name);
	else if (!code)
		code = ward_cli_fail(f->cmd, "%s", ward_err_text(err));
	ward_wr_fini(&md);
	ward_wr_fini(&pdf);
	return code;
}

int ward_cli_folder_end(struct ward_cli_folder *f, char ret_digest[65])
{
	struct ward_wr d = ward_wr_fixed(ret_digest, 64);
	uint8_t sum[32];

	ward_sha256(ward_wr_slice(&f->sums), sum);
	ward_wr_hex(&d, (struct ward_slice){sum, sizeof(sum)});
	ret_digest[64] = '\0';
	return ward_cli_folder_put(f, "SHA256SUMS", ward_wr_slice(&f->sums));
}

void ward_cli_folder_fini(struct ward_cli_folder *f)
{
	ward_wr_fini(&f->sums);
}
