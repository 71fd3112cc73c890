#include "run/watched.h"

#include "base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_MAX = 1 << 20, OWNER_TEXT = 24 };

enum ward_err ward_watched_open(struct ward_watched *w, const struct ward_watched_opts *o)
{
	*w = (struct ward_watched){.looker = o->looker,
		.names = o->names,
		.source = o->source,
		.host = o->host,
		.path = o->folder.path,
		.clock = o->folder.clock,
		.loss = ward_name(o->names, WARD_STR("ward.loss"))};
	enum ward_err err = ward_folder_open(ward_mem_heap(), o->lim, &o->folder, &w->folder);

	if (!err)
		ward_arena_init(&w->arena, ward_mem_heap(), ARENA_MAX);
	return err;
}

void ward_watched_close(struct ward_watched *w)
{
	if (!w->folder)
		return;
	ward_folder_close(w->folder);
	ward_arena_fini(&w->arena);
	w->folder = NULL;
}

/* A name may be any bytes; what is no UTF-8 is U+FFFD. */
static enum ward_err set_text(
	struct ward_event *e, uint32_t field, const char *before, const char *text)
{
	char clean[3 * (WARD_FOLDER_PATH + 256)];
	struct ward_wr w = ward_wr_fixed(clean, sizeof(clean));
	size_t len = strlen(text);

	if (before) {
		ward_wr_z(&w, before);
		ward_wr_ch(&w, '/');
	}
	for (size_t i = 0; i < len;) {
		size_t n = ward_utf8_len((const uint8_t *)text + i, len - i);

		if (n)
			ward_wr_bytes(&w, text + i, n);
		else
			ward_wr_z(&w, "\xef\xbf\xbd");
		i += n ? n : 1;
	}
	struct ward_str copy = ward_arena_str(e->arena, ward_wr_text(&w));

	return copy.p ? ward_event_set(e, field, ward_value_str(copy)) : WARD_ERR_NOMEM;
}

/* What is known of a file before it is looked at. Its time is that of its last change of name,
 * place or content, which nobody can set. */
static enum ward_err describe(
	struct ward_watched *w, const struct ward_folder_file *f, struct ward_event *e)
{
	const char *base = strrchr(f->path, '/');
	char owner[OWNER_TEXT];

	e->source = ward_name(w->names, w->source);
	e->time = f->st.st_ctim.tv_sec * WARD_NS_PER_S + f->st.st_ctim.tv_nsec;
	e->seen = ward_clock_now(w->clock);
	e->id = ward_event_id(w->source, f->version, (uint64_t)e->time, 0);
	(void)snprintf(owner, sizeof(owner), "%u", (unsigned)f->st.st_uid);
	enum ward_err err = set_text(e, WARD_FIELD_FILE_NAME, NULL, base ? base + 1 : f->path);

	if (!err)
		err = set_text(e, WARD_FIELD_FILE_PATH, w->path, f->path);
	if (!err)
		err = set_text(e, WARD_FIELD_FILE_OWNER, NULL, owner);
	if (!err && w->host.len)
		err = ward_event_set(e, WARD_FIELD_HOST, ward_value_str(w->host));
	return err ? err
		   : ward_event_set(
			     e, WARD_FIELD_FILE_BYTES, ward_value_int((int64_t)f->st.st_size));
}

static bool found(void *ctx, const struct ward_folder_file *f)
{
	struct ward_watched *w = ctx;
	struct ward_gather_whole file = {.fd = -1};
	struct ward_event e;

	if (w->err || w->n >= WARD_WATCHED_OPEN)
		return false;
	ward_arena_reset(&w->arena);
	ward_event_init(&e, &w->arena);
	w->err = describe(w, f, &e);
	if (!w->err) {
		file.fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
		w->err = file.fd < 0 ? WARD_ERR_IO : ward_looker_add(w->looker, &e, &file, &w->n);
	}
	return !w->err;
}

/* Input that is lost: in the journal, not only in a log. */
static enum ward_err tell_loss(struct ward_watched *w, uint64_t n, const char *why)
{
	ward_ns now = ward_clock_now(w->clock);
	struct ward_event e;
	enum ward_err err = WARD_OK;

	ward_arena_reset(&w->arena);
	ward_event_init(&e, &w->arena);
	e.class = w->loss;
	e.source = ward_name(w->names, w->source);
	e.time = e.seen = now;
	e.id = ward_event_id(w->source, (uint64_t)now, n, 0);
	if (n)
		err = ward_event_set(&e, WARD_FIELD_LOST, ward_value_int((int64_t)n));
	if (!err)
		err = set_text(&e, WARD_FIELD_FILE_PATH, NULL, w->path);
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_REASON, ward_value_str(ward_str_z(why)));
	return err ? err : w->looker->put(w->looker->ctx, &e);
}

/* Each is told when it begins, and again once it was over between. */
static enum ward_err tell_if(
	struct ward_watched *w, bool is, bool *told, uint64_t n, const char *why)
{
	bool news = is && !*told;

	*told = is;
	return news ? tell_loss(w, n, why) : WARD_OK;
}

enum ward_err ward_watched_turn(struct ward_watched *w)
{
	enum ward_err looked = ward_folder_look(w->folder, found, w);
	struct ward_folder_state s = ward_folder_state(w->folder);
	enum ward_err err = w->err;

	if (!err)
		err = tell_if(w, looked != WARD_OK, &w->lost, 0,
			WARD_TEXT("the watched folder is gone, or can't be read"));
	if (!err && !looked)
		err = tell_if(w, s.n_more > 0, &w->many, s.n_more,
			WARD_TEXT("more files than file.watched, or deeper than is looked"));
	if (!err && !looked)
		err = tell_if(w, s.n_refused > 0, &w->refused, s.n_refused,
			WARD_TEXT("files or folders in the watched folder can't be read"));
	if (s.n_roomless && w->n < WARD_WATCHED_OPEN / 2)
		ward_folder_soon(w->folder);
	return err;
}

bool ward_watched_idle(const struct ward_watched *w)
{
	return !ward_folder_state(w->folder).n_waiting;
}
