#include "run/handed.h"

#include "base/id.h"

#include <errno.h>
#include <unistd.h>

enum { BYTES_MAX = 256 << 20, ARENA_BYTES = 512 << 20 };

static const ward_ns day = 86400 * WARD_NS_PER_S;

static struct ward_id id_of(struct ward_slice s)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward entries handed");
	ward_idgen_bytes(&g, s.p, s.len);
	return ward_idgen_final(&g);
}

static bool put_at(int fd, struct ward_slice s, off_t at)
{
	while (s.len) {
		ssize_t n = pwrite(fd, s.p, s.len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s = ward_slice_of(s.p + n, s.len - (size_t)n);
		at += n;
	}
	return true;
}

bool ward_entries_hand(
	int fd, const struct ward_care_entries *all, const struct ward_model *m, ward_ns now)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), BYTES_MAX);
	ward_ns from;

	if (!ward_sub(now, day, &from))
		from = INT64_MIN;
	ward_care_entries_write(all, m, from, &w);
	struct ward_id id = id_of(ward_wr_slice(&w));
	const off_t head = sizeof(id.b);
	bool ok = !ward_wr_bad(&w) && put_at(fd, ward_wr_slice(&w), head) &&
		  ftruncate(fd, head + (off_t)w.len) == 0 &&
		  put_at(fd, ward_slice_of(id.b, sizeof(id.b)), 0);

	ward_wr_fini(&w);
	return ok;
}

void ward_entries_taken_init(struct ward_entries_taken *t, const struct ward_mem *mem)
{
	*t = (struct ward_entries_taken){.is = {NULL, 0}};
	ward_arena_init(&t->arena, mem, ARENA_BYTES);
}

void ward_entries_taken_fini(struct ward_entries_taken *t)
{
	ward_arena_fini(&t->arena);
}

/* From there to its end. */
static enum ward_err get_all(int fd, off_t at, struct ward_wr *w)
{
	uint8_t buf[16384];
	ssize_t n;

	while ((n = pread(fd, buf, sizeof(buf), at)) > 0 || (n < 0 && errno == EINTR)) {
		ward_wr_bytes(w, buf, n > 0 ? (size_t)n : 0);
		at += n > 0 ? n : 0;
	}
	return n < 0 ? WARD_ERR_IO : ward_wr_bad(w) ? WARD_ERR_NOMEM : WARD_OK;
}

static enum ward_err parse(struct ward_entries_taken *t, struct ward_slice text,
	const struct ward_model *m, const struct ward_limits *lim)
{
	struct ward_care_entries is;
	struct ward_arena arena, was;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	ward_arena_init(&arena, ward_mem_heap(), ARENA_BYTES);
	const struct ward_care_in in = {m, lim, &diag, &arena};
	enum ward_err err = ward_care_entries_parse(&in, WARD_STR(WARD_CARE_FILE), text, &is);

	if (!err) {
		was = t->arena;
		t->arena = arena;
		arena = was;
		t->is = is;
	}
	ward_arena_fini(&arena);
	ward_diag_fini(&diag);
	return err;
}

enum ward_err ward_entries_take(struct ward_entries_taken *t, int fd, const struct ward_model *m,
	const struct ward_limits *lim)
{
	struct ward_wr w;
	struct ward_id id;
	enum ward_err err;
	ssize_t n = pread(fd, id.b, sizeof(id.b), 0);

	if (n != sizeof(id.b) || ward_id_eq(id, t->id))
		return n < 0 ? WARD_ERR_IO : WARD_ERR_AGAIN;
	w = ward_wr_grow(ward_mem_heap(), BYTES_MAX);
	err = get_all(fd, sizeof(id.b), &w);
	if (!err && !ward_id_eq(id, id_of(ward_wr_slice(&w))))
		err = WARD_ERR_AGAIN;
	if (!err)
		err = parse(t, ward_wr_slice(&w), m, lim);
	if (!err)
		t->id = id;
	ward_wr_fini(&w);
	return err;
}
