/* A house that is laid out from some answers: what is asked, and the files that the answers give.
 * The child makes them (`ward model new`), and nothing is kept: who wants them proposes them. */
#include "run/proc/config.h"

#include "base/fd.h"
#include "conf/conf.h"
#include "words/words.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { FOUND = 1024 };

struct layout {
	struct config *k;
	struct ward_json *j;
	struct ward_revision_tree now;
	char why[FOUND];
	struct ward_wr found; /* into why: the first finding */
	bool there;           /* a file of it */
};

static bool is_language(struct ward_str s)
{
	return ward_str_eqz(s, "fr") || ward_str_eqz(s, "it") || ward_str_eqz(s, "nl");
}

/* Where the child finds the answers. */
static bool put_answers(const char *path, struct ward_slice text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && ward_fd_write(fd, text);

	return fd >= 0 && close(fd) == 0 && ok;
}

/* As the child said them: texts, numbers, and whether. */
static void put_words(struct layout *l, const struct ward_conf *c)
{
	ward_json_obj(l->j);
	for (const struct ward_conf *i = c->child; i; i = i->next) {
		uint64_t n;

		if (i->kind != WARD_CONF_SCALAR || ward_str_eqz(i->key, "kind"))
			continue;
		ward_json_key_str(l->j, i->key);
		if (!i->quoted && ward_str_u64(i->text, &n))
			ward_json_u64(l->j, n);
		else
			ward_json_str(l->j, i->text);
	}
	ward_json_obj_end(l->j);
}

static void heard(struct layout *l, const struct ward_conf *c)
{
	struct ward_str kind = ward_conf_word(c, "kind"), path = ward_conf_word(c, "path");

	if (ward_str_eqz(kind, "finding") && !l->found.len) {
		ward_wr_str(&l->found, ward_conf_word(c, "what"));
		ward_wr_z(&l->found, "; ");
		ward_wr_str(&l->found, ward_conf_word(c, "mend"));
	} else if (ward_str_eqz(kind, "file") && ward_revision_find(&l->now, path)) {
		l->there = true;
	} else if (ward_str_eqz(kind, "file") || ward_str_eqz(kind, "question")) {
		put_words(l, c);
	}
}

static enum ward_err hear(struct layout *l, struct ward_str out)
{
	enum ward_err err = WARD_OK;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	while (!err && out.p && out.len) {
		struct ward_str line = ward_str_cut(&out, '\n');
		const struct ward_conf *c;

		if (!line.len)
			continue;
		err = ward_conf_json(&l->k->scratch, &l->k->lim, WARD_STR("layout"), 1,
			ward_str_bytes(line), &d, &c);
		if (!err)
			heard(l, c);
	}
	ward_diag_fini(&d);
	return err;
}

/* The exit codes are of `ward model new`. */
static enum ward_err run(
	struct layout *l, const char *const *word, size_t n, const char *list, const char **why)
{
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), WARD_CHECKER_OUTPUT);
	int status = -1;
	enum ward_err err = ward_checker_run(l->k->checker, word, n, &out, &status);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&l->k->p, "who checks", err);
	*why = WARD_TEXT("so large a house can't be laid out here: use `ward model new` on the "
			 "machine");
	if (!err) {
		ward_json_obj(l->j);
		ward_json_key(l->j, list);
		ward_json_arr(l->j);
		err = hear(l, ward_wr_text(&out));
		ward_json_arr_end(l->j);
		ward_json_obj_end(l->j);
		if (err || (status != 0 && !(status == 1 && l->found.len)))
			*why = WARD_TEXT("what was laid out can't be read");
	}
	ward_wr_fini(&out);
	if (!err && l->there) {
		*why = WARD_TEXT(
			"files of this house are there already: a house is laid out once, and "
			"changed afterwards");
		return WARD_ERR_STATE;
	}
	if (!err && status != 0) {
		if (l->found.len)
			*why = ward_arena_str(&l->k->scratch, ward_wr_text(&l->found)).p;
		return status == 1 ? WARD_ERR_MALFORMED : WARD_ERR_IO;
	}
	return err;
}

enum ward_err config_questions(
	struct config *k, const struct ward_configure_ask *a, struct ward_json *j, const char **why)
{
	struct layout l = {.k = k, .j = j};
	const char *word[] = {"model", "new", "--questions", "--json", "--content", k->content,
		"--lang", is_language(a->path) ? ward_arena_str(&k->scratch, a->path).p : "en"};

	l.found = ward_wr_fixed(l.why, sizeof(l.why) - 1);
	return run(&l, word, WARD_ARRAY_LEN(word), "questions", why);
}

enum ward_err config_layout(
	struct config *k, const struct ward_configure_ask *a, struct ward_json *j, const char **why)
{
	struct layout l = {.k = k, .j = j};
	struct ward_rd files = ward_rd_slice(a->files);
	struct ward_configure_file f;
	char path[4096 + 16];
	const char *word[] = {"model", "new", "--json", "--content", k->content, "--lang",
		is_language(a->path) ? ward_arena_str(&k->scratch, a->path).p : "en", "--answers",
		path};

	l.found = ward_wr_fixed(l.why, sizeof(l.why) - 1);
	*why = WARD_TEXT("there are no answers");
	if (!ward_configure_next(&files, &f))
		return WARD_ERR_MALFORMED;
	enum ward_err err =
		ward_revision_tree(k->r, ward_revision_current(k->r), &k->scratch, &l.now);

	*why = ward_revision_why(k->r);
	if (err)
		return err;
	(void)snprintf(path, sizeof(path), "%s/.answers", k->folder);
	*why = WARD_TEXT("the answers can't be kept for a moment: is there room?");
	err = put_answers(path, f.text) ? run(&l, word, WARD_ARRAY_LEN(word), "files", why)
					: WARD_ERR_IO;
	(void)unlink(path);
	return err;
}
