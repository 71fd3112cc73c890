/* `ward standby key`: the secret of the two that carry a state; how it is read, and the cage of who
 * has it. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/standby_carry.h"
#include "run/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIGITS = 2 * WARD_CARRY_KEY };

int ward_cli_standby_secret(
	const struct ward_cmd *cmd, const char *path, uint8_t ret[WARD_CARRY_KEY])
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char text[DIGITS + 2];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return ward_cli_fail(cmd,
			"--carry-key: cannot read '%s': %s; `ward standby key FILE` makes one, for "
			"both machines",
			path, strerror(errno));
	bool own = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 077) &&
		   (!st.st_uid || st.st_uid == geteuid());

	n = read(fd, text, sizeof(text));
	(void)close(fd);
	if (!own)
		return ward_cli_fail(cmd,
			"--carry-key: others may read or change '%s': chown root, chmod 600, and "
			"make a new one, for both machines, if somebody did",
			path);
	bool ok = (n == DIGITS || (n == DIGITS + 1 && text[DIGITS] == '\n')) &&
		  ward_str_unhex((struct ward_str){text, DIGITS}, ret, WARD_CARRY_KEY);

	sodium_memzero(text, sizeof(text));
	(void)sodium_mlock(ret, WARD_CARRY_KEY); /* where there is leave for it */
	return ok ? WARD_EXIT_DONE
		  : ward_cli_fail(cmd,
			    "--carry-key: '%s' holds no 64 hexadecimal digits; `ward standby key "
			    "FILE` makes one, for both machines",
			    path);
}

int ward_cli_standby_cage(const struct ward_cli_carrying *c)
{
	const char *const folder[] = {c->state}, *const reading[] = {c->hospital};
	int abi = ward_landlock_abi();

	if (!abi || ward_landlock_enter(folder, 1, reading, 1, 0, abi))
		return WARD_EXIT_DONE;
	return ward_cli_fail(c->cmd, "'%s' and '%s': who carries them can't be bound to them: %s",
		c->state, c->hospital, strerror(errno));
}

static int make(const struct ward_cmd *cmd, int argc, char **argv)
{
	const char *path = NULL;
	const struct ward_cli_args args = {NULL, 0, &path, NULL, NULL, NULL};
	uint8_t secret[WARD_CARRY_KEY];
	char text[DIGITS + 2];
	int rc = ward_cli_args(cmd, argc, argv, &args), fd;

	if (!rc && !path)
		rc = ward_cli_usage(cmd, "into which file?");
	if (rc)
		return rc;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd < 0)
		return ward_cli_fail(cmd, "'%s': %s", path, strerror(errno));
	randombytes_buf(secret, sizeof(secret));
	(void)sodium_bin2hex(text, sizeof(text), secret, sizeof(secret));
	text[DIGITS] = '\n';
	if (write(fd, text, DIGITS + 1) != DIGITS + 1 || fsync(fd) != 0)
		rc = ward_cli_fail(cmd, "'%s': %s", path, strerror(errno));
	(void)close(fd);
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(text, sizeof(text));
	if (rc)
		(void)unlink(path);
	return rc;
}

const struct ward_cmd ward_cmd_standby_key = {
	.name = "standby key",
	.summary = "a secret for the two machines of a pair",
	.help = "usage: ward standby key FILE\n\n"
		"Makes the file, which must not be there, with 32 random bytes in 64 digits. "
		"Bring\n"
		"it to the other machine by a way that nobody else reads, and name it on both "
		"with\n"
		"--carry-key of `ward standby run`: all but the journal goes over sealed with it,\n"
		"so that the processes that face the network can neither read nor change it. A "
		"new\n"
		"one: on both, each begun anew.\n\n"
		"Exit: 0 done, 2 usage, 3 it can't be written.\n",
	.run = make,
};
