#include "cli/clip.h"
#include "cli/commands.h"

#include <sodium.h>
#include <unistd.h>

static int write_key(const struct ward_cmd *cmd, const char *path, const uint8_t key[32])
{
	char text[65 + 1];
	int rc;

	(void)sodium_bin2hex(text, 65, key, 32);
	text[64] = '\n';
	rc = ward_cli_clip_write(cmd, path, ward_slice_of(text, 65));
	ward_wipe(text, sizeof(text));
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	uint8_t public_key[WARD_EVIDENCE_PUBLIC], secret[WARD_EVIDENCE_SECRET];
	char path[PATH_MAX];
	int rc;

	if (argc != 2 || argv[1][0] == '-')
		return ward_cli_usage(cmd, "into which file?");
	if (snprintf(path, sizeof(path), "%s.pub", argv[1]) >= (int)sizeof(path))
		return ward_cli_usage(cmd, "the file's name is too long");
	ward_evidence_keys(public_key, secret);
	rc = write_key(cmd, argv[1], secret);
	ward_wipe(secret, sizeof(secret));
	if (rc)
		return rc;
	rc = write_key(cmd, path, public_key);
	if (rc) {
		(void)unlink(argv[1]); /* of half a pair nothing is left */
		return rc;
	}
	(void)fprintf(stderr,
		"ward clip key: %s opens every clip: keep it on another machine, with whoever may "
		"see them\nward clip key: %s is for the hospital's directory: clips: {key: FILE}\n",
		argv[1], path);
	return WARD_EXIT_DONE;
}

const struct ward_cmd ward_cmd_clip_key = {
	.name = "clip key",
	.summary = "make the keys of an incident's clips",
	.help = "usage: ward clip key FILE\n\n"
		"Makes a pair of keys: FILE opens clips that cameras made of incidents, FILE.pub "
		"is\n"
		"what they are encrypted for. The hospital's directory names the second\n"
		"(hospital: clips: {key: evidence.pub}); the first belongs on no machine that "
		"runs\n"
		"Ward. Whoever loses it has no clips. Neither file may be there yet.\n\n"
		"Exit: 0 done, 2 usage, 3 could not write.\n",
	.run = run,
};
