#include "cli/clip.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

int ward_cli_clip_read(const struct ward_cmd *cmd, const char *path, size_t max, struct ward_wr *w)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t buf[1 << 16];
	ssize_t n = -1;

	while (fd >= 0 && w->len <= max && (n = read(fd, buf, sizeof(buf))) > 0)
		ward_wr_bytes(w, buf, (size_t)n);
	int e = errno;

	if (fd >= 0)
		(void)close(fd);
	ward_wipe(buf, sizeof(buf));
	if (n < 0)
		return ward_cli_fail(cmd, "cannot read '%s': %s", path, strerror(e));
	return w->len > max || ward_wr_bad(w) ? ward_cli_fail(cmd, "'%s' is too large", path)
					      : WARD_EXIT_DONE;
}

int ward_cli_clip_key(const struct ward_cmd *cmd, const char *path, uint8_t ret[32])
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 17);
	int rc = ward_cli_clip_read(cmd, path, 256, &w);
	size_t n = 0;

	if (!rc && (sodium_hex2bin(ret, 32, (const char *)w.p, w.len, " \r\n", &n, NULL) != 0 ||
			   n != 32))
		rc = ward_cli_fail(cmd, "'%s' holds no key of 'ward clip key'", path);
	if (w.len)
		ward_wipe(w.p, w.len);
	ward_wr_fini(&w);
	return rc;
}

int ward_cli_clip_write(const struct ward_cmd *cmd, const char *path, struct ward_slice bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool made = fd >= 0, ok = made && ward_fd_write(fd, bytes) && fsync(fd) == 0;
	int e = errno;

	if (made)
		(void)close(fd);
	if (ok)
		return WARD_EXIT_DONE;
	if (made)
		(void)unlink(path);
	return e == EEXIST ? ward_cli_fail(cmd, "'%s' is there already: name another file", path)
			   : ward_cli_fail(cmd, "cannot write '%s': %s", path, strerror(e));
}
