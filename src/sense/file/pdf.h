/* Pieces of reading PDF (ISO 32000-1) that stand by themselves: words, objects by their number,
 * what is said of a stream, its filters, and the encryption that needs no password. Inside of the
 * cell; untrusted bytes; no recursion. */
#ifndef WARD_SENSE_FILE_PDF_H
#define WARD_SENSE_FILE_PDF_H

#include "sense/file/exam.h"

enum { WARD_PDF_KEY = 32, WARD_PDF_KEYS = 8, WARD_PDF_FILTERS = 16, WARD_PDF_READINGS = 8 };

enum ward_pdf_what {
	WARD_PDF_END,
	WARD_PDF_NAME,  /* behind its '/' */
	WARD_PDF_OPEN,  /* "<<" */
	WARD_PDF_CLOSE, /* ">>" */
	WARD_PDF_TEXT,  /* with its brackets */
	WARD_PDF_WORD,  /* a number, a keyword, one bracket of an array */
};
/* The next word (7.2) from *off on, which moves behind it. */
enum ward_pdf_what ward_pdf_next(struct ward_slice s, size_t *off, struct ward_slice *ret);
/* The name at s (without its '/'), its #xx put right (7.3.5). Gives its length in the file. */
size_t ward_pdf_name(struct ward_slice s, char *to, size_t cap);
/* A text in either form (7.3.4), at most cap bytes; their number. */
size_t ward_pdf_text(struct ward_slice s, uint8_t *to, size_t cap);

/* Where objects begin (7.3.10), by their number: read once, and only when somebody asks. */
struct ward_pdf_objects {
	struct ward_slice file;
	struct ward_pdf_object {
		uint32_t number, generation;
		size_t at; /* behind "obj" */
	} * object;        /* by number, generation, and place */
	size_t n, cap;
	bool read;
	/* Bytes that may still be read where references and the begins of dictionaries lead, so
	 * that no file has them read over and over; spent: there were not enough. */
	uint64_t work;
	bool spent;
};
/* Takes n bytes off that. False: it is spent. */
bool ward_pdf_may_read(struct ward_pdf_objects *o, uint64_t n);
void ward_pdf_objects_fini(struct ward_pdf_objects *o);
/* "12 0 obj", of which `at` is behind the last letter: *ret is {12, 0, at}. */
void ward_pdf_object_at(struct ward_slice file, size_t at, struct ward_pdf_object *ret);
/* If "12 0 R" stands at *off in s: *off moves behind it, and *ret is the offset in the file of that
 * object's i-th content, the last written first; SIZE_MAX: there are no more. False: none stands
 * there. */
bool ward_pdf_refers(
	struct ward_pdf_objects *o, struct ward_slice s, size_t *off, size_t i, size_t *ret);

struct ward_pdf_filter {
	char name[20];
	uint32_t predictor, columns, colors, bits; /* 7.4.4.4; 0: not said */
	bool late;                                 /* LZW: /EarlyChange 0 */
	bool any_row; /* rows of PNG that say an unknown predictor are rows all the same */
};
/* The filters of a stream as one may read them. */
struct ward_pdf_reading {
	struct ward_pdf_filter filter[WARD_PDF_FILTERS];
	size_t n;
};
struct ward_pdf_stream {
	struct ward_pdf_reading reading[WARD_PDF_READINGS];
	size_t n;
	uint32_t length; /* bytes; 0: not said */
	bool more;       /* filters, or readings, than there is room for */
	bool objects, embedded;
};
/* Where the dictionary before a stream may begin: behind the "obj" from which it is one dictionary
 * up to the stream, the nearest that stands neither in a text nor in a comment; and, where that is
 * not so plain, behind the nearest. */
struct ward_pdf_dictionary {
	struct ward_slice far, near; /* both up to the stream; mostly the same */
	bool cut;                    /* it has no begin within reach */
};
void ward_pdf_dictionary_before(
	struct ward_pdf_objects *o, size_t stream, struct ward_pdf_dictionary *ret);
/* What the dictionary before a stream says (7.3.8.2), also by reference. First as a reader takes
 * it: what stands in the dictionary itself, the last of each. Where its names say something else,
 * wherever they stand, each /Filter by itself, and no filter at all. */
void ward_pdf_read_stream(struct ward_pdf_objects *o, const struct ward_pdf_dictionary *dictionary,
	struct ward_pdf_stream *ret);

/* Whether something that was deflated had its end, and whether something had none; and whether rows
 * that should be PNG's begin with a predictor that is none. */
struct ward_pdf_ends {
	bool whole, cut, odd_row;
};
/* Takes one filter off (7.4), by its name or short name. False: it is none that can be, as those of
 * images. What is damaged is there as far as it went. */
bool ward_pdf_unfilter(struct ward_exam *x, const struct ward_piece *p,
	const struct ward_pdf_filter *f, struct ward_slice in, struct ward_wr *w,
	struct ward_pdf_ends *ends);
/* Undoes the predictor of PNG or TIFF in place; the bytes that are left. What does not begin as a
 * row of PNG has none, unless f->any_row; *odd_row is set then. */
size_t ward_pdf_predict(const struct ward_pdf_filter *f, uint8_t *p, size_t len, bool *odd_row);

/* With what streams may be encrypted (7.6; ISO 32000-2 7.6 for revisions 5 and 6). */
struct ward_pdf_key {
	uint8_t key[WARD_PDF_KEY];
	size_t n;   /* bytes of it */
	bool aes;   /* else RC4 */
	bool whole; /* the key serves all objects alike */
};
struct ward_pdf_keys {
	struct ward_pdf_key key[WARD_PDF_KEYS];
	size_t n;
	bool more;   /* dictionaries, or keys, than are tried */
	bool locked; /* a dictionary that none of them opens: it may be the one that counts */
};
/* All keys that the user's empty password opens, as readers try it first: of each dictionary that
 * is named /Encrypt anywhere, since only the reader's trailer would say which counts, and with each
 * cipher that its version has, whatever its crypt filters say. None: a password is needed, or it is
 * encrypted otherwise than by the standard's own handler. */
void ward_pdf_unlock(struct ward_pdf_objects *o, struct ward_pdf_keys *ret);
/* A stream of object `number`, `generation`; nothing of it without memory. */
void ward_pdf_decrypt(const struct ward_pdf_key *k, const struct ward_pdf_object *of,
	struct ward_slice in, struct ward_wr *w);

#endif
