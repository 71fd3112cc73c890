#include "fuzz.h"

#include "respond/act/port.h"

/* Any text as what is set of a port, as its name, as a line of pass phrases, and as what `act`
 * hands over. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str s = ward_slice_text((struct ward_slice){copy, len}), auth, privacy;
	struct ward_port_state state;
	struct ward_port_name name;
	struct ward_port_ask a;
	struct ward_limits lim;
	struct ward_arena arena;

	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	if (ward_port_state(s, &state))
		WARD_ASSERT(state.value && state.value <= WARD_PORT_VLAN_MAX);
	if (ward_port_name(s, &name)) {
		WARD_ASSERT(!name.name.len == (name.index > 0) && name.name.len <= WARD_PORT_NAME);
		WARD_ASSERT(ward_port_uplink(s, s));
	}
	if (ward_port_phrases(s, &auth, &privacy))
		WARD_ASSERT(auth.len >= WARD_PORT_PHRASE_MIN &&
			    privacy.len >= WARD_PORT_PHRASE_MIN &&
			    auth.len + privacy.len <= 2 * len);
	if (ward_port_asked(&arena, &lim, s, &a) == WARD_OK)
		WARD_ASSERT(a.to.what == a.from.what && a.to.value != a.from.value);
	ward_arena_fini(&arena);
	free(copy);
	return 0;
}
