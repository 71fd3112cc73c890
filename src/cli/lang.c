#include "cli/lang.h"

#include <stdlib.h>

enum { DIR_BYTES = 4096, OUT_BYTES_MAX = 1 << 28, FINDINGS_SHOWN = 20 };

static int report(const struct ward_cmd *cmd, struct ward_diag *diag)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	bool put;

	ward_diag_sort(diag);
	ward_diag_write_text(diag, &w);
	put = ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
	return put ? ward_cli_fail(cmd, "the language's texts have errors") : WARD_EXIT_RUN;
}

static int unknown(const struct ward_cmd *cmd, struct ward_str code, const char *dir)
{
	char list[512];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	ward_lang_list(dir, &w);
	return ward_cli_usage(cmd, "no language '%.*s'; there are %.*s",
		WARD_STR_ARG(ward_str_sub(code, 0, 40)), WARD_STR_ARG(ward_wr_text(&w)));
}

int ward_cli_lang(const struct ward_cmd *cmd, const struct ward_cli_lang *in,
	const struct ward_limits *lim, struct ward_lang **ret)
{
	const char *env = getenv("WARD_LANG");
	const char *asked = in->option ? in->option : env && *env ? env : NULL;
	struct ward_str code = asked              ? ward_str_z(asked)
			       : in->hospital.len ? in->hospital
						  : WARD_STR("en");
	struct ward_diag diag;
	char dir[DIR_BYTES];
	int rc = WARD_EXIT_DONE;

	if (snprintf(dir, sizeof(dir), "%s/words", in->content) >= (int)sizeof(dir))
		return ward_cli_fail(cmd, "the path of the content directory is too long");
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_lang_load(dir, code, lim, ward_mem_heap(), &diag, ret);

	if (err == WARD_ERR_NOT_FOUND && asked)
		rc = unknown(cmd, code, dir);
	else if (err == WARD_ERR_NOT_FOUND)
		*ret = NULL;
	else if (diag.n_error)
		rc = report(cmd, &diag);
	else if (err)
		rc = ward_cli_fail(cmd, "%s: %s", dir, ward_err_text(err));
	ward_diag_fini(&diag);
	return rc;
}

/* In quotes stands what somebody wrote, as it is written: 'contains' is no word of a sentence. */
static bool is_quoted(struct ward_str form, const char *name)
{
	char in[32];
	struct ward_wr w = ward_wr_fixed(in, sizeof(in));

	ward_wr_printf(&w, "'{%s}'", name);
	return !ward_wr_bad(&w) && ward_str_find(form, ward_wr_text(&w)) != SIZE_MAX;
}

void ward_cli_say_finding(struct ward_wr *w, const struct ward_diag_item *it,
	struct ward_str english, struct ward_str form, struct ward_lang *lang)
{
	struct ward_word_slot slot[WARD_WORDS_SLOTS_MAX];

	if (!lang || !form.len || it->n_slot > WARD_WORDS_SLOTS_MAX) {
		ward_wr_str(w, english);
		return;
	}
	for (size_t i = 0; i < it->n_slot; i++) /* a word of the code is said, too */
		slot[i] = (struct ward_word_slot){it->slot[i].name,
			is_quoted(form, it->slot[i].name) ? it->slot[i].text
							  : ward_lang_text(lang, it->slot[i].text)};
	ward_say_text(w, ward_lang_text(lang, form), slot, it->n_slot);
}

void ward_cli_say_findings(struct ward_diag *d, struct ward_lang *lang)
{
	for (size_t i = 0; lang && i < d->n; i++) {
		struct ward_diag_item *it = &d->item[i];
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);

		ward_cli_say_finding(&w, it, it->what, it->what_form, lang);
		struct ward_str what = ward_arena_str(&d->arena, ward_wr_text(&w));

		ward_wr_reset(&w);
		ward_cli_say_finding(&w, it, it->mend, it->mend_form, lang);
		struct ward_str mend = ward_arena_str(&d->arena, ward_wr_text(&w));

		if (what.p && mend.p) {
			it->what = what;
			it->mend = mend;
		}
		ward_wr_fini(&w);
	}
}

void ward_cli_plain(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		ward_wr_ch(w, (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? '?' : s.p[i]);
}

/* A finding's text in the language, where it has one that knows it. */
static void put_said(struct ward_wr *w, const struct ward_diag_item *it, struct ward_str english,
	struct ward_str form, struct ward_lang *lang)
{
	struct ward_wr said = ward_wr_grow(w->mem, OUT_BYTES_MAX);

	ward_cli_say_finding(&said, it, english, form, lang);
	ward_diag_put_visible(w, ward_wr_text(&said));
	ward_wr_fini(&said);
}

void ward_cli_write_finding(
	struct ward_wr *w, const struct ward_diag_item *it, bool colour, struct ward_lang *lang)
{
	static const char *const name[] = {
		WARD_TEXT("error"), WARD_TEXT("warning"), WARD_TEXT("note")};
	static const char *const on[] = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m"};

	ward_diag_put_visible(w, it->file);
	if (it->line)
		ward_wr_printf(w, ":%u", it->line);
	ward_wr_printf(w, "%s%s", it->file.len ? ": " : "", colour ? on[it->level] : "");
	ward_say(w, lang, name[it->level]);
	ward_wr_z(w, colour ? "\x1b[0m" : "");
	ward_say_colon(w, lang);
	put_said(w, it, it->what, it->what_form, lang);
	ward_wr_ch(w, '\n');
	if (!it->mend.len)
		return;
	ward_wr_z(w, colour ? "    \x1b[2m" : "    ");
	ward_say(w, lang, WARD_TEXT("mend:"));
	ward_wr_z(w, colour ? "\x1b[0m " : " ");
	put_said(w, it, it->mend, it->mend_form, lang);
	ward_wr_ch(w, '\n');
}

void ward_cli_write_findings(struct ward_wr *w, struct ward_diag *d, struct ward_lang *lang)
{
	char more[24];

	ward_diag_sort(d);
	for (size_t i = 0; i < d->n; i++)
		ward_cli_write_finding(w, &d->item[i], false, lang);
	if (!d->n_dropped)
		return;
	(void)snprintf(more, sizeof(more), "%zu", d->n_dropped);
	WARD_SAY(w, lang, WARD_TEXT("({n} more findings are not shown)"), {"n", ward_str_z(more)});
	ward_wr_ch(w, '\n');
}

void ward_cli_findings(struct ward_diag *diag, const char *dir, struct ward_lang *lang)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	size_t n = diag->n;
	char more[24];

	ward_diag_sort(diag);
	if (dir && diag->n > FINDINGS_SHOWN)
		diag->n = FINDINGS_SHOWN;
	ward_cli_write_findings(&w, diag, lang);
	(void)snprintf(more, sizeof(more), "%zu", n - diag->n);
	if (diag->n < n) {
		WARD_SAY(&w, lang, WARD_TEXT("{n} more: see `ward check {dir}`"),
			{"n", ward_str_z(more)}, {"dir", ward_str_z(dir)});
		ward_wr_ch(&w, '\n');
	}
	diag->n = n;
	(void)ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
}

void ward_cli_findings_in(const struct ward_cmd *cmd, struct ward_diag *diag, const char *dir,
	const struct ward_cli_lang *speak)
{
	struct ward_lang *lang = NULL;
	struct ward_limits lim;

	ward_limits_default(&lim);
	if (diag->n && speak->content && ward_cli_lang(cmd, speak, &lim, &lang) != WARD_EXIT_DONE)
		lang = NULL; /* which was said */
	ward_cli_findings(diag, dir, lang);
	ward_lang_free(lang);
}

int ward_cli_report_in(const struct ward_cmd *cmd, enum ward_err err, const char *doing,
	struct ward_diag *diag, struct ward_lang *lang, struct ward_wr *w)
{
	if (err != WARD_ERR_CONFIG && !diag->n_error)
		return ward_cli_fail(cmd, "%s: %s", doing, ward_err_text(err));
	ward_cli_write_findings(w, diag, lang);
	return ward_cli_put(w, stderr) && err == WARD_ERR_CONFIG ? WARD_EXIT_INPUT : WARD_EXIT_RUN;
}

int ward_cli_report(const struct ward_cmd *cmd, enum ward_err err, const char *doing,
	struct ward_diag *diag, const struct ward_cli_lang *speak, struct ward_wr *w)
{
	struct ward_lang *lang = NULL;
	struct ward_limits lim;

	ward_limits_default(&lim);
	int code = err == WARD_ERR_CONFIG ? ward_cli_lang(cmd, speak, &lim, &lang) : WARD_EXIT_DONE;

	if (!code)
		code = ward_cli_report_in(cmd, err, doing, diag, lang, w);
	ward_lang_free(lang);
	return code;
}
