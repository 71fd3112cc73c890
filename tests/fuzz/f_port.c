#include "fuzz.h"

#include "respond/act/port.h"

/* Any text as what is set of a port, as its name, as a line of pass phrases, as what `act`
 * hands over, and as where a switch says that something hangs. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str s = ward_slice_text((struct ward_slice){copy, len}), auth, privacy;
	struct ward_port_state state;
	struct ward_port_name name;
	struct ward_port_ask a;
	struct ward_port_seen seen, other;
	char again[160];
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
	if (ward_port_sought(&arena, &lim, s, &a) == WARD_OK)
		WARD_ASSERT(a.n_mac && a.n_mac <= WARD_PORT_MACS);
	if (ward_port_seen_get(s, &seen)) {
		struct ward_wr w = ward_wr_fixed(again, sizeof(again));

		ward_port_seen_put(&w, &seen); /* what is read is written so */
		WARD_ASSERT(!ward_wr_bad(&w) && ward_port_seen_get(ward_wr_text(&w), &other));
		WARD_ASSERT(other.n_mac == seen.n_mac && ward_str_eq(other.port, seen.port));
		WARD_ASSERT(memcmp(other.mac, seen.mac, seen.n_mac * sizeof(seen.mac[0])) == 0);
	}
	ward_arena_fini(&arena);
	free(copy);
	return 0;
}
