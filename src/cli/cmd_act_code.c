/* A one-time code of a person in an exercise, in the place of an authenticator. */
#include "cli/commands.h"
#include "respond/act/totp.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SECRET_BYTES = 256 };

/* Persons are letters, digits and '-', so that no other file is meant. */
static bool is_person(const char *s)
{
	return *s && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == 0;
}

static int tell(const struct ward_cmd *cmd, const char *path)
{
	char text[SECRET_BYTES];
	uint8_t secret[WARD_TOTP_SECRET_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
	struct ward_str rest = {text, n > 0 ? (size_t)n : 0};
	time_t now = time(NULL);
	uint32_t code;
	size_t len = 0;

	if (n < 0) {
		int why = errno;

		if (fd >= 0)
			(void)close(fd);
		return ward_cli_fail(cmd,
			"'%s': %s; only what is played has codes here: ward run --play", path,
			strerror(why));
	}
	(void)close(fd);
	bool ok = ward_base32_read(
			  ward_str_trim(ward_str_cut(&rest, '\n')), secret, sizeof(secret), &len) &&
		  ward_totp(ward_slice_of(secret, len), (uint64_t)now / 30, &code) == WARD_OK;

	ward_wipe(text, sizeof(text));
	ward_wipe(secret, sizeof(secret));
	if (!ok)
		return ward_cli_fail(
			cmd, "'%s' holds no secret; remove it, and start Ward anew", path);
	printf("%06u\n", code);
	return WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	const char *state = NULL, *person = NULL;
	char path[PATH_MAX];

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--state") == 0 && i + 1 < argc)
			state = argv[++i];
		else if (argv[i][0] == '-' || person)
			return ward_cli_usage(cmd, "'%s' is one too many", argv[i]);
		else
			person = argv[i];
	}
	if (!state || !person || !is_person(person))
		return ward_cli_usage(
			cmd, "give --state DIR, and the id of a person of people.yml");
	if (snprintf(path, sizeof(path), "%s/codes/%s", state, person) >= (int)sizeof(path))
		return ward_cli_fail(cmd, "the path is too long");
	return tell(cmd, path);
}

const struct ward_cmd ward_cmd_act_code = {
	.name = "act code",
	.summary = "a code by which a person approves what is played",
	.help = "usage: ward act code --state DIR PERSON\n\n"
		"In an exercise (ward run --play), whoever has no authenticator approves by such "
		"a\n"
		"code, which is good once, for 90 seconds. It approves nothing that is real.\n",
	.run = run,
};
