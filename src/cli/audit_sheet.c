#include "cli/audit_sheet.h"

#include "cli/clip.h"
#include "cli/speak.h"
#include "report/pdf.h"
#include "story/zone.h"

enum { OUT_BYTES = 4 << 20, LINE = 1024, HEX = 65 };

struct sheet {
	struct ward_doc doc;
	struct ward_lang *lang;
	struct ward_str name; /* of the hospital; may be empty */
};

static struct ward_str say(const struct sheet *s, const char *english)
{
	return ward_lang_text(s->lang, ward_str_z(english));
}

static struct ward_str hex(char text[HEX], const uint8_t *p, size_t n)
{
	struct ward_wr w = ward_wr_fixed(text, HEX);

	ward_wr_hex(&w, (struct ward_slice){p, n});
	return ward_wr_text(&w);
}

static void row(struct sheet *s, const char *what, struct ward_str is)
{
	const struct ward_str cell[] = {say(s, what), is};

	ward_doc_row(&s->doc, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
}

/* What is signed, in figures. */
static void put_figures(struct sheet *s, const struct ward_head *h, struct ward_str when)
{
	const struct ward_str head[] = {say(s, WARD_TEXT("What")), say(s, WARD_TEXT("Here"))};
	char text[HEX];
	struct ward_wr n = ward_wr_fixed(text, sizeof(text));

	ward_doc_row(&s->doc, WARD_DOC_HEAD, head, WARD_ARRAY_LEN(head));
	row(s, WARD_TEXT("Signed"), when);
	ward_say_number(&n, s->lang, h->tree.n);
	row(s, WARD_TEXT("Rows"), ward_wr_text(&n));
	row(s, WARD_TEXT("Root"), hex(text, h->tree.root.b, sizeof(h->tree.root.b)));
	row(s, WARD_TEXT("Key"), hex(text, h->key, sizeof(h->key)));
}

static void tell(struct sheet *s, const struct ward_head *h, const char *code)
{
	const struct ward_day day = ward_zone_day(h->tree.time);
	char line[LINE], moment[64];
	struct ward_wr w = ward_wr_fixed(line, sizeof(line)),
		       when = ward_wr_fixed(moment, sizeof(moment));

	ward_say_moment(&when, s->lang, &day);
	ward_doc_put(&s->doc, WARD_DOC_TITLE, say(s, WARD_TEXT("The ledger, as it was signed")));
	ward_doc_put(&s->doc, WARD_DOC_TEXT, s->name);
	ward_doc_put(&s->doc, WARD_DOC_HEADING, say(s, WARD_TEXT("Code")));
	ward_doc_put(&s->doc, WARD_DOC_STRONG, ward_str_z(code));
	put_figures(s, h, ward_wr_text(&when));
	ward_doc_put(&s->doc, WARD_DOC_HEADING, say(s, WARD_TEXT("What it is for")));
	ward_doc_put(&s->doc, WARD_DOC_TEXT,
		say(s, WARD_TEXT("Keep this sheet where nobody who works on the machine can "
				 "reach it. By it anyone finds each row up to then that was "
				 "changed since, and whether the ledger was cut off.")));
	ward_wr_z(&w, "ward audit verify --code \"");
	ward_wr_z(&w, code);
	ward_wr_z(&w, "\" HOSPITAL");
	ward_doc_put(&s->doc, WARD_DOC_ITEM, ward_wr_text(&w));
	ward_doc_put(&s->doc, WARD_DOC_HEADING, say(s, WARD_TEXT("Taken by")));
	ward_doc_put(&s->doc, WARD_DOC_TEXT,
		say(s, WARD_TEXT("Name, day, place of keeping, signature:")));
}

static int write(const struct ward_cli_sheet *in, struct sheet *s, const struct ward_head *h)
{
	const struct ward_pdf_how how = {s->lang, h->tree.time, s->name, false};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	enum ward_err err = s->doc.err ? s->doc.err : ward_doc_pdf(&s->doc, &how, &w);
	int rc;

	if (err == WARD_ERR_NOT_FOUND)
		rc = ward_cli_fail(in->cmd,
			"the fonts of the PDF are not here: install fonts-dejavu-core (Debian)");
	else if (err)
		rc = ward_cli_fail(in->cmd, "%s", ward_err_text(err));
	else
		rc = ward_cli_clip_write(in->cmd, in->out, ward_wr_slice(&w));
	ward_wr_fini(&w);
	return rc;
}

int ward_cli_audit_sheet(
	const struct ward_cli_sheet *in, const struct ward_head *h, const char *code)
{
	struct sheet s = {.lang = NULL};
	struct ward_model *m = NULL;
	struct ward_limits lim;

	ward_limits_default(&lim);
	int rc = ward_cli_speak(in->cmd, in->hospital, in->lang, &lim, &m, &s.lang);

	if (!rc) {
		s.name = m ? ward_model_hospital(m)->name : WARD_STR("");
		ward_doc_init(&s.doc, ward_lang_code(s.lang));
		tell(&s, h, code);
		rc = write(in, &s, h);
		ward_doc_fini(&s.doc);
	}
	ward_lang_free(s.lang);
	ward_model_free(m);
	return rc;
}
