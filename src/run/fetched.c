#include "run/fetched.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { TEXT = 64 };

static const struct ward_str before = {"told until ", sizeof("told until ") - 1};

enum ward_err ward_fetched_write(int folder, ward_ns told_until)
{
	char text[TEXT];
	int n = snprintf(text, sizeof(text), "told until %lld\n", (long long)told_until);
	int fd = openat(folder, WARD_FETCHED_FILE,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno == EEXIST ? WARD_ERR_DENIED : WARD_ERR_IO;
	bool ok = write(fd, text, (size_t)n) == n;

	return close(fd) == 0 && ok ? WARD_OK : WARD_ERR_IO;
}

enum ward_err ward_fetched_read(const char *state, ward_ns *ret)
{
	char path[PATH_MAX], text[TEXT];
	int n = snprintf(path, sizeof(path), "%s/" WARD_FETCHED_FILE, state), fd;
	uint64_t t = 0;

	*ret = 0;
	if (n < 0 || n >= (int)sizeof(path))
		return WARD_ERR_IO;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? WARD_OK : WARD_ERR_IO;
	ssize_t len = read(fd, text, sizeof(text));

	(void)close(fd);
	struct ward_str s = {text, len > 0 ? (size_t)len : 0};
	bool ok = ward_str_starts(s, before) && s.p[s.len - 1] == '\n';

	if (ok) {
		s = (struct ward_str){s.p + before.len, s.len - before.len - 1};
		ok = ward_str_u64(s, &t) && t <= INT64_MAX;
	}
	*ret = ok ? (ward_ns)t : 0;
	return ok ? WARD_OK : WARD_ERR_MALFORMED;
}
