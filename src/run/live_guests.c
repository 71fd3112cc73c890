/* Sensors of which each source has a process of its own, which opens its way by itself: serial
 * lines, ONVIF devices, callers, sensors behind a one-way line. So who is on one of them can end or
 * delay no other's. */
#include "run/live_priv.h"

#include "run/listen.h"
#include "sense/sip/places.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PLACES_BYTES = 2 << 20 };

static enum ward_err tell_number(
	struct live *l, size_t number, const char *key, unsigned long long n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", n);
	return live_tell(l, number, key, ward_str_z(text));
}

static enum ward_err tell_skew(struct live *l, size_t number, ward_ns skew)
{
	return tell_number(l, number, "skew", skew > 0 ? (unsigned long long)skew : 0);
}

/* What words mean, where people wrote them. */
static enum ward_err tell_patterns(struct live *l, size_t number)
{
	enum ward_err err = live_tell(l, number, "content", ward_str_z(l->o->content));

	return err ? err : live_tell(l, number, "hospital", ward_str_z(l->o->dir));
}

static enum ward_err set_line(struct live *l, const struct live_guest *g)
{
	const struct ward_source *s = g->source;
	struct ward_str at;
	enum ward_err err = tell_patterns(l, g->number);

	if (!err)
		err = live_tell(l, g->number, "source", s->id);
	if (!err)
		err = live_tell(l, g->number, "protocol", s->kind);
	if (!err)
		err = live_tell(l, g->number, "charset", s->charset);
	if (err || live_starts(s, "serial-server:", &at))
		return err ? err : live_tell(l, g->number, "at", at);
	(void)live_starts(s, "serial:", &at);
	err = live_tell(l, g->number, "device", at);
	if (!err)
		err = tell_number(l, g->number, "baud", s->baud);
	return err ? err : live_tell(l, g->number, "frame", s->frame);
}

static enum ward_err set_onvif(struct live *l, const struct live_guest *g)
{
	const struct ward_source *s = g->source;
	enum ward_err err = tell_patterns(l, g->number);

	if (!err)
		err = live_tell(l, g->number, "source", s->id);
	if (!err)
		err = live_tell_secret(l, g->number, "url", s->where); /* as of cameras */
	if (!err && s->n_watches == 1) /* else it is a recorder of several */
		err = live_tell(l, g->number, "camera", live_camera_key(l, s));
	if (!err)
		err = tell_skew(l, g->number, s->skew);
	if (!err)
		err = live_tell(l, g->number, "user", s->user);
	if (!err)
		err = live_tell_file(l, g->number, "password_file", s->password_file);
	return err ? err : live_tell_file(l, g->number, "certificate", s->certificate);
}

/* Bound now, by who may; it stays open over the process's lives. */
static enum ward_err hand_listener(struct live *l, const struct live_guest *g, const char *key,
	struct ward_str at, bool stream)
{
	int fd;
	enum ward_err err = ward_listen(at, stream, l->why, &fd);

	if (err)
		return err;
	err = ward_supervisor_hand(l->s, g->number, key, fd);
	if (err)
		(void)close(fd);
	return err;
}

/* "http:ADDR:PORT", "https:ADDR:PORT" */
static enum ward_err set_hook(struct live *l, const struct live_guest *g)
{
	const struct ward_source *s = g->source;
	struct ward_str at;
	enum ward_err err = tell_patterns(l, g->number);

	if (!live_starts(s, "http:", &at))
		(void)live_starts(s, "https:", &at);
	if (!err)
		err = hand_listener(l, g, "listener", at, true);
	if (!err)
		err = live_tell(l, g->number, "source", s->id);
	if (!err)
		err = live_tell_file(l, g->number, "password_file", s->password_file);
	if (!err)
		err = live_tell_file(l, g->number, "certificate", s->certificate);
	if (!err)
		err = live_tell_file(l, g->number, "key", s->key);
	return err ? err : live_tell_file(l, g->number, "clients", s->clients);
}

/* "file:/FOLDER/NAME" or "https://…"; what is warned: the first that it watches. */
static enum ward_err set_feed(struct live *l, const struct live_guest *g)
{
	const struct ward_source *s = g->source;
	struct ward_str path;
	bool folder = live_starts(s, "file:", &path);
	enum ward_err err = tell_patterns(l, g->number);

	if (!err)
		err = live_tell(l, g->number, "source", s->id);
	if (!err)
		err = folder ? live_tell(l, g->number, "path", path)
			     : live_tell(l, g->number, "url", s->where);
	if (!err && !folder)
		err = tell_number(l, g->number, "every", (unsigned long long)s->every);
	if (!err && !folder)
		err = live_tell_file(l, g->number, "certificate", s->certificate);
	if (!err)
		err = live_tell(l, g->number, "at", s->at);
	if (!err)
		err = live_tell(l, g->number, "geocodes", s->geocodes);
	if (!err && s->n_watches)
		err = live_tell(l, g->number, "subject", ward_model_node(l->m, s->watches[0])->id);
	return err;
}

/* Which room a caller is in, and who must be heard, as files in memory. */
static enum ward_err hand_numbers(struct live *l, const struct live_guest *g)
{
	const struct ward_source *s = g->source;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), PLACES_BYTES);
	enum ward_err err;

	for (size_t i = 0; i < s->n_place; i++)
		ward_sip_places_write(
			&w, s->place[i].key, ward_model_node(l->m, s->place[i].node)->id);
	err = live_hand_text(l, g->number, "places", &w);
	ward_wr_reset(&w);
	ward_wr_str(&w, s->supervised);
	if (!err) /* numbers are of people: no argument, which every user can see */
		err = live_hand_text(l, g->number, "supervised", &w);
	ward_wr_fini(&w);
	return err;
}

/* "sip-listen:ADDR:PORT" */
static enum ward_err set_calls(struct live *l, const struct live_guest *g)
{
	const struct ward_source *s = g->source;
	const struct {
		const char *key;
		struct ward_str value;
	} told[] = {{"source", s->id}, {"peers", s->peers}, {"user", s->user},
		{"declines", s->declines ? WARD_STR("yes") : WARD_STR("")},
		{"md5", s->login_md5 ? WARD_STR("yes") : WARD_STR("")},
		{"sha", s->login_sha ? WARD_STR("yes") : WARD_STR("")},
		{"registers", s->registers ? WARD_STR("yes") : WARD_STR("")}};
	struct ward_str at;

	(void)live_starts(s, "sip-listen:", &at);
	enum ward_err err = hand_listener(l, g, "socket", at, false);

	if (!err)
		err = tell_patterns(l, g->number);
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(told); i++)
		err = live_tell(l, g->number, told[i].key, told[i].value);
	if (!err)
		err = live_tell(l, g->number, "local", at);
	if (!err)
		err = tell_number(l, g->number, "silence", (unsigned long long)s->silence);
	if (!err)
		err = hand_numbers(l, g);
	return err ? err : live_tell_file(l, g->number, "password_file", s->password_file);
}

/* STATE/diode/SOURCE, where the process keeps what it heard last. */
static enum ward_err hand_last(struct live *l, const struct live_guest *g)
{
	char path[LIVE_PATH];
	int n = snprintf(path, sizeof(path), "%s/diode", l->o->state);

	if (n < 0 || n >= LIVE_PATH || (mkdir(path, 0700) != 0 && errno != EEXIST))
		return live_because(l, WARD_ERR_IO, "the folder 'diode' of the state");
	n = snprintf(path, sizeof(path), "%s/diode/%.*s", l->o->state, WARD_STR_ARG(g->source->id));
	int fd = n > 0 && n < LIVE_PATH
			 ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)
			 : -1;

	if (fd < 0)
		return live_because(l, WARD_ERR_IO, path);
	enum ward_err err = ward_supervisor_hand(l->s, g->number, "last", fd);

	if (err)
		(void)close(fd);
	return err;
}

/* "diode:ADDR:PORT" */
static enum ward_err set_diode(struct live *l, const struct live_guest *g)
{
	const struct ward_source *s = g->source;
	struct ward_str at;

	(void)live_starts(s, "diode:", &at);
	enum ward_err err = hand_listener(l, g, "socket", at, false);

	if (!err)
		err = hand_last(l, g);
	if (!err)
		err = tell_patterns(l, g->number);
	if (!err)
		err = live_tell(l, g->number, "source", s->id);
	if (!err)
		err = live_tell(l, g->number, "plan", s->plan);
	return err ? err : live_tell_file(l, g->number, "password_file", s->password_file);
}

static const struct live_guest_kind {
	enum live_process p;
	const char *program;
	size_t max;
	enum ward_err (*set)(struct live *l, const struct live_guest *g);
} kinds[] = {{P_LINE, "line", WARD_LINES_MAX, set_line},
	{P_ONVIF, "onvif", WARD_ONVIF_MAX, set_onvif}, {P_HOOK, "hook", WARD_HOOKS_MAX, set_hook},
	{P_FEED, "feed", WARD_FEEDS_MAX, set_feed}, {P_CALLS, "calls", WARD_CALLS_MAX, set_calls},
	{P_DIODE, "diode", WARD_DIODES_MAX, set_diode}};

static const struct live_guest_kind *kind_of(enum live_process p)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(kinds); i++)
		if (kinds[i].p == p)
			return &kinds[i];
	return NULL;
}

bool live_is_guest(enum live_process p)
{
	return kind_of(p) != NULL;
}

static enum ward_err add(
	struct live *l, const struct live_guest_kind *k, const struct ward_source *s)
{
	struct live_guest *g = &l->guest[l->n_guest];
	uid_t uid = LIVE_UID_GUESTS + (uid_t)l->n_guest;
	size_t n = 0;
	enum ward_err err;

	for (size_t i = 0; i < l->n_guest; i++)
		n += l->guest[i].kind == k;
	if (n == k->max) {
		(void)snprintf(l->why, WARD_LIVE_WHY,
			"%.*s:%u: more than %zu sources of the kind %.*s; give some to a Ward of "
			"their own",
			WARD_STR_ARG(s->file), s->line, k->max, WARD_STR_ARG(s->kind));
		return WARD_ERR_CONFIG;
	}
	l->n_guest++;
	g->kind = k;
	g->source = s;
	ward_process_numbered(g->name, k->program, n);
	err = ward_supervisor_add(l->s, g->name, l->n_uid > uid ? uid : 0, false, &g->number);
	if (!err)
		err = ward_supervisor_program(l->s, g->number, k->program);
	if (!err)
		err = live_set_limits(l, g->number);
	return err ? err : live_link_sensor(l, g->number);
}

enum ward_err live_add_guests(struct live *l)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < n; i++) {
		const struct live_guest_kind *k = kind_of(live_reader_of(&s[i]));

		if (k && !live_unplayed(l, &s[i]))
			err = add(l, k, &s[i]);
	}
	return err;
}

enum ward_err live_set_guests(struct live *l)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < l->n_guest; i++)
		err = l->guest[i].kind->set(l, &l->guest[i]);
	return err;
}
