#include "run/proc/config.h"

#include "base/hash.h"
#include "base/id.h"
#include "conf/conf.h"

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

/* What stands in a finding of a file that the configuration holds none of. */
static void hide(struct ward_lang *l, struct ward_str *what, struct ward_str *mend)
{
	*what = ward_lang_text(
		l, ward_str_z(WARD_TEXT("this file is not as it must be, and what stands in it is "
					"not shown here")));
	*mend = ward_lang_text(
		l, ward_str_z(WARD_TEXT("it is none that the configuration holds: run `ward check` "
					"on the machine")));
}

struct found {
	struct config *k;
	const struct ward_revision_tree *of;
	struct ward_lang *lang;
	struct ward_str out; /* of `ward check` */
	/* What it says of the base: how often each, by what it says without its line, which moves.
	 */
	struct ward_tab known; /* uint64_t */
};

/* What a finding is, wherever in its file it stands. */
static struct ward_id key_of(struct config *k, const struct ward_conf *c)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward finding");
	ward_idgen_str(&g, plain(k, ward_conf_word(c, "file")));
	ward_idgen_str(&g, plain(k, ward_conf_word(c, "what")));
	return ward_idgen_final(&g);
}

static void put_finding(struct found *f, struct ward_json *j, const struct ward_conf *c)
{
	struct ward_str what = ward_conf_word(c, "what"), mend = ward_conf_word(c, "mend"),
			line = ward_conf_word(c, "line"),
			path = plain(f->k, ward_conf_word(c, "file"));
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_id key = key_of(f->k, c);
	uint64_t n = 0, *left = ward_tab_find(&f->known, &key);

	if (!config_may_be_seen(f->k, f->of, path)) {
		hide(f->lang, &what, &mend);
		line = WARD_STR("");
	}
	ward_wr_str(&w, plain(f->k, what));
	if (mend.len) {
		ward_wr_z(&w, "; ");
		ward_wr_str(&w, plain(f->k, mend));
	}
	ward_json_obj(j);
	ward_json_key(j, "file");
	ward_json_str(j, path);
	ward_json_key(j, "line");
	ward_json_u64(j, ward_str_u64(line, &n) ? n : 0);
	ward_json_key(j, "text");
	ward_json_str(j, ward_wr_text(&w));
	if (left && *left) { /* as often as the base has it */
		(*left)--;
		ward_json_key(j, "known");
		ward_json_bool(j, true);
	}
	ward_json_obj_end(j);
	ward_wr_fini(&w);
}

typedef void (*on_finding)(struct found *f, struct ward_json *j, const struct ward_conf *c);

/* Those of one level, the first of them told; how many there are. */
static size_t each(struct found *f, const char *level, on_finding tell, struct ward_json *j)
{
	struct ward_str out = f->out;
	struct ward_diag d;
	size_t n = 0;

	ward_diag_init(&d, ward_mem_heap());
	while (out.p && out.len) {
		struct ward_str line = ward_str_cut(&out, '\n');
		const struct ward_conf *c;

		if (!line.len || ward_conf_json(&f->k->scratch, &f->k->lim, WARD_STR("check"), 1,
					 ward_str_bytes(line), &d, &c) != WARD_OK)
			continue;
		if (!ward_str_eqz(ward_conf_word(c, "kind"), "finding") ||
			!ward_str_eqz(ward_conf_word(c, "level"), level))
			continue;
		if (n++ < FINDINGS)
			tell(f, j, c);
	}
	ward_diag_fini(&d);
	return n;
}

static void remember(struct found *f, struct ward_json *j, const struct ward_conf *c)
{
	struct ward_id key = key_of(f->k, c);
	void *n;

	(void)j; /* without memory a warning is shown as new */
	if (ward_tab_put(&f->known, &key, &n, NULL) == WARD_OK)
		(*(uint64_t *)n)++;
}

static size_t put_level(struct found *f, struct ward_json *j, const char *key, const char *level)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	size_t n = each(f, level, put_finding, j);

	ward_json_arr_end(j);
	return n;
}

/* What `ward check` says of a tree; its exit codes are 0, nothing wrong, and 1, errors. */
static enum ward_err look(struct config *k, const struct ward_revision_tree *of,
	struct ward_lang *lang, struct ward_wr *out, int *ret_status, const char **ret_why)
{
	struct ward_str code = ward_arena_str(&k->scratch, ward_lang_code(lang));
	const char *const word[] = {
		"check", "--json", "--lang", code.p, "--content", k->content, k->stage};
	enum ward_err err = ward_revision_stage(k->r, of, k->stage);

	*ret_why = ward_revision_why(k->r);
	if (!err && !code.p)
		err = WARD_ERR_NOMEM;
	if (err)
		return err;
	err = ward_checker_run(k->checker, word, WARD_ARRAY_LEN(word), out, ret_status);
	ward_revision_unstage(k->stage);
	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "who checks", err);
	if (!err && *ret_status != 0 && *ret_status != 1)
		err = WARD_ERR_IO;
	*ret_why = err == WARD_ERR_AGAIN || err == WARD_ERR_IO
			   ? WARD_TEXT("it could not be checked: the check did not come to its end")
			   : WARD_TEXT("it could not be checked: there is too much to say of it");
	return err;
}

/* A base that can't be looked at makes all that is found new. */
static void look_before(struct found *f, const struct ward_revision_tree *base)
{
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), OUTPUT);
	const char *why;
	int status;

	ward_tab_init(
		&f->known, ward_mem_heap(), sizeof(struct ward_id), sizeof(uint64_t), FINDINGS);
	if (look(f->k, base, f->lang, &out, &status, &why) == WARD_OK) {
		f->out = ward_wr_text(&out);
		(void)each(f, "warning", remember, NULL);
	}
	ward_wr_fini(&out);
}

enum ward_err config_check(struct config *k, struct config_proposal *p,
	const struct ward_revision_tree *base, struct ward_str lang, struct ward_json *j,
	const char **ret_why)
{
	struct found f = {.k = k, .of = &p->tree, .lang = config_lang(k, lang)};
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), OUTPUT);
	int status = -1;

	look_before(&f, base);
	enum ward_err err = look(k, &p->tree, f.lang, &out, &status, ret_why);

	if (!err) {
		f.out = ward_wr_text(&out);
		p->n_error = put_level(&f, j, "errors", "error");
		(void)put_level(&f, j, "warnings", "warning");
		if (status == 1 && !p->n_error) /* what it found could not be read */
			p->n_error = 1;
	}
	ward_tab_fini(&f.known);
	ward_wr_fini(&out);
	return err;
}
