#include "fuzz.h"

#include "sense/log/log.h"

#include <sys/mman.h>
#include <unistd.h>

/* The whole way from a file to events, any kind of input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct ward_input_driver *const drivers[] = {WARD_LOG_DRIVERS, NULL};
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_arena arena;
	struct ward_input in;
	struct ward_event e;
	struct ward_input_opts opts = {
		.mem = ward_mem_heap(), .lim = &lim, .names = &names, .counters = &counters};
	int fd = memfd_create("input", MFD_CLOEXEC);
	enum ward_err err = WARD_OK;

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_EVENT_BYTES] = 1024;
	lim.v[WARD_LIMIT_LOG_LINE] = 256;
	ward_counters_init(&counters);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 22);
	WARD_ASSERT(ward_names_init(&names, opts.mem, &lim) == WARD_OK);
	WARD_ASSERT(fd >= 0 && write(fd, data, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
	if (ward_input_open_fd(&in, fd, WARD_STR("a/b.log"), WARD_INPUT_UNKNOWN, drivers, &opts) ==
		WARD_OK) {
		while (err == WARD_OK)
			err = ward_input_next(&in, &arena, &e);
		WARD_ASSERT(err == WARD_ERR_CLOSED);
		ward_input_close(&in);
	} else {
		(void)close(fd);
	}
	ward_names_fini(&names);
	ward_arena_fini(&arena);
	return 0;
}
