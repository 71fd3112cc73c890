#include "sense/file/pe.h"

enum { ALIGN_LEAST = 0x200 };

/* Optional header: the fields that count here, and the data directories behind it. */
static void read_optional(struct ward_rd *o, struct ward_pe *pe)
{
	pe->plus = ward_rd_le16(o) == 0x20b;
	ward_rd_skip(o, 14);
	pe->entry = ward_rd_le32(o);
	ward_rd_skip(o, pe->plus ? 4 : 8);
	pe->base = pe->plus ? ward_rd_le64(o) : ward_rd_le32(o);
	ward_rd_skip(o, 4); /* alignment in memory */
	pe->file_align = ward_rd_le32(o);
	ward_rd_skip(o, pe->plus ? 68 : 52);
	size_t n = ward_rd_le32(o);

	for (size_t i = 0; i < n && i < WARD_PE_DIRECTORIES; i++) {
		uint32_t rva = ward_rd_le32(o), size = ward_rd_le32(o);

		if (ward_rd_bad(o))
			return;
		pe->directory[i].rva = rva;
		pe->directory[i].size = size;
	}
}

bool ward_pe_read(struct ward_slice s, struct ward_pe *pe)
{
	struct ward_rd r = ward_rd_slice(s);

	*pe = (struct ward_pe){.entry = 0};
	ward_rd_skip(&r, 60);
	uint32_t at = ward_rd_le32(&r);

	r = ward_rd_slice(s);
	ward_rd_skip(&r, (size_t)at + 6);
	size_t n = ward_rd_le16(&r);

	ward_rd_skip(&r, 12);
	size_t optional = ward_rd_le16(&r);

	ward_rd_skip(&r, 2);
	struct ward_rd o = ward_rd_sub(&r, optional);

	read_optional(&o, pe);
	pe->n_section = n < WARD_PE_SECTIONS ? n : WARD_PE_SECTIONS;
	for (size_t i = 0; i < pe->n_section; i++) {
		for (size_t k = 0; k < 8; k++)
			pe->section[i].name[k] = (char)ward_rd_u8(&r);
		pe->section[i].size = ward_rd_le32(&r);
		pe->section[i].rva = ward_rd_le32(&r);
		pe->section[i].raw = ward_rd_le32(&r);
		pe->section[i].off = ward_rd_le32(&r);
		ward_rd_skip(&r, 12);
		pe->section[i].flags = ward_rd_le32(&r);
	}
	return !ward_rd_bad(&r);
}

/* The loader reads sections from whole blocks of 512 bytes on. */
struct ward_slice ward_pe_at(const struct ward_pe *pe, struct ward_slice s, uint64_t rva)
{
	uint64_t first = UINT64_MAX, from = rva, end = s.len;

	for (size_t i = 0; i < pe->n_section; i++) {
		uint64_t at = pe->section[i].rva, raw = pe->section[i].raw,
			 off = pe->section[i].off,
			 size = pe->section[i].size > raw ? pe->section[i].size : raw;

		first = at < first ? at : first;
		if (rva < at || rva - at >= size)
			continue;
		off -= pe->file_align >= ALIGN_LEAST ? off % ALIGN_LEAST : 0;
		end = off + raw < s.len ? off + raw : s.len;
		from = off + (rva - at);
		return from < end ? ward_slice_of(s.p + from, (size_t)(end - from))
				  : ward_slice_of(NULL, 0);
	}
	/* the heads are loaded as they are */
	end = first < end ? first : end;
	return from < end ? ward_slice_of(s.p + from, (size_t)(end - from))
			  : ward_slice_of(NULL, 0);
}
