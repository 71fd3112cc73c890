#include "cli/args.h"
#include "cli/clip.h"
#include "cli/commands.h"

#include "backup/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct args {
	const char *archive, *state, *hospital, *key;
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	const struct ward_cli_opt opt[] = {{"--state", &a->state, NULL},
		{"--hospital", &a->hospital, NULL}, {"--key", &a->key, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &a->archive, NULL, NULL, NULL};
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (code)
		return code;
	if (!a->archive)
		return ward_cli_usage(cmd, "which backup?");
	return a->state ? WARD_EXIT_DONE : ward_cli_usage(cmd, "into which folder? --state DIR");
}

static void told(void *ctx, const char *path, const char *what)
{
	const struct ward_cmd *cmd = ctx;

	(void)fprintf(stderr, "ward %s: %s: %s\n", cmd->name, path, what);
}

static int tell(const struct ward_cmd *cmd, const struct args *a, const struct ward_restored *r)
{
	(void)printf("%s: of %s, made %s by ward %s\n", a->state, r->head.hospital, r->head.time,
		r->head.version);
	(void)printf("files %llu, opened %llu, left out %llu\nrows %llu\nroot ",
		(unsigned long long)r->sums.n_file, (unsigned long long)r->n_sealed,
		(unsigned long long)r->n_left_out, (unsigned long long)r->head.rows);
	for (size_t i = 0; i < sizeof(r->head.root.b); i++)
		(void)printf("%02x", r->head.root.b[i]);
	(void)printf("\nrecords %llu\n", (unsigned long long)r->n_record);
	if (fflush(stdout) != 0)
		return WARD_EXIT_RUN;
	if (!r->n_damage)
		return WARD_EXIT_DONE;
	(void)ward_cli_fail(cmd,
		"the journal had %llu damaged places already when it was backed up; all else of it "
		"is there",
		(unsigned long long)r->n_damage);
	return WARD_EXIT_INPUT;
}

/* What is wrong with the archive, as against the machine or the call. */
static bool is_input(enum ward_err err)
{
	return ward_err_class(err) == WARD_ERR_CLASS_INPUT || err == WARD_ERR_CORRUPT;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	uint8_t key[WARD_BACKUP_KEY];
	char why[WARD_BACKUP_WHY];
	struct args a = {.archive = NULL};
	struct ward_restored r;
	int rc = parse(cmd, argc, argv, &a);

	if (!rc && a.key)
		rc = ward_cli_clip_key(cmd, a.key, key);
	if (rc)
		return rc;
	struct ward_restore_options o = {.archive = open(a.archive, O_RDONLY | O_CLOEXEC),
		.state = a.state,
		.hospital = a.hospital,
		.secret = a.key ? key : NULL,
		.clock = ward_clock_system(),
		.mem = ward_mem_heap(),
		.told = told,
		.ctx = (void *)(uintptr_t)cmd};

	if (o.archive < 0)
		return ward_cli_fail(cmd, "cannot read '%s': %s", a.archive, strerror(errno));
	enum ward_err err = ward_backup_restore(&o, &r, why);

	ward_wipe(key, sizeof(key));
	(void)close(o.archive);
	if (!err)
		return tell(cmd, &a, &r);
	(void)ward_cli_fail(cmd, "%s. Nothing was restored", why);
	return is_input(err) ? WARD_EXIT_INPUT : WARD_EXIT_RUN;
}

const struct ward_cmd ward_cmd_restore = {
	.name = "restore",
	.summary = "bring a backup back into an empty folder, verified",
	.help = "usage: ward restore FILE --state DIR [--hospital DIR] [--key FILE]\n\n"
		"Reads a file of 'ward backup' and puts what 'ward run' kept into DIR, which must "
		"be\n"
		"empty or not there. Before DIR gets its name all is verified: the manifest, the\n"
		"database with each row against the ledger and its root, and every record of the\n"
		"journal. If anything is not as it was, nothing is restored. An older database is\n"
		"brought to this version's form.\n\n"
		"  --state DIR     where 'ward run' shall find it\n"
		"  --hospital DIR  where the hospital's directory shall be (default: it is left "
		"out)\n"
		"  --key FILE      the secret key that opens what was sealed (default: it is left\n"
		"                  out: tokens of identities do not meet those of before, and "
		"each\n"
		"                  account has to be claimed anew)\n\n"
		"As root each process's files belong to it again. Compare the root with the one "
		"that\n"
		"'ward backup' printed: a whole file that is older, or made by somebody, has "
		"another.\n\n"
		"Exit: 0 done, 1 the backup is damaged (nothing was restored), or its journal was\n"
		"already (all else was), 2 wrong usage, 3 could not.\n",
	.run = run,
};
