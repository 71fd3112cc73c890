#include "run/flight.h"

#include "base/attr.h"
#include "base/rd.h"
#include "base/wr.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file: u64 (in the machine's order: how many bytes follow that hold), then records: u8 tries,
 * u8 length of the source's id, be32 length of the bytes, be64 seq, epoch, stamp, id, bytes. A
 * record holds once the first word says so; that one store is what makes it kept. */
enum { WORD = 8, HEAD = 1 + 1 + 4 + 3 * 8 };

struct ward_flight {
	const struct ward_mem *mem;
	int fd;
	uint8_t *map;
	size_t used;     /* as in the first word */
	size_t at;       /* of the next record that is asked for */
	uint8_t *trying; /* tries of the one before, or NULL */
};

static size_t word(const struct ward_flight *f)
{
	return (size_t)__atomic_load_n((const uint64_t *)(const void *)f->map, __ATOMIC_ACQUIRE);
}

static void set_used(struct ward_flight *f, size_t used)
{
	f->used = used;
	__atomic_store_n((uint64_t *)(void *)f->map, (uint64_t)used, __ATOMIC_RELEASE);
}

/* The record at off; false: none that is whole. */
static bool read_record(const struct ward_flight *f, size_t off, uint8_t *ret_tries,
	struct ward_flight_record *ret, size_t *ret_next)
{
	struct ward_rd r = ward_rd_from(f->map + WORD + off, f->used - off);
	uint8_t tries = ward_rd_u8(&r), n_source = ward_rd_u8(&r);
	uint32_t len = ward_rd_be32(&r);

	ret->seq = ward_rd_be64(&r);
	ret->epoch = ward_rd_be64(&r);
	ret->stamp = (ward_ns)ward_rd_be64(&r);
	ret->source = ward_slice_text(ward_rd_bytes(&r, n_source));
	ret->bytes = ward_rd_bytes(&r, len);
	if (ward_rd_bad(&r))
		return false;
	*ret_tries = tries;
	*ret_next = off + r.off;
	return true;
}

/* How far what is there can be read. */
static size_t whole(const struct ward_flight *f)
{
	struct ward_flight_record r;
	uint8_t tries;
	size_t off = 0, next;

	while (off < f->used && read_record(f, off, &tries, &r, &next))
		off = next; /* a record has HEAD bytes at least */
	return off;
}

enum ward_err ward_flight_attach(
	const struct ward_mem *mem, int fd, bool *ret_torn, struct ward_flight **ret)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return WARD_ERR_IO;
	if (st.st_size != WARD_FLIGHT_BYTES)
		return WARD_ERR_STATE;
	struct ward_flight *f = ward_mem_alloc(mem, sizeof(*f));

	if (!f)
		return WARD_ERR_NOMEM;
	void *map = mmap(NULL, WARD_FLIGHT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED) {
		ward_mem_free(mem, f, sizeof(*f));
		return WARD_ERR_IO;
	}
	*f = (struct ward_flight){.mem = mem, .fd = fd, .map = map};
	size_t said = word(f);

	f->used = said <= WARD_FLIGHT_BYTES - WORD ? said : 0;
	set_used(f, whole(f));
	*ret_torn = f->used != said;
	*ret = f;
	return WARD_OK;
}

void ward_flight_close(struct ward_flight *f)
{
	if (!f)
		return;
	(void)munmap(f->map, WARD_FLIGHT_BYTES);
	(void)close(f->fd);
	ward_mem_free(f->mem, f, sizeof(*f));
}

bool ward_flight_next(struct ward_flight *f, struct ward_flight_record *ret, bool *ret_given_up)
{
	uint8_t tries;
	size_t next;

	if (f->trying)
		*f->trying = 0;
	f->trying = NULL;
	if (f->at >= f->used || !read_record(f, f->at, &tries, ret, &next))
		return false;
	*ret_given_up = tries >= WARD_FLIGHT_LIVES;
	if (!*ret_given_up) {
		f->trying = f->map + WORD + f->at;
		*f->trying = (uint8_t)(tries + 1);
	}
	f->at = next;
	return true;
}

static size_t front(struct ward_str source)
{
	return HEAD + source.len;
}

uint8_t *ward_flight_room(struct ward_flight *f, struct ward_str source, size_t cap)
{
	WARD_ASSERT(source.len <= WARD_FLIGHT_SOURCE);
	if (cap + front(source) > WARD_FLIGHT_BYTES - WORD - f->used)
		return NULL;
	return f->map + WORD + f->used + front(source);
}

void ward_flight_put(struct ward_flight *f, const struct ward_flight_record *r)
{
	uint8_t *at = f->map + WORD + f->used;
	struct ward_wr w = ward_wr_fixed(at, front(r->source));

	WARD_ASSERT(r->bytes.p == at + front(r->source) && r->bytes.len <= UINT32_MAX);
	ward_wr_u8(&w, 0);
	ward_wr_u8(&w, (uint8_t)r->source.len);
	ward_wr_be32(&w, (uint32_t)r->bytes.len);
	ward_wr_be64(&w, r->seq);
	ward_wr_be64(&w, r->epoch);
	ward_wr_be64(&w, (uint64_t)r->stamp);
	ward_wr_str(&w, r->source);
	WARD_ASSERT(!ward_wr_bad(&w));
	set_used(f, f->used + front(r->source) + r->bytes.len);
	f->at = f->used;
}

void ward_flight_clear(struct ward_flight *f)
{
	set_used(f, 0);
	f->at = 0;
	f->trying = NULL;
}
