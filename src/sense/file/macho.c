/* Mach-O (mach-o/loader.h, mach-o/fat.h): programs of macOS, for one processor or several, without
 * running them. Each offset is held against the file before it is used. */
#include "sense/file/exam.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	COMMANDS = 4096, /* of a program; each has at least 8 bytes */
	FAT_ROWS = 204,  /* fit into the page that the kernel reads of such a file */
	FAT_HEAD = 8,
	NAME = 16,   /* bytes of a segment's name */
	EXECUTE = 2, /* file type: a program */
	READ = 1,
	WRITE = 2,
	RUN = 4,
	SEGMENTS = 64, /* that are told */
	TEXT = 128,
};

/* Commands; what the loader must know has the highest bit. */
enum {
	SEGMENT = 0x1,
	SYMBOLS = 0x2,
	THREAD = 0x5,
	LOAD_DYLIB = 0xc,
	SEGMENT_64 = 0x19,
	CODE_SIGNATURE = 0x1d,
	LAZY_LOAD_DYLIB = 0x20,
	ENCRYPTION = 0x21,
	ENCRYPTION_64 = 0x2c,
};
#define MUST 0x80000000u
#define LOAD_WEAK_DYLIB (0x18 | MUST)
#define REEXPORT_DYLIB (0x1f | MUST)
#define UPWARD_DYLIB (0x23 | MUST)
#define MAIN (0x28 | MUST)

struct macho {
	struct ward_exam *x;
	const struct ward_piece *p;
	bool wide, big;
	uint32_t processor, type;
	bool signed_, encrypted, writes, packed, damaged;
	bool has_main, has_thread;
	uint64_t main_off, thread_at; /* of the entry: place in the file, address */
	bool main_inside, thread_inside;
	unsigned n_segment, n_symbols;
	uint64_t weighed; /* bytes of segments */
	char says[TEXT];
};

static uint32_t u32(const struct macho *m, struct ward_rd *r)
{
	return m->big ? ward_rd_be32(r) : ward_rd_le32(r);
}

static uint64_t word(const struct macho *m, struct ward_rd *r)
{
	if (!m->wide)
		return u32(m, r);
	return m->big ? ward_rd_be64(r) : ward_rd_le64(r);
}

/* Once: what is wrong in one place mostly is in others. */
static void damage(struct macho *m, const char *what, uint64_t at)
{
	if (!m->damaged)
		ward_exam_damaged(m->x, m->p, what, at);
	m->damaged = true;
}

/* The bytes of the file from off on, as far as they are there. */
static struct ward_slice part_of(struct macho *m, uint64_t off, uint64_t len, const char *what)
{
	struct ward_slice s = m->p->bytes;

	if (len && (off > s.len || len > s.len - off))
		damage(m, what, off);
	if (!len || off >= s.len)
		return ward_slice_of(NULL, 0);
	return ward_slice_of(s.p + off, len < s.len - off ? (size_t)len : s.len - (size_t)off);
}

static bool begins(const struct macho *m)
{
	return m->type == EXECUTE;
}

/* Name and content are what anybody wrote there: a name with the signs of a shell's is enough. */
static void name_of(struct ward_slice s, char to[NAME + 1])
{
	size_t n = 0;

	for (; n < s.len && n < NAME && s.p[n]; n++)
		to[n] = s.p[n] > ' ' && s.p[n] < 127 ? (char)s.p[n] : '?';
	to[n] = 0;
}

static void tell_segment(struct macho *m, const char *name, uint32_t rights, struct ward_slice body,
	unsigned entropy)
{
	int n = snprintf(m->says, sizeof(m->says), "%s %c%c%c %zu %u", name,
		rights & READ ? 'r' : '-', rights & WRITE ? 'w' : '-', rights & RUN ? 'x' : '-',
		body.len, entropy);

	if (m->n_segment++ < SEGMENTS)
		ward_exam_trait(
			m->x, m->p, WARD_TRAIT_SEGMENT, (struct ward_str){m->says, (size_t)n});
}

/* segment_command, segment_command_64: where it lies in memory and in the file, and what may be
 * done with it at first (initprot). Of objects, which nobody starts, no rights follow. */
static void see_segment(struct macho *m, struct ward_rd *r)
{
	char name[NAME + 1];

	name_of(ward_rd_bytes(r, NAME), name);
	uint64_t at = word(m, r), size = word(m, r), off = word(m, r), len = word(m, r);

	(void)u32(m, r);
	uint32_t rights = u32(m, r);

	if (ward_rd_bad(r)) {
		damage(m, "a segment", 0);
		return;
	}
	struct ward_slice body = part_of(m, off, len, "a segment");

	m->weighed += body.len;
	if (m->weighed > 2 * (uint64_t)m->p->bytes.len)
		damage(m, "segments that lie in each other", off);
	unsigned entropy = m->weighed > 2 * (uint64_t)m->p->bytes.len ? 0 : ward_exam_entropy(body);

	tell_segment(m, name, rights, body, entropy);
	if (!begins(m))
		return;
	m->main_inside |= rights & RUN && m->main_off >= off && m->main_off - off < len;
	m->thread_inside |= rights & RUN && m->thread_at >= at && m->thread_at - at < size;
	if ((rights & (WRITE | RUN)) == (WRITE | RUN) && !m->writes) {
		ward_exam_say1(m->x, m->p, WARD_SUSPECT_WRITES_CODE, name);
		m->writes = true;
	}
	if (rights & RUN && body.len >= WARD_EXAM_PACKED_LEAST && entropy >= WARD_EXAM_PACKED &&
		!m->packed) {
		ward_exam_say1(m->x, m->p, WARD_SUSPECT_PACKED_PROGRAM, name);
		m->packed = true;
	}
}

/* dylib_command: the name lies in the command, at an offset from its begin. */
static void see_dylib(struct macho *m, struct ward_slice command, struct ward_rd *r)
{
	uint32_t at = u32(m, r);

	if (ward_rd_bad(r) || at >= command.len) {
		damage(m, "the name of a library", 0);
		return;
	}
	const char *name = (const char *)command.p + at;

	ward_exam_trait(m->x, m->p, WARD_TRAIT_LIBRARY,
		(struct ward_str){name, strnlen(name, command.len - at)});
}

/* encryption_info_command: cryptid says with what; 0: it is not encrypted (yet). */
static void see_encryption(struct macho *m, struct ward_rd *r)
{
	uint32_t off = u32(m, r), len = u32(m, r), id = u32(m, r);

	if (ward_rd_bad(r)) {
		damage(m, "what is encrypted", 0);
		return;
	}
	(void)part_of(m, off, len, "what is encrypted");
	if (id && len && !m->packed) {
		ward_exam_say1(m->x, m->p, WARD_SUSPECT_PACKED_PROGRAM, "LC_ENCRYPTION_INFO");
		m->packed = true;
	}
}

static void see_signature(struct macho *m, struct ward_rd *r)
{
	uint32_t off = u32(m, r), len = u32(m, r);

	m->signed_ = !ward_rd_bad(r) && part_of(m, off, len, "the signature").len > 0;
}

/* thread_command: the registers at the begin, of which one is where it begins (mach/machine). */
static void see_thread(struct macho *m, struct ward_rd *r)
{
	static const struct {
		uint32_t processor;
		bool wide;
		size_t before; /* bytes of registers before it */
	} of[] = {{7, false, 10 * 4}, {0x01000007, true, 16 * 8}, {12, false, 15 * 4},
		{0x0100000c, true, 32 * 8}, {18, false, 0}, {0x01000012, true, 0}};

	(void)u32(m, r); /* flavor */
	(void)u32(m, r); /* count */
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		if (of[i].processor != m->processor || of[i].wide != m->wide)
			continue;
		ward_rd_skip(r, of[i].before);
		m->thread_at = word(m, r);
		m->has_thread = !ward_rd_bad(r);
	}
}

/* Calls by which a program writes code into others, by its table of symbols (nlist). */
static void see_symbols(struct macho *m, struct ward_rd *r)
{
	static const char *const inject[] = {
		"_task_for_pid", "_mach_vm_write", "_thread_create_running"};
	uint64_t row = m->wide ? 16 : 12, off = u32(m, r), n = u32(m, r), at = u32(m, r),
		 len = u32(m, r);

	if (ward_rd_bad(r) || m->n_symbols++) { /* there is one */
		damage(m, "the table of symbols", 0);
		return;
	}
	struct ward_slice names = part_of(m, at, len, "the names of symbols");
	struct ward_slice rows = part_of(m, off, n * row, "the table of symbols");
	unsigned found = 0;

	for (struct ward_rd s = ward_rd_slice(rows); ward_rd_left(&s) >= row;) {
		struct ward_rd one = ward_rd_sub(&s, (size_t)row);
		uint32_t name = u32(m, &one);

		for (size_t i = 0; name < names.len && i < WARD_ARRAY_LEN(inject); i++) {
			size_t size = strlen(inject[i]) + 1;

			if (names.len - name >= size &&
				memcmp(names.p + name, inject[i], size) == 0)
				found |= 1u << i;
		}
	}
	if (found == (1u << WARD_ARRAY_LEN(inject)) - 1)
		ward_exam_say1(m->x, m->p, WARD_SUSPECT_INJECTS,
			"task_for_pid, mach_vm_write, thread_create_running");
}

/* What must be known before segments are looked at: where it begins. */
static void see_entry(struct macho *m, uint32_t what, struct ward_rd *r)
{
	if (what == THREAD)
		see_thread(m, r);
	if (what != MAIN)
		return;
	bool wide = m->wide;

	m->wide = true; /* its words are, in either kind */
	m->main_off = word(m, r);
	m->wide = wide;
	m->has_main = !ward_rd_bad(r);
}

static void see_command(
	struct macho *m, uint32_t what, struct ward_slice command, struct ward_rd *r)
{
	switch (what) {
	case SEGMENT:
	case SEGMENT_64:
		see_segment(m, r);
		break;
	case LOAD_DYLIB:
	case LAZY_LOAD_DYLIB:
	case LOAD_WEAK_DYLIB:
	case REEXPORT_DYLIB:
	case UPWARD_DYLIB:
		see_dylib(m, command, r);
		break;
	case ENCRYPTION:
	case ENCRYPTION_64:
		see_encryption(m, r);
		break;
	case CODE_SIGNATURE:
		see_signature(m, r);
		break;
	case SYMBOLS:
		see_symbols(m, r);
		break;
	default:
		break;
	}
}

/* All commands, twice: entries first. */
static void see_commands(struct macho *m, struct ward_slice all, size_t n, bool entries)
{
	struct ward_rd r = ward_rd_slice(all);

	for (size_t i = 0; i < n && i < COMMANDS; i++) {
		size_t at = r.off;
		uint32_t what = u32(m, &r), size = u32(m, &r);

		if (ward_rd_bad(&r) || size < 8 || size > all.len - at) {
			damage(m, "a load command", at);
			return;
		}
		struct ward_slice command = ward_slice_of(all.p + at, size);
		struct ward_rd body = ward_rd_sub(&r, size - 8);

		if (entries)
			see_entry(m, what, &body);
		else
			see_command(m, what, command, &body);
	}
	if (n > COMMANDS)
		damage(m, "more load commands than are read", all.len);
}

static void tell_head(struct macho *m)
{
	static const struct {
		uint32_t number;
		const char *name;
	} processor[] = {{7, "i386"}, {0x01000007, "x86_64"}, {12, "arm"}, {0x0100000c, "arm64"},
		{0x0200000c, "arm64_32"}, {18, "ppc"}, {0x01000012, "ppc64"}},
	  type[] = {{1, "object"}, {2, "execute"}, {4, "core"}, {5, "preload"}, {6, "dylib"},
		  {7, "dylinker"}, {8, "bundle"}, {9, "stub"}, {10, "dsym"}, {11, "kext"}};
	const char *is = NULL, *as = NULL;

	for (size_t i = 0; i < WARD_ARRAY_LEN(processor); i++)
		is = processor[i].number == m->processor ? processor[i].name : is;
	for (size_t i = 0; i < WARD_ARRAY_LEN(type); i++)
		as = type[i].number == m->type ? type[i].name : as;
	(void)snprintf(m->says, sizeof(m->says), "%u", m->processor);
	ward_exam_trait(m->x, m->p, WARD_TRAIT_PROCESSOR, ward_str_z(is ? is : m->says));
	(void)snprintf(m->says, sizeof(m->says), "%u", m->type);
	ward_exam_trait(m->x, m->p, WARD_TRAIT_PROGRAM_TYPE, ward_str_z(as ? as : m->says));
}

static void tell_end(struct macho *m)
{
	bool known = m->has_main || m->has_thread;

	if (m->has_main)
		(void)snprintf(
			m->says, sizeof(m->says), "byte %llu", (unsigned long long)m->main_off);
	else
		(void)snprintf(
			m->says, sizeof(m->says), "0x%llx", (unsigned long long)m->thread_at);
	if (known)
		ward_exam_trait(m->x, m->p, WARD_TRAIT_ENTRY, ward_str_z(m->says));
	ward_exam_trait(
		m->x, m->p, WARD_TRAIT_SIGNATURE, ward_str_z(m->signed_ ? "present" : "none"));
	if (begins(m) && known && !m->damaged && !(m->has_main ? m->main_inside : m->thread_inside))
		ward_exam_say0(m->x, m->p, WARD_SUSPECT_ENTRY_OUTSIDE);
}

static bool is_fat(struct ward_slice s)
{
	return s.len >= 4 && s.p[0] == 0xca && s.p[1] == 0xfe && s.p[2] == 0xba;
}

void ward_look_macho(struct ward_exam *x, const struct ward_piece *p)
{
	struct ward_slice s = p->bytes;
	struct macho m = {.x = x, .p = p};
	struct ward_rd r = ward_rd_slice(s);

	if (is_fat(s) || s.len < 4) /* what is in it is looked at by itself */
		return;
	m.big = s.p[0] == 0xfe;
	m.wide = (m.big ? s.p[3] : s.p[0]) == 0xcf;
	ward_rd_skip(&r, 4);
	m.processor = u32(&m, &r);
	(void)u32(&m, &r);
	m.type = u32(&m, &r);
	size_t n = u32(&m, &r), len = u32(&m, &r);

	ward_rd_skip(&r, m.wide ? 8 : 4);
	if (ward_rd_bad(&r)) {
		damage(&m, "the program's head", s.len);
		return;
	}
	if (len > ward_rd_left(&r))
		damage(&m, "the load commands", r.off);
	len = len < ward_rd_left(&r) ? len : ward_rd_left(&r);
	struct ward_slice all = ward_rd_bytes(&r, len);

	tell_head(&m);
	see_commands(&m, all, n, true);
	see_commands(&m, all, n, false);
	tell_end(&m);
}

/* Programs for several processors: each is a part. */
struct opened {
	size_t i, n;
	uint64_t given; /* bytes */
	bool wide, damaged;
	char name[32];
};

static void *open_fat(struct ward_exam *x, const struct ward_piece *p)
{
	struct opened *o = is_fat(p->bytes) ? calloc(1, sizeof(*o)) : NULL;
	struct ward_rd r = ward_rd_slice(p->bytes);

	if (!o)
		return NULL;
	ward_rd_skip(&r, 3);
	o->wide = ward_rd_u8(&r) == 0xbf;
	o->n = ward_rd_be32(&r);
	if (o->n > FAT_ROWS)
		ward_exam_damaged(x, p, "more programs than are read", FAT_HEAD);
	o->n = o->n < FAT_ROWS ? o->n : FAT_ROWS;
	return o;
}

/* fat_arch, fat_arch_64: processor, its kind, place, bytes. */
static bool next_fat(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;
	struct ward_slice s = p->bytes;

	while (o->i < o->n) {
		size_t row = o->wide ? 32 : 20, at = FAT_HEAD + o->i++ * row;
		struct ward_rd r = ward_rd_slice(s);

		ward_rd_skip(&r, at + 8);
		uint64_t off = o->wide ? ward_rd_be64(&r) : ward_rd_be32(&r),
			 len = o->wide ? ward_rd_be64(&r) : ward_rd_be32(&r);
		bool there = !ward_rd_bad(&r) && off <= s.len && len <= s.len - off;

		if (!there && !o->damaged)
			ward_exam_damaged(x, p, "a program of several", at);
		o->damaged |= !there;
		if (ward_rd_bad(&r) || off >= s.len || !len)
			continue;
		len = len < s.len - off ? len : s.len - off;
		o->given += len;
		/* what lies in each other is unpacked, as it were */
		if (o->given > s.len && !ward_exam_unpacked(x, p, len))
			return false;
		(void)snprintf(o->name, sizeof(o->name), "program %zu", o->i);
		*ret = (struct ward_child){.name = ward_str_z(o->name),
			.bytes = ward_slice_of(s.p + off, (size_t)len),
			.kind = WARD_KIND_N};
		return true;
	}
	return false;
}

const struct ward_opener ward_open_macho = {open_fat, next_fat, free};
