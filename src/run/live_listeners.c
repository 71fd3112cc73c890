/* What `respond` knows of the hospital, and of whom it tells: lines that proc/respond_listeners
 * reads. */
#include "run/live_listeners.h"

#include "base/fd.h"
#include "model/within.h"
#include "processing/processing.h"
#include "watch/posts.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LISTENERS_BYTES = 256 << 20, PLACES_MAX = 4096 /* of one thing: as `respond` takes */ };

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

/* "untaken LISTENER", of those that hear of it with their next message only. */
static void put_untaken(const struct live *l, struct ward_wr *w)
{
	for (size_t k = 0; k < l->n_send; k++)
		if (l->send[k].to->untaken)
			ward_wr_printf(w, "untaken %zu\n", k);
}

/* "role LISTENER ID", of each role of each. */
static void put_roles(const struct live *l, struct ward_wr *w)
{
	for (size_t k = 0; k < l->n_send; k++)
		for (size_t i = 0; i < l->send[k].to->n_role; i++)
			ward_wr_printf(w, "role %zu %.*s\n", k,
				WARD_STR_ARG(ward_model_node(l->m, l->send[k].to->role[i])->id));
}

/* "threat LISTENER CODE" and "service LISTENER ID", of those that ask for some alone. */
static void put_about(const struct live *l, struct ward_wr *w)
{
	for (size_t k = 0; k < l->n_send; k++) {
		const struct ward_recipient *r = l->send[k].to;

		for (size_t i = 0; i < r->n_threat; i++)
			ward_wr_printf(w, "threat %zu %.*s\n", k, WARD_STR_ARG(r->threat[i]));
		for (size_t i = 0; i < r->n_service; i++)
			ward_wr_printf(w, "service %zu %.*s\n", k, WARD_STR_ARG(r->service[i]));
	}
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

enum ward_standard live_sends(const struct ward_recipient *r)
{
	return ward_standard_parse(r->detail[WARD_DETAIL_SENDS]);
}

/* "sends LISTENER EVERY AT_MOST_EACH NAME SENDER", of each that gets a standard's messages; both
 * times in nanoseconds, 0 unless it tells of availability. */
static void put_standards(const struct live *l, struct ward_wr *w)
{
	for (size_t k = 0; k < l->n_send; k++) {
		struct ward_str from = l->send[k].to->detail[WARD_DETAIL_FROM];
		enum ward_standard s = live_sends(l->send[k].to);

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

/* "agreement UNTIL ID WITH" of each that ends; "contract …" of those with processors. */
static void put_agreements(const struct live *l, struct ward_wr *w)
{
	const struct ward_processing *p = l->o->processing;

	for (size_t i = 0; p && i < p->n_agreement; i++)
		if (p->agreement[i].until != WARD_NS_NEVER)
			ward_wr_printf(w, "%s %lld %.*s %.*s\n",
				ward_proc_is_contract(p, &p->agreement[i]) ? "contract"
									   : "agreement",
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

/* "within NODE PLACE PLACE …", by numbers of the lines `node`, of what is somewhere. */
static enum ward_err put_within(struct live *l, struct ward_wr *w)
{
	uint32_t *place = ward_mem_alloc(ward_mem_heap(), PLACES_MAX * sizeof(*place));
	size_t n_full = 0;

	for (uint32_t i = 0; place && i < ward_model_n(l->m); i++) {
		size_t n = ward_model_places_of(l->m, i, place, PLACES_MAX);

		if (!ward_model_placed(l->m, i))
			continue;
		n_full += n == PLACES_MAX;
		ward_wr_printf(w, "within %u", i);
		for (size_t k = 0; k < n; k++)
			ward_wr_printf(w, " %u", place[k]);
		ward_wr_ch(w, '\n');
	}
	if (n_full) /* who is bound to one of the others can't acknowledge what is there */
		WARD_LOG(l->o->log, WARN, "respond.bounds", WARD_KV_U("things", n_full));
	ward_mem_free(ward_mem_heap(), place, place ? PLACES_MAX * sizeof(*place) : 0);
	return place ? WARD_OK : WARD_ERR_NOMEM;
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
	put_untaken(l, w);
	put_roles(l, w);
	put_about(l, w);
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
	return err ? err : put_within(l, w);
}

enum ward_err live_hand_listeners(struct live *l)
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
