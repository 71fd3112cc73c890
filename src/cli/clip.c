#include "cli/clip.h"

#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
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

void ward_cli_put_who(struct ward_json *j)
{
	const char *sudo = getenv("SUDO_UID");
	char text[32];

	(void)snprintf(text, sizeof(text), "uid:%.20s", sudo && geteuid() == 0 ? sudo : "");
	if (!sudo || geteuid() != 0)
		(void)snprintf(text, sizeof(text), "uid:%lu", (unsigned long)getuid());
	ward_json_key(j, "who");
	ward_json_z(j, text);
}

int ward_cli_hand_in(
	const struct ward_cmd *cmd, const char *folder, const char *id, struct ward_slice bytes)
{
	char path[PATH_MAX], final[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/%s.new", folder, id) >= (int)sizeof(path) ||
		snprintf(final, sizeof(final), "%s/%s.json", folder, id) >= (int)sizeof(final))
		return ward_cli_fail(cmd, "the folder's name is too long");
	int rc = ward_cli_clip_write(cmd, path, bytes);

	if (rc)
		return rc;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fstat(fd, &st) == 0 &&
		  (st.st_uid == geteuid() || chown(path, st.st_uid, st.st_gid) == 0) &&
		  rename(path, final) == 0 && fsync(fd) == 0;

	rc = ok ? WARD_EXIT_DONE
		: ward_cli_fail(cmd, "cannot hand it in to '%s': %s", folder, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static bool read_head(
	const char *path, uint8_t head[WARD_EVIDENCE_HEAD_MAX], struct ward_evidence *ret)
{
	FILE *f = fopen(path, "rbe");
	size_t n = f ? fread(head, 1, WARD_EVIDENCE_HEAD_MAX, f) : 0;

	if (f)
		(void)fclose(f);
	return ward_evidence_read(ward_slice_of(head, n), ret) == WARD_OK;
}

void ward_cli_clip_each(
	const char *state, void (*fn)(void *ctx, const struct ward_evidence *e), void *ctx)
{
	char folder[PATH_MAX], path[PATH_MAX + 300];
	uint8_t bytes[WARD_EVIDENCE_HEAD_MAX];
	struct ward_evidence e;
	const struct dirent *f;
	DIR *d;

	(void)snprintf(folder, sizeof(folder), "%.4000s/clips", state);
	d = opendir(folder);
	while (d && (f = readdir(d))) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, f->d_name);
		if (ward_str_ends(ward_str_z(f->d_name), WARD_STR(".clip")) &&
			read_head(path, bytes, &e))
			fn(ctx, &e);
	}
	if (d)
		(void)closedir(d);
}
