#include "cli/sense_files.h"

#include "cli/clip.h"
#include "cli/inspector.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool parse_hashes(struct ward_cli_files *f, const char *list)
{
	struct ward_str rest = ward_str_z(list ? list : "");

	f->hashes = 0;
	while (rest.p) {
		struct ward_str name = ward_str_cut(&rest, ',');

		if (ward_str_eqz(name, "md5"))
			f->hashes |= WARD_HASH_MD5;
		else if (ward_str_eqz(name, "sha1"))
			f->hashes |= WARD_HASH_SHA1;
		else if (!ward_str_eqz(name, "sha256"))
			return false;
	}
	return true;
}

int ward_cli_files_option(struct ward_cli_files *f, const struct ward_cmd *cmd, const char *a,
	const char *v, int *ret_code)
{
	const struct {
		const char *name, **value, *what;
	} text[] = {{"--files", &f->dir, "folder"},
		{"--files-key", &f->key, "file with a public key"},
		{"--content", &f->content, "folder"}, {"--hospital", &f->hospital, "folder"},
		{"--clamd", &f->clamd, "socket"}};
	bool *set = strcmp(a, "--no-files") == 0  ? &f->off
		    : strcmp(a, "--inspect") == 0 ? &f->inspect
						  : NULL;
	size_t k = 0;

	if (set) {
		*set = true;
		return 1;
	}
	if (strcmp(a, "--files-hash") == 0) {
		if (parse_hashes(f, v))
			return 2;
		*ret_code = ward_cli_usage(cmd,
			"--files-hash '%s': md5, sha1 and sha256 are known, with commas between",
			v ? v : "");
		return -1;
	}
	while (k < WARD_ARRAY_LEN(text) && strcmp(a, text[k].name) != 0)
		k++;
	if (k == WARD_ARRAY_LEN(text))
		return 0;
	if (v && *v) {
		*text[k].value = v;
		return 2;
	}
	*ret_code = ward_cli_usage(cmd, "%s needs a %s", a, text[k].what);
	return -1;
}

int ward_cli_files_check(
	const struct ward_cli_files *f, const struct ward_cmd *cmd, uint64_t n_worker)
{
	if (f->off && (f->dir || f->hashes || f->inspect))
		return ward_cli_usage(cmd, "--no-files and what is to be done with files");
	if (!f->inspect && (f->content || f->hospital || f->clamd))
		return ward_cli_usage(
			cmd, "--content, --hospital and --clamd are for what --inspect looks at");
	if (f->key && !f->dir)
		return ward_cli_usage(cmd, "--files-key is for what --files keeps");
	if (f->dir && n_worker > 1)
		return ward_cli_usage(cmd, "one worker alone can keep files in a folder");
	return WARD_EXIT_DONE;
}

static int open_spool(
	struct ward_cli_files *f, const struct ward_cmd *cmd, const struct ward_limits *lim)
{
	uint8_t key[WARD_SPOOL_PUBLIC];
	struct ward_spool_opts opts = {.public_key = f->key ? key : NULL};
	int rc = f->key ? ward_cli_clip_key(cmd, f->key, key) : WARD_EXIT_DONE;

	if (rc)
		return rc;
	if (mkdir(f->dir, 0700) != 0 && errno != EEXIST)
		return ward_cli_fail(cmd, "%s: %s", f->dir, strerror(errno));
	f->fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->fd < 0)
		return ward_cli_fail(cmd, "%s: %s", f->dir, strerror(errno));
	opts.dir = f->fd;
	enum ward_err err = ward_spool_new(ward_mem_heap(), lim, &opts, &f->spool);

	if (!err)
		return WARD_EXIT_DONE;
	(void)close(f->fd);
	if (err == WARD_ERR_MALFORMED)
		return ward_cli_fail(cmd, "%s: this is no public key", f->key);
	return ward_cli_fail(
		cmd, "%s: %s", f->dir, err == WARD_ERR_IO ? strerror(errno) : ward_err_text(err));
}

static int open_inspector(
	struct ward_cli_files *f, const struct ward_cmd *cmd, const struct ward_cli_files_to *to)
{
	const struct ward_cli_inspector by = {f->content, f->hospital, NULL, NULL};
	int rc = ward_cli_inspector(cmd, &by, to->lim, &f->with);

	if (rc)
		return rc;
	f->cell = (struct ward_inspect_cell){
		.with = f->with, .lim = to->lim, .clamd = f->clamd ? f->clamd : WARD_CLI_CLAMD};
	if (ward_inspect_ready(&f->cell) != WARD_OK)
		return ward_cli_fail(cmd, "cells can't be made");
	const struct ward_passed_opts o = {
		.cell = &f->cell, .names = to->names, .put = to->put, .ctx = to->ctx};

	ward_passed_init(&f->passed, &o);
	return WARD_EXIT_DONE;
}

int ward_cli_files_open(
	struct ward_cli_files *f, const struct ward_cmd *cmd, const struct ward_cli_files_to *to)
{
	int rc = f->inspect ? open_inspector(f, cmd, to) : WARD_EXIT_DONE;

	return rc || !f->dir ? rc : open_spool(f, cmd, to->lim);
}

static void on_begin(void *ctx, uint32_t number, const struct ward_file_ends *ends,
	const struct ward_file_meta *m)
{
	struct ward_cli_files *f = ctx;
	const struct ward_file_sink *to = f->spool ? ward_spool_sink(f->spool) : NULL;

	if (to)
		to->begin(to->ctx, number, ends, m);
	ward_passed_begin(&f->passed, number);
}

static void on_bytes(void *ctx, uint32_t number, uint64_t off, struct ward_slice bytes)
{
	struct ward_cli_files *f = ctx;
	const struct ward_file_sink *to = f->spool ? ward_spool_sink(f->spool) : NULL;

	if (to)
		to->bytes(to->ctx, number, off, bytes);
}

static void on_sent(void *ctx, uint32_t number, uint64_t off, struct ward_slice bytes)
{
	struct ward_cli_files *f = ctx;

	ward_passed_bytes(&f->passed, number, off, bytes);
}

/* What follows a gap is no more at its place: nothing need be said. */
static void on_gap(void *ctx, uint32_t number, uint64_t off, uint64_t len)
{
	struct ward_cli_files *f = ctx;
	const struct ward_file_sink *to = f->spool ? ward_spool_sink(f->spool) : NULL;

	if (to)
		to->gap(to->ctx, number, off, len);
}

static void on_end(void *ctx, uint32_t number, const struct ward_file_result *r)
{
	struct ward_cli_files *f = ctx;
	const struct ward_file_sink *to = f->spool ? ward_spool_sink(f->spool) : NULL;

	if (to)
		to->end(to->ctx, number, r);
}

/* The verdict follows the file at once, so that the same capture gives the same lines: frames wait
 * meanwhile, in the ring of an interface. */
static void on_told(
	void *ctx, uint32_t number, const struct ward_file_range *range, const struct ward_event *e)
{
	struct ward_cli_files *f = ctx;
	enum ward_err err = ward_passed_told(&f->passed, number, range, e);

	if (!err)
		err = ward_looker_finish(&f->passed.looker);
	if (!f->err)
		f->err = err;
}

const struct ward_file_sink *ward_cli_files_sink(struct ward_cli_files *f)
{
	if (!f->with)
		return f->spool ? ward_spool_sink(f->spool) : NULL;
	f->sinks = (struct ward_file_sink){on_begin, on_bytes, on_sent, on_gap, on_end, on_told, f};
	return &f->sinks;
}

void ward_cli_files_end(struct ward_cli_files *f)
{
	enum ward_err err = f->with ? ward_passed_end(&f->passed) : WARD_OK;

	if (!err && f->with)
		err = ward_looker_finish(&f->passed.looker);
	if (!f->err)
		f->err = err;
}

/* Limits that kept files out. */
static void say_limits(const struct ward_cli_files *f, const struct ward_cmd *cmd)
{
	static const struct {
		enum ward_spool_count count;
		const char *why;
	} rows[] = {
		{WARD_SPOOL_LARGE, "longer than spool.file: raise it with --limit"},
		{WARD_SPOOL_FULL, "the folder has spool.files or spool.bytes: empty it, or raise "
				  "them with --limit"},
		{WARD_SPOOL_MANY, "too many came at once"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		uint64_t n = ward_spool_count(f->spool, rows[i].count);

		if (n)
			(void)ward_cli_fail(cmd, "%s: %llu files were not kept: %s", f->dir,
				(unsigned long long)n, rows[i].why);
	}
}

static int close_inspector(
	struct ward_cli_files *f, const struct ward_cmd *cmd, struct ward_counters *c, int code)
{
	ward_count_name(c, "file.looked", f->passed.looker.n_looked);
	ward_count_name(c, "file.unlooked", f->passed.looker.n_unlooked);
	ward_passed_fini(&f->passed);
	ward_inspect_done(&f->cell);
	ward_inspector_free(f->with);
	f->with = NULL;
	return f->err ? ward_cli_fail(cmd, "verdicts of files: %s", ward_err_text(f->err)) : code;
}

int ward_cli_files_close(
	struct ward_cli_files *f, const struct ward_cmd *cmd, struct ward_counters *c, int code)
{
	if (f->with)
		code = close_inspector(f, cmd, c, code);
	if (!f->spool)
		return code;
	ward_spool_counters(f->spool, c);
	say_limits(f, cmd);
	uint64_t failed = ward_spool_count(f->spool, WARD_SPOOL_FAILED);

	if (failed)
		code = ward_cli_fail(cmd, "%s: %llu files were not kept: %s", f->dir,
			(unsigned long long)failed, strerror(ward_spool_errno(f->spool)));
	ward_spool_free(f->spool);
	f->spool = NULL;
	(void)close(f->fd);
	return code;
}
