/* The heads of a Windows program (PE format), and what they say of what it imports. Inside of the
 * cell; untrusted bytes; nothing is run. */
#ifndef WARD_SENSE_FILE_PE_H
#define WARD_SENSE_FILE_PE_H

#include "sense/file/exam.h"

enum { WARD_PE_SECTIONS = 96, WARD_PE_DIRECTORIES = 16 };
enum { WARD_PE_IMPORT = 1, WARD_PE_BOUND = 11, WARD_PE_DELAY = 13 }; /* data directories */

struct ward_pe {
	bool plus; /* PE32+: words of 64 bits */
	uint32_t entry, file_align;
	uint64_t base; /* where it wants to be loaded */
	struct {
		uint32_t rva, size;
	} directory[WARD_PE_DIRECTORIES]; /* zeros: there is none */
	size_t n_section;
	struct {
		char name[9];
		uint32_t rva, size, off, raw, flags; /* size: in memory; raw: in the file */
	} section[WARD_PE_SECTIONS];
};

/* False: it ends within its heads. */
WARD_MUST_CHECK bool ward_pe_read(struct ward_slice file, struct ward_pe *ret);
/* The file's bytes that are loaded at an address relative to the base (RVA), from there to the end
 * of their section; empty: none are. */
struct ward_slice ward_pe_at(const struct ward_pe *pe, struct ward_slice file, uint64_t rva);

/* pe_ordinal.c: names that programs which reckon import hashes agree to put for ordinals of three
 * libraries (dll in any case); NULL: they have none. Lives forever. */
const char *ward_pe_ordinal(struct ward_str dll, uint16_t ordinal);

/* pe_import.c: tells the imports, also delayed and bound ones, and the import hash as traits; says
 * what follows of them. */
void ward_pe_look_imports(
	struct ward_exam *x, const struct ward_piece *p, const struct ward_pe *pe);

#endif
