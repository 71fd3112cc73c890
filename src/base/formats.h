/* The forms of all that goes from one machine to the other, or stays for a Ward of another version,
 * counted together: formats 1, 2, 3 … (docs/formats.md has what is in each). One number, so that
 * two machines need agree on no more, and what people are told is one sentence.
 *
 * A Ward reads formats WARD_FORMATS_LEAST to ward_formats_most(), and can write each of these.
 * Alone it writes the last; beside another machine the one that both can, and a later one only when
 * a person says so (`ward standby upgrade`): until then the former version can come back. */
#ifndef WARD_BASE_FORMATS_H
#define WARD_BASE_FORMATS_H

#include <stdint.h>

enum { WARD_FORMATS_LEAST = 1 };

/* All that has a number of its own, and that a Ward which does not know that number could not go on
 * with. What such a Ward makes anew by itself (indexes, what the brain remembers) is not among it.
 * tests/unit/formats holds it against what is written. */
enum ward_form {
	WARD_FORM_SEGMENT,     /* of the journal: version */
	WARD_FORM_READERS,     /* positions of the journal's readers: version */
	WARD_FORM_RECORD_TYPE, /* of a record: the last one */
	WARD_FORM_EVENT,       /* a record that is one: version */
	WARD_FORM_DATABASE,    /* PRAGMA user_version */
	WARD_FORM_ROW_KIND,    /* of a row: the last one */
	WARD_FORM_RUN,         /* of a playbook, in its row: version */
	WARD_FORM_NOTARY,      /* what it remembers */
	WARD_FORM_CLIP,        /* clips, photos, kept files: version */
	WARD_FORM_GREETING,    /* HELLO, WELCOME, BEAT of two machines: version */
	WARD_FORM_FRAME,       /* all else that they say: version */
	WARD_FORM_N,
};

uint32_t ward_formats_most(void);
/* Which one it has in these formats: what is written is no later. */
uint32_t ward_form_in(enum ward_form f, uint32_t formats);

#endif
