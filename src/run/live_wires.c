/* The machine's interfaces, for who sets up a sensor: which there are, whether a cable is in, and
 * how many frames came. The kernel counts what it was given: of what only passes by a port that
 * nobody listens at, that is little. */
#include "run/live_state.h"

#include <ifaddrs.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What was counted before; a free place where there was nothing of it. NULL: there are more than we
 * tell of. */
static struct live_wire *wire_of(struct live *l, const char *name)
{
	for (size_t i = 0; i < l->n_wire; i++)
		if (strcmp(l->wire[i].name, name) == 0)
			return &l->wire[i];
	if (l->n_wire == LIVE_WIRES)
		return NULL;
	struct live_wire *w = &l->wire[l->n_wire++];

	*w = (struct live_wire){.at = WARD_NS_NEVER};
	(void)snprintf(w->name, sizeof(w->name), "%s", name);
	return w;
}

/* The kernel's counter has 32 bits here: what is a difference stays one when it begins anew. */
static void count(struct live_wire *w, uint32_t frames, ward_ns mono)
{
	ward_ns took = mono - w->at;

	if (w->at != WARD_NS_NEVER && took >= WARD_NS_PER_S)
		w->per_second =
			(uint64_t)(uint32_t)(frames - w->frames) * WARD_NS_PER_S / (uint64_t)took;
	else if (w->at != WARD_NS_NEVER)
		return; /* too soon to say */
	w->frames = frames;
	w->at = mono;
}

static void put_wire(struct live *l, struct ward_json *j, const struct ifaddrs *a)
{
	const struct sockaddr_ll *link = (const void *)a->ifa_addr;
	struct rtnl_link_stats now = {0};
	struct live_wire *w = wire_of(l, a->ifa_name);
	char mac[18] = "";

	if (!w)
		return;
	if (a->ifa_data)
		memcpy(&now, a->ifa_data, sizeof(now));
	count(w, now.rx_packets, ward_clock_mono(l->o->clock));
	if (link->sll_halen == 6)
		(void)snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", link->sll_addr[0],
			link->sll_addr[1], link->sll_addr[2], link->sll_addr[3], link->sll_addr[4],
			link->sll_addr[5]);
	ward_json_obj(j);
	ward_json_put_str(j, "name", ward_str_z(w->name));
	ward_json_put_str(j, "mac", ward_str_z(mac));
	ward_json_put_u64(j, "up", (a->ifa_flags & IFF_UP) != 0);
	ward_json_put_u64(j, "link", (a->ifa_flags & IFF_RUNNING) != 0);
	ward_json_put_u64(j, "loopback", (a->ifa_flags & IFF_LOOPBACK) != 0);
	ward_json_put_u64(j, "frames", now.rx_packets);
	ward_json_put_u64(j, "per_second", w->per_second);
	ward_json_obj_end(j);
}

void live_put_wires(struct live *l, struct ward_json *j)
{
	struct ifaddrs *all = NULL;
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	ward_json_put_u64(j, "processors", n > 0 ? (uint64_t)n : 1);
	ward_board_ns(j, "began", l->epoch);
	ward_json_key(j, "interfaces");
	ward_json_arr(j);
	if (getifaddrs(&all) == 0) {
		for (const struct ifaddrs *a = all; a; a = a->ifa_next)
			if (a->ifa_addr && a->ifa_addr->sa_family == AF_PACKET)
				put_wire(l, j, a);
		freeifaddrs(all);
	}
	ward_json_arr_end(j);
}
