#include "run/live_files.h"
#include "run/live_lead.h"
#include "run/live_people.h"
#include "run/live_standby.h"
#include "run/live_state.h"
#include "run/live_stopped.h"

#include "run/door.h"
#include "run/entries.h"
#include "run/flight.h"
#include "run/netns.h"
#include "run/permits.h"
#include "run/reach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* In the order of starting. uid: its own, when the supervisor may give it; permanent, and never
 * another's, since what it wrote stays on the disk. folder: what of the state is its own. sensor:
 * speaks to journal and pseudonym, and is started only if there is a source for it. */
static const struct row {
	const char *name, *folder;
	uid_t uid;
	bool sensor, once, terminal;
} table[P_N] = {
	[P_JOURNAL] = {"journal", "journal", LIVE_UID_JOURNAL, false, false, false},
	[P_PSEUDONYM] = {"pseudonym", "pseudonym", 61001, false, false, false},
	[P_STORE] = {"store", "store", LIVE_UID_STORE, false, false, false},
	[P_BRAIN] = {"brain", NULL, 61003, false, false, false},
	[P_TELL] = {"tell", NULL, 61004, false, false, true},
	[P_LOG] = {"log", "log", 61005, true, false, false},
	[P_NET] = {"net", NULL, 61006, true, false, false},
	[P_FIELD] = {"field", NULL, 61007, true, false, false},
	[P_MQTT] = {"mqtt", NULL, 61008, true, false, false},
	[P_STAGE] = {"stage", NULL, 0, false, false, false}, /* makes namespaces, starts programs */
	[P_PLAY] = {"play", NULL, 61009, false, true, false},
	[P_RESPOND] = {"respond", "respond", 61022, false, false, false},
	[P_DESK] = {"desk", NULL, 61023, false, false, false},
	[P_PLAYBOOK] = {"playbook", "playbook", 61025, false, false, false},
	[P_ACT] = {"act", NULL, 61024, false, false, false},
	[P_OFFER] = {"offer", NULL, 61026, false, false, false},
	[P_API] = {"api", NULL, 61018, false, false, false},
	[P_LOGIN] = {"login", "login", 61017, false, false, false},
	[P_DIRECTORY] = {"directory", NULL, LIVE_UID_DIRECTORY, false, false, false},
	[P_QUORUM] = {"quorum", NULL, LIVE_UID_QUORUM, false, false, false},
	[P_RECKON] = {"reckon", NULL, 61019, false, false, false},
	[P_RECALL] = {"recall", "recall", LIVE_UID_RECALL, false, false, false},
	[P_CONFIG] = {"config", NULL, 0, false, false, false},
	[P_NOTARY] = {"notary", "notary", LIVE_UID_NOTARY, false, false, false},
	[P_INGEST] = {"ingest", NULL, LIVE_UID_INGEST, true, false, false},
	[P_FILE] = {"file", NULL, LIVE_UID_FILE, true, false, false},
	[P_FLOW] = {"flow", NULL, 61020, true, false, false},
	[P_CLIPS] = {"clips", "clips", 61021, false, false, false},
	[P_PHOTO] = {"photo", NULL, LIVE_UID_PHOTO, false, false, false},
	[P_VIDEO] = {"video", NULL, LIVE_UID_CAMERAS, true, false, false},
	[P_LINE] = {"line", NULL, LIVE_UID_GUESTS, true, false, false},
	[P_ONVIF] = {"onvif", NULL, LIVE_UID_GUESTS, true, false, false},
	[P_POLL] = {"poll", NULL, LIVE_UID_POLLERS, true, false, false},
	[P_HOOK] = {"hook", NULL, LIVE_UID_GUESTS, true, false, false},
	[P_FEED] = {"feed", NULL, LIVE_UID_GUESTS, true, false, false},
	[P_CALLS] = {"calls", NULL, LIVE_UID_GUESTS, true, false, false},
	[P_DIODE] = {"diode", NULL, LIVE_UID_GUESTS, true, false, false},
};

/* Before the ids of net's workers, the first of which has its own in the table. */
static const uid_t net_uid = 61009;

/* How soon a works permit is honoured, and an entry of availability on the journal. */
static const ward_ns permits_every = 2 * WARD_NS_PER_S;

enum ward_err live_because(struct live *l, enum ward_err err, const char *what)
{
	(void)snprintf(l->why, WARD_LIVE_WHY, "%s: %s", what,
		err == WARD_ERR_IO ? strerror(errno) : ward_err_text(err));
	return err;
}

enum ward_err live_set_text(
	struct live *l, enum live_process p, const char *key, struct ward_str value)
{
	char text[4096];

	if (value.len >= sizeof(text))
		return live_because(l, WARD_ERR_LIMIT, key);
	memcpy(text, value.p, value.len);
	text[value.len] = 0;
	return ward_supervisor_set(l->s, l->number[p], key, text);
}

static uid_t uid_of(const struct live *l, enum live_process p)
{
	return l->n_uid > table[p].uid ? table[p].uid : 0;
}

/* The process's folder beneath the state, with the owner that it will run as. */
static enum ward_err make_folder(struct live *l, enum live_process p)
{
	char path[4096], of[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", l->o->state, table[p].folder);
	uid_t uid = uid_of(l, p);

	if (n < 0 || (size_t)n >= sizeof(path))
		return live_because(l, WARD_ERR_LIMIT, l->o->state);
	if ((mkdir(path, 0700) != 0 && errno != EEXIST) || !live_own_folder(path, uid))
		return live_because(l, WARD_ERR_IO, path);
	if (p == P_STORE && !live_own_database(path, uid, of))
		return live_because(l, WARD_ERR_IO, of);
	return ward_supervisor_set(l->s, l->number[p], "dir", path);
}

/* What the hospital's limits.yml changes, for every process. */
enum ward_err live_set_limits(struct live *l, size_t number)
{
	struct ward_limits usual;
	enum ward_err err = WARD_OK;

	ward_limits_default(&usual);
	for (size_t i = 0; !err && i < WARD_LIMIT_N; i++) {
		char text[96];

		if (l->o->lim->v[i] == usual.v[i])
			continue;
		(void)snprintf(text, sizeof(text), "%s:%llu",
			ward_limit_info((enum ward_limit)i)->name,
			(unsigned long long)l->o->lim->v[i]);
		err = ward_supervisor_set(l->s, number, "limit", text);
	}
	return err ? err : live_set_formats(l, number);
}

static enum ward_err add(struct live *l, enum live_process p)
{
	enum ward_err err = ward_supervisor_add(
		l->s, table[p].name, uid_of(l, p), table[p].once, &l->number[p]);

	l->used[p] = true;
	if (!err && table[p].terminal)
		ward_supervisor_terminal(l->s, l->number[p]);
	if (!err && table[p].folder)
		err = make_folder(l, p);
	return err ? err : live_set_limits(l, l->number[p]);
}

/* The workers of net beyond the first, as many as a source wants: the same program, with names,
 * ids and links of their own. */
static enum ward_err add_workers(struct live *l)
{
	static const char *const name[WARD_SOURCE_WORKERS] = {
		"net", "net-1", "net-2", "net-3", "net-4", "net-5", "net-6", "net-7"};
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);
	unsigned most = 1;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n; i++)
		most = s[i].workers > most ? s[i].workers : most;
	l->net[0] = l->number[P_NET];
	for (l->n_net = 1; !err && l->n_net < most; l->n_net++) {
		uid_t uid = net_uid + l->n_net;
		char text[8];
		size_t *number = &l->net[l->n_net];

		err = ward_supervisor_add(
			l->s, name[l->n_net], l->n_uid > uid ? uid : 0, false, number);
		if (!err)
			err = ward_supervisor_program(l->s, *number, name[0]);
		(void)snprintf(text, sizeof(text), "%u", l->n_net);
		if (!err)
			err = ward_supervisor_set(l->s, *number, "worker", text);
		if (!err)
			err = live_set_limits(l, *number);
	}
	return err;
}

/* What each sensor needs. */
enum ward_err live_link_sensor(struct live *l, size_t number)
{
	enum ward_err err = ward_supervisor_link(l->s, number, l->number[P_JOURNAL]);

	if (!err)
		err = live_set_identifiers(l, number);
	return err ? err : ward_supervisor_link(l->s, number, l->number[P_PSEUDONYM]);
}

static enum ward_err link_all(struct live *l)
{
	static const enum live_process fixed[][2] = {
		{P_BRAIN, P_JOURNAL}, {P_BRAIN, P_STORE}, {P_TELL, P_STORE}, {P_NOTARY, P_STORE}};
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(fixed); i++)
		err = ward_supervisor_link(l->s, l->number[fixed[i][0]], l->number[fixed[i][1]]);
	for (size_t p = 0; !err && p < P_N; p++)
		if (l->used[p] && table[p].sensor)
			err = live_link_sensor(l, l->number[p]);
	for (unsigned i = 1; !err && i < l->n_net; i++)
		err = live_link_sensor(l, l->net[i]);
	if (!err)
		err = ward_supervisor_link_self(l->s, l->number[P_JOURNAL], &l->reporter.journal);
	return err;
}

static enum ward_err add_all(struct live *l)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);
	bool wanted[P_N + 1] = {false};
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n; i++) {
		wanted[live_reader_of(&s[i])] = true;
		wanted[P_FILE] = wanted[P_FILE] || live_inspects(l, &s[i]);
	}
	wanted[P_PLAY] = l->o->scenario != NULL;
	wanted[P_STAGE] = live_has_stage(l);
	wanted[P_CLIPS] = wanted[P_PHOTO] = live_wants_clips(l);
	wanted[P_RESPOND] = live_is_told(l);
	wanted[P_ACT] = live_acts(l);
	wanted[P_OFFER] = live_offers(l);
	wanted[P_API] = wanted[P_RECKON] = wanted[P_RECALL] = l->console.listener >= 0;
	wanted[P_FILE] = wanted[P_FILE] || live_takes_files(l);
	wanted[P_DIRECTORY] = live_has_directory(l);
	wanted[P_QUORUM] = live_has_quorum(l);
	for (size_t p = 0; !err && p < P_N; p++)
		if (p != P_VIDEO && p != P_POLL && !live_is_guest((enum live_process)p) &&
			(wanted[p] ||
				(!table[p].sensor && p != P_PLAY && p != P_STAGE && p != P_CLIPS &&
					p != P_PHOTO && p != P_RESPOND && p != P_ACT &&
					p != P_OFFER && p != P_API && p != P_RECKON &&
					p != P_RECALL && p != P_DIRECTORY && p != P_QUORUM)))
			err = add(l, (enum live_process)p);
	if (!err && wanted[P_NET])
		err = add_workers(l);
	if (!err)
		err = live_add_cameras(l);
	if (!err)
		err = live_add_guests(l);
	if (!err)
		err = live_add_sends(l);
	if (!err)
		err = live_add_hands(l);
	if (!err)
		err = live_add_indicators(l);
	return err ? err : live_add_pollers(l);
}

/* The far ends of the networks: what is played there is seen by the rings at the near ends. */
static enum ward_err make_networks(struct live *l)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);
	enum ward_err err = ward_netns_enter(l->why, &l->n_uid);

	for (size_t i = 0; !err && i < n; i++) {
		struct ward_str iface;
		char near[64], far[72];

		if (!live_starts(&s[i], "iface:", &iface))
			continue;
		(void)snprintf(near, sizeof(near), "%.*s", WARD_STR_ARG(iface));
		(void)snprintf(far, sizeof(far), "%s-far", near);
		err = ward_netns_pair(near, far, l->why);
	}
	return err;
}

enum ward_err live_hand_memory(struct live *l, size_t number, const char *name, size_t bytes)
{
	int fd = memfd_create(name, MFD_CLOEXEC);
	enum ward_err err;

	if (fd < 0 || ftruncate(fd, (off_t)bytes) != 0) {
		if (fd >= 0)
			(void)close(fd);
		return live_because(l, WARD_ERR_IO, "a file in memory");
	}
	err = ward_supervisor_hand(l->s, number, name, fd);
	if (err)
		(void)close(fd);
	return err;
}

static enum ward_err set_play(struct live *l)
{
	size_t number = l->number[P_PLAY];
	ward_ns begin = live_play_begin(l);
	char text[32];
	enum ward_err err = ward_supervisor_set(l->s, number, "scenario", l->o->scenario);

	if (!err)
		err = live_hand_memory(l, l->number[P_PLAY], "position", 0);
	if (!err)
		err = live_set_lead(l);
	if (!err && l->o->speed)
		err = ward_supervisor_set(l->s, number, "speed", l->o->speed);
	(void)snprintf(text, sizeof(text), "%lld", (long long)begin);
	if (!err)
		err = ward_supervisor_set(l->s, number, "begin", text);
	if (!err)
		err = live_add_scenes(l, begin);
	if (!err)
		err = live_add_devices(l, begin);
	if (!err)
		err = live_add_life(l, begin);
	if (!err)
		err = live_set_wires(l, number);
	return err || !l->used[P_STAGE] ? err : live_set_stage(l);
}

static enum ward_err set_tell(struct live *l)
{
	const struct ward_hospital *h = ward_model_hospital(l->m);
	struct winsize size = {0};
	char text[16];
	enum ward_err err = live_set_text(l, P_TELL, "timezone", h->timezone);

	if (!err)
		err = live_set_text(l, P_TELL, "name", h->name);
	if (!err)
		err = live_hand_memory(l, l->number[P_TELL], "position", 0);
	if (!err)
		err = live_set_text(l, P_TELL, "lang", ward_lang_code(l->o->lang));
	if (!err)
		err = ward_supervisor_set(l->s, l->number[P_TELL], "content", l->o->content);
	if (!err && l->o->json)
		err = ward_supervisor_set(l->s, l->number[P_TELL], "json", "yes");
	if (!err && l->o->colour)
		err = ward_supervisor_set(l->s, l->number[P_TELL], "colour", "yes");
	if (err || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return err;
	(void)snprintf(text, sizeof(text), "%u", (unsigned)size.ws_col);
	return ward_supervisor_set(l->s, l->number[P_TELL], "width", text);
}

/* By which commands read what the store has: docs/running.md. */
static enum ward_err open_door(struct live *l)
{
	size_t number = l->number[P_STORE];
	char owner[16];
	int fd;
	enum ward_err err = ward_door_listen(l->o->state, &fd);

	if (err)
		return live_because(l, err, "the state folder's door");
	err = ward_supervisor_hand(l->s, number, "door", fd);
	if (err)
		(void)close(fd);
	(void)snprintf(owner, sizeof(owner), "%u", (unsigned)geteuid());
	return err ? err : ward_supervisor_set(l->s, number, "owner", owner);
}

/* Processes with user ids of their own come to their folders by the rights of others; without, each
 * would end again and again. What else they read is opened before they have those ids. */
static enum ward_err check_reach(struct live *l)
{
	size_t barred =
		l->n_uid > LIVE_UID_STORE ? ward_reach_barred(l->o->state, LIVE_UID_STORE) : 0;

	if (!barred)
		return WARD_OK;
	(void)snprintf(l->why, WARD_LIVE_WHY,
		"'%s': Ward's processes have user ids of their own, and '%.*s' lets nobody else "
		"pass: "
		"allow it (chmod o+x), or name another folder by --state",
		l->o->state, (int)barred, l->o->state);
	return WARD_ERR_DENIED;
}

static enum ward_err set_all(struct live *l)
{
	static const enum live_process readers[] = {P_BRAIN, P_PLAY, P_LOG};
	enum ward_err err = check_reach(l);

	if (!err)
		err = set_tell(l);
	if (!err)
		err = live_hand_standby(l);
	if (!err)
		err = live_set_quorum(l);
	if (!err)
		err = open_door(l);
	if (!err)
		err = live_tell_rows(l);
	if (!err)
		err = live_hand_memory(l, l->number[P_BRAIN], "place", 0);
	if (!err)
		err = live_hand_memory(l, l->number[P_BRAIN], "kept", 0);
	if (!err)
		err = ward_supervisor_shows(l->s, l->number[P_BRAIN], "kept");
	if (!err && l->used[P_LOG])
		err = live_hand_memory(l, l->number[P_LOG], "flight", WARD_FLIGHT_BYTES);
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(readers); i++) {
		size_t number = l->number[readers[i]];

		if (!l->used[readers[i]])
			continue;
		err = ward_supervisor_set(l->s, number, "hospital", l->o->dir);
		if (!err)
			err = ward_supervisor_set(l->s, number, "content", l->o->content);
	}
	if (!err)
		err = ward_supervisor_set(l->s, l->number[P_BRAIN], "ground", l->o->ground);
	if (!err)
		err = live_set_files(l);
	if (!err)
		err = live_set_stopped(l);
	ward_supervisor_reloads(l->s, l->number[P_BRAIN], ward_report_reload, NULL);
	if (l->used[P_RECKON])
		ward_supervisor_follows(l->s, l->number[P_RECKON]);
	return err || !l->used[P_PLAY] ? err : set_play(l);
}

/* A brain that begins anew may have forgotten the works permits. */
static void on_exit_report(void *ctx, const struct ward_exit_report *e)
{
	struct live *l = ctx;

	if (!e->done || !live_is_life(e->name))
		ward_report_exit(&l->reporter, e);
	if (strcmp(e->name, table[P_BRAIN].name) == 0)
		ward_permit_watch_again(&l->permits);
}

/* What people write into the hospital's directory while Ward runs. */
static void look(void *ctx)
{
	struct live *l = ctx;

	ward_oncall_watch_look(&l->oncall);
	ward_entry_watch_look(&l->entries);
	ward_permit_watch_look(&l->permits);
	live_say_first(l);
	live_look_config(l);
	ward_beside_look(&l->beside);
	ward_elsewhere_look(&l->elsewhere);
	live_tell_state(l);
	live_tell_ends(l);
}

static enum ward_err run(struct live *l)
{
	enum ward_err err;

	err = live_find_recipients(l);
	if (!err)
		err = live_find_people(l);
	if (!err)
		err = live_find_directory(l);
	if (!err)
		err = live_find_actuators(l);
	if (!err)
		err = live_find_readers(l);
	if (!err)
		err = live_find_indicators(l);
	if (err)
		return err;
	err = live_open_console(l);
	if (err)
		return err;
	l->n_uid = ward_netns_uids();
	if (l->o->scenario) {
		err = make_networks(l);
		if (err)
			return err;
	}
	err = ward_supervisor_new(
		l->o->libexec, l->o->log, l->o->clock, ward_mem_heap(), on_exit_report, l, &l->s);
	if (!err)
		err = add_all(l);
	if (!err)
		err = link_all(l);
	if (!err)
		err = live_open_sources(l);
	if (!err)
		err = live_set_cameras(l);
	if (!err)
		err = live_set_guests(l);
	if (!err)
		err = live_set_pollers(l);
	if (!err)
		err = live_set_clips(l);
	if (!err)
		err = live_set_respond(l);
	if (!err)
		err = live_set_desk(l);
	if (!err)
		err = live_set_login(l);
	if (!err)
		err = live_set_directory(l);
	if (!err)
		err = live_set_config(l);
	if (!err)
		err = live_set_act(l);
	if (!err)
		err = live_set_playbook(l);
	if (!err)
		err = live_set_offer(l);
	if (!err)
		err = live_set_api(l);
	if (!err)
		err = live_set_boards(l);
	if (!err)
		err = set_all(l);
	if (err)
		return err;
	ward_supervisor_listen(l->s, l->reporter.journal, ward_report_heard, &l->reporter);
	ward_supervisor_each(l->s, permits_every, look, l);
	if (!l->o->json)
		live_say_start(l);
	return ward_supervisor_run(l->s);
}

enum ward_err ward_live_run(const struct ward_live_options *o, const struct ward_model *m,
	char *ret_why, struct ward_live_anew *ret_anew)
{
	struct live l = {.o = o, .m = m, .why = ret_why, .epoch = ward_clock_now(o->clock)};
	enum ward_err err;

	ret_why[0] = 0;
	ward_reporter_init(&l.reporter, o->clock, o->log);
	ward_entry_watch_init(&l.entries, m, o->lim, o->dir, &l.reporter);
	l.duty = l.care = l.first = l.roster = l.console.listener = l.console.held = l.config =
		l.play_clock = l.play_sets = l.stage_gone = -1;
	for (size_t i = 0; i < LIVE_BOARDS; i++)
		l.board_fd[i] = -1;
	ward_oncall_watch_init(&l.oncall, m, o->lim, o->dir, o->clock, o->log);
	ward_beside_init(&l.beside, getenv(WARD_LIVE_STANDBY) ? o->state : NULL, &l.reporter);
	ward_elsewhere_init(&l.elsewhere, -1, &l.reporter);
	ward_permit_watch_init(&l.permits, m, o->lim, o->dir, &l.reporter);
	l.reporter.done = o->json ? NULL : "the scenario is played to its end";
	l.reporter.go_on = l.console.url;
	err = run(&l);
	if (err && !ret_why[0])
		(void)live_because(&l, err, "the process table");
	l.anew = l.anew && !ward_supervisor_signalled(l.s); /* who ends it meanwhile means it */
	*ret_anew = (struct ward_live_anew){l.anew, l.anew ? l.console.held : -1};
	if (!l.anew && l.console.held >= 0)
		(void)close(l.console.held);
	if (l.config >= 0)
		(void)close(l.config);
	ward_supervisor_free(l.s);
	if (l.duty >= 0)
		(void)close(l.duty);
	if (l.care >= 0)
		(void)close(l.care);
	live_close_console(&l);
	live_close_boards(&l);
	ward_elsewhere_fini(&l.elsewhere);
	if (l.play_clock >= 0)
		(void)close(l.play_clock);
	if (l.play_sets >= 0)
		(void)close(l.play_sets);
	if (l.stage_gone >= 0)
		(void)close(l.stage_gone);
	if (l.first >= 0)
		(void)close(l.first);
	if (l.roster >= 0)
		(void)close(l.roster);
	ward_permit_watch_fini(&l.permits);
	ward_recipients_free(&l.recipients);
	ward_people_free(&l.people);
	ward_directory_free(&l.directory);
	ward_actuators_free(&l.actuators);
	ward_readers_free(&l.readers);
	ward_indicator_sources_free(&l.indicators);
	ward_entry_watch_fini(&l.entries);
	ward_reporter_fini(&l.reporter);
	return err;
}
