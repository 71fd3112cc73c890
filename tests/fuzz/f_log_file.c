#include "fuzz.h"

#include "base/wr.h"
#include "sense/log/log.h"

#include <sys/mman.h>
#include <unistd.h>

/* A file of a kind and character set that is said, not recognised; packed or not. The first byte
 * says which. All events can be written. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct ward_input_driver *const drivers[] = {WARD_LOG_DRIVERS, NULL};
	static const enum ward_input_kind kinds[] = {WARD_INPUT_UNKNOWN, WARD_INPUT_CSV,
		WARD_INPUT_EXPORT, WARD_INPUT_LINES, WARD_INPUT_LINES, WARD_INPUT_JSON};
	static const char *const multiline[] = {"", "", "", "indent", "9999-", ""};
	size_t how = len ? data[0] % WARD_ARRAY_LEN(kinds) : 0;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_arena arena;
	struct ward_input in;
	struct ward_event e;
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &lim,
		.names = &names,
		.counters = &counters,
		.multiline = ward_str_z(multiline[how]),
		.charset = len ? (enum ward_charset)(data[0] / 8 % WARD_CHARSET_N) : 0};
	int fd = memfd_create("input", MFD_CLOEXEC);
	enum ward_err err = WARD_OK;

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_EVENT_BYTES] = 1024;
	lim.v[WARD_LIMIT_LOG_LINE] = 256;
	lim.v[WARD_LIMIT_LOG_RECORD] = 1024;
	lim.v[WARD_LIMIT_LOG_LINES] = 8;
	lim.v[WARD_LIMIT_INPUT_UNPACKED] = 65536;
	ward_counters_init(&counters);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 22);
	WARD_ASSERT(ward_names_init(&names, opts.mem, &lim) == WARD_OK);
	WARD_ASSERT(fd >= 0 && (len < 2 || write(fd, data + 1, len - 1) == (ssize_t)(len - 1)) &&
		    lseek(fd, 0, SEEK_SET) == 0);
	if (ward_input_open_fd(&in, fd, WARD_STR("a/b.log"), kinds[how], drivers, &opts) ==
		WARD_OK) {
		while ((err = ward_input_next(&in, &arena, &e)) == WARD_OK) {
			struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

			ward_event_write_json(&e, &names, &w);
			WARD_ASSERT(ward_utf8_valid(ward_wr_slice(&w), NULL));
			ward_wr_fini(&w);
		}
		WARD_ASSERT(err == WARD_ERR_CLOSED);
		ward_input_close(&in);
	} else {
		(void)close(fd);
	}
	ward_names_fini(&names);
	ward_arena_fini(&arena);
	return 0;
}
