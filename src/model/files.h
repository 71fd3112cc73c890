/* The files that a hospital is loaded from, in memory.
 *
 * For whoever writes into a directory: the whole can be checked before a byte is changed. */
#ifndef WARD_MODEL_FILES_H
#define WARD_MODEL_FILES_H

#include "model/model.h"

struct ward_model_files {
	struct ward_model_file *file; /* n, in byte order of their names */
	size_t n;
	struct ward_model_file content[2]; /* ontology.yml, threats.yml */
};

/* Reads the files of DIR that make the model, and those of `content`, into the arena. CONFIG past a
 * limit, IO: with a finding. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_model_files_read(const char *dir, const char *content,
	const struct ward_limits *lim, struct ward_arena *a, struct ward_diag *diag,
	struct ward_model_files *ret);
/* Is the file of the directory no part of the graph? What it says comes and goes, the hospital
 * stays. */
bool ward_model_files_elsewhere(struct ward_str name);
/* Into the order in which they are loaded. */
void ward_model_files_sort(struct ward_model_file *f, size_t n);

#endif
