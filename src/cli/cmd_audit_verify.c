/* Is the ledger what was signed, and what witnesses have? docs/audit.md */
#include "audit/found.h"
#include "cli/args.h"
#include "cli/audit.h"
#include "cli/clip.h"
#include "cli/commands.h"

#include <string.h>

enum { WITNESS_BYTES = 256 << 20 };

struct args {
	struct ward_cli_audit at;
	const char *bundle, *head, *code;
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
	enum ward_err err;
};

static bool take_head(void *ctx, const struct ward_store_leaf *l)
{
	struct walking *x = ctx;

	if (l->row.kind == WARD_ROW_HEAD)
		x->err = ward_trail_head(&x->trail, l->row.json, l->row.row);
	return !x->err;
}

static bool take_leaf(void *ctx, const struct ward_store_leaf *l)
{
	struct walking *x = ctx;

	ward_trail_leaf(&x->trail, &l->commitment);
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

static int verify_state(struct args *a)
{
	struct walking x = {.err = WARD_OK};
	struct ward_store_stats st;
	int rc = ward_cli_audit_open(&a->at);

	if (rc)
		return rc;
	ward_trail_init(&x.trail, ward_mem_heap(), ward_cli_audit_fault, (void *)a->at.cmd);
	enum ward_err err = ward_store_verify(a->at.s);

	if (err == WARD_ERR_CORRUPT)
		err = WARD_OK; /* told, and counted */
	if (!err)
		err = ward_store_leaves(a->at.s, 0, SIZE_MAX, take_head, &x);
	if (!err)
		err = x.err;
	if (!err)
		err = expect_witness(a, &x.trail);
	if (!err)
		err = ward_store_bare_leaves(a->at.s, 0, SIZE_MAX, take_leaf, &x);
	ward_store_stats(a->at.s, &st);
	if (err && err != WARD_ERR_CORRUPT) {
		ward_trail_fini(&x.trail);
		return ward_cli_fail(a->at.cmd, "cannot read it: %s", ward_err_text(err));
	}
	ward_trail_end(&x.trail);
	(void)printf("rows\t%llu\nheads\t%llu signed, %llu new keys, %llu breaks\n",
		(unsigned long long)x.trail.tree.n, (unsigned long long)x.trail.n_head,
		(unsigned long long)x.trail.n_key, (unsigned long long)x.trail.n_break);
	if (x.trail.n_head)
		tell_head(&x.trail.last);
	else
		(void)printf("signed\tnothing yet: no key stands for these rows\n");
	if (x.trail.n_head && x.trail.tree.n > x.trail.last.tree.n + 1)
		(void)printf("unsigned\t%llu rows came since\n",
			(unsigned long long)(x.trail.tree.n - x.trail.last.tree.n));
	ward_trail_fini(&x.trail);
	return verdict(a, x.trail.n_fault + st.n_fault);
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

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	const struct ward_cli_opt opt[] = {{"--state", &a->at.state_option, NULL},
		{"--bundle", &a->bundle, NULL}, {"--head", &a->head, NULL},
		{"--code", &a->code, NULL}};
	const struct ward_cli_args args = {
		opt, WARD_ARRAY_LEN(opt), &a->at.hospital, NULL, NULL, NULL};
	int rc;

	*a = (struct args){
		.at.cmd = cmd, .kept = ward_wr_grow(ward_mem_heap(), WITNESS_BYTES + (1 << 17))};
	rc = ward_cli_args(cmd, argc, argv, &args);
	if (!rc && a->head && a->code)
		rc = ward_cli_usage(cmd, "one witness at a time: --head or --code");
	if (!rc && a->bundle && (a->at.hospital || a->at.state_option))
		rc = ward_cli_usage(cmd, "a bundle needs neither hospital nor --state");
	return rc ? rc : read_witness(a);
}

static int run_verify(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a;
	int rc = parse(cmd, argc, argv, &a);

	if (!rc && a.bundle) {
		rc = verify_bundle(&a);
	} else if (!rc) {
		rc = ward_cli_audit_place(&a.at);
		if (!rc)
			rc = verify_state(&a);
		ward_cli_audit_close(&a.at);
	}
	ward_wr_fini(&a.kept);
	return rc;
}

const struct ward_cmd ward_cmd_audit_verify = {
	.name = "audit verify",
	.summary = "check that the ledger is what was signed, and what witnesses have",
	.help = "usage: ward audit verify [--head FILE | --code CODE] [--state DIR] HOSPITAL\n"
		"       ward audit verify --bundle FILE [--head FILE | --code CODE]\n\n"
		"Computes everything anew: each row against its leaf, the leaves against each "
		"signed\nhead, the heads against each other and their keys. Says on standard error "
		"what is\nwrong and in which row. Needs no network; Ward may run.\n\n"
		"  --bundle FILE    of 'ward audit export', on any machine\n"
		"  --head FILE      heads that were kept elsewhere: of 'ward audit head', or a "
		"file "
		"of\n                   a witness, whatever else is in it (syslog, mails, JSON)\n"
		"  --code CODE      the printed one ('ward audit head --code'); case, blanks and\n"
		"                   dashes don't matter\n"
		"  --state DIR      what 'ward run' keeps (default: as there)\n\n"
		"Exit: 0 whole, 1 it is not, 2 wrong usage (also a slip in a code), 3 could not.\n",
	.run = run_verify,
};
