/* A house that is laid out from some answers: what is asked, and the files that the answers give.
 * The child makes them (`ward model new`), and nothing is kept: who wants them proposes them. */
#include "run/proc/config.h"

#include "base/fd.h"
#include "run/laid.h"
#include "words/words.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct layout {
	struct config *k;
	struct ward_json *j;
	struct ward_revision_tree now;
	struct ward_laid laid;
};

static bool has(void *ctx, struct ward_str path)
{
	const struct layout *l = ctx;

	return ward_revision_find(&l->now, path) != NULL;
}

static void begin(struct layout *l)
{
	l->laid.arena = &l->k->scratch;
	l->laid.lim = &l->k->lim;
	l->laid.has = has;
	l->laid.ctx = l;
}

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
		err = ward_laid_read(&l->laid, ward_wr_text(&out), l->j);
		ward_json_arr_end(l->j);
		ward_json_obj_end(l->j);
		if (err || (status != 0 && !(status == 1 && l->laid.n_why)))
			*why = WARD_TEXT("what was laid out can't be read");
	}
	ward_wr_fini(&out);
	if (!err && l->laid.there) {
		*why = WARD_TEXT(
			"files of this house are there already: a house is laid out once, and "
			"changed afterwards");
		return WARD_ERR_STATE;
	}
	if (!err && status != 0) {
		if (l->laid.n_why)
			*why = ward_arena_str(
				&l->k->scratch, (struct ward_str){l->laid.why, l->laid.n_why})
				       .p;
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

	begin(&l);
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

	begin(&l);
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
