/* Reading content that speaks of classes and threats: files as lists of maps, names resolved
 * against one model, every problem a finding with its line. Internal to this room and to those
 * above it that read content of the same kind. Faces files that people write. */
#ifndef WARD_RECOVER_READ_H
#define WARD_RECOVER_READ_H

#include "conf/conf.h"
#include "model/model.h"

enum { WARD_READER_FILES = 256, WARD_READER_LIST = 16 };

struct ward_reader {
	const struct ward_model *m;
	const struct ward_limits *lim;
	struct ward_diag *diag;
	struct ward_arena *keep;   /* what stays */
	struct ward_arena scratch; /* parsed files */
	const struct ward_conf *file[WARD_READER_FILES];
	size_t n_file, n_shared; /* of these, so many are not the hospital's own */
	size_t near_budget;
	size_t n_error; /* findings before */
	bool nomem;
};

/* A file in memory; its name stands in findings. */
struct ward_content_text {
	struct ward_str file;
	struct ward_slice bytes;
};

/* Borrows all. End it with ward_reader_end in any case. */
void ward_reader_begin(struct ward_reader *l, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_arena *keep);
/* CONFIG when there were error-level findings since the begin, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_reader_end(struct ward_reader *l);
/* Every *.yml of the directory, by name; one that is not there is a finding if it is required.
 * known: the keys of a file, NULL-terminated. */
void ward_reader_dir(
	struct ward_reader *l, const char *dir, bool required, const char *const *known);
void ward_reader_text(
	struct ward_reader *l, const struct ward_content_text *text, const char *const *known);
/* read(l, map, ctx) for each map in the lists of that key. */
void ward_reader_each(struct ward_reader *l, const char *key,
	void (*read)(struct ward_reader *, const struct ward_conf *, void *), void *ctx);

/* Is it of the hospital's own files? */
bool ward_reader_own(const struct ward_reader *l, const struct ward_conf *c);
/* A finding "what 'name'" with its mend, at the line of `at`. */
void ward_reader_bad(struct ward_reader *l, const struct ward_conf *at, const char *what,
	struct ward_str name, const char *mend);
/* A duration of at most 366 days: more is a slip, and would not add up. */
void ward_reader_span(struct ward_reader *l, const struct ward_conf *c, const char *key,
	bool required, ward_ns *ret);
/* A copy that stays. */
struct ward_str ward_reader_keep(struct ward_reader *l, struct ward_str s);
/* A required text, kept. */
struct ward_str ward_reader_str(
	struct ward_reader *l, const struct ward_conf *map, const char *key);
/* The class of that key, or WARD_NONE where there is none (a finding if it is wrong, or required).
 */
uint32_t ward_reader_class(
	struct ward_reader *l, const struct ward_conf *map, const char *key, bool required);
/* A class by its id, or WARD_NONE and a finding at `at`. */
uint32_t ward_reader_class_id(
	struct ward_reader *l, const struct ward_conf *at, struct ward_str id);
/* One threat; "outage". */
uint32_t ward_reader_threat(
	struct ward_reader *l, const struct ward_conf *map, const char *key, bool required);
/* A word, or a list of at most WARD_READER_LIST; how many. */
size_t ward_reader_words(struct ward_reader *l, const struct ward_conf *map, const char *key,
	const struct ward_conf *ret[WARD_READER_LIST]);
/* Codes and families ("bms.*") as numbers, kept, without order; none where the key is not there. */
const uint32_t *ward_reader_threats(
	struct ward_reader *l, const struct ward_conf *map, const char *key, size_t *ret_n);
/* Which of the words stands there; n where the key is not there or (a finding) it is another. */
unsigned ward_reader_word(struct ward_reader *l, const struct ward_conf *map, const char *key,
	const char *const *word, unsigned n);

#endif
