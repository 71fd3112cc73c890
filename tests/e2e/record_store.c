/* A store as `ward run` keeps it, of records on standard input, one a line; one
 * without an id gets one.
 * usage: record_store STATE */
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static enum ward_row_kind kind_of(struct ward_str line)
{
	return ward_str_starts(line, WARD_STR("{\"kind\":\"incident\""))   ? WARD_ROW_INCIDENT
	       : ward_str_starts(line, WARD_STR("{\"kind\":\"impact\""))   ? WARD_ROW_IMPACT
	       : ward_str_starts(line, WARD_STR("{\"kind\":\"decision\"")) ? WARD_ROW_DECISION
									   : WARD_ROW_DETECTION;
}

/* The first "id" of a line, which is the record's own. */
static bool id_of(struct ward_str line, struct ward_id *ret)
{
	static const struct ward_str key = {"\"id\":\"", 6};
	size_t at = ward_str_find(line, key);

	return at != SIZE_MAX &&
	       ward_id_parse(ward_str_sub(line, at + key.len, WARD_ID_TEXT - 1), ret);
}

static enum ward_err put_all(struct ward_store *s)
{
	struct ward_store_row row = {.revision = 0};
	enum ward_err err = ward_store_begin(s);
	struct ward_id next = {.b[0] = 1};
	char *line = NULL;
	size_t cap = 0;

	for (ssize_t n; !err && (n = getline(&line, &cap, stdin)) > 0;) {
		row.json = ward_str_trim((struct ward_str){line, (size_t)n});
		row.kind = kind_of(row.json);
		row.revision++; /* a later line is a later revision of its record */
		if (!id_of(row.json, &row.id))
			row.id = next;
		for (size_t i = sizeof(next.b); i-- > 0 && !++next.b[i];)
			;
		err = ward_store_put(s, &row);
	}
	free(line);
	return err ? err : ward_store_commit(s, 1);
}

int main(int argc, char **argv)
{
	char path[4096];
	struct ward_store_options o = {
		.path = path, .clock = ward_clock_system(), .mem = ward_mem_heap()};
	struct ward_store *s = NULL;

	if (argc != 2 || snprintf(path, sizeof(path), "%s/store", argv[1]) >= (int)sizeof(path))
		return 2;
	(void)mkdir(argv[1], 0711);
	(void)mkdir(path, 0700);
	if (snprintf(path, sizeof(path), "%s/store/ward.db", argv[1]) >= (int)sizeof(path))
		return 2;
	enum ward_err err = ward_store_open(&o, &s);

	if (!err)
		err = put_all(s);
	ward_store_close(s);
	if (err)
		fprintf(stderr, "record_store: %s: %s\n", path, ward_err_text(err));
	return err ? 1 : 0;
}
