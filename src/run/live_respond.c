/* Who is told outside: the process that decides it, and one for each recipient, which alone has the
 * secret and speaks with the outside. */
#include "run/live_listeners.h"

#include "respond/ticket_system.h"
#include "run/fetched.h"
#include "run/handed.h"
#include "run/live_lead.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static bool is_there(const struct live *l, const char *name)
{
	char path[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%s", l->o->state, name);

	return n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0;
}

/* The store does not tell what was played from what was real: they have folders of their own, or
 * somebody would be told of an exercise as if it were real, by a message or by an export. */
static enum ward_err keep_apart(struct live *l)
{
	bool play = l->o->scenario != NULL, played = is_there(l, WARD_PLAYED_FILE);
	char path[PATH_BYTES];

	if (play != played && (played || is_there(l, "store/ward.db"))) {
		(void)snprintf(l->why, WARD_LIVE_WHY,
			play ? "'%s' holds what really happened, and an exercise in it could not "
			       "be told from it later; give --state another folder"
			     : "'%s' holds a played scenario, which could not be told from what "
			       "really happens; give --state another folder",
			l->o->state);
		return WARD_ERR_CONFIG;
	}
	if (!play || played)
		return WARD_OK;
	int n = snprintf(path, sizeof(path), "%s/" WARD_PLAYED_FILE, l->o->state);
	int fd = n > 0 && (size_t)n < sizeof(path)
			 ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)
			 : -1;

	if (fd < 0)
		return live_because(l, WARD_ERR_IO, path);
	(void)close(fd);
	return WARD_OK;
}

enum ward_err live_find_recipients(struct live *l)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_recipients_in in = {
		l->m, l->o->lim, ward_mem_heap(), &diag, l->o->content};
	enum ward_err err = ward_recipients_load(&in, l->o->dir, &l->recipients);

	if (err == WARD_ERR_CONFIG && diag.n)
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: %.*s; %.*s",
			WARD_STR_ARG(diag.item[0].file), diag.item[0].line,
			WARD_STR_ARG(diag.item[0].what), WARD_STR_ARG(diag.item[0].mend));
	else if (err)
		err = live_because(l, err, WARD_RECIPIENTS_FILE);
	ward_diag_fini(&diag);
	return err ? err : keep_apart(l);
}

static bool is_told(const struct live *l, const struct ward_recipient *r)
{
	return r->exercise == (l->o->scenario != NULL);
}

bool live_is_told(const struct live *l)
{
	bool any = false;

	for (size_t i = 0; i < l->recipients.n; i++)
		any = any || is_told(l, &l->recipients.r[i]);
	return any;
}

enum ward_err live_add_sends(struct live *l)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < l->recipients.n; i++) {
		struct live_send *s = &l->send[l->n_send];
		uid_t uid = LIVE_UID_SENDS + (uid_t)l->n_send;

		if (!is_told(l, &l->recipients.r[i]))
			continue;
		s->to = &l->recipients.r[i];
		ward_process_numbered(s->name, "send", l->n_send++);
		err = ward_supervisor_add(
			l->s, s->name, l->n_uid > uid ? uid : 0, false, &s->number);
		if (!err)
			err = ward_supervisor_program(
				l->s, s->number, ward_channel_program(s->to->channel));
		if (!err)
			err = live_set_limits(l, s->number);
		if (!err)
			err = ward_supervisor_link(l->s, s->number, l->number[P_RESPOND]);
	}
	return err;
}

/* Bits of recipients.yml into bits of those that are told here, for `respond`. */
static void put_duty(void *ctx, uint32_t recipients)
{
	struct live *l = ctx;
	uint32_t mask = 0;

	for (size_t k = 0; k < l->n_send; k++)
		mask |= recipients >> (l->send[k].to - l->recipients.r) & 1 ? 1u << k : 0;
	if (pwrite(l->duty, &mask, sizeof(mask), 0) != sizeof(mask))
		WARD_LOG(l->o->log, ERROR, "oncall.duty", WARD_KV_E(WARD_ERR_IO));
}

/* Without a person in recipients.yml all are always on duty. */
static enum ward_err hand_duty(struct live *l)
{
	bool any = false;
	int fd;

	for (size_t k = 0; k < l->n_send; k++)
		any = any || l->send[k].to->person.len;
	if (!any)
		return WARD_OK;
	l->duty = memfd_create("duty", MFD_CLOEXEC);
	fd = l->duty < 0 ? -1 : fcntl(l->duty, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return live_because(l, WARD_ERR_IO, "who is on duty");
	l->oncall.on_duty = put_duty;
	l->oncall.ctx = l;
	l->oncall.recipients = &l->recipients;
	ward_oncall_watch_look(&l->oncall);
	enum ward_err err = ward_supervisor_hand(l->s, l->number[P_RESPOND], "duty", fd);

	if (err)
		(void)close(fd);
	return err;
}

static struct ward_str language(const struct live *l, const struct ward_recipient *r)
{
	struct ward_str usual = ward_model_hospital(l->m)->language;

	return r->language.len ? r->language : usual.len ? usual : WARD_STR("en");
}

/* Who speaks has words of its own. */
static enum ward_err set_words(struct live *l, const struct live_send *s)
{
	enum ward_err err = live_tell(l, s->number, "content", ward_str_z(l->o->content));

	return err ? err : live_tell_secret(l, s->number, "language", language(l, s->to));
}

/* The file that says which requests a ticket system takes. */
static enum ward_err tell_template(struct live *l, const struct live_send *s)
{
	char path[WARD_TICKET_PATH];

	if (!ward_ticket_system_path(
		    l->o->dir, l->o->content, s->to->detail[WARD_DETAIL_SYSTEM], path))
		return live_because(l, WARD_ERR_NOT_FOUND, "a ticket system's file");
	return live_tell(l, s->number, "template", ward_str_z(path));
}

static void put_entries(void *ctx, const struct ward_care_entries *all)
{
	struct live *l = ctx;

	if (!ward_entries_hand(l->care, all, l->m, ward_clock_now(l->o->clock)))
		WARD_LOG(l->o->log, ERROR, "supervisor.entries_unwritten", WARD_KV_E(WARD_ERR_IO));
}

enum ward_err live_hand_care(struct live *l, size_t number)
{
	if (l->care < 0) {
		l->care = memfd_create("care", MFD_CLOEXEC);
		l->entries.on_entries = put_entries;
		l->entries.ctx = l;
	}
	int fd = l->care < 0 ? -1 : fcntl(l->care, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return live_because(l, WARD_ERR_IO, "what is entered of availability");
	enum ward_err err = ward_supervisor_hand(l->s, number, "care", fd);

	if (err)
		(void)close(fd);
	return err;
}

/* As the supervisor has checked it, for who tells it. */
static enum ward_err hand_entries(struct live *l)
{
	bool any = false;

	for (size_t k = 0; k < l->n_send; k++)
		any = any || ward_standard_is_availability(live_sends(l->send[k].to));
	return any ? live_hand_care(l, l->number[P_RESPOND]) : WARD_OK;
}

/* Arguments can be seen by every user of the machine, and whom it tells is nobody's business. */
static enum ward_err set_send(struct live *l, const struct live_send *s)
{
	enum ward_err err = live_tell_secret(l, s->number, "url", s->to->url);

	for (size_t i = 0; !err && i < WARD_DETAIL_N; i++)
		if (ward_detail_is_file((enum ward_detail)i))
			err = live_tell_file(l, s->number, ward_detail_name((enum ward_detail)i),
				s->to->detail[i]);
		else if (s->to->detail[i].len)
			err = live_tell_secret(l, s->number, ward_detail_name((enum ward_detail)i),
				s->to->detail[i]);
	if (!err && live_sends(s->to))
		err = live_tell(l, s->number, ward_detail_name(WARD_DETAIL_TYPE),
			ward_str_z(ward_standard_type(live_sends(s->to))));
	if (!err && s->to->channel == WARD_CHANNEL_TICKET)
		err = tell_template(l, s);
	if (!err && s->to->channel == WARD_CHANNEL_SIP)
		err = set_words(l, s);
	if (!err)
		err = live_tell_secret(l, s->number, "recipient", s->to->id);
	if (!err)
		err = live_tell_file(l, s->number, "secret_file", s->to->secret_file);
	if (!err)
		err = live_tell_file(l, s->number, "certificate", s->to->certificate);
	if (!err && s->to->channel == WARD_CHANNEL_PLAYED)
		err = live_set_policy(l, s->number, s->to);
	return err;
}

/* What a machine that was lost told already. */
static enum ward_err tell_told(struct live *l, size_t number)
{
	char text[24];
	ward_ns t = 0;
	enum ward_err err = ward_fetched_read(l->o->state, &t);

	if (err)
		return live_because(l, err, WARD_FETCHED_FILE);
	(void)snprintf(text, sizeof(text), "%lld", (long long)t);
	return t ? live_tell(l, number, "told_until", ward_str_z(text)) : WARD_OK;
}

enum ward_err live_set_respond(struct live *l)
{
	const struct ward_hospital *h = ward_model_hospital(l->m);
	size_t number = l->number[P_RESPOND];
	enum ward_err err = WARD_OK;

	if (!l->used[P_RESPOND])
		return WARD_OK;
	for (size_t k = 0; !err && k < l->n_send; k++)
		err = set_send(l, &l->send[k]);
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_STORE]);
	if (!err && l->used[P_DESK])
		err = ward_supervisor_link(l->s, number, l->number[P_DESK]);
	if (!err)
		err = live_tell(l, number, "hospital", h->id);
	if (!err)
		err = live_tell(l, number, "name", h->name);
	if (!err)
		err = live_tell(l, number, "timezone", h->timezone);
	if (!err)
		err = live_tell(l, number, "country", h->country);
	if (!err)
		err = live_tell(l, number, "content", ward_str_z(l->o->content));
	if (!err)
		err = live_tell(l, number, "directory", ward_str_z(l->o->dir));
	if (!err && ward_model_exercise(l->m, l->o->scenario != NULL))
		err = live_tell(l, number, "exercise", WARD_STR("yes"));
	if (!err)
		err = tell_told(l, number);
	if (!err)
		err = hand_duty(l);
	if (!err)
		err = hand_entries(l);
	return err ? err : live_hand_listeners(l);
}
