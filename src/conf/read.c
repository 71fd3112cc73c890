#include "conf/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ward_err read_all(int fd, uint8_t *p, size_t len)
{
	size_t at = 0;

	while (at < len) {
		ssize_t n = read(fd, p + at, len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return WARD_ERR_IO;
		at += (size_t)n;
	}
	return WARD_OK;
}

enum ward_err ward_conf_read(struct ward_arena *a, const struct ward_limits *lim, const char *path,
	struct ward_diag *diag, struct ward_slice *ret)
{
	struct ward_str file = ward_str_z(path);
	struct stat st;
	enum ward_err err = WARD_OK;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		err = errno == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO;
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, 0,
			WARD_TEXT("cannot read the file: %s\ncheck the name and the permissions"),
			strerror(errno));
		return err;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, 0,
			WARD_TEXT("is no regular file\ngive a file's name"));
		err = WARD_ERR_IO;
	} else if ((uint64_t)st.st_size > ward_limit(lim, WARD_LIMIT_CONF_BYTES)) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, 0,
			WARD_TEXT("is larger than the limit conf.bytes allows\nsplit the file"));
		err = WARD_ERR_LIMIT;
	} else {
		uint8_t *p = ward_arena_alloc(a, (size_t)st.st_size);

		err = p ? read_all(fd, p, (size_t)st.st_size) : WARD_ERR_NOMEM;
		if (err == WARD_ERR_IO)
			ward_diag_addf(diag, WARD_DIAG_ERROR, file, 0,
				WARD_TEXT("the file ended while it was being read\nread it again"));
		if (!err)
			*ret = (struct ward_slice){p, (size_t)st.st_size};
	}
	close(fd);
	return err;
}

enum ward_err ward_conf_yaml_file(struct ward_arena *a, const struct ward_limits *lim,
	const char *path, struct ward_diag *diag, const struct ward_conf **ret)
{
	struct ward_slice text;
	enum ward_err err = ward_conf_read(a, lim, path, diag, &text);

	return err ? err : ward_conf_yaml(a, lim, ward_str_z(path), text, diag, ret);
}

enum ward_err ward_conf_csv_file(struct ward_arena *a, const struct ward_limits *lim,
	const char *path, struct ward_diag *diag, struct ward_csv *ret)
{
	struct ward_slice text;
	enum ward_err err = ward_conf_read(a, lim, path, diag, &text);

	return err ? err : ward_conf_csv(a, lim, ward_str_z(path), text, diag, ret);
}
