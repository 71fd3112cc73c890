#include "cli/recorded.h"

#include "cli/kept.h"
#include "cli/lang.h"
#include "cli/when.h"
#include "story/zone.h"

#include <errno.h>
#include <stdlib.h>

static const ward_ns day = 86400 * WARD_NS_PER_S;

enum {
	ARENA_BYTES = 1 << 30,
	LINE_BYTES = 16 << 20,
	RECORDS_MAX = 1 << 20,
	FINDINGS = 1 << 24,
	TIME_BYTES = 64
};

void ward_cli_recorded_init(struct ward_cli_recorded *x, const struct ward_cmd *cmd)
{
	x->cmd = cmd;
	ward_limits_default(&x->lim);
	ward_diag_init(&x->diag, ward_mem_heap());
	ward_arena_init(&x->arena, ward_mem_heap(), ARENA_BYTES);
}

void ward_cli_recorded_fini(struct ward_cli_recorded *x)
{
	ward_care_adt_free(x->adt);
	ward_mem_free(ward_mem_heap(), x->record, x->cap_record * sizeof(*x->record));
	ward_lang_free(x->lang);
	ward_model_free(x->model);
	ward_arena_fini(&x->arena);
	ward_diag_fini(&x->diag);
}

int ward_cli_recorded_take(
	struct ward_cli_recorded *x, int argc, char **argv, int *i, bool *ret_taken)
{
	const struct {
		const char *name, **to;
	} opt[] = {{"--at", &x->at_text}, {"--lang", &x->lang_code}, {"--content", &x->content},
		{"--state", &x->state}};
	const char *word = argv[*i];

	*ret_taken = true;
	if (strcmp(word, "--directory-only") == 0) {
		x->directory_only = true;
		return WARD_EXIT_DONE;
	}
	for (size_t k = 0; k < WARD_ARRAY_LEN(opt); k++) {
		if (strcmp(word, opt[k].name) != 0)
			continue;
		if (*i + 1 == argc)
			return ward_cli_usage(x->cmd, "%s needs a value", word);
		*opt[k].to = argv[++*i];
		return WARD_EXIT_DONE;
	}
	*ret_taken = word[0] != '-' || !word[1];
	if (!*ret_taken)
		return WARD_EXIT_DONE;
	if (!x->dir) {
		x->dir = word;
		return WARD_EXIT_DONE;
	}
	if (x->n_file == WARD_CLI_RECORDED_FILES)
		return ward_cli_usage(
			x->cmd, "more than %d files of records", WARD_CLI_RECORDED_FILES);
	x->file[x->n_file++] = word;
	return WARD_EXIT_DONE;
}

static void no_record(struct ward_cli_recorded *x, const struct ward_cli_record *at)
{
	ward_diag_addf(&x->diag, WARD_DIAG_ERROR, at->file, at->line,
		WARD_TEXT("no record\ngive what `ward replay --json` printed, one object a line"));
}

static enum ward_err add(
	struct ward_cli_recorded *x, struct ward_record_reader *r, struct ward_cli_record *at)
{
	enum ward_err err = at->text.len > LINE_BYTES
				    ? WARD_ERR_LIMIT
				    : ward_record_read(r, at->text, &x->arena, &at->is);

	if (err == WARD_ERR_NOMEM)
		return err;
	if (err) {
		no_record(x, at);
		return WARD_OK;
	}
	if (at->is.kind == WARD_RECORD_OTHER && !x->everything)
		return WARD_OK;
	err = ward_mem_more(ward_mem_heap(), (void *)&x->record, x->n_record, &x->cap_record,
		sizeof(*x->record), RECORDS_MAX);
	if (!err)
		x->record[x->n_record++] = *at;
	return err;
}

/* An event is not kept. False: the line is none. */
static bool event(struct ward_cli_recorded *x, struct ward_str text, enum ward_err *err)
{
	if (!ward_str_starts(text, WARD_STR("{\"kind\":\"event\"")))
		return false;
	*err = ward_care_adt_line(x->adt, text);
	return *err == WARD_OK || *err == WARD_ERR_NOMEM || *err == WARD_ERR_LIMIT;
}

static enum ward_err lines(
	struct ward_cli_recorded *x, struct ward_record_reader *r, FILE *f, const char *name)
{
	struct ward_cli_record at = {.file = ward_str_z(name), .time = WARD_NS_NEVER};
	enum ward_err err = WARD_OK;
	char *line = NULL;
	size_t cap = 0;

	for (ssize_t n; !err && (n = getline(&line, &cap, f)) > 0;) {
		struct ward_str text = ward_str_trim((struct ward_str){line, (size_t)n});

		at.line++;
		if (!text.len)
			continue;
		if (event(x, text, &err))
			continue;
		at.text = ward_arena_str(&x->arena, text);
		err = at.text.p ? add(x, r, &at) : WARD_ERR_LIMIT;
	}
	free(line);
	return err ? err : ferror(f) ? WARD_ERR_IO : WARD_OK;
}

struct keep {
	struct ward_cli_recorded *x;
	struct ward_record_reader *r;
	enum ward_err err;
};

static void add_kept(void *ctx, const struct ward_store_row *row)
{
	struct keep *k = ctx;
	struct ward_cli_record at = {
		.file = WARD_STR("store"), .line = (uint32_t)row->row, .time = row->time};

	if (k->err || (row->kind == WARD_ROW_CLIP && !k->x->everything))
		return;
	at.text = ward_arena_str(&k->x->arena, row->json);
	k->err = at.text.p ? add(k->x, k->r, &at) : WARD_ERR_LIMIT;
}

/* The last sign or event, or -1. */
static ward_ns last_of(const struct ward_cli_recorded *x)
{
	ward_ns last = ward_care_adt_last(x->adt);

	for (size_t i = 0; i < x->n_record; i++) {
		const struct ward_record *r = &x->record[i].is;

		if (r->kind != WARD_RECORD_IMPACT && !r->withdrawn && r->last > last)
			last = r->last;
	}
	return last;
}

/* Whence the records are: who reads the store of another user or folder is to see it. */
static int say_whence(const struct ward_cli_recorded *x, const struct ward_cli_kept *kept)
{
	char when[TIME_BYTES] = "none";
	struct ward_wr w = ward_wr_fixed((uint8_t *)when, sizeof(when));
	ward_ns last = last_of(x);

	if (!kept->found && x->needs_records)
		return ward_cli_fail(x->cmd,
			"nothing is kept in '%s', so nobody knows of incidents: name the state "
			"folder of 'ward run' with --state, or a FILE of records; "
			"--directory-only goes by the directory all the same",
			kept->state);
	if (!kept->found) {
		fprintf(stderr,
			"ward %s: nothing is kept in '%s': this is the directory alone, without "
			"incidents\n",
			x->cmd->name, kept->state);
		return WARD_EXIT_DONE;
	}
	if (last >= 0) {
		ward_time_write(&w, last);
		ward_wr_u8(&w, 0);
	}
	fprintf(stderr, "ward %s: by what is kept in '%s'%s; its last sign: %s\n", x->cmd->name,
		kept->state, kept->played ? ", which was played" : "", when);
	return WARD_EXIT_DONE;
}

/* What `ward run` has kept; nothing when it never ran. */
static int read_kept(struct ward_cli_recorded *x)
{
	struct keep k = {.x = x};
	struct ward_cli_kept kept;

	k.err = ward_record_reader_new(ward_mem_heap(), &x->lim, &k.r);
	if (k.err)
		return ward_cli_fail(x->cmd, "%s", ward_err_text(k.err));
	int code = ward_cli_kept(
		x->cmd, x->state, ward_model_hospital(x->model)->id, add_kept, &k, &kept);

	ward_record_reader_free(k.r);
	x->found = kept.found;
	x->played = kept.played;
	x->ledger = kept.ledger;
	if (!code && k.err)
		code = ward_cli_fail(x->cmd, "what is kept: %s", ward_err_text(k.err));
	return code ? code : say_whence(x, &kept);
}

static int read_files(struct ward_cli_recorded *x)
{
	struct ward_record_reader *r = NULL;
	enum ward_err err = ward_record_reader_new(ward_mem_heap(), &x->lim, &r);
	int code = err ? ward_cli_fail(x->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;

	for (size_t i = 0; i < x->n_file && !code; i++) {
		bool in = strcmp(x->file[i], "-") == 0;
		FILE *f = in ? stdin : fopen(x->file[i], "re");

		if (!f) {
			code = ward_cli_fail(
				x->cmd, "cannot read '%s': %s", x->file[i], strerror(errno));
			break;
		}
		err = lines(x, r, f, x->file[i]);
		if (!in)
			(void)fclose(f);
		if (err == WARD_ERR_LIMIT)
			code = ward_cli_fail(x->cmd,
				"'%s': more than %d records or 1 GiB of them: give fewer files at "
				"once",
				x->file[i], RECORDS_MAX);
		else if (err)
			code = ward_cli_fail(x->cmd, "'%s': %s", x->file[i], ward_err_text(err));
	}
	ward_record_reader_free(r);
	return code;
}

/* A recording of the past is looked at as things were then; what is kept, and the directory, as
 * they are now, however long ago the last sign was. */
static int time_of(struct ward_cli_recorded *x)
{
	ward_ns now = x->at, last = x->n_file ? last_of(x) : -1;

	if (last >= 0 && (last > now || now - last > day))
		x->at = last;
	if (!x->at_text || (ward_cli_time(ward_str_z(x->at_text), x->at, &x->at) && x->at >= 0))
		return WARD_EXIT_DONE;
	return ward_cli_usage(x->cmd,
		"--at %s is no time since 1970: write 09:00, \"2026-03-19 09:00\" or RFC 3339",
		x->at_text);
}

/* Findings that are errors end it; warnings of a directory are for `ward check`. */
static int found(struct ward_cli_recorded *x, enum ward_err err, const char *doing)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), FINDINGS);
	const struct ward_cli_lang speak = {x->lang_code, x->content_dir, WARD_STR("")};
	int code = ward_cli_report(x->cmd, err, doing, &x->diag, &speak, &w);

	ward_wr_fini(&w);
	return code;
}

int ward_cli_recorded_hospital(struct ward_cli_recorded *x)
{
	const struct ward_mem *mem = ward_mem_heap();

	if (!x->dir)
		return ward_cli_usage(x->cmd, "give a hospital directory");
	if (x->directory_only && (x->n_file || x->state))
		return ward_cli_usage(
			x->cmd, "--directory-only reads no records: leave FILE and --state out");
	x->content_dir = ward_cli_content(x->cmd, x->content);
	if (!x->content_dir)
		return WARD_EXIT_RUN;
	int code = ward_cli_hospital(x->cmd, x->dir);

	if (code)
		return code;
	enum ward_err err = ward_model_limits(x->dir, mem, &x->diag, &x->lim);

	if (!err)
		err = ward_model_load(x->dir, x->content_dir, &x->lim, mem, &x->diag, &x->model);
	if (err)
		return found(x, err, x->dir);
	ward_diag_fini(&x->diag);
	ward_diag_init(&x->diag, mem);
	const struct ward_hospital *h = ward_model_hospital(x->model);
	ward_ns now = ward_clock_now(ward_clock_system());

	if (ward_zone_use(h->timezone) != WARD_OK)
		fprintf(stderr, "ward %s: no time zone '%.*s' on this system: times are UTC\n",
			x->cmd->name, WARD_STR_ARG(h->timezone));
	x->at = now - now % WARD_NS_PER_S;
	return WARD_EXIT_DONE;
}

int ward_cli_recorded_load(struct ward_cli_recorded *x, bool for_programs)
{
	int code = ward_cli_recorded_hospital(x);

	if (code)
		return code;
	const struct ward_cli_lang lang = {
		x->lang_code, x->content_dir, ward_model_hospital(x->model)->language};

	if (!for_programs || x->lang_code)
		code = ward_cli_lang(x->cmd, &lang, &x->lim, &x->lang);
	/* also without a file: whoever asks for moves finds none */
	if (!code && ward_care_adt_new(x->model, &x->lim, ward_mem_heap(), &x->adt) != WARD_OK)
		code = ward_cli_fail(x->cmd, "%s", ward_err_text(WARD_ERR_NOMEM));
	if (!code)
		code = x->n_file           ? read_files(x)
		       : x->directory_only ? WARD_EXIT_DONE
					   : read_kept(x);
	if (!code && x->diag.n_error)
		code = found(x, WARD_ERR_CONFIG, "records");
	return code ? code : time_of(x);
}
