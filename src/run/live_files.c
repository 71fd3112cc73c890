/* Files that are looked at: those of watched folders, and those that pass by on interfaces whose
 * source says so, and those that people and machines hand in at the console. One process looks at
 * all of them, each file in a cell of its own. */
#include "run/live_files.h"

#include "base/diag.h"
#include "run/machines.h"

#include <stdio.h>
#include <unistd.h>

bool live_inspects(const struct live *l, const struct ward_source *s)
{
	return s->inspect && live_reader_of(s) == P_NET && !live_unplayed(l, s);
}

bool live_takes_files(const struct live *l)
{
	return l->console.conf.inspect && (l->used[P_API] || l->console.listener >= 0);
}

/* "folder=SOURCE", and of it its path, the host that it is a folder of, whether what is there
 * counts.
 */
static enum ward_err set_folder(struct live *l, const struct ward_source *s)
{
	size_t number = l->number[P_FILE];
	struct ward_str path, host = {NULL, 0};
	char text[4096];

	if (!live_starts(s, "file:", &path) || path.len >= sizeof(text))
		return live_because(l, WARD_ERR_LIMIT, "its path is too long");
	(void)snprintf(text, sizeof(text), "%.*s", WARD_STR_ARG(path));
	if (access(text, R_OK | X_OK) != 0)
		return live_because(l, WARD_ERR_IO, text);
	for (size_t i = 0; i < s->n_watches && !host.len; i++)
		host = ward_model_key(l->m, s->watches[i], WARD_KEY_HOST);
	enum ward_err err = live_tell(l, number, "folder", s->id);

	if (!err)
		err = live_tell(l, number, "path", path);
	if (!err) /* "-": none; each of them is there for each folder */
		err = live_tell(l, number, "host", host.len ? host : WARD_STR("-"));
	return err ? err
		   : live_tell(l, number, "fresh", s->fresh ? WARD_STR("yes") : WARD_STR("no"));
}

static enum ward_err set_net(struct live *l, const struct ward_source *s)
{
	enum ward_err err = WARD_OK;

	for (unsigned i = 0; !err && i < s->workers; i++)
		err = live_tell(l, l->net[i], "inspect", s->id);
	return err;
}

/* Machines that may hand in files, to `login`: "machine=SHA-256 ID". */
static enum ward_err set_machines(struct live *l)
{
	struct ward_diag diag;
	struct ward_machines all;

	ward_diag_init(&diag, ward_mem_heap()); /* what is wrong was said by then */
	const struct ward_machines_in in = {l->m, l->o->lim, ward_mem_heap(), &diag};
	enum ward_err err = ward_machines_load(&in, l->o->dir, &all);

	for (size_t i = 0; !err && i < all.n; i++) {
		char text[2 * WARD_MACHINE_PRINT + 48];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_wr_hex(&w, ward_slice_of(all.m[i].print, WARD_MACHINE_PRINT));
		ward_wr_ch(&w, ' ');
		ward_wr_str(&w, all.m[i].id);
		if (all.m[i].rights & WARD_RIGHT_BIT(WARD_RIGHT_REPORT))
			err = live_tell(l, l->number[P_LOGIN], "machine", ward_wr_text(&w));
	}
	ward_machines_free(&all);
	ward_diag_fini(&diag);
	return err;
}

enum ward_err live_set_files(struct live *l)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);
	enum ward_err err = WARD_OK;

	if (!l->used[P_FILE])
		return WARD_OK;
	err = live_tell(l, l->number[P_FILE], "content", ward_str_z(l->o->content));
	if (!err)
		err = live_tell(l, l->number[P_FILE], "hospital", ward_str_z(l->o->dir));
	for (unsigned i = 0; !err && i < l->n_net; i++)
		err = ward_supervisor_link(l->s, l->net[i], l->number[P_FILE]);
	for (size_t i = 0; !err && i < n; i++)
		if (live_reader_of(&s[i]) == P_FILE)
			err = set_folder(l, &s[i]);
		else if (live_inspects(l, &s[i]))
			err = set_net(l, &s[i]);
	if (!err && live_takes_files(l))
		err = live_tell(l, l->number[P_API], "uploads", WARD_STR("yes"));
	if (!err && live_takes_files(l) && ward_model_hospital(l->m)->files_keep)
		err = live_tell(l, l->number[P_API], "files_kept", WARD_STR("yes"));
	if (!err && live_takes_files(l))
		err = set_machines(l);
	if (!err && live_takes_files(l))
		err = ward_supervisor_link(l->s, l->number[P_LOGIN], l->number[P_FILE]);
	return err;
}
