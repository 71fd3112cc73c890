/* The cameras of a played scenario: a process for each, which stands where the source says. */
#include "run/listen.h"
#include "run/live_lead.h"
#include "sense/video/rtsp_url.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

bool live_unplayed(const struct live *l, const struct ward_source *s)
{
	enum live_process by = live_reader_of(s);

	return l->o->played && ((by == P_VIDEO && !ward_scenario_footage(l->o->played, s)) ||
				       (by == P_POLL && !ward_scenario_controls(l->o->played, s) &&
					       !ward_scenario_says(l->o->played, s)) ||
				       (by == P_LINE && !ward_scenario_says(l->o->played, s)));
}

/* The listener stays open over the process's lives. */
static enum ward_err open_listener(struct live *l, size_t number, const struct ward_source *s)
{
	struct ward_rtsp_url url;
	const char *bad;
	char at[sizeof(url.host) + 16], why[WARD_LISTEN_WHY];
	int fd;
	enum ward_err err = ward_rtsp_url_read(s->where, &url, &bad);

	if (err)
		return live_because(l, WARD_ERR_CONFIG, bad);
	(void)snprintf(at, sizeof(at), "%s:%u", url.host, (unsigned)url.port);
	err = ward_listen(ward_str_z(at), true, why, &fd);
	if (err) {
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: a played camera: %s",
			WARD_STR_ARG(s->file), s->line, why);
		return err;
	}
	err = ward_supervisor_hand(l->s, number, "camera", fd);
	if (err)
		(void)close(fd);
	return err;
}

static enum ward_err add_scene(struct live *l, size_t i, ward_ns begin)
{
	const struct ward_footage *f = &l->o->played->footage[i];
	size_t *number = &l->scene[i];
	char text[PATH_MAX], name[WARD_PROCESS_NAME];
	uid_t uid = LIVE_UID_SCENES + (uid_t)i;
	enum ward_err err;

	ward_process_numbered(name, "scene", i);
	err = ward_supervisor_add(l->s, name, l->n_uid > uid ? uid : 0, false, number);
	if (!err)
		err = ward_supervisor_program(l->s, *number, "scene");
	if (!err)
		err = open_listener(l, *number, f->source);
	if (snprintf(text, sizeof(text), "%s/%.*s", l->o->scenario, WARD_STR_ARG(f->clip)) >=
		(int)sizeof(text))
		return live_because(l, WARD_ERR_LIMIT, "a clip's path");
	if (!err)
		err = ward_supervisor_set(l->s, *number, "clip", text);
	(void)snprintf(text, sizeof(text), "%lld", (long long)begin);
	if (!err)
		err = ward_supervisor_set(l->s, *number, "begin", text);
	if (!err)
		err = live_share_clock(l, *number);
	(void)snprintf(text, sizeof(text), "%lld", (long long)f->again);
	if (!err)
		err = ward_supervisor_set(l->s, *number, "again", text);
	return err;
}

enum ward_err live_add_scenes(struct live *l, ward_ns begin)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && l->o->played && i < l->o->played->n_footage; i++) {
		if (i == WARD_CAMERAS_MAX)
			return live_because(l, WARD_ERR_LIMIT, "footage of a scenario");
		err = add_scene(l, i, begin);
	}
	return err;
}
