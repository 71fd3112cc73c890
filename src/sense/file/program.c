/* Programs, without running them: what their heads say of how they begin and change themselves. */
#include "sense/file/pe.h"

#include <stdio.h>

/* PE format, "Section Flags" */
#define IMAGE_EXECUTE 0x20000000u
#define IMAGE_WRITE 0x80000000u

enum {
	EDGE = 4096,
	ELF_LOAD = 1,
	ELF_WX = 3,
};

/* A table of integers for log2 would be larger than this series on the counts' top bits. */
unsigned ward_exam_entropy(struct ward_slice s)
{
	uint64_t n[256] = {0}, sum = 0;

	for (size_t i = 0; i < s.len; i++)
		n[s.p[i]]++;
	for (size_t i = 0; i < 256; i++) {
		if (!n[i])
			continue;
		/* log2(len / n) in 1/1024: whole part, then ten bits by squaring (32-bit mantissa)
		 */
		uint64_t q = (s.len << 10) / n[i], whole = 0;

		while (q >> (whole + 1) >= 1024)
			whole++;
		uint64_t m = (q << 20) >> whole, log = whole << 10; /* m in [2^30, 2^31) */

		for (unsigned bit = 512; bit; bit >>= 1) {
			m = m * m >> 30;
			if (m >= (uint64_t)1 << 31) {
				m >>= 1;
				log |= bit;
			}
		}
		sum += n[i] * log;
	}
	return s.len ? (unsigned)(sum / s.len * 1000 / 1024) : 0;
}

static void look_sections(struct ward_exam *x, const struct ward_piece *p, const struct ward_pe *pe)
{
	bool inside = !pe->entry, packed = false, writes = false;
	uint64_t weighed = 0;

	for (size_t i = 0; i < pe->n_section; i++) {
		uint32_t size = pe->section[i].size > pe->section[i].raw ? pe->section[i].size
									 : pe->section[i].raw;
		bool runs = pe->section[i].flags & IMAGE_EXECUTE;
		struct ward_rd r = ward_rd_slice(p->bytes);

		inside |= pe->entry >= pe->section[i].rva && pe->entry - pe->section[i].rva < size;
		ward_rd_skip(&r, pe->section[i].off);
		struct ward_slice body = ward_rd_bytes(&r, pe->section[i].raw);

		if (runs && pe->section[i].flags & IMAGE_WRITE && !writes) {
			ward_exam_say1(x, p, WARD_SUSPECT_WRITES_CODE, pe->section[i].name);
			writes = true;
		}
		if (packed)
			continue;
		weighed += runs ? body.len : 0;
		if (weighed > 2 * (uint64_t)p->bytes.len) {
			ward_exam_damaged(
				x, p, "sections that lie in each other", pe->section[i].off);
			packed = true;
			continue;
		}
		packed = strncmp(pe->section[i].name, "UPX", 3) == 0 ||
			 (runs && body.len >= WARD_EXAM_PACKED_LEAST &&
				 ward_exam_entropy(body) >= WARD_EXAM_PACKED);
		if (packed)
			ward_exam_say1(x, p, WARD_SUSPECT_PACKED_PROGRAM, pe->section[i].name);
	}
	if (!inside)
		ward_exam_say0(x, p, WARD_SUSPECT_ENTRY_OUTSIDE);
}

void ward_look_pe(struct ward_exam *x, const struct ward_piece *p)
{
	struct ward_pe pe;

	if (!ward_pe_read(p->bytes, &pe)) {
		ward_exam_damaged(x, p, "the program's head", p->bytes.len);
		return;
	}
	look_sections(x, p, &pe);
	ward_pe_look_imports(x, p, &pe);
}

struct elf {
	bool wide, big;
	struct ward_rd r;
};

static uint64_t elf_word(struct elf *e)
{
	if (e->wide)
		return e->big ? ward_rd_be64(&e->r) : ward_rd_le64(&e->r);
	return e->big ? ward_rd_be32(&e->r) : ward_rd_le32(&e->r);
}

static uint32_t elf_u32(struct elf *e)
{
	return e->big ? ward_rd_be32(&e->r) : ward_rd_le32(&e->r);
}

static uint16_t elf_u16(struct elf *e)
{
	return e->big ? ward_rd_be16(&e->r) : ward_rd_le16(&e->r);
}

/* System V ABI, "Program Header". */
static void look_segments(
	struct ward_exam *x, const struct ward_piece *p, struct elf *e, uint64_t entry, size_t n)
{
	bool inside = !entry, writes = false, loaded = false;

	for (size_t i = 0; i < n; i++) {
		uint32_t type = elf_u32(e), flags = e->wide ? elf_u32(e) : 0;

		(void)elf_word(e);
		uint64_t at = elf_word(e);

		(void)elf_word(e);
		(void)elf_word(e);
		uint64_t size = elf_word(e);

		flags = e->wide ? flags : elf_u32(e);
		(void)elf_word(e);
		if (ward_rd_bad(&e->r))
			return;
		if (type != ELF_LOAD)
			continue;
		loaded = true;
		inside |= entry >= at && entry - at < size;
		writes |= (flags & ELF_WX) == ELF_WX;
	}
	if (writes)
		ward_exam_say1(x, p, WARD_SUSPECT_WRITES_CODE, "LOAD RWX");
	if (loaded && !inside)
		ward_exam_say0(x, p, WARD_SUSPECT_ENTRY_OUTSIDE);
}

/* UPX writes its mark behind the program's heads, and once more at its end. */
static bool has_upx(struct ward_slice s)
{
	size_t n = s.len < EDGE ? s.len : EDGE;

	return ward_exam_next(ward_slice_of(s.p, n), 0, "UPX!", 4) != SIZE_MAX &&
	       ward_exam_next(ward_slice_of(s.p + s.len - n, n), 0, "UPX!", 4) != SIZE_MAX;
}

void ward_look_elf(struct ward_exam *x, const struct ward_piece *p)
{
	struct elf e = {.r = ward_rd_slice(p->bytes)};

	ward_rd_skip(&e.r, 4);
	e.wide = ward_rd_u8(&e.r) == 2;
	e.big = ward_rd_u8(&e.r) == 2;
	ward_rd_skip(&e.r, 10);
	uint16_t type = elf_u16(&e);

	ward_rd_skip(&e.r, 6);
	uint64_t entry = elf_word(&e), heads = elf_word(&e);

	(void)elf_word(&e);
	ward_rd_skip(&e.r, 8);
	size_t n = elf_u16(&e);

	if (ward_rd_bad(&e.r)) {
		ward_exam_damaged(x, p, "the program's head", p->bytes.len);
		return;
	}
	if (has_upx(p->bytes))
		ward_exam_say1(x, p, WARD_SUSPECT_PACKED_PROGRAM, "UPX");
	if (type != 2 && type != 3) /* neither a program nor a library: nothing begins in it */
		return;
	e.r = ward_rd_slice(p->bytes);
	ward_rd_skip(&e.r, heads < p->bytes.len ? (size_t)heads : p->bytes.len);
	look_segments(x, p, &e, entry, n);
}
