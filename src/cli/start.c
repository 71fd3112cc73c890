#include "cli/start.h"

#include "cli/args.h"
#include "cli/lang.h"
#include "cli/made.h"
#include "conf/conf.h"
#include "model/files.h"

#include <string.h>
#include <unistd.h>

/* Of a hospital that is there. */
static const char its_own[] = "hospital.yml";

enum { LINE_MAX_BYTES = 256, OUT_MAX = 1 << 24, PATH_BYTES = 4096 };

struct job {
	const struct ward_cli_start *in;
	const struct ward_cmd *cmd;
	struct ward_lang *lang,
		*names; /* what is asked in; of places and roles, where it is another */
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_wr w;
	struct ward_start *s;
	struct ward_make_files made;
};

static int report(struct job *j, enum ward_err err, const char *doing)
{
	if (j->in->json && j->diag.n_error) {
		ward_wr_reset(&j->w);
		ward_diag_write_json(&j->diag, &j->w);
		return ward_cli_put(&j->w, stdout) ? WARD_EXIT_INPUT : WARD_EXIT_RUN;
	}
	return ward_cli_report_in(j->cmd, err, doing, &j->diag, j->lang, &j->w);
}

/* What is asked of a hospital that has its name and place, as lines of JSON. */
static void put_question(struct job *j, const struct ward_start_question *q)
{
	struct ward_json out = ward_json_on(&j->w);

	if (q->kind == WARD_START_TEXT)
		return;
	ward_json_obj(&out);
	ward_json_key(&out, "kind");
	ward_json_z(&out, "question");
	ward_json_key(&out, "id");
	ward_json_str(&out, q->id);
	ward_json_key(&out, "ask");
	ward_json_str(&out, ward_lang_text(j->lang, q->ask));
	ward_json_key(&out, "usual");
	ward_json_str(&out, q->text);
	if (q->kind == WARD_START_NUMBER) {
		ward_json_key(&out, "min");
		ward_json_i64(&out, q->min);
		ward_json_key(&out, "max");
		ward_json_i64(&out, q->max);
	}
	ward_json_obj_end(&out);
	ward_wr_ch(&j->w, '\n');
}

/* The questions as a file of answers: each with its usual answer. */
static int list(struct job *j)
{
	for (size_t i = 0; i < ward_start_n(j->s); i++) {
		const struct ward_start_question *q = ward_start_question(j->s, i);

		if (j->in->json) {
			put_question(j, q);
			continue;
		}
		ward_wr_printf(&j->w, "# %.*s (", WARD_STR_ARG(ward_lang_text(j->lang, q->ask)));
		ward_start_wants(j->s, i, j->lang, &j->w);
		ward_wr_printf(&j->w, ")\n%.*s: %s%.*s%s\n", WARD_STR_ARG(q->id),
			q->kind == WARD_START_TEXT ? "\"" : "", WARD_STR_ARG(q->text),
			q->kind == WARD_START_TEXT ? "\"" : "");
	}
	return ward_cli_put(&j->w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

/* Until it is an answer, or nothing: then what is usual stays. What is called somehow, and is to be
 * lived with, has no usual name. False at the end of the input. */
static bool ask(struct job *j, size_t i)
{
	const struct ward_start_question *q = ward_start_question(j->s, i);
	bool must = !j->in->facts && q->kind == WARD_START_TEXT && q->form == WARD_START_ANY;
	char line[LINE_MAX_BYTES], wants[256];

	for (;;) {
		struct ward_wr w = ward_wr_fixed(wants, sizeof(wants));

		fprintf(stderr, "%zu/%zu %.*s ", i + 1, ward_start_n(j->s),
			WARD_STR_ARG(ward_lang_text(j->lang, q->ask)));
		if (!must)
			fprintf(stderr, "[%.*s] ", WARD_STR_ARG(q->text));
		if (!fgets(line, sizeof(line), stdin))
			return false;
		struct ward_str text = ward_str_trim(ward_str_z(line));

		if (text.len ? ward_start_answer(j->s, i, text) : !must)
			return true;
		ward_wr_z(&w, "  ");
		ward_start_wants(j->s, i, j->lang, &w);
		if (!must)
			ward_say(&w, j->lang, WARD_TEXT(", or nothing for what is usual"));
		fprintf(stderr, "%.*s\n", WARD_STR_ARG(ward_wr_text(&w)));
	}
}

static int answer(struct job *j)
{
	struct ward_slice text;

	if (j->in->answers) {
		enum ward_err err =
			ward_conf_read(&j->arena, &j->lim, j->in->answers, &j->diag, &text);

		if (!err)
			err = ward_start_answers(j->s, ward_str_z(j->in->answers), text, &j->diag);
		return err ? report(j, err, j->in->answers) : WARD_EXIT_DONE;
	}
	if (!isatty(STDIN_FILENO))
		return ward_cli_usage(j->cmd,
			"no terminal to ask at: give --answers FILE; `ward model new%s "
			"--questions` "
			"shows one",
			j->in->facts ? "" : " --empty");
	for (size_t i = 0; i < ward_start_n(j->s); i++)
		if (!ask(j, i)) {
			fputc('\n', stderr);
			return ward_cli_fail(j->cmd, "the answers ended; nothing was written");
		}
	return WARD_EXIT_DONE;
}

static enum ward_err content_file(
	struct job *j, const char *content, const char *name, struct ward_model_file *f)
{
	char path[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%s", content, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	f->name = ward_str_z(name);
	f->path = ward_arena_str(&j->arena, ward_str_z(path));
	return f->path.p ? ward_conf_read(&j->arena, &j->lim, path, &j->diag, &f->bytes)
			 : WARD_ERR_NOMEM;
}

/* Loaded before a byte is written; then the facts can say of each thing where it is from. */
static int finish(struct job *j)
{
	struct ward_model_file file[WARD_MAKE_FILES_MAX], of[2];
	struct ward_model *m = NULL;
	size_t n = 0;
	enum ward_err err = content_file(j, j->in->content, "ontology.yml", &of[0]);

	if (!err)
		err = content_file(j, j->in->content, "threats.yml", &of[1]);
	for (size_t i = 0; i < j->made.n; i++)
		if (!ward_model_files_elsewhere(j->made.file[i].name))
			file[n++] = (struct ward_model_file){j->made.file[i].name,
				j->made.file[i].name, ward_wr_slice(&j->made.file[i].text)};
	if (!err)
		err = ward_model_load_files(file, n, of, &j->lim, ward_mem_heap(), &j->diag, &m);
	if (!err && j->in->facts)
		err = ward_start_facts(j->s, m, ward_clock_now(ward_clock_system()),
			j->in->json ? its_own : "", &j->made);
	ward_model_free(m);
	return err ? report(j, err, "the templates") : WARD_EXIT_DONE;
}

static void said(struct job *j, size_t n_answered)
{
	char text[3][24];
	struct ward_wr n[3];
	const size_t count[3] = {j->made.n, n_answered, ward_start_n(j->s)};
	const char *wrote = j->in->facts ? WARD_TEXT("wrote {dir}: {files} files from {n} of {all} "
						     "answers; the rest is assumed (facts.csv)")
					 : WARD_TEXT("wrote {dir}: {files} files from {n} of {all} "
						     "answers");

	for (size_t i = 0; i < WARD_ARRAY_LEN(n); i++) {
		n[i] = ward_wr_fixed(text[i], sizeof(text[i]));
		ward_wr_u64(&n[i], count[i]);
	}
	ward_wr_reset(&j->w);
	WARD_SAY(&j->w, j->lang, wrote, {"dir", ward_str_z(j->in->dir)},
		{"files", ward_wr_text(&n[0])}, {"n", ward_wr_text(&n[1])},
		{"all", ward_wr_text(&n[2])});
	ward_wr_ch(&j->w, '\n');
	if (j->in->facts) {
		WARD_SAY(&j->w, j->lang,
			WARD_TEXT("next: ward check {dir}; ward model score {dir}"),
			{"dir", ward_str_z(j->in->dir)});
		ward_wr_ch(&j->w, '\n');
	}
	fprintf(stderr, "%.*s", WARD_STR_ARG(ward_wr_text(&j->w)));
}

/* Said as JSON, for whoever lays them into a hospital: that has a file of its name and place. */
static int put_files(struct job *j)
{
	ward_wr_reset(&j->w);
	for (size_t i = 0; i < j->made.n; i++) {
		struct ward_json out = ward_json_on(&j->w);

		if (ward_str_eqz(j->made.file[i].name, its_own))
			continue;
		ward_json_obj(&out);
		ward_json_key(&out, "kind");
		ward_json_z(&out, "file");
		ward_json_key(&out, "path");
		ward_json_str(&out, j->made.file[i].name);
		ward_json_key(&out, "text");
		ward_json_str(&out, ward_wr_text(&j->made.file[i].text));
		ward_json_obj_end(&out);
		ward_wr_ch(&j->w, '\n');
	}
	return ward_cli_put(&j->w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

/* The language that was answered, where that is asked. */
static int speak(struct job *j)
{
	char dir[PATH_BYTES];
	int n = snprintf(dir, sizeof(dir), "%s/words", j->in->content);

	if (n < 0 || (size_t)n >= sizeof(dir))
		return ward_cli_fail(j->cmd, "the path of the content is too long");
	for (size_t i = 0; i < ward_start_n(j->s); i++) {
		const struct ward_start_question *q = ward_start_question(j->s, i);

		if (q->form != WARD_START_LANGUAGE)
			continue;
		enum ward_err err =
			ward_lang_load(dir, q->text, &j->lim, ward_mem_heap(), &j->diag, &j->names);

		return err ? report(j, err, dir) : WARD_EXIT_DONE;
	}
	j->names = j->lang;
	return WARD_EXIT_DONE;
}

static int open_set(struct job *j)
{
	const struct ward_cli_lang speak = {j->in->lang, j->in->content, {"", 0}};
	char set[PATH_BYTES];
	int n = snprintf(set, sizeof(set), "%s/%s", j->in->content, j->in->set);

	if (n < 0 || (size_t)n >= sizeof(set))
		return ward_cli_fail(j->cmd, "the path of the content is too long");
	enum ward_err err = ward_start_load(set, &j->lim, ward_mem_heap(), &j->diag, &j->s);

	return err ? report(j, err, set) : ward_cli_lang(j->cmd, &speak, &j->lim, &j->lang);
}

static int make(struct job *j)
{
	size_t n = 0;
	int code = answer(j);

	if (!code)
		code = speak(j);
	if (code)
		return code;
	enum ward_err err = ward_start_make(j->s, j->names, &j->diag, &j->made);

	if (err)
		return report(j, err, "the templates");
	code = finish(j);
	if (!code && j->in->json)
		return put_files(j);
	if (!code)
		code = ward_cli_made(j->cmd, j->in->dir, &j->made);
	if (code)
		return code;
	for (size_t i = 0; i < ward_start_n(j->s); i++)
		n += ward_start_question(j->s, i)->answered;
	said(j, n);
	return WARD_EXIT_DONE;
}

static int with_set(const struct ward_cli_start *in, int (*then)(struct job *j))
{
	struct job j = {.in = in, .cmd = in->cmd};

	ward_limits_default(&j.lim);
	ward_diag_init(&j.diag, ward_mem_heap());
	ward_arena_init(&j.arena, ward_mem_heap(), ward_limit(&j.lim, WARD_LIMIT_MODEL_BYTES));
	j.w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	int code = open_set(&j);

	if (!code)
		code = then(&j);
	ward_make_files_fini(&j.made);
	ward_start_free(j.s);
	if (j.names != j.lang)
		ward_lang_free(j.names);
	ward_lang_free(j.lang);
	ward_wr_fini(&j.w);
	ward_arena_fini(&j.arena);
	ward_diag_fini(&j.diag);
	return code;
}

int ward_cli_start_make(const struct ward_cli_start *in)
{
	return with_set(in, make);
}

int ward_cli_start_questions(const struct ward_cli_start *in)
{
	return with_set(in, list);
}
