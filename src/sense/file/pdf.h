/* Pieces of reading PDF (ISO 32000-1) that stand by themselves: words, filters of streams, and the
 * encryption that needs no password. Inside of the cell; untrusted bytes; no recursion. */
#ifndef WARD_SENSE_FILE_PDF_H
#define WARD_SENSE_FILE_PDF_H

#include "sense/file/exam.h"

enum { WARD_PDF_KEY = 32 };

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

/* Takes one filter off (7.4), by its name or short name. False: it is none that can be, as those of
 * images. What is damaged is there as far as it went. */
bool ward_pdf_unfilter(struct ward_exam *x, const struct ward_piece *p, const char *name,
	struct ward_slice in, struct ward_wr *w);

/* How streams are encrypted, and with what (7.6; ISO 32000-2 7.6 for revision 6). */
struct ward_pdf_key {
	uint8_t key[WARD_PDF_KEY];
	size_t n;   /* bytes of it */
	bool aes;   /* else RC4 */
	bool whole; /* the key serves all objects alike */
	bool plain; /* streams are not encrypted */
};
/* With the user's password that is empty, as readers try it first. False: that opens it not, or it
 * is encrypted otherwise than by the standard's own handler. */
bool ward_pdf_unlock(struct ward_slice file, struct ward_pdf_key *ret);
/* A stream of object `number`, `generation`. */
void ward_pdf_decrypt(const struct ward_pdf_key *k, uint32_t number, uint32_t generation,
	struct ward_slice in, struct ward_wr *w);

#endif
