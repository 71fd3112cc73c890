#include "cli/bundle.h"
#include "cli/commands.h"
#include "update/unpack.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { OUT_MAX = 64 << 20 };

static void number(char to[24], uint64_t n)
{
	(void)snprintf(to, 24, "%llu", (unsigned long long)n);
}

static int put(struct ward_wr *w)
{
	int rc = ward_cli_put(w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;

	ward_wr_fini(w);
	return rc;
}

static int said(struct ward_cli_bundle *x)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	uint64_t bytes = 0;
	char n[24], b[24];

	for (size_t i = 0; i < x->u.n_member; i++)
		bytes += x->u.member[i].size;
	number(n, x->u.n_member);
	number(b, bytes);
	WARD_SAY(&w, x->lang,
		WARD_TEXT(
			"version {version}, for Ward {ward}: files {n}, bytes {bytes}; all are as "
			"a trusted key has signed them"),
		{"version", x->u.version}, {"ward", x->u.ward}, {"n", ward_str_z(n)},
		{"bytes", ward_str_z(b)});
	ward_wr_ch(&w, '\n');
	return put(&w);
}

/* One line a member: size, kind, SHA-256, path. */
static int listed(struct ward_cli_bundle *x)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);

	for (size_t i = 0; i < x->u.n_member; i++) {
		const struct ward_update_member *m = &x->u.member[i];

		ward_wr_printf(&w, "%12llu  %-15s  ", (unsigned long long)m->size,
			ward_update_kind_name(m->kind));
		ward_wr_hex(&w, ward_slice_of(m->sha256, sizeof(m->sha256)));
		ward_wr_printf(&w, "  %.*s\n", WARD_STR_ARG(m->path));
	}
	return put(&w);
}

/* One line a version that is unpacked: whether it runs or ran, how many files, the beginning of its
 * manifest's SHA-256, whether all of it is as a trusted key signed it. */
static int versions(struct ward_cli_bundle *x)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	char current[WARD_UPDATE_VERSION], former[WARD_UPDATE_VERSION], folder[PATH_MAX];
	struct dirent **list = NULL;
	enum ward_err err = ward_update_link(&x->in, x->to, WARD_UPDATE_CURRENT, current);
	int n = scandir(x->to, &list, NULL, versionsort);

	if (!err)
		err = ward_update_link(&x->in, x->to, WARD_UPDATE_FORMER, former);
	if (!err && n < 0)
		err = WARD_ERR_IO;
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;

		if (!err && ward_update_version_ok(ward_str_z(name)) &&
			snprintf(folder, sizeof(folder), "%s/%s", x->to, name) <
				(int)sizeof(folder)) {
			bool ok = ward_update_prove(&x->in, &x->keys, folder, &x->u, x->digest) ==
				  WARD_OK;

			ward_wr_printf(&w, "%-8s %-16s %6zu  ",
				strcmp(name, current) == 0  ? "current"
				: strcmp(name, former) == 0 ? "former"
							    : "",
				name, ok ? x->u.n_member : 0);
			if (ok)
				ward_wr_hex(&w, ward_slice_of(x->digest, 8));
			ward_wr_z(&w, ok ? "  proven\n" : "  NOT PROVEN\n");
		}
		free(list[i]);
	}
	free(list);
	if (!err && x->diag.n_error) { /* why, on standard error */
		int rc = put(&w);

		(void)ward_cli_bundle_report(x, WARD_ERR_CONFIG, x->to);
		return rc ? rc : WARD_EXIT_INPUT;
	}
	if (err)
		ward_wr_fini(&w);
	return err ? ward_cli_bundle_report(x, err, x->to) : put(&w);
}

static int with(
	const struct ward_cmd *cmd, int argc, char **argv, int (*tell)(struct ward_cli_bundle *x))
{
	struct ward_cli_bundle x = {.cmd = cmd, .lists = tell == listed};
	int rc = ward_cli_bundle_args(&x, argc, argv);

	if (rc)
		return rc;
	rc = ward_cli_bundle_open(&x, true);
	if (!rc && !x.file)
		rc = versions(&x);
	else if (!rc)
		rc = ward_cli_bundle_read(&x, NULL);
	if (!rc && x.file)
		rc = tell(&x);
	ward_cli_bundle_fini(&x);
	return rc;
}

static int run_verify(const struct ward_cmd *cmd, int argc, char **argv)
{
	return with(cmd, argc, argv, said);
}

static int run_list(const struct ward_cmd *cmd, int argc, char **argv)
{
	return with(cmd, argc, argv, listed);
}

#define OPTIONS                                                                                  \
	"  --keys FILE      public keys that the hospital trusts, beside those of the\n"         \
	"                   installation (share/ward/bundle.keys)\n"                             \
	"  --to DIR         where bundles are unpacked: it must not be older than what\n"        \
	"                   runs there, and be one that may follow it\n"                         \
	"  --allow VERSION  that it is this one, older or not in its turn, is meant\n"           \
	"  --lang CODE      en, fr, it, nl (default: $WARD_LANG, else English)\n"                \
	"  --content DIR    instead of the content that belongs to this program\n\n"             \
	"Exit: 0 done, 1 the bundle is refused (the finding names the member), 2 wrong usage,\n" \
	"3 could not run.\n"

const struct ward_cmd ward_cmd_bundle_verify = {
	.name = "bundle verify",
	.summary = "is a bundle of updates whole, and signed by who is trusted?",
	.help = "usage: ward bundle verify [OPTION…] FILE|FOLDER\n\n"
		"Reads all of a bundle (docs/bundle.md): its signature (Ed25519), then each file\n"
		"against the signed manifest. Refused is what is missing, too much, changed, a\n"
		"link, leads out of the bundle, or is older than what runs. Of a folder that was\n"
		"unpacked (DIR/VERSION): what lies there now.\n\n" OPTIONS,
	.run = run_verify,
};

const struct ward_cmd ward_cmd_bundle_list = {
	.name = "bundle list",
	.summary = "what is in a bundle of updates, once it is proven",
	.help = "usage: ward bundle list [OPTION…] FILE|FOLDER\n"
		"       ward bundle list [OPTION…] --to DIR\n\n"
		"One line for each file of a bundle that verifies: bytes, kind, SHA-256, "
		"path.\n"
		"With --to alone each version that is unpacked: which runs and which ran, files,\n"
		"the beginning of its manifest's SHA-256, and whether it is proven.\n\n" OPTIONS,
	.run = run_list,
};
