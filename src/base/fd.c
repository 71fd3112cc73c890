#include "base/fd.h"

#include <errno.h>
#include <unistd.h>

bool ward_fd_write(int fd, struct ward_slice s)
{
	while (s.len) {
		ssize_t n = write(fd, s.p, s.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s.p += n;
		s.len -= (size_t)n;
	}
	return true;
}
