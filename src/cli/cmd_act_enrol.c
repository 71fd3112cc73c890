/* Gives a person of people.yml the secret of an authenticator. */
#include "base/fd.h"
#include "cli/commands.h"
#include "desk/people.h"
#include "respond/act/totp.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

struct enrol {
	const struct ward_cmd *cmd;
	const char *dir, *who;
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_model *m;
	struct ward_people people;
};

static int parse(struct enrol *x, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (argv[i][0] == '-')
			return ward_cli_usage(x->cmd, "'%s' is not an option", argv[i]);
	if (argc != 3)
		return ward_cli_usage(x->cmd, "give the hospital directory, and a person of "
					      "people.yml");
	x->dir = argv[1];
	x->who = argv[2];
	return WARD_EXIT_DONE;
}

static int load(struct enrol *x)
{
	const char *content = ward_cli_content(x->cmd, NULL);

	if (!content)
		return WARD_EXIT_RUN;
	ward_limits_default(&x->lim);
	enum ward_err err =
		ward_model_load(x->dir, content, &x->lim, ward_mem_heap(), &x->diag, &x->m);

	if (!err) {
		const struct ward_people_in in = {x->m, &x->lim, ward_mem_heap(), &x->diag};

		err = ward_people_load(&in, x->dir, &x->people);
	}
	return err ? ward_cli_fail(x->cmd, "cannot read '%s': %s; 'ward check %s' says more",
			     x->dir, ward_err_text(err), x->dir)
		   : WARD_EXIT_DONE;
}

static const struct ward_person *find(struct enrol *x)
{
	for (size_t i = 0; i < x->people.n; i++)
		if (ward_str_eqz(x->people.p[i].id, x->who))
			return &x->people.p[i];
	return NULL;
}

/* What one types, and what an authenticator takes as a picture or a link. */
static void tell(const struct enrol *x, struct ward_str secret, const char *path)
{
	printf("%.*s's secret is in '%s'. Type it into the authenticator, by the way that nobody "
	       "else sees, and Ward takes it at its next start:\n\n  ",
		WARD_STR_ARG(find((struct enrol *)(uintptr_t)x)->name), path);
	for (size_t i = 0; i < secret.len; i++)
		printf("%s%c", i && i % 4 == 0 ? " " : "", secret.p[i]);
	printf("\n\n  otpauth://totp/Ward:%s?secret=%.*s&issuer=Ward&algorithm=SHA1&digits=%d&"
	       "period=30\n",
		x->who, WARD_STR_ARG(secret), (int)WARD_TOTP_DIGITS);
}

/* A secret that somebody has already is not written over. */
static int enrol(struct enrol *x, const struct ward_person *p)
{
	bool whole = p->totp_file.p[0] == '/';
	uint8_t bytes[WARD_TOTP_SECRET], text[2 * WARD_TOTP_SECRET_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	char path[PATH_MAX];
	int rc = WARD_EXIT_DONE;

	(void)snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : x->dir, whole ? "" : "/",
		WARD_STR_ARG(p->totp_file));
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return ward_cli_fail(x->cmd, "no random numbers: %s", strerror(errno));
	ward_base32_write(&w, ward_slice_of(bytes, sizeof(bytes)));
	struct ward_str secret = ward_wr_text(&w);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		int why = errno;

		fprintf(stderr, "ward %s: cannot make '%s': %s%s\n", x->cmd->name, path,
			strerror(why),
			why == EEXIST ? "; remove it if its secret is to be good no more" : "");
		rc = WARD_EXIT_INPUT;
	} else {
		bool ok = ward_fd_write(fd, ward_str_bytes(secret)) &&
			  ward_fd_write(fd, ward_str_bytes(WARD_STR("\n"))) && fsync(fd) == 0;

		if (close(fd) != 0 || !ok)
			rc = ward_cli_fail(x->cmd, "'%s': %s", path, strerror(errno));
		else
			tell(x, secret, path);
	}
	ward_wipe(bytes, sizeof(bytes));
	ward_wipe(text, sizeof(text));
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct enrol x = {.cmd = cmd};
	const struct ward_person *p = NULL;

	ward_diag_init(&x.diag, ward_mem_heap());
	int rc = parse(&x, argc, argv);

	if (!rc)
		rc = load(&x);
	if (!rc) {
		p = find(&x);
		rc = p && p->totp_file.len ? enrol(&x, p) : WARD_EXIT_INPUT;
		if (!p || !p->totp_file.len)
			fprintf(stderr,
				"ward %s: people.yml has %s '%s'; give one `totp_file: FILE`\n",
				cmd->name, p ? "no totp_file for" : "nobody of the id", x.who);
	}
	ward_people_free(&x.people);
	ward_model_free(x.m);
	ward_diag_fini(&x.diag);
	return rc;
}

const struct ward_cmd ward_cmd_act_enrol = {
	.name = "act enrol",
	.summary = "make the secret of a person's authenticator",
	.help = "usage: ward act enrol HOSPITAL PERSON\n\n"
		"Writes a new secret into the file that people.yml names for the person\n"
		"(`totp_file`), for its owner alone, and prints it once, as text and as the link\n"
		"that authenticators take. A file that is there is left (docs/acting.md).\n\n"
		"Exit: 0 done, 1 there is no such person or a file already, 2 usage, 3 could not\n"
		"run.\n",
	.run = run,
};
