/* Shows, hands out and renews what proves the ledger: docs/audit.md. */
#include "cli/args.h"
#include "cli/audit.h"
#include "cli/audit_sheet.h"
#include "cli/clip.h"
#include "cli/commands.h"

#include <string.h>

struct args {
	struct ward_cli_audit at;
	const char *incident, *out, *code_text, *sheet, *lang;
	bool code;
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	const struct ward_cli_opt opt[] = {{"--state", &a->at.state_option, NULL},
		{"--incident", &a->incident, NULL}, {"--out", &a->out, NULL},
		{"--sheet", &a->sheet, NULL}, {"--lang", &a->lang, NULL},
		{"--code", NULL, &a->code}};
	const struct ward_cli_args args = {
		opt, WARD_ARRAY_LEN(opt), &a->at.hospital, NULL, NULL, NULL};
	int rc;

	*a = (struct args){.at.cmd = cmd};
	rc = ward_cli_args(cmd, argc, argv, &args);
	return rc ? rc : ward_cli_audit_place(&a->at);
}

static int nothing_signed(const struct ward_cmd *cmd)
{
	return ward_cli_fail(cmd,
		"nothing was signed yet: the notary signs a first head seconds after 'ward run' "
		"has written something");
}

/* ---- head ---- */

static int show(const struct args *of, const struct ward_head *h)
{
	const struct ward_cli_audit *a = &of->at;
	const struct ward_cli_sheet sheet = {a->cmd, a->hospital, of->lang, of->sheet};
	char json[WARD_HEAD_JSON_MAX], text[WARD_CODE_TEXT];
	struct ward_wr w = ward_wr_fixed(json, sizeof(json));
	struct ward_code c;

	ward_head_write(&w, h);
	if (ward_code_of(&h->tree, &c))
		return ward_cli_fail(a->cmd, "the ledger is too large for a code");
	ward_code_text(&c, text);
	if (of->sheet)
		return ward_cli_audit_sheet(&sheet, h, text);
	if (of->code)
		(void)printf("%s\n", text);
	else
		(void)printf("%.*s\n", (int)w.len, json);
	return fflush(stdout) == 0 ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run_head(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a;
	struct ward_head h;
	uint64_t row;
	int rc = parse(cmd, argc, argv, &a);

	if (!rc)
		rc = ward_cli_audit_open(&a.at);
	if (!rc) {
		enum ward_err err = ward_cli_audit_last(&a.at, &h, &row);

		rc = err == WARD_ERR_NOT_FOUND ? nothing_signed(cmd)
		     : err ? ward_cli_fail(cmd, "cannot read the ledger: %s", ward_err_text(err))
			   : show(&a, &h);
	}
	ward_cli_audit_close(&a.at);
	return rc;
}

/* ---- export ---- */

static int write_bundle(struct args *a)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_BUNDLE_BYTES);
	const struct ward_cmd *cmd = a->at.cmd;
	struct ward_bundle_made made;
	struct ward_id id;
	int rc = WARD_EXIT_DONE;

	if (a->incident && !ward_id_parse(ward_str_z(a->incident), &id))
		return ward_cli_usage(
			cmd, "--incident takes the id that 'ward incident list' shows");
	enum ward_err err =
		ward_bundle_write(a->at.s, a->incident ? &id : NULL, ward_mem_heap(), &w, &made);

	if (err == WARD_ERR_STATE)
		rc = nothing_signed(cmd);
	else if (err == WARD_ERR_NOT_FOUND)
		rc = ward_cli_fail(cmd, "no row of the ledger names %s",
			a->incident ? a->incident : "anything");
	else if (err)
		rc = ward_cli_fail(cmd, "cannot make the bundle: %s", ward_err_text(err));
	if (!rc && a->out)
		rc = ward_cli_clip_write(cmd, a->out, ward_wr_slice(&w));
	else if (!rc)
		rc = ward_cli_put(&w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
	ward_wr_fini(&w);
	if (!rc)
		(void)fprintf(stderr, "ward %s: %llu rows, %llu of them erased\n", cmd->name,
			(unsigned long long)made.n_row, (unsigned long long)made.n_erased);
	if (!rc && made.n_late)
		(void)fprintf(stderr,
			"ward %s: %llu rows came after the last signed head and are not in it: "
			"make it again in five minutes\n",
			cmd->name, (unsigned long long)made.n_late);
	return rc;
}

static int run_export(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a;
	int rc = parse(cmd, argc, argv, &a);

	if (!rc)
		rc = ward_cli_audit_open(&a.at);
	if (!rc)
		rc = write_bundle(&a);
	ward_cli_audit_close(&a.at);
	return rc;
}

/* ---- rotate ---- */

static int run_rotate(const struct ward_cmd *cmd, int argc, char **argv)
{
	char folder[PATH_MAX + 16];
	struct args a;
	int rc = parse(cmd, argc, argv, &a);

	if (rc)
		return rc;
	(void)snprintf(folder, sizeof(folder), "%s/notary", a.at.state);
	rc = ward_cli_hand_in(cmd, folder, "rotate", ward_str_bytes(WARD_STR("{}\n")));
	if (!rc)
		(void)printf(
			"asked for: the notary makes a new key at once, or when Ward runs again, "
			"and the old\none signs it. 'ward audit head' shows the new one.\n");
	return rc;
}

#define STATE                                                                          \
	"  --state DIR      what 'ward run' keeps (default: as there); it may run\n\n" \
	"Exit: 0 done, 2 wrong usage, 3 could not.\n"

const struct ward_cmd ward_cmd_audit_head = {
	.name = "audit head",
	.summary = "the last signed head of the ledger, or its code to print",
	.help = "usage: ward audit head [--code | --sheet FILE [--lang CODE]] [--state DIR]\n"
		"                       HOSPITAL\n\n"
		"Writes the last head of the ledger that the notary signed, as JSON: size, root, "
		"time,\nkey, signature. Keep it where nobody of this machine can reach it: 'ward "
		"audit\nverify --head FILE' then finds every row that was changed, or cut off, "
		"since.\n\n"
		"  --code           size and root as 32 characters to print, read aloud, or write\n"
		"                   down: for 'ward audit verify --code'\n"
		"  --sheet FILE     a PDF with the code, what it is for and how to check it, to\n"
		"                   sign and keep elsewhere; never over a file that is there\n"
		"  --lang CODE      of the sheet: en, fr, it, nl (default: $WARD_LANG, else the\n"
		"                   hospital's first)\n" STATE,
	.run = run_head,
};
const struct ward_cmd ward_cmd_audit_export = {
	.name = "audit export",
	.summary = "rows of the ledger with the proof that they are in it",
	.help = "usage: ward audit export [--incident ID] [--out FILE] [--state DIR] HOSPITAL\n\n"
		"Writes rows with their salts, leaves, paths in the tree, and the signed heads: a "
		"bundle\nthat anyone can check offline, by 'ward audit verify --bundle FILE' or by "
		"hand\n(docs/audit.md). What was erased is in it as a leaf that says nothing "
		"more.\n\n"
		"  --incident ID    what names the incident, and what it names (default: all "
		"rows)\n"
		"  --out FILE       there; never over a file that is there (default: standard "
		"output)\n" STATE,
	.run = run_export,
};
const struct ward_cmd ward_cmd_audit_rotate = {
	.name = "audit rotate",
	.summary = "a new key for the notary, signed by the old one",
	.help = "usage: ward audit rotate [--state DIR] HOSPITAL\n\n"
		"Has the notary make a new key. The old one signs it, as a row of the ledger, and "
		"is\nforgotten; who trusts the old one trusts the new one by that.\n\n" STATE,
	.run = run_rotate,
};
