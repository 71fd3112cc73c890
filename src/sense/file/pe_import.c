/* What a Windows program imports (PE format, ".idata", "Delay-Load Import Tables", "Bound Import"),
 * and its import hash: MD5 of "library.function" for each, in lower case, in their order, with
 * commas between, libraries without .dll, .ocx and .sys, as others reckon it. */
#include "sense/file/pe.h"

#include <openssl/evp.h>
#include <stdio.h>

enum {
	LIBRARIES = 1024,
	FUNCTIONS = 8192, /* of all */
	NAME_MOST = 512,
	HASHED_MOST = 16 << 20,
	BOUND_MOST = 1024,
};

/* All three write into another process and run it. */
static const char *const inject[] = {"WriteProcessMemory", "VirtualAllocEx", "CreateRemoteThread"};
enum { INJECTS = (1 << WARD_ARRAY_LEN(inject)) - 1 };

struct imports {
	struct ward_exam *x;
	const struct ward_piece *p;
	const struct ward_pe *pe;
	struct ward_wr hashed;
	size_t n_library, n_function;
	unsigned found; /* of inject */
	bool damaged;
};

/* A text that ends with a zero; false: none is there. */
static bool text_at(const struct imports *m, uint64_t rva, struct ward_str *ret)
{
	struct ward_slice s = ward_pe_at(m->pe, m->p->bytes, rva);
	size_t most = s.len < NAME_MOST ? s.len : NAME_MOST,
	       n = most ? strnlen((const char *)s.p, most) : 0;

	*ret = (struct ward_str){(const char *)s.p, n};
	return n && n < most;
}

static void lower(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		ward_wr_u8(w, (uint8_t)(s.p[i] | (s.p[i] >= 'A' && s.p[i] <= 'Z' ? 0x20 : 0)));
}

/* "KERNEL32.dll" is "KERNEL32" in the hash. */
static struct ward_str bare(struct ward_str library)
{
	static const char *const endings[] = {"dll", "ocx", "sys"};
	size_t at = library.len;

	while (at && library.p[at - 1] != '.')
		at--;
	for (size_t i = 0; at && i < WARD_ARRAY_LEN(endings); i++)
		if (ward_str_ieq(ward_str_sub(library, at, SIZE_MAX), ward_str_z(endings[i])))
			return ward_str_sub(library, 0, at - 1);
	return library;
}

static void hash_one(struct imports *m, struct ward_str library, struct ward_str name)
{
	if (m->hashed.len)
		ward_wr_ch(&m->hashed, ',');
	lower(&m->hashed, bare(library));
	ward_wr_ch(&m->hashed, '.');
	lower(&m->hashed, name);
}

static void tell_one(
	const struct imports *m, enum ward_trait how, struct ward_str library, struct ward_str name)
{
	char buf[WARD_INSPECT_TEXT];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_str(&w, ward_str_sub(library, 0, sizeof(buf) / 2));
	ward_wr_ch(&w, '!');
	ward_wr_str(&w, ward_str_sub(name, 0, sizeof(buf) / 2 - 1));
	ward_exam_trait(m->x, m->p, how, ward_wr_text(&w));
}

static void see_name(
	struct imports *m, enum ward_trait how, struct ward_str library, struct ward_str name)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(inject); i++)
		m->found |= ward_str_eqz(name, inject[i]) ? 1u << i : 0;
	tell_one(m, how, library, name);
	if (how == WARD_TRAIT_IMPORT)
		hash_one(m, library, name);
}

static void see_ordinal(
	struct imports *m, enum ward_trait how, struct ward_str library, uint16_t ordinal)
{
	char told[16], hashed[16];
	const char *known = ward_pe_ordinal(library, ordinal);

	(void)snprintf(told, sizeof(told), "#%u", ordinal);
	(void)snprintf(hashed, sizeof(hashed), "ord%u", ordinal);
	tell_one(m, how, library, ward_str_z(told));
	if (how == WARD_TRAIT_IMPORT)
		hash_one(m, library, ward_str_z(known ? known : hashed));
}

/* What is imported of one library: a table of words, ordinals with the highest bit, else the places
 * of a hint (two bytes) and a name, less `base`. False: the table is damaged. */
static bool see_functions(struct imports *m, enum ward_trait how, struct ward_str library,
	uint64_t table, uint64_t base)
{
	struct ward_rd r = ward_rd_slice(ward_pe_at(m->pe, m->p->bytes, table));
	uint64_t by_ordinal = m->pe->plus ? UINT64_C(1) << 63 : UINT64_C(1) << 31, v;

	for (;; m->n_function++) {
		struct ward_str name;

		v = m->pe->plus ? ward_rd_le64(&r) : ward_rd_le32(&r);
		if (ward_rd_bad(&r) || m->n_function == FUNCTIONS)
			return false;
		if (!v)
			return true;
		if (v & by_ordinal)
			see_ordinal(m, how, library, (uint16_t)v);
		else if (v < base || !text_at(m, v - base + 2, &name))
			return false;
		else
			see_name(m, how, library, name);
	}
}

/* Does a table begin there? */
static bool has_table(const struct imports *m, uint64_t rva)
{
	struct ward_rd r = ward_rd_slice(ward_pe_at(m->pe, m->p->bytes, rva));

	return rva && (m->pe->plus ? ward_rd_le64(&r) : ward_rd_le32(&r)) && !ward_rd_bad(&r);
}

/* One descriptor for each library, the last is empty. */
static bool see_table(struct imports *m)
{
	uint32_t at = m->pe->directory[WARD_PE_IMPORT].rva;
	struct ward_rd r = ward_rd_slice(ward_pe_at(m->pe, m->p->bytes, at));

	while (at) {
		uint32_t names = ward_rd_le32(&r);
		struct ward_str library;

		ward_rd_skip(&r, 8); /* time, forwarders */
		uint32_t name = ward_rd_le32(&r), addresses = ward_rd_le32(&r);

		if (ward_rd_bad(&r))
			return false;
		if (!name || !addresses)
			return true;
		names = has_table(m, names) ? names : addresses;
		if (m->n_library++ == LIBRARIES || !text_at(m, name, &library) ||
			!see_functions(m, WARD_TRAIT_IMPORT, library, names, 0))
			return false;
	}
	return true;
}

/* Imports that are loaded when they are first called. Of old ones the places are addresses. */
static bool see_delayed(struct imports *m)
{
	uint32_t at = m->pe->directory[WARD_PE_DELAY].rva;
	struct ward_rd r = ward_rd_slice(ward_pe_at(m->pe, m->p->bytes, at));

	while (at) {
		bool relative = ward_rd_le32(&r) & 1;
		uint64_t base = relative ? 0 : m->pe->base;
		uint32_t name = ward_rd_le32(&r);
		struct ward_str library;

		ward_rd_skip(&r, 8); /* handle, addresses */
		uint32_t names = ward_rd_le32(&r);

		ward_rd_skip(&r, 12);
		if (ward_rd_bad(&r))
			return false;
		if (!name)
			return true;
		if (m->n_library++ == LIBRARIES || name < base || names < base ||
			!text_at(m, name - base, &library) ||
			!see_functions(m, WARD_TRAIT_DELAYED, library, names - base, base))
			return false;
	}
	return true;
}

/* Libraries whose addresses were put in beforehand, and those that they hand on to. */
static bool see_bound(struct imports *m)
{
	uint32_t at = m->pe->directory[WARD_PE_BOUND].rva;
	struct ward_rd r = ward_rd_slice(ward_pe_at(m->pe, m->p->bytes, at));

	for (size_t i = 0; at && i < BOUND_MOST; i++) {
		uint32_t time = ward_rd_le32(&r);
		uint16_t name = ward_rd_le16(&r);
		struct ward_str library;

		ward_rd_skip(&r, 2); /* how many forwarders follow, each as long as this */
		if (ward_rd_bad(&r))
			return false;
		if (!time && !name)
			return true;
		if (!text_at(m, (uint64_t)at + name, &library))
			return false;
		ward_exam_trait(m->x, m->p, WARD_TRAIT_BOUND, library);
	}
	return !at;
}

static void tell_hash(struct imports *m)
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned n;
	char text[2 * EVP_MAX_MD_SIZE];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!m->hashed.len || ward_wr_bad(&m->hashed) ||
		EVP_Digest(m->hashed.p, m->hashed.len, hash, &n, EVP_md5(), NULL) != 1)
		return;
	ward_wr_hex(&w, ward_slice_of(hash, n));
	ward_exam_trait(m->x, m->p, WARD_TRAIT_IMPHASH, ward_wr_text(&w));
}

/* Programs also look functions up by their names, which are texts in the file then. */
static bool has_texts(struct ward_slice s)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(inject); i++)
		if (ward_exam_next(s, 0, inject[i], strlen(inject[i])) == SIZE_MAX)
			return false;
	return true;
}

void ward_pe_look_imports(struct ward_exam *x, const struct ward_piece *p, const struct ward_pe *pe)
{
	struct imports m = {
		.x = x, .p = p, .pe = pe, .hashed = ward_wr_grow(ward_mem_heap(), HASHED_MOST)};
	bool whole = see_table(&m);

	if (whole)
		tell_hash(&m);
	if (!see_delayed(&m) || !see_bound(&m) || !whole)
		ward_exam_damaged(x, p, "the table of imports", pe->directory[WARD_PE_IMPORT].rva);
	if (pe->directory[WARD_PE_IMPORT].rva)
		ward_exam_trait(x, p, WARD_TRAIT_IMPORTS_BY, ward_str_z(whole ? "table" : "text"));
	if (m.found == INJECTS || has_texts(p->bytes))
		ward_exam_say1(
			x, p, WARD_SUSPECT_INJECTS, "WriteProcessMemory, CreateRemoteThread");
	ward_wr_fini(&m.hashed);
}
