#include "revision/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct staging {
	struct ward_revision *r;
	struct ward_revision_tree now;
	const struct ward_revision_tree *to;
	char directory[REVISION_PATH_BYTES]; /* absolute: links lead there */
	int fd;
};

/* Of a text that is the same, and of what is no text of a version: a link. */
static enum ward_err mirror(void *ctx, const char *path, char kind, bool *ret_down)
{
	struct staging *s = ctx;
	char at[2 * REVISION_PATH_BYTES];
	const struct ward_revision_file *now = ward_revision_find(&s->now, ward_str_z(path)),
					*to = ward_revision_find(s->to, ward_str_z(path));

	(void)ret_down;
	if (kind == 'd')
		return mkdirat(s->fd, path, 0700) == 0 || errno == EEXIST
			       ? WARD_OK
			       : revision_because(s->r, WARD_ERR_IO, path);
	if (now && (!to || memcmp(now->hash, to->hash, sizeof(to->hash)) != 0))
		return WARD_OK;
	(void)snprintf(at, sizeof(at), "%s/%s", s->directory, path);
	return symlinkat(at, s->fd, path) == 0 ? WARD_OK
					       : revision_because(s->r, WARD_ERR_IO, path);
}

static enum ward_err put_new(struct staging *s)
{
	struct ward_arena a;
	enum ward_err err = WARD_OK;

	ward_arena_init(&a, s->r->mem, (size_t)WARD_REVISION_FILE + (1 << 16));
	for (size_t i = 0; !err && i < s->to->n; i++) {
		const struct ward_revision_file *f = &s->to->file[i],
						*now = ward_revision_find(&s->now, f->path);
		char path[WARD_REVISION_PATH + 1];
		struct ward_slice text = {0};

		if (now && memcmp(now->hash, f->hash, sizeof(f->hash)) == 0)
			continue;
		(void)snprintf(path, sizeof(path), "%.*s", WARD_STR_ARG(f->path));
		ward_arena_reset(&a);
		err = ward_revision_text_of(s->r, f, &a, &text);
		if (!err && revision_write_at(s->fd, path, text, 0600, false) != WARD_OK)
			err = revision_because(s->r, WARD_ERR_IO, path);
	}
	ward_arena_fini(&a);
	return err;
}

enum ward_err ward_revision_stage(
	struct ward_revision *r, const struct ward_revision_tree *to, const char *folder)
{
	struct staging s = {.r = r, .to = to, .fd = -1};
	struct ward_arena a;
	enum ward_err err = revision_remove_all(folder);

	if (!err && (!realpath(r->directory, s.directory) || mkdir(folder, 0700) != 0))
		err = WARD_ERR_IO;
	if (!err)
		s.fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (err || s.fd < 0)
		return revision_because(r, WARD_ERR_IO, folder);
	ward_arena_init(&a, r->mem, 64 << 20);
	err = ward_revision_scan(r, false, &a, &s.now);
	if (!err)
		err = revision_walk(r, mirror, &s);
	if (!err)
		err = put_new(&s);
	ward_arena_fini(&a);
	(void)close(s.fd);
	return err;
}

void ward_revision_unstage(const char *folder)
{
	if (revision_remove_all(folder) != WARD_OK)
		return; /* it goes before the next one */
}
