/* A whole capture file, pcap or pcapng, through the input seam to events. */
#include "fuzz.h"

#include "sense/net/replay.h"

#include <sys/mman.h>
#include <unistd.h>

static void read_all(struct ward_input *in, struct ward_arena *arena, struct ward_names *names)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 22);
	enum ward_err err;
	struct ward_event e;

	while ((err = ward_input_next(in, arena, &e)) == WARD_OK) {
		ward_wr_reset(&w);
		ward_event_write_json(&e, names, &w);
		WARD_ASSERT(!ward_wr_bad(&w) && ward_utf8_valid(ward_wr_slice(&w), NULL));
	}
	WARD_ASSERT(err == WARD_ERR_CLOSED);
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct ward_input_driver *const drivers[] = {
		&ward_net_driver_pcap, &ward_net_driver_pcapng, NULL};
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_arena arena;
	struct ward_input in;
	struct ward_input_opts opts = {
		.mem = ward_mem_heap(), .lim = &lim, .names = &names, .counters = &counters};
	int fd = memfd_create("capture", MFD_CLOEXEC);

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_FLOWS] = 16;
	lim.v[WARD_LIMIT_NET_HOSTS] = 8;
	ward_counters_init(&counters);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 22);
	WARD_ASSERT(ward_names_init(&names, opts.mem, &lim) == WARD_OK);
	WARD_ASSERT(fd >= 0 && write(fd, data, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
	if (ward_input_open_fd(&in, fd, WARD_STR("a.pcap"), WARD_INPUT_UNKNOWN, drivers, &opts) ==
		WARD_OK) {
		read_all(&in, &arena, &names);
		ward_input_close(&in);
	} else {
		(void)close(fd);
	}
	ward_names_fini(&names);
	ward_arena_fini(&arena);
	return 0;
}
