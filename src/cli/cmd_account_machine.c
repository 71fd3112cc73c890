/* A certificate for a program that asks the API. */
#include "cli/commands.h"
#include "cli/decide.h"
#include "conf/id.h"
#include "run/authority.h"

#include <stdio.h>
#include <string.h>

enum { ID_MAX = 32, FOLDER_BYTES = PATH_MAX + 8 };

static const char *const digits = "0123456789abcdef";

static void put(const char *id, const char *file, const uint8_t print[32])
{
	char hex[65];

	for (size_t i = 0; i < 32; i++) {
		hex[2 * i] = digits[print[i] >> 4];
		hex[2 * i + 1] = digits[print[i] & 15];
	}
	hex[64] = 0;
	printf("Key and certificate are in %s: give the file to the program, and to nobody else. "
	       "It is "
	       "good for 13 months.\nAdd to machines.yml of the hospital directory, and start Ward "
	       "anew:\n\nmachines:\n  - id: %s\n    certificate: %s\n    rights: [see.incidents]\n",
		file, id, hex);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	const char *option = NULL, *word[2] = {NULL, NULL};
	char state[PATH_MAX], folder[FOLDER_BYTES], file[ID_MAX + 8], why[WARD_AUTHORITY_WHY] = "";
	uint8_t print[32];
	size_t n = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--state") == 0 && i + 1 < argc && argv[i + 1][0])
			option = argv[++i];
		else if (argv[i][0] == '-')
			return ward_cli_usage(
				cmd, "'%s' is not an option, or needs a value", argv[i]);
		else if (n == 2)
			return ward_cli_usage(cmd, "'%s' is one word too many", argv[i]);
		else
			word[n++] = argv[i];
	}
	const char *id = n ? word[n - 1] : NULL, *dir = n > 1 ? word[0] : NULL;

	if (!id || (!dir && !option))
		return ward_cli_usage(cmd,
			"give the hospital directory, or --state DIR, and an id for the machine");
	if (!ward_conf_is_id(ward_str_z(id), ID_MAX))
		return ward_cli_usage(cmd,
			"'%s' is no id: lower-case letters, digits and '-', at most %d", id,
			ID_MAX);
	int rc = ward_cli_decide_state(cmd, dir, option, state);

	if (rc)
		return rc;
	(void)snprintf(folder, sizeof(folder), "%s/api", state);
	(void)snprintf(file, sizeof(file), "%s.pem", id);
	const struct ward_authority_in in = {
		.folder = folder, .now = ward_clock_now(ward_clock_system())};

	if (ward_authority_machine(&in, ward_str_z(id), file, print, why) != WARD_OK)
		return ward_cli_fail(cmd, "%s", why);
	put(id, file, print);
	return WARD_EXIT_DONE;
}

const struct ward_cmd ward_cmd_account_machine = {
	.name = "account machine",
	.summary = "make a certificate for a program that asks the API",
	.help = "usage: ward account machine [--state DIR] HOSPITAL ID\n\n"
		"Writes ID.pem into the folder that you are in: a key, and a certificate by the\n"
		"console's authority. machines.yml says what the machine may see, by the\n"
		"certificate's fingerprint, which is printed; it decides nothing.\n\n"
		"  --state DIR   what 'ward run' keeps (then HOSPITAL may be left out)\n\n"
		"For root and the user that runs Ward, on the machine where it runs\n"
		"(docs/machines.md).\n\n"
		"Exit: 0 done, 2 usage, 3 could not run.\n",
	.run = run,
};
