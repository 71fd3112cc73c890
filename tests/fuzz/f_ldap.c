/* What a directory server sends: each message takes bytes, and says of one person at most who it
 * is. */
#include "fuzz.h"

#include "directory/ldap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_directory_group group[] = {{.name = {"guards", 6}}};
	const struct ward_directory d = {
		.person = {"uid", 3}, .groups_from = {"memberOf", 8}, .group = group, .n_group = 1};
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_ldap_found f = {.n = 0};
	struct ward_ldap_answer a;
	size_t at = 0, used;

	while (ward_ldap_take(ward_slice_of(copy + at, len - at), &d, 1800000000 * WARD_NS_PER_S,
		       &f, &used, &a) == WARD_OK) {
		WARD_ASSERT(used >= 2 && used <= len - at);
		WARD_ASSERT(f.n != 1 || f.dn[0]);
		WARD_ASSERT(!(f.who.group & ~UINT64_C(1)));
		at += used;
	}
	free(copy);
	return 0;
}
