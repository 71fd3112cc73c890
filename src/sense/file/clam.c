#include "sense/file/clam.h"

#include "base/fd.h"

#include <stdio.h>
#include <unistd.h>

enum { CHUNK = 1 << 20, ANSWER = 1024 };

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

enum ward_clam ward_clam_ask(int fd, struct ward_slice bytes, char ret_name[WARD_INSPECT_TEXT])
{
	char answer[ANSWER];
	size_t len = 0;
	ssize_t n = 1;

	for (size_t off = 0; off < bytes.len; off += CHUNK)
		if (!send_chunk(fd, ward_slice_of(bytes.p + off,
					    bytes.len - off < CHUNK ? bytes.len - off : CHUNK)))
			return WARD_CLAM_FAILED;
	if (!send_chunk(fd, ward_slice_of(NULL, 0)))
		return WARD_CLAM_FAILED;
	while (n > 0 && len < sizeof(answer) && !memchr(answer, 0, len)) {
		n = read(fd, answer + len, sizeof(answer) - len);
		len += n > 0 ? (size_t)n : 0;
	}
	const char *end = memchr(answer, 0, len);

	return end ? ward_clam_answer((struct ward_str){answer, (size_t)(end - answer)}, ret_name)
		   : WARD_CLAM_FAILED;
}
