#include "fuzz.h"

#include "run/positions.h"

#include <sys/mman.h>
#include <unistd.h>

/* Whatever the file holds, it is a list that can be written and read again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ward_positions p, q;
	int fd = memfd_create("positions", MFD_CLOEXEC);

	WARD_ASSERT(fd >= 0 && write(fd, data, len) == (ssize_t)len);
	WARD_ASSERT(ward_positions_open(&p, fd) == WARD_OK);
	if (p.turn < UINT64_MAX) {
		WARD_ASSERT(ward_positions_save(&p) == WARD_OK);
		WARD_ASSERT(ward_positions_open(&q, fd) == WARD_OK);
		WARD_ASSERT(q.n == p.n && q.turn == p.turn);
	}
	(void)close(fd);
	return 0;
}
