#include "run/seats.h"

#include <netinet/in.h>

void ward_seat_host(const struct sockaddr_storage *from, uint8_t ret[WARD_SEATS_PEER])
{
	memset(ret, 0, WARD_SEATS_PEER);
	if (from->ss_family == AF_INET6) {
		memcpy(ret, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr,
			WARD_SEATS_PEER);
	} else if (from->ss_family == AF_INET) {
		const struct sockaddr_in *a = (const void *)from;

		ret[10] = ret[11] = 0xff; /* as a mapped one */
		memcpy(ret + 12, &a->sin_addr, 4);
	}
}

void ward_seat_peer(const struct sockaddr_storage *from, uint8_t ret[WARD_SEATS_PEER])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	ward_seat_host(from, ret);
	if (memcmp(ret, mapped, sizeof(mapped)) != 0)
		memset(ret + WARD_SEATS_PEER / 2, 0, WARD_SEATS_PEER / 2);
}

/* Is x to go before y? Whoever asks for nothing, then whoever has been here for longest. */
static bool sooner(const struct ward_seat *x, const struct ward_seat *y)
{
	return x->busy != y->busy ? !x->busy : x->since < y->since;
}

size_t ward_seats_pick(
	const struct ward_seat *seat, size_t n, size_t share, const uint8_t peer[WARD_SEATS_PEER])
{
	size_t free_one = n, any = n, own = n, n_own = 0;

	for (size_t i = 0; i < n; i++) {
		bool same = seat[i].taken && memcmp(seat[i].peer, peer, WARD_SEATS_PEER) == 0;

		n_own += same;
		if (!seat[i].taken && free_one == n)
			free_one = i;
		if (!seat[i].taken || seat[i].known)
			continue;
		if (any == n || sooner(&seat[i], &seat[any]))
			any = i;
		if (same && (own == n || sooner(&seat[i], &seat[own])))
			own = i;
	}
	if (n_own >= share)
		return own;
	return free_one < n ? free_one : any;
}

bool ward_seat_late(const struct ward_seat *seat, ward_ns now)
{
	return seat->taken &&
	       now - seat->since > (seat->busy ? WARD_SEATS_REQUEST_MAX : WARD_SEATS_IDLE_MAX);
}
