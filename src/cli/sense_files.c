#include "cli/sense_files.h"

#include "cli/clip.h"

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
	const char **text = strcmp(a, "--files") == 0       ? &f->dir
			    : strcmp(a, "--files-key") == 0 ? &f->key
							    : NULL;

	if (strcmp(a, "--no-files") == 0) {
		f->off = true;
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
	if (!text)
		return 0;
	if (v && *v) {
		*text = v;
		return 2;
	}
	*ret_code = ward_cli_usage(
		cmd, "%s needs a %s", a, text == &f->dir ? "folder" : "file with a public key");
	return -1;
}

int ward_cli_files_check(
	const struct ward_cli_files *f, const struct ward_cmd *cmd, uint64_t n_worker)
{
	if (f->off && (f->dir || f->hashes))
		return ward_cli_usage(cmd, "--no-files and what is to be done with files");
	if (f->key && !f->dir)
		return ward_cli_usage(cmd, "--files-key is for what --files keeps");
	if (f->dir && n_worker > 1)
		return ward_cli_usage(cmd, "one worker alone can keep files in a folder");
	return WARD_EXIT_DONE;
}

int ward_cli_files_open(
	struct ward_cli_files *f, const struct ward_cmd *cmd, const struct ward_limits *lim)
{
	uint8_t key[WARD_SPOOL_PUBLIC];
	struct ward_spool_opts opts = {.public_key = f->key ? key : NULL};

	if (!f->dir)
		return WARD_EXIT_DONE;
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

int ward_cli_files_close(
	struct ward_cli_files *f, const struct ward_cmd *cmd, struct ward_counters *c, int code)
{
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
