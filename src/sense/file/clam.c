#include "sense/file/clam.h"

#include "base/fd.h"

#include <stdio.h>
#include <unistd.h>

enum { CHUNK = 1 << 20, ANSWER = 1024, TAR_BLOCK = 512, TAR_SUM = 148 };

static bool send_chunk(int fd, struct ward_slice s)
{
	uint8_t head[4];
	struct ward_wr w = ward_wr_fixed(head, sizeof(head));

	ward_wr_be32(&w, (uint32_t)s.len);
	return ward_fd_write(fd, ward_wr_slice(&w)) && (!s.len || ward_fd_write(fd, s));
}

enum ward_clam ward_clam_answer(struct ward_str answer, char ret_name[WARD_INSPECT_TEXT])
{
	if (!ward_str_starts(answer, WARD_STR("stream: ")))
		return WARD_CLAM_FAILED;
	answer = ward_str_trim(ward_str_sub(answer, 8, SIZE_MAX));
	if (ward_str_eqz(answer, "OK"))
		return WARD_CLAM_CLEAN;
	if (!ward_str_ends(answer, WARD_STR(" FOUND")))
		return WARD_CLAM_FAILED;
	answer = ward_str_sub(answer, 0, answer.len - 6);
	(void)snprintf(ret_name, WARD_INSPECT_TEXT, "%.*s", WARD_STR_ARG(answer));
	return WARD_CLAM_FOUND;
}

bool ward_clam_begin(int fd)
{
	return ward_fd_write(fd, ward_slice_of("zINSTREAM", 10)); /* with its NUL */
}

static bool send_bytes(int fd, struct ward_slice s)
{
	bool ok = true;

	for (size_t off = 0; ok && off < s.len; off += CHUNK)
		ok = send_chunk(
			fd, ward_slice_of(s.p + off, s.len - off < CHUNK ? s.len - off : CHUNK));
	return ok;
}

/* A file of an archive: its head, whose sum counts itself as blanks; its bytes, in whole blocks. */
static bool send_member(int fd, struct ward_slice s, size_t number)
{
	static const uint8_t zeros[TAR_BLOCK];
	static const char magic[8] = {'u', 's', 't', 'a', 'r', 0, '0', '0'};
	char h[TAR_BLOCK] = "";
	unsigned sum = 0;

	(void)snprintf(h, 100, "%zu", number);
	(void)snprintf(h + 100, 48, "0000644%c0000000%c0000000%c%011llo%c00000000000", 0, 0, 0,
		(unsigned long long)s.len, 0);
	memset(h + TAR_SUM, ' ', 8);
	h[156] = '0';
	memcpy(h + 257, magic, sizeof(magic));
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (uint8_t)h[i];
	(void)snprintf(h + TAR_SUM, 8, "%06o", sum);
	return send_bytes(fd, ward_slice_of(h, sizeof(h))) && send_bytes(fd, s) &&
	       send_bytes(fd, ward_slice_of(zeros, -s.len % TAR_BLOCK));
}

static bool send_files(int fd, const struct ward_slice *file, size_t n)
{
	static const uint8_t end[2 * TAR_BLOCK];
	bool ok = true;

	if (n == 1)
		return send_bytes(fd, file[0]);
	for (size_t i = 0; ok && i < n; i++)
		ok = send_member(fd, file[i], i);
	return ok && send_bytes(fd, ward_slice_of(end, sizeof(end)));
}

enum ward_clam ward_clam_ask(
	int fd, const struct ward_slice *file, size_t n_file, char ret_name[WARD_INSPECT_TEXT])
{
	char answer[ANSWER] = {0};
	size_t len = 0;
	ssize_t n = 1;

	if (!send_files(fd, file, n_file) || !send_chunk(fd, ward_slice_of(NULL, 0)))
		return WARD_CLAM_FAILED;
	while (n > 0 && len < sizeof(answer) && !memchr(answer, 0, len)) {
		n = read(fd, answer + len, sizeof(answer) - len);
		len += n > 0 ? (size_t)n : 0;
	}
	const char *end = memchr(answer, 0, len);

	return end ? ward_clam_answer((struct ward_str){answer, (size_t)(end - answer)}, ret_name)
		   : WARD_CLAM_FAILED;
}
