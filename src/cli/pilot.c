#include "cli/pilot.h"

#include "cli/clip.h"
#include "cli/lang.h"
#include "report/pdf.h"
#include "report/plain.h"

#include <sys/ioctl.h>
#include <unistd.h>

enum { OUT_MAX = 64 << 20, WIDTH = 100 };

void ward_cli_pilot_init(struct ward_cli_pilot *p, const struct ward_cmd *cmd)
{
	*p = (struct ward_cli_pilot){.cmd = cmd, .w = ward_wr_grow(ward_mem_heap(), OUT_MAX)};
	ward_limits_default(&p->lim);
}

void ward_cli_pilot_fini(struct ward_cli_pilot *p)
{
	ward_lang_free(p->lang);
	ward_wr_fini(&p->w);
}

int ward_cli_pilot_begin(struct ward_cli_pilot *p, const char *data)
{
	const char *const format[] = {"text", "md", "pdf", data};
	unsigned f = 0;

	while (f < WARD_ARRAY_LEN(format) && p->format_option &&
		strcmp(format[f], p->format_option) != 0)
		f++;
	if (f == WARD_ARRAY_LEN(format))
		return ward_cli_usage(
			p->cmd, "--format %s: it is text, md, pdf or %s", p->format_option, data);
	p->format = (enum ward_cli_pilot_format)f;
	p->content = ward_cli_content(p->cmd, p->content);
	if (!p->content)
		return WARD_EXIT_RUN;
	const struct ward_cli_lang in = {.option = p->lang_option, .content = p->content};

	return ward_cli_lang(p->cmd, &in, &p->lim, &p->lang);
}

int ward_cli_pilot_end(struct ward_cli_pilot *p)
{
	if (ward_wr_bad(&p->w))
		return ward_cli_fail(p->cmd, "%s", ward_err_text(WARD_ERR_NOMEM));
	if (p->out)
		return ward_cli_clip_write(p->cmd, p->out, ward_wr_slice(&p->w));
	return ward_cli_put(&p->w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static size_t columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : WIDTH;
}

int ward_cli_pilot_put(struct ward_cli_pilot *p, const struct ward_doc *d, struct ward_str foot)
{
	const struct ward_pdf_how how = {.lang = p->lang, .made = 0, .foot = foot};
	enum ward_err err = d->err;

	if (!err && p->format == WARD_CLI_PILOT_PDF)
		err = ward_doc_pdf(d, &how, &p->w);
	else if (p->format == WARD_CLI_PILOT_MARKDOWN)
		ward_doc_markdown(d, &p->w);
	else
		ward_doc_plain(d, columns(), !p->out && ward_cli_colour(stdout), &p->w);
	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(p->cmd,
			"the fonts of the PDF are not here: install fonts-dejavu-core (Debian)");
	return err ? ward_cli_fail(p->cmd, "%s", ward_err_text(err)) : ward_cli_pilot_end(p);
}
