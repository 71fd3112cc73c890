#include "cli/life.h"

#include <sys/random.h>

enum { DRAWN_BYTES = 8 };

int ward_cli_life_seed(
	const struct ward_cmd *cmd, const char **seed, char drawn[WARD_CLI_LIFE_DRAWN])
{
	struct ward_wr w = ward_wr_fixed(drawn, WARD_CLI_LIFE_DRAWN);
	struct ward_str s = ward_str_z(*seed);
	uint8_t b[DRAWN_BYTES];
	bool plain = s.len > 0 && s.len <= WARD_LIFE_SEED;

	for (size_t i = 0; i < s.len; i++)
		plain &= s.p[i] >= ' ' && s.p[i] < 0x7f;
	if (!plain)
		return ward_cli_usage(cmd,
			"--life %s: it is 1 to %d printable ASCII characters, or '-' for a seed "
			"that is drawn",
			*seed, WARD_LIFE_SEED);
	if (!ward_str_eqz(s, "-"))
		return WARD_EXIT_DONE;
	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		return ward_cli_fail(cmd, "no random numbers");
	ward_wr_hex(&w, ward_slice_of(b, sizeof(b)));
	ward_wr_u8(&w, 0);
	*seed = drawn;
	fprintf(stderr, "ward %s: ordinary life of the seed %s\n", cmd->name, drawn);
	return WARD_EXIT_DONE;
}
