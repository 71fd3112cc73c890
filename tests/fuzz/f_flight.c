/* Memory that an earlier life of a process left, whatever is in it: records lie within it, and what
 * is kept afterwards is found behind them. The input is what the memory begins with. */
#include "fuzz.h"

#include "run/flight.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t count(struct ward_flight *f)
{
	struct ward_flight_record r;
	bool given_up;
	size_t n = 0;

	for (; ward_flight_next(f, &r, &given_up); n++) {
		WARD_ASSERT(r.bytes.len <= WARD_FLIGHT_BYTES);
		for (size_t i = 0; i < r.bytes.len; i += 64)
			(void)*(const volatile uint8_t *)(r.bytes.p + i);
	}
	return n;
}

static struct ward_flight *attach(int fd)
{
	struct ward_flight *f;
	bool torn;

	WARD_ASSERT(ward_flight_attach(ward_mem_heap(), dup(fd), &torn, &f) == WARD_OK);
	return f;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("flight", MFD_CLOEXEC);
	size_t n = size < WARD_FLIGHT_BYTES ? size : WARD_FLIGHT_BYTES;

	WARD_ASSERT(fd >= 0 && ftruncate(fd, WARD_FLIGHT_BYTES) == 0);
	WARD_ASSERT(!n || pwrite(fd, data, n, 0) == (ssize_t)n);
	struct ward_flight *f = attach(fd);
	size_t left = count(f);
	struct ward_flight_record r = {.source = WARD_STR("x")};
	uint8_t *room = ward_flight_room(f, r.source, 1);

	if (room) {
		r.bytes = ward_slice_of(room, 1);
		ward_flight_put(f, &r);
	}
	ward_flight_close(f);
	f = attach(fd);
	WARD_ASSERT(count(f) == left + (room != NULL));
	ward_flight_close(f);
	(void)close(fd);
	return 0;
}
