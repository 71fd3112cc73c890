#include "cli/args.h"
#include "cli/bundle.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

struct args {
	const char *folder, *version, *key, *out, *content, *code;
	struct ward_str follows[WARD_UPDATE_FOLLOWS];
	size_t n_follows;
};

static int take(const struct ward_cmd *cmd, const char *name, const char *value, void *ctx)
{
	struct args *a = ctx;

	if (strcmp(name, "--follows") != 0)
		return ward_cli_usage(cmd, "'%s' is not an option", name);
	if (!ward_update_version_ok(ward_str_z(value)))
		return ward_cli_usage(cmd, "--follows: '%s' is no version", value);
	if (a->n_follows == WARD_UPDATE_FOLLOWS)
		return ward_cli_usage(cmd, "--follows: more than %d", (int)WARD_UPDATE_FOLLOWS);
	a->follows[a->n_follows++] = ward_str_z(value);
	return WARD_EXIT_DONE;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	const struct ward_cli_opt opt[] = {{"--version", &a->version, NULL},
		{"--key", &a->key, NULL}, {"--out", &a->out, NULL},
		{"--content", &a->content, NULL}, {"--lang", &a->code, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &a->folder, NULL, take, a};
	int rc = ward_cli_args(cmd, argc, argv, &args);

	if (rc)
		return rc;
	if (!a->folder || !a->key || !a->out || !a->version)
		return ward_cli_usage(cmd, "a folder, --version, --key and --out are needed");
	return ward_update_version_ok(ward_str_z(a->version))
		       ? WARD_EXIT_DONE
		       : ward_cli_usage(
				 cmd, "--version: '%s' is none, as 2026.48.1 is", a->version);
}

static int made(struct ward_cli_bundle *x, const uint8_t *seed)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	uint8_t key[WARD_UPDATE_KEY];
	char id[WARD_UPDATE_ID], n[24];

	ward_update_key_public(seed, key);
	ward_update_key_id(key, id);
	(void)snprintf(n, sizeof(n), "%zu", x->u.n_member);
	WARD_SAY(&w, x->lang, WARD_TEXT("version {version}: files {n}, signed with the key {id}"),
		{"version", x->u.version}, {"n", ward_str_z(n)}, {"id", ward_str_z(id)});
	ward_wr_ch(&w, '\n');
	int rc = ward_cli_put(&w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;

	ward_wr_fini(&w);
	return rc;
}

/* Written beside, so that what has the name is whole. */
static int write_out(struct ward_cli_bundle *x, const struct args *a, const uint8_t *seed)
{
	char aside[PATH_MAX];
	int fd = -1, e;

	if (snprintf(aside, sizeof(aside), "%s.part", a->out) >= (int)sizeof(aside))
		return ward_cli_usage(x->cmd, "the file's name is too long");
	if (access(a->out, F_OK) == 0)
		return ward_cli_fail(x->cmd, "'%s' is there already: name another file", a->out);
	fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return ward_cli_fail(x->cmd, "cannot make '%s': %s", aside, strerror(errno));
	enum ward_err err = ward_update_make(&x->in, a->folder, seed, fd, &x->u);

	if (!err && (fsync(fd) != 0 || link(aside, a->out) != 0)) /* never over a file */
		err = WARD_ERR_IO;
	e = errno;
	(void)close(fd);
	(void)unlink(aside);
	errno = e;
	if (err)
		return ward_cli_bundle_report(x, err, a->folder);
	return made(x, seed);
}

static int run_make(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.folder = NULL};
	int rc = parse(cmd, argc, argv, &a);
	uint8_t seed[WARD_UPDATE_KEY];

	if (rc)
		return rc;
	struct ward_cli_bundle x = {
		.cmd = cmd, .file = a.folder, .content = a.content, .code = a.code};

	rc = ward_cli_bundle_open(&x, false);
	if (!rc)
		rc = ward_cli_clip_key(cmd, a.key, seed);
	x.u = (struct ward_update){.version = ward_str_z(a.version),
		.ward = WARD_STR(WARD_VERSION),
		.follows = a.follows,
		.n_follows = a.n_follows};
	if (!rc)
		rc = write_out(&x, &a, seed);
	ward_wipe(seed, sizeof(seed));
	ward_cli_bundle_fini(&x);
	return rc;
}

static int write_key(const struct ward_cmd *cmd, const char *path, const uint8_t *key)
{
	char text[2 * WARD_UPDATE_KEY + 2];
	int rc;

	(void)sodium_bin2hex(text, sizeof(text) - 1, key, WARD_UPDATE_KEY);
	text[sizeof(text) - 2] = '\n';
	rc = ward_cli_clip_write(cmd, path, ward_slice_of(text, sizeof(text) - 1));
	ward_wipe(text, sizeof(text));
	return rc;
}

static int run_key(const struct ward_cmd *cmd, int argc, char **argv)
{
	uint8_t key[WARD_UPDATE_KEY], seed[WARD_UPDATE_KEY];
	char path[PATH_MAX], id[WARD_UPDATE_ID];
	int rc;

	if (argc != 2 || argv[1][0] == '-')
		return ward_cli_usage(cmd, "into which file?");
	if (snprintf(path, sizeof(path), "%s.pub", argv[1]) >= (int)sizeof(path))
		return ward_cli_usage(cmd, "the file's name is too long");
	ward_update_key_new(key, seed);
	rc = write_key(cmd, argv[1], seed);
	ward_wipe(seed, sizeof(seed));
	if (!rc)
		rc = write_key(cmd, path, key);
	if (rc)
		return rc;
	ward_update_key_id(key, id);
	(void)printf("%s\n", id);
	return fflush(stdout) == 0 ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

const struct ward_cmd ward_cmd_bundle_make = {
	.name = "bundle make",
	.summary = "sign what is in a folder as a bundle of updates",
	.help = "usage: ward bundle make FOLDER --version VERSION --key FILE --out FILE\n"
		"                        [--follows VERSION]…\n\n"
		"For who makes updates for hospitals without a network (docs/bundle.md). FOLDER "
		"has\n"
		"content/ (rules), packages/ (.deb), vulnerabilities/, sbom/ (CycloneDX, SPDX), "
		"vex/\n"
		"(CSAF, CycloneDX, OpenVEX) and documents/, as many of them as there are. Of the "
		"same\n"
		"folder the same bytes are made.\n\n"
		"  --version VERSION  of the bundle: one to four numbers, as in 2026.48.1\n"
		"  --key FILE         the secret key, of 'ward bundle key'\n"
		"  --out FILE         must not be there; it is a tar archive\n"
		"  --follows VERSION  which it may come after, once for each (default: any older)\n"
		"  --lang CODE        en, fr, it, nl (default: $WARD_LANG, else English)\n"
		"  --content DIR      instead of the content that belongs to this program\n\n"
		"Exit: 0 done, 1 a file of the folder is not what it must be, 2 wrong usage,\n"
		"3 could not.\n",
	.run = run_make,
};

const struct ward_cmd ward_cmd_bundle_key = {
	.name = "bundle key",
	.summary = "make the keys that bundles of updates are signed with",
	.help = "usage: ward bundle key FILE\n\n"
		"Makes a pair of keys (Ed25519): FILE signs bundles and belongs on no machine of "
		"a\n"
		"hospital; FILE.pub is what hospitals trust. Its id is printed: say it to them by\n"
		"another way than the file goes. Neither file may be there yet.\n\n"
		"Exit: 0 done, 2 usage, 3 could not write.\n",
	.run = run_key,
};
