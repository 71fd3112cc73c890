#include "run/shelve.h"

#include "base/fd.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STRETCHES = 256 };

struct stretch {
	uintptr_t from, to;
	int rights;
};

struct shelf {
	struct stretch stretch[STRETCHES];
	size_t n;
	uintptr_t page;
};

static void add(struct shelf *s, uintptr_t from, uintptr_t to, int rights)
{
	if (from < to && s->n < STRETCHES)
		s->stretch[s->n++] = (struct stretch){from, to, rights};
}

/* What was mapped from the object's file to be written; of that, what the loader took the right to
 * be written from when it was done (PT_GNU_RELRO), as it rounds it. */
static int see_object(struct dl_phdr_info *o, size_t size, void *ctx)
{
	struct shelf *s = ctx;
	uintptr_t mask = ~(s->page - 1), fixed_from = 0, fixed_to = 0;

	(void)size;
	for (size_t i = 0; i < o->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &o->dlpi_phdr[i];

		if (h->p_type != PT_GNU_RELRO)
			continue;
		fixed_from = (o->dlpi_addr + h->p_vaddr) & mask;
		fixed_to = (o->dlpi_addr + h->p_vaddr + h->p_memsz) & mask;
	}
	for (size_t i = 0; i < o->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &o->dlpi_phdr[i];
		uintptr_t from = (o->dlpi_addr + h->p_vaddr) & mask,
			  to = (o->dlpi_addr + h->p_vaddr + h->p_filesz + s->page - 1) & mask;

		if (h->p_type != PT_LOAD || !(h->p_flags & PF_W))
			continue;
		if (fixed_from == from && fixed_to > from && fixed_to <= to) {
			add(s, from, fixed_to, PROT_READ);
			from = fixed_to;
		}
		add(s, from, to, PROT_READ | PROT_WRITE);
	}
	return 0;
}

/* Nothing writes to it between its copy and its mapping. */
static bool lay(int fd, const struct stretch *s, off_t at)
{
	size_t len = s->to - s->from;
	void *p = (void *)s->from;

	return ward_fd_write(fd, ward_slice_of(p, len)) &&
	       mmap(p, len, s->rights, MAP_PRIVATE | MAP_FIXED, fd, at) == p;
}

enum ward_err ward_shelve(void)
{
	struct shelf s = {.page = (uintptr_t)sysconf(_SC_PAGESIZE)};
	int fd = memfd_create("shelf", MFD_CLOEXEC);
	bool ok = fd >= 0;
	off_t at = 0;

	(void)dl_iterate_phdr(see_object, &s);
	for (size_t i = 0; ok && i < s.n; i++) {
		ok = lay(fd, &s.stretch[i], at);
		at += (off_t)(s.stretch[i].to - s.stretch[i].from);
	}
	if (fd >= 0)
		(void)close(fd);
	return ok ? WARD_OK : WARD_ERR_IO;
}
