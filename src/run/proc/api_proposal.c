#include "run/proc/api_proposal.h"

#include "base/diag.h"
#include "run/configure.h"
#include "run/proc/api_body.h"

#include <stdlib.h>

/* The files of the list into w. NULL, or what is wrong. */
static const char *put_files(
	struct ward_str list, struct ward_wr *scratch, struct ward_wr *w, uint32_t *ret_n)
{
	struct ward_str item;

	for (*ret_n = 0; serve_body_next(&list, scratch, &item); ++*ret_n) {
		struct serve_body b;
		struct ward_configure_file f;

		if (*ret_n == WARD_CONFIGURE_FILES)
			return WARD_TEXT("too many files at once: 256 at most");
		if (serve_body_read(ward_str_bytes(item), scratch, &b))
			return WARD_TEXT("an item of files is no object");
		f.path = serve_body_text(&b, "path");
		f.text = ward_str_bytes(serve_body_text(&b, "text"));
		f.has_text = serve_body_kind(&b, "text") == '"';
		if (!f.path.len || f.path.len > WARD_CONFIGURE_PATH)
			return WARD_TEXT("an item of files has no path, or one that is too long");
		if (!serve_body_kind(&b, "text") || serve_body_odd(&b, "text", false))
			return WARD_TEXT("an item of files has no text; null removes the file");
		ward_configure_put_file(w, &f);
	}
	list = ward_str_trim(list);
	return *ret_n && ward_str_eqz(list, "]")
		       ? NULL
		       : WARD_TEXT("files is a list of objects with path and text");
}

/* A list of texts as lines. NULL, or what is wrong. */
static const char *put_lines(struct ward_str list, struct ward_wr *scratch, struct ward_wr *w)
{
	struct ward_str item;

	while (serve_body_next_text(&list, scratch, &item)) {
		if (memchr(item.p, '\n', item.len))
			return WARD_TEXT("an item of accept has a line end in it");
		ward_wr_str(w, item);
		ward_wr_ch(w, '\n');
	}
	list = ward_str_trim(list);
	if (ward_str_starts(list, WARD_STR("["))) /* there is none */
		list = ward_str_trim(ward_str_sub(list, 1, list.len));
	return ward_str_eqz(list, "]")
		       ? NULL
		       : WARD_TEXT(
				 "accept is a list of keys, as the items of the import have them");
}

/* What another product knows: its text, and what is asked of it, each under its name. */
static const char *put_import(
	const struct serve_body *b, struct ward_wr *scratch, struct ward_wr *w, uint32_t *ret_n)
{
	static const char *const part[] = {WARD_CONFIGURE_IMPORT_PARTS};
	struct ward_wr accept = ward_wr_grow(ward_mem_heap(), WARD_CONFIGURE_ASK);
	const char *wrong = NULL;

	for (size_t i = 0; i < WARD_ARRAY_LEN(part) && !wrong; i++) {
		struct ward_str text = serve_body_text(b, part[i]);
		char kind = serve_body_kind(b, part[i]);

		if (strcmp(part[i], "accept") == 0 && kind == '[') {
			wrong = put_lines(serve_body_list(b, "accept"), scratch, &accept);
			text = ward_wr_text(&accept);
		} else if (strcmp(part[i], "map") == 0 && kind == '{') {
			text = serve_body_object(b, "map");
		} else if (kind && kind != '"') {
			wrong = WARD_TEXT("import has texts: name, text, format, source, in, list; "
					  "map is an object, accept a list");
		}
		if (kind && !wrong) {
			ward_configure_put_file(
				w, &(struct ward_configure_file){.path = ward_str_z(part[i]),
					   .has_text = true,
					   .text = ward_str_bytes(text)});
			++*ret_n;
		}
	}
	if (!wrong && (!serve_body_text(b, "name").len || !serve_body_text(b, "text").len))
		wrong = WARD_TEXT(
			"import needs name, which is the file's, and text, which is in it");
	if (ward_wr_bad(&accept))
		wrong = WARD_TEXT("accept is too long");
	ward_wr_fini(&accept);
	return wrong;
}

static const char *put_change(const struct serve_body *b, struct ward_configure_ask *of,
	struct ward_wr *scratch, struct ward_wr *files)
{
	struct ward_str import = serve_body_object(b, "import");
	struct serve_body in;

	if (serve_body_u64(b, "back", &of->to)) {
		of->how = WARD_CONFIGURE_BACK;
		return NULL;
	}
	if (!serve_body_kind(b, "import"))
		return put_files(serve_body_list(b, "files"), scratch, files, &of->n);
	of->how = WARD_CONFIGURE_IMPORT;
	if (!import.len || serve_body_read(ward_str_bytes(import), scratch, &in))
		return WARD_TEXT("import is no object");
	return put_import(&in, scratch, files, &of->n);
}

static const char *put_proposal(const struct serve_body *b, struct ward_str lang,
	struct ward_wr *scratch, struct ward_wr *w)
{
	struct ward_configure_ask of = {.what = WARD_CONFIGURE_PROPOSE,
		.why = serve_body_text(b, "why"),
		.lang = lang.len <= WARD_CONFIGURE_LANG ? lang : WARD_STR("")};
	struct ward_wr files = ward_wr_grow(ward_mem_heap(), WARD_CONFIGURE_ASK);
	const char *wrong = NULL;

	if (!of.why.len || of.why.len > WARD_CONFIGURE_WHY)
		wrong = WARD_TEXT("say why, in 1 to 500 bytes");
	else if (!serve_body_u64(b, "base", &of.version))
		wrong = WARD_TEXT("say base: the version that it is made of, as a number");
	else
		wrong = put_change(b, &of, scratch, &files);
	ward_configure_put(w, &of);
	ward_wr_bytes(w, files.p, files.len);
	if (!wrong && ward_wr_bad(&files))
		wrong = WARD_TEXT("the texts are too long together");
	ward_wr_fini(&files);
	return wrong;
}

const char *serve_proposal(struct ward_slice body, struct ward_str lang, struct ward_wr *w)
{
	/* texts of the object, of an object within it, and of an item that is looked at */
	size_t room = 3 * body.len + 64;
	uint8_t *bytes = malloc(room);
	struct ward_wr scratch = ward_wr_fixed(bytes, room);
	struct serve_body b;

	if (!bytes)
		return WARD_TEXT("there is no memory for it just now; try again");
	const char *wrong = serve_body_read(body, &scratch, &b);

	if (!wrong)
		wrong = put_proposal(&b, lang, &scratch, w);
	free(bytes);
	return wrong;
}
