#include "run/ground.h"

#include "base/id.h"

void ward_ground_text(const struct ward_model *m, const struct ward_rules *propagation,
	char ret[WARD_GROUND_TEXT])
{
	uint8_t both[64], hash[32];
	struct ward_wr w = ward_wr_fixed(ret, WARD_GROUND_TEXT);

	ward_model_hash(m, both);
	ward_rules_hash(propagation, both + 32);
	ward_sha256((struct ward_slice){both, sizeof(both)}, hash);
	ward_wr_hex(&w, (struct ward_slice){hash, sizeof(hash)});
	ward_wr_u8(&w, 0);
}
