/* Where lists of hashes come from: files with one per line, MISP events and STIX 2.1 bundles, and
 * folders of both, as a feed or `ward run` keeps them. Reads what an administrator put there, and
 * what others shared: each thing that can't be used is a finding with its file and line. */
#ifndef WARD_SENSE_FILE_LISTS_H
#define WARD_SENSE_FILE_LISTS_H

#include "sense/file/hashes.h"

/* A file, or all *.txt and *.json of a folder, by name. Of documents the hashes of files that are
 * meant for detection count; a `manifest.json` of a MISP feed is not a list, but says which events
 * there are: those that are not there are a warning. CONFIG: findings were added; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_lists_read(struct ward_hashes *h, const struct ward_limits *lim,
	const char *path, struct ward_diag *diag);

#endif
