/* Does a version of the directory watch more of people than the one before? Then that is on the
 * ledger by itself, for the staff's representatives: nobody need look through differences. And so
 * is whatever the impact assessment rests on and is other. */
#include "run/proc/config.h"

#include "processing/scope.h"

enum { TEXT = 1800 };

static enum ward_err read_version(
	struct config *k, uint64_t number, struct ward_arena *a, struct ward_scope *s)
{
	struct ward_revision_tree t;
	struct ward_slice text;
	enum ward_err err = ward_revision_tree(k->r, number, a, &t);

	for (size_t i = 0; !err && i < t.n; i++) {
		if (!ward_scope_reads(t.file[i].path))
			continue;
		err = ward_revision_text_of(k->r, &t.file[i], a, &text);
		if (!err)
			ward_scope_file(s, t.file[i].path, text);
	}
	return err ? err : s->err;
}

enum ward_err config_scope(
	struct config *k, uint64_t number, struct ward_wr *ret_wider, struct ward_wr *ret_moved)
{
	struct ward_scope was, is;
	struct ward_arena a;

	if (number < 2)
		return WARD_OK; /* the first is what the register says */
	ward_arena_init(&a, ward_mem_heap(), CONFIG_ARENA);
	ward_scope_init(&was, &k->lim, &a);
	ward_scope_init(&is, &k->lim, &a);
	enum ward_err err = read_version(k, number - 1, &a, &was);

	if (!err)
		err = read_version(k, number, &a, &is);
	if (!err) {
		ward_scope_wider(&was, &is, TEXT, ret_wider);
		ward_scope_moved(&was, &is, TEXT, ret_moved);
	}
	ward_scope_fini(&was);
	ward_scope_fini(&is);
	ward_arena_fini(&a);
	return err;
}
