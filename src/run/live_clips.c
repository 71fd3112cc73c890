/* The process that keeps clips of incidents: which cameras look where; and the one that makes
 * photos fit to be kept beside them. */
#include "run/live_priv.h"

#include "base/fd.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PLACES_BYTES = 64 << 20 };

bool live_wants_clips(const struct live *l)
{
	return ward_model_hospital(l->m)->clips_key.len;
}

static uint32_t room_of(const struct live *l, uint32_t node)
{
	return ward_model_up(l->m, node, WARD_NODE_ROOM);
}

bool live_looks_at(const struct live *l, uint32_t camera, uint32_t node)
{
	size_t n;
	const struct ward_rel *out = ward_model_out(l->m, camera, &n);
	uint32_t room = room_of(l, camera);

	if (node == camera || (room != WARD_NONE && (node == room || room_of(l, node) == room)))
		return true;
	for (size_t i = 0; i < n; i++)
		if (out[i].type == WARD_REL_MONITORS &&
			(out[i].node == node ||
				(ward_model_node(l->m, out[i].node)->kind == WARD_NODE_ROOM &&
					room_of(l, node) == out[i].node)))
			return true;
	return false;
}

/* Lines "K name NAME", "K at ID". O(cameras * nodes). */
static void put_places(const struct live *l, struct ward_wr *w)
{
	for (size_t k = 0; k < l->n_camera; k++) {
		const struct ward_source *s = l->camera[k].source;

		ward_wr_printf(w, "%zu name %.*s\n", k, WARD_STR_ARG(s->id));
		for (uint32_t i = 0; i < ward_model_n(l->m); i++) {
			bool seen = false;

			for (size_t j = 0; j < s->n_watches; j++)
				seen = seen || live_looks_at(l, s->watches[j], i);
			if (seen)
				ward_wr_printf(w, "%zu at %.*s\n", k,
					WARD_STR_ARG(ward_model_node(l->m, i)->id));
		}
	}
}

static enum ward_err hand_places(struct live *l)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), PLACES_BYTES);
	int fd = memfd_create("places", MFD_CLOEXEC);
	enum ward_err err = fd < 0 ? WARD_ERR_IO : WARD_OK;

	put_places(l, &w);
	if (!err && ward_wr_bad(&w))
		err = WARD_ERR_NOMEM;
	if (!err && !ward_fd_write(fd, ward_wr_slice(&w)))
		err = WARD_ERR_IO;
	ward_wr_fini(&w);
	if (err)
		err = live_because(l, err, "the places of cameras");
	else
		err = ward_supervisor_hand(l->s, l->number[P_CLIPS], "places", fd);
	if (err && fd >= 0)
		(void)close(fd);
	return err;
}

static enum ward_err set_length(struct live *l, size_t number, const char *key, ward_ns length)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)length);
	return ward_supervisor_set(l->s, number, key, text);
}

static enum ward_err set_key(struct live *l)
{
	struct ward_str file = ward_model_hospital(l->m)->clips_key;
	char path[4096];
	bool whole = file.p[0] == '/';
	int n = snprintf(path, sizeof(path), "%s%s%.*s", whole ? "" : l->o->dir, whole ? "" : "/",
		WARD_STR_ARG(file));

	if (n < 0 || (size_t)n >= sizeof(path))
		return live_because(l, WARD_ERR_LIMIT, "clips: key");
	if (access(path, R_OK) != 0) /* else nobody would know before the first incident */
		return live_because(l, WARD_ERR_IO, path);
	return ward_supervisor_set(l->s, l->number[P_CLIPS], "key", path);
}

enum ward_err live_set_clips(struct live *l)
{
	const struct ward_hospital *h = ward_model_hospital(l->m);
	size_t number = l->number[P_CLIPS];
	enum ward_err err = WARD_OK;

	if (!l->used[P_CLIPS])
		return WARD_OK;
	if ((err = ward_supervisor_link(l->s, number, l->number[P_STORE])) || (err = set_key(l)) ||
		(err = set_length(l, number, "before", h->clips_before)) ||
		(err = set_length(l, number, "after", h->clips_after)) ||
		(err = set_length(l, number, "keep", h->clips_keep)) ||
		(h->files_keep && (err = set_length(l, number, "files", h->files_keep))) ||
		(h->files_keep && l->used[P_FILE] &&
			(err = ward_supervisor_link(l->s, l->number[P_FILE], number))) ||
		(err = live_hand_memory(l, number, "position", 0)) || (err = hand_places(l)) ||
		(err = ward_supervisor_link(l->s, l->number[P_PHOTO], number)) ||
		(err = ward_supervisor_link(l->s, l->number[P_PHOTO], l->number[P_DESK])) ||
		(err = ward_supervisor_link(l->s, number, l->number[P_DESK])))
		return err;
	if (l->used[P_API] && (err = ward_supervisor_link(l->s, number, l->number[P_API])))
		return err;
	for (size_t i = 0; !err && i < l->n_camera; i++) {
		err = ward_supervisor_link(l->s, number, l->camera[i].video);
		if (!err)
			err = set_length(
				l, l->camera[i].video, "span", h->clips_before + h->clips_after);
	}
	return err;
}
