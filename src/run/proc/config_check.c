#include "run/proc/config.h"

#include "conf/conf.h"
#include "words/words.h"

#include <stdio.h>

enum { OUTPUT = WARD_CHECKER_OUTPUT, FINDINGS = 500 };

struct ward_str config_plain(struct config *k, const char *folder, struct ward_str s)
{
	struct ward_str at = ward_str_z(folder), rest = s;
	struct ward_wr w = ward_wr_fixed(ward_arena_alloc(&k->scratch, s.len + 1), s.len + 1);
	size_t off;

	if (!w.p)
		return WARD_STR("");
	while ((off = ward_str_find(rest, at)) != SIZE_MAX) {
		ward_wr_str(&w, ward_str_sub(rest, 0, off));
		rest = ward_str_sub(rest, off + at.len, rest.len);
		if (ward_str_starts(rest, WARD_STR("/")))
			rest = ward_str_sub(rest, 1, rest.len);
	}
	ward_wr_str(&w, rest);
	return ward_wr_text(&w);
}

static struct ward_str plain(struct config *k, struct ward_str s)
{
	return config_plain(k, k->stage, s);
}

bool config_may_be_seen(struct config *k, const struct ward_revision_tree *of, struct ward_str file)
{
	struct ward_str content = ward_str_z(k->content);

	return !file.len || ward_revision_find(of, file) ||
	       (ward_str_starts(file, content) && ward_str_find(file, WARD_STR("..")) == SIZE_MAX);
}

static void put_finding(struct config *k, struct ward_json *j, const struct ward_revision_tree *of,
	const struct ward_conf *c)
{
	struct ward_str what = ward_conf_word(c, "what"), mend = ward_conf_word(c, "mend"),
			line = ward_conf_word(c, "line"),
			path = plain(k, ward_conf_word(c, "file"));
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	uint64_t n = 0;

	if (!config_may_be_seen(k, of, path)) {
		what = WARD_STR(
			"this file is not as it must be, and what stands in it is not shown here");
		mend = WARD_STR(
			"it is none that the configuration holds: run `ward check` on the machine");
		line = WARD_STR("");
	}
	ward_wr_str(&w, plain(k, what));
	if (mend.len) {
		ward_wr_z(&w, "; ");
		ward_wr_str(&w, plain(k, mend));
	}
	ward_json_obj(j);
	ward_json_key(j, "file");
	ward_json_str(j, path);
	ward_json_key(j, "line");
	ward_json_u64(j, ward_str_u64(line, &n) ? n : 0);
	ward_json_key(j, "text");
	ward_json_str(j, ward_wr_text(&w));
	ward_json_obj_end(j);
	ward_wr_fini(&w);
}

/* Those of one level; how many there are. */
static size_t put_level(struct config *k, struct ward_json *j, const struct ward_revision_tree *of,
	struct ward_str out, const char *level)
{
	struct ward_diag d;
	size_t n = 0;

	ward_diag_init(&d, ward_mem_heap());
	while (out.p && out.len) {
		struct ward_str line = ward_str_cut(&out, '\n');
		const struct ward_conf *c;

		if (!line.len || ward_conf_json(&k->scratch, &k->lim, WARD_STR("check"), 1,
					 ward_str_bytes(line), &d, &c) != WARD_OK)
			continue;
		if (!ward_str_eqz(ward_conf_word(c, "kind"), "finding") ||
			!ward_str_eqz(ward_conf_word(c, "level"), level))
			continue;
		if (n++ < FINDINGS)
			put_finding(k, j, of, c);
	}
	ward_diag_fini(&d);
	return n;
}

/* Are there words of this language? Else it is said in English. */
static bool has_words(const struct config *k, struct ward_str lang)
{
	struct ward_str rest = ward_str_z(k->langs);

	while (rest.p && rest.len)
		if (ward_str_eq(ward_str_trim(ward_str_cut(&rest, ',')), lang))
			return ward_lang_is_code(lang) && lang.len <= WARD_CONFIGURE_LANG;
	return false;
}

enum ward_err config_check(struct config *k, const struct ward_revision_tree *of,
	struct ward_str lang, struct ward_json *j, size_t *ret_n_error, const char **ret_why)
{
	char code[WARD_CONFIGURE_LANG + 1] = "en";
	const char *const word[] = {
		"check", "--json", "--lang", code, "--content", k->content, k->stage};
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), OUTPUT);
	int status = -1;

	if (has_words(k, lang))
		(void)snprintf(code, sizeof(code), "%.*s", WARD_STR_ARG(lang));
	enum ward_err err = ward_checker_run(k->checker, word, WARD_ARRAY_LEN(word), &out, &status);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "who checks", err);
	/* 0: nothing wrong, 1: errors (`ward check`) */
	if (!err && status != 0 && status != 1)
		err = WARD_ERR_IO;
	*ret_why = err == WARD_ERR_AGAIN || err == WARD_ERR_IO
			   ? WARD_TEXT("it could not be checked: the check did not come to its end")
			   : WARD_TEXT("it could not be checked: there is too much to say of it");
	if (!err) {
		ward_json_key(j, "errors");
		ward_json_arr(j);
		*ret_n_error = put_level(k, j, of, ward_wr_text(&out), "error");
		ward_json_arr_end(j);
		ward_json_key(j, "warnings");
		ward_json_arr(j);
		(void)put_level(k, j, of, ward_wr_text(&out), "warning");
		ward_json_arr_end(j);
		if (status == 1 && !*ret_n_error) /* what it found could not be read */
			*ret_n_error = 1;
	}
	ward_wr_fini(&out);
	return err;
}
