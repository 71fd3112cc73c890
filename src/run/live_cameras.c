/* The processes of cameras: one that speaks with it, one that decodes, for each. So a stream that
 * is broken, slow or made to attack ends or delays no other's. */
#include "run/live_priv.h"

#include "base/fd.h"
#include "model/looks.h"
#include "sense/video/plan.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUEUE_BYTES = 1 << 20, PLAN_BYTES = 16 << 20, PATH_BYTES = LIVE_PATH };

static enum ward_err add(
	struct live *l, const char *name, const char *program, uid_t uid, size_t *ret)
{
	enum ward_err err = ward_supervisor_add(l->s, name, l->n_uid > uid ? uid : 0, false, ret);

	if (!err)
		err = ward_supervisor_program(l->s, *ret, program);
	return err ? err : live_set_limits(l, *ret);
}

/* A file of the hospital directory. */
enum ward_err live_path_of(const struct live *l, struct ward_str file, char path[LIVE_PATH])
{
	int n = file.p[0] == '/'
			? snprintf(path, PATH_BYTES, "%.*s", WARD_STR_ARG(file))
			: snprintf(path, PATH_BYTES, "%s/%.*s", l->o->dir, WARD_STR_ARG(file));

	return n < 0 || n >= PATH_BYTES ? WARD_ERR_LIMIT : WARD_OK;
}

/* In a patient room bodies are not judged, nor by key pictures alone: such a plan is refused before
 * anything runs. What else is wrong with it the camera's own process tells. */
static enum ward_err check_plan(struct live *l, const struct ward_source *s)
{
	static struct ward_plan plan;
	uint32_t room = ward_model_patient_room(l->m, s);
	struct ward_arena arena;
	struct ward_diag diag;
	struct ward_slice text;
	char path[PATH_BYTES];
	enum ward_err err;

	if ((room == WARD_NONE && !s->keyframes) || !s->zones.len)
		return WARD_OK;
	if (live_path_of(l, s->zones, path) != WARD_OK)
		return live_because(l, WARD_ERR_LIMIT, "zones");
	ward_arena_init(&arena, ward_mem_heap(), PLAN_BYTES);
	ward_diag_init(&diag, ward_mem_heap());
	err = ward_conf_read(&arena, l->o->lim, path, &diag, &text);
	if (!err)
		err = ward_plan_read(&arena, l->o->lim, ward_str_z(path), text, &diag, &plan);
	if (!err && room != WARD_NONE)
		err = ward_plan_in_patient_room(
			&plan, ward_str_z(path), ward_model_node(l->m, room)->name, &diag);
	if (!err && s->keyframes)
		err = ward_plan_of_keyframes(&plan, ward_str_z(path), &diag);
	if (err == WARD_ERR_CONFIG && diag.n)
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: %.*s; %.*s",
			WARD_STR_ARG(diag.item[0].file), diag.item[0].line,
			WARD_STR_ARG(diag.item[0].what), WARD_STR_ARG(diag.item[0].mend));
	else if (err)
		(void)live_because(l, err, path);
	ward_diag_fini(&diag);
	ward_arena_fini(&arena);
	return err;
}

static enum ward_err add_camera(struct live *l, const struct ward_source *s)
{
	size_t i = l->n_camera;
	struct live_camera *c = &l->camera[i];
	enum ward_err err = check_plan(l, s);

	if (err)
		return err;

	if (i == WARD_CAMERAS_MAX) {
		(void)snprintf(l->why, WARD_LIVE_WHY,
			"%.*s:%u: more than %d cameras; give some to a Ward of their own",
			WARD_STR_ARG(s->file), s->line, (int)WARD_CAMERAS_MAX);
		return WARD_ERR_CONFIG;
	}
	l->n_camera++;
	c->source = s;
	ward_process_numbered(c->video_name, "video", i);
	ward_process_numbered(c->camera_name, "camera", i);
	err = add(l, c->video_name, "video", LIVE_UID_CAMERAS + 2 * (uid_t)i, &c->video);
	if (!err)
		err = add(l, c->camera_name, "camera", LIVE_UID_CAMERAS + 2 * (uid_t)i + 1,
			&c->camera);
	return err ? err : live_link_sensor(l, c->video);
}

enum ward_err live_add_cameras(struct live *l)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < n; i++)
		if (live_reader_of(&s[i]) == P_VIDEO && !live_unplayed(l, &s[i]))
			err = add_camera(l, &s[i]);
	return err;
}

enum ward_err live_tell(struct live *l, size_t number, const char *key, struct ward_str value)
{
	char text[4096];
	int n = snprintf(text, sizeof(text), "%.*s", WARD_STR_ARG(value));

	if (n < 0 || (size_t)n >= sizeof(text))
		return live_because(l, WARD_ERR_LIMIT, key);
	return n ? ward_supervisor_set(l->s, number, key, text) : WARD_OK;
}

enum ward_err live_tell_file(struct live *l, size_t number, const char *key, struct ward_str file)
{
	char path[PATH_BYTES];

	if (!file.len)
		return WARD_OK;
	if (live_path_of(l, file, path) != WARD_OK)
		return live_because(l, WARD_ERR_LIMIT, key);
	return live_tell(l, number, key, ward_str_z(path));
}

enum ward_err live_tell_secret(struct live *l, size_t number, const char *key, struct ward_str text)
{
	int fd = memfd_create(key, MFD_CLOEXEC);
	enum ward_err err;

	if (fd < 0 || !ward_fd_write(fd, ward_str_bytes(text))) {
		if (fd >= 0)
			(void)close(fd);
		return live_because(l, WARD_ERR_IO, key);
	}
	err = ward_supervisor_hand(l->s, number, key, fd);
	if (err)
		(void)close(fd);
	return err;
}

/* Packets one way, and the word of who began anew the other way. */
static enum ward_err link_both(struct live *l, const struct live_camera *c)
{
	int pair[2], bytes = QUEUE_BYTES;
	enum ward_err err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return live_because(l, WARD_ERR_IO, "a camera's link");
	(void)setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)); /* or less */
	err = ward_supervisor_hand(l->s, c->video, "camera", pair[0]);
	if (err)
		(void)close(pair[0]);
	enum ward_err other = ward_supervisor_hand(l->s, c->camera, "video", pair[1]);

	if (other)
		(void)close(pair[1]);
	return err ? err : other;
}

/* Unless its zones say another. */
struct ward_str live_camera_key(const struct live *l, const struct ward_source *s)
{
	struct ward_str key = {0};

	for (size_t i = 0; i < s->n_watches && !key.len; i++)
		key = ward_model_key(l->m, s->watches[i], WARD_KEY_CAMERA);
	return key;
}

static enum ward_err set_camera(struct live *l, const struct live_camera *c)
{
	const struct ward_source *s = c->source;
	char number[24];
	enum ward_err err = link_both(l, c);

	if (!err)
		err = live_tell(l, c->video, "source", s->id);
	if (!err)
		err = live_tell(l, c->video, "camera", live_camera_key(l, s));
	if (!err)
		err = live_tell_file(l, c->video, "plan", s->zones);
	(void)snprintf(number, sizeof(number), "%u", s->fps);
	if (!err)
		err = live_tell(l, c->video, "fps", ward_str_z(number));
	if (!err) /* of an ONVIF device the stream that suffices is taken */
		err = live_tell(l, c->camera, "fps", ward_str_z(number));
	if (!err && s->keyframes)
		err = live_tell(l, c->video, "keyframes", WARD_STR("yes"));
	(void)snprintf(number, sizeof(number), "%u", s->priority);
	if (!err)
		err = live_tell(l, c->video, "priority", ward_str_z(number));
	(void)snprintf(number, sizeof(number), "%u", s->budget);
	if (!err)
		err = live_tell(l, c->video, "budget", ward_str_z(number));
	(void)snprintf(number, sizeof(number), "%lld", (long long)s->skew);
	if (!err)
		err = live_tell(l, c->camera, "skew", ward_str_z(number));
	if (!err)
		err = live_tell_secret(
			l, c->camera, "url", s->where); /* what makers put there may be one */
	if (!err)
		err = live_tell(l, c->camera, "user", s->user);
	if (!err)
		err = live_tell_file(l, c->camera, "password_file", s->password_file);
	if (!err) /* who may be where outlives the process that watches */
		err = live_hand_memory(l, c->video, "veiler", 0);
	return err ? err : live_tell_file(l, c->camera, "certificate", s->certificate);
}

enum ward_err live_set_cameras(struct live *l)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < l->n_camera; i++)
		err = set_camera(l, &l->camera[i]);
	return err;
}
