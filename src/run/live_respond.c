/* Who is told outside: the process that decides it, and one for each recipient, which alone has the
 * secret and speaks with the outside. */
#include "run/live_priv.h"

#include "base/fd.h"
#include "exchange/standard.h"
#include "model/within.h"
#include "processing/processing.h"
#include "respond/ticket_system.h"
#include "run/handed.h"
#include "watch/posts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LISTENERS_BYTES = 64 << 20, PATH_BYTES = 4096 };

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

/* Is the node there, or a part of it? */
static bool is_at(const struct live *l, uint32_t node, uint32_t place)
{
	for (uint32_t i = node; i != WARD_NONE; i = ward_model_node(l->m, i)->parent) {
		const struct ward_node *n = ward_model_node(l->m, i);

		if (i == place || n->zone == place || n->network == place)
			return true;
	}
	return false;
}

static unsigned told_at(const struct live *l, uint32_t node)
{
	unsigned mask = 0;

	for (size_t k = 0; k < l->n_send; k++) {
		const struct ward_recipient *r = l->send[k].to;

		for (size_t i = 0; i < r->n_place && !(mask >> k & 1); i++)
			if (is_at(l, node, r->place[i]))
				mask |= 1u << k;
	}
	return mask;
}

/* Cameras that people can look at, or that somebody records. */
struct cameras {
	uint32_t node[WARD_CAMERAS_MAX];
	size_t n;
};

/* "camera NANOSECONDS KEY<tab>NAME<tab>URL" */
static void put_camera(
	const struct live *l, const struct ward_source *s, uint32_t node, struct ward_wr *w)
{
	const struct ward_node *n = ward_model_node(l->m, node);
	struct ward_str key = ward_model_key(l->m, node, WARD_KEY_CAMERA);

	key = key.len ? key : n->id;
	ward_wr_printf(w, "camera %lld %.*s\t%.*s\t%.*s\n", (long long)s->recorded_for,
		WARD_STR_ARG(key), WARD_STR_ARG(n->name), WARD_STR_ARG(s->camera_url));
}

static enum ward_err put_cameras(struct live *l, struct cameras *c, struct ward_wr *w)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; (s[i].camera_url.len || s[i].recorded_for) && k < s[i].n_watches;
			k++) {
			if (c->n == WARD_CAMERAS_MAX) {
				(void)snprintf(l->why, WARD_LIVE_WHY,
					"%.*s:%u: more than %d cameras with camera_url or "
					"recorded_for; leave them to the sources that matter",
					WARD_STR_ARG(s[i].file), s[i].line, (int)WARD_CAMERAS_MAX);
				return WARD_ERR_CONFIG;
			}
			c->node[c->n++] = s[i].watches[k];
			put_camera(l, &s[i], s[i].watches[k], w);
		}
	return WARD_OK;
}

static uint64_t looked_at(const struct live *l, const struct cameras *c, uint32_t node)
{
	uint64_t mask = 0;

	for (size_t k = 0; k < c->n; k++)
		if (live_looks_at(l, c->node[k], node))
			mask |= 1ULL << k;
	return mask;
}

/* "ladder LISTENER NANOSECONDS MASK TEST NANOSECONDS", of each listener: within which it is asked
 * to acknowledge, whom it follows, its weekly test, its heartbeat. */
static void put_ladders(const struct live *l, struct ward_wr *w)
{
	for (size_t k = 0; k < l->n_send; k++) {
		const struct ward_recipient *r = l->send[k].to;
		uint32_t after = 0;

		for (size_t i = 0; i < l->n_send; i++)
			after |= r->after >> (l->send[i].to - l->recipients.r) & 1 ? 1u << i : 0;
		ward_wr_printf(w, "ladder %zu %lld %u %u %lld\n", k, (long long)r->acknowledge,
			after, r->test, (long long)r->heartbeat);
	}
}

/* "role LISTENER ID", of each role of each. */
static void put_roles(const struct live *l, struct ward_wr *w)
{
	for (size_t k = 0; k < l->n_send; k++)
		for (size_t i = 0; i < l->send[k].to->n_role; i++)
			ward_wr_printf(w, "role %zu %.*s\n", k,
				WARD_STR_ARG(ward_model_node(l->m, l->send[k].to->role[i])->id));
}

/* "person LISTENER ID", of each that is somebody. */
static void put_persons(const struct live *l, struct ward_wr *w)
{
	for (size_t k = 0; k < l->n_send; k++)
		if (l->send[k].to->person.len)
			ward_wr_printf(
				w, "person %zu %.*s\n", k, WARD_STR_ARG(l->send[k].to->person));
}

/* "name LISTENER NAME": how people know it; of who is somebody the role, since rows name no person.
 */
static void put_names(const struct live *l, struct ward_wr *w)
{
	for (size_t k = 0; k < l->n_send; k++) {
		const struct ward_recipient *r = l->send[k].to;
		struct ward_str name = r->name;

		if (r->person.len)
			name = r->n_role ? ward_model_node(l->m, r->role[0])->name : r->id;
		if (name.len)
			ward_wr_printf(w, "name %zu %.*s\n", k, WARD_STR_ARG(name));
	}
}

/* "called ID NAME" of each role; without a name it is called by its id. */
static void put_called(const struct live *l, struct ward_wr *w)
{
	enum { CALLED_MAX = 256 /* as many as `respond` takes */ };
	size_t n = 0;

	for (uint32_t i = 0; i < ward_model_n(l->m) && n < CALLED_MAX; i++) {
		const struct ward_node *node = ward_model_node(l->m, i);

		if (node->kind != WARD_NODE_ROLE || !node->name.len)
			continue;
		n++;
		ward_wr_printf(
			w, "called %.*s %.*s\n", WARD_STR_ARG(node->id), WARD_STR_ARG(node->name));
	}
}

/* "hand-over NANOSECONDS", then "post ID ROLE ROLE …" of each post; what is wrong with them `ward
 * check` says. */
static enum ward_err put_posts(const struct live *l, struct ward_wr *w)
{
	struct ward_watchposts posts = {.n = 0};
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_watchpost_in in = {l->m, l->o->lim, ward_mem_heap(), &diag};
	enum ward_err err = ward_watchpost_load(&in, l->o->dir, &posts);

	ward_wr_printf(w, "hand-over %lld\n", (long long)posts.hand_over);
	for (size_t i = 0; i < posts.n; i++) {
		ward_wr_printf(w, "post %.*s", WARD_STR_ARG(posts.at[i].id));
		for (size_t k = 0; k < posts.at[i].n_role; k++)
			ward_wr_printf(w, " %.*s",
				WARD_STR_ARG(ward_model_node(l->m, posts.at[i].role[k])->id));
		ward_wr_ch(w, '\n');
	}
	ward_watchpost_free(&posts);
	ward_diag_fini(&diag);
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

/* "topics LISTENER KIND TOPIC", of each that publishes, or keeps tickets. */
static void put_topics(const struct live *l, struct ward_wr *w)
{
	for (size_t k = 0; k < l->n_send; k++) {
		const struct ward_recipient *r = l->send[k].to;
		struct ward_str siren = r->detail[WARD_DETAIL_SIREN];

		if (r->channel == WARD_CHANNEL_MQTT)
			ward_wr_printf(w, "topics %zu %d %.*s\n", k,
				siren.len ? WARD_TOPICS_SIREN : WARD_TOPICS_DATA,
				WARD_STR_ARG(siren));
		else if (r->channel == WARD_CHANNEL_TICKET)
			ward_wr_printf(w, "topics %zu %d \n", k, WARD_TOPICS_TICKETS);
	}
}

static enum ward_standard sends(const struct ward_recipient *r)
{
	return ward_standard_parse(r->detail[WARD_DETAIL_SENDS]);
}

/* "sends LISTENER EVERY AT_MOST_EACH NAME SENDER", of each that gets a standard's messages; both
 * times in nanoseconds, 0 unless it tells of availability. */
static void put_standards(const struct live *l, struct ward_wr *w)
{
	for (size_t k = 0; k < l->n_send; k++) {
		struct ward_str from = l->send[k].to->detail[WARD_DETAIL_FROM];
		enum ward_standard s = sends(l->send[k].to);

		if (!s)
			continue;
		ward_wr_printf(w, "sends %zu %lld %lld %s ", k, (long long)l->send[k].to->every,
			(long long)l->send[k].to->at_most_each, ward_standard_name(s));
		if (from.len)
			ward_wr_str(w, from);
		else
			ward_wr_printf(w, "ward@%.*s.invalid",
				WARD_STR_ARG(ward_model_hospital(l->m)->id));
		ward_wr_ch(w, '\n');
	}
}

/* "agreement UNTIL ID WITH" of each that ends. */
static void put_agreements(const struct live *l, struct ward_wr *w)
{
	const struct ward_processing *p = l->o->processing;

	for (size_t i = 0; p && i < p->n_agreement; i++)
		if (p->agreement[i].until != WARD_NS_NEVER)
			ward_wr_printf(w, "agreement %lld %.*s %.*s\n",
				(long long)p->agreement[i].until, WARD_STR_ARG(p->agreement[i].id),
				WARD_STR_ARG(p->agreement[i].with));
}

/* Who keeps heads of the ledger: "heads LISTENER NANOSECONDS NANOSECONDS". */
static void put_witnesses(const struct live *l, struct ward_wr *w)
{
	for (size_t k = 0; k < l->n_send; k++)
		if (l->send[k].to->heads)
			ward_wr_printf(w, "heads %zu %lld %lld\n", k,
				(long long)l->send[k].to->every,
				(long long)l->send[k].to->at_most_each);
}

enum { BOUNDS_MAX = 64 /* as many as `respond` takes */ };

/* Places that people are bound to, each once. At one that there was no room for nobody who is bound
 * to it can acknowledge, which is said in the log. */
static size_t bounds_of(struct live *l, uint32_t place[BOUNDS_MAX])
{
	size_t n = 0, left_out = 0;

	for (size_t i = 0; i < l->people.n; i++)
		for (size_t k = 0; k < l->people.p[i].n_place; k++) {
			size_t at = 0;

			while (at < n && place[at] != l->people.p[i].place[k])
				at++;
			if (at == n && n < BOUNDS_MAX)
				place[n++] = l->people.p[i].place[k];
			else
				left_out += at == n;
		}
	if (left_out)
		WARD_LOG(l->o->log, WARN, "respond.bounds", WARD_KV_U("left_out", left_out));
	return n;
}

/* "bound ID" of each, then "within BOUNDS ID" of what is somewhere. */
static void put_bounds(struct live *l, struct ward_wr *w)
{
	uint32_t place[BOUNDS_MAX];
	size_t n = bounds_of(l, place);

	for (size_t i = 0; i < n; i++)
		ward_wr_printf(
			w, "bound %.*s\n", WARD_STR_ARG(ward_model_node(l->m, place[i])->id));
	for (uint32_t i = 0; n && i < ward_model_n(l->m); i++) {
		uint64_t mask = 0;

		if (!ward_model_placed(l->m, i))
			continue;
		for (size_t k = 0; k < n; k++)
			mask |= ward_model_within(l->m, &place[k], 1, i) ? UINT64_C(1) << k : 0;
		ward_wr_printf(w, "within %llu %.*s\n", (unsigned long long)mask,
			WARD_STR_ARG(ward_model_node(l->m, i)->id));
	}
}

/* The lines that run/proc/respond.c reads. O(nodes * (places + cameras)). */
static enum ward_err put_listeners(struct live *l, struct ward_wr *w)
{
	struct ward_str usual = ward_model_hospital(l->m)->language;
	struct cameras cameras = {.n = 0};

	for (size_t k = 0; k < l->n_send; k++) {
		const struct ward_recipient *r = l->send[k].to;
		struct ward_str lang = r->language.len ? r->language : usual;

		ward_wr_printf(w, "listener %.*s %u %u %d %d %.*s,%.*s %.*s\n", WARD_STR_ARG(r->id),
			r->level, r->kinds, r->n_place == 0, r->bookmarks, WARD_STR_ARG(r->share),
			WARD_STR_ARG(r->tlp), WARD_STR_ARG(lang.len ? lang : WARD_STR("en")));
	}
	put_ladders(l, w);
	put_roles(l, w);
	put_persons(l, w);
	put_names(l, w);
	put_topics(l, w);
	put_standards(l, w);
	put_witnesses(l, w);
	put_agreements(l, w);
	put_called(l, w);
	enum ward_err err = put_posts(l, w);

	if (!err)
		err = live_put_playbooks(l, w);

	if (!err)
		err = put_cameras(l, &cameras, w);

	for (uint32_t i = 0; !err && i < ward_model_n(l->m); i++)
		ward_wr_printf(w, "node %u %llu %.*s\n", told_at(l, i),
			(unsigned long long)looked_at(l, &cameras, i),
			WARD_STR_ARG(ward_model_node(l->m, i)->id));
	if (!err)
		put_bounds(l, w);
	return err;
}

static enum ward_err hand_listeners(struct live *l)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LISTENERS_BYTES);
	int fd = memfd_create("listeners", MFD_CLOEXEC);
	enum ward_err err = fd < 0 ? WARD_ERR_IO : WARD_OK;

	if (!err)
		err = put_listeners(l, &w);
	if (!err && ward_wr_bad(&w))
		err = WARD_ERR_NOMEM;
	if (!err && !ward_fd_write(fd, ward_wr_slice(&w)))
		err = WARD_ERR_IO;
	ward_wr_fini(&w);
	if (err && err != WARD_ERR_CONFIG)
		err = live_because(l, err, "whom there is to tell");
	else if (!err)
		err = ward_supervisor_hand(l->s, l->number[P_RESPOND], "listeners", fd);
	if (err && fd >= 0)
		(void)close(fd);
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
		any = any || ward_standard_is_availability(sends(l->send[k].to));
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
	if (!err && sends(s->to))
		err = live_tell(l, s->number, ward_detail_name(WARD_DETAIL_TYPE),
			ward_str_z(ward_standard_type(sends(s->to))));
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
	return err;
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
		err = hand_duty(l);
	if (!err)
		err = hand_entries(l);
	return err ? err : hand_listeners(l);
}
