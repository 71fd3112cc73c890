#include "run/gather.h"

#include "base/err.h"
#include "base/fd.h"
#include "base/diag.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
	SHARE = 8 /* that part of the room is left to files that stay */
};

void ward_gather_init(struct ward_gather *g, const struct ward_limits *lim)
{
	*g = (struct ward_gather){.file_max = ward_limit(lim, WARD_LIMIT_FILE_BYTES),
		.all_max = ward_limit(lim, WARD_LIMIT_FILE_WAITING)};
}

static void let_go(struct ward_gather *g, struct ward_gathered *f)
{
	if (f->fd >= 0)
		(void)close(f->fd);
	f->fd = -1;
	g->all -= f->size;
	f->size = 0;
}

void ward_gather_fini(struct ward_gather *g)
{
	for (size_t i = 0; i < WARD_GATHER_OPEN; i++)
		if (g->file[i].number)
			let_go(g, &g->file[i]);
}

static struct ward_gathered *find(struct ward_gather *g, uint64_t number)
{
	for (size_t i = 0; i < WARD_GATHER_OPEN; i++)
		if (g->file[i].number == number)
			return &g->file[i];
	return NULL;
}

/* A place for a file: its own of before, a free one, that of the oldest which does not stay. */
static struct ward_gathered *place_for(struct ward_gather *g, uint64_t number)
{
	struct ward_gathered *f = find(g, number), *oldest = NULL;

	if (!f)
		f = find(g, 0);
	for (size_t i = 0; !f && i < WARD_GATHER_OPEN; i++)
		if (!g->file[i].stays && (!oldest || g->file[i].begun < oldest->begun))
			oldest = &g->file[i];
	f = f ? f : oldest;
	WARD_ASSERT(f); /* who begins those that stay has a bound */
	return f;
}

void ward_gather_begin(struct ward_gather *g, uint64_t number, bool stays)
{
	struct ward_gathered *f = place_for(g, number);

	if (f->number)
		let_go(g, f);
	*f = (struct ward_gathered){
		.number = number, .fd = -1, .begun = ++g->n_begun, .stays = stays};
}

uint64_t ward_gather_room(const struct ward_gather *g, bool stays)
{
	uint64_t most = stays ? g->all_max : g->all_max - g->all_max / SHARE;

	return most > g->all ? most - g->all : 0;
}

static void give_up(struct ward_gather *g, struct ward_gathered *f, const char *why)
{
	let_go(g, f);
	f->why = why;
}

void ward_gather_bytes(
	struct ward_gather *g, uint64_t number, uint64_t off, struct ward_slice bytes)
{
	struct ward_gathered *f = number ? find(g, number) : NULL;

	if (!f || f->why || f->torn || !bytes.len)
		return;
	if (off != f->size) {
		f->torn = true;
		return;
	}
	if (bytes.len > g->file_max - f->size)
		give_up(g, f, WARD_TEXT("it is larger than file.bytes"));
	else if (bytes.len > ward_gather_room(g, f->stays))
		give_up(g, f, WARD_TEXT("more files wait than file.waiting has room for"));
	if (!f->why && f->fd < 0)
		f->fd = memfd_create("file", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (f->why)
		return;
	if (f->fd < 0 || !ward_fd_write(f->fd, bytes)) {
		give_up(g, f, WARD_TEXT("there is no memory for it"));
		return;
	}
	f->size += bytes.len;
	g->all += bytes.len;
}

struct ward_gather_whole ward_gather_end(struct ward_gather *g, uint64_t number)
{
	struct ward_gathered *f = number ? find(g, number) : NULL;

	if (!f)
		return (struct ward_gather_whole){.fd = -1,
			.why = WARD_TEXT("its content was not kept: too many files came at once")};
	if (f->fd >= 0 && fcntl(f->fd, F_ADD_SEALS, SEALS) != 0)
		give_up(g, f, WARD_TEXT("its memory could not be sealed"));

	struct ward_gather_whole w = {f->fd, f->size, f->why};

	f->number = 0;
	return w;
}

void ward_gather_give_back(struct ward_gather *g, struct ward_gather_whole *w)
{
	if (w->fd >= 0)
		(void)close(w->fd);
	g->all -= w->size;
	*w = (struct ward_gather_whole){.fd = -1};
}
