/* Inside of the cell: one file being looked at, part by part.
 *
 * A part is bytes that lie somewhere: the file, an entry of an archive, an attachment. Each kind
 * has one row in kinds.c: a function that looks at its bytes and says reasons, and an opener that
 * gives what lies in it, one after the other. walk.c keeps the stack of openers; so no more is held
 * than the parts on the way down, and no input drives a recursion. Sees untrusted bytes;
 * single-threaded; opens nothing. */
#ifndef WARD_SENSE_FILE_EXAM_H
#define WARD_SENSE_FILE_EXAM_H

#include "base/rd.h"
#include "sense/file/file.h"
#include "sense/file/seek.h"

enum {
	WARD_EXAM_RULES = 128,
	WARD_EXAM_PACKED = 7200,       /* thousandths of bits per byte: code and data are below */
	WARD_EXAM_PACKED_LEAST = 8192, /* bytes that tell */
};

struct ward_exam {
	const struct ward_inspector *with;
	const struct ward_limits *lim;
	struct ward_wr out; /* records that were not handed over yet */
	bool (*put)(void *ctx, struct ward_slice records);
	void *ctx;
	struct ward_wr folded; /* ward_exam_fold */
	uint64_t came;         /* bytes of it before its codings were undone */
	uint64_t unpacked;     /* bytes, so far */
	uint32_t n_part;
	uint32_t n_reason, n_trait;
	uint16_t n_said[WARD_SUSPECT_N]; /* of each kind: no flood of one hides another */
	struct {
		const char *name; /* lives as long as the rules */
		unsigned n;
	} rule[WARD_EXAM_RULES]; /* that were found, likewise */
	bool stop;               /* a limit of the whole file is reached */
	bool lost;               /* nobody hears us any more */
};

struct ward_piece {
	uint32_t number;
	unsigned depth;
	enum ward_kind kind;
	const struct ward_piece *parent; /* NULL: the file itself */
	struct ward_str name, type;
	struct ward_slice bytes; /* that are looked at: at most file.bytes */
	struct ward_slice whole; /* all of it, which is hashed */
	bool beside;             /* its parent was made of it (report.h), and it lies in nothing */
	uint8_t sha256[WARD_INSPECT_HASH];
};

/* What an opener gives. */
struct ward_child {
	struct ward_str name, type; /* live until the opener's next call */
	struct ward_slice bytes;    /* likewise, of the piece or of the opener */
	enum ward_kind kind;        /* WARD_KIND_N: by its content */
};

struct ward_opener {
	/* NULL: it can't be opened, and it was said why. */
	void *(*open)(struct ward_exam *x, const struct ward_piece *p);
	/* False: there is no more. */
	bool (*next)(
		struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret);
	void (*close)(void *it);
};

/* Says a reason. Those beyond WARD_INSPECT_REASONS are not said: there are enough. */
void ward_exam_say(struct ward_exam *x, const struct ward_piece *p, enum ward_suspect what,
	struct ward_str a, struct ward_str b);
void ward_exam_say1(
	struct ward_exam *x, const struct ward_piece *p, enum ward_suspect what, const char *a);
void ward_exam_say0(struct ward_exam *x, const struct ward_piece *p, enum ward_suspect what);
/* "…, at byte N" */
void ward_exam_damaged(
	struct ward_exam *x, const struct ward_piece *p, const char *what, uint64_t at);

/* How p is built; those beyond WARD_INSPECT_TRAITS are not said. Only while p is looked at. */
void ward_exam_trait(struct ward_exam *x, const struct ward_piece *p, enum ward_trait what,
	struct ward_str text);

/* n more bytes were unpacked from p. False: a limit is reached, which was said; the walk stops. */
bool ward_exam_unpacked(struct ward_exam *x, const struct ward_piece *p, uint64_t n);
/* How many more may be. */
size_t ward_exam_left(const struct ward_exam *x);

/* Inflates `in` into w by zlib's window bits (15 zlib, 31 gzip, -15 raw), as far as limits go.
 * False: it is damaged; what came before is there. */
bool ward_exam_inflate(struct ward_exam *x, const struct ward_piece *p, struct ward_slice in,
	int bits, struct ward_wr *w);
/* Base64 (base/base64.h), as far as limits go. */
void ward_exam_base64(
	struct ward_exam *x, const struct ward_piece *p, struct ward_slice in, struct ward_wr *w);

/* Shannon's entropy in thousandths of bits per byte; its error is below 1 %. O(bytes). */
unsigned ward_exam_entropy(struct ward_slice s);

/* Finds without case in the first `within` bytes; word in lower case. SIZE_MAX: not there. */
size_t ward_exam_find(struct ward_slice s, const char *word);
/* The bytes with ASCII letters in lower case, for many words to be looked for. Until the next call;
 * empty without memory. */
struct ward_slice ward_exam_fold(struct ward_exam *x, struct ward_slice s);
/* With case, from `off` on. */
size_t ward_exam_next(struct ward_slice s, size_t off, const void *what, size_t len);

/* The next run of at least that many letters of base64, from *at on, which then is behind it. */
bool ward_exam_letters(struct ward_slice s, size_t least, size_t *at, struct ward_slice *ret);

/* kinds.c: what is done with each kind; NULL: nothing. */
typedef void ward_look_fn(struct ward_exam *x, const struct ward_piece *p);
ward_look_fn *ward_exam_look_of(enum ward_kind k);
const struct ward_opener *ward_exam_opener_of(enum ward_kind k);

/* The ZIP archive that ends in it and begins behind its begin, or is none by that; empty: none
 * does. O(64 KiB and rows of directories). */
struct ward_slice ward_zip_behind(const struct ward_piece *p);

/* The words that scripts are told by; made once (inspector.h). */
void ward_script_words(struct ward_seek *v);

/* One file per format. */
ward_look_fn ward_look_name, ward_look_pe, ward_look_elf, ward_look_macho, ward_look_lnk,
	ward_look_pdf, ward_look_rtf, ward_look_script, ward_look_html, ward_look_vba,
	ward_look_xml, ward_look_dicom;
extern const struct ward_opener ward_open_archive, ward_open_disk, ward_open_mail, ward_open_ole,
	ward_open_pdf, ward_open_rtf, ward_open_tnef, ward_open_dicom, ward_open_hl7,
	ward_open_image, ward_open_encoded, ward_open_macho;

#endif
