#include "cli/args.h"
#include "cli/clip.h"
#include "cli/commands.h"

#include "backup/restore.h"
#include "run/again.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct args {
	const char *archive, *state, *hospital, *key, *until_text;
	const char **more; /* the words behind the backup: as many as there are words at most */
	size_t n_more;
	ward_ns until;
};

/* The words behind the first one are increments; each option has a value. */
static int split(int argc, char **argv, char **ret, struct args *a)
{
	bool first = true;
	int n = 1;

	ret[0] = argv[0];
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-') {
			ret[n++] = argv[i];
			if (i + 1 < argc)
				ret[n++] = argv[++i];
		} else if (first) {
			first = false;
			ret[n++] = argv[i];
		} else {
			a->more[a->n_more++] = argv[i];
		}
	}
	return n;
}

/* Without a zone nobody knows which moment is meant. */
static bool has_zone(struct ward_str s)
{
	struct ward_str of_day = ward_str_sub(s, 11, s.len);

	return of_day.len &&
	       (of_day.p[of_day.len - 1] == 'Z' || of_day.p[of_day.len - 1] == 'z' ||
		       memchr(of_day.p, '+', of_day.len) || memchr(of_day.p, '-', of_day.len));
}

static int parse_until(const struct ward_cmd *cmd, struct args *a)
{
	struct ward_str s = ward_str_z(a->until_text);

	if (ward_time_parse(s, &a->until) == WARD_OK && has_zone(s))
		return WARD_EXIT_DONE;
	return ward_cli_usage(cmd,
		"--until %s is no moment: say it with its zone, as 2026-11-27T14:05:00+01:00",
		a->until_text);
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	const struct ward_cli_opt opt[] = {{"--state", &a->state, NULL},
		{"--hospital", &a->hospital, NULL}, {"--key", &a->key, NULL},
		{"--until", &a->until_text, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &a->archive, NULL, NULL, NULL};
	char **words = calloc((size_t)argc + 1, sizeof(*words));

	a->more = calloc((size_t)argc + 1, sizeof(*a->more));
	if (!words || !a->more) {
		free(words);
		return ward_cli_fail(cmd, "out of memory");
	}
	int code = ward_cli_args(cmd, split(argc, argv, words, a), words, &args);

	free(words);
	if (code)
		return code;
	if (!a->archive)
		return ward_cli_usage(cmd, "which backup?");
	if (!a->state)
		return ward_cli_usage(cmd, "into which folder? --state DIR");
	return a->until_text ? parse_until(cmd, a) : WARD_EXIT_DONE;
}

struct telling {
	const struct ward_cmd *cmd;
	bool holds_lost; /* those between the last increment and the moment are not in force */
};

static void told(void *ctx, const char *path, const char *what)
{
	const struct telling *t = ctx;

	(void)fprintf(stderr, "ward %s: %s: %s\n", t->cmd->name, path, what);
}

/* How far the chain was taken, and where it was cut. */
static void tell_chain(const struct args *a, const struct ward_restored *r)
{
	char text[40];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);

	if (a->n_more)
		(void)printf("increments %zu, files and rows of %llu\nerased since %llu rows, %llu "
			     "files\n",
			a->n_more, (unsigned long long)r->n_more, (unsigned long long)r->n_erased,
			(unsigned long long)r->n_gone);
	if (!a->until_text)
		return;
	ward_time_write(&w, r->until.time);
	text[w.len] = 0;
	(void)printf("until %s, record %llu\n", text, (unsigned long long)r->until.last);
	if (r->until.n_later)
		(void)printf("later %llu commits up to it say a later time: the clock went back\n",
			(unsigned long long)r->until.n_later);
}

static int tell_damage(const struct telling *t, const struct ward_restored *r)
{
	if (r->n_damage)
		(void)ward_cli_fail(t->cmd,
			"the journal had %llu damaged places already when it was backed up; all "
			"else of it is there",
			(unsigned long long)r->n_damage);
	if (t->holds_lost)
		(void)ward_cli_fail(t->cmd,
			"journal/retention was already not what Ward wrote when it was backed up, "
			"and is left so: holds that were decided after it, up to --until, are not "
			"in force. Look with 'ward retention plan' which holds there are, and "
			"place what is missing anew before what they hold is erased");
	return r->n_damage || t->holds_lost ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int tell(const struct telling *t, const struct args *a, const struct ward_restored *r)
{
	(void)printf("%s: of %s, made %s by ward %s\n", a->state, r->head.hospital, r->base.time,
		r->head.version);
	(void)printf("files %llu, opened %llu, left out %llu\nrows %llu\nroot ",
		(unsigned long long)r->sums.n_file, (unsigned long long)r->n_sealed,
		(unsigned long long)r->n_left_out, (unsigned long long)r->head.rows);
	for (size_t i = 0; i < sizeof(r->head.root.b); i++)
		(void)printf("%02x", r->head.root.b[i]);
	(void)printf("\nrecords %llu\n", (unsigned long long)r->n_record);
	tell_chain(a, r);
	if (fflush(stdout) != 0)
		return WARD_EXIT_RUN;
	return tell_damage(t, r);
}

/* What is wrong with the archive, as against the machine or the call. */
static bool is_input(enum ward_err err)
{
	return ward_err_class(err) == WARD_ERR_CLASS_INPUT || err == WARD_ERR_CORRUPT;
}

/* Holds that were decided between the last increment and the moment. */
static enum ward_err settle(void *ctx, const struct ward_io *journal, uint64_t after)
{
	struct telling *t = ctx;
	bool whole = false;
	enum ward_err err = ward_holds_again(journal, after, &whole);

	t->holds_lost = !err && !whole;
	return err;
}

static int restore(const struct ward_cmd *cmd, const struct args *a, const uint8_t *key)
{
	char why[WARD_BACKUP_WHY];
	struct ward_restored r;
	struct telling t = {.cmd = cmd};
	struct ward_restore_options o = {.archive = open(a->archive, O_RDONLY | O_CLOEXEC),
		.more = a->more,
		.n_more = a->n_more,
		.until = a->until_text ? &a->until : NULL,
		.settle = settle,
		.state = a->state,
		.hospital = a->hospital,
		.secret = key,
		.clock = ward_clock_system(),
		.mem = ward_mem_heap(),
		.told = told,
		.ctx = &t};

	if (o.archive < 0)
		return ward_cli_fail(cmd, "cannot read '%s': %s", a->archive, strerror(errno));
	enum ward_err err = ward_backup_restore(&o, &r, why);

	(void)close(o.archive);
	if (!err)
		return tell(&t, a, &r);
	(void)ward_cli_fail(cmd, "%s. Nothing was restored", why);
	return is_input(err) ? WARD_EXIT_INPUT : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	uint8_t key[WARD_BACKUP_KEY];
	struct args a = {.archive = NULL};
	int rc = parse(cmd, argc, argv, &a);

	if (!rc && a.key)
		rc = ward_cli_clip_key(cmd, a.key, key);
	if (!rc)
		rc = restore(cmd, &a, a.key ? key : NULL);
	ward_wipe(key, sizeof(key));
	free(a.more);
	return rc;
}

const struct ward_cmd ward_cmd_restore = {
	.name = "restore",
	.summary = "bring a backup back into an empty folder, verified",
	.help = "usage: ward restore FILE [MORE…] --state DIR [--hospital DIR] [--key FILE]\n"
		"                    [--until TIME]\n\n"
		"Reads a file of 'ward backup' and puts what 'ward run' kept into DIR, which must "
		"be\n"
		"empty or not there. Before DIR gets its name all is verified: the manifest, the\n"
		"database with each row against the ledger and its root, and every record of the\n"
		"journal. If anything is not as it was, nothing is restored. An older database is\n"
		"brought to this version's form.\n\n"
		"MORE: increments ('ward backup --after') in their order; each must go on from "
		"the\n"
		"file before it. What was erased since the backup is not brought back.\n\n"
		"  --state DIR     where 'ward run' shall find it\n"
		"  --hospital DIR  where the hospital's directory shall be (default: it is left "
		"out)\n"
		"  --key FILE      the secret key that opens what was sealed (default: it is left\n"
		"                  out: tokens of identities do not meet those of before, and "
		"each\n"
		"                  account has to be claimed anew)\n"
		"  --until TIME    back to that moment (RFC 3339, with its zone): the journal up "
		"to "
		"the\n"
		"                  last record whose time is not after it; database and files as "
		"of\n"
		"                  the last increment before, which 'ward run' makes up from the\n"
		"                  journal. Give the later increments too: they know what was "
		"erased\n\n"
		"As root each process's files belong to it again. Compare the root, and the "
		"SHA-256 "
		"of\n"
		"each file, with what 'ward backup' printed: an older file, or rows that somebody\n"
		"made, have another root; rows that somebody took out do not.\n\n"
		"Exit: 0 done, 1 the backup is damaged (nothing was restored), or its journal or "
		"what\n"
		"is remembered of holds was already (all else was), 2 wrong usage, 3 could not.\n",
	.run = run,
};
