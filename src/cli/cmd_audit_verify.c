/* Is the ledger what was signed, and what witnesses have? docs/audit.md */
#include "audit/found.h"
#include "cli/args.h"
#include "cli/audit.h"
#include "cli/audit_beside.h"
#include "cli/audit_export.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/decide.h"

#include <string.h>

enum { WITNESS_BYTES = 256 << 20 };

struct args {
	struct ward_cli_audit at;
	const char *bundle, *export, *head, *code;
	struct ward_code witness; /* of code, or the largest of the file of --head */
	struct ward_wr kept;      /* that file */
};

/* ---- what the witness has ---- */

static enum ward_err largest_code(void *ctx, const struct ward_code *c)
{
	struct args *a = ctx;

	if (c->n >= a->witness.n)
		a->witness = *c;
	return WARD_OK;
}

static enum ward_err largest_head(void *ctx, const struct ward_head *h)
{
	struct ward_code c;

	return ward_code_of(&h->tree, &c) ? WARD_OK : largest_code(ctx, &c);
}

static int read_file(struct args *a)
{
	struct ward_found f = {.head = largest_head, .code = largest_code, .ctx = a};
	const struct ward_cmd *cmd = a->at.cmd;
	int rc = ward_cli_clip_read(cmd, a->head, WITNESS_BYTES, &a->kept);

	if (rc)
		return rc;
	enum ward_err err = ward_found_in(&f, ward_mem_heap(), ward_wr_slice(&a->kept));

	if (err)
		return ward_cli_fail(cmd, "'%s': %s", a->head, ward_err_text(err));
	if (f.n_bad)
		(void)fprintf(stderr,
			"ward %s: %s: %llu heads or codes in it can't be read: they were changed "
			"there, or cut off; the others count\n",
			cmd->name, a->head, (unsigned long long)f.n_bad);
	return f.n_head + f.n_code
		       ? WARD_EXIT_DONE
		       : ward_cli_usage(cmd, "'%s' holds no head of 'ward audit head', and no code",
				 a->head);
}

static int read_witness(struct args *a)
{
	const struct ward_cmd *cmd = a->at.cmd;

	if (a->head)
		return read_file(a);
	enum ward_err err = a->code ? ward_code_read(ward_str_z(a->code), &a->witness) : WARD_OK;

	return err == WARD_ERR_CORRUPT ? ward_cli_usage(cmd,
						 "'%s' has a slip in it: its last characters don't "
						 "fit the others; type it again",
						 a->code)
	       : err                   ? ward_cli_usage(cmd,
						 "'%s' is no code: it has 32 letters and digits in "
								   "groups of four",
						 a->code)
				       : WARD_EXIT_DONE;
}

static bool has_witness(const struct args *a)
{
	return a->code || a->head;
}

/* ---- of a state folder ---- */

struct walking {
	struct ward_trail trail;
	struct ward_cli_beside beside;
	enum ward_err err;
};

static bool take_head(void *ctx, const struct ward_store_leaf *l)
{
	struct walking *x = ctx;

	if (l->row.kind == WARD_ROW_HEAD)
		x->err = ward_trail_head(&x->trail, l->row.json, l->row.row);
	else
		x->err = ward_cli_beside_row(&x->beside, &l->row);
	return !x->err;
}

static bool take_leaf(void *ctx, const struct ward_store_leaf *l)
{
	struct walking *x = ctx;

	ward_trail_leaf(&x->trail, &l->commitment);
	ward_cli_beside_tree(&x->beside, &x->trail.tree);
	return true;
}

static void put_time(ward_ns t)
{
	char when[40];
	struct ward_wr w = ward_wr_fixed(when, sizeof(when));

	ward_time_write(&w, t - t % WARD_NS_PER_S);
	(void)printf("%.*s", (int)w.len, when);
}

static void put_hex(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		(void)printf("%02x", p[i]);
}

static void tell_head(const struct ward_head *h)
{
	(void)printf("signed\t%llu rows, ", (unsigned long long)h->tree.n);
	put_time(h->tree.time);
	(void)printf("\nkey\t");
	put_hex(h->key, sizeof(h->key));
	(void)printf("\nlog\t");
	put_hex(h->tree.log.b, sizeof(h->tree.log.b));
	(void)printf("\n");
}

static int verdict(const struct args *a, uint64_t n_fault)
{
	if (n_fault)
		(void)printf(
			"NOT WHOLE\t%llu faults, on standard error\n", (unsigned long long)n_fault);
	else if (has_witness(a))
		(void)printf("WHOLE\tand what the witness has is in it, unchanged\n");
	else
		(void)printf(
			"WHOLE\tas far as can be seen from here: that nothing was cut off at its "
			"end, or put\n\tback to an older copy, only a witness shows (--head, "
			"--code)\n");
	if (fflush(stdout) != 0)
		return WARD_EXIT_RUN;
	return n_fault ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static enum ward_err expect_head(void *ctx, const struct ward_head *h)
{
	return ward_trail_witness(ctx, h);
}

static enum ward_err expect_code(void *ctx, const struct ward_code *c)
{
	return ward_trail_code(ctx, c);
}

/* All that the witness has. */
static enum ward_err expect_witness(const struct args *a, struct ward_trail *t)
{
	struct ward_found f = {.head = expect_head, .code = expect_code, .ctx = t};
	enum ward_err err = a->head   ? ward_found_in(&f, ward_mem_heap(), ward_wr_slice(&a->kept))
			    : a->code ? ward_trail_code(t, &a->witness)
				      : WARD_OK;

	if (!err && a->head)
		(void)printf("witness\t%llu heads, %llu codes\n", (unsigned long long)f.n_head,
			(unsigned long long)f.n_code);
	return err;
}

/* Every leaf, and what lies beside. */
static enum ward_err walk(struct args *a, struct walking *x)
{
	enum ward_err err = ward_store_verify(a->at.s);

	if (err == WARD_ERR_CORRUPT)
		err = WARD_OK; /* told, and counted */
	if (!err)
		err = ward_store_leaves(a->at.s, 0, SIZE_MAX, take_head, x);
	if (!err)
		err = x->err;
	if (!err)
		err = expect_witness(a, &x->trail);
	if (!err)
		err = ward_store_bare_leaves(a->at.s, 0, SIZE_MAX, take_leaf, x);
	if (err && err != WARD_ERR_CORRUPT)
		return err;
	ward_trail_end(&x->trail);
	return ward_cli_beside_check(&x->beside, x->trail.tree.n);
}

static void tell_state(const struct walking *x)
{
	const struct ward_trail *t = &x->trail;

	(void)printf("rows\t%llu\nheads\t%llu signed, %llu new keys, %llu breaks\n",
		(unsigned long long)t->tree.n, (unsigned long long)t->n_head,
		(unsigned long long)t->n_key, (unsigned long long)t->n_break);
	(void)printf("beside\t%llu files, %llu records of the journal\n",
		(unsigned long long)x->beside.n_file, (unsigned long long)x->beside.n_record);
	if (t->n_head)
		tell_head(&t->last);
	else
		(void)printf("signed\tnothing yet: no key stands for these rows\n");
	if (t->n_head && t->tree.n > t->last.tree.n + 1)
		(void)printf("unsigned\t%llu rows came since\n",
			(unsigned long long)(t->tree.n - t->last.tree.n));
}

static int verify_state(struct args *a)
{
	struct walking x = {.err = WARD_OK};
	struct ward_store_stats st;

	ward_cli_beside_begin(&x.beside, &a->at);
	int rc = ward_cli_audit_open(&a->at);

	if (rc) {
		ward_cli_beside_end(&x.beside);
		return rc;
	}
	ward_trail_init(&x.trail, ward_mem_heap(), ward_cli_audit_fault, (void *)a->at.cmd);
	enum ward_err err = walk(a, &x);

	ward_store_stats(a->at.s, &st);
	if (!err)
		tell_state(&x);
	ward_trail_fini(&x.trail);
	ward_cli_beside_end(&x.beside);
	return err ? ward_cli_fail(a->at.cmd, "cannot read it: %s", ward_err_text(err))
		   : verdict(a, x.trail.n_fault + x.beside.n_fault + st.n_fault);
}

/* ---- of a bundle ---- */

static int verify_bundle(struct args *a)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_BUNDLE_BYTES + (1 << 17));
	struct ward_bundle_seen seen;
	int rc = ward_cli_clip_read(a->at.cmd, a->bundle, WARD_BUNDLE_BYTES, &w);

	if (rc) {
		ward_wr_fini(&w);
		return rc;
	}
	enum ward_err err =
		ward_bundle_check(ward_wr_slice(&w), has_witness(a) ? &a->witness : NULL,
			ward_mem_heap(), ward_cli_audit_fault, (void *)a->at.cmd, &seen);

	ward_wr_fini(&w);
	if (err == WARD_ERR_MALFORMED) {
		(void)ward_cli_fail(a->at.cmd,
			"%s:%llu: no bundle of 'ward audit export', or changed since: it proves "
			"nothing",
			a->bundle, (unsigned long long)seen.line);
		return WARD_EXIT_INPUT;
	}
	if (err && err != WARD_ERR_CORRUPT)
		return ward_cli_fail(a->at.cmd, "%s: %s", a->bundle, ward_err_text(err));
	(void)printf("rows\t%llu, %llu of them erased\nheads\t%llu\n",
		(unsigned long long)seen.n_row, (unsigned long long)seen.n_erased,
		(unsigned long long)seen.n_head);
	tell_head(&seen.top);
	if (!has_witness(a))
		(void)printf("trust\tthat this is the hospital's key is for you to compare\n");
	return verdict(a, seen.n_fault);
}

static int verify_export(struct args *a)
{
	struct ward_cli_export x = {.cmd = a->at.cmd,
		.folder = a->export,
		.witness = has_witness(a) ? &a->witness : NULL};
	int rc = ward_cli_export_check(&x);

	if (rc && rc != WARD_EXIT_INPUT)
		return rc;
	(void)printf("files\t%llu\nrows\t%llu\nmanifest\t", (unsigned long long)x.n_file,
		(unsigned long long)x.seen.n_row);
	put_hex(x.manifest, sizeof(x.manifest));
	(void)printf("\n");
	if (x.seen.n_head)
		tell_head(&x.seen.top);
	if (!has_witness(a))
		(void)printf("trust\tthat this is the hospital's key, and its hand-over sheet's "
			     "manifest, is for you to compare\n");
	return verdict(a, x.n_fault);
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	const struct ward_cli_opt opt[] = {{"--state", &a->at.state_option, NULL},
		{"--bundle", &a->bundle, NULL}, {"--export", &a->export, NULL},
		{"--head", &a->head, NULL}, {"--code", &a->code, NULL}};
	const struct ward_cli_args args = {
		opt, WARD_ARRAY_LEN(opt), &a->at.hospital, NULL, NULL, NULL};
	int rc;

	*a = (struct args){
		.at.cmd = cmd, .kept = ward_wr_grow(ward_mem_heap(), WITNESS_BYTES + (1 << 17))};
	rc = ward_cli_args(cmd, argc, argv, &args);
	if (!rc && a->head && a->code)
		rc = ward_cli_usage(cmd, "one witness at a time: --head or --code");
	if (!rc && (a->bundle || a->export) && (a->at.hospital || a->at.state_option))
		rc = ward_cli_usage(cmd, "a bundle needs neither hospital nor --state");
	return rc ? rc : read_witness(a);
}

static int run_verify(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a;
	int rc = parse(cmd, argc, argv, &a);

	if (!rc && a.bundle) {
		rc = verify_bundle(&a);
	} else if (!rc && a.export) {
		rc = verify_export(&a);
	} else if (!rc) {
		rc = ward_cli_audit_place(&a.at);
		if (!rc)
			rc = verify_state(&a);
		if (!rc)
			ward_cli_decide_drill(cmd, a.at.state, "verify",
				has_witness(&a) ? "whole, and as a witness has it" : "whole");
		ward_cli_audit_close(&a.at);
	}
	ward_wr_fini(&a.kept);
	return rc;
}

const struct ward_cmd ward_cmd_audit_verify = {
	.name = "audit verify",
	.summary = "check that the ledger is what was signed, and what witnesses have",
	.help = "usage: ward audit verify [--head FILE | --code CODE] [--state DIR] HOSPITAL\n"
		"       ward audit verify --bundle FILE [--head FILE | --code CODE]\n"
		"       ward audit verify --export FOLDER [--head FILE | --code CODE]\n\n"
		"Computes everything anew: each row against its leaf, the leaves against each "
		"signed\nhead, the heads against each other and their keys. Also what lies "
		"beside: each clip,\neach version of the hospital's directory and the directory as "
		"it "
		"is, playbooks of runs,\nwhat the notary keeps, the journal. Says on standard "
		"error "
		"what is wrong and where. Needs no network; Ward may run.\n\n"
		"  --bundle FILE    of 'ward audit export', on any machine\n"
		"  --export FOLDER  of 'ward evidence export', on any machine\n"
		"  --head FILE      heads that were kept elsewhere: of 'ward audit head', or a "
		"file "
		"of\n                   a witness, whatever else is in it (syslog, mails, JSON)\n"
		"  --code CODE      the printed one ('ward audit head --code'); case, blanks and\n"
		"                   dashes don't matter\n"
		"  --state DIR      what 'ward run' keeps (default: as there)\n\n"
		"Exit: 0 whole, 1 it is not, 2 wrong usage (also a slip in a code), 3 could not.\n",
	.run = run_verify,
};
