#include "run/proc/respond_memory.h"

#include "base/fd.h"
#include "base/rd.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char magic[8] = {'W', 'A', 'R', 'D', 'R', 'S', 'P', '1'};
enum { HEAD = sizeof(magic) + 8 + 16 + 4 + 16 + 16 };

struct ward_id respond_memory_id(struct ward_slice s)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward respond memory");
	ward_idgen_bytes(&g, s.p, s.len);
	return ward_idgen_final(&g);
}

bool respond_memory_write(const char *dir, const struct respond_memory *m, struct ward_slice saved)
{
	char path[RESPOND_MEMORY_PATH + 16], fresh[RESPOND_MEMORY_PATH + 16];
	struct ward_id sum = respond_memory_id(saved);
	uint8_t head[HEAD];
	struct ward_wr w = ward_wr_fixed(head, sizeof(head));

	ward_wr_bytes(&w, magic, sizeof(magic));
	ward_wr_be64(&w, m->row);
	ward_wr_bytes(&w, m->row_id.b, sizeof(m->row_id.b));
	ward_wr_be32(&w, m->revision);
	ward_wr_bytes(&w, m->whom.b, sizeof(m->whom.b));
	ward_wr_bytes(&w, sum.b, sizeof(sum.b));
	(void)snprintf(path, sizeof(path), "%.4000s/memory", dir);
	(void)snprintf(fresh, sizeof(fresh), "%.4000s/memory.new", dir);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && ward_fd_write(fd, ward_wr_slice(&w)) && ward_fd_write(fd, saved);

	if (fd >= 0)
		(void)close(fd);
	return ok && rename(fresh, path) == 0;
}

static void id_of(struct ward_rd *r, struct ward_id *ret)
{
	struct ward_slice s = ward_rd_bytes(r, sizeof(ret->b));

	if (s.len == sizeof(ret->b))
		memcpy(ret->b, s.p, s.len);
}

bool respond_memory_read(const char *dir, struct ward_id whom, struct ward_wr *w,
	struct respond_memory *ret, struct ward_slice *ret_saved)
{
	char path[RESPOND_MEMORY_PATH + 16];
	uint8_t buf[16384];
	struct respond_memory m = {.row = 0};
	struct ward_id sum = {{0}};
	ssize_t n = -1;

	(void)snprintf(path, sizeof(path), "%.4000s/memory", dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		ward_wr_bytes(w, buf, (size_t)n);
	if (fd >= 0)
		(void)close(fd);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(w));
	struct ward_slice begin = ward_rd_bytes(&r, sizeof(magic));

	m.row = ward_rd_be64(&r);
	id_of(&r, &m.row_id);
	m.revision = ward_rd_be32(&r);
	id_of(&r, &m.whom);
	id_of(&r, &sum);
	*ret_saved = ward_rd_rest(&r);
	*ret = m;
	return n == 0 && !ward_wr_bad(w) && !ward_rd_bad(&r) &&
	       memcmp(begin.p, magic, sizeof(magic)) == 0 && m.row && ward_id_eq(m.whom, whom) &&
	       ward_id_eq(sum, respond_memory_id(*ret_saved));
}
