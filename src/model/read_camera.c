/* What sources of cameras say: their devices, and the recorders that keep what they see. */
#include "model/load.h"

enum { FPS_DEFAULT = 5, FPS_MAX = 30, PRIORITY_DEFAULT = 2, PRIORITY_MAX = 3 };

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Who is in an address, or a password: makers put them before the host, in the path, in the query.
 */
static bool has_secret(struct ward_str address)
{
	static const char *const keys[] = {"pass=", "passwd=", "password=", "pwd="};
	char before = 0;

	for (size_t i = 0; i < address.len; before = address.p[i++]) {
		if (address.p[i] == '@')
			return true;
		if (is_alnum(before))
			continue;
		for (size_t k = 0; k < WARD_ARRAY_LEN(keys); k++)
			if (ward_str_ieq(
				    ward_str_sub(address, i, strlen(keys[k])), ward_str_z(keys[k])))
				return true;
	}
	return false;
}

/* Findings in it and what a page shows of it say what stands there: so it lies in the directory,
 * and is no secret. */
static void zones_file(struct ward_load *l, const struct ward_conf *c, struct ward_str file)
{
	struct ward_str rest = file;
	bool ok = ward_str_ends(file, WARD_STR(".yml")) || ward_str_ends(file, WARD_STR(".yaml"));

	while (rest.p && ok) {
		struct ward_str part = ward_str_cut(&rest, '/');

		ok = part.len && part.p[0] != '.';
	}
	if (!ok)
		ward_load_error(l, c,
			WARD_TEXT("'zones' is no file of the hospital's directory\nwrite its path "
				  "from there, like cameras/door.yml"));
}

void ward_read_camera(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	struct ward_str rest = s->where, way = ward_str_cut(&rest, ':');
	bool camera = ward_load_one_of(way, "rtsp rtsps onvif onvifs"),
	     onvif = ward_str_eqz(s->kind, "onvif"),
	     hook = ward_load_one_of(way, "http https api diode") && !ward_load_is_fetched(s);
	int64_t fps = FPS_DEFAULT, budget = 0, priority = PRIORITY_DEFAULT;
	size_t host = 2;

	s->zones = ward_load_line(l, c, "zones", false);
	if (s->zones.len)
		zones_file(l, c, s->zones);
	s->user = ward_load_line(l, c, "user", false);
	s->password_file = ward_load_line(l, c, "password_file", false);
	(void)ward_conf_i64(c, "fps", false, l->diag, 1, FPS_MAX, &fps);
	s->fps = (unsigned)fps;
	(void)ward_conf_bool(c, "keyframes", false, l->diag, &s->keyframes);
	if (s->keyframes && ward_conf_get(c, "fps"))
		ward_load_error(l, c,
			WARD_TEXT("with 'keyframes' the camera says how many pictures there are\n"
				  "remove 'fps' or 'keyframes'"));
	(void)ward_conf_i64(c, "budget", false, l->diag, 1, 100, &budget);
	s->budget = (unsigned)budget;
	(void)ward_conf_i64(c, "priority", false, l->diag, 1, PRIORITY_MAX, &priority);
	s->priority = (unsigned)priority;
	if (onvif && (s->zones.len || ward_conf_get(c, "fps") || ward_conf_get(c, "keyframes") ||
			     ward_conf_get(c, "budget") || ward_conf_get(c, "priority")))
		ward_load_error(l, c,
			WARD_TEXT("'zones', 'fps', 'keyframes', 'budget' and 'priority' are of "
				  "cameras whose "
				  "pictures are looked at\nremove them, or add a source with "
				  "`kind: video` and `where: rtsp://HOST/PATH`"));
	/* a sensor of Ward without one shows a certificate, where it can be asked for one */
	if (hook && !s->password_file.len &&
		!(ward_str_eqz(s->kind, "sensor") && ward_str_eqz(way, "api")))
		ward_load_error(l, c,
			WARD_TEXT(
				"whoever reaches the port could forge records\nadd `password_file: "
				"FILE`, whose first line is the secret that its sender has, too"));
	if (!camera && !onvif) {
		bool other = ward_load_one_of(s->kind, "snmp sip"); /* whose keys are read below */

		if (s->zones.len || (!other && (s->user.len || (s->password_file.len && !hook))) ||
			ward_conf_get(c, "fps") || ward_conf_get(c, "keyframes") ||
			ward_conf_get(c, "budget") || ward_conf_get(c, "priority"))
			ward_load_error(l, c,
				WARD_TEXT("'zones', 'user', 'password_file', 'fps', 'keyframes', "
					  "'budget' and 'priority' are of cameras\nremove them, or "
					  "write "
					  "`where: rtsp://HOST/PATH`"));
		return;
	}
	while (host < rest.len && rest.p[host] != '/')
		host++;
	if (!ward_str_starts(rest, WARD_STR("//")) || host == 2)
		ward_load_error(l, c,
			WARD_TEXT("'where' has no host\nwrite %.*s://HOST/PATH as the device's "
				  "manual has it"),
			WARD_STR_ARG(way));
	if (has_secret(rest))
		ward_load_error(l, c,
			WARD_TEXT("user and password stand in 'where', which is shown to "
				  "many\nwrite `user: NAME` and `password_file: FILE`, a file that "
				  "only Ward's user may read"));
	if (!s->user.len != !s->password_file.len)
		ward_load_error(l, c,
			WARD_TEXT("'user' and 'password_file' belong together\nadd the one that is "
				  "missing"));
}

void ward_read_recorder(struct ward_load *l, const struct ward_conf *c, struct ward_source *s)
{
	struct ward_str rest, slot;

	s->camera_url = rest = ward_load_line(l, c, "camera_url", false);
	if (rest.len && !ward_str_starts(rest, WARD_STR("https://")) &&
		!ward_str_starts(rest, WARD_STR("http://")))
		ward_load_error(l, c,
			WARD_TEXT("'camera_url' begins with neither https:// nor http://\nwrite "
				  "https://HOST/PATH?camera={camera}&t={time}"));
	while (ward_str_find(rest, WARD_STR("{")) != SIZE_MAX) {
		(void)ward_str_cut(&rest, '{');
		slot = ward_str_cut(&rest, '}');
		if (!ward_str_eqz(slot, "camera") && !ward_str_eqz(slot, "time"))
			ward_load_error(l, c,
				WARD_TEXT("'camera_url' has the slot '{%.*s}'\nwrite {camera} or "
					  "{time}"),
				WARD_STR_ARG(slot));
	}
	if (ward_conf_duration(c, "recorded_for", false, l->diag, &s->recorded_for) &&
		s->recorded_for < 3600 * WARD_NS_PER_S)
		ward_load_error(l, c,
			WARD_TEXT("'recorded_for' is shorter than an hour\nwrite how long the "
				  "recorder keeps what it records: 72h"));
	if ((s->camera_url.len || s->recorded_for) && !s->n_watches)
		ward_load_error(l, c,
			WARD_TEXT("'camera_url' and 'recorded_for' are about cameras, and it "
				  "watches none\nadd `watches: [CAMERA]`"));
}
