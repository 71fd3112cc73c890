#include "cli/bundle.h"

#include "cli/args.h"
#include "cli/paths.h"
#include "update/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA = 1 << 30, OUT_MAX = 16 << 20, KEYS_MAX = 1 << 16 };

int ward_cli_bundle_args(struct ward_cli_bundle *x, int argc, char **argv)
{
	const struct ward_cli_opt opt[] = {{"--keys", &x->keys_file, NULL},
		{"--content", &x->content, NULL}, {"--lang", &x->code, NULL},
		{"--to", &x->to, NULL}, {"--allow", &x->allow, NULL},
		{"--hospital", &x->hospital, NULL}, {"--replay", &x->replay, NULL}};
	const struct ward_cli_args args = {
		opt, WARD_ARRAY_LEN(opt) - (x->stages ? 0 : 2), &x->file, NULL, NULL, NULL};
	int rc = ward_cli_args(x->cmd, argc, argv, &args);

	if (!rc && x->allow && !ward_update_version_ok(ward_str_z(x->allow)))
		rc = ward_cli_usage(x->cmd, "--allow: '%s' is no version", x->allow);
	return rc || x->file || (x->lists && x->to) ? rc : ward_cli_usage(x->cmd, "which bundle?");
}

int ward_cli_bundle_report(struct ward_cli_bundle *x, enum ward_err err, const char *doing)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	int rc = err == WARD_ERR_IO || err == WARD_ERR_FULL
			 ? ward_cli_fail(x->cmd, "%s: %s", doing, strerror(errno))
			 : ward_cli_report_in(x->cmd, err, doing, &x->diag, x->lang, &w);

	ward_wr_fini(&w);
	return rc;
}

/* The keys of one file, which only its owner may change: whoever adds a key there says what Ward
 * runs. absent_ok: it need not be there. */
static int keys_of(struct ward_cli_bundle *x, const char *path, bool absent_ok)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct ward_update_in in = x->in;
	uint8_t text[KEYS_MAX];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return absent_ok && errno == ENOENT ? WARD_EXIT_DONE
						    : ward_cli_fail(x->cmd, "cannot read '%s': %s",
							      path, strerror(errno));
	bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 022) &&
		  (!st.st_uid || st.st_uid == geteuid());

	n = read(fd, text, sizeof(text));
	(void)close(fd);
	in.name = ward_str_z(path);
	if (!ok)
		return ward_cli_bundle_report(x,
			ward_update_bad(
				&in, WARD_TEXT("others may change this file of keys, so it proves "
					       "nothing\nlet "
					       "it belong to root, and nobody else write to it")),
			path);
	if (n < 0 || (size_t)n == sizeof(text))
		return ward_cli_fail(x->cmd, "'%s' can't be read, or is too large", path);
	enum ward_err err = ward_update_keys_parse(&in, ward_slice_of(text, (size_t)n), &x->keys);

	return err ? ward_cli_bundle_report(x, err, path) : WARD_EXIT_DONE;
}

/* Beside the program: share/ward/bundle.keys. */
static int own_keys(struct ward_cli_bundle *x)
{
	static const char beside[] = "/../share/ward/bundle.keys";
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - sizeof(beside));

	if (n <= 0)
		return WARD_EXIT_DONE;
	path[n] = 0;
	char *slash = strrchr(path, '/');

	if (!slash)
		return WARD_EXIT_DONE;
	memcpy(slash, beside, sizeof(beside));
	return keys_of(x, path, true);
}

int ward_cli_bundle_keys(struct ward_cli_bundle *x)
{
	int rc = own_keys(x);

	return !rc && x->keys_file ? keys_of(x, x->keys_file, false) : rc;
}

int ward_cli_bundle_open(struct ward_cli_bundle *x, bool keys)
{
	ward_limits_default(&x->lim);
	ward_diag_init(&x->diag, ward_mem_heap());
	ward_arena_init(&x->arena, ward_mem_heap(), ARENA);
	x->in = (struct ward_update_in){&x->arena, &x->lim, &x->diag, ward_str_z(x->file)};
	x->content_dir = ward_cli_content(x->cmd, x->content);
	const struct ward_cli_lang speak = {x->code, x->content_dir, WARD_STR("")};
	int rc = x->content_dir ? ward_cli_lang(x->cmd, &speak, &x->lim, &x->lang) : WARD_EXIT_RUN;

	enum ward_err err = rc || !x->to
				    ? WARD_OK
				    : ward_update_link(&x->in, x->to, WARD_UPDATE_CURRENT, x->runs);

	if (!err && !rc && x->to)
		err = ward_update_highest(x->to, x->highest);
	if (err)
		rc = ward_cli_bundle_report(x, err, x->to);
	if (!rc && keys)
		rc = ward_cli_bundle_keys(x);
	if (!rc && keys && !x->keys.n)
		rc = ward_cli_bundle_report(x,
			ward_update_bad(&x->in,
				WARD_TEXT(
					"there is no key that anybody trusts\nname a file with the "
					"public key of the bundle's maker: --keys FILE")),
			x->file);
	return rc;
}

void ward_cli_bundle_fini(struct ward_cli_bundle *x)
{
	ward_lang_free(x->lang);
	ward_arena_fini(&x->arena);
	ward_diag_fini(&x->diag);
}

struct ward_update_runs ward_cli_bundle_runs(const struct ward_cli_bundle *x)
{
	return (struct ward_update_runs){.version = ward_str_z(x->runs),
		.highest = ward_str_z(x->highest),
		.ward = WARD_STR(WARD_VERSION),
		.allowed = ward_str_z(x->allow)};
}

static enum ward_err on_proof(void *ctx, struct ward_slice manifest, struct ward_slice sig)
{
	const struct ward_update_take *t = ((struct ward_cli_bundle *)ctx)->take;

	return t && t->proof ? t->proof(t->ctx, manifest, sig) : WARD_OK;
}
static enum ward_err on_start(void *ctx, const struct ward_update *u)
{
	struct ward_cli_bundle *x = ctx;
	const struct ward_update_runs runs = ward_cli_bundle_runs(x);
	enum ward_err err = ward_update_may_follow(&x->in, u, &runs);

	return err || !x->take || !x->take->start ? err : x->take->start(x->take->ctx, u);
}
static enum ward_err on_begin(void *ctx, const struct ward_update_member *m)
{
	const struct ward_update_take *t = ((struct ward_cli_bundle *)ctx)->take;

	return t && t->begin ? t->begin(t->ctx, m) : WARD_OK;
}
static enum ward_err on_bytes(void *ctx, struct ward_slice s)
{
	const struct ward_update_take *t = ((struct ward_cli_bundle *)ctx)->take;

	return t && t->bytes ? t->bytes(t->ctx, s) : WARD_OK;
}
static enum ward_err on_end(void *ctx)
{
	const struct ward_update_take *t = ((struct ward_cli_bundle *)ctx)->take;

	return t && t->end ? t->end(t->ctx) : WARD_OK;
}

int ward_cli_bundle_read(struct ward_cli_bundle *x, const struct ward_update_take *take)
{
	const struct ward_update_take on = {on_proof, on_start, on_begin, on_bytes, on_end, x};
	int fd = open(x->file, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return ward_cli_fail(x->cmd, "cannot read '%s': %s", x->file, strerror(errno));
	x->take = take;
	enum ward_err err = S_ISDIR(st.st_mode) && !take
				    ? ward_update_prove(&x->in, &x->keys, x->file, &x->u, x->digest)
				    : ward_update_read(&x->in, fd, &x->keys, &on, &x->u);
	int e = errno;

	(void)close(fd);
	errno = e;
	return err ? ward_cli_bundle_report(x, err, x->file) : WARD_EXIT_DONE;
}
