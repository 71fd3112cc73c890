/* The events of recorded files in the order of their time, for those to whom it matters: most
 * tools export newest first, and files of several hosts are put behind each other. Single-threaded;
 * opts as for ward_input_open, whose contract holds for errors. */
#ifndef WARD_CLI_INORDER_H
#define WARD_CLI_INORDER_H

#include "cli/cli.h"
#include "sense/input.h"

/* When an event comes up. */
typedef ward_ns (*ward_cli_turn_fn)(const struct ward_event *e);

/* Must the file be sorted: is one of its events more than a minute behind another before it? false
 * for what can be read only once (`-`, pipes), and for what can't be read: who reads it will say
 * so. Reads all of it; problems are not told. */
bool ward_cli_is_unordered(const char *path, const struct ward_input_driver *const *drivers,
	const struct ward_input_opts *opts, ward_cli_turn_fn turn);

ward_ns ward_cli_by_time(const struct ward_event *e);
ward_ns ward_cli_by_arrival(const struct ward_event *e);

struct ward_cli_sorted;

/* Events of one or several inputs, sorted by their turn; those of one turn stay as they came. At
 * most 64 MB of them are in memory, the rest in an unnamed file of the system's folder for such.
 * Borrows names, lim and mem of o. NULL: no memory. */
struct ward_cli_sorted *ward_cli_sorted_new(const struct ward_input_opts *o);
/* Reads in's events to their end; file says at ward_cli_sorted_next of which input they are. IO,
 * NOMEM, LIMIT (more than 64 GB). */
WARD_MUST_CHECK enum ward_err ward_cli_sorted_add(
	struct ward_cli_sorted *s, struct ward_input *in, ward_cli_turn_fn turn, size_t file);
/* All is in. IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_sorted_begin(struct ward_cli_sorted *s);
/* All this of the log at path, which in has just opened, if it must be sorted: then it is said, and
 * *ret is not NULL. Captures are in the order of time. */
WARD_MUST_CHECK enum ward_err ward_cli_sort_log(const struct ward_cmd *cmd, struct ward_input *in,
	const char *path, ward_cli_turn_fn turn, struct ward_cli_sorted **ret);
/* Where an event stood: its input, and the line as opts.line said it. */
struct ward_cli_place {
	size_t file;
	uint64_t line;
};
/* As ward_input_next. */
WARD_MUST_CHECK enum ward_err ward_cli_sorted_next(struct ward_cli_sorted *s,
	struct ward_arena *arena, struct ward_event *ret, struct ward_cli_place *ret_place);
void ward_cli_sorted_free(struct ward_cli_sorted *s);

#endif
