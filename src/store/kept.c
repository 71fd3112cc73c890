/* Databases as files: their form, and those that are kept beside the one in use. */
#include "store/upgrade.h"

#include "base/rd.h"
#include "store/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HEAD = 100, /* SQLite's file header: https://sqlite.org/fileformat.html 1.3 */
	USER_VERSION_AT = 60,
	APPLICATION_AT = 68,
	FORM_MAX = 9999,
};

uint64_t ward_store_form(void)
{
	size_t n;

	(void)ward_store_migrations(&n);
	return n;
}

static enum ward_err form_in(struct ward_slice head, uint64_t *ret)
{
	struct ward_rd r = ward_rd_slice(head);
	struct ward_slice magic = ward_rd_bytes(&r, 16);

	ward_rd_skip(&r, USER_VERSION_AT - 16);
	uint32_t form = ward_rd_be32(&r);

	ward_rd_skip(&r, APPLICATION_AT - USER_VERSION_AT - 4);
	uint32_t app = ward_rd_be32(&r);

	if (ward_rd_bad(&r) || memcmp(magic.p, "SQLite format 3", 16) != 0 ||
		app != WARD_STORE_APPLICATION || form == 0)
		return WARD_ERR_FOREIGN;
	*ret = form;
	return WARD_OK;
}

static enum ward_err form_at(int folder, const char *path, uint64_t *ret, struct stat *st)
{
	uint8_t head[HEAD];
	int fd = openat(folder, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	enum ward_err err = WARD_OK;
	ssize_t n = 0;

	if (fd < 0)
		return errno == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO;
	if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode))
		err = WARD_ERR_IO;
	if (!err && (n = pread(fd, head, sizeof(head), 0)) < 0)
		err = WARD_ERR_IO;
	(void)close(fd);
	return err ? err : form_in(ward_slice_of(head, (size_t)n), ret);
}

enum ward_err ward_store_form_of(const char *path, uint64_t *ret)
{
	struct stat st;

	return form_at(AT_FDCWD, path, ret, &st);
}

/* "ward-FORM-TIME.db", as it is written. */
static bool is_name(struct ward_str name, ward_ns *ret_time)
{
	uint64_t form;

	if (name.len >= WARD_STORE_KEPT_NAME || !ward_str_starts(name, WARD_STR("ward-")) ||
		!ward_str_ends(name, WARD_STR(".db")))
		return false;
	struct ward_str rest = {name.p + 5, name.len - 8};
	struct ward_str number = ward_str_cut(&rest, '-');

	return rest.p && ward_str_u64(number, &form) && form <= FORM_MAX &&
	       ward_time_parse(rest, ret_time) == WARD_OK;
}

/* Into its place by time, the latest first; the oldest falls out at the end. */
static void insert(struct ward_store_kept *list, size_t max, size_t *n, struct ward_store_kept k)
{
	size_t i = *n < max ? (*n)++ : max;

	if (i == max && (max == 0 || list[max - 1].time >= k.time))
		return;
	for (i -= i == max; i > 0 && list[i - 1].time < k.time; i--)
		list[i] = list[i - 1];
	list[i] = k;
}

enum ward_err ward_store_kept(
	const char *folder, struct ward_store_kept *ret, size_t max, size_t *ret_n)
{
	DIR *d = opendir(folder);

	*ret_n = 0;
	if (!d)
		return WARD_ERR_IO;
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		struct ward_store_kept k = {.form = 0};
		struct ward_str name = ward_str_z(e->d_name);
		struct stat st = {0};

		if (!is_name(name, &k.time))
			continue;
		if (form_at(dirfd(d), e->d_name, &k.form, &st))
			k.form = 0; /* damaged: it is listed, and is no way back */
		k.bytes = (uint64_t)st.st_size;
		memcpy(k.name, name.p, name.len);
		insert(ret, max, ret_n, k);
	}
	(void)closedir(d);
	return WARD_OK;
}
