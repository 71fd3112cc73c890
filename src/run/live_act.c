/* Who acts on the hospital: the process that decides it by what people prove, and one for each
 * system that can be asked, which alone has its credential. */
#include "run/live_lead.h"

#include "base/fd.h"
#include "evacuate/facts.h"
#include "exercise/policy.h"
#include "respond/act/totp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEOPLE_BYTES = 1 << 20, ABILITIES_BYTES = 1 << 20, PATH_BYTES = 4096 };

static enum ward_err load(struct live *l, struct ward_diag *diag)
{
	struct ward_escape escape = {.known = false};
	struct ward_evac *evac = NULL;
	enum ward_err err = ward_evac_load(
		l->o->content, l->o->dir, l->m, l->o->lim, ward_mem_heap(), diag, &evac);
	const struct ward_actuators_in in = {l->m, &escape, l->o->lim, ward_mem_heap(), diag};

	if (!err)
		err = ward_evac_escape(evac, &escape);
	if (!err || err == WARD_ERR_NOT_FOUND)
		err = ward_actuators_load(&in, l->o->dir, &l->actuators);
	ward_evac_free(evac);
	return err;
}

enum ward_err live_find_actuators(struct live *l)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = load(l, &diag);

	ward_diag_sort(&diag);
	if (err == WARD_ERR_CONFIG && diag.n)
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: %.*s; %.*s",
			WARD_STR_ARG(diag.item[0].file), diag.item[0].line,
			WARD_STR_ARG(diag.item[0].what), WARD_STR_ARG(diag.item[0].mend));
	else if (err)
		err = live_because(l, err, WARD_ACTUATORS_FILE);
	ward_diag_fini(&diag);
	return err;
}

/* Of a played scenario only systems of exercises are asked, and these of nothing else. */
static bool is_asked(const struct live *l, const struct ward_actuator *a)
{
	return a->exercise == (l->o->scenario != NULL);
}

bool live_acts(const struct live *l)
{
	bool any = false;

	for (size_t i = 0; i < l->actuators.n; i++)
		any = any || is_asked(l, &l->actuators.a[i]);
	return any;
}

enum ward_err live_add_hands(struct live *l)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < l->actuators.n; i++) {
		struct live_hand *h = &l->hand[l->n_hand];
		uid_t uid = LIVE_UID_HANDS + (uid_t)l->n_hand;

		if (!is_asked(l, &l->actuators.a[i]))
			continue;
		h->of = &l->actuators.a[i];
		ward_process_numbered(h->name, "hand", l->n_hand++);
		err = ward_supervisor_add(
			l->s, h->name, l->n_uid > uid ? uid : 0, false, &h->number);
		if (!err)
			err = ward_supervisor_program(
				l->s, h->number, ward_act_way_program(h->of->way));
		if (!err)
			err = live_set_limits(l, h->number);
		if (!err)
			err = ward_supervisor_link(l->s, h->number, l->number[P_ACT]);
	}
	return err;
}

/* A new secret for one-time codes; one that is there stays. */
static bool make_secret(const char *path)
{
	uint8_t bytes[WARD_TOTP_SECRET], text[2 * WARD_TOTP_SECRET_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && getrandom(bytes, sizeof(bytes), 0) == (ssize_t)sizeof(bytes);

	if (fd < 0)
		return errno == EEXIST;
	ward_base32_write(&w, ward_slice_of(bytes, sizeof(bytes)));
	ward_wr_ch(&w, '\n');
	ok = ok && !ward_wr_bad(&w) && ward_fd_write(fd, ward_wr_slice(&w));
	ward_wipe(bytes, sizeof(bytes));
	ward_wipe(text, sizeof(text));
	return close(fd) == 0 && ok;
}

/* Whoever has no authenticator has one for what is played: a secret in STATE/codes, of which `ward
 * act code` makes codes. It approves nothing else, since only systems that are played are asked. */
static enum ward_err played_codes(struct live *l, const struct ward_person *p, struct ward_wr *w)
{
	char path[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/codes", l->o->state);

	if (n < 0 || n >= PATH_BYTES || (mkdir(path, 0700) != 0 && errno != EEXIST))
		return live_because(l, WARD_ERR_IO, "the folder 'codes' of the state");
	n = snprintf(path, sizeof(path), "%s/codes/%.*s", l->o->state, WARD_STR_ARG(p->id));
	if (n < 0 || n >= PATH_BYTES || !make_secret(path))
		return live_because(l, WARD_ERR_IO, path);
	ward_wr_z(w, path);
	return WARD_OK;
}

/* "ID ROLE,ROLE FILE" for each who may approve. */
static enum ward_err hand_people(struct live *l)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), PEOPLE_BYTES);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < l->people.n; i++) {
		const struct ward_person *p = &l->people.p[i];

		if (!p->n_role)
			continue;
		ward_wr_str(&w, p->id);
		for (size_t k = 0; k < p->n_role; k++) {
			ward_wr_ch(&w, k ? ',' : ' ');
			ward_wr_str(&w, ward_model_node(l->m, p->role[k])->id);
		}
		ward_wr_ch(&w, ' ');
		if (l->o->scenario && !p->totp_file.len)
			err = played_codes(l, p, &w);
		ward_wr_str(&w, p->totp_file);
		ward_wr_ch(&w, '\n');
	}
	if (!err && ward_wr_bad(&w))
		err = WARD_ERR_NOMEM;
	if (!err)
		err = live_hand_text(l, l->number[P_ACT], "people", &w);
	ward_wr_fini(&w);
	return err;
}

static void put_nodes(
	const struct live *l, struct ward_wr *w, const uint32_t *node, size_t n, char end)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			ward_wr_ch(w, ',');
		ward_wr_str(w, ward_model_node(l->m, node[i])->id);
	}
	ward_wr_ch(w, end);
}

/* Is the port of what it acts on looked for by an entry of another switch before? All switches are
 * asked then, so it is offered once. */
static bool is_offered(const struct live *l, size_t k)
{
	const struct ward_ability *y = &l->actuators.ability[k];

	for (size_t i = 0; i < k && y->seeks; i++) {
		const struct ward_ability *of = &l->actuators.ability[i];
		bool all = of->seeks && of->actuator != y->actuator && of->hosts == y->hosts &&
			   ward_str_eq(of->run, y->run) && ward_str_eq(of->back, y->back) &&
			   is_asked(l, &l->actuators.a[of->actuator]);

		for (size_t n = 0; all && n < y->n_on; n++)
			all = ward_ability_acts_on(of, y->on[n]);
		if (all)
			return true;
	}
	return false;
}

/* What can be proposed, for who shows it: no address, no credential. A line for each: id, does,
 * whether it is of hosts, persons, seconds that it lasts, roles, things, the system's name; with
 * tabs between. */
enum ward_err live_hand_abilities(struct live *l, size_t number)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), ABILITIES_BYTES);

	for (size_t i = 0; i < l->actuators.n_ability; i++) {
		const struct ward_ability *y = &l->actuators.ability[i];
		const struct ward_actuator *a = &l->actuators.a[y->actuator];

		if (!is_asked(l, a) || is_offered(l, i))
			continue;
		ward_wr_printf(&w, "%.*s/%.*s\t%s\t%d\t%d\t%lld\t", WARD_STR_ARG(a->id),
			WARD_STR_ARG(y->id), ward_does_name(y->does), y->hosts, y->two ? 2 : 1,
			(long long)(y->lasts / WARD_NS_PER_S));
		put_nodes(l, &w, y->role, y->n_role, '\t');
		put_nodes(l, &w, y->on, y->n_on, '\t');
		ward_wr_str(&w, a->name);
		ward_wr_ch(&w, '\n');
	}
	enum ward_err err =
		ward_wr_bad(&w) ? WARD_ERR_NOMEM : live_hand_text(l, number, "abilities", &w);

	ward_wr_fini(&w);
	return err;
}

/* Is anybody told what waits for that role? */
static bool is_told(const struct live *l, uint32_t role)
{
	for (size_t k = 0; k < l->n_send; k++)
		for (size_t i = 0; i < l->send[k].to->n_role; i++)
			if (l->send[k].to->role[i] == role)
				return true;
	return false;
}

static void put_after(struct ward_wr *w, ward_ns t)
{
	if (t == WARD_NS_NEVER)
		ward_wr_z(w, ":-");
	else
		ward_wr_printf(w, ":%lld", (long long)t);
}

/* ROLE:APPROVES:REFUSES of each role that a policy plays; never but in a played scenario. */
static enum ward_err set_policy(struct live *l, size_t number)
{
	const struct ward_policy *p = l->o->scenario ? l->o->policy : NULL;
	enum ward_err err = p ? live_share_time(l, number) : WARD_OK;

	for (size_t i = 0; !err && p && i < p->n; i++) {
		const struct ward_policy_role *r = &p->role[i];
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), LIVE_PATH);

		if ((r->approves == WARD_NS_NEVER && r->refuses == WARD_NS_NEVER) ||
			!is_told(l, r->role))
			continue;
		ward_wr_str(&w, ward_model_node(l->m, r->role)->id);
		put_after(&w, r->approves);
		put_after(&w, r->refuses);
		err = ward_wr_bad(&w) ? live_because(l, WARD_ERR_LIMIT, "a role's policy")
				      : live_set_text(l, P_ACT, "policy", ward_wr_text(&w));
		ward_wr_fini(&w);
	}
	return err;
}

enum ward_err live_set_act(struct live *l)
{
	size_t number = l->number[P_ACT];
	enum ward_err err = WARD_OK;

	if (!l->used[P_ACT])
		return WARD_OK;
	for (size_t k = 0; !err && k < l->n_hand; k++) {
		const struct live_hand *h = &l->hand[k];

		err = live_tell_secret(l, h->number, "url", h->of->where);
		if (!err)
			err = live_tell_file(l, h->number, "secret_file", h->of->secret_file);
		if (!err)
			err = live_tell_file(l, h->number, "certificate", h->of->certificate);
		if (!err)
			err = live_tell(l, h->number, "user", h->of->user);
		if (!err)
			err = live_tell(l, h->number, "nas", h->of->nas);
		if (!err)
			err = live_tell(l, h->number, "security", h->of->security);
		if (!err)
			err = live_tell(l, h->number, "uplinks", h->of->uplinks);
		if (!err)
			err = live_tell_file(l, h->number, "host_key", h->of->host_key);
	}
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_STORE]);
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_DESK]);
	if (!err)
		err = live_tell(l, number, "hospital", ward_str_z(l->o->dir));
	if (!err)
		err = live_tell(l, number, "content", ward_str_z(l->o->content));
	if (!err && l->o->scenario)
		err = live_tell(l, number, "exercise", WARD_STR("yes"));
	if (!err)
		err = set_policy(l, number);
	return err ? err : hand_people(l);
}
