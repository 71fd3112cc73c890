#include "run/joined.h"

#include "base/diag.h"
#include "base/fd.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	CHUNK = 65536,
	ARENA_MAX = 1 << 20,
	SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE
};

static const ward_ns wait_for = WARD_JOIN_WAIT_S * WARD_NS_PER_S;

void ward_joins_init(struct ward_joins *j, struct ward_gather *gather, struct ward_names *names)
{
	static const char *const field[] = {
#define X(IDENT, name) name,
		WARD_JOIN_DROPPED_LIST(X)
#undef X
	};

	*j = (struct ward_joins){.gather = gather};
	for (size_t i = 0; i < WARD_JOIN_FIELD_N; i++)
		j->field[i] = ward_name(names, ward_str_z(field[i]));
}

/* Its place is free; the content is *ret's. */
static void take_out(struct ward_join *x, struct ward_gather_whole *ret)
{
	*ret = (struct ward_gather_whole){.fd = x->fd, .size = x->bytes};
	ward_arena_fini(&x->arena);
	x->resource = 0;
}

static void forget(struct ward_joins *j, struct ward_join *x)
{
	struct ward_gather_whole w;

	take_out(x, &w);
	ward_gather_give_back(j->gather, &w);
}

void ward_joins_fini(struct ward_joins *j)
{
	for (size_t i = 0; i < WARD_JOIN_OPEN; i++)
		if (j->join[i].resource)
			forget(j, &j->join[i]);
}

static bool read_at(int fd, uint64_t off, uint8_t *to, size_t n)
{
	for (ssize_t got; n; n -= (size_t)got, to += got, off += (uint64_t)got)
		if ((got = pread(fd, to, n, (off_t)off)) <= 0)
			return false;
	return true;
}

static bool write_at(int fd, uint64_t off, const uint8_t *p, size_t n)
{
	for (ssize_t put; n; n -= (size_t)put, p += put, off += (uint64_t)put)
		if ((put = pwrite(fd, p, n, (off_t)off)) <= 0)
			return false;
	return true;
}

/* n bytes of a file at `from` to another, at `to`. */
static bool copy(int in, uint64_t from, int out, uint64_t to, uint64_t n)
{
	uint8_t buf[CHUNK];

	while (n) {
		size_t some = n < CHUNK ? (size_t)n : CHUNK;

		if (!read_at(in, from, buf, some) || !write_at(out, to, buf, some))
			return false;
		from += some;
		to += some;
		n -= some;
	}
	return true;
}

/* Are n bytes of both the same? */
static bool same(int a, uint64_t at_a, int b, uint64_t at_b, uint64_t n)
{
	uint8_t buf[2][CHUNK / 2];

	while (n) {
		size_t some = n < CHUNK / 2 ? (size_t)n : CHUNK / 2;

		if (!read_at(a, at_a, buf[0], some) || !read_at(b, at_b, buf[1], some) ||
			memcmp(buf[0], buf[1], some) != 0)
			return false;
		at_a += some;
		at_b += some;
		n -= some;
	}
	return true;
}

/* The spans from..end are one from now on. False: there are too many. */
static bool note_span(struct ward_join *x, uint64_t from, uint64_t end)
{
	size_t i = 0, k;

	while (i < x->n_span && x->span[i].end < from)
		i++;
	for (k = i; k < x->n_span && x->span[k].from <= end; k++) {
		from = from < x->span[k].from ? from : x->span[k].from;
		end = end > x->span[k].end ? end : x->span[k].end;
	}
	if (k == i && x->n_span == WARD_JOIN_SPANS)
		return false;
	memmove(&x->span[i + 1], &x->span[k], (x->n_span - k) * sizeof(x->span[0]));
	x->n_span = x->n_span - (k - i) + 1;
	x->span[i] = (struct ward_join_span){from, end};
	return true;
}

/* Bytes of the piece that are there already: how many, and are they others? */
static uint64_t overlap(const struct ward_join *x, uint64_t from,
	const struct ward_gather_whole *file, bool *ret_differ)
{
	uint64_t n = 0;

	*ret_differ = false;
	for (size_t i = 0; i < x->n_span; i++) {
		const struct ward_join_span *s = &x->span[i];
		uint64_t begin = s->from > from ? s->from : from,
			 end = s->end < from + file->size ? s->end : from + file->size;

		if (begin >= end)
			continue;
		n += end - begin;
		*ret_differ |= !same(file->fd, begin - from, x->fd, begin, end - begin);
	}
	return n;
}

static struct ward_join *place_for(struct ward_joins *j, uint64_t resource)
{
	struct ward_join *free = NULL;

	for (size_t i = 0; i < WARD_JOIN_OPEN; i++) {
		struct ward_join *x = &j->join[i];

		if (x->resource == resource && !x->over)
			return x;
		if (!x->resource)
			free = x;
	}
	return free;
}

static bool begin(struct ward_join *x, uint64_t resource, const struct ward_event *told)
{
	*x = (struct ward_join){.fd = memfd_create("file", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
	ward_arena_init(&x->arena, ward_mem_heap(), ARENA_MAX);
	if (x->fd >= 0 && ward_event_copy(told, &x->arena, &x->about) == WARD_OK) {
		x->resource = resource;
		return true;
	}
	if (x->fd >= 0)
		(void)close(x->fd);
	ward_arena_fini(&x->arena);
	return false;
}

/* The one that was heard of least recently is over, when no place is free, or (bytes) there is no
 * room for so many more. True: there is. */
static bool make_room(struct ward_joins *j, uint64_t bytes)
{
	uint64_t most = j->gather->all_max / 2;
	struct ward_join *oldest = NULL;
	bool full = true;

	if (bytes > most)
		return false;
	for (size_t i = 0; i < WARD_JOIN_OPEN; i++) {
		struct ward_join *x = &j->join[i];

		full &= x->resource != 0;
		bytes += x->resource ? x->bytes : 0;
		if (x->resource && (!oldest || x->time < oldest->time))
			oldest = x;
	}
	bool fits = bytes <= most;

	if (oldest && (full || !fits))
		oldest->over = true;
	return fits;
}

/* What was there has ended; the same begins again, for the piece of this event to be laid over it.
 * NULL: there is no room, or there were too many. */
static struct ward_join *begin_version(
	struct ward_joins *j, struct ward_join *old, const struct ward_event *told, uint64_t more)
{
	struct ward_join *x = NULL;

	old->differ = true;
	for (size_t i = 0; i < WARD_JOIN_OPEN; i++)
		if (!j->join[i].resource)
			x = &j->join[i];
	if (!x || old->version == WARD_JOIN_VERSIONS || !make_room(j, old->bytes + more) ||
		old->bytes > ward_gather_room(j->gather, false) || !begin(x, old->resource, told))
		return NULL;
	for (size_t i = 0; i < old->n_span; i++) {
		const struct ward_join_span *s = &old->span[i];

		if (!copy(old->fd, s->from, x->fd, s->from, s->end - s->from)) {
			forget(j, x);
			return NULL;
		}
	}
	x->total = old->total;
	x->n = old->n;
	x->bytes = old->bytes;
	j->gather->all += x->bytes;
	x->version = old->version + 1;
	x->differ = old->over = true;
	x->n_span = old->n_span;
	memcpy(x->span, old->span, sizeof(x->span));
	return x;
}

/* Lays the piece over what is there. False: there is no room. */
static bool fill(struct ward_joins *j, struct ward_join *x, uint64_t from,
	const struct ward_gather_whole *file, uint64_t more)
{
	if (more > ward_gather_room(j->gather, false) || !note_span(x, from, from + file->size) ||
		!copy(file->fd, 0, x->fd, from, file->size))
		return false;
	j->gather->all += more;
	x->bytes += more;
	return true;
}

bool ward_joins_add(struct ward_joins *j, const struct ward_file_range *range,
	const struct ward_event *told, struct ward_gather_whole *file)
{
	struct ward_join *x = NULL;
	uint64_t end;

	if (make_room(j, file->size))
		x = place_for(j, range->resource);
	if (!x || !file->size || !ward_add(range->from, file->size, &end) ||
		end > j->gather->file_max || (!x->resource && !begin(x, range->resource, told)))
		return false;
	bool differ;
	uint64_t more = file->size - overlap(x, range->from, file, &differ);

	if (differ)
		x = begin_version(j, x, told, more);
	if (!x)
		return false;
	if (!fill(j, x, range->from, file, more)) {
		x->over = true;
		return false;
	}
	x->differ |= x->total && range->total && x->total != range->total;
	x->total = x->total ? x->total : range->total;
	x->n++;
	x->time = told->time;
	x->heard = j->now;
	ward_gather_give_back(j->gather, file);
	(void)make_room(j, 0);
	return true;
}

static bool is_whole(const struct ward_join *x)
{
	return x->total && x->n_span == 1 && !x->span[0].from && x->span[0].end == x->total;
}

static bool has_ended(const struct ward_joins *j, const struct ward_join *x, ward_ns time)
{
	ward_ns since;

	return x->over || is_whole(x) || (ward_sub(time, x->time, &since) && since > wait_for) ||
	       (j->now && j->now - x->heard > wait_for);
}

/* What came, one behind the other; what there was no place for is not counted any more. */
static bool close_up(struct ward_joins *j, struct ward_join *x)
{
	uint64_t at = 0;

	for (size_t i = 0; i < x->n_span; i++) {
		uint64_t n = x->span[i].end - x->span[i].from;

		if (x->span[i].from > at && !copy(x->fd, x->span[i].from, x->fd, at, n))
			return false;
		at += n;
	}
	j->gather->all -= x->bytes - at;
	x->bytes = at;
	return ftruncate(x->fd, (off_t)at) == 0;
}

static enum ward_err set(const struct ward_joins *j, struct ward_event *e, enum ward_join_field f,
	struct ward_value v)
{
	return ward_event_set(e, j->field[f], v);
}

/* The event of the whole: what was told of the first piece, but for what was of that piece. */
static enum ward_err tell(const struct ward_joins *j, const struct ward_join *x,
	struct ward_arena *arena, struct ward_event *ret)
{
	size_t n_drop = x->n_span && !x->span[0].from ? WARD_JOIN_ENCODING : WARD_JOIN_FIELD_N,
	       n = 0;
	bool whole = is_whole(x);
	enum ward_err err = ward_event_copy(&x->about, arena, ret);

	for (size_t i = 0; !err && i < ret->n_field; i++) {
		size_t k = 0;

		while (k < n_drop && j->field[k] != ret->field[i].name)
			k++;
		if (k == n_drop)
			ret->field[n++] = ret->field[i];
	}
	ret->n_field = n;
	if (!err)
		err = set(j, ret, WARD_JOIN_COMPLETE, ward_value_bool(whole));
	if (!err)
		err = set(j, ret, WARD_JOIN_PIECES, ward_value_int((int64_t)x->n));
	if (!err && !whole)
		err = set(j, ret, WARD_JOIN_PART, ward_value_bool(true));
	if (!err && x->total && x->total <= INT64_MAX)
		err = set(j, ret, WARD_JOIN_TOTAL, ward_value_int((int64_t)x->total));
	if (!err && x->differ)
		err = set(j, ret, WARD_JOIN_DIFFER, ward_value_bool(true));
	return err;
}

bool ward_joins_ended(struct ward_joins *j, ward_ns time, bool all, struct ward_arena *arena,
	struct ward_gather_whole *ret, struct ward_event *ret_e)
{
	for (size_t i = 0; i < WARD_JOIN_OPEN; i++) {
		struct ward_join *x = &j->join[i];

		if (!x->resource || (!all && !has_ended(j, x, time)))
			continue;
		enum ward_err err = tell(j, x, arena, ret_e);

		bool closed = close_up(j, x);

		take_out(x, ret);
		if (!err && closed && fcntl(ret->fd, F_ADD_SEALS, SEALS) == 0)
			return true;
		ret->why = closed ? WARD_TEXT("its memory could not be sealed")
				  : WARD_TEXT("there is no memory for it");
		if (!err)
			return true;
		ward_gather_give_back(j->gather, ret);
	}
	return false;
}
