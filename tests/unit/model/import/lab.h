/* A small hospital with Ward's own content, and imports into it, without a disk but for content. */
#ifndef WARD_TESTS_MODEL_IMPORT_LAB_H
#define WARD_TESTS_MODEL_IMPORT_LAB_H

#include "model/files.h"
#include "model/import/merge.h"

struct import_lab {
	struct ward_diag d;
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_model_files files;
	struct ward_model *m;
	struct ward_candidates c;
	struct ward_merge *merge;
	const struct ward_import_file *out;
	size_t n_out;
};

extern const char import_lab_assets[];

/* The hospital; a file of it more when name is given. */
void import_lab_open(struct import_lab *l, const char *name, const char *text);
/* Reads one text as that format. */
enum ward_err import_lab_read(struct import_lab *l, enum ward_import_format format,
	const char *file, struct ward_slice text);
/* Merges what was read as `source`, approves added and changed (and `accept`, or NULL), plans. */
enum ward_err import_lab_merge(struct import_lab *l, const char *source, const char *accept);
/* The hospital as the plan would have it is loaded in place of the old; what was read is forgotten.
 */
enum ward_err import_lab_apply(struct import_lab *l);
void import_lab_close(struct import_lab *l);

/* The file of the plan, or an empty text. */
struct ward_str import_lab_file(const struct import_lab *l, const char *name);
/* How many items are so. */
size_t import_lab_count(const struct import_lab *l, enum ward_import_what what);

#endif
